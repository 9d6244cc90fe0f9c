"""Argument validation with uniform error messages: "argument: expected, received".

Each function returns the value that it has checked, so it can be used inline:

    self.beta = check_number("beta", beta, at_least=0, below=1)

Loads neither NumPy nor TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import Any, TypeVar

T = TypeVar("T")


def check_integer(name: str, value: Any, at_least: int) -> int:
    """Return a value as an int if it is an integer (NumPy's included) of at least some size.

    Raises:
        ValueError: it is something else, or too small.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < at_least:
        raise ValueError(f"{name}: expected an integer of at least {at_least}, got {value!r}")
    return int(value)


def check_number(
    name: str,
    value: Any,
    *,
    at_least: float | None = None,
    above: float | None = None,
    at_most: float | None = None,
    below: float | None = None,
) -> Any:
    """Return a value as it is if it is a real number between its bounds.

    Args:
        name: of the argument.
        value: what came.
        at_least: lower bound, included.
        above: lower bound, not included.
        at_most: upper bound, included.
        below: upper bound, not included.

    Raises:
        TypeError: it is no real number.
        ValueError: it is not between the bounds, or not a number (nan).
    """
    expected = _bounds(name, at_least, above, at_most, below)
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name}: expected {expected}, got {value!r}")
    number: Any = value
    fits = (
        number == number
        and (at_least is None or number >= at_least)
        and (above is None or number > above)
        and (at_most is None or number <= at_most)
        and (below is None or number < below)
    )
    if not fits:
        raise ValueError(f"{name}: expected {expected}, got {value!r}")
    return value


def _bounds(
    name: str,
    at_least: float | None,
    above: float | None,
    at_most: float | None,
    below: float | None,
) -> str:
    """Return bounds as a reader says them: `0 <= beta < 1`, `a number above 0`."""
    low = (
        f"{at_least:g} <= "
        if at_least is not None
        else f"{above:g} < "
        if above is not None
        else ""
    )
    high = (
        f" <= {at_most:g}" if at_most is not None else f" < {below:g}" if below is not None else ""
    )
    if low and high:
        return f"{low}{name}{high}"
    for words, bound in (
        ("of at least", at_least),
        ("above", above),
        ("of at most", at_most),
        ("below", below),
    ):
        if bound is not None:
            return f"a number {words} {bound:g}"
    return "a number"


def check_choice(name: str, value: T, choices: Iterable[T]) -> T:
    """Return a value as it is if it is one of the choices.

    Raises:
        ValueError: it is none of them.
    """
    known = list(choices)
    if not any(
        value is choice or (type(value) is type(choice) and value == choice) for choice in known
    ):
        expected = ", ".join(map(repr, known))
        raise ValueError(f"{name}: expected one of {expected}, got {value!r}")
    return value


def check_shape(name: str, array: Any, shape: Sequence[int | str]) -> Any:
    """Return an array as it is if it has a shape, where a letter stands for any size.

    Args:
        name: of the argument.
        array: anything with a `shape`.
        shape: sizes; a str such as "m" allows any size, and the same one wherever it occurs.

    Raises:
        TypeError: it has no shape.
        ValueError: it has another shape.
    """
    expected = f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
    if not hasattr(array, "shape"):
        raise TypeError(
            f"{name}: expected an array of shape {expected}, got {type(array).__name__}"
        )
    found = tuple(array.shape)
    sizes: dict[int | str, int] = {}
    fits = len(found) == len(shape) and all(
        size == wanted if isinstance(wanted, int) else sizes.setdefault(wanted, size) == size
        for wanted, size in zip(shape, found, strict=False)
    )
    if not fits:
        raise ValueError(f"{name}: expected shape {expected}, got {found}")
    return array
