"""Blanks: untouched stubs, and lines that still say None."""

import pytest

from dltf.autograder.reading.blanks import blanks, is_blank, untouched
from dltf.autograder.reading.formats import from_source
from dltf.autograder.reading.marks import regions


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
        ("def f(x):\n    for i in None:\n        x = g(x)\n    return x", [2]),
        ("def f(x):\n    for i in reversed(range(None)): x = g(x)\n    return x", [2]),
        ("def f(x):\n    y = g(x) + None\n    y *= None\n    return y", [2, 3]),
        ("def f(x: int | None):\n    y: int | None = g(x, None)\n    return y", []),
        ("def f(x):\n    y = g(x)\n    y = None\n    y = h(y)\n    return y", [3]),
        ("def f(x):\n    y = None\n    y = h(y)\n    return y", []),
        ("def f(x):\n    y = g(x)\n    y = None\n    y = h(x)\n    return y", []),
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
        ("    z = (1 / m) * None * x\n", 4),
        ("    z[0] += None\n", 4),
        ("    z = ...\n", 4),
        ("    z = ____\n", 4),
        ("    if None < 0.7:\n        print('It is ' + str(x))\n        z = None\n", 4),
        ("    while None:\n        z = None\n", 4),
        ("    for t in None:\n        z, w = None\n        None\n", 4),
        ("    for t in reversed(range()):\n        z.append(w)\n", 4),
        ("    with None as s:\n        z = s.run(None)\n", 4),
        ("    a, b = None\n    z = corners(a, b)\n    z = scale(z, x)\n    z = None\n", 4),
        ("    a = None\n    z = corners(x, b)\n", None),
        ("    a = None\n    b = join([x, a])\n    z = weigh(b)\n", None),
        ("    z = {k: None for k in g(x)}\n", None),
        ("    a = None\n    z = np.sum(a * x)\n", None),
        ("    z = theta\n", None),
        ("    z = None\n    for v in x:\n        if z is None or v > z: z = v\n", None),
    ],
)
def test_nothing_between_the_marks(marks, body, line):
    source = MARKED.format(body=body, **marks)
    node = from_source(source).statements[0].node
    assert untouched(node, source.split("\n")) == line


@pytest.mark.parametrize("given", ["z = Add()([z, x])", "z = relu(z) + x"])
def test_code_below_the_marks_is_no_answer(given):
    source = f"def f(x):\n    # START CODE HERE\n    z = None\n    # END CODE HERE\n    {given}\n"
    assert untouched(from_source(source).statements[0].node, source.split("\n")) == 3


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("### START CODE HERE ###", "### END CODER HERE ###"),
        ("### START CODE HERE ### (3 lines)", "#### END CODE HERE ####"),
        ("### BEGIN SOLUTION", "### END SOLUTION"),
        ("# start your code here", "# end your code here"),
        ("# Your code starts here:", "# Your code ends here."),
        ("### STRAT CODE HERE ###", "### END OF CODE ###"),
    ],
)
def test_marks_may_be_spelled_otherwise(start, end):
    source = f"def f(x):\n    {start}\n    z = None\n    {end}\n    y = z @ z\n    return y\n"
    node = from_source(source).statements[0].node
    assert regions(source.split("\n"), node) == [(3, 3)]


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    a" + " " * 10**6 + "\n    W = \n    return W",
        "def f(x):\n    W = \n" + "    W = \n" * 10**5 + "    return W",
    ],
)
def test_a_long_source_is_not_searched_for_what_is_missing(source):
    assert from_source(source).is_unfinished(1, "f") is False


def test_a_long_line_is_no_mark():
    source = f"def f(x):\n    {'#' * 10**6} START CODE HERE\n    return x"
    assert regions(source.split("\n"), from_source(source).statements[0].node) == []


@pytest.mark.parametrize(
    "comment", ["# the code ends here because", "# start of the loop", "# end"]
)
def test_other_comments_are_no_marks(comment):
    source = f"def f(x):\n    {comment}\n    return x @ x\n"
    assert regions(source.split("\n"), from_source(source).statements[0].node) == []


def test_marks_in_a_list_have_the_answer_between_them():
    source = "def f():\n    m = Sequential([\n# YOUR CODE STARTS HERE\n{}# YOUR CODE ENDS HERE\n])"
    empty, filled = source.format(""), source.format("Dense(3),\n")
    assert untouched(from_source(empty).statements[0].node, empty.split("\n")) == 3
    assert untouched(from_source(filled).statements[0].node, filled.split("\n")) is None


LOOP = "def f(x):\n    x = x @ x\n    for l in x:  # layers\n        # a =\n{}    return x\n"
YOURS = "        # YOUR CODE STARTS HERE\n\n        # YOUR CODE ENDS HERE\n"


@pytest.mark.parametrize(
    ("source", "unfinished"),
    [
        (LOOP.format(YOURS), True),
        (LOOP.format(YOURS).replace("# a =", "for k in l:\n            # a ="), True),
        (LOOP.format(""), False),  # the first line may be the student's own
        (LOOP.format("").replace("x = x @ x", "pass"), True),
        (LOOP.format(YOURS).replace("\n\n", "\n    y = g(x)\n"), False),
        (LOOP.format(YOURS) + "x = = 2", False),
        ("def f(x):\n    # nothing yet", True),
        ("def f(x):\n    W = # weights\n    return W", True),
        ("def f(x):\n    if :\n        W =\n    for t in :\n        W =\n    return W", True),
        ("def f(x):\n    with  as s:\n        W = g(,)\n    return W", True),
        ("def f(x):\n    if x:\n        # one\n    else:\n        # two\n    return x @ x", False),
        ("def f(x):\n    None\n        # run it\n        W = None\n    return W", True),
        ("def f(x):\n    W = 1\n        # run it\n        W = None\n    return W", False),
        ("%%time\ndef f(x):\n    for i in x:\n        # one\n    W = None\n    return W", True),
    ],
)
def test_a_template_that_does_not_parse_is_a_blank(source, unfinished):
    work = from_source(source)
    assert work.broken_definition("f")
    assert work.is_unfinished(1, "f") is unfinished


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("def f(x):\n    x = g(x)\n    x = None\n    return x", None),
        ("def f(x):\n    y = None\n    return y", 2),
        ("def f(x):\n    # y = None\n    return y", 3),
        ("def f(x):\n    y = None\n    c = (y, x)\n    show(y)\n    print(y)\n    return y, c", 2),
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
