"""Parsing of Python source that is safe with threads.

CPython 3.11 counts the recursion of the conversion to `ast` nodes in one place for all threads.
When another thread runs in the middle of it (the garbage collector may call a finalizer there),
`ast.parse` raises "SystemError: AST constructor recursion depth mismatch". Here one thread parses
at a time.
"""

from __future__ import annotations

import ast
import threading
from collections import deque
from collections.abc import Iterator

LONG = 1000  # constants in a table
_LOCK = threading.RLock()


def is_table(node: ast.AST) -> bool:
    """Return whether a node is a long list, tuple or set of constants, which names nothing."""
    if not isinstance(node, (ast.List, ast.Tuple, ast.Set)) or len(node.elts) < LONG:
        return False
    return all(
        type(one) is ast.Constant
        or (type(one) is ast.UnaryOp and type(one.operand) is ast.Constant)
        for one in node.elts
    )


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a tree as `ast.walk` does, but none in a table."""
    waiting = deque([node])
    while waiting:
        one = waiting.popleft()
        if not is_table(one):
            waiting.extend(ast.iter_child_nodes(one))
        yield one


def parse(source: str, filename: str = "<unknown>") -> ast.Module:
    """Return the syntax tree of a module's source; as `ast.parse`, one thread at a time."""
    with _LOCK:
        return ast.parse(source, filename)
