"""Pytest plugin for stochastic tests: margins, repetition over seeds, and runs broken on purpose.

The outcome of a training run depends on random draws and, through rounding, on the processor. A
test of one states a *margin*, and what has to break for the margin to be missed:

    @pytest.mark.stochastic(broken=["no step", "wrong sign", "shuffled labels"])
    def test_it_learns(stochastic_seed, broken, margin):
        x, y = data.make_shapes(200, rng=stochastic_seed)
        if broken == "shuffled labels":
            y = np.random.default_rng(0).permutation(y)
        history = train(network(stochastic_seed), (x, y), ...)
        margin.below("last loss to first", history["loss"][-1] / history["loss"][0], 0.6)

The test runs once as it is, where the margin has to be met, and once for each way of breaking it,
where **the same margin has to be missed**: a limit that cannot fail is detected. What is in
`SABOTAGE` is broken here, for every test alike; the rest the test breaks itself.

`pytest --stochastic-seeds 10` repeats these tests over ten seeds; `make robust` does that under
several settings of TensorFlow, and prints how close the values come to their limits.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


class Margin:
    """States limits, and records the values that are compared with them.

    Args:
        test: node id, without seed and what is broken.
        seed: of this run.
        broken: what is broken in this run; None for a healthy one.
        file: record to append to, or None.
    """

    def __init__(self, test: str, seed: int, broken: str | None, file: Path | None) -> None:
        self.test, self.seed, self.broken, self.file = test, seed, broken, file
        self.count = 0

    def below(self, what: str, value: float, limit: float) -> None:
        """Assert that a value is below its limit; in a broken run, that it is not."""
        self._compare(what, "below", float(value), limit, float(value) < limit)

    def above(self, what: str, value: float, limit: float) -> None:
        """Assert that a value is above its limit; in a broken run, that it is not."""
        self._compare(what, "above", float(value), limit, float(value) > limit)

    def plausible(self, what: str, p_value: float) -> None:
        """Assert that a draw is no less likely than 1 in 10,000; in a broken run, that it is.

        The value of the record is -log10(p): a healthy one exceeds 1 in one draw of ten, 2 in one
        of a hundred.
        """
        self.below(f"{what}, -log10(p)", -math.log10(max(p_value, 1e-99)), 4.0)

    def _compare(self, what: str, side: str, value: float, limit: float, met: bool) -> None:
        self.count += 1
        if self.file:
            row = {"test": self.test, "what": what, "side": side, "limit": limit}
            row |= {"value": value, "seed": self.seed, "broken": self.broken}
            with self.file.open("a") as record:
                record.write(json.dumps(row) + "\n")
        run = f"{self.broken or 'healthy'}, seed {self.seed}"
        expected = f"not {side}" if self.broken else side
        assert met != bool(self.broken), (
            f"{what}: expected {expected} {limit:g}, got {value:g} ({run})"
        )


def _no_step(patch: pytest.MonkeyPatch) -> None:
    """Let every Keras optimizer leave the weights alone."""
    import keras

    patch.setattr(keras.optimizers.Optimizer, "apply", lambda *_: None)


def _wrong_sign(patch: pytest.MonkeyPatch) -> None:
    """Let every Keras optimizer climb."""
    import keras

    descend: Callable[..., None] = keras.optimizers.Optimizer.apply

    def climb(optimizer: Any, gradients: Any, variables: Any = None) -> None:
        descend(optimizer, [None if g is None else -g for g in gradients], variables)

    patch.setattr(keras.optimizers.Optimizer, "apply", climb)


SABOTAGE = {"no step": _no_step, "wrong sign": _wrong_sign}


@pytest.fixture
def broken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str | None:
    """Return what is broken in this run, None in a healthy one; break what is in `SABOTAGE`."""
    what: str | None = getattr(request, "param", None)
    if what in SABOTAGE:
        SABOTAGE[what](monkeypatch)
    return what


@pytest.fixture
def stochastic_seed(request: pytest.FixtureRequest) -> int:
    """Return the seed of this run; Keras's global generator, if imported, begins from it, too."""
    seed: int = getattr(request, "param", 0)
    if "keras" in sys.modules:  # a test without it does not wait for it
        sys.modules["keras"].utils.set_random_seed(seed)
    return seed


@pytest.fixture
def margin(
    request: pytest.FixtureRequest, stochastic_seed: int, broken: str | None
) -> Iterator[Margin]:
    """Return what states the limits of this run (see the module)."""
    if request.node.get_closest_marker("stochastic") is None:
        pytest.fail("margin: expected a test marked as stochastic, got one that is not")
    test, _, names = request.node.nodeid.removesuffix("]").partition("[")
    of_the_run = (f"seed{stochastic_seed}", broken or "healthy")
    if kept := [name for name in names.split("-") if name and name not in of_the_run]:
        test = f"{test}[{'-'.join(kept)}]"
    margin = Margin(test, stochastic_seed, broken, request.config.getoption("margins"))
    yield margin
    if not margin.count:
        pytest.fail("margin: expected at least one limit to be compared with, got none")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of `make robust`."""
    group = parser.getgroup("stochastic tests")
    group.addoption(
        "--stochastic-seeds", type=int, default=1, metavar="N", help="repeat over N seeds"
    )
    group.addoption(
        "--margins", type=Path, metavar="FILE", help="append every value and its limit to FILE"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers",
        "stochastic(broken=()): the outcome depends on random draws or rounding; repeated by "
        "`make robust`. Its margins have to be missed when one of `broken` is",
    )
    config.addinivalue_line("markers", "broken: a run of a stochastic test that has to miss it")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Repeat a stochastic test over seeds, and over what can be broken."""
    marker = metafunc.definition.get_closest_marker("stochastic")
    if marker is None:
        return
    seeds = range(metafunc.config.getoption("stochastic_seeds"))
    if len(seeds) > 1:
        names = [f"seed{seed}" for seed in seeds]
        metafunc.parametrize("stochastic_seed", seeds, indirect=True, ids=names)
    if ways := marker.kwargs.get("broken", ()):
        names = ["healthy", *ways]
        values = [None, *(pytest.param(way, marks=pytest.mark.broken) for way in ways)]
        metafunc.parametrize("broken", values, indirect=True, ids=names)
