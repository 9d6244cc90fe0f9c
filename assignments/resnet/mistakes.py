"""What people get wrong in the ResNet assignment, and what to think about then."""

from dltf.autograder import mistake

ADD = "X = layers.Add()([X, X_shortcut])"
RELU = 'X = layers.Activation("relu")(X)'
NORM = "X = layers.BatchNormalization(axis=3)(X)"
MIDDLE = 'X = layers.Conv2D(F2, f, padding="same", kernel_initializer=initializer())(X)'
LAST = "X = layers.Conv2D(F3, 1, kernel_initializer=initializer())(X)"

SHARED = {
    "shortcut_missing": """
        Your block computes F(x) alone: nothing of the input gets to the end except through the
        convolutions. That is an ordinary stack of layers, the very one that stops learning when it
        is deep. Where does what you kept at the beginning come back in?""",
    "relu_before_the_sum": """
        Your last ReLU comes before the sum. Then F(x) can only add: a block could raise an
        activation and never lower it, and the numbers would grow from block to block. In the
        paper's figure, follow the two arrows into the plus sign: what lies on each of them, and
        what comes after it?""",
    "relu_after_the_sum_missing": """
        After the sum your block stops. Without a ReLU there, what leaves the block is not what the
        next block's convolutions have come to expect: compare with the paper's figure, which has
        one more box below the plus sign.""",
    "relu_on_both_sides_of_the_sum": """
        Your main path has a ReLU after its third batch norm, and there is another after the sum.
        With the first of them F(x) is never negative: the block can add to its input and not take
        away from it. Count the boxes of the main path again: three convolutions, three batch norms,
        but how many ReLUs before the plus sign?""",
    "middle_window_of_one": """
        Your middle convolution does not use f, or not in both directions. The first and the last
        convolution only mix channels; the middle one is the only one in the block that sees a
        pixel's neighbours, so its window has to be f x f.""",
    "middle_without_padding": """
        Your middle convolution makes the picture smaller: an f x f window without padding loses f -
        1 rows and columns. The shortcut keeps its size, so the two can no longer be added. Which
        kind of padding keeps height and width?""",
    "last_filters_swapped": """
        The two that you add do not have the same number of channels. The block goes from many
        channels to few and back to many: F1 belongs to the first convolution, which squeezes, and
        F3 to all that is added in the end. Check each number of filters, also on the shortcut if it
        has a convolution.""",
    "norm_over_rows": """
        Your batch norm takes its means over the wrong axis. It normalises each *channel*, over all
        examples and all places. Pictures are (m, n_H, n_W, n_C): which number does the axis of the
        channels have, if m has 0?""",
    "third_norm_missing": """
        One convolution of your main path has no batch norm after it, the third. It is the one whose
        output is added to the shortcut, and the sum needs two parts of comparable size.""",
    "relu_before_norm": """
        In your main path ReLU comes before batch norm. Then batch norm's mean is that of numbers
        that are never negative, and what goes on to the next convolution has negative entries
        again. The paper's order is convolution, batch norm, ReLU.""",
}

MIDDLE_PADDED = 'layers.Conv2D(F2, f, padding="same", kernel_initializer=$initializer)'


def after(*lines):
    """Return statements one below the other."""
    return "\n".join(lines)


for exercise in ("identity_block", "convolutional_block"):
    for id, old, new in (
        ("shortcut_missing", ADD, ""),
        ("relu_before_the_sum", after(ADD, RELU), after(RELU, ADD)),
        ("relu_after_the_sum_missing", after(ADD, RELU), ADD),
        ("relu_on_both_sides_of_the_sum", after(LAST, NORM), after(LAST, NORM, RELU)),
        ("middle_window_of_one", MIDDLE_PADDED, MIDDLE_PADDED.replace("f", "1", 1)),
        ("middle_without_padding", 'padding="same"', ""),
        ("norm_over_rows", after(MIDDLE, NORM), after(MIDDLE, NORM.replace("3", "1"))),
        ("third_norm_missing", after(LAST, NORM), LAST),
        ("relu_before_norm", after(MIDDLE, NORM, RELU), after(MIDDLE, RELU, NORM)),
    ):
        mistake(exercise, old, new, id=id, hint=SHARED[id])
    mistake(
        exercise,
        edits=[
            (
                "layers.Conv2D(F1, 1, strides=s, kernel_initializer=$initializer)",
                "layers.Conv2D(F3, 1, strides=s, kernel_initializer=$initializer)",
            ),
            (LAST, LAST.replace("F3", "F1")),
        ]
        if exercise == "convolutional_block"
        else [("F1, F2, F3 = filters", "F3, F2, F1 = filters")],
        id="last_filters_swapped",
        hint=SHARED["last_filters_swapped"],
    )

for exercise, first in (
    ("identity_block", "X = layers.Conv2D(F1, 1, kernel_initializer=initializer())(X)"),
    (
        "convolutional_block",
        "X = layers.Conv2D(F1, 1, strides=s, kernel_initializer=initializer())(X)",
    ),
):
    for id, old, new, hint in (
        (
            "first_relu_missing",
            after(first, NORM, RELU),
            after(first, NORM),
            """
            The first convolution of your main path has no ReLU behind its batch norm. Convolution,
            batch norm, ReLU: the three go together, except before the sum.""",
        ),
        (
            "second_relu_missing",
            after(MIDDLE, NORM, RELU),
            after(MIDDLE, NORM),
            """
            The middle convolution of your main path has no ReLU behind its batch norm. Convolution,
            batch norm, ReLU: the three go together, except before the sum.""",
        ),
        (
            "first_norm_missing",
            after(first, NORM),
            first,
            "The first convolution of your main path has no batch norm after it.",
        ),
        (
            "second_norm_missing",
            after(MIDDLE, NORM),
            MIDDLE,
            "The middle convolution of your main path has no batch norm after it.",
        ),
        (
            "first_norm_over_rows",
            after(first, NORM),
            after(first, NORM.replace("3", "1")),
            SHARED["norm_over_rows"],
        ),
        (
            "parts_joined",
            "layers.Add()",
            "layers.Concatenate()",
            "You put the channels of the two paths side by side. They are added, entry by entry.",
        ),
        (
            "added_to_itself",
            "[X, X_shortcut]",
            "[X, X]",
            """
            Your main path is added to itself, and nothing of the input gets around it. Which two
            meet at the plus sign?""",
        ),
        (
            "middle_filters",
            MIDDLE,
            MIDDLE.replace("F2", "F1"),
            """
            Your middle convolution has the filters of the first. Which of the three numbers is
            its own?""",
        ),
    ):
        if (exercise, id) != ("identity_block", "added_to_itself"):  # as shortcut_from_the_end
            mistake(exercise, old, new, id=id, hint=hint)
mistake(
    "identity_block",
    after(NORM, ADD),
    after(ADD, NORM),
    id="norm_after_the_sum",
    hint="""
        Your last batch norm comes after the sum, so the shortcut goes through it as well, and is no
        longer the input as it is. Where does the main path end?""",
)

# identity_block

mistake(
    "identity_block",
    ADD,
    after(
        "X_shortcut = layers.Conv2D(F3, 1, kernel_initializer=initializer())(X_shortcut)",
        "X_shortcut = layers.BatchNormalization(axis=3)(X_shortcut)",
        ADD,
    ),
    id="convolution_on_the_shortcut",
    hint="""
        On the way around your block there is a convolution. An identity block's input has the right
        shape already, so it is added as it is; that is what its name says, and what lets gradients
        through unchanged. A convolution on the shortcut belongs to the other kind of block, whose
        shapes differ.""",
)
mistake(
    "identity_block",
    "X_shortcut = X",
    "",
    edits=[(after(LAST, NORM), after(LAST, NORM, "X_shortcut = X"))],
    id="shortcut_from_the_end",
    hint="""
        Your block adds to the end of the main path what is already there: the shortcut is taken too
        late, or not used. It must hold what came *into* the block, so it has to be kept before the
        first convolution.""",
)

# convolutional_block

FIRST = "X = layers.Conv2D(F1, 1, strides=s, kernel_initializer=initializer())(X)"
SHORTCUT = (
    "X_shortcut = layers.Conv2D(F3, 1, strides=s, kernel_initializer=initializer())(X_shortcut)"
)
SHORTCUT_NORM = "X_shortcut = layers.BatchNormalization(axis=3)(X_shortcut)"

for id, edits, words in (
    (
        "shortcut_norm_missing",
        [(SHORTCUT_NORM, "")],
        """
        The convolution on your shortcut has no batch norm after it. Every convolution of this
        network has one; without it, one of the two parts of the sum is normalised and the other is
        as large as it likes.""",
    ),
    (
        "shortcut_with_relu",
        [(SHORTCUT_NORM, after(SHORTCUT_NORM, RELU.replace("X", "X_shortcut")))],
        """
        Your shortcut ends in a ReLU. The shortcut should change as little as it can: it only has to
        give the input another shape. What is negative there would be lost before the sum, and the
        ReLU after the sum comes early enough.""",
    ),
    (
        "shortcut_window_of_f",
        [(SHORTCUT, SHORTCUT.replace("1, strides=s", 'f, strides=s, padding="same"'))],
        """
        The convolution on your shortcut has an f x f window. It is there to change the number of
        channels and to take steps of s, and a 1x1 window does both; a larger one costs nine times
        as much and mixes neighbours on the path that should stay clean.""",
    ),
    (
        "shortcut_from_the_main_path",
        [(SHORTCUT, SHORTCUT.replace("(X_shortcut)", "(X)").replace("F3, 1, strides=s", "F3, 1"))],
        """
        Your shortcut begins at the end of the main path. Then it is no way around: everything still
        has to go through the three convolutions. It must start from what came into the block, which
        was kept at the top.""",
    ),
    (
        "stride_in_the_middle",
        [
            (FIRST, FIRST.replace("strides=s, ", "")),
            (MIDDLE, MIDDLE.replace("F2, f,", "F2, f, strides=s,")),
        ],
        """
        Your main path takes its steps in the middle convolution. All shapes are right, and some
        libraries do it so; but the paper's layout, which this exercise follows, takes them in the
        first one, which also makes the f x f convolution s squared times cheaper.""",
    ),
    (
        "stride_on_one_path",
        [(SHORTCUT, SHORTCUT.replace("strides=s, ", ""))],
        """
        Your two paths end with pictures of different sizes, which cannot be added: one takes steps
        of s more often than the other. Each of them takes steps of s exactly once, in its first
        convolution.""",
    ),
    (
        "stride_always_two",
        [
            (FIRST, FIRST.replace("strides=s", "strides=2")),
            (SHORTCUT, SHORTCUT.replace("strides=s", "strides=2")),
        ],
        """
        Your block always takes steps of 2. That is only the default of s: the first block of stage
        2 is called with another s, because the max pool before it has shrunk the picture
        already.""",
    ),
):
    mistake("convolutional_block", edits=edits, id=id, hint=words)

# ResNet50

GROW = "filters, s = [2 * n for n in filters], 2"
STEM = "X = layers.Conv2D(64, 7, strides=2, kernel_initializer=HeNormal())(X)"
POOL = "X = layers.MaxPooling2D(3, strides=2)(X)"
MEAN = "X = layers.GlobalAveragePooling2D()(X)"

for id, old, new, words in (
    (
        "strides_three_and_four",
        GROW,
        GROW.replace(", 2", ", s + 1"),
        """
        Your strides grow with the stage: 1, 2, 3, 4. Every kernel has the right shape then, and the
        number of parameters is right too, which is why this one is hard to see; but the pictures
        shrink twelvefold in the last two stages instead of fourfold. What should happen to height
        and width whenever the number of channels doubles?""",
    ),
    (
        "stride_two_in_stage_two",
        "[64, 64, 256], 1",
        "[64, 64, 256], 2",
        """
        Your stage 2 halves the picture. The max pool just before it has done that already: the
        first block of stage 2 only has to make more channels, and this is what the argument s is
        for.""",
    ),
    (
        "one_block_too_many",
        "range(blocks - 1)",
        "range(blocks)",
        """
        Each of your stages has one block too many. The numbers 3, 4, 6, 3 of the paper's table
        count the convolutional block at the beginning of a stage, too.""",
    ),
    (
        "stages_exchanged",
        "(3, 4, 6, 3)",
        "(3, 4, 3, 6)",
        """
        The numbers of blocks of your last two stages have changed places. The long stage is the
        fourth: the paper's deeper networks grow there, up to 36 blocks, and the last one keeps
        three.""",
    ),
    (
        "zero_padding_missing",
        "X = layers.ZeroPadding2D(3)(X_input)",
        "X = X_input",
        """
        Your network begins without the zeros around the picture. The 7x7 window then never stands
        over the edge, and three rows and columns on each side count for less. What should happen
        before the first convolution?""",
    ),
    (
        "padded_max_pool",
        "layers.MaxPooling2D(3, strides=2)",
        'layers.MaxPooling2D(3, strides=2, padding="same")',
        """
        Your max pool pads the picture. In this exercise the zeros are put around it once, at the
        very beginning; the pool takes only windows that lie inside, and 64 x 64 has become 15 x 15
        after it, not 16 x 16.""",
    ),
    (
        "max_pool_missing",
        POOL,
        "",
        """
        Stage 1 of your network has no max pool. It halves height and width before the first block;
        without it everything after it costs four times as much and sees half as far.""",
    ),
    (
        "stem_without_relu",
        RELU,
        "",
        """
        After the first convolution of your network there is batch norm, and no ReLU before the max
        pool. Convolution, batch norm, ReLU: the three go together here as in the blocks.""",
    ),
    (
        "max_instead_of_mean",
        "layers.GlobalAveragePooling2D",
        "layers.GlobalMaxPooling2D",
        """
        At its end your network takes the largest value of each channel. The paper takes the mean
        over all places, which asks how much of a feature there is in the picture, and not only
        whether it is anywhere.""",
    ),
    (
        "mean_missing",
        MEAN,
        "X = layers.Flatten()(X)",
        """
        Your last dense layer sees every place of the last picture by itself, and has several times
        as many weights. Before it, the mean over height and width leaves one number for each of the
        2048 channels.""",
    ),
    (
        "softmax_missing",
        'activation="softmax"',
        'activation="linear"',
        """
        Your network ends in scores that can be anything. To be read as probabilities they have to
        be positive and sum to 1 for each picture: one more function does both.""",
    ),
    (
        "sigmoid_for_softmax",
        'activation="softmax"',
        'activation="sigmoid"',
        """
        Your last layer judges each class by itself, so the numbers of a picture do not sum to 1. A
        picture shows exactly one of the signs: which function lets the classes compete?""",
    ),
    (
        "six_classes_always",
        "layers.Dense(classes, activation=$softmax)",
        "layers.Dense(6, activation=$softmax)",
        """
        Your network has six outputs whatever it is asked for. The number of classes is an argument;
        6 is only its default.""",
    ),
):
    mistake("ResNet50", old, new, id=id, hint=words)
for id, old, new, words in (
    (
        "one_block_too_few",
        "range(blocks - 1)",
        "range(blocks - 2)",
        """
        Each of your stages has one block too few. A stage of 3 has one convolutional block and two
        identity blocks.""",
    ),
    (
        "one_block_too_few_in_stage_four",
        "(3, 4, 6, 3)",
        "(3, 4, 5, 3)",
        """
        Your stage 4 has one block too few. Of its six blocks the first is the convolutional
        one: how many identity blocks are left?""",
    ),
    (
        "one_block_too_few_in_stage_three",
        "(3, 4, 6, 3)",
        "(3, 3, 6, 3)",
        "Your stage 3 has one block too few: four, of which the first is the convolutional one.",
    ),
    (
        "stride_one_in_stage_three",
        GROW,
        GROW.replace(", 2", ", 1 if filters[0] == 64 else 2"),
        """
        Your stage 3 keeps the size of the picture. Where channels double, height and width are
        halved.""",
    ),
    (
        "stride_one_in_stage_five",
        GROW,
        GROW.replace(", 2", ", 1 if filters[0] == 256 else 2"),
        """
        Your stage 5 keeps the size of the picture. Where channels double, height and width are
        halved.""",
    ),
):
    mistake("ResNet50", old, new, id=id, hint=words)
