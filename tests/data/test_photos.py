"""Cat and Happy House photos: real files, damaged files, and drawn stand-ins."""

import os
from pathlib import Path

import h5py
import numpy as np
import pytest

from dltf import data
from dltf.data import photos, registry, shapes


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the only folder in which files are looked for."""
    monkeypatch.setenv("DLTF_DATA", str(tmp_path))
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "empty_home")
    return tmp_path


def write(path, part, m, seed=0, shape=(64, 64, 3)):
    path.parent.mkdir(exist_ok=True)
    rng = np.random.default_rng(seed)
    x, y = rng.integers(256, size=(m, *shape)).astype(np.uint8), rng.integers(2, size=m)
    with h5py.File(path, "w") as file:
        file[f"{part}_set_x"], file[f"{part}_set_y"] = x, y
        file["list_classes"] = np.array([b"non-cat", b"cat"])
    return x, y


def forms(sets):
    return [(array.shape, str(array.dtype)) for array in sets]


def expected_forms(train, test):
    x, y = (lambda m: ((m, 64, 64, 3), "uint8")), (lambda m: ((m,), "int64"))
    return [x(train), y(train), x(test), y(test)]


@pytest.mark.parametrize(
    ("load", "name", "train", "test"),
    [
        (data.load_cats, "cats/train_catvnoncat.h5", 209, 50),
        (data.load_happy, "happy/test_happy.h5", 100, 50),
    ],
)
def test_without_files_images_are_drawn_and_one_line_says_so(
    folder, capsys, load, name, train, test
):
    sets = load()
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"{name} is not available" in said
    assert "are drawn" in said
    assert forms(sets) == expected_forms(train, test)
    assert all(np.array_equal(a, b) for a, b in zip(sets, load(), strict=True))
    for y in (sets[1], sets[3]):
        assert set(y) == {0, 1}
        assert 0.25 < y.mean() < 0.75
    assert not np.array_equal(sets[0][:50], sets[2])


def test_real_cats_are_read(folder, capsys):
    train = write(folder / "cats/train_catvnoncat.h5", "train", 9)
    test = write(folder / "cats/test_catvnoncat.h5", "test", 4, seed=1)
    for got, want in zip(data.load_cats(), (*train, *test), strict=True):
        np.testing.assert_array_equal(got, want)
    assert capsys.readouterr().err == ""


def test_the_happy_house_with_both_files_and_with_the_test_file_alone(folder, capsys):
    x, y = write(folder / "happy/test_happy.h5", "test", 150)
    train_x, train_y, test_x, test_y = data.load_happy()
    said = capsys.readouterr().err
    assert "happy/train_happy.h5 is not available" in said
    assert "split into 100 and 50" in said
    order = np.random.default_rng(0).permutation(150)
    np.testing.assert_array_equal(np.concatenate([train_x, test_x]), x[order])
    np.testing.assert_array_equal(np.concatenate([train_y, test_y]), y[order])
    assert len(train_x) == 100
    train = write(folder / "happy/train_happy.h5", "train", 12, seed=1)
    for got, want in zip(data.load_happy(), (*train, x, y), strict=True):
        np.testing.assert_array_equal(got, want)
    assert capsys.readouterr().err == ""


def test_damaged_and_other_files_are_refused(folder):
    path = folder / "cats/test_catvnoncat.h5"
    write(folder / "cats/train_catvnoncat.h5", "train", 9)
    write(path, "test", 9)
    whole = path.read_bytes()
    start = "test_catvnoncat.h5: expected an HDF5 file of photos"
    for damaged in (b"", whole[: len(whole) // 2]):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=rf"{start} .* got one that cannot be read"):
            data.load_cats()
    write(path, "train", 9)
    with pytest.raises(ValueError, match=rf"{start} .* got a file without test_set_x and test_set"):
        data.load_cats()
    write(path, "test", 9, shape=(32, 32, 3))
    with pytest.raises(ValueError, match=rf"{start} .* got photos \(9, 32, 32, 3\) of uint8"):
        data.load_cats()


@pytest.mark.skipif(
    not os.environ.get("DLTF_DATA") or registry.find("cats/train_catvnoncat.h5") is None,
    reason="the real photos are not available",
)
def test_the_real_photos():
    sets = data.load_cats()
    assert forms(sets) == expected_forms(209, 50)
    assert (sets[1].sum(), sets[3].sum()) == (72, 33)


def test_shapes_in_the_middle_or_none():
    x, y = data.make_shapes(400, rng=0)
    assert x.shape == (400, 24, 24, 3)
    assert x.dtype == np.float32
    assert set(y) == {0, 1, 2, 3, 4}
    again, _ = data.make_shapes(400, rng=0)
    np.testing.assert_array_equal(x, again)
    middle = np.abs(x[:, 11:13, 11:13] - np.median(x, axis=(1, 2), keepdims=True)).mean((1, 2, 3))
    assert np.median(middle[y > 0]) > 2 * np.median(middle[y == 0])
    with pytest.raises(ValueError, match="size: expected at least 20 pixels, got 8"):
        data.make_shapes(1, size=8)


def test_scenes_have_the_shapes_that_their_labels_name():
    x, y = data.make_shape_scenes(300, rng=0)
    assert x.shape == (300, 48, 64, 3)
    assert y.shape == (300, len(shapes.SHAPES))
    np.testing.assert_allclose(y.mean(axis=0), 0.5, atol=0.1)
    off = np.abs(x - np.median(x, axis=(1, 2), keepdims=True)).max(axis=-1) > 0.3
    share = off.mean(axis=(1, 2))  # each shape covers some area of its own
    assert np.corrcoef(share, y.sum(axis=1))[0, 1] > 0.6
    assert share[y.sum(axis=1) == 0].max() < 0.01
    with pytest.raises(ValueError, match="height, width: expected at least 40 pixels, got 20"):
        data.make_shape_scenes(1, height=20)


def test_hidden_labels_are_nan_and_the_rest_as_it_was():
    y = (np.random.default_rng(0).random((500, 4)) < 0.5).astype(np.float32)
    hidden = data.hide_labels(y, 0.3, rng=1)
    unknown = np.isnan(hidden)
    np.testing.assert_allclose(unknown.mean(), 0.3, atol=0.05)
    np.testing.assert_array_equal(hidden[~unknown], y[~unknown])
    assert not np.isnan(y).any()
    with pytest.raises(ValueError, match=r"share: expected 0 to 1, got 1\.5"):
        data.hide_labels(y, 1.5)


def test_drawn_images_follow_their_seed():
    for make in (photos.make_cats, photos.make_smiles):
        a, again, b = (make(5, rng=seed)[0] for seed in (0, 0, 1))
        np.testing.assert_array_equal(a, again)
        assert not np.array_equal(a, b)
