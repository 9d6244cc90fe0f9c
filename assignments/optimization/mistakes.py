"""What people get wrong in the optimization assignment, and what to think about then."""

from dltf.autograder import mistake, mistake_by_place

LAYERS = "range(1, L + 1)"

LAST_LAYER = """
    Your last layer is left out. L layers are numbered from 1 to L, and range leaves out its
    end: print the layer numbers that your loop visits, and compare them with the keys of the
    dictionary."""
NO_SUCH_KEY = """
    A key is made that is in no dictionary: a number too small or too large at its end. The layers
    are numbered from 1 to L. Print the keys that your loop makes; is the l of the loop the layer's
    number, or one less?"""
TWO_ARGUMENTS = """
    np.zeros is given two numbers. Its second argument is the type of the entries; a shape is one
    argument, a tuple, and the parameter has one already."""
FIRST_LAYER = """
    Your first layer is left out. Its keys end in 1; if your loop counts from 0, add one where the
    key is made, and if it counts from 1, do not add another."""

# exponentially_weighted_average

AVERAGE = "v = beta * v + (1 - beta) * theta"
CORRECTED = "v / (1 - beta**t) if bias_correction else v"
mistake(
    "exponentially_weighted_average",
    AVERAGE,
    "v = (1 - beta) * v + beta * theta",
    id="beta_on_the_wrong_side",
    hint="""
        Your beta weighs the new value. Here it says how much of the *old* average stays: the
        nearer it is to 1, the longer the memory and the smoother the curve.""",
)
mistake(
    "exponentially_weighted_average",
    AVERAGE,
    "v = beta * v + theta",
    id="weights_do_not_add_up",
    hint="""
        Your average is larger than everything that it averages. The weights of old and new must
        add up to 1: what share is left for the new value?""",
)
mistake(
    "exponentially_weighted_average",
    edits=[
        (CORRECTED, "v"),
        (AVERAGE, f"{AVERAGE}\nv = {CORRECTED}"),
    ],
    id="corrected_average_goes_on",
    hint="""
        Your correction feeds back: the corrected value takes the place of v and is averaged, and
        corrected, again. What is corrected is only what you report; the average itself
        goes on as it is.""",
)
mistake(
    "exponentially_weighted_average",
    "(1 - beta**t)",
    "(1 - beta)",
    id="correction_without_the_power",
    hint="""
        Your correction is the same for every t. It has to make up for the weights that are still
        missing, and they grow with every value: add up the weights of the first two, and of the
        first three.""",
)
mistake(
    "exponentially_weighted_average",
    "(1 - beta**t)",
    "(1 - beta ** (t - 1) if t > 1 else 1)",
    id="correction_one_late",
    hint="""
        Your correction is one step behind. After the first value t is 1, and the corrected average
        of one value is that value.""",
)
mistake(
    "exponentially_weighted_average",
    CORRECTED,
    "v",
    id="never_corrected",
    hint="""
        Your first values are too small: the average starts from 0 and has not forgotten it yet.
        When a correction is asked for, divide by what the weights so far add up to.""",
)
mistake(
    "exponentially_weighted_average",
    CORRECTED,
    "v / (1 - beta**t)",
    id="always_corrected",
    hint="""
        Your average is corrected even when the caller does not want it. Look at the last argument
        of the function.""",
)

# update_parameters_with_gd

mistake(
    "update_parameters_with_gd",
    edits=[
        ('parameters[f"W{l}"] - $step', 'parameters[f"W{l}"] + $step'),
        ('parameters[f"b{l}"] - $step', 'parameters[f"b{l}"] + $step'),
    ],
    id="uphill",
    hint="""
        Your step goes uphill. The gradient points where the cost grows fastest, and you want it
        smaller.""",
)
mistake(
    "update_parameters_with_gd",
    edits=[
        ('learning_rate * grads[f"dW{l}"]', 'grads[f"dW{l}"]'),
        ('learning_rate * grads[f"db{l}"]', 'grads[f"db{l}"]'),
    ],
    id="learning_rate_missing",
    hint="""
        Your step is as long as the gradient itself. The learning rate, which says how far to trust
        it, is not used.""",
)
mistake("update_parameters_with_gd", LAYERS, "range(1, L)", id="last_layer", hint=LAST_LAYER)
mistake("update_parameters_with_gd", LAYERS, "range(2, L + 1)", id="first_layer", hint=FIRST_LAYER)
mistake(
    "update_parameters_with_gd",
    'parameters[f"b{l}"] - $step',
    'parameters[f"b{l}"]',
    id="biases_stay",
    hint="""
        Your biases never change. They are learned like the weights: each b has its own gradient
        among grads.""",
)
mistake(
    "update_parameters_with_gd",
    edits=[
        ('parameters[f"W{l}"] - learning_rate * $gradient', "-learning_rate * $gradient"),
        ('parameters[f"b{l}"] - learning_rate * $gradient', "-learning_rate * $gradient"),
    ],
    id="step_without_the_start",
    hint="""
        Your parameters are replaced by the step. The step leads from where the parameters are:
        start there.""",
)

W, B = "the weights", "the biases"
for where, pair in (
    ("the gradients", ('grads[f"dW{l}"]', 'grads[f"dW{l - 1}"]')),
    ("the gradients of b", ('grads[f"db{l}"]', 'grads[f"db{l - 1}"]')),
    ("the parameters", ('parameters[f"W{l}"] - $step', 'parameters[f"W{l - 1}"] - $step')),
    ("the biases", ('parameters[f"b{l}"] - $step', 'parameters[f"b{l - 1}"] - $step')),
):
    mistake(
        "update_parameters_with_gd",
        *pair,
        id=f"no_such_key_in_{where.replace(' ', '_')}",
        hint=NO_SUCH_KEY,
    )
mistake(
    "update_parameters_with_gd",
    'grads[f"db{l}"]',
    'grads[f"dW{l}"]',
    id="biases_stepped_by_dW",
    hint="""
        Your biases take the step of the weights, and come out with the shape of W. Each parameter
        has a gradient of its own; under which key is that of b?""",
)
mistake(
    "update_parameters_with_gd",
    edits=[
        ('parameters[f"W{l}"] - $step', 'parameters[f"W{l}"] + $step'),
    ],
    id="weights_uphill",
    hint="""
        Your weights go uphill, and your biases down. The gradient points where the cost grows
        fastest, for both of them.""",
)
mistake(
    "update_parameters_with_gd",
    'parameters[f"b{l}"] - $step',
    'parameters[f"b{l}"] + $step',
    id="biases_uphill",
    hint="""
        Your biases go uphill, and your weights down. The gradient points where the cost grows
        fastest, for both of them.""",
)
mistake(
    "update_parameters_with_gd",
    'parameters[f"W{l}"] - $step',
    'parameters[f"W{l}"]',
    id="weights_stay",
    hint="""
        Your weights never change; only the biases do. Is what you compute for W put back under
        its key?""",
)
mistake_by_place(
    "update_parameters_with_gd",
    {
        W: ('grads[f"dW{l}"]', 'parameters[f"W{l}"]'),
        B: ('grads[f"db{l}"]', 'parameters[f"b{l}"]'),
    },
    id="parameter_for_its_gradient",
    hint="""
        You subtract a share of the parameter itself: every step makes it smaller, whatever the
        data say. Which way to go is in the other dictionary.""",
)
mistake_by_place(
    "update_parameters_with_gd",
    {
        W: ('parameters[f"W{l}"] - learning_rate * $g', 'parameters[f"W{l}"] - $g / learning_rate'),
        B: ('parameters[f"b{l}"] - learning_rate * $g', 'parameters[f"b{l}"] - $g / learning_rate'),
    },
    id="divided_by_the_rate",
    hint="""
        A smaller learning rate makes your steps longer: you divide by it. It says which share of
        the gradient is taken.""",
)
for id, layer, hint in (
    ("first_layer_only", "range(1, 2)", "Only your first layer learns. "),
    ("last_layer_only", "range(L, L + 1)", "Only your last layer learns. "),
):
    mistake(
        "update_parameters_with_gd",
        LAYERS,
        layer,
        id=id,
        hint=hint
        + "The step belongs to every layer: what is repeated by your loop, and how often?",
    )
mistake(
    "update_parameters_with_gd",
    "return parameters",
    "return grads",
    id="gradients_returned",
    hint="""
        You return the gradients. Asked for are the parameters after the step.""",
)


@mistake("update_parameters_with_gd")
def parameter_times_gradient(parameters, grads, learning_rate):
    """Your step is multiplied by the parameter, so that a parameter of 0 could never move. The
    length of a step follows from the gradient and the learning rate alone.
    """
    parameters = dict(parameters)
    for name in list(parameters):
        parameters[name] = parameters[name] * (1 - learning_rate * grads["d" + name])
    return parameters


# random_mini_batches

COLUMNS = "permutation[start : start + mini_batch_size]"
PERMUTATION = "np.random.default_rng(seed).permutation(m)"
PAIR = "(X[:, columns], Y[:, columns])"
RANGE = "range(0, m, mini_batch_size)"
mistake(
    "random_mini_batches",
    RANGE,
    "range(0, m - m % mini_batch_size, mini_batch_size)",
    id="rest_left_out",
    hint="""
        Your batches leave some examples out: those that do not fill a whole batch. In every epoch
        each example should be seen once, so what is left over makes a last, shorter batch (the only
        one, if there are fewer examples than the batch size).""",
)
mistake(
    "random_mini_batches",
    RANGE,
    "range(0, m + 1, mini_batch_size)",
    id="empty_batch",
    hint="""
        Your list ends with a batch of no examples when the batch size divides m. The mean over
        nothing is not a number. Make the last batch only if something is left for it.""",
)


@mistake("random_mini_batches")
def last_batch_filled_up(X, Y, mini_batch_size=64, seed=0):
    """Your last batch is full although fewer examples are left: it takes some a second time. They
    would count twice in this epoch. Let the last batch be short.
    """
    m = X.shape[1]
    permutation = np.random.default_rng(seed).permutation(m)
    batches = []
    for start in range(0, m, mini_batch_size):
        start = min(start, max(m - mini_batch_size, 0))
        columns = permutation[start : start + mini_batch_size]
        batches.append((X[:, columns], Y[:, columns]))
    return batches


@mistake("random_mini_batches")
def rest_from_the_beginning(X, Y, mini_batch_size=64, seed=0):
    """Your last batch has the right size and the wrong examples: they were in the first batch
    already, and those that are left over are never seen. Where does the rest begin, after
    so many full batches?
    """
    m = X.shape[1]
    permutation = np.random.default_rng(seed).permutation(m)
    batches = []
    complete = m // mini_batch_size
    for k in range(complete):
        columns = permutation[k * mini_batch_size : (k + 1) * mini_batch_size]
        batches.append((X[:, columns], Y[:, columns]))
    if m % mini_batch_size != 0:
        columns = permutation[: m % mini_batch_size]
        batches.append((X[:, columns], Y[:, columns]))
    return batches


mistake(
    "random_mini_batches",
    f"columns = {COLUMNS}",
    "columns = permutation[start : start + mini_batch_size - 1]",
    id="slice_one_short",
    hint="""
        Your batches are one example short. A slice a:b leaves out b already; taking one off as
        well loses an example in each batch.""",
)
mistake(
    "random_mini_batches",
    PERMUTATION,
    "np.arange(m)",
    id="not_shuffled",
    hint="""
        Your batches hold the examples in the order in which they came. Data are often sorted, by
        label for one; a batch should be a fair sample of everything, and another one in each
        epoch. Put the examples into a random order first.""",
)
mistake(
    "random_mini_batches",
    PAIR,
    "(X[:, columns], Y[:, np.random.permutation(columns)])",
    id="labels_on_their_own",
    hint="""
        Your labels have come apart from their examples. Inputs and labels must go through one and
        the same permutation: draw it once.""",
)
mistake(
    "random_mini_batches",
    PAIR,
    "(X[:, columns], Y[:, start : start + mini_batch_size])",
    id="labels_not_shuffled",
    hint="""
        Your examples are shuffled and your labels are not: nearly every example has the label of
        another. Whatever is done to the columns of X has to be done to those of Y.""",
)
mistake(
    "random_mini_batches",
    PAIR,
    "(X[np.random.default_rng(seed).permutation(len(X))][:, columns], Y[:, columns])",
    id="features_shuffled",
    hint="""
        Your features are shuffled too. A row of X is one feature, a column one example: only the
        columns may change places.""",
)
mistake(
    "random_mini_batches",
    PERMUTATION,
    "np.random.default_rng(seed).integers(0, m, m)",
    id="drawn_with_replacement",
    hint="""
        Your examples are drawn one by one, so some come twice in an epoch and others never. A
        permutation has each of them once.""",
)
mistake(
    "random_mini_batches",
    "np.random.default_rng(seed)",
    "np.random.default_rng(0)",
    id="seed_not_used",
    hint="""
        Your order is the same for every seed. The training loop passes another seed in each epoch,
        so that no two epochs have the same batches: use the one that is given.""",
)
mistake(
    "random_mini_batches",
    "np.random.default_rng(seed)",
    "np.random.default_rng()",
    id="seed_ignored",
    hint="""
        Your order is another one in each call, even for the same seed. Then no run can be
        repeated. Let the random numbers follow from the seed.""",
)


@mistake("random_mini_batches")
def shuffled_within_batches(X, Y, mini_batch_size=64, seed=0):
    """Your batches are cut first and shuffled afterwards, each in itself: the same examples are
    always together. The order *within* a batch changes nothing, since a batch's gradient is a
    mean. Shuffle everything, then cut.
    """
    generator = np.random.default_rng(seed)
    batches = []
    for start in range(0, X.shape[1], mini_batch_size):
        columns = generator.permutation(np.arange(X.shape[1])[start : start + mini_batch_size])
        batches.append((X[:, columns], Y[:, columns]))
    return batches


mistake(
    "random_mini_batches",
    PAIR,
    "(X[:, columns], Y[:, columns].reshape(-1))",
    id="labels_of_rank_one",
    hint="""
        Your labels have lost an axis. Indexing with an array keeps the axes (`Y[:, columns]`),
        indexing a row drops one; Y of a batch is a row of shape (1, examples) as before.""",
)


@mistake("random_mini_batches")
def last_batch_without_a_colon(X, Y, mini_batch_size=64, seed=0):
    """Your last batch is a single example: an index stands where a slice should be. Everything from
    that example *to the end* belongs to the batch; what is the difference between x[5] and x[5:]?
    """
    m = X.shape[1]
    permutation = np.random.default_rng(seed).permutation(m)
    X, Y = X[:, permutation], Y[:, permutation]
    whole = m // mini_batch_size
    batches = []
    for k in range(whole):
        columns = slice(k * mini_batch_size, (k + 1) * mini_batch_size)
        batches.append((X[:, columns], Y[:, columns]))
    if m % mini_batch_size:
        batches.append((X[:, whole * mini_batch_size], Y[:, whole * mini_batch_size]))
    return batches


# Batches cut from shuffled arrays, as the course's notebook does it: the full ones, then the rest.
LOOP = f"""
for start in {RANGE}:
    columns = {COLUMNS}
    batches.append({PAIR})
"""
FULL = "[:, k * mini_batch_size : (k + 1) * mini_batch_size]"
REST = "[:, whole * mini_batch_size :]"


def cut(full_X="sX" + FULL, full_Y="sY" + FULL, rest_X="sX" + REST, rest_Y="sY" + REST, n="whole"):
    """Return the loop over the full batches and the rest."""
    return f"""
sX, sY = X[:, permutation], Y[:, permutation]
whole = m // mini_batch_size
for k in range({n}):
    batches.append(({full_X}, {full_Y}))
if m % mini_batch_size != 0:
    batches.append(({rest_X}, {rest_Y}))
"""


def cut_alike(id, hint, full=FULL, rest=REST, **more):
    """Declare a mistake in the slices of both arrays."""
    new = cut("sX" + full, "sY" + full, "sX" + rest, "sY" + rest, **more)
    mistake("random_mini_batches", LOOP, new, id=id, hint=hint)


SIDE_BY_SIDE = """
    Your batches overlap: each begins one example after the one before, and most examples are never
    seen. k counts batches; how many examples lie before batch number k?"""
cut_alike("starts_at_the_number_of_the_batch", SIDE_BY_SIDE, "[:, k : k + mini_batch_size]")
cut_alike(
    "end_without_parentheses",
    """
    Only your first batch is full, the others are too short or empty. Where a batch ends, a product
    is computed before a sum: what should be added to k before it is multiplied?""",
    "[:, k * mini_batch_size : k + 1 * mini_batch_size]",
)
cut_alike(
    "every_batch_from_the_beginning",
    """
    Your batches grow, since each begins at the first example. Where does batch number k begin?""",
    "[:, : (k + 1) * mini_batch_size]",
)
cut_alike(
    "every_batch_to_the_end",
    """
    Your batches reach to the last example, so that they are too large and share most of what they
    hold. Where does batch number k end?""",
    "[:, k * mini_batch_size :]",
)
ROWS = """
    You cut rows. A row of X is one feature of all examples; an example is a column, so it is the
    second axis that is cut. Mind where the comma is."""
cut_alike(
    "rows_for_columns",
    ROWS,
    "[k * mini_batch_size : (k + 1) * mini_batch_size, :]",
    "[whole * mini_batch_size :, :]",
)
cut_alike(
    "rows_for_columns_in_the_full_batches",
    ROWS,
    "[k * mini_batch_size : (k + 1) * mini_batch_size, :]",
)
cut_alike("rows_for_columns_in_the_last_batch", ROWS, rest="[whole * mini_batch_size :, :]")
cut_alike(
    "rest_from_the_last_full_batch",
    """
    Your last batch holds the last full batch once more, since it begins where that one began; and
    without a full batch there is no k at all. How many examples lie in the full batches?""",
    rest="[:, k * mini_batch_size :]",
)
cut_alike(
    "rest_from_the_number_of_batches",
    """
    Your last batch begins at the number of full batches, and is much too long. It should begin
    after all *examples* of those batches: how many are they?""",
    rest="[:, whole:]",
)
for id, full, rest in (
    ("full_batches_not_shuffled", ("X" + FULL, "Y" + FULL), ()),
    ("rest_not_shuffled", (), ("X" + REST, "Y" + REST)),
):
    mistake(
        "random_mini_batches",
        LOOP,
        cut(*full, **dict(zip(("rest_X", "rest_Y"), rest, strict=False))),
        id=id,
        hint="""
            Some of your batches are cut from the arrays as they came and some from the shuffled
            ones, so that some examples come twice and others never. Every batch is cut from the
            same arrays: which?""",
    )
mistake(
    "random_mini_batches",
    LOOP,
    cut("X" + FULL, rest_X="X" + REST),
    id="inputs_not_shuffled",
    hint="""
        Your labels are shuffled and your examples are not: nearly every example has the label of
        another. Both are cut from shuffled arrays.""",
)
for id, more, hint in (
    (
        "inputs_not_shuffled_in_full_batches",
        {"full_X": "X" + FULL},
        "In your full batches the labels are shuffled and the examples are not.",
    ),
    (
        "labels_not_shuffled_in_full_batches",
        {"full_Y": "Y" + FULL},
        "In your full batches the examples are shuffled and the labels are not.",
    ),
    (
        "labels_not_shuffled_in_the_last_batch",
        {"rest_Y": "Y" + REST},
        "In your last batch the examples are shuffled and the labels are not.",
    ),
):
    mistake(
        "random_mini_batches",
        LOOP,
        cut(**more),
        id=id,
        hint=f"{hint} An example and its label have to come from the same column.",
    )
OTHER_ARRAY = """
    One part of your batches is cut from the wrong array: labels from the shuffled inputs, or inputs
    from the shuffled labels. Compare the names on both sides of each equals sign."""
for id, more in (
    ("labels_from_the_inputs", {"full_Y": "sX" + FULL, "rest_Y": "sX" + REST}),
    ("labels_from_the_inputs_in_full_batches", {"full_Y": "sX" + FULL}),
    ("labels_from_the_inputs_in_the_last_batch", {"rest_Y": "sX" + REST}),
    ("inputs_from_the_labels", {"full_X": "sY" + FULL, "rest_X": "sY" + REST}),
    ("inputs_from_the_labels_in_full_batches", {"full_X": "sY" + FULL}),
    ("inputs_from_the_labels_in_the_last_batch", {"rest_X": "sY" + REST}),
):
    mistake("random_mini_batches", LOOP, cut(**more), id=id, hint=OTHER_ARRAY)
ENDS = """
    A slice of yours ends, or begins, one example too early or too late. The end of a slice is not
    in it: where one batch ends the next begins, with the same number."""
ONE_OFF = {
    "end_too_early": "[:, k * mini_batch_size : (k + 1) * mini_batch_size - 1]",
    "end_too_late": "[:, k * mini_batch_size : (k + 1) * mini_batch_size + 1]",
}
for id, part in ONE_OFF.items():
    if id != "end_too_early":  # as slice_one_short
        cut_alike(f"{id}_in_full_batches", ENDS, part)
    for name in "XY":
        mistake(
            "random_mini_batches",
            LOOP,
            cut(**{f"full_{name}": f"s{name}{part}"}),
            id=f"{id}_in_{name}",
            hint=ENDS,
        )
for id, part in (
    ("rest_too_late", "[:, whole * mini_batch_size + 1 :]"),
    ("rest_too_early", "[:, whole * mini_batch_size - 1 :]"),
):
    cut_alike(id, ENDS, rest=part)
AT_ITS_LENGTH = """
    Your last batch begins at the number of examples that are left over, and is much too long. That
    number says how many columns the batch has; where do they begin?"""
LEFT = "[:, m - mini_batch_size * whole :]"
for id, more in (
    ("rest_begins_at_its_length", {"rest_X": "sX" + LEFT, "rest_Y": "sY" + LEFT}),
    ("rest_of_X_begins_at_its_length", {"rest_X": "sX" + LEFT}),
    ("rest_of_Y_begins_at_its_length", {"rest_Y": "sY" + LEFT}),
):
    mistake("random_mini_batches", LOOP, cut(**more), id=id, hint=AT_ITS_LENGTH)
for id, rest in (("rest_of_X_missing", "rest_X"), ("rest_of_Y_missing", "rest_Y")):
    name = rest[-1]
    mistake(
        "random_mini_batches",
        LOOP,
        cut(**{rest: f"s{name}{FULL.replace('k', '(whole - 1)')}"}),
        id=id,
        hint=f"""
            In your last batch {name} is still that of the batch before, since nothing new is
            assigned to it. Both parts of the last batch have to be cut.""",
    )
cut_alike(
    "one_full_batch_too_few",
    """
    One of your full batches is missing, and its examples are never seen. range leaves its end out:
    how many rounds does your loop make?""",
    n="whole - 1",
)
cut_alike(
    "one_full_batch_too_many",
    """
    Your loop makes a batch too many: the one that is not full is made in the loop already. range
    leaves its end out; how many batches are full?""",
    n="whole + 1",
)
mistake(
    "random_mini_batches",
    f"columns = {COLUMNS}",
    "columns = permutation[start + 1 : start + mini_batch_size]",
    id="first_example_of_each_batch_left_out",
    hint="""
        Your batches leave out an example each, the first. Where one batch ends (the end of a slice
        is not in it) the next begins.""",
)
mistake(
    "random_mini_batches",
    "return batches",
    "return batches[-1:]",
    id="only_the_last_batch",
    hint="""
        You return a single batch, the last. Where in your loop is a batch put into the list, and is
        that line indented as far as the others of the loop?""",
)
mistake(
    "random_mini_batches",
    "X[:, columns]",
    "X[columns, :]",
    id="rows_permuted",
    hint="""
        The permutation is applied to the rows of X. Its numbers are those of examples, and these
        are the columns: on which side of the comma does it belong?""",
)
mistake(
    "random_mini_batches",
    PERMUTATION,
    "np.random.default_rng(seed).permutation(len(X))",
    id="permutation_of_the_features",
    hint="""
        Your permutation has as many numbers as there are features, so most examples are never
        taken. It is the examples that get a new order: how many are there?""",
)

# initialize_velocity and initialize_adam: zeros for every parameter


def structural(exercise, *names):
    """Declare the mistakes in shape and number of zeros beside the parameters."""

    def each(old, new):
        return [(old.format(name), new.format(name)) for name in names]

    mistake(exercise, LAYERS, "range(1, L)", id="last_layer", hint=LAST_LAYER)
    mistake(
        exercise,
        edits=each('{}[f"dW{{l}}"] = $start', '{}[f"W{{l}}"] = $start')
        + each('{}[f"db{{l}}"] = $start', '{}[f"b{{l}}"] = $start'),
        id="keys_of_the_parameters",
        hint="""
            Your keys are those of the parameters. What is kept here belongs to the gradients and is
            found under their names, with a d in front.""",
    )
    mistake(
        exercise,
        edits=each(
            '{}[f"dW{{l}}"] = np.zeros(parameters[f"W{{l}}"].shape)',
            '{}[f"dW{{l}}"] = np.array(parameters[f"W{{l}}"])',
        )
        + each(
            '{}[f"db{{l}}"] = np.zeros(parameters[f"b{{l}}"].shape)',
            '{}[f"db{{l}}"] = np.array(parameters[f"b{{l}}"])',
        ),
        id="copies_of_the_parameters",
        hint="""
            You start from the parameters themselves. Only their *shapes* are wanted: an average
            that has seen no gradient yet is zero.""",
    )
    mistake(
        exercise,
        edits=each(
            '{}[f"db{{l}}"] = np.zeros(parameters[f"b{{l}}"].shape)',
            '{}[f"db{{l}}"] = np.zeros(parameters[f"W{{l}}"].shape)',
        ),
        id="biases_with_the_shape_of_weights",
        hint="""
            What you keep for the biases has the shape of the weights. Each array has the shape
            of its own parameter.""",
    )
    mistake(
        exercise,
        edits=each(
            '{}[f"db{{l}}"] = np.zeros(parameters[f"b{{l}}"].shape)',
            '{}[f"db{{l}}"] = np.zeros(len(parameters[f"b{{l}}"]))',
        ),
        id="rank_one",
        hint="""
            What you keep for the biases has one axis. Added to a column it is laid out along the
            wrong axis, and a square comes out. Take the whole shape of b.""",
    )
    mistake(
        exercise,
        edits=each('np.zeros(parameters[f"W{{l}}"].shape)', 'np.ones(parameters[f"W{{l}}"].shape)')
        if len(names) == 1
        else [
            (
                f'{name}[f"dW{{l}}"] = np.zeros(parameters[f"W{{l}}"].shape)',
                f'{name}[f"dW{{l}}"] = np.ones(parameters[f"W{{l}}"].shape)',
            )
            for name in names
        ],
        id="ones",
        hint="""
            You start from ones. An average of gradients of which none has been seen is zero; from
            one, the first steps would go a way that no gradient has shown.""",
    )
    mistake(
        exercise,
        edits=each(
            '{}[f"dW{{l}}"] = $start',
            '{}[f"dW{{l}}"] = np.zeros(len(parameters[f"W{{l}}"]), parameters[f"W{{l}}"].shape[1])',
        ),
        id="two_arguments_for_zeros",
        hint=TWO_ARGUMENTS,
    )
    mistake(
        exercise,
        edits=each(
            '{}[f"dW{{l}}"] = $start', '{}[f"dW{{l}}"] = np.zeros(parameters[f"W{{l-1}}"].shape)'
        ),
        id="no_such_key",
        hint=NO_SUCH_KEY,
    )
    mistake(
        exercise,
        edits=each('{}[f"dW{{l}}"]', '{}[f"dW{{l - 1}}"]')
        + each('{}[f"db{{l}}"]', '{}[f"db{{l - 1}}"]'),
        id="keys_from_zero",
        hint="""
            Your keys are numbered from 0. The layers are numbered from 1, and so are the keys of
            the parameters; what has to be added where a key is made?""",
    )
    mistake(
        exercise,
        edits=each(
            '{}[f"dW{{l}}"] = np.zeros(parameters[f"W{{l}}"].shape)',
            '{}[f"dW{{l}}"] = np.zeros(parameters[f"b{{l}}"].shape)',
        ),
        id="weights_with_the_shape_of_biases",
        hint="""
            What you keep for the weights has the shape of the biases. Each array has the shape of
            its own parameter.""",
    )
    mistake(
        exercise,
        edits=each('{}[f"dW{{l}}"] = $start', '{}[f"dW{{l}}"] = 0')
        + each('{}[f"db{{l}}"] = $start', '{}[f"db{{l}}"] = 0'),
        id="numbers_for_arrays",
        hint="""
            You keep one number for each parameter. There is an average for each of its *entries*:
            an array of the parameter's shape.""",
    )
    mistake(
        exercise,
        edits=each('np.zeros(parameters[f"b{{l}}"].shape)', 'np.ones(parameters[f"b{{l}}"].shape)')
        + each('np.zeros(parameters[f"W{{l}}"].shape)', 'np.ones(parameters[f"W{{l}}"].shape)')
        if len(names) == 1
        else [
            (
                f'{name}[f"d{kind}{{l}}"] = np.zeros(parameters[f"{kind}{{l}}"].shape)',
                f'{name}[f"d{kind}{{l}}"] = np.ones(parameters[f"{kind}{{l}}"].shape)',
            )
            for name in names
            for kind in "Wb"
        ],
        id="ones_everywhere",
        hint="""
            You start from ones. An average that has seen no gradient yet is zero.""",
    )
    mistake(
        exercise,
        edits=each('{}[f"db{{l}}"] = $start', ""),
        id="biases_left_out",
        hint="""
            What belongs to the biases is missing. They are parameters like the weights, with keys
            of their own.""",
    )


structural("initialize_velocity", "v")
structural("initialize_adam", "v", "s")
mistake(
    "initialize_adam",
    "v, s = {}, {}",
    "v = s = {}",
    id="one_dictionary",
    hint="""
        Your v and s are one dictionary under two names: what is put into one is in the other. An
        assignment in Python gives a name, it makes no copy.""",
)

ZEROS = """
    A key is missing in one of your two dictionaries. v and s are alike: each has a dW and a db for
    every layer."""
for name in "vs":
    for kind in "Wb":
        mistake(
            "initialize_adam",
            f'{name}[f"d{kind}{{l}}"] = $start',
            "",
            id=f"d{kind}_of_{name}_left_out",
            hint=ZEROS,
        )
mistake(
    "initialize_adam",
    edits=[('s[f"dW{l}"] = $start', ""), ('s[f"db{l}"] = $start', "")],
    id="s_empty",
    hint="""
        Your s is empty. It holds an average as v does, that of the squares, and needs a start for
        every parameter.""",
)
mistake(
    "initialize_adam",
    edits=[
        ('s[f"dW{l}"] = $start', 's[f"sW{l}"] = $start'),
        ('s[f"db{l}"] = $start', 's[f"sb{l}"] = $start'),
    ],
    id="keys_of_s",
    hint="""
        The keys of your s are not those of the gradients. Both dictionaries have the keys dW1,
        db1, ...; what is under them differs.""",
)

# update_parameters_with_momentum

V_W = 'beta * v[f"dW{l}"] + (1 - beta) * grads[f"dW{l}"]'
V_B = 'beta * v[f"db{l}"] + (1 - beta) * grads[f"db{l}"]'
STEP_W, STEP_B = 'learning_rate * v[f"dW{l}"]', 'learning_rate * v[f"db{l}"]'


def momentum(id, new_w, hint, *, old_w=V_W):
    """Declare a mistake that is made for the weights and for the biases alike."""
    pairs = [(old_w, new_w)]
    pairs.append(tuple(text.replace("W{l}", "b{l}") for text in pairs[0]))
    mistake("update_parameters_with_momentum", edits=pairs, id=id, hint=hint)


momentum(
    "gradient_in_full",
    'beta * v[f"dW{l}"] + grads[f"dW{l}"]',
    """
    Your v is a sum and no average: the gradient is added in full, so v grows to 1 / (1 - beta)
    times its size. Many libraries do it so, with a smaller learning rate. This exercise
    wants the weighted average, in which the weights of old and new add up to 1.""",
)
momentum(
    "beta_on_the_wrong_side",
    '(1 - beta) * v[f"dW{l}"] + beta * grads[f"dW{l}"]',
    """
    Your beta weighs the new gradient. It says how much of the old velocity stays: with a beta of
    0.9 most of it does, as a heavy ball keeps its way.""",
)
momentum(
    "old_velocity_lost",
    '(1 - beta) * grads[f"dW{l}"]',
    """
    Your velocity forgets what it was: only the new gradient is in it. Then there is no momentum,
    just a shorter step.""",
)
momentum(
    "learning_rate_in_the_velocity",
    'beta * v[f"dW{l}"] + learning_rate * grads[f"dW{l}"]',
    """
    The learning rate is in your velocity, as some libraries have it, and weighs the gradient. Here
    v is an average of gradients alone, and the learning rate comes in when the step is taken.""",
)
momentum(
    "velocity_not_used",
    'learning_rate * grads[f"dW{l}"]',
    """
    Your parameters still follow the gradient of this step alone. The velocity is computed, and
    not used: which of the two shall the step go along?""",
    old_w=STEP_W,
)
momentum(
    "learning_rate_missing",
    'v[f"dW{l}"]',
    """
    Your step is as long as the velocity itself: the learning rate is not used.""",
    old_w=STEP_W,
)
momentum(
    "uphill",
    'parameters[f"W{l}"] + $step',
    """
    Your step goes uphill. The velocity is an average of gradients and points, as they do, where the
    cost grows.""",
    old_w='parameters[f"W{l}"] - $step',
)
momentum(
    "velocity_after_the_step",
    'parameters[f"W{l}"] - learning_rate * (v[f"dW{l}"] - (1 - beta) * grads[f"dW{l}"]) / beta',
    """
    Your step is taken with the old velocity: the gradient of this step counts only in the next.
    Mind the order of the lines.""",
    old_w='parameters[f"W{l}"] - learning_rate * v[f"dW{l}"]',
)
mistake("update_parameters_with_momentum", LAYERS, "range(1, L)", id="last_layer", hint=LAST_LAYER)
mistake(
    "update_parameters_with_momentum", LAYERS, "range(2, L + 1)", id="first_layer", hint=FIRST_LAYER
)
mistake(
    "update_parameters_with_momentum",
    edits=[(V_B, 'v[f"db{l}"]')],
    id="velocity_of_the_biases",
    hint="""
        The velocity of your biases never changes. It is an average like that of the weights, of the
        gradients of b.""",
)


def momentum_by_place(id, old, new, hint, **more):
    """Declare a mistake made for the weights, for the biases, or for both."""
    places = {W: (old, new), B: (old.replace("W{l}", "b{l}"), new.replace("W{l}", "b{l}"))}
    mistake_by_place("update_parameters_with_momentum", places, id=id, hint=hint, **more)


momentum_by_place(
    "minus_in_the_velocity",
    V_W,
    'beta * v[f"dW{l}"] - (1 - beta) * grads[f"dW{l}"]',
    """
    The gradient is subtracted in your velocity. An average of old and new is a sum; the minus comes
    when the step is taken.""",
)
momentum_by_place(
    "beta_in_the_step",
    'learning_rate * v[f"dW{l}"]',
    'learning_rate * beta * v[f"dW{l}"]',
    """
    Your step is multiplied by beta once more. It is in the velocity already; the step is
    learning_rate times that.""",
)
momentum_by_place(
    "velocity_not_kept",
    'parameters[f"W{l}"] = parameters[f"W{l}"] - learning_rate * v[f"dW{l}"]',
    """
    parameters[f"W{l}"] = parameters[f"W{l}"] - learning_rate * v[f"dW{l}"]
    v[f"dW{l}"] = (v[f"dW{l}"] - (1 - beta) * grads[f"dW{l}"]) / beta
    """,
    """
    Your step is right, but the new velocity is not put back under its key: the next step will begin
    with the old one.""",
)
momentum_by_place(
    "beta_for_both",
    V_W,
    'beta * v[f"dW{l}"] + beta * grads[f"dW{l}"]',
    """
    Old velocity and new gradient have the same weight beta. The two weights must add up to 1: what
    is left for the gradient?""",
)
momentum_by_place(
    "parameter_in_the_velocity",
    V_W,
    'beta * v[f"dW{l}"] + (1 - beta) * parameters[f"W{l}"]',
    """
    Your velocity averages the parameters. It should average their gradients.""",
)
for id, edits in (
    ("velocity_stays", [(V_W, 'v[f"dW{l}"]'), (V_B, 'v[f"db{l}"]')]),
    ("velocity_of_the_weights", [(V_W, 'v[f"dW{l}"]')]),
):
    mistake(
        "update_parameters_with_momentum",
        edits=edits,
        id=id,
        hint="""
            Your velocity never changes, at least that of the weights: the old one is kept, or
            averaged with itself. What is new in this step?""",
    )
momentum_by_place(
    "squared_gradient",
    V_W,
    'beta * v[f"dW{l}"] + (1 - beta) * grads[f"dW{l}"] ** 2',
    """
    Your velocity averages the squares of the gradients, so it has lost their sign. Squares belong
    to RMSprop and Adam.""",
)
momentum_by_place(
    "parameter_replaced_by_the_step",
    'parameters[f"W{l}"] - learning_rate * $v',
    "-learning_rate * $v",
    """
    Your parameters are replaced by the step. It leads from where they are: start there.""",
)
for id, old, new, hint in (
    (
        "gradient_in_full",
        V_W,
        'beta * v[f"dW{l}"] + grads[f"dW{l}"]',
        "The gradient is added in full. The weights of old and new add up to 1.",
    ),
    (
        "beta_on_the_wrong_side",
        V_W,
        '(1 - beta) * v[f"dW{l}"] + beta * grads[f"dW{l}"]',
        "Your beta weighs the new gradient. It says how much of the old velocity stays.",
    ),
    (
        "old_velocity_lost",
        V_W,
        '(1 - beta) * grads[f"dW{l}"]',
        "Your velocity forgets what it was: only the new gradient is in it.",
    ),
    (
        "velocity_not_used",
        STEP_W,
        'learning_rate * grads[f"dW{l}"]',
        "The step follows the gradient alone: the velocity is computed, and not used.",
    ),
    (
        "learning_rate_missing",
        STEP_W,
        'v[f"dW{l}"]',
        "The step is as long as the velocity itself: the learning rate is not used.",
    ),
    (
        "uphill",
        'parameters[f"W{l}"] - $step',
        'parameters[f"W{l}"] + $step',
        "The step goes uphill: the velocity points, as gradients do, where the cost grows.",
    ),
):
    momentum_by_place(id, old, new, hint, everywhere=False)
for id, old, new, hint in (
    (
        "weights_stay",
        'parameters[f"W{l}"] - $step',
        'parameters[f"W{l}"]',
        "Your weights never change. Is the step taken for them, too?",
    ),
    (
        "biases_stay",
        'parameters[f"b{l}"] - $step',
        'parameters[f"b{l}"]',
        "Your biases never change. Is the step taken for them, too?",
    ),
    (
        "biases_stepped_by_dW",
        STEP_B,
        STEP_W,
        """
        Your biases take the step of the weights, and come out with the shape of W. Each parameter
        has a velocity of its own.""",
    ),
    (
        "velocity_of_b_from_dW",
        V_B,
        'beta * v[f"db{l}"] + (1 - beta) * grads[f"dW{l}"]',
        """
        The velocity of your biases takes in the gradient of the weights, and has the shape of W.
        Mind the keys.""",
    ),
    (
        "velocity_of_b_from_that_of_W",
        V_B,
        'beta * v[f"dW{l}"] + (1 - beta) * grads[f"db{l}"]',
        """
        The velocity of your biases goes on from that of the weights, and has the shape of W. Mind
        the keys.""",
    ),
    ("no_such_key", V_W, V_W.replace('grads[f"dW{l}"]', 'grads[f"dW{l - 1}"]'), NO_SUCH_KEY),
    (
        "no_such_key_among_the_parameters",
        'parameters[f"W{l}"] - $step',
        'parameters[f"W{l - 1}"] - $step',
        NO_SUCH_KEY,
    ),
):
    mistake("update_parameters_with_momentum", old, new, id=id, hint=hint)

IN_PLACE = ('parameters[f"b{l}"] = parameters[f"b{l}"] - $step', 'parameters[f"b{l}"] -= $step')
mistake(
    "update_parameters_with_momentum",
    edits=[IN_PLACE, (STEP_B, STEP_W)],
    id="biases_stepped_by_dW_in_place",
    hint="""
        The step of your biases has the shape of the weights, and cannot be taken from them. Mind
        the keys, in the velocity and in the step.""",
)

# update_parameters_with_rmsprop

S = 's["d" + key] = beta * s["d" + key] + (1 - beta) * gradient**2'
QUOTIENT = '(np.sqrt(s["d" + key]) + epsilon)'
for id, old, new, hint in (
    (
        "not_squared",
        "gradient**2",
        "np.abs(gradient)",
        """
        Your average is of sizes, not of squares. RMS stands for root mean square: square, average,
        and take the root afterwards.""",
    ),
    (
        "root_missing",
        QUOTIENT,
        '(s["d" + key] + epsilon)',
        """
        You divide by the mean square itself. Its unit is that of a squared gradient; only its root
        can be compared with a gradient, and makes the step independent of scale.""",
    ),
    (
        "epsilon_under_the_root",
        QUOTIENT,
        'np.sqrt(s["d" + key] + epsilon)',
        """
        Your epsilon stands under the root. Some books and libraries (Keras) have it there; under
        the root of so small a number it counts much more. The formula of this exercise adds it to
        the root.""",
    ),
    (
        "epsilon_missing",
        QUOTIENT,
        '(np.sqrt(s["d" + key]))',
        """
        Your epsilon is not used. A parameter whose gradient has been 0 so far would be divided by
        0.""",
    ),
    (
        "square_in_full",
        "(1 - beta) * gradient**2",
        "gradient**2",
        """
        Your s is a sum and no average: the new square is added in full. The weights of old and new
        must add up to 1.""",
    ),
    (
        "uphill",
        "$parameter - learning_rate * scaled",
        "$parameter + learning_rate * scaled",
        "Your step goes uphill: the gradient points where the cost grows.",
    ),
    ("last_layer", LAYERS, "range(1, L)", LAST_LAYER),
):
    mistake("update_parameters_with_rmsprop", old, new, id=id, hint=hint)

# update_parameters_with_adam

V_HAT = 'v["d" + key] / (1 - beta1**t)'
S_HAT = 's["d" + key] / (1 - beta2**t)'
CHANGE = "v_corrected / (np.sqrt(s_corrected) + epsilon)"
ADAM_V = 'beta1 * v["d" + key] + (1 - beta1) * g'
ADAM_S = 'beta2 * s["d" + key] + (1 - beta2) * g**2'


def adam(id, old, new, hint, *more):
    """Declare a mistake of Adam's."""
    edits = [(old, new), *more]
    mistake("update_parameters_with_adam", edits=edits, id=id, hint=hint)


adam(
    "beta1_for_s",
    S_HAT,
    's["d" + key] / (1 - beta1**t)',
    """
    Your s is corrected with beta1. (A formula printed in an old version of the notebook
    said so; it was a misprint.) Each average lacks what its *own* weights lack: which beta is s
    averaged with?""",
)
adam(
    "s_not_corrected",
    S_HAT,
    's["d" + key]',
    """
    Your s is not corrected. Both averages begin at 0 and are too small at first; with a
    beta2 near 1 that is true of s for a long time, and your first steps are much too long.""",
)
adam(
    "v_not_corrected",
    V_HAT,
    'v["d" + key]',
    """
    Your v is not corrected. Both averages begin at 0 and are too small at first; your first
    steps are too short.""",
)
adam(
    "not_corrected",
    V_HAT,
    'v["d" + key]',
    """
    Neither average is corrected: your step uses v and s as they are. They begin at 0, and what is
    missing in the first steps has to be made up for, in the step, by a division.""",
    (S_HAT, 's["d" + key]'),
)
adam(
    "correction_without_the_power",
    V_HAT,
    'v["d" + key] / (1 - beta1)',
    """
    Your corrections are the same in every step. What an average lacks becomes less with each step:
    t has to come in as a power.""",
    (S_HAT, 's["d" + key] / (1 - beta2)'),
)
adam(
    "t_as_a_factor",
    V_HAT,
    'v["d" + key] / (1 - beta1 * t)',
    """
    In your corrections beta is multiplied by t. The share of the zero at the start shrinks by the
    factor beta in each step: after t steps, how large is it?""",
    (S_HAT, 's["d" + key] / (1 - beta2 * t)'),
)
adam(
    "t_counted_twice",
    V_HAT,
    'v["d" + key] / (1 - beta1 ** (t + 1))',
    """
    Your t is one too large. Who calls counts the steps, and the first one comes with t = 1: use it
    as it is given.""",
    (S_HAT, 's["d" + key] / (1 - beta2 ** (t + 1))'),
)
adam(
    "t_counted_twice_in_s",
    S_HAT,
    's["d" + key] / (1 - beta2 ** (t + 1))',
    """
    Your t is one too large in the correction of s. Both corrections use the t that is given.""",
)
adam(
    "t_of_the_example",
    V_HAT,
    'v["d" + key] / (1 - beta1**2)',
    """
    Your corrections have a number in the place of t. It fits the example of the notebook and no
    other step.""",
    (S_HAT, 's["d" + key] / (1 - beta2**2)'),
)
adam(
    "t_one_too_small",
    V_HAT,
    'v["d" + key] / (1 - beta1 ** (t - 1) if t > 1 else 1)',
    """
    Your t is one too small. In the first step t is 1, and the average has seen one gradient
    already.""",
    (S_HAT, 's["d" + key] / (1 - beta2 ** (t - 1) if t > 1 else 1)'),
)
adam(
    "corrected_averages_go_on",
    f"v_corrected = {V_HAT}",
    f'v_corrected = v["d" + key] = {V_HAT}',
    """
    Your corrected averages take the place of v and s, and will be corrected again in the next
    step. The correction belongs to this step alone: v and s go on as they are.""",
    (f"s_corrected = {S_HAT}", f's_corrected = s["d" + key] = {S_HAT}'),
)
adam(
    "epsilon_under_the_root",
    CHANGE,
    "v_corrected / np.sqrt(s_corrected + epsilon)",
    """
    Your epsilon stands under the root. Papers and libraries have it in either place, and with
    gradients of the usual size it does not matter; where they are small it does: under the root an
    epsilon of 1e-8 counts like 1e-4. Asked for is the form of the paper's algorithm 1, in which
    epsilon is added to the root.""",
)
adam(
    "epsilon_hat",
    CHANGE,
    'v_corrected * np.sqrt(1 - beta2**t) / (np.sqrt(s["d" + key]) + epsilon)',
    """
    You use the shorter form of the paper, in which the corrections become a factor of the learning
    rate (Keras does too). It moves epsilon to the root of the s that is *not* corrected, where it
    counts more. Asked for is algorithm 1: correct first, then root, then epsilon.""",
)
adam(
    "epsilon_missing",
    CHANGE,
    "v_corrected / (np.sqrt(s_corrected))",
    """
    Your epsilon is not used. A parameter whose gradients have been 0 so far would be divided by
    0.""",
)
adam(
    "root_missing",
    CHANGE,
    "v_corrected / (s_corrected + epsilon)",
    """
    You divide by the mean square itself. Its unit is that of a squared gradient; it is the root
    that can be compared with a gradient.""",
)
adam(
    "not_squared",
    ADAM_S,
    'beta2 * s["d" + key] + (1 - beta2) * g',
    """
    Your s is an average of the gradients, like v. It shall measure their *size*, whatever their
    sign: what is done to each gradient before it is averaged?""",
)
adam(
    "v_in_full",
    ADAM_V,
    'beta1 * v["d" + key] + g',
    """
    Your v is a sum and no average: the gradient is added in full. The weights of old and new must
    add up to 1, and the correction relies on it.""",
)
adam(
    "s_in_full",
    ADAM_S,
    'beta2 * s["d" + key] + g**2',
    """
    Your s is a sum and no average: the square is added in full. The weights of old and new must add
    up to 1, and the correction relies on it.""",
)
adam(
    "both_in_full",
    ADAM_V,
    'beta1 * v["d" + key] + g',
    """
    Your v and s are sums and no averages: gradient and square are added in full. The weights of
    old and new must add up to 1, and the corrections rely on it.""",
    (ADAM_S, 'beta2 * s["d" + key] + g**2'),
)
adam(
    "betas_exchanged",
    ADAM_V,
    'beta2 * v["d" + key] + (1 - beta2) * g',
    """
    Your betas have changed places: beta1 belongs to the average of the gradients, beta2 to that of
    their squares, which needs the longer memory.""",
    (ADAM_S, 'beta1 * s["d" + key] + (1 - beta1) * g**2'),
    (V_HAT, 'v["d" + key] / (1 - beta2**t)'),
    (S_HAT, 's["d" + key] / (1 - beta1**t)'),
)
adam(
    "beta1_everywhere",
    ADAM_S,
    'beta1 * s["d" + key] + (1 - beta1) * g**2',
    """
    Your s is averaged with beta1. The squares have a beta of their own.""",
    (S_HAT, 's["d" + key] / (1 - beta1**t)'),
)
adam(
    "beta1_in_the_average_of_squares",
    ADAM_S,
    'beta1 * s["d" + key] + (1 - beta1) * g**2',
    """
    Your s is averaged with beta1 and corrected with beta2. The squares have one beta, for both.""",
)
adam(
    "gradient_in_the_step",
    CHANGE,
    "g / (np.sqrt(s_corrected) + epsilon)",
    """
    Your step goes along the gradient, as in RMSprop. Adam's goes along the corrected average of the
    gradients; you have computed it and not used it.""",
)
adam(
    "learning_rate_missing",
    "learning_rate * change",
    "change",
    """
    Your learning rate is not used. Without it a step is about 1 in each parameter, whatever the
    gradient.""",
)
adam(
    "uphill",
    "$parameter - learning_rate * change",
    "$parameter + learning_rate * change",
    "Your step goes uphill: v is an average of gradients, which point where the cost grows.",
)
# The reference goes through the keys "W1", "b1", ... in one loop; an answer has a line for each.


def adam_by_place(id, old, new, hint, **more):
    """Declare a mistake made for the weights and the biases, or for one of them only."""

    def only(kind):
        return (old, f'({new} if key[0] == "{kind}" else {old})')

    places = {W: only("W"), B: only("b")}
    mistake_by_place("update_parameters_with_adam", places, id=id, hint=hint, **more)


adam_by_place(
    "weight_under_the_square",
    ADAM_S,
    'beta2 * s["d" + key] + np.square((1 - beta2) * g)',
    """
    The weight 1 - beta2 is squared as well, so the new square counts much too little. What is
    averaged are the squares: square first, then weigh.""",
)
adam_by_place(
    "s_corrected_from_v",
    S_HAT,
    'v["d" + key] / (1 - beta2**t)',
    """
    Your corrected s is made from v. Each correction belongs to an average of its own.""",
)
adam_by_place(
    "v_corrected_from_s",
    V_HAT,
    's["d" + key] / (1 - beta1**t)',
    """
    Your corrected v is made from s. Each correction belongs to an average of its own.""",
)
adam_by_place(
    "epsilon_beside_the_quotient",
    CHANGE,
    "(v_corrected / np.sqrt(s_corrected) + epsilon)",
    """
    Your epsilon is added to the quotient, not to its denominator: a division is done before a sum.
    Parentheses are missing.""",
)
adam_by_place(
    "not_corrected",
    CHANGE,
    'v["d" + key] / (np.sqrt(s["d" + key]) + epsilon)',
    "Neither average is corrected: the step uses v and s as they are.",
    everywhere=False,
)
adam_by_place(
    "epsilon_at_the_very_end",
    "parameters[key] - learning_rate * change",
    "(parameters[key] - learning_rate * v_corrected / np.sqrt(s_corrected) + epsilon)",
    """
    Your epsilon is added to the parameter: divisions and products are done before a sum. It belongs
    into the denominator: parentheses are missing.""",
)
adam_by_place(
    "minus_in_v",
    ADAM_V,
    'beta1 * v["d" + key] - (1 - beta1) * g',
    """
    The gradient is subtracted in your v. An average of old and new is a sum; the minus comes when
    the step is taken.""",
)
adam_by_place(
    "minus_in_s",
    ADAM_S,
    'beta2 * s["d" + key] - (1 - beta2) * g**2',
    """
    The square is subtracted in your s, which may become negative. An average of old and new is a
    sum.""",
)
adam_by_place(
    "beta1_on_the_wrong_side",
    ADAM_V,
    '(1 - beta1) * v["d" + key] + beta1 * g',
    """
    In your v, beta1 weighs the new gradient. It says how much of the *old* average stays.""",
)
adam_by_place(
    "beta2_on_the_wrong_side",
    ADAM_S,
    '(1 - beta2) * s["d" + key] + beta2 * g**2',
    """
    In your s, beta2 weighs the new square. It says how much of the *old* average stays.""",
)
adam_by_place(
    "old_v_lost",
    ADAM_V,
    "(1 - beta1) * g",
    """
    Your v forgets what it was: only the new gradient is in it. Which term holds the old
    average?""",
)
adam_by_place(
    "old_s_lost",
    ADAM_S,
    "(1 - beta2) * g**2",
    """
    Your s forgets what it was: only the new square is in it. Which term holds the old average?""",
)
adam_by_place(
    "s_in_the_average_of_gradients",
    ADAM_V,
    'beta1 * s["d" + key] + (1 - beta1) * g',
    """
    Your v goes on from s. Each of the two averages goes on from its own old value.""",
)
adam_by_place(
    "v_in_the_average_of_squares",
    ADAM_S,
    'beta2 * v["d" + key] + (1 - beta2) * g**2',
    """
    Your s goes on from v. Each of the two averages goes on from its own old value.""",
)
adam_by_place(
    "velocity_squared_for_the_gradient",
    ADAM_S,
    'beta2 * s["d" + key] + (1 - beta2) * v["d" + key] ** 2',
    """
    Your s averages the squares of v. It is the square of the *gradient* that goes in.""",
)
adam_by_place(
    "s_for_its_root",
    CHANGE,
    "v_corrected / (s_corrected**2 + epsilon)",
    """
    You divide by a square. s is a mean of squares already: to get back to the size of a gradient,
    what undoes a square?""",
)
for id, old, new, hint in (
    (
        "beta1_for_s",
        S_HAT,
        's["d" + key] / (1 - beta1**t)',
        "Your s is corrected with beta1. Which beta is it averaged with?",
    ),
    (
        "s_not_corrected",
        S_HAT,
        's["d" + key]',
        "Your s is not corrected: the step uses it as it is.",
    ),
    (
        "v_not_corrected",
        V_HAT,
        'v["d" + key]',
        "Your v is not corrected: the step uses it as it is.",
    ),
    (
        "epsilon_under_the_root",
        CHANGE,
        "v_corrected / np.sqrt(s_corrected + epsilon)",
        "Your epsilon stands under the root; it is added to the root here.",
    ),
    (
        "root_missing",
        CHANGE,
        "v_corrected / (s_corrected + epsilon)",
        "You divide by the mean square itself; only its root compares with a gradient.",
    ),
    (
        "not_squared",
        ADAM_S,
        'beta2 * s["d" + key] + (1 - beta2) * g',
        "Your s averages the gradients. What is done to each gradient before it is averaged here?",
    ),
    (
        "v_in_full",
        ADAM_V,
        'beta1 * v["d" + key] + g',
        "The gradient is added to v in full. The weights of old and new add up to 1.",
    ),
    (
        "s_in_full",
        ADAM_S,
        'beta2 * s["d" + key] + g**2',
        "The square is added to s in full. The weights of old and new add up to 1.",
    ),
    (
        "gradient_in_the_step",
        CHANGE,
        "g / (np.sqrt(s_corrected) + epsilon)",
        "The step goes along the gradient; the corrected average is not used.",
    ),
    (
        "uphill",
        "parameters[key] - learning_rate * change",
        "(parameters[key] + learning_rate * change)",
        "The step goes uphill.",
    ),
    (
        "step_not_taken",
        "parameters[key] - learning_rate * change",
        "parameters[key]",
        "The parameter stays as it was: v and s are computed, and no step is taken with them.",
    ),
):
    adam_by_place(id, old, new, hint, everywhere=False)
for id, old, new, hint in (
    (
        "corrections_exchanged",
        V_HAT,
        'v["d" + key] / (1 - beta2**t)',
        """
        Your two corrections have exchanged their betas. Each average is corrected with the beta
        that it is averaged with.""",
    ),
    (
        "correction_of_v_with_beta2",
        V_HAT,
        'v["d" + key] / (1 - beta2**t)',
        """
        Your v is corrected with beta2. Which beta is it averaged with?""",
    ),
    (
        "corrections_multiplied",
        V_HAT,
        'v["d" + key] * (1 - beta1**t)',
        """
        Your corrections make the averages smaller still. They begin at 0 and are too small already:
        what has to be undone, and by which operation?""",
    ),
    (
        "one_minus_missing",
        V_HAT,
        'v["d" + key] / beta1**t',
        """
        You divide by a power of beta. That is the share of the zero from the start; divide by what
        the weights of the gradients add up to, which is the rest.""",
    ),
):
    more = {
        "corrections_exchanged": [(S_HAT, 's["d" + key] / (1 - beta1**t)')],
        "corrections_multiplied": [(S_HAT, 's["d" + key] * (1 - beta2**t)')],
        "one_minus_missing": [(S_HAT, 's["d" + key] / beta2**t')],
    }.get(id, [])
    adam(id, old, new, hint, *more)
for kind, average, corrected, beta in (("v", "v", V_HAT, "beta1"), ("s", "s", S_HAT, "beta2")):
    for id, new, hint in (
        (
            "correction_without_the_power",
            f'{kind}["d" + key] / (1 - {beta})',
            "is the same in every step. What is missing becomes less with each step: t comes in as "
            "a power.",
        ),
        (
            "t_as_a_factor",
            f'{kind}["d" + key] / (1 - {beta} * t)',
            "multiplies beta by t. After t steps, what is left of the zero at the start?",
        ),
        (
            "correction_multiplied",
            f'{kind}["d" + key] * (1 - {beta}**t)',
            "makes the average smaller still. It is too small already.",
        ),
    ):
        if (id, kind) != ("t_as_a_factor", "s"):  # its root is that of a negative number
            adam(f"{id}_of_{kind}", corrected, new, f"Your correction of {kind} {hint}")
adam(
    "step_of_W_for_b",
    "parameters[key] - learning_rate * change",
    """(parameters[key] - learning_rate * change if key[0] == "W" else parameters[key]
        - learning_rate * v["dW" + key[1:]] / (1 - beta1**t)
        / (np.sqrt(s["dW" + key[1:]] / (1 - beta2**t)) + epsilon))""",
    """
    Your biases take the step of the weights, and come out with the shape of W. Mind the keys.""",
)
adam(
    "step_of_b_for_W",
    "parameters[key] - learning_rate * change",
    """(parameters[key] - learning_rate * change if key[0] == "b" else parameters[key]
        - learning_rate * (beta1 * v["db" + key[1:]] + (1 - beta1) * grads["db" + key[1:]])
        / (1 - beta1**t) / (np.sqrt((beta2 * s["db" + key[1:]] + (1 - beta2)
        * grads["db" + key[1:]] ** 2) / (1 - beta2**t)) + epsilon))""",
    """
    Your weights take the step of the biases. Mind the keys.""",
)
mistake(
    "update_parameters_with_adam",
    "return parameters, v, s",
    """
    for key in v:
        v[key] = (v[key] - (1 - beta1) * grads[key]) / beta1
        s[key] = (s[key] - (1 - beta2) * grads[key] ** 2) / beta2
    return parameters, v, s
    """,
    id="averages_not_kept",
    hint="""
        Your step is right, but the new averages are not put back under their keys: the next step
        will begin with the old ones.""",
)
adam(
    "no_such_key",
    'g = grads["d" + key]',
    'g = grads["d" + key[0] + "0"]',
    NO_SUCH_KEY,
)
adam("last_layer", LAYERS, "range(1, L)", LAST_LAYER)
adam("first_layer", LAYERS, "range(2, L + 1)", FIRST_LAYER)

# update_lr

INVERSE = "learning_rate0 / (1 + decay_rate * epoch_num)"
for id, new, hint in (
    (
        "one_missing",
        "learning_rate0 / (decay_rate * epoch_num) if epoch_num else learning_rate0",
        """
        Your rate does not begin at learning_rate0. The denominator should be 1 in epoch 0 and grow
        from there.""",
    ),
    (
        "one_in_the_product",
        "learning_rate0 / ((1 + decay_rate) * epoch_num) if epoch_num else learning_rate0",
        """
        Your parentheses hold the wrong things together: the 1 is added to the product of decay rate
        and epoch, not to the decay rate.""",
    ),
    (
        "multiplied",
        "learning_rate0 * (1 + decay_rate * epoch_num)",
        "Your rate grows from epoch to epoch. It should become smaller.",
    ),
    (
        "exponential",
        "learning_rate0 * decay_rate**epoch_num",
        """
        Your decay is exponential: it takes the same share away in each epoch. Inverse time decay is
        gentler, 1 over something that grows like the epoch.""",
    ),
    (
        "linear",
        "learning_rate0 * (1 - decay_rate * epoch_num)",
        """
        Your rate falls along a straight line and becomes negative, and then the steps go
        uphill.""",
    ),
    (
        "epoch_from_one",
        "learning_rate0 / (1 + decay_rate * (epoch_num - 1))",
        "Your epochs are counted from 1. The first epoch here is 0, and has the full rate.",
    ),
):
    mistake("update_lr", INVERSE, new, id=id, hint=hint)

# schedule_lr_decay

STAIR = "(epoch_num // time_interval)"
for id, new, hint in (
    (
        "no_floor",
        "(epoch_num / time_interval)",
        """
        Your rate changes in every epoch. Stairs have steps: for a whole interval of epochs the
        quotient has to stay the same, so something must happen to what is behind its point.""",
    ),
    (
        "rounded",
        "round(epoch_num / time_interval)",
        """
        Your stairs begin in the middle of an interval: rounding goes up at one half. The rate shall
        change when a whole interval is over.""",
    ),
    (
        "ceiling",
        "np.ceil(epoch_num / time_interval)",
        """
        Your rate falls right after epoch 0. You round up; count the intervals that are *over*.""",
    ),
    (
        "remainder",
        "(epoch_num % time_interval)",
        """
        Your rate falls within an interval and then jumps back up: you use the remainder of the
        division in the place of the quotient.""",
    ),
    (
        "only_at_the_ends_of_intervals",
        "(epoch_num // time_interval if epoch_num % time_interval == 0 else 0)",
        """
        Your rate is lower in the one epoch in which an interval ends, and in the next it is back
        where it began. A stair is *stayed* on: the rate depends on how many intervals are over,
        in every epoch.""",
    ),
    (
        "one_interval_at_most",
        "(epoch_num >= time_interval)",
        """
        Your rate falls once and never again. After two intervals it should be lower than after one:
        count them.""",
    ),
    (
        "interval_not_used",
        "epoch_num",
        """
        Your rate changes in every epoch: the interval is not used.""",
    ),
):
    mistake("schedule_lr_decay", STAIR, new, id=id, hint=hint)

# Momentum

KERAS_V = "average = self.beta * v + (1 - self.beta) * gradient"
for id, old, new, hint in (
    (
        "gradient_in_full",
        KERAS_V,
        "average = self.beta * v + gradient",
        """
        Your average is a sum: the gradient is added in full, as Keras's SGD does. Here the weights
        of old and new add up to 1.""",
    ),
    (
        "not_remembered",
        "self.assign(v, average)",
        "pass",
        """
        Your average is computed and forgotten. A variable of Keras's keeps its value until
        `assign` gives it another.""",
    ),
    (
        "uphill",
        "self.assign_sub(variable, $step)",
        "self.assign_add(variable, $step)",
        "Your step goes uphill: the gradient points where the loss grows.",
    ),
    (
        "gradient_in_the_step",
        "learning_rate * average",
        "learning_rate * gradient",
        "Your step still goes along the gradient; the average is kept and not used.",
    ),
):
    mistake("Momentum", old, new, id=id, hint=hint)

# RMSprop

for id, old, new, hint in (
    (
        "not_squared",
        "ops.square(gradient)",
        "ops.absolute(gradient)",
        "Your average is of sizes, not of squares. RMS stands for root mean square.",
    ),
    (
        "epsilon_beside_the_root",
        "ops.sqrt(average + self.epsilon)",
        "(ops.sqrt(average) + self.epsilon)",
        """
        Your epsilon is beside the root, as in your function on arrays. Keras has it in the other
        place, and this class shall be equal to Keras's own.""",
    ),
    (
        "root_missing",
        "ops.sqrt(average + self.epsilon)",
        "(average + self.epsilon)",
        "You divide by the mean square itself; only its root can be compared with a gradient.",
    ),
    (
        "not_remembered",
        "self.assign(s, average)",
        "pass",
        """
        Your average is computed and forgotten. A variable of Keras's keeps its value until
        `assign` gives it another.""",
    ),
):
    mistake("RMSprop", old, new, id=id, hint=hint)

# Adam

for id, old, new, hint in (
    (
        "not_corrected",
        "size = learning_rate * ops.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)",
        "size = learning_rate",
        """
        Nothing is corrected: in the first steps your averages are too small. The two corrections
        can be put into one factor of the learning rate.""",
    ),
    (
        "corrections_turned_over",
        "$rate * ops.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)",
        "$rate * (1 - self.beta_1**t) / ops.sqrt(1 - self.beta_2**t)",
        """
        Your corrections work the wrong way round. v is divided by its own, and s, which stands in
        the denominator and under a root, by its own: what does that make of the whole step?""",
    ),
    (
        "root_of_the_correction_missing",
        "ops.sqrt(1 - self.beta_2**t)",
        "(1 - self.beta_2**t)",
        """
        s is corrected under the root, so its correction comes out of it as a root.""",
    ),
    (
        "epsilon_of_algorithm_1",
        "self.assign_sub(variable, size * average / (ops.sqrt(squares) + self.epsilon))",
        "self.assign_sub(variable, learning_rate * average / (1 - self.beta_1**t) / "
        "(ops.sqrt(squares / (1 - self.beta_2**t)) + self.epsilon))",
        """
        Your epsilon is added to the root of the *corrected* s, as in algorithm 1 and in your
        function on arrays. Keras adds it to the root of the s that is not corrected, where it
        counts a little more, and this class shall be equal to Keras's own.""",
    ),
    (
        "epsilon_under_the_root",
        "(ops.sqrt(squares) + self.epsilon)",
        "ops.sqrt(squares + self.epsilon)",
        """
        Your epsilon stands under the root, as in Keras's RMSprop. In Adam it is added to it.""",
    ),
    (
        "v_not_remembered",
        "self.assign(v, average)",
        "pass",
        """
        Your average of the gradients is computed and forgotten. A variable of Keras's keeps its
        value until `assign` gives it another.""",
    ),
):
    mistake("Adam", old, new, id=id, hint=hint)
