"""Parsing of Python source that is safe with threads.

CPython 3.11 counts the recursion of the conversion to `ast` nodes in one place for all threads.
When another thread runs in the middle of it (the garbage collector may call a finalizer there),
`ast.parse` raises "SystemError: AST constructor recursion depth mismatch". Here one thread parses
at a time.
"""

from __future__ import annotations

import ast
import threading

_LOCK = threading.RLock()


def parse(source: str, filename: str = "<unknown>") -> ast.Module:
    """Return the syntax tree of a module's source; as `ast.parse`, one thread at a time."""
    with _LOCK:
        return ast.parse(source, filename)
