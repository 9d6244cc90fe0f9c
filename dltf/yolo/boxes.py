"""Vectorized intersection over union (IoU) of all pairs of boxes.

The naive version, one pair at a time, is `dltf.yolo.iou`. Here broadcasting lays the boxes of one
list along rows and those of the other along columns, and the same formula fills the whole table.

Layout: boxes are corners, `(x1, y1, x2, y2)` or `(y1, x1, y2, x2)`. Which of the two does not
matter to the overlap, as long as both lists have the same: areas do not change when the image is
reflected at its diagonal. From centre and size: `(centre - size / 2, centre + size / 2)`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dltf.typing import Array


def iou_matrix(boxes1: ArrayLike, boxes2: ArrayLike) -> Array:
    """Return the intersection over union of each box of one list with each of another.

    Args:
        boxes1: corners, float (n, 4).
        boxes2: corners in the same order, float (k, 4).

    Returns:
        (n, k), between 0 and 1; 0 where neither box has an area.

    Raises:
        ValueError: a list is not of boxes.
    """
    a, b = _boxes("boxes1", boxes1)[:, None], _boxes("boxes2", boxes2)[None]  # (n, 1, 4), (1, k, 4)
    both: Any = 1.0
    for low, high in ((0, 2), (1, 3)):
        side = np.minimum(a[..., high], b[..., high]) - np.maximum(a[..., low], b[..., low])
        both = both * np.maximum(side, 0)  # (n, k)
    either = _areas(a) + _areas(b) - both
    return np.divide(both, either, out=np.zeros_like(both), where=either > 0)


def iou_of_sizes(sizes1: ArrayLike, sizes2: ArrayLike) -> Array:
    """Return the intersection over union of boxes that share their centre.

    Args:
        sizes1: widths and heights, float (n, 2), above 0.
        sizes2: float (k, 2), above 0.

    Returns:
        (n, k), above 0 and at most 1.
    """
    a, b = np.asarray(sizes1, float)[:, None], np.asarray(sizes2, float)[None]
    both = np.prod(np.minimum(a, b), axis=-1)  # (n, k)
    return both / (np.prod(a, axis=-1) + np.prod(b, axis=-1) - both)


def _areas(boxes: Array) -> Array:
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


def _boxes(name: str, value: ArrayLike) -> Array:
    array = np.asarray(value)
    if array.ndim != 2 or array.shape[1] != 4:
        raise ValueError(f"{name}: expected boxes of shape (n, 4), got shape {array.shape}")
    return array if array.dtype.kind == "f" else array.astype(float)
