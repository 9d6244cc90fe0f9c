"""What an assignment's author writes: exercises, cases, mistakes, accepted alternatives.

The functions here are the vocabulary of `cases.py`, `mistakes.py` and `accepted.py`. They only note
what was declared; `read_cases` and `read_mistakes` run such a file and return the notes. This
module is loaded beside the student's code, too, and holds nothing secret.
"""

from __future__ import annotations

import ast
import sys
import textwrap
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from dltf.autograder.judging.judges import Judge, close

F = TypeVar("F", bound=Callable[..., Any])


class AssignmentError(ValueError):
    """An assignment's own files contradict each other; the message says where."""


@dataclass(frozen=True)
class Exercise:
    """A function or class that the student writes.

    Attributes:
        name: its name in the reference.
        spellings: parameter name -> other names that some generation of the course uses for it.
        returns: number of returned values -> the generation that returns so many. The smallest
            number is what the cases see.
        practice: checked and hinted like any other, but worth no points.
        names: what other generations of the course call it.
    """

    name: str
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    returns: Mapping[int, str] = field(default_factory=dict)
    practice: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """One way to exercise an answer: `function(answer, rng) -> observation`."""

    exercise: str
    name: str
    points: float
    judge: Judge
    function: Callable[..., Any]
    doc: str

    def rng(self, seed: int) -> np.random.Generator:
        """Return the generator of this case's inputs, which follow from the run's seed."""
        return np.random.default_rng([seed, self.key])

    @property
    def key(self) -> int:
        """A number (32 bits) that no other case of the assignment has."""
        return zlib.crc32(f"{self.exercise}/{self.name}".encode())


@dataclass(frozen=True)
class Mistake:
    """The reference with one thing done as people do it wrong, and the hint that mends it."""

    exercise: str
    id: str
    hint: str
    edits: tuple[tuple[str, str], ...] = ()
    body: str = ""


@dataclass(frozen=True)
class Alternative:
    """Another right answer, which must get full marks."""

    exercise: str
    name: str
    source: str
    why: str


@dataclass(frozen=True)
class Equivalent:
    """A change to the reference that no case needs to catch, and why."""

    exercise: str
    change: str
    why: str


@dataclass
class Collected:
    """What the declarations of one file have said."""

    exercises: dict[str, Exercise] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)


_collecting: ContextVar[Collected | None] = ContextVar("collecting", default=None)


@contextmanager
def _collect() -> Iterator[Collected]:
    token = _collecting.set(Collected())
    try:
        collected = _collecting.get()
        assert collected is not None
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


# What authors write -----------------------------------------------------------------------------


def exercise(
    name: str,
    *,
    spellings: Mapping[str, Iterable[str]] | None = None,
    returns: Mapping[int, str] | None = None,
    practice: bool = False,
    names: Iterable[str] = (),
) -> None:
    """Declare an exercise, in teaching order. See `Exercise` for the arguments."""
    collected = _declare()
    if name in collected.exercises:
        raise AssignmentError(f"exercise {name!r}: expected once, got a second declaration")
    every = {key: tuple(names) for key, names in (spellings or {}).items()}
    collected.exercises[name] = Exercise(name, every, dict(returns or {}), practice, tuple(names))


def helpers(*modules: str) -> None:
    """Name modules of older notebooks (`init_utils`) whose functions the topic provides."""
    _declare().helpers.extend(modules)


def case(exercise: str, *, points: float = 1, judge: Judge | None = None) -> Callable[[F], F]:
    """Declare a case of an exercise: `function(answer, rng) -> observation`.

    Args:
        exercise: the exercise it belongs to.
        points: what passing it is worth (no points in a practice exercise).
        judge: how observations are compared; `close()` by default.
    """

    def declare(function: F) -> F:
        collected = _declare()
        name = function.__name__
        if exercise not in collected.exercises:
            raise AssignmentError(
                f"case {name!r}: expected one of the exercises declared above it "
                f"({', '.join(collected.exercises) or 'none'}), got {exercise!r}"
            )
        if any(c.name == name and c.exercise == exercise for c in collected.cases):
            raise AssignmentError(f"case {name!r} of {exercise!r}: expected once, got two")
        worth = 0.0 if collected.exercises[exercise].practice else float(points)
        doc = textwrap.dedent(function.__doc__ or name.replace("_", " ")).strip()
        collected.cases.append(Case(exercise, name, worth, judge or close(), function, doc))
        return function

    return declare


def mistake(
    exercise: str,
    old: str | None = None,
    new: str | None = None,
    *,
    id: str,
    hint: str,
    edits: Iterable[tuple[str, str]] = (),
    body: str = "",
) -> None:
    """Declare a known mistake: the reference with `old` replaced by `new`.

    Args:
        exercise: the exercise in which it is made.
        old: text that occurs exactly once in the exercise's reference source.
        new: what such students write there.
        id: short name for reports, unique within the exercise.
        hint: what to think about; teaches, and does not give the line away.
        edits: several (old, new) pairs instead of one.
        body: the whole source of the exercise instead of edits.
    """
    pairs = tuple(edits) if old is None else ((old, new or ""), *edits)
    if bool(pairs) == bool(body):
        raise AssignmentError(
            f"mistake {id!r} of {exercise!r}: expected edits or a body, one of them"
        )
    collected = _declare()
    if any(m.id == id and m.exercise == exercise for m in collected.mistakes):
        raise AssignmentError(f"mistake {id!r} of {exercise!r}: expected once, got two")
    text = " ".join(textwrap.dedent(hint).split())
    collected.mistakes.append(Mistake(exercise, id, text, pairs, textwrap.dedent(body).strip()))


def accepted(exercise: str, *, why: str) -> Callable[[F], F]:
    """Declare the decorated function or class as another right answer to an exercise.

    The file is read as text (see `load`); imported as a module, it declares nothing.
    """
    return lambda function: function


def equivalent(exercise: str, change: str, *, why: str) -> None:
    """Explain a mutant that behaves like the reference (`change` as `dltf verify` prints it)."""


# What the grader reads --------------------------------------------------------------------------


def read_cases(source: str, filename: str = "<cases>", *, declarations: bool = False) -> Collected:
    """Run the text of a `cases.py` and return what it declares.

    Args:
        source: the text.
        filename: what to call it in errors.
        declarations: leave out imports that only the cases' bodies need (TensorFlow), so that the
            grader, which never runs a case, starts without them.
    """
    tree = ast.parse(source, filename)
    if declarations:
        tree.body = [node for node in tree.body if not _heavy_import(node)]
    with _collect() as collected:
        try:
            exec(compile(tree, filename, "exec"), {"__name__": "cases", "__file__": filename})
        except NameError:
            if declarations:  # something at top level does need what was left out
                return read_cases(source, filename)
            raise
    for name in collected.exercises:
        if not any(c.exercise == name for c in collected.cases):
            raise AssignmentError(
                f"{filename}: exercise {name!r}: expected at least one case, got none"
            )
    return collected


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
    """Run the text of a `mistakes.py` and return what it declares."""
    with _collect() as collected:
        exec(compile(source, filename, "exec"), {"__name__": "mistakes", "__file__": filename})
    return collected.mistakes
