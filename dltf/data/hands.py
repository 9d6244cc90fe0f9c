"""Drawn hands that show 0 to 5 fingers: the stand-in for the SIGNS photos.

A hand is a palm, an arm, a thumb and four fingers, each a capsule (all points within a radius of a
line segment), with random size, position, pose, skin, light and background. Drawing is vectorized
over hands and pixels.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dltf.typing import Labels, Random

Floats: TypeAlias = NDArray[np.float32]

# In the frame of the hand: the palm's middle is (0, 0), its half width about 1, fingers point up.
KNUCKLES = np.array([[-0.63, 0.75], [-0.21, 0.90], [0.22, 0.87], [0.61, 0.68]])  # index to little
LENGTHS = np.array([1.45, 1.65, 1.50, 1.15])
STRETCHED = {  # number of fingers: the ways to show it, as (thumb, index, middle, ring, little)
    0: [(0, 0, 0, 0, 0)],
    1: [(0, 1, 0, 0, 0)],
    2: [(0, 1, 1, 0, 0), (0, 1, 1, 0, 0), (1, 1, 0, 0, 0)],  # two people in three
    3: [(0, 1, 1, 1, 0), (0, 1, 1, 1, 0), (1, 1, 1, 0, 0)],
    4: [(0, 1, 1, 1, 1)],
    5: [(1, 1, 1, 1, 1)],
}
CHUNK = 60  # hands drawn at once: their arrays fit into the CPU cache


def make_signs(
    m: int, rng: Random = None, people: int = 12, size: int = 64
) -> tuple[NDArray[np.uint8], Labels]:
    """Draw hands that show 0 to 5 fingers, in balanced classes and random order.

    Each person has a typical position of the hand and one background: images of the same person
    are similar.

    Args:
        m: number of images, at least 1.
        rng: a generator or a seed.
        people: number of people, at least 1; each has its own skin, hand, background and light.
        size: height and width in pixels, at least 16.

    Returns:
        Images, uint8 (m, size, size, 3), and the numbers of fingers, int64 (m,).

    Raises:
        ValueError: m, people or size is too small.
    """
    for name, value, least in (("m", m, 1), ("people", people, 1), ("size", size, 16)):
        if value < least:
            raise ValueError(f"{name}: expected at least {least}, got {value}")
    rng = np.random.default_rng(rng)
    fingers = rng.permutation(np.arange(m) % 6)
    person = rng.integers(people, size=m)
    ways = np.array([[rng.choice(len(STRETCHED[n])) for n in range(6)] for _ in range(people)])
    traits = {
        "skin": _skins(rng, people),  # (people, 3)
        "wall": _backgrounds(rng, people, size),  # (people, size * size, 3)
        "unit": rng.uniform(0.155, 0.195, people),  # half a palm, as a fraction of the image side
        "turn": rng.normal(0, 0.15, people),
        "right": rng.normal(0.5, 0.04, people),
        "down": rng.normal(0.58, 0.03, people),
        "side": np.where(rng.random(people) < 0.1, -1.0, 1.0),  # one in ten shows the left hand
        "bend": rng.normal(0, 0.25, people),
        "arm": rng.uniform(0.5, 0.65, people),
        "palm": rng.uniform(0.38, 0.5, people),
        "spread": rng.uniform(0.6, 1.3, people),
        "finger": rng.uniform(0.18, 0.24, people),
        "noise": rng.uniform(0.01, 0.04, people),
    }
    images: NDArray[np.uint8] = np.empty((m, size, size, 3), np.uint8)
    for start in range(0, m, CHUNK):
        part = slice(start, start + CHUNK)
        who, number = person[part], fingers[part]
        stretched = np.array(
            [STRETCHED[int(n)][way] for n, way in zip(number, ways[who, number], strict=True)], bool
        )
        each = {name: np.asarray(trait, np.float32)[who] for name, trait in traits.items()}
        images[part] = _draw(stretched, each, rng, size)
    return images, fingers.astype(np.int64)


def _draw(
    stretched: NDArray[np.bool_], each: dict[str, Floats], rng: np.random.Generator, size: int
) -> NDArray[np.uint8]:
    """Draw one chunk of hands, uint8 (m, size, size, 3), from traits (m, ...)."""
    m = len(stretched)

    def near(name: str, scale: float) -> Floats:
        """Return a trait of each person plus noise, (m, 1)."""
        return (each[name] + scale * rng.standard_normal(m, np.float32))[:, None]

    def number(low: float, high: float) -> Floats:
        return low + (high - low) * rng.random((m, 1), np.float32)

    # Pixel coordinates in the frame of the hand: shifted, rotated, scaled.
    right, down = _pixels(size)
    unit = near("unit", 0.006)
    turn = near("turn", 0.05)
    x = (right - near("right", 0.014)) / unit  # (m, size * size)
    y = (near("down", 0.014) - down) / unit
    x, y = np.cos(turn) * x - np.sin(turn) * y, np.sin(turn) * x + np.cos(turn) * y
    x *= each["side"][:, None]

    image = each["wall"].copy()
    light = 1 + number(-0.1, 0.1) * (2 * right - 1)  # (m, size * size)
    pixel = 1.2 / (size * unit)  # an edge is about a pixel wide

    def cover(distance: Floats, radius: Any, shade: Any = 1.0) -> None:
        """Paint skin where the distance to a line is below the radius, darker towards the rim."""
        inside = np.clip((radius - distance) / pixel + 0.5, 0, 1)
        round_ = 0.62 + 0.38 * np.sqrt(np.clip(1 - (distance / radius) ** 2, 0, 1))
        brightness = shade * round_ * light
        for channel in range(3):
            old = image[:, :, channel]
            old += inside * (each["skin"][:, channel, None] * brightness - old)

    bend = near("bend", 0.1)
    cover(_to_line(x, y, (0, -0.7), (7 * np.sin(bend), -0.7 - 7 * np.cos(bend))), near("arm", 0.02))
    beyond = np.hypot(np.maximum(np.abs(x) - 0.55, 0), np.maximum(np.abs(y) - 0.6, 0))
    cover(beyond, near("palm", 0.02))

    spread, radius = near("spread", 0.1), near("finger", 0.005)
    for finger, (knuckle, length) in enumerate(zip(KNUCKLES, LENGTHS, strict=True)):
        angle = spread * (finger - 1.4) * 0.14 + number(-0.07, 0.07)
        out = stretched[:, finger + 1, None]
        a, b = knuckle[0] + number(-0.06, 0.06), knuckle[1] + number(-0.06, 0.06)
        reach = np.where(out, length * number(0.88, 1.08), -number(0.35, 0.6))  # folded: downwards
        tip = (a + reach * np.sin(angle), b + reach * np.cos(angle))
        cover(_to_line(x, y, (a, b), tip), radius, np.where(out, np.float32(1), np.float32(0.92)))

    out = stretched[:, 0, None]
    a, b = number(-0.8, -0.64), number(-0.43, -0.27)
    angle, reach = number(-1.1, -0.6), number(1.15, 1.4)
    tip = (
        np.where(out, a + reach * np.sin(angle), number(-0.25, 0.35)),  # folded: across the palm
        np.where(out, b + reach * np.cos(angle), number(0.1, 0.45)),
    )
    cover(_to_line(x, y, (a, b), tip), 1.12 * radius)

    image *= number(0.94, 1.04)[..., None]  # the exposure
    noise = rng.standard_normal(image.shape, np.float32)
    image += noise * near("noise", 0)[..., None]
    return (255 * np.clip(image, 0, 1)).astype(np.uint8).reshape(m, size, size, 3)


def _pixels(size: int) -> tuple[Floats, Floats]:
    """Return the coordinates of the pixels, right and down from 0 to 1, each (size * size,)."""
    down, right = ((np.mgrid[:size, :size] + 0.5) / size).reshape(2, -1).astype(np.float32)
    return right, down


def _to_line(x: Floats, y: Floats, start: tuple[Any, Any], end: tuple[Any, Any]) -> Floats:
    """Return distances (m, p) of points (x, y) from segments, whose ends are numbers or (m, 1)."""
    a, b = start
    along, up = end[0] - a, end[1] - b
    part = np.clip(((x - a) * along + (y - b) * up) / (along**2 + up**2), 0, 1)
    distance: Floats = np.hypot(x - a - part * along, y - b - part * up)
    return distance


def _skins(rng: np.random.Generator, people: int) -> NDArray[np.float64]:
    """Draw skin colours, (people, 3), from dark to light."""
    dark, pale = np.array([0.33, 0.21, 0.15]), np.array([0.97, 0.80, 0.70])
    tone = rng.uniform(0, 1, (people, 1))
    colours = dark + tone * (pale - dark) + rng.normal(0, 0.025, (people, 3))
    return np.clip(colours, 0.1, 1)


def _backgrounds(rng: np.random.Generator, people: int, size: int) -> NDArray[np.float64]:
    """Draw backgrounds, (people, p, 3): a wall in uneven light, some with a second surface."""
    right, down = _pixels(size)
    grey = rng.uniform(0.35, 0.95, (people, 1))
    first = np.clip(grey + rng.normal(0, 0.05, (people, 3)), 0, 1)
    other = np.clip(first + rng.normal(0, 0.1, (people, 3)), 0, 1)
    second = np.where(rng.random((people, 1)) < 0.5, first, other)
    angle = rng.uniform(0, 2 * np.pi, (people, 1))
    across = np.cos(angle) * (right - 0.5) + np.sin(angle) * (down - 0.5)  # (people, p)
    part = np.clip((across - rng.uniform(0.1, 0.4, (people, 1))) * 40, 0, 1)[..., None]
    shadow = 1 + rng.uniform(0, 0.35, (people, 1)) * across
    return (first[:, None] + part * (second - first)[:, None]) * shadow[..., None]
