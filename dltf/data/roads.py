"""Generated road scenes with bounding boxes, for training an object detector from scratch.

A scene is a road with cars, trucks, traffic lights and people, far and near, occluding each other,
by day and by night, with camera noise, and with distractors that look similar: houses with windows,
bushes, signs on poles, lamp posts, mailboxes.

The labelling rules were fixed before any training; their constants are below:

- An object's box is the smallest one around its *visible* pixels.
- It is labelled if at least `LEAST_VISIBLE` of its pixels are visible (not occluded or outside the
  image) and the shorter side of its box is at least `SMALLEST` pixels. Other objects stay in the
  image without a label.
- Training scenes are those of the seed `TRAINING_SEED`, held-out scenes those of `HELD_OUT_SEED`.

Layout: images `(m, n_H, n_W, 3)`, uint8; boxes `(y1, x1, y2, x2)` in fractions of the image.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dltf.typing import Random

ROAD_CLASSES = ("car", "truck", "traffic light", "person")
ROAD_SHAPE = (96, 160)  # height and width of a scene, pixels
SMALLEST = 6  # shorter side of a labelled box, pixels
LEAST_VISIBLE = 0.4  # share of an object's pixels that must be visible
NIGHTS = 0.25  # share of scenes at night
MOST_OBJECTS = 10  # labelled objects in a scene, at most
TRAINING_SEED, HELD_OUT_SEED = 1, 2


@dataclass(frozen=True)
class Scenes:
    """Images with the boxes and classes of their objects.

    Attributes:
        images: (m, n_H, n_W, 3), uint8.
        boxes: for each image an array (n, 4) float32: y1, x1, y2, x2, between 0 and 1.
        classes: for each image an array (n,) int64, indices into `ROAD_CLASSES`.
    """

    images: NDArray[np.uint8]
    boxes: list[NDArray[np.float32]]
    classes: list[NDArray[np.int64]]

    def __len__(self) -> int:
        """Return the number of scenes."""
        return len(self.images)


def make_roads(m: int, rng: Random = None) -> Scenes:
    """Generate road scenes.

    Args:
        m: number of scenes, at least 1.
        rng: generator or seed; None draws new scenes every time.

    Returns:
        The scenes, with a box for each object that this module's rules label.
    """
    if m < 1:
        raise ValueError(f"m: expected at least one scene, got {m}")
    rng = np.random.default_rng(rng)
    grain = rng.standard_normal((64, *ROAD_SHAPE, 3)).astype(np.float32)  # noise, reused
    scenes = [_scene(rng, grain) for _ in range(m)]
    images, boxes, classes = zip(*scenes, strict=True)
    return Scenes(np.stack(images), list(boxes), list(classes))


class _Canvas:
    """An image with an instance mask: the object that each pixel belongs to."""

    def __init__(self, rng: np.random.Generator, night: bool) -> None:
        from PIL import Image, ImageDraw

        height, width = ROAD_SHAPE
        self.rng, self.night = rng, night
        self.image = Image.new("RGB", (width, height))
        self.owners = Image.new("L", (width, height))  # 0: no object
        self.paint, self.mark = ImageDraw.Draw(self.image), ImageDraw.Draw(self.owners)
        self.owner = 0

    def rectangle(self, x1: float, y1: float, x2: float, y2: float, colour: Any) -> None:
        where = (round(x1), round(y1), max(round(x2) - 1, round(x1)), max(round(y2) - 1, round(y1)))
        self.paint.rectangle(where, colour)
        self.mark.rectangle(where, self.owner)

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: Any) -> None:
        where = (round(x - rx), round(y - ry), round(x + rx), round(y + ry))
        self.paint.ellipse(where, colour)
        self.mark.ellipse(where, self.owner)

    def polygon(self, points: list[tuple[float, float]], colour: Any) -> None:
        self.paint.polygon(points, colour)
        self.mark.polygon(points, self.owner)

    def colour(self, low: int = 30, high: int = 230) -> tuple[int, int, int]:
        r, g, b = self.rng.integers(low, high, size=3).tolist()
        return r, g, b


def _shade(colour: tuple[int, int, int], by: float) -> tuple[int, int, int]:
    """Return a darker or brighter colour."""
    r, g, b = (min(255, max(0, int(c * by))) for c in colour)
    return r, g, b


def _scene(
    rng: np.random.Generator, grain: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.int64]]:
    """Return one image with the boxes and classes of its objects."""
    height, width = ROAD_SHAPE
    night = bool(rng.random() < NIGHTS)
    canvas = _Canvas(rng, night)
    horizon = height * rng.uniform(0.3, 0.48)
    _background(canvas, horizon)

    # Objects lower in the image are nearer, and so larger; they are drawn later.
    near = np.sort(rng.uniform(0.08, 1.0, size=int(rng.integers(2, 8)))) ** 1.2
    kinds: list[int] = []
    whole: list[float] = []  # pixels of the object, hidden ones included
    for nearness in near:
        if rng.random() < 0.3:
            _distractor(canvas, horizon, float(nearness))
        if len(kinds) == MOST_OBJECTS:
            break
        kind = int(rng.choice(4, p=(0.36, 0.2, 0.22, 0.22)))
        canvas.owner = len(kinds) + 1
        kinds.append(kind)
        whole.append(_OBJECTS[kind](canvas, horizon, float(nearness)))
        canvas.owner = 0
    if rng.random() < 0.25:  # something very near, in front of everything
        _pole(canvas, rng.uniform(0, width), height, rng.uniform(0.6, 1.0))

    image = np.asarray(canvas.image, np.float32)
    if night:
        image = image * np.float32(rng.uniform(0.3, 0.45))
        _lights_at_night(image, canvas)
    sigma = np.float32(rng.uniform(2, 10))
    image = image * np.float32(rng.uniform(0.8, 1.15)) + sigma * grain[rng.integers(len(grain))]
    boxes, classes = _labels(np.asarray(canvas.owners), kinds, whole)
    return np.clip(image, 0, 255).astype(np.uint8), boxes, classes


def _labels(
    owners: NDArray[np.uint8], kinds: list[int], whole: list[float]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return the boxes of the visible pixels, and the classes, of all labelled objects."""
    height, width = owners.shape
    boxes, classes = [], []
    for number, (kind, pixels) in enumerate(zip(kinds, whole, strict=True), start=1):
        mine = owners == number
        rows, columns = np.flatnonzero(mine.any(axis=1)), np.flatnonzero(mine.any(axis=0))
        if not len(rows) or mine.sum() < LEAST_VISIBLE * pixels:
            continue
        (y1, y2), (x1, x2) = ((int(at[0]), int(at[-1]) + 1) for at in (rows, columns))
        if min(y2 - y1, x2 - x1) < SMALLEST:
            continue
        boxes.append((y1 / height, x1 / width, y2 / height, x2 / width))
        classes.append(kind)
    return np.array(boxes, np.float32).reshape(-1, 4), np.array(classes, np.int64)


# Objects and background ---------------------------------------------------------------------------


def _background(canvas: _Canvas, horizon: float) -> None:
    """Paint sky, ground, road, lane marks, houses and bushes."""
    height, width = ROAD_SHAPE
    rng = canvas.rng
    top, bottom = canvas.colour(90, 200), canvas.colour(170, 250)
    for i in range(4):  # a sky in four bands
        mixed = tuple(int(t + (b - t) * i / 3) for t, b in zip(top, bottom, strict=True))
        canvas.rectangle(0, horizon * i / 4, width, horizon * (i + 1) / 4 + 1, mixed)
    ground = (int(rng.integers(70, 150)), int(rng.integers(90, 160)), int(rng.integers(50, 110)))
    canvas.rectangle(0, horizon, width, height, ground)
    grey = int(rng.integers(60, 130))
    middle = width * rng.uniform(0.3, 0.7)
    left, right = middle - width * rng.uniform(0.5, 0.9), middle + width * rng.uniform(0.5, 0.9)
    canvas.polygon(
        [(middle - 4, horizon), (middle + 4, horizon), (right, height), (left, height)],
        (grey, grey, grey + 5),
    )
    for i in range(4):  # dashes of the lane
        y, w = horizon + (height - horizon) * (i / 4) ** 1.5, 0.5 + i
        x = middle + ((left + right) / 2 - middle) * (i / 4) ** 1.5
        canvas.rectangle(x - w / 2, y + 2, x + w / 2 + 1, y + 4 + 2 * i, (220, 220, 200))
    for _ in range(int(rng.integers(0, 5))):
        x, w, h = rng.uniform(-10, width), rng.uniform(12, 40), rng.uniform(8, horizon)
        wall = canvas.colour(70, 210)
        canvas.rectangle(x, horizon - h, x + w, horizon + 1, wall)
        pane = _shade(wall, rng.choice((0.5, 1.4)))
        step = rng.uniform(5, 9)
        for wx in np.arange(x + 2, x + w - 3, step).tolist():  # windows, dark or lit
            for wy in np.arange(horizon - h + 2, horizon - 3, step).tolist():
                canvas.rectangle(wx, wy, wx + 3, wy + 4, pane)
    for _ in range(int(rng.integers(0, 3))):
        r = rng.uniform(4, 12)
        green = (int(rng.integers(20, 80)), int(rng.integers(70, 130)), int(rng.integers(20, 70)))
        canvas.ellipse(rng.uniform(0, width), horizon - r / 2, r, r, green)


def _pole(canvas: _Canvas, x: float, foot: float, nearness: float) -> None:
    """Paint a lamp post or a tree trunk."""
    w, grey = 1 + 3 * nearness, int(canvas.rng.integers(40, 110))
    canvas.rectangle(x, foot - 70 * nearness, x + w, foot, (grey, grey - 10, grey - 20))


def _distractor(canvas: _Canvas, horizon: float, nearness: float) -> None:
    """Paint a distractor: an object of none of the four classes that looks like one."""
    height, width = ROAD_SHAPE
    rng = canvas.rng
    foot = horizon + (height - horizon) * nearness
    x, size = rng.uniform(0, width), 8 + 22 * nearness
    match int(rng.integers(4)):
        case 0:  # a sign on a pole: as high as a traffic light, without lamps
            _pole(canvas, x, foot, nearness * 0.6 + 0.2)
            y = foot - 70 * (nearness * 0.6 + 0.2)
            if rng.random() < 0.5:
                canvas.ellipse(x + 1, y, size * 0.25, size * 0.25, canvas.colour(120, 250))
            else:
                canvas.rectangle(
                    x - size * 0.2, y, x + size * 0.25, y + size * 0.4, canvas.colour(60, 250)
                )
        case 1:  # a mailbox or a bin: as high as a child
            canvas.rectangle(x, foot - size * 0.7, x + size * 0.5, foot, canvas.colour())
        case 2:  # a bush
            green = (
                int(rng.integers(20, 90)),
                int(rng.integers(80, 150)),
                int(rng.integers(20, 80)),
            )
            canvas.ellipse(x, foot - size * 0.3, size * 0.6, size * 0.4, green)
        case _:  # a box on the road, or a container without wheels
            canvas.rectangle(x, foot - size * 0.5, x + size * 1.2, foot, canvas.colour())


def _inside(x1: float, x2: float, y1: float, y2: float) -> float:
    """Return the share of a rectangle that is inside the image."""
    height, width = ROAD_SHAPE
    across = max(0.0, min(x2, width) - max(x1, 0.0)) / (x2 - x1)
    down = max(0.0, min(y2, height) - max(y1, 0.0)) / (y2 - y1)
    return across * down


def _drawn(canvas: _Canvas, x1: float, x2: float, y1: float, y2: float) -> float:
    """Return the number of pixels of the object just painted, including those outside the image."""
    count = canvas.owners.histogram()[canvas.owner]
    return count / max(_inside(x1, x2, y1, y2), 1e-3)


def _car(canvas: _Canvas, horizon: float, nearness: float) -> float:
    """Paint a car from the side or from behind; return its number of pixels."""
    height, width = ROAD_SHAPE
    rng = canvas.rng
    foot = horizon + (height - horizon) * nearness
    tall = (7 + 27 * nearness) * rng.uniform(0.85, 1.15)
    side = rng.random() < 0.5
    wide = tall * (rng.uniform(2.0, 2.6) if side else rng.uniform(1.1, 1.4))
    x, y = rng.uniform(-0.25 * wide, width - 0.75 * wide), foot - tall
    body, glass = canvas.colour(), (150, 180, 200) if rng.random() < 0.5 else (40, 50, 60)
    wheel, r = (20, 20, 22), tall * 0.17
    if side:
        for at in (0.2, 0.8):
            canvas.ellipse(x + at * wide, foot - r, r, r, wheel)
        roof = [(0.18, 0.45), (0.3, 0.0), (0.72, 0.0), (0.88, 0.45)]
        canvas.polygon([(x + a * wide, y + b * tall) for a, b in roof], _shade(body, 0.9))
        panes = [(0.25, 0.42), (0.33, 0.08), (0.69, 0.08), (0.8, 0.42)]
        canvas.polygon([(x + a * wide, y + b * tall) for a, b in panes], glass)
        canvas.rectangle(x, y + 0.42 * tall, x + wide, y + 0.85 * tall, body)
    else:
        for at in (0.05, 0.77):
            canvas.rectangle(x + at * wide, foot - 1.4 * r, x + (at + 0.18) * wide, foot + 1, wheel)
        roof = [(0.08, 0.45), (0.2, 0.0), (0.8, 0.0), (0.92, 0.45)]
        canvas.polygon([(x + a * wide, y + b * tall) for a, b in roof], _shade(body, 0.9))
        panes = [(0.17, 0.42), (0.25, 0.08), (0.75, 0.08), (0.83, 0.42)]
        canvas.polygon([(x + a * wide, y + b * tall) for a, b in panes], glass)
        canvas.rectangle(x, y + 0.42 * tall, x + wide, y + 0.88 * tall, body)
        lamp = (200, 30, 30) if rng.random() < 0.6 else (240, 235, 200)
        for at in (0.04, 0.8):
            canvas.rectangle(
                x + at * wide, y + 0.5 * tall, x + (at + 0.16) * wide, y + 0.64 * tall, lamp
            )
    return _drawn(canvas, x, x + wide, y, foot)


def _truck(canvas: _Canvas, horizon: float, nearness: float) -> float:
    """Paint a truck from the side, with its cab at either end."""
    height, width = ROAD_SHAPE
    rng = canvas.rng
    foot = horizon + (height - horizon) * nearness
    tall = (11 + 40 * nearness) * rng.uniform(0.85, 1.15)
    wide = tall * rng.uniform(1.5, 2.1)
    x, y = rng.uniform(-0.25 * wide, width - 0.75 * wide), foot - tall
    load, cab, r = canvas.colour(60, 245), canvas.colour(), tall * 0.12
    turned = rng.random() < 0.5

    def at(share: float) -> float:
        return x + wide * (1 - share if turned else share)

    for share in (0.12, 0.24, 0.85):
        canvas.ellipse(at(share), foot - r, r, r, (20, 20, 22))
    a, b = sorted((at(0.0), at(0.72)))
    canvas.rectangle(a, y, b, y + 0.82 * tall, load)
    canvas.rectangle(a, y + 0.82 * tall, b, y + 0.88 * tall, (50, 50, 50))
    a, b = sorted((at(0.74), at(1.0)))
    canvas.rectangle(a, y + 0.28 * tall, b, y + 0.9 * tall, cab)
    a, b = sorted((at(0.84), at(0.98)))
    canvas.rectangle(a, y + 0.34 * tall, b, y + 0.56 * tall, (170, 200, 215))
    return _drawn(canvas, x, x + wide, y, foot)


def _traffic_light(canvas: _Canvas, horizon: float, nearness: float) -> float:
    """Paint a traffic light; its pole is not part of the object."""
    height, width = ROAD_SHAPE
    rng = canvas.rng
    foot = horizon + (height - horizon) * nearness
    tall = (15 + 13 * nearness) * rng.uniform(0.9, 1.15)
    wide = tall * rng.uniform(0.42, 0.5)
    x, y = rng.uniform(0, width - wide), max(1.0, foot - tall - (14 + 45 * nearness))
    owner, canvas.owner = canvas.owner, 0
    canvas.rectangle(x + 0.42 * wide, y + tall, x + 0.58 * wide + 1, foot, (60, 60, 60))
    canvas.owner = owner
    case = int(rng.integers(15, 50))
    canvas.rectangle(x, y, x + wide, y + tall, (case, case, case))
    on, r = int(rng.integers(3)), wide * 0.28
    for i, bright in enumerate(((250, 40, 30), (250, 200, 40), (40, 240, 110))):
        colour = bright if i == on else _shade(bright, 0.25)
        canvas.ellipse(x + wide / 2 - 0.5, y + (0.2 + 0.3 * i) * tall, r, r, colour)
    return _drawn(canvas, x, x + wide, y, y + tall)


def _person(canvas: _Canvas, horizon: float, nearness: float) -> float:
    """Paint a person, standing or walking."""
    height, width = ROAD_SHAPE
    rng = canvas.rng
    foot = horizon + (height - horizon) * nearness
    tall = (15 + 32 * nearness) * rng.uniform(0.85, 1.15)
    wide = tall * rng.uniform(0.38, 0.5)
    x, y = rng.uniform(-0.2 * wide, width - 0.8 * wide), foot - tall
    skin = ((235, 195, 165), (190, 140, 100), (110, 75, 55))[int(rng.integers(3))]
    coat, trousers, stride = canvas.colour(), canvas.colour(20, 150), rng.uniform(0.1, 0.3)
    middle = x + wide / 2
    for sign in (-1, 1):  # legs
        canvas.polygon(
            [
                (middle, y + 0.55 * tall),
                (middle + sign * 0.16 * wide, y + 0.55 * tall),
                (middle + sign * (stride + 0.2) * wide, foot - 1),
                (middle + sign * stride * wide, foot - 1),
            ],
            trousers,
        )
    canvas.rectangle(x + 0.2 * wide, y + 0.2 * tall, x + 0.8 * wide, y + 0.6 * tall, coat)
    for a, b in ((0.0, 0.18), (0.82, 1.0)):  # arms
        canvas.rectangle(
            x + a * wide, y + 0.22 * tall, x + b * wide, y + 0.55 * tall, _shade(coat, 0.8)
        )
    canvas.ellipse(middle - 0.5, y + 0.1 * tall, 0.09 * tall, 0.1 * tall, skin)
    return _drawn(canvas, x, x + wide, y, foot)


_OBJECTS = (_car, _truck, _traffic_light, _person)


def _lights_at_night(image: NDArray[np.float32], canvas: _Canvas) -> None:
    """Restore the daytime brightness of lights: saturated red, yellow and green."""
    day = np.asarray(canvas.image, np.float32)
    shines = (day.max(axis=-1) > 235) & (day.max(axis=-1) - day.min(axis=-1) > 100)
    image[shines] = day[shines]
