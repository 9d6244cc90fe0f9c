"""The statistics of a graded class: what the table in the terminal and the pages show.

`summarize` reads the result of `dltf grade --json`; all that is shown comes from its classes.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dltf.autograder.rendering import STATUS, map_strings, printable

# File names that Windows keeps for devices.
RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}


@dataclass(eq=False)
class GradedSubmission:
    """A submission with its verdicts.

    Attributes:
        name: the file without what all files of the assignment share.
        page: the file name of its page.
        exercises: exercise name -> verdict, as in the JSON contract.
    """

    file: str
    name: str
    page: str
    assignment: str | None
    score: float | None
    max_score: float | None
    seconds: float
    error: str | None
    recognised: dict[str, Any]
    exercises: dict[str, dict[str, Any]]

    @property
    def percent(self) -> float:
        """The share of the points, in percent."""
        return round(100 * (self.score or 0) / self.max_score, 6) if self.max_score else 0.0

    @property
    def correct(self) -> int:
        """The count of correct exercises."""
        return sum(verdict["status"] == "correct" for verdict in self.exercises.values())


@dataclass(eq=False)
class MistakeSummary:
    """A known mistake and who made it."""

    id: str
    hint: str
    rows: list[GradedSubmission] = field(default_factory=list)


@dataclass(eq=False)
class ExerciseSummary:
    """An exercise over a class.

    Attributes:
        number: its position in the assignment, from 1.
        status: status -> count of submissions.
        mistakes: the known mistakes, most frequent first.
        other: status -> the submissions that are not correct for no known mistake.
    """

    name: str
    number: int
    status: dict[str, int]
    mistakes: list[MistakeSummary]
    other: dict[str, list[GradedSubmission]]

    @property
    def total(self) -> int:
        """The count of submissions with a verdict."""
        return sum(self.status.values())

    @property
    def correct(self) -> int:
        """The count of correct submissions."""
        return self.status.get("correct", 0)

    @property
    def share(self) -> float:
        """The share of correct submissions."""
        return self.correct / self.total


@dataclass(eq=False)
class AssignmentSummary:
    """The submissions of one assignment, and their statistics.

    Attributes:
        assignment: its name; None if it was not recognised.
        page: the file name of its page.
    """

    assignment: str | None
    page: str
    rows: list[GradedSubmission]
    exercises: list[ExerciseSummary]

    @property
    def title(self) -> str:
        """The name in words."""
        title = (self.assignment or "assignment not recognised").replace("_", " ")
        return title[:1].upper() + title[1:]

    @property
    def errors(self) -> list[GradedSubmission]:
        """The submissions that could not be graded."""
        return [row for row in self.rows if row.error]

    @property
    def percents(self) -> list[float]:
        """The score of every graded submission in percent."""
        return [row.percent for row in self.rows if not row.error]

    @property
    def mean(self) -> float:
        """The mean score in percent."""
        return statistics.fmean(self.percents or [0.0])

    @property
    def median(self) -> float:
        """The median score in percent."""
        return statistics.median(self.percents or [0.0])

    @property
    def full_marks(self) -> int:
        """The count of submissions with all points."""
        return sum(percent >= 100 for percent in self.percents)

    @property
    def all_correct(self) -> bool:
        """Whether every exercise of every submission is correct."""
        return all(exercise.correct == len(self.rows) for exercise in self.exercises)

    @property
    def histogram(self) -> list[int]:
        """The count of scores in each tenth."""
        tenths = [min(int(percent // 10), 9) for percent in self.percents]
        return [tenths.count(tenth) for tenth in range(10)]

    @property
    def hardest(self) -> list[ExerciseSummary]:
        """The exercises, least often correct first."""
        return sorted(self.exercises, key=lambda exercise: exercise.share)

    @property
    def mistakes(self) -> list[tuple[ExerciseSummary, MistakeSummary]]:
        """The known mistakes of all exercises, most frequent first."""
        pairs = [
            (exercise, mistake) for exercise in self.exercises for mistake in exercise.mistakes
        ]
        return sorted(pairs, key=lambda pair: -len(pair[1].rows))


@dataclass(eq=False)
class ClassSummary:
    """A graded class: its assignments and the run that graded them."""

    version: str
    seed: int
    isolation: str
    assignments: list[AssignmentSummary]

    @property
    def rows(self) -> list[GradedSubmission]:
        """The submissions of all assignments."""
        return [row for assignment in self.assignments for row in assignment.rows]

    @property
    def seconds(self) -> float:
        """The time of grading, summed over the submissions."""
        return sum(row.seconds for row in self.rows)


def summarize(result: dict[str, Any]) -> ClassSummary:
    """Summarize the result of `dltf grade --json`.

    One summary per assignment; what could not be recognised joins the only one or comes last.
    """
    rows = _rows(result)
    names = {row.assignment for row in rows} - {None}
    only = next(iter(names)) if len(names) == 1 else None
    members: dict[str | None, list[GradedSubmission]] = {}
    for row in rows:
        members.setdefault(row.assignment or only, []).append(row)
    found = sorted(members, key=lambda name: name is None)
    pages = page_names(name or "assignment-not-recognised" for name in found)
    for group in members.values():  # what all of a group share says nothing in its table
        for row, name in zip(group, short_names(row.file for row in group), strict=True):
            row.name = name
    return ClassSummary(
        version=result["version"],
        seed=result["seed"],
        isolation=result["isolation"],
        assignments=[
            AssignmentSummary(name, page, members[name], summarize_exercises(members[name]))
            for name, page in zip(found, pages, strict=True)
        ],
    )


def _rows(result: dict[str, Any]) -> list[GradedSubmission]:
    submissions = map_strings(result["submissions"], printable)
    names = short_names(submission["file"] for submission in submissions)
    return [
        GradedSubmission(
            file=submission["file"],
            name=name,
            page=page,
            assignment=submission["assignment"],
            score=submission["score"],
            max_score=submission["max_score"],
            seconds=submission["seconds"] or 0.0,
            error=submission["error"],
            recognised=submission["recognised"],
            exercises={verdict["name"]: verdict for verdict in submission["exercises"]},
        )
        for submission, name, page in zip(submissions, names, page_names(names), strict=True)
    ]


def summarize_exercises(rows: list[GradedSubmission]) -> list[ExerciseSummary]:
    """Summarize every exercise of these submissions."""
    names = dict.fromkeys(name for row in rows for name in row.exercises)
    return [_exercise(name, number, rows) for number, name in enumerate(names, 1)]


def _exercise(name: str, number: int, rows: list[GradedSubmission]) -> ExerciseSummary:
    status = dict.fromkeys(STATUS, 0)
    mistakes: dict[str, MistakeSummary] = {}
    other: dict[str, list[GradedSubmission]] = {}
    for row in rows:
        verdict = row.exercises.get(name)
        if verdict is None:
            continue
        status[verdict["status"]] = status.get(verdict["status"], 0) + 1
        if mistake := verdict["mistake"]:
            new = MistakeSummary(mistake, verdict["hint"] or "")
            mistakes.setdefault(mistake, new).rows.append(row)
        elif verdict["status"] != "correct":
            other.setdefault(verdict["status"], []).append(row)
    frequent = sorted(mistakes.values(), key=lambda mistake: -len(mistake.rows))
    return ExerciseSummary(name, number, status, frequent, other)


def short_names(files: Iterable[str]) -> list[str]:
    """File names without what all share: leading folders, a last name, the extension."""
    paths = [[" ".join(part.split()) for part in re.split(r"[\\/]+", file)] for file in files]
    while paths and all(len(path) > 1 for path in paths) and len({path[0] for path in paths}) == 1:
        paths = [path[1:] for path in paths]
    if len(paths) > 1 and all(len(p) > 1 for p in paths) and len({p[-1] for p in paths}) == 1:
        paths = [path[:-1] for path in paths]
    names = ["/".join(path) or "submission" for path in paths]
    endings = {Path(name).suffix for name in names}
    ending = endings.pop() if len(endings) == 1 else ""
    return [name.removesuffix(ending) for name in names]


def page_names(names: Iterable[str]) -> list[str]:
    """A file name for each name: safe on every file system, different from all others."""
    taken, pages = set(RESERVED), []
    for name in names:
        slug = re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFKC", name)).strip("-._")[:50]
        page, count = slug or "submission", 1
        while page.casefold() in taken:
            count += 1
            page = f"{slug or 'submission'}-{count}"
        taken.add(page.casefold())
        pages.append(f"{page}.html")
    return pages
