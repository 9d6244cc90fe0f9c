"""The entries of a result: one exercise's verdict as data, as in the JSON contract.

Here is what needs no run (an untouched stub, a cell that does not parse), what was recognised about
a submission, and how points add up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dltf.autograder.assignment.declarations import Case, Mistake
from dltf.autograder.diagnosis import CORRECT, ERROR, NOT_ATTEMPTED, NOT_GRADED, clean
from dltf.autograder.reading import submission

if TYPE_CHECKING:
    from dltf.autograder.assignment.loading import Assignment
    from dltf.autograder.execution.protocol import Run
    from dltf.autograder.reading.submission import Submission


def without_running(work: Submission, assignment: Assignment, name: str) -> dict[str, Any] | None:
    """Return the entry of an exercise whose verdict needs no run, else None."""
    definition = work.definition(name)

    def entry(status: str, text: str) -> dict[str, Any]:
        cases = {case.name: status for case in assignment.cases_of(name)}
        return exercise_entry(assignment, name, status, cases, text)

    if definition is None:
        broken = work.broken_definition(name)
        if broken:
            cell, line, message = broken
            where, code = work.place(f"<cell {cell}>", line)
            return entry(ERROR, f"SyntaxError: {message}\n    in {where}:  {code.strip()}")
        if any(name in s.binds and s.kind in ("assignment", "block") for s in work.statements):
            return None
        return entry(NOT_ATTEMPTED, f"There is no function or class `{name}` in the submission.")
    if submission.is_blank(definition.node):
        return entry(NOT_ATTEMPTED, f"`{name}` is still as it was given out.")
    return None


def exercise_entry(
    assignment: Assignment,
    name: str,
    status: str,
    cases: Mapping[str, str],
    feedback: str = "",
    mistake: Mistake | None = None,
) -> dict[str, Any]:
    """Return an exercise's entry.

    Args:
        assignment: the assignment.
        name: the exercise.
        status: its verdict.
        cases: case -> status.
        feedback: words for the student.
        mistake: the known mistake that was recognised.
    """

    def points(case: Case) -> float:
        return case.points if cases.get(case.name) == CORRECT else 0.0

    listed = assignment.cases_of(name)
    return {
        "name": name,
        "status": status,
        "points": rounded_points(sum(points(c) for c in listed)),
        "max_points": rounded_points(sum(c.points for c in listed)),
        "mistake": mistake.id if mistake else None,
        "hint": mistake.hint if mistake else None,
        "feedback": feedback,
        "cases": [
            {
                "name": c.name,
                "status": cases.get(c.name, NOT_GRADED),
                "points": rounded_points(points(c)),
                "max_points": rounded_points(c.points),
            }
            for c in listed
        ],
    }


def rounded_points(points: float) -> float:
    """Return a sum of points without the noise of binary fractions; whole ones as int."""
    rounded = round(points, 6)
    return int(rounded) if rounded == int(rounded) else rounded


class Recognised:
    """What was recognised about a submission, for the report."""

    def __init__(self, work: Submission) -> None:
        self.work = work
        self.spellings: dict[str, str] = {}
        self.names: dict[str, str] = {}  # exercise -> what the submission calls it
        self.generations: dict[str, str] = {}
        self.provided: list[str] = []

    def read(self, run: Run) -> list[dict[str, Any]]:
        """Take in what a run reported; return its top-level failures."""
        failures: list[dict[str, Any]] = []
        for frame in run.frames:
            if frame.get("event") == "end":
                self.spellings |= _texts(frame.get("spellings"))
                self.generations |= _texts(frame.get("generations"))
                provided = frame.get("provided")
                self.provided += (
                    [str(p)[:100] for p in provided[:50] if p not in self.provided]
                    if isinstance(provided, list)
                    else []
                )
            elif frame.get("event") == "built" and isinstance(frame.get("failures"), list):
                failures += [clean(f) for f in frame["failures"] if isinstance(f, dict)]
        return failures

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON contract's 'recognised'."""
        notes = [
            f"cell {cell} does not parse: line {line}: {message}"
            for cell, (line, message) in self.work.broken.items()
        ]
        spellings = {name: f"{other} for {name}" for name, other in self.names.items()}
        for name, text in self.spellings.items():
            spellings[name] = f"{spellings[name]}, {text}" if name in spellings else text
        seen = sorted(set(self.generations.values()))
        return {
            "generation": seen[0] if seen else self.work.generation,
            "format": self.work.format,
            "spellings": spellings,
            "returns": self.generations,
            "provided": self.provided,
            "notes": notes,
        }


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {str(key)[:100]: str(text)[:200] for key, text in list(value.items())[:50]}
