"""Mixed runs: kept apart from earning runs; they change words, never a mark, or are left out."""

import contextlib
import json
import subprocess
import sys
import threading

import pytest
from conftest import FOLDERS, LIMITS, ROOT, answered, dltf, grade, statuses

from dltf.autograder import batch, explaining
from dltf.autograder.execution import gate, server
from dltf.autograder.execution.gate import Gate
from dltf.autograder.execution.pool import Pool
from dltf.autograder.execution.roles import Role
from dltf.autograder.grading import Grader
from dltf.autograder.locating import LOCATED
from dltf.autograder.reading.formats import from_source
from dltf.autograder.verdict import Status

CHAIN = FOLDERS / "chain"
BLOCKED = {"relu": "incorrect", "layer": "blocked", "network": "blocked", "mean_square": "correct"}
UNKNOWN = BLOCKED | {"layer": "incorrect", "network": "incorrect"}
ADVICE = (
    "This calls `relu`, which is not correct yet and may be the cause. "
    "Fix it first, then check again."
)


def wrong(chain):
    return answered(chain, relu="def relu(z): return np.minimum(z, 0)")


def a_class(folder, chain, count):
    """Write a class in which every second submission has blocked exercises."""
    folder.mkdir()
    for i in range(count):
        (folder / f"{i}.py").write_text(wrong(chain) if i % 2 else answered(chain))
    return folder


def grade_class(folder, **options):
    options = {"assignment": str(CHAIN), "seed": 5, "limits": LIMITS, "jobs": 2} | options
    return batch.grade_paths([folder], **options)


def kind_of(job):
    """Return the kind of a run by what is in its process."""
    if job.replacement is not None or any(unit.filename == LOCATED for unit in job.units):
        return "mixed"
    return "earning" if job.units[0].filename.startswith("<cell") else "reference"


class Spy:
    """Records begin and end of every run between gate and server."""

    def __init__(self, monkeypatch):
        self.events, lock, real = [], threading.Lock(), server.Server.run

        def run(server, jobs, *arguments, **options):
            with lock:
                self.events.append(("begin", kind_of(jobs[0])))
            try:
                return real(server, jobs, *arguments, **options)
            finally:
                with lock:
                    self.events.append(("end", kind_of(jobs[0])))

        monkeypatch.setattr(server.Server, "run", run)


def assert_apart(events):
    """Assert that no mixed run was alive at the same time as an earning run; return how many."""
    alive, begun = {"mixed": 0, "earning": 0}, {"mixed": 0, "earning": 0}
    for event, kind in events:
        if kind not in alive:
            continue
        alive[kind] += 1 if event == "begin" else -1
        begun[kind] += event == "begin"
        assert not (alive["mixed"] and alive["earning"]), events
    assert set(alive.values()) == {0}
    return begun


# Apart ------------------------------------------------------------------------------------------


def test_a_class_in_chunks(tmp_path, chain, monkeypatch, closed_pool):
    monkeypatch.setattr(batch, "CHUNK", 2)  # four files, with two jobs
    spy, steps = Spy(monkeypatch), []
    folder = a_class(tmp_path / "class", chain, 10)
    result = grade_class(folder, progress=lambda *step: steps.append(step))
    assert [s.file for s in result.submissions] == [str(folder / f"{i}.py") for i in range(10)]
    for i, submission in enumerate(result.submissions):
        expected = BLOCKED if i % 2 else dict.fromkeys(BLOCKED, "correct")
        assert {v.name: v.status for v in submission.exercises} == expected
    assert result.left_out == ()
    assert steps == [(i, 10) for i in range(1, 11)]
    assert assert_apart(spy.events) == {
        "earning": 15,
        "mixed": 10,
    }  # five of which confirm a mistake
    kinds = [kind for event, kind in spy.events if event == "begin" and kind != "reference"]
    phases = [kind for kind, last in zip(kinds, [None, *kinds], strict=False) if kind != last]
    assert phases == ["earning", "mixed"] * 3  # the third chunk has two files


def test_submissions_graded_by_threads_of_one_pool(closed_pool, chain, monkeypatch):
    spy, grader = Spy(monkeypatch), Grader(closed_pool, 20)
    found = closed_pool.map(lambda s: statuses(grade(grader, chain, s)), [wrong(chain)] * 6)
    assert list(found) == [BLOCKED] * 6
    assert assert_apart(spy.events) == {"earning": 12, "mixed": 12}


def test_phases_that_are_too_long_take_turns(tmp_path, chain, monkeypatch, closed_pool):

    alone, phases = Gate.alone, []

    def counted(self, *arguments):
        phases.append(self)
        return alone(self, *arguments)

    ticks = iter(range(10**6))

    class Clock:
        """A clock that advances by a second whenever somebody looks."""

        perf_counter = staticmethod(explaining.time.perf_counter)
        monotonic = staticmethod(lambda: float(next(ticks)))

    monkeypatch.setattr(Gate, "alone", counted)
    monkeypatch.setattr(explaining, "time", Clock)
    monkeypatch.setattr(explaining, "PHASE_SECONDS", 2.5)  # two runs
    grader = Grader(closed_pool, 20)
    marked = [grader.mark(from_source(wrong(chain)), chain) for _ in range(3)]
    results, reasons = grader.complete(marked)
    assert [{v.name: v.status for v in r.exercises} for r in results] == [BLOCKED] * 3
    assert reasons == []
    assert len(phases) == 3  # of six runs


RECORDING = """
import os, sys
sys.path.insert(0, {tests!r})
from dltf.autograder import batch
from dltf.autograder.execution import server
batch.CHUNK = 2
log, real = os.open({log!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT), server.Server.run
def run(self, jobs, *arguments, **options):
    job = jobs[0]
    kind = "reference" if not job.units[0].filename.startswith("<cell") else "earning"
    edited = any(unit.filename == "<cell, located>" for unit in job.units)
    kind = "mixed" if job.replacement is not None or edited else kind
    os.write(log, f"begin {{kind}}\\n".encode())
    try:
        return real(self, jobs, *arguments, **options)
    finally:
        os.write(log, f"end {{kind}}\\n".encode())
server.Server.run = run
from dltf.cli import app
app(sys.argv[1:])
"""


def test_two_commands_at_the_same_time(tmp_path, chain, closed_pool):
    """One line of one log for each begin and end, in the order in which they happened."""
    log = tmp_path / "log"
    script = RECORDING.format(tests=str(ROOT / "tests"), log=str(log))
    running = []
    for name in ("a", "b"):
        folder = a_class(tmp_path / name, chain, 8)
        command = [sys.executable, "-c", script, "grade", folder, "--assignment", CHAIN]
        command += ["--jobs", "2", "--seconds", "60", "--json", tmp_path / f"{name}.json"]
        running.append(subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL))
    assert [process.wait(300) for process in running] == [0, 0]
    for name in ("a", "b"):
        result = json.loads((tmp_path / f"{name}.json").read_text())
        assert result["left_out"] == []
        assert [statuses(s) for s in result["submissions"]][1::2] == [BLOCKED] * 4
    events = [tuple(line.split()) for line in log.read_text().splitlines()]
    assert assert_apart(events) == {"earning": 24, "mixed": 16}


# Words, no marks --------------------------------------------------------------------------------


@pytest.mark.parametrize("lie", [True, False, None])
def test_no_mixed_run_changes_a_mark(closed_pool, chain, monkeypatch, lie):
    """Whatever it returns, or if it fails."""

    def correct_with(self, run):
        if lie is None:
            raise ValueError("a secret of the run")
        return lie

    monkeypatch.setattr(explaining.Explainer, "_correct_with", correct_with)
    grader = Grader(closed_pool, 20)
    sources = {
        "one wrong": wrong(chain),
        "wrong itself": answered(
            chain, relu="def relu(z): return z", network="def network(x, parameters): return layer"
        ),
        "partly right": answered(
            chain, relu="", mean_square="def mean_square(x, offset=1.0): return 0 * relu(x)"
        ),
    }
    for source in sources.values():
        marked = grader.mark(from_source(source), chain)
        assert marked.waiting
        (result,), reasons = grader.complete([marked])
        assert reasons == (["a run failed (ValueError)"] if lie is None else [])
        assert result.score == marked.result.score
        assert result.seconds == marked.result.seconds  # nothing of a mixed run's time, either
        for before, after in zip(marked.result.exercises, result.exercises, strict=True):
            assert (after.points, after.max_points) == (before.points, before.max_points)
            points = [(case.name, case.points, case.max_points) for case in after.cases]
            assert points == [(case.name, case.points, case.max_points) for case in before.cases]
            if lie is not True:
                assert (after.status, after.cases) == (before.status, before.cases)
        assert "secret" not in str(result)
        told = {v.name for v in result.exercises if v.status == Status.BLOCKED}
        assert told == ({run.name for run in marked.waiting if run.culprits} if lie else set())


TALKING = """
import numpy as np
def relu(z): return z
def layer(a, W, b):
    z = relu(W @ a + b)
    if (z >= 0).all():
        raise ValueError("seen only in the mixed run")
    return z
"""


def test_nothing_that_a_mixed_run_says_is_in_a_result(closed_pool, chain):
    entry = grade(Grader(closed_pool, 20), chain, TALKING)
    assert entry["by"]["layer"]["status"] == "incorrect"
    assert "Your code gave" in entry["by"]["layer"]["feedback"]
    assert "seen only" not in json.dumps(entry)
    assert entry["by"]["layer"]["suspects"] == []


# Left out ---------------------------------------------------------------------------------------


def test_below_namespaces_they_are_left_out(tmp_path, chain, monkeypatch):
    spy = Spy(monkeypatch)
    result = grade_class(a_class(tmp_path / "class", chain, 4), isolation="off")
    assert result.left_out == ("the isolation level is 'limits'",)
    assert assert_apart(spy.events) == {"earning": 6, "mixed": 0}
    for submission in result.submissions[1::2]:
        by = {verdict.name: verdict for verdict in submission.exercises}
        assert {name: verdict.status for name, verdict in by.items()} == UNKNOWN
        assert by["layer"].suspects == ("relu",)
        assert by["layer"].feedback.endswith(f"\n\n{ADVICE}")
        assert by["network"].suspects == ("relu", "layer")
        assert by["relu"].suspects == ()
        assert ADVICE not in by["relu"].feedback
    assert not any(v.suspects for s in result.submissions[::2] for v in s.exercises)


def test_it_is_not_said_of_a_class_that_asks_for_none(tmp_path, chain):
    (tmp_path / "a.py").write_text(answered(chain))
    assert grade_class(tmp_path, isolation="off").left_out == ()


def test_the_command_line_says_so(tmp_path, chain):
    (tmp_path / "a.py").write_text(wrong(chain))
    done = dltf("grade", tmp_path / "a.py", "--assignment", CHAIN, "--isolation", "off",
                "--seconds", "60", "--json", tmp_path / "a.json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    line = (
        "Left out: whether 2 wrong exercises would be correct if those called were correct "
        "(the isolation level is 'limits'). Marks do not depend on it."
    )
    assert line in " ".join(done.stdout.split())
    result = json.loads((tmp_path / "a.json").read_text())
    assert result["left_out"] == ["the isolation level is 'limits'"]
    assert statuses(result["submissions"][0]) == UNKNOWN


@contextlib.contextmanager
def locks(monkeypatch, folder):
    """Return another grader's gate on the lock files of new pools, which wait for no phase."""
    folder.mkdir(exist_ok=True)
    monkeypatch.setenv(gate.VARIABLE, str(folder))
    monkeypatch.setattr(gate, "PHASE_WAITS", 0.0)
    yield Gate(folder)


def test_a_busy_machine_leaves_them_out(tmp_path, chain, monkeypatch, closed_pool):
    folder = a_class(tmp_path / "class", chain, 2)
    with locks(monkeypatch, tmp_path / "locks") as other:
        with other.earning():
            result = grade_class(folder)
        assert result.left_out == ("other graders were busy for more than 0 seconds",)
        assert {v.name: v.status for v in result.submissions[1].exercises} == UNKNOWN
        result = grade_class(folder)
    assert result.left_out == ()
    assert {v.name: v.status for v in result.submissions[1].exercises} == BLOCKED


def test_a_lock_file_that_is_a_link_leaves_them_out(tmp_path, chain, monkeypatch, closed_pool):
    folder = a_class(tmp_path / "class", chain, 2)
    (tmp_path / "locks").mkdir()
    path = tmp_path / "locks" / gate.NAMES[1]
    path.symlink_to("/etc/passwd")
    with locks(monkeypatch, tmp_path / "locks"):
        result = grade_class(folder)
    assert result.left_out == (f"{path}: expected a regular file, got a symbolic link",)
    assert [s.score for s in result.submissions] == [3, 1.7]


def test_programs_of_the_course_need_no_gate(limits_pool, closed_pool, chain, monkeypatch):
    """References, mistakes and mutants are nobody's: blocked is found at every level."""
    monkeypatch.setattr(Gate, "alone", lambda *_: pytest.fail("a phase was asked for"))
    monkeypatch.setattr(Gate, "earning", lambda *_: pytest.fail("an earning run was started"))
    for pool in (limits_pool, closed_pool):
        grader = Grader(pool, 20, Role.REFERENCE)
        assert statuses(grade(grader, chain, wrong(chain))) == BLOCKED
        names = list(chain.exercises)
        found = grader.grade_program(chain, wrong(chain), names)
        assert {verdict.name: verdict.status for verdict in found} == BLOCKED


def test_a_server_that_falls_back_runs_none(chain, monkeypatch, closed_pool):
    """Between the phase and the run, a new server reaches only a lower level."""
    spy = Spy(monkeypatch)
    with Pool(1, limits=LIMITS, imports=("numpy",)) as pool:
        grader = Grader(pool, 20)
        marked = grader.mark(from_source(wrong(chain)), chain)
        real = pool._server

        def lower(*arguments):
            pool.namespaces = False
            return real(*arguments)

        monkeypatch.setattr(pool, "_server", lower)
        (result,), reasons = grader.complete([marked])
    assert reasons == ["a run failed (IsolationError)"]
    assert {v.name: v.status for v in result.exercises} == UNKNOWN
    assert assert_apart(spy.events) == {"earning": 2, "mixed": 0}
