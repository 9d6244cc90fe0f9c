"""What people get wrong in the regularization assignment, and what to think about then."""

import itertools

from dltf.autograder import mistake, mistake_by_place

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

SQUARE = "np.sum(parameters[name] ** 2)"
mistake(
    COST,
    SQUARE,
    "np.sum(parameters[name])",
    id="not_squared",
    hint="""
        You add up the weights themselves, and negative ones make your cost smaller. What is done to
        each weight before they are summed?""",
)
mistake_by_place(
    COST,
    {
        f"W{l}": (SQUARE, f'(np.sum(parameters[name]) if name == "W{l}" else {SQUARE})')
        for l in (1, 2, 3)
    },
    id="not_squared",
    everywhere=False,
    hint="""
        You add up the weights of a layer themselves. What is done to each weight before they are
        summed?""",
)
mistake(
    COST,
    SQUARE,
    "np.mean(parameters[name] ** 2)",
    id="mean_of_squares",
    hint="""
        You take the mean of the squares. A large layer has more weights that cost something: the
        formula sums over all of them, and divides by the number of examples alone.""",
)
mistake(
    COST,
    FACTOR,
    "lambd * squares",
    id="factor_missing",
    hint="""
        Your sum of squares is multiplied by lambd alone. The formula divides it by two things
        more.""",
)
mistake(
    COST,
    FACTOR,
    "squares / (2 * m)",
    id="lambd_missing",
    hint="""
        Your cost is the same for every lambd. It says how much the weights shall cost.""",
)
mistake(
    COST,
    FACTOR,
    "lambd / (2 + m) * squares",
    id="two_added",
    hint="The denominator of the formula is a product, not a sum.",
)
for used in itertools.product((1, 2, 3), repeat=3):
    if len(set(used)) == 2 and sorted(used) == list(used):
        mistake(
            COST,
            '("W1", "W2", "W3")',
            str(tuple(f"W{l}" for l in used)),
            id="counted_" + "_".join(map(str, used)),
            hint="""
                The weights of one layer are in your sum twice, and those of another not at all: a
                copied term in which a number was not changed.""",
        )
mistake(
    COST,
    '("W1", "W2", "W3")',
    '("W1", "W1", "W1")',
    id="counted_1_1_1",
    hint="All terms of your sum are of the first layer. Each layer has weights of its own.",
)
for kept, which in ((("W2", "W3"), "first"), (("W1", "W3"), "second")):
    mistake(
        COST,
        '("W1", "W2", "W3")',
        str(kept),
        id=f"{which}_layer_missing",
        hint=f"The weights of the {which} layer cost nothing. The sum goes over all layers.",
    )
mistake(
    COST,
    '("W1", "W2", "W3")',
    '("W1",)',
    id="first_layer_alone",
    hint="Only the weights of the first layer cost something. The sum goes over all layers.",
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


def in_some_layers(id, new, hint, everywhere=True):
    """Declare a mistake in the new term of all layers, or of one; {l} is the layer."""
    places = {f"dW{l}": (TERMS[l - 1], new.format(l=l)) for l in (1, 2, 3)}
    mistake_by_place(BACK, places, id=id, hint=hint, everywhere=everywhere)


for id, new, hint in (
    (
        "half_left_over",
        "lambd / (2 * m) * W{l}",
        "Differentiate lambd/(2m) times the square of a weight on paper: what becomes of the 2?",
    ),
    (
        "m_missing",
        "lambd * W{l}",
        "Your pull towards zero is m times too strong: in the cost, everything is divided by m.",
    ),
    ("times_m", "lambd * m * W{l}", "Your pull towards zero grows with the number of examples."),
    (
        "twice",
        "2 * lambd / m * W{l}",
        "Your pull towards zero is twice what it should be: what cancels the 2 of the derivative?",
    ),
):
    in_some_layers(id, new, hint, everywhere=False)
in_some_layers(
    "squared",
    "lambd / m * W{l} ** 2",
    """
    You add the square of the weights, as in the cost. The gradient needs the *derivative* of the
    square, which keeps the sign of a weight.""",
)
in_some_layers(
    "lambd_missing",
    "1 / m * W{l}",
    "Your pull towards zero is the same for every lambd.",
)
in_some_layers(
    "weights_missing",
    "lambd / m",
    """
    You add one and the same number to every entry. The pull on a weight follows from that weight:
    differentiate its square.""",
)
in_some_layers(
    "sum_of_the_weights",
    "lambd / m * np.sum(W{l})",
    """
    You add one number, a sum over the matrix, to every entry. The gradient says for each weight how
    the cost changes with *that* weight.""",
)
in_some_layers(
    "norm_of_the_weights",
    "lambd / m * np.linalg.norm(W{l})",
    """
    You add one number, the norm of the matrix, to every entry. The gradient says for each weight
    how the cost changes with *that* weight.""",
)
mistake_by_place(
    BACK,
    {
        f"dW{l}": (
            f'gradients["dW{l}"] + {TERMS[l - 1]}',
            f'gradients["dW{l}"] - {TERMS[l - 1]}',
        )
        for l in (1, 2, 3)
    },
    id="minus",
    everywhere=False,
    hint="The price is *added* to the cost, so its gradient is added, too.",
)
mistake_by_place(
    BACK,
    {f"dW{l}": (f'gradients["dW{l}"] + {TERMS[l - 1]}', TERMS[l - 1]) for l in (1, 2, 3)},
    id="cross_entropy_lost",
    hint="""
        Your gradient knows only the price of the weights: that of the cross-entropy is gone. The
        gradient of a sum has a term for each.""",
)
mistake_by_place(
    BACK,
    {
        f"dW{l}": (f'gradients["dW{l}"] + {TERMS[l - 1]}', f'gradients["dW{l}"] * {TERMS[l - 1]}')
        for l in (1, 2, 3)
    },
    id="product",
    hint="The two terms of the cost are added; what does that make of their gradients?",
)
mistake_by_place(
    BACK,
    {
        f"db{l}": (
            f'gradients["dW{l}"] = $value',
            f'gradients["dW{l}"] = $value\ngradients["db{l}"] = gradients["db{l}"] + lambd / m * '
            f"cache[{4 * l - 1}]",
        )
        for l in (1, 2, 3)
    },
    id="biases_too",
    everywhere=False,
    hint="Your biases are pulled towards zero as well. Are they in the price?",
)
mistake_by_place(
    BACK,
    {f"dW{l}": (TERMS[l - 1], "lambd") for l in (1, 2, 3)},
    id="lambd_alone",
    hint="""
        You add lambd itself to every entry. The pull on a weight follows from that weight:
        differentiate its square.""",
)
for l, which in ((1, "first"), (2, "second")):
    mistake(
        BACK,
        f'gradients["dW{l}"] + {TERMS[l - 1]}',
        f'gradients["dW{l}"]',
        id=f"{which}_layer_missing",
        hint=f"""
            The weights of the {which} layer are not pulled. Every weight matrix is in the cost, so
            every one of their gradients has the new term.""",
    )
mistake(
    BACK,
    TERMS[1],
    "lambd / m * W1",
    id="weights_of_another_layer",
    hint="""
        The new term has another shape than the gradient that it is added to. To the dW of a layer
        belongs the W of the same layer, as it is: compare the numbers in each line.""",
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

FIRST, SECOND = "the first layer", "the second layer"


def in_some_hidden_layers(exercise, id, old, new, hint, everywhere=True):
    """Declare a mistake in both hidden layers, or in one; {l} is the layer."""
    places = {FIRST: (old[0], new.format(l=1)), SECOND: (old[1], new.format(l=2))}
    mistake_by_place(exercise, places, id=id, hint=hint, everywhere=everywhere)


for id, old, new, hint in (
    (
        "keeps_what_it_should_drop",
        DRAW,
        "rng.random(A{l}.shape) > keep_prob",
        "You keep what should be dropped: on which side of keep_prob is your True?",
    ),
    (
        "no_threshold",
        DRAW,
        "rng.random(A{l}.shape)",
        "Your mask holds the random numbers themselves. Between drawing and using it is a step.",
    ),
    (
        "scaled_by_the_dropped",
        KEEP,
        "A{l} * D{l} / (1 - keep_prob)",
        "You divide by the probability of dropping; the kept units have to make up for the others.",
    ),
    (
        "multiplied",
        KEEP,
        "A{l} * D{l} * keep_prob",
        "Your kept units become smaller, not larger; part of the sum is already missing.",
    ),
    (
        "mask_not_used",
        KEEP,
        "A{l} / keep_prob",
        "A mask is made, and no unit is dropped: it has to be multiplied into the activations.",
    ),
    (
        "one_mask_for_all",
        [f"rng.random(A{l}.shape)" for l in (1, 2)],
        "rng.random((A{l}.shape[0], 1))",
        "All examples lose the same units: draw a number for each unit *and* example.",
    ),
    (
        "z_dropped",
        [f"A{l} = A{l} * D{l} / keep_prob" for l in (1, 2)],
        "Z{l} = Z{l} * D{l} / keep_prob",
        "You drop entries of Z after A has been computed from it; it is A that goes on.",
    ),
):
    in_some_hidden_layers(DROP, id, old, new, hint, everywhere=False)
in_some_hidden_layers(
    DROP,
    "scaled_twice",
    KEEP,
    "A{l} * D{l} / keep_prob / keep_prob",
    "Your kept units are scaled twice. Once makes up for the dropped ones.",
)
in_some_hidden_layers(
    DROP,
    "half_for_keep_prob",
    DRAW,
    "rng.random(A{l}.shape) < 0.5",
    """
    Your mask keeps one half of the units, whatever keep_prob is. Where does the probability of
    keeping come in?""",
)
mistake(
    DROP,
    edits=[(KEEP[0], "D1 / keep_prob"), (KEEP[1], "D2 / keep_prob")],
    id="mask_for_the_activations",
    hint="""
        What goes on to the next layer is the mask itself: the activations are lost. The mask only
        says which of them stay.""",
)
in_some_hidden_layers(
    DROP,
    "mask_inverted",
    KEEP,
    "A{l} * (1 - D{l}) / keep_prob",
    "You multiply by the opposite of your mask: the units that it keeps are dropped.",
)
mistake(
    DROP,
    KEEP[1],
    "A2 * D1 / keep_prob",
    id="mask_of_another_shape",
    hint="""
        A mask does not have the shape of the activations that it is multiplied with. Each layer has
        a mask of its own: look at the numbers in D1, D2, A1 and A2, where the mask is drawn and
        where it is used.""",
)
mistake(
    DROP,
    DRAW[0],
    "np.random.rand(A1.shape) < keep_prob",
    id="shape_as_one_argument",
    hint="""
        np.random.rand is given a tuple. It is one of the few functions that want the sizes as
        separate arguments.""",
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

for id, new, hint in (
    (
        "mask_missing",
        "dA{l} / keep_prob",
        "Gradients flow through units that were dropped, and had no influence on the output.",
    ),
    (
        "multiplied",
        "dA{l} * D{l} * keep_prob",
        "You multiply by keep_prob. Forwards the kept units were divided by it.",
    ),
    (
        "scaled_by_the_dropped",
        "dA{l} * D{l} / (1 - keep_prob)",
        "You divide by the probability of dropping; forwards it was that of keeping.",
    ),
    (
        "scaled_twice",
        "dA{l} * D{l} / keep_prob ** 2",
        "You scale twice. dA takes the factor of the forward pass once.",
    ),
):
    in_some_hidden_layers(DBACK, id, DKEEP, new, hint, everywhere=False)
mistake(
    DBACK,
    DKEEP[0],
    "dA1 * (1 - D1) / keep_prob",
    id="mask_inverted_in_the_first_layer",
    hint="""
        In the first layer you let the gradient through where units were dropped. In the cache D is
        true where a unit was *kept*.""",
)
in_some_hidden_layers(
    DBACK,
    "activations_for_the_mask",
    DKEEP,
    "dA{l} * A{l} / keep_prob",
    """
    You multiply the gradient by the activations. What the forward pass multiplied the activations
    by was the mask.""",
)
in_some_hidden_layers(
    DBACK,
    "activations_for_the_gradient",
    DKEEP,
    "A{l} * D{l} / keep_prob",
    """
    You apply the mask to the activations again, as in the forward pass. Here it is the gradient,
    dA, that goes through the mask.""",
)
in_some_hidden_layers(
    DBACK,
    "gradient_lost",
    DKEEP,
    "D{l} / keep_prob",
    """
    Your gradient is the mask itself: what came from the layer above is lost. It has to be
    multiplied by the mask, not replaced.""",
)
mistake(
    DBACK,
    DKEEP[1],
    "dA2 * D1 / keep_prob",
    id="mask_of_the_other_layer",
    hint="""
        A gradient is multiplied by something of another shape: the mask of the other layer, or the
        gradient of the other layer. Look at the numbers in dA1, dA2, D1 and D2, line by line.""",
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
