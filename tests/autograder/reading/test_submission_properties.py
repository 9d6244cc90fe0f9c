"""Reading under searched inputs: a file is read or refused in one line, lines keep their number."""

import ast
import json
import tempfile
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from dltf.autograder.reading.blanks import blanks, is_blank
from dltf.autograder.reading.formats import SubmissionError, from_source, read
from dltf.autograder.reading.magics import strip_magics
from dltf.autograder.reading.submission import Submission

# Pieces that mean something to Python or IPython, and what lies between them.
PIECES = st.sampled_from(
    ["%", "%%", "!", "?", "??", "=", "\\", "'", '"', "'''", '"""', "#", "(", ")", "[", "]", "{",
     "}", ":", ";", ",", ".", "\n", "\n", "\n    ", "\t", " ", "x", "y2", "f", "def f(x):", "if x:",
     "class A:", "return", "None", "pass", "import numpy as np", "from a import *", "@f", "lambda",
     "%matplotlib inline", "!pip install x", "x = !ls", "x = %time f()", "%%time", "%%bash", "?f",
     "f?", "np.dot??", "%%writefile a.py", "x = 5 % 3", "%timeit f(1)", "raise NotImplementedError",
     "# %%", "# In[3]:", "\x0c", "\r", "\u2028", "\x85", "\ufeff", "é", "λ", "0", "1e5", "global x"]
)  # fmt: skip
SOURCE = st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=60)
NO_SURROGATES = st.characters(exclude_categories=["Cs"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(NO_SURROGATES, max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
CELL = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw"]) | JSON,
        "source": SOURCE | st.lists(SOURCE | JSON, max_size=3) | JSON,
        "input": SOURCE | JSON,
        "metadata": JSON,
    },
)
CELLS = st.lists(CELL | JSON, max_size=4) | JSON
NOTEBOOK = st.fixed_dictionaries(
    {},
    optional={
        "cells": CELLS,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": CELLS}) | JSON, max_size=2) | JSON,
        "nbformat": st.integers() | JSON,
        "metadata": JSON,
    },
)


def reading(data, name):
    """Return a file's submission, or None where it is refused in one line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        try:
            return read(path)
        except SubmissionError as error:
            refused = str(error)
    assert refused
    assert "\n" not in refused
    return None


def used(work):
    """Ask a submission everything that grading asks, and return it."""
    assert isinstance(work, Submission)
    names = work.defined | {"f", "x"}
    for name in names:
        work.program([name])
        work.mentions(name)
        found = work.definition(name)
        if found is not None:
            assert isinstance(is_blank(found.node), bool)
            assert blanks(found.node) == sorted(blanks(found.node))
    return work


def text_of(statement, source):
    """Return the lines of a source on which a statement stands."""
    lines = source.split("\n")
    return "\n".join(lines[statement.line - 1 : statement.line + statement.source.count("\n")])


@given(st.binary(max_size=100) | SOURCE.map(lambda text: text.encode(errors="surrogatepass")))
@example(b"\xef\xbb\xbf")
@example(b"\0")
@example(b"\n\x0c")
def test_a_script_is_read_or_refused(data):
    work = reading(data, "a.py")
    if work is not None:
        used(work)


@given(st.binary(max_size=100) | JSON.map(lambda value: json.dumps(value).encode()))
@example(b'{"cells": [[')
@example(b"[" * 100_000)
@example(b'{"cells": [{"source": "x = 1", "cell_type": []}], "nbformat": ' + b"9" * 5000 + b"}")
def test_a_file_is_read_as_a_notebook_or_refused(data):
    work = reading(data, "a.ipynb")
    if work is not None:
        used(work)


@given(NOTEBOOK)
def test_a_notebook_is_read_or_refused(content):
    work = reading(json.dumps(content).encode(), "a.ipynb")
    if work is not None:
        used(work)
        assert [cell.number for cell in work.cells] == list(range(1, len(work.cells) + 1))


@given(SOURCE)
def test_any_source_can_be_read(source):
    used(from_source(source))


@given(SOURCE)
@example("x = '''\n%time\n'''")
@example("(1\n% 2)")
@example("%%bash\necho hi")
def test_magics_go_and_lines_stay(source):
    stripped = strip_magics(source)
    if stripped:  # a cell of another language is dropped whole
        assert stripped.count("\n") == source.count("\n")
    assert strip_magics(stripped) == stripped
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return
    first = source.lstrip()
    assert stripped == source or first.startswith("%%")


@given(SOURCE)
def test_a_statement_stands_where_it_says(source):
    stripped = strip_magics(source)
    for statement in from_source(source).statements:
        assert statement.source in text_of(statement, stripped)
        ast.parse(statement.source)


@given(st.lists(SOURCE, min_size=1, max_size=5))
def test_the_cells_of_a_script_are_its_text(parts):
    text = "\n# %%\n".join(parts)
    work = reading(text.encode(errors="replace"), "a.py")
    if work is not None:
        whole = text.encode(errors="replace").decode("utf-8-sig")
        whole = whole.replace("\r\n", "\n").replace("\r", "\n")
        assert "".join(cell.source.lstrip("\n") for cell in work.cells).replace("\n", "") == (
            whole.replace("\n", "")
        )
        for before, cell in zip(work.cells, work.cells[1:], strict=False):
            assert cell.source.startswith("\n" * before.source.count("\n"))
