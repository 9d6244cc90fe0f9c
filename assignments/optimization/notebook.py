# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Optimization: how to walk downhill
#
# Gradient descent looks at *all* examples, takes *one* short step, and looks at all examples again.
# There must be something faster, and there is. In this notebook you write the three ideas that
# nearly all training runs of today are made of:
#
# 1. **mini-batches**: a step from a part of the data is nearly as good and much cheaper;
# 2. **momentum**: the average of many gradients shows a better way than the last one;
# 3. **a step size of its own for each parameter**, as RMSprop and Adam have it.
#
# You will write six functions that count, and some more for practice. After each, `dltf.check` tries
# it on fresh random inputs and, if something is wrong, tells you what to think about. At the end you
# see your own functions run through a ravine, off a saddle and over a plateau, all in one plot.

# %%
from collections.abc import Sequence
from typing import Any

import dltf  # first: it keeps TensorFlow's start-up log out of the notebook

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from dltf import data, plotting
from dltf.claims import claim
from dltf.optimization.experiments import LANDSCAPES, compare_batch_sizes, descend
from dltf.optimization import (
    Array,
    Batch,
    EpochSchedule,
    GradientDescent,
    Parameters,
    adam_stepper,
    exponential_decay,
    gd_stepper,
    initialize_parameters,
    minimize,
    momentum_stepper,
    predict,
    predict_dec,
    rmsprop_stepper,
    sqrt_decay,
    train_on_moons,
)

# %% [markdown]
# ## The data and the network
#
# Three hundred points on two moons that reach into each other, with a good deal of noise. As always
# in this course examples are *columns*.

# %%
train_X, train_Y = data.load_moons()
print("train_X", train_X.shape, " train_Y", train_Y.shape)
ax = plotting.plot_points(train_X.T, train_Y)
# %% [markdown]
# The network has three layers, 2-5-2-1, ReLU inside and a sigmoid at the end. Its parameters lie in a
# dictionary with the keys `"W1"`, `"b1"`, ..., `"W3"`, `"b3"`, and backpropagation returns another
# with the gradients, `"dW1"`, `"db1"`, ... Forward and backward propagation are given. What an
# optimizer does with `parameters` and `grads` is what this notebook is about.
#
# ## 1. Gradient descent
#
# Begin with what you know. For every layer $l = 1, \dots, L$,
#
# $$ W^{[l]} \leftarrow W^{[l]} - \alpha\, dW^{[l]}, \qquad
#    b^{[l]} \leftarrow b^{[l]} - \alpha\, db^{[l]}, $$
#
# where $\alpha$ is the learning rate.
#
# **Exercise.** Write the body of the loop of `update_parameters_with_gd`. It has to work for any
# number of layers.
#
# *Useful:* `f"dW{l}"` puts a number into a name.

# %% tags=["exercise"]
from dltf.optimization import update_parameters_with_gd

# %%
dltf.check(update_parameters_with_gd)

# %% [markdown]
# ## 2. Mini-batches
#
# The gradient of the cost is a *mean* over the examples. A mean over 64 of them, drawn at random, is
# about the same, and costs a fifth of the mean over 300. It is a little off in each step, but
# the errors of different steps have nothing to do with one another.
#
# So, in each epoch: **shuffle** the examples, then **cut** them into batches. Every example comes once
# in an epoch. If the batch size does not divide $m$, the last batch is short; if it is larger than
# $m$, there is one batch with everything.
#
# **Exercise.** Write `random_mini_batches`, which returns a list of pairs `(X_batch, Y_batch)`. Two
# things are easily got wrong: the labels must stay with their examples, and the rest at the end must
# not be lost.
#
# *Useful:* `rng = np.random.default_rng(seed)` makes a generator of random numbers, and
# `rng.permutation(m)` puts the numbers from 0 to m - 1 into a random order. `X[:, columns]` with an
# array of column numbers takes these columns, in this order.

# %% tags=["exercise"]
from dltf.optimization import random_mini_batches

# %%
dltf.check(random_mini_batches)

# %% [markdown]
# What does the size of a batch buy? `compare_batch_sizes` trains by gradient descent, from the same
# start and with the same learning rate, for 100 epochs with batches of 300 (that is **batch** gradient
# descent), of 64 and 16 (**mini-batch**), and of one example (**stochastic** gradient descent). It
# counts steps, measures time, and it measures **noise**: how far the gradient of a batch is from the
# gradient of all examples, as a share of its length.
#
# All of it is done with *your* two functions. `gd_stepper` makes an optimizer of an update: for
# gradient descent there is little to do, but the ones below will have something to remember.

# %%
start = initialize_parameters([2, 5, 2, 1], rng=3)
found = compare_batch_sizes(
    train_X,
    train_Y,
    start,
    [300, 64, 16, 1],
    stepper=gd_stepper(update_parameters_with_gd),
    mini_batches=random_mini_batches,
    rng=1,
)
print("batch size   steps   seconds   ms a step   noise   cost at the end")
for size, run in found.items():
    print(
        f"{size:10} {run.steps:7} {run.seconds:9.2f} {1000 * run.seconds / run.steps:11.2f} "
        f"{run.noise:7.2f} {run.costs[-1]:17.3f}"
    )

ax = plotting.plot_histories(
    {f"batches of {size}": {"cost": run.costs} for size, run in found.items()}, "cost"
)
_ = ax.set_title("Gradient descent, learning rate 0.05")
# %% [markdown]
# All runs have seen every example a hundred times. With batches of 300 that makes 100 steps, and the
# way down has only begun; with single examples it makes 30,000.
#
# But look at the other columns. A step with one example is far from 64 times cheaper in *time* than a
# step with 64, since the computer is good at doing many multiplications at once: going through the data
# one by one takes by far the longest. And its gradient is mostly **noise**: the error is larger than the
# gradient itself. Noise falls like $1/\sqrt{\text{size}}$, so four times the examples only halve it.
# Between the two ends there is a wide valley of good sizes, which is why 32, 64, 128 and 256 are what
# you see everywhere.
#
# ## 3. Averages that forget
#
# If single gradients are noisy, average them. Not all of them equally, though: where the path has
# come from long ago says little about where to go now. The **exponentially weighted average** forgets.
# It starts at $v_0 = 0$ and goes on with each new value $\theta_t$ by
#
# $$ v_t = \beta\, v_{t-1} + (1 - \beta)\, \theta_t . $$
#
# A value that is $k$ steps old has the weight $(1-\beta)\beta^k$. That is a memory of about
# $1/(1-\beta)$ steps: ten for $\beta = 0.9$, a thousand for $0.999$.
#
# At the beginning it is too small, as it has not forgotten the zero that it started from.
# The weights of the first $t$ values add up to $1 - \beta^t$, less than 1. So divide by it: that is
# the **bias correction**.
#
# **Practice.** Write the body of the loop of `exponentially_weighted_average`. Mind that the
# corrected value is only what you report: `v` itself goes on without correction.

# %% tags=["exercise"]
from dltf.optimization import exponentially_weighted_average

# %%
dltf.check(exponentially_weighted_average)

# %%
rng = np.random.default_rng(1)
days = np.arange(120)
temperature = 12 + 8 * np.sin(days / 40) + rng.normal(scale=2.5, size=len(days))
ax = plotting.new_axes()
ax.plot(days, temperature, ".", color="#999999", label="measured")
for beta, corrected, dashes in ((0.9, True, "-"), (0.98, True, "-"), (0.98, False, "--")):
    averages = exponentially_weighted_average(temperature, beta, corrected)
    label = f"beta {beta}" + ("" if corrected else ", not corrected")
    ax.plot(days, averages, dashes, label=label)
ax.set_xlabel("day")
ax.set_ylabel("temperature")
_ = ax.legend(frameon=False)
# %% [markdown]
# The larger $\beta$, the smoother the curve, and the later it notices that the weather has
# changed. Without correction the beginning is far too low.
#
# ## 4. Momentum
#
# Now average gradients. The average is called **velocity**, since with it the parameters move
# like a heavy ball: what points now here, now there cancels out, and what always points the same way
# adds up.
#
# $$ v_{dW^{[l]}} \leftarrow \beta\, v_{dW^{[l]}} + (1 - \beta)\, dW^{[l]}, \qquad
#    W^{[l]} \leftarrow W^{[l]} - \alpha\, v_{dW^{[l]}}, $$
#
# and likewise for $b^{[l]}$. The usual value is $\beta = 0.9$.
#
# **Exercise.** Write `initialize_velocity`: zeros of the shape of every parameter, under the names of
# the gradients, `"dW1"`, `"db1"`, ...

# %% tags=["exercise"]
from dltf.optimization import initialize_velocity

# %%
dltf.check(initialize_velocity)

# %% [markdown]
# **Exercise.** Write `update_parameters_with_momentum`: first the velocity, then the step along it.

# %% tags=["exercise"]
from dltf.optimization import update_parameters_with_momentum

# %%
dltf.check(update_parameters_with_momentum)

# %% [markdown]
# ## 5. A step size for each parameter: RMSprop
#
# Where one direction is steep and another is flat, no single learning rate is right: it is too large
# for the one or too small for the other. RMSprop measures how large the gradient of each parameter
# has been lately, by averaging its *square*, and divides by the root of that:
#
# $$ s \leftarrow \beta\, s + (1 - \beta)\, dW^2, \qquad
#    W \leftarrow W - \alpha \frac{dW}{\sqrt{s} + \varepsilon} . $$
#
# (Square, quotient and root are meant entry by entry.) Every parameter now moves by about $\alpha$ in
# a step, on steep slopes and on flat ones. The $\varepsilon$ only keeps the quotient finite where
# there has been no gradient at all.
#
# **Practice.** Write `update_parameters_with_rmsprop`.

# %% tags=["exercise"]
from dltf.optimization import update_parameters_with_rmsprop

# %%
dltf.check(update_parameters_with_rmsprop)

# %% [markdown]
# ## 6. Adam
#
# Adam is both at once: go along the average $v$ of the gradients, divide by the root of the average
# $s$ of their squares, and correct both averages for having begun at zero. In step $t = 1, 2, 3,
# \dots$, for each parameter with its gradient $g$,
#
# $$ v \leftarrow \beta_1 v + (1 - \beta_1)\, g, \qquad v^\text{corrected} = \frac{v}{1 - \beta_1^t}, $$
# $$ s \leftarrow \beta_2 s + (1 - \beta_2)\, g^2, \qquad s^\text{corrected} = \frac{s}{1 - \beta_2^t}, $$
# $$ W \leftarrow W - \alpha\, \frac{v^\text{corrected}}{\sqrt{s^\text{corrected}} + \varepsilon} . $$
#
# The correction is no detail. With $\beta_2 = 0.999$, after the first step $s$ is a thousandth of what it
# should be, and its root a thirtieth; $v$ is a tenth. How much too long would the steps be, if the
# gradient stayed the same?

# %%
t = np.arange(1, 3001)
v_is, s_is = 1 - 0.9**t, 1 - 0.999**t  # as shares of what they should be
axes = plotting.new_axes(width=5.0, height=3.0)
axes.loglog(t, 1 / np.sqrt(s_is), label="only $v$ is corrected")
axes.loglog(t, v_is / np.sqrt(s_is), label="neither is corrected")
axes.axhline(1, color="#333333", lw=1.0, ls=":", label="both are corrected")
axes.set(xlabel="step $t$", ylabel="length of the step")
axes.legend(frameon=False)
neither = v_is / np.sqrt(s_is)
print(f"first step, only v corrected: {1 / np.sqrt(s_is[0]):.1f} times too long")
print(f"neither corrected: {neither[0]:.1f} times at first, {neither.max():.1f} at step", end=" ")
print(t[neither.argmax()])

# %% [markdown]
# Leave out only the correction of $s$, and the first step is thirty times too long. Leave out both, and the
# two errors hide each other in part: the steps are three to seven times too long for a hundred steps.
#
# Mind where $\varepsilon$ is: *outside* the root, as in the paper. You will find it *under* the root as
# well. With gradients of ordinary size you cannot tell the difference, but when they are tiny,
# $\sqrt{10^{-8}}$ is not $10^{-8}$.
#
# **Exercise.** Write `initialize_adam`: two dictionaries of zeros, `v` and `s`.

# %% tags=["exercise"]
from dltf.optimization import initialize_adam

# %%
dltf.check(initialize_adam)

# %% [markdown]
# **Exercise.** Write the body of the loop of `update_parameters_with_adam`. The loop runs over the
# names of all parameters, `"W1"`, `"b1"`, `"W2"`, ...; the gradient of `key` is `grads["d" + key]`. Who
# calls counts the steps: use `t` as it is given.

# %% tags=["exercise"]
from dltf.optimization import update_parameters_with_adam

# %%
dltf.check(update_parameters_with_adam)

# %% [markdown]
# ## 7. The moons, by each of them
#
# Same network, same start, same batches, same learning rate of 0.0007. What differs is your update.
# Each optimizer is put together from your functions: one that makes what it remembers (RMSprop
# borrows the zeros of the velocity), and one that takes a step.

# %%
optimizers = {
    "gd": gd_stepper(update_parameters_with_gd),
    "momentum": momentum_stepper(initialize_velocity, update_parameters_with_momentum),
    "rmsprop": rmsprop_stepper(initialize_velocity, update_parameters_with_rmsprop),
    "adam": adam_stepper(initialize_adam, update_parameters_with_adam),
}
learned, costs = {}, {}
for name, optimizer in optimizers.items():
    learned[name], costs[name] = minimize(
        train_X, train_Y, start, optimizer, random_mini_batches, num_epochs=3000
    )
    print(f"{name:9}", end=" ")
    predictions = predict(train_X, train_Y, learned[name])
last = {name: values[-1] for name, values in costs.items()}
claim(
    "RMSprop and Adam end far below gradient descent and momentum, which end together",
    [
        max(last["rmsprop"], last["adam"]) < 0.7 * min(last["gd"], last["momentum"]),
        abs(last["gd"] - last["momentum"]) < 0.05,
    ],
    ", ".join(f"{name} {value:.2f}" for name, value in last.items()),
)

ax = plotting.plot_histories({name: {"cost": values} for name, values in costs.items()}, "cost")
ax.get_lines()[0].set(linestyle=(0, (4, 4)), zorder=3)  # gd, which lies on momentum
ax.legend(frameon=False)
_ = ax.set_title("Learning rate 0.0007, batches of 64")
# %% [markdown]
# Gradient descent (dashed) and momentum lie on top of each other: with so small a learning rate the path is
# smooth, consecutive gradients are nearly the same, and so is their average. RMSprop and Adam make
# their steps independent of the size of the gradient.

# %%
axes = plotting.new_axes(2, width=4.6, height=4.2, sharey=True)
for ax, name in zip(axes, ("momentum", "adam"), strict=True):
    plotting.plot_decision_boundary(
        lambda points, name=name: predict_dec(learned[name], points.T), train_X.T, train_Y, ax=ax
    )
    ax.set_title(name)
# %% [markdown]
# Is Adam *better*, then? It is faster *at this learning rate*. A learning rate means something else
# to each optimizer, so comparing them at the same one is not quite fair. Give gradient descent one
# that suits it:

# %%
_, patient = minimize(
    train_X,
    train_Y,
    start,
    optimizers["gd"],
    random_mini_batches,
    learning_rate=0.1,
    num_epochs=3000,
)
ax = plotting.plot_histories(
    {
        "gd, learning rate 0.1": {"cost": patient},
        "adam, learning rate 0.0007": {"cost": costs["adam"]},
    },
    "cost",
)
soon = {"gd": patient[:100], "adam": costs["adam"][:100]}
claim(
    "in its first hundred epochs gradient descent at its own rate is ahead of Adam",
    np.mean(soon["gd"]) < np.mean(soon["adam"]),
    f"mean costs {np.mean(soon['gd']):.2f} and {np.mean(soon['adam']):.2f}",
)
# %% [markdown]
# With a learning rate more than a hundred times as large, plain gradient descent gets there too, and soon
# (and jumps about more when it has arrived). What Adam buys is mostly that one learning rate around 0.001
# suits very many problems, so that you need not look for it as long.
#
# **The graded part ends here.** Next you see *why* the four differ, decay the learning rate, and turn
# your updates into Keras optimizers, so that you can use them on any model.
#
# ---
#
# ## 8. A ravine, a saddle and a plateau
#
# In two dimensions one can watch. Each plot shows the contours of a function (dark is low, and
# the star is the start), and eighty steps of each of your four updates. The large dots are where they
# end.

# %%
axes = plotting.new_axes(3, width=5.2, height=4.2)
for ax, (name, landscape) in zip(axes, LANDSCAPES.items(), strict=True):
    paths = {
        label: descend(landscape, optimizer, landscape.learning_rates[label], num_steps=80)
        for label, optimizer in optimizers.items()
    }
    plotting.plot_trajectories(landscape.value, paths, landscape.sides, ax=ax)
    ax.set_title(name)
# %% [markdown]
# - In the **ravine** gradient descent jumps from wall to wall, for the learning rate is nearly too
#   large across and still too small along. Momentum swings, too, but the back and forth cancels
#   out, and it is carried on along the bottom. RMSprop and Adam divide by the size of the slope and hardly notice the
#   walls.
# - On the **saddle** the way down begins at a right angle to the slope, along a direction in which
#   the gradient is nearly zero at first. Gradient descent runs to the middle and
#   takes a long time to leave it, momentum even longer. RMSprop and Adam move by the same length in each direction, and turn off at once.
# - On the **plateau** the gradient is tiny everywhere. Gradient descent and momentum take tiny
#   steps. To the other two a tiny gradient is a direction like any other.
#
# How much should momentum remember? The same ravine, and three values of $\beta$:

# %%
ravine = LANDSCAPES["ravine"]


def ends(beta, learning_rate):
    momentum = momentum_stepper(initialize_velocity, update_parameters_with_momentum, beta)
    return descend(ravine, momentum, learning_rate, num_steps=80)


paths = {f"beta {beta:g}": ends(beta, 0.9) for beta in (0.5, 0.9, 0.99)}
axes = plotting.new_axes(3, width=4.2, height=3.2, sharey=True)
for ax, (label, path) in zip(axes, paths.items(), strict=True):
    plotting.plot_trajectories(ravine.value, {label: path}, ravine.sides, ax=ax)
    ax.set_title(f"{label}, learning rate 0.9")
    ax.get_legend().remove()
for beta, learning_rate in ((0.5, 0.9), (0.9, 0.9), (0.99, 0.9), (0.0, 1.1), (0.9, 4.0)):
    height = ravine.value(*ends(beta, learning_rate)[-1])
    print(f"beta {beta:4g}, learning rate {learning_rate:g}: height after 80 steps {height:.1e}")

# %% [markdown]
# With 0.5 the ball forgets within two steps: the zigzag is damped, and no more. With 0.9 it swings, and
# comes to rest. With 0.99 it remembers a hundred steps, more than it takes, and at the end is still rolling
# from wall to wall. So more memory is not always better. What it buys is in the last two lines: without
# momentum ($\beta = 0$) a learning rate of 1.1 is too large for the walls and the ball leaves the ravine;
# with $\beta = 0.9$ even 4 is not too large, and the ball ends lower than with 0.9.
#
# **Try it.** Change the number of steps. Or the landscape:
# `landscape._replace(start=(1.0, 1.0))` begins elsewhere. Predict before you run.
#
# ## 9. Practice: steps that become shorter
#
# With a constant learning rate the last steps are as long as the first, and mini-batch noise keeps the
# parameters dancing around the minimum. So let the learning rate decay, by **inverse time**,
#
# $$ \alpha = \frac{\alpha_0}{1 + \text{decay rate} \cdot \text{epoch}} . $$
#
# **Practice.** Write `update_lr`.

# %% tags=["exercise"]
from dltf.optimization import update_lr

# %%
dltf.check(update_lr)

# %% [markdown]
# With a decay rate of 1 half of the learning rate is gone after one epoch and nine tenths after nine.
# Often one would rather keep it for a while, and then lower it: in **stairs**,
#
# $$ \alpha = \frac{\alpha_0}{1 + \text{decay rate} \cdot
#    \left\lfloor \frac{\text{epoch}}{\text{interval}} \right\rfloor} . $$
#
# **Practice.** Write `schedule_lr_decay`. The brackets mean rounding *down*.

# %% tags=["exercise"]
from dltf.optimization import schedule_lr_decay

# %%
dltf.check(schedule_lr_decay)

# %%
epochs = np.arange(100)
rates = {
    "inverse time": [update_lr(0.1, int(e), 0.1) for e in epochs],
    "stairs of 20": [schedule_lr_decay(0.1, int(e), 0.5, 20) for e in epochs],
    "exponential, 0.95": [exponential_decay(0.1, int(e), 0.95) for e in epochs],
    "1 / sqrt": [sqrt_decay(0.1, int(e), 0.5) for e in epochs],
}
ax = plotting.plot_histories(
    {name: {"learning rate": values} for name, values in rates.items()}, "learning rate"
)
ax.get_lines()[1].set_drawstyle("steps-post")  # stairs
# %% [markdown]
# What does it do? Gradient descent with small batches and a large learning rate, with and without
# stairs:

# %%
settings = {"learning_rate": 0.3, "mini_batch_size": 8, "num_epochs": 300}
problem = (train_X, train_Y, start, optimizers["gd"], random_mini_batches)
_, constant = minimize(*problem, **settings)
_, decayed = minimize(
    *problem,
    decay=lambda rate, epoch, decay: schedule_lr_decay(rate, epoch, decay, 75),
    decay_rate=2.0,
    **settings,
)
ax = plotting.plot_histories(
    {"constant": {"cost": constant}, "stairs of 75 epochs": {"cost": decayed}}, "cost"
)
_ = ax.set_ylim(0.05, 0.35)
before, after = decayed[45:75], decayed[80:110]
claim(
    "where the first stair ends, at epoch 75, the noise shrinks and the cost falls",
    [np.std(after) < np.std(before), np.mean(after) < np.mean(before)],
    f"{np.mean(before):.3f} give or take {np.std(before):.3f} before, "
    f"{np.mean(after):.3f} give or take {np.std(after):.3f} after",
)
# %% [markdown]
# The parameters had been near the minimum for a long time, jumping across it: a shorter step is all that
# was missing.
#
# ## 10. Practice: optimizers for Keras
#
# An optimizer of Keras says in one method, `update_step`, what happens to *one* variable; Keras goes
# through all of them, counts the steps and follows the schedule of the learning rate. Here is
# gradient descent, as in `dltf.optimization`:
#
# ```python
# def update_step(self, gradient, variable, learning_rate):
#     self.assign_sub(variable, ops.cast(learning_rate, variable.dtype) * gradient)
# ```
#
# `assign_sub(a, b)` subtracts b from the variable a, and `assign(a, b)` replaces its value. What is to
# be remembered for each variable must be a variable too; `self.averages(variable)` returns those that
# were asked for with `memory=[...]`.
#
# **Practice.** Write the `update_step` of `Momentum`.

# %% tags=["exercise"]
from dltf.optimization import Momentum

# %%
dltf.check(Momentum)

# %% [markdown]
# **Practice.** Now `RMSprop`. To be equal to Keras's own, it must have $\varepsilon$ in the other
# place, *under* the root. You see why one should look it up before comparing two libraries.

# %% tags=["exercise"]
from dltf.optimization import RMSprop

# %%
dltf.check(RMSprop)

# %% [markdown]
# **Practice.** And `Adam`. Keras uses a shorter form, from the end of section 2 of the paper: the two
# corrections do not depend on the entry, so they make one factor for the learning rate,
#
# $$ W \leftarrow W - \alpha\, \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \cdot
#    \frac{v}{\sqrt{s} + \hat\varepsilon} . $$
#
# That is the same, except that $\hat\varepsilon$ is now added to the root of the $s$ that is *not*
# corrected.

# %% tags=["exercise"]
from dltf.optimization import Adam

# %%
dltf.check(Adam)

# %% [markdown]
# Yours against Keras's, step for step, on the same gradients. (Keras's `SGD` adds the gradient to its
# velocity in full, so its learning rate has to be $1 - \beta$ times as large to do the same.)

# %%
pairs = {
    "gradient descent": (GradientDescent(0.1), keras.optimizers.SGD(0.1)),
    "momentum": (Momentum(0.1, beta=0.9), keras.optimizers.SGD(0.01, momentum=0.9)),
    "RMSprop": (RMSprop(0.1), keras.optimizers.RMSprop(0.1)),
    "Adam": (Adam(0.1), keras.optimizers.Adam(0.1)),
}
gradients = np.random.default_rng(0).normal(size=(50, 4, 3)).astype("float32")
for name, (mine, theirs) in pairs.items():
    ends = []
    for optimizer in (mine, theirs):
        variable = keras.Variable(np.ones((4, 3), "float32"))
        for gradient in gradients:
            optimizer.apply([ops.convert_to_tensor(gradient)], [variable])
        ends.append(variable.numpy())
    print(f"{name:17} largest difference after 50 steps: {np.abs(ends[0] - ends[1]).max():.1e}")

# %% [markdown]
# So train the moons with them, in Keras, by the course's training loop. A learning rate that decays
# becomes a schedule: `EpochSchedule.of` takes any function like yours.

# %%
decay = EpochSchedule.of(update_lr, 0.02, 0.01, num_epochs=300, steps_per_epoch=5)
runs = {
    "gradient descent": GradientDescent(0.02),
    "momentum": Momentum(0.02),
    "RMSprop": RMSprop(0.02),
    "Adam": Adam(0.02),
    "Adam, decaying": Adam(decay),
}
histories = {}
for name, optimizer in runs.items():
    _, histories[name] = train_on_moons(optimizer, num_epochs=300, seed=3, progress=False)
    print(f"{name:17} accuracy {histories[name].last['accuracy']:.3f}")
ax = plotting.plot_histories({name: h.values for name, h in histories.items()})
_ = ax.set_title("Training loss on the moons, learning rate 0.02")
# %% [markdown]
# ## What to take along
#
# - **Mini-batches** trade noise for steps. Noise falls with the *root* of the size, cost grows with the
#   size: somewhere around 64 is a good place to begin.
# - **Momentum** averages gradients: what contradicts itself cancels out, what agrees adds up.
# - **RMSprop and Adam** divide by the recent size of the gradient, so that steep and flat directions go
#   equally fast. That helps in ravines, on saddles and on plateaus.
# - **An average that starts at zero needs its correction**, and each average its own.
# - **A learning rate means something else to each optimizer**, and so does $\varepsilon$ to each
#   library. Do not compare optimizers at the same learning rate and call it a result.
# - **Decay** makes the last steps short, when there is noise to be stilled.
