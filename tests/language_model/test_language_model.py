"""Character language models against tf.GradientTape, numerical gradients, brute-force counts."""

from __future__ import annotations

import math
import re
from collections import Counter
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from dltf import language_model as lm
from dltf.autograder.assignment import loading
from dltf.autograder.grading import Grader
from dltf.autograder.inprocess import InProcessRunner
from dltf.data import names as data
from dltf.data import registry
from dltf.language_model import experiments, keras_model, ngrams, shakespeare

V, N_A = 5, 4
LETTERS = {"c": 0, "\n": 1, "a": 2, "d": 3, "b": 4}  # the newline is not number 0
X, Y = [None, 2, 4, 4, 0, 2], [2, 4, 4, 0, 2, 1]


def parameters_of(rng, scale=0.7):
    shapes = {"Wax": (N_A, V), "Waa": (N_A, N_A), "Wya": (V, N_A), "b": (N_A, 1), "by": (V, 1)}
    return {name: scale * rng.normal(size=shape) for name, shape in shapes.items()}


@pytest.fixture
def parameters():
    return parameters_of(np.random.default_rng(3))


@pytest.fixture
def a0():
    return np.tanh(np.random.default_rng(4).normal(size=(N_A, 1)))


# Forward and backward pass of one name


def test_loss_is_that_of_the_keras_layer(parameters, a0):
    layer = keras.layers.SimpleRNN(N_A, return_sequences=True, dtype="float64")
    layer.build((1, len(X), V))
    layer.set_weights([parameters["Wax"].T, parameters["Waa"].T, parameters["b"][:, 0]])
    x = np.zeros((1, len(X), V))
    for t, read in enumerate(X):
        if read is not None:
            x[0, t, read] = 1
    states = np.asarray(layer(x, initial_state=a0.T))[0]  # (T, n_a)
    logits = states @ parameters["Wya"].T + parameters["by"].T
    expected = tf.nn.sparse_softmax_cross_entropy_with_logits(Y, logits).numpy().sum()
    loss, (_, a, _) = lm.rnn_forward(X, Y, a0, parameters, vocab_size=V)
    assert loss == pytest.approx(expected, rel=1e-10)
    np.testing.assert_allclose(a[len(X) - 1][:, 0], states[-1], rtol=1e-9)


@pytest.mark.parametrize("name", ["Wax", "Waa", "Wya", "b", "by"])
def test_gradients_are_difference_quotients(parameters, a0, name):
    _, cache = lm.rnn_forward(X, Y, a0, parameters, vocab_size=V)
    gradients, _ = lm.rnn_backward(X, Y, parameters, cache)
    found, eps = np.zeros_like(parameters[name]), 1e-5
    for index in np.ndindex(found.shape):
        for sign in (1, -1):
            moved = {**parameters, name: parameters[name].copy()}
            moved[name][index] += sign * eps
            loss, _ = lm.rnn_forward(X, Y, a0, moved, vocab_size=V)
            found[index] += sign * loss / (2 * eps)
    np.testing.assert_allclose(gradients[f"d{name}"], found, rtol=1e-5, atol=1e-8)


def test_a_uniform_predictor_has_the_initial_loss():
    nothing = {k: np.zeros_like(v) for k, v in lm.initialize_parameters(3, V, V).items()}
    loss, _ = lm.rnn_forward(X, Y, np.zeros((3, 1)), nothing, V)
    assert loss == pytest.approx(lm.get_initial_loss(V, len(X)))


def test_clip_cuts_every_entry_and_nothing_else():
    rng = np.random.default_rng(0)
    gradients = {f"d{k}": 10 * v for k, v in parameters_of(rng, 1.0).items()}
    before = {k: v.copy() for k, v in gradients.items()}
    clipped = lm.clip(gradients, 3)
    assert set(clipped) == set(gradients)
    for name, value in clipped.items():
        np.testing.assert_array_equal(value, np.asarray(tf.clip_by_value(before[name], -3, 3)))
        np.testing.assert_array_equal(gradients[name], before[name])


def test_optimize_is_one_clipped_step(parameters, a0):
    parameters["Wya"] *= 20  # steep: clipping matters
    before = {k: v.copy() for k, v in parameters.items()}
    _, cache = lm.rnn_forward(X, Y, a0, before, V)
    expected, a = lm.rnn_backward(X, Y, before, cache)
    assert max(np.abs(g).max() for g in expected.values()) > 5
    loss, gradients, a_last = lm.optimize(X, Y, a0, parameters, learning_rate=0.1)
    assert loss == pytest.approx(lm.rnn_forward(X, Y, a0, before, V)[0])
    np.testing.assert_array_equal(a_last, a[len(X) - 1])
    for name, value in before.items():
        cut = np.clip(expected[f"d{name}"], -5, 5)
        np.testing.assert_allclose(gradients[f"d{name}"], cut, rtol=1e-12)
        np.testing.assert_allclose(parameters[name], value - 0.1 * cut, rtol=1e-12)


# Drawing


@pytest.mark.stochastic(broken=["another temperature"])
def test_frequencies_of_first_characters_are_the_probabilities(
    parameters, stochastic_seed, broken, margin
):
    for temperature in (0.5, 1.0, 2.0):
        draw = np.random.default_rng(stochastic_seed)
        firsts = [lm.sample(parameters, LETTERS, draw, temperature)[0] for _ in range(600)]
        a = np.tanh(parameters["b"])
        scores = (parameters["Wya"] @ a + parameters["by"])[:, 0] / temperature
        expected = np.asarray(tf.nn.softmax(2 * scores if broken else scores))
        found = np.bincount(firsts, minlength=V)
        margin.plausible(f"at {temperature}", stats.chisquare(found, expected * 600).pvalue)


def test_a_name_ends_with_the_newline_after_at_most_fifty_characters(parameters):
    parameters["by"][LETTERS["\n"]] = -1e9
    endless = lm.sample(parameters, LETTERS, seed=0)
    assert len(endless) == 51
    assert endless.index(LETTERS["\n"]) == 50
    parameters["by"][LETTERS["\n"]] = 1e9
    assert lm.sample(parameters, LETTERS, seed=0) == [LETTERS["\n"]]


def test_the_seed_alone_decides(parameters):
    drawn = [lm.sample(parameters, LETTERS, seed=s) for s in (1, 1, 2, 3, 4)]
    assert drawn[0] == drawn[1]
    assert len({tuple(one) for one in drawn}) > 1


@pytest.mark.stochastic(broken=["no step", "wrong sign"])
def test_the_numpy_model_learns(stochastic_seed, broken, margin, monkeypatch):
    some = ["aba", "abab", "ba"] * 3
    factor = {"no step": 0, "wrong sign": -1}.get(broken, 1)
    clip = lm.clip
    monkeypatch.setattr(
        lm, "clip", lambda *g: {name: factor * value for name, value in clip(*g).items()}
    )
    settings = {"num_iterations": 900, "n_a": 10, "rng": stochastic_seed}
    learned = lm.model(some, data.IX_TO_CHAR, data.CHAR_TO_IX, **settings)
    known = lm.NumpyModel(learned, data.CHAR_TO_IX)
    bits = lm.bits_per_character(keras_model.chances(known, some))
    margin.below("bits per character", bits, 2.5)


def test_the_numpy_model_prints_when_asked(capsys):
    some = ["aba", "abab", "ba"] * 3
    settings = {"num_iterations": 20, "n_a": 10, "dino_names": 2, "rng": 0}
    lm.model(some, data.IX_TO_CHAR, data.CHAR_TO_IX, **settings, verbose=True)
    printed = capsys.readouterr().out
    assert printed.count("Iteration") == 1
    # 999 parts of a uniform predictor's loss on four characters, and one of a first, small step.
    assert float(re.search(r"Loss: ([\d.]+)", printed)[1]) == pytest.approx(
        4 * math.log(27), abs=0.02
    )
    silent = lm.model("aba\nba\n", data.IX_TO_CHAR, data.CHAR_TO_IX, 3, verbose=False, rng=0)
    assert set(silent) == {"Wax", "Waa", "Wya", "b", "by"}
    assert capsys.readouterr().out == ""


def test_samples_are_printed_with_a_capital(capsys):
    lm.print_sample([20, 18, 5, 24, 0], data.IX_TO_CHAR)
    assert capsys.readouterr().out == "Trex\n"


# Measures


def test_bits_and_perplexity():
    assert lm.bits_per_character(np.full(9, 1 / 27)) == pytest.approx(math.log2(27))
    assert lm.perplexity(np.array([0.5, 0.125])) == pytest.approx(4)
    assert lm.bits_per_character(np.array([0.0, 1.0])) == math.inf
    with pytest.raises(ValueError, match="expected numbers from 0 to 1, got one of 1"):
        lm.perplexity(np.array([1.5]))
    with pytest.raises(ValueError, match="got none"):
        lm.perplexity(np.array([]))


# N-grams


@pytest.mark.parametrize("kind", ngrams.KINDS)
@pytest.mark.parametrize("order", [1, 2, 4])
def test_ngrams_add_up_to_one(kind, order):
    model = ngrams.NGram(["rex", "raptor", "xeno"], order, kind)
    for context in ("", "r", "rap", "zzzzzz", "raptor"):
        p = model.next(context)
        assert p.sum() == pytest.approx(1)
        assert (p >= 0).all()
    assert [len(rows) for rows in model.probabilities(["rex", ""])] == [4, 1]


def test_bigrams_counted_by_hand():
    some = ["ab", "abb", "ba"]
    pairs = Counter(p for name in some for p in zip("^" + name, name + "\n", strict=True))
    after_b = {c: n for (first, c), n in pairs.items() if first == "b"}
    total, letters = sum(after_b.values()), Counter("".join(name + "\n" for name in some))
    expected = 0.7 * after_b["a"] / total
    expected += 0.3 * (0.7 * letters["a"] / letters.total() + 0.3 / 27)
    assert ngrams.NGram(some, 2, "mixed").next("b")[1] == pytest.approx(expected)
    expected = (after_b["a"] + 0.1) / (total + 2.7)
    assert ngrams.NGram(some, 2, "add").next("b")[1] == pytest.approx(expected)
    before = {c: len({first for first, second in pairs if second == c}) for c in "ab\n"}
    short = (before["a"] - 0.9 + 0.9 * 3 / 27) / sum(before.values())
    expected = (after_b["a"] - 0.9 + 0.9 * len(after_b) * short) / total
    assert ngrams.NGram(some, 2).next("b")[1] == pytest.approx(expected)


def test_ngrams_say_what_they_expect():
    with pytest.raises(ValueError, match="kind: expected one of add, mixed, kneser-ney; got 'x'"):
        ngrams.NGram(["a"], kind="x")
    with pytest.raises(ValueError, match="order: expected 1 or more, got 0"):
        ngrams.NGram(["a"], 0)
    with pytest.raises(ValueError, match="strength: expected a number between 0 and 1, got 1"):
        ngrams.NGram(["a"], strength=1)


# The names


def test_no_name_is_on_two_sides():
    some = data.make_names(60, rng=1)
    train, validation, test = data.split_names([*some, *some[:20]], 10, 15, seed=2)
    assert [len(train), len(validation), len(test)] == [35, 15, 10]
    assert sorted(train + validation + test) == sorted(some)
    assert data.split_names(some, 10, 15, seed=3)[2] != test
    with pytest.raises(ValueError, match="fewer than the 60 different names, got 30 and 30"):
        data.split_names(some, 30, 30)


def test_names_as_numbers_and_back():
    x, y, mask = data.encode_names(["rex", "a"])
    assert x.tolist() == [[0, 18, 5, 24], [0, 1, 0, 0]]
    assert y.tolist() == [[18, 5, 24, 0], [1, 0, 0, 0]]
    assert mask.tolist() == [[1, 1, 1, 1], [1, 1, 0, 0]]
    with pytest.raises(ValueError, match="expected small letters a to z, got 'T-rex'"):
        data.encode_names(["T-rex"])


def test_without_the_file_names_are_generated(monkeypatch, capsys):
    monkeypatch.setattr(registry, "find", lambda file: None)
    made = data.load_names()
    assert "these names are generated" in capsys.readouterr().err
    assert len(set(made)) == len(made) == 1524
    assert np.mean([keras_model.well_formed(name) for name in made]) > 0.98
    assert data.load_sonnets().startswith("from fairest creatures")
    with pytest.raises(ValueError, match="m: expected 0 to 20,000, got 20001"):
        data.make_names(20_001)


@pytest.mark.skipif(registry.find("text/dinos.txt") is None, reason="text/dinos.txt not available")
def test_the_real_names():
    names = data.load_names()
    assert len(names) == len(set(names)) == 1524
    assert np.mean([keras_model.well_formed(name) for name in names]) > 0.99
    train, _, test = data.split_names(names)
    found = lm.bits_per_character(keras_model.chances(ngrams.NGram(train, 4, "mixed"), test))
    assert found == pytest.approx(2.466, abs=0.002)


# The network, mixtures, writing


def test_the_loss_leaves_fillings_out():
    logits = np.random.default_rng(0).normal(size=(2, 4, 27)).astype("float32")
    _, y, mask = data.encode_names(["rex", "a"])
    p = np.asarray(tf.nn.softmax(logits))
    came = [p[i, t, y[i, t]] for i in range(2) for t in range(4) if mask[i, t]]
    expected = lm.bits_per_character(np.array(came))
    assert float(keras_model.bits((y, mask), logits)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.stochastic(broken=["no step"])
def test_the_network_learns_names_and_is_measured_alike(stochastic_seed, margin):
    some = data.make_names(100, rng=stochastic_seed)
    model, history = keras_model.train_names(
        some, some[:40], cell="gru", epochs=3, seed=stochastic_seed, progress=False
    )
    margin.below("val_loss to no knowledge", history["val_loss"][-1] / math.log2(27), 0.97)
    found = lm.bits_per_character(keras_model.chances(model, some[:40]))
    assert found == pytest.approx(min(history["val_loss"]), rel=1e-2)
    lonely = np.concatenate([keras_model.chances(model, [name]) for name in some[:3]])
    np.testing.assert_allclose(keras_model.chances(model, some[:3]), lonely, rtol=1e-4)
    with pytest.raises(ValueError, match="cell: expected one of 'rnn', 'gru', 'lstm', got 'x'"):
        keras_model.build_names_model("x")


def test_a_mixture_is_never_worse_than_its_best_model_where_it_was_chosen():
    some = data.make_names(300, rng=0)
    models = [ngrams.NGram(some[:200], order) for order in (1, 2, 4)]
    mixture = keras_model.mix(models, some[200:])
    assert mixture.weights.sum() == pytest.approx(1)

    def score(model):
        return lm.bits_per_character(keras_model.chances(model, some[200:]))

    assert score(mixture) <= min(map(score, models)) + 1e-6
    both = keras_model.Mixture(models[:2])
    p = [keras_model.chances(model, some[200:]) for model in models[:2]]
    np.testing.assert_allclose(keras_model.chances(both, some[200:]), (p[0] + p[1]) / 2)
    with pytest.raises(ValueError, match="weights: expected 2 numbers of at least 0"):
        keras_model.Mixture(models[:2], [1.0])


class Unigram:
    """Says the same after everything."""

    def __init__(self, p):
        self.p = np.asarray(p)

    def probabilities(self, names):
        return [np.tile(self.p, (len(name) + 1, 1)) for name in names]


@pytest.mark.stochastic(broken=["another temperature"])
def test_what_is_written_has_the_frequencies_of_the_model(stochastic_seed, broken, margin):
    p = np.zeros(27)
    p[:4] = [0.25, 0.5, 0.2, 0.05]
    for temperature in (0.5, 1.0):
        written = keras_model.write_names(Unigram(p), 2000, temperature, rng=stochastic_seed)
        counts = Counter("".join(name + "\n" for name in written))
        power = (2 if broken else 1) / temperature
        expected = p[:4] ** power / (p[:4] ** power).sum()
        found = np.array([counts[c] for c in data.CHARACTERS])
        assert not found[4:].any()
        surprise = stats.chisquare(found[:4], expected * found.sum())
        margin.plausible(f"at {temperature}", surprise.pvalue)
    assert keras_model.write_names(Unigram([0, 1] + 25 * [0]), 2, longest=5) == ["aaaaa"] * 2
    with pytest.raises(ValueError, match="temperature: expected a number above 0, got 0"):
        keras_model.write_names(Unigram(p), 1, 0)


def test_quality_counts():
    found = keras_model.quality(["rex", "aaab", "bab", "bab"], ["rex"])
    assert (found.new, found.formed, found.both, found.different) == (0.75, 0.75, 0.5, 0.75)
    for odd in ("", "ab", "grr", "a" * 27, "a\nbo", "Rex", "bcdfghab"):
        assert not keras_model.well_formed(odd)
    with pytest.raises(ValueError, match="written: expected at least one name, got none"):
        keras_model.quality([], [])


# The trained poet


def hard_lstm(x, kernel, recurrent, bias):
    """Return the states of an LSTM of Keras 2, step by step in NumPy; gates in the order ifco."""
    h = c = np.zeros((len(x), len(recurrent)))
    states = []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ kernel + h @ recurrent + bias, 4, axis=1)
        i, f, o = (np.minimum(1, np.maximum(0, 0.2 * z + 0.5)) for z in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
    return np.stack(states, axis=1)


def check_poet(poet):
    x = shakespeare.encode_text(["shall i compare thee", "from fairest creatures we desire incre"])
    weights = [w.astype(np.float64) for w in poet.get_weights()]
    first = hard_lstm(x, *weights[:3])
    scores = hard_lstm(first, *weights[3:6])[:, -1] @ weights[6] + weights[7]
    expected = np.asarray(tf.nn.softmax(scores))
    np.testing.assert_allclose(np.asarray(poet(x)), expected, rtol=1e-3, atol=1e-5)


def test_the_poet_is_that_of_keras_2():
    check_poet(shakespeare.build_poet(6))


def test_the_poet_writes_what_it_is_sure_of():
    poet = shakespeare.build_poet(3)
    bias = np.full(38, -50.0)
    bias[shakespeare.CHARACTERS.index("o")] = 50
    poet.layers[-1].set_weights([np.zeros((3, 38)), bias])
    assert shakespeare.write_poem(poet, "o, n", 4, rng=0) == "o, noooo"
    np.testing.assert_allclose(shakespeare.chances(poet, "hello", [4]), [1], rtol=1e-5)
    with pytest.raises(ValueError, match="temperature: expected a number above 0, got -1"):
        shakespeare.write_poem(poet, "o", 1, -1)


def test_texts_end_at_the_last_step():
    x = shakespeare.encode_text(["a b", "x" * 39 + "yz", "#"])
    assert x.shape == (3, 40, 38)
    assert x.sum(axis=(1, 2)).tolist() == [3, 40, 0]
    assert x[0, -1].argmax() == shakespeare.CHARACTERS.index("b")
    assert x[1, 0].argmax() == shakespeare.CHARACTERS.index("x")


@pytest.mark.skipif(
    registry.find(shakespeare.FILE) is None, reason="the trained model not available"
)
def test_the_trained_poet_loads():
    poet = shakespeare.load_poet()
    assert poet.count_params() == 221_990
    check_poet(poet)


def test_a_missing_poet_is_told(monkeypatch):
    monkeypatch.setattr(registry, "find", lambda file: None)
    with pytest.raises(FileNotFoundError, match="expected the file"):
        shakespeare.load_poet()


def test_the_table_has_a_row_for_each_model():
    keras.utils.set_random_seed(1)
    some = data.make_names(90, rng=0)
    lines = list(experiments.table(some, seeds=(1,), epochs=1, iterations=50, held=20, m=10))
    rows = [line for line in lines if line.startswith("|")][1:]
    assert len(rows) == 16
    assert all(line.count("|") == 8 for line in rows)
    assert lines[-1].startswith("\nMedian of the LSTMs: ")


# Older notebooks

FOLDER = Path(lm.__file__).parents[2] / "assignments" / "language_model"
TWO_NEWLINES = 453  # a seed with a name whose fiftieth character is the newline


@pytest.mark.skipif(
    not (FOLDER / "cases.py").is_file(), reason="the assignment is not beside the package"
)
def test_older_notebooks_append_a_newline_to_one_that_is_the_fiftieth_character():
    asked = loading.load(FOLDER)
    grader = Grader(InProcessRunner(), TWO_NEWLINES)
    names = grader.known.reference(asked, TWO_NEWLINES)["sample"]["sample_stops"].value
    assert 50 in map(len, names)
    older = next(a for a in asked.alternatives if a.name == "sample_of_2017")
    (found,) = grader.grade_program(asked, older.source, ["sample"])
    assert found.points == found.max_points, found.feedback
    always = older.source.replace("if counter == 50:", "if counter > 0:")
    assert always != older.source
    (found,) = grader.grade_program(asked, always, ["sample"])
    assert found.points < found.max_points
