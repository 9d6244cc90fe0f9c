# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A name for a dinosaur: character language models
#
# A paleontologist has found a bone and needs a name. There is a list of some fifteen hundred names of
# dinosaurs: *Tyrannosaurus*, *Zuul*, *Micropachycephalosaurus*. A network that has read them should be
# able to make up the next one.
#
# A **language model** answers one question again and again: what comes next? If you can answer it, you can
# write, by drawing a character, reading it, and asking again. You will write four functions:
#
# 1. `clip`: no gradient may be too steep;
# 2. `sample`: draw a name;
# 3. `optimize`: learn from one name;
# 4. `model`: learn from all of them.
#
# After that we ask how good such a model *is*, let it compete with plain counting (be prepared for a
# surprise), and meet a poet.

# %%
from collections.abc import Mapping, Sequence

import dltf  # first: it keeps TensorFlow's start-up log out of the notebook

import keras
import numpy as np

from dltf import data, plotting
from dltf.claims import claim
from dltf.data import registry
from dltf.data.names import CHAR_TO_IX, IX_TO_CHAR
from dltf.language_model import (
    NumpyModel,
    Random,
    bits_per_character,
    characters_per_name,
    get_initial_loss,
    get_sample,
    initialize_parameters,
    perplexity,
    print_progress,
    rnn_backward,
    rnn_forward,
    smooth,
    update_parameters,
)
from dltf.language_model.keras_model import chances, mix, quality, train_names, write_names
from dltf.models.mlp import Array, Parameters, softmax
from dltf.language_model.ngrams import NGram
from dltf.language_model.shakespeare import FILE, load_poet, write_poem

# %% [markdown]
# ## Names as numbers
#
# There are 27 characters: 26 letters and the newline, which ends every name and has the number 0. Some
# names of the list stand there twice. We take those out *first* and split then: a name must not be in
# the training set and in the test.

# %%
names = data.load_names()
train, validation, test = data.split_names(names)
print(len(train), "to learn from,", len(validation), "for choices,", len(test), "for the test")
print(", ".join(train[:6]))

# %% [markdown]
# For the network, a name is two lists. `X` is what it reads and `Y` what it should have said, one
# character ahead:
#
# | step | 0 | 1 | 2 | 3 |
# | --- | --- | --- | --- | --- |
# | reads `X` | `None` (zeros) | r | e | x |
# | should say `Y` | r | e | x | newline |
#
# The cell is the plain one,
# $a^{\langle t \rangle} = \tanh(W_{ax} x^{\langle t \rangle} + W_{aa} a^{\langle t-1 \rangle} + b)$ and
# $\hat y^{\langle t \rangle} = \operatorname{softmax}(W_{ya} a^{\langle t \rangle} + b_y)$. The loss of a
# name is $-\sum_t \log \hat y^{\langle t \rangle}_{Y_t}$. `rnn_forward` computes it and `rnn_backward` its
# gradients; both are given. A model that knows nothing has the loss that `get_initial_loss` returns:

# %%
Y = [CHAR_TO_IX[character] for character in "rex\n"]
X = [None, *Y[:-1]]
fresh = initialize_parameters(n_a=50, n_x=27, n_y=27)
loss, _ = rnn_forward(X, Y, np.zeros((50, 1)), fresh)
print(f"loss of a fresh network {loss:.4f}, of a guess {get_initial_loss(27, len(Y)):.4f}")

# %% [markdown]
# ## 1. Not too steep
#
# Going back through many steps multiplies by the same matrix many times, and sometimes a gradient
# explodes. One such step throws the weights far away. The simplest remedy cuts every entry of every
# gradient into the interval from `-maxValue` to `maxValue`.
#
# **Exercise.** Write the line in `clip`.

# %% tags=["exercise"]
from dltf.language_model import clip

# %%
dltf.check(clip)

# %%
steep = {
    name: np.array([[-100.0, -3.0, 0.5, 40.0]]) for name in ("dWax", "dWaa", "dWya", "db", "dby")
}
print(clip(steep, 5)["dWax"])

# %% [markdown]
# ## 2. Drawing a name
#
# At first the network reads zeros, from a state of zeros. It gives probabilities for 27 characters. One
# is **drawn** by them (not simply the likeliest: then all names would be one). It becomes the next
# input, the new state the next state, and so on until the newline comes, or fifty characters are there.
#
# The **temperature** is given: all scores are divided by it. Below 1 the network becomes cautious, above
# 1 adventurous.
#
# **Exercise.** Write the step inside the loop of `sample`. The generator `draw` is seeded;
# `draw.choice(n, p=...)` draws a number below `n` by probabilities (which it wants with one axis).

# %% tags=["exercise"]
from dltf.language_model import sample

# %%
dltf.check(sample)

# %%
print(get_sample(sample(fresh, CHAR_TO_IX, seed=1), IX_TO_CHAR))

# %% [markdown]
# It has not learned anything, and one can see that.
#
# ## 3. Learning from one name
#
# **Exercise.** Write `optimize`: forward, backward, clip at 5, update. `rnn_forward` returns the loss and
# a cache, `rnn_backward` the gradients and the states, a dictionary with the numbers of the steps as
# keys. (How many characters there are it learns from `vocab_size`.) `update_parameters` works in place.

# %% tags=["exercise"]
from dltf.language_model import optimize

# %%
dltf.check(optimize)

# %%
parameters = initialize_parameters(n_a=50, n_x=27, n_y=27)
for _ in range(5):
    loss, _, _ = optimize(X, Y, np.zeros((50, 1)), parameters, learning_rate=0.1)
    print(f"{loss:.3f}", end="  ")

# %% [markdown]
# ## 4. Learning from all of them
#
# **Exercise.** In `model`, iteration `j` learns from one name: choose it, make `X` and `Y`, take the step.
# After the last name the first one comes again. (The state is handed on from name to name, as in the
# course's original; it makes no difference worth speaking of.)

# %% tags=["exercise"]
from dltf.language_model import model

# %%
dltf.check(model)

# %%
parameters = model(train, IX_TO_CHAR, CHAR_TO_IX, 12001, dino_names=4, verbose=True, rng=1)

# %%
for temperature in (0.3, 1.0, 2.0):
    drawn = [
        get_sample(sample(parameters, CHAR_TO_IX, seed, temperature), IX_TO_CHAR).strip()
        for seed in range(5)
    ]
    print(f"temperature {temperature}: {', '.join(drawn)}")

# %% [markdown]
# **The graded part ends here.** Next you measure how good the model is, against counting and against an
# LSTM: without a number you would never know whether it has learned anything that counting cannot.
#
# ## 5. How good is it?
#
# "They sound like dinosaurs" is no measure. What the model gives to names that it has **never seen** is
# one: the mean of $-\log_2 p$ over all characters, in **bits per character**. Two to the power of it is
# the **perplexity**: among how many equally likely characters the model hesitates.
#
# And there is a competitor, much older: counting, as Markov did in 1913. An **n-gram** looks at the last $n - 1$
# characters and at what came after them in the list. Since most long contexts were never seen, all
# depends on how it falls back on shorter ones: by a fixed share ("mixed"), or as Kneser and Ney do.


# %%
bits = {}


def show(label, one):
    p = chances(one, test)
    bits[label] = bits_per_character(p)
    print(f"{label:32} {bits[label]:.2f} bits, perplexity {perplexity(p):.1f}")


show("plain cell, as far as it came", NumpyModel(parameters, CHAR_TO_IX))
show("3-gram, mixed", NGram(train, 3, "mixed"))
show("4-gram, mixed", NGram(train, 4, "mixed"))
counted = NGram(train, 6)
show("6-gram, Kneser-Ney", counted)
claim(
    "counting beats the plain cell",
    bits["6-gram, Kneser-Ney"] < bits["plain cell, as far as it came"],
)

# %% [markdown]
# A surprise? Our cell is small, learns from one name at a time with plain gradient descent, and was stopped
# early. A network that is worth its name: an LSTM of 128 units in Keras, 32 names a step, dropout against
# learning by heart (only in training, so the loss in training looks worse than it is), and the weights of
# the epoch that was best on the validation names.

# %%
keras.utils.set_random_seed(1)
lstm, history = train_names(train, validation, epochs=30, seed=1, progress=False)
show("LSTM", lstm)
ax = plotting.plot_history(history.values)
ax.set_ylabel("bits per character")
_ = ax.set_title("An LSTM learns names")
claim(
    "the LSTM beats the n-grams that fall back by a fixed share",
    bits["LSTM"] < min(bits["3-gram, mixed"], bits["4-gram, mixed"]),
)

# %% [markdown]
# On the real list Kneser and Ney stay ahead of the LSTM (`docs/language_model.md`), for a thousand names are
# few and made of the same Greek pieces; on generated names it may be the other way round. Is counting then
# the better author? Let both write, and ask two things: is a name **new**, and could it be a name
# (`well_formed`)?

# %%
for label, one in (("6-gram", counted), ("LSTM", lstm)):
    written = write_names(one, 400, rng=2)
    worth = quality(written, train)
    print(f"{label:7} new {worth.new:.0%}, well-formed {worth.formed:.0%}, both {worth.both:.0%}")
    print("       ", ", ".join(written[:6]))

# %% [markdown]
# If the two are wrong at different places, both together can be better than either. The weights are chosen
# on the validation names:

# %%
both = mix([lstm, counted], validation)
show("LSTM and 6-gram", both)
print("weights", np.round(both.weights, 2))
better = min(bits["LSTM"], bits["6-gram, Kneser-Ney"])
claim(
    "together they are no worse than the better of the two",
    bits["LSTM and 6-gram"] < better + 0.01,
    f"{bits['LSTM and 6-gram']:.3f} bits, and {better:.3f} alone",
)

# %% [markdown]
# How much is won depends on how equal the two are. On the real list, where they get about equal weights, it
# is 0.06 bits; where one is much better alone, it gets nearly all the weight, and nothing is won.

# %% [markdown]
# ## 6. A poet
#
# The same idea, larger: two LSTM layers that read forty characters of Shakespeare's Sonnets and say what
# comes next. The course's trained weights are used if they are available.

# %%
if registry.find(FILE):
    print(write_poem(load_poet(), "shall i compare thee ", length=250, temperature=0.7, rng=1))
else:
    print("The trained model is not available: `dltf data fetch text` fetches it.")

# %% [markdown]
# ## What to take along
#
# - A **language model** says what comes next, and writes by believing itself: draw, read, ask again.
# - **Measure on what was never seen**, in bits per character, after taking out what is there twice.
# - **Have a baseline**, and a good one: against a poor n-gram every network looks clever.
# - **Temperature** trades what is safe for what is new; **clipping** keeps one steep name from spoiling all.
