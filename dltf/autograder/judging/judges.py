"""Judges: do two observations agree, and if not, what is the first thing that differs?

A judge runs in the grader, on decoded data only. It compares *summaries*: for most judges the
observation itself, for random results its statistics. Its words name the place and the kind of a
difference and how large it is, and never the expected value.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from dltf.autograder.judging.observation import Opaque

# Relative tolerance, and absolute tolerance in units of the largest expected entry, by the bytes
# of the less precise of the two floats: room for another order of summation, not for another
# formula.
TOLERANCE = {2: (1e-2, 1e-2), 4: (1e-4, 1e-5), 8: (1e-6, 1e-9)}

Leaf = Callable[[Any, Any, str], "Difference | None"]


@dataclass(frozen=True)
class Difference:
    """The first thing in which two observations differ.

    Attributes:
        kind: 'missing', 'extra', 'type', 'none', 'length', 'shape', 'dtype', 'nan', 'value' or
            'random'.
        where: the place, such as ``result['W1'][2, 0]``.
        text: one sentence for the student.
    """

    kind: str
    where: str
    text: str


class Judge:
    """Compares what the reference did with what an answer did."""

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
        rtol: relative tolerance; by default it follows the dtype (see `TOLERANCE`).
        atol: absolute tolerance; by default a fraction of the largest expected entry.
        exact_keys: whether a dictionary may have no other keys; by default they are not looked at.
    """

    rtol: float | None = None
    atol: float | None = None
    exact_keys: bool = False

    def compare(self, expected: Any, got: Any) -> Difference | None:
        """Return the first difference. See `Judge.compare`."""
        return walk(expected, got, "result", self._numbers, exact_keys=self.exact_keys)

    def _numbers(self, expected: np.ndarray, got: np.ndarray, where: str) -> Difference | None:
        return same_form(expected, got, where) or self._values(expected, got, where)

    @np.errstate(all="ignore")  # an answer's numbers may be as large as they like
    def _values(self, expected: np.ndarray, got: np.ndarray, where: str) -> Difference | None:
        floats = [
            a.dtype.itemsize // (2 if a.dtype.kind == "c" else 1)
            for a in (expected, got)
            if a.dtype.kind in "fc"
        ]
        rtol, scaled = TOLERANCE.get(min(floats, default=8), TOLERANCE[8]) if floats else (0.0, 0.0)
        a, b = np.atleast_1d(_wide(expected)), np.atleast_1d(_wide(got))
        finite = np.isfinite(a)
        odd = ~finite | ~np.isfinite(b)
        same_odd = (np.isnan(a) & np.isnan(b)) | ((a == b) & odd)
        if bool(np.any(odd & ~same_odd)):
            index = np.unravel_index(int(np.argmax(odd & ~same_odd)), a.shape)
            return Difference(
                "nan",
                where,
                f"{_at(where, index, got)} is {_word(b[index])}, "
                + (
                    "which is not a finite number."
                    if finite[index]
                    else "where something not finite was expected."
                ),
            )
        if not bool(finite.any()):
            return None
        scale = float(np.max(np.abs(a[finite])))
        rtol = rtol if self.rtol is None else self.rtol
        atol = scaled * scale if self.atol is None else self.atol
        error = np.where(finite, np.abs(b - a), 0.0)
        wrong = finite & (error > atol + rtol * np.abs(a))
        if not floats and rtol == atol == 0:  # float64 does not hold every whole number
            wrong = np.atleast_1d(expected != got)
        if not bool(wrong.any()):
            return None
        index = np.unravel_index(int(np.argmax(np.where(wrong, error, -1))), a.shape)
        return Difference(
            "value",
            _at(where, index, got),
            _describe(a[finite], b[finite], int(wrong.sum()), index, where, got, scale),
        )


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
            return Difference("type", "result", f"The result is {_kind(got)}; expected a list.")
        judge = close(self.rtol, self.atol)
        left = list(got)
        for item in expected:
            match = next((i for i, o in enumerate(left) if judge.compare(item, o) is None), None)
            if match is None:
                return Difference(
                    "missing",
                    "result",
                    "A member that should be there is missing "
                    f"from the {len(got)} that were returned.",
                )
            del left[match]
        if left:
            return Difference(
                "length",
                "result",
                f"{len(left)} of the {len(got)} members that were returned should not be there.",
            )
        return None


# Sampling noise: two samples of n and k entries, from the same distribution, have log standard
# deviations that differ by about sqrt(1/(2n) + 1/(2k)), and means that differ by about
# std * sqrt(1/n + 1/k). At Z of those a right answer fails less than once in 10^8 comparisons
# (tests/test_judge.py computes it from the F distribution, for every n down to FEW).
Z = 6.5
FEW = 50


@dataclass(frozen=True)
class same_scale(Judge):
    """For random arrays: same structure and shapes, same mean, same standard deviation.

    Arrays that are constant in the reference (zero biases) must have that very value. The bounds
    follow from the number of entries, so that a right answer fails less than once in a million
    runs whatever its seed; arrays of fewer than `FEW` random entries are only checked for shape,
    finite values and not being constant (of one entry, for not being zero). Write cases with
    large arrays, or ones that are always small, so that the same is checked in every run.

    Args:
        exact_keys: whether a dictionary may have no other keys; by default they are not looked at.
    """

    exact_keys: bool = False

    def summarise(self, observation: Any) -> Any:
        """Return the statistics of every array, in its place. See `Judge.summarise`."""
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
        return walk(
            expected, got, "result", close()._numbers, self._special, exact_keys=self.exact_keys
        )

    def _special(self, expected: Any, got: Any, where: str) -> Difference | bool | None:
        if not (isinstance(expected, dict) and "_array" in expected):
            return False
        if not (isinstance(got, dict) and "_array" in got):
            return Difference(
                "none" if got is None else "type",
                where,
                f"{where} is {_kind(got)}; expected an array.",
            )
        a, b = expected["_array"], got["_array"]
        if list(a["shape"]) != list(b["shape"]):
            return _shape(tuple(a["shape"]), tuple(b["shape"]), where)
        if a["kind"] == "f" and b["kind"] != "f":
            return _dtype(where, b["dtype"])
        if not b["finite"]:
            return Difference("nan", where, f"{where} holds values that are not finite numbers.")
        if a["size"] == 1 and a["constant"] != 0 and b["constant"] != 0:
            return None  # one entry: a draw, as far as anybody can tell
        if a["constant"] is not None:
            if b["constant"] is None:
                return Difference(
                    "random",
                    where,
                    f"{where} varies from entry to entry; every entry should have the same value.",
                )
            if not math.isclose(a["constant"], b["constant"], rel_tol=1e-6, abs_tol=1e-12):
                return Difference(
                    "value",
                    where,
                    f"Every entry of {where} is {b['constant']:.6g}, which is not the right value.",
                )
            return None
        if b["constant"] is not None:
            return Difference(
                "random",
                where,
                f"{where} has the same value everywhere "
                f"({b['constant']:.6g}); it should be random.",
            )
        if b["distinct"] < 0.5 * a["distinct"]:
            return Difference(
                "random",
                where,
                f"{where} repeats the same values over and over; every entry should be drawn anew.",
            )
        return self._statistics_differ(a, b, where) if a["size"] >= FEW else None

    @staticmethod
    def _statistics_differ(a: dict, b: dict, where: str) -> Difference | None:
        n, k = a["size"], b["size"]
        if not math.isfinite(b["std"]):
            return Difference("random", where, f"The entries of {where} are much too large.")
        spread = math.log(max(b["std"], 1e-300) / a["std"])
        noise = math.sqrt(1 / (2 * n) + 1 / (2 * k)) * Z
        shift = abs(a["mean"] - b["mean"])
        pooled = math.sqrt(a["std"] ** 2 / n + b["std"] ** 2 / k) * Z
        own = f"their mean is {b['mean']:.3g} and their standard deviation {b['std']:.3g}"
        if abs(spread) > noise:
            word = "large" if spread > 0 else "small"
            much = "much too" if abs(spread) > 1 else "too"
            return Difference(
                "random",
                where,
                f"The entries of {where} are {much} {word}: {own}, over {k:,} entries.",
            )
        if shift > pooled:
            side = "high" if b["mean"] > a["mean"] else "low"
            return Difference(
                "random",
                where,
                f"The entries of {where} are centred too {side}: {own}, over {k:,} entries.",
            )
        return None


@np.errstate(all="ignore")
def _statistics(array: np.ndarray) -> dict[str, Any]:
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


# Structure --------------------------------------------------------------------------------------


def walk(
    expected: Any,
    got: Any,
    where: str,
    numbers: Leaf,
    special: Callable[[Any, Any, str], Difference | bool | None] | None = None,
    *,
    exact_keys: bool = False,
) -> Difference | None:
    """Compare two structures, leaf by leaf; return the first difference.

    Args:
        expected: a decoded summary; what it lacks is not looked for.
        got: a decoded summary of the answer.
        where: how to name the place.
        numbers: compares two arrays.
        special: is asked first at every node; False means 'not mine'.
        exact_keys: whether a key too many is a difference.
    """
    if special is not None:
        verdict = special(expected, got, where)
        if verdict is not False:
            return verdict  # type: ignore[return-value]
    if isinstance(expected, dict):
        if not isinstance(got, dict):
            return _wrong_kind(got, "a dictionary", where)
        missing = [key for key in expected if key not in got]
        if missing:
            keys = ", ".join(map(repr, got)) or "none"
            return Difference(
                "missing", where, f"{where} has no key {missing[0]!r} (its keys: {_shorten(keys)})."
            )
        extra = [key for key in got if key not in expected]
        if exact_keys and extra:
            return Difference(
                "extra",
                where,
                f"{where} has a key {_shorten(repr(extra[0]))} that is not asked for.",
            )
        parts = [(f"{where}[{key!r}]", expected[key], got[key]) for key in expected]
    elif isinstance(expected, (list, tuple)):
        if not isinstance(got, (list, tuple)):
            return _wrong_kind(got, f"{len(expected)} values", where)
        if len(expected) != len(got):
            return Difference(
                "length", where, f"{where} has {len(got)} values; expected {len(expected)}."
            )
        parts = [
            (f"{where}[{i}]", a, b) for i, (a, b) in enumerate(zip(expected, got, strict=True))
        ]
    elif isinstance(expected, (bool, int, float, complex, np.ndarray)):
        if not isinstance(got, (bool, int, float, complex, np.ndarray)):
            return _wrong_kind(got, _kind(expected), where)
        return numbers(np.asarray(expected), np.asarray(got), where)
    elif isinstance(expected, Opaque):
        same = isinstance(got, Opaque) and got.kind == expected.kind
        return None if same else _wrong_kind(got, f"a {expected.kind}", where)
    else:
        if expected is None and got is None:
            return None
        if type(got) is not type(expected):
            return _wrong_kind(got, _kind(expected), where)
        return (
            None
            if got == expected
            else Difference(
                "value", where, f"{where} is {_shorten(repr(got))}, which is not right."
            )
        )
    for place, a, b in parts:
        difference = walk(a, b, place, numbers, special, exact_keys=exact_keys)
        if difference is not None:
            return difference
    return None


def same_form(expected: np.ndarray, got: np.ndarray, where: str) -> Difference | None:
    """Return the difference in shape or in kind of number between two arrays, if any."""
    if expected.shape != got.shape:
        return _shape(expected.shape, got.shape, where)
    if expected.dtype.kind == "f" and got.dtype.kind in "biu" and got.ndim > 0:
        return _dtype(where, str(got.dtype))
    if got.dtype.kind == "c" and expected.dtype.kind != "c":
        return _dtype(where, str(got.dtype))
    return None


def _shape(expected: tuple[int, ...], got: tuple[int, ...], where: str) -> Difference:
    text = f"{where} has shape {got}; expected {expected}."
    if got == expected[::-1]:
        text += " Rows and columns are exchanged."
    elif len(got) == 1 and len(expected) == 2 and 1 in expected:
        text += " A rank-1 array is neither a row nor a column, and broadcasts in surprising ways."
    return Difference("shape", where, text)


def _dtype(where: str, dtype: str) -> Difference:
    return Difference(
        "dtype",
        where,
        f"{where} has dtype {dtype}; expected real (floating-point) "
        "numbers, which can hold a fraction.",
    )


def _wrong_kind(got: Any, expected: str, where: str) -> Difference:
    if got is None:
        return Difference("none", where, f"{where} is None; expected {expected}.")
    return Difference("type", where, f"{where} is {_kind(got)}; expected {expected}.")


def _kind(value: Any) -> str:
    if isinstance(value, Opaque):
        return str(value)
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}" if value.ndim else "a number"
    if isinstance(value, bool):
        return "True or False"
    if isinstance(value, (int, float, complex, np.generic)):
        return "a number"
    names = {
        dict: "a dictionary",
        list: "a list",
        tuple: "a tuple",
        str: "text",
        bytes: "bytes",
        type(None): "None",
    }
    if isinstance(value, (list, tuple)):
        return f"{names[type(value)]} of {len(value)}"
    return names.get(type(value), f"a {type(value).__name__}")


# Values -----------------------------------------------------------------------------------------


def _wide(array: np.ndarray) -> np.ndarray:
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def _word(number: Any) -> str:
    if number != number:
        return "NaN"
    return f"{number:.6g}" if np.isrealobj(number) else str(number)


def _at(where: str, index: tuple[Any, ...], array: np.ndarray) -> str:
    return f"{where}[{', '.join(str(int(i)) for i in index)}]" if array.ndim else where


def _describe(
    a: np.ndarray,
    b: np.ndarray,
    wrong: int,
    index: tuple[Any, ...],
    where: str,
    got: np.ndarray,
    scale: float,
) -> str:
    """Say how far off the values `b` are, without saying what `a` is."""
    place = _at(where, index, got)
    worst = float(np.max(np.abs(b - a)))
    off = f"by {_one_digit(worst / scale)}" if scale > 0 else "where all should be zero"
    if got.size == 1:
        text = f"{where} is {_word(got.reshape(-1)[0])}, which is not right: off {off} of its size."
        if scale == 0:
            text = f"{where} is {_word(got.reshape(-1)[0])}, which is not right."
    else:
        count = "every entry is" if wrong == got.size else f"{wrong:,} of {got.size:,} entries are"
        text = f"{where}: {count} wrong; the worst is {place}, off {off}"
        text += " of the largest entry." if scale > 0 else "."
    return text + _pattern(a, b)


def _one_digit(fraction: float) -> str:
    """Round to one digit: enough to see a scale, too little to recover the value."""
    if fraction < 0.001:
        return "less than 0.1%"
    rounded = float(f"{fraction:.0e}")
    if fraction >= 10:
        return f"about {rounded:g} times"
    return f"about {rounded:.1%}".replace(".0%", "%")


def _pattern(a: np.ndarray, b: np.ndarray) -> str:
    """Name a simple relation between wrong and right values, if there is one."""
    if np.allclose(b, -a, rtol=1e-6, atol=0):
        return " The sign is the wrong way round."
    used = np.abs(a) > 1e-12 * np.max(np.abs(a), initial=0.0)
    if used.sum() > 1:
        ratio = b[used] / a[used]
        if np.allclose(ratio, ratio[0], rtol=1e-5) and np.allclose(b[~used], 0):
            return " Every entry is off by one and the same factor."
        if np.allclose(b - a, (b - a)[0], rtol=1e-5):
            return " Every entry is off by one and the same amount."
    return ""


def _shorten(text: str, width: int = 120) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
