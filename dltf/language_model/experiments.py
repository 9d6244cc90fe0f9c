"""Experiments: the table of all models of names, `python -m dltf.language_model.experiments`.

It takes about two minutes on two quiet cores, most of it for three networks.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from dltf.data.names import CHAR_TO_IX, IX_TO_CHAR, load_names, split_names
from dltf.language_model import NumpyModel, bits_per_character, model, perplexity
from dltf.language_model.keras_model import (
    Mixture,
    Model,
    chances,
    mix,
    quality,
    train_names,
    write_names,
)
from dltf.language_model.ngrams import NGram

HEAD = """\
| model | validation | test | perplexity | new | well-formed | both |
| --- | --- | --- | --- | --- | --- | --- |"""


def row(
    label: str,
    one: Model,
    train: Sequence[str],
    validation: Sequence[str],
    test: Sequence[str],
    m: int = 1000,
) -> str:
    """Return a line of the table.

    Args:
        label: what the model is.
        one: the model.
        train: names it has learned from.
        validation: names by which something may have been chosen.
        test: names by which nothing was chosen.
        m: how many names to draw.
    """
    held = [chances(one, some) for some in (validation, test)]
    worth = quality(write_names(one, m, rng=0), train)
    figures = [*(f"{bits_per_character(p):.3f}" for p in held), f"{perplexity(held[1]):.2f}"]
    shares = [f"{100 * share:.1f}%" for share in (worth.new, worth.formed, worth.both)]
    return f"| {' | '.join([label, *figures, *shares])} |"


def table(
    names: Sequence[str],
    seeds: Sequence[int] = (1, 2, 3),
    epochs: int = 40,
    iterations: int = 35000,
    held: int = 150,
    m: int = 1000,
) -> Iterator[str]:
    """Yield the lines of the table as they are found.

    Args:
        names: all of them; they are split by seed 0.
        seeds: one network each.
        epochs: of a network, at most.
        iterations: of the NumPy model.
        held: names for validation, and for the test.
        m: names to draw from each model.
    """
    import keras

    train, validation, test = split_names(names, held, held)

    def line(label: str, one: Model) -> str:
        return row(label, one, train, validation, test, m)

    yield HEAD
    for order in (3, 4):
        yield line(f"{order}-gram, add-0.1 smoothing", NGram(train, order, "add"))
    for order, share in ((3, 0.7), (4, 0.7), (5, 0.5)):
        label = f"{order}-gram, interpolated ({share})"
        yield line(label, NGram(train, order, "mixed", share))
    for order in range(2, 8):
        yield line(f"{order}-gram, Kneser-Ney", NGram(train, order))
    parameters = model(train, IX_TO_CHAR, CHAR_TO_IX, iterations, verbose=False, rng=1)
    yield line("plain RNN, NumPy, one name per step", NumpyModel(parameters, CHAR_TO_IX))
    networks: list[Model] = []
    for seed in seeds:
        keras.utils.set_random_seed(seed)
        networks.append(train_names(train, validation, epochs=epochs, seed=seed, progress=False)[0])
        yield line(f"LSTM, seed {seed}", networks[-1])
    counted = NGram(train, 6)
    yield line(f"{len(seeds)} LSTMs, their mean", Mixture(networks))
    yield line("the first LSTM and the Kneser-Ney 6-gram", mix([networks[0], counted], validation))
    yield line(
        f"{len(seeds)} LSTMs and the Kneser-Ney 6-gram", mix([*networks, counted], validation)
    )
    middle = statistics.median(bits_per_character(chances(one, test)) for one in networks)
    yield f"\nMedian of the LSTMs: {middle:.3f} bits per character on the test names."


if __name__ == "__main__":
    for found in table(load_names()):
        print(found, flush=True)
