"""Classic networks (parameter counts of the papers), Inception, sliding windows by cropping."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dltf.convnet import architectures as topic


def counts(network):
    return {layer.name: layer.count_params() for layer in network.layers if layer.weights}


def learned(network):
    return sum(int(np.prod(w.shape)) for w in network.trainable_weights)


# The papers' counts


def test_lenet5_has_the_layers_of_the_paper():
    network = topic.lenet5()
    found = counts(network)
    c3 = sum(count for name, count in found.items() if name.startswith("C3"))
    # Section II.B of the paper, layer by layer
    assert (found["C1"], found["S2"], c3, found["S4"]) == (156, 12, 1516, 32)
    assert (found["C5"], found["F6"]) == (48_120, 10_164)
    assert learned(network) == 60_000
    assert network.output_shape == (None, 10)
    assert topic.lenet5(as_published=False).count_params() == 61_706


def test_the_table_of_lenet5_is_the_paper_s():
    """Table I: each map of S2 is seen by ten maps of C3."""
    seen = np.zeros((6, 16), int)
    for column, maps in enumerate(topic.C3_LOOKS_AT):
        seen[maps, column] = 1
    assert seen.sum(axis=1).tolist() == [10] * 6
    assert seen.sum(axis=0).tolist() == [3] * 6 + [4] * 9 + [6]
    assert seen[0].tolist() == [1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 1]  # its first row


def test_the_parts_of_lenet5():
    x = np.random.default_rng(0).normal(size=(2, 4, 6, 3)).astype("float32")
    layer = topic.Subsampling()
    layer.build(x.shape)
    layer.set_weights([np.array([1.0, 2.0, 0.5]), np.array([0.0, 1.0, -1.0])])
    sums = x.reshape(2, 2, 2, 3, 2, 3).sum(axis=(2, 4))
    np.testing.assert_allclose(layer(x), sums * [1, 2, 0.5] + [0, 1, -1], rtol=1e-4, atol=1e-5)
    distances = topic.Distances(5, seed=1)
    far = np.asarray(distances(x[:, 0, 0]))
    patterns = np.asarray(distances.patterns)
    assert set(np.unique(patterns)) == {-1.0, 1.0}
    expected = [[np.sum((row - p) ** 2) for p in patterns.T] for row in x[:, 0, 0]]
    np.testing.assert_allclose(far, expected, rtol=1e-5)
    np.testing.assert_allclose(topic.squash(np.array([1.0, -1.0])), [1, -1], atol=1e-4)
    again = topic.Distances.from_config(distances.get_config())
    again.build((None, 3))
    np.testing.assert_array_equal(np.asarray(again.patterns), patterns)
    with pytest.raises(ValueError, match=r"^input_shape: expected a known last size, got \(2, N"):
        topic.Distances().build((2, None))


def test_alexnet_has_the_count_of_the_paper():
    network = topic.alexnet(initializer="zeros")
    assert network.count_params() == 60_965_224
    found = counts(network)
    assert found["conv1"] == 34_944
    assert found["conv2_1"] * 2 == 307_456
    assert found["fc6"] == 37_752_832
    sizes = {layer.name: layer.output.shape[1:] for layer in network.layers}
    assert sizes["conv1"] == (55, 55, 96)
    assert sizes["conv5"] == (13, 13, 256)
    assert topic.alexnet(groups=1, initializer="zeros").count_params() == 62_378_344
    with pytest.raises(ValueError, match="groups: expected 1 or 2, got 3"):
        topic.alexnet(groups=3)


def test_the_normalization_of_alexnet_is_that_of_tensorflow():
    x = 30 * np.random.default_rng(0).normal(size=(2, 3, 4, 7)).astype("float32")
    expected = tf.nn.local_response_normalization(x, 2, bias=2.0, alpha=1e-4, beta=0.75)
    np.testing.assert_allclose(topic.LocalResponse()(x), expected, rtol=1e-4, atol=1e-5)


def test_vgg16_has_the_count_of_the_paper_and_keras_s_layers():
    network = topic.vgg16(initializer="zeros")
    assert network.count_params() == 138_357_544
    found = counts(network)
    assert len(found) == 16
    assert found["fc6"] == (7 * 7 * 512 + 1) * 4096
    theirs = keras.applications.VGG16(weights=None, include_top=False, input_shape=(32, 32, 3))
    convs = [layer.count_params() for layer in theirs.layers if layer.weights]
    assert list(found.values())[:13] == convs


# Inception


def multiplications_of(*branch):
    x = images = keras.Input((28, 28, 192))
    for n_C, f in branch:
        x = keras.layers.Conv2D(n_C, f, padding="same")(x)
    return sum(topic.multiplications(keras.Model(images, x)).values())


def test_multiplications_of_the_lecture():
    assert multiplications_of((32, 5)) == 120_422_400
    assert multiplications_of((16, 1), (32, 5)) == 2_408_448 + 10_035_200


def test_multiplications_by_counting():
    x = images = keras.Input((7, 9, 2))
    x = keras.layers.Conv2D(4, (2, 3), strides=2, name="conv")(x)
    x = keras.layers.Dense(5, name="dense")(keras.layers.Flatten()(x))
    found = topic.multiplications(keras.Model(images, x))
    assert found == {"conv": 3 * 4 * 4 * (2 * 3 * 2), "dense": 3 * 4 * 4 * 5}


def test_an_inception_module_has_the_count_of_googlenet():
    x = keras.Input((28, 28, 192))
    out = topic.inception_module(x, 64, (96, 128), (16, 32), 32, name="a")
    network = keras.Model(x, out)
    assert network.output_shape == (None, 28, 28, 256)
    weights = sum(int(np.prod(w.shape)) for w in network.weights if w.ndim > 1)
    assert round(weights / 1024, 1) == 159.5  # table 1 of the paper: 159K for 3a
    assert round(sum(topic.multiplications(network).values()) / 1e6) == 128  # and 128M operations
    wide = topic.inception_module(x, 64, (None, 128), (None, 32), 32, name="b")
    dear = sum(topic.multiplications(keras.Model(x, wide)).values())
    assert dear > 2 * 128e6


def test_an_inception_module_is_its_branches_side_by_side():
    x = keras.Input((8, 10, 5))
    network = keras.Model(x, topic.inception_module(x, 2, (3, 4), (2, 3), 6, name="a"))
    pixels = np.random.default_rng(0).normal(size=(2, 8, 10, 5)).astype("float32")
    pool = keras.ops.max_pool(pixels, 3, 1, "same")

    def conv(x, name):
        kernel, bias = network.get_layer(f"a_{name}").get_weights()
        return keras.ops.relu(keras.ops.conv(x, kernel, padding="same") + bias)

    parts = [
        conv(pixels, "1x1"),
        conv(conv(pixels, "3x3_reduce"), "3x3"),
        conv(conv(pixels, "5x5_reduce"), "5x5"),
        conv(pool, "pool_proj"),
    ]
    expected = np.concatenate([np.asarray(part) for part in parts], axis=-1)
    np.testing.assert_allclose(network(pixels), expected, rtol=1e-4, atol=1e-5)


# Sliding windows


def classifier(*, padding="valid", hidden=7):
    layers = [
        keras.Input((14, 18, 3)),
        keras.layers.Conv2D(4, 3, activation="relu", padding=padding),
        keras.layers.MaxPooling2D(2),
        keras.layers.Conv2D(5, (3, 2), activation="relu"),
        keras.layers.BatchNormalization(),
        keras.layers.Flatten(),
        keras.layers.Dense(hidden, "relu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(4, "softmax"),
    ]
    network = keras.Sequential(layers)
    rng = np.random.default_rng(0)
    network.set_weights([rng.uniform(-0.5, 0.8, w.shape) ** 2 for w in network.get_weights()])
    return network


def test_sliding_by_convolution_is_cropping():
    network = classifier()
    rng = np.random.default_rng(1)
    slides, stride = topic.to_convolutional(network), topic.window_stride(network)
    assert stride == 2
    for height, width in ((14, 18), (23, 31), (30, 20)):
        image = rng.normal(size=(height, width, 3)).astype("float32")
        at_once = np.asarray(slides(image[None]))[0]
        one_by_one = topic.slide_by_cropping(network, image, stride)
        assert at_once.shape == one_by_one.shape
        np.testing.assert_allclose(at_once, one_by_one, rtol=1e-4, atol=1e-6)
    assert slides.count_params() == network.count_params()
    fixed = topic.to_convolutional(network, (14, 18))  # one window: the same work
    work = [sum(topic.multiplications(one).values()) for one in (network, fixed)]
    assert work[0] == work[1]
    wide = sum(topic.multiplications(topic.to_convolutional(network, (14, 58))).values())
    assert wide < 21 * work[0] / 3  # 21 windows for the work of fewer than 7
    before = network.get_weights()
    slides.set_weights([0 * w for w in slides.get_weights()])
    assert all(np.array_equal(a, b) for a, b in zip(before, network.get_weights(), strict=True))


def test_what_does_not_slide_is_refused():
    with pytest.raises(ValueError, match=r"network: expected .* got Conv2D 'conv.*' with padding"):
        topic.to_convolutional(classifier(padding="same"))
    other = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.GlobalAveragePooling2D()])
    with pytest.raises(ValueError, match=r"in a row, got GlobalAveragePooling2D"):
        topic.to_convolutional(other)
