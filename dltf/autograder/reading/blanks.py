"""Blanks: definitions in which nothing was written yet, and lines that are still None.

The rule: a definition is blank if the student added no statement of their own that could compute
a result. Between the course's marks ("START CODE HERE", "YOUR CODE STARTS HERE") that can be seen;
without them, by what is still None.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

_START = re.compile(
    r"#.*\b(?:(?:STARTS?|BEGINS?)\b.*\b(?:CODE|SOLUTION|ANSWER)|(?:CODE|SOLUTION|ANSWER)\b.*\b"
    r"(?:STARTS?|BEGINS?))\b"
)
_END = re.compile(
    r"#.*\b(?:ENDS?\b.*\b(?:CODE|SOLUTION|ANSWER)|(?:CODE|SOLUTION|ANSWER)\b.*\bENDS?)\b"
)
_LEAVES = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr)
_SCAFFOLD = {"seed", "set_seed", "print", "display", "append"}


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
        statement.value is None or _is_none(statement.value)
    )


# Between the marks --------------------------------------------------------------------------------


def regions(lines: Sequence[str], node: ast.stmt) -> list[tuple[int, int]]:
    """Return the lines (first, last) between each pair of marks in a definition, marks excluded.

    Args:
        lines: the lines of its cell.
        node: the definition.
    """
    found: list[tuple[int, int]] = []
    begun: int | None = None
    last = node.end_lineno or node.lineno
    while last < len(lines) and (not lines[last].strip() or lines[last][:1] in " \t"):
        last += 1  # a mark below the last statement is not part of the syntax tree
    for number in range(node.lineno + 1, last + 1):
        line = lines[number - 1]
        if "#" not in line:
            continue
        if begun is not None and _END.search(line):
            found.append((begun + 1, number - 1))
            begun = None
        elif begun is None and not _END.search(line) and _START.search(line):
            begun = number
    if begun is not None:
        found.append((begun + 1, last))
    return found


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


def _untouched(node: ast.FunctionDef | ast.ClassDef, lines: Sequence[str]) -> int | None:
    marked = regions(lines, node)
    inside = marked or [(node.lineno, node.end_lineno or node.lineno)]
    leaves = [
        child
        for child in ast.walk(node)
        if isinstance(child, _LEAVES)
        and child is not node
        and any(first <= child.lineno <= last for first, last in inside)
    ]
    if any(_computes(leaf) for leaf in leaves):
        return None
    left = [
        line
        for line in (*blanks(node), *_placeholders(node))
        if any(first <= line <= last for first, last in inside)
    ]
    if left:
        return min(left)
    if marked and all(_documentation(leaf) for leaf in leaves):
        return marked[0][0] - 1
    return None if marked else _never_set(node, lines)


def _documentation(leaf: ast.stmt) -> bool:
    return isinstance(leaf, ast.Expr) and isinstance(leaf.value, ast.Constant)


def _computes(leaf: ast.stmt) -> bool:
    """Return whether a simple statement computes something: more than names and constants."""
    value = getattr(leaf, "value", None)
    if value is None or _plain(value) or _is_placeholder(value):
        return False
    if isinstance(leaf, ast.Expr) and isinstance(value, ast.Call):
        function = value.func
        name = getattr(function, "attr", getattr(function, "id", ""))
        return name not in _SCAFFOLD or not all(map(_plain_or_none, value.args))
    return True


def _plain_or_none(value: ast.expr) -> bool:
    if isinstance(value, ast.BinOp):  # f(first + second)
        return _plain(value.left) and _plain(value.right)
    return _plain(value) or _is_placeholder(value)


def _plain(value: ast.expr) -> bool:
    """Return whether an expression only looks something up: `0`, `[]`, `X.shape[1]`, `d["W"]`."""
    if isinstance(value, (ast.Tuple, ast.List)):
        return all(map(_plain_or_none, value.elts))
    if isinstance(value, ast.Dict):
        return all(map(_plain_or_none, value.values))
    if isinstance(value, ast.UnaryOp):
        value = value.operand
    while isinstance(value, (ast.Subscript, ast.Attribute)):
        if isinstance(value, ast.Subscript) and not isinstance(
            value.slice, (ast.Constant, ast.Name, ast.UnaryOp)
        ):
            return False
        value = value.value
    return isinstance(value, (ast.Constant, ast.Name, ast.JoinedStr))


# What is still None -------------------------------------------------------------------------------


def _is_none(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _is_placeholder(value: ast.expr) -> bool:
    """Return whether an expression was left to be filled in: None, `(None, None)`, `pad(None)`."""
    if isinstance(value, (ast.Tuple, ast.List)):
        return bool(value.elts) and all(map(_is_placeholder, value.elts))
    if isinstance(value, ast.Call):
        layer = isinstance(value.func, ast.Call) and _is_placeholder(value.func)  # Add(None)(x)
        return layer or (bool(value.args) and all(map(_is_placeholder, value.args)))
    if isinstance(value, ast.BinOp):
        return _is_none(value.left) or _is_none(value.right)
    if isinstance(value, (ast.Subscript, ast.Attribute, ast.Starred)):
        return _is_none(value.value)
    return _is_none(value)


def _placeholders(node: ast.stmt) -> Iterator[int]:
    """Yield the lines of None where a value is needed: `range(None)`, `f((None, None))`, `None`."""
    for child in ast.walk(node):
        if isinstance(child, ast.Expr):
            value: ast.expr | None = child.value
        elif isinstance(child, (ast.Assign, ast.Return)):
            value = child.value if isinstance(child.value, (ast.Call, ast.BinOp)) else None
        elif isinstance(child, (ast.For, ast.comprehension)):
            value = child.iter
        elif isinstance(child, (ast.While, ast.If)):
            value = child.test
        else:
            continue
        if value is not None and _is_placeholder(value):
            yield value.lineno


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
    """Return the lines on which a definition still assigns or returns None as in the handout.

    A name that is set to None and assigned a value below is not a blank, nor is one that is set
    to None when it is not used any more.
    """
    try:
        return sorted(_blanks(node))
    except RecursionError:  # a target a thousand attributes deep
        return []


def _blanks(node: ast.stmt) -> Iterator[int]:
    empty: list[tuple[str, int]] = []
    filled: dict[str, int] = {}
    used: dict[str, int] = {}
    returns = []
    for child in ast.walk(node):
        if isinstance(child, ast.Return):
            returns.append(child)
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load):
            used[child.id] = max(child.lineno, used.get(child.id, 0))
        elif isinstance(child, (ast.For, ast.comprehension)):
            filled[ast.dump(child.target)] = child.target.lineno
        for target, value in _assigned(child):
            key, line = ast.dump(target), getattr(child, "lineno", target.lineno)
            if _is_none(value) or (
                isinstance(value, (ast.Tuple, ast.List)) and _is_placeholder(value)
            ):
                empty.append((key, line))
            else:
                filled[key] = max(line, filled.get(key, 0))
    names = {ast.dump(ast.Name(name, ast.Store())): line for name, line in used.items()}
    for key, line in empty:
        if key not in filled or filled[key] < line < names.get(key, 0):
            yield line
    yield from _returned(node, returns)


def _assigned(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Yield target and value of each part of an assignment."""
    if not isinstance(node, (ast.Assign, ast.AnnAssign)):
        return
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        names = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
        value = node.value
        pairs = isinstance(value, (ast.Tuple, ast.List)) and len(names) == len(value.elts)
        values = value.elts if pairs else [value] * len(names)  # type: ignore[union-attr]
        yield from zip(names, values, strict=True)


def _returned(node: ast.stmt, returns: list[ast.Return]) -> Iterator[int]:
    """Yield the lines that return None, if the definition computes nothing else to return."""
    values = [child.value for child in returns if child.value is not None]
    some = [v for v in values if not _is_placeholder(v)]
    if some or any(isinstance(c, _LEAVES) and _computes(c) for c in ast.walk(node)):
        return
    for value in values:
        yield value.lineno
