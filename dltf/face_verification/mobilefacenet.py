"""MobileFaceNet: a pretrained face encoder of four megabytes, read from ncnn files.

It turns a photo of a face, 112x112, into 128 numbers; photos of one person are close together. It
is built like MobileNet: a 3x3 convolution of each channel by itself (*depthwise*), then 1x1
convolutions that mix the channels, with a shortcut around each such pair, and an eighth of the
arithmetic of plain convolutions.

The published weights are written for ncnn, a library that runs networks on phones. Such a network
is two files: a `.param`, which is text, one line per layer, and a `.bin` with the arrays of these
layers one after the other. The arrays have no names or shapes in the file, so they are read in
order, and every number left over or missing shows that something is wrong.

Layout: ncnn has channels first, kernels `(n_out, n_in, f_H, f_W)`; Keras has channels last, kernels
`(f_H, f_W, n_in, n_out)`: transposed once, when they are read. Photos `(m, 112, 112, 3)`, RGB, 0 to
255: the network's first two layers do the scaling.

Source: Chen et al. 2018, "MobileFaceNets: efficient CNNs for accurate real-time face verification
on mobile devices".
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from dltf.data import registry

PARAM_FILE, BIN_FILE = "faces/mobilefacenet.param", "faces/mobilefacenet.bin"
MAGIC = "7767517"
# Of `with_mirror(load_mobilefacenet())`, on the photos of the course: the right persons are at most
# 0.817 away, everybody else at least 0.831. Five photos prove nothing about a sixth.
DOOR_THRESHOLD = 0.82
FLOAT32 = 0  # the flag before a kernel; others mean half precision or quantized numbers
# ncnn's numbers of the settings of a layer; what is not written has the default.
SETTINGS: dict[str, dict[int, tuple[str, float | None]]] = {
    "Input": {},
    "Split": {},
    "BinaryOp": {0: ("op", 0), 1: ("scalar", 0), 2: ("number", 0)},
    "Convolution": {
        0: ("outputs", None),
        1: ("f_W", None),
        11: ("f_H", None),
        3: ("stride_W", 1),
        13: ("stride_H", None),
        4: ("pad_W", 0),
        14: ("pad_H", None),
        5: ("bias", 0),
        6: ("weights", None),
    },
    "BatchNorm": {0: ("channels", None), 1: ("epsilon", 0)},
    "PReLU": {0: ("slopes", None)},
    "InnerProduct": {0: ("outputs", None), 1: ("bias", 0), 2: ("weights", None)},
}
SETTINGS["ConvolutionDepthWise"] = {**SETTINGS["Convolution"], 7: ("groups", None)}
# Settings whose value must be the same along both axes, by their key.
SAME_AS = {"f_H": "f_W", "stride_H": "stride_W", "pad_H": "pad_W"}
OPERATIONS = {0: "plus", 1: "minus", 2: "times"}


@dataclass(frozen=True)
class Line:
    """One layer of a `.param` file.

    Attributes:
        kind: ncnn's name of its type, such as "Convolution".
        name: its own name.
        inputs: names of what it reads.
        outputs: names of what it makes.
        settings: by the names of `SETTINGS`.
    """

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    settings: dict[str, float]

    def integer(self, name: str) -> int:
        """Return a setting as an integer."""
        return int(self.settings[name])


def read_param(path: str | Path) -> list[Line]:
    """Read the layers of a network from ncnn's text file.

    Args:
        path: the `.param` file.

    Returns:
        The layers, in the order in which they are computed.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not such a file, is cut off, or has a layer that is not known here.
    """
    path = _existing(path, "param")
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    if not lines or lines[0].strip() != MAGIC:
        raise ValueError(
            f"param: expected a text that begins with {MAGIC} in {path.name}, got "
            f"{lines[0][:20] if lines else ''!r}"
        )
    rows = [line.split() for line in lines[2:] if line.strip()]
    counts = lines[1].split() if len(lines) > 1 else []
    if len(counts) != 2 or counts[0] != str(len(rows)):
        raise ValueError(
            f"param: expected {counts[0] if counts else 'a number of'} layers in {path.name}, as "
            f"its second line says, got {len(rows)}"
        )
    known = {"": 0}
    layers = []
    for number, row in enumerate(rows, start=3):
        layer = _read_line(row, f"{path.name}, line {number}")
        for name in layer.inputs:
            if name not in known:
                raise ValueError(
                    f"param: expected {layer.name} to read what an earlier layer makes "
                    f"({path.name}, line {number}), got {name!r}"
                )
        known.update(dict.fromkeys(layer.outputs, number))
        layers.append(layer)
    return layers


def _read_line(row: list[str], where: str) -> Line:
    """Read a line: type, name, how many inputs and outputs, these, and settings as key=value."""
    try:
        kind, name, (n_in, n_out) = row[0], row[1], (int(row[2]), int(row[3]))
        names, pairs = row[4 : 4 + n_in + n_out], row[4 + n_in + n_out :]
        if len(names) != n_in + n_out:
            raise ValueError(f"{len(names)} names")
        given = {int(key): float(value) for key, value in (pair.split("=") for pair in pairs)}
    except (IndexError, ValueError) as error:
        raise ValueError(
            "param: expected a type, a name, two counts, names of inputs and outputs, and settings "
            f"as number=value ({where}), got {' '.join(row)[:60]!r} ({error})"
        ) from None
    if kind not in SETTINGS:
        raise ValueError(
            f"param: expected layers of the types {', '.join(SETTINGS)} ({where}), got {kind!r}"
        )
    if kind == "Input":
        return Line(kind, name, (), tuple(names), {})
    settings: dict[str, float] = {}
    for key, (setting, default) in SETTINGS[kind].items():
        value = given.get(key, settings.get(SAME_AS.get(setting, ""), default))
        if value is None:
            raise ValueError(
                f"param: expected {kind} {name} to have the setting {key} ({setting}; {where}), "
                f"got {', '.join(pairs) or 'none'}"
            )
        settings[setting] = value
    strange = sorted(set(given) - set(SETTINGS[kind]))
    if strange:
        raise ValueError(
            f"param: expected {kind} {name} to have the settings {sorted(SETTINGS[kind])} "
            f"({where}), got {strange[0]}"
        )
    return Line(kind, name, tuple(names[:n_in]), tuple(names[n_in:]), settings)


class Weights:
    """Reader of the weights in a `.bin` file, one array after the other.

    Args:
        path: the `.bin` file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: its size is not a multiple of 4 bytes.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = _existing(path, "bin")
        self.bytes = self.path.read_bytes()
        self.place = 0
        if len(self.bytes) % 4:
            raise ValueError(
                f"bin: expected 32-bit words in {self.path.name}, got {len(self.bytes)} bytes"
            )

    def take(self, layer: Line, what: str, *shape: int, flag: bool = False) -> NDArray[np.float32]:
        """Return the next array of a layer; a kernel has a flag before it."""
        begin = self.place + 4 * flag
        end = begin + 4 * int(np.prod(shape))
        if end > len(self.bytes):
            raise ValueError(
                f"bin: expected {end - self.place} bytes more for the {what} of {layer.name} in "
                f"{self.path.name}, got {len(self.bytes) - self.place}"
            )
        if flag:
            found = int(np.frombuffer(self.bytes, "<u4", 1, self.place)[0])
            if found != FLOAT32:
                raise ValueError(
                    f"bin: expected the flag 0 (32-bit floats) before the {what} of {layer.name} "
                    f"in {self.path.name}, at byte {self.place}, got {found:#x}"
                )
        array = np.frombuffer(self.bytes, "<f4", int(np.prod(shape)), begin).reshape(shape)
        if not np.isfinite(array).all():
            raise ValueError(
                f"bin: expected finite numbers in the {what} of {layer.name} in {self.path.name}, "
                f"got {np.count_nonzero(~np.isfinite(array))} that are not"
            )
        self.place = end
        return array

    def finish(self) -> None:
        """Raise an error if weights are left over."""
        if self.place != len(self.bytes):
            raise ValueError(
                f"bin: expected {self.place} bytes in {self.path.name}, as the layers of its "
                f".param need, got {len(self.bytes)}"
            )


def read_ncnn(
    param: str | Path,
    bin: str | Path,
    input_shape: tuple[int, int, int] = (112, 112, 3),
    name: str = "mobilefacenet",
) -> keras.Model:
    """Convert an ncnn network to a Keras model; its layers keep their names.

    Args:
        param: the file of the layers.
        bin: the file of the weights.
        input_shape: (n_H, n_W, n_C) of an image: it is not in the files.
        name: of the model.

    Returns:
        A functional model from (m, n_H, n_W, n_C) to what the last layer makes.

    Raises:
        FileNotFoundError: a file is not there.
        ValueError: a file is damaged, or the two do not belong together.
    """
    layers, weights = read_param(param), Weights(bin)
    blobs: dict[str, Any] = {}
    images = None
    for layer in layers:
        if layer.kind == "Input":
            images = keras.Input(input_shape, name=layer.outputs[0])
            blobs[layer.outputs[0]] = images
            continue
        inputs = [blobs[source] for source in layer.inputs]
        made = inputs[0] if layer.kind == "Split" else _layer(layer, inputs, weights)
        blobs.update(dict.fromkeys(layer.outputs, made))
    weights.finish()
    if images is None:
        raise ValueError(f"param: expected an Input in {Path(param).name}, got none")
    return keras.Model(images, blobs[layers[-1].outputs[0]], name=name)


def _layer(line: Line, inputs: list[Any], weights: Weights) -> Any:
    """Apply a layer to its inputs, with the next arrays of the file as its weights."""
    x = inputs[0]
    if line.kind == "BinaryOp":
        return _operation(line, inputs)
    if line.kind in ("Convolution", "ConvolutionDepthWise"):
        return _convolution(line, x, weights)
    if line.kind == "InnerProduct":
        n_out, n_in = line.integer("outputs"), line.integer("weights") // line.integer("outputs")
        _same(line, "inputs", int(np.prod(x.shape[1:])), n_in)
        kernel = weights.take(line, "kernel", n_out, n_in, flag=True)
        if len(x.shape) == 4:  # it counts channel by channel, Keras flattens place by place
            height, width, channels = x.shape[1:]
            kernel = kernel.reshape(n_out, channels, height, width).transpose(0, 2, 3, 1)
            x = keras.layers.Flatten(name=f"{line.name}_flatten")(x)
        arrays: list[NDArray[Any]] = [kernel.reshape(n_out, n_in).T]
        if line.settings["bias"]:
            arrays.append(weights.take(line, "bias", n_out))
        return _set(keras.layers.Dense(n_out, use_bias=len(arrays) == 2, name=line.name), x, arrays)
    channels = x.shape[-1]
    if line.kind == "PReLU":
        _same(line, "channels", channels, line.integer("slopes"))
        slopes = weights.take(line, "slopes", channels).reshape((1,) * (len(x.shape) - 2) + (-1,))
        axes = list(range(1, len(x.shape) - 1))
        return _set(keras.layers.PReLU(shared_axes=axes or None, name=line.name), x, [slopes])
    _same(line, "channels", channels, line.integer("channels"))
    gamma, mean, variance, beta = (
        weights.take(line, what, channels) for what in ("slope", "mean", "variance", "bias")
    )
    if not (variance + line.settings["epsilon"] > 0).all():
        raise ValueError(
            f"bin: expected variances above 0 in {line.name} of {weights.path.name}, got "
            f"{variance.min():g}"
        )
    norm = keras.layers.BatchNormalization(epsilon=line.settings["epsilon"], name=line.name)
    return _set(norm, x, [gamma, beta, mean, variance])


def _convolution(line: Line, x: Any, weights: Weights) -> Any:
    """Apply a convolution, plain or of each channel by itself."""
    n_out, f_H, f_W = (line.integer(name) for name in ("outputs", "f_H", "f_W"))
    channels = x.shape[-1]
    depthwise = line.kind == "ConvolutionDepthWise"
    if depthwise and not n_out == line.integer("groups") == channels:
        raise ValueError(
            f"param: expected {line.name} to have one filter for each of {channels} channels, got "
            f"{n_out} filters in {line.integer('groups')} groups"
        )
    n_in = 1 if depthwise else channels
    _same(line, "weights", n_out * n_in * f_H * f_W, line.integer("weights"))
    kernel = weights.take(line, "kernel", n_out, n_in, f_H, f_W, flag=True)
    arrays = [kernel.transpose(2, 3, 0, 1) if depthwise else kernel.transpose(2, 3, 1, 0)]
    if line.settings["bias"]:
        arrays.append(weights.take(line, "bias", n_out))
    pad_H, pad_W = line.integer("pad_H"), line.integer("pad_W")
    if pad_H or pad_W:  # the same on both sides; Keras's "same" pads less before than after
        x = keras.layers.ZeroPadding2D((pad_H, pad_W), name=f"{line.name}_pad")(x)
    strides = (line.integer("stride_H"), line.integer("stride_W"))
    settings = {"strides": strides, "use_bias": len(arrays) == 2, "name": line.name}
    if depthwise:
        return _set(keras.layers.DepthwiseConv2D((f_H, f_W), **settings), x, arrays)
    return _set(keras.layers.Conv2D(n_out, (f_H, f_W), **settings), x, arrays)


def _operation(line: Line, inputs: list[Any]) -> Any:
    """Apply an operation on a number and a tensor, or add two tensors."""
    operation = OPERATIONS.get(line.integer("op"))
    number = line.settings["number"]
    if line.settings["scalar"] and operation is not None:
        scale, offset = {"plus": (1, number), "minus": (1, -number), "times": (number, 0)}[
            operation
        ]
        return keras.layers.Rescaling(scale, offset, name=line.name)(inputs[0])
    if operation != "plus":
        raise ValueError(
            f"param: expected {line.name} to add two inputs, or to add, subtract or multiply a "
            f"number, got operation {line.integer('op')}"
        )
    return keras.layers.Add(name=line.name)(inputs)


def _set(layer: keras.layers.Layer, x: Any, arrays: list[NDArray[Any]]) -> Any:
    """Apply a Keras layer and give it its weights."""
    made = layer(x)
    layer.set_weights(arrays)
    return made


def _same(line: Line, what: str, expected: int, got: int) -> None:
    """Raise an error if a layer does not fit its input."""
    if expected != got:
        raise ValueError(f"param: expected {line.name} to have {expected} {what}, got {got}")


def _existing(path: str | Path, argument: str) -> Path:
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{argument}: expected a file of ncnn's, got nothing at {path}")
    return path


def load_mobilefacenet() -> keras.Model:
    """Return MobileFaceNet with its trained weights: (m, 112, 112, 3), 0 to 255, to (m, 128).

    Raises:
        FileNotFoundError: the files are not available.
        ValueError: a file is damaged.
    """
    files = {file: registry.find(file) for file in (PARAM_FILE, BIN_FILE)}
    for file, path in files.items():
        if path is None:
            raise FileNotFoundError(
                f"mobilefacenet: expected {file}, got nothing (`dltf data fetch faces` brings it)"
            )
    return read_ncnn(str(files[PARAM_FILE]), str(files[BIN_FILE]))


def with_mirror(network: keras.Model) -> keras.Model:
    """Return a model whose encoding is the mean of those of a photo and its mirror image.

    A face and its mirror image are the same person, so what differs between their encodings is
    noise, and the mean has less of it.

    Args:
        network: from photos (m, n_H, n_W, 3) to encodings (m, d); it is shared, not copied.

    Returns:
        A model from photos to encodings of length 1, (m, d).
    """
    photos = keras.Input(network.input_shape[1:])
    mirrored = keras.ops.flip(photos, axis=2)
    length_one = keras.layers.UnitNormalization()
    both = keras.layers.Add()([length_one(network(photos)), length_one(network(mirrored))])
    return keras.Model(photos, length_one(both), name=f"{network.name}_with_mirror")
