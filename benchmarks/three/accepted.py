"""Equivalent mutants of the reference."""

from dltf.autograder import equivalent

equivalent("triplet_loss", "line 5: anchor - positive -> positive - anchor", why="it is squared")

equivalent("triplet_loss", "line 6: anchor - negative -> negative - anchor", why="it is squared")

equivalent(
    "triplet_loss",
    "line 5: …uare(anchor - positive), axis=-1) -> …uare(anchor - positive), axis=1)",
    why="the last axis of two",
)

equivalent(
    "triplet_loss",
    "line 6: …uare(anchor - negative), axis=-1) -> …uare(anchor - negative), axis=1)",
    why="the last axis of two",
)

equivalent(
    "iou_filter",
    "line 6: …bottom - left_top, 0.0), axis=-1) -> …bottom - left_top, 0.0), axis=1)",
    why="the last axis of two",
)

equivalent(
    "iou_filter",
    "line 7: …s[:, 2:] - boxes[:, :2], axis=-1) -> …s[:, 2:] - boxes[:, :2], axis=1)",
    why="the last axis of two",
)

equivalent(
    "iou_filter",
    "line 7: boxes[:, 2:] - boxes[:, :2] -> boxes[:, :2] - boxes[:, 2:]",
    why="two signs cancel in the product",
)

equivalent(
    "iou_filter",
    "line 8: reference[2:] - reference[:2] -> reference[:2] - reference[2:]",
    why="two signs cancel in the product",
)

equivalent(
    "initialize_parameters_he",
    "line 5: range(1, len(layers_dims)) -> range(0, len(layers_dims))",
    why="W0 and b0 are two extra keys, which are never read",
)
