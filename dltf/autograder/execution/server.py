"""Client of a fork server: starts or forks it, sends jobs, and reads the frames of its children.

Each child is handled by a thread of the grader, which reads the child's frames, checks the deadline
and has the server kill a child that exceeds it.
"""

from __future__ import annotations

import contextlib
import os
import queue
import selectors
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from dltf.autograder.assignment.stubs import PACKAGE
from dltf.autograder.execution import sandbox
from dltf.autograder.execution.control import (
    NEEDS_GRAPH,
    Control,
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
from dltf.autograder.execution.gate import machine_gate
from dltf.autograder.execution.limits import Limits
from dltf.autograder.execution.protocol import (
    MAX_STREAM,
    Begin,
    CaseResult,
    End,
    FrameReader,
    Job,
    JobResult,
    ProtocolError,
    Started,
    pack_jobs,
)
from dltf.autograder.execution.worker import START

START_SECONDS = 120.0
AT_ONCE = 200  # operations in one message
Ends = queue.SimpleQueue["JobEnded | None"]  # how the child of a job ended; None: the server died


class IsolationError(RuntimeError):
    """The required isolation is not available."""


class ServerDied(RuntimeError):
    """The fork server ended while a job was running."""


class Server:
    """A fork server process, reached by its control socket."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.dead = False
        self._numbers = iter(range(1, 2**62))
        self._waiting: dict[int, Ends] = {}
        self._send_lock = threading.Lock()

    def ready(self) -> None:
        """Wait until the server serves, and start to listen to it.

        Raises:
            IsolationError: it did not start; the message says why.
        """
        word = self._word()
        if word != b"ready":
            self.close()
            raise IsolationError(word.decode(errors="replace") or "the server did not start")
        threading.Thread(target=self._listen, daemon=True, name="dltf-server").start()

    def _word(self) -> bytes:
        self.control.settimeout(START_SECONDS)
        try:
            return self.control.recv(4096)
        except TimeoutError:
            return b"refused no answer"
        finally:
            self.control.settimeout(None)

    def _listen(self) -> None:
        """Dispatch the server's `JobEnded` messages until it closes the socket."""
        while True:
            try:
                data = self.control.recv(1 << 16)
            except OSError:
                data = b""
            if not data:
                break
            try:
                message = unpack_control(data)
            except ProtocolError:
                break  # a broken server
            if not isinstance(message, JobEnded):
                break
            waiting = self._waiting.get(message.job)
            if waiting is not None:
                waiting.put(message)
        self.dead = True
        for waiting in list(self._waiting.values()):
            waiting.put(None)

    def send(self, message: Control, fds: list[int] | None = None) -> None:
        """Send a control message, with descriptors."""
        with self._send_lock:
            socket.send_fds(self.control, [pack_control(message)], fds or [])

    def preload(self, modules: list[str]) -> None:
        """Import modules in the server, so that no child has to."""
        self.send(Import(tuple(modules)))

    def replay(self, operations: list[str]) -> None:
        """Execute operations in the server, so that no child has to prepare them."""
        for start in range(0, len(operations), AT_ONCE):
            self.send(Replay(tuple(operations[start : start + AT_ONCE])))

    def close(self) -> None:
        """Terminate the server and its children."""
        self.dead = True
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            self.control.close()

    def run(self, jobs: list[Job], limits: Limits) -> list[JobResult]:
        """Run jobs one after another in one child and return the results of those that began.

        All but the last are complete. A child that runs a student's code has one job.

        Raises:
            ServerDied: the server ended before the child did.
        """
        number = next(self._numbers)
        ended: Ends = queue.SimpleQueue()
        self._waiting[number] = ended
        job_read, job_write = os.pipe()
        result_read, result_write = os.pipe()
        start = time.perf_counter()
        try:
            try:
                self.send(RunJob(number, limits), [job_read, result_write])
            except OSError as error:
                self.dead = True  # the listening thread may not have noticed yet
                raise ServerDied from error
            finally:
                os.close(job_read)
                os.close(result_write)
            with contextlib.suppress(BrokenPipeError), os.fdopen(job_write, "wb") as stream:
                stream.write(pack_jobs(jobs))
            results = self._collect(result_read, number, limits, jobs, ended)
            try:
                end = ended.get(timeout=limits.seconds)
            except queue.Empty:  # it closed the pipe but is still running
                self._kill(number)
                end = ended.get()
            if end is None:
                raise ServerDied
        finally:
            os.close(result_read)
            del self._waiting[number]
        results[-1].seconds, results[-1].cpu = time.perf_counter() - start, end.cpu
        _explain(results[-1], end, limits)
        return results

    def _kill(self, number: int) -> None:
        with contextlib.suppress(OSError):
            self.send(Kill(number))

    def _collect(
        self, fd: int, number: int, limits: Limits, jobs: list[Job], ended: Ends
    ) -> list[JobResult]:
        """Read frames until the pipe is closed, a deadline passes or the size limit is reached."""
        results, reader, clock = [JobResult(jobs[0])], FrameReader(), _Clock(jobs[0], limits)
        os.set_blocking(fd, False)
        with selectors.DefaultSelector() as selector:
            selector.register(fd, selectors.EVENT_READ)
            while True:
                left = clock.left()
                if left <= 0:
                    results[-1].stop("time", f"more than {limits.seconds:g} seconds")
                    break
                if not selector.select(min(left, 1.0)):
                    if not ended.empty():  # an orphaned process keeps the pipe open
                        return results
                    continue
                try:
                    data = os.read(fd, 1 << 20)
                except BlockingIOError:
                    continue
                if not data:
                    return results
                try:
                    frames = reader.feed(data)
                except ProtocolError:
                    results[-1].stop("killed", "its results are not readable")
                    break
                if reader.full:
                    results[-1].stop("output", f"more than {MAX_STREAM >> 20} MiB returned")
                    break
                for frame in frames:
                    if results[-1].add(frame):
                        clock.read(frame)
                    if isinstance(frame, CaseResult):
                        results[-1].times[frame.exercise, frame.case] = clock.lap()
                    if isinstance(frame, End) and len(results) < len(jobs):
                        job = jobs[len(results)]
                        results.append(JobResult(job))
                        clock = _Clock(job, limits)
        self._kill(number)
        return results


class FirstServer(Server):
    """The first fork server: a program of its own, from which the others are forked.

    Args:
        folder: folder for its root.
        edition: folder of the student edition.
        isolation: 'namespaces', 'landlock' or 'limits'.
        imports: modules to import.

    Raises:
        IsolationError: it did not start; the message says why.
    """

    def __init__(self, folder: Path, edition: Path, isolation: str, imports: list[str]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        super().__init__(ours)
        root = Path(tempfile.mkdtemp(prefix="root-", dir=folder))
        os.chmod(folder, 0o755)
        namespaces = isolation == "namespaces"
        config = ServerConfig(
            control=theirs.fileno(),
            namespaces=namespaces,
            landlock=isolation == "landlock",
            root=str(root),
            edition=str(edition),
            visible=tuple(sandbox.visible_paths()),
            private=tuple(sandbox.private_paths(PACKAGE)),
            imports=tuple(imports),
        )
        if not namespaces:
            os.chmod(root, 0o777)
        self.process = subprocess.Popen(
            [*START, config.to_json()],
            env=_environment(edition, sandbox.SCRATCH if namespaces else str(root)),
            cwd="/",
            pass_fds=[theirs.fileno(), *machine_gate().descriptors],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self.pid = self.process.pid
        if namespaces:
            self._map_identities()
        self.ready()

    def _map_identities(self) -> None:
        """Write the identity maps of the server's namespaces, when it has entered them."""
        word = self._word()
        try:
            if not word.startswith(b"unshared"):
                self.close()
                raise IsolationError(word.decode(errors="replace") or "the server did not start")
            sandbox.write_maps(self.process.pid)
        except IsolationError:
            raise
        except OSError as error:
            self.control.send(str(error).encode()[:60])
        else:
            self.control.send(b"mapped")

    def fork(self, *, warm: bool) -> Server:
        """Fork another server, warm or cold.

        Raises:
            ServerDied: this server ended.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        other = Server(ours)
        try:
            self.send(Fork(warm), [theirs.fileno()])
        except OSError as error:
            self.dead = True
            other.close()
            raise ServerDied from error
        finally:
            theirs.close()
        try:
            other.ready()
        except (IsolationError, OSError) as error:
            other.close()
            raise ServerDied from error
        return other

    def close(self) -> None:
        """Terminate the server, those forked from it and their children."""
        super().close()
        try:
            self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class _Clock:
    """The deadlines of a job: one for its start, one per exercise, and one for the whole job."""

    def __init__(self, job: Job, limits: Limits) -> None:
        self.job, self.seconds = job, limits.seconds
        self.deadline = time.monotonic() + START_SECONDS
        self.last = self.deadline  # of the whole job, whatever frames the child sends
        self.before = time.monotonic()

    def read(self, frame: object) -> None:
        """Start the time limit of the program, or of an exercise."""
        self.before = time.monotonic() if isinstance(frame, Started) else self.before
        if isinstance(frame, Begin):
            self.deadline = time.monotonic() + self.seconds
            self.last = self.deadline + self.seconds * len(self.job.exercises)
        elif isinstance(frame, Started):
            self.deadline = time.monotonic() + self.seconds

    def lap(self) -> float:
        """Return the seconds since the last exercise, case or lap began."""
        before, self.before = self.before, time.monotonic()
        return self.before - before

    def left(self) -> float:
        """Return the seconds left until the next deadline."""
        return min(self.deadline, self.last) - time.monotonic()


def _explain(result: JobResult, end: JobEnded, limits: Limits) -> JobResult:
    """Set the reason why a child ended before its last frame, from its exit status."""
    if result.reason or result.end is not None:
        return result
    result.needs_graph = end.code == NEEDS_GRAPH
    near = end.peak > 0.8 * limits.memory
    if end.code == -signal.SIGXCPU:
        return result.stop("time", f"more than {limits.cpu_seconds} seconds of processor time")
    if end.code == -signal.SIGXFSZ:
        return result.stop("output", f"a file of more than {limits.file_bytes >> 20} MiB")
    if near and end.code in (-signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV):
        return result.stop("memory", f"more than {limits.memory >> 20} MiB of memory")
    if end.code == -signal.SIGKILL:
        return result.stop("killed", "the process was killed")
    if end.code >= 0:
        return result.stop("killed", f"the process ended itself (exit status {end.code})")
    return result.stop("killed", f"the process crashed (signal {-end.code})")


def _environment(edition: Path, scratch: str) -> dict[str, str]:
    """Return the environment of the server: of the caller's, only the locale is kept."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": scratch,
        "TMPDIR": scratch,
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        "PYTHONPATH": str(edition),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "KERAS_BACKEND": "tensorflow",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # oneDNN's graph pass searches all kernels again for every kind of operation, which takes
        # 2 ms each, in a process that runs few operations. Also, rounding is the same everywhere.
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "4",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": scratch,
    }
