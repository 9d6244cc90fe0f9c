"""Claims: a statement of a notebook about its own run holds, or says what came out."""

import numpy as np
import pytest

from dltf.claims import ClaimError, claim


@pytest.fixture(autouse=True)
def learner(monkeypatch):
    monkeypatch.delenv("DLTF_CLAIMS", raising=False)


@pytest.mark.parametrize("holds", [True, np.True_, [True, np.True_], np.array([True])])
def test_a_claim_that_holds_is_printed(holds, capsys):
    assert claim("two is more than one", holds, "2 and 1") is True
    assert capsys.readouterr().out == "As expected: two is more than one. Measured: 2 and 1.\n"


@pytest.mark.parametrize("holds", [False, np.False_, [True, False], np.array([1.0]) > np.nan])
def test_a_claim_that_does_not_hold_says_what_came_out_and_goes_on(holds, capsys):
    assert claim("two is less than one", holds, "2 and 1") is False
    assert capsys.readouterr().out == (
        'Not in this run: "two is less than one". Measured: 2 and 1.\n'
    )
    claim("nothing was measured", False)
    assert capsys.readouterr().out == 'Not in this run: "nothing was measured".\n'


def test_a_long_line_is_wrapped(capsys):
    claim("the error " + "falls and " * 20 + "rises", True)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert max(map(len, lines)) <= 100


def test_strict_claims_fail_loudly(monkeypatch, capsys):
    monkeypatch.setenv("DLTF_CLAIMS", "strict")
    assert claim("two is more than one", True)
    with pytest.raises(ClaimError, match=r"claim: expected that two is less than one, got 2 and 1"):
        claim("two is less than one", False, "2 and 1")
    with pytest.raises(ClaimError, match="got the opposite"):
        claim("two is less than one", [True, False])
    assert "Not in this run" not in capsys.readouterr().out
