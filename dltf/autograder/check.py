"""`dltf.check`: check an exercise with the grader's own cases, in the student's notebook.

Reading, judging and diagnosis are the same as in grading, but the answer runs in the notebook's
process, so a check helps the student and earns no marks. With the full package, the reference runs
on the same random inputs. A student edition has no reference; it contains the expected observations
for a few public seeds instead.
"""

from __future__ import annotations
import __future__

import ast
import contextlib
import inspect
import linecache
import random
import re
import secrets
import signal
import sys
import threading
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, TypeVar

import msgpack
import numpy as np

from dltf import _syntax
from dltf._spelling import did_you_mean
from dltf.autograder import exceptions, naming
from dltf.autograder.assignment import loading
from dltf.autograder.assignment.declarations import AssignmentError, Mistake, read_cases
from dltf.autograder.assignment.loading import Assignment
from dltf.autograder.attempt import Attempt
from dltf.autograder.catalogue import Catalogue
from dltf.autograder.diagnosis import Observed
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
from dltf.autograder.explaining import may_be_the_cause
from dltf.autograder.grading import Grader
from dltf.autograder.jobs import observed, units_of
from dltf.autograder.judging.observation import Encoder, decode
from dltf.autograder.known import Known
from dltf.autograder.locating import LOCATED
from dltf.autograder.reading.statements import Cell
from dltf.autograder.reading.submission import Submission
from dltf.autograder.verdict import Status, Verdict

Item = TypeVar("Item")
Result = TypeVar("Result")
PUBLIC_SEEDS = (1, 2, 3)


class Outcome:
    """The result of a check, displayed as a card in a notebook and as text elsewhere.

    Attributes:
        exercises: the verdict on each exercise, with its `status`, `hint` and `feedback`.
    """

    def __init__(self, exercises: Sequence[Verdict]) -> None:
        self.exercises = tuple(exercises)

    @property
    def correct(self) -> bool:
        """Whether every exercise that was checked is correct."""
        return all(verdict.correct for verdict in self.exercises)

    def __repr__(self) -> str:
        with _left_as_it_was():  # importing rich draws random numbers
            from dltf.autograder import report

            if len(self.exercises) == 1:
                return report.verdict_text(self.exercises[0])
            return report.summary_text(self.exercises)

    def _repr_html_(self) -> str:
        with _left_as_it_was():
            from dltf.autograder import report

            if len(self.exercises) == 1:
                return report.verdict_html(self.exercises[0])
            return report.summary_html(self.exercises)


def check(
    answer: Callable[..., Any] | str | None = None,
    *,
    assignment: str | Path | None = None,
    seed: int | None = None,
) -> Outcome:
    """Check an exercise, and name the mistake if it is a known one.

    Args:
        answer: the function or class, or its name; by default every exercise of the notebook's
            assignment.
        assignment: name or folder; by default the one that has this exercise.
        seed: repeats a check with the same inputs; random by default.

    Returns:
        The result, which the notebook displays as a card.

    Raises:
        ValueError: no assignment has such an exercise; shown by IPython in one line.
        TypeError: the argument is not a function, a class or a name; shown in one line.
    """
    try:
        namespace, name = _asked(answer)
        chosen = _assignment(name, namespace, assignment)
    except (TypeError, ValueError) as error:
        raise _in_one_line(error) from None
    exercises = [name] if name else list(chosen.exercises)
    return Outcome(grade_namespace(chosen, namespace, exercises, seed))


def grade_namespace(
    chosen: Assignment, namespace: Mapping[str, Any], exercises: list[str], seed: int | None = None
) -> list[Verdict]:
    """Grade exercises whose answers are in a namespace of this process."""
    work = _submission(chosen, namespace)
    runner = InProcessRunner(namespace)
    grader: Grader
    if chosen.has_answers:
        grader = _Grader(runner, fresh=seed is None)
        seed = secrets.randbits(32) if seed is None else seed
    else:
        try:
            grader, seed = _public_grader(chosen, runner, seed)
        except ValueError as error:
            raise _in_one_line(error) from None
    with _left_as_it_was():
        return grader.verdicts(Attempt(work, chosen, seed), exercises)


class _Grader(Grader):
    """A grader that runs what a check needs: the exercises asked for, and what a wrong one calls.

    Args:
        runner: runs the programs.
        called: whether it grades what a wrong exercise calls, and looks no further.
        fresh: whether the seed is new; then a wrong answer is compared with the known mistakes on
            another, on which they may have run in an earlier check of this process.
    """

    def __init__(self, runner: InProcessRunner, called: bool = False, fresh: bool = False) -> None:
        super().__init__(runner, 0)
        self.known = self._asked = _Asked(runner, fresh)
        self._runner, self._called, self._fresh = runner, called, fresh

    def verdicts(self, attempt: Attempt, names: list[str]) -> list[Verdict]:
        """Grade the named exercises. See `Grader.verdicts`."""
        self._asked.names = names
        return super().verdicts(attempt, names)

    def culprits(self, attempt: Attempt, verdicts: Mapping[str, Verdict]) -> dict[str, list[str]]:
        """Grade what the wrong exercises call, to know whether it may be the cause."""
        if self._called:
            return {}
        wrong = [n for n, v in verdicts.items() if v.status in (Status.INCORRECT, Status.ERROR)]
        mentioned = set[str]().union(*map(attempt.work.mentions, wrong))
        called = [n for n in attempt.assignment.exercises if n in mentioned - set(verdicts)]
        graded = self._for_called().verdicts(attempt, called) if called else []
        found = super().culprits(attempt, {**verdicts, **{v.name: v for v in graded}})
        return {name: culprits for name, culprits in found.items() if name in verdicts}

    def _for_called(self) -> Grader:
        return _Grader(self._runner, called=True, fresh=self._fresh)

    def _compared(
        self, attempt: Attempt, name: str, got: Mapping[str, Observed]
    ) -> tuple[int, Mapping[str, Observed]]:
        """Return the seed of the first wrong answer in this process, and what this one does on it.

        See `Grader._compared`.
        """
        if not self._fresh:
            return super()._compared(attempt, name, got)
        kept = _kept(attempt.assignment)
        if name not in kept.seeds:
            kept.seeds[name] = attempt.seed
            costs = self.known.costs(attempt.assignment, attempt.seed)
            kept.known.costs(attempt.assignment, attempt.seed).update(costs)
            return attempt.seed, got
        units = units_of(attempt.work, [name])
        job = self._job_of(attempt, units, [name], kept.seeds[name])
        with _silence():  # it has printed what it prints on the new seed
            result = self.pool.run(job, self.role)
        return kept.seeds[name], observed(attempt.assignment, result).get(name, {})


class _Asked(Known):
    """What the course's own programs do in the exercises that are asked for.

    Attributes:
        names: these exercises.
        fresh: whether the known mistakes are those that earlier checks of this process have run.
    """

    def __init__(self, runner: InProcessRunner, fresh: bool) -> None:
        super().__init__(runner)
        self.names, self.fresh = list[str](), fresh

    def reference(self, assignment: Assignment, seed: int) -> dict[str, dict[str, Observed]]:
        """Return the observations of the reference in the exercises that are graded."""
        return super().reference(assignment.only(self.names), seed)

    def catalogue(
        self, assignment: Assignment, exercise: str, seed: int, kind: str = naming.KINDS[0]
    ) -> Catalogue:
        """Return a catalogue, with what earlier checks of this process observed."""
        if not self.fresh:
            return super().catalogue(assignment, exercise, seed, kind)
        return _kept(assignment).known.catalogue(assignment, exercise, seed, kind)


@dataclass
class _Kept:
    """What checks with new seeds keep of an assignment, as long as its files do not change.

    Attributes:
        assignment: the assignment.
        known: runs the known mistakes, and has their observations; without the notebook's names.
        seeds: exercise -> seed of the first wrong answer, on which the known mistakes run.
    """

    assignment: Assignment
    known: Known
    seeds: dict[str, int] = field(default_factory=dict)


_kept_of: dict[Path, _Kept] = {}


def _kept(assignment: Assignment) -> _Kept:
    """Return what is kept of an assignment."""
    kept = _kept_of.get(assignment.folder)
    if kept is None or kept.assignment is not assignment:
        kept = _kept_of[assignment.folder] = _Kept(assignment, Known(InProcessRunner()))
    return kept


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
            with _deadline(None if limits is None else limits.seconds) as given:
                result = self.run(job, role) if given else JobResult(job)
            results.append(result if given else result.stop("time", "no time limit is possible"))
        return results

    def warm_up(self, operations: Iterable[str]) -> None:
        """Do nothing: the notebook has executed its operations itself."""

    def alone(self) -> AbstractContextManager[str]:
        """Return a context that grants mixed runs: nothing here earns marks. See `Runner`."""
        return contextlib.nullcontext("")

    def run(self, job: Job, role: Role = Role.EARNING) -> JobResult:
        """Run a job's cases; a job with cells of the notebook runs on a copy of its namespace."""
        from dltf.autograder.execution.implementation import Answer, forget_helpers, observe

        declared = read_cases(job.cases)  # again, so that cases keep no state between answers
        result = JobResult(job)
        result.add(Begin())
        own = any(unit.filename.startswith("<cell") for unit in job.units)
        edited = any(unit.filename == LOCATED for unit in job.units)
        if own and self.namespace is not None:
            namespace: dict[str, Any] = dict(self.namespace)
            if edited:
                _edit(namespace, job)
        else:
            namespace, failures = _built(job.units, job.topic)
            result.add(Built(tuple(failures)))
        try:
            replaced: dict[str, Any] = {}
            if job.replacement is not None:
                other, _ = _built(job.replacement.units, job.topic)
                replaced = {name: other[name] for name in job.replacement.names}
            answer = Answer(namespace, declared.exercises, record=job.record)
            quiet = contextlib.nullcontext() if own and not (edited or replaced) else _silence()
            with quiet, _exchanged(namespace, list(job.exercises), replaced):
                for exercise in job.exercises:
                    result.add(Started(exercise))
                    for case in declared.cases:
                        if case.exercise == exercise and case.name in job.exercises[exercise]:
                            result.add(observe(case, answer, job.seed, in_notebook=True))
        finally:
            forget_helpers()
        result.add(answer.recognised())
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
def _deadline(seconds: float | None) -> Iterator[bool]:
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

    def stop(*_: object) -> None:
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
def _silence() -> Iterator[None]:
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
    functions = [f for name in callers for f in _functions_of(namespace.get(name))]
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
def _left_as_it_was() -> Iterator[None]:
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


# Arguments of a check -----------------------------------------------------------------------------


def _in_one_line(error: BaseException) -> BaseException:
    """Return an exception about the arguments, without the traceback through this package."""
    line = f"{type(error).__name__}: {error}"
    error._render_traceback_ = lambda: [line]  # type: ignore[attr-defined]  # called by IPython
    return error.with_traceback(None)


def _asked(answer: Any) -> tuple[Mapping[str, Any], str | None]:
    main = vars(sys.modules["__main__"])
    if answer is None or isinstance(answer, str):
        return main, answer
    name = getattr(answer, "__name__", None) or getattr(
        getattr(answer, "python_function", None), "__name__", None
    )
    if not callable(answer) or name is None:
        raise TypeError(
            f"check: expected a function, a class, or the name of an exercise; got {answer!r:.80}"
        )
    inner = inspect.unwrap(getattr(answer, "python_function", answer))
    own = getattr(inner, "__globals__", None) or vars(sys.modules.get(answer.__module__, sys))
    return {**own, name: answer}, name


_loaded: dict[Path, tuple[dict[Path, bytes], Assignment]] = {}


def _load(name: str | Path) -> Assignment:
    """Return an assignment, read again only if one of its files has changed."""
    folder = loading.locate(name)
    files = loading.files(folder)
    known = _loaded.get(folder)
    if known is None or known[0] != files:
        known = _loaded[folder] = files, loading.load(folder, whole=False)
    return known[1]


def _assignment(
    name: str | None, namespace: Mapping[str, Any], asked: str | Path | None
) -> Assignment:
    if asked is not None:
        chosen = _load(asked)
        if name is not None and name not in chosen.exercises:
            raise ValueError(
                f"check: expected an exercise of {chosen.name} ({', '.join(chosen.exercises)}), "
                f"got {name!r}.{did_you_mean(name, chosen.exercises)}"
            )
        return chosen
    known = {n: loading.exercise_names(loading.locate(n)) for n in loading.available()}
    having = [n for n, exercises in known.items() if name is None or name in exercises]
    # Several topics share some names (`forward_propagation`): the notebook's others decide.
    ranked = sorted(having, key=lambda n: -sum(e in namespace for e in known[n]))
    if not ranked or (name is None and not any(e in namespace for e in known[ranked[0]])):
        raise ValueError(_unknown(name, namespace, [_load(n) for n in known]))
    return _load(ranked[0])


def _unknown(name: str | None, namespace: Mapping[str, Any], known: Sequence[Assignment]) -> str:
    """Return the message for an unknown exercise, with the most similar name."""
    listed = ", ".join(a.name for a in known) or "none is installed"
    if name is None:
        return f"check: expected a notebook with an exercise of an assignment ({listed}), got none"
    here = [n for a in known for n in a.exercises if n in namespace]
    every = [n for a in known for n in a.exercises]
    near = did_you_mean(name, here) or did_you_mean(name, every)
    of = "" if near else f" ({listed})"
    return f"check: expected an exercise of an assignment{of}, got {name!r}.{near}"


def _submission(chosen: Assignment, namespace: Mapping[str, Any]) -> Submission:
    """Return the notebook's answers as a submission: the cells (files) that define them."""
    files: dict[str, None] = {}
    hidden = []
    for name in chosen.exercises:
        value = namespace.get(name)
        if callable(value):
            file = _file_of(value)
            defines = rf"^\s*(def|class)\s+{re.escape(name)}\b"
            if re.search(defines, "".join(linecache.getlines(file)), re.MULTILINE):
                files[file] = None
            else:
                hidden.append(f"def {name}(*args, **kwargs):\n    return 0")
    # A function without source (typed into a plain prompt) can be run, if not read.
    sources = ["".join(linecache.getlines(file)) for file in files] + hidden
    cells = [Cell(i, source) for i, source in enumerate(sources, 1)]
    return _Notebook(Path("notebook"), "notebook", cells, files=list(files))


def _file_of(value: Any) -> str:
    """Return the file of a function or class, or the kernel's name of its cell."""
    return next((f.__code__.co_filename for f in _functions_of(value)), "")


def _functions_of(value: Any) -> list[Any]:
    """Return the plain function inside decorators, or the methods of a class."""
    inner = inspect.unwrap(getattr(value, "python_function", value))
    members = [inner, *(vars(inner).values() if isinstance(inner, type) else ())]
    return [m for m in members if hasattr(m, "__code__")]


class _Notebook(Submission):
    """A submission whose lines are looked up by the running kernel's names of its cells."""

    def __init__(self, *arguments: Any, files: list[str]) -> None:
        super().__init__(*arguments)
        self.files = files

    def place(self, file: str, line: int) -> tuple[str, str]:
        """Return the description of a line, and its text. See `Submission.place`."""
        name = "your code"
        cell = re.fullmatch(r"<cell (\d+)>", file)
        if cell and int(cell[1]) <= len(self.files):
            file = self.files[int(cell[1]) - 1]
        with contextlib.suppress(Exception):  # outside IPython, or another version of it
            found = sys.modules["IPython"].get_ipython().compile.format_code_name(file)
            name = " ".join(found) if found else name
        if not file.startswith("<") and name == "your code":
            name = Path(file).name
        return f"{name}, line {line}", linecache.getline(file, line)


# The student edition ------------------------------------------------------------------------------


class _Stored(Known):
    """Stored observations of the reference and the mistakes: seed -> exercise -> what they gave."""

    def __init__(self, runner: InProcessRunner, data: Mapping[int, Any]) -> None:
        super().__init__(runner)
        self._data = data

    def reference(self, assignment: Assignment, seed: int) -> dict[str, dict[str, Observed]]:
        found = self._data[seed]
        return {exercise: _read(data["cases"]) for exercise, data in found.items()}

    def catalogue(
        self, assignment: Assignment, exercise: str, seed: int, kind: str = naming.KINDS[0]
    ) -> Catalogue:
        stored = self._data[seed][exercise]["mistakes"]
        mistakes = [Mistake(exercise, data["id"], data["hint"]) for data in stored]
        observed = {data["id"]: _read(data["cases"]) for data in stored}
        return Catalogue(mistakes, lambda some, case: [observed[m.id].get(case.name) for m in some])


class _PublicGrader(_Grader):
    """A grader with stored observations of the reference and the mistakes."""

    def __init__(
        self, runner: InProcessRunner, data: Mapping[int, Any], called: bool = False
    ) -> None:
        super().__init__(runner, called)
        self._data = data
        self.known = _Stored(runner, data)

    @property
    def _kinds(self) -> Sequence[str]:
        return naming.KINDS[:1]  # no program of the others is in a student edition

    def locates(self, attempt: Attempt, name: str) -> bool:
        """Return False: there is no right answer to take lines from."""
        return False

    def other_seed(self, seed: int) -> int:
        """Return the next seed for which there are observations."""
        seeds = sorted(self._data)
        return seeds[(seeds.index(seed) + 1) % len(seeds)]

    def _for_called(self) -> Grader:
        return _PublicGrader(self._runner, self._data, called=True)

    def _blocked(
        self,
        attempt: Attempt,
        verdicts: Mapping[str, Verdict],
    ) -> dict[str, Verdict]:
        """Name the wrong exercises that a wrong one calls.

        Without a reference to replace them, it is unknown whether they are the only cause: the
        exercise keeps its status.
        """
        return {
            name: verdicts[name].suspecting(culprits, may_be_the_cause(culprits))
            for name, culprits in self.culprits(attempt, verdicts).items()
        }


def _read(cases: Mapping[str, Any]) -> dict[str, Observed]:
    """Return observations from the plain data of `_plain`."""
    return {
        name: Observed(
            summary=data["summary"],
            error=_read_error(data["error"]),
            raised_by=frozenset((data["error"] or {}).get("by", ())),
            calls=tuple((function, arguments) for function, arguments in data.get("calls", ())),
        )
        for name, data in cases.items()
    }


def _read_error(data: Mapping[str, Any] | None) -> ErrorInfo | None:
    return ErrorInfo(data["type"], data.get("message", "")) if data else None


def _public_grader(
    chosen: Assignment, runner: InProcessRunner, seed: int | None
) -> tuple[Grader, int]:
    if not chosen.public_path.exists():
        raise AssignmentError(
            f"{chosen.name}: expected the answers, or {chosen.public_path.name} as in a student "
            "edition; got neither"
        )
    try:
        data = read_public(chosen.public_path.read_bytes())
    except (OSError, ValueError, TypeError, AttributeError, zlib.error) as error:
        raise AssignmentError(
            f"{chosen.public_path}: damaged ({error}); install it again"
        ) from error
    if seed is None:
        seed = secrets.choice(sorted(data))
    if seed not in data:
        raise ValueError(f"seed: expected one of {sorted(data)} in a student edition, got {seed}")
    return _PublicGrader(runner, data), seed


def public_observations(chosen: Assignment, seeds: Sequence[int] = PUBLIC_SEEDS) -> bytes:
    """Return the data with which a student edition checks answers: observations, no code.

    For each seed and exercise: the summaries that judges compare, of the reference and of each
    known mistake, the inputs of the reference's calls, and the hints.
    """
    known = Known(InProcessRunner())
    data: dict[int, Any] = {}
    with _left_as_it_was():
        for seed in seeds:
            reference = known.reference(chosen, seed)
            data[seed] = {}
            for exercise, cases in reference.items():
                catalogue = known.catalogue(chosen, exercise, seed)
                mistakes = [
                    {"id": mistake.id, "hint": mistake.hint, "cases": _plain(observed)}
                    for mistake, observed in catalogue.complete(chosen.cases_of(exercise))
                ]
                data[seed][exercise] = {"cases": _plain(cases), "mistakes": mistakes}
    parts = {
        str(seed): {name: Encoder(2**28).encode(found) for name, found in exercises.items()}
        for seed, exercises in data.items()
    }
    return zlib.compress(msgpack.packb(parts), 9)


def _plain(cases: Mapping[str, Observed]) -> dict[str, Any]:
    """Return the observations of an exercise's cases as plain data."""
    return {
        name: {
            "summary": observed.summary,
            "error": _plain_error(observed),
            "calls": [list(call) for call in observed.calls],
        }
        for name, observed in cases.items()
    }


def _plain_error(observed: Observed) -> dict[str, Any] | None:
    """Return an exception as plain data: as much of it as is compared."""
    error = observed.error
    if error is None:
        return None
    said = exceptions.pattern(error)
    return {"type": error.type, "message": said, "by": sorted(observed.raised_by)}


@lru_cache(maxsize=4)
def read_public(data: bytes) -> dict[int, Any]:
    """Read the data of `public_observations`: seed -> exercise -> cases and mistakes."""
    parts = msgpack.unpackb(zlib.decompress(data))
    return {
        int(seed): {name: decode(found) for name, found in exercises.items()}
        for seed, exercises in parts.items()
    }
