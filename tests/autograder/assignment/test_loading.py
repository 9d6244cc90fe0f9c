"""Assignments: what their files declare, and what is said when the files contradict each other."""

import shutil
import sys

import pytest
from conftest import FOLDERS, ROOT

from dltf.autograder import case, exercise, mistake
from dltf.autograder.assignment import loading
from dltf.autograder.assignment.loading import AssignmentError, load
from dltf.autograder.judging.judges import close, same_scale

# Python 3.10 calls a bare decorator at the line of the function below it.
BARE = 9 if sys.version_info >= (3, 11) else 10


@pytest.fixture
def copy(tmp_path):
    """Return a function that copies the chain assignment with some text exchanged."""

    def make(file="cases.py", old="", new="", name="copy"):
        folder = tmp_path / name
        shutil.copytree(FOLDERS / "chain", folder)
        path = folder / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        return folder

    return make


def test_what_a_folder_declares(chain, network, generations):
    assert list(chain.exercises) == ["relu", "layer", "network", "mean_square"]
    assert [c.points for c in chain.cases] == [0.1, 0.2, 1, 0.7, 1]
    assert chain.cases[0].doc == "Negative numbers become zero."
    assert isinstance(chain.cases[0].judge, close)
    assert (chain.name, chain.title, chain.topic) == ("chain", "Chain", "dltf.chain")
    assert chain.has_answers
    assert [a.name for a in chain.alternatives] == ["with_the_norm"]
    assert "def mean_square(x, offset=1.0)" in chain.alternatives[0].source
    assert [m.id for m in chain.mistakes_of("mean_square")] == ["sum", "deaf", "name"]
    assert isinstance(network.cases_of("he")[0].judge, same_scale)
    assert network.cases_of("tour")[0].points == 0
    assert generations.helpers == ("init_utils", "testCases")
    assert generations.exercises["update_parameters_with_adam"].returns == {2: "v17", 3: "v21"}


def test_inputs_differ_by_seed_and_by_case(chain):
    draws = {tuple(c.rng(seed).normal(size=2)) for c in chain.cases for seed in (1, 2, 2**63)}
    assert len(draws) == 3 * len(chain.cases)
    assert len({c.key for c in chain.cases}) == len(chain.cases)


def test_implementations_are_the_reference_with_something_exchanged(chain):
    assert chain.implementation() == chain.reference
    source = chain.implementation(relu="def relu(z):\n    return 7")
    assert "return 7" in source
    assert "def layer" in source
    assert source.count("def relu") == 1
    for each in chain.mistakes:
        assert chain.with_mistake(each) != chain.reference
    with pytest.raises(AssignmentError, match="expected a function or class 'none', got none"):
        chain.source_of("none")


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("cases.py", 'exercise("layer")', 'exercise("relu")', "exercise 'relu': expected once"),
        ("cases.py", 'exercise("layer")\n', "", "expected one of the exercises declared above it"),
        ("cases.py", "def with_an_offset", "def with_the_default", "expected once, got two"),
        ("cases.py", 'exercise("relu")', 'exercise("relu")\nexercise("more")', "at least one case"),
        (
            "mistakes.py",
            'id="deaf"',
            'id="sum"',
            "mistake 'sum' of 'mean_square': expected an id of its own, got that of ",
        ),
        (
            "mistakes.py",
            'mistake("relu"',
            'mistake("rely"',
            "mistakes.py:3: mistake: expected one of the exercises relu, layer, network, "
            "mean_square; got 'rely'",
        ),
        (
            "mistakes.py",
            "W @ a + b",
            "W @ a +",
            "mistakes.py:4: mistake 'no_bias' of 'layer': old: expected Python code, got 'W @ a +' "
            "(invalid syntax)",
        ),
        (
            "mistakes.py",
            '"W @ a"',
            '"W @ $x"',
            "mistakes.py:4: mistake 'no_bias' of 'layer': new: expected no names but those of old "
            "(none), got $x",
        ),
        (
            "mistakes.py",
            'hint="Something is not added."',
            'hint=" "',
            "mistakes.py:4: mistake 'no_bias' of 'layer': expected a hint, got none",
        ),
        (
            "mistakes.py",
            'id="no_bias", ',
            "",
            "mistakes.py:4: mistake 'without id' of 'layer': expected an id, got none",
        ),
        (
            "mistakes.py",
            'mistake("layer"',
            '@mistake("relu")\ndef same(z):\n    return z\n\n\nmistake("layer"',
            "mistakes.py:4: mistake 'same' of 'relu': expected a docstring, which is the hint; "
            "got none",
        ),
        (
            "mistakes.py",
            'mistake("layer"',
            '@mistake("relu")\ndef same(z):\n    """It is."""\n\n\nmistake("layer"',
            "mistakes.py:4: mistake 'same' of 'relu': expected code below the docstring, got none",
        ),
        (
            "accepted.py",
            '@accepted("mean_square"',
            '@accepted("mean_squares"',
            "alternative: expected one of the exercises relu, layer, network, mean_square; got "
            "'mean_squares'",
        ),
        (
            "accepted.py",
            "@accepted(",
            'equivalent("relu", why="No change.")\n\n\n@accepted(',
            "equivalent of 'relu': expected old and new, or ignores, got neither",
        ),
        (
            "accepted.py",
            "@accepted(",
            'equivalent("relu", "z +", "z", why="-")\n\n\n@accepted(',
            "equivalent of 'relu': old: expected Python code, got 'z +' (invalid syntax)",
        ),
        (
            "accepted.py",
            "@accepted(",
            'equivalent("relu", "z", "z")\n\n\n@accepted(',
            "equivalent: expected why, got none",
        ),
        (
            "mistakes.py",
            '"np.maximum", "np.minimum", ',
            "",
            "mistakes.py:3: mistake 'minimum' of 'relu': expected old and new, or edits, got none",
        ),
    ],
)
def test_contradictions_are_named(copy, file, old, new, words):
    with pytest.raises(AssignmentError) as caught:
        load(copy(file, old, new))
    assert words in str(caught.value)


CASE = '@case("relu", points=0.1)'


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "cases.py",
            "def of_numbers(answer, rng):",
            "def of_numbers(answer, rng:",
            "cases.py:10: expected Python code, got 'def of_numbers(answer, rng:' (",
        ),
        ("cases.py", CASE, f"return\n{CASE}", "cases.py:9: expected Python code, got 'return' "
         "('return' outside function)"),
        ("cases.py", CASE, f"1 / 0\n{CASE}", "cases.py:9: expected declarations, got "
         "ZeroDivisionError: division by zero"),
        ("cases.py", CASE, f"raise SystemExit(3)\n{CASE}", "cases.py:9: expected declarations, got "
         "SystemExit: 3"),
        ("cases.py", "import case, exercise", "import case, exercice", "cases.py:1: expected "
         "declarations, got ImportError: cannot import name 'exercice' from 'dltf.autograder' ("),
        ("cases.py", CASE, '@case("relu", point=0.1)', "cases.py:9: expected declarations, got "
         "TypeError: case() got an unexpected keyword argument 'point'"),
        ("cases.py", CASE, '@case("relo")', "cases.py:9: case 'of_numbers': expected one of the "
         "exercises declared above it (relu, layer, network, mean_square), got 'relo'. Did you "
         "mean 'relu'?"),
        ("cases.py", CASE, '@case("relu", judge="exact")', "cases.py:9: case 'of_numbers' of "
         "'relu': judge: expected close(), exactly(), same_scale() or same_set(), got 'exact'"),
        ("cases.py", CASE, '@case("relu", judge=all)', "cases.py:9: case 'of_numbers' of 'relu': "
         "judge: expected close(), exactly(), same_scale() or same_set(), got 'all'"),
        ("cases.py", CASE, "@case", f"cases.py:{BARE}: case: expected the name of an exercise, got "
         "'of_numbers'"),
        ("cases.py", 'exercise("relu")', 'exercise("relu", names="rectify")', "cases.py:3: "
         "exercise 'relu': names: expected a list of names, got 'rectify'"),
        ("cases.py", 'exercise("relu")', 'exercise("relu", spellings={"z": "x"})', "cases.py:3: "
         "exercise 'relu': spellings: expected a list of names, got 'x'"),
        ("accepted.py", '@accepted("mean_square", ', '@accepted("mean_square", reason="-", ',
         "accepted.py:6: accepted: expected the arguments exercise, why; got 'reason'."),
        ("accepted.py", "@accepted(", 'equivalent("relu", ignore="z", why="-")\n\n\n@accepted(',
         "accepted.py:6: equivalent: expected the arguments exercise, old, new, why, ignores; got "
         "'ignore'. Did you mean 'ignores'?"),
        ("accepted.py", '@accepted("mean_square", why="hunter2 in the accepted answers")',
         "@accepted",
         "accepted.py:6: accepted: expected exercise and why, got neither"),
        ("cases.py", CASE, '@case("relu", points=-1)', "cases.py:9: case 'of_numbers' of 'relu': "
         "points: expected a number of at least 0, got -1"),
        ("cases.py", CASE, '@case("relu", points="2")', "cases.py:9: case 'of_numbers' of 'relu': "
         "points: expected a number of at least 0, got '2'"),
        ("cases.py", CASE, '@case("relu", points=float("nan"))', "cases.py:9: case 'of_numbers' of "
         "'relu': points: expected a number of at least 0, got nan"),
        ("cases.py", 'exercise("layer")', 'exercise("layer")\nexercise("relu")', "cases.py:5: "
         "exercise 'relu': expected once, got a second declaration"),
        ("mistakes.py", "mistake(\n", "mistake(\n)\n)\n", "mistakes.py:7: expected Python "
         "code, got ')' (unmatched ')')"),
        ("mistakes.py", 'mistake("layer"', 'ruin\nmistake("layer"', "mistakes.py:4: expected "
         "declarations, got NameError: name 'ruin' is not defined"),
        ("mistakes.py", "import mistake", "import mistakes", "mistakes.py:1: expected "
         "declarations, got ImportError: cannot import name 'mistakes' from"),
        ("mistakes.py", 'mistake("relu"', 'mistake("relo"', "mistakes.py:3: mistake: expected one "
         "of the exercises relu, layer, network, mean_square; got 'relo'. Did you mean 'relu'?"),
        ("accepted.py", "def with_the_norm(", "def with_the_norm(,", "accepted.py:7: expected "
         "Python code, got "),
        ("reference.py", "def relu(z):", "def relu(z)", "reference.py:6: expected Python code, got "
         "'def relu(z)' ("),
        ("reference.py", "def relu(z):", "def rely(z):", "cases.py: exercise 'relu': expected a "
         "function or class of reference.py, got none of that name. Did you mean 'rely'?"),
        ("reference.py", "    ### BEGIN SOLUTION\n", "", "reference.py, line 9: expected "
         "'### BEGIN SOLUTION' above it, got '### END SOLUTION' alone"),
        ("reference.py", "### BEGIN SOLUTION", "# begin solution", "reference.py, line 8: expected "
         "'### BEGIN SOLUTION' or '### END SOLUTION' alone on its line, got '# begin solution'"),
        ("reference.py", "    ### END SOLUTION\n", "", "reference.py, line 14: expected "
         "'### END SOLUTION' for the marker of line 8, got '### BEGIN SOLUTION'"),
    ],
)  # fmt: skip
def test_an_error_in_a_file_is_named_with_its_line(copy, file, old, new, message):
    folder = copy(file, old, new)
    with pytest.raises(AssignmentError) as caught:
        load(folder)
    said = str(caught.value)
    assert said.startswith(f"{folder}/{message}"), said
    assert "\n" not in said


def test_a_folder_without_a_reference_is_named(copy):
    folder = copy()
    (folder / "reference.py").unlink()
    with pytest.raises(AssignmentError) as caught:
        load(folder)
    assert str(caught.value) == (
        f"{folder}: expected a reference.py with the right answers, or the name of a topic of "
        "dltf; got neither"
    )


def test_files_that_are_not_text_are_named(copy):
    folder = copy()
    (folder / "mistakes.py").write_bytes(b"# caf\xe9\n")
    with pytest.raises(AssignmentError, match=r"mistakes\.py: expected text in UTF-8, got invalid"):
        load(folder)
    (folder / "mistakes.py").write_bytes(b"x = '\0'\n")
    with pytest.raises(AssignmentError, match=r"mistakes\.py:?.* expected Python code, got "):
        load(folder)


def test_an_edit_must_fit_exactly_once(copy):
    broken = load(copy("mistakes.py", '"np.maximum"', '"np.absent"'))
    with pytest.raises(AssignmentError) as caught:
        broken.with_mistake(broken.mistakes[0])
    assert str(caught.value).partition("copy/")[2] == (
        "mistakes.py:3: mistake 'minimum' of 'relu': old: expected 'np.absent' exactly once in the "
        "reference, got it nowhere; nearest: line 9: return np.maximum(z, 0.0); line 6: def "
        "relu(z): (reference.py)"
    )


BY_PLACE = """
from dltf.autograder import mistake_by_place

mistake_by_place(
    "layer",
    {"the weights": ("W @ a", "W.T @ a"), "the bias": [("$Wa + b", "$Wa + b.T")]},
    id="turned",
    hint="Which way does it stand?",
    everywhere=EVERYWHERE,
)
"""


def test_a_mistake_is_declared_for_all_its_places_and_for_each(copy):
    text = BY_PLACE.replace("EVERYWHERE", "True")
    known = load(copy("mistakes.py", "", text)).mistakes_of("layer")[:-1]
    assert [(m.id, m.partial) for m in known] == [
        ("turned", False),
        ("turned_in_the_weights", True),
        ("turned_in_the_bias", True),
    ]
    both, weights, bias = known
    assert both.edits == (*weights.edits, *bias.edits)
    assert both.hint == "Which way does it stand?"
    assert weights.hint == (
        "Which way does it stand? This is about the weights only; elsewhere you have it right."
    )
    text = BY_PLACE.replace("EVERYWHERE", "False")
    known = load(copy("mistakes.py", "", text, name="other")).mistakes_of("layer")[:-1]
    assert [m.id for m in known] == ["turned_in_the_weights", "turned_in_the_bias"]


def test_a_mistake_can_be_a_definition(copy, tmp_path):
    """It is text to the grader: run as part of the reference, from which it has its names."""
    written = '''
@mistake("layer")
def activation_first(a, W, b):
    """Your layer applies
    ReLU to its input.
    """
    # What is the activation of?
    return W @ relu(a) + b


mistake("layer"'''
    assignment = load(
        copy("mistakes.py", 'mistake("layer"', "import no_such_framework\n" + written)
    )
    assert [m.id for m in assignment.mistakes_of("layer")] == ["activation_first", "no_bias"]
    one = assignment.mistakes_of("layer")[0]
    assert one.hint == "Your layer applies ReLU to its input."
    assert one.source == (
        "def layer(a, W, b):\n    # What is the activation of?\n    return W @ relu(a) + b"
    )
    assert one.source in assignment.with_mistake(one)
    assert one.where.endswith("mistakes.py:6")


def test_finding_assignments(tmp_path, copy):
    assert load(str(FOLDERS / "chain")).folder == (FOLDERS / "chain").resolve()
    assert (ROOT / "assignments" / "initialization").is_dir()
    assert "initialization" in loading.available()
    for name in ("no_such", tmp_path, "", "../chain", "\0", "x" * 5000):
        with pytest.raises(
            AssignmentError, match=r"expected one of .*initialization.*, or a folder"
        ):
            load(name)


def test_cases_import_no_framework_to_be_read(copy):
    """The grader reads declarations; what only a case's body needs is not imported."""
    load(copy("cases.py", "from dltf", "import no_such_framework as tf\nfrom dltf"))
    needs = "import no_such_framework as tf\nA = tf.constant(1)\nfrom dltf"
    folder = copy("cases.py", "from dltf", needs, name="two")
    with pytest.raises(
        AssignmentError, match=r"cases\.py:1: .* got ModuleNotFoundError: No module"
    ):
        load(folder)


def test_declarations_belong_into_an_assignments_files():
    for declare in (
        lambda: exercise("f"),
        lambda: case("f")(lambda answer, rng: 1),
        lambda: mistake("f", "a", "b", id="x", hint="y"),
    ):
        with pytest.raises(AssignmentError, match="got a call from outside"):
            declare()
