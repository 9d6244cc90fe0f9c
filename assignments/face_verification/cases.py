"""How the answers of the face verification assignment are exercised. No expected value is in here.

The network is played by a `Doorman`, which knows every photo by its pattern and answers with an
encoding that the case has chosen: so distances are what the case wants them to be, and it does not
matter how an answer's own `img_to_encoding` reads, scales and orders the pixels. Encodings have
length 1, so that scaling them to length 1 changes nothing. No distance is near a threshold by
accident, and none is equal to one.
"""

import contextlib
import os
import tempfile

import keras
import numpy as np
import tensorflow as tf

from dltf.autograder import case, close, exactly, exercise, helpers

exercise("triplet_loss", spellings={"alpha": ("margin",)})
exercise("verify")
exercise("who_is_it")
exercise("pairwise_distances", practice=True)
exercise("semi_hard_triplets", practice=True)
exercise("contrastive_loss", practice=True)
exercise("best_threshold", practice=True)
helpers("fr_utils", "inception_blocks_v2", "public_tests", "test_utils")

CELLS, SIDE = 8, 96  # a photo is a pattern of 8x8 squares, 96 pixels wide
DIMENSION = 128
PEOPLE = ("kian", "younes", "tian", "andrew", "danielle", "felix", "benoit", "kevin")


def tensors(*arrays):
    """Return arrays as tensors in single precision."""
    return [keras.ops.convert_to_tensor(array.astype("float32")) for array in arrays]


# triplet_loss


def triplets(rng, bad, good, shift=0.0):
    """Draw triplets of encodings: some cost something whatever the margin, some cost nothing."""
    d = int(rng.integers(3, 7))
    anchor, positive, negative = rng.normal(size=(3, bad + good, d)) + shift
    near = anchor + rng.normal(size=anchor.shape) * 0.1
    far = anchor + np.sign(rng.normal(size=anchor.shape)) * rng.uniform(1.5, 2.5, anchor.shape)
    is_bad = rng.permutation(np.arange(bad + good) < bad)[:, None]
    positive, negative = np.where(is_bad, far, near), np.where(is_bad, near, far)
    return tensors(anchor, positive, negative)


@case("triplet_loss", points=3)
def some_cost_something(answer, rng):
    """Each triplet counts by itself: one that is far from any danger does not pay for another."""
    y_pred = triplets(rng, 3 + int(rng.integers(3)), 4 + int(rng.integers(3)), shift=2.0)
    alpha = float(rng.uniform(0.3, 0.8))
    return answer.triplet_loss(y_true=(None, None, None), y_pred=y_pred, alpha=alpha)


@case("triplet_loss", points=2)
def inside_the_margin(answer, rng):
    """A triplet in the right order still costs what is missing to the margin (alpha not given)."""
    m, d = 5 + int(rng.integers(4)), 3 + int(rng.integers(2))
    anchor, step = rng.normal(size=(m, d)), rng.normal(size=(2, m, d))
    step /= np.linalg.norm(step, axis=2, keepdims=True)
    ends = anchor + step * np.array([0.5, 0.6])[:, None, None]  # 0.25 and 0.36: 0.09 are missing
    return answer.triplet_loss(y_true=None, y_pred=tensors(anchor, *ends))


@case("triplet_loss", points=2)
def none_costs_anything(answer, rng):
    """Where every negative is far behind its positive, the loss is 0, not less."""
    return answer.triplet_loss(
        y_true=None, y_pred=triplets(rng, 0, 4 + int(rng.integers(4))), alpha=0.1
    )


@case("triplet_loss", points=1)
def all_the_same(answer, rng):
    """Encodings that are all equal, where a network likes to hide, cost the margin each."""
    same = rng.normal(size=(4 + int(rng.integers(4)), 3))
    alpha = float(rng.uniform(0.3, 0.8))
    return answer.triplet_loss(y_true=None, y_pred=tensors(same, same, same), alpha=alpha)


@case("triplet_loss", points=2)
def it_can_be_differentiated(answer, rng):
    """Training needs the gradients with respect to the three encodings."""
    y_pred = [tf.Variable(part) for part in triplets(rng, 4, 3)]
    with tf.GradientTape() as tape:
        loss = answer.triplet_loss(y_true=None, y_pred=y_pred, alpha=0.4)
    gradients = tape.gradient(loss, y_pred) if tf.is_tensor(loss) else [None]
    return None if any(gradient is None for gradient in gradients) else gradients


# verify and who_is_it


class Doorman:
    """Plays the network: finds a photo by its pattern, and answers with the encoding it was given.

    Args:
        photos: names of the photos.
        encodings: of each, (k, d).
        rng: draws the patterns.
    """

    input_shape = (None, SIDE, SIDE, 3)

    def __init__(self, photos, encodings, rng):
        self.encodings = np.asarray(encodings, "float32")
        half = np.repeat([-1, 1], CELLS * CELLS // 2)
        self.patterns = np.stack([rng.permutation(half) for _ in photos])  # (k, 64)
        self.photos = list(photos)

    def predict_on_batch(self, x):
        """Return the encodings of pictures of any size and scale, channels last or first."""
        x = np.asarray(x, "float64")
        grey = x.mean(axis=1 if x.shape[1] == 3 else 3)  # (m, n_H, n_W)
        rows, columns = (((np.arange(CELLS) + 0.5) / CELLS * n).astype(int) for n in grey.shape[1:])
        seen = grey[:, rows][:, :, columns].reshape(len(x), -1)
        seen -= seen.mean(axis=1, keepdims=True)
        return self.encodings[np.argmax(seen @ self.patterns.T, axis=1)]

    def __call__(self, x, training=False):
        """Do as a Keras model does when it is called."""
        return self.predict_on_batch(x)

    def predict(self, x, *args, **kwargs):
        """Do as a Keras model does."""
        return self.predict_on_batch(x)

    @contextlib.contextmanager
    def shown(self, photo):
        """Write the picture of a photo into a folder, for as long as it is looked at."""
        from PIL import Image

        pattern = self.patterns[self.photos.index(photo)].reshape(CELLS, CELLS)
        grey = np.kron(100 + 80 * pattern, np.ones((SIDE // CELLS, SIDE // CELLS)))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, f"{photo}.png")
            Image.fromarray(np.repeat(grey[..., None], 3, axis=2).astype("uint8")).save(path)
            yield path


def unit(rng, *shape):
    """Draw vectors of length 1."""
    vectors = rng.normal(size=shape)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def at_distance(rng, encoding, distance):
    """Draw a vector of length 1 that far away from another."""
    aside = unit(rng, len(encoding))
    aside -= (aside @ encoding) * encoding
    aside /= np.linalg.norm(aside)
    cosine = 1 - distance**2 / 2
    return cosine * encoding + np.sqrt(1 - cosine**2) * aside


def house(rng, distance, place=None):
    """Return a database, a doorman with one photo "camera", and whom it shows, that far away."""
    names = [str(name) for name in rng.permutation(PEOPLE)[: 4 + int(rng.integers(3))]]
    known = unit(rng, len(names), DIMENSION)  # about 1.4 from each other
    shown = 1 + int(rng.integers(len(names) - 2)) if place is None else place
    doorman = Doorman(["camera"], [at_distance(rng, known[shown], distance)], rng)
    database = {name: row[None].astype("float32") for name, row in zip(names, known, strict=True)}
    return database, doorman, names[shown]


def claims(answer, rng, distance):
    """Let the person on the photo claim to be each of the people in the house."""
    database, doorman, shown = house(rng, distance)
    seen = {}
    with doorman.shown("camera") as path:
        for name in database:
            who = "the person on the photo" if name == shown else f"another, {name}"
            seen[who] = answer.verify(
                image_path=path, identity=name, database=database, model=doorman
            )
    return seen


@case("verify", points=3, judge=close(rtol=1e-4))
def the_right_person(answer, rng):
    """It opens for the person on the photo, and not for one who claims to be another."""
    return claims(answer, rng, float(rng.uniform(0.25, 0.5)))


@case("verify", points=2, judge=close(rtol=1e-4))
def just_near_enough(answer, rng):
    """At a distance a little below 0.7 the door opens."""
    return claims(answer, rng, float(rng.uniform(0.62, 0.68)))


@case("verify", points=2, judge=close(rtol=1e-4))
def just_too_far(answer, rng):
    """At a distance a little above 0.7 it stays closed."""
    return claims(answer, rng, float(rng.uniform(0.73, 0.8)))


@case("verify", points=1, judge=exactly())
def door_open_is_a_bool(answer, rng):
    """What comes second is Python's True or False, which `is`, `json` and other tools expect."""
    kinds = {}
    for distance in (0.4, 1.0):
        database, doorman, shown = house(rng, distance)
        with doorman.shown("camera") as path:
            _, door_open = answer.verify(
                image_path=path, identity=shown, database=database, model=doorman
            )
        kinds[f"door_open at distance {distance} is a bool"] = isinstance(door_open, bool)
    return kinds


def looked_up(answer, database, doorman):
    """Ask who is on the photo."""
    with doorman.shown("camera") as path:
        return answer.who_is_it(image_path=path, database=database, model=doorman)


@case("who_is_it", points=3, judge=close(rtol=1e-4))
def somebody_in_the_house(answer, rng):
    """It finds the person on the photo, wherever in the database, and says how far away."""
    return [
        looked_up(answer, *house(rng, float(rng.uniform(0.3, 0.6)), place)[:2])
        for place in (0, -1, None)
    ]


@case("who_is_it", points=3, judge=close(rtol=1e-4))
def several_look_alike(answer, rng):
    """Several may be below 0.7; the nearest counts, not the first of them and not the last."""
    names = [str(name) for name in rng.permutation(PEOPLE)[:6]]
    seen = unit(rng, DIMENSION)
    far = np.array([1.2, 0.62, 0.4, 0.65, 1.1, 0.55]) + rng.uniform(-0.02, 0.02, 6)
    database = {
        name: at_distance(rng, seen, distance)[None].astype("float32")
        for name, distance in zip(names, far, strict=True)
    }
    return looked_up(answer, database, Doorman(["camera"], [seen], rng))


@case("who_is_it", points=2, judge=close(rtol=1e-4))
def a_stranger(answer, rng):
    """For a stranger too it returns the nearest and the distance, which says that it is far."""
    return looked_up(answer, *house(rng, float(rng.uniform(1.0, 1.1)))[:2])


# pairwise_distances


@case("pairwise_distances")
def rows_to_rows(answer, rng):
    """Every row of A to every row of B: one number each."""
    m, k, d = (int(n) for n in rng.permutation(np.arange(3, 9))[:3])
    return answer.pairwise_distances(A=rng.normal(size=(m, d)), B=rng.normal(size=(k, d)))


@case("pairwise_distances", judge=close(atol=1e-4))
def rows_to_themselves(answer, rng):
    """The distance of a row to itself is 0, and a number, however it is rounded."""
    A = rng.normal(size=(200, 7)) * 10 + 5
    return answer.pairwise_distances(A=A, B=A)


# semi_hard_triplets


def batch(rng, people, photos):
    """Draw distances between photos, symmetric, all different, and whose the photos are."""
    m = people * photos
    upper = np.triu(rng.permutation(m * m).reshape(m, m) / m**2 + 0.1, 1)
    return upper + upper.T, rng.permutation(np.repeat(np.arange(people), photos)) + 3


@case("semi_hard_triplets", judge=exactly())
def a_batch(answer, rng):
    """A batch with several photos of each person, in any order; two look like two people."""
    distances, labels = batch(rng, 3 + int(rng.integers(3)), 3)
    other = np.flatnonzero(labels == labels[0])[1]
    distances[0, other] = distances[other, 0] = 2.0
    return answer.semi_hard_triplets(distances=distances, labels=labels)


@case("semi_hard_triplets", judge=exactly())
def all_are_in_the_wrong_order(answer, rng):
    """Where every negative is nearer than the positive, it is the farthest of them."""
    distances, labels = batch(rng, 4, 2 + int(rng.integers(2)))
    equal = labels[:, None] == labels[None, :]
    distances = np.where(equal & (distances > 0), distances + 2, distances)
    return answer.semi_hard_triplets(distances=distances, labels=labels)


@case("semi_hard_triplets", judge=exactly())
def nobody_else(answer, rng):
    """A batch of one person has no triplets: no rows, three columns."""
    distances, labels = batch(rng, 1, 3 + int(rng.integers(3)))
    return answer.semi_hard_triplets(distances=distances, labels=labels)


# contrastive_loss


def pairs_of_both_kinds(rng, m):
    """Draw distances and labels; the largest distance and the smallest are of two people."""
    order = rng.permutation(m)
    same = np.arange(m) % 3 == 1
    same[-1] = False
    return tensors(np.linspace(0.2, 1.9, m)[order])[0], same[order].astype("float32")


@case("contrastive_loss")
def both_kinds_of_pairs(answer, rng):
    """One person's pairs cost their distance squared, other pairs what is missing to 1, squared."""
    m = 8 + int(rng.integers(4))
    distances, same = pairs_of_both_kinds(rng, m)
    return answer.contrastive_loss(y_true=same, distances=distances)


@case("contrastive_loss")
def another_margin(answer, rng):
    """The margin is an argument, and labels and distances may stand in a column."""
    m = 8 + int(rng.integers(4))
    distances, same = (part[:, None] for part in pairs_of_both_kinds(rng, m))
    margin = float(rng.uniform(1.3, 1.6))
    return answer.contrastive_loss(y_true=same, distances=distances, margin=margin)


# best_threshold


@case("best_threshold")
def as_many_right_as_possible(answer, rng):
    """No other threshold decides more pairs rightly; here four of five show two people."""
    same = rng.permutation(np.arange(200) % 5 == 0)
    distances = rng.normal(np.where(same, 0.8, 1.2), 0.2)
    threshold, accuracy = answer.best_threshold(distances=distances, same=same)
    return {"accuracy": accuracy, "decided rightly": int(((distances < threshold) == same).sum())}


@case("best_threshold")
def kinds_that_do_not_overlap(answer, rng):
    """Where some threshold makes no mistake, it is found."""
    same = rng.permutation(np.arange(40) < 15)
    distances = rng.uniform(0.2, 0.6, 40) + np.where(same, 0, 0.5)
    threshold, accuracy = answer.best_threshold(distances=distances, same=same)
    return {"accuracy": accuracy, "decided rightly": int(((distances < threshold) == same).sum())}
