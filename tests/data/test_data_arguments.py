"""Data: what errors say of arguments that are out of their range."""

from __future__ import annotations

import pytest

from dltf import data
from dltf.data import dates, translation

PAIRS = [("a", "b"), ("c", "d")]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: data.make_waves(0), "m: expected an integer of at least 1, got 0"),
        (lambda: data.make_waves(3, T=0), "T: expected an integer of at least 1, got 0"),
        (lambda: data.make_opinions(-1), "m: expected an integer of at least 1, got -1"),
        (lambda: data.make_brackets(2, T=-4), "T: expected an integer of at least 1, got -4"),
        (
            lambda: data.make_blanks(2, T_x=2, T_y=3),
            "T_x: expected an integer of at least 3, got 2",
        ),
        (
            lambda: data.make_blanks(2, letters=0),
            "letters: expected an integer of at least 1, got 0",
        ),
        (lambda: data.make_recall(2, 0), "T: expected an integer of at least 1, got 0"),
        (
            lambda: data.make_recall(2, 3, symbols=0),
            "symbols: expected an integer of at least 1, got 0",
        ),
        (
            lambda: data.make_flower(10, petals=0),
            "petals: expected an integer of at least 1, got 0",
        ),
        (lambda: data.make_shapes(0), "m: expected an integer of at least 1, got 0"),
        (lambda: data.make_shape_scenes(0), "m: expected an integer of at least 1, got 0"),
        (lambda: data.make_dates(-1), "m: expected an integer of at least 0, got -1"),
        (lambda: data.make_dates(1, []), "locales: expected at least one, got []"),
        (lambda: data.make_dates(1, days=[]), "days: expected at least one, got []"),
        (lambda: dates.split_days(-1), "test: expected 0 to 36524 days, got -1"),
        (
            lambda: dates.string_to_int("a", -1, {}),
            "length: expected an integer of at least 0, got -1",
        ),
        (lambda: data.make_sentence_pairs(3000), "m: expected 0 to 2,592 pairs, got 3000"),
        (
            lambda: translation.split_pairs(PAIRS, -1, 0),
            "test: expected an integer of at least 0, got -1",
        ),
        (
            lambda: translation.split_pairs(PAIRS, 0, -1),
            "validation: expected an integer of at least 0, got -1",
        ),
        (
            lambda: translation.Words.of([["a"]]).encode([["a"]], 0),
            "length: expected an integer of at least 1, got 0",
        ),
    ],
)
def test_arguments_out_of_their_range(call, words):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == words
