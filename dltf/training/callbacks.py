"""Training callbacks: early stopping, or a function called every few epochs.

A callback of `dltf.training.train` is a function `callback(run)` that is called after every epoch.
Most callbacks need no more. One that has a state, or acts at the end of the run, is a `Callback`:
its variables are saved in the checkpoint with the model's, so an interrupted and resumed run ends
like an uninterrupted one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from dltf.validation import check_choice, check_integer, check_number

if TYPE_CHECKING:
    from dltf.training.history import TrainingRun


class Callback:
    """A callback with a state that is saved in checkpoints.

    Attributes:
        variables: Keras variables to save in a checkpoint.
    """

    variables: list[keras.Variable]

    def __init__(self) -> None:
        self.variables = []

    def begin(self, model: Any) -> None:
        """Create the variables; called once, before a checkpoint is loaded."""

    def __call__(self, run: TrainingRun) -> None:
        """Called after each epoch."""

    def end(self, run: TrainingRun) -> None:
        """Called after the last epoch; changes made here are not in the checkpoint."""


class EarlyStopping(Callback):
    """Early stopping: ends a run that no longer improves, and restores the best weights.

    The number of epochs is the cheapest regularizer: weights start small and grow with every step,
    so a network that is stopped early is a simpler one. The criterion is the validation loss, which
    falls at first and rises when the network begins to overfit.

    The best weights are restored when the run ends, for whatever reason. The checkpoint contains
    those of the last epoch as well, so that the run can be resumed with more epochs.

    Args:
        monitor: the monitored metric; "val_loss" needs `validation=`.
        patience: consecutive epochs without improvement after which the run ends, at least 1.
        min_delta: smallest change that counts as an improvement, at least 0.
        mode: "min" if smaller is better, "max" if larger.

    Attributes:
        best_epoch: number of the best epoch, from 1; 0 before the first.
        best: its value.

    Raises:
        ValueError: an argument is out of its range.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        patience: int = 10,
        min_delta: float = 0.0,
        mode: str = "min",
    ) -> None:
        super().__init__()
        self.monitor = monitor
        self.patience = check_integer("patience", patience, at_least=1)
        self.min_delta: float = check_number("min_delta", min_delta, at_least=0)
        self.mode = check_choice("mode", mode, ("min", "max"))
        self._forget()

    def _forget(self) -> None:
        self.best_epoch, self.best, self._seen = 0, np.inf if self.mode == "min" else -np.inf, 0

    def begin(self, model: Any) -> None:
        """Create variables for a copy of the weights."""
        self._forget()
        self.variables = [
            keras.Variable(w, trainable=False, dtype=w.dtype, name="best") for w in model.weights
        ]

    def __call__(self, run: TrainingRun) -> None:
        """Save the weights if this epoch is the best; stop if `patience` has run out."""
        self._find_best(run)
        if self.best_epoch == run.epoch:
            for mine, theirs in zip(self.variables, run.model.weights, strict=True):
                mine.assign(theirs)
        if run.epoch - self.best_epoch >= self.patience:
            run.stop(
                f"{self.monitor} has not improved for {self.patience} epochs; "
                f"best {self.best:.4g} in epoch {self.best_epoch}"
            )

    def end(self, run: TrainingRun) -> None:
        """Restore the weights of the best epoch."""
        self._find_best(run)
        if self.best_epoch:
            for mine, theirs in zip(self.variables, run.model.weights, strict=True):
                theirs.assign(mine)

    def _find_best(self, run: TrainingRun) -> None:
        """Update the best epoch from the history (after a resume it may be a past epoch).

        Raises:
            KeyError: the metric is not in the history.
        """
        for value in run.history[self.monitor][self._seen :]:
            self._seen += 1
            gain = self.best - value if self.mode == "min" else value - self.best
            if gain > self.min_delta:
                self.best, self.best_epoch = value, self._seen


class Every(Callback):
    """Callback that calls a function every few epochs.

    Args:
        epochs: interval between calls, at least 1.
        function: `function(run)`.
    """

    def __init__(self, epochs: int, function: Callable[[TrainingRun], Any]) -> None:
        super().__init__()
        self.epochs, self.function = check_integer("epochs", epochs, at_least=1), function

    def __call__(self, run: TrainingRun) -> None:
        """Call the function if the number of finished epochs is a multiple of `epochs`."""
        if run.epoch % self.epochs == 0:
            self.function(run)
