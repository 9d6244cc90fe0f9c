"""Submission: a student's parsed work, and the part of it that grading runs.

Grading runs only the code that the graded functions need: imports, definitions, and the top-level
statements that set or change what they refer to, transitively. Training cells, shell lines, magics,
plots and broken demos are never run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dltf.autograder.reading.blanks import has_work, is_blank, untouched
from dltf.autograder.reading.encodings import CONFLICT, conflict
from dltf.autograder.reading.exported import joined, module_of, unfolded
from dltf.autograder.reading.magics import strip_magics
from dltf.autograder.reading.marks import regions
from dltf.autograder.reading.names import defined_in
from dltf.autograder.reading.slicing import Slice, Slicer
from dltf.autograder.reading.statements import Cell, Statement, statements_of
from dltf.autograder.reading.unfinished import completed


@dataclass(frozen=True)
class Prose:
    """A Markdown or raw cell, which is not run.

    Attributes:
        kind: 'markdown' or 'raw'.
        number: its number among the cells of this kind, from 1.
        below: the number of the code cell above it (0: none).
        source: its text.
    """

    kind: str
    number: int
    below: int
    source: str


@dataclass
class Submission:
    """A student's work, split into statements.

    Attributes:
        path: the file.
        format: 'notebook 4', 'notebook 3' or 'script'.
        cells: the code cells, in file order.
        statements: the top-level statements of the cells that parse, in order.
        broken: cell number -> (line, message) of the cells that do not parse.
        metadata: the notebook's metadata.
        renamed: exercise -> its name in the submission.
        prose: the Markdown and raw cells.
        named: the assignments that the metadata of the notebook or of its cells name.
    """

    path: Path
    format: str
    cells: list[Cell]
    statements: list[Statement] = field(default_factory=list)
    broken: dict[int, tuple[int, str]] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    prose: list[Prose] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    _cut: Slicer | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.cells = unfolded(self.cells, script=self.format == "script")
        written: dict[str, set[int]] = {}
        for cell in self.cells:
            try:
                self.statements.extend(statements_of(cell))
            except SyntaxError as error:
                self.broken[cell.number] = _unparsed(cell, error)
            except (RecursionError, MemoryError, ValueError) as error:
                self.broken[cell.number] = (1, f"not readable as Python ({error})")
            module = module_of(cell)
            if module:
                written.setdefault(module, set()).add(cell.number)
        if written:
            self.statements = joined(self.statements, written)

    @property
    def defined(self) -> set[str]:
        """Names of the functions and classes the submission defines."""
        return {
            name
            for s in self.statements
            for name in (s.binds if s.kind == "definition" else defined_in(s.node))
        }

    def definition(self, name: str) -> Statement | None:
        """Return the definition to grade: the last one that is not an unchanged stub."""
        index = self._slicer.definition(name)
        return None if index is None else self.statements[index]

    def is_blank(self, definition: Statement) -> bool:
        """Return whether nothing was written in a definition that could compute a result."""
        return is_blank(definition.node) or self.untouched(definition) is not None

    def untouched(self, definition: Statement) -> int | None:
        """Return the line of a blank in a definition without any work on it. See `blanks`."""
        return untouched(definition.node, self._lines(definition.cell))

    def is_marked(self, definition: Statement) -> bool:
        """Return whether a definition contains the course's marks around what is to be written."""
        return bool(regions(self._lines(definition.cell), definition.node))

    def _lines(self, cell: int) -> list[str]:
        return next((c.source.split("\n") for c in self.cells if c.number == cell), [])

    def copy(self) -> Submission:
        """Return a copy to which `rename` can add without changing this one."""
        other = copy(self)
        other.statements, other.renamed = list(self.statements), dict(self.renamed)
        other._cut = None
        return other

    def rename(self, name: str, others: Iterable[str]) -> str | None:
        """Add `name` as an alias of its name in another generation, if it is not defined itself.

        Returns:
            The name in the submission, or None if no alias was needed.
        """
        if any(name in s.binds for s in self.statements) or self.broken_definition(name):
            return None
        for other in others:
            found = self.definition(other)
            if found is not None:
                alias = replace(
                    found,
                    source=f"{name} = {other}",
                    binds=frozenset({name}),
                    reads=frozenset({other}),
                    now=frozenset({other}),
                    effects=frozenset(),
                )
                # Next to it: the notebook may give the result the name of the function later.
                self.statements.insert(self.statements.index(found) + 1, alias)
                self.renamed[name], self._cut = other, None
                return other
        return None

    def line(self, cell: int, number: int) -> str:
        """Return one line of a cell."""
        lines = self._lines(cell)
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def place(self, file: str, line: int) -> tuple[str, str]:
        """Return the description of a line of a file (``<cell 3>``), and its text."""
        found = re.fullmatch(r"<cell (\d+)>", file)
        if not found:
            return "", ""
        text = self.line(int(found[1]), line)
        within = next((c.within for c in self.cells if c.number == int(found[1])), 0)
        if within:
            return f"line {within} (line {line} of the cell that it holds)", text
        if self.format == "script":
            return f"line {line}", text
        return f"cell {found[1]}, line {line}", text

    def broken_definition(self, name: str) -> tuple[int, int, str] | None:
        """Return (cell, line, message) of a cell that defines a name but does not parse."""
        pattern = re.compile(rf"^(def|class)\s+{re.escape(name)}\b", re.MULTILINE)
        for cell in reversed(self.cells):
            if cell.number in self.broken and pattern.search(cell.source):
                return (cell.number, *self.broken[cell.number])
        return None

    @property
    def _slicer(self) -> Slicer:
        if self._cut is None:
            self._cut = Slicer(self.statements, self.is_blank, self.renamed)
        return self._cut

    def is_unfinished(self, cell: int, name: str) -> bool:
        """Return whether a definition is blank, in a cell that does not parse because of blanks."""
        lines = self._lines(cell)
        tree = completed(strip_magics("\n".join(lines)))
        found = [
            node
            for node in (ast.walk(tree) if tree else ())
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name
        ]
        return bool(found) and not any(has_work(node, lines) for node in found)

    def prose_with(self, name: str) -> str:
        """Return the position of a Markdown or raw cell that defines a name, or ""."""
        defines = re.compile(rf"^[ \t>]*(?:(?:def|class)\s+{re.escape(name)}\b)", re.MULTILINE)
        for one in self.prose:
            if defines.search(one.source):
                kind = "Markdown" if one.kind == "markdown" else one.kind
                where = f"below code cell {one.below}" if one.below else "above the first code cell"
                return f"{kind} cell {one.number} ({where})"
        return ""

    def program(self, exercises: Collection[str], *, late: bool = False) -> list[Statement]:
        """Return the statements that the named functions need, in order. See `slicing`.

        Args:
            exercises: the functions.
            late: whether names mean what they mean at the end of the notebook, and not where it
                first calls the function.
        """
        slices = [self._slicer.of(name, exercises, late=late) for name in exercises]
        kept = sorted(set().union(*(one.kept for one in slices)))
        return [self.statements[index] for index in kept]

    def together(self, exercises: Sequence[str]) -> list[list[str]]:
        """Return the functions in groups, each of which agrees on what global names mean."""
        groups: list[tuple[list[str], list[Slice]]] = []
        for name in exercises:
            one = self._slicer.of(name, exercises)
            for names, slices in groups:
                if self._slicer.fits([*slices, one]):
                    names.append(name)
                    slices.append(one)
                    break
            else:
                groups.append(([name], [one]))
        return [names for names, _ in groups]

    @property
    def generation(self) -> str | None:
        """The generation of the course that the notebook was written for, if recognised."""
        text = "\n".join(cell.source for cell in self.cells)
        if "dltf" in self.metadata or re.search(r"^[ \t]*(import|from) dltf\b", text, re.MULTILINE):
            return "dltf"
        if re.search(r"^[ \t]*(import|from) public_tests\b", text, re.MULTILINE):
            return "v21"
        if re.search(r"^[ \t]*(import|from) (\w+_utils|testCases)", text, re.MULTILINE):
            return "v17"
        return None

    def mentions(self, name: str) -> set[str]:
        """Return the names that the definition of a name refers to, transitively."""
        return {n for s in self.program([name]) for n in s.reads | s.binds} - {name}


def _unparsed(cell: Cell, error: SyntaxError) -> tuple[int, str]:
    """Return line and message of the reason why a cell does not parse."""
    marker = conflict(cell.source)
    if marker:
        line, text = marker
        return line, CONFLICT.format(marker=text)
    return error.lineno or 1, error.msg
