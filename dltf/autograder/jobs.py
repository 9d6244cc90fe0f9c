"""Jobs of the grader, and what their results contain, decoded."""

from __future__ import annotations

from collections.abc import Iterable

from dltf.autograder.assignment.declarations import Case
from dltf.autograder.assignment.loading import Assignment
from dltf.autograder.diagnosis import Observed, read_observation
from dltf.autograder.execution.protocol import Job, JobResult, Unit
from dltf.autograder.reading.submission import Submission


def units_of(work: Submission, exercises: list[str], *, late: bool = False) -> list[Unit]:
    """Return the statements of a submission that the exercises need, as units.

    Args:
        work: the submission.
        exercises: the exercises.
        late: with the names as they are at the notebook's end; see `Submission.program`.
    """
    program = work.program(exercises, late=late)
    return [Unit(s.source, f"<cell {s.cell}>", s.line) for s in program]


def job_of(
    assignment: Assignment,
    units: Iterable[Unit],
    exercises: Iterable[str],
    seed: int,
    *,
    record: bool = False,
    trace: bool = False,
    only: Iterable[Case] | None = None,
) -> Job:
    """Return the job that runs the cases of some exercises, or `only` some, on a program."""
    chosen = None if only is None else {(case.exercise, case.name) for case in only}
    cases = {
        name: tuple(
            c.name for c in assignment.cases_of(name) if chosen is None or (name, c.name) in chosen
        )
        for name in exercises
    }
    source, topic = assignment.cases_source, assignment.topic
    return Job(tuple(units), topic, source, cases, seed, record, trace)


def observed(assignment: Assignment, result: JobResult) -> dict[str, dict[str, Observed]]:
    """Return the observations of a job: exercise -> case -> observation."""
    found: dict[str, dict[str, Observed]] = {}
    for case in assignment.cases:
        sent = result.cases.get((case.exercise, case.name))
        if sent is not None:
            one = read_observation(case, sent, result.job.units)
            found.setdefault(case.exercise, {})[case.name] = one
    return found


def complete(result: JobResult, exercise: str) -> bool:
    """Return whether there is a result of every case of an exercise."""
    return all((exercise, case) in result.cases for case in result.job.exercises[exercise])


class Meter:
    """What runs have cost: the same on an idle and on a busy machine.

    Attributes:
        seconds: processor time, and a part of the time that runs only waited.
    """

    def __init__(self) -> None:
        self.seconds = 0.0

    def add(self, results: list[JobResult]) -> list[JobResult]:
        """Add the cost of some runs, and return them."""
        cpu, wall = sum(one.cpu for one in results), sum(one.seconds for one in results)
        self.seconds += max(cpu, wall / 8)
        return results
