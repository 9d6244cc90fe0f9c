"""The course's date model, with access to its attention weights and trained weights.

A Keras model of functions gives its outputs and nothing else. `DateModel` takes the layers of such
a model and applies them step by step, which gives access to the attention weights. The weights
that the course published (text/date_nmt_model.h5) were trained with Keras 2, whose `hard_sigmoid`
is another function than that of Keras 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from dltf.data import registry
from dltf.data.dates import Vocabulary, string_to_int
from dltf.models.keras2 import hard_sigmoid_of_keras_2
from dltf.plotting import plot_attention

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class DateModel:
    """Encoder, attention and decoder of a date model, taken apart.

    Args:
        encoder: gives annotations (m, T_x, 2 n_a) of one-hot inputs.
        scorers: Dense layers, the last with one unit: annotations and state -> energies.
        decoder: an LSTM that returns its states.
        output: state -> probabilities of the symbols.
        T_y: number of steps.
    """

    def __init__(
        self,
        encoder: keras.layers.Layer,
        scorers: Sequence[keras.layers.Layer],
        decoder: keras.layers.Layer,
        output: keras.layers.Layer,
        T_y: int = 10,
    ) -> None:
        self.encoder, self.scorers, self.decoder = encoder, tuple(scorers), decoder
        self.output, self.T_y = output, T_y

    @classmethod
    def of(cls, model: keras.Model) -> DateModel:
        """Take the layers of a model such as `dltf.seq2seq.modelf` builds, of any generation.

        Raises:
            ValueError: its layers are not those of a date model.
        """

        def having(kind: type) -> list[Any]:
            return [layer for layer in model.layers if isinstance(layer, kind)]

        encoders, dense = having(layers.Bidirectional), having(layers.Dense)
        decoders = having(layers.LSTM)
        if len(encoders) != 1 or len(decoders) != 1 or len(dense) < 2:
            found = ", ".join(type(layer).__name__ for layer in model.layers)
            raise ValueError(
                "model: expected one Bidirectional, one LSTM and at least two Dense layers, got "
                f"{found}"
            )
        width = decoders[0].units  # the output layer is the one that reads the decoder's state
        output = next(d for d in dense if d.kernel.shape[0] == width)
        scorers = [d for d in dense if d is not output]
        scorers.sort(key=lambda d: d.units == 1)
        return cls(encoders[0], scorers, decoders[0], output, len(model.outputs))

    def __call__(self, X: Any) -> tuple[Any, Any]:
        """Return probabilities (m, T_y, symbols) and attention weights (m, T_y, T_x)."""
        seen = self.encoder(X)
        m, places, _ = seen.shape
        state = memory = ops.zeros((m, self.decoder.units))
        written, looked = [], []
        for _ in range(self.T_y):
            beside = ops.broadcast_to(state[:, None], (m, places, state.shape[-1]))
            scores = ops.concatenate([seen, beside], axis=-1)
            for scorer in self.scorers:
                scores = scorer(scores)
            weights = ops.softmax(scores[:, :, 0], axis=-1)  # (m, T_x)
            summary = ops.einsum("mi,min->mn", weights, seen)[:, None]  # (m, 1, 2 n_a)
            state, _, memory = self.decoder(summary, initial_state=[state, memory])
            written.append(self.output(state))
            looked.append(weights)
        return ops.stack(written, axis=1), ops.stack(looked, axis=1)

    def read(
        self, texts: Sequence[str], human: Vocabulary, machine: dict[int, str], T_x: int = 30
    ) -> tuple[list[str], NDArray[np.float32]]:
        """Read texts; return what is written and the attention weights (m, T_y, T_x).

        Args:
            texts: such as "3 May 1979".
            human: symbol -> number of the inputs.
            machine: number -> symbol of the outputs.
            T_x: length of the inputs.
        """
        numbers = np.array([string_to_int(text, T_x, human) for text in texts])
        one_hot = np.eye(len(human), dtype=np.float32)[numbers]
        probabilities, weights = self(one_hot)
        best = np.argmax(ops.convert_to_numpy(probabilities), axis=-1)
        return ["".join(machine[int(i)] for i in row) for row in best], np.asarray(
            ops.convert_to_numpy(weights)
        )


def load_trained_date_model(path: str | Path | None = None) -> DateModel:
    """Return the date model that the course trained, rebuilt from its weights.

    Args:
        path: the file, Keras 2's HDF5; by default text/date_nmt_model.h5 in the registry.

    Raises:
        FileNotFoundError: the file is not available.
    """
    import h5py

    path = registry.find("text/date_nmt_model.h5") if path is None else Path(path)
    if path is None:
        raise FileNotFoundError(
            "text/date_nmt_model.h5: expected the file (`dltf data fetch text` fetches it), "
            "got no such file"
        )
    with h5py.File(path, "r") as file:
        weights: dict[str, dict[str, NDArray[np.float32]]] = {}

        def take(name: str, value: Any) -> None:
            if isinstance(value, h5py.Dataset):
                layer, _, kind = name.removesuffix(":0").rpartition("/")
                weights.setdefault(layer.rpartition("/")[2], {})[kind] = value[()]

        file["model_weights"].visititems(take)

    def of(start: str, kinds: Sequence[str]) -> list[NDArray[np.float32]]:
        return next(
            [w[kind] for kind in kinds]
            for name, w in weights.items()
            if name[: len(start)] == start
        )

    recurrent, dense = ("kernel", "recurrent_kernel", "bias"), ("kernel", "bias")

    def lstm(arrays: list[NDArray[np.float32]], **settings: Any) -> keras.layers.Layer:
        gate = hard_sigmoid_of_keras_2
        return layers.LSTM(arrays[1].shape[0], recurrent_activation=gate, **settings)

    there, back = of("forward_lstm", recurrent), of("backward_lstm", recurrent)
    encoder = layers.Bidirectional(lstm(there, return_sequences=True))
    _fill(encoder, (None, None, there[0].shape[0]), [*there, *back])
    arrays = of("lstm", recurrent)
    decoder = lstm(arrays, return_state=True)
    _fill(decoder, (None, 1, arrays[0].shape[0]), arrays)
    made = []
    names = sorted(
        name for name in weights if name.startswith("dense")
    )  # in the order of their use
    for name, activation in zip(names, ("tanh", "relu", "softmax"), strict=True):
        arrays = of(name, dense)
        made.append(layers.Dense(arrays[0].shape[1], activation))
        _fill(made[-1], (None, arrays[0].shape[0]), arrays)
    return DateModel(encoder, made[:2], decoder, made[2])


def _fill(
    layer: keras.layers.Layer, shape: tuple[int | None, ...], arrays: list[NDArray[np.float32]]
) -> None:
    layer.build(shape)
    layer.set_weights(arrays)


def plot_attention_map(
    modelx: Any,
    input_vocabulary: dict[str, int],
    inv_output_vocabulary: dict[int, str],
    text: str,
    n_s: int = 64,
    num: int = 7,
    ax: Axes | None = None,
) -> Axes:
    """Plot the attention weights of a date model on a text.

    Args:
        modelx: what `dltf.seq2seq.modelf` returned, trained.
        input_vocabulary: symbol -> number.
        inv_output_vocabulary: number -> symbol.
        text: what to read, such as "3 May 1979".
        n_s: not needed; older notebooks pass it.
        num: not needed either.
        ax: where to draw; new axes by default.
    """
    reader = DateModel.of(modelx) if not isinstance(modelx, DateModel) else modelx
    written, weights = reader.read([text], input_vocabulary, inv_output_vocabulary)
    return plot_attention(weights[0][:, : len(text)], list(text), list(written[0]), ax)
