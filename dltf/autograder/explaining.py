"""Explanation of wrong exercises by running them together with right ones.

These are mixed runs: they hold lines of a student's next to the course's own, in phases in which no
run that earns points is alive. The marks are final before; only words depend on what they tell.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dltf.autograder import diagnosis, naming
from dltf.autograder.assignment.loading import Assignment, definition_source
from dltf.autograder.attempt import Attempt
from dltf.autograder.candidates import Candidates
from dltf.autograder.diagnosis import where_to_look
from dltf.autograder.execution.protocol import Replacement, Unit
from dltf.autograder.execution.roles import Role
from dltf.autograder.jobs import job_of, observed, units_of
from dltf.autograder.known import Known, Runner
from dltf.autograder.locating import Found, Locator
from dltf.autograder.reading.formats import from_source
from dltf.autograder.unanswered import missing_answer
from dltf.autograder.verdict import Status, Verdict

Mapper = Callable[[Callable[[int], None], list[int]], Iterable[None]]
PHASE_SECONDS = 30.0  # of mixed runs, after which other graders of the machine have their turn


@dataclass(frozen=True)
class MixedRun:
    """A wrong exercise that is to be run together with right ones, to explain it.

    Attributes:
        attempt: the submission.
        name: the exercise.
        culprits: the wrong exercises that it calls: it is run with the reference in their place.
        failed: the cases that it failed, if its mistake has no name: it is run with right lines in
            the place of its own, to find out which are wrong.
        raised: the line of its first exception; 0 if there was none.
    """

    attempt: Attempt
    name: str
    culprits: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    raised: int = 0


@dataclass(frozen=True)
class Told:
    """What a mixed run told: whether only the culprits are wrong, or else which lines are."""

    correct: bool
    found: Found | None = None


class Explainer:
    """Runs mixed runs.

    Args:
        pool: runs the programs.
        known: the observations of the reference.
        own: whether the submissions are the course's own programs: nothing to keep apart.
        compatibility: whether code written for older libraries runs as it did then.
    """

    def __init__(self, pool: Runner, known: Known, *, own: bool, compatibility: bool) -> None:
        self.pool, self.known, self.own = pool, known, own
        self.compatibility = compatibility

    @property
    def role(self) -> Role:
        """The role of the runs."""
        return Role.REFERENCE if self.own else Role.MIXED

    def tell(self, runs: Sequence[MixedRun], mapper: Mapper) -> tuple[list[Told | None], list[str]]:
        """Run mixed runs, in phases in which no earning run of the machine is alive.

        Returns:
            What each run told, None if it was left out; and the reasons for those.
        """
        told: list[Told | None] = [None] * len(runs)
        waiting = list(range(len(runs)))
        reasons: list[str] = []
        while waiting:
            with contextlib.nullcontext("") if self.own else self.pool.alone() as refused:
                if refused:
                    return told, [*reasons, refused]
                late: list[int] = []
                end = time.monotonic() + PHASE_SECONDS

                def run(i: int, late: list[int] = late, end: float = end) -> None:
                    if time.monotonic() >= end:
                        late.append(i)
                        return
                    try:
                        told[i] = self._tell(runs[i])
                    except Exception as error:  # the marks are final: only its words are lost
                        reasons.append(f"a run failed ({type(error).__name__})")

                list(mapper(run, waiting))
                waiting = sorted(late)
        return told, list(dict.fromkeys(reasons))

    def _tell(self, run: MixedRun) -> Told:
        """Run an exercise together with right ones."""
        if run.culprits and self._correct_with(run):
            return Told(True)
        return Told(False, self._located(run) if run.failed else None)

    def _located(self, run: MixedRun) -> Found | None:
        """Return the lines that keep an exercise from being right, if they can be found."""
        attempt, name = run.attempt, run.name
        assignment, seed = attempt.assignment, attempt.seed
        costs = self.known.costs(assignment, seed).get(name, {})
        failed = [case for case in assignment.cases_of(name) if case.name in run.failed]
        other = naming.other_seed(seed)
        expected = {
            seed: self.known.reference(assignment, seed)[name],
            other: self.known.reference_of(assignment, name, other),
        }
        first = min(failed, key=lambda case: costs.get(case.name, 0.0))
        candidates = Candidates(
            self.pool,
            self.role,
            assignment,
            name,
            expected,
            first,
            compatibility=self.compatibility,
        )
        return Locator(attempt.work, assignment, name, candidates.right, run.raised).locate()

    def _correct_with(self, run: MixedRun) -> bool:
        """Return whether an exercise is correct with the reference in place of others it calls."""
        attempt, name = run.attempt, run.name
        assignment = attempt.assignment
        expected = self.known.reference(assignment, attempt.seed)[name]
        reference = from_source(assignment.reference)
        needed = set(run.culprits).union(*map(reference.mentions, run.culprits))
        others = {n: stub_of(assignment, n) for n in assignment.exercises if n not in needed}
        stand_ins = Unit(assignment.implementation(**others), "reference")
        job = replace(
            job_of(assignment, units_of(attempt.work, [name]), [name], attempt.seed),
            compatibility=self.compatibility,
            replacement=Replacement(run.culprits, (stand_ins,)),
        )
        got = observed(assignment, self.pool.run(job, self.role)).get(name, {})
        cases = assignment.cases_of(name)
        return all(diagnosis.judge(c, expected[c.name], got.get(c.name)) is None for c in cases)


def culprits_of(attempt: Attempt, verdicts: Mapping[str, Verdict]) -> dict[str, list[str]]:
    """Return exercise -> the wrong ones it calls, for wrong exercises that call any."""
    assignment, work = attempt.assignment, attempt.work
    order = list(assignment.exercises)
    # What waits for a file that was not handed in is told that, and nothing else.
    absent = {name for name in order if missing_answer(work, assignment, name)}
    wrong = {name for name, verdict in verdicts.items() if not verdict.correct} - absent
    wrong |= {n for n in order if n not in verdicts and attempt.work.definition(n) is None}
    called = {
        name: sorted(wrong & attempt.work.mentions(name) - {name}, key=order.index)
        for name, verdict in verdicts.items()
        if verdict.status in (Status.INCORRECT, Status.ERROR) and name not in absent
    }
    return {name: culprits for name, culprits in called.items() if culprits}


def with_told(verdict: Verdict, run: MixedRun, told: Told | None) -> Verdict:
    """Return a verdict with what a mixed run told; None: it was left out. The marks stay."""
    if told is None:
        if not run.culprits:
            return verdict
        return verdict.suspecting(run.culprits, may_be_the_cause(run.culprits))
    if told.found is not None:
        located = told.found.located
        verdict = verdict.at(located, where_to_look(located, run.attempt.work.place))
        slip = naming.of_slip(told.found.slip)
        return verdict if slip is None else verdict.explained(slip.mistakes, slip.hint)
    if not told.correct:
        return verdict
    return verdict.blocked(
        f"Correct; fails only because {named(run.culprits)} "
        f"{'is' if len(run.culprits) == 1 else 'are'} wrong. Fix {named(run.culprits)} first, "
        "then check again."
    )


def may_be_the_cause(culprits: Sequence[str]) -> str:
    """Return the advice for an exercise of which only is known that those it calls are wrong."""
    are, them = ("is", "it") if len(culprits) == 1 else ("are", "them")
    return (
        f"This calls {named(culprits)}, which {are} not correct yet and may be the cause. "
        f"Fix {them} first, then check again."
    )


def named(exercises: Iterable[str]) -> str:
    """Return names of exercises as text: "`f` and `g`"."""
    return " and ".join(f"`{exercise}`" for exercise in exercises)


def stub_of(assignment: Assignment, exercise: str) -> str:
    """Return the reference's source of an exercise without its answer."""
    from dltf.autograder.assignment.stubs import stub

    return definition_source(stub(assignment.reference), exercise)
