"""Running an implementation: its namespace, its calls, its errors, and what it is given."""

import sys
import types

import numpy as np
import pytest

from dltf.autograder.assignment.loading import Case, Exercise
from dltf.autograder.execution.implementation import (
    Answer,
    build,
    describe_error,
    forget_helpers,
    observe,
)
from dltf.autograder.execution.protocol import Unit
from dltf.autograder.judging.judges import close
from dltf.autograder.judging.observation import decode


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch):
    """Give the import system back what a build did to it."""
    monkeypatch.setattr(sys, "path", sys.path)
    yield
    forget_helpers()
    sys.modules.pop("submission", None)


@pytest.fixture
def topic(monkeypatch):
    """Return a module that provides the helpers of missing files."""
    module = types.ModuleType("the_topic")
    module.sigmoid = lambda x: 1 / (1 + np.exp(-x))
    module._private = 1
    monkeypatch.setitem(sys.modules, "the_topic", module)
    return "the_topic"


def units(*sources):
    return [Unit(source, f"<cell {i}>", i) for i, source in enumerate(sources, 1)]


def test_imports_come_first_and_moved_cells_are_tried_again():
    namespace, failures, _ = build(
        units("b = a + 1", "def f(): return np.ones(b)", "a = 1", "import numpy as np"), "x"
    )
    assert failures == []
    assert namespace["f"]().shape == (2,)


def test_what_fails_costs_only_itself():
    namespace, failures, _ = build(
        units("x = 1 / 0", "import sys; sys.exit(3)", "y = (", "z = 1", "w = nothing"), "x"
    )
    assert namespace["z"] == 1
    assert [f.type for f in failures] == [
        "SyntaxError",
        "ZeroDivisionError",
        "SystemExit",
        "NameError",
    ]
    assert failures[1].cell == "<cell 1>"
    assert failures[0].line == 3


def test_missing_files_are_provided_by_the_topic(topic):
    namespace, failures, provided = build(
        units(
            "from init_utils import sigmoid, load_dataset",
            "from testCases import *",
            "import public_tests as t",
            "import some_utils.deeper",
            "def f(x): return sigmoid(x)",
            "def g(): return load_dataset()",
        ),
        topic,
    )
    assert failures == []
    assert provided[0] == "init_utils.sigmoid"
    assert namespace["f"](0) == 0.5
    with pytest.raises(
        ImportError, match=r"init_utils\.load_dataset was imported from a file that is missing"
    ):
        namespace["g"]()
    assert "_private" not in namespace
    forget_helpers()
    with pytest.raises(ImportError):
        __import__("init_utils")


def test_a_missing_package_is_missing_where_the_program_has_a_substitute(topic):
    source = (
        "try:\n    from no_such_compiler import jit\n    import no_such_tool as tool\n"
        "except ImportError:\n    def jit(f): return f\n    tool = None\n"
        "try:\n    from some_utils import *\nexcept ImportError:\n    pass\n"
    )
    namespace, failures, _ = build(
        [Unit(source, "<cell 1>"), Unit("@jit\ndef f(): return 1, tool", "<cell 2>")], topic
    )
    assert failures == []
    assert namespace["f"]() == (1, None)


def test_a_missing_part_of_a_real_package_is_its_own_error(topic):
    _, failures, _ = build(
        units("from numpy import no_such_name", "import numpy.no_such_module"), topic
    )
    assert [f.type for f in failures] == ["ImportError", "ModuleNotFoundError"]


def test_a_module_of_another_version_is_found_by_its_names(topic):
    """A notebook of 0.2.0 imports modules that have moved since: topics' parts, and tools."""
    namespace, failures, provided = build(
        units(
            "from dltf.network import relu",
            "from dltf.old_name import sigmoid, no_longer",
            "def f(x): return relu(x) + sigmoid(x)",
            "def g(): return no_longer()",
        ),
        topic,
    )
    assert failures == []
    assert provided == ["dltf.network.relu", "dltf.old_name.sigmoid"]
    assert namespace["f"](0) == 0.5
    with pytest.raises(ImportError, match=r"dltf\.old_name\.no_longer was imported from a file"):
        namespace["g"]()
    forget_helpers()
    with pytest.raises(ModuleNotFoundError):
        __import__("dltf.network")


def test_annotations_of_the_future_hold_for_every_cell():
    namespace, failures, _ = build(
        units("from __future__ import annotations", "def f(x: NotThere) -> Nothing: return x"), "x"
    )
    assert failures == []
    assert namespace["f"](1) == 1


# Calls ------------------------------------------------------------------------------------------


def call(function, exercise, /, *args, **kwargs):
    answer = Answer({exercise.name: function}, {exercise.name: exercise})
    return getattr(answer, exercise.name)(*args, **kwargs), answer.recognised()


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda layers_dims: layers_dims, ""),
        (lambda layer_dims: layer_dims, "layer_dims for layers_dims"),
        (lambda dims: dims, "dims for layers_dims"),
        (lambda Layers_Dims: Layers_Dims, "Layers_Dims for layers_dims"),
        (lambda anything: anything, "anything for layers_dims"),
        (lambda anything, more=3: anything, "anything for layers_dims"),
        (lambda **options: options["layers_dims"], ""),
        (lambda layer_dims, /, *rest, **options: layer_dims, "layer_dims for layers_dims"),
        (lambda layers_dims, /, **options: layers_dims, ""),
        (lambda anything, **options: anything, "anything for layers_dims"),
        (lambda *rest, **options: options["layers_dims"], ""),
        (lambda scale=2, **options: options["layers_dims"], ""),
        (lambda a, layer_dims=None: layer_dims, None),
    ],
)
def test_spellings(function, said):
    exercise = Exercise("f", {"layers_dims": ("layer_dims", "dims")})
    if said is None:
        with pytest.raises(TypeError):
            call(function, exercise, layers_dims=[1])
        return
    value, recognised = call(function, exercise, layers_dims=[1])
    assert value == [1]
    assert recognised.spellings == ({"f": said} if said else {})


def test_other_words_in_the_same_order_and_arguments_in_another_order():
    exercise = Exercise("f", {})
    assert call(lambda x, y: (x, y), exercise, a=1, b=2)[0] == (1, 2)
    assert call(lambda b, a: (a, b), exercise, a=1, b=2)[0] == (1, 2)
    with pytest.raises(TypeError):
        call(lambda x: x, exercise, a=1, b=2)
    with pytest.raises(TypeError, match="unexpected keyword"):
        call(lambda x, y, z: x, exercise, a=1, b=2)
    assert call(max, exercise, 1, 2)[0] == 2
    assert call(lambda x, /, **o: (x, o), exercise, a=1, b=2)[0] == (1, {"b": 2})
    assert call(lambda x, *rest, **o: (x, rest, o), exercise, 1, b=2)[0] == (1, (), {"b": 2})
    with pytest.raises(TypeError):
        call(lambda x, y, z, **options: x, exercise, a=1, b=2)


def test_a_case_may_ask_how_an_answer_calls_its_parameters():
    class Odd:
        __signature__ = "none"

        def __call__(self):
            return 0

    given = {"f": lambda a_C, a_G=1: 0, "g": Odd()}
    answer = Answer(given, {name: Exercise(name, {"content": ("a_C",)}) for name in given})
    assert answer.f.parameters == ("a_C", "a_G")
    assert answer.g.parameters == ()


@pytest.mark.parametrize("result", [(1, 2, 3), (1, 2, 3, 4, 5), [1, 2, 3]])
def test_returns_of_several_generations(result):
    exercise = Exercise("f", {}, {3: "v17", 5: "v21"})
    value, recognised = call(lambda: result, exercise)
    assert tuple(value) == (1, 2, 3)
    assert recognised.generations == {"f": "v17" if len(result) == 3 else "v21"}


def test_other_returns_are_left_alone():
    exercise = Exercise("f", {}, {3: "v17", 5: "v21"})
    for result in (None, 3, (1, 2), (1, 2, 3, 4), {"a": 1}):
        value, recognised = call(lambda result=result: result, exercise)
        assert value is result
        assert recognised.generations == {}
    assert call(lambda: (1, 2), Exercise("f", {}, {1: "a", 2: "b"}))[0] == 1


def test_names_that_are_not_there():
    answer = Answer({"g": None, "helper": 3}, {"f": Exercise("f"), "g": Exercise("g")})
    assert answer.helper == 3
    with pytest.raises(NotImplementedError, match="f is not defined"):
        answer.f  # noqa: B018
    with pytest.raises(NotImplementedError, match="g is None"):
        answer.g  # noqa: B018


# Cases ------------------------------------------------------------------------------------------


def case(function):
    return Case("f", "it", 1, close(), function, "")


def test_a_case_runs_on_inputs_that_follow_from_the_seed():
    def it(answer, rng):
        return [float(rng.normal()), answer.f(), float(np.random.rand())]  # noqa: NPY002

    answer = Answer({"f": lambda: 3}, {"f": Exercise("f")})
    seen = [decode(observe(case(it), answer, seed).observation) for seed in (1, 1, 2)]
    assert seen[0] == seen[1]
    assert seen[0][0] != seen[2][0]
    assert seen[0][2] != seen[2][2]


@pytest.mark.parametrize(
    ("error", "kind"),
    [(SystemExit(3), "SystemExit"), (KeyboardInterrupt(), "KeyboardInterrupt"),
     (GeneratorExit(), "GeneratorExit"), (MemoryError(), "MemoryError"), (OSError(), "OSError")],
)  # fmt: skip
def test_whatever_is_raised_is_an_error(error, kind):
    def it(answer, rng):
        raise error

    seen = observe(case(it), Answer({}, {}), 1)
    assert seen.error.type == kind
    assert seen.error.memory is (kind == "MemoryError")
    if kind == "KeyboardInterrupt":
        with pytest.raises(KeyboardInterrupt):
            observe(case(it), Answer({}, {}), 1, in_notebook=True)


def test_what_is_too_large_is_said():
    seen = observe(case(lambda answer, rng: np.zeros(1000)), Answer({}, {}), 1, max_bytes=1000)
    assert seen.error.size
    assert "MiB" in seen.error.message


def test_calls_are_recorded_small():
    answer = Answer({"f": lambda x, y: 1}, {"f": Exercise("f")}, record=True)

    def it(answer, rng):
        for _ in range(9):
            answer.f(np.zeros((100, 100)), y={"a": [1.0] * 50})

    calls = [(name, decode(data)) for name, data in observe(case(it), answer, 1).calls]
    assert len(calls) == 3
    assert calls[0] == ("f", {"0": "<ndarray of shape (100, 100)>", "y": {"a": [1.0] * 12}})


def test_errors_are_described_within_limits():
    class Nasty(Exception):
        def __str__(self):
            raise RuntimeError

    assert describe_error(Nasty()).message == ""
    assert len(describe_error(ValueError("x" * 10**6)).message) == 1000
    kind = type("K" * 500, (Exception,), {})
    assert len(describe_error(kind()).type) == 100

    assert describe_error(ValueError("half a pair: \udc80")).message == "half a pair: ?"

    def deep(n):
        return deep(n + 1)

    with pytest.raises(RecursionError) as caught:
        deep(0)
    assert describe_error(caught.value).type == "RecursionError"
