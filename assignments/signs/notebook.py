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
# # Hand signs: softmax, TensorFlow, and what a small network can do
#
# Teach a computer to count fingers. A photo of a hand goes in; out comes a probability for each of
# 0, 1, 2, 3, 4 and 5. In this notebook you
#
# 1. build the **softmax** and its loss on plain arrays, and find out why their gradient is so simple;
# 2. take your first steps in **TensorFlow**, which finds gradients by itself;
# 3. write and train the course's network of three layers;
# 4. see one and the same network go from 74% to 99%, by nothing but the way it is trained;
# 5. look at every photo that it still gets wrong, and try one of your own.
#
# Six functions count: `linear_function`, `sigmoid`, `one_hot_matrix`, `initialize_parameters`,
# `forward_propagation` and `compute_total_loss`. The others are for practice. After each, `dltf.check`
# tries it on fresh random inputs and, if something is wrong, tells you what to think about.

# %%
from typing import Any

import dltf  # first: it keeps TensorFlow's start-up log out of the notebook

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from dltf import data, plotting
from dltf.claims import claim
from dltf.data.images import read_photo
from dltf.signs import SIZES, Array, Parameters, as_classes, hardmax
from dltf.signs.experiments import (
    BEST,
    RECIPES,
    accuracies,
    nearest_neighbour,
    predict_photo,
    train_signs,
)

# %% [markdown]
# ## The photos
#
# 1080 photos to learn from and 120 to be tested on. If the real ones are not on this machine you see
# drawn hands instead; everything below works with them, and the numbers differ.

# %%
train_x, train_y, test_x, test_y = data.load_signs()
print("train_x", train_x.shape, train_x.dtype, " train_y", train_y.shape)
print("test_x ", test_x.shape, "   photos of each number:", np.bincount(test_y))
first = [int(np.flatnonzero(train_y == number)[i]) for i in range(2) for number in range(6)]
axes = plotting.plot_photos(train_x[first], [f"{train_y[i]}" for i in first])

# %% [markdown]
# ## 1. Practice: softmax, on arrays
#
# The last layer computes six scores $z_1, \dots, z_6$ for a photo, any numbers at all. To make
# probabilities of them they must become positive and add up to 1:
#
# $$ a_i = \frac{e^{z_i}}{\sum_{j=1}^{C} e^{z_j}} . $$
#
# Examples are columns, as always: `Z` has shape `(C, m)`.
#
# **Practice.** Write `softmax`. Scores of 1000 must work as well, and $e^{1000}$ has no place in
# floating point. What happens to the quotient if you subtract the same number from all the $z_i$?

# %% tags=["exercise"]
from dltf.signs import softmax

# %%
dltf.check(softmax)

# %%
scores = np.array([[5.0, 1000.0], [2.0, 1001.0], [-1.0, 999.0], [3.0, 0.0]])
print("softmax:\n", softmax(scores).round(3))
print("hard max:\n", hardmax(scores))

# %% [markdown]
# The **hard max** next to it puts a 1 where the largest score is (a *one-hot argmax* of the *logits*). It knows no doubt, and it has no
# slope either: move a score a little and nothing happens. Softmax can be differentiated, and that is
# why networks end in it. (Multiply all scores by 10 and the soft one becomes rather hard. Try it.)
#
# With **two classes** softmax is nothing new:
# $a_1 = \frac{e^{z_1}}{e^{z_1} + e^{z_2}} = \frac{1}{1 + e^{-(z_1 - z_2)}}$,
# the sigmoid of the difference of the scores. Logistic regression is softmax with one of the two
# scores held at 0:

# %%
z = np.random.default_rng(0).normal(size=(1, 5))
two = softmax(np.concatenate([z, np.zeros((1, 5))]))
print("softmax of (z, 0):", two[0].round(6))
print("sigmoid of z:     ", (1 / (1 + np.exp(-z)))[0].round(6))

# %% [markdown]
# Labels are written the same way, a column for each example with a single 1: **one-hot**.
#
# **Practice.** Write `one_hot`. *Useful:* `Y[rows, columns] = 1` with two lists of indices.

# %% tags=["exercise"]
from dltf.signs import one_hot

# %%
dltf.check(one_hot)

# %% [markdown]
# The loss of an example is the **cross-entropy**, $-\sum_i y_i \log a_i$. Only one $y_i$ is not 0, so
# that is minus the log of the probability that the network gives to the truth. A uniform predictor
# says $\frac16$ to everything and pays $\log 6 \approx 1.79$. Remember this number.
#
# **Practice.** Write `cross_entropy`, the mean over the examples.

# %% tags=["exercise"]
from dltf.signs import cross_entropy

# %%
dltf.check(cross_entropy)

# %% [markdown]
# Now the gradient by the scores. Two facts: the quotient rule gives
#
# $$ \frac{\partial a_i}{\partial z_j} = a_i \,(\delta_{ij} - a_j), $$
#
# and the loss is $L = -\sum_i y_i \log a_i$. Put together,
#
# $$ \frac{\partial L}{\partial z_j} = -\sum_i \frac{y_i}{a_i}\, a_i\,(\delta_{ij} - a_j)
#    = -y_j + a_j \sum_i y_i = a_j - y_j . $$
#
# All the quotients have gone. The gradient of the scores is *answer less truth*, as it was for the
# sigmoid with its log loss.
#
# **Practice.** Write `cross_entropy_gradient`, for the mean over m examples.

# %% tags=["exercise"]
from dltf.signs import cross_entropy_gradient

# %%
dltf.check(cross_entropy_gradient)

# %% [markdown]
# Do not believe a derivation that has not been checked: here is every slope once more, by going a
# little to the left and a little to the right.

# %%
rng = np.random.default_rng(1)
Z, Y = rng.normal(size=(6, 4)), one_hot(rng.integers(6, size=4), 6)
slopes = np.zeros_like(Z)
for place in np.ndindex(Z.shape):
    step = np.zeros_like(Z)
    step[place] = 1e-5
    up, down = (cross_entropy(softmax(Z + sign * step), Y) for sign in (1, -1))
    slopes[place] = (up - down) / 2e-5
print("largest difference:", np.abs(cross_entropy_gradient(Z, Y) - slopes).max())

# %% [markdown]
# ## 2. First steps in TensorFlow
#
# TensorFlow has arrays, called tensors, and functions of them. What NumPy does not have: it can write
# down what it computes and *differentiate* it. `tf.constant` holds what stays, `tf.Variable` what is
# learned.
#
# **Exercise.** Write `linear_function`: $Y = WX + b$. The random numbers are there already; what is
# missing is the function. *Useful:* `tf.matmul`, and `+`.

# %% tags=["exercise"]
from dltf.signs import linear_function

# %%
dltf.check(linear_function)

# %% [markdown]
# **Exercise.** Write `sigmoid` with TensorFlow. Whole numbers may come in: `tf.cast(z, tf.float32)`
# turns them into real ones. TensorFlow has the sigmoid itself.

# %% tags=["exercise"]
from dltf.signs import sigmoid

# %%
dltf.check(sigmoid)

# %% [markdown]
# **Exercise.** Write `one_hot_matrix`: one label becomes a vector of shape `(C,)`.
# *Useful:* `tf.one_hot(label, depth)`.

# %% tags=["exercise"]
from dltf.signs import one_hot_matrix

# %%
dltf.check(one_hot_matrix)

# %% [markdown]
# Now the reason to be here. A `GradientTape` records what happens to variables and plays it
# backwards. Take a cost that you can minimize in your head, $(w - 5)^2$:
#
# **Practice.** Write the step in `minimize_square`: ask the tape for the slope, then move `w`
# against it. *Useful:* `tape.gradient(cost, w)`, `w.assign_sub(...)`.

# %% tags=["exercise"]
from dltf.signs import minimize_square

# %%
dltf.check(minimize_square)

# %%
w, costs = minimize_square(learning_rate=0.1, num_steps=40)
print(f"w = {w:.4f} after {len(costs)} steps")
ax = plotting.plot_histories({"cost of (w - 5)^2": {"cost": costs}}, "cost")
_ = ax.set_xlabel("step")

# %% [markdown]
# $2(w - 5)$ was written nowhere. The same tape differentiates a network with 307,000 parameters.
#
# ## 3. The network
#
# A photo is a column of $64 \cdot 64 \cdot 3 = 12288$ numbers, and the network is
#
# $$ X \to \underbrace{\text{LINEAR} \to \text{RELU}}_{25} \to \underbrace{\text{LINEAR} \to
#    \text{RELU}}_{12} \to \underbrace{\text{LINEAR}}_{6} \to \text{softmax}. $$
#
# **Exercise.** Write `initialize_parameters`. For each layer, draw the weights with the initializer
# that is given (its call takes a shape) and make the biases zero; both have to be *variables*.

# %% tags=["exercise"]
from dltf.signs import initialize_parameters

# %%
dltf.check(initialize_parameters)

# %% [markdown]
# **Exercise.** Write `forward_propagation`. It ends with the scores, without the softmax.
# *Useful:* `tf.matmul`, `tf.nn.relu`.

# %% tags=["exercise"]
from dltf.signs import forward_propagation

# %%
dltf.check(forward_propagation)

# %% [markdown]
# **Exercise.** Write `compute_total_loss`: the *sum* of the cross-entropies of all examples of a
# batch. TensorFlow's losses get scores and compute softmax and log in one safe step, if you tell them
# so; and they want examples first, so transpose. *Useful:* `tf.transpose`, `tf.reduce_sum`, and the
# categorical cross-entropy in `tf.keras.losses`, whose argument `from_logits` tells it what it gets.

# %% tags=["exercise"]
from dltf.signs import compute_total_loss

# %%
dltf.check(compute_total_loss)

# %% [markdown]
# (Notebooks before 2023 had a `compute_cost` in its place, which returns the *mean* over the batch.
# Both are fine as long as the training loop knows which it gets: a loop of 2021 took the mean and
# divided by m again, and printed costs that were too small by the size of a batch.)
#
# And this is all there is to training. One function runs one step: predict, measure, differentiate,
# update.


# %%
def train_by_hand(X, Y, parameters, learning_rate=0.001, num_epochs=30, minibatch_size=32):
    variables = list(parameters.values())
    optimizer = keras.optimizers.Adam(learning_rate)
    optimizer.build(variables)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            total_loss = compute_total_loss(forward_propagation(x, parameters), y)
            cost = total_loss / tf.cast(tf.shape(x)[1], tf.float32)
        optimizer.apply(tape.gradient(cost, variables), variables)
        return total_loss

    costs, order = [], np.random.default_rng(0)
    for _ in range(num_epochs):
        shuffled, total = order.permutation(X.shape[1]), 0.0
        for start in range(0, X.shape[1], minibatch_size):
            batch = shuffled[start : start + minibatch_size]
            total += float(step(tf.constant(X[:, batch]), tf.constant(Y[:, batch])))
        costs.append(total / X.shape[1])
    return costs


def accuracy(X, parameters, y):
    return np.mean(forward_propagation(X, parameters).numpy().argmax(axis=0) == y)


Y = one_hot(train_y, 6).astype("float32")
columns = {
    "0 to 1": [np.float32(x.reshape(len(x), -1).T / 255) for x in (train_x, test_x)],
}
mean = columns["0 to 1"][0].mean(axis=1, keepdims=True)
columns["centred"] = [X - mean for X in columns["0 to 1"]]
curves = {name: {} for name in columns}
for seed in range(3):
    for name, (X, X_test) in columns.items():
        parameters = initialize_parameters(seed)  # for both the same
        costs = curves[name][seed] = train_by_hand(X, Y, parameters)
        print(
            f"seed {seed}, inputs {name:8} cost {costs[-1]:.3f}   "
            f"training {accuracy(X, parameters, train_y):.3f}   "
            f"test {accuracy(X_test, parameters, test_y):.3f}"
        )

# %%
axes = plotting.new_axes(2, width=4.4, height=3.4, sharey=True)
for ax, (name, runs) in zip(axes, curves.items(), strict=True):
    plotting.plot_histories({f"seed {s}": {"cost": c} for s, c in runs.items()}, "cost", ax=ax)
    ax.axhline(np.log(6), linestyle=":", color="#555555", label="log 6: no idea")
    ax.set_title(f"inputs {name}")
    ax.set_ylim(0)
_ = axes[1].legend(frameon=False)
axes[0].get_legend().remove()
stuck = {
    name: sum(costs[-1] > 0.95 * np.log(6) for costs in runs.values())
    for name, runs in curves.items()
}
claim(
    "uncentred inputs leave more runs at log 6 than centred ones, which leave none",
    [stuck["0 to 1"] > stuck["centred"], stuck["centred"] == 0],
    ", ".join(f"{count} of 3 with inputs {name}" for name, count in stuck.items()),
)

# %% [markdown]
# The two runs of a seed have the same initial weights and the same order of the photos, and differ in one
# line: the mean photo is subtracted. Inputs that are all positive push all weights of a unit in the same
# direction, and the first layer's 25 units share one large common signal, the brightness. With bad luck
# a whole layer of ReLUs goes to zero, its gradient with it, and the loss stays at $\log 6$ for ever. How
# often depends on the learning rate, too: here it is 0.001. The course takes a tenth of that, and waits.
#
# ## 4. One network, eight ways
#
# The rest of the story takes minutes, so here is its table, made on the real photos by
# `python -m dltf.signs.experiments` (docs/signs.md says more). The network is the same in every row. Twelve
# test photos, all of a 0, are byte for byte in the training set too: a network that memorizes gets them for
# nothing, so the accuracy without them has a column of its own. A run is *stuck* if its loss never
# left $\log 6$.
#
# | setup | test, median of three seeds | worst | without the twelve | stuck |
# | --- | ---: | ---: | ---: | ---: |
# | nearest neighbour, raw pixels | 0.925 | | 0.917 | |
# | the course's: uncentred, Glorot, rate 0.0001 | 0.750 | 0.633 | 0.731 | 0 of 3 |
# | rate 0.0003 | 0.167 | 0.167 | 0.185 | 2 of 3 |
# | rate 0.0003, L2 | 0.167 | 0.167 | 0.185 | 2 of 3 |
# | rate 0.0003, dropout | 0.167 | 0.167 | 0.185 | 3 of 3 |
# | centred, He | 0.917 | 0.900 | 0.907 | 0 of 3 |
# | centred, He, L2 | 0.925 | 0.900 | 0.917 | 0 of 3 |
# | centred, He, dropout | 0.900 | 0.892 | 0.889 | 0 of 3 |
# | batch norm, augmentation, cosine | 0.992 | 0.975 | 0.991 | 0 of 3 |
#
# Read it from the top.
#
# - **Look at a simple baseline first.** Only the last way is right more often than the nearest of the
#   training photos, pixel by pixel. Many photos were taken in series, so a test photo has a near
#   twin; a network that does not beat this has learned less than a list.
# - **The course's recipe** (a learning rate of 0.0001, 1500 epochs) is close to the 0.716 that its notebook
#   prints, and differs a lot from seed to seed. It pays for uncentred inputs with patience.
# - **Three times its learning rate**, everything else equal, and most runs fail altogether: their ReLUs
#   die. To compare L2 with dropout in these rows is to compare lucky seeds with unlucky ones.
# - **The input's mean and He's weights** allow a learning rate of 0.001, and 200 epochs do better than 1500
#   did: from three in four to nine in ten. No regularizer in the table adds as much.
# - **Batch norm and augmentation** do the rest. A hand that is turned by ten degrees shows as many
#   fingers, so every photo can be used hundreds of times and never be the same twice.
#
# Here is a short run of the last row. (All of it: leave out `_replace`.)

# %%
photos = (train_x, train_y, test_x, test_y)
best = train_signs(RECIPES[BEST]._replace(epochs=60), photos, seed=0, progress=False)
both = data.signs_in_both(test_x)
neighbour = nearest_neighbour(train_x, train_y, test_x)
for name, predicted in (("nearest neighbour", neighbour), ("60 epochs", best.predicted)):
    every, without = accuracies(predicted, test_y, both)
    print(f"{name:18} test {every:.3f}   without the photos known from training {without:.3f}")
ax = best.history.plot(["accuracy"])
last = best.history.last
claim(
    "the accuracy in training is below that on the test photos",
    last["accuracy"] < last["val_accuracy"],
    f"{last['accuracy']:.3f} and {last['val_accuracy']:.3f}",
)

# %% [markdown]
# Training photos are turned, moved and relit, test photos are not: to the network in training, every
# photo is a harder one.
#
# ## 5. What is still wrong?
#
# An accuracy is one number. The **confusion matrix** says who is taken for whom.

# %%
ax = plotting.plot_confusion(test_y, best.predicted)

# %%
wrong = np.flatnonzero(best.predicted != test_y)[:12]
if len(wrong):
    titles = [f"{test_y[i]}, taken for {best.predicted[i]}" for i in wrong]
    axes = plotting.plot_photos(test_x[wrong], titles, size=1.5)
else:
    print("none")

# %% [markdown]
# **A photo of your own.** `predict_photo` takes any image file, turns it upright, cuts out the
# middle square and makes it small. Put the name of a file of yours here.

# %%
own = data.registry.find("signs/thumbs_up.jpg")  # or "my_hand.jpg"
if own is None:
    print(
        f"thumbs_up.jpg is not available (`dltf data fetch signs`): a test photo of a {test_y[0]}."
    )
pixels = test_x[0] if own is None else read_photo(own)
number, probabilities = predict_photo(best.network, pixels, best.centre)
axes = plotting.plot_photos(pixels[None], [f"taken for {number}"], size=2.0)
for fingers, probability in enumerate(probabilities):
    print(f"{fingers} fingers: {probability:.2f}")

# %% [markdown]
# Be fair to it if your photo comes out wrong. The network has seen hands of a few people before one bright
# wall, and no other way to show a number than theirs. Show it a thumb held up, which is none of the six
# signs, and softmax has to answer with one of the six all the same: it cannot say "none of these".
# Probabilities that add up to 1 are no promise.
#
# ## What to take along
#
# - **Softmax and cross-entropy belong together**: their gradient is answer less truth, and computed
#   in one step they are safe for large scores.
# - **$\log C$ is the loss of no idea.** A run that stays there is dead; look at inputs and initial
#   weights before anything else.
# - **Compare medians of several seeds**, with a simple baseline next to them, and look for test examples
#   that the training set knows.
# - **How a network is trained can matter more than the network.**
