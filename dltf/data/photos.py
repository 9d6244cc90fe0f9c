"""Photos with binary labels: cat or not, smiling or not.

Layout: examples first, bytes as in the files: `x (m, 64, 64, 3)` uint8, RGB, and `y (m,)` int64, 0
or 1. The array code of the course takes `X = x.reshape(m, -1).T / 255` and `Y = y[None]`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from dltf.data import registry
from dltf.typing import Labels, Photos, Random

Sets: TypeAlias = tuple[Photos, Labels, Photos, Labels]

SIDE = 64
HAPPY_SPLIT = 100  # of the 150 photos of test_happy.h5, to train on when train_happy.h5 is missing


def load_cats() -> Sets:
    """Return the cat photos of the course: 209 for training, 50 for the test; 1 is a cat.

    The course's files, `cats/train_catvnoncat.h5` and `cats/test_catvnoncat.h5`, are read if they
    are available (`dltf data fetch cats`). Otherwise as many images are drawn, and one line says
    so.

    Returns:
        train_x (209, 64, 64, 3), train_y (209,), test_x (50, 64, 64, 3), test_y (50,).

    Raises:
        ValueError: a file is damaged or something else.
    """
    names = "cats/train_catvnoncat.h5", "cats/test_catvnoncat.h5"
    for name in names:
        if registry.find(name) is None:
            registry.announce_stand_in("cats", name, "these cats are drawn")
            return *make_cats(209, rng=1), *make_cats(50, rng=2)
    return *_read(names[0], "train"), *_read(names[1], "test")


def load_happy() -> Sets:
    """Return the Happy House photos of the course: 600 for training, 150 for the test; 1 smiles.

    The course's files, `happy/train_happy.h5` and `happy/test_happy.h5`, are read if they are
    available (`dltf data fetch happy`). With the second alone, its 150 photos are split: the first
    100 of `default_rng(0).permutation(150)` are the training set, the other 50 the test set. With
    neither, faces are drawn, 100 and 50. One line says so in both cases. (The photos show few
    people many times: a network learns to read *their* faces.)

    Returns:
        train_x (m, 64, 64, 3), train_y (m,), test_x, test_y.

    Raises:
        ValueError: a file is damaged or something else.
    """
    names = "happy/train_happy.h5", "happy/test_happy.h5"
    if registry.find(names[1]) is None:
        registry.announce_stand_in("happy", names[1], "these faces are drawn")
        return *make_smiles(HAPPY_SPLIT, rng=1), *make_smiles(50, rng=2)
    test_x, test_y = _read(names[1], "test")
    if registry.find(names[0]) is not None:
        return *_read(names[0], "train"), test_x, test_y
    rest = len(test_x) - HAPPY_SPLIT
    registry.announce_stand_in(
        "happy", names[0], f"the photos of test_happy.h5 are split into {HAPPY_SPLIT} and {rest}"
    )
    order = np.random.default_rng(0).permutation(len(test_x))
    first, last = order[:HAPPY_SPLIT], order[HAPPY_SPLIT:]
    return test_x[first], test_y[first], test_x[last], test_y[last]


def _read(name: str, part: str) -> tuple[Photos, Labels]:
    """Read the photos and labels of a course file, `<part>_set_x` and `<part>_set_y`."""
    import h5py

    path = registry.find(name)
    assert path is not None
    keys = f"{part}_set_x", f"{part}_set_y"
    try:
        with h5py.File(path, "r") as file:
            missing = [key for key in keys if key not in file]
            if missing:
                raise _unreadable(path, f"a file without {' and '.join(missing)}")
            x, y = (np.asarray(file[key]) for key in keys)
    except (OSError, RuntimeError) as error:  # what h5py raises for a damaged file
        raise _unreadable(path, f"one that cannot be read ({error})") from None
    y = y.reshape(-1)
    if x.shape[1:] != (SIDE, SIDE, 3) or x.dtype != np.uint8 or len(x) != len(y):
        raise _unreadable(path, f"photos {x.shape} of {x.dtype} and labels {y.shape}")
    return x, y.astype(np.int64)


def _unreadable(path: Path, got: str) -> ValueError:
    return ValueError(
        f"{path.name}: expected an HDF5 file of photos (m, {SIDE}, {SIDE}, 3), uint8, with their "
        f"labels, got {got}"
    )


# Stand-ins ----------------------------------------------------------------------------------------


def _canvas(rng: np.random.Generator) -> tuple[Any, Any, Any]:
    """Return a smooth random background and the coordinates of its pixels, -1 to 1."""
    down, right = (np.mgrid[:SIDE, :SIDE] + 0.5) / SIDE * 2 - 1
    corners = rng.uniform(0.2, 0.9, size=(2, 2, 3))
    a, b = (down[..., None] + 1) / 2, (right[..., None] + 1) / 2
    upper = corners[0, 0] * (1 - b) + corners[0, 1] * b
    return upper * (1 - a) + (corners[1, 0] * (1 - b) + corners[1, 1] * b) * a, down, right


def _developed(image: Any, rng: np.random.Generator) -> Photos:
    """Return the image as bytes, with random exposure and camera noise."""
    noisy = image * rng.uniform(0.75, 1.1) + 0.04 * rng.normal(size=image.shape)
    return np.asarray(np.clip(noisy, 0, 1) * 255, np.uint8)


def make_cats(m: int, rng: Random = None) -> tuple[Photos, Labels]:
    """Draw images of cats (label 1) and of owls, balls and flowers (label 0).

    Args:
        m: number of images, at least 1.
        rng: generator or seed.

    Returns:
        x (m, 64, 64, 3) uint8 and y (m,) int64; about half of them are cats.
    """
    rng = np.random.default_rng(rng)
    y = rng.integers(2, size=m)
    x: Photos = np.empty((m, SIDE, SIDE, 3), np.uint8)
    for i, cat in enumerate(y):
        image, down, right = _canvas(rng)
        size = rng.uniform(0.45, 0.7)
        down, right = down - rng.uniform(-0.2, 0.3), right - rng.uniform(-0.3, 0.3)
        turn = np.exp(1j * rng.uniform(-0.3, 0.3)) / size  # turned and scaled, as a complex number
        turned = (right + 1j * down) * turn
        down, right = turned.imag, turned.real
        fur, eyes = rng.uniform(0.05, 0.9, size=3), np.array([0.75, 0.8, 0.2])
        radius, side = np.hypot(down, right), np.abs(right)
        kind = "cat" if cat else rng.choice(["owl", "ball", "flower"])
        if kind == "flower":
            image[radius < 0.75 + 0.25 * np.cos(6 * np.arctan2(down, right))] = fur
            image[radius < 0.3] = (0.95, 0.8, 0.2)
        else:
            image[radius < 1] = fur
        if kind == "ball":
            image[(radius < 1) & (np.abs(down + 0.3 * right) < 0.2)] = rng.uniform(size=3)
        if kind == "cat":  # ears that point up, and whiskers
            image[(np.abs(side - 0.65) < 0.5 * (down + 1.4)) & (down < -0.4)] = fur
            image[(np.abs(side - 0.65) < 0.4 * (down + 1.2)) & (down < -0.6)] = (0.9, 0.6, 0.6)
            whiskers = np.abs(down - 0.4 - 0.25 * (side - 0.3) * np.sign(np.sin(9 * down))) < 0.03
            image[whiskers & (side > 0.3) & (side < 1.2)] = 0.95
        if kind in ("cat", "owl"):
            wide = 0.22 if kind == "cat" else 0.36
            image[np.hypot(down + 0.15, side - 0.4) < wide] = eyes
            pupil = 0.06 if kind == "cat" else 0.2
            image[(np.abs(side - 0.4) < pupil) & (np.abs(down + 0.15) < 0.18)] = 0.02
            image[(side < 0.4 * (0.45 - down)) & (np.abs(down - 0.3) < 0.15)] = (0.8, 0.4, 0.4)
        x[i] = _developed(image, rng)
    return x, y.astype(np.int64)


def make_smiles(m: int, rng: Random = None) -> tuple[Photos, Labels]:
    """Draw faces that smile (label 1) or not (label 0).

    Args:
        m: number of images, at least 1.
        rng: generator or seed.

    Returns:
        x (m, 64, 64, 3) uint8 and y (m,) int64; about half of them smile.
    """
    rng = np.random.default_rng(rng)
    y = rng.integers(2, size=m)
    x: Photos = np.empty((m, SIDE, SIDE, 3), np.uint8)
    for i, smiles in enumerate(y):
        image, down, right = _canvas(rng)
        down, right = down - rng.uniform(-0.2, 0.2), right - rng.uniform(-0.3, 0.3)
        image[(down > 0.6) & (np.abs(right) < 0.75)] = rng.uniform(0.05, 0.6, size=3)  # shoulders
        skin = rng.uniform(0.35, 1.0) * np.array([1.0, 0.8, 0.65])
        image[(right / 0.42) ** 2 + ((down - 0.05) / 0.62) ** 2 < 1] = skin
        hair = (right / 0.46) ** 2 + ((down + 0.05) / 0.66) ** 2 < 1
        image[hair & (down < -0.3)] = rng.uniform(0.0, 0.4) * np.array([1.0, 0.7, 0.4])
        image[np.hypot(down + 0.08, np.abs(right) - 0.17) < 0.06] = 0.05
        bend = rng.uniform(0.9, 2.0) if smiles else rng.uniform(-1.2, 0.15)
        lips = np.abs(down - 0.38 + bend * right**2) < (0.07 if smiles else 0.04)
        image[lips & (np.abs(right) < 0.22)] = (0.65, 0.2, 0.2)
        if smiles:  # teeth
            image[(np.abs(down - 0.36 + bend * right**2) < 0.03) & (np.abs(right) < 0.17)] = 0.95
        x[i] = _developed(image, rng)
    return x, y.astype(np.int64)
