"""Verification of assignments: does grading give every known program the right result?

- the reference and every accepted alternative get full marks; a blank is "not attempted";
- every mistake loses its marks and gets its own hint;
- mutants of the reference are caught, or declared equivalent by the assignment;
- so are mutants of accepted answers, right ones in other words (of which some change nothing).

Everything is graded with several seeds, whose verdicts must agree.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Protocol, TypeVar

from dltf.authoring.findings import Findings, Report, show
from dltf.authoring.mutate import declaration, match
from dltf.authoring.sample import students
from dltf.authoring.trials import Trial, trials
from dltf.autograder.assignment.mutants import mutants
from dltf.autograder.verdict import Status, Verdict
from dltf.training.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from dltf.autograder.assignment.loading import Assignment
    from dltf.autograder.diagnosis import Observed
    from dltf.autograder.known import Known

Item = TypeVar("Item")
Result = TypeVar("Result")
FEWEST_MISTAKES = 3  # per exercise
MUTANTS = ("mutant", "variant")  # kinds of trials
MANY = (*MUTANTS, "mistake")  # kinds that run one after another in one process
TOGETHER = 12  # so many of them


class Grader(Protocol):
    """Interface of the grader that verification uses."""

    def grade_program(
        self, assignment: Assignment, source: str, exercises: list[str], seed: int | None = None
    ) -> list[Verdict]:
        """Grade the source of a module and return the verdicts on the exercises."""
        ...

    def grade_programs(
        self, assignment: Assignment, programs: Iterable[tuple[str, list[str]]], seed: int
    ) -> list[list[Verdict]]:
        """Grade programs one after another in one process."""
        ...

    @property
    def known(self) -> Known:
        """The observations of the reference."""
        ...

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterable[Result]:
        """Apply the function to items in parallel; the results are in order."""
        ...


def verify(
    assignment: Assignment,
    grader: Grader,
    seeds: int = 3,
    progress: Callable[[int, int, str], None] | None = None,
    with_mutants: bool = True,
) -> Report:
    """Grade an assignment's own programs and return the findings.

    Args:
        assignment: the assignment to verify.
        grader: grades the programs.
        seeds: number of seeds with which each program is graded.
        progress: called with (programs graded, number of programs, name of the program).
        with_mutants: whether to grade automatic mutants, which are most of the programs.

    Raises:
        AssignmentError: the reference fails, or `students.py` cannot be read.
    """
    started = time.monotonic()
    chosen = tuple(range(1, seeds + 1))
    students(assignment)  # whether the file can be read; it is not graded
    every = trials(assignment, with_mutants)
    graded: list[list[list[Verdict]]] = [[] for _ in every]  # trial -> seed -> exercise
    done, total = 0, len(every) * len(chosen)
    for seed in chosen:
        # A program that timed out is not run again: it would time out again.
        open_ = [i for i, trial in enumerate(every) if not _hangs(trial, graded[i])]
        series = list(_series(open_, every))

        def grade(together: list[int], seed: int = seed) -> list[list[Verdict]]:
            programs = [(every[i].source, list(every[i].exercises)) for i in together]
            if every[together[0]].kind not in MANY:
                return [grader.grade_program(assignment, *one, seed) for one in programs]
            return grader.grade_programs(assignment, programs, seed)

        done += len(every) - len(open_)
        for together, results in zip(series, grader.map(grade, series), strict=True):
            for i, verdicts in zip(together, results, strict=True):
                graded[i].append(verdicts)
                done += 1
                if progress is not None:
                    progress(done, total, f"seed {seed}")
    findings = {
        name: _explained(_new(name, assignment), assignment) for name in assignment.exercises
    }
    for trial, by_seed in zip(every, graded, strict=True):
        for name in trial.exercises:
            found = [next(v for v in verdicts if v.name == name) for verdicts in by_seed]
            _CONCLUDE[trial.kind](findings[name], trial, found, assignment)
    _empty(findings, assignment, grader.known.reference(assignment, chosen[0]))
    for one in findings.values():
        if one.mistakes < FEWEST_MISTAKES:
            one.advice.append(
                f"{one.name}: expected at least {FEWEST_MISTAKES} mistakes, got {one.mistakes}"
            )
    return Report(assignment.name, findings, chosen, time.monotonic() - started)


def verify_all(
    names: Iterable[str | Path] | None = None,
    seeds: int = 3,
    jobs: int | None = None,
    with_mutants: bool = True,
) -> bool:
    """Verify assignments (all by default) with a new grader, as `dltf verify` does."""
    from dltf.autograder.assignment.loading import available, load
    from dltf.autograder.execution.pool import Pool
    from dltf.autograder.execution.roles import Role
    from dltf.autograder.grading import Grader
    from dltf.autograder.known import modules_of

    chosen = list(names or available())
    modules = [module for name in chosen for module in modules_of(load(name))]
    with Pool(jobs=jobs) as pool:
        pool.preload(modules)
        return verify_each(
            chosen, Grader(pool, seed=1, role=Role.REFERENCE), seeds, with_mutants=with_mutants
        )


def verify_each(
    names: Iterable[str | Path],
    grader: Grader,
    seeds: int = 3,
    console: Console | None = None,
    with_mutants: bool = True,
) -> bool:
    """Verify assignments, print the findings, and return whether all are fit for use."""
    from rich.console import Console

    from dltf.autograder.assignment.loading import load

    console = console or Console()
    well = True
    for name in names:
        assignment = load(name)
        # Progress goes to stderr, so that the output can be redirected to a file.
        with Progress(len(trials(assignment, with_mutants)) * seeds, "program") as bar:
            report = verify(
                assignment,
                grader,
                seeds,
                lambda done, _, what: bar.update(done, what),
                with_mutants,
            )
        show(report, console)
        well = well and report.ok
    return well


def _series(numbers: Iterable[int], trials: list[Trial]) -> Iterator[list[int]]:
    """Yield the programs that run one after another in one process: by the dozen, if `MANY`."""
    for many, group in groupby(numbers, lambda i: trials[i].kind in MANY):
        found = list(group)
        size = TOGETHER if many else 1
        yield from (found[start : start + size] for start in range(0, len(found), size))


def _hangs(trial: Trial, by_seed: list[list[Verdict]]) -> bool:
    return trial.kind in MUTANTS and bool(by_seed) and by_seed[0][0].status == Status.NOT_GRADED


def _statuses(verdicts: list[Verdict]) -> str:
    return ", ".join(dict.fromkeys(verdict.status.value for verdict in verdicts))


def _why(verdicts: list[Verdict]) -> str:
    text = " ".join((verdicts[0].feedback or "no feedback").split())
    return text if len(text) <= 200 else f"{text[:60]} … {text[-140:]}"


def _right(found: Findings, trial: Trial, verdicts: list[Verdict], _: Assignment) -> None:
    """Check the reference or an accepted answer: full marks on every seed."""
    if trial.kind == "accepted":
        found.accepted += 1
    wrong = [v for v in verdicts if not v.correct or v.points != v.max_points]
    if wrong:
        what = "the reference" if trial.kind == "reference" else f"accepted {trial.name!r}"
        advice = "its cases or judges reject a right answer"
        if len(wrong) < len(verdicts):
            advice = "a case's verdict depends on the seed; widen its judge or choose safer inputs"
        found.problems.append(
            f"{found.name}: {what}: expected full marks, got {_statuses(wrong)} ({_why(wrong)}): "
            f"{advice}"
        )


def _empty(
    findings: dict[str, Findings],
    assignment: Assignment,
    observed: dict[str, dict[str, Observed]],
) -> None:
    """Check that every case returns something for the reference."""
    for case in assignment.cases:
        seen = observed[case.exercise][case.name]
        if seen.error is None and seen.value is None:
            findings[case.exercise].problems.append(
                f"{assignment.folder / 'cases.py'}:{case.line}: case {case.name!r} of "
                f"{case.exercise!r}: expected an observation of the reference, got None: is a "
                f"return missing?"
            )


def _blank(found: Findings, _: Trial, verdicts: list[Verdict], __: Assignment) -> None:
    if _statuses(verdicts) != "not attempted":
        found.problems.append(
            f"{found.name}: blank: expected 'not attempted', got {_statuses(verdicts)} "
            f"({_why(verdicts)}): mark the solution so that its stub raises before it returns"
        )


def _mistake(
    found: Findings, trial: Trial, verdicts: list[Verdict], assignment: Assignment
) -> None:
    """Check a mistake: marks lost and its own hint, on every seed."""
    found.mistakes += 1
    where = f"{found.name}: mistake {trial.name!r}"
    statuses = _statuses(verdicts)
    hints = list(dict.fromkeys(verdict.mistake for verdict in verdicts))
    if "correct" in statuses.split(", "):
        on = "" if statuses == "correct" else " on some seeds"
        found.problems.append(
            f"{where}: expected lost marks, got full marks{on}: add a case that detects it"
        )
    elif statuses not in ("incorrect", "error", "error, incorrect", "incorrect, error"):
        found.problems.append(f"{where}: expected 'incorrect' or 'error', got {statuses}")
    elif hints != [trial.name]:
        got = " or ".join(f"that of {hint!r}" if hint else "none" for hint in hints)
        order = [m.id for m in assignment.mistakes_of(found.name)]
        others = [hint for hint in hints if hint in order and hint != trial.name]
        advice = (
            "the judges do not recognize it in a second run; is something in it random that they "
            "compare exactly?"
        )
        if others and order.index(others[0]) < order.index(trial.name):
            advice = (
                f"{others[0]!r} comes first and behaves the same in all cases; add a case that "
                f"distinguishes them, or merge them"
            )
        found.problems.append(f"{where}: expected its own hint, got {got}: {advice}")
    for name in _flaky_cases(verdicts):
        found.problems.append(
            f"{where}: expected the same of case {name!r} on every seed, got both right and wrong: "
            "choose inputs on which this mistake always fails, or never"
        )


def _flaky_cases(verdicts: list[Verdict]) -> list[str]:
    """Return the cases that a program passes on some seeds and fails on others."""
    passed: dict[str, set[bool]] = {}
    for verdict in verdicts:
        for case in verdict.cases:
            passed.setdefault(case.name, set()).add(case.status == Status.CORRECT)
    return [name for name, outcomes in passed.items() if len(outcomes) > 1]


def _mutant(found: Findings, trial: Trial, verdicts: list[Verdict], a: Assignment) -> None:
    """Check a mutant: caught if it loses marks on every seed, or times out."""
    missed = sum(verdict.correct for verdict in verdicts)
    declared = found.declared.get(trial.name)
    if declared and missed == len(verdicts):
        found.explained.append(trial.name)
        return
    if declared:
        found.problems.append(
            f"{declared.where}: equivalent of {found.name!r} ({found.place(trial.name)}): expected "
            f"no case to tell it apart, got {_telling(verdicts)}: remove it"
        )
    if missed:
        source = a.source_of(found.name)
        mutant = next(one for one in mutants(source) if one.change == trial.name)
        found.survivors[trial.name] = declaration(found.name, source, mutant)
        if missed < len(verdicts):
            found.unstable[trial.name] = f"detected only on {len(verdicts) - missed} of the seeds"
    else:
        found.caught += 1
        found.timeouts += verdicts[0].status == Status.NOT_GRADED


def _variant(found: Findings, trial: Trial, verdicts: list[Verdict], _: Assignment) -> None:
    """Check a mutant of an accepted answer: caught if it loses marks on every seed."""
    found.variants += 1
    if any(verdict.correct for verdict in verdicts):
        found.advice.append(
            f"{found.name}: accepted {trial.name}: no case detects it: is it right as well?"
        )
    else:
        found.variants_caught += 1


def _telling(verdicts: list[Verdict]) -> str:
    """Return which cases a program fails, or what else came of it."""
    failed = [
        case.name for verdict in verdicts for case in verdict.cases if case.status != Status.CORRECT
    ]
    names = ", ".join(map(repr, dict.fromkeys(failed)))
    return f"case {names}" if names else _statuses(verdicts)


_CONCLUDE: dict[str, Callable[[Findings, Trial, list[Verdict], Assignment], None]] = {
    "reference": _right,
    "accepted": _right,
    "blank": _blank,
    "mistake": _mistake,
    "mutant": _mutant,
    "variant": _variant,
}


def _new(name: str, assignment: Assignment) -> Findings:
    return Findings(name, assignment.reference_path.name, assignment.first_line(name))


def _explained(found: Findings, assignment: Assignment) -> Findings:
    """Note which mutants an assignment declares to be equivalent, and what it says in vain."""
    source = assignment.source_of(found.name)
    ours = [one for one in assignment.equivalents if one.exercise == found.name]
    found.declared, unmatched = match(source, ours, found.first_line, found.file)
    for one, reason in unmatched:
        found.problems.append(f"{one.where}: equivalent of {found.name!r}: {reason}: remove it")
    return found
