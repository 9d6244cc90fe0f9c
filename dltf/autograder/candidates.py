"""Candidates: an answer with some lines of a right one in it; is it right in every case?

They run as a series, in the process of mixed runs; one that dies costs only itself. Only one bit
of each comes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from dltf.autograder import jobs
from dltf.autograder.assignment.declarations import Case
from dltf.autograder.assignment.loading import Assignment
from dltf.autograder.diagnosis import Observed, judge
from dltf.autograder.execution.protocol import Job, JobResult, Unit
from dltf.autograder.execution.roles import Role
from dltf.autograder.jobs import Meter
from dltf.autograder.locating import OutOfTime

if TYPE_CHECKING:
    from dltf.autograder.execution.limits import Limits

SECONDS = 3.0  # of runs, to locate one mistake


class SeriesRunner(Protocol):
    """Interface of what runs candidates."""

    limits: Limits

    def run_series(
        self, jobs: Sequence[Job], role: Role, limits: Limits | None = None
    ) -> list[JobResult]:
        """Run jobs one after another in one process if they can be."""
        ...


@dataclass
class Candidates:
    """Runs candidates for one exercise until the time for them is over.

    Attributes:
        pool: runs the programs.
        role: MIXED, or REFERENCE if the answer is the course's own.
        assignment: the assignment.
        exercise: the exercise.
        expected: seed -> the reference's observations, the seed of the grading first.
        first: the case that tells most for its time: one that the answer failed.
        meter: adds up what the runs cost.
        compatibility: whether code written for older libraries runs as it did then.
    """

    pool: SeriesRunner
    role: Role
    assignment: Assignment
    exercise: str
    expected: Mapping[int, Mapping[str, Observed]]
    first: Case
    meter: Meter = field(default_factory=Meter)
    compatibility: bool = True

    def right(self, programs: Sequence[Sequence[Unit]]) -> list[bool]:
        """Return whether each program is right in every case, on every seed.

        Raises:
            OutOfTime: they have run for long enough.
        """
        every = self.assignment.cases_of(self.exercise)
        stages = [(seed, every) for seed in self.expected]
        stages.insert(0, (stages[0][0], [self.first]))
        left = list(range(len(programs)))
        for seed, cases in stages:
            if left:
                bits = self._run([programs[i] for i in left], seed, cases)
                left = [i for i, bit in zip(left, bits, strict=True) if bit]
        return [i in left for i in range(len(programs))]

    def _run(
        self, programs: Sequence[Sequence[Unit]], seed: int, cases: Sequence[Case]
    ) -> list[bool]:
        if self.meter.seconds >= SECONDS:
            raise OutOfTime
        made = [
            replace(
                jobs.job_of(self.assignment, units, [self.exercise], seed, only=cases),
                compatibility=self.compatibility,
            )
            for units in programs
        ]
        limits = replace(self.pool.limits, seconds=min(self.pool.limits.seconds, SECONDS))
        results = self.meter.add(self.pool.run_series(made, self.role, limits))
        return [self._is_right(result, seed, cases) for result in results]

    def _is_right(self, result: JobResult, seed: int, cases: Sequence[Case]) -> bool:
        got = jobs.observed(self.assignment, result).get(self.exercise, {})
        expected = self.expected[seed]
        return all(judge(case, expected[case.name], got.get(case.name)) is None for case in cases)
