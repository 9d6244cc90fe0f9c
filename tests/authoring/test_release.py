"""`dltf.authoring.release`: a release contains no answer, and works."""

import json
import os
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement
from test_notebook import CASES, MASTER, REFERENCE

import dltf
from dltf.authoring import leaks, release, wheel
from dltf.autograder.assignment import loading, stubs

MISTAKES = '''from dltf.autograder import mistake
mistake("halve", "np.asarray(x) * 0.5", "np.asarray(x) * 0.25 * 1.0", id="quarter", hint="Smaller.")

@mistake("double")
def fourfold(x):
    """Count them."""
    return np.add(x, np.add(x, np.add(x, x)))
'''
ACCEPTED = """import numpy as np
from dltf.autograder import accepted

@accepted("halve", why="A division is a product.")
def by_division(x):
    shifted_a_little = np.asarray(x) / 2.0
    return shifted_a_little
"""
ANSWERS = [
    "answer = np.asarray(x) * 0.5",
    "return np.add(x, halve(x)) + halve(x)",
    "return np.add(x, np.add(x, np.add(x, x)))",
    "shifted_a_little = np.asarray(x) / 2.0",
    "np.asarray(x) * 0.25 * 1.0",
]
WHEEL = f"dltf-{dltf.__version__}+student-py3-none-any.whl"


def observe(assignment, seeds):
    return f"{assignment.name} {list(seeds)}".encode()


@pytest.fixture
def toy(tmp_path):
    folder = tmp_path / "source" / "toy"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "points.csv").write_text("1,2\n")
    files = {"notebook": MASTER, "cases": CASES, "reference": REFERENCE}
    files |= {"mistakes": MISTAKES, "accepted": ACCEPTED}
    for name, content in files.items():
        (folder / f"{name}.py").write_text(content)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


def test_a_release_is_notebook_data_and_wheel(tmp_path, toy):
    where = release.release([toy], tmp_path / "new" / "out", observe)
    assert where == tmp_path / "new" / "out"
    files = [p.relative_to(where).as_posix() for p in where.rglob("*") if p.is_file()]
    assert sorted(files) == ["data/points.csv", WHEEL, "release.json", "toy.ipynb"]
    assert os.listdir(where.parent) == ["out"]
    assert os.stat(where).st_mode & 0o055 == 0o055
    nbformat.validate(nbformat.read(where / "toy.ipynb", as_version=4))
    manifest = json.loads((where / "release.json").read_text())
    assert manifest["assignments"] == ["toy"]
    assert manifest["version"] == f"{dltf.__version__}+student"
    with zipfile.ZipFile(where / WHEEL) as archive:
        names = archive.namelist()
        inside = [name for name in names if "assignments/" in name]
        assert archive.read("dltf/assignments/toy/public.msgpack") == b"toy [1, 2, 3]"
        assert archive.read("dltf/assignments/toy/cases.py") == CASES.encode()
    assert sorted(Path(name).name for name in inside) == ["cases.py", "public.msgpack", "toy.ipynb"]
    assert not [name for name in names if "authoring" in name]
    assert "dltf/autograder/assignment/loading.py" in names


def test_nothing_in_a_release_is_an_answer(tmp_path, toy):
    where = release.release([toy], tmp_path / "out", observe)
    everything = dict(leaks.texts(where))
    assert f"{WHEEL}/dltf/__init__.py" in everything
    assert f"{WHEEL}/dltf/assignments/toy/toy.ipynb" in everything
    known = leaks.secrets(loading.load(toy))
    for answer in ANSWERS:
        assert answer in known
        assert not [name for name, text in everything.items() if answer in text]
    for name, text in everything.items():
        assert not (name.endswith(".py") and stubs.has_solution(text))


@pytest.mark.skipif(not loading.available(), reason="no assignment here yet")
def test_nothing_in_the_release_of_the_course_is_an_answer(tmp_path):
    every = [loading.load(name) for name in loading.available()]
    # Without the observations, which hold no text and take minutes for sixteen topics.
    where = release.release([], tmp_path / "out", observe=lambda assignment, seeds: b"")
    assert leaks.find_leaks(where, every) == []
    everything = dict(leaks.texts(where))
    for assignment in every:
        lines = stubs.solution_lines(assignment.reference)
        assert lines
        # A short line, such as a layer in a list, may stand inside other lines of other topics.
        long = [line for line in lines if len(line) >= 30]
        assert not [
            (name, line) for name, text in everything.items() for line in long if line in text
        ]


@pytest.mark.parametrize(
    ("file", "addition"),
    [
        ("notebook", "\n# %% [markdown]\n# Hint:  `return np.add(x, halve(x)) + halve(x)`\n"),
        ("notebook", "\n# %%\nanswer = np.asarray(x) * 0.5\n"),
        ("cases", "\n\ndef expected(x):\n    shifted_a_little = np.asarray(x)  / 2.0\n"),
        ("data/points", "return np.add(x, np.add(x, np.add(x, x)))"),
    ],
)
def test_a_release_with_an_answer_is_refused(tmp_path, toy, file, addition):
    path = toy / (file if "/" in file else f"{file}.py")
    path.write_text((path.read_text() if path.exists() else "") + addition)
    with pytest.raises(ValueError, match="release: expected no answer in it, got "):
        release.release([toy], tmp_path / "out", observe)
    assert sorted(os.listdir(tmp_path)) == ["source"]


def test_what_a_student_is_given_is_no_secret(toy):
    given = REFERENCE.replace("return answer", "return np.asarray(answer, dtype=float)")
    (toy / "reference.py").write_text(given)
    mistakes = (toy / "mistakes.py").read_text()
    mistakes += """
mistake("halve", "np.asarray(answer, dtype=float)", "list(answer) * 1", id="a", hint="-")
"""
    (toy / "mistakes.py").write_text(mistakes)
    names = '\n__all__ = [\n    "by_division",\n    "halve_and_double",\n]\n'
    (toy / "accepted.py").write_text(ACCEPTED + names)
    known = leaks.secrets(loading.load(toy))
    assert "list(answer) * 1" in known
    assert "np.asarray(answer, dtype=float)" not in known  # a piece of a line that is given
    assert '"halve_and_double",' not in known


def test_the_same_sources_give_the_same_bytes(tmp_path, toy):
    first, second = (release.release([toy], tmp_path / name, observe) for name in "ab")
    assert contents(first) == contents(second)


def test_a_release_replaces_an_earlier_one(tmp_path, toy):
    where = release.release([toy], tmp_path / "out", observe)
    (toy / "data" / "points.csv").unlink()
    assert release.release([toy], where, observe) == where
    assert not (where / "data").exists()
    assert sorted(os.listdir(tmp_path)) == ["out", "source"]


def test_foreign_files_are_not_touched(tmp_path, toy):
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine")
    with pytest.raises(ValueError, match=r"to: expected a folder that is empty .* with thesis.txt"):
        release.release([toy], out, observe)
    assert contents(out) == {"thesis.txt": b"mine"}


def test_a_notebook_that_was_worked_on_is_not_overwritten(tmp_path, toy):
    where = release.release([toy], tmp_path / "out", observe)
    (where / "toy.ipynb").write_text("mine")
    with pytest.raises(ValueError, match=r"an unchanged release, got .* with toy.ipynb"):
        release.release([toy], where, observe)
    assert (where / "toy.ipynb").read_text() == "mine"


def test_an_empty_folder_is_as_good_as_none(tmp_path, toy):
    (tmp_path / "out").mkdir()
    assert (release.release([toy], tmp_path / "out", observe) / "release.json").exists()


def test_a_file_in_the_way_is_refused(tmp_path, toy):
    (tmp_path / "out").write_text("")
    with pytest.raises(ValueError, match=r"to: expected a folder, got .* something else"):
        release.release([toy], tmp_path / "out", observe)
    with pytest.raises(ValueError, match="to: expected a folder that can be written, got"):
        release.release([toy], tmp_path / "out" / "below", observe)


def test_the_current_folder_is_refused(tmp_path, toy, monkeypatch):
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    with pytest.raises(ValueError, match="to: expected a folder of the release's own"):
        release.release([toy], ".", observe)


def test_a_release_that_dies_leaves_the_earlier_one(tmp_path, toy, monkeypatch):
    where = release.release([toy], tmp_path / "out", observe)
    before = contents(where)

    def dies(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(release, "find_leaks", dies)
    with pytest.raises(KeyboardInterrupt):
        release.release([toy], where, observe)
    assert contents(where) == before
    assert sorted(os.listdir(tmp_path)) == ["out", "source"]


def install(where: Path, target: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run(
        [*pip, "--disable-pip-version-check", "--target", target, where / WHEEL],
        check=True,
        env=os.environ | {"PIP_ROOT_USER_ACTION": "ignore"},
    )


def run(program: str, folder: Path, target: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(target)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_wheel_installs_and_is_stubbed(tmp_path, toy):
    install(release.release([toy], tmp_path / "out", observe), tmp_path / "site")
    program = """if True:
        import importlib.metadata, pathlib, dltf
        print(pathlib.Path(dltf.__file__).parent)
        print(importlib.metadata.version("dltf"))
        from dltf.autograder.assignment.loading import available
        print(available())
    """
    assert run(program, tmp_path, tmp_path / "site") == [
        str(tmp_path / "site" / "dltf"),
        f"{dltf.__version__}+student",
        "['toy']",
    ]


def test_a_student_checks_answers_without_having_any(tmp_path, toy):
    where = release.release([toy], tmp_path / "out")
    install(where, tmp_path / "site")
    assert leaks.find_leaks(tmp_path / "site", [loading.load(toy)]) == []
    program = """if True:
        import nbformat
        def show():
            print([(e.name, e.status.value, e.mistake) for e in dltf.check().exercises])
        for cell in nbformat.read("out/toy.ipynb", as_version=4).cells:
            if cell.cell_type == "code":
                exec(compile(cell.source.replace("%matplotlib inline", ""), "cell", "exec"))
        show()
        exec("def halve(x): return x / 4")
        show()
        exec("def halve(x): return x / 2")
        exec("def double(x): return 2 * x")
        show()
    """
    assert run(program, tmp_path, tmp_path / "site") == [
        "[('halve', 'not attempted', None), ('double', 'not attempted', None)]",
        "[('halve', 'incorrect', 'quarter'), ('double', 'not attempted', None)]",
        "[('halve', 'correct', None), ('double', 'correct', None)]",
    ]


def test_the_wheel_is_described_like_the_checkout():
    headers, entry_points = wheel._described()
    assert f"Version: {dltf.__version__}+student\n" in headers
    assert "Requires-Python: >=3.10\n" in headers
    assert "Requires-Dist: keras >= 3.8\n" in headers
    assert "Provides-Extra: author\n" in headers
    assert 'Requires-Dist: dltf[grader] ; extra == "author"\n' in headers
    needed = [line for line in headers.splitlines() if line.startswith("Requires-Dist")]
    student = [line for line in needed if "extra ==" not in line]
    assert not [line for line in student if "pytest" in line or "jupytext" in line]
    assert [line for line in needed if "pytest >=" in line] == [
        'Requires-Dist: pytest >= 8 ; extra == "grader"'
    ]
    assert not entry_points or entry_points.startswith("[")


def test_the_wheel_is_described_from_an_installation(monkeypatch, tmp_path):
    info = tmp_path / "dltf-9.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: dltf\nVersion: 9\nSummary: A course.\n"
        "Requires-Dist: keras >=3.8\nProvides-Extra: dev\n"
        "Requires-Dist: ruff ; extra == 'dev'\n\nLong text.\n"
    )
    (info / "entry_points.txt").write_text("[console_scripts]\ndltf = dltf.cli:main\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(wheel, "PACKAGE", tmp_path / "dltf")
    headers, entry_points = wheel._described()
    assert headers.splitlines()[1:] == [
        "Name: dltf",
        f"Version: {dltf.__version__}+student",
        "Summary: A course.",
        "Provides-Extra: dev",
        "Requires-Dist: keras >=3.8",
        "Requires-Dist: ruff ; extra == 'dev'",
    ]
    assert entry_points == "[console_scripts]\ndltf = dltf.cli:main\n"


def test_a_requirement_of_an_extra_keeps_its_own_condition():
    assert wheel._in_extra("ruff >= 1", "dev") == 'ruff >= 1 ; extra == "dev"'
    windows = wheel._in_extra("colorama ; os_name == 'nt' or extra == 'x'", "dev")
    assert windows == "colorama ; (os_name == 'nt' or extra == 'x') and extra == \"dev\""


def test_the_released_wheel_says_what_its_extras_install(tmp_path, toy):
    where = release.release([toy], tmp_path / "out", observe)
    install(where, tmp_path / "site")
    (described,) = metadata.distributions(name="dltf", path=[str(tmp_path / "site")])
    assert {"grader", "author", "notebook", "test"} <= set(
        described.metadata.get_all("Provides-Extra")
    )
    plain = [one for one in map(Requirement, described.requires) if not one.marker]
    assert {"tensorflow", "keras", "msgpack"} <= {one.name for one in plain}
    assert not {"pytest", "jupytext", "nbformat", "scikit-learn"} & {one.name for one in plain}
    asked = [
        one.name
        for one in map(Requirement, described.requires)
        if one.marker and one.marker.evaluate({"extra": "notebook"})
    ]
    assert asked == ["jupyterlab"]


def test_announce_lists_the_files(tmp_path, toy, capsys, monkeypatch):
    monkeypatch.setattr(release, "_observe", observe)
    release.announce([toy], tmp_path / "out")
    out = capsys.readouterr().out
    assert "toy.ipynb" in out
    assert f"pip install {WHEEL}" in out
