"""Answers as real students hand them in, for the sample class: one class, one student.

What a student leaves out is right. The classes are read as text and never imported.
"""

# ruff: noqa: D102, F821, NPY002, RUF059, SIM300 - this is how students write

import numpy as np


class complement:
    """Right, written differently: > on the complement, both masks drawn first, own names."""

    def forward_propagation_with_dropout(X, params, keep_prob=0.5):
        W1, b1, W2, b2, W3, b3 = [params[k] for k in ["W1", "b1", "W2", "b2", "W3", "b3"]]
        m = X.shape[1]
        D1 = np.random.uniform(size=(W1.shape[0], m)) > (1 - keep_prob)
        D2 = np.random.uniform(size=(W2.shape[0], m)) > (1 - keep_prob)
        Z1 = W1 @ X + b1
        A1 = np.maximum(0, Z1) * D1 / keep_prob
        Z2 = W2 @ A1 + b2
        A2 = np.maximum(0, Z2) * D2 / keep_prob
        Z3 = W3 @ A2 + b3
        A3 = 1 / (1 + np.exp(-Z3))
        print("dropout with", keep_prob)
        return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)


class norms:
    """Right, written differently: norms, and gradients in a loop."""

    def compute_cost_with_regularization(A3, Y, parameters, lambd):
        penalty = sum(np.linalg.norm(parameters["W%d" % l], "fro") ** 2 for l in (1, 2, 3))  # noqa: UP031
        return compute_cost(A3, Y) + 0.5 * lambd / Y.shape[1] * penalty


class half_forgotten:
    """The one half on the wrong side: in the gradient, not in the cost."""

    def compute_cost_with_regularization(A3, Y, parameters, lambd):
        m = Y.shape[1]
        W1 = parameters["W1"]
        W2 = parameters["W2"]
        W3 = parameters["W3"]
        cross_entropy_cost = compute_cost(A3, Y)
        L2_regularization_cost = (
            (1 / m)
            * lambd
            * (np.sum(np.square(W1)) + np.sum(np.square(W2)) + np.sum(np.square(W3)))
        )
        return cross_entropy_cost + L2_regularization_cost

    def backward_propagation_with_regularization(X, Y, cache, lambd):
        m = X.shape[1]
        (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache
        dZ3 = A3 - Y
        dW3 = 1.0 / m * np.dot(dZ3, A2.T) + lambd / (2 * m) * W3
        db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
        dA2 = np.dot(W3.T, dZ3)
        dZ2 = np.multiply(dA2, np.int64(A2 > 0))
        dW2 = 1.0 / m * np.dot(dZ2, A1.T) + lambd / (2 * m) * W2
        db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
        dA1 = np.dot(W2.T, dZ2)
        dZ1 = np.multiply(dA1, np.int64(A1 > 0))
        dW1 = 1.0 / m * np.dot(dZ1, X.T) + lambd / (2 * m) * W1
        db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
        return {"dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2,
                "db2": db2, "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1}  # fmt: skip


class parenthesis:
    """The m ends up in the numerator."""

    def compute_cost_with_regularization(A3, Y, parameters, lambd):
        m = Y.shape[1]
        W = [parameters["W" + str(l)] for l in range(1, 4)]
        return compute_cost(A3, Y) + lambd / 2 * m * sum(np.sum(w**2) for w in W)


class normal_mask:
    """The mask from randn: one letter too many."""

    def forward_propagation_with_dropout(X, parameters, keep_prob=0.5):
        np.random.seed(1)
        W1, b1 = parameters["W1"], parameters["b1"]
        W2, b2 = parameters["W2"], parameters["b2"]
        W3, b3 = parameters["W3"], parameters["b3"]
        Z1 = np.dot(W1, X) + b1
        A1 = relu(Z1)
        D1 = np.random.randn(A1.shape[0], A1.shape[1])
        D1 = D1 < keep_prob
        A1 = A1 * D1
        A1 = A1 / keep_prob
        Z2 = np.dot(W2, A1) + b2
        A2 = relu(Z2)
        D2 = np.random.randn(A2.shape[0], A2.shape[1])
        D2 = D2 < keep_prob
        A2 = A2 * D2
        A2 = A2 / keep_prob
        Z3 = np.dot(W3, A2) + b3
        A3 = sigmoid(Z3)
        cache = (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)
        return A3, cache


class scale_forgotten:
    """Dropout as before it was inverted: no factor, forwards or backwards."""

    def forward_propagation_with_dropout(X, parameters, keep_prob=0.5):
        W1, b1, W2, b2, W3, b3 = (parameters[n] for n in ("W1", "b1", "W2", "b2", "W3", "b3"))
        Z1 = np.dot(W1, X) + b1
        A1 = relu(Z1)
        D1 = (np.random.rand(A1.shape[0], A1.shape[1]) < keep_prob).astype(int)
        A1 = np.multiply(A1, D1)
        Z2 = np.dot(W2, A1) + b2
        A2 = relu(Z2)
        D2 = (np.random.rand(A2.shape[0], A2.shape[1]) < keep_prob).astype(int)
        A2 = np.multiply(A2, D2)
        Z3 = np.dot(W3, A2) + b3
        A3 = sigmoid(Z3)
        return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)

    def backward_propagation_with_dropout(X, Y, cache, keep_prob):
        m = X.shape[1]
        (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3) = cache
        dZ3 = A3 - Y
        dA2 = np.dot(W3.T, dZ3) * D2
        dZ2 = dA2 * (A2 > 0)
        dA1 = np.dot(W2.T, dZ2) * D1
        dZ1 = dA1 * (A1 > 0)
        grads = {"dZ3": dZ3, "dA2": dA2, "dZ2": dZ2, "dA1": dA1, "dZ1": dZ1}
        for l, dZ, A in ((3, dZ3, A2), (2, dZ2, A1), (1, dZ1, X)):
            grads["dW" + str(l)] = np.dot(dZ, A.T) / m
            grads["db" + str(l)] = np.sum(dZ, axis=1, keepdims=True) / m
        return grads


class one_mask:
    """One mask for all examples."""

    def forward_propagation_with_dropout(X, parameters, keep_prob=0.5):
        W1, b1, W2, b2, W3, b3 = (parameters[n] for n in ("W1", "b1", "W2", "b2", "W3", "b3"))
        Z1 = W1 @ X + b1
        A1 = relu(Z1)
        D1 = np.random.rand(A1.shape[0], 1) < keep_prob
        A1 = A1 * D1 / keep_prob
        Z2 = W2 @ A1 + b2
        A2 = relu(Z2)
        D2 = np.random.rand(A2.shape[0], 1) < keep_prob
        A2 = A2 * D2 / keep_prob
        Z3 = W3 @ A2 + b3
        A3 = sigmoid(Z3)
        return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)


class seven_gradients:
    """Right numbers, and half of them missing; the masks twice the same letter."""

    def backward_propagation_with_dropout(X, Y, cache, keep_prob):
        m = X.shape[1]
        (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3) = cache
        dZ3 = A3 - Y
        dZ2 = np.dot(W3.T, dZ3) * D2 / keep_prob * (A2 > 0)
        dZ1 = np.dot(W2.T, dZ2) * D1 / keep_prob * (A1 > 0)
        return {
            "dW3": np.dot(dZ3, A2.T) / m, "dW2": np.dot(dZ2, A1.T) / m, "dW1": np.dot(dZ1, X.T) / m,
            "db3": np.mean(dZ3, axis=1, keepdims=True), "db2": np.mean(dZ2, axis=1, keepdims=True),
            "db1": np.mean(dZ1, axis=1, keepdims=True),
        }  # fmt: skip


class hard_coded:
    """The numbers that the old notebook printed."""

    def compute_cost_with_regularization(A3, Y, parameters, lambd):
        return 1.7864859451590758

    def forward_propagation_with_dropout(X, parameters, keep_prob=0.5):
        return np.array([[0.36974721, 0.00305176, 0.04565099, 0.49683389, 0.36974721]]), ()


class exception:
    """A typo that raises, and an exercise left alone."""

    def backward_propagation_with_regularization(X, Y, cache, lambd):
        m = X.shape[1]
        (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache
        dZ3 = A3 - Y
        dW3 = 1.0 / m * np.dot(dZ3, A2.T) + lambda_ * W3 / m
        return {"dZ3": dZ3, "dW3": dW3}


class generation_2017:
    """The notebook of 2017, with its helper file, its comments and its seed."""

    def compute_cost_with_regularization(A3, Y, parameters, lambd):
        m = Y.shape[1]
        W1 = parameters["W1"]
        W2 = parameters["W2"]
        W3 = parameters["W3"]

        cross_entropy_cost = compute_cost(
            A3, Y
        )  # This gives you the cross-entropy part of the cost

        ### START CODE HERE ### (approx. 1 line)
        L2_regularization_cost = (
            (1.0 / m)
            * (lambd / 2)
            * (np.sum(np.square(W1)) + np.sum(np.square(W2)) + np.sum(np.square(W3)))
        )
        ### END CODER HERE ###

        cost = cross_entropy_cost + L2_regularization_cost

        return cost  # noqa: RET504

    def backward_propagation_with_regularization(X, Y, cache, lambd):
        m = X.shape[1]
        (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache

        dZ3 = A3 - Y

        ### START CODE HERE ### (approx. 1 line)
        dW3 = 1.0 / m * np.dot(dZ3, A2.T) + (lambd / m) * W3
        ### END CODE HERE ###
        db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)

        dA2 = np.dot(W3.T, dZ3)
        dZ2 = np.multiply(dA2, np.int64(A2 > 0))
        ### START CODE HERE ### (approx. 1 line)
        dW2 = 1.0 / m * np.dot(dZ2, A1.T) + (lambd / m) * W2
        ### END CODE HERE ###
        db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)

        dA1 = np.dot(W2.T, dZ2)
        dZ1 = np.multiply(dA1, np.int64(A1 > 0))
        ### START CODE HERE ### (approx. 1 line)
        dW1 = 1.0 / m * np.dot(dZ1, X.T) + (lambd / m) * W1
        ### END CODE HERE ###
        db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)

        gradients = {"dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2,
                     "dZ2": dZ2, "dW2": dW2, "db2": db2, "dA1": dA1,
                     "dZ1": dZ1, "dW1": dW1, "db1": db1}  # fmt: skip

        return gradients  # noqa: RET504

    def forward_propagation_with_dropout(X, parameters, keep_prob=0.5):
        np.random.seed(1)

        # retrieve parameters
        W1 = parameters["W1"]
        b1 = parameters["b1"]
        W2 = parameters["W2"]
        b2 = parameters["b2"]
        W3 = parameters["W3"]
        b3 = parameters["b3"]

        # LINEAR -> RELU -> LINEAR -> RELU -> LINEAR -> SIGMOID
        Z1 = np.dot(W1, X) + b1
        A1 = relu(Z1)
        ### START CODE HERE ### (approx. 4 lines)    # Steps 1-4 described above.
        D1 = np.random.rand(
            A1.shape[0], A1.shape[1]
        )  # Step 1: initialize matrix D1 = np.random.rand(..., ...)
        D1 = (
            D1 < keep_prob
        )  # Step 2: convert entries of D1 to 0 or 1 (using keep_prob as the threshold)
        A1 = A1 * D1  # Step 3: shut down some neurons of A1
        A1 = A1 / keep_prob  # Step 4: scale the value of neurons that haven't been shut down
        ### END CODE HERE ###
        Z2 = np.dot(W2, A1) + b2
        A2 = relu(Z2)
        ### START CODE HERE ### (approx. 4 lines)
        D2 = np.random.rand(A2.shape[0], A2.shape[1])
        D2 = D2 < keep_prob
        A2 = A2 * D2
        A2 = A2 / keep_prob
        ### END CODE HERE ###
        Z3 = np.dot(W3, A2) + b3
        A3 = sigmoid(Z3)

        cache = (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)

        return A3, cache

    def backward_propagation_with_dropout(X, Y, cache, keep_prob):
        m = X.shape[1]
        (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3) = cache

        dZ3 = A3 - Y
        dW3 = 1.0 / m * np.dot(dZ3, A2.T)
        db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
        dA2 = np.dot(W3.T, dZ3)
        ### START CODE HERE ### (≈ 2 lines of code)
        dA2 = dA2 * D2
        dA2 = dA2 / keep_prob
        ### END CODE HERE ###
        dZ2 = np.multiply(dA2, np.int64(A2 > 0))
        dW2 = 1.0 / m * np.dot(dZ2, A1.T)
        db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)

        dA1 = np.dot(W2.T, dZ2)
        ### START CODE HERE ### (≈ 2 lines of code)
        dA1 = dA1 * D1
        dA1 = dA1 / keep_prob
        ### END CODE HERE ###
        dZ1 = np.multiply(dA1, np.int64(A1 > 0))
        dW1 = 1.0 / m * np.dot(dZ1, X.T)
        db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)

        gradients = {"dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2,
                     "dZ2": dZ2, "dW2": dW2, "db2": db2, "dA1": dA1,
                     "dZ1": dZ1, "dW1": dW1, "db1": db1}  # fmt: skip

        return gradients  # noqa: RET504
