"""Search for leaked answers in a release."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING

from dltf.autograder.assignment.stubs import (
    code,
    commonplace,
    has_solution,
    solution_lines,
    stub,
    student_files,
    telling,
)

if TYPE_CHECKING:
    from dltf.autograder.assignment.loading import Assignment

_LONG = 30  # secrets of at least this length are searched within lines, too


def secrets(assignment: Assignment, edition: Set[str] | None = None) -> list[str]:
    """Return the lines that must not be released, with white space normalized.

    They are the revealing lines of the solution, of every accepted answer, and of the edits of
    mistakes; hints are for students, and are not included.

    Args:
        assignment: whose answers they are.
        edition: the lines of the student edition, where they are known already.
    """
    reference = assignment.reference
    stubbed = stub(reference)
    public = {code(line) for line in stubbed.splitlines()} | (edition or _lines_of_the_edition())
    # Other answers share signatures and loops with the student's scaffold; an edit is a part of a
    # line, and may be part of a scaffold line.
    accepted = assignment.folder / "accepted.py"
    others = accepted.read_text(encoding="utf-8").splitlines() if accepted.is_file() else []
    for mistake in assignment.mistakes:
        others += mistake.source.splitlines()
        for step in assignment.rewrites(mistake):
            others += [*step.old.splitlines(), *step.new.splitlines()]
    given = _normal(stubbed)
    lines = [
        *solution_lines(reference),
        *(line for line in map(code, others) if _normal(line) not in given),
    ]
    found = (_normal(line) for line in lines if telling(line) and not commonplace(line, public))
    return list(dict.fromkeys(found))


def _lines_of_the_edition() -> set[str]:
    """Return the lines of code of the student edition."""
    return {
        code(line)
        for name, content in student_files()
        if name.endswith(".py")
        for line in content.decode().splitlines()
    }


def find_leaks(folder: Path, assignments: Sequence[Assignment]) -> list[str]:
    """Return the places (`file: line`) where a folder contains an answer, also in archives."""
    edition = _lines_of_the_edition()
    wanted = list(dict.fromkeys(secret for one in assignments for secret in secrets(one, edition)))
    long = [secret for secret in wanted if len(secret) >= _LONG]
    leaks = []
    for name, text in texts(folder):
        lines = {_normal(code(line)) for line in text.splitlines()}
        whole = _normal(text)
        leaks += [f"{name}: {secret}" for secret in wanted if secret in lines]
        leaks += [f"{name}: {one}" for one in long if one not in lines and one in whole]
        if name.endswith(".py") and has_solution(text):
            leaks.append(f"{name}: marked solution")
    return leaks


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield every file in a folder as text, including members of archives and notebook cells."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield from _opened(path.relative_to(folder).as_posix(), path.read_bytes())


def _opened(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from _opened(f"{name}/{member}", archive.read(member))
        return
    text = content.decode(errors="replace")
    if name.endswith(".ipynb"):
        text += "\n" + "\n".join(_strings(json.loads(text)))
    yield name, text


def _strings(value: object) -> Iterator[str]:
    """Yield every string in a JSON value, with the lines of a cell joined."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            yield "".join(value)
        for item in value:
            yield from _strings(item)


def _normal(text: str) -> str:
    return " ".join(text.split())
