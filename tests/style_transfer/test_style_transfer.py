"""Style transfer against brute force and TensorFlow's functions, by properties, with SqueezeNet."""

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf

from dltf import data, plotting
from dltf import style_transfer as topic
from dltf.data import paintings, registry
from dltf.models.squeezenet import WEIGHTS_FILE
from dltf.style_transfer import backbones, experiments, filters


def activations(rng, n_H=3, n_W=5, n_C=4):
    return tf.constant(rng.normal(size=(1, n_H, n_W, n_C)), tf.float32)


def lists(rng, count=3):
    """Two lists of activations, sizes different from layer to layer; and as many weights."""
    shapes = [(6 - i, 7 - i, 2 + i) for i in range(count)]
    both = [[activations(rng, *shape) for shape in shapes] for _ in range(2)]
    return *both, [(f"layer{i}", float(rng.uniform(0.1, 1))) for i in range(count - 1)]


def toy_network(rng, channels=(3, 4, 5), dtype=tf.float32):
    """Three conv layers with tanh: a network on which gradients are quick and smooth."""
    filters = [
        tf.constant(0.5 * rng.normal(size=(3, 3, before, after)), dtype)
        for before, after in zip((3, *channels[:-1]), channels, strict=True)
    ]

    def get_outputs(image):
        outputs = []
        for kernel in filters:
            image = tf.tanh(tf.nn.conv2d(image, kernel, 1, "VALID"))
            outputs.append(image)
        return outputs

    return get_outputs


LAYERS = [("first", 0.7), ("second", 0.3)]


# Costs


def test_content_cost_is_its_formula_and_looks_at_the_last_layer_alone():
    content, generated, _ = lists(np.random.default_rng(1))
    a_C, a_G = content[-1].numpy(), generated[-1].numpy()
    _, n_H, n_W, n_C = a_C.shape
    expected = sum(
        (a_C[0, i, j, c] - a_G[0, i, j, c]) ** 2
        for i in range(n_H)
        for j in range(n_W)
        for c in range(n_C)
    ) / (4 * n_H * n_W * n_C)
    cost = topic.compute_content_cost(content, generated)
    assert float(cost) == pytest.approx(expected, rel=1e-5)
    assert float(topic.compute_content_cost([a_C], [a_G])) == pytest.approx(expected, rel=1e-5)
    assert float(topic.compute_content_cost(content, content)) == 0


def test_gram_matrix_is_all_dot_products_of_rows():
    A = np.random.default_rng(2).normal(size=(4, 15)).astype("float32")
    GA = topic.gram_matrix(tf.constant(A)).numpy()
    expected = [[np.sum(A[i] * A[j]) for j in range(4)] for i in range(4)]
    np.testing.assert_allclose(GA, expected, rtol=1e-5, atol=1e-6)
    assert (np.linalg.eigvalsh(GA) > -1e-4).all()


def test_layer_style_cost_is_its_formula_on_an_image_that_is_not_square():
    rng = np.random.default_rng(3)
    a_S, a_G = activations(rng), activations(rng)
    _, n_H, n_W, n_C = a_S.shape

    def gram(a):
        return np.einsum("hwc,hwd->cd", a[0], a[0])

    difference = gram(a_S.numpy()) - gram(a_G.numpy())
    expected = np.sum(difference**2) / (4 * n_C**2 * (n_H * n_W) ** 2)
    cost = topic.compute_layer_style_cost(a_S, a_G)
    assert float(cost) == pytest.approx(expected, rel=1e-5)


def test_style_does_not_know_the_place_and_content_does():
    rng = np.random.default_rng(4)
    a = activations(rng)
    places = rng.permutation(15)
    moved = tf.reshape(tf.gather(tf.reshape(a, (1, 15, 4)), places, axis=1), a.shape)
    scale = float(topic.compute_layer_style_cost(a, tf.zeros_like(a)))
    assert float(topic.compute_layer_style_cost(a, moved)) < 1e-9 * scale
    assert float(topic.compute_content_cost([a], [moved])) > 0.1
    other = tf.gather(a, [1, 0, 2, 3], axis=3)  # other channels are another style
    assert float(topic.compute_layer_style_cost(a, other)) > 1e-3 * scale


def test_large_layers_do_not_overflow():
    """4 n_C^2 (n_H n_W)^2 of a real layer is far beyond the whole numbers of 32 bits."""
    a = tf.ones((1, 120, 160, 64))
    assert float(topic.compute_layer_style_cost(a, tf.zeros_like(a))) == pytest.approx(0.25)
    traced = tf.function(topic.compute_layer_style_cost, autograph=False)
    assert float(traced(a, tf.zeros_like(a))) == pytest.approx(0.25)


def test_style_cost_is_the_weighted_sum_without_the_last_layer():
    style, generated, layers = lists(np.random.default_rng(5), 4)
    expected = sum(
        weight * float(topic.compute_layer_style_cost(style[i], generated[i]))
        for i, (_, weight) in enumerate(layers)
    )
    cost = topic.compute_style_cost(style, generated, layers)
    assert float(cost) == pytest.approx(expected, rel=1e-5)
    changed = [*generated[:-1], generated[-1] + 1]
    assert float(topic.compute_style_cost(style, changed, layers)) == float(cost)


def test_total_cost_and_the_numbers_of_the_course():
    """34 for 0.2 and 0.8 is the 2021 notebook's; the other is that of 2017."""
    assert float(topic.total_cost(0.2, 0.8)) == pytest.approx(34.0)
    assert float(topic.total_cost(tf.constant(0.2), tf.constant(0.8))) == pytest.approx(34.0)
    assert topic.total_cost(2.0, 3.0, alpha=5, beta=7) == 31


def test_total_variation_is_that_of_tensorflow():
    image = tf.constant(np.random.default_rng(6).random((1, 5, 8, 3)), tf.float32)
    expected = tf.image.total_variation(image)[0]
    assert float(topic.total_variation_cost(image)) == pytest.approx(float(expected), rel=1e-5)
    assert float(topic.total_variation_cost(tf.fill((1, 4, 4, 3), 0.3))) == 0


def test_clip_0_1():
    assert topic.clip_0_1(tf.constant([-0.5, 0.25, 1.5])).numpy().tolist() == [0, 0.25, 1]


# What must hold of arguments


def test_a_tensor_in_the_place_of_a_list_is_told_what_its_last_element_is():
    a = activations(np.random.default_rng(7))
    with pytest.raises(ValueError, match=r"content_output: expected a list of activations, got one "
                       r"tensor of shape \(1, 3, 5, 4\), whose last element \[-1\] has shape "
                       r"\(3, 5, 4\): the axis of the batch is gone"):  # fmt: skip
        topic.compute_content_cost(a, a)
    with pytest.raises(ValueError, match="generated_image_output: expected a list of activations"):
        topic.compute_style_cost([a], a)
    stacked = tf.stack([a, a + 1])  # five axes: a tensor of tensors, as the tests of 2021 have it
    assert float(topic.compute_content_cost(stacked, stacked)) == 0
    with pytest.raises(ValueError, match=r"content_output: .* activations, got an empty one"):
        topic.compute_content_cost([], [a])


def test_shapes_that_do_not_fit_are_named():
    a = activations(np.random.default_rng(8))
    with pytest.raises(ValueError, match=r"a_S: expected the activations of one image, "
                       r"\(1, n_H, n_W, n_C\), got shape \(3, 5, 4\)"):  # fmt: skip
        topic.compute_layer_style_cost(a[0], a)
    with pytest.raises(ValueError, match=r"a_S, a_G: expected the same shape, got \(1, 3, 5, 4\) "
                       r"for a_S and \(1, 5, 3, 4\) for a_G"):  # fmt: skip
        topic.compute_layer_style_cost(a, tf.transpose(a, (0, 2, 1, 3)))
    with pytest.raises(ValueError, match=r"generated_output\[-1\]: expected the activations"):
        topic.compute_content_cost([a], [tf.concat([a, a], axis=0)])


# The loop


def test_the_gradient_of_the_image_is_the_numerical_one():
    """The step is taken in single precision, the difference quotient in double."""
    get_outputs, precise = (
        toy_network(np.random.default_rng(9), dtype=dtype) for dtype in (tf.float32, tf.float64)
    )
    rng = np.random.default_rng(10)  # colours so far from 0 and 1 that the step cuts none off
    content, style, image = rng.uniform(0.25, 0.75, (3, 1, 8, 9, 3)).astype("float32")

    def cost(x):
        outputs = precise(x)
        layers = zip(LAYERS, precise(np.float64(style)), outputs[:-1], strict=False)
        J_style = sum(w * topic.compute_layer_style_cost(a_S, a_G) for (_, w), a_S, a_G in layers)
        J_content = topic.compute_content_cost(precise(np.float64(content)), outputs)
        return float(topic.total_cost(J_content, J_style) + 0.01 * topic.total_variation_cost(x))

    variable, rate = tf.Variable(image), 0.01
    optimizer = keras.optimizers.SGD(rate)
    a_C, a_S = get_outputs(content), get_outputs(style)
    J, _, _ = topic.train_step(variable, get_outputs, a_C, a_S, optimizer, LAYERS, gamma=0.01)
    image, h = np.float64(image), 1e-5
    assert float(J) == pytest.approx(cost(image), rel=1e-5)
    gradient = (image - variable.numpy()) / rate
    direction = rng.normal(size=image.shape)
    numerical = (cost(image + h * direction) - cost(image - h * direction)) / (2 * h)
    error = abs(np.sum(gradient * direction) - numerical)
    assert error < 2e-3 * np.linalg.norm(gradient)


def test_a_step_stays_between_0_and_1_and_returns_the_parts():
    rng = np.random.default_rng(10)
    get_outputs = toy_network(rng)
    a_C, a_S = (get_outputs(tf.constant(rng.random((1, 8, 9, 3)), tf.float32)) for _ in range(2))
    variable = tf.Variable(tf.constant(rng.random((1, 8, 9, 3)), tf.float32))
    optimizer = keras.optimizers.SGD(500.0)
    J, J_content, J_style = topic.train_step(
        variable, get_outputs, a_C, a_S, optimizer, LAYERS, alpha=3, beta=2
    )
    assert float(J) == pytest.approx(3 * float(J_content) + 2 * float(J_style), rel=1e-5)
    assert variable.numpy().min() == 0
    assert variable.numpy().max() == 1


@pytest.fixture(scope="module")
def untrained():
    return backbones.load_backbone("random", seed=1)


@pytest.fixture(scope="module")
def shallow():
    """The first layers of the same network, whose graphs are made quickly."""
    return backbones.load_backbone("random", [("conv1", 0.5), ("fire2", 0.5)], "fire3", seed=1)


@pytest.fixture(scope="module")
def pair():
    return paintings.make_scene((48, 64), rng=1), paintings.make_painting((48, 64), rng=2)


@pytest.mark.stochastic(broken=["wrong sign"])
def test_transfer_lowers_the_cost_of_style(shallow, stochastic_seed, margin):
    photo = paintings.make_scene((48, 64), rng=stochastic_seed)
    painting = paintings.make_painting((48, 64), rng=stochastic_seed)
    _, costs = topic.transfer(photo, painting, shallow, steps=13, progress=False)
    margin.below("last cost to first", costs["style"][-1] / costs["style"][0], 0.7)


def test_transfer_repeats_itself(shallow, pair):
    before = pair[0].copy()
    image, costs = topic.transfer(*pair, shallow, steps=13, progress=False)
    assert image.shape == (48, 64, 3)
    assert image.dtype == np.float32
    assert image.min() >= 0
    assert image.max() <= 1
    assert {name: len(values) for name, values in costs.items()} == dict.fromkeys(
        ("total", "content", "style"), 13
    )
    assert costs["content"][0] == pytest.approx(0, abs=1e-3)  # it starts from the photo
    assert np.array_equal(pair[0], before)
    again, _ = topic.transfer(*pair, shallow, steps=13, progress=False)
    np.testing.assert_allclose(again, image, atol=1e-3)
    noisy, noisy_costs = topic.transfer(
        *pair, shallow, steps=1, noise=0.2, rng=3, beta=0, gamma=0, progress=False
    )
    assert noisy_costs["content"][0] > 0
    assert np.abs(noisy - pair[0]).max() > 0.1


def test_without_style_the_photo_stays(shallow, pair):
    image, _ = topic.transfer(*pair, shallow, beta=0, gamma=0, steps=3, progress=False)
    np.testing.assert_allclose(image, pair[0], atol=1e-6)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": 0}, "steps: expected an integer of at least 1, got 0"),
        ({"beta": -1}, "beta: expected a number of at least 0, got -1"),
        ({"learning_rate": 0}, "learning_rate: expected a number above 0, got 0"),
        ({"content": np.zeros((48, 64))}, r"content: expected one image \(n_H, n_W, 3\)"),
        (
            {"style": np.zeros((64, 48, 3))},
            r"style: expected the shape of the content image",
        ),
        (
            {"style": np.full((48, 64, 3), 200.0)},
            "style: expected colours between 0 and 1, got 2",
        ),
    ],
)
def test_transfer_errors(untrained, pair, changes, message):
    arguments = {"content": pair[0], "style": pair[1], "backbone": untrained} | changes
    with pytest.raises(ValueError, match=message):
        topic.transfer(**arguments)


def test_judge_of_the_photo_and_the_painting(untrained, pair):
    photo, painting = pair
    assert topic.judge(photo, photo, painting, untrained) == pytest.approx(
        {"style": 1, "correlation": 1}
    )
    assert topic.judge(painting, photo, painting, untrained)["style"] == pytest.approx(0, abs=1e-6)


# Backbones


def test_a_backbone_returns_its_layers_in_order(untrained):
    outputs = untrained(np.zeros((1, 48, 64, 3), "float32"))
    assert [output.shape[-1] for output in outputs] == [64, 128, 256, 384, 512, 384]
    assert str(untrained) == "random, random weights"
    chosen = backbones.load_backbone("random", [("fire2", 1.0)], "fire4")
    assert [a.shape[-1] for a in chosen(np.zeros((1, 48, 64, 3), "float32"))] == [128, 256]
    again, other = (backbones.load_backbone("random", seed=s) for s in (1, 2))
    x = np.random.default_rng(0).random((1, 48, 64, 3)).astype("float32")
    assert np.array_equal(again(x)[0], untrained(x)[0])
    assert not np.array_equal(other(x)[0], untrained(x)[0])


@pytest.fixture
def nothing_available(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "folders", lambda: [tmp_path])
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    return tmp_path


def test_without_any_weights_the_best_are_filters_set_by_hand(nothing_available, capsys):
    backbone = backbones.load_backbone()
    assert (backbone.name, backbone.pretrained) == ("filters", False)
    assert str(backbone) == "filters, set by hand"
    said = capsys.readouterr().err
    assert "a bank of filters set by hand, for colours and strokes only" in said
    assert said.count("\n") == 1


def test_edges_and_bars_answer_to_contrast_and_blobs_to_colour():
    W = filters.bank()
    assert W.shape == (filters.SIDE, filters.SIDE, 3, 48)
    oriented, blobs = W[..., :-6], W[..., -6:]
    np.testing.assert_allclose(oriented.sum(axis=(0, 1)), 0, atol=1e-3)
    np.testing.assert_allclose(blobs.sum(axis=(0, 1)).T[:3] / 255, filters.OPPONENTS, atol=1e-5)
    assert len({f.tobytes() for f in np.moveaxis(W, -1, 0)}) == 48


def test_the_gram_matrix_of_the_filters_knows_directions_and_no_places():
    backbone = backbones.load_backbone("filters")
    columns = np.mgrid[:48, :48][1]
    stripes = np.repeat((columns // 4 % 2)[..., None], 3, axis=2).astype("float32")
    target = backbone(stripes[None])

    def distance(image):
        found = backbone(np.ascontiguousarray(image)[None])
        return float(topic.compute_style_cost(target, found, backbone.style_layers))

    assert distance(np.roll(stripes, 2, axis=1)) < 0.05 * distance(stripes.swapaxes(0, 1))


def test_missing_weights_are_not_fetched(nothing_available):
    with pytest.raises(FileNotFoundError, match=r"without style/.*dltf data fetch"):
        backbones.load_backbone("squeezenet")
    with pytest.raises(FileNotFoundError, match="got 'vgg19' without vgg19_weights"):
        backbones.load_backbone("vgg19")
    with pytest.raises(
        ValueError, match="expected one of best, squeezenet, vgg19, filters, random"
    ):
        backbones.load_backbone("vgg16")
    with pytest.raises(ValueError, match=r"layers: expected names among .*, got 'conv4_2'"):
        backbones.load_backbone("random", content_layer="conv4_2")


def test_vgg19_is_read_from_the_cache_of_keras(nothing_available, monkeypatch):
    """A file as Keras 2 wrote it, all of one value (so it takes no room), in a tiny VGG-19."""
    architecture = keras.applications.VGG19(include_top=False, weights=None)
    (nothing_available / "models").mkdir()
    with h5py.File(nothing_available / "models" / backbones.VGG_FILE, "w") as file:
        file.attrs["layer_names"] = [layer.name.encode() for layer in architecture.layers]
        for layer in architecture.layers:
            group = file.create_group(layer.name)
            kinds = ("W_1:0", "b_1:0")[: len(layer.weights)]
            names = [f"{layer.name}_{kind}" for kind in kinds]
            group.attrs["weight_names"] = [name.encode() for name in names]
            for name, variable in zip(names, layer.weights, strict=True):
                shape = tuple(variable.shape)
                group.create_dataset(name, shape, "float32", chunks=True, fillvalue=1e-3)
    backbone = backbones.load_backbone("best")
    assert str(backbone) == "vgg19, trained on photos"
    outputs = backbone(np.full((1, 32, 48, 3), 0.5, "float32"))
    assert [tuple(a.shape[1:]) for a in outputs] == [
        (64, 80, 64), (32, 40, 128), (16, 20, 256), (8, 10, 512), (4, 5, 512), (4, 5, 512)
    ]  # fmt: skip
    middle = 127.5 * 3 - sum((103.939, 116.779, 123.68))  # BGR, without the mean colour
    inside = outputs[0][0, 5, 5, 0]
    assert float(inside) == pytest.approx(1e-3 * (9 * middle + 1), rel=1e-4)


# Images


def test_stand_ins_are_drawn_said_and_repeated(nothing_available, capsys):
    photo = data.load_content_image("cat", (40, 60))
    painting = data.load_style_image(shape=(60, 40))
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("style: style/cat.jpg is not available")
    assert said[0].endswith("this photo is drawn")
    assert "style/monet.jpg" in said[1]
    assert "this painting is drawn" in said[1]
    for image, shape in ((photo, (40, 60, 3)), (painting, (60, 40, 3))):
        assert image.shape == shape
        assert image.dtype == np.float32
        assert image.min() >= 0
        assert image.max() <= 1
    assert np.array_equal(data.make_scene((40, 60), rng=1), photo)
    assert not np.array_equal(data.make_painting((60, 40), rng=2), painting)
    with pytest.raises(ValueError, match=r"style/mona_lisa.jpg: expected a file in the registry"):
        data.load_style_image("mona_lisa")
    with pytest.raises(ValueError, match=r"shape: expected .*, each at least 16, got"):
        data.make_scene((8, 60))


def test_a_file_is_cut_to_the_proportions_and_not_squeezed(nothing_available):
    from PIL import Image

    wide = np.zeros((50, 200, 3), "uint8")
    wide[:, 50:150] = (255, 128, 0)  # the middle
    (nothing_available / "style").mkdir()
    Image.fromarray(wide).save(nothing_available / "wide.png")
    (nothing_available / "wide.png").rename(nothing_available / "style" / "cat.jpg")
    image = data.load_content_image("cat", (20, 40))
    middle = np.array((1, 128 / 255, 0)) * np.ones((20, 36, 1))
    np.testing.assert_allclose(image[:, 2:-2], middle, atol=0.005)
    with pytest.raises(FileNotFoundError, match=r"path: .*, where there is no file"):
        data.read_image(nothing_available / "none.png")
    broken = nothing_available / "broken.jpg"
    broken.write_bytes(b"no image")
    with pytest.raises(ValueError, match=r"got broken.jpg, which is damaged or"):
        data.read_image(broken)


def test_plots(pair):
    import matplotlib.pyplot as plt

    axes = plotting.plot_gallery({"photo": pair[0], "painting": pair[1], "third": pair[0]}, 2)
    assert axes.shape == (2, 2)
    assert [ax.get_title() for ax in axes.reshape(-1)] == ["photo", "painting", "third", ""]
    ax = plotting.plot_costs({"content": [0.0, 2.0, 3.0], "style": [9.0, 3.0, 1.0]})
    assert (ax.get_yscale(), ax.get_xlabel()) == ("log", "step")
    assert ax.lines[0].get_xdata().tolist() == [1, 2]
    with pytest.raises(ValueError, match=r"images\['grey'\]: expected shape \(n_H, n_W, 3\)"):
        plotting.plot_gallery({"grey": np.zeros((4, 4))})
    with pytest.raises(ValueError, match="images: expected at least one image, got none"):
        plotting.plot_gallery({})
    plt.close("all")


# Under the network that has learned to see

real = pytest.mark.skipif(
    any(registry.find(f) is None for f in (WEIGHTS_FILE, "style/louvre.jpg", "style/monet.jpg")),
    reason="SqueezeNet's weights or the images are not available",
)


@real
def test_the_louvre_in_the_style_of_monet(capsys):
    """Small and few steps: the figures of docs/style_transfer.md are those of 400x300 and 200."""
    shape = (90, 120)
    content, style = data.load_content_image(shape=shape), data.load_style_image(shape=shape)
    judging = backbones.load_backbone()
    assert (judging.name, judging.pretrained) == ("squeezenet", True)
    results = experiments.paint_twice(content, style, judging, steps=60, seed=0, progress=False)
    trained, random = results["trained"], results["random"]
    assert trained["style"] < 0.05
    assert trained["correlation"] > 0.6
    assert random["own style"] < 0.3  # it falls under random weights too,
    assert random["style"] > 20 * trained["style"]  # and proves nothing
    assert capsys.readouterr().err == ""


def test_commands(monkeypatch, tmp_path, shallow, pair, capsys):
    """The commands, with a network and images that need no files."""
    monkeypatch.setattr(experiments, "load_backbone", lambda *args, **settings: shallow)
    monkeypatch.setattr(experiments, "SHAPE", (48, 64))
    monkeypatch.setattr(experiments.data, "load_content_image", lambda *_: pair[0])
    monkeypatch.setattr(experiments.data, "load_style_image", lambda *_: pair[1])
    experiments.main(["image", "--to", str(tmp_path / "made.jpg"), "--steps", "2"])
    assert data.read_image(tmp_path / "made.jpg", (48, 64)).shape == (48, 64, 3)
    written = experiments.table([("louvre", "monet")], steps=1).splitlines()
    assert [line.split(" | ")[:3] for line in written[2:]] == [
        ["| louvre", "monet", "trained"],
        ["| louvre", "monet", "random"],
    ]
    results = experiments.sweep(*pair, shallow, ratios=(0.001, 4.0), steps=2)
    assert results[0.001]["correlation"] > results[4.0]["correlation"]
    assert experiments.plot_sweep(results).shape == (1, 2)
    capsys.readouterr()
