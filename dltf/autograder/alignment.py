"""Alignment of a wrong answer with a right one: the edits that lead from one to the other.

Both are syntax trees; nothing runs here. Statements are aligned without docstrings, comments,
layout and `print`, block by block, at the least cost (a dynamic program). Local variables of the
right answer first get the names that the wrong one uses for the same things, so that each edit
fits into it alone.
"""

from __future__ import annotations

import ast
import copy
import difflib
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from dltf.autograder.assignment.mutants import defaults, silent

Definition = ast.FunctionDef | ast.ClassDef
Node = TypeVar("Node", bound=ast.AST)
_BLOCKS = ("body", "orelse", "finalbody")
_WORD = re.compile(r"\w+")
MOST_ALIKE = 3  # local names that are tried in the place of one that does not exist
ALIKE = 0.35  # similarity from which names of two statements are taken to correspond


@dataclass(frozen=True)
class Edit:
    """A difference: statements of the wrong answer, and what a right one has in their place.

    Attributes:
        lines: the lines of the wrong answer that change; for an insertion the line above.
        inserts: whether nothing is changed, and something is missing below the line.
        cost: how much it changes.
        at: the block and the statements' indices that are replaced; or the statement and its
            field, if only its header is (`for`, `if`, a default).
        new: what is put there.
        parts: the differences within a statement, each of which could be enough.
    """

    lines: tuple[int, ...]
    inserts: bool
    cost: float
    at: tuple[int, str, int, int]
    new: tuple[ast.AST, ...] = field(repr=False)
    parts: tuple[Edit, ...] = field(default=(), repr=False)


def edits(wrong: Definition, right: Definition, pairs: Mapping[str, str]) -> list[Edit]:
    """Return the edits that together make one definition into another, the cheapest first.

    Args:
        wrong: the definition to edit.
        right: the definition to reach.
        pairs: parameter of the right one -> other names of it that the wrong one may use.
    """
    right = _with_arguments(right, _parameter_names(wrong, right, pairs))
    renamed = _renamed(right, _names(wrong, right, pairs))
    return sorted(_Aligned(wrong, renamed).edits(), key=lambda edit: edit.cost)


def name_edits(wrong: Definition, undefined: set[str]) -> list[Edit]:
    """Return the edits of a name that exists nowhere.

    Put in its place are the parameters that nobody reads, and the local names that are similar.
    """
    read = {n.id for n in ast.walk(wrong) if isinstance(n, ast.Name)}
    free = [name for name in parameters(wrong) if name not in read]
    local = sorted(local_names(wrong))
    found = []
    for node in ast.walk(wrong):
        for name, value in ast.iter_fields(node):
            for index, child in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(child, ast.Name) and child.id in undefined:
                    at = (id(node), name, index, index + 1)
                    alike = difflib.get_close_matches(child.id, local, MOST_ALIKE)
                    new = (ast.Name(other, ast.Load()) for other in dict.fromkeys([*free, *alike]))
                    found += [Edit((child.lineno,), False, 0.1, at, (one,)) for one in new]
    return found


def distance(found: Iterable[Edit]) -> float:
    """Return how far two definitions are apart."""
    return sum(edit.cost for edit in found)


def applied(wrong: Definition, chosen: Iterable[Edit]) -> str:
    """Return the text of a definition after some edits, which must not overlap."""
    by_field: dict[tuple[int, str], list[Edit]] = {}
    for edit in chosen:
        by_field.setdefault(edit.at[:2], []).append(edit)
    return ast.unparse(ast.fix_missing_locations(_rebuilt(wrong, by_field)))


def _rebuilt(node: Node, by_field: Mapping[tuple[int, str], Sequence[Edit]]) -> Node:
    """Return a copy of a tree with the edits of its fields."""
    result = copy.copy(node)
    for name, value in ast.iter_fields(node):
        here = sorted(by_field.get((id(node), name), ()), key=lambda edit: edit.at[3])
        if isinstance(value, list):
            new = _rebuilt_list(value, here, by_field)
            setattr(result, name, new or ([ast.Pass()] if value and name == "body" else []))
        elif here:
            setattr(result, name, here[-1].new[0])
        elif isinstance(value, ast.AST):
            setattr(result, name, _rebuilt(value, by_field))
    return result


def _rebuilt_list(
    values: list[object],
    here: Sequence[Edit],
    by_field: Mapping[tuple[int, str], Sequence[Edit]],
) -> list[object]:
    """Return a copy of the values of a field after the edits of that field."""
    new: list[object] = []
    for index in range(len(values) + 1):
        new += [n for edit in here if edit.at[2] == index for n in edit.new]
        replaced = any(edit.at[2] <= index < edit.at[3] for edit in here)
        if index < len(values) and not replaced:
            value = values[index]
            new.append(_rebuilt(value, by_field) if isinstance(value, ast.AST) else value)
    return new


def _is_block(name: str, value: object) -> bool:
    return name in _BLOCKS and isinstance(value, list)


# Names --------------------------------------------------------------------------------------------


def parameters(node: ast.AST) -> list[str]:
    """Return the names of a function's parameters, in order."""
    if not isinstance(node, ast.FunctionDef):
        return []
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return [argument.arg for argument in every]


def local_names(definition: ast.AST) -> set[str]:
    """Return the names that a definition binds inside: parameters and variables."""
    found: set[str] = set()
    for node in ast.walk(definition):
        if isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node is not definition:
            found.add(node.name)
    shared = {
        name
        for node in ast.walk(definition)
        if isinstance(node, (ast.Global, ast.Nonlocal))
        for name in node.names
    }
    return found - shared


def read_names(definition: ast.AST) -> set[str]:
    """Return the global names that a definition reads."""
    used = {n.id for n in ast.walk(definition) if isinstance(n, ast.Name)}
    return used - local_names(definition)


def _names(wrong: Definition, right: Definition, pairs: Mapping[str, str]) -> dict[str, str]:
    """Return name in the right answer -> name of the same thing in the wrong one."""
    theirs, ours = local_names(right), local_names(wrong)
    found = _parameter_names(wrong, right, pairs)
    for name in sorted(theirs & ours):
        if name not in found and name not in found.values():
            found[name] = name
    for _ in range(2):  # the second time with the names found in the first
        votes = _votes(wrong, _renamed(right, found), ours - set(found.values()))
        for (other, name), _count in votes.most_common():
            if other in theirs - set(found) and name not in found.values():
                found[other] = name
    taken = {n.id for n in ast.walk(wrong) if isinstance(n, ast.Name)} | ours
    for other in sorted(theirs - set(found)):
        name = other
        while name in taken:
            name += "_"
        found[other] = name
    return found


def _parameter_names(
    wrong: Definition, right: Definition, pairs: Mapping[str, str]
) -> dict[str, str]:
    """Return the pairs of parameters: of one name, of a known other name, or in order."""
    found = dict(pairs)
    theirs, ours = parameters(right), parameters(wrong)
    for name in theirs:
        if name in ours:
            found.setdefault(name, name)
    rest = [name for name in _required(right) if name not in found]
    left = [name for name in _required(wrong) if name not in found.values()]
    if len(rest) == len(left):
        found.update(zip(rest, left, strict=True))
    return found


def _required(node: Definition) -> list[str]:
    """Return the parameters of a function that have no default."""
    if not isinstance(node, ast.FunctionDef):
        return []
    having = {name for name, _ in defaults(node.args)}
    return [name for name in parameters(node) if name not in having]


def _with_arguments(right: Definition, names: Mapping[str, str]) -> Definition:
    """Return a right answer with the defaults of the parameters that the wrong one lacks."""
    if not isinstance(right, ast.FunctionDef):
        return right
    lacking = {name: value for name, value in defaults(right.args) if name not in names}

    class Put(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            read = isinstance(node.ctx, ast.Load) and node.id in lacking
            return copy.deepcopy(lacking[node.id]) if read else node

    result = copy.deepcopy(right)
    result.body = [Put().visit(statement) for statement in result.body]
    return result


def _votes(wrong: Definition, right: Definition, free: set[str]) -> Counter[tuple[str, str]]:
    """Count at how many corresponding positions a name of each stands, in statements alike."""
    votes: Counter[tuple[str, str]] = Counter()
    ours, theirs = list(_statements(wrong)), list(_statements(right))
    known = [_Statement(node) for node in ours]
    for node in theirs:
        one = _Statement(node)
        best = max(known, key=lambda s: one.shape_likeness(s), default=None)
        if best is None or one.shape_likeness(best) < ALIKE:
            continue
        for a, b in _corresponding(node, best.node):
            if b in free:
                votes[a, b] += 1
    return votes


def _corresponding(a: object, b: object) -> Iterator[tuple[str, str]]:
    """Yield the names at equal positions of two trees, as far as these agree."""
    if isinstance(a, ast.Name) and isinstance(b, ast.Name):
        yield a.id, b.id
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for one, other in zip(a, b, strict=True):
            yield from _corresponding(one, other)
    elif isinstance(a, ast.AST) and type(a) is type(b):
        for name in a._fields:
            if name not in _BLOCKS:
                yield from _corresponding(getattr(a, name, None), getattr(b, name, None))


def _statements(definition: ast.AST) -> Iterator[ast.stmt]:
    for node in ast.walk(definition):
        if isinstance(node, ast.stmt) and node is not definition and not _ignored(node):
            yield node


def _ignored(node: ast.AST) -> bool:
    """Return whether a statement has no part in the result: a docstring, `print`, `pass`."""
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and silent(node.value))


def _renamed(definition: Definition, names: Mapping[str, str]) -> Definition:
    """Return a definition with its local names replaced."""

    class Rename(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            return ast.copy_location(ast.Name(names.get(node.id, node.id), node.ctx), node)

        def visit_arg(self, node: ast.arg) -> ast.AST:
            return ast.copy_location(ast.arg(names.get(node.arg, node.arg)), node)

    return Rename().visit(copy.deepcopy(definition))


# Statements ---------------------------------------------------------------------------------------


class _Statement:
    """A statement with what its comparison needs; the blocks in it do not count as its own."""

    def __init__(self, node: ast.AST) -> None:
        self.node = node

    @cached_property
    def dump(self) -> str:
        """The statement with all that is in it, as text."""
        return ast.dump(self.node)

    @cached_property
    def header(self) -> str:
        """The statement without its blocks, as text."""
        parts = [type(self.node).__name__]
        for name, value in ast.iter_fields(self.node):
            if name not in _BLOCKS and name != "handlers":
                values = value if isinstance(value, list) else [value]
                parts += [
                    f"{name}={ast.dump(v) if isinstance(v, ast.AST) else v!r}" for v in values
                ]
        return " ".join(parts)

    @cached_property
    def words(self) -> Counter[str]:
        """The words of the header, and its pairs of neighbours."""
        found = _WORD.findall(self.header)
        return Counter([*found, *map(" ".join, itertools.pairwise(found))])

    @cached_property
    def shape(self) -> Counter[str]:
        """The words of the header without names of variables, which may differ."""
        return Counter(_WORD.findall(re.sub(r"Name\(id='\w+'", "Name(", self.header)))

    @cached_property
    def count(self) -> int:
        """The number of statements in it, itself included."""
        return sum(isinstance(n, ast.stmt) and not _ignored(n) for n in ast.walk(self.node))

    @cached_property
    def compound(self) -> bool:
        """Whether it has a block."""
        return any(_is_block(name, value) for name, value in ast.iter_fields(self.node))

    def likeness(self, other: _Statement) -> float:
        """Return how similar two headers are, from 0 to 1."""
        return _dice(self.words, other.words)

    def shape_likeness(self, other: _Statement) -> float:
        """Return how similar two headers are apart from names, from 0 to 1."""
        if type(self.node) is not type(other.node):
            return 0.0
        return _dice(self.shape, other.shape) / 2 + _dice(self.words, other.words) / 2


def _dice(a: Counter[str], b: Counter[str]) -> float:
    total = sum(a.values()) + sum(b.values())
    return 2 * sum((a & b).values()) / total if total else 1.0


class _Aligned:
    """Two definitions, aligned block by block."""

    def __init__(self, wrong: Definition, right: Definition) -> None:
        self.wrong, self.right = wrong, right
        self._known: dict[int, _Statement] = {}
        self._tables: dict[tuple[int, int, str], list[list[float]]] = {}

    def edits(self) -> Iterator[Edit]:
        """Yield the differences."""
        yield from self._header(self.wrong, self.right)
        yield from self._inside(self.wrong, self.right)

    def _of(self, node: ast.AST) -> _Statement:
        if id(node) not in self._known:
            self._known[id(node)] = _Statement(node)
        return self._known[id(node)]

    # Costs -----------------------------------------------------------------------------------

    def _cost(self, a: ast.AST, b: ast.AST) -> float:
        """Return the cost of making one statement into another; infinite if they do not pair."""
        one, other = self._of(a), self._of(b)
        if one.dump == other.dump:
            return 0.0
        if one.compound != other.compound or (one.compound and type(a) is not type(b)):
            return float("inf")
        header = 0.0 if one.header == other.header else 0.2 + 1.5 * (1 - one.likeness(other))
        if isinstance(a, (ast.FunctionDef, ast.ClassDef)) and a.name != getattr(b, "name", ""):
            return float("inf")
        return header + sum(self._table(a, b, name)[0][0] for name in _BLOCKS)

    def _table(self, a: ast.AST, b: ast.AST, name: str) -> list[list[float]]:
        """Return the costs of aligning what is left of two blocks, from each pair of indices."""
        key = (id(a), id(b), name)
        if key not in self._tables:
            ours, theirs = _block(a, name), _block(b, name)
            table = [[0.0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
            for i in range(len(ours), -1, -1):
                for j in range(len(theirs), -1, -1):
                    steps = [self._step(table, ours, theirs, i, j, *s) for s in _STEPS]
                    table[i][j] = min(steps) if i < len(ours) or j < len(theirs) else 0.0
            self._tables[key] = table
        return self._tables[key]

    def _step(
        self,
        table: list[list[float]],
        ours: Sequence[ast.AST],
        theirs: Sequence[ast.AST],
        i: int,
        j: int,
        di: int,
        dj: int,
    ) -> float:
        """Return the cost of a step: a statement paired, dropped or added, and what follows."""
        if i + di > len(ours) or j + dj > len(theirs):
            return float("inf")
        if di and dj:
            cost = self._cost(ours[i], theirs[j])
        else:
            cost = float(self._of(ours[i] if di else theirs[j]).count)
        return cost + table[i + di][j + dj]

    # Differences -----------------------------------------------------------------------------

    def _inside(self, a: ast.AST, b: ast.AST) -> Iterator[Edit]:
        """Yield the differences in the blocks of two statements that were paired."""
        for name in _BLOCKS:
            yield from self._block(a, b, name)

    def _block(self, a: ast.AST, b: ast.AST, name: str) -> Iterator[Edit]:
        ours, theirs = _block(a, name), _block(b, name)
        table, i, j = self._table(a, b, name), 0, 0
        start: tuple[int, int] | None = None  # of statements that pair with none
        while i < len(ours) or j < len(theirs):
            di, dj = next(
                s for s in _STEPS if self._step(table, ours, theirs, i, j, *s) <= table[i][j] + 1e-9
            )
            if di and dj:
                yield from self._hunk(a, b, name, start, (i, j))
                start = None
                yield from self._pair(a, name, ours[i], theirs[j])
            elif start is None:
                start = i, j
            i, j = i + di, j + dj
        yield from self._hunk(a, b, name, start, (i, j))

    def _hunk(
        self,
        a: ast.AST,
        b: ast.AST,
        name: str,
        start: tuple[int, int] | None,
        end: tuple[int, int],
    ) -> Iterator[Edit]:
        """Yield the edit of statements that pair with none."""
        if start is None:
            return
        dropped = _block(a, name)[start[0] : end[0]]
        added = _block(b, name)[start[1] : end[1]]
        whole = getattr(a, name)
        first = whole.index(dropped[0]) if dropped else self._index(a, name, start[0])
        last = whole.index(dropped[-1]) + 1 if dropped else first
        lines = tuple(dict.fromkeys(n.lineno for d in dropped for n in _with_inner(d)))
        if not dropped:
            above = whole[first - 1] if first else a
            lines = (_end(above),)
        cost = float(sum(self._of(node).count for node in (*dropped, *added)))
        yield Edit(lines, not dropped, cost, (id(a), name, first, last), tuple(added))

    def _index(self, a: ast.AST, name: str, index: int) -> int:
        """Return the index in a whole block of a statement's index among those compared."""
        compared, whole = _block(a, name), getattr(a, name, [])
        if index < len(compared):
            return int(whole.index(compared[index]))
        return int(whole.index(compared[-1])) + 1 if compared else len(whole)

    def _pair(self, parent: ast.AST, name: str, a: ast.stmt, b: ast.stmt) -> Iterator[Edit]:
        """Yield the differences of two statements that were paired."""
        one, other = self._of(a), self._of(b)
        if one.dump == other.dump:
            return
        if not one.compound:
            index = getattr(parent, name).index(a)
            cost = 0.2 + 1.5 * (1 - one.likeness(other))
            at = (id(parent), name, index, index + 1)
            parts = sorted(_parts(a, b, _Line(a)), key=lambda part: part.cost)
            yield Edit(_lines(a, b), False, cost, at, (b,), tuple(parts))
            return
        yield from self._header(a, b)
        yield from self._inside(a, b)

    def _header(self, a: ast.AST, b: ast.AST) -> Iterator[Edit]:
        """Yield the differences of two compound statements outside of their blocks."""
        for name, value in ast.iter_fields(a):
            new = getattr(b, name, None)
            if name == "args" and isinstance(value, ast.arguments):
                new = _with_defaults(value, b)
            elif not isinstance(value, ast.expr) or not isinstance(new, ast.expr):
                continue
            if new is not None and ast.dump(value) != ast.dump(new):
                line = getattr(value, "lineno", getattr(a, "lineno", 1))
                yield Edit((line,), False, 0.5, (id(a), name, 0, 1), (new,))


_STEPS = ((1, 1), (1, 0), (0, 1))


def _block(node: ast.AST, name: str) -> list[ast.stmt]:
    """Return the statements of a block that are compared."""
    value = getattr(node, name, None)
    return [s for s in value if not _ignored(s)] if isinstance(value, list) else []


def _with_inner(node: ast.AST) -> Iterator[ast.stmt]:
    return (n for n in ast.walk(node) if isinstance(n, ast.stmt))


def _end(node: ast.AST) -> int:
    """Return the line below which a statement is missing."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return int(node.lineno)
    return int(getattr(node, "end_lineno", 0) or getattr(node, "lineno", 1))


def _with_defaults(ours: ast.arguments, other: ast.AST) -> ast.arguments | None:
    """Return parameters with the defaults of the right answer's of the same names."""
    if not isinstance(other, ast.FunctionDef):
        return None
    theirs = dict(defaults(other.args))
    result = copy.deepcopy(ours)
    late = [*result.posonlyargs, *result.args][-len(result.defaults) :] if result.defaults else []
    result.defaults = [theirs.get(a.arg, d) for a, d in zip(late, result.defaults, strict=True)]
    return result


# Within a statement -------------------------------------------------------------------------------


class _Line:
    """The line of a node, or of what it is in."""

    def __init__(self, node: ast.AST, around: int = 1) -> None:
        self.number = int(getattr(node, "lineno", around))


def _parts(a: ast.AST, b: ast.AST, line: _Line) -> Iterator[Edit]:
    """Yield the differences of two nodes of one type, the whole of each before its own parts."""
    for name in a._fields:
        ours, theirs = getattr(a, name, None), getattr(b, name, None)
        if isinstance(a, ast.Call) and isinstance(b, ast.Call) and name == "keywords":
            yield from _keyword_parts(a, b, line)
        elif isinstance(ours, list) and isinstance(theirs, list):
            if len(ours) == len(theirs):
                for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
                    yield from _part(one, other, (id(a), name, index, index + 1), line)
        else:
            yield from _part(ours, theirs, (id(a), name, 0, 1), line)


def _part(one: object, other: object, at: tuple[int, str, int, int], line: _Line) -> Iterator[Edit]:
    """Yield the difference of two expressions, and those in it if there are several."""
    if not isinstance(one, ast.AST) or not isinstance(other, ast.AST):
        return
    if ast.dump(one) == ast.dump(other):
        return
    here = _Line(one, line.number)
    inner: list[Edit] = []
    if type(one) is type(other):
        inner = list(_parts(one, other, here))
        yield from inner
    if len(inner) != 1 and isinstance(one, (ast.expr, ast.operator, ast.cmpop)):
        size = sum(1 for _ in ast.walk(one)) + sum(1 for _ in ast.walk(other))
        yield Edit((here.number,), False, 0.1 + size / 100, at, (other,))


def _keyword_parts(a: ast.Call, b: ast.Call, line: _Line) -> Iterator[Edit]:
    """Yield the differences of the named arguments of two calls."""
    theirs = {keyword.arg: keyword for keyword in b.keywords}
    for index, keyword in enumerate(a.keywords):
        other = theirs.pop(keyword.arg, None)
        if other is not None:
            yield from _part(keyword.value, other.value, (id(keyword), "value", 0, 1), line)
        else:
            here = _Line(keyword.value, line.number)
            yield Edit((here.number,), False, 0.2, (id(a), "keywords", index, index + 1), ())
    end = len(a.keywords)
    for missing in theirs.values():
        yield Edit((line.number,), False, 0.2, (id(a), "keywords", end, end), (missing,))


def _lines(a: ast.stmt, b: ast.stmt) -> tuple[int, ...]:
    """Return the lines of a statement that differ from another."""
    if (a.end_lineno or a.lineno) == a.lineno:
        return (a.lineno,)
    found = sorted(set(_differing(a, b, a.lineno)))
    return tuple(found) or (a.lineno,)


def _differing(a: object, b: object, line: int) -> Iterator[int]:
    """Yield the lines of the smallest parts of a tree that differ from another's."""
    if not isinstance(a, ast.AST):
        if a != b:
            yield line
        return
    line = getattr(a, "lineno", line)
    if type(a) is not type(b):
        yield line
        return
    for name in a._fields:
        ours, theirs = getattr(a, name, None), getattr(b, name, None)
        listed = isinstance(ours, list) and isinstance(theirs, list)
        if listed:
            pairs = itertools.zip_longest(ours or (), theirs or ())
            for one, other in pairs:
                yield from _differing(one, other, line)
        else:
            yield from _differing(ours, theirs, line)
