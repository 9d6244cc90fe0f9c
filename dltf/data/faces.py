"""Generated faces with random identity, pose and light; and the face photos of the course.

A generated person is a dictionary of *traits* (the width of the jaw, the colour of the hair); a
photo of that person adds a dictionary of *scene* properties (head pose, light, background). Two
photos of the same person share all traits and nothing else. The head is an ellipsoid, rotated in
three dimensions and shaded; the features are drawn on its surface, so that they move, narrow and
disappear as the head turns.

Most of the variation in the pixels comes from the scene: it moves the head by more than an eye's
width, turns it by up to 24 degrees, and changes brightness and tint by more than skin tones differ.
That is the purpose: to tell people apart, a network has to become invariant to the scene.

`TRAITS`, `SCENE` and the palettes below are all the settings of the generator. They were fixed on
other seeds before any figure of `docs/face_verification.md` was measured.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dltf.data import registry
from dltf.typing import Parameters, Random

# Each trait of a person, and each property of a scene, is uniform between two numbers. Lengths are
# in half head heights: the crown of a head is at -1, its chin at 1.
TRAITS: dict[str, tuple[float, float]] = {
    "skin": (0.0, 1.0),  # along SKIN
    "warmth": (-0.05, 0.05),  # of the skin, towards red
    "hair": (0.0, 1.0),  # along HAIR, limited for darker skin
    "iris": (0.0, 1.0),  # along IRIS
    "face_width": (0.66, 0.90),
    "jaw": (0.05, 0.42),  # how much narrower the chin is
    "hairline": (0.38, 0.72),  # its height above the middle
    "hair_bend": (-0.20, 0.75),  # of the hairline, down at the temples
    "hair_volume": (0.02, 0.24),
    "hair_length": (-0.4, 1.3),  # how far down it reaches at the sides of the face
    "eye_height": (0.04, 0.20),
    "eye_distance": (0.27, 0.43),
    "eye_size": (0.11, 0.18),
    "eye_opening": (0.40, 0.72),
    "eye_slant": (-0.25, 0.25),
    "brow_gap": (0.14, 0.25),
    "brow_thickness": (0.015, 0.065),
    "brow_slant": (-0.30, 0.30),
    "nose_length": (0.26, 0.44),
    "nose_width": (0.08, 0.19),
    "mouth_gap": (0.14, 0.28),  # below the nose
    "mouth_width": (0.19, 0.37),
    "lips": (0.04, 0.12),
    "lip_colour": (0.15, 0.75),
    "beard": (-0.9, 0.8),  # density; below 0 there is none
}
SCENE: dict[str, tuple[float, float]] = {
    "x": (-0.14, 0.14),  # of the center of the head, in half image sizes
    "y": (-0.12, 0.12),
    "scale": (0.56, 0.70),
    "roll": (-0.20, 0.20),  # radians
    "yaw": (-0.42, 0.42),
    "pitch": (-0.18, 0.18),
    "gaze": (-0.35, 0.35),
    "smile": (-0.25, 0.45),
    "mouth_open": (-0.05, 0.06),
    "blink": (0.75, 1.05),
    "light_x": (-0.85, 0.85),
    "light_y": (-0.80, 0.25),
    "ambient": (0.30, 0.70),
    "exposure": (0.65, 1.30),
    "tint": (-0.13, 0.13),  # of the light, blue to red
    "wall": (0.15, 0.85),  # brightness of the background
    "wall_red": (-0.15, 0.15),  # its colour
    "wall_blue": (-0.15, 0.15),
    "wall_slope": (-0.35, 0.35),  # how much brighter it is at one corner
    "shirt_red": (0.05, 0.85),
    "shirt_green": (0.05, 0.85),
    "shirt_blue": (0.05, 0.85),
    "noise": (0.01, 0.04),  # standard deviation
}
Palette: TypeAlias = tuple[tuple[float, float, float], ...]
SKIN: Palette = ((0.96, 0.80, 0.70), (0.89, 0.68, 0.54), (0.74, 0.52, 0.38), (0.52, 0.34, 0.24))
SKIN += ((0.34, 0.22, 0.16),)
HAIR: Palette = ((0.07, 0.06, 0.06), (0.20, 0.12, 0.08), (0.40, 0.25, 0.14), (0.58, 0.30, 0.14))
HAIR += ((0.80, 0.64, 0.38), (0.74, 0.73, 0.72))
IRIS: Palette = ((0.20, 0.12, 0.08), (0.42, 0.28, 0.14), (0.36, 0.46, 0.28), (0.34, 0.52, 0.68))
SIZE = 48  # pixels

# The photos of the course: the people in the database, and who is on each camera photo.
NAMES: tuple[str, ...] = ("andrew", "arnaud", "benoit", "bertrand", "dan", "danielle", "felix")
NAMES += ("kevin", "kian", "sebastiano", "tian", "younes")
SEEN = {"camera_0": "younes", "camera_2": "benoit", "camera_3": "bertrand", "camera_4": "dan"}
SEEN |= {"camera_5": "arnaud"}
CAMERA = ("camera_0", "camera_1", "camera_2", "camera_3", "camera_4", "camera_5")
STAND_IN_SEED = 11

CHUNK = 128  # photos drawn at once: as many as fit into the CPU cache


def make_people(count: int, rng: Random = None) -> Parameters:
    """Draw the traits of people.

    Args:
        count: how many, at least 1.
        rng: a generator or a seed.

    Returns:
        {trait: (count,) float32}; the ranges are in `TRAITS`.
    """
    return _draw(TRAITS, count, rng)


def make_faces(
    people: int | Parameters, photos: int, rng: Random = None, size: int = SIZE
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Draw several photos of each person, each with a random scene.

    Args:
        people: how many people to draw, at least 1; or their traits (`make_people`).
        photos: of each person, at least 1.
        rng: a generator or a seed.
        size: height and width in pixels, at least 16.

    Returns:
        Photos, RGB (people * photos, size, size, 3) uint8, person after person; and the person on
        each, (people * photos,) integers from 0.

    Raises:
        ValueError: a number is too small.
    """
    rng = np.random.default_rng(rng)
    for name, value, least in (("photos", photos, 1), ("size", size, 16)):
        if value < least:
            raise ValueError(f"{name}: expected at least {least}, got {value}")
    traits = make_people(people, rng) if isinstance(people, int) else people
    count = len(traits["skin"])
    who: NDArray[np.int64] = np.repeat(np.arange(count), photos)  # (count * photos,)
    scenes = _draw(SCENE, count * photos, rng)
    shots = []
    for start in range(0, len(who), CHUNK):
        rows = slice(start, start + CHUNK)
        shots.append(
            draw_faces(
                {name: values[who[rows]] for name, values in traits.items()},
                {name: values[rows] for name, values in scenes.items()},
                rng,
                size,
            )
        )
    return np.concatenate(shots), who


def draw_faces(
    traits: Parameters, scenes: Parameters, rng: Random = None, size: int = SIZE
) -> NDArray[np.uint8]:
    """Draw one photo for each row of the traits and the scenes, all at once.

    Args:
        traits: {name: (m,)} of `TRAITS`.
        scenes: {name: (m,)} of `SCENE`.
        rng: a generator or a seed, for the noise.
        size: height and width in pixels.

    Returns:
        RGB (m, size, size, 3) uint8.
    """
    rng = np.random.default_rng(rng)
    t, s = ({k: v[:, None, None] for k, v in part.items()} for part in (traits, scenes))
    m = len(traits["skin"])
    across = ((np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1)[None, None, :]
    down = across.transpose(0, 2, 1)  # (1, size, 1)

    def inside(distance: Any) -> Any:
        """Convert a signed distance to an edge (positive inside) to coverage between 0 and 1."""
        return np.clip(distance * (size * 0.3) + 0.5, 0, 1)  # (m, size, size)

    def ellipse(x: Any, y: Any, a: Any, b: Any) -> Any:
        return inside((1 - np.sqrt((x / a) ** 2 + (y / b) ** 2)) * np.minimum(a, b))

    # Coordinates of each pixel: in the upright image of the head, then on the front of the head.
    right, below = (across - s["x"]) / s["scale"], (down - s["y"]) / s["scale"]
    cos, sin = np.cos(s["roll"]), np.sin(s["roll"])
    right, below = right * cos + below * sin, below * cos - right * sin
    jaw = 1 - t["jaw"] * np.clip(below, 0, 1) ** 2
    n_x, n_y = right / (t["face_width"] * jaw), below
    squared = n_x**2 + n_y**2
    n_z = np.sqrt(np.maximum(1 - squared, 0))  # (n_x, n_y, n_z) is the normal of a unit sphere
    X = n_x * np.cos(s["yaw"]) - n_z * np.sin(s["yaw"])
    Z = n_x * np.sin(s["yaw"]) + n_z * np.cos(s["yaw"])
    Y = n_y * np.cos(s["pitch"]) - Z * np.sin(s["pitch"])
    Z = n_y * np.sin(s["pitch"]) + Z * np.cos(s["pitch"])

    skin = _along(SKIN, traits["skin"])
    skin[:, 0] += traits["warmth"]
    skin[:, 2] -= traits["warmth"]
    hair = _along(HAIR, traits["hair"] * (1 - 0.8 * traits["skin"]))
    canvas: NDArray[np.float32] = np.empty((3, m, size, size), np.float32)  # colour by colour

    def paint(colour: NDArray[Any], where: Any) -> None:
        for channel in range(3):
            canvas[channel] += where * (colour[:, channel, None, None] - canvas[channel])

    # Background, shirt, neck and hair.
    canvas[:] = s["wall"] + s["wall_slope"] * (across + down) / 2
    canvas[0] += s["wall_red"]
    canvas[2] += s["wall_blue"]
    shirt = np.stack([scenes[f"shirt_{name}"] for name in ("red", "green", "blue")], axis=1)
    width = t["face_width"] + t["hair_volume"]
    behind = np.maximum(
        ellipse(right, below + 0.06, width, 1 + t["hair_volume"]),
        inside(width - np.abs(right)) * inside(t["hair_length"] - below) * inside(below),
    )
    paint(hair * 0.85, behind * inside(t["hair_length"] + 0.4 - below + 1.2 * (below < 0)))
    paint(skin * 0.8, inside(0.42 - np.abs(right)) * inside(below - 0.5))
    paint(shirt, ellipse(right, below - 2.0, 1.25, 0.85))

    # The head and its features. Both eyes at once: a mirrored coordinate.
    face = inside(1 - np.sqrt(squared))
    crown = np.maximum(inside(t["hair_bend"] * X**2 - t["hairline"] - Y), inside(-0.05 - Z))
    paint(skin, face * (1 - crown))
    side = np.sign(X)
    bristle = np.clip(t["beard"], 0, 1) * inside(Y - t["eye_height"] - t["nose_length"] - 0.05)
    paint(hair, face * bristle * 0.8)
    e_x, e_y = np.abs(X) - t["eye_distance"], Y - t["eye_height"] + 0.12
    slanted = e_y + t["eye_slant"] * e_x
    opening = t["eye_size"] * t["eye_opening"] * s["blink"]
    front = face * inside(Z - 0.1)
    eye = front * ellipse(e_x, slanted, t["eye_size"], opening)
    paint(skin * 0.55, front * ellipse(e_x, slanted, t["eye_size"] * 1.2, opening * 1.3))
    white: NDArray[np.float32] = np.full((m, 3), 0.93, np.float32)
    paint(white, eye)
    g_x = e_x - side * s["gaze"] * t["eye_size"]
    paint(_along(IRIS, traits["iris"]), eye * ellipse(g_x, slanted, opening * 0.9, opening * 0.9))
    paint(
        np.full((m, 3), 0.04, np.float32), eye * ellipse(g_x, slanted, opening * 0.4, opening * 0.4)
    )
    b_y = e_y + t["brow_gap"] + t["brow_slant"] * e_x
    paint(hair * 0.8, front * ellipse(e_x, b_y, t["eye_size"] * 1.4, t["brow_thickness"]))
    tip = Y - t["eye_height"] - t["nose_length"] + 0.1
    bridge = ellipse(X, tip + t["nose_length"] / 2, t["nose_width"] * 0.6, t["nose_length"] / 2)
    paint(np.minimum(skin * 1.12, 1), front * bridge * 0.7)
    paint(skin * 0.72, front * ellipse(X, tip, t["nose_width"], t["nose_width"] * 0.45))
    nostril = ellipse(np.abs(X) - t["nose_width"] * 0.5, tip - 0.02, t["nose_width"] * 0.3, 0.03)
    paint(skin * 0.35, front * nostril)
    m_y = tip - t["mouth_gap"] + s["smile"] * (X**2 - 0.02)
    red = np.array([0.72, 0.22, 0.24], np.float32)
    lips = skin + traits["lip_colour"][:, None] * (red * (0.5 + 0.5 * skin) - skin)
    paint(lips, front * ellipse(X, m_y, t["mouth_width"], t["lips"]))
    gap = np.maximum(s["mouth_open"], 0.012)
    paint(skin * 0.25, front * ellipse(X, m_y, t["mouth_width"] * 0.85, gap))
    paint(hair, face * crown)

    # Light: Lambert's law on the ellipsoid; then the camera.
    light = np.stack([s["light_x"], s["light_y"], np.full_like(s["light_x"], 0.8)])
    light /= np.sqrt((light**2).sum(axis=0))
    facing = np.maximum(n_x * light[0] + n_y * light[1] + n_z * light[2], 0)
    shade = 1 + face * (s["ambient"] + (1.15 - s["ambient"]) * facing - 1)  # (m, size, size)
    canvas *= shade * s["exposure"]
    canvas[0] *= 1 + s["tint"]
    canvas[2] *= 1 - s["tint"]
    canvas += s["noise"] * rng.standard_normal(canvas.shape, dtype=np.float32)
    return (np.clip(canvas, 0, 1) * 255).astype(np.uint8).transpose(1, 2, 3, 0)


def _draw(ranges: dict[str, tuple[float, float]], count: int, rng: Random) -> Parameters:
    """Draw every parameter uniformly, `count` times."""
    if count < 1:
        raise ValueError(f"people: expected at least 1, got {count}")
    rng = np.random.default_rng(rng)
    low, high = np.array(list(ranges.values())).T
    table = rng.uniform(low, high, size=(count, len(ranges))).astype(np.float32)
    return dict(zip(ranges, table.T, strict=True))


def _along(palette: Palette, position: NDArray[Any]) -> NDArray[np.float32]:
    """Return the colours at positions (m,) between 0 and 1 along a palette: (m, 3)."""
    stops = np.linspace(0, 1, len(palette))
    channels = [np.interp(position, stops, column) for column in np.array(palette).T]
    return np.stack(channels, axis=1).astype(np.float32)


def load_face_photos(size: int = 112) -> dict[str, NDArray[np.uint8]]:
    """Return the face photos of the course: twelve people of the database, six camera photos.

    The real photos, `faces/*.jpg`, are read if all of them are available (`dltf data fetch
    faces`) and resized by bicubic interpolation, as for MobileFaceNet. Otherwise people are
    generated under the same names, and one line says so; `SEEN` has the person on each camera photo
    in either case.

    Args:
        size: height and width in pixels, at least 16.

    Returns:
        {name: RGB (size, size, 3) uint8}, the twelve of `NAMES`, then the six of `CAMERA`.

    Raises:
        ValueError: a file is not an image, or the size is too small.
    """
    if size < 16:
        raise ValueError(f"size: expected at least 16, got {size}")
    files = {n: f"faces/{n}.{'png' if n == 'danielle' else 'jpg'}" for n in (*NAMES, *CAMERA)}
    paths = {name: registry.find(file) for name, file in files.items()}
    missing = [files[name] for name, path in paths.items() if path is None]
    if missing:
        registry.announce_stand_in("faces", missing[0], "these people are generated")
        return _stand_in(size)
    return {name: read_face(str(path), size) for name, path in paths.items()}


def read_face(path: str, size: int) -> NDArray[np.uint8]:
    """Read an image file as RGB (size, size, 3) uint8.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not an image.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            small = image.convert("RGB").resize((size, size), Image.Resampling.BICUBIC)
    except UnidentifiedImageError:
        raise ValueError(f"path: expected an image, got {path}") from None
    return np.array(small)


def _stand_in(size: int) -> dict[str, NDArray[np.uint8]]:
    rng = np.random.default_rng(STAND_IN_SEED)
    people = make_people(len(NAMES), rng)
    portraits, _ = make_faces(people, 1, rng, size)
    seen = [NAMES.index(SEEN.get(shot, "bertrand")) for shot in CAMERA]
    shots, _ = make_faces({trait: v[seen] for trait, v in people.items()}, 1, rng, size)
    return dict(zip((*NAMES, *CAMERA), [*portraits, *shots], strict=True))
