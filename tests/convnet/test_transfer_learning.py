"""Transfer learning, multi-task learning with missing labels, and the sliding-window network."""

import os

import keras
import numpy as np
import pytest
import tensorflow as tf

from dltf import data
from dltf.convnet import transfer_learning as topic
from dltf.data import registry
from dltf.models.squeezenet import WEIGHTS_FILE, pooled_features, squeezenet


@pytest.mark.stochastic(broken=["no step", "shuffled labels"])
def test_the_probe_learns_a_line(stochastic_seed, broken, margin):
    rng = np.random.default_rng(stochastic_seed)
    x = rng.normal(3, 5, size=(300, 6)) * [1, 100, 1, 0.01, 1, 0]  # scales far apart, one constant
    y = (x[:, 1] / 100 + x[:, 3] / 0.01 > 6).astype(int)
    known = rng.permutation(y[:200]) if broken == "shuffled labels" else y[:200]
    measured, probability = topic.linear_probe(x[:200], known, x[200:], y[200:])
    if broken != "no step":  # all logits are 0 there
        assert measured["test"] == np.mean((probability > 0.5) == y[200:])
    margin.above("train", measured["train"], 0.9)
    margin.above("test", measured["test"], 0.85)


@pytest.mark.stochastic(broken=["a line"])
def test_the_probe_learns_no_ring(stochastic_seed, broken, margin):
    x = np.random.default_rng(stochastic_seed).normal(size=(300, 2))
    y = (x[:, 0] > 0) if broken else (np.hypot(*x.T) > np.sqrt(np.log(4)))
    measured, _ = topic.linear_probe(x[:200], y[:200], x[200:], y[200:])
    margin.below("test", measured["test"], 0.82)


@pytest.mark.stochastic(broken=["no L2"])
def test_l2_keeps_the_probe_from_being_sure(stochastic_seed, broken, margin):
    rng = np.random.default_rng(stochastic_seed)
    x, y = rng.normal(size=(40, 80)), rng.integers(2, size=40)
    strengths = (1e-4, 1e-4 if broken == "no L2" else 1.0)
    sure, humble = (np.abs(topic.linear_probe(x, y, x, y, l2)[1] - 0.5).mean() for l2 in strengths)
    margin.above("confidence without L2, minus that with", sure - humble, 0.1)


def test_without_holes_the_masked_loss_is_that_of_keras():
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=(9, 4)).astype("float32")
    logits = rng.normal(0, 30, size=(9, 4)).astype("float32")
    expected = keras.losses.BinaryCrossentropy(from_logits=True)(y, logits)
    found = topic.masked_binary_crossentropy(y, logits)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    np.testing.assert_allclose(topic.masked_accuracy(y, logits), np.mean((logits > 0) == y))


def test_unknown_labels_count_nothing_and_send_no_gradient():
    rng = np.random.default_rng(1)
    y = data.hide_labels(rng.integers(2, size=(9, 4)).astype("float32"), 0.4, rng=0)
    logits = tf.constant(rng.normal(size=(9, 4)).astype("float32"))
    known = ~np.isnan(y)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        cost = topic.masked_binary_crossentropy(y, logits)
    p = 1 / (1 + np.exp(-logits.numpy()))
    losses = -np.where(y == 1, np.log(p), np.log(1 - p))
    np.testing.assert_allclose(cost, losses[known].mean(), rtol=1e-5)
    expected = np.where(known, p - np.nan_to_num(y), 0) / known.sum()
    np.testing.assert_allclose(tape.gradient(cost, logits), expected, rtol=1e-4, atol=1e-7)
    right = ((logits.numpy() > 0) == (y == 1))[known].mean()
    np.testing.assert_allclose(topic.masked_accuracy(y, logits), right, rtol=1e-6)
    nothing = np.full((2, 4), np.nan, "float32")
    assert float(topic.masked_binary_crossentropy(nothing, logits[:2])) == 0
    assert float(topic.masked_accuracy(nothing, logits[:2])) == 0


@pytest.mark.stochastic(broken=["wrong sign"])
def test_training_with_holes_learns(stochastic_seed, margin):
    x, y = data.make_shape_scenes(64, rng=stochastic_seed)
    hidden = data.hide_labels(y, 0.5, rng=stochastic_seed)
    history = topic.train_with_unknowns(x, hidden, (x, y), epochs=9, seed=stochastic_seed)
    assert np.isfinite(history["loss"]).all()
    assert len(history["val_accuracy"]) == 9
    margin.below("last loss to first", history["loss"][-1] / history["loss"][0], 0.95)


def test_scene_networks_follow_their_seed():
    again = topic.scene_network(seed=3).get_weights()
    assert all(
        np.array_equal(a, b)
        for a, b in zip(again, topic.scene_network(seed=3).get_weights(), strict=True)
    )


@pytest.mark.stochastic(broken=["no training"])
def test_the_window_classifier_learns_and_can_slide(stochastic_seed, broken, margin):
    from dltf.convnet.architectures import to_convolutional, window_stride

    epochs = 0 if broken else 6
    network, _ = topic.train_window_classifier(m=1200, epochs=epochs, seed=stochastic_seed)
    x, y = data.make_shapes(500, rng=1000 + stochastic_seed)
    margin.above("accuracy", np.mean(np.argmax(network(x), axis=1) == y), 0.6)
    assert window_stride(network) == 4
    assert to_convolutional(network)(np.zeros((1, 32, 40, 3), "float32")).shape == (1, 3, 5, 5)


def test_window_features_of_one_window_are_its_hidden_units():
    windows, _ = topic.train_window_classifier(m=8, epochs=1, seed=0)
    photos = 255 * np.random.default_rng(1).random((3, 24, 24, 3))
    hidden = keras.Model(windows.inputs[0], windows.layers[-2].output)
    expected = np.asarray(hidden((photos / 255).astype("float32")))
    found = topic.window_features(windows, photos)
    np.testing.assert_allclose(found, np.hstack([expected, expected]), rtol=1e-4, atol=1e-5)
    larger = topic.window_features(windows, np.tile(photos, (1, 2, 2, 1)))
    assert larger.shape == (3, 64)
    assert (larger[:, 32:] >= expected - 1e-4).all()  # the maximum over more positions


@pytest.mark.skipif(
    not os.environ.get("DLTF_DATA")
    or registry.find(WEIGHTS_FILE) is None
    or registry.find("cats/train_catvnoncat.h5") is None,
    reason="the real photos and weights are not available",
)
def test_borrowed_features_know_cats():
    train_x, train_y, test_x, test_y = data.load_cats()
    reached = {}
    for name, network in (("trained", squeezenet()), ("random", squeezenet(None, 0))):
        features = [pooled_features(network, photos) for photos in (train_x, test_x)]
        reached[name] = topic.linear_probe(features[0], train_y, features[1], test_y)[0]["test"]
    assert reached["trained"] >= 0.94  # 0.96 measured
    assert reached["random"] < 0.8
