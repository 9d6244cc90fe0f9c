"""Small sequence tasks that a recurrent network learns in seconds, one for each kind of network.

Layout: Keras's, examples first; words, letters and brackets are integers. `rng` is a NumPy
generator or a seed; None draws fresh examples every time.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from dltf.typing import Array, Random
from dltf.validation import check_integer

Pair: TypeAlias = tuple[Array, Array]

WORDS = ("film", "good", "bad", "not")
BRACKETS = "a()"
DEEPEST = 3


def make_waves(m: int, T: int = 24, rng: Random = None) -> Pair:
    """Draw sine waves and their amplitude and frequency (one to many).

    Returns:
        x: amplitude (0.3 to 1) and frequency (0.5 to 2 waves in T steps), float (m, 2).
        y: the wave at each step, (m, T, 1).
    """
    m, T = check_integer("m", m, at_least=1), check_integer("T", T, at_least=1)
    draw = np.random.default_rng(rng)
    x = draw.uniform([0.3, 0.5], [1.0, 2.0], size=(m, 2))
    steps = np.arange(1, T + 1) / T
    y = x[:, :1] * np.sin(2 * np.pi * x[:, 1:] * steps)  # (m, T)
    return x.astype(np.float32), y[:, :, None].astype(np.float32)


def make_opinions(m: int, T: int = 8, rng: Random = None) -> Pair:
    """Draw reviews of T words and their sentiment (many to one).

    "good" counts 1 and "bad" -1; directly after "not" the sign flips. So the order of the words
    matters more than which words occur.

    Returns:
        x: words as indices into `WORDS`, int (m, T).
        y: 1 if the sum is positive, 0 if it is negative (it is never 0), float (m, 1).
    """
    m, T = check_integer("m", m, at_least=1), check_integer("T", T, at_least=1)
    draw = np.random.default_rng(rng)
    x: Array = np.zeros((m, T), np.int32)
    total: Array = np.zeros(m)
    while (open_ := total == 0).any():
        x[open_] = draw.integers(0, len(WORDS), size=(int(open_.sum()), T))
        opinion = (x == 1).astype(int) - (x == 2)
        opinion[:, 1:] *= np.where(x[:, :-1] == 3, -1, 1)
        total = opinion.sum(axis=1)
    return x, (total > 0).astype(np.float32)[:, None]


def make_brackets(m: int, T: int = 16, rng: Random = None) -> Pair:
    """Draw strings with brackets, and the number of open brackets (many to many, equal).

    Returns:
        x: characters as indices into `BRACKETS`, int (m, T); never more than `DEEPEST` open.
        y: number of open brackets after each character, int (m, T), 0 to `DEEPEST`.
    """
    m, T = check_integer("m", m, at_least=1), check_integer("T", T, at_least=1)
    draw = np.random.default_rng(rng)
    x: Array = np.zeros((m, T), np.int32)
    y: Array = np.zeros((m, T), np.int32)
    depth: Array = np.zeros(m, np.int32)
    for t in range(T):
        wish = draw.integers(0, 3, size=m)
        wish[(wish == 1) & (depth == DEEPEST) | (wish == 2) & (depth == 0)] = 0
        depth = depth + (wish == 1) - (wish == 2)
        x[:, t], y[:, t] = wish, depth
    return x, y


def make_blanks(m: int, T_x: int = 10, T_y: int = 3, letters: int = 5, rng: Random = None) -> Pair:
    """Draw letters among blanks, and the letters without blanks (many to many, different lengths).

    Returns:
        x: 0 for a blank, 1 to `letters` for a letter, int (m, T_x), with T_y letters in each.
        y: the letters in order, from 0, int (m, T_y).

    Raises:
        ValueError: an argument is out of its range.
    """
    m = check_integer("m", m, at_least=1)
    T_y = check_integer("T_y", T_y, at_least=1)
    T_x = check_integer("T_x", T_x, at_least=T_y)  # there is room for all letters
    letters = check_integer("letters", letters, at_least=1)
    draw = np.random.default_rng(rng)
    y = draw.integers(0, letters, size=(m, T_y))
    places = np.sort(np.argsort(draw.random((m, T_x)), axis=1)[:, :T_y], axis=1)
    x: Array = np.zeros((m, T_x), np.int32)
    np.put_along_axis(x, places, y.astype(np.int32) + 1, axis=1)
    return x, y.astype(np.int32)


def make_recall(m: int, T: int, symbols: int = 4, rng: Random = None) -> Pair:
    """Draw sequences of symbols, of which only the first matters.

    Returns:
        x: symbols, one-hot, float (m, T, symbols).
        y: the first of them, int (m,).
    """
    m, T = check_integer("m", m, at_least=1), check_integer("T", T, at_least=1)
    symbols = check_integer("symbols", symbols, at_least=1)
    draw = np.random.default_rng(rng)
    words = draw.integers(0, symbols, size=(m, T))
    return np.eye(symbols, dtype=np.float32)[words], words[:, 0].astype(np.int32)
