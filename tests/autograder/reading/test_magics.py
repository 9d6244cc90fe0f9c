"""Magics: what IPython understands and Python does not."""

import pytest
from test_submission import program

from dltf.autograder.reading.formats import from_source

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


@pytest.mark.parametrize("magic", ["bash", "html", "js", "latex", "R", "writefile a.txt", "sql"])
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
