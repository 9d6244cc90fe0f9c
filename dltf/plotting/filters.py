"""What a conv net sees: its filters, its feature maps, and the map of a window that slides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from dltf.plotting.look import new_axes
from dltf.typing import Array
from dltf.validation import check_integer

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _grid(count: int, columns: int, size: float) -> Any:
    """Return axes without ticks, as many as there are pictures, in rows; what is left is hidden."""
    import matplotlib.pyplot as plt

    columns = min(check_integer("columns", columns, at_least=1), count)
    rows = -(-count // columns)
    new_axes(1, width=size * columns, height=1.15 * size * rows)
    figure = plt.gcf()
    figure.clear()
    axes = figure.subplots(rows, columns, squeeze=False).reshape(-1)
    for ax in axes:
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
        for spine in ax.spines.values():
            spine.set_visible(False)
    for ax in axes[count:]:
        ax.set_visible(False)
    return axes[:count]


def plot_feature_maps(
    maps: ArrayLike, titles: Sequence[str] | None = None, columns: int = 8, size: float = 1.5
) -> Array:
    """Draw each channel of a picture's activations by itself: blue below zero, red above.

    Each map has a scale of its own, so that a faint one is seen as well.

    Args:
        maps: (n_H, n_W, n_C).
        titles: one a channel; their numbers if None.
        columns: maps in a row.
        size: of a map, in inches.

    Returns:
        The axes, (n_C,).

    Raises:
        ValueError: these are not the maps of one picture.
    """
    maps = np.asarray(maps, float)
    if maps.ndim != 3:
        raise ValueError(f"maps: expected shape (n_H, n_W, n_C), got {maps.shape}")
    n_C = maps.shape[-1]
    axes = _grid(n_C, columns, size)
    for c, ax in enumerate(axes):
        largest = np.abs(maps[..., c]).max() or 1.0
        ax.imshow(maps[..., c], cmap="RdBu_r", vmin=-largest, vmax=largest)
        ax.set_title(str(c) if titles is None else titles[c], fontsize=9)
    return np.asarray(axes)


def plot_filters(
    W: ArrayLike, titles: Sequence[str] | None = None, columns: int = 16, size: float = 0.8
) -> Array:
    """Draw filters: as colours if they look at three channels, else the mean over channels.

    Args:
        W: (f_H, f_W, n_C_prev, n_C).
        titles: one a filter; none if None.
        columns: filters in a row.
        size: of a filter, in inches.

    Returns:
        The axes, (n_C,).

    Raises:
        ValueError: these are not filters.
    """
    W = np.asarray(W, float)
    if W.ndim != 4:
        raise ValueError(f"W: expected shape (f_H, f_W, n_C_prev, n_C), got {W.shape}")
    axes = _grid(W.shape[-1], columns, size)
    for c, ax in enumerate(axes):
        one = W[..., c]
        largest = np.abs(one).max() or 1.0
        if W.shape[2] == 3:
            ax.imshow(0.5 + one / (2 * largest))  # grey is zero
        else:
            mean = one.mean(axis=-1)
            largest = np.abs(mean).max() or 1.0
            ax.imshow(mean, cmap="RdBu_r", vmin=-largest, vmax=largest)
        if titles is not None:
            ax.set_title(titles[c], fontsize=9)
    return np.asarray(axes)


def plot_window_map(
    picture: ArrayLike,
    scores: ArrayLike,
    window: int,
    stride: int,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Lay the scores of a sliding window over the picture, each at the middle of its window.

    Args:
        picture: (n_H, n_W, 3), colours between 0 and 1.
        scores: (rows, columns), 0 to 1.
        window: height and width of the window in pixels.
        stride: from one window to the next, in pixels.
        title: what the scores are of.
        ax: axes to draw into; new ones if None.

    Returns:
        The axes.
    """
    picture, scores = np.asarray(picture, float), np.asarray(scores, float)
    ax = new_axes(width=4.0, height=3.0) if ax is None else ax
    ax.imshow(np.clip(picture, 0, 1).mean(axis=-1), cmap="gray", vmin=0, vmax=1)
    first, (rows, columns) = (window - stride) / 2 - 0.5, scores.shape
    extent = (first, first + columns * stride, first + rows * stride, first)
    image = np.zeros((*scores.shape, 4))
    image[..., 0], image[..., 1] = 0.84, 0.37
    image[..., 3] = 0.85 * np.clip(scores, 0, 1)  # the surer, the less see-through
    ax.imshow(image, extent=extent, interpolation="nearest")
    ax.set(
        xticks=[],
        yticks=[],
        xlim=(-0.5, picture.shape[1] - 0.5),
        ylim=(picture.shape[0] - 0.5, -0.5),
        title=title,
    )
    ax.grid(False)
    return ax
