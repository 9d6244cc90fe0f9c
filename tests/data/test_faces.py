"""Generated faces depend on traits, scene and seed; loading the face photos of the course."""

import numpy as np
import pytest
from PIL import Image

from dltf.data import faces


def test_a_seed_repeats_and_shapes_are_as_promised():
    photos, who = faces.make_faces(5, 3, rng=1, size=32)
    again, _ = faces.make_faces(5, 3, rng=1, size=32)
    other, _ = faces.make_faces(5, 3, rng=2, size=32)
    assert photos.shape == (15, 32, 32, 3)
    assert photos.dtype == np.uint8
    assert who.tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3 + [4] * 3
    assert np.array_equal(photos, again)
    assert not np.array_equal(photos, other)


def test_traits_and_scenes_lie_in_their_ranges():
    people = faces.make_people(400, rng=0)
    assert list(people) == list(faces.TRAITS)
    for name, (low, high) in faces.TRAITS.items():
        assert low <= people[name].min() < low + 0.1 * (high - low)
        assert high - 0.1 * (high - low) < people[name].max() <= high


def still(**scene):
    """Return a scene in the middle of everything, without noise."""
    middle = {name: np.array([(a + b) / 2], "float32") for name, (a, b) in faces.SCENE.items()}
    values = {name: np.array([value], "float32") for name, value in scene.items()}
    return middle | {"noise": np.zeros(1, "float32")} | values


def person(**traits):
    middle = {name: np.array([(a + b) / 2], "float32") for name, (a, b) in faces.TRAITS.items()}
    return middle | {name: np.array([value], "float32") for name, value in traits.items()}


@pytest.mark.parametrize("trait", faces.TRAITS)
def test_every_trait_changes_the_image(trait):
    low, high = (faces.draw_faces(person(**{trait: v}), still()) for v in faces.TRAITS[trait])
    assert np.count_nonzero(np.abs(low.astype(int) - high).max(axis=-1) > 8) >= 4


def test_a_head_that_turns_left_is_the_mirror_image_of_one_that_turns_right():
    scene = {"x": 0, "roll": 0, "gaze": 0, "light_x": 0, "wall_slope": 0}
    left, right = (faces.draw_faces(person(), still(yaw=y, **scene)) for y in (-0.3, 0.3))
    np.testing.assert_allclose(left.astype(int), right[:, :, ::-1], atol=1)
    front = faces.draw_faces(person(), still(yaw=0, **scene))
    assert np.abs(left.astype(int) - front).max() > 60


def test_pixels_tell_more_of_the_scene_than_of_the_person():
    photos, who = faces.make_faces(20, 6, rng=3)
    rows = photos.reshape(len(photos), -1) / 255
    spread = rows.var(axis=0).sum()
    within = np.mean([rows[who == p].var(axis=0).sum() for p in range(20)])
    assert within > 0.6 * spread  # of a spread that both make


def test_errors_have_three_parts():
    with pytest.raises(ValueError, match="people: expected at least 1, got 0"):
        faces.make_people(0)
    with pytest.raises(ValueError, match="photos: expected at least 1, got 0"):
        faces.make_faces(2, 0)
    with pytest.raises(ValueError, match="size: expected at least 16, got 8"):
        faces.make_faces(2, 1, size=8)
    with pytest.raises(ValueError, match="size: expected at least 16, got 8"):
        faces.load_face_photos(size=8)


def test_missing_photos_are_generated_and_one_line_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("DLTF_DATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    photos = faces.load_face_photos(size=40)
    assert list(photos) == [*faces.NAMES, *faces.CAMERA]
    assert all(photo.shape == (40, 40, 3) for photo in photos.values())
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("faces: faces/andrew.jpg is not available")
    assert np.array_equal(photos["kian"], faces.load_face_photos(size=40)["kian"])


def test_available_photos_are_read(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("DLTF_DATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "faces").mkdir()
    for number, name in enumerate((*faces.NAMES, *faces.CAMERA)):
        mode, kind = ("RGBA", "png") if name == "danielle" else ("RGB", "jpg")
        colour = (10 * number, 50, 60, 255)[: len(mode)]
        Image.new(mode, (96, 96), colour).save(tmp_path / "faces" / f"{name}.{kind}")
    photos = faces.load_face_photos(size=30)
    assert capsys.readouterr().err == ""
    for number, photo in enumerate(photos.values()):
        assert photo.shape == (30, 30, 3)
        np.testing.assert_allclose(photo.mean(axis=(0, 1)), [10 * number, 50, 60], atol=4)
