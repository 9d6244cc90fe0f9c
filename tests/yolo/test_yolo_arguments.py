"""YOLO: what errors say of arguments that are out of their range."""

from __future__ import annotations

import numpy as np
import pytest

from dltf import yolo as topic
from dltf.yolo import experiments, layers, metrics

ANCHORS = [[1.0, 2.0], [3.0, 1.0]]
OUTPUTS = np.zeros((1, 2, 3, 2, 8), np.float32)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: topic.YoloHead([1.0, 2.0], 3),
            "anchors: expected widths and heights above 0, (A, 2), got shape (2,)",
        ),
        (
            lambda: topic.YoloHead([[1.0, -2.0]], 3),
            "anchors: expected widths and heights above 0, (A, 2), got shape (1, 2) with -2 in it",
        ),
        (
            lambda: topic.YoloHead(ANCHORS, 0),
            "num_classes: expected an integer of at least 1, got 0",
        ),
        (
            lambda: topic.YoloLoss([[1, 2, 3]]),
            "anchors: expected widths and heights above 0, (A, 2), got shape (1, 3)",
        ),
        (
            lambda: topic.YoloLoss(ANCHORS, ignore=-1),
            "ignore: expected a number of at least 0, got -1",
        ),
        (
            lambda: topic.YoloLoss(ANCHORS, box_weight=-5),
            "box_weight: expected a number of at least 0, got -5",
        ),
        (
            lambda: topic.YoloLoss(ANCHORS, empty_weight=-1),
            "empty_weight: expected a number of at least 0, got -1",
        ),
        (
            lambda: topic.YoloLoss(ANCHORS, most_objects=0),
            "most_objects: expected an integer of at least 1, got 0",
        ),
        (
            lambda: layers.yolo_head(OUTPUTS, [[0, 1]], 3),
            "anchors: expected widths and heights above 0, (A, 2), got shape (1, 2) with 0 in it",
        ),
        (
            lambda: topic.yolo_boxes_to_corners(np.zeros((4, 2)), np.zeros((3, 2))),
            "box_wh: expected shape (4, 2), got (3, 2)",
        ),
        (
            lambda: topic.yolo_boxes_to_corners(np.zeros((4, 3)), np.zeros((4, 3))),
            "box_xy: expected shape (4, 2), got (4, 3)",
        ),
        (
            lambda: topic.anchors_by_kmeans(ANCHORS, 1, rounds=0),
            "rounds: expected an integer of at least 1, got 0",
        ),
        (
            lambda: metrics.detect(OUTPUTS, score_threshold=60),
            "score_threshold: expected 0 <= score_threshold <= 1, got 60",
        ),
        (
            lambda: metrics.detect(OUTPUTS, iou_threshold=-0.5),
            "iou_threshold: expected 0 <= iou_threshold <= 1, got -0.5",
        ),
        (
            lambda: metrics.detect(OUTPUTS, max_boxes=0),
            "max_boxes: expected an integer of at least 1, got 0",
        ),
        (
            lambda: metrics.precision_recall(np.zeros(2), np.zeros(2, bool), 0),
            "objects: expected an integer of at least 1, got 0",
        ),
        (
            lambda: metrics.precision_recall(np.zeros(2), np.zeros(3, bool), 1),
            "right: expected 2 entries, one a score, got 3",
        ),
        (
            lambda: metrics.average_precisions([], [], 0),
            "num_classes: expected an integer of at least 1, got 0",
        ),
        (
            lambda: metrics.average_precisions([], [], 2, iou_threshold=50),
            "iou_threshold: expected 0 < iou_threshold <= 1, got 50",
        ),
        (
            lambda: experiments.road_network(anchors=0),
            "anchors: expected an integer of at least 1, got 0",
        ),
        (
            lambda: experiments.train_on_roads(None, epochs=0),
            "epochs: expected an integer of at least 1, got 0",
        ),
        (
            lambda: experiments.train_on_roads(None, minutes=0),
            "minutes: expected a number above 0, got 0",
        ),
    ],
)
def test_arguments_out_of_their_range(call, words):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == words


@pytest.mark.parametrize("text", ["1, 2, 3", "1, two", "1, -2", ""])
def test_a_file_of_anchors_holds_pairs(tmp_path, text):
    file = tmp_path / "anchors.txt"
    file.write_text("0.5, 1.5, 2, 3")
    assert topic.read_anchors(file).tolist() == [[0.5, 1.5], [2.0, 3.0]]
    file.write_text(text)
    with pytest.raises(ValueError, match="anchors_path: expected pairs") as caught:
        topic.read_anchors(file)
    assert str(caught.value) == (
        f"anchors_path: expected pairs of numbers above 0 between commas, got {text!r}"
    )
