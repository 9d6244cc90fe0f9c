"""Step time of `dltf.optimization`'s optimizers against Keras's own, in the same loop.

    python benchmarks/optimizers.py [--rounds 7]

Both train the same network on the same batches with `dltf.training.train`, and the time is taken
after every epoch. A run's figure is the lower quartile of its epochs' times without the first few,
so that neither building the graph nor other programs affect it. The two alternate, each going first
in every other round; the median ratio over the rounds is printed. Above 1 Keras's own is faster.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from dltf import data, optimization
from dltf.training import train

Make = Callable[[], keras.optimizers.Optimizer]
PAIRS: dict[str, tuple[Make, Make]] = {  # ours, Keras's own
    "gradient descent": (
        lambda: optimization.GradientDescent(0.01),
        lambda: keras.optimizers.SGD(0.01),
    ),
    "momentum": (
        lambda: optimization.Momentum(0.01, beta=0.9),
        lambda: keras.optimizers.SGD(0.001, momentum=0.9),
    ),
    "RMSprop": (
        lambda: optimization.RMSprop(0.001),
        lambda: keras.optimizers.RMSprop(0.001),
    ),
    "Adam": (lambda: optimization.Adam(0.001), lambda: keras.optimizers.Adam(0.001)),
}
NETWORKS = {  # layers, features, examples, epochs
    "small 2-5-2-1": ((5, 2), 2, 6400, 60),
    "wide 100-256-256-1": ((256, 256), 100, 1280, 60),
}
BATCH, SKIPPED = 64, 5


def microseconds(make: Make, name: str) -> float:
    """Return the time of a step in one training run of a new network."""
    layers, n_x, m, epochs = NETWORKS[name]
    if n_x == 2:
        x, y = data.make_moons(m, noise=0.2, rng=3)
    else:
        rng = np.random.default_rng(0)
        x, y = rng.normal(size=(m, n_x)), rng.integers(0, 2, size=(m, 1)).astype(float)
    dense = [keras.layers.Dense(n, "relu", kernel_initializer="he_normal") for n in layers]
    network = keras.Sequential([keras.Input((n_x,)), *dense, keras.layers.Dense(1)])
    stamps: list[float] = []
    train(
        network,
        (x, y),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        optimizer=make(),
        epochs=epochs + SKIPPED,
        batch_size=BATCH,
        callbacks=[lambda run: stamps.append(time.perf_counter())],
        seed=1,
        progress=False,
    )
    return float(np.quantile(np.diff(stamps[SKIPPED - 1 :]), 0.25)) / (m // BATCH) * 1e6


def measure(name: str, rounds: int) -> None:
    """Run both in alternation and print microseconds per step, and the ratio."""
    print(f"\n{name}: {NETWORKS[name][2]} examples, batches of {BATCH}; microseconds per step")
    print(f"  {'':18}{'ours':>8}{'Keras':>8}{'ratio':>8}  lowest-highest")
    for label, pair in PAIRS.items():
        times: tuple[list[float], list[float]] = ([], [])
        for turn in range(rounds):
            for i in (0, 1) if turn % 2 == 0 else (1, 0):
                times[i].append(microseconds(pair[i], name))
        ratios = [a / b for a, b in zip(*times, strict=True)]
        ours, keras_own = map(statistics.median, times)
        spread = f"{min(ratios):.2f}-{max(ratios):.2f}"
        ratio = statistics.median(ratios)
        print(f"  {label:18}{ours:8.0f}{keras_own:8.0f}{ratio:8.2f}  {spread}")


def main() -> None:
    """Measure all pairs on both networks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7, help="number of rounds")
    rounds = parser.parse_args().rounds
    for name in NETWORKS:
        measure(name, rounds)


if __name__ == "__main__":
    main()
