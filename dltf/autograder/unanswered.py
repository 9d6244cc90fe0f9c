"""Exercises that were not attempted, or cannot be: what is blank, missing or not readable."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Any

from dltf.autograder import diagnosis
from dltf.autograder.assignment.loading import Assignment
from dltf.autograder.diagnosis import Observed
from dltf.autograder.execution.protocol import ErrorInfo
from dltf.autograder.reading.blanks import blanks, is_blank
from dltf.autograder.reading.siblings import attributes_of, missing_files, missing_source
from dltf.autograder.reading.statements import Statement
from dltf.autograder.reading.submission import Submission
from dltf.autograder.verdict import Status, Verdict


def without_running(work: Submission, assignment: Assignment, name: str) -> Verdict | None:
    """Return the verdict on an exercise that needs no run, else None."""
    cases = assignment.cases_of(name)

    def verdict(status: Status, text: str) -> Verdict:
        return Verdict.of(name, status, cases, status, text)

    definition = work.definition(name)
    if definition is None:
        broken = work.broken_definition(name)
        if broken:
            cell, line, message = broken
            if work.is_unfinished(cell, name):
                return verdict(Status.NOT_ATTEMPTED, f"`{name}` is unchanged from the handout.")
            where, code = work.place(f"<cell {cell}>", line)
            text = f"SyntaxError: {message}\n    in {where}:  {code.strip()}"
            return verdict(Status.ERROR, text)
    elif is_blank(definition.node):
        return verdict(Status.NOT_ATTEMPTED, f"`{name}` is unchanged from the handout.")
    missing = missing_answer(work, assignment, name)
    if missing:
        return verdict(Status.ERROR, missing)
    if definition is not None or _is_bound(work, name):
        return None
    text = f"There is no function or class `{name}` in the submission."
    prose = work.prose_with(name)
    if prose:
        text += f" It is written in {prose}, which is not run: change the type of the cell to Code."
    return verdict(Status.NOT_ATTEMPTED, text)


def _is_bound(work: Submission, name: str) -> bool:
    kinds = ("assignment", "block", "loop")
    return any(name in s.binds and s.kind in kinds for s in work.statements)


def missing_answer(work: Submission, assignment: Assignment, name: str) -> str:
    """Return the reason if an exercise needs another from a file that was not handed in, or ""."""
    imports = missing_files(work, assignment.helpers)
    if not imports:
        return ""
    needed = {name} if work.definition(name) is None else work.mentions(name)
    for other in assignment.exercises:
        if other not in needed or work.definition(other) is not None or _is_bound(work, other):
            continue
        file = missing_source(work, other, imports)
        if file:
            return _not_handed_in(other, file)
    program = work.program([name])
    for statement in imports:
        if not isinstance(statement.node, ast.Import):
            continue
        for alias in statement.node.names:
            module = alias.asname or alias.name
            used = {a for s in program for a in attributes_of(s.node, module)}
            for other in assignment.exercises:
                if other in used:
                    return _not_handed_in(f"{module}.{other}", f"{alias.name}.py")
    return ""


def _not_handed_in(name: str, file: str) -> str:
    return (
        f"ImportError: `{name}` is defined in {file}, which was not handed in. "
        "Copy the function into the notebook, or hand in both as one file."
    )


def left_out(work: Submission, definition: Statement | None, first: Observed | None) -> str:
    """Return the reason why a definition that is not correct counts as not attempted, or "".

    Args:
        work: the submission.
        definition: the definition.
        first: the observation of the first case that failed, if there is one.
    """
    if definition is None:
        return ""
    line = work.untouched(definition)
    if line is not None:
        where, text = work.place(f"<cell {definition.cell}>", line)
        if "None" in text:
            return f"A blank is left: {where} is still None."
        return f"Nothing is filled in at {where}."
    if work.is_marked(definition):
        return ""  # something was written between the marks
    left = blank_left(definition, first)
    if left:
        where, _ = work.place(f"<cell {definition.cell}>", left)
        return f"A blank is left: {where} is still None."
    return ""


def blank_left(definition: Statement | None, first: Observed | None) -> int | None:
    """Return the line of a blank (None) that is left and affects the result."""
    empty = blanks(definition.node) if definition else []
    if not empty:
        return None
    felt = first is not None and (first.error is not None or _holds_none(first.value))
    return empty[0] if felt or len(empty) > 1 else None


def _holds_none(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_none, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_holds_none, value))
    return value is None


def is_own_stub(error: ErrorInfo, definition: Statement | None) -> bool:
    """Return whether an exercise itself raised the NotImplementedError, not one that it calls."""
    if not error.not_attempted or not error.cell or definition is None:
        return error.not_attempted
    own = {n.name for n in ast.walk(definition.node) if isinstance(n, ast.FunctionDef)}
    return error.function in own


def earlier_failure(
    work: Submission, name: str, error: ErrorInfo, failures: Sequence[ErrorInfo]
) -> ErrorInfo | None:
    """Return the failure at top level because of which a name of an exercise is not defined.

    Args:
        work: the submission.
        name: the exercise.
        error: the NameError that it raised.
        failures: the exceptions at top level, also those of code that only others need.
    """
    found = re.search(r"name '(\w+)' is not defined", error.message)
    missing = found[1] if found else ""
    for statement in work.program([name]):
        if missing not in statement.binds and statement.kind != "always":
            continue
        last = statement.line + statement.source.count("\n")
        for failure in failures:
            inside = statement.line <= failure.line <= last
            if failure.cell == f"<cell {statement.cell}>" and inside:
                return failure
    return None


def with_earlier(
    text: str, work: Submission, name: str, error: ErrorInfo, failures: Sequence[ErrorInfo]
) -> str:
    """Return feedback on a NameError, with the failure at top level that caused it."""
    earlier = earlier_failure(work, name, error, failures)
    if earlier is None:
        return text
    return f"{text}\n\nBefore that: {diagnosis.error_text(earlier, work.place)}"
