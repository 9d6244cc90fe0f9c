"""What people get wrong in the style transfer assignment, and what to think about then."""

from dltf.autograder import mistake, mistake_by_place

# compute_content_cost

SUM = "tf.reduce_sum(tf.square(a_C - a_G))"
FACTOR = "(4 * n_H * n_W * n_C)"

mistake(
    "compute_content_cost",
    "content_output[-1], generated_output[-1]",
    "content_output[0], generated_output[0]",
    id="first_layer",
    hint="""
        You compare the first layer of the lists. It knows edges and colours, and a picture that
        kept those would be the photo itself. The content layer is deeper in the network, and it
        stands at the other end of the list.""",
)
mistake(
    "compute_content_cost",
    "content_output[-1], generated_output[-1]",
    "content_output, generated_output",
    id="whole_list",
    hint="""
        Your function treats what it is given as one tensor. It is a list, with a tensor for each
        layer that is looked at; only the last of them is the content layer. (The notebooks of
        2017 handed over that tensor itself, as a_C and a_G.)""",
)
mistake(
    "compute_content_cost",
    FACTOR,
    "(n_H * n_W * n_C)",
    id="four_missing",
    hint="""
        Your cost is four times too large. The sum of squares is divided by more than the number
        of activations: look at the factor in front of the sum again.""",
)
mistake(
    "compute_content_cost",
    f"{SUM} / {FACTOR}",
    f"{SUM} / 2",
    id="half_the_sum",
    hint="""
        Your factor is one half, that of the paper. It makes the cost grow with the size of the
        picture; the course divides by four times the number of activations, so that alpha means
        the same for every size.""",
)
mistake(
    "compute_content_cost",
    "tf.reduce_sum",
    "tf.reduce_mean",
    id="mean_and_factor",
    hint="""
        You divide by the number of activations twice: by a mean and by your factor, or by the
        squares of the sizes (which belong to the style cost). Once is enough.""",
)
mistake(
    "compute_content_cost",
    "tf.square(a_C - a_G)",
    "tf.abs(a_C - a_G)",
    id="absolute_values",
    hint="""
        You add up the sizes of the differences. Without the square a few large differences cost as
        little as many tiny ones, and the gradient does not shrink as the pictures get alike.""",
)
mistake(
    "compute_content_cost",
    SUM,
    "tf.square(tf.reduce_sum(a_C - a_G))",
    id="square_of_the_sum",
    hint="""
        You square the sum. Differences of opposite sign cancel before they are squared, so two
        pictures that have nothing in common can cost nothing. Which comes first?""",
)
mistake(
    "compute_content_cost",
    SUM,
    "tf.square(a_C - a_G)",
    id="not_summed",
    hint="""
        Your cost is a tensor with a number for every activation. A cost that gradient descent can
        lower is one number: what do you do with the squares?""",
)
mistake(
    "compute_content_cost",
    "_, n_H, n_W, n_C = a_G.shape",
    "n_H, n_W, n_C = a_G.shape[:3]",
    id="batch_for_height",
    hint="""
        Your cost is divided by height and width, and not by the channels. Either they are
        missing in the factor, or your n_H, n_W and n_C are the first three sizes of the tensor:
        its first axis is the batch, a single picture here.""",
)

for id, new, hint in (
    (
        "places_missing",
        "(4 * n_C)",
        "Your cost is divided by too little: the number of places is missing.",
    ),
    (
        "height_missing",
        "(4 * n_W * n_C)",
        "Your cost is divided by too little: the height is missing.",
    ),
    (
        "width_missing",
        "(4 * n_H * n_C)",
        "Your cost is divided by too little: the width is missing.",
    ),
    ("two_for_four", "(2 * n_H * n_W * n_C)", "Your cost is twice as large as it should be."),
    (
        "sizes_added",
        "(4 * (n_H + n_W + n_C))",
        "You add the sizes. How many numbers are there in a volume?",
    ),
    (
        "precedence",
        "4 * n_H * n_W * n_C",
        "Only the first of your factors is below the line: parentheses are missing.",
    ),
):
    mistake("compute_content_cost", f"{SUM} / {FACTOR}", f"{SUM} / {new}", id=id, hint=hint)
for id, old, new, hint in (
    (
        "not_squared",
        "tf.square(a_C - a_G)",
        "(a_C - a_G)",
        """
        You add up the differences themselves, and those of different sign cancel. What is done
        to each first?""",
    ),
    (
        "root",
        SUM,
        "tf.sqrt(tf.reduce_sum(tf.square(a_C - a_G)))",
        "You take the root: your cost is a distance. The formula has its square.",
    ),
    (
        "sum_of_the_pictures",
        "tf.square(a_C - a_G)",
        "tf.square(a_C + a_G)",
        "You add the activations. How different two pictures are shows in their difference.",
    ),
    (
        "difference_of_the_squares",
        "tf.square(a_C - a_G)",
        "(tf.square(a_C) - tf.square(a_G))",
        "You square before you subtract. The difference comes first, then its square.",
    ),
):
    mistake("compute_content_cost", old, new, id=id, hint=hint)

# gram_matrix

mistake(
    "gram_matrix",
    "tf.matmul(A, A, transpose_b=True)",
    "tf.matmul(A, A, transpose_a=True)",
    id="places_with_places",
    hint="""
        Your matrix has a row for every place of the picture. Style asks how often two *channels*
        are active together, and A has a row for each channel: which of the two factors must be
        transposed for the sum to run over the places?""",
)
mistake(
    "gram_matrix",
    "tf.matmul(A, A, transpose_b=True)",
    "tf.matmul(A, A)",
    id="not_transposed",
    hint="""
        For a product of two matrices the columns of the first must be as many as the rows of the
        second. A times itself does not fit: one of the two has to be turned, and only one.""",
)
mistake(
    "gram_matrix",
    "tf.matmul(A, A, transpose_b=True)",
    "A * A",
    id="entry_by_entry",
    hint="""
        You multiply entry by entry, which keeps the places apart. A Gram matrix adds up over them:
        it is a product of matrices, with a dot product in every entry.""",
)
mistake(
    "gram_matrix",
    "tf.matmul(A, A, transpose_b=True)",
    "tf.matmul(A, A, transpose_b=True) / A.shape[1]",
    id="mean_over_the_places",
    hint="""
        You divide by the number of places. Many programs do, and it is a good idea; here the factor
        of the style cost takes care of it, and both together would be too much.""",
)
mistake(
    "gram_matrix",
    "tf.matmul(A, A, transpose_b=True)",
    "tf.matmul(A, A, transpose_b=True) / (A.shape[0] * A.shape[1])",
    id="normalised",
    hint="""
        You divide by the size of A. Here the factor of the style cost takes care of the size; the
        Gram matrix itself is the plain sum of products.""",
)
mistake(
    "gram_matrix",
    "tf.matmul(A, A, transpose_b=True)",
    "tf.matmul(A - tf.reduce_mean(A, 1, True), A - tf.reduce_mean(A, 1, True), transpose_b=True)",
    id="covariance",
    hint="""
        You take each channel's mean away first, as one does for a covariance. The Gram matrix
        leaves it in: how active a channel is on the whole is a part of the style.""",
)
mistake(
    "gram_matrix",
    "tf.matmul(A, A, transpose_b=True)",
    "tf.reduce_sum(tf.square(A), axis=1)",
    id="diagonal_only",
    hint="""
        You have one number for each channel: how active it is. That is the diagonal of the Gram
        matrix. What makes a style is in the rest of it, which channels are active together.""",
)

for id, new, hint in (
    ("transposed_only", "tf.transpose(A)", "You return A transposed. It is to be multiplied by A."),
    ("added", "A + A", "You add A to itself. A Gram matrix is a product of matrices."),
):
    mistake("gram_matrix", "tf.matmul(A, A, transpose_b=True)", new, id=id, hint=hint)

# compute_layer_style_cost

UNROLL_S = "tf.transpose(tf.reshape(a_S, (n_H * n_W, n_C)))"
UNROLL_G = "tf.transpose(tf.reshape(a_G, (n_H * n_W, n_C)))"
STYLE_FACTOR = "1 / (4 * n_C**2 * (n_H * n_W) ** 2)"

mistake(
    "compute_layer_style_cost",
    edits=[
        (UNROLL_S, "tf.reshape(a_S, (n_C, n_H * n_W))"),
        (UNROLL_G, "tf.reshape(a_G, (n_C, n_H * n_W))"),
    ],
    id="reshape_alone",
    hint="""
        The shape of your unrolled tensor is right and its rows are not channels. A reshape keeps
        the order in which the numbers lie in memory, and there the channels of one place are
        neighbours: it can join the axes n_H and n_W, and cannot bring the last axis to the front.
        Join first; what turns rows into columns?""",
)
mistake(
    "compute_layer_style_cost",
    edits=[
        (UNROLL_S, "tf.reshape(a_S, (n_H * n_W, n_C))"),
        (UNROLL_G, "tf.reshape(a_G, (n_H * n_W, n_C))"),
    ],
    id="places_in_rows",
    hint="""
        Your unrolled activations have a row for each place, so your Gram matrix compares places:
        it would know where things stand, which is what a style must not. gram_matrix wants a row
        for each channel.""",
)
mistake(
    "compute_layer_style_cost",
    STYLE_FACTOR,
    "1 / (4 * n_C**2 * (n_H * n_W))",
    id="places_not_squared",
    hint="""
        Your factor has the number of places in it once. An entry of a Gram matrix is a sum over
        all places, so its square grows with their square.""",
)
mistake(
    "compute_layer_style_cost",
    STYLE_FACTOR,
    "1 / (4 * n_C * (n_H * n_W) ** 2)",
    id="channels_not_squared",
    hint="""
        Your factor has the number of channels in it once. The sum runs over all entries of the
        Gram matrix: how many are there?""",
)
mistake(
    "compute_layer_style_cost",
    STYLE_FACTOR,
    "1 / (4 * n_C * n_H * n_W)",
    id="content_factor",
    hint="""
        This is the factor of the content cost. There the sum runs over single activations; here it
        runs over products of channels, each added up over all places, and squared.""",
)
mistake(
    "compute_layer_style_cost",
    STYLE_FACTOR,
    "1 / (2 * n_C**2 * (n_H * n_W) ** 2)",
    id="two_for_four",
    hint="""
        Your cost is twice as large as it should be. The number in the denominator of the factor
        is the square of 2, like everything else in there.""",
)
mistake(
    "compute_layer_style_cost",
    "tf.reduce_sum",
    "tf.reduce_mean",
    id="mean_and_factor",
    hint="""
        You take the mean over the entries of the Gram matrix and then divide by their number again,
        in the factor. Take one of the two.""",
)
mistake(
    "compute_layer_style_cost",
    "tf.square(difference)",
    "tf.abs(difference)",
    id="absolute_values",
    hint="""
        You add up the sizes of the differences. The cost is made of their squares: the factor is,
        too.""",
)
mistake(
    "compute_layer_style_cost",
    "gram_matrix(A_S) - gram_matrix(A_G)",
    "A_S - A_G",
    id="no_gram_matrix",
    hint="""
        You compare the activations themselves, place by place: that is content. Style is compared
        by what is left when the places are summed over.""",
)
mistake(
    "compute_layer_style_cost",
    "gram_matrix(A_S) - gram_matrix(A_G)",
    "gram_matrix(A_S - A_G)",
    id="gram_of_the_difference",
    hint="""
        You take the Gram matrix of the difference. It is small only where the pictures agree place
        by place. First describe the style of each picture, then compare the descriptions.""",
)


@mistake("compute_layer_style_cost")
def batch_for_height(a_S, a_G):
    """Your factor has height and width in it, and not the channels. Either they are missing, or
    your n_H, n_W and n_C are the first three sizes of the tensor: its first axis is the batch, a
    single picture here.
    """
    n_H, n_W, n_C = a_G.shape[:3]
    A_S = tf.transpose(tf.reshape(a_S, (-1, a_S.shape[-1])))
    A_G = tf.transpose(tf.reshape(a_G, (-1, a_G.shape[-1])))
    squares = tf.square(gram_matrix(A_S) - gram_matrix(A_G))
    return tf.reduce_sum(squares) / (4 * n_C**2 * (n_H * n_W) ** 2)


for id, new, hint in (
    (
        "width_squared_alone",
        "1 / (4 * n_C**2 * n_H * n_W**2)",
        """
        In your factor only the width is squared: a power is taken before a product. Where do the
        parentheses go?""",
    ),
    (
        "height_squared_alone",
        "1 / (4 * n_C**2 * n_H**2 * n_W)",
        "In your factor the width is not squared.",
    ),
    (
        "four_missing",
        "1 / (n_C**2 * (n_H * n_W) ** 2)",
        "Your cost is four times too large: look at the factor again.",
    ),
    (
        "four_squared",
        "1 / (4 * n_C * n_H * n_W) ** 2",
        "In your factor the 4 is squared as well: it stands outside the square.",
    ),
    ("two_squared_away", "1 / (2 * n_C * n_H * n_W)", "Nothing in your factor is squared."),
    ("places_missing", "1 / (4 * n_C**2)", "The places are missing in your factor."),
    (
        "sizes_added",
        "1 / (4 * n_C**2 * (n_H + n_W) ** 2)",
        "You add height and width. How many places has a picture?",
    ),
    ("no_factor", "1.0", "Your cost has no factor in front of the sum."),
):
    mistake("compute_layer_style_cost", STYLE_FACTOR, new, id=id, hint=hint)
for id, old, new, hint in (
    (
        "not_squared",
        "tf.square(difference)",
        "difference",
        "You add up the differences themselves, and those of different sign cancel.",
    ),
    (
        "square_of_the_sum",
        "tf.reduce_sum(tf.square(difference))",
        "tf.square(tf.reduce_sum(difference))",
        "You square the sum. Differences of opposite sign cancel before they are squared.",
    ),
    (
        "sum_of_the_styles",
        "gram_matrix(A_S) - gram_matrix(A_G)",
        "gram_matrix(A_S) + gram_matrix(A_G)",
        "You add the two Gram matrices. How different two styles are shows in their difference.",
    ),
):
    mistake("compute_layer_style_cost", old, new, id=id, hint=hint)
mistake_by_place(
    "compute_layer_style_cost",
    {
        "a_S": (UNROLL_S, "tf.reshape(a_S, (n_C, n_H * n_W))"),
        "a_G": (UNROLL_G, "tf.reshape(a_G, (n_C, n_H * n_W))"),
    },
    id="reshape_alone",
    everywhere=False,
    hint="""
        A reshape alone cannot bring the last axis to the front: join height and width, then
        turn.""",
)
mistake(
    "compute_layer_style_cost",
    edits=[
        (UNROLL_S, "tf.reshape(tf.transpose(a_S), (n_H * n_W, n_C))"),
        (UNROLL_G, "tf.reshape(tf.transpose(a_G), (n_H * n_W, n_C))"),
    ],
    id="transposed_too_early",
    hint="""
        You transpose before you unroll, and have a row for each place in the end. Join height and
        width first; then turn, so that each channel has a row.""",
)

# compute_style_cost

ADDED = "J_style += weight * compute_layer_style_cost(a_S, a_G)"

mistake(
    "compute_style_cost",
    ADDED,
    "J_style += compute_layer_style_cost(a_S, a_G)",
    id="weights_forgotten",
    hint="""
        All layers count alike in your sum. STYLE_LAYERS holds a weight beside each name: it says
        how much of the fine strokes and how much of the large forms is taken over.""",
)
mistake(
    "compute_style_cost",
    ADDED,
    "J_style = weight * compute_layer_style_cost(a_S, a_G)",
    id="last_layer_only",
    hint="""
        Each layer's cost takes the place of the one before, and only the last is left. They have
        to be added up.""",
)
mistake(
    "compute_style_cost",
    ADDED,
    "J_style += weight * compute_layer_style_cost(a_S, a_G) / len(STYLE_LAYERS)",
    id="mean_of_layers",
    hint="""
        You divide by the number of layers. The weights are there for that: in the course they are
        a fifth each, for five layers.""",
)
mistake(
    "compute_style_cost",
    ADDED,
    "J_style += compute_layer_style_cost(weight * a_S, weight * a_G)",
    id="weight_inside",
    hint="""
        You multiply the activations by the weight. It goes through two products before it reaches
        the cost, and comes out as its fourth power. Weigh the layer's cost instead.""",
)


@mistake("compute_style_cost")
def content_layer_for_the_first(
    style_image_output, generated_image_output, STYLE_LAYERS=STYLE_LAYERS
):
    """Your sum leaves out the first layer and takes in the last one, which is the content layer.
    The style layers come first in the lists, in the order of STYLE_LAYERS.
    """
    J_style = tf.constant(0.0)
    weights = [weight for _, weight in STYLE_LAYERS]
    for weight, a_S, a_G in zip(weights, style_image_output[1:], generated_image_output[1:]):
        J_style += weight * compute_layer_style_cost(a_S, a_G)
    return J_style


# total_cost

mistake(
    "total_cost",
    "alpha * J_content + beta * J_style",
    "beta * J_content + alpha * J_style",
    id="weights_swapped",
    hint="""
        alpha and beta have changed places. The larger of the two belongs to the style: which of
        the costs do you multiply by which?""",
)
mistake(
    "total_cost",
    "alpha * J_content + beta * J_style",
    "J_content + J_style",
    id="weights_forgotten",
    hint="""
        Your sum has no weights. What one wants, how much photo and how much painting, is said by
        alpha and beta.""",
)
mistake(
    "total_cost",
    "alpha * J_content + beta * J_style",
    "(alpha * J_content + beta * J_style) / (alpha + beta)",
    id="weighted_mean",
    hint="""
        You divide by the sum of the weights. It moves the minimum nowhere, but the cost is no
        longer what the formula says, and the steps get shorter.""",
)
mistake(
    "total_cost",
    "alpha * J_content + beta * J_style",
    "alpha * J_content * beta * J_style",
    id="product",
    hint="""
        You multiply the two costs. Then the total is nothing as soon as one of them is, however
        large the other: the photo itself would be perfect. Both must be small at once.""",
)
mistake(
    "total_cost",
    "alpha * J_content + beta * J_style",
    "10 * J_content + 40 * J_style",
    id="defaults_written_out",
    hint="""
        Your weights are always 10 and 40. These are the values for those who do not say anything
        else; whoever calls with another alpha wants another picture.""",
)
mistake(
    "total_cost",
    edits=[("alpha=10", "alpha=40"), ("beta=40", "beta=10")],
    id="defaults_swapped",
    hint="""
        Your defaults have changed places: the style gets 40 and the content 10 if nobody says
        otherwise.""",
)

for id, new, hint in (
    ("style_without_beta", "alpha * J_content + J_style", "Your style cost has no weight."),
    ("content_without_alpha", "J_content + beta * J_style", "Your content cost has no weight."),
    (
        "alpha_for_both",
        "alpha * J_content + alpha * J_style",
        "Both of your costs have the weight alpha.",
    ),
    (
        "beta_for_both",
        "beta * J_content + beta * J_style",
        "Both of your costs have the weight beta.",
    ),
    (
        "minus",
        "alpha * J_content - beta * J_style",
        "Your style cost is subtracted. Both should be small.",
    ),
    ("style_twice", "alpha * J_style + beta * J_style", "Your content cost is not used."),
    ("content_twice", "alpha * J_content + beta * J_content", "Your style cost is not used."),
    (
        "weights_added",
        "(alpha + J_content) + (beta + J_style)",
        "Your weights are added to the costs. A weight multiplies.",
    ),
):
    mistake("total_cost", "alpha * J_content + beta * J_style", new, id=id, hint=hint)

# total_variation_cost

DOWN, RIGHT = "picture[:, 1:] - picture[:, :-1]", "picture[:, :, 1:] - picture[:, :, :-1]"
BOTH = "tf.reduce_sum(tf.abs(down)) + tf.reduce_sum(tf.abs(right))"

mistake(
    "total_variation_cost",
    BOTH,
    "tf.reduce_sum(tf.square(down)) + tf.reduce_sum(tf.square(right))",
    id="squares",
    hint="""
        You add up squares. They forbid an edge and allow a blur, since one large difference costs
        more than many small ones with the same sum. Absolute values do not mind an edge.""",
)
mistake(
    "total_variation_cost",
    BOTH,
    "tf.reduce_sum(down) + tf.reduce_sum(right)",
    id="signs_kept",
    hint="""
        You add up the differences with their signs. Up and down cancel, and what is left depends on
        the border alone.""",
)
mistake(
    "total_variation_cost",
    BOTH,
    "tf.reduce_mean(tf.abs(down)) + tf.reduce_mean(tf.abs(right))",
    id="mean",
    hint="""
        You take means. The total variation is a sum over the picture, as its name says; gamma is
        chosen for that.""",
)
mistake(
    "total_variation_cost",
    BOTH,
    "tf.reduce_sum(tf.abs(right))",
    id="one_direction",
    hint="""
        You look to the right alone. A picture of horizontal lines would have no variation at all:
        neighbours stand below one another, too.""",
)
mistake(
    "total_variation_cost",
    edits=[(DOWN, "picture - tf.roll(picture, 1, 1)"), (RIGHT, "picture - tf.roll(picture, 1, 2)")],
    id="round_the_border",
    hint="""
        Your last row meets the first, and the last column the first: rolling goes round the border.
        Pixels at opposite ends of a picture are no neighbours.""",
)
mistake(
    "total_variation_cost",
    edits=[
        (DOWN, "picture[:, :, 1:] - picture[:, :, :-1]"),
        (f"right = {RIGHT}", "right = picture[..., 1:] - picture[..., :-1]"),
    ],
    id="colours_for_columns",
    hint="""
        Your axes are off by one. The first axis of a picture is the batch; the last one holds red,
        green and blue, which are no neighbours in the picture.""",
)

# train_step

COST = "total_cost(J_content, J_style, alpha, beta)"
CONTENT, STYLE = (
    "compute_content_cost({}, outputs)",
    "compute_style_cost({}, outputs, STYLE_LAYERS)",
)

mistake(
    "train_step",
    "generated_image.assign(clip_0_1(generated_image))",
    "pass",
    id="not_clipped",
    hint="""
        Your picture leaves the range from 0 to 1 after a step. No screen can show such colours, and
        the network never saw any. If you do clip it: a function that returns a clipped copy leaves
        the variable as it was, and so does giving the name to the copy. A variable is changed by
        its own method.""",
)
mistake(
    "train_step",
    "optimizer.apply([gradient], [generated_image])",
    "optimizer.apply([-gradient], [generated_image])",
    id="uphill",
    hint="""
        The cost grows: your step goes uphill. An optimizer takes the gradient as it is and turns it
        round by itself.""",
)
mistake(
    "train_step",
    "optimizer.apply([gradient], [generated_image])",
    "gradient = None",
    id="no_step",
    hint="""
        The picture does not change. You have the gradient; who uses it?""",
)
mistake(
    "train_step",
    edits=[
        (CONTENT.format("content_output"), CONTENT.format("style_output")),
        (STYLE.format("style_output"), STYLE.format("content_output")),
    ],
    id="photo_and_painting_swapped",
    hint="""
        You take the content of the painting and the style of the photo. Which of the two pictures
        is each cost compared with?""",
)
mistake(
    "train_step",
    COST,
    "total_cost(J_content, J_style)",
    id="default_weights",
    hint="""
        alpha and beta do not reach the total cost: it uses its defaults whatever you are called
        with.""",
)
mistake(
    "train_step",
    "J += gamma * total_variation_cost(generated_image)",
    "",
    id="no_variation",
    hint="""
        The total variation is missing from the cost. The picture gets the style's colours, and the
        noise that no cost forbids.""",
)
