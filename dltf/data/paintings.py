"""Content and style images for style transfer.

Layout: `(n_H, n_W, 3)` float32, RGB between 0 and 1; an image is center-cropped to the requested
aspect ratio and then resized.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dltf.data import registry
from dltf.data.images import make_image
from dltf.typing import Random, RGBImage

SHAPE = (300, 400)  # n_H, n_W
# Dark and light colour of a stroke: water, leaves, dusk, blossoms.
PALETTE = np.array(
    [
        [[0.10, 0.20, 0.38], [0.42, 0.62, 0.78]],
        [[0.12, 0.26, 0.18], [0.56, 0.68, 0.36]],
        [[0.30, 0.20, 0.36], [0.74, 0.62, 0.74]],
        [[0.66, 0.28, 0.30], [0.96, 0.80, 0.70]],
    ]
)


def load_content_image(name: str = "louvre", shape: tuple[int, int] = SHAPE) -> RGBImage:
    """Return a content image: the photo `style/<name>.jpg` in the registry, or a drawn scene.

    Args:
        name: of the file, such as "louvre", "cat", "camp-nou" or "persian_cat" (`dltf data list
            style`).
        shape: (n_H, n_W), each at least 16.

    Returns:
        (n_H, n_W, 3). If the file is not available (`dltf data fetch style` fetches it) this is
        `make_scene`, and one line says so.

    Raises:
        ValueError: the registry has no such image, or the file is damaged.
    """
    found = _find(name, "this photo is drawn")
    return make_scene(shape, rng=1) if found is None else read_image(found, shape)


def load_style_image(name: str = "monet", shape: tuple[int, int] = SHAPE) -> RGBImage:
    """Return a style image: the painting `style/<name>.jpg` in the registry, or a drawn one.

    Args:
        name: of the file, such as "monet", "sandstone", "stone_style" or "drop-of-water".
        shape: (n_H, n_W), each at least 16.

    Returns:
        (n_H, n_W, 3). Where the file is not available this is `make_painting`, and one line says
        so.

    Raises:
        ValueError: the registry has no such image, or the file is damaged.
    """
    found = _find(name, "this painting is drawn")
    return make_painting(shape, rng=1) if found is None else read_image(found, shape)


def _find(name: str, instead: str) -> Path | None:
    """Return the path of an image in the registry, or announce what is used instead."""
    file = f"style/{name}.jpg"
    registry.select([file])  # raises if there is no such file
    found = registry.find(file)
    if found is None:
        registry.announce_stand_in("style", file, instead)
    return found


def read_image(path: str | Path, shape: tuple[int, int] = SHAPE) -> RGBImage:
    """Read an image from any file that Pillow reads, for instance your own.

    Args:
        path: the file.
        shape: (n_H, n_W) to crop and resize it to.

    Returns:
        (n_H, n_W, 3).

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not an image, or damaged.
    """
    from PIL import Image, ImageOps

    n_H, n_W = _checked(shape)
    if not Path(path).is_file():
        raise FileNotFoundError(f"path: expected an image, got {path}, where there is no file")
    try:
        with Image.open(path) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, SyntaxError) as error:  # what Pillow raises for a damaged file
        raise ValueError(
            f"path: expected an image, got {Path(path).name}, which is damaged or something else "
            f"({error})"
        ) from None
    fitted = ImageOps.fit(upright, (n_W, n_H), Image.Resampling.LANCZOS)
    return np.asarray(fitted, dtype=np.float32) / np.float32(255)


def make_scene(shape: tuple[int, int] = SHAPE, rng: Random = None) -> RGBImage:
    """Draw a scene with a house, a tree and the sun, with uneven light and grain like a photo.

    Args:
        shape: (n_H, n_W), each at least 16.
        rng: generator or seed of the light and the grain.

    Returns:
        (n_H, n_W, 3).
    """
    n_H, n_W = _checked(shape)
    rng = np.random.default_rng(rng)
    side = max(n_H, n_W)
    top, left = round(0.35 * (side - n_H)), (side - n_W) // 2  # house and sun are in it
    flat = make_image(side)[top : top + n_H, left : left + n_W]
    light = 0.85 + 0.25 * _smooth(n_H, n_W, rng, waves=2)[..., None]
    leaves = 0.10 * (_smooth(n_H, n_W, rng, waves=40)[..., None] - 0.5)
    grain = 0.02 * rng.standard_normal((n_H, n_W, 1))
    return np.clip(flat * light + leaves + grain, 0, 1).astype("float32")


def make_painting(shape: tuple[int, int] = SHAPE, rng: Random = None) -> RGBImage:
    """Draw a painting: thousands of brush strokes that follow a flow, in the colours of a pond.

    Args:
        shape: (n_H, n_W), each at least 16.
        rng: generator or seed of the strokes.

    Returns:
        (n_H, n_W, 3).
    """
    from PIL import Image, ImageDraw

    n_H, n_W = _checked(shape)
    rng = np.random.default_rng(rng)
    angle = 2.5 * (_smooth(n_H, n_W, rng, waves=3) - 0.5)
    patch = (_smooth(n_H, n_W, rng, waves=5) * 3.6).astype(int).clip(0, len(PALETTE) - 1)
    image = Image.new("RGB", (n_W, n_H), (60, 90, 110))
    draw = ImageDraw.Draw(image)
    for _ in range(n_H * n_W // 25):
        row, column = int(rng.integers(n_H)), int(rng.integers(n_W))
        shadow, light = PALETTE[patch[row, column]]
        colour = shadow + rng.beta(1.5, 1.5) * (light - shadow) + 0.04 * rng.standard_normal(3)
        turn = angle[row, column] + 0.2 * rng.standard_normal()
        reach = rng.uniform(3, 8) * np.array([np.cos(turn), np.sin(turn)])  # right, down
        ends = [(column - reach[0], row - reach[1]), (column + reach[0], row + reach[1])]
        fill = tuple(int(c) for c in (255 * colour).clip(0, 255))
        draw.line(ends, fill=fill, width=int(rng.integers(2, 5)))
    return np.asarray(image, dtype=np.float32) / np.float32(255)


def _smooth(n_H: int, n_W: int, rng: np.random.Generator, waves: int) -> NDArray[np.float64]:
    """Draw a smooth random field (n_H, n_W) between 0 and 1, with about `waves` waves per width."""
    down, right = np.mgrid[:n_H, :n_W] / max(n_H, n_W)
    field = np.zeros((n_H, n_W))
    for _ in range(8):
        across, along = waves * rng.uniform(-1, 1, 2)
        field += np.cos(2 * np.pi * (across * right + along * down + rng.random()))
    return (field - field.min()) / np.ptp(field).clip(1e-12)


def _checked(shape: tuple[int, int]) -> tuple[int, int]:
    """Return height and width, checked."""
    n_H, n_W = shape
    if min(n_H, n_W) < 16:
        raise ValueError(f"shape: expected (n_H, n_W), each at least 16, got {shape!r}")
    return n_H, n_W
