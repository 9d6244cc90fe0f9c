"""Comparison of exceptions: whether two programs failed in the same way.

Two exceptions agree if they are of one type, say the same apart from numbers and from names of the
student's own, and were raised by statements of one kind.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import lru_cache

from dltf import _syntax
from dltf.autograder.execution.protocol import ErrorInfo, Unit

_NUMBERS = re.compile(r"(?<![A-Za-z])-?\d+(?:\.\d*)?(?:e[-+]?\d+)?|\d+")
_SHAPES = re.compile(r"[(\[](?:\s*(?:#|None)\s*,?)+[)\]]")
_COUNTED = re.compile(r"(?<=\w)_#(?!\w)")  # Keras counts layers: "functional", "functional_1"
_QUOTED = re.compile(r"'[^']*'")
# A product of matrices that does not fit: by `np.dot`, and by `@` or `np.matmul`.
_PRODUCT = re.compile(
    r"shapes \(#\) and \(#\) not aligned.*|matmul: Input operand .* has a mismatch.*"
)
_OF_MATRICES = {"MatMult": "dot", "matmul": "dot"}  # the same product in other words
MOST = 300  # characters of a message that are compared


def pattern(error: ErrorInfo) -> str:
    """Return what an exception says, without what differs from answer to answer.

    Numbers, shapes and memory addresses are replaced, and in an UnboundLocalError the name; the
    numbers of Keras's layers are left out. A product of matrices that does not fit is told in one
    way, whichever function computes it.
    """
    text = _SHAPES.sub("(#)", _NUMBERS.sub("#", error.message[:MOST]))
    text = _COUNTED.sub("", text)
    text = _PRODUCT.sub("a product of matrices that does not fit", text)
    if error.type == "UnboundLocalError":
        text = _QUOTED.sub("'…'", text)
    return " ".join(text.split())


def statement_kind(error: ErrorInfo, units: Iterable[Unit]) -> frozenset[str]:
    """Return what the statement that raised an exception does; empty if it is unknown.

    That is: the names of the functions that it calls, and its operators.
    """
    for unit in units:
        last = unit.line + unit.source.count("\n")
        if unit.filename == error.cell and unit.line <= error.line <= last:
            return _kind_at(unit.source, error.line - unit.line + 1)
    return frozenset()


@lru_cache(maxsize=512)
def _kind_at(source: str, line: int) -> frozenset[str]:
    try:
        tree = _syntax.parse(source)
    except (SyntaxError, ValueError):
        return frozenset()
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return frozenset(_words(around[-1])) if around else frozenset()


def _words(statement: ast.stmt) -> set[str]:
    found = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Call):
            function = node.func
            name = getattr(function, "attr", "") or getattr(function, "id", "call")
            found.add(_OF_MATRICES.get(name, name))
        elif isinstance(node, (ast.operator, ast.Subscript, ast.Raise)):
            found.add(_OF_MATRICES.get(type(node).__name__, type(node).__name__))
    return found or {type(statement).__name__}


def agree(one: ErrorInfo, other: ErrorInfo, kinds: tuple[frozenset[str], frozenset[str]]) -> bool:
    """Return whether two exceptions are the same failure.

    Args:
        one: an exception.
        other: another.
        kinds: what the statements do that raised them.
    """
    if one.type != other.type or pattern(one) != pattern(other):
        return False
    return not (kinds[0] and kinds[1]) or bool(kinds[0] & kinds[1])
