"""Experiments: train face verification on generated faces, and evaluate on unseen people.

    python -m dltf.face_verification.experiments            # three seeds, six to eight minutes
    python -m dltf.face_verification.experiments --digits   # the counter-example, ten seconds

The first prints the table of `docs/face_verification.md`. Three disjoint groups of people:
480 to learn from, 60 to choose the threshold by, 100 to measure on. The seeds of the groups are
below; those that the generator was made with are others.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from dltf.data.faces import make_faces
from dltf.face_verification import (
    SemiHardTripletLoss,
    Siamese,
    encoder,
    metrics,
)
from dltf.training import History, train
from dltf.typing import Array
from dltf.validation import check_integer, check_number

GROUP = 4  # photos of one person that stay together in a batch
BATCH = 32  # such groups in a batch
STEPS = 1500
TRAINING, VALIDATION, TEST = (
    (2026, 480, 16),
    (2027, 60, 10),
    (2028, 100, 10),
)  # seed, people, photos


@dataclass(frozen=True)
class Score:
    """Evaluation of encodings: accuracy, AUC, one-shot accuracy and threshold.

    Attributes:
        threshold: chosen on the validation people.
        accuracy: with it, over balanced pairs of the test people.
        area: under the ROC curve of the same pairs.
        one_shot: share of right answers among ten test people, one known photo each.
    """

    threshold: float
    accuracy: float
    area: float
    one_shot: float


def train_encoder(
    network: keras.Model,
    photos: Array,
    labels: Array,
    *,
    steps: int = STEPS,
    learning_rate: float = 2e-3,
    alpha: float = 0.2,
    seed: int | None = None,
    progress: bool = True,
) -> History:
    """Train an encoder with the triplet loss and semi-hard mining, in place.

    Args:
        network: from photos to encodings of length 1, such as `encoder()`.
        photos: (m, n_H, n_W, n_C), person after person, each on the same number of photos.
        labels: who is on them, (m,).
        steps: how many steps of Adam; the step size falls to 0 along a cosine.
        learning_rate: of the first step.
        alpha: the margin.
        seed: orders the groups.
        progress: whether to show a progress bar.

    Returns:
        The history of the loss.

    Raises:
        ValueError: the photos cannot be cut into groups of one person.
    """
    steps = check_integer("steps", steps, at_least=1)
    check_number("learning_rate", learning_rate, above=0)
    used = len(photos) // GROUP * GROUP
    groups = photos[:used].reshape(-1, GROUP, *photos.shape[1:])  # (m / K, K, n_H, n_W, n_C)
    names = np.asarray(labels)[:used].reshape(-1, GROUP)
    if not (names == names[:, :1]).all():
        raise ValueError(
            f"labels: expected {GROUP} photos of one person after the other, got {names[0]} among "
            "others"
        )
    count = min(BATCH, len(groups))
    used = len(groups) // count * count  # every batch is full
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    return train(
        Siamese(network),
        (groups[:used], names[:used]),
        loss=SemiHardTripletLoss(alpha),
        optimizer=keras.optimizers.Adam(schedule),
        epochs=max(1, round(steps / (used // count))),
        batch_size=count,
        seed=seed,
        progress=progress,
    )


def encode(network: keras.Model, photos: Array) -> Array:
    """Return the encodings of photos, (m, d)."""
    parts = [photos[i : i + 256].astype("float32") for i in range(0, len(photos), 256)]
    return np.concatenate([np.asarray(network(part, training=False)) for part in parts])


def as_pixels(photos: Array) -> Array:
    """Return photos as encodings: each pixel is a coordinate, (m, n_H n_W n_C)."""
    return photos.reshape(len(photos), -1).astype("float32") / 255


def distances_of_pairs(
    encodings: Array, labels: Array, rng: np.random.Generator | int | None = None
) -> tuple[Array, Array]:
    """Return the distances of balanced pairs, and which show one person; (k,) each.

    Args:
        encodings: of photos, (m, d).
        labels: who is on them, (m,).
        rng: generator or seed of the pairs of two people.
    """
    first, second, same = metrics.pairs(labels, rng)
    return np.linalg.norm(encodings[first] - encodings[second], axis=1), same


def score(
    encoded: Callable[[Array], Array],
    validation: tuple[Array, Array],
    test: tuple[Array, Array],
) -> Score:
    """Choose the threshold on one group of people, and evaluate on another.

    Args:
        encoded: from photos to encodings (m, d).
        validation: photos and labels.
        test: photos and labels of other people.
    """
    threshold, _ = metrics.threshold_by_trial(
        *distances_of_pairs(encoded(validation[0]), validation[1], rng=0)
    )
    encodings = encoded(test[0])
    distances, same = distances_of_pairs(encodings, test[1], rng=0)
    _, false, true = metrics.roc_curve(distances, same)
    return Score(
        threshold,
        float(np.mean((distances < threshold) == same)),
        metrics.area_under(false, true),
        metrics.one_shot_accuracy(encodings, test[1], rng=0),
    )


def compare_encodings(
    seeds: tuple[int, ...] = (0, 1, 2), steps: int = STEPS
) -> list[tuple[str, Score, float]]:
    """Evaluate raw pixels, untrained and trained networks on unseen people.

    Returns:
        Name, score and seconds of training of each.
    """
    groups = [make_faces(people, photos, rng=seed) for seed, people, photos in (VALIDATION, TEST)]
    photos, labels = make_faces(TRAINING[1], TRAINING[2], rng=TRAINING[0])
    rows = [("raw pixels", score(as_pixels, *groups), 0.0)]
    for seed in seeds:
        network = encoder(seed=seed)

        def encoded(photos: Array, network: keras.Model = network) -> Array:
            return encode(network, photos)

        rows.append((f"untrained, seed {seed}", score(encoded, *groups), 0.0))
        began = time.perf_counter()
        train_encoder(network, photos, labels, steps=steps, seed=seed)
        seconds = time.perf_counter() - began
        rows.append((f"trained, seed {seed}", score(encoded, *groups), seconds))
    return rows


def table(rows: list[tuple[str, Score, float]]) -> str:
    """Write the rows of `compare_encodings` as a table, with the medians of the seeds."""
    text = (
        "| encodings | accuracy | AUC | one-shot, 10 people | threshold | seconds |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: |\n"
    )
    medians = []
    for kind in ("untrained", "trained"):
        some = [(row, seconds) for name, row, seconds in rows if name.startswith(kind)]
        values = [(r.threshold, r.accuracy, r.area, r.one_shot, s) for r, s in some]
        middle = [float(value) for value in np.median(values, axis=0)]
        medians.append((f"**{kind}, median**", Score(*middle[:4]), middle[4]))
    for name, row, seconds in [*rows, *medians]:
        text += (
            f"| {name} | {row.accuracy:.3f} | {row.area:.4f} | {row.one_shot:.3f} | "
            f"{row.threshold:.2f} | {f'{seconds:.0f}' if seconds else ''} |\n"
        )
    return text


# == The counter-example ===========================================================================


def digits() -> tuple[Array, Array]:
    """Return scikit-learn's handwritten digits, (1797, 8, 8, 1), 0 to 255, and what they are."""
    try:
        from sklearn.datasets import load_digits
    except ModuleNotFoundError as error:
        message = "digits: needs scikit-learn: pip install 'dltf[grader]'"
        raise ModuleNotFoundError(message, name=error.name) from None

    images, labels = load_digits(return_X_y=True)
    return images.reshape(-1, 8, 8, 1) * (255 / 16), labels


def digit_encoder(seed: int | None = None) -> keras.Model:
    """Return a small encoder of 8x8 images."""
    draw = np.random.default_rng(seed)
    layers: list[Any] = [keras.Input((8, 8, 1)), keras.layers.Rescaling(1 / 127.5, -1)]
    for channels, stride in ((32, 1), (64, 2), (64, 2)):
        he = keras.initializers.HeNormal(int(draw.integers(2**31)))
        layers.append(keras.layers.Conv2D(channels, 3, stride, "same", kernel_initializer=he))
        layers.append(keras.layers.ReLU())
    he = keras.initializers.HeNormal(int(draw.integers(2**31)))
    layers += [keras.layers.Flatten(), keras.layers.Dense(32, kernel_initializer=he)]
    return keras.Sequential([*layers, keras.layers.UnitNormalization()], name="digit_encoder")


def compare_on_digits(
    seed: int | None = None, steps: int = 300, progress: bool = True
) -> dict[str, tuple[float, float]]:
    """Train an encoder on the digits 0 to 6 and try it on them, and on 7 to 9.

    One half of every digit's images is learned from, the other measured on.

    Returns:
        {name: (best accuracy over balanced pairs, AUC)}.
    """
    images, labels = digits()
    order = np.argsort(labels, kind="stable")
    images, labels = images[order], labels[order]
    learned = np.arange(len(labels)) % 2 == 0
    seen = labels < 7
    rows = np.flatnonzero(learned & seen)
    rows = np.concatenate(  # as many as make groups of one digit
        [some[: len(some) // GROUP * GROUP] for d in range(7) for some in [rows[labels[rows] == d]]]
    )
    network = digit_encoder(seed)
    train_encoder(network, images[rows], labels[rows], steps=steps, seed=seed, progress=progress)
    results = {}
    for name, part in (("digits 0-6, new images", seen), ("digits 7-9", ~seen)):
        chosen = part & ~learned
        for how, encoded in (("pixels", as_pixels), ("trained", lambda x: encode(network, x))):
            distances, same = distances_of_pairs(encoded(images[chosen]), labels[chosen], rng=0)
            _, false, true = metrics.roc_curve(distances, same)
            results[f"{name}, {how}"] = (
                metrics.threshold_by_trial(distances, same)[1],
                metrics.area_under(false, true),
            )
    return results


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m dltf.face_verification.experiments")
    parser.add_argument("--digits", action="store_true", help="the counter-example")
    parser.add_argument("--steps", type=int, default=STEPS, help="of training, for each seed")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    given = parser.parse_args()
    if given.digits:
        for name, (accuracy, area) in compare_on_digits(seed=0).items():
            print(f"| {name} | {accuracy:.3f} | {area:.3f} |")
    else:
        print(table(compare_encodings(tuple(given.seeds), given.steps)))


if __name__ == "__main__":
    main()
