"""Regularization against overfitting: L2, L1, dropout, normalized inputs.

A network with room enough learns its training set by heart, chance included, and errs on everything
else: its variance is high. Regularization takes some of its freedom away. Its bias grows a little,
its variance falls, and the error on new examples, which is made of both, falls too, up to a point.

- weights cost something (L2, weight decay; L1): Ng 2004, "Feature selection, L1 vs. L2
  regularization, and rotational invariance"
- units are missing at random: Srivastava et al. 2014, "Dropout: a simple way to prevent neural
  networks from overfitting"
- training ends early (`dltf.training.callbacks`), or no image is the same twice
  (`dltf.training.augmentation`)

Layout: features x examples. `m` examples; `X (n_x, m)`, `Y (1, m)`, `W[l] (n[l], n[l-1])`, `b[l]
(n[l], 1)`, `Z[l], A[l] (n[l], m)`. Keras has examples first: each array is the transpose.

The network is LINEAR -> RELU -> LINEAR -> RELU -> LINEAR -> SIGMOID. In this topic `dZ3 = A3 - Y`,
without 1/m: `dZ` and `dA` are gradients of the sum over the examples, `dW` and `db` of the mean.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from dltf import data
from dltf.models.mlp import compute_loss as compute_cost
from dltf.models.mlp import (
    forward_propagation,
    plot_decision_boundary,
    predict,
    predict_dec,
    relu,
    sigmoid,
    update_parameters,
)
from dltf.training import History, train
from dltf.typing import Array, Parameters, Random
from dltf.validation import check_choice, check_integer, check_number

__all__ = [
    "PENALTIES",
    "Array",
    "InvertedDropout",
    "Parameters",
    "Random",
    "WeightPenalty",
    "backward_propagation",
    "backward_propagation_with_dropout",
    "backward_propagation_with_regularization",
    "compute_cost",
    "compute_cost_with_regularization",
    "descend",
    "football_network",
    "forward_propagation",
    "forward_propagation_with_dropout",
    "initialize_parameters",
    "load_2D_dataset",
    "load_planar_dataset",
    "logistic_cost",
    "logistic_gradients",
    "logistic_regression",
    "model",
    "normalize_inputs",
    "plot_decision_boundary",
    "predict",
    "predict_dec",
    "relu",
    "sigmoid",
    "train_on_football",
    "update_parameters",
]


# == 1. Before anything else: inputs of one scale ==================================================


def normalize_inputs(train_X: Array, test_X: Array) -> tuple[Array, Array]:
    """Standardize features to mean 0 and variance 1, with the training set's statistics.

    The other sets are moved and scaled by the *same* numbers, or the same point would mean
    something else there. Keras's `Normalization` layer does this.

    Args:
        train_X: inputs, float (n_x, m).
        test_X: dev or test inputs, float (n_x, any number).

    Returns:
        Both sets, normalized. A feature that is constant in the training set is only moved.
    """
    ### BEGIN SOLUTION
    mean = np.mean(train_X, axis=1, keepdims=True)  # (n_x, 1)
    std = np.std(train_X, axis=1, keepdims=True)
    std = np.where(std > 0, std, 1)
    train_X, test_X = (train_X - mean) / std, (test_X - mean) / std
    ### END SOLUTION
    return train_X, test_X


# == 2. One layer: a price on weights, in logistic regression ======================================


PENALTIES = ("l1", "l2")


def logistic_cost(
    w: Array, b: float, X: Array, Y: Array, lambd: float = 0.0, penalty: str = "l2"
) -> float:
    """Return the mean cross-entropy plus `lambd/2m sum(w^2)` ("l2") or `lambd/m sum(|w|)` ("l1").

    Args:
        w: weights, float (n_x, 1).
        b: bias, which costs nothing.
        X: inputs, float (n_x, m).
        Y: labels 0 or 1, (1, m).
        lambd: regularization strength, at least 0.
        penalty: "l1" or "l2".
    """
    check_number("lambd", lambd, at_least=0)
    check_choice("penalty", penalty, PENALTIES)
    price = np.sum(w**2) / 2 if penalty == "l2" else np.sum(np.abs(w))
    return float(compute_cost(sigmoid(w.T @ X + b), Y) + lambd / Y.shape[1] * price)


def logistic_gradients(
    w: Array, b: float, X: Array, Y: Array, lambd: float = 0.0, penalty: str = "l2"
) -> tuple[Array, float]:
    """Differentiate `logistic_cost`.

    Args:
        w: weights, float (n_x, 1).
        b: bias.
        X: inputs, float (n_x, m).
        Y: labels 0 or 1, (1, m).
        lambd: regularization strength, at least 0.
        penalty: "l1" or "l2".

    Returns:
        dw: gradient of the cost with respect to w, (n_x, 1). At a weight of exactly 0 the slope of
            |w| is taken to be 0.
        db: with respect to b, a number.
    """
    if penalty not in ("l1", "l2"):
        raise ValueError(f"penalty: expected one of 'l1', 'l2', got {penalty!r}")
    m = X.shape[1]
    dZ = sigmoid(w.T @ X + b) - Y  # (1, m)
    ### BEGIN SOLUTION
    slope = w if penalty == "l2" else np.sign(w)
    dw = X @ dZ.T / m + lambd / m * slope  # (n_x, 1)
    db = np.sum(dZ) / m
    ### END SOLUTION
    return dw, db


def logistic_regression(
    X: Array,
    Y: Array,
    lambd: float = 0.0,
    penalty: str = "l2",
    learning_rate: float = 0.5,
    num_iterations: int = 3000,
) -> tuple[Array, float]:
    """Learn the weights by gradient descent from zero.

    L1 has a kink at 0, where steps along the gradient would jump to and fro. So its part of a step
    moves each weight towards 0 by `learning_rate * lambd/m`, and *stops there* ("soft thresholding"
    or a proximal step). That is why L1 leaves weights that are exactly 0; under L2 the pull fades
    as the weight does, and none ever arrives.

    Args:
        X: inputs, float (n_x, m).
        Y: labels 0 or 1, (1, m).
        lambd: regularization strength, at least 0.
        penalty: "l1" or "l2".
        learning_rate: step size, above 0.
        num_iterations: number of steps.

    Returns:
        w (n_x, 1) and b.

    Raises:
        TypeError, ValueError: an argument is out of its range.
    """
    check_number("lambd", lambd, at_least=0)
    check_choice("penalty", penalty, PENALTIES)
    check_number("learning_rate", learning_rate, above=0)
    num_iterations = check_integer("num_iterations", num_iterations, at_least=0)
    w: Array = np.zeros((X.shape[0], 1))
    b = 0.0
    smooth = lambd if penalty == "l2" else 0.0
    pull = 0.0 if penalty == "l2" else learning_rate * lambd / X.shape[1]
    for _ in range(num_iterations):
        dw, db = logistic_gradients(w, b, X, Y, smooth)
        w, b = w - learning_rate * dw, b - learning_rate * db
        w = np.sign(w) * np.maximum(np.abs(w) - pull, 0)
    return w, b


# == 3. The network: L2, by the Frobenius norm of each weight matrix ===============================


def compute_cost_with_regularization(
    A3: Array, Y: Array, parameters: Parameters, lambd: float
) -> float:
    """Return the cross-entropy plus the L2 penalty.

    Args:
        A3: predicted probabilities, (1, m).
        Y: labels 0 or 1, (1, m).
        parameters: "W1", "b1", ..., "W3", "b3".
        lambd: regularization strength, at least 0.

    Returns:
        `J = cross-entropy + lambd/(2m) sum over l of ||W[l]||_F^2`.
    """
    m = Y.shape[1]
    cross_entropy_cost = compute_cost(A3, Y)  # the mean over the examples
    ### BEGIN SOLUTION
    squares = sum(np.sum(parameters[name] ** 2) for name in ("W1", "W2", "W3"))
    L2_regularization_cost = lambd / (2 * m) * squares
    ### END SOLUTION
    return cross_entropy_cost + L2_regularization_cost


def backward_propagation(X: Array, Y: Array, cache: tuple[Array, ...]) -> Parameters:
    """Differentiate the cross-entropy of the network without any regularization.

    Args:
        X: inputs, (n_x, m).
        Y: labels 0 or 1, (1, m).
        cache: of `forward_propagation`: (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3).

    Returns:
        {"dZ3", "dW3", "db3", "dA2", "dZ2", "dW2", "db2", "dA1", "dZ1", "dW1", "db1"}.
    """
    m = X.shape[1]
    _, A1, _, _, _, A2, W2, _, _, A3, W3, _ = cache
    dZ3 = A3 - Y
    dW3, db3 = dZ3 @ A2.T / m, np.sum(dZ3, axis=1, keepdims=True) / m
    dA2 = W3.T @ dZ3
    dZ2 = dA2 * (A2 > 0)
    dW2, db2 = dZ2 @ A1.T / m, np.sum(dZ2, axis=1, keepdims=True) / m
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (A1 > 0)
    dW1, db1 = dZ1 @ X.T / m, np.sum(dZ1, axis=1, keepdims=True) / m
    gradients = {"dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2}
    return gradients | {"db2": db2, "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1}


def backward_propagation_with_regularization(
    X: Array, Y: Array, cache: tuple[Array, ...], lambd: float
) -> Parameters:
    """Differentiate the cost of `compute_cost_with_regularization`.

    Args:
        X: inputs, (n_x, m).
        Y: labels 0 or 1, (1, m).
        cache: of `forward_propagation`: (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3).
        lambd: regularization strength, at least 0.

    Returns:
        {"dZ3", "dW3", "db3", "dA2", "dZ2", "dW2", "db2", "dA1", "dZ1", "dW1", "db1"}.
    """
    m = X.shape[1]
    _, _, W1, _, _, _, W2, _, _, _, W3, _ = cache
    # Of the cross-entropy alone:
    gradients = backward_propagation(X, Y, cache)
    ### BEGIN SOLUTION
    # A sum has the sum of the gradients, and that of lambd/2m w^2 is lambd/m w.
    gradients["dW1"] = gradients["dW1"] + lambd / m * W1
    gradients["dW2"] = gradients["dW2"] + lambd / m * W2
    gradients["dW3"] = gradients["dW3"] + lambd / m * W3
    ### END SOLUTION
    return gradients


# == 4. Inverted dropout ===========================================================================


def forward_propagation_with_dropout(
    X: Array, parameters: Parameters, keep_prob: float = 0.5, rng: Random = None
) -> tuple[Array, tuple[Array, ...]]:
    """Compute the output of the network with inverted dropout.

    Every hidden unit is kept with probability `keep_prob`, independently per example; kept ones are
    made larger, so that the sum a unit of the next layer gets has the same mean as with all of
    them ("inverted": nothing has to be made smaller at test time).

    Args:
        X: inputs, float (n_x, m).
        parameters: "W1", "b1", ..., "W3", "b3".
        keep_prob: probability of *keeping* a unit, above 0 and at most 1.
        rng: generator or seed.

    Returns:
        A3: predicted probabilities, (1, m). Neither inputs nor the output are ever dropped.
        cache: (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3); D1 and D2 have the shapes
            of A1 and A2 and say which units were kept, A1 and A2 are what went on to the next
            layer.
    """
    rng = np.random.default_rng(rng)
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3"))

    Z1 = W1 @ X + b1  # (n1, m)
    A1 = relu(Z1)
    ### BEGIN SOLUTION
    D1 = rng.random(A1.shape) < keep_prob  # True: kept
    A1 = A1 * D1 / keep_prob
    ### END SOLUTION

    Z2 = W2 @ A1 + b2  # (n2, m)
    A2 = relu(Z2)
    ### BEGIN SOLUTION
    D2 = rng.random(A2.shape) < keep_prob
    A2 = A2 * D2 / keep_prob
    ### END SOLUTION

    Z3 = W3 @ A2 + b3  # (1, m)
    A3 = sigmoid(Z3)
    return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)


def backward_propagation_with_dropout(
    X: Array, Y: Array, cache: tuple[Array, ...], keep_prob: float
) -> Parameters:
    """Backpropagate through the network with dropout.

    Args:
        X: inputs, (n_x, m).
        Y: labels 0 or 1, (1, m).
        cache: of `forward_propagation_with_dropout`.
        keep_prob: the same as there.

    Returns:
        {"dZ3", "dW3", "db3", "dA2", "dZ2", "dW2", "db2", "dA1", "dZ1", "dW1", "db1"}; dA2 and dA1
        are the gradients with respect to the activations before units were dropped.
    """
    m = X.shape[1]
    _, D1, A1, _, _, _, D2, A2, W2, _, _, A3, W3, _ = cache

    dZ3 = A3 - Y
    dW3, db3 = dZ3 @ A2.T / m, np.sum(dZ3, axis=1, keepdims=True) / m

    dA2 = W3.T @ dZ3
    ### BEGIN SOLUTION
    dA2 = dA2 * D2 / keep_prob  # what was done to A2 is linear, so the same is done to dA2
    ### END SOLUTION
    dZ2 = dA2 * (A2 > 0)
    dW2, db2 = dZ2 @ A1.T / m, np.sum(dZ2, axis=1, keepdims=True) / m

    dA1 = W2.T @ dZ2
    ### BEGIN SOLUTION
    dA1 = dA1 * D1 / keep_prob
    ### END SOLUTION
    dZ1 = dA1 * (A1 > 0)
    dW1, db1 = dZ1 @ X.T / m, np.sum(dZ1, axis=1, keepdims=True) / m

    gradients = {"dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2}
    return gradients | {"db2": db2, "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1}


# == 5. Training on arrays: only three functions differ ============================================


def initialize_parameters(layer_dims: Sequence[int], rng: Random = None) -> Parameters:
    """Draw normal weights of variance `1 / n[l-1]`; biases are zero.

    Args:
        layer_dims: sizes of the layers, input first.
        rng: generator or seed.
    """
    rng = np.random.default_rng(rng)
    parameters = {}
    for l in range(1, len(layer_dims)):
        W = rng.standard_normal((layer_dims[l], layer_dims[l - 1]))
        parameters[f"W{l}"] = W / np.sqrt(layer_dims[l - 1])
        parameters[f"b{l}"] = np.zeros((layer_dims[l], 1))
    return parameters


def descend(
    X: Array,
    Y: Array,
    *,
    forward: Callable[[Array, Parameters], tuple[Array, tuple[Array, ...]]] = forward_propagation,
    backward: Callable[[Array, Array, tuple[Array, ...]], Parameters] = backward_propagation,
    cost: Callable[[Array, Array, Parameters], float] = lambda A3, Y, _: compute_cost(A3, Y),
    learning_rate: float = 0.3,
    num_iterations: int = 30000,
    print_cost: bool = True,
    rng: Random = None,
) -> Parameters:
    """Train the network n_x-20-3-1 by gradient descent on all examples at once.

    Args:
        X: inputs, float (n_x, m).
        Y: labels 0 or 1, (1, m).
        forward: `forward(X, parameters)` returns A3 and a cache.
        backward: `backward(X, Y, cache)` returns the gradients.
        cost: `cost(A3, Y, parameters)`, to be printed.
        learning_rate: step size, above 0.
        num_iterations: number of steps.
        print_cost: whether to print the cost of every ten-thousandth step.
        rng: generator or seed of the first weights.

    Returns:
        The learned parameters.

    Raises:
        TypeError, ValueError: an argument is out of its range.
    """
    check_number("learning_rate", learning_rate, above=0)
    num_iterations = check_integer("num_iterations", num_iterations, at_least=0)
    parameters = initialize_parameters([X.shape[0], 20, 3, 1], rng)
    for i in range(num_iterations):
        A3, cache = forward(X, parameters)
        if print_cost and i % 10000 == 0:
            print(f"Cost after iteration {i}: {cost(A3, Y, parameters)}")
        parameters = update_parameters(parameters, backward(X, Y, cache), learning_rate)
    return parameters


def model(
    X: Array,
    Y: Array,
    learning_rate: float = 0.3,
    num_iterations: int = 30000,
    print_cost: bool = True,
    lambd: float = 0.0,
    keep_prob: float = 1.0,
    rng: Random = None,
) -> Parameters:
    """Train the network without regularization, with L2 (`lambd`), or with dropout (`keep_prob`).

    Args:
        X: inputs, float (n_x, m).
        Y: labels 0 or 1, (1, m).
        learning_rate: step size, above 0.
        num_iterations: number of steps.
        print_cost: whether to print the cost of every ten-thousandth step.
        lambd: regularization strength, at least 0.
        keep_prob: probability of keeping a unit, above 0 and at most 1.
        rng: generator or seed of the first weights and of dropout.

    Returns:
        The learned parameters.

    Raises:
        ValueError: both are asked for, or one is out of its range.
    """
    if lambd < 0 or not 0 < keep_prob <= 1:
        raise ValueError(
            f"lambd, keep_prob: expected lambd >= 0 and 0 < keep_prob <= 1, got {lambd}, "
            f"{keep_prob}"
        )
    if lambd and keep_prob < 1:
        raise ValueError(
            f"lambd, keep_prob: expected one of the two, got lambd={lambd}, keep_prob={keep_prob}"
        )
    rng = np.random.default_rng(rng)
    how: dict[str, Any] = {}
    if lambd:
        how["cost"] = lambda A3, Y, p: compute_cost_with_regularization(A3, Y, p, lambd)
        how["backward"] = lambda X, Y, c: backward_propagation_with_regularization(X, Y, c, lambd)
    if keep_prob < 1:
        how["forward"] = lambda X, p: forward_propagation_with_dropout(X, p, keep_prob, rng)
        how["backward"] = lambda X, Y, c: backward_propagation_with_dropout(X, Y, c, keep_prob)
    return descend(
        X,
        Y,
        learning_rate=learning_rate,
        num_iterations=num_iterations,
        print_cost=print_cost,
        rng=rng,
        **how,
    )


def load_2D_dataset() -> tuple[Array, Array, Array, Array]:
    """Return train_X (2, 211), train_Y (1, 211), test_X (2, 200), test_Y (1, 200): football."""
    return data.load_football()


def load_planar_dataset(seed: int) -> tuple[Array, Array]:
    """Return X (2, 200) and Y (1, 200): a flower."""
    x, y = data.make_flower(200, rng=seed)
    return x.T, y.T


# == 6. The same in Keras: a layer and a penalty ===================================================


@keras.saving.register_keras_serializable("dltf")
class InvertedDropout(keras.layers.Layer):
    """Inverted dropout layer; value by value the same as `keras.layers.Dropout`.

    Keras asks for the probability of dropping, `rate`; here it is that of keeping, `1 - rate`.

    Args:
        keep_prob: probability of keeping an input, above 0 and at most 1.
        seed: an int gives the same masks, call by call; None gives new ones.

    Source:
        Srivastava et al. 2014, section 10 (inverted: scaled in training, not afterwards).
    """

    def __init__(self, keep_prob: float = 0.5, seed: int | None = None, **settings: Any) -> None:
        super().__init__(**settings)
        if not 0 < keep_prob <= 1:
            raise ValueError(f"keep_prob: expected 0 < keep_prob <= 1, got {keep_prob}")
        self.keep_prob, self.seed = keep_prob, seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the inputs, with some of them dropped in training and unchanged otherwise."""
        ### BEGIN SOLUTION
        if not training:
            return inputs
        draw = keras.random.uniform(keras.ops.shape(inputs), seed=self.seed_generator)
        kept = draw >= 1 - self.keep_prob
        return keras.ops.where(kept, inputs / self.keep_prob, 0.0)
        ### END SOLUTION

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the inputs."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make another one like it."""
        return super().get_config() | {"keep_prob": self.keep_prob, "seed": self.seed}


@keras.saving.register_keras_serializable("dltf")
class WeightPenalty(keras.regularizers.Regularizer):
    """Weight penalty `l1 sum(|W|) + l2 sum(W^2)`, as `keras.regularizers.L1L2`.

    A layer with `kernel_regularizer=` adds it to `model.losses`. The `lambd` of this topic is `l2 =
    lambd / (2m)`, with `m` the size of the *training set*, not of a batch.

    Args:
        l1: coefficient of the absolute values, at least 0.
        l2: coefficient of the squares, at least 0.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        if l1 < 0 or l2 < 0:
            raise ValueError(f"l1, l2: expected prices of at least 0, got {l1}, {l2}")
        self.l1, self.l2 = l1, l2

    def __call__(self, x: Any) -> Any:
        """Return the penalty of one weight tensor."""
        ops = keras.ops
        return self.l1 * ops.sum(ops.abs(x)) + self.l2 * ops.sum(ops.square(x))

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make another one like it."""
        return {"l1": self.l1, "l2": self.l2}


# == 7. Training on the football field =============================================================


def football_network(
    l2: float = 0.0, l1: float = 0.0, keep_prob: float = 1.0, seed: int | None = None
) -> keras.Model:
    """Return the network 2-20-3-1 as a Keras model; its output is the logit of label 1, (m, 1).

    Args:
        l2: coefficient of the squared weights, `lambd / (2m)`.
        l1: coefficient of their absolute values, `lambd / m`.
        keep_prob: probability of keeping a hidden unit in training.
        seed: of the first weights and of dropout.
    """
    check_number("keep_prob", keep_prob, above=0, at_most=1)
    stages: list[Any] = [keras.Input((2,))]
    for l, (n, activation) in enumerate(((20, "relu"), (3, "relu"), (1, None))):
        draw = None if seed is None else seed + l
        start = keras.initializers.VarianceScaling(1.0, "fan_in", "untruncated_normal", draw)
        price = WeightPenalty(l1, l2)
        stages.append(keras.layers.Dense(n, activation, True, start, kernel_regularizer=price))
        if keep_prob < 1 and activation:
            stages.append(InvertedDropout(keep_prob, draw))
    return keras.Sequential(stages)


def train_on_football(
    *,
    lambd: float = 0.0,
    keep_prob: float = 1.0,
    learning_rate: float = 0.3,
    num_iterations: int = 30000,
    callbacks: Sequence[Callable[..., Any]] = (),
    seed: int | None = None,
    progress: bool = True,
) -> tuple[keras.Model, History]:
    """Train the network on the football data, all 211 positions at every step.

    Args:
        lambd: regularization strength, as in `model`.
        keep_prob: probability of keeping a hidden unit.
        learning_rate: step size, above 0.
        num_iterations: number of steps.
        callbacks: for `dltf.training.train`, such as early stopping.
        seed: of the first weights and of dropout.
        progress: whether to show a progress bar.

    Returns:
        The trained model and its history: "loss", "accuracy" and, on the 200 test positions,
        "val_loss", "val_accuracy". The losses include the penalty.
    """
    check_number("lambd", lambd, at_least=0)
    check_number("learning_rate", learning_rate, above=0)
    num_iterations = check_integer("num_iterations", num_iterations, at_least=0)
    train_x, train_y, test_x, test_y = data.load_football(layout="examples first")
    network = football_network(lambd / (2 * len(train_x)), keep_prob=keep_prob, seed=seed)
    history = train(
        network,
        (train_x, train_y),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        optimizer=keras.optimizers.SGD(learning_rate),
        epochs=num_iterations,
        batch_size=len(train_x),
        validation=(test_x, test_y),
        metrics=[keras.metrics.BinaryAccuracy("accuracy", threshold=0.0)],  # of logits
        callbacks=callbacks,
        shuffle=False,  # there is one batch
        progress=progress,
    )
    return network, history
