"""The optimization topic against Keras's optimizers and schedules, brute force and properties."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from dltf import data, plotting
from dltf import optimization as topic
from dltf.optimization import experiments
from dltf.training import loop as training


def drawn(rng, *dims, prefix=""):
    """Return normal parameters (or gradients) of layers of these sizes."""
    layers = range(1, len(dims))
    weights = {f"{prefix}W{l}": rng.normal(size=(dims[l], dims[l - 1])) for l in layers}
    return weights | {f"{prefix}b{l}": rng.normal(size=(dims[l], 1)) for l in layers}


# Averages


def test_the_average_is_the_weighted_sum_of_its_definition():
    values, beta = np.random.default_rng(0).normal(size=30), 0.8
    plain = topic.exponentially_weighted_average(values, beta, bias_correction=False)
    corrected = topic.exponentially_weighted_average(values, beta)
    for t in range(1, 31):
        weights = 0.2 * beta ** np.arange(t)[::-1]
        assert plain[t - 1] == pytest.approx(weights @ values[:t], rel=1e-12)
        expected = np.average(values[:t], weights=weights)
        assert corrected[t - 1] == pytest.approx(expected, rel=1e-12)


def test_a_constant_is_its_own_corrected_average():
    averages = topic.exponentially_weighted_average(np.full(9, 3.0), 0.98)
    np.testing.assert_allclose(averages, 3.0, rtol=1e-12)


# Mini-batches


@pytest.mark.parametrize(
    ("m", "size", "sizes"),
    [(10, 4, [4, 4, 2]), (12, 4, [4, 4, 4]), (3, 64, [3]), (5, 5, [5]), (3, 1, [1, 1, 1])],
)
def test_batches_hold_every_example_once_with_its_label(m, size, sizes):
    X = np.arange(2.0 * m).reshape(2, m)
    Y = X[:1] + 100
    batches = topic.random_mini_batches(X, Y, size, seed=2)
    assert [x.shape for x, _ in batches] == [(2, n) for n in sizes]
    assert [y.shape for _, y in batches] == [(1, n) for n in sizes]
    x, y = (np.concatenate(parts, axis=1) for parts in zip(*batches, strict=True))
    assert sorted(x[0]) == X[0].tolist()
    np.testing.assert_array_equal(x[1], x[0] + m)
    np.testing.assert_array_equal(y[0], x[0] + 100)


@pytest.mark.stochastic(broken=["example 0 comes first more often"])
def test_every_place_is_as_likely_for_every_example(stochastic_seed, broken, margin):
    """Chi-squared over 2000 seeds: where example 0 of 8 lands."""
    from scipy import stats

    X, first = np.arange(8.0).reshape(1, 8), 2000 * stochastic_seed
    places = [
        int(np.argmin(np.concatenate([x for x, _ in topic.random_mini_batches(X, X, 3, s)], 1)))
        for s in range(first, first + 2000)
    ]
    if broken:
        places[::10] = [0] * 200
    margin.plausible("uniform", stats.chisquare(np.bincount(places, minlength=8)).pvalue)


def test_the_seed_decides_the_order():
    X = np.arange(50.0).reshape(1, 50)
    first, again, other = (topic.random_mini_batches(X, X, 50, s)[0][0] for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first, X)


# The updates on dictionaries

SETTINGS = {"beta": 0.8, "beta1": 0.7, "beta2": 0.9, "epsilon": 1e-3}


@pytest.mark.parametrize("optimizer", topic.OPTIMIZERS)
def test_arguments_are_left_alone(optimizer):
    rng = np.random.default_rng(0)
    parameters, grads = drawn(rng, 3, 4, 2), drawn(rng, 3, 4, 2, prefix="d")
    kept = {name: value.copy() for name, value in (parameters | grads).items()}
    step = topic.stepper(optimizer)(parameters)
    updated = step(step(parameters, grads, 0.1), grads, 0.1)
    assert list(updated) == list(parameters)
    for name, value in (parameters | grads).items():
        np.testing.assert_array_equal(value, kept[name])
        if name in updated:
            assert np.abs(updated[name] - value).min() > 0


@pytest.mark.parametrize("optimizer", topic.OPTIMIZERS)
def test_dictionaries_and_keras_take_the_same_steps(optimizer):
    """Ten steps in double precision, against Keras's own; see `theirs` for what differs by name."""
    rng, rate = np.random.default_rng(1), 0.0625  # a rate that single precision holds exactly
    theirs = {
        "gd": keras.optimizers.SGD(rate),
        "momentum": keras.optimizers.SGD(rate * 0.25, momentum=0.75),
        "rmsprop": keras.optimizers.RMSprop(rate, rho=0.75, epsilon=0.0),
        "adam": keras.optimizers.Adam(rate, beta_1=0.75, beta_2=0.875, epsilon=0.0),
    }[optimizer]
    parameters = drawn(rng, 3, 4, 2)
    variables = {name: keras.Variable(p, dtype="float64") for name, p in parameters.items()}
    settings = {"beta": 0.75, "beta1": 0.75, "beta2": 0.875, "epsilon": 0.0}
    step = topic.stepper(optimizer, **settings)(parameters)
    for _ in range(10):
        grads = drawn(rng, 3, 4, 2, prefix="d")
        parameters = step(parameters, grads, rate)
        tensors = [keras.ops.convert_to_tensor(grads["d" + name]) for name in variables]
        theirs.apply(tensors, list(variables.values()))
        for name, variable in variables.items():
            np.testing.assert_allclose(parameters[name], variable.numpy(), rtol=1e-10, atol=1e-12)


def test_epsilon_is_outside_the_root_in_adam():
    """Beside the root of the corrected s: the paper's algorithm 1, worked out for one number."""
    g, v, s, t, epsilon = 0.02, 0.01, 0.0003, 3, 0.05
    zeros = {"W1": np.zeros((1, 1)), "b1": np.zeros((1, 1))}
    each = lambda number: {"dW1": np.full((1, 1), number), "db1": np.zeros((1, 1))}  # noqa: E731
    parameters, *_ = topic.update_parameters_with_adam(
        zeros, each(g), each(v), each(s), t, 0.1, 0.8, 0.9, epsilon
    )
    new_v, new_s = 0.8 * v + 0.2 * g, 0.9 * s + 0.1 * g**2
    step = 0.1 * (new_v / (1 - 0.8**3)) / ((new_s / (1 - 0.9**3)) ** 0.5 + epsilon)
    assert parameters["W1"][0, 0] == pytest.approx(-step, rel=1e-12)
    assert parameters["b1"][0, 0] == 0  # no gradient yet: 0 / epsilon, and not 0 / 0


def test_epsilon_hat_of_keras_is_a_larger_epsilon_of_algorithm_1():
    rng, rate, epsilon = np.random.default_rng(2), 0.0625, 0.03125
    parameters = drawn(rng, 3, 2)
    variables = {name: keras.Variable(p, dtype="float64") for name, p in parameters.items()}
    theirs = keras.optimizers.Adam(rate, 0.75, 0.875, epsilon=epsilon)
    v, s = topic.initialize_adam(parameters)
    for t in range(1, 6):
        grads = drawn(rng, 3, 2, prefix="d")
        ours = epsilon / np.sqrt(1 - 0.875**t)
        parameters, v, s = topic.update_parameters_with_adam(
            parameters, grads, v, s, t, rate, 0.75, 0.875, ours
        )
        tensors = [keras.ops.convert_to_tensor(grads["d" + name]) for name in variables]
        theirs.apply(tensors, list(variables.values()))
    for name, variable in variables.items():
        expected = variable.numpy()
        np.testing.assert_allclose(parameters[name], expected, rtol=1e-10)


def test_what_adam_is_known_for():
    """The course's example at t = 2, as printed in its notebooks: seed 1, W1[0]."""
    W1, b1, W2, b2, dW1, db1, dW2, db2 = topic.load_params_and_grads()
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    grads = {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
    v, s = topic.initialize_adam(parameters)
    updated, _, _ = topic.update_parameters_with_adam(parameters, grads, v, s, t=2)
    known = [1.63178673, -0.61919778, -0.53561312]
    np.testing.assert_allclose(updated["W1"][0], known, rtol=0, atol=5e-9)


def test_the_first_step_of_adam_has_the_length_of_the_learning_rate():
    rng = np.random.default_rng(0)
    parameters, grads = drawn(rng, 3, 2), drawn(rng, 3, 2, prefix="d")
    v, s = topic.initialize_adam(parameters)
    for scale in (1e-3, 1.0, 1e3):
        scaled = {name: scale * g for name, g in grads.items()}
        updated, _, _ = topic.update_parameters_with_adam(parameters, scaled, v, s, 1, 0.02)
        lengths = np.abs(updated["W1"] - parameters["W1"])
        np.testing.assert_allclose(lengths, 0.02, rtol=1e-3)


# Decay


def test_decay_is_that_of_keras():
    schedules = keras.optimizers.schedules
    inverse = schedules.InverseTimeDecay(0.5, 1, 0.3)
    stairs = schedules.InverseTimeDecay(0.5, 7, 0.3, staircase=True)
    exponential = schedules.ExponentialDecay(0.5, 1, 0.9)
    for epoch in (0, 1, 6, 7, 8, 20, 21):
        pairs = (
            (topic.update_lr(0.5, epoch, 0.3), inverse),
            (topic.schedule_lr_decay(0.5, epoch, 0.3, 7), stairs),
            (topic.exponential_decay(0.5, epoch, 0.9), exponential),
        )
        for ours, schedule in pairs:
            assert ours == pytest.approx(float(schedule(epoch)), rel=1e-6)
        assert topic.sqrt_decay(0.5, epoch, 0.3) == pytest.approx(0.5 * (1 + 0.3 * epoch) ** -0.5)
    assert topic.schedule_lr_decay(0.5, 999, 1) == 0.5
    assert topic.schedule_lr_decay(0.5, 1000, 1) == 0.25


def test_an_epoch_schedule_is_a_schedule_of_keras_in_stairs():
    ours = topic.EpochSchedule.of(topic.update_lr, 0.5, 0.3, num_epochs=10, steps_per_epoch=4)
    theirs = keras.optimizers.schedules.InverseTimeDecay(0.5, 4, 0.3, staircase=True)
    for step in range(40):
        assert float(ours(step)) == pytest.approx(float(theirs(step)), rel=1e-6)
    assert float(ours(1000)) == pytest.approx(topic.update_lr(0.5, 9, 0.3), rel=1e-6)
    again = topic.EpochSchedule.from_config(ours.get_config())
    assert again.rates == ours.rates
    stairs = topic.EpochSchedule.of(topic.schedule_lr_decay, 1, 1, 4, 1, time_interval=2)
    assert stairs.rates == [1, 1, 0.5, 0.5]


def test_a_schedule_reaches_the_optimizer_in_training():
    schedule = topic.EpochSchedule.of(topic.update_lr, 0.5, 1.0, num_epochs=3, steps_per_epoch=5)
    optimizer = topic.GradientDescent(schedule)
    rates = []
    x, y = data.load_moons(layout="examples first")
    training.train(
        keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]),
        (x, y),
        loss="mse",
        optimizer=optimizer,
        epochs=3,
        batch_size=64,
        callbacks=[lambda run: rates.append(float(run.optimizer.learning_rate))],
        progress=False,
    )
    assert rates == pytest.approx([0.25, 0.5 / 3, 0.5 / 3])  # what the next step will have


# The Keras optimizers

PAIRS = {
    "gd": (lambda r: topic.GradientDescent(r), lambda r: keras.optimizers.SGD(r)),
    "momentum": (
        lambda r: topic.Momentum(r, beta=0.75),
        lambda r: keras.optimizers.SGD(0.25 * r, momentum=0.75),
    ),
    "rmsprop": (
        lambda r: topic.RMSprop(r, 0.8, 1e-3),
        lambda r: keras.optimizers.RMSprop(r, 0.8, epsilon=1e-3),
    ),
    "adam": (
        lambda r: topic.Adam(r, 0.8, 0.95, 1e-3),
        lambda r: keras.optimizers.Adam(r, 0.8, 0.95, epsilon=1e-3),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_keras_optimizers_equal_keras_own_step_for_step(name):
    rng = np.random.default_rng(3)
    starts = [rng.normal(size=shape).astype("float32") for shape in ((5, 4), (4,), (4, 3))]
    both = [(make(0.05), [keras.Variable(start) for start in starts]) for make in PAIRS[name]]
    for _ in range(20):
        grads = [rng.normal(size=start.shape).astype("float32") for start in starts]
        for optimizer, variables in both:
            optimizer.apply([keras.ops.convert_to_tensor(g) for g in grads], variables)
        for ours, theirs in zip(*(variables for _, variables in both), strict=True):
            np.testing.assert_allclose(
                ours.numpy(),
                theirs.numpy(),
                rtol=1e-5,
                atol=2e-6,
            )


@pytest.mark.parametrize("name", PAIRS)
def test_in_the_training_loop_they_learn_the_same(name):
    ours, theirs = (
        topic.train_on_moons(make(0.01), num_epochs=40, seed=3, progress=False)[1]["loss"]
        for make in PAIRS[name]
    )
    np.testing.assert_allclose(ours, theirs, rtol=1e-3)


@pytest.mark.stochastic(broken=["wrong sign"])
@pytest.mark.parametrize("kind", [topic.GradientDescent, topic.Momentum, topic.RMSprop, topic.Adam])
def test_keras_takes_them_as_its_own(kind, margin):
    """Through `fit`, clipped, configured, saved as configuration and made again."""
    optimizer = kind(0.03, clipnorm=1.0, name="mine")
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert type(again) is kind
    assert again.get_config() == optimizer.get_config()
    assert again.clipnorm == 1.0
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3), keras.layers.Dense(1)])
    network.compile(again, "mse", jit_compile=False)
    x, y = data.load_moons(layout="examples first")  # moved, so that every network begins far off
    losses = network.fit(x, y + 2, epochs=10, verbose=0).history["loss"]
    margin.below("last loss to first", losses[-1] / losses[0], 0.7)


# Training on arrays


def test_old_names_are_answered():
    names = (
        "load_params_and_grads initialize_parameters forward_propagation backward_propagation "
        "compute_cost predict predict_dec plot_decision_boundary load_dataset update_parameters "
        "sigmoid relu"
    )
    for name in names.split():
        assert callable(getattr(topic, name))
    X, Y = topic.load_dataset()
    assert (X.shape, Y.shape) == ((2, 300), (1, 300))
    parameters = topic.initialize_parameters([2, 5, 2, 1], rng=0)
    assert [parameters[f"W{l}"].shape for l in (1, 2, 3)] == [(5, 2), (2, 5), (1, 2)]
    halves = np.full((1, 300), 0.5)
    assert topic.compute_cost(halves, Y) == pytest.approx(np.log(2))  # the mean, not the sum


def test_batch_gradient_descent_is_gradient_descent_on_everything():
    X, Y = topic.load_dataset()
    start = topic.initialize_parameters([2, 5, 2, 1], rng=3)
    learned, costs = topic.minimize(
        X,
        Y,
        start,
        topic.stepper("gd"),
        topic.random_mini_batches,
        learning_rate=0.1,
        mini_batch_size=300,
        num_epochs=20,
    )
    expected = start
    for _ in range(20):
        _, cache = topic.forward_propagation(X, expected)
        expected = topic.update_parameters(expected, topic.backward_propagation(X, Y, cache), 0.1)
    for name, value in learned.items():
        np.testing.assert_allclose(value, expected[name], rtol=1e-9, atol=1e-12)
    assert costs[0] == pytest.approx(topic.compute_cost(topic.forward_propagation(X, start)[0], Y))


@pytest.mark.stochastic(broken=["no step", "wrong sign", "plain gradient descent"])
@pytest.mark.parametrize("name", ["rmsprop", "adam"])
def test_at_a_small_rate_rmsprop_and_adam_are_far_ahead(name, stochastic_seed, broken, margin):
    """After 300 epochs, against gradient descent from the same initial weights."""
    X, Y = topic.load_dataset()
    start = topic.initialize_parameters([2, 5, 2, 1], rng=stochastic_seed)
    chosen = "gd" if broken == "plain gradient descent" else name

    def last_cost(optimizer, factor=1):
        def stepper(parameters):
            step = topic.stepper(optimizer)(parameters)
            return lambda parameters, grads, rate: step(parameters, grads, factor * rate)

        settings = {"learning_rate": 0.002, "num_epochs": 300}
        return topic.minimize(X, Y, start, stepper, topic.random_mini_batches, **settings)[1][-1]

    factor = {"no step": 0, "wrong sign": -1}.get(broken, 1)
    ratio = last_cost(chosen, factor) / last_cost("gd")
    margin.below("cost to that of gradient descent", ratio, 0.8)


def test_model_takes_a_decay_and_prints_every_thousandth_epoch(capsys):
    X, Y = (array[:, :20] for array in topic.load_dataset())
    arguments = {"num_epochs": 1001, "decay": topic.update_lr, "decay_rate": 0.1, "rng": 1}
    topic.model(X, Y, [2, 5, 2, 1], "adam", **arguments)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"Cost after epoch {e}" for e in (0, 1000)]
    topic.model(X, Y, [2, 5, 2, 1], "gd", num_epochs=1, print_cost=False)
    assert capsys.readouterr().out == ""


def test_the_callers_functions_are_used():
    X, Y = topic.load_dataset()
    start = topic.initialize_parameters([2, 5, 2, 1], rng=3)
    seen = []

    def whole(X, Y, mini_batch_size, seed):
        seen.append((mini_batch_size, seed))
        return [(X, Y)]

    def still(parameters, grads, v, s, t, learning_rate, beta1, beta2, epsilon):
        seen.append((t, learning_rate))
        parameters["W1"] += 1.0  # in place, as some do
        return parameters, v, s, v, s  # five results, as some return

    adam = topic.adam_stepper(topic.initialize_adam, still)
    settings = {"learning_rate": 0.5, "mini_batch_size": 32, "num_epochs": 2}
    learned, _ = topic.minimize(X, Y, start, adam, whole, **settings)
    np.testing.assert_allclose(learned["W1"] - start["W1"], 2.0)
    np.testing.assert_array_equal(learned["W2"], start["W2"])
    assert seen == [(32, 11), (1, 0.5), (32, 12), (2, 0.5)]


def test_a_stepper_forgets_between_runs():
    """Each run starts with an average of zero and t = 1, as if it were the first."""
    rng = np.random.default_rng(0)
    parameters, grads = drawn(rng, 3, 4, 2), drawn(rng, 3, 4, 2, prefix="d")
    for name in topic.OPTIMIZERS:
        stepper = topic.stepper(name)
        first, second = (stepper(parameters)(parameters, grads, 0.1) for _ in range(2))
        for key, value in first.items():
            np.testing.assert_array_equal(value, second[key])


# Arguments out of their range


def minimized(**changes):
    """Call `minimize` on a few points, with something changed."""
    X, Y = (array[:, :9] for array in topic.load_dataset())
    start = topic.initialize_parameters([2, 5, 2, 1], rng=3)
    return topic.minimize(X, Y, start, topic.stepper("gd"), topic.random_mini_batches, **changes)


def modelled(dims=(2, 5, 2, 1), optimizer="gd", **changes):
    """Call `model` on a few points, with something changed."""
    X, Y = (array[:, :9] for array in topic.load_dataset())
    return topic.model(X, Y, dims, optimizer, num_epochs=1, print_cost=False, **changes)


MOONS = np.zeros((2, 6)), np.zeros((1, 6))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: topic.stepper("sgd"),
            "optimizer: expected one of 'gd', 'momentum', 'rmsprop', 'adam', got 'sgd'",
        ),
        (lambda: topic.stepper("momentum", beta=1), "beta: expected 0 <= beta < 1, got 1"),
        (lambda: topic.stepper("rmsprop", beta=-0.1), "beta: expected 0 <= beta < 1, got -0.1"),
        (lambda: topic.stepper("adam", beta1=7), "beta1: expected 0 <= beta1 < 1, got 7"),
        (lambda: topic.stepper("adam", beta2=1.0), "beta2: expected 0 <= beta2 < 1, got 1.0"),
        (
            lambda: topic.stepper("adam", epsilon=-1e-8),
            "epsilon: expected a number of at least 0, got -1e-08",
        ),
        (
            lambda: topic.random_mini_batches(*MOONS, -3),
            "mini_batch_size: expected at least 1, got -3",
        ),
        (
            lambda: minimized(mini_batch_size=-3),
            "mini_batch_size: expected an integer of at least 1, got -3",
        ),
        (
            lambda: minimized(num_epochs=2.5),
            "num_epochs: expected an integer of at least 0, got 2.5",
        ),
        (
            lambda: minimized(learning_rate=-1),
            "learning_rate: expected a number of at least 0, got -1",
        ),
        (
            lambda: minimized(decay=topic.update_lr, decay_rate=-1),
            "decay_rate: expected a number of at least 0, got -1",
        ),
        (
            lambda: modelled(dims=(2, 5, 1)),
            "layers_dims: expected four sizes, from 2 (rows of X) to 1 (rows of Y), got [2, 5, 1]",
        ),
        (lambda: modelled(optimizer="Adam"), "optimizer: expected one of 'gd', 'momentum', "),
        (lambda: topic.Momentum(beta=7), "beta: expected 0 <= beta < 1, got 7"),
        (lambda: topic.RMSprop(rho=-1), "rho: expected 0 <= rho < 1, got -1"),
        (
            lambda: topic.RMSprop(epsilon=-1),
            "epsilon: expected a number of at least 0, got -1",
        ),
        (lambda: topic.Adam(beta_1=1), "beta_1: expected 0 <= beta_1 < 1, got 1"),
        (lambda: topic.Adam(beta_2=1.5), "beta_2: expected 0 <= beta_2 < 1, got 1.5"),
        (
            lambda: topic.Adam(-0.1),
            "learning_rate: expected a number of at least 0, got -0.1",
        ),
        (
            lambda: topic.EpochSchedule([], 5),
            "rates: expected the rate of at least one epoch, got []",
        ),
        (
            lambda: topic.EpochSchedule([0.1], 0),
            "steps_per_epoch: expected an integer of at least 1, got 0",
        ),
        (
            lambda: topic.EpochSchedule.of(topic.update_lr, 0.1, 1.0, 0, 5),
            "num_epochs: expected an integer of at least 1, got 0",
        ),
        (
            lambda: experiments.gradient_noise(*MOONS, {}, 0),
            "mini_batch_size: expected an integer of at least 1, got 0",
        ),
        (
            lambda: experiments.descend(
                experiments.LANDSCAPES["saddle"], topic.stepper("gd"), 0.1, -1
            ),
            "num_steps: expected an integer of at least 0, got -1",
        ),
    ],
)
def test_arguments_out_of_their_range(call, words):
    with pytest.raises(ValueError, match="expected") as caught:
        call()
    assert str(caught.value).startswith(words)


# What was measured


@pytest.mark.stochastic(broken=["with replacement"])
def test_the_noise_of_a_batch_is_that_of_a_mean_without_replacement(
    stochastic_seed, broken, margin
):
    """Brute force: the variance over single examples, times (m - n) / (n (m - 1))."""
    X, Y = topic.load_dataset()
    parameters = topic.initialize_parameters([2, 5, 2, 1], rng=stochastic_seed)
    rows = []
    for i in range(300):
        x, y = X[:, i : i + 1], Y[:, i : i + 1]
        grads = topic.backward_propagation(x, y, topic.forward_propagation(x, parameters)[1])
        rows.append(np.concatenate([grads["d" + name].reshape(-1) for name in parameters]))
    full = np.mean(rows, axis=0)
    variance = np.sum(np.var(rows, axis=0)) / np.sum(full**2)
    for size in (100, 200) if broken else (1, 16, 100, 200):  # all but the same in small ones
        left = 299 if broken else 300 - size
        expected = np.sqrt(variance * left / (size * 299))
        measured = experiments.gradient_noise(X, Y, parameters, size, batches=1000)
        margin.below(f"deviation at {size}", abs(np.log(measured / expected)), 0.1)
    assert experiments.gradient_noise(X, Y, parameters, 300) < 1e-12


def test_batch_sizes_compared():
    X, Y = topic.load_dataset()
    start = topic.initialize_parameters([2, 5, 2, 1], rng=3)
    found = experiments.compare_batch_sizes(X, Y, start, [300, 64, 7], num_epochs=10)
    assert {size: run.steps for size, run in found.items()} == {300: 10, 64: 50, 7: 430}
    assert found[300].noise < found[64].noise < found[7].noise
    assert found[300].costs[-1] > found[64].costs[-1] > found[7].costs[-1]
    assert all(run.seconds > 0 and len(run.costs) == 10 for run in found.values())


@pytest.mark.parametrize("name", experiments.LANDSCAPES)
def test_gradients_of_the_landscapes(name):
    landscape = experiments.LANDSCAPES[name]
    for x, y in [landscape.start, (0.3, -0.7), (-1.2, 1.1)]:
        slopes = (
            (landscape.value(x + 1e-6, y) - landscape.value(x - 1e-6, y)) / 2e-6,
            (landscape.value(x, y + 1e-6) - landscape.value(x, y - 1e-6)) / 2e-6,
        )
        assert landscape.gradient(x, y) == pytest.approx(slopes, rel=1e-5, abs=1e-8)


def path(landscape, optimizer, num_steps=80):
    """Descend by the topic's optimizer of that name."""
    rate = landscape.learning_rates[optimizer]
    return experiments.descend(landscape, topic.stepper(optimizer), rate, num_steps)


def test_paths_show_what_the_notebook_claims():
    paths = {
        name: {o: path(landscape, o) for o in topic.OPTIMIZERS}
        for name, landscape in experiments.LANDSCAPES.items()
    }
    ravine, saddle, plateau = (paths[name] for name in ("ravine", "saddle", "plateau"))
    assert ravine["gd"].shape == (81, 2)
    assert tuple(ravine["gd"][0]) == experiments.LANDSCAPES["ravine"].start
    assert (np.diff(np.sign(ravine["gd"][:20, 1])) != 0).all()  # from wall to wall
    assert saddle["gd"][40, 1] < 0.5 < 1.5 < min(saddle[o][40, 1] for o in ("rmsprop", "adam"))
    moved = {o: np.linalg.norm(path[-1] - path[0]) for o, path in plateau.items()}
    assert max(moved["gd"], moved["momentum"]) < 0.3 < 3 < min(moved["rmsprop"], moved["adam"])


def test_plot_of_paths():
    landscape = experiments.LANDSCAPES["saddle"]
    paths = {o: path(landscape, o, 10) for o in topic.OPTIMIZERS}
    ax = plotting.plot_trajectories(landscape.value, paths, landscape.sides)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(paths)
    assert (ax.get_xlim(), ax.get_ylim()) == landscape.sides
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$w_1$", "$w_2$")
    with pytest.raises(ValueError, match="expected shape") as caught:
        plotting.plot_trajectories(landscape.value, {"mine": np.zeros(3)}, landscape.sides)
    assert str(caught.value) == "paths['mine']: expected shape (k, 2), got (3,)"


# The data


def test_moons_are_those_of_scikit_learn():
    from sklearn import datasets

    for m, noise, seed in ((300, 0.2, 3), (7, 0.0, 1)):
        x, y = data.make_moons(m, noise, rng=seed)
        expected_x, expected_y = datasets.make_moons(m, noise=noise, random_state=seed)
        np.testing.assert_allclose(x, expected_x, rtol=0, atol=1e-15)
        np.testing.assert_array_equal(y[:, 0], expected_y)
    X, Y = data.load_moons()
    x, y = data.load_moons(layout="examples first")
    assert np.array_equal(X.T, x)
    assert np.array_equal(Y.T, y)
    for arguments, words in (
        ({"m": 1}, "m: expected at least 2 points, got 1"),
        ({"m": 5, "noise": -1}, "noise: expected a standard deviation of at least 0, got -1"),
    ):
        with pytest.raises(ValueError, match=words):
            data.make_moons(**arguments)
