"""Labelled points in the plane: circles, moons, a flower, a football field.

Layout: the course's array code takes features x examples, `X (n_x, m)`, `Y (1, m)`; Keras takes
examples first, `x (m, n_x)`, `y (m, 1)`. One is the transpose of the other: `x, y = X.T, Y.T`.
Loaders return either (`layout=`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dltf.data import registry
from dltf.typing import Random
from dltf.validation import check_integer

Layout = Literal["features first", "examples first"]
Floats: TypeAlias = NDArray[np.float64]


def make_circles(
    m: int, noise: float = 0.0, factor: float = 0.8, rng: Random | np.random.RandomState = None
) -> tuple[Floats, Floats]:
    """Draw points from two concentric circles, which are not linearly separable.

    The outer ring has radius 1 and label 0, the inner one label 1.

    Args:
        m: number of points, at least 2.
        noise: standard deviation of the Gaussian noise added to each coordinate, at least 0.
        factor: radius of the inner ring, between 0 and 1.
        rng: a generator, or a seed. A seed means NumPy's legacy stream, so that the points are
            those that `sklearn.datasets.make_circles(m, noise=noise, random_state=rng)` gives: the
            course's.

    Returns:
        x of shape (m, 2) and y of shape (m, 1), in random order, float64.

    Raises:
        ValueError: an argument is out of its range.
    """
    if m < 2:
        raise ValueError(f"m: expected at least 2 points, got {m}")
    if noise < 0:
        raise ValueError(f"noise: expected a standard deviation of at least 0, got {noise}")
    if not 0 <= factor < 1:
        raise ValueError(f"factor: expected a radius with 0 <= factor < 1, got {factor}")
    if rng is None or isinstance(rng, int | np.integer):
        rng = np.random.RandomState(rng)
    rings = []
    for radius, count in ((1.0, m // 2), (factor, m - m // 2)):
        angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
        rings.append(radius * np.column_stack([np.cos(angle), np.sin(angle)]))  # (count, 2)
    x = np.concatenate(rings)  # (m, 2)
    y: Floats = np.repeat([0.0, 1.0], [m // 2, m - m // 2]).reshape(m, 1)
    order = rng.permutation(m)
    return x[order] + rng.normal(scale=noise, size=(m, 2)), y[order]


def load_circles(layout: Layout = "features first") -> tuple[Floats, Floats, Floats, Floats]:
    """Return the circles of the course: 300 points for training, 100 for the test, noise 0.05.

    Args:
        layout: "features first" for X (2, m) and Y (1, m); "examples first" for x (m, 2) and y (m,
            1).

    Returns:
        train_X, train_Y, test_X, test_Y, float64; the same points every time.

    Raises:
        ValueError: the layout is not one of the two.
    """
    train = make_circles(300, noise=0.05, rng=1)
    test = make_circles(100, noise=0.05, rng=2)
    train_x, train_y, test_x, test_y = (_lay_out(array, layout) for array in (*train, *test))
    return train_x, train_y, test_x, test_y


def make_moons(
    m: int, noise: float = 0.0, rng: Random | np.random.RandomState = None
) -> tuple[Floats, Floats]:
    """Draw points from two interleaving half circles of radius 1.

    The upper one, around (0, 0), has label 0, the lower one, around (1, 0.5), label 1.

    Args:
        m: number of points, at least 2.
        noise: standard deviation of the Gaussian noise added to each coordinate, at least 0.
        rng: a generator, or a seed. A seed means NumPy's legacy stream, so that the points are
            those that `sklearn.datasets.make_moons(m, noise=noise, random_state=rng)` gives: the
            course's.

    Returns:
        x of shape (m, 2) and y of shape (m, 1), in random order, float64.

    Raises:
        ValueError: an argument is out of its range.
    """
    if m < 2:
        raise ValueError(f"m: expected at least 2 points, got {m}")
    if noise < 0:
        raise ValueError(f"noise: expected a standard deviation of at least 0, got {noise}")
    if rng is None or isinstance(rng, int | np.integer):
        rng = np.random.RandomState(rng)
    upper, lower = (np.linspace(0, np.pi, count) for count in (m // 2, m - m // 2))
    x = np.concatenate(  # (m, 2)
        [
            np.column_stack([np.cos(upper), np.sin(upper)]),
            np.column_stack([1 - np.cos(lower), 0.5 - np.sin(lower)]),
        ]
    )
    y: Floats = np.repeat([0.0, 1.0], [m // 2, m - m // 2]).reshape(m, 1)
    order = rng.permutation(m)
    return x[order] + rng.normal(scale=noise, size=(m, 2)), y[order]


def load_moons(layout: Layout = "features first") -> tuple[Floats, Floats]:
    """Return the moons of the course: 300 points for training, noise 0.2; there is no test set.

    Args:
        layout: "features first" for X (2, m) and Y (1, m); "examples first" for x (m, 2) and y (m,
            1).

    Returns:
        train_X, train_Y, float64; the same points every time.

    Raises:
        ValueError: the layout is not one of the two.
    """
    x, y = make_moons(300, noise=0.2, rng=3)
    return _lay_out(x, layout), _lay_out(y, layout)


def load_football(layout: Layout = "features first") -> tuple[Floats, Floats, Floats, Floats]:
    """Return the football data of the course: positions where the ball was won, and by which team.

    The course's own file, `football/data.mat`, is read if it is available (`dltf data fetch
    football`). Otherwise data of the same size are generated, and one line says so.

    Args:
        layout: "features first" for X (2, m) and Y (1, m); "examples first" for x (m, 2) and y (m,
            1).

    Returns:
        train_X, train_Y, test_X, test_Y, float64: 211 and 200 positions on the field, label 1 where
        the own team won the ball.

    Raises:
        ValueError: the file is damaged, or the layout is not one of the two.
    """
    file = registry.find("football/data.mat")
    if file is None:
        registry.announce_stand_in("football", "football/data.mat", "these positions are generated")
        rng = np.random.default_rng(2)
        arrays = [*make_football(211, rng), *make_football(200, rng)]
    else:
        arrays = _read_football(file)
    train_x, train_y, test_x, test_y = (_lay_out(array, layout) for array in arrays)
    return train_x, train_y, test_x, test_y


def make_football(m: int, rng: Random | np.random.RandomState = None) -> tuple[Floats, Floats]:
    """Draw positions on a field, with noisy labels on either side of a slanted, wavy line.

    One label in twelve or so is luck, and the line is no straight one: too little regularization
    learns the luck, too much misses the waves.

    Args:
        m: number of positions, at least 2.
        rng: a generator or a seed.

    Returns:
        x of shape (m, 2) and y of shape (m, 1), float64; label 1 above the line, mostly.

    Raises:
        ValueError: m is too small.
    """
    if m < 2:
        raise ValueError(f"m: expected at least 2 points, got {m}")
    rng = np.random.default_rng(rng)
    x = rng.uniform([-0.6, -0.7], [0.3, 0.6], size=(m, 2))
    height = x[:, 1] - 2.0 * x[:, 0] - 0.25 + 0.6 * np.sin(7 * (x[:, 0] + 0.15))  # above the line
    won = rng.random(m) < 1 / (1 + np.exp(-12 * height))
    luck = rng.random(m) < 0.08
    return x, (won ^ luck).astype(float).reshape(m, 1)


def _read_football(file: Path) -> list[Floats]:
    """Read X, y, Xval and yval from a MATLAB file."""
    from scipy.io import loadmat

    shapes = {"X": (211, 2), "y": (211, 1), "Xval": (200, 2), "yval": (200, 1)}
    try:
        found = loadmat(file)
    except Exception as error:  # SciPy raises many types for a damaged file
        raise ValueError(
            f"football: expected a MATLAB file, got {str(file)!r} ({error})"
        ) from error
    for name, shape in shapes.items():
        if np.shape(found.get(name)) != shape:
            raise ValueError(
                f"football: expected {name} of shape {shape} in {str(file)!r}, got "
                f"{np.shape(found[name]) if name in found else 'no such array'}"
            )
    return [found[name].astype(np.float64) for name in shapes]


def make_flower(
    m: int = 200, petals: int = 4, rng: Random | np.random.RandomState = None
) -> tuple[Floats, Floats]:
    """Draw points of a flower (a polar rose), one half of each label.

    Args:
        m: number of points, at least 2.
        petals: the radius is `4 sin(petals * angle)`.
        rng: a generator, or a seed. A seed means NumPy's legacy stream, as in the course's helper.

    Returns:
        x of shape (m, 2) and y of shape (m, 1), float64.

    Raises:
        ValueError: m is too small.
    """
    if m < 2:
        raise ValueError(f"m: expected at least 2 points, got {m}")
    petals = check_integer("petals", petals, at_least=1)
    if rng is None or isinstance(rng, int | np.integer):
        rng = np.random.RandomState(rng)
    halves = []
    for label, count in enumerate((m // 2, m - m // 2)):
        angle = np.linspace(label * 3.12, (label + 1) * 3.12, count) + rng.normal(0, 0.2, count)
        radius = 4 * np.sin(petals * angle) + rng.normal(0, 0.2, count)
        halves.append(np.column_stack([radius * np.sin(angle), radius * np.cos(angle)]))
    y: Floats = np.repeat([0.0, 1.0], [m // 2, m - m // 2]).reshape(m, 1)
    return np.concatenate(halves), y


def _lay_out(array: Floats, layout: Layout) -> Floats:
    """Convert an array with examples first to the requested layout."""
    if layout == "examples first":
        return array
    if layout == "features first":
        return np.ascontiguousarray(array.T)
    raise ValueError(f"layout: expected 'features first' or 'examples first', got {layout!r}")
