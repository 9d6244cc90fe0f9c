"""Reading a submission: from a notebook or a script to the parts that grading needs.

Takes what the graded functions need and nothing else: imports, definitions, and the top-level
assignments they refer to, transitively. Training cells, shell lines, magics, plots and broken
demos are never run. Nothing here runs a student's code; everything works on text.
"""

from __future__ import annotations

import ast
import json
import re
import stat
import symtable
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

MAX_FILE = 512 * 2**20
MAX_CODE = 2 * 2**20


class SubmissionError(ValueError):
    """A file that cannot be graded; the message is one line that says why."""


@dataclass(frozen=True)
class Cell:
    """One code cell: its number among the code cells (from 1), and its text."""

    number: int
    source: str


@dataclass
class Statement:
    """One top-level statement: what it binds, what it reads, and where it stands."""

    cell: int
    line: int
    source: str
    binds: frozenset[str]
    reads: frozenset[str]
    kind: str  # 'import', 'always' (star and future imports), 'definition', 'assignment', 'block'
    node: ast.stmt

    def unit(self) -> dict[str, Any]:
        """Return the statement as a part of a job's program."""
        return {"source": self.source, "filename": f"<cell {self.cell}>", "line": self.line}


@dataclass
class Submission:
    """A student's work, read.

    Attributes:
        path: the file.
        format: 'notebook 4', 'notebook 3' or 'script'.
        cells: the code cells, as they stand in the file.
        statements: the top-level statements of the cells that parse, in order.
        broken: cell number -> (line, message) of the cells that do not parse.
        metadata: the notebook's own metadata.
    """

    path: Path
    format: str
    cells: list[Cell]
    statements: list[Statement] = field(default_factory=list)
    broken: dict[int, tuple[int, str]] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for cell in self.cells:
            try:
                self.statements.extend(_statements(cell))
            except SyntaxError as error:
                self.broken[cell.number] = (error.lineno or 1, error.msg)
            except (RecursionError, MemoryError, ValueError) as error:
                self.broken[cell.number] = (1, f"not readable as Python ({error})")

    @property
    def defined(self) -> set[str]:
        """Names of the functions and classes the submission defines."""
        return {name for s in self.statements if s.kind == "definition" for name in s.binds}

    def definition(self, name: str) -> Statement | None:
        """Return the definition that counts: the last one that is no untouched stub."""
        found = [s for s in self.statements if s.kind == "definition" and name in s.binds]
        answered = [s for s in found if not is_blank(s.node)]
        return (answered or found or [None])[-1]  # type: ignore[list-item]

    def rename(self, name: str, others: Iterable[str]) -> str | None:
        """Let what another generation calls otherwise count as `name`, if that is not there itself.

        Returns:
            The name under which the submission has it, or None if nothing had to be done.
        """
        if any(name in s.binds for s in self.statements) or self.broken_definition(name):
            return None
        for other in others:
            found = self.definition(other)
            if found is not None:
                self.statements.append(
                    replace(
                        found,
                        source=f"{name} = {other}",
                        binds=frozenset({name}),
                        reads=frozenset({other}),
                    )
                )
                return other
        return None

    def line(self, cell: int, number: int) -> str:
        """Return one line of a cell, as the student wrote it."""
        for c in self.cells:
            if c.number == cell:
                lines = c.source.split("\n")
                return lines[number - 1] if 0 < number <= len(lines) else ""
        return ""

    def place(self, file: str, line: int) -> tuple[str, str]:
        """Return what to call a line that an error names (``<cell 3>``), and its text."""
        found = re.fullmatch(r"<cell (\d+)>", file)
        if not found:
            return "", ""
        text = self.line(int(found[1]), line)
        if self.format == "script":
            return f"line {line}", text
        return f"cell {found[1]}, line {line}", text

    def broken_definition(self, name: str) -> tuple[int, int, str] | None:
        """Return (cell, line, message) of a cell that would define a name and does not parse."""
        pattern = re.compile(rf"^(def|class)\s+{re.escape(name)}\b", re.MULTILINE)
        for cell in reversed(self.cells):
            if cell.number in self.broken and pattern.search(cell.source):
                return (cell.number, *self.broken[cell.number])
        return None

    def program(self, exercises: Collection[str]) -> list[Statement]:
        """Return the statements that the named functions need, in order. See the module."""
        chosen = {id(d) for name in exercises if (d := self.definition(name)) is not None}
        skipped = {
            id(s)
            for name in exercises
            for s in self.statements
            if s.kind == "definition" and name in s.binds and id(s) not in chosen
        }
        binders: dict[str, list[Statement]] = {}
        for statement in self.statements:
            if id(statement) not in skipped:
                for name in statement.binds:
                    binders.setdefault(name, []).append(statement)
        kept: set[int] = {id(s) for s in self.statements if s.kind == "always"}
        names, seen = list(exercises), set(exercises)
        while names:
            for statement in binders.get(names.pop(), ()):
                if id(statement) not in kept:
                    kept.add(id(statement))
                    new = statement.reads - seen
                    seen |= new
                    names.extend(new)
        return [s for s in self.statements if id(s) in kept]

    @property
    def generation(self) -> str | None:
        """Which generation of the course the notebook was made for, as far as it shows."""
        text = "\n".join(cell.source for cell in self.cells)
        if "dltf" in self.metadata or re.search(r"^[ \t]*(import|from) dltf\b", text, re.MULTILINE):
            return "dltf"
        if re.search(r"^[ \t]*(import|from) public_tests\b", text, re.MULTILINE):
            return "v21"
        if re.search(r"^[ \t]*(import|from) (\w+_utils|testCases)", text, re.MULTILINE):
            return "v17"
        return None

    def mentions(self, name: str) -> set[str]:
        """Return the names that the definition of a name reaches, transitively."""
        return {n for s in self.program([name]) for n in s.reads | s.binds} - {name}


# Reading files --------------------------------------------------------------------------------


def read(path: str | Path) -> Submission:
    """Read a notebook (nbformat 3 or 4) or a Python script.

    Raises:
        SubmissionError: the file cannot be read as either; says what was found.
    """
    path = Path(path)
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):
            raise SubmissionError("expected a file, got something else (a folder, a device)")
        if info.st_size > MAX_FILE:
            raise SubmissionError(f"too large: {info.st_size >> 20} MiB (at most {MAX_FILE >> 20})")
        data = path.read_bytes()
    except OSError as error:
        raise SubmissionError(f"cannot be read: {error.strerror or error}") from error
    if not data.strip():
        raise SubmissionError("is empty: expected a notebook or a Python script")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SubmissionError(f"is not text (byte {error.start} is not UTF-8)") from error
    if "\0" in text:
        raise SubmissionError("is not text (it holds zero bytes)")
    text = _newlines(text)
    if path.suffix.lower() == ".py":
        submission = Submission(path, "script", _script_cells(text))
    else:
        submission = _notebook(path, text)
    return submission


def from_source(source: str, name: str = "program.py") -> Submission:
    """Return Python text as a submission of one cell."""
    return Submission(Path(name), "script", [Cell(1, source)])


_CELL_MARK = re.compile(r"^# (%%|In\[[\d ]*\]:).*$", re.MULTILINE)


def _script_cells(text: str) -> list[Cell]:
    """Return a script as cells, cut at the marks of an exported notebook; lines are the file's."""
    if len(text) > MAX_CODE:
        raise SubmissionError(f"holds {len(text) >> 20} MiB of code (at most {MAX_CODE >> 20})")
    starts = [0, *(match.start() for match in _CELL_MARK.finditer(text) if match.start())]
    parts = [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    counts = [text.count("\n", a, b) for a, b in pairwise([0, *starts])]
    lines = list(accumulate(counts))
    if sum(lines) > MAX_CODE:  # as many marks as lines: nobody's cells
        return [Cell(1, text)]
    return [
        Cell(i, "\n" * n + part) for i, (n, part) in enumerate(zip(lines, parts, strict=True), 1)
    ]


def _notebook(path: Path, text: str) -> Submission:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        cut = " It looks cut off." if text.lstrip()[:1] == "{" else ""
        raise SubmissionError(f"is not a notebook: not valid JSON{where}.{cut}") from error
    if not isinstance(data, dict) or not ("cells" in data or "worksheets" in data):
        raise SubmissionError("is not a notebook: it is JSON, but has no cells")
    older = "cells" not in data
    sheets = data["worksheets"] if older else [data]
    raw = [
        cell
        for sheet in _listed(sheets)
        for cell in _listed(sheet.get("cells") if isinstance(sheet, dict) else None)
        if isinstance(cell, dict)
    ]
    cells: list[Cell] = []
    for cell in raw:
        if cell.get("cell_type", "code") == "code":
            source = cell.get("input", cell.get("source", "")) or ""
            if isinstance(source, list):
                source = "".join(part for part in source if isinstance(part, str))
            if isinstance(source, str):
                cells.append(Cell(len(cells) + 1, _newlines(source)))
    if not any(cell.source.strip() for cell in cells):
        raise SubmissionError("is a notebook without any code")
    if sum(len(cell.source) for cell in cells) > MAX_CODE:
        total = sum(len(cell.source) for cell in cells)
        raise SubmissionError(
            f"holds {total / 2**20:.0f} MiB of code (at most {MAX_CODE >> 20}); "
            "is output pasted in it?"
        )
    metadata = data.get("metadata")
    version = 3 if older else data.get("nbformat", 4)
    return Submission(
        path,
        f"notebook {version if isinstance(version, int) else 4}",
        cells,
        metadata=metadata if isinstance(metadata, dict) else {},
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


# Magics -----------------------------------------------------------------------------------------

# No pattern may try the same spaces twice: a student chooses how many there are.
_ODD = re.compile(r"^[ \t]*[%!?]|\?[ \t]*$|=[ \t]*[%!]", re.MULTILINE)
_MAGIC = re.compile(r"([ \t]*)(?:[%!?].*|[A-Za-z_][\w.*]*\?{1,2}[ \t]*)$")
_ASSIGNED = re.compile(r"([ \t]*[A-Za-z_][\w, ]*)=[ \t]*[%!].*$")
_OTHER_LANGUAGES = re.compile(
    r"%%(bash|sh|script|html|javascript|js|latex|markdown|svg|writefile|file|cmd|perl|ruby|sql|R)\b"
)
_TOKEN = re.compile(r"\"\"\"|\'\'\'|[\"\'#()\[\]{}]|\\.?")


def strip_magics(source: str) -> str:
    """Return a cell's text with IPython's own syntax replaced, line numbers kept.

    A cell that is Python as it stands is returned as it is. Otherwise only lines that begin a
    statement are looked at: a ``%`` may begin a line of a string or go on with an expression.
    """
    first = next((line for line in source.splitlines() if line.strip()), "")
    if _OTHER_LANGUAGES.match(first.strip()):
        return ""
    if not _ODD.search(source) or _parses(source):
        return source
    lines, state = [], _Inside()
    for line in source.split("\n"):
        if not state:
            assigned, magic = _ASSIGNED.match(line), _MAGIC.match(line)
            if assigned:
                line = f"{assigned[1]}= None"
            elif magic:
                line = f"{magic[1]}pass"
        state.read(line)
        lines.append(line)
    return "\n".join(lines)


class _Inside:
    """Whether the end of a line stands inside a string, a bracket or a continued line."""

    def __init__(self) -> None:
        self.quote, self.depth, self.continued = "", 0, False

    def __bool__(self) -> bool:
        return bool(self.quote) or self.depth > 0 or self.continued

    def read(self, line: str) -> None:
        self.continued = False
        for match in _TOKEN.finditer(line):
            token = match[0]
            if token[0] == "\\":
                self.continued = match.end() == len(line) and len(token) == 1
            elif self.quote:
                if token.startswith(self.quote):
                    self.quote = ""
            elif token == "#":
                break
            elif token[0] in "\"'":
                self.quote = token
            else:
                self.depth = max(0, self.depth + (1 if token in "([{" else -1))
        if len(self.quote) == 1 and not self.continued:
            self.quote = ""  # a string that its line does not end


def _newlines(text: str) -> str:
    """Return a text whose lines end as Python sees them: not at form feeds, say."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parses(source: str) -> bool:
    try:
        _guard(source)
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


# Statements -------------------------------------------------------------------------------------


def _statements(cell: Cell) -> Iterator[Statement]:
    source = strip_magics(cell.source)
    if not source.strip():
        return
    _guard(source)
    lines = source.split("\n")
    for node in ast.parse(source).body:
        kind = _kind(node)
        if kind is None:
            continue
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(d.lineno for d in decorators)])
        last = node.end_lineno or node.lineno
        text = "\n".join(lines[first - 1 : last])
        if node.col_offset or last < len(lines) or ";" in lines[last - 1]:
            text = _exact(node, lines, first)
        binds, reads = _names(node, text)
        yield Statement(cell.number, first, text, frozenset(binds), frozenset(reads), kind, node)


def _exact(node: ast.stmt, lines: Sequence[str], first: int) -> str:
    """Return a statement's own text, without neighbours on its lines (``a = 1; b = 2``)."""
    last = node.end_lineno or node.lineno
    chosen = list(lines[first - 1 : last])
    end = len(chosen[-1].encode()[: node.end_col_offset].decode(errors="ignore"))
    chosen[-1] = chosen[-1][:end]
    if first == node.lineno:
        start = len(chosen[0].encode()[: node.col_offset].decode(errors="ignore"))
        chosen[0] = chosen[0][start:]
    return "\n".join(chosen)


def _guard(source: str) -> None:
    """Refuse what the parser should not be asked to read (it recurses in C)."""
    depth = deepest = run = longest = 0
    for character in source:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
        run = run + 1 if character in "-+~." else 0
        longest = max(longest, run)
    if deepest > 150 or longest > 1000:
        raise ValueError("nested too deeply")


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
    """Return the global names a statement binds, and those that it reads when it runs or later.

    Names that are local to a function are neither: an answer's own `parameters` must not bring in
    the cell that trains a model and calls the result by the same name.
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
        for child in ast.walk(node):  # `table["W1"] = ...` changes a name that it does not bind
            base: ast.AST = child
            if isinstance(getattr(child, "ctx", None), ast.Store):
                while isinstance(base, (ast.Subscript, ast.Attribute)):
                    base = base.value
                if isinstance(base, ast.Name):
                    binds.add(base.id)
    return binds, reads


# Blanks -----------------------------------------------------------------------------------------


def is_blank(node: ast.stmt) -> bool:
    """Tell whether a definition is an untouched stub: nothing in it does the exercise's work."""
    if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return False
    if isinstance(node, ast.ClassDef):
        methods = [n for n in node.body if isinstance(n, ast.FunctionDef)]
        return any(_raises_stub(m) for m in methods) or (
            not methods and all(map(_empty, node.body))
        )
    body = [statement for statement in node.body if not _empty(statement)]
    return not body or _raises_stub(node)


def blanks(node: ast.stmt) -> list[int]:
    """Return the lines on which a definition still assigns or returns None where work was asked.

    A name that is set to None and given a value elsewhere is no blank.
    """
    try:
        return _blanks(node)
    except RecursionError:  # a target a thousand attributes deep
        return []


def _blanks(node: ast.stmt) -> list[int]:
    found: dict[str, list[int]] = {}
    filled: set[str] = set()
    for child in ast.walk(node):
        if isinstance(child, ast.Return):
            if isinstance(child.value, ast.Constant) and child.value.value is None:
                found.setdefault("return", []).append(child.lineno)
            elif child.value is not None:
                filled.add("return")
        elif isinstance(child, (ast.Assign, ast.AnnAssign)):
            targets = child.targets if isinstance(child, ast.Assign) else [child.target]
            for target in targets:
                names = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
                value = child.value
                values = (
                    value.elts
                    if isinstance(value, (ast.Tuple, ast.List)) and len(names) == len(value.elts)
                    else [value] * len(names)
                )
                for name, item in zip(names, values, strict=True):
                    key = ast.dump(name)
                    if isinstance(item, ast.Constant) and item.value is None:
                        found.setdefault(key, []).append(child.lineno)
                    else:
                        filled.add(key)
        elif isinstance(child, ast.For):
            filled.add(ast.dump(child.target))
    return sorted(line for key, lines in found.items() if key not in filled for line in lines)


def _raises_stub(node: ast.stmt) -> bool:
    """Tell whether a body raises NotImplementedError on its way (in a loop, but not an `if`)."""
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
        statement.value is None
        or (isinstance(statement.value, ast.Constant) and statement.value.value is None)
    )
