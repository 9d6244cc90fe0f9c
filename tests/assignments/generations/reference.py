"""Signatures of several generations: what adam returns, the order and spelling of arguments."""

import numpy as np


def initialize_parameters(layers_dims):
    """Return zero biases 'b1', 'b2', ..."""
    ### BEGIN SOLUTION
    return {f"b{l}": np.zeros((n, 1)) for l, n in enumerate(layers_dims[1:], 1)}
    ### END SOLUTION


def update_parameters_with_adam(parameters, grads, v, beta1=0.9):
    """Return parameters, v, and the corrected v of the newer generation."""
    ### BEGIN SOLUTION
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in v}
    corrected = {key: value / (1 - beta1) for key, value in v.items()}
    parameters = {key: value - corrected["d" + key] for key, value in parameters.items()}
    return parameters, v, corrected
    ### END SOLUTION


def yolo_filter_boxes(boxes, box_confidence, box_class_probs, threshold=0.6):
    """Return scores and boxes above the threshold."""
    ### BEGIN SOLUTION
    scores = (box_confidence * box_class_probs).max(axis=-1)
    keep = scores >= threshold
    return scores[keep], boxes[keep]
    ### END SOLUTION
