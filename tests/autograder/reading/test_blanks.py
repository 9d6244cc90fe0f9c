"""Blanks: untouched stubs, and lines that still say None."""

import pytest

from dltf.autograder.reading.blanks import blanks, is_blank, untouched
from dltf.autograder.reading.formats import from_source


@pytest.mark.parametrize(
    ("source", "blank"),
    [
        ("def f(): pass", True),
        ("def f():\n    '''Doc.'''", True),
        ("def f():\n    '''Doc.'''\n    return None", True),
        ("def f(): ...", True),
        ("def f(): return", True),
        ("def f():\n    p = {}\n    raise NotImplementedError('f')\n    return p", True),
        ("def f(): raise NotImplementedError", True),
        ("def f(): return 1", False),
        ("def f(x):\n    if x: raise NotImplementedError\n    return 1", False),
        ("def f(): raise ValueError", False),
        ("class C: pass", True),
        ("class C:\n    def g(self): raise NotImplementedError", True),
        ("class C:\n    def g(self): return 1", False),
        ("x = 1", False),
    ],
)
def test_untouched_stubs(source, blank):
    assert is_blank(from_source(source).statements[0].node) is blank


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("def f():\n    a = None\n    return a", [2]),
        ("def f():\n    a = 1\n    b: int = None\n    return a", [3]),
        ("def f():\n    a, b = None, 1\n    return None", [2, 3]),
        ("def f():\n    a, b = None\n    d['x'] = None", [2, 2, 3]),
        ("def f():\n    a = None\n    for a in x: pass\n    return 1", []),
        ("def f():\n    a = None\n    if x: a = 2\n    return a", []),
        ("def f(x):\n    if x: return None\n    return 1", []),
        ("@a\n@b\ndef f():\n    a = None", [4]),
    ],
)
def test_blanks_that_are_left(source, lines):
    assert blanks(from_source(source).statements[0].node) == lines


MARKED = "def f(x):\n    y = x @ x\n    {start}\n{body}    {end}\n    return z\n"
V17 = {"start": "### START CODE HERE ### (≈ 1 line)", "end": "### END CODE HERE ###"}
V21 = {"start": "# YOUR CODE STARTS HERE", "end": "# YOUR CODE ENDS HERE"}


@pytest.mark.parametrize("marks", [V17, V21])
@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("", 3),
        ("    \n", 3),
        ("    # z = None\n", 3),
        ("    z = None\n", 4),
        ("    z, w = None, None\n", 4),
        ("    z = np.pad(None, None)\n", 4),
        ("    for i in range(None):\n        z.append((None, None))\n", 4),
        ("    i = 0\n    np.random.seed(i)\n    z = None\n", 6),
        ("    z = x + 1\n", None),
        ("    z = None\n    z = x + 1\n", None),
        ("    z = None\n    for i in x: z = g(i)\n", None),
        ("    return np.sum(x, axis=None)\n", None),
    ],
)
def test_nothing_between_the_marks(marks, body, line):
    source = MARKED.format(body=body, **marks)
    node = from_source(source).statements[0].node
    assert untouched(node, source.split("\n")) == line


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("def f(x):\n    x = g(x)\n    x = None\n    return x", None),
        ("def f(x):\n    y = None\n    return y", 2),
        ("def f(x):\n    # y = None\n    return y", 3),
        ("def f(x):\n    return undefined", None),
        ("def f(x):\n    y = x * 2\n    return None", None),
        ("x = 1", None),
    ],
)
def test_nothing_written_where_there_are_no_marks(source, line):
    assert untouched(from_source(source).statements[0].node, source.split("\n")) == line


def test_a_name_that_is_none_again_below_is_a_blank():
    source = "def f(x):\n    x = g(x)\n    x = None\n    return x"
    assert blanks(from_source(source).statements[0].node) == [3]
    assert blanks(from_source(source.replace("return x", "return 1")).statements[0].node) == []
