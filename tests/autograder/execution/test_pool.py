"""The pool: a server that is started once, watched, started anew, and leaves nothing behind."""

import contextlib
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from conftest import LIMITS, answered, grade

from dltf.autograder.execution import sandbox, server
from dltf.autograder.execution.limits import Limits
from dltf.autograder.execution.pool import IsolationError, Pool
from dltf.autograder.execution.protocol import Job
from dltf.autograder.execution.roles import Role
from dltf.autograder.grading import Grader


def children(pid):
    """Return a process's descendants."""
    found = [
        int(child)
        for task in Path(f"/proc/{pid}/task").glob("*/children")
        for child in task.read_text().split()
    ]
    return found + [deeper for child in found for deeper in children(child)]


def alive(pids):
    """Return which of these processes still run."""
    found = []
    for pid in pids:
        with contextlib.suppress(OSError):  # it ended while we looked
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            found += [pid] if state != "Z" else []
    return found


def left(pids, seconds=20.0):
    """Return which of these processes still run when they had time to end."""
    end = time.monotonic() + seconds
    while alive(pids) and time.monotonic() < end:
        time.sleep(0.05)
    return alive(pids)


def test_closing_leaves_no_process_and_no_folder():
    for isolation in ("auto", "off"):
        with Pool(1, isolation, LIMITS, imports=("numpy",)) as pool:
            every = [pool._first.pid, *children(pool._first.pid)]
            folder = pool._folder
            assert alive(every) == every
            assert folder.is_dir()
        assert left(every) == []
        assert not folder.exists()


def test_a_server_that_dies_is_started_anew(chain):
    with Pool(2, limits=LIMITS, imports=("numpy",)) as pool:
        grader = Grader(pool, 3)
        first = pool._first.pid
        assert grade(grader, chain, answered(chain))["score"] == 3
        os.kill(first, signal.SIGKILL)
        assert grade(grader, chain, answered(chain))["score"] == 3
        assert pool._first.pid != first


def test_a_server_that_is_gone_before_anybody_noticed_is_started_anew(chain, monkeypatch):
    def refuse(*_):
        raise BrokenPipeError

    with Pool(2, limits=LIMITS, imports=("numpy",)) as pool:
        grader, first = Grader(pool, 3), pool._first
        assert grade(grader, chain, answered(chain))["score"] == 3
        before = dict(pool._servers)
        for one in before.values():
            monkeypatch.setattr(one, "send", refuse)
        assert grade(grader, chain, answered(chain))["score"] == 3
        after = pool._servers[Role.EARNING, False]
        assert after is not before[Role.EARNING, False]
        monkeypatch.setattr(first, "send", refuse)
        monkeypatch.setattr(after, "send", refuse)
        assert grade(grader, chain, answered(chain))["score"] == 3
        assert pool._first is not first


def test_jobs_of_a_server_that_dies_are_run_again(chain):
    slow = "import time\ndef relu(z):\n    time.sleep(0.7)\n    return np.maximum(z, 0)"
    with Pool(2, limits=LIMITS, imports=("numpy",)) as pool:
        grader = Grader(pool, 3)
        grader.known.reference(chain, 3)
        killer = threading.Timer(0.4, os.kill, (pool._first.pid, signal.SIGKILL))
        killer.start()
        assert grade(grader, chain, answered(chain, relu=slow))["by"]["relu"]["status"] == "correct"


def test_a_server_that_sends_what_is_no_message_is_started_anew(monkeypatch, chain):
    real, sent = server.unpack_control, []

    def once(data):
        sent.append(data)
        return real(data if len(sent) > 1 else data[:-1])

    with Pool(1, limits=LIMITS, imports=("numpy",)) as pool:
        grader = Grader(pool, 3)
        grader.known.reference(chain, 3)
        first = pool._server(Role.EARNING, False)
        monkeypatch.setattr(server, "unpack_control", once)
        assert grade(grader, chain, answered(chain))["score"] == 3
        assert pool._servers[Role.EARNING, False] is not first


def test_a_job_that_ends_the_server_each_time_is_reported(monkeypatch, chain):
    with Pool(1, limits=LIMITS, imports=("numpy",)) as pool:
        real = server.Server.run

        def dying(self, jobs, limits):
            os.kill(pool._first.pid, signal.SIGKILL)
            return real(self, jobs, limits)

        monkeypatch.setattr(server.Server, "run", dying)
        run = pool.run(Job((), "x", "", {}, 1))
        assert (run.reason, run.detail) == ("killed", "the process that runs answers died, twice")


def test_a_closed_pool_starts_nothing():
    pool = Pool(1, limits=LIMITS, imports=("numpy",))
    pool.close()
    run = pool.run(Job((), "x", "", {}, 1))
    assert run.reason == "killed"
    assert not pool._folder.exists()
    pool.preload(["json"])
    pool.close()


def test_closing_while_jobs_run_ends_them(chain):
    pool = Pool(2, limits=Limits(seconds=100), imports=("numpy",))
    grader = Grader(pool, 3)
    grader.known.reference(chain, 3)
    loop = answered(chain, relu="def relu(z):\n    while True: pass")
    pool._server(Role.EARNING, False)
    before, done = children(pool._first.pid), []
    thread = threading.Thread(target=lambda: done.append(grade(grader, chain, loop)))
    thread.start()
    while set(children(pool._first.pid)) <= set(before):
        time.sleep(0.01)
    every = [pool._first.pid, *children(pool._first.pid)]
    pool.close()
    thread.join(30)
    assert not thread.is_alive()
    assert done[0]["by"]["relu"]["status"] == "not graded"
    assert left(every) == []


def test_isolation_is_what_was_asked(monkeypatch):
    with pytest.raises(ValueError, match=r"isolation: expected one of .*, got 'some'"):
        Pool(1, "some")
    monkeypatch.setattr(sandbox, "supported", lambda: "the kernel refuses new namespaces")
    with pytest.raises(IsolationError, match="--isolation require: the kernel refuses"):
        Pool(1, "require", imports=("numpy",))
    with Pool(1, "auto", LIMITS, imports=("numpy",)) as pool:
        assert pool.isolation != "namespaces"
    with Pool(1, "off", LIMITS, imports=("numpy",)) as pool:
        assert pool.isolation == "limits"


def test_a_sandbox_that_cannot_be_built_after_all(monkeypatch, closed_pool):
    """The kernel promised namespaces; a later step is refused."""

    def refused(pid):
        raise PermissionError(1, "not permitted")

    monkeypatch.setattr(sandbox, "write_maps", refused)
    with pytest.raises(IsolationError, match=r"--isolation require: .*identity map"):
        Pool(1, "require", imports=("numpy",))
    with Pool(1, "auto", LIMITS, imports=("numpy",)) as pool:
        assert pool.isolation != "namespaces"


def test_many_jobs_at_a_time_keep_their_order(pool, chain):
    grader = Grader(pool, 4)
    sources = [
        answered(chain, relu=f"def relu(z): return {i}.0 * np.maximum(z, 0)") for i in range(12)
    ]
    with_threads = list(
        pool.map(lambda s: grade(grader, chain, s)["by"]["relu"]["status"], sources)
    )
    assert with_threads == ["incorrect", "correct", *["incorrect"] * 10]


def test_no_descriptor_is_lost(pool, chain):
    grader = Grader(pool, 5)
    grade(grader, chain, answered(chain))
    before = len(os.listdir("/proc/self/fd"))
    for text in ("def relu(z): return z", "def relu(z):\n    import os; os._exit(3)"):
        for _ in range(3):
            grade(grader, chain, answered(chain, relu=text))
    assert len(os.listdir("/proc/self/fd")) <= before
