"""Curves: training history, layer scales, errors of gradient checking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from dltf.plotting.look import colours, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_history(
    values: Mapping[str, Sequence[float]],
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot loss or metrics over the epochs of a run.

    Args:
        values: name -> one value per epoch. "val_loss" is dashed, in the colour of "loss".
        names: which to plot, each with its "val_" counterpart. If None, the loss alone, because
            other metrics have other units.
        ax: axes to draw into; new ones if None.

    Returns:
        The axes.

    Raises:
        ValueError: a name is not in the history.
    """
    names = ("loss",) if names is None else names
    for name in names:
        if name not in values:
            raise ValueError(f"names: expected some of {sorted(values)}, got {name!r}")
    ax = new_axes() if ax is None else ax
    for name, colour in zip(names, colours(len(names)), strict=True):
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
    """Plot one metric of several runs, to compare them.

    Args:
        runs: label -> history (`history.values`).
        name: the metric.
        ax: axes to draw into; new ones if None.

    Returns:
        The axes.
    """
    for label, values in runs.items():
        if name not in values:
            raise ValueError(
                f"name: expected what every run has measured, got {name!r}, and {label!r} has "
                f"{sorted(values)}"
            )
    ax = new_axes() if ax is None else ax
    for (label, values), colour in zip(runs.items(), colours(len(runs)), strict=True):
        _curve(ax, values[name], color=colour, label=label)
    ax.set_xlabel("epoch")
    ax.set_ylabel(name)
    ax.legend(frameon=False)
    return ax


def plot_layer_scales(
    scales: Mapping[str, ArrayLike],
    ax: Axes | None = None,
    ylabel: str = "standard deviation",
    limits: tuple[float, float] = (1e-10, 1e10),
) -> Axes:
    """Plot a statistic of each layer of a deep network on a logarithmic axis, one line per label.

    Args:
        scales: label -> one number per layer, at least 0. Zeros are left out; the legend marks
            labels where all are 0.
        ax: axes to draw into; new ones if None.
        ylabel: name of the statistic.
        limits: largest range of the axis: lines that vanish or explode leave it.

    Returns:
        The axes.
    """
    ax = new_axes() if ax is None else ax
    shown = []
    for (label, values), colour in zip(scales.items(), colours(len(scales)), strict=True):
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


def plot_check_errors(
    epsilons: ArrayLike,
    errors: Mapping[str, ArrayLike],
    ax: Axes | None = None,
    threshold: float | None = 2e-7,
) -> Axes:
    """Plot the relative difference of gradient checking against the step epsilon.

    Args:
        epsilons: steps, above 0, k of them.
        errors: label -> k relative differences.
        ax: axes to draw into; new ones if None.
        threshold: of the gradient check, drawn as a line; none if None.

    Returns:
        The axes, both logarithmic.
    """
    ax = new_axes() if ax is None else ax
    for (label, values), colour in zip(errors.items(), colours(len(errors)), strict=True):
        ax.loglog(np.asarray(epsilons), values, "o-", ms=3, lw=1.2, color=colour, label=label)
    if threshold is not None:
        ax.axhline(threshold, color="#333333", lw=1.0, ls=":", label=f"threshold {threshold:g}")
    ax.set_xlabel(r"$\varepsilon$")
    ax.set_ylabel("relative difference")
    ax.legend(loc="lower left", frameon=False)
    return ax


def _curve(ax: Axes, values: Sequence[float], **style: Any) -> None:
    """Plot one value per epoch: a thinner line for many epochs, a dot for one."""
    epochs = np.arange(1, len(values) + 1)
    marker = "o" if len(values) == 1 else ""
    ax.plot(epochs, values, marker=marker, linewidth=1.8 if len(values) < 2000 else 1.2, **style)
