"""Verdicts and their JSON contract: what it promises, and that nothing else is read or written."""

import copy

import jsonschema
import pytest
from conftest import SCHEMA, answered, validate

from dltf.autograder.assignment.declarations import Mistake
from dltf.autograder.reading import formats
from dltf.autograder.verdict import (
    BatchResult,
    CaseVerdict,
    Recognition,
    Status,
    SubmissionResult,
    Verdict,
    rounded_points,
)

# The contract of version 0.2.0, in its order: nothing in it is renamed, removed or retyped.
NUMBER, TEXT, TEXT_OR_NULL = "number", "string", ["string", "null"]
CONTRACT = {
    "result": {"version": TEXT, "seed": "integer", "isolation": TEXT, "submissions": "array"},
    "submission": {
        "file": TEXT, "assignment": TEXT_OR_NULL, "score": NUMBER, "max_score": NUMBER,
        "recognised": "object", "seconds": NUMBER, "error": TEXT_OR_NULL, "exercises": "array",
    },
    "exercise": {
        "name": TEXT, "status": "status", "points": NUMBER, "max_points": NUMBER,
        "mistake": TEXT_OR_NULL, "hint": TEXT_OR_NULL, "feedback": TEXT, "cases": "array",
    },
    "case": {"name": TEXT, "status": "status", "points": NUMBER, "max_points": NUMBER},
}  # fmt: skip
# Fields that were added since: a result without them can be read.
ADDED = {
    "result": ["left_out"],
    "submission": ["compatibility"],
    "exercise": ["suspects", "process"],
    "case": [],
}
RECOGNISED = {
    "generation": TEXT_OR_NULL, "format": TEXT, "spellings": "object", "returns": "object",
    "provided": "array", "notes": "array",
}  # fmt: skip
STATUSES = ["correct", "incorrect", "not attempted", "error", "blocked", "not graded"]


def part(name):
    return SCHEMA if name == "result" else SCHEMA["$defs"][name]


def type_of(schema):
    """Return the type of a field; a status is an enumeration of its own."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return name if name == "status" else part(name)["type"]
    return schema["type"]


def test_the_schema_keeps_every_field_of_version_0_2_0():
    for name, fields in CONTRACT.items():
        properties = part(name)["properties"]
        assert {field: type_of(properties[field]) for field in fields} == fields
        assert set(fields) <= set(part(name)["required"])
        assert part(name)["additionalProperties"] is True
    assert {f: type_of(part("recognised")["properties"][f]) for f in RECOGNISED} == RECOGNISED
    assert part("recognised")["then"]["required"] == list(RECOGNISED)
    assert set(STATUSES) <= set(part("status")["enum"])
    assert part("result")["properties"]["isolation"]["enum"] == ["namespaces", "landlock", "limits"]


def test_the_schema_is_valid_and_describes_every_field():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for schema in (SCHEMA, *SCHEMA["$defs"].values()):
        assert len(schema["description"]) > 20
        for name, field in schema.get("properties", {}).items():
            assert "description" in field or "$ref" in field, name
            assert "description" in field or part(field["$ref"].rpartition("/")[2])["description"]


@pytest.fixture(scope="module")
def result(grader, chain):
    """Return a batch with a correct answer, a mistake, a blocked one, and a file not read."""
    source = answered(chain, relu="def relu(z): return np.minimum(z, 0)")
    graded = grader.grade(formats.from_source(source), chain)
    bad = SubmissionResult("bad.ipynb", None, error="is empty")
    return BatchResult("0.2.0", 20, "limits", (graded, bad), ("skipped 2 other files",))


def test_the_fields_are_written_in_the_order_of_the_contract(result):
    data = result.as_dict()
    graded, bad = data["submissions"]
    fields = {name: [*CONTRACT[name], *ADDED[name]] for name in CONTRACT}
    assert list(data) == fields["result"]
    assert list(graded) == list(bad) == fields["submission"]
    assert list(graded["recognised"]) == list(RECOGNISED)
    assert list(graded["exercises"][0]) == fields["exercise"]
    assert list(graded["exercises"][0]["cases"][0]) == fields["case"]
    assert bad == {
        "file": "bad.ipynb", "assignment": None, "score": 0, "max_score": 0, "recognised": {},
        "seconds": 0.0, "error": "is empty", "exercises": [], "compatibility": [],
    }  # fmt: skip


def test_a_result_is_read_as_it_was_written(result):
    data = result.as_dict()
    again = BatchResult.from_dict(data)
    assert again.as_dict() == data
    assert again.submissions == result.submissions
    data["submissions"][0]["new_field"] = data["new_field"] = 3
    assert BatchResult.from_dict(validate(data)).submissions == result.submissions


def places(data, path=()):
    """Yield the path of every field of every dictionary of the contract, but in free ones."""
    for key, value in data.items():
        yield (*path, key)
        for i, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, dict):
                yield from places(item, (*path, key, i))


def changed(data, path, change):
    data = copy.deepcopy(data)
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    change(inner, path[-1])
    return data


def test_what_breaks_the_contract_is_refused(result):
    """Every field in turn is left out, then of another type: schema and reader both notice."""
    data = result.as_dict()
    paths = list(places(data))
    assert len(paths) > 60
    for path in paths:
        gone = changed(data, path, lambda inner, key: inner.pop(key))
        retyped = changed(data, path, lambda inner, key: inner.update({key: [None]}))
        with pytest.raises(jsonschema.ValidationError):
            validate(retyped)
        with pytest.raises(ValueError, match=r"expected .*, got "):
            BatchResult.from_dict(retyped)
        if path[-1] in ("left_out", "suspects", "process", "compatibility"):
            assert BatchResult.from_dict(validate(gone)).submissions
            continue
        with pytest.raises(jsonschema.ValidationError):
            validate(gone)
        with pytest.raises(ValueError, match=rf"expected a field '{path[-1]}', got "):
            BatchResult.from_dict(gone)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], r"result: expected a dictionary, got \[\]"),
        ({}, r"result: expected a field 'version', got \[\]"),
        ({"version": 3}, "result: version: expected text, got 3"),
        ({"version": "1", "seed": True}, "result: seed: expected a number, got True"),
    ],
)
def test_what_is_no_result_is_named(data, message):
    with pytest.raises(ValueError, match=message):
        BatchResult.from_dict(data)


def test_an_unknown_status_is_named():
    data = {"name": "f", "status": "right", "points": 1, "max_points": 1}
    with pytest.raises(ValueError, match=r"case: status: expected one of correct, .*, got 'right'"):
        CaseVerdict.from_dict(data)


def test_a_score_is_the_sum_of_its_exercises(result):
    data = result.as_dict()
    data["submissions"][0]["score"] += 1
    with pytest.raises(
        ValueError, match=r"score: expected the sum over its exercises, 1\.7, got 2\.7"
    ):
        BatchResult.from_dict(data)


# Points and statuses ----------------------------------------------------------------------------


def test_a_status_is_its_text():
    assert [status.value for status in Status] == STATUSES
    assert Status.CORRECT == "correct"
    assert f"{Status.NOT_ATTEMPTED:>15}" == "  not attempted"
    assert str(Status.BLOCKED) == "blocked"


@pytest.mark.parametrize(
    ("points", "rounded"), [(0.1 + 0.2, 0.3), (3.0000000001, 3), (0.0, 0), (1 / 3, 0.333333)]
)
def test_points_have_no_noise(points, rounded):
    assert rounded_points(points) == rounded
    assert type(rounded_points(points)) is type(rounded)


def test_a_verdict_earns_the_points_of_its_correct_cases(chain):
    cases = chain.cases_of("mean_square")
    first, second = (case.name for case in cases)
    found = Verdict.of("mean_square", Status.INCORRECT, cases, {first: Status.CORRECT})
    assert [case.status for case in found.cases] == [Status.CORRECT, Status.NOT_GRADED]
    assert found.points == found.cases[0].points > 0
    assert found.max_points == rounded_points(sum(case.points for case in cases))
    every = Verdict.of("mean_square", Status.CORRECT, cases, Status.CORRECT)
    assert every.correct
    assert every.points == every.max_points
    assert second == found.cases[1].name


def test_a_blocked_verdict_keeps_its_points_and_loses_its_hint(chain):
    cases = chain.cases_of("mean_square")
    statuses = dict(zip((c.name for c in cases), (Status.CORRECT, Status.ERROR), strict=True))
    mistake = Mistake("mean_square", "id", "Hint.")
    wrong = Verdict.of("mean_square", Status.INCORRECT, cases, statuses, "Wrong.", mistake)
    assert (wrong.mistake, wrong.hint) == ("id", "Hint.")
    blocked = wrong.blocked("Fix `relu` first.")
    assert (blocked.status, blocked.mistake, blocked.hint) == (Status.BLOCKED, None, None)
    assert [case.status for case in blocked.cases] == [Status.CORRECT, Status.BLOCKED]
    assert (blocked.points, blocked.feedback) == (wrong.points, "Fix `relu` first.")


def test_a_recognition_of_nothing_is_empty():
    assert Recognition.from_dict({}) is None
    with pytest.raises(ValueError, match="spellings: expected a dictionary of texts, got"):
        Recognition.from_dict(Recognition().as_dict() | {"spellings": {"a": 3}})
