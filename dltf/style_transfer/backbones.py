"""Backbones for style transfer: SqueezeNet, VGG-19, a filter bank, or random weights.

Style transfer trains no network: it compares images by the activations of one that was trained
to name what is in a photo. Any such network will do, so all of them look the same here: a
`Backbone` takes RGB images between 0 and 1 and returns a list of activations, those of its style
layers first, in the order of `style_layers`, and that of its content layer last.

Images are at least 17x17.

- "squeezenet": SqueezeNet v1.1 with weights trained on ImageNet; three megabytes, which `dltf data
  fetch style` fetches.
- "vgg19": the network of the paper, through `keras.applications`, if its weights are in Keras's own
  cache. Eighty megabytes, and twenty times the arithmetic.
- "filters": `dltf.style_transfer.filters`, edges, bars and blobs of several sizes, set by hand. It
  needs no file, and knows colours and strokes, but no things.
- "random": SqueezeNet with untrained weights. It needs no file; what it prefers is no
  style, and a low cost under it proves nothing.

Layout: images `(1, n_H, n_W, 3)`, activations `(1, n_H', n_W', n_C)`.

Sources: Gatys, Ecker & Bethge 2016, "Image style transfer using convolutional neural networks", for
VGG-19; Iandola et al. 2016 for SqueezeNet.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from dltf.data import registry
from dltf.models.squeezenet import WEIGHTS_FILE, Pixels, activations_of, squeezenet
from dltf.style_transfer.filters import LEVELS, filter_bank

StyleLayers = Sequence[tuple[str, float]]

SQUEEZENET_STYLE = [
    ("conv1", 0.2),  # edges and colours; half the image's size
    ("fire3", 0.2),
    ("fire5", 0.2),
    ("fire7", 0.2),
    ("fire9", 0.2),  # parts of things; a sixteenth of the image's size
]
SQUEEZENET_CONTENT = "fire6"
VGG_STYLE = [(f"block{block}_conv1", 0.2) for block in range(1, 6)]
VGG_CONTENT = "block5_conv4"
VGG_FILE = "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"
BORDER = 16  # pixels
FILTERS_STYLE = [(f"level{level}", 0.25) for level in range(1, LEVELS + 1)]
FILTERS_CONTENT = "level3"
NAMES = ("best", "squeezenet", "vgg19", "filters", "random")


@dataclass(frozen=True)
class Backbone:
    """A network and its style and content layers.

    Attributes:
        name: of the network, such as "squeezenet".
        pretrained: whether its weights were learned from photos.
        network: a functional Keras model from RGB images between 0 and 1.
        style_layers: (name, weight) of the layers whose channels are compared by their products.
        content_layer: the name of the layer that is compared place by place.
    """

    name: str
    pretrained: bool
    network: keras.Model
    style_layers: StyleLayers
    content_layer: str

    def __post_init__(self) -> None:
        names = [*(name for name, _ in self.style_layers), self.content_layer]
        model = activations_of(self.network, names)
        model.trainable = False
        object.__setattr__(self, "_outputs", (model, names))

    def __call__(self, image: Any) -> list[Any]:
        """Return the activations of an image (1, n_H, n_W, 3): style layers', then content's.

        The image is continued by its reflection, `BORDER` pixels on every side: strides and
        poolings drop up to fifteen rows and columns that do not fit, and what only the first
        layers see would have no content cost.
        """
        model, names = self._outputs  # type: ignore[attr-defined]
        sides = ((0, 0), (BORDER, BORDER), (BORDER, BORDER), (0, 0))
        found = model(keras.ops.pad(image, sides, mode="reflect"))
        return [found[name] for name in names]

    def __str__(self) -> str:
        untrained = "set by hand" if self.name == "filters" else "random weights"
        return f"{self.name}, {'trained on photos' if self.pretrained else untrained}"


def load_backbone(
    name: str = "best",
    style_layers: StyleLayers | None = None,
    content_layer: str | None = None,
    seed: int | None = None,
) -> Backbone:
    """Return a backbone by its name; nothing is ever downloaded.

    Args:
        name: "squeezenet", "vgg19", "filters" or "random" (see the module); or "best": the first of
            these that is available, and if that is the third one line says so.
        style_layers: (name, weight) of the layers to use instead of five of the network's.
        content_layer: the same for the content.
        seed: of the weights of "random"; None draws new ones every time.

    Raises:
        ValueError: there is no backbone, or no layer, of that name.
        FileNotFoundError: its weights are not available; the message says how to get them.
    """
    if name not in NAMES:
        raise ValueError(f"name: expected one of {', '.join(NAMES)}, got {name!r}")
    if name == "best":
        if registry.find(WEIGHTS_FILE) is not None:
            name = "squeezenet"
        elif vgg19_weights() is not None:
            name = "vgg19"
        else:
            name = "filters"
            registry.announce_stand_in(
                "style",
                WEIGHTS_FILE,
                "the network is a bank of filters set by hand, for colours and strokes only",
            )
    network: keras.Model
    style: StyleLayers
    if name == "vgg19":
        network, style, content = _vgg19(), VGG_STYLE, VGG_CONTENT
    elif name == "filters":
        network, style, content = filter_bank(), FILTERS_STYLE, FILTERS_CONTENT
    else:
        if name == "squeezenet" and registry.find(WEIGHTS_FILE) is None:
            raise FileNotFoundError(
                f"name: expected a backbone whose weights are available, got {name!r} without "
                f"{WEIGHTS_FILE} (`dltf data fetch style` fetches it)"
            )
        weights = "imagenet" if name == "squeezenet" else None
        network = squeezenet(weights, seed, white=1.0)
        style, content = SQUEEZENET_STYLE, SQUEEZENET_CONTENT
    pretrained = name in ("squeezenet", "vgg19")
    return Backbone(name, pretrained, network, style_layers or style, content_layer or content)


def vgg19_weights() -> Path | None:
    """Return where Keras keeps the weights of VGG-19 (no classifier), or None if it does not."""
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    path = home / "models" / VGG_FILE
    return path if path.is_file() else None


def _vgg19() -> keras.Model:
    """Return VGG-19 from RGB images between 0 and 1 to the activations of its last block."""
    path = vgg19_weights()
    if path is None:
        raise FileNotFoundError(
            f"name: expected a backbone with available weights, got 'vgg19' without {VGG_FILE} "
            "in Keras's cache (`keras.applications.VGG19(include_top=False)` downloads it, 80 MB)"
        )
    images = keras.Input((None, None, 3), name="images")
    pixels = Pixels(1.0, name="pixels")(images)  # BGR minus the mean colour, as it was trained
    inner = keras.applications.VGG19(include_top=False, weights=str(path), input_tensor=pixels)
    return keras.Model(images, inner.output, name="vgg19")


def one_image(name: str, image: ArrayLike) -> NDArray[np.float32]:
    """Return an image (n_H, n_W, 3) as a batch of one, (1, n_H, n_W, 3), checked."""
    array = np.asarray(image, dtype=np.float32)
    if array.ndim != 3 or array.shape[2] != 3:
        raise ValueError(f"{name}: expected one image (n_H, n_W, 3), got shape {array.shape}")
    if not (array.min() >= 0 and array.max() <= 1):
        raise ValueError(
            f"{name}: expected colours between 0 and 1, got {array.min():g} to {array.max():g}"
        )
    return array[None]


def check_activations(**activations: Any) -> None:
    """Raise a ValueError unless all are activations of one image, of the same shape."""
    shapes = {name: tuple(np.shape(a)) for name, a in activations.items()}
    for name, shape in shapes.items():
        if len(shape) != 4 or shape[0] != 1:
            raise ValueError(
                f"{name}: expected the activations of one image, (1, n_H, n_W, n_C), got shape "
                f"{shape}"
            )
    if len(set(shapes.values())) > 1:
        said = " and ".join(f"{shape} for {name}" for name, shape in shapes.items())
        raise ValueError(f"{', '.join(shapes)}: expected the same shape, got {said}")


def check_outputs(**outputs: Any) -> None:
    """Raise a ValueError unless all are lists of activations whose last ones have the same shape.

    A tensor (1, n_H, n_W, n_C) in the place of a list has a last element too: its only image,
    without the axis of the batch. That is said in so many words.
    """
    for name, listed in outputs.items():
        shape = None if isinstance(listed, (list, tuple)) else np.shape(listed)
        if shape is not None and len(shape) != 5:
            raise ValueError(
                f"{name}: expected a list of activations, got one tensor of shape {tuple(shape)}, "
                f"whose last element [-1] has shape {tuple(shape[1:])}: the axis of the batch is "
                f"gone. Put it into a list."
            )
        if not len(listed):
            raise ValueError(f"{name}: expected a list of activations, got an empty one")
    check_activations(**{f"{name}[-1]": listed[-1] for name, listed in outputs.items()})
