"""Softmax classification with TensorFlow: cross-entropy, and a dense network for hand signs.

A sigmoid answers yes or no. Softmax answers with a probability for each of `C` classes, the network
that ends in it is trained with the cross-entropy, and the gradient of the two together is as simple
as it can be: the probabilities minus the labels. TensorFlow then differentiates everything before
it.

Layout: features x examples, as in the course. `m` examples, `C` classes; `X (n_x, m)`, scores
(logits) `Z (C, m)`, probabilities `AL (C, m)`, one-hot labels `Y (C, m)`, classes `(m,)`. A photo
of 64 x 64 pixels and three colours is a column of 12288 numbers. Keras has examples first: X.T.

- Bridle 1990, "Probabilistic interpretation of feedforward classification network outputs"
- He et al. 2015, "Delving deep into rectifiers"

The runs that compare ways to train this network are in `dltf.signs.experiments`.
"""

# ruff: noqa: RET504 - an exercise ends before its `return`, which students are given

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike, NDArray

from dltf.typing import Array
from dltf.validation import check_integer, check_number, check_shape

__all__ = [
    "SIZES",
    "Array",
    "Parameters",
    "as_classes",
    "compute_cost",
    "compute_total_loss",
    "cross_entropy",
    "cross_entropy_gradient",
    "forward_propagation",
    "hardmax",
    "initialize_parameters",
    "linear_function",
    "minimize_square",
    "model",
    "one_hot",
    "one_hot_matrix",
    "sigmoid",
    "signs_network",
    "softmax",
]

Parameters: TypeAlias = dict[str, tf.Variable]

SIZES = (12288, 25, 12, 6)  # the course's network: a photo, two hidden layers, six classes

# == 1. Softmax, on arrays =========================================================================


def softmax(Z: ArrayLike) -> Array:
    """Convert logits to probabilities: `exp(z) / sum(exp(z))` over the classes.

    A score of 1000 has no `exp` in floating point. Subtracting the same number from all scores of
    an example changes nothing in the quotient, so the largest may be brought to 0 first.

    Args:
        Z: scores of any size, (C, m).

    Returns:
        Probabilities, (C, m): each column is positive and adds up to 1.

    Source:
        Bridle 1990, eq. 1.
    """
    Z = np.asarray(Z)
    ### BEGIN SOLUTION
    powers = np.exp(Z - Z.max(axis=0))  # (C, m), at most 1; (m,) goes along every row
    AL = powers / powers.sum(axis=0)
    ### END SOLUTION
    return AL


def hardmax(Z: ArrayLike) -> Array:
    """Return the one-hot argmax of each column: 1 for the largest score, 0 for the others.

    Args:
        Z: scores, (C, m).

    Returns:
        One-hot columns, (C, m); of equal largest scores the first one wins.
    """
    return one_hot(np.argmax(Z, axis=0), len(np.asarray(Z)))


def one_hot(classes: ArrayLike, C: int) -> Array:
    """Encode classes as one-hot columns.

    Args:
        classes: whole numbers from 0 to C - 1, (m,).
        C: number of classes.

    Returns:
        Labels, (C, m).

    Raises:
        ValueError: a number is no class.
    """
    classes = as_classes(classes, C)
    Y = np.zeros((C, len(classes)))
    ### BEGIN SOLUTION
    Y[classes, np.arange(len(classes))] = 1  # row: the class; column: the example
    ### END SOLUTION
    return Y


def as_classes(classes: ArrayLike, C: int) -> NDArray[np.integer[Any]]:
    """Return classes as an array (m,); a `ValueError` unless all are from 0 to C - 1."""
    classes = np.asarray(classes).reshape(-1)
    if len(classes) and not (classes.min() >= 0 and classes.max() < C):
        raise ValueError(
            f"classes: expected numbers from 0 to {C - 1}, got {classes.min()} to {classes.max()}"
        )
    return classes


def cross_entropy(AL: Array, Y: Array) -> float:
    """Return the mean over the examples of `-sum(y log(a))`: minus the log of the true class.

    Args:
        AL: probabilities above 0, (C, m).
        Y: one-hot labels, (C, m).

    Returns:
        The cost, at least 0; log(C) for a uniform predictor.
    """
    ### BEGIN SOLUTION
    losses = -np.sum(Y * np.log(AL), axis=0)  # (m,)
    cost = np.mean(losses)
    ### END SOLUTION
    return float(cost)


def cross_entropy_gradient(Z: Array, Y: Array) -> Array:
    """Return the gradient of the mean cross-entropy of softmax with respect to the logits.

    By the quotient rule `da_i/dz_j = a_i (1 if i = j else 0) - a_i a_j`. With the loss `-sum_i y_i
    log(a_i)` that makes `dL/dz_j = -y_j + a_j sum_i y_i`, and a column of `Y` adds up to 1. What is
    left is the difference of answer and truth.

    Args:
        Z: scores, (C, m).
        Y: one-hot labels, (C, m).

    Returns:
        dZ, (C, m): of the *mean* over the m examples; each column adds up to 0.
    """
    m = Z.shape[1]
    ### BEGIN SOLUTION
    dZ = (softmax(Z) - Y) / m
    ### END SOLUTION
    return dZ


# == 2. First steps in TensorFlow ==================================================================


def linear_function() -> tf.Tensor:
    """Compute `Y = W X + b` of random X (3, 1), W (4, 3) and b (4, 1).

    They are drawn in this order by `np.random.randn`, from NumPy's global stream: the caller
    this decides whether it is seeded.

    Returns:
        Y, (4, 1).
    """
    X = tf.constant(np.random.randn(3, 1))  # noqa: NPY002 - as in the course
    W = tf.Variable(np.random.randn(4, 3))  # noqa: NPY002
    b = tf.Variable(np.random.randn(4, 1))  # noqa: NPY002
    ### BEGIN SOLUTION
    Y = tf.matmul(W, X) + b
    ### END SOLUTION
    return Y


def sigmoid(z: Any) -> tf.Tensor:
    """Compute `1 / (1 + exp(-z))` with TensorFlow.

    Args:
        z: numbers of any kind and shape, whole ones too.

    Returns:
        Numbers between 0 and 1 of the same shape, float32.
    """
    ### BEGIN SOLUTION
    z = tf.cast(z, tf.float32)
    a = tf.math.sigmoid(z)
    ### END SOLUTION
    return a


def one_hot_matrix(label: Any, C: int = 6) -> tf.Tensor:
    """Encode one class as a one-hot vector, with TensorFlow.

    Args:
        label: a class, 0 to C - 1.
        C: number of classes.

    Returns:
        The vector, float32 (C,).
    """
    ### BEGIN SOLUTION
    one_hot = tf.one_hot(label, C)
    ### END SOLUTION
    return one_hot


def minimize_square(
    learning_rate: float = 0.1, num_steps: int = 100, target: float = 5.0
) -> tuple[float, list[float]]:
    """Find the lowest point of `(w - target)^2` by gradient descent, with a `GradientTape`.

    The tape writes down what happens to `w` and plays it backwards. No derivative is written here.

    Args:
        learning_rate: step size.
        num_steps: number of steps.
        target: where the lowest point is.

    Returns:
        The last w, which began at 0, and the cost before every step.
    """
    w, costs = tf.Variable(0.0), []
    for _ in range(num_steps):
        with tf.GradientTape() as tape:
            cost = (w - target) ** 2
        costs.append(float(cost))
        ### BEGIN SOLUTION
        slope = tape.gradient(cost, w)
        w.assign_sub(learning_rate * slope)
        ### END SOLUTION
    return float(w), costs


# == 3. The network of the course ==================================================================


def initialize_parameters(seed: int | None = None) -> Parameters:
    """Initialize the parameters of the network 12288-25-12-6, as TensorFlow variables.

    Args:
        seed: an int gives the same parameters every time; None new ones.

    Returns:
        "W1" (25, 12288), "b1" (25, 1), "W2" (12, 25), "b2" (12, 1), "W3" (6, 12), "b3" (6, 1), all
        `tf.Variable` of float32: weights by Glorot's normal initializer, biases 0.
    """
    draw = keras.initializers.GlorotNormal(keras.random.SeedGenerator(seed))
    parameters = {}
    for l in range(1, len(SIZES)):
        ### BEGIN SOLUTION
        parameters[f"W{l}"] = tf.Variable(draw((SIZES[l], SIZES[l - 1])))
        parameters[f"b{l}"] = tf.Variable(tf.zeros((SIZES[l], 1)))
        ### END SOLUTION
    return parameters


def forward_propagation(X: Any, parameters: Parameters) -> tf.Tensor:
    """Compute LINEAR -> RELU -> LINEAR -> RELU -> LINEAR. The softmax belongs to the loss.

    Args:
        X: inputs, float32 (n_x, m).
        parameters: "W1", "b1", ..., "W3", "b3".

    Returns:
        Z3, the scores, (C, m).
    """
    (W1, b1), (W2, b2), (W3, b3) = ((parameters[f"W{l}"], parameters[f"b{l}"]) for l in (1, 2, 3))
    ### BEGIN SOLUTION
    A1 = tf.nn.relu(tf.matmul(W1, X) + b1)  # (25, m)
    A2 = tf.nn.relu(tf.matmul(W2, A1) + b2)  # (12, m)
    Z3 = tf.matmul(W3, A2) + b3  # (6, m)
    ### END SOLUTION
    return Z3


def compute_total_loss(logits: Any, labels: Any) -> tf.Tensor:
    """Return the sum of the cross-entropies over the examples of a batch.

    The sum, not the mean: batches may have unequal sizes, and the loss of an epoch is the sum of
    all batches' sums, divided by m once. TensorFlow's losses have examples first.

    Args:
        logits: scores before the softmax, (C, m).
        labels: one-hot labels, (C, m).

    Returns:
        The sum, a scalar.
    """
    ### BEGIN SOLUTION
    losses = tf.nn.softmax_cross_entropy_with_logits(tf.transpose(labels), tf.transpose(logits))
    total_loss = tf.reduce_sum(losses)  # of (m,)
    ### END SOLUTION
    return total_loss


def compute_cost(logits: Any, labels: Any) -> tf.Tensor:
    """Return the mean of the cross-entropies of a batch's examples, as courses before 2023 have it.

    Args:
        logits: scores before the softmax, (C, m).
        labels: one-hot labels, (C, m).

    Returns:
        The mean, a scalar.
    """
    return compute_total_loss(logits, labels) / tf.cast(tf.shape(logits)[1], tf.float32)


def model(
    X_train: Array,
    Y_train: Array,
    X_test: Array,
    Y_test: Array,
    learning_rate: float = 0.0001,
    num_epochs: int = 1500,
    minibatch_size: int = 32,
    print_cost: bool = True,
    seed: int | None = None,
) -> tuple[Parameters, list[float], list[float], list[float]]:
    """Train the network with Adam, as the course does: every step by hand.

    Args:
        X_train: inputs, float (12288, m).
        Y_train: one-hot labels, (6, m).
        X_test: inputs to measure on, (12288, m_test).
        Y_test: their labels, (6, m_test).
        learning_rate: of Adam.
        num_epochs: passes over the training set.
        minibatch_size: examples in a step.
        print_cost: whether to print cost and accuracies of every tenth epoch.
        seed: of the first parameters and of the order of the examples.

    Returns:
        The parameters, and lists with cost, training and test accuracy of every tenth epoch.

    Raises:
        TypeError, ValueError: an argument is out of its range, or shapes do not fit.
    """
    for name, X, Y in (("train", X_train, Y_train), ("test", X_test, Y_test)):
        check_shape(f"X_{name}", X, (SIZES[0], "m"))
        check_shape(f"Y_{name}", Y, (SIZES[-1], X.shape[1]))
    check_number("learning_rate", learning_rate, above=0)
    num_epochs = check_integer("num_epochs", num_epochs, at_least=0)
    minibatch_size = check_integer("minibatch_size", minibatch_size, at_least=1)
    m, parameters = X_train.shape[1], initialize_parameters(seed)
    variables = list(parameters.values())
    optimizer = keras.optimizers.Adam(learning_rate)
    optimizer.build(variables)
    pairs = tf.data.Dataset.from_tensor_slices((np.float32(X_train.T), np.float32(Y_train.T)))
    batches = pairs.shuffle(m, seed).batch(minibatch_size).prefetch(8)

    @tf.function(autograph=False)
    def step(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            logits = forward_propagation(tf.transpose(x), parameters)
            total_loss = compute_total_loss(logits, tf.transpose(y))
            cost = total_loss / tf.cast(tf.shape(x)[0], tf.float32)  # the size of a batch is no
        optimizer.apply(tape.gradient(cost, variables), variables)  # matter of the learning rate
        return total_loss

    def accuracy(X: Array, Y: Array) -> float:
        scores = forward_propagation(np.float32(X), parameters).numpy()
        return float(np.mean(scores.argmax(axis=0) == Y.argmax(axis=0)))

    costs, train_acc, test_acc = [], [], []
    for epoch in range(num_epochs):
        cost = sum(float(step(x, y)) for x, y in batches) / m
        if epoch % 10 == 0:
            costs.append(cost)
            train_acc.append(accuracy(X_train, Y_train))
            test_acc.append(accuracy(X_test, Y_test))
            if print_cost:
                print(
                    f"epoch {epoch:4}: cost {cost:.4f}, accuracy {train_acc[-1]:.3f} in training, "
                    f"{test_acc[-1]:.3f} in the test"
                )
    return parameters, costs, train_acc, test_acc


# == 4. The same network as Keras layers ===========================================================


def signs_network(
    initializer: str = "he_normal",
    l2: float = 0.0,
    keep_prob: float = 1.0,
    batch_norm: bool = False,
    augmentation: Sequence[keras.Layer] = (),
    seed: int | None = None,
) -> keras.Model:
    """Return the network 12288-25-12-6 as a Keras model of photos; its output are scores, (m, 6).

    Args:
        initializer: Keras's name for the first weights, "he_normal" or "glorot_normal".
        l2: weight decay coefficient.
        keep_prob: probability of keeping a hidden unit in training.
        batch_norm: whether hidden layers normalize their scores before the ReLU.
        augmentation: layers that change the photos in training, such as
            `dltf.training.augmentation.RandomAffine`.
        seed: of the first weights and of dropout.
    """
    check_number("l2", l2, at_least=0)
    check_number("keep_prob", keep_prob, above=0, at_most=1)
    layers = keras.layers
    stages: list[Any] = [keras.Input((64, 64, 3)), *augmentation, layers.Flatten()]
    for l, n in enumerate(SIZES[1:]):
        draw = None if seed is None else 10 * seed + l
        start = keras.initializers.get({"class_name": initializer, "config": {"seed": draw}})
        hidden = n != SIZES[-1]
        price = keras.regularizers.L2(l2) if l2 else None
        bias = not (hidden and batch_norm)  # batch norm has its own, beta
        stages.append(
            layers.Dense(n, use_bias=bias, kernel_initializer=start, kernel_regularizer=price)
        )
        if hidden:
            stages += [layers.BatchNormalization()] if batch_norm else []
            stages += [layers.ReLU()]
            stages += [layers.Dropout(1 - keep_prob, seed=draw)] if keep_prob < 1 else []
    return keras.Sequential(stages)
