"""RNN, LSTM and GRU cells for `keras.layers.RNN`.

A Keras cell is a layer that computes one step, `call(inputs, states) -> output, new states`.
`keras.layers.RNN(cell)` goes through the sequence with it, in a loop of the graph, and
differentiates that loop, so that no backward pass needs to be written. These cells have the weights
of Keras's own, in the same order and layout (`layer.set_weights(other.get_weights())` works), and
no output: that is another layer's work.

Layout: Keras's, examples first: `x (m, T_x, n_x)`, states `(m, n_a)`; kernel `(n_x, k n_a)`,
recurrent kernel `(n_a, k n_a)`, bias `(k n_a,)` for k concatenated gates: i, f, c, o in an LSTM,
update, reset, candidate in a GRU. From features x examples x steps: `x.transpose(2, 0, 1)` gives
steps first, `x.transpose(1, 2, 0)` examples first; `keras_weights` converts parameters.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from dltf.typing import Array, Parameters
from dltf.validation import check_integer


def keras_weights(parameters: Parameters) -> list[Array]:
    """Return parameters on arrays as the weights of the Keras layer (or cell) of the same kind.

    Args:
        parameters: of a plain cell (there is a Wax), a GRU (a Wu) or an LSTM (a Wf).

    Returns:
        [kernel, recurrent_kernel, bias] for `set_weights` of SimpleRNN, GRU or LSTM; a GRU with
        bca is one with `reset_after=True`, whose bias is (2, 3 n_a).

    Raises:
        ValueError: the parameters are of no cell that is known here.
    """
    if "Wax" in parameters:
        return [parameters["Wax"].T, parameters["Waa"].T, parameters["ba"][:, 0]]
    signs = {"u": -1, "r": 1, "c": 1} if "Wu" in parameters else dict.fromkeys("ifco", 1)
    missing = [f"W{gate}" for gate in signs if f"W{gate}" not in parameters]
    if missing:
        raise ValueError(
            "parameters: expected those of a plain cell (Wax, Waa), an LSTM (Wf, Wi, Wc, Wo) or a "
            f"GRU (Wu, Wr, Wc), got {', '.join(parameters) or 'none'}"
        )
    stacked = np.concatenate([sign * parameters[f"W{gate}"] for gate, sign in signs.items()])
    bias = np.concatenate([sign * parameters[f"b{gate}"][:, 0] for gate, sign in signs.items()])
    n_a = len(parameters["bc"])
    if "bca" in parameters:  # the gates' two biases are added: one may as well be zero
        bias = np.stack([bias, np.concatenate([np.zeros(2 * n_a), parameters["bca"][:, 0]])])
    return [stacked[:, n_a:].T, stacked[:, :n_a].T, bias]


class Cell(keras.layers.Layer):
    """Base class of the cells: weights, and the interface of `keras.layers.RNN`.

    Args:
        units: size of each state, n_a, at least 1.
        recurrent_initializer: of the recurrent kernel; orthogonal by default, which neither shrinks
            nor stretches.
        settings: of `keras.layers.Layer`.

    Raises:
        ValueError: units is not an integer of at least 1.
    """

    gates = 1
    states = 1

    def __init__(
        self, units: int, recurrent_initializer: Any = "orthogonal", **settings: Any
    ) -> None:
        super().__init__(**settings)
        self.units = check_integer("units", units, at_least=1)
        self.recurrent_initializer = keras.initializers.get(recurrent_initializer)

    @property
    def state_size(self) -> Any:
        """Size of the state, or a list with the size of each."""
        return self.units if self.states == 1 else [self.units] * self.states

    @property
    def output_size(self) -> int:
        """Size of the output of a step."""
        return self.units

    def build(self, input_shape: Any) -> None:
        """Make the weights, for inputs (m, n_x)."""
        width = self.gates * self.units
        self.kernel = self.add_weight(shape=(input_shape[-1], width), name="kernel")
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, width),
            initializer=self.recurrent_initializer,
            name="recurrent_kernel",
        )
        self.bias = self.add_weight(
            shape=self.bias_shape(width), initializer=self.first_bias, name="bias"
        )

    def bias_shape(self, width: int) -> tuple[int, ...]:
        """Return the shape of the bias."""
        return (width,)

    def first_bias(self, shape: Any, dtype: Any = None) -> Any:
        """Return the bias before training."""
        return ops.zeros(shape, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make another one like it."""
        start = keras.initializers.serialize(self.recurrent_initializer)
        return super().get_config() | {"units": self.units, "recurrent_initializer": start}


@keras.saving.register_keras_serializable("dltf")
class RNNCell(Cell):
    """Plain RNN cell, `a = tanh(x W + a_prev U + b)`; the step of `keras.layers.SimpleRNN`."""

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, list[Any]]:
        """Take one step: inputs (m, n_x), states [a (m, n_a)]; return the output and the states."""
        recurrent = ops.matmul(states[0], self.recurrent_kernel)
        a = ops.tanh(ops.matmul(inputs, self.kernel) + recurrent + self.bias)  # (m, n_a)
        return a, [a]


@keras.saving.register_keras_serializable("dltf")
class LSTMCell(Cell):
    """LSTM cell with concatenated gates; the step of `keras.layers.LSTM`.

    The forget gate's bias starts at 1: a fresh cell remembers.

    Source:
        Jozefowicz et al. 2015, "An empirical exploration of recurrent network architectures".
    """

    gates = 4
    states = 2

    def first_bias(self, shape: Any, dtype: Any = None) -> Any:
        """Return zeros, and ones for the forget gate."""
        forget: Array = np.repeat([0.0, 1.0, 0.0, 0.0], self.units)
        return ops.convert_to_tensor(forget, dtype)

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, list[Any]]:
        """Take one step: inputs (m, n_x), states [a, c], each (m, n_a)."""
        a, c = states
        before = ops.matmul(inputs, self.kernel) + ops.matmul(a, self.recurrent_kernel) + self.bias
        write, forget, new, show = ops.split(before, 4, axis=-1)  # (m, n_a) each
        c = ops.sigmoid(forget) * c + ops.sigmoid(write) * ops.tanh(new)
        a = ops.sigmoid(show) * ops.tanh(c)
        return a, [a, c]


@keras.saving.register_keras_serializable("dltf")
class GRUCell(Cell):
    """GRU cell in Keras's default form, with the reset gate after the matrix."""

    gates = 3

    def bias_shape(self, width: int) -> tuple[int, ...]:
        """Return the shape of the two biases, of the inputs and of the state."""
        return (2, width)

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, list[Any]]:
        """Take one step: inputs (m, n_x), states [a (m, n_a)]."""
        a = states[0]
        new = ops.matmul(inputs, self.kernel) + self.bias[0]
        old = ops.matmul(a, self.recurrent_kernel) + self.bias[1]
        (new_u, new_r, new_c), (old_u, old_r, old_c) = (
            ops.split(z, 3, axis=-1) for z in (new, old)
        )
        stays = ops.sigmoid(new_u + old_u)  # Keras's gate: 1 keeps the state
        candidate = ops.tanh(new_c + ops.sigmoid(new_r + old_r) * old_c)
        a = stays * a + (1 - stays) * candidate
        return a, [a]
