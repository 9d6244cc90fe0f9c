"""Other right answers to the convnet assignment: each must get full marks."""

# ruff: noqa: D103, F821, RET504, RUF059 - older notebooks; an answer's neighbours are around it

import keras
import numpy as np

from dltf.autograder import accepted, equivalent


@accepted("output_size", why="int of a quotient, as in the course's notebooks")
def size_by_int(n_prev, f, stride=1, pad=0):
    return int((n_prev - f + 2 * pad) / stride) + 1


@accepted("output_size", why="counts the places")
def size_by_counting(n_prev, f, stride=1, pad=0):
    return len(range(0, n_prev + 2 * pad - f + 1, stride))


@accepted("conv_parameter_count", why="weights and biases apart")
def count_in_two_parts(f, n_C_prev, n_C):
    weights = f**2 * n_C_prev * n_C
    return weights + n_C


@accepted("zero_pad", why="2017 notebooks: one call of np.pad")
def pad_of_2017(X, pad):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), "constant", constant_values=0)
    return X_pad


@accepted("zero_pad", why="2021 notebooks: mode by name, a pair of constants")
def pad_of_2021(X, pad):
    X_pad = np.pad(
        X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="constant", constant_values=(0, 0)
    )
    return X_pad


@accepted("zero_pad", why="zeros first, then the picture in their middle")
def pad_by_hand(X, pad):
    m, height, width, channels = X.shape
    X_pad = np.zeros((m, height + 2 * pad, width + 2 * pad, channels))
    X_pad[:, pad : pad + height, pad : pad + width, :] = X
    return X_pad


@accepted("conv_single_step", why="2017 notebooks: the result has b's shape")
def step_of_2017(a_slice_prev, W, b):
    s = np.multiply(a_slice_prev, W)
    Z = np.sum(s)
    Z = Z + b
    return Z


@accepted("conv_single_step", why="2017 notebooks: float of b, as they ask for")
def step_with_float(a_slice_prev, W, b):
    s = np.multiply(a_slice_prev, W)
    Z = np.sum(s)
    Z = Z + float(b)
    return Z


@accepted("conv_single_step", why="2021 notebooks: the bias as a number, by squeeze")
def step_of_2021(a_slice_prev, W, b):
    s = a_slice_prev * W
    Z = np.sum(s)
    b = np.squeeze(b)
    Z = Z + b
    return Z


@accepted("conv_single_step", why="a tensor product over all axes")
def step_by_tensordot(a_slice_prev, W, b):
    return np.tensordot(a_slice_prev, W, axes=3) + b[0, 0, 0]


@accepted("conv_forward", why="2017 notebooks: corners in the innermost loop, an assert")
def forward_of_2017(A_prev, W, b, hparameters):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
    n_W = int((n_W_prev - f + 2 * pad) / stride) + 1
    Z = np.zeros((m, n_H, n_W, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    for i in range(m):
        a_prev_pad = A_prev_pad[i]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    vert_start = h * stride
                    vert_end = vert_start + f
                    horiz_start = w * stride
                    horiz_end = horiz_start + f
                    a_slice_prev = a_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :]
                    Z[i, h, w, c] = conv_single_step(a_slice_prev, W[:, :, :, c], b[:, :, :, c])
    assert Z.shape == (m, n_H, n_W, n_C)
    cache = (A_prev, W, b, hparameters)
    return Z, cache


@accepted("conv_forward", why="2021 notebooks: corners where they change, weights and biases")
def forward_of_2021(A_prev, W, b, hparameters):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
    n_W = int((n_W_prev - f + 2 * pad) / stride) + 1
    Z = np.zeros((m, n_H, n_W, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    for i in range(m):
        a_prev_pad = A_prev_pad[i]
        for h in range(n_H):
            vert_start = h * stride
            vert_end = vert_start + f
            for w in range(n_W):
                horiz_start = w * stride
                horiz_end = horiz_start + f
                for c in range(n_C):
                    a_slice_prev = a_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :]
                    weights = W[:, :, :, c]
                    biases = b[:, :, :, c]
                    Z[i, h, w, c] = conv_single_step(a_slice_prev, weights, biases)
    cache = (A_prev, W, b, hparameters)
    return Z, cache


@accepted("create_mask_from_window", why="2017 notebooks: a type that NumPy dropped")
def mask_by_np_float(x):
    return np.array(x == np.max(x), dtype=float) == float(1)


@accepted("conv_single_step", why="the sum of a generator, and float of an array of one entry")
def step_by_generator(a_slice_prev, W, b):
    return np.sum(x * w for x, w in zip(a_slice_prev.ravel(), W.ravel(), strict=True)) + float(b)


@accepted("conv_forward", why="all filters and all pictures at once, place by place")
def forward_by_tensordot(A_prev, W, b, hparameters):
    stride, pad = hparameters["stride"], hparameters["pad"]
    f = W.shape[0]
    framed = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    tops = range(0, framed.shape[1] - f + 1, stride)
    lefts = range(0, framed.shape[2] - f + 1, stride)
    rows = [
        np.stack([np.tensordot(framed[:, t : t + f, l : l + f], W, 3) for l in lefts], axis=1)
        for t in tops
    ]
    return np.stack(rows, axis=1) + b, (A_prev, W, b, hparameters)


@accepted("pool_forward", why="2017 notebooks: corners in the innermost loop, an assert")
def pool_of_2017(A_prev, hparameters, mode="max"):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    f = hparameters["f"]
    stride = hparameters["stride"]
    n_H = int(1 + (n_H_prev - f) / stride)
    n_W = int(1 + (n_W_prev - f) / stride)
    n_C = n_C_prev
    A = np.zeros((m, n_H, n_W, n_C))
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    vert_start = h * stride
                    vert_end = vert_start + f
                    horiz_start = w * stride
                    horiz_end = horiz_start + f
                    a_prev_slice = A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]
                    if mode == "max":
                        A[i, h, w, c] = np.max(a_prev_slice)
                    elif mode == "average":
                        A[i, h, w, c] = np.mean(a_prev_slice)
    cache = (A_prev, hparameters)
    assert A.shape == (m, n_H, n_W, n_C)
    return A, cache


@accepted("pool_forward", why="2021 notebooks: an example at a time, corners where they change")
def pool_of_2021(A_prev, hparameters, mode="max"):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    f = hparameters["f"]
    stride = hparameters["stride"]
    n_H = int(1 + (n_H_prev - f) / stride)
    n_W = int(1 + (n_W_prev - f) / stride)
    n_C = n_C_prev
    A = np.zeros((m, n_H, n_W, n_C))
    for i in range(m):
        a_prev_slice = A_prev[i]
        for h in range(n_H):
            vert_start = h * stride
            vert_end = vert_start + f
            for w in range(n_W):
                horiz_start = w * stride
                horiz_end = horiz_start + f
                for c in range(n_C):
                    a_slice_prev = a_prev_slice[vert_start:vert_end, horiz_start:horiz_end, c]
                    if mode == "max":
                        A[i, h, w, c] = np.max(a_slice_prev)
                    elif mode == "average":
                        A[i, h, w, c] = np.mean(a_slice_prev)
                    else:
                        print(mode + "-type pooling layer NOT Defined")
    cache = (A_prev, hparameters)
    return A, cache


@accepted("pool_forward", why="all windows as a view, and the reduction over their axes")
def pool_by_view(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    windows = np.lib.stride_tricks.sliding_window_view(A_prev, (f, f), axis=(1, 2))[:, ::s, ::s]
    reduce = {"max": np.max, "average": np.mean}[mode]
    return reduce(windows, axis=(-2, -1)), (A_prev, hparameters)


@accepted("conv_backward", why="2017 and 2021 notebooks: four loops; the frame cut off by sizes")
def backward_of_2017(dZ, cache):
    (A_prev, W, b, hparameters) = cache
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    (m, n_H, n_W, n_C) = dZ.shape
    dA_prev = np.zeros((m, n_H_prev, n_W_prev, n_C_prev))
    dW = np.zeros((f, f, n_C_prev, n_C))
    db = np.zeros((1, 1, 1, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = zero_pad(dA_prev, pad)
    for i in range(m):
        a_prev_pad = A_prev_pad[i]
        da_prev_pad = dA_prev_pad[i]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    vert_start = h * stride
                    vert_end = vert_start + f
                    horiz_start = w * stride
                    horiz_end = horiz_start + f
                    a_slice = a_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :]
                    da_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :] += (
                        W[:, :, :, c] * dZ[i, h, w, c]
                    )
                    dW[:, :, :, c] += a_slice * dZ[i, h, w, c]
                    db[:, :, :, c] += dZ[i, h, w, c]
        dA_prev[i, :, :, :] = da_prev_pad[pad : pad + n_H_prev, pad : pad + n_W_prev, :]
    return dA_prev, dW, db


@accepted("conv_backward", why="2021 notebooks: zeros of the shapes of A_prev, W and b")
def backward_of_2021(dZ, cache):
    (A_prev, W, b, hparameters) = cache
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    (m, n_H, n_W, n_C) = dZ.shape
    dA_prev = np.zeros(A_prev.shape)
    dW = np.zeros(W.shape)
    db = np.zeros(b.shape)
    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = zero_pad(dA_prev, pad)
    for i in range(m):
        a_prev_pad = A_prev_pad[i]
        da_prev_pad = dA_prev_pad[i]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    vert_start = h * stride
                    vert_end = vert_start + f
                    horiz_start = w * stride
                    horiz_end = horiz_start + f
                    a_slice = a_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :]
                    da_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :] += (
                        W[:, :, :, c] * dZ[i, h, w, c]
                    )
                    dW[:, :, :, c] += a_slice * dZ[i, h, w, c]
                    db[:, :, :, c] += dZ[i, h, w, c]
        dA_prev[i, :, :, :] = da_prev_pad[pad : n_H_prev + pad, pad : n_W_prev + pad, :]
    assert dA_prev.shape == (m, n_H_prev, n_W_prev, n_C_prev)
    return dA_prev, dW, db


@accepted("conv_backward", why="entry by entry of the filter, with slices that jump")
def backward_by_shifts(dZ, cache):
    A_prev, W, _, hparameters = cache
    s, p = hparameters["stride"], hparameters["pad"]
    _, n_H, n_W, n_C = dZ.shape
    framed = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    back, dW = np.zeros(framed.shape), np.zeros(W.shape)
    for j, k in np.ndindex(W.shape[:2]):
        here = np.s_[:, j : j + s * n_H : s, k : k + s * n_W : s]
        pixels = framed[here][:, :n_H, :n_W]
        dW[j, k] = np.einsum("mhwp,mhwc->pc", pixels, dZ)
        back[here][:, :n_H, :n_W] += dZ @ W[j, k].T
    db = dZ.sum(axis=(0, 1, 2)).reshape(1, 1, 1, n_C)
    inside = np.s_[:, p : framed.shape[1] - p, p : framed.shape[2] - p]
    return back[inside], dW, db


@accepted("create_mask_from_window", why="2017 notebooks: np.max")
def mask_of_2017(x):
    mask = x == np.max(x)
    return mask


@accepted("create_mask_from_window", why="2021 notebooks: the method max")
def mask_of_2021(x):
    mask = x == x.max()
    return mask


@accepted("create_mask_from_window", why="nothing is larger than the largest; zeros and ones")
def mask_of_numbers(x):
    return np.where(x >= np.amax(x), 1.0, 0.0)


@accepted("distribute_value", why="2017 and 2021 notebooks: ones times the average")
def value_of_2017(dz, shape):
    (n_H, n_W) = shape
    average = dz / (n_H * n_W)
    a = np.ones(shape) * average
    return a


@accepted("distribute_value", why="broadcast")
def value_by_broadcast(dz, shape):
    return np.broadcast_to(dz / np.prod(shape), shape)


@accepted("pool_backward", why="2017 and 2021 notebooks: four loops, corners by name")
def pooled_back_of_2017(dA, cache, mode="max"):
    (A_prev, hparameters) = cache
    stride = hparameters["stride"]
    f = hparameters["f"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros(A_prev.shape)
    for i in range(m):
        a_prev = A_prev[i]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    vert_start = h * stride
                    vert_end = vert_start + f
                    horiz_start = w * stride
                    horiz_end = horiz_start + f
                    if mode == "max":
                        a_prev_slice = a_prev[vert_start:vert_end, horiz_start:horiz_end, c]
                        mask = create_mask_from_window(a_prev_slice)
                        dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c] += np.multiply(
                            mask, dA[i, h, w, c]
                        )
                    elif mode == "average":
                        da = dA[i, h, w, c]
                        shape = (f, f)
                        dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c] += (
                            distribute_value(da, shape)
                        )
    return dA_prev


@accepted("pool_backward", why="2021 notebooks: all axes of an example, a product by *")
def pooled_back_of_2021(dA, cache, mode="max"):
    (A_prev, hparameters) = cache
    stride = hparameters["stride"]
    f = hparameters["f"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros(A_prev.shape)
    for i in range(m):
        a_prev = A_prev[i, :, :, :]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    vert_start = h * stride
                    vert_end = h * stride + f
                    horiz_start = w * stride
                    horiz_end = w * stride + f
                    if mode == "max":
                        a_prev_slice = a_prev[vert_start:vert_end, horiz_start:horiz_end, c]
                        mask = create_mask_from_window(a_prev_slice)
                        dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c] += (
                            mask * dA[i, h, w, c]
                        )
                    elif mode == "average":
                        da = dA[i, h, w, c]
                        shape = (f, f)
                        dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c] += (
                            distribute_value(da, shape)
                        )
    assert dA_prev.shape == A_prev.shape
    return dA_prev


@accepted("pool_backward", why="the first of several gets it, as in Keras")
def pooled_back_to_the_first(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape)
    for (i, h, w, c), value in np.ndenumerate(dA):
        window = dA_prev[i, h * s : h * s + f, w * s : w * s + f, c]
        if mode == "average":
            window += value / f**2
        else:
            seen = A_prev[i, h * s : h * s + f, w * s : w * s + f, c]
            window[np.unravel_index(seen.argmax(), seen.shape)] += value
    return dA_prev


@accepted("happyModel", why="2021 notebooks: the layers as a list")
def happy_of_2021():
    import tensorflow as tf

    tfl = tf.keras.layers
    return tf.keras.Sequential(
        [
            tf.keras.Input(shape=(64, 64, 3)),
            tfl.ZeroPadding2D(padding=(3, 3)),
            tfl.Conv2D(32, (7, 7), strides=1),
            tfl.BatchNormalization(axis=-1),
            tfl.ReLU(),
            tfl.MaxPool2D(),
            tfl.Flatten(),
            tfl.Dense(1, activation="sigmoid"),
        ]
    )


@accepted("happyModel", why="2021 notebooks: the input's shape given to the first layer")
def happy_without_an_input():
    import tensorflow as tf

    tfl = tf.keras.layers
    model = tf.keras.Sequential(
        [
            tfl.ZeroPadding2D(padding=(3, 3), input_shape=(64, 64, 3)),
            tfl.Conv2D(filters=32, kernel_size=(7, 7), strides=(1, 1)),
            tfl.BatchNormalization(axis=3),
            tfl.ReLU(),
            tfl.MaxPool2D(),
            tfl.Flatten(),
            tfl.Dense(1, activation="sigmoid"),
        ]
    )
    return model


@accepted("happyModel", why="the functional way, the frame by padding same")
def happy_by_functions():
    photos = keras.Input((64, 64, 3))
    A = keras.layers.Conv2D(32, 7, padding="same")(photos)
    A = keras.layers.BatchNormalization()(A)
    A = keras.layers.Activation("relu")(A)
    A = keras.layers.MaxPooling2D()(A)
    return keras.Model(photos, keras.layers.Dense(1, "sigmoid")(keras.layers.Flatten()(A)))


@accepted("convolutional_model", why="2021 notebooks: ReLU as a layer, every name Z, A or P")
def hands_of_2021(input_shape):
    import tensorflow as tf

    tfl = tf.keras.layers
    input_img = tf.keras.Input(shape=input_shape)
    Z1 = tfl.Conv2D(filters=8, kernel_size=(4, 4), strides=(1, 1), padding="same")(input_img)
    A1 = tfl.ReLU()(Z1)
    P1 = tfl.MaxPool2D(pool_size=(8, 8), strides=(8, 8), padding="same")(A1)
    Z2 = tfl.Conv2D(filters=16, kernel_size=(2, 2), strides=(1, 1), padding="same")(P1)
    A2 = tfl.ReLU()(Z2)
    P2 = tfl.MaxPool2D(pool_size=(4, 4), strides=(4, 4), padding="same")(A2)
    F = tfl.Flatten()(P2)
    outputs = tfl.Dense(units=6, activation="softmax")(F)
    model = tf.keras.Model(inputs=input_img, outputs=outputs)
    return model


@accepted("convolutional_model", why="a Sequential; the ReLU after the pooling, which is the same")
def hands_in_a_row(input_shape):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(8, 4, padding="same"),
            layers.MaxPooling2D(8, padding="same"),
            layers.ReLU(),
            layers.Conv2D(16, 2, padding="same"),
            layers.MaxPooling2D(4, padding="same"),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dense(6),
            layers.Softmax(),
        ]
    )


equivalent(
    "output_size",
    "n_prev + 2 * pad < f",
    "n_prev + 3 * pad < f",
    why="a window that does not fit is refused a little later",
)
equivalent(
    "conv_forward",
    "np.zeros((m, n_H, n_W, n_C), A_prev.dtype)",
    "np.ones((m, n_H, n_W, n_C), A_prev.dtype)",
    why="every entry is overwritten",
)
equivalent(
    "pool_forward",
    "np.zeros((m, n_H, n_W, n_C), A_prev.dtype)",
    "np.ones((m, n_H, n_W, n_C), A_prev.dtype)",
    why="every entry is overwritten",
)
equivalent(
    "conv_forward",
    "conv_single_step(a_slice_prev, W[..., c], b[..., c])",
    "conv_single_step(W[..., c], a_slice_prev, b[..., c])",
    why="a product has no order",
)
equivalent("pool_forward", "('max', 'average')", "('average', 'max')", why="the same two modes")
equivalent("pool_backward", "('max', 'average')", "('average', 'max')", why="the same two modes")
equivalent("conv_backward", "W.shape[0]", "W.shape[1]", why="filters are square")
equivalent(
    "happyModel",
    "layers.BatchNormalization(axis=3)",
    "layers.BatchNormalization()",
    why="the last axis is the default",
)
