"""What people get wrong in the convnet assignment, and what to think about then."""

from dltf.autograder import mistake, mistake_by_place

# output_size

SIZE = "(n_prev + 2 * pad - f) // stride + 1"
mistake(
    "output_size",
    SIZE,
    "(n_prev + 2 * pad - f) / stride + 1",
    id="a_fraction",
    hint="""
        Your size is not an integer. A window that would stick out does not count, so what is
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

for id, new, hint in (
    (
        "width_alone",
        "((0, 0), (0, 0), (pad, pad), (0, 0))",
        """
        Your zeros are to the left and to the right, none above and below. Width is one axis of a
        picture; which is the other?""",
    ),
    (
        "one_axis_too_late",
        "((0, 0), (0, 0), (pad, pad), (pad, pad))",
        """
        Your frame is on width and channels, and the height has none. Axis 0 counts the examples:
        which two come next?""",
    ),
    (
        "one_axis_too_early",
        "((pad, pad), (pad, pad), (0, 0), (0, 0))",
        """
        Your frame is on examples and height: there are pictures that nobody asked for, and the
        width has no frame. Axis 0 counts the examples: which two come next?""",
    ),
    (
        "last_sides_only",
        "((0, 0), (0, pad), (0, pad), (0, 0))",
        "Your frame has two sides only. Each axis wants a pair: how many before, how many after.",
    ),
    (
        "both_pads_at_the_end",
        "((0, 0), (0, 2 * pad), (0, 2 * pad), (0, 0))",
        """
        Your zeros are below and to the right, twice as many as asked for. Each axis wants a pair:
        how many before, how many after.""",
    ),
):
    mistake("zero_pad", FRAME, new, id=id, hint=hint)
mistake(
    "zero_pad",
    f"np.pad(X, {FRAME})",
    f"np.pad(X, {FRAME}, constant_values=1)",
    id="frame_of_ones",
    hint="Your frame is not of zeros. Which value does the padding have?",
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

for id, new, hint in (
    (
        "matrix_product",
        "np.sum(np.dot(a_slice_prev, W)) + b.item()",
        """
        You take a product of matrices. Each pixel of the window meets the one weight at its own
        place: which product is that?""",
    ),
    (
        "not_summed",
        "a_slice_prev * W + b",
        """
        Your result is a whole volume, one number for each entry of the window. A step of the
        filter makes a single number of them: how?""",
    ),
    (
        "window_plus_weights",
        "np.sum(a_slice_prev + W) + b.item()",
        "You add the weights to the pixels. A weight says how *much* a pixel counts.",
    ),
    (
        "bias_subtracted",
        "np.sum(a_slice_prev * W) - b.item()",
        "Your bias is subtracted. It is added to the sum.",
    ),
    (
        "bias_as_a_factor",
        "np.sum(a_slice_prev * W) * b.item()",
        "Your bias multiplies the sum. It is added to it.",
    ),
    (
        "bias_before_the_product",
        "np.sum((a_slice_prev + b) * W)",
        "Your bias is added to the pixels. It is added to the sum of the products, once.",
    ),
    (
        "summed_over_one_axis",
        "np.sum(a_slice_prev * W, axis=0) + b",
        """
        Your result is a table: only one axis was summed over. Height, width *and* channels belong
        into the sum.""",
    ),
    (
        "window_times_itself",
        "np.sum(a_slice_prev * a_slice_prev) + b.item()",
        "Your window is multiplied by itself. Each pixel meets a weight: where is W?",
    ),
    (
        "weights_times_themselves",
        "np.sum(W * W) + b.item()",
        "Your weights are multiplied by themselves. Each weight meets a pixel.",
    ),
    (
        "largest_product",
        "np.max(a_slice_prev * W) + b.item()",
        "You keep the largest of the products. That is pooling; a filter sums.",
    ),
):
    mistake("conv_single_step", STEP, new, id=id, hint=hint)

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
for id, edits in (
    ("width_from_the_height", [(WIDTH, HEIGHT)]),
    ("height_from_the_width", [(HEIGHT, WIDTH)]),
):
    mistake(
        "conv_forward",
        edits=edits,
        id=id,
        hint="""
            Height and width of your result are the same: both are computed from one size of the
            picture. A copied line in which a letter was not changed?""",
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

ROWS_ONLY, COLUMNS_ONLY = "the height", "the width"
CORNERS = "top, left = h * stride, w * stride"
CONV_WINDOW = "A_prev_pad[i, top : top + f, left : left + f]"
WINDOW_TOO_SMALL = """
    A window of yours is not as large as the filter, so they cannot be multiplied. Either it begins
    or ends at the wrong pixel (does it reach over f of them, from where it begins?), or it runs out
    of the picture, or an axis is missing: a filter is as deep as the picture."""


def stride_unused_on_one_side(exercise):
    """Declare windows that are one pixel apart along one side, whatever the stride."""
    for name, corner in ((ROWS_ONLY, "h, w * stride"), (COLUMNS_ONLY, "h * stride, w")):
        mistake(
            exercise,
            "h * stride, w * stride",
            corner,
            id=f"stride_unused_in_{name[4:]}",
            hint=f"""
                Your windows are one pixel apart along {name}, whatever the stride. The numbers of
                the loops count windows, not pixels.""",
        )


stride_unused_on_one_side("conv_forward")
for old, new, id, hint in (
    (
        CONV_WINDOW,
        "A_prev_pad[i, top : top + stride, left : left + stride]",
        "windows_as_large_as_the_stride",
        """
        Your windows are as large as the stride. How far they are apart is one thing; they reach
        over f pixels.""",
    ),
    (
        CORNERS,
        "top, left = h * f, w * f",
        "steps_of_the_window_s_size",
        """
        Your windows stand edge to edge. How far it is from one window to the next is said by the
        stride, not by f.""",
    ),
    (
        CORNERS,
        "top, left = h * f, w * stride",
        "steps_of_the_window_s_size_in_height",
        """
        Along the height your windows stand edge to edge. How far it is from one window to the next
        is said by the stride, not by f.""",
    ),
    (
        CORNERS,
        "top, left = h * stride, w * f",
        "steps_of_the_window_s_size_in_width",
        """
        Along the width your windows stand edge to edge. How far it is from one window to the next
        is said by the stride, not by f.""",
    ),
    (
        CONV_WINDOW,
        "A_prev_pad[i, top : top + f, left : left + f, c]",
        "window_too_small",
        WINDOW_TOO_SMALL,
    ),
    (
        CORNERS,
        "top, left = h * stride, h * stride",
        "columns_counted_by_rows",
        """
        Your windows lie on the diagonal: where they begin from the left follows from h. Which of
        the loops runs along the width?""",
    ),
    (
        CORNERS,
        "top, left = w * stride, w * stride",
        "rows_counted_by_columns",
        """
        Your windows lie on the diagonal: where they begin from the top follows from w. Which of
        the loops runs along the height?""",
    ),
    (
        "conv_single_step(a_slice_prev, W[..., c], b[..., c])",
        "conv_single_step(a_slice_prev, W[..., 0], b[..., c])",
        "first_filter_for_all",
        """
        All your channels come from the first filter. Each has a filter of its own, on the last
        axis of W.""",
    ),
    (
        "conv_single_step(a_slice_prev, W[..., c], b[..., c])",
        "np.sum(a_slice_prev * W[..., c]) + b",
        "all_biases_at_once",
        """
        A number is asked for and an array comes: all biases are added at once. Each filter has a
        bias of its own; which index picks it?""",
    ),
    (
        "conv_single_step(a_slice_prev, W[..., c], b[..., c])",
        "np.sum(a_slice_prev * W[..., c]) + float(b)",
        "all_biases_as_a_number",
        """
        All biases together shall become one number. Each filter has a bias of its own; which index
        picks it?""",
    ),
    (
        "conv_single_step(a_slice_prev, W[..., c], b[..., c])",
        "np.sum(a_slice_prev * W[..., c])",
        "no_bias",
        "Your Z does not depend on b. Each filter adds its bias to every sum that it makes.",
    ),
    (
        "conv_single_step(a_slice_prev, W[..., c], b[..., c])",
        "max(0, conv_single_step(a_slice_prev, W[..., c], b[..., c]))",
        "activation_inside",
        """
        Your Z is never negative. The activation comes after the convolution; here it is not
        asked for.""",
    ),
    (
        "Z[i, h, w, c] = $value",
        "Z[i, w, h, c] = $value",
        "place_in_Z_turned",
        """
        Your result is stored at [w, h]. The axes of Z are (m, n_H, n_W, n_C): the height comes
        first.""",
    ),
    (
        "A_prev_pad[i, $rows, $columns]",
        "A_prev_pad[-1, $rows, $columns]",
        "last_picture_for_all",
        "All your examples look like the last one. Which picture do your windows come from?",
    ),
    (
        'hparameters["stride"]',
        'hparameters["strides"]',
        "key_of_the_stride",
        "A key is not in hparameters. Print its keys and compare, letter by letter.",
    ),
    (
        "cache = (A_prev, W, b, hparameters)",
        "cache = (A_prev_pad, W, b, hparameters)",
        "padded_picture_in_the_cache",
        """
        Your cache holds the padded picture. The way back pads for itself, and needs the size of
        A_prev.""",
    ),
    (
        "np.zeros((m, n_H, n_W, n_C), A_prev.dtype)",
        "np.zeros((m, n_H, n_W, A_prev.shape[3]), A_prev.dtype)",
        "channels_of_the_picture",
        "Your Z has as many channels as the picture. Each *filter* makes one: how many are there?",
    ),
):
    mistake("conv_forward", old, new, id=id, hint=hint)


def sizes(exercise, id, new, hint):
    """Declare a mistake in the size of the result, in both axes or in one; {n} is the old one."""
    old = (HEIGHT, WIDTH) if exercise == "conv_forward" else POOLED
    places = {
        ROWS_ONLY: (old[0], new.replace("{n}", "n_H_prev")),
        COLUMNS_ONLY: (old[1], new.replace("{n}", "n_W_prev")),
    }
    if id in ("size_a_fraction", "size_without_the_stride"):  # they end where the first one is used
        mistake(exercise, *places[ROWS_ONLY], id=id, hint=hint)
    elif id == "size_of_the_picture":
        mistake(exercise, edits=places.values(), id=id, hint=hint)
    else:
        mistake_by_place(exercise, places, id=id, hint=hint)


POOLED = ("output_size(n_H_prev, f, stride)", "output_size(n_W_prev, f, stride)")
for id, new, hint in (
    (
        "size_one_too_small",
        "(({n} + 2 * pad - f) // stride)",
        "Your size is one too small. After no step at all there already is one place.",
    ),
    (
        "size_one_too_large",
        "(({n} + 2 * pad - f) // stride + 2)",
        "Your size is one too large: the last window runs out of the picture.",
    ),
    (
        "size_a_fraction",
        "(({n} + 2 * pad - f) / stride + 1)",
        """
        Your size is not an integer, and neither an array nor a loop can have it. What is left
        over is thrown away.""",
    ),
    (
        "size_padded_at_one_end",
        "(({n} + pad - f) // stride + 1)",
        "Your size counts the frame once. There are pad zeros at *each* end of an axis.",
    ),
    (
        "size_without_the_stride",
        "({n} + 2 * pad - f + 1)",
        "Your size does not depend on the stride. Long steps make few windows.",
    ),
    (
        "size_of_the_picture",
        "{n}",
        """
        Your result has the size of the picture. That is so with one kind of padding only: use
        the formula.""",
    ),
):
    sizes("conv_forward", id, new, hint)

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

for id, new, hint in (
    (
        "size_one_too_small",
        "(({n} - f) // stride)",
        "Your size is one too small. After no step at all there already is one place.",
    ),
    (
        "size_one_too_large",
        "(({n} - f) // stride + 2)",
        "Your size is one too large: the last window runs out of the picture.",
    ),
    (
        "size_a_fraction",
        "(({n} - f) / stride + 1)",
        "Your size is not an integer. What is left over is thrown away.",
    ),
    (
        "size_without_the_stride",
        "({n} - f + 1)",
        "Your size does not depend on the stride. Long steps make few windows.",
    ),
    (
        "size_rounded_up",
        "(-(-({n} - f) // stride) + 1)",
        "Your size is rounded up: its last window sticks out of the picture.",
    ),
):
    sizes("pool_forward", id, new, hint)
stride_unused_on_one_side("pool_forward")
EACH = 'np.max(window) if mode == "max" else np.mean(window)'
OF_THE_PICTURE = "A_prev[i, top : top + f, left : left + f]"
for old, new, id, hint in (
    (
        WINDOW,
        "A_prev[i, top : top + stride, left : left + stride, c]",
        "windows_as_large_as_the_stride",
        """
        Your windows are as large as the stride. How far they are apart is one thing; they reach
        over f pixels.""",
    ),
    (
        WINDOW,
        "A_prev[i, left : left + f, top : top + f, c]",
        "rows_and_columns_exchanged",
        """
        You cut rows where the columns are, and the other way round. The axes of a picture are
        height, then width.""",
    ),
    (
        WINDOW,
        "A_prev[i, top : top + f, left : left + f, 0]",
        "first_channel_for_all",
        "All channels of your result are those of the first. Which index picks the channel?",
    ),
    (
        WINDOW,
        "A_prev[0, top : top + f, left : left + f, c]",
        "first_picture_for_all",
        "All your examples look like the first one. Which picture do your windows come from?",
    ),
    (
        CORNERS,
        "top, left = h * stride, h * stride",
        "columns_counted_by_rows",
        "Your windows lie on the diagonal: where they begin from the left follows from h.",
    ),
    (
        CORNERS,
        "top, left = w * stride, w * stride",
        "rows_counted_by_columns",
        "Your windows lie on the diagonal: where they begin from the top follows from w.",
    ),
    (
        EACH,
        f'np.max(window) if mode == "max" else np.mean({OF_THE_PICTURE})',
        "channels_mixed_in_the_mean",
        "Your averages are those of all channels. Pooling works on one channel at a time.",
    ),
    (
        EACH,
        f'np.max({OF_THE_PICTURE}) if mode == "max" else np.mean(window)',
        "channels_mixed_in_the_maximum",
        "Your maxima are those of all channels. Pooling works on one channel at a time.",
    ),
    (
        EACH,
        'np.max(window) if mode == "max" else 0.0',
        "nothing_for_the_mean",
        """
        For "average" your result is zero as you made it: that branch is never taken. How is the
        mode spelt, letter by letter?""",
    ),
    (
        EACH,
        'np.mean(window) if mode == "average" else 0.0',
        "nothing_for_the_maximum",
        """
        For "max" your result is zero as you made it: that branch is never taken. How is the mode
        spelt, letter by letter?""",
    ),
    (
        EACH,
        "np.mean(window)",
        "always_the_mean",
        'You average whatever the mode is, also for "max".',
    ),
    (
        EACH,
        'np.min(window) if mode == "max" else np.mean(window)',
        "smallest_for_largest",
        "You keep the smallest value of each window.",
    ),
    (
        EACH,
        'np.max(window) if mode == "max" else np.sum(window) / (f + f)',
        "mean_over_twice_f",
        "Your average divides by f plus f. How many entries has a window?",
    ),
    (
        EACH,
        'np.max(window) if mode == "max" else np.sum(window) / f',
        "mean_over_f",
        "Your average divides by f. How many entries has a window?",
    ),
    (
        EACH,
        'np.max(window) if mode == "max" else np.median(window)',
        "median",
        "Your average is the median, the one in the middle.",
    ),
    (
        EACH,
        'np.max(np.abs(window)) if mode == "max" else np.mean(window)',
        "largest_without_its_sign",
        "Your maximum is that of the absolute values.",
    ),
    (
        "A[i, h, w, c] = $value",
        "A[i, w, h, c] = $value",
        "place_in_A_turned",
        "Your result is stored at [w, h]. The height comes first.",
    ),
    (
        "return A, cache",
        "return A",
        "no_cache",
        "You return the result alone. The way back needs the cache.",
    ),
):
    mistake("pool_forward", old, new, id=id, hint=hint)

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

for id, old, new, hint in (
    (
        "frame_cut_off_at_the_end",
        CUT,
        "dA_prev_pad[:, :n_H_prev, :n_W_prev]",
        """
        You cut off the frame at the lower and right end only. It goes round the picture: where does
        the picture itself begin?""",
    ),
    (
        "cut_from_one_side",
        CUT,
        "dA_prev_pad[:, pad:, pad:]",
        "You cut off the frame at the upper and left end only. It goes round the picture.",
    ),
):
    mistake("conv_backward", old, new, id=id, hint=hint)
PICTURE_PART = f"dA_prev_pad[i, rows, columns] += {BACK}"
for old, new, id, hint in (
    (
        FILTER,
        BACK,
        "dW_of_the_weights",
        """
        Your dW is made of the weights themselves. In a product, the gradient of one factor is made
        of the *other*: what did the filter meet in the window?""",
    ),
    (
        BACK,
        FILTER,
        "dA_of_the_window",
        """
        Your dA_prev is made of the pixels themselves. In a product, the gradient of one factor is
        made of the *other*: what did each pixel meet?""",
    ),
    (
        PICTURE_PART,
        PICTURE_PART.replace("+=", "-="),
        "dA_minus",
        "Your dA_prev has the wrong sign: the shares of the windows are added up.",
    ),
    (
        f"dW[..., c] += {FILTER}",
        f"dW[..., c] -= {FILTER}",
        "dW_minus",
        "Your dW has the wrong sign: the shares of the windows are added up.",
    ),
    (
        f"dW[..., c] += {FILTER}",
        f"dW[..., 0] += {FILTER}",
        "first_filter_only",
        "Everything goes into the gradient of the first filter. Each has a place of its own in dW.",
    ),
    (
        FILTER,
        f"{FILTER} / len(dZ)",
        "dW_over_the_examples",
        """
        Your dW is divided by the number of examples. If the cost is a mean, that is in dZ already;
        a layer only hands on what comes back to it.""",
    ),
    (
        BIAS,
        "db[..., c] += dZ[i, h, w, c] / len(dZ)",
        "db_over_the_examples",
        """
        Your db is divided by the number of examples. If the cost is a mean, that is in dZ already;
        a layer only hands on what comes back to it.""",
    ),
    (
        BACK,
        f"{BACK} / len(dZ)",
        "dA_over_the_examples",
        """
        Your dA_prev is divided by the number of examples. If the cost is a mean, that is in dZ
        already; a layer only hands on what comes back to it.""",
    ),
    (
        BACK,
        "W[..., c]",
        "dA_without_dZ",
        "Your dA_prev does not depend on dZ: what comes back to a window is a factor of its share.",
    ),
    (
        FILTER,
        WINDOW,
        "dW_without_dZ",
        "Your dW does not depend on dZ: what comes back to a window is a factor of its share.",
    ),
    (
        BIAS,
        "db[..., c] += 1",
        "db_without_dZ",
        "Your db counts places. Each place sends back its own entry of dZ.",
    ),
    (
        BIAS,
        "db[..., c] += dZ[i, h, w, c] * b[..., c]",
        "db_times_the_bias",
        "Your db is multiplied by the bias. A bias is added; what is the slope of a sum?",
    ),
    (
        BACK,
        "W[..., 0] * dZ[i, h, w, c]",
        "dA_through_the_first_filter",
        "Your dA_prev comes back through the first filter only. Each channel of dZ has its own.",
    ),
    (
        f"rows, columns = {ROWS}, {COLUMNS}",
        f"rows, columns = slice(h, h + f), {COLUMNS}",
        "stride_unused_in_height",
        "Your windows are one pixel apart along the height, whatever the stride.",
    ),
    (
        f"rows, columns = {ROWS}, {COLUMNS}",
        f"rows, columns = {ROWS}, slice(w, w + f)",
        "stride_unused_in_width",
        "Your windows are one pixel apart along the width, whatever the stride.",
    ),
    (
        f"rows, columns = {ROWS}, {COLUMNS}",
        f"rows, columns = {ROWS}, {ROWS}",
        "columns_counted_by_rows",
        "Your windows lie on the diagonal: where they begin from the left follows from h.",
    ),
    (
        f"rows, columns = {ROWS}, {COLUMNS}",
        """
        rows, columns = slice(h * stride, h * stride + stride), slice(w * stride, w * stride +
        stride)""",
        "window_too_small",
        WINDOW_TOO_SMALL,
    ),
    (
        "return dA_prev, dW, db",
        "return dW, db, dA_prev",
        "returned_in_another_order",
        "Your results come in another order than asked for: dA_prev first, then dW and db.",
    ),
):
    mistake("conv_backward", old, new, id=id, hint=hint)

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

for id, new, hint in (
    (
        "largest_of_each_row",
        "x == np.max(x, axis=1, keepdims=True)",
        """
        Your mask marks the largest entry of every row. The maximum was taken over the whole
        window.""",
    ),
    (
        "maximum_along_an_axis",
        "x == np.max(x, axis=1)",
        """
        You compare the window with the maxima along one axis, which have another shape. The maximum
        was taken over the whole window.""",
    ),
    ("smallest", "x == np.min(x)", "Your mask marks the smallest entry."),
    ("all_but_the_largest", "x != np.max(x)", "Your mask marks every entry but the largest."),
    ("the_maximum_itself", "np.max(x)", "You return the maximum. Asked for is where it is."),
    (
        "place_of_the_maximum",
        "np.argmax(x)",
        "You return the number of the largest entry. Asked for is a mask, of the window's shape.",
    ),
    ("positive_entries", "x > 0", "Your mask marks what is positive. That is ReLU's mask."),
):
    mistake("create_mask_from_window", MASK, new, id=id, hint=hint)

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

for id, new, hint in (
    (
        "divided_by_the_width",
        "np.full((n_H, n_W), dz / n_W)",
        "Your entries do not sum to the value. Among how many entries is it divided?",
    ),
    (
        "multiplied",
        "np.full((n_H, n_W), dz * (n_H * n_W))",
        "Each of your entries is larger than the value. It is to be shared among them.",
    ),
    (
        "reciprocal",
        "np.full((n_H, n_W), (n_H * n_W) / dz)",
        "Your quotient is upside down: it is the value that is divided.",
    ),
    ("share_alone", "dz / (n_H * n_W)", "You return one share. Asked for is an array of them."),
    (
        "whole_quotient",
        "np.full((n_H, n_W), dz // (n_H * n_W))",
        "Your shares are integers: a division with // throws away what is left over.",
    ),
):
    mistake("distribute_value", SHARE, new, id=id, hint=hint)

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

for id, line, hint in (
    (
        "last_window_only_for_the_maximum",
        LARGEST,
        """
        Under max pooling, where windows overlap, your gradient is that of the last one. An entry
        can be the largest of two windows: the parts add up.""",
    ),
    (
        "last_window_only_for_the_mean",
        ALIKE,
        """
        Under average pooling, where windows overlap, your gradient is that of the last one. An
        entry has a share in the mean of every window it lies in: the parts add up.""",
    ),
):
    mistake("pool_backward", line, line.replace("+=", "="), id=id, hint=hint)
OF_A_PIXEL = "dA[i, top, left, c]"
for old, new, id, hint in (
    (
        LARGEST,
        f"dA_prev[place] += {WINNERS} * {OF_A_PIXEL}",
        "gradient_at_the_pixel",
        """
        You look up dA at a pixel of the picture. dA has an entry for each *window*: which numbers
        count those?""",
    ),
    (
        ALIKE,
        f"dA_prev[place] += distribute_value({OF_A_PIXEL}, (f, f))",
        "gradient_at_the_pixel_for_the_mean",
        """
        Under average pooling you look up dA at a pixel of the picture. dA has an entry for each
        *window*: which numbers count those?""",
    ),
    (
        WINNERS,
        "create_mask_from_window(A_prev[(*place[:3], 0)])",
        "mask_of_the_first_channel",
        """
        Your masks are those of the first channel for all. Each channel has its own largest
        entries.""",
    ),
    (
        LARGEST,
        f"dA_prev[place] += {WINNERS} * A_prev[place]",
        "values_for_the_gradient",
        """
        Your mask is multiplied by what went in, so that the gradient from above is not used. How
        much goes to the marked place?""",
    ),
    (
        LARGEST,
        f"dA_prev[place] += {WINNERS} * A_prev[place] * dA[i, h, w, c]",
        "values_as_a_factor",
        """
        Your gradient is multiplied by the largest value. The maximum hands on what comes,
        unchanged.""",
    ),
    (
        LARGEST,
        f"dA_prev[place] += {WINNERS} * np.max(dA)",
        "largest_gradient_for_all",
        "Each window has its own entry in dA.",
    ),
    (
        "(f, f)",
        "(f, 1)",
        "share_of_a_column",
        "Your shares are 1/f. How many entries has a window?",
    ),
    (
        ALIKE,
        "dA_prev[place] += np.mean(dA)",
        "mean_of_the_gradient",
        "You average dA itself. The entry of a window is shared among the pixels of that window.",
    ),
    (
        'mode == "max"',
        "True",
        "always_the_maximum",
        "Your gradient is that of max pooling whatever the mode is: follow a call with the other.",
    ),
    (
        'mode == "max"',
        "False",
        "always_the_mean",
        "Your gradient is that of average pooling whatever the mode is.",
    ),
    (
        "h * stride, w * stride",
        "h * f, w * f",
        "steps_of_the_window_s_size",
        """
        Your windows stand edge to edge. How far it is from one window to the next says the
        stride.""",
    ),
    (
        "h * stride, w * stride",
        "h, w * stride",
        "stride_unused_in_height",
        "Your windows are one pixel apart along the height, whatever the stride.",
    ),
    (
        "h * stride, w * stride",
        "h * stride, w",
        "stride_unused_in_width",
        "Your windows are one pixel apart along the width, whatever the stride.",
    ),
    (
        "h * stride, w * stride",
        "h * stride, h * stride",
        "columns_counted_by_rows",
        "Your windows lie on the diagonal: where they begin from the left follows from h.",
    ),
    (
        LARGEST,
        LARGEST.replace("+=", "-="),
        "minus_for_the_maximum",
        "Under max pooling your gradient has the wrong sign.",
    ),
    (
        LARGEST,
        "",
        "nothing_for_the_maximum",
        "Under max pooling your gradient is zero everywhere: nothing is stored for that mode.",
    ),
    (
        ALIKE,
        "",
        "nothing_for_the_mean",
        "Under average pooling your gradient is zero everywhere: nothing is stored for that mode.",
    ),
):
    mistake("pool_backward", old, new, id=id, hint=hint)

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

for id, old, new, hint in (
    (
        "filters",
        "layers.Conv2D(32, 7)",
        "layers.Conv2D(64, 7)",
        "Your convolution has another number of filters than asked for.",
    ),
    (
        "window",
        "layers.Conv2D(32, 7)",
        "layers.Conv2D(32, 3)",
        "Your filters are smaller than asked for.",
    ),
    (
        "padded_twice",
        "layers.Conv2D(32, 7)",
        'layers.Conv2D(32, 7, padding="same")',
        "Your convolution pads as well, so the frame of zeros stands twice around the picture.",
    ),
    (
        "steps_of_two",
        "layers.Conv2D(32, 7)",
        "layers.Conv2D(32, 7, strides=2)",
        "Your filters make steps of two pixels. Asked for are steps of one.",
    ),
    (
        "no_normalization",
        "layers.BatchNormalization(axis=3)",
        "",
        "Your network has no batch normalization between the convolution and the ReLU.",
    ),
    (
        "no_relu",
        "layers.ReLU()",
        "",
        "Your network has no activation between the convolution and the pooling.",
    ),
    (
        "no_pooling",
        "layers.MaxPooling2D(2)",
        "",
        "Your network has no pooling: the last layer gets four times as many numbers as it should.",
    ),
    (
        "average_pooling",
        "layers.MaxPooling2D(2)",
        "layers.AveragePooling2D(2)",
        "Your pooling averages. Asked for is the largest value of each window.",
    ),
    (
        "not_flattened",
        "layers.Flatten()",
        "",
        """
        Your last layer takes each place by itself, since the volume was not made a vector: a
        Dense layer acts on the last axis.""",
    ),
    (
        "relu_output",
        'layers.Dense(1, "sigmoid")',
        'layers.Dense(1, "relu")',
        "Your output is no probability: it may be larger than 1.",
    ),
):
    mistake("happyModel", old, new, id=id, hint=hint)
FIRST_CONV = 'layers.Conv2D(8, 4, padding="same", activation="relu")'
SECOND_CONV = 'layers.Conv2D(16, 2, padding="same", activation="relu")'
for id, old, new, hint in (
    (
        "second_relu_missing",
        SECOND_CONV,
        'layers.Conv2D(16, 2, padding="same")',
        "Your second convolution goes into the pooling without a ReLU.",
    ),
    (
        "second_pooling_not_padded",
        'layers.MaxPooling2D(4, 4, padding="same")',
        "layers.MaxPooling2D(4, 4)",
        'Your second pooling is not padded. Every convolution and pooling here has padding "same".',
    ),
    (
        "first_convolution_not_padded",
        FIRST_CONV,
        'layers.Conv2D(8, 4, activation="relu")',
        'Your first convolution is not padded. All layers here have padding "same".',
    ),
    (
        "second_convolution_not_padded",
        SECOND_CONV,
        'layers.Conv2D(16, 2, activation="relu")',
        'Your second convolution is not padded. All layers here have padding "same".',
    ),
    (
        "small_steps_in_the_first_pooling",
        'layers.MaxPooling2D(8, 8, padding="same")',
        'layers.MaxPooling2D(8, 1, padding="same")',
        "Your first pooling makes steps of one pixel: its stride is as large as its window.",
    ),
    (
        "filters_exchanged",
        FIRST_CONV,
        'layers.Conv2D(16, 4, padding="same", activation="relu")',
        "Your first convolution has another number of filters than asked for.",
    ),
    (
        "second_filters",
        SECOND_CONV,
        'layers.Conv2D(8, 2, padding="same", activation="relu")',
        "Your second convolution has another number of filters than asked for.",
    ),
    (
        "one_unit",
        'layers.Dense(6, "softmax")',
        'layers.Dense(1, "softmax")',
        "Your network has one output. There are six signs.",
    ),
    (
        "not_flattened",
        "layers.Flatten()(A)",
        "A",
        "Your last layer acts on each place by itself, since the volume was not made a vector.",
    ),
):
    mistake("convolutional_model", old, new, id=id, hint=hint)
