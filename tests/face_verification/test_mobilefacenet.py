"""MobileFaceNet: ncnn files written by the tests, damaged ones, and the real ones."""

import struct
from pathlib import Path

import numpy as np
import pytest

from dltf.data import faces, registry
from dltf.face_verification import mobilefacenet as topic

# A small network with every kind of layer: 6x5 images of 3 channels.
PARAM = """7767517
12 13
Input            data     0 1 data
BinaryOp         minus    1 1 data a 0=1 1=1 2=1.275000e+02
BinaryOp         times    1 1 a b 0=2 1=1 2=7.812500e-03
Convolution      conv     1 1 b c 0=4 1=3 11=3 3=2 13=2 4=1 14=1 5=0 6=108
BatchNorm        norm     1 1 c d 0=4
PReLU            prelu    1 1 d e 0=4
Split            split    1 2 e e1 e2
ConvolutionDepthWise dw   1 1 e1 f 0=4 1=3 3=1 4=1 5=1 6=36 7=4
BinaryOp         plus     2 1 f e2 g 0=0
InnerProduct     dense    1 1 g h 0=5 1=1 2=180
PReLU            prelu2   1 1 h i 0=5
BatchNorm        fc1      1 1 i fc1 0=5 1=1.000000e-03
"""


def arrays(seed=0):
    """Draw the weights, in the order of the file; None stands for the flag before a kernel."""
    rng = np.random.default_rng(seed)
    normal = lambda *shape: rng.normal(size=shape).astype("<f4")  # noqa: E731
    norm = lambda n: [normal(n), normal(n), rng.uniform(0.5, 2, n).astype("<f4"), normal(n)]  # noqa: E731
    return [
        *(None, normal(4, 3, 3, 3), *norm(4), normal(4)),
        *(None, normal(4, 1, 3, 3), normal(4)),
        *(None, normal(5, 4, 3, 3), normal(5), normal(5), *norm(5)),
    ]


def packed(parts):
    return b"".join(struct.pack("<I", 0) if part is None else part.tobytes() for part in parts)


@pytest.fixture
def files(tmp_path):
    param, weights = tmp_path / "net.param", tmp_path / "net.bin"
    param.write_text(PARAM)
    weights.write_bytes(packed(arrays()))
    return param, weights


def convolve(x, kernel, stride):
    """Convolve (C, H, W) by (n_out, n_in, 3, 3), padded by 1; n_in = 1 means each channel alone."""
    x = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    height, width = (x.shape[1] - 3) // stride + 1, (x.shape[2] - 3) // stride + 1
    out = np.zeros((len(kernel), height, width))
    for o, i, j in np.ndindex(out.shape):
        window = x[:, i * stride : i * stride + 3, j * stride : j * stride + 3]
        window = window[o : o + 1] if kernel.shape[1] == 1 else window
        out[o, i, j] = np.sum(window * kernel[o])
    return out


def by_hand(image):
    """Compute the network as ncnn does, channels first."""
    _, conv, g, mean, var, b, slope, _, dw, dw_bias, _, dense, bias, slope2, *last = arrays()
    column = lambda v: v[:, None, None]  # noqa: E731
    x = (image.transpose(2, 0, 1) - 127.5) * 0.0078125
    x = convolve(x, conv, 2)
    x = column(g) * (x - column(mean)) / np.sqrt(column(var)) + column(b)
    x = np.where(x > 0, x, column(slope) * x)
    x = x + convolve(x, dw, 1) + column(dw_bias)
    x = dense.reshape(5, -1) @ x.reshape(-1) + bias
    x = np.where(x > 0, x, slope2 * x)
    return last[0] * (x - last[1]) / np.sqrt(last[2] + 1e-3) + last[3]


def test_every_kind_of_layer_is_as_by_hand(files):
    network = topic.read_ncnn(*files, input_shape=(6, 5, 3))
    images = np.random.default_rng(1).uniform(0, 255, (2, 6, 5, 3)).astype("float32")
    expected = np.stack([by_hand(image) for image in images])
    np.testing.assert_allclose(network(images), expected, rtol=1e-4, atol=1e-4)
    assert network.layers[-1].name == "fc1"


def test_the_mirror_image_has_the_same_encoding_and_length_one(files):
    network = topic.with_mirror(topic.read_ncnn(*files, input_shape=(6, 5, 3)))
    images = np.random.default_rng(1).uniform(0, 255, (2, 6, 5, 3)).astype("float32")
    encodings = np.asarray(network(images))
    np.testing.assert_allclose(encodings, network(images[:, :, ::-1]), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(encodings, axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("7767517", "7767518", r"a text that begins with 7767517 in net\.param, got '7767518'"),
        ("12 13", "13 13", r"expected 13 layers in net\.param, as its second line says, got 12"),
        ("PReLU            prelu ", "Swish            prelu ", r"line 8\), got 'Swish'"),
        ("1 1 c d 0=4", "1 1 c d", r"BatchNorm norm to have the setting 0 \(channels; .* got none"),
        ("1 1 c d 0=4", "1 1 c d 0=4 7=1", r"BatchNorm norm to have the settings \[0, 1\].* got 7"),
        ("1 1 c d 0=4", "1 1 c d 0=four", r"settings as number=value .*line 7\), got 'BatchNorm"),
        ("1 1 c d 0=4", "1 1 zz d 0=4", r"norm to read what an earlier layer makes .*, got 'zz'"),
        ("1 1 c d 0=4", "1 1 c d 0=5", "expected norm to have 4 channels, got 5"),
        ("6=108", "6=109", "expected conv to have 108 weights, got 109"),
        ("7=4", "7=2", "one filter for each of 4 channels, got 4 filters in 2 groups"),
        ("2=180", "2=90", "expected dense to have 36 inputs, got 18"),
        ("f e2 g 0=0", "f e2 g 0=3", "expected plus to add two inputs, .*, got operation 3"),
    ],
)
def test_a_damaged_param_file_is_told_apart(files, old, new, message):
    assert PARAM.count(old) == 1
    files[0].write_text(PARAM.replace(old, new))
    with pytest.raises(ValueError, match=f"^param: .*{message}"):
        topic.read_ncnn(*files, input_shape=(6, 5, 3))


def half_precision(parts):
    return packed(parts).replace(struct.pack("<I", 0), struct.pack("<I", 0x01306B47), 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda parts: packed(parts)[:-8], r"20 bytes more for the bias of fc1 .*, got 12"),
        (lambda parts: packed(parts) + b"abcd", r"bytes in net\.bin, as the layers of .*, got"),
        (lambda parts: packed(parts)[:-1], r"32-bit words in net\.bin, got \d+ bytes"),
        (lambda parts: packed(parts[1:]), "the flag 0 .* before the kernel of conv .*, at byte 0"),
        (half_precision, "kernel of conv in net.bin, at byte 0, got 0x1306b47"),
        (lambda parts: b"", "for the kernel of conv in net.bin, got 0"),
    ],
)
def test_a_damaged_bin_file_is_told_apart(files, change, message):
    files[1].write_bytes(change(arrays()))
    with pytest.raises(ValueError, match=f"^bin: expected .*{message}"):
        topic.read_ncnn(*files, input_shape=(6, 5, 3))


def test_numbers_that_cannot_be_weights_are_refused(files):
    parts = arrays()
    parts[6][1] = np.nan
    files[1].write_bytes(packed(parts))
    with pytest.raises(ValueError, match=r"finite numbers in the slopes of prelu .*, got 1 that"):
        topic.read_ncnn(*files, input_shape=(6, 5, 3))
    parts = arrays()
    parts[4][0] = -1
    files[1].write_bytes(packed(parts))
    with pytest.raises(ValueError, match=r"variances above 0 in norm of net\.bin, got -1"):
        topic.read_ncnn(*files, input_shape=(6, 5, 3))


def test_files_that_are_not_there_are_named(files, monkeypatch, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"param: expected .*, got nothing at .*no\.param"):
        topic.read_ncnn(tmp_path / "no.param", files[1])
    with pytest.raises(FileNotFoundError, match=r"bin: expected .*, got nothing at .*no\.bin"):
        topic.read_ncnn(files[0], tmp_path / "no.bin")
    monkeypatch.setenv("DLTF_DATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"mobilefacenet: .*got nothing .`dltf data fetch"):
        topic.load_mobilefacenet()


# The real files

HERE = registry.find(topic.PARAM_FILE) and registry.find(topic.BIN_FILE)
needs_files = pytest.mark.skipif(not HERE, reason="faces/mobilefacenet.* are not available")
MEASURED = {  # by another program, on the same files: datasets/README.md of the collection
    ("camera_0", "younes"): 0.84,
    ("camera_0", "arnaud"): 1.21,
    ("camera_2", "benoit"): 0.49,
    ("camera_2", "kian"): 1.08,
    ("camera_3", "bertrand"): 0.42,
    ("camera_4", "dan"): 0.43,
    ("camera_5", "arnaud"): 0.75,
}


@pytest.fixture(scope="module")
def album():
    return faces.load_face_photos(112)


@pytest.fixture(scope="module")
def network():
    return topic.load_mobilefacenet()


@needs_files
def test_the_known_distances_are_reproduced(album, network):
    from dltf.face_verification import img_to_encoding, verify

    assert network.output_shape == (None, 128)
    database = {name: img_to_encoding(album[name], network) for name in faces.NAMES}
    for (shot, name), known in MEASURED.items():
        dist, _ = verify(album[shot], name, database, network)
        assert dist == pytest.approx(known, abs=0.006)
    file = registry.find("faces/camera_0.jpg")
    dist, _ = verify(str(file), "younes", database, network)  # by its path: the same
    assert dist == pytest.approx(0.836, abs=0.002)


@needs_files
def test_the_door_opens_for_the_right_person_only(album, network):
    from dltf.face_verification import img_to_encoding, verify, who_is_it

    mirrored = topic.with_mirror(network)
    database = {name: img_to_encoding(album[name], mirrored) for name in faces.NAMES}
    for shot, shown in faces.SEEN.items():
        assert who_is_it(album[shot], database, mirrored)[1] == shown
        for name in faces.NAMES:
            _, door_open = verify(album[shot], name, database, mirrored, topic.DOOR_THRESHOLD)
            assert door_open == (name == shown), (shot, name)


@needs_files
def test_every_number_of_the_real_file_is_used(tmp_path):
    file = Path(str(registry.find(topic.BIN_FILE)))
    longer = tmp_path / "longer.bin"
    longer.write_bytes(file.read_bytes() + b"\0\0\0\0")
    with pytest.raises(ValueError, match=r"bin: expected 4091592 bytes .*, got 4091596"):
        topic.read_ncnn(str(registry.find(topic.PARAM_FILE)), longer)
