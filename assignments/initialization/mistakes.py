"""What people get wrong in the initialization assignment, and what to think about then."""

from dltf.autograder import mistake

WEIGHTS_SHAPE = "(layers_dims[l], layers_dims[l - 1])"
BIAS = "np.zeros((layers_dims[l], 1))"
LAYERS = "range(1, len(layers_dims))"

HINTS = {
    "transposed_weights": """
        Your weight matrices lie on their side. In this course examples are columns, and a layer
        computes Z = W A + b: W has one row for each unit of the layer and one column for each
        unit of the layer before. Write down the shapes of Z and A for one layer, and see
        which shape of W makes the product possible. (Keras stores the transpose; that is where
        the other order comes from.)""",
    "rank_one_bias": """
        Your biases have one axis. An array of shape (n,) is neither a row nor a column: added to
        Z of shape (n, m) it is laid along the examples, not along the units, which fails when
        m differs from n and silently gives nonsense when it does not. Give b two axes.""",
    "row_bias": """
        Your biases are rows. A row of b is added to every row of Z, so it would change from
        example to example instead of from unit to unit. One unit, one bias: which way must the
        vector stand when examples are columns?""",
    "last_layer_missing": """
        Your dictionary ends one layer early. layers_dims counts the input too, so a list of L + 1
        sizes belongs to L layers with weights; the output layer needs a W and a b like the others.
        Check where your loop stops: range leaves out its end.""",
    "layers_from_zero": """
        Your layers are numbered from 0. The input is layer 0 and has no weights; the first
        matrix is W1, and it connects layer 0 to layer 1. Forward propagation will look for
        W1, ..., WL.""",
    "bias_of_the_layer_before": """
        Your biases have as many entries as the layer before. A bias is added to the weighted sum
        of a unit, so there is one for each unit of the layer itself.""",
}


def structural(exercise, *, weights=WEIGHTS_SHAPE):
    """Declare the mistakes in shape and number that all four functions share."""
    turned = "(layers_dims[l - 1], layers_dims[l])"
    for id, old, new in (
        ("transposed_weights", weights, turned),
        ("rank_one_bias", BIAS, "np.zeros(layers_dims[l])"),
        ("row_bias", BIAS, "np.zeros((1, layers_dims[l]))"),
        ("bias_of_the_layer_before", BIAS, "np.zeros((layers_dims[l - 1], 1))"),
        ("last_layer_missing", LAYERS, "range(1, len(layers_dims) - 1)"),
    ):
        mistake(exercise, old, new, id=id, hint=HINTS[id])


def in_size(exercise, *, weights=WEIGHTS_SHAPE):
    """Declare more mistakes in the sizes, and what NumPy says to some of them."""
    pair = "(layers_dims[l], layers_dims[l - 1])"
    for id, old, new, hint in (
        (
            "first_layer_missing",
            LAYERS,
            "range(2, len(layers_dims))",
            """
            Your dictionary begins one layer late. Layer 0 is the input; the first matrix is W1. At
            which number does your loop begin?""",
        ),
        (
            "square_weights",
            weights,
            weights.replace(pair, "(layers_dims[l], layers_dims[l])"),
            """
            Your weight matrices are square. A matrix leads from the layer before to its own: it has
            a column for each unit of the layer *before*.""",
        ),
        (
            "square_weights_of_the_layer_before",
            weights,
            weights.replace(pair, "(layers_dims[l - 1], layers_dims[l - 1])"),
            """
            Your weight matrices are square. A matrix leads from the layer before to its own: it has
            a row for each unit of *its own* layer.""",
        ),
        (
            "layer_after",
            weights,
            weights.replace(pair, "(layers_dims[l + 1], layers_dims[l])"),
            """
            You ask for the size of a layer that does not exist. In the last round of your loop,
            what is l, and how long is the list?""",
        ),
        (
            "input_for_all_layers",
            weights,
            weights.replace(pair, "(layers_dims[l], layers_dims[0])"),
            """
            All your matrices have as many columns as there are inputs. Only the first layer
            sees the input; what does layer l see?""",
        ),
        (
            "layer_zero",
            LAYERS,
            "range(len(layers_dims))",
            """
            Your dictionary has a W0 and a b0. Layer 0 is the input and has no weights; and in that
            round l - 1 is -1, which in Python is the last entry.""",
        ),
        (
            "two_arguments_for_zeros",
            BIAS,
            "np.zeros(layers_dims[l], 1)",
            """
            np.zeros is given two numbers. Its second argument is the type of the entries; a shape
            is one argument, a tuple, in parentheses of its own.""",
        ),
        (
            "no_biases",
            f'parameters[f"b{{l}}"] = {BIAS}',
            "",
            "Your dictionary has no biases. Each layer has a b as well as a W.",
        ),
        (
            "bias_of_one_number",
            BIAS,
            "np.zeros((1, 1))",
            "Your layers have one bias each. There is one for each *unit*.",
        ),
        (
            "square_bias",
            BIAS,
            "np.zeros((layers_dims[l], layers_dims[l]))",
            "Your biases are matrices. A unit has one bias, so b is a column.",
        ),
        (
            "bias_like_the_weights",
            BIAS,
            "np.zeros((layers_dims[l], layers_dims[l - 1]))",
            "Your biases have the shape of the weights. A unit has one bias, so b is a column.",
        ),
    ):
        mistake(exercise, old, new, id=id, hint=hint)


# initialize_parameters_zeros

structural("initialize_parameters_zeros")
in_size("initialize_parameters_zeros")
mistake(
    "initialize_parameters_zeros",
    edits=[
        (LAYERS, "range(len(layers_dims) - 1)"),
        (WEIGHTS_SHAPE, "(layers_dims[l + 1], layers_dims[l])"),
        (BIAS, "np.zeros((layers_dims[l + 1], 1))"),
    ],
    id="layers_from_zero",
    hint=HINTS["layers_from_zero"],
)
mistake(
    "initialize_parameters_zeros",
    f"np.zeros({WEIGHTS_SHAPE})",
    f"np.ones({WEIGHTS_SHAPE})",
    id="ones",
    hint="""
        Your weights are all 1. Equal weights fail to break symmetry just as zeros do, but this
        exercise asks for the plainest case: look up which NumPy function fills an array with
        zeros.""",
)
mistake(
    "initialize_parameters_zeros",
    f"np.zeros({WEIGHTS_SHAPE})",
    f"np.random.default_rng().standard_normal({WEIGHTS_SHAPE}) * 0.01",
    id="small_random_weights",
    hint="""
        Your weights are small random numbers. For a network that is to learn you are right, and
        that is the point of the next exercises. Here the question is what happens when nobody
        does that: start every weight at the same value, zero, and see.""",
)
mistake(
    "initialize_parameters_zeros",
    BIAS,
    "np.ones((layers_dims[l], 1))",
    id="bias_of_one",
    hint="""
        Your biases are 1. In this exercise nothing may give a layer a head start: weights and
        biases both begin at zero.""",
)

# initialize_parameters_random

DRAW = f"rng.standard_normal({WEIGHTS_SHAPE})"

structural("initialize_parameters_random")
in_size("initialize_parameters_random")
mistake(
    "initialize_parameters_random",
    f"{DRAW} * 10",
    f"rng.random({WEIGHTS_SHAPE}) * 10",
    id="uniform_draw",
    hint="""
        Your weights are never negative: rand draws evenly between 0 and 1, so their mean is half of
        the scale. With weights of one sign every unit adds its inputs up, and all units grow
        alike. Draw from a normal distribution around 0 (one letter more in NumPy's name).""",
)
mistake(
    "initialize_parameters_random",
    f"{DRAW} * 10",
    f"{DRAW} * 0.01",
    id="small_scale",
    hint="""
        Your weights have standard deviation 0.01. That is the sensible choice of the shallow
        network of an earlier course; this exercise wants to show what large weights do, so read
        again by how much the text asks you to scale the draw.""",
)
mistake(
    "initialize_parameters_random",
    f"{DRAW} * 10",
    DRAW,
    id="not_scaled",
    hint="""
        Your weights have standard deviation 1, what the normal distribution gives by itself. The
        exercise asks for larger ones: multiplying a draw by s makes its standard deviation
        s times as large.""",
)
mistake(
    "initialize_parameters_random",
    f"{DRAW} * 10",
    f"{DRAW} * np.sqrt(10)",
    id="variance_ten",
    hint="""
        Your weights have variance 10. The exercise speaks of the standard deviation, which is
        the square root of the variance.""",
)
mistake(
    "initialize_parameters_random",
    f"{DRAW} * 10",
    f"np.zeros({WEIGHTS_SHAPE})",
    id="zero_weights",
    hint="""
        Your weights are still zero. Then all units of a layer compute the same and receive the
        same gradient: they stay equal for ever. This exercise breaks that symmetry by drawing
        each weight at random.""",
)
mistake(
    "initialize_parameters_random",
    BIAS,
    "rng.standard_normal((layers_dims[l], 1)) * 10",
    id="random_bias",
    hint="""
        Your biases are as large as the weights. Random weights already make the units differ; a
        bias need not, and a large one only pushes a ReLU unit out of the data, where it is always
        off or always on. Start the biases at zero.""",
)

TUPLE = """
    np.random.randn is given a tuple. It is one of the few functions that want the sizes as separate
    arguments, without parentheses of their own."""
for id, new, hint in (
    ("shape_as_one_argument", f"np.random.randn({WEIGHTS_SHAPE}) * 10", TUPLE),
    (
        "divided_by_ten",
        f"{DRAW} / 10",
        "Your weights are small: you divide by the scale that the draw should be multiplied by.",
    ),
    (
        "ten_added",
        f"{DRAW} + 10",
        "Your weights lie around 10: the scale was added, not multiplied.",
    ),
    (
        "hundred",
        f"{DRAW} * 100",
        "Your weights are ten times larger than asked for.",
    ),
    (
        "uniform_not_scaled",
        f"rng.random({WEIGHTS_SHAPE})",
        """
        Your weights are never negative, and not scaled: rand draws evenly between 0 and 1. Asked
        for is a normal distribution, made wider.""",
    ),
):
    mistake("initialize_parameters_random", f"{DRAW} * 10", new, id=id, hint=hint)

# initialize_parameters_he

SCALE = "np.sqrt(2 / layers_dims[l - 1])"

structural("initialize_parameters_he")
in_size("initialize_parameters_he")
mistake(
    "initialize_parameters_he",
    SCALE,
    "2 / layers_dims[l - 1]",
    id="sqrt_missing",
    hint="""
        Your weights have the standard deviation that He's formula gives for the variance. A draw
        of variance 1, multiplied by s, has variance s squared. Which s do you need to get the
        variance you want?""",
)
mistake(
    "initialize_parameters_he",
    SCALE,
    "np.sqrt(2) / layers_dims[l - 1]",
    id="sqrt_of_the_two_alone",
    hint="""
        Your scale takes the root of the numerator only. The root belongs to the whole quotient:
        for a layer with 200 inputs your weights are some fourteen times too small. A parenthesis
        closes too early.""",
)
mistake(
    "initialize_parameters_he",
    SCALE,
    "np.sqrt(1 / layers_dims[l - 1])",
    id="xavier_variance",
    hint="""
        Your weights have variance 1/n[l-1]. That is the choice for tanh, which lets the signal
        through nearly unchanged around 0. ReLU sets half of it to zero, and so halves its mean
        square in every layer. What must the variance be to make up for the half that is lost?""",
)
mistake(
    "initialize_parameters_he",
    SCALE,
    "np.sqrt(2 / layers_dims[l])",
    id="fan_out",
    hint="""
        Your scale follows the size of the layer itself. What grows with the number of terms is the
        sum inside a unit, and a unit of layer l sums over the outputs of the layer before. Which
        size is that?""",
)
mistake(
    "initialize_parameters_he",
    SCALE,
    "np.sqrt(2 / (layers_dims[l - 1] + layers_dims[l]))",
    id="glorot_variance",
    hint="""
        Your variance is 2 / (n[l-1] + n[l]), the compromise of Glorot and Bengio for tanh. He et
        al. look at the forward direction alone, in which only the number of inputs of a unit
        counts.""",
)
mistake(
    "initialize_parameters_he",
    f"{DRAW} * scale",
    f"{DRAW} * scale * 10",
    id="leftover_ten",
    hint="""
        Your weights are ten times too large: the factor of the last exercise is still there. He's
        scale replaces it.""",
)
mistake(
    "initialize_parameters_he",
    f"{DRAW} * scale",
    f"{DRAW} * 10",
    id="still_ten",
    hint="""
        Your weights have standard deviation 10 whatever the size of the layer, as in the last
        exercise. He's scale takes the place of that number and differs from layer to layer.""",
)
mistake(
    "initialize_parameters_he",
    f"{DRAW} * scale",
    f"{DRAW} * 0.01",
    id="fixed_small_scale",
    hint="""
        Your weights have standard deviation 0.01 whatever the size of the layer. In a deep stack
        such a signal shrinks in every layer until nothing is left. The scale has to follow the
        number of inputs.""",
)
mistake(
    "initialize_parameters_he",
    f"{DRAW} * scale",
    DRAW,
    id="not_scaled",
    hint="""
        Your weights have standard deviation 1. A unit that sums hundreds of such terms puts out
        numbers in the tens, and the next layer does it again. Scale the draw so that the sum
        keeps the size of its inputs.""",
)
mistake(
    "initialize_parameters_he",
    f"{DRAW} * scale",
    f"{DRAW} / scale",
    id="divided_by_the_scale",
    hint="""
        Your weights grow with the size of the layer before instead of shrinking. More terms in a
        sum call for smaller terms: look at which way round you use the scale.""",
)
mistake(
    "initialize_parameters_he",
    DRAW,
    f"rng.random({WEIGHTS_SHAPE})",
    id="uniform_draw",
    hint="""
        Your weights are never negative: a draw between 0 and 1 has mean one half and a variance
        of 1/12. He's analysis needs mean 0 and variance 1 before scaling, as the standard normal
        distribution has.""",
)
mistake(
    "initialize_parameters_he",
    BIAS,
    "rng.standard_normal((layers_dims[l], 1)) * scale",
    id="random_bias",
    hint="""
        Your biases are random. The weights alone break the symmetry; the derivation of He's
        variance assumes biases that start at zero.""",
)
mistake(
    "initialize_parameters_he",
    BIAS,
    "np.ones((layers_dims[l], 1)) * 0.01",
    id="constant_bias",
    hint="""
        Your biases start at a small positive constant. That was a habit to keep ReLU units from
        dying; with the right scale of the weights it is not needed, and the paper starts
        them at zero.""",
)

HE = "np.sqrt(2 / layers_dims[l - 1])"
for exercise in ("initialize_parameters_random", "initialize_parameters_he"):
    mistake(
        exercise,
        BIAS,
        "rng.standard_normal((layers_dims[l], 1))",
        id="random_bias_of_size_one",
        hint="""
            Your biases are random. Random weights already make the units differ; biases begin at
            zero.""",
    )
    mistake(
        exercise,
        BIAS,
        "rng.standard_normal((layers_dims[l], 1)) * 0.01",
        id="small_random_bias",
        hint="""
            Your biases are small random numbers. Random weights already make the units differ;
            biases begin at zero.""",
    )
for id, old, new, hint in (
    ("shape_as_one_argument", DRAW, f"np.random.randn({WEIGHTS_SHAPE})", TUPLE),
    (
        "fan_in_forgotten",
        HE,
        "np.sqrt(2)",
        "Your scale is the same for every layer. It follows from the size of the layer before.",
    ),
    (
        "product",
        HE,
        "np.sqrt(2 * layers_dims[l - 1])",
        "Your weights grow with the layer before: 2 is *divided* by its size.",
    ),
    (
        "number_of_layers",
        HE,
        "np.sqrt(2 / (len(layers_dims) - 1))",
        "Your scale follows from the number of layers. It follows from the *size* of one of them.",
    ),
    (
        "squared",
        HE,
        "(2 / layers_dims[l - 1]) ** 2",
        """
        Your variance is squared; its root is the standard deviation, and that is what
        multiplies a draw.""",
    ),
    (
        "scale_added",
        f"{DRAW} * scale",
        f"{DRAW} + scale",
        "Your scale is added to the draw, which moves it. Multiplying changes its spread.",
    ),
    (
        "scaled_bias",
        BIAS,
        "np.ones((layers_dims[l], 1)) * scale",
        "Your biases are not zero. Only weights must differ from each other at the start.",
    ),
):
    mistake("initialize_parameters_he", old, new, id=id, hint=hint)

# initialize_parameters_xavier

GLOROT = "np.sqrt(2 / (layers_dims[l - 1] + layers_dims[l]))"

structural("initialize_parameters_xavier")
mistake(
    "initialize_parameters_xavier",
    GLOROT,
    "np.sqrt(1 / layers_dims[l - 1])",
    id="forward_only",
    hint="""
        Your variance is 1/n[l-1]. It keeps the signal's scale on the way forward, and many
        courses and libraries call it Xavier too. The paper also looks at the gradient on its way
        back, which sums over the layer itself, and takes the mean of the two sizes.""",
)
mistake(
    "initialize_parameters_xavier",
    GLOROT,
    "np.sqrt(1 / layers_dims[l])",
    id="backward_only",
    hint="""
        Your variance is 1/n[l]: that keeps the scale of the gradient on its way back and forgets
        the signal on its way forward. The paper takes the mean of the two sizes.""",
)
mistake(
    "initialize_parameters_xavier",
    GLOROT,
    "np.sqrt(2 / layers_dims[l - 1])",
    id="he_variance",
    hint="""
        Your variance is He's, made for ReLU. With tanh nothing is thrown away, and twice the
        variance drives the units into their flat ends.""",
)
mistake(
    "initialize_parameters_xavier",
    GLOROT,
    "np.sqrt(1 / (layers_dims[l - 1] + layers_dims[l]))",
    id="sum_instead_of_mean",
    hint="""
        Your variance is half of what it should be. It is one over the mean of the two sizes,
        and you divide by their sum.""",
)
mistake(
    "initialize_parameters_xavier",
    GLOROT,
    "np.sqrt(6 / (layers_dims[l - 1] + layers_dims[l]))",
    id="limit_of_the_uniform",
    hint="""
        Your number is the half-width of the uniform distribution in the paper's eq. 16. A
        uniform draw between -a and a has variance a squared over 3; as the standard deviation of a
        normal draw the same number is too large.""",
)
mistake(
    "initialize_parameters_xavier",
    GLOROT,
    "2 / (layers_dims[l - 1] + layers_dims[l])",
    id="sqrt_missing",
    hint="""
        Your scale is the variance itself. A draw multiplied by s has s squared times its variance:
        take that into account.""",
)

# activation_scales

mistake(
    "activation_scales",
    "np.std(A)",
    "np.var(A)",
    id="variance",
    hint="""
        These are variances. The standard deviation is in the units of the activations themselves,
        which is why it is the one to look at.""",
)
mistake(
    "activation_scales",
    'g(parameters[f"W{l}"] @ A + parameters[f"b{l}"])',
    'parameters[f"W{l}"] @ A + parameters[f"b{l}"]',
    id="no_activation",
    hint="""
        Your stack is linear: the activation function is never applied. What the next layer
        receives is g(Z), not Z.""",
)
mistake(
    "activation_scales",
    'g(parameters[f"W{l}"] @ A + parameters[f"b{l}"])',
    'g(parameters[f"W{l}"] @ A)',
    id="no_bias",
    hint="""
        The biases do not reach your result. They are zero at the start of training, so you may
        not have missed them; a stack measured later has others.""",
)
mistake(
    "activation_scales",
    "np.std(A)",
    "np.mean(np.abs(A))",
    id="mean_size",
    hint="""
        You measure the mean of the absolute values. The spread around the mean is another number:
        for ReLU, whose outputs are all positive, the two differ much.""",
)
mistake(
    "activation_scales",
    "np.std(A)",
    "np.sqrt(np.mean(A**2))",
    id="root_mean_square",
    hint="""
        You measure the distance from 0, the root of the mean square. The standard deviation is
        taken around the mean, and activations of a layer with biases, or of ReLU, do not have
        mean 0.""",
)
mistake(
    "activation_scales",
    "np.std(A)",
    "np.std(A, ddof=1)",
    id="sample_standard_deviation",
    hint="""
        You divide by one less than the number of entries. That estimates the spread of a larger
        population from a sample; here the entries of the layer are all there is.""",
)


@mistake("activation_scales")
def before_activation(X, parameters, activation="tanh"):
    """You measure Z, the weighted sums. The layer's output is what comes after the activation
    function.
    """
    g, _ = ACTIVATIONS[activation]
    A, scales = X, []
    for l in range(1, len(parameters) // 2 + 1):
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        scales.append(np.std(Z))
        A = g(Z)
    return np.array(scales)


@mistake("activation_scales")
def one_layer_behind(X, parameters, activation="tanh"):
    """Your numbers are one layer behind: the first is the scale of the input and the last layer
    is not measured. Compare the order of measuring and of computing.
    """
    g, _ = ACTIVATIONS[activation]
    A, scales = X, []
    for l in range(1, len(parameters) // 2 + 1):
        scales.append(np.std(A))
        A = g(parameters[f"W{l}"] @ A + parameters[f"b{l}"])
    return np.array(scales)


# fans

mistake(
    "fans",
    "fan_in, fan_out = window * shape[-2], window * shape[-1]",
    "fan_in, fan_out = window * shape[-1], window * shape[-2]",
    id="exchanged",
    hint="""
        Your two numbers are exchanged. Keras puts the inputs of a kernel before its outputs, the
        other way round than the matrices W of the exercises above.""",
)
mistake(
    "fans",
    "fan_in, fan_out = window * shape[-2], window * shape[-1]",
    "fan_in, fan_out = shape[-2], shape[-1]",
    id="window_forgotten",
    hint="""
        You count channels only. A unit of a conv layer looks at a whole window of each channel:
        how many numbers does it add up?""",
)
mistake(
    "fans",
    "fan_in, fan_out = window * shape[-2], window * shape[-1]",
    "fan_in, fan_out = shape[0], shape[1]",
    id="dense_layers_only",
    hint="""
        For a dense kernel your answer is right, but the first two axes of a conv kernel are the
        height and the width of its window. Count the axes from the end, where every kind of
        kernel has its channels.""",
)
mistake(
    "fans",
    "window * shape[-2], window * shape[-1]",
    "window * shape[-2], shape[-1]",
    id="fan_out_without_window",
    hint="""
        Your fan-in is right. For the fan-out turn the picture round: the window slides, so one
        input is seen from as many places as the window has, in every output channel.""",
)
mistake(
    "fans",
    "np.prod(shape[:-2])",
    "np.sum(shape[:-2]) or 1",
    id="window_added_up",
    hint="""
        You add the sides of the window where its area is wanted: how many places has a window
        of 3 by 5?""",
)

# HeInitializer

mistake(
    "HeInitializer",
    "np.sqrt(2 / fan_in) / TRUNCATED_STD",
    "np.sqrt(2 / fan_in)",
    id="truncation_forgotten",
    hint="""
        Your kernels are about 12% too small in standard deviation. Cutting a distribution at two
        standard deviations takes its largest values away, and with them some of the spread. How
        can you make up for a known loss?""",
)
mistake(
    "HeInitializer",
    "np.sqrt(2 / fan_in) / TRUNCATED_STD",
    "np.sqrt(2 / fan_in) * TRUNCATED_STD",
    id="truncation_twice",
    hint="""
        You correct for the cut in the wrong direction: the spread that it takes away has to be
        given back beforehand, not taken away once more.""",
)
mistake(
    "HeInitializer",
    "np.sqrt(2 / fan_in)",
    "(2 / fan_in)",
    id="sqrt_missing",
    hint="""
        stddev is a standard deviation, and you give it He's variance.""",
)
mistake(
    "HeInitializer",
    "np.sqrt(2 / fan_in)",
    "np.sqrt(1 / fan_in)",
    id="variance_for_tanh",
    hint="""
        Your variance is one over the fan-in. For ReLU, which drops half of the signal, the paper
        has another numerator.""",
)
mistake(
    "HeInitializer",
    "fan_in, _ = fans(shape)",
    "_, fan_in = fans(shape)",
    id="fan_out",
    hint="""
        You scale with the fan-out. Look at which of the two numbers counts the terms of a unit's
        sum.""",
)
mistake(
    "HeInitializer",
    "fan_in, _ = fans(shape)",
    "fan_in = shape[0]",
    id="first_axis",
    hint="""
        You take the first axis for the fan-in. That holds for a dense kernel; the first axis of a
        conv kernel is the height of its window.""",
)
mistake(
    "HeInitializer",
    "fan_in, _ = fans(shape)",
    "fan_in = shape[-2]",
    id="channels_only",
    hint="""
        You count the input channels and forget the window: a unit of a conv layer sums over
        both.""",
)
mistake(
    "HeInitializer",
    "seed=self.seed",
    "seed=0",
    id="seed_ignored",
    hint="""
        Your initializer gives the same values whatever its seed. Where does the seed that was
        given to the constructor go?""",
)
mistake(
    "HeInitializer",
    "seed=self.seed",
    "",
    id="seed_not_used",
    hint="""
        Two initializers with the same seed give different values. A run can only be repeated
        when the seed reaches the draw.""",
)
mistake(
    "HeInitializer",
    "dtype=dtype",
    "",
    id="dtype_ignored",
    hint="""
        The dtype that the layer asks for does not reach your draw. A model in double precision
        would get weights of another kind.""",
)
