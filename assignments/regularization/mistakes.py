"""What people get wrong in the regularization assignment, and what to think about then."""

from dltf.autograder import mistake

# compute_cost_with_regularization

COST = "compute_cost_with_regularization"
FACTOR = "lambd / (2 * m) * squares"

mistake(
    COST,
    FACTOR,
    "lambd / m * squares",
    id="half_missing",
    hint="""
        The price of your weights is twice what it should be. The one half in the formula has a
        purpose: look what happens to it when you differentiate a square. Without it, cost and
        gradient do not belong together, and a gradient check says so.""",
)
mistake(
    COST,
    FACTOR,
    "lambd / 2 * squares",
    id="m_missing",
    hint="""
        The price of your weights does not depend on the number of examples, while the cross-entropy
        is a mean over them. With more data the weights should matter less, not as much as before:
        see what the sum is
        divided by, and along which axis of Y the examples lie.""",
)
mistake(
    COST,
    FACTOR,
    "lambd / 2 * m * squares",
    id="precedence",
    hint="""
        You multiply by m where you should divide: a product after a division sign is not in the
        denominator unless parentheses put it there. Your price grows with m.""",
)
mistake(
    COST,
    "np.sum(parameters[name] ** 2)",
    "np.sum(np.abs(parameters[name]))",
    id="absolute_values",
    hint="""
        You add up absolute values. That is the other well-known price, L1, which drives weights to
        exactly zero. L2 charges a weight by its square: a weight twice as large costs four times as
        much.""",
)
mistake(
    COST,
    "np.sum(parameters[name] ** 2)",
    "np.sqrt(np.sum(parameters[name] ** 2))",
    id="norm_not_squared",
    hint="""
        You add up the norms of the matrices. The formula has their squares: look at the little 2 at
        the top right of the norm, and ask whether a root is needed at all (np.linalg.norm takes
        one).""",
)
mistake(
    COST,
    "np.sum(parameters[name] ** 2)",
    "np.sum(parameters[name]) ** 2",
    id="square_of_the_sum",
    hint="""
        You square the sum of the weights, not each weight. Positive and negative weights then
        cancel, and a matrix of large weights may cost nothing. What comes first, the square or the
        sum?""",
)
mistake(
    COST,
    '("W1", "W2", "W3")',
    '("W1", "b1", "W2", "b2", "W3", "b3")',
    id="biases_too",
    hint="""
        Your biases cost something as well. A bias moves a boundary and cannot make it wiggle: it is
        one number a unit, against a whole row of weights, so the formula leaves biases alone.""",
)
mistake(
    COST,
    '("W1", "W2", "W3")',
    '("W1", "W2")',
    id="last_layer_missing",
    hint="""
        One layer pays nothing for its weights. The sum goes over all layers, the output layer
        included.""",
)
mistake(
    COST,
    '("W1", "W2", "W3")',
    '("W3",)',
    id="last_layer_alone",
    hint="""
        Only the weights of the last layer cost something. The sum in the formula goes over all
        layers: count its terms for this network.""",
)
mistake(
    COST,
    "return cross_entropy_cost + L2_regularization_cost",
    "return L2_regularization_cost",
    id="penalty_alone",
    hint="""
        You return the price of the weights alone. Then all weights zero would be best, whatever the
        data. The cost weighs both: how badly the network fits, and how large its weights are.""",
)
mistake(
    COST,
    "return cross_entropy_cost + L2_regularization_cost",
    "return cross_entropy_cost",
    id="cross_entropy_alone",
    hint="""
        Your cost does not know of the weights at all: it is the cross-entropy as before. What has
        become of the second term?""",
)
mistake(
    COST,
    "cross_entropy_cost + $penalty",
    "cross_entropy_cost - $penalty",
    id="reward",
    hint="""
        Large weights make your cost smaller: training would let them grow for ever. They are to be
        discouraged. Look at the sign.""",
)

# backward_propagation_with_regularization

BACK = "backward_propagation_with_regularization"
TERMS = [f"lambd / m * W{l}" for l in (1, 2, 3)]


def in_every_layer(new):
    """Return edits that put another term into each layer; {l} is the layer."""
    return [(TERMS[l - 1], new.format(l=l)) for l in (1, 2, 3)]


mistake(
    BACK,
    edits=in_every_layer("lambd / (2 * m) * W{l}"),
    id="half_left_over",
    hint="""
        Your pull towards zero is half of what it should be. The price of a weight is lambd/(2m)
        times its square; differentiate that on paper: what becomes of the 2?""",
)
mistake(
    BACK,
    edits=in_every_layer("lambd * W{l}"),
    id="m_missing",
    hint="""
        Your pull towards zero is m times too strong. Everything in the cost is divided by the
        number of examples, the price of the weights too, and so is its gradient.""",
)
mistake(
    BACK,
    edits=in_every_layer("lambd * m * W{l}"),
    id="times_m",
    hint="""
        Your pull towards zero grows with the number of examples. The price of the weights is
        divided by m: what does that make of its gradient?""",
)
mistake(
    BACK,
    edits=in_every_layer("2 * lambd / m * W{l}"),
    id="twice",
    hint="""
        Your pull towards zero is twice what it should be. The derivative of the square does bring a
        2 down; but look whether something in the cost is waiting to cancel it.""",
)
mistake(
    BACK,
    edits=in_every_layer("lambd / m * np.sign(W{l})"),
    id="sign",
    hint="""
        You pull all weights with the same force, small and large alike. That is the gradient of L1.
        The price here is the square of a weight, whose slope grows with the weight.""",
)
mistake(
    BACK,
    edits=in_every_layer("lambd / m * np.sum(W{l} ** 2)"),
    id="cost_not_gradient",
    hint="""
        You add the cost itself, the same number to every entry. The gradient says for each weight
        how the cost changes with *that* weight: it has the shape of the matrix.""",
)
mistake(
    BACK,
    edits=[(f'gradients["dW{l}"] + {TERMS[l - 1]}', f'gradients["dW{l}"] - {TERMS[l - 1]}')
           for l in (1, 2, 3)],
    id="minus",
    hint="""
        Your weights are pushed away from zero. The price is *added* to the cost, so its gradient is
        added too; the minus comes later, in the update.""",
)  # fmt: skip
mistake(
    BACK,
    'gradients["dW3"] + lambd / m * W3',
    'gradients["dW3"]',
    id="last_layer_missing",
    hint="""
        The weights of one layer are not pulled. Every weight matrix is in the cost, so every one of
        their gradients has the new term.""",
)
mistake(
    BACK,
    edits=[(t, "0") for t in (TERMS[0], TERMS[1])],
    id="last_layer_alone",
    hint="""
        Only the last layer's gradient has the new term. Every weight matrix is in the cost, so all
        three gradients change.""",
)
mistake(
    BACK,
    edits=[(t, "0") for t in TERMS],
    id="not_regularized",
    hint="""
        Your gradients do not know of lambd: they are those of the cross-entropy. Then the price of
        the weights shows in the printed cost and nothing ever pays it.""",
)
mistake(
    BACK,
    "return gradients",
    """
        b1, b2, b3 = cache[3], cache[7], cache[11]
        gradients["db1"] = gradients["db1"] + lambd / m * b1
        gradients["db2"] = gradients["db2"] + lambd / m * b2
        gradients["db3"] = gradients["db3"] + lambd / m * b3
        return gradients
    """,
    id="biases_too",
    hint="""
        Your biases are pulled towards zero as well. Are they in the price, in the cost function
        that you wrote before?""",
)

# forward_propagation_with_dropout

DROP = "forward_propagation_with_dropout"
DRAW = [f"rng.random(A{l}.shape) < keep_prob" for l in (1, 2)]
KEEP = [f"A{l} * D{l} / keep_prob" for l in (1, 2)]


def both(old, new):
    """Return the edit for both hidden layers."""
    return [(o, new.format(l=l)) for l, o in zip((1, 2), old, strict=True)]


mistake(
    DROP,
    edits=both(KEEP, "A{l} * D{l}"),
    id="not_scaled",
    hint="""
        Your kept units are as large as before. If a part of the units is missing, the next layer
        gets less than it will get when all are there, at test time. Inverted dropout makes up for
        that at once: by which factor must the rest grow for the sum to keep its mean?""",
)
mistake(
    DROP,
    edits=both(DRAW, "rng.random(A{l}.shape) > keep_prob"),
    id="keeps_what_it_should_drop",
    hint="""
        You keep what should be dropped: keep_prob is the probability of *keeping* a unit. A number
        drawn evenly from 0 to 1 lies below p with probability p; on which side of keep_prob is your
        True?""",
)
mistake(
    DROP,
    edits=both(DRAW, "rng.standard_normal(A{l}.shape) < keep_prob"),
    id="normal_mask",
    hint="""
        Your mask does not keep a share of keep_prob. You draw from the normal distribution, which
        lies below keep_prob with quite another probability. Which distribution is below p with
        probability p? (In NumPy it is one letter less.)""",
)
for l, word in ((1, "first"), (2, "second")):
    mistake(
        DROP,
        DRAW[l - 1],
        f"rng.standard_normal(A{l}.shape) < keep_prob",
        id=f"normal_mask_in_the_{word}_layer",
        hint=f"""
            Your {word} layer does not keep a share of keep_prob, the other one does. Compare the
            two lines that draw: the distributions differ. Which one is below p with probability
            p?""",
    )
mistake(
    DROP,
    edits=both(DRAW, "rng.random(A{l}.shape)"),
    id="no_threshold",
    hint="""
        Your mask is not yes or no: it holds the random numbers themselves, so every unit is faded
        and none is dropped. There is a step between drawing and using it: comparing.""",
)
mistake(
    DROP,
    edits=both(KEEP, "A{l} * D{l} / (1 - keep_prob)"),
    id="scaled_by_the_dropped",
    hint="""
        You divide by the probability of dropping. Check with an example: if nine of ten units stay,
        by how much must they grow to make up for one?""",
)
mistake(
    DROP,
    edits=both(KEEP, "A{l} * D{l} * keep_prob"),
    id="multiplied",
    hint="""
        Your kept units become smaller, not larger. Part of the sum is already missing; the rest has
        to make up for it.""",
)
mistake(
    DROP,
    edits=[(KEEP[0], "A1 * D1"), (KEEP[1], "A2 * D2 / keep_prob / keep_prob")],
    id="scaled_in_one_layer",
    hint="""
        The factor sits on the wrong layer: one layer is scaled for both. Each layer loses its own
        units and has to make up for them itself, before the next layer sums them.""",
)
mistake(
    DROP,
    KEEP[1],
    "A2 * D2",
    id="second_layer_not_scaled",
    hint="""
        Your two layers are treated differently: one of them is not scaled after its units are
        dropped. What you did for the one, do for the other.""",
)
mistake(
    DROP,
    KEEP[0],
    "A1 * D1",
    id="first_layer_not_scaled",
    hint="""
        Your two layers are treated differently: the first is not scaled after its units are
        dropped. The second layer then gets too little.""",
)
mistake(
    DROP,
    edits=[("rng.random(A1.shape)", "rng.random((A1.shape[0], 1))"),
           ("rng.random(A2.shape)", "rng.random((A2.shape[0], 1))")],
    id="one_mask_for_all",
    hint="""
        All examples lose the same units. The mask has one number a unit; it should have one for
        every unit *and* every example, as the activations have.""",
)  # fmt: skip
mistake(
    DROP,
    edits=[(DRAW[1], "np.ones(A2.shape) > 0"), (KEEP[1], "A2 * D2")],
    id="first_layer_only",
    hint="""
        Only the first hidden layer loses units. This network has two hidden layers, and both take
        part.""",
)  # fmt: skip
mistake(
    DROP,
    edits=[(DRAW[0], "np.ones(A1.shape) > 0"), (KEEP[0], "A1 * D1")],
    id="second_layer_only",
    hint="""
        Only the second hidden layer loses units. This network has two hidden layers, and both take
        part.""",
)
mistake(
    DROP,
    "A3 = sigmoid(Z3)",
    "A3 = sigmoid(Z3) * (rng.random(Z3.shape) < keep_prob) / keep_prob",
    id="output_dropped",
    hint="""
        You drop the output as well. It is the answer of the network, a probability: there is
        nothing behind it that could make up for a missing one. Dropout is for hidden layers.""",
)
mistake(
    DROP,
    "Z1 = W1 @ X + b1",
    "Z1 = W1 @ (X * (rng.random(X.shape) < keep_prob) / keep_prob) + b1",
    id="input_dropped",
    hint="""
        You drop inputs. In this exercise the inputs all stay: with two numbers an example, losing
        one would lose half of what is known. Only the hidden layers lose units.""",
)
mistake(
    DROP,
    edits=[(KEEP[0], "A1 / keep_prob"), (KEEP[1], "A2 / keep_prob")],
    id="mask_not_used",
    hint="""
        You make the masks and scale, but no unit is dropped. The mask has to be multiplied into the
        activations.""",
)  # fmt: skip
mistake(
    DROP,
    edits=[("A1 = A1 * D1 / keep_prob", "Z1 = Z1 * D1 / keep_prob"),
           ("A2 = A2 * D2 / keep_prob", "Z2 = Z2 * D2 / keep_prob")],
    id="z_dropped",
    hint="""
        You drop entries of Z after A has been computed from it, so the next layer gets everything.
        It is the activations that go on to the next layer.""",
)  # fmt: skip
mistake(
    DROP,
    edits=both(KEEP, "A{l} * D{l} / np.sqrt(keep_prob)"),
    id="root",
    hint="""
        You scale by the root of keep_prob. Dropout is to keep the mean of a sum, which is
        proportional to the factor itself; roots come in when variances are to be kept.""",
)

# backward_propagation_with_dropout

DBACK = "backward_propagation_with_dropout"
DKEEP = [f"dA{l} * D{l} / keep_prob" for l in (1, 2)]

mistake(
    DBACK,
    edits=both(DKEEP, "dA{l} * D{l}"),
    id="not_scaled",
    hint="""
        Your gradients are too small by a factor for every layer they pass. Forwards you made the
        kept units larger; the chain rule wants the same factor on the way back.""",
)
mistake(
    DBACK,
    edits=both(DKEEP, "dA{l} / keep_prob"),
    id="mask_missing",
    hint="""
        Gradients flow through units that were not there. A unit that was dropped had no influence
        on the output, so what is its gradient?""",
)
mistake(
    DBACK,
    edits=both(DKEEP, "dA{l}"),
    id="dropout_forgotten",
    hint="""
        Your gradients do not know of dropout: neither the masks nor the factor of the forward pass
        appear. Whatever was done to A going forward has to be done to dA coming back.""",
)
mistake(
    DBACK,
    edits=both(DKEEP, "dA{l} * D{l} * keep_prob"),
    id="multiplied",
    hint="""
        You multiply by keep_prob on the way back. Forwards the kept units were divided by it, and
        the derivative of x / p with respect to x is not p.""",
)
mistake(
    DBACK,
    edits=both(DKEEP, "dA{l} * D{l} / (1 - keep_prob)"),
    id="scaled_by_the_dropped",
    hint="""
        You divide by the probability of dropping. Forwards, the kept units were divided by that of
        keeping.""",
)
mistake(
    DBACK,
    edits=both(DKEEP, "dA{l} * (1 - D{l}) / keep_prob"),
    id="mask_inverted",
    hint="""
        You let the gradient through where units were dropped and stop it where they were kept. In
        the cache D is true where a unit was *kept*.""",
)
mistake(
    DBACK,
    DKEEP[0],
    "dA1",
    id="first_layer_forgotten",
    hint="""
        In one of the two layers the gradient does not know of dropout. Both hidden layers lost
        units on the way forward.""",
)
mistake(
    DBACK,
    DKEEP[1],
    "dA2",
    id="second_layer_forgotten",
    hint="""
        In the second layer the gradient does not know of dropout. Both hidden layers lost units on
        the way forward, and what goes wrong above reaches everything below.""",
)
mistake(
    DBACK,
    DKEEP[0],
    "dA1 * D1",
    id="first_layer_not_scaled",
    hint="""
        In one of the two layers the gradient has the mask and not the factor. Both layers were
        scaled on the way forward.""",
)
mistake(
    DBACK,
    DKEEP[1],
    "dA2 * D2",
    id="second_layer_not_scaled",
    hint="""
        In the second layer the gradient has the mask and not the factor. Both layers were scaled on
        the way forward.""",
)
mistake(
    DBACK,
    edits=both(DKEEP, "dA{l} * D{l} / keep_prob ** 2"),
    id="scaled_twice",
    hint="""
        You scale twice in each layer. The activations in the cache are those after dropout and need
        no further correction; only dA takes the factor, once.""",
)

# normalize_inputs

NORM = "normalize_inputs"
BOTH = "(train_X - mean) / std, (test_X - mean) / std"

mistake(
    NORM,
    BOTH,
    """(train_X - mean) / std, (test_X - np.mean(test_X, axis=1, keepdims=True)) / np.where(
        np.std(test_X, axis=1, keepdims=True) > 0, np.std(test_X, axis=1, keepdims=True), 1)""",
    id="each_by_its_own",
    hint="""
        You normalize the test set by its own mean and variance. Then one and the same point is
        another input in training than in use, and a single new example could not be normalized at
        all. Which numbers does the network know when it is in use?""",
)
mistake(
    NORM,
    edits=[
        (f"np.{name}(train_X, axis=1, keepdims=True)",
         f"np.{name}(np.hstack([train_X, test_X]), axis=1, keepdims=True)")
        for name in ("mean", "std")
    ],
    id="both_together",
    hint="""
        You measure mean and variance over both sets together. The test set stands for examples that
        nobody has seen yet; nothing may be learned from it, not even its mean.""",
)  # fmt: skip
mistake(
    NORM,
    BOTH,
    "(train_X - mean) / std**2, (test_X - mean) / std**2",
    id="by_the_variance",
    hint="""
        You divide by the variance. Dividing by s divides the variance by s squared; what do you
        have to divide by to make it 1?""",
)
mistake(
    NORM,
    BOTH,
    "train_X - mean, test_X - mean",
    id="only_moved",
    hint="""
        Your features have mean 0 and still their old spread. The second half of normalizing makes
        their variance 1.""",
)
mistake(
    NORM,
    edits=[("np.mean(train_X, axis=1, keepdims=True)", "np.mean(train_X)"),
           ("np.std(train_X, axis=1, keepdims=True)", "np.std(train_X)")],
    id="all_features_together",
    hint="""
        You use one mean and one spread for all features. The point is that features come in
        different units: each row gets its own.""",
)  # fmt: skip
mistake(
    NORM,
    "std = np.where(std > 0, std, 1)",
    "",
    id="division_by_zero",
    hint="""
        A feature that never changes has spread 0, and dividing by it gives NaN, which then spreads
        through the whole network. Decide what such a feature should be divided by.""",
)

# logistic_gradients

LOGISTIC = "logistic_gradients"

mistake(
    LOGISTIC,
    "lambd / m * slope",
    "lambd / (2 * m) * slope",
    id="half_left_over",
    hint="""
        Your pull is half of what it should be. Differentiate the price on paper: the square brings
        down a 2.""",
)
mistake(
    LOGISTIC,
    "lambd / m * slope",
    "lambd * slope",
    id="m_missing",
    hint="""
        Your pull does not know how many examples there are. The price in the cost is divided by m,
        so its gradient is too.""",
)
mistake(
    LOGISTIC,
    'w if penalty == "l2" else np.sign(w)',
    "w",
    id="l2_always",
    hint="""
        Your L1 pulls small weights weakly and large ones strongly, as L2 does. The price is the
        absolute value of a weight: what is the slope of |w| to the right of 0, and to the left?""",
)
mistake(
    LOGISTIC,
    'w if penalty == "l2" else np.sign(w)',
    'w if penalty == "l2" else np.abs(w)',
    id="absolute_value",
    hint="""
        You add the absolute value itself: negative weights are then pushed further away from zero.
        The gradient needs the *slope* of |w|, which has only two values.""",
)
mistake(
    LOGISTIC,
    "db = np.sum(dZ) / m",
    "db = np.sum(dZ) / m + lambd / m * b",
    id="bias_too",
    hint="""
        Your bias is pulled as well. It costs nothing in this cost function.""",
)
mistake(
    LOGISTIC,
    "db = np.sum(dZ) / m",
    "db = np.sum(dZ)",
    id="bias_not_a_mean",
    hint="""
        The gradient of your bias is a sum over the examples; the cost is a mean over them.""",
)

# InvertedDropout

LAYER = "InvertedDropout"

mistake(
    LAYER,
    "inputs / self.keep_prob",
    "inputs",
    id="not_scaled",
    hint="""
        Your layer drops and does not scale. In use, when nothing is dropped, the next layer would
        get more than it ever saw in training.""",
)
mistake(
    LAYER,
    "draw >= 1 - self.keep_prob",
    "draw >= self.keep_prob",
    id="keeps_what_it_should_drop",
    hint="""
        You keep what should be dropped. Keras's Dropout is told the probability of dropping, this
        layer that of keeping.""",
)
mistake(
    LAYER,
    "not training",
    "training is None",
    id="always_on",
    hint="""
        Your layer drops outside training as well: the same input gives another answer every time.
        What does the argument `training` say?""",
)
mistake(
    LAYER,
    "not training",
    "training",
    id="the_wrong_way_round",
    hint="""
        Your layer drops in use and not in training. It is in training that the network must learn
        to do without any single unit.""",
)
mistake(
    LAYER,
    "seed=self.seed_generator",
    "seed=self.seed or 0",
    id="same_mask_for_ever",
    hint="""
        Every call of your layer drops the same inputs. A whole number as a seed starts the same
        stream over and over; the layer has a generator that goes on from call to call.""",
)
mistake(
    LAYER,
    "keras.ops.shape(inputs)",
    "(1, *keras.ops.shape(inputs)[1:])",
    id="one_mask_for_all",
    hint="""
        All examples of a batch lose the same units. Draw a number for each entry of the input.""",
)
mistake(
    LAYER,
    "keras.random.uniform",
    "keras.random.normal",
    id="normal_mask",
    hint="""
        Your layer does not keep a share of keep_prob: you draw from a normal distribution, which
        lies above a threshold with quite another probability.""",
)
