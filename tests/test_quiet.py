"""The filter removes TensorFlow's start-up log from stderr, and nothing else."""

import os
import re
import subprocess
import sys

import pytest

from dltf import _quiet
from dltf.autograder.assignment import loading

NOISE = (
    "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
    "I0000 00:00:1795820720.505474    8905 cudart_stub.cc:31] Could not find cuda drivers\n"
    "2026-01-02 03:04:05.678901: I tensorflow/core/util/port.cc:153] oneDNN custom operations\n"
    "W0000 00:00:1795820720.505474    8905 computation_placer.cc:177] already registered\n"
    "To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow\n"
    "E0000 00:00:1795820720.505474    8905 cuda_fft.cc:467] Unable to register cuFFT factory: x\n"
)
ERRORS = (
    "E0000 00:00:1795820720.505474    8905 loader.cc:12] libcudnn has another version\n"
    "2026-01-02 03:04:05.678901: F tensorflow/core/platform/cpu.cc:99] AVX is needed\n"
    "terminate called after throwing an instance of 'std::bad_alloc'\n"
    "I am no log line\n"
)


@pytest.fixture
def imported(tmp_path):
    """Return a function that imports a made-up TensorFlow by way of dltf: its process, done."""

    def run(source, program="import dltf\nimport tensorflow\n", **environment):
        (tmp_path / "tensorflow.py").write_text(source)
        settings = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
        return subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            env=settings | {"PYTHONPATH": str(tmp_path)} | environment,
            check=False,
        )

    return run


def write(text):
    return f"import os\nos.write(2, {text.encode()!r})\nclass config:\n" \
        "    list_physical_devices = lambda: os.write(2, b'I0000 00:00: devices\\n')\n"  # fmt: skip


def test_the_log_is_dropped_and_errors_get_through(imported):
    done = imported(write(NOISE + ERRORS + NOISE))
    assert (done.returncode, done.stderr) == (0, ERRORS)


def test_an_error_that_ends_the_process_is_printed(imported):
    done = imported(write(NOISE + ERRORS) + "os.abort()\n")
    assert done.returncode < 0
    assert done.stderr == ERRORS


def test_a_failing_import_is_told_as_ever(imported):
    done = imported(write(NOISE) + "import no_such_module\n")
    assert done.returncode == 1
    assert "ModuleNotFoundError: No module named 'no_such_module'" in done.stderr
    assert "cudart_stub" not in done.stderr


def test_python_writes_to_the_same_stream(imported):
    source = write(NOISE) + "import sys, warnings\nwarnings.warn('old', stacklevel=1)\n" \
        "print('second', file=sys.stderr)\n"  # fmt: skip
    program = "import dltf, sys\nprint('first', file=sys.stderr)\nimport tensorflow\n" \
        "print('last', file=sys.stderr)\n"  # fmt: skip
    lines = imported(source, program).stderr.splitlines()
    assert lines[0] == "first"
    assert lines[1].endswith("UserWarning: old")
    assert lines[-2:] == ["second", "last"]


def test_other_threads_and_processes_lose_nothing(imported):
    source = "import os, subprocess, threading\n" \
        "say = lambda name: [os.write(2, b'%s %d\\n' % (name, i)) for i in range(5000)]\n" \
        "threads = [threading.Thread(target=say, args=(n,)) for n in (b'a', b'b')]\n" \
        "[t.start() for t in threads]\n" \
        "subprocess.run(['sh', '-c', 'echo child >&2'], check=True)\n" \
        "[t.join() for t in threads]\n"  # fmt: skip
    lines = imported(source).stderr.splitlines()
    expected = ["child", *(f"{n} {i}" for n in "ab" for i in range(5000))]
    assert sorted(lines) == sorted(expected)


@pytest.mark.parametrize("level", ["0", "1"])
def test_the_log_is_not_filtered_on_request(imported, level):
    assert imported(write(NOISE), TF_CPP_MIN_LOG_LEVEL=level).stderr == NOISE


def test_a_closed_error_stream_is_no_reason_to_fail(imported):
    program = "import os\nos.close(2)\nimport dltf, tensorflow\nprint(tensorflow.answer)\n"
    done = imported("answer = 42", program)
    assert (done.returncode, done.stdout, done.stderr) == (0, "42\n", "")
    program = "import dltf, sys\nsys.executable = '/no/such/python'\nimport tensorflow\n"
    assert imported(write(NOISE), program).stderr == NOISE


def test_the_import_system_is_left_as_it_was(imported):
    program = (
        "import sys, dltf\n"
        "from importlib.machinery import SourceFileLoader\n"
        "import tensorflow\n"
        "assert type(tensorflow.__loader__) is SourceFileLoader\n"
        "assert 'exec_module' not in vars(tensorflow.__loader__)\n"
        "assert not any('_quiet' in type(f).__module__ for f in sys.meta_path)\n"
        "print(tensorflow.__spec__.name)\n"
    )
    done = imported("", program)
    assert (done.stdout, done.stderr) == ("tensorflow\n", "")


def test_without_tensorflow_the_import_fails_as_ever(imported):
    program = (
        "import dltf, sys\n"
        "sys.path.clear()\n"
        "try:\n    import tensorflow\nexcept ModuleNotFoundError as e:\n    print(e)\n"
    )
    done = imported("", program)
    assert (done.stdout, done.stderr) == ("No module named 'tensorflow'\n", "")


def test_nothing_is_installed_once_tensorflow_is_there(monkeypatch):
    monkeypatch.setattr(sys, "meta_path", [])
    monkeypatch.setitem(sys.modules, "tensorflow", sys)
    _quiet.install()
    assert sys.meta_path == []
    monkeypatch.delitem(sys.modules, "tensorflow")
    _quiet.install()
    assert len(sys.meta_path) == 1
    _quiet.uninstall()
    assert sys.meta_path == []


def test_the_command_line_is_quiet():
    program = (
        "import dltf.initialization, tensorflow as tf\nassert float(tf.constant(1.0) + 1) == 2"
    )
    settings = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=settings, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_importing_dltf_stays_cheap():
    program = (
        "import sys\nbefore = set(sys.modules)\nimport dltf\n"
        "print([m for m in ('subprocess', 'ctypes', 'difflib', 'numpy', 'tensorflow')\n"
        "       if m in sys.modules and m not in before])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.parametrize("topic", loading.available())
def test_every_master_imports_dltf_before_tensorflow(topic):
    source = (loading.locate(topic) / "notebook.py").read_text()
    imported = re.findall(r"^(?:import|from) (dltf|keras|tensorflow)\b", source, re.MULTILINE)
    assert imported[0] == "dltf"
