"""Submissions: what is taken from them for the graded functions, and what is left out."""

import pytest
from conftest import notebook
from test_formats import write

from dltf.autograder.reading.formats import from_source, read


def program(source, *names):
    """Return the statements that the names need, as one text."""
    work = from_source(source)
    return "\n".join(s.source for s in work.program(names or ["f"]))


def test_what_is_needed_is_kept_and_the_rest_is_dropped():
    source = """
import sys, numpy as np
import matplotlib.pyplot as plt
from math import *
sys.exit(1)
LIMIT = 3
LIMIT += 1
TABLE = {}
TABLE["a"] = LIMIT
unused = train()
def helper(x): return x + TABLE["a"]
def f(x): return helper(np.abs(x))
def g(): return unused
f(3)
print("training")
for epoch in range(10**9): train()
while True: pass
plt.plot([1])
assert False
del f
if True:
    flag = 1
try:
    import fast
except ImportError:
    fast = None
"""
    text = program(source)
    for line in ("import sys, numpy", "from math", "LIMIT = 3", "LIMIT += 1", 'TABLE["a"] = LIMIT',
                 "def helper", "def f"):  # fmt: skip
        assert line in text
    for line in ("exit", "unused", "def g", "print", "epoch", "while", "plt", "assert", "del",
                 "flag", "fast"):  # fmt: skip
        assert line not in text


def test_blocks_decorators_classes_and_late_changes_are_needed_too():
    source = """
try:
    import fast
except ImportError:
    fast = None
def twice(function): return function
class Base: pass
@twice
def f(x, y=None):
    return fast, Base.size
Base.size = 3
class Child(Base): pass
f = twice(f)
"""
    text = program(source)
    for line in ("import fast", "def twice", "@twice\ndef f", "Base.size = 3", "f = twice(f)"):
        assert line in text
    assert "Child" not in text
    assert "class Base" in program(source, "Child")


def test_the_last_answer_counts_and_an_untouched_copy_never_does():
    first, second = "def f(): return 1", "def f(): return 2"
    stub = "def f():\n    raise NotImplementedError('f: write this exercise')"
    assert program(f"{first}\n{second}") == second
    assert program(f"{first}\n{stub}") == first
    assert program(f"{stub}\n{first}\n{stub}") == first
    assert program(f"{stub}\n{stub}") == stub


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = 1; b = 2; c = 3\ndef f(): return b", ["b = 2", "def f(): return b"]),
        ("é = 1; b = 'ü'; c = 3\ndef f(): return b", ["b = 'ü'", "def f(): return b"]),
        ("b = '''x;\ny'''; c = 1\ndef f(): return b", ["b = '''x;\ny'''", "def f(): return b"]),
        ("b = 1; c = '''\n'''\ndef f(): return c", ["c = '''\n'''", "def f(): return c"]),
        ("def f(): return naïve\nnaïve = 1", ["def f(): return naïve", "naïve = 1"]),
        ("x = 1\n\x0cdef f():\n    return x", ["x = 1", "def f():\n    return x"]),
        ("x = 'a\x0cb\x1c\u2028\x85'\ndef f():\n    return x",
         ["x = 'a\x0cb\x1c\u2028\x85'", "def f():\n    return x"]),
        ("def f():\n\tif 1:\n\t\treturn 2", ["def f():\n\tif 1:\n\t\treturn 2"]),
        ("class f:\n    '''%d''' % 3\n    def g(self):\n        return 1",
         ["class f:\n    '''%d''' % 3\n    def g(self):\n        return 1"]),
        ("x = 1;\ndef f(): return x", ["x = 1", "def f(): return x"]),
        ("if 1: x = 1; y = 2\ndef f(): return y", ["if 1: x = 1; y = 2", "def f(): return y"]),
        ("@a\n@b(\n 1)\ndef f(): pass\n\n# end", ["@a\n@b(\n 1)\ndef f(): pass"]),
    ],
)  # fmt: skip
def test_statements_are_cut_out_whole(source, expected):
    work = from_source(source)
    assert not work.broken
    assert [s.source for s in work.program(["f"])] == expected


def test_lines_are_counted_as_python_counts_them(tmp_path):
    source = "x = 'a\x0cb\u2028c'\n\x0c\ndef f():\n    return y"
    work = read(write(tmp_path, notebook(source)))
    assert work.definition("f").line == 3
    assert work.place("<cell 1>", 4) == ("cell 1, line 4", "    return y")
    assert work.place("<cell 9>", 4) == ("cell 9, line 4", "")
    assert work.place("/usr/lib/python3/x.py", 4) == ("", "")
    assert work.place("<cell 1>", 10**9)[1] == work.place("<cell 1>", -5)[1] == ""


def test_a_cell_that_does_not_parse_costs_only_itself(tmp_path):
    cells = ["def f(:\n  pass", "def g():\n    return 1", "x = = 2"]
    work = read(write(tmp_path, notebook(*cells)))
    assert work.defined == {"g"}
    assert set(work.broken) == {1, 3}
    assert work.broken_definition("f")[:2] == (1, 1)
    assert work.broken_definition("g") is None


def test_generations_are_told_by_their_helpers():
    assert from_source("from init_utils import sigmoid").generation == "v17"
    assert from_source("from testCases_v2 import *").generation == "v17"
    assert (
        from_source("from opt_utils_v1a import x\nfrom public_tests import *").generation == "v21"
    )
    assert from_source("import dltf").generation == "dltf"
    assert from_source("import numpy").generation is None
