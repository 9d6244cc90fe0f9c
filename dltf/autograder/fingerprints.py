"""Fingerprints: eight bytes in the place of an observation, with which others can be compared.

A student edition has no program to run. What each small slip in the reference does is stored in it
as fingerprints: of an observation its structure and texts as a checksum, and its numbers as one
weighted sum, which is compared within the precision of the numbers that it is made of.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dltf.autograder import exceptions
from dltf.autograder.diagnosis import Observed

PRECISION = 1e-5  # of a weighted sum, relative to the sum of absolute values: single precision
_LAYOUT = struct.Struct("<If")


@dataclass(frozen=True)
class Fingerprint:
    """What is left of an observation.

    Attributes:
        structure: checksum of everything but numbers.
        total: weighted sum of the numbers.
        size: sum of the absolute values of what was added up; 0 if it was read from bytes.
    """

    structure: int
    total: float
    size: float = 0.0

    def pack(self) -> bytes:
        """Return it as eight bytes."""
        return _LAYOUT.pack(self.structure, self.total)

    def fits(self, other: Fingerprint) -> bool:
        """Return whether another, of which the size is unknown, is of the same observation."""
        close = abs(self.total - other.total) <= PRECISION * (self.size + 1e-30)
        return self.structure == other.structure and close


def fingerprint(observed: Observed) -> Fingerprint:
    """Return the fingerprint of an observation."""
    if observed.error is not None:
        said = observed.error.type, exceptions.pattern(observed.error), sorted(observed.raised_by)
        return Fingerprint(zlib.crc32(repr(said).encode()), 0.0)
    texts: list[str] = []
    numbers: list[np.ndarray] = []
    for text, array in _leaves(observed.summary):
        texts.append(text)
        numbers.append(array)
    values = np.concatenate([np.zeros(0), *numbers])
    # The weights are fixed, differ from one another, and are far from 0.
    weighted = values * (1 + np.modf(np.arange(1, values.size + 1) * 0.6180339887498949)[0])
    total, size = float(weighted.sum()), float(np.abs(weighted).sum())
    return Fingerprint(zlib.crc32("\n".join(texts).encode()), float(np.float32(total)), size)


def read(data: bytes) -> list[Fingerprint]:
    """Return the fingerprints of `Fingerprint.pack`, one after another."""
    return [Fingerprint(*fields) for fields in _LAYOUT.iter_unpack(data)]


def _leaves(value: Any) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the parts of a summary: what is compared as text, and the finite numbers in it."""
    if isinstance(value, Mapping):
        for key in sorted(value, key=repr):
            yield repr(key), np.zeros(0)
            yield from _leaves(value[key])
    elif isinstance(value, (list, tuple)):
        yield f"{len(value)} items", np.zeros(0)
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, (bool, np.bool_, str, bytes)) or value is None:
        yield repr(value), np.zeros(0)
    elif isinstance(value, (int, float, np.number, np.ndarray)):
        array = np.asarray(value)
        if array.dtype.kind not in "biuf":
            yield repr(array.tolist()), np.zeros(0)
            return
        flat = array.astype(float).ravel()
        finite = np.isfinite(flat)
        yield f"{array.shape} {np.packbits(finite).tobytes()!r}", np.where(finite, flat, 0.0)
    else:
        yield type(value).__name__, np.zeros(0)


# Slips --------------------------------------------------------------------------------------------

ByCase = Mapping[str, Observed]


@dataclass(frozen=True)
class Slips:
    """The fingerprints of the small slips in one exercise.

    Attributes:
        cases: the cases, in the order of the fingerprints.
        kinds: the kind of each slip.
        data: seed -> the fingerprints of all cases of the first slip, of the second, and so on.
    """

    cases: tuple[str, ...]
    kinds: tuple[str, ...]
    data: Mapping[int, bytes]

    def fitting(self, got: Mapping[int, ByCase]) -> set[str]:
        """Return the kinds of the slips that behave like an answer in every case, on every seed.

        Args:
            got: seed -> case -> the answer's observation.
        """
        left = set(range(len(self.kinds)))
        for seed, data in self.data.items():
            if any(case not in got[seed] for case in self.cases):
                return set()
            own = [fingerprint(got[seed][case]) for case in self.cases]
            every, count = read(data), len(self.cases)
            left = {
                number
                for number in left
                if all(map(Fingerprint.fits, own, every[number * count : (number + 1) * count]))
            }
        return {self.kinds[number] for number in left}


def slips(
    cases: Sequence[str],
    right: Mapping[int, ByCase],
    made: Mapping[int, Sequence[tuple[str, ByCase]]],
) -> Slips:
    """Return slips with their fingerprints, but for those that cannot be told from what is right.

    Args:
        cases: the cases.
        right: seed -> case -> observation of the reference.
        made: seed -> the same slips in the same order: the kind, and case -> observation.
    """
    expected = {seed: [fingerprint(found[case]) for case in cases] for seed, found in right.items()}
    kinds: list[str] = []
    data = dict.fromkeys(made, b"")
    for together in zip(*made.values(), strict=True):
        by_seed = dict(zip(made, (observed for _, observed in together), strict=True))
        if any(case not in observed for observed in by_seed.values() for case in cases):
            continue
        rows = {s: [fingerprint(observed[c]) for c in cases] for s, observed in by_seed.items()}
        if any(not all(map(Fingerprint.fits, rows[s], expected[s])) for s in rows):
            kinds.append(together[0][0])
            for seed, row in rows.items():
                data[seed] += b"".join(one.pack() for one in row)
    return Slips(tuple(cases), tuple(kinds), data)
