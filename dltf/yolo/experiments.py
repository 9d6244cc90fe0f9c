"""Experiments: train a detector from scratch on generated road scenes, in minutes.

    python -m dltf.yolo.experiments [--seeds 1 2 3] [--minutes 5] [--epochs 14]

generates the scenes, trains the network by the course's training loop, and prints a table: the mean
average precision on 500 held-out scenes, by class and at two overlaps, and how long what took. The
rules of the scenes are those of `dltf.data.roads`; the table is in `docs/yolo.md`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from dltf.data.roads import (
    HELD_OUT_SEED,
    ROAD_CLASSES,
    ROAD_SHAPE,
    TRAINING_SEED,
    Scenes,
    make_roads,
)
from dltf.training import History, TrainingRun, train
from dltf.typing import Array
from dltf.validation import check_integer, check_number
from dltf.yolo import anchors_by_kmeans
from dltf.yolo.boxes import iou_of_sizes
from dltf.yolo.layers import YoloHead, YoloLoss
from dltf.yolo.metrics import Detections, average_precisions, detect

STRIDE = 8  # pixels of a cell
GRID = (ROAD_SHAPE[0] // STRIDE, ROAD_SHAPE[1] // STRIDE)
ANCHORS, SCENES, EPOCHS, BATCH_SIZE, LEARNING_RATE = 5, 3000, 14, 16, 0.004


def road_network(anchors: int = ANCHORS, seed: int | None = None) -> keras.Model:
    """Return a small convolutional network from images of bytes to raw outputs.

    Three halvings lead to the grid; a fourth and back again shows each cell its surroundings.

    Args:
        anchors: number of anchors A.
        seed: of the first weights; None draws new ones every time.

    Returns:
        A model from (m, 96, 160, 3) to (m, 12, 20, A, 5 + C), without `YoloHead`.
    """
    anchors = check_integer("anchors", anchors, at_least=1)
    draw = np.random.default_rng(seed)

    def he() -> keras.initializers.Initializer:
        return keras.initializers.HeNormal(int(draw.integers(2**31)))

    def conv(x: Any, channels: int, f: int = 3, stride: int = 1) -> Any:
        x = keras.layers.Conv2D(
            channels, f, stride, "same", use_bias=False, kernel_initializer=he()
        )(x)
        x = keras.layers.BatchNormalization(momentum=0.9)(x)
        return keras.layers.LeakyReLU(0.1)(x)

    numbers = 5 + len(ROAD_CLASSES)
    first: Array = np.zeros((anchors, numbers), np.float32)
    first[:, 4] = -4.0  # few places have an object: begin with a confidence of 2%
    images = keras.Input((*ROAD_SHAPE, 3))
    x = keras.layers.Rescaling(1 / 64, -2.0)(images)
    x = conv(x, 16, stride=2)
    x = conv(conv(x, 32, stride=2), 32)
    near = conv(conv(x, 64, stride=2), 64)  # (m, 12, 20, 64)
    far = conv(conv(conv(near, 96, stride=2), 96), 96)  # (m, 6, 10, 96)
    far = keras.layers.UpSampling2D(2)(conv(far, 64, f=1))
    x = conv(conv(keras.layers.Concatenate()([near, far]), 64, f=1), 64)
    x = keras.layers.Conv2D(
        anchors * numbers,
        1,
        kernel_initializer=he(),
        bias_initializer=lambda shape, dtype: keras.ops.convert_to_tensor(first.reshape(-1), dtype),
    )(x)
    return keras.Model(images, keras.layers.Reshape((*GRID, anchors, numbers))(x))


def sizes_in_cells(scenes: Scenes) -> Array:
    """Return width and height of every box, in cells, (n, 2)."""
    boxes = np.concatenate(scenes.boxes)
    return (boxes[:, 2:] - boxes[:, :2])[:, ::-1] * GRID[::-1]


def targets(scenes: Scenes, anchors: Array) -> Array:
    """Return the training targets of all scenes: `encode_boxes`, vectorized.

    Args:
        scenes: m of them.
        anchors: in cells, (A, 2).

    Returns:
        (m, 12, 20, A, 5 + C) float32.
    """
    number: Array = np.repeat(np.arange(len(scenes)), [len(boxes) for boxes in scenes.boxes])
    boxes, classes = np.concatenate(scenes.boxes), np.concatenate(scenes.classes)
    centre, extent = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]  # rows first
    row, column = (centre * GRID).astype(int).T
    anchor = iou_of_sizes(extent[:, ::-1] * GRID[::-1], anchors).argmax(axis=1)
    sure, kind = np.ones((len(boxes), 1)), np.eye(len(ROAD_CLASSES))[classes]
    said = np.concatenate([centre[:, ::-1], extent[:, ::-1], sure, kind], axis=1)  # (n, 5 + C)
    result: Array = np.zeros((len(scenes), *GRID, len(anchors), said.shape[1]), np.float32)
    result[number, row, column, anchor] = said
    return result


@dataclass
class RoadDetector:
    """A trained detector.

    Attributes:
        network: from images to raw outputs.
        anchors: its anchors, in cells.
        history: its loss, epoch by epoch.
    """

    network: keras.Model
    anchors: Array
    history: History

    def detect(self, images: Array, score_threshold: float = 0.5) -> list[Detections]:
        """Return what is found in each image (m, 96, 160, 3) of bytes."""
        head = YoloHead(self.anchors, len(ROAD_CLASSES))
        parts = [images[i : i + 100] for i in range(0, len(images), 100)]
        raw = np.concatenate([np.asarray(self.network(part, training=False)) for part in parts])
        return detect(head(raw), score_threshold)

    def evaluate(self, scenes: Scenes, iou_threshold: float = 0.5) -> Array:
        """Return the average precision of each class."""
        return evaluate(self.detect(scenes.images, 0.01), scenes, iou_threshold)


def evaluate(found: Sequence[Any], scenes: Scenes, iou_threshold: float = 0.5) -> Array:
    """Return the average precision of each class on scenes."""
    objects = list(zip(scenes.boxes, scenes.classes, strict=True))
    return average_precisions(found, objects, len(ROAD_CLASSES), iou_threshold)


def train_on_roads(
    scenes: Scenes,
    epochs: int = EPOCHS,
    seed: int | None = None,
    minutes: float = np.inf,
    progress: bool = True,
) -> RoadDetector:
    """Train the network on scenes with Adam, learning rate warmup and decay to 0.

    Args:
        scenes: the training set.
        epochs: passes over it, at least 1.
        seed: of anchors, first weights and order of the scenes.
        minutes: the rate falls to 0 by then if the machine is too slow for all epochs.
        progress: whether to show a progress bar.

    Returns:
        The detector.
    """
    epochs = check_integer("epochs", epochs, at_least=1)
    check_number("minutes", minutes, above=0)
    anchors = anchors_by_kmeans(sizes_in_cells(scenes), ANCHORS, seed)
    network = road_network(ANCHORS, seed)
    began = time.perf_counter()

    def rate(done: float) -> float:
        """Return the learning rate when a share of the run is done."""
        return LEARNING_RATE * min(1.0, 0.25 + 3 * done) * (1 + np.cos(np.pi * done)) / 2

    def schedule(run: TrainingRun) -> None:
        spent = (time.perf_counter() - began) / 60 / minutes
        after_next = spent * (1 + 1.2 / run.epoch)  # the pace of a busy machine varies
        run.optimizer.learning_rate = rate(min(max(run.epoch / epochs, after_next), 0.995))
        if after_next >= 1:
            run.stop(f"the {minutes:g} minutes are over")

    history = train(
        network,
        (scenes.images, targets(scenes, anchors)),
        loss=YoloLoss(anchors),
        optimizer=keras.optimizers.Adam(rate(0.0), global_clipnorm=10.0),
        epochs=epochs,
        batch_size=BATCH_SIZE,
        callbacks=[schedule],
        seed=seed,
        progress=progress,
    )
    return RoadDetector(network, anchors, history)


@dataclass
class Example:
    """An image with the outputs of a network.

    Attributes:
        title: the name of its file, or what it is.
        image: (n_H, n_W, 3) uint8.
        outputs: centres, sizes, confidences, class probabilities, as `yolo_head` returns them.
        class_names: of the C classes.
        enlarge: how many times larger to show the image.
    """

    title: str
    image: Array
    outputs: tuple[Array, Array, Array, Array]
    class_names: Sequence[str]
    enlarge: int = 1

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the image."""
        return self.image.shape[0], self.image.shape[1]


def imagined_examples(count: int = 1) -> list[Example]:
    """Return generated scenes with simulated outputs of a network.

    It is made from the truth: each object several times, with errors, plus false positives.
    """
    scenes = make_roads(max(count, 3), HELD_OUT_SEED)
    order = [1, 2, 0, *range(3, len(scenes))][:count]  # the first scene has little in it
    return [
        Example(f"scene {i}", scenes.images[i], _imagined(scenes, i), ROAD_CLASSES, 4)
        for i in order
    ]


def road_examples(count: int = 4, size: int = 416) -> list[Example]:
    """Return road photos with the outputs of YOLO-LITE.

    Where its files are not available one line says so, and `imagined_examples` take their place.

    Args:
        count: how many at most.
        size: of the images that YOLO-LITE gets, a multiple of 32.
    """
    from dltf.data import registry
    from dltf.yolo import darknet, preprocess_image

    photos = darknet.road_photos()
    photos = (photos[6:] + photos[:6])[:count]  # the first ones have cars too near for YOLO-LITE
    if not photos or registry.find(darknet.WEIGHTS_FILE) is None:
        registry.announce_stand_in(
            "yolo", darknet.WEIGHTS_FILE, "scenes and what is said about them are generated"
        )
        return imagined_examples(count)
    detector = darknet.read_detector(size=size)
    examples = []
    for path in photos:
        image, batch = preprocess_image(path, (size, size))
        said = np.asarray(detector(batch))[0]
        parts = (said[..., :2], said[..., 2:4], said[..., 4:5], said[..., 5:])
        examples.append(Example(path.name, np.asarray(image), parts, detector.class_names))
    return examples


def _imagined(scenes: Scenes, i: int) -> tuple[Array, Array, Array, Array]:
    """Return simulated outputs of a network for a scene: the truth with errors."""
    rng, shape = np.random.default_rng(i), (*GRID, 3)
    xy = (np.argwhere(np.ones(GRID))[:, ::-1].reshape(*GRID, 1, 2) + rng.random((*shape, 2))) / (
        GRID[::-1]
    )
    wh = np.exp(rng.normal(-1.8, 0.5, (*shape, 2)))
    confidence, probs = rng.beta(1, 12, (*shape, 1)), rng.dirichlet(np.ones(4), shape)
    for (y1, x1, y2, x2), c in zip(scenes.boxes[i], scenes.classes[i], strict=True):
        places = np.argwhere(
            (np.abs(xy[..., 0] - (x1 + x2) / 2) < (x2 - x1) / 4 + 0.03)
            & (np.abs(xy[..., 1] - (y1 + y2) / 2) < (y2 - y1) / 4 + 0.04)
        )
        for place in map(tuple, rng.permutation(places)[:5]):
            w, h = x2 - x1, y2 - y1
            xy[place] = ((x1 + x2) / 2, (y1 + y2) / 2) + rng.normal(0, 0.06, 2) * (w, h)
            wh[place] = (w, h) * np.exp(rng.normal(0, 0.1, 2))
            confidence[place], probs[place] = rng.beta(8, 2), 0.1 / 3
            probs[place][c] = 0.9
    return (
        xy.astype(np.float32),
        wh.astype(np.float32),
        confidence.astype(np.float32),
        probs.astype(np.float32),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the experiment and print its table."""
    parser = argparse.ArgumentParser(prog="python -m dltf.yolo.experiments", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1], help="of the training runs")
    parser.add_argument("--minutes", type=float, default=5.0, help="for scenes and training")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--scenes", type=int, default=SCENES, help="in the training set")
    given = parser.parse_args(arguments)
    held_out = make_roads(500, HELD_OUT_SEED)
    head = " | ".join(ROAD_CLASSES)
    print(f"| seed | epochs | scenes | training | mAP@0.5 | {head} | mAP@0.75 |")
    print("|--:|--:|--:|--:|--:|" + "--:|" * len(ROAD_CLASSES) + "--:|")
    for seed in given.seeds:
        began = time.perf_counter()
        scenes = make_roads(given.scenes, TRAINING_SEED)
        generated = time.perf_counter() - began
        left = given.minutes - generated / 60
        trained = train_on_roads(scenes, given.epochs, seed, left, progress=False)
        spent = time.perf_counter() - began - generated
        found = trained.detect(held_out.images, 0.01)
        half, strict = (evaluate(found, held_out, threshold) for threshold in (0.5, 0.75))
        each = " | ".join(f"{value:.3f}" for value in half)
        print(
            f"| {seed} | {len(trained.history)} | {generated:.0f} s | {spent:.0f} s "
            f"| {half.mean():.3f} | {each} | {strict.mean():.3f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
