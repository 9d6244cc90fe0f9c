"""Optimization: mini-batches, momentum, RMSprop, Adam, and learning rate decay.

Gradient descent needs the gradient of the whole training set for one short step. Everything here
gets further with the same work: steps from a part of the data, directions averaged over many steps,
a step size for each parameter by itself, and steps that become shorter as the goal comes nearer.

- Polyak 1964, "Some methods of speeding up the convergence of iteration methods" (momentum)
- Tieleman & Hinton 2012, "Lecture 6.5: RMSprop"
- Kingma & Ba 2015, "Adam: a method for stochastic optimization"

Layout: features x examples. `m` examples, `X (n_x, m)`, `Y (1, m)`, `W[l] (n[l], n[l-1])`, `b[l]
(n[l], 1)`. Parameters are a dictionary `{"W1": ..., "b1": ..., "W2": ...}`, gradients under
"dW1", "db1", ...; so does what an optimizer remembers of them. Keras has examples first: each array
is the transpose.

`compute_cost` is the mean over the examples, as in the helper file `opt_utils` of 2017; the one of
2019 and 2021 (`opt_utils_v1a`) is the sum. No exercise depends on it, only what `model` prints.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from dltf import data
from dltf.models.mlp import (
    backward_propagation,
    compute_loss,
    forward_propagation,
    plot_decision_boundary,
    predict,
    predict_dec,
    relu,
    sigmoid,
    update_parameters,
)
from dltf.optimization.loops import (
    Batch,
    Stepper,
    adam_stepper,
    gd_stepper,
    minimize,
    momentum_stepper,
    rmsprop_stepper,
)
from dltf.training import History, train
from dltf.typing import Array, Parameters, Random
from dltf.validation import check_choice, check_integer, check_number

__all__ = [
    "OPTIMIZERS",
    "Adam",
    "Array",
    "Batch",
    "EpochSchedule",
    "GradientDescent",
    "Momentum",
    "Parameters",
    "RMSprop",
    "adam_stepper",
    "backward_propagation",
    "compute_cost",
    "compute_loss",
    "exponential_decay",
    "exponentially_weighted_average",
    "forward_propagation",
    "gd_stepper",
    "initialize_adam",
    "initialize_parameters",
    "initialize_velocity",
    "load_dataset",
    "load_params_and_grads",
    "minimize",
    "model",
    "momentum_stepper",
    "plot_decision_boundary",
    "predict",
    "predict_dec",
    "random_mini_batches",
    "relu",
    "rmsprop_stepper",
    "schedule_lr_decay",
    "sigmoid",
    "sqrt_decay",
    "stepper",
    "train_on_moons",
    "update_lr",
    "update_parameters",
    "update_parameters_with_adam",
    "update_parameters_with_gd",
    "update_parameters_with_momentum",
    "update_parameters_with_rmsprop",
]

# == 1. Averages that forget =======================================================================


def exponentially_weighted_average(
    values: Array, beta: float = 0.9, bias_correction: bool = True
) -> Array:
    """Return the exponentially weighted average of a series.

    It looks back over about 1 / (1 - beta) values. Since it starts at 0, its first values are too
    small: they hold weights that add up to 1 - beta^t only, and the correction divides by that.

    Args:
        values: the series theta, float (T,).
        beta: how much of the average stays from one value to the next, 0 <= beta < 1.
        bias_correction: whether to divide the t-th average by 1 - beta^t.

    Returns:
        The average after each value, (T,).

    Source:
        Kingma & Ba 2015, section 3.
    """
    averages = np.zeros(len(values))
    v = 0.0
    for t, theta in enumerate(values, start=1):
        ### BEGIN SOLUTION
        v = beta * v + (1 - beta) * theta
        averages[t - 1] = v / (1 - beta**t) if bias_correction else v
        ### END SOLUTION
    return averages


# == 2. A step from a part of the data =============================================================


def random_mini_batches(
    X: Array, Y: Array, mini_batch_size: int = 64, seed: int = 0
) -> list[Batch]:
    """Shuffle the examples and split them into mini-batches.

    Args:
        X: inputs, float (n_x, m).
        Y: labels, (1, m).
        mini_batch_size: examples in a batch, at least 1. The last batch has what is left over, and
            may be smaller.
        seed: of the order; another seed gives another order.

    Returns:
        A list of pairs (X of the batch, Y of the batch), which hold every example once, each with
        its own label.
    """
    if mini_batch_size < 1:
        raise ValueError(f"mini_batch_size: expected at least 1, got {mini_batch_size!r}")
    m = X.shape[1]
    ### BEGIN SOLUTION
    permutation = np.random.default_rng(seed).permutation(m)
    batches = []
    for start in range(0, m, mini_batch_size):
        columns = permutation[start : start + mini_batch_size]  # the last slice may be short
        batches.append((X[:, columns], Y[:, columns]))
    ### END SOLUTION
    return batches


# == 3. Four ways to take it =======================================================================


def update_parameters_with_gd(
    parameters: Parameters, grads: Parameters, learning_rate: float
) -> Parameters:
    """Take one step of gradient descent, `W = W - learning_rate dW`, `b` alike.

    Args:
        parameters: "W1", "b1", ..., "WL", "bL".
        grads: "dW1", "db1", ..., of the same shapes.
        learning_rate: step size.

    Returns:
        The new parameters.
    """
    L = len(parameters) // 2  # number of layers
    parameters = dict(parameters)  # the caller keeps his own
    for l in range(1, L + 1):
        ### BEGIN SOLUTION
        parameters[f"W{l}"] = parameters[f"W{l}"] - learning_rate * grads[f"dW{l}"]
        parameters[f"b{l}"] = parameters[f"b{l}"] - learning_rate * grads[f"db{l}"]
        ### END SOLUTION
    return parameters


def initialize_velocity(parameters: Parameters) -> Parameters:
    """Return a velocity of zero for each parameter.

    Args:
        parameters: "W1", "b1", ..., "WL", "bL".

    Returns:
        {"dW1": zeros of the shape of W1, "db1": zeros of the shape of b1, ..., "dbL": ...}.
    """
    L = len(parameters) // 2
    v = {}
    for l in range(1, L + 1):
        ### BEGIN SOLUTION
        v[f"dW{l}"] = np.zeros(parameters[f"W{l}"].shape)
        v[f"db{l}"] = np.zeros(parameters[f"b{l}"].shape)
        ### END SOLUTION
    return v


def update_parameters_with_momentum(
    parameters: Parameters, grads: Parameters, v: Parameters, beta: float, learning_rate: float
) -> tuple[Parameters, Parameters]:
    """Take one step along the weighted average of the gradients.

    `v = beta v + (1 - beta) dW`, `W = W - learning_rate v`; `b` alike.

    Args:
        parameters: "W1", "b1", ..., "WL", "bL".
        grads: "dW1", "db1", ...
        v: the average so far, "dW1", "db1", ...
        beta: share of the average that stays, 0 <= beta < 1.
        learning_rate: step size.

    Returns:
        The new parameters and the new v.
    """
    L = len(parameters) // 2
    parameters, v = dict(parameters), dict(v)
    for l in range(1, L + 1):
        ### BEGIN SOLUTION
        v[f"dW{l}"] = beta * v[f"dW{l}"] + (1 - beta) * grads[f"dW{l}"]
        v[f"db{l}"] = beta * v[f"db{l}"] + (1 - beta) * grads[f"db{l}"]
        parameters[f"W{l}"] = parameters[f"W{l}"] - learning_rate * v[f"dW{l}"]
        parameters[f"b{l}"] = parameters[f"b{l}"] - learning_rate * v[f"db{l}"]
        ### END SOLUTION
    return parameters, v


def update_parameters_with_rmsprop(
    parameters: Parameters,
    grads: Parameters,
    s: Parameters,
    beta: float = 0.9,
    learning_rate: float = 0.001,
    epsilon: float = 1e-8,
) -> tuple[Parameters, Parameters]:
    """Take one step of RMSprop: gradients divided by the root of their mean square.

    `s = beta s + (1 - beta) dW^2`, `W = W - learning_rate dW / (sqrt(s) + epsilon)`; `b` alike.

    Args:
        parameters: "W1", "b1", ..., "WL", "bL".
        grads: "dW1", "db1", ...
        s: the average of the squares so far, "dW1", "db1", ...
        beta: share of the average that stays, 0 <= beta < 1.
        learning_rate: step size.
        epsilon: keeps the quotient finite; it is outside the root, not under it.

    Returns:
        The new parameters and the new s.

    Source:
        Tieleman & Hinton 2012.
    """
    L = len(parameters) // 2
    parameters, s = dict(parameters), dict(s)
    for key in [f"{kind}{l}" for l in range(1, L + 1) for kind in "Wb"]:
        ### BEGIN SOLUTION
        gradient = grads["d" + key]
        s["d" + key] = beta * s["d" + key] + (1 - beta) * gradient**2
        scaled = gradient / (np.sqrt(s["d" + key]) + epsilon)
        parameters[key] = parameters[key] - learning_rate * scaled
        ### END SOLUTION
    return parameters, s


def initialize_adam(parameters: Parameters) -> tuple[Parameters, Parameters]:
    """Return zero averages for each parameter: of its gradient, and of the square.

    Args:
        parameters: "W1", "b1", ..., "WL", "bL".

    Returns:
        v and s, two dictionaries, each {"dW1": zeros of the shape of W1, "db1": ..., ...}.
    """
    L = len(parameters) // 2
    v, s = {}, {}
    for l in range(1, L + 1):
        ### BEGIN SOLUTION
        v[f"dW{l}"] = np.zeros(parameters[f"W{l}"].shape)
        v[f"db{l}"] = np.zeros(parameters[f"b{l}"].shape)
        s[f"dW{l}"] = np.zeros(parameters[f"W{l}"].shape)
        s[f"db{l}"] = np.zeros(parameters[f"b{l}"].shape)
        ### END SOLUTION
    return v, s


def update_parameters_with_adam(
    parameters: Parameters,
    grads: Parameters,
    v: Parameters,
    s: Parameters,
    t: int,
    learning_rate: float = 0.01,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> tuple[Parameters, Parameters, Parameters]:
    """Take one step of Adam: momentum, divided as in RMSprop, both averages corrected.

    For each parameter, with its gradient g:

        v = beta1 v + (1 - beta1) g        v_corrected = v / (1 - beta1^t)
        s = beta2 s + (1 - beta2) g^2      s_corrected = s / (1 - beta2^t)
        W = W - learning_rate v_corrected / (sqrt(s_corrected) + epsilon)

    Args:
        parameters: "W1", "b1", ..., "WL", "bL".
        grads: "dW1", "db1", ...
        v: average of the gradients so far, "dW1", "db1", ... (not corrected).
        s: average of their squares so far (not corrected).
        t: number of this step; the first is 1. Who calls counts.
        learning_rate: step size.
        beta1: share of v that stays.
        beta2: share of s that stays.
        epsilon: keeps the quotient finite; it is outside the root, not under it.

    Returns:
        The new parameters, v and s.

    Source:
        Kingma & Ba 2015, algorithm 1.
    """
    L = len(parameters) // 2
    parameters, v, s = dict(parameters), dict(v), dict(s)
    for key in [f"{kind}{l}" for l in range(1, L + 1) for kind in "Wb"]:
        ### BEGIN SOLUTION
        g = grads["d" + key]
        v["d" + key] = beta1 * v["d" + key] + (1 - beta1) * g
        s["d" + key] = beta2 * s["d" + key] + (1 - beta2) * g**2
        v_corrected = v["d" + key] / (1 - beta1**t)
        s_corrected = s["d" + key] / (1 - beta2**t)
        change = v_corrected / (np.sqrt(s_corrected) + epsilon)
        parameters[key] = parameters[key] - learning_rate * change
        ### END SOLUTION
    return parameters, v, s


# == 4. Steps that become shorter ==================================================================


def update_lr(learning_rate0: float, epoch_num: int, decay_rate: float) -> float:
    """Return the learning rate of an epoch by inverse time decay, `a0 / (1 + rate epoch)`.

    Args:
        learning_rate0: what it begins with.
        epoch_num: number of the epoch, from 0.
        decay_rate: how fast it decays, at least 0.
    """
    ### BEGIN SOLUTION
    learning_rate = learning_rate0 / (1 + decay_rate * epoch_num)
    ### END SOLUTION
    return float(learning_rate)


def schedule_lr_decay(
    learning_rate0: float, epoch_num: int, decay_rate: float, time_interval: int = 1000
) -> float:
    """Return the learning rate of an epoch by staircase inverse time decay.

    `a0 / (1 + rate floor(epoch / interval))`: it stays the same for `time_interval` epochs.

    Args:
        learning_rate0: what it begins with.
        epoch_num: number of the epoch, from 0.
        decay_rate: how deep the stairs are, at least 0.
        time_interval: epochs on one stair, at least 1.
    """
    ### BEGIN SOLUTION
    learning_rate = learning_rate0 / (1 + decay_rate * (epoch_num // time_interval))
    ### END SOLUTION
    return float(learning_rate)


def exponential_decay(learning_rate0: float, epoch_num: int, decay_rate: float) -> float:
    """Return `a0 decay_rate^epoch`: every epoch takes the same share away (decay_rate < 1)."""
    return learning_rate0 * decay_rate**epoch_num


def sqrt_decay(learning_rate0: float, epoch_num: int, decay_rate: float) -> float:
    """Return `a0 / sqrt(1 + rate epoch)`, which decays like 1/sqrt(epoch), and begins at a0."""
    return float(learning_rate0 / np.sqrt(1 + decay_rate * epoch_num))


# == 5. The three-layer network of `dltf.models.mlp`, by each of them ==============================

OPTIMIZERS = ("gd", "momentum", "rmsprop", "adam")


def stepper(
    optimizer: str,
    *,
    beta: float = 0.9,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> Stepper:
    """Return one of this module's optimizers for `minimize`, by its name.

    Args:
        optimizer: "gd", "momentum", "rmsprop" or "adam".
        beta: of momentum and RMSprop, 0 <= beta < 1.
        beta1: of Adam, 0 <= beta1 < 1.
        beta2: of Adam, 0 <= beta2 < 1.
        epsilon: of RMSprop and Adam, at least 0.

    Returns:
        A function of the initial parameters that returns `step(parameters, grads, learning_rate)`.

    Raises:
        ValueError: there is no optimizer of that name, or a setting is out of its range.
    """
    check_choice("optimizer", optimizer, OPTIMIZERS)
    if optimizer == "gd":
        return gd_stepper(update_parameters_with_gd)
    if optimizer == "momentum":
        return momentum_stepper(initialize_velocity, update_parameters_with_momentum, beta)
    if optimizer == "rmsprop":
        return rmsprop_stepper(initialize_velocity, update_parameters_with_rmsprop, beta, epsilon)
    return adam_stepper(initialize_adam, update_parameters_with_adam, beta1, beta2, epsilon)


def model(
    X: Array,
    Y: Array,
    layers_dims: Sequence[int],
    optimizer: str,
    learning_rate: float = 0.0007,
    mini_batch_size: int = 64,
    beta: float = 0.9,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    num_epochs: int = 5000,
    print_cost: bool = True,
    decay: Callable[..., float] | None = None,
    decay_rate: float = 1.0,
    rng: Random = None,
) -> Parameters:
    """Train the three-layer network from He's initial weights, as the course's notebooks call it.

    Args:
        X: inputs, float (n_x, m).
        Y: labels 0 or 1, (1, m).
        layers_dims: sizes of the layers, [n_x, n[1], n[2], 1].
        optimizer: "gd", "momentum", "rmsprop" or "adam".
        learning_rate: step size, to begin with.
        mini_batch_size: examples in a step, at least 1.
        beta: of momentum and RMSprop.
        beta1: of Adam.
        beta2: of Adam.
        epsilon: of RMSprop and Adam.
        num_epochs: passes over the data.
        print_cost: whether to print the cost of every thousandth epoch.
        decay: see `minimize`.
        decay_rate: for `decay`.
        rng: generator or seed of the first weights.

    Returns:
        The learned parameters.

    Raises:
        TypeError, ValueError: an argument is out of its range.
    """
    if len(layers_dims) != 4 or layers_dims[0] != X.shape[0] or layers_dims[3] != Y.shape[0]:
        raise ValueError(
            f"layers_dims: expected four sizes, from {X.shape[0]} (rows of X) to {Y.shape[0]} "
            f"(rows of Y), got {list(layers_dims)}"
        )
    parameters, costs = minimize(
        X,
        Y,
        initialize_parameters(layers_dims, rng),
        stepper(optimizer, beta=beta, beta1=beta1, beta2=beta2, epsilon=epsilon),
        random_mini_batches,
        learning_rate=learning_rate,
        mini_batch_size=mini_batch_size,
        num_epochs=num_epochs,
        decay=decay,
        decay_rate=decay_rate,
    )
    for epoch, cost in enumerate(costs):
        if print_cost and epoch % 1000 == 0:
            print(f"Cost after epoch {epoch}: {cost:f}")
    return parameters


def compute_cost(a3: Array, Y: Array) -> float:
    """Return the mean cross-entropy of probabilities a3 (1, m) on labels Y (1, m)."""
    return compute_loss(a3, Y)


def initialize_parameters(layer_dims: Sequence[int], rng: Random = None) -> Parameters:
    """Return He-initialized weights of layers of the given sizes, and zero biases."""
    rng = np.random.default_rng(rng)
    parameters = {}
    for l in range(1, len(layer_dims)):
        scale = np.sqrt(2 / layer_dims[l - 1])
        parameters[f"W{l}"] = rng.standard_normal((layer_dims[l], layer_dims[l - 1])) * scale
        parameters[f"b{l}"] = np.zeros((layer_dims[l], 1))
    return parameters


def load_params_and_grads(seed: int = 1) -> tuple[Array, ...]:
    """Return W1, b1, W2, b2, dW1, db1, dW2, db2 of layers of 3, 2 and 3 units, all random.

    W2 has shape (3, 3), as in the course's helper file: good for a look at an update, no network.
    """
    stream = np.random.RandomState(seed)
    shapes = [(2, 3), (2, 1), (3, 3), (3, 1)]
    return tuple(stream.standard_normal(shape) for shape in shapes * 2)


def load_dataset() -> tuple[Array, Array]:
    """Return train_X (2, 300), train_Y (1, 300): the two moons."""
    return data.load_moons()


# == 6. The same as Keras optimizers ===============================================================


@keras.saving.register_keras_serializable("dltf")
class GradientDescent(keras.optimizers.Optimizer):
    """Gradient descent optimizer: `variable - learning_rate * gradient`, as Keras's `SGD`.

    An optimizer of Keras says in `update_step` what happens to one variable; calling it for all of
    them, clipping gradients, counting steps and following a schedule are done by `Optimizer`.

    Args:
        learning_rate: step size; a number or a `LearningRateSchedule`.
        memory: names of the averages to keep for each variable; they begin at 0.
        settings: of `keras.optimizers.Optimizer`.
    """

    def __init__(
        self, learning_rate: Any = 0.01, *, memory: Sequence[str] = (), **settings: Any
    ) -> None:
        if isinstance(learning_rate, int | float):
            check_number("learning_rate", learning_rate, at_least=0)
        super().__init__(learning_rate=learning_rate, **settings)
        self.memory = tuple(memory)

    def decay_rate(self, name: str, value: float) -> float:
        """Return a decay rate of an average if it is one, 0 <= value < 1.

        Raises:
            TypeError, ValueError: it is not; the message calls it by `name`.
        """
        rate: float = check_number(name, value, at_least=0, below=1)
        return rate

    def non_negative(self, name: str, value: float) -> float:
        """Return a number if it is at least 0.

        Raises:
            TypeError, ValueError: it is not; the message calls it by `name`.
        """
        number: float = check_number(name, value, at_least=0)
        return number

    def build(self, variables: Sequence[Any]) -> None:
        """Create the averages of every variable."""
        if self.built:
            return
        super().build(variables)
        self._averages = {
            _key(variable): [
                self.add_variable_from_reference(variable, name) for name in self.memory
            ]
            for variable in variables
        }

    def averages(self, variable: Any) -> list[Any]:
        """Return what is kept for a variable: a variable of its shape for each name of `memory`."""
        return list(self._averages[_key(variable)])

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Change one variable; `assign`, `assign_add` and `assign_sub` do so."""
        self.assign_sub(variable, ops.cast(learning_rate, variable.dtype) * gradient)


def _key(variable: Any) -> str:
    """Tell variables apart: Keras may hand over its own variable, or the tensor behind it."""
    return str(id(variable.value if isinstance(variable, keras.Variable) else variable))


@keras.saving.register_keras_serializable("dltf")
class Momentum(GradientDescent):
    """Momentum optimizer: steps along the weighted average of the gradients.

    Keras's `SGD(momentum=beta)` leaves out the factor 1 - beta. At the same constant learning rate
    its steps are 1 / (1 - beta) times as long; at (1 - beta) times the learning rate the two are
    the same.

    Args:
        learning_rate: step size; a number or a `LearningRateSchedule`.
        beta: share of the average that stays, 0 <= beta < 1.
        settings: of `keras.optimizers.Optimizer`.
    """

    def __init__(self, learning_rate: Any = 0.01, beta: float = 0.9, **settings: Any) -> None:
        super().__init__(learning_rate, memory=["v"], **settings)
        self.beta = self.decay_rate("beta", beta)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Change one variable, and its average."""
        learning_rate = ops.cast(learning_rate, variable.dtype)
        (v,) = self.averages(variable)
        ### BEGIN SOLUTION
        average = self.beta * v + (1 - self.beta) * gradient
        self.assign(v, average)
        self.assign_sub(variable, learning_rate * average)
        ### END SOLUTION

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make another one like it."""
        return super().get_config() | {"beta": self.beta}


@keras.saving.register_keras_serializable("dltf")
class RMSprop(GradientDescent):
    """RMSprop optimizer: steps divided by the root of the mean square, as Keras's `RMSprop`.

    Mind epsilon: Keras has it *under* the root, `sqrt(s + epsilon)`, and so has this class.

    Args:
        learning_rate: step size; a number or a `LearningRateSchedule`.
        rho: share of the average that stays, 0 <= rho < 1.
        epsilon: keeps the quotient finite.
        settings: of `keras.optimizers.Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        epsilon: float = 1e-7,
        **settings: Any,
    ) -> None:
        super().__init__(learning_rate, memory=["s"], **settings)
        self.rho = self.decay_rate("rho", rho)
        self.epsilon = self.non_negative("epsilon", epsilon)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Change one variable, and the average of the squares."""
        learning_rate = ops.cast(learning_rate, variable.dtype)
        (s,) = self.averages(variable)
        ### BEGIN SOLUTION
        average = self.rho * s + (1 - self.rho) * ops.square(gradient)
        self.assign(s, average)
        self.assign_sub(variable, learning_rate * gradient / ops.sqrt(average + self.epsilon))
        ### END SOLUTION

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make another one like it."""
        return super().get_config() | {"rho": self.rho, "epsilon": self.epsilon}


@keras.saving.register_keras_serializable("dltf")
class Adam(GradientDescent):
    """Adam optimizer, in the shorter form of Keras's `Adam`.

    The two corrections become one factor of the step size, `sqrt(1 - beta_2^t) / (1 - beta_1^t)`,
    and the averages are used as they are. That moves epsilon: beside the root of the *uncorrected*
    s it is what the paper calls "epsilon hat", `sqrt(1 - beta_2^t)` times that of algorithm 1.

    Args:
        learning_rate: step size; a number or a `LearningRateSchedule`.
        beta_1: share of the average of the gradients that stays.
        beta_2: share of the average of their squares that stays.
        epsilon: the paper's epsilon hat.
        settings: of `keras.optimizers.Optimizer`.

    Source:
        Kingma & Ba 2015, end of section 2.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **settings: Any,
    ) -> None:
        super().__init__(learning_rate, memory=["v", "s"], **settings)
        self.beta_1 = self.decay_rate("beta_1", beta_1)
        self.beta_2 = self.decay_rate("beta_2", beta_2)
        self.epsilon = self.non_negative("epsilon", epsilon)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Change one variable, and its two averages; `self.iterations` is 0 in the first step."""
        learning_rate = ops.cast(learning_rate, variable.dtype)
        t = ops.cast(self.iterations + 1, variable.dtype)
        v, s = self.averages(variable)
        ### BEGIN SOLUTION
        average = self.beta_1 * v + (1 - self.beta_1) * gradient
        squares = self.beta_2 * s + (1 - self.beta_2) * ops.square(gradient)
        self.assign(v, average)
        self.assign(s, squares)
        size = learning_rate * ops.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)
        self.assign_sub(variable, size * average / (ops.sqrt(squares) + self.epsilon))
        ### END SOLUTION

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make another one like it."""
        betas = {"beta_1": self.beta_1, "beta_2": self.beta_2}
        return super().get_config() | betas | {"epsilon": self.epsilon}


@keras.saving.register_keras_serializable("dltf")
class EpochSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """Learning rate schedule by epoch; after the last epoch the rate stays constant.

    Args:
        rates: learning rate of each epoch.
        steps_per_epoch: how many steps an epoch has.
    """

    def __init__(self, rates: Sequence[float], steps_per_epoch: int) -> None:
        if not len(rates):
            raise ValueError(f"rates: expected the rate of at least one epoch, got {rates!r}")
        self.rates = [float(check_number("rates", rate, at_least=0)) for rate in rates]
        self.steps_per_epoch = check_integer("steps_per_epoch", steps_per_epoch, at_least=1)

    @classmethod
    def of(
        cls,
        decay: Callable[..., float],
        learning_rate0: float,
        decay_rate: float,
        num_epochs: int,
        steps_per_epoch: int,
        **settings: Any,
    ) -> EpochSchedule:
        """Make the schedule of a decay function such as `update_lr`, your own or this module's.

        Args:
            decay: `decay(learning_rate0, epoch_num, decay_rate, **settings)`.
            learning_rate0: what it begins with.
            decay_rate: for `decay`.
            num_epochs: for how many epochs.
            steps_per_epoch: how many steps an epoch has.
            settings: more arguments of `decay`, such as `time_interval`.
        """
        num_epochs = check_integer("num_epochs", num_epochs, at_least=1)
        epochs = range(num_epochs)
        rates = [decay(learning_rate0, epoch, decay_rate, **settings) for epoch in epochs]
        return cls(rates, steps_per_epoch)

    def __call__(self, step: Any) -> Any:
        """Return the learning rate of a step, counted from 0."""
        epoch = ops.minimum(ops.cast(step, "int32") // self.steps_per_epoch, len(self.rates) - 1)
        return ops.take(ops.convert_to_tensor(self.rates), epoch)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make another one like it."""
        return {"rates": self.rates, "steps_per_epoch": self.steps_per_epoch}


# == 7. Training on the moons ======================================================================


def train_on_moons(
    optimizer: str | keras.optimizers.Optimizer,
    num_epochs: int = 1000,
    batch_size: int = 64,
    seed: int | None = None,
    progress: bool = True,
) -> tuple[keras.Model, History]:
    """Train the network 2-5-2-1 on the moons.

    Args:
        optimizer: of Keras or of this module.
        num_epochs: passes over the 300 points.
        batch_size: points in a step.
        seed: of the initial weights and of the order of the points.
        progress: whether to show a progress bar.

    Returns:
        The trained model, whose output is the logit of label 1, and its history: "loss",
        "accuracy".
    """
    x, y = data.load_moons(layout="examples first")
    seeds = [None if seed is None else seed + l for l in range(3)]
    start = [keras.initializers.HeNormal(seed) for seed in seeds]
    network = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(5, "relu", kernel_initializer=start[0]),
            keras.layers.Dense(2, "relu", kernel_initializer=start[1]),
            keras.layers.Dense(1, kernel_initializer=start[2]),
        ]
    )
    history = train(
        network,
        (x, y),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        optimizer=optimizer,
        epochs=num_epochs,
        batch_size=batch_size,
        metrics=[keras.metrics.BinaryAccuracy("accuracy", threshold=0.0)],  # of logits
        seed=seed,
        progress=progress,
    )
    return network, history
