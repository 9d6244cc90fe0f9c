"""Plotting: what errors say of arguments that are out of their range."""

from __future__ import annotations

import numpy as np
import pytest

from dltf import plotting

PICTURE = np.zeros((8, 8, 3), np.uint8)
POINTS = np.array([[0.0, 1.0], [1.0, 0.0]])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plotting.new_axes(0), "columns: expected an integer of at least 1, got 0"),
        (
            lambda: plotting.get_colors_for_classes(-1),
            "num_classes: expected an integer of at least 0, got -1",
        ),
        (
            lambda: plotting.draw_boxes(PICTURE, [[1, 1, 5, 5]], [2], ["car", "bus"]),
            "box_classes: expected numbers from 0 to 1, one of the 2 class names, got 2 to 2",
        ),
        (
            lambda: plotting.draw_boxes(PICTURE, [[1, 1, 5, 5]], [-1], ["car", "bus"]),
            "box_classes: expected numbers from 0 to 1, one of the 2 class names, got -1 to -1",
        ),
        (
            lambda: plotting.plot_boxes(PICTURE, [], [], [], enlarge=0),
            "enlarge: expected an integer of at least 1, got 0",
        ),
        (
            lambda: plotting.plot_confusion([0, 1, 2], [0, 1, 1], names=["a", "b"]),
            "names: expected one for each of 3 classes, got 2",
        ),
        (
            lambda: plotting.plot_photos(PICTURE[None], columns=0),
            "columns: expected an integer of at least 1, got 0",
        ),
        (
            lambda: plotting.plot_gallery({"a": PICTURE}, columns=0),
            "columns: expected an integer of at least 1, got 0",
        ),
        (
            lambda: plotting.plot_feature_maps(PICTURE, columns=0),
            "columns: expected an integer of at least 1, got 0",
        ),
        (
            lambda: plotting.plot_costs({"style": [1.0]}, ("content",)),
            "names: expected some of ['style'], got 'content'",
        ),
        (
            lambda: plotting.plot_histories({"a": {"loss": [1.0]}}, "cost"),
            "name: expected what every run has measured, got 'cost', and 'a' has ['loss']",
        ),
        (
            lambda: plotting.plot_decision_boundary(len, POINTS, [0, 1], steps=1),
            "steps: expected an integer of at least 2, got 1",
        ),
        (
            lambda: plotting.plot_trajectories(max, {"a": POINTS}, ((0, 1), (0, 1)), steps=0),
            "steps: expected an integer of at least 2, got 0",
        ),
    ],
)
def test_arguments_out_of_their_range(call, words):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == words
