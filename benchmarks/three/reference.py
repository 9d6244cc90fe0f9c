"""Three exercises from three topics: He initialization, the triplet loss, a box filter by IoU.

A small assignment of its own, graded by other autograders too (see `benchmarks/grading.py`); it
also shows that the autograder needs nothing but a folder.
"""

import numpy as np
import tensorflow as tf


def initialize_parameters_he(layers_dims):
    """Return weights of variance 2 / n[l-1] and zero biases, as 'W1', 'b1', ..."""
    parameters = {}
    ### BEGIN SOLUTION
    for l in range(1, len(layers_dims)):
        W = np.random.standard_normal((layers_dims[l], layers_dims[l - 1]))  # noqa: NPY002
        parameters[f"W{l}"] = W * np.sqrt(2 / layers_dims[l - 1])
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    ### END SOLUTION
    return parameters


def triplet_loss(y_true, y_pred, alpha=0.2):
    """Return the sum over triplets of max(d(anchor, positive) - d(anchor, negative) + alpha, 0)."""
    ### BEGIN SOLUTION
    anchor, positive, negative = y_pred[0], y_pred[1], y_pred[2]
    positive_distance = tf.reduce_sum(tf.square(anchor - positive), axis=-1)
    negative_distance = tf.reduce_sum(tf.square(anchor - negative), axis=-1)
    return tf.reduce_sum(tf.maximum(positive_distance - negative_distance + alpha, 0.0))
    ### END SOLUTION


def iou_filter(boxes, scores, reference, threshold=0.5):
    """Return boxes (x1, y1, x2, y2) and scores whose IoU with `reference` is at least threshold."""
    ### BEGIN SOLUTION
    left_top = tf.maximum(boxes[:, :2], reference[:2])
    right_bottom = tf.minimum(boxes[:, 2:], reference[2:])
    overlap = tf.reduce_prod(tf.maximum(right_bottom - left_top, 0.0), axis=-1)
    areas = tf.reduce_prod(boxes[:, 2:] - boxes[:, :2], axis=-1)
    area = tf.reduce_prod(reference[2:] - reference[:2])
    keep = overlap / (areas + area - overlap) >= threshold
    return tf.boolean_mask(boxes, keep), tf.boolean_mask(scores, keep)
    ### END SOLUTION
