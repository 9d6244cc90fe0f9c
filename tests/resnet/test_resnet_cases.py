"""The cases of the ResNet assignment: what they spare, they must not change."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from dltf.autograder.assignment import loading
from dltf.autograder.assignment.declarations import read_cases


@pytest.fixture(scope="module")
def cases():
    """Return the cases by their names."""
    declared = read_cases(loading.load("resnet").cases_source)
    return {case.name: case for case in declared.cases}


@pytest.fixture(scope="module")
def helpers(cases):
    """Return the functions that the cases use."""
    return SimpleNamespace(**cases["resnet_computes"].function.__globals__)


class Answer:
    """An answer to one exercise."""

    def __init__(self, network):
        self.ResNet50 = network


def never(shape, dtype=None):
    """Draw weights; nobody should."""
    raise AssertionError("drawn")


def small(input_shape, classes, initializer="he_normal"):
    """Return a network that takes a ResNet-50's place where only the way to it is tested."""
    layers = keras.layers
    X = pictures = layers.Input(input_shape)
    for _ in range(2):
        X = layers.Conv2D(3, 3, kernel_initializer=initializer)(X)
        X = layers.BatchNormalization()(X)
    X = layers.GlobalAveragePooling2D()(X)
    return keras.Model(pictures, layers.Dense(classes, activation="softmax")(X))


def test_weights_begin_with_their_known_values_and_none_is_drawn(helpers):
    model = helpers.build(small, input_shape=(9, 8, 3), classes=4, initializer=never)
    for weight in model.weights:
        known = helpers.values(weight.name, tuple(weight.shape))
        np.testing.assert_array_equal(weight.numpy(), known)


def test_layers_outside_a_case_draw_their_weights(helpers):
    helpers.build(small, input_shape=(9, 8, 3), classes=4)
    with pytest.raises(AssertionError, match="drawn"):
        small((9, 8, 3), 4, initializer=never)


def test_an_answer_that_fails_leaves_keras_as_it_was(helpers):
    before = keras.Layer.add_weight
    with pytest.raises(ZeroDivisionError):
        helpers.build(lambda: 1 / 0)
    assert keras.Layer.add_weight is before


def test_networks_compare_by_what_they_compute_not_by_what_they_hold(helpers):
    X = np.random.default_rng(0).normal(size=(4, 9, 8, 3))
    arguments = {"input_shape": (9, 8, 3), "classes": 4}
    built, drawn = helpers.build(small, **arguments), small(**arguments)
    trained = helpers.build(small, **arguments)
    trained.set_weights([7 * array - 1 for array in trained.get_weights()])
    for model in (drawn, trained):
        np.testing.assert_allclose(helpers.look(model, X), helpers.look(built, X), rtol=1e-5)


def test_a_look_changes_no_weight(helpers):
    model = small((9, 8, 3), 4)
    before = model.get_weights()
    helpers.look(model, np.random.default_rng(0).normal(size=(4, 9, 8, 3)))
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_layer_may_say_its_shape_and_initializer_by_position(helpers):
    class Scale(keras.Layer):
        def build(self, input_shape):
            self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")

        def call(self, x):
            return x * self.scale

    def make():
        X = keras.Input((5,))
        return keras.Model(X, Scale()(X))

    assert helpers.build(make).get_weights()[0].tolist() == [1, 1, 1, 1, 1]


@pytest.mark.parametrize("seed", [1, 20260])
def test_no_case_of_resnet_depends_on_one_before(cases, seed):
    names = ["resnet_is_made_of", "resnet_computes", "resnet_gives_probabilities"]

    def see(names):
        answer, seen = Answer(small), {}
        for name in names:
            seen[name] = cases[name].function(answer, cases[name].rng(seed))
        return seen

    together, backwards = see(names), see(names[::-1])
    for name in names:
        alone = see([name])[name]
        for other in (together[name], backwards[name]):
            if isinstance(alone, dict):
                assert alone.keys() == other.keys()
                pairs = [(alone[key], other[key]) for key in alone]
            else:
                pairs = [(alone, other)]
            for a, b in pairs:
                np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_another_run_looks_at_another_network(cases):
    case, answer = cases["resnet_is_made_of"], Answer(small)
    shapes = {tuple(case.function(answer, case.rng(seed))["pictures"]) for seed in range(5)}
    assert len(shapes) > 1
    assert all(37 <= n <= 48 for height, width, _ in shapes for n in (height, width))
    assert all(height != width for height, width, _ in shapes)


def test_a_network_is_built_once_for_its_three_cases(cases):
    built = []

    def count(**arguments):
        built.append(arguments)
        return small(**arguments)

    answer = Answer(count)
    for name in ("resnet_gives_probabilities", "resnet_is_made_of", "resnet_computes"):
        cases[name].function(answer, cases[name].rng(3))
    assert len(built) == 1
