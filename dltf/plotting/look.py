"""Style of all plots: colours, lines and figure sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dltf.validation import check_integer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The Okabe-Ito palette without yellow, which is too light for a line.
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
    """Return new axes in the course's style: one, or an array of `columns` in a row.

    Args:
        columns: number of axes.
        width: of each, in inches.
        height: in inches.
        settings: for `matplotlib.pyplot.subplots`, such as `sharey=True`.
    """
    import matplotlib as mpl
    import matplotlib.pyplot as plt
    from cycler import cycler

    columns = check_integer("columns", columns, at_least=1)
    with plt.style.context({**STYLE, "axes.prop_cycle": cycler(color=COLOURS)}):
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


def colours(count: int) -> list[str]:
    """Return the first `count` colours; they repeat after the seventh."""
    return [COLOURS[i % len(COLOURS)] for i in range(count)]
