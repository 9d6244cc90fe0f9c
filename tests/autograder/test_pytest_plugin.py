"""The third door: each case of an assignment is a test item, with points in the JUnit output."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree

from conftest import FOLDERS, ROOT, answered, notebook

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


def test_items_points_and_words(tmp_path, chain):
    source = answered(chain, relu="def relu(z): return np.minimum(z, 0)", network="",
                      mean_square="def mean_square(x, offset=1.0): return 1 / 0")  # fmt: skip
    (tmp_path / "a.ipynb").write_text(notebook(source))
    done, cases = pytest_run(tmp_path, "--submission", "a.ipynb", "--seed", "7")
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
    done, cases = pytest_run(tmp_path, "--submission", tmp_path / "a.py", "--isolation", "off")
    assert done.returncode == 0, done.stdout
    assert "5 passed" in done.stdout
    assert sum(float(said["points"]) for said, _ in cases.values()) == 3


def test_a_file_that_cannot_be_read_fails_with_its_reason(tmp_path):
    for name in ("absent.ipynb", "a.ipynb"):
        (tmp_path / "a.ipynb").write_text("nonsense")
        done, _ = pytest_run(tmp_path, "--submission", name)
        assert done.returncode == 1
        assert "5 failed" in done.stdout
        assert ("No such file" if name == "absent.ipynb" else "is not a notebook") in done.stdout
        assert "Traceback" not in done.stdout


def test_without_a_submission_nothing_is_collected(tmp_path):
    done, cases = pytest_run(tmp_path)
    assert done.returncode == 5
    assert cases == {}
    assert (ROOT / "dltf" / "autograder" / "pytest_plugin.py").exists()
