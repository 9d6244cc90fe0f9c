"""Loader of Darknet networks: `.cfg` and `.weights` files as Keras models; YOLO-LITE.

YOLO was made with Darknet, a library in C, and its networks are published in Darknet's two files.
The `.cfg` is a list of sections, one a layer, with options. The `.weights` are a short header and
then nothing but float32 numbers, layer after layer; which number belongs where follows from the
`.cfg` alone. So one number too many or too few means that the two do not fit, and that is checked.

A convolution has its biases first (with batch norm: biases, scales, means, variances), then the
kernel as (filters, channels, height, width); Keras has (height, width, channels, filters).

`read_detector` gives YOLO-LITE (Huang, Pedoeem & Chen 2018): five poolings, 32 pixels a cell, so it
takes images of any multiple of 32. At 608x608 its output is 19x19x425: five anchors, each with
x, y, w, h, confidence and the 80 classes of COCO.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import keras
import numpy as np

from dltf.data import registry
from dltf.typing import Array
from dltf.yolo import preprocess_image, read_classes, scale_boxes
from dltf.yolo.layers import YoloHead
from dltf.yolo.metrics import Detections, detect

Section: TypeAlias = "tuple[str, dict[str, str]]"

CFG_FILE = "yolo/yolo-lite-coco.cfg"
WEIGHTS_FILE = "yolo/yolo-lite-coco.weights"
CLASSES_FILE = "yolo/coco_classes.txt"
ACTIVATIONS = ("linear", "leaky", "relu")
BATCH_NORM_EPSILON = 1e-6  # Darknet adds it outside the root; Keras adds it under the root

# == 1. The network ================================================================================


def read_cfg(path: str | Path) -> list[Section]:
    """Read a `.cfg` file.

    Args:
        path: the file.

    Returns:
        For each section its name ("net", "convolutional", ...) and its options, as text.

    Raises:
        ValueError: a line is none of section, option and remark; or the first section is not "net".
    """
    path = Path(path)
    sections: list[Section] = []
    for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1):
        line = line.partition("#")[0].partition(";")[0].strip()
        if not line:
            continue
        if line.startswith("[") and line.endswith("]"):
            sections.append((line[1:-1].strip(), {}))
        elif "=" in line and sections:
            key, _, value = line.partition("=")
            sections[-1][1][key.strip()] = value.strip()
        else:
            raise ValueError(
                f"cfg: expected '[section]' or 'option=value' in line {number} of {path.name}, got "
                f"{line[:60]!r}"
            )
    if not sections or sections[0][0] not in ("net", "network"):
        first = f"[{sections[0][0]}]" if sections else "no section"
        raise ValueError(f"cfg: expected {path.name} to begin with [net], got {first}")
    return sections


def build(sections: list[Section], size: int | None = None) -> keras.Model:
    """Build the network of a `.cfg` in Keras, with random weights.

    Args:
        sections: of `read_cfg`.
        size: height and width of its images, a multiple of 32; that of the file if None.

    Returns:
        A model from (m, size, size, 3), between 0 and 1, to the raw output (m, g, g, A * (5 + C)).

    Raises:
        ValueError: a layer or an option is one that is not known here.
    """
    net = sections[0][1]
    size = _number(net, "net", "width", 416) if size is None else size
    if size < 32 or size % 32:
        raise ValueError(f"size: expected a multiple of 32, got {size}")
    images = x = keras.Input((size, size, _number(net, "net", "channels", 3)), name="images")
    for number, (kind, options) in enumerate(sections[1:]):
        if kind == "convolutional":
            x = _convolution(x, options, f"conv{number}")
        elif kind == "maxpool":
            f, stride = (_number(options, kind, key, 2) for key in ("size", "stride"))
            x = keras.layers.MaxPooling2D(f, stride, "same", name=f"pool{number}")(x)
        elif kind != "region":
            raise ValueError(
                "cfg: expected the sections convolutional, maxpool and region, got "
                f"[{kind}] as layer {number}"
            )
    return keras.Model(images, x, name="darknet")


def _convolution(x: Any, options: dict[str, str], name: str) -> Any:
    """Add a convolution with its batch norm and its activation."""
    kind = "convolutional"
    filters, f = _number(options, kind, "filters"), _number(options, kind, "size")
    stride, normed = (
        _number(options, kind, key, default)
        for key, default in (("stride", 1), ("batch_normalize", 0))
    )
    activation = options.get("activation", "logistic")
    if activation not in ACTIVATIONS:
        raise ValueError(
            f"cfg: expected an activation among {', '.join(ACTIVATIONS)}, got {activation!r}"
        )
    pad = f // 2 if _number(options, kind, "pad", 0) else _number(options, kind, "padding", 0)
    if pad:
        x = keras.layers.ZeroPadding2D(pad, name=f"{name}_pad")(x)
    x = keras.layers.Conv2D(filters, f, stride, use_bias=not normed, name=name)(x)
    if normed:
        x = keras.layers.BatchNormalization(epsilon=BATCH_NORM_EPSILON, name=f"{name}_norm")(x)
    if activation == "leaky":
        return keras.layers.LeakyReLU(0.1, name=f"{name}_leaky")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x) if activation == "relu" else x


def _number(options: dict[str, str], kind: str, key: str, default: int | None = None) -> int:
    """Return an option that is an integer."""
    value = options.get(key, None if default is None else str(default))
    try:
        return int(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ValueError(f"cfg: expected an integer as {key} of [{kind}], got {value!r}") from None


def region(sections: list[Section]) -> tuple[Array, int]:
    """Return the anchors of the region section, (A, 2) in cells, and the number of classes.

    Raises:
        ValueError: there is no such section, or its numbers do not fit.
    """
    options = next((o for kind, o in reversed(sections) if kind == "region"), None)
    if options is None:
        raise ValueError("cfg: expected a section [region] with the anchors, got none")
    count, classes = (_number(options, "region", key) for key in ("num", "classes"))
    try:
        anchors = np.array([float(a) for a in options.get("anchors", "").split(",")])
    except ValueError:
        anchors = np.zeros(0)
    if anchors.size != 2 * count:
        raise ValueError(
            f"cfg: expected {2 * count} numbers as anchors of [region] (num={count}), got "
            f"{anchors.size}"
        )
    return anchors.reshape(-1, 2), classes


# == 2. The numbers ================================================================================


def load_weights(network: keras.Model, path: str | Path) -> int:
    """Load the weights of a network from a `.weights` file; none is set unless all fit.

    Args:
        network: of `build`.
        path: the file.

    Returns:
        How many images the network has been trained on, as the file says.

    Raises:
        ValueError: the file is too short or too long for this network, its header makes no sense,
            or a number in it is not finite.
    """
    path = Path(path)
    data = path.read_bytes()
    header = np.frombuffer(data[:12], "<i4") if len(data) >= 20 else np.zeros(0, "<i4")
    if len(header) < 3 or not (0 <= header[0] < 1000 and 0 <= header[1] < 1000):
        raise ValueError(
            f"weights: expected {path.name} to begin with Darknet's version, two small numbers, "
            f"got {header[:2].tolist() if len(header) else f'{len(data)} bytes in all'}"
        )
    wide = header[0] * 10 + header[1] >= 2  # newer files count images in 64 bits
    begin = 20 if wide else 16
    seen = int(np.frombuffer(data[12:begin], "<i8" if wide else "<i4")[0])
    layers = [layer for layer in network.layers if layer.weights]
    needed = sum(int(np.prod(w.shape)) for layer in layers for w in layer.weights)
    if len(data) != begin + 4 * needed:
        kind = "truncated" if len(data) < begin + 4 * needed else "of another network"
        raise ValueError(
            f"weights: expected {needed:,} numbers for this .cfg ({begin + 4 * needed:,} bytes with"
            f" the header), got {(len(data) - begin) / 4:,.10g} ({len(data):,} bytes); {path.name} "
            f"is {kind}"
        )
    numbers = np.frombuffer(data, "<f4", offset=begin)
    wrong = int(np.count_nonzero(~np.isfinite(numbers)))
    huge = int(np.count_nonzero(np.abs(numbers[np.isfinite(numbers)]) > 1e8))
    if wrong or huge:
        raise ValueError(
            f"weights: expected finite numbers of moderate size in {path.name}, got {wrong} that "
            f"are not finite and {huge} above 1e8; the file is damaged"
        )
    taken = 0

    def take(*shape: int) -> Array:
        nonlocal taken
        count = int(np.prod(shape))
        taken += count
        return numbers[taken - count : taken].reshape(shape)

    fitting: list[tuple[Any, list[Array]]] = []
    for layer, after in zip(layers, [*layers[1:], None], strict=True):
        if not isinstance(layer, keras.layers.Conv2D):
            continue  # a batch norm was set with its convolution, whose kernel comes after it
        f_height, f_width, channels, filters = layer.kernel.shape
        if layer.use_bias:
            bias, norm = [take(filters)], None
        else:
            beta, gamma, mean, variance = (take(filters) for _ in range(4))
            bias, norm = [], [gamma, beta, mean, variance]
        kernel = take(filters, channels, f_height, f_width).transpose(2, 3, 1, 0)
        fitting.append((layer, [kernel, *bias]))
        if norm is not None:
            fitting.append((after, norm))
    for layer, arrays in fitting:
        layer.set_weights(arrays)
    return seen


# == 3. The detector ===============================================================================


@dataclass
class Detector:
    """Trained detector: a network with its anchors and class names.

    Attributes:
        network: from images (m, size, size, 3) to raw outputs (m, g, g, A * (5 + C)).
        anchors: in cells, (A, 2).
        class_names: C names.
    """

    network: keras.Model
    anchors: Array
    class_names: list[str]

    def __post_init__(self) -> None:
        import tensorflow as tf

        head = YoloHead(self.anchors, len(self.class_names))

        @tf.function(autograph=False)
        def forward(images: Any) -> tuple[Any, Any]:
            raw = self.network(images, training=False)
            return raw, head(raw)

        self.forward = forward

    @property
    def size(self) -> int:
        """Height and width of the images that the network takes."""
        return int(self.network.input_shape[1])

    def __call__(self, images: Array) -> Any:
        """Return the decoded output (m, g, g, A, 5 + C) of images (m, size, size, 3), 0 to 1."""
        return self.forward(np.asarray(images, np.float32))[1]

    def find(
        self, path: str | Path, score_threshold: float = 0.3, iou_threshold: float = 0.45
    ) -> tuple[Any, Detections]:
        """Find the objects of an image, from its file.

        Args:
            path: file of an image, of any size.
            score_threshold: the lowest score that is kept.
            iou_threshold: the largest overlap that two boxes of one class may have and both stay.

        Returns:
            The image (PIL), and what was found, with boxes in its pixels.
        """
        image, batch = preprocess_image(path, (self.size, self.size))
        (found,) = detect(self(batch), score_threshold, iou_threshold)
        return image, found._replace(boxes=scale_boxes(found.boxes, image.size[::-1]))


def read_detector(
    cfg: str | Path | None = None,
    weights: str | Path | None = None,
    classes: str | Path | None = None,
    size: int | None = None,
) -> Detector:
    """Read a detector from Darknet's files; YOLO-LITE by default.

    Args:
        cfg: the network's file; that in the registry (`dltf data fetch yolo`) if None.
        weights: its numbers, likewise.
        classes: the names of its classes, one a line, likewise.
        size: height and width of its images, a multiple of 32; that of the file if None.

    Raises:
        FileNotFoundError: a file is not there.
        ValueError: a file makes no sense, or they do not fit each other.
    """
    given = {CFG_FILE: cfg, WEIGHTS_FILE: weights, CLASSES_FILE: classes}
    paths = {
        file: registry.find(file) if path is None else Path(path) for file, path in given.items()
    }
    for file, path in paths.items():
        if path is None or not path.is_file():
            raise FileNotFoundError(
                f"{file}: expected the file (`dltf data fetch yolo` fetches it), got "
                f"{'nothing' if path is None else path}"
            )
    sections = read_cfg(paths[CFG_FILE])  # type: ignore[arg-type]
    anchors, count = region(sections)
    names = read_classes(paths[CLASSES_FILE])  # type: ignore[arg-type]
    if len(names) != count:
        raise ValueError(f"classes: expected {count} names for this .cfg, got {len(names)}")
    network = build(sections, size)
    channels = len(anchors) * (5 + count)
    if network.output_shape[-1] != channels:
        raise ValueError(
            f"cfg: expected {channels} filters in the last layer ({len(anchors)} anchors, {count} "
            f"classes), got {network.output_shape[-1]}"
        )
    load_weights(network, paths[WEIGHTS_FILE])  # type: ignore[arg-type]
    detector = Detector(network, anchors, names)
    detect(detector(np.zeros((1, *network.input_shape[1:]))))  # builds the graph: no scene waits
    return detector


def road_photos() -> list[Path]:
    """Return the paths of the available road photos, in order; an empty list if there are none."""
    files = [e.file for e in registry.select(["yolo"]) if e.file.startswith("yolo/images/")]
    found = (registry.find(file) for file in files if "giraffe" not in file)
    return [path for path in found if path is not None]
