"""Training tools: what errors say of arguments that are out of their range."""

from __future__ import annotations

import pytest

from dltf.training.augmentation import RandomAffine, RandomDistortion, augmentations
from dltf.training.progress import Progress


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: RandomDistortion(strength=-1),
            "strength: expected a number of at least 0, got -1",
        ),
        (lambda: RandomDistortion(grid=1), "grid: expected an integer of at least 2, got 1"),
        (
            lambda: RandomAffine(rotation=-0.1),
            "rotation: expected a number of at least 0, got -0.1",
        ),
        (lambda: RandomAffine(zoom=-1), "zoom: expected a number of at least 0, got -1"),
        (lambda: RandomAffine(shift=2), "shift: expected 0 <= shift <= 1, got 2"),
        (
            lambda: RandomAffine(brightness="dark"),
            "brightness: expected a number of at least 0, got 'dark'",
        ),
        (lambda: augmentations(0, 32), "height: expected an integer of at least 8, got 0"),
        (lambda: Progress(-1), "total: expected an integer of at least 0, got -1"),
        (
            lambda: Progress(3, place="screen"),
            "place: expected one of 'terminal', 'notebook', 'log', got 'screen'",
        ),
    ],
)
def test_arguments_out_of_their_range(call, words):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == words
