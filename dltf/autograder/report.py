"""Class report: a graded class as JSON, as a table in a terminal, and as HTML pages to hand out.

To render a report from a stored JSON file, read it with `BatchResult.from_dict`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dltf.autograder import markdown
from dltf.autograder.class_summary import (
    AssignmentSummary,
    GradedSubmission,
    summarize,
    summarize_exercises,
)
from dltf.autograder.rendering import (
    STATUS,
    counted,
    points,
    render,
    summary_html,
    summary_text,
    verdict_html,
    verdict_text,
)
from dltf.autograder.verdict import BatchResult, Status

__all__ = [
    "class_table",
    "print_summary",
    "summary_html",
    "summary_text",
    "to_json",
    "verdict_html",
    "verdict_text",
    "write_html",
    "write_json",
]

MANIFEST = ".dltf-report.json"


def to_json(result: BatchResult) -> str:
    """Return the result as JSON text (ASCII), as in `docs/result.schema.json`."""
    return json.dumps(result.as_dict(), indent=2, allow_nan=False) + "\n"


def write_json(result: BatchResult, path: str | Path) -> None:
    """Write the result to a file; it is replaced as a whole, or not at all."""
    _write(Path(path), to_json(result))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _write(path: Path, text: str) -> None:
    data = _encoded(text)
    if path.exists() and not path.is_file():  # a pipe or a terminal: nothing to replace
        path.write_bytes(data)
        return
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


# The terminal


def class_table(result: BatchResult, width: int = 100) -> Table:
    """Return the class as a table of at most `width` columns: a row per submission."""
    rows = summarize(result).rows
    return _table(AssignmentSummary(None, "", rows, summarize_exercises(rows)), width)


def _table(group: AssignmentSummary, width: int) -> Table:
    """Return a table: words in the cells if they fit, else symbols and a last column of words."""
    scores = [_score(row) for row in group.rows]
    name_room = min(
        max([10, *(cell_len(row.name) for row in group.rows)]), min(max(14, width // 4), 32)
    )
    room = width - name_room - max([5, *map(len, scores)]) - 4
    each = room // max(len(group.exercises), 1) - 2
    narrow = each < 15  # "○ not attempted"
    gap = 1 if narrow else 2
    table = Table(box=box.SIMPLE_HEAD, padding=(0, gap, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("submission", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    for exercise in group.exercises:
        words = f"{exercise.number} {exercise.name.replace('_', ' ')}"
        table.add_column(Text(str(exercise.number) if narrow else words), max_width=max(each, 1))
    if narrow:
        room -= sum(len(str(exercise.number)) + gap for exercise in group.exercises)
        table.add_column("")
    for row, score in zip(group.rows, scores, strict=True):
        cells = [_fit(row.name, name_room), Text(score, no_wrap=True)]
        notes = [row.result.error] if row.result.error else []
        for exercise in group.exercises:
            verdict = row.verdict(exercise.name)
            if verdict is None:
                cells.append(Text("·", style="bright_black"))
                continue
            style, word = STATUS[verdict.status], verdict.mistake or verdict.status.value
            bare = narrow or (not verdict.mistake and len(word) + 2 > each)
            text = style.symbol if bare else f"{style.symbol} {word}"
            cells.append(_fit(text, max(each, 1), style.terminal))
            if verdict.mistake or verdict.status in (Status.ERROR, Status.NOT_GRADED):
                notes.append(f"{exercise.number} {word}")
        if narrow:
            cells.append(_fit(", ".join(notes), max(room, 1)))
        table.add_row(*cells)
    return table


def _score(row: GradedSubmission) -> str:
    result = row.result
    return "none" if result.error else f"{points(result.score)}/{points(result.max_score)}"


def _fit(text: str, room: int, style: str = "") -> Text:
    fitted = Text(text, style=style, no_wrap=True)
    fitted.truncate(room, overflow="ellipsis")
    return fitted


def print_summary(result: BatchResult, console: Console) -> None:
    """Print the table of the class, common mistakes, the hardest exercises, ungraded files."""
    summary = summarize(result)
    if not summary.assignments:
        console.print("No submissions.")
    for group in summary.assignments:
        _print_assignment(group, console)
    if summary.omission:
        console.print(Text(f"\n{summary.omission}"))


def _print_assignment(group: AssignmentSummary, console: Console) -> None:
    def section(title: str, lines: list[tuple[str | Text, ...]]) -> None:
        grid = Table.grid(padding=(0, 2, 0, 0))
        for line in lines:
            grid.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in line))
        if lines:
            console.print(Text(f"\n{title}", style="bold"))
            console.print(grid)

    facts = f"  {counted(len(group.rows), 'submission')}, median {group.median:.0f} %\n"
    console.print(Text.assemble("\n", (group.title, "bold"), facts))
    console.print(_table(group, console.width))
    used = [name for name in STATUS if any(e.status[name] for e in group.exercises)]
    if used:
        legend = "   ".join(f"{STATUS[name].symbol} {name}" for name in used)
        console.print(Text(f"\n{legend}", style="dim"))
    room = min(max(console.width - 15, 20), 88)  # next to "12 students"
    section(
        "Common mistakes",
        [
            (
                Text(counted(len(mistake.rows), "student"), no_wrap=True, justify="right"),
                Text.assemble(
                    (f"{exercise.name}: {mistake.id}\n", "bold"),
                    markdown.to_text(mistake.hint, width=room),
                ),
            )
            for exercise, mistake in group.mistakes
        ],
    )
    section(
        "Exercises, hardest first",
        [
            (
                f"{exercise.number} {exercise.name}",
                Text("█" * round(10 * exercise.share)).append(
                    "░" * (10 - round(10 * exercise.share))
                ),
                Text(f"{exercise.correct} of {exercise.total} correct", no_wrap=True),
            )
            for exercise in group.hardest
        ],
    )
    section("Could not be graded", [(_fit(r.name, 30), r.result.error or "") for r in group.errors])


# The pages


def write_html(result: BatchResult, folder: str | Path) -> Path:
    """Write the class report: an index, a page per assignment, a page per submission.

    If there is only one assignment, the index is its page. The index is written last, so that it
    exists only if every page does. Pages of an earlier report in the same folder that are not part
    of this one are removed; all other files are kept.

    Args:
        result: the result of grading.
        folder: the folder to write to; created if missing.

    Returns:
        The path of `index.html`. The pages to hand out are next to it, in `submissions/`.
    """
    folder = Path(folder)
    index, *pages = _pages(result).items()
    written = {name: hashlib.sha256(_encoded(text)).hexdigest() for name, text in pages}
    earlier = _manifest(folder)
    (folder / index[0]).unlink(missing_ok=True)
    _write_manifest(folder, earlier | written)
    for name, text in pages:
        _write(folder / name, text)
    for name in earlier.keys() - written.keys():
        _remove(folder, name, earlier[name])
    _write_manifest(folder, written)
    _write(folder / index[0], index[1])
    return folder / index[0]


def _pages(result: BatchResult) -> dict[str, str]:
    """Return the pages of a report, path -> HTML, the index first."""
    summary = summarize(result)
    several = len(summary.assignments) > 1
    pages = {"index.html": ""}
    for group in summary.assignments:
        values = {"summary": summary, "group": group, "several": several}
        page = f"assignments/{group.page}" if several else "index.html"
        pages[page] = render("assignment.html.j2", root="../" if several else "", **values)
        for row in group.rows:
            values = {"run": summary, "row": row, "title": group.title}
            pages[f"submissions/{row.page}"] = render("submission.html.j2", **values)
    if not pages["index.html"]:
        pages["index.html"] = render("index.html.j2", summary=summary, root="")
    return pages


# The manifest: the pages in the folder that a report wrote


def _manifest(folder: Path) -> dict[str, str]:
    """Return the pages that an earlier report wrote, path -> SHA-256; empty without a manifest."""
    try:
        pages = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["pages"]
        return {str(name): str(digest) for name, digest in pages.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _write_manifest(folder: Path, pages: dict[str, str]) -> None:
    _write(folder / MANIFEST, json.dumps({"pages": pages}, indent=1) + "\n")


def _remove(folder: Path, name: str, digest: str) -> None:
    """Remove a page of an earlier report, unless it was changed since."""
    page = folder / name
    ours = re.fullmatch(r"(assignments|submissions)/[^/\\]+\.html", name)
    if not ours or page.is_symlink() or page.parent.is_symlink() or not page.is_file():
        return
    if hashlib.sha256(page.read_bytes()).hexdigest() == digest:
        page.unlink()
