"""Answers as real students hand them in, for the sample class: one class, one student.

What a student leaves out is right. The classes are read as text and never imported.
"""

# ruff: noqa: D102, NPY002, UP031 - this is how students write

import numpy as np


class comprehension:
    """Right, written differently: comprehensions, slices, new dictionaries."""

    def update_parameters_with_gd(parameters, grads, learning_rate):
        return {k: p - learning_rate * grads["d" + k] for k, p in parameters.items()}

    def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
        order = np.random.RandomState(seed).permutation(X.shape[1])
        cuts = [order[i : i + mini_batch_size] for i in range(0, X.shape[1], mini_batch_size)]
        return [(X[:, c], Y[:, c]) for c in cuts]

    def update_parameters_with_adam(
        parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8
    ):
        v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in v}
        s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in s}
        vc = {k: v[k] / (1 - beta1**t) for k in v}
        sc = {k: s[k] / (1 - beta2**t) for k in s}
        new = {
            k: p - learning_rate * vc["d" + k] / (np.sqrt(sc["d" + k]) + epsilon)
            for k, p in parameters.items()
        }
        return new, v, s, vc, sc


class copied_from_2017:
    """The widely copied solution of Adam, in which s is not corrected."""

    def update_parameters_with_adam(
        parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8
    ):
        L = len(parameters) // 2
        v_corrected = {}
        s_corrected = {}
        for l in range(L):
            for k in ("W", "b"):
                d = "d" + k + str(l + 1)
                v[d] = beta1 * v[d] + (1 - beta1) * grads[d]
                v_corrected[d] = v[d] / (1 - beta1**t)
                s[d] = beta2 * s[d] + (1 - beta2) * grads[d] ** 2
                s_corrected[d] = s[d] / (1 - beta2**t)
                parameters[k + str(l + 1)] -= (
                    learning_rate * v_corrected[d] / (np.sqrt(s[d]) + epsilon)
                )
        return parameters, v, s


class misprint:
    """The formula of the old notebook, beta1 in the correction of s."""

    def update_parameters_with_adam(
        parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8
    ):
        for l in range(1, len(parameters) // 2 + 1):
            for k in "Wb":
                d = f"d{k}{l}"
                v[d] = beta1 * v[d] + (1 - beta1) * grads[d]
                s[d] = beta2 * s[d] + (1 - beta2) * np.square(grads[d])
                step = (v[d] / (1 - beta1**t)) / (np.sqrt(s[d] / (1 - beta1**t)) + epsilon)
                parameters[f"{k}{l}"] = parameters[f"{k}{l}"] - learning_rate * step
        return parameters, v, s


class epsilon_inside:
    """Epsilon under the root, and a rest that nobody sees."""

    def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
        np.random.seed(seed)
        m = X.shape[1]
        p = np.random.permutation(m)
        X, Y = X[:, p], Y[:, p]
        batches = []
        for k in range(m // mini_batch_size):
            i, j = k * mini_batch_size, (k + 1) * mini_batch_size
            batches.append((X[:, i:j], Y[:, i:j]))
        return batches

    def update_parameters_with_adam(
        parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8
    ):
        for l in range(1, len(parameters) // 2 + 1):
            for k in "Wb":
                d = f"d{k}{l}"
                v[d] = beta1 * v[d] + (1 - beta1) * grads[d]
                s[d] = beta2 * s[d] + (1 - beta2) * grads[d] ** 2
                vc, sc = v[d] / (1 - beta1**t), s[d] / (1 - beta2**t)
                parameters[f"{k}{l}"] = parameters[f"{k}{l}"] - learning_rate * vc / np.sqrt(
                    sc + epsilon
                )
        return parameters, v, s


class off_by_one:
    """The last layer is never reached."""

    def update_parameters_with_gd(parameters, grads, learning_rate):
        L = len(parameters) // 2
        for l in range(1, L):
            parameters["W" + str(l)] -= learning_rate * grads["dW" + str(l)]
            parameters["b" + str(l)] -= learning_rate * grads["db" + str(l)]
        return parameters

    def initialize_velocity(parameters):
        v = {}
        for l in range(1, len(parameters) // 2):
            v["dW" + str(l)] = np.zeros_like(parameters["W" + str(l)])
            v["db" + str(l)] = np.zeros_like(parameters["b" + str(l)])
        return v


class pytorch_momentum:
    """The velocity of another library: the gradient in full."""

    def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
        for l in range(1, len(parameters) // 2 + 1):
            for k in ("W", "b"):
                v["d%s%d" % (k, l)] = beta * v["d%s%d" % (k, l)] + grads["d%s%d" % (k, l)]
                parameters["%s%d" % (k, l)] -= learning_rate * v["d%s%d" % (k, l)]
        return parameters, v


class labels_left_behind:
    """X is shuffled, Y is not."""

    def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
        np.random.seed(seed)
        m = X.shape[1]
        X = X[:, np.random.permutation(m)]
        batches = []
        for i in range(0, m, mini_batch_size):
            batches.append((X[:, i : i + mini_batch_size], Y[:, i : i + mini_batch_size]))
        return batches


class counts_itself:
    """t is counted in the function as well."""

    def update_parameters_with_adam(
        parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8
    ):
        t = t + 1
        for l in range(1, len(parameters) // 2 + 1):
            for k in "Wb":
                d = f"d{k}{l}"
                v[d] = beta1 * v[d] + (1 - beta1) * grads[d]
                s[d] = beta2 * s[d] + (1 - beta2) * grads[d] ** 2
                vc, sc = v[d] / (1 - beta1**t), s[d] / (1 - beta2**t)
                parameters[f"{k}{l}"] -= learning_rate * vc / (np.sqrt(sc) + epsilon)
        return parameters, v, s


class hard_coded:
    """The numbers that the notebook printed, for the sizes that it printed them for."""

    def initialize_velocity(parameters):
        return {
            "dW1": np.zeros((2, 3)),
            "db1": np.zeros((2, 1)),
            "dW2": np.zeros((3, 3)),
            "db2": np.zeros((3, 1)),
        }


class exception:
    """A typo that raises."""

    def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
        for l in range(1, len(parameters) // 2 + 1):
            v["dW" + str(l)] = beta * v["dW" + str(l)] + (1 - beta) * grad["dW" + str(l)]  # noqa: F821
            v["db" + str(l)] = beta * v["db" + str(l)] + (1 - beta) * grads["db" + str(l)]
            parameters["W" + str(l)] -= learning_rate * v["dW" + str(l)]
            parameters["b" + str(l)] -= learning_rate * v["db" + str(l)]
        return parameters, v


class generation_2017:
    """The notebook of 2017, with its helper file and its comments."""

    def update_parameters_with_gd(parameters, grads, learning_rate):
        L = len(parameters) // 2  # number of layers in the neural networks
        # Update rule for each parameter
        for l in range(L):
            ### START CODE HERE ### (approx. 2 lines)
            parameters["W" + str(l + 1)] = (
                parameters["W" + str(l + 1)] - learning_rate * grads["dW" + str(l + 1)]
            )
            parameters["b" + str(l + 1)] = (
                parameters["b" + str(l + 1)] - learning_rate * grads["db" + str(l + 1)]
            )
            ### END CODE HERE ###
        return parameters

    def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
        np.random.seed(seed)  # To make your "random" minibatches the same as ours
        m = X.shape[1]  # number of training examples
        mini_batches = []
        # Step 1: Shuffle (X, Y)
        permutation = list(np.random.permutation(m))
        shuffled_X = X[:, permutation]
        shuffled_Y = Y[:, permutation].reshape((1, m))
        # Step 2: Partition (shuffled_X, shuffled_Y). Minus the end case.
        num_complete_minibatches = m // mini_batch_size
        for k in range(num_complete_minibatches):
            ### START CODE HERE ### (approx. 2 lines)
            mini_batch_X = shuffled_X[:, k * mini_batch_size : (k + 1) * mini_batch_size]
            mini_batch_Y = shuffled_Y[:, k * mini_batch_size : (k + 1) * mini_batch_size]
            ### END CODE HERE ###
            mini_batch = (mini_batch_X, mini_batch_Y)
            mini_batches.append(mini_batch)
        # Handling the end case (last mini-batch < mini_batch_size)
        if m % mini_batch_size != 0:
            ### START CODE HERE ### (approx. 2 lines)
            mini_batch_X = shuffled_X[:, num_complete_minibatches * mini_batch_size :]
            mini_batch_Y = shuffled_Y[:, num_complete_minibatches * mini_batch_size :]
            ### END CODE HERE ###
            mini_batch = (mini_batch_X, mini_batch_Y)
            mini_batches.append(mini_batch)
        return mini_batches

    def initialize_velocity(parameters):
        L = len(parameters) // 2
        v = {}
        for l in range(L):
            ### START CODE HERE ### (approx. 2 lines)
            v["dW" + str(l + 1)] = np.zeros(parameters["W" + str(l + 1)].shape)
            v["db" + str(l + 1)] = np.zeros(parameters["b" + str(l + 1)].shape)
            ### END CODE HERE ###
        return v

    def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
        L = len(parameters) // 2
        for l in range(L):
            ### START CODE HERE ### (approx. 4 lines)
            v["dW" + str(l + 1)] = (
                beta * v["dW" + str(l + 1)] + (1 - beta) * grads["dW" + str(l + 1)]
            )
            v["db" + str(l + 1)] = (
                beta * v["db" + str(l + 1)] + (1 - beta) * grads["db" + str(l + 1)]
            )
            parameters["W" + str(l + 1)] -= learning_rate * v["dW" + str(l + 1)]
            parameters["b" + str(l + 1)] -= learning_rate * v["db" + str(l + 1)]
            ### END CODE HERE ###
        return parameters, v

    def initialize_adam(parameters):
        L = len(parameters) // 2
        v = {}
        s = {}
        for l in range(L):
            ### START CODE HERE ### (approx. 4 lines)
            v["dW" + str(l + 1)] = np.zeros(parameters["W" + str(l + 1)].shape)
            v["db" + str(l + 1)] = np.zeros(parameters["b" + str(l + 1)].shape)
            s["dW" + str(l + 1)] = np.zeros(parameters["W" + str(l + 1)].shape)
            s["db" + str(l + 1)] = np.zeros(parameters["b" + str(l + 1)].shape)
            ### END CODE HERE ###
        return v, s

    def update_parameters_with_adam(
        parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8
    ):
        L = len(parameters) // 2
        v_corrected = {}  # Initializing first moment estimate, python dictionary
        s_corrected = {}  # Initializing second moment estimate, python dictionary
        for l in range(L):
            ### START CODE HERE ###
            v["dW" + str(l + 1)] = (
                beta1 * v["dW" + str(l + 1)] + (1 - beta1) * grads["dW" + str(l + 1)]
            )
            v["db" + str(l + 1)] = (
                beta1 * v["db" + str(l + 1)] + (1 - beta1) * grads["db" + str(l + 1)]
            )
            v_corrected["dW" + str(l + 1)] = v["dW" + str(l + 1)] / (1 - np.power(beta1, t))
            v_corrected["db" + str(l + 1)] = v["db" + str(l + 1)] / (1 - np.power(beta1, t))
            s["dW" + str(l + 1)] = beta2 * s["dW" + str(l + 1)] + (1 - beta2) * np.power(
                grads["dW" + str(l + 1)], 2
            )
            s["db" + str(l + 1)] = beta2 * s["db" + str(l + 1)] + (1 - beta2) * np.power(
                grads["db" + str(l + 1)], 2
            )
            s_corrected["dW" + str(l + 1)] = s["dW" + str(l + 1)] / (1 - np.power(beta2, t))
            s_corrected["db" + str(l + 1)] = s["db" + str(l + 1)] / (1 - np.power(beta2, t))
            parameters["W" + str(l + 1)] = parameters["W" + str(l + 1)] - learning_rate * (
                v_corrected["dW" + str(l + 1)] / (np.sqrt(s_corrected["dW" + str(l + 1)]) + epsilon)
            )
            parameters["b" + str(l + 1)] = parameters["b" + str(l + 1)] - learning_rate * (
                v_corrected["db" + str(l + 1)] / (np.sqrt(s_corrected["db" + str(l + 1)]) + epsilon)
            )
            ### END CODE HERE ###
        return parameters, v, s
