"""Images with bounding boxes, each class in its own colour."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dltf.plotting.look import new_axes
from dltf.validation import check_integer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Colour: TypeAlias = "tuple[int, int, int]"


def get_colors_for_classes(num_classes: int) -> list[Colour]:
    """Return a colour (RGB, 0 to 255) for each class; neighbouring classes differ clearly."""
    num_classes = check_integer("num_classes", num_classes, at_least=0)
    hues = [(0.58 + i * 0.381966) % 1 for i in range(num_classes)]  # steps of the golden angle
    return [
        tuple(round(255 * c) for c in colorsys.hsv_to_rgb(h, 0.85, 0.95))  # type: ignore[misc]
        for h in hues
    ]


def generate_colors(class_names: Sequence[str]) -> list[Colour]:
    """Return a colour for each class name (the name of `get_colors_for_classes` in 2017)."""
    return get_colors_for_classes(len(class_names))


def draw_boxes(
    image: Any,
    boxes: ArrayLike,
    box_classes: ArrayLike,
    class_names: Sequence[str],
    scores: ArrayLike | None = None,
    thickness: int | None = None,
    font_size: float | None = None,
) -> NDArray[np.uint8]:
    """Draw boxes with class names and scores on a copy of an image.

    Args:
        image: a PIL image, or an array (n_H, n_W, 3) of bytes.
        boxes: y1, x1, y2, x2 in pixels of the image, (n, 4).
        box_classes: indices into `class_names`, (n,).
        class_names: the names of all classes.
        scores: written next to the class names, (n,); none by default.
        thickness: of the lines, pixels; by default proportional to the size of the image.
        font_size: of the class names, pixels; by default proportional to the size of the image.

    Returns:
        The image, (n_H, n_W, 3) uint8.
    """
    from PIL import Image, ImageDraw, ImageFont

    canvas = Image.fromarray(image) if isinstance(image, np.ndarray) else image.copy()
    width, height = canvas.size
    paint, colours = ImageDraw.Draw(canvas), get_colors_for_classes(len(class_names))
    size = 0.017 * max(width, height) if font_size is None else font_size
    font = ImageFont.load_default(max(10, round(size)))
    thick = max(1, (width + height) // 500) if thickness is None else thickness
    boxes, classes = np.asarray(boxes, float).reshape(-1, 4), np.asarray(box_classes, int)
    if len(classes) and not (classes.min() >= 0 and classes.max() < len(class_names)):
        raise ValueError(
            f"box_classes: expected numbers from 0 to {len(class_names) - 1}, one of the "
            f"{len(class_names)} class names, got {classes.min()} to {classes.max()}"
        )
    marks = [None] * len(boxes) if scores is None else np.asarray(scores).tolist()
    for (y1, x1, y2, x2), c, score in list(zip(boxes, classes, marks, strict=True))[::-1]:
        x1, x2 = max(0.0, x1), min(width - 1.0, x2)
        y1, y2 = max(0.0, y1), min(height - 1.0, y2)
        if x2 <= x1 or y2 <= y1:
            continue
        label = class_names[c] if score is None else f"{class_names[c]} {score:.2f}"
        paint.rectangle((x1, y1, x2, y2), outline=colours[c], width=thick)
        if not label:
            continue
        left, top, right, bottom = paint.textbbox((0, 0), label, font=font)
        w, h = right - left + 4, bottom - top + 4
        x, y = min(x1, max(0, width - w)), y1 - h if y1 >= h else y1
        paint.rectangle((x, y, x + w, y + h), fill=colours[c])
        light = 0.3 * colours[c][0] + 0.6 * colours[c][1] + 0.1 * colours[c][2] > 140
        paint.text((x + 2 - left, y + 2 - top), label, (0, 0, 0) if light else "white", font=font)
    return np.asarray(canvas)


def plot_boxes(
    image: Any,
    boxes: ArrayLike,
    box_classes: ArrayLike,
    class_names: Sequence[str],
    scores: ArrayLike | None = None,
    *,
    ax: Axes | None = None,
    enlarge: int = 1,
    thickness: int | None = None,
) -> Axes:
    """Plot an image with boxes.

    Args:
        image: as in `draw_boxes`.
        boxes: as in `draw_boxes`.
        box_classes: as in `draw_boxes`.
        class_names: as in `draw_boxes`.
        scores: as in `draw_boxes`.
        ax: axes to draw into; new ones if None.
        enlarge: factor by which to enlarge a small image first, so that labels fit.
        thickness: as in `draw_boxes`.

    Returns:
        The axes.
    """
    enlarge = check_integer("enlarge", enlarge, at_least=1)
    enlarged = np.asarray(image).repeat(enlarge, axis=0).repeat(enlarge, axis=1)
    scaled = np.asarray(boxes, float) * enlarge
    if ax is None:
        ax = new_axes(width=7.0, height=7.0 * len(enlarged) / enlarged.shape[1])
    shown = ax.get_window_extent().width / ax.figure.dpi  # inches
    readable = 0.12 * enlarged.shape[1] / shown  # about 9 points
    drawn = draw_boxes(enlarged, scaled, box_classes, class_names, scores, thickness, readable)
    ax.imshow(drawn)
    ax.set_axis_off()
    return ax
