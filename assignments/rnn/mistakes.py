"""What people get wrong in the rnn assignment, and what to think about then."""

from dltf.autograder import mistake

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
    a from an a. A matrix of shape (n_a, n_x) stands on the left of something that has n_x rows; is
    each of the two beside what it was made for, on the right side of it?""",
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
        Your hidden states and your memories are one array under two names: what is written into
        one stands in the other. Each needs an array of its own.""",
    ),
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
