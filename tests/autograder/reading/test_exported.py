"""Cells that other files hold as text: written modules, nbconvert's magics, Markdown cells."""

import json

from conftest import notebook
from test_formats import write
from test_submission import program

from dltf.autograder.reading.formats import from_source, read

ANSWER = "def f(x):\n    return x\n"


def test_a_module_that_the_notebook_writes_is_part_of_it(tmp_path):
    for line, call in (
        ("from answers import *", "f"),
        ("from answers import f as g", "g"),
        ("import answers", "answers.f"),
        ("import answers as a", "a.f"),
    ):
        cells = [f"%%writefile answers.py\n{ANSWER}", f"{line}\ndef h(): return {call}(1)"]
        work = read(write(tmp_path, notebook(*cells)))
        assert work.defined == {"f", "h"}
        space = {}
        exec("\n".join(s.source for s in work.program(["h"])), space)
        assert space["h"]() == 1
        assert work.place("<cell 1>", 2) == ("cell 1, line 2", "def f(x):")


def test_a_file_that_is_not_imported_replaces_nothing(tmp_path):
    cells = [ANSWER, "%%writefile train.py\ndef f(): pass\ndef g(): return 1"]
    work = read(write(tmp_path, notebook(*cells)))
    assert work.definition("f").cell == 1
    assert work.defined == {"f", "g"}


def test_exported_magics_are_the_cells_that_they_were(tmp_path):
    text = (
        "# In[1]:\nget_ipython().run_line_magic('matplotlib', 'inline')\nx = 1\n# In[2]:\n"
        f"get_ipython().run_cell_magic('time', '', {ANSWER!r})\ny = 2\n# In[3]:\n"
        "get_ipython().run_line_magic('time', 'z = 3')\nget_ipython().system('ls')\n"
        "def g(): return y, z\n"
    )
    work = read(write(tmp_path, text, "a.py"))
    assert not work.broken
    assert work.defined == {"f", "g"}
    assert [s.source for s in work.program(["f"])] == [ANSWER.rstrip()]
    assert [s.source for s in work.program(["g"])] == ["y = 2", "z = 3", "def g(): return y, z"]
    cell = work.definition("f").cell
    assert work.place(f"<cell {cell}>", 3) == (
        "line 5 (line 3 of the cell that it holds)",
        "    return x",
    )


def test_exported_magics_in_a_notebook(tmp_path):
    cell = f"get_ipython().run_cell_magic('time', '', {ANSWER!r})"
    assert read(write(tmp_path, notebook("x = 1", cell))).definition("f").cell == 2


def test_a_shell_line_may_be_continued():
    source = "!pip install a \\\n   b \\\n   c\n" + ANSWER
    work = from_source(source)
    assert not work.broken
    assert work.definition("f").line == 4
    assert program("files = !ls \\\n -l\ndef f(): return files") == (
        "files = None\ndef f(): return files"
    )


def test_answers_in_cells_that_are_not_run_are_pointed_out(tmp_path):
    data = json.loads(notebook("x = 1"))
    data["cells"] += [
        {"cell_type": "markdown", "source": "# Title", "metadata": {}},
        {"cell_type": "markdown", "source": ["```\n", "def f(x):\n", "  return x"]},
        {"cell_type": "raw", "source": "class g: pass"},
    ]
    work = read(write(tmp_path, json.dumps(data)))
    assert work.prose_with("f") == "Markdown cell 2 (below code cell 1)"
    assert work.prose_with("g") == "raw cell 1 (below code cell 1)"
    assert work.prose_with("h") == ""


def test_the_metadata_of_a_cell_names_the_assignment(tmp_path):
    data = json.loads(notebook("x = 1", "y = 2"))
    data["metadata"]["dltf.assignment"] = "one"
    data["cells"][0]["metadata"] = {"dltf": {"assignment": "two"}}
    data["cells"][1]["metadata"] = {"dltf": 3}
    assert read(write(tmp_path, json.dumps(data))).named == ["one", "two"]
