"""Findings of verification: the results for an assignment, and their display."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dltf.autograder.rendering import counted

if TYPE_CHECKING:
    from rich.console import Console

    from dltf.autograder.assignment.declarations import Equivalent

ENOUGH = 0.95  # of the mutants that are not equivalent


@dataclass
class Findings:
    """Results of verifying one exercise.

    Changes are named by their line in the exercise ("line 1: x -> y"), so that they stay the same
    when other code of the reference moves; messages name the line in its file (see `place`).
    """

    name: str
    file: str = ""  # of the reference
    first_line: int = 1  # of the exercise in that file
    accepted: int = 0
    mistakes: int = 0
    caught: int = 0
    timeouts: int = 0  # of the caught mutants
    variants: int = 0  # mutants of accepted answers
    variants_caught: int = 0
    # Changes that no case detects, each with the `equivalent(...)` that would explain it.
    survivors: dict[str, str] = field(default_factory=dict)
    unstable: dict[str, str] = field(default_factory=dict)  # survivors on some seeds only
    declared: dict[str, Equivalent] = field(default_factory=dict)  # equivalents, by their change
    explained: list[str] = field(
        default_factory=list
    )  # declared equivalent, and no case detects them
    problems: list[str] = field(default_factory=list)  # errors in the assignment
    advice: list[str] = field(default_factory=list)  # suggested improvements

    def place(self, change: str) -> str:
        """Return a change with the file and line in it: "reference.py:7: x -> y"."""
        line, _, what = change.removeprefix("line ").partition(": ")
        return f"{self.file}:{self.first_line + int(line) - 1}: {what}"

    @property
    def total(self) -> int:
        """Number of mutants that should be caught."""
        return self.caught + len(self.survivors)

    @property
    def score(self) -> float:
        """Share of those mutants that are caught."""
        return self.caught / self.total if self.total else 1.0

    @property
    def ok(self) -> bool:
        """Whether the exercise has no problems."""
        return not self.problems and self.score >= ENOUGH


@dataclass
class Report:
    """Results of verifying one assignment."""

    assignment: str
    exercises: dict[str, Findings]
    seeds: tuple[int, ...]
    seconds: float = 0.0

    @property
    def problems(self) -> list[str]:
        """Errors in the assignment."""
        return [problem for one in self.exercises.values() for problem in one.problems]

    @property
    def caught(self) -> int:
        """Number of mutants that were caught."""
        return sum(one.caught for one in self.exercises.values())

    @property
    def total(self) -> int:
        """Number of mutants that are not declared equivalent."""
        return sum(one.total for one in self.exercises.values())

    @property
    def score(self) -> float:
        """Share of the non-equivalent mutants that are caught."""
        return self.caught / self.total if self.total else 1.0

    @property
    def ok(self) -> bool:
        """Whether the assignment is fit for use."""
        return not self.problems and self.score >= ENOUGH


def show(report: Report, console: Console) -> None:
    """Print the table of an assignment, then its problems and advice."""
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    title = f"{report.assignment}: {counted(len(report.seeds), 'seed')}, {report.seconds:.1f} s"
    table = Table(
        title=title,
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
        collapse_padding=True,
    )
    table.add_column("exercise", no_wrap=True)
    for column in ("wrong", "accepted", "mistakes", "mutants", "caught", "equal"):
        table.add_column(column, justify="right")
    for one in report.exercises.values():
        table.add_row(
            escape(one.name),
            str(len(one.problems)),
            str(one.accepted),
            str(one.mistakes),
            str(one.total),
            f"{one.score:.0%}",
            str(len(one.explained)),
            style=None if one.ok else "red",
        )
    console.print(table)
    for line in lines(report):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def lines(report: Report) -> list[str]:
    """Return problems, survivors and advice of a report, one per line, and the verdict last."""
    said = [f"problem: {problem}" for problem in report.problems]
    for one in report.exercises.values():
        for change, declaration in one.survivors.items():
            seeds = one.unstable.get(change)
            advice = (
                f"{seeds}; make a case detect it on every seed"
                if seeds
                else (
                    f"write a case that detects it, or declare it in accepted.py with {declaration}"
                )
            )
            said.append(f"survivor: {one.name}: {one.place(change)}: {advice}")
        said += [f"advice: {advice}" for advice in one.advice]
    variants = sum(one.variants for one in report.exercises.values())
    if variants:
        caught = sum(one.variants_caught for one in report.exercises.values())
        said.append(
            f"{report.assignment}: {caught} of {variants} mutants of accepted answers caught"
        )
    verdict = "ok" if report.ok else "not ok"
    hung = sum(one.timeouts for one in report.exercises.values())
    said.append(
        f"{report.assignment}: {verdict}: {report.caught} of {report.total} mutants caught "
        f"({report.score:.1%}, expected {ENOUGH:.0%}; {hung} exceeded their limits), "
        f"{counted(len(report.problems), 'problem')}"
    )
    return said
