"""Data augmentation: Keras layers that change images at random during training.

An image of a cat that is mirrored, a little larger or a little to the left is another input of the
same class. Random changes in training (and none at inference) enlarge a training set without new
photos. Which changes preserve the label depends on the task: a mirrored 2 is not a 2.

Layout: Keras's, examples first: images `(m, n_H, n_W, n_C)`.
"""

from __future__ import annotations

import math
from typing import Any

import keras

from dltf.validation import check_integer, check_number


@keras.saving.register_keras_serializable("dltf")
class RandomDistortion(keras.layers.Layer):
    """Layer that applies a random elastic distortion to each image in training.

    Random displacements are drawn on a coarse grid and interpolated smoothly.

    Args:
        strength: standard deviation of the displacements, as a fraction of the image's side.
        grid: points of the coarse grid along each side, at least 2; fewer give longer waves.
        seed: an int gives the same distortions, call by call; None gives new ones.

    Source:
        Simard et al. 2003, "Best practices for convolutional neural networks", section 2.
    """

    def __init__(
        self, strength: float = 0.03, grid: int = 5, seed: int | None = None, **settings: Any
    ) -> None:
        super().__init__(**settings)
        self.strength = check_number("strength", strength, at_least=0)
        self.grid, self.seed = check_integer("grid", grid, at_least=2), seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return images (m, n_H, n_W, n_C), distorted in training and unchanged otherwise."""
        if not training:
            return inputs
        ops = keras.ops
        m, height, width, channels = ops.shape(inputs)
        coarse = keras.random.normal((m, self.grid, self.grid, 2), seed=self.seed_generator)
        shift = self.strength * ops.image.resize(coarse, (height, width), "bicubic")
        down = ops.arange(height, dtype="float32")[:, None] + height * shift[..., 0]  # (m, H, W)
        right = ops.arange(width, dtype="float32") + width * shift[..., 1]
        which = ops.broadcast_to(
            ops.reshape(ops.arange(m, dtype="float32"), (-1, 1, 1)), (m, height, width)
        )
        places = ops.stack([which, down, right])  # (3, m, H, W)
        layers = [
            ops.image.map_coordinates(inputs[..., c], places, order=1, fill_mode="nearest")
            for c in range(channels)
        ]
        return ops.stack(layers, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make another one like it."""
        own = {"strength": self.strength, "grid": self.grid, "seed": self.seed}
        return super().get_config() | own


@keras.saving.register_keras_serializable("dltf")
class RandomAffine(keras.layers.Layer):
    """Layer that randomly rotates, zooms, shifts and brightens or darkens images in training.

    The geometric changes are one affine map, so each image is resampled only once: faster than a
    layer for each change, and less blurred. Pixels from outside the image repeat the nearest edge.

    Args:
        rotation: largest rotation in either direction, in radians.
        zoom: largest factor by which sides grow or shrink, minus 1: 0.15 is up to 15%.
        shift: largest shift along each side, as a fraction of it.
        brightness: largest factor by which colours grow or shrink, minus 1; if colours range from
            -1 to 1 this changes the contrast as well.
        seed: an int gives the same changes, call by call; None gives new ones.
    """

    def __init__(
        self,
        rotation: float = 0.2,
        zoom: float = 0.15,
        shift: float = 0.1,
        brightness: float = 0.2,
        seed: int | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        self.rotation = check_number("rotation", rotation, at_least=0)
        self.zoom = check_number("zoom", zoom, at_least=0)
        self.shift = check_number("shift", shift, at_least=0, at_most=1)
        self.brightness, self.seed = check_number("brightness", brightness, at_least=0), seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return images (m, n_H, n_W, n_C), changed in training and unchanged otherwise."""
        if not training:
            return inputs
        ops = keras.ops
        m, height, width, _ = ops.shape(inputs)
        log_zoom, log_light = math.log1p(self.zoom), math.log1p(self.brightness)
        reach = [self.rotation, log_zoom, self.shift * height, self.shift * width, log_light]
        drawn = keras.random.uniform((m, 5), -1.0, 1.0, seed=self.seed_generator)
        turn, scale, down, right, light = ops.unstack(drawn * ops.convert_to_tensor(reach), axis=1)
        # Position of each pixel of the new image (column x, row y) in the old one: rotated and
        # scaled about the center, then shifted.
        a, b = ops.exp(scale) * ops.cos(turn), ops.exp(scale) * ops.sin(turn)
        x, y = (width - 1) / 2, (height - 1) / 2
        none = ops.zeros_like(a)
        rows = [a, -b, x - a * x + b * y + right, b, a, y - b * x - a * y + down, none, none]
        moved = ops.image.affine_transform(
            inputs, ops.stack(rows, axis=1), interpolation="bilinear", fill_mode="nearest"
        )
        return moved * ops.reshape(ops.exp(light), (-1, 1, 1, 1))

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make another one like it."""
        names = ("rotation", "zoom", "shift", "brightness", "seed")
        return super().get_config() | {name: getattr(self, name) for name in names}


def augmentations(height: int, width: int, seed: int | None = None) -> dict[str, keras.Layer]:
    """Return common augmentation layers by name.

    Args:
        height: of the images, in pixels.
        width: of the images.
        seed: an int gives the same changes, call by call; None gives new ones.

    Returns:
        "flip", "crop" (seven eighths of each side, and back to the full size), "zoom", "shift" and
        "distortion"; each takes and returns images (m, n_H, n_W, n_C).
    """
    height = check_integer("height", height, at_least=8)
    width = check_integer("width", width, at_least=8)
    layers = keras.layers
    crop = [
        layers.RandomCrop(7 * height // 8, 7 * width // 8, seed=seed),
        layers.Resizing(height, width),
    ]
    return {
        "flip": layers.RandomFlip("horizontal", seed=seed),
        "crop": keras.Sequential(crop, name="crop"),
        "zoom": layers.RandomZoom((-0.3, 0.3), fill_mode="nearest", seed=seed),
        "shift": layers.RandomTranslation(0.15, 0.15, fill_mode="nearest", seed=seed),
        "distortion": RandomDistortion(seed=seed),
    }
