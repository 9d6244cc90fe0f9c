"""Heat map of attention weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dltf.plotting.look import new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_attention(
    weights: Any, source: Sequence[str], target: Sequence[str], ax: Axes | None = None
) -> Axes:
    """Plot attention weights: a row for each output symbol, a column for each input symbol.

    Args:
        weights: float between 0 and 1, (T_y, T_x); each row sums to 1.
        source: the T_x input words or characters.
        target: the T_y output words or characters.
        ax: axes to draw into; new ones if None.

    Raises:
        ValueError: the shape of the weights does not match the symbols.
    """
    weights = np.asarray(weights, float)
    if weights.shape != (len(target), len(source)):
        raise ValueError(
            f"weights: expected shape ({len(target)}, {len(source)}), a row for each output "
            f"symbol, got {weights.shape}"
        )
    longest = max(map(len, target), default=1)
    if ax is None:
        size = 0.3 if max(map(len, (*source, *target))) == 1 else 0.5
        width = max(3.6, 1.8 + 0.09 * longest + size * len(source))
        ax = new_axes(width=width, height=max(2.4, 1.2 + size * len(target)))
    mesh = ax.imshow(weights, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    turned = max(map(len, source), default=1) > 1
    ax.set_xticks(range(len(source)), source, rotation=45 if turned else 0)
    ax.set_yticks(range(len(target)), target)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    ax.figure.colorbar(mesh, ax=ax, label="weight", shrink=0.8)
    return ax
