"""Initialization: what errors say of arguments that are out of their range."""

from __future__ import annotations

import numpy as np
import pytest

from dltf import initialization as topic

X, Y = np.zeros((2, 5)), np.zeros((1, 5))
PARAMETERS = topic.initialize_parameters_he([2, 10, 5, 1], rng=0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: topic.activation_scales(X, PARAMETERS, "sigmoid"),
            "activation: expected one of 'tanh', 'relu', got 'sigmoid'",
        ),
        (
            lambda: topic.gradient_scales(X, PARAMETERS, "ReLU"),
            "activation: expected one of 'tanh', 'relu', got 'ReLU'",
        ),
        (
            lambda: topic.model(X, Y, initialization="glorot"),
            "initialization: expected a function or one of zeros, random, he, xavier, got 'glorot'",
        ),
        (
            lambda: topic.model(X, Y, learning_rate=0),
            "learning_rate: expected a number above 0, got 0",
        ),
        (
            lambda: topic.model(X, Y, num_iterations=-1),
            "num_iterations: expected an integer of at least 0, got -1",
        ),
        (
            lambda: topic.train_on_circles(learning_rate=-0.1),
            "learning_rate: expected a number above 0, got -0.1",
        ),
        (
            lambda: topic.train_on_circles(num_iterations=1.5),
            "num_iterations: expected an integer of at least 0, got 1.5",
        ),
        (
            lambda: topic.circles_network(PARAMETERS | {"W2": np.zeros((10, 5))}),
            "start['W2']: expected shape (5, 10), got (10, 5)",
        ),
    ],
)
def test_arguments_out_of_their_range(call, words):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == words
