"""Convolution and pooling in NumPy loops, forward and backward, and small conv nets in Keras.

A dense layer has a weight for every pixel and has to learn at every position what an edge is. A
convolution slides one small filter over the image: few weights, and what it finds it finds
anywhere. Here are the loops that define what a convolution, a pooling and their gradients *are*;
`dltf.convnet.vectorized` does the same a hundred times faster, and as a Keras layer.

- LeCun et al. 1998, "Gradient-based learning applied to document recognition"
- Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning"

Layout: channels last, as Keras has it. `m` examples, height `n_H`, width `n_W`, `n_C` channels;
`A_prev (m, n_H_prev, n_W_prev, n_C_prev)`, filters `W (f, f, n_C_prev, n_C)`, biases `b (1, 1, 1,
n_C)`, `Z (m, n_H, n_W, n_C)`. From channels first (m, n_C, n_H, n_W): `A.transpose(0, 2, 3, 1)`.

Settings are a dictionary: `hparameters = {"stride": s, "pad": p}` for a convolution, `{"f": f,
"stride": s}` for a pooling. What deep learning calls convolution is what mathematics calls
cross-correlation: the filter is not turned round.
"""

# ruff: noqa: RET504 - an exercise ends before its `return`, which students are given

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import keras
import numpy as np

from dltf.typing import Array

__all__ = [
    "Array",
    "ConvCache",
    "Hparameters",
    "PoolCache",
    "conv_backward",
    "conv_forward",
    "conv_parameter_count",
    "conv_single_step",
    "convolutional_model",
    "create_mask_from_window",
    "distribute_value",
    "happyModel",
    "output_size",
    "pool_backward",
    "pool_forward",
    "zero_pad",
]

Hparameters: TypeAlias = "Mapping[str, int]"
ConvCache: TypeAlias = "tuple[Array, Array, Array, Hparameters]"
PoolCache: TypeAlias = "tuple[Array, Hparameters]"

# == 1. How large, how many ========================================================================


def output_size(n_prev: int, f: int, stride: int = 1, pad: int = 0) -> int:
    """Return the output size of a convolution or pooling along one axis.

    Args:
        n_prev: length of the axis before padding, at least 1.
        f: length of the window, at least 1.
        stride: from one place to the next, at least 1.
        pad: zeros added at *each* end, at least 0.

    Returns:
        floor((n_prev + 2 pad - f) / stride) + 1, an int: pixels left over at the end are ignored.

    Raises:
        ValueError: the window is longer than the padded axis.

    Source:
        Dumoulin & Visin 2016, relationship 6.
    """
    if n_prev + 2 * pad < f:
        raise ValueError(f"f: expected at most n_prev + 2 pad = {n_prev + 2 * pad}, got {f}")
    ### BEGIN SOLUTION
    n = (n_prev + 2 * pad - f) // stride + 1
    ### END SOLUTION
    return n


def conv_parameter_count(f: int, n_C_prev: int, n_C: int) -> int:
    """Return the number of weights and biases of a conv layer (independent of the image size).

    Args:
        f: height and width of the filters, at least 1.
        n_C_prev: channels that come in.
        n_C: number of filters, each over all channels that come in, each with a bias.

    Returns:
        The number of parameters, an int.
    """
    ### BEGIN SOLUTION
    count = (f * f * n_C_prev + 1) * n_C
    ### END SOLUTION
    return count


# == 2. Convolution ================================================================================


def zero_pad(X: Array, pad: int) -> Array:
    """Pad every image with zeros, so that pixels at the edge are in as many windows.

    Args:
        X: images, (m, n_H, n_W, n_C).
        pad: width of the frame, at least 0.

    Returns:
        (m, n_H + 2 pad, n_W + 2 pad, n_C), of X's dtype.
    """
    ### BEGIN SOLUTION
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    ### END SOLUTION
    return X_pad


def conv_single_step(a_slice_prev: Array, W: Array, b: Array) -> float:
    """Apply one filter at one position.

    Args:
        a_slice_prev: the window, (f, f, n_C_prev).
        W: the filter, (f, f, n_C_prev).
        b: its bias, (1, 1, 1).

    Returns:
        Z, one number: the products of window and filter, entry by entry, summed, plus the bias.
    """
    ### BEGIN SOLUTION
    Z = np.sum(a_slice_prev * W) + b.item()
    ### END SOLUTION
    return Z


def conv_forward(
    A_prev: Array, W: Array, b: Array, hparameters: Hparameters
) -> tuple[Array, ConvCache]:
    """Compute the forward pass of a convolution.

    Args:
        A_prev: (m, n_H_prev, n_W_prev, n_C_prev).
        W: filters, (f, f, n_C_prev, n_C).
        b: biases, (1, 1, 1, n_C).
        hparameters: "stride", at least 1, and "pad", at least 0.

    Returns:
        Z: (m, n_H, n_W, n_C), the sizes by `output_size`.
        cache: (A_prev, W, b, hparameters), for `conv_backward`.
    """
    stride, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, _ = A_prev.shape
    f, _, _, n_C = W.shape
    ### BEGIN SOLUTION
    n_H = output_size(n_H_prev, f, stride, pad)
    n_W = output_size(n_W_prev, f, stride, pad)
    Z = np.zeros((m, n_H, n_W, n_C), A_prev.dtype)
    A_prev_pad = zero_pad(A_prev, pad)
    for i, h, w, c in np.ndindex(Z.shape):
        top, left = h * stride, w * stride
        a_slice_prev = A_prev_pad[i, top : top + f, left : left + f]  # (f, f, n_C_prev)
        Z[i, h, w, c] = conv_single_step(a_slice_prev, W[..., c], b[..., c])
    ### END SOLUTION
    cache = (A_prev, W, b, hparameters)
    return Z, cache


# == 3. Pooling ====================================================================================


def pool_forward(
    A_prev: Array, hparameters: Hparameters, mode: str = "max"
) -> tuple[Array, PoolCache]:
    """Compute the forward pass of max or average pooling.

    Args:
        A_prev: (m, n_H_prev, n_W_prev, n_C).
        hparameters: "f", the height and width of the window, and "stride", each at least 1.
        mode: "max" or "average".

    Returns:
        A: (m, n_H, n_W, n_C).
        cache: (A_prev, hparameters), for `pool_backward`.

    Raises:
        ValueError: there is no such mode.
    """
    if mode not in ("max", "average"):
        raise ValueError(f"mode: expected 'max' or 'average', got {mode!r}")
    f, stride = hparameters["f"], hparameters["stride"]
    m, n_H_prev, n_W_prev, n_C = A_prev.shape
    ### BEGIN SOLUTION
    n_H, n_W = output_size(n_H_prev, f, stride), output_size(n_W_prev, f, stride)
    A = np.zeros((m, n_H, n_W, n_C), A_prev.dtype)
    for i, h, w, c in np.ndindex(A.shape):
        top, left = h * stride, w * stride
        window = A_prev[i, top : top + f, left : left + f, c]  # (f, f): one channel
        A[i, h, w, c] = np.max(window) if mode == "max" else np.mean(window)
    ### END SOLUTION
    cache = (A_prev, hparameters)
    return A, cache


# == 4. Backwards ==================================================================================


def conv_backward(dZ: Array, cache: ConvCache) -> tuple[Array, Array, Array]:
    """Compute the backward pass of a convolution.

    `Z[i, h, w, c]` is a sum of products window * filter, so its gradient goes to the window times
    the filter and to the filter times the window. A pixel is in many windows, and a filter has
    been at many places: all these parts add up.

    Args:
        dZ: gradient of the cost with respect to Z, (m, n_H, n_W, n_C).
        cache: of `conv_forward`, (A_prev, W, b, hparameters).

    Returns:
        dA_prev: gradient with respect to A_prev, of its shape (without the frame of zeros).
        dW: with respect to W, (f, f, n_C_prev, n_C).
        db: with respect to b, (1, 1, 1, n_C).
    """
    A_prev, W, b, hparameters = cache
    stride, pad = hparameters["stride"], hparameters["pad"]
    _, n_H_prev, n_W_prev, _ = A_prev.shape
    f = W.shape[0]
    dW, db = np.zeros_like(W), np.zeros_like(b)
    ### BEGIN SOLUTION
    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = np.zeros_like(A_prev_pad)
    for i, h, w, c in np.ndindex(dZ.shape):
        rows, columns = slice(h * stride, h * stride + f), slice(w * stride, w * stride + f)
        dA_prev_pad[i, rows, columns] += W[..., c] * dZ[i, h, w, c]
        dW[..., c] += A_prev_pad[i, rows, columns] * dZ[i, h, w, c]
        db[..., c] += dZ[i, h, w, c]
    dA_prev = dA_prev_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev]  # the frame comes off
    ### END SOLUTION
    return dA_prev, dW, db


def create_mask_from_window(x: Array) -> Array:
    """Return a mask of the largest entry of a window, the one that max pooling selects.

    Args:
        x: one channel of a window, (f, f).

    Returns:
        bool, of x's shape; True wherever x has its largest value (in several places, if several
        share it).
    """
    ### BEGIN SOLUTION
    mask = x == np.max(x)
    ### END SOLUTION
    return mask


def distribute_value(dz: float, shape: tuple[int, int]) -> Array:
    """Distribute a gradient evenly over a window, as average pooling requires.

    Args:
        dz: the value.
        shape: (n_H, n_W) of the window.

    Returns:
        float, of that shape; the entries are equal and sum to dz.
    """
    ### BEGIN SOLUTION
    n_H, n_W = shape
    a = np.full((n_H, n_W), dz / (n_H * n_W))
    ### END SOLUTION
    return a


def pool_backward(dA: Array, cache: PoolCache, mode: str = "max") -> Array:
    """Compute the backward pass of max or average pooling.

    Args:
        dA: gradient of the cost with respect to A, (m, n_H, n_W, n_C).
        cache: of `pool_forward`, (A_prev, hparameters).
        mode: "max" or "average", as on the way forward.

    Returns:
        dA_prev: gradient with respect to A_prev, of its shape. Windows may overlap, and then their
        parts add up. Where several entries share the maximum, each gets the whole gradient (Keras
        gives it to the first alone).

    Raises:
        ValueError: there is no such mode.
    """
    if mode not in ("max", "average"):
        raise ValueError(f"mode: expected 'max' or 'average', got {mode!r}")
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros_like(A_prev)
    ### BEGIN SOLUTION
    for i, h, w, c in np.ndindex(dA.shape):
        top, left = h * stride, w * stride
        place = (i, slice(top, top + f), slice(left, left + f), c)
        if mode == "max":
            dA_prev[place] += create_mask_from_window(A_prev[place]) * dA[i, h, w, c]
        else:
            dA_prev[place] += distribute_value(dA[i, h, w, c], (f, f))
    ### END SOLUTION
    return dA_prev


# == 5. The same layers in Keras: two small networks ===============================================


def happyModel() -> keras.Model:
    """Return a network that classifies whether a face smiles (Happy House).

    Pad 3 -> convolution, 32 filters 7x7, stride 1 -> batch normalization -> ReLU -> max pooling 2x2
    -> flatten -> one sigmoid unit.

    Returns:
        A model from photos (m, 64, 64, 3) to probabilities (m, 1).
    """
    layers = keras.layers
    ### BEGIN SOLUTION
    stack = [
        keras.Input((64, 64, 3)),
        layers.ZeroPadding2D(3),
        layers.Conv2D(32, 7),
        layers.BatchNormalization(axis=3),
        layers.ReLU(),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(1, "sigmoid"),
    ]
    model = keras.Sequential(stack)
    ### END SOLUTION
    return model


def convolutional_model(input_shape: tuple[int, int, int]) -> keras.Model:
    """Return a network that classifies six hand signs, in Keras's functional API.

    Convolution, 8 filters 4x4, same padding -> ReLU -> max pooling 8x8, stride 8, same padding ->
    convolution, 16 filters 2x2, same padding -> ReLU -> max pooling 4x4, stride 4, same padding ->
    flatten -> six softmax units.

    Args:
        input_shape: (n_H, n_W, n_C) of the photos.

    Returns:
        A model from photos (m, n_H, n_W, n_C) to probabilities (m, 6).
    """
    layers = keras.layers
    input_img = keras.Input(input_shape)
    ### BEGIN SOLUTION
    A = layers.Conv2D(8, 4, padding="same", activation="relu")(input_img)
    A = layers.MaxPooling2D(8, 8, padding="same")(A)
    A = layers.Conv2D(16, 2, padding="same", activation="relu")(A)
    A = layers.MaxPooling2D(4, 4, padding="same")(A)
    outputs = layers.Dense(6, "softmax")(layers.Flatten()(A))
    ### END SOLUTION
    return keras.Model(input_img, outputs)
