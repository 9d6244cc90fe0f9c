"""The margins of stochastic tests, and the table of `make robust`."""

import json
import math

import pytest
import robust
from margins import Margin


def test_a_healthy_run_has_to_meet_its_limit():
    margin = Margin("test_x", 3, None, None)
    margin.below("loss", 0.5, 0.6)
    margin.above("accuracy", 0.9, 0.8)
    with pytest.raises(AssertionError) as error:
        margin.below("loss", 0.7, 0.6)
    assert str(error.value).startswith("loss: expected below 0.6, got 0.7 (healthy, seed 3)")


@pytest.mark.parametrize("value", [0.6, 0.7, math.inf, math.nan])
def test_a_broken_run_has_to_miss_it(value):
    margin = Margin("test_x", 3, "wrong sign", None)
    margin.below("loss", value, 0.6)
    margin.above("score", -value, -0.6)
    with pytest.raises(AssertionError) as error:
        margin.below("loss", 0.5, 0.6)
    expected = "loss: expected not below 0.6, got 0.5 (wrong sign, seed 3)"
    assert str(error.value).startswith(expected)


def test_a_draw_is_plausible_down_to_one_in_ten_thousand():
    margin = Margin("test_x", 0, None, None)
    margin.plausible("share", 2e-4)
    with pytest.raises(AssertionError, match=r"share, -log10\(p\): expected below 4, got 4.30103"):
        margin.plausible("share", 5e-5)
    Margin("test_x", 0, "another share", None).plausible("share", 0.0)


def test_keras_optimizers_are_broken_as_asked(monkeypatch):
    import keras
    import margins

    def step():
        weight, optimizer = keras.Variable(1.0), keras.optimizers.SGD(0.5)
        optimizer.apply([keras.ops.convert_to_tensor(1.0)], [weight])
        return float(weight)

    found = {}
    for how in (None, *margins.SABOTAGE):
        with monkeypatch.context() as patch:
            if how:
                margins.SABOTAGE[how](patch)
            found[how] = step()
    assert found == {None: 0.5, "no step": 1.0, "wrong sign": 1.5}


SUITE = """
import pytest

@pytest.mark.stochastic(broken=["half"])
@pytest.mark.parametrize("name", ["a-b"])
def test_seed(name, stochastic_seed, broken, margin):
    margin.below("seed", stochastic_seed + 8 * bool(broken), LIMIT)

@pytest.mark.stochastic
def test_without_a_limit(margin):
    pass
"""


@pytest.fixture
def suite(tmp_path):
    """Write a suite of stochastic tests with a limit; return its path."""

    def write(limit):
        (tmp_path / "conftest.py").write_text('pytest_plugins = ["margins"]\n')
        path = tmp_path / "test_suite.py"
        path.write_text(SUITE.replace("LIMIT", str(limit)))
        return path

    return write


def run(setting, path, *tests):
    paths = [f"{path}::{test}" for test in tests]
    return robust.run(setting, [*paths, f"--rootdir={path.parent}"], 3, path.parent)


def test_a_suite_is_repeated_over_seeds_and_what_can_be_broken(suite, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", robust.__file__.rpartition("/")[0])
    first, second, *_ = robust.SETTINGS
    out, values = run(first, suite(5), "test_seed")
    assert out == ""
    assert sorted((v["seed"], v["broken"] or "") for v in values) == [
        (0, ""), (0, "half"), (1, ""), (1, "half"), (2, ""), (2, "half")
    ]  # fmt: skip
    assert {v["test"] for v in values} == {"test_suite.py::test_seed[a-b]"}
    out, values = run(second, suite(2), "test_seed", "test_without_a_limit")
    assert {v["broken"] for v in values} == {None}
    assert "seed: expected below 2, got 2 (healthy, seed 2)" in out
    assert "margin: expected at least one limit to be compared with, got none" in out


def test_the_table_has_the_closest_margin_first():
    def value(what, value, seed=0, broken=None, side="below", limit=1.0):
        row = {"test": "tests/test_x.py::test", "what": what, "side": side, "limit": limit}
        return row | {"value": value, "seed": seed, "broken": broken, "setting": "here"}

    values = [value("far", v, seed) for seed, v in enumerate((0.1, 0.2, 0.3))]
    values += [value("far", 1.5, broken="no step"), value("far", math.nan, broken="wrong sign")]
    values += [value("near", v, s, side="above", limit=0.5) for s, v in enumerate((0.9, 0.6, 0.9))]
    near, far = robust.summarize(json.loads(json.dumps(values)))
    assert (near.margin, near.worst, near.where, near.broken) == (
        "near above 0.5", 0.6, "seed 1, here", None
    )  # fmt: skip
    assert near.used == pytest.approx(0.75)
    assert (far.used, far.broken) == (pytest.approx(0.125), 1.5)
    lines = robust.table([near, far]).splitlines()
    assert lines[2:] == [
        "| 75% | near above 0.5 | 0.9 | 0.6 | seed 1, here |  | test_x.py::test |",
        "| 12% | far below 1 | 0.2 | 0.3 | seed 2, here | 1.5 | test_x.py::test |",
    ]
