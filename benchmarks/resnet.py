"""Our ResNet-50 against `keras.applications.ResNet50`: forward passes, and steps of training.

    python benchmarks/resnet.py [--rounds 15]

Both have random weights, the same input and the same number of classes, and run as one TensorFlow
graph. They alternate, and medians are compared, so that a busy machine slows both. The
architectures differ in one place: Keras pads before the max pooling (64 x 64 pixels become 16 x 16,
in the course's architecture 15 x 15).
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from dltf.resnet import ResNet50

SETTINGS = ((1, (64, 64, 3), 6), (32, (64, 64, 3), 6), (2, (224, 224, 3), 1000))


def compiled(model: keras.Model) -> Callable[[Any], Any]:
    """Return the model's forward pass as one graph."""
    return tf.function(lambda x: model(x, training=False), autograph=False)


def step(model: keras.Model) -> Callable[[Any, Any], Any]:
    """Return one training step as one graph."""
    optimizer = keras.optimizers.SGD(1e-3)
    optimizer.build(model.trainable_variables)
    loss = keras.losses.SparseCategoricalCrossentropy()

    @tf.function(autograph=False)
    def run(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            value = loss(y, model(x, training=True))
        optimizer.apply(tape.gradient(value, model.trainable_variables))
        return value

    return run


def seconds(contestants: list[Callable[[], Any]], rounds: int) -> list[list[float]]:
    """Time the contestants in alternation, `rounds` times, after one warm-up round."""
    times: list[list[float]] = [[] for _ in contestants]
    for turn in range(rounds + 1):
        for contestant, kept in zip(contestants, times, strict=True):
            start = time.perf_counter()
            contestant().numpy()  # waits for the result
            if turn:
                kept.append(time.perf_counter() - start)
    return times


def compare(name: str, ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int) -> None:
    """Print one line: medians, and the median ratio over the rounds."""
    a, b = seconds([ours, theirs], rounds)
    ratio = statistics.median(x / y for x, y in zip(a, b, strict=True))
    ms = [1000 * statistics.median(times) for times in (a, b)]
    print(f"{name:34} ours {ms[0]:8.1f} ms   keras {ms[1]:8.1f} ms   ratio {ratio:.2f}", flush=True)


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    rng = np.random.default_rng(0)
    for m, shape, classes in SETTINGS:
        ours = ResNet50(shape, classes)
        theirs = keras.applications.ResNet50(weights=None, input_shape=shape, classes=classes)
        x = tf.constant(rng.random((m, *shape), dtype=np.float32))
        y = tf.constant(rng.integers(0, classes, m))
        size = f"{m} x {shape[0]} x {shape[1]}, {classes} classes"
        ours_forward, theirs_forward = (partial(compiled(model), x) for model in (ours, theirs))
        compare(f"forward, {size}", ours_forward, theirs_forward, rounds)
        if m == 32:
            ours_step, theirs_step = (partial(step(model), x, y) for model in (ours, theirs))
            compare(f"step, {size}", ours_step, theirs_step, max(3, rounds // 3))


if __name__ == "__main__":
    main()
