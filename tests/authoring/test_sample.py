"""`dltf.authoring.sample`: a class is drawn from what an assignment holds, the same each time."""

import json
import shutil

import nbformat
import pytest
from conftest import FOLDERS

from dltf.authoring import sample, verify
from dltf.autograder.assignment import loading
from dltf.autograder.assignment.loading import AssignmentError
from dltf.autograder.grading import Grader
from dltf.autograder.reading.formats import read


@pytest.fixture
def own(tmp_path):
    """Return the folder of an assignment that is not the course's, without students.py."""
    folder = tmp_path / "own"
    shutil.copytree(FOLDERS / "chain", folder)
    return folder


def texts(drawn):
    """Return the notebooks as text; cells' ids do not count."""
    return {
        name: work if isinstance(work, str) else nbformat.writes(work, version=4)
        for name, work in drawn.items()
    }


def test_the_same_seed_draws_the_same_class():
    assignment = loading.load("initialization")
    first, again, other = (
        texts(sample.draw_class(assignment, seed, costly=False)) for seed in (1, 1, 2)
    )
    assert first == again
    assert first.keys() != other.keys()
    assert len(first) == len(other) == sample.SIZE
    assert {happening.__name__ for happening in sample.EVERYWHERE} < first.keys() & other.keys()


def test_a_class_has_every_kind_of_hand_in():
    assignment = loading.load("initialization")
    drawn = sample.draw_class(assignment)
    ids = {mistake.id for mistake in assignment.mistakes}
    alone = [name for name in drawn if name in ids]
    pairs = [name for name in drawn if "_and_" in name and name not in ids]
    assert len([name for name in alone if name not in sample.EVERYWHERE]) >= sample.ALONE
    assert len(pairs) >= 3
    assert {"other_answers_1", "other_answers_2", "endless_loop", "eats_memory"} < drawn.keys()
    assert {one.name for one in sample.students(assignment)} < drawn.keys()
    assert json.loads(drawn["generation_2017"])["nbformat"] == 3


def test_an_own_assignment_gets_a_class_for_nothing(own, tmp_path, pool):
    written = sample.write_class([own], tmp_path / "class")
    assert len({path.name for path in written}) == len(written) > 10
    assignment, grader = loading.load(own), Grader(pool, seed=3)
    graded = {}
    for path in written:
        if path.stem not in ("endless_loop", "eats_memory"):
            graded[path.stem] = grader.grade(read(path), assignment).exercises
    seen = {verdict.status.value for verdicts in graded.values() for verdict in verdicts}
    assert {"correct", "incorrect", "not attempted", "error"} <= seen
    known = {mistake.id for mistake in assignment.mistakes}
    drawn = {name for stem in graded for name in stem.split("_and_") if name in known}
    found = {verdict.mistake for verdicts in graded.values() for verdict in verdicts} - {None}
    assert drawn
    assert found == drawn
    assert all(verdict.correct for verdict in graded["other_answers_1"])


def test_a_pair_is_of_two_exercises_that_do_not_call_each_other():
    assignment = loading.load(FOLDERS / "chain")
    by_id = {(m.exercise, m.id): m for m in assignment.mistakes}
    relu, layer = by_id["relu", "minimum"], by_id["layer", "no_bias"]
    name, total = by_id["mean_square", "name"], by_id["mean_square", "sum"]
    assert not sample._unrelated(assignment, relu, layer)
    assert not sample._unrelated(assignment, relu, by_id["network", "first_first"])
    assert sample._unrelated(assignment, relu, name)
    assert not sample._unrelated(assignment, total, name)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\ndef relu(z):\n    return z\n", "2: relu: expected a line student(...) above it, "
         "got none"),
        ("student('a', '-')\ndef rely(z):\n    return z\n", "1: student 'a': expected an answer "
         "to one of "
         "the exercises relu, layer, network, mean_square; got rely. Did you mean 'relu'?"),
        ("student(name, '-')\n", "1: student: expected the notebook's name in quotes, got "
         "\"student(name, '-')\""),
        ("student()\n", "1: student: expected the notebook's name in quotes, got 'student()'"),
        ("student('a'))\n", "1: expected Python code, got \"student('a'))\" (unmatched ')')"),
    ],
)  # fmt: skip
def test_an_error_in_students_is_named_with_its_line(own, text, message):
    (own / "students.py").write_text(text)
    with pytest.raises(AssignmentError) as caught:
        sample.students(loading.load(own))
    assert str(caught.value) == f"{own}/students.py:{message}"
    with pytest.raises(AssignmentError):
        verify.verify(loading.load(own), None, seeds=1)


def test_what_is_written_by_hand_is_read_as_text(own):
    (own / "students.py").write_text(
        '"""Not run: the imports do not exist."""\n'
        'student("first", "Why.")\n\n\n'
        "def helper(z):  # noqa: D103\n    return z\n\n\n"
        "def relu(z):\n    return helper(z)\n\n\n"
        'student("second", "Why.", older=True)\n'
        "from init_utils import no_such_thing\n\n\n"
        "def relu(z):\n    return 7\n"
    )
    assignment = loading.load(own)
    first, second = sample.students(assignment)
    assert first.answers == {
        "helper": "def helper(z):\n    return z",
        "relu": "def relu(z):\n    return helper(z)",
    }
    assert (second.older, second.imports) == (True, "from init_utils import no_such_thing\n")
    drawn = sample.draw_class(assignment)
    cell = next(c for c in drawn["first"].cells if "return helper(z)" in c.source)
    assert cell.source.startswith("def helper(z):\n    return z\n\n\ndef relu(z):")
    assert "no_such_thing" in drawn["second"]
    assert "older_format" not in drawn
