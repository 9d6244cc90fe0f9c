"""Seq2seq against Keras, tf.GradientTape, exhaustive search, sacreBLEU, Babel, brute force."""

from __future__ import annotations

import datetime
import os

import keras
import numpy as np
import pytest
import tensorflow as tf
from babel.dates import format_date
from sacrebleu import corpus_bleu as sacre_bleu

from dltf import plotting
from dltf import seq2seq as topic
from dltf.data import dates, registry, translation
from dltf.seq2seq import date_model, experiments, translator
from dltf.seq2seq.metrics import corpus_bleu


@pytest.fixture(autouse=True)
def generated_data(monkeypatch, tmp_path):
    """Generated data, whatever files the machine has."""
    monkeypatch.setenv("DLTF_DATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def real_data(monkeypatch):
    """The real files, where they are available."""
    folder = REAL_FOLDER
    if not folder:
        pytest.skip("DLTF_DATA names no folder")
    monkeypatch.setenv("DLTF_DATA", folder)
    return folder


REAL_FOLDER = os.environ.get("DLTF_DATA")


# Attention, and the model of the course


@pytest.fixture(scope="module")
def date_network():
    """The course's model in its own sizes, untrained (the module's layers can be built once)."""
    return topic.modelf(topic.Tx, topic.Ty, topic.n_a, topic.n_s, 37, 11)


def test_context_is_a_mean_weighted_by_the_softmax_of_the_energies(date_network):
    rng = np.random.default_rng(0)
    a = rng.normal(size=(3, topic.Tx, 2 * topic.n_a)).astype("float32")
    s = rng.normal(size=(3, topic.n_s)).astype("float32")
    context = np.asarray(topic.one_step_attention(tf.constant(a), tf.constant(s)))
    W1, b1 = topic.densor1.get_weights()
    w2, b2 = topic.densor2.get_weights()
    for i in range(3):
        energies = [
            np.maximum(np.tanh(np.append(a[i, t], s[i]) @ W1 + b1) @ w2 + b2, 0)[0]
            for t in range(topic.Tx)
        ]
        alphas = np.exp(energies) / np.exp(energies).sum()
        expected = sum(alpha * row for alpha, row in zip(alphas, a[i], strict=True))
        np.testing.assert_allclose(context[i, 0], expected, rtol=1e-4, atol=1e-5)


def test_the_model_has_the_courses_size_and_shares_its_layers(date_network):
    assert date_network.count_params() == 52_960
    assert len(date_network.outputs) == 10
    shapes = [tuple(tensor.shape)[1:] for tensor in date_network.inputs]
    assert shapes == [(30, 37), (64,), (64,)]


def test_a_model_taken_apart_predicts_the_same_and_gives_its_attention(date_network):
    rng = np.random.default_rng(1)
    X = np.eye(37, dtype="float32")[rng.integers(0, 37, (2, 30))]
    zeros = np.zeros((2, 64), "float32")
    expected = np.stack([np.asarray(p) for p in date_network([X, zeros, zeros])], axis=1)
    probabilities, weights = date_model.DateModel.of(date_network)(X)
    np.testing.assert_allclose(np.asarray(probabilities), expected, rtol=1e-4, atol=1e-6)
    assert weights.shape == (2, 10, 30)
    np.testing.assert_allclose(np.asarray(weights).sum(axis=-1), 1, rtol=1e-5)


def test_other_models_are_refused():
    with pytest.raises(ValueError, match="model: expected one Bidirectional, one LSTM"):
        date_model.DateModel.of(keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]))


def test_softmax_sums_to_one_along_its_axis():
    x = np.random.default_rng(2).normal(size=(4, 5, 1)) * 50
    np.testing.assert_allclose(np.asarray(topic.softmax(x)).sum(axis=1), 1, rtol=1e-5)
    expected = np.asarray(keras.ops.softmax(x[:, :, 0], axis=-1))
    np.testing.assert_allclose(np.asarray(topic.softmax(x))[:, :, 0], expected, rtol=1e-5)


def test_old_names_of_the_helper_file(date_network):
    dataset, human, machine, inverse = topic.load_dataset(20)
    X, Y, Xoh, Yoh = topic.preprocess_data(dataset, human, machine, 30, 10)
    assert (X.shape, Y.shape, Xoh.shape, Yoh.shape) == (
        (20, 30),
        (20, 10),
        (20, 30, 37),
        (20, 10, 11),
    )
    np.testing.assert_array_equal(Xoh.argmax(axis=-1), X)
    assert "".join(topic.int_to_string(Y[0], inverse)) == dataset[0][1]
    ax = topic.plot_attention_map(date_network, human, inverse, "3 May 1979", n_s=64, num=7)
    assert ax.images[0].get_array().shape == (10, 10)


def test_hard_sigmoid_of_keras_2():
    x = np.array([-3.0, -2.5, 0.0, 1.0, 2.5, 9.0], "float32")
    values = np.asarray(date_model.hard_sigmoid_of_keras_2(x))
    np.testing.assert_allclose(values, [0, 0, 0.5, 0.7, 1, 1], atol=1e-6)
    assert abs(values[3] - float(keras.ops.hard_sigmoid(np.float32(1.0)))) > 0.03


def test_a_missing_trained_model_is_named():
    with pytest.raises(FileNotFoundError, match="dltf data fetch text"):
        date_model.load_trained_date_model()


def test_the_trained_model_reads_as_it_did(real_data):
    if registry.find("text/date_nmt_model.h5") is None:
        pytest.skip("text/date_nmt_model.h5 is not available")
    model, (human, machine) = date_model.load_trained_date_model(), dates.load_date_vocabulary()
    inverse = {number: symbol for symbol, number in machine.items()}
    texts = ["3 May 1979", "21th of August 2016", "Saturday May 9 2018", "1 March 2001"]
    read, weights = model.read(texts, human, inverse)
    assert read == ["1979-05-03", "2016-08-21", "2018-05-09", "2001-03-01"]
    assert weights[0][:4, :10].argmax(axis=1).max() >= 6  # the year is read where it stands


# Masks, teacher forcing, loss


def test_masked_softmax_is_the_softmax_of_what_is_there():
    rng = np.random.default_rng(3)
    scores, lengths = rng.normal(size=(3, 2, 5)), [2, 3, 5]
    mask = (np.arange(5) < np.array(lengths)[:, None]).astype(float)
    weights = topic.masked_softmax(scores, mask)
    for i, length in enumerate(lengths):
        expected = np.asarray(keras.ops.softmax(scores[i, :, :length], axis=-1))
        np.testing.assert_allclose(weights[i, :, :length], expected, rtol=1e-6)
        assert (weights[i, :, length:] == 0).all()


def test_sequence_loss_is_keras_cross_entropy_over_the_symbols():
    rng = np.random.default_rng(4)
    logits = rng.normal(size=(3, 4, 6))
    Y = np.array([[1, 2, 0, 0], [5, 5, 5, 5], [3, 0, 0, 0]])
    log_probs = np.log(np.asarray(keras.ops.softmax(logits)))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
    expected = loss(Y, logits)  # the mean over what is not ignored
    assert topic.sequence_loss(log_probs, Y) == pytest.approx(float(expected), rel=1e-5)


def test_teacher_forcing_feeds_the_previous_symbol():
    Y = np.array([[5, 6, 7], [8, 2, 0]])
    assert topic.teacher_forcing(Y, 1).tolist() == [[1, 5, 6], [1, 8, 2]]


# Search


def language(seed, symbols=4):
    def step(written):
        logits = np.random.default_rng([seed, len(written), *written]).normal(size=symbols)
        return logits - np.log(np.exp(logits).sum())

    return step


@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.0])
def test_a_beam_as_wide_as_all_sequences_finds_the_best(alpha):
    for seed in range(20):
        step = language(seed)
        found = topic.beam_search(step, 3, 4**4, 4, alpha)
        best = topic.exhaustive_search(step, 3, 4, alpha)
        assert found[0] == best[0]
        assert found[1] == pytest.approx(best[1])


def test_a_beam_of_one_is_greedy():
    for seed in range(10):
        step, written = language(seed), ()
        while len(written) < 6 and written[-1:] != (3,):
            written = (*written, int(np.argmax(step(written))))
        assert topic.beam_search(step, 3, 1, 6)[0] == written


def test_what_is_found_is_worth_what_is_said():
    step = language(5)
    symbols, value = topic.beam_search(step, 3, 3, 5, alpha=0.7)
    log_p = sum(step(symbols[:t])[symbol] for t, symbol in enumerate(symbols))
    assert value == pytest.approx(log_p / len(symbols) ** 0.7)


@pytest.fixture(scope="module")
def tiny():
    """A translator of 12 source words and 6 target words, with weights that are not small."""
    model = translator.Translator(12, 6, units=8, embedding=6, dropout=0.3)
    rng = np.random.default_rng(7)
    X = rng.integers(4, 12, (5, 4)).astype("int32")
    X[0, 2:], X[1, 3:] = 0, 0
    model((X, np.ones((5, 3), "int32")))
    for variable in model.trainable_variables:
        variable.assign(rng.normal(size=variable.shape) * 0.7)
    return model, X


def steps_of(model, x):
    """Return the translator as a function of what was written, without any state: slow and sure."""

    def step(written):
        Y = np.array([[translation.START, *written]], "int32")
        logits = model.decode(Y, model.encode(x[None]))[0][0, -1]
        logits = np.where(np.isin(np.arange(6), [0, 1, 3]), -1e9, logits)
        return np.asarray(tf.nn.log_softmax(logits))

    return step


@pytest.mark.parametrize(("width", "alpha"), [(1, 1.0), (3, 1.0), (3, 0.0), (4, 0.5)])
def test_searching_for_many_sentences_is_searching_for_each(tiny, width, alpha):
    model, X = tiny
    rows = translator.Searcher(model).beam(X, 4, width, alpha)
    for x, row in zip(X, rows, strict=True):
        best, _ = topic.beam_search(steps_of(model, x), translation.END, width, 4, alpha)
        assert tuple(row[: len(best)]) == best
        assert (row[len(best) :] == translation.PAD).all()


def test_greedy_translations_are_beams_of_one_and_show_where_they_look(tiny):
    model, X = tiny
    searcher = translator.Searcher(model)
    rows, weights = searcher.greedy(X, 4)
    beam = searcher.beam(X, 4, 1)
    np.testing.assert_array_equal(rows[:, : beam.shape[1]], beam[:, : rows.shape[1]])
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-5)
    assert (weights[0, :, 2:] == 0).all()  # padding


# The translator


@pytest.mark.parametrize("convolutions", [0, 2])
def test_padding_changes_nothing(tiny, convolutions):
    model, X = tiny
    if convolutions:
        model = translator.Translator(12, 6, units=8, embedding=6, convolutions=convolutions)
    Y = np.array([[1, 4, 5, 2]], "int32")
    short, long = X[:1, :2], np.pad(X[:1, :2], ((0, 0), (0, 3)))
    with_padding = model.decode(Y, model.encode(long))[0]
    np.testing.assert_allclose(
        np.asarray(model.decode(Y, model.encode(short))[0]), np.asarray(with_padding), atol=1e-5
    )


def test_the_loss_is_that_of_the_exercise(tiny):
    model, X = tiny
    Y = np.array([[4, 5, 2, 0], [5, 2, 0, 0], [2, 0, 0, 0], [4, 4, 5, 2], [5, 4, 2, 0]], "int32")
    Y_in = np.where(Y > 0, topic.teacher_forcing(Y, translation.START), 0)
    logits = model.decode(Y_in, model.encode(X))[0]
    expected = topic.sequence_loss(np.asarray(tf.nn.log_softmax(logits)), Y)
    value = float(tf.reduce_mean(translator.word_loss()(Y, model((X, Y_in)))))
    assert value == pytest.approx(expected, rel=1e-5)
    smoothed = float(tf.reduce_mean(translator.word_loss(1.0)(Y, model((X, Y_in)))))
    everything = np.asarray(tf.nn.log_softmax(logits))[Y > 0]
    assert smoothed == pytest.approx(-everything.mean(), rel=1e-5)


def test_without_attention_only_the_first_state_tells_of_the_source(tiny):
    _, X = tiny
    model = translator.Translator(12, 6, units=8, embedding=6, attention=False)
    Y = np.array([[1, 4]], "int32")
    encoded = model.encode(X[:1])
    logits, _, weights = model.decode(Y, encoded)
    other = encoded | {"annotations": encoded["annotations"] * 5, "keys": encoded["keys"] - 1}
    np.testing.assert_array_equal(np.asarray(logits), np.asarray(model.decode(Y, other)[0]))
    assert (np.asarray(weights) == 0).all()


@pytest.mark.stochastic(broken=["shuffled labels"])
def test_a_small_language_is_learned(stochastic_seed, broken, margin):
    pairs = translation.make_sentence_pairs(400, rng=0)
    short = [pair for pair in pairs if len(translation.tokenize(pair[0])) <= 6]
    parts = translation.split_pairs(short, 40, 20)
    known = parts.train
    if broken == "shuffled labels":
        order = np.random.default_rng(0).permutation(len(known))
        known = [(english, known[i][1]) for (english, _), i in zip(known, order, strict=True)]
    interpreter = experiments.train_on_sentences(
        known, epochs=25, units=32, embedding=24, dropout=0.1, learning_rate=1e-2,
        batch_size=32, longest=(6, 8), rare=1, seed=stochastic_seed, progress=False,
    )  # fmt: skip
    one, every = experiments.score_sentences(interpreter, parts.test, width=2)
    assert every.score >= one.score
    margin.above("BLEU", one.score, 40)


# BLEU


def test_bleu_is_sacrebleus():
    rng = np.random.default_rng(9)

    def sentence(most):
        return [f"w{i}" for i in rng.integers(0, most, int(rng.integers(1, 9)))]

    for _ in range(150):
        most, m = int(rng.integers(3, 25)), int(rng.integers(1, 6))
        written = [sentence(most) for _ in range(m)]
        references = [[sentence(most) for _ in range(int(rng.integers(1, 4)))] for _ in range(m)]
        columns = [
            [" ".join(versions[i]) if i < len(versions) else None for versions in references]
            for i in range(3)
        ]
        lines = [" ".join(words) for words in written]
        expected = sacre_bleu(
            lines, columns[: max(map(len, references))], tokenize="none", force=True
        )
        got = corpus_bleu(written, references)
        assert got.score == pytest.approx(expected.score, abs=1e-9)
        assert got.precisions == pytest.approx(expected.precisions)
        assert got.brevity_penalty == pytest.approx(expected.bp)


def test_precision_is_a_part_of_bleu():
    words = list("aabcddae")
    references = [list("abcdae"), list("fbgdae,di")]
    bleu = corpus_bleu([words], [references])
    for n in range(1, 5):
        hits, total = topic.modified_precision(words, references, n)
        assert bleu.precisions[n - 1] == pytest.approx(100 * hits / total)
    assert topic.modified_precision(["the"] * 7, [["the", "cat"]], 1) == (1, 7)


def test_bleu_wants_a_reference_for_each():
    with pytest.raises(ValueError, match="references: expected at least one for each of 1"):
        corpus_bleu([["a"]], [[]])


# Dates


def test_dates_are_written_as_babel_writes_them():
    rng = np.random.default_rng(10)
    days = dates.all_days()
    for locale in dates.TEN_LOCALES:
        for style in dates.FORMATS:
            for i in rng.integers(len(days), size=10):
                expected = format_date(days[i], style, locale).lower().replace(",", "")
                assert dates.write_date(days[i], style, locale) == expected.replace("\u202f", " ")


def test_test_days_are_never_trained_on():
    train, test = dates.split_days(4000)
    assert len(test) == 4000
    assert sorted(train + test) == dates.all_days()


def test_ambiguity_is_counted_as_by_brute_force(monkeypatch):
    monkeypatch.setattr(dates, "FIRST", datetime.date(1977, 1, 1))
    monkeypatch.setattr(dates, "LAST", datetime.date(1977, 12, 31))
    styles, locales = ("short", "d MMM y"), ("en_US", "es", "de")
    known = dates.ambiguity(locales, styles)
    meant = {}
    for day in dates.all_days():
        for locale in locales:
            for style in styles:
                meant.setdefault(dates.write_date(day, style, locale), []).append(day)
    assert known.strings == {text for text, days in meant.items() if len(set(days)) > 1}
    assert "5/2/77" in known.strings
    best = sum(max(map(days.count, days)) for days in meant.values())
    assert known.ceiling == pytest.approx(best / (365 * 6))
    assert 0.8 < known.ceiling < 1
    assert dates.ambiguity(("en_US",)).ceiling == 1


def test_the_table_of_symbols_is_the_courses(real_data, monkeypatch):
    if registry.find("text/date_nmt_vocab.json") is None:
        pytest.skip("text/date_nmt_vocab.json is not available")
    published = dates.load_date_vocabulary()
    monkeypatch.setenv("DLTF_DATA", "nowhere")
    assert dates.load_date_vocabulary() == published


def test_strings_become_numbers_of_one_length():
    vocab = {"a": 0, "b": 1, "<unk>": 2, "<pad>": 3}
    assert dates.string_to_int("A,b?", 5, vocab) == [0, 1, 2, 3, 3]
    assert dates.string_to_int("abab", 3, vocab) == [0, 1, 0]


@pytest.mark.stochastic(broken=["wrong sign"])
def test_english_dates_are_learned_somewhat(stochastic_seed, margin):
    settings = {"m": 2000, "epochs": 3, "units": 32, "seed": stochastic_seed}
    reader = experiments.train_on_dates(**settings, progress=False)
    read, weights = reader.read(["May 2, 1977", "2 may 1977"])
    assert weights.shape == (2, weights.shape[1], reader.length)
    assert all(len(text) <= 11 for text in read)
    margin.below("last loss to first", reader.history["loss"][-1] / reader.history["loss"][0], 0.9)


# Sentences


def test_words_are_cut_where_the_language_cuts_them():
    cut = translation.tokenize("I can't. He's Tom\N{RIGHT SINGLE QUOTATION MARK}s well-known dog!")
    assert cut == ["i", "ca", "n't", ".", "he", "'s", "tom", "'s", "well-known", "dog", "!"]
    cut = translation.tokenize("L'eau va-t-il\N{NARROW NO-BREAK SPACE}?", "french")
    assert cut == ["l'", "eau", "va-t-il", "?"]
    with pytest.raises(ValueError, match="language: expected one of"):
        translation.tokenize("ja", "german")


@pytest.mark.parametrize("real", [False, True])
def test_no_sentence_is_on_two_sides(real, request, capsys):
    if real:
        request.getfixturevalue("real_data")
        if registry.find("text/fra.txt") is None:
            pytest.skip("text/fra.txt is not available")
    pairs = translation.load_sentence_pairs()
    assert ("text/fra.txt is not available" in capsys.readouterr().err) == (not real)
    parts = translation.split_pairs(pairs, 300, 100)
    keys = [
        {"".join(c for c in english.lower() if c.isalnum()) for english, _ in part}
        for part in (parts.train, parts.validation, parts.test)
    ]
    assert [len(k) for k in keys[1:]] == [100, 300]
    assert len(set.union(*keys)) == sum(map(len, keys))
    assert sum(map(len, (parts.train, parts.validation, parts.test))) == len(pairs)


def test_versions_of_a_sentence_are_gathered():
    pairs = [("Run!", "Cours !"), ("Go.", "Va !"), ("run", "Courez !")]
    assert translation.with_versions(pairs) == [
        ("Run!", ["Cours !", "Courez !"]),
        ("Go.", ["Va !"]),
    ]


def test_words_encode_and_decode():
    words = translation.Words.of([["a", "b"], ["a", "c"]], at_least=1)
    rows = words.encode([["a", "z"], ["c"]], 4, start=True, end=True)
    assert rows.tolist() == [[1, 4, 3, 2], [1, words.numbers["c"], 2, 0]]
    assert words.decode(rows) == [["a", "<unk>"], ["c"]]


def test_a_split_needs_enough_sentences():
    with pytest.raises(ValueError, match="test, validation: expected fewer than the 2"):
        translation.split_pairs([("a", "b"), ("c", "d")], 1, 1)


# Images


def test_attention_is_drawn_row_by_row():
    weights = np.eye(2, 3)
    ax = plotting.plot_attention(weights, ["je", "suis", "là"], ["I", "am"])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["I", "am"]
    with pytest.raises(ValueError, match=r"weights: expected shape \(3, 2\)"):
        plotting.plot_attention(weights, ["a", "b"], ["c", "d", "e"])
