"""Answers as real students hand them in, for the sample class: one class, one student.

What a student leaves out is right. The classes are read as text and never imported.
"""

# ruff: noqa: D102, F821 - this is how students write

import keras.backend as K
import numpy as np
import tensorflow as tf


class tensorflow_all_the_way:
    """Right, written differently: everything by TensorFlow's functions."""

    def yolo_filter_boxes(boxes, box_confidence, box_class_probs, threshold=0.6):
        box_scores = tf.multiply(box_confidence, box_class_probs)
        best = tf.reduce_max(box_scores, axis=-1)
        where = tf.where(best >= threshold)
        classes = tf.gather_nd(tf.argmax(box_scores, axis=-1), where)
        return tf.gather_nd(best, where), tf.gather_nd(boxes, where), classes

    def yolo_non_max_suppression(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
        i = tf.image.non_max_suppression(boxes, scores, max_boxes, iou_threshold)
        return tf.gather(scores, i), tf.gather(boxes, i), tf.gather(classes, i)


class loops:
    """Right, written differently: loops over everything."""

    def yolo_filter_boxes(boxes, box_confidence, box_class_probs, threshold=0.6):
        scores, kept, classes = [], [], []
        rows, columns, anchors, _ = boxes.shape
        for i in range(rows):
            for j in range(columns):
                for a in range(anchors):
                    each = box_confidence[i, j, a] * box_class_probs[i, j, a]
                    if each.max() >= threshold:
                        scores.append(each.max())
                        kept.append(boxes[i, j, a])
                        classes.append(each.argmax())
        return np.array(scores), np.array(kept), np.array(classes)


class union_forgot_something:
    """What both boxes cover is counted twice; and negative sides multiply."""

    def iou(box1, box2):
        xi1 = max(box1[0], box2[0])
        yi1 = max(box1[1], box2[1])
        xi2 = min(box1[2], box2[2])
        yi2 = min(box1[3], box2[3])
        inter_area = max(0, xi2 - xi1) * max(0, yi2 - yi1)
        box1_area = (box1[2] - box1[0]) * (box1[3] - box1[1])
        box2_area = (box2[2] - box2[0]) * (box2[3] - box2[1])
        union_area = box1_area + box2_area
        return inter_area / union_area


class negative_areas:
    """Boxes that are apart overlap."""

    def iou(box1, box2):
        xi1, yi1 = max(box1[0], box2[0]), max(box1[1], box2[1])
        xi2, yi2 = min(box1[2], box2[2]), min(box1[3], box2[3])
        inter_area = (xi2 - xi1) * (yi2 - yi1)
        box1_area = (box1[2] - box1[0]) * (box1[3] - box1[1])
        box2_area = (box2[2] - box2[0]) * (box2[3] - box2[1])
        return inter_area / (box1_area + box2_area - inter_area)


class probabilities_for_scores:
    """The confidence is forgotten, and the boxes stay fractions."""

    def yolo_filter_boxes(boxes, box_confidence, box_class_probs, threshold=0.6):
        box_classes = np.argmax(box_class_probs, axis=-1)
        box_class_scores = np.max(box_class_probs, axis=-1)
        filtering_mask = box_class_scores >= threshold
        return (
            box_class_scores[filtering_mask],
            boxes[filtering_mask],
            box_classes[filtering_mask],
        )

    def yolo_eval(
        yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
    ):
        box_xy, box_wh, box_confidence, box_class_probs = yolo_outputs
        boxes = yolo_boxes_to_corners(box_xy, box_wh)
        s, b, c = yolo_filter_boxes(boxes, box_confidence, box_class_probs, score_threshold)
        return yolo_non_max_suppression(s, b, c, max_boxes, iou_threshold)


class wrong_axis:
    """The best anchor instead of the best class."""

    def yolo_filter_boxes(boxes, box_confidence, box_class_probs, threshold=0.6):
        box_scores = box_confidence * box_class_probs
        box_classes = np.argmax(box_scores, axis=2)
        box_class_scores = np.max(box_scores, axis=2)
        mask = box_class_scores >= threshold
        return box_class_scores[mask], boxes[mask], box_classes[mask]


class settings_left_behind:
    """What is asked for never arrives."""

    def yolo_non_max_suppression(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
        i = tf.image.non_max_suppression(boxes, scores, 10)
        return tf.gather(scores, i), tf.gather(boxes, i), tf.gather(classes, i)

    def yolo_eval(
        yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
    ):
        box_xy, box_wh, box_confidence, box_class_probs = yolo_outputs
        boxes = yolo_boxes_to_corners(box_xy, box_wh)
        scores, boxes, classes = yolo_filter_boxes(boxes, box_confidence, box_class_probs)
        boxes = scale_boxes(boxes, image_shape)
        return yolo_non_max_suppression(scores, boxes, classes, max_boxes, iou_threshold)


class the_other_half:
    """Keeps what overlaps."""

    def yolo_non_max_suppression(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
        order = list(np.argsort(scores)[::-1])
        keep = []
        while order and len(keep) < max_boxes:
            best = order.pop(0)
            keep.append(best)
            order = [k for k in order if iou(boxes[best], boxes[k]) > iou_threshold]
        return scores[keep], boxes[keep], classes[keep]


class hard_coded:
    """The numbers that the old notebook printed."""

    def iou(box1, box2):
        return 0.14285714285714285

    def yolo_eval(
        yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
    ):
        return np.full(10, 138.79124), np.full((10, 4), 1292.3297), np.full(10, 54)


class exception:
    """A typo that raises."""

    def yolo_filter_boxes(boxes, box_confidence, box_class_probs, threshold=0.6):
        box_scores = box_confidence * box_class_probs
        mask = np.max(box_scores, axis=-1) >= treshold
        return np.max(box_scores, axis=-1)[mask], boxes[mask], np.argmax(box_scores, -1)[mask]


class generation_2017:
    """The notebook of 2017: the confidence first, Keras's backend, a session."""

    import tensorflow as tf
    from keras import backend as K
    from yad2k.models.keras_yolo import yolo_boxes_to_corners, yolo_head
    from yolo_utils import (
        draw_boxes,
        generate_colors,
        preprocess_image,
        read_anchors,
        read_classes,
        scale_boxes,
    )

    def yolo_filter_boxes(box_confidence, boxes, box_class_probs, threshold=0.6):
        # Step 1: Compute box scores
        ### START CODE HERE ### (≈ 1 line)
        box_scores = box_confidence * box_class_probs
        ### END CODE HERE ###
        # Step 2: Find the box_classes thanks to the max box_scores
        ### START CODE HERE ### (≈ 2 lines)
        box_classes = K.argmax(box_scores, axis=-1)
        box_class_scores = K.max(box_scores, axis=-1)
        ### END CODE HERE ###
        # Step 3: Create a filtering mask based on "box_class_scores"
        ### START CODE HERE ### (≈ 1 line)
        filtering_mask = box_class_scores >= threshold
        ### END CODE HERE ###
        # Step 4: Apply the mask to scores, boxes and classes
        ### START CODE HERE ### (≈ 3 lines)
        scores = tf.boolean_mask(box_class_scores, filtering_mask)
        boxes = tf.boolean_mask(boxes, filtering_mask)
        classes = tf.boolean_mask(box_classes, filtering_mask)
        ### END CODE HERE ###
        return scores, boxes, classes

    def iou(box1, box2):
        ### START CODE HERE ### (≈ 5 lines)
        xi1 = np.max([box1[0], box2[0]])
        yi1 = np.max([box1[1], box2[1]])
        xi2 = np.min([box1[2], box2[2]])
        yi2 = np.min([box1[3], box2[3]])
        inter_area = max(xi2 - xi1, 0) * max(yi2 - yi1, 0)
        ### END CODE HERE ###
        # Calculate the Union area by using Formula: Union(A,B) = A + B - Inter(A,B)
        ### START CODE HERE ### (≈ 3 lines)
        box1_area = (box1[3] - box1[1]) * (box1[2] - box1[0])
        box2_area = (box2[3] - box2[1]) * (box2[2] - box2[0])
        union_area = box1_area + box2_area - inter_area
        ### END CODE HERE ###
        # compute the IoU
        ### START CODE HERE ### (≈ 1 line)
        iou = inter_area / union_area
        ### END CODE HERE ###
        return iou  # noqa: RET504

    def yolo_non_max_suppression(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
        max_boxes_tensor = K.variable(max_boxes, dtype="int32")
        K.get_session().run(tf.variables_initializer([max_boxes_tensor]))
        ### START CODE HERE ### (≈ 1 line)
        nms_indices = tf.image.non_max_suppression(boxes, scores, max_boxes, iou_threshold)
        ### END CODE HERE ###
        # Use K.gather() to select only nms_indices from scores, boxes and classes
        ### START CODE HERE ### (≈ 3 lines)
        scores = K.gather(scores, nms_indices)
        boxes = K.gather(boxes, nms_indices)
        classes = K.gather(classes, nms_indices)
        ### END CODE HERE ###
        return scores, boxes, classes

    def yolo_eval(
        yolo_outputs,
        image_shape=(720.0, 1280.0),
        max_boxes=10,
        score_threshold=0.6,
        iou_threshold=0.5,
    ):
        ### START CODE HERE ###
        # Retrieve outputs of the YOLO model (≈1 line)
        box_confidence, box_xy, box_wh, box_class_probs = yolo_outputs
        # Convert boxes to be ready for filtering functions
        boxes = yolo_boxes_to_corners(box_xy, box_wh)
        # Use one of the functions you've implemented to perform Score-filtering (≈1 line)
        scores, boxes, classes = yolo_filter_boxes(
            box_confidence, boxes, box_class_probs, score_threshold
        )
        # Scale boxes back to original image shape.
        boxes = scale_boxes(boxes, image_shape)
        # Use one of the functions you've implemented to perform Non-max suppression (≈1 line)
        scores, boxes, classes = yolo_non_max_suppression(
            scores, boxes, classes, max_boxes, iou_threshold
        )
        ### END CODE HERE ###
        return scores, boxes, classes
