r"""N-gram language models: additive smoothing, interpolation, Kneser-Ney; baselines of the LSTM.

The probability of a character is estimated from how often it came after the last k characters. Long
contexts say more, and most of them were never seen; so every method is a way to fall back on
shorter ones.

- **add**: `(count + delta) / (total + 27 delta)`, one length of context, nothing to fall back on.
- **mixed** (Jelinek & Mercer 1980): a fixed share of each longer estimate, the rest of the shorter.
- **kneser-ney** (Kneser & Ney 1995; Chen & Goodman 1999): each count is lowered by the same
  discount, and what that sets free is shared out by the shorter context, which counts not how often
  a character came but after how many *different* characters: "r" may be frequent only after "u".

A model here gives, for a name of T letters, probabilities (T + 1, 27): row t for what follows the
first t letters; the last character of a name is "\n" (see `dltf.data.names`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from dltf.data.names import CHAR_TO_IX, CHARACTERS
from dltf.typing import Array

KINDS = ("add", "mixed", "kneser-ney")
START = "^"  # padding before a name, as long as the context


class NGram:
    """N-gram character model of a given order: depends on the last `order - 1` characters.

    Args:
        names: to count in.
        order: 1 (how frequent a character is) or more.
        kind: one of `KINDS`.
        strength: delta of "add", the share of the longer context in "mixed", the discount of
            "kneser-ney"; all above 0, the last two below 1. None takes 0.1, 0.7 and 0.9.

    Raises:
        ValueError: an argument is out of its range.
    """

    def __init__(
        self,
        names: Sequence[str],
        order: int = 3,
        kind: str = "kneser-ney",
        strength: float | None = None,
    ) -> None:
        if kind not in KINDS:
            raise ValueError(f"kind: expected one of {', '.join(KINDS)}; got {kind!r}")
        if order < 1:
            raise ValueError(f"order: expected 1 or more, got {order!r}")
        if strength is None:
            strength = {"add": 0.1, "mixed": 0.7, "kneser-ney": 0.9}[kind]
        if not strength > 0 or (kind != "add" and not strength < 1):
            bound = "above 0" if kind == "add" else "between 0 and 1"
            raise ValueError(f"strength: expected a number {bound}, got {strength!r}")
        self.order, self.kind, self.strength = order, kind, strength
        self.counts: list[dict[str, Array]] = [  # counts[k][context of k characters]: (27,)
            defaultdict(lambda: np.zeros(len(CHARACTERS))) for _ in range(order)
        ]
        for name in names:
            text = START * (order - 1) + name + "\n"
            for t in range(order - 1, len(text)):
                for k in range(order):
                    self.counts[k][text[t - k : t]][CHAR_TO_IX[text[t]]] += 1
        if kind == "kneser-ney":
            for k in range(order - 1):  # from the shortest: level k + 1 still holds real counts
                self.counts[k] = defaultdict(lambda: np.zeros(len(CHARACTERS)))
                for context, row in self.counts[k + 1].items():
                    self.counts[k][context[1:]] += row > 0
        self._known: dict[str, Array] = {}

    def next(self, context: str) -> Array:
        """Return the probabilities (27,) of the character after a prefix of a name."""
        context = (START * self.order + context)[len(context) + 1 :]  # order - 1 characters
        if self.kind == "add":
            row = self.counts[-1].get(context, np.zeros(len(CHARACTERS))) + self.strength
            return row / row.sum()
        return self._interpolated(context)

    def _interpolated(self, context: str) -> Array:
        if context in self._known:
            return self._known[context]
        shorter = (
            self._interpolated(context[1:])
            if context
            else np.full(len(CHARACTERS), 1 / len(CHARACTERS))
        )
        row = self.counts[len(context)].get(context)
        if row is None:
            found = shorter
        elif self.kind == "mixed":
            found = self.strength * row / row.sum() + (1 - self.strength) * shorter
        else:
            freed = self.strength * np.count_nonzero(row)
            found = (np.maximum(row - self.strength, 0) + freed * shorter) / row.sum()
        self._known[context] = found
        return found

    def probabilities(self, names: Sequence[str]) -> list[Array]:
        """Return, for each name of T letters, probabilities (T + 1, 27) of every next character."""
        return [np.stack([self.next(name[:t]) for t in range(len(name) + 1)]) for name in names]
