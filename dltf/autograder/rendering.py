"""Rendering of a verdict: a card in a notebook, plain text in a terminal.

Text that comes from a student (file names, feedback) is untrusted until `cleaned` has replaced its
control characters and Jinja has escaped it; only an author's hint is Markdown.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shlex
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import quote

from dltf.autograder import markdown
from dltf.autograder.verdict import CaseVerdict, Located, Points, Status, Verdict

if TYPE_CHECKING:
    import jinja2
    import markupsafe

T = TypeVar("T")


class StatusStyle(NamedTuple):
    """The style of a status; the web colour has enough contrast for white text on it."""

    symbol: str
    terminal: str
    web: str
    sentence: str


STATUS = {
    Status.CORRECT: StatusStyle("✓", "green", "#1a7f4b", "All checks passed."),
    Status.INCORRECT: StatusStyle("✗", "red", "#b3372f", "Not right yet."),
    Status.ERROR: StatusStyle(
        "!", "yellow", "#8a5200", "The code stopped before it returned a result."
    ),
    Status.BLOCKED: StatusStyle(
        "→", "blue", "#2f68ad", "Blocked by another exercise; nothing to change here."
    ),
    Status.NOT_ATTEMPTED: StatusStyle("○", "bright_black", "#5b6675", "Not started yet."),
    Status.NOT_GRADED: StatusStyle("?", "magenta", "#6a4fa3", "It could not be graded."),
}
TEMPLATES = Path(__file__).parent / "templates"
# Inline styles: a notebook removes classes and has its own margins for these tags.
CARD_STYLES = {
    "p": "margin:4px 0",
    "ul": "margin:4px 0;padding-left:24px",
    "ol": "margin:4px 0;padding-left:24px",
    "pre": "margin:6px 0;padding:6px 10px;background:rgba(128,128,128,.14);overflow-x:auto",
}
# Terminal colours, as IPython writes them into tracebacks.
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
# Control characters, changes of text direction, lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def cleaned(result: T) -> T:
    """Return a verdict, or another part of a result, with every text in it made printable."""
    return _cleaned(result)


def _cleaned(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _cleaned(getattr(value, f.name)) for f in fields(value)})
    if isinstance(value, tuple):
        return tuple(map(_cleaned, value))
    if isinstance(value, Mapping):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    return printable(value) if isinstance(value, str) and not isinstance(value, Status) else value


def printable(text: str) -> str:
    """Return text without terminal colours; other control characters become visible."""
    return _UNSAFE.sub("\ufffd", _ESCAPES.sub("", text.replace("\r\n", "\n")))


def points(value: Points) -> str:
    """Return 2.0 as "2", 1.25 as "1.25"."""
    return f"{round(value, 2):g}"


def counted(number: int, noun: str) -> str:
    """Return "1 student", "2 students"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def feedback(verdict: Verdict) -> str:
    """Return the feedback without the hint, which is shown separately."""
    return verdict.feedback.replace(verdict.hint or "\0", "").strip("\n ")


def blocks(text: str) -> list[tuple[bool, str]]:
    """Split text into paragraphs and runs of indented lines, as (is code, text)."""
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


def numbered(located: Located) -> list[tuple[int, str, bool]]:
    """Return the lines of an answer: number, text, and whether it had to change."""
    lines = located.code.splitlines()
    return [(n, text, n in located.lines) for n, text in enumerate(lines, located.first)]


def _words(name: str) -> str:
    return name.replace("_", " ")


def earned(part: Verdict | CaseVerdict) -> str:
    """Return the points of an exercise or a case in words; '' if it is worth none."""
    best = part.max_points
    return f"{points(part.points)} of {points(best)} points" if best else ""


def _total(verdicts: Sequence[Verdict]) -> str:
    right = sum(verdict.correct for verdict in verdicts)
    return f"{right} of {counted(len(verdicts), 'exercise')} correct"


def _next(verdicts: Sequence[Verdict]) -> Verdict | None:
    """Return the first exercise to work on: one that is blocked can wait."""
    todo = [verdict for verdict in verdicts if not verdict.correct]
    return next((v for v in todo if v.status != Status.BLOCKED), todo[0] if todo else None)


@cache
def _environment() -> jinja2.Environment:
    import jinja2  # lazy: a check in a plain terminal does not need it

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
        numbered=numbered,
        points=points,
        style=STATUS.__getitem__,
        words=_words,
    )
    pages.globals.update(
        STATUS=STATUS, quoted=shlex.quote, table_script=_table_script(), card_styles=CARD_STYLES
    )
    return pages


class Script(NamedTuple):
    """A script inside a page, and its hash: the only one that the page's policy allows to run."""

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


def verdict_html(verdict: Verdict) -> str:
    """Render a verdict as a card for a notebook; readable on light and dark."""
    return render("verdict.html.j2", exercise=cleaned(verdict))


def summary_html(verdicts: Iterable[Verdict]) -> str:
    """Render all exercises of an assignment as one card, and what to work on next."""
    shown = cleaned(tuple(verdicts))
    return render("summary.html.j2", exercises=shown, next=_next(shown), total=_total(shown))


def _lines(rows: Iterable[tuple[Status, str, str]]) -> str:
    """Return rows of (status, name, rest) as aligned lines."""
    rows = list(rows)
    width = max((len(name) for _, name, _ in rows), default=0)
    lines = (f"  {STATUS[s].symbol} {name:{width}}  {rest}".rstrip() for s, name, rest in rows)
    return "\n".join(lines)


def verdict_text(verdict: Verdict) -> str:
    """Render a verdict as plain text for a terminal; the same content as `verdict_html`."""
    verdict = cleaned(verdict)
    style, score = STATUS[verdict.status], earned(verdict)
    head = f"{style.symbol} {verdict.name}: {verdict.status}{score and f', {score}'}"
    hint = markdown.to_text(verdict.hint or "", lead="Hint: ")
    cases = _lines((case.status, _words(case.name), earned(case)) for case in verdict.cases)
    parts = [head, style.sentence, hint, _wrapped(feedback(verdict))]
    return "\n\n".join(filter(None, [*parts, cases]))


def summary_text(verdicts: Iterable[Verdict]) -> str:
    """Render all exercises as plain text for a terminal; the same content as `summary_html`."""
    shown = cleaned(tuple(verdicts))
    parts = [
        _total(shown),
        _lines((v.status, v.name, f"{v.status:13}  {earned(v)}") for v in shown),
    ]
    if coming := _next(shown):
        advice = _wrapped(feedback(coming) or STATUS[coming.status].sentence)
        parts += [f"Next: {coming.name}", markdown.to_text(coming.hint or "") or advice]
    return "\n\n".join(filter(None, parts))
