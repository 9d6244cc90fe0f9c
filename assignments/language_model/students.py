"""Notebooks of the sample class that cannot be drawn from accepted answers and mistakes."""

from dltf.autograder import student

student("short", "Right, written differently: comprehensions, the helper for a step.")


def sample(parameters, char_to_ix, seed):
    rng = np.random.RandomState(seed)
    size, n_a = parameters["Wya"].shape
    a, x, drawn = np.zeros((n_a, 1)), np.zeros((size, 1)), []
    for _ in range(50):
        a, p = rnn_step_forward(parameters, a, x)
        drawn.append(rng.choice(size, p=p.ravel()))
        if drawn[-1] == char_to_ix["\n"]:
            return drawn
        x = np.eye(size)[:, [drawn[-1]]]
    return [*drawn, char_to_ix["\n"]]


student("no_end", "Never told where a name ends; the input of zeros at every step.")


def sample(parameters, char_to_ix, seed):
    rng = np.random.default_rng(seed)
    vocab_size, n_a = parameters["Wya"].shape
    x, a = np.zeros((vocab_size, 1)), np.zeros((n_a, 1))
    indices = []
    while len(indices) < 50 and char_to_ix["\n"] not in indices:
        a, y = rnn_step_forward(parameters, a, x)
        indices.append(int(rng.choice(vocab_size, p=y.ravel())))
    if char_to_ix["\n"] not in indices:
        indices.append(char_to_ix["\n"])
    return indices


student("typo", "A name that is not there.")


def clip(gradients, maxValue):
    for name in ("dWax", "dWaa", "dWya", "dba", "dby"):
        np.clip(gradients[name], -maxValue, maxValue, out=gradients[name])
    return gradients


student(
    "generation_2017",
    "The notebook of 2017, with the names handed over instead of read from a file.",
    older=True,
)
from utils import (
    get_initial_loss,
    initialize_parameters,
    rnn_backward,
    rnn_forward,
    smooth,
    update_parameters,
)


def clip(gradients, maxValue):
    dWaa, dWax, dWya = gradients["dWaa"], gradients["dWax"], gradients["dWya"]
    db, dby = gradients["db"], gradients["dby"]
    for gradient in [dWax, dWaa, dWya, db, dby]:
        np.clip(gradient, -maxValue, maxValue, out=gradient)
    gradients = {"dWaa": dWaa, "dWax": dWax, "dWya": dWya, "db": db, "dby": dby}
    return gradients


def sample(parameters, char_to_ix, seed):
    Waa, Wax, Wya = parameters["Waa"], parameters["Wax"], parameters["Wya"]
    by, b = parameters["by"], parameters["b"]
    vocab_size = by.shape[0]
    n_a = Waa.shape[1]
    x = np.zeros((vocab_size, 1))
    a_prev = np.zeros((n_a, 1))
    indices = []
    idx = -1
    counter = 0
    newline_character = char_to_ix["\n"]
    while idx != newline_character and counter != 50:
        a = np.tanh(np.dot(Wax, x) + np.dot(Waa, a_prev) + b)
        z = np.dot(Wya, a) + by
        y = softmax(z)
        np.random.seed(counter + seed)
        idx = np.random.choice(list(range(vocab_size)), p=y.ravel())
        indices.append(idx)
        x = np.zeros((vocab_size, 1))
        x[idx] = 1
        a_prev = a
        seed += 1
        counter += 1
    if counter == 50:
        if idx != newline_character:
            indices.append(char_to_ix["\n"])
    return indices


def optimize(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters)
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    parameters = update_parameters(parameters, gradients, learning_rate)
    return loss, gradients, a[len(X) - 1]


def model(data, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27):
    n_x, n_y = vocab_size, vocab_size
    parameters = initialize_parameters(n_a, n_x, n_y)
    loss = get_initial_loss(vocab_size, dino_names)
    examples = [x.lower().strip() for x in data]
    np.random.seed(0)
    np.random.shuffle(examples)
    a_prev = np.zeros((n_a, 1))
    for j in range(num_iterations):
        index = j % len(examples)
        X = [None] + [char_to_ix[ch] for ch in examples[index]]
        Y = X[1:] + [char_to_ix["\n"]]
        curr_loss, gradients, a_prev = optimize(X, Y, a_prev, parameters)
        loss = smooth(loss, curr_loss)
    return parameters
