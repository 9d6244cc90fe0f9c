"""Recurrent networks against Keras's layers, tf.GradientTape and central differences."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf

from dltf import plotting, rnn
from dltf.data import sequences
from dltf.models.mlp import softmax
from dltf.rnn import cells as rnn_cells
from dltf.rnn import experiments, gru

N_X, N_A, N_Y, M, T_X = 3, 5, 2, 4, 7
GATES = {"lstm": "fico", "gru": "urc", "gru after": "urc"}
FORWARD = {"rnn": rnn.rnn_forward, "lstm": rnn.lstm_forward}
BACKWARD = {"rnn": rnn.rnn_backward, "lstm": rnn.lstm_backward}
for name in ("gru", "gru after"):
    FORWARD[name], BACKWARD[name] = gru.gru_forward, gru.gru_backward


def parameters_of(kind, rng):
    if kind == "rnn":
        shapes = {"Wax": (N_A, N_X), "Waa": (N_A, N_A), "Wya": (N_Y, N_A), "ba": (N_A, 1)}
    else:
        shapes = {f"W{gate}": (N_A, N_A + N_X) for gate in GATES[kind]}
        shapes |= {f"b{gate}": (N_A, 1) for gate in GATES[kind]} | {"Wy": (N_Y, N_A)}
        if kind == "gru after":
            shapes["bca"] = (N_A, 1)
    return {n: 0.6 * rng.normal(size=s) for n, s in (shapes | {"by": (N_Y, 1)}).items()}


def layer_of(kind, **settings):
    settings = {"return_sequences": True, "dtype": "float64"} | settings
    if kind.startswith("gru"):
        return keras.layers.GRU(N_A, reset_after=kind == "gru after", **settings)
    return {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM}[kind](N_A, **settings)


def first_states(kind, a0):
    return [a0.T, np.zeros_like(a0.T)] if kind == "lstm" else a0.T


@pytest.fixture(params=FORWARD)
def problem(request):
    rng = np.random.default_rng(2)
    x, a0 = rng.normal(size=(N_X, M, T_X)), np.tanh(rng.normal(size=(N_A, M)))
    return request.param, parameters_of(request.param, rng), x, a0


def numerical(cost, value, eps=1e-5):
    found = np.zeros_like(value)
    for index in np.ndindex(value.shape):
        step = np.zeros_like(value)
        step[index] = eps
        found[index] = (cost(value + step) - cost(value - step)) / (2 * eps)
    return found


# Forward


def test_states_are_those_of_the_keras_layer(problem):
    kind, parameters, x, a0 = problem
    layer = layer_of(kind)
    layer.build((M, T_X, N_X))
    layer.set_weights(rnn_cells.keras_weights(parameters))
    expected = layer(x.transpose(1, 2, 0), initial_state=first_states(kind, a0))
    a = FORWARD[kind](x, a0, parameters)[0]
    np.testing.assert_allclose(a, np.asarray(expected).transpose(2, 0, 1), rtol=1e-9, atol=1e-12)


def test_the_memory_of_the_lstm_is_that_of_keras():
    rng = np.random.default_rng(3)
    parameters, x = parameters_of("lstm", rng), rng.normal(size=(N_X, M, T_X))
    layer = layer_of("lstm", return_sequences=False, return_state=True)
    layer.build((M, T_X, N_X))
    layer.set_weights(rnn_cells.keras_weights(parameters))
    _, a_last, c_last = layer(x.transpose(1, 2, 0))
    a, _, c, _ = rnn.lstm_forward(x, np.zeros((N_A, M)), parameters)
    np.testing.assert_allclose(a[:, :, -1].T, np.asarray(a_last), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(c[:, :, -1].T, np.asarray(c_last), rtol=1e-9, atol=1e-12)


def test_outputs_are_softmax_of_the_states(problem):
    kind, parameters, x, a0 = problem
    a, y = FORWARD[kind](x, a0, parameters)[:2]
    W = parameters["Wya" if kind == "rnn" else "Wy"]
    scores = np.einsum("ya,amt->ymt", W, a) + parameters["by"][:, :, None]
    expected = keras.ops.softmax(scores, axis=0)
    np.testing.assert_allclose(y, np.asarray(expected), rtol=1e-9)
    np.testing.assert_allclose(y.sum(axis=0), 1, rtol=1e-12)


def test_softmax_does_not_overflow():
    probabilities = softmax(np.array([[1000.0, 0.0], [0.0, -1000.0]]))
    np.testing.assert_allclose(probabilities, [[1, 1], [0, 0]])


# A sequence of the LSTM begins with an empty memory.
@pytest.mark.parametrize("problem", ["rnn", "gru", "gru after"], indirect=True)
def test_a_sequence_may_be_read_in_two_parts(problem):
    kind, parameters, x, a0 = problem
    whole = FORWARD[kind](x, a0, parameters)[0]
    first = FORWARD[kind](x[:, :, :3], a0, parameters)[0]
    second = FORWARD[kind](x[:, :, 3:], first[:, :, -1], parameters)[0]
    np.testing.assert_allclose(np.concatenate([first, second], axis=2), whole, rtol=1e-12)


@pytest.mark.parametrize("problem", ["rnn", "lstm"], indirect=True)
def test_caches_are_as_every_generation_of_the_course_has_them(problem):
    kind, parameters, x, a0 = problem
    a, *_, (steps, kept) = FORWARD[kind](x, a0, parameters)
    assert kept is x
    assert len(steps) == T_X
    assert {len(step) for step in steps} == {4 if kind == "rnn" else 10}
    for t, step in enumerate(steps):
        a_prev = step[1] if kind == "rnn" else step[2]
        np.testing.assert_array_equal(step[0], a[:, :, t])
        np.testing.assert_array_equal(a_prev, a[:, :, t - 1] if t else a0)
        np.testing.assert_array_equal(step[-2], x[:, :, t])
        assert step[-1] is parameters


# Backward


def test_backward_is_the_central_difference(problem):
    kind, parameters, x, a0 = problem
    forward, backward = FORWARD[kind], BACKWARD[kind]
    a, *_, caches = forward(x, a0, parameters)
    da = np.random.default_rng(5).normal(size=a.shape)
    gradients = backward(da, caches)

    def cost(x=x, a0=a0, **changed):
        return np.sum(da * forward(x, a0, parameters | changed)[0])

    learned = [name for name in parameters if name not in ("Wya", "Wy", "by")]
    assert sorted(gradients) == sorted([*("d" + name for name in learned), "dx", "da0"])
    for name in learned:
        expected = numerical(lambda value, name=name: cost(**{name: value}), parameters[name])
        np.testing.assert_allclose(gradients["d" + name], expected, rtol=1e-6, atol=1e-8)
    expected = numerical(lambda value: cost(x=value), x)
    np.testing.assert_allclose(gradients["dx"], expected, rtol=1e-6, atol=1e-8)
    expected = numerical(lambda value: cost(a0=value), a0)
    np.testing.assert_allclose(gradients["da0"], expected, rtol=1e-6, atol=1e-8)


def test_backward_equals_the_gradient_tape(problem):
    kind, parameters, x, a0 = problem
    layer = layer_of(kind)
    layer.build((M, T_X, N_X))
    layer.set_weights(rnn_cells.keras_weights(parameters))
    a, *_, caches = FORWARD[kind](x, a0, parameters)
    da = np.random.default_rng(6).normal(size=a.shape)
    inputs = tf.constant(x.transpose(1, 2, 0))
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        states = layer(inputs, initial_state=first_states(kind, a0))
        cost = tf.reduce_sum(states * da.transpose(1, 2, 0))
    dx, *weights = tape.gradient(cost, [inputs, *(v.value for v in layer.weights)])
    gradients = BACKWARD[kind](da, caches)
    np.testing.assert_allclose(gradients["dx"].transpose(1, 2, 0), dx, rtol=1e-9, atol=1e-12)
    turned = {name[1:]: value for name, value in gradients.items() if name not in ("dx", "da0")}
    for mine, theirs in zip(rnn_cells.keras_weights(turned), weights, strict=True):
        if mine.ndim == 2 and len(mine) == 2:  # the gates' second bias has the first one's gradient
            mine[1, : 2 * N_A] = mine[0, : 2 * N_A]
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-12)


def test_the_known_value_of_lstm_backward_is_the_corrected_one():
    """Inputs of the course's notebook; values recomputed by central differences.

    The notebooks of 2017 print -0.00173313, 0.08287442, -0.30545663, -0.43281115 for dx[1][2]:
    without what the next step sends back, so that only the last entry is right.
    """
    stream = np.random.RandomState(1)
    x, a0 = stream.randn(3, 10, 7), stream.randn(5, 10)
    parameters = {}
    for gate in "fioc":
        parameters[f"W{gate}"], parameters[f"b{gate}"] = stream.randn(5, 8), stream.randn(5, 1)
    parameters |= {"Wy": np.zeros((2, 5)), "by": np.zeros((2, 1))}
    _, _, _, caches = rnn.lstm_forward(x, a0, parameters)
    da = stream.randn(5, 10, 4)
    gradients = rnn.lstm_backward(da, caches)
    expected = [0.00218254, 0.28205375, -0.48292508, -0.43281115]
    np.testing.assert_allclose(gradients["dx"][1, 2], expected, atol=1e-8)
    assert gradients["da0"][2, 3] == pytest.approx(0.31277031, abs=1e-8)


def test_a_cost_of_the_first_steps_goes_back_from_there(problem):
    kind, parameters, x, a0 = problem
    caches = FORWARD[kind](x, a0, parameters)[-1]
    da = np.random.default_rng(7).normal(size=(N_A, M, 3))
    padded = np.concatenate([da, np.zeros((N_A, M, T_X - 3))], axis=2)
    short, whole = (BACKWARD[kind](d, caches) for d in (da, padded))
    assert short["dx"].shape == (N_X, M, 3)
    assert not whole["dx"][:, :, 3:].any()
    np.testing.assert_allclose(short.pop("dx"), whole.pop("dx")[:, :, :3], rtol=1e-12)
    for name in whole:
        np.testing.assert_allclose(short[name], whole[name], rtol=1e-12)


# Keras cells

CELLS = {"rnn": rnn_cells.RNNCell, "lstm": rnn_cells.LSTMCell, "gru after": rnn_cells.GRUCell}


@pytest.mark.parametrize("kind", CELLS)
def test_cells_are_those_of_keras(kind):
    rng = np.random.default_rng(8)
    x, a0 = rng.normal(size=(M, T_X, N_X)), rng.normal(size=(M, N_A))
    theirs = layer_of(kind, return_state=True)
    mine = keras.layers.RNN(
        CELLS[kind](N_A, dtype="float64"), return_sequences=True, return_state=True, dtype="float64"
    )
    for layer in (theirs, mine):
        layer.build(x.shape)
    mine.set_weights(weights := theirs.get_weights())
    first = [a0, 0.5 * a0] if kind == "lstm" else [a0]
    for a, b in zip(mine(x, initial_state=first), theirs(x, initial_state=first), strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-9, atol=1e-12)
    if kind == "lstm":  # a fresh one remembers, as Keras's does
        fresh = CELLS[kind](N_A)
        fresh.build((None, N_X))
        np.testing.assert_array_equal(fresh.bias.numpy(), weights[2])
    with tf.GradientTape() as tape:
        cost = tf.reduce_sum(mine(x)[0] ** 2)
    mine_back = tape.gradient(cost, [v.value for v in mine.trainable_variables])
    with tf.GradientTape() as tape:
        cost = tf.reduce_sum(theirs(x)[0] ** 2)
    theirs_back = tape.gradient(cost, [v.value for v in theirs.trainable_variables])
    for a, b in zip(mine_back, theirs_back, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


# Keras copies a variable to NumPy in the way of NumPy 1 when it saves a model.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")
def test_a_model_of_these_cells_survives_saving(tmp_path):
    cells = [kind(3, recurrent_initializer="glorot_uniform") for kind in CELLS.values()]
    model = keras.Sequential([keras.Input((4, N_X)), keras.layers.RNN(cells)])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    x = np.random.default_rng(9).normal(size=(2, 4, N_X))
    np.testing.assert_array_equal(np.asarray(loaded(x)), np.asarray(model(x)))
    start = loaded.layers[0].cell.cells[0].recurrent_initializer
    assert isinstance(start, keras.initializers.GlorotUniform)


def test_cells_and_weights_say_what_they_expect():
    with pytest.raises(ValueError, match="units: expected an integer of at least 1, got 0"):
        rnn_cells.LSTMCell(0)
    with pytest.raises(ValueError, match=r"parameters: expected those of a plain cell .* got Wf"):
        rnn_cells.keras_weights({"Wf": np.zeros((2, 3))})


# Toy tasks


def test_waves_begin_at_zero_and_have_their_height():
    x, y = sequences.make_waves(500, rng=1)
    assert x.shape == (500, 2)
    assert y.shape == (500, 24, 1)
    assert (np.abs(y).max(axis=(1, 2)) <= x[:, 0] + 1e-6).all()
    np.testing.assert_allclose(
        y[:, -1, 0], x[:, 0] * np.sin(2 * np.pi * x[:, 1]), rtol=1e-4, atol=1e-5
    )


def test_opinions_are_turned_round_by_not():
    x, y = sequences.make_opinions(300, rng=1)
    for words, praise in zip(x, y[:, 0], strict=True):
        total, before = 0, ""
        for word in (sequences.WORDS[i] for i in words):
            value = {"good": 1, "bad": -1}.get(word, 0)
            total += -value if before == "not" else value
            before = word
        assert total != 0
        assert praise == (total > 0)


def test_brackets_count_what_is_open():
    x, y = sequences.make_brackets(300, rng=1)
    opened = np.cumsum((x == 1).astype(int) - (x == 2), axis=1)
    np.testing.assert_array_equal(y, opened)
    assert y.min() == 0
    assert y.max() == sequences.DEEPEST


def test_blanks_are_left_out_in_order():
    x, y = sequences.make_blanks(300, rng=1)
    assert x.shape == (300, 10)
    assert [row[row > 0].tolist() for row in x] == (y + 1).tolist()


def test_recall_asks_for_the_first_symbol():
    x, y = sequences.make_recall(50, 9, rng=1)
    np.testing.assert_array_equal(x[:, 0].argmax(axis=1), y)
    np.testing.assert_array_equal(x.sum(axis=2), 1)


# Runs


@pytest.mark.stochastic(broken=["no training"])
@pytest.mark.parametrize("name", experiments.KINDS)
def test_each_kind_learns_its_task(name, stochastic_seed, broken, margin, monkeypatch):
    if name == "one to many":  # half as many steps: a graph half as large
        build, make = partial(experiments.OneToMany, T=12), partial(sequences.make_waves, T=12)
        short = replace(experiments.KINDS[name], build=build, make=make, epochs=6)
        monkeypatch.setitem(experiments.KINDS, name, short)
    epochs = 0 if broken else None
    m = 2000 if name == "many to many, different lengths" else 1500
    settings = {"seed": stochastic_seed, "progress": False}
    model, history = experiments.train_kind(name, epochs, m, **settings)
    kind = experiments.KINDS[name]
    x, y = kind.make(500, rng=1000 + stochastic_seed)
    value = np.mean(kind.metric(y, model(x)))
    if not broken:
        assert history.last[f"val_{kind.metric.__name__}"] == pytest.approx(value, abs=0.1)
    margin.above(kind.metric.__name__, value, 0.75)


def test_there_are_four_kinds():
    with pytest.raises(ValueError, match=r"name: expected one of one to many; .* got 'one to one'"):
        experiments.train_kind("one to one")


def test_right_counts_whole_sequences():
    logits = np.eye(3)[[[0, 1], [2, 2]]].astype("float32")
    assert np.asarray(experiments.right(np.array([[0, 1], [2, 1]]), logits)).tolist() == [1, 0]
    assert np.asarray(experiments.right(np.array([0, 1]), logits[:, 0])).tolist() == [1, 0]
    yes = np.array([[0.3], [-2.0]], "float32")
    assert np.asarray(experiments.right(np.array([[1.0], [1.0]]), yes)).tolist() == [1, 0]


def test_explained_is_the_r2_score():
    from sklearn.metrics import r2_score

    y, prediction = np.random.default_rng(1).normal(size=(2, 50)).astype("float32")
    expected = r2_score(y, prediction)
    assert float(experiments.explained(y, prediction)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("max_norm", [0.5, 100.0])
def test_clip_by_norm_is_tensorflows(max_norm):
    rng = np.random.default_rng(1)
    gradients = {"dWaa": rng.normal(size=(4, 4)), "dba": rng.normal(size=(4, 1))}
    clipped, norm = experiments.clip_by_norm(gradients, max_norm)
    expected, their_norm = tf.clip_by_global_norm(list(gradients.values()), max_norm)
    assert norm == pytest.approx(float(their_norm))
    for mine, theirs in zip(clipped.values(), expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)


def test_clip_by_norm_leaves_zeros_and_refuses_nonsense():
    clipped, norm = experiments.clip_by_norm({"dba": np.zeros((2, 1))}, 1.0)
    assert norm == 0
    assert not clipped["dba"].any()
    with pytest.raises(ValueError, match="max_norm: expected a number above 0, got -1"):
        experiments.clip_by_norm({}, -1)


def test_the_spectral_radius_is_what_was_asked_for():
    W = np.random.default_rng(1).normal(size=(8, 8))
    scaled = experiments.with_spectral_radius(W, 1.25)
    assert experiments.spectral_radius(scaled) == pytest.approx(1.25)
    cell = experiments.fresh_cell("rnn", 8, 3, 0.5, rng=1)
    assert experiments.spectral_radius(cell.recurrent_kernel.numpy()) == pytest.approx(0.5)
    lstm = experiments.fresh_cell("lstm", 8, 3, steps=50, rng=1)
    orthogonal = lstm.recurrent_kernel.numpy()[:, :8]
    np.testing.assert_allclose(orthogonal @ orthogonal.T, np.eye(8), atol=1e-5)
    gates = np.asarray(keras.ops.sigmoid(lstm.bias.value))
    np.testing.assert_allclose(gates, np.repeat([0.5, 0.98, 0.5, 0.5], 8), rtol=1e-5)
    unit = experiments.fresh_cell("gru", 8, 3, steps=50, rng=1)
    gates = np.asarray(keras.ops.sigmoid(unit.bias.value))
    np.testing.assert_allclose(gates[0], np.repeat([0.98, 0.5, 0.5], 8), rtol=1e-5)


def test_gradients_by_lag_equal_the_backward_pass():
    """The same cell on arrays: the gradient of a0 of a sequence of k steps is k steps old."""
    cell = experiments.fresh_cell("rnn", N_A, N_X, 1.2, rng=3)
    x = np.random.default_rng(4).normal(size=(1, 6, N_X)).astype("float32")
    kernel, recurrent, bias = (np.asarray(w, float) for w in cell.get_weights())
    parameters = {"Wax": kernel.T, "Waa": recurrent.T, "ba": bias[:, None]}
    parameters |= {"Wya": np.zeros((1, N_A)), "by": np.zeros((1, 1))}
    direction = np.random.default_rng(5).normal(size=(N_A, 1))
    _, _, caches = rnn.rnn_forward(x.transpose(2, 0, 1), np.zeros((N_A, 1)), parameters)
    gradient, expected = direction / np.linalg.norm(direction), []
    for step in reversed(caches[0]):
        expected.append(np.linalg.norm(gradient))
        gradient = rnn.rnn_cell_backward(gradient, step)["da_prev"]
    np.testing.assert_allclose(experiments.gradients_by_lag(cell, x, rng=5), expected, rtol=1e-4)


def test_the_radius_alone_does_not_bound_gradients_and_the_singular_value_does():
    """What the module says: twenty steps back, the slopes of tanh differ from unit to unit."""
    W, slopes = 2 * np.array([[1.0, 1.0], [-1.0, -1.0]]), np.diag([1.0, 0.0])
    assert experiments.spectral_radius(W) == pytest.approx(0, abs=1e-7)
    assert np.linalg.norm(np.linalg.matrix_power(slopes @ W, 20), 2) > 1e6
    rng = np.random.default_rng(1)
    W = rng.normal(size=(6, 6))
    W *= 0.9 / np.linalg.norm(W, 2)
    back = np.eye(6)
    for _ in range(20):
        back = np.diag(rng.uniform(0, 1, 6)) @ W @ back
    assert np.linalg.norm(back, 2) <= 0.9**20


@pytest.mark.parametrize("of", experiments.PARTS)
def test_gradient_norms_are_the_tapes(of):
    draw = np.random.default_rng(3)
    cell = experiments.fresh_cell("rnn", 6, 4, 1.2, rng=draw)
    x = tf.constant(0.01 * draw.normal(size=(2, 5, 4)), tf.float32)
    direction = tf.constant(draw.normal(size=6), tf.float32)
    first = tf.zeros((2, 6))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(first)
        state = [first]
        for t in range(5):
            _, state = cell(x[:, t], state)
        costs = tf.linalg.matvec(state[0], direction)
        mean = tf.reduce_mean(costs)
    if of == "first state":
        expected = np.linalg.norm(tape.gradient(costs, first), axis=1).mean()
    else:
        expected = np.linalg.norm(tape.gradient(mean, cell.recurrent_kernel.value))
    found = experiments.gradient_norms([2, 5], 1.2, n_a=6, m=2, rng=3, of=of)
    assert found[1] == pytest.approx(expected, rel=1e-4)


@pytest.mark.stochastic(broken=["radii exchanged"])
def test_gradients_vanish_or_explode_with_the_spectral_radius(stochastic_seed, broken, margin):
    """From 10 steps to 80, in powers of ten: the median of three matrices."""

    def median(radius):
        seeds = range(3 * stochastic_seed, 3 * stochastic_seed + 3)
        norms = [experiments.gradient_norms([80, 10], radius, rng=seed) for seed in seeds]
        return np.median([np.log10(long / short) for long, short in norms])

    growth = [median(radius) for radius in (0.5, 3.0)]
    small, large = reversed(growth) if broken else growth
    margin.below("growth at radius 0.5", small, 0.2)
    margin.above("growth at radius 3", large, 0.5)


@pytest.mark.stochastic(broken=["two plain cells"])
def test_the_lstm_keeps_more_of_a_gradient_than_the_plain_cell(stochastic_seed, broken, margin):
    rng = np.random.default_rng(stochastic_seed)
    x = rng.normal(size=(4, 60, 3)).astype("float32")
    kept, plain = (
        experiments.gradients_by_lag(experiments.fresh_cell(kind, 16, 3, rng=rng), x)[-1]
        for kind in ("rnn" if broken else "lstm", "rnn")
    )
    margin.above("powers of ten more", np.log10(kept / plain), 2.0)


@pytest.mark.stochastic(broken=["no step"])
def test_recall_is_learned_over_a_few_steps(stochastic_seed, margin):
    history = experiments.train_to_recall(
        "gru", T=4, epochs=6, seed=stochastic_seed, progress=False
    )
    margin.above("val_right", history.last["val_right"], 0.75)


def test_plots_return_their_axes():
    import matplotlib.pyplot as plt

    ax = plotting.plot_gradients_by_lag({"plain": [1.0, 0.1, 0.0], "gone": [0.0, 0.0, 0.0]})
    assert ax.get_yscale() == "log"
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["plain", "gone (all 0)"]
    ax = plotting.plot_gradient_norms([5, 10, 20], {"1.3": [1.0, 10.0, 100.0]}, clip=5.0)
    assert len(ax.get_lines()) == 3
    np.testing.assert_allclose(ax.get_lines()[1].get_ydata(), [1, 5, 5])
    y = np.zeros((3, 24, 1))
    assert len(plotting.plot_waves(y, y + 0.1).get_lines()) == 6
    plt.close("all")
