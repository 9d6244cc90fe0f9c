"""Naming: two seeds, two mistakes at once, slips in the reference, exceptions that agree."""

import numpy as np
import pytest
from conftest import answered, grade

from dltf.autograder import diagnosis, exceptions, naming
from dltf.autograder.assignment.declarations import Case, Mistake
from dltf.autograder.assignment.mutants import mutants
from dltf.autograder.assignment.slips import GENERAL, SENTENCES
from dltf.autograder.catalogue import Catalogue, telling
from dltf.autograder.diagnosis import Observed
from dltf.autograder.execution.protocol import ErrorInfo, Unit
from dltf.autograder.judging.judges import close


def found(grader, chain, **texts):
    (name,) = texts
    return grade(grader, chain, answered(chain, **texts))["by"][name]


# Two seeds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("second", "named"), [(6.0, ("double",)), (6.5, None)])
def test_what_fits_on_one_seed_only_is_not_named(second, named):
    case = Case("f", "case", 1.0, close(), None, "")
    mistake = Mistake("f", "double", "Hint.")
    known = {
        False: Catalogue([mistake], lambda ms, case: [Observed(4.0, 4.0)]),
        True: Catalogue([mistake], lambda ms, case: [Observed(6.0, 6.0)]),
    }
    got, again = {"case": Observed(4.0, 4.0)}, {"case": Observed(second, second)}
    found = naming.name(
        [case], got, ["case"], lambda kind, other: known[other], lambda: again, ["mistakes"]
    )
    assert (found.mistakes if found else None) == named


def test_the_answer_runs_on_another_seed_only_if_something_fits():
    case = Case("f", "case", 1.0, close(), None, "")
    known = Catalogue([Mistake("f", "m", "Hint.")], lambda ms, case: [Observed(1.0, 1.0)])
    got = {"case": Observed(4.0, 4.0)}

    def again():
        raise AssertionError

    assert naming.name([case], got, ["case"], lambda kind, other: known, again) is None


@pytest.mark.parametrize(
    ("first", "second", "tells"),
    [
        (True, False, False),
        (3.0, 3.0, False),
        (None, None, False),
        (0.0, 0.5, True),
        ("one array under two names", "one array under two names", True),
        ([1, 2, 3], [1, 2, 3], True),
    ],
)
def test_a_constant_or_a_yes_or_no_tells_nothing(first, second, tells):
    assert telling(Observed(first, first), Observed(second, second)) is tells


def test_an_answer_that_always_returns_the_same_is_not_named():
    case = Case("f", "case", 1.0, close(), None, "")
    known = Catalogue([Mistake("f", "zero", "Hint.")], lambda ms, case: [Observed(0.0, 0.0)])
    got = {"case": Observed(0.0, 0.0)}
    assert known.find([case], got, ["case"]) == known.mistakes
    assert naming.name([case], got, ["case"], lambda kind, other: known, lambda: got) is None


# Two mistakes at once -----------------------------------------------------------------------------


def test_two_mistakes_at_once_are_both_named(grader, chain):
    text = "def mean_square(x, offset=1.0):\n    return sum(v * v for v in x) + 1"
    verdict = found(grader, chain, mean_square=text)
    assert verdict["mistakes"] == ["sum", "deaf"]
    assert verdict["mistake"] == "sum"
    assert "A mean, hunter2 in the mistakes." in verdict["hint"]
    assert "An argument is not heard." in verdict["hint"]


def test_mistakes_about_the_same_code_are_no_pair():
    source = "def f(x):\n    return g(x)"
    other = source.replace("g(x)", "h(x)"), source.replace("g(x)", "k(x)")
    assert naming._merged(source, *other) is None
    base = "def f(x):\n    a = 1\n    b = 2\n    c = 3\n    return a + b + c"
    both = naming._merged(base, base.replace("a = 1", "a = 4"), base.replace("c = 3", "c = 5"))
    assert both == base.replace("a = 1", "a = 4").replace("c = 3", "c = 5")


# Slips --------------------------------------------------------------------------------------------


def test_a_slip_in_the_reference_is_named_by_its_kind(grader, chain):
    text = "def mean_square(x, offset=1.0):\n    return sum(v * v for v in x) / len(x) - offset"
    verdict = found(grader, chain, mean_square=text)
    assert verdict["mistake"] == "mutant:sign"
    assert verdict["hint"] == SENTENCES["sign"]


def test_where_slips_of_several_kinds_do_the_same_none_is_named(grader, chain):
    text = "def mean_square(x, offset=1.0):\n    return 0.0"
    assert found(grader, chain, mean_square=text)["mistake"] is None


def test_every_mutant_has_a_sentence_of_its_kind():
    source = """
def f(x, y, axis=0, flag=True):
    if x > 0 and not flag:
        return -x
    total = np.sum(x, axis=axis, keepdims=True) / np.sqrt(y.T + 1e-8) @ f(x, y)
    total += x[1:, :-1] * 0.5
    for i in range(3):
        if i == 2:
            continue
        total[i] = (x, y) if i else max(x ** 2, y - 1)
    return total
"""
    kinds = {mutant.slip for mutant in mutants(source)}
    assert kinds <= set(SENTENCES)
    assert len(kinds) > 20
    assert set(SENTENCES) >= GENERAL


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("f(x < 3)", "f(x <= 3)", "boundary"),
        ("f(x < 3)", "f(x >= 3)", "comparison"),
        ("np.sum(x)", "np.mean(x)", "sum-mean"),
        ("np.sum(x, axis=1)", "np.sum(x)", "argument-dropped"),
        ("np.sqrt(f(x))", "f(x)", "function-missing"),
        ("a + b", "a - b", "sign"),
        ("a - b", "b - a", "order"),
        ("a[l + 1]", "a[l]", "off-by-one"),
        ("a[l - 1]", "a[l + 1]", "off-by-one"),
        ("a * b", "a", "factor-missing"),
        ("x.T", "x", "transposed"),
        ("x[1:]", "x[:]", "bound-missing"),
        ("range(3)", "range(4)", "loop-range"),
        ("x[0]", "x[1]", "index"),
        ("x ** 2", "x ** 3", "exponent"),
        ("f(2)", "f(3)", "off-by-one"),
    ],
)
def test_the_kind_of_a_slip(before, after, kind):
    (slip,) = {m.slip for m in mutants(f"y = {before}") if m.source == f"y = {after}"}
    assert slip == kind


# Exceptions ---------------------------------------------------------------------------------------


def error(type, message, source="y = f(x)"):
    info = ErrorInfo(type, message, "program", 1)
    return info, exceptions.statement_kind(info, [Unit(source, "program")])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("ValueError", "got 3"), ("ValueError", "got 17"), True),
        (("ValueError", "got 3"), ("TypeError", "got 3"), False),
        (("ValueError", "shapes (3,4) (5,)"), ("ValueError", "shapes (2,) (1,2,3)"), True),
        (("ValueError", "invalid padding: sane"), ("ValueError", "incompatible shapes"), False),
        (("KeyError", "'W0'"), ("KeyError", "'W3'"), True),
        (("KeyError", "'W0'"), ("KeyError", "'b0'"), False),
        (("UnboundLocalError", "local 'c'"), ("UnboundLocalError", "local 'cost'"), True),
        (("NameError", "name 'FRmodel'"), ("NameError", "name 'model'"), False),
        (("E", "m", "y = g(x)"), ("E", "m", "return np.g(z)"), True),
        (
            (
                "ValueError",
                "shapes (2,3) and (2,4) not aligned: 3 (dim 1) != 2 (dim 0)",
                "np.dot(a, b)",
            ),
            (
                "ValueError",
                "matmul: Input operand 1 has a mismatch in its core dimension 0",
                "a @ b",
            ),
            True,
        ),
        (("E", "m", "y = g(x)"), ("E", "m", "y = x[2]"), False),
    ],
)
def test_exceptions_agree_by_type_message_and_statement(one, other, same):
    (first, kind), (second, other_kind) = error(*one), error(*other)
    assert exceptions.agree(first, second, (kind, other_kind)) is same
    case = Case("f", "case", 1.0, close(), None, "")
    pair = Observed(error=first, raised_by=kind), Observed(error=second, raised_by=other_kind)
    assert (diagnosis.judge(case, *pair) is None) is same


def test_an_exception_of_the_same_type_is_not_the_same_mistake(grader, chain):
    text = "def mean_square(x, offset=1.0):\n    return {} + offset"
    assert found(grader, chain, mean_square=text.format("undefined"))["mistake"] == "name"
    verdict = found(grader, chain, mean_square=text.format("unknown"))
    assert (verdict["status"], verdict["mistake"]) == ("error", None)


# Words --------------------------------------------------------------------------------------------


def shown(value, **arguments):
    return Observed(value, value, calls=(("f", arguments),))


def test_a_sum_for_a_mean_is_said_where_the_factor_is_a_dimension():
    x = np.ones((3, 8))
    said = diagnosis.sum_or_mean(shown(0.5, x=x), Observed(4.0))
    assert said == " Expected the mean over the batch; yours is the sum."
    said = diagnosis.sum_or_mean(shown(4.0, x="<ndarray of shape (3, 8)>"), Observed(0.5))
    assert said == " Expected the sum over the batch; yours is the mean."
    assert diagnosis.sum_or_mean(shown(0.5, x=x), Observed(3.5)) == ""
    assert diagnosis.sum_or_mean(shown(2, x=x), Observed(16)) == ""  # an index has no mean


def test_a_number_that_the_case_computed_is_not_shown():
    case = Case("f", "case", 1.0, close(), None, "About a case.")
    got = Observed(184.8, 184.8, given=23.1)
    difference = close().compare(20.0, got.value)
    text = diagnosis.explain(case, shown(20.0), got, difference, lambda *_: ("", ""))
    assert "23.1" in text
    assert "184.8" not in text
    assert "That is not right." in text
