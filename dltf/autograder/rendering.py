"""One verdict as a student reads it: a card in a notebook, plain text in a terminal.

It reads the exercise dictionaries of `dltf grade --json` and nothing else. Text that came from a
student (file names, feedback) is hostile until `clean` and Jinja's escaping have seen it.
"""

from __future__ import annotations

import math
import re
import shlex
import textwrap
from collections.abc import Callable, Iterable
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    import jinja2


class Look(NamedTuple):
    """How a status is shown; the colour of the web is dark enough for white text on it."""

    symbol: str
    terminal: str
    web: str
    sentence: str


STATUS = {
    "correct": Look("✓", "green", "#1a7f4b", "Every case holds."),
    "incorrect": Look("✗", "red", "#b3372f", "Not right yet."),
    "error": Look("!", "yellow", "#8a5200", "The code stopped before it gave an answer."),
    "blocked": Look("→", "blue", "#2f68ad", "Waits for another exercise; nothing to change here."),
    "not attempted": Look("○", "bright_black", "#5b6675", "Nothing written yet."),
    "not graded": Look("?", "magenta", "#6a4fa3", "No verdict was reached."),
}
UNKNOWN = Look("·", "bright_black", "#5b6675", "")
# Colours of the terminal, as IPython writes them into tracebacks.
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
# Control characters, changes of text direction, lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def walk(value: Any, text: Callable[[str], str]) -> Any:
    """Copy plain data with `text` applied to every string and None in place of NaN and infinity."""
    if isinstance(value, dict):
        return {key: walk(item, text) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [walk(item, text) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return text(value) if isinstance(value, str) else value


def clean(text: str) -> str:
    """Text without terminal colours; other control characters become visible."""
    return _UNSAFE.sub("\ufffd", _ESCAPES.sub("", text.replace("\r\n", "\n")))


def look_of(status: str) -> Look:
    """The look of a status."""
    return STATUS.get(status, UNKNOWN)


def points(value: float | None) -> str:
    """2.0 as "2", 1.25 as "1.25", an unknown number as a dash."""
    return "-" if value is None else f"{round(value, 2):g}"


def counted(number: int, noun: str) -> str:
    """1 student, 2 students."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def feedback(exercise: dict[str, Any]) -> str:
    """The feedback without the hint, which has its own place."""
    return str((exercise["feedback"] or "").replace(exercise["hint"] or "\0", "").strip("\n "))


def blocks(text: str) -> list[tuple[bool, str]]:
    """Paragraphs and runs of indented lines, as (is code, text)."""
    found = []
    for kind, lines in groupby(text.splitlines(), lambda line: line.strip() and line[:2].isspace()):
        joined = "\n".join(lines)
        if joined.strip():
            found.append((bool(kind), textwrap.dedent(joined) if kind else joined))
    return found


def _wrapped(text: str) -> str:
    return "\n\n".join(
        textwrap.indent(part, "    ") if is_code else textwrap.fill(part, 80)
        for is_code, part in blocks(text)
    )


def _words(name: str) -> str:
    return name.replace("_", " ")


def earned(part: dict[str, Any]) -> str:
    """The points of an exercise or a case in words; nothing for what earns none."""
    best = part["max_points"]
    return f"{points(part['points'])} of {points(best)} points" if best else ""


def _total(exercises: list[dict[str, Any]]) -> str:
    right = sum(exercise["status"] == "correct" for exercise in exercises)
    return f"{right} of {counted(len(exercises), 'exercise')} correct"


def _next(exercises: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The first exercise to work on: what another one blocks can wait."""
    todo = [exercise for exercise in exercises if exercise["status"] != "correct"]
    return next((e for e in todo if e["status"] != "blocked"), todo[0] if todo else None)


@cache
def _environment() -> jinja2.Environment:
    import jinja2  # late: a check in a plain terminal does not need it

    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    pages = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    pages.filters.update(
        blocks=blocks,
        counted=counted,
        earned=earned,
        feedback=feedback,
        href=quote,
        look=look_of,
        points=points,
        words=_words,
    )
    pages.globals.update(STATUS=STATUS, quoted=shlex.quote)
    return pages


def render(template: str, **values: Any) -> str:
    """Fill a template of this package; every value is escaped."""
    return _environment().get_template(template).render(values)


def verdict_html(exercise: dict[str, Any]) -> str:
    """A card for a notebook: status, hint, feedback, cases; readable on light and dark."""
    return render("verdict.html.j2", exercise=walk(exercise, clean))


def summary_html(exercises: list[dict[str, Any]]) -> str:
    """All exercises of an assignment as one card, and what to look at next."""
    exercises = walk(exercises, clean)
    return render(
        "summary.html.j2", exercises=exercises, next=_next(exercises), total=_total(exercises)
    )


def _lines(rows: Iterable[tuple[str, str, str]]) -> str:
    """Rows of (status, name, rest) as aligned lines."""
    rows = list(rows)
    width = max((len(name) for _, name, _ in rows), default=0)
    lines = (f"  {look_of(s).symbol} {name:{width}}  {rest}".rstrip() for s, name, rest in rows)
    return "\n".join(lines)


def verdict_text(exercise: dict[str, Any]) -> str:
    """What `verdict_html` says, as plain text for a terminal."""
    exercise = walk(exercise, clean)
    look, score = look_of(exercise["status"]), earned(exercise)
    head = f"{look.symbol} {exercise['name']}: {exercise['status']}{score and f', {score}'}"
    hint = exercise["hint"] and f"Hint: {exercise['hint']}"
    cases = _lines(
        (case["status"], _words(case["name"]), earned(case)) for case in exercise["cases"]
    )
    parts = [head, look.sentence, _wrapped(hint or ""), _wrapped(feedback(exercise))]
    return "\n\n".join(filter(None, [*parts, cases]))


def summary_text(exercises: list[dict[str, Any]]) -> str:
    """What `summary_html` says, as plain text for a terminal."""
    exercises = walk(exercises, clean)
    rows = _lines((e["status"], e["name"], f"{e['status']:13}  {earned(e)}") for e in exercises)
    parts = [_total(exercises), rows]
    if coming := _next(exercises):
        advice = coming["hint"] or feedback(coming) or look_of(coming["status"]).sentence
        parts += [f"Next: {coming['name']}", _wrapped(advice)]
    return "\n\n".join(filter(None, parts))
