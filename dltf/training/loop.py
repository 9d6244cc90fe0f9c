"""The training loop: one, for every topic of the course.

Gradient descent is four lines, and they are all in `_step`: predict, measure the loss,
differentiate, update. Everything else here makes those four lines fast, repeatable and possible to
interrupt.

**Fast.** `model.fit` goes back to Python for every step. A step of a small network takes some fifty
microseconds, the trip to Python and back a thousand. Here whole epochs (shuffle, batches, steps,
metrics, validation) are one TensorFlow graph.

**Repeatable.** No global seed is set. The order of the examples in an epoch is a function of
`(seed, epoch)` and nothing else: see `epoch_order`. (The seeds of initial weights and of dropout
belong to the layers that draw them.)

**Interruptible.** So a checkpoint needs only the variables and the history, and a resumed run ends
with the same bits.

Layout: Keras's, examples first: `x (m, ...)`, `y (m, ...)`. From features x examples it is one
    transposition:
`train(model, (X.T, Y.T), ...)`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dltf.training import validation as arguments
from dltf.training.callbacks import Callback
from dltf.training.checkpoint import Checkpoint, fingerprint
from dltf.training.history import History, Run, describe
from dltf.training.progress import Progress

CALL_SECONDS = (
    0.2  # without callbacks, as many epochs go into one call of the graph as take about this long
)


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
    callbacks: Sequence[Callable[[Run], Any]] = (),
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
            (it brings its own batches and order).
        loss: `loss(y, prediction)`, a scalar or one number an example (the mean is taken); or the
            name of a Keras loss.
        optimizer: a Keras optimizer, or its name for Keras's default settings.
        epochs: passes over the data in all, those of a resumed checkpoint included.
        batch_size: examples in a step, at least 1; the last batch of an epoch may be smaller.
        validation: data measured after every epoch, in the form of `data`.
        metrics: Keras metrics, names of Keras metrics, or functions `(y, prediction)` of which the
            mean is taken.
        callbacks: functions `callback(run)`, called after every epoch (see `Run`); or objects that
            also have a state or an end (see `dltf.training.callbacks.Callback`).
        shuffle: whether each epoch has an order of its own (`epoch_order`).
        seed: orders the examples, `0 <= seed < 2**63`; if None one is drawn, and kept in
            `history.seed`.
        checkpoint: file to write the run's state to, and to resume from if it exists.
        progress: whether to show a progress bar; or the one to use.

    Returns:
        The history: loss, metrics and their `val_` counterparts for every epoch.

    Raises:
        TypeError, ValueError: an argument is not as described, or the checkpoint is of another run.
    """
    epochs = arguments.whole("epochs", epochs, at_least=0)
    batch_size = arguments.whole("batch_size", batch_size, at_least=1)
    if seed is not None:
        seed = arguments.whole("seed", seed, at_least=0)
    loss, optimizer, measures = (
        arguments.loss_function(loss),
        arguments.an_optimizer(optimizer),
        [arguments.a_metric(m) for m in metrics],
    )
    names = ["loss", *(measure.name for measure in measures)]
    if len(set(names)) < len(names):
        raise ValueError(
            f"metrics: expected names that differ from each other and from 'loss', got {names[1:]}"
        )
    data = arguments.pair("data", data)
    if validation is not None:
        validation = arguments.pair("validation", validation)
        names += [f"val_{name}" for name in names]
    if not getattr(model, "built", True):  # the first call makes the variables
        model(arguments.first_inputs(data))
    if not model.trainable_variables:
        raise ValueError(f"model: expected trainable variables, got none in {model.name!r}")
    optimizer.build(model.trainable_variables)

    identity = {
        "batch_size": batch_size,
        "data": fingerprint(data),
        "measures": names,
        "optimizer": arguments.configuration(optimizer),
        "seed": seed,
        "shuffle": shuffle,
        "validation": fingerprint(validation),
    }
    for callback in callbacks:
        if isinstance(callback, Callback):
            callback.begin(model)
    kept = [v for c in callbacks if isinstance(c, Callback) for v in c.variables]
    history, saved = None, None
    if checkpoint is not None:
        saved = Checkpoint(Path(checkpoint), [*model.variables, *optimizer.variables, *kept])
        history = History.from_dict(saved.load(identity))
    if history is None:
        drawn = int(np.random.SeedSequence().generate_state(1)[0])
        history = History(drawn if seed is None else seed, {name: [] for name in names})
    identity["seed"] = history.seed
    run = Run(model, optimizer, history)

    def order(epoch: tf.Tensor) -> tf.Tensor | None:
        if not shuffle or isinstance(data, tf.data.Dataset):
            return None
        return epoch_order(arguments.examples(data), history.seed, epoch)

    run_epochs = _graph(model, loss, optimizer, measures, data, validation, batch_size, order)
    bar = Progress(epochs, "epoch") if progress is True else progress or None
    if bar:
        bar.start(run.epoch)
    count = (
        1  # epochs in the next call; a tensor in the graph, so that another count needs no new one
    )
    try:
        while run.epoch < epochs and history.stopped is None:
            began = time.perf_counter()
            rows = run_epochs(tf.constant(run.epoch), tf.constant(count)).numpy()  # (count, names)
            for name, column in zip(names, rows.T, strict=True):
                history.values[name] += column.tolist()
            for callback in callbacks:
                callback(run)
            if saved and saved.due():
                saved.save(identity, history.to_dict())
            if bar:
                bar.update(run.epoch, describe(history.last))
            if not callbacks:
                pace = (time.perf_counter() - began) / count
                count = max(1, min(int(CALL_SECONDS / pace), 4 * count, epochs - run.epoch))
        if saved:
            saved.save(identity, history.to_dict())
        for callback in callbacks:  # after saving, so that more epochs go on from where this ended
            if isinstance(callback, Callback):
                callback.end(run)
    finally:
        if bar:
            bar.close()
    return history


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


# -- the graph -------------------------------------------------------------------------------------


def _step(model: Any, loss: Any, optimizer: Any, x: Any, y: Any) -> tuple[tf.Tensor, Any]:
    """One step of gradient descent on one batch: predict, measure, differentiate, update."""
    with tf.GradientTape() as tape:
        prediction = model(x, training=True)
        value = _value(model, loss, y, prediction)
    gradients = tape.gradient(value, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)
    return value, prediction


def _value(model: Any, loss: Any, y: Any, prediction: Any) -> tf.Tensor:
    """Mean loss over the batch, plus the model's own losses (regularization)."""
    value = tf.reduce_mean(loss(y, prediction))
    return tf.add_n([value, *(tf.cast(extra, value.dtype) for extra in model.losses)])


def _graph(
    model: Any,
    loss: Any,
    optimizer: Any,
    measures: list[keras.metrics.Metric],
    data: Any,
    validation: Any,
    batch_size: int,
    order: Callable[[tf.Tensor], tf.Tensor | None],
) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Build the graph `run_epochs(first, count)`: a row of measurements for each epoch."""

    def learn(x: Any, y: Any) -> tf.Tensor:
        value, prediction = _step(model, loss, optimizer, x, y)
        for measure in measures:
            measure.update_state(y, prediction)
        return value

    def validate(x: Any, y: Any) -> tf.Tensor:
        prediction = model(x, training=False)
        for measure in measures:
            measure.update_state(y, prediction)
        return _value(model, loss, y, prediction)

    def over(data: Any, batches: Any, order: tf.Tensor | None) -> list[tf.Tensor]:
        """Go through the data batch by batch; return the mean loss, and the metrics."""
        for measure in measures:
            measure.reset_state()

        def add(done: tf.Tensor, total: tf.Tensor, x: Any, y: Any) -> tuple[tf.Tensor, tf.Tensor]:
            size = tf.shape(tf.nest.flatten(y)[0])[0]
            value = tf.cast(batches(x, y), tf.float64)
            return done + size, total + value * tf.cast(
                size, tf.float64
            )  # a short batch weighs less

        nothing = (tf.constant(0), tf.constant(0.0, tf.float64))
        if isinstance(data, tf.data.Dataset):
            done, total = data.reduce(nothing, lambda state, batch: add(*state, *batch))
        else:
            m = arguments.examples(data)

            def take(done: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
                if order is None:
                    pick = lambda array: array[done : done + batch_size]  # noqa: E731
                else:
                    rows = order[done : done + batch_size]
                    pick = lambda array: tf.gather(array, rows)  # noqa: E731
                return add(done, total, *tf.nest.map_structure(pick, data))

            done, total = tf.while_loop(
                lambda done, _: done < m, take, nothing, parallel_iterations=1
            )
        results = [measure.result() for measure in measures]
        return [total / tf.cast(done, tf.float64), *(tf.cast(r, tf.float64) for r in results)]

    def one_epoch(epoch: tf.Tensor) -> tf.Tensor:
        row = over(data, learn, order(epoch))
        if validation is not None:
            row += over(validation, validate, None)
        return tf.stack(row)

    @tf.function(autograph=False)
    def run_epochs(first: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
        epochs = tf.range(first, first + count)
        return tf.map_fn(one_epoch, epochs, fn_output_signature=tf.float64, parallel_iterations=1)

    return run_epochs
