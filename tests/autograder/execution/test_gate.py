"""The gate: no earning run is alive while a mixed run is, in a process or between processes."""

import contextlib
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from conftest import processes

from dltf.autograder.execution import gate
from dltf.autograder.execution.gate import Gate, GateError
from dltf.autograder.execution.protocol import Job
from dltf.autograder.execution.roles import Role

BUSY = "other graders were busy for more than 0 seconds"


def until(condition):
    """Wait until a condition is true."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@contextlib.contextmanager
def in_thread(function):
    """Run a function beside the block, and wait for it."""
    thread = threading.Thread(target=function)
    thread.start()
    yield
    thread.join(60)
    assert not thread.is_alive()


@pytest.fixture
def two(tmp_path):
    """Return two gates with locks of their own on the same files, as in two processes."""
    return Gate(tmp_path), Gate(tmp_path)


# In a process -----------------------------------------------------------------------------------


def test_any_number_of_earning_runs_or_one_phase(tmp_path):
    one = Gate(tmp_path)
    with one.earning():
        with one.earning(), one.alone(0) as refused:
            assert refused == BUSY
        with one.alone(0) as refused:
            assert refused == BUSY
    with one.alone(0) as refused:
        assert refused == ""
        with one.mixed(), one.mixed():
            pass
    with one.entered(Role.REFERENCE), one.alone(0) as refused, one.entered(Role.REFERENCE):
        assert refused == ""


def test_a_phase_that_waits_is_before_new_earning_runs(tmp_path):
    one, order = Gate(tmp_path), []

    def phase():
        with one.alone() as refused:
            order.append(f"phase {refused}")

    def run():
        with one.earning():
            order.append("run")

    with contextlib.ExitStack() as inside, one.earning():
        inside.enter_context(in_thread(phase))
        until(lambda: one._phase)
        inside.enter_context(in_thread(run))
        order.append("first")
    assert order == ["first", "phase ", "run"]


def test_what_cannot_work_is_refused(tmp_path, pool):
    one = Gate(tmp_path)
    with pytest.raises(RuntimeError, match="outside of a phase"), one.mixed():
        pass
    with one.alone(0), pytest.raises(RuntimeError, match="within a phase"), one.earning():
        pass
    with one.earning(), one.alone(0), pytest.raises(RuntimeError, match="outside"), one.mixed():
        pass
    with pytest.raises(RuntimeError, match="outside of a phase"):
        pool.run(Job((), "x", "", {"f": ("of_f",)}, 1), Role.MIXED)
    with one.alone(0) as refused:  # nothing of that is left
        assert refused == ""


def test_a_phase_lasts_as_long_as_its_runs(two):
    """The thread of the phase is interrupted; another still waits for its run to end."""
    one, other = two
    started, end = threading.Event(), threading.Event()

    def run():
        with one.mixed():
            started.set()
            end.wait(60)

    with contextlib.ExitStack() as inside:
        with contextlib.suppress(KeyboardInterrupt), one.alone(0):
            inside.enter_context(in_thread(run))
            started.wait(60)
            raise KeyboardInterrupt
        assert not other._may_earn()
        with pytest.raises(RuntimeError, match="outside"), one.mixed():
            pass
        end.set()
    other._locks.step_aside()
    with one.earning(), other.earning():
        pass


def test_one_gate_for_all_pools(pool, limits_pool):
    assert pool._gate is limits_pool._gate is gate.machine_gate()


def test_a_forked_process_does_not_unlock_what_its_parent_locked(tmp_path, monkeypatch):
    monkeypatch.setenv(gate.VARIABLE, str(tmp_path))
    with gate.machine_gate().earning():
        pid = os.fork()
        if pid == 0:
            with gate.machine_gate().alone(0) as refused:
                os._exit(3 if refused == BUSY else 4)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
        with Gate(tmp_path).alone(0) as refused:
            assert refused == BUSY


# Between processes ------------------------------------------------------------------------------


def test_two_graders_exclude_each_other(two):
    one, other = two
    with one.earning(), other.earning():
        for each in two:
            with each.alone(0) as refused:
                assert refused == BUSY
    with one.alone(0) as refused:
        assert refused == ""
        assert not other._may_earn()
        other._locks.step_aside()
        with other.alone(0) as theirs:
            assert theirs == BUSY
    with other.earning():
        pass


def test_nobody_starves(tmp_path):
    """Turns: a run that waits is before the next phase, a phase that waits is before new runs."""
    a, b, c = (Gate(tmp_path)._locks for _ in range(3))
    assert a.exclude()
    assert not b.share(inside=False)
    assert not c.exclude()
    a.leave()
    assert not c.exclude()  # it is b's turn
    assert b.share(inside=False)
    assert not c.exclude()  # c waits: its turn
    assert not a.share(inside=False)
    assert not b.share(inside=True)  # no new run of b, either
    b.leave()
    assert c.exclude()
    assert not a.share(inside=False)
    c.leave()
    assert a.share(inside=False)


def test_a_phase_that_gives_up_is_waited_for_no_more(two):
    one, other = two
    with one.earning():
        with other.alone(0) as refused:
            assert refused == BUSY
        with one.earning(), other.earning():
            pass


SCRIPT = """
import sys
from dltf.autograder.execution.gate import Gate
kind, folder = sys.argv[1:]
gate = Gate(__import__("pathlib").Path(folder))
with gate.earning() if kind == "earning" else gate.alone() as refused:
    print("in", refused or "", flush=True)
    sys.stdin.readline()
"""


@contextlib.contextmanager
def another(kind, folder):
    """Hold a gate in another process during the block."""
    command = [sys.executable, "-c", SCRIPT, kind, folder]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "in \n"
        yield process
        process.stdin.close()


@pytest.mark.parametrize("how", ["ends", "is killed"])
def test_another_process(tmp_path, how):
    one = Gate(tmp_path)
    with another("earning", tmp_path) as process:
        with one.alone(0) as refused:
            assert refused == BUSY
        with one.earning():
            pass
        if how == "is killed":
            process.kill()
            process.wait()
            with one.alone(0) as refused:
                assert refused == ""
    with one.alone() as refused:
        assert refused == ""
    with another("phase", tmp_path) as process:
        assert not one._may_earn()
        if how == "is killed":
            process.kill()
    with one.earning():
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("first", ["nobody", "root"])
def test_graders_of_different_users_share_the_files(first):
    told, tell = os.pipe(), os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o1777)
        if first == "root":
            Gate(Path(folder))
        pid = os.fork()
        if pid == 0:
            os.umask(0o077)
            os.setgroups([])
            os.setresgid(65534, 65534, 65534)
            os.setresuid(65534, 65534, 65534)
            theirs = Gate(Path(folder))
            with theirs.earning():
                os.write(told[1], theirs.refused.encode() or b"in")
                os.read(tell[0], 1)
            os._exit(0)
        assert os.read(told[0], 1000) == b"in"
        owner = 65534 if first == "nobody" else 0
        assert {os.stat(Path(folder, name)).st_uid for name in gate.NAMES} == {owner}
        with Gate(Path(folder)).alone(0) as refused:
            assert refused == BUSY
        os.write(tell[1], b".")
        assert os.waitpid(pid, 0)[1] == 0
    for descriptor in (*told, *tell):
        os.close(descriptor)


def test_a_lock_that_is_held_for_ever_stops_no_grading(two, monkeypatch):
    one, other = two
    monkeypatch.setattr(gate, "RUN_WAITS", 0.0)
    with other.alone(0):
        with one.earning():
            assert one.refused == "another process held its lock for more than 0 seconds"
        with one.earning(), one.alone() as refused:
            assert refused == one.refused


# The files --------------------------------------------------------------------------------------


def test_files_are_created_for_all_users(tmp_path):
    before = os.umask(0o077)
    try:
        Gate(tmp_path)
    finally:
        os.umask(before)
    for name in gate.NAMES:
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o644


@pytest.mark.parametrize("name", gate.NAMES)
@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe", "folder"])
def test_a_file_that_is_not_trustworthy_leaves_mixed_runs_out(tmp_path, name, kind):
    path, victim = tmp_path / name, tmp_path / "victim"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(victim)
        if kind == "link":
            victim.touch()
    one = Gate(tmp_path)
    what = "a symbolic link" if "link" in kind else "something else"
    with one.alone() as refused:
        assert refused == f"{path}: expected a regular file, got {what}"
    with one.earning(), one.earning():
        pass
    assert victim.exists() == (kind == "link")
    assert one.descriptors == []


def test_a_folder_that_is_not_there(tmp_path):
    one = Gate(tmp_path / "absent")
    assert one.refused == f"{tmp_path}/absent/{gate.NAMES[0]}: No such file or directory"


def test_a_removed_file_is_replaced_for_all(two, tmp_path):
    one, other = two
    for name in gate.NAMES:
        (tmp_path / name).unlink()
    with one.earning(), other.alone(0) as refused:
        assert refused == BUSY
    with other.alone(0) as refused:
        assert refused == ""
        assert not one._may_earn()


def test_a_file_that_becomes_a_link_leaves_mixed_runs_out(tmp_path):
    one = Gate(tmp_path)
    path = tmp_path / gate.NAMES[1]
    path.unlink()
    path.symlink_to(tmp_path / "victim")
    with one.alone() as refused:
        assert refused == f"{path}: expected a regular file, got a symbolic link"
    with one.earning():
        pass


def test_the_folder_is_one_in_which_nobody_else_can_replace_the_files(tmp_path, monkeypatch):
    monkeypatch.setenv(gate.VARIABLE, str(tmp_path))
    assert gate.shared_folder() == tmp_path
    tmp_path.chmod(0o1777)
    assert gate.shared_folder() == tmp_path
    for mode in (0o777, 0o770):
        tmp_path.chmod(mode)
        with pytest.raises(GateError, match=r"DLTF_LOCKS: expected a folder that belongs to"):
            gate.shared_folder()
    tmp_path.chmod(0o700)
    monkeypatch.delenv(gate.VARIABLE)
    (tmp_path / "link").symlink_to("/tmp")
    monkeypatch.setattr(gate, "FOLDERS", (str(tmp_path), str(tmp_path / "link")))
    with pytest.raises(GateError, match=r"lock file: expected a folder of root's .* got neither"):
        gate.shared_folder()
    with Gate().alone() as refused:
        assert refused.startswith("lock file: expected a folder of root's")


# Children of a killed grader --------------------------------------------------------------------

GRADER = """
import sys
from dltf.autograder.execution.pool import Pool
from dltf.autograder.execution.protocol import Job, Unit
from dltf.autograder.execution.limits import Limits
cases = '''from dltf.autograder import case, exercise
exercise("f")
@case("f", points=1)
def endless(answer, rng):
    "It does not end."
    return answer.f()
'''
unit = Unit("def f():\\n    while True: pass", "<cell 1>")
with Pool(1, limits=Limits(seconds=1000, cpu_seconds=1000), imports=("numpy",)) as pool:
    print(pool.namespaces, pool._first.pid, pool._folder, flush=True)
    pool.run(Job((unit,), "dltf.none", cases, {"f": ("endless",)}, 1))
"""


def children(pid):
    """Return the processes that a process has started."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += map(int, task.read_text().split())
    return found


def test_the_room_is_locked_until_the_children_of_a_killed_grader_have_ended(
    tmp_path, monkeypatch, closed_pool
):
    monkeypatch.setenv(gate.VARIABLE, str(tmp_path))
    one = Gate(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", GRADER], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        _, server, folder = process.stdout.readline().split()
        chain = [server]  # outside, the first server, that of the role, the run
        until(lambda: len(chain) == 4 or [chain.append(c) for c in children(chain[-1])[:1]] == 0)
        _, first, forked, run = chain
        for stopped in (first, forked):  # or they would end the run at once
            os.kill(stopped, signal.SIGSTOP)
        process.kill()
        process.wait()
        with one.alone(0) as refused:
            assert refused == BUSY
        assert Path(f"/proc/{run}").exists()
        for stopped in (first, forked):
            os.kill(stopped, signal.SIGCONT)
        with one.alone() as refused:
            assert refused == ""
            assert processes(folder) == []
            assert not Path(f"/proc/{run}").exists()
