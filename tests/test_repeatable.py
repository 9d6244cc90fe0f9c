"""A regrade with the same seed gives the same result, word for word."""

import pytest
from conftest import grade

from dltf.autograder.assignment import loading
from dltf.autograder.diagnosis import repeatable
from dltf.autograder.execution.limits import Limits
from dltf.autograder.execution.pool import Pool
from dltf.autograder.grading import Grader
from dltf.autograder.public import public_observations, read_public

CASES = '''
import os
import tempfile

from dltf.autograder import case, exercise

exercise("read")
exercise("sort")


@case("read")
def of_a_file(answer, rng):
    """The text of a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "poem.txt")
        with open(path, "w") as file:
            file.write("rose")
        return answer.read(path=path)


@case("sort")
def of_objects(answer, rng):
    """Anything can be sorted."""
    return answer.sort(values=[object(), tempfile.gettempdir, *rng.integers(0, 99, size=3)])
'''
REFERENCE = """
def read(path):
    ### BEGIN SOLUTION
    with open(path) as file:
        text = file.read()
    ### END SOLUTION
    return text


def sort(values):
    ### BEGIN SOLUTION
    values = sorted(values, key=str)
    ### END SOLUTION
    return len(values)
"""
MISTAKES = """
from dltf.autograder import mistake
mistake("read", "file.read()", "file.read()[1:]", id="first", hint="From its first letter on.")
"""
# What students write: (read, sort), each of which shows something that differs from run to run.
ANSWERS = {
    "paths": ("    return path", "    return sorted(values)"),
    "messages": (
        "    raise ValueError(f'no file {path} here')",
        "    raise TypeError(f'{values[0]} and {values[1]!r} do not compare')",
    ),
    "absent": ("    return open(path + '.old').read()", "    return values[0] < values[1]"),
    "own_files": (
        "    import tempfile\n    return tempfile.mkdtemp() + '/copy.txt'",
        "    import tempfile\n    return tempfile.NamedTemporaryFile(suffix='.npz').name",
    ),
    "objects": ("    return object()", "    return [values[0], lambda x: x]"),
    "texts": ("    return repr(open(path))", "    return {repr(v): str(v) for v in values}"),
    "sets": ("    return set(path)", "    return list({str(type(v)) for v in values})"),
}


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source") / "poems"
    folder.mkdir()
    for name, text in {"cases": CASES, "reference": REFERENCE, "mistakes": MISTAKES}.items():
        (folder / f"{name}.py").write_text(text)
    return loading.load(folder)


def graded(assignment, isolation):
    """Return the results of all answers, graded in a server of their own."""
    limits = Limits(seconds=5, cpu_seconds=20, memory=512 * 2**20, processes=64)
    with Pool(2, isolation, limits, imports=("numpy",)) as pool:
        grader = Grader(pool, 20)
        found = {}
        for name, (read, sort) in ANSWERS.items():
            source = f"def read(path):\n{read}\n\ndef sort(values):\n{sort}\n"
            found[name] = grade(grader, assignment, source)
            del found[name]["seconds"]
        return found


@pytest.mark.parametrize("isolation", ["auto", "off"])
def test_the_same_seed_gives_the_same_result(assignment, isolation):
    first, again = (graded(assignment, isolation) for _ in range(2))
    assert first == again
    assert first["paths"]["by"]["read"]["status"] == "incorrect"
    assert "read(path='…/poem.txt')" in first["paths"]["by"]["read"]["feedback"]
    assert "ValueError: no file …/poem.txt here" in first["messages"]["by"]["read"]["feedback"]
    assert "<object object at 0x…>" in first["messages"]["by"]["sort"]["feedback"]


def test_a_release_is_the_same_each_time(assignment):
    first, again = (public_observations(assignment, (1,)) for _ in range(2))
    assert first == again
    assert "'…/poem.txt'" in repr(read_public(first))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<f at 0x7f3f11b83370>, 0x10", "<f at 0x…>, 0x10"),
        ("'/scratch/tmpi3bb8gi1/camera.png'", "'…/camera.png'"),
        ("/tmp/dltf-a_b/root-x1/job-abcd1234/tmpabcdefgh.npz", "….npz"),
        ("/var/folders/xy/T/tmp12345678", "…"),
        ("/home/me/tmpdir/data, tmp12345678", "/home/me/tmpdir/data, tmp12345678"),
        ("1/2 and a/tmp", "1/2 and a/tmp"),
        ("'<f at 0x7f3f…, '/scratch/tmpi3b…", "'<f at 0x……, '……"),
    ],
)
def test_what_differs_from_run_to_run_is_left_out(text, expected):
    assert repeatable(text) == expected
