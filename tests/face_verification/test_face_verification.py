"""Face verification: losses, mining, verification, metrics and training, against oracles."""

import keras
import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn import metrics as sklearn_metrics

from dltf import face_verification as topic
from dltf.data.faces import make_faces
from dltf.face_verification import experiments, metrics


def unit(rng, *shape):
    vectors = rng.normal(size=shape)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


# Losses


@pytest.mark.parametrize("alpha", [0.0, 0.2, 1.7])
def test_triplet_loss_is_the_sum_of_each_triplets_own(alpha):
    rng = np.random.default_rng(0)
    A, P, N = rng.normal(size=(3, 9, 4))
    expected = sum(
        max(np.sum((a - p) ** 2) - np.sum((a - n) ** 2) + alpha, 0)
        for a, p, n in zip(A, P, N, strict=True)
    )
    assert float(topic.triplet_loss(None, [A, P, N], alpha)) == pytest.approx(expected, rel=1e-6)


def test_triplet_loss_is_none_of_the_reductions_that_were_published_by_mistake():
    """On numbers like the course's: the sum of all before the maximum gives another loss."""
    rng = np.random.default_rng(1)
    y_pred = [rng.normal(mean, std, (3, 128)) for mean, std in ((6, 0.1), (1, 1), (3, 4))]
    A, P, N = y_pred
    difference = (A - P) ** 2 - (A - N) ** 2
    ours = float(topic.triplet_loss(None, y_pred))
    assert ours == pytest.approx(np.maximum(difference.sum(axis=1) + 0.2, 0).sum(), rel=1e-5)
    assert ours != pytest.approx(max(difference.sum() + 0.2, 0), rel=1e-2)
    assert ours != pytest.approx(np.maximum(difference + 0.2, 0).sum(), rel=1e-2)


def test_triplet_loss_has_the_gradient_of_its_formula():
    import tensorflow as tf

    rng = np.random.default_rng(1)
    parts = [tf.Variable(part) for part in rng.normal(size=(3, 6, 3))]
    with tf.GradientTape() as tape:
        loss = topic.triplet_loss(None, parts, 0.3)
    A, P, N = (part.numpy() for part in parts)
    active = (((A - P) ** 2).sum(1) - ((A - N) ** 2).sum(1) + 0.3 > 0)[:, None]
    expected = [2 * active * (N - P), 2 * active * (P - A), 2 * active * (A - N)]
    for gradient, right in zip(tape.gradient(loss, parts), expected, strict=True):
        np.testing.assert_allclose(gradient, right, rtol=1e-6, atol=1e-9)


def test_contrastive_loss_by_hand():
    loss = topic.contrastive_loss([1, 1, 0, 0, 0], np.array([0.5, 2.0, 0.25, 1.0, 3.0]), margin=1.5)
    assert float(loss) == pytest.approx((0.25 + 4.0 + 1.25**2 + 0.25 + 0) / 5)


# Distances and mining


def test_pairwise_distances_are_scipys_and_the_loops():
    rng = np.random.default_rng(2)
    A, B = rng.normal(size=(7, 5)), rng.normal(size=(4, 5))
    np.testing.assert_allclose(topic.pairwise_distances(A, B), cdist(A, B), rtol=1e-9)
    np.testing.assert_allclose(topic.pairwise_distances_loop(A, B), cdist(A, B), rtol=1e-12)
    same = topic.pairwise_distances(A * 1e4, A * 1e4)
    assert np.isfinite(same).all()
    assert np.abs(np.diag(same)).max() < 1e-2


def brute_force(distances, labels, kind):
    rows, m = [], len(labels)
    for a in range(m):
        positives = [p for p in range(m) if p != a and labels[p] == labels[a]]
        negatives = [n for n in range(m) if labels[n] != labels[a]]
        if not positives or not negatives:
            continue
        if kind == "hard":
            rows.append(
                (
                    a,
                    max(positives, key=lambda p: distances[a, p]),
                    min(negatives, key=lambda n: distances[a, n]),
                )
            )
            continue
        for p in positives:
            behind = [n for n in negatives if distances[a, n] > distances[a, p]]
            if behind:
                rows.append((a, p, min(behind, key=lambda n: distances[a, n])))
            else:
                rows.append((a, p, max(negatives, key=lambda n: distances[a, n])))
    return np.array(rows).reshape(-1, 3)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["hard", "semi-hard"])
def test_mining_is_brute_force(kind, seed):
    rng = np.random.default_rng(seed)
    encodings = unit(rng, 18, 3)
    labels = rng.integers(0, [2, 4, 9][seed % 3], 18)  # some people are on one photo only
    labels[0] = 99
    distances = topic.pairwise_distances(encodings, encodings)
    mine = topic.hard_triplets if kind == "hard" else topic.semi_hard_triplets
    assert np.array_equal(mine(distances, labels), brute_force(distances, labels, kind))


@pytest.mark.parametrize("mine", [topic.hard_triplets, topic.semi_hard_triplets])
def test_without_positives_or_negatives_there_are_no_triplets(mine):
    distances = topic.pairwise_distances(np.eye(4), np.eye(4))
    assert mine(distances, [0, 1, 2, 3]).shape == (0, 3)
    assert mine(distances, [5, 5, 5, 5]).shape == (0, 3)


@pytest.mark.parametrize("alpha", [0.2, 0.6])
def test_the_loss_of_a_batch_is_the_mean_over_its_semi_hard_triplets(alpha):
    rng = np.random.default_rng(5)
    encodings, labels = unit(rng, 6, 3, 8), np.repeat(np.arange(6) % 5, 3).reshape(6, 3)
    flat = encodings.reshape(-1, 8)
    a, p, n = topic.semi_hard_triplets(topic.pairwise_distances(flat, flat), labels).T
    total = float(topic.triplet_loss(None, [flat[a], flat[p], flat[n]], alpha))
    loss = topic.SemiHardTripletLoss(alpha)
    assert float(loss(labels, encodings)) == pytest.approx(total / len(a), rel=1e-5)
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert again.alpha == alpha


def test_a_batch_of_one_person_costs_nothing_and_gives_finite_gradients():
    import tensorflow as tf

    encodings = tf.Variable(unit(np.random.default_rng(0), 4, 3))
    with tf.GradientTape() as tape:
        loss = topic.SemiHardTripletLoss()(np.zeros(4, int), encodings)
    assert np.isfinite(float(loss))
    assert np.isfinite(tape.gradient(loss, encodings)).all()


# Verification


class Table:
    """Stands for a network: the encoding is the mean colour, not of length 1."""

    input_shape = (None, 20, 20, 3)

    def predict_on_batch(self, photos):
        assert photos.shape == (1, 20, 20, 3)
        return photos.mean(axis=(1, 2)) * 3


@pytest.fixture
def house(tmp_path):
    from PIL import Image

    paths = {}
    for name, colour in {"red": (200, 0, 0), "green": (0, 90, 0), "rose": (200, 90, 0)}.items():
        paths[name] = str(tmp_path / f"{name}.png")
        Image.new("RGB", (31, 17), colour).save(paths[name])
    database = {name: topic.img_to_encoding(paths[name], Table()) for name in ("red", "green")}
    return paths, database


def test_an_encoding_has_length_one_from_a_file_and_from_an_array(house):
    paths, database = house
    np.testing.assert_allclose(database["red"], [[1, 0, 0]], atol=1e-6)
    image = np.full((20, 20, 3), (200, 90, 0), np.uint8)
    np.testing.assert_allclose(
        topic.img_to_encoding(image, Table()), topic.img_to_encoding(paths["rose"], Table())
    )


def test_the_door_opens_for_who_is_near_enough(house):
    paths, database = house
    expected = np.linalg.norm(np.array([200, 90, 0]) / np.hypot(200, 90) - [1, 0, 0])  # 0.42
    dist, door_open = topic.verify(paths["rose"], "red", database, Table())
    assert dist == pytest.approx(expected, rel=1e-5)
    assert type(dist) is float
    assert door_open is True
    assert topic.verify(paths["rose"], "red", database, Table(), threshold=0.4)[1] is False
    assert topic.verify(paths["rose"], "green", database, Table())[1] is False


def test_who_is_it_is_the_nearest(house):
    paths, database = house
    min_dist, identity = topic.who_is_it(paths["rose"], database, Table())
    assert identity == "red"
    assert min_dist == topic.verify(paths["rose"], "red", database, Table())[0]
    turned = dict(reversed(database.items()))
    assert topic.who_is_it(paths["rose"], turned, Table()) == (min_dist, "red")


def test_a_file_that_is_not_an_image_is_named(tmp_path):
    (tmp_path / "note.txt").write_text("no image")
    with pytest.raises(ValueError, match=r"path: expected an image, got .*note\.txt"):
        topic.img_to_encoding(tmp_path / "note.txt", Table())


# Models


def test_encoders_give_length_one_and_follow_their_seed():
    photos, _ = make_faces(3, 1, rng=0, size=24)
    first, again, other = (topic.encoder((24, 24, 3), 8, 4, seed=s) for s in (1, 1, 2))
    encodings = np.asarray(first(photos.astype("float32")))
    np.testing.assert_allclose(np.linalg.norm(encodings, axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(encodings, again(photos.astype("float32")))
    assert not np.allclose(encodings, other(photos.astype("float32")))


def test_a_siamese_network_encodes_every_photo_of_every_group():
    photos, _ = make_faces(2, 3, rng=0, size=24)
    network = topic.encoder((24, 24, 3), 8, 4, seed=0)
    grouped = topic.Siamese(network)(photos.reshape(2, 3, 24, 24, 3))
    assert grouped.shape == (2, 3, 8)
    np.testing.assert_allclose(
        np.asarray(grouped).reshape(6, 8), network(photos.astype("float32")), rtol=1e-4, atol=1e-5
    )
    assert len(topic.Siamese(network).trainable_variables) == len(network.trainable_variables)


def test_same_or_not_is_logistic_regression_on_the_absolute_difference():
    network = topic.encoder((24, 24, 3), 8, 4, seed=0)
    model = topic.same_or_not(network)
    photos, labels = make_faces(4, 4, rng=0, size=24)
    photos = photos.astype("float32")
    first, second, _ = metrics.pairs(labels, rng=0)
    weights, bias = model.layers[-1].get_weights()
    difference = np.abs(np.asarray(network(photos[first])) - np.asarray(network(photos[second])))
    expected = 1 / (1 + np.exp(-(difference @ weights + bias)))
    np.testing.assert_allclose(model([photos[first], photos[second]]), expected, rtol=1e-4)


@pytest.mark.stochastic(broken=["wrong sign"])
def test_same_or_not_learns_a_few_pairs(stochastic_seed, margin):
    from dltf.training import train

    photos, labels = make_faces(4, 4, rng=stochastic_seed, size=24)
    first, second, same = metrics.pairs(labels, rng=stochastic_seed)
    photos = photos.astype("float32")
    history = train(
        topic.same_or_not(topic.encoder((24, 24, 3), 8, 4, seed=stochastic_seed)),
        ((photos[first], photos[second]), same.astype("float32")[:, None]),
        loss="binary_crossentropy",
        optimizer=keras.optimizers.Adam(0.01),
        epochs=20,
        seed=stochastic_seed,
        progress=False,
    )
    margin.below("last loss to first", history["loss"][-1] / history["loss"][0], 0.9)


# Scores


def test_pairs_are_balanced_different_and_right():
    labels = np.array([0, 1, 1, 2, 0, 1, 2, 3])
    first, second, same = metrics.pairs(labels, rng=0)
    assert (first != second).all()
    assert np.array_equal(labels[first] == labels[second], same)
    assert same.sum() == 5 == (~same).sum()
    assert len(set(zip(first, second, strict=True))) == 10
    with pytest.raises(ValueError, match=r"expected pairs of one person, .*, got 0 and 3"):
        metrics.pairs([1, 2, 3])


def test_roc_curve_and_area_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    same = rng.random(300) < 0.3
    distances = rng.normal(np.where(same, 0.8, 1.1), 0.3).round(2)  # with ties
    _, false, true = metrics.roc_curve(distances, same)
    area = sklearn_metrics.roc_auc_score(same, -distances)
    assert metrics.area_under(false, true) == pytest.approx(area, abs=1e-12)
    theirs = sklearn_metrics.roc_curve(same, -distances, drop_intermediate=False)
    np.testing.assert_allclose(false, theirs[0])
    np.testing.assert_allclose(true, theirs[1])
    with pytest.raises(ValueError, match="same: expected both kinds of pairs, got 2 of 2"):
        metrics.roc_curve([0.1, 0.2], [True, True])


def test_no_threshold_decides_more_pairs_rightly_than_the_best():
    rng = np.random.default_rng(1)
    same = rng.random(120) < 0.25
    distances = rng.normal(np.where(same, 0.8, 1.1), 0.3)
    threshold, accuracy = topic.best_threshold(distances, same)
    tried = [np.mean((distances < t) == same) for t in np.linspace(0, 3, 20_001)]
    assert accuracy == pytest.approx(np.mean((distances < threshold) == same))
    assert accuracy >= max(tried)
    assert (threshold, accuracy) == pytest.approx(metrics.threshold_by_trial(distances, same))
    assert np.abs(distances - threshold).min() > 0  # `<` or `<=`: no matter


def test_one_shot_trials_are_certain_by_the_label_and_a_guess_by_noise():
    labels = np.repeat(np.arange(20), 4)
    sure = np.eye(20)[labels]
    assert metrics.one_shot_accuracy(sure, labels, 10, 50, rng=0) == 1.0
    noise = np.random.default_rng(0).normal(size=(80, 30))
    assert 0.15 < metrics.one_shot_accuracy(noise, labels, 5, 600, rng=0) < 0.25
    with pytest.raises(ValueError, match=r"ways: expected 2 to 20 people .*, got 21 people"):
        metrics.one_shot_accuracy(sure, labels, ways=21)


# Training


@pytest.mark.stochastic(broken=["no training", "shuffled labels"])
def test_training_generalizes_to_unseen_people(stochastic_seed, broken, margin):
    """A short run on small photos of few people; the threshold is chosen and judged on others."""
    draws = iter(np.random.default_rng(stochastic_seed).spawn(4))
    photos, labels = make_faces(96, 8, rng=next(draws), size=24)
    groups = [make_faces(30, 6, rng=next(draws), size=24) for _ in range(2)]
    if broken == "shuffled labels":
        photos = next(draws).permutation(photos)
    network = topic.encoder((24, 24, 3), 32, 8, seed=stochastic_seed)

    def score():
        return experiments.score(lambda x: experiments.encode(network, x), *groups)

    before = score()
    if broken != "no training":
        experiments.train_encoder(
            network, photos, labels, steps=120, seed=stochastic_seed, progress=False
        )
    after = score()
    margin.above("area under the ROC curve, gained", after.area - before.area, 0.06)
    margin.above("one-shot accuracy, gained", after.one_shot - before.one_shot, 0.05)


@pytest.mark.stochastic(broken=["encodings that know the person"])
def test_pixels_hardly_tell_people_apart(stochastic_seed, broken, margin):
    draws = np.random.default_rng(stochastic_seed).spawn(2)
    groups = [make_faces(30, 6, rng=draw, size=24) for draw in draws]
    known = np.eye(30)[groups[0][1]]
    score = experiments.score(lambda x: known if broken else experiments.as_pixels(x), *groups)
    margin.below("accuracy", score.accuracy, 0.65)


def test_groups_have_to_be_of_one_person():
    photos, labels = make_faces(4, 3, rng=0, size=24)
    network = topic.encoder((24, 24, 3), 8, 4)
    with pytest.raises(ValueError, match="labels: expected 4 photos of one person after the other"):
        experiments.train_encoder(network, photos, labels, steps=1)


def test_the_table_has_medians():
    score = experiments.Score(0.9, 0.96, 0.99, 0.97)
    rows = [("raw pixels", experiments.Score(20.0, 0.55, 0.56, 0.15), 0.0)]
    for seed in range(3):
        rows += [(f"untrained, seed {seed}", score, 0.0), (f"trained, seed {seed}", score, 60.0)]
    lines = experiments.table(rows).splitlines()
    assert len(lines) == 2 + len(rows) + 2
    assert lines[-1] == "| **trained, median** | 0.960 | 0.9900 | 0.970 | 0.90 | 60 |"


# Images


def test_plots_of_encodings_curves_and_pairs():
    import matplotlib.pyplot as plt

    from dltf import plotting

    rng = np.random.default_rng(0)
    ax = plotting.plot_encodings(rng.normal(size=(20, 6)) + 3, np.arange(20) % 9)
    drawn = np.concatenate([part.get_offsets() for part in ax.collections])
    assert len(ax.collections) == 9
    np.testing.assert_allclose(drawn.mean(axis=0), 0, atol=1e-9)
    photos = rng.integers(256, size=(4, 8, 8, 3), dtype=np.uint8)
    ax = plotting.plot_encodings(rng.normal(size=(4, 6)), [0, 0, 1, 1], photos=photos)
    frames = [box.patch.get_edgecolor() for box in ax.artists]
    assert len(frames) == 4
    assert len(set(frames)) == 2  # a colour a person
    with pytest.raises(ValueError, match=r"encodings: expected shape \(3, d\) .*, got \(4, 2\)"):
        plotting.plot_encodings(rng.normal(size=(4, 2)), [0, 1, 2])
    ax = plotting.plot_roc({"ours": ([0, 0, 1], [0, 1, 1])})
    assert [line.get_label() for line in ax.get_lines()] == ["ours", "chance"]
    photos, _ = make_faces(2, 2, rng=0, size=16)
    axes = plotting.plot_pairs(photos[:2], photos[2:], [0.3, 0.9], 0.7, [True, True])
    assert axes.shape == (2, 2)
    assert [ax.get_title() for ax in axes[0]] == ["0.30\nsame", "0.90\nnot the same"]
    assert axes[0, 0].title.get_color() != axes[0, 1].title.get_color()
    plt.close("all")
