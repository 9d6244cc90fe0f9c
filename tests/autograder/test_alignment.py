"""Alignment: edits lead from a wrong answer to a right one, each in the wrong one's names."""

import ast
import textwrap

import pytest

from dltf.autograder.alignment import applied, distance, edits

RIGHT = """
def f(x, parameters, rate=0.1):
    '''Docstring.'''
    total = 0.0
    for name, value in parameters.items():
        step = rate * value
        total += np.sum(step * x)
    return total / len(parameters)
"""
OTHER_NAMES = """
def f(x, params, rate=0.1):
    # a comment
    s = 0.0
    for key, v in params.items():
        print(key)
        delta = rate * v
        s += np.sum(delta * x)
    return s / len(params)
"""


def definition(text):
    return ast.parse(textwrap.dedent(text)).body[0]


def found(wrong, right=RIGHT, **pairs):
    wrong, right = definition(wrong), definition(right)
    return wrong, edits(wrong, right, pairs)


def code(text):
    return ast.unparse(ast.parse(textwrap.dedent(text)))


def test_names_comments_docstrings_and_prints_are_no_difference():
    assert found(OTHER_NAMES)[1] == []
    assert found(OTHER_NAMES.replace("params", "p"), parameters="p")[1] == []


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("delta = rate * v", "delta = rate + v", 7),
        ("s += np.sum", "s -= np.sum", 8),
        ("return s / len(params)", "return s", 9),
        ("params.items():", "list(params.items())[1:]:", 5),
        ("s = 0.0", "s = 1.0", 4),
        ("rate=0.1", "rate=0.2", 2),
    ],
)
def test_one_difference_is_one_edit_which_makes_it_right(before, after, line):
    assert before in OTHER_NAMES
    wrong, (edit,) = found(OTHER_NAMES.replace(before, after))
    assert edit.lines == (line,)
    assert not edit.inserts
    silent = OTHER_NAMES.replace("        print(key)\n", "")
    assert code(applied(wrong, [edit]).replace("        print(key)\n", "")) == code(silent)


def test_a_missing_statement_is_inserted_below_a_line():
    wrong, (edit,) = found(OTHER_NAMES.replace("        s += np.sum(delta * x)\n", ""))
    assert (edit.lines, edit.inserts) == ((7,), True)
    assert code(applied(wrong, [edit])) == code(OTHER_NAMES)


def test_a_statement_too_many_is_dropped():
    wrong, (edit,) = found(OTHER_NAMES.replace("    return", "    s = -s\n    return"))
    assert (edit.lines, edit.inserts) == ((9,), False)
    assert code(applied(wrong, [edit])) == code(OTHER_NAMES)


def test_all_edits_together_make_any_answer_the_right_one():
    wrong, every = found("""
        def f(x, parameters, rate):
            result = []
            while False:
                result.append(x)
            if rate:
                return result
        """)
    assert distance(every) > 5
    assert "def f(x, parameters, rate):" in applied(wrong, every)
    got = edits(definition(applied(wrong, every)), definition(RIGHT), {})
    assert [edit for edit in got if edit.at[1] != "args"] == []


def test_the_parts_of_a_statement_can_be_taken_over_alone():
    right = "def f(x):\n    return conv(x, filters=3, padding='same', strides=2, bias=init())"
    wrong, (edit,) = found(
        "def f(x):\n    return Conv(x, filters=3, padding='sane', steps=2)", right
    )
    parts = [applied(wrong, [part]).split("return ")[1] for part in edit.parts]
    assert "Conv(x, filters=3, padding='same', steps=2)" in parts
    assert "conv(x, filters=3, padding='sane', steps=2)" in parts
    assert "Conv(x, filters=3, padding='sane')" in parts
    assert "Conv(x, filters=3, padding='sane', steps=2, bias=init())" in parts


def test_a_statement_over_several_lines_is_blamed_where_it_differs():
    right = "def f(a, b):\n    return g(a, h(b), 3)"
    _, (edit,) = found("def f(a, b):\n    return g(\n        a,\n        h(a),\n        3)", right)
    assert edit.lines == (4,)


def test_a_parameter_that_the_answer_lacks_has_its_default():
    right = "def f(x, maker=Normal):\n    y = maker() * x\n    return y"
    wrong, (edit,) = found("def f(x, stage):\n    y = x\n    return y", right)
    assert code(applied(wrong, [edit])) == code(
        "def f(x, stage):\n    y = Normal() * x\n    return y"
    )


def test_methods_of_a_class_are_aligned_by_name():
    right = "class A:\n    def one(self):\n        return 1\n    def two(self):\n        return 2"
    wrong, (edit,) = found(right.replace("return 2", "return 3"), right)
    assert edit.lines == (5,)
    assert code(applied(wrong, [edit])) == code(right)
