"""Residual networks: what errors say of arguments that are out of their range."""

from __future__ import annotations

import numpy as np
import pytest

from dltf import resnet as topic
from dltf.resnet import experiments

PHOTOS = np.zeros((4, 8, 8, 3), np.uint8), np.zeros(4, int)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: topic.small_resnet(classes=1),
            "classes: expected an integer of at least 2, got 1",
        ),
        (lambda: topic.small_resnet(blocks=0), "blocks: expected an integer of at least 1, got 0"),
        (
            lambda: topic.small_resnet(filters=()),
            "filters: expected the channels of at least one stage, 2 or more each, got ()",
        ),
        (
            lambda: topic.small_resnet(filters=(8, 0)),
            "filters: expected the channels of at least one stage, 2 or more each, got (8, 0)",
        ),
        (lambda: topic.basic_block(None, 0), "filters: expected an integer of at least 1, got 0"),
        (lambda: topic.basic_block(None, 4, s=0), "s: expected an integer of at least 1, got 0"),
        (
            lambda: experiments.train_on_signs(epochs=0, photos=PHOTOS),
            "epochs: expected an integer of at least 1, got 0",
        ),
        (
            lambda: experiments.train_on_signs(peak=0, photos=PHOTOS),
            "peak: expected a number above 0, got 0",
        ),
        (
            lambda: experiments.train_for_depth(1, True, PHOTOS, epochs=0),
            "epochs: expected an integer of at least 1, got 0",
        ),
        (
            lambda: experiments.train_for_depth(1, True, PHOTOS, learning_rate=0),
            "learning_rate: expected a number above 0, got 0",
        ),
        (
            lambda: experiments.predict(None, PHOTOS[0], batch_size=0),
            "batch_size: expected an integer of at least 1, got 0",
        ),
        (
            lambda: experiments.identity_errors(0, True),
            "blocks: expected an integer of at least 1, got 0",
        ),
        (
            lambda: experiments.identity_errors(1, True, scale=-1),
            "scale: expected a number of at least 0, got -1",
        ),
        (
            lambda: experiments.identity_errors(1, True, n=0),
            "n: expected an integer of at least 1, got 0",
        ),
    ],
)
def test_arguments_out_of_their_range(call, words):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == words
