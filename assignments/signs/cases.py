"""How the answers of the signs assignment are exercised. No expected value is in here.

The number of examples differs from the number of classes, so that the two axes cannot be taken for
each other, and the course's six classes are not the only ones. Functions of TensorFlow get its
tensors. `linear_function` has no arguments: what it draws is handed to it, whatever the order.
"""

from itertools import pairwise
from unittest import mock

import keras
import numpy as np
import tensorflow as tf

from dltf.autograder import case, close, exercise, helpers, same_scale

LOSS = {"logits": ("Z3", "z3", "Z", "scores"), "labels": ("Y", "y", "y_true", "label")}

exercise("softmax", practice=True)
exercise("one_hot", spellings={"classes": ("labels", "y"), "C": ("depth",)}, practice=True)
exercise("cross_entropy", spellings={"AL": ("A", "A3", "Yhat")}, practice=True)
exercise("cross_entropy_gradient", practice=True)
exercise("linear_function")
exercise("sigmoid", spellings={"z": ("x", "Z")})
exercise("one_hot_matrix", spellings={"label": ("labels",), "C": ("depth",)})
exercise("minimize_square", practice=True)
exercise("initialize_parameters")
exercise("forward_propagation", spellings={"X": ("x",), "parameters": ("params",)})
exercise("compute_total_loss", spellings=LOSS, names=("compute_cost",))
helpers("tf_utils", "improv_utils", "test_utils", "public_tests", "testCases")


def between(rng, low, high):
    """Draw a whole number from low to high, both included."""
    return int(rng.integers(low, high + 1))


def classes_and_examples(rng):
    """Draw a number of classes and a larger number of examples."""
    return between(rng, 3, 7), between(rng, 8, 12)


def labels(rng, C, m):
    """Draw one-hot labels (C, m)."""
    return np.eye(C)[:, rng.integers(C, size=m)]


def tensor(array):
    """Return an array as a float32 tensor."""
    return tf.constant(array, tf.float32)


# softmax


@case("softmax")
def probabilities_of_scores(answer, rng):
    """Columns of scores become columns of probabilities."""
    return answer.softmax(Z=rng.normal(0, 2, size=classes_and_examples(rng)))


@case("softmax")
def probabilities_of_large_scores(answer, rng):
    """Scores of many thousands, of either sign, have probabilities as well."""
    C, m = classes_and_examples(rng)
    return answer.softmax(Z=rng.normal(0, 1000, size=(C, m)) + rng.choice([-9000, 9000], size=m))


# one_hot


@case("one_hot")
def a_column_for_each_example(answer, rng):
    """Each example has a column, each class a row, and the class of the example a 1."""
    C, m = classes_and_examples(rng)
    return answer.one_hot(classes=rng.integers(C, size=m), C=C)


@case("one_hot")
def classes_that_nobody_has(answer, rng):
    """There is a row for every class, even if no example has it."""
    C = between(rng, 6, 9)
    return answer.one_hot(classes=rng.integers(3, size=between(rng, 2, 5)), C=C)


# cross_entropy


def probabilities(rng, C, m):
    """Draw columns of probabilities, none of them tiny."""
    powers = np.exp(rng.normal(size=(C, m)))
    return powers / powers.sum(axis=0)


@case("cross_entropy")
def cost_of_probabilities(answer, rng):
    """The mean over the examples of minus the log of the true class's probability."""
    C, m = classes_and_examples(rng)
    return answer.cross_entropy(AL=probabilities(rng, C, m), Y=labels(rng, C, m))


@case("cross_entropy")
def cost_of_one_example(answer, rng):
    """The same for a batch of one."""
    C = between(rng, 3, 7)
    return answer.cross_entropy(AL=probabilities(rng, C, 1), Y=labels(rng, C, 1))


# cross_entropy_gradient


@case("cross_entropy_gradient")
def gradient_by_the_scores(answer, rng):
    """The derivative of the mean cost by every score."""
    C, m = classes_and_examples(rng)
    return answer.cross_entropy_gradient(Z=rng.normal(size=(C, m)), Y=labels(rng, C, m))


# linear_function


@case("linear_function", points=3)
def weights_times_inputs_plus_bias(answer, rng):
    """Y = W X + b, of the X (3, 1), W (4, 3) and b (4, 1) that np.random.randn gives."""
    given = {shape: rng.normal(size=shape) for shape in ((3, 1), (4, 3), (4, 1))}
    draw = np.random.randn  # answers draw here; older ones set a seed before

    def randn(*shape):
        return given[shape].copy() if shape in given else draw(*shape)

    with mock.patch.multiple(np.random, randn=randn, seed=lambda *_: None):
        return answer.linear_function()


# sigmoid


@case("sigmoid", points=2)
def sigmoid_of_real_numbers(answer, rng):
    """A number, and an array of them: 1 / (1 + exp(-z)) of each."""
    array = rng.normal(0, 2, size=(between(rng, 2, 4), between(rng, 5, 7)))
    return [answer.sigmoid(z=float(rng.normal(0, 2))), answer.sigmoid(z=array)]


@case("sigmoid", points=1)
def sigmoid_of_whole_numbers(answer, rng):
    """Whole numbers have a sigmoid, too."""
    return [answer.sigmoid(z=between(rng, -4, 4)), answer.sigmoid(z=rng.integers(-4, 5, size=7))]


# one_hot_matrix


def flat(vector):
    """Return a vector (C,), or a column (C, 1) as the first notebooks of 2021 have it, as (C,)."""
    array = np.asarray(vector)
    return array.reshape(-1) if array.shape[1:] in ((), (1,)) else array


@case("one_hot_matrix", points=2, judge=close(integers=True))
def vectors_of_labels(answer, rng):
    """Each label of C classes is a vector of length C; the first label is 0."""
    C = int(rng.choice([3, 4, 5, 7, 8]))
    return [flat(answer.one_hot_matrix(label=label, C=C)) for label in range(C)]


@case("one_hot_matrix", points=1, judge=close(integers=True))
def six_classes(answer, rng):
    """The labels of this notebook, all six; they come as tensors."""
    order = rng.permutation(6)
    return [flat(answer.one_hot_matrix(label=tf.constant(label), C=6)) for label in order]


# minimize_square


@case("minimize_square")
def down_to_the_target(answer, rng):
    """A few steps towards a target, and the cost before each."""
    w, costs = answer.minimize_square(
        learning_rate=float(rng.uniform(0.05, 0.3)),
        num_steps=between(rng, 4, 9),
        target=float(rng.uniform(2, 9)),
    )
    return {"w": w, "costs": costs}


@case("minimize_square")
def down_to_five_by_default(answer, rng):
    """By default a hundred steps of learning rate 0.1 go to 5."""
    w, costs = answer.minimize_square()
    return {"w": w, "costs": costs}


# initialize_parameters


def weights_and_shapes(parameters):
    """Return the weights, and of the biases the shape: they may be zeros, or drawn, as in 2021."""
    if not isinstance(parameters, dict):
        return parameters
    told = {}
    for name, value in parameters.items():
        told[name] = value if str(name).startswith("W") else list(np.shape(value))
    return told


@case("initialize_parameters", points=2, judge=same_scale(exact_keys=True))
def glorot_in_the_right_shapes(answer, rng):
    """W1 (25, 12288), b1 (25, 1), and so on; the weights by Glorot's normal initializer."""
    return weights_and_shapes(answer.initialize_parameters())


@case("initialize_parameters", points=1)
def parameters_can_be_learned(answer, rng):
    """Every parameter is a variable; biases begin around 0."""
    told = {}
    for name, value in answer.initialize_parameters().items():
        told[name] = {"can be learned": isinstance(value, (tf.Variable, keras.Variable))}
        if name in ("b1", "b2"):
            told[name]["is around 0"] = bool(abs(np.asarray(value).mean()) < 0.8)
    return told


# forward_propagation


def network(rng, sizes):
    """Draw parameters of these sizes, biases and all, as variables."""
    parameters = {}
    for l, (before, n) in enumerate(pairwise(sizes), 1):
        weights = rng.standard_normal((n, before), dtype="float32")
        parameters[f"W{l}"] = tf.Variable(weights / before**0.5)
        parameters[f"b{l}"] = tf.Variable(tensor(rng.normal(size=(n, 1))))
    return parameters


@case("forward_propagation", points=4)
def scores_of_a_small_network(answer, rng):
    """Three layers of any size: LINEAR -> RELU -> LINEAR -> RELU -> LINEAR."""
    sizes = [int(n) for n in rng.permutation(np.arange(9, 20))[:4]]
    X = tensor(rng.normal(size=(sizes[0], between(rng, 3, 8))))
    return answer.forward_propagation(X=X, parameters=network(rng, sizes))


@case("forward_propagation", points=1)
def scores_of_photos(answer, rng):
    """The network of this notebook and a few photos."""
    X = tensor(rng.random((12288, between(rng, 2, 4)), dtype="float32"))
    return answer.forward_propagation(X=X, parameters=network(rng, [12288, 25, 12, 6]))


# compute_total_loss


def total_loss(answer, C, m, rng, scale=2.0):
    """Return the total loss of drawn scores and labels, (C, m).

    Notebooks before 2023 have compute_cost in its place, and here under both names. What it is of,
    and how many times the total loss is larger, depends on the generation.
    """
    logits, truth = rng.normal(0, scale, size=(C, m)), labels(rng, C, m)
    space = vars(answer)["_namespace"]
    if space.get("compute_cost") is not space.get("compute_total_loss"):
        return loss_of(answer, logits, truth)
    binary, times = kind_of_cost(answer, C, m)
    if binary:
        logits, truth = as_binary(logits, truth)
    return times * loss_of(answer, logits, truth)


def loss_of(answer, logits, truth):
    """Return what an answer gives for logits and labels, (C, m)."""
    return answer.compute_total_loss(logits=tensor(logits), labels=tensor(truth))


def kind_of_cost(answer, C, m):
    """Return whether a cost is the binary cross-entropy, and how much larger the total loss is.

    The same examples twice do not change a mean, and a class that is out of the question changes
    nothing but a mean over the classes.
    """
    logits = np.cos(np.arange(C * m)).reshape(C, m)
    truth = np.eye(C)[:, np.arange(m) % C]
    one = float(loss_of(answer, logits, truth))
    two = float(loss_of(answer, np.tile(logits, 2), np.tile(truth, 2)))
    out = np.full((1, m), -1000.0)
    more = float(loss_of(answer, np.vstack([logits, out]), np.vstack([truth, 0 * out])))
    binary = bool(np.isclose(more * (C + 1), one * C, rtol=1e-3))
    return binary, (C if binary else 1) * (m if np.isclose(one, two, rtol=1e-3) else 1)


def as_binary(logits, truth):
    """Return logits and labels, (C, m), whose binary cross-entropies add up to the same loss.

    Each example is a question of yes or no: is it the true class or any other? Every second one is
    asked the other way round. All that is beside the question is surely, and rightly, a no.
    """
    C, m = logits.shape
    true = truth.argmax(axis=0)
    others = np.where(truth > 0, -np.inf, logits)
    margin = logits[true, np.arange(m)] - np.logaddexp.reduce(others, axis=0)
    sign = np.where(np.arange(m) % 2 == 0, 1, -1)
    asked, answers = np.full((C, m), -1000.0), np.zeros((C, m))
    asked[true, np.arange(m)] = sign * margin
    answers[true, np.arange(m)] = sign > 0
    return asked, answers


@case("compute_total_loss", points=3)
def losses_added_up(answer, rng):
    """The sum of the cross-entropies of all examples, of scores before the softmax."""
    return total_loss(answer, *classes_and_examples(rng), rng)


@case("compute_total_loss", points=1)
def loss_of_large_scores(answer, rng):
    """Scores may be large: the loss of somebody who is certain, and wrong, is large and finite."""
    return total_loss(answer, 6, between(rng, 8, 12), rng, scale=200)


@case("compute_total_loss", points=1)
def loss_of_one_example(answer, rng):
    """A batch of one."""
    return total_loss(answer, 6, 1, rng)
