"""Face verification and recognition with embeddings: triplet loss, mining, distance threshold.

A classifier needs many photos of each person, and has to be retrained whenever a person is added.
Here a network learns something else: to put photos of one person close together and photos of two
people far apart. It then works for people it has never seen, from one photo each
(*one-shot learning*). *Verification* asks "is this Kian?" and compares with one photo;
*recognition* asks "who is it?" and compares with all.

- Schroff, Kalenichenko & Philbin 2015, "FaceNet": the triplet loss, semi-hard triplets
- Hadsell, Chopra & LeCun 2006: the contrastive loss
- Taigman et al. 2014, "DeepFace": same or not, from the absolute difference

Layout: examples first, Keras's. `m` photos `(m, n_H, n_W, 3)`, RGB, 0 to 255 (each network scales
them itself); their encodings `(m, d)`, of length 1 unless said otherwise. The course of 2017 had
photos `(m, 3, n_H, n_W)`: `x.transpose(0, 2, 3, 1)`.

How good a verifier is, is measured in `metrics`; networks are trained in `experiments`.
"""

# ruff: noqa: RET504 - an exercise ends before its `return`, which students are given

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike

from dltf.data.faces import read_face
from dltf.face_verification.metrics import roc_curve
from dltf.typing import Array
from dltf.validation import check_integer, check_number, check_shape

__all__ = [
    "THRESHOLD",
    "Array",
    "SemiHardTripletLoss",
    "Siamese",
    "best_threshold",
    "contrastive_loss",
    "encoder",
    "hard_triplets",
    "img_to_encoding",
    "pairwise_distances",
    "pairwise_distances_loop",
    "same_and_other",
    "same_or_not",
    "semi_hard_triplets",
    "triplet_loss",
    "verify",
    "who_is_it",
]

THRESHOLD = 0.7  # the course's, for its network; every network needs its own

# == 1. The loss ===================================================================================


def triplet_loss(y_true: Any, y_pred: Sequence[Any], alpha: float = 0.2) -> Any:
    """Return the triplet loss, summed over the triplets.

    Each row is a triplet: two photos A and P of one person, and N of another. It costs nothing when
    N is farther away than P by the margin alpha, in squared distances; otherwise what is missing:

        J = sum over triplets of max(||f(A) - f(P)||^2 - ||f(A) - f(N)||^2 + alpha, 0)

    Args:
        y_true: not used; Keras gives every loss the labels.
        y_pred: [anchor, positive, negative], the encodings of the three, each (m, d).
        alpha: the margin, at least 0.

    Returns:
        The loss, a tensor of shape ().

    Source:
        Schroff et al. 2015, section 3.1.
    """
    anchor, positive, negative = (keras.ops.convert_to_tensor(part) for part in y_pred)
    ### BEGIN SOLUTION
    to_positive = keras.ops.sum(keras.ops.square(anchor - positive), axis=-1)  # (m,)
    to_negative = keras.ops.sum(keras.ops.square(anchor - negative), axis=-1)  # (m,)
    loss = keras.ops.sum(keras.ops.maximum(to_positive - to_negative + alpha, 0.0))
    ### END SOLUTION
    return loss


# == 2. Verification ===============================================================================


def img_to_encoding(image_path: Any, model: Any) -> Array:
    """Return the encoding of one photo, scaled to length 1.

    Args:
        image_path: an image file; or the image, (n_H, n_W, 3), 0 to 255, of the model's size.
        model: from photos (m, n_H, n_W, 3) to encodings (m, d); its `input_shape` gives the size.

    Returns:
        (1, d).
    """
    photo = image_path
    if not isinstance(photo, np.ndarray):
        photo = read_face(str(image_path), model.input_shape[1])
    encoding = np.asarray(model.predict_on_batch(photo[None].astype("float32")))
    return encoding / np.linalg.norm(encoding)


def verify(
    image_path: Any,
    identity: str,
    database: Mapping[str, Array],
    model: Any,
    threshold: float = THRESHOLD,
) -> tuple[float, bool]:
    """Verify a claimed identity: open the door if the photo shows that person.

    Args:
        image_path: the photo taken at the door, as for `img_to_encoding`.
        identity: who the person claims to be, a name in the database.
        database: {name: encoding of that person's photo}, each (1, d).
        model: the network, for `img_to_encoding`.
        threshold: the door opens for a smaller distance.

    Returns:
        dist, the Euclidean distance between the two encodings (not its square), and door_open, True
        or False (Python's own bool).
    """
    ### BEGIN SOLUTION
    encoding = img_to_encoding(image_path, model)
    dist = float(np.linalg.norm(encoding - database[identity]))
    door_open = dist < threshold
    ### END SOLUTION
    return dist, door_open


def who_is_it(image_path: Any, database: Mapping[str, Array], model: Any) -> tuple[float, str]:
    """Recognize a person: find the nearest encoding in the database.

    Args:
        image_path: the photo taken at the door, as for `img_to_encoding`.
        database: {name: encoding of that person's photo}, each (1, d); at least one.
        model: the network, for `img_to_encoding`.

    Returns:
        min_dist, the smallest Euclidean distance to anyone in the database, and identity, the name
        of that person; the caller decides whether that is near enough.
    """
    min_dist, identity = np.inf, ""
    ### BEGIN SOLUTION
    encoding = img_to_encoding(image_path, model)
    for name, known in database.items():
        dist = float(np.linalg.norm(encoding - known))
        if dist < min_dist:
            min_dist, identity = dist, name
    ### END SOLUTION
    return min_dist, identity


# == 3. All distances at once, and the triplets that teach something ===============================


def pairwise_distances_loop(A: ArrayLike, B: ArrayLike) -> Array:
    """Return the distance of every row of A (m, d) to every row of B (k, d), in a loop."""
    return np.array([[np.linalg.norm(a - b) for b in np.asarray(B)] for a in np.asarray(A)])


def pairwise_distances(A: Array, B: Array) -> Array:
    """Return the distance of every row of A to every row of B, without a loop.

    `||a - b||^2 = ||a||^2 - 2 a.b + ||b||^2`, and all the products `a.b` are one matrix product.
    Rounding can make the sum a little less than 0 where a equals b: such squares count as 0.

    Args:
        A: encodings, float (m, d).
        B: encodings, float (k, d).

    Returns:
        Euclidean distances, (m, k).
    """
    ### BEGIN SOLUTION
    squares_a, squares_b = np.sum(A**2, axis=1), np.sum(B**2, axis=1)  # (m,) and (k,)
    squared = squares_a[:, None] - 2 * A @ B.T + squares_b[None, :]  # (m, k)
    distances = np.sqrt(np.maximum(squared, 0))
    ### END SOLUTION
    return distances


def hard_triplets(distances: Array, labels: ArrayLike) -> Array:
    """Choose for each anchor the farthest positive and the nearest negative.

    These are the hardest triplets of a batch. Training on them alone often ends with all
    encodings collapse into one point: at the start, photos that look alike show two people.

    Args:
        distances: between all photos of a batch, (m, m).
        labels: who is on them, m whole numbers.

    Returns:
        Indices (anchor, positive, negative), (k, 3), ordered by the anchor; anchors without a
        positive or a negative are left out.

    Source:
        Hermans et al. 2017, "In defense of the triplet loss for person re-identification".
    """
    same, other = same_and_other(labels)
    check_shape("distances", distances, same.shape)
    farthest = np.argmax(np.where(same, distances, -np.inf), axis=1)
    nearest = np.argmin(np.where(other, distances, np.inf), axis=1)
    anchors = np.flatnonzero(same.any(axis=1) & other.any(axis=1))
    return np.stack([anchors, farthest[anchors], nearest[anchors]], axis=1)


def semi_hard_triplets(distances: Array, labels: ArrayLike) -> Array:
    """Choose a semi-hard negative for each pair of photos of one person.

    For anchor and positive, the nearest negative that is farther away than the positive: it is in
    or behind the margin. If every negative is nearer than the positive, the farthest of them.

    Args:
        distances: between all photos of a batch, (m, m).
        labels: who is on them, m whole numbers.

    Returns:
        Indices (anchor, positive, negative), (k, 3), one for each ordered pair of different photos
        of one person, ordered by anchor, then positive. Without negatives there are none.

    Source:
        Schroff et al. 2015, section 3.2 (triplet selection).
    """
    same, other = same_and_other(labels)
    anchors, positives = np.nonzero(same & other.any())  # k pairs
    ### BEGIN SOLUTION
    candidates = np.where(other[anchors], distances[anchors], np.nan)  # (k, m)
    farther = candidates > distances[anchors, positives][:, None]  # never for NaN
    nearest = np.argmin(np.where(farther, candidates, np.inf), axis=1)
    farthest = np.nanargmax(candidates, axis=1)
    negatives = np.where(farther.any(axis=1), nearest, farthest)
    ### END SOLUTION
    return np.stack([anchors, positives, negatives], axis=1)


def same_and_other(labels: ArrayLike) -> tuple[Array, Array]:
    """Return which pairs show one person on two photos, and which show two people: (m, m) each."""
    labels = np.asarray(labels).reshape(-1)
    equal = labels[:, None] == labels[None, :]
    return equal & ~np.eye(len(labels), dtype=bool), ~equal


@keras.saving.register_keras_serializable("dltf")
class SemiHardTripletLoss(keras.losses.Loss):
    """The mean triplet loss over the triplets of `semi_hard_triplets`, in squared distances.

    Args:
        alpha: the margin, at least 0.
    """

    def __init__(self, alpha: float = 0.2, name: str = "semi_hard_triplet_loss") -> None:
        super().__init__(name=name)
        self.alpha = check_number("alpha", alpha, at_least=0)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of a batch.

        Args:
            y_true: who is on the photos, whole numbers of any shape.
            y_pred: their encodings, of length 1, in that order, (..., d).
        """
        ops = keras.ops
        labels = ops.reshape(y_true, (-1,))
        encodings = ops.reshape(y_pred, (-1, y_pred.shape[-1]))
        squared = ops.maximum(2 - 2 * encodings @ ops.transpose(encodings), 0.0)  # (m, m)
        equal = labels[:, None] == labels[None, :]
        one = ops.cast(ops.eye(ops.shape(labels)[0]), "bool")
        same = ops.cast(ops.logical_and(equal, ops.logical_not(one)), squared.dtype)
        behind = ops.logical_and(  # (m, m, m): anchor, positive, negative
            ops.logical_not(equal)[:, None, :], squared[:, None, :] > squared[:, :, None]
        )
        nearest = ops.min(ops.where(behind, squared[:, None, :], np.inf), axis=2)
        farthest = ops.max(ops.where(equal, 0.0, squared), axis=1)[:, None]
        negative = ops.where(ops.isfinite(nearest), nearest, farthest)
        missing = ops.maximum(squared - negative + self.alpha, 0.0) * same
        return ops.sum(missing) / ops.maximum(ops.sum(same), 1.0)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make another one like it."""
        return {"alpha": self.alpha, "name": self.name}


# == 4. Two other heads: a loss of pairs, and a classifier of pairs ================================


def contrastive_loss(y_true: Any, distances: Any, margin: float = 1.0) -> Any:
    """Return the contrastive loss: pulls photos of one person together, pushes others apart.

    A pair of one person costs `D^2`; a pair of two people `max(margin - D, 0)^2`.

    Args:
        y_true: 1 for pairs of one person, 0 for pairs of two; (m,) or (m, 1).
        distances: Euclidean distances of the pairs, of the same shape.
        margin: how far apart is far enough, above 0.

    Returns:
        The mean over the pairs, a tensor of shape ().

    Source:
        Hadsell et al. 2006, eq. 4 (their Y is 0 for one person, and they halve it all).
    """
    distances = keras.ops.convert_to_tensor(distances)
    same = keras.ops.cast(y_true, distances.dtype)
    ### BEGIN SOLUTION
    apart = keras.ops.maximum(margin - distances, 0.0)
    losses = same * keras.ops.square(distances) + (1 - same) * keras.ops.square(apart)
    loss = keras.ops.mean(losses)
    ### END SOLUTION
    return loss


def encoder(
    input_shape: tuple[int, int, int] = (48, 48, 3),
    dimension: int = 64,
    width: int = 24,
    seed: int | None = None,
) -> keras.Model:
    """Return a small convolutional network from photos to encodings of length 1.

    Args:
        input_shape: of a photo, (n_H, n_W, n_C); values from 0 to 255.
        dimension: d, of the encodings.
        width: channels of the first layer; the last have four times as many.
        seed: of the first weights (He's); None draws new ones every time.
    """
    dimension = check_integer("dimension", dimension, at_least=1)
    width = check_integer("width", width, at_least=1)
    draw = np.random.default_rng(seed)

    def start() -> Any:
        return keras.initializers.HeNormal(int(draw.integers(2**31)))

    photos = keras.Input(input_shape, name="photos")
    x = keras.layers.Rescaling(1 / 127.5, -1)(photos)
    for channels, f in ((width, 5), (2 * width, 3), (4 * width, 3), (4 * width, 3)):
        x = keras.layers.Conv2D(channels, f, 2, "same", use_bias=False, kernel_initializer=start())(
            x
        )
        x = keras.layers.BatchNormalization(momentum=0.9)(x)
        x = keras.layers.ReLU()(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(dimension, kernel_initializer=start())(x)
    return keras.Model(photos, keras.layers.UnitNormalization()(x), name="encoder")


class Siamese(keras.Model):
    """Siamese network: one encoder, with shared weights, applied to every photo of a group.

    From groups (m, K, n_H, n_W, 3), K photos each, to encodings (m, K, d). With it
    `dltf.training.train` trains an encoder: an example is a group of photos of one person, so every
    batch has positives, and its label names the person K times.

    Args:
        network: from photos (m, n_H, n_W, 3) to encodings (m, d).
    """

    def __init__(self, network: keras.Model) -> None:
        super().__init__(name=f"siamese_{network.name}")
        self.network = network

    def call(self, groups: Any, training: bool = False) -> Any:
        """Return the encodings of all photos of all groups."""
        ops = keras.ops
        photos = ops.reshape(groups, (-1, *groups.shape[2:]))  # (m K, n_H, n_W, 3)
        encodings = self.network(ops.cast(photos, "float32"), training=training)
        return ops.reshape(encodings, (-1, groups.shape[1], encodings.shape[-1]))


def same_or_not(network: keras.Model) -> keras.Model:
    """Return a classifier of pairs: logistic regression on the absolute difference of encodings.

    Args:
        network: from photos (m, n_H, n_W, 3) to encodings (m, d); it is shared, not copied.

    Returns:
        A model from [photos, photos] to the probability that a pair shows one person, (m, 1):
        `sigmoid(sum over k of w_k |f(x1)_k - f(x2)_k| + b)`.

    Source:
        Taigman et al. 2014, section 4.2.
    """
    first, second = (keras.Input(network.input_shape[1:]) for _ in range(2))
    difference = keras.layers.Subtract()([network(first), network(second)])
    absolute = keras.layers.Activation(keras.ops.abs)(difference)
    probability = keras.layers.Dense(1, "sigmoid")(absolute)
    return keras.Model([first, second], probability, name="same_or_not")


# == 5. Where to draw the line =====================================================================


def best_threshold(distances: Array, same: Array) -> tuple[float, float]:
    """Return the distance threshold with the highest accuracy on labelled pairs.

    Args:
        distances: of k pairs, (k,).
        same: whether each pair shows one person, (k,); as many do as do not.

    Returns:
        The threshold, one of `roc_curve`'s (the smallest, where several are equally good), and its
        accuracy.
    """
    thresholds, false, true = roc_curve(distances, same)
    ### BEGIN SOLUTION
    share = np.mean(same)  # of pairs of one person
    accuracies = share * true + (1 - share) * (1 - false)
    best = int(np.argmax(accuracies))
    ### END SOLUTION
    return float(thresholds[best]), float(accuracies[best])
