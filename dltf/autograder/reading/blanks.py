"""Blanks: definitions in which nothing was written yet, and lines that are still None.

The rule: a definition is blank if the student added no statement of their own that could compute
a result. Between the course's marks ("START CODE HERE", "YOUR CODE STARTS HERE") that can be seen;
without them, by what is still None.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from dltf.autograder.reading.marks import regions

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


def computes(node: ast.FunctionDef | ast.ClassDef, lines: Sequence[str]) -> bool:
    """Return whether a definition has a statement of the student's that could compute a result.

    Args:
        node: the definition.
        lines: the lines of its cell.
    """
    try:
        return _work(node, regions(lines, node)).computes
    except RecursionError:  # an expression a thousand operators deep
        return True


def _work(node: ast.FunctionDef | ast.ClassDef, marked: Sequence[tuple[int, int]]) -> _Work:
    work = _Work(marked or [(node.lineno, node.end_lineno or node.lineno)])
    work.read(node.body)
    return work


def _untouched(node: ast.FunctionDef | ast.ClassDef, lines: Sequence[str]) -> int | None:
    marked = regions(lines, node)
    work = _work(node, marked)
    if work.computes:
        return None
    if work.left:
        return min(work.left.values())
    if marked and not work.plain:
        return marked[0][0] - 1
    return None if marked else _never_set(node, lines)


class _Work:
    """What a student wrote in a definition, read from top to bottom.

    Args:
        inside: the lines (first, last) in which it may be.

    Attributes:
        computes: whether a statement could compute a result.
        plain: whether a statement looks something up, or sets a constant.
        left: what was left to be filled in -> its line.
    """

    def __init__(self, inside: Sequence[tuple[int, int]]) -> None:
        self.inside = inside
        self.computes = self.plain = False
        self.left: dict[str, int] = {}
        self._hollow: set[str] = set()  # names that are None, or made of such names

    def _is_inside(self, line: int) -> bool:
        return any(first <= line <= last for first, last in self.inside)

    def read(self, body: Iterable[ast.stmt]) -> None:
        """Read statements, and those in them."""
        for node in body:
            if isinstance(node, _LEAVES):
                self._read_leaf(node)
                continue
            for value, target in _heads(node):
                self._set(target, hollow=_is_placeholder(value))
                if _is_placeholder(value) and self._is_inside(value.lineno):
                    self.left[f"line {value.lineno}"] = value.lineno
            for part in ("body", "orelse", "finalbody"):
                self.read(getattr(node, part, []))
            for one in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
                self.read(one.body)

    def _read_leaf(self, leaf: ast.stmt) -> None:
        value = getattr(leaf, "value", None)
        placeholder = value is not None and _is_placeholder(value)
        hollow = placeholder or (value is not None and self._is_of_hollow(value))
        targets = [target for target, _ in _assigned(leaf)]
        if isinstance(leaf, ast.AugAssign):
            targets, hollow = [], placeholder
        for target in targets:
            self._set(target, hollow=hollow)
        if not self._is_inside(leaf.lineno):
            self.computes |= value is not None and self._starts_inside(value)
            return
        if placeholder:
            keys = [ast.dump(target) for target in targets] or [f"line {leaf.lineno}"]
            if not isinstance(leaf, ast.Return):
                self.left |= dict.fromkeys(keys, leaf.lineno)
            elif not _is_none(value):
                self.left[keys[0]] = leaf.lineno
            return
        for target in targets if not hollow else ():
            self.left.pop(ast.dump(target), None)
        for target, part in _assigned(leaf):
            if part is not None and _is_placeholder(part):
                self.left[ast.dump(target)] = leaf.lineno
        self.computes |= not hollow and _computes(leaf)
        self.plain |= not _documentation(leaf)

    def _set(self, target: ast.expr | None, *, hollow: bool) -> None:
        names = {n.id for n in ast.walk(target) if isinstance(n, ast.Name)} if target else set()
        if not hollow:
            self._hollow -= names
        elif not isinstance(target, (ast.Subscript, ast.Attribute)):
            self._hollow |= names

    def _is_of_hollow(self, value: ast.expr) -> bool:
        """Return whether an expression only passes on what is still None: `f(a, b)`, `a.g()`.

        The course gives such calls between the blanks.
        """
        if isinstance(value, ast.Call):
            parts = [value.func, *value.args, *(one.value for one in value.keywords)]
        else:
            parts = [value]
        return all(map(_plain, parts)) and any(
            isinstance(n, ast.Name) and n.id in self._hollow
            for part in parts
            for n in ast.walk(part)
        )

    def _starts_inside(self, value: ast.expr) -> bool:
        """Return whether a part of an expression is inside: `Sequential([` above the mark."""
        return any(
            isinstance(n, ast.expr)
            and not isinstance(n, ast.Constant)
            and self._is_inside(n.lineno)
            for n in ast.walk(value)
        )


def _heads(node: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Yield the values that a compound statement takes, each with the target that gets it."""
    if isinstance(node, (ast.For, ast.AsyncFor)):
        yield node.iter, node.target
    elif isinstance(node, (ast.While, ast.If)):
        yield node.test, None
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        for item in node.items:
            yield item.context_expr, item.optional_vars


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
        if name == "print":
            return False
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
    """Return whether an expression is None, `...` or `____`."""
    if isinstance(value, ast.Name):
        return len(value.id) > 1 and not value.id.strip("_")
    return isinstance(value, ast.Constant) and (value.value is None or value.value is ...)


def _is_placeholder(value: ast.expr) -> bool:
    """Return whether an expression was left to be filled in: None, `(None, None)`, `pad(None)`."""
    if isinstance(value, (ast.Tuple, ast.List)):
        return bool(value.elts) and all(map(_is_placeholder, value.elts))
    if isinstance(value, ast.Call):
        return _is_placeholder_call(value)
    if isinstance(value, ast.BinOp):
        return _is_placeholder(value.left) or _is_placeholder(value.right)
    if isinstance(value, ast.Compare):
        asks = isinstance(value.ops[0], (ast.Is, ast.IsNot, ast.Eq, ast.NotEq))
        return _is_none(value.left) or (not asks and _is_none(value.comparators[0]))
    if isinstance(value, ast.BoolOp):
        return all(map(_is_placeholder, value.values))
    inner = getattr(value, "operand", getattr(value, "value", None))  # -None, None[0], None.shape
    return _is_none(value) or (isinstance(inner, ast.expr) and _is_none(inner))


def _is_placeholder_call(call: ast.Call) -> bool:
    """Return whether everything that is passed was left to be filled in: `Add(None)(x)`, too."""
    if isinstance(call.func, ast.Call) and _is_placeholder(call.func):
        return True
    passed = call.args or [one.value for one in call.keywords]
    if not passed:  # `range()` needs something
        return isinstance(call.func, ast.Name) and call.func.id == "range"
    return all(map(_is_placeholder, passed))


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
        for target, value in _assigned(child):
            key, line = ast.dump(target), getattr(child, "lineno", target.lineno)
            if _is_none(value) or (
                isinstance(value, (ast.Tuple, ast.List)) and _is_placeholder(value)
            ):
                empty.append((key, line))
            else:
                filled.setdefault(key, []).append(line)
        if _is_impossible(child):
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


def _is_impossible(node: ast.AST) -> bool:
    """Return whether a node uses None in a way that always raises."""
    if isinstance(node, ast.BinOp):
        return not isinstance(node.op, ast.BitOr) and (_is_none(node.left) or _is_none(node.right))
    if isinstance(node, ast.AugAssign):
        return _is_none(node.value)
    if isinstance(node, ast.For):
        return _is_none(node.iter)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id == "range" and _is_placeholder(node)
    return False


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
