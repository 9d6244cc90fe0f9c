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
        ("mistakes.py", 'id="deaf"', 'id="sum"', "mistake 'sum' of 'mean_square': expected once"),
        ("mistakes.py", 'mistake("relu"', 'mistake("none"', "got 'none'"),
        (
            "mistakes.py",
            '"np.maximum", "np.minimum", ',
            "",
            "expected edits or a body, one of them",
        ),
    ],
)
def test_contradictions_are_named(copy, file, old, new, words):
    with pytest.raises(AssignmentError) as caught:
        load(copy(file, old, new))
    assert words in str(caught.value)


def test_an_edit_must_fit_exactly_once(copy):
    broken = load(copy("mistakes.py", '"np.maximum"', '"np.absent"'))
    with pytest.raises(
        AssignmentError, match=r"expected 'np.absent' exactly once .*, got it 0 times"
    ):
        broken.with_mistake(broken.mistakes[0])


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
