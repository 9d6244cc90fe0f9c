"""The training loop of all topics: mini-batch gradient descent in one TensorFlow graph per epoch.

Gradient descent is four lines in `_step`: predict, compute the loss, differentiate, update. The
rest of the module makes those four lines fast, reproducible and resumable.

**Fast.** `model.fit` returns to Python after every step. A step of a small network takes some fifty
microseconds, the return to Python a thousand. Here an epoch (shuffling, batches, steps, metrics,
validation) is part of one TensorFlow graph.

**Reproducible.** No global seed is set. The order of the examples in an epoch is a function of
`(seed, epoch)` only: see `epoch_order`. (The seeds of initial weights and of dropout belong to
their layers.)

**Resumable.** Therefore a checkpoint needs only the variables and the history, and a resumed run
gives bitwise the same result.

Layout: Keras's, examples first: `x (m, ...)`, `y (m, ...)`. From features x examples, transpose:
`train(model, (X.T, Y.T), ...)`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import keras
import numpy as np
import tensorflow as tf

from dltf.training.callbacks import Callback
from dltf.training.checkpoint import Checkpoint, fingerprint
from dltf.training.history import History, TrainingRun, describe
from dltf.training.progress import Progress
from dltf.training.validation import (
    as_pair,
    example_count,
    first_inputs,
    optimizer_config,
    resolve_loss,
    resolve_metrics,
    resolve_optimizer,
)
from dltf.validation import check_integer

# Without callbacks, one call of the graph runs as many epochs as take about this long.
CALL_SECONDS = 0.2

# run_epochs(first, count) returns a row of measurements for each epoch, (count, names).
RunEpochs: TypeAlias = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def train(
    model: Any,
    data: Any,
    *,
    loss: str | Callable[..., Any],
    optimizer: str | keras.optimizers.Optimizer = "adam",
    epochs: int = 1,
    batch_size: int = 32,
    validation: Any = None,
    metrics: Sequence[Any] = (),
    callbacks: Sequence[Callable[[TrainingRun], Any]] = (),
    shuffle: bool = True,
    seed: int | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: bool | Progress = True,
) -> History:
    """Train a model by mini-batch gradient descent, in place.

    Args:
        model: a Keras model or layer: `model(x, training=True)` predicts,
            `model.trainable_variables` are learned, `model.losses` (regularization) are added to
            the loss.
        data: `(x, y)` with examples along the first axis, each an array or a tuple or dict of
            arrays; or a batched `tf.data.Dataset` of such pairs, for what does not fit in memory
            (it has its own batches and order).
        loss: `loss(y, prediction)`, a scalar or one number per example (averaged); or the name of a
            Keras loss.
        optimizer: a Keras optimizer, or its name for Keras's default settings.
        epochs: total number of epochs, including those of a resumed checkpoint.
        batch_size: examples per step, at least 1; the last batch of an epoch may be smaller.
        validation: validation data, in the form of `data`; evaluated after every epoch.
        metrics: Keras metrics, names of Keras metrics, or functions `(y, prediction)`, which are
            averaged.
        callbacks: functions `callback(run)`, called after every epoch (see `TrainingRun`); or
            objects with a state (see `dltf.training.callbacks.Callback`).
        shuffle: whether to shuffle the examples in each epoch (`epoch_order`).
        seed: seed of the shuffling, `0 <= seed < 2**63`; if None one is drawn and stored in
            `history.seed`.
        checkpoint: file to save the state of the run to, and to resume from if it exists.
        progress: whether to show a progress bar; or the progress bar to use.

    Returns:
        The history: loss, metrics and their `val_` counterparts for every epoch.

    Raises:
        TypeError, ValueError: an argument is not as described, or the checkpoint is of another run.
    """
    epochs = check_integer("epochs", epochs, at_least=0)
    batch_size = check_integer("batch_size", batch_size, at_least=1)
    if seed is not None:
        seed = check_integer("seed", seed, at_least=0)
    loss_function, optimizer = resolve_loss(loss), resolve_optimizer(optimizer)
    metrics = resolve_metrics(metrics)
    data = as_pair("data", data)
    validation = None if validation is None else as_pair("validation", validation)
    _build(model, optimizer, data)
    stateful = [callback for callback in callbacks if isinstance(callback, Callback)]
    for part in stateful:
        part.begin(model)

    names = _names(metrics, validation)
    identity = {
        "batch_size": batch_size,
        "data": fingerprint(data),
        "measures": names,
        "optimizer": optimizer_config(optimizer),
        "seed": seed,
        "shuffle": shuffle,
        "validation": fingerprint(validation),
    }
    saved, history = None, None
    if checkpoint is not None:
        kept = [variable for part in stateful for variable in part.variables]
        saved = Checkpoint(Path(checkpoint), [*model.variables, *optimizer.variables, *kept])
        history = History.from_dict(saved.load(identity))
    if history is None:
        history = _new_history(seed, names)
    identity["seed"] = history.seed

    order = _order_of_epochs(data, history.seed) if shuffle else None
    task = _Task(model, loss_function, optimizer, metrics, batch_size)
    run_epochs = _graph(task, data, validation, order)
    run = TrainingRun(model, optimizer, history)
    with _bar(progress, epochs, run) as show:
        for rows in _in_calls(run, run_epochs, epochs, one_by_one=bool(callbacks)):
            history.extend(names, rows)
            for callback in callbacks:
                callback(run)
            if saved and saved.due():
                saved.save(identity, history.to_dict())
            show()
        if saved:
            saved.save(identity, history.to_dict())
        for part in stateful:  # after saving, so that a resumed run continues from the last epoch
            part.end(run)
    return history


def _build(model: Any, optimizer: keras.optimizers.Optimizer, data: Any) -> None:
    """Create the variables of the model and of its optimizer.

    Raises:
        ValueError: the model has no trainable variables.
    """
    if not getattr(model, "built", True):  # the first call creates the variables
        model(first_inputs(data))
    if not model.trainable_variables:
        raise ValueError(f"model: expected trainable variables, got none in {model.name!r}")
    optimizer.build(model.trainable_variables)


def _names(metrics: Sequence[keras.metrics.Metric], validation: Any) -> list[str]:
    """Return the names of loss and metrics, in order."""
    names = ["loss", *(metric.name for metric in metrics)]
    return names if validation is None else [*names, *(f"val_{name}" for name in names)]


def _new_history(seed: int | None, names: Sequence[str]) -> History:
    """Return an empty history; without a seed one is drawn."""
    drawn = int(np.random.SeedSequence().generate_state(1)[0]) if seed is None else seed
    return History(drawn, {name: [] for name in names})


@contextmanager
def _bar(progress: bool | Progress, epochs: int, run: TrainingRun) -> Iterator[Callable[[], None]]:
    """Open and close the progress bar, if there is one; yield a function that updates it."""
    bar = Progress(epochs, "epoch") if progress is True else progress or None
    if bar is None:
        yield lambda: None
        return
    bar.start(run.epoch)
    try:
        yield lambda: bar.update(run.epoch, describe(run.history.last))
    finally:
        bar.close()


def _in_calls(
    run: TrainingRun, run_epochs: RunEpochs, epochs: int, one_by_one: bool
) -> Iterator[Any]:
    """Yield loss and metrics of the remaining epochs, (epochs of one call, names).

    The caller adds them to the history before the next call. Without callbacks, a call of the graph
    runs as many epochs as fit into `CALL_SECONDS`.
    """
    count = 1  # passed to the graph as a tensor, so that another count needs no retracing
    while run.epoch < epochs and run.history.stopped is None:
        began = time.perf_counter()
        yield run_epochs(tf.constant(run.epoch), tf.constant(count)).numpy()
        if not one_by_one:
            seconds_per_epoch = (time.perf_counter() - began) / count
            count = max(1, min(int(CALL_SECONDS / seconds_per_epoch), 4 * count))
            count = min(count, epochs - run.epoch)


def epoch_order(m: int, seed: int, epoch: int) -> tf.Tensor:
    """Return the order of an epoch's examples: a permutation that depends on `(seed, epoch)` alone.

    Args:
        m: number of examples.
        seed: the run's seed.
        epoch: number of the epoch, from 0; an int or an integer tensor.

    Returns:
        int32 tensor of shape (m,).
    """
    key = tf.stack([tf.cast(seed, tf.int64), tf.cast(epoch, tf.int64)])
    return tf.random.experimental.stateless_shuffle(tf.range(m), seed=key)


def _order_of_epochs(data: Any, seed: int) -> Callable[[tf.Tensor], tf.Tensor] | None:
    """Return the function epoch -> order of the examples; None for a dataset, which has its own."""
    if isinstance(data, tf.data.Dataset):
        return None
    m = example_count(data)
    return lambda epoch: epoch_order(m, seed, epoch)


# -- Graph -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Task:
    """Model, loss, optimizer and metrics of a run."""

    model: Any
    loss: Callable[..., Any]
    optimizer: keras.optimizers.Optimizer
    metrics: Sequence[keras.metrics.Metric]
    batch_size: int


def _step(task: _Task, x: Any, y: Any) -> tf.Tensor:
    """Take one gradient descent step: predict, compute the loss, differentiate, update."""
    with tf.GradientTape() as tape:
        prediction = task.model(x, training=True)
        value = _value(task, y, prediction)
    gradients = tape.gradient(value, task.model.trainable_variables)
    task.optimizer.apply(gradients, task.model.trainable_variables)
    _update_metrics(task, y, prediction)
    return value


def _validate(task: _Task, x: Any, y: Any) -> tf.Tensor:
    """Evaluate one batch without training on it."""
    prediction = task.model(x, training=False)
    _update_metrics(task, y, prediction)
    return _value(task, y, prediction)


def _value(task: _Task, y: Any, prediction: Any) -> tf.Tensor:
    """Return the mean loss over the batch, plus the model's own losses (regularization)."""
    value = tf.reduce_mean(task.loss(y, prediction))
    return tf.add_n([value, *(tf.cast(extra, value.dtype) for extra in task.model.losses)])


def _update_metrics(task: _Task, y: Any, prediction: Any) -> None:
    """Add a batch to every metric."""
    for metric in task.metrics:
        metric.update_state(y, prediction)


def _graph(
    task: _Task,
    data: Any,
    validation: Any,
    order: Callable[[tf.Tensor], tf.Tensor] | None,
) -> RunEpochs:
    """Build the graph `run_epochs(first, count)`, which returns loss and metrics of each epoch."""

    def one_epoch(epoch: tf.Tensor) -> tf.Tensor:
        row = _measure(task, _step, data, order(epoch) if order else None)
        if validation is not None:
            row += _measure(task, _validate, validation, None)
        return tf.stack(row)

    @tf.function(autograph=False)
    def run_epochs(first: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
        epochs = tf.range(first, first + count)
        return tf.map_fn(one_epoch, epochs, fn_output_signature=tf.float64, parallel_iterations=1)

    return run_epochs


def _measure(
    task: _Task,
    step: Callable[[_Task, Any, Any], tf.Tensor],
    data: Any,
    order: tf.Tensor | None,
) -> list[tf.Tensor]:
    """Iterate over the data in batches; return the mean loss and the metrics."""
    for metric in task.metrics:
        metric.reset_state()

    def add(done: tf.Tensor, total: tf.Tensor, x: Any, y: Any) -> tuple[tf.Tensor, tf.Tensor]:
        size = tf.shape(tf.nest.flatten(y)[0])[0]
        value = tf.cast(step(task, x, y), tf.float64)
        weighted = value * tf.cast(size, tf.float64)  # a short batch weighs less
        return done + size, total + weighted

    nothing = (tf.constant(0), tf.constant(0.0, tf.float64))
    if isinstance(data, tf.data.Dataset):
        done, total = data.reduce(nothing, lambda state, batch: add(*state, *batch))
    else:
        m = example_count(data)
        done, total = tf.while_loop(
            lambda done, _: done < m,
            lambda done, total: add(done, total, *_batch(data, done, task.batch_size, order)),
            nothing,
            parallel_iterations=1,
        )
    results = [metric.result() for metric in task.metrics]
    return [total / tf.cast(done, tf.float64), *(tf.cast(r, tf.float64) for r in results)]


def _batch(data: Any, start: tf.Tensor, size: int, order: tf.Tensor | None) -> Any:
    """Return the examples from `start` on, in order."""
    if order is None:
        return tf.nest.map_structure(lambda array: array[start : start + size], data)
    rows = order[start : start + size]
    return tf.nest.map_structure(lambda array: tf.gather(array, rows), data)
