"""Rows of images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dltf.plotting.look import new_axes
from dltf.typing import Array


def plot_images(rows: Mapping[str, ArrayLike], height: float = 1.5, axes: Any = None) -> Array:
    """Plot rows of images, each row with its label.

    Args:
        rows: label -> images, (k, n_H, n_W, 3) or (k, n_H, n_W, 1), colours between 0 and 1 (others
            are clipped).
        height: of a row, in inches.
        axes: array of axes (rows, k) to draw into; new ones if None.

    Returns:
        The axes, (rows, k).

    Raises:
        ValueError: a row does not contain images.
    """
    shown = {label: np.asarray(images) for label, images in rows.items()}
    for label, images in shown.items():
        if images.ndim != 4 or images.shape[3] not in (1, 3):
            raise ValueError(
                f"rows[{label!r}]: expected shape (k, n_H, n_W, 3) or (k, n_H, n_W, 1), got "
                f"{images.shape}"
            )
    columns = max(map(len, shown.values()))
    if axes is None:
        import matplotlib.pyplot as plt

        new_axes(columns, width=height, height=1.08 * height * len(shown))
        figure = plt.gcf()
        figure.clear()
        axes = figure.subplots(len(shown), columns, squeeze=False)
    for (label, images), line in zip(shown.items(), axes, strict=True):
        for ax in line:
            ax.set(xticks=[], yticks=[])
            ax.grid(False)
            for spine in ax.spines.values():
                spine.set_visible(False)
        for ax, image in zip(line, images, strict=False):
            ax.imshow(np.clip(image, 0, 1), cmap="gray", vmin=0, vmax=1)
        line[0].set_ylabel(label)
    return np.asarray(axes)
