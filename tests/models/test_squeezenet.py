"""SqueezeNet: its architecture, its preprocessing, and valid and damaged weight files."""

import os
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from dltf.data import registry
from dltf.models import squeezenet as topic


@pytest.fixture(scope="module")
def network():
    return topic.squeezenet(weights=None, seed=0)


def write(network, path, change=None):
    """Write the weights as Keras 2 did; `change` may change what goes into the file."""
    with h5py.File(path, "w") as file:
        for number, layer in enumerate(layer for layer in network.layers if layer.weights):
            group = layer.name.replace("_", "/")
            kernel, bias = layer.get_weights()
            pair = {f"uniform{number}": kernel, f"{group}_b": bias}
            pair = change(group, pair) if change else pair
            if pair is None:
                continue
            for name, array in pair.items():
                file.create_dataset(f"{group}/{name}", data=array)
            file[group].attrs["weight_names"] = [name.encode() for name in pair]


def test_layout_is_that_of_version_1_1(network):
    assert network.count_params() == 722_496
    names = [f"fire{n}" for n in range(2, 10)]
    outputs = topic.activations_of(network, ["conv1", "pool1", *names, "pool3", "pool5"])(
        np.zeros((1, 227, 227, 3), "float32")
    )
    shapes = {name: tuple(tensor.shape[1:]) for name, tensor in outputs.items()}
    assert shapes["conv1"] == (113, 113, 64)  # (227 - 3) / 2 + 1: no padding
    assert shapes["pool1"] == (56, 56, 64)
    assert shapes["fire3"] == (56, 56, 128)
    assert shapes["fire5"] == (27, 27, 256)
    assert shapes["fire9"] == (13, 13, 512)
    assert [shapes[name][2] for name in names] == [128, 128, 256, 256, 384, 384, 512, 512]


def test_pixels_are_bgr_minus_the_mean_on_either_scale():
    rgb = np.random.default_rng(0).uniform(0, 255, (2, 4, 5, 3)).astype("float32")
    expected = rgb[..., [2, 1, 0]] - np.float32([103.939, 116.779, 123.68])
    np.testing.assert_allclose(topic.Pixels()(rgb), expected, rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(topic.Pixels(1.0)(rgb / 255), expected, rtol=1e-5, atol=1e-4)
    assert topic.Pixels.from_config(topic.Pixels(1.0).get_config()).white == 1.0
    with pytest.raises(ValueError, match="white: expected a number above 0, got 0"):
        topic.squeezenet(weights=None, white=0)


def test_a_fire_module_by_hand(network):
    x = np.random.default_rng(1).uniform(0, 255, (1, 40, 52, 3)).astype("float32")
    names = ["pool1", "fire2_squeeze1x1", "fire2_expand1x1", "fire2_expand3x3", "fire2"]
    seen = {name: np.asarray(a) for name, a in topic.activations_of(network, names)(x).items()}
    weights = {name: network.get_layer(name).get_weights() for name in names[1:4]}
    kernel, bias = weights["fire2_squeeze1x1"]
    squeezed = np.maximum(seen["pool1"] @ kernel[0, 0] + bias, 0)
    np.testing.assert_allclose(seen["fire2_squeeze1x1"], squeezed, rtol=1e-4, atol=1e-3)
    kernel, bias = weights["fire2_expand1x1"]
    one = np.maximum(squeezed @ kernel[0, 0] + bias, 0)
    kernel, bias = weights["fire2_expand3x3"]
    padded = np.pad(squeezed, ((0, 0), (1, 1), (1, 1), (0, 0)))
    height, width = squeezed.shape[1:3]
    three = bias + sum(
        padded[:, i : i + height, j : j + width] @ kernel[i, j] for i in range(3) for j in range(3)
    )
    expected = np.concatenate([one, np.maximum(three, 0)], axis=-1)
    np.testing.assert_allclose(seen["fire2"], expected, rtol=1e-4, atol=1e-3)


def test_random_weights_follow_the_seed_and_differ_by_layer():
    a, again, b = (topic.squeezenet(None, seed).get_weights() for seed in (1, 1, 2))
    assert all(np.array_equal(x, y) for x, y in zip(a, again, strict=True))
    assert not np.array_equal(a[0], b[0])
    one = topic.squeezenet(None, 1)
    fire2, fire3 = (one.get_layer(f"fire{n}_expand1x1").get_weights()[0] for n in (2, 3))
    assert not np.array_equal(fire2, fire3)
    assert one.get_layer("fire9_expand3x3").get_weights()[0].std() == pytest.approx(
        np.sqrt(2 / (9 * 64)), rel=0.02
    )


def test_a_file_of_weights_is_read_into_the_same_network(network, tmp_path):
    write(network, tmp_path / "weights.h5")
    again = topic.squeezenet(tmp_path / "weights.h5", seed=5)
    x = np.random.default_rng(1).uniform(0, 255, (2, 40, 52, 3)).astype("float32")
    np.testing.assert_array_equal(again(x), network(x))


def test_the_registered_file_is_used_and_its_absence_told(network, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DLTF_DATA", str(tmp_path))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    topic.squeezenet(seed=0)
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith(f"style: {topic.WEIGHTS_FILE} is not available")
    assert "random weights" in said
    (tmp_path / "style").mkdir()
    write(network, tmp_path / topic.WEIGHTS_FILE)
    found = topic.squeezenet(seed=3)
    assert capsys.readouterr().err == ""
    np.testing.assert_array_equal(found.get_weights()[0], network.get_weights()[0])


def other_shape(group, pair):
    return {n: a[..., :-1] for n, a in pair.items()} if group == "fire4/squeeze1x1" else pair


def not_a_number(group, pair):
    return {n: a * np.nan for n, a in pair.items()} if group == "fire9/expand3x3" else pair


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (other_shape, r"kernel fire4/squeeze1x1/uniform\d+ .* \(1, 1, 128, 32\), got \(1, 1, 128"),
        (not_a_number, r"finite numbers in the kernel fire9/expand3x3/uniform\d+ of w.h5, got 14"),
        (lambda g, p: None if g == "fire6/expand1x1" else p, "layer fire6/expand1x1, got 0 arrays"),
        (lambda g, p: dict(list(p.items())[:1]), "bias of the layer conv1, got 1 arrays"),
    ],
)
def test_a_file_of_other_weights_is_refused_and_nothing_set(network, tmp_path, change, message):
    write(network, tmp_path / "w.h5", change)
    before = network.get_weights()
    with pytest.raises(ValueError, match=message):
        topic.load_weights(network, tmp_path / "w.h5")
    assert all(np.array_equal(a, b) for a, b in zip(before, network.get_weights(), strict=True))


def test_a_damaged_file_is_refused(network, tmp_path):
    path = tmp_path / "w.h5"
    write(network, path)
    whole = path.read_bytes()
    for damaged in (b"", b"not weights at all", whole[: len(whole) // 2]):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"weights: expected an HDF5 file .* got w\.h5"):
            topic.load_weights(network, path)
    with pytest.raises(FileNotFoundError, match=r"expected a file of SqueezeNet's weights, got .*"):
        topic.load_weights(network, tmp_path / "none.h5")


def test_activations_and_features(network):
    x = np.random.default_rng(1).uniform(0, 255, (5, 64, 64, 3))
    features = topic.pooled_features(network, x, batch_size=2)
    assert features.shape == (5, 512)
    assert features.dtype == np.float32
    np.testing.assert_allclose(
        features, np.mean(network(x.astype("float32")), axis=(1, 2)), rtol=1e-4, atol=1e-3
    )
    assert topic.pooled_features(network, x, "fire5").shape == (5, 256)
    parts = topic.pooled_features(network, x, "fire5", grid=3)  # 7 places: 3, 2 and 2
    A = np.asarray(topic.activations_of(network, ["fire5"])(x.astype("float32"))["fire5"])
    cuts = (slice(0, 3), slice(3, 5), slice(5, 7))
    expected = [A[:, rows, columns].mean(axis=(1, 2)) for rows in cuts for columns in cuts]
    np.testing.assert_allclose(parts, np.concatenate(expected, axis=1), rtol=1e-4, atol=1e-3)
    with pytest.raises(ValueError, match="grid: expected 1 to 3 of fire9, got 4"):
        topic.pooled_features(network, x, grid=4)
    with pytest.raises(ValueError, match=r"layers: expected names among images, .*, got 'conv9'"):
        topic.activations_of(network, ["conv1", "conv9"])
    with pytest.raises(ValueError, match="batch_size: expected an integer of at least 1, got 0"):
        topic.pooled_features(network, x, batch_size=0)


# Keras copies a variable to NumPy in the way of NumPy 1 when it saves a model.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")
def test_it_survives_saving(network, tmp_path):
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    x = np.random.default_rng(1).uniform(0, 255, (1, 40, 40, 3)).astype("float32")
    np.testing.assert_array_equal(loaded(x), network(x))


@pytest.mark.skipif(
    not os.environ.get("DLTF_DATA") or registry.find(topic.WEIGHTS_FILE) is None,
    reason="the real weights are not available",
)
def test_the_real_weights_load():
    real = topic.squeezenet()
    edges = real.get_layer("conv1").get_weights()[0]
    assert edges.shape == (3, 3, 3, 64)
    assert 0.05 < edges.std() < 1
