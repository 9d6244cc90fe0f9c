"""The course's trained Shakespeare model: two LSTM layers that predict the next character.

It was trained with Keras 2 on the Sonnets, for a thousand epochs or so in all, and is available as
a file (text/model_shakespeare_kiank_350_epoch.h5). Keras 3 does not read that format, and its
`hard_sigmoid` is another function; so the layers are rebuilt here and the weights copied.

Layout: Keras's, `x (m, 40, 38)`, one-hot; the characters are those of the Sonnets in their order. A
text that is shorter than 40 characters has zeros before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from dltf.data import registry
from dltf.models.keras2 import hard_sigmoid_of_keras_2
from dltf.typing import Array, Random
from dltf.validation import check_integer, check_number

CHARACTERS = "\n !'(),-.:;?abcdefghijklmnopqrstuvwxyz"
STEPS = 40
FILE = "text/model_shakespeare_kiank_350_epoch.h5"


def build_poet(units: int = 128, gate: Any = hard_sigmoid_of_keras_2) -> keras.Model:
    """Return the network without its weights: (m, 40, 38) -> probabilities (m, 38).

    Args:
        units: size of each of the two states.
        gate: activation of the gates.
    """
    units = check_integer("units", units, at_least=1)
    return keras.Sequential(
        [
            keras.Input((STEPS, len(CHARACTERS))),
            layers.LSTM(units, recurrent_activation=gate, return_sequences=True),
            layers.Dropout(0.5),
            layers.LSTM(units, recurrent_activation=gate),
            layers.Dropout(0.5),
            layers.Dense(len(CHARACTERS), "softmax"),
        ]
    )


def load_poet(path: str | Path | None = None, gate: Any = hard_sigmoid_of_keras_2) -> keras.Model:
    """Return the trained network, rebuilt from its weights (221,990 numbers).

    Args:
        path: the file, Keras 2's HDF5; by default that of the registry.
        gate: activation of the gates.

    Raises:
        FileNotFoundError: the file is not available.
    """
    import h5py

    path = registry.find(FILE) if path is None else Path(path)
    if path is None:
        raise FileNotFoundError(
            f"{FILE}: expected the file (`dltf data fetch text` fetches it), got no such file"
        )
    with h5py.File(path, "r") as file:
        weights = file["model_weights"]

        def of(layer: str, kinds: Sequence[str]) -> list[NDArray[np.float32]]:
            return [weights[f"{layer}/{layer}/{kind}:0"][()] for kind in kinds]

        recurrent = ("kernel", "recurrent_kernel", "bias")
        arrays = [
            *of("lstm_5", recurrent),
            *of("lstm_6", recurrent),
            *of("dense_3", ("kernel", "bias")),
        ]
    poet = build_poet(arrays[1].shape[0], gate)
    poet.set_weights(arrays)
    return poet


def encode_text(texts: Sequence[str]) -> NDArray[np.float32]:
    """Encode the last 40 characters of texts, one-hot (m, 40, 38), with zeros before shorter ones.

    Characters that the Sonnets do not have are left zero.
    """
    x: NDArray[np.float32] = np.zeros((len(texts), STEPS, len(CHARACTERS)), np.float32)
    for i, text in enumerate(texts):
        for t, character in enumerate(text.lower()[-STEPS:][::-1]):
            if character in CHARACTERS:
                x[i, STEPS - 1 - t, CHARACTERS.index(character)] = 1
    return x


def chances(poet: Any, text: str, places: Sequence[int]) -> Array:
    """Return the probabilities of a text's characters at some positions, given the 40 before.

    Args:
        poet: of `load_poet`.
        text: in small letters.
        places: positions in it.
    """
    p = np.asarray(poet(encode_text([text[max(0, at - STEPS) : at] for at in places])))
    return p[np.arange(len(places)), [CHARACTERS.index(text[at]) for at in places]]


def write_poem(
    poet: Any,
    start: str,
    length: int = 400,
    temperature: float = 1.0,
    rng: Random = None,
) -> str:
    """Continue a text by sampling characters.

    Args:
        poet: of `load_poet`.
        start: how it begins.
        length: number of characters to add.
        temperature: above 0; `p ** (1 / temperature)`, made to add up to 1, is drawn from.
        rng: generator or seed.

    Returns:
        The beginning and what was added.

    Raises:
        ValueError: temperature is not above 0.
    """
    import tensorflow as tf

    length = check_integer("length", length, at_least=0)
    check_number("temperature", temperature, above=0)
    draw, text = np.random.default_rng(rng), start
    graph = tf.function(lambda x: poet(x, training=False), autograph=False)
    for _ in range(length):
        with np.errstate(divide="ignore"):
            scores = np.log(graph(tf.constant(encode_text([text]))).numpy()[0]) / temperature
        text += CHARACTERS[int(np.argmax(scores + draw.gumbel(size=len(scores))))]
    return text
