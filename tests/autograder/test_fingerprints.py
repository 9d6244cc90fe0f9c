"""Fingerprints: what they tell apart, and what a student edition names with them."""

import numpy as np
import pytest

from dltf.autograder.diagnosis import Observed
from dltf.autograder.execution.protocol import ErrorInfo
from dltf.autograder.fingerprints import fingerprint, read, slips


def stored(value):
    return read(fingerprint(Observed(summary=value)).pack())[0]


SAME = [
    (np.arange(6.0), np.arange(6.0) * (1 + 1e-7)),
    ({"a": 1.5, "b": "text"}, {"b": "text", "a": 1.5}),
    ([np.float32(0.1), True, None], [0.1, True, None]),
    (np.array([np.nan, 2.0]), np.array([np.nan, 2.0])),
]
DIFFERENT = [
    (np.arange(6.0), np.arange(6.0).reshape(2, 3)),
    (np.arange(6.0), np.arange(6.0)[::-1].copy()),
    (np.arange(6.0), np.arange(6.0) * 1.001),
    ({"a": 1.5}, {"b": 1.5}),
    ([1.0, 2.0], [2.0, 1.0]),
    (np.array([np.nan, 2.0]), np.array([2.0, np.nan])),
    ("text", "texts"),
    (True, False),
    (None, 0.0),
    (0.0, 1e-9),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_observation_has_one_fingerprint(one, other):
    assert fingerprint(Observed(summary=one)).fits(stored(other))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_observations_are_told_apart(one, other):
    assert not fingerprint(Observed(summary=one)).fits(stored(other))
    assert not fingerprint(Observed(summary=other)).fits(stored(one))


def test_exceptions_are_compared_by_what_they_say():
    def of(kind, message):
        return fingerprint(Observed(error=ErrorInfo(kind, message)))

    one = of("ValueError", "shapes (2,3) and (4,) do not fit")
    assert one.fits(read(of("ValueError", "shapes (5,3) and (6,) do not fit").pack())[0])
    assert not one.fits(of("ValueError", "something else"))
    assert not one.fits(of("TypeError", "shapes (2,3) and (4,) do not fit"))


def test_what_fits_must_fit_in_every_case_and_on_every_seed():
    def by_case(first, second):
        return {"f": Observed(summary=first), "g": Observed(summary=second)}

    right = {1: by_case(1.0, 2.0), 2: by_case(3.0, 4.0)}
    made = {
        1: [("sign", by_case(-1.0, 2.0)), ("order", by_case(-1.0, 2.0)), ("flag", right[1])],
        2: [("sign", by_case(-3.0, 4.0)), ("order", by_case(-3.0, 5.0)), ("flag", right[2])],
    }
    found = slips(["f", "g"], right, made)
    assert found.kinds == ("sign", "order")  # the last cannot be told from what is right
    assert found.fitting({1: by_case(-1.0, 2.0), 2: by_case(-3.0, 4.0)}) == {"sign"}
    assert found.fitting({1: by_case(-1.0, 2.0), 2: by_case(-3.0, 5.0)}) == {"order"}
    assert found.fitting({1: by_case(-1.0, 2.0), 2: by_case(-3.0, 6.0)}) == set()
    assert found.fitting({1: by_case(-1.0, 2.0), 2: {}}) == set()
