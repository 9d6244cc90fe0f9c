"""Grading of a submission: run it and the reference, judge, diagnose.

The `Grader` sends programs (the student's, the reference, each known mistake) to the pool and
compares their observations. All of them run in the same kind of sandbox, on the same inputs, each
in its own process.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dltf.autograder import diagnosis, naming
from dltf.autograder.assignment.loading import Assignment
from dltf.autograder.attempt import Attempt, Execution
from dltf.autograder.catalogue import Catalogue
from dltf.autograder.diagnosis import REASONS, Observed
from dltf.autograder.execution.protocol import Job, JobResult, Unit
from dltf.autograder.execution.roles import Role
from dltf.autograder.explaining import Explainer, Mapper, MixedRun, culprits_of, with_told
from dltf.autograder.jobs import complete, job_of, observed, units_of
from dltf.autograder.known import Item, Known, Result, Runner
from dltf.autograder.reading.formats import from_source
from dltf.autograder.reading.submission import Submission
from dltf.autograder.unanswered import (
    blank_left,
    is_own_stub,
    left_out,
    with_earlier,
    without_running,
)
from dltf.autograder.verdict import Status, SubmissionResult, Verdict


@dataclass(frozen=True)
class Marked:
    """A submission whose marks are final, and the mixed runs that its words wait for."""

    result: SubmissionResult
    waiting: tuple[MixedRun, ...] = ()


class Grader:
    """Grades submissions of any assignment with one pool and one seed.

    Args:
        pool: runs the programs.
        seed: seed of the inputs, which are the same for every submission.
        role: role of the runs of submissions; REFERENCE if they are the course's own programs.
        compatibility: whether code written for older libraries runs as it did then.
    """

    def __init__(
        self,
        pool: Runner,
        seed: int,
        role: Role = Role.EARNING,
        *,
        compatibility: bool = True,
    ) -> None:
        self.pool, self.seed, self.role = pool, seed, role
        self.compatibility = compatibility
        self.known = Known(pool)

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterable[Result]:
        """Apply a function to items, possibly in parallel, in order."""
        return self.pool.map(function, items)

    # One submission ----------------------------------------------------------------------------

    def grade(
        self, work: Submission, assignment: Assignment, seed: int | None = None
    ) -> SubmissionResult:
        """Grade one submission for one assignment."""
        (result,), _ = self.complete([self.mark(work, assignment, seed)])
        return result

    def mark(self, work: Submission, assignment: Assignment, seed: int | None = None) -> Marked:
        """Give one submission its marks; `complete` adds which exercises are blocked by others."""
        start = time.perf_counter()
        attempt = Attempt(work, assignment, self.seed if seed is None else seed)
        verdicts = self._marked(attempt, list(assignment.exercises))
        result = SubmissionResult(
            file=str(work.path),
            assignment=assignment.name,
            recognised=attempt.recognition(),
            seconds=round(time.perf_counter() - start, 4),
            exercises=tuple(verdicts.values()),
            compatibility=tuple(attempt.compatibility),
        )
        return Marked(result, tuple(self._mixed_runs(attempt, verdicts)))

    def complete(
        self,
        marked: Sequence[Marked],
        mapper: Mapper | None = None,
    ) -> tuple[list[SubmissionResult], list[str]]:
        """Add to marked submissions which exercises fail only because of others.

        Args:
            marked: the submissions.
            mapper: applies a function to the runs, possibly in parallel; `map` by default.

        Returns:
            The results, and the reasons why mixed runs were left out, if any were.
        """
        runs = [run for each in marked for run in each.waiting]
        answers, reasons = self._explainer().tell(runs, mapper or map)
        told = iter(zip(runs, answers, strict=True))
        results = []
        for each in marked:
            found = {run.name: (run, one) for run, one in (next(told) for _ in each.waiting)}
            verdicts = (
                with_told(verdict, *found[verdict.name]) if verdict.name in found else verdict
                for verdict in each.result.exercises
            )
            results.append(replace(each.result, exercises=tuple(verdicts)))
        return results, reasons

    def grade_program(
        self, assignment: Assignment, source: str, exercises: list[str], seed: int | None = None
    ) -> list[Verdict]:
        """Grade some exercises of a program given as text."""
        attempt = Attempt(from_source(source), assignment, self.seed if seed is None else seed)
        return self.verdicts(attempt, exercises)

    def grade_programs(
        self, assignment: Assignment, programs: Iterable[tuple[str, list[str]]], seed: int
    ) -> list[list[Verdict]]:
        """Grade programs of the course's own, one after another in one process.

        Args:
            assignment: the assignment.
            programs: the text and the exercises of each.
            seed: seed of the inputs.
        """
        attempts = [
            (Attempt(from_source(source), assignment, seed), names) for source, names in programs
        ]
        decided = [self._plan(attempt, names) for attempt, names in attempts]
        left = [
            [name for name in names if name not in known]
            for (_, names), known in zip(attempts, decided, strict=True)
        ]
        jobs = [
            job_of(assignment, units_of(attempt.work, names), names, seed)
            for (attempt, _), names in zip(attempts, left, strict=True)
            if names
        ]
        results = iter(self.pool.run_series(jobs, Role.REFERENCE))
        first = [next(results) if names else None for names in left]
        return [
            list(self._conclude(attempt, names, known, result).values())
            for (attempt, names), known, result in zip(attempts, decided, first, strict=True)
        ]

    def verdicts(self, attempt: Attempt, names: list[str]) -> list[Verdict]:
        """Grade the named exercises of a submission; return the verdicts in that order."""
        verdicts = self._marked(attempt, names)
        verdicts |= self._blocked(attempt, verdicts)
        return list(verdicts.values())

    def _marked(self, attempt: Attempt, names: list[str]) -> dict[str, Verdict]:
        """Return the verdicts of the earning runs on the named exercises, in that order."""
        return self._conclude(attempt, names, self._plan(attempt, names), None)

    def _plan(self, attempt: Attempt, names: list[str]) -> dict[str, Verdict]:
        """Recognise the names in a submission; return the verdicts that need no run."""
        for exercise in attempt.assignment.exercises.values():
            other = attempt.work.rename(exercise.name, exercise.names)
            if other is not None:
                attempt.names[exercise.name] = other
        decided = {name: without_running(attempt.work, attempt.assignment, name) for name in names}
        return {name: verdict for name, verdict in decided.items() if verdict is not None}

    def _conclude(
        self,
        attempt: Attempt,
        names: list[str],
        decided: Mapping[str, Verdict],
        first: JobResult | None,
    ) -> dict[str, Verdict]:
        """Run what is not decided yet, unless a first run of it is given; return the verdicts."""
        expected = self.known.reference(attempt.assignment, attempt.seed)
        verdicts = dict(decided)
        attempted = [name for name in names if name not in verdicts]
        execution = self._execute(attempt, attempted, first)
        for name in attempted:
            verdict = self._verdict(attempt, name, expected[name], execution)
            verdict = replace(verdict, process=execution.processes.get(name))
            verdicts[name] = self._as_at_the_end(attempt, name, expected[name], verdict)
        return {name: verdicts[name] for name in names}

    def _as_at_the_end(
        self, attempt: Attempt, name: str, expected: Mapping[str, Observed], verdict: Verdict
    ) -> Verdict:
        """Return the verdict with the names of the notebook's end, if only then it is correct.

        A notebook that repairs a helper and does not run its first test again has the repaired one
        in memory.
        """
        work = attempt.work
        if verdict.correct or work.program([name]) == work.program([name], late=True):
            return verdict
        units = units_of(work, [name], late=True)
        result = self.pool.run(self._job_of(attempt, units, [name]), self.role)
        got = observed(attempt.assignment, result).get(name, {})
        cases = attempt.assignment.cases_of(name)
        if any(diagnosis.judge(c, expected[c.name], got.get(c.name)) is not None for c in cases):
            return verdict
        attempt.read(result)
        correct = Verdict.of(name, Status.CORRECT, cases, Status.CORRECT)
        return replace(correct, process=result.processes.get(name))

    def _job_of(
        self, attempt: Attempt, units: list[Unit], names: list[str], seed: int | None = None
    ) -> Job:
        """Return the job that runs exercises of a submission."""
        job = job_of(attempt.assignment, units, names, attempt.seed if seed is None else seed)
        return replace(job, compatibility=self.compatibility)

    def _execute(
        self, attempt: Attempt, names: list[str], first: JobResult | None = None
    ) -> Execution:
        """Run the attempted exercises; if one ends the job early, run the others in another."""
        execution = Execution()
        groups = [names] if first is not None else attempt.work.together(names)
        while groups:
            group = groups.pop(0)
            units = units_of(attempt.work, group)
            job = self._job_of(attempt, units, group)
            result, first = first or self.pool.run(job, self.role), None
            attempt.read(result)
            execution.processes |= result.processes
            execution.failures += map(diagnosis.repeatable_error, result.failures)
            for exercise, cases in observed(attempt.assignment, result).items():
                execution.observed.setdefault(exercise, {}).update(cases)
            if not result.reason:
                continue
            if result.exercise is not None:
                execution.stopped[result.exercise] = result
                after = group[group.index(result.exercise) + 1 :]
                rest = [name for name in after if not complete(result, name)]
                groups += [rest] if rest else []
            elif len(group) > 1:  # at top level: find out in which exercise's code
                groups += [[name] for name in group]
            else:
                execution.stopped[group[0]] = result
        return execution

    def _verdict(
        self, attempt: Attempt, name: str, expected: Mapping[str, Observed], execution: Execution
    ) -> Verdict:
        """Return the verdict on an exercise that was run."""
        assignment, place = attempt.assignment, attempt.work.place
        cases, got = assignment.cases_of(name), execution.observed.get(name, {})
        differences = {c.name: diagnosis.judge(c, expected[c.name], got.get(c.name)) for c in cases}
        statuses = {n: _status(got.get(n), differs is None) for n, differs in differences.items()}

        def verdict(status: Status, text: str = "") -> Verdict:
            return Verdict.of(name, status, cases, statuses, text)

        failing = [c for c in cases if statuses[c.name] != Status.CORRECT]
        if not failing:
            return verdict(Status.CORRECT)
        case = next((c for c in failing if c.name in got), None)
        definition = attempt.work.definition(name)
        blank = left_out(attempt.work, definition, got.get(case.name) if case else None)
        if blank:
            return verdict(Status.NOT_ATTEMPTED, blank)
        if name in execution.stopped:
            stopped = execution.stopped[name]
            text = REASONS[stopped.reason].format(detail=stopped.detail)
            return verdict(Status.NOT_GRADED, text)
        if case is None:
            return verdict(Status.NOT_GRADED, "The run gave no result.")
        first = got[case.name]
        text = diagnosis.explain(case, expected[case.name], first, differences[case.name], place)
        if first.error and definition and first.error.cell == f"<cell {definition.cell}>":
            attempt.raised[name] = first.error.line
        error = first.error
        left = blank_left(definition, first)
        if left and definition:
            text += (
                f"\n\nA blank is left: {place(f'<cell {definition.cell}>', left)[0]} is still None."
            )
        if error and is_own_stub(error, definition):
            return verdict(Status.NOT_ATTEMPTED, error.message)
        if error and error.memory:
            memory = REASONS["memory"].format(
                detail=f"more than {self.pool.limits.memory >> 20} MiB"
            )
            return verdict(Status.NOT_GRADED, f"{memory}\n\n{text}")
        if error and error.size:
            return verdict(Status.NOT_GRADED, REASONS["output"].format(detail=error.message))
        named = self._named(attempt, name, got, [c.name for c in failing])
        if named is not None and named.mistakes:
            return verdict(Status.INCORRECT, text).explained(named.mistakes, named.hint)
        if error is None:
            ask = " Does the function end with a return?" if first.value is None else ""
            found = verdict(Status.INCORRECT, text + ask)
        else:
            if error.type == "NameError":
                text = with_earlier(text, attempt.work, name, error, execution.failures)
            found = verdict(Status.ERROR, text)
        return found.explained((), named.hint) if named is not None else found

    def _named(
        self, attempt: Attempt, name: str, got: Mapping[str, Observed], failing: Sequence[str]
    ) -> naming.Named | None:
        """Return the mistake behind a wrong answer, if it is known."""
        assignment = attempt.assignment
        seed, got = self._compared(attempt, name, got)
        own = self.role is Role.REFERENCE
        other = seed if own else self.other_seed(seed)  # `verify` chooses its seeds

        def again() -> Mapping[str, Observed]:
            return got if other == seed else self.again(attempt, name, other)

        def catalogue(kind: str, second: bool) -> Catalogue:
            return self.known.catalogue(assignment, name, other if second else seed, kind)

        cases = assignment.cases_of(name)
        # That an entry of our own shows a constant is no reason to doubt it, and on one seed
        # everything is constant.
        constants = other == seed
        return naming.name(cases, got, failing, catalogue, again, self._kinds, constants=constants)

    def again(self, attempt: Attempt, name: str, seed: int) -> dict[str, Observed]:
        """Return what an answer does on another seed: case -> observation."""
        job = self._job_of(attempt, units_of(attempt.work, [name]), [name], seed)
        result = self.pool.run(job, self.role)
        return observed(attempt.assignment, result).get(name, {})

    def _compared(
        self, attempt: Attempt, name: str, got: Mapping[str, Observed]
    ) -> tuple[int, Mapping[str, Observed]]:
        """Return what is compared with the known mistakes: a seed, and the observations on it."""
        return attempt.seed, got

    @property
    def _kinds(self) -> Sequence[str]:
        """The catalogues to try: of the course's own programs, which mistake is to be known."""
        return naming.KINDS[:1] if self.role is Role.REFERENCE else naming.KINDS

    def other_seed(self, seed: int) -> int:
        """Return the second seed for a grading with a seed."""
        return naming.other_seed(seed)

    # Exercises that fail only because of another -----------------------------------------------

    def _blocked(self, attempt: Attempt, verdicts: Mapping[str, Verdict]) -> dict[str, Verdict]:
        """Return the verdicts that mixed runs have something to say about."""
        runs = self._mixed_runs(attempt, verdicts)
        told, _ = self._explainer().tell(runs, map)
        return {
            run.name: with_told(verdicts[run.name], run, one)
            for run, one in zip(runs, told, strict=True)
        }

    def _mixed_runs(self, attempt: Attempt, verdicts: Mapping[str, Verdict]) -> list[MixedRun]:
        """Return the runs that explain wrong exercises. They earn no points: the marks are final.

        One tells which exercises fail only because of those they call: each is run once more with
        the reference in place of (only) these. The other tells which lines are wrong.
        """
        culprits = self.culprits(attempt, verdicts)
        runs = []
        for name, verdict in verdicts.items():
            wrong = verdict.status in (Status.INCORRECT, Status.ERROR)
            unnamed = wrong and not verdict.mistakes and self.locates(attempt, name)
            failed = [c.name for c in verdict.cases if c.status != Status.CORRECT]
            run = MixedRun(
                attempt,
                name,
                tuple(culprits.get(name, ())),
                tuple(failed if unnamed else ()),
                attempt.raised.get(name, 0),
            )
            if run.culprits or run.failed:
                runs.append(run)
        return runs

    def culprits(self, attempt: Attempt, verdicts: Mapping[str, Verdict]) -> dict[str, list[str]]:
        """Return exercise -> the wrong ones it calls, for wrong exercises that call any."""
        return culprits_of(attempt, verdicts)

    def _explainer(self) -> Explainer:
        own = self.role is Role.REFERENCE
        return Explainer(self.pool, self.known, own=own, compatibility=self.compatibility)

    def locates(self, attempt: Attempt, name: str) -> bool:
        """Return whether the lines of a mistake without a name are looked for."""
        definition = attempt.work.definition(name)
        return self.role is not Role.REFERENCE and definition is not None


def _status(observed: Observed | None, correct: bool) -> Status:
    """Return the status of one case."""
    if correct:
        return Status.CORRECT
    if observed is None:
        return Status.NOT_GRADED
    return Status.ERROR if observed.error else Status.INCORRECT
