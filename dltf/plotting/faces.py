"""Face verification plots: encodings (PCA), ROC curves, pairs of photos with distances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from dltf.plotting.look import COLOURS, colours, new_axes
from dltf.typing import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = "osD^vP*X"


def plot_encodings(
    encodings: ArrayLike,
    labels: ArrayLike,
    ax: Axes | None = None,
    photos: ArrayLike | None = None,
) -> Axes:
    """Plot encodings by their first two principal components.

    Args:
        encodings: (m, d).
        labels: person of each encoding, (m,); every person has a colour and a marker.
        ax: axes to draw into; new ones if None.
        photos: bytes (m, n_H, n_W, 3), drawn in place of the markers, framed in the colours.

    Returns:
        The axes.

    Raises:
        ValueError: the numbers of labels and encodings differ.
    """
    encodings, labels = np.asarray(encodings, float), np.asarray(labels)
    photos = None if photos is None else np.asarray(photos)
    if encodings.ndim != 2 or labels.shape != encodings.shape[:1]:
        raise ValueError(
            f"encodings: expected shape ({labels.size}, d) for {labels.size} labels, got "
            f"{encodings.shape}"
        )
    ax = new_axes(width=4.6, height=4.2) if ax is None else ax
    centred = encodings - encodings.mean(axis=0)
    _, scales, directions = np.linalg.svd(centred, full_matrices=False)
    points = centred @ directions[:2].T  # (m, 2)
    people = np.unique(labels)
    for number, (person, colour) in enumerate(zip(people, colours(len(people)), strict=True)):
        x, y = points[labels == person].T
        marker = MARKERS[number // len(COLOURS) % len(MARKERS)]
        ax.scatter(x, y, s=24, marker=marker, color=colour, edgecolor="white", lw=0.5)
        if photos is not None:
            for place, photo in zip(zip(x, y, strict=True), photos[labels == person], strict=True):
                ax.add_artist(_thumbnail(photo, place, colour))
    share = (scales[:2] ** 2).sum() / max((scales**2).sum(), 1e-12)
    ax.set_xlabel(f"first component (the two show {share:.0%} of the spread)")
    ax.set_ylabel("second component")
    ax.set_aspect("equal", adjustable="datalim")
    return ax


def _thumbnail(photo: Array, place: tuple[float, float], colour: str) -> Any:
    """Return a photo of a quarter of an inch at a point, in a frame."""
    from matplotlib.offsetbox import AnnotationBbox, OffsetImage

    image = OffsetImage(photo, zoom=18 / len(photo))
    frame = {"edgecolor": colour, "linewidth": 1.6}
    return AnnotationBbox(image, place, pad=0.0, bboxprops=frame)


def plot_roc(curves: Mapping[str, tuple[ArrayLike, ArrayLike]], ax: Axes | None = None) -> Axes:
    """Plot ROC curves: the true positive rate against the false positive rate.

    Args:
        curves: label -> false and true positive rates at increasing thresholds, from 0 to 1.
        ax: axes to draw into; new ones if None.

    Returns:
        The axes.
    """
    ax = new_axes(width=4.6, height=4.2) if ax is None else ax
    for (label, (false, true)), colour in zip(curves.items(), colours(len(curves)), strict=True):
        ax.plot(np.asarray(false), np.asarray(true), color=colour, lw=1.8, label=label)
    ax.plot([0, 1], [0, 1], color="#999999", lw=1.0, ls=":", label="chance")
    ax.set_xlim(-0.01, 1.01)
    ax.set_ylim(-0.01, 1.01)
    ax.set_xlabel("false positive rate")
    ax.set_ylabel("true positive rate")
    ax.legend(loc="lower right", frameon=False)
    return ax


def plot_pairs(
    first: ArrayLike, second: ArrayLike, distances: ArrayLike, threshold: float, same: ArrayLike
) -> Array:
    """Plot pairs of photos, one above the other, with their distances and predictions.

    Args:
        first: photos, (k, n_H, n_W, 3), 0 to 255.
        second: photos of the same shape.
        distances: of the pairs, (k,).
        threshold: pairs with a smaller distance are predicted to show the same person.
        same: true labels, (k,). Titles of correct predictions are blue, of wrong ones orange.

    Returns:
        The axes, (2, k).
    """
    from dltf.plotting.photos import plot_images

    rows = {"one": np.asarray(first) / 255, "other": np.asarray(second) / 255}
    axes = plot_images(rows, height=1.35)
    for ax, distance, one in zip(axes[0], np.asarray(distances), np.asarray(same), strict=True):
        predicted = distance < threshold
        text = f"{distance:.2f}\n{'same' if predicted else 'not the same'}"
        ax.set_title(text, fontsize=9, color=COLOURS[0] if predicted == bool(one) else COLOURS[1])
    return axes
