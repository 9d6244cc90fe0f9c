"""`dltf.check`: the same verdict beside the student's own code, in a notebook and elsewhere."""

import linecache
import random
import re
import shutil
import subprocess
import sys
import textwrap
import warnings

import nbclient
import nbformat
import numpy as np
import pytest
from conftest import FOLDERS

import dltf
from dltf.autograder import check as checks
from dltf.autograder import inprocess, public
from dltf.autograder.assignment import loading, stubs
from dltf.autograder.assignment.declarations import AssignmentError
from dltf.autograder.assignment.slips import SENTENCES
from dltf.autograder.public import public_observations, read_public

CHAIN = FOLDERS / "chain"


def relu(z):
    return np.minimum(z, 0)


def layer(a, W, b):
    return relu(W @ a + b)


def mean_square(x, offset=1.0):
    np.random.seed(0)  # noqa: NPY002
    random.seed(0)
    np.random.rand()  # noqa: NPY002
    return np.mean(x * x) + offset


class Momentum:
    def __init__(self, beta=0.9):
        self.beta, self.mean = beta, 0.0

    def update(self, x):
        self.mean = self.beta * self.mean + (1 - self.beta) * x
        return self.mean


def he(layers_dims):
    pairs = enumerate(zip(layers_dims[1:], layers_dims, strict=False), 1)
    return {f"W{l}": np.random.randn(n, k) * np.sqrt(1 / k) for l, (n, k) in pairs}  # noqa: NPY002


def tour(n):
    raise NotImplementedError("tour: write this exercise")


def double(x):
    return x + 2


def only(outcome):
    (exercise,) = outcome.exercises
    return exercise


def test_by_function():
    outcome = dltf.check(mean_square, assignment=CHAIN)
    assert outcome.correct
    assert only(outcome).points == 1.7
    assert "correct" in repr(outcome)
    assert "<" in outcome._repr_html_()
    wrong = dltf.check(relu, assignment=str(CHAIN), seed=3)
    assert only(wrong).mistake == "minimum"
    assert "Which half should stay?" in repr(wrong)
    assert "\x1b" not in repr(wrong)
    assert not wrong.correct


def test_by_class_and_not_attempted():
    assert dltf.check(Momentum, assignment=FOLDERS / "network").correct
    assert only(dltf.check(tour, assignment=FOLDERS / "network")).status == "not attempted"
    assert only(dltf.check(he, assignment=FOLDERS / "network")).mistake == "xavier"


def test_blocked_by_another_function_of_the_notebook():
    before = relu
    verdict = only(dltf.check(layer, assignment=CHAIN))
    assert verdict.status == "blocked"
    assert "`relu`" in verdict.feedback
    assert relu is before  # the reference took its place for a moment only
    assert relu(-2.0) == -2.0


def test_only_the_answer_itself_prints_and_warns(capsys, recwarn):
    def layer(a, W, b):
        print("the answer")
        warnings.warn("the answer", stacklevel=1)
        return relu(W @ a + b)

    warnings.simplefilter("always")
    assert only(dltf.check(layer, assignment=CHAIN)).status == "blocked"
    assert capsys.readouterr().out == "the answer\n"  # not again with the reference's `relu`
    assert [str(w.message) for w in recwarn] == ["the answer"]


def test_wrong_by_itself_and_through_another():
    def layer(a, W, b):
        return relu(W @ a - b)

    verdict = only(dltf.check(layer, assignment=CHAIN))
    assert verdict.status == "incorrect"
    assert "fails only because" not in verdict.feedback


@pytest.mark.parametrize("argument", [3, [relu], object(), 1.5, {}])
def test_wrong_arguments(argument):
    with pytest.raises(
        TypeError, match="check: expected a function, a class, or the name of an exerc"
    ):
        dltf.check(argument, assignment=CHAIN)


def test_unknown_exercises():
    with pytest.raises(
        ValueError, match=r"expected an exercise of chain \(relu, layer, .*got 'unheard'"
    ):
        dltf.check("unheard", assignment=CHAIN)
    with pytest.raises(
        ValueError, match=r"an exercise of an assignment \(convnet, .*got 'unheard'"
    ):
        dltf.check("unheard")
    with pytest.raises(AssignmentError, match="got 'unheard'"):
        dltf.check(relu, assignment="unheard")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        (
            "initialize_parameter_he",
            {},
            "check: expected an exercise of an assignment, got 'initialize_parameter_he'. "
            "Did you mean 'initialize_parameters_he'?",
        ),
        (
            "Mean-Square",
            {"assignment": CHAIN},
            "check: expected an exercise of chain (relu, layer, network, mean_square), "
            "got 'Mean-Square'. Did you mean 'mean_square'?",
        ),
        (
            "fans",
            {"assignment": "initialisation"},
            "assignment: expected the name of an assignment, or a folder with a cases.py; "
            "got 'initialisation'. Did you mean 'initialization'?",
        ),
    ],
)
def test_a_misspelt_name_is_one_line_with_a_suggestion(name, options, message):
    with pytest.raises(ValueError, match=re.escape(message)) as error:
        dltf.check(name, **options)
    assert str(error.value) == message
    assert error.value._render_traceback_() == [f"{error.typename}: {message}"]
    frames = [str(frame.path) for frame in error.traceback]
    assert len(frames) == 2  # this file's, and that of `check` itself


def test_an_exercise_of_this_notebook_is_suggested_first():
    assert checks._unknown("forward_propagation_wth", {}, []).endswith("'forward_propagation_wth'.")
    known = [loading.load(n) for n in ("gradient_checking", "signs")]
    for name in ("forward_propagation", "backward_propagation"):
        text = checks._unknown("orward_propagation", {name: print}, known)
        assert text.endswith(f"Did you mean '{name}'?")
    assert checks._unknown(None, {}, known).endswith("(gradient_checking, signs), got none")


def test_random_streams_are_left_as_they_were():
    import tensorflow as tf

    tf.random.set_seed(4)
    before_tf = tf.random.normal([3]).numpy()
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    tf.random.set_seed(4)
    states = random.getstate(), np.random.get_state()  # noqa: NPY002
    dltf.check(mean_square, assignment=CHAIN)
    assert random.getstate() == states[0]
    assert str(np.random.get_state()) == str(states[1])  # noqa: NPY002
    assert np.array_equal(tf.random.normal([3]).numpy(), before_tf)


def test_classes_that_keras_knows_by_name_are_left_as_they_were():
    import keras

    from dltf.initialization import HeInitializer

    checks.grade_namespace(
        loading.load("initialization"), {"HeInitializer": HeInitializer}, ["HeInitializer"]
    )
    again = keras.initializers.deserialize(keras.initializers.serialize(HeInitializer(seed=1)))
    assert type(again) is HeInitializer


def test_an_interrupt_comes_through():
    def relu(z):
        raise KeyboardInterrupt

    states = random.getstate()
    with pytest.raises(KeyboardInterrupt):
        dltf.check(relu, assignment=CHAIN)
    assert random.getstate() == states


def test_errors_and_exits_of_an_answer_are_verdicts():
    def relu(z):
        sys.exit(3)

    verdict = only(dltf.check(relu, assignment=CHAIN))
    assert verdict.status == "error"
    assert "SystemExit: 3" in verdict.feedback
    assert "sys.exit(3)" in verdict.feedback


def test_the_same_seed_shows_the_same_inputs():
    first, again, other = (dltf.check(relu, assignment=CHAIN, seed=s) for s in (5, 5, 6))
    assert only(first) == only(again)
    assert only(first).feedback != only(other).feedback


def test_cases_keep_nothing_from_one_answer_to_the_next(tmp_path):
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "reference.py").write_text(
        "def double(x):\n    ### BEGIN SOLUTION\n    x *= 2\n    ### END SOLUTION\n    return x\n"
    )
    (folder / "cases.py").write_text(
        "from dltf.autograder import case, exercise\nexercise('double')\nkept = []\n\n"
        "@case('double')\ndef once(answer, rng):\n"
        "    kept.append(answer.double(x=rng.normal()))\n    return kept[0]\n"
    )

    assert only(dltf.check(double, assignment=folder)).status == "incorrect"


def write_double(folder, factor, cases=""):
    """Write an assignment of one exercise, `double`."""
    folder.mkdir(exist_ok=True)
    (folder / "reference.py").write_text(
        "def double(x):\n    ### BEGIN SOLUTION\n"
        f"    x = x {factor}\n    ### END SOLUTION\n    return x\n"
    )
    (folder / "cases.py").write_text(
        "from dltf.autograder import case, exercise\nexercise('double')\n" + cases + "\n"
        "@case('double')\ndef once(answer, rng):\n    return answer.double(x=rng.normal())\n"
    )


def test_a_change_of_the_files_is_noticed(tmp_path):
    folder = tmp_path / "changing"
    write_double(folder, "* 2")
    assert only(dltf.check(double, assignment=folder)).status == "incorrect"
    write_double(folder, "+ 2")  # of the same size, maybe in the same tick of the clock
    assert dltf.check(double, assignment=folder).correct
    (folder / "mistakes.py").write_text(
        "from dltf.autograder import mistake\n"
        "mistake('double', 'x + 2', 'x + 3', id='three', hint='Two, not three.')\n"
    )

    def three(x):
        return x + 3

    three.__name__ = "double"
    graded = checks.grade_namespace(checks._load(folder), {"double": three}, ["double"])
    assert graded[0].mistake == "three"


def test_the_known_mistakes_run_once_for_all_checks(tmp_path, monkeypatch):
    folder = tmp_path / "kept"
    write_double(folder, "* 2")
    (folder / "mistakes.py").write_text(
        "from dltf.autograder import mistake\n"
        "mistake('double', 'x * 2', 'x + 2', id='added', hint='Twice, not two more.')\n"
    )
    mistakes = []
    run = inprocess.InProcessRunner.run

    def counted(self, job, role=inprocess.Role.EARNING):
        mistakes.extend(unit.filename for unit in job.units if unit.filename == "added")
        return run(self, job, role)

    monkeypatch.setattr(inprocess.InProcessRunner, "run", counted)
    first = only(dltf.check(double, assignment=folder))
    ran = len(mistakes)
    again = only(dltf.check(double, assignment=folder))

    assert first.mistake == again.mistake == "added"
    assert first.cases[0] != again.cases[0] or first.feedback != again.feedback  # new inputs
    assert ran == len(mistakes) == 2  # once on each of two seeds

    (folder / "mistakes.py").write_text(
        "from dltf.autograder import mistake\n"
        "mistake('double', 'x * 2', 'x + 2', id='two_more', hint='Twice, not two more.')\n"
    )
    assert only(dltf.check(double, assignment=folder)).mistake == "two_more"


def test_of_two_assignments_with_the_exercise_the_notebook_decides(tmp_path, monkeypatch):
    write_double(tmp_path / "first", "* 2")
    declared_in_a_loop = (
        "for name in ('other',):\n    exercise(name)\n"
        "@case('other')\ndef other(answer, rng):\n    return answer.other()\n"
    )
    write_double(tmp_path / "second", "+ 2", declared_in_a_loop)
    with (tmp_path / "second" / "reference.py").open("a") as file:
        file.write("\n\ndef other():\n    return 1\n")
    monkeypatch.setattr(loading, "folders", lambda: [tmp_path])
    assert checks._assignment("double", {"double": double}, None).name == "first"
    assert checks._assignment("double", {"double": double, "other": 1}, None).name == "second"
    assert checks._assignment("other", {}, None).name == "second"  # declared in a loop


def test_parts_of_a_module_are_the_module():
    text = 'x = """a\n\n\nb"""\n'
    with pytest.raises(SyntaxError):
        inprocess._parts(text)
    namespace, failures = inprocess._built([inprocess.Unit(text, "reference.py")], "dltf.signs")
    assert (namespace["x"], failures) == ("a\n\n\nb", [])
    two = "def f():\n    return 1\n\n\ndef g():\n    return f()\n"
    first, _ = inprocess._built([inprocess.Unit(two, "reference.py")], "dltf.signs")
    again, _ = inprocess._built([inprocess.Unit(two, "reference.py")], "dltf.signs")
    assert first is not again
    assert first["f"] is not again["f"]  # compiled once, run anew
    assert first["g"].__code__.co_firstlineno == 5


# In a real notebook -----------------------------------------------------------------------------

CELLS = [
    "import random, numpy as np, dltf\n%matplotlib inline\nrandom.seed(3)",
    "def relu(z):\n    return np.minimum(z, 0)",
    f"dltf.check(relu, assignment={str(CHAIN)!r})",
    "def layer(a, W, b):\n    y = W @ a\n    return y + missing",
    f"print(dltf.check('layer', assignment={str(CHAIN)!r}))",
    f"dltf.check(assignment={str(CHAIN)!r})",
    "def relu(z):\n    return np.maximum(z, 0)",
    f"dltf.check('relu', assignment={str(CHAIN)!r}).correct",
    "random.random()",
    "def relu(z):\n    raise KeyboardInterrupt",
    f"dltf.check(relu, assignment={str(CHAIN)!r})",
    "class relu:\n    pass\ndltf.check(3)",
    "def mean_square(x, offset=1.0):\n    value = None\n    return value",
    f"dltf.check('mean_square', assignment={str(CHAIN)!r})",
    "dltf.check('initialize_parameter_he')",
]


@pytest.fixture(scope="module")
def ran():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    client = nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", allow_errors=True
    )
    client.execute()
    return [cell.outputs for cell in notebook.cells]


def data(outputs):
    return next(o["data"] for o in outputs if o.output_type == "execute_result")


def test_a_kernel_shows_a_card(ran):
    shown = data(ran[2])
    assert "Which half should stay?" in shown["text/html"]
    assert "relu: incorrect" in shown["text/plain"]
    assert not any(o.output_type == "error" for o in ran[2])


def test_a_kernel_names_the_students_line(ran):
    text = ran[4][0]["text"]
    assert "NameError: name 'missing' is not defined" in text
    assert "line 3" in text
    assert "return y + missing" in text


def test_a_kernel_checks_all(ran):
    html = data(ran[5])["text/html"]
    for name in ("relu", "layer", "network", "mean_square"):
        assert name in html


def test_a_kernel_checks_what_was_defined_last(ran):
    assert data(ran[7])["text/plain"] == "True"


def test_a_kernel_keeps_its_random_stream(ran):
    random_state = random.Random(3)
    assert data(ran[8])["text/plain"] == repr(random_state.random())


def test_a_kernel_is_interrupted(ran):
    assert ran[10][0].ename == "KeyboardInterrupt"
    assert ran[11][0].ename == "TypeError"


def test_a_kernel_shows_a_misspelt_name_in_one_line(ran):
    (shown,) = ran[14]
    message = (
        "check: expected an exercise of an assignment, got 'initialize_parameter_he'. "
        "Did you mean 'initialize_parameters_he'?"
    )
    assert (shown.output_type, shown.evalue) == ("error", message)
    assert shown.traceback == [f"ValueError: {message}"]
    (other,) = ran[11]
    assert len(other.traceback) == 1


def test_a_kernel_finds_blanks(ran):
    shown = data(ran[13])["text/plain"]
    assert "not attempted" in shown
    assert "line 2" in shown


# The student edition ----------------------------------------------------------------------------


@pytest.fixture
def edition(tmp_path, chain):
    """Return the assignment as a student has it: stubbed, with public observations."""
    folder = tmp_path / "chain"
    shutil.copytree(CHAIN, folder, ignore=shutil.ignore_patterns("mistakes.py", "accepted.py"))
    (folder / "reference.py").write_text(stubs.stub(chain.reference))
    (folder / "public.msgpack").write_bytes(public_observations(chain, (1, 2)))
    return folder


def test_a_student_edition_checks_without_answers(edition, chain):
    assert not loading.load(edition).has_answers
    assert only(dltf.check(relu, assignment=edition)).mistake == "minimum"
    assert dltf.check(mean_square, assignment=edition).correct
    assert dltf.check(mean_square, assignment=edition, seed=2).correct
    with pytest.raises(
        ValueError, match=r"seed: expected one of \[1, 2\] in a student edition, got 9"
    ):
        dltf.check(relu, assignment=edition, seed=9)
    (edition / "public.msgpack").unlink()
    with pytest.raises(AssignmentError, match=r"public\.msgpack"):
        dltf.check(relu, assignment=edition)


def test_a_student_edition_names_the_wrong_exercise_that_another_calls(edition, monkeypatch):
    monkeypatch.setitem(sys.modules, "dltf.authoring", None)  # as in a student edition
    verdict = only(dltf.check(layer, assignment=edition))
    assert verdict.status in ("incorrect", "error")
    assert verdict.feedback.endswith(
        "This calls `relu`, which is not correct yet and may be the cause. "
        "Fix it first, then check again."
    )

    def blank(z):
        raise NotImplementedError("relu: write this exercise")

    monkeypatch.setitem(globals(), "relu", blank)
    blank.__name__ = "relu"
    verdict = only(dltf.check(layer, assignment=edition))
    assert verdict.status == "error"
    assert "NotImplementedError: relu: write this exercise" in verdict.feedback
    assert "This calls `relu`, which is not correct yet" in verdict.feedback


def test_a_student_edition_names_a_slip_by_its_fingerprints(edition):
    namespace = {"np": np, "relu": relu}
    source = "def mean_square(x, offset=1.0):\n    return (x**2).sum() / x.size - offset\n"
    linecache.cache["<slip>"] = (len(source), None, source.splitlines(True), "<slip>")
    exec(compile(source, "<slip>", "exec"), namespace)
    for seed in (1, 2):
        (verdict,) = checks.grade_namespace(
            loading.load(edition, whole=False), namespace, ["mean_square"], seed
        )
        assert verdict.mistakes == ("mutant:sign",)
        assert verdict.hint == SENTENCES["sign"]
        assert verdict.located is None


def test_public_observations_hold_no_code(chain):
    data = read_public(public_observations(chain, (1,)))
    text = repr(data)
    assert "hunter2 in the reference" not in text
    assert "np.maximum" not in text
    assert set(data.seeds[1]) == set(chain.exercises) == set(data.slips)
    assert [m["id"] for m in data.seeds[1]["relu"]["mistakes"]] == ["minimum"]


def test_public_observations_that_are_damaged(edition):
    for content in (b"", b"garbage", (edition / "public.msgpack").read_bytes()[:-9]):
        (edition / "public.msgpack").write_bytes(content)
        with pytest.raises(AssignmentError, match=r"public\.msgpack: damaged"):
            dltf.check(relu, assignment=edition)


# Elsewhere --------------------------------------------------------------------------------------


def test_a_plain_program_prints_text():
    program = textwrap.dedent(
        f"""
        import dltf
        exec("def relu(z):\\n    return z * (z > 0)")
        print(dltf.check("relu", assignment={str(CHAIN)!r}))
        print(dltf.check(assignment={str(CHAIN)!r}))
        """
    )
    done = subprocess.run([sys.executable, "-"], input=program, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "relu: correct" in done.stdout
    assert "1 of 4 exercises correct" in done.stdout
    assert public.PUBLIC_SEEDS


def test_a_check_needs_nothing_that_only_linux_has(tmp_path):
    program = tmp_path / "notebook.py"
    program.write_text(
        "import sys\n"
        "for name in ('resource', 'fcntl', 'pwd', 'grp'):\n"
        "    sys.modules[name] = None  # as on Windows\n"
        "import dltf\n"
        "def relu(z):\n"
        "    return 3 * z\n"
        f"outcome = dltf.check(relu, assignment={str(CHAIN)!r})\n"
        "assert 'dltf.autograder.execution.sandbox' not in sys.modules\n"
        "print(outcome.correct)\n"
    )
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("False\n", "")
