"""Other right answers to the YOLO assignment: each must get full marks."""

# ruff: noqa: D103, F821, RET504 - older notebooks; an answer's neighbours are around it

import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K

from dltf.autograder import accepted, equivalent


@accepted("yolo_filter_boxes", why="2017 notebooks: the confidence first, Keras's backend")
def filter_of_2017(box_confidence, boxes, box_class_probs, threshold=0.6):
    box_scores = box_confidence * box_class_probs
    box_classes = K.argmax(box_scores, axis=-1)
    box_class_scores = K.max(box_scores, axis=-1)
    filtering_mask = box_class_scores >= threshold
    scores = tf.boolean_mask(box_class_scores, filtering_mask)
    boxes = tf.boolean_mask(boxes, filtering_mask)
    classes = tf.boolean_mask(box_classes, filtering_mask)
    return scores, boxes, classes


@accepted("yolo_filter_boxes", why="2021 notebooks: TensorFlow's functions")
def filter_of_2021(boxes, box_confidence, box_class_probs, threshold=0.6):
    box_scores = box_class_probs * box_confidence
    box_classes = tf.math.argmax(box_scores, axis=-1)
    box_class_scores = tf.math.reduce_max(box_scores, axis=-1)
    filtering_mask = box_class_scores >= threshold
    scores = tf.boolean_mask(box_class_scores, filtering_mask)
    boxes = tf.boolean_mask(boxes, filtering_mask)
    classes = tf.boolean_mask(box_classes, filtering_mask)
    return scores, boxes, classes


@accepted("yolo_filter_boxes", why="the class from the probabilities, strictly above, flat arrays")
def filter_flat(boxes, box_confidence, box_class_probs, threshold=0.6):
    probs = box_class_probs.reshape(-1, box_class_probs.shape[-1])
    classes = probs.argmax(axis=1)
    scores = box_confidence.reshape(-1) * probs.max(axis=1)
    (kept,) = np.where(scores > threshold)
    return scores[kept], boxes.reshape(-1, 4)[kept], classes[kept]


@accepted("iou", why="2017 notebooks: corners by their place in the box")
def iou_of_2017(box1, box2):
    xi1 = max(box1[0], box2[0])
    yi1 = max(box1[1], box2[1])
    xi2 = min(box1[2], box2[2])
    yi2 = min(box1[3], box2[3])
    inter_area = max(yi2 - yi1, 0) * max(xi2 - xi1, 0)
    box1_area = (box1[3] - box1[1]) * (box1[2] - box1[0])
    box2_area = (box2[3] - box2[1]) * (box2[2] - box2[0])
    union_area = box1_area + box2_area - inter_area
    iou = inter_area / union_area
    return iou


@accepted("iou", why="2021 notebooks: corners by name, width and height of the intersection")
def iou_of_2021(box1, box2):
    (box1_x1, box1_y1, box1_x2, box1_y2) = box1
    (box2_x1, box2_y1, box2_x2, box2_y2) = box2
    xi1 = max(box1_x1, box2_x1)
    yi1 = max(box1_y1, box2_y1)
    xi2 = min(box1_x2, box2_x2)
    yi2 = min(box1_y2, box2_y2)
    inter_width = xi2 - xi1
    inter_height = yi2 - yi1
    inter_area = max(inter_height, 0) * max(inter_width, 0)
    box1_area = (box1_x2 - box1_x1) * (box1_y2 - box1_y1)
    box2_area = (box2_x2 - box2_x1) * (box2_y2 - box2_y1)
    union_area = box1_area + box2_area - inter_area
    iou = inter_area / union_area
    return iou


@accepted("iou", why="2021 notebooks: np.maximum, max(0, ...) where width and height are made")
def iou_with_sides_from_0(box1, box2):
    (box1_x1, box1_y1, box1_x2, box1_y2) = box1
    (box2_x1, box2_y1, box2_x2, box2_y2) = box2
    xi1 = np.maximum(box1_x1, box2_x1)
    yi1 = np.maximum(box1_y1, box2_y1)
    xi2 = np.minimum(box1_x2, box2_x2)
    yi2 = np.minimum(box1_y2, box2_y2)
    inter_width = max(0, xi2 - xi1)
    inter_height = max(0, yi2 - yi1)
    inter_area = inter_width * inter_height
    box1_area = (box1_x2 - box1_x1) * (box1_y2 - box1_y1)
    box2_area = (box2_x2 - box2_x1) * (box2_y2 - box2_y1)
    union_area = (box1_area + box2_area) - inter_area
    iou = inter_area / union_area
    return iou


@accepted("iou", why="an early return where nothing is shared")
def iou_with_early_return(box1, box2):
    x1, y1 = max(box1[0], box2[0]), max(box1[1], box2[1])
    x2, y2 = min(box1[2], box2[2]), min(box1[3], box2[3])
    if x2 <= x1 or y2 <= y1:
        return 0
    shared = (x2 - x1) * (y2 - y1)
    return shared / sum([(b[2] - b[0]) * (b[3] - b[1]) for b in (box1, box2)], -shared)


@accepted("iou", why="arrays")
def iou_by_arrays(box1, box2):
    a, b = np.array(box1, float), np.array(box2, float)
    overlap = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None).prod()
    return overlap / ((a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod() - overlap)


@accepted("yolo_non_max_suppression", why="2017 notebooks: a variable, and a session to fill it")
def suppression_of_2017(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    max_boxes_tensor = K.variable(max_boxes, dtype="int32")
    K.get_session().run(tf.variables_initializer([max_boxes_tensor]))
    nms_indices = tf.image.non_max_suppression(
        boxes, scores, max_boxes_tensor, iou_threshold=iou_threshold
    )
    scores = K.gather(scores, nms_indices)
    boxes = K.gather(boxes, nms_indices)
    classes = K.gather(classes, nms_indices)
    return scores, boxes, classes


@accepted("yolo_non_max_suppression", why="2021 notebooks: TensorFlow's function does it")
def suppression_of_2021(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    max_boxes_tensor = tf.Variable(max_boxes, dtype="int32")
    nms_indices = tf.image.non_max_suppression(boxes, scores, max_boxes_tensor, iou_threshold)
    scores = tf.gather(scores, nms_indices)
    boxes = tf.gather(boxes, nms_indices)
    classes = tf.gather(classes, nms_indices)
    return scores, boxes, classes


@accepted("yolo_non_max_suppression", why="2023 notebooks: class by class, then sorted")
def suppression_of_2023(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    boxes = tf.cast(boxes, dtype=tf.float32)
    scores = tf.cast(scores, dtype=tf.float32)
    nms_indices = []
    classes_labels = tf.unique(classes)[0]
    for label in classes_labels:
        filtering_mask = classes == label
        boxes_label = tf.boolean_mask(boxes, filtering_mask)
        scores_label = tf.boolean_mask(scores, filtering_mask)
        if tf.shape(scores_label)[0] > 0:
            nms_indices_label = tf.image.non_max_suppression(
                boxes_label, scores_label, max_boxes, iou_threshold
            )
            selected_indices = tf.squeeze(tf.where(filtering_mask), axis=1)
            nms_indices.append(tf.gather(selected_indices, nms_indices_label))
    nms_indices = tf.concat(nms_indices, axis=0)
    scores = tf.gather(scores, nms_indices)
    boxes = tf.gather(boxes, nms_indices)
    classes = tf.gather(classes, nms_indices)
    sort_order = tf.argsort(scores, direction="DESCENDING").numpy()
    scores = tf.gather(scores, sort_order[0:max_boxes])
    boxes = tf.gather(boxes, sort_order[0:max_boxes])
    classes = tf.gather(classes, sort_order[0:max_boxes])
    return scores, boxes, classes


@accepted("yolo_non_max_suppression", why="by hand: two loops and lists")
def suppression_by_hand(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    def overlap(a, b):
        high = max(0, min(a[2], b[2]) - max(a[0], b[0]))
        wide = max(0, min(a[3], b[3]) - max(a[1], b[1]))
        areas = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
        return high * wide / (areas - high * wide)

    keep = []
    for i in sorted(range(len(scores)), key=lambda i: scores[i], reverse=True):
        if len(keep) == max_boxes:
            break
        if all(overlap(boxes[i], boxes[k]) < iou_threshold for k in keep):
            keep.append(i)
    return scores[keep], boxes[keep], classes[keep]


@accepted("yolo_eval", why="2017 notebooks: the confidence is the first output")
def eval_of_2017(
    yolo_outputs,
    image_shape=(720.0, 1280.0),
    max_boxes=10,
    score_threshold=0.6,
    iou_threshold=0.5,
):
    box_confidence, box_xy, box_wh, box_class_probs = yolo_outputs
    boxes = yolo_boxes_to_corners(box_xy, box_wh)
    scores, boxes, classes = yolo_filter_boxes(
        box_confidence=box_confidence,
        boxes=boxes,
        box_class_probs=box_class_probs,
        threshold=score_threshold,
    )
    boxes = scale_boxes(boxes, image_shape)
    scores, boxes, classes = yolo_non_max_suppression(
        scores, boxes, classes, max_boxes, iou_threshold
    )
    return scores, boxes, classes


@accepted("yolo_eval", why="2021 notebooks: keywords")
def eval_of_2021(
    yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
):
    box_xy, box_wh, box_confidence, box_class_probs = yolo_outputs
    boxes = yolo_boxes_to_corners(box_xy, box_wh)
    scores, boxes, classes = yolo_filter_boxes(
        boxes, box_confidence, box_class_probs, threshold=score_threshold
    )
    boxes = scale_boxes(boxes, image_shape)
    scores, boxes, classes = yolo_non_max_suppression(
        scores, boxes, classes, max_boxes=max_boxes, iou_threshold=iou_threshold
    )
    return scores, boxes, classes


@accepted("yolo_eval", why="outputs of 2017; the two steps written out")
def eval_written_out(
    yolo_outputs,
    image_shape=(720.0, 1280.0),
    max_boxes=10,
    score_threshold=0.6,
    iou_threshold=0.5,
):
    box_confidence, box_xy, box_wh, box_class_probs = yolo_outputs
    boxes = yolo_boxes_to_corners(box_xy, box_wh)
    box_scores = box_confidence * box_class_probs
    mask = K.max(box_scores, axis=-1) >= score_threshold
    classes = tf.boolean_mask(K.argmax(box_scores, axis=-1), mask)
    scores = tf.boolean_mask(K.max(box_scores, axis=-1), mask)
    boxes = scale_boxes(tf.boolean_mask(boxes, mask), image_shape)
    kept = tf.image.non_max_suppression(boxes, scores, max_boxes, iou_threshold=iou_threshold)
    return K.gather(scores, kept), K.gather(boxes, kept), K.gather(classes, kept)


@accepted("yolo_eval", why="2021 notebooks, scaled after the suppression")
def eval_scaled_last(
    yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
):
    box_xy, box_wh, box_confidence, box_class_probs = yolo_outputs
    boxes = yolo_boxes_to_corners(box_xy, box_wh)
    scores, boxes, classes = yolo_filter_boxes(
        boxes, box_confidence, box_class_probs, threshold=score_threshold
    )
    scores, boxes, classes = yolo_non_max_suppression(
        scores, boxes, classes, max_boxes=max_boxes, iou_threshold=iou_threshold
    )
    return scores, scale_boxes(boxes, image_shape), classes


@accepted("non_max_suppression_per_class", why="a loop over the classes, lists")
def per_class_in_a_loop(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    all_scores, all_boxes, all_classes = [], [], []
    for c in np.unique(classes):
        mask = classes == c
        s, b, k = yolo_non_max_suppression(
            scores[mask], boxes[mask], classes[mask], max_boxes, iou_threshold
        )
        all_scores.extend(s)
        all_boxes.extend(b)
        all_classes.extend(k)
    order = np.argsort(all_scores)[::-1][:max_boxes]
    scores = np.array(all_scores)[order]
    boxes = np.array(all_boxes).reshape(-1, 4)[order]
    classes = np.array(all_classes)[order]
    return scores, boxes, classes


@accepted("non_max_suppression_per_class", why="boxes of different classes are moved apart")
def per_class_by_moving(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    moved = boxes + 10_000.0 * classes[:, None].astype("float64")
    kept = tf.image.non_max_suppression(
        moved.astype("float32"), scores, max_boxes, iou_threshold
    ).numpy()
    return scores[kept], boxes[kept], classes[kept]


@accepted("encode_boxes", why="box by box and anchor by anchor")
def encode_step_by_step(boxes, classes, anchors, grid, num_classes):
    rows, columns = grid
    target = np.zeros((rows, columns, len(anchors), 5 + num_classes), np.float32)
    for k in range(len(boxes)):
        y1, x1, y2, x2 = boxes[k]
        x = (x1 + x2) / 2
        y = (y1 + y2) / 2
        w = x2 - x1
        h = y2 - y1
        i = int(y * rows)
        j = int(x * columns)
        best = 0
        best_iou = -1
        for a in range(len(anchors)):
            anchor_w, anchor_h = anchors[a]
            inter_area = min(w * columns, anchor_w) * min(h * rows, anchor_h)
            union_area = w * columns * h * rows + anchor_w * anchor_h - inter_area
            if inter_area / union_area > best_iou:
                best_iou = inter_area / union_area
                best = a
        target[i, j, best, 0] = x
        target[i, j, best, 1] = y
        target[i, j, best, 2] = w
        target[i, j, best, 3] = h
        target[i, j, best, 4] = 1
        target[i, j, best, 5 + classes[k]] = 1
    return target


@accepted("encode_boxes", why="all at once, the overlap by hand")
def encode_at_once(boxes, classes, anchors, grid, num_classes):
    rows, columns = grid
    target = np.zeros((rows, columns, len(anchors), 5 + num_classes), "float32")
    if not len(boxes):
        return target
    centre, size = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    i, j = (centre * [rows, columns]).astype(int).T
    wh = (size * [rows, columns])[:, None, ::-1]
    both = np.minimum(wh, anchors).prod(-1)
    best = (both / (wh.prod(-1) + np.prod(anchors, axis=-1) - both)).argmax(1)
    target[i, j, best, 0:2] = centre[:, ::-1]
    target[i, j, best, 2:4] = size[:, ::-1]
    target[i, j, best, 4] = 1
    target[i, j, best, 5 + np.asarray(classes)] = 1
    return target


equivalent(
    "yolo_filter_boxes",
    "box_class_scores >= threshold",
    "box_class_scores > threshold",
    why="a drawn score is never equal to the threshold; generations differ there",
)
equivalent(
    "yolo_non_max_suppression",
    "left[1:]",
    "left[:]",
    why="a box overlaps itself by 1, so it goes with those that it suppresses",
)
equivalent(
    "yolo_non_max_suppression",
    "left[1:]",
    "left[0:]",
    why="a box overlaps itself by 1, so it goes with those that it suppresses",
)
equivalent(
    "yolo_non_max_suppression",
    "iou_matrix(boxes[[best]], boxes[left])[0]",
    "iou_matrix(boxes[[best]], boxes[left])[-1]",
    why="the table has one row: the first is the last",
)
equivalent(
    "yolo_non_max_suppression",
    "overlaps <= iou_threshold",
    "overlaps < iou_threshold",
    why="a drawn overlap is never equal to the threshold; generations differ there",
)
equivalent(
    "yolo_non_max_suppression",
    "np.array(kept, dtype=int)",
    "np.array(kept)",
    why="only matters without any box, where answers of 2023 fail through no fault of students",
)
equivalent(
    "yolo_eval",
    "yolo_filter_boxes(boxes, box_confidence, box_class_probs, score_threshold)",
    "yolo_filter_boxes(boxes, box_class_probs, box_confidence, score_threshold)",
    why="the two are multiplied, so their order does not matter",
)
equivalent(
    "non_max_suppression_per_class",
    "zip(*kept, strict=True)",
    "zip(*kept)",
    why="triples are of equal length",
)
equivalent(
    "non_max_suppression_per_class",
    "zip(*kept, strict=True)",
    "zip(*kept, strict=False)",
    why="triples are of equal length",
)
equivalent(
    "encode_boxes",
    "zip(boxes, classes, strict=True)",
    "zip(boxes, classes)",
    why="there are as many classes as boxes; the line is given",
)
equivalent(
    "encode_boxes",
    "zip(boxes, classes, strict=True)",
    "zip(boxes, classes, strict=False)",
    why="there are as many classes as boxes; the line is given",
)
equivalent(
    "encode_boxes",
    "iou_of_sizes([[w * columns, h * rows]], anchors)",
    "iou_of_sizes(anchors, [[w * columns, h * rows]])",
    why="the overlap is symmetric, and the largest of a column is that of the row",
)
