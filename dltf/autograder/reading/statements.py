"""Top-level statements of a cell, with the names that each binds and reads."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator
from dataclasses import dataclass

from dltf.autograder.reading.magics import strip_magics
from dltf.autograder.reading.parsing import parse


@dataclass(frozen=True)
class Cell:
    """One code cell: its number among the code cells (from 1), and its text."""

    number: int
    source: str


@dataclass
class Statement:
    """A top-level statement: the names it binds and reads, and its position."""

    cell: int
    line: int
    source: str
    binds: frozenset[str]
    reads: frozenset[str]
    kind: str  # 'import', 'always' (star and future imports), 'definition', 'assignment', 'block'
    node: ast.stmt


def statements_of(cell: Cell) -> Iterator[Statement]:
    """Yield the statements of a cell, without expressions, loops and deletions.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: the cell is not readable as Python.
    """
    source = strip_magics(cell.source)
    if not source.strip():
        return
    whole = _Text(source)
    lines = whole.lines
    for node in parse(source).body:
        kind = _kind(node)
        if kind is None:
            continue
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(d.lineno for d in decorators)])
        last = node.end_lineno or node.lineno
        text = "\n".join(lines[first - 1 : last])
        if node.col_offset or last < len(lines) or ";" in lines[last - 1]:
            text = whole.of(node, first)
        binds, reads = _names(node, text)
        yield Statement(cell.number, first, text, frozenset(binds), frozenset(reads), kind, node)


class _Text:
    """A cell's lines, as text and as UTF-8 bytes, in which a syntax tree counts columns."""

    def __init__(self, source: str) -> None:
        self.lines = source.split("\n")
        self._bytes: dict[int, bytes] = {}

    def _encoded(self, number: int) -> bytes:
        if number not in self._bytes:  # cached: a line may contain a hundred thousand statements
            self._bytes[number] = self.lines[number - 1].encode()
        return self._bytes[number]

    def of(self, node: ast.stmt, first: int) -> str:
        """Return the text of a statement only, without others on its lines (``a = 1; b = 2``)."""
        last, end = node.end_lineno or node.lineno, node.end_col_offset
        start = node.col_offset if first == node.lineno else 0
        if first == last:
            return self._encoded(first)[start:end].decode(errors="ignore")
        head = self._encoded(first)[start:].decode(errors="ignore")
        tail = self._encoded(last)[:end].decode(errors="ignore")
        return "\n".join([head, *self.lines[first : last - 1], tail])


def _kind(node: ast.stmt) -> str | None:
    if isinstance(node, ast.ImportFrom) and (
        node.module == "__future__" or any(alias.name == "*" for alias in node.names)
    ):
        return "always"
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return "import"
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return "definition"
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return "assignment"
    if isinstance(node, (ast.If, ast.Try, ast.With)):
        return "block"
    return None


def _names(node: ast.stmt, source: str) -> tuple[set[str], set[str]]:
    """Return the global names that a statement binds, and those that it reads, now or later.

    Local names of functions are neither: a local variable `parameters` of an answer must not
    include the cell that trains a model and assigns the result to the same name.
    """
    binds: set[str] = set()
    reads: set[str] = set()
    top = symtable.symtable(source, "<cell>", "exec")
    for symbol in top.get_symbols():
        if symbol.is_assigned() or symbol.is_imported():
            binds.add(symbol.get_name())
        if symbol.is_referenced():
            reads.add(symbol.get_name())
    scopes = list(top.get_children())
    while scopes:
        scope = scopes.pop()
        scopes += scope.get_children()
        reads |= {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global()}
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        for child in ast.walk(node):  # `table["W1"] = ...` modifies a name without binding it
            base: ast.AST = child
            if isinstance(getattr(child, "ctx", None), ast.Store):
                while isinstance(base, (ast.Subscript, ast.Attribute)):
                    base = base.value
                if isinstance(base, ast.Name):
                    binds.add(base.id)
    return binds, reads
