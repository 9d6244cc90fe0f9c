"""How the answers of the optimization assignment are exercised. No expected value is in here.

Sizes of layers and every setting are drawn anew, and never are the defaults but where the defaults
are what is asked for. Each call gets arrays of its own, so answers may update in place or not.
Mini-batches are judged by what must hold of any right shuffle, not by one order of the examples.
"""

import keras
import numpy as np

from dltf.autograder import case, exactly, exercise, helpers
from dltf.models.mlp import backward_propagation, forward_propagation

RATE = {"learning_rate": ("lr", "alpha", "learningRate")}
DECAY = {
    "learning_rate0": ("learning_rate", "lr0", "lr", "alpha0"),
    "epoch_num": ("epoch", "epochNum", "num_epoch"),
    "decay_rate": ("decay", "rate"),
    "time_interval": ("interval", "timeInterval"),
}

exercise("exponentially_weighted_average", practice=True)
exercise("update_parameters_with_gd", spellings=RATE)
exercise(
    "random_mini_batches",
    spellings={"mini_batch_size": ("minibatch_size", "batch_size", "miniBatchSize")},
)
exercise("initialize_velocity", spellings={"parameters": ("params",)})
exercise("update_parameters_with_momentum", spellings=RATE)
exercise("update_parameters_with_rmsprop", spellings=RATE, practice=True)
exercise("initialize_adam", spellings={"parameters": ("params",)})
exercise("update_parameters_with_adam", spellings=RATE, returns={3: "v17", 5: "v21"})
exercise("update_lr", spellings=DECAY, practice=True)
exercise("schedule_lr_decay", spellings=DECAY, practice=True)
exercise("Momentum", practice=True)
exercise("RMSprop", practice=True)
exercise("Adam", practice=True)
helpers("opt_utils", "opt_utils_v1a", "opt_utils_v1b", "testCases", "public_tests", "test_utils")


def shapes(rng, layers=None):
    """Draw the shapes of the parameters of 2 to 4 layers, no two neighbours of the same size."""
    layers = layers or int(rng.integers(2, 5))
    dims = [int(n) for n in rng.permutation(np.arange(2, 8))[: layers + 1]]
    kinds = {}
    for l in range(1, layers + 1):
        kinds[f"W{l}"], kinds[f"b{l}"] = (dims[l], dims[l - 1]), (dims[l], 1)
    return kinds


def draw(rng, kinds, prefix="", scale=1.0):
    """Draw normal numbers of these shapes."""
    return {prefix + name: scale * rng.normal(size=shape) for name, shape in kinds.items()}


def squares(rng, kinds):
    """Draw averages of squares: positive numbers, some small, none tiny."""
    return {"d" + name: rng.uniform(0.2, 2.0, size=shape) for name, shape in kinds.items()}


def zeros(kinds):
    """Return what an optimizer remembers before its first step."""
    return {"d" + name: np.zeros(shape) for name, shape in kinds.items()}


def between(rng, low, high):
    """Draw a setting."""
    return float(rng.uniform(low, high))


def with_names(values):
    """Return the keys in order beside the values: a key too many is seen as well."""
    if not isinstance(values, dict):
        return values
    return {"keys": sorted(map(str, values)), "values": values}


def named(names, values):
    """Return a tuple as a dictionary, so that a difference is told by its name."""
    if not isinstance(values, (tuple, list)) or len(values) != len(names):
        return values
    return dict(zip(names, map(with_names, values), strict=True))


def from_backward_propagation(rng):
    """Return the parameters of a small network and its real gradients, dz1 and da1 among them."""
    kinds = {"W1": (5, 2), "b1": (5, 1), "W2": (3, 5), "b2": (3, 1), "W3": (1, 3), "b3": (1, 1)}
    X, Y = rng.normal(size=(2, 9)), (rng.random((1, 9)) > 0.5).astype(float)
    while True:  # until some unit of every layer is on
        parameters = draw(rng, kinds)
        grads = backward_propagation(X, Y, forward_propagation(X, parameters)[1])
        if all(np.abs(grads["d" + name]).max() > 1e-3 for name in kinds):
            return parameters, grads


# exponentially_weighted_average


@case("exponentially_weighted_average")
def average_as_it_is(answer, rng):
    """Without correction: v = beta v + (1 - beta) theta, from v = 0, after each value."""
    values = rng.normal(3, 1, size=int(rng.integers(8, 14)))
    beta = between(rng, 0.6, 0.85)
    return answer.exponentially_weighted_average(values=values, beta=beta, bias_correction=False)


@case("exponentially_weighted_average")
def average_corrected(answer, rng):
    """With correction the t-th average is divided by what its weights add up to."""
    values = rng.normal(3, 1, size=int(rng.integers(8, 14)))
    beta = between(rng, 0.6, 0.85)
    return answer.exponentially_weighted_average(values=values, beta=beta, bias_correction=True)


@case("exponentially_weighted_average")
def average_by_default(answer, rng):
    """By default beta is 0.9, and averages are corrected."""
    return answer.exponentially_weighted_average(values=rng.normal(3, 1, size=12))


# update_parameters_with_gd


@case("update_parameters_with_gd", points=4)
def gd_step(answer, rng):
    """Every W and b of every layer goes by learning_rate times its gradient, downhill."""
    kinds = shapes(rng)
    parameters, grads = draw(rng, kinds), draw(rng, kinds, "d")
    rate = between(rng, 0.05, 0.5)
    return with_names(
        answer.update_parameters_with_gd(parameters=parameters, grads=grads, learning_rate=rate)
    )


@case("update_parameters_with_gd", points=1)
def gd_after_backward_propagation(answer, rng):
    """The same with the gradients of a real network, which come with others beside them."""
    parameters, grads = from_backward_propagation(rng)
    return with_names(
        answer.update_parameters_with_gd(
            parameters=parameters, grads=grads, learning_rate=between(rng, 0.05, 0.5)
        )
    )


# random_mini_batches


def examples(rng, m):
    """Draw m examples; each label is a number that no other example has."""
    X = rng.normal(size=(int(rng.integers(3, 7)), m))
    return X, rng.permutation(m).reshape(1, m).astype(float)


def described(batches, X, Y):
    """Say what holds of the batches, in words: nothing here depends on the order that was drawn."""
    pairs = [tuple(np.asarray(part) for part in batch) for batch in batches]
    told = {
        "sizes": [[list(part.shape) for part in pair] for pair in pairs],
        "each example comes": "not seen: the shapes are wrong",
        "its label": "not seen: the shapes are wrong",
        "its features": "not seen: the shapes are wrong",
    }
    rows = (X.shape[0], 1)
    if not pairs or any(
        len(pair) != 2
        or any(part.ndim != 2 or part.shape[0] != n for part, n in zip(pair, rows, strict=True))
        or pair[0].shape[1] != pair[1].shape[1]
        for pair in pairs
    ):
        return told
    x, y = (np.concatenate(parts, axis=1) for parts in zip(*pairs, strict=True))
    distance = np.abs(x[:, :, None] - X[:, None, :]).max(axis=0)  # (columns, m)
    source, label = distance.argmin(axis=1), dict(zip(Y[0], range(X.shape[1]), strict=True))
    whole = bool((distance.min(axis=1) < 1e-5).all())
    owner = np.array([label.get(value, -1) for value in y[0]])
    once = sorted(owner.tolist()) == list(range(X.shape[1]))
    told["each example comes"] = "once" if once else "not once: some twice or never"
    told["its features"] = "as they were" if whole else "not in the order in which they were"
    fits = not whole or bool((source == owner).all())
    told["its label"] = "its own" if fits else "that of another example"
    return told


def order(batches):
    """Return the labels in the order in which they come."""
    return np.concatenate([np.asarray(batch[1]).reshape(-1) for batch in batches])


@case("random_mini_batches", points=3, judge=exactly())
def batches_with_a_short_last_one(answer, rng):
    """Every example comes once, with its own label; the last batch holds what is left over."""
    size = int(rng.integers(7, 20))
    X, Y = examples(rng, size * int(rng.integers(3, 6)) + int(rng.integers(1, size)))
    batches = answer.random_mini_batches(X=X.copy(), Y=Y.copy(), mini_batch_size=size, seed=3)
    return described(batches, X, Y)


@case("random_mini_batches", points=1, judge=exactly())
def batches_without_a_rest(answer, rng):
    """If the batch size divides m, all batches are full, and no empty one follows."""
    size = int(rng.integers(7, 20))
    X, Y = examples(rng, size * int(rng.integers(2, 5)))
    batches = answer.random_mini_batches(X=X.copy(), Y=Y.copy(), mini_batch_size=size, seed=4)
    return described(batches, X, Y)


@case("random_mini_batches", points=1, judge=exactly())
def one_batch_for_few_examples(answer, rng):
    """Fewer examples than the batch size: one batch, with all of them."""
    X, Y = examples(rng, int(rng.integers(5, 30)))
    batches = answer.random_mini_batches(X=X.copy(), Y=Y.copy(), mini_batch_size=32, seed=5)
    return described(batches, X, Y)


@case("random_mini_batches", points=1, judge=exactly())
def batches_of_64_by_default(answer, rng):
    """Without a batch size the batches hold 64 examples; without a seed the seed is 0."""
    X, Y = examples(rng, int(rng.integers(140, 180)))
    batches = answer.random_mini_batches(X=X.copy(), Y=Y.copy())
    seeded = answer.random_mini_batches(X=X.copy(), Y=Y.copy(), mini_batch_size=64, seed=0)
    same = np.array_equal(order(batches), order(seeded))
    return {
        "sizes": [np.shape(batch[0])[-1] for batch in batches],
        "the order without a seed": "that of seed 0" if same else "not that of seed 0",
    }


@case("random_mini_batches", points=2, judge=exactly())
def batches_are_shuffled(answer, rng):
    """The examples of a batch come from everywhere; the seed decides how, and nothing else does."""
    size = int(rng.integers(16, 24))
    m = size * 5 + 3
    X, Y = rng.normal(size=(4, m)), np.arange(m, dtype=float).reshape(1, m)
    seed = int(rng.integers(1, 1000))
    first, again, other = (
        order(answer.random_mini_batches(X=X.copy(), Y=Y.copy(), mini_batch_size=size, seed=s))
        for s in (seed, seed, seed + 1)
    )
    spread = [np.ptp(first[i : i + size]) for i in range(0, len(first) - 3, size)]
    neighbours = np.mean(np.abs(np.diff(first)) == 1)
    near = min(spread) < 1.5 * size or neighbours > 0.5
    as_before = np.array_equal(first[-3:], Y[0, -3:])
    return {
        "the examples of a batch": "neighbours before, too" if near else "from everywhere",
        "the last batch": "the last examples as they were" if as_before else "from everywhere",
        "the same seed again": "same order" if np.array_equal(first, again) else "other order",
        "another seed": "same order" if np.array_equal(first, other) else "other order",
    }


# initialize_velocity


@case("initialize_velocity", points=3)
def velocity_of_zero(answer, rng):
    """A "dW1", "db1", ... for each layer, of the shape of W1, b1, ..., all zero."""
    return with_names(answer.initialize_velocity(parameters=draw(rng, shapes(rng))))


# update_parameters_with_momentum


@case("update_parameters_with_momentum", points=4)
def momentum_step(answer, rng):
    """New v is the weighted average of old v and gradient, and the step is learning_rate v."""
    kinds = shapes(rng)
    result = answer.update_parameters_with_momentum(
        parameters=draw(rng, kinds),
        grads=draw(rng, kinds, "d"),
        v=draw(rng, kinds, "d"),
        beta=between(rng, 0.55, 0.85),
        learning_rate=between(rng, 0.05, 0.5),
    )
    return named(("parameters", "v"), result)


@case("update_parameters_with_momentum", points=2)
def momentum_in_a_row(answer, rng):
    """Several steps from v = 0, each with what the last one returned."""
    kinds = shapes(rng)
    parameters, v = draw(rng, kinds), zeros(kinds)
    beta, rate = between(rng, 0.55, 0.85), between(rng, 0.05, 0.5)
    for _ in range(4):
        parameters, v = answer.update_parameters_with_momentum(
            parameters=parameters,
            grads=draw(rng, kinds, "d"),
            v=v,
            beta=beta,
            learning_rate=rate,
        )
    return named(("parameters", "v"), (parameters, v))


@case("update_parameters_with_momentum", points=1)
def momentum_after_backward_propagation(answer, rng):
    """The same with the gradients of a real network, which come with others beside them."""
    parameters, grads = from_backward_propagation(rng)
    result = answer.update_parameters_with_momentum(
        parameters=parameters,
        grads=grads,
        v=zeros({name: value.shape for name, value in parameters.items()}),
        beta=between(rng, 0.55, 0.85),
        learning_rate=between(rng, 0.05, 0.5),
    )
    return named(("parameters", "v"), result)


# update_parameters_with_rmsprop


@case("update_parameters_with_rmsprop")
def rmsprop_step(answer, rng):
    """New s averages the squares of the gradients; each step is divided by the root of s."""
    kinds = shapes(rng)
    result = answer.update_parameters_with_rmsprop(
        parameters=draw(rng, kinds),
        grads=draw(rng, kinds, "d"),
        s=squares(rng, kinds),
        beta=between(rng, 0.55, 0.85),
        learning_rate=between(rng, 0.05, 0.5),
        epsilon=1e-10,
    )
    return named(("parameters", "s"), result)


@case("update_parameters_with_rmsprop")
def rmsprop_where_epsilon_matters(answer, rng):
    """Where gradients are small epsilon counts: it is added to the root, not under it."""
    kinds = shapes(rng)
    result = answer.update_parameters_with_rmsprop(
        parameters=draw(rng, kinds),
        grads=draw(rng, kinds, "d", scale=0.05),
        s=zeros(kinds),
        beta=between(rng, 0.55, 0.85),
        learning_rate=between(rng, 0.05, 0.5),
        epsilon=between(rng, 0.02, 0.06),
    )
    return named(("parameters", "s"), result)


@case("update_parameters_with_rmsprop")
def rmsprop_by_default(answer, rng):
    """By default beta is 0.9, learning_rate 0.001 and epsilon 1e-8."""
    kinds = shapes(rng)
    result = answer.update_parameters_with_rmsprop(
        parameters=draw(rng, kinds, scale=1e-3),
        grads=draw(rng, kinds, "d", scale=1e-8),
        s=zeros(kinds),
    )
    return named(("parameters", "s"), result)


# initialize_adam


@case("initialize_adam", points=3)
def moments_of_zero(answer, rng):
    """Two dictionaries, v and s, each with a "dW1", "db1", ... of zeros for every layer."""
    return named(("v", "s"), answer.initialize_adam(parameters=draw(rng, shapes(rng))))


@case("initialize_adam", points=1, judge=exactly())
def moments_are_two(answer, rng):
    """There are two dictionaries: what is put into one is not in the other."""
    v, s = answer.initialize_adam(parameters=draw(rng, shapes(rng)))
    v["dW1"] = None
    return "two dictionaries" if s["dW1"] is not None else "one dictionary under two names"


# update_parameters_with_adam


ADAM = ("parameters", "v", "s")


@case("update_parameters_with_adam", points=4)
def adam_step(answer, rng):
    """One step in the middle of a run: both averages, both corrections, all settings unusual."""
    kinds = shapes(rng)
    result = answer.update_parameters_with_adam(
        parameters=draw(rng, kinds),
        grads=draw(rng, kinds, "d"),
        v=draw(rng, kinds, "d"),
        s=squares(rng, kinds),
        t=int(rng.integers(3, 7)),
        learning_rate=between(rng, 0.05, 0.5),
        beta1=between(rng, 0.6, 0.75),
        beta2=between(rng, 0.8, 0.92),
        epsilon=1e-10,
    )
    return named(ADAM, result)


@case("update_parameters_with_adam", points=3)
def adam_in_a_row(answer, rng):
    """Several steps from the first on, t = 1, 2, 3, ..., each with what the last one returned."""
    kinds = shapes(rng)
    parameters, v, s = draw(rng, kinds), zeros(kinds), zeros(kinds)
    settings = {
        "learning_rate": between(rng, 0.05, 0.5),
        "beta1": between(rng, 0.6, 0.75),
        "beta2": between(rng, 0.8, 0.92),
        "epsilon": 1e-10,
    }
    for t in range(1, 5):
        signs = {name: np.sign(g) for name, g in draw(rng, kinds, "d").items()}
        sizes = {name: rng.uniform(0.3, 2.0, size=g.shape) for name, g in signs.items()}
        parameters, v, s = answer.update_parameters_with_adam(
            parameters=parameters,
            grads={name: signs[name] * sizes[name] for name in signs},
            v=v,
            s=s,
            t=t,
            **settings,
        )
    return named(ADAM, (parameters, v, s))


@case("update_parameters_with_adam", points=1)
def adam_by_default(answer, rng):
    """By default learning_rate is 0.01, beta1 0.9 and beta2 0.999."""
    kinds = shapes(rng)
    result = answer.update_parameters_with_adam(
        parameters=draw(rng, kinds, scale=0.1),
        grads=draw(rng, kinds, "d"),
        v=draw(rng, kinds, "d"),
        s=squares(rng, kinds),
        t=int(rng.integers(3, 9)),
    )
    return named(ADAM, result)


@case("update_parameters_with_adam", points=1)
def adam_where_epsilon_matters(answer, rng):
    """Where gradients are small epsilon counts: it is added to the root of the corrected s."""
    kinds = shapes(rng)

    def step(scale, **epsilon):
        signs = {name: np.sign(g) for name, g in draw(rng, kinds, "d").items()}
        sizes = {name: scale * rng.uniform(0.5, 2.0, size=g.shape) for name, g in signs.items()}
        return answer.update_parameters_with_adam(
            parameters=draw(rng, kinds, scale=0.1),
            grads={name: signs[name] * sizes[name] for name in signs},
            v=zeros(kinds),
            s=zeros(kinds),
            t=int(rng.integers(3, 7)),
            learning_rate=between(rng, 0.05, 0.5),
            beta1=between(rng, 0.6, 0.75),
            beta2=between(rng, 0.8, 0.92),
            **epsilon,
        )[0]

    large = step(0.05, epsilon=between(rng, 0.02, 0.06))
    return {"a large epsilon": large, "the default epsilon, tiny gradients": step(1e-8)}


# update_lr


@case("update_lr")
def rate_by_inverse_time(answer, rng):
    """The learning rate of an epoch is that of the beginning over 1 + decay_rate epoch_num."""
    rate0, decay_rate = between(rng, 0.1, 0.9), between(rng, 0.2, 1.9)
    return [
        answer.update_lr(learning_rate0=rate0, epoch_num=epoch, decay_rate=decay_rate)
        for epoch in (0, 1, 2, int(rng.integers(5, 50)))
    ]


# schedule_lr_decay


@case("schedule_lr_decay")
def rate_in_stairs(answer, rng):
    """The learning rate changes after every time_interval epochs, and only then."""
    rate0, decay_rate = between(rng, 0.1, 0.9), between(rng, 0.2, 1.9)
    interval = int(rng.integers(5, 20))
    epochs = (0, interval - 1, interval, interval + 1, 3 * interval - 1, 7 * interval + 2)
    return [
        answer.schedule_lr_decay(
            learning_rate0=rate0, epoch_num=epoch, decay_rate=decay_rate, time_interval=interval
        )
        for epoch in epochs
    ]


@case("schedule_lr_decay")
def rate_in_stairs_of_a_thousand(answer, rng):
    """A stair is 1000 epochs long, unless told otherwise."""
    rate0, decay_rate = between(rng, 0.1, 0.9), between(rng, 0.2, 1.9)
    return [
        answer.schedule_lr_decay(learning_rate0=rate0, epoch_num=epoch, decay_rate=decay_rate)
        for epoch in (999, 1000, 1001, int(rng.integers(2000, 9000)))
    ]


# Momentum, RMSprop, Adam


def after_steps(optimizer, rng, scale=1.0, shapes=((3, 4), (4,))):
    """Return variables after two steps of a Keras optimizer with given gradients."""
    variables = [keras.Variable(rng.normal(size=shape), dtype="float32") for shape in shapes]
    for _ in range(2):
        grads = [
            rng.choice([-1, 1], size=v.shape) * rng.uniform(0.5, 2, v.shape) for v in variables
        ]
        optimizer.apply(
            [keras.ops.convert_to_tensor(scale * g, "float32") for g in grads], variables
        )
    return [variable.numpy() for variable in variables]


def settings_of(kind, names, rng):
    """Return the settings of an optimizer as they are by default, given, and read back."""
    numbers = {name: between(rng, 0.1, 0.9) for name in names}
    given = kind(**numbers, clipnorm=2.0)
    again = type(given).from_config(given.get_config())
    optimizers = {"default": kind(), "given": given, "again": again}
    return {
        label: {name: optimizer.get_config().get(name) for name in (*names, "clipnorm")}
        for label, optimizer in optimizers.items()
    }


@case("Momentum")
def momentum_in_keras(answer, rng):
    """Two steps by the averages of the gradients, each variable with an average of its own."""
    optimizer = answer.Momentum(learning_rate=between(rng, 0.1, 0.5), beta=between(rng, 0.5, 0.8))
    return after_steps(optimizer, rng)


@case("Momentum")
def settings_of_momentum(answer, rng):
    """The settings are kept, those of every Keras optimizer too, and can be read and saved."""
    return settings_of(answer.Momentum, ("learning_rate", "beta"), rng)


@case("RMSprop")
def rmsprop_in_keras(answer, rng):
    """Two steps, each divided by the root of the average square, with a small epsilon."""
    rate, rho = between(rng, 0.1, 0.5), between(rng, 0.5, 0.8)
    return after_steps(answer.RMSprop(learning_rate=rate, rho=rho), rng)


@case("RMSprop")
def rmsprop_in_keras_where_epsilon_matters(answer, rng):
    """Here epsilon stands under the root, as in Keras's own."""
    rate, rho = between(rng, 0.1, 0.5), between(rng, 0.5, 0.8)
    optimizer = answer.RMSprop(learning_rate=rate, rho=rho, epsilon=between(rng, 0.02, 0.06))
    return after_steps(optimizer, rng, scale=0.1, shapes=((3, 4),))


@case("RMSprop")
def settings_of_rmsprop(answer, rng):
    """The settings are kept, those of every Keras optimizer too, and can be read and saved."""
    return settings_of(answer.RMSprop, ("learning_rate", "rho", "epsilon"), rng)


@case("Adam")
def adam_in_keras(answer, rng):
    """Two steps with averages and corrections, with a small epsilon."""
    betas = {"beta_1": between(rng, 0.6, 0.75), "beta_2": between(rng, 0.8, 0.92)}
    return after_steps(answer.Adam(learning_rate=between(rng, 0.1, 0.5), **betas), rng)


@case("Adam")
def adam_in_keras_where_epsilon_matters(answer, rng):
    """Here epsilon is added to the root of the s that is not corrected, as in Keras's own."""
    betas = {"beta_1": between(rng, 0.6, 0.75), "beta_2": between(rng, 0.8, 0.92)}
    rate, epsilon = between(rng, 0.1, 0.5), between(rng, 0.02, 0.06)
    optimizer = answer.Adam(learning_rate=rate, epsilon=epsilon, **betas)
    return after_steps(optimizer, rng, scale=0.1, shapes=((3, 4),))


@case("Adam")
def settings_of_adam(answer, rng):
    """The settings are kept, those of every Keras optimizer too, and can be read and saved."""
    return settings_of(answer.Adam, ("learning_rate", "beta_1", "beta_2", "epsilon"), rng)
