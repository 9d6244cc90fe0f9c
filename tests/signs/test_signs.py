"""The signs topic: softmax and its gradient, the network, the photos, the experiments."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from dltf import data, plotting
from dltf import signs as topic
from dltf.autograder.assignment import loading
from dltf.autograder.grading import Grader
from dltf.autograder.inprocess import InProcessRunner
from dltf.autograder.reading import formats
from dltf.data import hands, registry
from dltf.data import signs as loader
from dltf.data.images import read_photo
from dltf.signs import experiments

RNG = np.random.default_rng(0)


# Softmax and its loss


@pytest.mark.parametrize("shape", [(2, 5), (6, 1), (3, 7)])
def test_softmax_is_keras_s(shape):
    Z = RNG.normal(0, 3, size=shape)
    expected = keras.ops.softmax(Z.T.astype("float64")).numpy().T
    np.testing.assert_allclose(topic.softmax(Z), expected, rtol=1e-12, atol=0)


def test_softmax_of_large_scores_is_finite_and_moves_with_nothing_added():
    Z = np.array([[1000.0, -5000.0], [1001.0, -5000.0], [990.0, -4000.0]])
    AL = topic.softmax(Z)
    assert np.isfinite(AL).all()
    np.testing.assert_allclose(AL.sum(axis=0), 1, rtol=1e-12)
    np.testing.assert_allclose(AL, topic.softmax(Z - 700), rtol=1e-12, atol=1e-300)


def test_softmax_of_two_classes_is_the_sigmoid_of_their_difference():
    Z = RNG.normal(0, 3, size=(2, 20))
    np.testing.assert_allclose(topic.softmax(Z)[0], 1 / (1 + np.exp(Z[1] - Z[0])), rtol=1e-12)


def test_softmax_goes_to_hardmax_as_scores_grow():
    Z = RNG.normal(size=(5, 30))
    np.testing.assert_allclose(topic.softmax(1e6 * Z), topic.hardmax(Z), atol=1e-9)


def test_one_hot_is_keras_s_and_argmax_brings_the_classes_back():
    classes = RNG.integers(6, size=40)
    Y = topic.one_hot(classes, 6)
    np.testing.assert_array_equal(Y, keras.utils.to_categorical(classes, 6).T)
    np.testing.assert_array_equal(Y.argmax(axis=0), classes)


@pytest.mark.parametrize("classes", [[0, 6], [-1, 2]])
def test_one_hot_refuses_what_is_no_class(classes):
    with pytest.raises(ValueError, match="classes: expected numbers from 0 to 5, got"):
        topic.one_hot(classes, 6)


def test_cross_entropy_is_keras_s_and_log_c_without_any_idea():
    Z, Y = RNG.normal(size=(4, 9)), topic.one_hot(RNG.integers(4, size=9), 4)
    AL = topic.softmax(Z)
    expected = keras.losses.categorical_crossentropy(Y.T, AL.T).numpy().mean()
    assert topic.cross_entropy(AL, Y) == pytest.approx(expected, rel=1e-6)
    assert topic.cross_entropy(np.full((6, 1), 1 / 6), topic.one_hot([2], 6)) == pytest.approx(
        np.log(6), rel=1e-12
    )


def test_gradient_is_that_of_the_tape():
    Z, Y = RNG.normal(size=(6, 11)), topic.one_hot(RNG.integers(6, size=11), 6)
    scores = tf.Variable(Z)
    with tf.GradientTape() as tape:
        cost = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(Y.T, tf.transpose(scores)))
    dZ = topic.cross_entropy_gradient(Z, Y)
    np.testing.assert_allclose(dZ, tape.gradient(cost, scores).numpy(), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(dZ.sum(axis=0), 0, atol=1e-15)


# TensorFlow, and the network


def test_linear_function_draws_x_then_w_then_b():
    """The number that notebooks have printed since 2017, for seed 1."""
    np.random.seed(1)  # noqa: NPY002
    expected = [[-2.15657382], [2.95891446], [-1.08926781], [-0.84538042]]
    np.testing.assert_allclose(topic.linear_function(), expected, rtol=0, atol=1e-8)


def test_sigmoid_takes_every_kind_of_number():
    for z in (0, -1, 2.5, np.arange(-3, 4), RNG.normal(size=(2, 3))):
        expected = 1 / (1 + np.exp(-np.asarray(z, float)))
        np.testing.assert_allclose(topic.sigmoid(z), expected, rtol=1e-6)


def test_one_hot_matrix_is_a_column_of_one_hot():
    for label in range(6):
        np.testing.assert_array_equal(topic.one_hot_matrix(label), topic.one_hot([label], 6)[:, 0])


def test_the_square_s_way_down_has_a_formula():
    """w - 5 shrinks by the factor 1 - 2 * learning_rate at each step."""
    w, costs = topic.minimize_square(0.1, 20)
    assert w == pytest.approx(5 - 5 * 0.8**20, rel=1e-5)
    np.testing.assert_allclose(costs, 25 * 0.64 ** np.arange(20), rtol=1e-4)


def test_parameters_have_glorot_s_scale_and_a_seed_repeats_them():
    parameters = topic.initialize_parameters(3)
    assert [tuple(v.shape) for v in parameters.values()] == [
        (25, 12288), (25, 1), (12, 25), (12, 1), (6, 12), (6, 1)
    ]  # fmt: skip
    assert np.std(parameters["W1"]) == pytest.approx(np.sqrt(2 / (12288 + 25)), rel=0.01)
    again, other = topic.initialize_parameters(3), topic.initialize_parameters(4)
    assert np.array_equal(parameters["W2"], again["W2"])
    assert not np.array_equal(parameters["W2"], other["W2"])


def test_the_network_and_its_loss_are_those_of_keras_layers():
    network = topic.signs_network(seed=1)
    photos = np.float32(RNG.random((5, 64, 64, 3)))
    weights = network.get_weights()
    parameters = {}
    for l in (1, 2, 3):
        parameters[f"W{l}"] = tf.Variable(weights[2 * l - 2].T)
        parameters[f"b{l}"] = tf.Variable(weights[2 * l - 1][:, None])
    logits = topic.forward_propagation(photos.reshape(5, -1).T, parameters)
    np.testing.assert_allclose(logits, np.asarray(network(photos)).T, rtol=1e-4, atol=1e-5)
    labels = RNG.integers(6, size=5)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
    total = topic.compute_total_loss(logits, np.float32(topic.one_hot(labels, 6)))
    np.testing.assert_allclose(total, loss(labels, tf.transpose(logits)), rtol=1e-5)
    mean = topic.compute_cost(logits, np.float32(topic.one_hot(labels, 6)))
    np.testing.assert_allclose(5 * mean, total, rtol=1e-5)


def test_the_course_s_example_of_a_cost():
    """Published in the notebooks of 2021: 0.4051435 for these scores and the labels 5 and 0."""
    logits = tf.constant(
        [[2.4048107, 5.0334096], [-0.7921977, -4.1523376], [0.9447198, -0.46802214],
         [1.158121, 3.9810789], [4.768706, 2.3220146], [6.1481323, 3.909829]]
    )  # fmt: skip
    labels = np.float32(topic.one_hot([5, 0], 6))
    np.testing.assert_allclose(topic.compute_cost(logits, labels), 0.4051435, rtol=1e-6)
    np.testing.assert_allclose(topic.compute_total_loss(logits, labels), 0.810287, rtol=1e-6)


@pytest.mark.stochastic(broken=["no step", "wrong sign"])
def test_model_learns_a_few_columns_by_heart(capsys, stochastic_seed, margin):
    rng = np.random.default_rng(stochastic_seed)
    X, Y = rng.random((12288, 30)) - 0.5, topic.one_hot(rng.integers(6, size=30), 6)
    settings = {"learning_rate": 0.003, "num_epochs": 11, "minibatch_size": 8}
    parameters, costs, train_acc, test_acc = topic.model(
        X, Y, X, Y, **settings, seed=stochastic_seed
    )
    assert len(costs) == len(train_acc) == len(test_acc) == 2
    assert train_acc[-1] == test_acc[-1]
    margin.below("last cost to that of no idea", costs[-1] / np.log(6), 0.5)
    margin.above("accuracy", train_acc[-1], 0.7)
    assert list(parameters) == ["W1", "b1", "W2", "b2", "W3", "b3"]
    assert capsys.readouterr().out.startswith("epoch    0: cost ")


@pytest.mark.parametrize(("batch_norm", "parameters"), [(False, 307_615), (True, 307_726)])
def test_the_network_has_the_course_s_widths(batch_norm, parameters):
    network = topic.signs_network(l2=0.1, keep_prob=0.5, batch_norm=batch_norm)
    dense = [layer.units for layer in network.layers if isinstance(layer, keras.layers.Dense)]
    assert dense == [25, 12, 6]
    assert network.count_params() == parameters
    assert len(network.losses) == 3


# The photos


@pytest.fixture
def no_files(tmp_path, monkeypatch):
    """Hide real files."""
    monkeypatch.setattr(registry, "folders", lambda: [tmp_path])
    return tmp_path


def test_without_files_hands_are_drawn(no_files, capsys):
    train_x, train_y, test_x, test_y = data.load_signs()
    assert capsys.readouterr().err == (
        "signs: signs/test_signs.h5 is not available (`dltf data fetch signs` fetches it); "
        "these hands are drawn\n"
    )
    assert (train_x.shape, train_x.dtype) == ((1080, 64, 64, 3), np.uint8)
    assert (test_x.shape, test_x.dtype) == ((120, 64, 64, 3), np.uint8)
    assert (np.bincount(train_y) == 180).all()
    assert (np.bincount(test_y) == 20).all()
    assert not data.signs_in_both(test_x).any()
    near = experiments.nearest_neighbour(train_x, train_y, test_x[::4])
    assert 0.4 < np.mean(near == test_y[::4]) < 0.95  # neither hopeless nor solved by a list
    train_x[:] = 0  # what a caller does to its arrays is its own business
    assert data.load_signs()[0].any()


def test_drawn_hands_in_the_course_s_files(no_files, capsys):
    drawn = data.load_signs()
    capsys.readouterr()
    files = data.write_signs_h5(no_files)
    assert [file.name for file in files] == ["train_signs.h5", "test_signs.h5"]
    for a, b in zip(drawn, data.load_signs(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert capsys.readouterr().err == ""
    import h5py

    with h5py.File(files[0]) as train, h5py.File(files[1]) as test:
        assert sorted(train) == ["list_classes", "train_set_x", "train_set_y"]
        assert sorted(test) == ["list_classes", "test_set_x", "test_set_y"]


def test_jpegs_serve_where_the_training_file_is_missing(no_files):
    data.write_signs_h5(no_files)
    (no_files / "train_signs.h5").unlink()
    image = io.BytesIO()
    Image.new("RGB", (64, 64), (200, 100, 50)).save(image, "JPEG")
    with zipfile.ZipFile(no_files / "signs_64x64_jpeg.zip", "w") as archive:
        for i in range(1080):
            folder = "val_signs" if i % 5 == 0 else "train_signs"
            archive.writestr(f"photos/{folder}/{i % 6}_IMG_{i:04}.jpg", image.getvalue())
        archive.writestr("photos/test_signs/1_IMG_0001.jpg", b"")
    train_x, train_y, _, _ = data.load_signs()
    assert (np.bincount(train_y) == 180).all()
    assert np.abs(train_x.mean(axis=(0, 1, 2)) - [200, 100, 50]).max() < 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no HDF5", "signs: expected an HDF5 file, got "),
        (None, "signs: expected test_set_x of shape (120, 64, 64, 3) in "),
    ],
)
def test_damaged_files(no_files, content, words):
    train, test = data.write_signs_h5(no_files)
    test.write_bytes(train.read_bytes() if content is None else content)
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the text is compared below
        data.load_signs()
    assert str(error.value).startswith(words)


def test_a_damaged_zip(no_files):
    data.write_signs_h5(no_files)
    (no_files / "train_signs.h5").unlink()
    (no_files / "signs_64x64_jpeg.zip").write_bytes(b"no zip")
    with pytest.raises(ValueError, match="signs: expected a zip of JPEGs, got"):
        data.load_signs()


def test_hands_of_any_number_and_size():
    x, y = data.make_signs(13, 5, people=2, size=32)
    again, _ = data.make_signs(13, 5, people=2, size=32)
    assert (x.shape, y.dtype) == ((13, 32, 32, 3), np.int64)
    assert sorted(np.bincount(y).tolist()) == [2, 2, 2, 2, 2, 3]
    np.testing.assert_array_equal(x, again)
    assert not np.array_equal(x, data.make_signs(13, 6, people=2, size=32)[0])
    for number, ways in hands.STRETCHED.items():
        assert {sum(way) for way in ways} == {number}


@pytest.mark.parametrize("arguments", [{"m": 0}, {"m": 1, "people": 0}, {"m": 1, "size": 8}])
def test_hands_out_of_range(arguments):
    name = list(arguments)[-1]
    with pytest.raises(ValueError, match=f"{name}: expected at least .*, got {arguments[name]}"):
        data.make_signs(**arguments)


@pytest.mark.skipif(
    registry.find("signs/signs_64x64_jpeg.zip") is None or registry.find(loader.TEST_FILE) is None,
    reason="the real photos are not available",
)
def test_the_twelve_photos_that_are_in_both_sets_by_their_bytes():
    jpegs: dict[str, dict[bytes, str]] = {"test_signs": {}, "other": {}}
    with zipfile.ZipFile(registry.find("signs/signs_64x64_jpeg.zip")) as archive:
        for name in archive.namelist():
            if name.endswith(".jpg"):
                folder = name.split("/")[-2]
                jpegs[folder if folder == "test_signs" else "other"][archive.read(name)] = name
    both = jpegs["test_signs"].keys() & jpegs["other"].keys()
    _, _, test_x, test_y = data.load_signs()
    places = []
    for content in both:
        pixels = np.asarray(Image.open(io.BytesIO(content)), float)
        distances = np.abs(test_x - pixels).mean(axis=(1, 2, 3))
        first, second = np.sort(distances)[:2]
        assert first < 4 < second  # grey levels: the photo itself, and any other one
        places.append(int(distances.argmin()))
    assert sorted(places) == list(loader.IN_BOTH) == np.flatnonzero(data.signs_in_both()).tolist()
    assert (test_y[places] == 0).all()


@pytest.mark.skipif(
    registry.find(loader.TEST_FILE) is None
    or not any(registry.find(file) for file in loader.TRAIN_FILES),
    reason="the real photos are not available",
)
def test_the_real_photos_and_their_nearest_neighbours():
    train_x, train_y, test_x, test_y = data.load_signs()
    assert (np.bincount(train_y) == 180).all()
    assert (np.bincount(test_y) == 20).all()
    near = experiments.nearest_neighbour(train_x, train_y, test_x)
    both = data.signs_in_both(test_x)
    every, without = experiments.accuracies(near, test_y, both)
    assert every == pytest.approx(0.925, abs=0.009)  # the JPEGs, or the course's own pixels
    assert without == pytest.approx((111 - 12) / 108, abs=0.01)


# Photos of one's own


def test_a_photo_is_turned_upright_cut_square_and_made_small(tmp_path):
    """Left half red, right half blue, with a mark that says: turn me by a quarter."""
    photo = Image.new("RGB", (300, 200), "blue")
    photo.paste("red", (0, 0, 150, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # the top of the scene is at the right of the file
    photo.save(tmp_path / "turned.jpg", exif=exif, quality=95)
    pixels = read_photo(tmp_path / "turned.jpg")
    assert (pixels.shape, pixels.dtype) == ((64, 64, 3), np.uint8)
    assert pixels[5, 32, 0] > 200 > 60 > pixels[5, 32, 2]  # red above
    assert pixels[-5, 32, 2] > 200 > 60 > pixels[-5, 32, 0]


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "1", "CMYK"])
def test_photos_of_every_kind(tmp_path, mode):
    photo = Image.new("RGB", (90, 120), (250, 250, 250)).convert(mode)
    suffix = "jpg" if mode == "CMYK" else "png"
    photo.save(tmp_path / f"photo.{suffix}")
    pixels = read_photo(str(tmp_path / f"photo.{suffix}"), size=16)
    assert pixels.shape == (16, 16, 3)
    assert pixels.min() > 230


def test_a_file_that_is_not_an_image(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"no image")
    with pytest.raises(ValueError, match="path: expected an image, got"):
        read_photo(tmp_path / "a.jpg")
    with pytest.raises(FileNotFoundError):
        read_photo(tmp_path / "b.jpg")


# The story


@pytest.fixture(scope="module")
def few():
    x, y = data.make_signs(72, 3, people=1)
    return x[:60], y[:60], x[60:], y[60:]


@pytest.mark.parametrize("title", [experiments.COURSE, experiments.BEST])
def test_every_recipe_runs(few, title):
    recipe = experiments.RECIPES[title]._replace(epochs=2)
    run = experiments.train_signs(recipe, few, seed=1, progress=False)
    assert list(run.history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert len(run.history) == 2
    assert run.predicted.shape == (12,)
    assert (np.abs(run.centre).max() > 0) == recipe.centred
    assert np.mean(run.predicted == few[3]) == pytest.approx(run.history["val_accuracy"][-1])
    number, probabilities = experiments.predict_photo(run.network, few[2][0], run.centre)
    assert number == run.predicted[0] == probabilities.argmax()
    assert probabilities.sum() == pytest.approx(1)


def test_a_run_ends_when_its_time_is_up(few):
    recipe = experiments.Recipe(epochs=50)
    run = experiments.train_signs(recipe, few, seed=1, seconds=0.0, progress=False)
    assert len(run.history) == 1
    assert run.history.stopped == "out of time after 0 s"


def test_the_story_s_command(no_files, monkeypatch, few, capsys):
    monkeypatch.setattr(experiments.data, "load_signs", lambda: few)
    arguments = ["--only", "centred, He, d", "--seeds", "2", "--epochs", "1"]
    image, photo = no_files / "story.png", no_files / "photo.png"
    Image.fromarray(few[2][0]).save(photo)
    experiments.main([*arguments, "--plot", str(image), "--photos", str(photo)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("| setup | test, median | worst | without the twelve")
    assert [line.split(" | ")[0] for line in lines[2:4]] == [
        "| nearest neighbour, raw pixels",
        "| centred, He, dropout",
    ]
    assert f"{photo}: " in lines[-1]
    assert image.stat().st_size > 10_000


def test_nearest_neighbour_by_brute_force():
    known, asked = (RNG.integers(256, size=(m, 4, 5, 3)).astype(np.uint8) for m in (30, 8))
    labels = RNG.integers(6, size=30)
    distances = np.abs(known[None].astype(float) - asked[:, None]).sum(axis=(2, 3, 4))
    found = experiments.nearest_neighbour(known, labels, asked)
    np.testing.assert_array_equal(found, labels[distances.argmin(axis=1)])


# Images


def test_confusion_counts_every_example():
    y, predicted = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 2, 2, 0])
    ax = plotting.plot_confusion(y, predicted, names=["a", "b", "c"])
    counts = {(round(t.get_position()[1]), round(t.get_position()[0])): t.get_text()
              for t in ax.texts}  # fmt: skip
    assert counts == {(0, 0): "1", (0, 1): "1", (1, 1): "1", (2, 2): "2", (2, 0): "1"}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted", "true")
    with pytest.raises(ValueError, match="predicted: expected 6 classes, got 5"):
        plotting.plot_confusion(y, predicted[:5])


def test_photos_with_titles():
    axes = plotting.plot_photos(RNG.random((8, 9, 9, 3)), [str(i) for i in range(8)], columns=3)
    assert axes.shape == (3, 3)
    assert [ax.get_title() for ax in axes.flat] == [*"01234567", ""]
    with pytest.raises(ValueError, match="titles: expected 2, got 1"):
        plotting.plot_photos(np.zeros((2, 4, 4, 3)), ["one"])
    with pytest.raises(ValueError, match="photos: expected at least one"):
        plotting.plot_photos(np.zeros((0, 4, 4, 3)))


def test_runs_have_a_dot_a_seed_and_a_bar_at_the_median():
    ax = plotting.plot_runs({"a": [0.5, 0.9, 0.6], "b": [0.7]}, {"one in six": 1 / 6})
    dots, bar = ax.get_lines()[:2]
    assert dots.get_xdata().tolist() == [0.5, 0.9, 0.6]
    assert bar.get_xdata() == [0.6]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]


# Older notebooks


OLDER = '''
import numpy as np
import tensorflow as tf

def compute_cost({0}, {1}):
    return tf.reduce_mean(
        tf.nn.softmax_cross_entropy_with_logits(
            logits=tf.transpose({0}), labels=tf.transpose({1})
        )
    )
'''  # fmt: skip


@pytest.mark.skipif(
    not (Path(topic.__file__).parents[2] / "assignments" / "signs" / "cases.py").is_file(),
    reason="the assignment is not beside the package",
)
@pytest.mark.parametrize("names", [("Z3", "Y"), ("logits", "labels")])
def test_the_mean_counts_under_its_older_name_and_not_under_the_new_one(names):
    folder = Path(topic.__file__).parents[2] / "assignments" / "signs"
    grader, asked = Grader(InProcessRunner(), 0), loading.load(folder)

    def entry(source):
        graded = grader.grade(formats.from_source(source), asked)
        found = next(v for v in graded.exercises if v.name == "compute_total_loss")
        return found, graded.recognised

    found, recognised = entry(OLDER.format(*names))
    assert found.points == found.max_points, found
    assert "compute_cost for compute_total_loss" in recognised.spellings["compute_total_loss"]
    wrong, _ = entry(OLDER.format(*names).replace("compute_cost", "compute_total_loss"))
    assert (wrong.status, wrong.mistake) == ("incorrect", "mean_for_sum")
