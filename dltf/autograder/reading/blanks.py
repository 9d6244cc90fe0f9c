"""Blanks: definitions in which nothing was written yet, and lines that are still None.

The rule: a definition is blank if the student added no statement of their own that could compute
a result. Between the course's marks ("START CODE HERE", "YOUR CODE STARTS HERE") that can be seen;
without them, by what is still None.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from dltf.autograder.reading.marks import regions
from dltf.autograder.reading.placeholders import (
    LEAVES,
    assigned,
    computes,
    is_impossible,
    is_none,
    is_placeholder,
)
from dltf.autograder.reading.work import Work


def is_blank(node: ast.stmt) -> bool:
    """Return whether a definition is an unchanged stub, without any work on the exercise."""
    if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return False
    if isinstance(node, ast.ClassDef):
        methods = [n for n in node.body if isinstance(n, ast.FunctionDef)]
        return any(_raises_stub(m) for m in methods) or (
            not methods and all(map(_empty, node.body))
        )
    body = [statement for statement in node.body if not _empty(statement)]
    return not body or _raises_stub(node)


def _raises_stub(node: ast.stmt) -> bool:
    """Return whether a body always raises NotImplementedError (in a loop, but not an `if`)."""
    for child in getattr(node, "body", []):
        if isinstance(child, ast.Raise) and child.exc is not None:
            names = {n.id for n in ast.walk(child.exc) if isinstance(n, ast.Name)}
            if "NotImplementedError" in names:
                return True
        elif isinstance(child, (ast.For, ast.While, ast.With)) and _raises_stub(child):
            return True
    return False


def _empty(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Pass):
        return True
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return True
    return isinstance(statement, ast.Return) and (
        statement.value is None or is_none(statement.value)
    )


# Between the marks --------------------------------------------------------------------------------


def untouched(node: ast.stmt, lines: Sequence[str]) -> int | None:
    """Return the line of a blank if the student added nothing that could compute a result.

    Whoever wrote an answer outside of the marks did add something: ask this about a definition
    that is not correct.

    Args:
        node: the definition.
        lines: the lines of its cell.

    Returns:
        The line, or None if there is something that computes.
    """
    if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return None
    try:
        return _untouched(node, lines)
    except RecursionError:  # an expression a thousand operators deep
        return None


def has_work(node: ast.FunctionDef | ast.ClassDef, lines: Sequence[str]) -> bool:
    """Return whether a definition has a statement of the student's that could compute a result.

    Args:
        node: the definition.
        lines: the lines of its cell.
    """
    try:
        return _read(node, regions(lines, node)).computes
    except RecursionError:  # an expression a thousand operators deep
        return True


def _read(node: ast.FunctionDef | ast.ClassDef, marked: Sequence[tuple[int, int]]) -> Work:
    work = Work(marked or [(node.lineno, node.end_lineno or node.lineno)])
    work.read(node.body)
    return work


def _untouched(node: ast.FunctionDef | ast.ClassDef, lines: Sequence[str]) -> int | None:
    marked = regions(lines, node)
    work = _read(node, marked)
    if work.computes:
        return None
    if work.left:
        return min(work.left.values())
    if marked and not work.plain:
        return marked[0][0] - 1
    return None if marked else _never_set(node, lines)


# What is still None -------------------------------------------------------------------------------


def _never_set(node: ast.FunctionDef | ast.ClassDef, lines: Sequence[str]) -> int | None:
    """Return the line that returns a name which is set nowhere but in a comment: `# a = None`."""
    if not isinstance(node, ast.FunctionDef):
        return None
    stored = {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    arguments = node.args
    stored |= {
        a.arg
        for a in (
            *arguments.posonlyargs,
            *arguments.args,
            *arguments.kwonlyargs,
            *filter(None, (arguments.vararg, arguments.kwarg)),
        )
    }
    for child in ast.walk(node):
        if isinstance(child, ast.Return) and isinstance(child.value, ast.Name):
            name = child.value.id
            commented = re.compile(rf"\s*#.*\b{re.escape(name)}\s*=\s*None\b")
            inside = lines[node.lineno : child.lineno]
            missing = name not in stored and any(map(commented.match, inside))
            return child.lineno if missing else None
    return None


def blanks(node: ast.stmt) -> list[int]:
    """Return the lines on which a definition still has None as in the handout.

    These assign or return it, or use it as no right answer can (`range(None)`, `x + None`). A name
    that is set to None and assigned a value below is not a blank, nor is one that is set to None
    when it is not used any more.
    """
    try:
        return sorted(_blanks(node))
    except RecursionError:  # a target a thousand attributes deep
        return []


def _blanks(node: ast.stmt) -> Iterator[int]:
    empty: list[tuple[str, int]] = []
    filled: dict[str, list[int]] = {}
    used: dict[str, list[int]] = {}
    returns = []
    for child in ast.walk(node):
        if isinstance(child, ast.Return):
            returns.append(child)
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load):
            used.setdefault(ast.dump(ast.Name(child.id, ast.Store())), []).append(child.lineno)
        elif isinstance(child, (ast.For, ast.comprehension)):
            filled.setdefault(ast.dump(child.target), []).append(child.target.lineno)
        for target, value in assigned(child):
            key, line = ast.dump(target), getattr(child, "lineno", target.lineno)
            if is_none(value) or (
                isinstance(value, (ast.Tuple, ast.List)) and is_placeholder(value)
            ):
                empty.append((key, line))
            else:
                filled.setdefault(key, []).append(line)
        if is_impossible(child):
            yield child.lineno if isinstance(child, (ast.stmt, ast.expr)) else node.lineno
    for key, line in empty:
        if key not in filled or _is_used(line, filled[key], used.get(key, [])):
            yield line
    yield from _returned(node, returns)


def _is_used(line: int, filled: Sequence[int], used: Sequence[int]) -> bool:
    """Return whether a name that had a value is used after it was set to None on a line."""
    below = [use for use in used if use > line]
    return (
        bool(below)
        and any(fill < line for fill in filled)
        and not any(line < fill < min(below) for fill in filled)
    )


def _returned(node: ast.stmt, returns: list[ast.Return]) -> Iterator[int]:
    """Yield the lines that return None, if the definition computes nothing else to return."""
    values = [child.value for child in returns if child.value is not None]
    some = [v for v in values if not is_placeholder(v)]
    if some or any(isinstance(c, LEAVES) and computes(c) for c in ast.walk(node)):
        return
    for value in values:
        yield value.lineno
