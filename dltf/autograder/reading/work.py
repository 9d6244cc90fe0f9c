"""Work: what a student wrote in a definition, read from top to bottom."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from dltf.autograder.reading.placeholders import (
    LEAVES,
    assigned,
    computes,
    is_documentation,
    is_none,
    is_placeholder,
    is_plain,
)


class Work:
    """What a student wrote in a definition, read from top to bottom.

    Args:
        inside: the lines (first, last) in which it may be.

    Attributes:
        plain: whether a statement looks something up, or sets a constant.
        left: what was left to be filled in -> its line.
    """

    def __init__(self, inside: Sequence[tuple[int, int]]) -> None:
        self.inside = inside
        self.plain = False
        self.left: dict[str, int] = {}
        self._computes = False
        self._hollow: set[str] = set()  # names that are None, or made of such names
        self._passed_on = self._placeholders = 0  # statements

    @property
    def computes(self) -> bool:
        """Whether a statement could compute a result.

        The course gives calls that pass on a blank; where most of the blanks were filled in, such
        calls are the student's.
        """
        return self._computes or self._passed_on > self._placeholders

    def _is_inside(self, line: int) -> bool:
        return any(first <= line <= last for first, last in self.inside)

    def read(self, body: Iterable[ast.stmt]) -> None:
        """Read statements, and those in them."""
        for node in body:
            if isinstance(node, LEAVES):
                self._read_leaf(node)
                continue
            for value, target in _heads(node):
                self._set(target, hollow=is_placeholder(value))
                if is_placeholder(value) and self._is_inside(value.lineno):
                    self.left[f"line {value.lineno}"] = value.lineno
            for part in ("body", "orelse", "finalbody"):
                self.read(getattr(node, part, []))
            for one in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
                self.read(one.body)

    def _read_leaf(self, leaf: ast.stmt) -> None:
        value = getattr(leaf, "value", None)
        placeholder = value is not None and is_placeholder(value)
        hollow = placeholder or (value is not None and self._is_of_hollow(value))
        targets = [target for target, _ in assigned(leaf)]
        if isinstance(leaf, ast.AugAssign):
            targets, hollow = [], placeholder
        for target in targets:
            self._set(target, hollow=hollow)
        if not self._is_inside(leaf.lineno):
            self._computes |= value is not None and self._starts_inside(value)
            return
        self._placeholders += placeholder
        self._passed_on += hollow and computes(leaf)
        if placeholder:
            keys = [ast.dump(target) for target in targets] or [f"line {leaf.lineno}"]
            if not isinstance(leaf, ast.Return):
                self.left |= dict.fromkeys(keys, leaf.lineno)
            elif not is_none(value):
                self.left[keys[0]] = leaf.lineno
            return
        for target in targets if not hollow else ():
            self.left.pop(ast.dump(target), None)
        for target, part in assigned(leaf):
            if part is not None and is_placeholder(part):
                self.left[ast.dump(target)] = leaf.lineno
        self._computes |= not hollow and computes(leaf)
        self.plain |= not is_documentation(leaf)

    def _set(self, target: ast.expr | None, *, hollow: bool) -> None:
        names = {n.id for n in ast.walk(target) if isinstance(n, ast.Name)} if target else set()
        if not hollow:
            self._hollow -= names
        elif not isinstance(target, (ast.Subscript, ast.Attribute)):
            self._hollow |= names

    def _is_of_hollow(self, value: ast.expr) -> bool:
        """Return whether an expression only passes on what is still None: `f(a, b)`, `a.g()`."""
        if isinstance(value, ast.Call):
            parts = [value.func, *value.args, *(one.value for one in value.keywords)]
        else:
            parts = [value]
        return all(map(is_plain, parts)) and any(
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
