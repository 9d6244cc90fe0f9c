"""Comparison of two structures: the first difference, and its description.

The description contains the position, the kind and the size of a difference, never the expected
value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Union

import numpy as np

from dltf.autograder.judging.observation import Opaque

# Relative tolerance, and absolute tolerance in units of the largest expected entry, by the size in
# bytes of the less precise of the two floats: they allow another order of summation, but not
# another formula.
TOLERANCE = {2: (1e-2, 1e-2), 4: (1e-4, 1e-5), 8: (1e-6, 1e-9)}


@dataclass(frozen=True)
class Difference:
    """The first difference between two observations.

    Attributes:
        kind: 'missing', 'extra', 'type', 'none', 'length', 'shape', 'dtype', 'nan', 'value' or
            'random'.
        where: its position, such as ``result['W1'][2, 0]``.
        text: one sentence for the student.
    """

    kind: str
    where: str
    text: str


CompareArrays = Callable[[np.ndarray, np.ndarray, str], Union[Difference, None]]  # noqa: UP007
CompareNode = Callable[[Any, Any, str], Union[Difference, bool, None]]  # noqa: UP007


# Structures -------------------------------------------------------------------------------------


def compare_structures(
    expected: Any,
    got: Any,
    where: str,
    arrays: CompareArrays,
    special: CompareNode | None = None,
    *,
    exact_keys: bool = False,
) -> Difference | None:
    """Compare two structures, leaf by leaf; return the first difference.

    Args:
        expected: a decoded summary.
        got: a decoded summary of the answer.
        where: name of the position.
        arrays: compares two arrays.
        special: called first at every node; returns False for nodes it does not compare.
        exact_keys: whether an additional key of `got` is a difference.
    """
    found = special(expected, got, where) if special is not None else False
    if not isinstance(found, bool):
        return found
    if isinstance(expected, (bool, int, float, complex, np.ndarray)):
        got = as_array(got) if isinstance(expected, np.ndarray) and expected.ndim else got
        if not isinstance(got, (bool, int, float, complex, np.ndarray)):
            return wrong_kind(got, kind_of(expected), where)
        return arrays(np.asarray(expected), np.asarray(got), where)
    if isinstance(expected, dict):
        difference = _keys(expected, got, where, exact_keys)
        parts = [(f"{where}[{key!r}]", key) for key in expected]
    elif isinstance(expected, (list, tuple)):
        difference = _lengths(expected, got, where)
        parts = [(f"{where}[{i}]", i) for i in range(len(expected))]
    else:
        return _others(expected, got, where)
    for place, key in parts:
        if difference is not None:
            break
        difference = compare_structures(
            expected[key], got[key], place, arrays, special, exact_keys=exact_keys
        )
    return difference


def as_array(got: Any) -> Any:
    """Return a list of numbers as the array it spells; any other value as it is.

    Only the container changes: shape, kind of number and values are compared as ever.
    """
    if not isinstance(got, list):
        return got
    try:
        array = np.array(got)
    except ValueError:  # rows of several lengths
        return got
    return array if array.dtype.kind in "biufc" else got


def _keys(expected: dict[Any, Any], got: Any, where: str, exact_keys: bool) -> Difference | None:
    if not isinstance(got, dict):
        return wrong_kind(got, "a dictionary", where)
    missing = [key for key in expected if key not in got]
    if missing:
        keys = shorten(", ".join(map(repr, got)) or "none")
        text = f"{where} has no key {missing[0]!r} (its keys: {keys})."
        return Difference("missing", where, text)
    extra = [key for key in got if key not in expected]
    if exact_keys and extra:
        text = f"{where} has a key {shorten(repr(extra[0]))} that is not asked for."
        return Difference("extra", where, text)
    return None


def _lengths(expected: list[Any] | tuple[Any, ...], got: Any, where: str) -> Difference | None:
    if not isinstance(got, (list, tuple)):
        return wrong_kind(got, f"{len(expected)} values", where)
    if len(expected) != len(got):
        text = f"{where} has {len(got)} values; expected {len(expected)}."
        return Difference("length", where, text)
    return None


def _others(expected: Any, got: Any, where: str) -> Difference | None:
    """Compare values that are neither containers nor numbers: text, None, opaque objects."""
    if isinstance(expected, Opaque):
        same = isinstance(got, Opaque) and got.kind == expected.kind
        return None if same else wrong_kind(got, f"a {expected.kind}", where)
    if expected is None and got is None:
        return None
    if type(got) is not type(expected):
        return wrong_kind(got, kind_of(expected), where)
    if got == expected:
        return None
    return Difference("value", where, f"{where} is {shorten(repr(got))}, which is not right.")


# Arrays -----------------------------------------------------------------------------------------


def same_form(expected: np.ndarray, got: np.ndarray, where: str) -> Difference | None:
    """Return the difference in shape or in kind of number between two arrays, if any."""
    if expected.shape != got.shape:
        return wrong_shape(expected.shape, got.shape, where)
    if expected.dtype.kind == "f" and got.dtype.kind in "biu" and got.ndim > 0:
        return wrong_dtype(where, str(got.dtype))
    if got.dtype.kind == "c" and expected.dtype.kind != "c":
        return wrong_dtype(where, str(got.dtype))
    return None


@np.errstate(all="ignore")  # an answer's numbers may overflow
def compare_values(
    expected: np.ndarray,
    got: np.ndarray,
    where: str,
    rtol: float | None = None,
    atol: float | None = None,
) -> Difference | None:
    """Return the difference in value between two arrays of the same shape, if any.

    Args:
        expected: the reference's array.
        got: the answer's array.
        where: name of the array.
        rtol: relative tolerance; by default it depends on the dtypes.
        atol: absolute tolerance; by default a fraction of the largest expected entry.
    """
    floats = _float_bytes(expected) + _float_bytes(got)
    usual, scaled = TOLERANCE.get(min(floats), TOLERANCE[8]) if floats else (0.0, 0.0)
    a, b = np.atleast_1d(_wide(expected)), np.atleast_1d(_wide(got))
    finite = np.isfinite(a)
    difference = _not_finite(a, b, finite, got, where)
    if difference is not None or not bool(finite.any()):
        return difference
    scale = float(np.max(np.abs(a[finite])))
    rtol = usual if rtol is None else rtol
    atol = scaled * scale if atol is None else atol
    error = np.where(finite, np.abs(b - a), 0.0)
    wrong = finite & (error > atol + rtol * np.abs(a))
    if not floats and rtol == atol == 0:  # float64 cannot represent every integer
        wrong = np.atleast_1d(expected != got)
    if not bool(wrong.any()):
        return None
    worst = np.unravel_index(int(np.argmax(np.where(wrong, error, -1))), a.shape)
    text = _describe(a[finite], b[finite], int(wrong.sum()), worst, where, got, scale)
    return Difference("value", _at(where, worst, got), text)


def _float_bytes(array: np.ndarray) -> list[int]:
    """Return the size of an array's floats, in bytes, if it consists of floats."""
    if array.dtype.kind not in "fc":
        return []
    return [array.dtype.itemsize // (2 if array.dtype.kind == "c" else 1)]


def _not_finite(
    a: np.ndarray, b: np.ndarray, finite: np.ndarray, got: np.ndarray, where: str
) -> Difference | None:
    """Return the first entry that is finite in only one array, or NaN or infinite differently."""
    odd = ~finite | ~np.isfinite(b)
    same = (np.isnan(a) & np.isnan(b)) | ((a == b) & odd)
    wrong = odd & ~same
    if not bool(np.any(wrong)):
        return None
    first = np.unravel_index(int(np.argmax(wrong)), a.shape)
    what = "where something not finite was expected."
    if finite[first]:
        what = "which is not a finite number."
    return Difference("nan", where, f"{_at(where, first, got)} is {_word(b[first])}, {what}")


# Descriptions -----------------------------------------------------------------------------------


def wrong_shape(expected: tuple[int, ...], got: tuple[int, ...], where: str) -> Difference:
    """Return the difference between two shapes."""
    text = f"{where} has shape {got}; expected {expected}."
    if got == expected[::-1]:
        text += " Rows and columns are swapped."
    elif len(got) == 1 and len(expected) == 2 and 1 in expected:
        text += " A rank-1 array is neither a row nor a column, and broadcasts in surprising ways."
    return Difference("shape", where, text)


def wrong_dtype(where: str, dtype: str) -> Difference:
    """Return the difference of an array that does not contain real numbers."""
    return Difference(
        "dtype",
        where,
        f"{where} has dtype {dtype}; expected real (floating-point) "
        "numbers, which can represent fractions.",
    )


def wrong_kind(got: Any, expected: str, where: str) -> Difference:
    """Return the difference of a value that is not of the expected kind."""
    if got is None:
        return Difference("none", where, f"{where} is None; expected {expected}.")
    return Difference("type", where, f"{where} is {kind_of(got)}; expected {expected}.")


def kind_of(value: Any) -> str:
    """Describe the type of a decoded value."""
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
    """Describe how far the values `b` are from `a`, without revealing `a`."""
    if got.dtype.kind in "biu":
        return _describe_integers(wrong, index, where, got)
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


def _describe_integers(wrong: int, index: tuple[Any, ...], where: str, got: np.ndarray) -> str:
    """Describe indices, counts or flags, for which a distance or a fraction means nothing."""
    place, value = _at(where, index, got), got[index] if got.ndim else got[()]
    if got.size == 1:
        return f"{place} is {value}, which is not right."
    count = "every entry is" if wrong == got.size else f"{wrong:,} of {got.size:,} entries are"
    return f"{where}: {count} wrong; one of them is {place}, which is {value}."


def _one_digit(fraction: float) -> str:
    """Round to one digit: enough for the scale, too little to recover the value."""
    if fraction < 0.001:
        return "less than 0.1%"
    rounded = float(f"{fraction:.0e}")
    if fraction >= 10:
        return f"about {rounded:g} times"
    return f"about {rounded:.1%}".replace(".0%", "%")


def _pattern(a: np.ndarray, b: np.ndarray) -> str:
    """Describe a simple relation between wrong and right values, if there is one."""
    if np.allclose(b, -a, rtol=1e-6, atol=0):
        return " The sign is wrong."
    used = np.abs(a) > 1e-12 * np.max(np.abs(a), initial=0.0)
    if used.sum() > 1:
        ratio = b[used] / a[used]
        if np.allclose(ratio, ratio[0], rtol=1e-5) and np.allclose(b[~used], 0):
            return " Every entry is off by the same factor."
        if np.allclose(b - a, (b - a)[0], rtol=1e-5):
            return " Every entry is off by the same amount."
    return ""


def shorten(text: str, width: int = 120) -> str:
    """Return text, truncated to a width."""
    return text if len(text) <= width else text[: width - 1] + "…"
