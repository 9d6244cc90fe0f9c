"""LeNet-5, AlexNet, VGG-16, the Inception module, and sliding windows by convolution.

What the papers counted can be counted again here: LeNet-5 has 60,000 parameters that learn, AlexNet
60,965,224, VGG-16 138,357,544; nearly all of the large ones' sit in the first dense layer. An
Inception module shows how a 1x1 convolution saves nine multiplications in ten.

- LeCun et al. 1998, "Gradient-based learning applied to document recognition" (LeNet-5)
- Krizhevsky et al. 2012, "ImageNet classification with deep convolutional neural networks"
- Simonyan & Zisserman 2014, "Very deep convolutional networks for large-scale image recognition"
- Szegedy et al. 2015, "Going deeper with convolutions" (GoogLeNet)
- Sermanet et al. 2014, "OverFeat: integrated recognition, localization and detection" (windows)

Layout: Keras's, `(m, n_H, n_W, n_C)`. An `initializer` is any of Keras's: "zeros" makes a
network to be counted at no cost of time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from dltf.validation import check_integer

# == 1. LeNet-5, 1998 ==============================================================================

# The maps of S2 that each of the sixteen maps of C3 is connected to (table I of the paper).
C3_LOOKS_AT = [[(i + j) % 6 for j in range(3)] for i in range(6)]
C3_LOOKS_AT += [[(i + j) % 6 for j in range(4)] for i in range(6)]
C3_LOOKS_AT += [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5]]


@keras.saving.register_keras_serializable("dltf")
class Subsampling(keras.layers.Layer):
    """LeNet-5's pooling: the sum of a 2x2 window, scaled and shifted by learned numbers."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the two parameters of each channel."""
        n_C = input_shape[-1]
        self.factor = self.add_weight(shape=(n_C,), initializer="ones", name="factor")
        self.bias = self.add_weight(shape=(n_C,), initializer="zeros", name="bias")

    def call(self, x: Any) -> Any:
        """Return half as many rows and columns."""
        return 4 * keras.ops.average_pool(x, 2, 2) * self.factor + self.bias


@keras.saving.register_keras_serializable("dltf")
class Distances(keras.layers.Layer):
    """LeNet-5's output: squared distances to a fixed pattern (of -1 and 1) a class.

    Args:
        classes: number of patterns.
        seed: of the patterns; None draws new ones every time. (The paper's are drawings of the
            characters, in ASCII's order.)
    """

    def __init__(self, classes: int = 10, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.classes, self.seed = check_integer("classes", classes, at_least=1), seed

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the patterns, which do not learn."""
        if (n := input_shape[-1]) is None:
            raise ValueError(f"input_shape: expected a known last size, got {input_shape}")
        shape = (n, self.classes)
        signs = np.random.default_rng(self.seed).choice([-1.0, 1.0], size=shape)
        self.patterns = self.add_weight(shape=shape, trainable=False, name="patterns")
        self.patterns.assign(signs)

    def call(self, x: Any) -> Any:
        """Return distances (m, classes); the smallest names the class."""
        return keras.ops.sum((x[:, :, None] - self.patterns) ** 2, axis=1)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make another one like it."""
        return {**super().get_config(), "classes": self.classes, "seed": self.seed}


@keras.saving.register_keras_serializable("dltf")
def squash(x: Any) -> Any:
    """Return 1.7159 tanh(2x/3), the paper's activation: it maps 1 to 1 and -1 to -1."""
    return 1.7159 * keras.ops.tanh(2 * x / 3)


def lenet5(as_published: bool = True, initializer: Any = "glorot_uniform") -> keras.Model:
    """Return LeNet-5, for images 32x32x1 of ten digits.

    Args:
        as_published: the network of 1998: pooling that learns, a third layer whose maps look at
            some of the maps before (both to save parameters and to break the symmetry), distances
            for an output; 60,000 parameters that learn (and 840 that do not). Otherwise what goes
            by its name today: plain average pooling, full connections, a softmax; 61,706.
        initializer: of the weights.
    """
    layers = keras.layers

    def conv(filters: int, name: str | None = None) -> Any:
        settings = {"activation": squash, "kernel_initializer": initializer, "name": name}
        return layers.Conv2D(filters, 5, **settings)

    def dense(units: int, activation: Any, name: str) -> Any:
        return layers.Dense(units, activation, kernel_initializer=initializer, name=name)

    x = images = keras.Input((32, 32, 1))
    x = conv(6, "C1")(x)  # (m, 28, 28, 6)
    if as_published:
        x = layers.Activation(squash)(Subsampling(name="S2")(x))  # (m, 14, 14, 6)
        maps = [conv(1, f"C3_{i}")(_take(x, seen)) for i, seen in enumerate(C3_LOOKS_AT)]
        x = layers.Concatenate(name="C3")(maps)  # (m, 10, 10, 16)
        x = layers.Activation(squash)(Subsampling(name="S4")(x))
    else:
        x = layers.AveragePooling2D(2, name="S2")(x)
        x = layers.AveragePooling2D(2, name="S4")(conv(16, "C3")(x))
    x = layers.Flatten()(x)  # (m, 5 * 5 * 16)
    x = dense(84, squash, "F6")(dense(120, squash, "C5")(x))
    out = Distances(name="output") if as_published else dense(10, "softmax", "output")
    return keras.Model(images, out(x), name="lenet5")


def _take(x: Any, channels: list[int]) -> Any:
    return keras.ops.take(x, np.array(channels), axis=-1)


# == 2. AlexNet, 2012 ==============================================================================


@keras.saving.register_keras_serializable("dltf")
class LocalResponse(keras.layers.Layer):
    """AlexNet's normalization: a channel is held down by what its neighbours see at that place."""

    def call(self, x: Any) -> Any:
        """Return `x / (2 + 1e-4 * (sum of squares of five neighbouring channels)) ** 0.75`."""
        squares = keras.ops.pad(x**2, [(0, 0), (0, 0), (0, 0), (2, 2)])
        n_C = x.shape[-1]
        return x / (2 + 1e-4 * sum(squares[..., i : i + n_C] for i in range(5))) ** 0.75


def alexnet(groups: int = 2, classes: int = 1000, initializer: Any = "he_normal") -> keras.Model:
    """Return AlexNet, for photos 227x227x3 (the paper's 224 does not divide evenly).

    Args:
        groups: 2 as published: the second, fourth and fifth convolution are cut in two halves that
            do not see each other, one on each of two graphics cards; 60,965,224 parameters. With 1
            they are whole: 62,378,344.
        classes: number of outputs.
        initializer: of the weights.

    Raises:
        ValueError: there are other groups than 1 or 2.
    """
    if groups not in (1, 2):
        raise ValueError(f"groups: expected 1 or 2, got {groups!r}")
    layers = keras.layers

    def conv(x: Any, n_C: int, f: int, name: str, parts: int = 1, **settings: Any) -> Any:
        each = x.shape[-1] // parts
        halves = [
            layers.Conv2D(
                n_C // parts,
                f,
                activation="relu",
                kernel_initializer=initializer,
                name=name if parts == 1 else f"{name}_{i + 1}",
                **settings,
            )(x[..., i * each : (i + 1) * each])
            for i in range(parts)
        ]
        return halves[0] if parts == 1 else layers.Concatenate(name=name)(halves)

    x = photos = keras.Input((227, 227, 3))
    x = LocalResponse()(conv(x, 96, 11, "conv1", strides=4))
    x = layers.MaxPooling2D(3, 2)(x)  # (m, 27, 27, 96)
    x = LocalResponse()(conv(x, 256, 5, "conv2", groups, padding="same"))
    x = layers.MaxPooling2D(3, 2)(x)  # (m, 13, 13, 256)
    x = conv(x, 384, 3, "conv3", padding="same")
    x = conv(x, 384, 3, "conv4", groups, padding="same")
    x = conv(x, 256, 3, "conv5", groups, padding="same")
    x = layers.Flatten()(layers.MaxPooling2D(3, 2)(x))  # (m, 6 * 6 * 256)
    return _classifier(photos, x, classes, initializer, "alexnet")


def _classifier(photos: Any, x: Any, classes: int, initializer: Any, name: str) -> keras.Model:
    """Return the network with AlexNet's and VGG's end: two layers of 4096 units and a softmax."""
    check_integer("classes", classes, at_least=1)
    for layer in ("fc6", "fc7"):
        dense = keras.layers.Dense(4096, "relu", kernel_initializer=initializer, name=layer)
        x = keras.layers.Dropout(0.5)(dense(x))
    out = keras.layers.Dense(classes, "softmax", kernel_initializer=initializer, name="fc8")
    return keras.Model(photos, out(x), name=name)


# == 3. VGG-16, 2014 ===============================================================================


def vgg16(classes: int = 1000, initializer: Any = "he_normal") -> keras.Model:
    """Return VGG-16 (the paper's D), for photos 224x224x3: 138,357,544 parameters.

    Nothing but 3x3 convolutions, in five blocks; after each the image is halved and the channels
    are doubled, up to 512.

    Args:
        classes: number of outputs.
        initializer: of the weights.
    """
    x = photos = keras.Input((224, 224, 3))
    for block, (n_C, times) in enumerate(((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)), 1):
        for i in range(1, times + 1):
            x = keras.layers.Conv2D(
                n_C,
                3,
                padding="same",
                activation="relu",
                kernel_initializer=initializer,
                name=f"conv{block}_{i}",
            )(x)
        x = keras.layers.MaxPooling2D(2, name=f"pool{block}")(x)
    return _classifier(photos, keras.layers.Flatten()(x), classes, initializer, "vgg16")


# == 4. Multiplications, and the bottleneck of Inception ===========================================


def multiplications(network: keras.Model) -> dict[str, int]:
    """Count the multiplications of each conv and dense layer for one example.

    Every entry of the output is a sum of as many products as a filter has entries.

    Args:
        network: a built Keras model; layers of other kinds count nothing.

    Returns:
        name -> number, in the order of the layers.
    """
    counts = {}
    for layer in network.layers:
        if isinstance(layer, keras.layers.Conv2D | keras.layers.Dense):
            places = int(np.prod(layer.output.shape[1:-1]))  # 1 for a dense layer
            counts[layer.name] = places * int(np.prod(layer.kernel.shape))
    return counts


def inception_module(
    x: Any,
    ones: int,
    threes: tuple[int | None, int],
    fives: tuple[int | None, int],
    pooled: int,
    *,
    name: str = "inception",
    initializer: Any = "he_normal",
) -> Any:
    """Return an Inception module: 1x1, 3x3, 5x5 convolutions and a max pooling, concatenated.

    Why choose a size if one can have all of them? Because 5x5 filters over many channels are dear:
    so a 1x1 convolution first squeezes the channels through a bottleneck.

    Args:
        x: a symbolic tensor (m, n_H, n_W, n_C).
        ones: channels of the 1x1 branch.
        threes: channels of the bottleneck before the 3x3 filters (None for no bottleneck), and of
            the filters.
        fives: the same of the 5x5 branch.
        pooled: channels to which the pooling branch is reduced.
        name: the layers' names begin with it.
        initializer: of the weights.

    Returns:
        (m, n_H, n_W, ones + threes[1] + fives[1] + pooled).

    Source:
        Szegedy et al. 2015, figure 2b; "3a" of GoogLeNet is (64, (96, 128), (16, 32), 32).
    """

    def conv(x: Any, n_C: int, f: int, what: str) -> Any:
        return keras.layers.Conv2D(
            n_C,
            f,
            padding="same",
            activation="relu",
            kernel_initializer=initializer,
            name=f"{name}_{what}",
        )(x)

    branches = [conv(x, ones, 1, "1x1")]
    for f, (squeezed, n_C) in ((3, threes), (5, fives)):
        narrow = x if squeezed is None else conv(x, squeezed, 1, f"{f}x{f}_reduce")
        branches.append(conv(narrow, n_C, f, f"{f}x{f}"))
    window = keras.layers.MaxPooling2D(3, 1, padding="same", name=f"{name}_pool")(x)
    branches.append(conv(window, pooled, 1, "pool_proj"))
    return keras.layers.Concatenate(name=name)(branches)


# == 5. Sliding windows by convolution =============================================================


def to_convolutional(
    network: keras.Model, size: tuple[int | None, int | None] = (None, None)
) -> keras.Model:
    """Convert a classifier of windows to a fully convolutional network for images of any size.

    A dense layer after a flatten is a convolution whose filters are as large as its input; a
    dense layer after that is a 1x1 convolution. With the same weights, on a larger image, the
    network computes at each place what the classifier computes for the window there, and shares
    the work between windows that overlap.

    Args:
        network: layers in a row: convolutions and poolings without padding, one Flatten, dense
            layers; its input has a fixed size.
        size: height and width of the images, if they are always the same.

    Returns:
        A model from (m, n_H, n_W, n_C), any size from the window's on, to (m, rows, columns,
        classes). The windows are `window_stride(network)` pixels apart.

    Raises:
        ValueError: a layer is padded, or of a kind that does not slide.
    """
    x = images = keras.Input((*size, network.input_shape[-1]))
    copies, seen = [], None  # (layer, its copy); the input shape of the first dense layer
    for layer in _in_a_row(network):
        config = {**layer.get_config(), "name": f"{layer.name}_slides"}
        if isinstance(layer, keras.layers.Flatten):
            seen = layer.input.shape[1:-1]
            continue
        if isinstance(layer, keras.layers.Dense):
            size = (1, 1) if seen is None else seen
            copy = keras.layers.Conv2D(
                layer.units, size, activation=layer.activation, name=config["name"]
            )
            seen = None
        else:
            copy = type(layer).from_config(config)
        x = copy(x)
        copies.append((layer, copy))
    for layer, copy in copies:
        shapes = [tuple(w.shape) for w in copy.weights]
        copy.set_weights([w.reshape(s) for w, s in zip(layer.get_weights(), shapes, strict=True)])
    return keras.Model(images, x, name=f"{network.name}_slides")


_SLIDING = (
    keras.layers.Conv2D,
    keras.layers.MaxPooling2D,
    keras.layers.AveragePooling2D,
    keras.layers.Flatten,
    keras.layers.Dense,
    keras.layers.ReLU,
    keras.layers.Activation,
    keras.layers.Softmax,
    keras.layers.BatchNormalization,
    keras.layers.Dropout,
)


def _in_a_row(network: keras.Model) -> Iterator[keras.layers.Layer]:
    """Yield the layers of a network in order; raise an error for one that is not supported."""
    for layer in network.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        if not isinstance(layer, _SLIDING) or getattr(layer, "padding", "valid") != "valid":
            raise ValueError(
                "network: expected convolutions and poolings without padding, Flatten and Dense in "
                f"a row, got {type(layer).__name__} {layer.name!r}"
                + (" with padding" if isinstance(layer, _SLIDING) else "")
            )
        yield layer


def window_stride(network: keras.Model) -> int:
    """Return how many pixels apart the windows of `to_convolutional` are: the strides' product."""
    strides = [layer.strides[0] for layer in _in_a_row(network) if hasattr(layer, "strides")]
    return int(np.prod(strides))


def slide_by_cropping(
    network: keras.Model, image: NDArray[Any], stride: int
) -> NDArray[np.float32]:
    """Classify every window of an image separately: a slow reference implementation.

    Args:
        network: a classifier of windows of a fixed size.
        image: (n_H, n_W, n_C), at least of the window's size.
        stride: from one window to the next, in pixels.

    Returns:
        (rows, columns, classes).
    """
    stride = check_integer("stride", stride, at_least=1)
    height, width = network.input_shape[1:3]
    if image.shape[0] < height or image.shape[1] < width:
        raise ValueError(
            f"image: expected at least the window's size, {(height, width)}, got shape "
            f"{image.shape}"
        )
    tops = range(0, image.shape[0] - height + 1, stride)
    lefts = range(0, image.shape[1] - width + 1, stride)
    windows = [image[t : t + height, l : l + width] for t in tops for l in lefts]
    outputs = np.asarray(network(np.asarray(windows, np.float32)))
    return outputs.reshape(len(tops), len(lefts), -1)
