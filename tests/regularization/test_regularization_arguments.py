"""Regularization: what errors say of arguments that are out of their range."""

from __future__ import annotations

import numpy as np
import pytest

from dltf import regularization as topic

X, Y, w = np.zeros((2, 5)), np.zeros((1, 5)), np.zeros((2, 1))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: topic.logistic_cost(w, 0.0, X, Y, 1.0, "L2"),
            "penalty: expected one of 'l1', 'l2', got 'L2'",
        ),
        (
            lambda: topic.logistic_cost(w, 0.0, X, Y, -1),
            "lambd: expected a number of at least 0, got -1",
        ),
        (
            lambda: topic.logistic_gradients(w, 0.0, X, Y, 1.0, "L2"),
            "penalty: expected one of 'l1', 'l2', got 'L2'",
        ),
        (
            lambda: topic.logistic_regression(X, Y, penalty="ridge"),
            "penalty: expected one of 'l1', 'l2', got 'ridge'",
        ),
        (
            lambda: topic.logistic_regression(X, Y, lambd=-2),
            "lambd: expected a number of at least 0, got -2",
        ),
        (
            lambda: topic.logistic_regression(X, Y, learning_rate=0),
            "learning_rate: expected a number above 0, got 0",
        ),
        (
            lambda: topic.logistic_regression(X, Y, num_iterations=-1),
            "num_iterations: expected an integer of at least 0, got -1",
        ),
        (
            lambda: topic.descend(X, Y, learning_rate=0),
            "learning_rate: expected a number above 0, got 0",
        ),
        (
            lambda: topic.descend(X, Y, num_iterations=-1),
            "num_iterations: expected an integer of at least 0, got -1",
        ),
        (
            lambda: topic.model(X, Y, learning_rate=-1),
            "learning_rate: expected a number above 0, got -1",
        ),
        (
            lambda: topic.football_network(keep_prob=7),
            "keep_prob: expected 0 < keep_prob <= 1, got 7",
        ),
        (
            lambda: topic.football_network(keep_prob=0),
            "keep_prob: expected 0 < keep_prob <= 1, got 0",
        ),
        (
            lambda: topic.train_on_football(lambd=-1),
            "lambd: expected a number of at least 0, got -1",
        ),
        (
            lambda: topic.train_on_football(learning_rate=0),
            "learning_rate: expected a number above 0, got 0",
        ),
        (
            lambda: topic.train_on_football(num_iterations=-1),
            "num_iterations: expected an integer of at least 0, got -1",
        ),
    ],
)
def test_arguments_out_of_their_range(call, words):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == words
