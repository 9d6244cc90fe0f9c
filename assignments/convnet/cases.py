"""How the answers of the convnet assignment are exercised. No expected value is in here.

Pictures are never square, there is more than one of them, and no two sizes in a call are equal, so
that height and width, channels that come in and channels that go out cannot be taken for each
other. Strides and frames are drawn from settings that differ in what they show; caches hold what a
real way forward would have left there.
"""

import keras
import numpy as np

from dltf.autograder import case, exactly, exercise, helpers

exercise("output_size", practice=True)
exercise("conv_parameter_count", practice=True)
exercise("zero_pad")
exercise("conv_single_step")
exercise("conv_forward")
exercise("pool_forward")
exercise("conv_backward")
exercise("create_mask_from_window")
exercise("distribute_value")
exercise("pool_backward")
exercise("happyModel", practice=True)
exercise("convolutional_model", practice=True)
helpers("public_tests", "test_utils", "cnn_utils", "kt_utils", "testCases", "outputs")

CHANNELS_IN, CHANNELS_OUT = 2, 3


def pictures(rng, height, width, channels=CHANNELS_IN):
    """Draw pictures, two of them."""
    return rng.normal(size=(2, height, width, channels))


def places(n, f, stride, pad=0):
    """Count the places of a window by going there."""
    return len(range(0, n + 2 * pad - f + 1, stride))


def settings(rng, *choices):
    """Choose one of several settings."""
    return choices[int(rng.integers(len(choices)))]


def named(names, values):
    """Return a tuple as a dictionary, so that a difference is told by its name."""
    if not isinstance(values, (tuple, list)) or len(values) != len(names):
        return values
    return dict(zip(names, values, strict=True))


# output_size


@case("output_size", judge=exactly())
def size_of_a_plain_window(answer, rng):
    """Without stride and padding, a window of f fits at n_prev - f + 1 places."""
    n_prev, f = int(rng.integers(9, 30)), int(rng.integers(2, 8))
    return answer.output_size(n_prev=n_prev, f=f)


@case("output_size", judge=exactly())
def size_with_padding_and_stride(answer, rng):
    """Both ends are padded, and the stride divides what is left over the window."""
    stride, pad, f = int(rng.integers(2, 4)), int(rng.integers(3, 6)), int(rng.integers(3, 6))
    n_prev = f - 2 * pad + stride * int(rng.integers(7, 12))
    return answer.output_size(n_prev=n_prev, f=f, stride=stride, pad=pad)


@case("output_size", judge=exactly())
def size_with_a_rest(answer, rng):
    """The stride does not divide it: the size is a whole number (an int) all the same."""
    stride, f = int(rng.integers(3, 6)), int(rng.integers(2, 6))
    n_prev = f + stride * int(rng.integers(4, 9)) + int(rng.integers(1, stride - 1))
    n = answer.output_size(n_prev=n_prev, f=f, stride=stride, pad=0)
    return {"n": n, "is a whole number": isinstance(n, (int, np.integer))}


@case("output_size", judge=exactly())
def size_of_a_window_as_long_as_the_axis(answer, rng):
    """A window as long as the padded axis fits once."""
    n_prev, pad = int(rng.integers(5, 9)), int(rng.integers(3, 6))
    return answer.output_size(n_prev=n_prev, f=n_prev + 2 * pad, stride=3, pad=pad)


# conv_parameter_count


@case("conv_parameter_count", judge=exactly())
def parameters_of_a_layer(answer, rng):
    """Filters of several channels, several of them, each with its bias."""
    f, n_C_prev, n_C = (int(n) for n in rng.permutation(np.arange(3, 12))[:3])
    return answer.conv_parameter_count(f=f, n_C_prev=n_C_prev, n_C=n_C)


@case("conv_parameter_count", judge=exactly())
def parameters_of_small_filters(answer, rng):
    """A 1x1 filter has weights, too: one for each channel."""
    return answer.conv_parameter_count(f=1, n_C_prev=int(rng.integers(5, 9)), n_C=4)


# zero_pad


@case("zero_pad", points=3)
def frame_of_zeros(answer, rng):
    """Zeros on all four sides of every picture; examples and channels stay as they are."""
    X, pad = pictures(rng, 3, 5), int(rng.integers(1, 4))
    return answer.zero_pad(X=X, pad=pad)


@case("zero_pad", points=1)
def no_frame_at_all(answer, rng):
    """A frame of width 0 changes nothing."""
    return answer.zero_pad(X=pictures(rng, 4, 3), pad=0)


# conv_single_step


def one_number(Z):
    """Return an array of one entry as a number: some generations hand out shape (1, 1, 1)."""
    shape = getattr(Z, "shape", None)
    return np.asarray(Z).item() if shape is not None and np.prod(shape) == 1 else Z


@case("conv_single_step", points=2)
def step_without_a_bias(answer, rng):
    """Window and filter, multiplied entry by entry and summed; the bias is zero."""
    f = int(rng.integers(3, 6))
    a, W = rng.normal(size=(2, f, f, CHANNELS_IN))
    return one_number(answer.conv_single_step(a_slice_prev=a, W=W, b=np.zeros((1, 1, 1))))


@case("conv_single_step", points=2)
def step_with_a_bias(answer, rng):
    """The bias is added to the sum."""
    f = int(rng.integers(3, 6))
    a, W = rng.normal(size=(2, f, f, CHANNELS_IN))
    b = rng.uniform(3, 5, size=(1, 1, 1))
    return one_number(answer.conv_single_step(a_slice_prev=a, W=W, b=b))


# conv_forward


def filters(rng, f):
    """Draw filters and biases."""
    return rng.normal(size=(f, f, CHANNELS_IN, CHANNELS_OUT)), rng.normal(
        size=(1, 1, 1, CHANNELS_OUT)
    )


@case("conv_forward", points=2)
def forward_step_by_step(answer, rng):
    """Stride 1 and no padding."""
    W, b = filters(rng, 3)
    A_prev = pictures(rng, 5, 8)
    Z, _ = answer.conv_forward(A_prev=A_prev, W=W, b=b, hparameters={"stride": 1, "pad": 0})
    return Z


@case("conv_forward", points=3)
def forward_with_stride_and_padding(answer, rng):
    """Larger steps over a padded picture: the window ends at its very edge."""
    height, width, f, stride, pad = settings(rng, (5, 9, 3, 2, 1), (6, 9, 4, 3, 2))
    W, b = filters(rng, f)
    A_prev = pictures(rng, height, width)
    Z, _ = answer.conv_forward(A_prev=A_prev, W=W, b=b, hparameters={"stride": stride, "pad": pad})
    return Z


@case("conv_forward", points=2)
def forward_with_a_rest(answer, rng):
    """The stride does not divide the way of the window: no window may stick out."""
    W, b = filters(rng, 2)
    A_prev = pictures(rng, 6, 9)
    Z, _ = answer.conv_forward(A_prev=A_prev, W=W, b=b, hparameters={"stride": 3, "pad": 0})
    return Z


@case("conv_forward", points=1)
def forward_keeps_what_backward_needs(answer, rng):
    """The second result is (A_prev, W, b, hparameters), as they came in."""
    W, b = filters(rng, 2)
    A_prev = pictures(rng, 4, 3)
    _, cache = answer.conv_forward(A_prev=A_prev, W=W, b=b, hparameters={"stride": 2, "pad": 1})
    return named(("A_prev", "W", "b", "hparameters"), cache)


# pool_forward


@case("pool_forward", points=2)
def pool_the_largest(answer, rng):
    """The largest value of every window; "max" is what you get when no mode is named."""
    A_prev = pictures(rng, 5, 9) - 2.5  # nearly all below zero
    hparameters = {"f": 3, "stride": 2}
    return answer.pool_forward(A_prev=A_prev, hparameters=hparameters)[0]


@case("pool_forward", points=2)
def pool_the_mean(answer, rng):
    """The mean of every window, channel by channel."""
    f, stride = settings(rng, (3, 1), (4, 2))
    hparameters = {"f": f, "stride": stride}
    A_prev = pictures(rng, 6, 10)
    return answer.pool_forward(A_prev=A_prev, hparameters=hparameters, mode="average")[0]


@case("pool_forward", points=1)
def pool_with_a_rest(answer, rng):
    """Windows that jump, and rows and columns at the end that no window sees."""
    hparameters = {"f": 2, "stride": 3}
    A_prev = pictures(rng, 7, 10) - 2.5
    return answer.pool_forward(A_prev=A_prev, hparameters=hparameters, mode="max")[0]


@case("pool_forward", points=1)
def pool_keeps_what_backward_needs(answer, rng):
    """The second result is (A_prev, hparameters), as they came in."""
    _, cache = answer.pool_forward(A_prev=pictures(rng, 3, 5), hparameters={"f": 2, "stride": 1})
    return named(("A_prev", "hparameters"), cache)


# conv_backward


def way_back(rng, height, width, f, stride, pad):
    """Draw the arguments of conv_backward: a gradient, and the cache of a way forward."""
    W, b = filters(rng, f)
    n_H, n_W = (places(n, f, stride, pad) for n in (height, width))
    cache = (pictures(rng, height, width), W, b, {"stride": stride, "pad": pad})
    return {"dZ": rng.normal(size=(2, n_H, n_W, CHANNELS_OUT)), "cache": cache}


PADDED = ((6, 9, 4, 3, 2), (7, 11, 4, 3, 2))


@case("conv_backward", points=3)
def gradient_of_the_pictures(answer, rng):
    """dA_prev: every window that a pixel lay in sends something back; the frame comes off."""
    return answer.conv_backward(**way_back(rng, *settings(rng, *PADDED)))[0]


@case("conv_backward", points=3)
def gradient_of_the_filters(answer, rng):
    """dW: a filter has been at every place of every picture."""
    return answer.conv_backward(**way_back(rng, *settings(rng, *PADDED)))[1]


@case("conv_backward", points=2)
def gradient_of_the_biases(answer, rng):
    """db, of b's shape: a bias was added at every place of every picture."""
    return answer.conv_backward(**way_back(rng, *settings(rng, *PADDED)))[2]


@case("conv_backward", points=2)
def gradients_without_a_frame(answer, rng):
    """The same where there was no padding."""
    gradients = answer.conv_backward(**way_back(rng, 4, 7, 3, 1, 0))
    return named(("dA_prev", "dW", "db"), gradients)


# create_mask_from_window


@case("create_mask_from_window", points=2)
def mask_of_the_largest(answer, rng):
    """True where the largest entry is, and False elsewhere; entries may be negative."""
    return answer.create_mask_from_window(x=rng.normal(size=(3, 4)) - 3)


@case("create_mask_from_window", points=1)
def mask_of_several(answer, rng):
    """Several entries may share the largest value: all of them are True."""
    x = rng.permutation([1.5, 1.5, 0.5, -0.5, -2.0, 0.0]).reshape(2, 3)
    return answer.create_mask_from_window(x=x)


# distribute_value


@case("distribute_value", points=2)
def value_spread_evenly(answer, rng):
    """Equal entries that sum to the value, in the shape asked for."""
    height, width = settings(rng, (2, 4), (3, 5), (5, 2))
    return answer.distribute_value(dz=float(rng.uniform(2, 9)), shape=(height, width))


@case("distribute_value", points=1)
def negative_value_spread(answer, rng):
    """A gradient may be negative."""
    return answer.distribute_value(dz=-float(rng.uniform(2, 9)), shape=(3, 2))


# pool_backward


def pooled_back(rng, height, width, f, stride):
    """Draw the arguments of pool_backward: a gradient, and the cache of a way forward."""
    n_H, n_W = (places(n, f, stride) for n in (height, width))
    cache = (pictures(rng, height, width) - 1.5, {"f": f, "stride": stride})
    return {"dA": rng.normal(size=(2, n_H, n_W, CHANNELS_IN)), "cache": cache}


@case("pool_backward", points=2)
def back_to_the_largest(answer, rng):
    """Windows side by side: the gradient goes to the largest entry; "max" is the default mode."""
    return answer.pool_backward(**pooled_back(rng, 4, 9, 2, 2))


@case("pool_backward", points=2)
def back_to_the_largest_of_several_windows(answer, rng):
    """Windows that overlap: an entry that has won twice gets both gradients."""
    return answer.pool_backward(**pooled_back(rng, 5, 8, 3, 1), mode="max")


@case("pool_backward", points=2)
def back_to_all_alike(answer, rng):
    """Average pooling, with windows that overlap: every entry has its share in every window."""
    return answer.pool_backward(**pooled_back(rng, 5, 9, 3, 2), mode="average")


# happyModel, convolutional_model


def by_function(model, rng, shape):
    """Return what a network is: its form, and what it computes with weights that are given here.

    Some biases are so low that no window of a pooling has a value above zero: only then does it
    matter whether a ReLU stands before it.
    """

    def values(weight):
        kind, shape = weight.path.rpartition("/")[2], weight.shape
        if len(shape) > 1:
            return rng.normal(size=shape) * np.sqrt(2 / np.prod(shape[:-1]))
        if kind == "moving_variance":
            return rng.uniform(0.2, 0.8, size=shape)
        return rng.permutation(np.linspace(-2, 1, shape[0]))

    form = {
        "input shape": [int(n) for n in model.input_shape[1:]],
        "output shape": [int(n) for n in model.output_shape[1:]],
        "parameters": int(model.count_params()),
        "learned parameters": int(sum(np.prod(w.shape) for w in model.trainable_weights)),
    }
    given = [(weight, values(weight).astype("float32")) for weight in model.weights]
    photos = 0.3 * rng.normal(size=(2, *shape))
    with keras.StatelessScope(given):
        return form | {"outputs": np.asarray(model(photos.astype("float32")))}


@case("happyModel")
def happy_by_function(answer, rng):
    """Its shapes, its parameters, and its outputs with weights of our choice."""
    return by_function(answer.happyModel(), rng, (64, 64, 3))


@case("convolutional_model")
def hands_by_function(answer, rng):
    """Its shapes, its parameters, and its outputs with weights of our choice."""
    shape = settings(rng, (32, 64, 3), (64, 32, 3))
    return by_function(answer.convolutional_model(input_shape=shape), rng, shape)


@case("convolutional_model")
def hands_of_another_size(answer, rng):
    """Photos of another size, and of another number of channels."""
    shape = settings(rng, (50, 75, 1), (75, 50, 1))
    return by_function(answer.convolutional_model(input_shape=shape), rng, shape)
