"""Catalogue: the known mistakes of an exercise, run as far as they need to be.

A wrong answer is compared with every known mistake: the one that gives the same observation in
every case is the mistake that was made. Most are told apart by their first case. So the mistakes
run case by case, the cheapest telling case first, and only those that have agreed so far run the
next one. What has run is kept for the next wrong answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence

from dltf.autograder.assignment.declarations import Case, Mistake
from dltf.autograder.diagnosis import Observed, judge

Run = Callable[[Sequence[Mistake], Case], Sequence["Observed | None"]]
PASSED = 4.0  # how much cheaper a case must be that the answer passed, to come before one it failed


class Catalogue:
    """The known mistakes of one exercise, on the inputs of one seed.

    Args:
        mistakes: the mistakes, in their declared order.
        run: runs one case on several mistakes.
        costs: case -> seconds that it takes, as far as they are known.
    """

    def __init__(
        self, mistakes: Iterable[Mistake], run: Run, costs: Mapping[str, float] | None = None
    ) -> None:
        self.mistakes, self._run, self._costs = list(mistakes), run, dict(costs or {})
        self._observed: dict[tuple[str, str], Observed | None] = {}
        self._lock = threading.Lock()

    def find(
        self, cases: Iterable[Case], got: Mapping[str, Observed], failed: Iterable[str]
    ) -> Mistake | None:
        """Return the first known mistake that behaves like an answer in every case.

        Args:
            cases: the exercise's cases.
            got: case -> the answer's observation.
            failed: the cases that the answer failed.
        """
        left, failed = self.mistakes, set(failed)

        def cost(case: Case) -> float:
            return self._costs.get(case.name, 0.0) * (1.0 if case.name in failed else PASSED)

        for case in sorted(cases, key=cost):
            observed = self.observed(left, case)
            left = [
                mistake
                for mistake, one in zip(left, observed, strict=True)
                if one is not None and judge(case, one, got.get(case.name)) is None
            ]
            if not left:
                return None
        return left[0] if left else None

    def observed(self, mistakes: Sequence[Mistake], case: Case) -> list[Observed | None]:
        """Return the observations of one case on some mistakes; None where there is none."""
        with self._lock:
            new = [m for m in mistakes if (m.id, case.name) not in self._observed]
            if new:
                found = self._run(new, case)
                for mistake, one in zip(new, found, strict=True):
                    self._observed[mistake.id, case.name] = one
            return [self._observed[mistake.id, case.name] for mistake in mistakes]

    def complete(self, cases: Iterable[Case]) -> list[tuple[Mistake, dict[str, Observed]]]:
        """Return every mistake with its observations: case -> observation."""
        found: list[tuple[Mistake, dict[str, Observed]]] = [(m, {}) for m in self.mistakes]
        for case in cases:
            for (_, by_case), one in zip(found, self.observed(self.mistakes, case), strict=True):
                if one is not None:
                    by_case[case.name] = one
        return found
