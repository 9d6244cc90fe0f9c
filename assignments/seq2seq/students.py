"""Answers as real students hand them in, for the sample class: one class, one student.

What a student leaves out is right. The classes are read as text and never imported.
"""

# ruff: noqa: B007, D102, F821, RET504, RUF059 - this is how students write

import keras
import numpy as np
from keras.layers import LSTM, Activation, Bidirectional, Input


class in_one_line:
    """Right, in as few lines as possible."""

    def one_step_attention(a, s_prev):
        return dotor([activator(densor2(densor1(concatenator([a, repeator(s_prev)])))), a])

    def teacher_forcing(Y, start):
        return np.hstack([np.full((Y.shape[0], 1), start), Y[:, :-1]])


class by_the_book:
    """Right, with the names of the text and an assertion."""

    def one_step_attention(a, s_prev):
        s_prev = repeator(s_prev)
        concat = concatenator([a, s_prev])
        e = densor1(concat)
        energies = densor2(e)
        alphas = activator(energies)
        context = dotor([alphas, a])
        assert context.shape[-1] == a.shape[-1]
        return context


class state_first:
    """The state before the annotations."""

    def one_step_attention(a, s_prev):
        s_prev = repeator(s_prev)
        concat = concatenator([s_prev, a])
        energies = densor2(densor1(concat))
        alphas = activator(energies)
        return dotor([alphas, a])


class keras_softmax:
    """Keras's softmax, over the last axis."""

    def one_step_attention(a, s_prev):
        concat = concatenator([a, repeator(s_prev)])
        energies = densor2(densor1(concat))
        alphas = Activation("softmax")(energies)
        context = dotor([alphas, a])
        return context


class forgetful_decoder:
    """No states are passed from step to step."""

    def modelf(Tx, Ty, n_a, n_s, human_vocab_size, machine_vocab_size):
        X = Input(shape=(Tx, human_vocab_size))
        s0 = Input(shape=(n_s,), name="s0")
        c0 = Input(shape=(n_s,), name="c0")
        s, c = s0, c0
        outputs = []
        a = Bidirectional(LSTM(n_a, return_sequences=True))(X)
        for t in range(Ty):
            context = one_step_attention(a, s)
            s, _, c = post_activation_LSTM_cell(context)
            out = output_layer(s)
            outputs.append(out)
        return keras.Model(inputs=[X, s0, c0], outputs=outputs)


class own_layers_everywhere:
    """New layers in the loop."""

    def modelf(Tx, Ty, n_a, n_s, human_vocab_size, machine_vocab_size):
        X = Input(shape=(Tx, human_vocab_size))
        s0 = Input(shape=(n_s,), name="s0")
        c0 = Input(shape=(n_s,), name="c0")
        s, c = s0, c0
        outputs = []
        a = Bidirectional(LSTM(n_a, return_sequences=True))(X)
        for t in range(Ty):
            context = one_step_attention(a, s)
            lstm = LSTM(n_s, return_state=True)
            s, _, c = lstm(context, initial_state=[s, c])
            outputs.append(output_layer(s))
        return keras.Model(inputs=[X, s0, c0], outputs=outputs)


class no_sequences:
    """The encoder returns its last state only: an error from Keras."""

    def modelf(Tx, Ty, n_a, n_s, human_vocab_size, machine_vocab_size):
        X = Input(shape=(Tx, human_vocab_size))
        s0 = Input(shape=(n_s,), name="s0")
        c0 = Input(shape=(n_s,), name="c0")
        s, c = s0, c0
        outputs = []
        a = Bidirectional(LSTM(n_a))(X)
        for t in range(Ty):
            context = one_step_attention(a, s)
            s, _, c = post_activation_LSTM_cell(context, initial_state=[s, c])
            outputs.append(output_layer(s))
        return keras.Model(inputs=[X, s0, c0], outputs=outputs)


class greedy_all_the_way:
    """The beam is always one wide; padding counts in the loss."""

    def beam_search(step, end, width, max_length, alpha=1.0):
        symbols, log_p = (), 0.0
        for _ in range(max_length):
            scores = step(symbols)
            best = int(np.argmax(scores))
            symbols, log_p = (*symbols, best), log_p + scores[best]
            if best == end:
                break
        return symbols, log_p / len(symbols) ** alpha

    def sequence_loss(log_probs, Y, pad=0):
        m, T = Y.shape
        return -log_probs[np.arange(m)[:, None], np.arange(T), Y].mean()


class generation_2017:
    """The notebook of 2017: one dense layer, and the builder is called model."""

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
    from keras.models import Model

    m = 10000
    dataset, human_vocab, machine_vocab, inv_machine_vocab = load_dataset(m)
    Tx = 30
    Ty = 10
    repeator = RepeatVector(Tx)
    concatenator = Concatenate(axis=-1)
    densor = Dense(1, activation="relu")
    activator = Activation(softmax, name="attention_weights")
    dotor = Dot(axes=1)
    n_a = 64
    n_s = 128
    post_activation_LSTM_cell = LSTM(n_s, return_state=True)
    output_layer = Dense(len(machine_vocab), activation=softmax)

    def one_step_attention(a, s_prev):
        ### START CODE HERE ###
        # Use repeator to repeat s_prev to be of shape (m, Tx, n_s)
        s_prev = repeator(s_prev)
        # Use concatenator to concatenate a and s_prev on the last axis (≈ 1 line)
        concat = concatenator([a, s_prev])
        # Use densor to propagate concat through a small fully-connected neural network
        energies = densor(concat)
        alphas = activator(energies)
        context = dotor([alphas, a])
        ### END CODE HERE ###
        return context

    def model(Tx, Ty, n_a, n_s, human_vocab_size, machine_vocab_size):
        X = Input(shape=(Tx, human_vocab_size))
        s0 = Input(shape=(n_s,), name="s0")
        c0 = Input(shape=(n_s,), name="c0")
        s = s0
        c = c0
        outputs = []
        ### START CODE HERE ###
        # Step 1: Define your pre-attention Bi-LSTM. (≈ 1 line)
        a = Bidirectional(LSTM(n_a, return_sequences=True), input_shape=(m, Tx, n_a * 2))(X)
        # Step 2: Iterate for Ty steps
        for t in range(Ty):
            context = one_step_attention(a, s)
            s, _, c = post_activation_LSTM_cell(context, initial_state=[s, c])
            out = output_layer(s)
            outputs.append(out)
        model = Model([X, s0, c0], outputs)
        ### END CODE HERE ###
        return model
