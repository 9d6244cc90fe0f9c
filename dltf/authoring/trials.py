"""The programs that verification grades: reference, blank, accepted answers, mistakes, mutants."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dltf.autograder.assignment.mutants import mutants
from dltf.autograder.assignment.stubs import stub

if TYPE_CHECKING:
    from dltf.autograder.assignment.loading import Assignment


VARIANTS = 20  # mutants of accepted answers that are graded, per exercise


@dataclass(frozen=True)
class Trial:
    """A program to grade, and the kind that determines the expected result."""

    kind: str  # reference, blank, accepted, mistake, mutant or variant
    exercises: tuple[str, ...]
    name: str
    source: str = field(repr=False)


def trials(assignment: Assignment, with_mutants: bool = True) -> list[Trial]:
    """Return all programs that verification grades, with or without automatic mutants."""
    names = tuple(assignment.exercises)
    found = [
        Trial("reference", names, "reference", assignment.reference),
        Trial("blank", names, "blank", stub(assignment.reference)),
    ]
    for answer in assignment.alternatives:
        found.append(Trial("accepted", (answer.exercise,), answer.name, answer.source))
    for one in assignment.mistakes:
        found.append(Trial("mistake", (one.exercise,), one.id, assignment.with_mistake(one)))
    for name in names if with_mutants else ():
        for mutant in mutants(assignment.source_of(name)):
            source = assignment.implementation(**{name: mutant.source})
            found.append(Trial("mutant", (name,), mutant.change, source))
    for name in names if with_mutants else ():
        found += _variants(assignment, name)
    return found


def _variants(assignment: Assignment, exercise: str) -> list[Trial]:
    """Return mutants of an exercise's accepted answers, the same ones in every run."""
    made = []
    for answer in assignment.alternatives:
        if answer.exercise != exercise:
            continue
        for mutant in mutants(answer.text):
            text = "\n".join([*answer.shared, "", mutant.source])
            source = assignment.implementation(**{exercise: text})
            made.append(Trial("variant", (exercise,), f"{answer.name}, {mutant.change}", source))
    return random.Random(exercise).sample(made, min(VARIANTS, len(made)))
