"""The grader of a notebook: it runs what a check needs, and keeps what the next check needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dltf.autograder import naming
from dltf.autograder.assignment.loading import Assignment
from dltf.autograder.attempt import Attempt
from dltf.autograder.catalogue import Catalogue
from dltf.autograder.diagnosis import Observed
from dltf.autograder.grading import Grader
from dltf.autograder.inprocess import InProcessRunner, silence
from dltf.autograder.known import Known
from dltf.autograder.verdict import Status, Verdict


class NotebookGrader(Grader):
    """A grader that runs what a check needs: the exercises asked for, and what a wrong one calls.

    Args:
        runner: runs the programs.
        called: whether it grades what a wrong exercise calls, and looks no further.
        fresh: whether the seed is new; then a wrong answer is compared with the known mistakes on
            another, on which they may have run in an earlier check of this process.
    """

    def __init__(self, runner: InProcessRunner, called: bool = False, fresh: bool = False) -> None:
        super().__init__(runner, 0)
        self.known = self._asked = _Asked(runner, fresh)
        self._runner, self._called, self._fresh = runner, called, fresh

    def verdicts(self, attempt: Attempt, names: list[str]) -> list[Verdict]:
        """Grade the named exercises. See `Grader.verdicts`."""
        self._asked.names = names
        return super().verdicts(attempt, names)

    def culprits(self, attempt: Attempt, verdicts: Mapping[str, Verdict]) -> dict[str, list[str]]:
        """Grade what the wrong exercises call, to know whether it may be the cause."""
        if self._called:
            return {}
        wrong = [n for n, v in verdicts.items() if v.status in (Status.INCORRECT, Status.ERROR)]
        mentioned = set[str]().union(*map(attempt.work.mentions, wrong))
        called = [n for n in attempt.assignment.exercises if n in mentioned - set(verdicts)]
        graded = self._for_called().verdicts(attempt, called) if called else []
        found = super().culprits(attempt, {**verdicts, **{v.name: v for v in graded}})
        return {name: culprits for name, culprits in found.items() if name in verdicts}

    def _for_called(self) -> Grader:
        return NotebookGrader(self._runner, called=True, fresh=self._fresh)

    def _compared(
        self, attempt: Attempt, name: str, got: Mapping[str, Observed]
    ) -> tuple[int, Mapping[str, Observed]]:
        """Return the seed of the first wrong answer in this process, and what this one does on it.

        See `Grader._compared`.
        """
        if not self._fresh:
            return super()._compared(attempt, name, got)
        kept = _kept(attempt.assignment)
        if name not in kept.seeds:
            kept.seeds[name] = attempt.seed
            costs = self.known.costs(attempt.assignment, attempt.seed)
            kept.known.costs(attempt.assignment, attempt.seed).update(costs)
            return attempt.seed, got
        return kept.seeds[name], self.again(attempt, name, kept.seeds[name])

    def again(self, attempt: Attempt, name: str, seed: int) -> dict[str, Observed]:
        """Return what an answer does on another seed. See `Grader.again`."""
        with silence():  # it has printed what it prints on the first
            return super().again(attempt, name, seed)


class _Asked(Known):
    """What the course's own programs do in the exercises that are asked for.

    Attributes:
        names: these exercises.
        fresh: whether the known mistakes are those that earlier checks of this process have run.
    """

    def __init__(self, runner: InProcessRunner, fresh: bool) -> None:
        super().__init__(runner)
        self.names, self.fresh = list[str](), fresh

    def reference(self, assignment: Assignment, seed: int) -> dict[str, dict[str, Observed]]:
        """Return the observations of the reference in the exercises that are graded."""
        return super().reference(assignment.only(self.names), seed)

    def catalogue(
        self, assignment: Assignment, exercise: str, seed: int, kind: str = naming.KINDS[0]
    ) -> Catalogue:
        """Return a catalogue, with what earlier checks of this process observed."""
        if not self.fresh:
            return super().catalogue(assignment, exercise, seed, kind)
        return _kept(assignment).known.catalogue(assignment, exercise, seed, kind)


@dataclass
class _Kept:
    """What checks with new seeds keep of an assignment, as long as its files do not change.

    Attributes:
        assignment: the assignment.
        known: runs the known mistakes, and has their observations; without the notebook's names.
        seeds: exercise -> seed of the first wrong answer, on which the known mistakes run.
    """

    assignment: Assignment
    known: Known
    seeds: dict[str, int] = field(default_factory=dict)


_kept_of: dict[Path, _Kept] = {}


def _kept(assignment: Assignment) -> _Kept:
    """Return what is kept of an assignment."""
    kept = _kept_of.get(assignment.folder)
    if kept is None or kept.assignment is not assignment:
        kept = _kept_of[assignment.folder] = _Kept(assignment, Known(InProcessRunner()))
    return kept
