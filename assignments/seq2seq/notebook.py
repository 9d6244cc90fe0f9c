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
# # From one sequence to another: attention
#
# "2 May 1977", "may 2 1977" and "2.05.77" are one day. A network that turns them all into
# "1977-05-02" has to read something of any length and write something else: it needs an *encoder*
# that reads and a *decoder* that writes. And where the decoder writes the month, it should look at
# the month. That is *attention*, and you will see it in a plot.
#
# You will write two functions (they count):
#
# 1. `one_step_attention`: look at every place of the input, and decide what matters now;
# 2. `modelf`: the whole model, in which ten steps share one set of layers.
#
# Five more are for practice: masks, teacher forcing and the loss that goes with it, beam search, and
# the counting behind BLEU. After each, `dltf.check` tries your function on fresh random inputs.

# %%
import time
from collections.abc import Callable, Sequence
from typing import Any

import dltf  # first: it keeps TensorFlow's start-up log out of the notebook

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops
from keras.layers import (
    LSTM,
    Activation,
    Bidirectional,
    Concatenate,
    Dense,
    Dot,
    Input,
    RepeatVector,
)

from dltf import data, plotting
from dltf.claims import claim
from dltf.seq2seq import experiments
from dltf.seq2seq.metrics import corpus_bleu
from dltf.data import registry
from dltf.data.dates import FORMATS, TEN_LOCALES, ambiguity, make_dates
from dltf.data.translation import split_pairs, tokenize, with_versions
from dltf.seq2seq.date_model import DateModel, load_trained_date_model
from dltf.seq2seq import (
    Array,
    NDArray,
    Step,
    exhaustive_search,
    load_dataset,
    plot_attention_map,
    preprocess_data,
    softmax,
    train_date_model,
)

# %% [markdown]
# ## The data
#
# Dates come from Babel, the library that knows how every locale writes them. Here they are English;
# further down there are ten locales.

# %%
dataset, human_vocab, machine_vocab, inv_machine_vocab = load_dataset(10_000)
dataset[:8]

# %% [markdown]
# Characters become numbers, and numbers become one-hot rows. Every input has length `Tx = 30` (padded
# with the symbol `<pad>`), every output length `Ty = 10`.

# %%
Tx, Ty = 30, 10
X, Y, Xoh, Yoh = preprocess_data(dataset, human_vocab, machine_vocab, Tx, Ty)
print("X", X.shape, " Y", Y.shape, " Xoh", Xoh.shape, " Yoh", Yoh.shape)
print(dataset[0])
print(X[0])
print(Y[0])

# %% [markdown]
# ## 1. One step of attention
#
# The encoder, an LSTM that reads in both directions, gives an *annotation* $a^{\langle t' \rangle}$
# for every position $t'$ of the input: what is there, and what is around it. The decoder is
# another LSTM with a state $s^{\langle t \rangle}$. Before it writes symbol $t$, it asks each position
# "do I need you now?". A small network answers with a number, the *energy*
#
# $$ e^{\langle t, t' \rangle} = \mathrm{relu}\big( w_2 \tanh( W_1 [a^{\langle t' \rangle};
#    s^{\langle t-1 \rangle}] + b_1) + b_2 \big), $$
#
# (the ReLU is the course's own addition to the paper: places with a negative energy all get the same
# weight, and none of them a gradient), a softmax over all places makes weights of them, and the *context*
# is the weighted mean:
#
# $$ \alpha^{\langle t, t' \rangle} = \frac{\exp e^{\langle t, t' \rangle}}
#    {\sum_{t''} \exp e^{\langle t, t'' \rangle}}, \qquad
#    context^{\langle t \rangle} = \sum_{t'} \alpha^{\langle t, t' \rangle} a^{\langle t' \rangle}. $$
#
# All ten steps ask with the *same* small network. So its layers are made once, here, and your
# functions use them:

# %%
n_a, n_s = 32, 64  # units of the encoder in each direction, and of the decoder

repeator = RepeatVector(Tx)
concatenator = Concatenate(axis=-1)
densor1 = Dense(10, activation="tanh")
densor2 = Dense(1, activation="relu")
activator = Activation(softmax, name="attention_weights")  # over axis 1, the places
dotor = Dot(axes=1)
post_activation_LSTM_cell = LSTM(n_s, return_state=True, unroll=True)
output_layer = Dense(len(machine_vocab), activation=softmax)

# %% [markdown]
# **Exercise.** Write `one_step_attention`. Copy the state to all places with `repeator`, put it behind
# the annotations with `concatenator([..., ...])`, and go through the formulas with the other layers.
# `dotor([x, y])` multiplies along the axis of time and sums.
#
# Watch the shapes: $(m, T_x, 2n_a)$ and $(m, n_s)$ come in, $(m, 1, 2n_a)$ goes out.

# %% tags=["exercise"]
from dltf.seq2seq import one_step_attention

# %%
dltf.check(one_step_attention)

# %% [markdown]
# ## 2. The model
#
# **Exercise.** Write `modelf`. The encoder is a `Bidirectional` LSTM with `n_a` units that returns the
# whole sequence. Then `Ty` times: compute the context from the state so far, let the decoder take one
# step *from its own last states*, let `output_layer` turn the new state into probabilities, and keep
# them. With `return_state=True` an LSTM returns three things: its output, its hidden state, and its
# cell state.

# %% tags=["exercise"]
from dltf.seq2seq import modelf

# %%
dltf.check(modelf)

# %%
model = modelf(Tx, Ty, n_a, n_s, len(human_vocab), len(machine_vocab))
print(f"{model.count_params():,} parameters (52,960 if all steps share their layers)")

# %% [markdown]
# There are no ten decoders in there, only one that is used ten times. Training such a model to the
# end takes a while. A few passes show that it learns:

# %%
history = train_date_model(model, Xoh[:5000], Yoh[:5000], epochs=3, seed=1, progress=False)
print("loss, summed over the ten places:", [round(float(value), 2) for value in history["loss"]])
print("a uniform predictor:", round(Ty * np.log(len(machine_vocab)), 2))

# %% [markdown]
# The course has published the weights of its own model, trained to the end. If the file is available,
# here is what it reads, and where it attends: each row is a symbol it writes, each column a character
# it reads.

# %%
if registry.find("text/date_nmt_model.h5"):
    trained = load_trained_date_model()
    texts = ["3 May 1979", "5 April 09", "21th of August 2016", "Saturday May 9 2018"]
    for text, iso in zip(
        texts, trained.read(texts, human_vocab, inv_machine_vocab)[0], strict=True
    ):
        print(f"{text:22} {iso}")
    print("One of the four is wrong, also in the course. What does the model take the zero for?")
    plot_attention_map(trained, human_vocab, inv_machine_vocab, "Saturday May 9 2018")
else:
    print("text/date_nmt_model.h5 is not available: `dltf data fetch text` fetches it.")
    print("This is your model after three epochs: it has not found out yet where to look.")
    plot_attention_map(model, human_vocab, inv_machine_vocab, "Saturday May 9 2018")

# %% [markdown]
# **The graded part ends here.** Next come masking, beam search and BLEU, which turn this model of dates
# into one that translates sentences, and tell you how well it does.
#
# ---
#
# ## 3. Practice: sentences of different length
#
# Dates all have ten places. Sentences do not: in a batch, the short ones are padded. Padding must not
# be looked at, and must not be learned.
#
# **Practice.** Write `masked_softmax` on arrays: weights that are exactly 0 at padding and sum to 1
# over the rest. (Take off the largest score before `np.exp`: a score of 1000 must not overflow.)

# %% tags=["exercise"]
from dltf.seq2seq import masked_softmax

# %%
dltf.check(masked_softmax)

# %%
scores = np.array([[[2.0, 1.0, 0.0, -1.0]], [[2.0, 1.0, 0.0, -1.0]]])
mask = np.array([[1, 1, 1, 1], [1, 1, 0, 0]])  # four words, two words
print(masked_softmax(scores, mask).round(3))

# %% [markdown]
# Our date model writes each symbol without knowing which one it wrote before. A translator has to
# know: after "je" comes "suis", after "tu" comes "es". So the word written last goes into the decoder.
# In training we do not let it read its own mistakes: it is told the right word, whatever it would
# have said. This is *teacher forcing*, and it makes training fast, since all inputs are known
# beforehand.
#
# **Practice.** Write `teacher_forcing`: the decoder's inputs, which are the targets, one place later.

# %% tags=["exercise"]
from dltf.seq2seq import teacher_forcing

# %%
dltf.check(teacher_forcing)

# %% [markdown]
# **Practice.** And `sequence_loss`: the mean of $-\log p$ of the right symbol, over all symbols that
# are there.

# %% tags=["exercise"]
from dltf.seq2seq import sequence_loss

# %%
dltf.check(sequence_loss)

# %% [markdown]
# ## 4. A faster translator: dates of ten locales
#
# `dltf.seq2seq.translator` has these parts arranged for speed: the decoder attends *after* its step, so that
# with teacher forcing the attention of all steps is one matrix product. In half a minute it reads
# English dates almost without a mistake, days that it has never seen.

# %%
began = time.perf_counter()
reader = experiments.train_on_dates(m=16_000, epochs=3, seed=1, progress=False)
print(f"trained in {time.perf_counter() - began:.0f} s")
print(experiments.score_dates(reader, ["en_US"], m=2000, rng=1))

# %%
text = "wednesday september 7 1977"
iso, weights = reader.read([text])
print(iso[0])
attention = weights[0][:10, : len(text)]  # (symbols written, characters read)
ax = plotting.plot_attention(attention, list(text), list(iso[0]))
for symbol, row in zip(iso[0], attention, strict=False):
    near = text[max(row.argmax() - 6, 0) : row.argmax() + 7]
    print(f"{symbol}  looks most ({row.max():.2f}) at {text[row.argmax()]!r}, and so at {near!r}")
claim(
    "three of the four digits of the year look at the year or at its edge",
    sum(row.argmax() >= text.index("1977") - 2 for row in attention[:4]) >= 3,
)

# %% [markdown]
# Mind what is looked at. An annotation is not a character: the three convolutions of this encoder make each
# of them from thirteen characters side by side, so a row that attends to a letter *near* the 7 has seen the
# 7. And a weight says where a symbol got its context from, not why: the dashes, which are always the same,
# need none and still look somewhere, often as sharply as the digits.
#
# `docs/seq2seq.md` has the same for ten locales at once (`python -m dltf.seq2seq.experiments ten-locales`).
# There it becomes impossible to be always right:

# %%
known = ambiguity(("en_US", "es"))
print(f"{len(known.strings):,} strings mean two days, such as {min(known.strings)!r}")
print(f"a reader who knows all patterns is right in {known.ceiling:.2%} of the cases")

# %% [markdown]
# No model beats that ceiling. An error rate means little before you know how many errors are
# unavoidable.
#
# ## 5. Practice: beam search
#
# A trained translator gives the probability of each next word. Which *sentence* is the most probable?
# There are $V^T$ of them. Taking the best word each time, greedily, may lead into a corner: "the" may
# be the best first word, and every sentence that begins with it bad.
#
# Beam search keeps the best few beginnings. One trap: each further word makes a sentence less
# probable, so that the shortest sentences win. Therefore a candidate is worth
# $\log p / \text{length}^\alpha$.
#
# **Practice.** Write the body of the loop of `beam_search`. A candidate is a pair of the symbols so
# far and their $\log p$; `worth` is given. Those that have ended stay in the race as they are.

# %% tags=["exercise"]
from dltf.seq2seq import beam_search

# %%
dltf.check(beam_search)


# %% [markdown]
# With a vocabulary of five words one can try every sentence, and see how often a beam finds the best:


# %%
def language(seed, symbols=5):
    def step(written):
        rng = np.random.default_rng([seed, len(written), *written])
        logits = 1.5 * rng.normal(size=symbols)
        return logits - np.log(np.exp(logits).sum())

    return step


widths, found = (1, 2, 3, 5, 10), []
for width in widths:
    best = [exhaustive_search(language(seed), 4, 4)[0] for seed in range(40)]
    ours = [beam_search(language(seed), 4, width, 4)[0] for seed in range(40)]
    found.append(np.mean([a == b for a, b in zip(ours, best, strict=True)]))
ax = plotting.new_axes(width=5.0, height=3.2)
ax.plot(widths, found, "o-")
ax.set(xlabel="width of the beam", ylabel="share of best sentences found", ylim=(0, 1.05))
_ = ax.set_title("How wide is enough?")
claim(
    "a wide beam finds the best sentence where going greedily, a beam of width 1, misses it",
    [found[0] < 0.9, found[-1] > found[0] + 0.1],
    ", ".join(f"width {width}: {share:.0%}" for width, share in zip(widths, found, strict=True)),
)

# %% [markdown]
# ## 6. Practice: how good is a translation?
#
# A sentence has many right translations, and a machine's is seldom one of those that we have. BLEU
# counts which runs of one, two, three and four words a reference has too.
#
# **Practice.** Write `modified_precision`, which counts for one length `n`: how many n-grams the
# translation has, and how many of them are right. An n-gram is right at most as often as it occurs in
# the reference that has it most often.

# %% tags=["exercise"]
from dltf.seq2seq import modified_precision

# %%
dltf.check(modified_precision)

# %%
translation = ["the", "the", "the", "the", "the", "the", "the"]
references = [
    ["the", "cat", "is", "on", "the", "mat"],
    ["there", "is", "a", "cat", "on", "the", "mat"],
]
print("right, in all:", modified_precision(translation, references, 1))

# %% [markdown]
# ## 7. English to French
#
# All of it together. The real pairs (Tatoeba's) take several minutes; here is a small grammar, in which
# an adjective comes before or after its noun, and has another form for feminine ones. The English
# sentences of the test are in no other part, not even with other punctuation.

# %%
LONG = False  # True: the real pairs, as in docs/seq2seq.md (about 7 minutes)
parts = split_pairs(
    data.load_sentence_pairs() if LONG else data.make_sentence_pairs(rng=0), 200, 100
)
print(f"{len(parts.train):,} pairs to learn from, such as {parts.train[0]}")
small = {"epochs": 5, "units": 48, "embedding": 32, "dropout": 0.1, "batch_size": 32}
small |= {"learning_rate": 1e-2, "rare": 1}
began = time.perf_counter()
interpreter = experiments.train_on_sentences(
    parts.train, seed=1, progress=False, **({} if LONG else small)
)
print(f"trained in {time.perf_counter() - began:.0f} s")
for width in (1, 5):
    one, every = experiments.score_sentences(interpreter, parts.test, width)
    print(f"beam {width}: BLEU {one.score:.1f} with one reference, {every.score:.1f} with all")

# %%
gathered = with_versions(parts.test)[:8]
written = interpreter.translate([english for english, _ in gathered], 5)
for (english, versions), words in zip(gathered, written, strict=True):
    print(f"{english:32} {' '.join(words):40} {versions[0]}")

# %% [markdown]
# If both beams score 100, the grammar is too easy: it is learned to the last word, the greedy translation is
# the best one, and a beam has nothing to find (in section 5 it had). On the real pairs, which nobody learns
# by heart, BLEU is 32.0 greedily and 35.5 with a beam of 5 (`docs/seq2seq.md`).
#
# ## What to take along
#
# - **Attention is a weighted mean** of what was read, with weights that depend on what is to be
#   written now. It is differentiable, so where to look is learned like everything else.
# - **All steps share their layers.** A parameter count that grows with the number of steps is a
#   mistake.
# - **Teacher forcing** makes training fast; at the end the model has to live with its own words, and
#   a **beam** forgives it some of them.
# - **Mind what can be known**: the ambiguity of "5/2/77" for dates, other right translations for
#   sentences, and test sentences that are in the training set with other punctuation.
