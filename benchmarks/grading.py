"""Seconds per submission: `dltf grade` compared with `nbgrader autograde` and `otter run`.

    python benchmarks/grading.py [--rounds 3] [--notebooks 50] [--sample 8] [--no-peers]

A class of distinct correct notebooks answers the three exercises of `benchmarks/three`; the other
graders run the same cases as assert cells and as otter tests. Every submission must get full marks
from every grader, or the benchmark fails. A figure is the wall time of a complete command divided
by the number of submissions; contestants alternate, and medians are compared. The others grade a
sample of the class, in an environment of their own with the same TensorFlow, made by the script.
Memory is the largest sum of the proportional set sizes (PSS) of a command and all its descendants,
from one more run of each. Linux only.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import json
import os
import platform
import random
import shutil
import statistics
import string
import subprocess
import sys
import tempfile
import threading
import time
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

THREE = Path(__file__).parent / "three"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "dltf-benchmarks"
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
PEERS = ("nbgrader", "otter-grader")
FULL_MARKS = 6
TARGETS = {"nbgrader autograde": (30, 50), "otter run": (75, 100)}

# The class ----------------------------------------------------------------------------------------

HE = [
    """
def initialize_parameters_he(layers_dims):
    $p = {}
    for $l in range(1, len(layers_dims)):
        here, before = layers_dims[$l], layers_dims[$l - 1]
        $p["W" + str($l)] = np.random.randn(here, before) * np.sqrt(2.0 / before)
        $p["b" + str($l)] = np.zeros((here, 1))
    return $p
""",
    """
def initialize_parameters_he(layers_dims):
    $p = {}
    for $l, (before, here) in enumerate(zip(layers_dims[:-1], layers_dims[1:]), start=1):
        $p[f"W{$l}"] = np.random.normal(0.0, (2 / before) ** 0.5, size=(here, before))
        $p[f"b{$l}"] = np.zeros((here, 1))
    return $p
""",
    """
def initialize_parameters_he(layers_dims):
    depth = len(layers_dims) - 1
    $p = {f"b{$l}": np.zeros((layers_dims[$l], 1)) for $l in range(1, depth + 1)}
    for $l in range(1, depth + 1):
        scale = np.sqrt(2.0) / np.sqrt(layers_dims[$l - 1])
        $p[f"W{$l}"] = scale * np.random.standard_normal((layers_dims[$l], layers_dims[$l - 1]))
    return $p
""",
]
TRIPLET = [
    """
def triplet_loss(y_true, y_pred, alpha=0.2):
    $a, positive, negative = y_pred[0], y_pred[1], y_pred[2]
    $d = tf.reduce_sum(tf.square($a - positive), axis=-1)
    other = tf.reduce_sum(tf.square($a - negative), axis=-1)
    return tf.reduce_sum(tf.maximum($d - other + alpha, 0.0))
""",
    """
def triplet_loss(y_true, y_pred, alpha=0.2):
    $a, positive, negative = y_pred
    $d = tf.reduce_sum(($a - positive) ** 2 - ($a - negative) ** 2, axis=-1)
    return tf.reduce_sum(tf.nn.relu($d + alpha))
""",
    """
def triplet_loss(y_true, y_pred, alpha=0.2):
    $a = y_pred[0]
    $d = [tf.math.reduce_sum(tf.math.squared_difference($a, other), -1) for other in y_pred[1:]]
    loss = tf.maximum($d[0] - $d[1] + alpha, 0)
    return tf.reduce_sum(loss)
""",
]
IOU = [
    """
def iou_filter(boxes, scores, reference, threshold=0.5):
    left_top = tf.maximum(boxes[:, :2], reference[:2])
    right_bottom = tf.minimum(boxes[:, 2:], reference[2:])
    $i = tf.reduce_prod(tf.maximum(right_bottom - left_top, 0.0), axis=-1)
    areas = tf.reduce_prod(boxes[:, 2:] - boxes[:, :2], axis=-1)
    area = tf.reduce_prod(reference[2:] - reference[:2])
    $k = $i / (areas + area - $i) >= threshold
    return tf.boolean_mask(boxes, $k), tf.boolean_mask(scores, $k)
""",
    """
def iou_filter(boxes, scores, reference, threshold=0.5):
    x1, y1, x2, y2 = tf.unstack(boxes, axis=1)
    width = tf.minimum(x2, reference[2]) - tf.maximum(x1, reference[0])
    height = tf.minimum(y2, reference[3]) - tf.maximum(y1, reference[1])
    $i = tf.nn.relu(width) * tf.nn.relu(height)
    own = (reference[2] - reference[0]) * (reference[3] - reference[1])
    union = (x2 - x1) * (y2 - y1) + own - $i
    $k = $i / union >= threshold
    return boxes[$k], scores[$k]
""",
    """
def iou_filter(boxes, scores, reference, threshold=0.5):
    corner = tf.maximum(boxes[:, 0:2], reference[0:2])
    $i = tf.maximum(tf.minimum(boxes[:, 2:4], reference[2:4]) - corner, 0.0)
    $i = $i[:, 0] * $i[:, 1]
    size = lambda box: (box[..., 2] - box[..., 0]) * (box[..., 3] - box[..., 1])
    $k = tf.where($i / (size(boxes) + size(reference) - $i) >= threshold)[:, 0]
    return tf.gather(boxes, $k), tf.gather(scores, $k)
""",
]
WORDS = {
    "p": ("parameters", "params", "weights", "result", "theta"),
    "l": ("l", "i", "layer", "n"),
    "a": ("anchor", "a", "face"),
    "d": ("distance", "pos_dist", "dist"),
    "i": ("overlap", "inter", "intersection"),
    "k": ("keep", "mask", "selected"),
}
REMARKS = ("as in the lecture", "see the paper", "vectorised", "took me a while", "checked by hand")


def notebook(number: int) -> list[tuple[str, str]]:
    """Return one student's code cells as (name, source); no two students' are alike."""
    rng = random.Random(number)
    words = {key: rng.choice(choices) for key, choices in WORDS.items()}
    cells = [("imports", "import numpy as np\nimport tensorflow as tf")]
    for name, versions in (("he", HE), ("triplet", TRIPLET), ("iou", IOU)):
        body = string.Template(rng.choice(versions)).substitute(words).strip()
        cells.append((name, f"# {rng.choice(REMARKS)} ({number}.{len(cells)})\n{body}"))
    cells.append(("trial", "print(initialize_parameters_he([3, 2, 1]))"))
    return cells


# The same cases for the other graders: (name, exercise, points, text) -----------------------------

BOXES = """
def make(count):
    corner = rng.uniform(0, 0.5, size=(count, 2))
    return np.concatenate([corner, corner + rng.uniform(0.3, 1.0, size=(count, 2))], axis=1)
def kept(boxes, threshold):
    own = boxes[0]
    inter = np.minimum(boxes[:, 2:], own[2:]) - np.maximum(boxes[:, :2], own[:2])
    inter = np.maximum(inter, 0).prod(-1)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(-1)
    return inter / (area + area[0] - inter) >= threshold
"""
TRIPLETS = """
y = rng.normal(size=(3, 6, 8)).astype("float32")
gap = ((y[0] - y[1]) ** 2).sum(-1) - ((y[0] - y[2]) ** 2).sum(-1)
"""
CASES = [
    (
        "scale",
        "initialize_parameters_he",
        2,
        """
dims = [150, 220, 310, 1]
parameters = initialize_parameters_he(dims)
for l in (1, 2):
    assert parameters[f"W{l}"].shape == (dims[l], dims[l - 1])
    assert abs(parameters[f"W{l}"].std() / np.sqrt(2 / dims[l - 1]) - 1) < 0.05
    assert abs(parameters[f"W{l}"].mean()) < 0.01
    assert (parameters[f"b{l}"] == np.zeros((dims[l], 1))).all()
""",
    ),
    (
        "sum",
        "triplet_loss",
        1,
        TRIPLETS
        + """
got = triplet_loss(None, [tf.constant(part) for part in y])
assert np.allclose(got, np.maximum(gap + 0.2, 0).sum(), rtol=1e-4)
""",
    ),
    (
        "margin",
        "triplet_loss",
        1,
        TRIPLETS
        + """
alpha = float(rng.uniform(1, 3))
got = triplet_loss(None, [tf.constant(part) for part in y], alpha=alpha)
assert np.allclose(got, np.maximum(gap + alpha, 0).sum(), rtol=1e-4)
""",
    ),
    (
        "keeps",
        "iou_filter",
        1,
        BOXES
        + """
boxes = make(40).astype("float32")
scores = rng.uniform(size=40).astype("float32")
got = iou_filter(tf.constant(boxes), tf.constant(scores), tf.constant(boxes[0]))
assert np.allclose(got[0], boxes[kept(boxes, 0.5)])
assert np.allclose(got[1], scores[kept(boxes, 0.5)])
""",
    ),
    (
        "threshold",
        "iou_filter",
        1,
        BOXES
        + """
boxes = np.concatenate([make(40), make(5) + 10.0]).astype("float32")
scores, bar = rng.uniform(size=45).astype("float32"), float(rng.uniform(0.2, 0.4))
got = iou_filter(tf.constant(boxes), tf.constant(scores), tf.constant(boxes[0]), threshold=bar)
assert np.allclose(got[0], boxes[kept(boxes, bar)])
assert np.allclose(got[1], scores[kept(boxes, bar)])
""",
    ),
]
HEAD = "import numpy as np, tensorflow as tf\nrng = np.random.default_rng(1)\n"


def ipynb(cells: list[dict[str, Any]]) -> str:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def cell(name: str, source: str, **metadata: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": name,
        "source": source,
        "metadata": metadata,
        "outputs": [],
        "execution_count": None,
    }


# The contestants ----------------------------------------------------------------------------------


class Contestant:
    """A grader with its copy of the class."""

    name = ""

    def __init__(self, folder: Path, numbers: range) -> None:
        self.folder, self.numbers = folder, numbers
        folder.mkdir(parents=True)
        self.environment = {**os.environ, **QUIET}

    def reset(self) -> None:
        """Delete the results of the last run."""

    def run(self, memory: Memory | None = None) -> float:
        """Grade the class once; return the seconds per submission."""
        self.reset()
        began = time.perf_counter()
        for command in self.commands():
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self.environment,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            with memory.watch(process.pid) if memory else contextlib.nullcontext():
                output = process.communicate()[0]
            if process.returncode:
                sys.exit(f"{' '.join(command)} failed:\n{output}")
        took = time.perf_counter() - began
        scores = self.scores()
        if scores != [FULL_MARKS] * len(self.numbers):
            expected = f"{FULL_MARKS} for each of {len(self.numbers)}"
            sys.exit(f"{self.name}: expected {expected}, got {scores}")
        return took / len(self.numbers)

    def commands(self) -> list[list[str]]:
        """Return the commands that grade the class."""
        raise NotImplementedError

    def scores(self) -> list[float]:
        """Return the scores of the last run."""
        raise NotImplementedError


class Dltf(Contestant):
    """`dltf grade` at full isolation."""

    name = "dltf grade"
    options: tuple[str, ...] = ()

    def __init__(self, folder: Path, numbers: range) -> None:
        super().__init__(folder, numbers)
        (folder / "class").mkdir()
        for number in numbers:
            cells = [cell(name, source) for name, source in notebook(number)]
            (folder / "class" / f"student{number:02}.ipynb").write_text(ipynb(cells))

    def commands(self) -> list[list[str]]:
        return [
            [
                sys.executable,
                "-m",
                "dltf.cli",
                "grade",
                "class",
                "--assignment",
                str(THREE),
                "--isolation",
                "require",
                "--json",
                "result.json",
                *self.options,
            ]
        ]

    def scores(self) -> list[float]:
        result = json.loads((self.folder / "result.json").read_text())
        assert result["isolation"] == "namespaces"
        return [entry["score"] for entry in result["submissions"]]


class DltfAlone(Dltf):
    """`dltf grade` with one process, as the other graders run."""

    name = "dltf grade --jobs 1"
    options = ("--jobs", "1")


class Nbgrader(Contestant):
    """`nbgrader autograde`: one command for the class, a kernel for each notebook."""

    name = "nbgrader autograde"

    def __init__(self, folder: Path, numbers: range, programs: Path) -> None:
        super().__init__(folder, numbers)
        self.programs = programs
        self.environment["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
        config = "c = get_config()\nc.CourseDirectory.course_id = 'course'\n"
        (folder / "nbgrader_config.py").write_text(config)
        self._write(folder / "source" / "three", 0)
        for number in numbers:
            self._write(folder / "submitted" / f"student{number:02}" / "three", number)
        generate = [programs / "nbgrader", "generate_assignment", "three", "--create"]
        subprocess.run(generate, cwd=folder, env=self.environment, check=True, capture_output=True)
        shutil.copy(folder / "gradebook.db", folder / "fresh.db")

    def _write(self, folder: Path, number: int) -> None:
        def metadata(name: str, points: float | None = None) -> dict[str, Any]:
            graded = points is not None
            said = {
                "schema_version": 3,
                "grade_id": name,
                "grade": graded,
                "locked": graded,
                "solution": not graded,
                "task": False,
            }
            return said | ({"points": points} if graded else {})

        cells = [cell(name, source, nbgrader=metadata(name)) for name, source in notebook(number)]
        cells += [
            cell(f"test_{name}", HEAD + text, nbgrader=metadata(f"test_{name}", points))
            for name, _, points, text in CASES
        ]
        folder.mkdir(parents=True)
        (folder / "three.ipynb").write_text(ipynb(cells))

    def reset(self) -> None:
        shutil.rmtree(self.folder / "autograded", ignore_errors=True)
        shutil.copy(self.folder / "fresh.db", self.folder / "gradebook.db")

    def commands(self) -> list[list[str]]:
        return [[str(self.programs / "nbgrader"), "autograde", "three"]]

    def scores(self) -> list[float]:
        program = (
            "import json; from nbgrader.api import Gradebook\n"
            "with Gradebook('sqlite:///gradebook.db') as g:\n"
            "    print(json.dumps([s.score for s in g.assignment_submissions('three')]))"
        )
        done = subprocess.run(
            [self.programs / "python", "-c", program],
            cwd=self.folder,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return json.loads(done.stdout.splitlines()[-1])


class Otter(Contestant):
    """`otter run`: a command and a kernel for each notebook."""

    name = "otter run"

    def __init__(self, folder: Path, numbers: range, programs: Path) -> None:
        super().__init__(folder, numbers)
        self.programs = programs
        self.environment["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
        with zipfile.ZipFile(folder / "autograder.zip", "w") as archive:
            archive.writestr("otter_config.json", json.dumps({"lang": "python"}))
            for exercise in dict.fromkeys(case[1] for case in CASES):
                archive.writestr(f"tests/{exercise}.py", self._tests(exercise))
        for number in numbers:
            cells = [cell(name, source) for name, source in notebook(number)]
            (folder / f"student{number:02}.ipynb").write_text(ipynb(cells))

    @staticmethod
    def _tests(exercise: str) -> str:
        text = ["from otter.test_files import test_case", "OK_FORMAT = False"]
        text += [f"name = {exercise!r}"]
        for name, of, points, body in CASES:
            if of == exercise:
                text += [f"@test_case(points={points})", f"def test_{name}({exercise}, env):"]
                text += [f"    {line}" for line in (HEAD + body).splitlines()]
        return "\n".join([*text, ""])

    def commands(self) -> list[list[str]]:
        return [
            [
                str(self.programs / "otter"),
                "run",
                "-a",
                "autograder.zip",
                "-o",
                f"out{n:02}",
                "--no-logo",
                f"student{n:02}.ipynb",
            ]
            for n in self.numbers
        ]

    def reset(self) -> None:
        for number in self.numbers:
            shutil.rmtree(self.folder / f"out{number:02}", ignore_errors=True)
            (self.folder / f"out{number:02}").mkdir()

    def scores(self) -> list[float]:
        results = [
            json.loads((self.folder / f"out{n:02}" / "results.json").read_text())
            for n in self.numbers
        ]
        return [sum(test.get("score", 0) for test in result["tests"]) for result in results]


# Memory -------------------------------------------------------------------------------------------


class Memory:
    """Samples the memory of a process and all its descendants."""

    def __init__(self) -> None:
        self.peak, self._ended = 0, threading.Event()

    @contextlib.contextmanager
    def watch(self, pid: int) -> Any:
        """Sample while the block runs."""
        self._ended.clear()
        thread = threading.Thread(target=self._sample, args=(pid,))
        thread.start()
        yield
        self._ended.set()
        thread.join()

    def _sample(self, pid: int) -> None:
        while not self._ended.wait(0.02):
            self.peak = max(self.peak, sum(map(_pss, _tree(pid))))


def _tree(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parent = Path(entry.path, "stat").read_text().rpartition(")")[2].split()[1]
                children.setdefault(int(parent), []).append(int(entry.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def _pss(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


# The measurement ----------------------------------------------------------------------------------


def peers() -> Path | None:
    """Return the programs' folder of an environment with nbgrader and otter; make it if need be."""
    folder = CACHE / "peers"
    python = folder / "bin" / "python"
    wanted = importlib.metadata.version("tensorflow")
    program = (
        "from importlib.metadata import version as v; import sys\n"
        f"v('nbgrader'), v('otter-grader'); sys.exit(v('tensorflow') != {wanted!r})"
    )
    if not python.exists():
        print(f"making {folder} (nbgrader, otter-grader, tensorflow {wanted}) …", flush=True)
        venv.create(folder, with_pip=True)
    if subprocess.run([python, "-c", program], capture_output=True).returncode:
        install = [python, "-m", "pip", "install", "-q", f"tensorflow=={wanted}"]
        done = subprocess.run([*install, *PEERS], capture_output=True, text=True)
        if done.returncode:
            print(f"the other graders cannot be installed: {done.stderr.strip().splitlines()[-1]}")
            return None
    return folder / "bin"


def versions(programs: Path | None) -> str:
    """Return the versions of everything compared, as one line."""
    here = ("tensorflow", "keras", "numpy")
    said = [("Python", platform.python_version())]
    said += [(name, importlib.metadata.version(name)) for name in here]
    if programs:
        program = f"from importlib.metadata import version; print(*map(version, {PEERS}))"
        done = subprocess.run([programs / "python", "-c", program], capture_output=True, text=True)
        said += zip(PEERS, done.stdout.split(), strict=True)
    return ", ".join(f"{name} {version}" for name, version in said)


def main() -> None:
    """Measure, and print a table (Markdown)."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="number of rounds")
    parser.add_argument("--notebooks", type=int, default=50, help="size of the class")
    parser.add_argument(
        "--sample", type=int, default=8, help="number of submissions for the other graders"
    )
    parser.add_argument("--no-peers", action="store_true", help="measure dltf alone")
    asked = parser.parse_args()
    everybody, sample = range(asked.notebooks), range(min(asked.sample, asked.notebooks))
    assert len({str(notebook(n)) for n in everybody}) == asked.notebooks
    programs = None if asked.no_peers else peers()
    with tempfile.TemporaryDirectory(prefix="dltf-benchmark-") as name:
        folder = Path(name)
        contestants: list[Contestant] = [
            Dltf(folder / "dltf", everybody),
            DltfAlone(folder / "alone", everybody),
        ]
        if programs:
            contestants += [
                Nbgrader(folder / "nbgrader", sample, programs),
                Otter(folder / "otter", sample, programs),
            ]
        times: dict[str, list[float]] = {c.name: [] for c in contestants}
        before = os.getloadavg()[0]
        for _ in range(asked.rounds):
            for contestant in contestants:
                times[contestant.name].append(contestant.run())
                print(f"{contestant.name}: {times[contestant.name][-1]:.3f} s", flush=True)
        after = os.getloadavg()[0]
        peaks = {}
        for contestant in contestants:
            memory = Memory()
            contestant.run(memory)
            peaks[contestant.name] = memory.peak
    print(
        f"\n{versions(programs)}; {len(os.sched_getaffinity(0))} cores; load average "
        f"{before:.1f} before, {after:.1f} after; {asked.rounds} rounds; full marks everywhere\n"
    )
    report(contestants, times, peaks)


def report(
    contestants: list[Contestant], times: dict[str, list[float]], peaks: dict[str, int]
) -> None:
    """Print the table."""
    median: Callable[[list[float]], float] = statistics.median
    ours = times[Dltf.name]
    print(
        "| | notebooks | s / submission | all rounds | relative to `dltf grade` | ratio of fastest "
        "| target (aim) | memory, process tree |"
    )
    print("|---|--:|--:|---|--:|--:|--:|--:|")
    for contestant in contestants:
        theirs = times[contestant.name]
        ratio = median([their / our for their, our in zip(theirs, ours, strict=True)])
        target = "{}x ({}x)".format(*TARGETS[contestant.name]) if contestant.name in TARGETS else ""
        print(
            f"| `{contestant.name}` | {len(contestant.numbers)} | {median(theirs):.3f} "
            f"| {', '.join(f'{t:.3f}' for t in theirs)} | {ratio:.1f}x "
            f"| {min(theirs) / min(ours):.1f}x | {target} "
            f"| {peaks[contestant.name] / 2**20:.0f} MiB |"
        )


if __name__ == "__main__":
    main()
