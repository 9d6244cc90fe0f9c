"""Parsing of a student's Python code, with limits that protect the parser."""

from __future__ import annotations

import ast

from dltf import _syntax

MAX_BRACKETS, MAX_SIGNS = 150, 1000  # the parser recurses in C


def parse(source: str) -> ast.Module:
    """Return a cell's syntax tree.

    Raises:
        SyntaxError: not Python.
        ValueError, RecursionError, MemoryError: nested too deeply, or not Python source text.
    """
    depth = deepest = signs = longest = 0
    for character in source:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
        signs = signs + 1 if character in "-+~." else 0
        longest = max(longest, signs)
    if deepest > MAX_BRACKETS or longest > MAX_SIGNS:
        raise ValueError("nested too deeply")
    return _syntax.parse(source)


def parses(source: str) -> bool:
    """Return whether a cell is valid Python."""
    try:
        parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
