"""Residual networks: the blocks against Keras's own operations, layouts against the paper's."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dltf import resnet as topic
from dltf.resnet import experiments
from dltf.training import train
from dltf.training.augmentation import RandomAffine


def block(add, shape, **arguments):
    """Return a model that is one block, with random batch-norm weights."""
    inputs = keras.Input(shape)
    model = keras.Model(inputs, add(inputs, **arguments))
    rng = np.random.default_rng(7)
    for weight in model.weights:
        start = 1.0 if weight.name in ("gamma", "moving_variance") else 0.0
        weight.assign(start + 0.3 * rng.random(weight.shape))
    return model


def by_operations(model, x, s, shortcut):
    """Compute a block of three convolutions from its weights by TensorFlow's operations alone."""
    convolutions = [l for l in model.layers if isinstance(l, keras.layers.Conv2D)]
    norms = [l for l in model.layers if isinstance(l, keras.layers.BatchNormalization)]

    def unit(a, convolution, norm, strides=1):
        kernel, bias = (np.asarray(w) for w in convolution.weights)
        a = tf.nn.conv2d(a, kernel, strides, "SAME") + bias
        gamma, beta, mean, variance = (np.asarray(w) for w in norm.weights)
        return (a - mean) / np.sqrt(variance + norm.epsilon) * gamma + beta

    if shortcut:
        named = {tuple(c.kernel.shape): (c, n) for c, n in zip(convolutions, norms, strict=True)}
        around = unit(x, *named[(1, 1, x.shape[-1], model.output_shape[-1])], s)
        main = [
            pair
            for shape, pair in named.items()
            if shape != (1, 1, x.shape[-1], model.output_shape[-1])
        ]
    else:
        around, main = x, list(zip(convolutions, norms, strict=True))
    a = tf.nn.relu(unit(x, *main[0], s))
    a = tf.nn.relu(unit(a, *main[1]))
    return tf.nn.relu(unit(a, *main[2]) + around).numpy()


# On arrays


def test_a_block_of_zeros_is_the_identity_and_a_plain_one_sends_nothing_on():
    rng = np.random.default_rng(0)
    x, W1 = np.abs(rng.normal(size=(5, 4))), rng.normal(size=(4, 3))
    nothing = np.zeros((3, 4))
    assert np.array_equal(topic.residual_forward(x, W1, nothing), x)
    assert not topic.residual_forward(x, W1, nothing, shortcut=False).any()
    da = rng.normal(size=(5, 4))
    assert np.array_equal(topic.residual_backward(da, x, W1, nothing), da)
    assert not topic.residual_backward(da, x, W1, nothing, shortcut=False).any()


@pytest.mark.parametrize("shortcut", [True, False])
def test_the_gradient_on_arrays_is_that_of_the_tape(shortcut):
    rng = np.random.default_rng(1)
    x, W1, W2, da = (rng.normal(size=s) for s in ((6, 4), (4, 7), (7, 4), (6, 4)))
    variable = tf.Variable(x)
    with tf.GradientTape() as tape:
        F = tf.nn.relu(variable @ W1) @ W2
        a = tf.nn.relu(F + variable if shortcut else F)
        value = tf.reduce_sum(a * da)
    np.testing.assert_allclose(topic.residual_forward(x, W1, W2, shortcut), a, rtol=1e-12)
    got = topic.residual_backward(da, x, W1, W2, shortcut)
    np.testing.assert_allclose(got, tape.gradient(value, variable), rtol=1e-9, atol=1e-12)


# Blocks


@pytest.mark.parametrize("f", [1, 2, 3])
def test_identity_block_is_what_the_operations_say(f):
    model = block(topic.identity_block, (5, 6, 8), f=f, filters=(3, 4, 8))
    x = np.random.default_rng(0).normal(size=(2, 5, 6, 8)).astype("float32")
    expected = by_operations(model, x, 1, shortcut=False)
    np.testing.assert_allclose(np.asarray(model(x)), expected, rtol=1e-4, atol=1e-4)
    assert expected.min() == 0
    assert model.count_params() == (8 * 3 + 3) + (f * f * 12 + 4) + (4 * 8 + 8) + 4 * (3 + 4 + 8)


@pytest.mark.parametrize("s", [1, 2, 3])
def test_convolutional_block_is_what_the_operations_say(s):
    settings = {"f": 3, "filters": (3, 4, 9), "s": s}
    model = block(topic.convolutional_block, (7, 6, 5), **settings)
    x = np.random.default_rng(0).normal(size=(2, 7, 6, 5)).astype("float32")
    expected = by_operations(model, x, s, shortcut=True)
    assert model.output_shape == (None, -(-7 // s), -(-6 // s), 9)
    np.testing.assert_allclose(np.asarray(model(x)), expected, rtol=1e-4, atol=1e-4)


def test_convolutional_block_halves_by_default():
    model = block(topic.convolutional_block, (7, 6, 5), f=1, filters=(2, 3, 4))
    assert model.output_shape == (None, 4, 3, 4)


def test_blocks_draw_from_the_initializer_they_are_given():
    constant = lambda seed=0: keras.initializers.Constant(0.25)  # noqa: E731 - as old tests pass it
    inputs = keras.Input((4, 4, 6))
    X = topic.identity_block(inputs, 3, (2, 3, 6), initializer=constant)
    X = topic.convolutional_block(X, 3, (2, 3, 5), initializer=constant)
    model = keras.Model(inputs, X)
    kernels = [np.asarray(w) for w in model.weights if w.name == "kernel"]
    assert len(kernels) == 7
    assert all((kernel == 0.25).all() for kernel in kernels)


def test_an_identity_block_wants_as_many_channels_as_it_gives():
    with pytest.raises(ValueError, match="shape"):
        topic.identity_block(keras.Input((4, 4, 6)), 3, (2, 3, 5))


# ResNet-50


def kernel_shapes(model):
    """Return the shapes of the kernels of convolutions and dense layers, sorted."""
    return sorted(tuple(w.shape) for w in model.weights if w.name == "kernel")


def test_resnet50_has_the_papers_layout():
    model = topic.ResNet50()
    assert model.count_params() == 23_600_006
    assert model.input_shape == (None, 64, 64, 3)
    assert model.output_shape == (None, 6)
    theirs = keras.applications.ResNet50(weights=None, input_shape=(64, 64, 3), classes=6)
    assert kernel_shapes(model) == kernel_shapes(theirs)
    assert model.count_params() == theirs.count_params()
    # Height and width: 64 -> 32 by the convolution, 15 by the pool, then 15, 8, 4, 2.
    heights = [l.output.shape[1] for l in model.layers if isinstance(l, keras.layers.Add)]
    assert heights == [15] * 3 + [8] * 4 + [4] * 6 + [2] * 3
    x = np.random.default_rng(0).random((2, 64, 64, 3), dtype=np.float32)
    p = np.asarray(model(x))
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    assert p.min() >= 0


# The small one


def test_a_plain_twin_has_the_same_main_path_and_a_residual_one_the_shortcuts():
    residual, plain = (
        topic.small_resnet(filters=(4, 6, 8), blocks=2, residual=r, rng=0) for r in (True, False)
    )
    assert plain.name == "plain_14"
    assert residual.name == "residual_14"
    windows = [shape for shape in kernel_shapes(residual) if shape[:2] != (1, 1)]
    assert windows == kernel_shapes(plain)
    # Two shortcuts change the shape; so does the first stage, whose stem has half its channels.
    assert len(kernel_shapes(residual)) - len(windows) == 3
    assert residual.output_shape == plain.output_shape == (None, 6)


def test_small_resnet_repeats_from_its_seed_and_fits_its_limit():
    first, again, other = (topic.small_resnet(rng=seed) for seed in (3, 3, 4))
    for a, b in zip(first.weights, again.weights, strict=True):
        assert np.array_equal(a, b)
    assert not np.array_equal(first.weights[0], other.weights[0])
    assert first.count_params() <= 500_000
    # Each block starts in another way: no two layers share a draw.
    kernels = [np.asarray(w).reshape(-1)[:9] for w in first.weights if w.name == "kernel"]
    assert len(np.unique(kernels, axis=0)) == len(kernels)


def test_training_moves_the_means_of_batch_norm_to_those_of_the_data():
    """In the custom loop: after training with rate 0 the moving statistics are the batches'."""
    rng = np.random.default_rng(0)
    x = (rng.integers(0, 256, (64, 32, 32, 3))).astype("float32")
    y = rng.integers(0, 6, 64)
    model = topic.small_resnet((32, 32, 3), filters=(4, 6), rng=1)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    sgd = keras.optimizers.SGD(0.0)
    train(
        model, (x, y), loss=loss, optimizer=sgd, epochs=100, batch_size=64, seed=0, progress=False
    )
    norm = next(l for l in model.layers if isinstance(l, keras.layers.BatchNormalization))
    z = np.asarray(keras.Model(model.input, norm.input)(x))
    np.testing.assert_allclose(norm.moving_mean, z.mean(axis=(0, 1, 2)), rtol=0.02, atol=1e-3)
    np.testing.assert_allclose(norm.moving_variance, z.var(axis=(0, 1, 2)), rtol=0.02)
    np.testing.assert_allclose(
        np.asarray(model(x, training=True)), np.asarray(model(x)), rtol=0.1, atol=0.05
    )


def coloured(rng, m=96):
    """Return photos whose class is their colour, and the classes."""
    y = rng.integers(0, 3, m)
    x = rng.integers(0, 60, (m, 32, 32, 3))
    x[np.arange(m), :, :, y] += 150
    return x.astype(np.uint8), y


SMALL = {"filters": (4, 8), "blocks": 1, "classes": 3}


def test_a_run_repeats_from_its_seed():
    """Within rounding: threads may add in another order, and Adam makes much of a small gradient.

    Measured by how far training has moved the logits, after one epoch.
    """
    x, y = coloured(np.random.default_rng(0))
    settings = {"photos": (x, y), "seed": 2, "epochs": 1, "progress": False}
    (first, history), (again, _) = (
        experiments.train_on_signs(**settings, **SMALL) for _ in range(2)
    )
    assert history.seed == 2
    untrained = topic.small_resnet((32, 32, 3), rng=2, **SMALL)
    start, *logits = (np.asarray(m(x.astype("float32"))) for m in (untrained, first, again))
    assert np.abs(logits[1] - logits[0]).max() < 0.02 * np.abs(logits[0] - start).max()


@pytest.mark.stochastic(broken=["no training", "shuffled labels"])
def test_a_run_learns(stochastic_seed, broken, margin):
    rng = np.random.default_rng(stochastic_seed)
    x, y = coloured(rng)
    if broken == "no training":
        model = topic.small_resnet((32, 32, 3), rng=stochastic_seed, **SMALL)
    else:
        labels = rng.permutation(y) if broken else y
        settings = {"photos": (x, labels), "seed": stochastic_seed, "progress": False}
        model, _ = experiments.train_on_signs(epochs=10, **settings, **SMALL)
    predicted = experiments.predict(model, x, batch_size=50)
    assert predicted.shape == (96,)
    margin.above("accuracy", np.mean(predicted == y), 0.6)


def test_gradient_norms_are_those_of_the_main_path_and_leave_the_model_alone():
    x = np.random.default_rng(0).integers(0, 256, (8, 64, 64, 3))
    y = np.arange(8) % 6
    model = experiments.depth_network(2, residual=True, seed=0)
    before = [np.asarray(w) for w in model.weights]
    norms = experiments.gradient_norms(model, x, y)
    assert norms.shape == (1 + 2 * 6,)
    assert (norms > 0).all()
    assert all(np.array_equal(a, b) for a, b in zip(before, model.weights, strict=True))


@pytest.mark.stochastic(broken=["no shortcuts in either"])
def test_gradients_of_a_deep_plain_network_differ_far_more_from_layer_to_layer(
    stochastic_seed, broken, margin
):
    x = np.random.default_rng(stochastic_seed).integers(0, 256, (16, 32, 32, 3))
    y = np.arange(16) % 6

    def ratio(residual, seed):
        settings = {"filters": experiments.WIDTHS, "blocks": 5, "residual": residual, "rng": seed}
        norms = experiments.gradient_norms(topic.small_resnet((32, 32, 3), **settings), x, y)
        return norms[0] / norms[-1]

    plain = ratio(False, 2 * stochastic_seed)
    residual = ratio(not broken, 2 * stochastic_seed + 1)
    margin.above("plain to residual", plain / residual, 3)


@pytest.mark.stochastic(broken=["exchanged"])
def test_residual_blocks_learn_to_do_nothing_and_plain_ones_do_not(stochastic_seed, broken, margin):
    """An answer that is always the mean has the error 0.36."""
    settings = {"epochs": 5, "seed": stochastic_seed}
    error = {
        residual: experiments.identity_errors(4, residual, 0.1 if residual else 1.0, **settings)
        for residual in (True, False)
    }
    margin.below("error with shortcuts", error[not broken].last["loss"], 0.05)
    margin.above("error without shortcuts", error[bool(broken)].last["loss"], 0.2)


def test_residual_blocks_can_start_as_the_identity():
    history = experiments.identity_errors(3, residual=True, scale=0.0, epochs=1)
    assert history["loss"][0] < 0.01


# Augmentation


def test_random_affine_changes_each_image_differently_in_training_only():
    x = np.random.default_rng(0).random((4, 12, 10, 3)).astype("float32")
    layer = RandomAffine(seed=1)
    assert np.array_equal(layer(x, training=False), x)
    changed = np.asarray(layer(x, training=True))
    assert changed.shape == x.shape
    assert np.array_equal(np.asarray(RandomAffine(seed=1)(x, training=True)), changed)
    same = np.asarray(layer(np.stack([x[0]] * 4), training=True))
    assert len(np.unique(same.reshape(4, -1), axis=0)) == 4
    again = keras.layers.deserialize(keras.layers.serialize(layer))
    assert again.get_config() == layer.get_config()


def test_random_affine_without_changes_is_the_identity():
    x = np.random.default_rng(0).random((3, 9, 8, 2)).astype("float32")
    layer = RandomAffine(rotation=0, zoom=0, shift=0, brightness=0)
    np.testing.assert_allclose(np.asarray(layer(x, training=True)), x, atol=1e-5)


def test_random_affine_turns_about_the_middle_and_shifts_by_its_fraction():
    """A dot in the middle stays under rotation and zoom; a shift moves it by up to its fraction."""
    x = np.zeros((40, 21, 21, 1), "float32")
    x[:, 10, 10] = 1
    turned = np.asarray(RandomAffine(2.0, 0.3, 0.0, 0.0, seed=0)(x, training=True))
    assert (turned.reshape(40, -1).argmax(axis=1) == 10 * 21 + 10).all()
    shifted = np.asarray(RandomAffine(0.0, 0.0, 0.2, 0.0, seed=0)(x, training=True))
    places = np.stack(np.unravel_index(shifted.reshape(40, -1).argmax(axis=1), (21, 21))) - 10
    assert np.abs(places).max() in (3, 4)
    lit = np.asarray(RandomAffine(0.0, 0.0, 0.0, 0.5, seed=0)(x + 1, training=True))
    assert 1 / 1.5 - 1e-3 <= lit.min() < 0.8
    assert 2.5 < lit.max() <= 3 + 1e-3
