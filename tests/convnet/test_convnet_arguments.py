"""Convolutional networks: what errors say of arguments that are out of their range."""

from __future__ import annotations

import numpy as np
import pytest

from dltf.convnet import architectures, transfer_learning, vectorized

X = np.zeros((1, 5, 5, 3))
W, b = np.zeros((2, 2, 3, 4)), np.zeros((1, 1, 1, 4))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: vectorized.convolve(X, W, b[..., :3]),
            "b: expected 4 biases, one for each filter, got shape (1, 1, 1, 3)",
        ),
        (
            lambda: vectorized.convolve(X, W, b, stride=0),
            "stride: expected an integer of at least 1, got 0",
        ),
        (
            lambda: vectorized.convolve(X, W, b, pad=-1),
            "pad: expected an integer of at least 0, got -1",
        ),
        (
            lambda: vectorized.convolve_backward(np.zeros((1, 3, 4, 4)), X, W),
            "dZ: expected shape (1, 4, 4, 4), got (1, 3, 4, 4)",
        ),
        (
            lambda: vectorized.convolve_backward(np.zeros((1, 4, 4, 4)), X, W, stride=-1),
            "stride: expected an integer of at least 1, got -1",
        ),
        (lambda: vectorized.pool(X, 0, 1), "f: expected an integer of at least 1, got 0"),
        (lambda: vectorized.pool(X, 2, 0), "stride: expected an integer of at least 1, got 0"),
        (
            lambda: vectorized.pool_gradient(np.zeros((1, 2, 2, 3)), X, 2, 1),
            "dA: expected shape (1, 4, 4, 3), got (1, 2, 2, 3)",
        ),
        (lambda: vectorized.Convolution(0, 3), "filters: expected an integer of at least 1, got 0"),
        (lambda: vectorized.Convolution(4, -3), "f: expected an integer of at least 1, got -3"),
        (
            lambda: vectorized.Convolution(4, 3, stride=0),
            "stride: expected an integer of at least 1, got 0",
        ),
        (
            lambda: vectorized.Convolution(4, 3, pad=-1),
            "pad: expected an integer of at least 0, got -1",
        ),
        (lambda: architectures.Distances(0), "classes: expected an integer of at least 1, got 0"),
        (
            lambda: transfer_learning.linear_probe(
                X[0, 0], X[0, 0, :, 0], X[0, 0], X[0, 0, :, 0], l2=-1
            ),
            "l2: expected a number of at least 0, got -1",
        ),
        (
            lambda: transfer_learning.scene_network(tasks=0),
            "tasks: expected an integer of at least 1, got 0",
        ),
        (
            lambda: transfer_learning.train_window_classifier(m=0),
            "m: expected an integer of at least 1, got 0",
        ),
    ],
)
def test_arguments_out_of_their_range(call, words):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == words
