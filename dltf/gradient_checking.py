"""Gradient checking: compare backpropagation with centred differences of the cost.

Backpropagation is easy to get almost right, and a network with an almost right gradient still
learns, only worse: no exception, no odd shape. But a derivative is a limit of differences, so the
cost function alone, which is much easier to write, can check it:

    dJ/dtheta = lim (J(theta + epsilon) - J(theta - epsilon)) / (2 epsilon)

It takes two forward passes for every single parameter, far too slow to learn with and fast enough
to check with, once, on a small network.

- Ng, CS294A lecture notes "Sparse autoencoder", "Gradient checking and advanced optimization"
- Baydin et al. 2018, "Automatic differentiation in machine learning: a survey", section 2.1 (which
  epsilon: the two kinds of error)

Layout: features x examples. `X (n_x, m)`, `Y (1, m)`, `W[l] (n[l], n[l-1])`, `b[l] (n[l], 1)`; all
parameters below each other are one vector `theta (n, 1)`, in the order W1, b1, W2, b2, ..., each
matrix row by row. Keras has examples first; its arrays are the transposes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dltf.models import mlp
from dltf.models.mlp import relu, sigmoid
from dltf.training.validation import resolve_loss
from dltf.typing import Array, Float, Parameters, Random
from dltf.validation import check_integer, check_number

__all__ = [
    "COURSE_SHAPES",
    "PRECISION",
    "THRESHOLD",
    "Array",
    "Float",
    "GradientReport",
    "Parameters",
    "backward_propagation",
    "backward_propagation_n",
    "backward_propagation_n_with_bugs",
    "check_gradients",
    "dictionary_to_vector",
    "dropout_cost",
    "forward_propagation",
    "forward_propagation_n",
    "gradient_check",
    "gradient_check_n",
    "gradient_check_n_test_case",
    "gradients_to_vector",
    "l2_cost",
    "numerical_gradient",
    "print_verdict",
    "relative_differences",
    "vector_to_dictionary",
]

# The course's first notebooks used 1e-7, and so rejected their own right answer, 1.19e-7.
THRESHOLD = 2e-7

# == 1. One parameter ==============================================================================


def forward_propagation(x: float, theta: float) -> float:
    """Compute the cost of the smallest model there is, `J(theta) = theta x`.

    Args:
        x: the input, a number.
        theta: the parameter, a number.

    Returns:
        J, a number.
    """
    ### BEGIN SOLUTION
    J: float = theta * x
    ### END SOLUTION
    return J


def backward_propagation(x: float, theta: float) -> float:
    """Differentiate the cost of `forward_propagation` with respect to theta.

    Args:
        x: the input, a number.
        theta: the parameter, a number.

    Returns:
        dJ/dtheta, a number. (It is the slope of the line that J is as a function of theta.
        Moving x instead gives another one.)
    """
    ### BEGIN SOLUTION
    dtheta: float = x
    ### END SOLUTION
    return dtheta


def gradient_check(x: float, theta: float, epsilon: float = 1e-7, print_msg: bool = False) -> Float:
    """Compare `backward_propagation` with the numerical derivative of `forward_propagation`.

    Args:
        x: the input, a number.
        theta: the parameter, a number.
        epsilon: how far theta is moved to either side, above 0.
        print_msg: whether to print what the difference means.

    Returns:
        The relative difference `|grad - gradapprox| / (|grad| + |gradapprox|)`, between 0 (the two
        agree) and 1 (they point in opposite directions).
    """
    ### BEGIN SOLUTION
    J_plus = forward_propagation(x, theta + epsilon)
    J_minus = forward_propagation(x, theta - epsilon)
    gradapprox = (J_plus - J_minus) / (2 * epsilon)
    grad = backward_propagation(x, theta)
    numerator = np.linalg.norm(grad - gradapprox)
    denominator = np.linalg.norm(grad) + np.linalg.norm(gradapprox)
    difference = numerator / denominator
    ### END SOLUTION
    if print_msg:
        print_verdict(difference)
    return difference


def print_verdict(difference: Float, threshold: float = THRESHOLD) -> None:
    """Print the verdict on a relative difference, in yellow or green."""
    if difference > threshold:
        colour, text = 93, "There is a mistake in the backward propagation!"
    else:
        colour, text = 92, "Your backward propagation works perfectly fine!"
    print(f"\033[{colour}m{text} difference = {difference}\033[0m")


# == 2. Many parameters ============================================================================

COURSE_SHAPES = {  # of the network 4-5-3-1 in the course's notebooks: 47 numbers
    "W1": (5, 4),
    "b1": (5, 1),
    "W2": (3, 5),
    "b2": (3, 1),
    "W3": (1, 3),
    "b3": (1, 1),
}


def _names(arrays: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Return the names of the parameters in order, W1, b1, W2, b2, ..., or dW1, db1, ..."""
    layers = sum(name.startswith(f"{prefix}W") for name in arrays)
    return [f"{prefix}{kind}{l}" for l in range(1, layers + 1) for kind in "Wb"]


def dictionary_to_vector(parameters: Parameters) -> tuple[Array, list[str]]:
    """Concatenate all parameters to one column vector.

    Args:
        parameters: "W1", "b1", ..., "WL", "bL", of any number and size of layers.

    Returns:
        theta, (n, 1); and for each of its n entries the name of the array it comes from.
    """
    names = _names(parameters)
    theta = np.concatenate([np.reshape(parameters[name], (-1, 1)) for name in names])
    return theta, [name for name in names for _ in range(np.size(parameters[name]))]


def vector_to_dictionary(
    theta: Array, shapes: Mapping[str, Array | tuple[int, ...]] | None = None
) -> Parameters:
    """Split a vector into parameters: the inverse of `dictionary_to_vector`.

    Args:
        theta: (n, 1).
        shapes: name -> shape of the array, or an array of that shape, such as the parameters the
            vector was made from; the course's network 4-5-3-1 if None.

    Returns:
        name -> array, in the order of `shapes`' layers.

    Raises:
        ValueError: the vector has another number of entries than the arrays.
    """
    shapes = COURSE_SHAPES if shapes is None else shapes
    wanted = {
        name: value if isinstance(value := shapes[name], tuple) else np.shape(value)
        for name in _names(shapes)
    }
    sizes = [int(np.prod(shape)) for shape in wanted.values()]
    if np.size(theta) != sum(sizes):
        raise ValueError(
            f"theta: expected {sum(sizes)} entries, for {wanted}; got {np.size(theta)}. "
            "For other layers pass their parameters too: vector_to_dictionary(theta, parameters)."
        )
    parts = np.split(np.reshape(theta, -1), np.cumsum(sizes)[:-1])
    return {
        name: part.reshape(shape) for (name, shape), part in zip(wanted.items(), parts, strict=True)
    }


def gradients_to_vector(gradients: Parameters) -> Array:
    """Concatenate the gradients to one column vector, in the order of the parameters.

    Args:
        gradients: "dW1", "db1", ..., "dWL", "dbL"; others in it (dZ, dA) are left out.

    Returns:
        (n, 1).
    """
    return np.concatenate(
        [np.reshape(gradients[name], (-1, 1)) for name in _names(gradients, prefix="d")]
    )


def forward_propagation_n(
    X: Array, Y: Array, parameters: Parameters
) -> tuple[float, tuple[Array, ...]]:
    """Compute the cost of the network LINEAR-RELU-LINEAR-RELU-LINEAR-SIGMOID.

    Args:
        X: inputs, (n_x, m).
        Y: labels 0 or 1, (1, m).
        parameters: "W1", "b1", ..., "W3", "b3".

    Returns:
        The mean cross-entropy, and the cache (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3).
    """
    A3, cache = mlp.forward_propagation(X, parameters)
    return mlp.compute_loss(A3, np.reshape(Y, (1, -1))), cache


def backward_propagation_n_with_bugs(X: Array, Y: Array, cache: tuple[Array, ...]) -> Parameters:
    """Differentiate the cost, almost: two of its lines are wrong, as the course planted them.

    Arguments and returns are those of `backward_propagation_n`.
    """
    m = X.shape[1]
    Z1, A1, _, _, Z2, A2, W2, _, _, A3, W3, _ = cache
    dZ3 = A3 - Y
    dW3 = 1 / m * dZ3 @ A2.T
    db3 = 1 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = W3.T @ dZ3
    dZ2 = dA2 * (Z2 > 0)
    dW2 = 1 / m * (dZ2 @ A1.T) * 2
    db2 = 1 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (Z1 > 0)
    dW1 = 1 / m * dZ1 @ X.T
    db1 = 4 / m * np.sum(dZ1, axis=1, keepdims=True)
    gradients = {"dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2}
    return gradients | {"dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1}


def gradient_check_n(
    parameters: Parameters,
    gradients: Parameters,
    X: Array,
    Y: Array,
    epsilon: float = 1e-7,
    print_msg: bool = False,
) -> Float:
    """Compare gradients with numerical ones of `forward_propagation_n`, entry by entry.

    Args:
        parameters: "W1", "b1", ..., "W3", "b3", of any sizes.
        gradients: "dW1", "db1", ..., "dW3", "db3": what is to be checked.
        X: inputs, (n_x, m).
        Y: labels 0 or 1, (1, m).
        epsilon: how far each entry is moved to either side, above 0.
        print_msg: whether to print what the difference means.

    Returns:
        The relative difference `||grad - gradapprox|| / (||grad|| + ||gradapprox||)` of the two
        vectors of n entries, between 0 and 1.
    """
    theta, _ = dictionary_to_vector(parameters)  # (n, 1)
    grad = gradients_to_vector(gradients)  # (n, 1)
    ### BEGIN SOLUTION
    gradapprox = np.zeros(theta.shape)
    for i in range(len(theta)):
        theta_plus = np.copy(theta)
        theta_plus[i] += epsilon
        theta_minus = np.copy(theta)
        theta_minus[i] -= epsilon
        J_plus, _ = forward_propagation_n(X, Y, vector_to_dictionary(theta_plus, parameters))
        J_minus, _ = forward_propagation_n(X, Y, vector_to_dictionary(theta_minus, parameters))
        gradapprox[i] = (J_plus - J_minus) / (2 * epsilon)
    numerator = np.linalg.norm(grad - gradapprox)
    denominator = np.linalg.norm(grad) + np.linalg.norm(gradapprox)
    difference = numerator / denominator
    ### END SOLUTION
    if print_msg:
        print_verdict(difference)
    return difference


def backward_propagation_n(X: Array, Y: Array, cache: tuple[Array, ...]) -> Parameters:
    """Differentiate the cost of `forward_propagation_n` with respect to all that it computed.

    Args:
        X: inputs, (n_x, m).
        Y: labels 0 or 1, (1, m).
        cache: what `forward_propagation_n` returned.

    Returns:
        {"dZ3", "dW3", "db3", "dA2", "dZ2", "dW2", "db2", "dA1", "dZ1", "dW1", "db1"}; each has the
        shape of what it is the gradient of. The factor 1/m of the mean comes in with dW and db.
    """
    m = X.shape[1]
    Z1, A1, _, _, Z2, A2, W2, _, _, A3, W3, _ = cache
    dZ3 = A3 - Y
    dW3 = 1 / m * dZ3 @ A2.T
    db3 = 1 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = W3.T @ dZ3
    dZ2 = dA2 * (Z2 > 0)
    ### BEGIN SOLUTION
    dW2 = 1 / m * dZ2 @ A1.T
    ### END SOLUTION
    db2 = 1 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (Z1 > 0)
    dW1 = 1 / m * dZ1 @ X.T
    ### BEGIN SOLUTION
    db1 = 1 / m * np.sum(dZ1, axis=1, keepdims=True)
    ### END SOLUTION
    gradients = {"dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2}
    return gradients | {"dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1}


def gradient_check_n_test_case() -> tuple[Array, Array, Parameters]:
    """Return X (4, 3), Y (1, 3) and parameters 4-5-3-1, as the course's notebooks have them."""
    stream = np.random.RandomState(1)
    X = stream.randn(4, 3)
    return (
        X,
        np.array([[1, 1, 0]]),
        {name: stream.randn(*shape) for name, shape in COURSE_SHAPES.items()},
    )


# == 3. Any cost, and which parameter is wrong =====================================================


def numerical_gradient(
    cost: Callable[[Parameters], float], parameters: Parameters, epsilon: float = 1e-6
) -> Parameters:
    """Differentiate any function of parameters by centred differences.

    Args:
        cost: function from parameters to a number; the same for the same parameters, every time.
        parameters: name -> array, of any names and shapes; they are left as they are.
        epsilon: how far each entry is moved to either side, above 0.

    Returns:
        "d" + name -> array of the parameter's shape.
    """
    gradients = {}
    for name, value in parameters.items():
        slopes = np.zeros(value.shape)
        for index in np.ndindex(value.shape):
            ### BEGIN SOLUTION
            step = np.zeros(value.shape)
            step[index] = epsilon
            up = cost(parameters | {name: value + step})
            down = cost(parameters | {name: value - step})
            slopes[index] = (up - down) / (2 * epsilon)
            ### END SOLUTION
        gradients["d" + name] = slopes
    return gradients


def relative_differences(gradients: Parameters, numerical: Parameters) -> dict[str, Float]:
    """Compare gradients one parameter at a time, to see which of them is wrong.

    Args:
        gradients: "d" + name -> array; what is not in `numerical` is not looked at.
        numerical: "d" + name -> array, the gradients to compare with.

    Returns:
        "d" + name -> `||a - b|| / (||a|| + ||b||)`.
    """
    differences: dict[str, Float] = {}
    for name, value in numerical.items():
        ### BEGIN SOLUTION
        distance = np.linalg.norm(gradients[name] - value)
        differences[name] = distance / (np.linalg.norm(gradients[name]) + np.linalg.norm(value))
        ### END SOLUTION
    return differences


def l2_cost(X: Array, Y: Array, parameters: Parameters, lambd: float) -> float:
    """Return the cost with the penalty `lambd / (2 m)` times the sum of all squared weights."""
    check_number("lambd", lambd, at_least=0)
    weights = [value for name, value in parameters.items() if name.startswith("W")]
    penalty = lambd / (2 * X.shape[1]) * sum(np.sum(np.square(W)) for W in weights)
    return float(forward_propagation_n(X, Y, parameters)[0] + penalty)


def dropout_cost(
    X: Array,
    Y: Array,
    parameters: Parameters,
    keep_prob: float,
    rng: np.random.Generator | int | None = None,
) -> float:
    """Return the cost with units of the first hidden layer dropped: another at every call.

    (With a seed as `rng` it is the same at every call.) Dropout is inverted: what is kept is
    divided by `keep_prob`.
    """
    check_number("keep_prob", keep_prob, above=0, at_most=1)
    rng = np.random.default_rng(rng)
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in _names(parameters))
    A1 = relu(W1 @ X + b1)
    A1 = A1 * rng.binomial(1, keep_prob, size=A1.shape) / keep_prob
    return mlp.compute_loss(sigmoid(W3 @ relu(W2 @ A1 + b2) + b3), Y)


# == 4. Any Keras model ============================================================================


@dataclass(frozen=True)
class GradientReport:
    """Result of `check_gradients`.

    Attributes:
        differences: path of each trainable variable -> relative difference of its gradients.
        threshold: up to which difference a gradient counts as right in this precision.
        dtype: the precision the model computed in.
        worst: path of the variable whose gradients differ most.
        index: its entry that differs most.
        gradient: value by automatic differentiation,
        numerical: value by differences of the loss.
    """

    differences: dict[str, float]
    threshold: float
    dtype: str
    worst: str
    index: tuple[int, ...]
    gradient: float
    numerical: float

    @property
    def difference(self) -> float:
        """The largest of the differences."""
        return self.differences[self.worst]

    @property
    def correct(self) -> bool:
        """Whether all gradients are correct to within the precision."""
        return self.difference <= self.threshold

    def __str__(self) -> str:
        """Return the verdict and the worst parameter in two lines."""
        verdict = "right" if self.correct else "wrong"
        return (
            f"The gradients are {verdict}: the largest relative difference is "
            f"{self.difference:.1e} ({self.dtype} allows {self.threshold:.0e}).\n"
            f"Worst is {self.worst} at {list(self.index)}: gradient {self.gradient:.6g}, "
            f"numerical {self.numerical:.6g}."
        )


# Precision -> epsilon and threshold. Rounding adds an error of about u / epsilon, the curvature one
# of epsilon squared; the sum is least near the cube root of u, and then about its square.
PRECISION = {"float64": (1e-5, 1e-6), "float32": (1e-2, 2e-2)}


def check_gradients(
    model: Any,
    loss: str | Callable[..., Any],
    x: Any,
    y: Any,
    *,
    epsilon: float | None = None,
    entries: int | None = 50,
    training: bool = False,
    rng: Random = None,
) -> GradientReport:
    """Check the gradients of a Keras model against differences of its loss.

    What TensorFlow differentiates by itself is right; what is checked here is what people add: a
    `tf.custom_gradient`, a `stop_gradient`, a round trip through NumPy, a loss that is not what it
    looks like. Models in float64 (`dtype="float64"` in each layer) are checked a thousand times as
    sharply as those in float32.

    Args:
        model: a Keras model or layer with trainable variables. They move during the check and are
            put back.
        loss: `loss(y, prediction)`, a scalar or one number an example (the mean is taken); or the
            name of a Keras loss.
        x: inputs, examples first.
        y: labels, examples first.
        epsilon: how far each entry is moved to either side; follows the precision if None.
        entries: how many entries of each variable are looked at, drawn at random; all if None.
        training: whether the model runs as in training. With dropout it then computes something
            else at every call, and nothing can be checked.
        rng: generator or seed of the draw.

    Returns:
        The report: right or wrong, and the worst parameter.

    Raises:
        ValueError: there is nothing to check: no trainable variable, or a loss without gradient.
    """
    loss = resolve_loss(loss)
    # A Loss object casts to Keras's float type first; what it computes, it computes in `call`.
    measure: Any = loss.call if isinstance(loss, keras.losses.Loss) else loss
    if epsilon is not None:
        check_number("epsilon", epsilon, above=0)
    if entries is not None:
        entries = check_integer("entries", entries, at_least=1)
    if not getattr(model, "built", True):
        model(x)
    variables = list(model.trainable_variables)
    if not variables:
        raise ValueError(f"model: expected trainable variables, got none in {model.name!r}")
    dtype = min((str(v.dtype) for v in variables), key=lambda name: tf.as_dtype(name).size)
    usual, threshold = PRECISION.get(dtype, PRECISION["float32"])
    epsilon = usual if epsilon is None else epsilon

    def value() -> tf.Tensor:
        total = tf.reduce_mean(measure(y, model(x, training=training)))
        return tf.add_n([total, *(tf.cast(extra, total.dtype) for extra in model.losses)])

    with tf.GradientTape() as tape:
        total = value()
    gradients = tape.gradient(total, [v.value for v in variables])
    lost = [v.path for v, g in zip(variables, gradients, strict=True) if g is None]
    if len(lost) == len(variables):
        raise ValueError("loss: expected one that depends on the model, got no gradient at all")

    rng = np.random.default_rng(rng)
    differences: dict[str, float] = {}
    worst: tuple[float, Any] = (-1.0, None)
    for variable, gradient in zip(variables, gradients, strict=True):
        before = variable.numpy()
        exact = (
            np.zeros(before.shape) if gradient is None else tf.convert_to_tensor(gradient).numpy()
        )
        count = before.size if entries is None else min(entries, before.size)
        chosen = np.sort(rng.choice(before.size, count, replace=False))
        slopes = np.zeros(count)
        try:
            for k, place in enumerate(chosen):
                costs, moved = [], []
                for sign in (1, -1):
                    there = before.copy()
                    there.flat[place] += sign * epsilon
                    variable.assign(there)
                    costs.append(float(value()))
                    moved.append(float(there.flat[place]))  # in float32 not quite theta + epsilon
                slopes[k] = (costs[0] - costs[1]) / (moved[0] - moved[1])
        finally:
            variable.assign(before)
        looked_at = exact.reshape(-1)[chosen]
        name = variable.path if variable.path not in differences else f"{variable.path} (again)"
        # A gradient that is 0, or nearly so, is not wrong because of the rounding of the loss.
        noise = 4 * np.finfo(dtype).eps * abs(float(total)) / epsilon * np.sqrt(count)
        size = np.linalg.norm(looked_at) + np.linalg.norm(slopes)
        distance = np.linalg.norm(looked_at - slopes)
        differences[name] = float(distance / max(size, noise / threshold))
        if not differences[name] <= worst[0]:
            k = int(np.argmax(np.abs(looked_at - slopes)))
            index = tuple(int(i) for i in np.unravel_index(chosen[k], before.shape))
            found = (name, index, float(looked_at[k]), float(slopes[k]))
            worst = (differences[name], found)
    return GradientReport(differences, threshold, dtype, *worst[1])
