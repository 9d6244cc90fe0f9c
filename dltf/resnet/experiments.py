"""Experiments: residual networks on SIGNS, plain against residual, learning the identity.

`python -m dltf.resnet.experiments signs` and the same with `depths` print the tables of
`docs/resnet.md`. Nothing is chosen on the test photos: the number of epochs is fixed, and the final
weights are tested.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from dltf import data
from dltf.resnet import small_resnet
from dltf.training import History, train
from dltf.training.augmentation import RandomAffine
from dltf.validation import check_integer, check_number

EPOCHS = 60  # 34 steps each

# == 1. SIGNS ======================================================================================


def train_on_signs(
    seed: int | None = None,
    epochs: int = EPOCHS,
    peak: float = 3e-3,
    photos: tuple[NDArray[Any], NDArray[Any]] | None = None,
    progress: bool = True,
    **network: Any,
) -> tuple[keras.Model, History]:
    """Train a small residual network on the SIGNS photos.

    AdamW; the learning rate rises for a tenth of the steps and then falls along a cosine to zero,
    which does at the end what averaging the weights would. Every photo is turned, zoomed, shifted
    and relit a little at each step, and a label counts 0.9 plus a sixth of the rest.

    Args:
        seed: of the first weights, the changes to the photos and their order.
        epochs: passes over the photos, at least 1.
        peak: largest learning rate.
        photos: `(x, y)`, bytes (m, n_H, n_W, 3) and labels (m,); SIGNS's training photos if None.
        progress: whether to show a progress bar.
        network: settings of `small_resnet`.

    Returns:
        The trained model, from bytes to logits, and its history; its accuracy is that on the
        changed photos.
    """
    epochs = check_integer("epochs", epochs, at_least=1)
    check_number("peak", peak, above=0)
    x, y = data.load_signs()[:2] if photos is None else photos
    first = [RandomAffine(seed=seed)]
    settings: dict[str, Any] = {"input_shape": x.shape[1:], "first": first, "rng": seed} | network
    model = small_resnet(**settings)
    steps = epochs * -(-len(x) // 32)
    schedule = keras.optimizers.schedules.CosineDecay(
        peak / 20, steps, warmup_target=peak, warmup_steps=steps // 10
    )
    smoothed = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)

    def loss(labels: Any, logits: Any) -> Any:
        return smoothed(keras.ops.one_hot(labels, logits.shape[-1]), logits)

    history = train(
        model,
        (x.astype("float32"), y),
        loss=loss,
        optimizer=keras.optimizers.AdamW(schedule, weight_decay=1e-3),
        epochs=epochs,
        batch_size=32,
        metrics=[keras.metrics.SparseCategoricalAccuracy("accuracy")],
        seed=seed,
        progress=progress,
    )
    return model, history


def predict(model: keras.Model, x: NDArray[Any], batch_size: int = 120) -> NDArray[np.int64]:
    """Return the most likely class of each image (m, n_H, n_W, 3), bytes; shape (m,)."""
    batch_size = check_integer("batch_size", batch_size, at_least=1)
    parts = [
        np.asarray(model(x[i : i + batch_size].astype("float32"), training=False)).argmax(axis=1)
        for i in range(0, len(x), batch_size)
    ]
    return np.concatenate(parts)


def signs_table(seeds: Iterable[int] = range(3), epochs: int = EPOCHS) -> str:
    """Train from several seeds and return the results as a Markdown table."""
    train_x, train_y, test_x, test_y = data.load_signs()
    new = ~data.signs_in_both(test_x)
    lines = [
        f"| seed | parameters | train | test ({len(test_y)}) | test, new ({new.sum()}) | seconds |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    reached = []
    for seed in seeds:
        start = time.perf_counter()
        model, _ = train_on_signs(seed, epochs, photos=(train_x, train_y), progress=False)
        seconds = time.perf_counter() - start
        fitted = np.mean(predict(model, train_x) == train_y)
        right = predict(model, test_x) == test_y
        reached.append((right.mean(), right[new].mean()))
        row = [f"{seed}", f"{model.count_params():,}", f"{fitted:.4f}"]
        row += [f"{share:.4f}" for share in reached[-1]]
        lines.append(f"| {' | '.join(row)} | {seconds:.0f} |")
        print(lines[-1], flush=True)
    median, worst = np.median(reached, axis=0), np.min(reached, axis=0)
    lines.append(f"| median | | | {median[0]:.4f} | {median[1]:.4f} | |")
    lines.append(f"| worst | | | {worst[0]:.4f} | {worst[1]:.4f} | |")
    return "\n".join(lines)


# == 2. Plain against residual =====================================================================

WIDTHS = (16, 32, 64)  # channels of the stages of the networks that are compared


def depth_network(blocks: int, residual: bool, seed: int | None = None) -> keras.Model:
    """Return an untrained network of `2 + 6 * blocks` layers, with shortcuts or without."""
    return small_resnet(filters=WIDTHS, blocks=blocks, residual=residual, rng=seed)


def train_for_depth(
    blocks: int,
    residual: bool,
    photos: tuple[NDArray[Any], NDArray[Any]],
    epochs: int = 12,
    seed: int | None = None,
    learning_rate: float = 0.05,
) -> tuple[keras.Model, History]:
    """Train a network of `2 + 6 * blocks` layers, with shortcuts or without, as the paper does.

    Gradient descent with momentum 0.9 and no augmentation: what is asked is how well it fits the
    photos that it is trained on.

    Args:
        blocks: in each of the three stages.
        residual: whether they have shortcuts.
        photos: `(x, y)`, bytes (m, 64, 64, 3) and labels (m,).
        epochs: passes over them.
        seed: of the first weights and the order.
        learning_rate: falls along a cosine from here to zero.

    Returns:
        The model and its history: "loss" and "accuracy" while it learns.
    """
    epochs = check_integer("epochs", epochs, at_least=1)
    check_number("learning_rate", learning_rate, above=0)
    x, y = photos
    model = depth_network(blocks, residual, seed)
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, epochs * -(-len(x) // 64))
    history = train(
        model,
        (x.astype("float32"), y),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        optimizer=keras.optimizers.SGD(schedule, momentum=0.9),
        epochs=epochs,
        batch_size=64,
        metrics=[keras.metrics.SparseCategoricalAccuracy("accuracy")],
        seed=seed,
        progress=False,
    )
    return model, history


def gradient_norms(model: keras.Model, x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    """Return the gradient norm of each convolution on a network's main path.

    Args:
        model: of `small_resnet`.
        x: images, bytes (m, n_H, n_W, 3).
        y: labels, (m,).

    Returns:
        Euclidean norm of the gradient of the loss with respect to each kernel larger than 1x1, from
        the first layer to the last; shape (1 + 2 * blocks,).
    """
    import tensorflow as tf

    kernels = [
        layer.kernel
        for layer in model.layers
        if isinstance(layer, keras.layers.Conv2D) and layer.kernel_size != (1, 1)
    ]
    before = [np.asarray(v) for v in model.non_trainable_variables]
    with tf.GradientTape() as tape:
        logits = model(x.astype("float32"), training=True)
        value = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, logits)
    gradients = tape.gradient(value, [kernel.value for kernel in kernels])
    for variable, value in zip(model.non_trainable_variables, before, strict=True):
        variable.assign(value)  # batch norm has moved its means: measuring must not
    return np.array([float(tf.norm(gradient)) for gradient in gradients])


def depths_table(
    depths: Iterable[int] = (1, 3, 6, 9), epochs: int = 12, seed: int | None = None
) -> str:
    """Train plain and residual networks of several depths; return a Markdown table."""
    x, y, _, _ = data.load_signs()
    lines = [
        "| layers | network | loss | training error | first gradient / last, before | after | s |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for blocks in depths:
        for residual in (False, True):
            start = time.perf_counter()
            model, history = train_for_depth(blocks, residual, (x, y), epochs, seed)
            seconds = time.perf_counter() - start
            fresh = depth_network(blocks, residual, seed)
            before, after = (gradient_norms(m, x[:64], y[:64]) for m in (fresh, model))
            lines.append(
                f"| {2 + 6 * blocks} | {'residual' if residual else 'plain'}"
                f" | {history.last['loss']:.3f} | {1 - history.last['accuracy']:.3f}"
                f" | {before[0] / before[-1]:.1f} | {after[0] / after[-1]:.1f} | {seconds:.0f} |"
            )
            print(lines[-1], flush=True)
    return "\n".join(lines)


# == 3. Learning to do nothing =====================================================================


def identity_errors(
    blocks: int,
    residual: bool,
    scale: float = 1.0,
    n: int = 16,
    epochs: int = 30,
    seed: int | None = None,
) -> History:
    """Train a stack of dense blocks to return what it is given.

    Inputs are what a ReLU layer hands on: absolute values of normal numbers. The block is that of
    `residual_forward` with biases.

    Args:
        blocks: in the stack, each of two dense layers with n units.
        residual: whether they have shortcuts.
        scale: of the first weights of each block's second layer, 1 for He's; from 0 a residual
            block starts as the identity, and a plain one sends nothing on.
        n: size of the input.
        epochs: passes over 1,024 examples, in batches of 32.
        seed: of the examples and the first weights.

    Returns:
        The history; its "loss" is the mean squared error. Answering the mean would give 0.36.
    """
    blocks = check_integer("blocks", blocks, at_least=1)
    n = check_integer("n", n, at_least=1)
    check_number("scale", scale, at_least=0)
    seed = int(np.random.default_rng().integers(2**20)) if seed is None else seed
    x = np.abs(np.random.default_rng(seed).standard_normal((1024, n))).astype("float32")
    inputs = keras.Input((n,))
    A = inputs
    for block in range(blocks):
        draws = [1000 * seed + 2 * block, 1000 * seed + 2 * block + 1]
        first = keras.initializers.HeNormal(draws[0])
        second = keras.initializers.VarianceScaling(2 * scale**2 or 1e-20, seed=draws[1])
        F = keras.layers.Dense(n, "relu", kernel_initializer=first)(A)
        F = keras.layers.Dense(n, kernel_initializer=second)(F)
        A = keras.layers.ReLU()(keras.layers.add([F, A]) if residual else F)
    model = keras.Model(inputs, A)
    return train(
        model,
        (x, x),
        loss="mean_squared_error",
        optimizer=keras.optimizers.Adam(1e-3),
        epochs=epochs,
        seed=seed,
        progress=False,
    )


# == Commands ======================================================================================


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table: `python -m dltf.resnet.experiments signs`."""
    parser = argparse.ArgumentParser(
        prog="python -m dltf.resnet.experiments", description=main.__doc__
    )
    parser.add_argument("table", choices=("signs", "depths"))
    parser.add_argument("--epochs", type=int, default=None)
    chosen = parser.parse_args(arguments)
    settings = {} if chosen.epochs is None else {"epochs": chosen.epochs}
    if chosen.table == "signs":
        print(signs_table(**settings))
    else:
        print(depths_table(seed=0, **settings))


if __name__ == "__main__":
    main()
