"""Type checking: mypy checks array types with the project's settings, and py.typed is shipped."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from dltf.autograder.assignment import stubs

ROOT = Path(__file__).resolve().parents[1]
HEAD = "import numpy as np\nfrom dltf.typing import *\n"


@pytest.fixture(scope="module")
def complaints(tmp_path_factory):
    """Return a function that type-checks a program and returns its errors, without the places."""
    folder = tmp_path_factory.mktemp("types")

    def check(program):
        file = folder / "program.py"
        file.write_text(HEAD + textwrap.dedent(program))
        command = [sys.executable, "-m", "mypy", "--no-pretty", file]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), done.stderr
        return [line.partition(" error: ")[2] for line in done.stdout.splitlines()[:-1]]

    return check


def test_arrays_are_accepted_as_what_they_are(complaints):
    found = complaints(
        """
        def shuffled(x: Array, rng: Random = None) -> Array:
            return np.random.default_rng(rng).permutation(2 * x + np.zeros((3, 1)))

        def zeros(n: int) -> Parameters:
            return {"W": np.zeros((n, n)), "b": shuffled(np.ones((n, 1)), rng=1)}

        def length(x: Array) -> Float:
            return np.linalg.norm(x)
        """
    )
    assert found == []


def test_arrays_are_rejected_as_anything_else(complaints):
    found = complaints(
        """
        def alias(x: Array) -> str:
            return x

        def made() -> str:
            return np.zeros(3)

        def parameters(x: Array) -> Parameters:
            return {"b": "x"}

        def labels(x: Photos) -> Labels:
            return x
        """
    )
    pairs = [("ndarray", "str"), ("ndarray", "str"), ('"str"', "ndarray"), ("unsigned", "signed")]
    assert len(found) == len(pairs)
    for error, (got, wanted) in zip(found, pairs, strict=True):
        before, _, after = error.partition("expected")
        assert got in before
        assert wanted in after


def test_the_student_edition_is_typed():
    assert "dltf/py.typed" in dict(stubs.student_files())
