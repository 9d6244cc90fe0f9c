"""`autograder.assignment.stubs`: the stub is the source without the answer, and nothing else."""

import ast

import pytest

from dltf.autograder.assignment import stubs

SOURCE = '''"""A module."""
import numpy as np


@decorated
def scale(x, factor=2.0):
    """Return x, scaled."""
    ### BEGIN SOLUTION
    y = x * factor + np.zeros(3)
    ### END SOLUTION
    return y


class Layer:
    """A layer."""

    def call(self, x):
        """Call it."""
        if x is None:
            ### BEGIN SOLUTION
            return 0
            ### END SOLUTION
        def inner():
            ### BEGIN SOLUTION
            pass
            ### END SOLUTION
        return inner


async def wait(x):
    ### BEGIN SOLUTION
    await x
    ### END SOLUTION
'''


def test_each_region_becomes_an_error_that_names_the_exercise():
    assert (
        stubs.stub(SOURCE)
        == '''"""A module."""
import numpy as np


@decorated
def scale(x, factor=2.0):
    """Return x, scaled."""
    raise NotImplementedError("scale: write this exercise")
    return y


class Layer:
    """A layer."""

    def call(self, x):
        """Call it."""
        if x is None:
            raise NotImplementedError("Layer.call: write this exercise")
        def inner():
            raise NotImplementedError("Layer.call: write this exercise")
        return inner


async def wait(x):
    raise NotImplementedError("wait: write this exercise")
'''
    )


@pytest.mark.parametrize("text", ["", "x = 1", "x = 1\r\n\x0cy = '\u2028'\r\n", "no solution\n\n"])
def test_a_source_without_markers_stays_as_it_is(text):
    assert stubs.stub(text) == text
    assert not stubs.has_solution(text)


def test_odd_bytes_outside_the_regions_survive():
    text = (
        'def f():\r\n\t"""\x0c \u2028 é"""\r\n'
        "\t### BEGIN SOLUTION\r\n\t1\r\n\t### END SOLUTION\r\n\treturn 1"
    )
    stubbed = stubs.stub(text)
    assert stubbed == (
        'def f():\r\n\t"""\x0c \u2028 é"""\r\n'
        '\traise NotImplementedError("f: write this exercise")\r\n\treturn 1'
    )


def test_stubbing_twice_changes_nothing():
    once = stubs.stub(SOURCE)
    assert stubs.stub(once) == once
    assert stubs.has_solution(SOURCE)
    assert not stubs.has_solution(once)


def test_unmarked_keeps_the_answer_and_drops_the_markers():
    kept = stubs.unmarked(SOURCE)
    assert kept == "\n".join(line for line in SOURCE.split("\n") if "###" not in line)
    assert stubs.unmarked("x = 1\r\n") == "x = 1\r\n"


def test_a_stub_raises_when_called():
    namespace = {"decorated": lambda f: f}
    exec(stubs.stub(SOURCE).replace("async def", "def"), namespace)
    with pytest.raises(NotImplementedError, match="scale: write this exercise"):
        namespace["scale"](1)


def function(*body: str) -> str:
    return "def f(x):\n" + "\n".join(f"    {line}" for line in body) + "\n"


BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (function(BEGIN, "x"), "line 2: expected '### END SOLUTION' below .* the end"),
        (function("x", END), "line 3: expected '### BEGIN SOLUTION' above it"),
        (function(BEGIN, BEGIN, "x", END), "line 3: expected .* for the marker of line 2"),
        (function("x", BEGIN + "S", "x", END), "line 3: expected '### BEGIN SOLUTION' or"),
        (function("x = 1  " + BEGIN, "x", END), "line 2: expected .* alone on its line"),
        (function("# begin solution", "x", END), "line 2: expected .* alone on its line"),
        (function(BEGIN, "x", "    " + END), "line 4: .* indented like the marker of line 2"),
        (f"{BEGIN}\nx = 1\n{END}\n", "line 1: .* inside a function, got it unindented"),
        (f"class A:\n    {BEGIN}\n    x = 1\n    {END}\n", "line 2: .* inside a function's body"),
        (f"if x:\n    {BEGIN}\n    x = 1\n    {END}\n", "line 2: .* inside a function's body"),
        (function('"""', BEGIN, "x", END, '"""'), "line 3: .* inside a function's body"),
        (
            function(BEGIN, "1", "2", "if x:", END, "    x = 3", "x = 4"),
            "line 7: expected markers around whole statements, .* unexpected indent",
        ),
    ],
)
def test_wrong_markers_are_refused_with_their_line(text, message):
    with pytest.raises(ValueError, match=message):
        stubs.stub(text)


def test_a_quoted_marker_is_prose():
    text = function(f'"""Between `{BEGIN}` and `{END}`."""', f'return "{BEGIN}"')
    assert stubs.stub(text) == text


def test_solution_lines_are_those_that_tell_something():
    text = function(
        "total = np.sum(x * 3)",
        BEGIN,
        "# A comment on the answer.",
        "mean = total / len(x) ** 2  # the mean",
        "total = np.sum(x * 3)",
        "if mean:",
        "    return other_result",
        "else:",
        "    return (mean - x) * 2.5",
        END,
    )
    assert stubs.solution_lines(text) == ["mean = total / len(x) ** 2", "return (mean - x) * 2.5"]


def test_student_edition_has_no_answer_and_no_authoring(tmp_path):
    root = stubs.write_student_edition(tmp_path / "new" / "edition")
    assert root == tmp_path / "new" / "edition"
    files = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    assert "dltf/__init__.py" in files
    assert "dltf/autograder/assignment/loading.py" in files
    assert not [name for name in files if "authoring" in name or name.endswith(".pyc")]
    for name in files:
        if name.endswith(".py"):
            text = (root / name).read_text()
            ast.parse(text)
            assert not stubs.has_solution(text)
    for name in files:
        original = (stubs.PACKAGE.parent / name.replace("dltf/datasets", "datasets")).read_bytes()
        if b"SOLUTION" not in original:
            assert (root / name).read_bytes() == original


def test_student_edition_is_the_same_every_time(tmp_path):
    first, second = (stubs.write_student_edition(tmp_path / name) for name in "ab")
    texts = [
        {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}
        for root in (first, second)
    ]
    assert texts[0] == texts[1]


def test_a_marker_that_does_not_close_names_the_file(tmp_path):
    package = tmp_path / "dltf"
    package.mkdir()
    (package / "topic.py").write_text(function(BEGIN, "x"))
    with pytest.raises(ValueError, match=r"topic.py: line 2: expected '### END SOLUTION' below"):
        list(stubs.student_files(package))
