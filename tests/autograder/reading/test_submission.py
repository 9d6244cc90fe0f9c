"""Reading submissions: every shape they come in, what is taken from them, and what is not."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, notebook

from dltf.autograder.reading import submission
from dltf.autograder.reading.submission import SubmissionError, blanks, from_source, is_blank, read


def program(source, *names):
    """Return the statements that the names need, as one text."""
    work = from_source(source)
    return "\n".join(s.source for s in work.program(names or ["f"]))


def write(folder, text, name="a.ipynb"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# Files ------------------------------------------------------------------------------------------

V3 = {
    "nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
    "worksheets": [
        {"cells": [{"cell_type": "code", "input": ["import numpy\n", "x = 1"]},
                   {"cell_type": "markdown", "source": "def no(): pass"},
                   {"cell_type": "code", "input": "def f():\n    return x"}]},
        {"cells": [{"cell_type": "code", "input": "def g(): return 2"}]},
    ],
}  # fmt: skip


def test_notebooks_of_both_formats(tmp_path):
    work = read(write(tmp_path, json.dumps(V3)))
    assert work.format == "notebook 3"
    assert work.defined == {"f", "g"}
    assert work.place("<cell 2>", 2) == ("cell 2, line 2", "    return x")
    four = notebook("def f():\n    return 1", ["def g():\n", "    return 2\n"])
    work = read(write(tmp_path, four))
    assert work.format == "notebook 4"
    assert work.defined == {"f", "g"}


@pytest.mark.parametrize(
    "strip",
    [
        lambda nb: nb.pop("metadata"),
        lambda nb: nb.pop("nbformat"),
        lambda nb: nb.update(nbformat="four", metadata=None),
        lambda nb: [cell.pop("metadata") for cell in nb["cells"]],
        lambda nb: [cell.pop("cell_type") for cell in nb["cells"]],
        lambda nb: nb["cells"].extend([None, 3, "x", {}, {"cell_type": "code", "source": 3}]),
        lambda nb: nb["cells"].insert(0, {"cell_type": "code", "source": [None, 3]}),
        lambda nb: nb["cells"].insert(0, {"cell_type": "raw", "source": "def f("}),
    ],
)
def test_stripped_and_mended_notebooks(tmp_path, strip):
    data = json.loads(notebook("def f(): return 1"))
    strip(data)
    assert read(write(tmp_path, json.dumps(data))).defined == {"f"}


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_endings_and_byte_order_marks(tmp_path, ending, mark):
    source = "a = '''x\ny'''\ndef f():\n\treturn a\n"
    script = write(tmp_path, mark + source.replace("\n", ending).encode(), "a.py")
    for work in (
        read(script),
        read(write(tmp_path, mark + notebook(source.replace("\n", ending)).encode())),
    ):
        assert [s.line for s in work.program(["f"])] == [1, 3]
        assert work.place("<cell 1>", 4)[1] == "\treturn a"


def test_scripts_are_cut_at_their_marks(tmp_path):
    text = "# In[1]:\nx = 1\n# %% title\ndef f():\n    return x\n# In[ ]:\nbroken (\n"
    work = read(write(tmp_path, text, "a.py"))
    assert work.format == "script"
    assert list(work.broken) == [3]
    assert [(s.cell, s.line) for s in work.program(["f"])] == [(1, 2), (2, 4)]
    assert work.place("<cell 2>", 5) == ("line 5", "    return x")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"  \n ", "is empty"),
        (b"not a notebook", "is not a notebook: not valid JSON (line 1)."),
        (notebook("x = 1").encode()[:-30], "looks cut off"),
        (b"{}", "it is JSON, but has no cells"),
        (b"[1, 2]", "it is JSON, but has no cells"),
        (b"null", "it is JSON, but has no cells"),
        (b'{"cells": []}', "is a notebook without any code"),
        (b'{"cells": {"a": 1}}', "is a notebook without any code"),
        (b'{"cells": 3}', "is a notebook without any code"),
        (b'{"worksheets": {"cells": []}}', "is a notebook without any code"),
        (b'{"worksheets": [3, {"cells": 3}]}', "is a notebook without any code"),
        (notebook("", "  ").encode(), "is a notebook without any code"),
        (b"\x80\x04\x95 pickle", "is not text (byte 0 is not UTF-8)"),
        (b"PK\x03\x04\0\0\0\0", "is not text"),
        (b"\x7fELF\0\0", "is not text"),
        (b"[" * 200_000, "is not a notebook: not valid JSON"),
        (b'{"cells": ' + b"[" * 200_000, "is not a notebook"),
        (notebook("x = 1\n" * 400_000).encode(), "holds 2 MiB of code (at most 2)"),
    ],
)
def test_bad_files_cost_one_clear_line(tmp_path, content, words):
    with pytest.raises(SubmissionError) as caught:
        read(write(tmp_path, content))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_are_none(tmp_path):
    with pytest.raises(SubmissionError, match="No such file"):
        read(tmp_path / "absent.ipynb")
    with pytest.raises(SubmissionError, match="expected a file, got something else"):
        read(tmp_path)
    os.mkfifo(tmp_path / "pipe.ipynb")
    with pytest.raises(SubmissionError, match="expected a file, got something else"):
        read(tmp_path / "pipe.ipynb")
    (tmp_path / "loop.ipynb").symlink_to("loop.ipynb")
    with pytest.raises(SubmissionError, match="cannot be read"):
        read(tmp_path / "loop.ipynb")
    huge = tmp_path / "huge.ipynb"
    with huge.open("wb") as file:
        file.truncate(600 * 2**20)
    with pytest.raises(SubmissionError, match="too large: 600 MiB"):
        read(huge)


# What IPython understands and Python does not ---------------------------------------------------

BESIDE = "\ndef f(x):\n    return x"


@pytest.mark.parametrize(
    "line",
    ["%matplotlib inline", "!pip install x", "%load_ext autoreload", "np.array?", "f??", "?f",
     "%%time", "%%capture out", "files = !ls *.csv", "t = %timeit -o f(1)", "a, b = !ls",
     "%time x = 1", "%config InlineBackend.figure_format = 'retina'", "!ls 'a", "!echo (",
     "%time f('''", "!!ls", "%%timeit -n 1"],
)  # fmt: skip
def test_magics_and_shell_lines_vanish_and_lines_keep_their_number(line):
    work = from_source(line + BESIDE)
    assert not work.broken
    assert work.definition("f").line == 2
    assert not {"%", "!"} & set(program(line + BESIDE))


def test_names_that_a_shell_line_assigns_are_known():
    assert "files = None" in program("files = !ls\ndef f():\n    return files")


@pytest.mark.parametrize("magic", ["bash", "html", "js", "latex", "R", "writefile a.py", "sql"])
def test_cells_of_other_languages_are_passed_over(magic):
    work = from_source(f"%%{magic}\ndef f(): this is not python (")
    assert not work.broken
    assert not work.statements


KEPT = '''%matplotlib inline
text = """
% not a magic
! nor this
what is it?
files = !ls
"""
def f(x, m):  # is it right?
    m = x.shape[0]  # what is m?
    y = (m
         % 7)
    z = m \\
        % 5
    s = 'a # "?'
    if x is None: return [
        "?", '%',
        m
        %3]
    "why?"
    return y + z, s
'''


def test_a_magic_elsewhere_changes_no_string_and_no_expression():
    work = from_source(KEPT)
    assert not work.broken
    assert "\n".join(s.source for s in work.program(["f"])) == KEPT.partition("\n")[2].rpartition(
        "text"
    )[2].partition("def f")[1] + KEPT.partition("def f")[2].rstrip("\n")
    assert KEPT.partition("\n")[2].rstrip("\n").startswith(work.statements[0].source)
    assert "% not a magic\n! nor this\nwhat is it?\nfiles = !ls" in work.statements[0].source


def test_python_as_it_stands_is_left_alone():
    source = 'x = """\n%matplotlib\n!ls\nis it?\n"""\ndef f():\n    return x'
    assert program(source) == source


def test_a_cell_that_does_not_parse_costs_only_itself(tmp_path):
    cells = ["def f(:\n  pass", "def g():\n    return 1", "x = = 2"]
    work = read(write(tmp_path, notebook(*cells)))
    assert work.defined == {"g"}
    assert set(work.broken) == {1, 3}
    assert work.broken_definition("f")[:2] == (1, 1)
    assert work.broken_definition("g") is None


# Slicing ----------------------------------------------------------------------------------------


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


# Blanks -----------------------------------------------------------------------------------------


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


# Sources that crash parsers ---------------------------------------------------------------------

HOSTILE = Path(__file__).parent / "hostile_sources.py"


def interpreters():
    """Return a Python of each supported version that this machine has."""
    found = {sys.version_info[:2]: sys.executable}
    for minor in range(10, 14):
        places = [shutil.which(f"python3.{minor}")]
        places += sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python"))
        for place in filter(None, places):
            code = "import sys; print(*sys.version_info[:2])"
            said = subprocess.run([place, "-c", code], capture_output=True, text=True, check=False)
            if said.stdout.split() == ["3", str(minor)]:
                found.setdefault((3, minor), str(place))
                break
    return sorted(found.values())


@pytest.mark.parametrize("python", interpreters())
def test_sources_that_crash_parsers_cost_a_line(python):
    """Reading needs the standard library only, so that any interpreter can be tried."""
    path = ROOT / "dltf" / "autograder" / "submission.py"
    done = subprocess.run([python, HOSTILE, path], capture_output=True, text=True, check=False)
    assert done.stdout.endswith("all read\n"), (done.stdout[-500:], done.stderr[-1500:])


@pytest.mark.parametrize(
    "text",
    ["\n" * 500_000, "\n" * 400_000 + "f?", " " * 500_000 + "?x", "%a\n" + " " * 500_000,
     "%a\n" + "=" * 500_000, "%a\n" + "?" * 500_000, "x ? " * 100_000, "= " * 200_000,
     "%a\n" + "a, " * 100_000, "%a\n" + "'" * 500_000, "%a\n" + "\\" * 500_000,
     "# %%\n" * 200_000, "%a\n" * 100_000, "\r" * 500_000, "a?\n" * 100_000],
    ids=range(15),
)  # fmt: skip
def test_reading_takes_time_in_proportion_to_the_text(tmp_path, text):
    """Quadratic work on half a million characters would not end while anybody waits."""
    for name in ("a.py", "a.ipynb"):
        path = write(tmp_path, text + "\n" if name == "a.py" else notebook(text, "x = 1"), name)
        try:
            work = read(path)
        except SubmissionError:
            continue
        assert work.generation is None
        assert work.broken_definition("f") is None


def test_generations_are_told_by_their_helpers():
    assert from_source("from init_utils import sigmoid").generation == "v17"
    assert from_source("from testCases_v2 import *").generation == "v17"
    assert (
        from_source("from opt_utils_v1a import x\nfrom public_tests import *").generation == "v21"
    )
    assert from_source("import dltf").generation == "dltf"
    assert from_source("import numpy").generation is None


def test_nothing_of_a_submission_is_run_by_reading_it(tmp_path):
    source = (
        f"open({str(tmp_path / 'ran')!r}, 'w')\ndef f(x=open({str(tmp_path / 'ran')!r}, 'w')): pass"
    )
    from_source(source).program(["f"])
    assert not (tmp_path / "ran").exists()
    assert submission.MAX_CODE <= 2**21
