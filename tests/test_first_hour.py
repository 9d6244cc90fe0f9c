"""A first hour with the installed packages, each in an environment of its own.

A student installs the wheel of a release, opens the notebook in a kernel, and checks a blank, a
wrong answer and a right one; an instructor installs the whole package, away from any checkout,
and grades the sample class. The environments see the third-party packages of the running one, but
not its `dltf`.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT

from dltf.authoring import release
from dltf.autograder.assignment import loading, stubs
from dltf.autograder.assignment.loading import definition_source

# An exercise, and one that it calls; both to be solved.
TOPICS = {
    "gradient_checking": ("gradient_check", "forward_propagation"),
    "convnet": ("conv_forward", "zero_pad"),
    "rnn": ("rnn_forward", "rnn_cell_forward"),
}
EXECUTE = """
import sys, nbclient, nbformat
notebook = nbformat.read(sys.argv[1], as_version=4)
client = nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", allow_errors=True)
client.execute()
nbformat.write(notebook, sys.argv[1])
"""


def environment(folder: Path) -> dict[str, str]:
    """Return a user's environment variables: none of ours that change what Python finds."""
    ours = ("PYTHONPATH", "PYTHONHOME", "TF_CPP_MIN_LOG_LEVEL", "DLTF_DATA", "JUPYTER_PATH")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"PATH": f"{folder / 'bin'}{os.pathsep}{kept.get('PATH', '')}"}


def install(folder: Path, wheel: Path) -> Path:
    """Make an environment with a wheel of dltf in it and return its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    subprocess.run(
        [*pip, "install", "--quiet", "--no-deps", "--no-index", wheel],
        check=True,
        env=os.environ | {"PIP_ROOT_USER_ACTION": "ignore"},
    )
    # Third-party packages: a path in a .pth file is searched last, and the .pth files in it (such
    # as that of an editable dltf) are not read.
    shared = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (where,) = folder.glob("lib/python*/site-packages")
    (where / "shared.pth").write_text("\n".join(shared) + "\n")
    found = run([python, "-c", "import dltf; print(dltf.__file__)"], folder, folder)
    assert Path(found.strip()).is_relative_to(where)
    return python


def run(command: list, folder: Path, cwd: Path) -> str:
    """Run a command as a user of an environment does; return what it prints."""
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment(folder),
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# A student --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def student(tmp_path_factory):
    """Return the folder of a release, and the Python in which its wheel is installed."""
    folder = tmp_path_factory.mktemp("student")
    handed_out = release.release(list(TOPICS), folder / "handout", seeds=(1,))
    (wheel,) = handed_out.glob("*.whl")
    python = install(folder / "venv", wheel)
    program = "import importlib.util as u; print(u.find_spec('dltf.authoring'))"
    assert run([python, "-c", program], folder / "venv", folder) == "None\n"
    return handed_out, python


def code_cells(path: Path) -> tuple[str, list[str]]:
    """Return the first code cell of a notebook, and those of its exercises."""
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    exercises = [c.source for c in cells if "exercise" in c.metadata.get("tags", ())]
    return cells[0].source, exercises


def check(name: str) -> str:
    """Return a cell that checks an exercise, and prints the result as data too."""
    data = "[verdict.as_dict() for verdict in outcome.exercises]"
    return f"outcome = dltf.check({name})\nprint(json.dumps({data}))\noutcome"


@pytest.fixture(scope="module", params=TOPICS)
def hour(request, student, tmp_path_factory):
    """Return the topic and, by the name of its step, what each cell of the notebook gave."""
    handed_out, python = student
    topic = loading.load(request.param)
    caller, called = TOPICS[topic.name]
    right = stubs.unmarked(topic.reference)
    wrong = topic.with_mistake(topic.mistakes_of(called)[0])
    first, exercises = code_cells(handed_out / f"{topic.name}.ipynb")
    # What the two call besides each other is solved before.
    others = [n for n in topic.exercises if n in stubs.unmarked(topic.source_of(caller))]
    cells = {"first": first, "tool": "import json, sys"}
    cells |= {f"given {i}": source for i, source in enumerate(exercises)}
    cells |= {f"solve {n}": definition_source(right, n) for n in others if n != called}
    cells |= {
        "blank": check(f"{called}"),
        "calls a blank": check(f"{caller}"),
        "mistake": stubs.unmarked(definition_source(wrong, called)),
        "wrong": check(f"{called}"),
        "calls a wrong one": check(f"{caller!r}"),
        "solution": definition_source(right, called),
        "right": check(f"{called}"),
        "calls a right one": check(f"{caller}"),
        "all": check(""),
        "misspelt": f"dltf.check({called[:-1]!r})",
        "modules": "print('dltf.authoring' in sys.modules, dltf.__file__)",
    }
    path = tmp_path_factory.mktemp(topic.name) / "notebook.ipynb"
    sheets = [nbformat.v4.new_code_cell(source) for source in cells.values()]
    nbformat.write(nbformat.v4.new_notebook(cells=sheets), path)
    run([python, "-c", EXECUTE, path], python.parent.parent, path.parent)
    ran = nbformat.read(path, as_version=4).cells
    return topic, dict(zip(cells, (cell.outputs for cell in ran), strict=True))


def found(outputs: list) -> dict:
    """Return what a check found: exercise -> its entry."""
    text = "".join(o["text"] for o in outputs if o.output_type == "stream" and o.name == "stdout")
    return {entry["name"]: entry for entry in json.loads(text)}


def test_the_first_cell_shows_no_log(hour):
    _, outputs = hour
    assert [o for o in outputs["first"] if o.output_type in ("stream", "error")] == []


def test_nothing_fails_and_nothing_is_logged(hour):
    _, outputs = hour
    for name, shown in outputs.items():
        if name != "misspelt":
            assert [o for o in shown if o.output_type == "error"] == [], name
        assert [o for o in shown if o.get("name") == "stderr"] == [], name
    assert "False" in outputs["modules"][0]["text"]
    assert str(ROOT) not in outputs["modules"][0]["text"]


def test_a_blank_a_mistake_and_a_right_answer(hour):
    topic, outputs = hour
    _, called = TOPICS[topic.name]
    assert found(outputs["blank"])[called]["status"] == "not attempted"
    wrong = found(outputs["wrong"])[called]
    assert (wrong["status"], wrong["points"] < wrong["max_points"]) == ("incorrect", True)
    assert wrong["mistake"] == topic.mistakes_of(called)[0].id
    right = found(outputs["right"])[called]
    assert (right["status"], right["points"]) == ("correct", right["max_points"])


def test_an_answer_that_calls_a_blank_or_wrong_one(hour):
    topic, outputs = hour
    caller, called = TOPICS[topic.name]
    for step in ("calls a blank", "calls a wrong one"):
        verdict = found(outputs[step])[caller]
        assert verdict["status"] in ("incorrect", "error")
        assert f"This calls `{called}`, which is not correct yet" in verdict["feedback"]
    assert f"{called}: write this exercise" in found(outputs["calls a blank"])[caller]["feedback"]
    assert found(outputs["calls a right one"])[caller]["status"] == "correct"


def test_all_exercises_are_checked(hour):
    topic, outputs = hour
    entries = found(outputs["all"])
    assert list(entries) == list(topic.exercises)
    solved = {name for name, entry in entries.items() if entry["status"] == "correct"}
    assert solved >= set(TOPICS[topic.name])
    assert {e["status"] for e in entries.values()} == {"correct", "not attempted"}


def test_a_misspelt_name_is_one_line(hour):
    topic, outputs = hour
    (shown,) = outputs["misspelt"]
    assert len(shown.traceback) == 1
    assert "\n" not in shown.traceback[0]
    assert f"Did you mean '{TOPICS[topic.name][1]}'?" in shown.traceback[0]


# An instructor ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def instructor(tmp_path_factory):
    """Return the folder of an environment in which the whole package is installed."""
    folder = tmp_path_factory.mktemp("instructor")
    source = folder / "source"
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
    for name in ("dltf", "assignments", "datasets"):
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
    offline = ["--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, *offline, "--wheel-dir", folder, source], check=True)
    (wheel,) = folder.glob("*.whl")
    shutil.rmtree(source)
    install(folder / "venv", wheel)
    return folder / "venv"


def test_the_full_package_grades_away_from_its_checkout(instructor, tmp_path):
    command = instructor / "bin" / "dltf"
    run([command, "sample", "initialization", "--to", "class"], instructor, tmp_path)
    notebooks = sorted((tmp_path / "class" / "initialization").glob("*.ipynb"))
    assert len(notebooks) > 5
    reference = loading.load("initialization").reference
    (tmp_path / "right.py").write_text(stubs.unmarked(reference))
    asked = [command, "grade", notebooks[0], "right.py", "--seed", 3, "--json", "result.json"]
    run(asked, instructor, tmp_path)
    result = json.loads((tmp_path / "result.json").read_text())
    sampled, right = result["submissions"]
    for entry in (sampled, right):
        assert (entry["assignment"], entry["error"]) == ("initialization", None)
    assert 0 < right["score"] == right["max_score"]


def test_the_full_package_has_every_module_and_assignment(instructor, tmp_path):
    program = (
        "import json, pkgutil, dltf\n"
        "from dltf.autograder.assignment.loading import available\n"
        "found = [m.name for m in pkgutil.walk_packages(dltf.__path__, 'dltf.')]\n"
        "print(json.dumps([available(), found]))\n"
    )
    known, modules = json.loads(
        run([instructor / "bin" / "python", "-c", program], instructor, tmp_path)
    )
    assert known == loading.available()
    files = {path.relative_to(ROOT).with_suffix("") for path in (ROOT / "dltf").rglob("*.py")}
    expected = {".".join(path.parts).removesuffix(".__init__") for path in files} - {"dltf"}
    assert expected <= set(modules)
