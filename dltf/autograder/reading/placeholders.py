"""Placeholders: expressions and statements that were left to be filled in, or compute nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

LEAVES = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr)
_SCAFFOLD = {"seed", "set_seed", "print", "display", "append"}


def is_none(value: ast.expr | None) -> bool:
    """Return whether an expression is None, `...` or `____`."""
    if isinstance(value, ast.Name):
        return len(value.id) > 1 and not value.id.strip("_")
    return isinstance(value, ast.Constant) and (value.value is None or value.value is ...)


def is_placeholder(value: ast.expr) -> bool:
    """Return whether an expression was left to be filled in: None, `(None, None)`, `pad(None)`."""
    if isinstance(value, (ast.Tuple, ast.List)):
        return bool(value.elts) and all(map(is_placeholder, value.elts))
    if isinstance(value, ast.Call):
        return _is_placeholder_call(value)
    if isinstance(value, ast.BinOp):
        return is_placeholder(value.left) or is_placeholder(value.right)
    if isinstance(value, ast.Compare):
        asks = isinstance(value.ops[0], (ast.Is, ast.IsNot, ast.Eq, ast.NotEq))
        return not asks and (is_none(value.left) or is_none(value.comparators[0]))
    if isinstance(value, ast.BoolOp):
        return all(map(is_placeholder, value.values))
    if isinstance(value, ast.UnaryOp):
        return is_none(value.operand)
    if isinstance(value, (ast.Subscript, ast.Attribute, ast.Starred)):
        return is_none(value.value)
    return is_none(value)


def _is_placeholder_call(call: ast.Call) -> bool:
    """Return whether everything that is passed was left to be filled in: `Add(None)(x)`, too."""
    if isinstance(call.func, ast.Call) and is_placeholder(call.func):
        return True
    passed = call.args or [one.value for one in call.keywords]
    if not passed:  # `range()` needs something
        return isinstance(call.func, ast.Name) and call.func.id == "range"
    return all(map(is_placeholder, passed))


def is_documentation(leaf: ast.stmt) -> bool:
    """Return whether a statement is a constant: a docstring, or `...`."""
    return isinstance(leaf, ast.Expr) and isinstance(leaf.value, ast.Constant)


def computes(leaf: ast.stmt) -> bool:
    """Return whether a simple statement computes something: more than names and constants."""
    value = getattr(leaf, "value", None)
    if value is None or is_plain(value) or is_placeholder(value):
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
        return is_plain(value.left) and is_plain(value.right)
    return is_plain(value) or is_placeholder(value)


def is_plain(value: ast.expr) -> bool:
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


def is_impossible(node: ast.AST) -> bool:
    """Return whether a node uses None in a way that always raises."""
    if isinstance(node, ast.BinOp):
        return not isinstance(node.op, ast.BitOr) and (is_none(node.left) or is_none(node.right))
    if isinstance(node, ast.AugAssign):
        return is_none(node.value)
    if isinstance(node, ast.For):
        return is_none(node.iter)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id == "range" and is_placeholder(node)
    return False


def assigned(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Yield target and value of each part of an assignment."""
    if not isinstance(node, (ast.Assign, ast.AnnAssign)):
        return
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        names = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
        value = node.value
        pairs = isinstance(value, (ast.Tuple, ast.List)) and len(names) == len(value.elts)
        values = value.elts if pairs else [value] * len(names)  # type: ignore[union-attr]
        yield from zip(names, values, strict=True)
