"""Evaluation of object detectors: precision, recall, mean average precision (mAP).

A detection is right if it is of the class of an object, overlaps it by at least a threshold, and no
better detection has found the same object already. Lower the score that you ask for, from the top:
more objects are found (recall rises), with more errors among them (precision falls). The area under
this curve is the *average precision* of a class; its mean over the classes is the figure by which
detectors are compared, the mAP.

Layout: for each image a `Detections` (or any triple) of scores `(n,)`, boxes `(n, 4)` and classes
`(n,)`, and its objects as boxes `(k, 4)` and classes `(k,)`; boxes are corners in the same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dltf.typing import Array
from dltf.validation import check_integer, check_number
from dltf.yolo.boxes import iou_matrix


class Detections(NamedTuple):
    """Detections in one image, sorted by decreasing score.

    Attributes:
        scores: (n,).
        boxes: y1, x1, y2, x2, (n, 4).
        classes: whole numbers (n,).
    """

    scores: Array
    boxes: Array
    classes: Array


def detect(
    outputs: ArrayLike,
    score_threshold: float = 0.6,
    iou_threshold: float = 0.5,
    max_boxes: int = 50,
) -> list[Detections]:
    """Filter the decoded output of a network with TensorFlow's non-max suppression, batched.

    Args:
        outputs: of `YoloHead`, float (m, g_H, g_W, A, 5 + C).
        score_threshold: the lowest score that is kept.
        iou_threshold: the largest overlap that two boxes of one class may have and both stay.
        max_boxes: how many boxes stay at most.

    Returns:
        For each image its detections; boxes in fractions of the image.
    """
    import tensorflow as tf

    check_number("score_threshold", score_threshold, at_least=0, at_most=1)
    check_number("iou_threshold", iou_threshold, at_least=0, at_most=1)
    max_boxes = check_integer("max_boxes", max_boxes, at_least=1)
    decoded = tf.convert_to_tensor(outputs, tf.float32)
    m, numbers = decoded.shape[0], decoded.shape[-1]
    flat = tf.reshape(decoded, (m, -1, numbers))  # (m, places, 5 + C)
    yx, hw = flat[..., 1::-1], flat[..., 3:1:-1]
    boxes, scores = tf.concat([yx - hw / 2, yx + hw / 2], axis=-1), flat[..., 4:5] * flat[..., 5:]
    only_best = tf.one_hot(tf.argmax(scores, axis=-1), numbers - 5)  # a box has one class
    found = tf.image.combined_non_max_suppression(
        boxes[:, :, None],
        scores * only_best,
        max_output_size_per_class=max_boxes,
        max_total_size=max_boxes,
        iou_threshold=iou_threshold,
        score_threshold=score_threshold,
        clip_boxes=False,
    )
    parts = (found.nmsed_scores, found.nmsed_boxes, found.nmsed_classes)
    scores, boxes, classes = (part.numpy() for part in parts)
    counts = found.valid_detections.numpy()
    return [
        Detections(scores[i, :n], boxes[i, :n], classes[i, :n].astype(np.int64))
        for i, n in enumerate(counts)
    ]


def match(boxes: Array, objects: Array, iou_threshold: float) -> Array:
    """Return which boxes of one class in one image are true positives.

    Args:
        boxes: the highest score first, float (n, 4).
        objects: float (k, 4).
        iou_threshold: the least overlap that counts.

    Returns:
        bool (n,): the box overlaps the object that it fits best by enough, as the first one.
    """
    right: Array = np.zeros(len(boxes), bool)
    taken: Array = np.zeros(len(objects), bool)
    if len(objects) == 0:
        return right
    overlaps = iou_matrix(boxes, objects)  # (n, k)
    for n, k in enumerate(overlaps.argmax(axis=1)):
        if overlaps[n, k] >= iou_threshold and not taken[k]:
            right[n] = taken[k] = True
    return right


def precision_recall(scores: Array, right: Array, objects: int) -> tuple[Array, Array]:
    """Return precision and recall after each detection, from the highest score down.

    Args:
        scores: (n,).
        right: whether each detection is right, bool (n,).
        objects: number of objects there are, at least 1.

    Returns:
        precision (n,) and recall (n,).
    """
    objects = check_integer("objects", objects, at_least=1)
    if len(scores) != len(right):
        raise ValueError(f"right: expected {len(scores)} entries, one a score, got {len(right)}")
    hits = np.cumsum(right[np.argsort(-scores, kind="stable")])
    return hits / np.arange(1, len(hits) + 1), hits / objects


def average_precision(precision: Array, recall: Array) -> float:
    """Return the area under the curve of the best precision at each recall or a higher one.

    Args:
        precision: after each detection, from the highest score down, (n,).
        recall: (n,), never falling.

    Returns:
        Between 0 and 1.

    Source:
        The all-point interpolation of the PASCAL VOC challenge since 2010.
    """
    best = np.maximum.accumulate(precision[::-1])[::-1]  # at this recall or a higher one
    return float(np.sum(np.diff(recall, prepend=0.0) * best))


def average_precisions(
    found: Sequence[tuple[Array, Array, Array]],
    objects: Sequence[tuple[Array, Array]],
    num_classes: int,
    iou_threshold: float = 0.5,
) -> Array:
    """Return the average precision of each class; their mean is the mAP.

    Args:
        found: scores (n,), boxes (n, 4) and classes (n,) of each image.
        objects: boxes (k, 4) and classes (k,) of each image.
        num_classes: C.
        iou_threshold: the least overlap with an object at which a detection is right.

    Returns:
        (C,); NaN for a class of which there is no object.

    Raises:
        ValueError: there are not as many images in one list as in the other.
    """
    if len(found) != len(objects):
        raise ValueError(
            f"found, objects: expected one of each per image, got {len(found)} and {len(objects)}"
        )
    num_classes = check_integer("num_classes", num_classes, at_least=1)
    check_number("iou_threshold", iou_threshold, above=0, at_most=1)
    result = np.full(num_classes, np.nan)
    for c in range(num_classes):
        scores, right, count = [], [], 0
        for (s, boxes, classes), (truth, kinds) in zip(found, objects, strict=True):
            mine = np.flatnonzero(classes == c)
            mine = mine[np.argsort(-s[mine], kind="stable")]
            wanted = truth[kinds == c]
            scores.append(s[mine])
            right.append(match(boxes[mine], wanted, iou_threshold))
            count += len(wanted)
        if count:
            curve = precision_recall(np.concatenate(scores), np.concatenate(right), count)
            result[c] = average_precision(*curve)
    return result


def mean_average_precision(
    found: Sequence[tuple[Array, Array, Array]],
    objects: Sequence[tuple[Array, Array]],
    num_classes: int,
    iou_threshold: float = 0.5,
) -> float:
    """Return the mean of `average_precisions` over the classes of which there are objects."""
    return float(np.nanmean(average_precisions(found, objects, num_classes, iou_threshold)))
