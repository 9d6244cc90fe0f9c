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
# # Regularization: learning the rule and not the noise
#
# A network with room enough can learn its training set by heart. It will then be right about
# everything it has seen, chance and mistakes included, and wrong about what comes next.
#
# Your task: a football club wants to know where on the field its goalkeeper should kick the ball,
# so that their own players win it with the head. There are 211 kicks from past games. Some of them
# were luck. You will train one network three times, change nothing but how it is kept from
# believing in luck, and look at what it makes of the field.
#
# You will write four functions (they count):
#
# 1. `compute_cost_with_regularization`: large weights cost something;
# 2. `backward_propagation_with_regularization`: and so gradient descent makes them smaller;
# 3. `forward_propagation_with_dropout`: units go missing at random;
# 4. `backward_propagation_with_dropout`: and so do their gradients.
#
# Three more are for practice: normalized inputs, L1 against L2 where one can see it, and dropout as
# a Keras layer. After each function, `dltf.check` tries it on fresh random inputs and, if something
# is wrong, tells you what to think about.

# %%
from typing import Any

import dltf  # first: it keeps TensorFlow's start-up log out of the notebook

import keras
import numpy as np

from dltf import data, plotting
from dltf.claims import claim
from dltf.training.augmentation import augmentations
from dltf.training.callbacks import EarlyStopping
from dltf.regularization import (
    Array,
    Parameters,
    Random,
    backward_propagation,
    compute_cost,
    descend,
    initialize_parameters,
    load_2D_dataset,
    logistic_regression,
    predict,
    predict_dec,
    relu,
    sigmoid,
)
from dltf.training import train

# %% [markdown]
# ## The field
#
# Each point is a place where the ball came down; orange (label 1) means that a player of our own
# team got it. If the club's own file is not on this machine, the positions are generated, and a
# line says so.

# %%
train_X, train_Y, test_X, test_Y = load_2D_dataset()
axes = plotting.new_axes(2, width=4.6, height=4.2, sharey=True)
for ax, title, X, Y in zip(
    axes, ("To train on", "To test on"), (train_X, test_X), (train_Y, test_Y), strict=True
):
    plotting.plot_points(X.T, Y, ax=ax)
    ax.set_title(f"{title}: {X.shape[1]} kicks")

# %% [markdown]
# A slanted line from the lower left to the upper right would do rather well (a wavy one, if the positions
# are generated). What is on the wrong side of it, here and there, is the noise.
#
# ## 1. Without regularization
#
# The network has two hidden layers, LINEAR → RELU → LINEAR → RELU → LINEAR → SIGMOID, of sizes
# 2, 20, 3, 1. The array convention is the course's: examples are columns. Everything that is not
# special to this topic is given: `descend(X, Y, forward, backward, cost)` takes 30,000 steps of
# gradient descent, and calls the functions you give it. With none, it is the plain network:

# %%
parameters_plain = descend(train_X, train_Y, rng=3)
print("On the training set:")
predictions = predict(train_X, train_Y, parameters_plain)
print("On the test set:")
predictions = predict(test_X, test_Y, parameters_plain)

# %%
ax = plotting.plot_decision_boundary(
    lambda points: predict_dec(parameters_plain, points.T), train_X.T, train_Y
)
_ = ax.set_title("Without regularization")

# %% [markdown]
# If the accuracy is better on the training set than on the test set, the plot shows why:
# the boundary goes out of its way to get single points right. A boundary that follows single points
# has to change direction within a short distance, and for that a network needs *large weights*.
#
# ## 2. L2: large weights cost something
#
# So let us charge for them. To the cross-entropy we add
#
# $$ J = \underbrace{-\frac1m \sum_{i=1}^m \Big( y^{(i)} \log a^{[3](i)} + (1 - y^{(i)}) \log (1 - a^{[3](i)}) \Big)}_{\text{cross-entropy}}
# \; + \; \underbrace{\frac{\lambda}{2m} \sum_{l} \big\lVert W^{[l]} \big\rVert_F^2}_{\text{penalty on the weights}} $$
#
# where $\lVert W \rVert_F^2 = \sum_k \sum_j W_{kj}^2$ is the squared *Frobenius norm*: square every
# entry, add up. Biases are free. A bias shifts a boundary and cannot make it wiggle.
#
# **Exercise.** Write `compute_cost_with_regularization`. The cross-entropy is given.
#
# *Useful:* `np.sum`, `np.square`. In Python the regularization strength $\lambda$ is spelt `lambd`, because `lambda` is a
# keyword.

# %% tags=["exercise"]
from dltf.regularization import compute_cost_with_regularization

# %%
dltf.check(compute_cost_with_regularization)

# %% [markdown]
# The cost has changed, so its gradients must. The new term is a sum over weights, and the
# derivative of a sum is the sum of the derivatives: each gradient is what it was, plus that of the
# price,
#
# $$ \frac{\partial}{\partial W} \Big( \frac{\lambda}{2m} W^2 \Big) = \; ? $$
#
# **Exercise.** Write `backward_propagation_with_regularization`. `backward_propagation` gives you
# the gradients of the cross-entropy in a dictionary (`"dW1"`, `"db1"`, `"dZ1"`, ...). Which of them
# change?
#
# *A thought to check yourself by:* what happens to a weight in one step of gradient descent, if the
# cross-entropy does not care about it at all?

# %% tags=["exercise"]
from dltf.regularization import backward_propagation_with_regularization

# %%
dltf.check(backward_propagation_with_regularization)


# %% [markdown]
# Now train it, with $\lambda = 0.7$ and from the same first weights as before:


# %%
def train_with_l2(lambd):
    return descend(
        train_X,
        train_Y,
        backward=lambda X, Y, cache: backward_propagation_with_regularization(X, Y, cache, lambd),
        cost=lambda A3, Y, parameters: compute_cost_with_regularization(A3, Y, parameters, lambd),
        print_cost=False,
        rng=3,
    )


parameters_l2 = train_with_l2(0.7)
print("On the training set:")
predictions = predict(train_X, train_Y, parameters_l2)
print("On the test set:")
predictions = predict(test_X, test_Y, parameters_l2)

# %% [markdown]
# The training set is learned a little *worse* than before. That is no accident but the deal: some **bias** is
# accepted to get rid of **variance**. How much of which? Turn the knob and see. Variance means that
# a network would be another one, had the kicks been others, so let us measure exactly that: train
# on one half of the kicks, train on the other half, and count on how many test points the two
# disagree.

# %%
prices = [0.0, 0.03, 0.1, 0.3, 1.0, 3.0]
names = ("error on the training set", "error on the test set", "two halves disagree")
measured = np.zeros((len(prices), len(names)))
rng = np.random.default_rng(0)
orders = [rng.permutation(train_X.shape[1]) for _ in range(3)]
for row, lambd in zip(measured, prices, strict=True):

    def price(X, Y, cache, lambd=lambd):
        return backward_propagation_with_regularization(X, Y, cache, lambd)

    for order in orders:
        answers = []
        for half in (order[::2], order[1::2]):
            X, Y = train_X[:, half], train_Y[:, half]
            learned = descend(X, Y, backward=price, num_iterations=5000, print_cost=False, rng=3)
            answers.append(predict_dec(learned, test_X))
            row[0] += np.mean(predict_dec(learned, X) != Y) / 2
            row[1] += np.mean(answers[-1] != test_Y) / 2
        row[2] += np.mean(answers[0] != answers[1])
measured *= 100 / len(orders)

ax = plotting.new_axes()
for label, values in zip(names, measured.T, strict=True):
    ax.plot(range(len(prices)), values, "o-", label=label)
ax.set_xticks(range(len(prices)), [f"{p:g}" for p in prices])
ax.set_xlabel(r"regularization strength $\lambda$")
ax.set_ylabel("percent")
ax.set_ylim(0)
_ = ax.legend(frameon=False)
on_train, on_test, disagree = measured.T
claim("the halves agree more at 1 than at 0", disagree[4] < disagree[0], disagree.round(1))
claim("the error on the training set rises", on_train[-1] > on_train[0], on_train.round(1))
claim(
    "the error on the test set is smallest somewhere between, by half a percent or more",
    on_test.min() + 0.5 < min(on_test[0], on_test[-1]),
    on_test.round(1),
)

# %% [markdown]
# That the halves come to agree is the variance, falling. That the error on the training set rises is the
# bias, growing. The error on the test set is made of both. (Three pairs of halves, 200 kicks to test on: do
# not read much into a single point.) If you go on to $\lambda = 10$, keeping the weights small is all that
# counts, and the network says the same about every kick.
#
# **Which $\lambda$, then?** One tries some and takes the best on a *dev set*: neither the training set,
# which would always say 0, nor the test set, which is for the very end (and which the plot used only to show
# the curve).
#
# ## 3. Dropout: units that may be missing
#
# Here is an entirely different idea. At every step of training, each hidden unit is switched off
# with some probability, independently for each example. No unit can rely on any other being there, so it
# pays to be useful alone: the weights get spread over many units.
#
# For each hidden layer:
#
# 1. draw a matrix $D$ of the shape of $A$ with numbers from 0 to 1, evenly;
# 2. turn it into a mask that is true with probability `keep_prob`;
# 3. multiply: $A = A * D$, entry by entry; what is masked is 0;
# 4. divide $A$ by `keep_prob`.
#
# Why the last step? When you *use* the network nothing is dropped (an answer that depends on chance
# is of little use), and each layer should see sums of the size that it saw in training. If four of
# five units are kept, their sum is on average four fifths of the whole. Dividing by 0.8 makes up
# for it there and then. This is *inverted* dropout.
#
# **Exercise.** Write the missing steps of `forward_propagation_with_dropout`. Inputs and output
# are never dropped. Keep the masks $D^{[1]}, D^{[2]}$: the backward pass will need them.
#
# *Useful:* `rng.random(A.shape)`. (Older notebooks set a seed inside this function. The checks
# accept that, but think what it means: at every step the *same* units are missing.)

# %% tags=["exercise"]
from dltf.regularization import forward_propagation_with_dropout

# %%
dltf.check(forward_propagation_with_dropout)

# %% [markdown]
# **Exercise.** Now the backward pass. Dropout multiplied $A$ by something. By the chain rule, $dA$ gets
# multiplied by the same. Complete `backward_propagation_with_dropout`.

# %% tags=["exercise"]
from dltf.regularization import backward_propagation_with_dropout

# %%
dltf.check(backward_propagation_with_dropout)

# %%
drops, keep_prob = np.random.default_rng(1), 0.86
parameters_dropout = descend(
    train_X,
    train_Y,
    forward=lambda X, parameters: forward_propagation_with_dropout(X, parameters, keep_prob, drops),
    backward=lambda X, Y, cache: backward_propagation_with_dropout(X, Y, cache, keep_prob),
    print_cost=False,
    rng=3,
)
print("On the training set:")
predictions = predict(train_X, train_Y, parameters_dropout)
print("On the test set:")
predictions = predict(test_X, test_Y, parameters_dropout)

# %% [markdown]
# Mind that `predict` uses the plain forward pass. Dropout is for training only; to test with it is
# the most common mistake there is.
#
# ## The three, side by side

# %%
learned = {"none": parameters_plain, "L2": parameters_l2, "dropout": parameters_dropout}
table = {}
axes = plotting.new_axes(3, width=3.2, height=3.8, sharey=True)
print("                train   test    largest weight")
for ax, (name, p) in zip(axes, learned.items(), strict=True):
    plotting.plot_decision_boundary(
        lambda points, p=p: predict_dec(p, points.T), train_X.T, train_Y, ax=ax
    )
    ax.set_title(name)
    ax.get_legend().remove()
    train_accuracy = np.mean(predict_dec(p, train_X) == train_Y)
    test_accuracy = np.mean(predict_dec(p, test_X) == test_Y)
    largest = max(np.abs(p[f"W{l}"]).max() for l in (1, 2, 3))
    print(f"{name:14}  {train_accuracy:.3f}   {test_accuracy:.3f}   {largest:.1f}")
    table[name] = (train_accuracy, train_accuracy - test_accuracy, largest)
fitted, gap, weight = (
    dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)
)
claim(
    "with L2 fewer training points are right than without, its largest weight is the smallest of the "
    "three, and training and test set are closer to each other",
    [
        fitted["L2"] < fitted["none"],
        weight["L2"] == min(weight.values()),
        abs(gap["L2"]) < abs(gap["none"]),
    ],
)

# %% [markdown]
# The smoothest boundary is that of L2; its largest weight tells why. Dropout is less sure of itself here: it
# depends on the draw (run it again!), and its strength is in layers of hundreds of units, where there is
# much to spread. This network has 3 in its second layer.
#
# The cost of dropout: it needs more steps, since each trains only part of the network, and the
# cost that you print jumps about, because it belongs to another network every time. To see whether
# gradient descent works, switch it off (`keep_prob = 1`).
#
# **Try it.** Both at once? Dropout with `keep_prob = 0.5`: how often are all three units of the
# second layer gone? Predict before you run.
#
# **The graded part ends here.** Next come the other tools against variance that you will meet in every
# project: normalized inputs, L1, the same in Keras, early stopping, and data augmentation.
#
# ---
#
# ## 4. Practice: inputs of one scale
#
# The weights of all inputs cost the same. But what if one input is in metres and another in
# millimetres? The second needs a weight a thousand times smaller for the same effect, and pays next
# to nothing. Besides, gradient descent zigzags when the inputs have different scales. So one moves
# and scales each feature to mean 0 and variance 1 before anything else.
#
# **Practice.** Write `normalize_inputs`. What matters most: the test set is moved and scaled by the
# mean and standard deviation *of the training set*.

# %% tags=["exercise"]
from dltf.regularization import normalize_inputs

# %%
dltf.check(normalize_inputs)

# %%
normal_X, normal_test_X = normalize_inputs(train_X, test_X)
for name, X in (("train", normal_X), ("test", normal_test_X)):
    print(f"{name:6} mean {X.mean(axis=1).round(2)}   standard deviation {X.std(axis=1).round(2)}")

# %% [markdown]
# The test set has *nearly* mean 0 and variance 1. That is how it should be.
#
# ## 5. Practice: L1, and weights that vanish
#
# The other well-known price is the sum of the absolute values. For logistic regression,
#
# $$ J = \text{cross-entropy} + \frac{\lambda}{2m} \sum_j w_j^2 \quad\text{(L2)}, \qquad
# J = \text{cross-entropy} + \frac{\lambda}{m} \sum_j |w_j| \quad\text{(L1)}. $$
#
# The difference is in the slope. The square's slope is proportional to the weight: the pull towards
# zero gets weaker as it gets there. The absolute value's is the same all the way.
#
# **Practice.** Write the last lines of `logistic_gradients`. At a weight of exactly 0 take the
# slope of $|w|$ to be 0.
#
# *Useful:* `np.sign`.

# %% tags=["exercise"]
from dltf.regularization import logistic_gradients

# %%
dltf.check(logistic_gradients)

# %% [markdown]
# To see what that leads to: 40 inputs of which only 5 matter, and 100 examples.
# `logistic_regression` learns the weights (under L1 with a small refinement: a step that would
# carry a weight across 0 stops at 0).

# %%
rng = np.random.default_rng(4)
truth = np.zeros((40, 1))
truth[[3, 11, 18, 27, 36], 0] = [2.0, -3.0, 2.5, -2.0, 3.0]
X = rng.standard_normal((40, 100))
Y = (rng.random((1, 100)) < sigmoid(truth.T @ X)).astype(float)
X_new = rng.standard_normal((40, 5000))
Y_new = (rng.random((1, 5000)) < sigmoid(truth.T @ X_new)).astype(float)

weights = {}
axes = plotting.new_axes(3, width=4.2, height=3.0, sharey=True)
print("                zero weights   accuracy on 100   on 5000 new ones")
for ax, (name, lambd, penalty) in zip(
    axes, (("none", 0.0, "l2"), ("L2", 4.0, "l2"), ("L1", 4.0, "l1")), strict=True
):
    w, b = logistic_regression(X, Y, lambd, penalty)
    right, right_new = (np.mean((w.T @ a + b > 0) == c) for a, c in ((X, Y), (X_new, Y_new)))
    print(
        f"{name:14}  {int(np.sum(w == 0)):4} of 40        {right:.2f}              {right_new:.3f}"
    )
    ax.vlines(range(40), 0, truth[:, 0], colors="#bbbbbb", linewidth=5, label="true weight")
    ax.plot(range(40), w[:, 0], "o", markersize=4, label="learned weight")
    ax.set_title(f"{name}: {int(np.sum(w == 0))} of 40 weights are exactly 0")
    ax.set_xlabel("input")
    weights[name] = w[:, 0]
axes[0].set_ylabel("weight")
_ = axes[0].legend(frameon=False, loc="upper left")
matters = truth[:, 0] != 0
claim(
    "L1 keeps the five inputs that matter, smaller than they are, and drops most of the others; L2 "
    "drops none",
    [
        np.all(weights["L1"][matters] != 0),
        np.all(np.abs(weights["L1"][matters]) < np.abs(truth[matters, 0])),
        np.mean(weights["L1"][~matters] == 0) > 0.5,
        np.all(weights["L2"] != 0),
    ],
)

# %% [markdown]
# Without a price, all 40 weights are large: the examples can be told apart perfectly by inputs that
# mean nothing. L2 makes all of them small and none of them zero. The weights of L1 are *sparse*. The
# price it takes from the five is a bias, too.
#
# ## 6. Practice: dropout as a Keras layer
#
# Keras has L2, L1 and dropout ready: `kernel_regularizer=keras.regularizers.L2(...)` on a layer, and a layer
# `keras.layers.Dropout(rate)`, whose `rate` is the probability of *dropping*. In Keras the price has no
# $\frac1{2m}$: our $\lambda$ is `L2(lambd / (2 * m))`, with $m$ the size of the training set.
#
# **Practice.** Write `call` of `InvertedDropout`. A layer is told by `training` whether it is being
# trained.
#
# *Useful:* `keras.random.uniform(shape, seed=self.seed_generator)`, `keras.ops.shape`,
# `keras.ops.where`. The seed generator goes on from call to call, so every call draws new numbers.

# %% tags=["exercise"]
from dltf.regularization import InvertedDropout

# %%
dltf.check(InvertedDropout)

# %%
ones = np.ones((1000, 100), "float32")
mine = np.asarray(InvertedDropout(0.8, seed=1)(ones, training=True))
theirs = np.asarray(keras.layers.Dropout(0.2, seed=1)(ones, training=True))
for name, values in (("InvertedDropout(0.8)", mine), ("keras.layers.Dropout(0.2)", theirs)):
    print(f"{name:26} kept {np.mean(values > 0):.3f}   mean {values.mean():.3f}")

# %% [markdown]
# ## 7. Stopping early
#
# The cheapest regularizer needs no formula: stop. Weights begin small and grow with every step, so
# a network that is stopped early has smaller ones. Here is a network that is far too large. One
# watches the loss on data that are not trained on, and keeps the weights of the best epoch.
# `dltf.training.callbacks.EarlyStopping` does that in the course's training loop. (On the *test* set, as
# here, only to show it: in earnest that is what the dev set is for.)

# %%
layers = [keras.layers.Dense(n, "relu", kernel_initializer="he_normal") for n in (100, 100)]
network = keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1)])
stop = EarlyStopping(monitor="val_loss", patience=100)
history = train(
    network,
    (train_X.T, train_Y.T),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    optimizer=keras.optimizers.Adam(0.003),
    epochs=1000,
    validation=(test_X.T, test_Y.T),
    callbacks=[stop],
    seed=1,
    progress=False,
)
print(history.stopped or "ran to the end")
ax = history.plot()
ax.axvline(stop.best_epoch, color="#555555", linestyle=":", linewidth=1.2)
ax.annotate(" best", (stop.best_epoch, 0.65))
_ = ax.set_ylim(0, 0.7)

# %% [markdown]
# The training loss goes on falling, longer than the other. The flaw: stopping early mixes two questions,
# *how well do I fit?* and *how do I keep from fitting too well?*, into one knob. With L2 you can first make one work and
# then the other. On the other hand it needs one run, where L2 needs one for each $\lambda$ you try.
#
# ## 8. More data for nothing
#
# The best remedy for variance is more data. For images there is some for free (*data augmentation*): a house in a
# mirror is a house. Layers that change images at random in training give another one in every
# epoch.

# %%
image = data.make_image(96).astype("float32")
copies = np.repeat(image[None], 6, axis=0)  # (6, 96, 96, 3)
rows = {"original": copies[:1]}
for name, layer in augmentations(96, 96, seed=1).items():
    rows[name] = np.concatenate([layer(copy[None], training=True) for copy in copies])
_ = plotting.plot_images(rows)

# %% [markdown]
# Each row is the same image, changed by one layer, six times. Put them at the beginning of a
# network, one after another. In use (`training=False`) they let images through as they are. And
# always ask whether the label survives: a mirrored house is a house, a mirrored 2 is not a 2.
#
# ## What to take along
#
# - **A network that is much better on the training set than on others has learned noise**:
#   variance. One that is bad on both has bias, and regularization would make it worse.
# - **L2** charges for large weights; every step makes them a little smaller, hence *weight decay*.
#   **L1** makes many of them exactly zero.
# - **Dropout** switches hidden units off at random, in training only, and scales up the rest.
# - **Stopping early** and **more data** work as well, and the last is the only one that costs no
#   bias.
# - **Normalize inputs** with the numbers of the training set, everywhere.
