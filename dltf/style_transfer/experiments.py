"""Experiments: the tables and images of docs/style_transfer.md.

python -m dltf.style_transfer.experiments table      the figures, for three pairs of images
python -m dltf.style_transfer.experiments sweep      from photo to painting, by the two weights
python -m dltf.style_transfer.experiments image      the Louvre in Monet's style (docs/louvre.jpg)

They need SqueezeNet's weights (`dltf data fetch style`), for an image is judged by a network that
has learned to see or not at all. Where the images are not available, drawn ones take their place.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dltf import data, plotting
from dltf.style_transfer import judge, transfer
from dltf.style_transfer.backbones import Backbone, load_backbone
from dltf.typing import RGBImage

SHAPE = (300, 400)
SWEEP_SHAPE = (150, 200)  # six images in one figure need not be large
PAIRS = (("louvre", "monet"), ("persian_cat", "stone_style"), ("camp-nou", "drop-of-water"))
RATIOS = (0.00004, 0.0004, 0.004, 0.04, 0.4, 4)  # of the style's weight to the content's


def paint_twice(
    content: RGBImage,
    style: RGBImage,
    judging: Backbone,
    steps: int = 200,
    seed: int | None = None,
    progress: bool = True,
) -> dict[str, dict[str, Any]]:
    """Transfer with trained and with random weights; evaluate both with the trained network.

    Args:
        content: the photo, (n_H, n_W, 3).
        style: the painting, the same shape.
        judging: the pretrained network.
        steps: of Adam.
        seed: of the other network's weights.
        progress: whether to show progress bars.

    Returns:
        "trained" and "random" -> "image", "style" and "correlation" (see `judge`), "own style" as
        the network that painted it sees it, and "seconds".
    """
    results: dict[str, dict[str, Any]] = {}
    for name, backbone in (("trained", judging), ("random", load_backbone("random", seed=seed))):
        began = time.perf_counter()
        image, _ = transfer(content, style, backbone, steps=steps, progress=progress)
        seconds = time.perf_counter() - began
        own = judge(image, content, style, backbone)["style"]
        scores = judge(image, content, style, judging)
        results[name] = {"image": image, "own style": own, "seconds": seconds, **scores}
    return results


def table(
    pairs: Sequence[tuple[str, str]] = PAIRS, shape: tuple[int, int] = SHAPE, steps: int = 200
) -> str:
    """Return the table of docs/style_transfer.md: both networks, evaluated with one."""
    judging = load_backbone("squeezenet")
    rows = [
        "| photo | style | network | style cost | own style cost | correlation | seconds |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for photo, painting in pairs:
        content = data.load_content_image(photo, shape)
        style = data.load_style_image(painting, shape)
        for name, result in paint_twice(
            content, style, judging, steps, seed=0, progress=False
        ).items():
            rows.append(
                f"| {photo} | {painting} | {name} | {result['style']:.4f} "
                f"| {result['own style']:.4f} | {result['correlation']:.2f} "
                f"| {result['seconds']:.0f} |"
            )
    return "\n".join(rows)


def sweep(
    content: RGBImage,
    style: RGBImage,
    backbone: Backbone,
    ratios: Sequence[float] = RATIOS,
    steps: int = 200,
) -> dict[float, dict[str, Any]]:
    """Transfer with several content weights and a fixed style weight.

    Args:
        content: the photo, (n_H, n_W, 3).
        style: the painting, the same shape.
        backbone: the network that paints and judges.
        ratios: values of beta / alpha, each above 0.
        steps: of Adam.

    Returns:
        ratio -> "image", "style" and "correlation" (see `judge`).
    """
    results = {}
    for ratio in ratios:
        image, _ = transfer(
            content, style, backbone, alpha=40 / ratio, beta=40, steps=steps, progress=False
        )
        results[ratio] = {"image": image, **judge(image, content, style, backbone)}
    return results


def plot_sweep(results: Mapping[float, Mapping[str, Any]]) -> Any:
    """Plot the result of `sweep` in one figure; return its axes."""
    return plotting.plot_gallery(
        {
            f"$\\beta / \\alpha$ = {ratio:g}\nstyle cost {result['style']:.2g}, "
            f"correlation {result['correlation']:.2f}": result["image"]
            for ratio, result in results.items()
        }
    )


def save_image(image: RGBImage, to: str | Path, quality: int = 85) -> None:
    """Save an image between 0 and 1 to a file, in the format of its suffix."""
    from PIL import Image

    pixels = np.round(255 * image).astype(np.uint8)
    Image.fromarray(pixels).save(to, quality=quality, optimize=True)


# == Commands ======================================================================================


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table or write an image: `python -m dltf.style_transfer.experiments table`."""
    parser = argparse.ArgumentParser(
        prog="python -m dltf.style_transfer.experiments", description=main.__doc__
    )
    parser.add_argument("what", choices=("table", "sweep", "image"))
    parser.add_argument("--to", type=Path, help="the file to write (sweep and image)")
    parser.add_argument("--pair", nargs=2, metavar=("PHOTO", "STYLE"), help="names in the registry")
    parser.add_argument("--steps", type=int, default=200)
    chosen = parser.parse_args(arguments)
    if chosen.what == "table":
        print(table([tuple(chosen.pair)] if chosen.pair else PAIRS, steps=chosen.steps))
        return
    photo, painting = chosen.pair or PAIRS[0]
    shape = SWEEP_SHAPE if chosen.what == "sweep" else SHAPE
    content = data.load_content_image(photo, shape)
    style = data.load_style_image(painting, shape)
    backbone = load_backbone("squeezenet")
    if chosen.what == "sweep":
        results = sweep(content, style, backbone, steps=chosen.steps)
        print("| beta / alpha | style cost | correlation |\n| ---: | ---: | ---: |")
        for ratio, result in results.items():
            print(f"| {ratio:g} | {result['style']:.4f} | {result['correlation']:.2f} |")
        if chosen.to:
            plot_sweep(results)[0, 0].figure.savefig(chosen.to)
        return
    image, _ = transfer(content, style, backbone, steps=chosen.steps)
    scores = judge(image, content, style, backbone)
    print(f"style cost {scores['style']:.4f}   correlation {scores['correlation']:.2f}")
    save_image(image, chosen.to or "docs/louvre.jpg")


if __name__ == "__main__":
    main()
