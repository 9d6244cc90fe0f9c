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
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from dltf.autograder import diagnosis
from dltf.autograder.assignment.declarations import AssignmentError, Mistake
from dltf.autograder.assignment.loading import Assignment, definition_source
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
from dltf.autograder.reading import submission
from dltf.autograder.reading.submission import Statement, Submission
from dltf.autograder.verdict import Recognised, exercise_entry, rounded_points, without_running

if TYPE_CHECKING:
    from dltf.autograder.execution.protocol import Limits, Run

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


@dataclass(frozen=True)
class Task:
    """One submission to be graded for one assignment on one seed."""

    work: Submission
    assignment: Assignment
    seed: int
    recognised: Recognised


@dataclass
class Ran:
    """What came of running a submission's exercises.

    Attributes:
        seen: exercise -> case -> what was seen.
        stopped: exercise -> the run that it brought to an end.
        failures: exceptions at top level, as data.
    """

    seen: dict[str, dict[str, Seen]] = field(default_factory=dict)
    stopped: dict[str, Run] = field(default_factory=dict)
    failures: list[dict[str, Any]] = field(default_factory=list)


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
        task = Task(work, assignment, self.seed if seed is None else seed, Recognised(work))
        entries = self.exercises(task, list(assignment.exercises))
        return {
            "file": str(work.path),
            "assignment": assignment.name,
            "score": rounded_points(sum(e["points"] for e in entries)),
            "max_score": rounded_points(sum(e["max_points"] for e in entries)),
            "recognised": task.recognised.as_dict(),
            "seconds": round(time.perf_counter() - start, 4),
            "error": None,
            "exercises": entries,
        }

    def grade_program(
        self, assignment: Assignment, source: str, exercises: list[str], seed: int | None = None
    ) -> list[dict[str, Any]]:
        """Grade some exercises of a program given as text; return their entries."""
        work = submission.from_source(source)
        task = Task(work, assignment, self.seed if seed is None else seed, Recognised(work))
        return self.exercises(task, exercises)

    def exercises(self, task: Task, names: list[str]) -> list[dict[str, Any]]:
        """Grade the named exercises of a submission; return their entries in that order."""
        expected = self.reference(task.assignment, task.seed)
        for exercise in task.assignment.exercises.values():
            other = task.work.rename(exercise.name, exercise.names)
            if other is not None:
                task.recognised.names[exercise.name] = other
        entries = {}
        for name in names:
            entry = without_running(task.work, task.assignment, name)
            if entry is not None:
                entries[name] = entry
        attempted = [name for name in names if name not in entries]
        ran = self._run(task, attempted)
        for name in attempted:
            entries[name] = self._verdict(task, name, expected[name], ran)
        self._look_for_blocked(task, entries, expected)
        return [entries[name] for name in names]

    def _run(self, task: Task, names: list[str]) -> Ran:
        """Run the attempted exercises; whatever one of them does, run the others too."""
        ran = Ran()
        groups = [names] if names else []
        while groups:
            left = groups.pop(0)
            units = [statement.unit() for statement in task.work.program(left)]
            run = self.pool.run(_job(task.assignment, units, left, task.seed))
            ran.failures += task.recognised.read(run)
            for exercise, cases in _observed(task.assignment, run).items():
                ran.seen.setdefault(exercise, {}).update(cases)
            if not run.reason:
                continue
            if run.exercise in left:
                ran.stopped[run.exercise] = run
                rest = left[left.index(run.exercise) + 1 :]
                groups += [rest] if rest else []
            elif len(left) > 1:  # something at top level: find out whose
                groups += [[name] for name in left]
            else:
                ran.stopped[left[0]] = run
        return ran

    def _verdict(
        self, task: Task, name: str, expected: Mapping[str, Seen], ran: Ran
    ) -> dict[str, Any]:
        """Judge the cases of one exercise and say what came of them."""
        cases, got = task.assignment.cases_of(name), ran.seen.get(name, {})
        differences = {c.name: diagnosis.judge(c, expected[c.name], got.get(c.name)) for c in cases}
        statuses = {n: _status(got.get(n), differs is None) for n, differs in differences.items()}

        def entry(status: str, text: str = "", mistake: Mistake | None = None) -> dict[str, Any]:
            return exercise_entry(task.assignment, name, status, statuses, text, mistake)

        failing = [c for c in cases if statuses[c.name] != CORRECT]
        if not failing:
            return entry(CORRECT)
        if name in ran.stopped:
            stopped = ran.stopped[name]
            return entry(NOT_GRADED, REASONS[stopped.reason].format(detail=stopped.detail))
        case = next((c for c in failing if c.name in got), None)
        if case is None:
            return entry(NOT_GRADED, "The run gave no result.")
        first, place = got[case.name], task.work.place
        text = diagnosis.feedback(case, expected[case.name], first, differences[case.name], place)
        definition = task.work.definition(name)
        blank = _blank_left(definition, first)
        if blank:
            where, _ = place(f"<cell {blank[0]}>", blank[1])
            return entry(NOT_ATTEMPTED, f"A blank is left: {where} still says None.")
        error = first.error or {}
        if _is_own_stub(error, definition):
            return entry(NOT_ATTEMPTED, error["message"])
        if error.get("memory"):
            detail = f"more than {self.pool.limits.memory >> 20} MiB"
            return entry(NOT_GRADED, f"{REASONS['memory'].format(detail=detail)}\n\n{text}")
        if error.get("size"):
            return entry(NOT_GRADED, REASONS["output"].format(detail=error["message"]))
        mistake = diagnosis.diagnose(cases, got, self.catalogue(task.assignment, name, task.seed))
        if mistake is not None:
            return entry(INCORRECT, text, mistake)
        if not error:
            ask = " Does the function end with a return?" if first.value is None else ""
            return entry(INCORRECT, text + ask)
        if ran.failures and error["type"] == "NameError":
            text += f"\n\nBefore that: {diagnosis.error_text(ran.failures[0], place)}"
        return entry(ERROR, text)

    # Exercises that fail only through another --------------------------------------------------

    def _look_for_blocked(
        self,
        task: Task,
        entries: dict[str, dict[str, Any]],
        expected: Mapping[str, Mapping[str, Seen]],
    ) -> None:
        """Mark exercises that would be right if the exercises they call were.

        Each is run once more with the reference in place of the wrong exercises it calls (and of
        those only). That run can earn nothing: whatever it shows, the marks stay as they are.
        """
        blocked = {
            name: culprits
            for name, culprits in self._culprits(task, entries).items()
            if self._right_with(task, name, culprits, expected[name])
        }
        for name, culprits in blocked.items():
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

    def _culprits(
        self, task: Task, entries: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, list[str]]:
        """Return, for each wrong exercise that calls other wrong ones, which those are."""
        order = list(task.assignment.exercises)
        wrong = {name for name, entry in entries.items() if entry["status"] != CORRECT}
        wrong |= {n for n in order if n not in entries and task.work.definition(n) is None}
        called = {
            name: sorted(wrong & task.work.mentions(name) - {name}, key=order.index)
            for name, entry in entries.items()
            if entry["status"] in (INCORRECT, ERROR)
        }
        return {name: culprits for name, culprits in called.items() if culprits}

    def _right_with(
        self, task: Task, name: str, culprits: list[str], expected: Mapping[str, Seen]
    ) -> bool:
        """Tell whether an exercise is right when the reference stands in for others it calls."""
        assignment = task.assignment
        reference = submission.from_source(assignment.reference)
        needed = set(culprits).union(*map(reference.mentions, culprits))
        others = {n: stub_of(assignment, n) for n in assignment.exercises if n not in needed}
        job = _job(assignment, [s.unit() for s in task.work.program([name])], [name], task.seed)
        source = assignment.implementation(**others)
        job["replace"] = {"names": culprits, "units": [_unit(source, "reference")]}
        got = _observed(assignment, self.pool.run(job)).get(name, {})
        cases = assignment.cases_of(name)
        return all(diagnosis.judge(c, expected[c.name], got.get(c.name)) is None for c in cases)


def _status(seen: Seen | None, right: bool) -> str:
    """Return the status of one case."""
    if right:
        return CORRECT
    if seen is None:
        return NOT_GRADED
    return ERROR if seen.error else INCORRECT


def _blank_left(definition: Statement | None, first: Seen) -> tuple[int, int] | None:
    """Return the cell and line of a blank (None) that is left and shows in what came out."""
    empty = submission.blanks(definition.node) if definition else []
    if definition and empty and (first.error or _holds_none(first.value)):
        return definition.cell, empty[0]
    return None


def stub_of(assignment: Assignment, exercise: str) -> str:
    """Return the reference's source of an exercise without its answer."""
    from dltf.autograder.assignment.stubs import stub

    return definition_source(stub(assignment.reference), exercise)


# Small pieces -------------------------------------------------------------------------------------


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


def _holds_none(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_none, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_holds_none, value))
    return value is None


def _is_own_stub(error: Mapping[str, Any], definition: Statement | None) -> bool:
    """Tell whether an exercise raised NotImplementedError itself, and not another that it calls."""
    if not error.get("not_attempted") or not error.get("cell") or definition is None:
        return error.get("not_attempted") is True
    own = {n.name for n in ast.walk(definition.node) if isinstance(n, ast.FunctionDef)}
    return error.get("function") in own


def _no_place(file: str, line: int) -> tuple[str, str]:
    return "", ""


def modules_of(assignment: Assignment) -> list[str]:
    """Return the modules that the reference imports, so that the server can have them ready."""
    names = [assignment.topic]
    for node in ast.parse(assignment.reference).body:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
            names.append(node.module)
    return names
