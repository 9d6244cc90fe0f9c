"""The sandbox: a submission that tries to break out finds nothing, earns nothing, harms nobody.

Every attack is a function that returns what it got hold of (''  or an error is what it should get).
"""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from conftest import FOLDERS, ROOT, answered, gone, grade, impatient, statuses

from dltf.autograder.execution import sandbox
from dltf.autograder.execution.protocol import Job, Unit
from dltf.autograder.grading import Grader
from dltf.autograder.judging.observation import decode
from dltf.autograder.reading import formats

CASES = """
from dltf.autograder import case, exercise
exercise("attack")
@case("attack")
def it(answer, rng):
    return answer.attack(x=rng.normal(size=3))
"""


def attack(pool, body, cases=CASES, exercises=None):
    """Run a function's body in a child; return what it returned, or the run."""
    source = "import os, sys, socket, time, subprocess, ctypes, signal\n" + (
        "def attack(x=None):\n" + textwrap.indent(textwrap.dedent(body), "    ")
    )
    exercises = exercises or {"attack": ("it",)}
    result = pool.run(Job((Unit(source, "<cell 1>"),), "dltf.x", cases, exercises, 1))
    for found in result.cases.values():
        return found.error if found.error else decode(found.observation)
    return result


# What there is to see ---------------------------------------------------------------------------


def secrets(tmp_path):
    (tmp_path / "other.ipynb").write_text("another submission")
    return [
        FOLDERS / "chain" / "reference.py", FOLDERS / "chain" / "mistakes.py", FOLDERS,
        ROOT / "assignments", ROOT / "dltf" / "initialization.py", ROOT / "dltf", ROOT / ".git",
        "/etc/shadow", "/etc/passwd", Path.home(), "/root", "/home", "/var", "/sys", "/run",
        tmp_path, tmp_path / "other.ipynb", "/proc/1/root/etc/passwd", "/proc/self/root/etc/passwd",
        "/proc/1/cwd/etc", "/dev/sda", "/dev/mem", "/dev/shm", "/.old",
    ]  # fmt: skip


def test_nothing_of_the_machine_is_there_to_be_read(closed_pool, tmp_path):
    seen = attack(closed_pool, f"""
        found = []
        for path in {list(map(str, secrets(tmp_path)))!r}:
            try:
                if os.path.isdir(path):
                    if set(os.listdir(path)) - {{".venv", ".pyenv", "python3"}}:
                        found.append([path, os.listdir(path)[:9]])
                else:
                    found.append([path, open(path, "rb").read(50)])
            except OSError:
                pass
        return found
        """)  # fmt: skip
    kept = {str(Path(p)) for p in sandbox.visible_paths()}
    assert [f for f in seen if not any(k.startswith(f[0] + "/") for k in kept)] == [], seen
    everything = attack(closed_pool, """
        found = []
        for root, folders, names in os.walk("/"):
            if root.startswith(("/proc", "/usr")):
                folders[:] = []
            found += [os.path.join(root, n) for n in names
                      if n in ("reference.py", "mistakes.py", "accepted.py", "cases.py", "shadow")
                      or n.endswith(".ipynb")]
        return [f for f in found if "site-packages" not in f]
        """)  # fmt: skip
    assert everything == []


def test_no_answer_is_importable(closed_pool):
    assert attack(closed_pool, """
        import importlib, pkgutil
        import dltf
        found = []
        for root, folders, names in os.walk(os.path.dirname(dltf.__file__)):
            for name in names:
                text = open(os.path.join(root, name), errors="replace").read()
                if name == "initialization.py" and "### BEGIN SOLUTION" in text:
                    found.append(name)
            found += [f for f in folders if f in ("assignments", "authoring")]
        return found
        """) == []  # fmt: skip


def test_the_environment_holds_nothing_of_ours(pool, limits_pool, monkeypatch):
    os.environ["DLTF_TEST_SECRET"] = "hunter2"
    try:
        for each in (pool, limits_pool):
            seen = attack(each, "return [dict(os.environ), sys.argv, os.getcwd(), sys.path]")
            assert "hunter2" not in str(seen)
            assert str(ROOT / "tests") not in str(seen)
    finally:
        del os.environ["DLTF_TEST_SECRET"]


def test_other_processes_cannot_be_seen_or_reached(closed_pool):
    seen = attack(closed_pool, f"""
        pids = sorted(int(p) for p in os.listdir("/proc") if p.isdigit())
        reached = []
        for pid in {[os.getpid(), closed_pool._first.pid, 1, 2, 3]!r}:
            if pid != os.getpid():
                try:
                    os.kill(pid, 0)
                    reached.append(pid)
                except OSError:
                    pass
        libc = ctypes.CDLL(None, use_errno=True)
        traced = [p for p in {[os.getpid(), closed_pool._first.pid]!r}
                  if p != os.getpid() and libc.ptrace(16, p, 0, 0) == 0]
        try:
            os.kill(-1, signal.SIGKILL)  # everybody there is
        except OSError:
            pass
        return [len(pids), reached, traced, os.getppid()]
        """)  # fmt: skip
    assert seen == [1, [], [], 0]
    os.kill(closed_pool._first.pid, 0)


def test_the_network_is_closed(closed_pool):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as local:
        local.bind("\0dltf-test-socket")
        local.listen()
        assert attack(closed_pool, f"""
            got = []
            for family, address in ((socket.AF_INET, ("127.0.0.1", {server.getsockname()[1]})),
                                    (socket.AF_INET, ("1.1.1.1", 53)),
                                    (socket.AF_UNIX, "\\0dltf-test-socket")):
                with socket.socket(family) as s:
                    s.settimeout(1)
                    if s.connect_ex(address) == 0:
                        got.append(address)
            try:
                socket.getaddrinfo("example.org", 80)
                got.append("name")
            except OSError:
                pass
            return got
            """) == []  # fmt: skip


WRITES = """
    written = []
    for folder in ("/", "/usr", "/etc", "/edition", "/edition/dltf", "/proc/sys/kernel", "/dev",
                   os.path.dirname(os.__file__), sys.prefix, sys.path[-1]):
        try:
            open(os.path.join(folder, "dltf-was-here"), "w").close()
            os.remove(os.path.join(folder, "dltf-was-here"))
            written.append(folder)
        except OSError:
            pass
    for path in (os.__file__, sys.executable, sys.modules["numpy"].__file__):
        try:
            open(path, "r+").close()
            written.append(path)
        except OSError:
            pass
    open("here", "w").write("scratch")
    open(os.path.expanduser("~/there"), "w").write("scratch")
    return [written, sorted(os.listdir("."))]
    """


def test_only_the_scratch_folder_can_be_written_and_is_new_each_time(closed_pool):
    for _ in range(2):
        assert attack(closed_pool, WRITES) == [[], ["here", "there"]]


def test_without_namespaces_the_scratch_folder_is_new_and_removed(limits_pool):
    for _ in range(2):
        place, before = attack(limits_pool, """
            before = os.listdir(".")
            open("here", "w").write("scratch")
            import tempfile
            tempfile.mkstemp()
            assert tempfile.gettempdir() == os.getcwd() == os.path.expanduser("~")
            return os.getcwd(), before
            """)  # fmt: skip
        assert before == []
        assert not os.path.exists(place)


def test_no_capability_and_none_to_be_gained(closed_pool):
    private = str(ROOT / "dltf")
    seen = attack(closed_pool, f"""
        libc = ctypes.CDLL(None, use_errno=True)
        def capabilities():
            lines = open("/proc/self/status").read().splitlines()
            return [l.split()[1] for l in lines if l.startswith(("CapEff", "CapPrm", "NoNewPrivs"))]
        before, uid = capabilities(), os.geteuid()
        done = []
        def remount(path):
            return libc.mount(b"none", path.encode(), None, 32 | 4096, None) == 0  # remount, bind
        if libc.unshare(0x10000000 | 0x00020000 | 0x20000000 | 0x40000000) == 0:  # all capabilities
            done += [p for p in ("/", "/usr", "/edition", sys.prefix) if remount(p)]
            done += [p for p in ("/proc", {private!r}, "/edition", sys.prefix)
                     if libc.umount2(p.encode(), 2) == 0]
            for path in ("/usr", "/edition"):
                try:
                    open(path + "/x", "w").close()
                    done.append("wrote " + path)
                except OSError:
                    pass
            try:
                done += ["outside " + p for p in os.listdir("/proc/1/root/etc") if p == "shadow"]
            except OSError:
                pass
            with socket.socket() as s:
                if not s.connect_ex(("127.0.0.1", 22)):
                    done.append("network")
        for call in (lambda: os.setuid(0), lambda: os.mknod("m", 0o60666, 2049),
                     lambda: os.nice(-5), lambda: os.setgroups([0])):
            try:
                call()
                done.append(call.__code__.co_names)
            except OSError:
                pass
        import resource
        for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_NPROC):
            try:
                resource.setrlimit(kind, (resource.RLIM_INFINITY,) * 2)
                done.append("limit")
            except (ValueError, OSError):
                pass
        return [before, done]
        """)  # fmt: skip
    assert sorted(seen[0]) == ["0" * 16, "0" * 16, "1"]
    assert seen[1] == []


# What it may use --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pool", "limits_pool"])
def test_a_detached_child_is_gone_afterwards(name, request):
    each = request.getfixturevalue(name)
    marker = f"dltf-orphan-{name}-{os.getpid()}"
    assert attack(each, f"""
        for _ in range(3):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    for fd in range(3, 50):
                        try:
                            os.close(fd)
                        except OSError:
                            pass
                    os.execv("/bin/sh", ["sh", "-c", "sleep 600; : {marker}"])
                os._exit(0)
        time.sleep(0.3)
        return 1
        """) == 1  # fmt: skip
    assert gone(marker) == []


def test_a_child_that_keeps_the_pipe_open_holds_nobody_up(limits_pool):
    """Its frames are complete; what is left behind cannot add to them."""
    marker = f"dltf-pipe-{os.getpid()}"
    assert attack(limits_pool, f"""
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.execv("/bin/sh", ["sh", "-c", "sleep 600; : {marker}"])
            os._exit(0)
        return 1
        """) == 1  # fmt: skip
    assert gone(marker) == []


VICTIM = """
import threading
import numpy as np
def relu(z):
    found = []
    for _ in range(20):
        thread = threading.Thread(target=lambda: found.append(np.maximum(z, 0.0)))
        thread.start()
        thread.join()
    open("mine", "w").write("x" * 1000)
    return found[0]
"""


def beside(pool, chain, body):
    """Run an attack and, while it lasts, grade an honest submission; return both."""
    attacker = "import os, sys, time, signal, socket\ndef relu(z):\n" + textwrap.indent(
        textwrap.dedent(body), "    "
    )
    entries = {}

    def run(name, source, grader):
        entries[name] = grade(grader, chain, source)

    arguments = ("attacker", attacker, impatient(pool, chain))
    threads = [threading.Thread(target=run, args=arguments)]
    threads[0].start()
    time.sleep(0.3)
    for i in range(3):
        run(f"victim {i}", VICTIM, Grader(pool, 20))
    for thread in threads:
        thread.join()
    return entries


ATTACKS = {
    "fork bomb": """
        while True:
            try:
                os.fork()
            except OSError:
                pass""",
    "sleeping forks": """
        for _ in range(1000):
            try:
                if os.fork() == 0:
                    time.sleep(100)
            except OSError:
                break
        time.sleep(100)""",
    "kill all": """
        while True:
            for p in range(-1, 400):
                try:
                    p in (0, os.getpid()) or os.kill(p, 9)
                except OSError:
                    pass""",
    "memory": """
        x = []
        while True:
            x.append(bytearray(10**7))""",
    "disk": """
        for i in range(10**6):
            with open(f"f{i}", "wb") as f:
                f.write(bytes(10**7))""",
    "files": """
        x = []
        while True:
            x.append(open("/dev/null"))""",
    "swallows": """
        while True:
            try:
                time.sleep(1)
            except BaseException:
                pass""",
    "closes the pipe": """
        os.closerange(3, 300)
        while True:
            time.sleep(1)""",
    "ignores signals": """
        for s in range(1, 65):
            try:
                signal.signal(s, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        while True:
            pass""",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_earns_a_mark_or_harms_one_graded_beside_it(closed_pool, chain, name):
    entries = beside(closed_pool, chain, ATTACKS[name])
    for i in range(3):
        victim = entries[f"victim {i}"]
        assert victim["by"]["relu"]["status"] == "correct", victim["by"]["relu"]
    assert entries["attacker"]["score"] == 0
    assert entries["attacker"]["by"]["relu"]["status"] in ("not graded", "error")


# The channel ------------------------------------------------------------------------------------

FORGE = """
import os, sys, time
import numpy as np
def pipes():
    import stat
    return [fd for fd in range(3, 300) if _is_pipe(fd)]
def _is_pipe(fd):
    import stat
    try:
        return stat.S_ISFIFO(os.fstat(fd).st_mode)
    except OSError:
        return False
def send(data):
    for fd in pipes():
        while data:
            data = data[os.write(fd, data):]
def frame(**more):
    import msgpack
    return msgpack.packb(more)
def relu(z):
"""

SEND = "send(frame(event='case', exercise='relu', case='of_numbers'"
FORGERIES = {
    "garbage": "send(b'\\xc1' * 1000)",
    "truncated": "send(frame(event='case')[:-3])\nos._exit(0)",
    "text": "send(b'\\xd9\\xffhello')\nos._exit(0)",
    "end": "send(frame(event='end'))\nos._exit(0)",
    "end, then on": "send(frame(event='end'))\nwhile True: time.sleep(1)",
    "other exercises": "from dltf.autograder.judging.observation import encode\n"
    "cases = {'relu': 'of_numbers', 'layer': 'of_a_batch', 'mean_square': 'with_an_offset'}\n"
    "for e, c in cases.items():\n"
    "    send(frame(event='case', exercise=e, case=c, observation=encode(1.0), points=99,\n"
    "               status='correct'))\n"
    "send(frame(event='end', spellings={'a': 'b'}, generations=3, provided='x'))\nos._exit(0)",
    "names that are lists": "send(frame(event='case', exercise=[], case={}))\n"
    "send(frame(event=['case'], exercise=[], case={}))\n"
    "send(frame(event='start', exercise=[[]]))\nos._exit(0)",
    "nested": "import msgpack\nd = None\nfor _ in range(400): d = [d]\n"
    "send(frame(event='built', failures=[{'type': d, 'message': d}]))\n"
    "send(frame(event='start', exercise=d))\nos._exit(0)",
    "strange failures": "send(frame(event='built', failures=[3, {}, {'line': 2**60}]))\n"
    "send(frame(event='built', failures={'a': 1}))\n"
    "send(frame(event='case', exercise='relu', case='of_numbers', error={'type': 3, 'line': 'x'},"
    " calls=3))\nos._exit(0)",
    "no observation": SEND + "))\nos._exit(0)",
    "unreadable": SEND + ", observation=b'\\xc1'))\nos._exit(0)",
    "not bytes": SEND + ", observation=[1]))\nos._exit(0)",
    "endless begins": "while True: send(frame(event='begin') * 100); time.sleep(0.01)",
    "empty dicts": "while True: send(b'\\x80' * 2**20)",
    "empty lists": "while True: send(b'\\xdc\\x40\\x00' + b'\\x90' * 2**14)",
    "numbers": "while True: send(b'\\x01' * 2**20)",
    "300 MB": "send(b'\\xc6\\x12\\xc0\\x00\\x00' + bytes(300 * 2**20))",
    "declared": "send(b'\\xdd\\xff\\xff\\xff\\xff' * 1000)\nos._exit(0)",
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_frames_earn_nothing(pool, chain, name):
    source = answered(chain, layer="def layer(a, W, b):\n    return 1.0")
    forged = FORGE + textwrap.indent(FORGERIES[name], "    ")
    source = source.replace("import numpy as np\n", "", 1)
    source = forged + "\n    return 1.0\n" + source[source.index("def layer") :]
    entry = grade(impatient(pool, chain), chain, source)
    by = entry["by"]
    assert by["relu"]["points"] == 0, by["relu"]
    assert by["layer"]["points"] == 0
    assert by["relu"]["status"] in ("not graded", "error", "incorrect")
    assert entry["score"] <= 1.7 + 1
    # The run is none the worse for it: another submission is graded as ever.
    assert grade(Grader(pool, 20), chain, answered(chain))["score"] == 3


# Nothing there to be found ----------------------------------------------------------------------

SEARCH = '''
def search(marker):
    """Look at every object that can be reached in this process, and at every frame."""
    import gc, re
    marker = re.compile(marker)  # written so that it does not match itself
    memory_marker = re.compile(marker.pattern.encode())
    seen, found = set(), []
    frames = list(sys._current_frames().values())
    stack = [*gc.get_objects(), *frames, sys.modules]
    while stack:
        item = stack.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, (str, bytes)):
            text = item if isinstance(item, str) else item.decode("latin-1")
            if marker.search(text):
                found.append(text[:300])
            continue
        try:
            stack.extend(gc.get_referents(item))
            if hasattr(item, "f_back"):
                stack += [item.f_locals, item.f_globals, item.f_back]
        except BaseException:
            pass
    maps = open("/proc/self/maps").read().splitlines() if os.path.exists("/proc/self/maps") else []
    try:
        memory = open("/proc/self/mem", "rb", 0)
    except OSError:  # refused to who is not dumpable
        maps = []
    for line in maps:
        where, kind = line.split()[:2]
        if kind.startswith("r") and "[v" not in line:
            a, b = (int(x, 16) for x in where.split("-"))
            try:
                memory.seek(a)
                data = memory.read(min(b - a, 2**28))
            except (OSError, OverflowError, ValueError):
                continue
            if memory_marker.search(data):
                found.append(line)
    return [len(seen), found]
'''


@pytest.mark.parametrize("name", ["pool", "limits_pool"])
def test_no_answer_is_in_the_memory_of_a_students_process(name, request, chain):
    """Every object of the interpreter, and every byte that is mapped."""
    each = request.getfixturevalue(name)
    grader = Grader(each, 20)
    grade(grader, chain, answered(chain, relu="def relu(z): return 0 * z"))  # all secrets have run
    source = (
        "import os, sys\n"
        + SEARCH
        + """
def relu(z):
    count, found = search("hunter2 [i]n t[h]e")
    known, here = search("mean_s[q]uare")  # the search does find what is there
    raise ValueError(f"{count > 10000} {bool(here)} {found}")
"""
    )
    entry = grade(grader, chain, source)["by"]["relu"]
    assert "ValueError: True True []" in entry["feedback"], entry["feedback"]


PATCHES = """
import sys, builtins
import numpy as np
import numpy.testing
class Equal(np.ndarray):
    __hash__ = None
    def __eq__(self, other): return True
    def __array_ufunc__(self, *a, **k): return True
    def __array_function__(self, *a, **k): return True
def yes(*a, **k): return True
np.allclose = np.isclose = np.array_equal = yes
numpy.testing.assert_allclose = numpy.testing.assert_array_equal = yes
import dltf.autograder.judging.observation as o, dltf.autograder.judging.judges as j
import dltf.autograder.diagnosis as d, dltf.autograder.execution.protocol as p
import dltf.autograder.grading as g
def relu(z):
    for module in (o, j, d, p, g):
        for name in ("encode", "judge", "close", "read_observation", "read_frame"):
            setattr(module, name, yes)
    j.close.compare = j.Judge.compare = lambda *a: None
    frame = sys._getframe()
    while frame:
        for name, value in list(frame.f_locals.items()):
            if name in ("case", "declared") and hasattr(value, "function"):
                object.__setattr__(value, "function", lambda answer, rng: None)
                object.__setattr__(value, "judge", yes)
        frame = frame.f_back
    sys.modules["dltf.autograder.diagnosis"] = sys.modules["numpy.testing"] = None
    builtins.all = builtins.any = builtins.isinstance = yes
    return np.zeros((3, 4)).view(Equal)
def layer(a, W, b): return np.zeros((4, 5)).view(Equal)
def network(x, parameters): return Equal((1,))
class Always:
    def __eq__(self, other): return True
    def __array__(self, *a, **k): return np.zeros(1)
    def __float__(self): return float("nan")
    __hash__ = None
def mean_square(x, offset=1.0): return Always()
"""


@pytest.mark.parametrize("name", ["pool", "limits_pool"])
def test_patching_what_can_be_reached_changes_no_mark(name, request, chain):
    entry = grade(Grader(request.getfixturevalue(name), 20), chain, PATCHES)
    assert entry["score"] == 0
    assert "correct" not in statuses(entry).values()


def test_what_the_reference_does_for_a_blocked_exercise_stays_there(closed_pool, chain):
    """The one run in which the reference of another exercise is present can earn nothing."""
    source = """
import numpy as np
def relu(z): return z
def layer(a, W, b):
    global relu
    import inspect
    mine = relu
    return mine(W @ a + b)
"""
    entry = grade(Grader(closed_pool, 20), chain, source)
    assert entry["by"]["layer"]["status"] == "blocked"
    assert entry["score"] == 0
    assert "np.maximum" not in str(entry)


# Levels -----------------------------------------------------------------------------------------


def test_supported_says_why_not_in_words():
    said = sandbox.supported()
    assert said == "" or "namespaces" in said


def test_the_server_outlives_all_of_this(pool, limits_pool):
    for each in (pool, limits_pool):
        assert attack(each, "return 3") == 3
        assert subprocess.run([sys.executable, "-c", ""], check=False).returncode == 0
        os.kill(each._first.pid, signal.SIG_DFL)


def test_reading_the_module_needs_no_root():
    source = formats.from_source((ROOT / "dltf/autograder/execution/sandbox.py").read_text())
    assert "sudo" not in "".join(s.source for s in source.statements)
