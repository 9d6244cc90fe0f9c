"""Filters and feature maps of a convolutional network, and the score map of a sliding window."""

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
    """Return `count` axes without ticks, in rows; the rest of the grid is hidden."""
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
    """Plot each channel of an image's activations: blue below zero, red above.

    Each map has its own scale, so that weak activations are visible as well.

    Args:
        maps: (n_H, n_W, n_C).
        titles: one a channel; their numbers if None.
        columns: maps in a row.
        size: of a map, in inches.

    Returns:
        The axes, (n_C,).

    Raises:
        ValueError: these are not the maps of one image.
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
    """Plot filters: in colour if they have three input channels, else their mean over channels.

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
    image: ArrayLike,
    scores: ArrayLike,
    window: int,
    stride: int,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Plot the scores of a sliding window over the image, each at the center of its window.

    Args:
        image: (n_H, n_W, 3), colours between 0 and 1.
        scores: (rows, columns), 0 to 1.
        window: height and width of the window in pixels.
        stride: of the window, in pixels.
        title: what the scores are of.
        ax: axes to draw into; new ones if None.

    Returns:
        The axes.
    """
    image, scores = np.asarray(image, float), np.asarray(scores, float)
    ax = new_axes(width=4.0, height=3.0) if ax is None else ax
    ax.imshow(np.clip(image, 0, 1).mean(axis=-1), cmap="gray", vmin=0, vmax=1)
    first, (rows, columns) = (window - stride) / 2 - 0.5, scores.shape
    extent = (first, first + columns * stride, first + rows * stride, first)
    overlay = np.zeros((*scores.shape, 4))
    overlay[..., 0], overlay[..., 1] = 0.84, 0.37
    overlay[..., 3] = 0.85 * np.clip(scores, 0, 1)  # the higher the score, the more opaque
    ax.imshow(overlay, extent=extent, interpolation="nearest")
    ax.set(
        xticks=[],
        yticks=[],
        xlim=(-0.5, image.shape[1] - 0.5),
        ylim=(image.shape[0] - 0.5, -0.5),
        title=title,
    )
    ax.grid(False)
    return ax
