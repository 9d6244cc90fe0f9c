"""Generators of points, compared with scikit-learn's and by their properties."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from sklearn import datasets

from dltf import data


@pytest.mark.parametrize(
    ("m", "noise", "factor", "seed"), [(300, 0.05, 0.8, 1), (100, 0.05, 0.8, 2), (7, 0.3, 0.2, 5)]
)
def test_circles_are_those_of_scikit_learn(m, noise, factor, seed):
    x, y = data.make_circles(m, noise, factor, rng=seed)
    expected_x, expected_y = datasets.make_circles(m, noise=noise, factor=factor, random_state=seed)
    np.testing.assert_allclose(x, expected_x, rtol=0, atol=1e-15)
    np.testing.assert_array_equal(y[:, 0], expected_y)


@pytest.mark.parametrize("m", [2, 3, 10, 101])
def test_circles_without_noise_lie_on_their_rings(m):
    x, y = data.make_circles(m, factor=0.3, rng=np.random.default_rng(0))
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), np.where(y[:, 0] == 1, 0.3, 1.0))
    assert (x.shape, y.shape, y.sum()) == ((m, 2), (m, 1), m - m // 2)


def test_the_circles_of_the_course_in_both_layouts():
    columns, rows = data.load_circles(), data.load_circles("examples first")
    assert [a.shape for a in columns] == [(2, 300), (1, 300), (2, 100), (1, 100)]
    assert [a.shape for a in rows] == [(300, 2), (300, 1), (100, 2), (100, 1)]
    for a, b in zip(columns, rows, strict=True):
        np.testing.assert_array_equal(a.T, b)
        assert a.flags["C_CONTIGUOUS"]
    np.random.seed(1)  # noqa: NPY002 - as in the course's own helper
    x, y = datasets.make_circles(n_samples=300, noise=0.05)
    np.testing.assert_allclose(columns[0].T, x, rtol=0, atol=1e-15)
    np.testing.assert_array_equal(columns[1][0], y)


def test_a_seed_repeats_and_none_does_not_and_no_global_state_is_touched():
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, again, other, fresh = (data.make_circles(20, 0.1, rng=r)[0] for r in (4, 4, 5, None))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert not np.array_equal(fresh, data.make_circles(20, 0.1)[0])
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"m": 1}, "m: expected at least 2 points, got 1"),
        ({"m": 5, "noise": -1}, "noise: expected a standard deviation of at least 0, got -1"),
        ({"m": 5, "factor": 1}, "factor: expected a radius with 0 <= factor < 1, got 1"),
    ],
)
def test_arguments_out_of_range(arguments, words):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the text is compared below
        data.make_circles(**arguments)
    assert str(error.value) == words


def test_an_unknown_layout():
    with pytest.raises(
        ValueError, match="expected 'features first' or 'examples first', got 'rows'"
    ):
        data.load_circles("rows")


def test_data_and_plotting_load_nothing_heavy():
    code = (
        "import sys; from dltf import data, plotting; data.load_circles(); "
        "print([m for m in ('tensorflow', 'keras', 'matplotlib', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
