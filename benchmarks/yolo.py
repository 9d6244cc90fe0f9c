"""IoU of many boxes, in a loop and vectorized, and YOLO-LITE on a scene, end to end.

    python benchmarks/yolo.py [--rounds 5]

The two IoU functions compute the same table in one run, in alternation. The detector needs its
files (`dltf data fetch yolo`); a scene is read, resized, passed through the network, decoded,
filtered by non-max suppression and drawn.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from dltf import plotting, yolo
from dltf.data import registry
from dltf.yolo.boxes import iou_matrix


def seconds(run: Callable[[], object]) -> float:
    """Return the wall time of a call."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def overlaps(rounds: int) -> None:
    """Compare `iou` in a loop with `iou_matrix`."""
    rng = np.random.default_rng(0)
    print("| boxes | `iou` in a loop | `iou_matrix` | ratio |\n|--:|--:|--:|--:|")
    for n in (30, 100, 300):
        low = rng.uniform(0, 50, (n, 2))
        boxes = np.concatenate([low, low + rng.uniform(5, 30, (n, 2))], axis=1)
        rows = boxes.tolist()
        loop, table = [], []
        for _ in range(rounds):
            loop.append(seconds(lambda r=rows: [[yolo.iou(a, b) for b in r] for a in r]))
            table.append(seconds(lambda b=boxes: iou_matrix(b, b)))
        ratio = statistics.median(a / b for a, b in zip(loop, table, strict=True))
        times = " | ".join(f"{1000 * statistics.median(t):.2f} ms" for t in (loop, table))
        print(f"| {n} x {n} | {times} | {ratio:.0f}x |")


def scenes(rounds: int) -> None:
    """Time YOLO-LITE at three sizes."""
    from dltf.yolo import darknet

    if registry.find(darknet.WEIGHTS_FILE) is None or not darknet.road_photos():
        print("\nThe files of YOLO-LITE are not available: `dltf data fetch yolo` fetches them.")
        return
    print("\n| input | output | ready in | forward pass | first scene | scene, end to end |")
    print("|--:|--:|--:|--:|--:|--:|")
    for size in (224, 416, 608):
        began = time.perf_counter()
        detector = darknet.read_detector(size=size)
        ready = time.perf_counter() - began

        def scene(path: object, detector: darknet.Detector = detector) -> None:
            image, found = detector.find(path)  # type: ignore[arg-type]
            plotting.draw_boxes(
                image, found.boxes, found.classes, detector.class_names, found.scores
            )

        photos = darknet.road_photos()
        first = seconds(lambda p=photos[0]: scene(p))
        whole = [seconds(lambda p=p: scene(p)) for p in photos]
        x = np.random.default_rng(0).random((1, size, size, 3)).astype("float32")
        pass_ = [
            seconds(lambda d=detector, x=x: d.forward(x)[0].numpy()) for _ in range(5 * rounds)
        ]
        shape = "x".join(map(str, detector.network.output_shape[1:]))
        print(
            f"| {size}x{size} | {shape} | {ready:.2f} s "
            f"| {1000 * statistics.median(pass_):.0f} ms | {1000 * first:.0f} ms "
            f"| {1000 * statistics.median(whole):.0f} ms |"
        )


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="number of rounds")
    rounds = parser.parse_args().rounds
    overlaps(rounds)
    scenes(rounds)


if __name__ == "__main__":
    main()
