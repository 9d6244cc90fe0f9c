"""The class report: a graded class as JSON, as a table in a terminal, as pages to hand out.

Everything here reads the plain dictionaries of `dltf grade --json` and nothing else.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dltf.autograder.rendering import (
    STATUS,
    clean,
    counted,
    look_of,
    points,
    render,
    summary_html,
    summary_text,
    verdict_html,
    verdict_text,
    walk,
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


def to_json(result: dict[str, Any]) -> str:
    """The result as JSON text that any parser reads: no NaN, ASCII, keys in the given order."""
    return json.dumps(walk(result, str), indent=2, allow_nan=False) + "\n"


def write_json(result: dict[str, Any], path: str | Path) -> None:
    """Write the result to `path`; a run that is killed leaves the old file or the new one."""
    _write(Path(path), to_json(result))


def _write(path: Path, text: str) -> None:
    data = text.encode("utf-8", "replace")
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


# What the numbers say, for the terminal and the pages alike


def short_names(files: Iterable[str]) -> list[str]:
    """File names without what all share: leading folders, a last name, the extension."""
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
    """A file name for each name: safe on every file system, different from all others."""
    taken, pages = {"con", "prn", "aux", "nul"}, []
    for name in names:
        slug = re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFKC", name)).strip("-._")[:50]
        page, count = slug or "submission", 1
        while page.casefold() in taken:
            count += 1
            page = f"{slug or 'submission'}-{count}"
        taken.add(page.casefold())
        pages.append(f"{page}.html")
    return pages


def _rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The submissions, cleaned, each with a short name, a page name and a percentage."""
    rows: list[dict[str, Any]] = walk(result["submissions"], clean)
    names = short_names(row["file"] for row in rows)
    for row, name, page in zip(rows, names, page_names(names), strict=True):
        best = row["max_score"] or 0
        percent = round(100 * (row["score"] or 0) / best, 6) if best else 0.0
        row.update(name=name, page=page, percent=percent)
    return rows


def _groups(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One group per assignment; what could not be recognised joins the only group or comes last."""
    kinds = {row["assignment"] for row in rows} - {None}
    members: dict[str | None, list[dict[str, Any]]] = {}
    for row in rows:
        only = next(iter(kinds)) if len(kinds) == 1 else None
        members.setdefault(row["assignment"] or only, []).append(row)
    for rows in members.values():  # what all of a group share says nothing in its table
        names = short_names(row["file"] for row in rows)
        for row, name in zip(rows, names, strict=True):
            row["name"] = name
    return [_group(kind, members[kind]) for kind in sorted(members, key=lambda kind: kind is None)]


def _group(assignment: str | None, rows: list[dict[str, Any]]) -> dict[str, Any]:
    exercises: dict[str, dict[str, Any]] = {}
    for row in rows:
        row["verdicts"] = {exercise["name"]: exercise for exercise in row["exercises"]}
        for name, exercise in row["verdicts"].items():
            new = {"name": name, "total": 0, "status": {}, "mistakes": {}, "other": {}}
            seen = exercises.setdefault(name, new)
            seen["total"] += 1
            seen["status"][exercise["status"]] = seen["status"].get(exercise["status"], 0) + 1
            if exercise["mistake"]:
                new = {"id": exercise["mistake"], "hint": exercise["hint"] or "", "rows": []}
                seen["mistakes"].setdefault(exercise["mistake"], new)["rows"].append(row)
            elif exercise["status"] != "correct":
                seen["other"].setdefault(exercise["status"], []).append(row)
    for number, (seen, short) in enumerate(
        zip(exercises.values(), _shorts(list(exercises)), strict=True), 1
    ):
        correct = seen["status"].get("correct", 0)
        seen.update(number=number, short=short, correct=correct, share=correct / seen["total"])
        seen["status"] = {status: seen["status"].get(status, 0) for status in STATUS}
        seen["mistakes"] = sorted(seen["mistakes"].values(), key=lambda m: -len(m["rows"]))
    percents = [row["percent"] for row in rows if not row["error"]]
    bins = [sum(min(int(p // 10), 9) == ten for p in percents) for ten in range(10)]
    return {
        "assignment": assignment,
        "title": (assignment or "assignment not recognised").replace("_", " "),
        "rows": rows,
        "errors": [row for row in rows if row["error"]],
        "exercises": list(exercises.values()),
        "hardest": sorted(exercises.values(), key=lambda seen: seen["share"]),
        "graded": len(percents),
        "bins": bins,
        "mean": statistics.fmean(percents) if percents else 0.0,
        "median": statistics.median(percents) if percents else 0.0,
        "full": sum(p >= 100 for p in percents),
    }


def _shorts(names: list[str]) -> list[str]:
    """Each name without the words it begins with like another one: he, zeros, random."""
    words = [name.split("_") for name in names]
    starts = Counter(tuple(word[:n]) for word in words for n in range(1, len(word)))
    return [
        "_".join(word[max([0, *(n for n in range(len(word)) if starts[tuple(word[:n])] > 1)]) :])
        for word in words
    ]


# The terminal


def class_table(result: dict[str, Any], width: int = 100) -> Table:
    """The class as a table for `width` columns: one row a submission, one column an exercise."""
    return _table(_group(None, _rows(result)), width)


def _table(group: dict[str, Any], width: int) -> Table:
    """Words in the cells where there is room, else symbols and a last column of words."""
    rows, exercises = group["rows"], group["exercises"]
    scores = [_score(row) for row in rows]
    name_room = min(
        max([10, *(cell_len(row["name"]) for row in rows)]), min(max(14, width // 4), 32)
    )
    room = width - name_room - max([5, *map(len, scores)]) - 4
    each = room // max(len(exercises), 1) - 2
    narrow = each < 15  # "○ not attempted"
    gap = 1 if narrow else 2
    table = Table(box=box.SIMPLE_HEAD, padding=(0, gap, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("submission", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    for seen in exercises:
        number = str(seen["number"])
        table.add_column(Text(number) if narrow else _fit(f"{number} {seen['short']}", each))
    if narrow:
        room -= sum(len(str(seen["number"])) + gap for seen in exercises)
        table.add_column("")
    for row, score in zip(rows, scores, strict=True):
        cells = [_fit(row["name"], name_room), Text(score, no_wrap=True)]
        words = [row["error"]] if row["error"] else []
        for seen in exercises:
            verdict = row["verdicts"].get(seen["name"], {"status": "", "mistake": None})
            look, word = look_of(verdict["status"]), verdict["mistake"] or verdict["status"]
            bare = narrow or (not verdict["mistake"] and len(word) + 2 > each)
            text = look.symbol if bare else f"{look.symbol} {word}"
            cells.append(_fit(text, max(each, 1), look.terminal))
            if verdict["mistake"] or verdict["status"] in {"error", "not graded"}:
                words.append(f"{seen['number']} {word}")
        if narrow:
            cells.append(_fit(", ".join(words), max(room, 1)))
        table.add_row(*cells)
    return table


def _score(row: dict[str, Any]) -> str:
    return "none" if row["error"] else f"{points(row['score'])}/{points(row['max_score'])}"


def _fit(text: str, room: int, style: str = "") -> Text:
    fitted = Text(text, style=style, no_wrap=True)
    fitted.truncate(room, overflow="ellipsis")
    return fitted


def print_summary(result: dict[str, Any], console: Console) -> None:
    """Print the class: the table, what was misunderstood, the hardest exercises, unreadable."""

    def section(title: str, lines: list[tuple[str | Text, ...]]) -> None:
        grid = Table.grid(padding=(0, 2, 0, 0))
        for line in lines:
            grid.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in line))
        if lines:
            console.print(Text(f"\n{title}", style="bold"))
            console.print(grid)

    rows = _rows(result)
    if not rows:
        console.print("No submissions.")
    for group in _groups(rows):
        facts = f"  {counted(len(group['rows']), 'submission')}, median {group['median']:.0f} %\n"
        console.print(Text.assemble("\n", (group["title"].capitalize(), "bold"), facts))
        console.print(_table(group, console.width))
        used = [name for name in STATUS if any(seen["status"][name] for seen in group["exercises"])]
        legend = "   ".join(f"{STATUS[name].symbol} {name}" for name in used)
        if legend:
            console.print(Text(f"\n{legend}", style="dim"))
        pairs = [(mistake, seen) for seen in group["exercises"] for mistake in seen["mistakes"]]
        section(
            "What the class misunderstood",
            [
                (
                    Text(counted(len(mistake["rows"]), "student"), no_wrap=True, justify="right"),
                    Text.assemble(
                        (f"{seen['name']}: {mistake['id']}", "bold"), f"\n{mistake['hint']}"
                    ),
                )
                for mistake, seen in sorted(pairs, key=lambda pair: -len(pair[0]["rows"]))
            ],
        )
        section(
            "Exercises, hardest first",
            [
                (
                    f"{seen['number']} {seen['name']}",
                    Text("█" * round(10 * seen["share"]) + "░" * (10 - round(10 * seen["share"]))),
                    Text(f"{seen['correct']} of {seen['total']} correct", no_wrap=True),
                )
                for seen in group["hardest"]
            ],
        )
        section("Could not be graded", [(_fit(r["name"], 30), r["error"]) for r in group["errors"]])


# The pages


def write_html(result: dict[str, Any], folder: str | Path) -> Path:
    """Write the class report and a page for every submission; the index comes last.

    Args:
        result: the result of grading, as in `dltf grade --json`.
        folder: where to write; made when missing.

    Returns:
        The path of `index.html`. The pages to hand out are in `submissions/` beside it.
    """
    index = Path(folder) / "index.html"
    index.unlink(missing_ok=True)  # an index is there only when every page is
    rows = _rows(result)
    groups, run = _groups(rows), {key: result[key] for key in ("version", "seed", "isolation")}
    for group in groups:
        for row in group["rows"]:
            page = render("submission.html.j2", row=row, run=run, title=group["title"])
            _write(index.parent / "submissions" / row["page"], page)
    seconds = sum(row["seconds"] or 0 for row in rows)
    _write(index, render("index.html.j2", groups=groups, run=run, rows=rows, seconds=seconds))
    return index
