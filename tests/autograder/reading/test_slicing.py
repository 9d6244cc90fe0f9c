"""Slicing: names mean what they meant where the notebook first calls the answer."""

import pytest
from test_submission import program

from dltf.autograder.reading.formats import from_source


def test_a_later_rebinding_does_not_replace_what_the_answer_used():
    source = "def f(x): return pad(x)\nfrom numpy import pad\ny = f(1)\npad = 3"
    assert program(source) == "def f(x): return pad(x)\nfrom numpy import pad"
    assert program("def model(n): return n\nmodel = model(3)\nmodel.summary()", "model") == (
        "def model(n): return n"
    )
    assert "K = 1" in program("K = 1\ndef f(): return K\nK = 2")
    assert "K = 2" not in program("K = 1\ndef f(): return K\nK = 2")


def test_an_older_name_means_the_function_and_not_its_result():
    work = from_source("def model(n): return n\nmodel = model(3)")
    assert work.rename("modelf", ["model"]) == "model"
    assert [s.source for s in work.program(["modelf"])] == [
        "def model(n): return n",
        "modelf = model",
    ]


def test_what_changes_a_name_before_the_first_call_is_kept():
    source = """
table = {}
for n in range(9):
    table[n] = n ** 0.5
rows = []
rows.append(1)
def fill(t): t["a"] = 1
extra = {}
fill(extra)
count = 0
def increase():
    global count
    count += 1
increase()
def f(): return table, rows, extra, count
f()
rows.append(2)
increase()
count = 5
for n in range(9):
    table[n] = f()
"""
    text = program(source)
    for line in ("table[n] = n ** 0.5", "rows.append(1)", "fill(extra)", "increase()\ndef f"):
        assert line in text
    for line in ("append(2)", "count = 5", "table[n] = f()"):
        assert line not in text
    assert text.endswith("def f(): return table, rows, extra, count")


@pytest.mark.parametrize(
    "line",
    ["tf.compat.v1.disable_eager_execution()", "tf.disable_v2_behavior()", "tf.random.set_seed(1)",
     "K.set_image_data_format('channels_last')", "np.random.seed(1)"],
)  # fmt: skip
def test_settings_of_libraries_are_kept(line):
    imports = "import numpy as np\nimport tensorflow as tf\nfrom keras import backend as K\n"
    assert line in program(f"{imports}{line}\ndef f(): return np, tf, K")


@pytest.mark.parametrize(
    "line",
    ["plt.plot(np.ones(3))", "net.fit(np.ones(3))", "net.summary()", "np.save('a', [1])",
     "for i in range(9): net.fit(f())", "print(np.ones(3))", "np.random.shuffle(others)"],
)  # fmt: skip
def test_training_and_plots_are_dropped(line):
    start = "import numpy as np\nimport matplotlib.pyplot as plt\nnet = make()\n"
    assert line not in program(f"{start}{line}\ndef f(): return np.ones(3), net, plt")


def test_functions_that_disagree_about_a_name_are_graded_apart():
    source = "K = 1\ndef f(): return K\nf()\nK = 2\ndef g(): return K\ng()\ndef h(): return 3"
    work = from_source(source)
    assert work.together(["f", "g", "h"]) == [["f", "h"], ["g"]]
    assert "K = 2" not in program(source, "f")


def test_the_end_of_the_notebook_can_be_asked_for():
    work = from_source("def h(): return 1\ndef f(): return h()\nf()\ndef h(): return 2")
    first, late = (
        [s.source for s in work.program(["f"], late=late) if "def h" in s.source]
        for late in (False, True)
    )
    assert (first, late) == (["def h(): return 1"], ["def h(): return 2"])


@pytest.mark.parametrize(
    "head",
    ['if __name__ == "__main__":', "if True:", "try:", "with open('x') as y:"],
)
def test_definitions_in_a_block_that_runs_are_found(head):
    ending = "\nexcept ImportError:\n    pass" if head == "try:" else ""
    work = from_source(f"{head}\n    a = 1\n    def f():\n        return a\n    train(){ending}")
    assert work.defined == {"f"}
    assert [s.source for s in work.program(["f"])] == ["a = 1", "def f():\n    return a"]
    assert work.definition("f").line == 3


def test_a_text_in_a_block_keeps_its_spaces():
    work = from_source("if True:\n    def f():\n        return '''a\n    b'''")
    assert work.program(["f"])[0].source == (
        "if True:\n    def f():\n        return '''a\n    b'''"
    )


def test_a_lambda_is_an_answer():
    work = from_source("import numpy as np\nf = lambda x: np.pad(x, 1)\nnp.ones(3)")
    assert work.defined == {"f"}
    assert work.definition("f").line == 2
    assert [s.kind for s in work.program(["f"])] == ["import", "definition"]


@pytest.mark.parametrize(
    ("loop", "kept"),
    [
        ("while i < 5:\n    keys.append(i); i += 1", True),
        ("while (i := i + 1) < 5: keys.append(i)", True),
        ("for k in range(5):\n    i += k\n    keys.append(i)", True),
        ("for k in range(5):\n    i = i + k\n    keys[k] = i", True),
        ("for i in range(5): keys.append(i)", False),
        ("for k in range(5):\n    i = k\n    keys.append(i)", False),
        ("for k in range(5):\n    keys += [i for i in range(k)]", False),
        ("keys[0], i[0] = 1, 2", True),
    ],
)
def test_a_loop_that_fills_a_table_has_the_counter_that_it_needs(loop, kept):
    text = program(f"keys = []\ni = open('a file').read()\n{loop}\ndef f(): return keys")
    assert loop in text
    assert ("i = open" in text) is kept
