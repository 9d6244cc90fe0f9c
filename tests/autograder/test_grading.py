"""Grading: every status, and what is said with it."""

import re
import shutil
import textwrap

import pytest
from conftest import FOLDERS, answered, grade, impatient, notebook, statuses

from dltf.autograder.assignment import loading
from dltf.autograder.assignment.loading import AssignmentError
from dltf.autograder.execution.limits import Limits
from dltf.autograder.execution.pool import Pool
from dltf.autograder.grading import Grader
from dltf.autograder.known import modules_of
from dltf.autograder.reading import formats

RIGHT = {"relu": "correct", "layer": "correct", "network": "correct", "mean_square": "correct"}


def one(grader, assignment, name, text, **others):
    """Return the verdict on one exercise whose source is exchanged."""
    return grade(grader, assignment, answered(assignment, **{name: text}, **others))["by"][name]


def test_the_reference_gets_full_marks(grader, chain, generations, network):
    for assignment in (chain, generations, network):
        entry = grade(grader, assignment, answered(assignment))
        assert set(statuses(entry).values()) == {"correct"}
        assert entry["score"] == entry["max_score"]
        assert entry["error"] is None
        for exercise in entry["exercises"]:
            assert exercise["feedback"] == ""
            assert exercise["hint"] is exercise["mistake"] is None


def test_points_are_decimal(grader, chain):
    entry = grade(grader, chain, answered(chain, mean_square="def mean_square(x): pass"))
    assert entry["score"] == 1.3  # 0.1 + 0.2 + 1, which floats make 1.3000000000000003
    assert grade(grader, chain, answered(chain))["score"] == 3
    entry = grade(grader, chain, answered(chain, network="", mean_square=""))
    assert (entry["score"], entry["max_score"]) == (0.3, 3)


def test_practice_is_graded_and_worth_nothing(grader, network):
    entry = grade(grader, network, answered(network, tour="def tour(n): return [n]"))
    assert (entry["score"], entry["max_score"]) == (5, 5)
    assert entry["by"]["tour"]["status"] == "incorrect"
    assert entry["by"]["tour"]["max_points"] == 0


def test_grading_leaves_a_submission_as_it_was(grader, generations):
    old = "def start_parameters(dims):\n    return {}"
    work = formats.from_source(old)
    first, second = (grader.grade(work, generations).as_dict() for _ in range(2))
    assert "start_parameters" in str(first["recognised"]["spellings"])
    assert first["recognised"] == second["recognised"]
    assert [s.source for s in work.statements] == [old]


# Incorrect --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_known_mistakes_are_named(grader, chain, network, seed):
    for assignment in (chain, network):
        for mistake in assignment.mistakes:
            source = assignment.with_mistake(mistake)
            verdict = grade(grader, assignment, source, seed)["by"][mistake.exercise]
            assert (verdict["mistake"], verdict["hint"]) == (mistake.id, mistake.hint)
            assert verdict["status"] == "incorrect"
            assert verdict["points"] < verdict["max_points"]


def test_what_is_wrong_is_described_without_the_answer(grader, chain):
    verdict = one(grader, chain, "relu", "def relu(z): return 3 * np.maximum(z, 0)")
    assert (verdict["status"], verdict["mistake"]) == ("incorrect", "mutant:factor-extra")
    for words in ("Negative numbers become zero.", "Called with\n    relu(z=[[", "Your code gave",
                  "off by the same factor"):  # fmt: skip
        assert words in verdict["feedback"]
    verdict = one(grader, chain, "layer", "def layer(a, W, b): return (W @ a).T")
    assert "result has shape (5, 4); expected (4, 5)" in verdict["feedback"]


def test_part_of_the_points(grader, chain):
    verdict = one(
        grader, chain, "mean_square", "def mean_square(x, offset=1.0):\n return x @ x / 7 + 1"
    )
    assert [c["status"] for c in verdict["cases"]] == ["incorrect", "correct"]
    assert (verdict["points"], verdict["max_points"]) == (1, 1.7)
    assert verdict["mistake"] == "deaf"


def test_a_missing_return_is_told(grader, chain):
    verdict = one(grader, chain, "relu", "def relu(z):\n    z = np.maximum(z, 0)")
    assert verdict["status"] == "incorrect"
    assert "Does the function end with a return?" in verdict["feedback"]


def test_hard_coded_outputs_fail(grader, chain):
    """The right output for one seed is a wrong answer for every other."""
    leak = (
        "def mean_square(x, offset=1.0):\n    raise ValueError(repr(float(np.mean(x*x) + offset)))"
    )
    feedback = one(grader, chain, "mean_square", leak)["feedback"]
    value = feedback.partition("ValueError: ")[2].split()[0]
    coded = answered(chain, mean_square=f"def mean_square(x, offset=1.0):\n    return {value}")
    same = grade(grader, chain, coded)["by"]["mean_square"]
    assert [c["status"] for c in same["cases"]] == ["correct", "incorrect"]
    assert grade(grader, chain, coded, seed=21)["by"]["mean_square"]["points"] == 0


BLANK = "A blank is left: line {} is still None."


# Not attempted ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def relu(z):\n    raise NotImplementedError('relu: write this')", "is unchanged from"),
        ("def relu(z):\n    '''Doc.'''\n    pass", "is unchanged from"),
        ("def relu(z):\n    return None", "is unchanged from"),
        ("def relu(z): ...", "is unchanged from"),
        ("", "There is no function or class `relu`"),
        ("def relu(z):\n    a = None\n    return a", BLANK),
        ("def relu(z):\n    a = None\n    return a + z", BLANK),
        ("relu = None", ""),
        ("def relu(z):\n    if True:\n        raise NotImplementedError('later')", "later"),
    ],
)  # fmt: skip
def test_not_attempted(grader, chain, text, words):
    source = answered(chain, relu=text)
    line = next((i for i, t in enumerate(source.splitlines(), 1) if "a = None" in t), 0)
    verdict = grade(grader, chain, source)["by"]["relu"]
    assert verdict["status"] == "not attempted", verdict
    assert words.format(line) in verdict["feedback"]
    assert {c["status"] for c in verdict["cases"]} <= {"not attempted", "error", "incorrect"}


def test_a_blank_is_found_in_its_own_cell(grader, chain, tmp_path):
    cells = ["x = 1", "import functools\n@functools.lru_cache\n@functools.wraps(print)\n"
             "def relu(z):\n    a = None\n    return a"]  # fmt: skip
    (tmp_path / "a.ipynb").write_text(notebook(*cells))
    result = grader.grade(formats.read(tmp_path / "a.ipynb"), chain)
    assert result.exercises[0].status in ("not attempted", "error")
    cells[1] = "def keep(f): return f\n@keep\n@keep\ndef relu(z):\n    a = None\n    return a"
    (tmp_path / "a.ipynb").write_text(notebook(*cells))
    verdict = grader.grade(formats.read(tmp_path / "a.ipynb"), chain).exercises[0]
    assert verdict.feedback == "A blank is left: cell 2, line 5 is still None."


def test_what_is_empty_between_the_marks_is_neither_wrong_nor_hinted(grader, chain):
    head = "def relu(z):\n    a = np.abs(z)\n    # YOUR CODE STARTS HERE\n"
    text = f"{head}{{}}    # YOUR CODE ENDS HERE\n"
    blank = one(grader, chain, "relu", text.format("") + "    return b")
    assert (blank["status"], blank["mistake"]) == ("not attempted", None)
    assert blank["feedback"].startswith("Nothing is filled in at line ")
    tried = one(
        grader, chain, "relu", text.format("    b = z * None\n    c = z + 1\n") + "    return b"
    )
    assert tried["status"] == "error"
    right = "def relu(z):\n    a = np.maximum(z, 0)\n    # YOUR CODE STARTS HERE\n    return a"
    assert one(grader, chain, "relu", right)["status"] == "correct"


def test_a_file_that_was_not_handed_in_is_named(closed_grader, chain):
    for line, name in (
        ("from my_layers import relu", "`relu`"),
        ("from my_layers import *", "`relu`"),
    ):
        entry = grade(closed_grader, chain, f"{line}\n" + answered(chain, relu=""))
        for exercise in ("relu", "layer", "network"):
            assert statuses(entry)[exercise] == "error"
            assert (
                f"{name} is defined in my_layers.py, which was not handed in"
                in (entry["by"][exercise]["feedback"])
            )
        assert statuses(entry)["mean_square"] == "correct"


def test_a_repaired_helper_counts_without_a_second_test(grader, chain):
    source = (
        "import numpy as np\nlimit = 1\ndef relu(z): return np.maximum(z, limit)\n"
        "relu(3)\nlimit = 0"
    )
    assert grade(grader, chain, source)["by"]["relu"]["status"] == "correct"


# Errors -----------------------------------------------------------------------------------------


def test_errors_name_the_students_own_line(grader, chain, tmp_path):
    cells = ["import numpy as np\n%matplotlib", "# 1\ndef relu(z):\n    y = z\n"
             "    return helper(y)", "def helper(y):\n    return np.linalg.inv(y) # a"]  # fmt: skip
    (tmp_path / "a.ipynb").write_text(notebook(*cells))
    verdict = grader.grade(formats.read(tmp_path / "a.ipynb"), chain).exercises[0]
    assert verdict.status == "error"
    assert "LinAlgError: Last 2 dimensions of the array must be square" in verdict.feedback
    assert "in cell 3, line 2:  return np.linalg.inv(y) # a" in verdict.feedback


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def relu(z): return undefined", "NameError: name 'undefined' is not defined"),
        ("def relu(z): sys.exit(0)", "NameError: name 'sys' is not defined"),
        ("def relu(z):\n    import sys; sys.exit(0)", "SystemExit: 0"),
        ("def relu(z): raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("def relu(z): raise BaseException('mine')", "BaseException: mine"),
        ("def relu(): return 1", "TypeError: relu() got an unexpected keyword argument"),
        ("def relu(z): return relu(z)", "RecursionError: maximum recursion depth exceeded"),
        ("relu = 3", "TypeError"),
        ("class E(Exception):\n    def __str__(self): raise ValueError\ndef relu(z): raise E", "E"),
        ("def relu(z):\n    assert z.shape == (9,)", "AssertionError"),
        ("def relu(z):\n    raise ValueError('x' * 10**6)", "ValueError: xxx"),
        ("def relu(z):\n    raise ValueError('a\\n\\x1b[31mb')", "ValueError: a"),
        ("def relu(z):\n    return input()", "EOFError"),
    ],
)
def test_errors(grader, chain, text, words):
    verdict = one(grader, chain, "relu", text)
    assert verdict["status"] == "error", verdict
    assert words in verdict["feedback"]
    assert len(verdict["feedback"]) < 4000


def test_a_cell_that_does_not_parse_is_an_error_at_its_line(grader, chain, tmp_path):
    cells = ["import numpy as np", "x = 1\ndef relu(z):\n    return np.maximum(z, 0", "y = 2"]
    (tmp_path / "a.ipynb").write_text(notebook(*cells))
    result = grader.grade(formats.read(tmp_path / "a.ipynb"), chain)
    verdict = result.exercises[0]
    assert verdict.status == "error"
    assert (
        "SyntaxError: '(' was never closed\n    in cell 2, line 3:  return np.max"
        in verdict.feedback
    )
    assert result.recognised.notes[0].startswith("cell 2 does not parse: line 3")


def test_an_import_that_failed_explains_a_missing_name(grader, chain):
    source = "from math import nothing_of_this_name\n" + answered(
        chain, relu="def relu(z): return nothing_of_this_name(z)"
    )
    verdict = grade(grader, chain, source)["by"]["relu"]
    assert "NameError" in verdict["feedback"]
    assert "Before that: ImportError: cannot import name" in verdict["feedback"]


# Blocked ----------------------------------------------------------------------------------------


def test_blocked_names_the_culprit(closed_grader, chain):
    entry = grade(
        closed_grader, chain, answered(chain, relu="def relu(z): return np.minimum(z, 0)")
    )
    assert statuses(entry) == RIGHT | {
        "relu": "incorrect",
        "layer": "blocked",
        "network": "blocked",
    }
    assert (
        "Correct; fails only because `relu` is wrong. Fix `relu` first"
        in entry["by"]["layer"]["feedback"]
    )
    assert entry["by"]["relu"]["mistake"] == "minimum"
    assert entry["by"]["layer"]["points"] == 0
    assert entry["by"]["layer"]["mistake"] is None


def test_blocked_by_what_is_not_attempted_or_broken(closed_grader, chain):
    for text in ("def relu(z): pass", "", "def relu(z): return 1 / 0", "def relu(z): return zz"):
        entry = grade(closed_grader, chain, answered(chain, relu=text))
        assert statuses(entry)["layer"] == "blocked", text
        assert statuses(entry)["network"] == "blocked"
        assert statuses(entry)["mean_square"] == "correct"


def test_blocked_by_several(closed_grader, chain):
    source = answered(
        chain, relu="def relu(z): return z", layer="def layer(a, W, b): return relu(W @ a)"
    )
    entry = grade(closed_grader, chain, source)
    # `layer` forgets the bias whatever relu does: it is wrong itself.
    assert statuses(entry)["layer"] == "incorrect"
    assert statuses(entry)["network"] == "blocked"
    assert "`relu` and `layer`" in entry["by"]["network"]["feedback"]


def test_blocked_by_one_that_calls_a_third_which_is_right(closed_grader, chain):
    entry = grade(
        closed_grader, chain, answered(chain, layer="def layer(a, W, b): return relu(W @ a)")
    )
    assert statuses(entry) == RIGHT | {"layer": "incorrect", "network": "blocked"}
    assert "fails only because `layer` is wrong." in entry["by"]["network"]["feedback"]


def test_not_blocked_when_wrong_itself(closed_grader, chain):
    source = answered(
        chain, relu="def relu(z): return z", network="def network(x, parameters): return 3"
    )
    assert statuses(grade(closed_grader, chain, source))["network"] == "incorrect"
    source = answered(chain, relu="def relu(z): return 0 * z", layer="def layer(a, W, b):\n"
                      "    return np.maximum(W @ a + 2 * b, 0)")  # fmt: skip
    entry = grade(closed_grader, chain, source)
    assert statuses(entry)["layer"] == "incorrect"


# Not graded: the others are ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("x = []\nwhile True: x.append(np.ones(10**6))", "too much memory"),
        ("return np.zeros(10**9)", "too much memory"),
        ("return np.broadcast_to(np.float64(1), (10**10,))", "returned too much"),
        ("return ['a'] * 10**6", "returned too much: the result has more than 200,000 parts"),
        ("x = []\nx.append(x)\nreturn x", "returned too much: the result is nested"),
        ("import os; os._exit(0)", "ended itself (exit status 0)"),
        ("import os; os.abort()", "crashed (signal"),
        ("import ctypes; ctypes.string_at(0)", "crashed (signal 11)"),
        ("f = open('f', 'wb')\nwhile True: f.write(bytes(10**7))", ""),
    ],
)  # fmt: skip
def test_one_that_cannot_be_graded_leaves_the_others_their_points(grader, chain, body, words):
    only_layer_fails(grader, chain, body, words)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("while True: pass", "took too long: more than 2 seconds"),
        ("import time; time.sleep(1000)", "took too long: more than 2 seconds"),
        ("import faulthandler, sys; sys.setrecursionlimit(10**9)\n"
         "f = lambda: f()\nreturn f()", ""),  # time or memory
    ],
)  # fmt: skip
def test_one_that_never_ends_leaves_the_others_their_points(pool, chain, body, words):
    only_layer_fails(impatient(pool, chain), chain, body, words)


def only_layer_fails(grader, chain, body, words):
    text = "def layer(a, W, b):\n" + textwrap.indent(body, "    ")
    source = answered(chain, layer=text)
    entry = grade(grader, chain, source)
    verdict = entry["by"]["layer"]
    assert verdict["status"] in (("not graded",) if words else ("not graded", "error")), verdict
    assert words in verdict["feedback"]
    assert entry["by"]["relu"]["status"] == entry["by"]["mean_square"]["status"] == "correct"
    assert entry["score"] == 1.8
    assert {c["status"] for c in verdict["cases"]} <= {"not graded", "error"}


def test_something_at_top_level_that_never_ends_costs_only_who_needs_it(pool, chain):
    source = answered(chain, layer="def layer(a, W, b):\n    return LIMIT")
    entry = grade(
        impatient(pool, chain),
        chain,
        source + "\ndef loop():\n    while True: pass\nLIMIT = loop()\n",
    )
    assert statuses(entry)["layer"] == "not graded"
    assert statuses(entry)["relu"] == statuses(entry)["mean_square"] == "correct"


# Noise ------------------------------------------------------------------------------------------

NOISE = """
import warnings, sys, os, logging
print("training " * 1000)
warnings.warn("at the top")
warnings.simplefilter("error")
def relu(z):
    print("x" * 10**6)
    sys.stderr.write("E" * 10**6)
    os.write(1, b"raw" * 1000)
    warnings.simplefilter("default")
    warnings.warn("in the function")
    logging.error("bad")
    np.seterr(all="raise")
    np.random.seed(0)
    os.chdir("/")
    np.log(np.zeros(1)) if False else None
    return np.maximum(z, 0)
"""


def test_noise_is_never_a_failure(grader, chain):
    source = answered(chain, relu=NOISE)
    source += "\nsys.exit('done')\nraise KeyboardInterrupt\n1 / 0\n"
    assert grade(grader, chain, source)["score"] == 3


def test_printing_without_end_is_only_slow(grader, chain):
    text = """def relu(z):
        for _ in range(1000):
            print('x' * 10**5)
        return np.maximum(z, 0)"""
    assert one(grader, chain, "relu", text)["status"] == "correct"


# Again ------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_verdict_and_another_seed_too(pool, network, chain):
    source = answered(network, he=network.source_of("he").replace("sqrt(2", "sqrt(1"))
    wrong = answered(
        chain, relu="def relu(z): return z", mean_square="def mean_square(x): return 1"
    )
    for assignment, text in ((network, source), (chain, wrong)):
        entries = [grade(Grader(pool, seed), assignment, text) for seed in (1, 1, 2, 3)]
        assert entries[0]["exercises"] == entries[1]["exercises"]
        for entry in entries:
            assert statuses(entry) == statuses(entries[0])
            assert [e["mistake"] for e in entry["exercises"]] == [
                e["mistake"] for e in entries[0]["exercises"]
            ]


def test_an_answer_that_keeps_state_or_spoils_its_inputs_is_alone(grader, chain):
    text = "def relu(z):\n    z *= 0\n    return z"
    assert one(grader, chain, "relu", text)["status"] == "incorrect"
    assert grade(grader, chain, answered(chain))["score"] == 3


# Generations ------------------------------------------------------------------------------------


def test_every_generation_is_accepted_and_named(grader, generations):
    source = answered(
        generations,
        initialize_parameters="from init_utils import *\ndef initialize_parameters(layer_dims):\n"
        "    return {f'b{l}': np.zeros((n, 1)) for l, n in enumerate(layer_dims[1:], 1)}",
        update_parameters_with_adam=generations.source_of("update_parameters_with_adam").replace(
            "return parameters, v, corrected", "return parameters, v"
        ),
        yolo_filter_boxes=generations.source_of("yolo_filter_boxes").replace(
            "boxes, box_confidence, box", "box_confidence, boxes, box"
        ),
    )
    entry = grade(grader, generations, source)
    assert entry["score"] == entry["max_score"], entry
    said = entry["recognised"]
    assert said["spellings"] == {"initialize_parameters": "layer_dims for layers_dims"}
    assert said["returns"] == {"update_parameters_with_adam": "v17"}
    assert said["generation"] == "v17"
    newer = grade(grader, generations, answered(generations))["recognised"]
    assert newer["returns"] == {"update_parameters_with_adam": "v21"}
    assert newer["spellings"] == {}


def test_another_generations_name_counts_where_the_own_one_is_missing(grader, generations):
    source = answered(generations).replace("def initialize_parameters(", "def start_parameters(")
    entry = grade(grader, generations, source)
    assert entry["score"] == entry["max_score"], entry
    said = entry["recognised"]["spellings"]
    assert said == {"initialize_parameters": "start_parameters for initialize_parameters"}
    both = answered(generations) + "\n\ndef start_parameters(layers_dims):\n    return 1\n"
    entry = grade(grader, generations, both)
    assert entry["by"]["initialize_parameters"]["status"] == "correct"
    assert entry["recognised"]["spellings"] == {}


def test_a_class_is_an_exercise(grader, network):
    right = answered(network)
    assert statuses(grade(grader, network, right))["Momentum"] == "correct"
    wrong = right.replace("(1 - self.beta) * x", "x")
    assert statuses(grade(grader, network, wrong))["Momentum"] == "incorrect"
    stub = "class Momentum:\n    def __init__(self, beta): pass\n    def update(self, x):\n" \
        "        raise NotImplementedError"  # fmt: skip
    assert one(grader, network, "Momentum", stub)["status"] == "not attempted"
    gone = "class Momentum:\n    def __init__(self, beta): pass"
    assert one(grader, network, "Momentum", gone)["status"] == "error"


def test_an_exercise_in_a_block_or_made_by_assignment(grader, chain):
    block = "try:\n    def relu(z):\n        return np.maximum(z, 0)\nexcept Exception:\n    pass"
    assert one(grader, chain, "relu", block)["status"] == "correct"
    assert one(grader, chain, "relu", "relu = lambda z: np.maximum(z, 0)")["status"] == "correct"


# The grader itself ------------------------------------------------------------------------------


def test_a_reference_that_fails_is_the_authors_fault(pool, tmp_path):
    folder = tmp_path / "broken"
    folder.mkdir()
    for name in ("cases", "mistakes"):
        (folder / f"{name}.py").write_text((FOLDERS / "chain" / f"{name}.py").read_text())
    text = (FOLDERS / "chain" / "reference.py").read_text()
    (folder / "reference.py").write_text(text.replace("np.maximum(z, 0.0)", "np.maximum(z)"))
    broken = loading.load(folder)
    with pytest.raises(
        AssignmentError,
        match=r"broken: the reference fails in relu / of_numbers: TypeError: .* "
        r"\(reference.py, line 9\)$",
    ):
        grade(Grader(pool, 1), broken, answered(broken))
    (folder / "reference.py").write_text(re.sub(r" *### .*\n", "", text))
    with pytest.raises(AssignmentError, match="a student edition cannot grade"):
        grade(Grader(pool, 1), loading.load(folder), "x = 1")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("z=rng", "z=wrong.rng", "12: case 'of_numbers' of 'relu' fails with the reference: "
         "NameError: name 'wrong' is not defined"),
        ("z=rng", "1, z=rng", "12: case 'of_numbers' of 'relu' fails with the reference: "
         "TypeError: relu() got multiple values for argument 'z'"),
        ("answer.relu", "answer.rely", "12: case 'of_numbers' of 'relu' fails with the reference: "
         "NotImplementedError: rely is not defined. Did you mean 'relu'?"),
    ],
)  # fmt: skip
def test_a_case_that_fails_with_the_reference_is_named_with_its_line(pool, tmp_path, old, new, why):
    folder = tmp_path / "broken"
    shutil.copytree(FOLDERS / "chain", folder)
    text = (folder / "cases.py").read_text()
    (folder / "cases.py").write_text(text.replace(old, new, 1))
    broken = loading.load(folder)
    with pytest.raises(AssignmentError) as caught:
        grade(Grader(pool, 1), broken, answered(broken))
    assert str(caught.value) == f"{folder}/cases.py:{why}"


def test_an_import_that_only_the_run_of_a_case_needs_is_named_if_it_fails(pool, tmp_path):
    folder = tmp_path / "broken"
    shutil.copytree(FOLDERS / "chain", folder)
    text = (folder / "cases.py").read_text()
    (folder / "cases.py").write_text(f"import no_such_framework\n{text}")
    broken = loading.load(folder)
    with pytest.raises(AssignmentError) as caught:
        grade(Grader(pool, 1), broken, answered(broken))
    assert str(caught.value) == (
        f"{folder}/cases.py:1: expected declarations, got ModuleNotFoundError: No module named "
        "'no_such_framework'"
    )


def test_programs_as_text(grader, chain):
    found = grader.grade_program(chain, answered(chain, relu="def relu(z): return z"), ["relu"])
    assert [(v.name, v.status) for v in found] == [("relu", "incorrect")]
    found = grader.grade_program(chain, chain.alternatives[0].source, ["mean_square"])
    assert found[0].correct
    assert list(grader.map(str, [1, 2])) == ["1", "2"]
    assert modules_of(chain) == ["dltf.chain", "numpy"]


def test_time_is_counted_for_each_exercise_anew(chain):
    slow = "import time\n" + "\n".join(
        line.replace("    ", "    time.sleep(0.5); ", 1)
        if "return" in line and "np." in line
        else line
        for line in answered(chain).splitlines()
    )
    with Pool(1, limits=Limits(seconds=2.6), imports=("numpy",)) as pool:  # of 3 in all
        assert grade(Grader(pool, 2), chain, slow)["score"] == 3
