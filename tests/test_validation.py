"""Argument validation: valid values are returned, invalid ones named with the expected values."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from dltf.validation import check_choice, check_integer, check_number, check_shape


def test_what_passes_comes_back():
    assert check_integer("m", np.int32(3), at_least=3) == 3
    assert type(check_integer("m", np.int32(3), at_least=3)) is int
    assert check_number("beta", 0, at_least=0, below=1) == 0
    assert check_number("beta", np.float32(0.5), at_least=0, below=1) == 0.5
    assert check_number("rate", 1e9, above=0) == 1e9
    assert check_choice("mode", "max", ("max", "average")) == "max"
    array = np.zeros((2, 5))
    assert check_shape("X", array, ("n", "m")) is array
    assert check_shape("X", array, (2, "m")) is array


@pytest.mark.parametrize("value", [0, -3, 2.0, True, "3", None])
def test_integers(value):
    with pytest.raises(ValueError, match="expected an integer") as caught:
        check_integer("batch_size", value, at_least=1)
    assert str(caught.value) == f"batch_size: expected an integer of at least 1, got {value!r}"


@pytest.mark.parametrize(
    ("value", "bounds", "expected"),
    [
        (7, {"at_least": 0, "below": 1}, "0 <= beta < 1"),
        (1, {"at_least": 0, "below": 1}, "0 <= beta < 1"),
        (0, {"above": 0, "at_most": 1}, "0 < beta <= 1"),
        (0, {"above": 0}, "a number above 0"),
        (-0.5, {"at_least": 0}, "a number of at least 0"),
        (1.5, {"at_most": 1}, "a number of at most 1"),
        (2, {"below": 2}, "a number below 2"),
        (float("nan"), {}, "a number"),
        (float("nan"), {"at_least": 0}, "a number of at least 0"),
    ],
)
def test_numbers_out_of_bounds(value, bounds, expected):
    with pytest.raises(ValueError, match="expected") as caught:
        check_number("beta", value, **bounds)
    assert str(caught.value) == f"beta: expected {expected}, got {value!r}"


@pytest.mark.parametrize("value", ["0.5", None, True, 1j])
def test_what_is_no_number(value):
    with pytest.raises(TypeError, match="expected") as caught:
        check_number("beta", value, at_least=0, below=1)
    assert str(caught.value) == f"beta: expected 0 <= beta < 1, got {value!r}"


@pytest.mark.parametrize("value", ["L2", 1, None, ["l2"]])
def test_choices(value):
    with pytest.raises(ValueError, match="expected one of") as caught:
        check_choice("penalty", value, ("l2", "l1"))
    assert str(caught.value) == f"penalty: expected one of 'l2', 'l1', got {value!r}"


@pytest.mark.parametrize(
    ("shape", "expected", "text"),
    [
        ((2, 5), ("m", "m"), "(m, m)"),
        ((2, 5), (3, "m"), "(3, m)"),
        ((5,), (1, "m"), "(1, m)"),
        ((2, 5), ("m",), "(m,)"),
    ],
)
def test_shapes(shape, expected, text):
    with pytest.raises(ValueError, match="expected shape") as caught:
        check_shape("Y", np.zeros(shape), expected)
    assert str(caught.value) == f"Y: expected shape {text}, got {shape}"


def test_what_has_no_shape():
    with pytest.raises(TypeError, match="expected an array") as caught:
        check_shape("Y", [1, 2], (1, "m"))
    assert str(caught.value) == "Y: expected an array of shape (1, m), got list"


def test_no_library_is_loaded():
    code = (
        "import sys, dltf.validation; "
        "print([name for name in ('numpy', 'tensorflow', 'keras') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
