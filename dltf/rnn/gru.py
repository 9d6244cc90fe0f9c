"""Gated recurrent unit (GRU), forward and backward: one state and two gates.

The update gate controls where the state is replaced by a candidate; the reset gate
controls how much of the old state the candidate depends on.

- Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder"

Layout: as in `dltf.rnn`, features x examples x steps, `x (n_x, m, T_x)`, `a (n_a, m, T_x)`. The
state is called `a` (the course's slides also call it c: in a GRU they are the same). Parameters:
Wu, Wr, Wc (n_a, n_a + n_x), which act on a_prev with x_t below it, bu, br, bc (n_a, 1), and Wy
(n_y, n_a), by (n_y, 1).

There are two forms of it. In the paper's the reset gate acts on the state *before* the candidate's
matrix. In the other, which is faster on graphics cards and Keras's default (`reset_after=True`), it
acts *after* the matrix, on a product that has a bias of its own: the parameter bca (n_a, 1).
Everything here takes the second form if there is such a parameter.

Keras's update gate is the complement: it controls where the state *stays*. Its weights are
therefore `-Wu` and `-bu` (see `dltf.rnn.cells`).
"""

from __future__ import annotations

import numpy as np

from dltf.models.mlp import sigmoid, softmax
from dltf.rnn import Cache
from dltf.typing import Array, Parameters


def gru_cell_forward(
    xt: Array, a_prev: Array, parameters: Parameters
) -> tuple[Array, Array, Cache]:
    """Compute one step of the GRU cell.

    Args:
        xt: input of the step, float (n_x, m).
        a_prev: state before it, (n_a, m).
        parameters: Wu, bu, Wr, br, Wc, bc, Wy, by, and bca for a reset after the matrix.

    Returns:
        a_next: `ut cct + (1 - ut) a_prev`, (n_a, m).
        yt_pred: `softmax(Wy a_next + by)`, (n_y, m).
        cache: (a_next, a_prev, ut, rt, cct, old, xt, parameters), where `old` is what the candidate
            gets of the old state: `rt a_prev`, or with bca `Wca a_prev + bca` before its reset.

    Source:
        Cho et al. 2014, eq. 5-8 (with the update gate as in the course: 1 is new).
    """
    n_a = len(a_prev)
    z = np.concatenate([a_prev, xt])  # (n_a + n_x, m)
    ut = sigmoid(parameters["Wu"] @ z + parameters["bu"])  # (n_a, m): where something is new
    rt = sigmoid(parameters["Wr"] @ z + parameters["br"])
    Wca, Wcx = parameters["Wc"][:, :n_a], parameters["Wc"][:, n_a:]
    if "bca" in parameters:
        old = Wca @ a_prev + parameters["bca"]
        cct = np.tanh(rt * old + Wcx @ xt + parameters["bc"])
    else:
        old = rt * a_prev
        cct = np.tanh(Wca @ old + Wcx @ xt + parameters["bc"])
    a_next = ut * cct + (1 - ut) * a_prev
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])  # (n_y, m)
    return a_next, yt_pred, (a_next, a_prev, ut, rt, cct, old, xt, parameters)


def gru_forward(x: Array, a0: Array, parameters: Parameters) -> tuple[Array, Array, Cache]:
    """Compute the forward pass of the GRU over a sequence.

    Args:
        x: the sequences, float (n_x, m, T_x).
        a0: state before the first step, (n_a, m).
        parameters: as in `gru_cell_forward`.

    Returns:
        a: state after each step, (n_a, m, T_x).
        y_pred: output of each step, (n_y, m, T_x).
        caches: (list of the T_x caches of the cell, x).
    """
    states, outputs, steps = [], [], []
    state = a0
    for xt in np.moveaxis(x, 2, 0):  # (n_x, m)
        state, output, step = gru_cell_forward(xt, state, parameters)
        states.append(state)
        outputs.append(output)
        steps.append(step)
    return np.stack(states, axis=2), np.stack(outputs, axis=2), (steps, x)


def gru_cell_backward(da_next: Array, cache: Cache) -> Parameters:
    """Backpropagate through one step of the GRU cell.

    Args:
        da_next: gradient with respect to a_next, (n_a, m).
        cache: of `gru_cell_forward`.

    Returns:
        {"dxt": (n_x, m), "da_prev": (n_a, m), "dWu", "dWr", "dWc": (n_a, n_a + n_x), "dbu", "dbr",
        "dbc": (n_a, 1)}, and with bca "dbca": (n_a, 1).
    """
    _, a_prev, ut, rt, cct, old, xt, parameters = cache
    n_a = len(a_prev)
    z = np.concatenate([a_prev, xt])
    Wca, Wcx = parameters["Wc"][:, :n_a], parameters["Wc"][:, n_a:]
    du = da_next * (cct - a_prev) * ut * (1 - ut)
    dc = da_next * ut * (1 - cct**2)
    da_prev = da_next * (1 - ut)
    gradients = {}
    if "bca" in parameters:
        dr = dc * old * rt * (1 - rt)
        da_prev += Wca.T @ (dc * rt)
        dWca = (dc * rt) @ a_prev.T
        gradients["dbca"] = (dc * rt).sum(axis=1, keepdims=True)
    else:
        dold = Wca.T @ dc  # with respect to rt a_prev
        dr = dold * a_prev * rt * (1 - rt)
        da_prev += dold * rt
        dWca = dc @ old.T
    dz = parameters["Wu"].T @ du + parameters["Wr"].T @ dr  # (n_a + n_x, m)
    gradients |= {
        "dxt": dz[n_a:] + Wcx.T @ dc,
        "da_prev": da_prev + dz[:n_a],
        "dWu": du @ z.T,
        "dWr": dr @ z.T,
        "dWc": np.concatenate([dWca, dc @ xt.T], axis=1),
    }
    for name, d in (("dbu", du), ("dbr", dr), ("dbc", dc)):
        gradients[name] = d.sum(axis=1, keepdims=True)
    return gradients


def gru_backward(da: Array, caches: Cache) -> Parameters:
    """Backpropagate through a sequence of the GRU, from the last step to the first.

    Args:
        da: gradient with respect to each state through its own output, (n_a, m, T_x); for a cost of
            the first steps alone it may be shorter than the sequence.
        caches: of `gru_forward`, (list of the caches of the cell, x).

    Returns:
        {"dx": (n_x, m, T_x), "da0": (n_a, m)} and the sums over the steps of what
        `gru_cell_backward` returns for weights and biases.
    """
    steps, x = caches
    n_a, m, T_x = da.shape
    dx, later = np.zeros((len(x), m, T_x)), np.zeros((n_a, m))
    total: Parameters = {}
    for t in reversed(range(T_x)):
        one = gru_cell_backward(da[..., t] + later, steps[t])
        dx[..., t], later = one.pop("dxt"), one.pop("da_prev")
        total = {name: total.get(name, 0.0) + value for name, value in one.items()}
    return {"dx": dx, "da0": later} | total
