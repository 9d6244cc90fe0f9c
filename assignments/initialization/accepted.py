"""Other right answers to the initialization assignment: each must get full marks."""

# ruff: noqa: D101, D102, D103, NPY002 - the reason is in the decorator; older notebooks

import math
from itertools import pairwise

import keras
import numpy as np

from dltf.autograder import accepted, equivalent


@accepted("initialize_parameters_zeros", why="2017 and 2021 notebooks: str(l), L")
def zeros_of_2017(layers_dims):
    parameters = {}
    L = len(layers_dims)
    for l in range(1, L):
        parameters["W" + str(l)] = np.zeros((layers_dims[l], layers_dims[l - 1]))
        parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
    return parameters


@accepted("initialize_parameters_zeros", why="layer_dims, the other spelling; pairs of neighbours")
def zeros_by_pairs(layer_dims):
    parameters = {}
    for l, (before, here) in enumerate(pairwise(layer_dims), 1):
        parameters[f"W{l}"], parameters[f"b{l}"] = np.zeros((here, before)), np.zeros((here, 1))
    return parameters


@accepted("initialize_parameters_zeros", why="a dictionary comprehension, single precision")
def zeros_by_comprehension(layers_dims):
    weights = {
        f"W{l}": np.zeros((layers_dims[l], layers_dims[l - 1]), dtype=np.float32)
        for l in range(1, len(layers_dims))
    }
    biases = {
        f"b{l}": np.zeros([layers_dims[l], 1], dtype=np.float32) for l in range(1, len(layers_dims))
    }
    return {**biases, **weights}


@accepted("initialize_parameters_zeros", why="zero times something")
def zeros_by_multiplication(layers_dims):
    return {
        name: 0.0 * np.ones((n, before if name[0] == "W" else 1))
        for l, (before, n) in enumerate(pairwise(layers_dims), 1)
        for name in (f"W{l}", f"b{l}")
    }


@accepted("initialize_parameters_random", why="2017 and 2021 notebooks: seed 3 inside, randn")
def random_of_2017(layers_dims):
    np.random.seed(3)
    parameters = {}
    L = len(layers_dims)
    for l in range(1, L):
        parameters["W" + str(l)] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * 10
        parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
    return parameters


@accepted("initialize_parameters_random", why="normal() takes the scale itself; other spelling")
def random_by_normal(layer_dims):
    rng = np.random.default_rng()
    return {
        name: rng.normal(0.0, 10.0, (n, before)) if name[0] == "W" else np.zeros((n, 1))
        for l, (before, n) in enumerate(pairwise(layer_dims), 1)
        for name in (f"W{l}", f"b{l}")
    }


@accepted("initialize_parameters_random", why="a RandomState, single precision")
def random_in_single_precision(layers_dims):
    state = np.random.RandomState(1)
    parameters = {}
    for l in range(1, len(layers_dims)):
        shape = (layers_dims[l], layers_dims[l - 1])
        parameters[f"W{l}"] = (10 * state.standard_normal(shape)).astype("float32")
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1), "float32")
    return parameters


@accepted("initialize_parameters_he", why="2017 and 2021 notebooks: seed 3 inside, randn, 2.0 / n")
def he_of_2017(layers_dims):
    np.random.seed(3)
    parameters = {}
    L = len(layers_dims) - 1
    for l in range(1, L + 1):
        parameters["W" + str(l)] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * np.sqrt(
            2.0 / layers_dims[l - 1]
        )
        parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
    return parameters


@accepted("initialize_parameters_he", why="a Generator, which takes the scale; other spelling")
def he_with_generator(layer_dims, rng=None):
    rng = np.random.default_rng(rng)
    parameters = {}
    for l, (before, here) in enumerate(pairwise(layer_dims), 1):
        parameters[f"W{l}"] = rng.normal(scale=math.sqrt(2 / before), size=(here, before))
        parameters[f"b{l}"] = np.zeros((here, 1))
    return parameters


@accepted("initialize_parameters_he", why="division by the root of n / 2, single precision")
def he_by_division(layers_dims):
    state = np.random.RandomState()
    parameters = {}
    for l in range(1, len(layers_dims)):
        W = state.randn(layers_dims[l], layers_dims[l - 1]) / (layers_dims[l - 1] / 2) ** 0.5
        parameters[f"W{l}"] = W.astype(np.float32)
        parameters[f"b{l}"] = np.zeros(shape=(layers_dims[l], 1))
    return parameters


@accepted("initialize_parameters_he", why="Keras's own truncated normal, turned to W's layout")
def he_by_keras(layers_dims):
    start = keras.initializers.VarianceScaling(2.0, "fan_in", "truncated_normal")
    parameters = {}
    for l in range(1, len(layers_dims)):
        kernel = start((layers_dims[l - 1], layers_dims[l]))
        parameters[f"W{l}"] = np.transpose(kernel)
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


@accepted("initialize_parameters_he", why="He's uniform distribution has the same variance")
def he_uniform(layers_dims):
    rng = np.random.default_rng()
    parameters = {}
    for l in range(1, len(layers_dims)):
        limit = np.sqrt(6 / layers_dims[l - 1])
        parameters[f"W{l}"] = rng.uniform(-limit, limit, (layers_dims[l], layers_dims[l - 1]))
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


@accepted("initialize_parameters_xavier", why="in the words of the notebooks: randn, str(l)")
def xavier_in_the_notebooks_words(layers_dims):
    np.random.seed(3)
    parameters = {}
    L = len(layers_dims) - 1
    for l in range(1, L + 1):
        parameters["W" + str(l)] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * np.sqrt(
            2.0 / (layers_dims[l - 1] + layers_dims[l])
        )
        parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
    return parameters


@accepted("initialize_parameters_xavier", why="the mean of the two sizes, legacy functions")
def xavier_by_the_mean(layer_dims):
    parameters = {}
    for l in range(1, len(layer_dims)):
        mean = (layer_dims[l] + layer_dims[l - 1]) / 2
        parameters["W" + str(l)] = np.random.randn(layer_dims[l], layer_dims[l - 1]) / np.sqrt(mean)
        parameters["b" + str(l)] = np.zeros((layer_dims[l], 1))
    return parameters


@accepted("initialize_parameters_xavier", why="the uniform distribution of the paper's eq. 16")
def xavier_uniform(layers_dims):
    rng = np.random.default_rng()
    parameters = {}
    for l in range(1, len(layers_dims)):
        limit = np.sqrt(6 / (layers_dims[l - 1] + layers_dims[l]))
        parameters[f"W{l}"] = rng.uniform(-limit, limit, (layers_dims[l], layers_dims[l - 1]))
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


@accepted("activation_scales", why="activations by an if, the standard deviation by hand")
def scales_by_hand(X, parameters, activation="tanh"):
    A, scales = X, []
    for l in range(1, len(parameters) // 2 + 1):
        Z = np.dot(parameters["W" + str(l)], A) + parameters["b" + str(l)]
        A = np.tanh(Z) if activation == "tanh" else Z * (Z > 0)
        scales.append(float(np.sqrt(np.mean((A - A.mean()) ** 2))))
    return np.array(scales)


@accepted("fans", why="step by step")
def fans_step_by_step(shape):
    window = 1
    for n in shape[:-2]:
        window = window * n
    fan_in = window * shape[-2]
    fan_out = window * shape[-1]
    return fan_in, fan_out


@accepted("fans", why="from the front: *window, n_in, n_out")
def fans_by_unpacking(shape):
    *window, n_in, n_out = shape
    return n_in * math.prod(window), n_out * math.prod(window)


@accepted("fans", why="from the size of the whole kernel, as floats and a list")
def fans_by_division(shape):
    size = np.prod(shape)
    return [size / shape[-1], size / shape[-2]]


@accepted("HeInitializer", why="VarianceScaling does the work")
class HeByVarianceScaling(keras.initializers.VarianceScaling):
    def __init__(self, seed=None):
        super().__init__(scale=2.0, mode="fan_in", distribution="truncated_normal", seed=seed)

    def get_config(self):
        return {"seed": self.seed}


@accepted("HeInitializer", why="a plain normal distribution, as in the paper itself")
class HeByNormal(keras.initializers.Initializer):
    def __init__(self, seed=None):
        self.seed = seed

    def __call__(self, shape, dtype=None):
        fan_in = np.prod(shape[:-1])
        return keras.random.normal(
            shape, stddev=float(np.sqrt(2 / fan_in)), dtype=dtype, seed=self.seed
        )

    def get_config(self):
        return {"seed": self.seed}


equivalent(
    "initialize_parameters_random",
    ignores="rng",
    why="older notebooks have no rng, so no case passes one; without it every draw is fresh",
)

equivalent(
    "initialize_parameters_he",
    ignores="rng",
    why="older notebooks have no rng, so no case passes one; without it every draw is fresh",
)

equivalent(
    "initialize_parameters_xavier",
    ignores="rng",
    why="older notebooks have no rng, so no case passes one; without it every draw is fresh",
)
