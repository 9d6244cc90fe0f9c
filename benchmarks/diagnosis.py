"""How well wrong answers are explained: named, located, or neither.

    python benchmarks/diagnosis.py optimization rnn --sample 40
    python benchmarks/diagnosis.py --by-hand

The wrong answers are mutants of the accepted answers (right answers in other words, made wrong), or
those of `wrong_answers.json`: mistakes of students, put by hand into answers in the course's words.
Prints a row per assignment: how many were caught, how many of these got a name, a general hint or
their lines, and the time that grading one took (the median).
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dltf.autograder.assignment.loading import (
    Assignment,
    available,
    definition_source,
    load,
    replace_definition,
)
from dltf.autograder.assignment.mutants import mutants
from dltf.autograder.execution.pool import Pool
from dltf.autograder.grading import Grader
from dltf.autograder.known import modules_of
from dltf.autograder.verdict import Status, Verdict

SEED = 3
BY_HAND = Path(__file__).with_name("wrong_answers.json")


@dataclass(frozen=True)
class Wrong:
    """A wrong answer: the exercise, what is wrong in it, and the whole program."""

    exercise: str
    what: str
    program: str


@dataclass
class Row:
    """The figures of one assignment."""

    name: str
    made: int = 0
    found: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def add(self, what: str, verdict: Verdict, seconds: float) -> None:
        """Add the verdict on a mutant."""
        self.made += 1
        if verdict.correct:
            self.open.append(f"{verdict.name}: {what} (not caught)")
            return
        self.seconds.append(seconds)
        for key, holds in (
            ("named", bool(verdict.mistakes)),
            ("either", bool(verdict.mistakes) or verdict.located is not None),
            ("located", verdict.located is not None),
            ("hinted", not verdict.mistakes and verdict.hint is not None),
            ("stopped", verdict.status in (Status.NOT_GRADED, Status.NOT_ATTEMPTED)),
        ):
            self.found[key] += holds
        if not (verdict.mistakes or verdict.located):
            self.open.append(f"{verdict.name}: {what} ({verdict.status})")

    def join(self, other: Row) -> None:
        """Add the figures of another."""
        self.made += other.made
        self.found += other.found
        self.seconds += other.seconds

    def __str__(self) -> str:
        wrong = len(self.seconds)
        either = self.found["either"]
        median = sorted(self.seconds)[wrong // 2] if wrong else 0.0
        parts = [f"{self.found[key]:5}" for key in ("named", "located", "hinted")]
        return f"{self.name:20} {self.made:5} {wrong:7} {' '.join(parts)} {either:7} {median:8.2f}"


def mutated(assignment: Assignment, sample: int) -> list[Wrong]:
    """Return mutants of accepted answers, drawn at random."""
    made = [
        Wrong(
            answer.exercise,
            f"{answer.name}: {mutant.change}",
            "\n".join([*answer.shared, mutant.source]),
        )
        for answer in assignment.alternatives
        for mutant in mutants(answer.text)
    ]
    return random.Random(SEED).sample(made, min(sample, len(made)))


def by_hand(name: str, sets: list[int]) -> Iterator[Wrong]:
    """Yield the wrong answers to an assignment that were written by hand.

    Each is a function in a notebook whose other functions are right.
    """
    found = json.loads(BY_HAND.read_text(encoding="utf-8"))[name]
    for one in found["wrong"]:
        if one["set"] not in sets:
            continue
        function = one.get("function", one["exercise"])
        wrong = one.get("text") or definition_source(found["right"], function) + "\n"
        for old, new in one.get("edits", ()):
            if wrong.count(old) != 1:
                raise ValueError(f"{name}, {one['what']!r}: expected {old!r} once in\n{wrong}")
            wrong = wrong.replace(old, new)
        program = replace_definition(found["right"], function, wrong)
        yield Wrong(one["exercise"], one["what"], program)


def measure(grader: Grader, assignment: Assignment, wrong: list[Wrong]) -> Row:
    """Grade wrong answers to an assignment."""
    row = Row(assignment.name)
    for one in wrong:
        start = time.perf_counter()
        (verdict,) = grader.grade_program(assignment, one.program, [one.exercise])
        row.add(one.what, verdict, time.perf_counter() - start)
    return row


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("assignments", nargs="*", default=available())
    parser.add_argument("--by-hand", action="store_true", help="answers of wrong_answers.json")
    parser.add_argument("--sets", type=int, nargs="*", default=[1, 2, 3], help="which of these")
    parser.add_argument("--sample", type=int, default=60, help="mutants per assignment")
    parser.add_argument("--open", action="store_true", help="list what was not explained")
    arguments = parser.parse_args()
    chosen = [load(name) for name in arguments.assignments]
    heads = "assignment            made  caught named located hinted  either  seconds"
    print(heads)
    with Pool(jobs=1) as pool:
        pool.preload([module for one in chosen for module in modules_of(one)])
        grader = Grader(pool, SEED)
        total = Row("all")
        for assignment in chosen:
            wrong = (
                list(by_hand(assignment.name, arguments.sets))
                if arguments.by_hand
                else mutated(assignment, arguments.sample)
            )
            row = measure(grader, assignment, wrong)
            print(row, flush=True)
            total.join(row)
            for text in row.open if arguments.open else ():
                print("   ", text)
        print(total)


if __name__ == "__main__":
    main()
