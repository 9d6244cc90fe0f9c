"""Experiments: eight training setups of one network on hand signs.

The network is the course's, 12288-25-12-6, from the first row of the table to the last. What
changes is the centring of inputs, the initialization, the regularization, and the augmentation:

    python -m dltf.signs.experiments --plot story.png

trains every row from three seeds and prints the table of docs/signs.md. Every run ends with its
last step, and the test photos choose no step and no seed. One setting they did choose: how strongly
photos are changed was settled by a trial of two strengths on two seeds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import keras
import numpy as np
from numpy.typing import NDArray

from dltf import data
from dltf.data.images import read_photo
from dltf.signs import signs_network, softmax
from dltf.training import History, train
from dltf.training.augmentation import RandomAffine
from dltf.typing import Labels, Photos

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes


COURSE_ACCURACY = 0.716  # what the course's notebook of 2017 prints after its 1500 epochs


class Recipe(NamedTuple):
    """A training setup.

    Attributes:
        centred: whether the mean training photo is subtracted.
        initializer: Keras's name for the first weights.
        learning_rate: of Adam.
        epochs: passes over the training set.
        l2: weight decay coefficient.
        keep_prob: probability of keeping a hidden unit.
        batch_norm: whether hidden layers normalize.
        augmented: whether photos are turned, moved, scaled and relit in training.
        cosine: whether the learning rate goes down to 0 along a cosine.
    """

    centred: bool = True
    initializer: str = "he_normal"
    learning_rate: float = 0.001
    epochs: int = 200
    l2: float = 0.0
    keep_prob: float = 1.0
    batch_norm: bool = False
    augmented: bool = False
    cosine: bool = False


COURSE = "the course's: uncentred, Glorot, rate 0.0001"
BEST = "batch norm, augmentation, cosine"
RAW = Recipe(centred=False, initializer="glorot_normal", learning_rate=0.0001, epochs=1500)
HASTY = RAW._replace(learning_rate=0.0003, epochs=500)  # as far, in fewer and longer steps
RECIPES = {
    COURSE: RAW,
    "rate 0.0003": HASTY,
    "rate 0.0003, L2": HASTY._replace(l2=0.01),
    "rate 0.0003, dropout": HASTY._replace(keep_prob=0.8),
    "centred, He": Recipe(),
    "centred, He, L2": Recipe(l2=0.01),
    "centred, He, dropout": Recipe(keep_prob=0.8),
    BEST: Recipe(batch_norm=True, augmented=True, cosine=True, learning_rate=0.003, epochs=250),
}


class Result(NamedTuple):
    """Results of one run.

    Attributes:
        network: the trained model; its output are scores.
        centre: what to subtract from a photo (between 0 and 1) before it is given to the network.
        history: "loss", "accuracy", and on the test photos "val_loss", "val_accuracy".
        predicted: classes of the test photos.
        seconds: how long the training took.
    """

    network: keras.Model
    centre: NDArray[np.float32]
    history: History
    predicted: Labels
    seconds: float


def train_signs(
    recipe: Recipe,
    photos: tuple[Photos, Labels, Photos, Labels],
    seed: int | None = None,
    seconds: float | None = None,
    progress: bool = True,
) -> Result:
    """Train the network on hand signs.

    Args:
        recipe: how.
        photos: as `dltf.data.load_signs` returns them. The test photos are measured after every
            epoch, for the image; nothing depends on them.
        seed: of the first weights, the order of the photos, dropout and augmentation.
        seconds: if the run takes longer it ends, wherever it is.
        progress: whether to show a progress bar.

    Returns:
        The network as it is after the last epoch.
    """
    train_x, train_y, test_x, test_y = photos
    centre = np.asarray(train_x.mean(axis=0) / 255 if recipe.centred else 0.0, np.float32)
    x, x_test = ((part / 255 - centre).astype(np.float32) for part in (train_x, test_x))
    augmentation = [RandomAffine(0.17, 0.08, 0.06, 0.1, seed=seed)] if recipe.augmented else []
    network = signs_network(
        recipe.initializer, recipe.l2, recipe.keep_prob, recipe.batch_norm, augmentation, seed
    )
    batch_size = 32
    rate: Any = recipe.learning_rate
    if recipe.cosine:  # rate (1 + cos(pi t / T)) / 2
        steps = recipe.epochs * -(-len(x) // batch_size)
        rate = keras.optimizers.schedules.CosineDecay(rate, steps)
    began = time.perf_counter()

    def out_of_time(run: Any) -> None:
        if seconds is not None and time.perf_counter() - began > seconds:
            run.stop(f"out of time after {seconds:g} s")

    history = train(
        network,
        (x, train_y),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        optimizer=keras.optimizers.Adam(rate),
        epochs=recipe.epochs,
        batch_size=batch_size,
        validation=(x_test, test_y),
        metrics=[keras.metrics.SparseCategoricalAccuracy("accuracy")],
        callbacks=[out_of_time] if seconds is not None else [],
        seed=seed,
        progress=progress,
    )
    took = time.perf_counter() - began
    predicted = np.asarray(network(x_test)).argmax(axis=1)
    return Result(network, centre, history, predicted, took)


def nearest_neighbour(train_x: Photos, train_y: Labels, test_x: Photos) -> Labels:
    """Classify every photo by its nearest neighbour in the training set.

    The distance of two photos is the sum of the absolute differences of their pixels.

    Args:
        train_x: photos, (m, n_H, n_W, 3).
        train_y: their labels, (m,).
        test_x: photos to label, (m_test, n_H, n_W, 3).

    Returns:
        Labels, (m_test,).
    """
    known = train_x.reshape(len(train_x), -1).astype(np.int16)
    asked = test_x.reshape(len(test_x), -1).astype(np.int16)
    nearest = [np.abs(known - photo).sum(axis=1).argmin() for photo in asked]
    return train_y[nearest]


def accuracies(
    predicted: Labels, test_y: Labels, in_both: NDArray[np.bool_]
) -> tuple[float, float]:
    """Return the accuracy on all test photos, and on those that are not in the training set too."""
    right = predicted == test_y
    return float(right.mean()), float(right[~in_both].mean())


def predict_photo(
    network: Any, photo: Photos | str | Path, centre: Any = 0.0
) -> tuple[int, NDArray[Any]]:
    """Predict how many fingers a photo shows.

    Args:
        network: a trained model, as in a `Result`.
        photo: a file in any format that Pillow reads, or pixels, uint8 (64, 64, 3).
        centre: what was subtracted in training, between 0 and 1, (64, 64, 3) or a number.

    Returns:
        The class, and the probabilities of all classes, (6,).
    """
    pixels = photo if isinstance(photo, np.ndarray) else read_photo(photo)
    scores = np.asarray(network((pixels / 255 - centre).astype(np.float32)[None]))  # (1, 6)
    probabilities = softmax(scores.T)[:, 0]
    return int(probabilities.argmax()), probabilities


# == The table and the image =====================================================================


def compare_recipes(
    recipes: Mapping[str, Recipe] = RECIPES,
    seeds: Sequence[int] = (0, 1, 2),
    seconds: float | None = None,
    report: Callable[[str], Any] = print,
) -> dict[str, list[Result]]:
    """Train every recipe from every seed and report a row of the table as soon as it is known.

    Args:
        recipes: title -> recipe.
        seeds: one run each.
        seconds: a bound on each run.
        report: what to do with a line of the table.

    Returns:
        Title -> the results of its seeds.
    """
    photos = data.load_signs()
    train_x, train_y, test_x, test_y = photos
    both = data.signs_in_both(test_x)
    report("| setup | test, median | worst | without the twelve | training | stuck | seconds |")
    report("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    neighbour = accuracies(nearest_neighbour(train_x, train_y, test_x), test_y, both)
    report(f"| nearest neighbour, raw pixels | {neighbour[0]:.3f} | | {neighbour[1]:.3f} | | | |")
    results = {}
    for title, recipe in recipes.items():
        runs = [train_signs(recipe, photos, seed, seconds, progress=False) for seed in seeds]
        scores = np.array([accuracies(run.predicted, test_y, both) for run in runs])
        median, without = np.median(scores, axis=0)
        trained = float(np.median([run.history["accuracy"][-1] for run in runs]))
        stuck = sum(is_stuck(run.history) for run in runs)
        took = float(np.median([run.seconds for run in runs]))
        report(
            f"| {title} | {median:.3f} | {scores[:, 0].min():.3f} | {without:.3f} | {trained:.3f} "
            f"| {stuck} of {len(runs)} | {took:.0f} |"
        )
        results[title] = runs
    return results


def is_stuck(history: History) -> bool:
    """Return whether the loss of a run never left log 6, that of a uniform predictor."""
    return min(history["loss"]) > 0.95 * np.log(6)


def plot_recipes(
    results: Mapping[str, Sequence[Result]], test_y: Labels, neighbour: float
) -> tuple[Axes, Axes]:
    """Plot the accuracy of every run, and the test accuracy of the median run over its epochs.

    Args:
        results: title -> the results of its seeds.
        test_y: labels of the test photos.
        neighbour: accuracy of the nearest neighbour.

    Returns:
        Two axes, side by side.
    """
    from dltf import plotting

    left, right = plotting.new_axes(2, width=6.4, height=3.8)
    scores = {
        title: [float(np.mean(run.predicted == test_y)) for run in runs]
        for title, runs in results.items()
    }
    lines = {"nearest neighbour": neighbour, "printed in the course": COURSE_ACCURACY}
    plotting.plot_runs(scores, lines, "test accuracy", ax=left)
    curves = {}
    for title, runs in results.items():
        middle = int(np.argsort(scores[title])[(len(runs) - 1) // 2])
        accuracy = runs[middle].history["val_accuracy"]
        smooth = np.convolve(accuracy, np.ones(9) / 9, "valid") if len(accuracy) > 20 else accuracy
        curves[title] = {"val_accuracy": list(smooth)}
    plotting.plot_histories(curves, "val_accuracy", ax=right)
    right.set(ylabel="test accuracy, nine epochs", ylim=(0, 1))
    right.legend(frameon=False, fontsize=8, loc="center right")
    return left, right


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command `python -m dltf.signs.experiments`."""
    parser = argparse.ArgumentParser(prog="python -m dltf.signs.experiments", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="runs of each way (3)")
    parser.add_argument("--seconds", type=float, help="bound on each run")
    parser.add_argument("--epochs", type=int, help="of every run, for a quick look")
    parser.add_argument("--only", help="train only the setups whose title contains this text")
    parser.add_argument("--plot", help="file for the image")
    parser.add_argument("--photos", nargs="*", default=[], help="photos to read with the best run")
    given = parser.parse_args(arguments)
    recipes = {
        title: recipe._replace(epochs=given.epochs or recipe.epochs)
        for title, recipe in RECIPES.items()
        if given.only is None or given.only in title
    }
    results = compare_recipes(recipes, range(given.seeds), given.seconds)
    train_x, train_y, test_x, test_y = data.load_signs()
    if given.plot:
        near = np.mean(nearest_neighbour(train_x, train_y, test_x) == test_y)
        import matplotlib.pyplot as plt

        plot_recipes(results, test_y, float(near))
        plt.gcf().savefig(given.plot)
    last = list(results.values())[-1][0]
    for i in np.flatnonzero(last.predicted != test_y):
        print(f"test photo {i}: {test_y[i]} fingers taken for {last.predicted[i]}")
    for path in given.photos:
        number, probabilities = predict_photo(last.network, path, last.centre)
        print(f"{path}: {number} fingers; of 0 to 5: {np.round(probabilities, 2).tolist()}")


if __name__ == "__main__":
    main()
