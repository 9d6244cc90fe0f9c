"""Generated images of shapes, for sliding windows and multi-task learning."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dltf.typing import Random
from dltf.validation import check_integer

Floats: TypeAlias = NDArray[np.float32]

SHAPES = ("disc", "square", "triangle", "cross")


def _inside(kind: int, down: Any, right: Any, radius: float) -> Any:
    """Return the mask of a shape, from the offsets to its center."""
    far = np.maximum(np.abs(down), np.abs(right))
    if SHAPES[kind] == "disc":
        return down**2 + right**2 < radius**2
    if SHAPES[kind] == "square":
        return far < 0.85 * radius
    if SHAPES[kind] == "triangle":
        return (down < 0.8 * radius) & (2 * np.abs(right) < down + 1.2 * radius)
    return (far < radius) & (np.minimum(np.abs(down), np.abs(right)) < 0.3 * radius)


def _stamp(image: Any, kind: int, down: float, right: float, rng: np.random.Generator) -> None:
    """Draw a shape of random size and colour at a position, in place."""
    radius = rng.uniform(6, 8)
    rows, columns = np.ogrid[: image.shape[0], : image.shape[1]]
    inside = _inside(kind, rows - down, columns - right, radius)
    image[inside] = rng.uniform(0.5, 1.0, size=3) * rng.choice([0.25, 1.0])


def _ground(m: int, height: int, width: int, rng: np.random.Generator) -> Any:
    """Draw noise around a random colour in the middle of the range."""
    return rng.uniform(0.35, 0.55, size=(m, 1, 1, 3)) + 0.06 * rng.normal(
        size=(m, height, width, 3)
    )


def make_shapes(m: int, size: int = 24, rng: Random = None) -> tuple[Floats, NDArray[np.int64]]:
    """Draw images with one shape in the center, or with none.

    An image of the class "none" may show the edge of a shape, as a sliding window does.

    Args:
        m: number of images, at least 1.
        size: height and width, at least 20.
        rng: generator or seed.

    Returns:
        x (m, size, size, 3), colours about 0 to 1; y (m,): 0 for none, else 1 + its index in
        `SHAPES`.

    Raises:
        ValueError: the size is too small for the shapes.
    """
    m = check_integer("m", m, at_least=1)
    if size < 20:
        raise ValueError(f"size: expected at least 20 pixels, got {size}")
    rng = np.random.default_rng(rng)
    x = _ground(m, size, size, rng)
    y = np.where(rng.random(m) < 0.5, 0, 1 + rng.integers(len(SHAPES), size=m))
    middle = (size - 1) / 2
    for image, label in zip(x, y, strict=True):
        if label:
            down, right = middle + rng.uniform(-2, 2, size=2)
            _stamp(image, int(label) - 1, down, right, rng)
        elif rng.random() < 0.8:
            angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(7, 14)
            down, right = middle + far * np.sin(angle), middle + far * np.cos(angle)
            _stamp(image, int(rng.integers(len(SHAPES))), down, right, rng)
    return x.astype(np.float32), y.astype(np.int64)


def make_shape_scenes(
    m: int, height: int = 48, width: int = 64, rng: Random = None
) -> tuple[Floats, NDArray[np.float32]]:
    """Draw scenes in which each shape is present or not, independently of the others.

    Args:
        m: number of scenes, at least 1.
        height: of a scene in pixels, at least 40.
        width: of a scene in pixels, at least 40.
        rng: generator or seed.

    Returns:
        x (m, height, width, 3), colours about 0 to 1; y (m, 4), 1 where the shape is in the scene.

    Raises:
        ValueError: the scene is too small for four shapes side by side.
    """
    m = check_integer("m", m, at_least=1)
    if min(height, width) < 40:
        raise ValueError(f"height, width: expected at least 40 pixels, got {height} and {width}")
    rng = np.random.default_rng(rng)
    x = _ground(m, height, width, rng)
    y = (rng.random((m, len(SHAPES))) < 0.5).astype(np.float32)
    for image, present in zip(x, y, strict=True):
        for quarter, kind in enumerate(rng.permutation(len(SHAPES))):
            if present[kind]:  # one shape per quarter, so that none hides another
                down = quarter // 2 * height / 2 + rng.uniform(9, height / 2 - 9)
                right = quarter % 2 * width / 2 + rng.uniform(9, width / 2 - 9)
                _stamp(image, int(kind), down, right, rng)
    return x.astype(np.float32), y


def hide_labels(y: NDArray[Any], share: float, rng: Random = None) -> NDArray[np.float32]:
    """Hide a share of the labels, as if each photo were labelled for some tasks only.

    Args:
        y: labels, (m, tasks).
        share: of the labels to hide, 0 to 1.
        rng: generator or seed.

    Returns:
        A copy in which hidden labels are NaN.

    Raises:
        ValueError: the share is not between 0 and 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share: expected 0 to 1, got {share!r}")
    hidden = np.random.default_rng(rng).random(y.shape) < share
    return np.where(hidden, np.nan, y).astype(np.float32)
