"""docs/authors.md: its assignment verifies and grades, and every example on the page is read."""

import re
from pathlib import Path

import pytest
from conftest import ROOT

from dltf.authoring import findings, sample, verify
from dltf.autograder import batch
from dltf.autograder.assignment import loading
from dltf.autograder.assignment.declarations import read_cases, read_mistakes
from dltf.autograder.grading import Grader

PAGE = (ROOT / "docs" / "authors.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
FILES = {block.split("\n")[0][2:]: block for block in BLOCKS if re.match(r"# \w+\.py\n", block)}
WORDS = "from dltf.autograder import *\nimport numpy as np\n"


def sections():
    """Return word -> the code of the section about it."""
    parts = re.split(r"^## `(\w+)`.*$", PAGE, flags=re.MULTILINE)
    return {
        word: "".join(re.findall(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL))
        for word, text in zip(parts[1::2], parts[2::2], strict=True)
    }


@pytest.fixture
def softmax(tmp_path):
    """Return the page's assignment, its files as they are on the page."""
    folder = tmp_path / "softmax"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def extended(folder, name, text):
    """Return the assignment with more text at the end of one of its files."""
    path = folder / name
    before = path.read_text(encoding="utf-8") if path.exists() else WORDS
    path.write_text(f"{before}\n\n{text}", encoding="utf-8")
    return loading.load(folder)


def test_the_assignment_of_the_page_is_good(softmax, pool):
    assert sorted(FILES) == ["accepted.py", "cases.py", "mistakes.py", "reference.py"]
    report = verify.verify(loading.load(softmax), Grader(pool, seed=1), seeds=2)
    found = report.exercises["softmax"]
    assert report.ok, findings.lines(report)
    assert (found.accepted, found.mistakes, found.survivors) == (1, 3, {})
    assert len(found.explained) == 2


def test_its_sample_class_is_drawn_and_graded(softmax, tmp_path):
    written = sample.write_class([softmax], tmp_path / "class")
    result = batch.grade_paths([tmp_path / "class"], assignment=str(softmax), seed=1, jobs=2)
    graded = {Path(one.file).stem: one for one in result.submissions}
    assert len(graded) == len(written)
    by = {name: one.exercises[0] for name, one in graded.items()}
    assert {verdict.status.value for verdict in by.values()} == {
        "correct", "incorrect", "not attempted", "error", "not graded"
    }  # fmt: skip
    for name in ("one_sum_for_all", "overflow", "sigmoid"):
        assert by[name].mistake == name
    assert all(by[name].correct for name in ("other_answers_1", "full_marks", "older_format"))
    assert graded["older_format"].recognised.format == "notebook 3"


def test_every_word_has_an_example():
    declared = {"exercise", "case", "helpers", "mistake", "accepted", "equivalent", "student"}
    assert declared == set(sections())
    for word, code in sections().items():
        assert re.search(rf"\b{word}\(", code), word
    for judge in ("close", "exactly", "same_scale", "same_set"):
        assert f"`judge={judge}(" in PAGE


def test_the_examples_of_cases_are_read():
    said = sections()
    declared = [
        line for line in said["exercise"].split("\n") if not line.startswith('exercise("softmax')
    ]
    code = WORDS + said["exercise"] + said["helpers"] + said["case"]
    for name in re.findall(r'exercise\("(\w+)"', "\n".join(declared)):
        code += f"\n@case({name!r})\ndef of_{name}(answer, rng):\n    return 1\n"
    collected = read_cases(code)
    assert list(collected.exercises) == ["softmax", "cross_entropy", "sigmoid", "dense", "adam"]
    assert collected.exercises["adam"].returns == {2: "2017", 3: "2021"}
    assert collected.helpers == ["init_utils", "public_tests"]
    assert (collected.cases[0].points, collected.cases[0].judge.rtol) == (3, 1e-4)


def test_the_examples_of_mistakes_match_the_reference(softmax):
    more = read_mistakes(WORDS + sections()["mistake"])
    columns = "along_the_columns"
    assert [m.id for m in more] == [
        *("not_divided", "flat", "turned", "no_exp", "mean"),
        *(columns, f"{columns}_in_the_maximum", f"{columns}_in_the_sum"),
    ]
    assignment = loading.load(softmax)
    for one in more:
        compile(assignment.with_mistake(one), one.id, "exec")


def test_the_other_examples_are_read(softmax):
    said = sections()
    assignment = extended(softmax, "accepted.py", said["accepted"])
    assert [a.name for a in assignment.alternatives] == ["by_logarithm", "by_rows"]
    declared = said["equivalent"].replace('"dropout"', '"softmax"')
    assignment = extended(softmax, "accepted.py", declared)
    assert [e.ignores for e in assignment.equivalents] == ["", "", "", "seed"]
    assignment = extended(softmax, "students.py", said["student"])
    (typo,) = sample.students(assignment)
    assert typo.name == "typo"
    assert typo.answers == {"softmax": "def softmax(z):\n    return np.exp(zz)"}
