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
# # Conv nets: from the loop to the layer
#
# A photo of 1000 by 1000 pixels has three million numbers in it. A dense layer of a thousand units
# on top would have three *billion* weights, and would have to learn what an edge looks like a
# million times over, once for every place where an edge can be.
#
# A convolution looks for the same small thing everywhere. In this notebook you build one from
# nothing: the loop over positions, the pooling, and the backward pass through both. Then you watch the same
# layer run a hundred times faster, meet the networks that made it famous, slide a whole network
# over an image, and borrow the eyes of one that has seen a million photos.
#
# You will write eight functions that count:
#
# 1. `zero_pad`, `conv_single_step`, `conv_forward`, `pool_forward`: the way forward;
# 2. `conv_backward`, `create_mask_from_window`, `distribute_value`, `pool_backward`: the backward pass.
#
# Four more are for practice. After each one, `dltf.check` tries it on fresh random inputs and, if
# something is wrong, tells you what to think about.

# %%
import time

import dltf  # first: it keeps TensorFlow's start-up log out of the notebook

import keras
import matplotlib.pyplot as plt
import numpy as np

from dltf import data, plotting
from dltf.claims import claim
from dltf.convnet import architectures
from dltf.convnet import vectorized
from dltf.models import squeezenet
from dltf.convnet import transfer_learning
from dltf.convnet import Array, ConvCache, Hparameters, PoolCache

image = data.make_image(64)  # (64, 64, 3), colours between 0 and 1
_ = plotting.plot_images({"": image[None]}, height=2.2)

# %% [markdown]
# Arrays are laid out as Keras has them: `A_prev (m, n_H_prev, n_W_prev, n_C_prev)`, that is
# examples, height, width, channels; filters `W (f, f, n_C_prev, n_C)`; biases `b (1, 1, 1, n_C)`.
#
# ## 1. Looking for edges
#
# Lay a filter of 3 by 3 numbers on an image, multiply each number by the pixel under it, and add
# everything up. Move on by one pixel; repeat. With `1 0 -1` in every row the sum is large where the
# left is brighter than the right: the filter *sees* vertical edges.
#
# ### How many places?
#
# A window of $f$ pixels fits into $n$ pixels at $n - f + 1$ places. Two settings change that:
#
# - the **padding** $p$: a frame of zeros of that width, on *both* sides. Without it every layer makes
#   the image smaller, and the pixels at the edge are seen less often than the others;
# - the **stride** $s$: how far the window moves from one place to the next.
#
# $$ n^{[l]} = \left\lfloor \frac{n^{[l-1]} + 2p - f}{s} \right\rfloor + 1 $$
#
# **Practice.** Write `output_size`. The brackets $\lfloor\ \rfloor$ mean rounding down: a window
# that would stick out at the end is dropped.

# %% tags=["exercise"]
from dltf.convnet import output_size

# %%
dltf.check(output_size)

# %% [markdown]
# ### How many weights?
#
# A filter is as deep as what it looks at: on a colour photo a 5x5 filter has $5 \cdot 5 \cdot 3$
# weights, and a bias. The size of the photo plays no part at all.
#
# **Practice.** Write `conv_parameter_count`.

# %% tags=["exercise"]
from dltf.convnet import conv_parameter_count

# %%
dltf.check(conv_parameter_count)

# %%
print("8 filters 5x5 on a colour photo:", conv_parameter_count(5, 3, 8))
print("16 filters 5x5 on those 8 maps :", conv_parameter_count(5, 8, 16))

# %% [markdown]
# (A much copied table of a lecture says 208 and 416 for these two layers: it forgot how deep
# filters are. Now you have the right numbers.)
#
# ### The frame
#
# **Exercise.** Write `zero_pad`: a frame of zeros of width `pad` around every image of a batch
# `(m, n_H, n_W, n_C)`. Examples and channels get no frame.
#
# *Useful:* `np.pad(X, widths)`, where `widths` has a pair (before, after) for every axis.

# %% tags=["exercise"]
from dltf.convnet import zero_pad

# %%
dltf.check(zero_pad)

# %% [markdown]
# ### One step
#
# **Exercise.** Write `conv_single_step`: one filter at one place. Multiply window and filter entry
# by entry, add everything up (all channels too), and then add the bias, once.

# %% tags=["exercise"]
from dltf.convnet import conv_single_step

# %%
dltf.check(conv_single_step)

# %% [markdown]
# ### All the steps
#
# **Exercise.** Write `conv_forward`. Pad the images; then, for each example, each place (`h`,
# `w`) and each filter `c`, cut the window out and call `conv_single_step`. Window number `h` begins
# at row `h * stride`, and not at row `h`.
#
# Mind height and width: on square images you can swap them and never notice. The checks use
# images that are not square.

# %% tags=["exercise"]
from dltf.convnet import conv_forward

# %%
dltf.check(conv_forward)

# %% [markdown]
# Time to look at something. Four filters, set by hand; none of them has learned anything.

# %%
kinds = {
    "vertical edges": [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
    "horizontal edges": [[1, 2, 1], [0, 0, 0], [-1, -2, -1]],
    "corners, dots": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
    "blur": [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
}
W = np.stack([np.array(kind, float) / 9 for kind in kinds.values()], axis=-1)  # (3, 3, 4)
W = np.repeat(W[:, :, None], 3, axis=2)  # the same for red, green and blue: (3, 3, 3, 4)
b = np.zeros((1, 1, 1, 4))
start = time.perf_counter()
Z, _ = conv_forward(image[None], W, b, {"stride": 1, "pad": 1})
print(f"{Z.shape}, in {time.perf_counter() - start:.2f} s")

axes = plotting.plot_feature_maps(np.concatenate([image, Z[0]], axis=-1), columns=7)
for ax, title in zip(axes, ["red", "green", "blue", *kinds], strict=True):
    ax.set_title(title, fontsize=9)
for ax in axes[:3]:  # the channels themselves, from 0 to 1
    ax.images[0].set(cmap="gray", clim=(0, 1))

# %% [markdown]
# In the four maps red is above zero, blue below. The filter for vertical edges answers at the walls of the house,
# with one sign where dark follows bright and the other where bright follows dark; it is blind to
# the horizon. (At the frame all of them see an "edge" that is only the end of the image: that is
# what padding with zeros costs.)
#
# Filters are no longer set by hand. The numbers in `W` are weights, and gradient descent finds
# them.
#
# ## 2. Pooling
#
# After a convolution one usually keeps only the strongest answer in each little neighbourhood:
# whether there was an edge matters, its exact pixel does not. **Max pooling** takes the largest
# value of each window; **average pooling** takes the mean. There is nothing to learn in it, and it
# works on each channel separately.
#
# **Exercise.** Write `pool_forward`, for both modes. It is the loop from before, without padding
# and without filters.

# %% tags=["exercise"]
from dltf.convnet import pool_forward

# %%
dltf.check(pool_forward)

# %%
pooled = {
    mode: pool_forward(np.abs(Z), {"f": 4, "stride": 4}, mode=mode)[0][0]
    for mode in ("max", "average")
}
_ = plotting.plot_feature_maps(
    np.concatenate([pooled["max"], pooled["average"]], axis=-1),
    titles=[f"{kind}, {mode}" for mode in pooled for kind in kinds],
    columns=4,
    size=2.0,
)

# %% [markdown]
# 64 by 64 has become 16 by 16, a sixteenth of the numbers, and you can still see the house.
#
# ## 3. The backward pass
#
# In a framework this comes for free. Doing it once by hand shows where gradients go, and it is
# easier than it looks: *follow each output back to what it was made of*.
#
# $Z_{ihwc}$ is the sum over one window $a$ of $a \cdot W_c$, plus $b_c$. So its gradient
# $dZ_{ihwc}$ goes
#
# - to the window, times the filter: $\; dA_\text{window} \mathrel{+}= W_c \, dZ_{ihwc}$
# - to the filter, times the window: $\; dW_c \mathrel{+}= a_\text{window} \, dZ_{ihwc}$
# - to the bias, as it is: $\; db_c \mathrel{+}= dZ_{ihwc}$
#
# Every one of them is a $\mathrel{+}=$. A pixel lies in many windows, and the same filter has been
# everywhere: the parts add up.
#
# **Exercise.** Write `conv_backward`. Collect the images' gradient in an array *with* the frame,
# and cut the frame off at the end. (A slice `[pad:-pad]` does that only if `pad` is not 0. What is
# `x[0:-0]`?)

# %% tags=["exercise"]
from dltf.convnet import conv_backward

# %%
dltf.check(conv_backward)

# %% [markdown]
# ### Back through the pooling
#
# Max pooling let one value through. Changing any other entry of the window, a little, changes
# nothing: so the whole gradient goes to the largest entry, and nothing to the rest.
#
# **Exercise.** Write `create_mask_from_window`: `True` where the window has its largest value. If
# several entries share it, mark them all.

# %% tags=["exercise"]
from dltf.convnet import create_mask_from_window

# %%
dltf.check(create_mask_from_window)

# %% [markdown]
# In a mean every entry has the same share.
#
# **Exercise.** Write `distribute_value`: spread `dz` evenly over a window of the given shape.

# %% tags=["exercise"]
from dltf.convnet import distribute_value

# %%
dltf.check(distribute_value)

# %% [markdown]
# **Exercise.** Write `pool_backward` with the two. If the stride is smaller than the window,
# windows overlap: add.

# %% tags=["exercise"]
from dltf.convnet import pool_backward

# %%
dltf.check(pool_backward)

# %% [markdown]
# Are these *really* the gradients? TensorFlow can tell, for a whole little network: convolution,
# ReLU, max pooling, sum of squares.

# %%
import tensorflow as tf

rng = np.random.default_rng(0)
A0, W, b = (
    rng.normal(size=(2, 9, 7, 3)),
    rng.normal(size=(3, 3, 3, 4)),
    rng.normal(size=(1, 1, 1, 4)),
)

Z, conv_cache = conv_forward(A0, W, b, {"stride": 2, "pad": 1})
A, pool_cache = pool_forward(np.maximum(Z, 0), {"f": 2, "stride": 1})
dZ = pool_backward(2 * A, pool_cache) * (Z > 0)  # the cost is the sum of A squared
ours = conv_backward(dZ, conv_cache)

tensors = [tf.constant(array) for array in (A0, W, b)]
with tf.GradientTape() as tape:
    tape.watch(tensors)
    framed = tf.pad(tensors[0], [(0, 0), (1, 1), (1, 1), (0, 0)])
    pooled = tf.nn.max_pool2d(
        tf.nn.relu(tf.nn.conv2d(framed, tensors[1], 2, "VALID") + tensors[2]), 2, 1, "VALID"
    )
    cost = tf.reduce_sum(pooled**2)
for name, mine, theirs in zip(("dA0", "dW", "db"), ours, tape.gradient(cost, tensors), strict=True):
    print(f"{name:4} {mine.shape!s:14} largest difference {np.abs(mine - theirs).max():.1e}")

# %% [markdown]
# **The graded part ends here.** Next you make the convolution a hundred times faster, count the
# weights of famous networks, and use a pretrained one where 209 photos would not be enough.
#
# ---
#
# ## 4. The same, a hundred times faster
#
# The loops visit every place of every filter. The trick is to turn them inside out: loop over the
# few *entries of the filter*, and at each serve all places at once. The pixels under one entry of
# the filter are the image itself, shifted (and thinned out by the stride). So
#
# $$ Z = b + \sum_{\text{entries } o} A_\text{shifted by o} \; W_o, $$
#
# a handful of matrix products. `dltf.convnet.vectorized.convolve` does that, with one more trick (a whole
# row of the filter at a time), and nothing in it says that images have two dimensions:

# %%
batch = rng.normal(size=(4, 48, 40, 3)).astype("float32")
W5, b5 = rng.normal(size=(5, 5, 3, 8)).astype("float32"), np.zeros((1, 1, 1, 8), "float32")
start = time.perf_counter()
by_loop, _ = conv_forward(batch, W5, b5, {"stride": 1, "pad": 2})
loop_seconds = time.perf_counter() - start
seconds = []
for _ in range(9):
    start = time.perf_counter()
    at_once = vectorized.convolve(batch, W5, b5, stride=1, pad=2)
    seconds.append(time.perf_counter() - start)
print(f"largest difference {np.abs(by_loop - at_once).max():.1e}, {at_once.dtype}")
print(f"the loops take {loop_seconds / np.median(seconds):.0f} times as long")

for dimensions, layer in (
    (1, keras.layers.Conv1D),
    (2, keras.layers.Conv2D),
    (3, keras.layers.Conv3D),
):
    x = rng.normal(size=(2, *(9, 8, 7)[:dimensions], 3)).astype("float32")
    theirs = layer(4, 3, strides=2)
    expected = np.asarray(theirs(x))
    ours = vectorized.convolve(x, *theirs.get_weights(), stride=2)
    print(f"{layer.__name__}: {ours.shape}, largest difference {np.abs(ours - expected).max():.1e}")

# %% [markdown]
# One formula for sound, for images and for films. As a Keras layer it is
# `vectorized.Convolution`; there the gradient comes by itself.
#
# ## 5. Networks in Keras
#
# **Practice.** Two networks of this course, in Keras's two ways of writing. `happyModel` (as a
# `Sequential`) tells whether a face at the door smiles: pad 3 → 32 filters 7x7 → batch
# normalization over the channels → ReLU → max pooling 2x2 → flatten → one sigmoid unit.

# %% tags=["exercise"]
from dltf.convnet import happyModel

# %%
dltf.check(happyModel)

# %% [markdown]
# **Practice.** `convolutional_model` (functional) reads six hand signs: 8 filters 4x4 → ReLU → max
# pooling 8x8, stride 8 → 16 filters 2x2 → ReLU → max pooling 4x4, stride 4 → flatten → six softmax
# units; all padding is "same".

# %% tags=["exercise"]
from dltf.convnet import convolutional_model

# %%
dltf.check(convolutional_model)

# %% [markdown]
# ### Three that made history
#
# Count their weights, layer by layer. (The builders get zeros as weights here, since we are not
# going to train them.)

# %%
for network in (
    architectures.lenet5(),
    architectures.alexnet(initializer="zeros"),
    architectures.vgg16(initializer="zeros"),
):
    learned = sum(int(np.prod(w.shape)) for w in network.trainable_weights)
    dense = sum(l.count_params() for l in network.layers if isinstance(l, keras.layers.Dense))
    work = sum(architectures.multiplications(network).values())
    print(
        f"{network.name:8} {learned:11,} parameters, {dense / learned:4.0%} of them in dense layers; "
        f"{work / 1e6:8,.1f} million multiplications"
    )
del network

# %% [markdown]
# LeNet-5 has exactly the 60,000 that the paper of 1998 states (its pooling layers learn, and its
# third layer saves weights by letting each map see only some of the maps before). In the two large
# ones nearly all weights sit in the dense layers, and nearly all *work* in the convolutions.
#
# ### The bottleneck
#
# An Inception module lays 1x1, 3x3, 5x5 filters and a pooling side by side. 5x5 filters over 192
# channels are dear; a 1x1 convolution to 16 channels first makes them cheap:

# %%
pixels = keras.Input((28, 28, 192))
direct = keras.layers.Conv2D(32, 5, padding="same")(pixels)
squeezed = keras.layers.Conv2D(32, 5, padding="same")(keras.layers.Conv2D(16, 1)(pixels))
for name, out in (("5x5 directly", direct), ("by way of 16 channels", squeezed)):
    counts = architectures.multiplications(keras.Model(pixels, out)).values()
    print(f"{name:22} {' + '.join(f'{n:,}' for n in counts)} = {sum(counts):,} multiplications")

# %% [markdown]
# A tenth. Whether anything is lost is a question for training. A network of such modules, GoogLeNet, won the
# ImageNet contest of 2014.
#
# ## 6. Sliding windows, all at once
#
# Here is a classifier of 24x24 windows: which shape is in the middle, if any?

# %%
windows, history = transfer_learning.train_window_classifier(seed=0)
print(f"right on {history.last['val_accuracy']:.1%} of new windows")
x, y = data.make_shapes(8, rng=5)
axes = plotting.plot_images({"windows": x})
names = ("none", "disc", "square", "triangle", "cross")
for ax, probabilities in zip(axes[0], np.asarray(windows(x)), strict=True):
    ax.set_title(f"{names[probabilities.argmax()]} {probabilities.max():.2f}", fontsize=8)

# %% [markdown]
# To find shapes in a larger image one can cut out every window and ask the network, which
# computes nearly the same convolutions again and again. But its convolutions do not care how large
# the image is; only the dense layers do. And *a dense layer is a convolution whose filter is as
# large as what it sees*. Exchange it for that, with the same weights, and the whole network slides:

# %%
slides = architectures.to_convolutional(windows)
stride = architectures.window_stride(windows)
scene = data.make_shape_scenes(1, height=96, width=144, rng=1)[0][0]

one_by_one = architectures.slide_by_cropping(windows, scene, stride)
at_once = np.asarray(slides(scene[None]))[0]
print(f"{at_once.shape}, largest difference {np.abs(at_once - one_by_one).max():.1e}")
each = sum(architectures.multiplications(windows).values())
shared = architectures.to_convolutional(windows, scene.shape[:2])
shared = sum(architectures.multiplications(shared).values())
count = at_once.shape[0] * at_once.shape[1]
print(f"{count} windows one by one: {count * each / 1e6:,.0f} million multiplications")
print(f"all at once: {shared / 1e6:,.0f} million")

axes = plotting.new_axes(5, width=3.0, height=2.3)
axes[0].imshow(np.clip(scene, 0, 1))
axes[0].set(xticks=[], yticks=[], title="scene")
axes[0].grid(False)
for i, ax in enumerate(axes[1:], start=1):
    plotting.plot_window_map(scene, at_once[..., i], 24, stride, title=names[i], ax=ax)

# %% [markdown]
# The same numbers, and a map for each shape. This is how detectors of a later topic look at a
# image once.
#
# ## 7. Borrowed eyes
#
# 209 photos, cat or no cat. From nothing a network cannot learn much from so few. SqueezeNet has seen 1.2
# million photos of a thousand kinds of things. Here are its first filters, which were not set by hand, and
# what some of them make of a photo. (If a line below says that it has random weights, its filters are
# noise: `dltf data fetch cats style` brings the real ones. Then we borrow from your window classifier.)

# %%
train_x, train_y, test_x, test_y = data.load_cats()
trained = data.registry.find(squeezenet.WEIGHTS_FILE) is not None
network = squeezenet.squeezenet(seed=1)
first = network.get_layer("conv1").get_weights()[0][:, :, ::-1]  # it was trained on BGR
_ = plotting.plot_filters(first[..., :32], size=0.5)

# %%
seen = squeezenet.activations_of(network, ["conv1", "fire3", "fire5"])(test_x[:1].astype("float32"))
_ = plotting.plot_images({"photo": test_x[:1] / 255}, height=1.6)
for name, maps in seen.items():
    strongest = np.argsort(-np.asarray(maps)[0].mean(axis=(0, 1)))[:8]
    axes = plotting.plot_feature_maps(
        np.asarray(maps)[0][..., strongest], titles=[f"channel {c}" for c in strongest], size=1.2
    )
    axes[0].figure.suptitle(
        f"{name}: the eight strongest of {maps.shape[-1]} channels", fontsize=10
    )

# %% [markdown]
# The trained network sees edges first, then coarser and more particular things. We take the last layer,
# average each channel over all places (whether there *is* a cat matters, not where), and learn a straight
# line on these 512 numbers. Next to it: the same network with random weights, three times, since its
# accuracy is a matter of luck; and the line on the pixels themselves.
#
# Without SqueezeNet's weights the lender is the window classifier of section 6, slid over each image: it has
# never seen a cat, but 3,000 discs, squares, triangles and crosses.


# %%
def probe(features):
    measured, probability = transfer_learning.linear_probe(
        features(train_x), train_y, features(test_x), test_y
    )
    return measured, probability


def pooled(network):
    return lambda photos: squeezenet.pooled_features(network, photos)


borrowed = "SqueezeNet's features" if trained else "window classifier's"
ways = {
    borrowed: pooled(network)
    if trained
    else lambda photos: transfer_learning.window_features(windows, photos)
}
for seed in range(3):
    ways[f"random weights, seed {seed}"] = pooled(squeezenet.squeezenet(weights=None, seed=seed))
ways["pixels"] = lambda photos: photos.reshape(len(photos), -1) / 255
probed = {name: probe(features) for name, features in ways.items()}
for name, (measured, _) in probed.items():
    print(f"{name:22} train {measured['train']:.2f}   test {measured['test']:.2f}")
accuracies = {name: measured["test"] for name, (measured, _) in probed.items()}
claim(
    "the borrowed features know cats better than all others",
    accuracies[borrowed] > 0.05 + max(a for name, a in accuracies.items() if name != borrowed),
)

# %%
probability = probed[borrowed][1]
order = np.argsort(probability)
chosen = np.concatenate([order[:4], order[len(order) // 2 - 2 : len(order) // 2 + 2], order[-4:]])
axes = plotting.plot_images({"test photos": test_x[chosen] / 255}, height=1.3)
for ax, i in zip(axes[0], chosen, strict=True):
    ax.set_title(f"cat {probability[i]:.2f}", fontsize=8)

# %% [markdown]
# All of them know the training photos by heart, or nearly: what counts is the second column. On the real
# photos `python -m dltf.convnet.transfer_learning` measures 0.96 for SqueezeNet's features, 0.54 to 0.66
# for three random networks and 0.66 for the pixels.
#
# It is no magic, though. The last layer has learned *what* things are and to forget where; whether
# a person smiles is in the corners of a mouth. For the real happy house an earlier layer, kept apart at
# 4x4 places, serves better: 0.90 instead of 0.78 (and since its photos show the same few people again and
# again, even random features do well there, 0.82 to 0.88: look at what the baseline does before you praise
# the network). Without the real photos and weights, nothing that is lent here knows mouths:

# %%
train_x, train_y, test_x, test_y = data.load_happy()
if trained:
    ways["fire5 at 4x4 places"] = lambda photos: squeezenet.pooled_features(
        network, photos, "fire5", grid=4
    )
for name, features in ways.items():
    measured, _ = probe(features)
    print(f"{name:22} train {measured['train']:.2f}   test {measured['test']:.2f}")

# %% [markdown]
# ## 8. Labels that are missing
#
# One network can answer several questions at once: is there a disc, a square, a triangle, a cross?
# That is **multi-task learning**, and real data for it have holes, because each photo was labelled
# for some of the questions only. Throwing away every photo with a hole throws away nearly all.
# Instead the *loss* leaves out the labels that are unknown:
#
# $$ J = \frac{1}{\#\text{known}} \sum_{i,\,j:\; y_{ij} \text{ known}} \mathcal L(\hat y_{ij}, y_{ij}). $$

# %%
x, y = data.make_shape_scenes(600, rng=0)
test = data.make_shape_scenes(300, rng=1)
holes = data.hide_labels(y, 0.5, rng=2)  # every second label is NaN
print(holes[:4])
complete = ~np.isnan(holes).any(axis=1)
runs = {
    f"{complete.sum()} scenes without a hole": transfer_learning.train_with_unknowns(
        x[complete], holes[complete], test, epochs=60, seed=0
    ),
    f"all {len(x)} scenes, masked loss": transfer_learning.train_with_unknowns(
        x, holes, test, epochs=15, seed=0
    ),
}
for name, history in runs.items():
    print(f"{name:30} test {history.last['val_accuracy']:.3f}")

# %% [markdown]
# ## What to take along
#
# - **A convolution is one small dot product, everywhere.** Its weights do not depend on the size of the
#   image, which is why a whole network can slide.
# - **The backward pass adds up**, over windows for the pixels, over places for the filter.
# - **Loops over places are for understanding.** Turn them inside out and a few matrix products do the
#   same.
# - **Count before you train**: parameters sit in dense layers, multiplications in convolutions, and a
#   1x1 bottleneck saves most of them.
# - **With few photos, borrow**: *transfer learning*. And measure a dumb baseline next to it.
