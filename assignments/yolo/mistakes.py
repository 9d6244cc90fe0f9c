"""What people get wrong in the YOLO assignment, and what to think about then."""

from dltf.autograder import mistake, mistake_by_place

# yolo_filter_boxes

mistake(
    "yolo_filter_boxes",
    "box_confidence * box_class_probs",
    "1.0 * box_class_probs",
    id="confidence_forgotten",
    hint="""
        You use the class probabilities as if they were scores. They answer "if there is an object
        here, what is it?"; whether there is one at all is the confidence's business. A cell of
        empty sky has class probabilities, too.""",
)
mistake(
    "yolo_filter_boxes",
    "box_class_scores >= threshold",
    "box_confidence[..., 0] >= threshold",
    id="threshold_on_the_confidence",
    hint="""
        You compare the confidence with the threshold. It is the score of the best class that has
        to be high enough: somewhere the network may be sure that there is something and have no
        idea what.""",
)
mistake(
    "yolo_filter_boxes",
    "box_class_scores >= threshold",
    "box_class_scores < threshold",
    id="the_wrong_half",
    hint="""
        You keep the boxes that should go, and throw away the good ones. A mask is True where
        something stays.""",
)
mistake(
    "yolo_filter_boxes",
    "box_class_scores >= threshold",
    "box_class_scores >= 0.6",
    id="fixed_threshold",
    hint="""
        Your threshold is always 0.6. It is an argument of the function; 0.6 is only what it is
        when nobody says otherwise.""",
)
mistake(
    "yolo_filter_boxes",
    "box_class_scores >= threshold",
    "box_class_scores >= -np.inf",
    id="nothing_filtered",
    hint="""
        All boxes come back. Which of them have a best score of at least the threshold? Make a
        mask of that and apply it to scores, boxes and classes.""",
)
mistake(
    "yolo_filter_boxes",
    "np.max(box_scores, axis=-1)",
    "np.sum(box_scores, axis=-1)",
    id="sum_over_classes",
    hint="""
        You add the scores of all classes up. A box is of one class: its score is that of the class
        that scores best.""",
)
mistake(
    "yolo_filter_boxes",
    "np.max(box_scores, axis=-1)",
    "np.mean(box_scores, axis=-1)",
    id="mean_over_classes",
    hint="""
        You average over the classes, so a box that is surely a car gets a low score for not being
        a banana. Which one of its scores counts?""",
)
mistake(
    "yolo_filter_boxes",
    "box_class_scores[kept]",
    "box_scores[kept]",
    id="scores_of_all_classes",
    hint="""
        Your scores have a row for each box, with a number for each class. What is wanted is one
        number a box: the score of the class that you decided for.""",
)
mistake(
    "yolo_filter_boxes",
    "return scores, boxes, classes",
    "return boxes, scores, classes",
    id="boxes_first",
    hint="""
        You return boxes before scores. The order is scores, boxes, classes; what comes after this
        function takes them apart in that order.""",
)
mistake(
    "yolo_filter_boxes",
    edits=[
        ("np.argmax(box_scores, axis=-1)", "np.argmax(box_scores, axis=-2)"),
        ("np.max(box_scores, axis=-1)", "np.max(box_scores, axis=-2)"),
    ],
    id="best_anchor_instead_of_best_class",
    hint="""
        You look for the best along the wrong axis. Write down the shape of the scores, (g_H, g_W,
        A, C): one decision is made for each anchor, among its classes. On which axis do the
        classes lie, counted from the end?""",
)

KEPT = "scores, boxes, classes = box_class_scores[kept], boxes[kept], box_classes[kept]"
for id, old, new, hint in (
    (
        "scores_for_classes",
        "box_classes[kept]",
        "box_class_scores[kept]",
        """
        Your classes are scores: the mask was applied to the wrong array. Which of your variables
        holds the number of the best class?""",
    ),
    (
        "classes_for_scores",
        "box_class_scores[kept]",
        "box_classes[kept]",
        "Your scores are the numbers of classes: the mask was applied to the wrong array.",
    ),
    (
        "confidences_for_scores",
        "box_class_scores[kept]",
        "box_confidence[..., 0][kept]",
        "Your scores are the confidences alone. A score also says how likely the class is.",
    ),
    (
        "scores_not_filtered",
        "box_class_scores[kept]",
        "box_class_scores",
        "Your scores were not filtered.",
    ),
    ("boxes_not_filtered", "boxes[kept]", "boxes", "Your boxes were not filtered."),
    ("classes_not_filtered", "box_classes[kept]", "box_classes", "Your classes were not filtered."),
    (
        "smallest_score",
        "np.max(box_scores, axis=-1)",
        "np.min(box_scores, axis=-1)",
        "You keep the smallest score of each box. A box is of the class that scores *best*.",
    ),
    (
        "smallest_class",
        "np.argmax(box_scores, axis=-1)",
        "np.argmin(box_scores, axis=-1)",
        "Your classes are those that score worst.",
    ),
    (
        "products_added",
        "box_confidence * box_class_probs",
        "box_confidence + box_class_probs",
        "You add the confidence. That there is an object *and* that it is a car is a product.",
    ),
    (
        "confidence_squared",
        "box_confidence * box_class_probs",
        "box_confidence * box_confidence * box_class_probs",
        "The confidence is in your scores twice.",
    ),
    (
        "classes_first",
        "return scores, boxes, classes",
        "return scores, classes, boxes",
        "You return classes before boxes. The order is scores, boxes, classes.",
    ),
):
    mistake("yolo_filter_boxes", old, new, id=id, hint=hint)
MASKED = """
import tensorflow as tf
scores = tf.boolean_mask(box_class_scores, kept)
boxes = tf.boolean_mask(boxes, kept)
classes = tf.boolean_mask(box_classes, kept)
"""
LIE = """
    Your mask does not fit the boxes: its shape is not that of the grid with its anchors. Print the
    shapes of scores, best scores and mask: along which axis is the best class found, and what
    happens to that axis?"""
mistake(
    "yolo_filter_boxes",
    edits=[
        ("np.argmax(box_scores, axis=-1)", "np.argmax(box_scores, axis=0)"),
        ("np.max(box_scores, axis=-1)", "np.max(box_scores, axis=0)"),
        (KEPT, MASKED),
    ],
    id="mask_along_another_axis",
    hint=LIE,
)

# iou

mistake(
    "iou",
    "area1 + area2 - intersection",
    "area1 + area2",
    id="counted_twice",
    hint="""
        Your union counts what both boxes cover twice, once with each of them. Two equal boxes must
        have an IoU of 1: what do yours get?""",
)
mistake(
    "iou",
    "max(width, 0) * max(height, 0)",
    "width * height",
    id="negative_sides",
    hint="""
        Boxes that are apart get something other than 0. Then the width or the height of your
        intersection is negative, and if both are (boxes diagonal to each other) their product is
        even positive. How wide is the overlap of boxes that do not overlap?""",
)
mistake(
    "iou",
    "max(width, 0) * max(height, 0)",
    "max(width * height, 0)",
    id="two_negatives",
    hint="""
        Boxes that lie diagonally apart get an overlap. There width and height of your intersection
        are both negative, and the product of two negative numbers is positive: look at each of
        them before you multiply.""",
)
mistake(
    "iou",
    "max(width, 0) * max(height, 0)",
    "abs(width) * abs(height)",
    id="absolute_sides",
    hint="""
        The absolute value turns the gap between two boxes into an overlap. A negative width means
        that there is none.""",
)
mistake(
    "iou",
    edits=[
        (
            "min(box1[2], box2[2]) - max(box1[0], box2[0])",
            "max(box1[2], box2[2]) - min(box1[0], box2[0])",
        ),
        (
            "min(box1[3], box2[3]) - max(box1[1], box2[1])",
            "max(box1[3], box2[3]) - min(box1[1], box2[1])",
        ),
    ],
    id="box_around_both",
    hint="""
        You compute the smallest box around both instead of what they share. Draw two overlapping
        boxes: the left edge of the shared part is the one of the two left edges that lies further
        to the ... ?""",
)
mistake(
    "iou",
    edits=[
        (
            "min(box1[2], box2[2]) - max(box1[0], box2[0])",
            "min(box1[2], box2[2]) - max(box1[0], box2[0]) + 1",
        ),
        (
            "min(box1[3], box2[3]) - max(box1[1], box2[1])",
            "min(box1[3], box2[3]) - max(box1[1], box2[1]) + 1",
        ),
    ],
    id="pixels_counted_on_both_ends",
    hint="""
        Your sides are one too long. With pixels, both ends of which belong to the box, one adds 1;
        here coordinates are points of the plane, and from 3 to 5 it is 2.""",
)
mistake(
    "iou",
    edits=[
        (
            f"(box{n}[2] - box{n}[0]) * (box{n}[3] - box{n}[1])",
            f"(box{n}[2] - box{n}[0]) + (box{n}[3] - box{n}[1])",
        )
        for n in (1, 2)
    ],
    id="sides_added",
    hint="""
        Your areas are half of what is walked around a box: the sides are added. What is the area of
        a rectangle?""",
)
mistake(
    "iou",
    "(box2[2] - box2[0]) * (box2[3] - box2[1])",
    "(box1[2] - box1[0]) * (box1[3] - box1[1])",
    id="same_area_twice",
    hint="""
        The area of the second box is that of the first. Was a line copied?""",
)
mistake(
    "iou",
    "intersection / union",
    "intersection / min(area1, area2)",
    id="share_of_the_smaller",
    hint="""
        You divide by the smaller box. Then a small box inside a large one counts as a perfect
        match; IoU divides by what either of the two covers.""",
)
mistake(
    "iou",
    edits=[
        (
            "min(box1[2], box2[2]) - max(box1[0], box2[0])",
            "min(box1[1], box2[1]) - max(box1[0], box2[0])",
        ),
        (
            "min(box1[3], box2[3]) - max(box1[1], box2[1])",
            "min(box1[3], box2[3]) - max(box1[2], box2[2])",
        ),
        ("(box1[2] - box1[0]) * (box1[3] - box1[1])", "(box1[1] - box1[0]) * (box1[3] - box1[2])"),
        ("(box2[2] - box2[0]) * (box2[3] - box2[1])", "(box2[1] - box2[0]) * (box2[3] - box2[2])"),
    ],
    id="order_of_the_corners",
    hint="""
        You read a box as x1, x2, y1, y2. It is given by two corners, one after the other: x1, y1,
        then x2, y2.""",
)

EDGES = {
    "the left edge": ("max(box1[0], box2[0])", "min(box1[0], box2[0])"),
    "the upper edge": ("max(box1[1], box2[1])", "min(box1[1], box2[1])"),
    "the right edge": ("min(box1[2], box2[2])", "max(box1[2], box2[2])"),
    "the lower edge": ("min(box1[3], box2[3])", "max(box1[3], box2[3])"),
}
mistake_by_place(
    "iou",
    EDGES,
    id="edge",
    everywhere=False,
    hint="""
        One edge of your intersection is the wrong one of the two. Draw two overlapping boxes: the
        part that they share begins at the later of two beginnings and ends at the earlier of two
        ends.""",
)
mistake_by_place(
    "iou",
    {
        f"the area of box{n}": (
            f"(box{n}[2] - box{n}[0]) * (box{n}[3] - box{n}[1])",
            f"(box{n}[2] - box{n}[0]) + (box{n}[3] - box{n}[1])",
        )
        for n in (1, 2)
    },
    id="sides_added",
    everywhere=False,
    hint="The sides are added. What is the area of a rectangle?",
)
mistake_by_place(
    "iou",
    {
        f"the area of box{n}": (
            f"(box{n}[2] - box{n}[0]) * (box{n}[3] - box{n}[1])",
            f"(box{n}[2] - box{n}[1]) * (box{n}[3] - box{n}[0])",
        )
        for n in (1, 2)
    },
    id="x_minus_y",
    hint="""
        An x is subtracted from a y in your area. A box is x1, y1, x2, y2: which two numbers
        make its width?""",
)
for id, old, new, hint in (
    (
        "mixed_area",
        "(box2[2] - box2[0]) * (box2[3] - box2[1])",
        "(box2[2] - box1[0]) * (box2[3] - box1[1])",
        """
        Your second area reaches from a corner of one box to a corner of the other. Was a line
        copied?""",
    ),
    (
        "mixed_first_area",
        "(box1[2] - box1[0]) * (box1[3] - box1[1])",
        "(box1[2] - box2[0]) * (box1[3] - box2[1])",
        "Your first area reaches from a corner of one box to a corner of the other.",
    ),
    (
        "second_area_twice",
        "(box1[2] - box1[0]) * (box1[3] - box1[1])",
        "(box2[2] - box2[0]) * (box2[3] - box2[1])",
        "The area of the first box is that of the second. Was a line copied?",
    ),
    (
        "intersection_added",
        "area1 + area2 - intersection",
        "area1 + area2 + intersection",
        "Your union counts what both boxes cover three times. How often should it?",
    ),
    (
        "intersection_taken_twice",
        "area1 + area2 - intersection",
        "area1 + area2 - 2 * intersection",
        "Your union leaves out what both boxes cover. It belongs to the union, once.",
    ),
    (
        "upside_down",
        "intersection / union",
        "union / intersection",
        "Your quotient is upside down.",
    ),
    ("union_alone", "intersection / union", "union", "You return the area of the union."),
    (
        "intersection_alone",
        "intersection / union",
        "intersection",
        "You return the area of the intersection.",
    ),
    (
        "larger_of_the_two",
        "intersection / union",
        "intersection / max(area1, area2)",
        "You divide by the larger box. IoU divides by what either of the two covers.",
    ),
    (
        "width_not_clamped",
        "max(width, 0) * max(height, 0)",
        "width * max(height, 0)",
        "Boxes beside each other get a negative overlap: the width may be negative.",
    ),
    (
        "height_not_clamped",
        "max(width, 0) * max(height, 0)",
        "max(width, 0) * height",
        "Boxes above each other get a negative overlap: the height may be negative.",
    ),
    (
        "sides_of_the_intersection_added",
        "max(width, 0) * max(height, 0)",
        "max(width, 0) + max(height, 0)",
        "The sides of your intersection are added. What is the area of a rectangle?",
    ),
):
    mistake("iou", old, new, id=id, hint=hint)

# yolo_non_max_suppression

KEEP = "overlaps <= iou_threshold"

mistake(
    "yolo_non_max_suppression",
    KEEP,
    "overlaps > iou_threshold",
    id="the_wrong_half",
    hint="""
        You keep the boxes that overlap the best one and throw away all that are elsewhere. Those
        that overlap much are the same object seen again.""",
)
mistake(
    "yolo_non_max_suppression",
    KEEP,
    "overlaps <= 0.5",
    id="fixed_overlap",
    hint="""
        The overlap that you allow is always 0.5. It is an argument: pass iou_threshold on.""",
)
mistake(
    "yolo_non_max_suppression",
    KEEP,
    "overlaps <= 1",
    id="nothing_suppressed",
    hint="""
        Nothing is suppressed: the boxes with the highest scores come back, many of them around the
        same object. What has to happen to the boxes that overlap one that stays?""",
)
mistake(
    "yolo_non_max_suppression",
    "len(left) and len(kept) < max_boxes",
    "len(left)",
    id="max_boxes_ignored",
    hint="""
        You return as many boxes as there are. max_boxes says how many may stay at most: those with
        the highest scores.""",
)
mistake(
    "yolo_non_max_suppression",
    "len(left) and len(kept) < max_boxes",
    "len(left) and len(kept) < 10",
    id="fixed_number",
    hint="""
        You stop at 10 boxes, whatever is asked for. max_boxes is an argument; use it.""",
)
mistake(
    "yolo_non_max_suppression",
    "np.argsort(-scores)",
    "np.argsort(scores)",
    id="lowest_first",
    hint="""
        You begin with the lowest score, so the worst box of each object stays and the best one
        goes. Sorting goes upwards unless you turn it round.""",
)
mistake(
    "yolo_non_max_suppression",
    "np.argsort(-scores)",
    "np.arange(len(scores))",
    id="not_sorted",
    hint="""
        You take the boxes in the order in which they come. The box that stays is the one with the
        highest score among those that overlap; so begin with the highest.""",
)
mistake(
    "yolo_non_max_suppression",
    "return scores, boxes, classes",
    "return indices",
    id="numbers_of_the_boxes",
    hint="""
        You return which boxes stay, not the boxes. Use these numbers to pick scores, boxes and
        classes.""",
)


@mistake("yolo_non_max_suppression")
def suppressed_by_the_suppressed(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    """A box that has gone still suppresses others. Take three boxes in a row: the first overlaps
    the second, the second the third, the first not the third. The second goes; after that
    nothing is left that the third overlaps, and it must stay.
    """
    order = np.argsort(-scores)
    table = iou_matrix(boxes[order], boxes[order])
    better = np.tril(table > iou_threshold, -1)
    indices = order[~better.any(axis=1)][:max_boxes]
    return scores[indices], boxes[indices], classes[indices]


mistake(
    "yolo_non_max_suppression",
    "iou_matrix(boxes[[best]], boxes[left])[0]",
    "iou_matrix(boxes[[best]][:, [1, 0, 2, 3]], boxes[left][:, [1, 0, 2, 3]])[0]",
    id="half_turned",
    hint="""
        Your overlaps are of other boxes: one corner has its x first and the other its y. Either
        order is good, (y1, x1, y2, x2) or (x1, y1, x2, y2), if both corners have the same.""",
)

PICKED = "scores, boxes, classes = scores[indices], boxes[indices], classes[indices]"
for id, new, hint in (
    (
        "scores_not_picked",
        "boxes, classes = boxes[indices], classes[indices]",
        "Your scores are still those of all boxes: pick those that stay.",
    ),
    (
        "boxes_not_picked",
        "scores, classes = scores[indices], classes[indices]",
        "All your boxes come back: pick those that stay.",
    ),
    (
        "classes_not_picked",
        "scores, boxes = scores[indices], boxes[indices]",
        "Your classes are still those of all boxes: pick those that stay.",
    ),
    (
        "scores_for_classes",
        "scores, boxes, classes = scores[indices], boxes[indices], scores[indices]",
        "Your classes are scores. Which array do they come from?",
    ),
    (
        "classes_before_boxes",
        "scores, boxes, classes = scores[indices], classes[indices], boxes[indices]",
        "You return classes before boxes.",
    ),
):
    mistake("yolo_non_max_suppression", PICKED, new, id=id, hint=hint)
mistake(
    "yolo_non_max_suppression",
    edits=[
        (KEEP, "overlaps <= 0.5"),
        ("len(left) and len(kept) < max_boxes", "len(left) and len(kept) < 10"),
    ],
    id="all_settings_fixed",
    hint="""
        Neither max_boxes nor iou_threshold has an effect: your call works with its own defaults.
        Both are arguments of your function.""",
)
IN_A_GRAPH = """
import tensorflow as tf
with tf.Graph().as_default():
    left = tf.image.non_max_suppression(scores, boxes, max_boxes, iou_threshold)
"""
for id, new in (
    (
        "arguments_turned",
        """
        import tensorflow as tf
        left = tf.image.non_max_suppression(scores, boxes, max_boxes, iou_threshold)
        """,
    ),
    ("arguments_turned_in_a_graph", IN_A_GRAPH),
):
    mistake(
        "yolo_non_max_suppression",
        "left = np.argsort(-scores)",
        new,
        id=id,
        hint="""
            Boxes and scores have changed places in your call. Look up which of them
            tf.image.non_max_suppression takes first.""",
    )

# yolo_eval

FILTERED = "yolo_filter_boxes(boxes, box_confidence, box_class_probs, score_threshold)"
SUPPRESSED = "yolo_non_max_suppression(scores, boxes, classes, max_boxes, iou_threshold)"

mistake(
    "yolo_eval",
    "scale_boxes(boxes, image_shape)",
    "boxes * 1",
    id="not_scaled",
    hint="""
        Your boxes are still fractions of the picture, between 0 and 1. To be drawn they have to be
        in its pixels: there is a function for it, and image_shape is what it needs.""",
)
mistake(
    "yolo_eval",
    "scale_boxes(boxes, image_shape)",
    "scale_boxes(boxes, image_shape[::-1])",
    id="width_for_height",
    hint="""
        Height and width are exchanged. image_shape is (height, width), as the shape of an array
        is, and the scaling expects it like that.""",
)
mistake(
    "yolo_eval",
    "scale_boxes(boxes, image_shape)",
    "scale_boxes(boxes, (720, 1280))",
    id="fixed_picture",
    hint="""
        Your boxes are scaled for a picture of 720 x 1280 pixels, whatever picture there is.
        image_shape is an argument: pass it on.""",
)
mistake(
    "yolo_eval",
    FILTERED,
    "yolo_filter_boxes(boxes, box_confidence, box_class_probs)",
    id="score_threshold_ignored",
    hint="""
        The filter works with its default threshold, because yours never gets there. Pass
        score_threshold on.""",
)
mistake(
    "yolo_eval",
    FILTERED,
    "yolo_filter_boxes(boxes, box_confidence, box_class_probs, iou_threshold)",
    id="thresholds_exchanged",
    hint="""
        You filter with the threshold that is meant for overlaps. There are two of them: one
        compares scores, the other overlaps.""",
)
mistake(
    "yolo_eval",
    SUPPRESSED,
    "yolo_non_max_suppression(scores, boxes, classes, max_boxes, score_threshold)",
    id="score_threshold_for_overlaps",
    hint="""
        The suppression got the threshold that is meant for scores. There are two of them: one
        compares scores, the other overlaps.""",
)
mistake(
    "yolo_eval",
    SUPPRESSED,
    "yolo_non_max_suppression(scores, boxes, classes)",
    id="suppression_by_default",
    hint="""
        Non-max suppression works with its defaults, because max_boxes and iou_threshold never get
        there. Pass them on.""",
)
mistake(
    "yolo_eval",
    SUPPRESSED,
    "yolo_non_max_suppression(scores, boxes, classes, max_boxes)",
    id="iou_threshold_ignored",
    hint="""
        Non-max suppression allows its default overlap, because yours never gets there. Pass
        iou_threshold on.""",
)
mistake(
    "yolo_eval",
    SUPPRESSED,
    "yolo_non_max_suppression(scores, boxes, classes, 10, iou_threshold)",
    id="max_boxes_ignored",
    hint="""
        There are never more than 10 boxes, and never fewer when fewer are asked for. Pass
        max_boxes on.""",
)
mistake(
    "yolo_eval",
    "yolo_boxes_to_corners(box_xy, box_wh)",
    "np.concatenate([box_xy, box_wh], axis=-1)",
    id="no_corners",
    hint="""
        You treat centre and size as if they were corners. Everything that follows (overlaps,
        scaling, drawing) needs corners: convert first.""",
)
mistake(
    "yolo_eval",
    "yolo_boxes_to_corners(box_xy, box_wh)",
    "yolo_boxes_to_corners(box_wh, box_xy)",
    id="size_for_centre",
    hint="""
        Centre and size are exchanged on their way to corners. Look up in which order the function
        takes them.""",
)
mistake(
    "yolo_eval",
    "yolo_boxes_to_corners(box_xy, box_wh)",
    "np.concatenate([box_xy - box_wh / 2, box_xy + box_wh / 2], axis=-1)",
    id="columns_first",
    hint="""
        Your corners are x1, y1, x2, y2; from here on rows come first, y1, x1, y2, x2, and the
        scaling multiplies by height, width, height, width in that order. There is a function that
        does the conversion.""",
)


@mistake("yolo_eval")
def not_suppressed(
    yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
):
    """Each object comes back many times: you filter by score and stop there. The second filter,
    non-max suppression, is missing.
    """
    box_xy, box_wh, box_confidence, box_class_probs = yolo_outputs
    boxes = yolo_boxes_to_corners(box_xy, box_wh)
    scores, boxes, classes = yolo_filter_boxes(
        boxes, box_confidence, box_class_probs, score_threshold
    )
    return scores, scale_boxes(boxes, image_shape), classes


@mistake("yolo_eval")
def not_filtered(
    yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
):
    """Boxes with scores below the threshold are among yours: you suppress what overlaps, and
    never ask whether a box is good enough in the first place.
    """
    box_xy, box_wh, box_confidence, box_class_probs = yolo_outputs
    boxes = scale_boxes(yolo_boxes_to_corners(box_xy, box_wh).reshape(-1, 4), image_shape)
    scores = (box_confidence * box_class_probs).max(axis=-1).reshape(-1)
    classes = (box_confidence * box_class_probs).argmax(axis=-1).reshape(-1)
    return yolo_non_max_suppression(scores, boxes, classes, max_boxes, iou_threshold)


for id, old, new, hint in (
    (
        "first_boxes",
        f"scores, boxes, classes = {SUPPRESSED}",
        "scores, boxes, classes = scores[:max_boxes], boxes[:max_boxes], classes[:max_boxes]",
        "You keep the first boxes. Which of them stay is for the suppression to say.",
    ),
    (
        "scaled_twice",
        "scale_boxes(boxes, image_shape)",
        "scale_boxes(scale_boxes(boxes, image_shape), image_shape)",
        "Your boxes are scaled twice.",
    ),
):
    mistake("yolo_eval", old, new, id=id, hint=hint)
mistake(
    "yolo_eval",
    edits=[
        (FILTERED, "yolo_filter_boxes(boxes, box_confidence, box_class_probs, iou_threshold)"),
        (
            SUPPRESSED,
            "yolo_non_max_suppression(scores, boxes, classes, max_boxes, score_threshold)",
        ),
    ],
    id="both_thresholds_exchanged",
    hint="""
        Your two thresholds have changed places: one compares scores, in the filter, the other
        overlaps, in the suppression.""",
)

# non_max_suppression_per_class


@mistake("non_max_suppression_per_class")
def all_classes_together(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    """A car still suppresses the person before it. Let only boxes of the same class compete:
    go through the classes one by one.
    """
    return yolo_non_max_suppression(scores, boxes, classes, max_boxes, iou_threshold)


mistake(
    "non_max_suppression_per_class",
    "np.argsort(-scores)[:max_boxes]",
    "np.argsort(-scores)",
    id="max_boxes_of_each_class",
    hint="""
        Your max_boxes holds for each class by itself. All classes together may have no more.""",
)
mistake(
    "non_max_suppression_per_class",
    "np.argsort(-scores)[:max_boxes]",
    "np.arange(len(scores))[:max_boxes]",
    id="one_class_after_the_other",
    hint="""
        Your boxes come class by class, and if there are too many it is the last classes that lose
        theirs, however high they score. Put all together in the order of their scores first.""",
)
mistake(
    "non_max_suppression_per_class",
    "np.unique(classes)",
    "range(len(np.unique(classes)))",
    id="classes_from_zero",
    hint="""
        You suppose that the classes are 0, 1, 2, ... Among 80 classes a picture may have the
        numbers 2 and 9: go through those that occur.""",
)

# encode_boxes

mistake(
    "encode_boxes",
    "int(y * rows), int(x * columns)",
    "int(x * columns), int(y * rows)",
    edits=[
        ("target[i, j, best, :5]", "target[min(i, rows - 1), min(j, columns - 1), best, :5]"),
        ("target[i, j, best, 5:]", "target[min(i, rows - 1), min(j, columns - 1), best, 5:]"),
    ],
    id="columns_for_rows",
    hint="""
        Your objects lie mirrored at the diagonal. The first axis of the grid goes down, so it is
        y that says which row a centre lies in.""",
)
mistake(
    "encode_boxes",
    "iou_of_sizes([[w * columns, h * rows]], anchors)",
    "iou_of_sizes([[w, h]], anchors)",
    id="sizes_in_fractions",
    hint="""
        You compare the size of an object in fractions of the picture with anchors, which are in
        cells: every object is then most like the smallest one. Bring both to the same unit.""",
)
mistake(
    "encode_boxes",
    "np.argmax",
    "np.argmin",
    id="least_alike",
    hint="""
        You choose the anchor that is least like the object: intersection over union is large where
        two shapes agree.""",
)
mistake(
    "encode_boxes",
    "(x, y, w, h, 1)",
    "(y, x, h, w, 1)",
    id="rows_first_in_the_target",
    hint="""
        In the target x comes before y and width before height; it is only corners that have rows
        first.""",
)
mistake(
    "encode_boxes",
    "(x, y, w, h, 1)",
    "(x1, y1, x2, y2, 1)",
    id="corners_in_the_target",
    hint="""
        You write corners down. The network says where the centre is and how large the object is,
        and so must the target.""",
)
mistake(
    "encode_boxes",
    "(x, y, w, h, 1)",
    "(x * columns - j, y * rows - i, w, h, 1)",
    id="position_in_the_cell",
    hint="""
        Your centres are positions in the cell. A good idea (the loss does that), but the target
        keeps them as fractions of the whole picture.""",
)
mistake(
    "encode_boxes",
    "np.eye(num_classes)[c]",
    "c / num_classes",
    id="class_as_a_number",
    hint="""
        The class is one number spread over all places. Classes are not more or less than each
        other: the target is a vector with a 1 at the number of the class.""",
)
