"""The regularization topic against Keras, numerical gradients, statistics and brute force."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from dltf import data, plotting
from dltf import regularization as topic
from dltf.training import augmentation

# Keras copies a variable to NumPy in the way of NumPy 1 when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")


@pytest.fixture(autouse=True)
def generated_football(monkeypatch, tmp_path):
    """The generated field, whatever files the machine has."""
    monkeypatch.setenv("DLTF_DATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def problem():
    rng = np.random.default_rng(3)
    X, Y = rng.normal(size=(4, 7)), np.array([[1.0, 0, 0, 1, 1, 0, 1]])
    parameters = topic.initialize_parameters([4, 6, 5, 1], rng)
    return X, Y, {name: p + 0.1 * rng.normal(size=p.shape) for name, p in parameters.items()}


def numerical_gradient(f, parameters):
    """Central differences of f with respect to every entry."""
    gradients = {}
    for name, value in parameters.items():
        gradients["d" + name] = np.zeros_like(value)
        for index in np.ndindex(value.shape):
            step = np.zeros_like(value)
            step[index] = 1e-6
            up, down = f(parameters | {name: value + step}), f(parameters | {name: value - step})
            gradients["d" + name][index] = (up - down) / 2e-6
    return gradients


# Inputs


def test_inputs_are_normalized_as_by_keras():
    rng = np.random.default_rng(0)
    train_X, test_X = rng.normal(3, [[1.0], [5.0]], (2, 50)), rng.normal(2, 4, (2, 9))
    layer = keras.layers.Normalization(axis=-1)
    layer.adapt(train_X.T)
    a, b = topic.normalize_inputs(train_X, test_X)
    np.testing.assert_allclose(a.T, np.asarray(layer(train_X.T)), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(b.T, np.asarray(layer(test_X.T)), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(a.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(a.var(axis=1), 1)


def test_a_constant_feature_does_no_harm():
    a, b = topic.normalize_inputs(np.full((1, 5), 3.0), np.array([[3.0, 4.0]]))
    assert a.tolist() == [[0.0] * 5]
    assert b.tolist() == [[0.0, 1.0]]


# Logistic regression


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_logistic_gradients_are_numerical_ones(penalty):
    rng = np.random.default_rng(1)
    X, Y = rng.normal(size=(3, 8)), (rng.random((1, 8)) > 0.5).astype(float)
    parameters = {"w": rng.normal(size=(3, 1)), "b": np.array(0.3)}
    dw, db = topic.logistic_gradients(parameters["w"], 0.3, X, Y, 1.7, penalty)
    expected = numerical_gradient(
        lambda p: topic.logistic_cost(p["w"], float(p["b"]), X, Y, 1.7, penalty), parameters
    )
    np.testing.assert_allclose(dw, expected["dw"], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(db, expected["db"], rtol=1e-6)


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_logistic_regression_is_that_of_scikit_learn(penalty):
    """scikit-learn minimizes the price plus C times the *sum* of the losses: C = 1/lambd."""
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(5)
    X = rng.normal(size=(6, 80))
    Y = (rng.random((1, 80)) < topic.sigmoid(2 * X[:1] - X[1:2])).astype(float)
    w, b = topic.logistic_regression(X, Y, 4.0, penalty, num_iterations=20000)
    ratio = {"l1": 1.0, "l2": 0.0}[penalty]
    settings = {"C": 1 / 4.0, "l1_ratio": ratio, "solver": "saga", "tol": 1e-9, "max_iter": 20000}
    if LogisticRegression().penalty != "deprecated":  # before 1.8 the ratio alone has no effect
        settings["penalty"] = "elasticnet"
    theirs = LogisticRegression(**settings)
    theirs.fit(X.T, Y[0])
    np.testing.assert_allclose(w[:, 0], theirs.coef_[0], atol=2e-4)
    assert b == pytest.approx(theirs.intercept_[0], abs=2e-4)


def test_l1_leaves_zeros_and_l2_does_not():
    rng = np.random.default_rng(4)
    X = rng.normal(size=(40, 100))
    Y = (X[3:4] + X[7:8] > 0).astype(float)
    l1, _ = topic.logistic_regression(X, Y, 6.0, "l1")
    l2, _ = topic.logistic_regression(X, Y, 6.0, "l2")
    assert np.sum(l1 == 0) > 20
    assert l1[3] > 0 < l1[7]
    assert np.sum(l2 == 0) == 0


# The network and L2


def test_the_cost_is_that_of_keras(problem):
    X, Y, parameters = problem
    A3, _ = topic.forward_propagation(X, parameters)
    expected = float(keras.losses.BinaryCrossentropy()(Y.T, A3.T))
    price = keras.regularizers.L2(0.7 / (2 * 7))
    expected += sum(float(price(parameters[f"W{l}"])) for l in (1, 2, 3))
    cost = topic.compute_cost_with_regularization(A3, Y, parameters, 0.7)
    assert cost == pytest.approx(expected, rel=1e-5)


def test_the_cost_of_the_course():
    """The example of the course's notebook: 1.78648594516."""
    stream = np.random.RandomState(1)
    Y = np.array([[1, 1, 0, 1, 0]])
    parameters = {}
    for l, (n, before) in enumerate(((2, 3), (3, 2), (1, 3)), start=1):
        parameters[f"W{l}"], parameters[f"b{l}"] = stream.randn(n, before), stream.randn(n, 1)
    A3 = np.array([[0.40682402, 0.01629284, 0.16722898, 0.10118111, 0.40682402]])
    cost = topic.compute_cost_with_regularization(A3, Y, parameters, 0.1)
    assert cost == pytest.approx(1.78648594516, rel=1e-9)


@pytest.mark.parametrize("lambd", [0.0, 0.7])
def test_gradients_with_l2_are_numerical_ones(problem, lambd):
    X, Y, parameters = problem

    def cost(p):
        A3, _ = topic.forward_propagation(X, p)
        return topic.compute_cost_with_regularization(A3, Y, p, lambd)

    _, cache = topic.forward_propagation(X, parameters)
    gradients = topic.backward_propagation_with_regularization(X, Y, cache, lambd)
    assert len(gradients) == 11
    for name, expected in numerical_gradient(cost, parameters).items():
        np.testing.assert_allclose(gradients[name], expected, rtol=1e-5, atol=1e-8)
    np.testing.assert_array_equal(gradients["dZ3"], cache[9] - Y)  # without 1/m


def test_a_weight_that_nothing_else_pulls_decays():
    """No inputs, no gradient of the cross-entropy: each step multiplies by 1 - rate lambd/m."""
    X, Y = np.zeros((2, 10)), np.ones((1, 10))
    parameters = topic.initialize_parameters([2, 3, 3, 1], 0)
    _, cache = topic.forward_propagation(X, parameters)
    gradients = topic.backward_propagation_with_regularization(X, Y, cache, 2.0)
    new = topic.update_parameters(parameters, gradients, 0.5)
    np.testing.assert_allclose(new["W1"], parameters["W1"] * (1 - 0.5 * 2.0 / 10))


# Dropout


@pytest.mark.stochastic(broken=["another share"])
def test_dropout_keeps_the_share_and_the_mean_of_each_hidden_layer(stochastic_seed, broken, margin):
    rng = np.random.default_rng(stochastic_seed)
    parameters = topic.initialize_parameters([3, 400, 300, 1], rng)
    X = rng.normal(size=(3, 100))
    _, plain = topic.forward_propagation(X, parameters)
    _, cache = topic.forward_propagation_with_dropout(X, parameters, 0.8, rng)
    Z1, D1, A1, _, _, Z2, D2, A2, *_ = cache
    for l, (D, Z, A) in enumerate(((D1, Z1, A1), (D2, Z2, A2)), start=1):
        kept = stats.binomtest(int(D.sum()), D.size, 0.78 if broken else 0.8)
        margin.plausible(f"share that D{l} keeps", kept.pvalue)
        np.testing.assert_allclose(A, np.maximum(Z, 0) * D / 0.8)
    np.testing.assert_allclose(Z1, plain[0])
    assert len(np.unique(D1, axis=1)[0]) == 100  # each example its own


@pytest.mark.stochastic(broken=["not divided by keep_prob"])
def test_dropout_is_unbiased_in_what_the_next_layer_gets(stochastic_seed, broken, margin):
    rng = np.random.default_rng(stochastic_seed)
    parameters = topic.initialize_parameters([3, 50, 40, 1], rng)
    X = rng.normal(size=(3, 5))
    expected = topic.forward_propagation(X, parameters)[1][4]  # Z2
    draws = np.array(
        [topic.forward_propagation_with_dropout(X, parameters, 0.7, rng)[1][5] for _ in range(3000)]
    )
    if broken:  # all biases are 0, so that this scales Z2
        draws *= 0.7
    noise = draws.std(axis=0) / np.sqrt(len(draws))
    bias = np.abs(draws.mean(axis=0) - expected) / (noise + 1e-12)
    margin.below("largest of 200 biases, in standard errors", bias.max(), 5)


def test_dropout_of_nothing_is_the_plain_network(problem):
    X, Y, parameters = problem
    A3, cache = topic.forward_propagation_with_dropout(X, parameters, 1.0)
    expected, plain = topic.forward_propagation(X, parameters)
    np.testing.assert_array_equal(A3, expected)
    ours = topic.backward_propagation_with_dropout(X, Y, cache, 1.0)
    for name, value in topic.backward_propagation(X, Y, plain).items():
        np.testing.assert_allclose(ours[name], value)


def test_a_seed_repeats_dropout_and_none_does_not(problem):
    X, _, parameters = problem
    masks = [
        topic.forward_propagation_with_dropout(X, parameters, 0.5, rng)[1][1]
        for rng in (1, 1, 2, None, None)
    ]
    assert np.array_equal(masks[0], masks[1])
    assert not np.array_equal(masks[0], masks[2])
    assert not np.array_equal(masks[3], masks[4])


def test_gradients_through_dropout_are_those_of_automatic_differentiation(problem):
    X, Y, parameters = problem
    _, cache = topic.forward_propagation_with_dropout(X, parameters, 0.6, rng=2)
    masks = {1: cache[1], 2: cache[6]}
    variables = {name: tf.Variable(value) for name, value in parameters.items()}
    with tf.GradientTape() as tape:
        A = tf.constant(X)
        for l in (1, 2, 3):
            A = variables[f"W{l}"] @ A + variables[f"b{l}"]
            if l < 3:
                A = tf.nn.relu(A) * masks[l] / 0.6
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(Y, A))
    expected = tape.gradient(loss, variables)
    gradients = topic.backward_propagation_with_dropout(X, Y, cache, 0.6)
    for name, value in expected.items():
        np.testing.assert_allclose(gradients["d" + name], value.numpy(), rtol=1e-9, atol=1e-12)


# Training

LEARN = {
    "without": {},
    "with L2": {"lambd": 0.7},
    "with dropout": {"keep_prob": 0.86},
}


def accuracy(parameters, X, Y):
    return np.mean(topic.predict_dec(parameters, X) == Y)


def test_the_cost_is_printed_every_ten_thousand_iterations(capsys):
    X, Y = (array[:, :4] for array in topic.load_2D_dataset()[:2])
    topic.model(X, Y, num_iterations=10001, keep_prob=0.86, rng=1)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "Cost after iteration 0",
        "Cost after iteration 10000",
    ]


@pytest.mark.filterwarnings("ignore:(invalid value|overflow) encountered:RuntimeWarning")
@pytest.mark.stochastic(broken=["no step", "wrong sign"])
@pytest.mark.parametrize("how", LEARN)
def test_the_network_learns(how, stochastic_seed, broken, margin, monkeypatch):
    X, Y, test_X, test_Y = topic.load_2D_dataset()
    factor = {"no step": 0, "wrong sign": -1}.get(broken, 1)
    update = topic.update_parameters
    monkeypatch.setattr(topic, "update_parameters", lambda p, g, rate: update(p, g, factor * rate))
    settings = {"rng": stochastic_seed, **LEARN[how]}
    learned = topic.model(X, Y, 0.3, num_iterations=2000, print_cost=False, **settings)
    margin.above("test accuracy", accuracy(learned, test_X, test_Y), 0.7)


@pytest.mark.stochastic(broken=["without L2"])
def test_l2_keeps_weights_small(stochastic_seed, broken, margin):
    """Two runs from the same initial weights: the sum of squares that L2 adds to the cost."""
    X, Y, *_ = topic.load_2D_dataset()
    settings = {"num_iterations": 4000, "print_cost": False, "rng": stochastic_seed}
    squares = []
    for lambd in (0.0, 0.0 if broken else 0.7):
        learned = topic.model(X, Y, lambd=lambd, **settings)
        squares.append(sum(np.sum(learned[f"W{l}"] ** 2) for l in (1, 2, 3)))
    margin.below("sum of squares to that without L2", squares[1] / squares[0], 0.8)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"lambd": 0.1, "keep_prob": 0.5}, "expected one of the two, got lambd=0.1, keep_prob=0.5"),
        ({"lambd": -1}, "expected lambd >= 0 and 0 < keep_prob <= 1, got -1, 1.0"),
        ({"keep_prob": 0}, "expected lambd >= 0 and 0 < keep_prob <= 1, got 0.0, 0"),
    ],
)
def test_model_refuses(how, words):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the text is compared below
        topic.model(np.zeros((2, 3)), np.zeros((1, 3)), **how)
    assert str(error.value) == f"lambd, keep_prob: {words}"


@pytest.mark.stochastic(broken=["wrong sign"])
@pytest.mark.parametrize("how", ["with L2", "with dropout"])
def test_the_network_in_keras_learns_with_either(how, stochastic_seed, margin):
    network, history = topic.train_on_football(
        num_iterations=1000, seed=stochastic_seed, progress=False, **LEARN[how]
    )
    assert len(network.layers) == (3 if how == "with L2" else 5)
    margin.above("val_accuracy", history.last["val_accuracy"], 0.7)


# Keras objects


def test_inverted_dropout_is_keras_dropout_value_by_value():
    x = np.random.default_rng(0).uniform(1, 2, (30, 40)).astype("float32")
    ours = topic.InvertedDropout(0.7, seed=5)
    theirs = keras.layers.Dropout(1 - 0.7, seed=5)
    for _ in range(3):
        a, b = (np.asarray(layer(x, training=True)) for layer in (ours, theirs))
        np.testing.assert_allclose(a, b, rtol=1e-6)
    np.testing.assert_array_equal(np.asarray(ours(x)), x)
    np.testing.assert_array_equal(np.asarray(ours(x, training=False)), x)


@pytest.mark.stochastic(broken=["another share"])
def test_inverted_dropout_keeps_its_share(stochastic_seed, broken, margin):
    layer = topic.InvertedDropout(0.3, seed=stochastic_seed)
    kept = np.asarray(layer(np.ones((200, 200)), training=True)) > 0
    share = stats.binomtest(int(kept.sum()), kept.size, 0.28 if broken else 0.3)
    margin.plausible("share that is kept", share.pvalue)
    assert len(np.unique(kept, axis=0)) == 200


@pytest.mark.parametrize("keep_prob", [0, -0.1, 1.1])
def test_inverted_dropout_refuses(keep_prob):
    with pytest.raises(ValueError, match=rf"expected 0 < keep_prob <= 1, got {keep_prob}"):
        topic.InvertedDropout(keep_prob)
    assert topic.InvertedDropout(1).keep_prob == 1


def test_the_penalty_is_keras_own():
    x = np.random.default_rng(0).normal(size=(4, 5)).astype("float32")
    for l1, l2 in ((0.1, 0.0), (0.0, 0.2), (0.3, 0.4)):
        ours, theirs = topic.WeightPenalty(l1, l2)(x), keras.regularizers.L1L2(l1, l2)(x)
        assert float(ours) == pytest.approx(float(theirs), rel=1e-6)
    with pytest.raises(ValueError, match=r"expected prices of at least 0, got 0.0, -1"):
        topic.WeightPenalty(l2=-1)


def test_layers_and_penalties_survive_saving(tmp_path):
    network = topic.football_network(l2=0.1, l1=0.2, keep_prob=0.5, seed=3)
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    assert loaded.layers[1].get_config() == network.layers[1].get_config()
    assert (loaded.layers[1].keep_prob, loaded.layers[1].seed) == (0.5, 3)
    assert loaded.layers[0].kernel_regularizer.get_config() == {"l1": 0.2, "l2": 0.1}
    x = np.ones((2, 2), "float32")
    np.testing.assert_array_equal(np.asarray(loaded(x)), np.asarray(network(x)))
    assert len(network.losses) == 3


# Augmentation


@pytest.mark.parametrize("name", ["flip", "crop", "zoom", "shift", "distortion"])
def test_augmentations_change_images_in_training_only(name):
    image = data.make_image(32).astype("float32")
    images = np.repeat(image[None], 12, axis=0)
    layer, twin = (augmentation.augmentations(32, 32, seed=1)[name] for _ in range(2))
    changed = np.asarray(layer(images, training=True))
    assert changed.shape == images.shape
    assert np.abs(changed - images).max() > 0.1
    assert changed.min() >= -1e-4
    assert changed.max() <= 1 + 1e-4
    np.testing.assert_array_equal(changed, np.asarray(twin(images, training=True)))
    if name != "crop":  # which in use takes the middle
        np.testing.assert_array_equal(np.asarray(layer(images, training=False)), images)
    if name == "flip":
        for one in changed:
            assert any(np.array_equal(one, x) for x in (image, image[:, ::-1]))


def test_distortion_moves_and_never_invents():
    """Nothing moves at strength 0; colours are mixtures of neighbours; each image its own."""
    image = data.make_image(32).astype("float32")
    images = np.repeat(image[None], 4, axis=0)
    still = augmentation.RandomDistortion(0.0, seed=1)(images, training=True)
    np.testing.assert_allclose(np.asarray(still), images, atol=1e-6)
    warped = np.asarray(augmentation.RandomDistortion(0.05, seed=1)(images, training=True))
    assert not np.array_equal(warped[0], warped[1])
    again = augmentation.RandomDistortion.from_config(
        augmentation.RandomDistortion(0.05, 4, seed=2).get_config()
    )
    assert (again.strength, again.grid, again.seed) == (0.05, 4, 2)


def test_images_are_drawn_in_rows():
    import matplotlib.pyplot as plt

    image = data.make_image(20)
    axes = plotting.plot_images({"one": image[None], "three": np.stack([image] * 3)})
    assert axes.shape == (2, 3)
    assert [line[0].get_ylabel() for line in axes] == ["one", "three"]
    assert len(axes[0, 1].images) == 0
    with pytest.raises(ValueError, match=r"rows\['x'\]: expected shape \(k, n_H, n_W, 3\)"):
        plotting.plot_images({"x": image})
    plt.close("all")


# Data


def test_football_is_generated_and_says_so(capsys):
    shapes = [a.shape for a in data.load_football("examples first")]
    assert shapes == [(211, 2), (211, 1), (200, 2), (200, 1)]
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "football: football/data.mat is not available (`dltf data fetch football` fetches it); "
        "these positions are generated"
    ]
    for a, b in zip(data.load_football(), data.load_football(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert 0.4 < data.load_football()[1].mean() < 0.6


@pytest.mark.parametrize("place", ["data.mat", "football/data.mat"])
def test_football_is_read_when_it_is_there(tmp_path, monkeypatch, capsys, place):
    from scipy.io import savemat

    rng = np.random.default_rng(0)
    arrays = {"X": rng.normal(size=(211, 2)), "y": rng.integers(0, 2, (211, 1), dtype=np.uint8)}
    arrays |= {"Xval": rng.normal(size=(200, 2)), "yval": np.ones((200, 1), np.uint8)}
    for home in (tmp_path, tmp_path / ".cache" / "dltf"):
        file = home / place
        file.parent.mkdir(parents=True, exist_ok=True)
        savemat(file, arrays)
        loaded = data.load_football()
        for a, b in zip(loaded, arrays.values(), strict=True):
            np.testing.assert_array_equal(a, b.T)
            assert a.dtype == np.float64
        monkeypatch.delenv("DLTF_DATA", raising=False)
    assert capsys.readouterr().err == ""
    savemat(file, arrays | {"X": arrays["X"][:5]})
    with pytest.raises(ValueError, match=r"football: expected X of shape \(211, 2\).*\(5, 2\)"):
        data.load_football()
    file.write_bytes(b"not a MATLAB file")
    with pytest.raises(ValueError, match="football: expected a MATLAB file, got"):
        data.load_football()


def test_flower_and_field_and_image():
    X, Y = topic.load_planar_dataset(3)
    assert (X.shape, Y.shape, Y.sum()) == ((2, 200), (1, 200), 100)
    assert np.array_equal(X, topic.load_planar_dataset(3)[0])
    x, y = data.make_football(500, rng=1)
    above = x[:, 1] > 2 * x[:, 0] + 0.25 - 0.6 * np.sin(7 * (x[:, 0] + 0.15))
    assert 0.8 < np.mean(above == y[:, 0]) < 0.95
    image = data.make_image(40)
    assert image.shape == (40, 40, 3)
    assert 0 <= image.min() <= image.max() <= 1
    assert not np.array_equal(image, image[:, ::-1])
    for make, words in (
        (lambda: data.make_image(3), "size: expected at least 16 pixels, got 3"),
        (lambda: data.make_flower(1), "m: expected at least 2 points, got 1"),
        (lambda: data.make_football(1), "m: expected at least 2 points, got 1"),
    ):
        with pytest.raises(ValueError, match=words):
            make()


def test_old_notebooks_find_their_helpers():
    names = (
        "sigmoid relu initialize_parameters forward_propagation backward_propagation compute_cost "
        "update_parameters predict predict_dec plot_decision_boundary load_2D_dataset "
        "load_planar_dataset model"
    )
    assert all(callable(getattr(topic, name)) for name in names.split())
    assert [a.shape for a in topic.load_2D_dataset()] == [(2, 211), (1, 211), (2, 200), (1, 200)]
