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
# # Recurrent networks, step by step
#
# "I do not think that this is good." A reader who has forgotten the "not" by the time "good" comes
# takes that review for praise. To read it, one has to remember a word until the word comes that it
# belongs to. The networks that you have built so far see their whole input at once, and two
# different inputs have nothing to do with one another. A **recurrent** network reads one step at a
# time and keeps a state.
#
# You will write four functions (they count):
#
# 1. `rnn_cell_forward`: one step of the plain cell;
# 2. `rnn_forward`: a whole sequence;
# 3. `lstm_cell_forward`: one step of a cell that decides what to remember;
# 4. `lstm_forward`: a whole sequence of it.
#
# After that, for practice, the backward pass of all four (*backpropagation through time*), which no one
# writes by hand any more and everyone should have written once. Then you will see four kinds of such networks, and
# measure why plain ones forget, why gradients explode and what helps.

# %%
from typing import Any

import dltf  # first: it keeps TensorFlow's start-up log out of the notebook

import keras
import numpy as np

from dltf import data, plotting
from dltf.claims import claim
from dltf.data.sequences import BRACKETS, WORDS
from dltf.models.mlp import sigmoid, softmax
from dltf.rnn import Array, Cache, Parameters
from dltf.rnn.cells import LSTMCell, keras_weights
from dltf.rnn.experiments import (
    KINDS,
    clip_by_norm,
    fresh_cell,
    gradient_norms,
    gradients_by_lag,
    train_kind,
    train_to_recall,
)

# %% [markdown]
# ## Letters and shapes
#
# A sequence has $T_x$ steps; at step $t$ the network gets $x^{\langle t \rangle}$ with $n_x$
# features. As always we handle $m$ examples at once, as columns, so one step is a matrix
# $(n_x, m)$, and the sequences of a whole batch are an array `x` of shape $(n_x, m, T_x)$. The
# state $a^{\langle t \rangle}$ has $n_a$ entries for each example, the output
# $\hat y^{\langle t \rangle}$ has $n_y$.
#
# | array | shape | |
# | --- | --- | --- |
# | `x`, `xt` | $(n_x, m, T_x)$, $(n_x, m)$ | `xt` is `x[:, :, t]` |
# | `a`, `a_next`, `a_prev`, `a0` | $(n_a, m, T_x)$, $(n_a, m)$ | the hidden state |
# | `y_pred`, `yt_pred` | $(n_y, m, T_x)$, $(n_y, m)$ | a column is a probability for each of $n_y$ |
#
# Sizes that differ from each other catch mistakes; here are some to play with:

# %%
n_x, n_a, n_y, m, T_x = 3, 5, 2, 4, 7
rng = np.random.default_rng(0)
x, a0 = rng.normal(size=(n_x, m, T_x)), np.tanh(rng.normal(size=(n_a, m)))
shapes = {"Wax": (n_a, n_x), "Waa": (n_a, n_a), "Wya": (n_y, n_a), "ba": (n_a, 1), "by": (n_y, 1)}
parameters = {name: rng.normal(size=shape) for name, shape in shapes.items()}

# %% [markdown]
# ## 1. One step
#
# The plain cell looks at two things: what it knew, and what it reads now.
#
# $$ a^{\langle t \rangle} = \tanh\!\left( W_{aa}\, a^{\langle t-1 \rangle} + W_{ax}\, x^{\langle t \rangle} + b_a \right),
#    \qquad \hat y^{\langle t \rangle} = \operatorname{softmax}\!\left( W_{ya}\, a^{\langle t \rangle} + b_y \right). $$
#
# Read the names of the matrices from the left: $W_{ax}$ makes an $a$ out of an $x$.
#
# **Exercise.** Write `rnn_cell_forward`. `softmax` is given, and makes every column add up to 1. The
# cache, with what the backward pass will need, is given too.

# %% tags=["exercise"]
from dltf.rnn import rnn_cell_forward

# %%
dltf.check(rnn_cell_forward)

# %%
a_next, yt_pred, cache = rnn_cell_forward(x[:, :, 0], a0, parameters)
print("a_next", a_next.shape, " yt_pred", yt_pred.shape, " columns add up to", yt_pred.sum(axis=0))

# %% [markdown]
# ## 2. A sequence
#
# The *same* cell, with the same parameters, at every step: that is what "recurrent" means. It can
# therefore read sequences of any length, and what it learns about a word at one place holds at every
# other. Only the state is handed on.
#
# **Exercise.** Write `rnn_forward`. It begins with `a0`, goes through the steps, and puts the state
# and the output of step `t` into `a[:, :, t]` and `y_pred[:, :, t]`. The caches of all steps go into
# a list.

# %% tags=["exercise"]
from dltf.rnn import rnn_forward

# %%
dltf.check(rnn_forward)

# %% [markdown]
# If that is right, it must be what Keras computes. Keras has the examples first, `(m, T_x, n_x)`, and
# its kernels are the transposes; `keras_weights` converts them:

# %%
layer = keras.layers.SimpleRNN(n_a, return_sequences=True)
layer.build((m, T_x, n_x))
layer.set_weights(keras_weights(parameters))
theirs = layer(x.transpose(1, 2, 0), initial_state=a0.T)

a, y_pred, caches = rnn_forward(x, a0, parameters)
print("largest difference:", np.abs(a.transpose(1, 2, 0) - np.asarray(theirs)).max())

# %% [markdown]
# (Keras computes in single precision; some $10^{-7}$ is what its seven digits leave.)
#
# ## 3. A cell that decides what to remember
#
# The plain cell rewrites its whole state at every step. What it read ten steps ago has been
# multiplied by $W_{aa}$ and squeezed by $\tanh$ ten times. The **long short-term memory** has a second
# state, the memory $c$, and changes it only where it decides to. Its decisions are **gates**:
# numbers between 0 (shut) and 1 (open), one for every entry of the memory, computed like a small
# layer from the stack $z = \left[ a^{\langle t-1 \rangle};\ x^{\langle t \rangle} \right]$, the old
# hidden state on top:
#
# $$ \Gamma_f = \sigma(W_f z + b_f), \quad \Gamma_i = \sigma(W_i z + b_i), \quad
#    \Gamma_o = \sigma(W_o z + b_o), \quad \tilde c = \tanh(W_c z + b_c). $$
#
# The *forget* gate $\Gamma_f$ says what stays, the *update* gate $\Gamma_i$ where something is
# written, the candidate $\tilde c$ what that would be, and the *output* gate $\Gamma_o$ what is shown:
#
# $$ c^{\langle t \rangle} = \Gamma_f * c^{\langle t-1 \rangle} + \Gamma_i * \tilde c, \qquad
#    a^{\langle t \rangle} = \Gamma_o * \tanh c^{\langle t \rangle}, \qquad
#    \hat y^{\langle t \rangle} = \operatorname{softmax}(W_y\, a^{\langle t \rangle} + b_y), $$
#
# where $*$ multiplies entry by entry. Look at the first of these formulas again. If a gate
# $\Gamma_f$ is 1 and $\Gamma_i$ is 0, the memory goes through the step *unchanged*, and so does a
# gradient in the backward pass.
#
# **Exercise.** Write `lstm_cell_forward`. In the code $\Gamma_f, \Gamma_i, \Gamma_o$ are `ft`, `it`,
# `ot`, and $\tilde c$ is `cct`.
#
# *Useful:* `np.concatenate([upper, lower])` puts one matrix above another.

# %% tags=["exercise"]
from dltf.rnn import lstm_cell_forward

# %%
dltf.check(lstm_cell_forward)

# %% [markdown]
# **Exercise.** Write `lstm_forward`: hidden states, outputs and memories of all steps. The hidden
# state begins with `a0`, the memory with zeros.

# %% tags=["exercise"]
from dltf.rnn import lstm_forward

# %%
dltf.check(lstm_forward)

# %%
lstm_parameters = {f"W{gate}": rng.normal(size=(n_a, n_a + n_x)) for gate in "fico"}
lstm_parameters |= {f"b{gate}": rng.normal(size=(n_a, 1)) for gate in "fico"}
lstm_parameters |= {"Wy": rng.normal(size=(n_y, n_a)), "by": rng.normal(size=(n_y, 1))}

layer = keras.layers.LSTM(n_a, return_sequences=True)
layer.build((m, T_x, n_x))
layer.set_weights(keras_weights(lstm_parameters))  # Keras's order of the gates is i, f, c, o
theirs = layer(x.transpose(1, 2, 0), initial_state=[a0.T, np.zeros((m, n_a))])

a, y, c, lstm_caches = lstm_forward(x, a0, lstm_parameters)
print("largest difference:", np.abs(a.transpose(1, 2, 0) - np.asarray(theirs)).max())

# %% [markdown]
# **The graded part ends here.** Next, for practice, you write the backward pass and measure why plain
# cells forget: then you know what to do when your own network does not learn a long sequence.
#
# ### And the GRU?
#
# The gated recurrent unit (Cho et al., 2014) makes do with one state and two gates. An update gate
# $\Gamma_u$ writes and forgets at once, $a^{\langle t \rangle} = \Gamma_u * \tilde c + (1 - \Gamma_u) *
# a^{\langle t-1 \rangle}$, and a reset gate $\Gamma_r$ says how much of the old state the candidate may
# see, $\tilde c = \tanh(W_c [\Gamma_r * a^{\langle t-1 \rangle};\ x^{\langle t \rangle}] + b_c)$. It is
# in `dltf.rnn.gru`, forward and backward. Keras's own has the reset *after* the matrix by default; both
# forms are in there.
#
# ---
#
# ## 4. Practice: the backward pass
#
# Frameworks differentiate for you. They do it like this. `da_next` is what a cost says of the state
# that a step has made. Going back through one step of the plain cell, the chain rule first passes
# $\tanh$, whose slope at $z$ is $1 - \tanh^2 z$ (which is in the cache, in disguise), and then the sum
# inside, to each of its terms.
#
# **Practice.** Write `rnn_cell_backward`. Every gradient has the shape of what it is the gradient of:
# that alone decides most of the transposes.

# %% tags=["exercise"]
from dltf.rnn import rnn_cell_backward

# %%
dltf.check(rnn_cell_backward)

# %% [markdown]
# Now through time. A state is used *twice*: its own output is made from it, of which `da[:, :, t]`
# speaks, and the next step begins with it. The two gradients are added. And all steps use the same
# weights, so their gradients are added as well.
#
# **Practice.** Write `rnn_backward`, from the last step to the first.

# %% tags=["exercise"]
from dltf.rnn import rnn_backward

# %%
dltf.check(rnn_backward)

# %% [markdown]
# The check compares with the reference. There is a judge above both: the difference quotient. Move a
# number a little, see what the cost does.


# %%
def difference_quotients(cost, value, h=1e-6):
    """Return the slope of `cost(value)` in every entry, by central differences."""
    slopes = np.zeros_like(value)
    for index in np.ndindex(value.shape):
        step = np.zeros_like(value)
        step[index] = h
        slopes[index] = (cost(value + step) - cost(value - step)) / (2 * h)
    return slopes


a, y_pred, caches = rnn_forward(x, a0, parameters)
da = rng.normal(size=a.shape)  # what some cost says of each state: here cost = sum(da * a)
gradients = rnn_backward(da, caches)


def cost_of(name):
    return lambda value: np.sum(da * rnn_forward(x, a0, {**parameters, name: value})[0])


for name in ("Wax", "Waa", "ba"):
    slopes = difference_quotients(cost_of(name), parameters[name])
    print(f"d{name}: largest difference {np.abs(gradients['d' + name] - slopes).max():.1e}")

# %% [markdown]
# **Practice.** `lstm_cell_backward`. The memory has two ways to the cost: on to the next step, from
# where `dc_next` comes, and into `a_next`. Add them up first; the rest goes gate by gate. The slope of
# $\sigma$ at $z$ is $\sigma(z)\,(1 - \sigma(z))$.

# %% tags=["exercise"]
from dltf.rnn import lstm_cell_backward

# %%
dltf.check(lstm_cell_backward)

# %% [markdown]
# **Practice.** `lstm_backward`. If you have an older notebook of this course: the expected
# output that it prints for this function, in the version of 2017, is *wrong*, and its code is too (what
# the next step sends back is not added). Trust no published number that you can compute.

# %% tags=["exercise"]
from dltf.rnn import lstm_backward

# %%
dltf.check(lstm_backward)

# %%
a, y, c, lstm_caches = lstm_forward(x, a0, lstm_parameters)
gradients = lstm_backward(da, lstm_caches)


def lstm_cost_of(name):
    return lambda value: np.sum(da * lstm_forward(x, a0, {**lstm_parameters, name: value})[0])


for name in ("Wf", "Wi", "Wc", "Wo", "bf"):
    slopes = difference_quotients(lstm_cost_of(name), lstm_parameters[name])
    print(f"d{name}: largest difference {np.abs(gradients['d' + name] - slopes).max():.1e}")

# %% [markdown]
# ## 5. Four kinds of recurrent networks
#
# In Keras the loop over the steps is `keras.layers.RNN`, and all it needs is a cell: a layer that
# computes *one* step. `RNNCell`, `LSTMCell` and `GRUCell` of `dltf.rnn.cells` are the functions that you
# have written, in a few lines each (have a look!). The backward pass through the loop comes for free.

# %%
own = keras.layers.RNN(LSTMCell(n_a), return_sequences=True)
own.build((m, T_x, n_x))
own.set_weights(keras_weights(lstm_parameters))
states = own(x.transpose(1, 2, 0), initial_state=[a0.T, np.zeros((m, n_a))])
print("largest difference:", np.abs(a.transpose(1, 2, 0) - np.asarray(states)).max())

# %% [markdown]
# What such a network is good for depends on which of its inputs and outputs you use. Four models,
# four toy tasks, a few seconds each, all trained by the course's training loop:

# %%
keras.utils.set_random_seed(1)
models = {}
for name, kind in KINDS.items():
    models[name], history = train_kind(name, seed=1, progress=False)
    measure = kind.metric.__name__
    print(f"{name}\n    {kind.task}")
    print(f"    {measure} {history.last['val_' + measure]:.3f} on examples it has not seen\n")

# %% [markdown]
# **One to many.** Two numbers go in, a wave comes out. What the network wrote last is what it reads
# next; the two numbers only set its first state. Three waves that it was never shown:

# %%
wishes, waves = data.make_waves(3, rng=5)
ax = plotting.plot_waves(waves, models["one to many"](wishes))
_ = ax.set_title("one to many: from height and frequency to a wave")

# %% [markdown]
# **Many to one.** Words go in, one verdict comes out. A network that only counts words cannot solve
# this, since "not" turns the next word round:

# %%
for review in ("film good", "film not good", "not bad", "not not bad", "bad not bad good"):
    words = np.array([[WORDS.index(word) for word in review.split()]])
    logit = float(models["many to one"](words)[0, 0])
    print(f"{review:18} praise: {float(sigmoid(logit)):.3f}")

# %% [markdown]
# It was trained on reviews of eight words. These are shorter, and it does not mind ("not not bad", in
# the toy language, is a "not" that turns nothing, and a "not bad").
#
# **Many to many, equal lengths.** After every character: how many brackets are open?

# %%
text = "a(a(()a))(a)aa()((a)a(a))"
counts = models["many to many, equal lengths"](np.array([[BRACKETS.index(c) for c in text]]))
print(text)
print("".join(str(int(count)) for count in np.argmax(counts[0], axis=-1)))

# %% [markdown]
# **Many to many, different lengths.** Ten places go in, the three letters among the blanks come out. One
# cell reads, another writes; a single state is all that passes between them. (Translation works like
# this. You will meet it again, and meet its limits.)

# %%
places, letters = data.make_blanks(4, rng=6)
written = np.argmax(models["many to many, different lengths"](places), axis=-1)
for row, wanted, got in zip(places, letters, written, strict=True):
    shown = "".join("·ABCDE"[i] for i in row)
    print(f"{shown}   wanted {''.join('ABCDE'[i] for i in wanted)}", end="   ")
    print(f"got {''.join('ABCDE'[i] for i in got)}")

# %% [markdown]
# ## 6. A long way: gradients that vanish
#
# Now to the question with which the LSTM began. Take a fresh cell, let it read a hundred steps, put a
# cost on the last state, and ask how large its gradient still is $k$ steps earlier. If the gradient is
# gone, no learning rule that follows it can find out that those steps mattered.

# %%
noise = np.random.default_rng(1).normal(size=(8, 100, 4))
curves = {
    "plain": gradients_by_lag(fresh_cell("rnn", 32, 4, rng=1), noise),
    "GRU": gradients_by_lag(fresh_cell("gru", 32, 4, rng=1), noise),
    "LSTM": gradients_by_lag(fresh_cell("lstm", 32, 4, rng=1), noise),
    "LSTM, forget gates nearly open": gradients_by_lag(
        fresh_cell("lstm", 32, 4, steps=100, rng=1), noise
    ),
}
ax = plotting.plot_gradients_by_lag(curves)
_ = ax.set_title("What is left of a gradient")
for name, norms in curves.items():
    print(f"{name:31} kept per step, from 10 to 60 back: {(norms[60] / norms[10]) ** (1 / 50):.2f}")

# %% [markdown]
# Three of the four fall along straight lines, and the axis is logarithmic. The plain cell loses nearly
# one third per step, although its matrix is orthogonal and shortens nothing: what it loses, it loses to
# the slope of $\tanh$. A fresh GRU does no better, since its gates begin half shut. Of an LSTM that
# begins with Keras's bias (1, so a forget gate of about 0.73) much more is left, and if the gates begin
# at $1 - 1/100$ the gradient arrives.
#
# It even *rises* towards the first steps. They are special: the memory began at zero, and where it is
# small $\tanh c$ is steep, so that a small change of an early state changes all that the gates do
# afterwards. Later the memory is large, and $\tanh c$ flat. (Read 160 steps instead of 100: the rise
# stays at the first ones.)
#
# Does that matter for learning? Here are sequences of forty symbols, four different ones, drawn at
# random. The network must say at the end which of them *came first*. All else is noise. A guess is
# right one time in four.

# %%
recall = {
    label: train_to_recall(kind, T=40, epochs=10, seed=1, progress=False)
    for kind, label in (("rnn", "plain"), ("lstm", "LSTM, forget gates nearly open"))
}
runs = {label: history.values for label, history in recall.items()}
ax = plotting.plot_histories(runs, "val_right")
ax.axhline(0.25, color="#333333", lw=1.0, ls=":")
ax.set_ylabel("share of right answers")
ax.set_ylim(0, 1.03)
_ = ax.set_title("Which symbol came first, 40 steps ago?")
right = {label: history.last["val_right"] for label, history in recall.items()}
claim(
    "the LSTM learns it, and the plain network is far behind",
    [right["LSTM, forget gates nearly open"] > 0.9, right["plain"] < 0.8],
    ", ".join(f"{label} {share:.2f}" for label, share in right.items()),
)

# %% [markdown]
# The plain network guesses, or has hardly begun to learn. It is not that it could not *hold* the
# answer; its gradient never tells it to. (**Try it:** with `T=10` the plain one learns it, too. Where
# does it break? `docs/rnn.md` has the answer for three seeds.)
#
# ## 7. A long way: gradients that explode
#
# Going back one step multiplies by $W_{aa}^T$, after the slopes of $\tanh$. What repeated multiplication
# by one matrix does is a matter of its largest eigenvalue, the **spectral radius**: 0.9 to the power of
# 80 is 0.0002, and 1.1 to the power of 80 is 2000. As long as the states are small the slopes are nearly
# 1, and the radius decides; where states are large the slopes make gradients smaller, but a large enough
# radius wins. (It is a rule of thumb. With slopes that differ from unit to unit gradients can grow even
# at radius 0; what *guarantees* that they vanish is a largest *singular value* below 1.)
#
# Here is the gradient of a cost on the last of $T$ states, with respect to the state before the first
# step on the left, and to the recurrent weights on the right. (Medians of nine fresh cells.)

# %%
lengths, radii = [5, 10, 20, 40, 80], (0.5, 0.9, 1.0, 1.5, 2.0, 3.0)
norms = {
    part: {
        f"radius {radius:g}": np.median(
            [gradient_norms(lengths, radius, rng=seed, of=part) for seed in range(9)], axis=0
        )
        for radius in radii
    }
    for part in ("first state", "recurrent weights")
}
axes = plotting.new_axes(2, width=4.4, height=3.6)
plotting.plot_gradient_norms(lengths, norms["first state"], ax=axes[0])
axes[0].set_title("Of the first state")
axes[0].set_ylabel("norm of the gradient")
axes[0].get_legend().remove()
plotting.plot_gradient_norms(lengths, norms["recurrent weights"], clip=1.0, ax=axes[1])
_ = axes[1].set_title("Of the recurrent weights, and clipped")
far = {name: values[-1] for name, values in norms["first state"].items()}
claim(
    "over 80 steps the gradient vanishes at radius 0.5 and explodes at radius 3",
    [far["radius 0.5"] < 1e-9, far["radius 3"] > 1e6],
    f"{far['radius 0.5']:.0e} and {far['radius 3']:.0e}",
)

# %% [markdown]
# On the left both diseases: below a radius of 1 the longer the sequence the less comes back, above it the
# more. On the right the first one is hidden. The weights get a gradient from *every* step, so with a
# radius of 0.5 they still get that of the last few steps: they learn, but nothing about what was long ago.
#
# Where gradients explode, one of them throws the weights far away, and all that was learned is lost. **Clipping** is the
# remedy: if all gradients together are longer than some norm, shorten them, and keep their
# direction.

# %%
steep = {"dWaa": 50 * rng.normal(size=(n_a, n_a)), "dba": rng.normal(size=(n_a, 1))}
clipped, before = clip_by_norm(steep, max_norm=1.0)
_, after = clip_by_norm(clipped, max_norm=1.0)
print(f"norm {before:.1f} before, {after:.1f} after")
print("the direction stays:", np.allclose(clipped["dWaa"] / steep["dWaa"], 1 / before))

# %% [markdown]
# In Keras it is an argument of the optimizer. A plain cell that begins with spectral radius 1.5, the same
# task over fifteen symbols, the same weights and learning rate, without and with:

# %%
runs = {
    label: train_to_recall(
        "rnn",
        T=15,
        radius=1.5,
        optimizer=keras.optimizers.SGD(0.5, global_clipnorm=clip),
        seed=1,
        progress=False,
    )
    for clip, label in ((None, "gradient as it is"), (0.25, "clipped to norm 0.25"))
}
for label, history in runs.items():
    print(f"{label:22} right: {history.last['val_right']:.2f}")
ax = plotting.plot_histories({label: history.values for label, history in runs.items()})
_ = ax.set_title("Spectral radius 1.5, learning rate 0.5")
free, clipped_run = (history.last["val_right"] for history in runs.values())
claim("only the clipped run learns the task", [clipped_run > 0.9, free < 0.6])

# %% [markdown]
# ## What to take along
#
# - **One cell, all steps.** Weights are shared over time; a state is handed on. Forward it is a loop, and
#   backward it is the same loop the other way, in which every state gets *two* gradients and every weight
#   gets one from each step.
# - **The LSTM adds** where the plain cell multiplies: its memory is changed through gates, and a
#   gradient goes back through an open gate unharmed.
# - **Gradients vanish** over long ways in plain cells: use gates, and begin with the forget gate open.
#   **Gradients explode** if the recurrent matrix is too large: clip them.
# - **Sizes that differ** ($n_a \neq n_x \neq n_y$, $m > 1$) and a difference quotient find most mistakes
#   before anybody else does.
