"""Locating of a mistake that has no name: the fewest lines that keep an answer from being right.

The answer is aligned with the nearest of a pool of right ones (the reference and the accepted
alternatives; never another student's), and the differences are taken over one, two, three at a
time until every case is right. Named are the lines of the student's that had to change, never what
replaced them. The runs hold a student's lines together with right ones: they are mixed runs.
"""

from __future__ import annotations

import ast
import builtins
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from dltf import _syntax
from dltf.autograder import alignment
from dltf.autograder.alignment import Definition, Edit
from dltf.autograder.assignment import differences
from dltf.autograder.assignment.loading import Assignment
from dltf.autograder.execution.protocol import Unit
from dltf.autograder.reading.formats import from_source
from dltf.autograder.reading.submission import Submission
from dltf.autograder.verdict import Located

LOCATED = "<cell, located>"  # file name of an answer with right lines in it
MOST_LINES = 3  # more say no longer where the mistake is
SINGLES, NEAREST = (
    5,
    3,
)  # right answers from which one difference is taken over, and from which more
MOST_SHOWN = 20_000  # characters of an answer in a report
MOST_TRIES = 60  # of two or three differences of one right answer
TOGETHER = 10  # candidates that run one after another in one process

Right = Callable[[Sequence[Sequence[Unit]]], Sequence[bool]]


class OutOfTime(Exception):
    """The time for locating a mistake is over."""


@dataclass(frozen=True)
class Model:
    """A right answer: its definition, and the module that has what it needs besides."""

    definition: Definition
    module: Submission


@dataclass(frozen=True)
class Found:
    """The lines that had to change, and the kind of slip if it was one; see `slips`."""

    located: Located
    slip: str = ""


@dataclass
class Locator:
    """The search for the lines that keep one exercise of a submission from being right.

    Attributes:
        work: the submission.
        assignment: the assignment.
        exercise: the exercise.
        right: runs programs, and returns whether each is right in every case.
        raised: the line that raised an exception, which is tried first; 0 if none did.
    """

    work: Submission
    assignment: Assignment
    exercise: str
    right: Right
    raised: int = 0
    _tried_before: set[str] = field(default_factory=set, init=False)

    def locate(self) -> Found | None:
        """Return the fewest lines that had to change, at most three; None if they are not found.

        A search that runs out of time has found nothing.
        """
        definition = self.definition()
        if definition is None:
            return None
        before = alignment.applied(definition, ())
        self._tried_before.add(before)
        try:
            chosen = next(self._working(definition), None)
        except (OutOfTime, RecursionError):
            return None
        if chosen is None:
            return None
        own = next(
            s for s in self.work.statements if s.node is definition and _defines(s, definition.name)
        )
        located = Located(
            own.cell,
            tuple(sorted({line for edit in chosen for line in edit.lines})),
            all(edit.inserts for edit in chosen),
            own.line,
            own.source if len(own.source) <= MOST_SHOWN else "",
        )
        return Found(located, _slip(before, alignment.applied(definition, chosen)))

    def definition(self) -> Definition | None:
        """Return the student's definition, if it is one that can be compared."""
        found = self.work.definition(self.exercise)
        node = found.node if found else None
        return node if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else None

    # The search --------------------------------------------------------------------------------

    def _working(self, wrong: Definition) -> Iterator[Sequence[Edit]]:
        """Yield what makes the answer right, the smallest first."""
        models = self._models()
        pairs = self._parameters(wrong)
        found = [(alignment.edits(wrong, one.definition, pairs), one) for one in models]
        found.sort(key=lambda pair: alignment.distance(pair[0]))
        singles = [([edit], one) for edits, one in found[:SINGLES] for edit in _each(edits)]
        names = alignment.name_edits(wrong, alignment.read_names(wrong) - self._known())
        singles = [([edit], models[0]) for edit in names] + singles
        singles.sort(key=lambda pair: self.raised not in pair[0][0].lines)
        yield from self._tried(wrong, singles)
        for edits, one in found[:NEAREST]:
            needed = self._needed(wrong, edits, one)
            if needed is None:
                continue
            for size in (2, 3):
                several = [(chosen, one) for chosen in _combinations(edits, needed, size)]
                yield from self._tried(wrong, several[:MOST_TRIES])

    def _tried(
        self, wrong: Definition, tries: Sequence[tuple[Sequence[Edit], Model]]
    ) -> Iterator[Sequence[Edit]]:
        """Yield those of some choices that make the answer right."""
        new: dict[str, tuple[Sequence[Edit], Model]] = {}
        for chosen, one in tries:
            text = alignment.applied(wrong, chosen)
            if text not in self._tried_before:
                new.setdefault(text, (chosen, one))
        self._tried_before |= set(new)
        for start in range(0, len(new), TOGETHER):
            some = list(new.items())[start : start + TOGETHER]
            bits = self.right([self._program(wrong, text, one) for text, (_, one) in some])
            working = [chosen for (_, (chosen, _)), bit in zip(some, bits, strict=True) if bit]
            yield from sorted(working, key=lambda chosen: len(_lines(chosen)))

    def _needed(self, wrong: Definition, edits: list[Edit], one: Model) -> list[Edit] | None:
        """Return the differences without which the others do not suffice.

        None if the answer cannot be made right with few lines of this right answer.
        """
        if len(edits) < 2:
            return None
        others = [[e for e in edits if e is not left] for left in edits]
        bits: list[bool] = []
        every = [edits, *others]
        for start in range(0, len(every), TOGETHER):
            some = every[start : start + TOGETHER]
            bits += self.right(
                [self._program(wrong, alignment.applied(wrong, each), one) for each in some]
            )
            if not bits[0]:
                return None  # its names do not fit
        needed = [edit for edit, bit in zip(edits, bits[1:], strict=True) if not bit]
        return needed if len(_lines(needed)) <= MOST_LINES else None

    # The programs ------------------------------------------------------------------------------

    def _models(self) -> list[Model]:
        """Return the right answers."""
        sources = [self.assignment.reference]
        sources += [a.source for a in self.assignment.alternatives if a.exercise == self.exercise]
        found = []
        for source in sources:
            module = from_source(source)
            statement = module.definition(self.exercise)
            node = statement.node if statement else None
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                found.append(Model(node, module))
        return found

    def _parameters(self, wrong: Definition) -> dict[str, str]:
        """Return parameter -> its other name in the answer, as far as the exercise knows it."""
        ours = alignment.parameters(wrong)
        spellings = self.assignment.exercises[self.exercise].spellings
        return {
            name: next(other for other in others if other in ours)
            for name, others in spellings.items()
            if name not in ours and any(other in ours for other in others)
        }

    def _known(self) -> set[str]:
        """Return the names that the submission's program has."""
        statements = self.work.program([self.exercise])
        return {name for s in statements for name in s.binds} | set(dir(builtins))

    def _program(self, wrong: Definition, text: str, one: Model) -> list[Unit]:
        """Return the submission's program with the answer after some edits.

        Names that only the right answer uses come from its own module.
        """
        name = wrong.name
        statements = self.work.program([self.exercise])
        units = [Unit(s.source, f"<cell {s.cell}>", s.line) for s in statements]
        at = next(i for i, s in enumerate(statements) if s.node is wrong and _defines(s, name))
        units[at] = Unit(text, LOCATED)
        missing = alignment.read_names(_syntax.parse(text).body[0]) - self._known()
        needed = one.module.program(sorted(missing))
        return [*(Unit(s.source, "reference", s.line) for s in needed), *units]


def _slip(wrong: str, right: str) -> str:
    """Return the kind of slip that makes a right answer the wrong one; '' if it has no name."""
    return differences.kind(_syntax.parse(right).body[0], _syntax.parse(wrong).body[0])


def _defines(statement: object, name: str) -> bool:
    source = getattr(statement, "source", "")
    return f"def {name}" in source or f"class {name}" in source


def _each(edits: Sequence[Edit]) -> list[Edit]:
    """Return the differences and those within statements, the cheapest first."""
    every = [*edits, *(part for edit in edits for part in edit.parts)]
    return sorted((e for e in every if len(e.lines) <= MOST_LINES), key=lambda e: e.cost)


def _lines(edits: Sequence[Edit]) -> set[int]:
    return {line for edit in edits for line in edit.lines}


def _combinations(
    edits: Sequence[Edit], needed: Sequence[Edit], size: int
) -> Iterator[Sequence[Edit]]:
    """Yield the choices of some edits with those that are needed, the cheapest first."""
    rest = [edit for edit in edits if all(edit is not other for other in needed)]
    if len(needed) > size:
        return
    every = [[*needed, *more] for more in itertools.combinations(rest, size - len(needed))]
    every = [chosen for chosen in every if len(_lines(chosen)) <= MOST_LINES]
    yield from sorted(every, key=alignment.distance)
