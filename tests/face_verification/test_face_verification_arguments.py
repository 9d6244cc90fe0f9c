"""Face verification: what errors say of arguments that are out of their range."""

from __future__ import annotations

import numpy as np
import pytest

from dltf import face_verification as topic
from dltf.face_verification import experiments, metrics

LABELS = np.array([0, 0, 1, 1])
PHOTOS = np.zeros((4, 8, 8, 3), np.uint8)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: topic.SemiHardTripletLoss(alpha=-0.2),
            "alpha: expected a number of at least 0, got -0.2",
        ),
        (lambda: topic.encoder(dimension=0), "dimension: expected an integer of at least 1, got 0"),
        (lambda: topic.encoder(width=0), "width: expected an integer of at least 1, got 0"),
        (
            lambda: topic.hard_triplets(np.zeros((3, 3)), LABELS),
            "distances: expected shape (4, 4), got (3, 3)",
        ),
        (
            lambda: metrics.roc_curve([0.1, 0.2, 0.3], [True, False]),
            "same: expected one entry a distance, shape (3,), got (2,)",
        ),
        (
            lambda: metrics.one_shot_accuracy(np.zeros((4, 2)), LABELS, ways=2, trials=0),
            "trials: expected an integer of at least 1, got 0",
        ),
        (
            lambda: metrics.one_shot_accuracy(np.zeros((3, 2)), LABELS, ways=2),
            "labels: expected 3, one for each encoding, got 4",
        ),
        (
            lambda: experiments.train_encoder(None, PHOTOS, LABELS, steps=0),
            "steps: expected an integer of at least 1, got 0",
        ),
        (
            lambda: experiments.train_encoder(None, PHOTOS, LABELS, learning_rate=0),
            "learning_rate: expected a number above 0, got 0",
        ),
    ],
)
def test_arguments_out_of_their_range(call, words):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == words
