"""How the answers of the regularization assignment are exercised. No expected value is in here.

Every cache comes from a forward pass, with masks where there are any; the masks are Keras's. All
sizes differ from each other and are drawn anew in every run. Dropout is judged by what any right
answer shows, whatever it draws: what follows from what else is in the cache, and, over thousands of
units, how many are kept. keep_prob is far from one half, so that keeping and dropping differ.
"""

import keras
import numpy as np

from dltf.autograder import case, close, exactly, exercise, helpers, same_scale

exercise("compute_cost_with_regularization", spellings={"lambd": ("lambda_", "lam", "lmbda")})
exercise(
    "backward_propagation_with_regularization", spellings={"lambd": ("lambda_", "lam", "lmbda")}
)
exercise("forward_propagation_with_dropout")
exercise("backward_propagation_with_dropout")
exercise("normalize_inputs", practice=True)
exercise("logistic_gradients", practice=True)
exercise("InvertedDropout", practice=True)
helpers("reg_utils", "testCases", "public_tests", "test_utils")

HIDDEN = (1, 2)  # layers


def different(rng, count, low, high):
    """Draw sizes that differ from each other."""
    return [int(n) for n in rng.permutation(np.arange(low, high))[:count]]


def parameters_of(rng, dims):
    """Draw weights and biases; neither is small."""
    parameters = {}
    for l in (1, 2, 3):
        parameters[f"W{l}"] = rng.normal(size=(dims[l], dims[l - 1])) / np.sqrt(dims[l - 1])
        parameters[f"b{l}"] = rng.normal(size=(dims[l], 1)) * 0.5 + 0.2
    return parameters


def problem(rng, low=3, high=9):
    """Draw inputs, labels of both kinds and parameters of a network with two hidden layers."""
    n_x, n_1, n_2, m = different(rng, 4, low, high)
    Y = np.zeros((1, m))
    Y[0, : m // 2 + int(rng.integers(0, 2))] = 1.0
    return (
        rng.normal(size=(n_x, m)),
        rng.permuted(Y, axis=1),
        parameters_of(rng, (n_x, n_1, n_2, 1)),
    )


def forward(X, parameters, keep_prob=None, seed=0):
    """Return the cache of a forward pass, with Keras's dropout if there is a keep_prob."""
    A, cache = X, []
    for l in (1, 2, 3):
        W, b = parameters[f"W{l}"], parameters[f"b{l}"]
        Z = W @ A + b
        A = 1 / (1 + np.exp(-Z)) if l == 3 else np.maximum(Z, 0)
        mask = ()
        if keep_prob is not None and l < 3:
            noise = np.asarray(keras.random.dropout(np.ones(A.shape), 1 - keep_prob, seed=seed + l))
            mask, A = (noise > 0,), A * noise
        cache += [Z, *mask, A, W, b]
    return tuple(cache)


# compute_cost_with_regularization


@case("compute_cost_with_regularization", points=3)
def cost_of_a_network(answer, rng):
    """The cost is the mean cross-entropy plus lambd/(2m) times the squares of all weights."""
    _, Y, parameters = problem(rng)
    return answer.compute_cost_with_regularization(
        A3=rng.uniform(0.05, 0.95, size=Y.shape),
        Y=Y,
        parameters=parameters,
        lambd=float(rng.uniform(0.3, 3)),
    )


@case("compute_cost_with_regularization", points=1)
def cost_without_a_price(answer, rng):
    """With lambd = 0 the weights cost nothing: the cost is the cross-entropy."""
    _, Y, parameters = problem(rng)
    return answer.compute_cost_with_regularization(
        A3=rng.uniform(0.05, 0.95, size=Y.shape), Y=Y, parameters=parameters, lambd=0.0
    )


# backward_propagation_with_regularization


@case("backward_propagation_with_regularization", points=4)
def gradients_with_a_price(answer, rng):
    """The gradients of the whole cost; of them only those of the weights know of lambd."""
    X, Y, parameters = problem(rng)
    return answer.backward_propagation_with_regularization(
        X=X, Y=Y, cache=forward(X, parameters), lambd=float(rng.uniform(0.3, 3))
    )


@case("backward_propagation_with_regularization", points=1)
def gradients_without_a_price(answer, rng):
    """With lambd = 0 they are the gradients of the cross-entropy."""
    X, Y, parameters = problem(rng)
    return answer.backward_propagation_with_regularization(
        X=X, Y=Y, cache=forward(X, parameters), lambd=0.0
    )


# forward_propagation_with_dropout

NAMES = ("Z1", "D1", "A1", "W1", "b1", "Z2", "D2", "A2", "W2", "b2", "Z3", "A3", "W3", "b3")


def probability(rng):
    """Draw a probability far from one half, on either side."""
    return float(rng.choice([rng.uniform(0.2, 0.3), rng.uniform(0.75, 0.85)]))


def dropped_out(answer, look, X, parameters, **settings):
    """Return the shapes of masks and activations and, if they are right, what `look` sees."""
    A3, cache = answer.forward_propagation_with_dropout(X=X, parameters=parameters, **settings)
    if len(cache) != len(NAMES):
        raise ValueError(f"the cache has {len(cache)} values, not those of ({', '.join(NAMES)})")
    seen = {name: np.asarray(value, float) for name, value in zip(NAMES, cache, strict=True)}
    shapes = {f"shape of {name}": list(seen[name].shape) for name in ("D1", "A1", "D2", "A2")}
    wanted = [[len(parameters[f"b{l}"]), X.shape[1]] for l in (1, 1, 2, 2)]
    right = list(shapes.values()) == wanted
    return [shapes, look(np.asarray(A3, float), seen) if right else None]


def few(values):
    """Return how many different values there are (3 means more than two), and which, if few."""
    found = np.unique(np.round(values, 6))
    return [min(len(found), 3), found if len(found) < 3 else None]


def different_rows(mask):
    """Return how many rows of a mask differ from each other."""
    return len(np.unique(mask, axis=0))


def linear(seen, X, parameters):
    """Return what the linear part of each layer gives for the activations in the cache."""
    inputs = {1: X, 2: seen["A1"], 3: seen["A2"]}
    return {l: parameters[f"W{l}"] @ inputs[l] + parameters[f"b{l}"] for l in inputs}


def agree(a, b):
    """Tell whether arrays are the same but for rounding, also in single precision."""
    return bool(a.shape == b.shape and np.allclose(a, b, rtol=1e-4, atol=1e-5))


@case("forward_propagation_with_dropout", points=1)
def everything_kept(answer, rng):
    """With keep_prob = 1 no unit is dropped: every value is that of the network without dropout."""
    X, _, parameters = problem(rng, 25, 40)

    def look(A3, seen):
        Z, report = linear(seen, X, parameters), {}
        for l in HIDDEN:
            on = Z[l] > 0
            report[f"what positive entries of Z{l} are multiplied by"] = few(
                seen[f"A{l}"][on] / Z[l][on]
            )
        kept = all(factor[0] == 1 for factor in report.values())
        return report | {"A3": A3 if kept else None}

    return dropped_out(answer, look, X, parameters, keep_prob=1.0)


@case("forward_propagation_with_dropout", points=3)
def what_is_dropped_and_what_becomes_of_the_rest(answer, rng):
    """Hidden units only: dropped ones are 0, all kept ones of both layers grow by one factor.

    Inputs and output are left alone, D1 and D2 say which units were kept, and what goes into the
    cache is what the next layer was given.
    """
    X, _, parameters = problem(rng, 25, 40)

    def look(A3, seen):
        Z = linear(seen, X, parameters)
        report = {"Z1 is computed from X": agree(seen["Z1"], Z[1])}
        for l in HIDDEN:
            D, A, on = seen[f"D{l}"], seen[f"A{l}"], Z[l] > 0
            report[f"different values in D{l}"] = few(D)
            report[f"what positive entries of Z{l} are multiplied by"] = few(A[on] / Z[l][on])
            report[f"A{l} is 0 where Z{l} is negative"] = bool(np.all(A[~on] == 0))
            report[f"D{l} says which entries of A{l} are kept"] = bool(
                np.array_equal(D[on] != 0, A[on] != 0)
            )
        for l in (2, 3):
            report[f"Z{l} is computed from the A{l - 1} of the cache"] = agree(seen[f"Z{l}"], Z[l])
        output = 1 / (1 + np.exp(-Z[3]))
        report["A3 is the sigmoid of Z3"] = agree(A3, output) and agree(seen["A3"], output)
        return report | {name: seen[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3")}

    return dropped_out(answer, look, X, parameters, keep_prob=probability(rng))


def all_on(rng, low, high):
    """Draw inputs and parameters for which no unit is silent of itself."""
    n_x, n_1, n_2, m = (int(n) for n in rng.integers(low, high))
    parameters = {
        name: np.abs(value) + 0.01 for name, value in parameters_of(rng, (n_x, n_1, n_2, 1)).items()
    }
    return rng.uniform(0.1, 1, size=(n_x, m)), parameters


@case("forward_propagation_with_dropout", points=3, judge=same_scale())
def how_many_are_kept(answer, rng):
    """A hidden unit is kept with probability keep_prob (one half unless told), its mean stays.

    Seen over some ten thousand units a layer, all of them active; a right answer fails less than
    once in a million runs, whatever it draws.
    """
    X, parameters = all_on(rng, [4, 110, 90, 120], [8, 130, 105, 140])
    settings = {
        "small keep_prob": {"keep_prob": float(rng.uniform(0.2, 0.3))},
        "large keep_prob": {"keep_prob": float(rng.uniform(0.7, 0.8))},
        "by default": {},
    }

    def look(A3, seen):
        report = {f"D{l}": seen[f"D{l}"] for l in (1, 2)}
        for l in HIDDEN:
            A, Z = seen[f"A{l}"], seen[f"Z{l}"]
            ratio = np.divide(A, Z, out=np.zeros(A.shape), where=Z != 0)
            report[f"A{l} / Z{l}"] = np.round(ratio, 6)
        return report

    return {
        name: dropped_out(answer, look, X, parameters, **chosen)
        for name, chosen in settings.items()
    }


@case("forward_propagation_with_dropout", points=1, judge=exactly())
def each_example_loses_other_units(answer, rng):
    """Units are dropped for each example anew, and each unit for itself."""
    X, parameters = all_on(rng, [4, 200, 150, 160], [8, 240, 180, 190])

    def look(A3, seen):
        kept = {l: seen[f"A{l}"] != 0 for l in (1, 2)}
        examples = {f"examples that differ in layer {l}": different_rows(kept[l].T) for l in kept}
        return examples | {f"units that differ in layer {l}": different_rows(kept[l]) for l in kept}

    return dropped_out(answer, look, X, parameters, keep_prob=probability(rng))


# backward_propagation_with_dropout


@case("backward_propagation_with_dropout", points=4)
def gradients_through_what_was_kept(answer, rng):
    """The gradients of a forward pass with dropout: its masks and its factor apply again."""
    X, Y, parameters = problem(rng, 6, 12)
    keep_prob = float(rng.uniform(0.6, 0.8))
    cache = forward(X, parameters, keep_prob, seed=int(rng.integers(1, 10**6)))
    return answer.backward_propagation_with_dropout(X=X, Y=Y, cache=cache, keep_prob=keep_prob)


@case("backward_propagation_with_dropout", points=1)
def gradients_with_everything_kept(answer, rng):
    """With keep_prob = 1 they are the gradients without dropout."""
    X, Y, parameters = problem(rng)
    cache = forward(X, parameters, 1.0)
    return answer.backward_propagation_with_dropout(X=X, Y=Y, cache=cache, keep_prob=1.0)


# normalize_inputs


@case("normalize_inputs")
def one_mean_and_one_variance(answer, rng):
    """Both sets are moved and scaled by the training set's mean and standard deviation."""
    n_x, m, k = different(rng, 3, 4, 12)
    scale, place = rng.uniform(0.2, 5, size=(2, n_x, 1))
    train_X = place + scale * rng.normal(size=(n_x, m))
    test_X = 1 + place + 2 * scale * rng.normal(size=(n_x, k))
    return answer.normalize_inputs(train_X=train_X, test_X=test_X)


@case("normalize_inputs")
def a_feature_that_never_changes(answer, rng):
    """A feature that is constant in the training set becomes 0 there, and nothing becomes NaN."""
    n_x, m, k = different(rng, 3, 4, 12)
    train_X, test_X = rng.normal(size=(n_x, m)), rng.normal(size=(n_x, k))
    row = int(rng.integers(0, n_x))
    train_X[row] = test_X[row] = float(rng.integers(2, 9))
    return answer.normalize_inputs(train_X=train_X, test_X=test_X)


# logistic_gradients


def separable(rng):
    """Draw a problem of logistic regression, and weights of both signs."""
    n_x, m = different(rng, 2, 5, 12)
    Y = (rng.random((1, m)) < 0.5).astype(float)
    w = rng.uniform(0.2, 2, size=(n_x, 1)) * np.where(np.arange(n_x)[:, None] % 2, 1, -1)
    return {"w": w, "b": float(rng.normal()), "X": rng.normal(size=(n_x, m)), "Y": Y}


@case("logistic_gradients")
def gradients_of_l2(answer, rng):
    """Under L2 the gradient of the weights has lambd/m times the weights added."""
    problem = separable(rng)
    return {
        "with a price": answer.logistic_gradients(**problem, lambd=float(rng.uniform(0.5, 3))),
        "without": answer.logistic_gradients(**problem),
    }


@case("logistic_gradients")
def gradients_of_l1(answer, rng):
    """Under L1 the pull is lambd/m, whatever the size of a weight, and none at exactly 0."""
    lambd, problem = float(rng.uniform(0.5, 3)), separable(rng)
    problem["w"][int(rng.integers(0, len(problem["w"])))] = 0.0
    return answer.logistic_gradients(**problem, lambd=lambd, penalty="l1")


# InvertedDropout


def random_inputs(rng):
    """Draw inputs far from 0, in Keras's layout."""
    shape = [int(n) for n in rng.integers([90, 110], [110, 130])]
    return rng.uniform(1, 2, size=shape).astype("float32")


@case("InvertedDropout", judge=same_scale())
def layer_in_training(answer, rng):
    """In training an input is kept with probability keep_prob (one half unless told).

    What is kept grows so that the mean stays. Seen over more than ten thousand inputs of one
    example; a right answer fails less than once in a million runs.
    """
    x = rng.uniform(1, 2, size=(1, int(rng.integers(10_000, 14_000)))).astype("float32")
    seeds = [int(seed) for seed in rng.integers(0, 9999, size=3)]
    layers = {
        "small keep_prob": answer.InvertedDropout(float(rng.uniform(0.2, 0.3)), seed=seeds[0]),
        "large keep_prob": answer.InvertedDropout(float(rng.uniform(0.7, 0.8)), seed=seeds[1]),
        "by default": answer.InvertedDropout(seed=seeds[2]),
    }
    return {name: np.round(np.asarray(f(x, training=True)) / x, 4) for name, f in layers.items()}


@case("InvertedDropout", judge=close())
def layer_in_use(answer, rng):
    """Otherwise the inputs pass as they are."""
    x = random_inputs(rng)[:4]
    layer = answer.InvertedDropout(probability(rng), seed=1)
    return {
        "training=False": np.asarray(layer(x, training=False)),
        "by default": np.asarray(layer(x)),
    }


@case("InvertedDropout", judge=exactly())
def layer_draws_anew(answer, rng):
    """Each call draws another mask, each input its own; a layer of the same seed draws the same."""
    x, keep_prob = random_inputs(rng), probability(rng)
    seed = int(rng.integers(0, 9999))
    layer, twin = (answer.InvertedDropout(keep_prob, seed=seed) for _ in range(2))
    first, second, other = (np.asarray(f(x, training=True)) for f in (layer, layer, twin))
    return {
        "two calls drop the same": bool(np.array_equal(first, second)),
        "two layers of one seed drop the same": bool(np.array_equal(first, other)),
        "rows that differ": len(np.unique(first != 0, axis=0)),
        "columns that differ": len(np.unique((first != 0).T, axis=0)),
        "type": str(first.dtype),
    }
