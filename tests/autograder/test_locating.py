"""Wrong answers without a name: the lines that had to change, and what is said about them."""

import linecache
import sys
import time
from dataclasses import replace

import pytest
from conftest import FOLDERS, LIMITS, answered, grade

from dltf.autograder import batch, candidates, check, inprocess
from dltf.autograder.assignment.slips import SENTENCES
from dltf.autograder.execution.limits import Limits
from dltf.autograder.execution.protocol import Job, Unit
from dltf.autograder.execution.roles import Role
from dltf.autograder.grading import Grader

NETWORK = """
def network(x, parameters):
    results = [x]
    for k in range(1, len(parameters) // 2 + 1):
        results.append(layer(results[-1], parameters[f"W{k}"], parameters[f"b{k}"]))
    results[0] = results[0] * 3
    return results[::-1]
"""
LINE = "    results[0] = results[0] * 3"


@pytest.fixture(autouse=True)
def time_enough(monkeypatch):
    monkeypatch.setattr(candidates, "SECONDS", 60.0)


def wrong(grader, chain, **texts):
    (name,) = texts
    return grade(grader, chain, answered(chain, **texts))["by"][name]


def test_the_line_is_named_in_the_students_text_and_not_what_is_right(closed_grader, chain):
    text = "def relu(z):\n    half = 0.5 * z\n    return abs(half) + z * 0.4"
    found = wrong(closed_grader, chain, relu=text)
    assert (found["status"], found["mistake"]) == ("incorrect", None)
    source = answered(chain, relu=text).splitlines()
    at = source.index("    return abs(half) + z * 0.4") + 1
    code = {"first": at - 2, "code": text}
    assert found["located"] == {"cell": 1, "line": at, "lines": [at], "missing": False} | code
    assert found["feedback"].endswith(
        f"Look at line {at}: `return abs(half) + z * 0.4`. "
        "With that line right, every check passes."
    )
    assert "maximum" not in found["feedback"]


def test_a_slip_in_a_located_line_has_a_name(closed_grader, chain):
    found = wrong(
        closed_grader,
        chain,
        mean_square="def mean_square(x, offset=1.0):\n"
        "    return np.linalg.norm(x) ** 3 / x.size + offset",
    )
    assert found["mistake"] == "mutant:exponent"
    assert found["mistakes"] == ["mutant:exponent"]
    assert found["hint"] == SENTENCES["exponent"]
    assert "Look at" in found["feedback"]


def test_of_a_statement_too_many_its_line_is_named(closed_grader, chain):
    found = wrong(closed_grader, chain, network=NETWORK)
    at = answered(chain, network=NETWORK).splitlines().index(LINE) + 1
    assert (found["located"]["lines"], found["located"]["missing"]) == ([at], False)


def test_of_a_missing_statement_the_line_above_is_named(closed_grader, chain):
    other = "def network(x, parameters):\n    results = [x]\n    return results[::-1]"
    found = wrong(closed_grader, chain, network=other)
    at = answered(chain, network=other).splitlines().index("    results = [x]") + 1
    assert (found["located"]["lines"], found["located"]["missing"]) == ([at], True)
    assert f"Something is missing below line {at}: `results = [x]`." in found["feedback"]


def test_two_lines_are_named_where_one_is_not_enough(closed_grader, chain):
    other = NETWORK.replace(LINE + "\n", "")
    other = other.replace("[x]", "[2 * x]").replace("::-1]", "1:]")
    found = wrong(closed_grader, chain, network=other)
    assert len(found["located"]["lines"]) == 2
    assert "Look at these lines:" in found["feedback"]


def test_a_name_of_the_notebook_in_the_place_of_a_parameter_is_located(closed_grader, chain):
    other = "def mean_square(x, offset=1.0):\n    total = sum(v * v for v in X)\n"
    other += "    return total / 7 + offset"
    found = wrong(closed_grader, chain, mean_square=other)
    at = answered(chain, mean_square=other).splitlines()
    assert found["located"]["lines"] == [at.index("    total = sum(v * v for v in X)") + 1]


def test_an_answer_that_is_all_wrong_is_not_located(closed_grader, chain):
    other = "def network(x, parameters):\n    a = 1\n    b = 2\n    c = 3\n    d = 4\n    return a"
    found = wrong(closed_grader, chain, network=other)
    assert found["located"] is None
    assert "Look at" not in found["feedback"]


def test_past_its_time_it_is_not_located(closed_grader, chain, monkeypatch):
    monkeypatch.setattr(candidates, "SECONDS", 0.0)
    assert wrong(closed_grader, chain, network=NETWORK)["located"] is None


def test_a_candidate_that_dies_costs_only_itself(closed_pool, chain):
    other = """
def network(x, parameters):
    import os
    results = [x]
    if len(parameters) > 3:
        os._exit(3) if len(results) > 1 else None
    for k in range(1, len(parameters) // 2 + 1):
        results.append(layer(results[-1], parameters[f"W{k}"], parameters[f"b{k}"]))
    results[0] = results[0] * 3
    return results[::-1]
"""
    found = wrong(Grader(closed_pool, 20), chain, network=other)
    at = answered(chain, network=other).splitlines().index(LINE) + 1
    assert found["located"]["lines"] == [at]


def test_below_namespaces_nothing_is_located(tmp_path, chain):
    (tmp_path / "a.py").write_text(answered(chain, network=NETWORK))
    result = batch.grade_paths(
        [tmp_path], assignment=str(FOLDERS / "chain"), seed=5, isolation="off", limits=LIMITS
    )
    assert result.left_out == ("the isolation level is 'limits'",)
    assert result.submissions[0].exercises[2].located is None


def test_a_notebook_locates_as_well(chain):
    source = answered(chain, network=NETWORK)
    namespace = {}
    linecache.cache["<answers>"] = (len(source), None, source.splitlines(True), "<answers>")
    exec(compile(source, "<answers>", "exec"), namespace)
    (verdict,) = check.grade_namespace(chain, namespace, ["network"], 7)
    at = source.splitlines().index(LINE) + 1
    assert verdict.located is not None
    assert verdict.located.lines == (at,)
    assert f"line {at}: `{LINE.strip()}`" in verdict.feedback
    assert namespace["network"].__code__.co_filename == "<answers>"


def test_a_notebook_gives_up_a_program_that_never_ends():
    with inprocess.deadline(0.2) as given:
        assert given
        while True:
            pass


def test_of_a_program_without_end_nothing_is_left(chain):
    cases = {"relu": tuple(case.name for case in chain.cases_of("relu"))}
    right = Unit(chain.reference, "reference")
    endless = Unit("while True: pass", "reference")
    jobs = [Job((unit,), chain.topic, chain.cases_source, cases, 7) for unit in (right, endless)]
    before = list(sys.meta_path)
    one, other = inprocess.InProcessRunner().run_series(
        jobs, Role.REFERENCE, replace(Limits(), seconds=2.0)
    )
    assert one.reason == ""
    assert len(one.cases) == len(cases["relu"])
    assert (other.job, other.reason, other.cases) == (jobs[1], "time", {})  # not those of the first
    assert sys.meta_path == before


def test_an_object_is_deleted_in_peace():
    ended = []

    class Slow:
        def __del__(self):
            end = time.monotonic() + 0.5
            while time.monotonic() < end:
                pass
            ended.append(True)

    with inprocess.deadline(0.2):
        Slow()  # an exception in its `__del__` would be lost, and reported
        while True:
            pass
    assert ended == [True]
