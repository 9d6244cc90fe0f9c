"""What people get wrong in the language_model assignment, and what to think about then."""

from dltf.autograder import mistake, mistake_by_place

# clip

CLIPPED = "np.clip(gradients[name], -maxValue, maxValue)"
for old, new, id, hint in (
    (
        CLIPPED,
        "np.minimum(gradients[name], maxValue)",
        "one_side",
        """
        Your gradients have an upper bound and no lower one. A gradient of -1000 throws the weights
        as far away as one of 1000.""",
    ),
    (
        CLIPPED,
        "gradients[name]",
        "not_cut",
        """
        What you return is as steep as what came in. np.clip makes a new array and leaves its
        argument alone, unless out= says where the result goes: did yours arrive in the
        dictionary?""",
    ),
    (
        CLIPPED,
        "np.clip(gradients[name], -10, 10)",
        "bound_of_its_own",
        """
        Your bound does not depend on maxValue. Whoever calls decides how steep is too steep.""",
    ),
    (
        CLIPPED,
        "np.clip(np.abs(gradients[name]), 0, maxValue)",
        "signs_lost",
        """
        None of your gradients is negative. The sign says on which side the valley is: cut the size,
        keep the sign.""",
    ),
    (
        CLIPPED,
        "gradients[name] * maxValue / np.max(np.abs(gradients[name]))",
        "scaled",
        """
        You scale each array so that its largest entry has the size maxValue; small gradients become
        large by that. Here every entry is cut by itself, and what lies within the bounds stays.""",
    ),
    (
        CLIPPED,
        "gradients[name] * min(1, maxValue / np.linalg.norm(gradients[name]))",
        "by_norm",
        """
        You shorten whole arrays by their norm. That is the other way of clipping, which keeps the
        direction; here every entry is cut by itself, whatever the others are.""",
    ),
    (
        CLIPPED,
        "np.where(np.abs(gradients[name]) > maxValue, 0, gradients[name])",
        "set_to_zero",
        """
        Entries that are too large become zero with you: where the slope is steepest, nothing would
        be learned. They should become as large as is allowed.""",
    ),
):
    mistake("clip", old, new, id=id, hint=hint)

for old, new, id, hint in (
    (
        CLIPPED,
        "np.maximum(gradients[name], -maxValue)",
        "lower_side",
        """
        Your gradients have a lower bound and no upper one. A gradient of 1000 throws the weights as
        far away as one of -1000.""",
    ),
    (
        CLIPPED,
        "np.clip(gradients[name], 0, maxValue)",
        "from_zero",
        """
        None of your gradients is negative: the lower bound is zero. What is as far below it as
        maxValue is above?""",
    ),
    (
        CLIPPED,
        "np.clip(gradients[name], maxValue, -maxValue)",
        "bounds_exchanged",
        """
        Your bounds have changed places: the lower one comes first. With the larger number first,
        NumPy makes everything one value.""",
    ),
):
    mistake("clip", old, new, id=id, hint=hint)
mistake_by_place(
    "clip",
    {
        name: (CLIPPED, f'(gradients[name] if name == "{name}" else {CLIPPED})')
        for name in ("dWax", "dWaa", "dWya", "db", "dby")
    },
    id="left_out",
    everywhere=False,
    hint="""
        One of the five gradients is as steep as it came. Compare the list that you loop over with
        the keys of the dictionary.""",
)
mistake(
    "clip",
    CLIPPED,
    '(gradients[name] if name in ("db", "dby") else np.clip(gradients[name], -maxValue, maxValue))',
    id="biases_left_out",
    hint="The gradients of your biases are as steep as they came. All five are cut.",
)

# sample

STATE, OUTPUT = "np.tanh(Waa @ a_prev + Wax @ x + b)", "softmax(Wya @ a + by)"
CHOICE = "int(draw.choice(vocab_size, p=y.ravel()))"
for old, new, id, hint in (
    (
        CHOICE,
        "int(np.argmax(y))",
        "the_likeliest",
        """
        You always take the likeliest character, so every name is the same name. A character is to
        be *drawn*: one that has probability 0.3 comes three times in ten.""",
    ),
    (
        CHOICE,
        "int(draw.choice(vocab_size))",
        "all_alike",
        """
        All characters are equally likely with you, whatever the network says. The probabilities
        have to be given to whatever draws.""",
    ),
    (
        "x[idx] = 1",
        "",
        "input_of_zeros",
        """
        Nothing that was drawn has an influence on what comes next. It is the next input, a
        column of zeros with a one at its place, and the input has a term of its own in the
        state.""",
    ),
    (
        "x = np.zeros((vocab_size, 1))\nx[idx] = 1",
        "x[idx] = 1",
        "inputs_pile_up",
        """
        Your input keeps its ones: after three characters it says that all three are read at once.
        Only the last one is. Begin each input anew.""",
    ),
    (
        "a_prev = a",
        "",
        "state_not_passed_on",
        """
        Your network knows the last character only: no state goes from step to step. What goes
        into a step is the state that the step before has made, and it has a term of its own in
        the new one.""",
    ),
    (
        STATE,
        "np.tanh(Waa @ a_prev + Wax @ x)",
        "bias_forgotten",
        """
        Your state does not depend on b. You need the very formula that the network was trained
        with, biases included.""",
    ),
    (
        OUTPUT,
        "softmax(Wya @ a)",
        "output_bias_forgotten",
        """
        Your output does not depend on by, which has learned how frequent each character is.""",
    ),
    (
        OUTPUT,
        "softmax(Wya @ a_prev + by)",
        "output_from_a_prev",
        """
        Your probabilities come from the state before the step, which has not seen the step's
        input.""",
    ),
    (
        STATE,
        "Waa @ a_prev + Wax @ x + b",
        "no_tanh",
        """
        Your state has no bounds: an activation is missing. The network was trained with one.""",
    ),
):
    mistake("sample", old, new, id=id, hint=hint)
for id, drawn in (
    ("rank_1_states", "y[:, len(indices) % y.shape[1]]"),
    ("rank_1_states_first_column", "y[:, 0]"),
    ("rank_1_states_flattened", "y.ravel()"),
):
    mistake(
        "sample",
        edits=[
            (CHOICE, f"int(draw.choice(vocab_size, p={drawn}))"),
            (
                "x = np.zeros((vocab_size, 1))\na_prev: Array = np.zeros((n_a, 1))",
                "x = np.zeros(vocab_size)\na_prev: Array = np.zeros(n_a)",
            ),
            ("x = np.zeros((vocab_size, 1))\nx[idx] = 1", "x = np.zeros(vocab_size)\nx[idx] = 1"),
        ],
        id=id,
        hint="""
        Your input and your state have one axis, and b is a column: their sum is a matrix, and your
        probabilities have a column too many for each unit. Give input and state the shape of a
        column, (n, 1), and print the shape of what you draw from.""",
    )
mistake(
    "sample",
    CHOICE,
    "int(np.random.default_rng().choice(vocab_size, p=y.ravel()))",
    id="seed_unused",
    hint="""
    The same seed gives other names each time. The generator that the seed belongs to is made above
    your lines; let it draw, and no other one.""",
)

for old, new, id, hint in (
    (
        CHOICE,
        "int(draw.choice(vocab_size, p=y))",
        "probabilities_as_a_column",
        """
        Your probabilities are a column, with two axes. What draws wants a list of them, with one:
        which function lays an array out flat?""",
    ),
    (
        CHOICE,
        "int(np.random.choice(list(range(vocab_size)), p=y))",
        "probabilities_as_a_column_for_numpy",
        """
        Your probabilities are a column, with two axes. What draws wants a list of them, with one:
        which function lays an array out flat?""",
    ),
    (
        "x[idx] = 1",
        "x[len(indices) - 1] = 1",
        "number_of_the_step_as_input",
        """
        Your next input says how many characters there are, not which one was drawn. The one belongs
        at the place of the character.""",
    ),
    (
        "x[idx] = 1",
        "x[:] = idx",
        "index_for_one_hot",
        "Your next input is filled with the number of the character. It is zeros with a single 1.",
    ),
    (
        "x[idx] = 1",
        "x[:] = 1",
        "input_of_ones",
        "Your next input says that all characters are read at once. Only the drawn one is.",
    ),
    (
        STATE,
        "np.tanh(Waa @ a_prev + Wax @ x) + b",
        "bias_outside",
        "Your bias is added after tanh. It belongs to the linear part.",
    ),
    (
        OUTPUT,
        "Wya @ a + by",
        "no_softmax",
        """
        You draw with numbers that are no probabilities: they may be negative, and do not add up
        to 1.""",
    ),
):
    mistake("sample", old, new, id=id, hint=hint)

mistake(
    "sample",
    "indices.append(newline)",
    "pass",
    id="no_newline_after_fifty",
    hint="""
        A name that does not end by itself has no end with you: after fifty characters the
        newline is appended.""",
)

# optimize

for old, new, id, hint in (
    (
        "gradients = clip(gradients, 5)",
        "",
        "not_clipped",
        """
        Your gradients are used as steep as they are. Between the way back and the update there is
        one more step, and what it returns is to be kept.""",
    ),
    (
        "clip(gradients, 5)",
        "clip(gradients, 10)",
        "another_bound",
        """
        You clip, but not at the bound that was asked for: entries lie between -5 and 5.""",
    ),
    (
        "update_parameters(parameters, gradients, learning_rate)",
        "",
        "no_update",
        """
        The parameters after your step are those before it. Measuring a slope is not yet walking
        down.""",
    ),
    (
        "update_parameters(parameters, gradients, learning_rate)",
        "update_parameters(parameters, gradients, -learning_rate)",
        "uphill",
        """
        Your step goes uphill: the loss would grow with every name. Gradients point to where it is
        larger.""",
    ),
    (
        "update_parameters(parameters, gradients, learning_rate)",
        "update_parameters(parameters, gradients, 0.01)",
        "rate_of_its_own",
        """
        The length of your step does not depend on learning_rate.""",
    ),
    (
        "a[len(X) - 1]",
        "a[-1]",
        "first_state",
        """
        The state that you return is the one from *before* the first character. (The states lie in a
        dictionary, whose key -1 is no "last one" as it would be in a list: keys are the numbers of
        the steps.) Asked for is the one that the last character has left.""",
    ),
    (
        "rnn_forward(X, Y, a_prev, parameters, vocab_size=$size)",
        "rnn_forward(X, Y, np.zeros_like(a_prev), parameters, vocab_size=$size)",
        "a_prev_unused",
        """
        Your result does not depend on a_prev. The state in which the last name has left the network
        is given to you; begin with it.""",
    ),
    (
        "rnn_forward(X, Y, a_prev, parameters, vocab_size=$size)",
        "rnn_forward(Y, X[1:] + [0], a_prev, parameters, vocab_size=$size)",
        "reads_what_it_should_say",
        """
        Your network reads Y. It reads X, and Y is what it should have said.""",
    ),
):
    mistake("optimize", old, new, id=id, hint=hint)

for old, new, id, hint in (
    (
        "gradients = clip(gradients, 5)\nupdate_parameters(parameters, gradients, learning_rate)",
        "update_parameters(parameters, gradients, learning_rate)\ngradients = clip(gradients, 5)",
        "clipped_after_the_update",
        """
        You clip after the update, when the steep gradients have done their harm. Clipping comes
        between the way back and the step.""",
    ),
    (
        "gradients = clip(gradients, 5)",
        "gradients = clip(gradients, 1)",
        "bound_of_one",
        "You clip, but not at the bound that was asked for: entries lie between -5 and 5.",
    ),
    (
        "a[len(X) - 1]",
        "a[len(X)]",
        "state_after_the_last",
        """
        You ask for a state that does not exist: the steps are numbered from 0. Which number has the
        last of them?""",
    ),
    (
        "a[len(X) - 1]",
        "a",
        "all_states",
        "You return all states. The next name begins with the last of them alone.",
    ),
    (
        "a[len(X) - 1]",
        "a[0]",
        "state_after_the_first",
        "The state that you return is the one after the first character. Asked for is the last.",
    ),
    (
        "a[len(X) - 1]",
        "a[len(X) - 2]",
        "state_before_the_last",
        "The state that you return is the last but one. Count the steps by hand.",
    ),
    (
        "return loss, gradients, a[len(X) - 1]",
        "return gradients, loss, a[len(X) - 1]",
        "returned_in_another_order",
        "Your results come in another order than asked for: the loss first, then the gradients.",
    ),
):
    mistake("optimize", old, new, id=id, hint=hint)

# model

WANTED = '[char_to_ix[character] for character in name + "\\n"]'
for old, new, id, hint in (
    (
        "examples[j % len(examples)]",
        "examples[0]",
        "the_first_name_only",
        """
        Your network reads the same name all the time. The number of the iteration says whose turn
        it is; after the last name the first one comes again.""",
    ),
    (
        "examples[j % len(examples)]",
        "examples[j]",
        "out_of_names",
        """
        You run out of names: there are more iterations than names. The remainder of a division
        begins again at 0.""",
    ),
    (
        WANTED,
        "[*X[1:], X[-1]]",
        "no_newline",
        """
        Your network is never told where a name ends. The last thing to predict is the newline.""",
    ),
    (
        WANTED,
        '[char_to_ix["\\n"], *X[1:]]',
        "says_what_it_reads",
        """
        At each step your network is to say the character that it reads at that step, which is easy
        and useless. Y is one step ahead of X.""",
    ),
    (
        "optimize(X, Y, a_prev, parameters)",
        "(0.0, None, a_prev)",
        "nothing_learned",
        """
        Your parameters stay what they were at first. One function takes a whole step of learning:
        is it called for each name?""",
    ),
):
    mistake("model", old, new, id=id, hint=hint)
for old, new, id, hint in (
    (
        WANTED,
        'X[1:] + char_to_ix["\\n"]',
        "newline_is_a_number",
        """
        A list and a number cannot be added. Two lists can: what has to be put around the newline's
        number?""",
    ),
    (
        WANTED,
        "X[1:]",
        "newline_missing",
        "Your Y is one character shorter than X: the network is never told where a name ends.",
    ),
    (
        WANTED,
        "X",
        "not_shifted",
        "Your Y is X itself. At each step the network is to say the *next* character.",
    ),
    (
        "[None, *(char_to_ix[character] for character in name)]",
        "[char_to_ix[character] for character in name]",
        "no_beginning",
        """
        Your X begins with the first character, so the network never learns how a name begins. What
        stands for "nothing read yet"?""",
    ),
    (
        "cur_loss, _, a_prev = optimize(X, Y, a_prev, parameters)",
        "cur_loss, a_prev, _ = optimize(X, Y, a_prev, parameters)",
        "results_in_another_order",
        """
        You take the gradients for the state: compare the order in which optimize returns its
        results.""",
    ),
):
    mistake("model", old, new, id=id, hint=hint)
