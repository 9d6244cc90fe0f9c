"""Verification of assignments: does grading give every known program the right result?

- the reference and every accepted alternative get full marks; a blank is "not attempted";
- every mistake loses its marks and gets its own hint;
- mutants of the reference are caught, or declared equivalent by the assignment.

Everything is graded with several seeds, whose verdicts must agree.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

from dltf.authoring.findings import Findings, Report, show
from dltf.authoring.mutate import mutants
from dltf.authoring.trials import Trial, trials
from dltf.training.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from dltf.autograder.assignment.loading import Assignment

FEWEST_MISTAKES = 3  # per exercise


class Grader(Protocol):
    """Interface of the grader that verification uses."""

    def grade_program(
        self, assignment: Assignment, source: str, exercises: list[str], seed: int | None = None
    ) -> list[dict[str, Any]]:
        """Grade the source of a module and return the entries of the exercises."""
        ...

    def map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterable[Any]:
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
    """
    started = time.monotonic()
    chosen = tuple(range(1, seeds + 1))
    every = trials(assignment, with_mutants)
    outcomes: list[list[list[dict[str, Any]]]] = [[] for _ in every]
    done, total = 0, len(every) * len(chosen)
    for seed in chosen:
        # A program that timed out is not run again: it would time out again.
        open_ = [i for i, trial in enumerate(every) if not _hangs(trial, outcomes[i])]

        def grade(i: int, seed: int = seed) -> list[dict[str, Any]]:
            return grader.grade_program(
                assignment, every[i].source, list(every[i].exercises), seed=seed
            )

        done += len(every) - len(open_)
        for i, entries in zip(open_, grader.map(grade, open_), strict=True):
            outcomes[i].append(entries)
            done += 1
            if progress is not None:
                progress(done, total, f"seed {seed}")
    findings = {name: Findings(name) for name in assignment.exercises}
    for trial, outcome in zip(every, outcomes, strict=True):
        for name in trial.exercises:
            entries = [next(e for e in graded if e["name"] == name) for graded in outcome]
            _CONCLUDE[trial.kind](findings[name], trial, entries, assignment)
    for one in findings.values():
        _compare_with_declared(one, assignment)
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
    from dltf.autograder.grading import Grader, modules_of

    chosen = list(names or available())
    modules = [module for name in chosen for module in modules_of(load(name))]
    with Pool(jobs=jobs) as pool:
        pool.preload(modules)
        return run(chosen, Grader(pool, seed=1), seeds, with_mutants=with_mutants)


def run(
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


def _hangs(trial: Trial, outcome: list[list[dict[str, Any]]]) -> bool:
    return trial.kind == "mutant" and bool(outcome) and outcome[0][0]["status"] == "not graded"


def _statuses(entries: list[dict[str, Any]]) -> str:
    return ", ".join(dict.fromkeys(str(entry["status"]) for entry in entries))


def _why(entries: list[dict[str, Any]]) -> str:
    text = " ".join(str(entries[0].get("feedback") or "no feedback").split())
    return text if len(text) <= 200 else f"{text[:60]} … {text[-140:]}"


def _right(found: Findings, trial: Trial, entries: list[dict[str, Any]], _: Assignment) -> None:
    """Check the reference or an accepted answer: full marks on every seed."""
    if trial.kind == "accepted":
        found.accepted += 1
    wrong = [e for e in entries if e["status"] != "correct" or e["points"] != e["max_points"]]
    if wrong:
        what = "the reference" if trial.kind == "reference" else f"accepted {trial.name!r}"
        advice = "its cases or judges reject a right answer"
        if len(wrong) < len(entries):
            advice = (
                "a flaky case: its verdict depends on the seed; widen its judge or choose safer "
                "inputs"
            )
        found.problems.append(
            f"{found.name}: {what}: expected full marks, got {_statuses(wrong)} ({_why(wrong)}): "
            f"{advice}"
        )


def _blank(found: Findings, _: Trial, entries: list[dict[str, Any]], __: Assignment) -> None:
    if _statuses(entries) != "not attempted":
        found.problems.append(
            f"{found.name}: blank: expected 'not attempted', got {_statuses(entries)} "
            f"({_why(entries)}): mark the solution so that its stub raises before it returns"
        )


def _mistake(
    found: Findings, trial: Trial, entries: list[dict[str, Any]], assignment: Assignment
) -> None:
    """Check a mistake: marks lost and its own hint, on every seed."""
    found.mistakes += 1
    where = f"{found.name}: mistake {trial.name!r}"
    statuses = _statuses(entries)
    hints = list(dict.fromkeys(entry["mistake"] for entry in entries))
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
        others = [hint for hint in hints if hint and hint != trial.name]
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
    for name in _flaky_cases(entries):
        found.problems.append(
            f"{where}: expected the same of case {name!r} on every seed, got both right and wrong: "
            "choose inputs on which this mistake always fails, or never"
        )


def _flaky_cases(entries: list[dict[str, Any]]) -> list[str]:
    """Return the cases that a program passes on some seeds and fails on others."""
    passed: dict[str, set[bool]] = {}
    for entry in entries:
        for case in entry["cases"]:
            passed.setdefault(case["name"], set()).add(case["status"] == "correct")
    return [name for name, outcomes in passed.items() if len(outcomes) > 1]


def _mutant(found: Findings, trial: Trial, entries: list[dict[str, Any]], a: Assignment) -> None:
    """Check a mutant: caught if it loses marks on every seed, or times out."""
    missed = sum(entry["status"] == "correct" for entry in entries)
    declared = any(e.exercise == found.name and e.change == trial.name for e in a.equivalents)
    if declared and missed == len(entries):
        found.explained.append(trial.name)
    elif declared:
        found.stale.append(f"{trial.name}: the cases detect it; remove the declaration")
    if missed and not (declared and missed == len(entries)):
        found.survivors.append(trial.name)
        if missed < len(entries):
            found.unstable[trial.name] = f"detected only on {len(entries) - missed} of the seeds"
    elif not missed:
        found.caught += 1
        found.timeouts += entries[0]["status"] == "not graded"


_CONCLUDE: dict[str, Callable[[Findings, Trial, list[dict[str, Any]], Any], None]] = {
    "reference": _right,
    "accepted": _right,
    "blank": _blank,
    "mistake": _mistake,
    "mutant": _mutant,
}


def _compare_with_declared(found: Findings, assignment: Assignment) -> None:
    known = {mutant.change for mutant in mutants(assignment.source_of(found.name))}
    for one in assignment.equivalents:
        if one.exercise == found.name and one.change not in known:
            found.stale.append(f"{one.change}: there is no such mutant (any more)")
    if found.mistakes < FEWEST_MISTAKES:
        found.advice.append(
            f"{found.name}: expected at least {FEWEST_MISTAKES} mistakes, got {found.mistakes}"
        )
