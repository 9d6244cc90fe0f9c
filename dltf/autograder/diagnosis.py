"""Diagnosis: judge observations and write the feedback.

Judging compares observations; feedback describes the first difference, with the input that
shows it and the student's own output. Feedback never contains an expected value.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dltf.autograder import exceptions
from dltf.autograder.assignment.declarations import Case
from dltf.autograder.execution.protocol import CaseResult, ErrorInfo, Unit, unreadable
from dltf.autograder.judging.comparison import Difference
from dltf.autograder.judging.observation import Opaque, decode
from dltf.autograder.verdict import Located

REASONS = {
    "time": "It took too long: {detail}. Is there an infinite loop?",
    "memory": "It used too much memory: {detail}.",
    "output": "It returned too much: {detail}.",
    "killed": "The run was ended early: {detail}.",
}


@dataclass(frozen=True)
class Observed:
    """The decoded observation of one case on one implementation.

    Attributes:
        value: the decoded observation (None if there is an error).
        summary: the part of it that the judge compares.
        error: the exception, or None.
        calls: name and arguments of the calls, if recorded.
        raised_by: what the statement does that raised the exception; see `exceptions`.
        given: the number that the answer returned, if the case computed another one from it.
    """

    value: Any = None
    summary: Any = None
    error: ErrorInfo | None = None
    calls: tuple[tuple[str, dict[str, Any]], ...] = ()
    raised_by: frozenset[str] = frozenset()
    given: float | None = None


def read_observation(case: Case, result: CaseResult, units: Sequence[Unit] = ()) -> Observed:
    """Decode the result of a case on a program; an unreadable one becomes an error."""
    try:
        calls = tuple((name, _repeatable_texts(decode(data))) for name, data in result.calls)
        if result.error is not None:
            error = repeatable_error(result.error)
            return Observed(
                error=error, calls=calls, raised_by=exceptions.statement_kind(error, units)
            )
        if result.observation is None:
            raise ValueError("expected an observation or an error, got neither")
        value = decode(result.observation)
        return Observed(value, case.judge.summarise(value), calls=calls, given=result.given)
    except Exception as error:
        return Observed(error=unreadable(error))


def repeatable_error(error: ErrorInfo) -> ErrorInfo:
    """Return an exception whose message is `repeatable`."""
    return replace(error, message=repeatable(error.message))


def judge(case: Case, expected: Observed, got: Observed | None) -> Difference | None:
    """Return the difference between an observation and that of the reference (or a mistake)."""
    if got is None:
        return Difference("missing", "result", "There is no result.")
    if expected.error is not None and got.error is not None:
        if exceptions.agree(expected.error, got.error, (expected.raised_by, got.raised_by)):
            return None
        return Difference("error", "result", "It raised another exception.")
    if expected.error is not None or got.error is not None:
        b = got.error.type if got.error else None
        text = f"It raised {b}." if b else "It raised no exception where one was expected."
        return Difference("error", "result", text)
    try:
        return case.judge.compare(expected.summary, got.summary)
    except Exception as error:
        # A judge that fails on a student's data has found a difference.
        return Difference("type", "result", f"The result cannot be compared ({error}).")


# Feedback -----------------------------------------------------------------------------------------


Place = Callable[[str, int], tuple[str, str]]


def explain(
    case: Case, shown: Observed, got: Observed, difference: Difference | None, place: Place
) -> str:
    """Describe a failing case: its purpose, the input, the student's output, the difference.

    Args:
        case: the case.
        shown: the reference's run, for the input (never for its output).
        got: the student's run.
        difference: the difference; None for an error.
        place: `place(file, line)` returns the description of a line of code, and its text.
    """
    parts = [sentence(case.doc)]
    calls = [f"{name}({_arguments(arguments)})" for name, arguments in shown.calls]
    if calls:
        parts.append("Called with\n" + textwrap.indent(repeatable("\n".join(calls)), "    "))
    if got.error is not None:
        parts.append(error_text(got.error, place))
    else:
        value = got.value if got.given is None else got.given
        parts.append("Your code gave\n" + textwrap.indent(repeatable(show(value)), "    "))
        if difference is not None:
            text = difference.text if got.given is None else "That is not right."
            parts.append(repeatable(text + sum_or_mean(shown, got)))
    return "\n\n".join(parts)


_SHAPE = re.compile(r"of shape \((\d+(?:, ?\d+)*),?\)")


@np.errstate(all="ignore")
def sum_or_mean(shown: Observed, got: Observed) -> str:
    """Return that a sum was returned where a mean is asked for, or the other way round, or ''.

    It is certain if every number is too large or too small by a factor that is a dimension of
    an argument, of at least three entries.
    """
    right, given = _float(shown.value), _float(got.value)
    if right is None or given is None or right.shape != given.shape or not right.any():
        return ""
    used = right != 0
    ratios = given[used] / right[used]
    for size in sorted(_dimensions(shown.calls)):
        if size >= 3 and np.allclose(given[~used], 0):
            if np.allclose(ratios, size, rtol=1e-5):
                return " Expected the mean over the batch; yours is the sum."
            if np.allclose(ratios * size, 1, rtol=1e-5):
                return " Expected the sum over the batch; yours is the mean."
    return ""


def _float(value: Any) -> np.ndarray | None:
    if isinstance(value, (float, np.floating, np.ndarray)):
        array = np.asarray(value)
        return array.astype(float) if array.dtype.kind == "f" and array.size else None
    return None


def _dimensions(value: Any) -> set[int]:
    """Return the dimensions of the arrays among the arguments of calls."""
    if isinstance(value, np.ndarray):
        return set(value.shape)
    if isinstance(value, str):
        return {int(n) for shape in _SHAPE.findall(value) for n in shape.split(",")}
    if isinstance(value, dict):
        return set().union(*map(_dimensions, value.values()))
    if isinstance(value, (list, tuple)):
        return set().union(*map(_dimensions, value))
    return set()


# Memory addresses, and paths with the random names of temporary files and folders (`tempfile`'s,
# and the scratch folder of a job); both may be truncated.
_ADDRESS = re.compile(r"\b0x(?:[0-9a-fA-F]{8,16}\b|[0-9a-fA-F]+(?=…))")
_TEMPORARY = re.compile(
    r"(?:/[^/\s'\"]+)*/(?:tmp|job-)(?:[a-z0-9_]{8}(?![a-z0-9_])|[a-z0-9_]{0,7}(?=…))"
)


def repeatable(text: str) -> str:
    """Return text without parts that differ from run to run: memory addresses, temporary paths.

    A regrade with the same seed gives the same feedback, word for word.
    """
    return _TEMPORARY.sub("…", _ADDRESS.sub("0x…", text))


def _repeatable_texts(value: Any) -> Any:
    """Return the arguments of a call with every text in them made `repeatable`."""
    if isinstance(value, str):
        return repeatable(value)
    if isinstance(value, dict):
        return {key: _repeatable_texts(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(_repeatable_texts, value))
    return value


def sentence(doc: str) -> str:
    """Return the first paragraph of a case's docstring as one line."""
    return " ".join(doc.split("\n\n")[0].split())


def error_text(error: ErrorInfo, place: Place) -> str:
    """Describe an exception and the line of the student's code that raised it."""
    text = f"{error.type}: {error.message}".rstrip(": ")
    where, line = place(error.cell, error.line) if error.cell else ("", "")
    if where:
        text += f"\n    in {where}" + (f":  {line.strip()}" if line.strip() else "")
    return text


def where_to_look(located: Located, place: Place) -> str:
    """Name the lines that had to change, in the student's own text, and never how."""
    places = [place(f"<cell {located.cell}>", line) for line in located.lines]
    if len(places) == 1:
        where, text = places[0]
        quoted = f": `{text.strip()}`" if text.strip() else ""
        if located.missing:
            return f"Something is missing below {where}{quoted}. With it, every check passes."
        return f"Look at {where}{quoted}. With that line right, every check passes."
    listed = "\n".join(f"    {where}:  {text.strip()}" for where, text in places)
    last = "With it" if located.missing else "With these lines right"
    first = "Below these lines something is missing:" if located.missing else "Look at these lines:"
    return f"{first}\n\n{listed}\n\n{last}, every check passes."


def _arguments(arguments: Mapping[str, Any]) -> str:
    return ", ".join(
        (f"{key}=" if not key.isdigit() else "") + show(value, 60, inline=True)
        for key, value in arguments.items()
    )


def show(value: Any, width: int = 88, *, inline: bool = False, depth: int = 0) -> str:
    """Return a decoded value as text; of a large array, its shape and first entries."""
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return f"{value[()]:.8g}" if value.dtype.kind == "f" else str(value[()])
        if inline and value.size <= 12:
            return _on_one_line(value)
        if depth == 0 and not inline and value.size <= 40:
            return np.array2string(
                value, precision=6, separator=", ", max_line_width=width, suppress_small=True
            )
        entries = [f"{x:.4g}" for x in value.reshape(-1)[:4]]
        few = _on_one_line(value) if value.size <= 12 else ", ".join(entries) + ", …"
        return f"shape {value.shape}, {value.dtype}: {few}"
    if isinstance(value, dict) and depth < 3:
        items = [
            f"{key!r}: {show(item, width, inline=inline, depth=depth + 1)}"
            for key, item in list(value.items())[:12]
        ]
        more = [f"… {len(value) - 12} more"] if len(value) > 12 else []
        if inline or not items:
            return "{" + ", ".join(items + more) + "}"
        return "\n".join(textwrap.indent(item, "  ").lstrip() for item in items + more)
    if isinstance(value, (list, tuple)) and depth < 3:
        items = [show(item, width, inline=True, depth=depth + 1) for item in value[:12]]
        more = ["…"] if len(value) > 12 else []
        left, right = "[]" if isinstance(value, list) else "()"
        return f"{left}{', '.join(items + more)}{right}"
    if isinstance(value, float):
        return f"{value:.8g}"
    if isinstance(value, Opaque):
        return str(value)
    text = value if isinstance(value, str) and value.startswith("<") else repr(value)
    text = repeatable(text)
    return text if len(text) <= 400 else text[:399] + "…"


def _on_one_line(array: np.ndarray) -> str:
    text = np.array2string(array, precision=4, separator=", ", suppress_small=True)
    return " ".join(text.split())
