"""How the answers of the seq2seq assignment are exercised. No expected value is in here.

The notebooks of every generation share their layers between functions, as variables of the
notebook. A case binds small new layers to the same names for as long as it runs, so that it may
choose the sizes, and puts the notebook's own back. Their weights are set so that the two forms of
attention (one Dense layer in 2017, two since) compute the same function: energies are
`relu([a, s_prev] w + b)`, and a tanh in between is used where it is straight.
"""

import inspect
from contextlib import contextmanager

import keras
import numpy as np

from dltf.autograder import case, close, exactly, exercise, helpers

SIZES = {
    "Tx": ("T_x",),
    "Ty": ("T_y",),
    "human_vocab_size": ("input_vocab_size",),
    "machine_vocab_size": ("output_vocab_size",),
}

exercise("one_step_attention", spellings={"s_prev": ("s",)})
exercise("modelf", spellings=SIZES, names=("model",))
exercise("masked_softmax", practice=True)
exercise("teacher_forcing", practice=True)
exercise("sequence_loss", practice=True)
exercise("beam_search", practice=True)
exercise("modified_precision", practice=True)
helpers("nmt_utils", "nmt_att_utils", "public_tests", "test_utils")

ALIKE = close(rtol=2e-3, atol=1e-4)  # the tanh is straight to four digits
STRAIGHT = 1e-3


def draw_size(rng, low, high):
    """Draw a whole number from low to high - 1."""
    return int(rng.integers(low, high))


# The layers that the functions share


def small(name, layer, places, units):
    """Return a new layer of the same kind for these sizes; what has no weights, as it is.

    Weights begin at zero, because drawing them takes time and the cases set them all.
    """
    if type(layer).__name__ == "LazyLayer":
        layer = layer.layer
    if isinstance(layer, keras.layers.RepeatVector):
        return keras.layers.RepeatVector(places)
    if isinstance(layer, keras.layers.LSTM):
        states = {"return_state": layer.return_state, "return_sequences": layer.return_sequences}
        zeros = {"kernel_initializer": "zeros", "recurrent_initializer": "zeros"}
        return keras.layers.LSTM(units, **states, **zeros, unroll=True)
    if isinstance(layer, keras.layers.Dense):
        return keras.layers.Dense(
            layer.units, activation=layer.activation, kernel_initializer="zeros"
        )
    return layer


@contextmanager
def shared_layers(answer, places, units):
    """Bind small layers to the names of the notebook's; give them out as a dictionary.

    The two functions may come from different places: when a right `modelf` calls a wrong
    `one_step_attention`, the grader tries it with the reference's.
    """
    functions = {
        name: inspect.unwrap(answer._namespace[name])
        for name in ("one_step_attention", "modelf")
        if callable(answer._namespace.get(name))
    }
    spaces = [getattr(function, "__globals__", {}) for function in functions.values()]
    own = [
        (space, name, layer)
        for i, space in enumerate(spaces)
        if not any(space is other for other in spaces[:i])
        for name, layer in space.items()
        if not name.startswith("_")
        and (isinstance(layer, keras.layers.Layer) or type(layer).__name__ == "LazyLayer")
        and not isinstance(layer, keras.Model)
    ]
    new = {}
    for space, name, layer in own:
        space[name] = new.setdefault(name, small(name, layer, places, units))
    try:
        yield new | {"scorers": scorers(new, functions.get("one_step_attention"))}
    finally:
        for space, name, layer in own:
            space[name] = layer


def scorers(layers, function):
    """Return the Dense layers that turn annotations and a state into energies: name -> layer.

    In 2017 there was one, `densor`; who calls it needs no other. A name that nobody mentions may be
    missing from the notebook's parts that are graded: its layer is None.
    """
    code = getattr(function, "__code__", None)
    one = code is not None and "densor" in code.co_names
    return {name: layers.get(name) for name in (["densor"] if one else ["densor1", "densor2"])}


def used(layers):
    """Return the shared scorers that have been called, the first one first."""
    return [layer for layer in layers["scorers"].values() if layer is not None and layer.built]


def unused(layers):
    """Return the names of the shared scorers that no call has used."""
    called = used(layers)
    return [name for name, layer in layers["scorers"].items() if layer not in called]


def set_energies(layers, w):
    """Let the scorers compute relu([a, s_prev] w), as far as their shapes allow."""
    kernels = [np.zeros(layer.kernel.shape) for layer in used(layers)]
    if kernels and len(kernels[0]) == len(w):
        kernels[0][:, 0] = w
    for kernel in kernels[1:]:
        kernels[0] *= STRAIGHT
        kernel[0] = 1 / STRAIGHT
    for layer, kernel in zip(used(layers), kernels, strict=True):
        layer.set_weights([kernel, np.zeros(layer.units)])


def seen(context):
    """Return a tensor as an array."""
    return np.asarray(keras.ops.convert_to_numpy(context))


# one_step_attention


def attend(answer, w, a, states):
    """Return which shared layers are not used, and the contexts that several states give.

    The sentences come once for each state, all in one batch: a call of Keras's layers costs much
    more than what it computes.
    """
    with shared_layers(answer, a.shape[1], states[0].shape[1]) as layers:
        context = answer.one_step_attention(a=keras.ops.array(a), s_prev=keras.ops.array(states[0]))
        if unused(layers):
            return {
                "layers that are not used": unused(layers),
                "context": seen(context) * 0,
                "of other states": [],
            }
        set_energies(layers, w)
        every_a, every_s = np.tile(a, (len(states), 1, 1)), np.concatenate(states)
        found = answer.one_step_attention(
            a=keras.ops.array(every_a), s_prev=keras.ops.array(every_s)
        )
    contexts, m = np.atleast_1d(seen(found)), len(a)
    return {
        "layers that are not used": [],
        "context": contexts[:m],
        "of other states": [contexts[i : i + m] for i in range(m, len(contexts), m)],
    }


def draw_attention(rng, places, features, units, m, scale):
    """Draw weights of the energies and some states."""
    w = rng.normal(size=features + units) * scale
    states = rng.normal(size=(3, m, units)).astype("float32")
    return w, states


@case("one_step_attention", points=3, judge=ALIKE)
def attention_of_a_sentence(answer, rng):
    """The context of random annotations is their mean, weighted by the softmax of the energies."""
    m, places = 2 + draw_size(rng, 0, 3), draw_size(rng, 6, 9)
    features, units = 2 * draw_size(rng, 2, 4), 3
    w, states = draw_attention(rng, places, features, units, m, 0.8)
    return attend(answer, w, rng.normal(size=(m, places, features)).astype("float32"), states)


@case("one_step_attention", points=3, judge=ALIKE)
def weights_of_the_places(answer, rng):
    """Annotations that only name their place: the context is the attention weights themselves."""
    places, m = 2 * draw_size(rng, 3, 5), 3
    units = places + 1
    w, states = draw_attention(rng, places, places, units, m, 0.8)
    a = np.tile(np.eye(places, dtype="float32"), (m, 1, 1))
    return attend(answer, w, a, states)


# modelf


@contextmanager
def built(answer, rng, **given):
    """Build a small model of sizes that are drawn or given; give out sizes, layers, model."""
    sizes = {
        "Tx": draw_size(rng, 5, 8),
        "Ty": draw_size(rng, 2, 4),
        "n_a": draw_size(rng, 2, 4),
        "n_s": draw_size(rng, 4, 6),
        "human_vocab_size": draw_size(rng, 8, 12),
        "machine_vocab_size": 11,
        **given,
    }
    with shared_layers(answer, sizes["Tx"], sizes["n_s"]) as layers:
        yield sizes, layers, answer.modelf(**sizes)


def own_parameters(model, layers):
    """Count the parameters outside the scorers, of which generations have different numbers."""
    return model.count_params() - sum(layer.count_params() for layer in used(layers))


@case("modelf", points=3, judge=exactly())
def inputs_outputs_and_parameters(answer, rng):
    """Three inputs, a list of Ty outputs, and the parameters of layers that all steps share."""
    with built(answer, rng) as (_, layers, model):
        outputs = model.outputs
        return {
            "inputs": [list(tensor.shape)[1:] for tensor in model.inputs],
            "outputs": [list(tensor.shape)[1:] for tensor in outputs],
            "parameters outside the attention": own_parameters(model, layers),
            "layers of the attention that are not used": unused(layers),
        }


@case("modelf", points=5, judge=ALIKE)
def probabilities_of_every_step(answer, rng):
    """With given weights and first states, each output has the right probabilities."""
    with built(answer, rng, Tx=3, Ty=2) as (sizes, layers, model):
        if not unused(layers):
            set_energies(layers, rng.normal(size=2 * sizes["n_a"] + sizes["n_s"]) * 2)
        done = set(map(id, used(layers)))
        order = sorted(model.layers, key=lambda layer: type(layer).__name__)
        for layer in order:  # the encoder, the output, the decoder
            if id(layer) not in done:
                shapes = [array.shape for array in layer.get_weights()]
                layer.set_weights([rng.normal(size=shape) for shape in shapes])
        X = rng.normal(size=(3, sizes["Tx"], sizes["human_vocab_size"]))
        s0, c0 = rng.normal(size=(2, 3, sizes["n_s"]))
        outputs = model([array.astype("float32") for array in (X, s0, c0)])
        kind = "a list" if isinstance(outputs, (list, tuple)) else "one tensor"
        return {"kind": kind, "outputs": [seen(output) for output in outputs]}


# masked_softmax


def draw_masks(rng, m, places):
    """Draw masks of sentences of different lengths, the last one whole."""
    lengths = np.append(rng.integers(1, places, size=m - 1), places)
    return (np.arange(places) < lengths[:, None]).astype(float)


@case("masked_softmax")
def weights_beside_padding(answer, rng):
    """Weights are 0 at padding, and sum to 1 over the places of the input."""
    m, T_y, T_x = 3 + draw_size(rng, 0, 2), 2, 6 + draw_size(rng, 0, 3)
    scores = rng.normal(size=(m, T_y, T_x)) * 2 + 1
    return answer.masked_softmax(scores=scores, mask=draw_masks(rng, m, T_x))


@case("masked_softmax")
def weights_of_large_scores(answer, rng):
    """Scores of a thousand, and of minus a thousand, overflow nowhere."""
    m, T_y, T_x = 4, 3, 5
    scores = rng.normal(size=(m, T_y, T_x)) + np.array([1000.0, -1000.0, 0.0])[:, None]
    return answer.masked_softmax(scores=scores, mask=draw_masks(rng, m, T_x))


# teacher_forcing


@case("teacher_forcing", judge=exactly())
def one_place_later(answer, rng):
    """The start symbol comes first, and the last symbol is never an input."""
    Y = rng.integers(10, 90, size=(draw_size(rng, 2, 5), draw_size(rng, 6, 9)))
    return answer.teacher_forcing(Y=Y, start=draw_size(rng, 1, 9))


# sequence_loss


@case("sequence_loss")
def loss_without_padding(answer, rng):
    """Every symbol counts alike, padding not at all."""
    m, T_y, V = 4, draw_size(rng, 5, 8), draw_size(rng, 4, 7)
    logits = rng.normal(size=(m, T_y, V)) * 2
    log_probs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    lengths = np.array([1, 2, T_y - 1, T_y])
    Y = rng.integers(1, V, size=(m, T_y)) * (np.arange(T_y) < lengths[:, None])
    return answer.sequence_loss(log_probs=log_probs, Y=Y)


@case("sequence_loss")
def loss_with_other_padding(answer, rng):
    """Padding is what `pad` says; 0 may be a symbol like others."""
    m, T_y, V = 3, draw_size(rng, 4, 7), 5
    logits = rng.normal(size=(m, T_y, V)) * 2
    log_probs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    Y = rng.integers(0, V - 1, size=(m, T_y))
    Y[0, 2:], Y[1, 0] = V - 1, 0
    return answer.sequence_loss(log_probs=log_probs, Y=Y, pad=V - 1)


# beam_search


def language(seed, symbols):
    """Return a made-up language: log p of each symbol behind any beginning."""

    def step(written):
        rng = np.random.default_rng([seed, len(written), *(int(symbol) for symbol in written)])
        logits = rng.normal(size=symbols) * 1.5
        return logits - np.log(np.exp(logits).sum())

    return step


def search(answer, rng, widths, alphas, max_length=4, symbols=4):
    """Search in several languages; return what was found and what it is worth."""
    found = []
    for width in widths:
        for alpha in alphas:
            step = language(draw_size(rng, 0, 10**6), symbols)
            power = {} if alpha is None else {"alpha": alpha}
            words, value = answer.beam_search(
                step=step, end=symbols - 1, width=width, max_length=max_length, **power
            )
            found.append([[int(word) for word in words], float(value)])
    return found


@case("beam_search")
def greedy_search(answer, rng):
    """A width of 1, and nothing said about alpha: the best symbol at each step."""
    return search(answer, rng, [1] * 12, [None])


@case("beam_search")
def narrow_beams(answer, rng):
    """Two or three candidates at a time, worth their log p a symbol."""
    return search(answer, rng, [2, 3] * 6, [1.0, 0.6])


@case("beam_search")
def beams_that_compare_probabilities(answer, rng):
    """With alpha 0 the length does not count."""
    return search(answer, rng, [2, 3] * 6, [0.0])


@case("beam_search")
def wide_beam(answer, rng):
    """So many candidates that every sequence is tried."""
    return search(answer, rng, [200] * 3, [0.7, 1.3], max_length=3)


# modified_precision


def draw_sentences(rng, count, longest=9):
    """Draw sentences of few words, so that words occur again and again."""
    sizes = rng.integers(longest - 3, longest, size=count)
    return [[f"w{i}" for i in rng.integers(0, 3, size=size)] for size in sizes]


@case("modified_precision", judge=exactly())
def counts_of_n_grams(answer, rng):
    """Each n-gram counts at most as often as in the reference that has it most often."""
    found = []
    for n in (1, 2, 3):
        for _ in range(6):
            translation, *references = draw_sentences(rng, 3)
            counts = answer.modified_precision(translation=translation, references=references, n=n)
            found.append([int(count) for count in counts])
    return found


@case("modified_precision", judge=exactly())
def repeated_words(answer, rng):
    """The same word over and over is not a perfect translation."""
    times = draw_size(rng, 4, 8)
    references = [["the", "cat", "sat"], ["the", "cat", "and", "the", "dog"]]
    counts = answer.modified_precision(translation=["the"] * times, references=references, n=1)
    return [int(count) for count in counts]
