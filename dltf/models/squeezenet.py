"""SqueezeNet v1.1: a pretrained ImageNet classifier of three megabytes.

Its middle layers detect edges, textures and parts of objects, which is useful for other tasks:
transfer learning pools them into features, style transfer compares them between images. A *fire
module* first squeezes the channels with 1x1 filters, then expands them with 1x1 and 3x3 filters in
parallel: the bottleneck keeps the 3x3 filters cheap.

Layout: images `(m, n_H, n_W, 3)`, RGB, of any size from 35x35 on. The network was trained on BGR
minus the mean colour; its first layer, "pixels", converts the input. Each convolution includes its
ReLU, so the output of the layer "conv1" or "fire2_squeeze1x1" is an activation.

The weights are those of the file `style/squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5`
(722,496 of them; without the classifier), which `dltf data fetch style` fetches.

Source: Iandola et al. 2016, "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5
MB model size"; version 1.1 is the authors' own, with less arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from dltf.data import registry
from dltf.validation import check_integer, check_number

WEIGHTS_FILE = "style/squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5"
MEAN_BGR = (103.939, 116.779, 123.68)  # of the ImageNet photos, on the scale 0 to 255

# number of the fire module: channels after the squeeze, channels of each expansion
FIRES = {2: (16, 64), 3: (16, 64), 4: (32, 128), 5: (32, 128), 6: (48, 192), 7: (48, 192)}
FIRES |= {8: (64, 256), 9: (64, 256)}
POOLED_AFTER = (3, 5)  # fire modules that a max pooling follows


@keras.saving.register_keras_serializable("dltf")
class Pixels(keras.layers.Layer):
    """Preprocessing layer: converts RGB to BGR, 0 to 255, minus the mean colour.

    Args:
        white: the value of white in the input images, 255 or 1.
    """

    def __init__(self, white: float = 255.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.white = check_number("white", white, above=0)

    def call(self, images: Any) -> Any:
        """Return the preprocessed images, (m, n_H, n_W, 3)."""
        bgr = keras.ops.flip(images, axis=-1) * (255.0 / self.white)
        return bgr - keras.ops.convert_to_tensor(MEAN_BGR, bgr.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make another one like it."""
        return {**super().get_config(), "white": self.white}


def squeezenet(
    weights: str | Path | None = "imagenet",
    seed: int | None = None,
    input_shape: tuple[int | None, int | None, int] = (None, None, 3),
    white: float = 255.0,
) -> keras.Model:
    """Return SqueezeNet v1.1 without its classifier; the output is the last fire module's.

    Layers, all of them activations: "conv1", "pool1", then for N = 2, ..., 9 "fireN_squeeze1x1",
    "fireN_expand1x1", "fireN_expand3x3" and "fireN" (the two expansions concatenated), with "pool3"
    and "pool5" after "fire3" and "fire5". The output for an image of 64x64 is (3, 3, 512).

    Args:
        weights: "imagenet" for the trained weights (random ones if their file is not available, and
            one line says so); None for random ones; or the path of a file of that format.
        seed: of random weights (He initialization); None draws new ones every time.
        input_shape: (n_H, n_W, 3); None for any height and width.
        white: the value of white in the input images: 255 for bytes, 1 for floats.

    Returns:
        A functional Keras model from RGB images (m, n_H, n_W, 3) to (m, n_H', n_W', 512).

    Raises:
        ValueError: the file does not contain these weights.
    """
    check_number("white", white, above=0)
    draw = np.random.default_rng(seed)

    def conv(name: str, channels: int, f: int, stride: int = 1, padding: str = "same") -> Any:
        he = keras.initializers.HeNormal(int(draw.integers(2**31)))
        return keras.layers.Conv2D(
            channels, f, stride, padding, activation="relu", kernel_initializer=he, name=name
        )

    images = keras.Input(input_shape, name="images")
    x = Pixels(white, name="pixels")(images)
    x = conv("conv1", 64, 3, stride=2, padding="valid")(x)
    x = keras.layers.MaxPooling2D(3, 2, name="pool1")(x)
    for number, (squeezed, expanded) in FIRES.items():
        name = f"fire{number}"
        x = conv(f"{name}_squeeze1x1", squeezed, 1)(x)
        one, three = (conv(f"{name}_expand{f}x{f}", expanded, f)(x) for f in (1, 3))
        x = keras.layers.Concatenate(name=name)([one, three])
        if number in POOLED_AFTER:
            x = keras.layers.MaxPooling2D(3, 2, name=f"pool{number}")(x)
    network = keras.Model(images, x, name="squeezenet")
    if weights == "imagenet":
        found = registry.find(WEIGHTS_FILE)
        if found is None:
            registry.announce_stand_in(
                "style", WEIGHTS_FILE, "SqueezeNet starts from random weights"
            )
            return network
        weights = found
    if weights is not None:
        load_weights(network, weights)
    return network


def load_weights(network: keras.Model, path: str | Path) -> None:
    """Load the weights of a SqueezeNet from a Keras 1 or 2 file ("notop", TensorFlow layout).

    No weight is set unless all of them fit.

    Args:
        network: made by `squeezenet`.
        path: an HDF5 file with a group for each layer ("conv1", "fire2/squeeze1x1", ...), whose
            attribute "weight_names" names its kernel and its bias.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not HDF5, or damaged; a layer is missing; a shape is not the layer's; a
            weight is not a finite number.
    """
    import h5py

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"weights: expected a file of SqueezeNet's weights, got {path}")
    layers = [layer for layer in network.layers if layer.weights]
    arrays = []
    try:
        with h5py.File(path, "r") as file:
            for layer in layers:
                arrays.append(_arrays_of_layer(file, layer, path))
    except (OSError, RuntimeError) as error:  # what h5py raises for a damaged file
        raise ValueError(
            f"weights: expected an HDF5 file with SqueezeNet's weights, got {path.name}, which is "
            f"damaged or something else ({error})"
        ) from None
    for layer, pair in zip(layers, arrays, strict=True):
        layer.set_weights(pair)


def _arrays_of_layer(file: Any, layer: keras.layers.Layer, path: Path) -> list[NDArray[Any]]:
    """Return kernel and bias of one layer, checked."""
    group = layer.name.replace("_", "/")
    names = file[group].attrs.get("weight_names", ()) if group in file else ()
    if len(names) != len(layer.weights):
        raise ValueError(
            f"weights: expected {path.name} to hold a kernel and a bias of the layer {group}, got "
            f"{len(names)} arrays; its layers are {', '.join(sorted(file)) or 'none'}"
        )
    arrays = []
    for kind, name, variable in zip(("kernel", "bias"), names, layer.weights, strict=True):
        where = f"{group}/{name.decode() if isinstance(name, bytes) else name}"
        shape = tuple(variable.shape)
        found = file[where].shape if where in file else "nothing of that name"
        if found != shape:
            raise ValueError(
                f"weights: expected the {kind} {where} of {path.name} to have shape {shape}, got "
                f"{found}"
            )
        array = np.asarray(file[where], dtype="float32")
        if not np.isfinite(array).all():
            raise ValueError(
                f"weights: expected finite numbers in the {kind} {where} of {path.name}, got "
                f"{np.count_nonzero(~np.isfinite(array))} that are not"
            )
        arrays.append(array)
    return arrays


def activations_of(network: keras.Model, layers: Sequence[str]) -> keras.Model:
    """Return a model whose outputs are the activations of some layers of a network.

    Args:
        network: a functional Keras model, such as `squeezenet()`.
        layers: names of its layers.

    Returns:
        A model that shares the network's weights and returns {name: activations (m, n_H, n_W,
        n_C)}.

    Raises:
        ValueError: there is no layer of that name.
    """
    known = [layer.name for layer in network.layers]
    for name in layers:
        if name not in known:
            raise ValueError(f"layers: expected names among {', '.join(known)}, got {name!r}")
    return keras.Model(network.input, {name: network.get_layer(name).output for name in layers})


def pooled_features(
    network: keras.Model,
    images: NDArray[Any],
    layer: str | None = None,
    batch_size: int = 32,
    grid: int = 1,
) -> NDArray[np.float32]:
    """Return features of images: the mean of each channel (global average pooling, or on a grid).

    Args:
        network: a functional Keras model of images, such as `squeezenet()`.
        images: (m, n_H, n_W, 3), RGB, on the scale that the network expects.
        layer: the name of the layer whose channels are averaged; the last one unless given.
        batch_size: images per forward pass, at least 1.
        grid: 1 averages over the whole image; g over each of g x g parts of it.

    Returns:
        (m, grid * grid * n_C) float32.

    Raises:
        ValueError: the layer's activations are smaller than the grid; there is no such layer.
    """
    batch_size = check_integer("batch_size", batch_size, at_least=1)
    name = network.layers[-1].name if layer is None else layer
    part = activations_of(network, [name])
    rows = []
    for i in range(0, len(images), batch_size):
        A = np.asarray(part(np.asarray(images[i : i + batch_size], "float32"))[name])
        if not 1 <= grid <= min(A.shape[1:3]):
            raise ValueError(f"grid: expected 1 to {min(A.shape[1:3])} of {name}, got {grid!r}")
        bands = [b for band in np.array_split(A, grid, 1) for b in np.array_split(band, grid, 2)]
        rows.append(np.concatenate([b.mean(axis=(1, 2)) for b in bands], axis=1))
    return np.concatenate(rows)  # (m, grid * grid * n_C)
