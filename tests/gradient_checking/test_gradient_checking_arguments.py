"""Gradient checking: what errors say of arguments that are out of their range."""

from __future__ import annotations

import pytest

from dltf import gradient_checking as topic

X, Y, PARAMETERS = topic.gradient_check_n_test_case()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: topic.l2_cost(X, Y, PARAMETERS, -1),
            "lambd: expected a number of at least 0, got -1",
        ),
        (
            lambda: topic.dropout_cost(X, Y, PARAMETERS, 0),
            "keep_prob: expected 0 < keep_prob <= 1, got 0",
        ),
        (
            lambda: topic.dropout_cost(X, Y, PARAMETERS, 7),
            "keep_prob: expected 0 < keep_prob <= 1, got 7",
        ),
    ],
)
def test_arguments_out_of_their_range(call, words):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == words
