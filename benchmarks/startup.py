"""Startup times: a cold `dltf grade`, `import dltf`, `dltf --help`, `dltf.check`.

    python benchmarks/startup.py [--rounds 5]

Every figure is the median over rounds in which the contestants alternate, each in a process of its
own. Ratios are within one round. `import` and `check` are timed inside their process, the others
from the start of a process to its end.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from grading import QUIET, THREE, cell, ipynb, notebook

IMPORT = """
import sys, time
began = time.perf_counter()
import dltf
print(time.perf_counter() - began)
loaded = [name for name in ("tensorflow", "keras", "numpy") if name in sys.modules]
assert not loaded, f"import dltf loads {loaded}"
"""
CHECK = f"""
import contextlib, io, time
import tensorflow
import dltf
{notebook(0)[0][1]}
{notebook(0)[1][1]}
for _ in range(2):
    began = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        dltf.check(initialize_parameters_he, assignment={str(THREE)!r})
    print(time.perf_counter() - began)
"""

# A TensorFlow exercise, with TensorFlow's own start behind it, as in a notebook that has run cells.
LOSS = """
import contextlib, io, time
import tensorflow as tf
import dltf
import dltf.face_verification
tf.GradientTape(), tf.reduce_sum(tf.square(tf.random.normal((3, 2))))
def triplet_loss(y_true, y_pred, alpha=0.2):
    a, p, n = y_pred
    d = tf.reduce_sum(tf.square(a - p), -1) - tf.reduce_sum(tf.square(a - n), -1)
    return tf.reduce_sum(tf.maximum(d + {margin}, 0.0))
for _ in range(2):
    began = time.perf_counter()
    outcome = dltf.check(triplet_loss)
    print(time.perf_counter() - began)
    assert outcome.correct == {correct}, outcome
"""


def seconds(command: list[str]) -> list[float]:
    """Run a command; return its wall time, and the times that it printed."""
    began = time.perf_counter()
    done = subprocess.run(command, env={**os.environ, **QUIET}, capture_output=True, text=True)
    took = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{' '.join(command[:4])} failed:\n{done.stdout}{done.stderr}")
    printed = done.stdout.split()
    return [took, *map(float, printed)] if command[1] == "-c" else [took]


def main() -> None:
    """Measure, and print a table (Markdown)."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="number of rounds")
    rounds = parser.parse_args().rounds
    here = sys.executable
    with tempfile.NamedTemporaryFile("w", suffix=".ipynb") as file:
        file.write(ipynb([cell(name, source) for name, source in notebook(0)]))
        file.flush()
        grade = [here, "-m", "dltf.cli", "grade", file.name, "--assignment", str(THREE)]
        commands = {
            "tensorflow": [here, "-c", "import tensorflow"],
            "grade": [*grade, "--isolation", "require"],
            "import": [here, "-c", IMPORT],
            "help": [here, "-m", "dltf.cli", "--help"],
            "check": [here, "-c", CHECK],
            "right": [here, "-c", LOSS.format(margin="alpha", correct=True)],
            "wrong": [here, "-c", LOSS.format(margin="0.2", correct=False)],
        }
        before = os.getloadavg()[0]
        times: dict[str, list[list[float]]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                times[name].append(seconds(command))
        after = os.getloadavg()[0]

    def median(name: str, which: int = 0) -> float:
        return statistics.median(run[which] for run in times[name])

    pairs = zip(times["grade"], times["tensorflow"], strict=True)
    ratio = statistics.median(ours[0] / theirs[0] for ours, theirs in pairs)
    versions = ", ".join(f"{n} {importlib.metadata.version(n)}" for n in ("tensorflow", "keras"))
    print(
        f"Python {platform.python_version()}, {versions}; {len(os.sched_getaffinity(0))} cores; "
        f"load average {before:.1f} before, {after:.1f} after; {rounds} rounds\n"
    )
    print("| | median | target |\n|---|--:|--:|")
    print(f"| `python -c 'import tensorflow'` | {median('tensorflow'):.2f} s | |")
    print(
        f"| `dltf grade one.ipynb`, cold | {median('grade'):.2f} s, {ratio:.2f}x of the above "
        "| 1.5x |"
    )
    print(
        f"| `import dltf` (no TensorFlow, Keras or NumPy loaded) | {median('import', 1):.3f} s "
        "| 0.15 s |"
    )
    print(f"| `dltf --help` | {median('help'):.2f} s | 0.5 s |")
    print(
        f"| `dltf.check` of a NumPy exercise, TensorFlow loaded: first call "
        f"| {median('check', 1):.3f} s | 0.2 s |"
    )
    print(f"| second call | {median('check', 2):.3f} s | 0.2 s |")
    for kind in ("right", "wrong"):
        worst = [max(run[which] for run in times[kind]) for which in (1, 2)]
        for which, call, target in ((1, "first", 0.2), (2, "second", 0.05)):
            print(
                f"| `dltf.check` of the triplet loss, {kind}: {call} call "
                f"| {median(kind, which):.3f} s (worst {worst[which - 1]:.3f}) | {target} s |"
            )


if __name__ == "__main__":
    main()
