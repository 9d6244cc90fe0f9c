"""`autograder.execution.landlock`: no namespaces, and files and signals are closed all the same."""

import os
from pathlib import Path

import pytest

from dltf.autograder.execution import landlock, sandbox
from dltf.autograder.execution.pool import Pool
from dltf.autograder.execution.protocol import Job, Unit
from dltf.autograder.judging.observation import decode

pytestmark = pytest.mark.skipif(landlock.version() == 0, reason="this kernel has no Landlock")

CASES = """
from dltf.autograder import case, exercise
exercise("f")

@case("f")
def called(answer, rng):
    return answer.f()
"""


@pytest.fixture(scope="module")
def pool():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "supported", lambda: "refused, for this test")
        with Pool(1, imports=("numpy",)) as pool:
            assert pool.isolation == "landlock"
            yield pool


def seen(pool, source):
    unit = Unit(source, "<cell 1>")
    found = pool.run(Job((unit,), "dltf.none", CASES, {"f": ("called",)}, 1)).cases["f", "called"]
    return found.error.type if found.error else decode(found.observation)


@pytest.mark.parametrize("path", [__file__, "/etc/passwd", "/etc/shadow", sandbox.__file__])
def test_files_outside_cannot_be_read(pool, path):
    assert seen(pool, f"def f():\n    return open({path!r}).read()") == "PermissionError"


def test_the_package_with_the_answers_cannot_be_listed(pool):
    folder = str(Path(sandbox.__file__).parent.parent)
    assert (
        seen(pool, f"import os\ndef f():\n    return os.listdir({folder!r})") == "PermissionError"
    )


def test_nothing_outside_scratch_can_be_written(pool, tmp_path):
    target = tmp_path / "file"
    assert seen(pool, f"def f():\n    open({str(target)!r}, 'w')") == "PermissionError"
    assert not target.exists()


def test_scratch_can_be_written(pool):
    source = "def f():\n    open('a', 'w').write('b')\n    return open('a').read()"
    assert seen(pool, source) == "b"


def test_libraries_can_be_imported(pool):
    assert seen(pool, "def f():\n    import sqlite3, sklearn\n    return 1") == 1


@pytest.mark.skipif(landlock.version() < 6, reason="this kernel cannot close signals")
def test_processes_outside_cannot_be_signalled(pool):
    source = f"import os\ndef f():\n    os.kill({os.getpid()}, 0)"
    assert seen(pool, source) == "PermissionError"


@pytest.mark.skipif(landlock.version() < 4, reason="this kernel cannot close TCP")
def test_tcp_is_closed(pool):
    source = "import socket\ndef f():\n    socket.create_server(('127.0.0.1', 0))"
    assert seen(pool, source) == "PermissionError"


def test_a_folder_that_holds_a_secret_is_opened_around_it(tmp_path):
    for name in ("a/secret", "a/b", "c"):
        (tmp_path / name).mkdir(parents=True)
    paths = landlock.without([str(tmp_path)], [str(tmp_path / "a/secret")])
    assert sorted(paths) == [str(tmp_path / "a/b"), str(tmp_path / "c")]
