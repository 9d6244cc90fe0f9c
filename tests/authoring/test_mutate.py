"""`dltf.authoring.mutate`: mutants are distinct, small changes with a one-line description."""

import ast

import pytest

from dltf.authoring.mutate import declaration, match
from dltf.autograder.assignment.declarations import Equivalent
from dltf.autograder.assignment.mutants import mutants

FUNCTIONS = {
    "he": '''def he(layers_dims):
    """Return 1 + 2 parameters."""
    ### BEGIN SOLUTION
    parameters = {}
    for l in range(1, len(layers_dims)):
        scale = np.sqrt(2 / layers_dims[l - 1])
        parameters["W" + str(l)] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * scale
        parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
    return parameters
    ### END SOLUTION
''',
    "iou": """def iou(box1, box2):
    (x1, y1, x2, y2) = box1
    width = max(0, min(x2, box2[2]) - max(x1, box2[0]))
    height = max(min(y2, box2[3]) - max(y1, box2[1]), 0)
    inter = width * height
    return inter / ((x2 - x1) * (y2 - y1) + (box2[2] - box2[0]) * (box2[3] - box2[1]) - inter)
""",
    "adam": """def adam(p, g, v, s, t, learning_rate=0.01, b=0.9, *, epsilon=1e-8, nesterov=False):
    v = b * v + (1 - b) * g
    s = b * s + (1 - b) * g ** 2
    p -= learning_rate * v / (1 - b ** t) / (np.sqrt(s) + epsilon)
    return p, v, s
""",
    "softmax": """def softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    if x.ndim < 1 or not len(x):
        raise ValueError(f"x: expected 1 axis, got {x.ndim + 0}")
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)
""",
    "pool": """def pool(a, mode="max", stride=2):
    out = []
    for i in range(0, a.shape[0] - 1, stride):
        window = a[i : i + 2, ::-1].T
        if window is None:
            continue
        print("window", 1 + 1)
        out.append(np.max(window) if mode == "max" else -np.mean(window))
        out[0] = out[0] + 1
    return np.array(out[1:-1])
""",
    "layer": '''@register(name="x" + "y")
class Layer(keras.Layer):
    """A layer."""

    scale: float = 0.5

    def __init__(self, units=3):
        """Keep 1."""
        super().__init__()
        self.units = units

    def call(self, inputs, training=False):
        if training and self.units > 2:
            return inputs @ self.w + self.b
        return tf.reduce_sum(inputs, axis=1)
''',
    "nothing": '''def nothing(x):
    """Only 1 docstring."""
    return x
''',
}
every = pytest.mark.parametrize("source", FUNCTIONS.values(), ids=FUNCTIONS)


@every
def test_every_mutant_is_new(source):
    found = mutants(source)
    dumps = [ast.dump(ast.parse(mutant.source)) for mutant in found]
    assert ast.dump(ast.parse(source)) not in dumps
    assert len(set(dumps)) == len(dumps)


@every
def test_every_change_has_a_line_of_its_own(source):
    changes = [mutant.change for mutant in mutants(source)]
    assert len(set(changes)) == len(changes)
    for change in changes:
        assert change.startswith("line ")
        assert "\n" not in change
        assert " -> " in change
        assert len(change) < 200
    lines = [int(change.split(":")[0].removeprefix("line ")) for change in changes]
    assert lines == sorted(lines)


@every
def test_every_mutant_compiles(source):
    for mutant in mutants(source):
        compile(mutant.source, "mutant", "exec")


@every
def test_the_same_source_gives_the_same_mutants(source):
    assert mutants(source) == mutants(source)


@every
def test_words_stay(source):
    def words(text: str) -> list[str]:
        tree = ast.parse(text)
        kept = [ast.get_docstring(tree.body[0]) or ""]
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise):
                kept.append(ast.unparse(node))
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                kept += [ast.unparse(decorator) for decorator in node.decorator_list]
            elif isinstance(node, ast.arg) and node.annotation:
                kept.append(ast.unparse(node.annotation))
        return kept

    for mutant in mutants(source):
        assert words(mutant.source) == words(source), mutant.change


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("he", "line 5: range(1, len(layers_dims)) -> range(2, len(layers_dims))"),
        ("he", "line 6: 2 / layers_dims[l - 1] -> 2 * layers_dims[l - 1]"),
        ("he", "line 6: 2 / layers_dims[l - 1] -> 1 / layers_dims[l - 1]"),
        ("he", "line 6: 2 / layers_dims[l - 1] -> layers_dims[l - 1] / 2"),
        ("he", "line 6: layers_dims[l - 1] -> layers_dims[l]"),
        ("he", "line 6: np.sqrt(2 / layers_dims[l - 1]) -> 2 / layers_dims[l - 1]"),
        ("he", "line 8: np.zeros((layers_dims[l], 1)) -> np.zeros((1, layers_dims[l]))"),
        ("he", "line 8: np.zeros((layers_dims[l], 1)) -> np.ones((layers_dims[l], 1))"),
        ("he", "line 8: parameters['b' + str(l)] = np.zeros((layers_dims[l], 1)) -> (dropped)"),
        ("iou", "line 3: max(x1, box2[0]) -> min(x1, box2[0])"),
        ("iou", "line 3: box2[2] -> box2[3]"),
        ("adam", "line 1: epsilon=1e-08 -> epsilon=0.0"),
        ("adam", "line 1: epsilon -> always 1e-08"),
        ("adam", "line 1: nesterov=False -> nesterov=True"),
        ("adam", "line 1: learning_rate=0.01 -> learning_rate=0.02"),
        ("adam", "line 4: np.sqrt(s) + epsilon -> np.sqrt(s)"),
        ("adam", "line 5: (p, v, s) -> (v, p, s)"),
        ("softmax", "line 2: x.ndim < 1 -> x.ndim <= 1"),
        ("softmax", "line 2: x.ndim < 1 or not len(x) -> x.ndim < 1 and (not len(x))"),
        ("softmax", "line 4: x - x.max(axis=axis, keepdims=True) -> x"),
        ("softmax", "line 5: np.sum(e, axis=axis, keepdims=True) -> np.sum(e, axis=axis)"),
        ("softmax", "line 5: np.sum(e, axis=axis, keepdims=True) -> np.sum(e, keepdims=True)"),
        ("softmax", "line 1: axis=-1 -> axis=1"),
        ("softmax", "line 1: axis=-1 -> axis=-2"),
        ("pool", "line 4: a[i:i + 2, ::-1] -> a[i:, ::-1]"),
        ("pool", "line 4: a[i:i + 2, ::-1] -> a[i:i + 2, ::1]"),
        ("pool", "line 4: a[i:i + 2, ::-1].T -> a[i:i + 2, ::-1]"),
        ("pool", "line 6: continue -> break"),
        ("pool", "line 8: -np.mean(window) -> np.mean(window)"),
        ("layer", "line 5: 0.5 -> 1.0"),
        ("layer", "line 14: inputs @ self.w + self.b -> inputs @ self.w"),
        ("layer", "line 15: tf.reduce_sum(inputs, axis=1) -> tf.reduce_mean(inputs, axis=1)"),
        ("layer", "line 7: units -> always 3"),
    ],
)
def test_slips_of_students_are_among_them(name, change):
    changes = [mutant.change for mutant in mutants(FUNCTIONS[name])]
    assert change in changes, "\n".join(changes)


def test_an_ignored_argument_keeps_the_docstring_first():
    source = 'def f(x, eps=0.5):\n    """Add."""\n    return x + eps\n'
    mutant = next(m for m in mutants(source) if "always" in m.change)
    namespace = {}
    exec(mutant.source, namespace)
    assert namespace["f"](1, eps=7) == 1.5
    assert namespace["f"].__doc__ == "Add."


def test_a_change_in_two_places_is_told_apart():
    source = "def f(x):\n    return x[0] * x[0]\n"
    changes = [mutant.change for mutant in mutants(source)]
    assert "line 2: x[0] -> x[1]" in changes
    assert "line 2: x[0] -> x[1] (2)" in changes


def test_nothing_to_change_gives_no_mutant():
    assert mutants(FUNCTIONS["nothing"]) == ()


def test_prints_and_texts_are_left_alone():
    for mutant in mutants(FUNCTIONS["pool"]):
        assert "print('window', 1 + 1)" in mutant.source
        assert "mode='max'" in mutant.source


@every
def test_every_mutant_can_be_declared(source):
    """What `declaration` prints, and an author pastes, speaks of that mutant and of no other."""
    for mutant in mutants(source):
        said = ast.parse(declaration("f", source, mutant)).body[0].value
        named = {k.arg: k.value.value for k in said.keywords if k.arg != "why"}
        old, new = [argument.value for argument in said.args[1:]] or ("", "")
        one = Equivalent("f", "A test.", old, new, **named)
        matched, unmatched = match(source, [one])
        assert (list(matched), unmatched) == ([mutant.change], [])


def test_declarations_are_as_short_as_they_can_be():
    twice = (
        "def f(x, y=1):\n    a = g(x)\n    x = a + 1\n    b = h(x)\n    x = a + 1\n    return x\n"
    )
    said = [declaration("f", twice, mutant) for mutant in mutants(twice)]
    assert "equivalent('f', ignores='y', why=...)" in said
    assert "equivalent('f', 'y=1', 'y=2', why=...)" in said
    assert "equivalent('f', 'a = g(x)\\nx = a + 1', 'a = g(x)\\nx = a', why=...)" in said
    assert "equivalent('f', 'b = h(x)\\nx = a + 1', 'b = h(x)\\nx = a', why=...)" in said


def test_an_ignored_parameter_of_a_method_is_named_with_it():
    source = FUNCTIONS["layer"]
    assert {m.ignores for m in mutants(source) if m.ignores} == {"__init__.units", "call.training"}
