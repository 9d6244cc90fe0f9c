"""Other right answers to the seq2seq assignment: each must get full marks."""

# ruff: noqa: B007, D103, F821, RET504 - older notebooks; an answer's neighbours are around it

import heapq
from collections import Counter

import keras
import numpy as np
from keras import ops
from keras.layers import LSTM, Bidirectional, Dense, Input
from keras.models import Model

from dltf.autograder import accepted, equivalent

densor = Dense(1, activation="relu")  # the only scorer of 2017


@accepted("one_step_attention", why="2017 notebooks: one layer for the energies")
def attention_of_2017(a, s_prev):
    s_prev = repeator(s_prev)
    concat = concatenator([a, s_prev])
    e = densor(concat)
    alphas = activator(e)
    context = dotor([alphas, a])
    return context


@accepted("one_step_attention", why="2019 and 2021 notebooks: line by line")
def attention_of_2021(a, s_prev):
    s_prev = repeator(s_prev)
    concat = concatenator([a, s_prev])
    e = densor1(concat)
    energies = densor2(e)
    alphas = activator(energies)
    context = dotor([alphas, a])
    return context


@accepted("one_step_attention", why="only the shared weights are needed: the rest by operations")
def attention_by_operations(a, s_prev):
    beside = ops.repeat(ops.expand_dims(s_prev, 1), a.shape[1], axis=1)
    energies = densor2(densor1(ops.concatenate([a, beside], axis=2)))
    return ops.sum(ops.softmax(energies, axis=1) * a, axis=1, keepdims=True)


@accepted("one_step_attention", why="the product of matrices sums over the places")
def attention_by_matmul(a, s):
    concat = concatenator([a, repeator(s)])
    alphas = activator(densor2(densor1(concat)))
    return ops.matmul(ops.transpose(alphas, (0, 2, 1)), a)


@accepted("modelf", why="2017 and 2021 notebooks: inputs with names, outputs appended")
def modelf_of_2021(Tx, Ty, n_a, n_s, human_vocab_size, machine_vocab_size):
    X = Input(shape=(Tx, human_vocab_size))
    s0 = Input(shape=(n_s,), name="s0")
    c0 = Input(shape=(n_s,), name="c0")
    s = s0
    c = c0
    outputs = []
    a = Bidirectional(LSTM(units=n_a, return_sequences=True))(X)
    for t in range(Ty):
        context = one_step_attention(a, s)
        s, _, c = post_activation_LSTM_cell(context, initial_state=[s, c])
        out = output_layer(s)
        outputs.append(out)
    model = Model(inputs=[X, s0, c0], outputs=outputs)
    return model


@accepted("modelf", why="2017 notebooks: Bidirectional with an input_shape, which Keras ignores")
def modelf_of_2017(Tx, Ty, n_a, n_s, human_vocab_size, machine_vocab_size):
    X = Input(shape=(Tx, human_vocab_size))
    s0 = Input(shape=(n_s,), name="s0")
    c0 = Input(shape=(n_s,), name="c0")
    s = s0
    c = c0
    outputs = []
    a = Bidirectional(LSTM(n_a, return_sequences=True), input_shape=(Tx, n_a * 2))(X)
    for t in range(Ty):
        context = one_step_attention(a, s)
        s, _, c = post_activation_LSTM_cell(context, initial_state=[s, c])
        out = output_layer(s)
        outputs.append(out)
    model = Model([X, s0, c0], outputs)
    return model


@accepted("modelf", why="the hidden state from the second place; the merge of directions named")
def modelf_with_the_second_state(Tx, Ty, n_a, n_s, human_vocab_size, machine_vocab_size):
    X = keras.Input((Tx, human_vocab_size))
    states = [keras.Input((n_s,)), keras.Input((n_s,))]
    inputs, outputs = [X, *states], []
    encoder = keras.layers.LSTM(n_a, return_sequences=True)
    a = keras.layers.Bidirectional(encoder, merge_mode="concat")(X)
    for _ in range(Ty):
        context = one_step_attention(a, states[0])
        _, *states = post_activation_LSTM_cell(context, initial_state=states)
        outputs += [output_layer(states[0])]
    return keras.Model(inputs, outputs, name="dates")


@accepted("masked_softmax", why="step by step, -inf where there is padding")
def masked_step_by_step(scores, mask):
    scores = np.where(mask[:, np.newaxis, :] == 1, scores, -np.inf)
    scores = scores - np.max(scores, axis=-1, keepdims=True)
    e = np.exp(scores)
    weights = e / np.sum(e, axis=-1, keepdims=True)
    return weights


@accepted("masked_softmax", why="a huge negative number; the mask subtracted")
def masked_by_a_large_number(scores, mask):
    scores = scores - 1e12 * (1 - mask)[:, np.newaxis, :]
    e = np.exp(scores - np.max(scores, axis=2, keepdims=True))
    return e / np.sum(e, axis=2, keepdims=True)


@accepted("masked_softmax", why="padding removed before the division")
def masked_powers(scores, mask):
    there = np.repeat(mask[:, None], scores.shape[1], axis=1).astype(bool)
    top = np.max(scores, axis=-1, keepdims=True, where=there, initial=-1e30)
    e = np.where(there, np.exp(np.minimum(scores - top, 0)), 0.0)
    return e / e.sum(-1)[..., None]


@accepted("teacher_forcing", why="filled in place")
def forced_in_place(Y, start):
    inputs = np.empty_like(Y)
    inputs[:, 0] = start
    inputs[:, 1:] = Y[:, :-1]
    return inputs


@accepted("teacher_forcing", why="np.insert")
def forced_by_insertion(Y, start):
    return np.insert(Y, 0, start, axis=1)[:, :-1]


@accepted("sequence_loss", why="two loops over places, a mask")
def loss_by_indices(log_probs, Y, pad=0):
    m, T_y = Y.shape
    loss = 0
    count = 0
    for i in range(m):
        for t in range(T_y):
            if Y[i, t] != pad:
                loss = loss - log_probs[i, t, Y[i, t]]
                count = count + 1
    loss = loss / count
    return loss


@accepted("sequence_loss", why="by loops")
def loss_by_loops(log_probs, Y, pad=0):
    total, count = 0.0, 0
    for sentence, symbols in zip(log_probs, Y, strict=True):
        for place, symbol in zip(sentence, symbols, strict=True):
            if symbol != pad:
                total -= place[symbol]
                count += 1
    return total / count


@accepted("sequence_loss", why="the mean of what is there")
def loss_by_selection(log_probs, Y, pad=0):
    i, t = np.nonzero(np.not_equal(Y, pad))
    return -np.mean(log_probs[i, t, Y[i, t]])


@accepted("beam_search", why="step by step, sorted by log p over length")
def beam_step_by_step(step, end, width, max_length, alpha=1.0):
    candidates = [((), 0.0)]

    def worth(candidate):
        symbols, log_p = candidate
        return log_p / len(symbols) ** alpha

    for t in range(max_length):
        longer = []
        for symbols, log_p in candidates:
            if len(symbols) > 0 and symbols[-1] == end:
                longer.append((symbols, log_p))
            else:
                log_probs = step(symbols)
                for i in range(len(log_probs)):
                    longer.append(((*symbols, i), log_p + log_probs[i]))
        longer = sorted(longer, key=worth, reverse=True)
        candidates = longer[:width]
    best = candidates[0]
    return best[0], worth(best)


@accepted("beam_search", why="two lists; heapq; stops when all have ended")
def beam_with_a_heap(step, end, width, max_length, alpha=1.0):
    def worth(candidate):
        return candidate[1] / max(1, len(candidate[0])) ** alpha

    beam = [((), 0.0)]
    for _ in range(max_length):
        done = [c for c in beam if c[0][-1:] == (end,)]
        if len(done) == len(beam):
            break
        going = [
            ((*words, word), log_p + p)
            for words, log_p in beam
            if words[-1:] != (end,)
            for word, p in enumerate(step(words))
        ]
        beam = heapq.nlargest(width, done + going, key=worth)
    return beam[0][0], worth(beam[0])


@accepted("beam_search", why="arrays of log p; a list for the words")
def beam_with_arrays(step, end, width, max_length, alpha=1.0):
    beam = [([], 0.0)]
    for _ in range(max_length):
        options = []
        for words, log_p in beam:
            if words and words[-1] == end:
                options.append((log_p / len(words) ** alpha, words, log_p))
            else:
                total = log_p + np.asarray(step(tuple(words)))
                options += [
                    (p / (len(words) + 1) ** alpha, [*words, i], p) for i, p in enumerate(total)
                ]
        options.sort(key=lambda option: -option[0])
        beam = [(words, log_p) for _, words, log_p in options[:width]]
    words, log_p = beam[0]
    return words, log_p / len(words) ** alpha


@accepted("modified_precision", why="step by step: the smaller of two counts")
def precision_step_by_step(translation, references, n):
    mine = [tuple(translation[i : i + n]) for i in range(len(translation) - n + 1)]
    hits = 0
    for gram in set(mine):
        largest = 0
        for reference in references:
            theirs = [tuple(reference[i : i + n]) for i in range(len(reference) - n + 1)]
            largest = max(largest, theirs.count(gram))
        hits = hits + min(mine.count(gram), largest)
    return hits, len(mine)


@accepted(
    "modified_precision", why="Counters: the union takes the larger, the intersection the less"
)
def precision_by_counters(translation, references, n):
    def grams(words):
        return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))

    mine, allowed = grams(translation), Counter()
    for reference in references:
        allowed |= grams(reference)
    return sum((mine & allowed).values()), sum(mine.values())


@accepted("modified_precision", why="crosses off what is used up; strings for n-grams")
def precision_by_crossing_off(translation, references, n):
    def grams(words):
        return [" ".join(words[i : i + n]) for i in range(len(words) + 1 - n)]

    best = {}
    for reference in references:
        have = grams(reference)
        for gram in have:
            best[gram] = max(best.get(gram, 0), have.count(gram))
    hits = 0
    for gram in grams(translation):
        if best.get(gram, 0) > 0:
            best[gram] -= 1
            hits += 1
    return hits, len(grams(translation))


equivalent(
    "modelf",
    "Input(shape=(Tx, human_vocab_size), name='X')",
    "Input(shape=(Tx, human_vocab_size))",
    why="the name of an input is for people",
)

equivalent(
    "modelf",
    "Input(shape=(n_s,), name='s0')",
    "Input(shape=(n_s,))",
    why="the name of an input is for people",
)

equivalent(
    "modelf",
    "Input(shape=(n_s,), name='c0')",
    "Input(shape=(n_s,))",
    why="the name of an input is for people",
)

equivalent(
    "sequence_loss",
    "np.take_along_axis(log_probs, Y[:, :, None], axis=-1)",
    "np.take_along_axis(log_probs, Y[:, :, None])",
    why="the last axis is the default",
)

equivalent(
    "sequence_loss",
    "np.take_along_axis(log_probs, Y[:, :, None], axis=-1)[:, :, 0]",
    "np.take_along_axis(log_probs, Y[:, :, None], axis=-1)[:, :, -1]",
    why="that axis has one entry",
)
