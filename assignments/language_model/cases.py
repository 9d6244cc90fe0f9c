"""How the answers of the language_model assignment are exercised. No expected value is in here.

Drawing is random, so `sample` is exercised where there is nothing to choose (scores so far apart
that the likeliest character is certain), and by frequencies where there is. Numbers of characters
are shuffled: the newline is not number 0. Helper functions of older notebooks count on 27
characters.
"""

import contextlib
import os
import tempfile

import numpy as np

from dltf.autograder import case, exercise, helpers, working_file
from dltf.data.names import make_names

SIZE = 27
NAMES = ("Wax", "Waa", "Wya", "b", "by")

exercise("clip", spellings={"maxValue": ("max_value", "maxvalue")})
exercise("sample")
exercise("optimize", spellings={"learning_rate": ("lr",)})
exercise("model", spellings={"data": ("data_x",)}, returns={1: "2017", 2: "2021"})
helpers("utils", "dino_utils", "shakespeare_utils", "public_tests", "test_utils")
working_file("dinos.txt", lambda: "\n".join(make_names(200, rng=0)) + "\n")


def parameters_of(rng, n_a, size):
    """Draw parameters; biases are not zero, and states neither grow nor die out."""
    shapes = ((n_a, size), (n_a, n_a), (size, n_a), (n_a, 1), (size, 1))
    drawn = {name: rng.normal(size=shape) for name, shape in zip(NAMES, shapes, strict=True)}
    drawn["Waa"] *= 0.8 / np.linalg.norm(drawn["Waa"], 2)
    return drawn


def letters(rng, size):
    """Return characters and their shuffled numbers; the newline's is not 0."""
    numbers = [int(i) for i in rng.permutation(size)]
    if numbers[0] == 0:
        numbers.reverse()
    return dict(zip("\nabcdefghijklmnopqrstuvwxyz", numbers, strict=False))


# clip


def steep_gradients(rng, scale):
    """Draw gradients whose entries have about a given size."""
    n_a, size = (int(n) for n in rng.permutation(np.arange(3, 9))[:2])
    return {f"d{name}": scale * g for name, g in parameters_of(rng, n_a, size).items()}


def five(gradients):
    """Return the five gradients of a dictionary, if they are there."""
    if not isinstance(gradients, dict):
        return gradients
    return {f"d{name}": gradients[f"d{name}"] for name in NAMES if f"d{name}" in gradients}


@case("clip", points=2)
def clip_steep(answer, rng):
    """Entries far above and far below the bounds, and some between them."""
    gradients = steep_gradients(rng, 30.0)
    return five(answer.clip(gradients=gradients, maxValue=float(rng.uniform(1, 8))))


@case("clip", points=1)
def clip_nothing(answer, rng):
    """Entries that all lie within the bounds stay as they are."""
    gradients = steep_gradients(rng, 0.01)
    return five(answer.clip(gradients=gradients, maxValue=float(rng.uniform(3, 8))))


# sample


def certain(rng, newline):
    """Draw parameters that leave no choice, and characters: each walk goes where it must.

    States turn so fast that a walk wanders; one that runs in a small circle tells little.

    Args:
        rng: where they are drawn from.
        newline: bias of the newline, to which the other scores, of about 1e10, compare.
    """
    n_a, size = int(rng.integers(8, 12)), int(rng.integers(9, 14))
    drawn, numbers = parameters_of(rng, n_a, size), letters(rng, size)
    drawn["Waa"], drawn["b"] = 5 * drawn["Waa"], 0.7 * drawn["b"]
    drawn["Wya"], drawn["by"] = 2e9 * drawn["Wya"], 1e9 * drawn["by"]
    drawn["by"][numbers["\n"]] = newline
    return drawn, numbers


def once_at_the_limit(name, newline):
    """Return a name with one newline, if its fiftieth character was one.

    The course's notebooks append another there, in lines that are given: they look at the counter
    only. After a shorter name a second newline is a mistake.
    """
    return name[:50] if name[49:] == [newline, newline] else name


@case("sample", points=3)
def sample_where_there_is_no_choice(answer, rng):
    """Names that never end by themselves: fifty characters, then the newline."""
    found = []
    for _ in range(3):
        parameters, numbers = certain(rng, newline=-1e13)
        seed = int(rng.integers(1000))
        drawn = answer.sample(parameters=parameters, char_to_ix=numbers, seed=seed)
        found.append([int(i) for i in drawn])
    return found


@case("sample", points=2)
def sample_stops(answer, rng):
    """Names that end: at once, or after some characters."""
    found = []
    for newline in (1e13, *8 * [3e9]):
        parameters, numbers = certain(rng, newline)
        seed = int(rng.integers(1000))
        drawn = answer.sample(parameters=parameters, char_to_ix=numbers, seed=seed)
        found.append(once_at_the_limit([int(i) for i in drawn], numbers["\n"]))
    return found


@case("sample", points=2)
def sample_frequencies(answer, rng):
    """Characters of many names come as often as their probabilities say."""
    size, n_a = 6, 3
    parameters, numbers = parameters_of(rng, n_a, size), letters(rng, size)
    likely = rng.permutation([0.55, 0.08, 0.06, 0.04, 0.02])
    order = np.argsort(np.arange(size) != numbers["\n"], kind="stable")  # the newline, the others
    wanted = np.empty(size)
    wanted[order] = np.concatenate([[0.25], likely])
    parameters["Wya"] *= 0  # no character depends on another
    parameters["by"] = np.log(wanted)[:, None]
    sample, seed, drawn = answer.sample, int(rng.integers(1000)), []
    for i in range(600):
        if len(drawn) < 600:  # as many draws, whatever the names' lengths
            name = sample(parameters=parameters, char_to_ix=numbers, seed=1000 * i + seed)
            drawn.extend(int(c) for c in name)
    drawn = drawn[:600]
    share = np.bincount(drawn, minlength=size) / len(drawn)
    near = share.shape == (size,) and np.abs(share - wanted).max() < 0.115
    return {"as often as probable": bool(near)}


@case("sample", points=1)
def sample_by_its_seed(answer, rng):
    """The same seed draws the same name, another seed draws another."""
    parameters, numbers = parameters_of(rng, 4, 9), letters(rng, 9)
    parameters = {name: 0.1 * value for name, value in parameters.items()}
    parameters["by"][numbers["\n"]] = -5
    seeds = [7, 7, 1007]
    drawn = [
        tuple(int(i) for i in answer.sample(parameters=parameters, char_to_ix=numbers, seed=s))
        for s in seeds
    ]
    return {"same seed, same name": drawn[0] == drawn[1], "others": drawn[1] != drawn[2]}


# optimize


def step(answer, rng, scale, **settings):
    """Take one step; return what it returns, and the parameters after it."""
    n_a, T = int(rng.integers(4, 8)), int(rng.integers(6, 10))
    parameters = parameters_of(rng, n_a, SIZE)
    parameters["Wya"] *= scale
    Y = [int(i) for i in rng.integers(0, SIZE, size=T)]
    a_prev = np.tanh(rng.normal(size=(n_a, 1)))
    result = answer.optimize(
        X=[None, *Y[:-1]], Y=Y, a_prev=a_prev, parameters=parameters, **settings
    )
    if not isinstance(result, (tuple, list)) or len(result) != 3:
        return result
    loss, gradients, a_last = result
    return {"loss": loss, "gradients": five(gradients), "a": a_last, "parameters": parameters}


def parts(found, *names):
    """Return named parts of what `step` found."""
    return {name: found[name] for name in names} if isinstance(found, dict) else found


@case("optimize", points=2)
def optimize_loss_and_state(answer, rng):
    """The loss before the step, and the state after the last character."""
    return parts(step(answer, rng, 1.0, learning_rate=0.02), "loss", "a")


@case("optimize", points=2)
def optimize_gradients(answer, rng):
    """The gradients of a network whose gradients are steep."""
    return parts(step(answer, rng, 30.0, learning_rate=0.02), "gradients")


@case("optimize", points=3)
def optimize_parameters(answer, rng):
    """The parameters after the step, in place; some of the gradients were steep."""
    found = step(answer, rng, 30.0, learning_rate=float(rng.uniform(0.05, 0.2)))
    return parts(found, "parameters")


@case("optimize", points=1)
def optimize_default(answer, rng):
    """The parameters after a step with the default learning rate."""
    return parts(step(answer, rng, 1.0), "parameters")


# model


def learn(answer, rng, names, num_iterations, n_a):
    """Train on names; return the parameters and the numbers of the characters."""
    numbers = letters(rng, SIZE)
    with opened("dinos.txt", names):
        parameters = answer.model(
            data=list(names),
            ix_to_char={i: character for character, i in numbers.items()},
            char_to_ix=numbers,
            num_iterations=num_iterations,
            n_a=n_a,
            dino_names=1,
        )
    return parameters, numbers


@contextlib.contextmanager
def opened(file, names):
    """Have the names in a file of the working folder, where notebooks of 2017 look for them."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, file), "w", encoding="utf-8") as stream:
            stream.writelines(f"{name}\n" for name in names)
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def drawn_names(rng, lengths):
    """Draw names that share no letter with each other, nor a letter with themselves."""
    shuffled = [str(c) for c in rng.permutation(list("abcdefghijklmnopqrstuvwxyz"))]
    return ["".join(shuffled.pop() for _ in range(n)) for n in lengths]


@case("model", points=1)
def model_shapes(answer, rng):
    """The parameters of a network of the size that was asked for."""
    n_a = int(rng.integers(3, 9))
    parameters, _ = learn(answer, rng, drawn_names(rng, (4, 5)), 3, n_a)
    if not isinstance(parameters, dict):
        return parameters
    return {name: list(np.shape(parameters[name])) for name in NAMES if name in parameters}


@case("model", points=2)
def model_learns_from_every_name(answer, rng):
    """The letters of all names, and the newline, become likelier; all others do not."""
    names = drawn_names(rng, (3, 4, 5))
    parameters, numbers = learn(answer, rng, names, 15, 4)
    used = {numbers[c] for c in "".join(names) + "\n"}
    by = np.asarray(parameters["by"]).ravel()
    return {
        "letters of the names": bool(all(by[i] > 0 for i in used - {numbers["\n"]})),
        "newline": bool(by[numbers["\n"]] > 0),
        "others": bool(all(by[i] < 0 for i in set(range(SIZE)) - used)),
    }


@case("model", points=3)
def model_learns_what_comes_next(answer, rng):
    """A name that says two letters in turn: either follows from the other."""
    (two,) = drawn_names(rng, (2,))
    name, n_a = 8 * two, 80  # many units learn this in few steps
    parameters, numbers = learn(answer, rng, [name], 54, n_a)
    a, x, leads = np.zeros((n_a, 1)), np.zeros((SIZE, 1)), []
    for character in name:
        a = np.tanh(parameters["Wax"].dot(x) + parameters["Waa"].dot(a) + parameters["b"])
        scores = (parameters["Wya"].dot(a) + parameters["by"]).ravel()
        x = np.eye(SIZE)[:, [numbers[character]]]
        leads.append(scores[numbers[character]] - np.delete(scores, numbers[character]).max())
    far = bool(min(leads[1:]) > np.log(2))  # twice as likely as any other character
    return {"each letter after the other is by far the likeliest": far}
