"""`dltf.authoring.notebook`: the student's notebook is the master without its answers."""

import json
from pathlib import Path

import nbformat
import pytest

import dltf
from dltf.authoring import notebook
from dltf.autograder.assignment import loading

REFERENCE = '''"""A toy topic."""
from __future__ import annotations

import numpy as np


def halve(x: np.ndarray) -> np.ndarray:
    """Return half of x."""
    ### BEGIN SOLUTION
    answer = np.asarray(x) * 0.5
    ### END SOLUTION
    return answer


def double(x):
    """Return x twice."""
    ### BEGIN SOLUTION
    return np.add(x, halve(x)) + halve(x)
    ### END SOLUTION
'''
CASES = '''from dltf.autograder import case, exercise
exercise("halve")
exercise("double")

@case("halve", points=2)
def of_numbers(answer, rng):
    """Half of a number."""
    return answer.halve(x=rng.normal(size=3))

@case("double")
def of_arrays(answer, rng):
    return answer.double(x=rng.normal(size=3))
'''
MASTER = """# ---
# jupytext:
#   formats: py:percent
# ---

# %% [markdown]
# # Halves
#
# Half of `x`.

# %%
# %matplotlib inline
import numpy as np

import dltf

# %% tags=["exercise"]
from dltf.toy import halve, double

# %%
dltf.check(halve)

# %% tags=["solution"]
print("the author's own")

# %% [markdown] tags=["instructor"]
# For the teacher.

# %%
dltf.check(halve)
"""


def make(folder: Path, **files: str) -> loading.Assignment:
    """Write a toy assignment and read it."""
    folder = folder / "toy"
    folder.mkdir(parents=True)
    every = {"notebook": MASTER, "cases": CASES, "reference": REFERENCE, **files}
    for name, content in every.items():
        (folder / f"{name}.py").write_text(content)
    return loading.load(folder)


@pytest.fixture
def toy(tmp_path):
    return make(tmp_path)


def test_exercise_cell_holds_the_stubs(toy):
    student = notebook.student_notebook(toy)
    nbformat.validate(student)
    cell = next(c for c in student.cells if "exercise" in c.metadata.get("tags", []))
    assert (
        cell.source
        == '''def halve(x: np.ndarray) -> np.ndarray:
    """Return half of x."""
    raise NotImplementedError("halve: write this exercise")
    return answer


def double(x):
    """Return x twice."""
    raise NotImplementedError("double: write this exercise")'''
    )
    assert cell.metadata["dltf"] == {"exercise": ["halve", "double"]}


def test_other_cells_stay_and_the_authors_go(toy):
    student = notebook.student_notebook(toy)
    kinds = [(c.cell_type, c.source.split("\n")[0]) for c in student.cells]
    assert kinds == [
        ("markdown", "# Halves"),
        ("code", "%matplotlib inline"),
        ("code", "def halve(x: np.ndarray) -> np.ndarray:"),
        ("code", "dltf.check(halve)"),
        ("code", "dltf.check(halve)"),
    ]
    assert len({c.id for c in student.cells}) == len(student.cells)


def test_metadata_names_the_assignment(toy):
    student = notebook.student_notebook(toy)
    assert student.metadata["dltf"] == {"assignment": "toy", "version": dltf.__version__}
    assert student.metadata["kernelspec"]["name"] == "python3"
    assert "jupytext" not in student.metadata


def test_solution_notebook_runs_and_keeps_everything(toy):
    solved = notebook.solution_notebook(toy)
    nbformat.validate(solved)
    sources = [c.source for c in solved.cells]
    assert 'print("the author\'s own")' in sources
    assert not any("###" in source for source in sources)
    cell = next(source for source in sources if "def halve" in source)
    namespace = {}
    exec("import numpy as np\n" + cell, namespace)
    assert namespace["double"](3.0) == 6.0


def test_written_notebook_is_current_until_a_source_changes(tmp_path, toy):
    assert not notebook.is_current(toy)
    path = notebook.write(toy)
    first = path.read_bytes()
    assert path == toy.folder / "toy.ipynb"
    assert notebook.is_current(toy)
    assert notebook.write(toy).read_bytes() == first
    assert [p.name for p in toy.folder.glob(".*")] == []
    assert json.loads(first)["nbformat"] == 4
    assert nbformat.read(path, as_version=4) == notebook.student_notebook(toy)

    master = toy.folder / "notebook.py"
    master.write_text(master.read_text().replace("# Halves", "# Two halves"))
    assert not notebook.is_current(toy)


def test_new_cell_leaves_the_names_of_the_others(tmp_path, toy):
    more = make(tmp_path / "more", notebook=MASTER.replace("# %%\n", "# %%\n1\n\n# %%\n", 1))
    before = [c.id for c in notebook.student_notebook(toy).cells]
    after = [c.id for c in notebook.student_notebook(more).cells]
    assert set(before) < set(after)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("import numpy as np\n\n", "", "cell 3: expected the cells above to import .* binds np$"),
        ("halve, double", "halve", "one cell tagged 'exercise' that imports 'double', got 0"),
        ("halve, double", "halve, double, halve", "that imports 'halve', got 2"),
        ("halve, double", "halve as h, double", "expected only `from dltf.<topic> import"),
        ("halve, double", "halve, double; x = 1", "expected only `from dltf.<topic> import"),
        ("halve, double", "halve, triple", "expected one of the exercises .* got 'triple'"),
        ("from dltf.toy import halve, double", "# nothing", "expected an import in a cell"),
        ("dltf.check(halve)", "from dltf.toy import halve", "cell 4: expected 'halve' .* only in"),
        ("dltf.check(halve)", "def f(:", "cell 4: expected Python, got line 1"),
    ],
)
def test_contradictions_are_refused(tmp_path, old, new, message):
    toy = make(tmp_path, notebook=MASTER.replace(old, new, 1))
    with pytest.raises(ValueError, match=message):
        notebook.student_notebook(toy)


def test_reference_without_markers_is_refused(tmp_path):
    reference = REFERENCE.replace("    ### BEGIN SOLUTION\n", "", 1)
    reference = reference.replace("    ### END SOLUTION\n", "", 1)
    toy = make(tmp_path, reference=reference)
    with pytest.raises(ValueError, match="reference of 'halve' to mark its solution"):
        notebook.student_notebook(toy)


def test_missing_master_is_refused(toy):
    (toy.folder / "notebook.py").unlink()
    with pytest.raises(ValueError, match=r"expected the master notebook .* no such file"):
        notebook.student_notebook(toy)


def test_names_bound_by_dropped_cells_do_not_count(tmp_path):
    master = MASTER.replace("import numpy as np\n", "").replace(
        '# %% tags=["exercise"]',
        '# %% tags=["solution"]\nimport numpy as np\n\n# %% tags=["exercise"]',
    )
    toy = make(tmp_path, notebook=master)
    notebook.solution_notebook(toy)
    with pytest.raises(ValueError, match="binds np"):
        notebook.student_notebook(toy)


def test_regenerate_reports_what_it_did(toy, capsys):
    name = str(toy.folder)
    assert not notebook.regenerate([name], check=True)
    assert "not current: run `dltf notebook" in capsys.readouterr().out
    assert notebook.regenerate([name])
    assert "written to" in capsys.readouterr().out
    assert notebook.regenerate([name])
    assert "unchanged" in capsys.readouterr().out
    assert notebook.regenerate([name], check=True)
    assert capsys.readouterr().out == f"{name}: current\n"
