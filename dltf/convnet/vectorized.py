"""Vectorized convolution and pooling in any number of dimensions, and a Keras layer.

The loops of `dltf.convnet` visit every position of every filter; that is millions of visits. But at
one *entry of the filter* all places can be served at once: the pixels under that entry are the
image itself, shifted and thinned out by the stride, and

    Z = b + sum over entries o of the filter:  A_pad[o, o + stride, o + 2 stride, ...] @ W[o]

where the product runs over the channels. In one dimension that is the whole formula, in two or
three `o` has as many parts. `convolve` goes a step further and folds the last axis of the filter
into the channels, so that a 5x5 filter takes five large matrix products instead of twenty-five thin
ones.

Layout: `A_prev (m, n_1, ..., n_d, n_C_prev)`, `W (f_1, ..., f_d, n_C_prev, n_C)` (the f's may
differ), `b` of n_C entries; `d = 1` for sound, 2 for images, 3 for films or scans. The dtype of
what comes in is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dltf.typing import Array
from dltf.validation import check_integer, check_shape

EVERY = slice(None)  # all examples

# == 1. Shifted images ===========================================================================


def shifts(f: Sequence[int], n: Sequence[int], stride: int) -> Iterator[Any]:
    """Iterate over the entries of a window; yield the slices of the pixels under each entry.

    Args:
        f: sizes of the window.
        n: how many places it has along each axis.
        stride: from one place to the next.

    Yields:
        The entry's index, and an index of the padded image: a slice an axis.
    """
    for entry in np.ndindex(*f):
        ends = [(o, o + stride * (k - 1) + 1) for o, k in zip(entry, n, strict=True)]
        yield entry, tuple(slice(first, end, stride) for first, end in ends)


def _frame(A_prev: Array, pad: int) -> tuple[Array, Any]:
    """Return zeros of the shape of one padded image, and the slice of the image in it."""
    *sizes, n_C = A_prev.shape[1:]
    framed = np.zeros((*(n + 2 * pad for n in sizes), n_C), A_prev.dtype)
    return framed, tuple(slice(pad, pad + n) for n in sizes)


def _places(sizes: Sequence[int], f: Sequence[int], stride: int) -> list[int]:
    """Return the number of window positions along each axis of (padded) images."""
    if len(sizes) != len(f) or any(a < b for a, b in zip(sizes, f, strict=True)):
        raise ValueError(
            f"A_prev: expected axes at least as long as the window {tuple(f)}, got {tuple(sizes)} "
            "with the padding"
        )
    return [(a - b) // stride + 1 for a, b in zip(sizes, f, strict=True)]


def _columns(framed: Array, width: int, stride: int) -> Array:
    """Unfold the windows of the last axis into the channels: (n_1, ..., places, width * n_C)."""
    windows = sliding_window_view(framed, width, axis=-2)[..., ::stride, :, :]
    windows = windows.swapaxes(-2, -1)  # (n_1, ..., places, width, n_C)
    return windows.reshape(*windows.shape[:-2], -1)


# == 2. Convolution ================================================================================


def convolve(A_prev: Array, W: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    """Convolve images of any number of dimensions with filters.

    Args:
        A_prev: (m, n_1, ..., n_d, n_C_prev), float.
        W: (f_1, ..., f_d, n_C_prev, n_C), float.
        b: biases, n_C of them: (n_C,) or (1, ..., 1, n_C).
        stride: along every axis, at least 1.
        pad: zeros at each end of every axis, at least 0.

    Returns:
        Z: (m, n'_1, ..., n'_d, n_C).

    Raises:
        ValueError: the filter does not fit the images.
    """
    *f, n_C_prev, n_C = W.shape
    if A_prev.ndim != W.ndim or A_prev.shape[-1] != n_C_prev:
        raise ValueError(
            f"A_prev: expected {len(f)} axes between examples and {n_C_prev} channels, as W "
            f"{W.shape} has, got shape {A_prev.shape}"
        )
    if b.size != n_C:
        raise ValueError(f"b: expected {n_C} biases, one for each filter, got shape {b.shape}")
    check_integer("stride", stride, at_least=1)
    check_integer("pad", pad, at_least=0)
    framed, inside = _frame(A_prev, pad)
    n = _places(framed.shape[:-1], f, stride)
    Z = np.empty((len(A_prev), *n, n_C), np.result_type(A_prev, W))
    for image, out in zip(A_prev, Z, strict=True):  # one by one they stay in the cache
        framed[inside] = image
        columns = _columns(framed, f[-1], stride)
        flat = out.reshape(-1, n_C)  # (all places, n_C), a view
        flat[:] = b.reshape(-1)
        for entry, place in shifts(f[:-1], n[:-1], stride):
            flat += columns[place].reshape(len(flat), -1) @ W[entry].reshape(-1, n_C)
    return Z


def convolve_backward(
    dZ: Array, A_prev: Array, W: Array, stride: int = 1, pad: int = 0
) -> tuple[Array, Array, Array]:
    """Compute the backward pass of `convolve`.

    Args:
        dZ: gradient of the cost with respect to Z, (m, n'_1, ..., n'_d, n_C).
        A_prev: what was convolved, (m, n_1, ..., n_d, n_C_prev).
        W: with what, (f_1, ..., f_d, n_C_prev, n_C).
        stride: as on the way forward.
        pad: as on the way forward.

    Returns:
        dA_prev and dW, of the shapes of A_prev and W; db (1, ..., 1, n_C).
    """
    check_integer("stride", stride, at_least=1)
    check_integer("pad", pad, at_least=0)
    *f, n_C_prev, n_C = W.shape
    framed, inside = _frame(A_prev, pad)
    n = _places(framed.shape[:-1], f, stride)
    check_shape("dZ", dZ, (len(A_prev), *n, n_C))
    dA_prev, dW = np.empty_like(A_prev), np.zeros_like(W)
    for image, back, dout in zip(A_prev, dA_prev, dZ, strict=True):
        framed[inside] = image
        columns = _columns(framed, f[-1], stride)
        dcolumns, flat = np.zeros_like(columns), dout.reshape(-1, n_C)  # (all places, n_C)
        for entry, place in shifts(f[:-1], n[:-1], stride):
            pixels, kernel = columns[place].reshape(len(flat), -1), W[entry].reshape(-1, n_C)
            dW[entry] += (pixels.T @ flat).reshape(f[-1], n_C_prev, n_C)
            dcolumns[place] += (flat @ kernel.T).reshape(*n, -1)
        dframed = np.zeros_like(framed)
        windows = dcolumns.reshape(*dcolumns.shape[:-1], f[-1], n_C_prev)
        for (j,), (along,) in shifts(f[-1:], n[-1:], stride):
            dframed[..., along, :] += windows[..., j, :]  # the columns fold back into the image
        back[:] = dframed[inside]
    db = dZ.sum(axis=tuple(range(dZ.ndim - 1)), keepdims=True)
    return dA_prev, dW, db


# == 3. Pooling ====================================================================================


def pool(A_prev: Array, f: int, stride: int, mode: str = "max") -> Array:
    """Return the maximum or the mean of every window, (m, n'_1, ..., n'_d, n_C).

    Args:
        A_prev: (m, n_1, ..., n_d, n_C).
        f: size of the window along every axis.
        stride: along every axis.
        mode: "max" or "average".

    Raises:
        ValueError: there is no such mode, or the window does not fit.
    """
    if mode not in ("max", "average"):
        raise ValueError(f"mode: expected 'max' or 'average', got {mode!r}")
    check_integer("f", f, at_least=1)
    check_integer("stride", stride, at_least=1)
    window = [f] * (A_prev.ndim - 2)
    n = _places(A_prev.shape[1:-1], window, stride)
    combine = np.maximum if mode == "max" else np.add
    A = None
    for _, place in shifts(window, n, stride):
        here = (EVERY, *place)
        pixels = A_prev[here]
        A = pixels.copy() if A is None else combine(A, pixels, out=A)
    assert A is not None
    return A if mode == "max" else np.divide(A, f ** len(window), out=A)


def pool_gradient(dA: Array, A_prev: Array, f: int, stride: int, mode: str = "max") -> Array:
    """Compute the backward pass of `pool`; with ties, each maximum gets the full gradient.

    Args:
        dA: gradient of the cost with respect to what `pool` returned.
        A_prev: what was pooled, (m, n_1, ..., n_d, n_C).
        f: as on the way forward.
        stride: as on the way forward.
        mode: as on the way forward.

    Returns:
        Of A_prev's shape.
    """
    A = pool(A_prev, f, stride, mode)
    check_shape("dA", dA, A.shape)
    window, n = [f] * (A_prev.ndim - 2), dA.shape[1:-1]
    dA_prev = np.zeros_like(A_prev)
    for _, place in shifts(window, n, stride):
        here = (EVERY, *place)
        if mode == "max":
            dA_prev[here] += (A_prev[here] == A) * dA
        else:
            dA_prev[here] += dA / f ** len(window)
    return dA_prev


# == 4. The Keras layer ============================================================================


@keras.saving.register_keras_serializable("dltf")
class Convolution(keras.layers.Layer):
    """Convolution layer with the formula above, for inputs of one, two or three dimensions.

    It does what Keras's `Conv1D`, `Conv2D` and `Conv3D` do behind a `ZeroPadding` layer; the
    gradient comes by itself, because every part of the formula has one.

    Args:
        filters: number of filters, n_C.
        f: size of a filter along every axis.
        stride: along every axis.
        pad: zeros at each end of every axis.
        activation: a Keras activation or its name; none by default.
    """

    def __init__(
        self,
        filters: int,
        f: int,
        stride: int = 1,
        pad: int = 0,
        activation: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.filters = check_integer("filters", filters, at_least=1)
        self.f = check_integer("f", f, at_least=1)
        self.stride = check_integer("stride", stride, at_least=1)
        self.pad = check_integer("pad", pad, at_least=0)
        self.activation = keras.activations.get(activation)

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Create kernel (f, ..., f, n_C_prev, n_C) and bias (n_C,)."""
        shape = (*(self.f for _ in input_shape[1:-1]), input_shape[-1], self.filters)
        self.kernel = self.add_weight(shape=shape, initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")

    def call(self, A_prev: Any) -> Any:
        """Return the activations (m, n'_1, ..., n'_d, n_C)."""
        frame = [(0, 0), *((self.pad, self.pad) for _ in A_prev.shape[1:-1]), (0, 0)]
        framed = keras.ops.pad(A_prev, frame)
        f = [self.f] * (len(frame) - 2)
        n = _places(framed.shape[1:-1], f, self.stride)
        Z = self.bias
        for entry, place in shifts(f, n, self.stride):
            here = (EVERY, *place)
            Z = Z + keras.ops.matmul(framed[here], self.kernel[entry])
        return self.activation(Z)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make another one like it."""
        settings = {name: getattr(self, name) for name in ("filters", "f", "stride", "pad")}
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), **settings, "activation": activation}
