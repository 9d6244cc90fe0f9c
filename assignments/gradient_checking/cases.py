"""How the answers of the gradient checking assignment are exercised. No expected value is in here.

A check is worth something only if it asks the cost and the gradient functions that it is to check.
So the cases put others in their place, right ones and broken ones, and look whether the answer
notices. With the usual epsilon of 1e-7 the difference of a right gradient is rounding noise, which
nobody can compare; there it is only asked how large it is. With a large epsilon, and a cost that is
not a straight line, the difference is a number like any other.
"""

import functools
import inspect
from contextlib import contextmanager

import numpy as np

from dltf.autograder import case, close, exactly, exercise, helpers
from dltf.gradient_checking import (
    dictionary_to_vector,
    forward_propagation_n,
    gradients_to_vector,
    vector_to_dictionary,
)
from dltf.models import mlp

ONE = {"x": ("X",), "theta": ("Theta", "w", "parameter"), "epsilon": ("eps", "e")}
MANY = {"parameters": ("params",), "gradients": ("grads",), "epsilon": ("eps", "e")}

exercise("forward_propagation", spellings=ONE, number=True)
exercise("backward_propagation", spellings=ONE, number=True)
exercise("gradient_check", spellings=ONE, number=True)
exercise("gradient_check_n", spellings=MANY, number=True)
exercise("backward_propagation_n")
exercise("numerical_gradient", spellings=MANY, practice=True)
exercise("relative_differences", spellings=MANY, practice=True)
helpers("gc_utils", "testCases", "public_tests", "test_utils")


@contextmanager
def replaced(answer, exercise, **functions):
    """Let an answer find other functions under these names while the block lasts."""
    spaces = [vars(answer)["_namespace"]]
    value = spaces[0].get(exercise)
    while isinstance(value, functools.partial):
        value = value.func
    value = inspect.unwrap(getattr(value, "python_function", value))
    for function in (value, vars(type(value)).get("__call__")):
        found = getattr(function, "__globals__", None)
        if found is not None and all(found is not space for space in spaces):
            spaces.append(found)
    missing = object()
    before = [{name: space.get(name, missing) for name in functions} for space in spaces]
    for space in spaces:
        space.update(functions)
    try:
        yield
    finally:
        for space, old in zip(spaces, before, strict=True):
            for name, function in old.items():
                if function is missing:
                    space.pop(name, None)
                else:
                    space[name] = function


def number(value):
    """Return a number that may come as an array of one entry."""
    value = np.asarray(value)
    return float(value.reshape(())) if value.size == 1 else value


def away_from_zero(rng, low=0.5, high=4.0):
    """Draw a number of either sign."""
    return float(rng.uniform(low, high) * rng.choice([-1, 1]))


# forward_propagation


@case("forward_propagation", points=1)
def cost_is_the_product(answer, rng):
    """The cost of the smallest model is theta times x, whatever their signs."""
    points = [(away_from_zero(rng), away_from_zero(rng)) for _ in range(4)]
    return [number(answer.forward_propagation(x=x, theta=theta)) for x, theta in points]


# backward_propagation


@case("backward_propagation", points=1)
def slope_of_the_product(answer, rng):
    """The derivative of theta times x with respect to theta, at several points."""
    points = [(away_from_zero(rng), away_from_zero(rng)) for _ in range(4)]
    return [number(answer.backward_propagation(x=x, theta=theta)) for x, theta in points]


# gradient_check


def cubic(rng):
    """Draw a cost that is no straight line, and its derivative (to which a factor may be added)."""
    a, b, c = (away_from_zero(rng, 0.5, 2.0) for _ in range(3))

    def cost(x, theta):
        return a * x * theta**3 + b * x**2 * theta**2 + c * theta

    def slope(x, theta):
        return 3 * a * x * theta**2 + 2 * b * x**2 * theta + c

    return cost, slope


@case("gradient_check", points=1, judge=exactly())
def your_own_gradient_is_right(answer, rng):
    """With your own two functions the difference is below 1e-6."""
    x, theta = away_from_zero(rng), away_from_zero(rng)
    return bool(np.abs(number(answer.gradient_check(x=x, theta=theta))) < 1e-6)


@case("gradient_check", points=2, judge=close(rtol=1e-3))
def a_broken_gradient_is_found(answer, rng):
    """When backward_propagation returns something else, the difference says how much else."""
    x, theta = away_from_zero(rng), away_from_zero(rng)
    found = []
    for factor in (float(rng.uniform(1.3, 3.0)), float(rng.uniform(0.1, 0.7)), -1.5):

        def broken(x, theta, factor=factor):
            return factor * x

        with replaced(answer, "gradient_check", backward_propagation=broken):
            found.append(number(answer.gradient_check(x=x, theta=theta)))
    return found


@case("gradient_check", points=3)
def another_cost_and_a_large_epsilon(answer, rng):
    """It checks any two functions of these names, with the epsilon it is given.

    With a large epsilon and a curved cost the centred difference is off by a known amount.
    """
    cost, slope = cubic(rng)
    found = []
    for epsilon in (0.3, 0.05):
        x, theta = away_from_zero(rng), away_from_zero(rng)
        with replaced(
            answer, "gradient_check", forward_propagation=cost, backward_propagation=slope
        ):
            found.append(number(answer.gradient_check(x=x, theta=theta, epsilon=epsilon)))
    return found


@case("gradient_check", points=1, judge=exactly())
def small_epsilon_by_default(answer, rng):
    """Without an epsilon given it takes one that is small even for a cost with fine ripples."""
    x, ripples = away_from_zero(rng), 5000
    theta = (2 * np.pi * int(rng.integers(1, 999)) + float(rng.uniform(-1, 1))) / ripples

    def cost(x, theta):
        return x * np.sin(ripples * theta) / ripples

    def slope(x, theta):
        return x * np.cos(ripples * theta)

    with replaced(answer, "gradient_check", forward_propagation=cost, backward_propagation=slope):
        return bool(np.abs(number(answer.gradient_check(x=x, theta=theta))) < 2e-3)


# gradient_check_n


def problem(rng, larger=False):
    """Draw a network of three layers of any sizes (not the course's), and data for it.

    No gradient of it is near 0, which rounding could be taken for, and no output is near certain:
    rounding would spoil its logarithm.
    """
    if larger:
        n_x, n_1, n_2 = (int(n) for n in rng.permutation([4, 5, 6]))  # more than 47 numbers
    else:
        n_x, n_1, n_2 = (int(n) for n in rng.permutation([2, 3, 4]))  # fewer
    m, dims = int(rng.integers(8, 11)), [n_x, n_1, n_2, 1]
    while True:
        parameters = {}
        for l in (1, 2, 3):
            parameters[f"W{l}"] = 0.7 * rng.normal(size=(dims[l], dims[l - 1]))
            parameters[f"b{l}"] = 0.7 * rng.normal(size=(dims[l], 1))
        X, Y = rng.normal(size=(n_x, m)), (np.arange(m) < 2).astype(float).reshape(1, m)
        gradients = right_gradients(X, Y, parameters)
        A3, _ = mlp.forward_propagation(X, parameters)
        smallest = min(np.linalg.norm(gradients["d" + name]) for name in parameters)
        if smallest > 0.05 and A3.min() > 0.02 and A3.max() < 0.98:
            return X, Y, parameters


def right_gradients(X, Y, parameters):
    """Return the gradients of the mean cross-entropy, under the course's names."""
    _, cache = mlp.forward_propagation(X, parameters)
    gradients = mlp.backward_propagation(X, Y, cache)
    return {
        name.replace("dz", "dZ").replace("da", "dA"): value for name, value in gradients.items()
    }


def check_n(answer, X, Y, parameters, gradients, forward=None, **settings):
    """Call the answer, which may take vectors apart in the old way: without naming the shapes.

    It takes hundreds of them apart, so where each array lies in a vector is found out only once.
    """
    places = vector_to_dictionary(np.arange(sum(v.size for v in parameters.values())), parameters)

    def to_dictionary(theta, *shapes, **named):
        theta = np.reshape(theta, -1)
        if theta.size != sum(place.size for place in places.values()):
            return vector_to_dictionary(theta, parameters)  # which says what is wrong
        return {name: theta[place] for name, place in places.items()}

    given = {
        "dictionary_to_vector": dictionary_to_vector,
        "vector_to_dictionary": to_dictionary,
        "gradients_to_vector": gradients_to_vector,
    }
    if forward is not None:
        given["forward_propagation_n"] = forward
    copies = {name: value.copy() for name, value in parameters.items()}
    with replaced(answer, "gradient_check_n", **given):
        return number(
            answer.gradient_check_n(parameters=copies, gradients=gradients, X=X, Y=Y, **settings)
        )


@case("gradient_check_n", points=2, judge=exactly())
def right_gradients_pass(answer, rng):
    """Right gradients give a difference below 1e-4, in networks of several sizes."""
    found = []
    for larger in (False, True):
        X, Y, parameters = problem(rng, larger)
        difference = check_n(answer, X, Y, parameters, right_gradients(X, Y, parameters))
        found.append(bool(0 <= difference < 1e-4))
    return found


@case("gradient_check_n", points=3, judge=close(rtol=1e-3))
def wrong_gradients_are_found(answer, rng):
    """A factor on one of the gradients shows in the difference, whichever it is on."""
    found = []
    for larger in (False, True):
        X, Y, parameters = problem(rng, larger)
        gradients = right_gradients(X, Y, parameters)
        name = str(rng.choice(["dW1", "dW2", "dW3"]))
        gradients[name] = float(rng.uniform(2, 4)) * gradients[name]
        gradients["db3"] = gradients["db3"] + 0.5
        found.append(check_n(answer, X, Y, parameters, gradients))
    return found


def curved(X, Y, parameters):
    """Return another cost, in which every entry changes the slope of every other; and a cache."""
    total = sum(
        float(np.sum(k * parameters[name] ** 3 + parameters[name] ** 2 + 0.3 * parameters[name]))
        for k, name in enumerate(sorted(parameters), 1)
    )
    return float(np.exp(total / 100)) * float(np.mean(X**2)) + float(np.sum(Y)), (X, Y)


def curved_gradients(X, Y, parameters):
    """Return the gradients of that cost."""
    slope = (curved(X, Y, parameters)[0] - np.sum(Y)) / 100
    return {
        "d" + name: slope * (3 * k * parameters[name] ** 2 + 2 * parameters[name] + 0.3)
        for k, name in enumerate(sorted(parameters), 1)
    }


@case("gradient_check_n", points=3)
def another_cost_of_many_parameters(answer, rng):
    """It checks whatever forward_propagation_n computes, with the epsilon it is given.

    With a large epsilon and a curved cost the centred difference is off by a known amount.
    """
    found = []
    for epsilon in (0.4, 0.1):
        X, Y, parameters = problem(rng)
        gradients = curved_gradients(X, Y, parameters)
        found.append(check_n(answer, X, Y, parameters, gradients, curved, epsilon=epsilon))
    return found


@case("gradient_check_n", points=1, judge=exactly())
def small_epsilon_for_many(answer, rng):
    """Without an epsilon given it takes one that is small even for a cost with fine ripples."""
    X, Y, parameters = problem(rng)
    ripples = 5000
    at = {
        name: (2 * np.pi * rng.integers(1, 99, value.shape) + rng.uniform(-1, 1, value.shape))
        / ripples
        for name, value in parameters.items()
    }

    def cost(X, Y, parameters):
        return sum(np.sum(np.sin(ripples * value)) for value in parameters.values()) / ripples, ()

    gradients = {"d" + name: np.cos(ripples * value) for name, value in at.items()}
    return bool(np.abs(check_n(answer, X, Y, at, gradients, cost)) < 2e-3)


# backward_propagation_n


def gradients_of(answer, rng, names):
    """Run the answer on the cache of a real forward pass; return some of the gradients."""
    X, Y, parameters = problem(rng, larger=True)
    cache = forward_propagation_n(X, Y, parameters)[1]
    gradients = answer.backward_propagation_n(X=X, Y=Y, cache=cache)
    if not isinstance(gradients, dict):
        return gradients
    return {name: gradients[name] for name in names if name in gradients}


@case("backward_propagation_n", points=2)
def gradients_of_the_weights(answer, rng):
    """dW1, dW2 and dW3 are the gradients of the mean cross-entropy."""
    return gradients_of(answer, rng, ["dW1", "dW2", "dW3"])


@case("backward_propagation_n", points=2)
def gradients_of_the_biases(answer, rng):
    """db1, db2 and db3 are the gradients of the mean cross-entropy, columns as the biases are."""
    return gradients_of(answer, rng, ["db1", "db2", "db3"])


# numerical_gradient


def wave(parameters):
    """Return a smooth cost with ripples in which every entry matters differently."""
    return float(
        sum(
            np.sum(np.sin(50 * value) / 50 * (k + np.arange(value.size).reshape(value.shape)))
            for k, (_, value) in enumerate(sorted(parameters.items()), 1)
        )
    )


@case("numerical_gradient", judge=close(rtol=1e-5, atol=1e-6))
def any_cost_of_any_arrays(answer, rng):
    """One slope for each entry, in arrays of the parameters' names and shapes."""
    parameters = {"kernel": rng.normal(size=(2, 3, 2)), "bias": rng.normal(size=4)}
    return answer.numerical_gradient(cost=wave, parameters=parameters)


@case("numerical_gradient", judge=close(rtol=1e-6))
def centred_with_its_epsilon(answer, rng):
    """With a large epsilon the difference is the centred one."""
    parameters = {"W1": rng.normal(size=(3, 2)), "b1": rng.normal(size=(3, 1))}
    return answer.numerical_gradient(cost=wave, parameters=parameters, epsilon=0.02)


@case("numerical_gradient", judge=exactly())
def parameters_are_left_alone(answer, rng):
    """The parameters are afterwards what they were."""
    parameters = {"W1": rng.normal(size=(3, 2))}
    copy = parameters["W1"].copy()
    answer.numerical_gradient(cost=wave, parameters=parameters)
    return bool(np.array_equal(copy, parameters["W1"]))


# relative_differences


@case("relative_differences", judge=close(rtol=1e-6))
def one_number_a_parameter(answer, rng):
    """For each parameter the distance of the two gradients over the sum of their sizes."""
    kinds = {"dW1": (4, 3), "db1": (4, 1), "dW2": (2, 4)}
    numerical = {name: rng.normal(size=shape) for name, shape in kinds.items()}
    gradients = {name: value + rng.normal(size=value.shape) for name, value in numerical.items()}
    return answer.relative_differences(
        gradients=gradients | {"dZ1": rng.normal(size=(4, 5))}, numerical=numerical
    )
