"""Pictures of pictures: rows of photos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dltf.plotting.look import new_axes
from dltf.typing import Array


def plot_pictures(rows: Mapping[str, ArrayLike], height: float = 1.5, axes: Any = None) -> Array:
    """Draw rows of pictures, each row with its label.

    Args:
        rows: label -> pictures, (k, n_H, n_W, 3) or (k, n_H, n_W, 1), colours between 0 and 1 (what
            lies outside is cut off).
        height: of a row, in inches.
        axes: array of axes (rows, k) to draw into; new ones if None.

    Returns:
        The axes, (rows, k).

    Raises:
        ValueError: a row does not hold pictures.
    """
    shown = {label: np.asarray(pictures) for label, pictures in rows.items()}
    for label, pictures in shown.items():
        if pictures.ndim != 4 or pictures.shape[3] not in (1, 3):
            raise ValueError(
                f"rows[{label!r}]: expected shape (k, n_H, n_W, 3) or (k, n_H, n_W, 1), got "
                f"{pictures.shape}"
            )
    columns = max(map(len, shown.values()))
    if axes is None:
        import matplotlib.pyplot as plt

        new_axes(columns, width=height, height=1.08 * height * len(shown))
        figure = plt.gcf()
        figure.clear()
        axes = figure.subplots(len(shown), columns, squeeze=False)
    for (label, pictures), line in zip(shown.items(), axes, strict=True):
        for ax in line:
            ax.set(xticks=[], yticks=[])
            ax.grid(False)
            for spine in ax.spines.values():
                spine.set_visible(False)
        for ax, picture in zip(line, pictures, strict=False):
            ax.imshow(np.clip(picture, 0, 1), cmap="gray", vmin=0, vmax=1)
        line[0].set_ylabel(label)
    return np.asarray(axes)
