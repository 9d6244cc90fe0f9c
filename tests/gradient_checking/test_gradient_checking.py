"""The gradient checking topic against automatic differentiation and the course's known numbers."""

from __future__ import annotations

import importlib.util
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from dltf import check, plotting
from dltf import gradient_checking as topic
from dltf.models import mlp


@pytest.fixture
def problem():
    rng = np.random.default_rng(4)
    dims = [3, 4, 6, 1]
    parameters = {}
    for l in (1, 2, 3):
        parameters[f"W{l}"] = 0.7 * rng.normal(size=(dims[l], dims[l - 1]))
        parameters[f"b{l}"] = 0.7 * rng.normal(size=(dims[l], 1))
    return rng.normal(size=(3, 7)), (rng.random((1, 7)) > 0.5).astype(float), parameters


def taped(X, Y, parameters, lambd=0.0):
    """The gradients of the cost by automatic differentiation."""
    values = {name: tf.Variable(value) for name, value in parameters.items()}
    with tf.GradientTape() as tape:
        A = tf.constant(X)
        for l in (1, 2, 3):
            Z = values[f"W{l}"] @ A + values[f"b{l}"]
            A = tf.nn.relu(Z)
        losses = tf.nn.sigmoid_cross_entropy_with_logits(Y, Z)
        squares = tf.add_n([tf.reduce_sum(values[f"W{l}"] ** 2) for l in (1, 2, 3)])
        cost = tf.reduce_mean(losses) + lambd / (2 * X.shape[1]) * squares
    return {"d" + name: np.asarray(g) for name, g in tape.gradient(cost, values).items()}


# One parameter


def test_the_linear_model_and_its_slope():
    assert topic.forward_propagation(2, 4) == 8
    assert topic.backward_propagation(2, 4) == 2
    np.testing.assert_array_equal(topic.forward_propagation(np.array([2.0]), np.array([4.0])), [8])


def test_the_known_difference_of_one_parameter():
    """2.919335883291695e-10, as printed in the course's notebooks for x = 2, theta = 4."""
    assert topic.gradient_check(2, 4) == pytest.approx(2.919335883291695e-10, rel=1e-6)
    assert topic.gradient_check(np.array([2.0]), np.array([4.0])) < 1e-9


def test_one_parameter_with_a_broken_gradient(monkeypatch):
    monkeypatch.setattr(topic, "backward_propagation", lambda x, theta: 3 * x)
    assert topic.gradient_check(2.0, 4.0) == pytest.approx(2 / 4, rel=1e-6)  # |3 - 1| / (3 + 1)


def test_the_centred_difference_of_a_cubic_is_off_by_epsilon_squared(monkeypatch):
    monkeypatch.setattr(topic, "forward_propagation", lambda x, theta: theta**3)
    monkeypatch.setattr(topic, "backward_propagation", lambda x, theta: 3 * theta**2)
    expected = 0.01**2 / (3 + 3 + 0.01**2)
    assert topic.gradient_check(1.0, 1.0, epsilon=0.01) == pytest.approx(expected, rel=1e-6)


def test_what_is_printed(capsys):
    topic.gradient_check(2.0, 4.0)
    assert capsys.readouterr().out == ""
    topic.gradient_check(2.0, 4.0, print_msg=True)
    printed = capsys.readouterr().out
    assert "Your backward propagation works perfectly fine! difference = 2.9" in printed
    assert "np.float64" not in printed
    topic.print_verdict(1.19e-7)  # the course's own right answer
    assert "perfectly fine" in capsys.readouterr().out
    topic.print_verdict(3e-7)
    assert "There is a mistake in the backward propagation!" in capsys.readouterr().out


# Vectors and dictionaries


@pytest.mark.parametrize("dims", [[2, 1], [4, 5, 3, 1], [3, 2, 7, 2, 4]])
def test_vectors_and_dictionaries_are_inverse(dims):
    rng = np.random.default_rng(1)
    parameters = {f"W{l}": rng.normal(size=(dims[l], dims[l - 1])) for l in range(1, len(dims))}
    parameters |= {f"b{l}": rng.normal(size=(dims[l], 1)) for l in range(1, len(dims))}
    theta, names = topic.dictionary_to_vector(parameters)
    assert theta.shape == (sum(value.size for value in parameters.values()), 1)
    assert list(dict.fromkeys(names)) == [f"{k}{l}" for l in range(1, len(dims)) for k in "Wb"]
    assert [names.count(name) for name in parameters] == [v.size for v in parameters.values()]
    shapes = {name: value.shape for name, value in parameters.items()}
    for template in (parameters, shapes):
        again = topic.vector_to_dictionary(theta, template)
        assert again.keys() == parameters.keys()
        assert all(np.array_equal(again[name], parameters[name]) for name in parameters)
    gradients = {"d" + name: value for name, value in parameters.items()} | {"dZ1": np.ones(9)}
    np.testing.assert_array_equal(topic.gradients_to_vector(gradients), theta)


def test_the_old_call_with_one_argument_uses_the_course_network():
    _, _, parameters = topic.gradient_check_n_test_case()
    theta, _ = topic.dictionary_to_vector(parameters)
    assert theta.shape == (47, 1)
    again = topic.vector_to_dictionary(theta)
    assert all(np.array_equal(again[name], parameters[name]) for name in parameters)
    with pytest.raises(ValueError, match=r"expected 47 entries, .* got 12\. For other layers pass"):
        topic.vector_to_dictionary(np.ones((12, 1)))


# Many parameters


def test_backward_propagation_is_automatic_differentiation(problem):
    X, Y, parameters = problem
    gradients = topic.backward_propagation_n(X, Y, topic.forward_propagation_n(X, Y, parameters)[1])
    for name, expected in taped(X, Y, parameters).items():
        np.testing.assert_allclose(gradients[name], expected, rtol=1e-10, atol=1e-14)
    assert topic.gradient_check_n(parameters, gradients, X, Y) < topic.THRESHOLD


def test_the_planted_mistakes_are_a_factor_of_two_and_of_four(problem):
    X, Y, parameters = problem
    _, cache = topic.forward_propagation_n(X, Y, parameters)
    wrong = topic.backward_propagation_n_with_bugs(X, Y, cache)
    right = topic.backward_propagation_n(X, Y, cache)
    factors = {"dW2": 2, "db1": 4}
    assert wrong.keys() == right.keys()
    for name in right:
        np.testing.assert_allclose(wrong[name], factors.get(name, 1) * right[name], rtol=1e-12)
    numerical = topic.numerical_gradient(
        lambda p: topic.forward_propagation_n(X, Y, p)[0], parameters
    )
    found = topic.relative_differences(wrong, numerical)
    assert {name for name, value in found.items() if value > 1e-6} == {"dW2", "db1"}
    assert found["dW2"] == pytest.approx(1 / 3, rel=1e-5)
    assert found["db1"] == pytest.approx(3 / 5, rel=1e-5)


def test_the_known_differences_of_the_course(monkeypatch):
    """0.2850931567761623 and 1.1890913024229996e-07: the second is rounding, of their formulas."""
    X, Y, parameters = topic.gradient_check_n_test_case()

    def as_the_course_writes_it(X, Y, parameters):
        _, (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, _, W3, b3) = mlp.forward_propagation(X, parameters)
        A3 = 1 / (1 + np.exp(-Z3))
        logprobs = np.multiply(-np.log(A3), Y) + np.multiply(-np.log(1 - A3), 1 - Y)
        cost = 1.0 / X.shape[1] * np.sum(logprobs)
        return cost, (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)

    monkeypatch.setattr(topic, "forward_propagation_n", as_the_course_writes_it)
    _, cache = as_the_course_writes_it(X, Y, parameters)
    wrong = topic.backward_propagation_n_with_bugs(X, Y, cache)
    right = topic.backward_propagation_n(X, Y, cache)
    difference = topic.gradient_check_n(parameters, wrong, X, Y)
    assert difference == pytest.approx(0.2850931567761623, rel=1e-6)
    # Rounding noise, which the order of a sum decides: of this size, and not above the threshold.
    assert 1e-9 < topic.gradient_check_n(parameters, right, X, Y) < topic.THRESHOLD


def test_labels_may_have_one_axis_as_in_the_first_notebooks():
    X, Y, parameters = topic.gradient_check_n_test_case()
    cost, _ = topic.forward_propagation_n(X, Y, parameters)
    assert topic.forward_propagation_n(X, Y[0], parameters)[0] == cost


def test_nothing_is_moved(problem):
    X, Y, parameters = problem
    before = {name: value.copy() for name, value in parameters.items()}
    gradients = taped(X, Y, parameters)
    topic.gradient_check_n(parameters, gradients, X, Y)
    topic.numerical_gradient(lambda p: topic.forward_propagation_n(X, Y, p)[0], parameters)
    assert all(np.array_equal(before[name], parameters[name]) for name in before)


def test_the_penalty_belongs_to_the_gradient_too(problem):
    X, Y, parameters = problem
    numerical = topic.numerical_gradient(lambda p: topic.l2_cost(X, Y, p, 0.7), parameters)
    with_penalty = topic.relative_differences(taped(X, Y, parameters, 0.7), numerical)
    assert max(with_penalty.values()) < 1e-6
    without = topic.relative_differences(taped(X, Y, parameters), numerical)
    assert {name for name, value in without.items() if value > 1e-3} == {"dW1", "dW2", "dW3"}


def test_dropout_cannot_be_checked_unless_its_mask_is_frozen(problem):
    X, Y, parameters = problem
    rng = np.random.default_rng(0)
    slopes = [
        topic.numerical_gradient(lambda p: topic.dropout_cost(X, Y, p, 0.7, rng), parameters)
        for _ in range(2)
    ]
    assert topic.relative_differences(*slopes)["dW1"] > 0.1
    off = topic.numerical_gradient(lambda p: topic.dropout_cost(X, Y, p, 1.0, rng), parameters)
    assert max(topic.relative_differences(taped(X, Y, parameters), off).values()) < 1e-6


def test_dropout_is_inverted(problem):
    X, Y, parameters = problem
    W1, b1, W2, b2, W3, b3 = (parameters[n] for n in ("W1", "b1", "W2", "b2", "W3", "b3"))
    A1 = np.maximum(W1 @ X + b1, 0)
    kept = np.random.default_rng(1).random(A1.shape) < 0.7
    assert 0 < kept.sum() < kept.size
    z = W3 @ np.maximum(W2 @ np.where(kept, A1 / 0.7, 0) + b2, 0) + b3
    expected = np.mean(np.log1p(np.exp(-z)) + (1 - Y) * z)
    assert topic.dropout_cost(X, Y, parameters, 0.7, 1) == pytest.approx(expected, rel=1e-10)


def test_where_the_check_itself_is_spoiled(problem):
    """Curvature falls with the square of epsilon, rounding rises with its inverse."""
    X, Y, parameters = problem
    right = taped(X, Y, parameters)

    def at(epsilon):
        return topic.gradient_check_n(parameters, right, X, Y, epsilon)

    assert at(1e-4) == pytest.approx(at(2e-4) / 4, rel=0.05)
    assert at(1e-11) > 20 * at(1e-8)
    single = {name: value.astype(np.float32) for name, value in parameters.items()}
    assert topic.gradient_check_n(single, right, X.astype(np.float32), Y) > 0.01
    assert topic.gradient_check_n(single, right, X.astype(np.float32), Y, 1e-2) < 1e-3
    kink = parameters | {"b1": parameters["b1"].copy()}
    kink["b1"][1] -= (parameters["W1"] @ X + parameters["b1"])[1, 2] - 1e-4
    right = taped(X, Y, kink)
    assert topic.gradient_check_n(kink, right, X, Y, 1e-6) < topic.THRESHOLD
    assert topic.gradient_check_n(kink, right, X, Y, 1e-3) > 1e-4


# Keras


@tf.custom_gradient
def hasty_tanh(z):
    a = tf.tanh(z)
    return a, lambda upstream: upstream * (1 - a)


def dense(activation="tanh", dtype="float64"):
    keras.utils.set_random_seed(3)
    return keras.Sequential(
        [
            keras.Input((4,), dtype=dtype),
            keras.layers.Dense(5, "tanh", dtype=dtype, name="first"),
            keras.layers.Dense(3, activation, dtype=dtype, name="second"),
            keras.layers.Dense(1, dtype=dtype, name="third"),
        ]
    )


@pytest.fixture
def examples():
    rng = np.random.default_rng(2)
    return rng.normal(size=(12, 4)), rng.normal(size=(12, 1))


@pytest.mark.parametrize("loss", ["mse", keras.losses.MeanSquaredError(), keras.losses.log_cosh])
def test_a_right_model_is_right_and_unmoved(examples, loss):
    model = dense()
    before = model.get_weights()
    report = topic.check_gradients(model, loss, *examples, entries=None)
    assert report.correct
    assert report.dtype == "float64"
    assert report.difference < 1e-7
    assert len(report.differences) == 6
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert str(report).startswith("The gradients are right: the largest relative difference is ")


def test_a_wrong_derivative_is_found_and_placed(examples):
    report = topic.check_gradients(dense(hasty_tanh), "mse", *examples, rng=0)
    assert not report.correct
    wrong = [name for name, value in report.differences.items() if value > report.threshold]
    assert {name.split("/")[-2] for name in wrong} == {"first", "second"}  # it, and what is below
    assert "/second/" in report.worst or "/first/" in report.worst
    assert "The gradients are wrong" in str(report)
    assert f"Worst is {report.worst} at {list(report.index)}: gradient" in str(report)
    assert abs(report.gradient - report.numerical) > 1e-3


def test_single_precision_finds_large_mistakes_only(examples):
    x, y = (a.astype("float32") for a in examples)
    assert topic.check_gradients(dense(dtype="float32"), "mse", x, y).correct
    assert not topic.check_gradients(dense(hasty_tanh, "float32"), "mse", x, y).correct


def test_a_gradient_that_is_stopped_is_missing_and_one_that_is_zero_is_not(examples):
    x, y = examples
    model = dense(lambda z: tf.stop_gradient(tf.tanh(z)))
    report = topic.check_gradients(model, "mse", x, y)
    assert not report.correct
    assert report.gradient == 0
    assert topic.check_gradients(model, lambda y, p: 0 * p + 1.0, x, y).correct


def test_penalties_and_embeddings_are_checked_too():
    rng = np.random.default_rng(5)
    penalty = keras.regularizers.L2(0.1)
    model = keras.Sequential(
        [
            keras.Input((3,), dtype="int32"),
            keras.layers.Embedding(6, 2, dtype="float64"),
            keras.layers.Flatten(dtype="float64"),
            keras.layers.Dense(1, dtype="float64", kernel_regularizer=penalty),
        ]
    )
    x, y = rng.integers(0, 5, size=(7, 3)), rng.normal(size=(7, 1))  # word 5 does not occur
    assert model.losses
    assert topic.check_gradients(model, "mse", x, y, entries=None).correct


def test_dropout_is_off_unless_asked_for(examples):
    model = keras.Sequential(
        [
            keras.Input((4,), dtype="float64"),
            keras.layers.Dense(8, "tanh", dtype="float64"),
            keras.layers.Dropout(0.5, seed=1, dtype="float64"),
            keras.layers.Dense(1, dtype="float64"),
        ]
    )
    assert topic.check_gradients(model, "mse", *examples).correct
    assert not topic.check_gradients(model, "mse", *examples, training=True).correct


def test_what_check_gradients_refuses(examples):
    x, y = examples
    with pytest.raises(ValueError, match="epsilon: expected a number above 0, got 0"):
        topic.check_gradients(dense(), "mse", x, y, epsilon=0)
    with pytest.raises(ValueError, match="entries: expected an integer of at least 1, got 0"):
        topic.check_gradients(dense(), "mse", x, y, entries=0)
    with pytest.raises(ValueError, match="loss: expected one that depends on the model"):
        topic.check_gradients(dense(), lambda y, p: tf.constant(1.0, tf.float64), x, y)
    frozen = dense()
    frozen.trainable = False
    with pytest.raises(ValueError, match="model: expected trainable variables, got none"):
        topic.check_gradients(frozen, "mse", x, y)


# The assignment


def load(tmp_path, monkeypatch, name, source):
    """Import text as a module, as a notebook's answers are looked for by their namespace."""
    path = tmp_path / f"{name}.py"
    path.write_text(source)
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


ANSWER = """
import functools
import numpy as np

def noisy(function):
    @functools.wraps(function)
    def call(*args, **kwargs):
        print("called")
        return function(*args, **kwargs)
    return call

def forward_propagation(x, theta):
    return x * theta

def backward_propagation(x, theta):
    return x

@noisy
def gradient_check(x, theta, epsilon=1e-7):
    up, down = forward_propagation(x, theta + epsilon), forward_propagation(x, theta - epsilon)
    a, b = GRADIENT, (up - down) / (2 * epsilon)
    return abs(a - b) / (abs(a) + abs(b))
"""


def test_a_decorated_check_is_right_and_finds_its_own_functions_again(tmp_path, monkeypatch):
    source = ANSWER.replace("GRADIENT", "backward_propagation(x, theta)")
    module = load(tmp_path, monkeypatch, "decorated", source)
    mine = module.forward_propagation, module.backward_propagation
    outcome = check(module.gradient_check, assignment="gradient_checking")
    assert outcome.correct
    assert (module.forward_propagation, module.backward_propagation) == mine


def test_a_check_that_memorizes_the_gradient_gets_a_hint(tmp_path, monkeypatch):
    module = load(tmp_path, monkeypatch, "by_heart", ANSWER.replace("GRADIENT", "x"))
    (verdict,) = check(module.gradient_check, assignment="gradient_checking").exercises
    assert verdict.mistake == "gradient_inlined"
    assert "is never looked at" in verdict.hint


def test_old_notebooks_find_their_helpers():
    names = (
        "sigmoid relu dictionary_to_vector vector_to_dictionary gradients_to_vector "
        "gradient_check_n_test_case forward_propagation_n"
    )
    assert all(callable(getattr(topic, name)) for name in names.split())


def test_the_plot():
    import matplotlib.pyplot as plt

    ax = plotting.plot_check_errors([1e-8, 1e-4], {"a": [1e-6, 1e-3], "b": [1e-9, 1e-8]})
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["a", "b", "threshold 2e-07"]
    bare = plotting.plot_check_errors([1e-8], {"a": [1e-6]}, threshold=None)
    assert len(bare.get_lines()) == 1
    plt.close("all")
