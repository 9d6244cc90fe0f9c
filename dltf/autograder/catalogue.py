"""Catalogue: programs with a mistake each, run as far as they need to be.

A wrong answer is compared with every known mistake: the one that gives the same observation in
every case is the mistake that was made. Most are told apart by their first case. So the mistakes
run case by case, the cheapest telling case first, and only those that have agreed so far run the
next one. What has run is kept for the next wrong answer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from dltf.autograder.assignment.declarations import Case, Mistake
from dltf.autograder.diagnosis import Observed, judge

Run = Callable[[Sequence[Mistake], Case], Sequence["Observed | None"]]
PASSED = 4.0  # how much cheaper a case must be that the answer passed, to come before one it failed
FEW = 2  # values that are too few to tell a mistake, if they never change
TOGETHER = 12  # mistakes that run one after another in one process, where time is limited


class Catalogue:
    """The known mistakes of one exercise, on the inputs of one seed.

    Args:
        mistakes: the mistakes, in their declared order.
        run: runs one case on several mistakes.
        costs: case -> seconds that it takes, as far as they are known.
        seconds: time for the first run of each case on all of them; mistakes that it does not
            suffice for are left out of every comparison. By default there is no limit.
        clock: returns seconds.
    """

    def __init__(
        self,
        mistakes: Iterable[Mistake],
        run: Run,
        costs: Mapping[str, float] | None = None,
        seconds: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self.mistakes, self._run, self._costs = list(mistakes), run, dict(costs or {})
        self._seconds = seconds
        self._observed: dict[tuple[str, str], Observed | None] = {}
        self._lock = threading.Lock()

    def find(
        self,
        cases: Iterable[Case],
        got: Mapping[str, Observed],
        failed: Iterable[str],
        among: Sequence[Mistake] | None = None,
    ) -> list[Mistake]:
        """Return the known mistakes that behave like an answer in every case.

        Args:
            cases: the exercise's cases.
            got: case -> the answer's observation.
            failed: the cases that the answer failed.
            among: the mistakes to compare with, all of them by default.
        """
        left, failed = self.mistakes if among is None else list(among), set(failed)

        def cost(case: Case) -> float:
            return self._costs.get(case.name, 0.0) * (1.0 if case.name in failed else PASSED)

        for case in sorted(cases, key=cost):
            if not left:
                break
            observed = self.observed(left, case)
            left = [
                mistake
                for mistake, one in zip(left, observed, strict=True)
                if one is not None and judge(case, one, got.get(case.name)) is None
            ]
        return left

    def observed(self, mistakes: Sequence[Mistake], case: Case) -> list[Observed | None]:
        """Return the observations of one case on some mistakes; None where there is none."""
        with self._lock:
            new = [m for m in mistakes if (m.id, case.name) not in self._observed]
            for mistake, one in zip(new, self._run_within(new, case), strict=True):
                self._observed[mistake.id, case.name] = one
            return [self._observed[mistake.id, case.name] for mistake in mistakes]

    def _run_within(self, mistakes: Sequence[Mistake], case: Case) -> list[Observed | None]:
        """Run a case on some mistakes, as many as there is time for."""
        if self._seconds is None:
            return list(self._run(mistakes, case)) if mistakes else []
        found: list[Observed | None] = []
        end = self._clock() + self._seconds
        while len(found) < len(mistakes) and self._clock() < end:
            found += self._run(mistakes[len(found) : len(found) + TOGETHER], case)
        return found + [None] * (len(mistakes) - len(found))

    def complete(self, cases: Iterable[Case]) -> list[tuple[Mistake, dict[str, Observed]]]:
        """Return every mistake with its observations: case -> observation."""
        found: list[tuple[Mistake, dict[str, Observed]]] = [(m, {}) for m in self.mistakes]
        for case in cases:
            for (_, by_case), one in zip(found, self.observed(self.mistakes, case), strict=True):
                if one is not None:
                    by_case[case.name] = one
        return found


def telling(first: Observed, second: Observed) -> bool:
    """Return whether observations of one case on two seeds say more than a constant or a yes/no.

    Many mistakes give the same constant; that an answer gives it as well names none of them. What
    says more: an exception (its message and statement were compared), words, several values, or
    a value that follows from the inputs.
    """
    if first.error is not None or second.error is not None:
        return True
    leaves = list(_leaves(first.summary))
    if len(leaves) > FEW or any(isinstance(leaf, str) for leaf in leaves):
        return True
    if all(leaf is None or isinstance(leaf, (bool, np.bool_)) for leaf in leaves):
        return False
    return not _same(first.summary, second.summary)


def _leaves(value: Any) -> Iterator[Any]:
    """Yield what is in a summary: its texts and numbers, and its arrays as a whole."""
    if isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return bool(np.array_equal(one, other, equal_nan=np.asarray(one).dtype.kind == "f"))
    return bool(one == other)
