"""The training loop against a hand-written one, against Keras, and against itself resumed."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from dltf.training import History, TrainingRun, describe, epoch_order, train
from dltf.training import checkpoint as checkpoint_module

M = 22  # with batches of 5: four full ones and one of 2


def drawn(seed):
    rng = np.random.default_rng(4 + seed)
    x = rng.normal(size=(M, 3)).astype("float32")
    y = (x.sum(axis=1, keepdims=True) > 0).astype("float32")
    return x, y


@pytest.fixture
def problem(stochastic_seed):
    return drawn(stochastic_seed)


def network(seed=0, dropout=False, batch_norm=False, **dense):
    seeds = iter(range(seed, seed + 9))

    def start():
        return keras.initializers.GlorotUniform(seed=next(seeds))

    layers = [keras.Input((3,)), keras.layers.Dense(4, "tanh", kernel_initializer=start(), **dense)]
    if batch_norm:
        layers.append(keras.layers.BatchNormalization(momentum=0.8))
    if dropout:
        layers.append(keras.layers.Dropout(0.4, seed=11))
    layers.append(keras.layers.Dense(1, "sigmoid", kernel_initializer=start()))
    return keras.Sequential(layers)


def weights(model):
    return [np.asarray(v) for v in model.variables]


def same_bits(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def run(model, data, **changes):
    settings = {
        "loss": "binary_crossentropy",
        "optimizer": keras.optimizers.Adam(0.05),
        "epochs": 4,
        "batch_size": 5,
        "seed": 3,
        "progress": False,
    }
    return train(model, data, **(settings | changes))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return the checkpoint of a run of `network()` on the problem, as bytes."""
    file = tmp_path_factory.mktemp("finished") / "run.npz"
    run(network(), drawn(0), checkpoint=file)
    return file.read_bytes()


# Against other loops


def by_hand(model, x, y, optimizer, loss, epochs, batch_size, seed):
    """The loop everybody writes first: eager, one step at a time, no graph."""
    history = []
    for epoch in range(epochs):
        order = epoch_order(len(x), seed, epoch).numpy()
        total = 0.0
        for start in range(0, len(x), batch_size):
            rows = order[start : start + batch_size]
            with tf.GradientTape() as tape:
                value = tf.reduce_mean(loss(y[rows], model(x[rows], training=True)))
                value += sum(model.losses)
            gradients = tape.gradient(value, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
            total += float(value) * len(rows)
        history.append(total / len(x))
    return history


@pytest.mark.parametrize("kind", ["plain", "dropout", "batch_norm", "regularized"])
def test_equals_a_hand_written_loop(problem, kind):
    x, y = problem
    options = {"kernel_regularizer": keras.regularizers.L2(0.1)} if kind == "regularized" else {}
    options |= {kind: True} if kind in ("dropout", "batch_norm") else {}
    ours, theirs = network(**options), network(**options)
    loss = keras.losses.BinaryCrossentropy()
    history = run(ours, problem, loss=loss)
    expected = by_hand(theirs, x, y, keras.optimizers.Adam(0.05), loss, 4, 5, 3)
    np.testing.assert_allclose(history["loss"], expected, rtol=1e-5, atol=1e-7)
    for a, b in zip(weights(ours), weights(theirs), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-6)


def test_equals_model_fit_without_shuffling(problem):
    x, y = problem
    ours, theirs = network(), network()
    history = run(ours, problem, shuffle=False, metrics=["binary_accuracy"], validation=problem)
    theirs.compile(keras.optimizers.Adam(0.05), "binary_crossentropy", metrics=["binary_accuracy"])
    fit = theirs.fit(
        x,
        y,
        epochs=4,
        batch_size=5,
        shuffle=False,
        verbose=0,
        validation_data=(x, y),
        validation_batch_size=5,
    )
    assert set(fit.history) == set(history)
    for name in history:
        np.testing.assert_allclose(history[name], fit.history[name], rtol=1e-4, atol=1e-6)


def test_every_epoch_takes_every_example_once_in_an_order_of_its_own():
    orders = [tuple(epoch_order(M, 5, epoch).numpy()) for epoch in range(6)]
    assert all(sorted(order) == list(range(M)) for order in orders)
    assert len(set(orders)) == 6
    assert tuple(epoch_order(M, 5, 2).numpy()) == orders[2]
    assert tuple(epoch_order(M, 6, 2).numpy()) != orders[2]


@pytest.mark.stochastic(broken=["example 0 comes first more often"])
def test_orders_are_uniform(stochastic_seed, broken, margin):
    """Where example 0 ends up, over 800 epochs: chi-square against equal shares."""
    m, seed = 8, stochastic_seed
    places = [int(np.argmin(epoch_order(m, seed, epoch).numpy())) for epoch in range(800)]
    if broken:
        places[::10] = [0] * 80
    margin.plausible("uniform", stats.chisquare(np.bincount(places, minlength=m)).pvalue)


def test_the_batches_are_those_of_the_order_and_the_last_is_short():
    """A loss whose value is the sum of the batch tells which examples were in it."""
    seen = []

    def loss(y, prediction):
        tf.py_function(lambda rows: seen.append(rows.numpy()[:, 0].astype(int)), [y], [])
        return 0.0 * tf.reduce_sum(prediction)

    x = np.zeros((M, 3), "float32")
    y = np.arange(M, dtype="float32")[:, None]
    run(network(), (x, y), loss=loss, epochs=2)
    assert [len(batch) for batch in seen] == [5, 5, 5, 5, 2] * 2
    for epoch in range(2):
        order = np.concatenate(seen[5 * epoch : 5 * epoch + 5])
        np.testing.assert_array_equal(order, epoch_order(M, 3, epoch).numpy())


def test_how_many_epochs_share_a_call_changes_nothing(problem):
    """Without callbacks epochs are run in bundles; with one they are run one by one."""
    bundled, single = network(dropout=True), network(dropout=True)
    first = run(bundled, problem, epochs=40, validation=problem)
    second = run(single, problem, epochs=40, validation=problem, callbacks=[lambda run: None])
    assert first.values == second.values
    assert same_bits(weights(bundled), weights(single))


# Repeatable


def test_the_same_seed_gives_the_same_bits_and_another_seed_others(problem):
    models = [network() for _ in range(3)]
    histories = [run(m, problem, seed=s) for m, s in zip(models, (1, 1, 2), strict=True)]
    assert histories[0].values == histories[1].values
    assert same_bits(weights(models[0]), weights(models[1]))
    assert histories[0].values != histories[2].values


def test_a_drawn_seed_is_kept_and_repeats_the_run(problem):
    first, second = network(), network()
    drawn = run(first, problem, seed=None)
    again = run(second, problem, seed=drawn.seed)
    assert drawn.values == again.values
    assert run(network(), problem, seed=None).seed != drawn.seed


def test_no_global_random_state_is_touched(problem):
    np.random.seed(5)  # noqa: NPY002
    tf.random.set_seed(5)
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    run(network(), problem, seed=None)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


# Interrupted and resumed


class Interruption(Exception):
    pass


def interrupt_at(epoch):
    def callback(run: TrainingRun) -> None:
        if run.epoch == epoch:
            raise Interruption

    return callback


@pytest.mark.parametrize("optimizer", ["Adam", "SGD"])
def test_a_resumed_run_ends_with_the_same_bits(problem, tmp_path, monkeypatch, optimizer):
    monkeypatch.setattr(checkpoint_module, "SECONDS", 0.0)

    def opt():
        decay = keras.optimizers.schedules.ExponentialDecay(0.05, 7, 0.9)
        momentum = {"momentum": 0.9} if optimizer == "SGD" else {}
        return getattr(keras.optimizers, optimizer)(decay, **momentum)

    options = {"epochs": 7, "validation": problem, "metrics": ["binary_accuracy"]}
    straight = network(dropout=True, batch_norm=True)
    expected = run(straight, problem, optimizer=opt(), **options)

    file = tmp_path / "runs" / "run.npz"
    begun = network(dropout=True, batch_norm=True)
    other = network(seed=50, dropout=True, batch_norm=True)  # what a new process would start from
    for model, epoch in ((begun, 3), (other, 5)):
        with pytest.raises(Interruption):
            run(
                model,
                problem,
                optimizer=opt(),
                checkpoint=file,
                callbacks=[interrupt_at(epoch)],
                **options,
            )
    resumed = network(seed=90, dropout=True, batch_norm=True)
    history = run(resumed, problem, optimizer=opt(), checkpoint=file, **options)
    assert history.values == expected.values
    assert same_bits(weights(resumed), weights(straight))


def test_a_finished_run_is_lengthened(problem, tmp_path):
    expected = run(network(), problem, epochs=6)
    file = tmp_path / "run.npz"
    run(network(), problem, epochs=2, checkpoint=file)
    history = run(network(seed=8), problem, epochs=6, checkpoint=file)
    assert history.values == expected.values
    assert len(run(network(), problem, epochs=3, checkpoint=file)) == 6  # nothing left to do


def test_a_stopped_run_stays_stopped(problem, tmp_path):
    file = tmp_path / "run.npz"
    stop = [lambda run: run.stop("enough") if run.epoch == 2 else None]
    assert run(network(), problem, checkpoint=file, callbacks=stop).stopped == "enough"
    again = run(network(), problem, checkpoint=file)
    assert (len(again), again.stopped) == (2, "enough")


def test_the_seed_of_the_checkpoint_holds_when_none_is_given(problem, tmp_path):
    file = tmp_path / "run.npz"
    first = run(network(), problem, epochs=2, checkpoint=file, seed=None)
    assert run(network(), problem, epochs=4, checkpoint=file, seed=None).seed == first.seed


@pytest.mark.parametrize(
    ("what", "changes", "words"),
    [
        ("seed", {"seed": 4}, r"other seed \(3; this run has 4\)"),
        ("batch_size", {"batch_size": 6}, r"other batch_size \(5; this run has 6\)"),
        (
            "optimizer",
            {"optimizer": keras.optimizers.SGD()},
            r"other optimizer: class_name \(Adam; this run has SGD\)",
        ),
        (
            "rate",
            {"optimizer": keras.optimizers.Adam(0.5)},
            r"config: learning_rate \(0.05\d*; this run has 0.5\)",
        ),
        ("measures", {"metrics": ["mae"]}, "other measures"),
        ("shuffle", {"shuffle": False}, r"other shuffle \(True; this run has False\)"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(problem, finished, tmp_path, what, changes, words):
    file = tmp_path / "run.npz"
    file.write_bytes(finished)
    model = network()
    before = weights(model)
    with pytest.raises(ValueError, match=words) as error:
        run(model, problem, checkpoint=file, **changes)
    assert "checkpoint: expected one of this run, got" in str(error.value)
    assert "To start over, delete the file or use another name." in str(error.value)
    assert same_bits(before, weights(model))


def test_a_checkpoint_of_other_data_or_another_network_is_refused(problem, finished, tmp_path):
    x, y = problem
    file = tmp_path / "run.npz"
    file.write_bytes(finished)
    with pytest.raises(ValueError, match="other data"):
        run(network(), (x + 1, y), checkpoint=file)
    with pytest.raises(ValueError, match="other shapes"):
        run(network(batch_norm=True), problem, checkpoint=file)


def test_what_is_no_checkpoint_is_refused(problem, finished, tmp_path):
    file = tmp_path / "run.npz"
    file.write_text("hello")
    with pytest.raises(ValueError, match="checkpoint: expected a file written by train, got"):
        run(network(), problem, checkpoint=file)
    file.write_bytes(finished[:400])
    with pytest.raises(ValueError, match="checkpoint: expected a file written by train, got"):
        run(network(), problem, checkpoint=file)


def test_a_kill_while_writing_leaves_the_last_checkpoint(problem, tmp_path, monkeypatch):
    file = tmp_path / "run.npz"
    run(network(), problem, epochs=2, checkpoint=file)
    good = file.read_bytes()

    def broken(stream, **arrays):
        stream.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", broken)
    with pytest.raises(OSError, match="disk full"):
        run(network(), problem, epochs=3, checkpoint=file)
    assert file.read_bytes() == good


def test_a_checkpoint_holds_no_pickle(finished, tmp_path):
    file = tmp_path / "run.npz"
    file.write_bytes(finished)
    with np.load(file, allow_pickle=False) as content:
        assert all(content[name].dtype != object for name in content.files)
        assert json.loads(str(content["about"]))["run"]["batch_size"] == 5


# What it measures and whom it tells


def test_callbacks_see_every_epoch_and_can_stop_and_change_the_rate(problem):
    optimizer = keras.optimizers.SGD(0.1)
    seen = []

    def halve(run: TrainingRun) -> None:
        seen.append((run.epoch, run.logs["loss"], float(run.optimizer.learning_rate)))
        run.optimizer.learning_rate = float(run.optimizer.learning_rate) / 2

    def stop(run: TrainingRun) -> None:
        if run.epoch == 3:
            run.stop("three are enough")

    history = run(network(), problem, optimizer=optimizer, callbacks=[halve, stop], epochs=9)
    assert [epoch for epoch, _, _ in seen] == [1, 2, 3]
    assert [loss for _, loss, _ in seen] == history["loss"]
    np.testing.assert_allclose([rate for _, _, rate in seen], [0.1, 0.05, 0.025], rtol=1e-6)
    assert (len(history), history.stopped) == (3, "three are enough")


def test_a_rate_set_by_a_callback_holds(problem):
    """With the rate at zero after two epochs, the weights of epoch two stay."""
    model, reference = network(), network()
    run(reference, problem, optimizer=keras.optimizers.SGD(0.1), epochs=2)

    def freeze(run: TrainingRun) -> None:
        if run.epoch == 2:
            run.optimizer.learning_rate = 0.0

    run(model, problem, optimizer=keras.optimizers.SGD(0.1), epochs=5, callbacks=[freeze])
    assert same_bits(weights(model), weights(reference))


def test_validation_does_not_change_the_model_and_equals_evaluate(problem):
    x, y = problem
    model, alone = network(batch_norm=True), network(batch_norm=True)
    history = run(model, problem, validation=(x[:7], y[:7]), metrics=["mae"])
    run(alone, problem)
    assert same_bits(weights(model), weights(alone))
    model.compile(loss="binary_crossentropy", metrics=["mae"])
    loss, mae = model.evaluate(x[:7], y[:7], verbose=0)
    np.testing.assert_allclose([history["val_loss"][-1], history["val_mae"][-1]], [loss, mae], 1e-5)


@pytest.mark.stochastic(broken=["no step", "wrong sign"])
def test_a_function_can_be_a_metric_and_a_loss_of_several_outputs(problem, margin):
    x, y = problem
    inputs = keras.Input((3,))
    outputs = {"a": keras.layers.Dense(1)(inputs), "b": keras.layers.Dense(2)(inputs)}
    model = keras.Model(inputs, outputs)

    def loss(y, prediction):
        return tf.reduce_mean((prediction["a"] - y["a"]) ** 2) + 3.0 * tf.reduce_mean(
            (prediction["b"] - y["b"]) ** 2
        )

    def error_of_a(y, prediction):
        return tf.abs(prediction["a"] - y["a"])

    labels = {"a": y, "b": np.hstack([y, 1 - y])}
    history = run(model, (x, labels), loss=loss, metrics=[error_of_a], epochs=60)
    assert set(history) == {"loss", "error_of_a"}
    margin.below("last loss to first", history["loss"][-1] / history["loss"][0], 0.7)


@pytest.mark.stochastic(broken=["no step", "wrong sign"])
def test_several_inputs(problem, margin):
    x, y = problem
    left, right = keras.Input((1,), name="left"), keras.Input((2,), name="right")
    joined = keras.layers.Concatenate()([left, right])
    model = keras.Model({"left": left, "right": right}, keras.layers.Dense(1, "sigmoid")(joined))
    history = run(model, ({"left": x[:, :1], "right": x[:, 1:]}, y), epochs=30)
    margin.below("last loss to first", history["loss"][-1] / history["loss"][0], 0.9)


def test_anything_with_weights_can_be_trained():
    """An image, say: a layer that returns its own weights, pulled towards the labels."""

    class RGBImage(keras.layers.Layer):
        def build(self, shape):
            self.pixels = self.add_weight(shape=(4,), initializer="zeros")

        def call(self, x):
            return 0.0 * x + self.pixels

    target = np.array([[1.0, -2.0, 3.0, 0.5]], "float32")
    image = RGBImage()
    run(image, (np.zeros((1, 4)), target), loss="mse", epochs=400)
    np.testing.assert_allclose(np.asarray(image.pixels), target[0], atol=0.01)


def test_a_dataset_is_trained_batch_by_batch(problem):
    ours, theirs = network(), network()
    dataset = tf.data.Dataset.from_tensor_slices(problem).batch(5)
    first = run(ours, dataset, validation=dataset, metrics=["mae"])
    second = run(theirs, problem, shuffle=False, validation=problem, metrics=["mae"])
    for name in first:
        np.testing.assert_allclose(first[name], second[name], rtol=1e-6)


def test_double_precision_data_and_lists_are_taken(problem):
    x, y = problem
    first = run(network(), (x.astype("float64"), y.astype("float64")))
    second = run(network(), (x.tolist(), y.tolist()))
    assert first.values == second.values == run(network(), problem).values


def test_a_model_without_input_shape_is_built_from_the_data(problem):
    model = keras.Sequential([keras.layers.Dense(1, "sigmoid")])
    assert len(run(model, problem)) == 4
    assert model.count_params() == 4


def test_no_epochs_is_no_training(problem):
    model = network()
    before = weights(model)
    history = run(model, problem, epochs=0)
    assert len(history) == 0
    assert history.last == {}
    assert same_bits(before, weights(model))


def test_history_repr_and_errors():
    history = History(1, {"loss": [0.5, 0.25], "val_loss": [0.75, 0.5]})
    assert repr(history) == "History(2 epochs: loss 0.25  val_loss 0.5)"
    assert history.last == {"loss": 0.25, "val_loss": 0.5}
    assert list(history) == ["loss", "val_loss"]
    assert describe({"loss": 1 / 3}) == "loss 0.3333"
    with pytest.raises(KeyError, match=r"expected one of \['loss', 'val_loss'\], got 'acc'"):
        history["acc"]


def test_history_plots_itself():
    ax = History(1, {"loss": [0.5, 0.25]}).plot()
    assert ax.get_xlabel() == "epoch"
    np.testing.assert_array_equal(ax.get_lines()[0].get_ydata(), [0.5, 0.25])


# Arguments


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"epochs": -1}, ValueError, "epochs: expected an integer of at least 0, got -1"),
        ({"epochs": 2.5}, ValueError, "epochs: expected an integer of at least 0, got 2.5"),
        ({"batch_size": 0}, ValueError, "batch_size: expected an integer of at least 1, got 0"),
        ({"seed": -3}, ValueError, "seed: expected an integer of at least 0, got -3"),
        (
            {"loss": "no_loss"},
            ValueError,
            "loss: expected a function or the name of a Keras one, got 'no_loss'",
        ),
        ({"loss": 3}, TypeError, "loss: expected a function or a name, got int"),
        (
            {"optimizer": "speed"},
            ValueError,
            "optimizer: expected an optimizer or the name of a Keras one, got",
        ),
        (
            {"optimizer": 0.1},
            TypeError,
            "optimizer: expected a Keras optimizer or a name, got float",
        ),
        (
            {"metrics": ["accuracy"]},
            ValueError,
            "metrics: expected 'binary_accuracy', 'categorical_accuracy'",
        ),
        (
            {"metrics": ["nothing"]},
            ValueError,
            "metrics: expected metrics or the name of a Keras one, got 'nothing'",
        ),
        ({"metrics": [3]}, TypeError, "metrics: expected metrics, functions or names, got int"),
        (
            {"metrics": ["mae", "mae"]},
            ValueError,
            "metrics: expected names that differ from each other",
        ),
        ({"validation": np.zeros(3)}, TypeError, "validation: expected a pair"),
    ],
)
def test_arguments_that_are_wrong(problem, changes, kind, words):
    with pytest.raises(kind) as error:
        run(network(), problem, **changes)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [
        (
            (np.zeros((3, 22)), np.zeros((1, 22))),
            ValueError,
            "If yours are features x examples, pass (X.T, Y.T).",
        ),
        (
            (np.zeros((0, 3)), np.zeros((0, 1))),
            ValueError,
            "expected at least one example, got shapes (0, 3), (0, 1)",
        ),
        (
            np.zeros((3, 3)),
            TypeError,
            "data: expected a pair (x, y) or a tf.data.Dataset, got ndarray",
        ),
    ],
)
def test_data_that_is_wrong(data, kind, words):
    with pytest.raises(kind) as error:
        run(network(), data)
    assert words in str(error.value)


def test_a_model_that_cannot_learn_is_refused(problem):
    model = network()
    model.trainable = False
    with pytest.raises(ValueError, match="model: expected trainable variables, got none in"):
        run(model, problem)
