"""Answers as real students hand them in, for the sample class: one class, one student.

What a student leaves out is right. The classes are read as text and never imported.
"""

# ruff: noqa: B905, D102, NPY002, RUF007, UP031 - this is how students write

import numpy as np


class generator:
    """Right, written differently: NumPy's Generator, a dictionary filled by pairs."""

    def initialize_parameters_he(layer_dims):
        rng = np.random.default_rng(7)
        parameters = {}
        for l, (before, here) in enumerate(zip(layer_dims, layer_dims[1:]), start=1):
            parameters[f"W{l}"] = rng.normal(0, (2 / before) ** 0.5, size=(here, before))
            parameters[f"b{l}"] = np.zeros((here, 1))
        return parameters


class comprehension:
    """Right, written differently: a helper, comprehensions, division instead of a product."""

    def sizes(layers_dims):
        return list(zip(range(1, len(layers_dims)), layers_dims[1:], layers_dims[:-1]))

    def initialize_parameters_zeros(layers_dims):
        weights = {f"W{l}": np.zeros((n, m)) for l, n, m in sizes(layers_dims)}  # noqa: F821
        return {**weights, **{f"b{l}": np.zeros((n, 1)) for l, n, _ in sizes(layers_dims)}}  # noqa: F821

    def initialize_parameters_he(layers_dims):
        print("layers:", layers_dims)
        weights = {
            f"W{l}": np.random.randn(n, m) / np.sqrt(m / 2)
            for l, n, m in sizes(layers_dims)  # noqa: F821
        }
        return {**weights, **{f"b{l}": np.zeros((n, 1)) for l, n, _ in sizes(layers_dims)}}  # noqa: F821


class xavier_for_he:
    """The variance that suits tanh."""

    def initialize_parameters_he(layers_dims):
        parameters = {}
        L = len(layers_dims)
        for l in range(1, L):
            parameters["W" + str(l)] = np.random.randn(
                layers_dims[l], layers_dims[l - 1]
            ) * np.sqrt(1.0 / layers_dims[l - 1])
            parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
        return parameters


class parenthesis:
    """The root of the two alone, and a uniform draw before it."""

    def initialize_parameters_random(layers_dims):
        parameters = {}
        for l in range(1, len(layers_dims)):
            parameters["W" + str(l)] = np.random.rand(layers_dims[l], layers_dims[l - 1]) * 10
            parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
        return parameters

    def initialize_parameters_he(layers_dims):
        parameters = {}
        for l in range(1, len(layers_dims)):
            scale = np.sqrt(2) / layers_dims[l - 1]
            parameters["W" + str(l)] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * scale
            parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
        return parameters


class off_by_one:
    """The last layer is missing everywhere: L is the number of sizes, less one."""

    def initialize_parameters_zeros(layers_dims):
        parameters = {}
        L = len(layers_dims) - 1
        for l in range(1, L):
            parameters["W" + str(l)] = np.zeros((layers_dims[l], layers_dims[l - 1]))
            parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
        return parameters

    def initialize_parameters_random(layers_dims):
        parameters = {}
        L = len(layers_dims) - 1
        for l in range(1, L):
            parameters["W" + str(l)] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * 10
            parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
        return parameters


class root_forgotten:
    """The variance where the standard deviation is wanted."""

    def initialize_parameters_he(layers_dims):
        parameters = {}
        for l in range(1, len(layers_dims)):
            W = np.random.randn(layers_dims[l], layers_dims[l - 1])
            parameters["W" + str(l)] = W * 2 / layers_dims[l - 1]
            parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
        return parameters


class xavier_again:
    """Copied from a neighbour's, with other names."""

    def initialize_parameters_he(layers_dims):
        params = {}
        for k in range(1, len(layers_dims)):
            fan_in = layers_dims[k - 1]
            params["W%d" % k] = np.random.randn(layers_dims[k], fan_in) * np.sqrt(1 / fan_in)
            params["b%d" % k] = np.zeros((layers_dims[k], 1))
        return params


class wrong_shape:
    """Keras's layout, and biases of rank one."""

    def initialize_parameters_zeros(layers_dims):
        parameters = {}
        for l in range(1, len(layers_dims)):
            parameters["W" + str(l)] = np.zeros((layers_dims[l], layers_dims[l - 1]))
            parameters["b" + str(l)] = np.zeros(layers_dims[l])
        return parameters

    def initialize_parameters_he(layers_dims):
        parameters = {}
        for l in range(1, len(layers_dims)):
            shape = (layers_dims[l - 1], layers_dims[l])
            parameters["W" + str(l)] = np.random.randn(*shape) * np.sqrt(2 / layers_dims[l - 1])
            parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
        return parameters


class wrong_dtype:
    """Whole numbers, which no step of gradient descent can change by a fraction."""

    def initialize_parameters_zeros(layers_dims):
        parameters = {}
        for l in range(1, len(layers_dims)):
            parameters["W" + str(l)] = np.zeros((layers_dims[l], layers_dims[l - 1]), dtype=int)
            parameters["b" + str(l)] = np.zeros((layers_dims[l], 1), dtype=int)
        return parameters


class hard_coded:
    """The numbers that the old notebook printed, for the sizes that it printed them for."""

    def initialize_parameters_random(layers_dims):
        return {
            "W1": np.array(
                [[17.88628473, 4.36509851, 0.96497468], [-18.63492703, -2.77388203, -3.54758979]]
            ),
            "b1": np.array([[0.0], [0.0]]),
            "W2": np.array([[-0.82741481, -6.27000677]]),
            "b2": np.array([[0.0]]),
        }

    def initialize_parameters_he(layers_dims):
        return {
            "W1": np.array(
                [
                    [1.78862847, 0.43650985],
                    [0.09649747, -1.8634927],
                    [-0.2773882, -0.35475898],
                    [-0.08274148, -0.62700068],
                ]
            ),
            "b1": np.zeros((4, 1)),
            "W2": np.array([[-0.03098412, -0.33744411, -0.92904268, 0.62552248]]),
            "b2": np.zeros((1, 1)),
        }


class exception:
    """A typo that raises."""

    def initialize_parameters_he(layers_dims):
        parameters = {}
        for l in range(1, len(layers_dims)):
            W = np.random.randn(layers_dims[l], layers_dims[l - 1])
            parameters["W" + str(l)] = W * np.sqrt(2 / layer_dims[l - 1])  # noqa: F821
            parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
        return parameters


class generation_2017:
    """The notebook of 2017, with its helper file, its comments and its seed."""

    def initialize_parameters_zeros(layers_dims):
        parameters = {}
        L = len(layers_dims)  # number of layers in the network
        for l in range(1, L):
            ### START CODE HERE ### (≈ 2 lines of code)
            parameters["W" + str(l)] = np.zeros((layers_dims[l], layers_dims[l - 1]))
            parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
            ### END CODE HERE ###
        return parameters

    def initialize_parameters_random(layers_dims):
        np.random.seed(3)  # This seed makes sure your "random" numbers will be the as ours
        parameters = {}
        L = len(layers_dims)
        for l in range(1, L):
            ### START CODE HERE ### (≈ 2 lines of code)
            parameters["W" + str(l)] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * 10
            parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
            ### END CODE HERE ###
        return parameters

    def initialize_parameters_he(layers_dims):
        np.random.seed(3)
        parameters = {}
        L = len(layers_dims) - 1  # integer representing the number of layers
        for l in range(1, L + 1):
            ### START CODE HERE ### (≈ 2 lines of code)
            parameters["W" + str(l)] = np.random.randn(
                layers_dims[l], layers_dims[l - 1]
            ) * np.sqrt(2.0 / layers_dims[l - 1])
            parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
            ### END CODE HERE ###
        return parameters
