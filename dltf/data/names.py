r"""Dinosaur names for character language models, and the Sonnets.

The list (text/dinos.txt) has 1,536 lines and 1,524 different names: eleven occur more than once.
Duplicates are removed before the split: a name of the training set must not be in the test set.

A name is a text of lower-case letters that ends with "\n", which the model has to predict too. So
there are 27 characters, "\n" has index 0, and a name of T letters has T + 1 characters to predict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from dltf.data import registry
from dltf.typing import Random

CHARACTERS = "\nabcdefghijklmnopqrstuvwxyz"
CHAR_TO_IX = {character: i for i, character in enumerate(CHARACTERS)}
IX_TO_CHAR = dict(enumerate(CHARACTERS))

# fmt: off
_BEGINNINGS = (
    "acro", "allo", "ampelo", "anki", "apato", "bary", "brachio", "bronto", "cerato", "coelo",
    "compso", "cory", "dein", "diplo", "edmonto", "eo", "giga", "gorgo", "hadro", "hetero",
    "iguano", "kentro", "lepto", "mega", "micro", "mono", "nano", "ornitho", "ouran", "pachy",
    "para", "plateo", "proto", "ptero", "sauro", "spino", "stego", "stygi", "tarbo", "therizino",
    "titano", "torvo", "tri", "tyranno", "utah", "veloci", "xeno", "yang", "zhu",
)
_MIDDLES = (
    "ba", "ce", "chi", "da", "do", "ga", "go", "la", "lo", "ma", "ni", "no",
    "po", "ra", "ro", "sa", "si", "ta", "ti", "to", "va", "vi", "xo", "zu",
)
_ENDINGS = (
    "ceratops", "dactylus", "docus", "don", "gnathus", "lestes", "long", "mimus", "nychus", "odon",
    "onyx", "ops", "pelta", "pteryx", "raptor", "rex", "saura", "saurus", "spondylus", "tholus",
    "titan", "tor", "venator",
)
# fmt: on


def load_names() -> list[str]:
    """Return the dinosaur names in lower case, without duplicates, in the order of the list.

    From text/dinos.txt if it is available (1,524 names), otherwise as many from a grammar.
    """
    path = registry.find("text/dinos.txt")
    if path is None:
        registry.announce_stand_in("text", "text/dinos.txt", "these names are generated")
        return make_names(1524, rng=0)
    lines = path.read_text(encoding="utf-8").lower().split("\n")
    return list(dict.fromkeys(line.strip() for line in lines if line.strip()))


def make_names(m: int, rng: Random = None) -> list[str]:
    """Generate names from a grammar: a prefix, up to two syllables, a suffix.

    Args:
        m: number of names, all different, at most 20,000.
        rng: generator or seed.

    Raises:
        ValueError: m is out of its range.
    """
    if not 0 <= m <= 20_000:
        raise ValueError(f"m: expected 0 to 20,000, got {m!r}")
    draw = np.random.default_rng(rng)
    names: dict[str, None] = {}
    while len(names) < m:
        middle = draw.choice(_MIDDLES, size=draw.choice([0, 1, 2], p=[0.1, 0.45, 0.45]))
        names["".join([draw.choice(_BEGINNINGS), *middle, draw.choice(_ENDINGS)])] = None
    return list(names)


def split_names(
    names: Iterable[str], test: int = 150, validation: int = 150, seed: int = 0
) -> tuple[list[str], list[str], list[str]]:
    """Split names at random, without duplicates: no two sets share a name.

    Args:
        names: the names.
        test: size of the test set.
        validation: size of the validation set (for early stopping, mixture weights).
        seed: of the split.

    Returns:
        Names to train on, for validation, for the test.

    Raises:
        ValueError: there are not enough names.
    """
    each = list(dict.fromkeys(names))
    if test < 0 or validation < 0 or test + validation >= len(each):
        raise ValueError(
            f"test, validation: expected together fewer than the {len(each)} different names, "
            f"got {test} and {validation}"
        )
    order = np.random.default_rng(seed).permutation(len(each))
    shuffled = [each[i] for i in order]
    held = test + validation
    return shuffled[held:], shuffled[test:held], shuffled[:test]


def encode_names(
    names: Sequence[str],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    r"""Encode names as padded input indices, target indices and a mask.

    Args:
        names: m texts of lower-case letters; T is one more than the length of the longest.

    Returns:
        x: inputs, "\n" and then the letters, int32 (m, T), padded with 0.
        y: targets, the letters and then "\n", int32 (m, T), padded with 0.
        mask: 1 for targets, 0 for padding, float32 (m, T).

    Raises:
        ValueError: a name has characters other than lower-case letters.
    """
    T = max(map(len, names), default=0) + 1
    x: NDArray[np.int32] = np.zeros((len(names), T), np.int32)
    mask: NDArray[np.float32] = np.zeros((len(names), T), np.float32)
    y = np.zeros_like(x)
    for i, name in enumerate(names):
        if not all(character in CHAR_TO_IX for character in name) or "\n" in name:
            raise ValueError(f"names: expected small letters a to z, got {name!r}")
        numbers = [CHAR_TO_IX[character] for character in name]
        x[i, 1 : len(name) + 1] = y[i, : len(name)] = numbers
        mask[i, : len(name) + 1] = 1
    return x, y, mask


def load_sonnets() -> str:
    """Return Shakespeare's Sonnets in lower case; only the first if the file is not available."""
    path = registry.find("text/shakespeare.txt")
    if path is None:
        registry.announce_stand_in("text", "text/shakespeare.txt", "only the first sonnet is used")
        return _FIRST_SONNET
    return path.read_text(encoding="utf-8").lower()


_FIRST_SONNET = """\
from fairest creatures we desire increase,
that thereby beauty's rose might never die,
but as the riper should by time decease,
his tender heir might bear his memory:
but thou contracted to thine own bright eyes,
feed'st thy light's flame with self-substantial fuel,
making a famine where abundance lies,
thy self thy foe, to thy sweet self too cruel:
thou that art now the world's fresh ornament,
and only herald to the gaudy spring,
within thine own bud buriest thy content,
and tender churl mak'st waste in niggarding:
  pity the world, or else this glutton be,
  to eat the world's due, by the grave and thee.
"""
