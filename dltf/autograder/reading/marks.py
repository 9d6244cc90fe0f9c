"""Marks of the course around what is to be written: "START CODE HERE", "YOUR CODE ENDS HERE"."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

# In capitals the words may be anywhere in a comment, and may be misspelled as the course itself
# does ("END CODER HERE"); in small letters they must be the whole comment.
_WHAT = r"(?:CODERS?|CODES?|SOLUTIONS?|ANSWERS?)"
_BEGIN = r"(?:STARTS?|STRATS?|STATRS?|BEGINS?)"
_STOP = r"(?:ENDS?|EDNS?|STOPS?|FINISH)"


def _mark(word: str) -> re.Pattern[str]:
    of = r"(?:\s+(?:OF|YOUR|THE))*"
    whole = (
        rf"(?i:#[#\s]*(?:{word}{of}\s+{_WHAT}|(?:YOUR\s+)?{_WHAT}\s+{word})(?:\s+HERE)?[#\s.:]*$)"
    )
    capitals = rf"#.*\b(?:{word}\b.*\b{_WHAT}|{_WHAT}\b.*\b{word})\b"
    return re.compile(f"{capitals}|{whole}")


_WIDEST = 300  # characters of a line with a mark
_START, _END = _mark(_BEGIN), _mark(_STOP)


def regions(lines: Sequence[str], node: ast.stmt) -> list[tuple[int, int]]:
    """Return the lines (first, last) between each pair of marks in a definition, marks excluded.

    Args:
        lines: the lines of its cell.
        node: the definition.
    """
    found: list[tuple[int, int]] = []
    begun: int | None = None
    last = node.end_lineno or node.lineno
    while last < len(lines) and (not lines[last].strip() or lines[last][:1] in " \t"):
        last += 1  # a mark below the last statement is not part of the syntax tree
    for number in range(node.lineno + 1, last + 1):
        line = lines[number - 1]
        if "#" not in line or len(line) > _WIDEST:
            continue
        if begun is not None and _END.search(line):
            found.append((begun + 1, number - 1))
            begun = None
        elif begun is None and not _END.search(line) and _START.search(line):
            begun = number
    if begun is not None:
        found.append((begun + 1, last))
    return found
