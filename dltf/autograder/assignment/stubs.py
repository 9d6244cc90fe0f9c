"""Stubs for students: the reference with each answer replaced by a `NotImplementedError`.

An answer is marked inside a function by a line `### BEGIN SOLUTION` above it and a line
`### END SOLUTION` below it. Docstring and scaffold outside the markers are kept. Only this module
reads the markers.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import dltf
from dltf import _syntax

PACKAGE = Path(dltf.__file__).resolve().parent

_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"
# Anything like a marker: a misspelled one must not reveal the answer. In quotes, it is prose.
_LIKE = re.compile(r"(?<![`'\"#])#+[ \t]*(BEGIN|END)[ \t]+SOLUTIONS?\b", re.IGNORECASE)
_HOLE = "raise NotImplementedError"
_CARRIED = {".py", ".j2", ".html", ".css", ".js", ".typed"}
_PRIVATE = {"authoring", "assignments", "__pycache__"}


def _regions(lines: list[str]) -> list[tuple[int, int]]:
    """Return the first and last line index of every marked region, markers included."""
    regions: list[tuple[int, int]] = []
    begun: int | None = None
    for index, line in enumerate(lines):
        like = _LIKE.search(line) if "SOLUTION" in line.upper() else None
        if like is None:
            continue
        here, text = f"line {index + 1}", line.strip()
        if text not in (_BEGIN, _END):
            raise ValueError(
                f"{here}: expected {_BEGIN!r} or {_END!r} alone on its line, got {text!r}"
            )
        if not line[0].isspace():
            raise ValueError(f"{here}: expected {text!r} inside a function, got it unindented")
        if text == _BEGIN:
            if begun is not None:
                raise ValueError(
                    f"{here}: expected {_END!r} for the marker of line {begun + 1}, got {_BEGIN!r}"
                )
            begun = index
            continue
        if begun is None:
            raise ValueError(f"{here}: expected {_BEGIN!r} above it, got {_END!r} alone")
        if _indent(line) != _indent(lines[begun]):
            raise ValueError(
                f"{here}: expected {_END!r} indented like the marker of line {begun + 1}, "
                f"got otherwise"
            )
        regions.append((begun, index))
        begun = None
    if begun is not None:
        raise ValueError(
            f"line {begun + 1}: expected {_END!r} below {_BEGIN!r}, got the end of the file"
        )
    return regions


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def has_solution(source: str) -> bool:
    """Return whether the source contains a marked region."""
    return "SOLUTION" in source.upper() and bool(_regions(source.split("\n")))


def stub(source: str) -> str:
    """Return the source with every marked region replaced by a `NotImplementedError`.

    Args:
        source: a module, or the source of one function or class.

    Returns:
        The same text, byte for byte, outside the regions.

    Raises:
        ValueError: a marker is unpaired or misplaced; the message contains the line.
    """
    if "SOLUTION" not in source.upper():
        return source
    lines = source.split("\n")
    regions = _regions(lines)
    if not regions:
        return source
    kept: list[str] = []
    numbers: list[int] = []  # line number of each kept line in the source, from 1
    holes: list[int] = []  # indices of the kept lines that replace a region
    resume = 0
    for first, last in regions:
        kept += lines[resume:first]
        numbers += range(resume + 1, first + 2)
        holes.append(len(kept))
        ending = "\r" if lines[first].endswith("\r") else ""
        kept.append(f"{_indent(lines[first])}{_HOLE}{ending}")
        resume = last + 1
    kept += lines[resume:]
    numbers += range(resume + 1, len(lines) + 1)
    for index, name in _owners("\n".join(kept), holes, numbers).items():
        message = f'{_HOLE}("{name}: write this exercise")'
        kept[index] = kept[index].replace(_HOLE, message, 1)
    return "\n".join(kept)


def _owners(source: str, holes: list[int], numbers: list[int]) -> dict[int, str]:
    """Return the exercise (`function` or `Class.method`) that each hole belongs to."""
    try:
        tree = _syntax.parse(source)
    except SyntaxError as error:
        at = min((error.lineno or 1) - 1, len(numbers) - 1)
        raise ValueError(
            f"line {numbers[at]}: expected markers around whole statements, "
            f"got a stub that does not parse: {error.msg}"
        ) from None
    found: dict[int, str] = {}

    def visit(node: ast.AST, owner: str | None, method: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                # Only methods have a qualified name, not functions inside functions.
                function = not isinstance(child, ast.ClassDef)
                if not method:
                    visit(child, f"{owner}.{child.name}" if owner else child.name, function)
                    continue
            elif isinstance(child, ast.Raise) and method and child.lineno - 1 in holes and owner:
                found[child.lineno - 1] = owner
            visit(child, owner, method)

    visit(tree, None, False)
    for hole in holes:
        if hole not in found:
            raise ValueError(
                f"line {numbers[hole]}: expected {_BEGIN!r} inside a function's body, "
                f"got it elsewhere"
            )
    return found


def unmarked(source: str) -> str:
    """Return the source with its answers, without the markers."""
    if "SOLUTION" not in source.upper():
        return source
    lines = source.split("\n")
    markers = {index for region in _regions(lines) for index in region}
    return "\n".join(line for index, line in enumerate(lines) if index not in markers)


def code(line: str) -> str:
    """Return a line without its indentation and trailing comment."""
    return re.sub(r"\s{2,}#\s.*", "", line.strip())


_NAMES_ONLY = re.compile(r"def \w+\([\w, ]*\):|(\w+)=\1,?")


def telling(line: str) -> bool:
    """Return whether a line of an answer reveals a part of it on its own.

    Not telling: comments, brackets, `else:`, `return name`, lists of names or texts, parameters
    without defaults, `name=name`, and lines of fewer than twelve characters.
    """
    line = line.strip()
    if len(line) < 12 or line.startswith("#") or _NAMES_ONLY.fullmatch(line):
        return False
    return bool(re.search(r"[-=([{+*/@<>%&|~]", re.sub(r"\"[^\"]*\"|'[^']*'", "", line)))


def commonplace(line: str, public: Collection[str]) -> bool:
    """Return whether a line is short and also occurs in public code, such as a loop header."""
    return len(line) < 40 and line in public


def solution_lines(source: str) -> list[str]:
    """Return the telling lines of the marked regions, stripped, in order.

    Trailing comments are removed. Commonplace lines (short, and also outside the regions) are
    omitted.
    """
    lines = source.split("\n")
    regions = _regions(lines)
    inside = {index for first, last in regions for index in range(first, last + 1)}
    outside = {code(line) for index, line in enumerate(lines) if index not in inside}
    found = (code(lines[index]) for index in sorted(inside))
    return list(dict.fromkeys(x for x in found if telling(x) and not commonplace(x, outside)))


def student_files(package: Path = PACKAGE) -> Iterable[tuple[str, bytes]]:
    """Yield relative POSIX path and content of every file of the student edition."""
    for path in sorted(package.rglob("*")):
        relative = path.relative_to(package)
        if path.suffix not in _CARRIED or not _PRIVATE.isdisjoint(relative.parts):
            continue
        content = path.read_bytes()
        if path.suffix == ".py" and b"SOLUTION" in content.upper():
            try:
                content = stub(content.decode()).encode()
            except ValueError as error:
                raise ValueError(f"{path}: {error}") from None
        yield f"{package.name}/{relative.as_posix()}", content
    for folder in (package, package.parent):
        register = folder / "datasets" / "registry.json"
        if register.is_file():
            yield f"{package.name}/datasets/registry.json", register.read_bytes()
            break


def write_student_edition(to: Path, extra: Mapping[str, bytes] | None = None) -> Path:
    """Write the package `dltf` under `to`, with every exercise stubbed and without `authoring`.

    Each grading run does this first, so that the student's code can only import a package without
    answers.

    Args:
        to: a folder; created if it does not exist.
        extra: path under `to` -> content of additional files, such as assignments.

    Returns:
        `to`, ready to be put on `sys.path`.
    """
    for name, content in (*student_files(), *(extra or {}).items()):
        path = to / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return to
