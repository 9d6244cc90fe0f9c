"""Verdicts: the result of grading, and its JSON contract.

A `BatchResult` contains one `SubmissionResult` per submission and assignment, which contains one
`Verdict` per exercise, which contains one `CaseVerdict` per case. `as_dict` converts each to its
part of the contract, and `from_dict` reads it; no other code builds or reads these dictionaries.
`docs/result.schema.json` is the contract as a JSON schema: fields may be added, and are never
renamed, removed or retyped.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dltf.autograder.assignment.declarations import Case

Points = float  # an int if it is an integer, as in `rounded_points`


class Status(str, Enum):
    """The status of an exercise, and of each of its cases."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    NOT_ATTEMPTED = "not attempted"
    ERROR = "error"
    BLOCKED = "blocked"
    NOT_GRADED = "not graded"

    def __str__(self) -> str:
        return self.value

    def __format__(self, spec: str) -> str:  # differs between Python 3.10 and 3.12
        return format(self.value, spec)


def rounded_points(points: float) -> Points:
    """Return a sum of points without floating-point noise; an int if it is an integer."""
    rounded = round(points, 6)
    return int(rounded) if rounded == int(rounded) else rounded


@dataclass(frozen=True)
class CaseVerdict:
    """The verdict on one case: its status, its points and their maximum."""

    name: str
    status: Status
    points: Points
    max_points: Points

    @classmethod
    def of(cls, case: Case, status: Status) -> CaseVerdict:
        """Return the verdict on a declared case, with all of its points or none."""
        best = rounded_points(case.points)
        return cls(case.name, status, best if status == Status.CORRECT else 0, best)

    def as_dict(self) -> dict[str, Any]:
        """Return the case's part of the JSON contract."""
        return {
            "name": self.name,
            "status": self.status.value,
            "points": self.points,
            "max_points": self.max_points,
        }

    @classmethod
    def from_dict(cls, data: Any) -> CaseVerdict:
        """Read a case's part of the JSON contract; see `BatchResult.from_dict`."""
        fields = _Fields(data, "case")
        return cls(
            fields.text("name"),
            fields.status(),
            fields.number("points"),
            fields.number("max_points"),
        )


@dataclass(frozen=True)
class Located:
    """The lines of an answer that had to change to make it right, and no others.

    Attributes:
        cell: number of the code cell (1 in a script).
        lines: their numbers in the cell, at most three.
        missing: whether these lines stay, and something is missing below them.
        first: number of the first line of the answer.
        code: the answer's lines, the student's own.
    """

    cell: int
    lines: tuple[int, ...]
    missing: bool = False
    first: int = 1
    code: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the 'located' of the JSON contract."""
        return {
            "cell": self.cell,
            "line": self.lines[0],
            "lines": list(self.lines),
            "missing": self.missing,
            "first": self.first,
            "code": self.code,
        }

    @classmethod
    def from_dict(cls, data: Any) -> Located:
        """Read the 'located' of the JSON contract."""
        fields = _Fields(data, "located")
        lines = fields.items("lines")
        if not lines or not all(type(line) is int for line in lines):
            raise fields.refuse("lines", "a list of integers")
        if not isinstance(fields["missing"], bool):
            raise fields.refuse("missing", "True or False")
        first, code = int(fields.number("first")), fields.text("code")
        return cls(int(fields.number("cell")), tuple(lines), fields["missing"], first, code)


@dataclass(frozen=True)
class Verdict:
    """The verdict on one exercise.

    Attributes:
        name: the exercise.
        status: its status.
        points: earned points.
        max_points: points that a correct answer earns.
        mistake: id of the known mistake, if one was recognised.
        hint: the hint of that mistake.
        feedback: text for the student; '' if there is none.
        cases: the verdict on each of its cases, in their declared order.
        suspects: wrong exercises that it calls, if it was left out whether they are its only cause.
        process: 'warm' or 'cold', the kind of process that ran it; None if none did.
        mistakes: ids of all the known mistakes that were recognised in it together.
        located: the lines that had to change, if they were found; only where no mistake was.
    """

    name: str
    status: Status
    points: Points
    max_points: Points
    mistake: str | None = None
    hint: str | None = None
    feedback: str = ""
    cases: tuple[CaseVerdict, ...] = ()
    suspects: tuple[str, ...] = ()
    process: str | None = None
    mistakes: tuple[str, ...] = ()
    located: Located | None = None

    @classmethod
    def of(
        cls,
        name: str,
        status: Status,
        cases: Iterable[Case],
        statuses: Mapping[str, Status] | Status,
        feedback: str = "",
    ) -> Verdict:
        """Return the verdict on an exercise whose points are those of its cases.

        Args:
            name: the exercise.
            status: its status.
            cases: its declared cases.
            statuses: case -> status, or one status for all of them.
            feedback: text for the student.
        """
        listed = list(cases)
        if isinstance(statuses, Status):
            statuses = {case.name: statuses for case in listed}
        found = {case.name: statuses.get(case.name, Status.NOT_GRADED) for case in listed}
        earned = sum(case.points for case in listed if found[case.name] == Status.CORRECT)
        return cls(
            name,
            status,
            rounded_points(earned),
            rounded_points(sum(case.points for case in listed)),
            feedback=feedback,
            cases=tuple(CaseVerdict.of(case, found[case.name]) for case in listed),
        )

    @property
    def correct(self) -> bool:
        """Whether the exercise passed all of its checks."""
        return self.status == Status.CORRECT

    def blocked(self, feedback: str) -> Verdict:
        """Return the verdict of an exercise that fails only because of others, with its points."""
        cases = tuple(
            case if case.status == Status.CORRECT else replace(case, status=Status.BLOCKED)
            for case in self.cases
        )
        return replace(
            self,
            status=Status.BLOCKED,
            mistake=None,
            mistakes=(),
            hint=None,
            feedback=feedback,
            cases=cases,
        )

    def explained(self, mistakes: Iterable[str], hint: str | None) -> Verdict:
        """Return the verdict with the known mistakes that were recognised, and what to say."""
        found = tuple(mistakes)
        return replace(
            self,
            mistake=found[0] if found else None,
            mistakes=found,
            hint=hint,
        )

    def at(self, located: Located, advice: str) -> Verdict:
        """Return the verdict with the lines that had to change, and what is said about them."""
        feedback = "\n\n".join(filter(None, [self.feedback, advice]))
        return replace(self, located=located, feedback=feedback)

    def suspecting(self, names: Iterable[str], advice: str) -> Verdict:
        """Return the verdict, with its status, of an exercise that may fail because of others."""
        feedback = "\n\n".join(filter(None, [self.feedback, advice]))
        return replace(self, feedback=feedback, suspects=tuple(names))

    def as_dict(self) -> dict[str, Any]:
        """Return the exercise's part of the JSON contract."""
        return {
            "name": self.name,
            "status": self.status.value,
            "points": self.points,
            "max_points": self.max_points,
            "mistake": self.mistake,
            "hint": self.hint,
            "feedback": self.feedback,
            "cases": [case.as_dict() for case in self.cases],
            "suspects": list(self.suspects),
            "process": self.process,
            "mistakes": list(self.mistakes),
            "located": self.located.as_dict() if self.located else None,
        }

    @classmethod
    def from_dict(cls, data: Any) -> Verdict:
        """Read an exercise's part of the JSON contract; see `BatchResult.from_dict`."""
        fields = _Fields(data, "exercise")
        return cls(
            fields.text("name"),
            fields.status(),
            fields.number("points"),
            fields.number("max_points"),
            fields.text_or_none("mistake"),
            fields.text_or_none("hint"),
            fields.text("feedback"),
            tuple(map(CaseVerdict.from_dict, fields.items("cases"))),
            tuple(fields.texts("suspects", optional=True)),
            fields.text_or_none("process", optional=True),
            tuple(fields.texts("mistakes", optional=True)),
            Located.from_dict(data["located"]) if data.get("located") is not None else None,
        )


@dataclass(frozen=True)
class Recognition:
    """What was recognised about a submission.

    Attributes:
        generation: generation of the course that the notebook was written for, if recognised.
        format: file format ('notebook 4', 'script').
        spellings: exercise -> other names of it or its parameters in the submission.
        returns: exercise -> generation of the course whose return values it has.
        provided: names imported from missing files, which the topic provided.
        notes: remarks, such as cells that do not parse.
    """

    generation: str | None = None
    format: str = ""
    spellings: Mapping[str, str] = field(default_factory=dict)
    returns: Mapping[str, str] = field(default_factory=dict)
    provided: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the 'recognised' of the JSON contract."""
        lists = {"provided": list(self.provided), "notes": list(self.notes)}
        return asdict(self) | lists

    @classmethod
    def from_dict(cls, data: Any) -> Recognition | None:
        """Read the 'recognised' of the JSON contract: None for a file that was not read."""
        fields = _Fields(data, "recognised")
        if not fields.data:
            return None
        return cls(
            fields.text_or_none("generation"),
            fields.text("format"),
            fields.text_by_name("spellings"),
            fields.text_by_name("returns"),
            tuple(fields.texts("provided")),
            tuple(fields.texts("notes")),
        )


@dataclass(frozen=True)
class SubmissionResult:
    """The result of one submission for one assignment.

    Attributes:
        file: path of the submission.
        assignment: name of the assignment; None if it was not recognised.
        recognised: what was recognised about the submission; None if it could not be read.
        seconds: wall time of grading.
        error: why the submission could not be graded, in one line; None if it was graded.
        exercises: the verdict on each exercise, in teaching order.
        compatibility: what was switched on for code written for older libraries.
    """

    file: str
    assignment: str | None
    recognised: Recognition | None = None
    seconds: float = 0.0
    error: str | None = None
    exercises: tuple[Verdict, ...] = ()
    compatibility: tuple[str, ...] = ()

    @property
    def score(self) -> Points:
        """Points of all exercises together."""
        return rounded_points(sum(verdict.points for verdict in self.exercises))

    @property
    def max_score(self) -> Points:
        """Points that a correct submission earns."""
        return rounded_points(sum(verdict.max_points for verdict in self.exercises))

    def as_dict(self) -> dict[str, Any]:
        """Return the submission's part of the JSON contract."""
        return {
            "file": self.file,
            "assignment": self.assignment,
            "score": self.score,
            "max_score": self.max_score,
            "recognised": self.recognised.as_dict() if self.recognised else {},
            "seconds": self.seconds,
            "error": self.error,
            "exercises": [verdict.as_dict() for verdict in self.exercises],
            "compatibility": list(self.compatibility),
        }

    @classmethod
    def from_dict(cls, data: Any) -> SubmissionResult:
        """Read a submission's part of the JSON contract; see `BatchResult.from_dict`."""
        fields = _Fields(data, "submission")
        result = cls(
            fields.text("file"),
            fields.text_or_none("assignment"),
            Recognition.from_dict(fields["recognised"]),
            fields.number("seconds"),
            fields.text_or_none("error"),
            tuple(map(Verdict.from_dict, fields.items("exercises"))),
            tuple(fields.texts("compatibility", optional=True)),
        )
        for name, total in (("score", result.score), ("max_score", result.max_score)):
            if fields.number(name) != total:
                raise fields.refuse(name, f"the sum over its exercises, {total}")
        return result


@dataclass(frozen=True)
class BatchResult:
    """The result of grading files and folders.

    Attributes:
        version: version of dltf.
        seed: seed of the inputs, with which the run can be repeated.
        isolation: isolation level of the run: 'namespaces', 'landlock' or 'limits'.
        submissions: one result per submission and assignment, in the order of the files.
        remarks: messages about skipped files, for the terminal; not part of the contract.
        left_out: why runs that tell whether an exercise fails only because of another were left
            out; empty if none was.
    """

    version: str
    seed: int
    isolation: str
    submissions: tuple[SubmissionResult, ...] = ()
    remarks: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON contract."""
        return {
            "version": self.version,
            "seed": self.seed,
            "isolation": self.isolation,
            "submissions": [result.as_dict() for result in self.submissions],
            "left_out": list(self.left_out),
        }

    @classmethod
    def from_dict(cls, data: Any) -> BatchResult:
        """Read the JSON contract, as `dltf grade --json` writes it; unknown fields are ignored.

        Raises:
            ValueError: a field is missing or of another type; the message names it.
        """
        fields = _Fields(data, "result")
        return cls(
            fields.text("version"),
            int(fields.number("seed")),
            fields.text("isolation"),
            tuple(map(SubmissionResult.from_dict, fields.items("submissions"))),
            left_out=tuple(fields.texts("left_out", optional=True)),
        )


class _Fields:
    """A dictionary of the contract, whose fields are validated when they are read."""

    def __init__(self, data: Any, where: str) -> None:
        self.data, self.where = data, where
        if not isinstance(data, dict):
            raise ValueError(f"{where}: expected a dictionary, got {data!r:.80}")

    def __getitem__(self, name: str) -> Any:
        if name not in self.data:
            raise ValueError(f"{self.where}: expected a field {name!r}, got {list(self.data)}")
        return self.data[name]

    def refuse(self, name: str, expected: str) -> ValueError:
        got = self.data[name]
        return ValueError(f"{self.where}: {name}: expected {expected}, got {got!r:.80}")

    def text(self, name: str) -> str:
        value = self[name]
        if not isinstance(value, str):
            raise self.refuse(name, "text")
        return value

    def text_or_none(self, name: str, *, optional: bool = False) -> str | None:
        if optional and name not in self.data:  # written by an earlier version
            return None
        return None if self[name] is None else self.text(name)

    def number(self, name: str) -> float:
        value = self[name]
        finite = isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
        if isinstance(value, bool) or not finite:
            raise self.refuse(name, "a number")
        return value

    def items(self, name: str) -> list[Any]:
        value = self[name]
        if not isinstance(value, list):
            raise self.refuse(name, "a list")
        return value

    def texts(self, name: str, *, optional: bool = False) -> list[str]:
        if optional and name not in self.data:  # written by an earlier version
            return []
        value = self.items(name)
        if not all(isinstance(item, str) for item in value):
            raise self.refuse(name, "a list of texts")
        return value

    def text_by_name(self, name: str) -> dict[str, str]:
        value = self[name]
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            raise self.refuse(name, "a dictionary of texts")
        return value

    def status(self) -> Status:
        value = self["status"]
        if value not in [status.value for status in Status]:
            raise self.refuse("status", f"one of {', '.join(Status)}")
        return Status(value)
