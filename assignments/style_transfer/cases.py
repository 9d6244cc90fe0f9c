"""How the answers of the style transfer assignment are exercised. No expected value is in here.

Activations are random tensors, never square, of other sizes in every layer of a list. In the
notebooks of 2017 the content cost got the tensors of one layer, `(a_C, a_G)`; since 2021 it gets
lists whose last members are meant. An answer whose parameters have the older names is called in the
older way. The style cost of 2017, `(model, STYLE_LAYERS)`, asks a session for the activations of
the style image, which is the network's input then, and computes with tensors of the generated one.
"""

from unittest import mock

import keras
import numpy as np
import tensorflow as tf

from dltf.autograder import case, exercise, helpers

exercise(
    "compute_content_cost",
    spellings={"content_output": ("a_C",), "generated_output": ("a_G",)},
)
exercise("gram_matrix")
exercise("compute_layer_style_cost")
exercise("compute_style_cost", practice=True)
exercise("total_cost")
exercise("total_variation_cost", practice=True)
exercise("train_step", practice=True)
helpers("nst_utils", "public_tests", "test_utils")


def tensor(array):
    """Return an array as a tensor of single precision, what networks compute in."""
    return tf.constant(np.asarray(array), tf.float32)


def sizes(rng):
    """Draw n_H, n_W and n_C, all different."""
    return [int(n) for n in rng.permutation(np.arange(2, 8))[:3]]


def activations(rng, shape=None):
    """Draw the activations of one picture, (1, n_H, n_W, n_C): positive, as after a ReLU."""
    return tensor(rng.gamma(1.5, 1.0, size=(1, *(shape or sizes(rng)))))


def two_lists(rng, layers):
    """Draw the activations of two pictures in several layers, no two layers of the same shape."""
    shapes = [[n + 2 * i for n in sizes(rng)] for i in range(layers)]
    return [[activations(rng, shape) for shape in shapes] for _ in range(2)]


# compute_content_cost


def content_cost(answer, content, generated):
    """Ask with lists; an answer of 2017, which takes `a_C` and `a_G`, with their last members."""
    if {"a_C", "a_G"} & set(answer.compute_content_cost.parameters):
        content, generated = content[-1], generated[-1]
    return answer.compute_content_cost(content_output=content, generated_output=generated)


@case("compute_content_cost", points=4)
def content_of_the_last_layer(answer, rng):
    """The squared differences of the last layer are added up and divided by 4 n_H n_W n_C."""
    content, generated = two_lists(rng, layers=3)
    return content_cost(answer, content, generated)


@case("compute_content_cost", points=1)
def content_in_a_stack_of_layers(answer, rng):
    """The same where the layers are the members of one tensor of five axes."""
    shape = (int(rng.integers(2, 4)), 1, *sizes(rng))
    content, generated = (tensor(rng.normal(size=shape)) for _ in range(2))
    return content_cost(answer, content, generated)


# gram_matrix


@case("gram_matrix", points=2)
def gram_of_few_channels(answer, rng):
    """Fewer channels than places: the product of each row with each, (n_C, n_C)."""
    n_C, places = int(rng.integers(2, 5)), int(rng.integers(6, 12))
    return answer.gram_matrix(A=tensor(rng.normal(1, 1, size=(n_C, places))))


@case("gram_matrix", points=1)
def gram_of_many_channels(answer, rng):
    """More channels than places, as deep in a network."""
    n_C, places = int(rng.integers(7, 10)), int(rng.integers(2, 6))
    return answer.gram_matrix(A=tensor(rng.normal(1, 1, size=(n_C, places))))


# compute_layer_style_cost


@case("compute_layer_style_cost", points=5)
def style_in_one_layer(answer, rng):
    """The squared differences of the two Gram matrices, over 4 n_C^2 (n_H n_W)^2."""
    shape = sizes(rng)
    return answer.compute_layer_style_cost(a_S=activations(rng, shape), a_G=activations(rng, shape))


@case("compute_layer_style_cost", points=2)
def style_does_not_know_the_places(answer, rng):
    """The places change about and the cost is nothing; the channels do, and it is something."""
    n_H, n_W, n_C = shape = sizes(rng)
    a = np.asarray(activations(rng, shape))
    places = np.roll(np.arange(n_H * n_W), 1)
    moved = a.reshape(1, -1, n_C)[:, places].reshape(a.shape)
    other = a[..., np.roll(np.arange(n_C), 1)]
    whole, by_places, by_channels = (
        float(answer.compute_layer_style_cost(a_S=tensor(a), a_G=tensor(b)))
        for b in (np.zeros_like(a), moved, other)
    )
    return {
        "against nothing at all": whole,
        "the places change about": "no cost" if abs(by_places) < 1e-5 * abs(whole) else "a cost",
        "the channels change about": by_channels,
    }


# compute_style_cost


def style_cost_of_2017(answer, style, generated, layers):
    """Ask in a graph, where `model` is a dictionary of activations, and `sess` a session."""
    space = vars(answer)["_namespace"]
    with answer.graph("compute_style_cost") as session:
        names = [name for name, _ in layers]
        inputs = {
            name: tf.compat.v1.Variable(a.numpy()) for name, a in zip(names, style, strict=False)
        }
        model = {name: tf.identity(value) for name, value in inputs.items()}
        with mock.patch.dict(space, {} if "sess" in space else {"sess": session}):
            session.run([value.initializer for value in inputs.values()])
            J = answer.compute_style_cost(model=model, STYLE_LAYERS=layers)
        for name, a in zip(names, generated, strict=False):
            session.run(inputs[name].assign(a.numpy()))
        return session.run(J)


@case("compute_style_cost")
def style_in_several_layers(answer, rng):
    """Each layer's cost with its weight; the last member of the lists is no style layer."""
    style, generated = two_lists(rng, layers=int(rng.integers(4, 6)))
    layers = [(f"block{i}", float(rng.uniform(0.1, 1))) for i in range(1, len(style))]
    if "model" in answer.compute_style_cost.parameters:
        return style_cost_of_2017(answer, style, generated, layers)
    return answer.compute_style_cost(
        style_image_output=style, generated_image_output=generated, STYLE_LAYERS=layers
    )


# total_cost


@case("total_cost", points=2)
def weights_of_both(answer, rng):
    """The weight of the content is alpha, that of the style is beta."""
    J_content, J_style = (tensor(rng.uniform(0.5, 9)) for _ in range(2))
    alpha, beta = float(rng.uniform(1, 5)), float(rng.uniform(6, 20))
    return answer.total_cost(J_content=J_content, J_style=J_style, alpha=alpha, beta=beta)


@case("total_cost", points=1)
def weights_by_default(answer, rng):
    """By default alpha is 10 and beta is 40; the costs may be plain numbers."""
    J_content, J_style = (float(rng.uniform(0.5, 9)) for _ in range(2))
    return answer.total_cost(J_content=J_content, J_style=J_style)


# total_variation_cost


@case("total_variation_cost")
def variation_of_noise(answer, rng):
    """All differences between neighbours, downwards and to the right, by their size."""
    n_H, n_W, _ = sizes(rng)
    return answer.total_variation_cost(picture=tensor(rng.random((1, n_H, n_W, 3))))


@case("total_variation_cost")
def variation_of_a_ramp(answer, rng):
    """A ramp to one side, darker downwards: a row's last pixel is no neighbour of the first."""
    n_H, n_W, _ = sizes(rng)
    brightness = np.sort(rng.uniform(0.2, 1, size=(1, n_H, 1)), axis=1)[:, ::-1]
    ramp = np.linspace(0, 1, n_W) * brightness
    return answer.total_variation_cost(picture=tensor(np.repeat(ramp[..., None], 3, axis=3)))


# train_step


def small_network(rng):
    """Return a network of three conv layers, which gives three activations of a picture."""
    kernels = [tensor(0.5 * rng.normal(size=(3, 3, *n))) for n in ((3, 4), (4, 5), (5, 3))]

    def get_outputs(picture):
        outputs = []
        for kernel in kernels:
            picture = tf.tanh(tf.nn.conv2d(picture, kernel, 1, "VALID"))
            outputs.append(picture)
        return outputs

    return get_outputs


def steps(answer, rng, count, **settings):
    """Take steps on a picture, half of whose colours are at an end of what a colour can be."""
    get_outputs = small_network(rng)
    shape = (1, 8, 9, 3)
    start = np.where(rng.random(shape) < 0.5, rng.random(shape), np.round(rng.random(shape)))
    picture = tf.Variable(tensor(start))
    content, style = (get_outputs(tensor(rng.random(shape))) for _ in range(2))
    optimizer = keras.optimizers.SGD(float(rng.uniform(5, 10)))
    layers = [("first", float(rng.uniform(0.2, 1))), ("second", float(rng.uniform(0.2, 1)))]
    costs = [
        answer.train_step(
            generated_image=picture,
            get_outputs=get_outputs,
            content_output=content,
            style_output=style,
            optimizer=optimizer,
            STYLE_LAYERS=layers,
            **settings,
        )
        for _ in range(count)
    ]
    return {"J, J_content, J_style": costs, "the picture": picture}


@case("train_step")
def two_steps(answer, rng):
    """The picture goes downhill and stays between 0 and 1; the costs are those before the step."""
    alpha, beta = float(rng.uniform(1, 3)), float(rng.uniform(4, 9))
    return steps(answer, rng, 2, alpha=alpha, beta=beta)


@case("train_step")
def a_step_that_smooths(answer, rng):
    """The total variation is part of the total cost, with the weight gamma."""
    return steps(answer, rng, 1, gamma=float(rng.uniform(0.002, 0.01)))
