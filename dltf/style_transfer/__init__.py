"""Neural style transfer: content and style costs, and gradient descent on the image.

A network that was trained to name what is in photos has learned to see. What it sees of an image
can be compared in two ways. *Place by place*, its deeper layers tell what is where: the
content. *Without the places*, by how often two channels are active together (the Gram matrix), its
layers tell of colours, textures and brush strokes: the style. Start from a photo, keep the network
as it is, and change the pixels until the first comparison still says "the photo" and the second
says "the painting".

Layout: images `(1, n_H, n_W, 3)`, RGB between 0 and 1, a batch of one; activations `(1, n_H, n_W,
n_C)`; a Gram matrix is `(n_C, n_C)`, of activations unrolled to `(n_C, n_H * n_W)`: transposed, for
a reshape alone cannot bring the last axis to the front. `C`, `S` and `G` are the content image,
the style image and the generated one. What a backbone (see `backbones`) returns is a list,
style layers first, the content layer last. In the notebooks of 2017 `compute_content_cost` was
given the last of them instead of the list: `compute_content_cost([a_C], [a_G])` is the same.

Source: Gatys, Ecker & Bethge 2016, "Image style transfer using convolutional neural networks".
"""

# ruff: noqa: RET504 - an exercise ends before its `return`, which students are given

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from dltf.style_transfer.backbones import (
    SQUEEZENET_STYLE,
    Backbone,
    StyleLayers,
    check_activations,
    check_outputs,
    one_image,
)
from dltf.training.progress import Progress
from dltf.typing import Random, RGBImage
from dltf.validation import check_integer, check_number

__all__ = [
    "STYLE_LAYERS",
    "clip_0_1",
    "compute_content_cost",
    "compute_layer_style_cost",
    "compute_style_cost",
    "gram_matrix",
    "judge",
    "total_cost",
    "total_variation_cost",
    "train_step",
    "transfer",
]

Costs: TypeAlias = dict[str, list[float]]

STYLE_LAYERS = SQUEEZENET_STYLE  # (name, weight); as many weights as style layers

# == 1. Content and style cost
# =======================================================================


def compute_content_cost(content_output: Sequence[Any], generated_output: Sequence[Any]) -> Any:
    """Return the content cost: compares two images position by position in the last layer.

        J_content(C, G) = 1 / (4 n_H n_W n_C)  sum (a_C - a_G)^2

    Args:
        content_output: activations of the content image, a list of tensors whose last one, a_C,
            is that of the content layer, float (1, n_H, n_W, n_C).
        generated_output: the same of the generated image; its last one, a_G, has a_C's shape.

    Returns:
        A scalar tensor.

    Raises:
        ValueError: there is no list, or its last tensor is not (1, n_H, n_W, n_C).

    Source:
        Gatys et al. 2016, eq. 1, with the course's factor.
    """
    check_outputs(content_output=content_output, generated_output=generated_output)
    ### BEGIN SOLUTION
    a_C, a_G = content_output[-1], generated_output[-1]
    _, n_H, n_W, n_C = a_G.shape
    J_content = tf.reduce_sum(tf.square(a_C - a_G)) / (4 * n_H * n_W * n_C)
    ### END SOLUTION
    return J_content


def gram_matrix(A: Any) -> Any:
    """Return the Gram matrix: products of all pairs of channels, summed over positions.

    Args:
        A: unrolled activations, float (n_C, n_H * n_W), a row for each channel.

    Returns:
        A A^T, a tensor (n_C, n_C): symmetric, and on its diagonal how active each channel is.
    """
    ### BEGIN SOLUTION
    GA = tf.matmul(A, A, transpose_b=True)
    ### END SOLUTION
    return GA


def compute_layer_style_cost(a_S: Any, a_G: Any) -> Any:
    """Return the style cost of one layer: compares Gram matrices, independent of position.

        J_style(S, G) = 1 / (4 n_C^2 (n_H n_W)^2)  sum (G_S - G_G)^2

    with the Gram matrices G_S and G_G of the two, each of activations unrolled to (n_C, n_H n_W).

    Args:
        a_S: activations of the style image, float tensor (1, n_H, n_W, n_C).
        a_G: activations of the generated image, the same shape.

    Returns:
        A scalar tensor.

    Raises:
        ValueError: a shape is not (1, n_H, n_W, n_C), or they differ.

    Source:
        Gatys et al. 2016, eq. 4.
    """
    check_activations(a_S=a_S, a_G=a_G)
    ### BEGIN SOLUTION
    _, n_H, n_W, n_C = a_G.shape
    A_S = tf.transpose(tf.reshape(a_S, (n_H * n_W, n_C)))  # (n_C, n_H n_W)
    A_G = tf.transpose(tf.reshape(a_G, (n_H * n_W, n_C)))
    difference = gram_matrix(A_S) - gram_matrix(A_G)  # (n_C, n_C)
    factor = 1 / (4 * n_C**2 * (n_H * n_W) ** 2)
    J_style_layer = factor * tf.reduce_sum(tf.square(difference))
    ### END SOLUTION
    return J_style_layer


def compute_style_cost(
    style_image_output: Sequence[Any],
    generated_image_output: Sequence[Any],
    STYLE_LAYERS: StyleLayers = STYLE_LAYERS,
) -> Any:
    """Return the style cost: the weighted sum of the layers' costs.

    Args:
        style_image_output: activations of the style image, a list of tensors (1, n_H, n_W, n_C):
            one for each style layer and, last, that of the content layer, which has no say here.
        generated_image_output: the same of the generated image.
        STYLE_LAYERS: (name, weight) of the style layers, in the order of the lists.

    Returns:
        A scalar tensor.

    Raises:
        ValueError: there is no list, or its last tensor is not (1, n_H, n_W, n_C).

    Source:
        Gatys et al. 2016, eq. 5.
    """
    check_outputs(
        style_image_output=style_image_output, generated_image_output=generated_image_output
    )
    J_style = tf.constant(0.0)
    ### BEGIN SOLUTION
    layers = zip(STYLE_LAYERS, style_image_output[:-1], generated_image_output[:-1], strict=True)
    for (_, weight), a_S, a_G in layers:
        J_style += weight * compute_layer_style_cost(a_S, a_G)
    ### END SOLUTION
    return J_style


def total_cost(J_content: Any, J_style: Any, alpha: float = 10, beta: float = 40) -> Any:
    """Return the total cost: the weighted sum of content and style cost.

    Args:
        J_content: content cost, a scalar.
        J_style: style cost, a scalar.
        alpha: weight of the content.
        beta: weight of the style.

    Returns:
        alpha J_content + beta J_style, a scalar.

    Source:
        Gatys et al. 2016, eq. 7.
    """
    ### BEGIN SOLUTION
    J = alpha * J_content + beta * J_style
    ### END SOLUTION
    return J


def total_variation_cost(picture: Any) -> Any:
    """Return the total variation: how much neighbouring pixels differ (high for noise).

    Args:
        picture: float tensor (1, n_H, n_W, 3).

    Returns:
        The sum of the absolute differences between every pixel and the one below it, and between
        every pixel and the one to its right; a scalar tensor. (`tf.image.total_variation` gives
        the same for every image of a batch.)

    Source:
        Mahendran & Vedaldi 2015, "Understanding deep image representations by inverting them".
    """
    ### BEGIN SOLUTION
    down = picture[:, 1:] - picture[:, :-1]  # (1, n_H - 1, n_W, 3)
    right = picture[:, :, 1:] - picture[:, :, :-1]  # (1, n_H, n_W - 1, 3)
    J_variation = tf.reduce_sum(tf.abs(down)) + tf.reduce_sum(tf.abs(right))
    ### END SOLUTION
    return J_variation


# == 2. The loop that trains the image ===========================================================


def clip_0_1(image: Any) -> Any:
    """Clip an image to the range from 0 to 1."""
    return tf.clip_by_value(image, clip_value_min=0.0, clip_value_max=1.0)


def train_step(
    generated_image: tf.Variable,
    get_outputs: Callable[[Any], Sequence[Any]],
    content_output: Sequence[Any],
    style_output: Sequence[Any],
    optimizer: keras.optimizers.Optimizer,
    STYLE_LAYERS: StyleLayers = STYLE_LAYERS,
    alpha: float = 10,
    beta: float = 40,
    gamma: float = 0.0,
) -> tuple[Any, Any, Any]:
    """Take one gradient descent step on the generated image.

    Args:
        generated_image: variable (1, n_H, n_W, 3), colours between 0 and 1; changed in place, and
            still between 0 and 1 afterwards.
        get_outputs: returns the list of activations of an image, such as a `Backbone`.
        content_output: what it returned for the content image.
        style_output: what it returned for the style image.
        optimizer: a Keras optimizer.
        STYLE_LAYERS: (name, weight) of the style layers.
        alpha: weight of the content cost.
        beta: weight of the style cost.
        gamma: weight of the total variation, which is added to the total cost.

    Returns:
        J, J_content and J_style, scalar tensors: the total cost (with the total variation) and two
        of its parts, all of them before the step.
    """
    with tf.GradientTape() as tape:
        ### BEGIN SOLUTION
        outputs = get_outputs(generated_image)
        J_content = compute_content_cost(content_output, outputs)
        J_style = compute_style_cost(style_output, outputs, STYLE_LAYERS)
        J = total_cost(J_content, J_style, alpha, beta)
        J += gamma * total_variation_cost(generated_image)
        ### END SOLUTION
    ### BEGIN SOLUTION
    gradient = tape.gradient(J, generated_image)
    optimizer.apply([gradient], [generated_image])
    generated_image.assign(clip_0_1(generated_image))
    ### END SOLUTION
    return J, J_content, J_style


def transfer(
    content: ArrayLike,
    style: ArrayLike,
    backbone: Backbone,
    *,
    alpha: float = 10,
    beta: float = 40,
    gamma: float = 5,
    steps: int = 200,
    learning_rate: float = 0.02,
    noise: float = 0.0,
    rng: Random = None,
    progress: bool = True,
) -> tuple[RGBImage, Costs]:
    """Transfer the style of one image to another.

    The activations of the two given images do not change: they are computed once. All steps run
    in one TensorFlow graph.

    Args:
        content: the photo, (n_H, n_W, 3), between 0 and 1; painting starts from it.
        style: the painting, of the same shape.
        backbone: the network that looks at them (`dltf.style_transfer.backbones.load_backbone`).
        alpha: weight of the content cost, at least 0.
        beta: weight of the style cost, at least 0.
        gamma: weight of the total variation, at least 0.
        steps: how many steps Adam takes, at least 1.
        learning_rate: Adam's; about how much a colour changes in a step, above 0.
        noise: what is drawn evenly between -noise and noise and added to the photo at the start.
        rng: generator or seed of the noise.
        progress: whether to show a progress bar.

    Returns:
        The image, float32 (n_H, n_W, 3), between 0 and 1; and "total", "content" and "style": the
        costs before each step.

    Raises:
        ValueError: an argument is not as described.
    """
    steps = check_integer("steps", steps, at_least=1)
    photo, painting = one_image("content", content), one_image("style", style)
    if photo.shape != painting.shape:
        raise ValueError(
            f"style: expected the shape of the content image, {photo.shape[1:]}, got "
            f"{painting.shape[1:]}"
        )
    for name, weight in (("alpha", alpha), ("beta", beta), ("gamma", gamma), ("noise", noise)):
        check_number(name, weight, at_least=0)
    check_number("learning_rate", learning_rate, above=0)
    content_output, style_output = backbone(photo), backbone(painting)
    draw = np.random.default_rng(rng).uniform(-noise, noise, photo.shape)
    generated = tf.Variable(np.clip(photo + draw, 0, 1).astype("float32"))
    optimizer = keras.optimizers.Adam(learning_rate)
    optimizer.build([generated])

    @tf.function(autograph=False)
    def take(count: Any) -> Any:
        """Take some steps and return their costs (count, 3)."""

        def one_step(_: Any) -> Any:
            row = train_step(
                generated,
                backbone,
                content_output,
                style_output,
                optimizer,
                backbone.style_layers,
                alpha,
                beta,
                gamma,
            )
            return tf.stack(row)

        return tf.map_fn(
            one_step, tf.range(count), fn_output_signature=tf.float32, parallel_iterations=1
        )

    bar = Progress(steps, "step") if progress else None
    rows: list[Any] = []
    try:
        while len(rows) < steps:
            rows.extend(take(tf.constant(min(10, steps - len(rows)))).numpy())
            if bar:
                bar.update(len(rows), f"content {rows[-1][1]:.4g}  style {rows[-1][2]:.4g}")
    finally:
        if bar:
            bar.close()
    columns = np.array(rows, dtype=float).T.tolist()
    return generated.numpy()[0], dict(zip(("total", "content", "style"), columns, strict=True))


# == 3. Is it any good? ============================================================================


def judge(
    image: ArrayLike, content: ArrayLike, style: ArrayLike, backbone: Backbone
) -> dict[str, float]:
    """Evaluate a result: its relative style cost, and its correlation with the photo.

    The cost falls a hundredfold whatever the network is, so the network that painted an image is a
    poor judge of it unless it was trained to see: judge under a pretrained one.

    Args:
        image: (n_H, n_W, 3), between 0 and 1.
        content: the photo, of the same shape.
        style: the painting, of the same shape.
        backbone: the network that looks at them.

    Returns:
        "style": the style cost of the image relative to that of the photo, 0 for the painting
        itself and 1 for the photo; "correlation" of all colours with the photo's, 1 for the photo.
    """
    made, photo, painting = (
        one_image(name, array)
        for name, array in (("image", image), ("content", content), ("style", style))
    )
    target = backbone(painting)
    of_image, of_photo = (
        float(compute_style_cost(target, backbone(array), backbone.style_layers))
        for array in (made, photo)
    )
    correlation = np.corrcoef(made.reshape(-1), photo.reshape(-1))[0, 1]
    return {"style": of_image / of_photo, "correlation": float(correlation)}
