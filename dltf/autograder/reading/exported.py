"""Cells that other files hold as text: `%%writefile` and nbconvert's `run_cell_magic`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from dltf.autograder.reading.parsing import parse
from dltf.autograder.reading.statements import Cell, Statement

_WRITES = re.compile(r"\s*%%(?:writefile|file)\s+(?:-a\s+|--append\s+)?[\"']?(\S+?)\.py[\"']?\s*$")
_SHELL = "get_ipython"


# nbconvert ----------------------------------------------------------------------------------------


def unfolded(cells: Sequence[Cell], *, script: bool) -> list[Cell]:
    """Return cells in which `get_ipython().run_cell_magic(...)` is the cell that it was.

    Args:
        cells: the cells.
        script: whether the cells are those of a script, where the call's text becomes a cell of
            its own; in a notebook it takes the place of its cell.
    """
    if not any(_SHELL in cell.source for cell in cells):
        return list(cells)
    found: list[Cell] = []
    for cell in cells:
        parts = list(_parts(cell)) if _SHELL in cell.source else [cell]
        if not script:
            texts = [part.source for part in parts if part.within or part.source.strip()]
            parts = [replace(cell, source=texts[0])] if len(texts) == 1 else [cell]
        found += parts
    return [replace(cell, number=number) for number, cell in enumerate(found, 1)]


def _parts(cell: Cell) -> Iterator[Cell]:
    """Yield a cell of a script in parts: its text, and each cell that it holds as text."""
    lines = cell.source.split("\n")
    try:
        body = parse(cell.source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield cell
        return
    start = 0
    for node in body:
        call = _shell_call(node)
        if call is None:
            continue
        method, arguments = call
        first, last = node.lineno - 1, node.end_lineno or node.lineno
        if method == "run_cell_magic" and len(arguments) == 3:
            name, line, text = arguments
            yield replace(cell, source="\n" * start + "\n".join(lines[start:first]))
            yield replace(cell, source=f"%%{name} {line}\n{text}", within=node.lineno)
            start = last
        elif method in ("run_line_magic", "magic") and last == node.lineno:
            lines[first] = f"%{' '.join(arguments)}"
    if not start and lines == cell.source.split("\n"):
        yield cell
    else:
        yield replace(cell, source="\n" * start + "\n".join(lines[start:]))


def _shell_call(node: ast.stmt) -> tuple[str, list[str]] | None:
    """Return method and arguments of a statement `get_ipython().method("text", ...)`."""
    call = node.value if isinstance(node, ast.Expr) else None
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
        return None
    owner = call.func.value
    if not (
        isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == _SHELL
    ):
        return None
    texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
    if len(texts) != len(call.args) or not all(isinstance(text, str) for text in texts):
        return None
    return call.func.attr, [str(text) for text in texts]


# %%writefile --------------------------------------------------------------------------------------


def module_of(cell: Cell) -> str:
    """Return the name of the module that a cell writes with `%%writefile NAME.py`, or ""."""
    first = next((line for line in cell.source.split("\n", 50) if line.strip()), "")
    found = _WRITES.match(first)
    return found[1].rpartition("/")[2] if found else ""


def joined(statements: Iterable[Statement], written: dict[str, set[int]]) -> list[Statement]:
    """Return statements in which imports of written modules are assignments.

    The statements of a module that the notebook itself writes are run in the notebook's place,
    so `from answers import f` has nothing left to do, and `import answers` makes a namespace.

    Args:
        statements: the statements of the notebook and of the modules that it writes.
        written: module -> the cells that write it.
    """
    listed = list(statements)
    imported = {name for s in listed for name in _modules_of(s.node)}
    others = {cell for module, cells in written.items() if module not in imported for cell in cells}
    own = {n for s in listed if s.kind == "definition" and s.cell not in others for n in s.binds}
    # Of a file that is not imported, what the notebook itself does not define.
    listed = [s for s in listed if s.cell not in others or own.isdisjoint(s.binds)]
    bound = {
        module: sorted(set().union(*(s.binds for s in listed if s.cell in cells)))
        for module, cells in written.items()
    }
    found: list[Statement] = []
    for statement in listed:
        node = statement.node
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            found.append(statement)
        elif isinstance(node, ast.ImportFrom) and (node.module or "") in bound:
            found += [
                _assignment(statement, alias.asname, alias.name, {alias.name})
                for alias in node.names
                if alias.asname and alias.asname != alias.name
            ]
        elif isinstance(node, ast.Import) and any(a.name in bound for a in node.names):
            found += _namespaces(statement, node, bound)
        else:
            found.append(statement)
    return found


def _modules_of(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def _namespaces(
    statement: Statement, node: ast.Import, bound: dict[str, list[str]]
) -> Iterator[Statement]:
    others = [alias for alias in node.names if alias.name not in bound]
    if others:
        source = ast.unparse(ast.Import(others))
        names = frozenset((a.asname or a.name).partition(".")[0] for a in others)
        yield replace(statement, source=source, binds=names, node=ast.Import(others))
    for alias in node.names:
        if alias.name in bound:
            inside = bound[alias.name]
            items = ", ".join(f"{name}={name}" for name in inside)
            value = f"__import__('types').SimpleNamespace({items})"
            yield _assignment(statement, alias.asname or alias.name, value, set(inside))


def _assignment(statement: Statement, name: str, value: str, reads: set[str]) -> Statement:
    """Return the statement `name = value` in place of an import."""
    source = f"{name} = {value}"
    return replace(
        statement,
        source=source,
        binds=frozenset({name}),
        reads=frozenset(reads),
        now=frozenset(reads),
        changes=frozenset(),
        kind="assignment",
        node=parse(source).body[0],
    )
