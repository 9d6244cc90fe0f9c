"""Judges: what is equal, what is said of a difference, how rarely a right answer fails."""

import itertools
import math
import re
import warnings

import numpy as np
import pytest
from scipy import stats

from dltf.autograder.judging.comparison import TOLERANCE
from dltf.autograder.judging.judges import FEW, Z, close, exactly, same_scale, same_set
from dltf.autograder.judging.observation import Opaque, decode, encode

A = np.linspace(-3, 3, 12).reshape(3, 4)


def kind(expected, got, judge=None):
    difference = (judge or close()).compare(expected, got)
    return difference and difference.kind


@pytest.mark.parametrize(
    ("dtype", "within", "beyond"),
    [("f8", 1e-8, 1e-5), ("f4", 2e-5, 1e-3), ("f2", 2e-3, 5e-2), ("c16", 1e-8, 1e-5),
     ("c8", 2e-5, 1e-3), ("g", 1e-8, 1e-5)],
)  # fmt: skip
def test_the_tolerance_follows_the_less_precise_dtype(dtype, within, beyond):
    for expected, got in ((A, A.astype(dtype)), (A.astype(dtype), A.astype(dtype))):
        if dtype.startswith("c"):
            expected = expected.astype("c16")
        assert kind(expected, (got * (1 + within)).astype(dtype)) is None
        assert kind(expected, (got * (1 + beyond)).astype(dtype)) == "value"


def test_the_tolerance_leaves_room_for_another_order_of_summation_only():
    rng = np.random.default_rng(1)
    for dtype in ("f4", "f8"):
        x = rng.normal(size=(200, 1000)).astype(dtype)
        assert kind(x.sum(axis=1), x[:, ::-1].cumsum(axis=1)[:, -1]) is None
        assert kind(x.mean(axis=1), x.sum(axis=1) / 999) == "value"
    assert TOLERANCE[8] < TOLERANCE[4] < TOLERANCE[2]


def test_tolerances_of_the_author():
    assert kind(1.0, 1.04, close(rtol=0.05)) is None
    assert kind(1.0, 1.06, close(rtol=0.05)) == "value"
    assert kind(0.0, 0.04, close(atol=0.05)) is None
    assert kind(0.0, 0.06, close(atol=0.05)) == "value"
    assert kind(np.array([3, 4]), np.array([3, 5]), close(atol=1)) is None


def test_whole_numbers_are_compared_whole():
    for judge in (close(), exactly()):
        assert kind(2**53, 2**53 + 1, judge) == "value"
        assert kind(2**70, 2**70 + 1, judge) == "value"
        assert kind(np.array([2**62, 1]), np.array([2**62 + 1, 1]), judge) == "value"
        assert kind(2**70, 2**70, judge) is None
        assert kind(np.array([1, 0]), np.array([True, False]), judge) is None
    assert kind(A, A + 1e-12, exactly()) == "value"
    assert kind("a", "a", exactly()) is None
    assert kind("a", "b", exactly()) == "value"


@pytest.mark.parametrize(
    ("expected", "got", "what", "text"),
    [
        ({"W1": A, "b1": A}, {"W1": A}, "missing", "result has no key 'b1' (its keys: 'W1')."),
        ({"W1": A}, {}, "missing", "result has no key 'W1' (its keys: none)."),
        ({"W1": A}, [A], "type", "result is a list of 1; expected a dictionary."),
        ({"W1": A}, None, "none", "result is None; expected a dictionary."),
        (A, None, "none", "result is None; expected an array of shape (3, 4)."),
        ((A, A), (A, None), "none", "result[1] is None; expected an array of shape (3, 4)."),
        ((A, A), (A,), "length", "result has 1 values; expected 2."),
        ((A, A), A, "type", "result is an array of shape (3, 4); expected 2 values."),
        (A, A.T, "shape", "shape (4, 3); expected (3, 4). Rows and columns are swapped."),
        (A, A[:2], "shape", "result has shape (2, 4); expected (3, 4)."),
        (A[:, :1], A[:, 0], "shape", "A rank-1 array is neither a row nor a column"),
        (A, A.round().astype(int), "dtype", "result has dtype int64; expected real"),
        (A, A + 0j, "dtype", "result has dtype complex128; expected real"),
        (A, np.where(A > 2.9, np.nan, A), "nan", "result[2, 3] is NaN, which is not"),
        (A, np.where(A > 2.9, np.inf, A), "nan", "result[2, 3] is inf, which is not"),
        (np.array([np.inf]), np.array([1.0]), "nan", "not finite was expected."),
        (np.array([np.inf]), np.array([-np.inf]), "nan", "result[0] is -inf"),
        (A, -A, "value", "The sign is wrong."),
        (A, 2 * A, "value", "Every entry is off by the same factor."),
        (A, A + 2, "value", "Every entry is off by the same amount."),
        (A, np.where(A > 2.9, 7, A), "value", "1 of 12 entries are wrong; the worst is res"),
        (np.zeros(3), np.ones(3), "value", "off where all should be zero."),
        (2.0, 3.0, "value", "result is 3, which is not right: off by about 50% of its size."),
        (2.0, 2.001, "value", "off by less than 0.1% of its size."),
        (2.0, 200.0, "value", "off by about 100 times of its size."),
        (0.0, 1.0, "value", "result is 1, which is not right."),
        (True, False, "value", "result is False, which is not right"),
        (A, Opaque("generator"), "type", "result is a generator; expected an array"),
        (A, "text", "type", "result is text; expected an array"),
        ("text", A, "type", "result is an array of shape (3, 4); expected text."),
        ("a", "b", "value", "result is 'b', which is not right."),
        (None, 3, "type", "result is a number; expected None."),
        (Opaque("Layer"), 3, "type", "result is a number; expected a Layer."),
        ({"a": [A, {"b": 1}]}, {"a": [A, {"b": 2}]}, "value", "result['a'][1]['b'] is 2"),
    ],
)  # fmt: skip
def test_the_first_difference_is_named(expected, got, what, text):
    difference = close().compare(expected, got)
    assert difference.kind == what
    assert text in difference.text, difference.text
    assert "\n" not in difference.text


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (A, A.tolist()) if False else ([1.0, 2.0], (1.0, 2.0)),
        ({"a": 1}, {"a": 1, "more": 2}),
        (1.0, np.array(1.0, np.float32)),
        (np.array(1.0), 1),
        (np.array([np.nan, np.inf, 1.0]), np.array([np.nan, np.inf, 1.0])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (None, None),
        (Opaque("Layer"), Opaque("Layer")),
        ({}, {}),
        (b"a", b"a"),
    ],
)
def test_what_counts_as_the_same(expected, got):
    assert close().compare(expected, got) is None


STRANGE = [
    None, True, 3, -(2**70), 1e308, 5e-324, float("nan"), 1j, "text", b"b", [], (), {}, [1, [2]],
    {"W1": 3}, {None: 1}, {(1, 2): 3}, Opaque("generator"), np.zeros(0), np.zeros((3, 4)),
    np.zeros((3, 4), bool), np.array(3), np.array(2.0, np.float16), np.full((3, 4), np.nan),
    np.full((3, 4), 1e308), np.zeros((3, 4), complex), np.zeros((0, 2**40)), {"_array": {}},
    np.array([1e308, -1e308] * 6).reshape(3, 4), np.longdouble("1e4000"), np.zeros((1,) * 20),
    {"_array": {"shape": [3, 4], "size": 12, "finite": True, "constant": None, "kind": "f",
                "dtype": "float64", "mean": 0.0, "std": 1.0, "distinct": 1.0}},
]  # fmt: skip


@pytest.mark.parametrize("judge", [close(), exactly(), same_scale(), same_set()])
def test_nothing_strange_passes_or_raises(judge):
    """Every pair of odd data: equal only to itself, and a judge never stumbles."""
    rng = np.random.default_rng(0)
    right = [rng.normal(size=(3, 4)), {"W1": rng.normal(size=(60, 4))}, "words", 2.5]
    for expected, value in itertools.product(right, STRANGE):
        expected = [expected] if isinstance(judge, same_set) else expected
        summary = judge.summarise(decode(encode(expected)))
        got = judge.summarise(value if isinstance(value, Opaque) else decode(encode(value)))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert judge.compare(summary, got) is not None, (expected, value)


# Never an expected value --------------------------------------------------------------------------


def digits_of(secret, places=3):
    """Return every way to write the first digits of a number, whatever its scale and sign."""
    found = set()
    for value in (secret, 1 / secret, secret**2, abs(secret) ** 0.5):
        mantissa = f"{abs(value):.12e}".partition("e")[0].replace(".", "")
        rounded = f"{abs(value):.{places - 1}e}".partition("e")[0].replace(".", "")
        found |= {mantissa[:places], rounded}
    return found


@pytest.mark.parametrize("seed", range(200))
def test_no_expected_value_is_put_into_words(seed):
    rng = np.random.default_rng(seed)
    secret = float(rng.uniform(1, 10) * 10.0 ** rng.integers(-6, 7) * rng.choice([-1, 1]))
    arrays = [
        secret, [secret, 1.0], {"cost": secret}, np.array([secret]), np.full((2, 2), secret),
        np.array([[secret, 2.0], [3.0, -secret]]), complex(secret, secret),
        np.array([secret, np.nan]), np.float32(secret), (secret, "text", [secret]),
        rng.normal(secret, abs(secret) / 3, size=(60, 4)), f"the secret is {secret}",
    ]  # fmt: skip
    wrong = [
        None, "text", 7.0, 7, [7.0, 7.0], [7.0], {"cost": 7.0}, {}, np.array([7.0]),
        np.full((2, 2), 7.0), np.full((60, 4), 7.0), np.array([7.0, 7.0]), Opaque("generator"),
        (7.0, "other", [7.0]), 0.0, np.zeros((2, 2)), 7e9, 7e-9,
        rng.normal(7, 7, size=(60, 4)).round(),
        np.array([7, 7]), np.array([np.inf, 7.0]), "seven",
    ]  # fmt: skip
    forbidden = digits_of(secret)
    judges = (close(), exactly(), same_scale(), close(rtol=0.05), same_set())
    for expected, got, judge in itertools.product(arrays, wrong, judges):
        if isinstance(judge, same_set) and not isinstance(expected, (list, tuple)):
            continue
        a, b = judge.summarise(expected), judge.summarise(got)
        difference = judge.compare(a, b)
        if difference is None:
            continue
        own = (
            {f"{got.mean():.3g}", f"{got.std():.3g}"}
            if isinstance(got, np.ndarray) and got.size > 9
            else set()
        )
        text = f"{difference.where} {difference.text}"
        for number in re.findall(r"\d[\d,.]*(?:e[+-]?\d+)?", text):
            number = number.rstrip(".")
            mantissa = number.partition("e")[0].replace(".", "").replace(",", "").lstrip("0")
            if number not in own and len(mantissa.rstrip("0")) > 2:
                assert not any(mantissa.startswith(digits) for digits in forbidden), (
                    text,
                    number,
                    got,
                )


# Random results -----------------------------------------------------------------------------------

# A run of a course's largest assignment compares fewer random arrays than this.
COMPARISONS = 100


def wrong_scale(n):
    """Return the probability that two normal samples of n entries seem to differ in scale."""
    bound = math.exp(2 * Z * math.sqrt(1 / n))
    return 2 * stats.f.sf(bound, n - 1, n - 1)


def wrong_mean(n):
    """Return the probability that two normal samples of n entries seem to differ in mean."""
    # The bound is on population deviations; those of samples of n - 1 degrees are larger.
    return 2 * stats.t.sf(Z * math.sqrt((n - 1) / n), 2 * n - 2)


def test_a_right_answer_fails_less_than_once_in_a_million_runs():
    for n in [*range(FEW, 2000), 10**4, 10**5, 10**6]:
        assert COMPARISONS * (wrong_scale(n) + wrong_mean(n)) < 1e-6, n
    # A uniform or truncated distribution varies less than the normal one: its fourth moment says
    # how much the standard deviation of a sample does.
    assert stats.uniform.stats(moments="k") < 0
    assert stats.truncnorm.stats(-2, 2, moments="k") < 0


def test_the_computed_probability_is_the_judges():
    """At a bound that fails often, the judge's own formula agrees with the distributions."""
    n, z, rounds = 60, 1.5, 4000
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, rounds, n))
    seen = np.abs(np.log(a.std(axis=1) / b.std(axis=1))) > z * math.sqrt(1 / n)
    predicted = 2 * stats.f.sf(math.exp(2 * z * math.sqrt(1 / n)), n - 1, n - 1)
    assert abs(seen.mean() - predicted) < 5 * math.sqrt(predicted / rounds)


def draws(rng, shape, scale=1.0, name="normal"):
    if name == "normal":
        return rng.normal(0, scale, size=shape)
    if name == "uniform":
        return rng.uniform(-scale * 3**0.5, scale * 3**0.5, size=shape)
    return stats.truncnorm.rvs(-2, 2, scale=scale / 0.8796, size=shape, random_state=rng)


@pytest.mark.parametrize("name", ["normal", "uniform", "truncated"])
@pytest.mark.parametrize("n", [50, 51, 100, 1000, 33_000])
def test_right_answers_pass(name, n):
    rng = np.random.default_rng(n)
    judge = same_scale()
    for _ in range(200 if n < 10**4 else 20):
        a, b = draws(rng, (n, 1), name=name), draws(rng, (1, n), name=name).T
        assert judge.compare(judge.summarise(a), judge.summarise(b)) is None


def caught(n):
    """Return the probability that a scale wrong by sqrt(2) is seen in n normal entries."""
    bound = math.exp(2 * Z * math.sqrt(1 / n))
    return stats.f.sf(bound / 2, n - 1, n - 1)


def test_a_scale_wrong_by_the_root_of_two_is_caught_at_the_sizes_used():
    for rows, columns in ((150, 220), (150, 310), (220, 310), (40, 30), (50, 40), (50, 30)):
        assert caught(rows * columns) > 1 - 1e-6
    assert caught(1200) > 0.999999
    assert caught(200) < 0.5  # so cases need arrays larger than that
    judge = same_scale()
    rng = np.random.default_rng(1)
    for name in ("normal", "uniform", "truncated"):
        for factor in (2**0.5, 0.5**0.5):
            a, b = draws(rng, (40, 30), name=name), draws(rng, (40, 30), factor, name=name)
            difference = judge.compare(judge.summarise(a), judge.summarise(b))
            assert difference.kind == "random"
            assert ("too large" if factor > 1 else "too small") in difference.text


def test_other_random_faults():
    judge = same_scale()
    rng = np.random.default_rng(2)

    def said(expected, got):
        difference = judge.compare(judge.summarise(expected), judge.summarise(got))
        return difference and difference.text

    a = rng.normal(size=(40, 30))
    assert "centred too high" in said(a, rng.normal(size=(40, 30)) + 0.5)
    assert "centred too low" in said(a, rng.normal(size=(40, 30)) - 0.5)
    assert "same value everywhere (0)" in said(a, np.zeros((40, 30)))
    assert "repeats the same values" in said(a, np.repeat(rng.normal(size=(1, 30)), 40, axis=0))
    assert "repeats the same values" in said(a, rng.choice([-1.0, 1.0], size=(40, 30)))
    assert "has shape (30, 40)" in said(a, a.T)
    assert "expected real" in said(a, rng.integers(-2, 2, size=(40, 30)))
    assert "not finite" in said(a, np.where(a > 2, np.nan, a))
    assert "much too large" in said(a, a * 10)
    assert "much too large" in said(a, np.where(a > 0, 1e308, -1e308) + a * 1e300)
    assert "much too small" in said(a, a * 1e-200)
    assert said(a, a.astype(np.float32)) is None
    assert "result is None" in said(a, None)
    assert "result is a number" in said(a, 1.0)
    assert "should have the same value" in said(np.zeros((3, 1)), rng.normal(size=(3, 1)))
    assert "Every entry of result is 1, which is not the right value" in said(
        np.zeros((3, 1)), np.ones((3, 1))
    )
    assert said(np.zeros((3, 1)), np.zeros((3, 1))) is None
    assert said(rng.normal(size=(3, 3)), rng.normal(0, 9, size=(3, 3))) is None  # too few to tell
    assert "no key 'W1'" in said({"W1": a}, {"w1": a})
    assert said({"W1": a, "n": 3}, {"W1": a[::-1], "n": 3}) is None


def test_statistics_cannot_be_forged():
    judge = same_scale()
    right = {"W1": np.random.default_rng(4).normal(size=(60, 4))}
    forged = judge.summarise({"W1": judge.summarise(right["W1"])})
    assert judge.compare(judge.summarise(right), forged).kind == "type"
    assert judge.compare(judge.summarise(right), judge.summarise(right)) is None


def test_sets():
    judge = same_set()
    assert judge.compare([1.0, A, "b"], ["b", 1.0, A + 1e-12]) is None
    assert judge.compare([1, 2], (2, 1)) is None
    assert judge.compare([1, 1, 2], [1, 2, 2]).kind == "missing"
    assert (
        judge.compare([1], [1, 2]).text
        == "1 of the 2 members that were returned should not be there."
    )
    assert judge.compare([1], None).kind == "type"
    assert judge.compare([], []) is None


@pytest.mark.parametrize("judge", [close, same_scale])
def test_a_key_too_many_is_a_difference_only_when_asked(judge):
    expected, got = {"W1": np.zeros((2, 3))}, {"W1": np.zeros((2, 3)), "W0": np.zeros((1, 1))}
    for exact, said in ((False, None), (True, "result has a key 'W0' that is not asked for.")):
        one = judge(exact_keys=exact)
        difference = one.compare(one.summarise(expected), one.summarise(got))
        assert (difference.text if difference else None) == said


@pytest.mark.parametrize(("value", "right"), [(0.3, True), (-2.0, True), (0.0, False)])
def test_one_random_entry_is_only_checked_for_not_being_zero(value, right):
    judge = same_scale()
    expected, got = np.array([[1.7]]), np.array([[value]])
    assert (judge.compare(judge.summarise(expected), judge.summarise(got)) is None) is right


def test_one_zero_entry_must_be_zero():
    judge = same_scale()
    difference = judge.compare(judge.summarise(np.zeros((1, 1))), judge.summarise(np.ones((1, 1))))
    assert difference is not None
    assert difference.text == "Every entry of result is 1, which is not the right value."


@pytest.mark.parametrize("judge", [close(), exactly(), same_scale()])
def test_a_list_of_numbers_is_the_array_it_spells(judge):
    expected = {"W1": np.array([[1.0, 2.0], [3.0, 5.0]])}
    right = {"W1": [[1.0, 2.0], [3.0, 5.0]]}
    assert judge.compare(judge.summarise(expected), judge.summarise(right)) is None
    for wrong in ([[1.0, 2.0, 3.0, 5.0]], [[1.0, 2.0], [3.0]], [[1, 2], [3, 5]], [["1", "2"]]):
        found = judge.compare(judge.summarise(expected), judge.summarise({"W1": wrong}))
        assert found is not None
        assert found.kind in {"shape", "type", "dtype"}


def test_integers_may_stand_for_floats_of_the_same_values():
    judge = close(integers=True)
    one_hot = np.eye(3, dtype="f4")
    assert kind(one_hot, np.eye(3, dtype=int), judge) is None
    assert kind(one_hot, 1 - np.eye(3, dtype=int), judge) == "value"
    assert kind(one_hot, np.eye(3, dtype=bool), judge) == "dtype"
    assert kind(one_hot, np.eye(4, dtype=int), judge) == "shape"
    assert kind(one_hot, np.eye(3, dtype=int)) == "dtype"
