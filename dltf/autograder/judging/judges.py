"""Judges: compare an observation with the expected one and return the first difference.

A judge runs in the grader, on decoded data only. It compares *summaries*: the observation itself
or, for random results, its statistics.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from dltf.autograder.judging.comparison import (
    Difference,
    as_array,
    compare_structures,
    compare_values,
    kind_of,
    same_form,
    wrong_dtype,
    wrong_shape,
)

Statistics = dict[str, Any]  # of one array, as plain data; see `_statistics`


class Judge:
    """Base class of judges, which compare the observations of the reference and an answer."""

    def summarise(self, observation: Any) -> Any:
        """Return the part of an observation that is compared, as plain data."""
        return observation

    def compare(self, expected: Any, got: Any) -> Difference | None:
        """Return the first difference between two summaries, or None."""
        raise NotImplementedError


@dataclass(frozen=True)
class close(Judge):
    """Same structure, shapes and kinds of numbers; values equal within a tolerance.

    Args:
        rtol: relative tolerance; by default it depends on the dtype (see `comparison.TOLERANCE`).
        atol: absolute tolerance; by default a fraction of the largest expected entry.
        exact_keys: whether additional keys of a dictionary are a difference.
        integers: whether arrays of integers may stand for floats of the same values.
    """

    rtol: float | None = None
    atol: float | None = None
    exact_keys: bool = False
    integers: bool = False

    def compare(self, expected: Any, got: Any) -> Difference | None:
        """Return the first difference. See `Judge.compare`."""
        return compare_structures(expected, got, "result", self._arrays, exact_keys=self.exact_keys)

    def _arrays(self, expected: np.ndarray, got: np.ndarray, where: str) -> Difference | None:
        if self.integers and got.dtype.kind in "iu":
            got = got.astype(np.float64)
        difference = same_form(expected, got, where)
        return difference or compare_values(expected, got, where, self.rtol, self.atol)


@dataclass(frozen=True)
class exactly(Judge):
    """Same structure and the same values, bit for bit (for text, indices, counts)."""

    def compare(self, expected: Any, got: Any) -> Difference | None:
        """Return the first difference. See `Judge.compare`."""
        return close(rtol=0.0, atol=0.0).compare(expected, got)


@dataclass(frozen=True)
class same_set(Judge):
    """Two lists with the same members in any order (members are compared as `close` does)."""

    rtol: float | None = None
    atol: float | None = None

    def compare(self, expected: Any, got: Any) -> Difference | None:
        """Return the first difference. See `Judge.compare`."""
        if not isinstance(got, (list, tuple)):
            return Difference("type", "result", f"The result is {kind_of(got)}; expected a list.")
        judge = close(self.rtol, self.atol)
        left = list(got)
        for item in expected:
            match = next((i for i, o in enumerate(left) if judge.compare(item, o) is None), None)
            if match is None:
                returned = f"the {len(got)} that were returned"
                text = f"An expected member is missing from {returned}."
                return Difference("missing", "result", text)
            del left[match]
        if left:
            returned = f"{len(left)} of the {len(got)} members that were returned"
            return Difference("length", "result", f"{returned} should not be there.")
        return None


# Sampling noise: two samples of n and k entries, from the same distribution, have log standard
# deviations that differ by about sqrt(1/(2n) + 1/(2k)), and means that differ by about
# std * sqrt(1/n + 1/k). At Z times that, a right answer fails less than once in 10^8 comparisons
# (tests/autograder/judging/test_judges.py computes it from the F distribution, for every n down
# to FEW).
Z = 6.5
FEW = 50


@dataclass(frozen=True)
class same_scale(Judge):
    """For random arrays: same structure and shapes, same mean, same standard deviation.

    Arrays that are constant in the reference (zero biases) must have the same value. The bounds
    depend on the number of entries, so that a right answer fails less than once in a million
    runs, for any seed; arrays of fewer than `FEW` random entries are only checked for shape,
    finite values and not being constant (of one entry, for not being zero). Write cases with
    arrays that are always large or always small, so that every run checks the same.

    Args:
        exact_keys: whether additional keys of a dictionary are a difference.
    """

    exact_keys: bool = False

    def summarise(self, observation: Any) -> Any:
        """Return the structure with statistics instead of arrays. See `Judge.summarise`."""
        if isinstance(observation, dict):
            # An answer that returns statistics instead of arrays must not pass for one.
            return {
                "_array_" if key == "_array" else key: self.summarise(value)
                for key, value in observation.items()
            }
        if isinstance(observation, (list, tuple)):
            return [self.summarise(value) for value in observation]
        if isinstance(observation, np.ndarray) and observation.ndim and observation.size:
            return {"_array": _statistics(observation)}
        return observation

    def compare(self, expected: Any, got: Any) -> Difference | None:
        """Return the first difference. See `Judge.compare`."""
        arrays = close()._arrays
        return compare_structures(
            expected, got, "result", arrays, self._special, exact_keys=self.exact_keys
        )

    def _special(self, expected: Any, got: Any, where: str) -> Difference | bool | None:
        """Compare two arrays by their statistics; False for other values."""
        if not (isinstance(expected, dict) and "_array" in expected):
            return False
        got = self.summarise(as_array(got)) if isinstance(got, list) else got
        if not (isinstance(got, dict) and "_array" in got):
            kind = "none" if got is None else "type"
            return Difference(kind, where, f"{where} is {kind_of(got)}; expected an array.")
        a, b = expected["_array"], got["_array"]
        if list(a["shape"]) != list(b["shape"]):
            return wrong_shape(tuple(a["shape"]), tuple(b["shape"]), where)
        if a["kind"] == "f" and b["kind"] != "f":
            return wrong_dtype(where, b["dtype"])
        if not b["finite"]:
            return Difference("nan", where, f"{where} contains values that are not finite numbers.")
        if a["size"] == 1 and a["constant"] != 0 and b["constant"] != 0:
            return None  # one entry may be any random number
        if a["constant"] is not None:
            return self._constants_differ(a, b, where)
        if b["constant"] is not None:
            same = f"{where} has the same value everywhere ({b['constant']:.6g})"
            return Difference("random", where, f"{same}; it should be random.")
        if b["distinct"] < 0.5 * a["distinct"]:
            same = f"{where} repeats the same values"
            return Difference(
                "random", where, f"{same}; every entry should be drawn independently."
            )
        return self._statistics_differ(a, b, where) if a["size"] >= FEW else None

    @staticmethod
    def _constants_differ(a: Statistics, b: Statistics, where: str) -> Difference | None:
        if b["constant"] is None:
            varies = f"{where} varies from entry to entry"
            return Difference("random", where, f"{varies}; every entry should have the same value.")
        if math.isclose(a["constant"], b["constant"], rel_tol=1e-6, abs_tol=1e-12):
            return None
        every = f"Every entry of {where} is {b['constant']:.6g}"
        return Difference("value", where, f"{every}, which is not the right value.")

    @staticmethod
    def _statistics_differ(a: Statistics, b: Statistics, where: str) -> Difference | None:
        n, k = a["size"], b["size"]
        if not math.isfinite(b["std"]):
            return Difference("random", where, f"The entries of {where} are much too large.")
        spread = math.log(max(b["std"], 1e-300) / a["std"])
        noise = math.sqrt(1 / (2 * n) + 1 / (2 * k)) * Z
        shift = abs(a["mean"] - b["mean"])
        pooled = math.sqrt(a["std"] ** 2 / n + b["std"] ** 2 / k) * Z
        own = f"their mean is {b['mean']:.3g} and their standard deviation {b['std']:.3g}"
        if abs(spread) > noise:
            much = "much too" if abs(spread) > 1 else "too"
            wrong = f"{much} {'large' if spread > 0 else 'small'}"
        elif shift > pooled:
            wrong = f"centred too {'high' if b['mean'] > a['mean'] else 'low'}"
        else:
            return None
        text = f"The entries of {where} are {wrong}: {own}, over {k:,} entries."
        return Difference("random", where, text)


@np.errstate(all="ignore")
def _statistics(array: np.ndarray) -> Statistics:
    wide = array.astype(np.float64) if array.dtype.kind in "biuf" else np.abs(array)
    finite = bool(np.isfinite(wide).all())
    first = float(wide.flat[0])
    constant = finite and bool((wide == first).all())
    return {
        "shape": list(array.shape),
        "dtype": str(array.dtype),
        "kind": array.dtype.kind,
        "size": int(array.size),
        "finite": finite,
        "constant": first if constant else None,
        "mean": float(wide.mean()),
        "std": float(wide.std()),
        "distinct": len(np.unique(wide)) / array.size,
    }
