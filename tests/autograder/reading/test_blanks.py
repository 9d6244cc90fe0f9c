"""Blanks: untouched stubs, and lines that still say None."""

import pytest

from dltf.autograder.reading.blanks import blanks, is_blank
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
