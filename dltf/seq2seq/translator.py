"""A fast encoder-decoder translator with attention, greedy and beam search.

The same as `dltf.seq2seq`, arranged for speed. There the decoder attends *before* each step
(Bahdanau et al. 2015), so a step cannot be computed before the last one is finished. Here it
attends *after* (Luong et al. 2015, "Effective approaches to attention-based neural machine
translation"): with teacher forcing all inputs of the decoder are known, so that attention and the
vocabulary's logits are one matrix product each for all steps of a batch. Only the GRU loops.

Layout: Keras's, examples first. `X (m, T_x)` and `Y (m, T_y)` hold numbers of words (or of
characters), 0 is padding; states `(m, n)`, annotations of the encoder `(m, T_x, n)`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from numpy.typing import NDArray

from dltf.data.translation import END, PAD, START, UNKNOWN
from dltf.validation import check_integer, check_number

NEVER = -1e9  # the logarithm of a probability that is as good as zero


class Translator(keras.Model):
    """Encoder (GRUs in both directions), decoder (GRU), attention, and tied output weights.

    The encoder may be a stack of convolutions instead: what a character means depends on its
    neighbours, and a convolution computes all positions in parallel, without a loop.

    Args:
        source_size: number of words of the source language, padding included.
        target_size: the same for the target language.
        units: size n of the decoder's state; an even number.
        embedding: size of a word's vector.
        dropout: share of units left out, in training.
        attention: False gives the encoder-decoder without it: all that the decoder gets of the
            sentence is its first state.
        convolutions: how many, of width 5 and n / 2 channels, take the place of the encoder's GRUs.
        unroll: whether the loops over time are unrolled into the graph, which makes short ones
            faster and long ones slow to build.
    """

    def __init__(
        self,
        source_size: int,
        target_size: int,
        *,
        units: int = 256,
        embedding: int = 192,
        dropout: float = 0.4,
        attention: bool = True,
        convolutions: int = 0,
        unroll: bool = False,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        units = check_integer("units", units, at_least=2)
        if units % 2:
            raise ValueError(f"units: expected an even number, got {units!r}")
        embedding = check_integer("embedding", embedding, at_least=1)
        check_number("dropout", dropout, at_least=0, below=1)
        convolutions = check_integer("convolutions", convolutions, at_least=0)
        layers, near_zero = keras.layers, keras.initializers.RandomNormal(stddev=embedding**-0.5)
        self.attention = attention
        self.source = layers.Embedding(source_size, embedding, embeddings_initializer=near_zero)
        self.target = layers.Embedding(target_size, embedding, embeddings_initializer=near_zero)
        gru = {"return_sequences": True, "return_state": True, "unroll": unroll}
        self.convolutions = [
            layers.Conv1D(units // 2, 5, padding="same", activation="relu")
            for _ in range(convolutions)
        ]
        if not convolutions:
            self.encoder = layers.Bidirectional(layers.GRU(units // 2, **gru))
        self.bridge = layers.Dense(units, "tanh")
        self.decoder = layers.GRU(units, **gru)
        self.keys = layers.Dense(units, use_bias=False)
        self.mix = layers.Dense(embedding, "tanh")
        self.drop = layers.Dropout(dropout)
        self.bias = self.add_weight(shape=(target_size,), initializer="zeros", name="bias")

    def encode(self, X: Any, training: bool = False) -> dict[str, Any]:
        """Encode source sentences X (m, T_x); return the decoder's state and annotations.

        Returns:
            "annotations" (m, T_x, n or n / 2), "keys" (m, T_x, n), "mask" (m, T_x), "state" (m, n).
        """
        mask = ops.not_equal(X, PAD)
        words = self.drop(self.source(X), training=training)
        if self.convolutions:
            there = ops.cast(mask, words.dtype)[:, :, None]
            annotations = words * there
            for convolution in self.convolutions:  # zeros behind the end, as before the first
                annotations = convolution(annotations) * there  # (m, T_x, n / 2)
            summary = ops.sum(annotations, axis=1) / ops.sum(there, axis=1)
        else:
            annotations, last, first = self.encoder(words, mask=mask)  # (m, T_x, n)
            summary = ops.concatenate([last, first], axis=-1)  # (m, n)
        annotations = self.drop(annotations, training=training)
        state = self.bridge(summary)
        keys = self.keys(annotations)
        return {"annotations": annotations, "keys": keys, "mask": mask, "state": state}

    def attend(self, states: Any, encoded: dict[str, Any]) -> tuple[Any, Any]:
        """Return contexts (m, T, n) for decoder states (m, T, n), and the weights (m, T, T_x).

        scores = H K' / sqrt(n),  weights = softmax over the words that are there.
        """
        scores = ops.matmul(states, ops.swapaxes(encoded["keys"], 1, 2))  # (m, T, T_x)
        scores = scores / states.shape[-1] ** 0.5
        weights = ops.softmax(ops.where(encoded["mask"][:, None], scores, NEVER), axis=-1)
        return ops.matmul(weights, encoded["annotations"]), weights

    def decode(
        self, Y: Any, encoded: dict[str, Any], training: bool = False, only: Any = None
    ) -> tuple[Any, Any, Any]:
        """Take decoder steps for the words Y (m, T), from `encoded["state"]` on.

        Args:
            Y: numbers of the words that go in.
            encoded: from `encode`.
            training: whether units are dropped.
            only: bools (m, T): logits are computed only there, (their number, target_size).

        Returns:
            Logits of the next words (m, T, target_size), the last state (m, n), and attention
            weights (m, T, T_x), which are zeros without attention.
        """
        words = self.drop(self.target(Y), training=training)
        states, last = self.decoder(words, initial_state=encoded["state"])
        contexts, weights = self.attend(states, encoded)
        if not self.attention:
            contexts, weights = ops.zeros_like(contexts), ops.zeros_like(weights)
        both = ops.concatenate([contexts, states], axis=-1)  # (m, T, 2n)
        if only is not None:
            both = tf.boolean_mask(both, only)  # (steps that count, 2n)
        mixed = self.mix(self.drop(both, training=training))
        mixed = self.drop(mixed, training=training)
        logits = ops.matmul(mixed, ops.transpose(self.target.embeddings)) + self.bias
        return logits, last, weights

    def call(self, inputs: tuple[Any, Any], training: bool = False) -> Any:
        """Return logits for X (m, T_x) and the forced inputs Y (m, T_y).

        Half of a padded batch of short sentences is padding: its logits are not computed, and what
        comes back is flat, (number of words and ends, target_size), as for `word_loss`.
        """
        X, Y = inputs
        return self.decode(Y, self.encode(X, training), training, only=ops.not_equal(Y, PAD))[0]


def word_loss(smoothing: float = 0.0) -> Callable[[Any, Any], Any]:
    """Return the mean cross-entropy over unpadded words, for `dltf.training.train`.

    Args:
        smoothing: share of the target's probability that is spread over the whole vocabulary
            (Szegedy et al. 2016): the model is not rewarded for being certain.
    """
    check_number("smoothing", smoothing, at_least=0, at_most=1)

    def nll(Y: Any, logits: Any) -> Any:
        Y = tf.boolean_mask(Y, Y > PAD)
        value = tf.nn.sparse_softmax_cross_entropy_with_logits(Y, logits)
        if smoothing:  # mean of -log p over the vocabulary, less -log p of the right word
            right = tf.gather(logits, Y, batch_dims=1)
            value += smoothing * (right - tf.reduce_mean(logits, axis=-1))
        return value

    return nll


# Searching: all sentences at once ----------------------------------------------------------------


class Searcher:
    """Greedy and beam search with a trained model, batched.

    Args:
        model: a trained `Translator`.
        unknown: whether <unk> may be written.
    """

    def __init__(self, model: Translator, unknown: bool = False) -> None:
        size = model.target.input_dim
        barred = [PAD, START] if unknown else [PAD, START, UNKNOWN]
        penalty = tf.constant(np.isin(np.arange(size), barred) * NEVER, tf.float32)

        @tf.function(reduce_retracing=True, autograph=False)
        def encode(X: Any) -> Any:
            return model.encode(X)

        @tf.function(reduce_retracing=True, autograph=False)
        def step(words: Any, encoded: Any) -> Any:
            logits, state, weights = model.decode(words[:, None], encoded)
            return tf.nn.log_softmax(logits[:, 0] + penalty), state, weights[:, 0]

        self._encode, self._step = encode, step

    def greedy(self, X: NDArray[np.int32], max_length: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Take the most likely word at each step.

        Args:
            X: source sentences (m, T_x).
            max_length: most words to write, <end> included.

        Returns:
            Words (m, T), padded behind <end>, and attention weights (m, T, T_x).
        """
        max_length = check_integer("max_length", max_length, at_least=1)
        encoded = self._encode(tf.constant(X))
        words: NDArray[Any] = np.full(len(X), START, np.int32)
        written: list[NDArray[Any]] = []
        attention: list[NDArray[Any]] = []
        done: NDArray[Any] = np.zeros(len(X), bool)
        while len(written) < max_length and not done.all():
            scores, state, weights = self._step(tf.constant(words), encoded)
            encoded = encoded | {"state": state}
            words = np.where(done, PAD, np.argmax(scores, axis=1)).astype(np.int32)
            done |= words == END
            written.append(words)
            attention.append(weights.numpy())
        return np.stack(written, axis=1), np.stack(attention, axis=1)

    def beam(
        self, X: NDArray[np.int32], max_length: int, width: int = 5, alpha: float = 1.0
    ) -> NDArray[Any]:
        """Beam search: keep the `width` best prefixes of each sentence; return the best sentence.

        A beginning is worth `log p / length**alpha`: without the division, short ones win.

        Args:
            X: source sentences (m, T_x).
            max_length: most words to write, <end> included.
            width: number of beginnings that are kept, at least 1.
            alpha: 0 compares probabilities, 1 their geometric mean a word.

        Returns:
            Words (m, T), padded behind <end>.
        """
        max_length = check_integer("max_length", max_length, at_least=1)
        m, k = len(X), check_integer("width", width, at_least=1)
        rows = np.arange(m)[:, None]
        encoded = {
            name: tf.repeat(v, k, axis=0) for name, v in self._encode(tf.constant(X)).items()
        }
        words: NDArray[Any] = np.full((m, k), START, np.int32)
        log_p: NDArray[Any] = np.full((m, k), NEVER)
        log_p[:, 0] = 0  # all beams of a sentence begin alike: one is enough
        length: NDArray[Any] = np.zeros((m, k), int)
        done: NDArray[Any] = np.zeros((m, k), bool)
        written: NDArray[Any] = np.zeros((m, k, 0), np.int32)
        for _ in range(max_length):
            scores, state, _ = self._step(tf.constant(words.reshape(-1)), encoded)
            scores = scores.numpy().astype(np.float64).reshape(m, k, -1)  # (m, k, V)
            scores[done] = NEVER
            scores[done, PAD] = 0  # a finished one stays as it is
            total = log_p[:, :, None] + scores
            longer = np.broadcast_to((length + ~done)[:, :, None], total.shape)
            worth = (total / longer**alpha).reshape(m, -1)
            best = np.argpartition(-worth, k - 1, axis=1)[:, :k]
            beam, word = np.divmod(best, total.shape[-1])
            log_p, length = total[rows, beam, word], longer[rows, beam, word]
            written = np.concatenate([written[rows, beam], word[:, :, None]], axis=2)
            done = done[rows, beam] | (word == END)
            words = word.astype(np.int32)
            encoded = encoded | {"state": tf.gather(state, (rows * k + beam).reshape(-1))}
            if done.all():
                break
        return written[np.arange(m), np.argmax(log_p / length**alpha, axis=1)]


# Training ---------------------------------------------------------------------------------------


def train_translator(
    model: Translator,
    X: NDArray[np.int32],
    Y_in: NDArray[np.int32],
    Y_out: NDArray[np.int32],
    *,
    epochs: int,
    batch_size: int = 64,
    learning_rate: float = 2e-3,
    smoothing: float = 0.0,
    average: float | None = None,
    seed: int | None = None,
    **settings: Any,
) -> Any:
    """Train with teacher forcing: the decoder's inputs are the targets, shifted right by one.

    The learning rate rises for the first steps and then falls along a cosine to a fiftieth.

    Args:
        model: the translator; changed in place.
        X: source sentences (m, T_x).
        Y_in: <start> and the words (m, T_y).
        Y_out: the words and <end> (m, T_y).
        epochs: passes over the data.
        batch_size: sentences in a step.
        learning_rate: the highest.
        smoothing: see `word_loss`.
        average: momentum of a running average of the weights, which the model ends up with.
        seed: orders the sentences.
        settings: for `dltf.training.train`.

    Returns:
        The history.
    """
    from dltf.training import train

    epochs = check_integer("epochs", epochs, at_least=1)
    batch_size = check_integer("batch_size", batch_size, at_least=1)
    check_number("learning_rate", learning_rate, above=0)
    if average is not None:
        check_number("average", average, above=0, below=1)
    steps = epochs * -(-len(X) // batch_size)
    schedule = keras.optimizers.schedules.CosineDecay(
        learning_rate / 10,
        steps,
        alpha=0.02,  # of the highest
        warmup_target=learning_rate,
        warmup_steps=min(300, steps // 10),
    )
    averaging = {} if average is None else {"use_ema": True, "ema_momentum": average}
    optimizer = keras.optimizers.Adam(schedule, global_clipnorm=1.0, **averaging)
    history = train(
        model,
        ((X, Y_in), Y_out),
        loss=word_loss(smoothing),
        optimizer=optimizer,
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
        **settings,
    )
    if average is not None:
        optimizer.finalize_variable_values(model.trainable_variables)
    return history
