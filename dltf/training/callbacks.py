"""Training callbacks: stop early, or call a function every few epochs.

A callback of `dltf.training.train` is a function `callback(run)` that is called after every epoch.
Most need no more. One that keeps something, or has something to do when the run ends, is a
`Callback`: its variables are saved in the checkpoint with the model's, so a run that is
interrupted and resumed ends as one that was not.
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
    """A callback with a state.

    Attributes:
        variables: Keras variables that a checkpoint has to hold.
    """

    variables: list[keras.Variable]

    def __init__(self) -> None:
        self.variables = []

    def begin(self, model: Any) -> None:
        """Make the variables; called once, before a checkpoint is read."""

    def __call__(self, run: TrainingRun) -> None:
        """Do what is to be done after an epoch."""

    def end(self, run: TrainingRun) -> None:
        """Do what is to be done after the last epoch; what changes here is in no checkpoint."""


class EarlyStopping(Callback):
    """Stops a run that no longer gets better, and gives the model the weights of its best epoch.

    The epochs are the cheapest regularizer there is: weights start small and grow with every step,
    so a network that is stopped early is a simpler one. When to stop is read off the validation
    loss, which falls at first and rises when the network begins to learn the noise.

    The weights are put back when the run ends, for whatever reason. The checkpoint holds those of
    the last epoch as well, so that the run can be resumed with more epochs.

    Args:
        monitor: the measure to go by; "val_loss" needs `validation=`.
        patience: epochs in a row without a better value after which the run ends, at least 1.
        min_delta: an epoch is better if it is by more than this, at least 0.
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
        """Make room for a copy of the weights."""
        self._forget()
        self.variables = [
            keras.Variable(w, trainable=False, dtype=w.dtype, name="best") for w in model.weights
        ]

    def __call__(self, run: TrainingRun) -> None:
        """Keep the weights if this epoch was the best; end the run if the best is long ago."""
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
        """Give the model the weights of the best epoch."""
        self._find_best(run)
        if self.best_epoch:
            for mine, theirs in zip(self.variables, run.model.weights, strict=True):
                theirs.assign(mine)

    def _find_best(self, run: TrainingRun) -> None:
        """Find the best epoch; after a resume, whose weights came with the file, it is a past one.

        Raises:
            KeyError: the measure was not measured.
        """
        for value in run.history[self.monitor][self._seen :]:
            self._seen += 1
            gain = self.best - value if self.mode == "min" else value - self.best
            if gain > self.min_delta:
                self.best, self.best_epoch = value, self._seen


class Every(Callback):
    """Calls a function after every so many epochs.

    Args:
        epochs: how many, at least 1.
        function: `function(run)`.
    """

    def __init__(self, epochs: int, function: Callable[[TrainingRun], Any]) -> None:
        super().__init__()
        self.epochs, self.function = check_integer("epochs", epochs, at_least=1), function

    def __call__(self, run: TrainingRun) -> None:
        """Call the function if the number of finished epochs is a multiple."""
        if run.epoch % self.epochs == 0:
            self.function(run)
