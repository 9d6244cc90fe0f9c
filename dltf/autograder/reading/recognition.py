"""Recognition of the assignments that a submission answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from dltf._spelling import did_you_mean
from dltf.autograder.reading.formats import SubmissionError

if TYPE_CHECKING:
    from dltf.autograder.assignment.loading import Assignment
    from dltf.autograder.reading.submission import Submission


def recognise(work: Submission, known: Iterable[Assignment]) -> list[Assignment]:
    """Return the assignments that a submission answers.

    The notebook's metadata takes precedence; else every assignment with an exercise that the
    submission defines and no other assignment has; else the one with the most exercises defined.
    Of several, those of which it defines a much smaller share than of another are ignored: a
    helper function of one topic is an exercise of another, and students paste helper files in.

    Raises:
        SubmissionError: none; the message lists the assignments and the functions found.
    """
    known = list(known)
    said = work.metadata.get("dltf")
    if isinstance(said, dict):
        named = [a for a in known if a.name == said.get("assignment")]
        if named:
            return named
    written = {*work.defined, *(n for a in known for n in a.exercises if work.broken_definition(n))}
    asked = {
        a.name: set(a.exercises).union(*(e.names for e in a.exercises.values())) for a in known
    }
    hits = {a.name: written & asked[a.name] for a in known}
    best = max((len(names) for names in hits.values()), default=0)
    if best == 0:
        exercises = [n for a in known for n in asked[a.name]]
        found = sorted(work.defined)
        listed = ", ".join(found[:12]) + (", …" if len(found) > 12 else "")
        near = next(filter(None, (did_you_mean(n, exercises) for n in found)), "")
        raise SubmissionError(
            "answers no known assignment: expected exercises of "
            f"{', '.join(a.name for a in known) or 'one (none is installed)'}; "
            f"got {listed or 'no function at all'}.{near}"
        )
    own = [
        a for a in known if hits[a.name].difference(*(asked[b.name] for b in known if b is not a))
    ]
    if not own:
        return [a for a in known if len(hits[a.name]) == best][:1]
    share = {a.name: _share_of_graded(a, hits[a.name]) for a in own}
    return [a for a in own if share[a.name] >= max(share.values()) / 2]


def _share_of_graded(assignment: Assignment, defined: Collection[str]) -> float:
    """Return the share of the exercises with points that is defined."""
    graded = [{e.name, *e.names} for e in assignment.exercises.values() if not e.practice]
    return sum(not names.isdisjoint(defined) for names in graded) / max(len(graded), 1)


def refuse_strangers(work: Submission, assignment: Assignment) -> None:
    """Refuse a notebook of another course instead of grading it as 'not attempted'.

    Raises:
        SubmissionError: it has none of the assignment's exercises.
    """
    names = set(assignment.exercises)
    mentioned = work.defined | {n for s in work.statements for n in s.binds}
    if not names & mentioned and not any(work.broken_definition(n) for n in names):
        found = ", ".join(sorted(work.defined)[:12]) or "no function at all"
        raise SubmissionError(
            f"does not answer {assignment.name!r}. Looked for {', '.join(assignment.exercises)}. "
            f"Found {found}."
        )
