"""Experiments: four kinds of recurrent networks, vanishing and exploding gradients.

A recurrent cell can be put to use in several ways, by which of its inputs and outputs are used: one
to many, many to one, many to many with as many outputs as inputs, or with any number of them. Each
is a small model here, trained by the course's training loop on a task of its own.

In the backward pass gradients are multiplied at every step by the same matrix, and by slopes of at
most 1. If the largest *singular* value of the matrix is below 1 they vanish, whatever the slopes.
The largest eigenvalue (the spectral radius) decides for linear units only, whose slopes are all 1:
slopes that differ from unit to unit can make gradients grow though the radius is 0. A radius above
1 is what an explosion needs if units stay near 0, where the slope of tanh is 1. Clipping fixes
explosions; what vanishes needs another cell. docs/rnn.md has measurements over several seeds.

- Bengio, Simard & Frasconi 1994, "Learning long-term dependencies with gradient descent is
  difficult"
- Pascanu, Mikolov & Bengio 2013, "On the difficulty of training recurrent neural networks"

Layout: Keras's, examples first, `x (m, T_x, n_x)`; words and letters are integers, `(m, T_x)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from dltf.data import sequences
from dltf.rnn.cells import Cell, GRUCell, LSTMCell, RNNCell
from dltf.training import History, train
from dltf.typing import Array, Parameters
from dltf.validation import check_choice, check_integer, check_number, check_shape

# == 1. Four kinds of recurrent networks ===========================================================


class OneToMany(keras.Model):
    """One-to-many model: generates a sequence from one input, feeding back its last output.

    Args:
        n_a: size of the state, which a dense layer makes from the input.
        T: number of steps to write.
    """

    def __init__(self, n_a: int = 32, T: int = 24) -> None:
        super().__init__()
        self.T = check_integer("T", T, at_least=1)
        self.first = layers.Dense(n_a, "tanh")
        self.cell = GRUCell(n_a)
        self.output_layer = layers.Dense(1)

    def call(self, x: Any, training: bool = False) -> Any:
        """Return the sequence, (m, T, 1), for inputs (m, n_x)."""
        states, y = [self.first(x)], ops.zeros_like(x[:, :1])
        written = []
        for _ in range(self.T):
            a, states = self.cell(y, states)
            y = self.output_layer(a)  # (m, 1)
            written.append(y)
        return ops.stack(written, axis=1)


def many_to_one(n_a: int = 16) -> keras.Model:
    """Return a many-to-one model: from words (m, T_x) to one logit, (m, 1)."""
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(len(sequences.WORDS), 4),
            layers.RNN(GRUCell(n_a)),  # only its last output is used
            layers.Dense(1),
        ]
    )


def many_to_many(n_a: int = 16) -> keras.Model:
    """Return a many-to-many model with one output per input: logits, (m, T_x, classes)."""
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(len(sequences.BRACKETS), 4),
            layers.RNN(RNNCell(n_a), return_sequences=True),
            layers.Dense(sequences.DEEPEST + 1),
        ]
    )


def encoder_decoder(n_a: int = 48, T_y: int = 3, letters: int = 5) -> keras.Model:
    """Return an encoder-decoder model: logits, (m, T_y, letters).

    One cell reads, another writes, and the last state of the first is all that passes between them.
    """
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(letters + 1, 8),
            layers.RNN(LSTMCell(n_a)),
            layers.RepeatVector(T_y),
            layers.RNN(LSTMCell(n_a), return_sequences=True),
            layers.Dense(letters),
        ]
    )


def explained(y: Any, prediction: Any) -> Any:
    """Return the share of the variance of y that the prediction explains; 1 is perfect."""
    left = ops.mean(ops.square(y - prediction))
    return 1 - left / ops.mean(ops.square(y - ops.mean(y)))


def right(y: Any, prediction: Any) -> Any:
    """Return, for each example, 1 if all of its outputs are right, and 0 otherwise."""
    if prediction.shape[-1] == 1:  # a logit of label 1
        return ops.cast(ops.equal(prediction[:, 0] > 0, y[:, 0] > 0), "float32")
    hits = ops.equal(ops.argmax(prediction, axis=-1), ops.cast(y, "int64"))  # (m,) or (m, T_y)
    return ops.cast(hits if len(hits.shape) == 1 else ops.all(hits, axis=-1), "float32")


@dataclass(frozen=True)
class Kind:
    """One kind of recurrent network: its task, its model, and how it is trained."""

    task: str
    make: Callable[..., sequences.Pair]
    build: Callable[[], Any]
    loss: Any
    metric: Callable[..., Any]
    epochs: int


LABELS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
KINDS: dict[str, Kind] = {
    "one to many": Kind(
        "generate a wave of a given amplitude and frequency",
        sequences.make_waves,
        OneToMany,
        keras.losses.MeanSquaredError(),
        explained,
        12,
    ),
    "many to one": Kind(
        "is the review positive? ('not' negates the next word)",
        sequences.make_opinions,
        many_to_one,
        keras.losses.BinaryCrossentropy(from_logits=True),
        right,
        8,
    ),
    "many to many, equal lengths": Kind(
        "count the open brackets after each character",
        sequences.make_brackets,
        many_to_many,
        LABELS,
        right,
        8,
    ),
    "many to many, different lengths": Kind(
        "output the 3 letters among 10 positions",
        sequences.make_blanks,
        encoder_decoder,
        LABELS,
        right,
        12,
    ),
}


def train_kind(
    name: str,
    epochs: int | None = None,
    m: int = 2000,
    seed: int | None = None,
    progress: bool = True,
) -> tuple[keras.Model, History]:
    """Train one kind of network on its task, and evaluate it on new examples.

    Args:
        name: one of `KINDS`.
        epochs: passes over the data; if None, as many as the kind needs.
        m: number of examples to learn from, at least 1; a quarter as many are kept apart.
        seed: of the examples and of their order.
        progress: whether to show a progress bar.

    Returns:
        The model and its history; the measure is `explained` for waves and `right`, the share of
        examples that are right from beginning to end, for all else.

    Raises:
        ValueError: there is no such kind.
    """
    if name not in KINDS:
        raise ValueError(f"name: expected one of {'; '.join(KINDS)}; got {name!r}")
    m = check_integer("m", m, at_least=1)
    kind, draw = KINDS[name], np.random.default_rng(seed)
    model = kind.build()
    history = train(
        model,
        kind.make(m, rng=draw),
        loss=kind.loss,
        optimizer=keras.optimizers.Adam(0.01, global_clipnorm=1.0),
        epochs=kind.epochs if epochs is None else epochs,
        batch_size=50,
        validation=kind.make(max(1, m // 4), rng=draw),
        metrics=[kind.metric],
        seed=int(draw.integers(2**31)),
        progress=progress,
    )
    return model, history


# == 2. Gradients on a long way ====================================================================


def spectral_radius(W: Array) -> float:
    """Return the largest absolute eigenvalue of a square matrix."""
    return float(np.abs(np.linalg.eigvals(W)).max())


def with_spectral_radius(W: Array, radius: float) -> Array:
    """Return a square matrix scaled so that its largest absolute eigenvalue is `radius`."""
    check_shape("W", W, ("n", "n"))
    check_number("radius", radius, at_least=0)
    return W * (radius / spectral_radius(W))


def clip_by_norm(gradients: Mapping[str, Array], max_norm: float) -> tuple[Parameters, float]:
    """Clip all gradients by their global norm; their direction stays the same.

    (Clipping each entry by itself, which the next topic does, turns the direction.)

    Args:
        gradients: name -> array.
        max_norm: longest allowed norm of all of them together, above 0.

    Returns:
        The gradients, times `max_norm / norm` if the norm is above it, and the norm that they had.

    Raises:
        ValueError: max_norm is not above 0.

    Source:
        Pascanu et al. 2013, algorithm 1.
    """
    check_number("max_norm", max_norm, above=0)
    norm = float(np.sqrt(sum(np.sum(np.square(g)) for g in gradients.values())))
    factor = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return {name: factor * g for name, g in gradients.items()}, norm


CELLS: dict[str, type[Cell]] = {"rnn": RNNCell, "lstm": LSTMCell, "gru": GRUCell}


def fresh_cell(
    kind: str,
    n_a: int,
    n_x: int,
    radius: float | None = None,
    steps: float | None = None,
    rng: sequences.Random = None,
) -> Cell:
    """Return an untrained cell with a given spectral radius or gate bias.

    Args:
        kind: "rnn", "lstm" or "gru".
        n_a: size of the state.
        n_x: number of features.
        radius: spectral radius of each recurrent matrix, or None for orthogonal ones (of radius 1).
        steps: the gates by which an LSTM or a GRU keeps its state begin at 1 - 1/steps, so that it
            remembers for about as many steps; None leaves Keras's choice, which is 4 and 2.
        rng: generator or seed.

    Raises:
        TypeError, ValueError: there is no such kind, or a number is out of its range.

    Source:
        Tallec & Ollivier 2018, "Can recurrent neural networks warp time?" (the gates).
    """
    check_choice("kind", kind, CELLS)
    n_x = check_integer("n_x", n_x, at_least=1)
    if steps is not None:
        check_number("steps", steps, above=1)
    draw = np.random.default_rng(rng)
    cell = CELLS[kind](n_a)
    cell.build((None, n_x))
    width = cell.kernel.shape[1]
    cell.kernel.assign(draw.normal(size=(n_x, width)) * np.sqrt(1 / n_x))
    blocks = [np.linalg.qr(draw.normal(size=(n_a, n_a)))[0] for _ in range(width // n_a)]
    if radius is not None:
        blocks = [with_spectral_radius(draw.normal(size=(n_a, n_a)), radius) for _ in blocks]
    cell.recurrent_kernel.assign(np.concatenate(blocks, axis=1))
    if steps is not None and kind != "rnn":
        bias = cell.bias.numpy()
        keeps = bias[n_a : 2 * n_a] if kind == "lstm" else bias[0, :n_a]
        keeps[:] = np.log(steps - 1)  # sigmoid(log(s - 1)) = 1 - 1/s
        cell.bias.assign(bias)
    return cell


def gradients_by_lag(cell: Cell, x: Array, rng: sequences.Random = None) -> Array:
    """Return the norms of the gradient of the last step's cost, k steps earlier.

    The gradient of the last state is a random direction of unit length; TensorFlow's tape
    differentiates its product with the last state by the states before.

    Args:
        cell: a built cell.
        x: inputs, float (m, T_x, n_x).
        rng: generator or seed of the direction.

    Returns:
        Mean norm of the gradient with respect to all states of a step together, k = 0, 1, ...,
        T_x - 1 steps before the last; shape (T_x,).
    """
    import tensorflow as tf

    direction = np.random.default_rng(rng).normal(size=(len(x), cell.units))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    states = [tf.zeros((len(x), cell.units)) for _ in range(cell.states)]
    visited = []
    with tf.GradientTape() as tape:
        tape.watch(states)
        for t in range(x.shape[1]):
            _, states = cell(tf.constant(x[:, t], tf.float32), states)
            visited.append(states)
        cost = tf.reduce_sum(states[0] * tf.constant(direction, tf.float32))
    found = tape.gradient(cost, visited, unconnected_gradients="zero")
    norms = [np.linalg.norm(np.concatenate(g, axis=1), axis=1).mean() for g in found]
    return np.array(norms[::-1])


PARTS = ("recurrent weights", "first state")


def gradient_norms(
    lengths: Sequence[int],
    radius: float,
    n_a: int = 32,
    m: int = 8,
    rng: sequences.Random = None,
    of: str = "recurrent weights",
) -> Array:
    """Return the norms of a gradient of a plain cell, for several sequence lengths.

    The cost is a random direction times the last state, as in `gradients_by_lag`; inputs are small,
    so that units are not at the flat ends of tanh at first.

    Args:
        lengths: numbers of steps, each at least 1.
        radius: spectral radius of the recurrent matrix.
        n_a: its size.
        m: number of sequences.
        rng: generator or seed.
        of: "recurrent weights", which get a part from every step, the last ones included, or "first
            state", which gets what is left after all of them.

    Returns:
        One norm for each length: of the gradient of the mean cost with respect to the recurrent
        matrix, or the mean norm of each cost's with respect to the state before the first step.
    """
    if not len(lengths) or min(lengths) < 1:
        raise ValueError(f"lengths: expected numbers of steps, 1 or more, got {list(lengths)}")
    m = check_integer("m", m, at_least=1)
    check_choice("of", of, PARTS)
    draw = np.random.default_rng(rng)
    cell = fresh_cell("rnn", n_a, 4, radius, rng=draw)
    longest = 0.01 * draw.normal(size=(m, max(lengths), 4))
    direction = draw.normal(size=n_a)
    kernel, recurrent = (np.asarray(w, float) for w in (cell.kernel, cell.recurrent_kernel))
    states = [np.zeros((m, n_a))]
    for t in range(max(lengths)):
        states.append(np.tanh(longest[:, t] @ kernel + states[-1] @ recurrent))
    norms = []
    for T in lengths:
        da, dW = np.tile(direction, (m, 1)), np.zeros((n_a, n_a))
        for t in range(T, 0, -1):
            dz = da * (1 - states[t] ** 2)  # (m, n_a)
            dW += states[t - 1].T @ dz / m
            da = dz @ recurrent.T
        whole = of == "recurrent weights"
        norms.append(np.linalg.norm(dW) if whole else np.linalg.norm(da, axis=1).mean())
    return np.array(norms)


def train_to_recall(
    kind: str,
    T: int,
    *,
    epochs: int = 15,
    radius: float | None = None,
    optimizer: keras.optimizers.Optimizer | None = None,
    seed: int | None = None,
    progress: bool = True,
) -> History:
    """Train a cell to recall the first of T symbols.

    Args:
        kind: "rnn", "lstm" or "gru"; gates that keep a state begin nearly open (for T steps).
        T: number of symbols, at least 2.
        epochs: passes over 1000 sequences.
        radius: spectral radius of the recurrent weights to begin with; orthogonal ones if None.
        optimizer: Adam with its gradient clipped to norm 1 if None.
        seed: of weights, sequences and their order.
        progress: whether to show a progress bar.

    Returns:
        The history, with "right" and "val_right"; a guess is right one time in four.
    """
    T = check_integer("T", T, at_least=2)
    draw = np.random.default_rng(seed)
    model = keras.Sequential(
        [
            keras.Input((T, 4)),
            layers.RNN(fresh_cell(kind, 32, 4, radius, T, draw)),
            layers.Dense(4, kernel_initializer="zeros"),
        ]
    )
    return train(
        model,
        sequences.make_recall(1000, T, rng=draw),
        loss=LABELS,
        optimizer=optimizer or keras.optimizers.Adam(0.005, global_clipnorm=1.0),
        epochs=epochs,
        batch_size=50,
        validation=sequences.make_recall(500, T, rng=draw),
        metrics=[right],
        seed=int(draw.integers(2**31)),
        progress=progress,
    )
