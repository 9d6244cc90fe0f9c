"""How the answers of the ResNet assignment are exercised. No expected value is in here.

Networks are compared by what they compute. Every weight gets values that follow from its shape and
its role alone, so neither names nor the order in which layers were made matter. Networks run as in
training, where batch norm uses the batch's own statistics; kernels are large, so that its epsilon,
which differs between libraries, does not show.
"""

import functools
from unittest import mock

import keras
import numpy as np
import tensorflow as tf

from dltf.autograder import case, close, exercise, helpers

SPELLINGS = {"X": ("x", "inputs", "X_input"), "f": ("kernel_size",), "filters": ("F",)}

exercise("identity_block", spellings=SPELLINGS)
exercise("convolutional_block", spellings=SPELLINGS | {"s": ("stride", "strides")})
exercise("ResNet50", spellings={"classes": ("num_classes", "n_classes")})
helpers("resnets_utils", "public_tests", "test_utils", "outputs", "summary")

KERNEL = 10.0  # standard deviation of the kernels
ROUGHLY = close(rtol=0.002, atol=0.002)  # activations are about 1 after batch norm


def role(name, shape):
    """Return what a weight is for: Keras's name of it, or its shape's."""
    known = ("gamma", "beta", "moving_mean", "moving_variance", "bias")
    return name if name in known else "kernel" if len(shape) > 1 else "bias"


@functools.cache
def values(name, shape):
    """Return values for a weight that follow from its shape and role alone, and vary throughout."""
    kind = role(name, shape)
    pattern = np.random.default_rng([ord(kind[0]), *shape]).standard_normal(4099)
    pattern = pattern.astype("float32")
    numbers = {
        "kernel": pattern * (shape[0] ** -0.5 if len(shape) == 2 else KERNEL),
        "gamma": 1 + 0.3 * pattern,
        "moving_mean": 0 * pattern,
        "moving_variance": 1 + 0 * pattern,
    }.get(kind, 0.5 * pattern)
    numbers = np.resize(numbers, shape)  # 4099 is prime: no row is like another
    return keras.ops.convert_to_tensor(numbers)


def build(make, **arguments):
    """Return what the answer makes, without drawing weights that get other values anyway.

    To draw the 23.6 million weights of a ResNet-50 takes longer than all the rest. Here a layer's
    weight begins with its known values; weights of one name and shape have them in one variable.
    """
    add_weight, variables = keras.Layer.add_weight, {}

    @functools.wraps(add_weight)
    def add_known_weight(layer, *args, **kwargs):
        def known(shape, dtype=None):
            return keras.ops.cast(values(kwargs.get("name"), tuple(shape)), dtype)

        def create_once(create, **settings):
            key = repr([kwargs.get(k) for k in ("name", "shape", "dtype")] + [layer.variable_dtype])
            if key not in variables:
                variables[key] = create(**settings)
            return variables[key]

        if args:  # a shape or an initializer by position, as no layer of Keras has it
            return add_weight(layer, *args, **kwargs)
        with tf.variable_creator_scope(create_once):
            return add_weight(layer, **kwargs | {"initializer": known})

    with mock.patch.object(keras.Layer, "add_weight", add_known_weight):
        return make(**arguments)


def network(answer, name, shape, **arguments):
    """Return a model that is one block; the notebooks of 2017 want names for its layers, too."""
    inputs = keras.Input(shape)
    block = getattr(answer, name)
    try:
        outputs = build(block, X=inputs, **arguments)
    except TypeError as error:
        if "'stage'" not in str(error):
            raise
        outputs = build(block, X=inputs, **arguments, stage=2, block="a")
    return keras.Model(inputs, outputs)


def look(model, inputs):
    """Return what a model makes of some pictures, in training, with known values as weights."""
    known = [(weight, values(weight.name, tuple(weight.shape))) for weight in model.weights]
    with keras.StatelessScope(known):
        return np.asarray(model(inputs.astype("float32"), training=True))


def kernels(model):
    """Return how many kernels of each shape a model has, and how many channels it normalises."""
    counts = {}
    for weight in model.weights:
        if role(weight.name, weight.shape) == "kernel":
            *window, n_in, n_out = weight.shape
            kind = " x ".join(map(str, window)) + " convolution" if window else "dense"
            name = f"{kind} kernels, {n_in} to {n_out}"
            counts[name] = counts.get(name, 0) + 1
    normalised = sum(weight.shape[0] for weight in model.weights if weight.name == "gamma")
    return counts | {"channels with batch norm": normalised}


def draw_filters(rng):
    """Draw three numbers of channels, all different, none equal to the f of a window."""
    return [int(n) for n in 5 + rng.permutation(5)[:3]]


def pictures(rng, channels, m=4):
    """Draw pictures of an odd height and an even width, or the other way round."""
    height = int(rng.integers(5, 9))
    return rng.normal(size=(m, height, height + int(rng.choice([-1, 1])), channels))


# identity_block


@case("identity_block", points=2, judge=close(exact_keys=True))
def identity_block_is_made_of(answer, rng):
    """With f = 1: the shape that comes out, and which kernels and batch norms are inside."""
    filters = draw_filters(rng)
    model = network(answer, "identity_block", (None, None, filters[2]), f=1, filters=filters)
    return {"shape": list(model.output_shape[1:]), **kernels(model)}


@case("identity_block", points=5, judge=ROUGHLY)
def identity_block_computes(answer, rng):
    """Known weights, random pictures that are not square, a window of 3 x 3."""
    filters = draw_filters(rng)
    X = pictures(rng, filters[2])
    return look(network(answer, "identity_block", X.shape[1:], f=3, filters=filters), X)


@case("identity_block", points=3, judge=ROUGHLY)
def identity_block_with_another_window(answer, rng):
    """The window of the middle convolution may have any size, even ones too."""
    filters = draw_filters(rng)
    X = pictures(rng, filters[2])
    f = int(rng.choice([2, 4]))
    return look(network(answer, "identity_block", X.shape[1:], f=f, filters=filters), X)


# convolutional_block


@case("convolutional_block", points=2, judge=close(exact_keys=True))
def convolutional_block_is_made_of(answer, rng):
    """With f = 1 and s = 1: the shape that comes out, and what is inside."""
    filters, n_C = draw_filters(rng), int(rng.integers(11, 14))
    model = network(answer, "convolutional_block", (None, None, n_C), f=1, filters=filters, s=1)
    return {"shape": list(model.output_shape[1:]), **kernels(model)}


@case("convolutional_block", points=3, judge=ROUGHLY)
def convolutional_block_without_steps(answer, rng):
    """With s = 1 height and width stay: known weights, random pictures, a window of 3 x 3."""
    filters, n_C = draw_filters(rng), int(rng.integers(11, 14))
    X = pictures(rng, n_C)
    model = network(answer, "convolutional_block", X.shape[1:], f=3, filters=filters, s=1)
    return look(model, X)


@case("convolutional_block", points=5, judge=ROUGHLY)
def convolutional_block_computes(answer, rng):
    """Steps of 2 and of 3: pictures shrink, odd sizes are rounded up."""
    filters, n_C = draw_filters(rng), int(rng.integers(11, 14))
    seen = {}
    for s in (2, 3):
        X = pictures(rng, n_C)
        model = network(answer, "convolutional_block", X.shape[1:], f=3, filters=filters, s=s)
        seen[f"s = {s}"] = look(model, X)
    return seen


@case("convolutional_block", points=2, judge=ROUGHLY)
def convolutional_block_by_default(answer, rng):
    """Without s the step is 2; an even window is fine as well."""
    filters, n_C = draw_filters(rng), int(rng.integers(11, 14))
    X = pictures(rng, n_C)
    return look(network(answer, "convolutional_block", X.shape[1:], f=2, filters=filters), X)


# ResNet50: 23.6 million weights, built and run once for its three cases


def seed_of_run(rng):
    """Return the seed that all cases of a run have in common."""
    return rng.bit_generator.seed_seq.entropy[0]


@functools.lru_cache(maxsize=1)
def resnet(answer, seed):
    """Return the answer's network for pictures of some size, and some such pictures.

    They follow from the seed of the run, so no case depends on which of the three comes first.
    """
    rng = np.random.default_rng(seed)
    # Sizes of which two by two places are left at the end, so that a mean over a window of 2 x 2,
    # as the older notebooks have it, is a mean over everything.
    height, width = (int(n) for n in rng.permutation(np.arange(37, 49))[:2])
    classes = int(rng.integers(3, 6))
    model = build(answer.ResNet50, input_shape=(height, width, 3), classes=classes)
    return model, rng.normal(size=(4, height, width, 3))


@functools.lru_cache(maxsize=1)
def resnet_outputs(answer, seed):
    """Return what the answer's network makes of the pictures."""
    return look(*resnet(answer, seed))


@case("ResNet50", points=3, judge=close(exact_keys=True))
def resnet_is_made_of(answer, rng):
    """What comes out for a picture of some size, which kernels are inside, and how many of each."""
    model, _ = resnet(answer, seed_of_run(rng))
    shapes = {"pictures": list(model.input_shape[1:]), "shape": list(model.output_shape[1:])}
    return {**shapes, **kernels(model)}


@case("ResNet50", points=6, judge=close(rtol=0.01, atol=0.01))
def resnet_computes(answer, rng):
    """Known weights, random pictures: what goes into the softmax, up to a constant a picture."""
    outputs = resnet_outputs(answer, seed_of_run(rng))
    sums = outputs.sum(axis=1)
    logits = np.log(outputs) if np.allclose(sums, 1, atol=1e-3) else outputs
    return logits - logits.mean(axis=1, keepdims=True)


@case("ResNet50", points=1, judge=close(rtol=0.001, atol=0.001))
def resnet_gives_probabilities(answer, rng):
    """The numbers for a picture's classes lie between 0 and 1, and their sum is 1."""
    outputs = resnet_outputs(answer, seed_of_run(rng))
    return {"least": bool(outputs.min() >= 0), "sums": outputs.sum(axis=1)}
