"""Sequence-to-sequence models: encoder, decoder, attention, masking, beam search.

An encoder reads a sentence, a decoder writes another, one symbol after the other. If all that the
decoder gets is one vector, long sentences do not fit in it. Attention gives it access to every
position of the sentence, and the weights are learned.

- Sutskever et al. 2014, "Sequence to sequence learning with neural networks"
- Bahdanau et al. 2015, "Neural machine translation by jointly learning to align and translate"

Layout: Keras's, examples first. `m` examples, `T_x` places of the input, `T_y` of the output:
`X (m, T_x, n_x)` one-hot; annotations of the encoder `a (m, T_x, 2 n_a)`, both directions next to
each other; state of the decoder `s (m, n_s)`; context `(m, 1, 2 n_a)`. From the sequences of the
other topics, `(n_x, m, T_x)`, it is `x.transpose(1, 2, 0)`.

Here are the model of the course's date notebook, and the algorithms on arrays. The translator that
is fast enough for words is in `translator`, its experiments are in `experiments`.
"""

# ruff: noqa: RET504 - an exercise ends before its `return`, which students are given

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import keras
import numpy as np
from keras import ops
from keras.layers import (
    LSTM,
    Activation,
    Bidirectional,
    Concatenate,
    Dense,
    Dot,
    Input,
    RepeatVector,
)
from numpy.typing import NDArray

from dltf.data.dates import (
    Vocabulary,
    int_to_string,
    load_date_vocabulary,
    make_dates,
    string_to_int,
)
from dltf.seq2seq.date_model import plot_attention_map
from dltf.training import History, train
from dltf.typing import Array
from dltf.validation import check_integer

__all__ = [
    "Array",
    "LazyLayer",
    "NDArray",
    "Step",
    "Tx",
    "Ty",
    "Vocabulary",
    "activator",
    "beam_search",
    "concatenator",
    "densor1",
    "densor2",
    "dotor",
    "exhaustive_search",
    "int_to_string",
    "load_dataset",
    "load_date_vocabulary",
    "make_dates",
    "masked_softmax",
    "modelf",
    "modified_precision",
    "n_a",
    "n_s",
    "one_step_attention",
    "output_layer",
    "plot_attention_map",
    "post_activation_LSTM_cell",
    "preprocess_data",
    "repeator",
    "sequence_loss",
    "softmax",
    "string_to_int",
    "teacher_forcing",
    "train_date_model",
]


# == 1. The layers that all steps share ============================================================

Tx, Ty = 30, 10  # characters a person writes at most, and those of "1977-05-02"
n_a, n_s = 32, 64  # sizes of the encoder's states and of the decoder's


def softmax(x: Any, axis: int = 1) -> Any:
    """Return `exp(x) / sum(exp(x))` along an axis: by default along time, of (m, T_x, 1)."""
    x = ops.exp(x - ops.max(x, axis=axis, keepdims=True))
    return x / ops.sum(x, axis=axis, keepdims=True)


class LazyLayer:
    """Lazy layer: created on first use, then used like the layer itself.

    An LSTM runs TensorFlow when it is made (for its random numbers), and an import must not.
    """

    def __init__(self, make: Callable[[], keras.layers.Layer]) -> None:
        self._make, self._made = make, None

    @property
    def layer(self) -> Any:
        """The layer itself."""
        self._made = self._make() if self._made is None else self._made
        return self._made

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Apply the layer."""
        return self.layer(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.layer, name)


repeator = RepeatVector(Tx)
concatenator = Concatenate(axis=-1)
densor1 = Dense(10, activation="tanh")
densor2 = Dense(1, activation="relu")
activator = Activation(softmax, name="attention_weights")
dotor = Dot(axes=1)
post_activation_LSTM_cell = LazyLayer(lambda: LSTM(n_s, return_state=True))
output_layer = Dense(11, activation=softmax)

# == 2. One step of attention, and the model =======================================================


def one_step_attention(a: Any, s_prev: Any) -> Any:
    """Compute one step of attention: the context vector of the next output.

        energies[t] = relu(w2 . tanh(W1 [a[t], s_prev] + b1) + b2)
        alphas = softmax(energies) over the places t = 1, ..., T_x
        context = sum over t of alphas[t] a[t]

    Args:
        a: the encoder's annotations, (m, T_x, 2 n_a).
        s_prev: the decoder's state before this step, (m, n_s).

    Returns:
        The context, (m, 1, 2 n_a).

    Source:
        Bahdanau et al. 2015, section 3.1, without the ReLU. That is the course's addition: all
        places with a negative energy get the same weight, and none of them a gradient.
    """
    ### BEGIN SOLUTION
    s_prev = repeator(s_prev)  # (m, T_x, n_s): the same state at every place
    concat = concatenator([a, s_prev])  # (m, T_x, 2 n_a + n_s)
    energies = densor2(densor1(concat))  # (m, T_x, 1)
    alphas = activator(energies)  # (m, T_x, 1), sums to 1 along T_x
    context = dotor([alphas, a])
    ### END SOLUTION
    return context


def modelf(
    Tx: int, Ty: int, n_a: int, n_s: int, human_vocab_size: int, machine_vocab_size: int
) -> keras.Model:
    """Build the date model: a bidirectional encoder, and Ty decoder steps with attention.

    Args:
        Tx: length of the inputs.
        Ty: length of the outputs.
        n_a: size of the encoder's state in each direction.
        n_s: size of the decoder's state.
        human_vocab_size: number of input symbols.
        machine_vocab_size: number of output symbols (what `output_layer` has).

    Returns:
        A model with the inputs X (m, Tx, human_vocab_size), s0 (m, n_s) and c0 (m, n_s), and a
        list of Ty outputs (m, machine_vocab_size).
    """
    X = Input(shape=(Tx, human_vocab_size), name="X")
    s0 = Input(shape=(n_s,), name="s0")  # the decoder's hidden state
    c0 = Input(shape=(n_s,), name="c0")  # and its cell state
    s, c = s0, c0
    outputs = []
    ### BEGIN SOLUTION
    a = Bidirectional(LSTM(n_a, return_sequences=True))(X)  # (m, Tx, 2 n_a)
    for _ in range(Ty):
        context = one_step_attention(a, s)
        s, _, c = post_activation_LSTM_cell(context, initial_state=[s, c])
        outputs.append(output_layer(s))
    ### END SOLUTION
    return keras.Model(inputs=[X, s0, c0], outputs=outputs)


def load_dataset(m: int) -> tuple[list[tuple[str, str]], Vocabulary, Vocabulary, dict[int, str]]:
    """Return m human-readable and ISO dates, and the vocabularies.

    Returns:
        Pairs (written, ISO); symbol -> number for people and for machines; number -> symbol.
    """
    m = check_integer("m", m, at_least=1)
    human, machine = load_date_vocabulary()
    return make_dates(m), human, machine, {number: symbol for symbol, number in machine.items()}


def preprocess_data(
    dataset: Sequence[tuple[str, str]],
    human_vocab: Vocabulary,
    machine_vocab: Vocabulary,
    Tx: int,
    Ty: int,
) -> tuple[NDArray[Any], NDArray[Any], Array, Array]:
    """Encode date pairs as indices and one-hot arrays.

    Returns:
        X (m, Tx) and Y (m, Ty), numbers of symbols; the same one-hot, (m, Tx, human symbols) and
        (m, Ty, machine symbols).
    """
    X = np.array([string_to_int(written, Tx, human_vocab) for written, _ in dataset])
    Y = np.array([string_to_int(iso, Ty, machine_vocab) for _, iso in dataset])
    return X, Y, np.eye(len(human_vocab))[X], np.eye(len(machine_vocab))[Y]


def train_date_model(
    model: keras.Model, Xoh: Array, Yoh: Array, epochs: int = 1, **settings: Any
) -> History:
    """Train a date model on one-hot pairs: the loss is the sum over the places of the date.

    Args:
        model: what `modelf` returned; changed in place.
        Xoh: inputs (m, Tx, human symbols).
        Yoh: outputs (m, Ty, machine symbols).
        epochs: passes over the data.
        settings: for `dltf.training.train`.

    Returns:
        The history: "loss".
    """
    start = np.zeros((len(Xoh), model.inputs[1].shape[1]))  # s0 and c0

    def loss(Y: tuple[Any, ...], probabilities: Sequence[Any]) -> Any:
        places = zip(Y, probabilities, strict=True)
        return sum(keras.losses.categorical_crossentropy(y, p) for y, p in places)

    targets = tuple(Yoh.swapaxes(0, 1))  # T_y arrays (m, machine symbols)
    defaults = {"optimizer": keras.optimizers.Adam(0.005), "batch_size": 100}
    return train(
        model, ((Xoh, start, start), targets), loss=loss, epochs=epochs, **(defaults | settings)
    )


# == 3. Sequences of different length, on arrays ===================================================


def masked_softmax(scores: Array, mask: Array) -> Array:
    """Compute a softmax with weights of 0 at masked positions.

    Args:
        scores: any numbers, float (m, T_y, T_x).
        mask: 1 where the input has a symbol, 0 where it is padding, (m, T_x); every row has a 1.

    Returns:
        Weights (m, T_y, T_x); each row sums to 1.
    """
    ### BEGIN SOLUTION
    scores = np.where(mask[:, None, :] > 0, scores, -np.inf)  # (m, T_y, T_x)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    ### END SOLUTION
    return weights


def sequence_loss(log_probs: Array, Y: NDArray[Any], pad: int = 0) -> float:
    """Return the mean cross-entropy over the symbols that are not masked.

    Args:
        log_probs: logarithms of the predicted probabilities, float (m, T_y, vocabulary).
        Y: numbers of the right symbols, ints (m, T_y); short sequences are padded with `pad`.
        pad: the number that is no symbol.

    Returns:
        The loss, a float.
    """
    ### BEGIN SOLUTION
    right = np.take_along_axis(log_probs, Y[:, :, None], axis=-1)[:, :, 0]  # (m, T_y)
    there = np.not_equal(Y, pad)
    loss = -float((right * there).sum() / there.sum())
    ### END SOLUTION
    return loss


def teacher_forcing(Y: NDArray[Any], start: int) -> NDArray[Any]:
    """Return the decoder's inputs for teacher forcing: the targets, shifted right by one.

    Whatever the model would have written, at place t it is told the right symbol of place t - 1.

    Args:
        Y: numbers of the right symbols, ints (m, T_y).
        start: the index of the start symbol.

    Returns:
        Ints (m, T_y).
    """
    ### BEGIN SOLUTION
    first = np.full((len(Y), 1), start, Y.dtype)
    inputs = np.concatenate([first, Y[:, :-1]], axis=1)
    ### END SOLUTION
    return inputs


# == 4. Searching for the best output ==============================================================

Step: TypeAlias = "Callable[[tuple[int, ...]], Array]"  # what was written -> log p of what follows


def beam_search(
    step: Step, end: int, width: int, max_length: int, alpha: float = 1.0
) -> tuple[tuple[int, ...], float]:
    """Search for the most likely sequence with a beam of `width` candidates.

    A candidate is worth `log p / length ** alpha`. It is finished when its last symbol is `end`, or
    when it has `max_length` symbols. In each round every unfinished candidate is continued by every
    symbol, finished ones stay as they are, and the best `width` of them all are kept.

    Args:
        step: gets the symbols written so far, a tuple (the empty one at first), and returns
            log p of each symbol that may follow, (vocabulary,).
        end: the symbol that ends a sequence.
        width: number of candidates, at least 1; 1 is greedy search.
        max_length: most symbols, `end` included.
        alpha: 0 compares probabilities, which favours short sequences; 1 their mean a symbol.

    Returns:
        The best sequence, a tuple that includes `end` if it got there, and what it is worth.

    Source:
        Wu et al. 2016, eq. 14, with the plain length as the penalty.
    """
    candidates: list[tuple[tuple[int, ...], float]] = [((), 0.0)]  # (symbols, log p)

    def worth(candidate: tuple[tuple[int, ...], float]) -> float:
        symbols, log_p = candidate
        return log_p / len(symbols) ** alpha

    for _ in range(max_length):
        ### BEGIN SOLUTION
        longer = []
        for symbols, log_p in candidates:
            if symbols and symbols[-1] == end:
                longer.append((symbols, log_p))
                continue
            for symbol, more in enumerate(step(symbols)):
                longer.append(((*symbols, symbol), log_p + float(more)))
        candidates = sorted(longer, key=worth, reverse=True)[:width]
        ### END SOLUTION
    best = max(candidates, key=worth)
    return best[0], worth(best)


def exhaustive_search(
    step: Step, end: int, max_length: int, alpha: float = 1.0
) -> tuple[tuple[int, ...], float]:
    """Return the most likely sequence by exhaustive search, of `vocabulary ** max_length`.

    Args:
        step: as for `beam_search`.
        end: the symbol that ends a sequence.
        max_length: most symbols.
        alpha: as for `beam_search`.
    """
    max_length = check_integer("max_length", max_length, at_least=1)

    def finished(symbols: tuple[int, ...], log_p: float) -> Any:
        if len(symbols) == max_length or symbols[-1:] == (end,):
            yield symbols, log_p / len(symbols) ** alpha
            return
        for following, its_log_p in enumerate(step(symbols)):
            yield from finished((*symbols, following), log_p + float(its_log_p))

    return max(finished((), 0.0), key=lambda sequence: sequence[1])


# == 5. How good is a translation? =================================================================


def modified_precision(
    translation: Sequence[str], references: Sequence[Sequence[str]], n: int
) -> tuple[int, int]:
    """Return the modified n-gram precision of BLEU: matching and total n-grams.

    Each n-gram counts at most as often as it occurs in the reference that has it most often, or
    "the the the" would be perfect. (`dltf.seq2seq.metrics` makes a score of these counts.)

    Args:
        translation: its words.
        references: one or more right translations, words each.
        n: length of the n-grams, at least 1.

    Returns:
        Number of n-grams that a reference has, number of n-grams.

    Source:
        Papineni et al. 2002, section 2.1.
    """

    def grams(words: Sequence[str]) -> list[tuple[str, ...]]:
        return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]

    ### BEGIN SOLUTION
    mine, theirs = grams(translation), [grams(reference) for reference in references]
    hits = 0
    for gram in set(mine):
        hits += min(mine.count(gram), max(reference.count(gram) for reference in theirs))
    ### END SOLUTION
    return hits, len(mine)
