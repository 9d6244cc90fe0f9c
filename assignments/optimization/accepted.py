"""Other right answers to the optimization assignment: each must get full marks."""

# ruff: noqa: D101, D102, D103, NPY002, RET504 - older notebooks; the reason is in the decorator

import math

import keras
import numpy as np
from keras import ops

from dltf.autograder import accepted, equivalent
from dltf.optimization import GradientDescent


@accepted("exponentially_weighted_average", why="each average from its definition, as a sum")
def average_as_a_sum(values, beta=0.9, bias_correction=True):
    averages = []
    for t in range(1, len(values) + 1):
        weights = (1 - beta) * beta ** np.arange(t)[::-1]
        average = np.sum(weights * values[:t])
        averages.append(average / np.sum(weights) if bias_correction else average)
    return np.array(averages)


@accepted("exponentially_weighted_average", why="a list, an if")
def average_in_a_list(values, beta=0.9, bias_correction=True):
    averages = []
    v = 0
    for t in range(1, len(values) + 1):
        v = beta * v + (1 - beta) * values[t - 1]
        if bias_correction:
            v_corrected = v / (1 - beta**t)
            averages.append(v_corrected)
        else:
            averages.append(v)
    return np.array(averages)


@accepted("update_parameters_with_gd", why="2017 notebooks: l + 1")
def gd_of_2017(parameters, grads, learning_rate):
    L = len(parameters) // 2
    for l in range(L):
        parameters["W" + str(l + 1)] = (
            parameters["W" + str(l + 1)] - learning_rate * grads["dW" + str(l + 1)]
        )
        parameters["b" + str(l + 1)] = (
            parameters["b" + str(l + 1)] - learning_rate * grads["db" + str(l + 1)]
        )
    return parameters


@accepted("update_parameters_with_gd", why="2021 notebooks: layers from 1")
def gd_of_2021(parameters, grads, learning_rate):
    L = len(parameters) // 2
    for l in range(1, L + 1):
        parameters["W" + str(l)] = parameters["W" + str(l)] - learning_rate * grads["dW" + str(l)]
        parameters["b" + str(l)] = parameters["b" + str(l)] - learning_rate * grads["db" + str(l)]
    return parameters


@accepted("update_parameters_with_gd", why="the arrays themselves are changed, by -=")
def gd_in_place(parameters, grads, learning_rate):
    L = len(parameters) // 2
    for l in range(L):
        parameters["W" + str(l + 1)] -= learning_rate * grads["dW" + str(l + 1)]
        parameters["b" + str(l + 1)] -= learning_rate * grads["db" + str(l + 1)]
    return parameters


@accepted("update_parameters_with_gd", why="a comprehension; the learning rate by another name")
def gd_by_comprehension(parameters, grads, lr):
    return {name: value - lr * grads["d" + name] for name, value in parameters.items()}


@accepted("random_mini_batches", why="2017 notebooks: full batches, then the rest")
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
        mini_batch = (mini_batch_X, mini_batch_Y)
        mini_batches.append(mini_batch)
    if m % mini_batch_size != 0:
        mini_batch_X = shuffled_X[:, num_complete_minibatches * mini_batch_size : m]
        mini_batch_Y = shuffled_Y[:, num_complete_minibatches * mini_batch_size : m]
        mini_batch = (mini_batch_X, mini_batch_Y)
        mini_batches.append(mini_batch)
    return mini_batches


@accepted("random_mini_batches", why="2021 notebooks: inc, the rest to the end of the array")
def batches_of_2021(X, Y, mini_batch_size=64, seed=0):
    np.random.seed(seed)
    m = X.shape[1]
    mini_batches = []
    permutation = list(np.random.permutation(m))
    shuffled_X = X[:, permutation]
    shuffled_Y = Y[:, permutation].reshape((1, m))
    inc = mini_batch_size
    num_complete_minibatches = math.floor(m / mini_batch_size)
    for k in range(num_complete_minibatches):
        mini_batch_X = shuffled_X[:, k * inc : (k + 1) * inc]
        mini_batch_Y = shuffled_Y[:, k * inc : (k + 1) * inc]
        mini_batch = (mini_batch_X, mini_batch_Y)
        mini_batches.append(mini_batch)
    if m % mini_batch_size != 0:
        mini_batch_X = shuffled_X[:, num_complete_minibatches * inc :]
        mini_batch_Y = shuffled_Y[:, num_complete_minibatches * inc :]
        mini_batch = (mini_batch_X, mini_batch_Y)
        mini_batches.append(mini_batch)
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


@accepted("initialize_velocity", why="2017 notebooks: zeros of a shape, l + 1")
def velocity_of_2017(parameters):
    L = len(parameters) // 2
    v = {}
    for l in range(L):
        v["dW" + str(l + 1)] = np.zeros(parameters["W" + str(l + 1)].shape)
        v["db" + str(l + 1)] = np.zeros(parameters["b" + str(l + 1)].shape)
    return v


@accepted("initialize_velocity", why="2021 notebooks: zeros_like, layers from 1")
def velocity_of_2021(parameters):
    L = len(parameters) // 2
    v = {}
    for l in range(1, L + 1):
        v["dW" + str(l)] = np.zeros_like(parameters["W" + str(l)])
        v["db" + str(l)] = np.zeros_like(parameters["b" + str(l)])
    return v


@accepted("initialize_velocity", why="a comprehension over the names")
def velocity_by_comprehension(parameters):
    return {f"d{name}": 0.0 * value for name, value in parameters.items()}


@accepted("update_parameters_with_momentum", why="2017 notebooks: l + 1")
def momentum_of_2017(parameters, grads, v, beta, learning_rate):
    L = len(parameters) // 2
    for l in range(L):
        v["dW" + str(l + 1)] = beta * v["dW" + str(l + 1)] + (1 - beta) * grads["dW" + str(l + 1)]
        v["db" + str(l + 1)] = beta * v["db" + str(l + 1)] + (1 - beta) * grads["db" + str(l + 1)]
        parameters["W" + str(l + 1)] = (
            parameters["W" + str(l + 1)] - learning_rate * v["dW" + str(l + 1)]
        )
        parameters["b" + str(l + 1)] = (
            parameters["b" + str(l + 1)] - learning_rate * v["db" + str(l + 1)]
        )
    return parameters, v


@accepted("update_parameters_with_momentum", why="2021 notebooks: layers from 1")
def momentum_of_2021(parameters, grads, v, beta, learning_rate):
    L = len(parameters) // 2
    for l in range(1, L + 1):
        v["dW" + str(l)] = beta * v["dW" + str(l)] + (1 - beta) * grads["dW" + str(l)]
        v["db" + str(l)] = beta * v["db" + str(l)] + (1 - beta) * grads["db" + str(l)]
        parameters["W" + str(l)] = parameters["W" + str(l)] - learning_rate * v["dW" + str(l)]
        parameters["b" + str(l)] = parameters["b" + str(l)] - learning_rate * v["db" + str(l)]
    return parameters, v


@accepted("update_parameters_with_momentum", why="the arrays themselves are changed, by -=")
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


@accepted("update_parameters_with_rmsprop", why="the words of the notebooks' Adam, l + 1")
def rmsprop_layer_by_layer(parameters, grads, s, beta=0.9, learning_rate=0.001, epsilon=1e-8):
    L = len(parameters) // 2
    for l in range(L):
        s["dW" + str(l + 1)] = (
            beta * s["dW" + str(l + 1)] + (1 - beta) * grads["dW" + str(l + 1)] ** 2
        )
        s["db" + str(l + 1)] = (
            beta * s["db" + str(l + 1)] + (1 - beta) * grads["db" + str(l + 1)] ** 2
        )
        parameters["W" + str(l + 1)] = parameters["W" + str(l + 1)] - learning_rate * grads[
            "dW" + str(l + 1)
        ] / (np.sqrt(s["dW" + str(l + 1)]) + epsilon)
        parameters["b" + str(l + 1)] = parameters["b" + str(l + 1)] - learning_rate * grads[
            "db" + str(l + 1)
        ] / (np.sqrt(s["db" + str(l + 1)]) + epsilon)
    return parameters, s


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


@accepted("initialize_adam", why="2021 notebooks: zeros_like, layers from 1")
def moments_of_2021(parameters):
    L = len(parameters) // 2
    v = {}
    s = {}
    for l in range(1, L + 1):
        v["dW" + str(l)] = np.zeros_like(parameters["W" + str(l)])
        v["db" + str(l)] = np.zeros_like(parameters["b" + str(l)])
        s["dW" + str(l)] = np.zeros_like(parameters["W" + str(l)])
        s["db" + str(l)] = np.zeros_like(parameters["b" + str(l)])
    return v, s


@accepted("initialize_adam", why="the same array of zeros in both: a fresh one replaces it anyway")
def moments_that_share(parameters):
    v = {"d" + name: np.zeros_like(value) for name, value in parameters.items()}
    return v, dict(v)


@accepted("update_parameters_with_adam", why="2017 notebooks: three results")
def adam_of_2017(
    parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    L = len(parameters) // 2
    v_corrected = {}
    s_corrected = {}
    for l in range(L):
        v["dW" + str(l + 1)] = beta1 * v["dW" + str(l + 1)] + (1 - beta1) * grads["dW" + str(l + 1)]
        v["db" + str(l + 1)] = beta1 * v["db" + str(l + 1)] + (1 - beta1) * grads["db" + str(l + 1)]
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
        parameters["W" + str(l + 1)] = parameters["W" + str(l + 1)] - learning_rate * v_corrected[
            "dW" + str(l + 1)
        ] / (np.sqrt(s_corrected["dW" + str(l + 1)]) + epsilon)
        parameters["b" + str(l + 1)] = parameters["b" + str(l + 1)] - learning_rate * v_corrected[
            "db" + str(l + 1)
        ] / (np.sqrt(s_corrected["db" + str(l + 1)]) + epsilon)
    return parameters, v, s


@accepted("update_parameters_with_adam", why="2021 notebooks: five results")
def adam_of_2021(
    parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    L = len(parameters) // 2
    v_corrected = {}
    s_corrected = {}
    for l in range(1, L + 1):
        v["dW" + str(l)] = beta1 * v["dW" + str(l)] + (1 - beta1) * grads["dW" + str(l)]
        v["db" + str(l)] = beta1 * v["db" + str(l)] + (1 - beta1) * grads["db" + str(l)]
        v_corrected["dW" + str(l)] = v["dW" + str(l)] / (1 - beta1**t)
        v_corrected["db" + str(l)] = v["db" + str(l)] / (1 - beta1**t)
        s["dW" + str(l)] = beta2 * s["dW" + str(l)] + (1 - beta2) * grads["dW" + str(l)] ** 2
        s["db" + str(l)] = beta2 * s["db" + str(l)] + (1 - beta2) * grads["db" + str(l)] ** 2
        s_corrected["dW" + str(l)] = s["dW" + str(l)] / (1 - beta2**t)
        s_corrected["db" + str(l)] = s["db" + str(l)] / (1 - beta2**t)
        parameters["W" + str(l)] = parameters["W" + str(l)] - learning_rate * v_corrected[
            "dW" + str(l)
        ] / (np.sqrt(s_corrected["dW" + str(l)]) + epsilon)
        parameters["b" + str(l)] = parameters["b" + str(l)] - learning_rate * v_corrected[
            "db" + str(l)
        ] / (np.sqrt(s_corrected["db" + str(l)]) + epsilon)
    return parameters, v, s, v_corrected, s_corrected


@accepted("update_parameters_with_adam", why="2021 notebooks, by kinds and in place")
def adam_in_place(
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
    return learning_rate


@accepted("update_lr", why="2021 notebooks: the rate above the line")
def rate_over_a_sum(learning_rate0, epoch_num, decay_rate):
    learning_rate = learning_rate0 / (1 + decay_rate * epoch_num)
    return learning_rate


@accepted("schedule_lr_decay", why="2021 notebooks: np.floor")
def stairs_of_2021(learning_rate0, epoch_num, decay_rate, time_interval=1000):
    learning_rate = (1 / (1 + decay_rate * np.floor(epoch_num / time_interval))) * learning_rate0
    return learning_rate


@accepted("schedule_lr_decay", why="2021 notebooks: the rate above the line")
def stairs_over_a_sum(learning_rate0, epoch_num, decay_rate, time_interval=1000):
    learning_rate = learning_rate0 / (1 + decay_rate * np.floor(epoch_num / time_interval))
    return learning_rate


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


@accepted("Momentum", why="assigned first, then read")
class MomentumAssignedFirst(GradientDescent):
    def __init__(self, learning_rate=0.01, beta=0.9, **settings):
        super().__init__(learning_rate, memory=["v"], **settings)
        self.beta = self.decay_rate("beta", beta)

    def update_step(self, gradient, variable, learning_rate):
        learning_rate = ops.cast(learning_rate, variable.dtype)
        (v,) = self.averages(variable)
        self.assign(v, self.beta * v + (1 - self.beta) * gradient)
        self.assign(variable, variable - learning_rate * v)

    def get_config(self):
        return super().get_config() | {"beta": self.beta}


@accepted("RMSprop", why="assigned first, then read; powers")
class RMSpropAssignedFirst(GradientDescent):
    def __init__(self, learning_rate=0.001, rho=0.9, epsilon=1e-7, **settings):
        super().__init__(learning_rate, memory=["s"], **settings)
        self.rho = self.decay_rate("rho", rho)
        self.epsilon = self.non_negative("epsilon", epsilon)

    def update_step(self, gradient, variable, learning_rate):
        learning_rate = ops.cast(learning_rate, variable.dtype)
        (s,) = self.averages(variable)
        self.assign(s, self.rho * s + (1 - self.rho) * gradient**2)
        self.assign(variable, variable - learning_rate * gradient / ops.sqrt(s + self.epsilon))

    def get_config(self):
        return super().get_config() | {"rho": self.rho, "epsilon": self.epsilon}


@accepted("Adam", why="assigned first, then read; powers")
class AdamAssignedFirst(GradientDescent):
    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, **settings):
        super().__init__(learning_rate, memory=["v", "s"], **settings)
        self.beta_1 = self.decay_rate("beta_1", beta_1)
        self.beta_2 = self.decay_rate("beta_2", beta_2)
        self.epsilon = self.non_negative("epsilon", epsilon)

    def update_step(self, gradient, variable, learning_rate):
        learning_rate = ops.cast(learning_rate, variable.dtype)
        t = ops.cast(self.iterations + 1, variable.dtype)
        v, s = self.averages(variable)
        self.assign(v, self.beta_1 * v + (1 - self.beta_1) * gradient)
        self.assign(s, self.beta_2 * s + (1 - self.beta_2) * gradient**2)
        rate = learning_rate * ops.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)
        self.assign(variable, variable - rate * v / (ops.sqrt(s) + self.epsilon))

    def get_config(self):
        betas = {"beta_1": self.beta_1, "beta_2": self.beta_2}
        return super().get_config() | betas | {"epsilon": self.epsilon}


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
