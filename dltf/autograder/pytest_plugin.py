"""Pytest plugin: grade a submission with `pytest assignments/TOPIC --dltf-submission FILE`.

Each case of the assignment is a test item; its points are in the JUnit output. The submission is
graded once, in the sandbox like any other, and the items report what came of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_RESULT = pytest.StashKey[dict[Path, Any]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the autograder."""
    group = parser.getgroup("dltf", "dltf: grade a submission")
    # Prefixed, names and destinations alike: the plugin is active in every project of an
    # environment, where `--seed` may be another's.
    group.addoption(
        "--dltf-submission", metavar="FILE", dest="dltf_submission", help="notebook or script"
    )
    group.addoption(
        "--dltf-seed", type=int, dest="dltf_seed", help="repeat a grading run with the same inputs"
    )
    group.addoption(
        "--dltf-isolation",
        default="auto",
        choices=("auto", "require", "off"),
        dest="dltf_isolation",
        help="sandbox of the submission: the best there is, namespaces or nothing, limits only",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the `cases.py` of an assignment, when there is a submission to try."""
    if file_path.name == "cases.py" and parent.config.getoption("dltf_submission"):
        return AssignmentFile.from_parent(parent, path=file_path)
    return None


class AssignmentFile(pytest.File):
    """An assignment's cases, as test items."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one item a case."""
        from dltf.autograder.assignment import loading

        for case in loading.load(self.path.parent).cases:
            yield CaseItem.from_parent(self, name=f"{case.exercise}::{case.name}", case=case)

    def graded(self) -> dict[str, Any]:
        """Return the submission's entry, graded when it is first asked for."""
        results = self.config.stash.setdefault(_RESULT, {})
        if self.path not in results:
            from dltf.autograder.assignment.declarations import AssignmentError
            from dltf.autograder.batch import grade_paths
            from dltf.autograder.execution.pool import IsolationError

            seed = self.config.getoption("dltf_seed")
            seed = secrets.randbits(32) if seed is None else seed
            try:
                result = grade_paths(
                    [self.config.invocation_params.dir / self.config.getoption("dltf_submission")],
                    assignment=str(self.path.parent),
                    seed=seed,
                    jobs=1,
                    isolation=self.config.getoption("dltf_isolation"),
                )
                entry = result["submissions"][0]
            except (AssignmentError, IsolationError) as error:  # say it in one line an item
                entry = {"exercises": [], "error": str(error)}
            results[self.path] = {**entry, "seed": seed}
        return results[self.path]


class CaseFailed(Exception):
    """A case that the submission did not pass; the message is the feedback."""


class CaseItem(pytest.Item):
    """One case of one exercise."""

    def __init__(self, *, case: Any, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.case = case

    def runtest(self) -> None:
        """Pass, skip (not attempted) or fail with the feedback of the exercise."""
        parent = self.parent
        assert isinstance(parent, AssignmentFile)
        entry = parent.graded()
        points, status, exercise = 0.0, "not graded", None
        for exercise in entry["exercises"]:
            if exercise["name"] == self.case.exercise:
                found = next(c for c in exercise["cases"] if c["name"] == self.case.name)
                points, status = found["points"], found["status"]
                break
        self.user_properties += [
            ("points", points),
            ("max_points", self.case.points),
            ("status", status),
            ("seed", entry["seed"]),
        ]
        if status == "correct":
            return
        if exercise is None:
            raise CaseFailed(entry["error"])
        if status == "not attempted":
            pytest.skip(f"not attempted: {exercise['feedback']}")
        if exercise["mistake"]:
            self.user_properties.append(("mistake", exercise["mistake"]))
        hint = f"\n\nHint: {exercise['hint']}" if exercise["hint"] else ""
        raise CaseFailed(f"{exercise['status']}\n{exercise['feedback']}{hint}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the feedback, not a traceback through the grader."""
        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the item."""
        line = self.case.function.__code__.co_firstlineno
        return self.path, line - 1, self.name
