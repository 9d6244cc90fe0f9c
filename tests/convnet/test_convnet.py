"""Conv nets on arrays: the loops and the fast versions against Keras and its gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dltf import convnet as topic
from dltf.convnet import vectorized as fast

# height, width (never equal), f, stride, pad: odd strides and pads, none at all, windows that jump
PLACES = [(6, 9, 3, 1, 0), (7, 5, 3, 2, 1), (9, 8, 2, 3, 0), (5, 11, 4, 3, 3), (8, 6, 1, 5, 2)]
POOLS = [(6, 9, 2, 2), (7, 5, 3, 2), (9, 8, 2, 3), (5, 11, 3, 1), (8, 6, 1, 3)]


def draw(seed, *shapes, dtype="float64"):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


def problem(height, width, f, seed=0, dtype="float64"):
    return draw(seed, (2, height, width, 3), (f, f, 3, 4), (1, 1, 1, 4), dtype=dtype)


def keras_convolution(A, W, b, stride, pad):
    """The Keras op of as many dimensions as W has, behind zeros."""
    frame = [(0, 0), *[(pad, pad)] * (W.ndim - 2), (0, 0)]
    return keras.ops.conv(tf.pad(A, frame), W, strides=stride, padding="valid") + b


# Sizes and counts


@pytest.mark.parametrize(("height", "width", "f", "stride", "pad"), PLACES)
def test_output_size_is_that_of_keras(height, width, f, stride, pad):
    A, W, b = problem(height, width, f)
    shape = keras_convolution(A, W, b, stride, pad).shape
    sizes = [topic.output_size(n, f, stride, pad) for n in (height, width)]
    assert list(shape) == [2, *sizes, 4]
    assert all(type(n) is int for n in sizes)


def test_output_size_counts_the_places_of_a_window():
    for n in range(1, 9):
        for f in range(1, 6):
            for stride in range(1, 4):
                for pad in range(3):
                    if f <= n + 2 * pad:
                        places = len(range(0, n + 2 * pad - f + 1, stride))
                        assert topic.output_size(n, f, stride, pad) == places
    assert topic.output_size(7, 3) == 5
    with pytest.raises(ValueError, match=r"f: expected at most n_prev \+ 2 pad = 4, got 5"):
        topic.output_size(2, 5, 1, 1)


def test_parameters_are_counted_as_keras_counts():
    for f, n_C_prev, n_C in ((3, 5, 7), (1, 4, 2), (5, 1, 6)):
        layer = keras.layers.Conv2D(n_C, f)
        layer.build((None, 9, 9, n_C_prev))
        assert topic.conv_parameter_count(f, n_C_prev, n_C) == layer.count_params()


# Convolution


def test_zero_pad_is_the_layer_of_keras():
    (X,) = draw(0, (2, 3, 4, 5), dtype="float32")
    for pad in (0, 1, 3):
        padded = topic.zero_pad(X, pad)
        np.testing.assert_array_equal(padded, keras.layers.ZeroPadding2D(pad)(X))
        assert padded.dtype == np.float32


def test_a_single_step_is_a_dot_product():
    a, W, b = draw(1, (3, 4, 5), (3, 4, 5), (1, 1, 1))
    Z = topic.conv_single_step(a, W, b)
    assert np.ndim(Z) == 0
    expected = np.dot(a.ravel(), W.ravel()) + b[0, 0, 0]
    np.testing.assert_allclose(Z, expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("height", "width", "f", "stride", "pad"), PLACES)
def test_every_convolution_is_that_of_keras(height, width, f, stride, pad, dtype):
    A, W, b = problem(height, width, f, dtype=dtype)
    expected = np.asarray(keras_convolution(A, W, b, stride, pad))
    hparameters = {"stride": stride, "pad": pad}
    by_loop, cache = topic.conv_forward(A, W, b, hparameters)
    at_once = fast.convolve(A, W, b, **hparameters)
    for Z in (by_loop, at_once):
        tolerance = 1e-12 if dtype == "float64" else 1e-5
        np.testing.assert_allclose(Z, expected, rtol=tolerance, atol=tolerance * 10)
        assert Z.dtype == dtype
    assert cache[0] is A
    assert cache[1] is W
    assert cache[2] is b
    assert cache[3] == hparameters


def test_filters_need_not_be_square_and_biases_may_be_a_row():
    A, W, b = draw(2, (2, 7, 9, 3), (2, 4, 3, 5), (5,))
    expected = np.asarray(keras_convolution(A, W, b, 3, 1))
    np.testing.assert_allclose(fast.convolve(A, W, b, 3, 1), expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("pad", [0, 1, 3])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_one_formula_in_one_two_and_three_dimensions(dimensions, stride, pad):
    sizes, f = (6, 9, 7)[:dimensions], (2, 4, 3)[:dimensions]
    A, W, b = draw(3, (2, *sizes, 3), (*f, 3, 5), (5,))
    kinds = {1: keras.layers.Conv1D, 2: keras.layers.Conv2D, 3: keras.layers.Conv3D}
    layer = kinds[dimensions](5, f, stride, dtype="float64")
    framed = np.pad(A, [(0, 0), *[(pad, pad)] * dimensions, (0, 0)])
    layer.build(framed.shape)
    layer.set_weights([W, b])
    expected = np.asarray(layer(framed))
    np.testing.assert_allclose(
        fast.convolve(A, W, b, stride, pad), expected, rtol=1e-11, atol=1e-12
    )


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_gradients_in_one_two_and_three_dimensions_are_the_tape_s(dimensions):
    sizes, f = (6, 9, 7)[:dimensions], (2, 4, 3)[:dimensions]
    A, W, b = draw(4, (2, *sizes, 3), (*f, 3, 5), (1,) * (dimensions + 1) + (5,))
    tensors = [tf.constant(array) for array in (A, W, b)]
    for stride, pad in ((1, 0), (2, 1), (3, 3)):
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            Z = keras_convolution(*tensors, stride, pad)
            dZ = np.random.default_rng(5).normal(size=Z.shape)
            cost = tf.reduce_sum(Z * dZ)
        expected = tape.gradient(cost, tensors)
        for got, want in zip(fast.convolve_backward(dZ, A, W, stride, pad), expected, strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("height", "width", "f", "stride", "pad"), PLACES)
def test_every_gradient_of_a_convolution_is_the_tape_s(height, width, f, stride, pad, dtype):
    A, W, b = problem(height, width, f, seed=1, dtype=dtype)
    tensors = [tf.constant(array) for array in (A, W, b)]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        Z = keras_convolution(*tensors, stride, pad)
        dZ = np.random.default_rng(2).normal(size=Z.shape).astype(dtype)
        cost = tf.reduce_sum(Z * dZ)
    expected = tape.gradient(cost, tensors)
    by_loop = topic.conv_backward(dZ, (A, W, b, {"stride": stride, "pad": pad}))
    at_once = fast.convolve_backward(dZ, A, W, stride, pad)
    tolerance = 1e-11 if dtype == "float64" else 2e-5
    for gradients in (by_loop, at_once):
        for got, want, of in zip(gradients, expected, (A, W, b), strict=True):
            assert got.shape == of.shape
            assert got.dtype == dtype
            np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance * 10)


def test_what_the_course_prints():
    """Means printed in the course's notebooks, from its own random numbers (seed 1)."""
    stream = np.random.RandomState(1)
    A, W, b = stream.randn(10, 4, 4, 3), stream.randn(2, 2, 3, 8), stream.randn(1, 1, 1, 8)
    Z, cache = topic.conv_forward(A, W, b, {"pad": 2, "stride": 2})
    assert np.mean(Z) == pytest.approx(0.0489952035289, rel=1e-9)
    dA, dW, db = topic.conv_backward(Z, cache)
    means = [np.mean(gradient) for gradient in (dA, dW, db)]
    assert means == pytest.approx([1.45243777754, 1.72699145831, 7.83923256462], rel=1e-9)
    np.testing.assert_array_equal(topic.distribute_value(2, (2, 2)), np.full((2, 2), 0.5))


def test_what_does_not_fit_is_refused():
    A, W, b = problem(6, 4, 5)
    with pytest.raises(ValueError, match="f: expected at most"):
        topic.conv_forward(A, W, b, {"stride": 1, "pad": 0})
    with pytest.raises(ValueError, match=r"A_prev: expected axes at least as long as the window"):
        fast.convolve(A, W, b)
    with pytest.raises(ValueError, match=r"expected 2 axes between examples and 3 channels"):
        fast.convolve(A[..., :2], W, b, pad=1)
    with pytest.raises(ValueError, match=r"expected 2 axes between examples and 3 channels"):
        fast.convolve(A[:, 0], W, b)
    with pytest.raises(ValueError, match="mode: expected 'max' or 'average', got 'mean'"):
        topic.pool_forward(A, {"f": 2, "stride": 2}, mode="mean")
    with pytest.raises(ValueError, match="mode: expected 'max' or 'average', got 'mean'"):
        topic.pool_backward(A, (A, {"f": 2, "stride": 2}), mode="mean")
    with pytest.raises(ValueError, match="mode: expected 'max' or 'average', got 'mean'"):
        fast.pool(A, 2, 2, "mean")


# Pooling


@pytest.mark.parametrize("mode", ["max", "average"])
@pytest.mark.parametrize(("height", "width", "f", "stride"), POOLS)
def test_every_pooling_and_its_gradient_are_those_of_keras(height, width, f, stride, mode):
    (A,) = draw(6, (2, height, width, 3), dtype="float32")
    A -= 3  # a frame of zeros, or a start from zero, would win
    hparameters = {"f": f, "stride": stride}
    tensor = tf.constant(A)
    op = keras.ops.max_pool if mode == "max" else keras.ops.average_pool
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        pooled = op(tensor, f, stride, "valid")
        dA = np.random.default_rng(7).normal(size=pooled.shape).astype("float32")
        cost = tf.reduce_sum(pooled * dA)
    expected = tape.gradient(cost, tensor)
    by_loop, cache = topic.pool_forward(A, hparameters, mode)
    for got in (by_loop, fast.pool(A, f, stride, mode)):
        np.testing.assert_allclose(got, pooled, rtol=1e-5)
        assert got.dtype == np.float32
    assert cache[0] is A
    assert cache[1] == hparameters
    by_loop = topic.pool_backward(dA, cache, mode)
    for got in (by_loop, fast.pool_gradient(dA, A, f, stride, mode)):
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)
        assert got.dtype == np.float32


def test_the_masks():
    x = np.array([[1.0, 3.0, -1.0], [3.0, 0.0, 2.0]])
    assert topic.create_mask_from_window(x).tolist() == [[False, True, False], [True, False, False]]
    assert topic.create_mask_from_window(-x).tolist() == [[False, False, True], [False] * 3]
    assert topic.create_mask_from_window(np.zeros((2, 2))).all()
    a = topic.distribute_value(6.0, (2, 4))
    assert a.shape == (2, 4)
    assert a.sum() == pytest.approx(6)
    assert np.ptp(a) == 0


def test_ties_get_the_whole_gradient_each():
    A = np.zeros((1, 2, 4, 1))
    dA = np.array([2.0, 3.0]).reshape(1, 1, 2, 1)
    by_loop = topic.pool_backward(dA, (A, {"f": 2, "stride": 2}))
    assert by_loop[0, :, :, 0].tolist() == [[2, 2, 3, 3], [2, 2, 3, 3]]
    np.testing.assert_array_equal(by_loop, fast.pool_gradient(dA, A, 2, 2))


def test_nothing_that_comes_in_is_changed():
    A, W, b = problem(6, 9, 3)
    before = [array.copy() for array in (A, W, b)]
    Z, cache = topic.conv_forward(A, W, b, {"stride": 2, "pad": 1})
    topic.conv_backward(Z, cache)
    fast.convolve_backward(fast.convolve(A, W, b, 2, 1), A, W, 2, 1)
    fast.pool_gradient(fast.pool(A, 2, 2), A, 2, 2)
    pooled, cache = topic.pool_forward(A, {"f": 2, "stride": 2})
    topic.pool_backward(pooled, cache)
    for array, old in zip((A, W, b), before, strict=True):
        np.testing.assert_array_equal(array, old)


# The Keras layer


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_the_layer_is_that_of_keras_with_its_gradients(dimensions):
    kinds = {1: keras.layers.Conv1D, 2: keras.layers.Conv2D, 3: keras.layers.Conv3D}
    (x,) = draw(8, (2, *(6, 9, 7)[:dimensions], 3), dtype="float32")
    for stride, pad in ((1, 0), (2, 1), (3, 2)):
        ours = fast.Convolution(4, 3, stride, pad, activation="relu")
        theirs = kinds[dimensions](4, 3, stride, activation="relu")
        framed = np.pad(x, [(0, 0), *[(pad, pad)] * dimensions, (0, 0)])
        ours.build(x.shape)
        theirs.build(framed.shape)
        theirs.set_weights(ours.get_weights())
        gradients = []
        for layer, pixels in ((ours, x), (theirs, framed)):
            with tf.GradientTape() as tape:
                A = layer(pixels)
                cost = tf.reduce_sum(A**2)
            gradients.append((A, *tape.gradient(cost, layer.trainable_variables)))
        for got, want in zip(*gradients, strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-4)
        W, b = ours.get_weights()
        on_arrays = np.maximum(fast.convolve(x, W, b, stride, pad), 0)
        np.testing.assert_allclose(gradients[0][0], on_arrays, rtol=1e-4, atol=1e-5)


def small_network():
    layers = [
        keras.Input((8, 6, 1)),
        fast.Convolution(4, 3, stride=2, pad=1, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(1),
    ]
    return keras.Sequential(layers)


@pytest.mark.stochastic(broken=["wrong sign"])
def test_the_layer_learns_in_a_model(stochastic_seed, margin):
    from dltf.training import train

    rng = np.random.default_rng(stochastic_seed)
    x = rng.normal(size=(64, 8, 6, 1)).astype("float32")
    y = (x[:, 3:5, 2:4].sum(axis=(1, 2)) > 0).astype("float32")
    history = train(
        small_network(),
        (x, y),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        optimizer=keras.optimizers.Adam(0.02),
        epochs=30,
        seed=stochastic_seed,
        progress=False,
    )
    margin.below("last loss to first", history["loss"][-1] / history["loss"][0], 0.8)


# Keras copies a variable to NumPy in the way of NumPy 1 when it saves a model.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")
def test_the_layer_survives_saving(tmp_path):
    network = small_network()
    x = np.random.default_rng(0).normal(size=(9, 8, 6, 1)).astype("float32")
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(loaded(x), network(x))
    assert network.layers[0].count_params() == topic.conv_parameter_count(3, 1, 4)


# The two networks of the course


def test_the_happy_model_is_the_course_s():
    model = topic.happyModel()
    assert model.input_shape == (None, 64, 64, 3)
    assert model.output_shape == (None, 1)
    assert model.count_params() == 37_633  # as the course's summary prints it
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds[:3] == ["ZeroPadding2D", "Conv2D", "BatchNormalization"]


def test_the_convolutional_model_is_the_course_s():
    model = topic.convolutional_model((64, 64, 3))
    assert model.output_shape == (None, 6)
    assert model.count_params() == 392 + 528 + 390
    x = np.random.default_rng(0).random((3, 40, 72, 3)).astype("float32")
    np.testing.assert_allclose(
        np.sum(topic.convolutional_model((40, 72, 3))(x), axis=1), 1, rtol=1e-5
    )
