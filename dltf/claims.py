"""Claims: what a notebook's text says about its own runs, checked where the runs are.

A sentence such as "the test error is smallest somewhere between" is true of most runs and false of
some: data, seeds and answers differ. So the cell that has the numbers makes the claim, and the text
below it speaks of what the cell printed. Where the claim does not hold, the notebook says so, shows
what came out, and goes on. With the environment variable `DLTF_CLAIMS=strict`, as in the tests, a
claim that does not hold is an error.

Loads neither NumPy nor TensorFlow.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterable

__all__ = ["ClaimError", "claim"]


class ClaimError(AssertionError):
    """A claim that does not hold, under `DLTF_CLAIMS=strict`."""


def claim(text: str, holds: bool | Iterable[bool], came_out: object = "") -> None:
    """Print whether a statement about a run holds, and what came out.

    Args:
        text: the statement, a sentence without its full stop.
        holds: whether it holds; several conditions must hold together.
        came_out: the numbers that decide it, for print.

    Raises:
        ClaimError: it does not, and the environment asks for strict claims.
    """
    true = all(holds) if isinstance(holds, Iterable) else bool(holds)
    shown = str(came_out)
    if not true and os.environ.get("DLTF_CLAIMS") == "strict":
        raise ClaimError(f"claim: expected that {text}, got {shown or 'the opposite'}")
    line = f"As expected: {text}." if true else f'Not in this run: "{text}".'
    if shown:
        line += f" Measured: {shown}."
    print(textwrap.fill(line, 100, subsequent_indent="    ", break_long_words=False))
