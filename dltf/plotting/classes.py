"""Classification plots: confusion matrix, misclassified photos, comparison of training setups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from dltf.plotting.look import COLOURS, new_axes
from dltf.typing import Array
from dltf.validation import check_integer

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_confusion(
    y: ArrayLike,
    predicted: ArrayLike,
    names: Sequence[Any] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot a confusion matrix.

    Args:
        y: true classes, integers (m,).
        predicted: predicted classes, (m,).
        names: of the classes; their numbers if None.
        ax: axes to draw into; new ones if None.

    Returns:
        The axes; rows are true classes, columns predicted ones.

    Raises:
        ValueError: the numbers of predictions and labels differ.
    """
    y, predicted = np.asarray(y).reshape(-1), np.asarray(predicted).reshape(-1)
    if len(y) != len(predicted):
        raise ValueError(f"predicted: expected {len(y)} classes, got {len(predicted)}")
    C = int(max(y.max(), predicted.max())) + 1 if names is None else len(names)
    largest = int(max(y.max(), predicted.max()))
    if largest >= C:
        raise ValueError(f"names: expected one for each of {largest + 1} classes, got {C}")
    counts: Array = np.zeros((C, C), int)
    np.add.at(counts, (y, predicted), 1)
    side = max(3.6, 0.55 * C + 0.9)
    ax = new_axes(width=side, height=side) if ax is None else ax
    off: Array = counts.astype(float)
    np.fill_diagonal(off, 0)
    shade = off / max(off.max(), 1)  # emphasizes the errors
    colour = np.array([[int(COLOURS[i][j : j + 2], 16) / 255 for j in (1, 3, 5)] for i in (0, 1)])
    right, wrong = np.eye(C) * 0.45, 0.15 * (off > 0) + 0.6 * shade
    blend = 1 - right[..., None] * (1 - colour[0]) - wrong[..., None] * (1 - colour[1])
    ax.imshow(np.clip(blend, 0, 1))
    for row, column in np.argwhere(counts):
        ax.text(column, row, str(counts[row, column]), ha="center", va="center")
    labels = [str(name) for name in (range(C) if names is None else names)]
    ax.set_xticks(range(C), labels)
    ax.set_yticks(range(C), labels)
    ax.grid(False)
    ax.tick_params(length=0)
    ax.set(xlabel="predicted", ylabel="true")
    return ax


def plot_photos(
    photos: ArrayLike, titles: Sequence[str] | None = None, columns: int = 6, size: float = 1.3
) -> Array:
    """Plot photos in rows, each with a title.

    Args:
        photos: (m, n_H, n_W, 3), integers up to 255 or floats between 0 and 1; m at least 1.
        titles: one per photo, or None.
        columns: photos per row.
        size: of a photo, in inches.

    Returns:
        The axes, (rows, columns).

    Raises:
        ValueError: there are no photos, or the numbers of titles and photos differ.
    """
    photos = np.asarray(photos)
    if photos.ndim != 4 or not len(photos):
        raise ValueError(
            f"photos: expected at least one, as (m, n_H, n_W, 3), got shape {photos.shape}"
        )
    if titles is not None and len(titles) != len(photos):
        raise ValueError(f"titles: expected {len(photos)}, got {len(titles)}")
    import matplotlib.pyplot as plt

    columns = min(check_integer("columns", columns, at_least=1), len(photos))
    rows = -(-len(photos) // columns)
    new_axes(columns, width=size, height=(size + 0.25) * rows)
    figure = plt.gcf()
    figure.clear()
    axes: Array = figure.subplots(rows, columns, squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for i, (ax, photo) in enumerate(zip(axes.flat, photos, strict=False)):
        ax.imshow(photo if photo.dtype == np.uint8 else np.clip(photo, 0, 1))
        if titles is not None:
            ax.set_title(titles[i], fontsize=9)
    return axes


def plot_runs(
    runs: Mapping[str, ArrayLike],
    lines: Mapping[str, float] | None = None,
    xlabel: str = "accuracy",
    ax: Axes | None = None,
) -> Axes:
    """Plot the results of several training setups: a dot for each seed, a bar at the median.

    Args:
        runs: setup -> results of its seeds. The first setup is drawn at the top.
        lines: label -> a value to compare with, drawn as a vertical line.
        xlabel: name of the results.
        ax: axes to draw into; new ones if None.

    Returns:
        The axes.
    """
    ax = new_axes(width=7.5, height=0.45 * len(runs) + 1.4) if ax is None else ax
    for row, results in enumerate(runs.values()):
        values = np.asarray(results, float).reshape(-1)
        ax.plot(values, np.full(len(values), row), "o", color=COLOURS[0], alpha=0.6, clip_on=False)
        ax.plot(np.median(values), row, "|", color=COLOURS[0], markersize=18, markeredgewidth=2)
    for (label, value), colour in zip((lines or {}).items(), COLOURS[1:], strict=False):
        ax.axvline(value, linestyle="--", color=colour, label=label)
    ax.set_yticks(range(len(runs)), list(runs))
    ax.set_ylim(len(runs) - 0.5, -0.5)
    ax.set_xlabel(xlabel)
    ax.tick_params(axis="y", length=0)
    if lines:
        ax.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=len(lines))
    return ax
