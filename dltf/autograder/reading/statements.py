"""Top-level statements of a cell, with the names that each binds and reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field

from dltf.autograder.reading.magics import strip_magics
from dltf.autograder.reading.names import Definition, assigned_in, named_lambda, names_of
from dltf.autograder.reading.parsing import parse

_LOOPS = (ast.For, ast.AsyncFor, ast.While)


@dataclass(frozen=True)
class Cell:
    """One code cell: its number among the code cells (from 1), and its text.

    Attributes:
        within: of a cell that an exported script holds as text, the line of the script.
    """

    number: int
    source: str
    within: int = 0


@dataclass
class Statement:
    """A top-level statement: the names it binds and reads, and its position.

    Attributes:
        kind: 'import', 'always' (star and future imports), 'definition' (also a named lambda),
            'assignment', 'block', 'loop', or 'expression' (calls, and deletions of items).
        now: names that it reads when it runs; `reads` has those of function bodies, too.
        changes: names that it changes without replacing them.
        effects: names that functions defined in it change when they are called.
    """

    cell: int
    line: int
    source: str
    binds: frozenset[str]
    reads: frozenset[str]
    kind: str
    node: ast.stmt
    now: frozenset[str] = field(default=frozenset())
    changes: frozenset[str] = field(default=frozenset())
    effects: frozenset[str] = field(default=frozenset())


def statements_of(cell: Cell) -> Iterator[Statement]:
    """Yield the statements of a cell.

    The statements under `if __name__ == "__main__":` or `if True:`, and those of a `try` or `with`
    that defines something, are yielded one by one. What can have no effect on an answer is left
    out: constants, assertions, deletions of names.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: the cell is not readable as Python.
    """
    source = strip_magics(cell.source)
    if not source.strip():
        return
    whole = _Text(source)
    for node in _flattened(parse(source).body):
        kind = _kind(node)
        if kind is None:
            continue
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(d.lineno for d in decorators)])
        text, first = whole.statement(node, first)
        names = names_of(node, text)
        yield Statement(
            cell.number,
            first,
            text,
            names.binds,
            names.reads,
            kind,
            node,
            names.now,
            names.changes,
            names.effects,
        )


def _flattened(nodes: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements, and in place of a block that only wraps others, those in it."""
    waiting = list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        inside = _wrapped(node)
        if inside and inside[0].lineno > node.lineno:
            waiting += reversed(inside)
        else:
            yield node


def _wrapped(node: ast.stmt) -> list[ast.stmt]:
    """Return the statements of a block that surely runs and need not be kept whole, else []."""
    if isinstance(node, ast.If):
        return node.body if _is_true(node.test) else []
    if isinstance(node, (ast.Try, ast.With)) and any(isinstance(n, Definition) for n in node.body):
        others = [*node.body]
        if isinstance(node, ast.Try):
            spare = assigned_in([n for handler in node.handlers for n in handler.body])
            if spare & assigned_in(node.body):
                return []  # `try: from x import f` / `except ImportError: def f(): ...`
            others += [*node.orelse, *node.finalbody]
        return others
    return []


def _is_true(test: ast.expr) -> bool:
    """Return whether a condition holds in every notebook: `True`, `1`, the guard of a script."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if not (isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq)):
        return False
    sides = [test.left, *test.comparators]
    named = any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)
    return named and any(isinstance(s, ast.Constant) and s.value == "__main__" for s in sides)


class _Text:
    """A cell's lines, as text and as UTF-8 bytes, in which a syntax tree counts columns."""

    def __init__(self, source: str) -> None:
        self.lines = source.split("\n")
        self._bytes: dict[int, bytes] = {}

    def _encoded(self, number: int) -> bytes:
        if number not in self._bytes:  # cached: a line may contain a hundred thousand statements
            self._bytes[number] = self.lines[number - 1].encode()
        return self._bytes[number]

    def statement(self, node: ast.stmt, first: int) -> tuple[str, int]:
        """Return the text of a statement as a program of its own, and its first line."""
        last = node.end_lineno or node.lineno
        before = self._encoded(node.lineno)[: node.col_offset].decode(errors="ignore")
        if before and not before.strip():
            return self._unindented(node, first, last, before)
        if node.col_offset or last < len(self.lines) or ";" in self.lines[last - 1]:
            return self.of(node, first), first
        return "\n".join(self.lines[first - 1 : last]), first

    def of(self, node: ast.stmt, first: int) -> str:
        """Return the text of a statement only, without others on its lines (``a = 1; b = 2``)."""
        last, end = node.end_lineno or node.lineno, node.end_col_offset
        start = node.col_offset if first == node.lineno else 0
        if first == last:
            return self._encoded(first)[start:end].decode(errors="ignore")
        head = self._encoded(first)[start:].decode(errors="ignore")
        tail = self._encoded(last)[:end].decode(errors="ignore")
        return "\n".join([head, *self.lines[first : last - 1], tail])

    def _unindented(self, node: ast.stmt, first: int, last: int, margin: str) -> tuple[str, int]:
        """Return the text of an indented statement, moved to the margin if that changes nothing."""
        tail = self._encoded(last)[: node.end_col_offset].decode(errors="ignore")
        lines = [*self.lines[first - 1 : last - 1], tail]
        moved = "\n".join(line.removeprefix(margin) for line in lines)
        try:
            same = ast.dump(_undocumented(parse(moved).body[0])) == ast.dump(_undocumented(node))
        except (SyntaxError, ValueError, RecursionError, MemoryError, IndexError):
            same = False
        if same:
            return moved, first
        return "\n".join(["if True:", *lines]), first - 1


def _undocumented(node: ast.stmt) -> ast.stmt:
    """Return a definition without its docstring, whose indentation does not matter."""
    if isinstance(node, Definition) and len(node.body) > 1 and ast.get_docstring(node) is not None:
        shorter = copy(node)
        shorter.body = node.body[1:]
        return shorter
    return node


def _kind(node: ast.stmt) -> str | None:
    kind = None
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        kind = "always" if _is_always(node) else "import"
    elif isinstance(node, Definition) or named_lambda(node) is not None:
        kind = "definition"
    elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        kind = "assignment"
    elif isinstance(node, (ast.If, ast.Try, ast.With)):
        kind = "block"
    elif isinstance(node, _LOOPS):
        kind = "loop"
    elif isinstance(node, ast.Delete):
        whole = all(isinstance(target, ast.Name) for target in node.targets)
        kind = None if whole else "expression"
    elif isinstance(node, ast.Expr) and not isinstance(node.value, (ast.Constant, ast.Name)):
        kind = "expression"
    return kind


def _is_always(node: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(node, ast.ImportFrom) and (
        node.module == "__future__" or any(alias.name == "*" for alias in node.names)
    )
