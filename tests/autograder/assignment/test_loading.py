"""Assignments: what their files declare, and what is said when the files contradict each other."""

import shutil

import pytest
from conftest import FOLDERS, ROOT

from dltf.autograder import case, exercise, mistake
from dltf.autograder.assignment import loading
from dltf.autograder.assignment.loading import AssignmentError, load
from dltf.autograder.judging.judges import close, same_scale


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


def test_an_edit_must_fit_exactly_once(copy):
    broken = load(copy("mistakes.py", '"np.maximum"', '"np.absent"'))
    with pytest.raises(AssignmentError) as caught:
        broken.with_mistake(broken.mistakes[0])
    assert str(caught.value).partition("copy/")[2] == (
        "mistakes.py:3: mistake 'minimum' of 'relu': old: expected 'np.absent' exactly once in the "
        "reference, got it nowhere; nearest: line 9: return np.maximum(z, 0.0); line 6: def "
        "relu(z): (reference.py)"
    )


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
    with pytest.raises(ModuleNotFoundError):
        load(folder)


def test_declarations_belong_into_an_assignments_files():
    for declare in (
        lambda: exercise("f"),
        lambda: case("f")(lambda answer, rng: 1),
        lambda: mistake("f", "a", "b", id="x", hint="y"),
    ):
        with pytest.raises(AssignmentError, match="got a call from outside"):
            declare()
