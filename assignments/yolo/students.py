"""Notebooks of the sample class that cannot be drawn from accepted answers and mistakes."""

from dltf.autograder import student

student("probabilities_for_scores", "The confidence is forgotten, and the boxes stay fractions.")


def yolo_eval(
    yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
):
    box_xy, box_wh, box_confidence, box_class_probs = yolo_outputs
    boxes = yolo_boxes_to_corners(box_xy, box_wh)
    s, b, c = yolo_filter_boxes(boxes, box_confidence, box_class_probs, score_threshold)
    return yolo_non_max_suppression(s, b, c, max_boxes, iou_threshold)


student("settings_left_behind", "What is asked for never arrives.")


def yolo_non_max_suppression(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    i = tf.image.non_max_suppression(boxes, scores, 10)
    return tf.gather(scores, i), tf.gather(boxes, i), tf.gather(classes, i)


student("hard_coded", "The numbers that the old notebook printed.")


def iou(box1, box2):
    return 0.14285714285714285


def yolo_eval(
    yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
):
    return np.full(10, 138.79124), np.full((10, 4), 1292.3297), np.full(10, 54)


student("exception", "A typo that raises.")


def yolo_filter_boxes(boxes, box_confidence, box_class_probs, threshold=0.6):
    box_scores = box_confidence * box_class_probs
    mask = np.max(box_scores, axis=-1) >= treshold
    return np.max(box_scores, axis=-1)[mask], boxes[mask], np.argmax(box_scores, -1)[mask]


student(
    "generation_2017",
    "The notebook of 2017: the confidence first, Keras's backend, a session.",
    older=True,
)
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
    return iou


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
