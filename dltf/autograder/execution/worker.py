"""Fork servers: TensorFlow is imported once, and each submission runs in a fork.

The first server is started as a separate program, from the student edition. It imports TensorFlow
and then forks the other servers, which share its memory; these fork a child for each job. No server
ever has a submission, a reference or an expected value in memory: for each job it receives two
pipes, and its child reads the job from one of them.

    grader ── fds ──► server ── fork ──► child: confine, read job, build, observe ──► frames
           ◄── how it ended ── wait ◄──┘

A *cold* server has run no TensorFlow operation: its children prepare every operation they use. A
*warm* one has executed typical operations on zeros, which its children inherit. Threads do not
survive a fork, so the children of a warm server cannot run graphs: one that tries to ends itself
with the status `NEEDS_GRAPH` and is to be run cold.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from dltf.autograder.execution import landlock, sandbox
from dltf.autograder.execution.control import (
    NEEDS_GRAPH,
    Fork,
    Import,
    JobEnded,
    Kill,
    Replay,
    RunJob,
    ServerConfig,
    pack_control,
    unpack_control,
)
from dltf.autograder.execution.limits import Limits
from dltf.autograder.execution.protocol import (
    Begin,
    Built,
    Failed,
    Frame,
    Job,
    Operations,
    Started,
    pack_frame,
    unpack_jobs,
)
from dltf.autograder.execution.sandbox import Confinement

MESSAGE = 1 << 20
LEAVE_SECONDS = 1.5  # for other servers to end, before they are killed
PROGRAM = "import sys; from dltf.autograder.execution.worker import main; main(sys.argv[1:])"
START = [sys.executable, "-s", "-c", PROGRAM]


def main(arguments: list[str]) -> None:
    """Serve until the grader closes the control socket.

    With namespaces the program starts twice: first outside, where it builds and enters the closed
    root, and then again inside, so that no loaded module comes from outside.

    Args:
        arguments: the `ServerConfig` as JSON.
    """
    config = ServerConfig.from_json(arguments[0])
    control = socket.socket(fileno=config.control)
    visible, private = list(config.visible), list(config.private)
    if config.namespaces and config.own is None:
        try:
            own, statm = sandbox.enter(config.root, visible, private, config.edition, control)
        except OSError as error:
            control.send(f"refused {error}".encode())
            os._exit(1)
        os.environ["PYTHONPATH"] = sandbox.EDITION
        for descriptor in (own, statm, config.control):
            os.set_inheritable(descriptor, True)
        inside = replace(config, own=own, statm=statm)
        os.execv(sys.executable, [*START, inside.to_json()])
    open_files = None
    if config.own is None:
        if config.landlock:
            open_files = landlock.without(visible, private)
            open_files += [config.edition, *landlock.SYSTEM]
        os.chdir(config.root)
        if sys.platform == "linux":
            sandbox.adopt_orphans()
    control.send(b"ready")
    _import(config.imports)
    Server(control, config.own, config.statm, open_files).serve()


def _own_size() -> int | None:
    """Return a descriptor of the file with the size of this process, if there is one."""
    with contextlib.suppress(OSError):
        return os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
    return None


def _refuse_graphs() -> None:
    """Make this process, and its forks, end themselves rather than run a graph."""
    if "tensorflow" in sys.modules:
        from dltf.autograder.execution.operations import refuse_graphs

        refuse_graphs(lambda: os._exit(NEEDS_GRAPH))


# Optional imports of Keras, which only its scikit-learn wrappers and galleries need: 0.4 s.
OPTIONAL = ("IPython", "matplotlib", "sklearn")


def _import(modules: Iterable[str]) -> None:
    """Import modules without garbage collection.

    Modules are never garbage: collecting takes a fifth of the import time and, in a fork, would
    touch their memory, of which every page that is written to is copied.
    """
    gc.disable()
    for name in ["dltf.autograder.execution.implementation", *modules]:
        with contextlib.suppress(Exception):
            if name in ("keras", "tensorflow"):
                with _absent(OPTIONAL):
                    module = importlib.import_module(name)
                    import keras

                    keras.layers  # noqa: B018
                    if name == "tensorflow":  # its lazy part, and the detection of devices
                        module.keras.layers  # noqa: B018
                        module.config.list_physical_devices()
                        # One thread each: results do not depend on the number of processors,
                        # nor on whether a process is warm.
                        module.config.threading.set_intra_op_parallelism_threads(1)
                        module.config.threading.set_inter_op_parallelism_threads(1)
            else:
                importlib.import_module(name)
    gc.freeze()
    gc.enable()
    # A child lives for a second, in which Keras makes so many objects that collecting at Python's
    # own thresholds takes a fifth of the time.
    gc.set_threshold(50_000, 20, 50)


@contextlib.contextmanager
def _absent(names: tuple[str, ...]) -> Iterator[None]:
    """Make imports of modules that are not loaded yet fail as if they were not installed."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


class Server:
    """A server's event loop: forks a child per job and reports how each ended.

    Args:
        control: its control socket.
        own: with namespaces, descriptor of its process namespace.
        statm: descriptor of the file with its size.
        open_files: without namespaces, the files that its children may read.
        warm: whether its children refuse graphs and keep its kernels.
    """

    def __init__(
        self,
        control: socket.socket,
        own: int | None,
        statm: int | None,
        open_files: list[str] | None,
        warm: bool = False,
    ) -> None:
        self.control, self.own, self.statm = control, own, statm
        self.open_files, self.warm = open_files, warm
        self.servers: set[int] = set()
        self.jobs: dict[int, int] = {}  # pid -> job
        self.scratch: dict[int, str] = {}  # pid -> folder, if it is not a mount

    def serve(self) -> None:
        """Handle messages until the control socket is closed."""
        wake, sleeper = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(sleeper, False)
        signal.set_wakeup_fd(sleeper)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        while True:
            ready, _, _ = select.select([self.control.fileno(), wake], [], [])
            if wake in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(wake, 4096)
                self._reap()
            if self.control.fileno() in ready:
                data, fds, _, _ = socket.recv_fds(self.control, MESSAGE, 2)
                if not data:
                    break
                message = unpack_control(data)
                if isinstance(message, Import):
                    _import(message.modules)
                elif isinstance(message, Replay):
                    self._replay(message.operations)
                elif isinstance(message, Fork):
                    self._fork(fds[0], message.warm)
                elif isinstance(message, Kill):
                    self._kill(message.job)
                elif isinstance(message, RunJob):
                    self._start(message, fds)
        self._leave()

    def _leave(self) -> None:
        """End, after the children, and after the servers that were forked and end themselves."""
        for pid in list(self.jobs):
            self._end(pid)
        end = time.monotonic() + LEAVE_SECONDS
        while (self.servers or self.jobs) and time.monotonic() < end:
            self._reap()
            time.sleep(0.005)
        os._exit(0)

    def _fork(self, control: int, warm: bool) -> None:
        """Fork another server, which serves another control socket."""
        pid = os.fork()
        if pid:
            self.servers.add(pid)
            os.close(control)
            return
        try:
            signal.set_wakeup_fd(-1)
            self.control.close()
            sandbox.part(self.own is not None)
            if warm:
                _refuse_graphs()
            statm = _own_size()
            other = Server(socket.socket(fileno=control), self.own, statm, self.open_files, warm)
            other.control.send(b"ready")
            other.serve()
        finally:
            os._exit(1)

    def _replay(self, operations: Iterable[str]) -> None:
        if "tensorflow" not in sys.modules:
            return
        from dltf.autograder.execution import operations as module

        module.replay(operations)
        gc.collect()
        gc.freeze()

    def _start(self, message: RunJob, fds: list[int]) -> None:
        scratch = sandbox.SCRATCH
        if self.own is None:
            scratch = tempfile.mkdtemp(prefix="job-", dir=os.getcwd())
            os.chmod(scratch, 0o777)
        pid = sandbox.fork_inside(self.own)
        if pid == 0:
            status = 70
            try:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                size = self._address_space()
                around = Confinement(self.own is not None, scratch, self.open_files)
                _child(fds[0], fds[1], message.limits, size, around, self.warm)
                status = 0
            finally:
                os._exit(status)
        self.jobs[pid] = message.job
        if self.own is None:
            self.scratch[pid] = scratch
        for fd in fds:
            os.close(fd)

    def _address_space(self) -> int:
        """Return the address space of this process in bytes (a fork starts with the same size)."""
        if self.statm is None:
            return 4 * 2**30
        return int(os.pread(self.statm, 100, 0).split()[0]) * os.sysconf("SC_PAGE_SIZE")

    def _kill(self, job: int) -> None:
        for pid, number in self.jobs.items():
            if number == job:
                self._end(pid)

    def _end(self, pid: int) -> None:
        """Kill a child and (for lack of a namespace) the processes of its session."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)

    def _reap(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                break
            if pid in self.servers:
                self.servers.discard(pid)
                self._kill_orphans()
            job = self.jobs.pop(pid, None)
            if job is None:
                continue  # an orphaned process, or a server
            self._end(pid)
            if pid in self.scratch:
                shutil.rmtree(self.scratch.pop(pid), ignore_errors=True)
            code, cpu = os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime
            ended = JobEnded(job, code, cpu, usage.ru_maxrss * 1024)
            with contextlib.suppress(OSError):  # the grader has gone
                self.control.send(pack_control(ended))
        if self.own is None and not self.jobs:
            self._kill_orphans()

    def _kill_orphans(self) -> None:
        """Kill the processes that lost their parent: a server's, or without namespaces any."""
        children = f"/proc/self/task/{os.getpid()}/children"
        with contextlib.suppress(OSError), open(children) as file:
            for pid in {*map(int, file.read().split())} - self.servers:
                os.kill(pid, signal.SIGKILL)


# The child ----------------------------------------------------------------------------------------


def _child(
    job_fd: int,
    result_fd: int,
    limits: Limits,
    address_space: int,
    around: Confinement,
    warm: bool,
) -> None:
    """Close the server's descriptors, read the jobs, confine this process and run them."""
    null = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    keep = sorted({job_fd, result_fd})
    os.closerange(3, keep[0])
    os.closerange(keep[0] + 1, keep[1])
    os.closerange(keep[1] + 1, 4096)
    with open(job_fd, "rb") as stream:
        jobs = unpack_jobs(stream.read())
    results = open(result_fd, "wb", buffering=0)  # noqa: SIM115 - open until the process ends

    def send(frame: Frame) -> None:
        _write(results, pack_frame(frame))

    try:
        sandbox.confine(limits, address_space, around)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for job in jobs:
            run_job(job, send, limits.output_bytes, warm=warm)
    except Exception as error:  # an error of the autograder, not the student's: report it
        send(Failed(f"{type(error).__name__}: {error}"[:500]))
        raise


def _write(stream: io.FileIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[stream.write(view) :]


def run_job(job: Job, send: Callable[[Frame], None], max_bytes: int, *, warm: bool = False) -> None:
    """Build the job's program and run the cases of its exercises, sending a frame for each.

    Args:
        job: the job.
        send: function that sends a frame.
        max_bytes: limit of the size of an observation.
        warm: whether this process has kernels worth keeping.
    """
    from dltf.autograder.assignment.declarations import read_cases
    from dltf.autograder.execution.compatibility.layer import Layer
    from dltf.autograder.execution.implementation import Answer, build, observe
    from dltf.autograder.execution.randomness import fresh_frameworks

    declared = read_cases(job.cases)
    fresh_frameworks(job.seed, warm=warm)
    send(Begin())
    _write_files(job, declared.files)
    layer = Layer((unit.source for unit in job.units), job.seed) if job.compatibility else None
    namespace, failures, provided = build(job.units, job.topic, layer)
    if job.replacement is not None:
        other, _, _ = build(job.replacement.units, job.topic)
        for name in job.replacement.names:
            namespace[name] = other[name]
    send(Built(tuple(failures)))
    answer = Answer(namespace, declared.exercises, record=job.record, layer=layer)
    with _traced(job, send):
        for exercise in job.exercises:
            send(Started(exercise))
            for case in declared.cases:
                if case.exercise == exercise and case.name in job.exercises[exercise]:
                    send(observe(case, answer, job.seed, max_bytes, warm=warm))
    send(answer.recognised(provided))


def _write_files(job: Job, files: Mapping[str, Callable[[], str]]) -> None:
    """Write those files into the working folder that a program names, and that are not there."""
    for name, text in files.items():
        if not os.path.exists(name) and any(name in unit.source for unit in job.units):
            with contextlib.suppress(OSError), open(name, "w", encoding="utf-8") as stream:
                stream.write(text())


@contextlib.contextmanager
def _traced(job: Job, send: Callable[[Frame], None]) -> Iterator[None]:
    """Send the operations that run inside the context, if the job asks for them."""
    if not job.trace or "tensorflow" not in sys.modules:
        yield
        return
    from dltf.autograder.execution import operations

    with operations.record() as found:
        yield
    send(Operations(tuple(sorted(one.to_json() for one in found))))


if __name__ == "__main__":
    main(sys.argv[1:])
