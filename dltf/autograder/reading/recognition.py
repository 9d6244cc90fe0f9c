"""Recognition of the assignments that a submission answers.

Evidence is weighed. A name that only one assignment asks for, with a signature that fits, is
enough; a name that many courses use is not, unless its signature has parameters that no other
course would have, or a helper file of the assignment is imported. Against it count functions of
these names with other signatures, and what is known of other courses and frameworks.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from dltf import _syntax
from dltf._spelling import did_you_mean
from dltf.autograder.reading.formats import SubmissionError
from dltf.autograder.reading.names import named_lambda
from dltf.autograder.reading.siblings import modules_of
from dltf.autograder.reading.vocabulary import (
    COMMON_NAMES,
    FOREIGN_FRAMEWORKS,
    FOREIGN_MODULES,
    FOREIGN_NAMES,
    SHARED_MODULES,
    SHARED_NAMES,
    SHARED_PARAMETERS,
)

if TYPE_CHECKING:
    from dltf.autograder.assignment.declarations import Exercise
    from dltf.autograder.assignment.loading import Assignment
    from dltf.autograder.reading.submission import Submission

FEW = 3  # functions besides the exercises, which are not yet another course
_VERSION = re.compile(r"_?v\d+\w*$")


@dataclass(frozen=True)
class Signature:
    """The parameters of a definition.

    Attributes:
        names: those that can be passed by name, in order.
        required: how many of them have no default.
        any: whether it takes any.
    """

    names: tuple[str, ...]
    required: int
    any: bool = False


class Fit(Enum):
    """How far a definition is evidence for an exercise."""

    NONE, WEAK, SURE = range(3)


@dataclass
class Evidence:
    """What speaks for one assignment.

    Attributes:
        defined: its exercises that the submission defines (by any of their names).
        sure: of these, those with a name of their own, or a signature of their own, that fits.
        weak: its exercises with a fitting name and signature that other courses may have, too.
        other: its exercises, those with a name of their own and a signature that does not fit.
        strangers: the number of other functions that the submission defines.
        imported: whether a helper file that only it has is imported.
        own: the number of its exercises that are defined by a name that no other course uses.
    """

    assignment: Assignment
    defined: set[str]
    sure: set[str]
    weak: set[str]
    other: set[str]
    strangers: int
    imported: bool
    own: int

    @property
    def enough(self) -> bool:
        """Return whether the submission answers it."""
        if not self.defined:
            return False
        if self.imported or self.most:
            return True
        if len(self.sure | self.weak) < len(self.other):
            return False
        return bool(self.sure) or len(self.weak) > (1 if self.strangers >= FEW else 0)

    @property
    def most(self) -> bool:
        """Whether so much of it is defined that its parameters may be called anything."""
        return self.own >= 3 and self.share >= 0.5

    @property
    def share(self) -> float:
        """The share of the exercises with points that is defined."""
        graded = [e.name for e in self.assignment.exercises.values() if not e.practice]
        return sum(name in self.defined for name in graded) / max(len(graded), 1)


def recognise(work: Submission, known: Iterable[Assignment]) -> list[Assignment]:
    """Return the assignments that a submission answers.

    The metadata of the notebook or its cells takes precedence; else every assignment for which
    there is enough evidence. Of several, those of which the submission defines a much smaller share
    than of another are ignored: a helper function of one topic is an exercise of another, and
    students paste helper files in.

    Raises:
        SubmissionError: none; the message lists the assignments and the functions found.
    """
    known = list(known)
    said = work.metadata.get("dltf")
    names = {*work.named, said.get("assignment") if isinstance(said, dict) else None}
    named = [a for a in known if a.name in names]
    if named:
        return named
    found = _weighed(work, known)
    enough = [e for e in found if e.enough]
    if not enough:
        raise SubmissionError(_unknown(work, known, found))
    most = max(e.share for e in enough)
    return [e.assignment for e in enough if e.share >= most / 2]


def _weighed(work: Submission, known: Sequence[Assignment]) -> list[Evidence]:
    """Return the evidence for each assignment."""
    asked = Counter(
        name for a in known for name in {n for e in a.exercises.values() for n in _names(e)}
    )
    written = _signatures(work)
    bound = {n for s in work.statements if s.kind == "assignment" for n in s.binds - s.changes}
    assigned = bound - SHARED_NAMES - COMMON_NAMES  # `zero_pad = partial(pad, mode)`
    for name in asked:
        if name not in written and (work.broken_definition(name) or name in assigned):
            written[name] = None
    modules = {_module(m) for s in work.statements for m in modules_of(s)}
    dotted = {m for s in work.statements for m in modules_of(s)}
    helpers = Counter(h for a in known for h in {_module(h) for h in a.helpers})
    others = modules | {m.partition(".")[0] for m in dotted}
    foreign = len(FOREIGN_NAMES & written.keys())
    foreign += 2 * len((FOREIGN_MODULES | FOREIGN_FRAMEWORKS) & others)
    found = []
    for a in known:
        defined: set[str] = set()
        sure: set[str] = set()
        alone: set[str] = set()
        weak: set[str] = set()
        other: set[str] = set()
        for exercise in a.exercises.values():
            for name in _names(exercise):
                if name not in written:
                    continue
                defined.add(exercise.name)
                own = asked[name] == 1 and name not in SHARED_NAMES
                if own and not foreign and name not in COMMON_NAMES:
                    alone.add(exercise.name)
                fit = _fit(written[name], _reference(a, exercise.name), exercise, own, foreign)
                if fit is Fit.NONE:
                    other |= {exercise.name} if own or name in COMMON_NAMES else set()
                else:
                    (sure if fit is Fit.SURE else weak).add(exercise.name)
        mine = {h for h in map(_module, a.helpers) if helpers[h] == 1} - SHARED_MODULES
        imported = bool(mine & modules) or any(
            m == a.topic or m.startswith(f"{a.topic}.") for m in dotted
        )
        strangers = len(written.keys() - {n for e in a.exercises.values() for n in _names(e)})
        found.append(
            Evidence(a, defined, sure, weak, other - sure - weak, strangers, imported, len(alone))
        )
    return found


def _names(exercise: Exercise) -> tuple[str, ...]:
    return (exercise.name, *exercise.names)


def _module(name: str) -> str:
    """Return the name of a module without package and version: `a_utils` of `b.a_utils_v1a`."""
    return _VERSION.sub("", name.rpartition(".")[2])


# Signatures ---------------------------------------------------------------------------------------


def _signatures(work: Submission) -> dict[str, Signature | None]:
    """Return function or class -> its signature, None if it cannot be told."""
    found: dict[str, Signature | None] = {}
    for name in work.defined:
        statement = work.definition(name)
        found[name] = _signature(statement.node) if statement is not None else None
    return found


def _signature(node: ast.AST) -> Signature | None:
    if isinstance(node, ast.ClassDef):
        made = [n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
        if not made:
            return None
        inner = _signature(made[0])
        return inner and Signature(inner.names[1:], max(inner.required - 1, 0), inner.any)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        arguments = node.args
    elif isinstance(node, ast.stmt) and (function := named_lambda(node)) is not None:
        arguments = function.args
    else:
        return None
    named = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    return Signature(
        (*named, *(a.arg for a in arguments.kwonlyargs)),
        len(named) - len(arguments.defaults),
        arguments.vararg is not None or arguments.kwarg is not None,
    )


@lru_cache(maxsize=64)
def _definitions(source: str) -> dict[str, Signature | None]:
    return {
        node.name: _signature(node)
        for node in _syntax.parse(source).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }


def _reference(assignment: Assignment, exercise: str) -> Signature | None:
    """Return the signature of an exercise in the reference."""
    return _definitions(assignment.reference).get(exercise)


def _fit(
    written: Signature | None,
    asked: Signature | None,
    exercise: Exercise,
    own: bool,
    foreign: int,
) -> Fit:
    """Return how far a definition is evidence for an exercise.

    Args:
        written: its signature, None if it cannot be told (a cell that does not parse).
        asked: the exercise's signature.
        exercise: the exercise.
        own: whether no other course or assignment uses the name.
        foreign: how much there is of other courses.
    """
    if written is None or asked is None:
        if exercise.name in COMMON_NAMES:
            return Fit.NONE if foreign else Fit.WEAK
        return Fit.SURE if own else Fit.NONE
    required = asked.names[: asked.required]
    matched = [name for name in required if _has(written, name, exercise)]
    telling = [name for name in matched if name not in SHARED_PARAMETERS]
    every = len(matched) == len(required)
    if exercise.name in COMMON_NAMES:
        known = [name for name in asked.names if _has(written, name, exercise)]
        if not every or foreign or 2 * len(known) <= len(written.names):
            return Fit.NONE
        return Fit.SURE if telling else Fit.WEAK
    if not own:
        return Fit.SURE if telling and every and not foreign else Fit.NONE
    alike = written.required == len(required)
    if foreign:
        fits = every and (bool(telling) or len(required) > 1)
    elif len(required) < 2:
        fits = alike or bool(matched) or written.any
    else:
        fits = written.any or every or (alike and 2 * len(matched) >= len(required))
    return Fit.SURE if fits else Fit.NONE


def _has(written: Signature, name: str, exercise: Exercise) -> bool:
    """Return whether a signature has a parameter, in one of its spellings."""
    spelled = {_plain(n) for n in (name, *exercise.spellings.get(name, ()))}
    return any(_plain(n) in spelled for n in written.names)


def _plain(name: str) -> str:
    return name.lower().replace("_", "")


# Messages -----------------------------------------------------------------------------------------


def _unknown(work: Submission, known: Sequence[Assignment], found: Sequence[Evidence]) -> str:
    """Return the message about a submission that answers no known assignment."""
    functions = sorted(work.defined)
    listed = ", ".join(functions[:12]) + (", …" if len(functions) > 12 else "")
    nearest = max(found, key=lambda e: (e.share, len(e.defined)), default=None)
    if nearest is not None and nearest.defined:
        names = ", ".join(sorted(nearest.defined)[:4])
        near = (
            f" The nearest is {nearest.assignment.name} ({names}), but other courses have "
            f"functions of such names, too; --assignment {nearest.assignment.name} grades it "
            "as that."
        )
    else:
        exercises = [n for a in known for e in a.exercises.values() for n in _names(e)]
        near = next(filter(None, (did_you_mean(n, exercises) for n in functions)), "")
    return (
        "answers no known assignment: expected exercises of "
        f"{', '.join(a.name for a in known) or 'one (none is installed)'}; "
        f"got {listed or 'no function at all'}.{near}"
    )


def refuse_strangers(work: Submission, assignment: Assignment) -> None:
    """Refuse a notebook of another course instead of grading it as 'not attempted'.

    Raises:
        SubmissionError: it has none of the assignment's exercises.
    """
    names: Collection[str] = {n for e in assignment.exercises.values() for n in _names(e)}
    mentioned = work.defined | {n for s in work.statements for n in s.binds}
    if mentioned.isdisjoint(names) and not any(map(work.broken_definition, names)):
        found = ", ".join(sorted(work.defined)[:12]) or "no function at all"
        raise SubmissionError(
            f"does not answer {assignment.name!r}. Looked for {', '.join(assignment.exercises)}. "
            f"Found {found}."
        )
