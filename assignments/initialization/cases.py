"""How the answers of the initialization assignment are exercised. No expected value is in here.

Sizes of layers are drawn anew in every run, and neighbours always differ, so that rows and columns,
fan-in and fan-out cannot be taken for each other. What is judged by its spread is large (tens of
thousands of entries); what is judged by its shape is small.
"""

import keras
import numpy as np

from dltf.autograder import case, exactly, exercise, helpers, same_scale

SPELLINGS = {"layers_dims": ("layer_dims", "layer_sizes", "dims", "layers")}

exercise("initialize_parameters_zeros", spellings=SPELLINGS)
exercise("initialize_parameters_random", spellings=SPELLINGS)
exercise("initialize_parameters_he", spellings=SPELLINGS)
exercise("initialize_parameters_xavier", spellings=SPELLINGS, practice=True)
exercise("activation_scales", practice=True)
exercise("fans", practice=True)
exercise("HeInitializer", practice=True)
helpers("init_utils", "public_tests", "testCases")


def small_dims(rng):
    """Draw 3 to 7 sizes between 2 and 7, neighbours different.

    No matrix has enough entries for its spread to be judged, so chance has no say in a mark.
    """
    count = int(rng.integers(3, 8))
    dims = [int(rng.integers(2, 8))]
    while len(dims) < count:
        size = int(rng.integers(2, 8))
        if size != dims[-1]:
            dims.append(size)
    return dims


def large_dims(rng):
    """Draw four layers far apart in size: a wide one, a narrow one, one between, one more."""
    low, high = np.array([130, 360, 200, 290]), np.array([160, 400, 230, 320])
    return [int(n) for n in rng.permutation(rng.integers(low, high))]


# initialize_parameters_zeros


@case("initialize_parameters_zeros", points=3, judge=same_scale(exact_keys=True))
def zeros_in_the_right_shapes(answer, rng):
    """Each layer after the input has a "Wl" (n[l], n[l-1]) and a "bl" (n[l], 1); all are 0."""
    return answer.initialize_parameters_zeros(layers_dims=small_dims(rng))


@case("initialize_parameters_zeros", points=1, judge=same_scale())
def zeros_for_the_circles(answer, rng):
    """The network of this notebook, with a random number of inputs, starts from zeros."""
    return answer.initialize_parameters_zeros(layers_dims=[int(rng.integers(2, 9)), 10, 5, 1])


# initialize_parameters_random


@case("initialize_parameters_random", points=1, judge=same_scale(exact_keys=True))
def random_in_the_right_shapes(answer, rng):
    """Every layer has random weights of shape (n[l], n[l-1]) and zero biases of shape (n[l], 1)."""
    return answer.initialize_parameters_random(layers_dims=small_dims(rng))


@case("initialize_parameters_random", points=3, judge=same_scale())
def random_has_standard_deviation_ten(answer, rng):
    """The weights of every layer have mean 0 and standard deviation 10; the biases are 0."""
    return answer.initialize_parameters_random(layers_dims=large_dims(rng))


# initialize_parameters_he


@case("initialize_parameters_he", points=2, judge=same_scale(exact_keys=True))
def he_in_the_right_shapes(answer, rng):
    """Every layer has random weights of shape (n[l], n[l-1]) and zero biases of shape (n[l], 1)."""
    return answer.initialize_parameters_he(layers_dims=small_dims(rng))


@case("initialize_parameters_he", points=4, judge=same_scale())
def he_variance_follows_the_layer_before(answer, rng):
    """The weights of layer l have mean 0 and variance 2 / n[l-1]; the biases are 0."""
    return answer.initialize_parameters_he(layers_dims=large_dims(rng))


@case("initialize_parameters_he", points=2, judge=same_scale())
def he_in_the_last_layer_too(answer, rng):
    """It holds for the last layer as for the others, and for any number of layers."""
    dims = [int(n) for n in rng.integers([30, 60, 900, 20], [50, 90, 1100, 40])]
    return answer.initialize_parameters_he(layers_dims=dims[int(rng.integers(0, 3)) :])


# initialize_parameters_xavier


@case("initialize_parameters_xavier", judge=same_scale(exact_keys=True))
def xavier_in_the_right_shapes(answer, rng):
    """Every layer has random weights of shape (n[l], n[l-1]) and zero biases of shape (n[l], 1)."""
    return answer.initialize_parameters_xavier(layers_dims=small_dims(rng))


@case("initialize_parameters_xavier", judge=same_scale())
def xavier_variance_follows_both_layers(answer, rng):
    """The weights of layer l have mean 0 and variance 2 / (n[l-1] + n[l]); the biases are 0."""
    return answer.initialize_parameters_xavier(layers_dims=large_dims(rng))


# activation_scales


def stack(rng):
    """Draw inputs and parameters of a few layers, biases and all."""
    dims = small_dims(rng)
    layers = range(1, len(dims))
    weights = {f"W{l}": rng.normal(size=(dims[l], dims[l - 1])) for l in layers}
    biases = {f"b{l}": rng.normal(size=(dims[l], 1)) for l in layers}
    return rng.normal(size=(dims[0], int(rng.integers(10, 20)))), weights | biases


@case("activation_scales")
def scales_through_tanh(answer, rng):
    """One number for each layer: the standard deviation of tanh(W A + b) over all its entries."""
    X, parameters = stack(rng)
    return answer.activation_scales(X=X, parameters=parameters, activation="tanh")


@case("activation_scales")
def scales_through_relu(answer, rng):
    """The same with ReLU."""
    X, parameters = stack(rng)
    return answer.activation_scales(X=X, parameters=parameters, activation="relu")


# fans


@case("fans", judge=exactly())
def fans_of_a_dense_layer(answer, rng):
    """A dense kernel (n_in, n_out): a unit sums n_in terms, an input goes into n_out sums."""
    n_in, n_out = (int(n) for n in rng.permutation(np.arange(2, 50))[:2])
    return answer.fans(shape=(n_in, n_out))


@case("fans", judge=exactly())
def fans_of_a_convolution(answer, rng):
    """A conv kernel: the window counts as well; it need not be square, nor have two axes."""
    f_height, f_width, n_in, n_out = (int(n) for n in rng.permutation(np.arange(2, 9))[:4])
    shapes = [(f_height, f_width, n_in, n_out), (f_width, n_in, n_out)]
    return [answer.fans(shape=shape) for shape in shapes]


# HeInitializer


@case("HeInitializer", judge=same_scale())
def he_kernel_of_a_dense_layer(answer, rng):
    """As the kernel initializer of a Dense layer it gives mean 0 and variance 2 / fan_in."""
    n_in, n_out, seed = (int(n) for n in rng.integers([150, 400, 0], [200, 500, 9999]))
    layer = keras.layers.Dense(n_out, kernel_initializer=answer.HeInitializer(seed=seed))
    layer.build((None, n_in))
    return layer.get_weights()


@case("HeInitializer", judge=same_scale())
def he_kernel_of_a_conv_layer(answer, rng):
    """The same for a Conv2D layer, whose window is part of the fan-in."""
    low, high = [3, 6, 20, 80, 0], [5, 8, 30, 100, 9999]
    height, width, n_in, n_out, seed = (int(n) for n in rng.integers(low, high))
    start = answer.HeInitializer(seed=seed)
    layer = keras.layers.Conv2D(n_out, (height, width), kernel_initializer=start)
    layer.build((None, 32, 32, n_in))
    return layer.get_weights()


@case("HeInitializer", judge=exactly())
def he_seed_and_dtype(answer, rng):
    """The same seed gives the same values, another seed others; the dtype asked for comes back."""
    seed, shape = int(rng.integers(0, 9999)), (int(rng.integers(3, 9)), int(rng.integers(3, 9)))
    first, again, other = (
        np.asarray(answer.HeInitializer(seed=s)(shape, dtype="float32"))
        for s in (seed, seed, seed + 1)
    )
    return {
        "the same seed gives the same values": bool(np.array_equal(first, again)),
        "another seed gives the same values": bool(np.array_equal(first, other)),
        "dtype": [
            str(np.asarray(answer.HeInitializer(seed=0)(shape, dtype=d)).dtype)
            for d in ("float32", "float64")
        ],
    }
