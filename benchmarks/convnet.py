"""Convolution in NumPy compared with TensorFlow: loops, vectorized, and `tf.nn.conv2d`.

    python benchmarks/convnet.py [--rounds 15]

32 images 64x64x3, 8 filters 5x5, with the bias, padding 2 and none. Contestants take turns, and
medians are compared; TensorFlow uses as many threads as it likes, and so does NumPy. The loops
take so long that they do one image of the 32, once a round of three, and are scaled up. Before
anything is timed the results are compared.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

from dltf.convnet import conv_forward
from dltf.convnet.vectorized import convolve, convolve_backward

TARGETS = {"float32": (5.0, 2.5), "float64": (2.0, 1.3)}
LOOPS = 100.0


def turns(contestants: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median seconds of each contestant; they are run in alternation."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for run in range(rounds + 2):
        for name, function in contestants.items():
            start = time.perf_counter()
            function()
            if run >= 2:  # the first two warm up
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, ", end="")
    print(f"NumPy {np.__version__}, TensorFlow {tf.__version__}")
    print("dtype    pad  convolve ms  tf.nn.conv2d ms  ratio (at most, aim)  loops / convolve")
    missed = []
    for dtype, (most, aim) in TARGETS.items():
        rng = np.random.default_rng(0)
        A = rng.normal(size=(32, 64, 64, 3)).astype(dtype)
        W, b = rng.normal(size=(5, 5, 3, 8)).astype(dtype), rng.normal(size=(8,)).astype(dtype)
        tensors = [tf.constant(array) for array in (A, W, b)]
        for pad in (2, 0):

            def theirs(pad: int = pad, tensors: list[tf.Tensor] = tensors) -> np.ndarray:
                a, w, c = tensors
                padding = [[0, 0], [pad, pad], [pad, pad], [0, 0]]
                return (tf.nn.conv2d(a, w, 1, padding if pad else "VALID") + c).numpy()

            def ours(
                pad: int = pad, A: np.ndarray = A, W: np.ndarray = W, b: np.ndarray = b
            ) -> np.ndarray:
                return convolve(A, W, b, stride=1, pad=pad)

            tolerance = 1e-4 if dtype == "float32" else 1e-11
            np.testing.assert_allclose(ours(), theirs(), rtol=tolerance, atol=10 * tolerance)
            assert ours().dtype == dtype
            seconds = turns({"ours": ours, "theirs": theirs}, rounds)
            one, bias = A[:1], b.reshape(1, 1, 1, -1)
            settings = {"stride": 1, "pad": pad}
            by_loop = []
            for _ in range(3):
                start = time.perf_counter()
                conv_forward(one, W, bias, settings)
                by_loop.append(32 * (time.perf_counter() - start))
            ratio = seconds["ours"] / seconds["theirs"]
            loops = statistics.median(by_loop) / seconds["ours"]
            print(
                f"{dtype:8} {pad:3d}  {1e3 * seconds['ours']:11.1f}  "
                f"{1e3 * seconds['theirs']:15.1f}  {ratio:5.2f} ({most}, {aim})  {loops:18.0f}"
            )
            if ratio > most or loops < LOOPS:
                missed.append(f"{dtype} pad {pad}")
    print("backward (float32, pad 2), compared with tf.GradientTape:")
    A, W = A.astype("float32"), W.astype("float32")
    dZ = rng.normal(size=(32, 64, 64, 8)).astype("float32")
    a, w, d = (tf.constant(array) for array in (A, W, dZ))

    def tape() -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch([a, w])
            Z = tf.nn.conv2d(a, w, 1, "SAME")
        return tape.gradient(Z, [a, w], output_gradients=d)

    back = turns({"ours": lambda: convolve_backward(dZ, A, W, 1, 2), "theirs": tape}, rounds)
    print(f"{1e3 * back['ours']:.1f} ms and {1e3 * back['theirs']:.1f} ms")
    if missed:
        raise SystemExit(f"missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
