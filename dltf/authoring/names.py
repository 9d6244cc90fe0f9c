"""Names that a cell binds and an exercise uses, to find missing imports of a notebook."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator

from dltf import _syntax

ALWAYS = frozenset(dir(builtins)) | {"display", "get_ipython", "__file__", "__name__", "__doc__"}


def parse(source: str, where: str) -> ast.Module:
    """Return the syntax tree of a cell; `where` names the cell in the error."""
    try:
        return _syntax.parse(_python(source))
    except SyntaxError as error:
        raise ValueError(
            f"{where}: expected Python, got line {error.lineno}: {error.msg}"
        ) from None


def _python(source: str) -> str:
    """Return a cell without IPython magics and shell lines."""
    if source.lstrip().startswith("%%"):
        return ""
    lines = source.split("\n")
    return "\n".join("" if line.lstrip()[:1] in tuple("%!?") else line for line in lines)


def bound(source: str, where: str) -> set[str]:
    """Return the global names that a cell binds: imports, assignments, definitions."""
    parse(source, where)
    table = symtable.symtable(_python(source), where, "exec")
    return {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}


def read(source: str) -> set[str]:
    """Return the global names that definitions use, including annotations and decorators."""

    def tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
        yield table
        for child in table.get_children():
            yield from tables(child)

    top = symtable.symtable(source, "exercise", "exec")
    return {
        symbol.get_name()
        for table in tables(top)
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (table is top or symbol.is_global())
    }
