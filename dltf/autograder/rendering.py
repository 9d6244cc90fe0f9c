"""Rendering of a verdict: a card in a notebook, plain text in a terminal.

It reads the exercise dictionaries of `dltf grade --json` and nothing else. Text that came from a
student (file names, feedback) is hostile until `printable` and Jinja's escaping have seen it; only
an author's hint is Markdown.
"""

from __future__ import annotations

import base64
import hashlib
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

from dltf.autograder import markdown

if TYPE_CHECKING:
    import jinja2
    import markupsafe


class StatusStyle(NamedTuple):
    """How a status is shown; the colour of the web is dark enough for white text on it."""

    symbol: str
    terminal: str
    web: str
    sentence: str


STATUS = {
    "correct": StatusStyle("✓", "green", "#1a7f4b", "All checks passed."),
    "incorrect": StatusStyle("✗", "red", "#b3372f", "Not right yet."),
    "error": StatusStyle("!", "yellow", "#8a5200", "The code stopped before it returned a result."),
    "blocked": StatusStyle(
        "→", "blue", "#2f68ad", "Blocked by another exercise; nothing to change here."
    ),
    "not attempted": StatusStyle("○", "bright_black", "#5b6675", "Not started yet."),
    "not graded": StatusStyle("?", "magenta", "#6a4fa3", "It could not be graded."),
}
TEMPLATES = Path(__file__).parent / "templates"
# A notebook strips classes and gives its own margins to these.
CARD_STYLES = {
    "p": "margin:4px 0",
    "ul": "margin:4px 0;padding-left:24px",
    "ol": "margin:4px 0;padding-left:24px",
    "pre": "margin:6px 0;padding:6px 10px;background:rgba(128,128,128,.14);overflow-x:auto",
}
UNKNOWN = StatusStyle("·", "bright_black", "#5b6675", "")
# Colours of the terminal, as IPython writes them into tracebacks.
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
# Control characters, changes of text direction, lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def map_strings(value: Any, text: Callable[[str], str]) -> Any:
    """Copy plain data with `text` applied to every string and None in place of NaN and infinity."""
    if isinstance(value, dict):
        return {key: map_strings(item, text) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [map_strings(item, text) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return text(value) if isinstance(value, str) else value


def printable(text: str) -> str:
    """Text without terminal colours; other control characters become visible."""
    return _UNSAFE.sub("\ufffd", _ESCAPES.sub("", text.replace("\r\n", "\n")))


def style_of(status: str) -> StatusStyle:
    """The style of a status; an unknown one has a plain style."""
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

    loader = jinja2.FileSystemLoader(TEMPLATES)
    pages = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    pages.filters.update(
        blocks=blocks,
        code_spans=markdown.code_spans,
        counted=counted,
        earned=earned,
        feedback=feedback,
        href=quote,
        markdown=markdown.to_html,
        points=points,
        style=style_of,
        words=_words,
    )
    pages.globals.update(
        STATUS=STATUS, quoted=shlex.quote, table_script=_table_script(), card_styles=CARD_STYLES
    )
    return pages


class Script(NamedTuple):
    """A script inside a page, and its hash, by which the page's policy lets it run and no other."""

    text: markupsafe.Markup
    hash: str


def _table_script() -> Script:
    from markupsafe import Markup

    text = (TEMPLATES / "tables.js").read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode()).digest()
    return Script(Markup(text), f"'sha256-{base64.b64encode(digest).decode()}'")


def render(template: str, **values: Any) -> str:
    """Fill a template of this package; every value is escaped."""
    return _environment().get_template(template).render(values)


def verdict_html(exercise: dict[str, Any]) -> str:
    """A card for a notebook: status, hint, feedback, cases; readable on light and dark."""
    return render("verdict.html.j2", exercise=map_strings(exercise, printable))


def summary_html(exercises: list[dict[str, Any]]) -> str:
    """All exercises of an assignment as one card, and what to look at next."""
    exercises = map_strings(exercises, printable)
    return render(
        "summary.html.j2", exercises=exercises, next=_next(exercises), total=_total(exercises)
    )


def _lines(rows: Iterable[tuple[str, str, str]]) -> str:
    """Rows of (status, name, rest) as aligned lines."""
    rows = list(rows)
    width = max((len(name) for _, name, _ in rows), default=0)
    lines = (f"  {style_of(s).symbol} {name:{width}}  {rest}".rstrip() for s, name, rest in rows)
    return "\n".join(lines)


def verdict_text(exercise: dict[str, Any]) -> str:
    """What `verdict_html` says, as plain text for a terminal."""
    exercise = map_strings(exercise, printable)
    style, score = style_of(exercise["status"]), earned(exercise)
    head = f"{style.symbol} {exercise['name']}: {exercise['status']}{score and f', {score}'}"
    hint = markdown.to_text(exercise["hint"] or "", lead="Hint: ")
    cases = _lines(
        (case["status"], _words(case["name"]), earned(case)) for case in exercise["cases"]
    )
    parts = [head, style.sentence, hint, _wrapped(feedback(exercise))]
    return "\n\n".join(filter(None, [*parts, cases]))


def summary_text(exercises: list[dict[str, Any]]) -> str:
    """What `summary_html` says, as plain text for a terminal."""
    exercises = map_strings(exercises, printable)
    rows = _lines((e["status"], e["name"], f"{e['status']:13}  {earned(e)}") for e in exercises)
    parts = [_total(exercises), rows]
    if coming := _next(exercises):
        advice = _wrapped(feedback(coming) or style_of(coming["status"]).sentence)
        parts += [f"Next: {coming['name']}", markdown.to_text(coming["hint"] or "") or advice]
    return "\n\n".join(filter(None, parts))
