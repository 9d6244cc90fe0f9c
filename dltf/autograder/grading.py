"""Grading one submission: run it beside the reference, judge, diagnose.

The `Grader` sends programs (the student's, the reference's, each known mistake's) to the pool and
compares what comes back. All of them run in the same kind of sandbox, on the same inputs, and
none ever shares a process with another's secrets.
"""

from __future__ import annotations

import ast
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol

from dltf.autograder import diagnosis, submission
from dltf.autograder.assignment import (
    Assignment,
    AssignmentError,
    Case,
    Mistake,
    definition_source,
)
from dltf.autograder.diagnosis import (
    BLOCKED,
    CORRECT,
    ERROR,
    INCORRECT,
    NOT_ATTEMPTED,
    NOT_GRADED,
    REASONS,
    Seen,
)
from dltf.autograder.submission import Submission

if TYPE_CHECKING:
    from dltf.autograder.pool import Run
    from dltf.autograder.sandbox import Limits

Catalogue = list[tuple[Mistake, dict[str, Seen]]]


class Runner(Protocol):
    """Where programs run: a `pool.Pool`, or the notebook itself (`check.Here`)."""

    limits: Limits

    def run(self, job: dict[str, Any]) -> Run:
        """Run one job to its end."""
        ...

    def map(self, function: Any, items: Any) -> Any:
        """Apply a function to items, some at a time, keeping their order."""
        ...


class Grader:
    """Grades submissions of any assignment with one pool and one seed.

    Args:
        pool: where programs run.
        seed: of the inputs; the same seed gives the same inputs to everybody.
    """

    def __init__(self, pool: Runner, seed: int) -> None:
        self.pool, self.seed = pool, seed
        self._known: dict[Any, Future[Any]] = {}
        self._lock = threading.Lock()

    def map(self, function: Any, items: Any) -> Any:
        """Apply a function to items, some at a time, keeping their order."""
        return self.pool.map(function, items)

    # What the reference and the mistakes do: once per assignment and seed ----------------------

    def _once(self, key: Any, compute: Any) -> Any:
        with self._lock:
            future = self._known.get(key)
            mine = future is None
            if future is None:
                future = self._known[key] = Future()
        if mine:
            try:
                future.set_result(compute())
            except BaseException as error:
                future.set_exception(error)
        return future.result()

    def reference(self, assignment: Assignment, seed: int) -> dict[str, dict[str, Seen]]:
        """Return what the reference shows: exercise -> case -> seen.

        Raises:
            AssignmentError: the reference itself fails.
        """
        key = (str(assignment.folder), seed)
        return self._once(key, lambda: self._run_reference(assignment, seed))

    def _run_reference(self, assignment: Assignment, seed: int) -> dict[str, dict[str, Seen]]:
        if not assignment.has_answers:
            raise AssignmentError(
                f"{assignment.name}: expected a reference with answers, got none in "
                f"{assignment.reference_path.name}: a student edition cannot grade"
            )
        units = [_unit(assignment.reference, assignment.reference_path.name)]
        exercises = list(assignment.exercises)
        run = self.pool.run(_job(assignment, units, exercises, seed, record=True))
        seen = _observed(assignment, run)
        for exercise in exercises:
            for case in assignment.cases_of(exercise):
                got = seen.get(exercise, {}).get(case.name)
                if got is None or got.error is not None:
                    why = (
                        diagnosis.error_text(got.error, _no_place)
                        if got and got.error
                        else (run.detail or _failure(run) or "no result")
                    )
                    raise AssignmentError(
                        f"{assignment.name}: the reference fails in {exercise} / {case.name}: {why}"
                    )
        return seen

    def catalogue(self, assignment: Assignment, exercise: str, seed: int) -> Catalogue:
        """Return what each known mistake of an exercise shows in its cases."""
        key = (str(assignment.folder), seed, exercise)
        return self._once(key, lambda: self._run_catalogue(assignment, exercise, seed))

    def _run_catalogue(self, assignment: Assignment, exercise: str, seed: int) -> Catalogue:
        found = []
        for mistake in assignment.mistakes_of(exercise):
            units = [_unit(assignment.with_mistake(mistake), mistake.id)]
            run = self.pool.run(_job(assignment, units, [exercise], seed))
            found.append((mistake, _observed(assignment, run).get(exercise, {})))
        return found

    # One submission ----------------------------------------------------------------------------

    def grade(
        self, work: Submission, assignment: Assignment, seed: int | None = None
    ) -> dict[str, Any]:
        """Grade one submission for one assignment; return its entry of the JSON contract."""
        start = time.perf_counter()
        seed = self.seed if seed is None else seed
        recognised = Recognised(work)
        exercises = self.exercises(work, assignment, list(assignment.exercises), seed, recognised)
        return {
            "file": str(work.path),
            "assignment": assignment.name,
            "score": _round(sum(e["points"] for e in exercises)),
            "max_score": _round(sum(e["max_points"] for e in exercises)),
            "recognised": recognised.as_dict(),
            "seconds": round(time.perf_counter() - start, 4),
            "error": None,
            "exercises": exercises,
        }

    def grade_program(
        self, assignment: Assignment, source: str, exercises: list[str], seed: int | None = None
    ) -> list[dict[str, Any]]:
        """Grade some exercises of a program given as text; return their entries."""
        work = submission.from_source(source)
        seed = self.seed if seed is None else seed
        return self.exercises(work, assignment, exercises, seed, Recognised(work))

    def exercises(
        self,
        work: Submission,
        assignment: Assignment,
        names: list[str],
        seed: int,
        recognised: Recognised,
    ) -> list[dict[str, Any]]:
        """Grade the named exercises of a submission; return their entries in that order."""
        reference = self.reference(assignment, seed)
        entries: dict[str, dict[str, Any]] = {}
        attempted = []
        for name in names:
            entry = _before_running(work, assignment, name)
            if entry is None:
                attempted.append(name)
            else:
                entries[name] = entry
        seen, stopped, failures = self._run(work, assignment, attempted, seed, recognised)
        for name in attempted:
            entries[name] = self._verdict(
                work,
                assignment,
                name,
                seed,
                reference[name],
                seen.get(name, {}),
                stopped.get(name),
                failures,
            )
        self._look_for_blocked(work, assignment, entries, reference, seed)
        return [entries[name] for name in names]

    def _run(
        self,
        work: Submission,
        assignment: Assignment,
        names: list[str],
        seed: int,
        recognised: Recognised,
    ) -> tuple[dict[str, dict[str, Seen]], dict[str, Run], list[dict[str, Any]]]:
        """Run the attempted exercises; whatever one of them does, run the others too.

        Returns:
            What was seen, the runs that were stopped by an exercise, and the top-level failures.
        """
        seen: dict[str, dict[str, Seen]] = {}
        stopped: dict[str, Run] = {}
        failures: list[dict[str, Any]] = []
        groups = [names] if names else []
        while groups:
            left = groups.pop(0)
            units = [statement.unit() for statement in work.program(left)]
            run = self.pool.run(_job(assignment, units, left, seed))
            failures += recognised.read(run)
            for exercise, cases in _observed(assignment, run).items():
                seen.setdefault(exercise, {}).update(cases)
            if not run.reason:
                continue
            if run.exercise in left:
                stopped[run.exercise] = run
                rest = left[left.index(run.exercise) + 1 :]
                groups += [rest] if rest else []
            elif len(left) > 1:  # something at top level: find out whose
                groups += [[name] for name in left]
            else:
                stopped[left[0]] = run
        return seen, stopped, failures

    def _verdict(
        self,
        work: Submission,
        assignment: Assignment,
        name: str,
        seed: int,
        expected: Mapping[str, Seen],
        got: Mapping[str, Seen],
        stopped: Run | None,
        failures: list[dict[str, Any]],
    ) -> dict[str, Any]:
        cases = assignment.cases_of(name)
        differences = {c.name: diagnosis.judge(c, expected[c.name], got.get(c.name)) for c in cases}
        failing = [c for c in cases if differences[c.name] is not None]
        if not failing:
            return _entry(assignment, name, CORRECT, {c.name: CORRECT for c in cases})
        statuses = {
            c.name: CORRECT
            if differences[c.name] is None
            else NOT_GRADED
            if c.name not in got
            else ERROR
            if got[c.name].error
            else INCORRECT
            for c in cases
        }

        def entry(status: str, text: str, mistake: Mistake | None = None) -> dict[str, Any]:
            return _entry(assignment, name, status, statuses, text, mistake)

        case = next((c for c in failing if c.name in got), failing[0])
        first = got.get(case.name)
        definition = work.definition(name)
        empty = submission.blanks(definition.node) if definition else []
        if stopped is not None:
            return entry(NOT_GRADED, REASONS[stopped.reason].format(detail=stopped.detail))
        if first is None:
            return entry(NOT_GRADED, "The run gave no result.")
        text = diagnosis.feedback(
            case, expected[case.name], first, differences[case.name], work.place
        )
        everything_none = first.error is None and first.value is None
        if empty and (first.error or _holds_none(first.value)):
            where, _ = work.place(f"<cell {definition.cell}>", empty[0]) if definition else ("", "")
            return entry(NOT_ATTEMPTED, f"A blank is left: {where} still says None.")
        if first.error and _is_own_stub(first.error, definition):
            return entry(NOT_ATTEMPTED, first.error["message"])
        if first.error and first.error.get("memory"):
            detail = first.error["message"] or f"more than {self.pool.limits.memory >> 20} MiB"
            return entry(
                NOT_GRADED, REASONS["memory"].format(detail=detail.rstrip(".")) + "\n\n" + text
            )
        if first.error and first.error.get("size"):
            return entry(NOT_GRADED, REASONS["output"].format(detail=first.error["message"]))
        mistake = diagnosis.diagnose(cases, got, self.catalogue(assignment, name, seed))
        if mistake is not None:
            return entry(INCORRECT, text, mistake)
        if first.error:
            broken = _related_failure(failures, first.error)
            if broken:
                text += "\n\nBefore that: " + diagnosis.error_text(broken, work.place)
            return entry(ERROR, text)
        if everything_none:
            text += " Does the function end with a return?"
        return entry(INCORRECT, text)

    # Exercises that fail only through another --------------------------------------------------

    def _look_for_blocked(
        self,
        work: Submission,
        assignment: Assignment,
        entries: dict[str, dict[str, Any]],
        reference: Mapping[str, Mapping[str, Seen]],
        seed: int,
    ) -> None:
        """Mark exercises that would be right if the exercises they call were.

        Each is run once more with the reference in place of the wrong exercises it calls (and of
        those only). That run can earn nothing: whatever it shows, the marks stay as they are.
        """
        wrong = {name for name, entry in entries.items() if entry["status"] != CORRECT}
        wrong |= {
            name
            for name in assignment.exercises
            if name not in entries and work.definition(name) is None
        }
        found = {}
        for name, entry in entries.items():
            if entry["status"] not in (INCORRECT, ERROR):
                continue
            culprits = sorted(
                wrong & work.mentions(name) - {name}, key=list(assignment.exercises).index
            )
            if not culprits:
                continue
            others = {n: stub_of(assignment, n) for n in assignment.exercises if n not in culprits}
            job = _job(assignment, [s.unit() for s in work.program([name])], [name], seed)
            job["replace"] = {
                "names": culprits,
                "units": [_unit(assignment.implementation(**others), "reference")],
            }
            got = _observed(assignment, self.pool.run(job)).get(name, {})
            cases = assignment.cases_of(name)
            if all(
                diagnosis.judge(c, reference[name][c.name], got.get(c.name)) is None for c in cases
            ):
                found[name] = culprits
        for name, culprits in found.items():
            named = " and ".join(f"`{culprit}`" for culprit in culprits)
            entries[name].update(
                status=BLOCKED,
                mistake=None,
                hint=None,
                feedback=f"This is right as far as it goes: it fails only through {named}. "
                f"Mend {'that' if len(culprits) == 1 else 'those'} first, then check again.",
            )
            for case in entries[name]["cases"]:
                if case["status"] != CORRECT:
                    case["status"] = BLOCKED


def stub_of(assignment: Assignment, exercise: str) -> str:
    """Return the reference's source of an exercise without its answer."""
    from dltf.authoring.strip import stub

    return definition_source(stub(assignment.reference), exercise)


# Small pieces -------------------------------------------------------------------------------------


class Recognised:
    """What was recognised about a submission, for the report."""

    def __init__(self, work: Submission) -> None:
        self.work = work
        self.spellings: dict[str, str] = {}
        self.generations: dict[str, str] = {}
        self.provided: list[str] = []

    def read(self, run: Run) -> list[dict[str, Any]]:
        """Take in what a run reported; return its top-level failures."""
        failures: list[dict[str, Any]] = []
        for frame in run.frames:
            if frame.get("event") == "end":
                self.spellings |= _texts(frame.get("spellings"))
                self.generations |= _texts(frame.get("generations"))
                provided = frame.get("provided")
                self.provided += (
                    [str(p)[:100] for p in provided[:50] if p not in self.provided]
                    if isinstance(provided, list)
                    else []
                )
            elif frame.get("event") == "built" and isinstance(frame.get("failures"), list):
                failures += [diagnosis._clean(f) for f in frame["failures"] if isinstance(f, dict)]
        return failures

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON contract's 'recognised'."""
        notes = [
            f"cell {cell} does not parse: line {line}: {message}"
            for cell, (line, message) in self.work.broken.items()
        ]
        seen = sorted(set(self.generations.values()))
        return {
            "generation": seen[0] if seen else self.work.generation,
            "format": self.work.format,
            "spellings": self.spellings,
            "returns": self.generations,
            "provided": self.provided,
            "notes": notes,
        }


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {str(key)[:100]: str(text)[:200] for key, text in list(value.items())[:50]}


def _unit(source: str, name: str) -> dict[str, Any]:
    return {"source": source, "filename": name, "line": 1}


def _job(
    assignment: Assignment,
    units: list[dict[str, Any]],
    exercises: Iterable[str],
    seed: int,
    *,
    record: bool = False,
) -> dict[str, Any]:
    return {
        "units": units,
        "topic": assignment.topic,
        "cases": assignment.cases_source,
        "exercises": list(exercises),
        "seed": seed,
        "record": record,
    }


def _observed(assignment: Assignment, run: Run) -> dict[str, dict[str, Seen]]:
    cases = {(c.exercise, c.name): c for c in assignment.cases}
    seen: dict[str, dict[str, Seen]] = {}
    for frame in run.frames:
        if frame.get("event") == "case":
            case = cases.get((str(frame.get("exercise")), str(frame.get("case"))))
            if case is not None and case.name not in seen.get(case.exercise, {}):
                seen.setdefault(case.exercise, {})[case.name] = diagnosis.see(case, frame)
    return seen


def _failure(run: Run) -> str:
    return next((str(f.get("text")) for f in run.frames if f.get("event") == "failed"), "")


def _before_running(work: Submission, assignment: Assignment, name: str) -> dict[str, Any] | None:
    """Return the entry of an exercise whose verdict needs no run, else None."""
    definition = work.definition(name)
    cases = [c.name for c in assignment.cases_of(name)]
    if definition is None:
        broken = work.broken_definition(name)
        if broken:
            cell, line, message = broken
            where, code = work.place(f"<cell {cell}>", line)
            text = f"SyntaxError: {message}\n    in {where}:  {code.strip()}"
            return _entry(assignment, name, ERROR, dict.fromkeys(cases, ERROR), text)
        if any(name in s.binds and s.kind in ("assignment", "block") for s in work.statements):
            return None
        text = f"There is no function or class `{name}` in the submission."
        return _entry(assignment, name, NOT_ATTEMPTED, dict.fromkeys(cases, NOT_ATTEMPTED), text)
    if submission.is_blank(definition.node):
        text = f"`{name}` is still as it was given out."
        return _entry(assignment, name, NOT_ATTEMPTED, dict.fromkeys(cases, NOT_ATTEMPTED), text)
    return None


def _entry(
    assignment: Assignment,
    name: str,
    status: str,
    cases: Mapping[str, str],
    feedback: str = "",
    mistake: Mistake | None = None,
) -> dict[str, Any]:
    def points(case: Case) -> float:
        return case.points if cases.get(case.name) == CORRECT else 0.0

    listed = assignment.cases_of(name)
    return {
        "name": name,
        "status": status,
        "points": _round(sum(points(c) for c in listed)),
        "max_points": _round(sum(c.points for c in listed)),
        "mistake": mistake.id if mistake else None,
        "hint": mistake.hint if mistake else None,
        "feedback": feedback,
        "cases": [
            {
                "name": c.name,
                "status": cases.get(c.name, NOT_GRADED),
                "points": _round(points(c)),
                "max_points": _round(c.points),
            }
            for c in listed
        ],
    }


def _round(points: float) -> float:
    rounded = round(points, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def _holds_none(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_none, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_holds_none, value))
    return value is None


def _is_own_stub(error: Mapping[str, Any], definition: submission.Statement | None) -> bool:
    """Tell whether an exercise raised NotImplementedError itself, and not another that it calls."""
    if not error.get("not_attempted") or not error.get("cell") or definition is None:
        return error.get("not_attempted") is True
    own = {n.name for n in ast.walk(definition.node) if isinstance(n, ast.FunctionDef)}
    return error.get("function") in own


def _no_place(file: str, line: int) -> tuple[str, str]:
    return "", ""


def _related_failure(
    failures: list[dict[str, Any]], error: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return the top-level failure that explains a NameError, if there is one."""
    return failures[0] if failures and error["type"] == "NameError" else None


def modules_of(assignment: Assignment) -> list[str]:
    """Return the modules that the reference imports, so that the server can have them ready."""
    names = [assignment.topic]
    for node in ast.parse(assignment.reference).body:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
            names.append(node.module)
    return names
