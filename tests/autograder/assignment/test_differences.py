"""Differences: the kind of slip between a right definition and a wrong one."""

import ast

import pytest

from dltf.autograder.assignment.differences import kind
from dltf.autograder.assignment.slips import SENTENCES

RIGHT = """
def f(x, y, cache, alpha=0.1):
    W, b = cache["W"], cache["b"]
    total = np.zeros(x.shape)
    for i in range(1, x.shape[0]):
        for j in range(3):
            total[i, j] += np.dot(x[i], W[:, j]) + b[j]
    z = np.tanh(total - alpha * y)
    s = np.sum(z, axis=1, keepdims=True) / (y.size + 1)
    if s.size > 2:
        s = np.sqrt(s)
    return z, s.T
"""
SLIPS = [
    ('cache["W"]', 'cache["b"]', "key"),
    ("np.zeros(x.shape)", "np.zeros(y.shape)", "variable"),
    ("range(1, x.shape[0])", "range(x.shape[0])", "loop-range"),
    ("range(1,", "range(2,", "loop-range"),
    ("x.shape[0]", "x.shape[1]", "loop-range"),
    ("zeros(x.shape)", "zeros(x.shape[0])", "index-extra"),
    ("(y.size + 1)", "y.size", "off-by-one"),
    ("x[i]", "x[i + 1]", "index"),
    ("/ (y.size", "/ (y.shape[0]", ""),
    ("total[i, j] +=", "total[i, j] =", "accumulation"),
    ("total[i, j] +=", "total[j, i] +=", "index-order"),
    ("np.dot(x[i], W[:, j])", "x[i] * W[:, j]", "elementwise"),
    ("x[i]", "x[i - 1]", "index"),
    ("x[i]", "x", "index-missing"),
    ("W[:, j]", "W[1:, j]", "slice-short"),
    (" + b[j]", "", "term-missing"),
    (" + b[j]", " - b[j]", "sign"),
    ("b[j]", "b[j] / 2", "factor-extra"),
    ("total - alpha * y", "(total - alpha) * y", "brackets"),
    ("total - alpha * y", "total - y", "factor-missing"),
    ("np.tanh(total - alpha * y)", "total - alpha * y", "activation-missing"),
    ("np.tanh", "sigmoid", "activation"),
    ("np.sum(z, axis=1, keepdims=True)", "np.sum(z, axis=0, keepdims=True)", "axis"),
    ("np.sum(z, axis=1, keepdims=True)", "np.sum(z, 0, keepdims=True)", "axis"),
    (", keepdims=True", "", "keepdims"),
    ("np.sum(z", "np.mean(z", "sum-mean"),
    ("(y.size + 1)", "y.size + 1", "brackets"),
    ("s.size > 2", "s.size >= 2", "boundary"),
    ("s.size > 2", "s.size < 2", "comparison"),
    ("np.sqrt(s)", "s", "power-missing"),
    ("return z, s.T", "return s.T, z", "pair-swapped"),
    ("s.T", "s", "transposed"),
    ("return z, s.T", "return s.T", "result-missing"),
    ("return z, s.T", "return z, s.T, total", "result-extra"),
    ("np.tanh(total - alpha * y)", "np.tanh(total) - alpha * y", "brackets"),
    ("alpha * y", "np.exp(alpha) * y", "power-extra"),
    ("np.dot(x[i], W[:, j])", "b[j]", ""),
    ("W[:, j]", "x[:, j]", "variable"),
    ("W[:, j]", "W[j]", "index-missing"),
    ("np.dot(x[i], W[:, j]) + b[j]", "b[i] + x[i] @ W[:, j]", "variable"),
    ("np.dot(x[i], W[:, j]) + b[j]", "b[j]", "term-missing"),
    ("(y.size + 1)", "(y.size + 1) * alpha", "factor-extra"),
    ("np.zeros(x.shape)", "np.zeros(x.shape[0], x.shape[1])", "shape-unpacked"),
    ("alpha=0.1", "alpha=0.5", "constant"),
    ("    z = np.tanh", "            z = np.tanh", "indentation"),
    ("        s = np.sqrt(s)", "        t = np.sqrt(s)", "assigned"),
]


def parsed(text):
    return ast.parse(text).body[0]


@pytest.mark.parametrize(("old", "new", "expected"), SLIPS)
def test_the_kind_of_a_slip(old, new, expected):
    assert RIGHT.count(old) >= 1
    assert kind(parsed(RIGHT), parsed(RIGHT.replace(old, new, 1))) == expected
    assert expected in {"", *SENTENCES}


def test_other_words_are_no_difference():
    other = RIGHT.replace("np.dot(x[i], W[:, j])", "x[i] @ W[:, j]")
    other = other.replace("total[i, j] += ", "total[i, j] = total[i, j] + ")
    other = other.replace("np.sum(z, axis=1, keepdims=True)", "z.sum(1, keepdims=True)")
    other = other.replace("s.T", "np.transpose(s)")
    wrong = other.replace(" + b[j]", "")
    assert kind(parsed(RIGHT), parsed(wrong)) == "term-missing"


def test_the_same_slip_twice_has_its_name_and_two_kinds_have_none():
    twice = RIGHT.replace('"W"', '"V"').replace('"b"', '"c"')
    assert kind(parsed(RIGHT), parsed(twice)) == "key"
    two = RIGHT.replace('"W"', '"V"').replace("s.size > 2", "s.size < 2")
    assert kind(parsed(RIGHT), parsed(two)) == ""


PRODUCTS = [
    ("lambd / (2 * m) * (a + b + c)", "(1. / m) * (lambd / 2) * (a + b + b)", "variable"),
    ("lambd / (2 * m) * (a + b + c)", "1 / m * lambd * (a + b + c)", "factor-missing"),
    ("lambd / (2 * m) * (a + b + c)", "lambd * m / 2 * (a + b + c)", "multiplied"),
    ("lambd / (2 * m) * (a + b + c)", "lambd / 2 * m * (a + b + c)", "brackets"),
    ("x @ y.T / m + lambd * W2 / m", "1. / m * np.dot(x, y.T) + (lambd / m) * W1", "variable"),
    ("a - b + c", "c - a + b", ""),
    ("a - b + c", "a + b + c", "sign"),
    ("a - b + c", "c + a", "term-missing"),
]


@pytest.mark.parametrize(("right", "wrong", "expected"), PRODUCTS)
def test_sums_and_products_are_compared_as_such(right, wrong, expected):
    definitions = (parsed(f"def f():\n    return {text}") for text in (right, wrong))
    assert kind(*definitions) == expected


@pytest.mark.parametrize("text", ["x / m * a", "a * x / m", "(1 / m) * (x * a)"])
def test_the_order_of_a_product_is_no_difference_of_its_own(text):
    right = parsed("def f():\n    y = x * a / m\n    return y, z")
    wrong = parsed(f"def f():\n    y = {text}\n    return z, y")
    assert kind(right, wrong) == "pair-swapped"
