"""Filter bank: a network whose filters are set by hand, for style transfer without any file.

Before networks learned their filters, textures were described by the statistics of filters set by
hand: edges and bars of several directions, sizes and colours (Portilla & Simoncelli 2000). Their
Gram matrices know strokes and colours, which is what a style is made of, and nothing of things. A
network with random weights of one layer does nearly as well (Ustyuzhaninov et al. 2016); a *deep*
one with random weights does not.

Each level has the image at half the size of the level before, and the same filters.

Layout: images `(1, n_H, n_W, 3)`, RGB between 0 and 1; activations `(1, n_H', n_W', 48)`.

Sources: Portilla & Simoncelli 2000, "A parametric texture model based on joint statistics of
complex wavelet coefficients"; Ustyuzhaninov et al. 2016, "Texture synthesis using shallow
convolutional networks with random filters".
"""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

LEVELS = 4
SIDE = 7  # pixels, of a filter
DIRECTIONS = 6
# What is compared along a direction: brightness, red with green, blue with yellow.
OPPONENTS = np.array([[0.33, 0.33, 0.33], [0.5, -0.5, 0.0], [-0.25, -0.25, 0.5]])
CONTRAST = 10.0  # slopes are small beside the colours themselves
STRENGTH = 255.0  # of the activations: the size that those of SqueezeNet have


def bank() -> NDArray[np.float32]:
    """Return the filters, (SIDE, SIDE, 3, 48): 24 edges, 18 bars and 6 blobs.

    An edge is the slope of a bell curve in one direction, a bar its curvature, a blob the curve
    itself. Edges and bars sum to 0: an even colour leaves them at rest. Edges in brightness and
    blobs come with both signs, since the ReLU behind them passes only one.
    """
    down, right = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    edges, bars = [], []
    for angle in np.pi * np.arange(DIRECTIONS) / DIRECTIONS:
        across = right * np.cos(angle) + down * np.sin(angle)
        along = down * np.cos(angle) - right * np.sin(angle)
        bell = np.exp(-(across**2) / 2 - along**2 / 8)
        curved = (1 - across**2) * bell
        edges.append(across * bell)
        bars.append(curved - bell * curved.sum() / bell.sum())
    blob = np.exp(-(down**2 + right**2) / 8)
    parts = [(f, CONTRAST, OPPONENTS) for f in (*edges, *bars)]
    parts += [(f, -CONTRAST, OPPONENTS[:1]) for f in edges]
    parts += [(blob, sign, OPPONENTS) for sign in (1, -1)]
    filters = [
        factor * f[..., None] / np.abs(f).sum() * colour
        for f, factor, colours in parts
        for colour in colours
    ]
    return (STRENGTH * np.stack(filters, axis=-1)).astype(np.float32)


def filter_bank() -> keras.Model:
    """Return the network, with a layer "level1", ..., one for each size of the image."""
    weights = bank()
    images = keras.Input((None, None, 3), name="images")
    x = images
    outputs = []
    for level in range(1, LEVELS + 1):
        look = keras.layers.Conv2D(
            weights.shape[-1],
            SIDE,
            padding="same",
            activation="relu",
            use_bias=False,
            name=f"level{level}",
        )
        outputs.append(look(x))
        look.set_weights([weights])
        x = keras.layers.AveragePooling2D(2, name=f"half{level}")(x)
    return keras.Model(images, outputs, name="filters")
