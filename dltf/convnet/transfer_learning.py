"""Transfer learning with a linear probe, and multi-task learning with missing labels.

**Transfer learning.** 209 photos of cats are too few to learn what an eye is. A network that has
seen a million photos knows, so we take its last activations as features and learn only a straight
line on top (a *linear probe*). The accuracies on test photos that
`python -m dltf.convnet.transfer_learning` measured, on the real photos with the real weights; a
random network by three seeds:

                                            cats (50)           happy house (50 of 150)
    last layer, trained weights             0.96                0.78
    last layer, random weights              0.64, 0.66, 0.54    0.80, 0.70, 0.58
    fire5 at 4x4 places, trained weights    0.96                0.90
    fire5 at 4x4 places, random weights     0.72, 0.76, 0.84    0.88, 0.84, 0.82
    the pixels                              0.66                0.84

The last layer knows what things are and has forgotten where; a smile is a matter of where. And the
happy house shows the same few people again and again, which makes it easy for anybody. One photo of
fifty is 0.02.

**Multi-task learning.** One network answers several yes-or-no questions about an image. If a label
is missing, the loss leaves that *label* out and keeps the image.

Layout: Keras's, examples first. Features `(m, n)`, labels `y (m,)` or `(m, tasks)`; an unknown
label is NaN.

Source: Donahue et al. 2014, "DeCAF: a deep convolutional activation feature for generic visual
recognition"; Ng, "Machine learning yearning", chapter on multi-task learning.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from dltf import data
from dltf.convnet.architectures import to_convolutional
from dltf.models.squeezenet import pooled_features, squeezenet
from dltf.training import History, train
from dltf.typing import Array
from dltf.validation import check_integer, check_number

# == 1. A straight line on borrowed features =======================================================

# What a thing is, wherever it is; and what is where: the corners of a mouth.
FEATURES: dict[str, dict[str, Any]] = {
    "last layer": {},
    "fire5 at 4x4 places": {"layer": "fire5", "grid": 4},
}


def linear_probe(
    train_x: Array, train_y: Array, test_x: Array, test_y: Array, l2: float = 0.01
) -> tuple[dict[str, float], Array]:
    """Learn logistic regression on features, and measure it on others.

    Args:
        train_x: (m, n). Features get mean 0 and variance 1, measured here.
        train_y: labels 0 or 1, (m,).
        test_x: (any number, n).
        test_y: labels of these.
        l2: weight decay coefficient: there may be more features than examples.

    Returns:
        {"train": accuracy, "test": accuracy} and the probability of label 1 for each test example.
    """
    check_number("l2", l2, at_least=0)
    mean, std = train_x.mean(axis=0), train_x.std(axis=0)
    scaled = [(x - mean) / np.where(std > 0, std, 1) for x in (train_x, test_x)]
    unit = keras.layers.Dense(
        1, kernel_initializer="zeros", kernel_regularizer=keras.regularizers.L2(l2)
    )
    probe = keras.Sequential([keras.Input(train_x.shape[1:]), unit])
    train(
        probe,
        (scaled[0], train_y[:, None].astype("float32")),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        optimizer=keras.optimizers.Adam(0.01),
        epochs=200,
        batch_size=len(train_x),
        shuffle=False,
        progress=False,
    )
    logits = [np.asarray(probe(x.astype("float32")))[:, 0] for x in scaled]
    measured = {
        name: float(np.mean((z > 0) == y))
        for name, z, y in zip(("train", "test"), logits, (train_y, test_y), strict=True)
    }
    return measured, 1 / (1 + np.exp(-logits[1]))


def transfer_table(
    sets: Sequence[Array], seeds: Sequence[int] = (0, 1, 2)
) -> dict[str, list[float]]:
    """Measure what SqueezeNet's features are worth, beside random ones and the pixels.

    Args:
        sets: train_x, train_y, test_x, test_y: photos (m, 64, 64, 3), 0 to 255, and labels (m,).
        seeds: of the networks with random weights.

    Returns:
        features -> accuracies on the test photos, one a network.
    """
    train_x, train_y, test_x, test_y = sets

    def probed(features: Any) -> float:
        return linear_probe(features(train_x), train_y, features(test_x), test_y)[0]["test"]

    trained, table = [squeezenet()], {}
    drawn = [squeezenet(None, seed) for seed in seeds]
    for what, settings in FEATURES.items():
        for weights, networks in (("trained", trained), ("random", drawn)):
            table[f"{what}, {weights} weights"] = [
                probed(lambda photos, n=n, s=settings: pooled_features(n, photos, **s))
                for n in networks
            ]
    table["the pixels"] = [probed(lambda photos: photos.reshape(len(photos), -1) / 255)]
    return table


# == 2. Several questions, some answers unknown ====================================================


def masked_binary_crossentropy(y: Any, logits: Any) -> Any:
    """Return the mean cross-entropy over the labels that are known.

    Args:
        y: labels, (m, tasks): 0, 1 or NaN for unknown.
        logits: predictions, (m, tasks).

    Returns:
        A number; 0 if nothing is known. No gradient comes from an unknown label.
    """
    ops = keras.ops
    known = ops.logical_not(ops.isnan(y))
    labels = ops.where(known, y, 0.0)  # before the loss: 0 times NaN would be NaN
    # -y log s(z) - (1 - y) log(1 - s(z)), in a form that does not overflow
    losses = ops.relu(logits) - labels * logits + ops.log1p(ops.exp(-ops.abs(logits)))
    count = ops.sum(ops.cast(known, losses.dtype))
    return ops.sum(ops.where(known, losses, 0.0)) / ops.maximum(count, 1.0)


def masked_accuracy(y: Any, logits: Any) -> Any:
    """Return the share of the known labels that are predicted rightly."""
    ops = keras.ops
    known = ops.cast(ops.logical_not(ops.isnan(y)), logits.dtype)
    right = ops.cast(ops.equal(logits > 0, ops.where(ops.isnan(y), 0.0, y) > 0.5), logits.dtype)
    return ops.sum(right * known) / ops.maximum(ops.sum(known), 1.0)


def scene_network(tasks: int = 4, seed: int | None = None) -> keras.Model:
    """Return a small conv net that answers several questions about a scene of any size.

    Args:
        tasks: number of questions.
        seed: of the first weights.

    Returns:
        A model from (m, n_H, n_W, 3) to logits (m, tasks).
    """
    tasks = check_integer("tasks", tasks, at_least=1)
    draw = np.random.default_rng(seed)
    x = scenes = keras.Input((None, None, 3))
    for n_C, f, stride in ((16, 5, 2), (32, 3, 1), (32, 3, 1)):
        he = keras.initializers.HeNormal(int(draw.integers(2**31)))
        x = keras.layers.Conv2D(
            n_C, f, stride, padding="same", activation="relu", kernel_initializer=he
        )(x)
        x = keras.layers.MaxPooling2D(2)(x) if stride == 1 else x
    x = keras.layers.GlobalMaxPooling2D()(x)  # is it anywhere?
    glorot = keras.initializers.GlorotUniform(int(draw.integers(2**31)))
    return keras.Model(scenes, keras.layers.Dense(tasks, kernel_initializer=glorot)(x))


def train_with_unknowns(
    x: Array, y: Array, test: tuple[Array, Array], epochs: int = 12, seed: int | None = None
) -> History:
    """Train the scene network on labels of which some are NaN, by the masked loss.

    Args:
        x: scenes, (m, n_H, n_W, 3).
        y: labels, (m, tasks): 0, 1 or NaN.
        test: scenes and labels to measure on.
        epochs: passes over the data.
        seed: of first weights and order.

    Returns:
        The history; "val_accuracy" is that of the test scenes.
    """
    accuracy = keras.metrics.MeanMetricWrapper(masked_accuracy, name="accuracy")
    return train(
        scene_network(y.shape[1], seed),
        (x, y),
        loss=masked_binary_crossentropy,
        optimizer=keras.optimizers.Adam(0.003),
        epochs=epochs,
        batch_size=32,
        validation=test,
        metrics=[accuracy],
        seed=seed,
        progress=False,
    )


# == 3. Windows that look for shapes ===============================================================


def train_window_classifier(
    m: int = 3000, epochs: int = 8, seed: int | None = None
) -> tuple[keras.Model, History]:
    """Train a classifier of the shape in the middle of a 24x24 window, if any.

    Its layers have no padding, so `dltf.convnet.architectures.to_convolutional` can slide it.

    Args:
        m: number of windows.
        epochs: passes over them.
        seed: of the windows, the first weights and the order.

    Returns:
        The network, from (m, 24, 24, 3) to probabilities (m, 5), 0 for none; and the history.
    """
    m = check_integer("m", m, at_least=1)
    draw = np.random.default_rng(seed)
    layers = [keras.Input((24, 24, 3))]
    for n_C in (12, 24):
        he = keras.initializers.HeNormal(int(draw.integers(2**31)))
        layers += [
            keras.layers.Conv2D(n_C, 5, activation="relu", kernel_initializer=he),
            keras.layers.MaxPooling2D(2),
        ]
    he, glorot = (int(n) for n in draw.integers(2**31, size=2))
    layers += [
        keras.layers.Flatten(),
        keras.layers.Dense(32, "relu", kernel_initializer=keras.initializers.HeNormal(he)),
        keras.layers.Dense(
            5, "softmax", kernel_initializer=keras.initializers.GlorotUniform(glorot)
        ),
    ]
    network = keras.Sequential(layers, name="windows")
    accuracy = keras.metrics.SparseCategoricalAccuracy("accuracy")
    history = train(
        network,
        data.make_shapes(m, rng=seed),
        loss="sparse_categorical_crossentropy",
        optimizer=keras.optimizers.Adam(0.002),
        epochs=epochs,
        batch_size=32,
        validation=data.make_shapes(500, rng=None if seed is None else seed + 1),
        metrics=[accuracy],
        seed=seed,
        progress=False,
    )
    return network, history


def window_features(network: keras.Model, photos: Array) -> Array:
    """Return what a window classifier's last hidden layer finds in photos of any size.

    The network slides over each photo, as in `dltf.convnet.architectures.to_convolutional`. It was
    trained on shapes, and finds corners, discs and bars in other images, too: features to borrow
    where no weights from photos are available.

    Args:
        network: of `train_window_classifier`.
        photos: (m, n_H, n_W, 3), 0 to 255.

    Returns:
        Mean and maximum over all positions of each hidden unit, (m, 64).
    """
    slides = to_convolutional(network)
    hidden = keras.Model(slides.inputs[0], slides.layers[-2].output)
    maps = np.asarray(hidden(np.asarray(photos, "float32") / 255))  # (m, rows, columns, 32)
    return np.concatenate([maps.mean(axis=(1, 2)), maps.max(axis=(1, 2))], axis=1)


def main() -> None:
    """Print the table of this module's docstring."""
    for name, load in (("cats", data.load_cats), ("happy house", data.load_happy)):
        for features, accuracies in transfer_table(load()).items():
            print(f"{name:12} {features:38} {', '.join(f'{a:.2f}' for a in accuracies)}")


if __name__ == "__main__":
    main()
