"""Processor time of a submission, for each assignment: right ones, wrong ones, warm and cold.

    python benchmarks/assignments.py [NAME ...]

Grades the sample class of each assignment, one submission after another, in a pool with warm
processes and in one without, and prints the processor time of all processes of a submission: of its
own runs and, for a wrong one, of the mistakes that it is compared with. The reference has run
before. A wrong submission is the first of a kind if a mistake had to be run for it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dltf.authoring import sample
from dltf.autograder.assignment import loading
from dltf.autograder.assignment.loading import Assignment
from dltf.autograder.execution.pool import Pool
from dltf.autograder.execution.protocol import Job, JobResult
from dltf.autograder.execution.roles import Role
from dltf.autograder.grading import Grader
from dltf.autograder.known import modules_of
from dltf.autograder.reading import formats

SEED = 7


class Meter:
    """A runner that adds up the processor time of the runs of a pool."""

    def __init__(self, pool: Pool) -> None:
        self.pool, self.limits = pool, pool.limits
        self.own = self.others = 0.0

    def run(self, job: Job, role: Role) -> JobResult:
        """Run a job."""
        result = self.pool.run(job, role)
        self._add(role, result.cpu)
        return result

    def run_series(self, jobs: Iterable[Job], role: Role) -> list[JobResult]:
        """Run jobs in one process."""
        results = self.pool.run_series(jobs, role)
        self._add(role, sum(result.cpu for result in results))
        return results

    def _add(self, role: Role, seconds: float) -> None:
        if role is Role.EARNING:
            self.own += seconds
        else:
            self.others += seconds

    def warm_up(self, operations: Iterable[str]) -> None:
        """Prepare operations."""
        self.pool.warm_up(operations)

    def alone(self) -> Any:
        """Return the context of a phase of mixed runs."""
        return self.pool.alone()

    def map(self, function: Any, items: Any) -> Any:
        """Apply a function to items, one by one."""
        return map(function, items)


def measure(assignment: Assignment, files: list[Path], *, warm: bool) -> dict[str, list[float]]:
    """Return kind of submission -> seconds of processor time of each."""
    found: dict[str, list[float]] = {"right": [], "first": [], "next": []}
    with Pool(1, warm=warm) as pool:
        pool.preload(modules_of(assignment))
        meter = Meter(pool)
        grader = Grader(meter, SEED)
        grader.known.reference(assignment, SEED)
        for path in files:
            text = path.read_text(errors="replace")
            if "while True" in text:  # ended by the clock
                continue
            meter.own = meter.others = 0.0
            began = time.process_time()
            try:
                work = formats.read(path)
            except formats.SubmissionError:
                continue
            result = grader.grade(work, assignment)
            seconds = meter.own + meter.others + time.process_time() - began
            right = result.score == result.max_score
            kind = "right" if right else "first" if meter.others else "next"
            found[kind].append(seconds)
    return found


def main() -> None:
    """Measure, and print a table (Markdown)."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=loading.available())
    names = parser.parse_args().names
    print(f"load average before: {os.getloadavg()[0]:.1f}\n")
    print(
        "| assignment | right, warm: median (worst) | right, cold | first wrong of a kind, warm "
        "| cold | next wrong, warm | cold |\n|---|--:|--:|--:|--:|--:|--:|"
    )
    for name in names:
        assignment = loading.load(name)
        with tempfile.TemporaryDirectory() as folder:
            files = sample.write_class([name], Path(folder))
            warm, cold = (measure(assignment, files, warm=warm) for warm in (True, False))
        cells = [
            f"{statistics.median(times[kind]):.2f} ({max(times[kind]):.2f})" if times[kind] else ""
            for kind in ("right", "first", "next")
            for times in (warm, cold)
        ]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    print(f"\nload average after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
