"""Character-level language model in NumPy: an RNN over names, sampling, bits per character.

A language model gives a text a probability, as a product: of its first character, of the second
after the first, and so on. One that was trained on names can be asked for new ones, since a
character may be drawn from its output, and given back to it as the next input. Everything here is
in NumPy, with one name a step, and shows all its parts: forward, back through time, clipping, the
update, the drawing. `keras_model` does the same with Keras and learns more in less time.

- Mikolov et al. 2010, "Recurrent neural network based language model"
- Pascanu, Mikolov & Bengio 2013, "On the difficulty of training recurrent neural networks" (clip)
- Karpathy 2015, "The unreasonable effectiveness of recurrent neural networks"

Layout: a name is a list of numbers, one a character. `X` is what the network reads, its first entry
None, which stands for an input of zeros; `Y` is what comes next: X moved by one, and the newline. A
step has `x (n_x, 1)`, one-hot, `a (n_a, 1)`, `p (n_y, 1)`, where n_x = n_y is the number of
characters. Keras would have `(m, T)` numbers: `dltf.data.names.encode_names`.

Parameters: Wax (n_a, n_x), Waa (n_a, n_a), Wya (n_y, n_a), b (n_a, 1), by (n_y, 1). Here
`rnn_forward` and `rnn_backward` are those of the course's helper file for this topic; `dltf.rnn`
has others of the same name, for whole batches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from dltf.models.mlp import softmax
from dltf.typing import Array, Parameters, Random

__all__ = [
    "NumpyModel",
    "Random",
    "bits_per_character",
    "characters_per_name",
    "clip",
    "get_initial_loss",
    "get_sample",
    "initialize_parameters",
    "model",
    "optimize",
    "perplexity",
    "print_progress",
    "print_sample",
    "rnn_backward",
    "rnn_forward",
    "rnn_step_backward",
    "rnn_step_forward",
    "sample",
    "smooth",
    "update_parameters",
]

Steps: TypeAlias = dict[int, Array]
Cache: TypeAlias = tuple[Steps, Steps, Steps]  # probabilities, states, inputs of each step

# == 1. Forward and backward pass (given) ====================================================


def initialize_parameters(n_a: int, n_x: int, n_y: int, rng: Random = 1) -> Parameters:
    """Return small random weights and zero biases.

    Args:
        n_a: size of the state.
        n_x: number of characters that may be read.
        n_y: number of characters that may be predicted.
        rng: generator or seed; None for others every time.
    """
    draw = np.random.default_rng(rng)
    shapes = {"Wax": (n_a, n_x), "Waa": (n_a, n_a), "Wya": (n_y, n_a)}
    weights = {name: 0.01 * draw.normal(size=shape) for name, shape in shapes.items()}
    return {**weights, "b": np.zeros((n_a, 1)), "by": np.zeros((n_y, 1))}


def rnn_step_forward(parameters: Parameters, a_prev: Array, x: Array) -> tuple[Array, Array]:
    """Compute one step: the new state (n_a, 1) and the next character's probabilities (n_y, 1)."""
    Wax, Waa, Wya, b, by = (parameters[name] for name in ("Wax", "Waa", "Wya", "b", "by"))
    a_next = np.tanh(Wax @ x + Waa @ a_prev + b)
    p_t = softmax(Wya @ a_next + by)
    return a_next, p_t


def rnn_forward(
    X: Sequence[int | None],
    Y: Sequence[int],
    a0: Array,
    parameters: Parameters,
    vocab_size: int = 27,
) -> tuple[float, Cache]:
    """Compute the forward pass and the loss of a name.

    Args:
        X: numbers of the characters read; None is an input of zeros.
        Y: numbers of the characters that come next, as many.
        a0: state before the first step, (n_a, 1).
        parameters: Wax, Waa, Wya, b, by.
        vocab_size: number of characters.

    Returns:
        loss: `- sum over t of log p_t[Y[t]]`, in nats.
        cache: probabilities, states (that before the first step is number -1), inputs, by step.
    """
    inputs: Steps = {}
    states: Steps = {-1: np.copy(a0)}
    probabilities: Steps = {}
    loss = 0.0
    for t, (read, wanted) in enumerate(zip(X, Y, strict=True)):
        inputs[t] = np.zeros((vocab_size, 1))
        if read is not None:
            inputs[t][read] = 1
        states[t], probabilities[t] = rnn_step_forward(parameters, states[t - 1], inputs[t])
        loss -= float(np.log(probabilities[t][wanted, 0]))
    return loss, (probabilities, states, inputs)


def rnn_step_backward(
    dy: Array,
    gradients: Parameters,
    parameters: Parameters,
    x: Array,
    a: Array,
    a_prev: Array,
) -> Parameters:
    """Backpropagate through one step; add its gradients, and return them.

    Args:
        dy: gradient with respect to what went into the softmax, (n_y, 1).
        gradients: dWax, dWaa, dWya, db, dby so far, and da_next (n_a, 1), what the next step says
            of the state.
        parameters: Wax, Waa, Wya, b, by.
        x: input of the step.
        a: its state.
        a_prev: the state before.
    """
    gradients["dWya"] += dy @ a.T
    gradients["dby"] += dy
    da = parameters["Wya"].T @ dy + gradients["da_next"]  # by its own output, and by later steps
    dz = (1 - a * a) * da
    gradients["db"] += dz
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["da_next"] = parameters["Waa"].T @ dz
    return gradients


def rnn_backward(
    X: Sequence[int | None], Y: Sequence[int], parameters: Parameters, cache: Cache
) -> tuple[Parameters, Steps]:
    """Backpropagate through a name, from the last step to the first.

    Args:
        X: what was read.
        Y: what came next.
        parameters: Wax, Waa, Wya, b, by.
        cache: of `rnn_forward`.

    Returns:
        gradients: dWax, dWaa, dWya, db, dby (and da_next, of the state before the first step).
        a: the states by step, from -1.
    """
    probabilities, a, inputs = cache
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[-1])
    for t in reversed(range(len(X))):
        dy = np.copy(probabilities[t])
        dy[Y[t]] -= 1  # d loss / d scores = p - one-hot(Y)
        rnn_step_backward(dy, gradients, parameters, inputs[t], a[t], a[t - 1])
    return gradients, a


def update_parameters(parameters: Parameters, gradients: Parameters, lr: float) -> Parameters:
    """Take one step of gradient descent, in place; return the parameters."""
    for name, value in parameters.items():
        value -= lr * gradients[f"d{name}"]
    return parameters


def smooth(loss: float, cur_loss: float) -> float:
    """Return a running mean of losses: 999 parts of the old one and one part of the new."""
    return loss * 0.999 + cur_loss * 0.001


def get_initial_loss(vocab_size: int, seq_length: float) -> float:
    """Return the loss of a uniform predictor: `seq_length * log(vocab_size)`."""
    return float(-np.log(1.0 / vocab_size) * seq_length)


def characters_per_name(names: Sequence[str]) -> float:
    """Return the mean number of characters of a name, with the newline that ends it."""
    return sum(len(name) + 1 for name in names) / max(len(names), 1)


def get_sample(sample_ix: Sequence[int], ix_to_char: Mapping[int, str]) -> str:
    """Decode indices to a name with a capital letter."""
    text = "".join(ix_to_char[int(i)] for i in sample_ix)
    return text[:1].upper() + text[1:]


def print_sample(sample_ix: Sequence[int], ix_to_char: Mapping[int, str]) -> None:
    """Print a sampled name (its newline ends the line)."""
    print(get_sample(sample_ix, ix_to_char), end="")


# == 2. Clip, sample, take a step, train ===========================================================


def clip(gradients: Parameters, maxValue: float) -> Parameters:
    """Clip every entry of every gradient to `-maxValue` and `maxValue`.

    Args:
        gradients: dWax, dWaa, dWya, db, dby.
        maxValue: largest allowed size of an entry, above 0.

    Returns:
        A dictionary with the same five, cut. What came in is left as it was.

    Source:
        Mikolov's thesis (2012), 3.2.2: entries are cut one by one; the direction may turn.
    """
    clipped = {}
    for name in ("dWax", "dWaa", "dWya", "db", "dby"):
        ### BEGIN SOLUTION
        clipped[name] = np.clip(gradients[name], -maxValue, maxValue)
        ### END SOLUTION
    return clipped


def sample(
    parameters: Parameters,
    char_to_ix: Mapping[str, int],
    seed: Random = None,
    temperature: float = 1.0,
) -> list[int]:
    """Sample a name, one character after the other; each one is the next input.

    Args:
        parameters: Wax, Waa, Wya, b, by.
        char_to_ix: character -> number, with the newline.
        seed: of the draws, or a generator; None for other draws every time.
        temperature: what scores are divided by before the softmax, above 0. Below 1 the likely
            becomes more likely, above 1 all characters come closer to one another.

    Returns:
        The numbers drawn. The newline ends a name; if 50 characters were drawn and no newline, it
        is added as the 51st.
    """
    Wax, Waa, b = parameters["Wax"], parameters["Waa"], parameters["b"]
    Wya, by = (parameters[name] / temperature for name in ("Wya", "by"))  # so scores are, too
    vocab_size, n_a = Wya.shape
    newline, draw = char_to_ix["\n"], np.random.default_rng(seed)
    x = np.zeros((vocab_size, 1))
    a_prev: Array = np.zeros((n_a, 1))
    indices: list[int] = []
    while len(indices) < 50 and newline not in indices:
        ### BEGIN SOLUTION
        a = np.tanh(Waa @ a_prev + Wax @ x + b)  # (n_a, 1)
        y = softmax(Wya @ a + by)  # (vocab_size, 1)
        idx = int(draw.choice(vocab_size, p=y.ravel()))
        indices.append(idx)
        x = np.zeros((vocab_size, 1))
        x[idx] = 1
        a_prev = a
        ### END SOLUTION
    if newline not in indices:
        indices.append(newline)
    return indices


def optimize(
    X: Sequence[int | None],
    Y: Sequence[int],
    a_prev: Array,
    parameters: Parameters,
    learning_rate: float = 0.01,
) -> tuple[float, Parameters, Array]:
    """Take one optimization step on a name: forward, backward, clip at 5, update.

    Args:
        X: numbers of the characters read, the first None.
        Y: numbers of the characters that come next.
        a_prev: state before the first step, (n_a, 1).
        parameters: Wax, Waa, Wya, b, by; they are changed in place.
        learning_rate: step of gradient descent.

    Returns:
        loss: before the step, in nats.
        gradients: dWax, dWaa, dWya, db, dby, as they were used.
        a_last: state after the last character, (n_a, 1).
    """
    ### BEGIN SOLUTION
    loss, cache = rnn_forward(X, Y, a_prev, parameters, vocab_size=len(parameters["by"]))
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    update_parameters(parameters, gradients, learning_rate)
    ### END SOLUTION
    return loss, gradients, a[len(X) - 1]


def model(
    data: str | Sequence[str],
    ix_to_char: Mapping[int, str],
    char_to_ix: Mapping[str, int],
    num_iterations: int = 35000,
    n_a: int = 50,
    dino_names: int = 7,
    vocab_size: int = 27,
    verbose: bool = False,
    rng: Random = 0,
) -> Parameters:
    """Train the model, one name per step, in a random but fixed order.

    The smoothed loss that is printed begins at the loss of a uniform predictor on a name of mean
    length. (In the course's notebooks it begins at that of a name with as many characters as names
    are printed: too low, so that the first losses seem to rise.)

    Args:
        data: the names, or a text with one a line.
        ix_to_char: number -> character.
        char_to_ix: character -> number, with the newline.
        num_iterations: number of names to learn from; after the last one the first comes again.
        n_a: size of the state.
        dino_names: how many names to draw every 2000 iterations.
        vocab_size: number of characters.
        verbose: whether to print the smoothed loss and those names.
        rng: generator or seed of order, weights and draws.

    Returns:
        The parameters.
    """
    draw = np.random.default_rng(rng)
    lines = data.split("\n") if isinstance(data, str) else data
    examples = [line.strip().lower() for line in lines if line.strip()]
    draw.shuffle(examples)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size, rng=draw)
    loss = get_initial_loss(vocab_size, characters_per_name(examples))
    a_prev = np.zeros((n_a, 1))
    for j in range(num_iterations):
        ### BEGIN SOLUTION
        name = examples[j % len(examples)]
        X: list[int | None] = [None, *(char_to_ix[character] for character in name)]
        Y = [char_to_ix[character] for character in name + "\n"]
        cur_loss, _, a_prev = optimize(X, Y, a_prev, parameters)
        ### END SOLUTION
        loss = smooth(loss, cur_loss)
        if verbose and j % 2000 == 0:
            names = [sample(parameters, char_to_ix, draw) for _ in range(dino_names)]
            print_progress(j, loss, names, ix_to_char)
    return parameters


def print_progress(
    j: int, loss: float, names: Sequence[Sequence[int]], ix_to_char: Mapping[int, str]
) -> None:
    """Print the loss after j names, and some sampled names."""
    print(f"Iteration: {j}, Loss: {loss:f}\n")
    for name in names:
        print_sample(name, ix_to_char)
    print()


# == 3. How good is it? ============================================================================


def bits_per_character(probabilities: Array) -> float:
    """Return the mean of `- log2 p`, p being what a model gave to each character that came.

    A model that knows nothing of 27 characters needs log2 27 = 4.75 bits for each.

    Args:
        probabilities: float (n,), above 0 (else the answer is infinite), at most 1.

    Raises:
        ValueError: there are none, or one is not a probability.

    Source:
        Shannon 1951, "Prediction and entropy of printed English".
    """
    p = np.asarray(probabilities, dtype=np.float64)
    if not p.size or not ((p >= 0) & (p <= 1 + 1e-6)).all():
        what = f"one of {p[~((p >= 0) & (p <= 1 + 1e-6))][0]:.4g}" if p.size else "none"
        raise ValueError(f"probabilities: expected numbers from 0 to 1, got {what}")
    with np.errstate(divide="ignore"):
        return float(-np.mean(np.log2(p)))


def perplexity(probabilities: Array) -> float:
    """Return `2 ** bits_per_character`: among how many equally likely characters it hesitates."""
    return 2.0 ** bits_per_character(probabilities)


class NumpyModel:
    """The parameters that `model` returns, as a model that can be scored (see `ngrams`)."""

    def __init__(self, parameters: Parameters, char_to_ix: Mapping[str, int]) -> None:
        self.parameters, self.char_to_ix = parameters, char_to_ix

    def probabilities(self, names: Sequence[str]) -> list[Array]:
        """Return, for each name of T letters, probabilities (T + 1, n_y) of what comes next."""
        n_y, n_a = self.parameters["Wya"].shape
        found = []
        for name in names:
            Y = [self.char_to_ix[character] for character in name + "\n"]
            steps = rnn_forward([None, *Y[:-1]], Y, np.zeros((n_a, 1)), self.parameters, n_y)[1][0]
            found.append(np.hstack([steps[t] for t in range(len(Y))]).T)
        return found
