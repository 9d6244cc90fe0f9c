"""Grading of a submission: run it and the reference, judge, diagnose.

The `Grader` sends programs (the student's, the reference, each known mistake) to the pool and
compares their observations. All of them run in the same kind of sandbox, on the same inputs, each
in its own process.
"""

from __future__ import annotations

import ast
import contextlib
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from dltf import _syntax
from dltf._spelling import did_you_mean
from dltf.autograder import diagnosis, naming
from dltf.autograder.assignment.declarations import CASES, AssignmentError, Case, Mistake
from dltf.autograder.assignment.loading import Assignment, definition_source
from dltf.autograder.candidates import Candidates
from dltf.autograder.catalogue import Catalogue
from dltf.autograder.diagnosis import REASONS, Observed, where_to_look
from dltf.autograder.execution.protocol import ErrorInfo, Job, JobResult, Replacement, Unit
from dltf.autograder.execution.roles import Role
from dltf.autograder.jobs import Meter, complete, job_of, observed, units_of
from dltf.autograder.locating import Found, Locator
from dltf.autograder.reading.formats import from_source
from dltf.autograder.reading.submission import Submission
from dltf.autograder.unanswered import (
    blank_left,
    is_own_stub,
    left_out,
    missing_answer,
    with_earlier,
    without_running,
)
from dltf.autograder.verdict import Recognition, Status, SubmissionResult, Verdict

if TYPE_CHECKING:
    from dltf.autograder.execution.limits import Limits

Item = TypeVar("Item")
Result = TypeVar("Result")
Mapper = Callable[[Callable[[int], None], list[int]], Iterable[None]]
MUTANT_SECONDS = 1.0  # of a pair of mistakes, or a mutant, after which it is given up
PHASE_SECONDS = 30.0  # of mixed runs, after which other graders of the machine have their turn


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


@dataclass
class Attempt:
    """The grading of one submission for one assignment and seed, with what was recognised.

    Attributes:
        work: the submission.
        assignment: the assignment.
        seed: seed of the inputs.
        names: exercise -> its other name in the submission.
        spellings: exercise -> other names of its parameters.
        generations: exercise -> generation of the course whose return values it has.
        provided: names that the topic provided for missing files.
        compatibility: what was switched on for code written for older libraries.
        raised: exercise -> line of its cell that raised the first exception.
    """

    work: Submission
    assignment: Assignment
    seed: int
    names: dict[str, str] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    generations: dict[str, str] = field(default_factory=dict)
    provided: list[str] = field(default_factory=list)
    compatibility: dict[str, None] = field(default_factory=dict)
    raised: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.work = self.work.copy()  # which gets the names of this assignment only

    def read(self, result: JobResult) -> None:
        """Add what a job recognised about the submission."""
        if result.end is not None:
            self.spellings |= result.end.spellings
            self.generations |= result.end.generations
            self.provided += [name for name in result.end.provided if name not in self.provided]
            self.compatibility |= dict.fromkeys(result.end.compatibility)

    def recognition(self) -> Recognition:
        """Return what was recognised about the submission."""
        spellings = {name: f"{other} for {name}" for name, other in self.names.items()}
        for name, text in self.spellings.items():
            spellings[name] = f"{spellings[name]}, {text}" if name in spellings else text
        generations = sorted(set(self.generations.values()))
        notes = [
            f"cell {cell} does not parse: line {line}: {message}"
            for cell, (line, message) in self.work.broken.items()
        ]
        return Recognition(
            generation=generations[0] if generations else self.work.generation,
            format=self.work.format,
            spellings=spellings,
            returns=self.generations,
            provided=tuple(self.provided),
            notes=tuple(notes),
        )


@dataclass
class Execution:
    """The results of running a submission's exercises.

    Attributes:
        observed: exercise -> case -> observation.
        stopped: exercise -> the job that ended early in it.
        failures: exceptions at top level.
        processes: exercise -> 'warm' or 'cold', the process that its observations come from.
    """

    observed: dict[str, dict[str, Observed]] = field(default_factory=dict)
    stopped: dict[str, JobResult] = field(default_factory=dict)
    failures: list[ErrorInfo] = field(default_factory=list)
    processes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MixedRun:
    """A wrong exercise that is to be run together with right ones, to explain it.

    Attributes:
        attempt: the submission.
        name: the exercise.
        culprits: the wrong exercises that it calls: it is run with the reference in their place.
        failed: the cases that it failed, if its mistake has no name: it is run with right lines in
            the place of its own, to find out which are wrong.
        raised: the line of its first exception; 0 if there was none.
    """

    attempt: Attempt
    name: str
    culprits: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    raised: int = 0


@dataclass(frozen=True)
class Told:
    """What a mixed run told: whether only the culprits are wrong, or else which lines are."""

    correct: bool
    found: Found | None = None


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
        self._known: dict[Hashable, Future[Any]] = {}
        # Assignment and seed -> exercise -> case -> seconds that it takes the reference.
        self._costs: dict[tuple[str, int], dict[str, dict[str, float]]] = {}
        self._lock = threading.Lock()

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterable[Result]:
        """Apply a function to items, possibly in parallel, in order."""
        return self.pool.map(function, items)

    # The reference and the mistakes: once per assignment and seed -------------------------------

    def _once(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """Compute a value once, in the first thread that needs it."""
        with self._lock:
            future = self._known.get(key)
            mine = future is None
            if future is None:
                future = self._known[key] = Future()
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
        costs = self._costs[str(assignment.folder), seed] = {}
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
        costs = self._costs.get((folder, seed), {}).get(exercise)
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
        answers, reasons = self._run_mixed(runs, mapper or map)
        told = iter(zip(runs, answers, strict=True))
        results = []
        for each in marked:
            found = {run.name: (run, one) for run, one in (next(told) for _ in each.waiting)}
            verdicts = (
                _told(verdict, *found[verdict.name]) if verdict.name in found else verdict
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
        expected = self.reference(attempt.assignment, attempt.seed)
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
        other = self.other_seed(seed)

        def again() -> dict[str, Observed]:
            units = units_of(attempt.work, [name])
            result = self.pool.run(self._job_of(attempt, units, [name], other), self.role)
            return observed(assignment, result).get(name, {})

        def catalogue(kind: str, second: bool) -> Catalogue:
            return self.catalogue(assignment, name, other if second else seed, kind)

        cases = assignment.cases_of(name)
        # That an entry of our own shows a constant is no reason to doubt it, and on one seed
        # everything is constant.
        constants = self.role is Role.REFERENCE or other == seed
        return naming.name(cases, got, failing, catalogue, again, self._kinds, constants=constants)

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
        told, _ = self._run_mixed(runs, map)
        return {
            run.name: _told(verdicts[run.name], run, one)
            for run, one in zip(runs, told, strict=True)
        }

    def _mixed_runs(self, attempt: Attempt, verdicts: Mapping[str, Verdict]) -> list[MixedRun]:
        """Return the runs that explain wrong exercises. They earn no points: the marks are final.

        One tells which exercises fail only because of those they call: each is run once more with
        the reference in place of (only) these. The other tells which lines are wrong.
        """
        culprits = self._culprits(attempt, verdicts)
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

    def locates(self, attempt: Attempt, name: str) -> bool:
        """Return whether the lines of a mistake without a name are looked for."""
        definition = attempt.work.definition(name)
        return self.role is not Role.REFERENCE and definition is not None

    def _run_mixed(
        self, runs: Sequence[MixedRun], mapper: Mapper
    ) -> tuple[list[Told | None], list[str]]:
        """Run mixed runs, in phases in which no earning run of the machine is alive.

        Returns:
            What each run told, None if it was left out; and the reasons for those.
        """
        own = self.role is Role.REFERENCE  # the course's own programs: nothing to keep apart
        told: list[Told | None] = [None] * len(runs)
        waiting = list(range(len(runs)))
        reasons: list[str] = []
        while waiting:
            with contextlib.nullcontext("") if own else self.pool.alone() as refused:
                if refused:
                    return told, [*reasons, refused]
                late: list[int] = []
                end = time.monotonic() + PHASE_SECONDS

                def run(i: int, late: list[int] = late, end: float = end) -> None:
                    if time.monotonic() >= end:
                        late.append(i)
                        return
                    try:
                        told[i] = self._tell(runs[i])
                    except Exception as error:  # the marks are final: only its words are lost
                        reasons.append(f"a run failed ({type(error).__name__})")

                list(mapper(run, waiting))
                waiting = sorted(late)
        return told, list(dict.fromkeys(reasons))

    def _culprits(self, attempt: Attempt, verdicts: Mapping[str, Verdict]) -> dict[str, list[str]]:
        """Return exercise -> the wrong ones it calls, for wrong exercises that call any."""
        assignment, work = attempt.assignment, attempt.work
        order = list(assignment.exercises)
        # What waits for a file that was not handed in is told that, and nothing else.
        absent = {name for name in order if missing_answer(work, assignment, name)}
        wrong = {name for name, verdict in verdicts.items() if not verdict.correct} - absent
        wrong |= {n for n in order if n not in verdicts and attempt.work.definition(n) is None}
        called = {
            name: sorted(wrong & attempt.work.mentions(name) - {name}, key=order.index)
            for name, verdict in verdicts.items()
            if verdict.status in (Status.INCORRECT, Status.ERROR) and name not in absent
        }
        return {name: culprits for name, culprits in called.items() if culprits}

    def _tell(self, run: MixedRun) -> Told:
        """Run an exercise together with right ones."""
        if run.culprits and self._correct_with(run):
            return Told(True)
        return Told(False, self._located(run) if run.failed else None)

    def _located(self, run: MixedRun) -> Found | None:
        """Return the lines that keep an exercise from being right, if they can be found."""
        attempt, name = run.attempt, run.name
        assignment, seed = attempt.assignment, attempt.seed
        costs = self._costs.get((str(assignment.folder), seed), {}).get(name, {})
        failed = [case for case in assignment.cases_of(name) if case.name in run.failed]
        other = self.other_seed(seed)
        expected = {
            seed: self.reference(assignment, seed)[name],
            other: self.reference_of(assignment, name, other),
        }
        role = Role.REFERENCE if self.role is Role.REFERENCE else Role.MIXED
        first = min(failed, key=lambda case: costs.get(case.name, 0.0))
        candidates = Candidates(
            self.pool, role, assignment, name, expected, first, compatibility=self.compatibility
        )
        return Locator(attempt.work, assignment, name, candidates.right, run.raised).locate()

    def _correct_with(self, run: MixedRun) -> bool:
        """Return whether an exercise is correct with the reference in place of others it calls."""
        attempt, name = run.attempt, run.name
        assignment = attempt.assignment
        expected = self.reference(assignment, attempt.seed)[name]
        reference = from_source(assignment.reference)
        needed = set(run.culprits).union(*map(reference.mentions, run.culprits))
        others = {n: stub_of(assignment, n) for n in assignment.exercises if n not in needed}
        stand_ins = Unit(assignment.implementation(**others), "reference")
        job = replace(
            self._job_of(attempt, units_of(attempt.work, [name]), [name]),
            replacement=Replacement(run.culprits, (stand_ins,)),
        )
        role = Role.REFERENCE if self.role is Role.REFERENCE else Role.MIXED
        got = observed(assignment, self.pool.run(job, role)).get(name, {})
        cases = assignment.cases_of(name)
        return all(diagnosis.judge(c, expected[c.name], got.get(c.name)) is None for c in cases)


def _told(verdict: Verdict, run: MixedRun, told: Told | None) -> Verdict:
    """Return a verdict with what a mixed run told; None: it was left out. The marks stay."""
    if told is None:
        if not run.culprits:
            return verdict
        return verdict.suspecting(run.culprits, may_be_the_cause(run.culprits))
    if told.found is not None:
        located = told.found.located
        verdict = verdict.at(located, where_to_look(located, run.attempt.work.place))
        slip = naming.of_slip(told.found.slip)
        return verdict if slip is None else verdict.explained(slip.mistakes, slip.hint)
    if not told.correct:
        return verdict
    return verdict.blocked(
        f"Correct; fails only because {named(run.culprits)} "
        f"{'is' if len(run.culprits) == 1 else 'are'} wrong. Fix {named(run.culprits)} first, "
        "then check again."
    )


def may_be_the_cause(culprits: Sequence[str]) -> str:
    """Return the advice for an exercise of which only is known that those it calls are wrong."""
    are, them = ("is", "it") if len(culprits) == 1 else ("are", "them")
    return (
        f"This calls {named(culprits)}, which {are} not correct yet and may be the cause. "
        f"Fix {them} first, then check again."
    )


def named(exercises: Iterable[str]) -> str:
    """Return names of exercises as text: "`f` and `g`"."""
    return " and ".join(f"`{exercise}`" for exercise in exercises)


def _status(observed: Observed | None, correct: bool) -> Status:
    """Return the status of one case."""
    if correct:
        return Status.CORRECT
    if observed is None:
        return Status.NOT_GRADED
    return Status.ERROR if observed.error else Status.INCORRECT


def stub_of(assignment: Assignment, exercise: str) -> str:
    """Return the reference's source of an exercise without its answer."""
    from dltf.autograder.assignment.stubs import stub

    return definition_source(stub(assignment.reference), exercise)


# Helpers ------------------------------------------------------------------------------------------


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
