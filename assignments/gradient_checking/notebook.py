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
# # Gradient checking: is backpropagation right?
#
# A wrong gradient does not crash. It has the right shape, the cost even goes down, and the network
# ends up a little worse than it could be; you blame the learning rate, the data, the weather. So one
# wants *proof* that a gradient is right, and there is a simple one, because the cost function, which
# is easy to write, knows its own slope: move a parameter a little and see how the cost changes.
#
# You will write five functions (they count):
#
# 1. `forward_propagation` and 2. `backward_propagation` of the smallest model there is;
# 3. `gradient_check`, which compares the two;
# 4. `gradient_check_n`, the same for a network with any number of parameters;
# 5. `backward_propagation_n`, which contains two mistakes. Your check finds them.
#
# Two more are for practice. After each, `dltf.check` tries it on fresh random inputs and, if
# something is wrong, tells you what to think about.

# %%
from collections.abc import Callable
from typing import Any

import dltf  # first: it keeps TensorFlow's start-up log out of the notebook

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from dltf import plotting
from dltf.gradient_checking import (
    Array,
    Float,
    Parameters,
    backward_propagation_n_with_bugs,
    check_gradients,
    dictionary_to_vector,
    dropout_cost,
    forward_propagation_n,
    gradient_check_n_test_case,
    gradients_to_vector,
    l2_cost,
    print_verdict,
    vector_to_dictionary,
)

# %% [markdown]
# ## 1. One parameter
#
# The smallest model has one input, one parameter and no frills: $J(\theta) = \theta x$. Here is a
# point to try things at:

# %%
x, theta = 2.0, 4.0

# %% [markdown]
# **Exercise.** Write `forward_propagation`, which returns $J$, and `backward_propagation`, which
# returns $\frac{dJ}{d\theta}$.

# %% tags=["exercise"]
from dltf.gradient_checking import forward_propagation

# %%
dltf.check(forward_propagation)

# %% tags=["exercise"]
from dltf.gradient_checking import backward_propagation

# %%
dltf.check(backward_propagation)

# %% [markdown]
# In words: how steep the cost is in $\theta$ is the input's business alone.

# %%
for value in np.linspace(-3, 3, 7):
    print(f"x = {value:2g}   slope at theta = {theta}: {backward_propagation(value, theta):2g}")

# %% [markdown]
# Now the check. The derivative is defined as a limit of differences; take a small $\varepsilon$ instead
# of the limit:
#
# $$ \text{gradapprox} = \frac{J(\theta + \varepsilon) - J(\theta - \varepsilon)}{2 \varepsilon} $$
#
# Why both sides, when one would cost half as much? For $J(\theta) = \theta^3$ at $\theta = 1$ the slope
# is 3. From one side with $\varepsilon = 0.01$ you get 3.0301, from both sides 3.0001: the error falls
# from the order of $\varepsilon$ to the order of $\varepsilon^2$, because the bend of the curve counts
# once with plus and once with minus.
#
# How near is near enough? That depends on how large the gradients are, so compare relatively:
#
# $$ \text{difference} = \frac{\lVert \text{grad} - \text{gradapprox} \rVert}
#    {\lVert \text{grad} \rVert + \lVert \text{gradapprox} \rVert} $$
#
# It is 0 when both agree, 1 when they point in opposite directions, and a factor of 2 in a gradient
# makes it one third.
#
# **Exercise.** Write `gradient_check`. *Call* the two functions above, do not write their formulas
# down once more: a check that knows the answer by itself cannot find a mistake in anybody's code.
# (The checks put a broken `backward_propagation` in the place of yours and look whether you notice.)
#
# *Useful:* `np.linalg.norm` also takes the absolute value of a single number.

# %% tags=["exercise"]
from dltf.gradient_checking import gradient_check

# %%
dltf.check(gradient_check)

# %%
difference = gradient_check(x, theta, print_msg=True)

# %% [markdown]
# ## 2. A network
#
# With many parameters nothing changes, except that there are many. Put all of them into one long
# vector, move one entry at a time, and collect the slopes in a vector as long. The network is
# LINEAR-RELU-LINEAR-RELU-LINEAR-SIGMOID with 4, 5, 3 and 1 units, so it has 47 parameters; but your
# function should not need to know that.
#
# These are given:
#
# - `dictionary_to_vector(parameters)` returns the vector, shape (n, 1), and the name that each entry
#   belongs to;
# - `vector_to_dictionary(theta, parameters)` goes back (the second argument tells the shapes);
# - `gradients_to_vector(gradients)` puts dW1, db1, ... into the same order;
# - `forward_propagation_n(X, Y, parameters)` returns the cost and a cache.

# %%
X, Y, parameters = gradient_check_n_test_case()
theta, names = dictionary_to_vector(parameters)
print("theta", theta.shape, " from", names[0], names[20], names[25], "... to", names[-1])
cost, cache = forward_propagation_n(X, Y, parameters)
print("cost", cost)

# %% [markdown]
# **Exercise.** Write the loop of `gradient_check_n` and the three lines of the formula. The gradients
# to be checked are an *argument*: they were computed elsewhere, and the question is whether they are right.
#
# *Mind:* `theta_plus = theta` makes a second name, not a second array.

# %% tags=["exercise"]
from dltf.gradient_checking import gradient_check_n

# %%
dltf.check(gradient_check_n)

# %% [markdown]
# And here is a backward propagation whose author swears that it is right. Is it?

# %%
gradients = backward_propagation_n_with_bugs(X, Y, cache)
difference = gradient_check_n(parameters, gradients, X, Y, print_msg=True)

# %% [markdown]
# 0.285: it is not. This is what the number looks like when something is really wrong.
#
# ## 3. Which line is it?
#
# One number for 47 parameters says *that* something is wrong. Look at the parameters one by one and
# it says *where*. Two short functions make a tool of it that works for any cost you can write as a
# function of a dictionary (and they are good practice; they do not count).
#
# **Practice.** Write the body of the loop of `numerical_gradient`. `parameters | {name: value}` is a
# copy of the dictionary with one array replaced.

# %% tags=["exercise"]
from dltf.gradient_checking import numerical_gradient

# %%
dltf.check(numerical_gradient)

# %% [markdown]
# **Practice.** And `relative_differences`: the formula from above, once for each parameter.

# %% tags=["exercise"]
from dltf.gradient_checking import relative_differences

# %%
dltf.check(relative_differences)


# %%
def cost_of(parameters):
    return forward_propagation_n(X, Y, parameters)[0]


numerical = numerical_gradient(cost_of, parameters)
for name, difference in relative_differences(gradients, numerical).items():
    ratio = np.linalg.norm(gradients[name]) / np.linalg.norm(numerical[name])
    print(f"{name}  relative difference {difference:.1e}   {ratio:.3f} times as large")

# %% [markdown]
# Four of the six agree to seven digits or more. Two do not, and the last column even says by which factor.
# Note that `dW1` is right although `dW2` is wrong: the mistakes sit in the lines of these two
# gradients themselves, not in the chain of dZ and dA that everything below them hangs on. A mistake
# *there* would have spoiled all layers below. So the pattern of the wrong ones tells where to look.
#
# **Exercise.** Below is that backward propagation without the two lines that were wrong. Write them.
#
# *Useful:* the other layers' lines are right. Compare.

# %% tags=["exercise"]
from dltf.gradient_checking import backward_propagation_n

# %%
dltf.check(backward_propagation_n)

# %%
gradients = backward_propagation_n(X, Y, cache)
difference = gradient_check_n(parameters, gradients, X, Y, print_msg=True)

# %% [markdown]
# ## 4. What is small enough?
#
# About $5 \cdot 10^{-8}$, and the gradient is right. With a sigmoid that rounds in another place the same
# gradient gives $1.19 \cdot 10^{-7}$: that is what the first notebooks of this course printed. They drew
# the line at $10^{-7}$ and told every student who had fixed everything that there was still a mistake.
# (Here it is drawn at $2 \cdot 10^{-7}$, which is as arbitrary.) Where does such a rest come from, when
# the formula is exact in the limit? There are two errors, and they pull in opposite directions:
#
# - **the curve is no line**: an error of about $\varepsilon^2$, which shrinks with $\varepsilon$;
# - **numbers have 16 digits**: $J(\theta+\varepsilon)$ and $J(\theta-\varepsilon)$ agree in most of them, and
#   what is left after the subtraction is divided by $2\varepsilon$: an error of about $10^{-16} /
#   \varepsilon$, which *grows* as $\varepsilon$ shrinks.
#
# So there is a best $\varepsilon$, and it is not the smallest. In single precision, with 7 digits, it
# lies elsewhere. And one thing breaks the rule altogether: a **kink**. If a ReLU sits so near its kink
# that $\varepsilon$ carries it across, the difference quotient mixes two slopes. In the green run a bias
# of the first layer was chosen so that one unit's $z$ lies $3 \cdot 10^{-5}$ from its kink, for one example.

# %%
epsilons = np.logspace(-10, -0.5, 39)
single = {name: value.astype(np.float32) for name, value in parameters.items()}
near_a_kink = parameters | {"b1": parameters["b1"].copy()}
near_a_kink["b1"][1] -= (parameters["W1"] @ X + parameters["b1"])[1, 2] - 3e-5
runs = {
    "float64": (X, parameters),
    "float32": (X.astype(np.float32), single),
    "float64, near a kink": (X, near_a_kink),
}
errors = {}
for label, (data, start) in runs.items():
    _, cache = forward_propagation_n(data, Y, start)
    exact = backward_propagation_n(data, Y, cache)
    errors[label] = [gradient_check_n(start, exact, data, Y, epsilon) for epsilon in epsilons]
    best = int(np.argmin(errors[label]))
    at = {epsilon: gradient_check_n(start, exact, data, Y, epsilon) for epsilon in (1e-2, 1e-7)}
    print(
        f"{label:21} best {errors[label][best]:.0e} at epsilon {epsilons[best]:.0e};"
        f"   at 1e-2: {at[1e-2]:.0e};   at 1e-7: {at[1e-7]:.0e}"
    )
theta, _ = dictionary_to_vector(single)
moved = (theta + np.float32(1e-7) != theta) & (theta - np.float32(1e-7) != theta)
print(f"float32: adding or subtracting 1e-7 changes {moved.sum()} of {moved.size} parameters,")
print(f"and numbers just below 1 are {np.spacing(np.float32(0.99)):.0e} apart")

# %%
ax = plotting.plot_check_errors(epsilons, errors)
_ = ax.set_title("A right gradient, checked")

# %% [markdown]
# Read the plot from the right. All gradients here are *right*; what you see is the error of the check.
#
# - **float64**: downhill with slope 2 (ten times smaller $\varepsilon$, a hundred times smaller error) to
#   the best place, then uphill with slope 1, in digits lost to rounding. (The jump at the right end is
#   the first kink that so large a step reaches.) At $10^{-7}$ we are well on the
#   left, rounding side.
# - **float32**: at $\varepsilon = 10^{-7}$ the check calls a right gradient entirely wrong. The weights do
#   change when you add so little, nearly all of them. But what comes out of the network is rounded: near 1
#   its output moves in steps of $6 \cdot 10^{-8}$ or not at all, and one such step, divided by
#   $2\varepsilon$, is as large as a gradient. With $\varepsilon = 10^{-2}$ the check finds mistakes of a
#   percent, and no much smaller ones. **Check in double precision** even if you train in single.
# - **near a kink**: fine as long as no step reaches the kink, which is as near as $\varepsilon$ times the
#   input of the weight that moves; off by one percent beyond it. If a check fails in one single entry, look for a ReLU near 0 before you look for a mistake.
#
# As a rule, in double precision and with $\varepsilon = 10^{-7}$: below $10^{-6}$ the gradient is right;
# above $10^{-3}$ it is wrong; in between look at the parameters one by one, and change $\varepsilon$: the
# error of the check moves with it, a mistake stays.
#
# ## 5. With regularization
#
# A penalty on the weights belongs to the cost, so it belongs to the gradient too. Who adds it to one and
# forgets the other is found out:

# %%
lambd = 0.7
gradients = backward_propagation_n(X, Y, forward_propagation_n(X, Y, parameters)[1])
numerical = numerical_gradient(lambda p: l2_cost(X, Y, p, lambd), parameters)
m = X.shape[1]
penalized = gradients | {
    f"dW{l}": gradients[f"dW{l}"] + lambd / m * parameters[f"W{l}"] for l in (1, 2, 3)
}
forgotten, added = (relative_differences(g, numerical) for g in (gradients, penalized))
for name in numerical:
    print(f"{name}  penalty forgotten: {forgotten[name]:.1e}   penalty added: {added[name]:.1e}")

# %% [markdown]
# ## 6. Why dropout must be off
#
# With dropout the cost is another function at every call: the two ends of the difference are taken on
# two different curves, and their distance is divided by $2 \varepsilon$. Here is one slope, asked for
# five times, with dropout on; then with the same mask every time.

# %%
rng = np.random.default_rng(0)
for _ in range(5):
    slope = numerical_gradient(lambda p: dropout_cost(X, Y, p, 0.7, rng), parameters)["db3"]
    print(f"a new mask at every call: {slope[0, 0]:12.1f}")
for _ in range(2):
    slope = numerical_gradient(
        lambda p: dropout_cost(X, Y, p, 0.7, np.random.default_rng(0)), parameters
    )["db3"]
    print(f"the same mask throughout: {slope[0, 0]:12.6f}")

# %% [markdown]
# So either switch dropout off (`keep_prob = 1`) and check the rest, which is what everybody does, or
# freeze the mask. The same holds for everything that draws random numbers while it computes the cost:
# shuffled batches, noise on the inputs, random augmentation.
#
# ## 7. Any Keras model
#
# TensorFlow differentiates for you, and does it right. But people tell it what to do: they give an
# operation a gradient of their own, stop a gradient, or go through NumPy on the way. `check_gradients`
# compares what the tape says with what the loss says, and names the parameter that is worst off.


# %%
def network(activation, dtype="float64"):
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((4,), dtype=dtype),
            keras.layers.Dense(5, activation, dtype=dtype, name="first"),
            keras.layers.Dense(3, "tanh", dtype=dtype, name="second"),
            keras.layers.Dense(1, dtype=dtype, name="third"),
        ]
    )


@tf.custom_gradient
def hasty_tanh(z):
    a = tf.tanh(z)
    return a, lambda upstream: upstream * (1 - a)  # the square is missing


rng = np.random.default_rng(1)
x, y = rng.normal(size=(20, 4)), rng.normal(size=(20, 1))
print("tanh\n", check_gradients(network("tanh"), "mse", x, y), "\n")
print("hasty tanh\n", check_gradients(network(hasty_tanh), "mse", x, y), "\n")
in_single = check_gradients(network("tanh", "float32"), "mse", x.astype("f"), y.astype("f"))
print("tanh in float32\n", in_single)

# %% [markdown]
# The wrong derivative is in the first layer's activation, so the second and third layer's gradients are
# right, and the report points to the first.
#
# ## What to take along
#
# - **A gradient can be checked** with nothing but the cost: two forward passes a parameter, from both
#   sides. Too slow to train with; run it once, on a small network, and switch it off.
# - **Compare relatively, and parameter by parameter**: which ones are wrong tells where the mistake is.
# - **The check has errors of its own**: too large an $\varepsilon$ sees the curve, too small a one sees
#   rounding, and a kink within reach spoils it. Use double precision.
# - **Randomness off**, and everything that is in the cost must be in the gradient: regularization too.
