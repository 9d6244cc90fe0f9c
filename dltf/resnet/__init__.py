"""Residual networks: identity and convolutional blocks, ResNet-50, and small variants.

Twenty layers learn better than eight. Fifty-six should learn better still: they could copy the
twenty, and let the other layers pass on what they get. They do worse, on the *training* set, so
the fault is not overfitting: gradient descent does not find the copy. He et al. gave each pair of
layers a way around it, the shortcut, and the layers had to learn only what is to be *added*:

    a = relu(F(x) + x)        F: two or three convolutions

To pass x on, F must be zero, which is where weight decay pulls it. And since `da/dx = F'(x) + 1`
(where ReLU is on), every gradient also goes down the shortcuts unchanged. F must be small for that:
with weights as large as plain layers need, signals and gradients grow from block to block. Batch
norm keeps F in bounds. With that, 152 layers won the ImageNet contest of 2015.

- He et al. 2015, "Deep residual learning for image recognition" (equations, table 1)
- He et al. 2016, "Identity mappings in deep residual networks" (why the shortcut is left clean)

Layout: Keras's, examples first: images `(m, n_H, n_W, n_C)`. Channels first `(m, n_C, n_H, n_W)`
becomes this by `np.moveaxis(X, 1, -1)`.
"""

# ruff: noqa: RET504 - an exercise ends before its `return`, which students are given

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import keras
import numpy as np
from keras import layers
from keras.initializers import HeNormal
from numpy.typing import NDArray

from dltf.typing import Random
from dltf.validation import check_integer

__all__ = [
    "Initializer",
    "ResNet50",
    "basic_block",
    "convolutional_block",
    "identity_block",
    "residual_backward",
    "residual_forward",
    "small_resnet",
]

Initializer: TypeAlias = Callable[..., keras.initializers.Initializer]

# == 1. A block on arrays ==========================================================================


def residual_forward(
    x: NDArray[Any], W1: NDArray[Any], W2: NDArray[Any], shortcut: bool = True
) -> NDArray[Any]:
    """Compute the forward pass of a block of two dense layers, with or without shortcut.

    Args:
        x: inputs, float (m, n).
        W1: weights of the first layer, (n, n_1).
        W2: weights of the second layer, (n_1, n).
        shortcut: whether x is added before the last ReLU; False gives the plain block.

    Returns:
        Activations of the block, (m, n).

    Source:
        He et al. 2015, eq. 1 with F = W2 relu(W1 x).
    """
    F = np.maximum(x @ W1, 0) @ W2  # (m, n)
    return np.maximum(F + x, 0) if shortcut else np.maximum(F, 0)  # a = relu(F(x) + x)


def residual_backward(
    da: NDArray[Any],
    x: NDArray[Any],
    W1: NDArray[Any],
    W2: NDArray[Any],
    shortcut: bool = True,
) -> NDArray[Any]:
    """Compute the backward pass of the block of `residual_forward`.

    Args:
        da: gradient of the loss with respect to the block's activations, (m, n).
        x: the block's inputs, (m, n).
        W1: weights of the first layer, (n, n_1).
        W2: weights of the second layer, (n_1, n).
        shortcut: whether the block has one.

    Returns:
        Gradient with respect to x, (m, n).
    """
    hidden = x @ W1  # (m, n_1)
    F = np.maximum(hidden, 0) @ W2
    dz = da * (F + x * shortcut > 0)
    through = ((dz @ W2.T) * (hidden > 0)) @ W1.T  # down the two layers
    return through + dz if shortcut else through  # and once more, unchanged: the 1 in F' + 1


# == 2. The two blocks of ResNet-50 ================================================================


def identity_block(
    X: Any, f: int, filters: Sequence[int], initializer: Initializer = HeNormal
) -> Any:
    """Add an identity block: three convolutions with an identity shortcut.

    Main path: a 1x1 convolution to F1 channels, an f x f one to F2 channels that keeps height and
    width, a 1x1 one to F3 channels. Each is followed by batch norm over the channels, the first two
    by ReLU as well. The block's input is added, and the sum goes through the last ReLU.

    Args:
        X: the network so far, (m, n_H, n_W, n_C) with n_C = F3.
        f: height and width of the middle convolution's window, at least 1.
        filters: channels of the three convolutions, (F1, F2, F3).
        initializer: `initializer()` makes what draws a convolution's weights.

    Returns:
        The network with the block, (m, n_H, n_W, F3).

    Source:
        He et al. 2015, figure 5, on the right.
    """
    F1, F2, F3 = filters
    X_shortcut = X
    ### BEGIN SOLUTION
    X = layers.Conv2D(F1, 1, kernel_initializer=initializer())(X)
    X = layers.BatchNormalization(axis=3)(X)
    X = layers.Activation("relu")(X)

    X = layers.Conv2D(F2, f, padding="same", kernel_initializer=initializer())(X)
    X = layers.BatchNormalization(axis=3)(X)
    X = layers.Activation("relu")(X)

    X = layers.Conv2D(F3, 1, kernel_initializer=initializer())(X)
    X = layers.BatchNormalization(axis=3)(X)

    X = layers.Add()([X, X_shortcut])  # F(x) + x
    X = layers.Activation("relu")(X)
    ### END SOLUTION
    return X


def convolutional_block(
    X: Any, f: int, filters: Sequence[int], s: int = 2, initializer: Initializer = HeNormal
) -> Any:
    """Add a convolutional block: its output shape differs, so the shortcut is a convolution.

    Main path as in `identity_block`, but the first convolution moves in steps of s. On the shortcut
    a 1x1 convolution with the same steps makes F3 channels, followed by batch norm and no ReLU.

    Args:
        X: the network so far, (m, n_H, n_W, n_C).
        f: height and width of the middle convolution's window, at least 1.
        filters: channels of the three convolutions, (F1, F2, F3).
        s: stride of the main path's first convolution and of the shortcut's, at least 1.
        initializer: `initializer()` makes what draws a convolution's weights.

    Returns:
        The network with the block, (m, ceil(n_H / s), ceil(n_W / s), F3).

    Source:
        He et al. 2015, figure 5, and eq. 2 with W_s the convolution on the shortcut.
    """
    F1, F2, F3 = filters
    X_shortcut = X
    ### BEGIN SOLUTION
    X = layers.Conv2D(F1, 1, strides=s, kernel_initializer=initializer())(X)
    X = layers.BatchNormalization(axis=3)(X)
    X = layers.Activation("relu")(X)

    X = layers.Conv2D(F2, f, padding="same", kernel_initializer=initializer())(X)
    X = layers.BatchNormalization(axis=3)(X)
    X = layers.Activation("relu")(X)

    X = layers.Conv2D(F3, 1, kernel_initializer=initializer())(X)
    X = layers.BatchNormalization(axis=3)(X)

    X_shortcut = layers.Conv2D(F3, 1, strides=s, kernel_initializer=initializer())(X_shortcut)
    X_shortcut = layers.BatchNormalization(axis=3)(X_shortcut)

    X = layers.Add()([X, X_shortcut])  # F(x) + W_s x
    X = layers.Activation("relu")(X)
    ### END SOLUTION
    return X


# == 3. ResNet-50 ==================================================================================


def ResNet50(input_shape: tuple[int, int, int] = (64, 64, 3), classes: int = 6) -> keras.Model:
    """Return the residual network of 50 layers, with random weights.

    Stage 1: three zeros on each side, a 7x7 convolution to 64 channels with stride 2, batch norm,
    ReLU, a 3x3 max pool with stride 2. Stages 2 to 5: one `convolutional_block`, then 2, 3, 5 and 2
    times `identity_block`, all with a 3x3 window; filters [64, 64, 256] in stage 2, and twice as
    many in each stage as in the one before; stage 2 keeps height and width, the others halve them.
    At the end the mean over height and width, and a dense softmax layer.

    Args:
        input_shape: of an image, (n_H, n_W, n_C), height and width at least 33.
        classes: how many to tell apart, at least 2.

    Returns:
        A model from images (m, n_H, n_W, n_C) to probabilities (m, classes): 23,600,006
        parameters with the defaults.

    Source:
        He et al. 2015, table 1, the column "50-layer".
    """
    X_input = layers.Input(input_shape)
    ### BEGIN SOLUTION
    X = layers.ZeroPadding2D(3)(X_input)
    X = layers.Conv2D(64, 7, strides=2, kernel_initializer=HeNormal())(X)
    X = layers.BatchNormalization(axis=3)(X)
    X = layers.Activation("relu")(X)
    X = layers.MaxPooling2D(3, strides=2)(X)  # 64 x 64 has become 15 x 15

    filters, s = [64, 64, 256], 1
    for blocks in (3, 4, 6, 3):
        X = convolutional_block(X, 3, filters, s=s)
        for _ in range(blocks - 1):
            X = identity_block(X, 3, filters)
        filters, s = [2 * n for n in filters], 2

    X = layers.GlobalAveragePooling2D()(X)  # (m, n_H, n_W, 2048) -> (m, 2048)
    X = layers.Dense(classes, activation="softmax")(X)
    ### END SOLUTION
    return keras.Model(X_input, X, name="ResNet50")


# == 4. A small one, and its plain twin ============================================================


def basic_block(X: Any, filters: int, s: int = 1, residual: bool = True, rng: Random = None) -> Any:
    """Add the block of the paper's smaller networks: two 3x3 convolutions.

    Args:
        X: the network so far, (m, n_H, n_W, n_C).
        filters: channels of both convolutions.
        s: stride of the first.
        residual: whether there is a shortcut (a 1x1 convolution where the shape changes); without
            one it is two layers of an ordinary network.
        rng: generator or seed of the first weights.

    Returns:
        The network with the block, (m, ceil(n_H / s), ceil(n_W / s), filters).

    Source:
        He et al. 2015, figure 5, on the left.
    """
    filters = check_integer("filters", filters, at_least=1)
    s = check_integer("s", s, at_least=1)
    rng = np.random.default_rng(rng)
    F = layers.ReLU()(_normalised(X, filters, 3, s, rng))
    F = _normalised(F, filters, 3, 1, rng)
    way_around = X
    if residual and (s != 1 or X.shape[-1] != filters):
        way_around = _normalised(X, filters, 1, s, rng)
    return layers.ReLU()(layers.add([F, way_around]) if residual else F)


def small_resnet(
    input_shape: tuple[int, int, int] = (64, 64, 3),
    classes: int = 6,
    *,
    filters: Sequence[int] = (32, 64, 128),
    blocks: int = 1,
    residual: bool = True,
    first: Sequence[keras.Layer] = (),
    rng: Random = None,
) -> keras.Model:
    """Return a small residual network, or its plain twin: the same layers without shortcuts.

    A 5x5 convolution and a max pool, both with stride 2, make an image sixteen times smaller
    before anything else happens, which is what makes the network fast. Each stage but the first
    halves height and width again.

    Args:
        input_shape: of an image, (n_H, n_W, n_C).
        classes: how many to tell apart.
        filters: channels of each stage.
        blocks: blocks in each stage, at least 1; the network has `2 + 2 * blocks * len(filters)`
            layers with weights on its main path.
        residual: whether blocks have shortcuts.
        first: layers between the pixels and the network, such as augmentation.
        rng: generator or seed of the first weights.

    Returns:
        A model from images (m, n_H, n_W, n_C), bytes 0 to 255, to logits (m, classes).

    Raises:
        ValueError: an argument is out of its range.
    """
    classes = check_integer("classes", classes, at_least=2)
    blocks = check_integer("blocks", blocks, at_least=1)
    if not len(filters) or min(filters) < 2:
        raise ValueError(
            f"filters: expected the channels of at least one stage, 2 or more each, got {filters!r}"
        )
    rng = np.random.default_rng(rng)
    inputs = layers.Input(input_shape)
    X = layers.Rescaling(1 / 127.5, offset=-1)(inputs)  # bytes to -1..1
    for layer in first:
        X = layer(X)
    X = layers.ReLU()(_normalised(X, filters[0] // 2, 5, 2, rng))  # 64 -> 32
    X = layers.MaxPooling2D(3, strides=2, padding="same")(X)  # 32 -> 16
    for stage, n in enumerate(filters):
        for block in range(blocks):
            halve = stage > 0 and block == 0
            X = basic_block(X, n, 2 if halve else 1, residual, rng)
    start = keras.initializers.GlorotUniform(_seed(rng))
    logits = layers.Dense(classes, kernel_initializer=start)(layers.GlobalAveragePooling2D()(X))
    kind = "residual" if residual else "plain"
    return keras.Model(inputs, logits, name=f"{kind}_{2 + 2 * blocks * len(filters)}")


def _normalised(X: Any, filters: int, f: int, s: int, rng: np.random.Generator) -> Any:
    """Convolve and normalise; a bias would be subtracted again with the mean, so there is none."""
    start = HeNormal(_seed(rng))
    convolve = layers.Conv2D(
        filters, f, s, padding="same", use_bias=False, kernel_initializer=start
    )
    return layers.BatchNormalization(momentum=0.95)(convolve(X))


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))
