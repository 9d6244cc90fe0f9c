"""What people get wrong in the rnn assignment, and what to think about then."""

from dltf.autograder import mistake, mistake_by_place

NOT_PASSED_ON = """
    Every step of yours begins from the same state, so nothing that was read before reaches it. What
    goes into a step is what the step before has returned."""
LAST_STEP = """
    Your last step is never taken: the last slice of your results is still as you made it. How
    many steps has x, and where does range stop?"""
ONE_CACHE = """
    Your caches hold one step only. The way back visits every step, so each one's cache is needed:
    put them into a list as they come."""
WITHOUT_X = """
    Your caches are the list alone. What is returned is a pair: the list and x (the way back reads
    the sizes from it)."""
A0_UNUSED = """
    Your result does not depend on a0. Whoever calls decides what the network remembers before the
    first step; in a decoder, say, it is what the encoder has read."""
NO_SOFTMAX = """
    Your outputs are not probabilities: they may be negative, and a column does not add up to 1. One
    function is missing between the linear part and the output."""
SHAPE_OF_BIAS = """
    A bias gradient of yours has one axis, its parameter has two, (n_a, 1). Subtracted from it
    in an update it would be laid along the wrong axis. np.sum has an argument that keeps the axis
    it sums over."""
MEAN_OF_EXAMPLES = """
    Your gradients are means over the examples. What arrives is the gradient of the cost as it is;
    if the cost is a mean, 1/m is in there already."""
FORWARDS = """
    You go through the steps from the first to the last. A gradient comes from where the cost is:
    a step needs what the step *after* it says, so that one must have been visited before."""
NOT_SUMMED = """
    Your weight gradients are those of a single step. All steps use the same weights, so each has a
    share in their gradient, and shares are added."""
MEAN_OF_STEPS = """
    Your weight gradients are means over the steps. Nothing divides the cost by the number of
    steps: the chain rule adds the shares of all places where a weight is used."""
ONLY_FROM_LATER = """
    Your pass uses the gradient of the last output only. Every state also has an output of its
    own, and da has a slice for each of them."""

EXAMPLES_FIRST = """
    Your results have the examples first, as Keras has them. In this course features come first,
    then examples, and the steps last."""

# rnn_cell_forward

STATE = "np.tanh(Waa @ a_prev + Wax @ xt + ba)"
OUTPUT = "softmax(Wya @ a_next + by)"


def plain(old, new, id, hint):
    """Declare a mistake of the plain cell."""
    mistake("rnn_cell_forward", old, new, id=id, hint=hint)


plain(
    STATE,
    "Waa @ a_prev + Wax @ xt + ba",
    "no_tanh",
    """
    Your state is linear in what goes in. Without a function that bends it, many steps are no more
    than one, and the state grows or shrinks without bounds. Which activation keeps it between -1
    and 1?""",
)
plain(
    STATE,
    "sigmoid(Waa @ a_prev + Wax @ xt + ba)",
    "sigmoid_state",
    """
    Your state lies between 0 and 1. The plain cell's lies between -1 and 1: gates have the
    sigmoid, states have another function.""",
)
plain(
    STATE,
    "np.maximum(0, Waa @ a_prev + Wax @ xt + ba)",
    "relu_state",
    """
    Your state is never negative and has no upper bound. ReLU serves well in deep networks with
    different weights in each layer; here the same weights act at every step, and the plain cell
    has an activation with two ends.""",
)
plain(
    STATE,
    "np.tanh(Wax @ a_prev + Waa @ xt + ba)",
    "product_does_not_fit",
    """
    A product of yours does not fit. Read the names from the left: Wax makes an a from an x, Waa an
    a from an a, Wya a y from an a. A matrix of shape (n_a, n_x) stands on the left of something
    that has n_x rows; is each of the three beside what it was made for, on the right side of
    it?""",
)
plain(
    STATE,
    "np.tanh(Wax @ xt + ba)",
    "a_prev_forgotten",
    """
    Your state does not depend on the one before. That is a plain layer without a memory: two terms
    have to be added, one for what is read and one for what is remembered.""",
)
plain(
    STATE,
    "np.tanh(Waa @ a_prev + ba)",
    "input_forgotten",
    """
    Your state does not depend on the input of the step. The network remembers and does not
    listen.""",
)
plain(
    STATE,
    "np.tanh(Waa @ a_prev + Wax @ xt)",
    "bias_forgotten",
    """
    Your state does not depend on ba. The bias is added before the activation, a column for all
    examples alike.""",
)
plain(
    STATE,
    "np.tanh(Waa @ a_prev + Wax @ xt) + ba",
    "bias_outside",
    """
    Your state can leave the range of tanh: the bias is added after it. It belongs to the linear
    part: check where your parenthesis closes.""",
)
plain(
    OUTPUT,
    "softmax(Wya @ a_prev + by)",
    "output_from_a_prev",
    """
    Your output is made from the old state, so it knows nothing of the input of its own step.""",
)
plain(OUTPUT, "Wya @ a_next + by", "no_softmax", NO_SOFTMAX)
plain(
    OUTPUT,
    "sigmoid(Wya @ a_next + by)",
    "sigmoid_output",
    """
    Your outputs lie between 0 and 1, but those of one example do not add up to 1: each is a
    yes-or-no of its own. For one choice among n_y there is another function.""",
)
plain(
    OUTPUT,
    "softmax((Wya @ a_next + by).T).T",
    "softmax_over_examples",
    """
    Your rows add up to 1 and not your columns. Examples are columns here, and each example makes
    a choice of its own: over which axis must the sum run?""",
)
plain(
    OUTPUT,
    "softmax((Wya @ a_next + by).reshape(-1)).reshape(len(by), -1)",
    "softmax_over_everything",
    """
    All your outputs together add up to 1. Every example, a column, makes a choice of its own: the
    sum must run over one axis only.""",
)
plain(
    OUTPUT,
    "softmax(Wya @ a_next)",
    "output_bias_forgotten",
    """
    Your output does not depend on by. The output layer has a bias as every layer has.""",
)
plain(
    "cache = (a_next, a_prev, xt, parameters)",
    "cache = (a_prev, a_next, xt, parameters)",
    "cache_in_another_order",
    """
    Your cache has the two states in another order. Whoever unpacks it later goes by the
    position: new state, old state, input, parameters.""",
)

for id, new, hint in (
    (
        "tanh_around_one_product",
        "np.tanh(Waa @ a_prev) + Wax @ xt + ba",
        """
        Your tanh closes too early: only the old state goes through it. The whole sum does.""",
    ),
    (
        "tanh_around_the_input",
        "Waa @ a_prev + np.tanh(Wax @ xt + ba)",
        """
        Only the input goes through your tanh. The whole sum does.""",
    ),
    (
        "tanh_around_each_product",
        "np.tanh(Waa @ a_prev) + np.tanh(Wax @ xt + ba)",
        """
        Each product has a tanh of its own, so the state can reach 2. The sum comes first, then the
        activation, once.""",
    ),
    (
        "not_the_shape_of_a_state",
        "np.tanh(Waa @ a_prev + Wax @ xt + by)",
        """
        Two things of different shapes are added, or multiplied entry by entry, in the linear part
        of your state or of your output. Is each bias that of its own layer, and is each product a
        product of matrices?""",
    ),
    (
        "Waa_turned",
        "np.tanh(Waa.T @ a_prev + Wax @ xt + ba)",
        """
        Your Waa is transposed. It is square, so nothing complains. Forward, the matrix stands as it
        is, on the left of the state.""",
    ),
    (
        "softmax_state",
        "softmax(Waa @ a_prev + Wax @ xt + ba)",
        """
        The entries of your state add up to 1, as probabilities do. A state is no choice among
        classes; the softmax belongs to the output.""",
    ),
    (
        "parts_subtracted",
        "np.tanh(Waa @ a_prev - Wax @ xt + ba)",
        """
        Input and old state are subtracted from one another in your state. Its linear part is a
        sum.""",
    ),
    (
        "bias_of_rank_one_in_the_state",
        "np.tanh(Waa @ a_prev + Wax @ xt + ba[0])",
        "All units of your state have one and the same bias. ba has one for each of them.",
    ),
):
    plain(STATE, new, id, hint)
for id, new, hint in (
    (
        "tanh_output",
        "np.tanh(Wya @ a_next + by)",
        """
        Your outputs are no probabilities: they may be negative, and do not add up to 1. tanh is the
        state's activation; the output has another.""",
    ),
    (
        "tanh_inside_the_softmax",
        "softmax(np.tanh(Wya @ a_next + by))",
        "Your output goes through tanh before the softmax. a_next has been through it already.",
    ),
    (
        "output_bias_outside",
        "softmax(Wya @ a_next) + by",
        """
        Your bias is added to the probabilities, after the softmax. Check where your parenthesis
        closes.""",
    ),
):
    plain(OUTPUT, new, id, hint)
TWO_RESULTS = """
    You return too few values, or too many. Count those that are asked for: whoever calls unpacks
    as many."""
plain("return a_next, yt_pred, cache", "return a_next, cache", "two_results", TWO_RESULTS)
plain(
    "return a_next, yt_pred, cache",
    "return yt_pred, a_next, cache",
    "returned_in_another_order",
    "Your results come in another order than asked for: the state first, then the output.",
)
plain(
    "cache = (a_next, a_prev, xt, parameters)",
    "cache = (a_next, a_prev, xt)",
    "parameters_not_in_the_cache",
    "Your cache lacks the parameters. The way back multiplies by the same matrices.",
)

# rnn_forward

CALL = "rnn_cell_forward(x[:, :, t], a_next, parameters)"
for old, new, id, hint in (
    ("a_next = a0", "a_next = np.zeros((n_a, m))", "a0_unused", A0_UNUSED),
    (CALL, "rnn_cell_forward(x[:, :, t], a0, parameters)", "state_not_passed_on", NOT_PASSED_ON),
    ("range(T_x)", "range(T_x - 1)", "last_step_missing", LAST_STEP),
    ("caches.append(cache)", "caches = [cache]", "one_cache", ONE_CACHE),
    ("return a, y_pred, (caches, x)", "return a, y_pred, caches", "caches_without_x", WITHOUT_X),
    (
        "return a, y_pred, (caches, x)",
        "return a.transpose(1, 2, 0), y_pred.transpose(1, 2, 0), (caches, x)",
        "examples_first",
        EXAMPLES_FIRST,
    ),
    (
        CALL,
        "rnn_cell_forward(x[:, :, 0], a_next, parameters)",
        "first_input_only",
        """
        Every step of yours reads the same slice of x. The step's number has to be the index along
        the third axis.""",
    ),
    (
        CALL,
        "rnn_cell_forward(x[:, t, :], a_next, parameters)",
        "shapes_do_not_fit",
        """
        The shapes do not fit. A step of all examples is an array (n_x, m), so the number of the
        step stands last when you cut x: x[:, t, :] would be one *example* with all its steps. And
        what the cell returns has examples as columns, too.""",
    ),
    (
        "a_next = a0",
        "a_next, x = a0, x[:, :, ::-1]",
        "from_behind",
        """
        You read the sequence from its end. That is what the second half of a bidirectional network
        does; here the first step reads the first input.""",
    ),
):
    mistake("rnn_forward", old, new, id=id, hint=hint)
mistake(
    "rnn_forward",
    edits=[
        ("a[:, :, t], y_pred[:, :, t] = a_next, yt_pred", "y_pred[:, :, t] = yt_pred"),
        (
            "a_next, yt_pred, cache = $step",
            "a[:, :, t] = a_next\na_next, yt_pred, cache = $step",
        ),
    ],
    id="state_before_the_step",
    hint="""
        Your states are one step late: slice 0 of a holds a0. What belongs there is the state
        *after* the step has read its input.""",
)

FIRST_STEP = """
    Your first step is never taken: slice 0 of your results is still as you made it, and its input
    is never read. At which number does range begin?"""
NO_CACHES = """
    Your list of caches is empty. What the cell returns has to be put into it at every step."""
OUTPUTS_NOT_KEPT = """
    Your outputs are still as you made them, zero everywhere. What a step returns has to be stored
    in the slice of that step."""
STATES_NOT_KEPT = """
    Your states are still as you made them, zero everywhere. What a step returns has to be stored in
    the slice of that step."""
NO_ROOM = """
    What a step returns does not fit into the place where you store it. All three axes count:
    features, examples, steps. Are your arrays made with the number of features that goes into them
    (n_a for states, n_y for outputs), and is the step's number the last index?"""
PAIR = """
    Your pair of caches is the wrong way round: the list comes first, then x."""
for old, new, id, hint in (
    ("range(T_x)", "range(1, T_x)", "first_step_missing", FIRST_STEP),
    ("caches.append(cache)", "", "no_caches", NO_CACHES),
    (
        "a[:, :, t], y_pred[:, :, t] = a_next, yt_pred",
        "a[:, :, t] = a_next",
        "outputs_not_kept",
        OUTPUTS_NOT_KEPT,
    ),
    (
        "a[:, :, t], y_pred[:, :, t] = a_next, yt_pred",
        "y_pred[:, :, t] = yt_pred",
        "states_not_kept",
        STATES_NOT_KEPT,
    ),
    (
        "a[:, :, t], y_pred[:, :, t] = a_next, yt_pred",
        "a[:, :, t] = a_next\ny_pred[:, :, t] = a_next",
        "no_room",
        NO_ROOM,
    ),
    ("return a, y_pred, (caches, x)", "return a, y_pred, (x, caches)", "pair_turned", PAIR),
    (
        "return a, y_pred, (caches, x)",
        "return y_pred, a, (caches, x)",
        "returned_in_another_order",
        "Your results come in another order than asked for: states, outputs, caches.",
    ),
    (
        "return a, y_pred, (caches, x)",
        "return a_next, yt_pred, (caches, x)",
        "last_step_returned",
        """
        You return what the last step gave. Asked for are the states and outputs of *all* steps, in
        the arrays with three axes.""",
    ),
    ("return a, y_pred, (caches, x)", "return a, y_pred", "two_results", TWO_RESULTS),
):
    mistake("rnn_forward", old, new, id=id, hint=hint)

# lstm_cell_forward

FORGET, WRITE = "ft = sigmoid(Wf @ z + bf)", "it = sigmoid(Wi @ z + bi)"
NEW, SHOW = "cct = np.tanh(Wc @ z + bc)", "ot = sigmoid(Wo @ z + bo)"
MEMORY, HIDDEN = "c_next = ft * c_prev + it * cct", "a_next = ot * np.tanh(c_next)"
for old, new, id, hint in (
    (
        "np.concatenate([a_prev, xt])",
        "np.concatenate([xt, a_prev])",
        "concatenated_the_other_way",
        """
        Your stack has the input on top. It has as many rows either way, so nothing complains, but
        the first n_a columns of each weight matrix are made for the hidden state: what must stand
        above the other?""",
    ),
    (
        MEMORY,
        "c_next = it * c_prev + ft * cct",
        "gates_swapped",
        """
        Your forget gate and your update gate have changed places. One multiplies what was
        remembered, the other what is new: which is which, by their names?""",
    ),
    (
        MEMORY,
        "c_next = it * cct",
        "memory_forgotten",
        """
        Your new memory does not depend on the old one. It is the sum of two terms; the one that
        makes an LSTM remember is missing.""",
    ),
    (
        MEMORY,
        "c_next = c_prev + it * cct",
        "never_forgets",
        """
        Your memory is never forgotten: the forget gate is computed and not used. (The first LSTM,
        of 1997, had none indeed; three years later it got one.)""",
    ),
    (
        MEMORY,
        "c_next = (1 - it) * c_prev + it * cct",
        "coupled_gates",
        """
        Your memory keeps exactly what it does not write. That is the GRU's way, with one gate for
        both. An LSTM has a gate of its own for forgetting.""",
    ),
    (
        MEMORY,
        "c_next = ft * c_prev + it * cct * ot",
        "output_gate_in_the_memory",
        """
        Your output gate has a say in what is written. It only decides what is *shown* of the
        memory, after that has been made.""",
    ),
    (
        MEMORY,
        "c_next = c_prev\nc_next *= ft\nc_next += it * cct",
        "written_into_c_prev",
        """
        Your step changes c_prev itself: c_next is the same array under a second name, and `*=`
        writes into it. The caller's array and the cache, which the way back needs, now hold
        the new memory twice. Let the sum make a new array.""",
    ),
    (
        NEW,
        "cct = sigmoid(Wc @ z + bc)",
        "candidate_by_sigmoid",
        """
        Your candidate is never negative, so the memory could only grow. Gates, which say how much,
        have the sigmoid; contents, which say what, have tanh.""",
    ),
    (
        FORGET,
        "ft = np.tanh(Wf @ z + bf)",
        "forget_gate_by_tanh",
        """
        Your forget gate can be negative, and would turn the sign of what is remembered. A gate lies
        between 0, shut, and 1, open.""",
    ),
    (
        NEW,
        "cct = np.tanh(Wc @ z + bi)",
        "bias_of_another_gate",
        """
        One of your lines uses another gate's bias: a copied line in which a letter was not
        changed. Read the names of weights and biases pair by pair.""",
    ),
    (
        SHOW,
        "ot = sigmoid(Wo @ z)",
        "output_gate_without_bias",
        """
        Your output gate does not depend on its bias.""",
    ),
    (
        HIDDEN,
        "a_next = ot * c_next",
        "memory_shown_as_it_is",
        """
        Your hidden state can be larger than 1. The memory may grow as it likes; what is shown of
        it goes through tanh first.""",
    ),
    (
        HIDDEN,
        "a_next = np.tanh(ot * c_next)",
        "gate_before_tanh",
        """
        Your output gate acts before tanh. It scales what is shown, so it stands outside: check
        your parentheses.""",
    ),
    (
        HIDDEN,
        "a_next = ot * np.tanh(c_prev)",
        "old_memory_shown",
        """
        Your hidden state shows the old memory. What this step has written would be seen one step
        late.""",
    ),
    (
        HIDDEN,
        "a_next = ot * np.tanh(cct)",
        "candidate_shown",
        """
        Your hidden state shows the candidate alone, so that nothing older than this step is in
        it. What is shown is a part of the new memory.""",
    ),
    (
        "softmax(Wy @ a_next + by)",
        "softmax(Wy @ c_next + by)",
        "output_from_the_memory",
        """
        Your output is made from the memory. The cell hides it from everything outside: outputs
        see what the output gate shows.""",
    ),
    ("softmax(Wy @ a_next + by)", "Wy @ a_next + by", "no_softmax", NO_SOFTMAX),
    (
        "(a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)",
        "(a_next, c_next, a_prev, c_prev, it, ft, cct, ot, xt, parameters)",
        "cache_in_another_order",
        """
        Your cache has two gates in another order. Whoever unpacks it later goes by the position:
        forget, update, candidate, output.""",
    ),
):
    mistake("lstm_cell_forward", old, new, id=id, hint=hint)

GATES = {"f": "forget gate", "i": "update gate", "c": "candidate", "o": "output gate"}
LINES = dict(zip("fico", (FORGET, WRITE, NEW, SHOW), strict=True))


def letter_changed(old, new, text):
    """Return places: each gate's line with a letter of another gate's in it."""
    places = {}
    for gate, line in LINES.items():
        for other in GATES:
            if other != gate and (gate, other, text) != ("c", "i", "b"):
                changed = line.replace(old.format(gate), new.format(other))
                places[f"the {GATES[gate]} with {text}{other}"] = (line, changed)
    return places


mistake_by_place(
    "lstm_cell_forward",
    letter_changed(" + b{})", " + b{})", "b"),
    id="other_bias",
    everywhere=False,
    hint="""
        One of your lines uses another gate's bias: a copied line in which a letter was not changed.
        Read the names of weights and biases pair by pair.""",
)
mistake_by_place(
    "lstm_cell_forward",
    letter_changed("(W{} ", "(W{} ", "W"),
    id="other_weights",
    everywhere=False,
    hint="""
        One of your lines uses another gate's weights: a copied line in which a letter was not
        changed. Read the names of weights and biases pair by pair.""",
)
mistake_by_place(
    "lstm_cell_forward",
    {
        f"the {GATES[gate]}": (line, line.replace(f" + b{gate}", ""))
        for gate, line in LINES.items()
        if gate != "o"
    },
    id="no_bias",
    everywhere=False,
    hint="One of your lines has no bias.",
)
mistake(
    "lstm_cell_forward",
    edits=[(line, line.replace(f" + b{gate}", "")) for gate, line in LINES.items()],
    id="no_biases",
    hint="Your gates and your candidate have no biases. Each has one of its own.",
)
mistake_by_place(
    "lstm_cell_forward",
    {
        f"the {GATES[gate]}": (
            line,
            f"{line[:2]}{'t' if gate == 'c' else ''} = {inner}".replace("ctt =", "cct ="),
        )
        for gate, line in LINES.items()
        for inner in [line[line.index("(") + 1 : -1]]
    },
    id="no_activation",
    everywhere=False,
    hint="""
        One of your lines is linear: the function around the sum is missing. Gates have the sigmoid,
        the candidate has tanh.""",
)
for old, new, id, hint in (
    (
        WRITE,
        "it = np.tanh(Wi @ z + bi)",
        "update_gate_by_tanh",
        "Your update gate can be negative. A gate lies between 0, shut, and 1, open.",
    ),
    (
        SHOW,
        "ot = np.tanh(Wo @ z + bo)",
        "output_gate_by_tanh",
        "Your output gate can be negative. A gate lies between 0, shut, and 1, open.",
    ),
    (
        NEW,
        "cct = np.maximum(0, Wc @ z + bc)",
        "candidate_by_relu",
        "Your candidate is never negative. What could be written lies between -1 and 1.",
    ),
    (
        MEMORY,
        "c_next = ft * c_prev + cct",
        "always_writes",
        """
        Your update gate is not used: everything that could be written is. It says how much of the
        candidate comes in.""",
    ),
    (
        MEMORY,
        "c_next = ft * c_prev - it * cct",
        "memory_minus",
        """
        What is new is subtracted from your memory. The memory is the sum of what stays and what
        is new.""",
    ),
    (
        MEMORY,
        "c_next = ft * c_prev * it * cct",
        "memory_product",
        "Your memory is a product. It is the sum of what stays and what is new.",
    ),
    (
        MEMORY,
        "c_next = ft * c_prev + (1 - ft) * cct",
        "coupled_by_the_forget_gate",
        """
        Your memory writes exactly where it forgets, and the update gate is not used. An LSTM has a
        gate of its own for writing.""",
    ),
    (
        MEMORY,
        "c_next = ft * c_prev + it * c_prev",
        "old_memory_twice",
        """
        Your new memory is made of the old one alone: both gates multiply it, and the candidate is
        not used.""",
    ),
    (
        MEMORY,
        "c_next = ft * cct + it * cct",
        "candidate_twice",
        """
        Your new memory is made of the candidate alone: both gates multiply it, and the old
        memory is lost.""",
    ),
    (
        "np.concatenate([a_prev, xt])",
        "np.concatenate([a_prev, 0 * xt])",
        "input_not_in_the_stack",
        "Your stack has zeros in the place of the input, so nothing that is read has an influence.",
    ),
    (
        "np.concatenate([a_prev, xt])",
        "np.concatenate([0 * a_prev, xt])",
        "state_not_in_the_stack",
        "Your stack has zeros in the place of the hidden state: the gates do not know of it.",
    ),
    (
        MEMORY,
        "c_next = ft * a_prev + it * cct",
        "hidden_state_for_the_memory",
        """
        Your forget gate multiplies the old hidden state. It decides what stays of the old
        *memory*.""",
    ),
    (
        MEMORY,
        "c_next = ft @ c_prev + it @ cct",
        "gates_by_matrix_products",
        """
        Gates act entry by entry: each number of the memory has a share of its own. A product of
        matrices is another thing, and its shapes do not fit here.""",
    ),
    (
        HIDDEN,
        "a_next = np.tanh(c_next)",
        "output_gate_unused",
        """
        Your output gate is computed and not used: everything in the memory is shown.""",
    ),
    (
        HIDDEN,
        "a_next = ot * sigmoid(c_next)",
        "memory_shown_by_sigmoid",
        "Your hidden state is never negative. The memory is shown through another function.",
    ),
    (
        HIDDEN,
        "a_next = ot + np.tanh(c_next)",
        "output_gate_added",
        "Your output gate is added. A gate lets a share through: it multiplies.",
    ),
    (
        HIDDEN,
        "a_next = it * np.tanh(c_next)",
        "shown_by_the_update_gate",
        """
        Your hidden state is what the update gate lets through. What is shown has a gate of its
        own.""",
    ),
    (
        HIDDEN,
        "a_next = ft * np.tanh(c_next)",
        "shown_by_the_forget_gate",
        """
        Your hidden state is what the forget gate lets through. What is shown has a gate of its
        own.""",
    ),
    (
        "softmax(Wy @ a_next + by)",
        "softmax(Wy @ a_prev + by)",
        "output_from_a_prev",
        "Your output is made from the old state, so it knows nothing of the input of its own step.",
    ),
    (
        "softmax(Wy @ a_next + by)",
        "softmax(Wy @ ot + by)",
        "output_from_the_gate",
        """
        Your output is made from the output gate alone. It is made from what that gate lets
        through.""",
    ),
    (
        "softmax(Wy @ a_next + by)",
        "softmax(Wy @ a_next)",
        "output_bias_forgotten",
        "Your output does not depend on by.",
    ),
    (
        "softmax(Wy @ a_next + by)",
        "sigmoid(Wy @ a_next + by)",
        "sigmoid_output",
        "Your outputs do not add up to 1: each is a yes-or-no of its own.",
    ),
    (
        "np.concatenate([a_prev, xt])",
        "np.concatenate([a_prev, xt], axis=1)",
        "concatenated_side_by_side",
        """
        You put state and input side by side. Examples are columns, so both have the same number of
        those: the one stands *above* the other.""",
    ),
    (
        "return a_next, c_next, yt_pred, cache",
        "return a_next, yt_pred, c_next, cache",
        "returned_in_another_order",
        "Your results come in another order than asked for: hidden state, memory, output, cache.",
    ),
    (
        "return a_next, c_next, yt_pred, cache",
        "return a_next, c_next, cache",
        "three_results",
        TWO_RESULTS,
    ),
):
    mistake("lstm_cell_forward", old, new, id=id, hint=hint)

# lstm_forward

START = "a_next, c_next = a0, np.zeros((n_a, m))"
LSTM_CALL = "lstm_cell_forward(x[:, :, t], a_next, c_next, parameters)"
for old, new, id, hint in (
    (START, "a_next, c_next = np.zeros((n_a, m)), np.zeros((n_a, m))", "a0_unused", A0_UNUSED),
    (
        START,
        "a_next, c_next = a0, a0",
        "memory_begins_as_a0",
        """
        Your memory begins with a0, too. Hidden state and memory are two things; before the first
        step nothing is remembered.""",
    ),
    (
        LSTM_CALL,
        "lstm_cell_forward(x[:, :, t], a_next, np.zeros((n_a, m)), parameters)",
        "memory_not_passed_on",
        """
        Your memory is empty at every step. The hidden state is passed on, but the memory that the
        cell returns must be passed on as well: it is what an LSTM is for.""",
    ),
    (
        LSTM_CALL,
        "lstm_cell_forward(x[:, :, t], a0, c_next, parameters)",
        "state_not_passed_on",
        NOT_PASSED_ON,
    ),
    (
        LSTM_CALL,
        "lstm_cell_forward(x[:, :, t], c_next, a_next, parameters)",
        "states_swapped",
        """
        Your hidden state and your memory change places from step to step. Compare the order of the
        cell's arguments with the order in which you pass them.""",
    ),
    ("range(T_x)", "range(T_x - 1)", "last_step_missing", LAST_STEP),
    ("caches.append(cache)", "caches = [cache]", "one_cache", ONE_CACHE),
    ("return a, y, c, (caches, x)", "return a, y, c, caches", "caches_without_x", WITHOUT_X),
    (
        "return a, y, c, (caches, x)",
        "return (*(states.transpose(1, 2, 0) for states in (a, y, c)), (caches, x))",
        "examples_first",
        EXAMPLES_FIRST,
    ),
    (
        "return a, y, c, (caches, x)",
        "return a, c, y, (caches, x)",
        "returned_in_another_order",
        """
        Your results come in another order than asked for: hidden states, outputs, memories, caches.
        (The cell returns the memory second; the sequence returns it third.)""",
    ),
    (
        "(a_next, c_next, yt)",
        "(a_next, a_next, yt)",
        "hidden_states_twice",
        """
        Your c holds the hidden states. The cell returns both; the memory is the one that is not
        bounded by 1.""",
    ),
    (
        "a, c, y = np.zeros($shape), np.zeros($shape), np.zeros($other)",
        "a, y = np.zeros($shape), np.zeros($other)\nc = a",
        "a_and_c_are_one_array",
        """
        Your a holds the memories as well. Either they are one array under two names, so that what
        is written into one stands in the other, or the wrong one of the cell's results is
        stored.""",
    ),
):
    mistake("lstm_forward", old, new, id=id, hint=hint)

STORE = "a[:, :, t], c[:, :, t], y[:, :, t] = (a_next, c_next, yt)"
for old, new, id, hint in (
    ("range(T_x)", "range(1, T_x)", "first_step_missing", FIRST_STEP),
    ("caches.append(cache)", "", "no_caches", NO_CACHES),
    (STORE, "a[:, :, t], c[:, :, t] = a_next, c_next", "outputs_not_kept", OUTPUTS_NOT_KEPT),
    (STORE, "c[:, :, t], y[:, :, t] = c_next, yt", "states_not_kept", STATES_NOT_KEPT),
    (
        STORE,
        "a[:, :, t], y[:, :, t] = a_next, yt",
        "memories_not_kept",
        "Your c is still as you made it, zero everywhere. The memory of each step belongs into it.",
    ),
    (
        STORE,
        "a[:, :, t], c[:, :, t], y[:, :, t] = (c_next, a_next, yt)",
        "states_exchanged",
        "Your a holds the memories and your c the hidden states: they have changed places.",
    ),
    (
        STORE,
        "a[:, :, t] = a_next\ny[:, :, t] = a_next",
        "no_room",
        NO_ROOM,
    ),
    (
        LSTM_CALL,
        "lstm_cell_forward(x[:, :, 0], a_next, c_next, parameters)",
        "first_input_only",
        "Every step of yours reads the same slice of x. The step's number is the last index.",
    ),
    (
        LSTM_CALL,
        "lstm_cell_forward(x[:, t, :], a_next, c_next, parameters)",
        "shapes_do_not_fit",
        """
        The shapes do not fit. A step of all examples is an array (n_x, m), so the number of the
        step stands last when you cut x: x[:, t, :] would be one *example* with all its steps.""",
    ),
    (
        LSTM_CALL,
        "lstm_cell_forward(x[:, :, t], a[:, :, t], c_next, parameters)",
        "state_of_the_step_itself",
        """
        Your step starts from the slice of a that it is about to fill, which is still zero. It
        starts from the state that the step before has returned.""",
    ),
    ("return a, y, c, (caches, x)", "return a, y, c, (x, caches)", "pair_turned", PAIR),
    ("return a, y, c, (caches, x)", "return a, y, (caches, x)", "three_results", TWO_RESULTS),
):
    mistake("lstm_forward", old, new, id=id, hint=hint)

# rnn_cell_backward

SLOPE = "da_next * (1 - a_next**2)"
for old, new, id, hint in (
    (
        SLOPE,
        "da_next",
        "no_slope",
        """
        Your gradient passes tanh as if it were not there. The chain rule asks for its slope between
        the gradient of the state and that of the linear part.""",
    ),
    (
        SLOPE,
        "da_next * (1 - np.tanh(a_next) ** 2)",
        "slope_at_the_wrong_place",
        """
        You apply tanh once more to a_next, which is a tanh already. The slope of tanh at z is
        written with tanh(z), and which array in the cache is that?""",
    ),
    (
        SLOPE,
        "da_next * (1 - a_next) ** 2",
        "square_of_the_difference",
        """
        You square the difference; the slope of tanh is one minus the square. A parenthesis closes
        at the wrong place.""",
    ),
    (
        SLOPE,
        "da_next * (1 - a_prev**2)",
        "slope_of_the_state_before",
        """
        You take the slope from the state before. The tanh of this step has made a_next.""",
    ),
    (
        SLOPE,
        "da_next * a_next * (1 - a_next)",
        "slope_of_the_sigmoid",
        """
        That is how the slope of a sigmoid looks. For tanh, whose values go from -1 to 1, it is
        another formula, and never negative.""",
    ),
    (
        'parameters["Waa"].T @ dz',
        'parameters["Waa"] @ dz',
        "not_transposed",
        """
        Your da_prev uses Waa as it stands. The matrix is square, so nothing complains. Forward,
        unit j of the old state reaches unit i through Waa[i, j]; going back from i to j, which
        index must the sum run over?""",
    ),
    (
        "dz @ a_prev.T",
        "dz @ a_next.T",
        "weights_by_the_new_state",
        """
        Your dWaa uses the new state. The matrix was multiplied by the state before.""",
    ),
    ("np.sum(dz, axis=1, keepdims=True)", "np.sum(dz, axis=1)", "bias_of_rank_one", SHAPE_OF_BIAS),
    (
        "np.sum(dz, axis=1, keepdims=True)",
        "dz",
        "bias_not_summed",
        """
        Your dba has a column for each example. All examples share one bias, so its gradient is the
        sum of what they say.""",
    ),
    (
        "np.sum(dz, axis=1, keepdims=True)",
        "np.sum(dz, keepdims=True)",
        "bias_summed_over_units",
        """
        Your dba is one number. Each unit has a bias of its own: only the axis of the examples may
        go.""",
    ),
):
    mistake("rnn_cell_backward", old, new, id=id, hint=hint)
mistake(
    "rnn_cell_backward",
    edits=[
        ("dz @ xt.T", "dz @ xt.T / dz.shape[1]"),
        ("dz @ a_prev.T", "dz @ a_prev.T / dz.shape[1]"),
        ("np.sum(dz, axis=1, keepdims=True)", "np.mean(dz, axis=1, keepdims=True)"),
    ],
    id="mean_of_the_examples",
    hint=MEAN_OF_EXAMPLES,
)

CELL = {
    "dxt": 'parameters["Wax"].T @ dz',
    "da_prev": 'parameters["Waa"].T @ dz',
    "dWax": "dz @ xt.T",
    "dWaa": "dz @ a_prev.T",
    "dba": "np.sum(dz, axis=1, keepdims=True)",
}
mistake_by_place(
    "rnn_cell_backward",
    {name: (line, line.replace("dz", "da_next")) for name, line in CELL.items()},
    id="slope_forgotten",
    everywhere=False,
    hint="""
        One of your gradients is made of da_next itself, past tanh. All of them come from the
        gradient of the linear part.""",
)
mistake_by_place(
    "rnn_cell_backward",
    {
        "dWax": ("dz @ xt.T", "dz @ xt.T / dz.shape[1]"),
        "dWaa": ("dz @ a_prev.T", "dz @ a_prev.T / dz.shape[1]"),
        "dba": (CELL["dba"], "np.mean(dz, axis=1, keepdims=True)"),
    },
    id="mean_of_the_examples",
    everywhere=False,
    hint=MEAN_OF_EXAMPLES,
)
for old, new, id, hint in (
    (
        SLOPE,
        "1 - a_next**2",
        "gradient_lost",
        """
        da_next is not used: what comes from outside is lost. The slope of tanh is one factor of the
        chain rule, the gradient that arrives is the other.""",
    ),
    (
        SLOPE,
        "da_next * (1 - a_next)",
        "square_forgotten",
        "The slope of tanh is one minus the *square* of tanh.",
    ),
    (
        SLOPE,
        "da_next * (1 + a_next**2)",
        "slope_with_plus",
        "Your slope is larger than 1. That of tanh is 1 at most, at zero: look at the sign.",
    ),
    (
        SLOPE,
        "da_next - a_next**2",
        "parentheses_forgotten",
        """
        The gradient that arrives multiplies the whole slope. A product is computed before a
        difference: parentheses are missing.""",
    ),
    (
        SLOPE,
        "da_next * (1 - np.tanh(da_next) ** 2)",
        "slope_of_the_gradient",
        """
        You take the slope of tanh at the gradient. It is the slope at what went through tanh on the
        way forward.""",
    ),
    (
        SLOPE,
        "da_next + (1 - a_next**2)",
        "slope_added",
        "Slope and gradient are added. The chain rule multiplies.",
    ),
    (
        "dz @ xt.T",
        "xt @ dz.T",
        "dWax_turned",
        "Your dWax is transposed: it should have the shape of Wax. What stands to the left?",
    ),
    (
        "dz @ a_prev.T",
        "a_prev @ dz.T",
        "dWaa_turned",
        """
        Your dWaa is transposed. Waa is square, so its shape does not show it. Its rows belong to
        the new state: what stands to the left?""",
    ),
    (
        "dz @ xt.T",
        "dz @ a_prev.T",
        "dWax_of_the_state",
        "Your dWax is made of the old state. Which array did Wax multiply?",
    ),
    (
        "dz @ a_prev.T",
        "dz @ xt.T",
        "dWaa_of_the_input",
        "Your dWaa is made of the input. Which array did Waa multiply?",
    ),
    (
        'parameters["Wax"].T @ dz',
        'parameters["Waa"].T @ dz',
        "dxt_by_Waa",
        "Your dxt has the shape of a state. Which matrix led from the input to the state?",
    ),
    (
        'parameters["Waa"].T @ dz',
        'parameters["Wax"].T @ dz',
        "da_prev_by_Wax",
        """
        Your da_prev has the shape of an input. Which matrix led from the old state to the new
        one?""",
    ),
    (
        'parameters["Wax"].T @ dz',
        'parameters["Wax"] @ dz',
        "product_does_not_fit",
        """
        A product of yours does not fit. On the way back matrices are transposed; and the gradient
        of a matrix has its shape. Write the shapes below each of your products.""",
    ),
    (
        'parameters["Wax"].T @ dz',
        '(dz.T @ parameters["Wax"])',
        "dxt_turned",
        """
        Your dxt is transposed: it has a row for each example. A gradient has the shape of what
        it is the gradient of; what stands to the left?""",
    ),
    (
        'parameters["Waa"].T @ dz',
        '(dz.T @ parameters["Waa"])',
        "da_prev_turned",
        """
        Your da_prev is transposed: it has a row for each example. A gradient has the shape of what
        it is the gradient of; what stands to the left?""",
    ),
    (
        "np.sum(dz, axis=1, keepdims=True)",
        "np.sum(dz, axis=0, keepdims=True)",
        "bias_summed_over_the_state",
        """
        Your dba has a number for each example. All examples share one bias a unit: the axis to sum
        over is that of the examples.""",
    ),
):
    mistake("rnn_cell_backward", old, new, id=id, hint=hint)

# rnn_backward

ARRIVES, ADD = "da[:, :, t] + da_next", "total[name] + step[name]"
for old, new, id, hint in (
    (
        ARRIVES,
        "da[:, :, t]",
        "nothing_from_later",
        """
        Your steps do not hear from one another: each goes back from its own output alone. A state
        is also what the next step starts from, so what that step sends back has to be added to what
        the output says.""",
    ),
    (
        ARRIVES,
        "(da[:, :, t] if t == T_x - 1 else da_next)",
        "only_from_later",
        ONLY_FROM_LATER,
    ),
    ("reversed(range(T_x))", "range(T_x)", "forwards", FORWARDS),
    (ADD, "step[name]", "not_summed", NOT_SUMMED),
    (ADD, "total[name] + step[name] / T_x", "mean_of_the_steps", MEAN_OF_STEPS),
    (
        '{"dx": dx, "da0": da_next, **total}',
        '{"dx": dx, "da0": da[:, :, 0], **total}',
        "da0_of_the_first_output",
        """
        Your da0 is what the first *output* says of the first new state. a0 came one step before
        that: its gradient is what the first step sends back.""",
    ),
    (
        "reversed(range(T_x))",
        "reversed(range(1, T_x))",
        "first_step_missing",
        """
        Your pass stops before the first step: dx is still zero there, and a0 gets the gradient of
        the state after it. The steps are numbered from 0.""",
    ),
):
    mistake("rnn_backward", old, new, id=id, hint=hint)

TOTAL = ("dWax", "dWaa", "dba")
mistake_by_place(
    "rnn_backward",
    {name: (ADD, f'(step[name] if name == "{name}" else {ADD})') for name in TOTAL},
    id="not_summed",
    everywhere=False,
    hint="""
        One of your gradients is that of a single step. All steps share weights and biases, so each
        has a share in their gradients, and shares are added.""",
)
mistake_by_place(
    "rnn_backward",
    {name: (ADD, f'(total[name] - step[name] if name == "{name}" else {ADD})') for name in TOTAL},
    id="subtracted",
    everywhere=False,
    hint="The shares of the steps are subtracted in one of your gradients. They are added up.",
)
mistake_by_place(
    "rnn_backward",
    {name: (ADD, f'(total[name] if name == "{name}" else {ADD})') for name in TOTAL},
    id="never_added",
    everywhere=False,
    hint="One of your gradients stays zero: what the steps return for it is never added.",
)
NOTHING_KEPT = """
    Nothing is passed from step to step in your pass: what a step returns for the state before is
    not kept, and da0 is zero as you made it."""
DA0_ZERO = """
    Your da0 is zero, as you made it. It is what the last visited step sends back to the state
    before."""
OTHER_CACHE = """
    Every step of yours uses one and the same cache. Each step has its own, in the order of the
    steps."""
for old, new, id, hint in (
    (
        'dx[:, :, t], da_next = step["dxt"], step["da_prev"]',
        'dx[:, :, t] = step["dxt"]',
        "nothing_passed_back",
        NOTHING_KEPT,
    ),
    (
        'dx[:, :, t], da_next = step["dxt"], step["da_prev"]',
        'da_next = step["da_prev"]',
        "dx_not_kept",
        "Your dx is zero, as you made it. What each step says of its input belongs into its slice.",
    ),
    (
        '{"dx": dx, "da0": da_next, **total}',
        '{"dx": dx, "da0": np.zeros((n_a, m)), **total}',
        "da0_zero",
        DA0_ZERO,
    ),
    (
        'dx[:, :, t], da_next = step["dxt"], step["da_prev"]',
        'dx[:, :, T_x - 1], da_next = step["dxt"], step["da_prev"]',
        "dx_in_the_last_slice",
        "All that you say of the input is stored in the last slice. Each step has its own.",
    ),
    (
        "dx, da_next = np.zeros((len(x), m, T_x)), np.zeros((n_a, m))",
        "dx, da_next = np.zeros((len(x), m, T_x)), da[:, :, -1]",
        "last_output_counted_twice",
        """
        The gradient of the last output counts twice: it is in da, and you begin with it as well.
        After the last step comes nothing: with what do you begin?""",
    ),
    (
        ARRIVES,
        "da[:, :, t] - da_next",
        "minus_from_later",
        "The two gradients of a state are added.",
    ),
    (
        ARRIVES,
        "da[:, :, -1] + da_next",
        "last_output_for_all",
        "Every step has a slice of its own in da.",
    ),
    ("steps[t]", "steps[0]", "first_cache_for_all", OTHER_CACHE),
    ("steps[t]", "steps[-1]", "last_cache_for_all", OTHER_CACHE),
    (
        "reversed(range(T_x))",
        "reversed(range(T_x - 1))",
        "last_step_missing",
        """
        Your pass begins one step too early: the last step, where the gradients come from, is never
        visited.""",
    ),
):
    mistake("rnn_backward", old, new, id=id, hint=hint)

# lstm_cell_backward

BOTH = "dc_next + da_next * ot * (1 - np.tanh(c_next) ** 2)"
for old, new, id, hint in (
    (
        BOTH,
        "dc_next",
        "memory_without_the_state",
        """
        The gradient of your memory comes from the next step only. The memory also made a_next, by
        tanh and the output gate: that is a second way back, and the two are added.""",
    ),
    (
        BOTH,
        "da_next * ot * (1 - np.tanh(c_next) ** 2)",
        "memory_without_the_next_step",
        """
        dc_next is not used: what later steps say of the memory is lost, which is the very way on
        which an LSTM's gradients survive.""",
    ),
    (
        BOTH,
        "dc_next + da_next * ot * (1 - c_next**2)",
        "slope_without_tanh",
        """
        Your slope is written with c_next itself. The slope of tanh is one minus the square of the
        *tanh*, and the memory has not gone through tanh yet; it can be larger than 1, and your
        slope negative.""",
    ),
    (
        BOTH,
        "dc_next + da_next * (1 - np.tanh(c_next) ** 2)",
        "output_gate_missing",
        """
        On the way from a_next to the memory you pass tanh and forget the gate. What was multiplied
        by it forward is multiplied by it on the way back, too.""",
    ),
    (
        BOTH,
        "dc_next + da_next * ot * (1 - a_next**2)",
        "slope_by_the_hidden_state",
        """
        You take a_next for a tanh. In the plain cell it is one; here it is a tanh times a gate, and
        the slope needs the tanh alone.""",
    ),
    (
        "dc * it * (1 - cct**2)",
        "dc * it * (1 - np.tanh(cct) ** 2)",
        "candidate_tanh_twice",
        """
        You apply tanh once more to the candidate, which is a tanh already. (The formulas of some
        printed notebooks can be read like that.)""",
    ),
    (
        "dc * c_prev * ft * (1 - ft)",
        "dc * c_prev",
        "forget_gate_without_slope",
        """
        Your forget gate passes its sigmoid as if it were not there. From a gate to what
        stood inside it leads one more factor, which the gate's own value gives.""",
    ),
    (
        "dc * cct * it * (1 - it)",
        "dc * c_prev * it * (1 - it)",
        "update_gate_by_the_old_memory",
        """
        Your update gate gets the forget gate's factor. What did it multiply on the way forward?""",
    ),
    (
        "da_next * np.tanh(c_next) * ot * (1 - ot)",
        "dc * np.tanh(c_next) * ot * (1 - ot)",
        "output_gate_by_the_memory",
        """
        Your output gate's gradient comes from the memory. The gate comes after it: it took part in
        a_next and in nothing else.""",
    ),
    (
        "da_next * np.tanh(c_next) * ot * (1 - ot)",
        "da_next * c_next * ot * (1 - ot)",
        "output_gate_without_tanh",
        """
        Your output gate's gradient uses the memory as it is. What the gate multiplied was its
        tanh.""",
    ),
    (
        "dc * ft",
        "dc_next * ft",
        "memory_before_without_the_state",
        """
        Your dc_prev knows only what comes from the next step's memory. The old memory has also
        reached a_next, by the new one: use the whole gradient of the new memory.""",
    ),
    (
        "np.sum(d, axis=1, keepdims=True)",
        "np.sum(d, axis=1)",
        "bias_of_rank_one",
        SHAPE_OF_BIAS,
    ),
    (
        "np.concatenate([a_prev, xt])",
        "np.concatenate([a_next, xt])",
        "weights_by_the_new_state",
        """
        Your weight gradients use the new hidden state. The matrices were multiplied by the stack of
        the state *before* and the input.""",
    ),
):
    mistake("lstm_cell_backward", old, new, id=id, hint=hint)
mistake(
    "lstm_cell_backward",
    edits=[("dz[n_a:]", "dz[: len(xt)]"), ("dz[:n_a]", "dz[len(xt) :]")],
    id="halves_swapped",
    hint="""
        You cut the gradient of the stack as if the input stood on top. The hidden state does: its
        part is the first n_a rows.""",
)
mistake(
    "lstm_cell_backward",
    edits=[
        ("d @ z.T", "d @ z.T / d.shape[1]"),
        ("np.sum(d, axis=1, keepdims=True)", "np.mean(d, axis=1, keepdims=True)"),
    ],
    id="mean_of_the_examples",
    hint=MEAN_OF_EXAMPLES,
)

INSIDE = {
    "f": "dc * c_prev * ft * (1 - ft)",
    "i": "dc * cct * it * (1 - it)",
    "c": "dc * it * (1 - cct**2)",
    "o": "da_next * np.tanh(c_next) * ot * (1 - ot)",
}
FACTORS = {"f": "c_prev", "i": "cct", "c": "it"}
SIGMOIDS = {"f": "ft", "i": "it", "o": "ot"}


def gates(id, new, hint, of="fico", **more):
    """Declare a mistake in the gradient of each gate that `of` names; `new` makes it."""
    places = {f"the {GATES[gate]}": (INSIDE[gate], new(gate)) for gate in of}
    mistake_by_place("lstm_cell_backward", places, id=id, hint=hint, **more)


gates(
    "slope_missing",
    lambda gate: INSIDE[gate].rsplit(" * (", 1)[0].rsplit(" * ", gate != "c")[0],
    """
    The gradient passes an activation as if it were not there. From a gate (or the candidate) to
    what stood inside it leads one more factor, which its own value gives.""",
    of="ico",
)
gates(
    "only_one_minus",
    lambda gate: INSIDE[gate].replace(f"{SIGMOIDS[gate]} * (1", "(1"),
    "The slope of a sigmoid has two factors: its value, and what its value lacks to 1.",
    of="fio",
)
gates(
    "slope_of_tanh",
    lambda gate: INSIDE[gate].replace(
        f"{SIGMOIDS[gate]} * (1 - {SIGMOIDS[gate]})", f"(1 - {SIGMOIDS[gate]}**2)"
    ),
    "A gate is a sigmoid; you use the slope of tanh for it.",
    of="fio",
)
gates(
    "slope_of_the_sigmoid",
    lambda gate: "dc * it * cct * (1 - cct)",
    "The candidate is a tanh; you use the slope of a sigmoid for it.",
    of="c",
    everywhere=False,
)
gates(
    "square_forgotten",
    lambda gate: "dc * it * (1 - cct)",
    "The slope of tanh is one minus the *square* of tanh.",
    of="c",
    everywhere=False,
)
gates(
    "without_the_state",
    lambda gate: INSIDE[gate].replace("dc *", "dc_next *"),
    """
    A gradient comes from the next step's memory only. The memory also made a_next: both ways back
    are added.""",
    of="fic",
)
gates(
    "without_the_next_step",
    lambda gate: INSIDE[gate].replace("dc *", "(dc - dc_next) *"),
    """
    A gradient lacks what the next step says of the memory, dc_next. Both ways back are added.""",
    of="fic",
)
FACTOR_OF_BOTH = """
    What multiplied the gate (or the candidate) on the way forward is a factor of both terms of the
    sum: of what comes through dc_next, and of what comes through da_next."""
gates(
    "factor_of_one_term_only",
    lambda gate: INSIDE[gate].replace(
        f"dc * {FACTORS[gate]}", f"(dc_next + (dc - dc_next) * {FACTORS[gate]})"
    ),
    f"{FACTOR_OF_BOTH} The first lacks it.",
    of="fic",
)
gates(
    "factor_of_the_other_term_only",
    lambda gate: INSIDE[gate].replace(
        f"dc * {FACTORS[gate]}", f"(dc_next * {FACTORS[gate]} + (dc - dc_next))"
    ),
    f"{FACTOR_OF_BOTH} The second lacks it.",
    of="fic",
)
gates(
    "factor_missing",
    lambda gate: INSIDE[gate].replace(f"dc * {FACTORS[gate]}", "dc"),
    """
    What did this gate (or the candidate) multiply on the way forward? It is missing in your
    line.""",
    of="fic",
)
gates(
    "tanh_not_squared",
    lambda gate: INSIDE[gate].replace("dc *", "(dc_next + da_next * ot * (1 - np.tanh(c_next))) *"),
    "The slope of tanh is one minus the *square* of tanh: that of your memory's tanh lacks it.",
    of="fic",
    everywhere=False,
)
gates(
    "output_gate_missing",
    lambda gate: INSIDE[gate].replace("dc *", "(dc_next + da_next * (1 - np.tanh(c_next) ** 2)) *"),
    "On the way from a_next to the memory you forget the output gate.",
    of="fic",
    everywhere=False,
)
gates(
    "da_next_missing",
    lambda gate: INSIDE[gate].replace("dc *", "(dc_next + ot * (1 - np.tanh(c_next) ** 2)) *"),
    "One of your terms lacks da_next: what arrives is a factor of the whole way back.",
    of="fic",
)
for gate, other, factor in (
    ("f", "cct", "c_prev"),
    ("f", "ft", "c_prev"),
    ("f", "a_prev", "c_prev"),
    ("i", "ft", "cct"),
    ("i", "ot", "cct"),
    ("c", "cct", "it"),
    ("c", "c_prev", "it"),
    ("c", "ft", "it"),
    ("c", "ot", "it"),
):
    mistake_by_place(
        "lstm_cell_backward",
        {
            f"the {GATES[gate]} with {other}": (
                INSIDE[gate],
                INSIDE[gate].replace(f"dc * {factor}", f"dc * {other}", 1),
            )
        },
        id="factor_of_another",
        everywhere=False,
        hint="""
            Your gradient of a gate (or of the candidate) has a factor that did not stand beside it
            on the way forward. What did it multiply in c_next?""",
    )
for gate, factor, other in (
    ("f", "c_prev", "cct"),
    ("i", "cct", "c_prev"),
    ("c", "it", "cct"),
    ("c", "it", "ft"),
):
    for term, inner in (
        ("dc_next", f"(dc_next * {other} + (dc - dc_next) * {factor})"),
        ("da_next", f"(dc_next * {factor} + (dc - dc_next) * {other})"),
    ):
        mistake_by_place(
            "lstm_cell_backward",
            {
                f"the {GATES[gate]} beside {term} with {other}": (
                    INSIDE[gate],
                    INSIDE[gate].replace(f"dc * {factor}", inner),
                )
            },
            id="factor_of_another",
            everywhere=False,
            hint="""
                In one of the two terms stands a factor that did not multiply this gate (or the
                candidate) on the way forward. Both terms have the same one.""",
        )
for gate, own in SIGMOIDS.items():
    for other in set(SIGMOIDS.values()) - {own}:
        mistake_by_place(
            "lstm_cell_backward",
            {
                f"the {GATES[gate]} with {other}": (
                    INSIDE[gate],
                    INSIDE[gate].replace(f"{own} * (1 - {own})", f"{other} * (1 - {other})"),
                ),
                f"the {GATES[gate]} with {other} in the parenthesis": (
                    INSIDE[gate],
                    INSIDE[gate].replace(f"(1 - {own})", f"(1 - {other})"),
                ),
            },
            id="slope_of_another_gate",
            everywhere=False,
            hint="""
                The slope of a gate is written with another gate's value: a copied line in which a
                letter was not changed.""",
        )
SUM, PRODUCT = "np.sum(d, axis=1, keepdims=True)", "d @ z.T"
for line, kind in ((SUM, "db"), (PRODUCT, "dW")):
    mistake_by_place(
        "lstm_cell_backward",
        {
            f"{kind}{gate} of {other}": (
                line,
                line.replace("d,", "d #,")
                .replace("d @", "d # @")
                .replace("d #", f'(before["{other}"] if gate == "{gate}" else d)'),
            )
            for gate in GATES
            for other in GATES
            if other != gate
        },
        id="of_another_gate",
        everywhere=False,
        hint="""
            One of your gradients is made from another gate's: a copied line in which a letter was
            not changed.""",
    )
mistake_by_place(
    "lstm_cell_backward",
    {f"db{gate}": (SUM, f'np.sum(d, axis=1, keepdims=gate != "{gate}")') for gate in GATES},
    id="bias_of_rank_one",
    everywhere=False,
    hint=SHAPE_OF_BIAS,
)
WITHOUT = 'sum(parameters[f"W{gate}"].T @ d for gate, d in before.items() if gate != "{}")'
for gate, name in GATES.items():
    missing = (
        'sum(parameters[f"W{gate}"].T @ d for gate, d in before.items())',
        WITHOUT.replace("{}", gate),
    )
    mistake(
        "lstm_cell_backward",
        *missing,
        id=f"way_through_{gate}_missing",
        hint=f"""
            Your da_prev and dxt lack a term: nothing comes back through the {name}. State and input
            go into all four.""",
    )
    for part, cut, rows in (("dxt", "dz[n_a:]", "n_a:"), ("da_prev", "dz[:n_a]", ":n_a")):
        mistake(
            "lstm_cell_backward",
            cut,
            f'(dz - parameters["W{gate}"].T @ before["{gate}"])[{rows}]',
            id=f"way_of_{part}_through_{gate}_missing",
            hint=f"""
                Your {part} lacks a term: nothing comes back through the {name}. State and input go
                into all four.""",
        )
for old, new, id, hint in (
    (
        "dz[n_a:]",
        "dz[: len(xt)]",
        "dxt_from_the_top",
        """
        Your dxt is cut from the columns of the hidden state. In the stack the input stands below
        the state: where do its columns begin?""",
    ),
    (
        "dz[:n_a]",
        "dz[len(xt) :]",
        "da_prev_from_the_bottom",
        """
        Your da_prev is cut from the wrong end. In the stack the hidden state stands on top.""",
    ),
    (
        "dc * ft",
        "dc_next + (dc - dc_next) * ft",
        "forget_gate_of_one_term_only",
        """
        In your dc_prev the forget gate multiplies one of the two terms. The old memory went through
        it before it went any other way: it is a factor of both. What comes with dc_next lacks
        it.""",
    ),
    (
        "dc * ft",
        "dc_next * ft + (dc - dc_next)",
        "forget_gate_of_the_other_term_only",
        """
        In your dc_prev the forget gate multiplies one of the two terms. It is a factor of both.
        What comes with da_next lacks it.""",
    ),
    (
        "dc * ft",
        "dc",
        "forget_gate_missing",
        "On the way from c_next to c_prev you do not pass the forget gate.",
    ),
    (
        "dc * ft",
        "dc * it",
        "dc_prev_by_the_update_gate",
        "In c_next the old memory is multiplied by another gate than the update gate.",
    ),
    (
        "dc * ft",
        "(dc - dc_next) * ft",
        "memory_before_without_the_next_step",
        "Your dc_prev lacks what the next step says of the memory, dc_next.",
    ),
    (
        "dc * ft",
        "(dc_next + ot * (1 - np.tanh(c_next) ** 2)) * ft",
        "dc_prev_without_da_next",
        "One term of your dc_prev lacks da_next: what arrives is a factor of the whole way back.",
    ),
    (
        BOTH,
        "dc_next + ot * (1 - np.tanh(c_next) ** 2)",
        "state_s_gradient_missing",
        """
        da_next is missing on the way from the hidden state to the memory: what arrives is a factor
        of the whole way back.""",
    ),
    (
        BOTH,
        "dc_next + da_next * ot * (1 - np.tanh(c_next))",
        "square_forgotten",
        "The slope of tanh is one minus the *square* of tanh: that of your memory's tanh lacks it.",
    ),
    (
        BOTH,
        "dc_next + da_next * ot",
        "slope_of_the_memory_missing",
        "On the way from a_next to the memory you do not pass tanh.",
    ),
    (
        BOTH,
        "dc_next * da_next * ot * (1 - np.tanh(c_next) ** 2)",
        "ways_multiplied",
        "The two ways back to the memory are multiplied. Gradients of several ways are added.",
    ),
    (
        BOTH,
        "dc_next + da_next * ot * (1 - np.tanh(c_prev) ** 2)",
        "slope_at_the_old_memory",
        "Your slope is that at the old memory. The new one went through tanh.",
    ),
    (
        "da_next * np.tanh(c_next) * ot * (1 - ot)",
        "np.tanh(c_next) * ot * (1 - ot)",
        "output_gate_without_da_next",
        "Your output gate's gradient does not depend on da_next: what arrives is a factor, too.",
    ),
    (
        "da_next * np.tanh(c_next) * ot * (1 - ot)",
        "da_next * ot * (1 - ot)",
        "output_gate_without_the_memory",
        "What did the output gate multiply on the way forward? It is missing in its gradient.",
    ),
    (
        "d @ z.T",
        "d @ a_prev.T",
        "weights_by_the_state_alone",
        """
        Your weight gradients have too few columns: the matrices were multiplied by the stack of
        state and input.""",
    ),
    (
        "np.concatenate([a_prev, xt])",
        "np.concatenate([xt, a_prev])",
        "stacked_the_other_way",
        "Your stack has the input on top; on the way forward the hidden state stood above it.",
    ),
    (
        "np.sum(d, axis=1, keepdims=True)",
        "np.sum(d, axis=0, keepdims=True)",
        "bias_summed_over_the_state",
        """
        Your bias gradients have a number for each example. The axis to sum over is the
        examples'.""",
    ),
):
    mistake("lstm_cell_backward", old, new, id=id, hint=hint)

# lstm_backward

for old, new, id, hint in (
    (
        ARRIVES,
        "da[:, :, t]",
        "as_published_in_2017",
        """
        Your hidden states get the gradient of their own outputs alone; what the next step sends
        back through its gates is not added. Beware: the expected values printed in the notebooks
        of 2017 are those of this very mistake, so comparing with them will not help you. A central
        difference will.""",
    ),
    (
        "lstm_cell_backward(da[:, :, t] + da_next, dc_next, steps[t])",
        "lstm_cell_backward(da[:, :, t] + da_next, 0 * dc_next, steps[t])",
        "memory_not_passed_back",
        """
        Nothing comes back through the memory in your pass: each step begins with a dc_next of
        zero. It begins like that at the last step only; every other gets what the step after it has
        sent.""",
    ),
    (ARRIVES, "(da[:, :, t] if t == T_x - 1 else da_next)", "only_from_later", ONLY_FROM_LATER),
    ("reversed(range(T_x))", "range(T_x)", "forwards", FORWARDS),
    (ADD, "step[name]", "not_summed", NOT_SUMMED),
    (ADD, "total[name] + step[name] / T_x", "mean_of_the_steps", MEAN_OF_STEPS),
    (
        '(step["dxt"], step["da_prev"], step["dc_prev"])',
        '(step["dxt"], step["dc_prev"], step["da_prev"])',
        "states_swapped",
        """
        The gradients of hidden state and memory have changed places on their way from step to step.
        Both have the same shape, so nothing complains: compare names, not shapes.""",
    ),
    (
        '{"dx": dx, "da0": da_next, **total}',
        '{"dx": dx, "da0": dc_next, **total}',
        "da0_of_the_memory",
        """
        Your da0 is the gradient of the memory before the first step. That memory was zero and
        nobody asks for its gradient; a0 is the hidden state.""",
    ),
):
    mistake("lstm_backward", old, new, id=id, hint=hint)

LSTM_TOTAL = [f"d{kind}{gate}" for gate in "fico" for kind in "Wb"]
mistake_by_place(
    "lstm_backward",
    {name: (ADD, f'(step[name] if name == "{name}" else {ADD})') for name in LSTM_TOTAL},
    id="not_summed",
    everywhere=False,
    hint="""
        One of your gradients is that of a single step. All steps share weights and biases, so each
        has a share in their gradients, and shares are added.""",
)
mistake_by_place(
    "lstm_backward",
    {
        name: (ADD, f'(total[name] - step[name] if name == "{name}" else {ADD})')
        for name in LSTM_TOTAL
    },
    id="subtracted",
    everywhere=False,
    hint="The shares of the steps are subtracted in one of your gradients. They are added up.",
)
mistake_by_place(
    "lstm_backward",
    {name: (ADD, f'(total[name] if name == "{name}" else {ADD})') for name in LSTM_TOTAL},
    id="never_added",
    everywhere=False,
    hint="One of your gradients stays zero: what the steps return for it is never added.",
)
for kind, what in (("W", "weight"), ("b", "bias")):
    mistake(
        "lstm_backward",
        ADD,
        f'(step[name] if name[1] == "{kind}" else {ADD})',
        id=f"{what}_gradients_not_summed",
        hint=f"""
            Your {what} gradients are those of a single step. All steps share them, so each has a
            share in their gradient, and shares are added.""",
    )
KEPT = 'dx[:, :, t], da_next, dc_next = (step["dxt"], step["da_prev"], step["dc_prev"])'
for old, new, id, hint in (
    (KEPT, 'dx[:, :, t] = step["dxt"]', "nothing_passed_back", NOTHING_KEPT),
    (
        KEPT,
        'dx[:, :, t], da_next, dc_next = (step["dxt"], step["da_prev"], step["da_prev"])',
        "state_for_the_memory",
        """
        The gradient that you pass back for the memory is that of the hidden state. The cell returns
        both, under names of their own.""",
    ),
    (
        KEPT,
        'dx[:, :, t], da_next, dc_next = (step["dxt"], step["dc_prev"], step["dc_prev"])',
        "memory_for_the_state",
        """
        The gradient that you pass back for the hidden state is that of the memory. The cell returns
        both, under names of their own.""",
    ),
    (
        KEPT,
        'dx[:, :, t], dc_next = (step["dxt"], step["dc_prev"])',
        "state_not_passed_back",
        """
        What a step returns for the hidden state before is not kept, so the next one does not get
        it, and da0 is zero.""",
    ),
    (
        KEPT,
        'da_next, dc_next = (step["da_prev"], step["dc_prev"])',
        "dx_not_kept",
        "Your dx is zero, as you made it. What each step says of its input belongs into its slice.",
    ),
    (
        '{"dx": dx, "da0": da_next, **total}',
        '{"dx": dx, "da0": np.zeros((n_a, m)), **total}',
        "da0_zero",
        DA0_ZERO,
    ),
    (
        '{"dx": dx, "da0": da_next, **total}',
        '{"dx": dx, "da0": da[:, :, 0], **total}',
        "da0_of_the_first_output",
        """
        Your da0 is what the first *output* says of the first new state. a0 came one step before
        that: its gradient is what the first step sends back.""",
    ),
    (
        "lstm_cell_backward(da[:, :, t] + da_next, dc_next, steps[t])",
        "lstm_cell_backward(da[:, :, t], 0 * dc_next, steps[t])",
        "steps_on_their_own",
        """
        Your steps do not hear from one another: neither the hidden state nor the memory brings
        anything back from the step after.""",
    ),
    ("steps[t]", "steps[0]", "first_cache_for_all", OTHER_CACHE),
    ("steps[t]", "steps[-1]", "last_cache_for_all", OTHER_CACHE),
    (
        "reversed(range(T_x))",
        "reversed(range(1, T_x))",
        "first_step_missing",
        """
        Your pass stops before the first step: dx is still zero there, and a0 gets the gradient of
        the state after it. The steps are numbered from 0.""",
    ),
    (
        "reversed(range(T_x))",
        "reversed(range(T_x - 1))",
        "last_step_missing",
        """
        Your pass begins one step too early: the last step, where the gradients come from, is never
        visited.""",
    ),
):
    mistake("lstm_backward", old, new, id=id, hint=hint)
