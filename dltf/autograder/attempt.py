"""The grading of one submission: what was recognised in it, and what its run gave."""

from __future__ import annotations

from dataclasses import dataclass, field

from dltf.autograder.assignment.loading import Assignment
from dltf.autograder.diagnosis import Observed
from dltf.autograder.execution.protocol import ErrorInfo, JobResult
from dltf.autograder.reading.submission import Submission
from dltf.autograder.verdict import Recognition


@dataclass
class Attempt:
    """The grading of one submission for one assignment and seed, with what was recognised.

    Attributes:
        work: the submission.
        assignment: the assignment.
        seed: seed of the inputs.
        names: exercise -> its other name in the submission.
        spellings: exercise -> other names of its parameters.
        generations: exercise -> generation of the course whose return values it has.
        provided: names that the topic provided for missing files.
        compatibility: what was switched on for code written for older libraries.
        raised: exercise -> line of its cell that raised the first exception.
    """

    work: Submission
    assignment: Assignment
    seed: int
    names: dict[str, str] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    generations: dict[str, str] = field(default_factory=dict)
    provided: list[str] = field(default_factory=list)
    compatibility: dict[str, None] = field(default_factory=dict)
    raised: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.work = self.work.copy()  # which gets the names of this assignment only

    def read(self, result: JobResult) -> None:
        """Add what a job recognised about the submission."""
        if result.end is not None:
            self.spellings |= result.end.spellings
            self.generations |= result.end.generations
            self.provided += [name for name in result.end.provided if name not in self.provided]
            self.compatibility |= dict.fromkeys(result.end.compatibility)

    def recognition(self) -> Recognition:
        """Return what was recognised about the submission."""
        spellings = {name: f"{other} for {name}" for name, other in self.names.items()}
        for name, text in self.spellings.items():
            spellings[name] = f"{spellings[name]}, {text}" if name in spellings else text
        generations = sorted(set(self.generations.values()))
        notes = [
            f"cell {cell} does not parse: line {line}: {message}"
            for cell, (line, message) in self.work.broken.items()
        ]
        return Recognition(
            generation=generations[0] if generations else self.work.generation,
            format=self.work.format,
            spellings=spellings,
            returns=self.generations,
            provided=tuple(self.provided),
            notes=tuple(notes),
        )


@dataclass
class Execution:
    """The results of running a submission's exercises.

    Attributes:
        observed: exercise -> case -> observation.
        stopped: exercise -> the job that ended early in it.
        failures: exceptions at top level.
        processes: exercise -> 'warm' or 'cold', the process that its observations come from.
    """

    observed: dict[str, dict[str, Observed]] = field(default_factory=dict)
    stopped: dict[str, JobResult] = field(default_factory=dict)
    failures: list[ErrorInfo] = field(default_factory=list)
    processes: dict[str, str] = field(default_factory=dict)
