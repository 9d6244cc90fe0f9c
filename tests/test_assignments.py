"""Every assignment of the course: right answers get full marks, every mistake its own hint.

The automatic mutants, and more seeds, are left to `dltf verify`: they take minutes.
"""

import pytest

from dltf.authoring import findings, verify
from dltf.autograder import assignment as assignments
from dltf.autograder.grading import Grader, modules_of
from dltf.autograder.pool import Pool

TOPICS = assignments.available()


@pytest.fixture(scope="module")
def course():
    """Return a grader whose server has loaded what the assignments need."""
    with Pool(jobs=2) as pool:
        pool.preload([module for name in TOPICS for module in modules_of(assignments.load(name))])
        yield Grader(pool, seed=1)


@pytest.mark.parametrize("topic", TOPICS)
def test_an_assignment_tells_right_from_wrong(course, topic):
    report = verify.verify(assignments.load(topic), course, seeds=1, with_mutants=False)
    assert report.problems == [], "\n".join(findings.lines(report))
    assert sum(one.mistakes for one in report.exercises.values()) > 0
