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
# # YOLO: finding everything in an image at one glance
#
# A classifier says what an image shows. A detector says what is *where*, for any number of things.
# One could slide a classifier over the image, window by window, size by size, and wait. YOLO (*you
# only look once*) does it in one pass of one convolutional network: the image is laid out in a
# grid, and each cell of the grid speaks for the objects that have their centre in it.
#
# The network talks too much, though. It makes a statement for each cell and each anchor, hundreds of them
# for an image with a few objects in it, and reports each object several times. In this notebook you write what turns its output
# into boxes (four functions, they count):
#
# 1. `yolo_filter_boxes`: throw away what it is not sure of;
# 2. `iou`: how much do two boxes overlap?
# 3. `yolo_non_max_suppression`: keep one box for each object;
# 4. `yolo_eval`: all of it together, from the network's words to boxes on a photo.
#
# After that, for practice, you let classes compete separately and write the targets that a network
# is trained with; and you train a detector of your own from nothing, and measure how good it is.
# After each function, `dltf.check` tries it on fresh random inputs and tells you what is wrong.

# %%
import time
from collections.abc import Sequence

import dltf  # first: it keeps TensorFlow's start-up log out of the notebook

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from dltf import plotting
from dltf.yolo import metrics
from dltf.yolo import experiments
from dltf.yolo.boxes import iou_matrix, iou_of_sizes
from dltf.data import ROAD_CLASSES, make_roads
from dltf.yolo import Array, Found, scale_boxes, yolo_boxes_to_corners

# %% [markdown]
# ## What the network outputs
#
# Here is a road that we have generated, and what a network might output for it. (The network is
# imagined: it finds each object several times, never quite right, plus false positives, as networks
# do. Further down a real one looks at photos.)

# %%
example = experiments.imagined_examples()[0]
box_xy, box_wh, box_confidence, box_class_probs = example.outputs
for name, part in zip(
    ("box_xy", "box_wh", "box_confidence", "box_class_probs"), example.outputs, strict=True
):
    print(f"{name:16} {part.shape}")

# %% [markdown]
# For each cell of the grid, and for each of a few *anchors* (typical shapes of boxes, so that a cell
# can predict a tall object and a wide one), the network outputs
#
# - where the **centre** of an object is and what its **size** is, as fractions of the image,
# - how **confident** it is that there *is* an object, $p_c$,
# - and if there is one, what it is: a **probability** for each class, $c_1, \dots, c_C$.
#
# Here is all of its output, one box for each prediction:

# %%
boxes = yolo_boxes_to_corners(*example.outputs[:2])  # y1, x1, y2, x2, in fractions
everything = scale_boxes(boxes.reshape(-1, 4), example.shape)
nameless = np.zeros(len(everything), int)
ax = plotting.plot_boxes(
    example.image, everything, nameless, [""], enlarge=example.enlarge, thickness=1
)
_ = ax.set_title(f"{len(everything):,} boxes")

# %% [markdown]
# ## 1. Filter by score
#
# The *score* of a class is the probability that there is an object of this class: confidence times
# class probability,
#
# $$ \text{score}_i = p_c \times c_i . $$
#
# A box is of the class that has the highest score, and it stays if this score is at least a
# threshold.
#
# **Exercise.** Write `yolo_filter_boxes`: (1) the scores of all classes, (2) the best class of each
# box and its score, (3) a mask that is True where that score is high enough, (4) what the mask leaves
# of scores, boxes and classes.
#
# *Useful:* `np.argmax` and `np.max` take the axis along which to look, and `axis=-1` is the last one;
# `array[mask]` keeps the entries where the mask is True. If you like TensorFlow better:
# `tf.math.argmax`, `tf.math.reduce_max`, `tf.boolean_mask`.

# %% tags=["exercise"]
from dltf.yolo import yolo_filter_boxes

# %%
dltf.check(yolo_filter_boxes)

# %%
scores, kept, classes = yolo_filter_boxes(boxes, box_confidence, box_class_probs, threshold=0.3)
print(f"{len(everything):,} boxes said, {len(scores)} with a score of at least 0.3")
ax = plotting.plot_boxes(
    example.image,
    scale_boxes(kept, example.shape),
    classes,
    example.class_names,
    scores,
    enlarge=example.enlarge,
)
_ = ax.set_title("Filtered by score")

# %% [markdown]
# Much better, and not good yet: several boxes sit around the same thing.
#
# ## 2. Intersection over union
#
# When do two boxes mean the same thing? When they cover nearly the same place. The measure of that
# is the area that both cover, divided by the area that at least one of them covers:
#
# $$ \text{IoU} = \frac{|B_1 \cap B_2|}{|B_1 \cup B_2|},
# \qquad |B_1 \cup B_2| = |B_1| + |B_2| - |B_1 \cap B_2| . $$
#
# It is 1 if they are equal and 0 if they share nothing.
#
# **Exercise.** Write `iou` for two boxes given by their corners, `(x1, y1, x2, y2)`. What they share
# is a box again. Draw two overlapping boxes on paper: which of the two left edges is its left edge?
# And if they share nothing, what does your formula say for the width?

# %% tags=["exercise"]
from dltf.yolo import iou

# %%
dltf.check(iou)

# %%
for title, box1, box2 in (
    ("overlapping", (2, 1, 4, 3), (1, 2, 3, 4)),
    ("the same", (1, 2, 3, 4), (1, 2, 3, 4)),
    ("side by side", (1, 2, 3, 4), (5, 2, 7, 4)),
    ("diagonal", (1, 2, 3, 4), (5, 6, 7, 8)),
    ("touching", (1, 1, 2, 2), (2, 2, 3, 3)),
):
    print(f"{title:14} {iou(box1, box2):.4f}")

# %% [markdown]
# One pair at a time is fine for understanding. A detector compares hundreds of boxes with hundreds
# of others, and there `iou_matrix` (given) does the same for all pairs at once, without a loop:

# %%
rng = np.random.default_rng(0)
low = rng.uniform(0, 50, (300, 2))
many = np.concatenate([low, low + rng.uniform(5, 30, (300, 2))], axis=1)
begin = time.perf_counter()
slow = np.array([[iou(a, b) for b in many[:60]] for a in many[:60]])
middle = time.perf_counter()
fast = iou_matrix(many, many)
end = time.perf_counter()
print("largest difference:", np.abs(slow - fast[:60, :60]).max())
ratio = (middle - begin) / 60**2 / ((end - middle) / 300**2)
print(f"for the same number of pairs, the loop takes {ratio:.0f} times as long")

# %% [markdown]
# ## 3. Non-max suppression
#
# Of the boxes around one object, keep the best:
#
# 1. Take the box with the highest score. It stays.
# 2. Throw away all boxes that overlap it by more than `iou_threshold`.
# 3. Take the box with the highest score of those that are left, and so on, until none is left or
#    `max_boxes` have stayed.
#
# **Exercise.** Write `yolo_non_max_suppression`. Corners are in the order `(y1, x1, y2, x2)` here, as
# TensorFlow has them. Does that matter for the overlap?
#
# *Useful:* `np.argsort(-scores)` lists the numbers of the boxes from the highest score down;
# `iou_matrix(boxes1, boxes2)` has a row for each box of the first list. Or use
# `tf.image.non_max_suppression`, which returns the numbers of the boxes that stay (and write it
# yourself after that).

# %% tags=["exercise"]
from dltf.yolo import yolo_non_max_suppression

# %%
dltf.check(yolo_non_max_suppression)

# %%
scores, kept, classes = yolo_non_max_suppression(scores, kept, classes, 30, 0.45)
ax = plotting.plot_boxes(
    example.image,
    scale_boxes(kept, example.shape),
    classes,
    example.class_names,
    scores,
    enlarge=example.enlarge,
)
_ = ax.set_title(f"After non-max suppression: {len(scores)} boxes")

# %% [markdown]
# ## 4. All together
#
# **Exercise.** Write `yolo_eval`: it gets what the network outputs, turns centres and sizes into corners,
# filters by score, scales the boxes to the pixels of the image, and suppresses what is said twice.
# Two helpers are given: `yolo_boxes_to_corners` for centres and sizes, and `scale_boxes`, which also
# wants to know the shape of the image.
# Mind which threshold goes where.

# %% tags=["exercise"]
from dltf.yolo import yolo_eval

# %%
dltf.check(yolo_eval)

# %%
scores, found, classes = yolo_eval(example.outputs, example.shape, 30, 0.3, 0.45)
for score, box, c in zip(scores[:8], found[:8], classes[:8], strict=True):
    corners = ", ".join(f"{float(v):6.1f}" for v in box)
    print(f"{example.class_names[int(c)]:14} {float(score):.2f}   at y1, x1, y2, x2 = {corners}")

# %% [markdown]
# Time for a real network, on photos taken from a car: YOLO-LITE, trained on 80 classes of things.
# `dltf data fetch yolo` fetches it and the photos; if they are not available you are told so and get
# more generated scenes. The time is that of your functions.

# %%
examples = experiments.road_examples(4)
for example in examples:
    begin = time.perf_counter()
    scores, found, classes = yolo_eval(example.outputs, example.shape, 30, 0.3, 0.45)
    microseconds = 1e6 * (time.perf_counter() - begin)
    names = [example.class_names[int(c)] for c in classes]
    counts = ", ".join(f"{name} x {names.count(name)}" for name in dict.fromkeys(names))
    print(f"{example.title:10} {counts}   ({microseconds:.0f} µs)")

# %%
example = examples[0]
scores, found, classes = yolo_eval(example.outputs, example.shape, 30, 0.3, 0.45)
ax = plotting.plot_boxes(
    example.image, found, classes, example.class_names, scores, enlarge=example.enlarge
)
_ = ax.set_title(f"{example.title}: {len(scores)} boxes")

# %% [markdown]
# Now try the thresholds. A low score threshold finds more, and more nonsense; a high one finds little
# and means it.

# %%
axes = plotting.new_axes(2, width=7.0, height=4.2)
for ax, threshold in zip(axes, (0.15, 0.5), strict=True):
    scores, found, classes = yolo_eval(example.outputs, example.shape, 50, threshold, 0.45)
    plotting.plot_boxes(
        example.image, found, classes, example.class_names, ax=ax, enlarge=example.enlarge
    )
    ax.set_title(f"score at least {threshold}: {len(scores)} boxes")

# %% [markdown]
# **The graded part ends here.** Next you build the other half, targets and loss, and train a detector of
# your own: then you can find things that no one has published weights for. (A word on YOLO-LITE, if you
# have seen it at work: it has 650,000 parameters, made for computers without a graphics card, and its
# authors measured 12% mAP with it. It finds many things, puts many of its boxes half a cell off, and
# misses cars that fill the image.)
#
# ---
#
# ## 5. Practice: classes that do not compete
#
# A person stands before a car. The two boxes overlap, and your non-max suppression takes one of them
# away. Should it? In the course's first notebooks all classes compete; today one lets boxes of the
# same class compete only.
#
# **Practice.** Write `non_max_suppression_per_class`: suppress within each class, then put all
# together in the order of their scores, and keep at most `max_boxes` in all.

# %% tags=["exercise"]
from dltf.yolo import non_max_suppression_per_class

# %%
dltf.check(non_max_suppression_per_class)

# %%
together = (
    np.array([0.9, 0.8, 0.7]),
    np.array([[10, 10, 60, 90], [12, 20, 62, 95], [8, 12, 60, 85.0]]),
    np.array([0, 3, 0]),
)
print("all classes together:", yolo_non_max_suppression(*together, 10, 0.5)[2])
print("class by class:      ", non_max_suppression_per_class(*together, 10, 0.5)[2])

# %% [markdown]
# ## 6. Practice: what the network should have output
#
# Where do such networks come from? From scenes in which people have drawn the boxes. Ours are
# generated: roads with cars, trucks, traffic lights and people, behind one another, by day and by
# night, with things in between that are none of the four.

# %%
scenes = make_roads(400, rng=1)
axes = plotting.new_axes(3, width=4.6, height=2.9)
for ax, i in zip(axes, (1, 5, 9), strict=True):
    pixels = scale_boxes(scenes.boxes[i], scenes.images[i].shape)
    plotting.plot_boxes(scenes.images[i], pixels, scenes.classes[i], ROAD_CLASSES, ax=ax, enlarge=4)

# %% [markdown]
# **Anchors.** Which shapes should the anchors have? Those that the boxes have: group them by k-means,
# with $1 - \text{IoU}$ as the distance (two boxes with the same centre). More anchors fit better; the
# gain gets smaller and smaller.

# %%
from dltf.yolo import anchors_by_kmeans

sizes = experiments.sizes_in_cells(scenes)
axes = plotting.new_axes(2, width=5.0, height=3.6)
fits = [
    iou_of_sizes(sizes, anchors_by_kmeans(sizes, k, rng=0)).max(axis=1).mean() for k in range(1, 10)
]
axes[0].plot(range(1, 10), fits, marker="o")
axes[0].set(xlabel="number of anchors", ylabel="mean IoU of a box with its anchor", ylim=(0, 1))
anchors = anchors_by_kmeans(sizes, 5, rng=0)
axes[1].scatter(*sizes.T, s=4, alpha=0.4, label="boxes")
axes[1].scatter(*anchors.T, marker="s", s=50, label="anchors")
axes[1].set(xlabel="width in cells", ylabel="height in cells")
_ = axes[1].legend(frameon=False)

# %% [markdown]
# **Targets.** A network learns from what it *should* have said. An object belongs to the cell in
# which its centre lies, and there to the anchor that is most like it in shape. All other places
# should say "nothing here".
#
# **Practice.** Write the inside of the loop of `encode_boxes`. For one object with corners y1, x1, y2,
# x2 (fractions of the image) and class `c`: find the row and column of its centre, and the best
# anchor (`iou_of_sizes` wants both sizes in cells); write x, y, w, h and the confidence 1 there, and
# behind these the class as a one-hot vector.

# %% tags=["exercise"]
from dltf.yolo import encode_boxes

# %%
dltf.check(encode_boxes)

# %%
target = encode_boxes(scenes.boxes[1], scenes.classes[1], anchors, experiments.GRID, 4)
print("shape of the target:", target.shape)
print("places with an object:", int(target[..., 4].sum()), "of", target[..., 4].size)

# %% [markdown]
# **The loss** asks three questions: *where* is it, *is* there anything, *what* is it? And it does not
# ask them everywhere. At a position without an object, box and class are ignored (*masked*): no answer
# would be wrong. And where a box overlaps an object well, but another position is responsible for it, the
# confidence is ignored too. Read `YoloLoss` in `dltf/yolo/layers.py`; you find the three questions, and the
# mask in each.
#
# ## 7. Train a detector
#
# Half a minute or so of training, on few scenes, from random weights. To go all the way, set `LONG`
# to True: that is 3,000 scenes, and some minutes.

# %%
LONG = False
if LONG:
    trained = experiments.train_on_roads(make_roads(experiments.SCENES, rng=1), minutes=5, seed=1)
else:
    trained = experiments.train_on_roads(scenes, epochs=6, seed=1)
trained.history

# %% [markdown]
# ## 8. How good is it?
#
# A detection is *right* if its class is right and it overlaps an object by at least 0.5, and no
# better detection has found that object already. Go down the list of all detections by score. Each
# adds to the objects found (**recall**) or to the errors (lower **precision**). The area under the
# curve is the *average precision* of the class, and the mean over classes is the **mAP**.

# %%
held_out = make_roads(100, rng=2)
found = trained.detect(held_out.images, score_threshold=0.01)
half, strict = (experiments.evaluate(found, held_out, threshold) for threshold in (0.5, 0.75))
for c, name in enumerate(ROAD_CLASSES):
    print(f"{name:14} average precision {half[c]:.2f} at an IoU of 0.5, {strict[c]:.2f} at 0.75")
print(f"{'mAP':14}                   {half.mean():.2f}                       {strict.mean():.2f}")

# %%
ax = plotting.new_axes(width=5.0, height=3.8)
for c, name in enumerate(ROAD_CLASSES):
    scores, right, objects = [], [], 0
    for image, boxes, classes in zip(found, held_out.boxes, held_out.classes, strict=True):
        mine = image.classes == c
        scores.append(image.scores[mine])
        right.append(metrics.match(image.boxes[mine], boxes[classes == c], 0.5))
        objects += int((classes == c).sum())
    precision, recall = metrics.precision_recall(
        np.concatenate(scores), np.concatenate(right), objects
    )
    ax.plot(recall, precision, label=name)
ax.set(xlabel="recall", ylabel="precision", xlim=(0, 1.02), ylim=(0, 1.05))
_ = ax.legend(frameon=False)

# %%
axes = plotting.new_axes(3, width=4.6, height=2.9)
for ax, i in zip(axes, (0, 6, 11), strict=True):
    sure = found[i].scores >= 0.2
    pixels = scale_boxes(found[i].boxes[sure], held_out.images[i].shape)
    plotting.plot_boxes(
        held_out.images[i],
        pixels,
        found[i].classes[sure],
        ROAD_CLASSES,
        found[i].scores[sure],
        ax=ax,
        enlarge=4,
    )

# %% [markdown]
# Not bad for half a minute, and not good. What a whole run reaches on 500 held-out scenes is in
# `docs/yolo.md`; `python -m dltf.yolo.experiments` prints the table.
#
# ## What to take along
#
# - **One pass is enough**: a grid of cells, each with a few anchors, predicts for every place whether
#   something is there, where exactly, how large, and what.
# - **Two filters** make boxes of what the network outputs: by score, then by overlap.
# - **IoU** is the ruler of this trade: it groups anchors, chooses who speaks for an object, suppresses
#   what is said twice, and decides whether a detection is right.
# - **Knowing where *not* to ask** is half of the loss.
