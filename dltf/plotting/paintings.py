"""Plots for style transfer: a gallery of images, and the costs over the steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from dltf.plotting.look import colours, new_axes
from dltf.typing import Array
from dltf.validation import check_integer

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_gallery(images: Mapping[str, ArrayLike], columns: int = 3, width: float = 3.2) -> Array:
    """Plot images in a grid, each with its title.

    Args:
        images: title -> (n_H, n_W, 3), colours between 0 and 1 (others are clipped). They may
            differ in size; each keeps its aspect ratio.
        columns: number of columns, at least 1.
        width: of an image, in inches.

    Returns:
        The axes, (rows, columns); unused ones are empty.

    Raises:
        ValueError: there are no images, or one is not an image.
    """
    shown = {title: np.asarray(image) for title, image in images.items()}
    if not shown:
        raise ValueError("images: expected at least one image, got none")
    for title, image in shown.items():
        if image.ndim != 3 or image.shape[2] != 3:
            raise ValueError(f"images[{title!r}]: expected shape (n_H, n_W, 3), got {image.shape}")
    import matplotlib.pyplot as plt

    columns = min(check_integer("columns", columns, at_least=1), len(shown))
    rows = -(-len(shown) // columns)
    tall = max(image.shape[0] / image.shape[1] for image in shown.values())
    lines = max(title.count("\n") + 1 for title in shown)
    new_axes(columns, width=width, height=rows * (width * tall + 0.25 * lines))
    figure = plt.gcf()
    figure.clear()
    axes = figure.subplots(rows, columns, squeeze=False)
    for ax in axes.reshape(-1):
        ax.set_axis_off()
    for ax, (title, image) in zip(axes.reshape(-1), shown.items(), strict=False):
        ax.imshow(np.clip(image, 0, 1))
        ax.set_title(title, fontsize="medium")
    return np.asarray(axes)


def plot_costs(
    costs: Mapping[str, Sequence[float]],
    names: Sequence[str] = ("content", "style"),
    ax: Axes | None = None,
) -> Axes:
    """Plot costs over the steps, on a logarithmic axis (zeros are left out).

    Args:
        costs: name -> one value per step.
        names: which to draw.
        ax: axes to draw into; new ones if None.

    Returns:
        The axes.
    """
    for name in names:
        if name not in costs:
            raise ValueError(f"names: expected some of {sorted(costs)}, got {name!r}")
    ax = new_axes() if ax is None else ax
    for name, colour in zip(names, colours(len(names)), strict=True):
        values = np.asarray(costs[name], dtype=float)
        steps = np.flatnonzero(values > 0)
        ax.plot(steps, values[steps], color=colour, label=name)
    ax.set(xlabel="step", ylabel="cost", yscale="log")
    ax.legend(frameon=False)
    return ax
