"""Every assignment of the course: right answers get full marks, every mistake its own hint.

The automatic mutants, and more seeds, are left to `dltf verify`: they take minutes.
"""

import os

import pytest

from dltf.authoring import findings, verify
from dltf.autograder.assignment import loading
from dltf.autograder.execution.pool import Pool
from dltf.autograder.execution.roles import Role
from dltf.autograder.grading import Grader
from dltf.autograder.known import modules_of

TOPICS = loading.available()


@pytest.fixture(scope="module")
def course():
    """Return a grader whose server has loaded what the assignments need."""
    # Beside another worker of pytest-xdist one job at a time: the limits are of wall time.
    with Pool(jobs=1 if "PYTEST_XDIST_WORKER" in os.environ else 2) as pool:
        pool.preload([module for name in TOPICS for module in modules_of(loading.load(name))])
        yield Grader(pool, seed=1, role=Role.REFERENCE)


@pytest.mark.parametrize("topic", TOPICS)
def test_an_assignment_tells_right_from_wrong(course, topic):
    report = verify.verify(loading.load(topic), course, seeds=1, with_mutants=False)
    assert report.problems == [], "\n".join(findings.lines(report))
    assert sum(one.mistakes for one in report.exercises.values()) > 0
