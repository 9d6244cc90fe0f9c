"""The YOLO topic against TensorFlow's own operations, brute force and generated files."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from dltf import plotting
from dltf import yolo as topic
from dltf.data import registry, roads
from dltf.yolo import darknet, experiments, metrics
from dltf.yolo.boxes import iou_matrix, iou_of_sizes


def random_boxes(rng, n, spread=1.0, least=0.1, most=0.5):
    """Draw corners y1, x1, y2, x2."""
    low, size = rng.uniform(0, spread, (n, 2)), rng.uniform(least, most, (n, 2))
    return np.concatenate([low, low + size], axis=1).astype(np.float32)


def found_at_random(rng, n=60, classes=3):
    return rng.permutation(n) / n + 0.01, random_boxes(rng, n), rng.integers(0, classes, n)


# Overlap


def test_naive_and_vectorised_iou_agree_with_counting_pixels():
    rng = np.random.default_rng(0)
    a, b = (np.sort(rng.integers(0, 12, (20, 2, 2)), axis=1) for _ in range(2))
    a, b = (np.add(corners, [[0], [1]]).reshape(20, 4) for corners in (a, b))  # none is empty
    table = iou_matrix(a, b)
    assert table.shape == (20, 20)
    for i in range(20):
        for j in range(20):
            ours = topic.iou(a[i], b[j])
            assert table[i, j] == pytest.approx(ours, abs=1e-12)
            first, second = np.zeros((13, 13), bool), np.zeros((13, 13), bool)
            for canvas, (x1, y1, x2, y2) in ((first, a[i]), (second, b[j])):
                canvas[y1:y2, x1:x2] = True
            assert ours == pytest.approx((first & second).sum() / (first | second).sum())


def test_iou_is_symmetric_bounded_and_zero_for_boxes_that_touch_or_are_apart():
    rng = np.random.default_rng(1)
    a, b = random_boxes(rng, 30), random_boxes(rng, 20)
    table = iou_matrix(a, b)
    np.testing.assert_array_equal(table, iou_matrix(b, a).T)
    np.testing.assert_allclose(table, iou_matrix(a[:, [1, 0, 3, 2]], b[:, [1, 0, 3, 2]]), rtol=1e-5)
    assert table.min() == 0
    assert table.max() < 1
    np.testing.assert_allclose(np.diag(iou_matrix(a, a)), 1, rtol=1e-6)
    for other in ((5, 6, 7, 8), (3, 3, 5, 5), (1, 3, 3, 4), (3, 1, 4, 2)):
        assert topic.iou((1, 1, 3, 3), other) == 0
    assert topic.iou((2, 1, 4, 3), (1, 2, 3, 4)) == pytest.approx(1 / 7)
    assert iou_matrix(np.zeros((1, 4)), np.zeros((1, 4))).tolist() == [[0.0]]
    assert iou_matrix(np.zeros((0, 4)), a).shape == (0, 30)


def test_iou_of_sizes_is_that_of_boxes_with_one_centre():
    rng = np.random.default_rng(2)
    a, b = rng.uniform(0.1, 3, (7, 2)), rng.uniform(0.1, 3, (4, 2))
    expected = iou_matrix(*(np.concatenate([-s / 2, s / 2], axis=1) for s in (a, b)))
    np.testing.assert_allclose(iou_of_sizes(a, b), expected, rtol=1e-12)


def test_iou_matrix_names_what_is_not_a_box():
    with pytest.raises(ValueError, match=r"boxes2: expected boxes of shape \(n, 4\), got .*\(4,\)"):
        iou_matrix(np.zeros((1, 4)), np.zeros(4))


# Filters


def test_filter_is_a_loop_over_all_places():
    rng = np.random.default_rng(3)
    boxes, confidence = rng.normal(size=(3, 4, 2, 4)), rng.random((3, 4, 2, 1))
    probs = rng.random((3, 4, 2, 5))
    scores, kept, classes = topic.yolo_filter_boxes(boxes, confidence, probs, 0.5)
    expected = []
    for place in np.ndindex(3, 4, 2):
        each = [confidence[place][0] * p for p in probs[place]]
        if max(each) >= 0.5:
            expected.append((max(each), *boxes[place], each.index(max(each))))
    assert len(expected) > 3
    np.testing.assert_allclose(np.column_stack([scores, kept, classes]), expected)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("threshold", "most"), [(0.5, 10), (0.2, 60), (0.8, 3), (0.0, 60)])
def test_non_max_suppression_is_that_of_tensorflow(seed, threshold, most):
    scores, boxes, classes = found_at_random(np.random.default_rng(seed))
    indices = tf.image.non_max_suppression(boxes, scores.astype("f"), most, threshold).numpy()
    result = topic.yolo_non_max_suppression(scores, boxes, classes, most, threshold)
    for ours, all_of_them in zip(result, (scores, boxes, classes), strict=True):
        np.testing.assert_array_equal(ours, all_of_them[indices])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("threshold", "most"), [(0.5, 10), (0.3, 60)])
def test_suppression_per_class_is_tensorflows_combined_one(seed, threshold, most):
    scores, boxes, classes = found_at_random(np.random.default_rng(seed))
    table = (scores[:, None] * np.eye(3)[classes]).astype("f")[None]  # (1, n, C)
    expected = tf.image.combined_non_max_suppression(
        boxes[None, :, None], table, most, most, threshold, 1e-6, clip_boxes=False
    )
    n = int(expected.valid_detections[0])
    ours = topic.non_max_suppression_per_class(scores, boxes, classes, most, threshold)
    np.testing.assert_allclose(ours[0], expected.nmsed_scores[0, :n], rtol=1e-6)
    np.testing.assert_array_equal(ours[1], expected.nmsed_boxes[0, :n])
    np.testing.assert_array_equal(ours[2], expected.nmsed_classes[0, :n])


def test_nothing_to_suppress():
    nothing = np.zeros(0), np.zeros((0, 4)), np.zeros(0, int)
    for suppress in (topic.yolo_non_max_suppression, topic.non_max_suppression_per_class):
        assert [part.shape for part in suppress(*nothing)] == [(0,), (0, 4), (0,)]


def test_eval_and_detect_agree_with_the_course_done_by_tensorflow():
    rng = np.random.default_rng(4)
    anchors = rng.uniform(0.5, 3, (2, 2))
    raw = rng.normal(0, 2, (1, 4, 6, 2 * 8)).astype("f")
    xy, wh, confidence, probs = (part.numpy()[0] for part in topic.yolo_head(raw, anchors, 3))
    scores, boxes, classes = topic.yolo_eval((xy, wh, confidence, probs), (100, 200), 8, 0.3, 0.4)
    assert 1 < len(scores) <= 8
    both = (confidence * probs).reshape(-1, 3)
    best = both.max(axis=1)
    corners = np.concatenate([(xy - wh / 2)[..., ::-1], (xy + wh / 2)[..., ::-1]], -1).reshape(
        -1, 4
    )
    corners = corners * np.array([100, 200, 100, 200], "f")
    order = list(tf.image.non_max_suppression(corners, best, 8, 0.4, 0.3).numpy())
    np.testing.assert_allclose(scores, best[order], rtol=1e-5)
    np.testing.assert_allclose(boxes, corners[order], rtol=1e-4, atol=1e-3)
    np.testing.assert_array_equal(classes, both.argmax(axis=1)[order])

    (found,) = metrics.detect(topic.YoloHead(anchors, 3)(raw), 0.3, 0.4, 50)
    kept = topic.yolo_filter_boxes(topic.yolo_boxes_to_corners(xy, wh), confidence, probs, 0.3)
    expected = topic.non_max_suppression_per_class(*kept, 50, 0.4)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


# Targets, anchors, head, loss


def test_targets_come_back_from_the_head_as_the_boxes_they_were():
    """encode, then say it as a network would (logits), decode: the same boxes and classes."""
    rng = np.random.default_rng(5)
    anchors, grid = np.array([[0.8, 1.5], [2.5, 1.2], [4, 4.0]]), (5, 7)
    low = rng.uniform(0, 0.6, (4, 2))
    boxes = np.concatenate([low, low + rng.uniform(0.1, 0.4, (4, 2))], axis=1).astype("f")
    target = topic.encode_boxes(boxes, [2, 0, 1, 2], anchors, grid, 3)
    assert target.shape == (5, 7, 3, 8)
    assert target[..., 4].sum() == 4
    raw = np.zeros_like(target)
    i, j, a = np.nonzero(target[..., 4])
    cell = target[i, j, a, :2] * [7, 5] - np.stack([j, i], axis=1)
    assert ((cell >= 0) & (cell < 1)).all()
    raw[..., 4] = np.where(target[..., 4] > 0, 20, -20)
    raw[i, j, a, :2] = np.log(cell / (1 - cell))
    raw[i, j, a, 2:4] = np.log(target[i, j, a, 2:4] * [7, 5] / anchors[a])
    raw[..., 5:] = 20 * target[..., 5:]
    (found,) = metrics.detect(topic.YoloHead(anchors, 3)(raw[None]), 0.9, 1.0)
    order = [int(iou_matrix(boxes, found.boxes)[n].argmax()) for n in range(4)]
    np.testing.assert_allclose(found.boxes[order], boxes, atol=1e-4)
    assert found.classes[order].tolist() == [2, 0, 1, 2]
    assert float(topic.YoloLoss(anchors)(target[None], raw[None])) < 1e-3


def test_an_object_goes_to_the_anchor_whose_shape_is_most_like_its_own():
    anchors = [[1, 4], [4, 1], [3, 3]]
    for size, best in (((0.1, 0.4), 0), ((0.5, 0.1), 1), ((0.29, 0.31), 2)):
        box = [0.5 - size[1] / 2, 0.5 - size[0] / 2, 0.5 + size[1] / 2, 0.5 + size[0] / 2]
        target = topic.encode_boxes([box], [0], anchors, (10, 10), 1)
        assert np.argwhere(target[..., 4]).tolist() == [[5, 5, best]]


def naive_loss(target, raw, anchors, ignore, box_weight, empty_weight):
    """The loss of one image, place by place."""
    rows, columns = target.shape[:2]
    sigma = lambda t: 1 / (1 + np.exp(-t))  # noqa: E731
    objects = target[target[..., 4] > 0][:, :4]
    corners = [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for x, y, w, h in objects]
    total = 0.0
    for i, j, a in np.ndindex(*target.shape[:3]):
        t, wanted, (pw, ph) = raw[i, j, a], target[i, j, a], anchors[a]
        if wanted[4]:
            x, y, w, h = wanted[:4]
            wrong = (sigma(t[0]) - (x * columns - j)) ** 2 + (sigma(t[1]) - (y * rows - i)) ** 2
            wrong += (t[2] - np.log(w * columns / pw)) ** 2 + (t[3] - np.log(h * rows / ph)) ** 2
            total += box_weight * (2 - w * h) * wrong - np.log(sigma(t[4]))
            e = np.exp(t[5:] - t[5:].max())
            total -= np.log(e[wanted[5:].argmax()] / e.sum())
        else:
            x, y = (sigma(t[0]) + j) / columns, (sigma(t[1]) + i) / rows
            w, h = pw * np.exp(t[2]) / columns, ph * np.exp(t[3]) / rows
            box = (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
            if max((topic.iou(box, other) for other in corners), default=0) < ignore:
                total -= empty_weight * np.log(1 - sigma(t[4]))
    return total


def test_loss_is_that_of_a_loop_over_all_places():
    rng = np.random.default_rng(6)
    anchors = np.array([[1.0, 1.5], [2.5, 1.2]])
    boxes = [random_boxes(rng, n, 0.5) for n in (3, 0, 5)]
    kinds = [rng.integers(0, 3, len(b)) for b in boxes]
    target = np.stack(
        [topic.encode_boxes(b, k, anchors, (4, 6), 3) for b, k in zip(boxes, kinds, strict=True)]
    )
    raw = rng.normal(0, 0.7, target.shape).astype("f")
    for settings in ((0.3, 5.0, 0.5), (0.6, 1.0, 2.0), (2.0, 1.0, 1.0)):
        loss = topic.YoloLoss(anchors, *settings, reduction=None)
        expected = [naive_loss(t, r, anchors, *settings) for t, r in zip(target, raw, strict=True)]
        np.testing.assert_allclose(loss(target, raw), expected, rtol=1e-4)
    few, all_of_them = (float(topic.YoloLoss(anchors, ignore=i)(target, raw)) for i in (0.1, 2.0))
    assert few < all_of_them  # ignored boxes cost nothing


def test_box_and_class_are_ignored_without_an_object():
    rng = np.random.default_rng(7)
    anchors = [[1.0, 1.0], [2.0, 2.0]]
    target = topic.encode_boxes(random_boxes(rng, 2, 0.5), [0, 1], anchors, (4, 4), 3)[None]
    raw = tf.Variable(rng.normal(size=target.shape).astype("f"))
    with tf.GradientTape() as tape:
        value = topic.YoloLoss(anchors)(target, raw)
    gradient = tape.gradient(value, raw).numpy()
    empty = target[..., 4] == 0
    assert not gradient[empty][:, [0, 1, 2, 3, 5, 6, 7]].any()
    assert (gradient[empty][:, 4] >= 0).all()
    assert (gradient[~empty][:, 4] < 0).all()
    assert gradient[~empty][:, :4].all()


def test_head_and_loss_survive_saving_and_are_layers_of_any_size():
    anchors = [[1.0, 2.0], [3.0, 1.0]]
    head = topic.YoloHead(anchors, 4)
    again = topic.YoloHead.from_config(head.get_config())
    raw = np.random.default_rng(8).normal(size=(2, 3, 5, 18)).astype("f")
    np.testing.assert_array_equal(head(raw), again(raw))
    assert head(raw).shape == (2, 3, 5, 2, 9)
    loss = topic.YoloLoss(anchors, ignore=0.4)
    copy = keras.losses.deserialize(keras.losses.serialize(loss))
    target = np.zeros((2, 3, 5, 2, 9), "f")
    assert float(loss(target, head(raw))) == float(copy(target, head(raw)))
    symbolic = keras.Input((None, None, 18))
    assert head(symbolic).shape[-1] == 9


def test_anchors_are_the_groups_that_the_sizes_were_drawn_from():
    rng = np.random.default_rng(9)
    groups = np.array([[1.0, 2.0], [3.0, 1.5], [5.0, 6.0]])
    sizes = np.concatenate([g * rng.uniform(0.9, 1.1, (60, 2)) for g in groups])
    best = max(
        (topic.anchors_by_kmeans(sizes, 3, seed) for seed in range(5)),
        key=lambda anchors: iou_of_sizes(sizes, anchors).max(axis=1).mean(),
    )
    np.testing.assert_allclose(best, groups, rtol=0.06)
    few, many = (
        iou_of_sizes(sizes, topic.anchors_by_kmeans(sizes, k, 1)).max(axis=1).mean() for k in (1, 6)
    )
    assert few < many
    with pytest.raises(ValueError, match="count: expected between 1 and 180 anchors, got 181"):
        topic.anchors_by_kmeans(sizes, 181)
    with pytest.raises(ValueError, match=r"sizes: expected .n, 2. numbers above 0"):
        topic.anchors_by_kmeans(np.zeros((3, 2)), 1)


# Mean average precision


def naive_average_precision(found, objects, c, threshold):
    """By the definition: for every recall there is, the best precision at it or beyond."""
    everything = sorted(
        (-s, p, n)
        for p, (scores, _, classes) in enumerate(found)
        for n, s in enumerate(scores)
        if classes[n] == c
    )
    count = sum(int((classes == c).sum()) for _, classes in objects)
    taken, hits, points = set(), 0, []
    for rank, (_, p, n) in enumerate(everything, start=1):
        mine = [k for k, kind in enumerate(objects[p][1]) if kind == c]
        overlaps = [topic.iou(found[p][1][n], objects[p][0][k]) for k in mine]
        if mine and max(overlaps) >= threshold:
            k = mine[int(np.argmax(overlaps))]
            if (p, k) not in taken:
                taken.add((p, k))
                hits += 1
        points.append((hits / count, hits / rank))
    area, before = 0.0, 0.0
    for recall in sorted({r for r, _ in points}):
        area += (recall - before) * max(p for r, p in points if r >= recall)
        before = recall
    return area


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.75])
def test_average_precision_is_that_of_brute_force(seed, threshold):
    rng = np.random.default_rng(seed)
    objects, found = [], []
    for _ in range(12):
        truth, kinds = random_boxes(rng, 5), rng.integers(0, 2, 5)
        noisy = truth.repeat(2, axis=0) + rng.normal(0, 0.04, (10, 4)).astype("f")
        boxes = np.concatenate([noisy, random_boxes(rng, 4)])
        classes = np.concatenate([kinds.repeat(2), rng.integers(0, 2, 4)])
        objects.append((truth, kinds))
        found.append((rng.random(14), boxes, classes))
    ours = metrics.average_precisions(found, objects, 3, threshold)
    expected = [naive_average_precision(found, objects, c, threshold) for c in (0, 1)]
    np.testing.assert_allclose(ours[:2], expected, rtol=1e-9)
    assert np.isnan(ours[2])  # no object of this class
    mean = metrics.mean_average_precision(found, objects, 3, threshold)
    assert mean == pytest.approx(np.mean(expected))


def test_average_precision_of_the_best_the_worst_and_a_known_detector():
    truth = np.array([[0, 0, 1, 1], [2, 2, 3, 3.0]])
    objects = [(truth, np.array([0, 0]))]
    perfect = [(np.array([0.9, 0.8]), truth, np.array([0, 0]))]
    assert metrics.mean_average_precision(perfect, objects, 1, 0.99) == 1
    nothing = [(np.zeros(0), np.zeros((0, 4)), np.zeros(0, int))]
    assert metrics.mean_average_precision(nothing, objects, 1) == 0
    twice = [(np.array([0.9, 0.8, 0.7]), truth[[0, 0, 1]], np.array([0, 0, 0]))]
    assert metrics.mean_average_precision(twice, objects, 1) == pytest.approx(0.5 + 0.5 * 2 / 3)
    other = [(np.array([0.9]), truth[:1], np.array([1]))]
    assert metrics.average_precisions(other, objects, 2).tolist()[0] == 0
    with pytest.raises(ValueError, match="found, objects: expected one of each per image, got 0 a"):
        metrics.average_precisions([], objects, 1)


# Road scenes


def test_scenes_keep_their_rules_and_depend_on_the_seed_alone():
    scenes, again = roads.make_roads(60, 3), roads.make_roads(60, 3)
    assert scenes.images.shape == (60, *roads.ROAD_SHAPE, 3)
    assert scenes.images.dtype == np.uint8
    np.testing.assert_array_equal(scenes.images, again.images)
    assert not np.array_equal(scenes.images, roads.make_roads(60, 4).images)
    boxes = np.concatenate(scenes.boxes)
    np.testing.assert_array_equal(boxes, np.concatenate(again.boxes))
    assert ((boxes >= 0) & (boxes <= 1)).all()
    sides = (boxes[:, 2:] - boxes[:, :2]) * roads.ROAD_SHAPE
    assert sides.min() >= roads.SMALLEST - 1e-3
    np.testing.assert_allclose(sides, sides.round(), atol=1e-3)
    assert set(np.concatenate(scenes.classes)) == set(range(4))
    assert max(map(len, scenes.classes)) <= roads.MOST_OBJECTS
    assert 0.1 < (scenes.images.mean(axis=(1, 2, 3)) < 60).mean() < 0.45  # the nights
    with pytest.raises(ValueError, match="m: expected at least one scene, got 0"):
        roads.make_roads(0)


def test_a_label_needs_enough_visible_pixels():
    owners = np.zeros(roads.ROAD_SHAPE, np.uint8)
    owners[10:20, 30:50] = 1  # 200 of 200 pixels
    owners[40:60, 30:40] = 2  # 200 of 501: hidden too much
    owners[70:75, 10:90] = 3  # 5 pixels high
    boxes, classes = roads._labels(owners, [2, 0, 1, 3], [200.0, 501.0, 400.0, 100.0])
    assert classes.tolist() == [2]
    np.testing.assert_allclose(boxes, [[10 / 96, 30 / 160, 20 / 96, 50 / 160]], rtol=1e-6)


def test_targets_of_all_scenes_at_once_are_those_of_each():
    scenes, anchors = roads.make_roads(20, 6), np.array([[1.0, 2.5], [4.0, 3.0], [8.0, 5.0]])
    pairs = zip(scenes.boxes, scenes.classes, strict=True)
    expected = np.stack([topic.encode_boxes(b, c, anchors, experiments.GRID, 4) for b, c in pairs])
    np.testing.assert_allclose(experiments.targets(scenes, anchors), expected, atol=1e-6)


@pytest.mark.stochastic(broken=["wrong sign"])
def test_the_network_learns_what_it_sees(stochastic_seed, margin):
    scenes = roads.make_roads(8, stochastic_seed)
    trained = experiments.train_on_roads(scenes, epochs=5, seed=stochastic_seed, progress=False)
    assert trained.network.output_shape == (None, 12, 20, 5, 9)
    assert trained.evaluate(scenes).shape == (4,)
    losses = trained.history["loss"]
    margin.below("last loss to first", losses[-1] / losses[0], 0.9)


def test_a_perfect_detector_of_roads_has_precision_one():
    scenes = roads.make_roads(8, 5)
    exact = list(
        zip(
            (np.linspace(1, 0.5, len(c)) for c in scenes.classes),
            scenes.boxes,
            scenes.classes,
            strict=True,
        )
    )
    assert experiments.evaluate(exact, scenes, 0.9).tolist() == [1.0] * 4


# Darknet


CFG = """
[net]
width=64
height=64  # a remark
channels=3

[convolutional]
batch_normalize=1
filters=4
size=3
stride=1
pad=1
activation=leaky

[maxpool]
size=2
stride=2

[convolutional]
size=1
stride=1
pad=1
filters=14
activation=linear

[region]
anchors = 1.0,2.0, 3.5,1.5
classes=2
num=2
"""


def darknet_files(folder, header=(0, 1, 0, 77), change=lambda numbers: numbers, cfg=CFG):
    """Write a small network as Darknet does; return its paths and its numbers."""
    rng = np.random.default_rng(0)
    parts = {
        "beta": rng.normal(size=4),
        "gamma": rng.uniform(0.5, 2, 4),
        "mean": rng.normal(size=4),
        "variance": rng.uniform(0.5, 2, 4),
        "kernel": rng.normal(size=(4, 3, 3, 3)),
        "bias": rng.normal(size=14),
        "last": rng.normal(size=(14, 4, 1, 1)),
    }
    parts = {name: part.astype("<f4") for name, part in parts.items()}
    numbers = np.concatenate([part.reshape(-1) for part in parts.values()])
    *version, seen = header
    head = np.array(version, "<i4").tobytes()
    head += np.array([seen], "<i8" if version[0] * 10 + version[1] >= 2 else "<i4").tobytes()
    (folder / "n.cfg").write_text(cfg)
    (folder / "n.weights").write_bytes(head + change(numbers).tobytes())
    (folder / "n.txt").write_text("cat\ndog\n")
    return {
        "cfg": folder / "n.cfg",
        "weights": folder / "n.weights",
        "classes": folder / "n.txt",
    }, parts


@pytest.mark.parametrize("header", [(0, 1, 0, 77), (0, 2, 0, 2**40 + 5)])
def test_darknet_files_are_read_as_darknet_computes(tmp_path, header):
    paths, p = darknet_files(tmp_path, header)
    detector = darknet.read_detector(**paths)
    assert darknet.load_weights(detector.network, paths["weights"]) == header[-1]
    x = np.random.default_rng(1).random((1, 64, 64, 3)).astype("f")
    z = np.zeros((64, 64, 4))
    padded = np.pad(x[0], ((1, 1), (1, 1), (0, 0)))
    for i in range(64):
        for j in range(64):
            window = padded[i : i + 3, j : j + 3].transpose(2, 0, 1)
            z[i, j] = (p["kernel"] * window).sum(axis=(1, 2, 3))
    z = p["gamma"] * (z - p["mean"]) / (np.sqrt(p["variance"]) + 1e-6) + p["beta"]
    a = np.where(z > 0, z, 0.1 * z).reshape(32, 2, 32, 2, 4).max(axis=(1, 3))
    expected = a @ p["last"][:, :, 0, 0].T + p["bias"]
    np.testing.assert_allclose(detector.forward(x)[0].numpy()[0], expected, rtol=1e-3, atol=1e-4)
    assert detector(x).shape == (1, 32, 32, 2, 7)
    assert detector.class_names == ["cat", "dog"]
    assert detector.anchors.tolist() == [[1, 2], [3.5, 1.5]]
    assert detector.size == 64
    assert darknet.read_detector(**paths, size=96).network.output_shape == (None, 48, 48, 14)


def test_an_image_from_file_to_boxes(tmp_path):
    from PIL import Image

    paths, _ = darknet_files(tmp_path)
    Image.fromarray(roads.make_roads(1, 1).images[0]).save(tmp_path / "p.png")
    image, found = darknet.read_detector(**paths).find(tmp_path / "p.png", 0.2, 0.3)
    assert image.size == (160, 96)
    assert len(found.scores) == len(found.boxes) == len(found.classes) > 0
    assert (np.diff(found.scores) <= 0).all()
    assert found.boxes[:, 3].max() > 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda n: n[:-1], r"194 numbers for this .cfg \(.*\), got 193 .*is truncated"),
        (lambda n: np.append(n, n[:3]), r"got 197 \(.*\); n.weights is of another network"),
        (lambda n: n.view("u1")[:-2], r"got 193\.5 .*is truncated"),
        (
            lambda n: np.where(np.arange(n.size) == 9, np.float32(np.nan), n),
            "got 1 that are not fi",
        ),
        (
            lambda n: np.where(np.arange(n.size) < 2, np.float32(1e20), n),
            "0 that .* and 2 above 1e8",
        ),
        (lambda n: n[:0], "begin with Darknet's version, two small numbers, got 16 bytes in all"),
    ],
)
def test_damaged_weights_are_told(tmp_path, change, message):
    paths, _ = darknet_files(tmp_path, change=change)
    with pytest.raises(ValueError, match=r"weights: expected .*" + message):
        darknet.read_detector(**paths)


def test_weights_that_are_no_weights_are_told(tmp_path):
    paths, _ = darknet_files(tmp_path)
    paths["weights"].write_bytes(b"<!DOCTYPE html><html>404</html>" * 40)
    with pytest.raises(
        ValueError, match=r"weights: expected n.weights to begin with Darknet's vers"
    ):
        darknet.read_detector(**paths)


def test_nothing_is_set_unless_all_of_it_fits(tmp_path):
    paths, _ = darknet_files(tmp_path, change=lambda n: n[:-1])
    network = darknet.build(darknet.read_cfg(paths["cfg"]))
    before = network.get_weights()
    with pytest.raises(ValueError, match="truncated"):
        darknet.load_weights(network, paths["weights"])
    for a, b in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[net]", "[convolutional]", r"cfg: expected n.cfg to begin with \[net\], got \[conv"),
        ("filters=4", "filters=", r"cfg: expected an integer as filters of \[conv.*, got ''"),
        ("filters=14", "filters=15", r"cfg: expected 14 filters in the last layer .*, got 15"),
        ("[maxpool]", "[shortcut]", r"cfg: expected the sections .*, got \[shortcut\] as layer 1"),
        ("activation=leaky", "activation=mish", "cfg: expected an activation among .* got 'mish'"),
        ("3.5,1.5", "3.5", r"cfg: expected 4 numbers as anchors of \[region\] .*, got 3"),
        ("classes=2", "classes=3", "classes: expected 3 names for this .cfg, got 2"),
        ("num=2", "nonsense", r"cfg: expected '\[section\]' or .* of n.cfg, got 'nonsense'"),
        ("[region]", "[net]", r"cfg: expected a section \[region\] with the anchors, got none"),
    ],
)
def test_a_cfg_that_makes_no_sense_is_told(tmp_path, old, new, message):
    paths, _ = darknet_files(tmp_path, cfg=CFG.replace(old, new, 1))
    with pytest.raises(ValueError, match=message):
        darknet.read_detector(**paths)


def test_sizes_and_missing_files_are_told(tmp_path, monkeypatch):
    paths, _ = darknet_files(tmp_path)
    with pytest.raises(ValueError, match="size: expected a multiple of 32, got 100"):
        darknet.read_detector(**paths, size=100)
    paths["weights"].unlink()
    with pytest.raises(FileNotFoundError, match=r"yolo-lite-coco.weights: expected the file .*n\."):
        darknet.read_detector(**paths)
    monkeypatch.setattr(registry, "find", lambda file: None)
    with pytest.raises(FileNotFoundError, match=r"yolo-lite-coco.cfg: .*fetch yolo.*got nothing"):
        darknet.read_detector()
    assert darknet.road_photos() == []


REAL = registry.find(darknet.WEIGHTS_FILE)


@pytest.mark.skipif(REAL is None, reason="YOLO-LITE's files are not available")
@pytest.mark.parametrize(("size", "cells"), [(224, 7), (608, 19)])
def test_yolo_lite_finds_cars_and_traffic_lights(size, cells):
    detector = darknet.read_detector(size=size)
    assert detector.network.output_shape == (None, cells, cells, 425)
    assert detector.network.count_params() == 649_417
    photos = darknet.road_photos()
    assert photos
    seen = set()
    for photo in photos[:4]:
        _, found = detector.find(photo)
        seen |= {detector.class_names[c] for c in found.classes}
    assert {"car", "traffic light"} <= seen


# Files and images


def test_classes_anchors_and_images_are_read(tmp_path):
    from PIL import Image

    (tmp_path / "c.txt").write_text("car\ntraffic light\n")
    (tmp_path / "a.txt").write_text("0.5, 0.6, 1.8, 2.0")
    assert topic.read_classes(tmp_path / "c.txt") == ["car", "traffic light"]
    assert topic.read_anchors(tmp_path / "a.txt").tolist() == [[0.5, 0.6], [1.8, 2.0]]
    Image.new("RGB", (40, 20), (255, 0, 51)).save(tmp_path / "p.png")
    image, batch = topic.preprocess_image(tmp_path / "p.png", (64, 96))
    assert image.size == (40, 20)
    assert batch.shape == (1, 64, 96, 3)
    np.testing.assert_allclose(batch[0, 0, 0], [1, 0, 0.2], atol=1e-6)


def test_boxes_are_drawn_in_the_colour_of_their_class():
    image = np.zeros((60, 90, 3), np.uint8)
    colours = plotting.get_colors_for_classes(3)
    assert len(set(colours)) == 3
    assert plotting.generate_colors(["a", "b", "c"]) == colours
    drawn = plotting.draw_boxes(image, [[20, 10, 50, 60], [5, 5, 5, 9]], [1, 0], "abc", [0.5, 1])
    assert tuple(drawn[50, 30]) == colours[1]
    assert tuple(drawn[35, 60]) == colours[1]
    assert not drawn[30:45, 15:55].any()
    assert not image.any()
    outside = plotting.draw_boxes(image, [[-20, -10, 300, 900]], [2], "abc")
    assert tuple(outside[30, 0]) == colours[2]
    assert tuple(outside[30, 89]) == colours[2]
    import matplotlib.pyplot as plt

    ax = plotting.plot_boxes(image, [[20, 10, 50, 60]], [1], "abc", enlarge=2)
    assert ax.images[0].get_array().shape == (120, 180, 3)
    plt.close("all")
