"""Signs: what errors say of arguments that are out of their range."""

from __future__ import annotations

import numpy as np
import pytest

from dltf import signs as topic

X, Y = np.zeros((12288, 4)), np.zeros((6, 4))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: topic.model(X.T, Y, X, Y), "X_train: expected shape (12288, m), got (4, 12288)"),
        (lambda: topic.model(X, Y[:, :3], X, Y), "Y_train: expected shape (6, 4), got (6, 3)"),
        (lambda: topic.model(X, Y, X, Y[:5]), "Y_test: expected shape (6, 4), got (5, 4)"),
        (
            lambda: topic.model(X, Y, X, Y, learning_rate=0),
            "learning_rate: expected a number above 0, got 0",
        ),
        (
            lambda: topic.model(X, Y, X, Y, num_epochs=-1),
            "num_epochs: expected an integer of at least 0, got -1",
        ),
        (
            lambda: topic.model(X, Y, X, Y, minibatch_size=0),
            "minibatch_size: expected an integer of at least 1, got 0",
        ),
        (lambda: topic.signs_network(keep_prob=7), "keep_prob: expected 0 < keep_prob <= 1, got 7"),
        (lambda: topic.signs_network(l2=-1), "l2: expected a number of at least 0, got -1"),
    ],
)
def test_arguments_out_of_their_range(call, words):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == words
