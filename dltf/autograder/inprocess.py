"""A runner of jobs in this process, instead of a pool: for a notebook, and trusted code."""

from __future__ import annotations
import __future__

import ast
import contextlib
import inspect
import random
import re
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from types import CodeType, FrameType, ModuleType
from typing import Any, TypeVar

import numpy as np

from dltf import _syntax
from dltf.autograder.assignment.declarations import read_cases
from dltf.autograder.execution.limits import Limits
from dltf.autograder.execution.protocol import (
    Begin,
    Built,
    ErrorInfo,
    Job,
    JobResult,
    Started,
    Unit,
)
from dltf.autograder.execution.roles import Role
from dltf.autograder.locating import LOCATED

Item = TypeVar("Item")
Result = TypeVar("Result")


class InProcessRunner:
    """Runner of jobs in this process, instead of a pool, for trusted code."""

    def __init__(self, namespace: Mapping[str, Any] | None = None) -> None:
        self.namespace, self.limits = namespace, Limits()

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterable[Result]:
        """Apply a function to items, one by one."""
        return map(function, items)

    def run_series(
        self, jobs: Iterable[Job], role: Role, limits: Limits | None = None
    ) -> list[JobResult]:
        """Run jobs one after another; those with limits of their own end in time, or do not run."""
        results = []
        for job in jobs:
            result = JobResult(job).stop(
                "time", "it ran for too long, or no time limit is possible"
            )
            with deadline(None if limits is None else limits.seconds) as given:
                if given:
                    result = self.run(job, role)
            results.append(result)
        return results

    def warm_up(self, operations: Iterable[str]) -> None:
        """Do nothing: the notebook has executed its operations itself."""

    def alone(self) -> AbstractContextManager[str]:
        """Return a context that grants mixed runs: nothing here earns marks. See `Runner`."""
        return contextlib.nullcontext("")

    def run(self, job: Job, role: Role = Role.EARNING) -> JobResult:
        """Run a job's cases; a job with cells of the notebook runs on a copy of its namespace."""
        from dltf.autograder.execution.implementation import Answer, forget_helpers, observe

        start, before = time.perf_counter(), time.process_time()
        declared = read_cases(job.cases)  # again, so that cases keep no state between answers
        result = JobResult(job)
        result.add(Begin())
        own = any(unit.filename.startswith("<cell") for unit in job.units)
        edited = any(unit.filename == LOCATED for unit in job.units)
        try:  # from here on, for the time may be over at any line
            if own and self.namespace is not None:
                namespace: dict[str, Any] = dict(self.namespace)
                if edited:
                    _edit(namespace, job)
            else:
                namespace, failures = _built(job.units, job.topic)
                result.add(Built(tuple(failures)))
            replaced: dict[str, Any] = {}
            if job.replacement is not None:
                other, _ = _built(job.replacement.units, job.topic)
                replaced = {name: other[name] for name in job.replacement.names}
            answer = Answer(namespace, declared.exercises, record=job.record)
            quiet = contextlib.nullcontext() if own and not (edited or replaced) else silence()
            with quiet, _exchanged(namespace, list(job.exercises), replaced):
                for exercise in job.exercises:
                    result.add(Started(exercise))
                    for case in declared.cases:
                        if case.exercise == exercise and case.name in job.exercises[exercise]:
                            result.add(observe(case, answer, job.seed, in_notebook=True))
        finally:
            forget_helpers()
        result.add(answer.recognised())
        result.seconds = time.perf_counter() - start
        result.cpu = time.process_time() - before
        return result


def _edit(namespace: dict[str, Any], job: Job) -> None:
    """Define an answer with right lines in it, and what these need that the notebook lacks."""
    needed, _ = _built([unit for unit in job.units if unit.filename == "reference"], job.topic)
    for name, value in needed.items():
        namespace.setdefault(name, value)
    for unit in job.units:
        if unit.filename == LOCATED:
            with contextlib.suppress(Exception):  # then it is not right
                exec(compile(unit.source, LOCATED, "exec"), namespace)


class _OutOfTime(BaseException):
    """The time for a program is over."""


@contextlib.contextmanager
def deadline(seconds: float | None) -> Iterator[bool]:
    """End what runs inside after some seconds; yields False if that is not possible here.

    It is possible in the main thread of a system with timers, where notebooks run their cells.
    """
    if seconds is None:
        yield True
        return
    if threading.current_thread() is not threading.main_thread() or not hasattr(
        signal, "setitimer"
    ):
        yield False
        return

    def stop(_: int, frame: FrameType | None) -> None:
        while frame is not None:
            if frame.f_code.co_name == "__del__":
                return  # what is raised there is lost, and reported; the next signal comes
            frame = frame.f_back
        raise _OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, seconds)  # again, if it is suppressed
        yield True
    except _OutOfTime:
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _built(units: Sequence[Unit], topic: str) -> tuple[dict[str, Any], list[ErrorInfo]]:
    """Execute a program; return its namespace, which is new, and its failures.

    A module that is one unit (the reference, or a mistake) is compiled part by part, and only those
    that have not been compiled before: a mistake differs from the reference in one.
    """
    from dltf.autograder.execution.implementation import build

    if len(units) == 1 and not units[0].filename.startswith("<cell"):
        module = ModuleType("submission")
        with contextlib.suppress(Exception, SystemExit):  # `build` describes it
            parts = _parts(units[0].source)
            sys.modules["submission"] = module
            for part in parts:
                exec(part, module.__dict__)
            return module.__dict__, []
    namespace, failures, _ = build(units, topic)
    return namespace, failures


def _parts(source: str) -> list[CodeType]:
    """Return the code of a module, divided where two blank lines are above a line at the margin.

    If such a place is not between two statements (but in a text in triple quotes, say), the parts
    do not compile: SyntaxError.
    """
    postponed = "from __future__ import annotations" in source
    parts, line = [], 1
    for text in re.split(r"(?<=\n\n\n)(?=\S)", source):
        parts.append(_compiled(text, line, postponed))
        line += text.count("\n")
    return parts


@lru_cache(maxsize=1024)
def _compiled(text: str, line: int, postponed: bool) -> CodeType:
    tree = ast.increment_lineno(_syntax.parse(text, "reference"), line - 1)
    flags = __future__.annotations.compiler_flag if postponed else 0
    return compile(tree, "reference", "exec", flags, dont_inherit=True)


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Suppress output and warnings of the reference, a mistake or a second run."""
    with contextlib.redirect_stdout(_NullStream()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class _NullStream:
    """A text stream that discards what is written."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        """Do nothing."""


@contextlib.contextmanager
def _exchanged(
    namespace: dict[str, Any], callers: Sequence[str], replaced: Mapping[str, Any]
) -> Iterator[None]:
    """Replace global names that the functions of a notebook use, and restore them afterwards.

    A notebook's functions look each other up in its global namespace, so the names are replaced
    there.
    """
    if not replaced:
        yield
        return
    functions = [f for name in callers for f in functions_of(namespace.get(name))]
    homes = {id(f.__globals__): f.__globals__ for f in functions}.values()
    before = [(home, {n: home[n] for n in replaced if n in home}) for home in homes]
    try:
        for home in (namespace, *homes):
            home.update(replaced)
        yield
    finally:
        for home, values in before:
            for name in replaced:
                del home[name]
            home.update(values)


@contextlib.contextmanager
def left_as_it_was() -> Iterator[None]:
    """Restore the notebook's random state and Keras's registered classes afterwards.

    The reference registers its own classes again when it runs; a model that is loaded later must
    use the notebook's.
    """
    python, legacy = random.getstate(), np.random.get_state()  # noqa: NPY002
    keras = sys.modules.get("keras")
    known = dict(keras.saving.get_custom_objects()) if keras else {}
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(legacy)  # noqa: NPY002
        if keras:
            objects = keras.saving.get_custom_objects()
            objects.clear()
            objects.update(known)


def functions_of(value: Any) -> list[Any]:
    """Return the plain function inside decorators, or the methods of a class."""
    inner = inspect.unwrap(getattr(value, "python_function", value))
    members = [inner, *(vars(inner).values() if isinstance(inner, type) else ())]
    return [m for m in members if hasattr(m, "__code__")]
