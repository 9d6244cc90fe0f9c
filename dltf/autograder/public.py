"""The student edition: stored observations in the place of the answers.

They are of a few public seeds: what the reference gives, what each known mistake does, and of the
small slips, of which there are many, fingerprints. There is no right answer in it, so no line of a
wrong one is located.
"""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgpack

from dltf.autograder import exceptions, naming
from dltf.autograder.assignment.declarations import AssignmentError, Mistake
from dltf.autograder.assignment.loading import Assignment
from dltf.autograder.attempt import Attempt
from dltf.autograder.catalogue import Catalogue, telling
from dltf.autograder.diagnosis import Observed
from dltf.autograder.execution.protocol import ErrorInfo
from dltf.autograder.explaining import may_be_the_cause
from dltf.autograder.fingerprints import Slips, slips
from dltf.autograder.grading import Grader
from dltf.autograder.inprocess import InProcessRunner, left_as_it_was
from dltf.autograder.judging.observation import Encoder, decode
from dltf.autograder.known import Known
from dltf.autograder.notebook import NotebookGrader
from dltf.autograder.verdict import Verdict

PUBLIC_SEEDS = (1, 2, 3)
SLIP_SEEDS = 2  # of these, on which small slips have run


@dataclass(frozen=True)
class Stored:
    """What a student edition holds of an assignment.

    Attributes:
        seeds: seed -> exercise -> observations of the reference and the known mistakes.
        slips: exercise -> fingerprints of the small slips in it.
    """

    seeds: Mapping[int, Any]
    slips: Mapping[str, Slips]


class _Public(Known):
    """Stored observations of the reference and the known mistakes."""

    def __init__(self, runner: InProcessRunner, data: Stored) -> None:
        super().__init__(runner)
        self._data = data.seeds

    def reference(self, assignment: Assignment, seed: int) -> dict[str, dict[str, Observed]]:
        found = self._data[seed]
        return {exercise: _read(data["cases"]) for exercise, data in found.items()}

    def catalogue(
        self, assignment: Assignment, exercise: str, seed: int, kind: str = naming.KINDS[0]
    ) -> Catalogue:
        stored = self._data[seed][exercise]["mistakes"]
        mistakes = [Mistake(exercise, data["id"], data["hint"]) for data in stored]
        observed = {data["id"]: _read(data["cases"]) for data in stored}
        return Catalogue(mistakes, lambda some, case: [observed[m.id].get(case.name) for m in some])


class PublicGrader(NotebookGrader):
    """A grader with stored observations of the reference and the mistakes."""

    def __init__(self, runner: InProcessRunner, data: Stored, called: bool = False) -> None:
        super().__init__(runner, called)
        self._data = data
        self.known = _Public(runner, data)

    @property
    def _kinds(self) -> Sequence[str]:
        return naming.KINDS[:1]  # no program of the others is in a student edition

    def _named(
        self, attempt: Attempt, name: str, got: Mapping[str, Observed], failing: Sequence[str]
    ) -> naming.Named | None:
        """Return the mistake behind a wrong answer: a known one, or a small slip."""
        return super()._named(attempt, name, got, failing) or self._slip(attempt, name, got)

    def _slip(
        self, attempt: Attempt, name: str, got: Mapping[str, Observed]
    ) -> naming.Named | None:
        """Return the kind of slip whose fingerprints the answer has, if it is only one."""
        stored = self._data.slips.get(name)
        if stored is None:
            return None
        found = {
            seed: got if seed == attempt.seed else self.again(attempt, name, seed)
            for seed in stored.data
        }
        first, *others = found.values()
        if others and not any(telling(first[n], others[0][n]) for n in first if n in others[0]):
            return None
        kinds = stored.fitting(found)
        return naming.of_slip(kinds.pop()) if len(kinds) == 1 else None

    def locates(self, attempt: Attempt, name: str) -> bool:
        """Return False: there is no right answer to take lines from."""
        return False

    def other_seed(self, seed: int) -> int:
        """Return the next seed for which there are observations."""
        seeds = sorted(self._data.seeds)
        return seeds[(seeds.index(seed) + 1) % len(seeds)]

    def _for_called(self) -> Grader:
        return PublicGrader(self._runner, self._data, called=True)

    def _blocked(
        self,
        attempt: Attempt,
        verdicts: Mapping[str, Verdict],
    ) -> dict[str, Verdict]:
        """Name the wrong exercises that a wrong one calls.

        Without a reference to replace them, it is unknown whether they are the only cause: the
        exercise keeps its status.
        """
        return {
            name: verdicts[name].suspecting(culprits, may_be_the_cause(culprits))
            for name, culprits in self.culprits(attempt, verdicts).items()
        }


def _read(cases: Mapping[str, Any]) -> dict[str, Observed]:
    """Return observations from the plain data of `_plain`."""
    return {
        name: Observed(
            summary=data["summary"],
            error=_read_error(data["error"]),
            raised_by=frozenset((data["error"] or {}).get("by", ())),
            calls=tuple((function, arguments) for function, arguments in data.get("calls", ())),
        )
        for name, data in cases.items()
    }


def _read_error(data: Mapping[str, Any] | None) -> ErrorInfo | None:
    return ErrorInfo(data["type"], data.get("message", "")) if data else None


def public_grader(
    chosen: Assignment, runner: InProcessRunner, seed: int | None
) -> tuple[Grader, int]:
    """Return a grader for a student edition, and the seed to grade with.

    Raises:
        AssignmentError: there are no observations, or they are damaged.
        ValueError: there are none for the seed.
    """
    if not chosen.public_path.exists():
        raise AssignmentError(
            f"{chosen.name}: expected the answers, or {chosen.public_path.name} as in a student "
            "edition; got neither"
        )
    try:
        data = read_public(chosen.public_path.read_bytes())
    except (OSError, ValueError, TypeError, KeyError, AttributeError, zlib.error) as error:
        raise AssignmentError(
            f"{chosen.public_path}: damaged ({error}); install it again"
        ) from error
    seeds = sorted(data.seeds)
    if seed is None:
        seed = secrets.choice(seeds)
    if seed not in seeds:
        raise ValueError(f"seed: expected one of {seeds} in a student edition, got {seed}")
    return PublicGrader(runner, data), seed


def public_observations(chosen: Assignment, seeds: Sequence[int] = PUBLIC_SEEDS) -> bytes:
    """Return the data with which a student edition checks answers: observations, no code.

    For each seed and exercise: the summaries that judges compare, of the reference and of each
    known mistake, the inputs of the reference's calls, and the hints. For each exercise:
    fingerprints of the small slips in it.
    """
    known = Known(InProcessRunner())
    data: dict[int, Any] = {}
    with left_as_it_was():
        for seed in seeds:
            reference = known.reference(chosen, seed)
            data[seed] = {}
            for exercise, cases in reference.items():
                catalogue = known.catalogue(chosen, exercise, seed)
                mistakes = [
                    {"id": mistake.id, "hint": mistake.hint, "cases": _plain(observed)}
                    for mistake, observed in catalogue.complete(chosen.cases_of(exercise))
                ]
                data[seed][exercise] = {"cases": _plain(cases), "mistakes": mistakes}
        fingerprints = {
            name: _slips(known, chosen, name, seeds[:SLIP_SEEDS]) for name in chosen.exercises
        }
    parts = {
        "seeds": {
            str(seed): {name: Encoder(2**28).encode(found) for name, found in exercises.items()}
            for seed, exercises in data.items()
        },
        "slips": {
            name: [one.cases, one.kinds, {str(seed): data for seed, data in one.data.items()}]
            for name, one in fingerprints.items()
        },
    }
    return zlib.compress(msgpack.packb(parts), 9)


def _slips(known: Known, chosen: Assignment, exercise: str, seeds: Sequence[int]) -> Slips:
    """Return the fingerprints of the slips of an exercise."""
    cases = chosen.cases_of(exercise)
    right = {seed: known.reference(chosen, seed)[exercise] for seed in seeds}
    made = {
        seed: [
            (naming.kind_of(slip), observed)
            for slip, observed in known.catalogue(chosen, exercise, seed, "slips").complete(cases)
        ]
        for seed in seeds
    }
    return slips([case.name for case in cases], right, made)


def _plain(cases: Mapping[str, Observed]) -> dict[str, Any]:
    """Return the observations of an exercise's cases as plain data."""
    return {
        name: {
            "summary": observed.summary,
            "error": _plain_error(observed),
            "calls": [list(call) for call in observed.calls],
        }
        for name, observed in cases.items()
    }


def _plain_error(observed: Observed) -> dict[str, Any] | None:
    """Return an exception as plain data: as much of it as is compared."""
    error = observed.error
    if error is None:
        return None
    said = exceptions.pattern(error)
    return {"type": error.type, "message": said, "by": sorted(observed.raised_by)}


@lru_cache(maxsize=4)
def read_public(data: bytes) -> Stored:
    """Read the data of `public_observations`."""
    parts = msgpack.unpackb(zlib.decompress(data))
    seeds = {
        int(seed): {name: decode(found) for name, found in exercises.items()}
        for seed, exercises in parts["seeds"].items()
    }
    fingerprints = {
        name: Slips(tuple(cases), tuple(kinds), {int(seed): one for seed, one in data.items()})
        for name, (cases, kinds, data) in parts["slips"].items()
    }
    return Stored(seeds, fingerprints)
