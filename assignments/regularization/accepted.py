"""Other right answers to the regularization assignment: each must get full marks."""

# ruff: noqa: D101, D102, D103, NPY002, RET504, RUF059, SIM300 - older notebooks

import keras
import numpy as np

from dltf.autograder import accepted, equivalent
from dltf.regularization import backward_propagation, compute_cost, relu, sigmoid


@accepted("compute_cost_with_regularization", why="2017 and 2021 notebooks")
def cost_of_2017(A3, Y, parameters, lambd):
    m = Y.shape[1]
    W1 = parameters["W1"]
    W2 = parameters["W2"]
    W3 = parameters["W3"]
    cross_entropy_cost = compute_cost(A3, Y)
    L2_regularization_cost = (
        lambd * (np.sum(np.square(W1)) + np.sum(np.square(W2)) + np.sum(np.square(W3))) / (2 * m)
    )
    cost = cross_entropy_cost + L2_regularization_cost
    return cost


@accepted("compute_cost_with_regularization", why="Frobenius norms, any number of layers")
def cost_by_norms(A3, Y, parameters, lambda_):
    m = A3.shape[1]
    squares = [np.linalg.norm(p) ** 2 for name, p in parameters.items() if name.startswith("W")]
    return np.squeeze(compute_cost(A3, Y)) + (1 / m) * (lambda_ / 2) * np.sum(squares)


@accepted("compute_cost_with_regularization", why="the cross-entropy by hand, traces and products")
def cost_by_traces(A3, Y, parameters, lambd):
    m = Y.shape[1]
    cost = -np.mean(Y * np.log(A3) + (1 - Y) * np.log(1 - A3))
    for W in (parameters[name] for name in sorted(parameters) if "W" in name):
        cost += lambd / 2 / m * np.trace(W @ W.T)
    return cost


@accepted("backward_propagation_with_regularization", why="2017 and 2021 notebooks")
def backward_of_2017(X, Y, cache, lambd):
    m = X.shape[1]
    (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache
    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T) + (lambd * W3) / m
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3)
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T) + (lambd * W2) / m
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T) + (lambd * W1) / m
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    gradients = {
        "dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }  # fmt: skip
    return gradients


@accepted("backward_propagation_with_regularization", why="slope from Z, a loop over the layers")
def backward_in_a_loop(X, Y, cache, lam):
    m = Y.shape[1]
    A, Z, W = [X, cache[1], cache[5], cache[9]], [None, cache[0], cache[4]], cache[2::4]
    gradients, dZ = {}, A[3] - Y
    for l in (3, 2, 1):
        gradients[f"dZ{l}"] = dZ
        gradients[f"dW{l}"] = (dZ @ A[l - 1].T + lam * W[l - 1]) / m
        gradients[f"db{l}"] = np.mean(dZ, axis=1).reshape(-1, 1)
        if l > 1:
            gradients[f"dA{l - 1}"] = W[l - 1].T @ dZ
            dZ = gradients[f"dA{l - 1}"] * np.where(Z[l - 1] > 0, 1, 0)
    return gradients


@accepted("backward_propagation_with_regularization", why="the given gradients, in place")
def backward_in_place(X, Y, cache, lambd):
    gradients = backward_propagation(X, Y, cache)
    for l, W in ((1, cache[2]), (2, cache[6]), (3, cache[10])):
        gradients[f"dW{l}"] += lambd * W / X.shape[1]
    return gradients


@accepted("forward_propagation_with_dropout", why="2017 notebooks: seed 1 inside, rand, bool mask")
def dropout_of_2017(X, parameters, keep_prob=0.5):
    np.random.seed(1)
    W1 = parameters["W1"]
    b1 = parameters["b1"]
    W2 = parameters["W2"]
    b2 = parameters["b2"]
    W3 = parameters["W3"]
    b3 = parameters["b3"]
    Z1 = np.dot(W1, X) + b1
    A1 = relu(Z1)
    D1 = np.random.rand(A1.shape[0], A1.shape[1])
    D1 = D1 < keep_prob
    A1 = A1 * D1
    A1 = A1 / keep_prob
    Z2 = np.dot(W2, A1) + b2
    A2 = relu(Z2)
    D2 = np.random.rand(A2.shape[0], A2.shape[1])
    D2 = D2 < keep_prob
    A2 = A2 * D2
    A2 = A2 / keep_prob
    Z3 = np.dot(W3, A2) + b3
    A3 = sigmoid(Z3)
    cache = (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)
    return A3, cache


@accepted("forward_propagation_with_dropout", why="2021 notebooks: whole numbers as the mask")
def dropout_of_2021(X, parameters, keep_prob=0.5):
    np.random.seed(1)
    W1 = parameters["W1"]
    b1 = parameters["b1"]
    W2 = parameters["W2"]
    b2 = parameters["b2"]
    W3 = parameters["W3"]
    b3 = parameters["b3"]
    Z1 = np.dot(W1, X) + b1
    A1 = relu(Z1)
    D1 = np.random.rand(A1.shape[0], A1.shape[1])
    D1 = (D1 < keep_prob).astype(int)
    A1 = A1 * D1
    A1 = A1 / keep_prob
    Z2 = np.dot(W2, A1) + b2
    A2 = relu(Z2)
    D2 = np.random.rand(A2.shape[0], A2.shape[1])
    D2 = (D2 < keep_prob).astype(int)
    A2 = A2 * D2
    A2 = A2 / keep_prob
    Z3 = np.dot(W3, A2) + b3
    A3 = sigmoid(Z3)
    cache = (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)
    return A3, cache


@accepted("forward_propagation_with_dropout", why="> on the complement, both masks drawn first")
def dropout_by_the_complement(X, parameters, keep_prob=0.5):
    p = parameters
    rng = np.random.default_rng()
    D2 = rng.random((len(p["b2"]), X.shape[1])) > 1 - keep_prob
    D1 = rng.uniform(size=(len(p["b1"]), X.shape[1])) >= 1 - keep_prob
    Z1 = p["W1"] @ X + p["b1"]
    A1 = np.where(D1, relu(Z1) / keep_prob, 0)
    Z2 = p["W2"] @ A1 + p["b2"]
    A2 = np.where(D2, relu(Z2) / keep_prob, 0)
    Z3 = p["W3"] @ A2 + p["b3"]
    A3 = sigmoid(Z3)
    return A3, [Z1, D1, A1, p["W1"], p["b1"], Z2, D2, A2, p["W2"], p["b2"], Z3, A3, p["W3"], p["b3"]]  # fmt: skip  # noqa: E501


@accepted("forward_propagation_with_dropout", why="coins instead of a comparison, in single bytes")
def dropout_by_coins(X, parameters, keep_prob=0.5):
    W1, b1, W2, b2, W3, b3 = parameters.values()
    rng = np.random.default_rng(7)
    Z1 = W1.dot(X) + b1
    D1 = rng.binomial(1, keep_prob, size=Z1.shape).astype(np.uint8)
    A1 = np.maximum(0, Z1) * (D1 / keep_prob)
    Z2 = W2.dot(A1) + b2
    D2 = rng.choice([0, 1], size=Z2.shape, p=[1 - keep_prob, keep_prob])
    A2 = np.maximum(0, Z2) * (D2 / keep_prob)
    Z3 = W3.dot(A2) + b3
    A3 = 1 / (1 + np.exp(-Z3))
    return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)


@accepted("backward_propagation_with_dropout", why="2017 and 2021 notebooks")
def backward_dropout_of_2017(X, Y, cache, keep_prob):
    m = X.shape[1]
    (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3) = cache
    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T)
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3)
    dA2 = dA2 * D2
    dA2 = dA2 / keep_prob
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T)
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dA1 = dA1 * D1
    dA1 = dA1 / keep_prob
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T)
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    gradients = {
        "dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }  # fmt: skip
    return gradients


@accepted("backward_propagation_with_dropout", why="2021 notebooks: mask and scale by *= and /=")
def backward_dropout_in_place(X, Y, cache, keep_prob):
    m = X.shape[1]
    (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3) = cache
    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T)
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3)
    dA2 *= D2
    dA2 /= keep_prob
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T)
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dA1 *= D1
    dA1 /= keep_prob
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T)
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    gradients = {
        "dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }  # fmt: skip
    return gradients


@accepted("backward_propagation_with_dropout", why="dropped entries set to zero; slope from Z")
def backward_dropout_by_assignment(X, Y, cache, keep_prob):
    m = X.shape[1]
    (Z1, D1, A1, _W1, _b1, Z2, D2, A2, W2, _b2, _Z3, A3, W3, _b3) = cache
    dZ3 = A3 - Y
    dA2 = W3.T @ dZ3 / keep_prob
    dA2[D2 == 0] = 0
    dZ2 = np.where(Z2 > 0, dA2, 0)
    dA1 = W2.T @ dZ2 / keep_prob
    dA1[np.logical_not(D1)] = 0
    dZ1 = np.where(Z1 > 0, dA1, 0)
    gradients = {"dZ3": dZ3, "dA2": dA2, "dZ2": dZ2, "dA1": dA1, "dZ1": dZ1}
    for l, dZ, A in ((3, dZ3, A2), (2, dZ2, A1), (1, dZ1, X)):
        gradients[f"dW{l}"] = dZ @ A.T / m
        gradients[f"db{l}"] = dZ.mean(axis=1, keepdims=True)
    return gradients


@accepted(
    "normalize_inputs", why="mean and standard deviation by name, constant features left at 0"
)
def normalize_step_by_step(train_X, test_X):
    mu = np.mean(train_X, axis=1, keepdims=True)
    sigma = np.std(train_X, axis=1, keepdims=True)
    sigma[sigma == 0] = 1
    train_X = (train_X - mu) / sigma
    test_X = (test_X - mu) / sigma
    return train_X, test_X


@accepted("normalize_inputs", why="the variance, and a small number against division by zero")
def normalize_by_variance(train_X, test_X):
    mu = train_X.mean(axis=1).reshape(-1, 1)
    sigma2 = np.mean((train_X - mu) ** 2, axis=1, keepdims=True)
    return (train_X - mu) / np.sqrt(sigma2 + 1e-12), (test_X - mu) / np.sqrt(sigma2 + 1e-12)


@accepted("normalize_inputs", why="Keras's layer does the work")
def normalize_by_keras(train_X, test_X):
    layer = keras.layers.Normalization(axis=-1, dtype="float64")
    layer.adapt(train_X.T)
    return np.asarray(layer(train_X.T)).T, np.asarray(layer(test_X.T)).T


@accepted("logistic_gradients", why="an if, products the other way round")
def logistic_by_an_if(w, b, X, Y, lambd=0.0, penalty="l2"):
    m = Y.shape[1]
    A = 1 / (1 + np.exp(-(np.dot(w.T, X) + b)))
    dw = np.dot(X, (A - Y).T) / m
    if penalty == "l2":
        dw = dw + lambd * w / m
    else:
        dw = dw + lambd / m * ((w > 0).astype(float) - (w < 0))
    return dw, np.mean(A - Y)


@accepted("InvertedDropout", why="keras.random.dropout does the work")
class DropoutByKeras(keras.layers.Layer):
    def __init__(self, keep_prob=0.5, seed=None, **settings):
        super().__init__(**settings)
        self.rate = 1 - keep_prob
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=None):
        if training:
            return keras.random.dropout(inputs, self.rate, seed=self.seed_generator)
        return inputs


@accepted("InvertedDropout", why="a product with a cast mask, < keep_prob")
class DropoutByProduct(keras.layers.Layer):
    def __init__(self, keep_prob=0.5, seed=None):
        super().__init__()
        self.keep_prob = keep_prob
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        if not training:
            return inputs
        u = keras.random.uniform(inputs.shape, seed=self.seed_generator)
        return inputs * keras.ops.cast(u < self.keep_prob, inputs.dtype) / self.keep_prob


equivalent(
    "compute_cost_with_regularization",
    "('W1', 'W2', 'W3')",
    "('W2', 'W1', 'W3')",
    why="a sum in another order",
)

equivalent(
    "compute_cost_with_regularization",
    "('W1', 'W2', 'W3')",
    "('W1', 'W3', 'W2')",
    why="a sum in another order",
)

equivalent(
    "forward_propagation_with_dropout",
    ignores="rng",
    why="older notebooks have no rng, so no case passes one; without it every draw is fresh",
)

equivalent(
    "forward_propagation_with_dropout",
    "rng.random(A1.shape) < keep_prob",
    "rng.random(A1.shape) <= keep_prob",
    why="a draw never equals keep_prob",
)

equivalent(
    "forward_propagation_with_dropout",
    "rng.random(A2.shape) < keep_prob",
    "rng.random(A2.shape) <= keep_prob",
    why="a draw never equals keep_prob",
)

equivalent(
    "backward_propagation_with_dropout",
    "np.sum(dZ3, axis=1, keepdims=True)",
    "np.sum(dZ3, keepdims=True)",
    why="dZ3 has one row",
)

equivalent(
    "backward_propagation_with_dropout",
    "W3.T @ dZ3",
    "W3.T * dZ3",
    why="a column times a row: both products are the outer one",
)

equivalent(
    "normalize_inputs",
    "np.where(std > 0, std, 1)",
    "np.where(std > 0, std, 2)",
    why="what is 0 everywhere may be divided by any number",
)

equivalent(
    "InvertedDropout",
    "super().__init__(**settings)",
    "super().__init__()",
    why="given to the student, who writes call; the tests of the topic hold it",
)

equivalent(
    "InvertedDropout",
    "0 < keep_prob <= 1",
    "0 <= keep_prob <= 1",
    why="given to the student, who writes call; the tests of the topic hold it",
)

equivalent(
    "InvertedDropout",
    "0 < keep_prob <= 1",
    "0 < keep_prob < 1",
    why="given to the student, who writes call; the tests of the topic hold it",
)

equivalent(
    "InvertedDropout",
    "0 < keep_prob <= 1",
    "-1 < keep_prob <= 1",
    why="given to the student, who writes call; the tests of the topic hold it",
)

equivalent(
    "InvertedDropout",
    "0 < keep_prob <= 1",
    "0 < keep_prob <= 2",
    why="given to the student, who writes call; the tests of the topic hold it",
)

equivalent(
    "InvertedDropout",
    "super().get_config() | {'keep_prob': self.keep_prob, 'seed': self.seed}",
    "super().get_config() & {'keep_prob': self.keep_prob, 'seed': self.seed}",
    why="given to the student, who writes call; the tests of the topic hold it",
)

equivalent(
    "InvertedDropout",
    "super().get_config() | {'keep_prob': self.keep_prob, 'seed': self.seed}",
    "super().get_config()",
    why="given to the student, who writes call; the tests of the topic hold it",
)

equivalent(
    "InvertedDropout",
    "draw >= 1 - self.keep_prob",
    "draw > 1 - self.keep_prob",
    why="a draw never equals the threshold",
)
equivalent(
    "logistic_gradients",
    "penalty not in ('l1', 'l2')",
    "penalty not in ('l2', 'l1')",
    why="the same two names",
)
