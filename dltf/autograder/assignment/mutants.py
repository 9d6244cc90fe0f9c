"""Mutants of a definition: each is the same code with one small change, as by a slip.

`dltf verify` makes them of right answers, which a case must tell from them; the grader compares a
wrong answer with those of the reference.
"""

from __future__ import annotations

import ast
import copy
import functools
from collections.abc import Iterator
from dataclasses import dataclass

from dltf import _syntax
from dltf.autograder.assignment.mutators import MUTATORS
from dltf.autograder.assignment.slips import IGNORED, slip

_WIDTH = 30  # characters of unchanged text shown on either side of a change
# Parts without effect on the result: type hints, decorators, error messages.
_SKIPPED_FIELDS = frozenset({"annotation", "returns", "decorator_list", "type_params", "msg"})
_SKIPPED_NODES = (ast.Raise, ast.JoinedStr, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)


@dataclass(frozen=True)
class Mutant:
    """A mutant: a one-line description of the change, the same in every run, and its source.

    Attributes:
        ignores: the parameter whose default is always used, if that is the change.
        slip: the kind of the change, one of `slips.SENTENCES`.
    """

    change: str
    source: str
    ignores: str = ""
    slip: str = ""


@dataclass(frozen=True)
class _Slot:
    """The position of a node in the tree, where it can be replaced temporarily."""

    parents: tuple[ast.AST, ...]
    field: str
    index: int | None
    node: ast.AST

    def put(self, node: ast.AST) -> None:
        """Put a node at this position."""
        if self.index is None:
            setattr(self.parents[-1], self.field, node)
        else:
            getattr(self.parents[-1], self.field)[self.index] = node


@functools.lru_cache(maxsize=64)
def mutants(source: str) -> tuple[Mutant, ...]:
    """Return all mutants of a definition, in the order of its lines.

    Args:
        source: the source of a function or a class, not indented.

    Returns:
        Mutants that are valid Python, and differ from the source and from one another in their
        syntax tree. Docstrings, annotations, decorators and error messages are not changed.
    """
    tree = _syntax.parse(source)
    seen = {ast.dump(tree)}
    counts: dict[str, int] = {}
    found: list[tuple[int, Mutant]] = []

    def add(
        slot: _Slot, other: ast.AST | None, kind: str, change: str = "", ignores: str = ""
    ) -> None:
        mutant = _mutant(tree, slot, other, seen, change)
        if mutant is not None:
            counts[mutant.change] = times = counts.get(mutant.change, 0) + 1
            change = mutant.change + (f" ({times})" if times > 1 else "")
            found.append((_line(slot), Mutant(change, mutant.source, ignores, kind)))

    for slot in _slots(tree, ()):
        for function, name, change in _ignoring_arguments(slot.node):
            method = "" if slot.parents == (tree,) else f"{function.name}."
            add(slot, function, IGNORED, change, f"{method}{name}")
        for mutator in MUTATORS:
            for other in mutator(slot.node):
                add(slot, other, slip(slot.node, other, slot.parents))
    return tuple(mutant for _, mutant in sorted(found, key=lambda pair: pair[0]))


# Changes ----------------------------------------------------------------------------------------


def defaults(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    """Yield each parameter with a default value, and that value."""
    positional = [*arguments.posonlyargs, *arguments.args]
    if arguments.defaults:
        for argument, default in zip(
            positional[-len(arguments.defaults) :], arguments.defaults, strict=True
        ):
            yield argument.arg, default
    for argument, keyword in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if keyword is not None:
            yield argument.arg, keyword


def _ignoring_arguments(node: ast.AST) -> Iterator[tuple[ast.FunctionDef, str, str]]:
    """Yield variants of a function that always use one default, whatever the caller passes."""
    if not isinstance(node, ast.FunctionDef):
        return
    start = 0 if ast.get_docstring(node) is None else 1
    for name, default in defaults(node.args):
        body = list(node.body)
        body.insert(start, ast.Assign([ast.Name(name, ast.Store())], default, lineno=node.lineno))
        function = copy.copy(node)
        function.body = body
        yield function, name, f"{name} -> always {ast.unparse(default)}"


def _slots(node: ast.AST, parents: tuple[ast.AST, ...]) -> Iterator[_Slot]:
    """Yield the positions in a tree where a mutation is possible."""
    parents = (*parents, node)
    for field, value in ast.iter_fields(node):
        if field in _SKIPPED_FIELDS:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or isinstance(child, _SKIPPED_NODES):
                continue
            if isinstance(child, ast.Expr) and silent(child.value):
                continue
            yield _Slot(parents, field, index, child)
            yield from _slots(child, parents)


def silent(node: ast.expr) -> bool:
    """Return whether an expression statement has no effect on results: a docstring, a `print`."""
    return isinstance(node, ast.Constant) or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    )


def _mutant(
    tree: ast.Module, slot: _Slot, other: ast.AST | None, seen: set[str], change: str
) -> Mutant | None:
    """Return the mutant with another node at the position, unless an equal one was found before."""
    shown = _shown(slot)
    before = _text(shown)
    slot.put(ast.Pass() if other is None else other)
    try:
        after = "" if other is None else _text(other if shown is slot.node else shown)
        mutated = ast.unparse(ast.fix_missing_locations(tree))
        dump = ast.dump(_syntax.parse(mutated))
        compile(mutated, "mutant", "exec")
    except SyntaxError:
        return None
    finally:
        slot.put(slot.node)
    if dump in seen:
        return None
    seen.add(dump)
    if other is None:
        end = "…" if len(before) > 2 * _WIDTH else ""
        change = f"{before[: 2 * _WIDTH]}{end} -> (dropped)"
    elif not change:
        name = _default(slot, shown)
        change = " -> ".join(_shortened(name + before, name + after))
    return Mutant(f"line {_line(slot)}: {change}", mutated)


def _default(slot: _Slot, shown: ast.AST) -> str:
    """Return `name=` if the node shown is the default of a parameter."""
    for parent in slot.parents:
        if isinstance(parent, ast.arguments):
            for name, default in defaults(parent):
                if default is shown:
                    return f"{name}="
    return ""


def _shown(slot: _Slot) -> ast.AST:
    """Return the node to print for a change: for small nodes, an enclosing one."""

    def small(node: ast.AST) -> bool:
        if isinstance(node, ast.UnaryOp):
            node = node.operand
        return isinstance(node, (ast.Constant, ast.keyword, ast.Slice, ast.Tuple))

    node = slot.node
    for parent in reversed(slot.parents):
        index = isinstance(parent, ast.Subscript) and node is not parent.value
        if not index and not (small(node) and isinstance(parent, (ast.expr, ast.keyword))):
            break
        node = parent
    return node


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split("\n")[0].split())


def _shortened(before: str, after: str) -> tuple[str, str]:
    """Shorten the common parts of two texts to a few characters around the change."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    head, tail = max(start - _WIDTH, 0), max(end - _WIDTH, 0)

    def cut(text: str) -> str:
        return ("…" if head else "") + text[head : len(text) - tail] + ("…" if tail else "")

    return cut(before), cut(after)


def _line(slot: _Slot) -> int:
    for node in (slot.node, *reversed(slot.parents)):
        line = getattr(node, "lineno", None)
        if line is not None:
            return int(line)
    return 1
