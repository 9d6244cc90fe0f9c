"""The SIGNS data set: photos of hands that show 0 to 5 fingers, 1080 training and 120 test photos.

The course's training file is used first, then the same photos as JPEGs of 64 x 64 pixels. If
neither is available, hands are drawn (`dltf.data.hands`).
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dltf.data import registry
from dltf.data.hands import make_signs
from dltf.typing import Labels, Photos

M_TRAIN, M_TEST = 1080, 120
TRAIN_FILES = ("signs/train_signs.h5", "signs/train_signs_rebuilt.h5", "signs/signs_64x64_jpeg.zip")
TEST_FILE = "signs/test_signs.h5"

# The photos of the test file, by their checksum, that are in the training set too. Twelve JPEGs of
# signs_64x64_jpeg.zip, all of class 0, are byte for byte in two of its folders, test_signs and
# train_signs or val_signs; these are the indices of their photos in test_signs.h5.
TEST_PHOTOS = "9cf67d2a820b46bbf280d08426ddb03e"
IN_BOTH = (2, 36, 40, 42, 48, 55, 70, 81, 91, 92, 102, 106)


def load_signs() -> tuple[Photos, Labels, Photos, Labels]:
    """Return the SIGNS data set: the real photos if they are available, otherwise drawn hands.

    Returns:
        train_x, uint8 (1080, 64, 64, 3); train_y, int64 (1080,), the number of fingers, 0 to 5, 180
        of each; test_x (120, 64, 64, 3) and test_y (120,), 20 of each.

    Raises:
        ValueError: a file is damaged or has other contents.
    """
    train = next(filter(None, map(registry.find, TRAIN_FILES)), None)
    test = registry.find(TEST_FILE)
    if train is None or test is None:
        missing = TEST_FILE if test is None else TRAIN_FILES[0]
        registry.announce_stand_in("signs", missing, "these hands are drawn")
        train_x, train_y, test_x, test_y = _drawn_signs()
        return train_x.copy(), train_y.copy(), test_x.copy(), test_y.copy()
    read = _read_zip if train.suffix == ".zip" else _read_h5
    return *read(train, "train", M_TRAIN), *_read_h5(test, "test", M_TEST)


def signs_in_both(test_x: Photos | None = None) -> NDArray[np.bool_]:
    """Return a mask of the test photos that are in the training set too.

    Args:
        test_x: the test photos of `load_signs`; None loads them.

    Returns:
        True for a photo that is in both sets, bool (m,): twelve of the 120 real photos, and none of
        other ones.
    """
    if test_x is None:
        test_x = load_signs()[2]
    mask: NDArray[np.bool_] = np.zeros(len(test_x), bool)
    if hashlib.md5(test_x.tobytes(), usedforsecurity=False).hexdigest() == TEST_PHOTOS:
        mask[list(IN_BOTH)] = True
    return mask


def write_signs_h5(folder: Path | str, seed: int = 0) -> tuple[Path, Path]:
    """Write drawn hands as two files in the course's format, for use with `DLTF_DATA=folder`.

    Args:
        folder: where to put train_signs.h5 and test_signs.h5; created if it does not exist.
        seed: of the drawing; 0 gives the hands that `load_signs` draws.

    Returns:
        The two files: train_set_x, train_set_y and list_classes in the first, test_set_x,
        test_set_y and list_classes in the second.
    """
    import h5py

    arrays = _drawn_signs(seed)
    Path(folder).mkdir(parents=True, exist_ok=True)
    files = []
    for part, x, y in (("train", *arrays[:2]), ("test", *arrays[2:])):
        files.append(Path(folder) / f"{part}_signs.h5")
        with h5py.File(files[-1], "w") as file:
            file[f"{part}_set_x"], file[f"{part}_set_y"] = x, y
            file["list_classes"] = np.arange(6)
    return files[0], files[1]


@lru_cache(maxsize=1)
def _drawn_signs(seed: int = 0) -> tuple[Photos, Labels, Photos, Labels]:
    """Draw the stand-in, once per process."""
    x, y = make_signs(M_TRAIN + M_TEST, seed)
    test: NDArray[np.bool_] = np.zeros(len(y), bool)
    for label in range(6):
        test[np.flatnonzero(y == label)[: M_TEST // 6]] = True
    return x[~test], y[~test], x[test], y[test]


def _read_h5(path: Path, part: str, m: int) -> tuple[Photos, Labels]:
    """Read photos and labels from one of the course's files."""
    import h5py

    shapes = {f"{part}_set_x": (m, 64, 64, 3), f"{part}_set_y": (m,)}
    try:
        with h5py.File(path) as file:
            found = {name: file[name][()] for name in shapes if name in file}
    except OSError as error:
        raise ValueError(f"signs: expected an HDF5 file, got {str(path)!r} ({error})") from error
    for name, shape in shapes.items():
        if name not in found or np.shape(found[name]) != shape:
            raise ValueError(
                f"signs: expected {name} of shape {shape} in {str(path)!r}, got "
                f"{np.shape(found[name]) if name in found else 'no such array'}"
            )
    x, y = found.values()
    return x.astype(np.uint8), y.astype(np.int64)


def _read_zip(path: Path, part: str, m: int) -> tuple[Photos, Labels]:
    """Read the training photos from the JPEGs, in the order of train_signs_rebuilt.h5."""
    from PIL import Image

    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(
                name
                for name in archive.namelist()
                if name.endswith(".jpg") and name.split("/")[-2] in ("train_signs", "val_signs")
            )
            if len(names) != m:
                raise ValueError(
                    f"signs: expected {m} JPEGs for {part} in {str(path)!r}, got {len(names)}"
                )
            names = [names[i] for i in np.random.default_rng(1).permutation(m)]
            photos = [np.asarray(Image.open(io.BytesIO(archive.read(name)))) for name in names]
    except (OSError, zipfile.BadZipFile) as error:
        raise ValueError(f"signs: expected a zip of JPEGs, got {str(path)!r} ({error})") from error
    labels = [int(name.rpartition("/")[2][0]) for name in names]  # "0_IMG_5864.jpg" shows 0 fingers
    return np.stack(photos), np.array(labels, np.int64)
