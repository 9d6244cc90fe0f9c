"""Shared by the tests: markers by folder, small assignments, one warm server for all of them."""

import functools
import json
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import hypothesis
import jsonschema
import pytest

from dltf.autograder.assignment import loading
from dltf.autograder.execution import gate, sandbox
from dltf.autograder.execution.limits import Limits
from dltf.autograder.execution.pool import Pool
from dltf.autograder.grading import Grader
from dltf.autograder.reading import formats
from dltf.autograder.verdict import BatchResult, SubmissionResult, Verdict

pytest_plugins = ["margins"]

HERE = Path(__file__).parent
ROOT = HERE.parent
FOLDERS = HERE / "assignments"
# Generous wall time, since the first operations in a fork are slow on a loaded machine.
LIMITS = Limits(seconds=20.0, cpu_seconds=20, memory=512 * 2**20, processes=64)


# The same few examples everywhere, so that a failure is one for everybody. To search for new ones:
# pytest --hypothesis-profile=search
hypothesis.settings.register_profile(
    "suite", derandomize=True, max_examples=60, deadline=None, database=None
)
hypothesis.settings.register_profile("search", max_examples=1000, deadline=None)
hypothesis.settings.load_profile("suite")

MARKERS = sorted({p.relative_to(HERE).parts[0] for p in HERE.glob("*/**/test_*.py")})


def pytest_configure(config):
    """Register a marker for each folder of tests: `pytest -m yolo`, `pytest -m autograder`."""
    for name in MARKERS:
        config.addinivalue_line("markers", f"{name}: tests in tests/{name}, or of its assignment")


def pytest_collection_modifyitems(items):
    """Mark each test with its folder, and a test of one assignment with its topic."""
    for item in items:
        folder = item.path.relative_to(HERE).parts[0] if item.path.is_relative_to(HERE) else None
        values = item.callspec.params.values() if hasattr(item, "callspec") else ()
        named = {value for value in values if isinstance(value, str)} & set(loading.available())
        for name in {folder, *named}.intersection(MARKERS):
            item.add_marker(name)


SCHEMA = json.loads((ROOT / "docs" / "result.schema.json").read_text())
PARTS = {BatchResult: None, SubmissionResult: "submission", Verdict: "exercise"}


def validate(data, part=None):
    """Assert that a result, or a part of one, keeps the JSON contract; return it."""
    schema = SCHEMA if part is None else {"$ref": f"#/$defs/{part}", "$defs": SCHEMA["$defs"]}
    jsonschema.Draft202012Validator(schema).validate(data)
    json.dumps(data, allow_nan=False)
    return data


@pytest.fixture(scope="session", autouse=True)
def every_result_keeps_the_contract():
    """Validate each result that becomes a dictionary in any test, and that it reads back."""

    def checked(kind, as_dict, part):
        @functools.wraps(as_dict)
        def validated(self):
            data = validate(as_dict(self), part)
            assert as_dict(kind.from_dict(data)) == data
            return data

        return validated

    with pytest.MonkeyPatch.context() as patch:
        for kind, part in PARTS.items():
            patch.setattr(kind, "as_dict", checked(kind, kind.as_dict, part))
        yield


@pytest.fixture(scope="session", autouse=True)
def own_locks(tmp_path_factory):
    """Lock files of these tests, which wait for no other grader of the machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(gate.VARIABLE, str(tmp_path_factory.mktemp("locks")))
        yield


@pytest.fixture(scope="session")
def pool():
    """Return a pool without TensorFlow, as isolated as this machine allows."""
    with Pool(2, limits=LIMITS, imports=("numpy",)) as pool:
        yield pool


@pytest.fixture(scope="session")
def limits_pool():
    """Return a pool without TensorFlow and without namespaces."""
    with Pool(2, "off", limits=LIMITS, imports=("numpy",)) as pool:
        yield pool


@pytest.fixture(scope="session")
def closed_pool(pool):
    """Return the pool, if the machine supports namespaces."""
    if not pool.namespaces:
        pytest.skip(f"no namespaces here: {sandbox.supported()}")
    return pool


@pytest.fixture(scope="session")
def grader(pool):
    """Return a grader with a fixed seed."""
    return Grader(pool, 20)


@pytest.fixture(scope="session")
def closed_grader(closed_pool):
    """Return a grader that tells which exercises are blocked, if the machine allows it."""
    return Grader(closed_pool, 20)


class Impatient:
    """A runner that gives each exercise two seconds, for submissions that never end."""

    limits = replace(LIMITS, seconds=2.0)

    def __init__(self, pool):
        self.pool = pool

    def run(self, job, role):
        return self.pool.run(job, role, self.limits)

    def run_series(self, jobs, role, limits=None):
        return [self.run(job, role) for job in jobs]

    def warm_up(self, operations):
        self.pool.warm_up(operations)

    def alone(self):
        return self.pool.alone()

    def map(self, function, items):
        return self.pool.map(function, items)


def impatient(pool, assignment, seed=20):
    """Return an `Impatient` grader; the reference has run, and had more time."""
    grader = Grader(pool, seed)
    grader.known.reference(assignment, seed)
    grader.pool = grader.known.pool = Impatient(pool)
    return grader


@pytest.fixture(scope="session", params=["chain"])
def chain():
    """Return the assignment whose exercises call each other."""
    return loading.load(FOLDERS / "chain")


@pytest.fixture(scope="session")
def generations():
    """Return the assignment that several generations of the course answer differently."""
    return loading.load(FOLDERS / "generations")


@pytest.fixture(scope="session")
def network():
    """Return the assignment with a class and a random result."""
    return loading.load(FOLDERS / "network")


def answered(assignment, **replaced):
    """Return the reference as a student's source, with some exercises exchanged ('' deletes)."""
    source = assignment.implementation(
        **{name: textwrap.dedent(text) for name, text in replaced.items()}
    )
    lines = (line for line in source.splitlines() if " SOLUTION" not in line)
    return "\n".join(line.replace("hunter2 in the reference", "") for line in lines)


def notebook(*cells, **more):
    """Return the text of a notebook with these code cells."""
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [
                {"cell_type": "code", "id": f"c{i}", "metadata": {}, "outputs": [],
                 "execution_count": None, "source": text}
                for i, text in enumerate(cells)
            ],
            **more,
        }
    )  # fmt: skip


def grade(grader, assignment, source, seed=None):
    """Return the entry of a submission given as text, its exercises by name under 'by'."""
    entry = grader.grade(formats.from_source(source), assignment, seed).as_dict()
    return entry | {"by": {e["name"]: e for e in entry["exercises"]}}


def statuses(entry):
    """Return exercise -> status."""
    return {e["name"]: e["status"] for e in entry["exercises"]}


def dltf(*arguments, **options):
    """Run the command line as a user does, its output in pipes."""
    command = [sys.executable, "-m", "dltf.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def processes(marker):
    """Return the processes of this machine that have a marker in their environment or arguments."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            text = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if marker.encode() in text:
            found.append(int(entry.name))
    return found


def gone(marker, within=10.0):
    """Wait until no process has the marker; return those that stay."""
    end = time.monotonic() + within
    while time.monotonic() < end and processes(marker):
        time.sleep(0.05)
    return processes(marker)
