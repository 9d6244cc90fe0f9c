"""Pytest plugin: each case of an assignment is a test item, with points in the JUnit output."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from conftest import FOLDERS, ROOT, answered, notebook

from dltf.autograder import pytest_plugin
from dltf.autograder.assignment import stubs

CHAIN = FOLDERS / "chain"


def pytest_run(tmp_path, *arguments, folder=CHAIN):
    report = tmp_path / "junit.xml"
    command = [sys.executable, "-m", "pytest", folder, "-p", "no:cacheprovider", "-q",
               f"--junit-xml={report}", "-o", "junit_family=xunit1", f"--rootdir={folder}",
               *map(str, arguments)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    cases = {}
    if report.exists():
        for item in ElementTree.parse(report).iter("testcase"):
            properties = {p.get("name"): p.get("value") for p in item.iter("property")}
            exercise = item.get("classname").rpartition(".")[2]
            cases[f"{exercise}::{item.get('name')}"] = (properties, [child.tag for child in item])
    return done, cases


def test_items_points_and_words(tmp_path, chain, closed_pool):
    source = answered(chain, relu="def relu(z): return np.minimum(z, 0)", network="",
                      mean_square="def mean_square(x, offset=1.0): return 1 / 0")  # fmt: skip
    (tmp_path / "a.ipynb").write_text(notebook(source))
    done, cases = pytest_run(tmp_path, "--dltf-submission", "a.ipynb", "--dltf-seed", "7")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 failed" not in done.stdout
    assert len(cases) == 5
    said, tags = cases["relu::of_numbers"]
    assert said["points"] in ("0", "0.0")
    assert (said["max_points"], said["status"], said["seed"]) == ("0.1", "incorrect", "7")
    assert said["mistake"] == "minimum"
    assert "failure" in tags
    assert cases["layer::of_a_batch"][0]["status"] == "blocked"
    assert "skipped" in cases["network::of_two_layers"][1]
    assert "Hint: Which half should stay?" in done.stdout
    assert "ZeroDivisionError" in done.stdout
    assert "grading.py" not in done.stdout


def test_full_marks_pass(tmp_path, chain):
    (tmp_path / "a.py").write_text(answered(chain))
    done, cases = pytest_run(
        tmp_path, "--dltf-submission", tmp_path / "a.py", "--dltf-isolation", "off"
    )
    assert done.returncode == 0, done.stdout
    assert "5 passed" in done.stdout
    assert sum(float(said["points"]) for said, _ in cases.values()) == 3


def test_a_file_that_cannot_be_read_fails_with_its_reason(tmp_path):
    for name in ("absent.ipynb", "a.ipynb"):
        (tmp_path / "a.ipynb").write_text("nonsense")
        done, _ = pytest_run(tmp_path, "--dltf-submission", name)
        assert done.returncode == 1
        assert "5 failed" in done.stdout
        assert ("No such file" if name == "absent.ipynb" else "is not a notebook") in done.stdout
        assert "Traceback" not in done.stdout


def test_options_of_other_projects_are_left_to_them(tmp_path):
    (tmp_path / "conftest.py").write_text(
        "def pytest_addoption(parser):\n"
        "    for name in ('seed', 'isolation', 'submission'):\n"
        "        parser.addoption(f'--{name}', dest=name, default='theirs')\n"
    )
    (tmp_path / "test_theirs.py").write_text(
        "def test_values(pytestconfig):\n"
        "    values = [pytestconfig.getoption(n) for n in ('seed', 'isolation', 'submission')]\n"
        "    assert values == ['3', 'theirs', 'theirs']\n"
    )
    done, _ = pytest_run(tmp_path, "--seed", "3", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_the_plugin_adds_only_prefixed_options():
    class Parser(pytest.Parser):
        def getgroup(self, name, *arguments, **options):
            return self

        def addoption(self, *names, **options):
            added.append((names, options["dest"]))

    added = []
    pytest_plugin.pytest_addoption(Parser(_ispytest=True))
    assert added
    for names, dest in added:
        assert dest.startswith("dltf_")
        assert all(name.startswith("--dltf-") for name in names)


def test_what_cannot_be_graded_here_is_one_line(tmp_path, chain):
    folder = tmp_path / "stubbed"
    folder.mkdir()
    (folder / "cases.py").write_text(chain.cases_source)
    (folder / "reference.py").write_text(stubs.stub(chain.reference))
    (tmp_path / "a.py").write_text(answered(chain))
    done, _ = pytest_run(tmp_path, "--dltf-submission", tmp_path / "a.py", folder=folder)
    assert done.returncode == 1
    assert "a student edition cannot grade" in done.stdout
    assert "Traceback" not in done.stdout


def test_without_a_submission_nothing_is_collected(tmp_path):
    done, cases = pytest_run(tmp_path)
    assert done.returncode == 5
    assert cases == {}
    assert (ROOT / "dltf" / "autograder" / "pytest_plugin.py").exists()
