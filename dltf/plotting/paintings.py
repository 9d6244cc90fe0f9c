"""Pictures of paintings: a gallery with a title under each frame, and the costs of painting one."""

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


def plot_gallery(pictures: Mapping[str, ArrayLike], columns: int = 3, width: float = 3.2) -> Array:
    """Draw pictures in a grid, each with its title.

    Args:
        pictures: title -> (n_H, n_W, 3), colours between 0 and 1 (what lies outside is cut off).
            They may differ in size; each keeps its proportions.
        columns: how many stand side by side, at least 1.
        width: of a picture, in inches.

    Returns:
        The axes, (rows, columns); those left over are empty.

    Raises:
        ValueError: there is no picture, or something that is none.
    """
    shown = {title: np.asarray(picture) for title, picture in pictures.items()}
    if not shown:
        raise ValueError("pictures: expected at least one picture, got none")
    for title, picture in shown.items():
        if picture.ndim != 3 or picture.shape[2] != 3:
            raise ValueError(
                f"pictures[{title!r}]: expected shape (n_H, n_W, 3), got {picture.shape}"
            )
    import matplotlib.pyplot as plt

    columns = min(check_integer("columns", columns, at_least=1), len(shown))
    rows = -(-len(shown) // columns)
    tall = max(picture.shape[0] / picture.shape[1] for picture in shown.values())
    lines = max(title.count("\n") + 1 for title in shown)
    new_axes(columns, width=width, height=rows * (width * tall + 0.25 * lines))
    figure = plt.gcf()
    figure.clear()
    axes = figure.subplots(rows, columns, squeeze=False)
    for ax in axes.reshape(-1):
        ax.set_axis_off()
    for ax, (title, picture) in zip(axes.reshape(-1), shown.items(), strict=False):
        ax.imshow(np.clip(picture, 0, 1))
        ax.set_title(title, fontsize="medium")
    return np.asarray(axes)


def plot_costs(
    costs: Mapping[str, Sequence[float]],
    names: Sequence[str] = ("content", "style"),
    ax: Axes | None = None,
) -> Axes:
    """Draw costs, step by step, on a logarithmic axis; a cost of zero has no place on it.

    Args:
        costs: name -> one value a step.
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
