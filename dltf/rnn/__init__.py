"""Recurrent networks in NumPy: RNN and LSTM, forward pass and backpropagation through time.

A network that reads a sequence needs a memory. A recurrent one computes its new state from the old
one and the next input, with the same weights at every step; backpropagation then runs through the
unrolled sequence, from its end to its beginning, and sums the gradients of every step for those
weights. On the way it multiplies by the same matrix again and again, so gradients vanish or
explode; the LSTM carries a second state along, which is changed by adding.

- Elman 1990, "Finding structure in time" (the plain cell)
- Hochreiter & Schmidhuber 1997, "Long short-term memory"; Gers et al. 2000, "Learning to forget"
- Werbos 1990, "Backpropagation through time"

Layout: features x examples x steps. `n_x` features, `m` examples, `T_x` steps, `n_a` units, `n_y`
outputs; `x (n_x, m, T_x)`, `a, c (n_a, m, T_x)`, `y (n_y, m, T_x)`, and a slice of one step is a
matrix such as `xt (n_x, m)`. Keras has `(m, T_x, n_x)`: `x.transpose(1, 2, 0)`, and its kernels are
the transposes (see `dltf.rnn.cells`). CS231n's exercises have Keras's layout, called `(N, T, D)`,
and other names (`rnn_step_forward(x, prev_h, Wx, Wh, b)`), which are not taken here.

Parameters are a dictionary. The plain cell has Wax (n_a, n_x), Waa (n_a, n_a), Wya (n_y, n_a),
ba (n_a, 1), by (n_y, 1). The LSTM has Wf, Wi, Wc, Wo (n_a, n_a + n_x), which act on a_prev with
x_t below it, their biases bf, bi, bc, bo (n_a, 1), and Wy (n_y, n_a), by (n_y, 1).

A word on published values. The expected output of `lstm_backward` in the notebooks of 2017 is that
of a pass which forgets the gradient that comes back from the next step. The later ones are right.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from dltf.models.mlp import sigmoid, softmax
from dltf.typing import Array, Parameters

__all__ = [
    "Array",
    "Cache",
    "Parameters",
    "lstm_backward",
    "lstm_cell_backward",
    "lstm_cell_forward",
    "lstm_forward",
    "rnn_backward",
    "rnn_cell_backward",
    "rnn_cell_forward",
    "rnn_forward",
]

Cache: TypeAlias = tuple[Any, ...]

# == 1. The plain cell =============================================================================


def rnn_cell_forward(
    xt: Array, a_prev: Array, parameters: Parameters
) -> tuple[Array, Array, Cache]:
    """Compute one step of the plain RNN cell: the new state and the output.

    Args:
        xt: input of the step, float (n_x, m).
        a_prev: state before it, (n_a, m).
        parameters: Wax, Waa, Wya, ba, by.

    Returns:
        a_next: `tanh(Waa a_prev + Wax xt + ba)`, (n_a, m).
        yt_pred: `softmax(Wya a_next + by)`, (n_y, m); each column adds up to 1.
        cache: (a_next, a_prev, xt, parameters), for the backward pass.

    Source:
        Elman 1990.
    """
    Wax, Waa, Wya = parameters["Wax"], parameters["Waa"], parameters["Wya"]
    ba, by = parameters["ba"], parameters["by"]
    ### BEGIN SOLUTION
    a_next = np.tanh(Waa @ a_prev + Wax @ xt + ba)  # (n_a, m)
    yt_pred = softmax(Wya @ a_next + by)  # (n_y, m)
    ### END SOLUTION
    cache = (a_next, a_prev, xt, parameters)
    return a_next, yt_pred, cache


def rnn_forward(x: Array, a0: Array, parameters: Parameters) -> tuple[Array, Array, Cache]:
    """Compute the forward pass of the plain RNN over a sequence.

    Args:
        x: the sequences, float (n_x, m, T_x).
        a0: state before the first step, (n_a, m).
        parameters: Wax, Waa, Wya, ba, by.

    Returns:
        a: state after each step, (n_a, m, T_x).
        y_pred: output of each step, (n_y, m, T_x).
        caches: (list of the T_x caches of the cell, x).
    """
    _, m, T_x = x.shape
    n_y, n_a = parameters["Wya"].shape
    a, y_pred, caches = np.zeros((n_a, m, T_x)), np.zeros((n_y, m, T_x)), []
    ### BEGIN SOLUTION
    a_next = a0
    for t in range(T_x):
        a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a_next, parameters)
        a[:, :, t], y_pred[:, :, t] = a_next, yt_pred
        caches.append(cache)
    ### END SOLUTION
    return a, y_pred, (caches, x)


# == 2. The LSTM cell ==============================================================================


def lstm_cell_forward(
    xt: Array, a_prev: Array, c_prev: Array, parameters: Parameters
) -> tuple[Array, Array, Array, Cache]:
    """Compute one step of the LSTM cell: the new memory, the new state and the output.

    With `z = [a_prev; xt]`, a_prev above xt, and products of gates entry by entry:

        ft = sigmoid(Wf z + bf)      what stays of the memory
        it = sigmoid(Wi z + bi)      where something is written
        cct = tanh(Wc z + bc)        what would be written
        ot = sigmoid(Wo z + bo)      what is shown

    Args:
        xt: input of the step, float (n_x, m).
        a_prev: hidden state before it, (n_a, m).
        c_prev: memory before it, (n_a, m).
        parameters: Wf, bf, Wi, bi, Wc, bc, Wo, bo, Wy, by.

    Returns:
        a_next: `ot tanh(c_next)`, (n_a, m).
        c_next: `ft c_prev + it cct`, (n_a, m).
        yt_pred: `softmax(Wy a_next + by)`, (n_y, m).
        cache: (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters).

    Source:
        Gers et al. 2000, without peepholes.
    """
    Wf, bf, Wi, bi = (parameters[name] for name in ("Wf", "bf", "Wi", "bi"))
    Wc, bc, Wo, bo = (parameters[name] for name in ("Wc", "bc", "Wo", "bo"))
    Wy, by = parameters["Wy"], parameters["by"]
    ### BEGIN SOLUTION
    z = np.concatenate([a_prev, xt])  # (n_a + n_x, m)
    ft = sigmoid(Wf @ z + bf)  # (n_a, m), as the other three
    it = sigmoid(Wi @ z + bi)
    cct = np.tanh(Wc @ z + bc)
    ot = sigmoid(Wo @ z + bo)
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    yt_pred = softmax(Wy @ a_next + by)  # (n_y, m)
    ### END SOLUTION
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache


def lstm_forward(x: Array, a0: Array, parameters: Parameters) -> tuple[Array, Array, Array, Cache]:
    """Compute the forward pass of the LSTM over a sequence, from a zero memory state.

    Args:
        x: the sequences, float (n_x, m, T_x).
        a0: hidden state before the first step, (n_a, m).
        parameters: Wf, bf, Wi, bi, Wc, bc, Wo, bo, Wy, by.

    Returns:
        a: hidden state after each step, (n_a, m, T_x).
        y: output of each step, (n_y, m, T_x).
        c: memory after each step, (n_a, m, T_x).
        caches: (list of the T_x caches of the cell, x).
    """
    _, m, T_x = x.shape
    n_y, n_a = parameters["Wy"].shape
    a, c, y = np.zeros((n_a, m, T_x)), np.zeros((n_a, m, T_x)), np.zeros((n_y, m, T_x))
    caches = []
    ### BEGIN SOLUTION
    a_next, c_next = a0, np.zeros((n_a, m))
    for t in range(T_x):
        a_next, c_next, yt, cache = lstm_cell_forward(x[:, :, t], a_next, c_next, parameters)
        a[:, :, t], c[:, :, t], y[:, :, t] = a_next, c_next, yt
        caches.append(cache)
    ### END SOLUTION
    return a, y, c, (caches, x)


# == 3. Back through time: the plain cell ==========================================================


def rnn_cell_backward(da_next: Array, cache: Cache) -> Parameters:
    """Backpropagate through one step of the plain RNN cell.

    Args:
        da_next: gradient of some cost with respect to a_next, (n_a, m); what the outputs and all
            later steps say of it is in there.
        cache: of `rnn_cell_forward`, (a_next, a_prev, xt, parameters).

    Returns:
        {"dxt": (n_x, m), "da_prev": (n_a, m), "dWax": (n_a, n_x), "dWaa": (n_a, n_a), "dba":
        (n_a, 1)}: each has the shape of what it is the gradient of; weights and bias get the sum
        over the examples.
    """
    a_next, a_prev, xt, parameters = cache
    ### BEGIN SOLUTION
    dz = da_next * (1 - a_next**2)  # tanh' = 1 - tanh^2; (n_a, m)
    dxt = parameters["Wax"].T @ dz  # (n_x, m)
    da_prev = parameters["Waa"].T @ dz  # (n_a, m)
    dWax = dz @ xt.T
    dWaa = dz @ a_prev.T
    dba = np.sum(dz, axis=1, keepdims=True)
    ### END SOLUTION
    return {"dxt": dxt, "da_prev": da_prev, "dWax": dWax, "dWaa": dWaa, "dba": dba}


def rnn_backward(da: Array, caches: Cache) -> Parameters:
    """Backpropagate through a sequence of the plain RNN, from the last step to the first.

    A state is used twice: by its own output, and by the next step. The two gradients add up.

    Args:
        da: gradient with respect to each state through its own output, (n_a, m, T_x); for a cost of
            the first steps alone it may be shorter than the sequence.
        caches: of `rnn_forward`, (list of the caches of the cell, x).

    Returns:
        {"dx": (n_x, m, T_x), "da0": (n_a, m), "dWax": (n_a, n_x), "dWaa": (n_a, n_a), "dba":
        (n_a, 1)}; the last three are sums over the steps.

    Source:
        Werbos 1990.
    """
    steps, x = caches
    n_a, m, T_x = da.shape
    dx, da_next = np.zeros((len(x), m, T_x)), np.zeros((n_a, m))
    total: dict[str, Any] = {"dWax": 0.0, "dWaa": 0.0, "dba": 0.0}
    for t in reversed(range(T_x)):
        ### BEGIN SOLUTION
        step = rnn_cell_backward(da[:, :, t] + da_next, steps[t])
        dx[:, :, t], da_next = step["dxt"], step["da_prev"]
        for name in total:
            total[name] = total[name] + step[name]
        ### END SOLUTION
    return {"dx": dx, "da0": da_next, **total}


# == 4. Back through time: the LSTM ================================================================


def lstm_cell_backward(da_next: Array, dc_next: Array, cache: Cache) -> Parameters:
    """Backpropagate through one step of the LSTM cell.

    The memory c_next goes two ways: on to the next step, from where `dc_next` comes, and into
    a_next, which `da_next` speaks of. What the step receives is the sum of both.

    Args:
        da_next: gradient with respect to a_next, (n_a, m).
        dc_next: gradient with respect to c_next through the next step alone, (n_a, m).
        cache: of `lstm_cell_forward`.

    Returns:
        {"dxt": (n_x, m), "da_prev", "dc_prev": (n_a, m), "dWf", "dWi", "dWc", "dWo": (n_a, n_a +
        n_x), "dbf", "dbi", "dbc", "dbo": (n_a, 1)}.
    """
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a = len(a_next)
    z = np.concatenate([a_prev, xt])  # (n_a + n_x, m)
    ### BEGIN SOLUTION
    dc = dc_next + da_next * ot * (1 - np.tanh(c_next) ** 2)  # both ways; (n_a, m)
    before = {  # gradients before each gate's own activation: sigmoid' = s (1 - s)
        "f": dc * c_prev * ft * (1 - ft),
        "i": dc * cct * it * (1 - it),
        "c": dc * it * (1 - cct**2),
        "o": da_next * np.tanh(c_next) * ot * (1 - ot),
    }
    dz = sum(parameters[f"W{gate}"].T @ d for gate, d in before.items())  # (n_a + n_x, m)
    gradients = {"dxt": dz[n_a:], "da_prev": dz[:n_a], "dc_prev": dc * ft}
    for gate, d in before.items():
        gradients[f"dW{gate}"] = d @ z.T
        gradients[f"db{gate}"] = np.sum(d, axis=1, keepdims=True)
    ### END SOLUTION
    return gradients


def lstm_backward(da: Array, caches: Cache) -> Parameters:
    """Backpropagate through a sequence of the LSTM, from the last step to the first.

    Args:
        da: gradient with respect to each hidden state through its own output, (n_a, m, T_x); for a
            cost of the first steps alone it may be shorter than the sequence.
        caches: of `lstm_forward`, (list of the caches of the cell, x).

    Returns:
        {"dx": (n_x, m, T_x), "da0": (n_a, m), "dWf", "dWi", "dWc", "dWo": (n_a, n_a + n_x), "dbf",
        "dbi", "dbc", "dbo": (n_a, 1)}.
    """
    steps, x = caches
    n_a, m, T_x = da.shape
    dx, da_next, dc_next = np.zeros((len(x), m, T_x)), np.zeros((n_a, m)), np.zeros((n_a, m))
    total: dict[str, Any] = {f"d{kind}{gate}": 0.0 for gate in "fico" for kind in "Wb"}
    for t in reversed(range(T_x)):
        ### BEGIN SOLUTION
        step = lstm_cell_backward(da[:, :, t] + da_next, dc_next, steps[t])
        dx[:, :, t], da_next, dc_next = step["dxt"], step["da_prev"], step["dc_prev"]
        for name in total:
            total[name] = total[name] + step[name]
        ### END SOLUTION
    return {"dx": dx, "da0": da_next, **total}
