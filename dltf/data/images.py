"""Photos read from files, and a drawn example image."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def make_image(size: int = 96) -> NDArray[np.float64]:
    """Draw an asymmetric image: a house, a tree and the sun.

    Args:
        size: height and width in pixels, at least 16.

    Returns:
        Colours between 0 and 1, shape (size, size, 3).
    """
    if size < 16:
        raise ValueError(f"size: expected at least 16 pixels, got {size}")
    down, right = (np.mgrid[:size, :size] + 0.5) / size  # each (size, size), 0 to 1
    image = np.empty((size, size, 3))
    image[:] = (0.62, 0.80, 0.95)  # the sky
    shapes = [
        ((down > 0.78), (0.45, 0.66, 0.32)),  # the meadow
        ((right - 0.17) ** 2 + (down - 0.18) ** 2 < 0.09**2, (0.98, 0.83, 0.25)),
        ((np.abs(right - 0.38) < 0.20) & (np.abs(down - 0.66) < 0.16), (0.93, 0.88, 0.78)),
        ((np.abs(right - 0.38) < 1.3 * (down - 0.30)) & (down < 0.50), (0.72, 0.28, 0.22)),
        ((np.abs(right - 0.46) < 0.05) & (np.abs(down - 0.72) < 0.10), (0.42, 0.28, 0.18)),
        ((np.abs(right - 0.29) < 0.05) & (np.abs(down - 0.62) < 0.05), (0.35, 0.52, 0.70)),
        ((np.abs(right - 0.80) < 0.025) & (np.abs(down - 0.70) < 0.14), (0.42, 0.28, 0.18)),
        ((right - 0.80) ** 2 + (down - 0.50) ** 2 < 0.13**2, (0.22, 0.48, 0.27)),
    ]
    for inside, colour in shapes:
        image[inside] = colour
    return image


def read_photo(path: str | Path, size: int = 64) -> NDArray[np.uint8]:
    """Read a photo in the format of the training images: upright, square center crop, small, RGB.

    Args:
        path: a file in any format that Pillow reads.
        size: height and width of the result.

    Returns:
        The photo, uint8 (size, size, 3).

    Raises:
        ValueError: the file is not an image.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as file:
            photo = ImageOps.exif_transpose(file)  # phones store their orientation in EXIF
            if photo.mode in ("RGBA", "LA", "P", "PA"):  # transparency becomes white
                photo = photo.convert("RGBA")
                photo = Image.alpha_composite(Image.new("RGBA", photo.size, "white"), photo)
            photo = ImageOps.fit(photo.convert("RGB"), (size, size), Image.Resampling.LANCZOS)
            return np.asarray(photo)
    except FileNotFoundError:
        raise
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"path: expected an image, got {str(path)!r} ({error})") from error
