"""A class of submissions: a bad file costs one clear line, and the batch goes on."""

import os
import stat
import threading

import pytest
from conftest import FOLDERS, answered, notebook

from dltf.autograder import batch
from dltf.autograder.assignment.loading import AssignmentError
from dltf.autograder.batch import find, grade_paths
from dltf.autograder.execution.limits import Limits
from dltf.autograder.reading import formats

CHAIN = str(FOLDERS / "chain")


def grade(*paths, **options):
    options = {"assignment": CHAIN, "seed": 5, "limits": Limits(seconds=20)} | options
    return grade_paths(paths, **options).as_dict()


# Which files ------------------------------------------------------------------------------------


def test_what_is_graded_in_a_folder(tmp_path):
    for name in ("b.ipynb", "a.py", "deep/c.IPYNB", "notes.txt", "data.csv",
                 ".hidden.py", ".ipynb_checkpoints/b-checkpoint.ipynb",
                 "__pycache__/a.py", ".git/x.py"):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    files, remarks = find([tmp_path, tmp_path / "a.py", tmp_path / "notes.txt"])
    assert [str(f.relative_to(tmp_path)) for f in files] == [
        "a.py", "b.ipynb", "deep/c.IPYNB", "notes.txt",
    ]  # fmt: skip
    assert remarks == [f"{tmp_path}: skipped 2 other files (data.csv, notes.txt)"]
    (tmp_path / "empty").mkdir()
    files, remarks = find([tmp_path / "empty", tmp_path / "absent.ipynb"])
    assert files == [tmp_path / "absent.ipynb"]
    assert "expected notebooks (.ipynb) or scripts (.py), got a folder with none" in remarks[0]


# A class ----------------------------------------------------------------------------------------

BAD = {
    "truncated.ipynb": (notebook("x = 1")[:-20].encode(), "looks cut off"),
    "nothing.ipynb": (b"", "is empty"),
    "no_cells.ipynb": (b'{"cells": [], "metadata": {}}', "without any code"),
    "binary.ipynb": (b"\x89PNG\r\n\x1a\n\0\0", "is not text"),
    "text.ipynb": (b"Dear teacher, the dog ate it", "is not a notebook"),
    "other_course.ipynb": (notebook("def bubble_sort(x): return x").encode(), "Found bubble_sort."),
    "large.ipynb": (notebook(*["x = 1\n" * 1000] * 17_000).encode(), "MiB of code"),
    "absent.ipynb": (None, "No such file"),
}


def test_a_class_with_every_kind_of_bad_file(tmp_path, chain):
    (tmp_path / "good.ipynb").write_text(notebook(answered(chain)))
    (tmp_path / "zzz ü\n[x] 'q'.py").write_text(answered(chain))
    for name, (content, _) in BAD.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
    (tmp_path / "pipe.py").symlink_to("/dev/zero")
    paths = [tmp_path, tmp_path / "absent.ipynb"]
    steps = []
    result = grade(*paths, progress=lambda done, total: steps.append((done, total)))
    by = {os.path.basename(e["file"]): e for e in result["submissions"]}
    assert len(by) == len(BAD) + 3
    for name, (_, words) in BAD.items():
        assert words in by[name]["error"], by[name]
        assert "\n" not in by[name]["error"]
        assert by[name]["exercises"] == []
        assert by[name]["score"] == 0
    assert "expected a file, got something else" in by["pipe.py"]["error"]
    assert by["good.ipynb"]["score"] == by["zzz ü\n[x] 'q'.py"]["score"] == 3
    assert steps == [(i, len(by)) for i in range(1, len(by) + 1)]
    assert [e["file"] for e in result["submissions"]] == [str(f) for f in find(paths)[0]]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text(notebook("x = 1"))
    path.chmod(0)
    assert "Permission denied" in grade(path)["submissions"][0]["error"]
    path.chmod(stat.S_IRUSR)


RETURNS = {
    "a generator": "return (x for x in z)",
    "an object array": "return np.array([1, None], object)",
    "its own comparison": "class A(np.ndarray):\n        def __eq__(self, o): return True\n"
    "    return np.zeros((3, 4)).view(A)",
    "nan": "return z * np.nan",
    "ten gigabytes": "return np.broadcast_to(0.0, (1280, 2**20))",
    "recursion": "return relu(z)",
    "itself": "return relu",
    "a cycle": "a = []; a.append(a); return a",
}


def test_strange_results_cost_one_verdict_each(tmp_path, chain):
    for name, body in RETURNS.items():
        text = f"import numpy as np\ndef relu(z):\n    {body}\n"
        (tmp_path / f"{name}.py").write_text(text)
    result = grade(tmp_path)
    assert len(result["submissions"]) == len(RETURNS)
    for entry in result["submissions"]:
        verdict = entry["exercises"][0]
        assert entry["error"] is None
        assert verdict["points"] == 0
        assert verdict["status"] in ("incorrect", "error", "not graded"), entry
        assert verdict["feedback"]


def test_one_notebook_two_assignments(tmp_path, chain, network, monkeypatch):
    both = {"chain": chain, "network": network}
    monkeypatch.setattr(batch.loading, "available", lambda: list(both))
    monkeypatch.setattr(batch.loading, "load", lambda name: both[name])
    cells = (answered(chain), answered(network))
    (tmp_path / "a.ipynb").write_text(notebook(*cells))
    result = grade(tmp_path, assignment=None)
    assert [(e["assignment"], e["score"]) for e in result["submissions"]] == [
        ("chain", 3),
        ("network", 5),
    ]
    (tmp_path / "a.ipynb").write_text(notebook("def unheard_of(): pass"))
    entry = grade(tmp_path, assignment=None)["submissions"][0]
    assert entry["assignment"] is None
    assert "answers no known assignment" in entry["error"]


def test_a_submission_that_is_too_strange_for_the_grader_is_an_entry(tmp_path, chain, monkeypatch):
    for name in ("a", "b"):
        (tmp_path / f"{name}.py").write_text(answered(chain))
    real = batch.Grader.mark

    def strange(self, work, *arguments):
        if work.path.name == "a.py":
            raise RecursionError("too deep")
        return real(self, work, *arguments)

    monkeypatch.setattr(batch.Grader, "mark", strange)
    first, second = grade(tmp_path)["submissions"]
    assert first["error"] == "could not be graded (RecursionError: too deep)"
    assert second["score"] == 3


def test_seeds(tmp_path, chain):
    (tmp_path / "a.py").write_text(answered(chain, relu="def relu(z): return z"))
    one, again, fresh = (grade(tmp_path, seed=s) for s in (9, 9, None))
    for result in (one, again):
        result["submissions"][0].pop("seconds")
    assert one == again
    assert fresh["seed"] != 9
    assert 0 <= fresh["seed"] < 2**32


def test_unknown_and_broken_assignments_end_the_run(tmp_path):
    with pytest.raises(AssignmentError, match="got 'no_such'"):
        grade(tmp_path, assignment="no_such")
    (tmp_path / "cases.py").write_text("from dltf.autograder import exercise\nexercise('f')")
    with pytest.raises(AssignmentError, match="at least one case"):
        grade(tmp_path, assignment=str(tmp_path))


def test_no_thread_and_no_folder_is_left(tmp_path, chain):
    (tmp_path / "a.py").write_text(answered(chain))
    before = threading.active_count()
    grade(tmp_path)
    assert threading.active_count() <= before + 1
    assert formats.MAX_FILE > 100 * 2**20
