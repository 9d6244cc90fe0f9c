"""Evaluation of face verification: pairs, ROC curves, one-shot accuracy.

A verifier makes two kinds of error: it lets a stranger in, or leaves the right person outside. A
smaller threshold trades one for the other, and the ROC curve shows all the trades at once. Which
threshold to take is decided on people of its own (*validation*), and what it is worth is measured
on others again (*test*): neither may be among those the network was trained on.

Layout: `k` pairs of `m` photos; distances `(k,)`, and `same (k,)`, True for pairs of one person.
Randomness is an argument, `rng`: a generator of NumPy's, or a seed to make one from.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dltf.typing import Array, Random
from dltf.validation import check_integer


def pairs(labels: ArrayLike, rng: Random = None) -> tuple[Array, Array, Array]:
    """Return all positive pairs (same person), and as many random negative pairs.

    Args:
        labels: who is on the photos, (m,) whole numbers.
        rng: a generator or a seed.

    Returns:
        Indices of the first photos, of the second, and whether they show one person; (k,) each.

    Raises:
        ValueError: no person is on two photos, or there are too few pairs of two people.
    """
    labels = np.asarray(labels)
    first, second = np.triu_indices(len(labels), 1)
    same = labels[first] == labels[second]
    if not 0 < same.sum() <= (~same).sum():
        raise ValueError(
            "labels: expected pairs of one person, and at least as many of two, got "
            f"{same.sum()} and {(~same).sum()}"
        )
    others = np.random.default_rng(rng).choice(np.flatnonzero(~same), same.sum(), replace=False)
    chosen = np.concatenate([np.flatnonzero(same), others])
    return first[chosen], second[chosen], same[chosen]


def roc_curve(distances: ArrayLike, same: ArrayLike) -> tuple[Array, Array, Array]:
    """Return true and false positive rates at every threshold (ROC).

    Args:
        distances: of k pairs.
        same: whether each pair shows one person, (k,); both kinds occur.

    Returns:
        Thresholds in rising order, halfway between neighbouring distances and one beyond either
        end; the share of pairs of two people below each (false acceptances), and of pairs of one
        person (true acceptances). All (n,).

    Raises:
        ValueError: one kind of pair is missing.
    """
    distances, same = np.asarray(distances), np.asarray(same, bool)
    if distances.shape != same.shape:
        raise ValueError(
            f"same: expected one entry a distance, shape {distances.shape}, got {same.shape}"
        )
    if same.all() or not same.any():
        raise ValueError(f"same: expected both kinds of pairs, got {same.sum()} of {same.size}")
    levels = np.unique(distances)
    thresholds = np.concatenate([[levels[0] - 1], (levels[:-1] + levels[1:]) / 2, [levels[-1] + 1]])
    false, true = (
        np.searchsorted(np.sort(distances[kind]), thresholds) / kind.sum() for kind in (~same, same)
    )
    return thresholds, false, true


def area_under(false: Array, true: Array) -> float:
    """Return the area under an ROC curve: 1 is perfect, 0.5 is chance."""
    return float(np.sum(np.diff(false) * (true[1:] + true[:-1]) / 2))


def threshold_by_trial(distances: Array, same: Array) -> tuple[float, float]:
    """Try every threshold of `roc_curve` on every pair, and return the first of the best.

    Args:
        distances: of k pairs, (k,).
        same: whether each pair shows one person, (k,); both kinds occur.

    Returns:
        The threshold, and the share of pairs that it decides rightly.
    """
    thresholds, _, _ = roc_curve(distances, same)
    right = [np.count_nonzero((distances < threshold) == same) for threshold in thresholds]
    first = right.index(max(right))
    return float(thresholds[first]), right[first] / len(same)


def one_shot_accuracy(
    encodings: Array, labels: ArrayLike, ways: int = 10, trials: int = 1000, rng: Random = None
) -> float:
    """Return the one-shot accuracy: recognition from one known photo of each of a few people.

    In a trial, some people are drawn, and one photo of each is known; another photo of the first
    one has to be nearest to its own. Guessing is right in one of `ways` trials.

    Args:
        encodings: of the photos, (m, d).
        labels: who is on them, (m,) whole numbers.
        ways: people in a trial, at least 2.
        trials: how many, at least 1.
        rng: a generator or a seed.

    Returns:
        The share of trials that are right.

    Raises:
        ValueError: there are fewer people than `ways`, or a person is on one photo only.
    """
    trials = check_integer("trials", trials, at_least=1)
    labels, rng = np.asarray(labels), np.random.default_rng(rng)
    if len(labels) != len(encodings):
        raise ValueError(
            f"labels: expected {len(encodings)}, one for each encoding, got {len(labels)}"
        )
    people, counts = np.unique(labels, return_counts=True)
    if not 2 <= ways <= len(people) or counts.min() < 2:
        raise ValueError(
            f"ways: expected 2 to {len(people)} people with two photos each, got {ways} people "
            f"with {counts.min()} or more"
        )
    photos = {person: np.flatnonzero(labels == person) for person in people}
    right = 0
    for _ in range(trials):
        drawn = rng.choice(people, ways, replace=False)
        asked, own = rng.choice(photos[drawn[0]], 2, replace=False)
        known = [own, *(rng.choice(photos[person]) for person in drawn[1:])]
        distances = np.linalg.norm(encodings[known] - encodings[asked], axis=1)  # (ways,)
        right += int(np.argmin(distances) == 0)
    return right / trials
