"""Declarations of an assignment: exercises, cases, mistakes, accepted alternatives.

`cases.py`, `mistakes.py` and `accepted.py` use the functions of this module; see
`docs/authors.md`. The functions only record what is declared; `read_cases` and `read_mistakes` run
such a file and return the record. The module is also loaded in the process of the student's code
and contains nothing secret.
"""

from __future__ import annotations

import ast
import itertools
import numbers
import re
import sys
import textwrap
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import CodeType
from typing import Any, TypeVar

import numpy as np

from dltf import _syntax
from dltf._spelling import did_you_mean
from dltf.autograder.assignment.rewrite import PatternError, check
from dltf.autograder.judging.judges import Judge, close

CASES = "<cases>"  # the file name of cases.py where it is run from its text
F = TypeVar("F", bound=Callable[..., Any])


class AssignmentError(ValueError):
    """An error in an assignment's own files; the message contains the position."""


@dataclass(frozen=True)
class Exercise:
    """A function or class that the student writes.

    Attributes:
        name: its name in the reference.
        spellings: parameter name -> other names that some generation of the course uses for it.
        returns: count of returned values -> the generation that returns that many. The cases
            receive the smallest count.
        practice: checked and hinted like any other, but worth no points.
        names: its names in other generations of the course.
        number: whether it returns a number. Of a pair of a bool and a number, cases get the number.
    """

    name: str
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    returns: Mapping[int, str] = field(default_factory=dict)
    practice: bool = False
    names: tuple[str, ...] = ()
    number: bool = False


@dataclass(frozen=True)
class Case:
    """A test case of an exercise: `function(answer, rng) -> observation`."""

    exercise: str
    name: str
    points: float
    judge: Judge
    function: Callable[..., Any]
    doc: str

    def rng(self, seed: int) -> np.random.Generator:
        """Return the random generator of this case's inputs, seeded by the seed of the run."""
        return np.random.default_rng([seed, self.key])

    @property
    def line(self) -> int:
        """The line of `cases.py` on which it begins."""
        code = getattr(self.function, "__code__", None)
        return code.co_firstlineno if code else 1

    @property
    def key(self) -> int:
        """A 32-bit integer that identifies the case within its assignment."""
        return zlib.crc32(f"{self.exercise}/{self.name}".encode())


@dataclass(frozen=True)
class Mistake:
    """A known mistake: edits of the reference or a whole definition, and a hint."""

    exercise: str
    id: str
    hint: str
    edits: tuple[tuple[str, str], ...] = ()
    source: str = ""
    where: str = ""  # file:line of the declaration
    partial: bool = False  # one made in several places, in one of them only


@dataclass(frozen=True)
class Alternative:
    """An accepted alternative to the reference, which must get full marks.

    Attributes:
        source: the reference's module with this answer in it.
        text: the answer only, under the exercise's name.
        shared: the imports and helpers of its file.
    """

    exercise: str
    name: str
    source: str
    why: str
    text: str = ""
    shared: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True)
class Equivalent:
    """A change to the reference that no case can detect: an edit, or an ignored argument.

    Attributes:
        ignores: a parameter; the change is to use its default instead of the caller's value.
    """

    exercise: str
    why: str
    old: str = ""
    new: str = ""
    ignores: str = ""
    where: str = ""


@dataclass
class Collected:
    """The declarations of one file."""

    filename: str = ""
    exercises: dict[str, Exercise] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)
    files: dict[str, Callable[[], str]] = field(default_factory=dict)


_collecting: ContextVar[Collected | None] = ContextVar("collecting", default=None)


@contextmanager
def _collect(filename: str) -> Iterator[Collected]:
    collected = Collected(filename)
    token = _collecting.set(collected)
    try:
        yield collected
    finally:
        _collecting.reset(token)


def _declare() -> Collected:
    collected = _collecting.get()
    if collected is None:
        raise AssignmentError(
            "exercise, case, mistake, accepted: expected to be used in an assignment's files, "
            "which the autograder reads; got a call from outside"
        )
    return collected


# Functions for authors ---------------------------------------------------------------------------


def exercise(
    name: str,
    *,
    spellings: Mapping[str, Iterable[str]] | None = None,
    returns: Mapping[int, str] | None = None,
    practice: bool = False,
    names: Iterable[str] = (),
    number: bool = False,
) -> None:
    """Declare an exercise, in teaching order. See `Exercise` for the arguments."""
    collected = _declare()
    if name in collected.exercises:
        raise AssignmentError(
            f"{_caller(collected.filename)}: exercise {name!r}: expected once, got a second "
            f"declaration"
        )
    for argument, value in (
        ("names", names),
        *(("spellings", v) for v in (spellings or {}).values()),
    ):
        if isinstance(value, str):
            raise AssignmentError(
                f"{_caller(collected.filename)}: exercise {name!r}: {argument}: expected a list of "
                f"names, got {value!r}"
            )
    every = {key: tuple(names) for key, names in (spellings or {}).items()}
    collected.exercises[name] = Exercise(
        name, every, dict(returns or {}), practice, tuple(names), number
    )


def helpers(*modules: str) -> None:
    """Name modules of older notebooks (`init_utils`) whose functions the topic provides."""
    _declare().helpers.extend(modules)


def working_file(name: str, text: Callable[[], str]) -> None:
    """Provide a file that the notebooks of some generation open in their working folder.

    Args:
        name: its name.
        text: returns its text; called in the sandbox, for a program that names the file.
    """
    _declare().files[name] = text


def case(exercise: str, *, points: float = 1, judge: Judge | None = None) -> Callable[[F], F]:
    """Declare a case of an exercise: `function(answer, rng) -> observation`.

    Args:
        exercise: the exercise it belongs to.
        points: points for passing it (none in a practice exercise).
        judge: how observations are compared; `close()` by default.
    """
    where = _caller(_declare().filename)
    if not isinstance(exercise, str):
        raise AssignmentError(
            f"{where}: case: expected the name of an exercise, got {_named(exercise)}"
        )

    def declare(function: F) -> F:
        collected = _declare()
        name = function.__name__
        if exercise not in collected.exercises:
            raise AssignmentError(
                f"{where}: case {name!r}: expected one of the exercises declared above it "
                f"({', '.join(collected.exercises) or 'none'}), got {exercise!r}."
                f"{did_you_mean(str(exercise), collected.exercises)}"
            )
        what = f"{where}: case {name!r} of {exercise!r}"
        if any(c.name == name and c.exercise == exercise for c in collected.cases):
            raise AssignmentError(f"{what}: expected once, got two")
        if (
            isinstance(points, bool)
            or not isinstance(points, numbers.Real)
            or not (0 <= points < float("inf"))
        ):
            raise AssignmentError(
                f"{what}: points: expected a number of at least 0, got {points!r}"
            )
        if not (judge is None or isinstance(judge, Judge)):
            raise AssignmentError(
                f"{what}: judge: expected close(), exactly(), same_scale() or same_set(), "
                f"got {_named(judge)}"
            )
        worth = 0.0 if collected.exercises[exercise].practice else float(points)
        doc = textwrap.dedent(function.__doc__ or name.replace("_", " ")).strip()
        collected.cases.append(Case(exercise, name, worth, judge or close(), function, doc))
        return function

    return declare


def _named(value: object) -> str:
    return repr(getattr(value, "__name__", value))


def mistake(
    exercise: str,
    old: str | None = None,
    new: str = "",
    *,
    id: str = "",
    hint: str = "",
    edits: Iterable[tuple[str, str]] = (),
) -> Callable[[F], F]:
    """Declare a known mistake: the reference with `old` replaced by `new`, or a whole definition.

    As a decorator of a function or class (`@mistake("exercise")`) it takes the id from its name
    and the hint from its docstring; see `read_mistakes`.

    Args:
        exercise: the exercise in which it is made.
        old: code that occurs exactly once in the reference; `$name` matches any expression. See
            `dltf.autograder.assignment.rewrite`.
        new: the code in its place.
        id: short name for reports, unique within the exercise.
        hint: Markdown; teaches what to think about, without giving the answer.
        edits: several (old, new) pairs, applied in order, instead of one.
    """
    collected = _declare()
    where = _caller(collected.filename)
    pairs = tuple(edits) if old is None else ((old, new), *edits)
    what = f"{where}: mistake {id or 'without id'!r} of {exercise!r}"
    if not (pairs or id or hint):
        return _MistakeDecorator(exercise, where)  # type: ignore[return-value]
    for value, name in ((pairs, "old and new, or edits"), (id, "an id"), (hint.strip(), "a hint")):
        if not value:
            raise AssignmentError(f"{what}: expected {name}, got none")
    for before, after in pairs:
        try:
            check(before, after)
        except PatternError as error:
            raise AssignmentError(f"{what}: {error}") from None
    _add(collected, Mistake(exercise, id, _flowing(hint), pairs, where=where))
    return lambda function: function


def mistake_by_place(
    exercise: str,
    places: Mapping[str, tuple[str, str] | Iterable[tuple[str, str]]],
    *,
    id: str,
    hint: str,
    everywhere: bool = True,
) -> None:
    """Declare a mistake that is made in all of several places, or in one of them only.

    The one made everywhere has the id and the hint; of one made in a single place, the id ends in
    the place, and the hint says that the other places are right in this respect.

    Args:
        exercise: the exercise in which it is made.
        places: what a place is called ("the weights") -> one (old, new) pair, or several.
        id: short name for reports.
        hint: Markdown; teaches what to think about, without giving the answer.
        everywhere: whether the one that is made in all places is declared, too.
    """
    edits = {
        place: [pairs] if isinstance(pairs, tuple) else list(pairs)
        for place, pairs in places.items()
    }
    if everywhere:
        mistake(exercise, edits=itertools.chain(*edits.values()), id=id, hint=hint)
    collected = _declare()
    for place, pairs in edits.items():
        mistake(
            exercise,
            edits=pairs,
            id=f"{id}_in_{re.sub(r'[^0-9A-Za-z]+', '_', place)}",
            hint=f"{hint.rstrip()} This is about {place} only; elsewhere you have it right.",
        )
        collected.mistakes[-1] = replace(collected.mistakes[-1], partial=True)


@dataclass(frozen=True)
class _MistakeDecorator:
    """Decorator made by `@mistake("exercise")`; `read_mistakes` calls it with the source text."""

    exercise: str
    where: str

    def __call__(self, text: str) -> None:
        collected = _declare()
        node = _syntax.parse(text).body[0]
        assert isinstance(node, (ast.FunctionDef, ast.ClassDef))
        what = f"{self.where}: mistake {node.name!r} of {self.exercise!r}"
        docstring = ast.get_docstring(node)
        if not docstring:
            raise AssignmentError(f"{what}: expected a docstring, which is the hint; got none")
        if len(node.body) == 1:
            raise AssignmentError(f"{what}: expected code below the docstring, got none")
        lines = renamed(text, self.exercise).splitlines()
        del lines[node.body[0].lineno - 1 : node.body[0].end_lineno]
        source = "\n".join(lines)
        mistake = Mistake(
            self.exercise, node.name, _flowing(docstring), source=source, where=self.where
        )
        _add(collected, mistake)


def _add(collected: Collected, mistake: Mistake) -> None:
    for other in collected.mistakes:
        if (other.exercise, other.id) == (mistake.exercise, mistake.id):
            raise AssignmentError(
                f"{mistake.where}: mistake {mistake.id!r} of {mistake.exercise!r}: expected an id "
                f"of its own, got that of {other.where}"
            )
    collected.mistakes.append(mistake)


def _flowing(text: str) -> str:
    return " ".join(textwrap.dedent(text).split())


def _caller(filename: str) -> str:
    """Return file:line of the innermost call in an assignment's file."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename != filename:
        frame = frame.f_back
    return f"{filename}:{frame.f_lineno}"


def accepted(exercise: str, *, why: str) -> Callable[[F], F]:
    """Declare the decorated function or class as an accepted alternative.

    The file is read as text (see `load`); importing it as a module declares nothing.
    """
    return lambda function: function


def equivalent(exercise: str, old: str = "", new: str = "", *, why: str, ignores: str = "") -> None:
    """Explain why no case can detect an automatic change of the reference.

    Args:
        exercise: the exercise that is changed.
        old: code of the reference, as for `mistake`; `dltf verify` prints it.
        new: the code in its place.
        why: why both behave the same.
        ignores: instead of old and new: the parameter whose default is always used.
    """


def student(name: str, why: str, *, older: bool = False) -> None:
    """Begin a notebook of the sample class: the definitions below it are its answers.

    Only for answers that cannot be drawn from `accepted.py` and `mistakes.py`; exercises without a
    definition are answered correctly. The file is read as text (see `dltf.authoring.sample`).

    Args:
        name: the notebook's name.
        why: what is special about it.
        older: whether it is a notebook of an older course: format 3, with a helper file.
    """


# Reading of the files ---------------------------------------------------------------------------


def read_cases(source: str, filename: str = CASES, *, declarations: bool = False) -> Collected:
    """Run the text of a `cases.py` and return what it declares.

    Args:
        source: the text.
        filename: its name in error messages.
        declarations: omit imports that only the bodies of cases need (TensorFlow): the grader
            never runs a case and starts faster without them.
    """
    program = _program(source, filename, declarations)
    try:
        collected = _run(program, filename, "cases")
    except AssignmentError as error:
        if declarations and isinstance(error.__cause__, NameError):
            return read_cases(source, filename)  # the top level needs an import that was omitted
        raise
    for name in collected.exercises:
        if not any(c.exercise == name for c in collected.cases):
            raise AssignmentError(
                f"{filename}: exercise {name!r}: expected at least one case, got none"
            )
    return collected


@lru_cache(maxsize=64)
def _program(source: str, filename: str, light: bool) -> CodeType:
    """Return the code of a `cases.py`, which is compiled once and run for every answer."""
    tree = parsed(source, filename)
    return _compiled(_light(tree) if light else tree, filename)


def _compiled(tree: ast.Module, filename: str) -> CodeType:
    try:
        return compile(tree, filename, "exec")
    except SyntaxError as error:  # found by the compiler only: `return` outside a function
        raise AssignmentError(_not_python(error.filename or filename, error)) from error


def parsed(source: str, filename: str) -> ast.Module:
    """Return the syntax tree of an assignment's file.

    Raises:
        AssignmentError: it is not Python; the message contains file and line.
    """
    try:
        return _syntax.parse(source, filename)
    except SyntaxError as error:
        raise AssignmentError(_not_python(filename, error)) from error
    except ValueError as error:  # null bytes, in Python 3.11
        raise AssignmentError(f"{filename}: expected Python code, got {error}") from error


def _not_python(filename: str, error: SyntaxError) -> str:
    line = (error.text or "").strip()
    got = f"{line[:60]!r} ({error.msg})" if line else error.msg
    return f"{filename}:{error.lineno or 1}: expected Python code, got {got}"


def _run(program: CodeType, filename: str, name: str) -> Collected:
    """Run an assignment's file and return what it declares.

    Raises:
        AssignmentError: it raises; the message contains the innermost line of the file.
    """
    with _collect(filename) as collected:
        try:
            exec(program, {"__name__": name, "__file__": filename})
        except AssignmentError:
            raise
        except SyntaxError as error:  # of a module that it imports
            raise AssignmentError(_not_python(error.filename or filename, error)) from error
        except (Exception, SystemExit) as error:
            line, traceback = 1, error.__traceback__
            while traceback is not None:
                if traceback.tb_frame.f_code.co_filename == filename:
                    line = traceback.tb_lineno
                traceback = traceback.tb_next
            message = " ".join(f"{type(error).__name__}: {error}".split())
            raise AssignmentError(
                f"{filename}:{line}: expected declarations, got {message}"
            ) from error
    return collected


def _light(tree: ast.Module) -> ast.Module:
    """Remove the imports that the grader, which runs no answer itself, does not need."""
    tree.body = [node for node in tree.body if not _heavy_import(node)]
    return tree


def _heavy_import(node: ast.stmt) -> bool:
    modules = (
        [alias.name for alias in node.names]
        if isinstance(node, ast.Import)
        else [node.module or ""]
        if isinstance(node, ast.ImportFrom)
        else []
    )
    light = sys.stdlib_module_names | {"numpy"}
    return any(
        name.partition(".")[0] not in light and not name.startswith("dltf.autograder")
        for name in modules
    )


def read_mistakes(source: str, filename: str = "<mistakes>") -> list[Mistake]:
    """Run the text of a `mistakes.py` and return what it declares, in its order.

    A definition under `@mistake("exercise")` is not run but kept as text: it will replace the
    exercise in the reference's module and use the names there.
    """
    tree = _light(parsed(source, filename))
    for index, node in enumerate(tree.body):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            tree.body[index] = _as_text(node, source)
    program = _compiled(ast.fix_missing_locations(tree), filename)
    return _run(program, filename, "mistakes").mistakes


def _as_text(node: ast.FunctionDef | ast.ClassDef, source: str) -> ast.stmt:
    """Return the call `mistake(...)(text)` for a definition under `@mistake(...)`."""
    for decorator in node.decorator_list:
        if called(decorator) == "mistake":
            text = ast.Constant(without(node, source, "mistake"))
            return ast.copy_location(ast.Expr(ast.Call(decorator, [text], [])), decorator)
    return node


def without(node: ast.FunctionDef | ast.ClassDef, source: str, decorator: str) -> str:
    """Return the source text of a definition, without the decorators of one name."""
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    lines = dict(enumerate(source.splitlines()[first - 1 : node.end_lineno], first))
    for one in node.decorator_list:
        if called(one) == decorator:
            for line in range(one.lineno, (one.end_lineno or one.lineno) + 1):
                del lines[line]
    return "\n".join(lines.values())


def renamed(text: str, name: str) -> str:
    """Return the text of a definition under another name."""
    node = _syntax.parse(text).body[0]
    assert isinstance(node, (ast.FunctionDef, ast.ClassDef))
    lines = text.splitlines()
    lines[node.lineno - 1] = lines[node.lineno - 1].replace(f" {node.name}", f" {name}", 1)
    return "\n".join(lines)


def called(node: ast.expr) -> str:
    """Return the name of the function that an expression calls, or ""."""
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
