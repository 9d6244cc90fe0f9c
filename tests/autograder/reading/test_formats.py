"""Reading files: every shape that submissions come in, and sources that crash parsers."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, notebook

from dltf.autograder.reading import formats
from dltf.autograder.reading.formats import SubmissionError, from_source, read


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
        (notebook("x = 1\n" * 400_000).encode(), "contains 2 MiB of code (at most 2)"),
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


TEXT = "# coding: {}\nname = 'é'\ndef f():\n    return name\n"


@pytest.mark.parametrize("coding", ["gbk", "latin-1", "cp1252", "shift_jisx0213", "utf-8"])
def test_a_coding_line_is_believed(tmp_path, coding):
    work = read(write(tmp_path, TEXT.format(coding).encode(coding), "a.py"))
    assert work.program(["f"])[0].source == "name = 'é'"


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_are_believed(tmp_path, coding):
    for text, name in ((TEXT.format("utf-8"), "a.py"), (notebook(TEXT), "a.ipynb")):
        work = read(write(tmp_path, text.encode(coding), name))
        assert work.program(["f"])[0].source == "name = 'é'"


@pytest.mark.parametrize(
    ("coding", "words"),
    [
        ("klingon", "is not text: its coding line names 'klingon', which is none"),
        ("hex", "is not text: its coding line names 'hex', which is none"),
        ("ascii", "is not text (byte "),
    ],
)
def test_a_coding_line_that_does_not_fit(tmp_path, coding, words):
    with pytest.raises(SubmissionError, match=re.escape(words)):
        read(write(tmp_path, f"# coding: {coding}\n".encode() + b"x = '\xe9'", "a.py"))


CONFLICT = "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> branch\n"


def test_merge_conflict_markers_are_named(tmp_path):
    words = "line 2: merge-conflict marker '<<<<<<< HEAD': keep one of the two versions"
    for text, name in (("y = 0\n" + CONFLICT, "a.py"), ('{"cells": [\n' + CONFLICT, "a.ipynb")):
        with pytest.raises(SubmissionError, match=re.escape(words)):
            read(write(tmp_path, text, name))
    work = read(write(tmp_path, notebook(CONFLICT, "def f(): return 1")))
    assert work.broken[1][0] == 1
    assert work.broken[1][1].startswith("merge-conflict marker '<<<<<<< HEAD'")
    assert work.defined == {"f"}
    assert not read(write(tmp_path, f'x = """\n{CONFLICT}"""', "a.py")).broken


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
    done = subprocess.run([python, HOSTILE, ROOT], capture_output=True, text=True, check=False)
    assert done.stdout.endswith("all read\n"), (done.stdout[-500:], done.stderr[-1500:])


@pytest.mark.parametrize(
    "text",
    ["\n" * 500_000, "\n" * 400_000 + "f?", " " * 500_000 + "?x", "%a\n" + " " * 500_000,
     "%a\n" + "=" * 500_000, "%a\n" + "?" * 500_000, "x ? " * 100_000, "= " * 200_000,
     "%a\n" + "a, " * 100_000, "%a\n" + "'" * 500_000, "%a\n" + "\\" * 500_000,
     "# %%\n" * 200_000, "%a\n" * 100_000, "\r" * 500_000, "a?\n" * 100_000,
     "a=1;" * 50_000],
    ids=range(16),
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


def test_nothing_of_a_submission_is_run_by_reading_it(tmp_path):
    source = (
        f"open({str(tmp_path / 'ran')!r}, 'w')\ndef f(x=open({str(tmp_path / 'ran')!r}, 'w')): pass"
    )
    from_source(source).program(["f"])
    assert not (tmp_path / "ran").exists()
    assert formats.MAX_CODE <= 2**21
