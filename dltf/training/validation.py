"""Validation of the training loop's arguments."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf


def as_pair(name: str, data: Any) -> Any:
    """Return the pair as tensors (floats in Keras's float type), or the dataset unchanged."""
    if isinstance(data, tf.data.Dataset):
        return data
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise TypeError(
            f"{name}: expected a pair (x, y) or a tf.data.Dataset, got {type(data).__name__}"
        )

    def tensor(array: Any) -> tf.Tensor:
        value = tf.convert_to_tensor(array)
        return tf.cast(value, keras.config.floatx()) if value.dtype.is_floating else value

    parts = [np.asarray(part) if isinstance(part, list) else part for part in data]
    pair = tf.nest.map_structure(tensor, tuple(parts))
    shapes = [tuple(array.shape) for array in tf.nest.flatten(pair)]
    if len({shape[:1] for shape in shapes}) != 1 or () in shapes:
        raise ValueError(
            f"{name}: expected arrays with as many examples each along the first axis, got shapes "
            f"{', '.join(map(str, shapes))}. If yours are features x examples, pass (X.T, Y.T)."
        )
    if shapes[0][0] == 0:
        raise ValueError(
            f"{name}: expected at least one example, got shapes {', '.join(map(str, shapes))}"
        )
    return pair


def first_inputs(data: Any) -> Any:
    """Return the inputs of one example (of one batch, from a dataset)."""
    if isinstance(data, tf.data.Dataset):
        return next(iter(data))[0]
    return tf.nest.map_structure(lambda array: array[:1], data[0])


def optimizer_config(optimizer: keras.optimizers.Optimizer) -> Any:
    """Return the configuration of an optimizer as plain data, without Keras's generated names."""

    def nameless(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: nameless(item) for key, item in value.items() if key != "name"}
        return value

    return json.loads(json.dumps(nameless(keras.optimizers.serialize(optimizer)), default=str))


def example_count(data: Any) -> int:
    """Return the number of examples in a pair."""
    return int(tf.nest.flatten(data)[0].shape[0])


def _named(name: str, value: Any, kind: str, get: Callable[[str], Any]) -> Any:
    """Return the Keras object of a name, or the value itself if it is not a name."""
    if not isinstance(value, str):
        return value
    try:
        return get(value)
    except ValueError:
        raise ValueError(
            f"{name}: expected {kind} or the name of a Keras one, got {value!r}"
        ) from None


def resolve_loss(loss: Any) -> Any:
    """Return a loss given as a function or by its name in Keras."""
    loss = _named("loss", loss, "a function", keras.losses.get)
    if not callable(loss):
        raise TypeError(f"loss: expected a function or a name, got {type(loss).__name__}")
    return loss


def resolve_optimizer(value: Any) -> keras.optimizers.Optimizer:
    """Return an optimizer given as itself or by its name in Keras."""
    value = _named("optimizer", value, "an optimizer", keras.optimizers.get)
    if not isinstance(value, keras.optimizers.Optimizer):
        raise TypeError(
            f"optimizer: expected a Keras optimizer or a name, got {type(value).__name__}"
        )
    return value


def resolve_metric(metric: Any) -> keras.metrics.Metric:
    """Return a metric given as itself, as a function or by its name in Keras."""
    if isinstance(metric, str) and metric in ("accuracy", "acc"):
        raise ValueError(  # for Keras's class of this name, 0.9 is a wrong answer to 1
            "metrics: expected 'binary_accuracy', 'categorical_accuracy' (one-hot labels) or "
            f"'sparse_categorical_accuracy' (integers), got {metric!r}"
        )
    if isinstance(metric, keras.metrics.Metric):
        return metric
    name = metric if isinstance(metric, str) else getattr(metric, "__name__", "metric")
    metric = _named("metrics", metric, "metrics", keras.metrics.get)
    if not callable(metric):
        raise TypeError(
            f"metrics: expected metrics, functions or names, got {type(metric).__name__}"
        )
    if isinstance(metric, keras.metrics.Metric):  # by its short name, "mae", as model.fit has it
        return type(metric).from_config(metric.get_config() | {"name": name})
    return keras.metrics.MeanMetricWrapper(metric, name=name)


def resolve_metrics(metrics: Sequence[Any]) -> list[keras.metrics.Metric]:
    """Return metrics given as themselves, as functions or by their names in Keras.

    Raises:
        TypeError, ValueError: one is none of these, or two have one name.
    """
    resolved = [resolve_metric(metric) for metric in metrics]
    names = [metric.name for metric in resolved]
    if len({"loss", *names}) < 1 + len(names):
        raise ValueError(
            f"metrics: expected names that differ from each other and from 'loss', got {names}"
        )
    return resolved
