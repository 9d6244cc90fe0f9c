"""Plots in the plane: labelled points, decision boundaries, optimization trajectories."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from dltf.plotting.look import COLOURS, colours, new_axes
from dltf.validation import check_integer

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_points(x: ArrayLike, y: ArrayLike, ax: Axes | None = None) -> Axes:
    """Plot labelled points in the plane.

    Args:
        x: points, (m, 2).
        y: labels, integers from 0, m of them in any shape.
        ax: axes to draw into; new ones if None.

    Returns:
        The axes.

    Raises:
        ValueError: the points are not in the plane, or the numbers of points and labels differ.
    """
    x, y = np.asarray(x), np.asarray(y).reshape(-1)
    if x.ndim != 2 or x.shape[1] != 2 or len(x) != len(y):
        raise ValueError(f"x: expected shape ({len(y)}, 2) for {len(y)} labels, got {x.shape}")
    ax = new_axes(width=5.0, height=4.4) if ax is None else ax
    for label, colour in zip(np.unique(y), colours(len(np.unique(y))), strict=True):
        points = x[y == label]
        ax.scatter(
            points[:, 0],
            points[:, 1],
            s=18,
            color=colour,
            edgecolor="white",
            linewidth=0.5,
            label=f"label {label:g}",
            zorder=2,
        )
    ax.set_xlabel("$x_1$")
    ax.set_ylabel("$x_2$")
    ax.set_aspect("equal")
    ax.legend(  # below the axes, where it covers no point
        loc="upper center",
        bbox_to_anchor=(0.5, -0.13),
        ncols=2,
        handletextpad=0.2,
        borderpad=0.2,
        frameon=False,
    )
    return ax


def plot_decision_boundary(
    predict: Callable[[Any], ArrayLike],
    x: ArrayLike,
    y: ArrayLike,
    ax: Axes | None = None,
    steps: int = 300,
) -> Axes:
    """Plot the decision boundary of a classifier in the plane, and the examples.

    Args:
        predict: function from points (k, 2) to k predicted labels 0/1, or probabilities (the
            boundary is at 0.5).
        x: examples, (m, 2).
        y: labels 0 or 1, m of them in any shape.
        ax: axes to draw into; new ones if None.
        steps: points of the grid along each axis.

    Returns:
        The axes.

    Raises:
        ValueError: `predict` does not return one value for each point.
    """
    steps = check_integer("steps", steps, at_least=2)
    ax = plot_points(x, y, ax)
    points = np.asarray(x)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.15 * (high - low)
    sides = [np.linspace(a, b, steps) for a, b in zip(low - margin, high + margin, strict=True)]
    grid_1, grid_2 = np.meshgrid(*sides)
    grid = np.column_stack([grid_1.reshape(-1), grid_2.reshape(-1)])  # (steps^2, 2)
    predicted = np.asarray(predict(grid), dtype=float)
    if predicted.size != len(grid):
        raise ValueError(
            f"predict: expected a value for each of {len(grid)} points, got shape {predicted.shape}"
        )
    height = predicted.reshape(grid_1.shape)
    ax.contourf(
        grid_1,
        grid_2,
        height,
        levels=[-np.inf, 0.5, np.inf],
        colors=COLOURS[:2],
        alpha=0.18,
        zorder=0,
    )
    if height.min() <= 0.5 < height.max():
        ax.contour(grid_1, grid_2, height, levels=[0.5], colors="#333333", linewidths=1.0, zorder=1)
    ax.grid(False)
    return ax


def plot_trajectories(
    function: Callable[[Any, Any], Any],
    paths: Mapping[str, ArrayLike],
    sides: tuple[tuple[float, float], tuple[float, float]],
    ax: Axes | None = None,
    steps: int = 200,
) -> Axes:
    """Plot the contours of a function of two variables, and trajectories of optimizers.

    Args:
        function: `function(x, y)` of two arrays of the same shape gives an array of that shape.
        paths: label -> points in order, (k, 2).
        sides: range of the plot, ((left, right), (bottom, top)). Paths may leave it.
        ax: axes to draw into; new ones if None.
        steps: points of the grid along each axis.

    Returns:
        The axes.

    Raises:
        ValueError: a path is not in the plane.
    """
    steps = check_integer("steps", steps, at_least=2)
    for label, path in paths.items():
        if np.ndim(path) != 2 or np.shape(path)[1] != 2:
            raise ValueError(f"paths[{label!r}]: expected shape (k, 2), got {np.shape(path)}")
    ax = new_axes() if ax is None else ax
    grid_1, grid_2 = np.meshgrid(*(np.linspace(*side, steps) for side in sides))
    height = np.asarray(function(grid_1, grid_2))
    levels = np.unique(np.quantile(height, np.linspace(0, 1, 18)))  # lines everywhere
    ax.contourf(grid_1, grid_2, height, levels=levels, cmap="Greys_r", alpha=0.3, zorder=0)
    ax.contour(grid_1, grid_2, height, levels=levels, colors="#999999", linewidths=0.5, zorder=1)
    for (label, path), colour in zip(paths.items(), colours(len(paths)), strict=True):
        points = np.asarray(path)
        ax.plot(*points.T, ".-", ms=3, lw=1.2, color=colour, label=label, zorder=2)
        ax.plot(*points[-1], "o", ms=7, color=colour, markeredgecolor="white", zorder=3)
    start = np.asarray(next(iter(paths.values())))[0]
    ax.plot(*start, "k*", ms=9, zorder=4)
    ax.set_xlim(sides[0])
    ax.set_ylim(sides[1])
    ax.set_xlabel("$w_1$")
    ax.set_ylabel("$w_2$")
    ax.grid(False)
    ax.legend(framealpha=0.8, edgecolor="none")
    return ax
