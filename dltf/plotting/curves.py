"""Curves: what a run measured in each epoch, in each layer, at each step."""

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
    """Draw one measure of several runs, to compare them.

    Args:
        runs: label -> what was measured (`history.values`).
        name: the measure.
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
    for (label, values), colour in zip(errors.items(), colours(len(errors)), strict=True):
        ax.loglog(np.asarray(epsilons), values, "o-", ms=3, lw=1.2, color=colour, label=label)
    if threshold is not None:
        ax.axhline(threshold, color="#333333", lw=1.0, ls=":", label=f"threshold {threshold:g}")
    ax.set_xlabel(r"$\varepsilon$")
    ax.set_ylabel("relative difference")
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    return ax


def _curve(ax: Axes, values: Sequence[float], **style: Any) -> None:
    """Draw one value an epoch: thinner where many are drawn, as a dot where there is one."""
    epochs = np.arange(1, len(values) + 1)
    marker = "o" if len(values) == 1 else ""
    ax.plot(epochs, values, marker=marker, linewidth=1.8 if len(values) < 2000 else 1.2, **style)
