"""Pytest plugin: grade a submission with `pytest assignments/TOPIC --dltf-submission FILE`.

Each case of the assignment is a test item; its points are in the JUnit output. The submission is
graded once, in the sandbox, and the items report its result.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dltf.autograder import markdown

if TYPE_CHECKING:
    from dltf.autograder.verdict import BatchResult

_RESULTS = pytest.StashKey[dict[Path, "BatchResult"]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the autograder."""
    group = parser.getgroup("dltf", "dltf: grade a submission")
    # Names and destinations have a prefix: the plugin is active in every project of an environment,
    # where another plugin may define `--seed`.
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
        help="sandbox: the best available, namespaces or an error, resource limits only",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the `cases.py` of an assignment, if a submission is given."""
    if file_path.name == "cases.py" and parent.config.getoption("dltf_submission"):
        return AssignmentFile.from_parent(parent, path=file_path)
    return None


class AssignmentFile(pytest.File):
    """An assignment's cases, as test items."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one item per case."""
        from dltf.autograder.assignment import loading

        for case in loading.load(self.path.parent).cases:
            yield CaseItem.from_parent(self, name=f"{case.exercise}::{case.name}", case=case)

    def graded(self) -> BatchResult:
        """Return the result of the submission, which is graded on the first call."""
        results = self.config.stash.setdefault(_RESULTS, {})
        if self.path not in results:
            from dltf import __version__
            from dltf.autograder.assignment.declarations import AssignmentError
            from dltf.autograder.batch import grade_paths
            from dltf.autograder.execution.pool import IsolationError
            from dltf.autograder.verdict import BatchResult, SubmissionResult

            seed = self.config.getoption("dltf_seed")
            seed = secrets.randbits(32) if seed is None else seed
            file = self.config.invocation_params.dir / self.config.getoption("dltf_submission")
            isolation = self.config.getoption("dltf_isolation")
            folder = str(self.path.parent)
            try:
                result = grade_paths(
                    [file], assignment=folder, seed=seed, jobs=1, isolation=isolation
                )
            except (AssignmentError, IsolationError) as error:  # reported in one line per item
                refused = SubmissionResult(str(file), None, error=str(error))
                result = BatchResult(__version__, seed, isolation, (refused,))
            results[self.path] = result
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
        result = parent.graded()
        submission = result.submissions[0]
        verdict = next((v for v in submission.exercises if v.name == self.case.exercise), None)
        cases = verdict.cases if verdict else ()
        found = next((case for case in cases if case.name == self.case.name), None)
        status = found.status.value if found else "not graded"
        self.user_properties += [
            ("points", found.points if found else 0),
            ("max_points", self.case.points),
            ("status", status),
            ("seed", result.seed),
        ]
        if status == "correct":
            return
        if verdict is None:
            raise CaseFailed(submission.error)
        if status == "not attempted":
            pytest.skip(f"not attempted: {verdict.feedback}")
        if verdict.mistake:
            self.user_properties.append(("mistake", verdict.mistake))
        hint = markdown.to_text(verdict.hint or "", lead="Hint: ")
        raise CaseFailed("\n\n".join(filter(None, [f"{verdict.status}\n{verdict.feedback}", hint])))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the feedback, not a traceback through the grader."""
        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the file, line and name of the item."""
        line = self.case.function.__code__.co_firstlineno
        return self.path, line - 1, self.name
