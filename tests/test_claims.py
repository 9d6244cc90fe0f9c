"""Claims: a statement of a notebook about its own run holds, or says what came out."""

import ast
import contextlib
import io

import notebooks
import numpy as np
import pytest

from dltf.autograder.assignment import loading
from dltf.claims import ClaimError, claim

# What can be checked in seconds: the beginning of a claim. `make notebooks-run` checks all.
QUICK = {
    "resnet": "the plain stack needs He's scale",
    "rnn": "over 80 steps the gradient vanishes",
    "optimization": "where the first stair ends",
    "regularization": "L1 keeps the five inputs",
}


@pytest.fixture(autouse=True)
def learner(monkeypatch):
    monkeypatch.delenv("DLTF_CLAIMS", raising=False)


@pytest.mark.parametrize("holds", [True, np.True_, [True, np.True_], np.array([True])])
def test_a_claim_that_holds_is_printed(holds, capsys):
    claim("two is more than one", holds, "2 and 1")
    assert capsys.readouterr().out == "As expected: two is more than one. Measured: 2 and 1.\n"


@pytest.mark.parametrize("holds", [False, np.False_, [True, False], np.array([1.0]) > np.nan])
def test_a_claim_that_does_not_hold_says_what_came_out_and_goes_on(holds, capsys):
    claim("two is less than one", holds, "2 and 1")
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
    claim("two is more than one", True)
    with pytest.raises(ClaimError, match=r"claim: expected that two is less than one, got 2 and 1"):
        claim("two is less than one", False, "2 and 1")
    with pytest.raises(ClaimError, match="got the opposite"):
        claim("two is less than one", [True, False])
    assert "Not in this run" not in capsys.readouterr().out


@pytest.mark.parametrize("topic", QUICK)
def test_a_quick_claim_of_a_notebook_holds_without_real_data(topic, monkeypatch, tmp_path):
    monkeypatch.setenv("DLTF_CLAIMS", "strict")
    monkeypatch.setenv("DLTF_DATA", str(tmp_path))
    (text,) = (text for text in notebooks.claims(topic) if text.startswith(QUICK[topic]))
    program = notebooks.only_claim("\n".join(notebooks.cells(topic)), text)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(program, f"claim of {topic}", "exec"), {"__name__": "notebook"})
    assert f"As expected: {text}"[:60] in printed.getvalue()


@pytest.mark.parametrize("topic", loading.available())
def test_a_claim_is_a_sentence_that_can_be_found(topic):
    texts = notebooks.claims(topic)
    assert len(set(texts)) == len(texts)
    assert not [text for text in texts if text.endswith(".")]


def test_what_a_claim_depends_on_is_found():
    program = """
import numpy as np
rng = np.random.default_rng(1)
noise = rng.normal(size=3)  # changes rng
found = {}
def measure(name):
    found[name] = rng.normal()
measure("a")
other = expensive()
for name in ("b", "c"):
    found[name] = rng.normal()
    other[name] = name
model = build()
history = train(model)
claim("a is below b", found["a"] < found["b"])
claim("it has learned", model.right)
"""
    kept = ast.unparse(notebooks.only_claim(program, "a is below b"))
    assert "noise" in kept
    assert "measure('a')" in kept
    assert "for name" in kept
    assert "train" not in kept
    kept = ast.unparse(notebooks.only_claim(program, "it has learned"))
    assert kept.splitlines() == [
        "model = build()",
        "history = train(model)",
        "claim('it has learned', model.right)",
    ]
