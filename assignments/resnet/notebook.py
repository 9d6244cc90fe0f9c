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
# # Residual networks: deeper without getting worse
#
# A deeper network can do all that a shallower one can: copy its layers, and let the others pass on
# what they get. So it should never be worse. In 2015 it was. Beyond some twenty layers, plain
# networks got *worse* the deeper they were, and not on the test set, where one might blame
# overfitting, but on the training set: gradient descent did not find the copy.
#
# The remedy is one plus sign. You will first see, on arrays, what it does to a signal and to its
# gradient. Then you write, in Keras, the parts of the network that won the ImageNet contest of
# that year, and put them together (these three count):
#
# 1. `identity_block`: three convolutions and a way around them;
# 2. `convolutional_block`: the same where the shape changes;
# 3. `ResNet50`: fifty layers of them.
#
# At the end you compare plain and residual networks of equal depth on photos of hand signs, and
# train a small residual network that reads them.

# %%
from collections.abc import Sequence
from typing import Any

import dltf  # first: it keeps TensorFlow's start-up log out of the notebook

import keras
import numpy as np
from keras import layers
from keras.initializers import HeNormal

from dltf import data, plotting
from dltf.claims import claim
from dltf.resnet import Initializer, residual_backward, residual_forward, small_resnet
from dltf.resnet.experiments import (
    depth_network,
    gradient_norms,
    identity_errors,
    predict,
    train_for_depth,
    train_on_signs,
)

# %% [markdown]
# ## The way around
#
# Take two layers, $F(x) = W_2\,\mathrm{relu}(W_1 x)$, and add their input to what they make of it:
#
# $$ a = \mathrm{relu}\big(F(x) + x\big). $$
#
# The layers no longer have to make $a$ out of $x$. They make the *difference*, the residual. If
# nothing needs to be changed, zeros do it: $W_2 = 0$ gives $a = \mathrm{relu}(x)$, which is $x$ when
# $x$ itself has come out of a ReLU. For two plain layers, on the other hand, passing $x$ on is a task
# like any other, and zeros are the worst answer.
#
# `residual_forward` computes this on arrays:

# %%
rng = np.random.default_rng(1)
x = np.abs(rng.standard_normal((3, 5)))  # 3 examples, such as a ReLU hands on
W1, nothing = rng.standard_normal((5, 8)), np.zeros((8, 5))
print("x\n", x.round(2))
print("through a residual block of zeros\n", residual_forward(x, W1, nothing).round(2))
plain = residual_forward(x, W1, nothing, shortcut=False)
print("through the same two layers without a way around\n", plain.round(2))

# %% [markdown]
# Backwards it is the same. Where ReLU is on,
#
# $$ \frac{\partial a}{\partial x} = F'(x) + 1, $$
#
# so next to what $F$ makes of the gradient, the gradient itself arrives: it comes down the shortcuts. Here
# are fifty blocks, plain and residual, and what is left of a gradient when it has come down to each of
# them. Three times: with $W_2$ at a fifth of He's scale (such as weight decay may make it), at one half,
# and as He has it.


# %%
def gradient_sizes(factor, shortcut, blocks=50, n=64):
    """Return the size of the gradient that arrives at each block, W2 being factor times He's."""
    draw, scale = np.random.default_rng(1), np.sqrt(2 / n)
    stack = [
        (scale * draw.standard_normal((n, n)), factor * scale * draw.standard_normal((n, n)))
        for _ in range(blocks)
    ]
    inputs = [np.abs(draw.standard_normal((32, n)))]
    for W1, W2 in stack:
        inputs.append(residual_forward(inputs[-1], W1, W2, shortcut))
    da, sizes = draw.standard_normal((32, n)), []
    for x, (W1, W2) in zip(inputs[-2::-1], stack[::-1], strict=True):
        da = residual_backward(da, x, W1, W2, shortcut)
        sizes.append(np.sqrt(np.mean(da**2)))
    return sizes[::-1]


sizes = {
    factor: {
        name: gradient_sizes(factor, shortcut)
        for name, shortcut in (("plain", False), ("residual", True))
    }
    for factor in (0.2, 0.5, 1.0)
}
axes = plotting.new_axes(3, width=3.6, height=3.4, sharey=True)
for ax, (factor, both) in zip(axes, sizes.items(), strict=True):
    plotting.plot_layer_scales(both, ax=ax, ylabel="", limits=(1e-40, 1e12))
    ax.set(xlabel="block", title=f"$W_2$: {factor:g} times He's", ylim=(1e-40, 1e12))
    print(
        f"{factor:g} times He's: at block 1 of 50 plain {both['plain'][0]:.0e}, "
        f"residual {both['residual'][0]:.0e}"
    )
_ = axes[0].set_ylabel("size of the gradient that arrives")
claim(
    "the plain stack needs He's scale, and the residual one a smaller one",
    [
        sizes[0.2]["plain"][0] < 1e-20,
        0.1 < sizes[0.2]["residual"][0] < 10,
        0.01 < sizes[1.0]["plain"][0] < 10,
        sizes[1.0]["residual"][0] > 1e6,
    ],
)

# %% [markdown]
# Below He's scale, after fifty plain blocks nothing is left that single precision can tell from zero. At
# exactly He's scale the plain stack hands a gradient on: that is what initialization is about. But it has
# to be *exactly* right, and stay so while the weights learn.
#
# The residual stack is no wonder either. With He's own weights, the right ones for plain layers, each block
# adds as much again to what it is given, and gradients explode. What it asks for is that the branch $F$ be
# *small*; how small, hardly matters. And that is easy to have: batch norm at the end of the branch, as in
# the networks below, so that it does not grow with what comes in; its factor $\gamma$ set to 0 at the start,
# so that every block begins as the identity; or the branch divided by the root of the number of blocks.
#
# ## Can it learn to do nothing?
#
# A direct question deserves a direct experiment. A stack of blocks is to return what it is given,
# 16 numbers, and learns that from 1,024 examples by gradient descent. The plain stack could do it:
# unit matrices everywhere are a perfect answer. Does it find one?

# %%
curves = {
    "plain": identity_errors(8, residual=False, seed=0),
    "plain, starts small": identity_errors(8, residual=False, scale=0.1, seed=0),
    "residual": identity_errors(8, residual=True, seed=0),
    "residual, starts small": identity_errors(8, residual=True, scale=0.1, seed=0),
}
ax = plotting.plot_histories(
    {name: history.values for name, history in curves.items()}, ax=plotting.new_axes(width=8)
)
ax.axhline(1 - 2 / np.pi, color="#333333", lw=1.0, ls=":", label="answering the mean")
ax.set_yscale("log")
ax.set_ylabel("mean squared error")
ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
_ = ax.set_title("Learning to return the input, eight blocks")
reached = {name: history.last["loss"] for name, history in curves.items()}
claim(
    "both plain stacks end about where answering the mean does, and the residual one that starts "
    "small ends far below all others",
    [
        min(reached["plain"], reached["plain, starts small"]) > 0.5 * (1 - 2 / np.pi),
        5 * reached.pop("residual, starts small") < min(reached.values()),
    ],
    ", ".join(f"{name} {history.last['loss']:.2g}" for name, history in curves.items()),
)

# %% [markdown]
# Eight plain blocks do no better than answering the mean to everything, and making their
# second layers small at the start does not help: then nothing gets through at all. Eight residual
# blocks with He's weights start off badly, too: as above, the signal grows from block to block. But
# they can be helped: if the second layer of each block is small at the start, the whole stack *begins*
# near the identity, and from there it is easy.
#
# ## 1. The identity block
#
# Now the real thing, on images $(m, n_H, n_W, n_C)$. ResNet-50 has three convolutions in a block: a
# 1x1 one that makes few channels out of many, the f x f one that does the work on the few, and a 1x1
# one that makes many again. Each is followed by batch norm.
#
# | | main path | shortcut |
# | --- | --- | --- |
# | 1 | 1x1 convolution, F1 channels; batch norm; ReLU | |
# | 2 | f x f convolution, F2 channels, height and width stay; batch norm; ReLU | the input as it is |
# | 3 | 1x1 convolution, F3 channels; batch norm | |
# | | the two are added; ReLU | |
#
# **Exercise.** Write `identity_block`. `X` is the network so far, as Keras's functional style has it:
# a layer is made and then called with it, and what it returns is the network with that layer on top,
# as in `X = layers.Dropout(0.5)(X)`.
#
# *Useful:* `layers.Conv2D(channels, window, strides=, padding=, kernel_initializer=)`,
# `layers.BatchNormalization(axis=)` with the axis of the channels, `layers.Activation(name)`, and
# `layers.Add()`, which is called with a list. `initializer()` makes what draws the weights of a
# convolution.

# %% tags=["exercise"]
from dltf.resnet import identity_block

# %%
dltf.check(identity_block)

# %% [markdown]
# The order after the third convolution matters: *add*, then ReLU. If ReLU came first, a block could
# only ever add to its input, and never take anything away.
#
# ## 2. The convolutional block
#
# The sum needs two terms of the same shape. Where height and width shrink or the channels become
# more, the input goes through a convolution of its own, which does nothing else: 1x1, with steps of
# s. The paper writes $F(x) + W_s x$.
#
# | | main path | shortcut |
# | --- | --- | --- |
# | 1 | 1x1 convolution, F1 channels, **stride s**; batch norm; ReLU | 1x1 convolution, F3 channels, **stride s**; batch norm |
# | 2 | f x f convolution, F2 channels, height and width stay; batch norm; ReLU | |
# | 3 | 1x1 convolution, F3 channels; batch norm | |
# | | the two are added; ReLU | |
#
# **Exercise.** Write `convolutional_block`. (Some libraries take the steps in the second
# convolution. The paper takes them in the first, and so do we.)

# %% tags=["exercise"]
from dltf.resnet import convolutional_block

# %%
dltf.check(convolutional_block)

# %% [markdown]
# ## 3. Fifty layers
#
# **Exercise.** Put ResNet-50 together:
#
# | stage | layers | height and width, from 64 |
# | --- | --- | --- |
# | 1 | zeros around the image, 3 on each side; 7x7 convolution, 64 channels, stride 2; batch norm; ReLU; 3x3 max pool, stride 2 | 15 |
# | 2 | convolutional block, [64, 64, 256], s = 1; 2 identity blocks | 15 |
# | 3 | convolutional block, [128, 128, 512], s = 2; 3 identity blocks | 8 |
# | 4 | convolutional block, [256, 256, 1024], s = 2; 5 identity blocks | 4 |
# | 5 | convolutional block, [512, 512, 2048], s = 2; 2 identity blocks | 2 |
# | | mean over height and width; dense layer with softmax | 1 |
#
# All blocks have f = 3. Where "50" comes from: 1 + 3 (3 + 4 + 6 + 3) + 1; the convolutions on the
# shortcuts are not counted.
#
# *Useful:* `layers.ZeroPadding2D`, `layers.MaxPooling2D`, `layers.GlobalAveragePooling2D`,
# `layers.Dense`; and a loop, unless you like to type.

# %% tags=["exercise"]
from dltf.resnet import ResNet50

# %%
dltf.check(ResNet50)

# %%
model = ResNet50(input_shape=(64, 64, 3), classes=6)
print(f"{model.count_params():,} parameters in {len(model.layers)} Keras layers")

# %% [markdown]
# 23,600,006 it should be. If your number is right and the check still finds something, look at the
# strides: they leave no trace in the number of parameters.
#
# **The graded part ends here.** Next you train plain and residual networks of equal depth: that
# experiment is the reason why nearly every deep network since 2015 has shortcuts.
#
# ---
#
# ## 4. Plain against residual
#
# Now the experiment that started it. `small_resnet` builds networks for 64x64 images from blocks of
# two 3x3 convolutions, with shortcuts or without (`residual=False`); everything else is equal, batch
# norm included. The data are photos of hands that show 0 to 5 fingers.

# %%
train_x, train_y, test_x, test_y = data.load_signs()
print("train_x", train_x.shape, " train_y", train_y.shape, " test_x", test_x.shape)
_ = plotting.plot_photos(train_x[:12], titles=[str(y) for y in train_y[:12]])

# %% [markdown]
# First, before any training: the norm of the gradient of each convolution's weights, from the first
# layer to the last.

# %%
few = (train_x[:64], train_y[:64])
norms = {}
for blocks in (3, 9):
    for residual in (False, True):
        name = f"{'residual' if residual else 'plain'}, {2 + 6 * blocks} layers"
        norms[name] = gradient_norms(depth_network(blocks, residual, seed=0), *few)
ax = plotting.plot_layer_scales(norms, ylabel="norm of the gradient")
_ = ax.set_title("Before training, with batch norm everywhere")
spread = {name: values[0] / values[-1] for name, values in norms.items()}
for name, ratio in spread.items():
    print(f"{name:20} the first layer's is {ratio:.0f} times the last one's")
claim(
    "in the deep plain network the first gradient is hundreds of times the last, with shortcuts tens",
    [spread["plain, 56 layers"] > 100, spread["residual, 56 layers"] < 100],
)

# %% [markdown]
# Batch norm keeps the *signal* from vanishing, but in the backward pass every plain block makes the
# gradient a little larger, and 54 layers make that a factor of hundreds (an eighth a layer is enough:
# $1.125^{54} = 578$): any step that is right for the last layers is far too large for the first ones.
#
# And then the training itself, 38 layers with and without shortcuts, on a third of the photos:

# %%
third = (train_x[::3], train_y[::3])
deep = {}
for name, residual in (("plain, 38 layers", False), ("residual, 38 layers", True)):
    _, deep[name] = train_for_depth(6, residual, third, epochs=10, seed=0)
ax = plotting.plot_histories({name: history.values for name, history in deep.items()})
_ = ax.set_title("Training loss")
losses = [history.last["loss"] for history in deep.values()]
claim(
    "after ten epochs the loss of the plain network is above that of the residual one",
    losses[0] > losses[1],
    f"{losses[0]:.2f} and {losses[1]:.2f}",
)

# %% [markdown]
# All of the photos, and four depths (`python -m dltf.resnet.experiments depths`; twelve epochs each):
#
# | layers | network | loss | training error | first gradient / last, before |
# | --- | --- | --- | --- | --- |
# | 8 | plain | 0.024 | 0.000 | 1.4 |
# | 8 | residual | 0.035 | 0.001 | 1.6 |
# | 20 | plain | 0.024 | 0.002 | 10.8 |
# | 20 | residual | 0.005 | 0.000 | 2.8 |
# | 38 | plain | 0.546 | 0.206 | 70.4 |
# | 38 | residual | 0.011 | 0.002 | 7.9 |
# | 56 | plain | 1.720 | 0.767 | 625.7 |
# | 56 | residual | 0.329 | 0.106 | 16.5 |
#
# Read the column of the training error from top to bottom. With eight and with twenty layers the two
# kinds are equal: shortcuts cost nothing and are not needed. With 38 the plain network has fallen
# behind, and with 56 it has learned next to nothing (guessing is wrong five times in six), *on the
# photos that it was trained with*. The residual network of 56 layers learns, if more slowly in
# twelve epochs than a shallower one.
#
# ## 5. Reading hand signs
#
# ResNet-50 is made for a million photos; for 1,080 a hundredth of its weights will do.
# `train_on_signs` trains a residual network of eight layers, with the course's own training loop
# and four things that have become usual: the learning rate rises at first and then falls along a
# cosine to zero; weights decay; labels are smoothed; and no photo is seen twice, because each is
# turned, zoomed, shifted and relit a little at random. It takes 60 epochs, about a minute.
# Set `LONG` to see it; by default the notebook makes do with a few epochs.

# %%
LONG = False
small, history = train_on_signs(seed=0, epochs=60 if LONG else 6, progress=False)
predicted = predict(small, test_x)
print(f"{small.count_params():,} parameters, {len(history)} epochs")
print(f"accuracy on the training set {np.mean(predict(small, train_x) == train_y):.3f}")
print(f"accuracy on the test set     {np.mean(predicted == test_y):.3f}")

# %%
ax = history.plot()
_ = ax.set_title("Loss on photos that are never twice the same")

# %%
ax = plotting.plot_confusion(test_y, predicted)
wrong = np.flatnonzero(predicted != test_y)
if len(wrong):
    titles = [f"{test_y[i]}, taken for {predicted[i]}" for i in wrong[:12]]
    _ = plotting.plot_photos(test_x[wrong[:12]], titles=titles)

# %% [markdown]
# With 60 epochs, on the real photos (`python -m dltf.resnet.experiments signs`):
#
# | seed | parameters | train | test (120) | test, new (108) | seconds |
# | --- | --- | --- | --- | --- | --- |
# | 0 | 305,782 | 1.0000 | 0.9917 | 0.9907 | 120 |
# | 1 | 305,782 | 1.0000 | 0.9917 | 0.9907 | 135 |
# | 2 | 305,782 | 1.0000 | 0.9917 | 0.9907 | 135 |
# | median | | | 0.9917 | 0.9907 | |
# | worst | | | 0.9917 | 0.9907 | |
#
# "New" leaves out the twelve test photos that are in the training set too. Nothing was chosen by
# looking at the test set: all epochs are run, and the last weights are measured. For comparison, the
# network of dense layers, trained as the course does it, reads 74 of 100 (`docs/signs.md`).
#
# **Try it.** Which of the four things matters most? Leave out the augmentation (`first=()` is an
# argument that `train_on_signs` hands on), or the shortcuts (`residual=False`): with eight layers,
# does it make a difference? Predict before you run.
