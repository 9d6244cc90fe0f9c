"""Equivalent mutants of the reference."""

from dltf.autograder import equivalent

equivalent("triplet_loss", "anchor - positive", "positive - anchor", why="it is squared")

equivalent("triplet_loss", "anchor - negative", "negative - anchor", why="it is squared")

equivalent(
    "triplet_loss",
    "tf.reduce_sum(tf.square(anchor - positive), axis=-1)",
    "tf.reduce_sum(tf.square(anchor - positive), axis=1)",
    why="the last axis of two",
)

equivalent(
    "triplet_loss",
    "tf.reduce_sum(tf.square(anchor - negative), axis=-1)",
    "tf.reduce_sum(tf.square(anchor - negative), axis=1)",
    why="the last axis of two",
)

equivalent(
    "iou_filter",
    "tf.reduce_prod(tf.maximum(right_bottom - left_top, 0.0), axis=-1)",
    "tf.reduce_prod(tf.maximum(right_bottom - left_top, 0.0), axis=1)",
    why="the last axis of two",
)

equivalent(
    "iou_filter",
    "tf.reduce_prod(boxes[:, 2:] - boxes[:, :2], axis=-1)",
    "tf.reduce_prod(boxes[:, 2:] - boxes[:, :2], axis=1)",
    why="the last axis of two",
)

equivalent(
    "iou_filter",
    "boxes[:, 2:] - boxes[:, :2]",
    "boxes[:, :2] - boxes[:, 2:]",
    why="two signs cancel in the product",
)

equivalent(
    "iou_filter",
    "reference[2:] - reference[:2]",
    "reference[:2] - reference[2:]",
    why="two signs cancel in the product",
)

equivalent(
    "initialize_parameters_he",
    "range(1, len(layers_dims))",
    "range(0, len(layers_dims))",
    why="W0 and b0 are two extra keys, which are never read",
)
