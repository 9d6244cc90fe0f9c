"""Experiments: batch sizes and gradient noise, and optimizer paths on three loss landscapes.

The experiments of the optimization topic, with its updates or with a reader's own.

Layout: features x examples, as in `dltf.models.mlp`. A landscape is a function of the plane; a
path in it is an array (number of points, 2).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from dltf.models.mlp import backward_propagation, forward_propagation
from dltf.optimization import (
    gd_stepper,
    minimize,
    random_mini_batches,
    update_parameters_with_gd,
)
from dltf.optimization.loops import Batch, Stepper
from dltf.typing import Array, Parameters
from dltf.validation import check_integer

# == 1. What the size of a batch buys ==============================================================


class Descent(NamedTuple):
    """Results of one run with one batch size."""

    steps: int
    seconds: float
    noise: float
    costs: list[float]


def gradient_noise(
    X: Array,
    Y: Array,
    parameters: Parameters,
    mini_batch_size: int,
    batches: int = 200,
    rng: np.random.Generator | int | None = None,
) -> float:
    """Return the deviation of a batch's gradient from the gradient of all examples.

    Args:
        X: inputs, float (n_x, m).
        Y: labels 0 or 1, (1, m).
        parameters: where to measure, "W1", "b1", ..., "W3", "b3".
        mini_batch_size: examples in a batch.
        batches: how many batches to draw.
        rng: generator or seed of the batches.

    Returns:
        Root of the mean squared distance, as a share of the length of the gradient of all. It falls
        like 1 / sqrt(mini_batch_size), and is 0 when the batch is everything.
    """

    def gradient(X: Array, Y: Array) -> Array:
        grads = backward_propagation(X, Y, forward_propagation(X, parameters)[1])
        return np.concatenate([grads["d" + name].reshape(-1) for name in parameters])

    check_integer("mini_batch_size", mini_batch_size, at_least=1)
    check_integer("batches", batches, at_least=1)
    full, rng = gradient(X, Y), np.random.default_rng(rng)
    squares: list[float] = []
    for _ in range(batches):
        drawn = rng.choice(X.shape[1], min(mini_batch_size, X.shape[1]), replace=False)
        squares.append(float(np.sum((gradient(X[:, drawn], Y[:, drawn]) - full) ** 2)))
    return float(np.sqrt(np.mean(squares) / np.sum(full**2)))


def compare_batch_sizes(
    X: Array,
    Y: Array,
    parameters: Parameters,
    sizes: Sequence[int],
    *,
    stepper: Stepper = gd_stepper(update_parameters_with_gd),  # noqa: B008 - remembers nothing
    mini_batches: Callable[[Array, Array, int, int], list[Batch]] = random_mini_batches,
    learning_rate: float = 0.05,
    num_epochs: int = 100,
    rng: np.random.Generator | int | None = None,
) -> dict[int, Descent]:
    """Train by gradient descent with batches of several sizes, from the same start.

    Size m is batch gradient descent, 1 is stochastic gradient descent, all between is mini-batch.

    Args:
        X: inputs, float (n_x, m).
        Y: labels 0 or 1, (1, m).
        parameters: to begin with, "W1", "b1", ..., "W3", "b3".
        sizes: examples in a batch.
        stepper: the optimizer: gradient descent by the topic's update, or by your own.
        mini_batches: the topic's `random_mini_batches`, or your own.
        learning_rate: step size, the same for all.
        num_epochs: passes over the data, the same for all.
        rng: generator or seed of the batches by which the noise is measured.

    Returns:
        size -> number of steps, seconds, noise of the gradient at the start, cost of each epoch.
    """
    found, draw = {}, np.random.default_rng(rng)
    for size in sizes:
        began = time.perf_counter()
        _, costs = minimize(
            X,
            Y,
            parameters,
            stepper,
            mini_batches,
            learning_rate=learning_rate,
            mini_batch_size=size,
            num_epochs=num_epochs,
        )
        seconds = time.perf_counter() - began
        steps = num_epochs * -(-X.shape[1] // size)
        found[size] = Descent(
            steps, seconds, gradient_noise(X, Y, parameters, size, rng=draw), costs
        )
    return found


# == 2. Paths through three landscapes =============================================================


class Landscape(NamedTuple):
    """A function of the plane, a starting point, and a learning rate for each optimizer."""

    value: Callable[[Any, Any], Any]
    gradient: Callable[[float, float], tuple[float, float]]
    start: tuple[float, float]
    sides: tuple[tuple[float, float], tuple[float, float]]
    learning_rates: dict[str, float]


LANDSCAPES = {
    "ravine": Landscape(  # forty times as steep across as along
        lambda x, y: 0.025 * x**2 + y**2,
        lambda x, y: (0.05 * x, 2 * y),
        (-4.0, 1.4),
        ((-4.6, 1.4), (-1.8, 1.8)),
        {"gd": 0.9, "momentum": 0.9, "rmsprop": 0.1, "adam": 0.3},
    ),
    "saddle": Landscape(  # downhill along y, to minima at y = 2 and -2, and hardly so at the start
        lambda x, y: x**2 / 2 - y**2 / 2 + y**4 / 16,
        lambda x, y: (x, y**3 / 4 - y),
        (-2.0, 0.002),
        ((-2.4, 1.4), (-0.8, 2.6)),
        {"gd": 0.1, "momentum": 0.1, "rmsprop": 0.05, "adam": 0.05},
    ),
    "plateau": Landscape(  # nearly flat, but for one hole
        lambda x, y: 1 - np.exp(-(x**2 + y**2) / 2),
        lambda x, y: (x * np.exp(-(x**2 + y**2) / 2), y * np.exp(-(x**2 + y**2) / 2)),
        (-2.8, 1.8),
        ((-3.4, 1.4), (-1.4, 2.4)),
        {"gd": 0.1, "momentum": 0.1, "rmsprop": 0.05, "adam": 0.1},
    ),
}


def descend(
    landscape: Landscape, stepper: Stepper, learning_rate: float, num_steps: int = 80
) -> Array:
    """Return the path of an optimizer on a landscape.

    Args:
        landscape: one of `LANDSCAPES`, or your own.
        stepper: the optimizer, such as `gd_stepper(update_parameters_with_gd)`.
        learning_rate: step size; `landscape.learning_rates` has one for each optimizer.
        num_steps: how many steps to take.

    Returns:
        The points of the path, (num_steps + 1, 2), the start first.
    """
    num_steps = check_integer("num_steps", num_steps, at_least=0)
    parameters = {"W1": np.array(landscape.start).reshape(2, 1), "b1": np.zeros((1, 1))}
    step = stepper(parameters)
    path = [parameters["W1"][:, 0].copy()]
    for _ in range(num_steps):
        slope = np.array(landscape.gradient(*path[-1])).reshape(2, 1)
        grads = {"dW1": slope, "db1": np.zeros((1, 1))}
        parameters = step(parameters, grads, learning_rate)
        path.append(parameters["W1"][:, 0].copy())
    return np.array(path)
