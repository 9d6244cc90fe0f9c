"""Warm and cold processes: every program gives the same observations in both.

The programs are the references, the accepted answers and some of the mistakes of all assignments (a
mistake is the reference with a line or two changed), and the answers of the sample class. They run
on the same inputs in warm and in cold processes, and what comes back is equal to the last bit; only
of a program that draws from the system's own source of randomness, and so differs from one cold run
to the next, the verdict of the judge.
"""

import json
from dataclasses import replace

import pytest
from conftest import LIMITS, answered, grade

from dltf.authoring import sample
from dltf.authoring.record import operations
from dltf.authoring.trials import trials
from dltf.autograder.assignment import loading
from dltf.autograder.diagnosis import judge, read_observation, repeatable_error
from dltf.autograder.execution.limits import Limits
from dltf.autograder.execution.operations import Operation, recorded
from dltf.autograder.execution.pool import Pool
from dltf.autograder.execution.protocol import Job, Unit
from dltf.autograder.execution.roles import Role
from dltf.autograder.grading import Grader
from dltf.autograder.known import modules_of
from dltf.autograder.reading import formats
from dltf.autograder.reading.recognition import recognise

TOGETHER = 24  # programs that run one after another in one process
MISTAKES = 6  # every sixth mistake of an assignment is run


@pytest.fixture(scope="module")
def pools():
    """Return a pool with warm processes and one without."""
    generous = Limits(seconds=20.0)
    with Pool(2, limits=generous) as warm, Pool(2, limits=generous, warm=False) as cold:
        for pool in (warm, cold):
            for name in loading.available():
                pool.preload(modules_of(loading.load(name)))
        yield warm, cold


def programs(assignment):
    """Return the programs of an assignment that are compared."""
    every = list(trials(assignment, with_mutants=False))
    mistakes = [one for one in every if one.kind == "mistake"]
    return [one for one in every if one.kind in ("reference", "accepted")] + mistakes[::MISTAKES]


def job(assignment, source, exercises, **options):
    """Return the job that runs the cases of some exercises on a program."""
    cases = {name: tuple(c.name for c in assignment.cases_of(name)) for name in exercises}
    units = (Unit(source, "<cell 1>"),)
    return Job(units, assignment.topic, assignment.cases_source, cases, 7, **options)


def seen(result):
    """Return what came back from a job: the observations, exactly, and the exceptions."""
    return {
        key: case.observation or repeatable_error(case.error) for key, case in result.cases.items()
    }


def same(assignment, first, second, again):
    """Assert that two results are equal, or differ only where `again`, a third, differs, too."""
    assert first.reason == second.reason
    assert set(first.cases) == set(second.cases)
    mine, yours = seen(first), seen(second)
    different = [key for key in mine if mine[key] != yours[key]]
    if not different:
        return
    third = seen(again())
    for case in assignment.cases:
        key = (case.exercise, case.name)
        if key in different:
            assert third[key] != yours[key], key
            one, other = (read_observation(case, result.cases[key]) for result in (first, second))
            assert judge(case, other, one) is None, key


@pytest.mark.parametrize("name", loading.available())
def test_every_program_of_the_course_gives_the_same_warm_and_cold(pools, name):
    assignment = loading.load(name)
    every = programs(assignment)
    jobs = [job(assignment, one.source, one.exercises) for one in every]
    groups = [jobs[i : i + TOGETHER] for i in range(0, len(jobs), TOGETHER)]
    warm, cold = (
        [result for results in pool.map(pool.run_series, groups) for result in results]
        for pool in pools
    )
    for one, first, second in zip(every, warm, cold, strict=True):
        print(one.kind, one.name)
        same(assignment, first, second, lambda job=second.job: pools[1].run(job, Role.REFERENCE))
        assert second.cold == set(second.job.exercises)
    assert warm[0].cold == set()  # the reference: a mistake may use a graph


@pytest.mark.parametrize("name", loading.available())
def test_one_after_another_gives_the_same_as_each_alone(pools, name):
    assignment, (warm, _) = loading.load(name), pools
    every = programs(assignment)
    chosen = [*every[:2], *every[2::9]]  # a ninth: each is a process of its own
    jobs = [job(assignment, one.source, one.exercises) for one in chosen]
    together = warm.run_series(jobs)
    for one, result in zip(chosen, together, strict=True):
        print(one.kind, one.name)
        alone = warm.run_series([result.job])[0]
        same(assignment, result, alone, lambda job=result.job: warm.run_series([job])[0])


class Unexplained(Grader):
    """A grader that names no mistakes, which are compared above."""

    _kinds = ()


def without_process(result):
    """Return a submission's result without the processes that it comes from."""
    exercises = [{**one, "process": None} for one in result["exercises"]]
    return {**result, "exercises": exercises}


@pytest.mark.parametrize("name", loading.available())
def test_the_sample_class_gets_the_same_verdicts_warm_and_cold(pools, name, tmp_path):
    known = [loading.load(name)]
    written = sample.write_class([name], tmp_path)
    # An endless loop is ended by the clock in both, which takes its time and tells nothing.
    files = [
        path
        for path in written
        if path.stem != "endless_loop" and "while True" not in path.read_text(errors="replace")
    ]
    graders = [Unexplained(pool, 7) for pool in pools]

    def verdict(grader, work, assignment):
        found = grader.mark(work, assignment).result.as_dict()
        del found["seconds"]
        return found

    def verdicts(path):
        try:
            work = formats.read(path)
        except formats.SubmissionError:
            return []
        found = []
        for assignment in recognise(work, known):
            first, second = (verdict(grader, work, assignment) for grader in graders)
            # It draws from the system's randomness: only the values that are shown may differ.
            drawn = without_process(first) != without_process(second) and (
                verdict(graders[1], work, assignment) != second
            )
            for one, other in zip(first["exercises"], second["exercises"], strict=True):
                # What raises is run again alone, where layers that others have built are not.
                alone = one["status"] == "error" and one["process"] == "cold"
                if drawn or alone:
                    del one["feedback"], other["feedback"]
            found.append((without_process(first), without_process(second)))
        return found

    for path, found in zip(files, pools[0].map(verdicts, files), strict=True):
        for first, second in found:
            assert first == second, path.name


# What is run cold ---------------------------------------------------------------------------------


GRAPH = """
import tensorflow as tf

@tf.function
def relu(z):
    return tf.maximum(z, 0)
"""
RAISES = "def relu(z):\n    raise ValueError('no')"
MISSPELT = "def relu(z):\n    return np.maximun_(z, 0) if lenght else z"
SLOW = "import time\ndef relu(z):\n    time.sleep(0.3)\n    return np.maximum(z, 0)"


@pytest.fixture(scope="module")
def warm_pool():
    """Return a pool with warm processes."""
    with Pool(2, limits=LIMITS) as pool:
        yield pool


@pytest.mark.parametrize(
    ("relu", "cold"),
    [
        (None, set()),
        (GRAPH, {"relu"}),
        (RAISES, {"relu"}),
        (MISSPELT, set()),
        ("import os\ndef relu(z):\n    os._exit(0)", {"relu"}),
        ("import ctypes\ndef relu(z):\n    ctypes.string_at(0)", {"relu"}),
    ],
)
def test_what_a_warm_process_cannot_decide_is_run_cold(warm_pool, chain, relu, cold):
    source = answered(chain, **({"relu": relu} if relu else {}))
    result = warm_pool.run(job(chain, source, ["mean_square", "relu"]))
    assert set(result.cold) == cold
    alone = job(chain, source, ["mean_square"])
    assert seen(warm_pool.run(alone)).items() <= seen(result).items()


def test_a_graph_earns_its_marks(warm_pool, chain):
    entry = grade(Grader(warm_pool, 3), chain, answered(chain, relu=GRAPH))
    assert entry["by"]["relu"]["status"] == "correct"
    assert entry["by"]["relu"]["process"] == "cold"
    assert entry["by"]["mean_square"]["process"] == "warm"


def test_an_exercise_that_is_slow_warm_is_run_cold(warm_pool, chain, monkeypatch):
    from dltf.autograder.execution import pool

    monkeypatch.setattr(pool, "WARM_SECONDS", 0.1)
    result = warm_pool.run(job(chain, answered(chain, relu=SLOW), ["relu"]))
    assert result.cold == {"relu"}
    assert result.reason == ""
    assert len(result.cases) == len(chain.cases_of("relu"))


def test_a_reference_that_needs_a_graph_sends_its_exercise_to_cold_processes(chain):
    with Pool(1, limits=LIMITS) as pool:
        pool.run(job(chain, answered(chain, relu=GRAPH), ["relu"], trace=True), Role.REFERENCE)
        result = pool.run(job(chain, answered(chain), ["relu", "mean_square"]))
        assert result.cold == {"relu"}


# No state of one reaches the next -----------------------------------------------------------------


LEAVES = """
import builtins, os, random
import keras, tensorflow as tf

left = [
    bool(getattr(builtins, "left", None)),
    keras.backend.floatx(),
    "Left" in str(keras.saving.get_custom_objects()),
    keras.layers.Dense(1).name,
    os.environ.get("LEFT"),
    os.path.exists("left"),
    tf.config.functions_run_eagerly(),
    random.random(), float(np.random.rand()), float(tf.random.normal([])),
    float(keras.random.normal([])),
]
builtins.left = True
keras.backend.set_floatx("float64")
keras.saving.register_keras_serializable("Left")(type("Left", (), {"get_config": 1}))
os.environ["LEFT"] = "1"
open("left", "w").close()
tf.config.run_functions_eagerly(True)
np.maximum = None

def relu(z):
    return left
"""


def test_no_state_of_a_submission_reaches_the_next(warm_pool, chain):
    first, second = (
        seen(warm_pool.run(job(chain, answered(chain, relu=LEAVES), ["relu"]))) for _ in range(2)
    )
    assert first == second
    entry = grade(Grader(warm_pool, 3), chain, answered(chain))
    assert entry["score"] == entry["max_score"]


# Operations ---------------------------------------------------------------------------------------


def test_the_recorded_operations_are_those_of_the_references(pools):
    found = operations(pools[0], loading.available())
    missing = sorted(set(found) - set(recorded()))
    assert missing == [], "python -m dltf.authoring.record"


def test_the_recorded_operations_are_sorted_and_name_no_assignment():
    every = recorded()
    assert list(every) == sorted(set(every))
    for text in every:
        one = Operation.from_json(text)
        assert one.to_json() == text
        assert "seed" not in json.loads(one.attributes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "operation: expected an object, got"),
        ('{"name": 1}', "operation: expected a name, attributes and outputs, got"),
        (
            '{"name": "A", "attributes": "{}", "outputs": 1, "inputs": "float32/0"}',
            "operation: expected a list of inputs, got 'float32/0'",
        ),
    ],
)
def test_an_operation_that_is_none_is_named(text, message):
    with pytest.raises(ValueError, match=message):
        Operation.from_json(text)


def test_a_server_ignores_operations_that_it_does_not_have(chain):
    unknown = replace(Operation.from_json(recorded()[0]), name="NoSuchOperation").to_json()
    with Pool(1, limits=LIMITS) as pool:
        pool.warm_up([unknown, "no operation"])
        assert grade(Grader(pool, 3), chain, answered(chain))["score"] == 3
