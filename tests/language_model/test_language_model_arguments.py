"""Language models: what errors say of arguments that are out of their range."""

from __future__ import annotations

import pytest

from dltf.language_model import keras_model, shakespeare
from dltf.language_model.ngrams import NGram

MODEL = NGram(["rex"], 2)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: keras_model.build_names_model("LSTM"),
            "cell: expected one of 'rnn', 'gru', 'lstm', got 'LSTM'",
        ),
        (
            lambda: keras_model.build_names_model(units=0),
            "units: expected an integer of at least 1, got 0",
        ),
        (
            lambda: keras_model.build_names_model(embedding=-1),
            "embedding: expected an integer of at least 1, got -1",
        ),
        (
            lambda: keras_model.build_names_model(drop_input=1.5),
            "drop_input: expected 0 <= drop_input < 1, got 1.5",
        ),
        (
            lambda: keras_model.build_names_model(drop_output=-0.5),
            "drop_output: expected 0 <= drop_output < 1, got -0.5",
        ),
        (
            lambda: keras_model.Mixture([MODEL, MODEL], [0, 0]),
            "weights: expected 2 numbers of at least 0, one above it, got [0, 0]",
        ),
        (
            lambda: keras_model.mix([MODEL], ["rex"], rounds=-1),
            "rounds: expected an integer of at least 0, got -1",
        ),
        (
            lambda: keras_model.write_names(MODEL, -1),
            "m: expected an integer of at least 0, got -1",
        ),
        (
            lambda: keras_model.write_names(MODEL, 1, longest=0),
            "longest: expected an integer of at least 1, got 0",
        ),
        (
            lambda: keras_model.write_names(MODEL, 1, temperature=0),
            "temperature: expected a number above 0, got 0",
        ),
        (
            lambda: shakespeare.build_poet(units=0),
            "units: expected an integer of at least 1, got 0",
        ),
        (
            lambda: shakespeare.write_poem(None, "Shall I", length=-1),
            "length: expected an integer of at least 0, got -1",
        ),
        (
            lambda: shakespeare.write_poem(None, "Shall I", temperature=-1),
            "temperature: expected a number above 0, got -1",
        ),
    ],
)
def test_arguments_out_of_their_range(call, words):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == words
