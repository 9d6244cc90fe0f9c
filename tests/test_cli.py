"""The command line: one clear line for each error, and the exit status."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
from conftest import FOLDERS, answered, dltf, gone, notebook, processes, validate

from dltf.autograder.execution import sandbox

CHAIN = FOLDERS / "chain"


@pytest.fixture(scope="module")
def students(tmp_path_factory, chain):
    """Return a folder with a small class."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "right.ipynb").write_text(notebook(answered(chain)))
    (folder / "wrong é\n[b]x[red].ipynb").write_text(
        notebook(answered(chain, relu="def relu(z): return np.minimum(z, 0)"))
    )
    (folder / "broken.ipynb").write_text("nonsense")
    (folder / "notes.txt").write_text("passed over")
    return folder


def clear(done, status, *words):
    """Assert an exit status and one clear line."""
    assert done.returncode == status, (done.stdout, done.stderr)
    assert "Traceback" not in done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert all(word in done.stderr for word in words), done.stderr
    assert len(lines) <= 2, lines


def test_a_class_is_graded(students, tmp_path):
    html, report = tmp_path / "report", tmp_path / "deep" / "result.json"
    report.parent.mkdir()
    done = dltf("grade", students, "--assignment", CHAIN, "--seed", 11, "--json", report, "--html",
                html, "--jobs", 2)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert "\r" not in done.stdout
    result = json.loads(report.read_text())
    validate(result)
    assert "remarks" not in result
    assert result["seed"] == 11
    by = {os.path.basename(e["file"]): e for e in result["submissions"]}
    assert by["right.ipynb"]["score"] == 3
    assert by["wrong é\n[b]x[red].ipynb"]["exercises"][0]["mistake"] == "minimum"
    assert "is not a notebook" in by["broken.ipynb"]["error"]
    assert "skipped 1 other file (notes.txt)" in done.stderr
    assert list(html.rglob("*.html"))
    assert "Report:" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--assignment", "no_such"], "dltf: assignment: expected one of convnet, face_verif"),
        (["--assignment", "initialisation"], "Did you mean 'initialization'?"),
        (
            ["--isolation", "some"],
            "dltf: --isolation: expected one of auto, require, off, got 'some'",
        ),
        (["--json", "/no/such/folder/x.json"], "cannot be written; nothing was graded"),
        (["--json", "."], "cannot be written; nothing was graded"),
        (["--html", "setup.py"], "cannot be written; nothing was graded"),
        (["--json", "/proc/x.json"], "cannot be written"),
        (["--html", "/proc/x"], "cannot be written"),
    ],
)
def test_what_was_asked_wrongly_is_one_line(students, tmp_path, arguments, words):
    (tmp_path / "setup.py").touch()
    if arguments[1] == "/no/such/folder/x.json":
        (tmp_path / "file").touch()
        arguments = ["--json", "file/x.json"]
    asked = [students / "right.ipynb", *arguments]
    if "--assignment" not in arguments:
        asked += ["--assignment", CHAIN]
    clear(dltf("grade", *asked, cwd=tmp_path), 2, words)


@pytest.mark.parametrize(
    "arguments",
    [["--seed", "-1"], ["--seed", "x"], ["--jobs", "0"], ["--seconds", "0"], ["--memory", "1"],
     ["--no-such-option"]],
)  # fmt: skip
def test_usage_errors(students, arguments):
    done = dltf("grade", students, *arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["verify"],
        ["release", "--to", "out"],
        ["notebook", "--check"],
        ["sample", "--to", "out"],
    ],
)
def test_a_misspelt_assignment_is_one_line_with_a_suggestion(tmp_path, command):
    for name, suggestion in {"initialisation": "Did you mean 'initialization'?",
                             "no_such": "expected one of convnet, "}.items():  # fmt: skip
        done = dltf(*command, name, cwd=tmp_path)
        clear(done, 2, "dltf: assignment: expected", f"got '{name}'", suggestion)
        assert len(done.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("cases.py", "answer, rng):", "answer, rng:", "cases.py:10: expected Python code, got"),
        (
            "mistakes.py",
            "import mistake",
            "import mistakes",
            "mistakes.py:1: expected declarations",
        ),
        ("reference.py", "    ### END SOLUTION\n", "", "reference.py, line 14: expected"),
    ],
)
@pytest.mark.parametrize("command", [["verify"], ["sample", "--to", "out"], ["grade"]])
def test_an_error_in_an_assignment_is_one_line(students, tmp_path, command, file, old, new, words):
    folder = tmp_path / "own"
    shutil.copytree(CHAIN, folder)
    text = (folder / file).read_text()
    (folder / file).write_text(text.replace(old, new, 1))
    if command == ["grade"]:
        command = ["grade", students / "right.ipynb", "--assignment"]
    done = dltf(*command, folder, cwd=tmp_path)
    clear(done, 2, f"dltf: {folder}/{words}")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_misspelt_data_set_is_one_line_with_a_suggestion():
    done = dltf("data", "list", "sings")
    clear(done, 2, "dltf: sings: expected a file in the registry or a data set, got neither.")
    assert "Did you mean 'signs'?" in done.stderr
    clear(dltf("data", "where", "zzz"), 2, "a data set (", "signs")


def test_nothing_to_grade(tmp_path):
    done = dltf("grade", tmp_path, "--assignment", CHAIN)
    clear(done, 2, "got a folder with none")
    assert len(done.stderr.splitlines()) == 1
    assert dltf("grade").returncode == 2


def test_files_that_cannot_be_graded_are_no_failure_of_the_command(tmp_path):
    for name, content in {"a.ipynb": b"\0", "b.ipynb": b"{", "c.py": b"x = 1"}.items():
        (tmp_path / name).write_bytes(content)
    done = dltf("grade", tmp_path, tmp_path / "absent.ipynb", "--assignment", CHAIN)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    for name in "abc":
        assert name in done.stdout


def test_isolation(students, tmp_path):
    report = tmp_path / "r.json"
    asked = ["grade", students / "right.ipynb", "--assignment", CHAIN, "--json", report]
    done = dltf(*asked, "--isolation", "off")
    assert done.returncode == 0, done.stderr
    assert json.loads(report.read_text())["isolation"] == "limits"
    done = dltf(*asked, "--isolation", "require")
    if sandbox.supported():
        clear(done, 2, "dltf: --isolation require:")
    else:
        assert json.loads(report.read_text())["isolation"] == "namespaces"


def test_help_and_version():
    done = dltf("--help")
    assert done.returncode == 0
    for command in ("grade", "verify", "release"):
        assert command in done.stdout
    assert re.fullmatch(r"dltf \d+\.\d+\.\d+\n", dltf("--version").stdout)
    heavy = subprocess.run(
        [sys.executable, "-c", "import sys, dltf, dltf.cli\n"
         "print([m for m in ('tensorflow', 'keras', 'numpy') if m in sys.modules])"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert heavy.stdout == "[]\n"


@pytest.mark.parametrize("isolation", ["auto", "off"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_end_from_outside_leaves_no_process(tmp_path, chain, isolation, number):
    marker = f"dltf-loop-{os.getpid()}-{isolation}-{number}"
    loop = f"def relu(z):\n    import os\n    os.fork()\n    os.execv('/bin/sh', " \
        f"['sh', '-c', 'sleep 600; : {marker}'])"  # fmt: skip
    for i in range(4):
        (tmp_path / f"{i}.py").write_text(answered(chain, relu=loop))
    command = [sys.executable, "-m", "dltf.cli", "grade", str(tmp_path), "--assignment", str(CHAIN),
               "--isolation", isolation, "--seconds", "60"]  # fmt: skip
    running = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell lets what it starts in the background ignore interrupts; this one must hear them.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        end = time.monotonic() + 60
        while not processes(marker) and time.monotonic() < end:
            time.sleep(0.05)
        assert processes(marker)
        running.send_signal(number)
        _, errors = running.communicate(timeout=30)
        assert running.returncode != 0
        assert "Traceback" not in errors
    finally:
        running.kill()
        running.wait()
    assert gone(marker) == []


def test_a_path_with_nothing_there_is_a_wrong_call(tmp_path):
    done = dltf("grade", tmp_path / "submision.ipynb")
    clear(done, 2, "submision.ipynb: expected a notebook, a script or a folder, got nothing there")
