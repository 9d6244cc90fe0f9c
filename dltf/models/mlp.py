"""A three-layer perceptron in NumPy, used by the topics on arrays.

    LINEAR -> RELU -> LINEAR -> RELU -> LINEAR -> SIGMOID

Layout: features x examples. `X (n_x, m)`, `Y (1, m)`, `W[l] (n[l], n[l-1])`, `b[l] (n[l], 1)`,
`z[l], a[l] (n[l], m)`. Parameters are a dictionary `{"W1": ..., "b1": ..., "W2": ...}`. Keras has
examples first: each array is the transpose.

The names are those of the helper files of the course's notebooks, so that existing notebooks can
import them from here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from dltf import plotting
from dltf.typing import Array, Parameters

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def sigmoid(x: ArrayLike) -> Array:
    """Return `1 / (1 + exp(-x))`, same shape, without overflow for any real `x`."""
    return np.exp(-np.logaddexp(0, -np.asarray(x)))


def relu(x: ArrayLike) -> Array:
    """Return `max(0, x)`, same shape."""
    return np.maximum(0, x)


def softmax(x: ArrayLike) -> Array:
    """Return `exp(x)` divided by its sum over the first axis: each column adds up to 1."""
    shifted = np.exp(x - np.max(x, axis=0))  # the largest is exp(0): nothing overflows
    return shifted / np.sum(shifted, axis=0)


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


def predict_dec(parameters: Parameters, X: Array) -> Array:
    """Return the predicted labels, True where the probability is above one half, (1, m)."""
    return forward_propagation(X, parameters)[0] > 0.5


def predict(X: Array, y: Array, parameters: Parameters) -> Array:
    """Print the accuracy on labels y (1, m) and return the predicted labels, 0 or 1, (1, m)."""
    predictions: Array = predict_dec(parameters, X).astype(int)
    print(f"Accuracy: {np.mean(predictions == y)}")
    return predictions


def plot_decision_boundary(model: Callable[[Array], ArrayLike], X: Array, y: Array) -> Axes:
    """Draw the plane as `model` divides it, and the examples, into the current axes.

    Args:
        model: function from points (k, 2) to k predictions.
        X: inputs, (2, m).
        y: labels, (1, m).
    """
    return plotting.plot_decision_boundary(model, X.T, y.T, ax=plotting.current_axes())
