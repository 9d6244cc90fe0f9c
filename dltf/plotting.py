"""Every picture of the course. Each function draws into axes, returns them and shows nothing.

Matplotlib is imported when the first picture is drawn. Labels and colours are the same everywhere:
blue and orange for the labels 0 and 1 (they differ for colour-blind eyes too), a full line for
training, a dashed one for validation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe & Ito's colours without yellow, which is too light for a line.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#555555")
STYLE = {
    "figure.figsize": (6.0, 4.0),
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlesize": "medium",
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "font.size": 10,
}


def new_axes(columns: int = 1, *, width: float = 6.0, height: float = 4.0, **settings: Any) -> Any:
    """Return new axes in the course's look: one, or an array of `columns` side by side.

    Args:
        columns: number of axes.
        width: of each, in inches.
        height: in inches.
        settings: for `matplotlib.pyplot.subplots`, such as `sharey=True`.
    """
    import matplotlib as mpl
    import matplotlib.pyplot as plt
    from cycler import cycler

    with plt.rc_context({**STYLE, "axes.prop_cycle": cycler(color=COLOURS)}):
        _, axes = plt.subplots(1, columns, figsize=(width * columns, height), **settings)
        interactive = plt.isinteractive()
    # A notebook's first figure turns interactive mode on; leaving the context must not undo it, or
    # no later figure would be shown.
    mpl.interactive(interactive)
    return axes


def current_axes() -> Axes:
    """Return the axes that `matplotlib.pyplot` would draw into (new ones if there are none)."""
    import matplotlib.pyplot as plt

    return plt.gca() if plt.get_fignums() else new_axes()


def plot_history(
    values: Mapping[str, Sequence[float]],
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what was measured in each epoch of a run.

    Args:
        values: name -> one value an epoch. "val_loss" is drawn dashed, in the colour of "loss".
        names: which to draw; all that start with or without "val_" belong to a name. If None, the
            loss alone: other measures have other units.
        ax: axes to draw into; new ones if None.

    Returns:
        The axes.

    Raises:
        ValueError: a name was not measured.
    """
    names = ("loss",) if names is None else names
    for name in names:
        if name not in values:
            raise ValueError(f"names: expected some of {sorted(values)}, got {name!r}")
    ax = new_axes() if ax is None else ax
    for name, colour in zip(names, _colours(len(names)), strict=True):
        for key, dashes, label in ((name, "-", name), (f"val_{name}", "--", f"{name}, validation")):
            if key in values:
                _curve(ax, values[key], linestyle=dashes, color=colour, label=label)
    ax.set_xlabel("epoch")
    ax.set_ylabel(names[0] if len(names) == 1 else "value")
    if len(ax.get_lines()) > 1:
        ax.legend(frameon=False)
    return ax


def plot_histories(
    runs: Mapping[str, Mapping[str, Sequence[float]]], name: str = "loss", ax: Axes | None = None
) -> Axes:
    """Draw one measure of several runs, to compare them.

    Args:
        runs: label -> what was measured (`history.values`).
        name: the measure.
        ax: axes to draw into; new ones if None.

    Returns:
        The axes.
    """
    ax = new_axes() if ax is None else ax
    for (label, values), colour in zip(runs.items(), _colours(len(runs)), strict=True):
        _curve(ax, values[name], color=colour, label=label)
    ax.set_xlabel("epoch")
    ax.set_ylabel(name)
    ax.legend(frameon=False)
    return ax


def plot_points(x: ArrayLike, y: ArrayLike, ax: Axes | None = None) -> Axes:
    """Draw labelled points of the plane.

    Args:
        x: points, (m, 2).
        y: labels, whole numbers from 0, m of them in any shape.
        ax: axes to draw into; new ones if None.

    Returns:
        The axes.

    Raises:
        ValueError: the points are not in a plane, or not as many as the labels.
    """
    x, y = np.asarray(x), np.asarray(y).reshape(-1)
    if x.ndim != 2 or x.shape[1] != 2 or len(x) != len(y):
        raise ValueError(f"x: expected shape ({len(y)}, 2) for {len(y)} labels, got {x.shape}")
    ax = new_axes(width=5.0, height=4.4) if ax is None else ax
    for label, colour in zip(np.unique(y), _colours(len(np.unique(y))), strict=True):
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
    ax.legend(
        loc="upper right",
        handletextpad=0.2,
        borderpad=0.2,
        frameon=True,
        framealpha=0.8,
        edgecolor="none",
    )
    return ax


def plot_decision_boundary(
    predict: Callable[[Any], ArrayLike],
    x: ArrayLike,
    y: ArrayLike,
    ax: Axes | None = None,
    steps: int = 300,
) -> Axes:
    """Draw how a classifier divides the plane, and the examples.

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


def plot_layer_scales(
    scales: Mapping[str, ArrayLike],
    ax: Axes | None = None,
    ylabel: str = "standard deviation",
    limits: tuple[float, float] = (1e-10, 1e10),
) -> Axes:
    """Draw a measure of each layer of a deep stack on a logarithmic axis, one line a label.

    Args:
        scales: label -> one number a layer, at least 0. Zeros have no place on such an axis; the
            legend says where all are 0.
        ax: axes to draw into; new ones if None.
        ylabel: what is measured.
        limits: the axis shows no more than this: lines that vanish or explode leave the picture.

    Returns:
        The axes.
    """
    ax = new_axes() if ax is None else ax
    shown = []
    for (label, values), colour in zip(scales.items(), _colours(len(scales)), strict=True):
        heights = np.asarray(values, dtype=float)
        positive = np.where(heights > 0, heights, np.nan)
        name = label if np.any(heights > 0) else f"{label} (all 0)"
        layers = np.arange(1, len(heights) + 1)
        ax.semilogy(layers, positive, "o-", ms=3, lw=1.2, color=colour, label=name)
        shown.append(positive[np.isfinite(positive)])
    drawn = np.concatenate([*shown, []])
    if drawn.size:
        low, high = max(drawn.min() / 3, limits[0]), min(drawn.max() * 3, limits[1])
        ax.set_ylim(min(low, high / 10), high)
    ax.set_xlabel("layer")
    ax.set_ylabel(ylabel)
    ax.legend(framealpha=0.8, edgecolor="none")
    return ax


def plot_trajectories(
    function: Callable[[Any, Any], Any],
    paths: Mapping[str, ArrayLike],
    sides: tuple[tuple[float, float], tuple[float, float]],
    ax: Axes | None = None,
    steps: int = 200,
) -> Axes:
    """Draw the contours of a function of the plane, and paths through it.

    Args:
        function: `function(x, y)` of two arrays of the same shape gives an array of that shape.
        paths: label -> points in the order in which they were reached, (k, 2).
        sides: what to show, ((left, right), (bottom, top)). Paths may leave it.
        ax: axes to draw into; new ones if None.
        steps: points of the grid along each axis.

    Returns:
        The axes.

    Raises:
        ValueError: a path is not in a plane.
    """
    for label, path in paths.items():
        if np.ndim(path) != 2 or np.shape(path)[1] != 2:
            raise ValueError(f"paths[{label!r}]: expected shape (k, 2), got {np.shape(path)}")
    ax = new_axes() if ax is None else ax
    grid_1, grid_2 = np.meshgrid(*(np.linspace(*side, steps) for side in sides))
    height = np.asarray(function(grid_1, grid_2))
    levels = np.unique(np.quantile(height, np.linspace(0, 1, 18)))  # lines everywhere
    ax.contourf(grid_1, grid_2, height, levels=levels, cmap="Greys_r", alpha=0.3, zorder=0)
    ax.contour(grid_1, grid_2, height, levels=levels, colors="#999999", linewidths=0.5, zorder=1)
    for (label, path), colour in zip(paths.items(), _colours(len(paths)), strict=True):
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


def plot_check_errors(
    epsilons: ArrayLike,
    errors: Mapping[str, ArrayLike],
    ax: Axes | None = None,
    threshold: float | None = 2e-7,
) -> Axes:
    """Draw what a gradient check says of a right gradient, against its step.

    Args:
        epsilons: steps, above 0, k of them.
        errors: label -> k relative differences.
        ax: axes to draw into; new ones if None.
        threshold: where right and wrong are told apart, drawn as a line; none if None.

    Returns:
        The axes, both logarithmic.
    """
    ax = new_axes(width=7.6) if ax is None else ax
    for (label, values), colour in zip(errors.items(), _colours(len(errors)), strict=True):
        ax.loglog(np.asarray(epsilons), values, "o-", ms=3, lw=1.2, color=colour, label=label)
    if threshold is not None:
        ax.axhline(threshold, color="#333333", lw=1.0, ls=":", label=f"threshold {threshold:g}")
    ax.set_xlabel(r"$\varepsilon$")
    ax.set_ylabel("relative difference")
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    return ax


def plot_pictures(
    rows: Mapping[str, ArrayLike], height: float = 1.5, axes: Any = None
) -> np.ndarray[Any, Any]:
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


def _curve(ax: Axes, values: Sequence[float], **style: Any) -> None:
    """Draw one value an epoch: thinner where many are drawn, as a dot where there is one."""
    epochs = np.arange(1, len(values) + 1)
    marker = "o" if len(values) == 1 else ""
    ax.plot(epochs, values, marker=marker, linewidth=1.8 if len(values) < 2000 else 1.2, **style)


def _colours(count: int) -> list[str]:
    return [COLOURS[i % len(COLOURS)] for i in range(count)]
