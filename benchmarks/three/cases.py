import numpy as np
import tensorflow as tf

from dltf.autograder import case, exercise, same_scale

exercise("initialize_parameters_he", spellings={"layers_dims": ("layer_dims",)})
exercise("triplet_loss")
exercise("iou_filter")


@case("initialize_parameters_he", points=2, judge=same_scale())
def scale_follows_fan_in(answer, rng):
    """Weights have the variance He asks for, biases are zero columns."""
    dims = [int(n) for n in rng.permutation([150, 220, 310])] + [1]
    return answer.initialize_parameters_he(layers_dims=dims)


@case("triplet_loss", points=1)
def summed_over_triplets(answer, rng):
    """The loss of a batch of triplets, some of which cost nothing."""
    y = [tf.constant(rng.normal(size=(6, 8)), tf.float32) for _ in range(3)]
    return answer.triplet_loss(y_true=None, y_pred=y)


@case("triplet_loss", points=1)
def another_margin(answer, rng):
    """The margin is an argument."""
    y = [tf.constant(rng.normal(size=(6, 8)), tf.float32) for _ in range(3)]
    return answer.triplet_loss(y_true=None, y_pred=y, alpha=float(rng.uniform(1, 3)))


def _boxes(rng, count=40):
    corner = rng.uniform(0, 0.5, size=(count, 2))
    size = rng.uniform(0.3, 1.0, size=(count, 2))
    return tf.constant(np.concatenate([corner, corner + size], axis=1), tf.float32)


@case("iou_filter", points=1)
def keeps_what_overlaps(answer, rng):
    """Boxes that overlap the reference enough stay, in order; one does by just the threshold."""
    side = 2.0 ** int(rng.integers(-1, 2))
    exact = [[0, 0, side, side], [0, 0, side, 2 * side]]
    boxes = tf.constant(np.concatenate([exact, np.asarray(_boxes(rng)) * side]), tf.float32)
    scores = tf.constant(rng.uniform(size=42), tf.float32)
    return answer.iou_filter(boxes=boxes, scores=scores, reference=boxes[0])


@case("iou_filter", points=1)
def another_threshold(answer, rng):
    """The threshold is an argument; a box diagonally apart from the reference overlaps by zero."""
    boxes = np.asarray(_boxes(rng))
    size = rng.uniform(0.3, 1.0, size=2)
    gap = np.sqrt(0.6 * (np.prod(boxes[0, 2:] - boxes[0, :2]) + np.prod(size)))
    apart = np.concatenate([boxes[0, 2:] + gap, boxes[0, 2:] + gap + size])
    boxes = tf.constant(np.concatenate([boxes, [apart]]), tf.float32)
    scores = tf.constant(rng.uniform(size=41), tf.float32)
    return answer.iou_filter(
        boxes=boxes, scores=scores, reference=boxes[0], threshold=float(rng.uniform(0.1, 0.2))
    )
