"""YOLO object detection: IoU, non-max suppression, targets and anchors.

The image is laid out in a grid. For each cell and each of a few *anchors* (typical sizes of
boxes) the network predicts whether an object has its centre there (confidence), where in
the cell the centre is and how large the object is compared with the anchor (box), and what it is
(class probabilities). Multiple detections of an object are reduced to one box by two
filters: a threshold on the score, and non-max suppression.

- Redmon et al. 2016, "You only look once: unified, real-time object detection"
- Redmon & Farhadi 2017, "YOLO9000: better, faster, stronger" (anchors, k-means, this head)

Layout: grid of `g_H x g_W` cells, `A` anchors, `C` classes; a network's output is `(m, g_H, g_W, A,
5 + C)`, along the last axis x, y, w, h, confidence and the classes. Positions and sizes are
fractions of the image, anchors `(A, 2)` are width and height in cells. There are three forms of
a box: centre and size `(x, y, w, h)`; corners `(x1, y1, x2, y2)` in `iou`; and corners
`(y1, x1, y2, x2)`, rows first, as TensorFlow has them, everywhere else. The last two turn into each
other by `boxes[..., [1, 0, 3, 2]]`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from dltf.plotting.boxes import (
    draw_boxes,
    generate_colors,
    get_colors_for_classes,
)
from dltf.typing import Array, Random
from dltf.validation import check_integer, check_shape
from dltf.yolo.boxes import iou_matrix, iou_of_sizes
from dltf.yolo.layers import YoloHead, YoloLoss, yolo_head

__all__ = [
    "Array",
    "Found",
    "YoloHead",
    "YoloLoss",
    "anchors_by_kmeans",
    "draw_boxes",
    "encode_boxes",
    "generate_colors",
    "get_colors_for_classes",
    "iou",
    "non_max_suppression_per_class",
    "preprocess_image",
    "read_anchors",
    "read_classes",
    "scale_boxes",
    "yolo_boxes_to_corners",
    "yolo_eval",
    "yolo_filter_boxes",
    "yolo_head",
    "yolo_non_max_suppression",
]

Found: TypeAlias = "tuple[Array, Array, Array]"  # scores (n,), boxes (n, 4), classes (n,)

# == 1. From the network's output to the final boxes ===============================================


def yolo_filter_boxes(
    boxes: Array, box_confidence: Array, box_class_probs: Array, threshold: float = 0.6
) -> Found:
    """Keep the boxes whose best class has a score of at least a threshold.

    The score of a class is the confidence that there is an object times the probability that it is
    of this class, if there is one.

    Args:
        boxes: corners, float (g_H, g_W, A, 4).
        box_confidence: float (g_H, g_W, A, 1).
        box_class_probs: float (g_H, g_W, A, C).
        threshold: the lowest score that is kept.

    Returns:
        Of the n boxes that are kept, in the order of the grid: the scores of their best classes
        (n,), the boxes (n, 4), and the numbers of these classes (n,).
    """
    ### BEGIN SOLUTION
    box_scores = box_confidence * box_class_probs  # (g_H, g_W, A, C)
    box_classes = np.argmax(box_scores, axis=-1)  # (g_H, g_W, A)
    box_class_scores = np.max(box_scores, axis=-1)
    kept = box_class_scores >= threshold
    scores, boxes, classes = box_class_scores[kept], boxes[kept], box_classes[kept]
    ### END SOLUTION
    return scores, boxes, classes


def iou(box1: Sequence[float], box2: Sequence[float]) -> float:
    """Return the intersection over union of two boxes: 1 if they are the same, 0 if they are apart.

    Args:
        box1: corners (x1, y1, x2, y2), with x1 < x2 and y1 < y2.
        box2: the same of the other box.

    Returns:
        The area that both cover, divided by the area that either covers.
    """
    ### BEGIN SOLUTION
    width = min(box1[2], box2[2]) - max(box1[0], box2[0])
    height = min(box1[3], box2[3]) - max(box1[1], box2[1])
    intersection = max(width, 0) * max(height, 0)  # negative: there is a gap between them
    area1 = (box1[2] - box1[0]) * (box1[3] - box1[1])
    area2 = (box2[2] - box2[0]) * (box2[3] - box2[1])
    union = area1 + area2 - intersection
    ### END SOLUTION
    return intersection / union


def yolo_non_max_suppression(
    scores: Array,
    boxes: Array,
    classes: Array,
    max_boxes: int = 10,
    iou_threshold: float = 0.5,
) -> Found:
    """Keep, of boxes that overlap much, only the one with the highest score.

    The box with the highest score stays; all that overlap it by more than the threshold go; then
    the next highest of what is left, and so on. Classes do not matter to it.

    Args:
        scores: float (n,).
        boxes: corners, float (n, 4).
        classes: (n,).
        max_boxes: how many boxes stay at most.
        iou_threshold: the largest overlap that two boxes may have and both stay.

    Returns:
        Scores, boxes and classes of those that stay, the highest score first.

    Source:
        The same as `tf.image.non_max_suppression`.
    """
    ### BEGIN SOLUTION
    left = np.argsort(-scores)  # numbers of the boxes that are still in the game
    kept: list[int] = []
    while len(left) and len(kept) < max_boxes:
        best, left = left[0], left[1:]
        kept.append(best)
        overlaps = iou_matrix(boxes[[best]], boxes[left])[0]
        left = left[overlaps <= iou_threshold]
    indices = np.array(kept, dtype=int)
    scores, boxes, classes = scores[indices], boxes[indices], classes[indices]
    ### END SOLUTION
    return scores, boxes, classes


def non_max_suppression_per_class(
    scores: Array,
    boxes: Array,
    classes: Array,
    max_boxes: int = 10,
    iou_threshold: float = 0.5,
) -> Found:
    """Apply non-max suppression within each class: boxes of other classes may overlap.

    Args:
        scores: float (n,).
        boxes: corners, float (n, 4).
        classes: whole numbers (n,).
        max_boxes: how many boxes stay at most, all classes together.
        iou_threshold: the largest overlap that two boxes of one class may have and both stay.

    Returns:
        Scores, boxes and classes of those that stay, the highest score first.

    Source:
        The same as `tf.image.combined_non_max_suppression` of boxes that have one class each.
    """
    ### BEGIN SOLUTION
    kept = [
        yolo_non_max_suppression(
            scores[classes == c],
            boxes[classes == c],
            classes[classes == c],
            max_boxes,
            iou_threshold,
        )
        for c in np.unique(classes)
    ]
    if kept:
        scores, boxes, classes = (np.concatenate(part) for part in zip(*kept, strict=True))
    order = np.argsort(-scores)[:max_boxes]
    scores, boxes, classes = scores[order], boxes[order], classes[order]
    ### END SOLUTION
    return scores, boxes, classes


def yolo_boxes_to_corners(box_xy: Any, box_wh: Any) -> Any:
    """Convert centres and sizes to corners, rows first.

    Args:
        box_xy: centres, float (..., 2): x, y.
        box_wh: sizes, float (..., 2): width, height.

    Returns:
        (..., 4): y1, x1, y2, x2; a tensor if these are tensors.
    """
    if _is_tensor(box_xy):
        import keras

        low, high = box_xy - box_wh / 2, box_xy + box_wh / 2
        return keras.ops.concatenate([low[..., ::-1], high[..., ::-1]], axis=-1)
    xy, wh = np.asarray(box_xy), np.asarray(box_wh)
    check_shape("box_wh", wh, xy.shape)
    check_shape("box_xy", xy, (*xy.shape[:-1], 2))
    return np.concatenate([(xy - wh / 2)[..., ::-1], (xy + wh / 2)[..., ::-1]], axis=-1)


def scale_boxes(boxes: Any, image_shape: Sequence[float]) -> Any:
    """Scale boxes from fractions of the image to pixels.

    Args:
        boxes: y1, x1, y2, x2 between 0 and 1, float (n, 4).
        image_shape: height and width of the image, in pixels.

    Returns:
        The boxes in pixels, (n, 4); a tensor if they are one.
    """
    height, width = image_shape[:2]
    if _is_tensor(boxes):
        return boxes * np.array([height, width, height, width], np.float32)
    boxes = np.asarray(boxes)
    return boxes * np.array([height, width, height, width], boxes.dtype)


def _is_tensor(value: object) -> bool:
    """Return whether a value is a tensor of TensorFlow, which is not imported for this."""
    return type(value).__module__.startswith("tensorflow.")


def yolo_eval(
    yolo_outputs: tuple[Array, Array, Array, Array],
    image_shape: tuple[float, float] = (720, 1280),
    max_boxes: int = 10,
    score_threshold: float = 0.6,
    iou_threshold: float = 0.5,
) -> Found:
    """Convert the decoded output of the network to the final boxes, scores and classes.

    Args:
        yolo_outputs: what `yolo_head` returns for one image: centres (g_H, g_W, A, 2), sizes
            (g_H, g_W, A, 2), confidences (g_H, g_W, A, 1), class probabilities (g_H, g_W, A, C).
        image_shape: height and width of the image that is drawn into, in pixels.
        max_boxes: how many boxes there are at most.
        score_threshold: the lowest score that is kept.
        iou_threshold: the largest overlap that two boxes may have and both stay.

    Returns:
        Scores (n,), boxes (n, 4) in pixels of the image, y1, x1, y2, x2, and classes (n,).
    """
    ### BEGIN SOLUTION
    box_xy, box_wh, box_confidence, box_class_probs = yolo_outputs
    boxes = yolo_boxes_to_corners(box_xy, box_wh)
    scores, boxes, classes = yolo_filter_boxes(
        boxes, box_confidence, box_class_probs, score_threshold
    )
    boxes = scale_boxes(boxes, image_shape)
    scores, boxes, classes = yolo_non_max_suppression(
        scores, boxes, classes, max_boxes, iou_threshold
    )
    ### END SOLUTION
    return scores, boxes, classes


# == 2. What the network should have said: targets and anchors =====================================


def encode_boxes(
    boxes: Array,
    classes: Array,
    anchors: ArrayLike,
    grid: tuple[int, int],
    num_classes: int,
) -> Array:
    """Encode the objects of one image as the training target of the network.

    An object belongs to the cell that contains its centre and there to the anchor whose shape is
    most like its own (the highest intersection over union if they shared their centre). All other
    positions have confidence 0; their other numbers are zeros that the loss ignores.

    Args:
        boxes: corners y1, x1, y2, x2 in fractions of the image, float (n, 4).
        classes: whole numbers (n,).
        anchors: widths and heights in cells, float (A, 2).
        grid: rows and columns of cells, (g_H, g_W).
        num_classes: C.

    Returns:
        (g_H, g_W, A, 5 + C) float32: x, y, w, h in fractions of the image, confidence 1, and the
        class as one-hot vector. If two objects have the same place the later one has it.
    """
    anchors, (rows, columns) = np.asarray(anchors, float), grid
    target: Array = np.zeros((rows, columns, len(anchors), 5 + num_classes), np.float32)
    for (y1, x1, y2, x2), c in zip(boxes, classes, strict=True):
        ### BEGIN SOLUTION
        x, y, w, h = (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1
        i, j = int(y * rows), int(x * columns)
        best = np.argmax(iou_of_sizes([[w * columns, h * rows]], anchors))
        target[i, j, best, :5] = x, y, w, h, 1
        target[i, j, best, 5:] = np.eye(num_classes)[c]
        ### END SOLUTION
    return target


def anchors_by_kmeans(sizes: ArrayLike, count: int, rng: Random = None, rounds: int = 100) -> Array:
    """Choose anchors by k-means clustering of the boxes, with 1 - IoU as the distance.

    Euclid's distance would care for large boxes only; the overlap treats all sizes alike.

    Args:
        sizes: widths and heights of boxes, float (n, 2), above 0.
        count: number of anchors, between 1 and n.
        rng: generator or seed of the first choice.
        rounds: how often the centres are moved at most.

    Returns:
        (count, 2), the smallest area first.

    Raises:
        ValueError: there are fewer sizes than anchors, or one is not above 0.

    Source:
        Redmon & Farhadi 2017, section 2 (dimension clusters).
    """
    sizes = np.asarray(sizes, float)
    if sizes.ndim != 2 or sizes.shape[1:] != (2,) or not (sizes > 0).all():
        raise ValueError(f"sizes: expected (n, 2) numbers above 0, got shape {sizes.shape}")
    if not 1 <= count <= len(sizes):
        raise ValueError(f"count: expected between 1 and {len(sizes)} anchors, got {count}")
    rounds = check_integer("rounds", rounds, at_least=1)
    rng = np.random.default_rng(rng)
    centres = sizes[rng.choice(len(sizes), count, replace=False)]
    nearest = np.full(len(sizes), -1)
    for _ in range(rounds):
        before, nearest = nearest, iou_of_sizes(sizes, centres).argmax(axis=1)
        if np.array_equal(before, nearest):
            break
        for k in np.unique(nearest):
            centres[k] = np.median(sizes[nearest == k], axis=0)
    return centres[np.argsort(centres.prod(axis=1))]


# == 3. Files and images =========================================================================


def read_classes(classes_path: str | Path) -> list[str]:
    """Read class names from a file with one name per line."""
    return [line.strip() for line in Path(classes_path).read_text("utf-8").split("\n") if line]


def read_anchors(anchors_path: str | Path) -> Array:
    """Return the anchors of a file of numbers between commas: widths and heights, (A, 2).

    Raises:
        ValueError: the file has something else in it.
    """
    text = Path(anchors_path).read_text("utf-8")
    try:
        numbers = np.array([float(number) for number in text.split(",")])
    except ValueError:
        numbers = np.zeros(1)
    if numbers.size % 2 or not (numbers > 0).all():
        raise ValueError(
            f"anchors_path: expected pairs of numbers above 0 between commas, got {text[:60]!r}"
        )
    return numbers.reshape(-1, 2)


def preprocess_image(img_path: str | Path, model_image_size: tuple[int, int]) -> tuple[Any, Array]:
    """Read an image and preprocess it for the network.

    Args:
        img_path: file of an image.
        model_image_size: height and width of what the network takes.

    Returns:
        The image as it is (PIL), and the batch of one, (1, n_H, n_W, 3) float32 between 0 and 1.
    """
    from PIL import Image

    image = Image.open(img_path).convert("RGB")
    height, width = model_image_size
    small = image.resize((width, height), Image.Resampling.BILINEAR)
    return image, np.asarray(small, np.float32)[None] / 255  # adds the axis of examples
