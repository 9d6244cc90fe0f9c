"""Other right answers to the signs assignment: each must get full marks."""

# ruff: noqa: D103, F821, NPY002, RET504 - older notebooks; an answer's neighbours are around it

import keras
import numpy as np
import tensorflow as tf

from dltf.autograder import accepted, equivalent


@accepted("softmax", why="step by step")
def softmax_step_by_step(Z):
    e = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    AL = e / np.sum(e, axis=0, keepdims=True)
    return AL


@accepted("softmax", why="the log of the sum of powers, and one exp at the end")
def softmax_by_logs(Z):
    peak = np.max(Z, axis=0)
    return np.exp(Z - peak - np.log(np.sum(np.exp(Z - peak), axis=0)))


@accepted("one_hot", why="a loop over the examples")
def one_hot_in_a_loop(classes, C):
    m = len(classes)
    Y = np.zeros((C, m))
    for i in range(m):
        Y[classes[i], i] = 1
    return Y


@accepted("one_hot", why="2017 helper: rows of the identity, turned")
def one_hot_of_2017(Y, C):
    return np.eye(C)[np.reshape(Y, -1)].T


@accepted("one_hot", why="a comparison of every class with every label")
def one_hot_by_comparison(labels, depth):
    return (np.arange(depth)[:, None] == np.asarray(labels)[None, :]).astype(float)


@accepted("cross_entropy", why="labels times logarithms")
def cross_entropy_by_sums(AL, Y):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(AL)) / m
    return cost


@accepted("cross_entropy", why="the probabilities of the true classes are picked out")
def cross_entropy_by_index(AL, Y):
    true = AL[np.argmax(Y, axis=0), np.arange(Y.shape[1])]
    return -np.log(true).sum() / Y.shape[1]


@accepted("cross_entropy_gradient", why="step by step")
def gradient_step_by_step(Z, Y):
    m = Y.shape[1]
    AL = softmax(Z)
    dZ = AL - Y
    dZ = dZ / m
    return dZ


@accepted("cross_entropy_gradient", why="softmax by hand, a copy in which the true class loses 1")
def gradient_by_index(Z, Y):
    powers = np.exp(Z)
    dZ = powers / np.sum(powers, axis=0)
    dZ[np.argmax(Y, axis=0), np.arange(Z.shape[1])] -= 1
    return dZ / Z.shape[1]


@accepted("linear_function", why="2021 notebooks: a seed, tf.add, tf.matmul")
def linear_of_2021():
    np.random.seed(1)
    X = tf.constant(np.random.randn(3, 1), name="X")
    W = tf.Variable(np.random.randn(4, 3), name="W")
    b = tf.Variable(np.random.randn(4, 1), name="b")
    Y = tf.add(tf.matmul(W, X), b)
    return Y


@accepted("linear_function", why="drawn in another order, the operator, constants")
def linear_in_another_order():
    W, X = np.random.randn(4, 3), np.random.randn(3, 1)
    return tf.constant(W) @ tf.constant(X) + np.random.randn(4, 1)


@accepted("linear_function", why="2017 notebooks: a session runs the graph")
def linear_of_2017():
    np.random.seed(1)
    X = tf.constant(np.random.randn(3, 1), name="X")
    W = tf.constant(np.random.randn(4, 3), name="W")
    b = tf.constant(np.random.randn(4, 1), name="b")
    Y = tf.add(tf.matmul(W, X), b)
    sess = tf.Session()
    result = sess.run(Y)
    sess.close()
    return result


@accepted("sigmoid", why="2017 notebooks: a placeholder, and a session that feeds it")
def sigmoid_of_2017(z):
    x = tf.placeholder(tf.float32, name="x")
    sigmoid = tf.sigmoid(x)
    with tf.Session() as sess:
        return sess.run(sigmoid, feed_dict={x: z})


@accepted("sigmoid", why="2021 notebooks: Keras's activation of a float32")
def sigmoid_of_2021(z):
    z = tf.cast(z, tf.float32)
    a = tf.keras.activations.sigmoid(z)
    return a


@accepted("sigmoid", why="the formula, in double precision")
def sigmoid_by_formula(x):
    return 1.0 / (1.0 + tf.exp(-tf.cast(x, tf.float64)))


@accepted("one_hot_matrix", why="2021 notebooks: depth, a vector")
def one_hot_of_2021(label, depth=6):
    one_hot = tf.reshape(tf.one_hot(label, depth, axis=0), (depth,))
    return one_hot


@accepted("one_hot_matrix", why="2021 notebooks, first edition: a column")
def one_hot_column(label, depth=6):
    one_hot = tf.reshape(tf.one_hot(label, depth, axis=0), (depth, 1))
    return one_hot


@accepted("one_hot_matrix", why="2017 notebooks: the values by hand, which are integers")
def one_hot_of_integers(labels, C):
    return tf.one_hot(labels, C, 1, 0, axis=0)


@accepted("one_hot_matrix", why="2023 notebooks: a reshape to whatever length there is")
def one_hot_of_2023(label, C=6):
    one_hot = tf.reshape(tf.one_hot(label, C, axis=0), shape=[-1])
    return one_hot


@accepted("one_hot_matrix", why="2017 notebooks without their session: labels, (C, m)")
def one_hot_matrix_of_2017(labels, C):
    C = tf.constant(C, name="C")
    return tf.one_hot(indices=labels, depth=C, axis=0)


@accepted("minimize_square", why="assign_sub, the gradient by name")
def minimize_by_assign_sub(learning_rate=0.1, num_steps=100, target=5.0):
    w = tf.Variable(0.0)
    costs = []
    for _ in range(num_steps):
        with tf.GradientTape() as tape:
            cost = (w - target) ** 2
        costs.append(cost.numpy())
        dw = tape.gradient(cost, w)
        w.assign_sub(learning_rate * dw)
    return w.numpy(), costs


@accepted("one_hot_matrix", why="2017 notebooks: labels, (C, m), run in a session")
def one_hot_matrix_in_a_session(labels, C):
    C = tf.constant(C, name="C")
    one_hot_matrix = tf.one_hot(labels, C, axis=0)
    sess = tf.Session()
    one_hot = sess.run(one_hot_matrix)
    sess.close()
    return one_hot


@accepted("minimize_square", why="Keras's optimizer takes the step")
def minimize_by_sgd(learning_rate=0.1, num_steps=100, target=5.0):
    w, costs = tf.Variable(0.0), []
    optimizer = keras.optimizers.SGD(learning_rate)
    for _ in range(num_steps):
        with tf.GradientTape() as tape:
            cost = tf.square(w - target)
        costs.append(cost.numpy())
        optimizer.apply([tape.gradient(cost, w)], [w])
    return w.numpy(), costs


@accepted("initialize_parameters", why="2021 notebooks: one initializer of seed 1, for biases too")
def parameters_of_2021():
    initializer = tf.keras.initializers.GlorotNormal(seed=1)
    W1 = tf.Variable(initializer(shape=(25, 12288)))
    b1 = tf.Variable(initializer(shape=(25, 1)))
    W2 = tf.Variable(initializer(shape=(12, 25)))
    b2 = tf.Variable(initializer(shape=(12, 1)))
    W3 = tf.Variable(initializer(shape=(6, 12)))
    b3 = tf.Variable(initializer(shape=(6, 1)))
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    return parameters


@accepted("initialize_parameters", why="2017 notebooks: variables of a graph, Xavier's initializer")
def parameters_of_2017():
    tf.set_random_seed(1)
    xavier = tf.contrib.layers.xavier_initializer
    W1 = tf.get_variable("W1", [25, 12288], initializer=xavier(seed=1))
    b1 = tf.get_variable("b1", [25, 1], initializer=tf.zeros_initializer())
    W2 = tf.get_variable("W2", [12, 25], initializer=xavier(seed=1))
    b2 = tf.get_variable("b2", [12, 1], initializer=tf.zeros_initializer())
    W3 = tf.get_variable("W3", [6, 12], initializer=xavier(seed=1))
    b3 = tf.get_variable("b3", [6, 1], initializer=tf.zeros_initializer())
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}


@accepted("initialize_parameters", why="Glorot's uniform distribution, Xavier's of 2017")
def parameters_by_uniform():
    start = keras.initializers.GlorotUniform()
    parameters = {}
    for l, (n, before) in enumerate(((25, 12288), (12, 25), (6, 12)), start=1):
        parameters["W" + str(l)] = tf.Variable(start((n, before)), trainable=True)
        parameters["b" + str(l)] = tf.Variable(np.zeros((n, 1), "float32"))
    return parameters


@accepted("forward_propagation", why="2017 and 2021 notebooks: tf.add, tf.matmul, step by step")
def forward_of_2017(X, parameters):
    W1 = parameters["W1"]
    b1 = parameters["b1"]
    W2 = parameters["W2"]
    b2 = parameters["b2"]
    W3 = parameters["W3"]
    b3 = parameters["b3"]
    Z1 = tf.add(tf.matmul(W1, X), b1)
    A1 = tf.nn.relu(Z1)
    Z2 = tf.add(tf.matmul(W2, A1), b2)
    A2 = tf.nn.relu(Z2)
    Z3 = tf.add(tf.matmul(W3, A2), b3)
    return Z3


@accepted("forward_propagation", why="2021 notebooks: tf.math, tf.linalg, Keras's relu")
def forward_of_2021(X, parameters):
    W1 = parameters["W1"]
    b1 = parameters["b1"]
    W2 = parameters["W2"]
    b2 = parameters["b2"]
    W3 = parameters["W3"]
    b3 = parameters["b3"]
    Z1 = tf.math.add(tf.linalg.matmul(W1, X), b1)
    A1 = tf.keras.activations.relu(Z1)
    Z2 = tf.math.add(tf.linalg.matmul(W2, A1), b2)
    A2 = tf.keras.activations.relu(Z2)
    Z3 = tf.math.add(tf.linalg.matmul(W3, A2), b3)
    return Z3


@accepted("forward_propagation", why="a loop over the layers, Keras's relu, the operator")
def forward_in_a_loop(X, params):
    A = X
    for layer in "123":
        Z = params["W" + layer] @ A + params["b" + layer]
        A = tf.keras.activations.relu(Z)
    return Z


@accepted("compute_total_loss", why="2023 notebooks: Keras's metric of the transposed")
def total_loss_of_2023(logits, labels):
    total_loss = tf.reduce_sum(
        tf.keras.losses.categorical_crossentropy(
            tf.transpose(labels), tf.transpose(logits), from_logits=True
        )
    )
    return total_loss


@accepted("compute_total_loss", why="2017 notebooks, a sum instead of a mean: transposed by name")
def total_loss_by_names(logits, labels):
    logits = tf.transpose(logits)
    labels = tf.transpose(labels)
    cost = tf.reduce_sum(tf.nn.softmax_cross_entropy_with_logits(logits=logits, labels=labels))
    return cost


@accepted("compute_total_loss", why="the axis of the classes is named; the sum by hand")
def total_loss_by_axis(logits, labels):
    losses = tf.reduce_logsumexp(logits, axis=0) - tf.reduce_sum(labels * logits, axis=0)
    return tf.math.reduce_sum(losses)


equivalent(
    "one_hot_matrix", "C=6", "C=7", why="notebooks of 2017 have no default, so no case goes without"
)

equivalent(
    "one_hot_matrix", "C=6", "C=5", why="notebooks of 2017 have no default, so no case goes without"
)

equivalent("minimize_square", "w - target", "target - w", why="the square is the same")

equivalent(
    "initialize_parameters",
    ignores="seed",
    why="other notebooks have no seed as an argument, so no case passes one",
)
