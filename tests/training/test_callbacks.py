"""Early stopping and callbacks against Keras's own, and across an interruption."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from dltf.training import train
from dltf.training.callbacks import Callback, EarlyStopping, Every


def problem():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(40, 5)).astype("float32")
    y = (x[:, :1] + rng.normal(size=(40, 1)) > 0).astype("float32")
    return (x[:20], y[:20]), (x[20:], y[20:])


def network():
    start = [keras.initializers.HeNormal(seed) for seed in (1, 2)]
    return keras.Sequential(
        [
            keras.Input((5,)),
            keras.layers.Dense(30, "relu", kernel_initializer=start[0]),
            keras.layers.Dense(1, kernel_initializer=start[1]),
        ]
    )


LOSS = keras.losses.BinaryCrossentropy(from_logits=True)


def run(model, callbacks, epochs=200, **settings):
    data, validation = problem()
    return train(
        model,
        data,
        loss=LOSS,
        optimizer=keras.optimizers.Adam(0.01),
        epochs=epochs,
        batch_size=8,
        validation=validation,
        callbacks=callbacks,
        seed=3,
        progress=False,
        **settings,
    )


def weights(model):
    return [np.asarray(w) for w in model.weights]


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_it_stops_after_the_patience_and_brings_back_the_best_weights():
    model, stop = network(), EarlyStopping(patience=12)
    history = run(model, [stop])
    losses = history["val_loss"]
    assert stop.best_epoch == int(np.argmin(losses)) + 1
    assert len(history) == stop.best_epoch + 12
    assert stop.best == min(losses)
    _, (x, y) = problem()
    assert float(LOSS(y, model(x))) == pytest.approx(stop.best, rel=1e-6)
    assert history.stopped == (
        f"val_loss has not improved for 12 epochs; best {stop.best:.4g} in epoch {stop.best_epoch}"
    )


def test_it_stops_where_keras_does():
    """Keras's callback, fed with the same losses."""
    stop = EarlyStopping(patience=7, min_delta=0.003)
    history = run(network(), [stop])
    theirs = keras.callbacks.EarlyStopping("val_loss", min_delta=0.003, patience=7, mode="min")
    fitted = network()
    fitted.stop_training = False  # as fit does
    theirs.set_model(fitted)
    theirs.on_train_begin()
    for epoch, value in enumerate(history["val_loss"]):
        assert not fitted.stop_training
        theirs.on_epoch_end(epoch, {"val_loss": value})
    assert fitted.stop_training
    assert theirs.best == stop.best


def test_the_best_weights_come_back_when_the_epochs_run_out_too():
    model, stop = network(), EarlyStopping(patience=500)
    history = run(model, [stop], epochs=60)
    assert history.stopped is None
    _, (x, y) = problem()
    assert stop.best_epoch < 60
    assert float(LOSS(y, model(x))) == pytest.approx(stop.best, rel=1e-6)


@pytest.mark.parametrize("mode", ["before the best epoch", "after it"])
def test_an_interrupted_run_ends_as_one_that_was_not(tmp_path, mode):
    whole, stop = network(), EarlyStopping(patience=12)
    history = run(whole, [stop])
    pause = stop.best_epoch - 2 if mode == "before the best epoch" else stop.best_epoch + 5
    file = tmp_path / "run.npz"
    for epochs in (pause, 200, 200):  # the last finds a run that has ended
        parts, again = network(), EarlyStopping(patience=12)
        resumed = run(parts, [again], epochs=epochs, checkpoint=file)
    assert resumed.values == history.values
    assert resumed.stopped == history.stopped
    assert again.best_epoch == stop.best_epoch
    assert same(weights(parts), weights(whole))


def test_larger_is_better_in_the_other_mode_and_nan_is_never():
    stop = EarlyStopping("score", patience=3, mode="max")
    model = network()
    stop.begin(model)

    class Run:
        stopped = None

        def __init__(self):
            self.history = {"score": []}

        def stop(self, why):
            self.stopped = why

    seen = Run()
    seen.model = model
    for epoch, value in enumerate([0.2, 0.5, np.nan, 0.4, 0.5], start=1):
        assert seen.stopped is None
        seen.history["score"].append(value)
        seen.epoch = epoch
        stop(seen)
    assert (stop.best, stop.best_epoch) == (0.5, 2)
    assert seen.stopped == "score has not improved for 3 epochs; best 0.5 in epoch 2"


def test_one_object_serves_a_second_run():
    stop = EarlyStopping(patience=12)
    first = run(network(), [stop])
    best = stop.best_epoch
    assert run(network(), [stop]).values == first.values
    assert stop.best_epoch == best


def test_every_so_many_epochs_and_plain_functions():
    seen, every = [], []
    run(network(), [Every(3, lambda run: seen.append(run.epoch)), lambda run: every.append(1)], 10)
    assert seen == [3, 6, 9]
    assert len(every) == 10


def test_a_callback_of_ones_own_begins_and_ends():
    words = []

    class Talkative(Callback):
        def begin(self, model):
            words.append("begin")

        def __call__(self, run):
            words.append(run.epoch)

        def end(self, run):
            words.append("end")

    run(network(), [Talkative()], epochs=2)
    assert words == ["begin", 1, 2, "end"]
    words.clear()
    run(network(), [Callback()], epochs=1)
    assert words == []


def test_what_is_not_measured_is_named():
    with pytest.raises(KeyError, match=r"expected one of .*'val_loss'.*got 'accuracy'"):
        run(network(), [EarlyStopping("accuracy")], epochs=1)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: EarlyStopping(patience=0), "patience: expected an integer of at least 1, got 0"),
        (lambda: EarlyStopping(min_delta=-1), "min_delta: expected a number of at least 0, got -1"),
        (lambda: EarlyStopping(mode="best"), "mode: expected one of 'min', 'max', got 'best'"),
        (lambda: Every(0, print), "epochs: expected an integer of at least 1, got 0"),
    ],
)
def test_arguments_out_of_range(make, words):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the text is compared below
        make()
    assert str(error.value) == words
