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
# # Initialization: where gradient descent begins
#
# Gradient descent walks downhill from wherever you put it. So where *should* you put it?
#
# It is tempting to think that this hardly matters, that a good algorithm finds its way from
# anywhere. In this notebook you take one small network and one small data set, change nothing but
# the first weights, and get accuracies between 50% and 99%. Then you build a deep network and watch
# its signal die, or explode, before training has even begun; and you will know how to prevent both.
#
# You will write three functions (they count):
#
# 1. `initialize_parameters_zeros`: the obvious choice, and why it cannot work;
# 2. `initialize_parameters_random`: the next obvious choice, and why it works badly;
# 3. `initialize_parameters_he`: the choice of nearly every ReLU network today, in one line.
#
# After that come four more for practice, which take you from arrays to Keras and from three layers
# to fifty. After each function, `dltf.check` tries it on fresh random inputs and, if something is
# wrong, tells you what to think about.

# %%
from collections.abc import Sequence
from typing import Any

import dltf  # first: it keeps TensorFlow's start-up log out of the notebook

import keras
import matplotlib.pyplot as plt
import numpy as np

from dltf import data, plotting
from dltf.claims import claim
from dltf.initialization import (
    TRUNCATED_STD,
    Array,
    Parameters,
    Random,
    activation_and_slope,
    gradient_scales,
    model,
    predict,
    predict_dec,
    train_on_circles,
)

# %% [markdown]
# ## The data and the network
#
# Three hundred points on two rings. No straight line separates blue from orange: whatever solves
# this must bend.

# %%
train_X, train_Y, test_X, test_Y = data.load_circles()
print("train_X", train_X.shape, " train_Y", train_Y.shape, " test_X", test_X.shape)
ax = plotting.plot_points(train_X.T, train_Y)
# %% [markdown]
# Examples are *columns*: `train_X` has one row for each of the 2 features and one column for each
# of the 300 examples. The network has three layers with weights,
#
# $$ X \;\to\; \underbrace{\text{LINEAR} \to \text{RELU}}_{10\text{ units}}
#      \;\to\; \underbrace{\text{LINEAR} \to \text{RELU}}_{5\text{ units}}
#      \;\to\; \underbrace{\text{LINEAR} \to \text{SIGMOID}}_{1\text{ unit}}, \qquad
#    Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}. $$
#
# For the product to exist, $W^{[l]}$ must have shape $(n^{[l]}, n^{[l-1]})$ and $b^{[l]}$ shape
# $(n^{[l]}, 1)$, where $n^{[0]} = 2$ is the number of features. We write all the sizes into one list,
# `layers_dims = [2, 10, 5, 1]`, and all the parameters into one dictionary with the keys `"W1"`,
# `"b1"`, `"W2"`, ...
#
# Forward propagation, backpropagation and the update are given: `model(X, Y, initialization=f)`
# calls `f(layers_dims)` once to begin, takes 15,000 steps of gradient descent on all examples, and
# returns the learned parameters. Everything below differs in `f` alone.

# %% [markdown]
# ## 1. Zeros
#
# **Exercise.** Write `initialize_parameters_zeros`. For every layer `l` from 1 on, put a matrix of
# zeros of shape $(n^{[l]}, n^{[l-1]})$ under the key `"W1"`, `"W2"`, ... and a column of zeros of
# shape $(n^{[l]}, 1)$ under `"b1"`, `"b2"`, ... It has to work for any number of layers.
#
# *Useful:* `np.zeros(shape)` takes the shape as one tuple; `f"W{l}"` puts a number into a name.

# %% tags=["exercise"]
from dltf.initialization import initialize_parameters_zeros

# %%
dltf.check(initialize_parameters_zeros)

# %%
parameters = model(train_X, train_Y, initialization=initialize_parameters_zeros)
print("On the training set:")
predictions = predict(train_X, train_Y, parameters)
print("On the test set:")
predictions = predict(test_X, test_Y, parameters)

# %% [markdown]
# The loss does not move. It stays at $0.6931 = \log 2$, which is the loss of a predictor that says "50%"
# to everything, and that is exactly what this network says.
#
# Why? Look at one hidden layer. All its units have the same weights, so they compute the same
# output. Backpropagation sends each of them the same gradient. So after the update they are the
# same *again*, and after the next update too. A layer of ten equal units is a layer of one unit that
# has been copied ten times. With zeros it is worse still: the activations are all zero, hence all
# gradients of the weights are zero as well, and nothing moves at all.
#
# You need not take that on trust. Start from equal weights that are *not* zero, so that something
# does move, train, and look at the rows of $W^{[1]}$, one for each unit:


# %%
def equal_weights(layers_dims):
    zeros = initialize_parameters_zeros(layers_dims)
    return {name: value + 0.1 * (name[0] == "W") for name, value in zeros.items()}


parameters = model(train_X, train_Y, initialization=equal_weights, print_cost=False)
print("rows of W1 after 15,000 steps:")
print(parameters["W1"])
print("largest difference between two rows:", np.ptp(parameters["W1"], axis=0).max())

# %% [markdown]
# The weights have learned something, and every unit has learned the same thing (what differs is
# rounding). This is called a
# failure to **break the symmetry**. Biases are innocent, by the way: as soon as the weights differ,
# biases may all start at zero, and from here on they do.
#
# ## 2. Large random numbers
#
# So the weights must differ. Let us draw them at random, and not be shy about it.
#
# **Exercise.** Write `initialize_parameters_random`: weights drawn from the standard normal
# distribution and multiplied by 10, biases zero.
#
# *Useful:* `rng.standard_normal(shape)`. The function receives a random generator, or a seed for one,
# instead of setting a global seed: the caller decides whether two runs are alike. (If you have
# seen `np.random.seed(3)` inside such a function: the checks accept that, but it means that all your
# networks start from the same weights.)

# %% tags=["exercise"]
from dltf.initialization import initialize_parameters_random

# %%
dltf.check(initialize_parameters_random)


# %%
def large(layers_dims):
    return initialize_parameters_random(layers_dims, rng=2)


parameters_large = model(train_X, train_Y, initialization=large)
print("On the training set:")
predictions = predict(train_X, train_Y, parameters_large)
print("On the test set:")
predictions = predict(test_X, test_Y, parameters_large)
# %% [markdown]
# The first loss is `inf`, or huge. With weights around 10 the last layer's $z$ is in the hundreds,
# the sigmoid answers exactly 0 or 1, and for an example that it gets wrong the loss is
# $-\log 0 = \infty$. The network starts out *certain* of things it has never seen, and has to unlearn
# them first. The symmetry is broken and it does learn, but slowly, and where it ends depends on
# luck. Try some other draws:

# %%
for seed in range(5):
    parameters = model(
        train_X,
        train_Y,
        print_cost=False,
        initialization=lambda layers_dims, seed=seed: initialize_parameters_random(
            layers_dims, seed
        ),
    )
    accuracy = np.mean(predict_dec(parameters, test_X) == test_Y)
    print(f"seed {seed}: accuracy on the test set {accuracy:.2f}")

# %% [markdown]
# ## 3. He initialization
#
# Different, then, but not large. How large *exactly*? Follow the size of the signal through one
# layer. A unit computes
#
# $$ z = \sum_{j=1}^{n^{[l-1]}} w_j\, a_j . $$
#
# If the weights are independent with mean 0, variances add up:
# $\operatorname{Var}(z) = n^{[l-1]} \operatorname{Var}(w)\, \mathrm{E}[a^2]$. So the sum grows with
# the number of its terms. And $a$ has come out of a ReLU, which sets one half of its inputs to
# zero and so keeps one half of their mean square: $\mathrm{E}[a^2] = \tfrac12 \operatorname{Var}(z_\text{before})$.
# Together, from one layer to the next,
#
# $$ \operatorname{Var}(z^{[l]}) = \tfrac12\, n^{[l-1]} \operatorname{Var}(w)\; \operatorname{Var}(z^{[l-1]}). $$
#
# The signal keeps its size if the factor in front is 1, that is if
#
# $$ \operatorname{Var}(w) = \frac{2}{n^{[l-1]}}. $$
#
# This is He initialization (He et al., 2015, eq. 10), named after Kaiming He.
#
# **Exercise.** Write `initialize_parameters_he`. It is `initialize_parameters_random` with another
# factor. Mind that the formula speaks of the *variance*: what does multiplying by a number do to it?

# %% tags=["exercise"]
from dltf.initialization import initialize_parameters_he

# %%
dltf.check(initialize_parameters_he)


# %%
def he(layers_dims):
    return initialize_parameters_he(layers_dims, rng=2)


parameters_he = model(train_X, train_Y, initialization=he)
print("On the training set:")
predictions = predict(train_X, train_Y, parameters_he)
print("On the test set:")
predictions = predict(test_X, test_Y, parameters_he)
# %% [markdown]
# Same network, same data, same 15,000 steps. Here is what the two networks that learned anything
# have made of the plane:

# %%
axes = plotting.new_axes(2, width=4.6, height=4.2, sharey=True)
for ax, title, learned in zip(
    axes, ("Standard deviation 10", "He"), (parameters_large, parameters_he), strict=True
):
    plotting.plot_decision_boundary(
        lambda points, learned=learned: predict_dec(learned, points.T), train_X.T, train_Y, ax=ax
    )
    ax.set_title(title)

# %% [markdown]
# ## The same experiment in Keras
#
# Nothing of this is special to our arrays. `train_on_circles` builds the network in Keras and
# trains it with the course's own training loop, `dltf.training.train`. It takes a dictionary of
# parameters, such as your functions make, as its first weights (transposed, because Keras has the
# examples in rows). So all three curves begin where *you* say.

# %%
starts = {
    "standard deviation 10": large([2, 10, 5, 1]),
    "zeros": initialize_parameters_zeros([2, 10, 5, 1]),
    "He": he([2, 10, 5, 1]),
}
histories = {}
for name, start in starts.items():
    _, histories[name] = train_on_circles(start, progress=False)
    last = histories[name].last
    print(f"{name:22} train {last['accuracy']:.3f}   test {last['val_accuracy']:.3f}")
reached = {name: history.last["accuracy"] for name, history in histories.items()}
claim(
    "zeros learn nothing, large weights something, and He's nearly all of it",
    [
        reached["zeros"] < 0.6,
        reached["zeros"] < reached["standard deviation 10"] < reached["He"],
        reached["He"] > 0.97,
    ],
)

# %%
ax = plotting.new_axes()
for (name, history), colour in zip(histories.items(), plotting.COLOURS, strict=False):
    windows = np.array(history["loss"]).reshape(-1, 100)  # a hundred epochs in a row
    epochs = 100 * np.arange(len(windows)) + 50
    ax.fill_between(
        epochs, windows.min(axis=1), windows.max(axis=1), color=colour, alpha=0.25, lw=0
    )
    ax.plot(epochs, np.median(windows, axis=1), color=colour, label=name)
ax.set(xlabel="epoch", ylabel="loss", ylim=(0, 1.5))
ax.legend(frameon=False)
_ = ax.set_title("Training loss from three starts")
# %% [markdown]
# Lines are medians of a hundred epochs, bands reach from the smallest to the largest of them. The curve of
# the large weights begins far above the plot (confident wrong predictions cost a lot), and it is restless:
# for thousands of epochs the loss jumps up and down at every step, because with large weights a small step
# changes the output a lot. When it has calmed down it is stuck. He's curve is smooth. It seems asleep at
# first, finds the ring, and then goes down and down.
#
# **Try it.** Give `train_on_circles` a `learning_rate` ten times smaller for the large weights. Does
# that help? And a larger one for He: how early can you wake it? Predict before you run.
#
# **The graded part ends here.** Next, with four exercises for practice, you see what the right scale
# is *really* good for: in a network of fifty layers it decides whether anything can be learned at all.
#
# ---
#
# ## 4. Practice: the signal in a deep stack
#
# With three layers a bad scale costs you accuracy. With fifty it costs you everything: a factor of
# 0.7 a layer becomes $0.7^{50} \approx 10^{-8}$, and a factor of 1.4 becomes $10^7$.
#
# For tanh, which near 0 lets its input through as it is, no half is lost, and keeping the size of the
# signal on its way forward asks for $\operatorname{Var}(w) = 1/n^{[l-1]}$. But gradients travel as
# well, backwards, and there a sum runs over the $n^{[l]}$ units of the layer itself: keeping *their*
# size asks for $1/n^{[l]}$. Glorot and Bengio (2010, eq. 12) take the compromise, known by the first
# name of Xavier Glorot,
#
# $$ \operatorname{Var}(w) = \frac{2}{n^{[l-1]} + n^{[l]}}. $$
#
# (Beware: some books and libraries call the forward half alone, $1/n^{[l-1]}$, by the same name.)
#
# **Practice.** Write `initialize_parameters_xavier`.

# %% tags=["exercise"]
from dltf.initialization import initialize_parameters_xavier

# %%
dltf.check(initialize_parameters_xavier)

# %% [markdown]
# **Practice.** Now the measuring instrument. `activation_scales` sends `X` through a stack of any
# number of layers, all with the same activation function, and returns the standard deviation of
# the activations $A^{[l]}$ of every layer.

# %% tags=["exercise"]
from dltf.initialization import activation_scales

# %%
dltf.check(activation_scales)

# %% [markdown]
# Time to see it. Fifty layers of about a hundred units each, untrained. On the left the signal on
# its way up; on the right the gradient on its way down, from the last layer to the first
# (`gradient_scales` does for it what you just did for the activations).

# %%
rng = np.random.default_rng(0)
dims = [100] + [int(n) for n in rng.integers(80, 120, size=50)]
X = rng.standard_normal((100, 200))
ways = {
    "zeros": initialize_parameters_zeros(dims),
    "0.01": {name: value / 1000 for name, value in initialize_parameters_random(dims, rng).items()},
    "10": initialize_parameters_random(dims, rng),
    "Xavier": initialize_parameters_xavier(dims, rng),
    "He": initialize_parameters_he(dims, rng),
}
for activation in ("tanh", "relu"):
    axes = plotting.new_axes(2, width=4.6, height=3.4)
    up = {name: activation_scales(X, start, activation) for name, start in ways.items()}
    down = {name: gradient_scales(X, start, activation, rng) for name, start in ways.items()}
    plotting.plot_layer_scales(up, ax=axes[0], ylabel="standard deviation of the activations")
    plotting.plot_layer_scales(down, ax=axes[1], ylabel="standard deviation of the gradients")
    axes[0].set_title(f"{activation}: forward")
    axes[1].set_title(f"{activation}: backward")
    axes[0].get_legend().remove()
    axes[1].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)

# %% [markdown]
# Read the plots slowly; the axes are logarithmic.
#
# - **zeros** send nothing up, and no gradient gets past the last layer: on a logarithmic axis they
#   have no place at all.
# - **0.01** vanishes with either activation: after ten layers a ten-billionth of the signal is left,
#   and the gradient is gone long before it reaches the lower layers.
# - **10** explodes with ReLU. With tanh the activations cannot (they all sit near $\pm 1$, in the
#   flat ends of the curve), but the gradient does: the few units that are not quite flat hand it on
#   multiplied by huge weights.
# - **Xavier** is made for tanh and holds there over all fifty layers, sinking slowly, because tanh is
#   a little less than linear. With ReLU it loses in every layer the half that it does not reckon
#   with.
# - **He** holds with ReLU, in both directions, from the first layer to the fiftieth. With tanh it is
#   somewhat large: the activations do not sink, and the gradient grows.
#
# ## 5. Practice: a Keras initializer of your own
#
# In Keras an initializer is an object: a layer calls it with the shape of its kernel and gets a
# tensor back. To use He's formula there, one needs to know how many terms a unit sums, its
# **fan-in**. For a dense kernel of shape `(n_in, n_out)` that is plain (mind the order: Keras has
# inputs first). A unit of a convolutional layer looks at a whole window of every input channel.
#
# **Practice.** Write `fans`, which gets the shape of a kernel, `(n_in, n_out)`, `(f, n_in, n_out)` or
# `(f_H, f_W, n_in, n_out)`, and returns the fan-in and the fan-out.

# %% tags=["exercise"]
from dltf.initialization import fans

# %%
dltf.check(fans)

# %% [markdown]
# **Practice.** Write the `__call__` of `HeInitializer`. Keras's own `HeNormal` draws from a normal
# distribution that is *cut off* at two standard deviations, so that no weight begins as an outlier.
# The cut takes away the largest values and makes the spread smaller: what is asked as `stddev=1` has
# a standard deviation of only `TRUNCATED_STD`, about 0.88. The variance of what you return has to be
# $2 / \text{fan-in}$ nevertheless.
#
# *Useful:* `keras.random.truncated_normal(shape, stddev=..., dtype=..., seed=...)`.

# %% tags=["exercise"]
from dltf.initialization import HeInitializer

# %%
dltf.check(HeInitializer)

# %% [markdown]
# It should be one with Keras's own, value by value in distribution, for dense and conv kernels:

# %%
for shape in ((300, 200), (3, 5, 40, 60)):
    mine = np.asarray(HeInitializer(seed=1)(shape))
    theirs = np.asarray(keras.initializers.HeNormal(seed=2)(shape))
    print(f"{shape!s:16} standard deviation: mine {mine.std():.4f}, Keras {theirs.std():.4f}")

ax = plotting.new_axes()
bins = np.linspace(-0.16, 0.16, 65)
ax.hist(theirs.reshape(-1), bins, alpha=0.5, label="keras.initializers.HeNormal")
ax.hist(mine.reshape(-1), bins, histtype="step", linewidth=1.6, label="HeInitializer")
ax.set_xlabel("weight")
ax.set_ylabel("count")
ax.set_ylim(top=1.3 * ax.get_ylim()[1])  # room for the legend
_ = ax.legend(frameon=False)
# %%
network, history = train_on_circles(HeInitializer(seed=1))
history

# %% [markdown]
# ## What to take along
#
# - **Weights must differ**, or all units of a layer stay copies of one another. Biases may be zero.
# - **Their scale must fit the layer**: too large means wrong certainties and exploding signals, too
#   small means that neither signal nor gradient arrives.
# - **The right scale keeps the variance from layer to layer.** For ReLU that is He's $2/n^{[l-1]}$;
#   for tanh Xavier's $2/(n^{[l-1]} + n^{[l]})$, which is what Keras takes when you say nothing.
#
# And when you meet a network that does not learn: look at the scale of its activations and of its
# gradients, layer by layer, before you touch the learning rate. You have the instrument now.
