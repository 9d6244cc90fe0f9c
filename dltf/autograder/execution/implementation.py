"""Execution of an implementation: build its namespace, run the cases, record observations.

This code runs in the same process as a student's answer, both in the sandbox and in a notebook. It
has access to the exercises and cases, but not to any expected value.
"""

from __future__ import annotations
import __future__

import ast
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import os
import pkgutil
import sys
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

import dltf
from dltf.autograder.assignment.declarations import CASES, Case, Exercise
from dltf.autograder.execution.compatibility import facade
from dltf.autograder.execution.compatibility.layer import Layer
from dltf.autograder.execution.compatibility.missing import replaced
from dltf.autograder.execution.protocol import (
    MAX_CALLS,
    MAX_LINE,
    MAX_NAME,
    MAX_TEXT,
    CaseResult,
    End,
    ErrorInfo,
    Unit,
)
from dltf.autograder.execution.randomness import seed_frameworks, seed_streams
from dltf.autograder.judging.observation import TooLarge, encode

SHOWN_CALLS = 3
TOOLS = ("dltf.models", "dltf.training", "dltf.data", "dltf.plotting")


class MissingHelper(ImportError):
    """The use of a name from a helper file that was not submitted."""


# Helper files that are missing ------------------------------------------------------------------


class _Provided(types.ModuleType):
    """Replacement for a helper file of an older notebook, with the names of the topic."""

    def __init__(self, name: str, source: types.ModuleType | None, log: list[str]) -> None:
        super().__init__(name)
        self.__dict__["_source"], self.__dict__["_log"] = source, log
        self.__path__: list[str] = []
        if source is not None:
            parts = f"{source.__name__}."  # a package's modules are no helpers
            self.__all__ = [
                name
                for name, value in vars(source).items()
                if not name.startswith("_") and not _is_module_of(value, parts)
            ]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        full = f"{self.__name__}.{name}"
        home = _home_of(name, self.__dict__["_source"], search=full.startswith("dltf."))
        if home is None:
            return _Placeholder(full)
        if full not in self.__dict__["_log"]:
            self.__dict__["_log"].append(full)
        return getattr(home, name)


def _home_of(name: str, topic: types.ModuleType | None, *, search: bool) -> types.ModuleType | None:
    """Return the module that defines a name: the topic, or with `search` a part of it or a tool.

    Searching serves notebooks written for a version of this package whose modules had other names.
    """
    if topic is None or hasattr(topic, name):
        return topic
    for package in (topic.__name__, *TOOLS) if search else ():
        folder = getattr(importlib.import_module(package), "__path__", ())
        for found in pkgutil.iter_modules(folder, f"{package}."):
            module = importlib.import_module(found.name)
            if getattr(module, name, None) is not None:
                return module
    return None


def _is_module_of(value: Any, prefix: str) -> bool:
    return isinstance(value, types.ModuleType) and value.__name__.startswith(prefix)


class _Placeholder:
    """Placeholder for a missing name: raises an error when it is used, not when it is imported."""

    def __init__(self, name: str) -> None:
        self._name = name

    def _complain(self, *args: Any, **kwargs: Any) -> Any:
        raise MissingHelper(f"{self._name} was imported from a file that is missing")

    __call__ = __getitem__ = __iter__ = __array__ = __float__ = __int__ = _complain

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._complain()


class _HelperFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finder of missing helper files; must be the last in `sys.meta_path`."""

    def __init__(self, topic: str, log: list[str], replaced: set[str]) -> None:
        self.topic, self.log, self.replaced = topic, log, replaced
        self.answered: list[str] = []

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        parent = sys.modules.get(fullname.partition(".")[0])
        if parent not in (None, dltf) and not isinstance(parent, _Provided):
            return None  # a missing part of an installed package: its own error is better
        if fullname in self.replaced:
            return None  # `except ImportError: def f(): ...`
        if not _is_theirs(_importing_file()):
            return None  # an optional import of a library
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        try:
            source: types.ModuleType | None = importlib.import_module(self.topic)
        except ImportError:
            source = None
        self.answered.append(spec.name)
        return _Provided(spec.name, source, self.log)

    def exec_module(self, module: types.ModuleType) -> None:
        """Do nothing: the module looks up each name on access."""


def _importing_file() -> str:
    """Return the file of the code that is importing."""
    frame = sys._getframe(2)
    skipped = ("importlib", facade.__file__)
    while frame.f_back is not None and any(s in frame.f_code.co_filename for s in skipped):
        frame = frame.f_back
    return frame.f_code.co_filename


# Building -----------------------------------------------------------------------------------------


def build(
    units: Iterable[Unit], topic: str, layer: Layer | None = None
) -> tuple[dict[str, Any], list[ErrorInfo], list[str]]:
    """Execute the parts of a program and return its namespace.

    Imports run first, then the other units in order. A unit that fails with a NameError is retried
    after the others (the cell may have been moved); a unit that fails does not affect the others.

    Args:
        units: the program; `line` is the first line of a unit in its cell.
        topic: module that provides the helpers of missing files.
        layer: compatibility layer of the program; by default one that offers nothing old.

    Returns:
        The namespace, the failures, and the names that were provided.
    """
    module = types.ModuleType("submission")
    sys.modules["submission"] = module
    log: list[str] = []
    forget_helpers()
    units = list(units)
    sys.meta_path.append(_HelperFinder(topic, log, replaced(unit.source for unit in units)))
    layer = layer or Layer(enabled=False)
    layer.prepare(module.__dict__)
    parts, failures = _compiled(units, layer)
    failures += _executed([part for part in parts if part.imports], module.__dict__)
    layer.provide(module.__dict__)
    failures += _executed([part for part in parts if not part.imports], module.__dict__)
    layer.provide(module.__dict__)
    return module.__dict__, failures, log


@dataclass(frozen=True)
class _Part:
    """A part of a program: its code, whether it only imports, and the context that it needs."""

    code: types.CodeType
    imports: bool
    context: Callable[[], AbstractContextManager[None]]


def _compiled(units: list[Unit], layer: Layer) -> tuple[list[_Part], list[ErrorInfo]]:
    """Compile units; return those that parse, and the errors of the others."""
    parts, failures = [], []
    postponed = any("from __future__ import annotations" in unit.source for unit in units)
    flags = __future__.annotations.compiler_flag if postponed else 0
    for unit in units:
        try:
            tree = ast.parse("\n" * (unit.line - 1) + unit.source, unit.filename)
            imports = all(isinstance(node, (ast.Import, ast.ImportFrom)) for node in tree.body)
            context = layer.context_of(tree)
            tree = layer.rewritten(tree)
            code = compile(tree, unit.filename, "exec", flags, dont_inherit=True)
        except BaseException as error:
            failures.append(describe_error(error))
            continue
        parts.append(_Part(code, imports, context))
    return parts, failures


def _executed(pending: list[_Part], namespace: dict[str, Any]) -> list[ErrorInfo]:
    """Execute parts of a program in order; return the errors of those that fail in the end."""
    while pending:
        again, errors = [], []
        for part in pending:
            try:
                with part.context():
                    exec(part.code, namespace)
            except BaseException as error:
                again.append(part)
                errors.append((error, describe_error(error)))
        retry = len(again) < len(pending) and any(isinstance(e, NameError) for e, _ in errors)
        if not retry:
            return [described for _, described in errors]
        pending = again
    return []


def forget_helpers() -> None:
    """Undo the changes of `build` to the import system (a notebook keeps running)."""
    for finder in [f for f in sys.meta_path if isinstance(f, _HelperFinder)]:
        sys.meta_path.remove(finder)
        for name in finder.answered:
            sys.modules.pop(name, None)


def _is_theirs(filename: str) -> bool:
    """Return whether a file is the student's, not of a library, a case or generated code."""
    if filename.startswith("<"):
        return filename.startswith(("<cell", "<ipython-input"))
    libraries = (sys.prefix, sys.base_prefix, os.path.dirname(dltf.__file__))
    return not filename.startswith(libraries) and "__autograph_generated" not in filename


def describe_error(error: BaseException) -> ErrorInfo:
    """Return an exception as data, with its traceback's last lines in student's code and case."""
    cell, line, function, case_line = "", 0, "", 0
    if isinstance(error, SyntaxError) and _is_theirs(error.filename or "<>"):
        cell, line = error.filename or "", error.lineno or 0
    traceback, steps = error.__traceback__, 0
    while traceback is not None and steps < 5000:
        code = traceback.tb_frame.f_code
        if _is_theirs(code.co_filename):
            cell, line, function = code.co_filename, traceback.tb_lineno, code.co_name
        elif code.co_filename == CASES:
            case_line = traceback.tb_lineno
        traceback, steps = traceback.tb_next, steps + 1
    try:
        message = str(error)
    except BaseException:
        message = ""
    kind = type(error)
    missing_file = isinstance(error, MissingHelper)
    return ErrorInfo(
        type="ImportError" if missing_file else _plain(kind.__name__, MAX_NAME),
        message=_plain(message, MAX_TEXT),
        cell=_plain(cell, MAX_LINE),
        line=line,
        function=_plain(function, MAX_NAME),
        not_attempted=isinstance(error, NotImplementedError),
        memory=isinstance(error, MemoryError) or kind.__name__ == "ResourceExhaustedError",
        size=isinstance(error, TooLarge),
        case_line=case_line,
    )


def _plain(text: str, most: int) -> str:
    """Return text that can be sent: a plain `str`, no lone surrogates, of bounded length."""
    return str.encode(text, errors="replace").decode()[:most]


# Calling ------------------------------------------------------------------------------------------


class Answer:
    """The implementation as a case calls it, adapted to the generation of the course.

    Calls are by keyword. A parameter with another name in the answer is matched by the exercise's
    known spellings, then by position; a longer tuple of another generation is truncated to the
    values that the cases expect. What was recognised is recorded. If a generation expects other
    values and not only other names, a case can read the answer's own parameter names from
    `answer.f.parameters`.
    """

    def __init__(
        self,
        namespace: Mapping[str, Any],
        exercises: Mapping[str, Exercise],
        record: bool = False,
        layer: Layer | None = None,
    ) -> None:
        self._layer = layer
        self._namespace, self._exercises, self._record = namespace, exercises, record
        self._spellings: dict[str, str] = {}
        self._generations: dict[str, str] = {}
        self._calls: list[tuple[str, bytes]] = []
        self._numbers: list[float] = []  # that the functions returned
        self._signatures: dict[int, tuple[Any, Mapping[str, inspect.Parameter]]] = {}

    def recognised(self, provided: Iterable[str] = ()) -> End:
        """Return what was recognised, and the names that were provided for missing files."""
        used = tuple(self._layer.used) if self._layer else ()
        return End(tuple(provided), self._spellings, self._generations, used)

    def graph(self, name: str) -> AbstractContextManager[Any]:
        """Return the context of a graph of TensorFlow 1, whose value is its session.

        Inside, the results of an answer are its tensors, which the case runs itself. This is for
        functions that are about a session (the style cost of 2017).

        Args:
            name: the function that will be called.
        """
        return (self._layer or Layer()).opened(name)

    def __getattr__(self, name: str) -> Any:
        try:
            value = self._namespace[name]
        except KeyError:
            raise NotImplementedError(f"{name} is not defined") from None
        exercise = self._exercises.get(name)
        if exercise is None or not callable(value):
            if exercise is not None and value is None:
                raise NotImplementedError(f"{name} is None")
            return value
        return self._adapted(exercise, value)

    def _adapted(self, exercise: Exercise, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if self._record and len(self._calls) < SHOWN_CALLS:
                shown = {str(i): value for i, value in enumerate(args)} | kwargs
                self._calls.append((exercise.name, encode(_small(shown))))
            args, kwargs = self._spelled(exercise, function, args, kwargs)
            if self._layer is None:
                result = function(*args, **kwargs)
            else:
                result = self._layer.call(exercise.name, function, args, kwargs)
            result = self._cut(exercise, result)
            if len(self._numbers) < MAX_CALLS:
                several = isinstance(result, (tuple, list)) and len(result) < MAX_CALLS
                self._numbers += filter_numbers(result if several else [result])
            return result

        call.__name__ = exercise.name
        call.parameters = tuple(self._signature(function))  # type: ignore[attr-defined]
        return call

    def _signature(self, function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
        """Return the parameters of a function, {} if they cannot be determined; read once each."""
        known = self._signatures.get(id(function))
        if known is None or known[0] is not function:
            try:
                known = function, inspect.signature(function).parameters
            except (TypeError, ValueError):
                known = function, {}
            self._signatures[id(function)] = known
        return known[1]

    def _spelled(
        self,
        exercise: Exercise,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments as the answer's own parameters take them."""
        parameters = self._signature(function)
        positional = [n for n, p in parameters.items() if p.kind is p.POSITIONAL_ONLY]
        if not parameters or (_takes_any(parameters) and not _lacks(parameters, args, kwargs)):
            return args, kwargs
        rest = [p.name for p in parameters.values() if p.kind is p.VAR_POSITIONAL]
        named = [
            n for n, p in parameters.items() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        ]
        renamed = self._renamed(exercise, parameters, named[len(args) :], kwargs)
        if renamed:
            self._spellings[exercise.name] = ", ".join(f"{b} for {a}" for a, b in renamed.items())
        given = {renamed.get(name, name): value for name, value in kwargs.items()}
        before = list(args)
        for name in positional[len(args) :]:
            if name not in given:
                break
            before.append(given.pop(name))
        rest = [] if _takes_any(parameters) else rest
        if rest and not any(name in given for name in named):  # what is left goes there, in order
            before += given.values()
            given = {}
        return tuple(before), given

    def _renamed(
        self,
        exercise: Exercise,
        parameters: Mapping[str, inspect.Parameter],
        names: list[str],
        kwargs: dict[str, Any],
    ) -> dict[str, str]:
        """Return how an answer calls what it is called with: known spellings, else the order."""
        unknown = [n for n in kwargs if n not in names]
        free = [n for n in names if n not in kwargs]
        renamed: dict[str, str] = {}
        for name in unknown:
            known = [n for n in free if n in exercise.spellings.get(name, ())]
            alike = [n for n in free if _plain_name(n) == _plain_name(name)]
            for match in (known + alike)[:1]:
                renamed[name] = match
                free.remove(match)
        left = [name for name in unknown if name not in renamed]
        required = [n for n in free if parameters[n].default is inspect.Parameter.empty]
        if len(left) < len(required):
            return renamed
        renamed |= dict(zip(left, required, strict=False))  # other names in the same order
        if _takes_any(parameters):
            return renamed
        optional = [n for n in free if n not in required]
        for name in left[len(required) :]:
            fits = (n for n in optional if _of_one_kind(parameters[n].default, kwargs[name]))
            fitting = next(fits, None)
            if fitting is not None:
                renamed[name] = fitting
                optional.remove(fitting)
        return renamed

    def _cut(self, exercise: Exercise, result: Any) -> Any:
        if exercise.number and isinstance(result, (tuple, list)):
            return self._number_of(exercise, result)
        if not exercise.returns or not isinstance(result, (tuple, list)):
            return result
        generation = exercise.returns.get(len(result))
        if generation is None:
            return result
        self._generations[exercise.name] = generation
        kept = min(exercise.returns)
        return result[0] if kept == 1 else tuple(result[:kept])

    def _number_of(self, exercise: Exercise, result: Sequence[Any]) -> Any:
        """Return the number of a pair of it and a bool, and report that."""
        flags = [one for one in result if _is_bool(one)]
        numbers = [one for one in result if not _is_bool(one)]
        if len(flags) != 1 or len(numbers) != 1 or np.size(numbers[0]) != 1:
            return result
        text = "a pair of a bool and a number was returned; the number was taken"
        before = self._spellings.get(exercise.name)
        if before is None or text not in before:
            self._spellings[exercise.name] = f"{before}; {text}" if before else text
        return numbers[0]


def _takes_any(parameters: Mapping[str, inspect.Parameter]) -> bool:
    """Return whether a function takes arguments of any name."""
    return any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def _lacks(
    parameters: Mapping[str, inspect.Parameter], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> bool:
    """Return whether a parameter would get no value: it is named otherwise, or has no name."""
    named = [p for p in parameters.values() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return any(
        p.kind is p.POSITIONAL_ONLY or (p.default is p.empty and p.name not in kwargs)
        for p in named[len(args) :]
    )


def _is_bool(value: Any) -> bool:
    return isinstance(value, (bool, np.bool_)) or getattr(value, "dtype", None) == np.bool_


def _plain_name(name: str) -> str:
    return name.lower().replace("_", "")


def _of_one_kind(default: Any, value: Any) -> bool:
    """Return whether a value may stand for a parameter with this default."""
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    numbers = isinstance(default, Real), isinstance(value, Real)
    return all(numbers) if any(numbers) else isinstance(value, type(default)) or default is None


# Observing ----------------------------------------------------------------------------------------


def observe(
    case: Case,
    answer: Answer,
    seed: int,
    max_bytes: int | None = None,
    *,
    in_notebook: bool = False,
    warm: bool = False,
) -> CaseResult:
    """Run one case and return its observation or exception, and the calls if recorded.

    Args:
        case: the case.
        answer: the implementation to run it on.
        seed: seed of its inputs and of the random numbers that the answer draws.
        max_bytes: limit of the observation's size.
        in_notebook: whether this is the student's own process: raise a KeyboardInterrupt, and leave
            the frameworks' seeds alone.
        warm: whether this process has kernels worth keeping.
    """
    answer._calls.clear()
    answer._numbers.clear()
    observation, described, given = None, None, None
    try:
        seed_streams(seed ^ case.key)
        if not in_notebook:
            seed_frameworks(seed ^ case.key, warm=warm)
        with np.errstate(all="ignore"):
            result = case.function(answer, case.rng(seed))
        observation = encode(result, max_bytes) if max_bytes else encode(result)
        given = _given(result, answer._numbers)
    except BaseException as error:  # SystemExit and KeyboardInterrupt are errors, too
        if in_notebook and isinstance(error, KeyboardInterrupt):
            raise
        described = describe_error(error)
    calls = tuple(answer._calls) if answer._record else ()
    return CaseResult(case.exercise, case.name, observation, described, calls, given)


def _given(observation: Any, numbers: Sequence[float]) -> float | None:
    """Return the number that an answer returned, if a case made another number of it."""
    shown = filter_numbers([observation])
    return numbers[-1] if shown and numbers and shown[0] not in numbers else None


def filter_numbers(values: Iterable[Any]) -> list[float]:
    """Return those of some values that are single real numbers (or tensors of them), as floats."""
    found = []
    for value in values:
        scalar = isinstance(value, (int, float)) or getattr(value, "shape", None) == ()
        if scalar and not isinstance(value, bool):
            try:
                found.append(float(value))
            except Exception:  # symbolic, complex, or an object of a student's
                continue
    return found


def _small(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _small(item) for key, item in list(value.items())[:12]}
    if isinstance(value, (list, tuple)):
        return [_small(item) for item in list(value)[:12]]
    shape = getattr(value, "shape", None)
    if shape is not None and np.prod([n or 1 for n in shape], dtype=float) > 60:
        return f"<{type(value).__name__} of shape {tuple(shape)}>"
    return value
