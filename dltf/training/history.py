"""The history of a training run, and the state of a run that callbacks receive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import keras

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class History:
    """Loss and metrics of a run: `history["loss"]` is a list with one number per epoch.

    Attributes:
        values: name -> list of floats. Training values are means over the epoch, while the weights
            change; those that start with `val_` are computed after it.
        seed: the seed of the order of the examples (drawn at random if none was given).
        stopped: why the run ended before its last epoch, or None.
    """

    def __init__(self, seed: int, values: dict[str, list[float]] | None = None) -> None:
        self.seed = seed
        self.values: dict[str, list[float]] = {} if values is None else values
        self.stopped: str | None = None

    def __getitem__(self, name: str) -> list[float]:
        """Return the values of one metric, one per epoch."""
        if name not in self.values:
            raise KeyError(f"name: expected one of {sorted(self.values)}, got {name!r}")
        return self.values[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the loss and metrics."""
        return iter(self.values)

    def __len__(self) -> int:
        """Return the number of finished epochs."""
        return max(map(len, self.values.values()), default=0)

    def __repr__(self) -> str:
        """Return the number of epochs and the last value of each metric."""
        return f"History({len(self)} epochs: {describe(self.last)})"

    @property
    def last(self) -> dict[str, float]:
        """The values of the last epoch."""
        return {name: values[-1] for name, values in self.values.items() if values}

    def extend(self, names: Sequence[str], rows: Any) -> None:
        """Add the values of more epochs.

        Args:
            names: of the loss and metrics.
            rows: array (epochs, names).
        """
        for name, column in zip(names, rows.T, strict=True):
            self.values[name] += column.tolist()

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {"seed": self.seed, "stopped": self.stopped, "values": self.values}

    @classmethod
    def from_dict(cls, plain: dict[str, Any] | None) -> History | None:
        """Return the history from the result of `to_dict`; None for None."""
        if plain is None:
            return None
        history = cls(plain["seed"], plain["values"])
        history.stopped = plain["stopped"]
        return history

    def plot(self, names: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
        """Draw the curves (see `dltf.plotting.plot_history`)."""
        from dltf import plotting

        return plotting.plot_history(self.values, names=names, ax=ax)


class TrainingRun:
    """State of a training run, passed to callbacks, which may change it and stop the run.

    Attributes:
        model: the model in training.
        optimizer: its optimizer; `run.optimizer.learning_rate = ...` takes effect in the next
        epoch.
        history: loss and metrics so far. A callback that depends on this alone behaves the same
            after a resume.
    """

    def __init__(self, model: Any, optimizer: keras.optimizers.Optimizer, history: History) -> None:
        self.model, self.optimizer, self.history = model, optimizer, history

    @property
    def epoch(self) -> int:
        """Number of finished epochs."""
        return len(self.history)

    @property
    def logs(self) -> dict[str, float]:
        """Loss and metrics of the epoch just finished."""
        return self.history.last

    def stop(self, why: str = "stopped by a callback") -> None:
        """End the run after this epoch."""
        self.history.stopped = why


def describe(logs: dict[str, float]) -> str:
    """Format the values of an epoch in one line: `loss 0.3102  binary_accuracy 0.9133`."""
    return "  ".join(f"{name} {value:.4g}" for name, value in logs.items())
