"""How the answers of the YOLO assignment are exercised. No expected value is in here.

Grids are never square, and no two of rows, columns, anchors and classes are alike. Scores, overlaps
and thresholds are drawn from continuous ranges, so that nothing hangs on a tie. Boxes that overlap
are of one class (but in the exercise on classes): generations of the course differ in whether
classes suppress each other, and both are right.

Arrays are in single precision. Answers get TensorFlow's, as in the course, or NumPy's.
"""

import numpy as np

from dltf.autograder import case, exercise, helpers

FILTER = {
    "box_confidence": ("confidence", "box_confidences", "box_conf"),
    "box_class_probs": ("class_probs", "box_class_probabilities"),
    "threshold": ("score_threshold",),
}
SUPPRESS = {"iou_threshold": ("threshold", "nms_threshold"), "max_boxes": ("max_output_size",)}

exercise("yolo_filter_boxes", spellings=FILTER)
exercise("iou", spellings={"box1": ("b1", "boxA"), "box2": ("b2", "boxB")})
exercise("yolo_non_max_suppression", spellings=SUPPRESS)
exercise("yolo_eval", spellings=SUPPRESS | {"score_threshold": ("threshold",)})
exercise("non_max_suppression_per_class", spellings=SUPPRESS, practice=True)
exercise("encode_boxes", practice=True)
helpers(
    "yolo_utils",
    "yad2k",
    "yad2k.models.keras_yolo",
    "yad2k.utils.utils",
    "public_tests",
    "test_utils",
)


# What the cases share


def tensors(value):
    """Return arrays as tensors, also those in a tuple or a dictionary."""
    import tensorflow as tf

    if isinstance(value, dict):
        return {name: tensors(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return tuple(map(tensors, value))
    return tf.constant(value) if isinstance(value, np.ndarray) else value


def asked(answer, name, *ways, **settings):
    """Call a function with tensors, as the course does, or with arrays, as this notebook does.

    Which comes first depends on whether the answer uses TensorFlow; the others are tried where one
    is refused.

    Args:
        answer: the answer.
        name: the function.
        ways: arrays by parameter name; several, if generations of the course differ.
        settings: the other arguments.
    """
    modules = {getattr(value, "__name__", "") for value in vars(answer)["_namespace"].values()}
    kinds = (tensors, dict) if modules & {"tensorflow", "keras.backend"} else (dict, tensors)
    first = None
    for kind in kinds:
        for way in ways:
            try:
                return named(getattr(answer, name)(**kind(way), **settings))
            except NotImplementedError:
                raise
            except Exception as error:
                first = first or error
    raise first


def named(result):
    """Return the three results as a dictionary, so that a difference is told by its name."""
    if not isinstance(result, (tuple, list)) or len(result) != 3:
        return result
    return dict(zip(("scores", "boxes", "classes"), result, strict=True))


def sizes(rng):
    """Draw rows, columns, anchors and classes, no two alike."""
    rows, columns = (int(n) for n in rng.permutation([5, 6, 7, 8])[:2])
    return rows, columns, int(rng.integers(2, 4)), int(rng.integers(9, 13))


def single(array):
    """Return an array in single precision."""
    return np.asarray(array, np.float32)


def apart(rng, count, most, least=2, rows=True):
    """Draw boxes y1, x1, y2, x2 in that many heaps, far from each other; a heap has one class.

    In a heap boxes overlap, by more and by less. Two heaps (if `rows`) are rows of three boxes with
    the highest scores: neighbours overlap by 0.43 or 0.6, the first and the third by less. All are
    mixed up in the end.
    """
    places = rng.permutation(36)[:count]
    boxes, classes, scores = [], [], []
    for number, place in enumerate(places):
        middle = np.array(divmod(int(place), 6)) * 100 + rng.uniform(45, 55, 2)
        kind, size = int(rng.integers(0, 4)), int(rng.integers(least, most + 1))
        if rows and number < 2:
            step, half = (16, 10)[number], np.array([rng.uniform(12, 20), 20])
            for k in range(3):
                shifted = middle + np.array([0, (k - 1) * step])
                boxes.append([*(shifted - half), *(shifted + half)])
            scores += [9 - k - number / 2 + rng.uniform(0, 0.1) for k in range(3)]
            size = 3
        else:
            for _ in range(size):
                shifted, half = middle + rng.uniform(-9, 9, 2), rng.uniform(12, 30, 2)
                boxes.append([*(shifted - half), *(shifted + half)])
            scores += rng.normal(1, 1.5, size).tolist()  # any real number may be a score
        classes += [kind] * size
    mixed = rng.permutation(len(boxes))
    return single(scores)[mixed], single(boxes)[mixed], np.array(classes)[mixed]


def between(rng, low, high):
    """Draw a setting."""
    return float(rng.uniform(low, high))


# yolo_filter_boxes


def grid_of_boxes(rng, top=1.0):
    """Draw what the network says at each place of a grid."""
    rows, columns, anchors, classes = sizes(rng)
    return {
        "boxes": single(rng.normal(size=(rows, columns, anchors, 4))),
        "box_confidence": single(rng.uniform(0.2, top, (rows, columns, anchors, 1))),
        "box_class_probs": single(rng.uniform(0, top, (rows, columns, anchors, classes))),
    }


@case("yolo_filter_boxes", points=4)
def filter_by_the_best_class(answer, rng):
    """Kept are the boxes whose best class has a score (confidence x probability) high enough."""
    said = grid_of_boxes(rng)
    return asked(answer, "yolo_filter_boxes", said, threshold=between(rng, 0.3, 0.5))


@case("yolo_filter_boxes", points=2)
def filter_scores_of_any_size(answer, rng):
    """The same where confidences and probabilities are any numbers: scores may be above 1."""
    said = grid_of_boxes(rng, top=3.0)
    said["box_class_probs"] = single(rng.normal(size=said["box_class_probs"].shape))
    return asked(answer, "yolo_filter_boxes", said, threshold=between(rng, 2, 3))


@case("yolo_filter_boxes", points=1)
def filter_by_default(answer, rng):
    """Without a threshold, 0.6 is asked for."""
    return asked(answer, "yolo_filter_boxes", grid_of_boxes(rng))


# iou


@case("iou", points=3)
def iou_of_boxes_that_overlap(answer, rng):
    """Boxes x1, y1, x2, y2 that overlap in a corner: what both cover by what either covers."""
    pairs = []
    for _ in range(4):
        x1, y1 = rng.uniform(-5, 5, 2)
        w1, h1, w2, h2 = rng.uniform(2, 6, 4)
        dx, dy = rng.uniform(0.2, 0.8, 2) * (w1, h1)
        box = (float(x1), float(y1), float(x1 + w1), float(y1 + h1))
        other = tuple(float(v) for v in (x1 + dx, y1 + dy, x1 + dx + w1 + w2, y1 + dy + h1 + h2))
        pairs += [(box, other), (other, box)]
    return [answer.iou(box1=a, box2=b) for a, b in pairs]


@case("iou", points=2)
def iou_of_boxes_in_boxes(answer, rng):
    """One box inside the other, two that cross, and a box with itself, in pixels."""
    x1, y1, w, h = (int(n) for n in rng.integers([100, 300, 40, 90], [200, 400, 60, 130]))
    outer = (x1, y1, x1 + w, y1 + h)
    inner = (x1 + 5, y1 + 7, x1 + w - 9, y1 + h - 20)
    crossing = (x1 - 10, y1 + 15, x1 + w + 20, y1 + h - 30)
    pairs = [(outer, inner), (inner, outer), (outer, crossing), (outer, outer)]
    return [answer.iou(box1=a, box2=b) for a, b in pairs]


@case("iou", points=3)
def iou_of_boxes_apart(answer, rng):
    """Boxes beside, above or diagonal to each other, and ones that just touch, share nothing."""
    x, y, w, h = (int(n) for n in rng.integers([1, 41, 2, 5], [9, 60, 5, 9]))
    box = (x, y, x + w, y + h)
    steps = [(w + 2, 0), (0, h + 1), (w + 1, h + 3), (w + 2, -h - 2)]  # apart
    steps += [(w, 1), (1, h), (w, h), (w, -h)]  # touching in an edge or a corner
    others = [(x + a, y + b, x + w + a, y + h + b) for a, b in steps]
    results = [answer.iou(box1=box, box2=other) for other in others]
    results += [answer.iou(box1=other, box2=box) for other in others]
    return [float(np.asarray(result)) for result in results]


# yolo_non_max_suppression


@case("yolo_non_max_suppression", points=4)
def suppress_what_overlaps(answer, rng):
    """Of boxes that overlap by more than the threshold the highest score stays; in its order."""
    scores, boxes, classes = apart(rng, 12, 5, least=3)
    return asked(
        answer,
        "yolo_non_max_suppression",
        {"scores": scores, "boxes": boxes, "classes": classes},
        max_boxes=99,
        iou_threshold=between(rng, 0.3, 0.4),
    )


@case("yolo_non_max_suppression", points=2)
def suppress_and_stop(answer, rng):
    """At most max_boxes stay: those with the highest scores."""
    scores, boxes, classes = apart(rng, 9, 1, least=1, rows=False)
    return asked(
        answer,
        "yolo_non_max_suppression",
        {"scores": scores, "boxes": boxes, "classes": classes},
        max_boxes=int(rng.integers(4, 7)),
        iou_threshold=between(rng, 0.55, 0.7),
    )


@case("yolo_non_max_suppression", points=1)
def suppress_by_default(answer, rng):
    """By default at most 10 boxes stay, and an overlap of up to 0.5 is allowed."""
    heaps = [apart(rng, 14, 5, least=3) for _ in range(3)]
    settings = [{}, {"max_boxes": 99}, {"iou_threshold": 0.3}]
    return [
        asked(
            answer,
            "yolo_non_max_suppression",
            {"scores": s, "boxes": b, "classes": c},
            **given,
        )
        for (s, b, c), given in zip(heaps, settings, strict=True)
    ]


# yolo_eval


def said_by_the_network(rng):
    """Draw decoded outputs in blocks of 2 x 2 cells: boxes of one block overlap, and share a class.

    Two boxes of each block have high scores and overlap by 0.43; below them lies one alone, of a
    low or middling score. Returns centres, sizes, confidences and class probabilities.
    """
    rows, columns, anchors, classes = 6, 8, 2, 5
    i, j = np.mgrid[:rows, :columns][..., None] // 2  # the block of each place
    block = np.stack([j, i], axis=-1).repeat(anchors, axis=2)  # (6, 8, 2, 2): x, y
    middle = rng.uniform((0.28, 0.28), (0.72, 0.45), block.shape)
    extent = rng.uniform(0.2, 0.55, block.shape)
    confidences = rng.uniform(0, 0.9, (rows, columns, anchors, 1))
    extent[::2, :, 0] = 0.5
    middle[::2, ::2, 0], middle[::2, 1::2, 0] = (0.4, 0.4), (0.6, 0.4)
    middle[1::2, ::2, 0], extent[1::2, ::2, 0] = (0.3, 0.86), (0.4, 0.2)
    alone = np.tile([0.2, 0.5, 0.56], rows * columns // 12) + np.arange(rows * columns // 4) / 1000
    confidences[1::2, ::2, 0, 0] = rng.permutation(alone).reshape(3, 4)
    high = rng.permutation(np.linspace(0.95, 0.99, rows * columns // 4)).reshape(3, 4)
    confidences[::2, ::2, 0, 0], confidences[::2, 1::2, 0, 0] = high, high - 0.001
    probs = rng.uniform(0, 0.5, (rows, columns, anchors, classes))
    kinds = rng.integers(0, classes, (rows // 2, columns // 2))
    np.put_along_axis(probs, kinds[block[..., 1], block[..., 0]][..., None], 0.98, axis=-1)
    steps = 2 / np.array([columns, rows])
    return tuple(map(single, ((block + middle) * steps, extent * steps, confidences, probs)))


def evaluated(answer, outputs, **settings):
    """Call `yolo_eval` with the outputs in the order of 2021 or, if that is refused, of 2017.

    An answer of 2017 takes confidence, xy, wh, probabilities; the shapes of another order do not
    fit each other.
    """
    xy, wh, confidence, probs = outputs
    ways = [{"yolo_outputs": order} for order in (outputs, (confidence, xy, wh, probs))]
    code = getattr(vars(answer)["_namespace"].get("yolo_filter_boxes"), "__code__", None)
    if code is not None and code.co_varnames[:1] == ("box_confidence",):
        ways.reverse()
    return asked(answer, "yolo_eval", *ways, **settings)


@case("yolo_eval", points=4)
def eval_from_outputs_to_pixels(answer, rng):
    """From centres, sizes, confidences and classes to the boxes in pixels of a picture."""
    return evaluated(
        answer,
        said_by_the_network(rng),
        image_shape=(int(rng.integers(300, 400)), int(rng.integers(500, 700))),
        max_boxes=90,
        score_threshold=between(rng, 0.3, 0.4),
        iou_threshold=between(rng, 0.05, 0.15),
    )


@case("yolo_eval", points=2)
def eval_with_few_boxes(answer, rng):
    """All four settings matter: here few boxes are allowed, of high scores, for a tall picture."""
    return evaluated(
        answer,
        said_by_the_network(rng),
        image_shape=(int(rng.integers(800, 900)), int(rng.integers(200, 300))),
        max_boxes=int(rng.integers(3, 7)),
        score_threshold=between(rng, 0.65, 0.75),
        iou_threshold=between(rng, 0.6, 0.8),
    )


@case("yolo_eval", points=2)
def eval_by_default(answer, rng):
    """By default: a picture of 720 x 1280 pixels, 10 boxes, thresholds 0.6 and 0.5."""
    settings = [{}, {"max_boxes": 90}, {"max_boxes": 90, "score_threshold": 0.3}]
    return [evaluated(answer, said_by_the_network(rng), **given) for given in settings]


# non_max_suppression_per_class


def one_heap(rng, count=24):
    """Draw boxes of three classes that all overlap."""
    middle, half = rng.uniform(40, 60, (count, 2)), rng.uniform(10, 30, (count, 2))
    boxes = single(np.concatenate([middle - half, middle + half], axis=1))
    return single(rng.normal(1, 1, count)), boxes, rng.permutation(np.arange(count) % 3) + 2


@case("non_max_suppression_per_class")
def suppress_in_each_class(answer, rng):
    """Boxes of different classes may overlap as they like; the highest score comes first."""
    scores, boxes, classes = one_heap(rng)
    return named(
        answer.non_max_suppression_per_class(
            scores=scores,
            boxes=boxes,
            classes=classes,
            max_boxes=30,
            iou_threshold=between(rng, 0.3, 0.5),
        )
    )


@case("non_max_suppression_per_class")
def suppress_in_each_class_and_stop(answer, rng):
    """At most max_boxes stay, all classes together; by default 10, at an overlap of 0.5."""
    scores, boxes, classes = one_heap(rng, 40)
    few = answer.non_max_suppression_per_class(
        scores=scores, boxes=boxes, classes=classes, max_boxes=4, iou_threshold=0.6
    )
    results = [few]
    for given in ({}, {"max_boxes": 99}, {"iou_threshold": 0.7}):
        scores, boxes, classes = one_heap(rng, 60)
        results.append(
            answer.non_max_suppression_per_class(
                scores=scores, boxes=boxes, classes=classes, **given
            )
        )
    return [named(result) for result in results]


# encode_boxes


@case("encode_boxes")
def encode_each_object_in_its_place(answer, rng):
    """An object is written at the cell of its centre and the anchor whose shape is most like it."""
    rows, columns, _, classes = sizes(rng)
    shapes = rng.permutation([[1.0, 3.2], [2.8, 0.9], [2.4, 2.6], [0.7, 0.8]])
    anchors = shapes * rng.uniform(0.9, 1.1, shapes.shape)
    places = rng.permutation(rows * columns)[: int(rng.integers(4, 7))]
    boxes = []
    for place in places:
        i, j = divmod(int(place), columns)
        width, height = anchors[rng.integers(4)] * rng.uniform(0.8, 1.2, 2) / (columns, rows)
        x, y = (j + rng.uniform(0.1, 0.9)) / columns, (i + rng.uniform(0.1, 0.9)) / rows
        boxes.append([y - height / 2, x - width / 2, y + height / 2, x + width / 2])
    return answer.encode_boxes(
        boxes=np.array(boxes),
        classes=rng.integers(0, classes, len(boxes)),
        anchors=anchors,
        grid=(rows, columns),
        num_classes=classes,
    )


@case("encode_boxes")
def encode_nothing(answer, rng):
    """A picture without objects: zeros everywhere."""
    rows, columns, anchors, classes = sizes(rng)
    return answer.encode_boxes(
        boxes=np.zeros((0, 4)),
        classes=np.zeros(0, int),
        anchors=rng.uniform(1, 3, (anchors, 2)),
        grid=(rows, columns),
        num_classes=classes,
    )
