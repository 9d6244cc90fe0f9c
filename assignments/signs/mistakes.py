"""What people get wrong in the signs assignment, and what to think about then."""

from dltf.autograder import mistake, mistake_by_place

# softmax

mistake(
    "softmax",
    "np.exp(Z - Z.max(axis=0))",
    "np.exp(Z)",
    id="overflow",
    hint="""
        Large scores give inf or 0 divided by each other. Softmax stays the same when one number is
        taken away from all scores of an example: which number makes every power harmless?""",
)
mistake(
    "softmax",
    edits=[
        ("Z.max(axis=0)", "Z.max(axis=1)"),
        ("powers.sum(axis=0)", "powers.sum(axis=1)"),
    ],
    id="over_the_examples",
    hint="""
        Your rows add up to 1. An example is a column, and it is its own probabilities that must add
        up to 1: which axis holds the classes?""",
)
mistake(
    "softmax",
    "powers.sum(axis=0)",
    "powers.sum()",
    id="over_everything",
    hint="""
        All your probabilities together add up to 1. Every example must have a 1 of its own: sum
        along one axis only.""",
)
mistake(
    "softmax",
    "np.exp(Z - Z.max(axis=0))",
    "Z - Z.min(axis=0)",
    id="no_exponential",
    hint="""
        Your shares are those of the scores themselves. Softmax takes the exponential of each score
        first, which makes negative scores positive and large ones larger.""",
)

# one_hot


@mistake("one_hot")
def examples_in_rows(classes, C):
    """Your examples are rows. Here an example is a column, in labels as everywhere: (C, m)."""
    classes = np.asarray(classes).reshape(-1)
    return np.eye(C)[classes]


mistake(
    "one_hot",
    "Y[classes, np.arange(len(classes))] = 1",
    "Y[classes] = 1",
    id="whole_rows",
    hint="""
        Whole rows of yours are 1. An index for the row alone takes all columns; say for each
        example which row *and* which column.""",
)
mistake(
    "one_hot",
    "Y[classes, np.arange(len(classes))] = 1",
    "Y[classes - 1, np.arange(len(classes))] = 1",
    id="counted_from_one",
    hint="""
        Your ones stand one row off. Classes are counted from 0, like the rows of an array.""",
)

# cross_entropy

mistake(
    "cross_entropy",
    "np.mean(losses)",
    "np.sum(losses)",
    id="sum_for_mean",
    hint="""
        Your cost is too large by the number of examples. A mean lets batches of different sizes be
        compared.""",
)
mistake(
    "cross_entropy",
    "np.mean(losses)",
    "np.sum(losses) / Y.size",
    id="mean_over_classes_too",
    hint="""
        Your cost is too small by the number of classes. The terms of an example are added; only
        examples are averaged.""",
)
mistake(
    "cross_entropy",
    "-np.sum(Y * np.log(AL), axis=0)",
    "np.sum(Y * np.log(AL), axis=0)",
    id="sign",
    hint="""
        Your cost is negative. The log of a probability is at most 0, and a cost should fall as the
        probability of the true class rises.""",
)
mistake(
    "cross_entropy",
    "Y * np.log(AL)",
    "Y * np.log(AL) + (1 - Y) * np.log(1 - AL)",
    id="logistic_loss",
    hint="""
        You have added what the wrong classes contribute to a *logistic* loss. Softmax
        probabilities add up to 1: the one of the true class says everything.""",
)

# cross_entropy_gradient

mistake(
    "cross_entropy_gradient",
    "(softmax(Z) - Y) / m",
    "softmax(Z) - Y",
    id="not_of_the_mean",
    hint="""
        Your gradient is that of the sum of the losses. The cost is their mean: what does that do to
        every derivative?""",
)
mistake(
    "cross_entropy_gradient",
    "(softmax(Z) - Y) / m",
    "(Y - softmax(Z)) / m",
    id="uphill",
    hint="""
        Your gradient has the wrong sign. Where the probability of a wrong class is above 0, a
        larger score makes the cost larger: the derivative is positive there.""",
)
mistake(
    "cross_entropy_gradient",
    "(softmax(Z) - Y) / m",
    "(Z - Y) / m",
    id="scores_for_probabilities",
    hint="""
        Your gradient compares labels with scores. What belongs beside a label is a probability.""",
)
mistake(
    "cross_entropy_gradient",
    "(softmax(Z) - Y) / m",
    "(softmax(Z) - Y) / Y.size",
    id="divided_by_everything",
    hint="""
        Your gradient is too small by the number of classes. The mean runs over examples only.""",
)

# linear_function

mistake(
    "linear_function",
    "tf.matmul(W, X) + b",
    "tf.matmul(W, X)",
    id="no_bias",
    hint="""
        Your b is drawn and not used. A linear function has two parts: the product, and what is
        added to it.""",
)
mistake(
    "linear_function",
    "tf.matmul(W, X) + b",
    "W * tf.transpose(X) + b",
    id="entry_by_entry",
    hint="""
        Your result has a column for every input. An asterisk multiplies entry by entry; a matrix
        product adds the products up.""",
)
mistake(
    "linear_function",
    "tf.matmul(W, X) + b",
    "tf.transpose(tf.matmul(W, X) + b)",
    id="lying_down",
    hint="""
        Your result is a row. X is a column of three features, and Y a column of four.""",
)
mistake(
    "linear_function",
    "tf.matmul(W, X) + b",
    "tf.matmul(W, X) - b",
    id="bias_taken_away",
    hint="""
        Your b has the wrong sign. It is what Y is where X is 0.""",
)

for id, new, hint in (
    (
        "product_turned",
        "tf.matmul(X, W) + b",
        """
        Your product does not fit: W has shape (4, 3) and X (3, 1). Which of the two stands on the
        left, so that the inner numbers agree?""",
    ),
    (
        "shapes_entry_by_entry",
        "tf.multiply(W, X) + b",
        """
        You multiply entry by entry, and the shapes do not fit. W X is the product of matrices,
        which has a function of its own.""",
    ),
    ("bias_as_a_factor", "tf.matmul(W, X) * b", "Your bias multiplies. It is added."),
    ("input_added", "tf.matmul(W, X) + X[0]", "You add the input. Y = W X + b: what is b?"),
):
    mistake("linear_function", "tf.matmul(W, X) + b", new, id=id, hint=hint)

# sigmoid

mistake(
    "sigmoid",
    "tf.math.sigmoid(z)",
    "1 / (1 + tf.exp(z))",
    id="mirrored",
    hint="""
        Your function falls. A sigmoid rises from 0 to 1: look at the sign in its exponent.""",
)
mistake(
    "sigmoid",
    "tf.math.sigmoid(z)",
    "tf.tanh(z)",
    id="tanh",
    hint="""
        Your function is -1 on the far left. A sigmoid is a probability, between 0 and 1.""",
)
mistake(
    "sigmoid",
    "z = tf.cast(z, tf.float32)",
    "z = tf.convert_to_tensor(z)",
    id="no_cast",
    hint="""
        Whole numbers stay whole in your function, and TensorFlow has no sigmoid of those. Turn what
        comes in into float32 first.""",
)
mistake(
    "sigmoid",
    "z = tf.cast(z, tf.float32)",
    "z = tf.round(tf.cast(z, tf.float32))",
    id="cast_to_whole_numbers",
    hint="""
        Your function knows whole numbers only: it forgets what comes after the point. To which
        type do you cast?""",
)
mistake(
    "sigmoid",
    "tf.math.sigmoid(z)",
    "tf.math.sigmoid(z) * (1 - tf.math.sigmoid(z))",
    id="derivative",
    hint="""
        This is the slope of the sigmoid, which backpropagation would need. Here its value is asked
        for; the tape finds the slope by itself.""",
)

for id, new, hint in (
    (
        "softmax",
        "tf.nn.softmax(z)",
        """
        Your results add up to 1: that is a softmax, which takes all of its inputs together. The
        sigmoid takes each on its own.""",
    ),
    (
        "relu",
        "tf.nn.relu(z)",
        "Your function is ReLU: it has no upper bound. A sigmoid has two ends.",
    ),
    (
        "not_applied",
        "z",
        "You return what came in, in another type. The function itself is missing.",
    ),
    (
        "half_a_step",
        "tf.math.sigmoid(z) - 0.5",
        "Your sigmoid lies around zero: something is subtracted.",
    ),
    (
        "exponential",
        "tf.exp(-z)",
        "Only a part of the formula is there: the exponential is below the line.",
    ),
    ("denominator", "1 + tf.exp(-z)", "You return what stands below the line of the formula."),
    ("rounded", "tf.round(tf.math.sigmoid(z))", "Your results are 0 or 1: they are rounded."),
):
    mistake("sigmoid", "tf.math.sigmoid(z)", new, id=id, hint=hint)

# one_hot_matrix

mistake(
    "one_hot_matrix",
    "tf.one_hot(label, C)",
    "tf.one_hot(label - 1, C)",
    id="counted_from_one",
    hint="""
        Your 1 stands one place too early. Labels are counted from 0, like the entries of a
        vector.""",
)
mistake(
    "one_hot_matrix",
    "tf.one_hot(label, C)",
    "tf.one_hot(label, 6)",
    id="always_six",
    hint="""
        Your vector has six entries whatever the number of classes. The second argument says how
        long it is.""",
)
mistake(
    "one_hot_matrix",
    "tf.one_hot(label, C)",
    "tf.one_hot(label, C, on_value=0.0, off_value=1.0)",
    id="one_cold",
    hint="""
        Your vector has a single 0 among ones. It should be the other way round: on at the label,
        off everywhere else.""",
)
mistake(
    "one_hot_matrix",
    "tf.one_hot(label, C)",
    "tf.one_hot([label], C)",
    id="row",
    hint="""
        Your result has two axes, a row in a matrix. One label is a vector, of shape (C,); labels
        are put side by side later.""",
)

for id, new, hint in (
    (
        "one_class_more",
        "tf.one_hot(label, C + 1)",
        "Your vector is one too long. Classes are counted from 0.",
    ),
    (
        "one_class_less",
        "tf.one_hot(label, C - 1)",
        "Your vector is one too short. How many classes are there?",
    ),
    (
        "arguments_turned",
        "tf.one_hot(C, label)",
        "Label and number of classes have changed places.",
    ),
):
    mistake("one_hot_matrix", "tf.one_hot(label, C)", new, id=id, hint=hint)

# minimize_square

mistake(
    "minimize_square",
    "w.assign_sub(learning_rate * slope)",
    "w.assign_add(learning_rate * slope)",
    id="uphill",
    hint="""
        Your cost grows. The gradient points uphill: go the other way.""",
)
mistake(
    "minimize_square",
    "w.assign_sub(learning_rate * slope)",
    "w.assign_sub(slope)",
    id="learning_rate_missing",
    hint="""
        Your step is as long as the gradient. The learning rate has to shorten it.""",
)
mistake(
    "minimize_square",
    "w.assign_sub(learning_rate * slope)",
    "w = tf.Variable(-learning_rate * slope)",
    id="step_without_the_start",
    hint="""
        Your w is replaced by the step. The step leads from where w is.""",
)
mistake(
    "minimize_square",
    "slope = tape.gradient(cost, w)",
    "slope = tf.sign(tape.gradient(cost, w))",
    id="sign_only",
    hint="""
        Your steps are all equally long. Take the gradient itself: near the lowest point it is
        small, and so should the step be.""",
)

# initialize_parameters

mistake(
    "initialize_parameters",
    "draw((SIZES[l], SIZES[l - 1]))",
    "draw((SIZES[l - 1], SIZES[l]))",
    id="rows_and_columns",
    hint="""
        Your matrices lie the other way round, as Keras has them. Here W multiplies from the left,
        so a unit is a row: (units, inputs).""",
)
mistake(
    "initialize_parameters",
    "tf.Variable(draw((SIZES[l], SIZES[l - 1])))",
    "tf.constant(draw((SIZES[l], SIZES[l - 1])))",
    id="weights_cannot_be_learned",
    hint="""
        Your weights are constants, which no optimizer can change. What is learned lives in a
        variable.""",
)
mistake(
    "initialize_parameters",
    "draw((SIZES[l], SIZES[l - 1]))",
    "tf.zeros((SIZES[l], SIZES[l - 1]))",
    id="zeros",
    hint="""
        Your weights are all 0, so all units of a layer stay equal for ever. Biases may begin at 0;
        weights must differ.""",
)
mistake(
    "initialize_parameters",
    "draw((SIZES[l], SIZES[l - 1]))",
    "tf.random.normal((SIZES[l], SIZES[l - 1]))",
    id="standard_deviation_one",
    hint="""
        Your weights have standard deviation 1, whatever the layer. A unit of the first layer adds
        up twelve thousand terms: use the initializer, which knows the sizes.""",
)
mistake(
    "initialize_parameters",
    "tf.zeros((SIZES[l], 1))",
    "tf.zeros((SIZES[l],))",
    id="biases_of_rank_one",
    hint="""
        Your biases have one axis. Beside (n, m) that is taken for a row, one number an example;
        make them columns.""",
)

for id, old, new, hint in (
    (
        "square_weights",
        "draw((SIZES[l], SIZES[l - 1]))",
        "draw((SIZES[l], SIZES[l]))",
        "Your matrices are square. A matrix has a column for each unit of the layer *before*.",
    ),
    (
        "biases_of_the_layer_before",
        "tf.zeros((SIZES[l], 1))",
        "tf.zeros((SIZES[l - 1], 1))",
        """
        Your biases have as many entries as the layer before. There is one for each unit of the
        layer itself.""",
    ),
    (
        "biases_lying_down",
        "tf.zeros((SIZES[l], 1))",
        "tf.zeros((1, SIZES[l]))",
        "Your biases are rows. Examples are columns here, so a bias is a column.",
    ),
    (
        "biases_cannot_be_learned",
        "tf.Variable(tf.zeros((SIZES[l], 1)))",
        "tf.zeros((SIZES[l], 1))",
        "Your biases are constants, which no step can change. What has to be made of them?",
    ),
):
    mistake("initialize_parameters", old, new, id=id, hint=hint)
mistake_by_place(
    "initialize_parameters",
    {
        f"W{layer}": (
            "draw((SIZES[l], SIZES[l - 1]))",
            f"draw((SIZES[l - 1], SIZES[l]) if l == {layer} else (SIZES[l], SIZES[l - 1]))",
        )
        for layer in (1, 2, 3)
    },
    id="rows_and_columns",
    everywhere=False,
    hint="A matrix lies on its side: it has a row for each unit of its own layer.",
)
for layer, columns in ((2, "SIZES[0]"), (3, "SIZES[1]"), (3, "SIZES[0]")):
    mistake(
        "initialize_parameters",
        "draw((SIZES[l], SIZES[l - 1]))",
        f"draw((SIZES[l], {columns} if l == {layer} else SIZES[l - 1]))",
        id=f"W{layer}_with_{columns[-2]}",
        hint=f"""
            Your W{layer} has as many columns as another layer has units. It stands on the left of
            what the layer before it has computed.""",
    )

# forward_propagation

mistake(
    "forward_propagation",
    "Z3 = tf.matmul(W3, A2) + b3",
    "Z3 = tf.nn.softmax(tf.matmul(W3, A2) + b3, axis=0)",
    id="softmax_at_the_end",
    hint="""
        Your network ends in a softmax. Return the scores: the loss computes softmax and log in one,
        because the two together are safe for large scores and apart are not.""",
)
mistake(
    "forward_propagation",
    "Z3 = tf.matmul(W3, A2) + b3",
    "Z3 = tf.nn.relu(tf.matmul(W3, A2) + b3)",
    id="relu_at_the_end",
    hint="""
        Your last layer ends in a ReLU. Scores may be negative; only hidden layers have an
        activation here.""",
)
mistake(
    "forward_propagation",
    "tf.nn.relu(tf.matmul(W2, A1) + b2)",
    "tf.matmul(W2, A1) + b2",
    id="second_relu_missing",
    hint="""
        Your second layer has no ReLU. Without it the second and the third layer are a single
        linear function.""",
)
mistake(
    "forward_propagation",
    edits=[
        ("tf.nn.relu(tf.matmul(W1, X) + b1)", "tf.nn.sigmoid(tf.matmul(W1, X) + b1)"),
        ("tf.nn.relu(tf.matmul(W2, A1) + b2)", "tf.nn.sigmoid(tf.matmul(W2, A1) + b2)"),
    ],
    id="sigmoid_for_relu",
    hint="""
        Your hidden units are sigmoids. The network of this notebook has ReLUs.""",
)
mistake(
    "forward_propagation",
    edits=[
        ("tf.matmul(W1, X) + b1", "tf.matmul(W1, X)"),
        ("tf.matmul(W2, A1) + b2", "tf.matmul(W2, A1)"),
        ("tf.matmul(W3, A2) + b3", "tf.matmul(W3, A2)"),
    ],
    id="no_biases",
    hint="""
        Your layers have no biases: they are unpacked above and never used.""",
)
mistake(
    "forward_propagation",
    "tf.matmul(W3, A2) + b3",
    "tf.matmul(W3, A2)",
    id="last_bias_missing",
    hint="""
        Your last layer has no bias. It is a LINEAR layer like the others.""",
)

FIRST, SECOND, THIRD = "tf.matmul(W1, X) + b1", "tf.matmul(W2, A1) + b2", "tf.matmul(W3, A2) + b3"
NO_FIT = """
    The shapes of a sum in your network do not fit: a bias is not that of its own layer, or a
    product was taken entry by entry. Compare the numbers in each line."""
PRODUCT = """
    A product in your network does not fit: a matrix is not multiplied by what the layer before has
    computed, or from the wrong side. Compare the numbers in each line."""
for id, old, new, hint in (
    (
        "first_relu_missing",
        f"tf.nn.relu({FIRST})",
        FIRST,
        "Your first layer has no activation. Two linear layers in a row are one.",
    ),
    (
        "both_relus_missing",
        f"tf.nn.relu({FIRST})",
        FIRST,
        "Your network has no activations at all: three linear layers are one linear layer.",
    ),
    ("bias_of_another_layer", SECOND, "tf.matmul(W2, A1) + b1", NO_FIT),
    ("input_of_another_layer", SECOND, "tf.matmul(W2, X) + b2", PRODUCT),
    (
        "first_bias_missing",
        FIRST,
        "tf.matmul(W1, X)",
        "Your first layer has no bias.",
    ),
    (
        "second_bias_missing",
        SECOND,
        "tf.matmul(W2, A1)",
        "Your second layer has no bias.",
    ),
    (
        "sigmoid_in_the_first_layer",
        f"tf.nn.relu({FIRST})",
        f"tf.nn.sigmoid({FIRST})",
        "Your first layer has a sigmoid. Hidden layers of this network have ReLU.",
    ),
    (
        "sigmoid_in_the_second_layer",
        f"tf.nn.relu({SECOND})",
        f"tf.nn.sigmoid({SECOND})",
        "Your second layer has a sigmoid. Hidden layers of this network have ReLU.",
    ),
    (
        "tanh_in_the_hidden_layers",
        f"tf.nn.relu({FIRST})",
        f"tf.tanh({FIRST})",
        "Your hidden layers have tanh. Those of this network have ReLU.",
    ),
    (
        "last_relu_returned",
        "return Z3",
        "return A2",
        """
        You return what the second layer computes. The scores of the classes come one layer
        later.""",
    ),
    (
        "sigmoid_at_the_end",
        f"Z3 = {THIRD}",
        f"Z3 = tf.nn.sigmoid({THIRD})",
        "Your scores go through a sigmoid. The loss takes them as they are.",
    ),
    (
        "softmax_over_the_examples_at_the_end",
        f"Z3 = {THIRD}",
        f"Z3 = tf.nn.softmax({THIRD})",
        """
        Your network ends with a softmax. The scores are asked for as they are: the loss makes
        probabilities of them by itself.""",
    ),
):
    more = {
        "both_relus_missing": [(f"tf.nn.relu({SECOND})", SECOND)],
        "tanh_in_the_hidden_layers": [(f"tf.nn.relu({SECOND})", f"tf.tanh({SECOND})")],
    }.get(id, [])
    mistake("forward_propagation", edits=[(old, new), *more], id=id, hint=hint)

# compute_total_loss

AXES = """
    Your losses compare examples with each other. TensorFlow takes the last axis for the classes,
    and here the examples lie along it: logits and labels come as (C, m), and TensorFlow's losses
    want (m, C). (Notebooks whose labels are (m, C) already turn them before the call.)"""
TWICE = """
    Your loss takes the scores for probabilities, or turns them into probabilities twice. Whether
    a loss of TensorFlow wants the one or the other is an argument, or part of its name: look for
    `logits`."""
PAIR = "tf.nn.softmax_cross_entropy_with_logits(tf.transpose(labels), tf.transpose(logits))"
mistake(
    "compute_total_loss",
    "tf.reduce_sum(losses)",
    "tf.reduce_mean(losses)",
    id="mean_for_sum",
    hint="""
        Your result is the mean over the batch, as `compute_cost` returned it before 2023. Asked for
        is the sum: the training loop adds up the batches, which may differ in size, and divides by
        m once.""",
)
mistake(
    "compute_total_loss",
    PAIR,
    "tf.nn.softmax_cross_entropy_with_logits(labels, logits)",
    id="not_transposed",
    hint=AXES,
)
mistake(
    "compute_total_loss",
    PAIR,
    "tf.nn.softmax_cross_entropy_with_logits("
    "tf.transpose(labels), tf.nn.softmax(tf.transpose(logits)))",
    id="softmax_twice",
    hint=TWICE,
)
mistake(
    "compute_total_loss",
    PAIR,
    "keras.losses.categorical_crossentropy(tf.transpose(labels), tf.transpose(logits))",
    id="scores_for_probabilities",
    hint=TWICE,
)
mistake(
    "compute_total_loss",
    PAIR,
    "tf.nn.softmax_cross_entropy_with_logits(tf.transpose(logits), tf.transpose(labels))",
    id="exchanged",
    hint="""
        Labels and logits are exchanged. Losses of TensorFlow take the truth first and the
        prediction second; name the arguments, and the order no longer matters.""",
)
mistake(
    "compute_total_loss",
    PAIR,
    "tf.nn.sigmoid_cross_entropy_with_logits(tf.transpose(labels), tf.transpose(logits))",
    id="sigmoid_for_softmax",
    hint="""
        Your loss treats every class as a yes-or-no question of its own. A hand shows one number
        of fingers: the classes share one probability, and the cross-entropy is categorical.""",
)
mistake(
    "compute_total_loss",
    PAIR,
    "-tf.reduce_sum(labels * tf.math.log(tf.nn.softmax(logits, axis=0)), axis=0)",
    id="overflow",
    hint="""
        For large scores your loss is not finite: a probability has become exactly 0 before its
        log is taken. Leave softmax and log to one function that gets the scores.""",
)
