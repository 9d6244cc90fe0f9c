"""`autograder.assignment.rewrite`: code is found whatever its layout, nothing else is touched."""

import ast

import pytest

from dltf.autograder.assignment.rewrite import PatternError, rewrite

SOURCE = '''def blend(x, y, *, rate=0.5, axis=0):
    """Return x + y, weighed: rate * x."""
    ### BEGIN SOLUTION
    if rate < 0:
        raise ValueError(f"rate: expected at least 0, got {rate}")
    elif rate > 1:
        rate = 1
    total = np.sum(
        x * rate,  # the first
        axis=axis, keepdims=True,
    )
    names = ['élan', "b"]
    for i in range(1, len(names)):
        total = total - y[i] * 2
        names.append(f"n{i}")
    out = [x, y, total]
    return out, total
    ### END SOLUTION
'''


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("x*rate", "x", ("x * rate,  # the first", "x,  # the first")),
        ("( x * rate )", "x + rate", ("x * rate,  #", "x + rate,  #")),
        ("$a * rate", "$a + 1", ("x * rate,  #", "x + 1,  #")),
        ("y[i] * 2", "y[i] + 2", ("y[i] * 2", "(y[i] + 2)")),
        ("total - $step", "total - 3 * $step", ("- y[i] * 2", "- 3 * (y[i] * 2)")),
        ("range(1, len(names))", "range(3)", ("range(1, len(names))", "range(3)")),
        ("range(1,\n  len(names))", "names", ("range(1, len(names))", "names")),
        ("rate < 0", "rate <= 0", ("rate < 0", "rate <= 0")),
        ("['élan', 'b']", "['b']", ("['élan', \"b\"]", "['b']")),
        ('"b"', '"c"', ('"b"]', '"c"]')),
        ("axis=axis", "axis=1", ("axis=axis", "axis=1")),
        ("axis=axis", "", ("        axis=axis, keepdims", "        keepdims")),
        ("keepdims=True", "", ("axis=axis, keepdims=True,\n    )", "axis=axis, )")),
        ("rate=0.5", "rate = 0.25", ("rate=0.5", "rate=0.25")),
        ("axis=0", "axis=-1", ("axis=0", "axis=-1")),
        ("rate = 1", "pass", ("rate = 1", "pass")),
        ("rate = 1", "", ("rate = 1", "pass")),
        ("[x, y, total]", "[x, y]", ("[x, y, total]", "[x, y]")),
        ("names.append($x)", "", ("        names.append(f\"n{i}\")\n", "        \n")),
        ("names.append($x)", "names += [$x]", ('names.append(f"n{i}")', 'names += [f"n{i}"]')),
        ("f'n{i}'", "f'm{i}'", ('f"n{i}"', "f'm{i}'")),
        ("out, total", "total, out", ("return out, total", "return total, out")),
        ("return (out, total)", "return out", ("return out, total", "return out")),
        (
            "names.append(f'n{i}')",
            "if i:\n    names.append(i)",
            ("names.append(f\"n{i}\")", "if i:\n            names.append(i)"),
        ),
        (
            "total = total - $step\nnames.append($name)",
            "names.append($name)\ntotal = total + $step",
            (
                'total = total - y[i] * 2\n        names.append(f"n{i}")',
                'names.append(f"n{i}")\n        total = total + y[i] * 2',
            ),
        ),
        (
            "if rate > 1:\n    rate = 1",
            "if rate > 2:\n    rate = 2",
            ("elif rate > 1:\n        rate = 1", "elif rate > 2:\n        rate = 2"),
        ),
    ],
)  # fmt: skip
def test_only_the_matched_code_changes(old, new, expected):
    before, after = expected
    assert SOURCE.count(before) == 1
    assert rewrite(SOURCE, old, new).source == SOURCE.replace(before, after)


def test_what_was_taken_out_and_put_in_is_told():
    done = rewrite(SOURCE, "total - $step", "total + $step")
    assert (done.old, done.new) == ("total - y[i] * 2", "total + y[i] * 2")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "np.mean($x)",
            "$x",
            "old: expected 'np.mean($x)' exactly once in the reference, got it nowhere; nearest: "
            "line 15: total = np.sum(x * rate, axis=axis, keepdims=True); line 14: rate = 1; line "
            "11: if rate < 0:",
        ),
        (
            "total",
            "x",
            "old: expected 'total' exactly once in the reference, got it 5 times: line 15: total = "
            "np.sum(x * rate, axis=axis, keepdims=True); line 21: total = total - y[i] * 2; line "
            "21: total = total - y[i] * 2; line 23: out = [x, y, total]; line 24: return (out, "
            "total)",
        ),
        ("x +", "x", "old: expected Python code, got 'x +' (invalid syntax)"),
        ("x", "x +", "new: expected Python code, got 'x +' (invalid syntax)"),
        ("", "x", "old: expected code, got ''"),
        ("x", "$y", "new: expected no names but those of old (none), got $y"),
        ("$a - $b", "$c", "new: expected no names but those of old ($a, $b), got $c"),
        ("y[i] * 2", "", "new: expected code that can stand for 'y[i] * 2', got ''"),
        ("y[i] * 2", "y = 2", "new: expected code that can stand for 'y[i] * 2', got 'y = 2'"),
        ("axis=axis", "axis", "new: expected code that can stand for 'axis=axis', got 'axis'"),
        ("axis=0", "", "new: expected code that can stand for 'axis=0', got ''"),
        ("axis=0", "way=0", "new: expected code that can stand for 'axis=0', got 'way=0'"),
    ],
)
def test_what_cannot_be_done_is_named(old, new, message):
    with pytest.raises(PatternError) as caught:
        rewrite(SOURCE, old, new, first_line=8)
    assert str(caught.value) == message


def test_a_name_stands_for_the_same_code_each_time():
    source = "def f(a, b):\n    return g(a + 1, a + 1) - g(a + 1, b)\n"
    assert "return 2 - g(a + 1, b)" in rewrite(source, "g($x, $x)", "2").source
    with pytest.raises(PatternError, match="got it 2 times"):
        rewrite(source, "g($x, $y)", "2")


def test_words_are_not_code():
    """A docstring, a comment and the inside of an f-string are never what is matched."""
    source = 'def f(rate):\n    """rate"""\n    # rate\n    return f"{rate}" + str(rate)\n'
    assert rewrite(source, "rate", "2").source == source.replace("str(rate)", "str(2)")


def test_a_dollar_in_a_text_is_a_dollar():
    source = 'def f(x):\n    return g("$b", "$a", x)\n'
    done = rewrite(source, "g($a, $b, x)", "g($b, $a, x)").source
    assert done == 'def f(x):\n    return g("$a", "$b", x)\n'
    source = 'def f(price):\n    return "$price" + price\n'
    assert rewrite(source, '"$price" + $x', '"$" + $x').source == source.replace("$price", "$")


@pytest.mark.parametrize("old", ["x", "g(x for x in x)", "lambda: x", "a if x else b"])
def test_parentheses_are_put_where_syntax_needs_them(old):
    for new in (
        "a + b",
        "a, b",
        "a if b else c",
        "lambda: a",
        "-a",
        "a or b",
        "a ** b",
        "(y := 1)",
    ):
        for frame in ("{} * 2", "2 ** {}", "{}.T", "[{}, 1]", "h({})", "not {}", "z[{}]", "-{}"):
            wanted = ast.dump(ast.parse(f"def f():\n    return {frame.format(f'({new})')}\n"))
            source = f"def f():\n    return {frame.format(f'({old})')}\n"
            done = rewrite(source, old, new).source
            assert ast.dump(ast.parse(done)) == wanted


def test_methods_and_decorated_definitions_are_matched_too():
    source = (
        "class A:\n"
        "    @property\n"
        "    def two(self):\n"
        "        return 2\n"
        "\n"
        "    def call(self, x, training=False):\n"
        "        return x\n"
    )
    assert rewrite(source, "training=False", "training=True").source == source.replace(
        "training=False", "training=True"
    )
    done = rewrite(source, "@property\ndef two(self):\n    return 2", "two = 2").source
    assert done == source.replace("@property\n    def two(self):\n        return 2", "two = 2")


def test_a_generator_keeps_the_parentheses_of_its_call():
    source = "def f(y):\n    return sum(x for x in y)\n"
    for new in ("y", "(2 * x for x in y)"):
        done = ast.parse(rewrite(source, "(x for x in y)", new).source)
        assert ast.dump(done) == ast.dump(ast.parse(f"def f(y):\n    return sum({new})\n"))
