"""Recurrent networks: what errors say of arguments that are out of their range."""

from __future__ import annotations

import numpy as np
import pytest

from dltf.rnn import cells, experiments


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cells.GRUCell(2.5), "units: expected an integer of at least 1, got 2.5"),
        (lambda: experiments.OneToMany(T=0), "T: expected an integer of at least 1, got 0"),
        (
            lambda: experiments.train_kind("many to one", m=0),
            "m: expected an integer of at least 1, got 0",
        ),
        (
            lambda: experiments.fresh_cell("GRU", 4, 2),
            "kind: expected one of 'rnn', 'lstm', 'gru', got 'GRU'",
        ),
        (
            lambda: experiments.fresh_cell("gru", 0, 2),
            "units: expected an integer of at least 1, got 0",
        ),
        (
            lambda: experiments.fresh_cell("gru", 4, 0),
            "n_x: expected an integer of at least 1, got 0",
        ),
        (
            lambda: experiments.fresh_cell("gru", 4, 2, steps=1),
            "steps: expected a number above 1, got 1",
        ),
        (
            lambda: experiments.fresh_cell("rnn", 4, 2, radius=-1),
            "radius: expected a number of at least 0, got -1",
        ),
        (
            lambda: experiments.with_spectral_radius(np.ones((2, 3)), 1.0),
            "W: expected shape (n, n), got (2, 3)",
        ),
        (
            lambda: experiments.gradient_norms([], 1.0),
            "lengths: expected numbers of steps, 1 or more, got []",
        ),
        (
            lambda: experiments.gradient_norms([3, 0], 1.0),
            "lengths: expected numbers of steps, 1 or more, got [3, 0]",
        ),
        (
            lambda: experiments.gradient_norms([3], 1.0, of="the inputs"),
            "of: expected one of 'recurrent weights', 'first state', got 'the inputs'",
        ),
        (
            lambda: experiments.train_to_recall("lstm", T=1),
            "T: expected an integer of at least 2, got 1",
        ),
        (
            lambda: experiments.train_to_recall("elman", T=3),
            "kind: expected one of 'rnn', 'lstm', 'gru', got 'elman'",
        ),
    ],
)
def test_arguments_out_of_their_range(call, words):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == words
