"""Plots for recurrent networks: gradient norms over time, and generated sequences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from dltf.plotting.look import colours, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_gradients_by_lag(
    curves: Mapping[str, ArrayLike], ax: Axes | None = None, lowest: float = 1e-12
) -> Axes:
    """Plot gradient norms against the number of steps back from the cost, on a logarithmic axis.

    Args:
        curves: label -> norms, k = 0, 1, ... steps back. Zeros are left out; the legend marks
            labels where all are 0.
        ax: axes to draw into; new ones if None.
        lowest: smallest lower limit of the axis.

    Returns:
        The axes.
    """
    ax = new_axes() if ax is None else ax
    smallest = 1.0
    for (label, values), colour in zip(curves.items(), colours(len(curves)), strict=True):
        norms = np.asarray(values, dtype=float)
        positive = np.where(norms > 0, norms, np.nan)
        name = label if np.any(norms > 0) else f"{label} (all 0)"
        ax.semilogy(positive, color=colour, lw=1.8, label=name)
        smallest = min(smallest, np.min(norms[norms > 0], initial=1.0))
    ax.set_ylim(bottom=max(smallest / 3, lowest))
    ax.set_xlabel("steps back from the cost")
    ax.set_ylabel("norm of the gradient")
    ax.legend(frameon=False)
    return ax


def plot_gradient_norms(
    lengths: Sequence[int],
    norms: Mapping[str, ArrayLike],
    clip: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot gradient norms against the length of the sequence, on a logarithmic axis.

    Args:
        lengths: numbers of steps.
        norms: label -> one norm per length.
        clip: if given, the norms after clipping to this value are drawn too, dashed.
        ax: axes to draw into; new ones if None.

    Returns:
        The axes.
    """
    ax = new_axes(width=7.6) if ax is None else ax
    for (label, values), colour in zip(norms.items(), colours(len(norms)), strict=True):
        heights = np.asarray(values, dtype=float)
        ax.semilogy(lengths, heights, "o-", ms=3, lw=1.6, color=colour, label=label)
        if clip is not None:
            ax.semilogy(lengths, np.minimum(heights, clip), "--", lw=1.8, color=colour)
    if clip is not None:
        ax.plot([], [], "--", lw=1.8, color="#555555", label=f"clipped to {clip:g}")
    ax.set_xlabel("number of steps $T$")
    ax.set_ylabel("norm of the gradient of $W_{aa}$")
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    return ax


def plot_waves(y: ArrayLike, prediction: ArrayLike, ax: Axes | None = None) -> Axes:
    """Plot sequences of numbers, and the predictions of a network, dashed.

    Args:
        y: sequences, (m, T) or (m, T, 1), a colour each.
        prediction: the same shape.
        ax: axes to draw into; new ones if None.

    Returns:
        The axes.
    """
    ax = new_axes() if ax is None else ax
    right, written = np.atleast_3d(np.asarray(y)), np.atleast_3d(np.asarray(prediction))
    for i, colour in enumerate(colours(len(right))):
        steps = np.arange(1, right.shape[1] + 1)
        label = ("target", "prediction") if i == 0 else (None, None)
        ax.plot(steps, right[i, :, 0], color=colour, lw=3, alpha=0.35, label=label[0])
        ax.plot(steps, written[i, :, 0], color=colour, lw=1.4, ls="--", label=label[1])
    ax.set_xlabel("step")
    ax.set_ylabel("output")
    ax.legend(frameon=False)
    return ax
