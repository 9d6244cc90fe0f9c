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
# # Style transfer: a photo, painted
#
# In every notebook so far gradient descent has changed the weights of a network. Here the network
# stays as it is, and gradient descent changes the *image*: it starts from a photo and moves its
# pixels until the network sees the content of the photo in the style of a painting.
#
# All of it hangs on one question: what is "content", and what is "style", as a number? The answer of
# Gatys, Ecker and Bethge (2016) is short. A network that can name what is in a photo has learned to
# see. Compare two images by what it sees *place by place*, and you compare content. Compare them by
# *how often two things are seen together*, whatever the place, and you compare style.
#
# You will write four functions (they count):
#
# 1. `compute_content_cost`: how far apart two images are in content;
# 2. `gram_matrix`: which channels are active together;
# 3. `compute_layer_style_cost`: how far apart two images are in style, in one layer;
# 4. `total_cost`: both costs, weighed.
#
# Three more are for practice: the style in several layers, the total variation, and the step that
# trains the image. After each function, `dltf.check` tries it on fresh random inputs and, if
# something is wrong, tells you what to think about.

# %%
from collections.abc import Callable, Sequence
from typing import Any

import dltf  # first: it keeps TensorFlow's start-up log out of the notebook

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from dltf import data, plotting
from dltf.claims import claim
from dltf.style_transfer.backbones import (
    StyleLayers,
    check_activations,
    check_outputs,
    load_backbone,
)
from dltf.style_transfer import STYLE_LAYERS, clip_0_1, judge, transfer
from dltf.style_transfer.experiments import paint_twice, plot_sweep, sweep

FULL_SIZE = False  # True paints the last images at 400x300 in 200 steps, a minute on a laptop

# %% [markdown]
# ## Two images and a network
#
# If the real images and the real weights are on this machine (`dltf data fetch style` fetches
# them), you see the Louvre and a field of poppies by Monet, and the network is SqueezeNet, trained
# on a million photos. Otherwise a photo and a painting are drawn, and the network is a bank of filters set by
# hand: edges, bars and blobs of four sizes. Which it is, is said below each cell. With the filters everything
# here runs, and every exercise is the same. They know colours and strokes, which is a good part of a style
# (in the few steps below mostly the colours move over); they know no things.

# %%
SHAPE = (150, 200)  # height and width: small, so that painting is quick
content = data.load_content_image("louvre", SHAPE)
style = data.load_style_image("monet", SHAPE)
backbone = load_backbone(seed=0)
print("the network:", backbone)
_ = plotting.plot_gallery({"content": content, "style": style}, columns=2)

# %% [markdown]
# Called with an image (as a batch of one), the backbone returns a **list** of tensors: the
# activations of its style layers, and last those of its content layer.

# %%
content_outputs = backbone(content[None])
style_outputs = backbone(style[None])
for (name, weight), a in zip(backbone.style_layers, content_outputs[:-1], strict=True):
    print(f"{name:14} {a.shape!s:22} style layer, weight {weight}")
print(f"{backbone.content_layer:14} {content_outputs[-1].shape!s:22} content layer")

# %% [markdown]
# Each tensor is `(1, n_H, n_W, n_C)`: deeper layers have fewer places and more channels. A channel is
# a map of the image that is bright where the network sees one particular thing. Here are the six
# busiest channels of an early layer and of the content layer:


# %%
def busiest(a, count=6):
    """Return the channels with the largest spread, as images between 0 and 1."""
    maps = a.numpy()[0]
    chosen = np.argsort(maps.std(axis=(0, 1)))[: -count - 1 : -1]
    return np.moveaxis(maps[:, :, chosen] / maps[:, :, chosen].max(axis=(0, 1)), 2, 0)[..., None]


first, last = backbone.style_layers[0][0], backbone.content_layer
_ = plotting.plot_images(
    {first: busiest(content_outputs[0]), last: busiest(content_outputs[-1])}, height=1.6
)

# %% [markdown]
# ## 1. Content
#
# Two images have the same content if, in a deep layer, the same channels are active in the same
# places. With $a^{(C)}$ and $a^{(G)}$ for the activations of the content image and the generated
# image in the content layer,
#
# $$ J_\text{content}(C, G) = \frac{1}{4\, n_H\, n_W\, n_C}
#    \sum_{\text{all entries}} \left(a^{(C)} - a^{(G)}\right)^2 . $$
#
# **Exercise.** Write `compute_content_cost`. It gets two lists, as the backbone returns them; the
# content layer is the *last* of each. Read $n_H$, $n_W$ and $n_C$ off the shape.
#
# (If you know this exercise from 2017: there the function got the two tensors themselves. A tensor
# has a last element too, its only image, and taking that would lose the axis of the batch. So
# this one insists on a list.)

# %% tags=["exercise"]
from dltf.style_transfer import compute_content_cost

# %%
dltf.check(compute_content_cost)

# %% [markdown]
# Does it measure content? Compare the photo with itself after some changes. (The cost of the painting
# is that of an image with another content.)

# %%
grey = np.repeat(content.mean(axis=2, keepdims=True), 3, axis=2)
changed = {
    "itself": content,
    "a little darker": 0.8 * content,
    "moved by 8 pixels": np.roll(content, 8, axis=1),
    "without colours": grey,
    "the painting": style,
}
for name, image in changed.items():
    cost = compute_content_cost(content_outputs, backbone(image[None]))
    print(f"{name:18} {float(cost):10.2f}")

# %% [markdown]
# ## 2. Style
#
# Style is what is left when you forget the places: these strokes *and* these colours, together, no
# matter where. So unroll the activations of a layer into a matrix $A$ with a row for each channel
# and a column for each place, $(n_C,\; n_H n_W)$, and multiply every row with every row:
#
# $$ G = A A^\top, \qquad G_{ij} = \sum_{p} A_{ip}\, A_{jp} . $$
#
# This is the **Gram matrix**. $G_{ij}$ is large if the channels $i$ and $j$ are active in the same
# places, wherever these are; $G_{ii}$ says how active the channel $i$ is at all.
#
# **Exercise.** Write `gram_matrix`, for an $A$ that is unrolled already. What shape must come out?
#
# *Useful:* `tf.matmul`, which can transpose its arguments; `tf.transpose`.

# %% tags=["exercise"]
from dltf.style_transfer import gram_matrix

# %%
dltf.check(gram_matrix)

# %% [markdown]
# Now the cost of one layer: the difference between the Gram matrices of the style image and the
# generated image,
#
# $$ J^{[l]}_\text{style}(S, G) = \frac{1}{4\, n_C^2\, (n_H n_W)^2}
#    \sum_{i=1}^{n_C} \sum_{j=1}^{n_C} \left(G^{(S)}_{ij} - G^{(G)}_{ij}\right)^2 . $$
#
# The hard part is the unrolling. The activations are $(1, n_H, n_W, n_C)$, and the rows you want are
# the *last* axis. A reshape never changes the order in which numbers lie in memory; it only reads them
# in lines of another length. Look at what it does to an "image" of 2x3 places with two channels, one
# of ones and one of twos:

# %%
tiny = np.stack([np.full((2, 3), 1), np.full((2, 3), 2)], axis=-1)[None]  # (1, 2, 3, 2)
print("reshaped to (2, 6):")
print(tiny.reshape(2, 6))

# %% [markdown]
# The shape is right, and neither row is a channel. (No error, no warning; on random data not even a
# strange number. This is the best-known trap of this notebook.) Which two steps give rows `1 1 1 1 1
# 1` and `2 2 2 2 2 2`?
#
# **Exercise.** Write `compute_layer_style_cost`.

# %% tags=["exercise"]
from dltf.style_transfer import compute_layer_style_cost

# %%
dltf.check(compute_layer_style_cost)

# %% [markdown]
# An image is better described by several layers: the early ones know about strokes and colours, the
# later ones about larger forms. So their costs are added up, each with a weight.
#
# **Practice.** Write `compute_style_cost`. Its lists hold one tensor for each pair of `STYLE_LAYERS`
# and then one for the content layer, which does not belong into this sum.

# %% tags=["exercise"]
from dltf.style_transfer import compute_style_cost

# %%
dltf.check(compute_style_cost)

# %% [markdown]
# Does it measure style and nothing else? Take the painting and change what is where: mirror it, or cut
# it into tiles and shuffle them. Here is how far each image is *from the painting*, by both costs.


# %%
def shuffled(image, tile, rng):
    """Return an image whose tiles have changed places."""
    n_H, n_W = (n // tile for n in image.shape[:2])
    tiles = image[: n_H * tile, : n_W * tile].reshape(n_H, tile, n_W, tile, 3).swapaxes(1, 2)
    order = rng.permutation(n_H * n_W)
    tiles = tiles.reshape(-1, tile, tile, 3)[order].reshape(n_H, n_W, tile, tile, 3)
    return tiles.swapaxes(1, 2).reshape(n_H * tile, n_W * tile, 3)


images = {
    "the painting": style,
    "mirrored": style[:, ::-1],
    "shuffled": shuffled(style, 50, np.random.default_rng(1)),
    "the photo": content,
}
_ = plotting.plot_gallery(images, columns=4, width=2.6)
styles = {}
print(f"{'':16}{'content cost':>14}{'style cost':>14}")
for name, image in images.items():
    outputs = backbone(image[None])
    J_content = float(compute_content_cost(style_outputs, outputs))
    J_style = float(compute_style_cost(style_outputs, outputs, backbone.style_layers))
    print(f"{name:16}{J_content:14.4g}{J_style:14.4g}")
    styles[name] = J_style
photo = styles["the photo"]
claim(
    "the style cost takes the mirrored and the shuffled painting for closer to the painting than the photo",
    [styles["mirrored"] < 0.2 * photo, styles["shuffled"] < 0.5 * photo],
    f"{styles['mirrored'] / photo:.0%} and {styles['shuffled'] / photo:.0%} of the photo's style cost",
)

# %% [markdown]
# To the content cost all of them are strangers. Ask the style cost: is the mirrored painting nearly the
# painting itself to it, and the shuffled one close? (What it still sees are the cuts, which are edges that
# the painter did not paint.) And is the photo far away? Wanted: an image with the photo's content and the
# painting's style.
#
# ## 3. Both at once
#
# **Exercise.** Write `total_cost`, $J = \alpha\, J_\text{content} + \beta\, J_\text{style}$, with the
# course's weights as defaults.

# %% tags=["exercise"]
from dltf.style_transfer import total_cost

# %%
dltf.check(total_cost)

# %% [markdown]
# **The graded part ends here.** Next you write the loop that optimizes the image, so that your four
# functions paint, and measure whether the result is any good.
#
# ---
#
# ## 4. Practice: the loop that optimizes the image
#
# Left to itself the optimizer finds a cheap trick: a fine noise of single pixels that excites the
# right channels and looks awful. So a small cost goes to noise itself, the **total variation**: the
# sum of all absolute differences between a pixel and the one below, and between a pixel and the one
# to the right.
#
# **Practice.** Write `total_variation_cost` with slices, for an image $(1, n_H, n_W, 3)$.

# %% tags=["exercise"]
from dltf.style_transfer import total_variation_cost

# %%
dltf.check(total_variation_cost)

# %% [markdown]
# One step of gradient descent, as in every training loop: compute the cost under a tape,
# differentiate, let the optimizer make the step. Two things are different. The cost is differentiated
# with respect to `generated_image`, the only variable there is. And a colour is a number between 0 and
# 1, which no optimizer knows, so after the step the image is clipped: `clip_0_1` returns a clipped
# copy, and a variable is changed by its method `assign`.
#
# **Practice.** Write `train_step`. The total cost is `total_cost` plus `gamma` times the total
# variation.
#
# *Useful:* `tape.gradient(J, variable)`; `optimizer.apply([gradient], [variable])`.

# %% tags=["exercise"]
from dltf.style_transfer import train_step

# %%
dltf.check(train_step)

# %% [markdown]
# Everything is there. Your loop, in as few lines as it takes (`tf.function` compiles the step, which
# makes it faster and changes nothing else):

# %%
image = tf.Variable(content[None])
optimizer = keras.optimizers.Adam(0.02)
optimizer.build([image])


@tf.function
def step():
    return train_step(
        image,
        backbone,
        content_outputs,
        style_outputs,
        optimizer,
        backbone.style_layers,
        gamma=5,
    )


costs = {"content": [], "style": []}
stages = {"the photo": content}
for i in range(1, 61):
    J, J_content, J_style = step()
    costs["content"].append(float(J_content))
    costs["style"].append(float(J_style))
    if i in (10, 25, 60):
        stages[f"after {i} steps"] = image.numpy()[0]

_ = plotting.plot_gallery(stages, columns=4, width=2.8)
# %%
ax = plotting.plot_costs(costs)
_ = ax.set_title("what the photo loses and the style gains")
fall = costs["style"][0] / costs["style"][-1]
claim("the style cost falls to less than a tenth", fall > 10, f"it fell by a factor of {fall:.0f}")

# %% [markdown]
# The style cost falls. The content cost, which is nothing at the start (we
# began with the photo), rises to what this style has to cost.
#
# `dltf.style_transfer.transfer` is this loop with a progress bar, all steps in one graph.
#
# ## 5. Is it any good?
#
# A cost that falls a hundredfold sounds like success. But whose cost? The image is made to please
# one network. If that network's weights are random, it never learned what matters in an image,
# and what pleases it need not be a style at all. So `judge` measures under a **pretrained** network:
# the image's style cost relative to the photo's own (1 is the photo, 0 the painting), and the
# correlation of its colours with those of the photo (1 is the photo).
#
# Below, the same photo painted twice in the same way: by a trained network and by a random one.

# %%
if backbone.pretrained:
    steps, shape = (200, (300, 400)) if FULL_SIZE else (60, SHAPE)
    content = data.load_content_image("louvre", shape)
    style = data.load_style_image("monet", shape)
    results = paint_twice(content, style, backbone, steps=steps, seed=0, progress=False)
    _ = plotting.plot_gallery(
        {f"painted by {name} weights": result["image"] for name, result in results.items()},
        columns=2,
        width=4.0,
    )
    for name, result in results.items():
        print(
            f"{name:8} style cost as that network sees it {result['own style']:.4f}, "
            f"as the trained one sees it {result['style']:.4f}; "
            f"correlation with the photo {result['correlation']:.2f}"
        )
else:
    print("Only a network that was trained could judge. This one says:")
    print(judge(image.numpy()[0], content, style, backbone))

# %% [markdown]
# On the real images, at full size (see docs/style_transfer.md), the random network brings its own
# style cost down by more than a hundred and is content; to the trained one the result is *further*
# from Monet than the photo was. A cost is as good as the features it is made of.
#
# ## 6. How much style?
#
# Only the ratio of the two weights matters (and gamma, a little). Here is the way from photo to
# painting:

# %%
size = content.shape[:2] if FULL_SIZE else (90, 120)
small = [data.load_content_image("louvre", size), data.load_style_image("monet", size)]
ratios = (0.00004, 0.0004, 0.004, 0.04, 0.4, 4) if FULL_SIZE else (0.0001, 0.004, 4)
results = sweep(*small, backbone, ratios, steps=200 if FULL_SIZE else 40)
_ = plot_sweep(results)

# %% [markdown]
# **Try it.** Other images: `data.read_image("mine.jpg", SHAPE)` reads your own. Other layers:
# `load_backbone(style_layers=[("conv1", 1.0)])` takes the style of the first layer alone, colours and
# the finest strokes; `[("fire9", 1.0)]` the last alone. And a start from noise instead of the photo:
# `transfer(content, style, backbone, noise=1.0, rng=0)`; how many more steps does that take?
#
# ## What to take along
#
# - **A trained network is a measuring instrument.** You can differentiate through it with respect to
#   its input, and so change an image until it measures what you want.
# - **Content is what is where; style is what goes together with what.** The Gram matrix sums over the
#   places and keeps the rest.
# - **Reshape is not transpose**, and a shape that is right proves little.
# - **Judge by something that was not optimized against**, or at least by something that knows what
#   matters: a falling cost alone is no evidence.
