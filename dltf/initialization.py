"""Where to start: how the first weights of a network decide whether it learns at all.

Gradient descent needs a starting point, and the obvious ones are bad. From zeros every unit of a
layer computes the same thing for ever; from large numbers the output is certain and wrong; in a
deep stack anything but the right scale makes the signal die out or explode. Two papers found the
right scale by asking that the variance stay the same from layer to layer:

- Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks"
- He et al. 2015, "Delving deep into rectifiers"

Layout: features x examples. `m` examples, layers of sizes `layers_dims = [n[0], ..., n[L]]`, and
`n[0] = n_x`; `X (n_x, m)`, `Y (1, m)`, `W[l] (n[l], n[l-1])`, `b[l] (n[l], 1)`, `A[l] (n[l], m)`.
Parameters lie in a dictionary `{"W1": ..., "b1": ..., "W2": ...}`. Keras has examples first, and
kernels `(n[l-1], n[l])`: each array is the transpose.

Randomness is an argument, `rng`: a generator of NumPy's, or a seed to make one from; None draws
fresh numbers every time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import keras
import numpy as np
from numpy.typing import ArrayLike

from dltf import data, plotting
from dltf.training import History, train

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array: TypeAlias = np.ndarray
Parameters: TypeAlias = dict[str, Array]
Random: TypeAlias = "np.random.Generator | int | None"

# == 1. Four ways to begin, on arrays ==============================================================


def initialize_parameters_zeros(layers_dims: Sequence[int]) -> Parameters:
    """Set every weight and every bias to zero.

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
    """Draw weights of a scale that ReLU layers keep from layer to layer; biases are zero.

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
    """Draw weights of a scale that tanh layers keep in both directions; biases are zero.

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


# == 2. The network they begin: LINEAR -> RELU -> LINEAR -> RELU -> LINEAR -> SIGMOID ==============


def sigmoid(x: ArrayLike) -> Array:
    """Return `1 / (1 + exp(-x))`, same shape, without overflow for any real `x`."""
    return np.exp(-np.logaddexp(0, -np.asarray(x)))


def relu(x: ArrayLike) -> Array:
    """Return `max(0, x)`, same shape."""
    return np.maximum(0, x)


def forward_propagation(X: Array, parameters: Parameters) -> tuple[Array, tuple[Array, ...]]:
    """Compute the output of the three-layer network.

    Args:
        X: inputs, float (n_x, m).
        parameters: "W1", "b1", ..., "W3", "b3".

    Returns:
        a3: probability that the label is 1, (1, m).
        cache: (z1, a1, W1, b1, z2, a2, W2, b2, z3, a3, W3, b3), for `backward_propagation`.
    """
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3"))
    z1 = W1 @ X + b1  # (n1, m)
    a1 = relu(z1)
    z2 = W2 @ a1 + b2  # (n2, m)
    a2 = relu(z2)
    z3 = W3 @ a2 + b3  # (1, m)
    a3 = sigmoid(z3)
    return a3, (z1, a1, W1, b1, z2, a2, W2, b2, z3, a3, W3, b3)


def compute_loss(a3: Array, Y: Array) -> float:
    """Return the mean cross-entropy `-1/m sum(Y log a3 + (1 - Y) log(1 - a3))`.

    It is `inf` when the network is certain of a wrong label, as one with huge weights is.

    Args:
        a3: predicted probabilities, (1, m), in [0, 1].
        Y: labels 0 or 1, (1, m).
    """
    with np.errstate(divide="ignore", invalid="ignore"):  # log 0 is meant
        losses = -np.log(a3) * Y - np.log(1 - a3) * (1 - Y)
    return float(np.nansum(losses) / Y.shape[1])  # certain and right is 0 * inf, and counts as 0


def backward_propagation(X: Array, Y: Array, cache: tuple[Array, ...]) -> Parameters:
    """Differentiate the loss with respect to everything that `forward_propagation` computed.

    Args:
        X: inputs, (n_x, m).
        Y: labels 0 or 1, (1, m).
        cache: what `forward_propagation` returned.

    Returns:
        {"dz3", "dW3", "db3", "da2", "dz2", "dW2", "db2", "da1", "dz1", "dW1", "db1"}; each has the
        shape of what it is the gradient of. The factor 1/m of the mean is in dz3, so all of them
        are gradients of the mean loss.
    """
    m = X.shape[1]
    z1, a1, _, _, z2, a2, W2, _, _, a3, W3, _ = cache
    dz3 = (a3 - Y) / m
    dW3 = dz3 @ a2.T
    db3 = np.sum(dz3, axis=1, keepdims=True)
    da2 = W3.T @ dz3
    dz2 = da2 * (z2 > 0)
    dW2 = dz2 @ a1.T
    db2 = np.sum(dz2, axis=1, keepdims=True)
    da1 = W2.T @ dz2
    dz1 = da1 * (z1 > 0)
    dW1 = dz1 @ X.T
    db1 = np.sum(dz1, axis=1, keepdims=True)
    gradients = {"dz3": dz3, "dW3": dW3, "db3": db3, "da2": da2, "dz2": dz2, "dW2": dW2, "db2": db2}
    return gradients | {"da1": da1, "dz1": dz1, "dW1": dW1, "db1": db1}


def update_parameters(
    parameters: Parameters, grads: Parameters, learning_rate: float
) -> Parameters:
    """Return new parameters after one step of gradient descent, `W - learning_rate * dW`."""
    return {name: value - learning_rate * grads["d" + name] for name, value in parameters.items()}


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
        ValueError: there is no initialization of that name.
    """
    if isinstance(initialization, str):
        if initialization not in INITIALIZATIONS:
            names = ", ".join(INITIALIZATIONS)
            raise ValueError(
                f"initialization: expected a function or one of {names}, got {initialization!r}"
            )
        initialization = INITIALIZATIONS[initialization]
    parameters = initialization([X.shape[0], 10, 5, 1])
    for i in range(num_iterations):
        a3, cache = forward_propagation(X, parameters)
        if print_cost and i % 1000 == 0:
            print(f"Cost after iteration {i}: {compute_loss(a3, Y)}")
        parameters = update_parameters(parameters, backward_propagation(X, Y, cache), learning_rate)
    return parameters


def predict_dec(parameters: Parameters, X: Array) -> Array:
    """Return the predicted labels, True where the probability is above one half, (1, m)."""
    return forward_propagation(X, parameters)[0] > 0.5


def predict(X: Array, y: Array, parameters: Parameters) -> Array:
    """Print the accuracy on labels y (1, m) and return the predicted labels, 0 or 1, (1, m)."""
    predictions: Array = predict_dec(parameters, X).astype(int)
    print(f"Accuracy: {np.mean(predictions == y)}")
    return predictions


def load_dataset() -> tuple[Array, Array, Array, Array]:
    """Return train_X (2, 300), train_Y (1, 300), test_X (2, 100), test_Y (1, 100): two rings."""
    return data.load_circles()


def plot_decision_boundary(model: Callable[[Array], ArrayLike], X: Array, y: Array) -> Axes:
    """Draw the plane as `model` divides it, and the examples, into the current axes.

    Args:
        model: function from points (k, 2) to k predictions.
        X: inputs, (2, m).
        y: labels, (1, m).
    """
    return plotting.plot_decision_boundary(model, X.T, y.T, ax=plotting.current_axes())


# == 3. The signal in a deep stack =================================================================

ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "tanh": (np.tanh, lambda Z: 1 - np.tanh(Z) ** 2),  # name: (g, g')
    "relu": (relu, lambda Z: (Z > 0).astype(float)),
}


def activation_scales(X: Array, parameters: Parameters, activation: str = "tanh") -> Array:
    """Measure the standard deviation of the activations in each layer of a stack.

    Layer l computes `Z[l] = W[l] A[l-1] + b[l]` and `A[l] = g(Z[l])`; the first has `A[0] = X`.

    Args:
        X: inputs, float (n[0], m).
        parameters: "W1", "b1", ..., "WL", "bL" of any number of layers.
        activation: "tanh" or "relu", the same `g` in every layer.

    Returns:
        Standard deviation over all entries of A[1], ..., A[L]; shape (L,).
    """
    g, _ = ACTIVATIONS[activation]
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
    """Measure the standard deviation of the gradient that reaches each layer of a stack.

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
    g, slope = ACTIVATIONS[activation]
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
    """Count how many inputs a unit sums (fan-in), and into how many sums an input goes (fan-out).

    A unit of a conv layer sees a window of every input channel, and each input lies in as many
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
    """Draws truncated normal kernels of variance `2 / fan_in`, as Keras's `HeNormal` does.

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
    """Draws truncated normal kernels of variance `2 / (fan_in + fan_out)`, as `GlorotNormal` does.

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
            kernel, bias = start[f"W{l}"].T, start[f"b{l}"][:, 0]  # (n[l-1], n[l]) and (n[l],)
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
