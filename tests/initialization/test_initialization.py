"""The initialization topic against Keras, numerical gradients and the known outcome."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from scipy import stats

from dltf import data, plotting
from dltf import initialization as topic

GAIN = {
    "random": lambda n_in, n_out: 10.0,
    "he": lambda n_in, n_out: np.sqrt(2 / n_in),
    "xavier": lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)),
}


# The four functions


@pytest.mark.parametrize("name", topic.INITIALIZATIONS)
@pytest.mark.parametrize("dims", [[2, 1], [4, 3, 2], [7, 2, 9, 4, 1]])
def test_shapes_keys_and_biases(name, dims):
    parameters = topic.INITIALIZATIONS[name](dims)
    assert list(parameters) == [f"{kind}{l}" for l in range(1, len(dims)) for kind in "Wb"]
    for l in range(1, len(dims)):
        assert parameters[f"W{l}"].shape == (dims[l], dims[l - 1])
        assert parameters[f"b{l}"].shape == (dims[l], 1)
        assert not parameters[f"b{l}"].any()


def test_zeros_are_zero():
    assert not any(value.any() for value in topic.initialize_parameters_zeros([3, 5, 2]).values())


@pytest.mark.stochastic(broken=["a scale that is a tenth larger"])
@pytest.mark.parametrize("name", GAIN)
def test_weights_are_normal_with_the_right_scale(name, stochastic_seed, broken, margin):
    """Kolmogorov-Smirnov against the normal distribution that the formula names, per layer."""
    dims = [300, 120, 200]
    parameters = topic.INITIALIZATIONS[name](dims, rng=stochastic_seed)
    for l in (1, 2):
        scale = GAIN[name](dims[l - 1], dims[l]) * (1.1 if broken else 1)
        weights = parameters[f"W{l}"].reshape(-1)
        margin.plausible(f"W{l} is normal", stats.kstest(weights, "norm", args=(0, scale)).pvalue)


@pytest.mark.parametrize("name", GAIN)
def test_a_seed_repeats_a_generator_continues_and_none_is_fresh(name):
    draw, dims = topic.INITIALIZATIONS[name], [3, 4, 2]
    assert np.array_equal(draw(dims, rng=1)["W2"], draw(dims, rng=1)["W2"])
    rng = np.random.default_rng(1)
    assert np.array_equal(draw(dims, rng=rng)["W1"], draw(dims, rng=1)["W1"])
    assert not np.array_equal(draw(dims, rng=rng)["W1"], draw(dims, rng=1)["W1"])
    assert not np.array_equal(draw(dims)["W1"], draw(dims)["W1"])


def test_layers_are_drawn_separately():
    parameters = topic.initialize_parameters_he([6, 6, 6], rng=0)
    assert not np.array_equal(parameters["W1"], parameters["W2"])


# The network


def test_sigmoid_and_relu_are_those_of_keras_and_do_not_overflow():
    x = np.linspace(-30, 30, 301)
    np.testing.assert_allclose(topic.sigmoid(x), np.asarray(keras.ops.sigmoid(x)), rtol=1e-6)
    np.testing.assert_allclose(topic.relu(x), np.asarray(keras.ops.relu(x)), rtol=1e-6)
    assert topic.sigmoid(np.array([-1e5, 0.0, 1e5])).tolist() == [0.0, 0.5, 1.0]


@pytest.fixture
def problem():
    rng = np.random.default_rng(3)
    X, Y = rng.normal(size=(4, 7)), (rng.random((1, 7)) > 0.5).astype(float)
    parameters = topic.initialize_parameters_he([4, 6, 5, 1], rng)
    noisy = {name: value + 0.1 * rng.normal(size=value.shape) for name, value in parameters.items()}
    return X, Y, noisy


def test_forward_propagation_is_the_same_network_in_keras(problem):
    X, Y, parameters = problem
    layers = [keras.layers.Dense(n, a) for n, a in ((6, "relu"), (5, "relu"), (1, "sigmoid"))]
    network = keras.Sequential([keras.Input((4,)), *layers])
    network.set_weights(
        [array for l in (1, 2, 3) for array in (parameters[f"W{l}"].T, parameters[f"b{l}"][:, 0])]
    )
    a3, cache = topic.forward_propagation(X, parameters)
    assert a3.shape == (1, 7)
    np.testing.assert_allclose(a3.T, np.asarray(network(X.T)), rtol=1e-5)
    expected = keras.losses.BinaryCrossentropy()(Y.T, network(X.T))
    assert topic.compute_loss(a3, Y) == pytest.approx(float(expected), rel=1e-5)
    assert len(cache) == 12
    assert cache[9] is a3


def test_backward_propagation_is_the_numerical_gradient(problem):
    X, Y, parameters = problem
    _, cache = topic.forward_propagation(X, parameters)
    gradients = topic.backward_propagation(X, Y, cache)
    assert len(gradients) == 11

    def loss(changed):
        return topic.compute_loss(topic.forward_propagation(X, parameters | changed)[0], Y)

    for name, value in parameters.items():
        numerical = np.zeros_like(value)
        for index in np.ndindex(value.shape):
            step = np.zeros_like(value)
            step[index] = 1e-6
            numerical[index] = (loss({name: value + step}) - loss({name: value - step})) / 2e-6
        np.testing.assert_allclose(gradients["d" + name], numerical, rtol=1e-5, atol=1e-8)
    shapes = {name: cached.shape for name, cached in zip(("dz1", "da1"), cache[:2], strict=True)}
    assert {name: gradients[name].shape for name in shapes} == shapes


def test_certain_and_wrong_is_infinite_certain_and_right_is_free():
    Y = np.array([[1.0, 0.0]])
    assert topic.compute_loss(np.array([[0.0, 0.0]]), Y) == np.inf
    assert topic.compute_loss(Y.copy(), Y) == 0.0
    assert topic.compute_loss(np.full((1, 2), 0.5), Y) == pytest.approx(np.log(2))


def test_update_goes_against_the_gradient_and_leaves_its_arguments():
    parameters = {"W1": np.ones((2, 2)), "b1": np.zeros((2, 1))}
    gradients = {"dW1": np.full((2, 2), 2.0), "db1": np.ones((2, 1)), "dz1": np.ones(1)}
    updated = topic.update_parameters(parameters, gradients, 0.1)
    np.testing.assert_allclose(updated["W1"], 0.8)
    np.testing.assert_allclose(updated["b1"], -0.1)
    assert (parameters["W1"] == 1).all()
    assert set(updated) == {"W1", "b1"}


# What the course is known for


def of_the_course(name):
    """The first weights of the course's notebooks: the legacy stream of seed 3."""

    def start(layers_dims):
        stream = np.random.RandomState(3)
        parameters = {}
        for l in range(1, len(layers_dims)):
            n_out, n_in = layers_dims[l], layers_dims[l - 1]
            scale = GAIN[name](n_in, n_out) if name in GAIN else 0.0
            parameters[f"W{l}"] = stream.randn(n_out, n_in) * scale
            parameters[f"b{l}"] = np.zeros((n_out, 1))
        return parameters

    return start


KNOWN = {"zeros": (0.5, 0.5), "random": (0.83, 0.86), "he": (298 / 300, 0.96)}


@pytest.mark.parametrize("name", KNOWN)
def test_the_known_outcome_on_arrays(name):
    """Accuracies as printed in the course's notebooks, from the course's own weights."""
    X, Y, test_X, test_Y = topic.load_dataset()
    parameters = topic.model(X, Y, initialization=of_the_course(name), print_cost=False)
    reached = [
        np.mean(topic.predict_dec(parameters, a) == b) for a, b in ((X, Y), (test_X, test_Y))
    ]
    assert reached == pytest.approx(KNOWN[name], abs=0.011)


@pytest.mark.parametrize("name", KNOWN)
def test_the_known_outcome_by_the_training_loop(name):
    """The same weights, in Keras and single precision, whose rounding may move a point or two."""
    _, history = topic.train_on_circles(of_the_course(name)([2, 10, 5, 1]), progress=False)
    reached = (history.last["accuracy"], history.last["val_accuracy"])
    assert reached == pytest.approx(KNOWN[name], abs=0.035)
    assert len(history) == 15000


def test_the_first_cost_of_large_weights_is_infinite():
    X, Y, _, _ = topic.load_dataset()
    a3, _ = topic.forward_propagation(X, of_the_course("random")([2, 10, 5, 1]))
    assert topic.compute_loss(a3, Y) == np.inf


def test_equal_rows_stay_equal():
    """Failure to break the symmetry: units that begin alike end alike, though they learn."""
    X, Y, _, _ = topic.load_dataset()

    def equal(layers_dims):
        zeros = topic.initialize_parameters_zeros(layers_dims)
        return {name: value + 0.3 * (name[0] == "W") for name, value in zeros.items()}

    parameters = topic.model(X, Y, initialization=equal, num_iterations=500, print_cost=False)
    for name in ("W1", "W2"):
        first_row = np.broadcast_to(parameters[name][:1], parameters[name].shape)
        np.testing.assert_allclose(parameters[name], first_row, rtol=1e-9)
    assert np.abs(parameters["W1"] - 0.3).max() > 1e-3
    zeros = topic.model(X, Y, initialization="zeros", num_iterations=50, print_cost=False)
    assert not zeros["W1"].any()
    assert not zeros["W2"].any()


def test_model_prints_the_cost_when_asked(capsys):
    X, Y, _, _ = topic.load_dataset()
    topic.model(X, Y, initialization="zeros", num_iterations=1001)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "Cost after iteration 0",
        "Cost after iteration 1000",
    ]
    topic.model(X, Y, initialization="xavier", num_iterations=2, print_cost=False)
    assert capsys.readouterr().out == ""


def test_model_errors_name_the_choices():
    X, Y, _, _ = topic.load_dataset()
    with pytest.raises(ValueError, match="one of zeros, random, he, xavier, got 'best'"):
        topic.model(X, Y, initialization="best")


def test_predict_prints_the_accuracy_and_returns_labels(capsys, problem):
    X, Y, parameters = problem
    predictions = topic.predict(X, Y, parameters)
    assert predictions.shape == (1, 7)
    assert set(predictions.reshape(-1)) <= {0, 1}
    assert capsys.readouterr().out == f"Accuracy: {np.mean(predictions == Y)}\n"


def test_plot_decision_boundary_draws_into_the_current_axes_as_old_notebooks_do():
    import matplotlib.pyplot as plt

    X, Y, _, _ = topic.load_dataset()
    plt.figure()
    plt.title("Model with Zeros initialization")
    axes = plt.gca()
    parameters = topic.initialize_parameters_he([2, 10, 5, 1], rng=0)
    drawn = topic.plot_decision_boundary(lambda x: topic.predict_dec(parameters, x.T), X, Y)
    assert drawn is axes
    plt.close("all")


# The deep stack


def deep(name, depth=40, width=100):
    dims = [width] * (depth + 1)
    if name == "small":
        large = topic.initialize_parameters_random(dims, 0)
        return {key: value / 1000 for key, value in large.items()}
    return topic.INITIALIZATIONS[name](dims, 0)


def test_activation_scales_are_those_of_keras_layers():
    rng = np.random.default_rng(5)
    parameters = topic.initialize_parameters_he([6, 5, 8, 3], rng)
    parameters |= {f"b{l}": rng.normal(size=(n, 1)) for l, n in ((1, 5), (2, 8), (3, 3))}
    X = rng.normal(size=(6, 20))
    for activation in topic.ACTIVATIONS:
        A, expected = X.T, []
        for l in (1, 2, 3):
            layer = keras.layers.Dense(len(parameters[f"b{l}"]), activation)
            layer.build(A.shape)
            layer.set_weights([parameters[f"W{l}"].T, parameters[f"b{l}"][:, 0]])
            A = np.asarray(layer(A))
            expected.append(A.std())
        scales = topic.activation_scales(X, parameters, activation)
        np.testing.assert_allclose(scales, expected, rtol=1e-5)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_gradient_scales_are_those_of_automatic_differentiation(activation):
    import tensorflow as tf

    rng = np.random.default_rng(5)
    parameters = topic.initialize_parameters_he([6, 5, 8, 3], rng)
    parameters |= {f"b{l}": rng.normal(size=(n, 1)) for l, n in ((1, 5), (2, 8), (3, 3))}
    X, noise = rng.normal(size=(6, 20)), np.random.default_rng(9).standard_normal((3, 20))
    offsets = [tf.Variable(tf.zeros((n, 20), tf.float64)) for n in (5, 8, 3)]
    with tf.GradientTape() as tape:
        A = tf.constant(X)
        for l, offset in enumerate(offsets, start=1):
            Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"] + offset
            A = tf.tanh(Z) if activation == "tanh" else tf.nn.relu(Z)
        value = tf.reduce_sum(A * noise)
    expected = [np.std(gradient) for gradient in tape.gradient(value, offsets)]
    scales = topic.gradient_scales(X, parameters, activation, rng=9)
    np.testing.assert_allclose(scales, expected, rtol=1e-9)


def test_he_holds_with_relu_and_xavier_with_tanh_where_others_die_or_explode():
    X = np.random.default_rng(1).standard_normal((100, 300))

    def ratio(name, activation):
        """Last layer's activations to the first's, first layer's gradients to the last's."""
        parameters = deep(name)
        up = topic.activation_scales(X, parameters, activation)
        down = topic.gradient_scales(X, parameters, activation, rng=2)
        return up[-1] / up[0], down[0] / down[-1]

    up, down = ratio("he", "relu")
    assert 0.1 < up < 10
    assert 0.1 < down < 10
    up, down = ratio("xavier", "tanh")
    assert 0.05 < up < 1
    assert 0.05 < down < 20
    up, down = ratio("xavier", "relu")  # a factor sqrt(2) a layer: 2**-19.5 over 39
    assert up == pytest.approx(2**-19.5, rel=2.0)
    assert up < 1e-4
    assert down < 1e-4
    assert max(ratio("small", "tanh")) < 1e-20
    assert min(ratio("random", "relu")) > 1e20
    assert ratio("random", "tanh")[0] == pytest.approx(1, abs=0.1)  # all at the flat ends
    zeros = topic.initialize_parameters_zeros([100] * 41)
    assert topic.activation_scales(X, zeros, "relu").max() == 0


# Keras


@pytest.mark.parametrize("shape", [(30, 50), (5, 7, 9), (3, 5, 7, 11), (2, 3, 4, 5, 6)])
def test_fans_are_those_that_keras_scales_by(shape):
    """VarianceScaling's uniform draw has limit sqrt(3 / fan): its largest values tell the fan."""
    for mode, fan in zip(("fan_in", "fan_out"), topic.fans(shape), strict=True):
        uniform = keras.initializers.VarianceScaling(1.0, mode, "uniform", seed=1)
        largest = np.abs(np.concatenate([np.asarray(uniform(shape)).reshape(-1)])).max()
        limit = np.sqrt(3 / fan)
        assert 0.97 * limit < largest <= limit * (1 + 1e-6)


@pytest.mark.stochastic(broken=["a scale that is a tenth larger"])
@pytest.mark.parametrize("shape", [(150, 250), (3, 5, 30, 60)])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (topic.HeInitializer, keras.initializers.HeNormal),
        (topic.XavierInitializer, keras.initializers.GlorotNormal),
    ],
)
def test_initializers_have_the_distribution_of_keras(
    ours, theirs, shape, stochastic_seed, broken, margin
):
    seeds = 2 * stochastic_seed, 2 * stochastic_seed + 1
    a, b = (
        np.asarray(i(seed=s)(shape)).reshape(-1) for i, s in zip((ours, theirs), seeds, strict=True)
    )
    if broken:
        a = 1.1 * a
    margin.plausible("one distribution", stats.ks_2samp(a, b).pvalue)
    largest = np.abs(a).max() / np.abs(b).max()  # cut at the same place
    margin.below("largest weights differ by", abs(np.log(largest)), 0.02)


# Keras copies a variable to NumPy in the way of NumPy 1 when it saves a model.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")
@pytest.mark.parametrize("kind", [topic.HeInitializer, topic.XavierInitializer])
def test_initializers_obey_seed_and_dtype_and_survive_saving(kind, tmp_path):
    shape = (20, 30)
    assert np.array_equal(kind(seed=1)(shape), kind(seed=1)(shape))
    assert not np.array_equal(kind(seed=1)(shape), kind(seed=2)(shape))
    assert not np.array_equal(kind()(shape), kind()(shape))
    assert np.asarray(kind(seed=1)(shape, dtype="float64")).dtype == np.float64
    again = keras.initializers.deserialize(keras.initializers.serialize(kind(seed=4)))
    assert type(again) is kind
    assert np.array_equal(again(shape), kind(seed=4)(shape))
    network = topic.circles_network(kind(seed=4))
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    assert loaded.layers[0].kernel_initializer.seed == 4


def test_parameters_become_keras_weights():
    parameters = topic.initialize_parameters_he([2, 10, 5, 1], rng=3)
    rng = np.random.default_rng(1)
    parameters |= {f"b{l}": rng.normal(size=(n, 1)) for l, n in ((1, 10), (2, 5), (3, 1))}
    network = topic.circles_network(parameters)
    X, _, _, _ = data.load_circles()
    a3, _ = topic.forward_propagation(X, parameters)
    np.testing.assert_allclose(np.asarray(keras.ops.sigmoid(network(X.T))), a3.T, rtol=2e-5)


def test_old_notebooks_find_their_helpers():
    names = (
        "sigmoid relu compute_loss forward_propagation backward_propagation update_parameters "
        "predict predict_dec plot_decision_boundary load_dataset"
    )
    assert all(callable(getattr(topic, name)) for name in names.split())
    assert [a.shape for a in topic.load_dataset()] == [(2, 300), (1, 300), (2, 100), (1, 100)]
    assert callable(plotting.plot_layer_scales)
