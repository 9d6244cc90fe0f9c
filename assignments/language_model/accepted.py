"""Other right answers to the language_model assignment: each must get full marks."""

# ruff: noqa: B007, C416, D103, F821, NPY002, RET504, RUF005, RUF059, SIM113, UP031 - older notebooks

import copy

import numpy as np

from dltf.autograder import accepted, equivalent


@accepted("clip", why="2017 and 2021 notebooks: in place, by out=")
def clip_of_2017(gradients, maxValue):
    dWaa, dWax, dWya, db, dby = (
        gradients["dWaa"],
        gradients["dWax"],
        gradients["dWya"],
        gradients["db"],
        gradients["dby"],
    )
    for gradient in [dWax, dWaa, dWya, db, dby]:
        np.clip(gradient, -maxValue, maxValue, out=gradient)
    gradients = {"dWaa": dWaa, "dWax": dWax, "dWya": dWya, "db": db, "dby": dby}
    return gradients


@accepted("clip", why="2021 notebooks: a deep copy, clipped key by key")
def clip_of_2021(gradients, maxValue):
    gradients = copy.deepcopy(gradients)
    dWaa, dWax, dWya, db, dby = (
        gradients["dWaa"],
        gradients["dWax"],
        gradients["dWya"],
        gradients["db"],
        gradients["dby"],
    )
    for gradient in gradients:
        np.clip(gradients[gradient], -maxValue, maxValue, out=gradients[gradient])
    gradients = {"dWaa": dWaa, "dWax": dWax, "dWya": dWya, "db": db, "dby": dby}
    return gradients


@accepted("clip", why="whatever the dictionary holds, by two comparisons")
def clip_by_comparisons(gradients, max_value):
    return {k: np.maximum(np.minimum(g, max_value), -max_value) for k, g in gradients.items()}


@accepted("sample", why="2017 and 2021 notebooks: a counter, a new seed at every step")
def sample_of_2017(parameters, char_to_ix, seed):
    Waa, Wax, Wya, by, b = (
        parameters["Waa"],
        parameters["Wax"],
        parameters["Wya"],
        parameters["by"],
        parameters["b"],
    )
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
        indices.append(char_to_ix["\n"])
    return indices


@accepted("sample", why="2021 notebooks: np.squeeze, a range")
def sample_of_2021(parameters, char_to_ix, seed):
    Waa, Wax, Wya, by, b = (
        parameters["Waa"],
        parameters["Wax"],
        parameters["Wya"],
        parameters["by"],
        parameters["b"],
    )
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
        idx = np.random.choice(range(vocab_size), p=np.squeeze(y))
        indices.append(idx)
        x = np.zeros((vocab_size, 1))
        x[idx] = 1
        a_prev = a
        seed += 1
        counter += 1
    if counter == 50:
        indices.append(char_to_ix["\n"])
    return indices


@accepted("sample", why="by the helper for a step, and the inverse of the distribution function")
def sample_by_steps(parameters, char_to_ix, seed, temperature=1.0):
    rng = np.random.RandomState(seed)
    size, n_a = parameters["Wya"].shape
    a, x, drawn = np.zeros((n_a, 1)), np.zeros((size, 1)), []
    for _ in range(50):
        a, p = rnn_step_forward(parameters, a, x)
        p = p[:, 0] ** (1 / temperature)
        drawn.append(int(np.searchsorted(np.cumsum(p / p.sum()), rng.rand())))
        if drawn[-1] == char_to_ix["\n"]:
            return drawn
        x = np.eye(size)[:, drawn[-1]][:, None]
    return [*drawn, char_to_ix["\n"]]


@accepted("optimize", why="2017 and 2021 notebooks: 27 characters by default")
def optimize_of_2017(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters)
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    parameters = update_parameters(parameters, gradients, learning_rate)
    return loss, gradients, a[len(X) - 1]


@accepted("optimize", why="the update written out; the last state by the number of keys")
def optimize_written_out(X, Y, a_prev, parameters, lr=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["by"].size)
    gradients, states = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, maxValue=5)
    for key in parameters:
        parameters[key] = parameters[key] - lr * gradients["d" + key]
    return loss, gradients, states[max(states)]


@accepted("model", why="2017 notebooks: X and Y in a line each")
def model_of_2017(
    data, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
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
        curr_loss, gradients, a_prev = optimize(X, Y, a_prev, parameters, learning_rate=0.01)
        loss = smooth(loss, curr_loss)
        if j % 2000 == 0:
            print("Iteration: %d, Loss: %f" % (j, loss) + "\n")
            seed = 0
            for name in range(dino_names):
                sampled_indices = sample(parameters, char_to_ix, seed)
                print_sample(sampled_indices, ix_to_char)
                seed += 1
            print("\n")
    return parameters


@accepted(
    "model", why="2021 notebooks: step by step, the last name that was drawn is returned, too"
)
def model_of_2021(
    data_x,
    ix_to_char,
    char_to_ix,
    num_iterations=35000,
    n_a=50,
    dino_names=7,
    vocab_size=27,
    verbose=False,
):
    n_x, n_y = vocab_size, vocab_size
    parameters = initialize_parameters(n_a, n_x, n_y)
    loss = get_initial_loss(vocab_size, dino_names)
    examples = [x.strip() for x in data_x]
    np.random.seed(0)
    np.random.shuffle(examples)
    a_prev = np.zeros((n_a, 1))
    last_dino_name = "abc"
    for j in range(num_iterations):
        idx = j % len(examples)
        single_example = examples[idx]
        single_example_chars = [c for c in single_example]
        single_example_ix = [char_to_ix[c] for c in single_example_chars]
        X = [None] + single_example_ix
        ix_newline = char_to_ix["\n"]
        Y = X[1:] + [ix_newline]
        curr_loss, gradients, a_prev = optimize(X, Y, a_prev, parameters, learning_rate=0.01)
        if verbose and j in [0, len(examples) - 1, len(examples)]:
            print("j =", j, "idx =", idx)
        loss = smooth(loss, curr_loss)
        if j % 2000 == 0:
            print("Iteration: %d, Loss: %f" % (j, loss) + "\n")
            seed = 0
            for name in range(dino_names):
                sampled_indices = sample(parameters, char_to_ix, seed)
                last_dino_name = get_sample(sampled_indices, ix_to_char)
                print(last_dino_name.replace("\n", ""))
                seed += 1
            print("\n")
    return parameters, last_dino_name


@accepted("model", why="each name begins with a state of zeros")
def model_with_fresh_states(
    data, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27
):
    parameters = initialize_parameters(n_a, vocab_size, vocab_size, rng=5)
    for j in range(num_iterations):
        numbers = [char_to_ix[c] for c in data[j % len(data)]]
        optimize(
            [None, *numbers], [*numbers, char_to_ix["\n"]], np.zeros((n_a, 1)), parameters, 0.01
        )
    return parameters


equivalent(
    "clip",
    "('dWax', 'dWaa', 'dWya', 'db', 'dby')",
    "('dWaa', 'dWax', 'dWya', 'db', 'dby')",
    why="the order of the keys says nothing",
)
equivalent(
    "clip",
    "('dWax', 'dWaa', 'dWya', 'db', 'dby')",
    "('dWax', 'dWya', 'dWaa', 'db', 'dby')",
    why="the order of the keys says nothing",
)
equivalent(
    "clip",
    "('dWax', 'dWaa', 'dWya', 'db', 'dby')",
    "('dWax', 'dWaa', 'db', 'dWya', 'dby')",
    why="the order of the keys says nothing",
)
equivalent(
    "clip",
    "('dWax', 'dWaa', 'dWya', 'db', 'dby')",
    "('dWax', 'dWaa', 'dWya', 'dby', 'db')",
    why="the order of the keys says nothing",
)
equivalent(
    "clip",
    "np.clip(gradients[name], -maxValue, maxValue)",
    "np.clip(-maxValue, gradients[name], maxValue)",
    why="the larger of two numbers, whichever is named first",
)
equivalent(
    "optimize",
    "rnn_forward(X, Y, a_prev, parameters, vocab_size=len(parameters['by']))",
    "rnn_forward(X, Y, a_prev, parameters)",
    why="older notebooks count on 27 characters",
)
equivalent(
    "sample", ignores="temperature", why="older notebooks have no temperature; the line is given"
)
equivalent(
    "sample",
    "parameters[name] / temperature",
    "parameters[name] * temperature",
    why="older notebooks have no temperature; the line is given",
)
equivalent(
    "sample",
    "parameters[name] / temperature",
    "parameters[name]",
    why="older notebooks have no temperature; the line is given",
)
equivalent("model", ignores="dino_names", why="given, and only printed")
equivalent("model", ignores="vocab_size", why="older helper functions count on 27 characters")
equivalent("model", ignores="rng", why="given; how it begins and in what order it learns is free")
equivalent(
    "model",
    "num_iterations=35000",
    "num_iterations=35001",
    why="a default of the course; so many iterations would take too long",
)
equivalent(
    "model",
    "num_iterations=35000",
    "num_iterations=34999",
    why="a default of the course; so many iterations would take too long",
)
equivalent(
    "model",
    "n_a=50",
    "n_a=51",
    why="a default of the course; so many iterations would take too long",
)
equivalent(
    "model",
    "n_a=50",
    "n_a=49",
    why="a default of the course; so many iterations would take too long",
)
equivalent("model", "dino_names=7", "dino_names=8", why="given, and only printed")
equivalent("model", "dino_names=7", "dino_names=6", why="given, and only printed")
equivalent(
    "model", "rng=0", "rng=1", why="given; how it begins and in what order it learns is free"
)
equivalent(
    "model",
    "draw.shuffle(examples)",
    "pass",
    why="given; how it begins and in what order it learns is free",
)
equivalent(
    "model",
    "initialize_parameters(n_a, vocab_size, vocab_size, rng=draw)",
    "initialize_parameters(n_a, vocab_size, vocab_size)",
    why="given; how it begins and in what order it learns is free",
)
equivalent(
    "model",
    "get_initial_loss(vocab_size, characters_per_name(examples))",
    "get_initial_loss(characters_per_name(examples), vocab_size)",
    why="given, and only printed",
)
equivalent(
    "model",
    "np.zeros((n_a, 1))",
    "np.ones((n_a, 1))",
    why="given; how it begins and in what order it learns is free",
)
equivalent(
    "model", "smooth(loss, cur_loss)", "smooth(cur_loss, loss)", why="given, and only printed"
)
# What is printed on the way, and whether:
equivalent("model", ignores="verbose", why="given, and only printed")
equivalent("model", "verbose=False", "verbose=True", why="given, and only printed")
equivalent(
    "model",
    "if verbose and j % 2000 == 0:\n"
    "    names = [sample(parameters, char_to_ix, draw) for _ in range(dino_names)]\n"
    "    print_progress(j, loss, names, ix_to_char)",
    "pass",
    why="given, and only printed",
)
equivalent(
    "model", "verbose and j % 2000 == 0", "verbose or j % 2000 == 0", why="given, and only printed"
)
equivalent("model", "verbose and j % 2000 == 0", "j % 2000 == 0", why="given, and only printed")
equivalent("model", "verbose and j % 2000 == 0", "verbose", why="given, and only printed")
equivalent("model", "j % 2000 == 0", "j % 2000 != 0", why="given, and only printed")
equivalent("model", "j % 2000", "j // 2000", why="given, and only printed")
equivalent("model", "j % 2000", "j", why="given, and only printed")
equivalent("model", "j % 2000", "j % 2001", why="given, and only printed")
equivalent("model", "j % 2000", "j % 1999", why="given, and only printed")
equivalent("model", "j % 2000 == 0", "j % 2000 == 1", why="given, and only printed")
equivalent("model", "j % 2000 == 0", "j % 2000 == -1", why="given, and only printed")
equivalent(
    "model",
    "sample(parameters, char_to_ix, draw)",
    "sample(char_to_ix, parameters, draw)",
    why="given, and only printed",
)
equivalent(
    "model",
    "sample(parameters, char_to_ix, draw)",
    "sample(parameters, draw, char_to_ix)",
    why="given, and only printed",
)
equivalent(
    "model", "print_progress(j, loss, names, ix_to_char)", "pass", why="given, and only printed"
)
equivalent(
    "model",
    "print_progress(j, loss, names, ix_to_char)",
    "print_progress(loss, j, names, ix_to_char)",
    why="given, and only printed",
)
equivalent(
    "model",
    "print_progress(j, loss, names, ix_to_char)",
    "print_progress(j, names, loss, ix_to_char)",
    why="given, and only printed",
)
equivalent(
    "model",
    "print_progress(j, loss, names, ix_to_char)",
    "print_progress(j, loss, ix_to_char, names)",
    why="given, and only printed",
)
