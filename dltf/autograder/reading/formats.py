"""File formats of submissions: notebooks of format 3 and 4, and Python scripts.

Reading works on text and never runs a student's code.
"""

from __future__ import annotations

import json
import re
import stat
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from dltf.autograder.reading.encodings import CONFLICT, conflict, decoded
from dltf.autograder.reading.statements import Cell
from dltf.autograder.reading.submission import Prose, Submission

MAX_FILE = 512 * 2**20
MAX_CODE = 2 * 2**20


class SubmissionError(ValueError):
    """A file that cannot be graded; the message is the reason, in one line."""


def read(path: str | Path) -> Submission:
    """Read a notebook (nbformat 3 or 4) or a Python script.

    Raises:
        SubmissionError: the file is neither; the message describes what was found.
    """
    path = Path(path)
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):
            raise SubmissionError("expected a file, got something else (a folder, a device)")
        if info.st_size > MAX_FILE:
            raise SubmissionError(f"too large: {info.st_size >> 20} MiB (at most {MAX_FILE >> 20})")
        data = path.read_bytes()
    except OSError as error:
        raise SubmissionError(f"cannot be read: {error.strerror or error}") from error
    if not data.strip():
        raise SubmissionError("is empty: expected a notebook or a Python script")
    script = path.suffix.lower() == ".py"
    if script and len(data) > 4 * MAX_CODE + 4:
        raise SubmissionError(f"contains {len(data) >> 20} MiB of code (at most {MAX_CODE >> 20})")
    try:
        text = _newlines(decoded(data, script=script))
    except ValueError as error:
        raise SubmissionError(str(error)) from error
    if not script:
        return _notebook(path, text)
    submission = Submission(path, "script", _script_cells(text))
    if submission.broken:
        _refuse_conflict(text)
    return submission


def _refuse_conflict(text: str) -> None:
    """Refuse a file that contains merge-conflict markers."""
    marker = conflict(text)
    if marker:
        line, shown = marker
        raise SubmissionError(f"line {line}: {CONFLICT.format(marker=shown)}")


def from_source(source: str, name: str = "program.py") -> Submission:
    """Return Python text as a submission of one cell."""
    return Submission(Path(name), "script", [Cell(1, source)])


_CELL_MARK = re.compile(r"^# (%%|In\[[\d ]*\]:).*$", re.MULTILINE)


def _script_cells(text: str) -> list[Cell]:
    """Split a script at the cell marks of an exported notebook; line numbers are the file's."""
    if len(text) > MAX_CODE:
        raise SubmissionError(f"contains {len(text) >> 20} MiB of code (at most {MAX_CODE >> 20})")
    starts = [0, *(match.start() for match in _CELL_MARK.finditer(text) if match.start())]
    parts = [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    counts = [text.count("\n", a, b) for a, b in pairwise([0, *starts])]
    lines = list(accumulate(counts))
    if sum(lines) > MAX_CODE:  # a mark on almost every line: not real cells
        return [Cell(1, text)]
    return [
        Cell(i, "\n" * n + part) for i, (n, part) in enumerate(zip(lines, parts, strict=True), 1)
    ]


def _notebook(path: Path, text: str) -> Submission:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        _refuse_conflict(text)
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        cut = " It looks cut off." if text.lstrip()[:1] == "{" else ""
        raise SubmissionError(f"is not a notebook: not valid JSON{where}.{cut}") from error
    if not isinstance(data, dict) or not ("cells" in data or "worksheets" in data):
        raise SubmissionError("is not a notebook: it is JSON, but has no cells")
    older = "cells" not in data
    sheets = data["worksheets"] if older else [data]
    raw = [
        cell
        for sheet in _listed(sheets)
        for cell in _listed(sheet.get("cells") if isinstance(sheet, dict) else None)
        if isinstance(cell, dict)
    ]
    cells: list[Cell] = []
    prose: list[Prose] = []
    for cell in raw:
        kind = cell.get("cell_type", "code")
        source = _source_of(cell)
        if kind == "code" and source is not None:
            cells.append(Cell(len(cells) + 1, source))
        elif kind in ("markdown", "raw") and source is not None:
            kinds = sum(one.kind == kind for one in prose)
            prose.append(Prose(kind, kinds + 1, len(cells), source))
    if not any(cell.source.strip() for cell in cells):
        raise SubmissionError("is a notebook without any code")
    if sum(len(cell.source) for cell in cells) > MAX_CODE:
        total = sum(len(cell.source) for cell in cells)
        raise SubmissionError(
            f"contains {total / 2**20:.0f} MiB of code (at most {MAX_CODE >> 20}); "
            "is output pasted in it?"
        )
    metadata = data.get("metadata")
    version = 3 if older else data.get("nbformat", 4)
    return Submission(
        path,
        f"notebook {version if isinstance(version, int) else 4}",
        cells,
        metadata=metadata if isinstance(metadata, dict) else {},
        prose=prose,
        named=_named([metadata, *(cell.get("metadata") for cell in raw)]),
    )


def _source_of(cell: dict[str, Any]) -> str | None:
    """Return the text of a cell of format 3 or 4, None if it has none."""
    source = cell.get("input", cell.get("source", "")) or ""
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return _newlines(source) if isinstance(source, str) else None


def _named(metadata: list[Any]) -> list[str]:
    """Return the assignments that the metadata of a notebook, or of its cells, name."""
    found: dict[str, None] = {}
    for one in metadata:
        said = one.get("dltf") if isinstance(one, dict) else None
        name = said.get("assignment") if isinstance(said, dict) else None
        name = one.get("dltf.assignment", name) if isinstance(one, dict) else name
        if isinstance(name, str):
            found[name] = None
    return list(found)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _newlines(text: str) -> str:
    """Return text with normalized newlines."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
