"""The grader's side of the fork server: start it, hand it jobs, collect what children send.

A `Pool` owns one server. Each job runs in a thread of the grader that reads the child's frames,
watches the clock, and has the server kill what does not end. If the server itself dies, it is
started anew and the jobs it held are run again once; a submission that kills it twice is reported
and harms no other.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgpack

from dltf.autograder.assignment.loading import PACKAGE
from dltf.autograder.execution import landlock, sandbox
from dltf.autograder.execution.protocol import Limits, Run
from dltf.autograder.execution.worker import START

ISOLATION = ("auto", "require", "off")
MAX_STREAM = 256 * 2**20
# Of all frames of a job together: a byte on the way can become an object of a hundred.
MAX_FRAMES, MAX_PARTS = 20_000, 500_000
START_SECONDS = 120.0


class IsolationError(RuntimeError):
    """Full isolation was required and cannot be had here."""


class Pool:
    """Runs jobs in forks of one warm process. Use as a context manager.

    Args:
        jobs: how many submissions run at the same time.
        isolation: 'auto' takes the best level there is, 'require' refuses to work without
            namespaces, 'off' leaves only the limits.
        limits: what one submission may use.
        imports: modules the server imports before anything else.

    Raises:
        IsolationError: 'require', and the kernel does not allow it; the message says what.
    """

    def __init__(
        self,
        jobs: int | None = None,
        isolation: str = "auto",
        limits: Limits | None = None,
        imports: tuple[str, ...] = ("keras", "tensorflow"),
    ) -> None:
        from dltf.autograder.assignment.stubs import write_student_edition

        if isolation not in ISOLATION:
            raise ValueError(f"isolation: expected one of {ISOLATION}, got {isolation!r}")
        self.jobs = jobs or max(1, _processors())
        self.limits, self.imports = limits or Limits(), imports
        refused = "" if isolation == "off" else sandbox.supported()
        if isolation == "require" and refused:
            raise IsolationError(f"--isolation require: {refused}")
        self.namespaces = isolation != "off" and not refused
        self.landlock = isolation != "off" and sys.platform == "linux" and landlock.version() > 0
        self._require = isolation == "require"
        self._folder = Path(tempfile.mkdtemp(prefix="dltf-"))
        self._edition = self._folder / "edition"
        write_student_edition(self._edition)
        self._executor = ThreadPoolExecutor(self.jobs, thread_name_prefix="dltf-job")
        self._lock = threading.Lock()
        self._server: _Server | None = None
        self._preload: list[str] = []
        self._closed = False
        try:
            self._server = self._start()
        except BaseException:
            self.close()
            raise

    @property
    def isolation(self) -> str:
        """The level that was reached: 'namespaces', 'landlock' or 'limits'."""
        return "namespaces" if self.namespaces else "landlock" if self.landlock else "limits"

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the server and all it runs, and remove its folder."""
        self._closed = True
        self._executor.shutdown(wait=False, cancel_futures=True)
        if self._server is not None:
            self._server.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def map(self, function: Any, items: Any) -> Any:
        """Apply a function to items, as many at a time as there are jobs, keeping their order."""
        return self._executor.map(function, items)

    def preload(self, modules: list[str]) -> None:
        """Have the server import more modules, so that no child has to."""
        new = [name for name in modules if name not in self._preload]
        if new:
            self._preload += new
            with contextlib.suppress(OSError, _ServerDied):
                self._running().send({"import": new})

    def run(self, job: dict[str, Any]) -> Run:
        """Run one job to its end, whatever that is. Called from any thread."""
        for last in (False, True):
            try:
                return self._running().run(job, self.limits)
            except _ServerDied:
                if last or self._closed:
                    break
        return Run(reason="killed", detail="the process that runs answers died, twice")

    def _running(self) -> _Server:
        with self._lock:
            if self._closed:
                raise _ServerDied
            if self._server is None or self._server.dead:
                if self._server is not None:
                    self._server.close()
                self._server = self._start()
            return self._server

    def _start(self) -> _Server:
        imports = [*self.imports, *self._preload]
        try:
            return _Server(self._folder, self._edition, self.isolation, imports)
        except IsolationError as error:
            if self._require or not self.namespaces:
                raise IsolationError(f"--isolation require: {error}") from error
            self.namespaces = False
            return _Server(self._folder, self._edition, self.isolation, imports)


class _ServerDied(RuntimeError):
    """The fork server ended while it held a job."""


class _Server:
    """One fork server process and its control socket."""

    def __init__(
        self,
        folder: Path,
        edition: Path,
        isolation: str,
        imports: list[str],
    ) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        root = Path(tempfile.mkdtemp(prefix="root-", dir=folder))
        os.chmod(folder, 0o755)
        namespaces = isolation == "namespaces"
        config = {
            "control": theirs.fileno(),
            "namespaces": namespaces,
            "landlock": isolation == "landlock",
            "root": str(root),
            "edition": str(edition),
            "visible": sandbox.visible_paths(),
            "private": sandbox.private_paths(PACKAGE),
            "imports": imports,
        }
        if not namespaces:
            os.chmod(root, 0o777)
        self.process = subprocess.Popen(
            [*START, json.dumps(config)],
            env=_environment(edition, sandbox.SCRATCH if namespaces else str(root)),
            cwd="/",
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self.pid = self.process.pid
        self.dead = False
        self._numbers = iter(range(1, 2**62))
        self._waiting: dict[int, queue.SimpleQueue[dict[str, Any] | None]] = {}
        self._send_lock = threading.Lock()
        self._handshake(namespaces)
        threading.Thread(target=self._listen, daemon=True, name="dltf-server").start()

    def _handshake(self, namespaces: bool) -> None:
        self.control.settimeout(START_SECONDS)
        try:
            word = self.control.recv(4096)
            if namespaces and word.startswith(b"unshared"):
                try:
                    sandbox.write_maps(self.process.pid)
                except OSError as error:
                    self.control.send(str(error).encode()[:60])
                else:
                    self.control.send(b"mapped")
                word = self.control.recv(4096)
        except TimeoutError:
            word = b"refused no answer"
        self.control.settimeout(None)
        if word != b"ready":
            self.close()
            raise IsolationError(word.decode(errors="replace") or "the server did not start")

    def _listen(self) -> None:
        """Hand on what the server says of each job's end, until it hangs up."""
        while True:
            try:
                data = self.control.recv(1 << 16)
            except OSError:
                data = b""
            if not data:
                break
            message = msgpack.unpackb(data)
            waiting = self._waiting.get(message["job"])
            if waiting is not None:
                waiting.put(message)
        self.dead = True
        for waiting in list(self._waiting.values()):
            waiting.put(None)

    def send(self, message: dict[str, Any], fds: list[int] | None = None) -> None:
        with self._send_lock:
            socket.send_fds(self.control, [msgpack.packb(message)], fds or [])

    def close(self) -> None:
        self.dead = True
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            self.control.close()
        try:
            self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def run(self, job: dict[str, Any], limits: Limits) -> Run:
        """Run one job; see `Pool.run`."""
        number = next(self._numbers)
        ended: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._waiting[number] = ended
        job_read, job_write = os.pipe()
        result_read, result_write = os.pipe()
        start = time.perf_counter()
        try:
            message = {"job": number, "limits": asdict(limits)}
            try:
                self.send(message, [job_read, result_write])
            except OSError as error:
                raise _ServerDied from error
            finally:
                os.close(job_read)
                os.close(result_write)
            with contextlib.suppress(BrokenPipeError), os.fdopen(job_write, "wb") as stream:
                stream.write(msgpack.packb(job))
            run = self._collect(result_read, number, limits, job, ended)
            try:
                end = ended.get(timeout=limits.seconds)
            except queue.Empty:  # it has closed the pipe and lives on
                with contextlib.suppress(OSError):
                    self.send({"kill": number})
                end = ended.get()
            if end is None:
                raise _ServerDied
        finally:
            os.close(result_read)
            del self._waiting[number]
        run.seconds = time.perf_counter() - start
        return _explain(run, end, limits)

    def _collect(
        self,
        fd: int,
        number: int,
        limits: Limits,
        job: dict[str, Any],
        ended: queue.SimpleQueue[Any],
    ) -> Run:
        """Read frames until the pipe closes, the clock runs out or too much has come."""
        run, parts = Run(), _Parts()
        unpacker = msgpack.Unpacker(
            max_buffer_size=MAX_STREAM,
            strict_map_key=False,
            max_array_len=MAX_FRAMES,
            max_map_len=100,
            list_hook=parts.count,
            object_hook=parts.count,
        )
        os.set_blocking(fd, False)
        total, deadline = 0, time.monotonic() + START_SECONDS
        at_most = None  # however a child restarts its own clock, all of a job ends at this time
        with selectors.DefaultSelector() as selector:
            selector.register(fd, selectors.EVENT_READ)
            while True:
                left = min(deadline, at_most or deadline) - time.monotonic()
                if left <= 0:
                    run.reason, run.detail = "time", f"more than {limits.seconds:g} seconds"
                    break
                if not selector.select(min(left, 1.0)):
                    if not ended.empty():  # what it left behind still holds the pipe
                        return run
                    continue
                try:
                    data = os.read(fd, 1 << 20)
                except BlockingIOError:
                    continue
                if not data:
                    return run
                total += len(data)
                if total > MAX_STREAM or len(run.frames) > MAX_FRAMES:
                    run.reason, run.detail = "output", f"more than {MAX_STREAM >> 20} MiB returned"
                    break
                try:
                    unpacker.feed(data)
                    frames = [f for f in unpacker if isinstance(f, dict) and _is_flat(f)]
                except Exception:
                    run.reason, run.detail = "killed", "its results are not readable"
                    break
                for frame in frames:
                    run.frames.append(frame)
                    if frame.get("event") == "begin" and at_most is None:  # it is ours
                        deadline = time.monotonic() + limits.seconds
                        at_most = deadline + limits.seconds * len(job["exercises"])
                    elif frame.get("event") == "start":
                        deadline = time.monotonic() + limits.seconds
                        run.exercise = str(frame.get("exercise"))
        with contextlib.suppress(OSError):
            self.send({"kill": number})
        return run


class _Parts:
    """Counts what the frames of a job consist of."""

    def __init__(self) -> None:
        self.number = 0

    def count(self, part: Any) -> Any:
        self.number += 1 + len(part)
        if self.number > MAX_PARTS:
            raise ValueError("frames: expected a few, got too many parts")
        return part


def _is_flat(value: Any, levels: int = 4) -> bool:
    """Tell whether a frame is nested no deeper than the ones a child of ours sends."""
    if not isinstance(value, (dict, list)):
        return True
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    return levels > 0 and all(_is_flat(part, levels - 1) for part in parts)


def _explain(run: Run, end: dict[str, Any], limits: Limits) -> Run:
    """Say why a child ended before its last frame, from how it ended."""
    if run.reason or (run.frames and run.frames[-1].get("event") == "end"):
        return run
    code = end["code"]
    near = end["peak"] > 0.8 * limits.memory
    if code == -24:  # SIGXCPU
        run.reason, run.detail = "time", f"more than {limits.cpu_seconds} seconds of processor time"
    elif code == -9 or (code == -6 and near) or (code == -11 and near):
        run.reason = "memory" if near else "killed"
        run.detail = (
            f"more than {limits.memory >> 20} MiB of memory" if near else "the process was killed"
        )
    elif code == -25:  # SIGXFSZ
        run.reason, run.detail = "output", f"a file of more than {limits.file_bytes >> 20} MiB"
    elif code >= 0:
        run.reason, run.detail = "killed", f"the process ended itself (exit status {code})"
    else:
        run.reason, run.detail = "killed", f"the process crashed (signal {-code})"
    return run


def _environment(edition: Path, scratch: str) -> dict[str, str]:
    """Return the clean environment of the server: nothing of the caller's but the locale."""
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
        # Its graph pass searches all kernels anew for every kind of operation: 2 ms each, in a
        # process that runs few operations many times over. Also, all machines round alike.
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "4",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": scratch,
    }


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
