"""Training loops on arrays: optimizers with their state, and epochs of mini-batches.

The updates themselves are exercises of `dltf.optimization`. The loops take them as arguments, so
they run the reference's functions and a student's alike:

    adam = adam_stepper(initialize_adam, update_parameters_with_adam)
    parameters, costs = minimize(X, Y, start, adam, random_mini_batches, num_epochs=100)

Layout: features x examples, as in `dltf.models.mlp`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from dltf.models.mlp import backward_propagation, compute_loss, forward_propagation
from dltf.typing import Array, Parameters
from dltf.validation import check_integer, check_number

Batch: TypeAlias = tuple[Array, Array]
# step(parameters, grads, learning_rate) returns the new parameters.
Step: TypeAlias = Callable[[Parameters, Parameters, float], Parameters]
# stepper(parameters) returns the step of an optimizer that has not seen a gradient yet.
Stepper: TypeAlias = Callable[[Parameters], Step]

# == 1. What an optimizer remembers from step to step ==============================================


def gd_stepper(update: Callable[..., Parameters]) -> Stepper:
    """Return gradient descent, which has no state.

    Args:
        update: `update_parameters_with_gd(parameters, grads, learning_rate)`.

    Returns:
        A function of the initial parameters (only their shapes count) that returns
        `step(parameters, grads, learning_rate)`.
    """
    return lambda parameters: update


def momentum_stepper(
    initialize: Callable[[Parameters], Parameters], update: Callable[..., Any], beta: float = 0.9
) -> Stepper:
    """Return gradient descent with momentum.

    Args:
        initialize: `initialize_velocity(parameters)`.
        update: `update_parameters_with_momentum(parameters, grads, v, beta, learning_rate)`.
        beta: decay rate of the average, 0 <= beta < 1.

    Returns:
        As `gd_stepper`.
    """
    check_number("beta", beta, at_least=0, below=1)

    def start(parameters: Parameters) -> Step:
        v = initialize(parameters)

        def step(parameters: Parameters, grads: Parameters, learning_rate: float) -> Parameters:
            nonlocal v
            parameters, v = update(parameters, grads, v, beta, learning_rate)
            return parameters

        return step

    return start


def rmsprop_stepper(
    initialize: Callable[[Parameters], Parameters],
    update: Callable[..., Any],
    beta: float = 0.9,
    epsilon: float = 1e-8,
) -> Stepper:
    """Return RMSprop.

    Args:
        initialize: `initialize_velocity(parameters)`: the averages of the squares start at 0, too.
        update: `update_parameters_with_rmsprop(parameters, grads, s, beta, learning_rate,
            epsilon)`.
        beta: decay rate of the average, 0 <= beta < 1.
        epsilon: keeps the quotient finite, at least 0.

    Returns:
        As `gd_stepper`.
    """
    check_number("beta", beta, at_least=0, below=1)
    check_number("epsilon", epsilon, at_least=0)

    def start(parameters: Parameters) -> Step:
        s = initialize(parameters)

        def step(parameters: Parameters, grads: Parameters, learning_rate: float) -> Parameters:
            nonlocal s
            parameters, s = update(parameters, grads, s, beta, learning_rate, epsilon)
            return parameters

        return step

    return start


def adam_stepper(
    initialize: Callable[[Parameters], tuple[Parameters, Parameters]],
    update: Callable[..., Any],
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> Stepper:
    """Return Adam, which also counts its steps.

    Args:
        initialize: `initialize_adam(parameters)`.
        update: `update_parameters_with_adam(parameters, grads, v, s, t, learning_rate, beta1,
            beta2, epsilon)`; it may return more than the parameters, v and s.
        beta1: decay rate of the average of the gradients, 0 <= beta1 < 1.
        beta2: decay rate of the average of their squares, 0 <= beta2 < 1.
        epsilon: keeps the quotient finite, at least 0.

    Returns:
        As `gd_stepper`.
    """
    check_number("beta1", beta1, at_least=0, below=1)
    check_number("beta2", beta2, at_least=0, below=1)
    check_number("epsilon", epsilon, at_least=0)

    def start(parameters: Parameters) -> Step:
        v, s = initialize(parameters)
        t = 0

        def step(parameters: Parameters, grads: Parameters, learning_rate: float) -> Parameters:
            nonlocal v, s, t
            t += 1
            settings = (learning_rate, beta1, beta2, epsilon)
            parameters, v, s, *_ = update(parameters, grads, v, s, t, *settings)
            return parameters

        return step

    return start


# == 2. Epochs of mini-batches =====================================================================


def minimize(
    X: Array,
    Y: Array,
    parameters: Parameters,
    stepper: Stepper,
    mini_batches: Callable[[Array, Array, int, int], list[Batch]],
    *,
    learning_rate: float = 0.0007,
    mini_batch_size: int = 64,
    num_epochs: int = 5000,
    decay: Callable[[float, int, float], float] | None = None,
    decay_rate: float = 1.0,
) -> tuple[Parameters, list[float]]:
    """Train the three-layer network on mini-batches that are reshuffled for each epoch.

    Args:
        X: inputs, float (n_x, m).
        Y: labels 0 or 1, (1, m).
        parameters: to begin with, "W1", "b1", ..., "W3", "b3".
        stepper: the optimizer, such as `gd_stepper(update_parameters_with_gd)`.
        mini_batches: `random_mini_batches(X, Y, mini_batch_size, seed)`.
        learning_rate: step size, to begin with, at least 0.
        mini_batch_size: examples in a step, at least 1.
        num_epochs: passes over the data.
        decay: `decay(learning_rate, epoch_num, decay_rate)` gives the learning rate of each epoch.
        decay_rate: for `decay`, at least 0.

    Returns:
        The learned parameters, and the cost of each epoch: the mean over its examples, each
        measured before the step that it took part in.

    Raises:
        TypeError, ValueError: an argument is out of its range.
    """
    check_number("learning_rate", learning_rate, at_least=0)
    mini_batch_size = check_integer("mini_batch_size", mini_batch_size, at_least=1)
    num_epochs = check_integer("num_epochs", num_epochs, at_least=0)
    check_number("decay_rate", decay_rate, at_least=0)
    parameters = {name: value.copy() for name, value in parameters.items()}  # yours may be in place
    step, costs = stepper(parameters), []
    for epoch in range(num_epochs):
        rate = decay(learning_rate, epoch, decay_rate) if decay else learning_rate
        total = 0.0
        seed = 11 + epoch  # another order in each epoch
        for X_batch, Y_batch in mini_batches(X, Y, mini_batch_size, seed):
            a3, cache = forward_propagation(X_batch, parameters)
            total += compute_loss(a3, Y_batch) * Y_batch.shape[1]
            parameters = step(parameters, backward_propagation(X_batch, Y_batch, cache), rate)
        costs.append(total / Y.shape[1])
    return parameters, costs
