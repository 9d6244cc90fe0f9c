"""Other right answers to the optimization assignment: each must get full marks."""

# ruff: noqa: D101, D102, D103, NPY002 - the reason is in the decorator

import math

import keras
import numpy as np

from dltf.autograder import accepted, equivalent


@accepted("exponentially_weighted_average", why="each average from its definition, as a sum")
def average_as_a_sum(values, beta=0.9, bias_correction=True):
    averages = []
    for t in range(1, len(values) + 1):
        weights = (1 - beta) * beta ** np.arange(t)[::-1]
        average = np.sum(weights * values[:t])
        averages.append(average / np.sum(weights) if bias_correction else average)
    return np.array(averages)


@accepted("update_parameters_with_gd", why="2017 and 2021 notebooks: in place, l + 1")
def gd_in_place(parameters, grads, learning_rate):
    L = len(parameters) // 2
    for l in range(L):
        parameters["W" + str(l + 1)] -= learning_rate * grads["dW" + str(l + 1)]
        parameters["b" + str(l + 1)] -= learning_rate * grads["db" + str(l + 1)]
    return parameters


@accepted("update_parameters_with_gd", why="a comprehension; the learning rate by another name")
def gd_by_comprehension(parameters, grads, lr):
    return {name: value - lr * grads["d" + name] for name, value in parameters.items()}


@accepted("random_mini_batches", why="2017 and 2021 notebooks: full batches, then the rest")
def batches_of_2017(X, Y, mini_batch_size=64, seed=0):
    np.random.seed(seed)
    m = X.shape[1]
    mini_batches = []
    permutation = list(np.random.permutation(m))
    shuffled_X = X[:, permutation]
    shuffled_Y = Y[:, permutation].reshape((1, m))
    num_complete_minibatches = math.floor(m / mini_batch_size)
    for k in range(num_complete_minibatches):
        mini_batch_X = shuffled_X[:, k * mini_batch_size : (k + 1) * mini_batch_size]
        mini_batch_Y = shuffled_Y[:, k * mini_batch_size : (k + 1) * mini_batch_size]
        mini_batches.append((mini_batch_X, mini_batch_Y))
    if m % mini_batch_size != 0:
        mini_batch_X = shuffled_X[:, num_complete_minibatches * mini_batch_size : m]
        mini_batch_Y = shuffled_Y[:, num_complete_minibatches * mini_batch_size : m]
        mini_batches.append((mini_batch_X, mini_batch_Y))
    return mini_batches


@accepted("random_mini_batches", why="another spelling, np.split, lists in the place of tuples")
def batches_by_split(X, Y, minibatch_size=64, seed=0):
    together = np.vstack([X, Y])
    np.random.RandomState(seed).shuffle(together.T)
    cuts = range(minibatch_size, X.shape[1], minibatch_size)
    return [[part[:-1], part[-1:]] for part in np.split(together, cuts, axis=1)]


@accepted("random_mini_batches", why="an order by sorting random numbers; indices drawn at the end")
def batches_by_sorting(X, Y, mini_batch_size=64, seed=0):
    order = np.argsort(np.random.default_rng(seed + 17).random(X.shape[1]))[::-1]
    batches = []
    while len(order) > 0:
        now, order = order[:mini_batch_size], order[mini_batch_size:]
        batches.append((np.take(X, now, axis=1), np.take(Y, now, axis=1)))
    return batches


@accepted("initialize_velocity", why="2017 and 2021 notebooks: zeros_like, l + 1")
def velocity_of_2021(parameters):
    L = len(parameters) // 2
    v = {}
    for l in range(L):
        v["dW" + str(l + 1)] = np.zeros_like(parameters["W" + str(l + 1)])
        v["db" + str(l + 1)] = np.zeros_like(parameters["b" + str(l + 1)])
    return v


@accepted("initialize_velocity", why="a comprehension over the names")
def velocity_by_comprehension(parameters):
    return {f"d{name}": 0.0 * value for name, value in parameters.items()}


@accepted("update_parameters_with_momentum", why="2017 and 2021 notebooks: in place, l + 1")
def momentum_in_place(parameters, grads, v, beta, learning_rate):
    L = len(parameters) // 2
    for l in range(L):
        v["dW" + str(l + 1)] = beta * v["dW" + str(l + 1)] + (1 - beta) * grads["dW" + str(l + 1)]
        v["db" + str(l + 1)] = beta * v["db" + str(l + 1)] + (1 - beta) * grads["db" + str(l + 1)]
        parameters["W" + str(l + 1)] -= learning_rate * v["dW" + str(l + 1)]
        parameters["b" + str(l + 1)] -= learning_rate * v["db" + str(l + 1)]
    return parameters, v


@accepted("update_parameters_with_momentum", why="v moves towards the gradient; fresh dictionaries")
def momentum_towards(parameters, grads, v, beta, lr):
    new_v = {key: old + (1 - beta) * (grads[key] - old) for key, old in v.items()}
    return {name: p - lr * new_v["d" + name] for name, p in parameters.items()}, new_v


@accepted("update_parameters_with_rmsprop", why="comprehensions, np.square")
def rmsprop_by_comprehension(parameters, grads, s, beta=0.9, learning_rate=0.001, epsilon=1e-8):
    s = {key: beta * old + (1 - beta) * np.square(grads[key]) for key, old in s.items()}
    steps = {name: grads["d" + name] / (s["d" + name] ** 0.5 + epsilon) for name in parameters}
    return {name: p - learning_rate * steps[name] for name, p in parameters.items()}, s


@accepted("initialize_adam", why="2017 and 2021 notebooks: zeros of a shape, l + 1")
def moments_of_2017(parameters):
    L = len(parameters) // 2
    v = {}
    s = {}
    for l in range(L):
        v["dW" + str(l + 1)] = np.zeros(parameters["W" + str(l + 1)].shape)
        v["db" + str(l + 1)] = np.zeros(parameters["b" + str(l + 1)].shape)
        s["dW" + str(l + 1)] = np.zeros(parameters["W" + str(l + 1)].shape)
        s["db" + str(l + 1)] = np.zeros(parameters["b" + str(l + 1)].shape)
    return v, s


@accepted("initialize_adam", why="the same array of zeros in both: a fresh one replaces it anyway")
def moments_that_share(parameters):
    v = {"d" + name: np.zeros_like(value) for name, value in parameters.items()}
    return v, dict(v)


@accepted("update_parameters_with_adam", why="2017 notebooks: in place, three results")
def adam_of_2017(
    parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    L = len(parameters) // 2
    v_corrected = {}
    s_corrected = {}
    for l in range(L):
        for kind in ("W", "b"):
            key, name = f"d{kind}{l + 1}", f"{kind}{l + 1}"
            v[key] = beta1 * v[key] + (1 - beta1) * grads[key]
            v_corrected[key] = v[key] / (1 - np.power(beta1, t))
            s[key] = beta2 * s[key] + (1 - beta2) * np.power(grads[key], 2)
            s_corrected[key] = s[key] / (1 - np.power(beta2, t))
            parameters[name] = parameters[name] - learning_rate * v_corrected[key] / (
                np.sqrt(s_corrected[key]) + epsilon
            )
    return parameters, v, s


@accepted("update_parameters_with_adam", why="2021 notebooks: in place, five results")
def adam_of_2021(
    parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    L = len(parameters) // 2
    v_corrected = {}
    s_corrected = {}
    for l in range(1, L + 1):
        for kind in "Wb":
            key = "d" + kind + str(l)
            v[key] *= beta1
            v[key] += (1 - beta1) * grads[key]
            v_corrected[key] = v[key] / (1 - beta1**t)
            s[key] = beta2 * s[key] + (1 - beta2) * grads[key] ** 2
            s_corrected[key] = s[key] / (1 - beta2**t)
            step = v_corrected[key] / (np.sqrt(s_corrected[key]) + epsilon)
            parameters[kind + str(l)] -= learning_rate * step
    return parameters, v, s, v_corrected, s_corrected


@accepted("update_parameters_with_adam", why="the shorter form, with epsilon where it belongs")
def adam_in_the_shorter_form(
    parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    rate = learning_rate * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    new_v = {key: beta1 * old + (1 - beta1) * grads[key] for key, old in v.items()}
    new_s = {key: beta2 * old + (1 - beta2) * grads[key] ** 2 for key, old in s.items()}
    new = {}
    for name, value in parameters.items():
        below = np.sqrt(new_s["d" + name]) + epsilon * np.sqrt(1 - beta2**t)
        new[name] = value - rate * new_v["d" + name] / below
    return new, new_v, new_s


@accepted("update_lr", why="2021 notebooks: 1 / (...) first, then the rate")
def rate_of_2021(learning_rate0, epoch_num, decay_rate):
    learning_rate = (1 / (1 + decay_rate * epoch_num)) * learning_rate0
    return learning_rate  # noqa: RET504


@accepted("schedule_lr_decay", why="2021 notebooks: np.floor")
def stairs_of_2021(learning_rate0, epoch_num, decay_rate, time_interval=1000):
    return (1 / (1 + decay_rate * np.floor(epoch_num / time_interval))) * learning_rate0


@accepted("schedule_lr_decay", why="int cuts off what is behind the point")
def stairs_by_int(learning_rate0, epoch_num, decay_rate, time_interval=1000):
    return learning_rate0 / (1 + decay_rate * int(epoch_num / time_interval))


@accepted("Momentum", why="v moves towards the gradient, step by step")
class MomentumTowards(keras.optimizers.Optimizer):
    def __init__(self, learning_rate=0.01, beta=0.9, **settings):
        super().__init__(learning_rate=learning_rate, **settings)
        self.beta = beta

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.names = [str(id(variable.value)) for variable in variables]
        self.velocities = [self.add_variable_from_reference(v, "velocity") for v in variables]

    def update_step(self, gradient, variable, rate):
        v = self.velocities[self.names.index(str(id(variable)))]
        self.assign_add(v, (1 - self.beta) * (gradient - v))
        self.assign_sub(variable, rate * v)

    def get_config(self):
        return {**super().get_config(), "beta": self.beta}


equivalent(
    "exponentially_weighted_average",
    "np.zeros(len(values))",
    "np.ones(len(values))",
    why="every entry is overwritten",
)
equivalent(
    "initialize_adam",
    "return (v, s)",
    "return (s, v)",
    why="both dictionaries are the same: zeros of the same shapes",
)
equivalent(
    "random_mini_batches",
    "mini_batch_size < 1",
    "mini_batch_size <= 1",
    why="no case asks for batches of one example",
)
equivalent(
    "random_mini_batches",
    "mini_batch_size < 1",
    "mini_batch_size < 2",
    why="no case asks for batches of one example",
)
equivalent(
    "random_mini_batches",
    "mini_batch_size < 1",
    "mini_batch_size < 0",
    why="no case asks for batches of no example",
)
