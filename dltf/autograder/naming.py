"""Naming of the mistake behind a wrong answer, in the order of what it costs to find.

First the known mistakes alone, then small slips in the reference (the mutants that `dltf verify`
makes as well), then two known mistakes at once. What fits on the seed of the grading must fit on
another one too, in every case, and its observations must be more than a constant or a yes/no.
Everything that runs here besides the answer itself is the course's own and runs without a line by a
student.
"""

from __future__ import annotations

import ast
import difflib
import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dltf import _syntax
from dltf.autograder.assignment.declarations import Case, Mistake
from dltf.autograder.assignment.loading import Assignment
from dltf.autograder.assignment.mutants import Mutant, mutants
from dltf.autograder.assignment.rewrite import PatternError, rewrite
from dltf.autograder.assignment.slips import GENERAL, PREFIX, SENTENCES
from dltf.autograder.catalogue import Catalogue, telling
from dltf.autograder.diagnosis import Observed
from dltf.autograder.execution.protocol import Unit
from dltf.autograder.reading.formats import from_source
from dltf.autograder.reading.submission import Submission

KINDS = ("mistakes", "slips", "pairs")  # of catalogues, in the order in which they are tried
# Time for the first run of a case on all pairs, and on all mutants; see `Catalogue`.
SECONDS = {"pairs": 0.8, "slips": 1.0}
PAIRING_SECONDS = 2.0  # of processor time, to put mistakes about the same lines together
OTHER = 0x9E3779B9  # the other seed is as far from a grading's as any


@dataclass(frozen=True)
class Named:
    """What was found behind a wrong answer.

    Attributes:
        mistakes: the known mistakes; none if it is a general slip.
        hint: the sentences for the student.
    """

    mistakes: tuple[str, ...] = ()
    hint: str | None = None


def other_seed(seed: int) -> int:
    """Return the second seed on which everything that a grading with a seed says must hold."""
    return (seed + OTHER) % 2**32


def name(
    cases: Sequence[Case],
    got: Mapping[str, Observed],
    failed: Sequence[str],
    catalogue: Callable[[str, bool], Catalogue],
    again: Callable[[], Mapping[str, Observed]],
    kinds: Iterable[str] = KINDS,
    *,
    constants: bool = False,
) -> Named | None:
    """Return what is behind a wrong answer, None if nothing that is known behaves like it.

    Args:
        cases: the exercise's cases.
        got: case -> the answer's observation.
        failed: the cases that it failed.
        catalogue: `catalogue(kind, other)` returns a catalogue, on the inputs of the other seed
            if `other`.
        again: runs the answer on the other seed.
        kinds: the catalogues to try.
        constants: whether what only ever shows a constant or a yes/no is named, too.
    """
    second: Mapping[str, Observed] | None = None
    for kind in kinds:
        found = catalogue(kind, False).find(cases, got, failed)
        if not found:
            continue
        second = again() if second is None else second
        if not constants and not any(telling(got[n], second[n]) for n in got if n in second):
            return None  # whatever fits tells too little
        found = catalogue(kind, True).find(cases, second, failed, found)
        slips = {kind_of(mistake) for mistake in found}
        if len(slips) == 1:
            return _named(found[0])
        if found:
            return None  # slips of several kinds do the same: which it was is not known
    return None


def kind_of(mistake: Mistake) -> str:
    """Return the kind of slip that an entry is; '' if it is none."""
    slip = mistake.id.partition(_NUMBER)[0]
    return slip.removeprefix(PREFIX) if slip.startswith(PREFIX) else ""


def _named(mistake: Mistake) -> Named | None:
    if kind_of(mistake):
        return of_slip(kind_of(mistake))
    return Named(tuple(mistake.id.split(_AND)), mistake.hint)


def of_slip(kind: str) -> Named | None:
    """Return what is said about a kind of slip; None if there is no such kind.

    One that could be about many things has no name.
    """
    if kind not in SENTENCES:
        return None
    return Named(() if kind in GENERAL else (PREFIX + kind,), SENTENCES[kind])


_AND, _NUMBER = " & ", " #"  # in the ids of pairs and of mutants


def entries(kind: str, assignment: Assignment, exercise: str) -> list[Mistake]:
    """Return the entries of a catalogue: 'mistakes', 'pairs' or 'slips'."""
    if kind == "mistakes":
        return assignment.mistakes_of(exercise)
    made = _pairs(assignment, exercise) if kind == "pairs" else _slips(assignment, exercise)
    # Frequent mistakes are declared first: pairs of two of these come first.
    order = {mistake.id: i for i, mistake in enumerate(assignment.mistakes_of(exercise))}
    return sorted(made, key=lambda m: [order[i] for i in m.id.split(_AND)[::-1] if i in order])


def program(assignment: Assignment, mistake: Mistake) -> list[Unit]:
    """Return the program of an entry: only what the exercise needs, for that runs much faster.

    A declared mistake that uses a name which the right answer does not use gets the whole module.
    """
    found = _reference(assignment.reference)
    definition = found.definition(mistake.exercise)
    text = mistake.source or assignment.rewrites(mistake)[-1].source
    if definition is None or _new_names(text, definition.source) & _defined(assignment.reference):
        return [Unit(assignment.with_mistake(mistake), mistake.id)]
    return [
        Unit(text, mistake.id) if s is definition else Unit(s.source, "reference", s.line)
        for s in found.program([mistake.exercise])
    ]


def _new_names(text: str, before: str) -> set[str]:
    """Return the names in a text that were not in it before."""
    one, other = (
        {node.id for node in ast.walk(_syntax.parse(source)) if isinstance(node, ast.Name)}
        for source in (text, before)
    )
    return one - other


@lru_cache(maxsize=16)
def _defined(source: str) -> set[str]:
    """Return the names that a module defines or imports."""
    return set().union(*(statement.binds for statement in _reference(source).statements))


@lru_cache(maxsize=16)
def _reference(source: str) -> Submission:
    return from_source(source)


# Slips --------------------------------------------------------------------------------------------


def _slips(assignment: Assignment, exercise: str) -> Iterator[Mistake]:
    """Yield the mutants of the reference, those that name a mistake first."""

    def general(mutant: Mutant) -> bool:
        return mutant.slip in GENERAL

    every = sorted(mutants(assignment.source_of(exercise)), key=general)
    for number, mutant in enumerate(every):
        unique = f"{PREFIX}{mutant.slip}{_NUMBER}{number}"
        yield Mistake(exercise, unique, SENTENCES[mutant.slip], source=mutant.source)


# Two mistakes at once -----------------------------------------------------------------------------


def _pairs(assignment: Assignment, exercise: str) -> Iterator[Mistake]:
    """Yield every two known mistakes that can be made together."""
    source = assignment.source_of(exercise)
    known = [m for m in assignment.mistakes_of(exercise) if not m.partial]
    texts = {m.id: m.source or assignment.rewrites(m)[-1].source for m in known}
    alone = {_code(text) for text in texts.values()} | {_code(source)}
    same_lines = []
    for one, other in itertools.combinations(known, 2):
        both = _merged(source, texts[one.id], texts[other.id])
        if both is not None:
            yield _pair(one, other, both)
        else:
            same_lines.append((one, other))
    end = time.process_time() + PAIRING_SECONDS
    for one, other in same_lines:
        if time.process_time() >= end:
            return
        both = _rewritten(one, other, texts)
        if both is not None and _code(both) not in alone:
            yield _pair(one, other, both)


def _pair(one: Mistake, other: Mistake, both: str) -> Mistake:
    hint = f"Two things are wrong. {one.hint}\n\n{other.hint}"
    return Mistake(one.exercise, f"{one.id}{_AND}{other.id}", hint, source=both)


def _rewritten(one: Mistake, other: Mistake, texts: Mapping[str, str]) -> str | None:
    """Return the reference with the edits of two mistakes, in an order in which both fit."""
    for first, second in ((one, other), (other, one)):
        if second.edits:
            text = texts[first.id]
            try:
                for old, new in second.edits:
                    text = rewrite(text, old, new, explained=False).source
            except (PatternError, SyntaxError):
                continue
            return text
    return None


def _merged(source: str, one: str, other: str) -> str | None:
    """Return a source with the changes of two others, None if they touch the same lines."""
    changes = sorted([*_changes(source, one), *_changes(source, other)], key=lambda c: c[:2])
    if any(a[1] >= b[0] for a, b in itertools.pairwise(changes)):
        return None
    result = list(_unparsed(source))
    for start, end, lines in reversed(changes):
        result[start:end] = lines
    text = "\n".join(result)
    try:
        _syntax.parse(text)
    except SyntaxError:
        return None
    return text


@lru_cache(maxsize=1024)
def _changes(before: str, after: str) -> tuple[tuple[int, int, tuple[str, ...]], ...]:
    """Return which lines of a source are others in another: first, end, what is there."""
    ours, theirs = _unparsed(before), _unparsed(after)
    codes = difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    return tuple((i, j, theirs[k:n]) for tag, i, j, k, n in codes if tag != "equal")


@lru_cache(maxsize=1024)
def _unparsed(source: str) -> tuple[str, ...]:
    return tuple(ast.unparse(_syntax.parse(source)).splitlines())


@lru_cache(maxsize=1024)
def _code(source: str) -> str:
    return ast.dump(_syntax.parse(source))
