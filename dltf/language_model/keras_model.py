"""Character-level LSTM language model in Keras, with sampling and evaluation.

The network of `dltf.language_model` learns from one name at a time. Here an LSTM reads 32 of them
at once, and dropout keeps it from learning a thousand names by heart. Two measures say how good a
model of any kind is: bits per character on names that it has not seen, and how many of the names
that it writes are new and could be names. What was measured is in docs/language_model.md.

A model of names is an object with `probabilities(names)`, which gives for each name of T letters an
array (T + 1, 27), row t for what follows the first t letters: `NGram`, `NumpyModel`, `NamesModel`,
and `Mixture` of several.

- Srivastava et al. 2014, "Dropout"; Loshchilov & Hutter 2019, "Decoupled weight decay" (AdamW)
- Jelinek & Mercer 1980 (mixing models by weights that are chosen on names kept apart)

Layout: Keras's, examples first; characters are integers, `(m, T)`, and logits `(m, T, 27)`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import keras
import numpy as np
from keras import layers, ops

from dltf.data.names import CHAR_TO_IX, CHARACTERS, encode_names
from dltf.training import History, train
from dltf.training.callbacks import EarlyStopping
from dltf.typing import Array, Random
from dltf.validation import check_choice, check_integer, check_number

LONGEST = 26  # letters of the longest name of the list


class Model(Protocol):
    """Interface of a language model that can be evaluated and sampled from."""

    def probabilities(self, names: Sequence[str]) -> list[Array]:
        """Return, for each name of T letters, probabilities (T + 1, 27) of what comes next."""


# == 1. The network ================================================================================


def build_names_model(
    cell: str = "lstm",
    units: int = 128,
    embedding: int = 32,
    drop_input: float = 0.25,
    drop_output: float = 0.5,
) -> keras.Model:
    """Return an LSTM from characters (m, T) to logits (m, T, 27) of the next ones.

    Args:
        cell: "rnn", "gru" or "lstm".
        units: size of its state.
        embedding: size of the embedding of a character.
        drop_input: share of them that is dropped in training.
        drop_output: share of the state that the output layer does not see in training.

    Raises:
        TypeError, ValueError: there is no such cell, or a number is out of its range.
    """
    cells = {"rnn": layers.SimpleRNN, "gru": layers.GRU, "lstm": layers.LSTM}
    check_choice("cell", cell, cells)
    units = check_integer("units", units, at_least=1)
    embedding = check_integer("embedding", embedding, at_least=1)
    check_number("drop_input", drop_input, at_least=0, below=1)
    check_number("drop_output", drop_output, at_least=0, below=1)
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(len(CHARACTERS), embedding),
            layers.Dropout(drop_input),
            cells[cell](units, return_sequences=True),
            layers.Dropout(drop_output),
            layers.Dense(len(CHARACTERS)),
        ]
    )


def bits(y: Any, logits: Any) -> Any:
    """Return the mean of `- log2 p` over the characters, without padding.

    Args:
        y: (numbers of the next characters (m, T), mask (m, T)).
        logits: (m, T, 27).
    """
    wanted, mask = y
    nats = ops.sparse_categorical_crossentropy(wanted, logits, from_logits=True)  # (m, T)
    return ops.sum(nats * mask) / ops.sum(mask) / math.log(2)


class NamesModel:
    """A trained network as a model of names."""

    def __init__(self, network: keras.Model) -> None:
        import tensorflow as tf

        def predict(x: Any) -> Any:
            return ops.softmax(network(x, training=False))

        self.network = network
        # One graph for names of any number and length: without it each letter costs a call or more.
        letters = tf.TensorSpec((None, None), tf.int32)
        self._predict = tf.function(predict, input_signature=[letters], autograph=False)

    def probabilities(self, names: Sequence[str]) -> list[Array]:
        """Return, for each name of T letters, probabilities (T + 1, 27) of what comes next."""
        x, _, mask = encode_names(names)
        p = ops.convert_to_numpy(self._predict(x))
        return [row[: int(n)] for row, n in zip(p, mask.sum(axis=1), strict=True)]


def train_names(
    names: Sequence[str],
    validation: Sequence[str] | None = None,
    *,
    cell: str = "lstm",
    epochs: int = 40,
    patience: int = 5,
    seed: int | None = None,
    progress: bool = True,
) -> tuple[NamesModel, History]:
    """Train a network on names, with early stopping on validation names.

    Args:
        names: to learn from.
        validation: names to measure after each epoch. The weights of the best epoch are kept. None
            takes a tenth of the names for it.
        cell: "rnn", "gru" or "lstm".
        epochs: passes over the names, at most.
        patience: epochs in a row without a better one after which the run ends.
        seed: of their order. (Of weights and dropout: `keras.utils.set_random_seed`.)
        progress: whether to show a progress bar.

    Returns:
        The model and its history, in bits per character: "loss" with dropout, "val_loss" without.
    """

    def pair(some: Sequence[str]) -> tuple[Any, Any]:
        x, y, mask = encode_names(some)
        return x, (y, mask)

    draw = np.random.default_rng(seed)
    if validation is None:
        shuffled = [names[i] for i in draw.permutation(len(names))]
        tenth = max(1, len(names) // 10)
        names, validation = shuffled[tenth:], shuffled[:tenth]
    network = build_names_model(cell)
    schedule = keras.optimizers.schedules.CosineDecay(0.005, 60 * math.ceil(len(names) / 32))
    history = train(
        network,
        pair(names),
        loss=bits,
        optimizer=keras.optimizers.AdamW(schedule, weight_decay=0.01),
        epochs=epochs,
        batch_size=32,
        validation=pair(validation),
        callbacks=[EarlyStopping(patience=patience)],
        seed=int(draw.integers(2**31)),
        progress=progress,
    )
    return NamesModel(network), history


# == 2. Scores, and mixtures =======================================================================


def chances(model: Model, names: Sequence[str]) -> Array:
    """Return the probabilities of all characters of names, newlines included, float (n,).

    `bits_per_character` and `perplexity` of `dltf.language_model` make one number of it.
    """
    parts = []
    for name, rows in zip(names, model.probabilities(names), strict=True):
        came = [CHAR_TO_IX[character] for character in name + "\n"]
        parts.append(rows[np.arange(len(came)), came])
    return np.concatenate(parts)


class Mixture:
    """A mixture of models: the weighted mean of their probabilities.

    Args:
        models: of names.
        weights: one a model, at least 0; they are divided by their sum. None weighs all alike.
    """

    def __init__(self, models: Sequence[Model], weights: Sequence[float] | None = None) -> None:
        self.models = tuple(models)
        self.weights = np.ones(len(self.models)) if weights is None else np.array(weights, float)
        if (
            len(self.weights) != len(self.models)
            or not (self.weights >= 0).all()
            or not self.weights.sum() > 0
        ):
            raise ValueError(
                f"weights: expected {len(self.models)} numbers of at least 0, one above it, got "
                f"{weights!r}"
            )
        self.weights = self.weights / self.weights.sum()

    def probabilities(self, names: Sequence[str]) -> list[Array]:
        """Return, for each name of T letters, probabilities (T + 1, 27) of what comes next."""
        each = zip(*(model.probabilities(names) for model in self.models), strict=True)
        return [np.tensordot(self.weights, np.stack(rows), axes=1) for rows in each]


def mix(models: Sequence[Model], validation: Sequence[str], rounds: int = 100) -> Mixture:
    """Return the mixture whose weights maximize the likelihood of the validation names.

    Each round asks which model is to thank for each character, and gives it that share (expectation
    and maximization); the likelihood never falls.

    Args:
        models: two or more.
        validation: names that none of them was trained on.
        rounds: how often.

    Source:
        Jelinek & Mercer 1980; Dempster, Laird & Rubin 1977.
    """
    rounds = check_integer("rounds", rounds, at_least=0)
    p = np.stack([chances(model, validation) for model in models])  # (models, characters)
    weights = np.full(len(models), 1 / len(models))
    for _ in range(rounds):
        shares = weights[:, None] * p
        weights = (shares / shares.sum(axis=0)).mean(axis=1)
    return Mixture(models, weights.tolist())


# == 3. Writing ====================================================================================


def write_names(
    model: Model,
    m: int,
    temperature: float = 1.0,
    rng: Random = None,
    longest: int = LONGEST + 14,
) -> list[str]:
    """Sample names from a model, in parallel.

    Args:
        model: of names.
        m: how many.
        temperature: above 0; `p ** (1 / temperature)`, made to add up to 1, is drawn from: the same
            as dividing the logits.
        rng: generator or seed.
        longest: what has so many letters is cut there.

    Raises:
        ValueError: temperature is not above 0.
    """
    m = check_integer("m", m, at_least=0)
    longest = check_integer("longest", longest, at_least=1)
    check_number("temperature", temperature, above=0)
    draw = np.random.default_rng(rng)
    names, unfinished = [""] * m, list(range(m))
    for _ in range(longest):
        if not unfinished:
            break
        rows = model.probabilities([names[i] for i in unfinished])
        p = np.stack([row[-1] for row in rows]).astype(np.float64)  # (unfinished, 27)
        with np.errstate(divide="ignore"):
            scores = np.log(p) / temperature
        noise = draw.gumbel(size=scores.shape)  # the largest of scores + noise is a draw of softmax
        drawn = np.argmax(scores + noise, axis=1)
        for i, number in zip(unfinished, drawn, strict=True):
            names[i] += CHARACTERS[number] if number else ""
        unfinished = [i for i, number in zip(unfinished, drawn, strict=True) if number]
    return names


_VOWEL = re.compile("[aeiouy]")
_ODD = re.compile(r"(.)\1\1|[^aeiouy]{6}|[aeiouy]{6}")


def well_formed(name: str) -> bool:
    """Return whether a text is a well-formed name, as all but a handful of the real ones are.

    It has 3 to 26 small letters, a vowel (y counts), no letter three times in a row, and not six
    consonants or six vowels in a row.
    """
    return (
        3 <= len(name) <= LONGEST
        and all(character in CHAR_TO_IX and character != "\n" for character in name)
        and _VOWEL.search(name) is not None
        and _ODD.search(name) is None
    )


@dataclass(frozen=True)
class Quality:
    """Quality of sampled names: shares from 0 to 1.

    Attributes:
        new: not among the known ones.
        formed: `well_formed`.
        both: new and well-formed.
        different: how many different ones there are, for each one that was written.
    """

    new: float
    formed: float
    both: float
    different: float


def quality(written: Sequence[str], known: Collection[str]) -> Quality:
    """Evaluate sampled names.

    Args:
        written: by a model; at least one.
        known: the names that it was trained on.

    Raises:
        ValueError: nothing was written.
    """
    if not written:
        raise ValueError("written: expected at least one name, got none")
    known = frozenset(known)
    new = np.array([name not in known for name in written])
    formed = np.array([well_formed(name) for name in written])
    return Quality(
        float(new.mean()),
        float(formed.mean()),
        float((new & formed).mean()),
        len(set(written)) / len(written),
    )
