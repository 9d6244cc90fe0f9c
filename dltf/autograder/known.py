"""What the course's own programs do: the reference, and the known mistakes. Each runs once.

They run in the same kind of sandbox as a submission, on the same inputs, each in its own process.
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from dltf import _syntax
from dltf._spelling import did_you_mean
from dltf.autograder import naming
from dltf.autograder.assignment.declarations import CASES, AssignmentError, Case, Mistake
from dltf.autograder.assignment.loading import Assignment
from dltf.autograder.catalogue import Catalogue
from dltf.autograder.diagnosis import Observed
from dltf.autograder.execution.protocol import ErrorInfo, Job, JobResult, Unit
from dltf.autograder.execution.roles import Role
from dltf.autograder.jobs import Meter, job_of, observed

if TYPE_CHECKING:
    from dltf.autograder.execution.limits import Limits

Item = TypeVar("Item")
Result = TypeVar("Result")
MUTANT_SECONDS = 1.0  # of a pair of mistakes, or a mutant, after which it is given up


class Runner(Protocol):
    """Interface for running programs: a `pool.Pool`, or `check.InProcessRunner`."""

    limits: Limits

    def run(self, job: Job, role: Role) -> JobResult:
        """Run one job and return its result."""
        ...

    def run_series(
        self, jobs: Iterable[Job], role: Role, limits: Limits | None = None
    ) -> list[JobResult]:
        """Run jobs that earn nothing, in one process if they can be.

        With limits of their own, one that ends early is not run again.
        """
        ...

    def warm_up(self, operations: Iterable[str]) -> None:
        """Prepare operations that will run often."""
        ...

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterable[Result]:
        """Apply a function to items, possibly in parallel, in order."""
        ...

    def alone(self) -> AbstractContextManager[str]:
        """Return the context of mixed runs; its value is '', or the reason to leave them out."""
        ...


class Known:
    """The observations of the course's own programs, by assignment and seed.

    Args:
        pool: runs the programs.
    """

    def __init__(self, pool: Runner) -> None:
        self.pool = pool
        self._made: dict[Hashable, Future[Any]] = {}
        # Assignment and seed -> exercise -> case -> seconds that it takes the reference.
        self._costs: dict[tuple[str, int], dict[str, dict[str, float]]] = {}
        self._lock = threading.Lock()

    def _once(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """Compute a value once, in the first thread that needs it."""
        with self._lock:
            future = self._made.get(key)
            mine = future is None
            if future is None:
                future = self._made[key] = Future()
        if mine:
            try:
                future.set_result(compute())
            except BaseException as error:
                future.set_exception(error)
        computed: Result = future.result()
        return computed

    def reference(self, assignment: Assignment, seed: int) -> dict[str, dict[str, Observed]]:
        """Return the observations of the reference: exercise -> case -> observation.

        Raises:
            AssignmentError: the reference itself fails.
        """
        key = (str(assignment.folder), seed)
        return self._once(key, lambda: self._run_reference(assignment, seed))

    def _run_reference(self, assignment: Assignment, seed: int) -> dict[str, dict[str, Observed]]:
        if not assignment.has_answers:
            raise AssignmentError(
                f"{assignment.name}: expected a reference with answers, got none in "
                f"{assignment.reference_path.name} (between '### BEGIN SOLUTION' and "
                f"'### END SOLUTION'): a student edition cannot grade"
            )
        result = self.run_reference(assignment, seed)
        self.pool.warm_up(result.operations)
        costs = self.costs(assignment, seed)
        costs.clear()
        for (exercise, case), seconds in result.times.items():
            costs.setdefault(exercise, {})[case] = seconds
        found, exercises = observed(assignment, result), list(assignment.exercises)
        for exercise in exercises:
            for one in assignment.cases_of(exercise):
                got = found.get(exercise, {}).get(one.name)
                if got is None:
                    why = result.failed or result.detail or "no result"
                    raise AssignmentError(_failing(assignment, one, why))
                if got.error is not None:
                    raise AssignmentError(_failing(assignment, one, got.error))
        return found

    def run_reference(self, assignment: Assignment, seed: int) -> JobResult:
        """Run the reference; the result contains the operations that TensorFlow executed."""
        units = [Unit(assignment.reference, assignment.reference_path.name)]
        job = job_of(assignment, units, list(assignment.exercises), seed, record=True, trace=True)
        return self.pool.run(job, Role.REFERENCE)

    def reference_of(self, assignment: Assignment, exercise: str, seed: int) -> dict[str, Observed]:
        """Return the reference's observations in one exercise, on a seed of its own."""

        def compute() -> dict[str, Observed]:
            units = [Unit(assignment.reference, assignment.reference_path.name)]
            job = job_of(assignment, units, [exercise], seed)
            result = self.pool.run(job, Role.REFERENCE)
            return observed(assignment, result).get(exercise, {})

        return self._once(("reference", str(assignment.folder), exercise, seed), compute)

    def catalogue(
        self, assignment: Assignment, exercise: str, seed: int, kind: str = naming.KINDS[0]
    ) -> Catalogue:
        """Return a catalogue of an exercise: known mistakes, or another of `naming.KINDS`."""
        folder = str(assignment.folder)
        costs = self.costs(assignment, seed).get(exercise)
        seconds = naming.SECONDS.get(kind)
        limits = None if seconds is None else replace(self.pool.limits, seconds=MUTANT_SECONDS)
        meter = Meter()

        def run(mistakes: Sequence[Mistake], case: Case) -> list[Observed | None]:
            jobs = [
                job_of(assignment, naming.program(assignment, m), [exercise], seed, only=[case])
                for m in mistakes
            ]
            results = meter.add(self.pool.run_series(jobs, Role.REFERENCE, limits))
            found = [observed(assignment, result) for result in results]
            return [one.get(exercise, {}).get(case.name) for one in found]

        def entries() -> list[Mistake]:
            return naming.entries(kind, assignment, exercise)

        made = self._once(("entries", folder, exercise, kind), entries)
        return self._once(
            (folder, seed, exercise, kind),
            lambda: Catalogue(made, run, costs, seconds, lambda: meter.seconds),
        )

    def costs(self, assignment: Assignment, seed: int) -> dict[str, dict[str, float]]:
        """Return what the reference takes, as far as it has run: exercise -> case -> seconds."""
        return self._costs.setdefault((str(assignment.folder), seed), {})


def _failing(assignment: Assignment, case: Case, error: ErrorInfo | str) -> str:
    """Return the message for a case that fails with the reference: which of them is wrong?"""
    cases = assignment.folder / "cases.py"
    if isinstance(error, str):
        own = f"AssignmentError: {CASES}"
        if error.startswith(own):  # an import that only the run of a case needs
            return f"{cases}{error.removeprefix(own)}"
        why = error
    else:
        why = f"{error.type}: {' '.join(error.message.split())}".rstrip(": ")
        if error.case_line and not error.cell:
            if error.not_attempted:  # `answer.name` with a misspelt name
                why += f".{did_you_mean(error.message.split(' ')[0], assignment.exercises)}"
            return (
                f"{cases}:{error.case_line}: case {case.name!r} of {case.exercise!r} fails with "
                f"the reference: {why.rstrip('.')}"
            )
        if error.line:
            why += f" ({assignment.reference_path.name}, line {error.line})"
    return f"{assignment.name}: the reference fails in {case.exercise} / {case.name}: {why}"


def modules_of(assignment: Assignment) -> list[str]:
    """Return the modules that the reference imports, for the server to preload."""
    names = [assignment.topic]
    for node in _syntax.parse(assignment.reference).body:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
            names.append(node.module)
    return names
