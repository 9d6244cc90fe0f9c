"""Steps per second of `dltf.training.train` against `model.fit` on the same task.

    python benchmarks/training.py [--rounds 5]

Each figure is the steady state: the time of a long run minus the time of a short one, so that
building the graph (printed separately as "start") is not counted. The contestants alternate, and
medians are compared, so that a busy machine slows all of them. `fit, n steps a call` is `model.fit`
with `compile(steps_per_execution=n)`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from dltf import data
from dltf.training import train

Setting = tuple[
    Callable[[], keras.Model],
    Any,
    Any,
    str,
    str,
    Callable[[], keras.optimizers.Optimizer],
    int,
    int,
]


def circles() -> Setting:
    """Return the network of the initialization topic on its 300 points."""
    x, y, _, _ = data.load_circles(layout="examples first")

    def network() -> keras.Model:
        dense = keras.layers.Dense
        return keras.Sequential(
            [keras.Input((2,)), dense(10, "relu"), dense(5, "relu"), dense(1, "sigmoid")]
        )

    return (
        network,
        x,
        y,
        "binary_crossentropy",
        "binary_accuracy",
        lambda: keras.optimizers.SGD(0.01),
        32,
        100,
    )


def conv_net() -> Setting:
    """Return a small conv net on 640 images of 32 x 32 x 3, ten classes."""
    rng = np.random.default_rng(0)
    x = rng.random((640, 32, 32, 3), dtype=np.float32)
    y = rng.integers(0, 10, 640)

    def network() -> keras.Model:
        conv, pool = keras.layers.Conv2D, keras.layers.MaxPooling2D
        return keras.Sequential(
            [
                keras.Input((32, 32, 3)),
                *(conv(8, 3, activation="relu"), pool(), conv(16, 3, activation="relu"), pool()),
                *(keras.layers.Flatten(), keras.layers.Dense(10, "softmax")),
            ]
        )

    loss, metric = "sparse_categorical_crossentropy", "sparse_categorical_accuracy"
    return network, x, y, loss, metric, lambda: keras.optimizers.Adam(0.001), 32, 20


def seconds(contestant: str, setting: Setting, epochs: int) -> float:
    """Return the time of one training run of a new network."""
    network, x, y, loss, metric, optimizer, batch_size, _ = setting
    model = network()
    if contestant.startswith("dltf.train"):
        callbacks = [lambda run: None] if "callback" in contestant else []
        began = time.perf_counter()
        train(
            model,
            (x, y),
            loss=loss,
            optimizer=optimizer(),
            metrics=[metric],
            epochs=epochs,
            batch_size=batch_size,
            callbacks=callbacks,
            seed=1,
            progress=False,
        )
    else:
        steps = -(-len(x) // batch_size) if "steps a call" in contestant else 1
        model.compile(optimizer(), loss, metrics=[metric], steps_per_execution=steps)
        began = time.perf_counter()
        model.fit(x, y, epochs=epochs, batch_size=batch_size, verbose=0)
    return time.perf_counter() - began


def measure(name: str, setting: Setting, rounds: int) -> None:
    """Run the contestants in alternation and print the medians."""
    x, batch_size, unit = setting[1], setting[-2], setting[-1]
    steps = -(-len(x) // batch_size)  # an epoch
    contestants = {  # by how many units of epochs the long run exceeds the short one
        "model.fit": 1,
        f"model.fit, {steps} steps a call": 1,
        "dltf.train": 20 if unit > 50 else 2,
        "dltf.train, a callback": 10 if unit > 50 else 2,
    }
    rates: dict[str, list[float]] = {contestant: [] for contestant in contestants}
    starts: dict[str, list[float]] = {contestant: [] for contestant in contestants}
    for _ in range(rounds):
        for contestant, units in contestants.items():
            short = seconds(contestant, setting, unit // 4)
            long = seconds(contestant, setting, unit // 4 + unit * units)
            rate = steps * unit * units / (long - short)
            rates[contestant].append(rate)
            starts[contestant].append(short - steps * (unit // 4) / rate)
    fit = statistics.median(rates["model.fit"])
    print(f"\n{name}: {len(x)} examples, batches of {batch_size}, {steps} steps an epoch")
    print(f"  {'':28}{'steps/s':>9}  {'lowest-highest':>16}  {'against fit':>11}  {'start':>7}")
    for contestant, values in rates.items():
        median, spread = statistics.median(values), f"{min(values):.0f}-{max(values):.0f}"
        start = statistics.median(starts[contestant])
        print(
            f"  {contestant:28}{median:9.0f}  {spread:>16}  {median / fit:10.1f}x  {start:5.2f} s"
        )


def main() -> None:
    """Measure both networks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="number of rounds")
    rounds = parser.parse_args().rounds
    measure("circles MLP 2-10-5-1, SGD", circles(), rounds)
    measure("conv net 32x32x3, two conv layers, Adam", conv_net(), rounds)


if __name__ == "__main__":
    main()
