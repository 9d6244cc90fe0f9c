"""Weight initialization: zeros, random, He and Xavier; vanishing and exploding signals.

Gradient descent needs a starting point, and the obvious ones are bad. From zeros every unit of a
layer computes the same thing for ever; from large numbers the output is certain and wrong; in a
deep stack anything but the right scale makes the signal die out or explode. Two papers found the
right scale by asking that the variance stay the same from layer to layer:

- Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks"
- He et al. 2015, "Delving deep into rectifiers"

Layout: features x examples. `m` examples, layers of sizes `layers_dims = [n[0], ..., n[L]]`, and
`n[0] = n_x`; `X (n_x, m)`, `Y (1, m)`, `W[l] (n[l], n[l-1])`, `b[l] (n[l], 1)`, `A[l] (n[l], m)`.
Parameters are a dictionary `{"W1": ..., "b1": ..., "W2": ...}`. Keras has examples first, and
kernels `(n[l-1], n[l])`: each array is the transpose.

Randomness is an argument, `rng`: a generator of NumPy's, or a seed to make one from; None draws
fresh numbers every time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

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
from dltf.training import History, train
from dltf.typing import Array, Parameters, Random
from dltf.validation import check_choice, check_integer, check_number, check_shape

__all__ = [
    "ACTIVATIONS",
    "INITIALIZATIONS",
    "TRUNCATED_STD",
    "Array",
    "HeInitializer",
    "Parameters",
    "Random",
    "XavierInitializer",
    "activation_and_slope",
    "activation_scales",
    "backward_propagation",
    "circles_network",
    "compute_loss",
    "fans",
    "forward_propagation",
    "gradient_scales",
    "initialize_parameters_he",
    "initialize_parameters_random",
    "initialize_parameters_xavier",
    "initialize_parameters_zeros",
    "load_dataset",
    "model",
    "plot_decision_boundary",
    "predict",
    "predict_dec",
    "relu",
    "sigmoid",
    "train_on_circles",
    "update_parameters",
]


# == 1. Four ways to begin, on arrays ==============================================================


def initialize_parameters_zeros(layers_dims: Sequence[int]) -> Parameters:
    """Initialize all weights and biases with zero.

    Args:
        layers_dims: sizes of the layers, input first, `[n[0], n[1], ..., n[L]]`, each at least 1.

    Returns:
        {"W1": zeros (n[1], n[0]), "b1": zeros (n[1], 1), ..., "WL": zeros (n[L], n[L-1]), "bL":
        zeros (n[L], 1)}.
    """
    parameters = {}
    for l in range(1, len(layers_dims)):
        ### BEGIN SOLUTION
        parameters[f"W{l}"] = np.zeros((layers_dims[l], layers_dims[l - 1]))
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
        ### END SOLUTION
    return parameters


def initialize_parameters_random(layers_dims: Sequence[int], rng: Random = None) -> Parameters:
    """Draw normal weights of standard deviation 10, which is much too large; biases are zero.

    Args:
        layers_dims: sizes of the layers, input first, each at least 1.
        rng: generator or seed.

    Returns:
        {"W1": (n[1], n[0]), "b1": zeros (n[1], 1), ...}; the weights have mean 0 and standard
        deviation 10.
    """
    rng = np.random.default_rng(rng)
    parameters = {}
    for l in range(1, len(layers_dims)):
        ### BEGIN SOLUTION
        parameters[f"W{l}"] = rng.standard_normal((layers_dims[l], layers_dims[l - 1])) * 10
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
        ### END SOLUTION
    return parameters


def initialize_parameters_he(layers_dims: Sequence[int], rng: Random = None) -> Parameters:
    """He initialization: weights of variance `2 / n[l-1]`, for ReLU layers; biases are zero.

    A unit sums `n[l-1]` terms, so its variance grows with `n[l-1]`; ReLU then throws one half of
    the signal away. He's choice makes up for both: `Var(W[l]) = 2 / n[l-1]`.

    Args:
        layers_dims: sizes of the layers, input first, each at least 1.
        rng: generator or seed.

    Returns:
        {"W1": (n[1], n[0]), "b1": zeros (n[1], 1), ...}; the weights of layer l have mean 0 and
        variance 2 / n[l-1].

    Source:
        He et al. 2015, eq. 10.
    """
    rng = np.random.default_rng(rng)
    parameters = {}
    for l in range(1, len(layers_dims)):
        ### BEGIN SOLUTION
        scale = np.sqrt(2 / layers_dims[l - 1])  # n[l-1] Var(W[l]) / 2 = 1
        parameters[f"W{l}"] = rng.standard_normal((layers_dims[l], layers_dims[l - 1])) * scale
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
        ### END SOLUTION
    return parameters


def initialize_parameters_xavier(layers_dims: Sequence[int], rng: Random = None) -> Parameters:
    """Xavier initialization: the variance for tanh layers, in both directions; biases are zero.

    Forwards the variance is kept by `Var(W[l]) = 1 / n[l-1]`, backwards by `1 / n[l]`. Both at once
    is impossible unless the two are equal; the paper's compromise is `Var(W[l]) = 2 / (n[l-1] +
    n[l])`.

    Args:
        layers_dims: sizes of the layers, input first, each at least 1.
        rng: generator or seed.

    Returns:
        {"W1": (n[1], n[0]), "b1": zeros (n[1], 1), ...}; the weights of layer l have mean 0 and
        variance 2 / (n[l-1] + n[l]).

    Source:
        Glorot & Bengio 2010, eq. 12.
    """
    rng = np.random.default_rng(rng)
    parameters = {}
    for l in range(1, len(layers_dims)):
        ### BEGIN SOLUTION
        scale = np.sqrt(2 / (layers_dims[l - 1] + layers_dims[l]))
        parameters[f"W{l}"] = rng.standard_normal((layers_dims[l], layers_dims[l - 1])) * scale
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
        ### END SOLUTION
    return parameters


# == 2. The three-layer network of `dltf.models.mlp`, from each of them ============================


INITIALIZATIONS: dict[str, Callable[..., Parameters]] = {
    "zeros": initialize_parameters_zeros,
    "random": initialize_parameters_random,
    "he": initialize_parameters_he,
    "xavier": initialize_parameters_xavier,
}


def model(
    X: Array,
    Y: Array,
    learning_rate: float = 0.01,
    num_iterations: int = 15000,
    print_cost: bool = True,
    initialization: str | Callable[[Sequence[int]], Parameters] = "he",
) -> Parameters:
    """Train the network n_x-10-5-1 by gradient descent on all examples at once.

    Args:
        X: inputs, float (n_x, m).
        Y: labels 0 or 1, (1, m).
        learning_rate: step size, above 0.
        num_iterations: number of steps.
        print_cost: whether to print the loss of every thousandth step.
        initialization: "zeros", "random", "he" or "xavier"; or a function of layers_dims, such as
            your own.

    Returns:
        The learned parameters.

    Raises:
        TypeError, ValueError: an argument is out of its range, or no initialization's name.
    """
    if isinstance(initialization, str):
        if initialization not in INITIALIZATIONS:
            names = ", ".join(INITIALIZATIONS)
            raise ValueError(
                f"initialization: expected a function or one of {names}, got {initialization!r}"
            )
        initialization = INITIALIZATIONS[initialization]
    check_number("learning_rate", learning_rate, above=0)
    num_iterations = check_integer("num_iterations", num_iterations, at_least=0)
    parameters = initialization([X.shape[0], 10, 5, 1])
    for i in range(num_iterations):
        a3, cache = forward_propagation(X, parameters)
        if print_cost and i % 1000 == 0:
            print(f"Cost after iteration {i}: {compute_loss(a3, Y)}")
        parameters = update_parameters(parameters, backward_propagation(X, Y, cache), learning_rate)
    return parameters


def load_dataset() -> tuple[Array, Array, Array, Array]:
    """Return train_X (2, 300), train_Y (1, 300), test_X (2, 100), test_Y (1, 100): two rings."""
    return data.load_circles()


# == 3. The signal in a deep stack =================================================================

ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "tanh": (np.tanh, lambda Z: 1 - np.tanh(Z) ** 2),  # name: (g, g')
    "relu": (relu, lambda Z: (Z > 0).astype(float)),
}


def activation_and_slope(
    activation: str,
) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """Return an activation g and its derivative g' by the name of g.

    Raises:
        ValueError: there is none of that name in `ACTIVATIONS`.
    """
    return ACTIVATIONS[check_choice("activation", activation, ACTIVATIONS)]


def activation_scales(X: Array, parameters: Parameters, activation: str = "tanh") -> Array:
    """Return the standard deviation of the activations in each layer of a deep network.

    Layer l computes `Z[l] = W[l] A[l-1] + b[l]` and `A[l] = g(Z[l])`; the first has `A[0] = X`.

    Args:
        X: inputs, float (n[0], m).
        parameters: "W1", "b1", ..., "WL", "bL" of any number of layers.
        activation: "tanh" or "relu", the same `g` in every layer.

    Returns:
        Standard deviation over all entries of A[1], ..., A[L]; shape (L,).
    """
    g, _ = activation_and_slope(activation)
    A, scales = X, []
    for l in range(1, len(parameters) // 2 + 1):
        ### BEGIN SOLUTION
        A = g(parameters[f"W{l}"] @ A + parameters[f"b{l}"])  # (n[l], m)
        scales.append(np.std(A))
        ### END SOLUTION
    return np.array(scales)


def gradient_scales(
    X: Array, parameters: Parameters, activation: str = "tanh", rng: Random = None
) -> Array:
    """Return the standard deviation of the gradient that reaches each layer of a deep network.

    What comes in from above is noise of standard deviation 1, in place of the gradient of some
    loss; backpropagation then goes down from the last layer: `dZ[l] = dA[l] * g'(Z[l])`, `dA[l-1] =
    W[l].T dZ[l]`.

    Args:
        X: inputs, float (n[0], m).
        parameters: "W1", "b1", ..., "WL", "bL".
        activation: "tanh" or "relu".
        rng: generator or seed of the noise.

    Returns:
        Standard deviation over all entries of dZ[1], ..., dZ[L]; shape (L,).
    """
    g, slope = activation_and_slope(activation)
    L = len(parameters) // 2
    A, Z = X, {}
    for l in range(1, L + 1):
        Z[l] = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        A = g(Z[l])
    dA, scales = np.random.default_rng(rng).standard_normal(A.shape), np.zeros(L)
    for l in range(L, 0, -1):
        dZ = dA * slope(Z[l])
        scales[l - 1] = np.std(dZ)
        dA = parameters[f"W{l}"].T @ dZ  # (n[l-1], m)
    return scales


# == 4. The same as Keras initializers =============================================================

# A standard normal distribution cut at -2 and 2 has a smaller standard deviation than 1.
TRUNCATED_STD = 0.87962566103423978  # scipy.stats.truncnorm(-2, 2).std()


def fans(shape: Sequence[int]) -> tuple[int, int]:
    """Return fan-in (inputs per unit) and fan-out (units per input) of a kernel shape.

    A unit of a conv layer sees a window of every input channel, and each input is in as many
    windows as a window has places.

    Args:
        shape: of a kernel as Keras has it: (n_in, n_out) of a dense layer, (f, n_in, n_out) or
            (f_H, f_W, n_in, n_out) of a conv layer.

    Returns:
        fan_in and fan_out, ints.
    """
    ### BEGIN SOLUTION
    window = int(np.prod(shape[:-2]))  # 1 for a dense layer
    fan_in, fan_out = window * shape[-2], window * shape[-1]
    ### END SOLUTION
    return fan_in, fan_out


@keras.saving.register_keras_serializable("dltf")
class HeInitializer(keras.initializers.Initializer):
    """He initializer: truncated normal, variance `2 / fan_in`, as Keras's `HeNormal`.

    Args:
        seed: an int gives the same values in every call; None gives new ones.

    Source:
        He et al. 2015, eq. 10.
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Any:
        """Return random values; `keras.random.truncated_normal` cuts at two standard deviations."""
        ### BEGIN SOLUTION
        fan_in, _ = fans(shape)
        stddev = np.sqrt(2 / fan_in) / TRUNCATED_STD
        return keras.random.truncated_normal(shape, stddev=stddev, dtype=dtype, seed=self.seed)
        ### END SOLUTION

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make another one like it (a saved model does)."""
        return {"seed": self.seed}


@keras.saving.register_keras_serializable("dltf")
class XavierInitializer(keras.initializers.VarianceScaling):
    """Xavier initializer: truncated normal, variance `2 / (fan_in + fan_out)`, as `GlorotNormal`.

    Keras has a general form for all such rules, variance `scale / fan`; this is one setting of it.

    Args:
        seed: an int gives the same values every time; None draws one for this object.

    Source:
        Glorot & Bengio 2010, eq. 12.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, mode="fan_avg", distribution="truncated_normal", seed=seed)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make another one like it."""
        return {"seed": super().get_config()["seed"]}


# == 5. Training on the circles ====================================================================


def circles_network(start: str | keras.initializers.Initializer | Parameters) -> keras.Model:
    """Return the network 2-10-5-1 as a Keras model; its output is the logit of label 1, (m, 1).

    Args:
        start: the first weights: a Keras initializer, its name, or a dictionary of parameters of
            the layers [2, 10, 5, 1].
    """
    initializer = "zeros" if isinstance(start, dict) else start
    network = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(10, "relu", kernel_initializer=initializer),
            keras.layers.Dense(5, "relu", kernel_initializer=initializer),
            keras.layers.Dense(1, kernel_initializer=initializer),
        ]
    )
    if isinstance(start, dict):
        for l, layer in enumerate(network.layers, start=1):
            n_in, n_out = layer.kernel.shape
            W = check_shape(f"start['W{l}']", start[f"W{l}"], (n_out, n_in))
            b = check_shape(f"start['b{l}']", start[f"b{l}"], (n_out, 1))
            kernel, bias = W.T, b[:, 0]  # (n[l-1], n[l]) and (n[l],)
            layer.set_weights([kernel, bias])
    return network


def train_on_circles(
    start: str | keras.initializers.Initializer | Parameters = "he_normal",
    learning_rate: float = 0.01,
    num_iterations: int = 15000,
    progress: bool = True,
) -> tuple[keras.Model, History]:
    """Train the network on the circles, all 300 points at every step.

    Args:
        start: the first weights: a Keras initializer, its name, or a dictionary of parameters of
            the layers [2, 10, 5, 1].
        learning_rate: step size, above 0.
        num_iterations: number of steps.
        progress: whether to show a progress bar.

    Returns:
        The trained model and its history: "loss", "accuracy" and, on the 100 test points,
        "val_loss", "val_accuracy".
    """
    check_number("learning_rate", learning_rate, above=0)
    num_iterations = check_integer("num_iterations", num_iterations, at_least=0)
    train_x, train_y, test_x, test_y = data.load_circles(layout="examples first")
    network = circles_network(start)
    history = train(
        network,
        (train_x, train_y),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        optimizer=keras.optimizers.SGD(learning_rate),
        epochs=num_iterations,
        batch_size=len(train_x),
        validation=(test_x, test_y),
        metrics=[keras.metrics.BinaryAccuracy("accuracy", threshold=0.0)],  # of logits
        shuffle=False,  # there is one batch
        progress=progress,
    )
    return network, history
