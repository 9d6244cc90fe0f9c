"""How the answers of the rnn assignment are exercised. No expected value is in here.

All sizes are drawn anew and differ from each other, so that axes cannot be taken for one another;
there are always several examples, states before the first step are never zero, and caches are those
of a real pass through the cell. A cell is exercised by itself and again inside its sequence.
"""

import numpy as np

from dltf.autograder import case, close, exercise, helpers

CELL = {
    "xt": ("x_t", "x"),
    "a_prev": ("h_prev", "prev_h", "a_previous"),
    "c_prev": ("prev_c", "c_previous"),
    "parameters": ("params",),
}
SEQUENCE = {"x": ("X",), "a0": ("h0", "a_0"), "parameters": ("params",)}
BACK = {"da_next": ("dnext_h",), "dc_next": ("dnext_c",), "da": ("dh", "das")}

exercise("rnn_cell_forward", spellings=CELL)
exercise("rnn_forward", spellings=SEQUENCE)
exercise("lstm_cell_forward", spellings=CELL)
exercise("lstm_forward", spellings=SEQUENCE)
exercise("rnn_cell_backward", spellings=BACK, practice=True)
exercise("rnn_backward", spellings=BACK, practice=True)
exercise("lstm_cell_backward", spellings=BACK, practice=True)
exercise("lstm_backward", spellings=BACK, practice=True)
helpers("rnn_utils", "public_tests", "test_utils", "testCases")

PLAIN = ("Wax", "Waa", "ba")
GATES = ("Wf", "bf", "Wi", "bi", "Wc", "bc", "Wo", "bo")


def sizes(rng):
    """Draw n_x, n_a, n_y, m and T_x: five different numbers from 2 to 7, the last at least 3."""
    drawn = [int(n) for n in rng.permutation(np.arange(2, 8))[:5]]
    if drawn[4] == 2:
        drawn[:] = drawn[-1:] + drawn[:-1]
    return drawn


def parameters_of(rng, n_x, n_a, n_y, lstm):
    """Draw parameters of a cell; biases are not zero."""
    if lstm:
        kinds = {f"W{g}": (n_a, n_a + n_x) for g in "fico"} | {f"b{g}": (n_a, 1) for g in "fico"}
        kinds |= {"Wy": (n_y, n_a), "by": (n_y, 1)}
    else:
        kinds = {"Wax": (n_a, n_x), "Waa": (n_a, n_a), "Wya": (n_y, n_a)}
        kinds |= {"ba": (n_a, 1), "by": (n_y, 1)}
    return {name: 0.7 * rng.normal(size=shape) for name, shape in kinds.items()}


def states(rng, *shapes):
    """Draw states: numbers between -1 and 1, as a cell's are."""
    return [np.tanh(rng.normal(size=shape)) for shape in shapes]


def named(names, values):
    """Return a tuple as a dictionary, so that a difference is told by its name."""
    if not isinstance(values, (tuple, list)) or len(values) != len(names):
        return values
    return dict(zip(names, values, strict=True))


def only(names, values):
    """Return the named parts of a dictionary (or of what `named` made)."""
    if not isinstance(values, dict):
        return values
    return {name: values[name] for name in names if name in values}


# rnn_cell_forward

STEP = ("a_next", "yt_pred", "cache")


def rnn_step(answer, rng):
    """Take one step of the plain cell."""
    n_x, n_a, n_y, m, _ = sizes(rng)
    parameters = parameters_of(rng, n_x, n_a, n_y, lstm=False)
    (a_prev,) = states(rng, (n_a, m))
    xt = rng.normal(size=(n_x, m))
    return named(STEP, answer.rnn_cell_forward(xt=xt, a_prev=a_prev, parameters=parameters))


@case("rnn_cell_forward", points=3)
def rnn_cell_state(answer, rng):
    """The new state comes from the old state, the input and the bias."""
    return only(STEP[:1], rnn_step(answer, rng))


@case("rnn_cell_forward", points=2)
def rnn_cell_output(answer, rng):
    """The output is a softmax of the new state: each example's column adds up to 1."""
    return only(STEP[1:2], rnn_step(answer, rng))


@case("rnn_cell_forward", points=1)
def rnn_cell_cache(answer, rng):
    """The cache holds a_next, a_prev, xt and the parameters, in that order."""
    return only(STEP, rnn_step(answer, rng))


# rnn_forward

RUN = ("a", "y_pred", "caches")


def rnn_run(answer, rng):
    """Read a sequence with the plain cell."""
    n_x, n_a, n_y, m, T_x = sizes(rng)
    parameters = parameters_of(rng, n_x, n_a, n_y, lstm=False)
    (a0,) = states(rng, (n_a, m))
    x = rng.normal(size=(n_x, m, T_x))
    return named(RUN, answer.rnn_forward(x=x, a0=a0, parameters=parameters))


@case("rnn_forward", points=3)
def rnn_states(answer, rng):
    """The state after every step, beginning with a0, which is not zero."""
    return only(RUN[:1], rnn_run(answer, rng))


@case("rnn_forward", points=2)
def rnn_outputs(answer, rng):
    """The output of every step."""
    return only(RUN[1:2], rnn_run(answer, rng))


@case("rnn_forward", points=1)
def rnn_caches(answer, rng):
    """The caches of all steps in a list, and x beside it."""
    return only(RUN, rnn_run(answer, rng))


# lstm_cell_forward

LSTM_STEP = ("a_next", "c_next", "yt_pred", "cache")


def lstm_step(answer, rng):
    """Take one step of an LSTM."""
    n_x, n_a, n_y, m, _ = sizes(rng)
    parameters = parameters_of(rng, n_x, n_a, n_y, lstm=True)
    a_prev, c_prev = states(rng, (n_a, m), (n_a, m))
    xt = rng.normal(size=(n_x, m))
    result = answer.lstm_cell_forward(
        xt=xt, a_prev=a_prev, c_prev=2 * c_prev, parameters=parameters
    )
    return named(LSTM_STEP, result)


@case("lstm_cell_forward", points=2)
def lstm_cell_memory(answer, rng):
    """The new memory: what is kept of the old one and what is written."""
    return only(LSTM_STEP[1:2], lstm_step(answer, rng))


@case("lstm_cell_forward", points=2)
def lstm_cell_state(answer, rng):
    """The new hidden state: what the output gate shows of the memory."""
    return only(LSTM_STEP[:1], lstm_step(answer, rng))


@case("lstm_cell_forward", points=1)
def lstm_cell_output(answer, rng):
    """The output is a softmax of the new hidden state."""
    return only(LSTM_STEP[2:3], lstm_step(answer, rng))


@case("lstm_cell_forward", points=1)
def lstm_cell_cache(answer, rng):
    """The cache: a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters."""
    return only(LSTM_STEP, lstm_step(answer, rng))


# lstm_forward

LSTM_RUN = ("a", "y", "c", "caches")


def lstm_run(answer, rng):
    """Read a sequence with an LSTM."""
    n_x, n_a, n_y, m, T_x = sizes(rng)
    parameters = parameters_of(rng, n_x, n_a, n_y, lstm=True)
    (a0,) = states(rng, (n_a, m))
    x = rng.normal(size=(n_x, m, T_x))
    return named(LSTM_RUN, answer.lstm_forward(x=x, a0=a0, parameters=parameters))


@case("lstm_forward", points=2)
def lstm_states(answer, rng):
    """The hidden state after every step, beginning with a0, which is not zero."""
    return only(LSTM_RUN[:1], lstm_run(answer, rng))


@case("lstm_forward", points=2)
def lstm_memories(answer, rng):
    """The memory after every step; before the first it is zero."""
    return only(LSTM_RUN[2:3], lstm_run(answer, rng))


@case("lstm_forward", points=1)
def lstm_outputs(answer, rng):
    """The output of every step."""
    return only(LSTM_RUN[1:2], lstm_run(answer, rng))


@case("lstm_forward", points=1)
def lstm_caches(answer, rng):
    """The caches of all steps in a list, and x beside it."""
    return only(LSTM_RUN, lstm_run(answer, rng))


# What the way back needs of the way there


def plain_caches(rng, T_x):
    """Return the caches of a pass of the plain cell over x, and the shape of its states."""
    n_x, n_a, n_y, m, _ = sizes(rng)
    parameters = parameters_of(rng, n_x, n_a, n_y, lstm=False)
    both = np.hstack([parameters["Waa"], parameters["Wax"], parameters["ba"]])
    (state,) = states(rng, (n_a, m))
    x, steps = rng.normal(size=(n_x, m, T_x)), []
    for xt in np.moveaxis(x, 2, 0):
        before, state = state, np.tanh(both.dot(np.vstack([state, xt, np.ones((1, m))])))
        steps.append((state, before, xt, parameters))
    return steps, x


def lstm_caches_of(rng, T_x):
    """Return the caches of a pass of an LSTM over x; its memory is not empty at first."""
    n_x, n_a, n_y, m, _ = sizes(rng)
    parameters = parameters_of(rng, n_x, n_a, n_y, lstm=True)
    gates = np.stack([np.hstack([parameters["W" + g], parameters["b" + g]]) for g in "fico"])
    a, c = states(rng, (n_a, m), (n_a, m))
    x, steps = rng.normal(size=(n_x, m, T_x)), []
    for xt in np.moveaxis(x, 2, 0):
        f, i, new, o = gates.dot(np.vstack([a, xt, np.ones((1, m))])) / [[[2]], [[2]], [[1]], [[2]]]
        f, i, o = (0.5 + 0.5 * np.tanh(half) for half in (f, i, o))  # the logistic function
        new = np.tanh(new)
        now = f * c + i * new
        steps.append((o * np.tanh(now), now, a, c, f, i, new, o, xt, parameters))
        a, c = steps[-1][:2]
    return steps, x


# rnn_cell_backward


def rnn_step_back(answer, rng):
    """Go back through one step of the plain cell."""
    steps, _ = plain_caches(rng, 1)
    da_next = rng.normal(size=steps[0][0].shape)
    return answer.rnn_cell_backward(da_next=da_next, cache=steps[0])


@case("rnn_cell_backward")
def rnn_cell_back_to_what_came_in(answer, rng):
    """The gradients of the input and of the state before."""
    return only(("dxt", "da_prev"), rnn_step_back(answer, rng))


@case("rnn_cell_backward")
def rnn_cell_back_to_weights(answer, rng):
    """The gradients of weights and bias, each of the shape of what it belongs to."""
    return only(("dWax", "dWaa", "dba"), rnn_step_back(answer, rng))


@case("rnn_cell_backward", judge=close(exact_keys=True))
def rnn_cell_back(answer, rng):
    """All five: dxt, da_prev, dWax, dWaa, dba, and no other."""
    return rnn_step_back(answer, rng)


# rnn_backward


def rnn_back(answer, rng):
    """Go back through a sequence of the plain cell."""
    steps, x = plain_caches(rng, int(rng.integers(8, 11)))
    da = rng.normal(size=(*steps[0][0].shape, len(steps)))
    return answer.rnn_backward(da=da, caches=(steps, x))


@case("rnn_backward")
def rnn_back_to_inputs(answer, rng):
    """The gradient of the input of every step."""
    return only(("dx",), rnn_back(answer, rng))


@case("rnn_backward")
def rnn_back_to_the_first_state(answer, rng):
    """The gradient of a0, which has come all the way back."""
    return only(("da0",), rnn_back(answer, rng))


@case("rnn_backward")
def rnn_back_to_weights(answer, rng):
    """The gradients of weights and bias, which every step has used."""
    return only(("dWax", "dWaa", "dba"), rnn_back(answer, rng))


@case("rnn_backward")
def rnn_back_all(answer, rng):
    """All five: dx, da0, dWax, dWaa, dba."""
    return rnn_back(answer, rng)


# lstm_cell_backward


def lstm_step_back(answer, rng):
    """Go back through one step of an LSTM."""
    steps, _ = lstm_caches_of(rng, 1)
    da_next, dc_next = rng.normal(size=(2, *steps[0][0].shape))
    return answer.lstm_cell_backward(da_next=da_next, dc_next=dc_next, cache=steps[0])


@case("lstm_cell_backward")
def lstm_cell_back_to_the_memory(answer, rng):
    """The gradient of the memory before."""
    return only(("dc_prev",), lstm_step_back(answer, rng))


@case("lstm_cell_backward")
def lstm_cell_back_to_weights(answer, rng):
    """The gradients of the four weights and biases."""
    return only([f"d{name}" for name in GATES], lstm_step_back(answer, rng))


@case("lstm_cell_backward")
def lstm_cell_back_to_what_came_in(answer, rng):
    """The gradients of the input and of the hidden state before."""
    return only(("dxt", "da_prev"), lstm_step_back(answer, rng))


@case("lstm_cell_backward")
def lstm_cell_back(answer, rng):
    """All eleven."""
    return lstm_step_back(answer, rng)


# lstm_backward


def lstm_back(answer, rng):
    """Go back through a sequence of an LSTM."""
    steps, x = lstm_caches_of(rng, int(rng.integers(8, 11)))
    da = rng.normal(size=(*steps[0][0].shape, len(steps)))
    return answer.lstm_backward(da=da, caches=(steps, x))


@case("lstm_backward")
def lstm_back_to_inputs(answer, rng):
    """The gradient of the input of every step."""
    return only(("dx",), lstm_back(answer, rng))


@case("lstm_backward")
def lstm_back_to_the_first_state(answer, rng):
    """The gradient of a0, which has come all the way back."""
    return only(("da0",), lstm_back(answer, rng))


@case("lstm_backward")
def lstm_back_to_weights(answer, rng):
    """The gradients of the four weights and biases, which every step has used."""
    return only([f"d{name}" for name in GATES], lstm_back(answer, rng))


@case("lstm_backward")
def lstm_back_all(answer, rng):
    """All ten."""
    return lstm_back(answer, rng)
