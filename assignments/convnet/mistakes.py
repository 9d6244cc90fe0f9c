"""What people get wrong in the convnet assignment, and what to think about then."""

from dltf.autograder import mistake

# output_size

SIZE = "(n_prev + 2 * pad - f) // stride + 1"
mistake(
    "output_size",
    SIZE,
    "(n_prev + 2 * pad - f) / stride + 1",
    id="a_fraction",
    hint="""
        Your size is not a whole number. A window that would stick out does not count, so what is
        left over is thrown away, and arrays want an int for their size.""",
)
mistake(
    "output_size",
    SIZE,
    "(n_prev + 2 * pad - f) // stride",
    id="one_too_few",
    hint="""
        Your size is one too small. Put a window as long as the picture: after no step at all there
        already is one place. Steps and places are posts and fences.""",
)
mistake(
    "output_size",
    SIZE,
    "(n_prev + pad - f) // stride + 1",
    id="padded_at_one_end",
    hint="""
        Your picture is padded at one end only. pad says how many zeros there are at *each* end of
        an axis.""",
)
mistake(
    "output_size",
    SIZE,
    "-(-(n_prev + 2 * pad - f) // stride) + 1",
    id="rounded_up",
    hint="""
        Your size is rounded up: its last window sticks out of the picture. Draw a picture of 6
        pixels, a window of 2 and a stride of 3, and count.""",
)

# conv_parameter_count

COUNT = "(f * f * n_C_prev + 1) * n_C"
mistake(
    "conv_parameter_count",
    COUNT,
    "f * f * n_C_prev * n_C",
    id="no_biases",
    hint="""
        Your count is short by one a filter. Besides its weights, each filter adds something to
        every sum that it makes.""",
)
mistake(
    "conv_parameter_count",
    COUNT,
    "(f * f + 1) * n_C",
    id="flat_filters",
    hint="""
        Your filters are flat. A filter looks at all channels of the picture at once, so it is as
        deep as the picture, with weights of their own for each channel. (The best known lecture
        on this made the same slip in a table.)""",
)
mistake(
    "conv_parameter_count",
    COUNT,
    "f * f * n_C_prev * n_C + 1",
    id="one_bias_in_all",
    hint="""
        Your layer has a single bias. How many channels come out, and could one of them be moved up
        without the others?""",
)

# zero_pad

FRAME = "((0, 0), (pad, pad), (pad, pad), (0, 0))"
mistake(
    "zero_pad",
    FRAME,
    "pad",
    id="every_axis",
    hint="""
        Your zeros are on every axis: there are pictures and channels that nobody asked for. The
        axes are examples, height, width, channels; which of them make up a picture's frame?""",
)
mistake(
    "zero_pad",
    FRAME,
    "((0, 0), (pad, pad), (pad, pad), (pad, pad))",
    id="channels_too",
    hint="""
        Your pictures have more channels than before. A frame goes round a picture, not before and
        behind it.""",
)
mistake(
    "zero_pad",
    FRAME,
    "((0, 0), (pad, 0), (pad, 0), (0, 0))",
    id="two_sides",
    hint="""
        Your frame has two sides only. Each axis wants a pair: how many before, how many after.""",
)
mistake(
    "zero_pad",
    FRAME,
    "((0, 0), (pad, pad), (0, 0), (0, 0))",
    id="height_alone",
    hint="""
        Your zeros are above and below, none to the left and to the right. Height is one axis of a
        picture; which is the other?""",
)
mistake(
    "zero_pad",
    f"np.pad(X, {FRAME})",
    f'np.pad(X, {FRAME}, mode="edge")',
    id="edge_repeated",
    hint="""
        Your frame repeats the pixels at the edge. What goes round the picture here are zeros; look
        at the mode that np.pad has when none is named.""",
)

# conv_single_step

STEP = "np.sum(a_slice_prev * W) + b.item()"
mistake(
    "conv_single_step",
    STEP,
    "np.sum(a_slice_prev * W + b)",
    id="bias_in_every_product",
    hint="""
        Your bias counts once for each entry of the window. Watch the order: the products are summed
        first, and a filter has one bias for the whole sum.""",
)
mistake(
    "conv_single_step",
    STEP,
    "np.sum(a_slice_prev * W)",
    id="no_bias",
    hint="""
        Your result is right as long as the bias is zero. Something that came in has not been
        used.""",
)
mistake(
    "conv_single_step",
    STEP,
    "np.mean(a_slice_prev * W) + b.item()",
    id="mean_of_products",
    hint="""
        Your result is a mean. Nothing is divided here: the filter says itself how much weight each
        pixel has.""",
)
mistake(
    "conv_single_step",
    STEP,
    "np.sum(a_slice_prev * W, axis=(0, 1)) + b.item()",
    id="channel_by_channel",
    hint="""
        You have one number for each channel. A filter is as deep as the picture, and its sum
        runs over height, width *and* channels: one number comes out.""",
)
mistake(
    "conv_single_step",
    STEP,
    "np.sum(a_slice_prev) * np.sum(W) + b.item()",
    id="sums_multiplied",
    hint="""
        You multiply two sums. Then the filter could not tell where in the window a bright pixel
        is. Each pixel meets the weight at its own place first.""",
)

# conv_forward

HEIGHT = "output_size(n_H_prev, f, stride, pad)"
WIDTH = "output_size(n_W_prev, f, stride, pad)"
mistake(
    "conv_forward",
    edits=[(HEIGHT, "n_H_#"), (WIDTH, HEIGHT), ("n_H_#", WIDTH)],
    id="height_and_width_exchanged",
    hint="""
        Your height and width have changed places. On a square picture nobody would see it; this one
        is not square. The axes are (m, n_H_prev, n_W_prev, n_C_prev): go through your lines and say
        which axis each number belongs to.""",
)
mistake(
    "conv_forward",
    "h * stride, w * stride",
    "h, w",
    id="stride_unused",
    hint="""
        Your windows stand side by side, one pixel apart, whatever the stride. h counts windows, not
        pixels: at which pixel does window number h begin?""",
)
mistake(
    "conv_forward",
    "zero_pad(A_prev, pad)",
    "A_prev",
    id="picture_without_its_frame",
    hint="""
        Your windows slide over the picture as it came in, and run out of it. The sizes that you
        have computed are those of a picture with a frame: take the windows from that.""",
)
mistake(
    "conv_forward",
    edits=[
        (HEIGHT, "output_size(n_H_prev, f, stride)"),
        (WIDTH, "output_size(n_W_prev, f, stride)"),
    ],
    id="size_without_the_frame",
    hint="""
        Your Z is too small: it has the size that belongs to no padding. The frame makes room for
        more windows, at both ends of each axis.""",
)
mistake(
    "conv_forward",
    edits=[
        (HEIGHT, "-(-(n_H_prev + 2 * pad - f) // stride) + 1"),
        (WIDTH, "-(-(n_W_prev + 2 * pad - f) // stride) + 1"),
    ],
    id="size_rounded_up",
    hint="""
        Your last window sticks out of the picture when the stride does not divide the way. What is
        left over at the end is not seen: round down (int does, for positive numbers).""",
)
mistake(
    "conv_forward",
    "W[..., c]",
    "W[::-1, ::-1, :, c]",
    id="filter_turned_round",
    hint="""
        Your filters are turned round by half a turn. That *is* what mathematicians call a
        convolution. Deep learning means cross-correlation when it says so: the filter is laid on
        the window as it is.""",
)
mistake(
    "conv_forward",
    "b[..., c]",
    "b[..., 0]",
    id="one_bias_for_all",
    hint="""
        All your channels have the bias of the first. Each filter has its own, on the last axis of
        b.""",
)
mistake(
    "conv_forward",
    "A_prev_pad[i, $rows, $columns]",
    "A_prev_pad[0, $rows, $columns]",
    id="first_picture_for_all",
    hint="""
        All your examples look like the first one. Which picture do your windows come from?""",
)

# pool_forward

WINDOW = "A_prev[i, top : top + f, left : left + f, c]"
POOL = 'np.max(window) if mode == "max" else np.mean(window)'
mistake(
    "pool_forward",
    POOL,
    'max(0.0, np.max(window)) if mode == "max" else np.mean(window)',
    id="largest_or_zero",
    hint="""
        Your largest value is never below zero. If you look for it by comparing with what you have
        so far, what do you begin with, and what if all values of a window are negative?""",
)
mistake(
    "pool_forward",
    WINDOW,
    "A_prev[i, top : top + f, left : left + f]",
    id="channels_mixed",
    hint="""
        Your windows reach through all channels, so every channel of the result is the same. Pooling
        looks at one channel at a time; that is why it keeps their number.""",
)
mistake(
    "pool_forward",
    POOL,
    "np.max(window)",
    id="mode_unused",
    hint="""
        You take the maximum whatever the mode is. What should happen when it is "average"?""",
)
mistake(
    "pool_forward",
    POOL,
    'np.mean(window) if mode == "max" else np.max(window)',
    id="modes_exchanged",
    hint="""
        Your two modes have changed places: follow one call with mode="max" through your ifs.""",
)
mistake(
    "pool_forward",
    POOL,
    'np.max(window) if mode == "max" else np.sum(window)',
    id="sum_for_mean",
    hint="""
        Your average is a sum. A window of twice the size must not give a result of four times the
        size.""",
)
mistake(
    "pool_forward",
    "h * stride, w * stride",
    "h * f, w * f",
    id="steps_of_the_window_s_size",
    hint="""
        Your windows stand edge to edge. That is right when the stride equals f, as it often does in
        pooling, but it need not: how far is it from one window to the next?""",
)
mistake(
    "pool_forward",
    "h * stride, w * stride",
    "h, w",
    id="stride_unused",
    hint="""
        Your windows are one pixel apart, whatever the stride. h counts windows, not pixels.""",
)

# conv_backward

BACK = "W[..., c] * dZ[i, h, w, c]"
WINDOW = "A_prev_pad[i, rows, columns]"
FILTER = f"{WINDOW} * dZ[i, h, w, c]"
CUT = "dA_prev_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev]"
ROWS = "slice(h * stride, h * stride + f)"
COLUMNS = "slice(w * stride, w * stride + f)"
BIAS = "db[..., c] += dZ[i, h, w, c]"
MINUS_ZERO = """
    Your gradients are right when there is padding. Where there is none you cut off the frame by a
    slice that ends at -pad, and -0 is 0: the slice is empty. Say where the picture ends by its
    size instead; then it holds for every frame. (The hint in the course's own notebook falls into
    this hole.)"""
mistake(
    "conv_backward",
    CUT,
    "dA_prev_pad[:, pad:-pad, pad:-pad]",
    id="slice_to_minus_zero",
    hint=MINUS_ZERO,
)
mistake(
    "conv_backward",
    f"dA_prev = {CUT}",
    "dA_prev = np.zeros_like(A_prev)\ndA_prev[:] = dA_prev_pad[:, pad:-pad, pad:-pad]",
    id="filled_by_a_slice_to_minus_zero",
    hint=MINUS_ZERO,
)
mistake(
    "conv_backward",
    CUT,
    "dA_prev_pad",
    id="frame_left_on",
    hint="""
        Your dA_prev still has the frame. The zeros around the picture were not part of what came
        in; nobody wants to know their gradient.""",
)
mistake(
    "conv_backward",
    BIAS,
    "db[..., c] = dZ[i, h, w, c]",
    id="last_place_in_db",
    hint="""
        Your db remembers one place only, the last. The same bias was added at every place of every
        picture, and each sends a gradient back: they add up.""",
)
mistake(
    "conv_backward",
    f"dW[..., c] += {FILTER}",
    f"dW[..., c] = {FILTER}",
    id="last_place_in_dW",
    hint="""
        Your dW remembers one place only, the last. The same filter has been everywhere, on every
        picture: the parts add up.""",
)
mistake(
    "conv_backward",
    f"dA_prev_pad[i, rows, columns] += {BACK}",
    f"dA_prev_pad[i, rows, columns] = {BACK}",
    id="last_window_in_dA",
    hint="""
        Your dA_prev keeps what the last window has sent. A pixel lies in several windows and is
        seen by several filters: each part must be added to what is there.""",
)
mistake(
    "conv_backward",
    edits=[(ROWS, "slice(h, h + f)"), (COLUMNS, "slice(w, w + f)")],
    id="stride_unused",
    hint="""
        Your windows are one pixel apart, whatever the stride. The gradient must go back to the very
        window that it came from: use the same corners as on the way forward.""",
)
mistake(
    "conv_backward",
    FILTER,
    "A_prev[i, rows, columns] * dZ[i, h, w, c]",
    id="picture_without_its_frame",
    hint="""
        Your dW takes its windows from the picture without the frame. On the way forward the filter
        saw the padded picture; it is those windows that its gradient is made of.""",
)
mistake(
    "conv_backward",
    BACK,
    "W[::-1, ::-1, :, c] * dZ[i, h, w, c]",
    id="filter_turned_round",
    hint="""
        Your dA_prev comes from a filter that is turned round. The rule with the turned filter is
        for whoever writes the gradient as one convolution of dZ. Window by window nothing turns: a
        pixel gets what *its own* weight says.""",
)
mistake(
    "conv_backward",
    edits=[
        (FILTER, f"{FILTER} / len(dZ)"),
        (BIAS, "db[..., c] += dZ[i, h, w, c] / len(dZ)"),
    ],
    id="mean_over_the_examples",
    hint="""
        Your dW and db are divided by the number of examples. If the cost is a mean, that is in dZ
        already; a layer only hands on what comes back to it.""",
)
for id, line, hint in (
    (
        "dA_never_filled",
        f"dA_prev_pad[i, rows, columns] += {BACK}",
        """
        Your dA_prev is zero everywhere. The layer below learns from it alone: what does each
        window get back from its place in dZ?""",
    ),
    (
        "dW_never_filled",
        f"dW[..., c] += {FILTER}",
        """
        Your dW is zero everywhere: the filters would never learn. In Z each weight is multiplied
        by an entry of the window, and that is what its gradient is made of.""",
    ),
    (
        "db_never_filled",
        BIAS,
        """
        Your db is zero everywhere: the biases would never learn. A bias is added at every place,
        so each place sends its own share back.""",
    ),
):
    mistake("conv_backward", line, "", id=id, hint=hint)
mistake(
    "conv_backward",
    BIAS,
    "db += dZ[i, h, w, c]",
    id="one_bias_for_all",
    hint="""
        Every entry of your db is the same: all filters share what each should have alone. A filter
        has a bias of its own, with its own place in db.""",
)
mistake(
    "conv_backward",
    f"dA_prev_pad[i, rows, columns] += {BACK}",
    f"dA_prev_pad[:, rows, columns] += {BACK}",
    id="to_every_picture",
    hint="""
        Your gradient of one picture goes to all pictures of the batch. What came from a picture
        goes back to that picture: one index is missing.""",
)
mistake(
    "conv_backward",
    WINDOW,
    "A_prev_pad[0, rows, columns]",
    id="first_picture_for_all",
    hint="""
        Your dW takes all its windows from one and the same picture. Each picture of the batch has
        windows of its own, which its own part of dZ belongs to.""",
)
mistake(
    "conv_backward",
    WINDOW,
    "A_prev_pad[:, rows, columns].sum(axis=0)",
    id="all_pictures_at_once",
    hint="""
        Your dW multiplies one picture's gradient by the windows of all pictures. Take the window
        of the picture that the entry of dZ belongs to.""",
)
mistake(
    "conv_backward",
    f"rows, columns = {ROWS}, {COLUMNS}",
    f"rows, columns = {COLUMNS}, {ROWS}",
    id="height_and_width_exchanged",
    hint="""
        Your windows lie in the wrong place: rows are counted by w and columns by h. The first axis
        of a picture is its height.""",
)

# create_mask_from_window

MASK = "x == np.max(x)"
mistake(
    "create_mask_from_window",
    f"mask = {MASK}",
    "mask = np.zeros(x.shape, dtype=bool)\nmask.flat[np.argmax(x)] = True",
    id="first_of_several",
    hint="""
        Your mask has a single True. When several entries share the largest value, all of them are
        the largest: compare each entry with the maximum instead of asking where it is.""",
)
mistake(
    "create_mask_from_window",
    MASK,
    "x == np.max(np.abs(x))",
    id="largest_without_its_sign",
    hint="""
        Your maximum is that of the absolute values, which need not be in the window at all.""",
)
mistake(
    "create_mask_from_window",
    MASK,
    "x == np.max(x, axis=0)",
    id="largest_of_each_column",
    hint="""
        Your mask marks the largest entry of every column. The maximum was taken over the whole
        window.""",
)
mistake(
    "create_mask_from_window",
    MASK,
    "x >= np.mean(x)",
    id="above_the_mean",
    hint="""
        Your mask marks what is above the mean. Max pooling lets one value through and forgets the
        others, however large.""",
)
mistake(
    "create_mask_from_window",
    MASK,
    "x * (x == np.max(x))",
    id="values_for_marks",
    hint="""
        Your mask holds the value itself. It is to be multiplied by a gradient later: all that it
        says is yes or no.""",
)

# distribute_value

SHARE = "np.full((n_H, n_W), dz / (n_H * n_W))"
mistake(
    "distribute_value",
    SHARE,
    "np.full((n_H, n_W), dz)",
    id="not_divided",
    hint="""
        Every entry gets the whole value. Each had only its share in the mean: what should all of
        them sum to?""",
)
mistake(
    "distribute_value",
    SHARE,
    "np.full((n_H, n_W), dz / n_H)",
    id="divided_by_the_height",
    hint="""
        Your entries do not sum to the value. Among how many entries is it divided? On a window of
        2x3 count them.""",
)
mistake(
    "distribute_value",
    SHARE,
    "np.full((n_H, n_W), dz / (n_H + n_W))",
    id="divided_by_the_sum",
    hint="""
        You divide by height plus width. A window of 2x2 would not show it: 2 + 2 is 2 times 2.
        How many entries has one of 2x5?""",
)
mistake(
    "distribute_value",
    SHARE,
    "np.full((n_W, n_H), dz / (n_H * n_W))",
    id="on_its_side",
    hint="""
        Your window lies on its side. The shape is (n_H, n_W), rows first.""",
)

# pool_backward

WINNERS = "create_mask_from_window(A_prev[place])"
LARGEST = f"dA_prev[place] += {WINNERS} * dA[i, h, w, c]"
ALIKE = "dA_prev[place] += distribute_value(dA[i, h, w, c], (f, f))"
PLACE = "(i, slice(top, top + f), slice(left, left + f), c)"
mistake(
    "pool_backward",
    edits=[(LARGEST, LARGEST.replace("+=", "=")), (ALIKE, ALIKE.replace("+=", "="))],
    id="last_window_only",
    hint="""
        Where windows overlap, your gradient is that of the last one. An entry can be the largest of
        two windows, and has a share in the mean of every window it lies in: the parts add up.""",
)
mistake(
    "pool_backward",
    LARGEST,
    "dA_prev[place] += dA[i, h, w, c]",
    id="to_every_entry",
    hint="""
        Under max pooling your gradient goes to the whole window. A small change of an entry that
        was not the largest would not have changed the result at all. You have a function that
        marks the one that would.""",
)
mistake(
    "pool_backward",
    LARGEST,
    f"dA_prev[place] += {WINNERS}",
    id="mask_without_a_gradient",
    hint="""
        Your mask goes into dA_prev as it is. It says where the gradient goes; how much it is comes
        from above.""",
)
mistake(
    "pool_backward",
    ALIKE,
    "dA_prev[place] += dA[i, h, w, c]",
    id="share_not_divided",
    hint="""
        Under average pooling every entry of your windows gets the whole gradient. In a mean of f
        times f entries, by how much does the result move when one of them moves by 1?""",
)
mistake(
    "pool_backward",
    WINNERS,
    "(A_prev[place] == np.max(A_prev[i, :, :, c]))",
    id="largest_of_the_picture",
    hint="""
        Your mask compares with the largest value of the whole picture. Each window has a winner of
        its own.""",
)
mistake(
    "pool_backward",
    PLACE,
    "(i, slice(top, top + f), slice(left, left + f))",
    id="channels_mixed",
    hint="""
        Your windows reach through all channels. Pooling works channel by channel, so the gradient
        of a channel goes back to that channel alone.""",
)
mistake(
    "pool_backward",
    "h * stride, w * stride",
    "h, w",
    id="stride_unused",
    hint="""
        Your windows are one pixel apart, whatever the stride. The gradient must go back to the very
        window that it came from.""",
)
mistake(
    "pool_backward",
    'mode == "max"',
    'mode == "average"',
    id="modes_exchanged",
    hint="""
        Your two modes have changed places: follow one call with mode="average" through your
        ifs.""",
)
mistake(
    "pool_backward",
    WINNERS,
    "create_mask_from_window(dA_prev[place])",
    id="mask_of_the_gradient",
    hint="""
        Your mask is made from the gradient that you are just filling. The largest entry won on the
        way *forward*: look for it in what went in then.""",
)
mistake(
    "pool_backward",
    WINNERS,
    "np.max(A_prev[place])",
    id="largest_value_for_a_mask",
    hint="""
        You multiply by the largest value itself, so that every entry of the window gets something.
        Asked for is where it *is*: a mask.""",
)
mistake(
    "pool_backward",
    PLACE,
    "(slice(None), slice(top, top + f), slice(left, left + f), c)",
    id="every_picture",
    hint="""
        Your windows reach through all pictures of the batch. What came from one picture goes back
        to that picture alone: one index is missing.""",
)
mistake(
    "pool_backward",
    WINNERS,
    "create_mask_from_window(A_prev[(0, *place[1:])])",
    id="mask_of_the_first_picture",
    hint="""
        Your masks are those of the first picture for all of them. Each picture has its own largest
        entries.""",
)
mistake(
    "pool_backward",
    "(f, f)",
    "A_prev[i, ..., c].shape",
    id="share_of_the_picture",
    hint="""
        Under average pooling your shares are those of the whole picture and not of the window. How
        many entries was the mean taken of?""",
)

# happyModel

mistake(
    "happyModel",
    "layers.ZeroPadding2D(3)",
    "",
    id="no_frame",
    hint="""
        Your network has no padding before the convolution, so its pictures shrink from 64 to 58 and
        the last layer has fewer weights.""",
)
mistake(
    "happyModel",
    "axis=3",
    "axis=1",
    id="normalized_by_row",
    hint="""
        Your batch normalization has a scale for every row of the picture, 64 of them. A conv layer
        has the same filter everywhere, so the normalization is by channel, and channels are
        the last axis here.""",
)
mistake(
    "happyModel",
    "[$a, $b, $c, layers.BatchNormalization(axis=3), layers.ReLU(), $f, $g, $h]",
    "[$a, $b, $c, layers.ReLU(), layers.BatchNormalization(axis=3), $f, $g, $h]",
    id="relu_before_the_normalization",
    hint="""
        Your ReLU comes before the batch normalization (an activation named in Conv2D does as well).
        There are people who like that; this exercise has the normalization first.""",
)
mistake(
    "happyModel",
    'layers.Dense(1, "sigmoid")',
    "layers.Dense(1)",
    id="no_sigmoid",
    hint="""
        Your network gives any number. It is asked for a probability: what squeezes a number into
        the range from 0 to 1?""",
)
mistake(
    "happyModel",
    'layers.Dense(1, "sigmoid")',
    'layers.Dense(1, "softmax")',
    id="softmax_of_one",
    hint="""
        Your network is always sure: a softmax over a single unit is 1, whatever goes in. For a
        yes-or-no question with one unit there is another function.""",
)

# convolutional_model

mistake(
    "convolutional_model",
    'layers.MaxPooling2D(8, 8, padding="same")',
    "layers.MaxPooling2D(8, 8)",
    id="first_pooling_not_padded",
    hint="""
        Your first pooling throws away what does not fill a window. Sizes that 8 divides do not show
        it; others do. Every convolution and pooling of this network has padding "same".""",
)
mistake(
    "convolutional_model",
    'layers.Conv2D(8, 4, padding="same", activation="relu")',
    'layers.Conv2D(8, 4, padding="same")',
    id="first_relu_missing",
    hint="""
        Your first convolution goes into the pooling without a ReLU. (Pooling is not linear, so the
        network would learn something nevertheless, and nobody would notice.)""",
)
mistake(
    "convolutional_model",
    'layers.Dense(6, "softmax")',
    "layers.Dense(6)",
    id="no_softmax",
    hint="""
        Your outputs are not probabilities: they do not sum to 1 over the six classes. Which
        activation makes them?""",
)
mistake(
    "convolutional_model",
    'layers.Dense(6, "softmax")',
    'layers.Dense(6, "sigmoid")',
    id="six_separate_answers",
    hint="""
        Your six outputs are six separate yes-or-no answers. A hand shows one sign: the
        probabilities have to compete for it.""",
)
mistake(
    "convolutional_model",
    'layers.MaxPooling2D(4, 4, padding="same")',
    'layers.MaxPooling2D(4, 2, padding="same")',
    id="small_steps_in_the_second_pooling",
    hint="""
        Your second pooling has windows that overlap, and hands too many numbers to the last
        layer.""",
)
