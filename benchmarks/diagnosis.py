"""How well wrong answers are explained: mutants of the accepted answers, named or located.

    python benchmarks/diagnosis.py optimization rnn --sample 40

Prints a row per assignment: how many mutants of the accepted answers (right answers in other
words, made wrong) were caught, how many of these got a name, a general hint or their lines, and the
time that a wrong answer costs in addition to a right one.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from dataclasses import dataclass, field

from dltf.autograder.assignment.loading import Alternative, Assignment, available, load
from dltf.autograder.assignment.mutants import mutants
from dltf.autograder.execution.pool import Pool
from dltf.autograder.grading import Grader
from dltf.autograder.known import modules_of
from dltf.autograder.verdict import Status, Verdict

SEED = 3


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
            self.found["missed"] += 1
            return
        self.seconds.append(seconds)
        for key, holds in (
            ("named", bool(verdict.mistakes)),
            ("located", verdict.located is not None),
            ("hinted", not verdict.mistakes and verdict.hint is not None),
            ("stopped", verdict.status in (Status.NOT_GRADED, Status.NOT_ATTEMPTED)),
        ):
            self.found[key] += holds
        if not (verdict.mistakes or verdict.located):
            self.open.append(f"{verdict.name}: {what} ({verdict.status})")

    def __str__(self) -> str:
        wrong = len(self.seconds)
        either = wrong - len(self.open)
        median = sorted(self.seconds)[wrong // 2] if wrong else 0.0
        parts = [f"{self.found[key]:5}" for key in ("named", "located", "hinted")]
        return f"{self.name:20} {self.made:5} {wrong:7} {' '.join(parts)} {either:7} {median:8.2f}"


def answers(assignment: Assignment, sample: int) -> list[tuple[Alternative, str, str]]:
    """Return mutants of accepted answers: the answer, the change, the program."""
    made = [
        (answer, mutant.change, "\n".join([*answer.shared, mutant.source]))
        for answer in assignment.alternatives
        for mutant in mutants(answer.text)
    ]
    return random.Random(SEED).sample(made, min(sample, len(made)))


def measure(grader: Grader, assignment: Assignment, sample: int) -> Row:
    """Grade the mutants of an assignment's accepted answers."""
    row = Row(assignment.name)
    for answer, change, program in answers(assignment, sample):
        start = time.perf_counter()
        (verdict,) = grader.grade_program(assignment, program, [answer.exercise])
        row.add(f"{answer.name}: {change}", verdict, time.perf_counter() - start)
    return row


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("assignments", nargs="*", default=available())
    parser.add_argument("--sample", type=int, default=60, help="mutants per assignment")
    parser.add_argument("--open", action="store_true", help="list what was not explained")
    arguments = parser.parse_args()
    chosen = [load(name) for name in arguments.assignments]
    heads = "assignment            made  caught named located hinted  either  seconds"
    print(heads)
    with Pool(jobs=1) as pool:
        pool.preload([module for one in chosen for module in modules_of(one)])
        grader = Grader(pool, SEED)
        for assignment in chosen:
            row = measure(grader, assignment, arguments.sample)
            print(row, flush=True)
            for text in row.open if arguments.open else ():
                print("   ", text)


if __name__ == "__main__":
    main()
