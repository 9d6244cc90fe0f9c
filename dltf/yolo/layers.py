"""YOLO's head as a Keras layer, and its loss as a Keras loss.

The head turns the raw output of a network, any real numbers, into positions and probabilities; the
loss compares raw output with the targets of `dltf.yolo.encode_boxes`.

Layout: as in `dltf.yolo`, `(m, g_H, g_W, A, 5 + C)`: x, y, w, h, confidence, classes; positions and
sizes in fractions of the image, anchors `(A, 2)` in cells.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike

from dltf.validation import check_integer, check_number


def yolo_head(feats: Any, anchors: ArrayLike, num_classes: int) -> tuple[Any, Any, Any, Any]:
    """Decode the raw output of a network: from any real numbers to positions and probabilities.

    The centre is kept in its cell by a sigmoid, the size is the anchor's times an exponential,
    which is positive; the classes exclude each other, so they get a softmax.

    Args:
        feats: raw output, float (m, g_H, g_W, A * (5 + C)) or (m, g_H, g_W, A, 5 + C).
        anchors: widths and heights in cells, (A, 2).
        num_classes: C.

    Returns:
        Centres (m, g_H, g_W, A, 2) and sizes (m, g_H, g_W, A, 2) in fractions of the image,
        confidences (m, g_H, g_W, A, 1), class probabilities (m, g_H, g_W, A, C); tensors.

    Source:
        Redmon & Farhadi 2017, section 2 (direct location prediction).
    """
    ops = keras.ops
    anchors = np.asarray(check_anchors(anchors), np.float32)
    rows, columns = ops.shape(feats)[1:3]
    t = ops.reshape(feats, (-1, rows, columns, len(anchors), 5 + num_classes))
    cells = cell_corners(rows, columns)  # (g_H, g_W, 1, 2)
    grid = ops.cast(ops.stack([columns, rows]), t.dtype)
    box_xy = (ops.sigmoid(t[..., :2]) + cells) / grid  # b_x = sigma(t_x) + c_x
    box_wh = anchors * ops.exp(t[..., 2:4]) / grid  # b_w = p_w exp(t_w)
    return box_xy, box_wh, ops.sigmoid(t[..., 4:5]), ops.softmax(t[..., 5:])


def check_anchors(anchors: ArrayLike) -> list[list[float]]:
    """Return anchors as a list of [width, height].

    Raises:
        ValueError: they are not pairs of numbers above 0.
    """
    array = np.asarray(anchors, float)
    if array.ndim != 2 or array.shape[1] != 2 or not (array > 0).all():
        raise ValueError(
            f"anchors: expected widths and heights above 0, (A, 2), got shape {array.shape}"
            + ("" if (array > 0).all() else f" with {array.min():g} in it")
        )
    pairs: list[list[float]] = array.tolist()
    return pairs


def cell_corners(rows: Any, columns: Any) -> Any:
    """Return x and y of the corner of each cell, in cells, (g_H, g_W, 1, 2)."""
    ops = keras.ops
    x, y = ops.meshgrid(ops.arange(columns), ops.arange(rows))  # each (g_H, g_W)
    return ops.cast(ops.stack([x, y], axis=-1)[:, :, None], "float32")


@keras.saving.register_keras_serializable("dltf")
class YoloHead(keras.layers.Layer):
    """Layer that decodes the raw output of a network (`yolo_head`) into one tensor.

    Args:
        anchors: widths and heights in cells, (A, 2).
        num_classes: C.
    """

    def __init__(self, anchors: ArrayLike, num_classes: int, **settings: Any) -> None:
        super().__init__(**settings)
        self.anchors = check_anchors(anchors)
        self.num_classes = check_integer("num_classes", num_classes, at_least=1)

    def call(self, feats: Any) -> Any:
        """Return (m, g_H, g_W, A, 5 + C): x, y, w, h, confidence, class probabilities."""
        return keras.ops.concatenate(yolo_head(feats, self.anchors, self.num_classes), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make another one like it."""
        settings = {"anchors": self.anchors, "num_classes": self.num_classes}
        return {**super().get_config(), **settings}


@keras.saving.register_keras_serializable("dltf")
class YoloLoss(keras.losses.Loss):
    """YOLO loss between the raw output of a network and the targets of `encode_boxes`.

    Three questions are asked, and not everywhere (`o` is 1 where an object belongs, 0 elsewhere):

    - Where is it?  `o (2 - w h) ((sigma(t_x) - x)^2 + ... + (t_h - log(h / p_h))^2)`, so that a
      pixel counts more on a small object. Without an object the box is ignored.
    - Is there one?  Cross-entropy of the confidence, with two kinds of place: those of an object,
      and the many others, which weigh less. A box that overlaps some object well without being the
      one it belongs to is neither right nor wrong: it is ignored.
    - What is it?  `o` times the cross-entropy of the classes.

    Args:
        anchors: widths and heights in cells, (A, 2).
        ignore: above this overlap with an object, a box that need not be there is not punished;
            at least 0, and from 1 on every such box is.
        box_weight: weight of the first question.
        empty_weight: weight of the second question where there is no object.
        most_objects: number of objects in an image at most; more are overlooked by `ignore`.

    Source:
        Redmon et al. 2016, eq. 3, with the anchors and logarithms of Redmon & Farhadi 2017.
    """

    def __init__(
        self,
        anchors: ArrayLike,
        ignore: float = 0.6,
        box_weight: float = 5.0,
        empty_weight: float = 0.5,
        most_objects: int = 16,
        name: str = "yolo_loss",
        **settings: Any,
    ) -> None:
        super().__init__(name=name, **settings)
        self.anchors = check_anchors(anchors)
        self.ignore = check_number("ignore", ignore, at_least=0)
        self.box_weight = check_number("box_weight", box_weight, at_least=0)
        self.empty_weight = check_number("empty_weight", empty_weight, at_least=0)
        self.most_objects = check_integer("most_objects", most_objects, at_least=1)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each image, (m,).

        Args:
            y_true: targets, (m, g_H, g_W, A, 5 + C).
            y_pred: raw output of the same shape, before `YoloHead`.
        """
        ops = keras.ops
        rows, columns = ops.shape(y_true)[1:3]
        grid = ops.cast(ops.stack([columns, rows]), y_pred.dtype)
        there = y_true[..., 4]  # (m, g_H, g_W, A), 1 or 0

        offset = y_true[..., :2] * grid - cell_corners(rows, columns)  # in the cell, 0 to 1
        sizes = ops.where(there[..., None] > 0, y_true[..., 2:4], 1.0)  # no log of 0
        stretch = ops.log(sizes * grid / np.asarray(self.anchors, np.float32))
        wrong = ops.square(ops.sigmoid(y_pred[..., :2]) - offset)
        wrong = ops.sum(wrong + ops.square(y_pred[..., 2:4] - stretch), axis=-1)
        where = there * (2 - y_true[..., 2] * y_true[..., 3]) * wrong

        confidence = y_pred[..., 4]
        is_one = there * ops.softplus(-confidence)  # -log sigma(c)
        judged = (1 - there) * ops.cast(self._overlaps(y_true, y_pred) < self.ignore, there.dtype)
        is_none = judged * ops.softplus(confidence)  # -log(1 - sigma(c))

        log_probs = ops.log_softmax(y_pred[..., 5:])
        what = there * -ops.sum(y_true[..., 5:] * log_probs, axis=-1)
        total = self.box_weight * where + is_one + self.empty_weight * is_none + what
        return ops.sum(total, axis=(1, 2, 3))

    def _overlaps(self, y_true: Any, y_pred: Any) -> Any:
        """Return each predicted box's largest overlap with an object, (m, g_H, g_W, A)."""
        ops = keras.ops
        classes = y_true.shape[-1] - 5
        xy, wh, _, _ = yolo_head(ops.stop_gradient(y_pred), self.anchors, classes)
        shape = ops.shape(xy)
        places = shape[1] * shape[2] * shape[3]
        boxes = ops.reshape(ops.concatenate([xy, wh], axis=-1), (-1, places, 1, 4))
        flat = ops.reshape(y_true[..., :5], (-1, places, 5))
        _, found = ops.top_k(flat[..., 4], self.most_objects)  # (m, most_objects)
        objects = ops.take_along_axis(flat, found[..., None], axis=1)[:, None, :, :4]
        low = ops.maximum(*(b[..., :2] - b[..., 2:] / 2 for b in (boxes, objects)))
        high = ops.minimum(*(b[..., :2] + b[..., 2:] / 2 for b in (boxes, objects)))
        both = ops.prod(ops.maximum(high - low, 0.0), axis=-1)  # (m, places, most_objects)
        either = ops.prod(boxes[..., 2:], axis=-1) + ops.prod(objects[..., 2:], axis=-1) - both
        return ops.reshape(ops.max(both / (either + 1e-9), axis=-1), shape[:-1])

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make another one like it."""
        names = ("anchors", "ignore", "box_weight", "empty_weight", "most_objects")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
