"""The data of every topic: loaders for real files, generators for the rest.

Nothing heavy is imported until something asks for it, nothing is fetched, and no global random
state is touched: a generator takes a seed or a `numpy.random` generator.

Layout: the course's array code wants features x examples, `X (n_x, m)`, `Y (1, m)`; Keras wants
    examples first, `x (m, n_x)`,
`y (m, 1)`. One is the transpose of the other: `x, y = X.T, Y.T`. Loaders return either (`layout=`).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Layout = Literal["features first", "examples first"]
Random: TypeAlias = "int | np.random.Generator | np.random.RandomState | None"
Floats: TypeAlias = NDArray[np.float64]


def make_circles(
    m: int, noise: float = 0.0, factor: float = 0.8, rng: Random = None
) -> tuple[Floats, Floats]:
    """Draw points from two rings around the origin, which no straight line can separate.

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
    """Return the circles of the course: 300 points to train on, 100 to test on, noise 0.05.

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


def make_moons(m: int, noise: float = 0.0, rng: Random = None) -> tuple[Floats, Floats]:
    """Draw points from two half circles of radius 1 that reach into each other.

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
    """Return the moons of the course: 300 points to train on, noise 0.2; there is no test set.

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


def _lay_out(array: Floats, layout: Layout) -> Floats:
    """Turn an array with examples first into the layout that was asked for."""
    if layout == "examples first":
        return array
    if layout == "features first":
        return np.ascontiguousarray(array.T)
    raise ValueError(f"layout: expected 'features first' or 'examples first', got {layout!r}")
