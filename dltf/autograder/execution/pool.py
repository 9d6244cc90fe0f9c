"""Pool: runs jobs in fork servers, which are restarted if they die.

There is a warm and a cold server for each role, all of them forks of one process that has imported
TensorFlow. A job runs warm first. What a warm process cannot do (a graph), does not finish within
its own short deadline, or raises, is run again cold before it counts: only values are final. (An
exception that Python itself raises for a name or a syntax is the same everywhere.)

If a server dies, its jobs are run once more; a submission that kills it twice is reported and does
not affect the others.
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
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from dltf.autograder.execution import gate, landlock, sandbox
from dltf.autograder.execution.compatibility.detection import needs_graph
from dltf.autograder.execution.limits import Limits
from dltf.autograder.execution.operations import recorded
from dltf.autograder.execution.protocol import CaseResult, Job, JobResult
from dltf.autograder.execution.roles import Role
from dltf.autograder.execution.server import (
    FirstServer,
    IsolationError,
    Server,
    ServerDied,
)

# Time for an exercise in a warm process; one that takes longer is run again in a cold one.
WARM_SECONDS = 5.0
# Exceptions that do not depend on the process.
PLAIN = {"NameError", "UnboundLocalError", "SyntaxError", "IndentationError", "ImportError"}
PLAIN |= {"ModuleNotFoundError", "NotImplementedError"}
ISOLATION = ("auto", "require", "off")
Item = TypeVar("Item")
Result = TypeVar("Result")


class Pool:
    """Runs jobs in forks of a process that has imported TensorFlow. Use as a context manager.

    Args:
        jobs: number of submissions that run in parallel.
        isolation: 'auto' uses the best level available, 'require' requires namespaces, 'off' only
            sets the resource limits.
        limits: resource limits of one submission.
        imports: modules that the server imports at the start.
        warm: whether jobs run in warm processes first. The verdicts are the same, at other times.

    Raises:
        IsolationError: 'require', and the kernel does not allow namespaces.
    """

    def __init__(
        self,
        jobs: int | None = None,
        isolation: str = "auto",
        limits: Limits | None = None,
        imports: tuple[str, ...] = ("keras", "tensorflow"),
        *,
        warm: bool = True,
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
        self._lock = threading.RLock()
        self._first: FirstServer | None = None
        self._servers: dict[tuple[Role, bool], Server] = {}
        self._preload: list[str] = []
        self._warm = warm and "tensorflow" in imports
        self._operations: list[str] = list(recorded()) if self._warm else []
        self._cold: set[tuple[str, str]] = set()  # cases and exercise that need a graph
        self._closed = False
        try:
            self._first = self._start()
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
        """Terminate the servers and their children, and remove their folder."""
        self._closed = True
        self._executor.shutdown(wait=False, cancel_futures=True)
        for server in self._servers.values():
            server.close()
        if self._first is not None:
            self._first.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Apply a function to items, `jobs` in parallel, in order."""
        return self._executor.map(function, items)

    def preload(self, modules: list[str]) -> None:
        """Import more modules in the servers, so that no child has to."""
        with self._lock:
            new = [name for name in modules if name not in self._preload]
            if new and not self._closed:
                self._preload += new
                for server in self._running():
                    with contextlib.suppress(OSError, ServerDied):
                        server.preload(new)

    def warm_up(self, operations: Iterable[str]) -> None:
        """Execute more operations in the warm servers, so that no child has to prepare them."""
        with self._lock:
            new = [one for one in sorted(operations) if one not in self._operations]
            if new and not self._closed:
                self._operations += new
                for (_, warm), server in self._servers.items():
                    with contextlib.suppress(OSError):
                        if warm:
                            server.replay(new)

    def alone(self) -> AbstractContextManager[str]:
        """Return the context of a phase of mixed runs, during which no earning run is alive.

        Its value is '' if the phase is granted, else the reason to leave the mixed runs out.
        """
        if not self.namespaces:
            return contextlib.nullcontext(f"the isolation level is {self.isolation!r}")
        return self._gate.alone()

    def run(self, job: Job, role: Role = Role.EARNING, limits: Limits | None = None) -> JobResult:
        """Run one job and return its result, however it ends. Thread-safe.

        Raises:
            RuntimeError: a mixed run outside of the phase that `alone` grants.
            IsolationError: a server was started anew and reached too low a level for this run.
        """
        return self._with_cold(job, role, None, limits or self.limits)

    def run_series(
        self,
        jobs: Iterable[Job],
        role: Role = Role.REFERENCE,
        limits: Limits | None = None,
    ) -> list[JobResult]:
        """Run jobs that earn nothing, one after another in one process if they can be.

        A job that ends its process early costs only itself. Exceptions are final: no mark
        depends on them. With limits of their own, jobs that reach them are not run again.
        """
        jobs = list(jobs)
        results: list[JobResult] = []
        if role is Role.EARNING or any(_graphs(job) for job in jobs):
            return [self.run(job, role, limits) for job in jobs]
        warm = not any(self._only_cold(job, name) for job in jobs for name in job.exercises)
        while len(results) < len(jobs):
            rest = jobs[len(results) :]
            found = self._run(rest, role, limits or self.limits, warm=warm)
            again = warm and (limits is None or found[-1].needs_graph)
            if found[-1].reason and again:  # it ended the process
                job, most = rest[len(found) - 1], limits or self.limits
                found[-1] = self._with_cold(job, role, found[-1], most)
            results += found
        return results

    def _with_cold(
        self, job: Job, role: Role, first: JobResult | None, limits: Limits
    ) -> JobResult:
        """Run a job warm, and what that cannot decide cold.

        Args:
            job: the job.
            role: its role.
            first: the result of its first warm run, if there was one.
            limits: resource limits.
        """
        total, cold = JobResult(job), [n for n in job.exercises if self._only_cold(job, n)]
        rest = [name for name in job.exercises if name not in cold]
        while rest:
            part = _part(job, rest)
            result = first or self._run([part], role, limits, warm=True)[0]
            first = None
            if result.reason and result.exercise is None:  # while the program was built
                cold, rest = [*cold, *rest], []
                total.seconds, total.cpu = total.seconds + result.seconds, total.cpu + result.cpu
            else:
                total.take(result)
                last = len(rest) if not result.reason else rest.index(result.exercise or "")
                doubtful = {n for n in rest[:last] if _doubtful(result, n)}
                cold += [
                    n
                    for n in rest[: last + 1]
                    if n in doubtful or (n == result.exercise and result.reason)
                ]
                if result.needs_graph and job.trace:  # the reference itself
                    self._cold.add((job.cases, result.exercise or ""))
                rest = rest[last + 1 :]
        if cold or not job.exercises:
            names = [name for name in job.exercises if name in cold]
            result = self._run([_part(job, names)], role, limits, warm=False)[0]
            total.replace(result, names)
        return total

    def _only_cold(self, job: Job, exercise: str) -> bool:
        """Return whether an exercise is not worth a warm run."""
        return not self._warm or (job.cases, exercise) in self._cold or _graphs(job)

    def _run(self, jobs: list[Job], role: Role, limits: Limits, *, warm: bool) -> list[JobResult]:
        """Run jobs in one process."""
        if warm:
            limits = replace(limits, seconds=min(limits.seconds, WARM_SECONDS))
        with self._gate.entered(role):
            for last in (False, True):
                try:
                    server = self._server(role, warm)
                    if role is Role.MIXED and not self.namespaces:
                        raise IsolationError("a new server reached a level below namespaces")
                    results = server.run(jobs, limits)
                    for result in results:
                        ran = dict.fromkeys(result.job.exercises, "warm" if warm else "cold")
                        result.processes.update(ran)
                    return results
                except ServerDied:
                    first = self._first
                    if first is not None:
                        first.close()  # and wait for the children of all, which the gate counts
                    if last or self._closed:
                        break
        return [JobResult(jobs[0]).stop("killed", "the process that runs answers died, twice")]

    def _running(self) -> list[Server]:
        """Return the servers that exist, the first one first."""
        return [*([self._first] if self._first else []), *self._servers.values()]

    def _server(self, role: Role, warm: bool) -> Server:
        """Return a server, which is forked when it is first needed or has died."""
        with self._lock:
            if self._closed:
                raise ServerDied
            if self._first is None or self._first.dead:
                for server in reversed(self._running()):
                    server.close()
                self._servers.clear()
                self._first = self._start()
            found = self._servers.get((role, warm))
            if found is None or found.dead:
                if found is not None:
                    found.close()
                found = self._servers[role, warm] = self._first.fork(warm=warm)
                if warm:
                    found.replay(self._operations)
            return found

    def _start(self) -> FirstServer:
        imports = [*self.imports, *self._preload]
        try:
            return FirstServer(self._folder, self._edition, self.isolation, imports)
        except IsolationError as error:
            if self._require or not self.namespaces:
                raise IsolationError(f"--isolation require: {error}") from error
            self.namespaces = False
            return FirstServer(self._folder, self._edition, self.isolation, imports)


def _part(job: Job, exercises: Iterable[str]) -> Job:
    """Return a job with some of its exercises."""
    return replace(job, exercises={name: job.exercises[name] for name in exercises})


def _graphs(job: Job) -> bool:
    """Return whether a program is written for the graphs of TensorFlow 1."""
    return any(needs_graph(unit.source) for unit in job.units)


def _doubtful(result: JobResult, exercise: str) -> bool:
    """Return whether an exercise is to be run again cold: a case raised an exception."""
    cases = (result.cases.get((exercise, case)) for case in result.job.exercises[exercise])
    return any(case is not None and _raised(case) for case in cases)


def _raised(case: CaseResult) -> bool:
    """Return whether a case raised an exception that may depend on the process."""
    return case.error is not None and case.error.type not in PLAIN


def _processors() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
