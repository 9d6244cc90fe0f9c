"""Unfinished code that Python does not read: loops of comments only, `W = ` without a value."""

from __future__ import annotations

import ast
import re

from dltf.autograder.reading.parsing import parse

# Of what is read: places that are filled in, characters of a cell, and of a line. No student may
# choose how long a pattern searches.
_MOST, _LONGEST, _WIDEST = 100, 100_000, 500
_HEADER = re.compile(r"expected an indented block after .* on line (\d+)$")
_COLON = re.compile(r":[ \t]*(#.*)?$")
_MISSING = [  # what is missing on a line -> the line with None there
    (re.compile(r"^([^#]*[^=!<>#\s][ \t]*=)[ \t]*(#.*)?$"), r"\1 None"),
    (re.compile(r"^([ \t]*(?:if|elif|while|with))[ \t]*:"), r"\1 None:"),
    (re.compile(r"^([ \t]*with)([ \t]+as[ \t])"), r"\1 None\2"),
    (re.compile(r"^([ \t]*for[ \t][^#]*[ \t]in)[ \t]*:"), r"\1 None:"),
    (re.compile(r"([(,])[ \t]*(?=,)"), r"\1None"),
]


def completed(source: str) -> ast.Module | None:
    """Return the syntax tree of a source with `pass` and None where nothing was written.

    Lines are counted as in the source. It is for reading only: a program that is not Python is not
    run as if it were.

    Returns:
        The tree, or None if the source is not Python for another reason.
    """
    lines = source.split("\n")
    if len(source) > _LONGEST or max(map(len, lines)) > _WIDEST:
        return None
    for _ in range(_MOST):
        try:
            return parse("\n".join(lines))
        except SyntaxError as error:
            if not _filled(lines, error):
                return None
        except (ValueError, RecursionError, MemoryError):
            return None
    return None


def _filled(lines: list[str], error: SyntaxError) -> bool:
    """Fill in the place that an error is about; return whether there is one."""
    number = min(error.lineno or 0, len(lines))
    if number < 1:
        return False
    header = _HEADER.match(error.msg)
    if header:
        begun = int(header[1])
        for index in range(number - 1, begun - 2, -1):
            line = lines[index]
            if not _is_comment(line) and (index < number - 1 or number == begun):
                lines[index] = _COLON.sub(": pass", line)
                return lines[index] != line
        return False
    if error.msg == "unexpected indent":  # below a None in place of `with ...:`
        above = [i for i in range(number - 1) if not _is_comment(lines[i])]
        if not above or lines[above[-1]].strip() != "None":
            return False
        lines[above[-1]] = lines[above[-1]].replace("None", "with None:")
        return True
    line = lines[number - 1]
    for pattern, replacement in _MISSING:
        if pattern.search(line):
            lines[number - 1] = pattern.sub(replacement, line)
            return lines[number - 1] != line
    return False


def _is_comment(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")
