"""Pool: runs jobs in a fork server, which is restarted if it dies.

If the server dies, its jobs are run once more; a submission that kills it twice is reported and
does not affect the others.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

from dltf.autograder.execution import gate, landlock, sandbox
from dltf.autograder.execution.limits import Limits
from dltf.autograder.execution.protocol import Job, JobResult
from dltf.autograder.execution.roles import Role
from dltf.autograder.execution.server import IsolationError, Server, ServerDied

ISOLATION = ("auto", "require", "off")
Item = TypeVar("Item")
Result = TypeVar("Result")


class Pool:
    """Runs jobs in forks of one warm process. Use as a context manager.

    Args:
        jobs: number of submissions that run in parallel.
        isolation: 'auto' uses the best level available, 'require' requires namespaces, 'off' only
            sets the resource limits.
        limits: resource limits of one submission.
        imports: modules that the server imports at the start.

    Raises:
        IsolationError: 'require', and the kernel does not allow namespaces.
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
        self._gate = gate.machine_gate()
        self._folder = Path(tempfile.mkdtemp(prefix="dltf-"))
        self._edition = self._folder / "edition"
        write_student_edition(self._edition)
        self._executor = ThreadPoolExecutor(self.jobs, thread_name_prefix="dltf-job")
        self._lock = threading.Lock()
        self._server: Server | None = None
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
        """Terminate the server and its children, and remove its folder."""
        self._closed = True
        self._executor.shutdown(wait=False, cancel_futures=True)
        if self._server is not None:
            self._server.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Apply a function to items, `jobs` in parallel, in order."""
        return self._executor.map(function, items)

    def preload(self, modules: list[str]) -> None:
        """Import more modules in the server, so that no child has to."""
        new = [name for name in modules if name not in self._preload]
        if new:
            self._preload += new
            with contextlib.suppress(OSError, ServerDied):
                self._running().preload(new)

    def alone(self) -> AbstractContextManager[str]:
        """Return the context of a phase of mixed runs, during which no earning run is alive.

        Its value is '' if the phase is granted, else the reason to leave the mixed runs out.
        """
        if not self.namespaces:
            return contextlib.nullcontext(f"the isolation level is {self.isolation!r}")
        return self._gate.alone()

    def run(self, job: Job, role: Role = Role.EARNING) -> JobResult:
        """Run one job and return its result, however it ends. Thread-safe.

        Raises:
            RuntimeError: a mixed run outside of the phase that `alone` grants.
            IsolationError: a server was started anew and reached too low a level for this run.
        """
        with self._gate.entered(role):
            for last in (False, True):
                try:
                    server = self._running()
                    if role is Role.MIXED and not self.namespaces:
                        raise IsolationError("a new server reached a level below namespaces")
                    try:
                        return server.run(job, self.limits)
                    except ServerDied:
                        server.close()  # and wait for its children, which the gate counts
                        raise
                except ServerDied:
                    if last or self._closed:
                        break
        return JobResult(job).stop("killed", "the process that runs answers died, twice")

    def _running(self) -> Server:
        with self._lock:
            if self._closed:
                raise ServerDied
            if self._server is None or self._server.dead:
                if self._server is not None:
                    self._server.close()
                self._server = self._start()
            return self._server

    def _start(self) -> Server:
        imports = [*self.imports, *self._preload]
        try:
            return Server(self._folder, self._edition, self.isolation, imports)
        except IsolationError as error:
            if self._require or not self.namespaces:
                raise IsolationError(f"--isolation require: {error}") from error
            self.namespaces = False
            return Server(self._folder, self._edition, self.isolation, imports)


def _processors() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
