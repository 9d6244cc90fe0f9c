"""The class report: a graded class as JSON, as a table in a terminal, as pages to hand out.

It reads the result of `dltf grade --json` through `class_summary.summarize`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

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
    map_strings,
    points,
    render,
    style_of,
    summary_html,
    summary_text,
    verdict_html,
    verdict_text,
)

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


def to_json(result: dict[str, Any]) -> str:
    """The result as JSON text that any parser reads: no NaN, ASCII, keys in the given order."""
    return json.dumps(map_strings(result, str), indent=2, allow_nan=False) + "\n"


def write_json(result: dict[str, Any], path: str | Path) -> None:
    """Write the result to `path`; a run that is killed leaves the old file or the new one."""
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


def class_table(result: dict[str, Any], width: int = 100) -> Table:
    """The class as a table for `width` columns: one row a submission, one column an exercise."""
    rows = summarize(result).rows
    return _table(AssignmentSummary(None, "", rows, summarize_exercises(rows)), width)


def _table(group: AssignmentSummary, width: int) -> Table:
    """Words in the cells where there is room, else symbols and a last column of words."""
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
        notes = [row.error] if row.error else []
        for exercise in group.exercises:
            verdict = row.exercises.get(exercise.name, {"status": "", "mistake": None})
            style, word = style_of(verdict["status"]), verdict["mistake"] or verdict["status"]
            bare = narrow or (not verdict["mistake"] and len(word) + 2 > each)
            text = style.symbol if bare else f"{style.symbol} {word}"
            cells.append(_fit(text, max(each, 1), style.terminal))
            if verdict["mistake"] or verdict["status"] in {"error", "not graded"}:
                notes.append(f"{exercise.number} {word}")
        if narrow:
            cells.append(_fit(", ".join(notes), max(room, 1)))
        table.add_row(*cells)
    return table


def _score(row: GradedSubmission) -> str:
    return "none" if row.error else f"{points(row.score)}/{points(row.max_score)}"


def _fit(text: str, room: int, style: str = "") -> Text:
    fitted = Text(text, style=style, no_wrap=True)
    fitted.truncate(room, overflow="ellipsis")
    return fitted


def print_summary(result: dict[str, Any], console: Console) -> None:
    """Print the class: the table, common mistakes, the hardest exercises, ungraded files."""
    summary = summarize(result)
    if not summary.assignments:
        console.print("No submissions.")
    for group in summary.assignments:
        _print_assignment(group, console)


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
    section("Could not be graded", [(_fit(r.name, 30), r.error or "") for r in group.errors])


# The pages


def write_html(result: dict[str, Any], folder: str | Path) -> Path:
    """Write the class report: an index, a page per assignment, a page per submission.

    A class with one assignment has no page of its own for it: the index is that page. The index is
    written last, so that it is present only when every page is. Pages that an earlier report wrote
    into the folder and that this one lacks are removed; files of any other origin stay.

    Args:
        result: the result of grading, as in `dltf grade --json`.
        folder: where to write; made when missing.

    Returns:
        The path of `index.html`. The pages to hand out are in its neighbour `submissions/`.
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


def _pages(result: dict[str, Any]) -> dict[str, str]:
    """The pages of a report, path -> HTML, the index first."""
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


# The manifest: which pages in the folder are ours


def _manifest(folder: Path) -> dict[str, str]:
    """The pages that an earlier report wrote, path -> SHA-256; empty where there is none."""
    try:
        pages = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["pages"]
        return {str(name): str(digest) for name, digest in pages.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _write_manifest(folder: Path, pages: dict[str, str]) -> None:
    _write(folder / MANIFEST, json.dumps({"pages": pages}, indent=1) + "\n")


def _remove(folder: Path, name: str, digest: str) -> None:
    """Remove a page of an earlier report, if it still is what was written."""
    page = folder / name
    ours = re.fullmatch(r"(assignments|submissions)/[^/\\]+\.html", name)
    if not ours or page.is_symlink() or page.parent.is_symlink() or not page.is_file():
        return
    if hashlib.sha256(page.read_bytes()).hexdigest() == digest:
        page.unlink()
