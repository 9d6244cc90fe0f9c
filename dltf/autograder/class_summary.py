"""Statistics of a graded class, for the table in the terminal and the HTML report.

`summarize` makes them from a `BatchResult`; the table and the templates show its classes.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from dltf.autograder.rendering import STATUS, cleaned, counted
from dltf.autograder.verdict import BatchResult, Status, SubmissionResult, Verdict

# File names that Windows reserves for devices.
RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}


@dataclass(eq=False)
class GradedSubmission:
    """The result of a submission, with its name and its page in the report.

    Attributes:
        result: the result; its texts are printable.
        name: the file name without the parts that all files of the assignment share.
        page: the file name of its page.
    """

    result: SubmissionResult
    name: str
    page: str

    @property
    def percent(self) -> float:
        """The score in percent of the maximum."""
        best = self.result.max_score
        return round(100 * self.result.score / best, 6) if best else 0.0

    @property
    def correct(self) -> int:
        """The count of correct exercises."""
        return sum(verdict.correct for verdict in self.result.exercises)

    def verdict(self, exercise: str) -> Verdict | None:
        """Return the verdict on an exercise; None if it has none."""
        return next((v for v in self.result.exercises if v.name == exercise), None)


@dataclass(eq=False)
class MistakeSummary:
    """A known mistake and the submissions that made it."""

    id: str
    hint: str
    rows: list[GradedSubmission] = field(default_factory=list)


@dataclass(eq=False)
class ExerciseSummary:
    """An exercise and its verdicts in a class.

    Attributes:
        number: its position in the assignment, from 1.
        status: status -> count of submissions.
        mistakes: the known mistakes, most frequent first.
        other: status -> the submissions that are not correct, without a known mistake.
    """

    name: str
    number: int
    status: dict[Status, int]
    mistakes: list[MistakeSummary]
    other: dict[Status, list[GradedSubmission]]

    @property
    def total(self) -> int:
        """The count of submissions with a verdict."""
        return sum(self.status.values())

    @property
    def correct(self) -> int:
        """The count of correct submissions."""
        return self.status[Status.CORRECT]

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
        return [row for row in self.rows if row.result.error]

    @property
    def percents(self) -> list[float]:
        """The score of every graded submission in percent."""
        return [row.percent for row in self.rows if not row.result.error]

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
    left_out: tuple[str, ...] = ()

    @property
    def rows(self) -> list[GradedSubmission]:
        """The submissions of all assignments."""
        return [row for assignment in self.assignments for row in assignment.rows]

    @property
    def omission(self) -> str:
        """The sentence about mixed runs that were left out; '' if none was."""
        if not self.left_out:
            return ""
        verdicts = [verdict for row in self.rows for verdict in row.result.exercises]
        count = counted(sum(bool(verdict.suspects) for verdict in verdicts), "wrong exercise")
        return (
            f"Left out: whether {count} would be correct if those called were correct "
            f"({'; '.join(self.left_out)}). Marks do not depend on it."
        )

    @property
    def seconds(self) -> float:
        """The time of grading, summed over the submissions."""
        return sum(row.result.seconds for row in self.rows)


def summarize(result: BatchResult) -> ClassSummary:
    """Summarize the result of a class.

    Returns:
        One summary per assignment. Submissions whose assignment was not recognised are in the
        only one, or in a summary of their own, which is the last.
    """
    rows = _rows(result)
    names = {row.result.assignment for row in rows} - {None}
    only = next(iter(names)) if len(names) == 1 else None
    members: dict[str | None, list[GradedSubmission]] = {}
    for row in rows:
        members.setdefault(row.result.assignment or only, []).append(row)
    found = sorted(members, key=lambda name: name is None)
    pages = page_names(name or "assignment-not-recognised" for name in found)
    for group in members.values():  # parts that all of a group share tell nothing apart
        short = short_names(row.result.file for row in group)
        for row, name in zip(group, short, strict=True):
            row.name = name
    return ClassSummary(
        version=result.version,
        seed=result.seed,
        isolation=result.isolation,
        assignments=[
            AssignmentSummary(name, page, members[name], summarize_exercises(members[name]))
            for name, page in zip(found, pages, strict=True)
        ],
        left_out=cleaned(result.left_out),
    )


def _rows(result: BatchResult) -> list[GradedSubmission]:
    submissions = cleaned(result.submissions)
    names = short_names(submission.file for submission in submissions)
    parts = zip(submissions, names, page_names(names), strict=True)
    return [GradedSubmission(submission, name, page) for submission, name, page in parts]


def summarize_exercises(rows: list[GradedSubmission]) -> list[ExerciseSummary]:
    """Summarize every exercise of these submissions."""
    names = dict.fromkeys(verdict.name for row in rows for verdict in row.result.exercises)
    return [_exercise(name, number, rows) for number, name in enumerate(names, 1)]


def _exercise(name: str, number: int, rows: list[GradedSubmission]) -> ExerciseSummary:
    status = dict.fromkeys(STATUS, 0)
    mistakes: dict[str, MistakeSummary] = {}
    other: dict[Status, list[GradedSubmission]] = {}
    for row in rows:
        verdict = row.verdict(name)
        if verdict is None:
            continue
        status[verdict.status] += 1
        if verdict.mistake:
            together = " and ".join(verdict.mistakes or (verdict.mistake,))
            new = MistakeSummary(together, verdict.hint or "")
            mistakes.setdefault(together, new).rows.append(row)
        elif not verdict.correct:
            other.setdefault(verdict.status, []).append(row)
    frequent = sorted(mistakes.values(), key=lambda mistake: -len(mistake.rows))
    return ExerciseSummary(name, number, status, frequent, other)


def short_names(files: Iterable[str]) -> list[str]:
    """Return file names without the parts all share: leading folders, a last name, the suffix."""
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
    """Return a file name for each name: unique, and safe on every file system."""
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
