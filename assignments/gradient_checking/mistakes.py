"""What people get wrong in the gradient checking assignment, and what to think about then."""

from dltf.autograder import mistake

HINTS = {
    "one_sided": """
        You move theta to one side only. The slope of the line from theta to theta + epsilon is off
        by a multiple of epsilon; that of the line from theta - epsilon to theta + epsilon, which
        has the point in its middle, by a multiple of epsilon squared. Draw a parabola and both
        lines.""",
    "two_forgotten": """
        Your approximate slope is twice the real one. How far apart are the two points at which
        you evaluate the cost?""",
    "epsilon_not_dividing": """
        Your approximate slope is a difference of costs and no slope yet: by how much did the
        parameter change between the two?""",
    "epsilon_ignored": """
        Your check uses an epsilon of its own whatever the caller says. The right size depends on
        the precision of the numbers and on the cost, so it is an argument.""",
    "not_relative": """
        You return the distance of the two gradients alone. Whether 1e-4 is much depends on how
        large the gradients are: a difference that can be judged is relative to their sizes.""",
    "only_one_size": """
        You divide by the size of one of the two gradients. Then the result depends on which of
        them you trust, and it has no upper bound. The formula adds both sizes.""",
    "size_of_the_sum": """
        You divide by the size of the sum of the gradients, not by the sum of their sizes. Two
        gradients that point in opposite directions cancel in the sum, and the worst possible
        error is divided by almost nothing.""",
    "squared": """
        You compare squared lengths. The ratio of the formula is one of lengths: with squares a
        relative error of 1e-4 looks like 1e-8 and passes.""",
    "sizes_subtracted": """
        You compare the lengths of the two gradients. Vectors of equal length may point anywhere:
        take the length of their difference, not the difference of their lengths.""",
    "verdict": """
        You return a verdict. The number itself is wanted: whoever calls the function decides
        what is small enough, and a difference of 0.3 tells something else than one of 1e-5.""",
    "only_the_other_size": """
        You divide by the size of the approximation alone. The formula adds both sizes.""",
    "upside_down": """
        Your ratio is upside down: two equal gradients would give infinity. The distance stands
        above the line.""",
    "numerator_squared": """
        Your distance is squared and the sizes are not, so the result changes with the units of the
        cost. np.linalg.norm has taken the root already.""",
    "sum_above": """
        Your gradient is compared with the negative of its approximation. Either the two are added
        above the line, where their difference belongs, or the approximate slope has the wrong sign:
        it is the cost ahead minus the cost behind.""",
    "larger_size": """
        You divide by the larger of the two sizes. Such a formula exists; this one adds both.""",
    "root_of_the_product": """
        You divide by the geometric mean of the sizes. The formula adds them.""",
    "root_of_the_squares": """
        Below the line you add squares. The formula adds the sizes themselves.""",
    "divided_by_epsilon": """
        You divide by epsilon. A distance is relative to the sizes of what is compared.""",
    "multiplied": """
        Distance and sizes are multiplied. A relative error is a quotient.""",
    "sizes_below_subtracted": """
        Below the line you subtract the sizes, and divide by nearly nothing. The formula adds
        them.""",
    "first_size_only_divided": """
        Only the first of the two sizes is below the line: a division is done before a sum.
        Parentheses are missing.""",
    "product": """
        You multiply the sizes of the two gradients where they should be added. A ratio with a
        product below is no relative error: it changes when the cost is measured in other
        units.""",
}

# forward_propagation

mistake(
    "forward_propagation",
    "theta * x",
    "theta + x",
    id="sum",
    hint="""
        You add the input and the parameter. The model is a line through the origin with slope
        theta: what is J for x = 0?""",
)
mistake(
    "forward_propagation",
    "theta * x",
    "theta * x**2",
    id="squared_input",
    hint="""
        The input is squared. This smallest of models is linear in both of its arguments: twice
        the input gives twice the cost.""",
)
mistake(
    "forward_propagation",
    "theta * x",
    "theta**2 * x",
    id="squared_parameter",
    hint="""
        The parameter is squared. The model is linear in theta, which is what makes its derivative
        so simple.""",
)
mistake(
    "forward_propagation",
    "theta * x",
    "1 / (1 + np.exp(-theta * x))",
    id="sigmoid_added",
    hint="""
        You put a sigmoid around the product. There is no activation in this model: the cost is the
        linear function itself.""",
)
mistake(
    "forward_propagation",
    "theta * x",
    "x",
    id="no_parameter",
    hint="""
        Your cost does not depend on theta, so its derivative would be 0 and there would be nothing
        to learn. Where does the parameter come in?""",
)

for id, new, hint in (
    (
        "difference",
        "theta - x",
        "You subtract. The model is a line through the origin, with slope theta.",
    ),
    ("quotient", "theta / x", "You divide. Twice the input gives twice the cost in this model."),
    ("power", "x**theta", "You raise the input to a power. The model is linear in both arguments."),
    ("doubled", "2 * theta * x", "Your cost is twice what it should be."),
    ("input_missing", "theta", "Your cost does not depend on the input."),
):
    mistake("forward_propagation", "theta * x", new, id=id, hint=hint)

# backward_propagation

mistake(
    "backward_propagation",
    "dtheta: float = x",
    "dtheta: float = theta",
    id="with_respect_to_x",
    hint="""
        You have differentiated with respect to the input. Learning moves the parameter, and keeps
        the data as it is: which of the two letters is the constant here?""",
)
mistake(
    "backward_propagation",
    "dtheta: float = x",
    "dtheta: float = theta * x",
    id="the_cost_itself",
    hint="""
        You return the cost itself. The derivative says how much the cost changes when theta grows
        by one: try theta = 1 and theta = 2.""",
)
mistake(
    "backward_propagation",
    "dtheta: float = x",
    "dtheta: float = 1",
    id="one",
    hint="""
        Your derivative is the same for every input. For an input of 10 the cost changes by 10 when
        theta grows by one, for an input of 0 it does not change.""",
)
mistake(
    "backward_propagation",
    "dtheta: float = x",
    "dtheta: float = x**2",
    id="squared_input",
    hint="""
        The input is squared. That would be so for a cost in which the product itself is
        differentiated once more; compare with the slope of the line J against theta.""",
)
mistake(
    "backward_propagation",
    "dtheta: float = x",
    "dtheta: float = -x",
    id="sign",
    hint="""
        Your derivative has the other sign. The minus of gradient descent belongs to the update,
        not to the gradient.""",
)

for id, new, hint in (
    ("doubled", "2 * x", "Your derivative is twice the slope: nothing is squared in this cost."),
    (
        "sum",
        "x + theta",
        "Your derivative depends on theta. A straight line has one slope everywhere.",
    ),
    ("zero", "0 * x", "Your derivative is 0: the cost would not change when theta does."),
    ("quotient", "theta / x", "Differentiate the product: what multiplies theta in it?"),
):
    mistake("backward_propagation", "dtheta: float = x", f"dtheta: float = {new}", id=id, hint=hint)

# gradient_check

NUMERATOR = "np.linalg.norm(grad - gradapprox)"
DENOMINATOR = "np.linalg.norm(grad) + np.linalg.norm(gradapprox)"


def formula(exercise):
    """Declare the mistakes in the last three lines, which both exercises share."""
    for id, edits in (
        ("not_relative", [("numerator / denominator", "numerator")]),
        ("only_one_size", [(DENOMINATOR, "np.linalg.norm(grad)")]),
        ("size_of_the_sum", [(DENOMINATOR, "np.linalg.norm(grad + gradapprox)")]),
        ("product", [(DENOMINATOR, "np.linalg.norm(grad) * np.linalg.norm(gradapprox)")]),
        ("squared", [("numerator / denominator", "numerator**2 / denominator**2")]),
        (
            "sizes_subtracted",
            [(NUMERATOR, "abs(np.linalg.norm(grad) - np.linalg.norm(gradapprox))")],
        ),
        ("only_the_other_size", [(DENOMINATOR, "np.linalg.norm(gradapprox)")]),
        ("upside_down", [("numerator / denominator", "denominator / numerator")]),
        ("numerator_squared", [("numerator / denominator", "numerator**2 / denominator")]),
        ("sum_above", [(NUMERATOR, "np.linalg.norm(grad + gradapprox)")]),
        ("larger_size", [(DENOMINATOR, "max(np.linalg.norm(grad), np.linalg.norm(gradapprox))")]),
        (
            "root_of_the_product",
            [(DENOMINATOR, "np.sqrt(np.linalg.norm(grad) * np.linalg.norm(gradapprox))")],
        ),
        (
            "root_of_the_squares",
            [(DENOMINATOR, "np.sqrt(np.linalg.norm(grad)**2 + np.linalg.norm(gradapprox)**2)")],
        ),
        ("divided_by_epsilon", [("numerator / denominator", "numerator / epsilon")]),
        ("multiplied", [("numerator / denominator", "numerator * denominator")]),
        (
            "sizes_below_subtracted",
            [(DENOMINATOR, "np.linalg.norm(grad) - np.linalg.norm(gradapprox)")],
        ),
        (
            "first_size_only_divided",
            [
                (
                    "numerator / denominator",
                    "numerator / np.linalg.norm(grad) + np.linalg.norm(gradapprox)",
                )
            ],
        ),
        (
            "verdict",
            [
                (
                    "difference = numerator / denominator",
                    "difference = numerator / denominator < 2e-7",
                )
            ],
        ),
    ):
        mistake(exercise, edits=edits, id=id, hint=HINTS[id])


mistake(
    "gradient_check",
    edits=[
        ("forward_propagation(x, theta + epsilon)", "(theta + epsilon) * x"),
        ("forward_propagation(x, theta - epsilon)", "(theta - epsilon) * x"),
        ("backward_propagation(x, theta)", "x"),
    ],
    id="both_inlined",
    hint="""
        Your function works out the cost and the gradient itself, and never calls the two functions
        that it is to check. So it says "right" whatever they do: break backward_propagation on
        purpose and see. A check must ask the code that is used.""",
)
mistake(
    "gradient_check",
    "backward_propagation(x, theta)",
    "x",
    id="gradient_inlined",
    hint="""
        You wrote the derivative down once more instead of asking for it. Your check compares two
        things that you have just computed, and backward_propagation, which everybody else will
        use, is never looked at.""",
)
mistake(
    "gradient_check",
    edits=[
        ("forward_propagation(x, theta + epsilon)", "(theta + epsilon) * x"),
        ("forward_propagation(x, theta - epsilon)", "(theta - epsilon) * x"),
    ],
    id="cost_inlined",
    hint="""
        You wrote the cost down once more instead of asking for it. If forward_propagation is
        changed one day, your check goes on comparing with the old cost.""",
)
mistake(
    "gradient_check",
    edits=[
        ("forward_propagation(x, theta - epsilon)", "forward_propagation(x, theta)"),
        ("(2 * epsilon)", "epsilon"),
    ],
    id="one_sided",
    hint=HINTS["one_sided"],
)
MINUS_FROM_PLUS = """
    Your second point is theta itself: either it is not moved at all, or you move back from where
    you have just been. Both moves begin at the parameter as it is."""
mistake(
    "gradient_check",
    "forward_propagation(x, theta - epsilon)",
    "forward_propagation(x, theta + epsilon - epsilon)",
    id="minus_from_plus",
    hint=MINUS_FROM_PLUS,
)
mistake(
    "gradient_check", "(2 * epsilon)", "epsilon", id="two_forgotten", hint=HINTS["two_forgotten"]
)
mistake(
    "gradient_check",
    "(J_plus - J_minus) / (2 * epsilon)",
    "J_plus - J_minus",
    id="epsilon_not_dividing",
    hint=HINTS["epsilon_not_dividing"],
)
mistake(
    "gradient_check",
    "(J_plus - J_minus) / (2 * epsilon)",
    "(J_plus - J_minus) / 2 * epsilon",
    id="precedence",
    hint="""
        Your approximate slope is multiplied by epsilon. Python divides and multiplies from left to
        right: a / 2 * b is half of a times b. What is to stand below the line needs
        parentheses.""",
)
mistake(
    "gradient_check",
    edits=[
        ("theta + epsilon", "theta + 1e-7"),
        ("theta - epsilon", "theta - 1e-7"),
        ("2 * epsilon", "2 * 1e-7"),
    ],
    id="epsilon_ignored",
    hint=HINTS["epsilon_ignored"],
)
mistake(
    "gradient_check",
    edits=[
        ("forward_propagation(x, theta + epsilon)", "forward_propagation(x + epsilon, theta)"),
        ("forward_propagation(x, theta - epsilon)", "forward_propagation(x - epsilon, theta)"),
    ],
    id="input_moved",
    hint="""
        You move the input instead of the parameter. That gives the slope with respect to x; the
        gradient that learning needs is the one with respect to theta.""",
)
mistake(
    "gradient_check",
    NUMERATOR,
    "grad - gradapprox",
    id="signed",
    hint="""
        Your difference can be negative. A gradient that is too small is as wrong as one that is
        too large, and a negative number passes any test of being small: take the size of the
        difference.""",
)
formula("gradient_check")

QUOTIENT = "(J_plus - J_minus) / (2 * epsilon)"
SLOPES = (
    (
        "costs_added",
        "(J_plus + J_minus) / (2 * epsilon)",
        "You add the two costs. A slope is made of their difference.",
    ),
    (
        "parentheses_above",
        "J_plus - J_minus / (2 * epsilon)",
        "Only one of the two costs is divided. A division is done before a difference.",
    ),
    (
        "epsilon_squared",
        "(J_plus - J_minus) / epsilon**2",
        "You divide by the square of epsilon. How far apart are the two points?",
    ),
    (
        "times_two",
        "2 * (J_plus - J_minus) / epsilon",
        "The 2 belongs below the line: how far apart are the two points?",
    ),
)
for id, new, hint in SLOPES:
    mistake("gradient_check", QUOTIENT, new, id=id, hint=hint)
MOVED = (
    "Derivative and approximation are taken at two different points. Both belong to theta itself."
)
for id, old, new, hint in (
    (
        "gradient_ahead",
        "backward_propagation(x, theta)",
        "backward_propagation(x, theta + epsilon)",
        MOVED,
    ),
    (
        "gradient_behind",
        "backward_propagation(x, theta)",
        "backward_propagation(x, theta - epsilon)",
        MOVED,
    ),
    (
        "arguments_turned",
        "backward_propagation(x, theta)",
        "backward_propagation(theta, x)",
        "Input and parameter have changed places where the gradient is computed.",
    ),
    (
        "cost_for_the_gradient",
        "backward_propagation(x, theta)",
        "forward_propagation(x, theta)",
        "You compare the slope with the cost. Which function returns the gradient?",
    ),
    (
        "plus_not_moved",
        "forward_propagation(x, theta + epsilon)",
        "forward_propagation(x, theta)",
        "Your first point is theta itself: it was not moved ahead.",
    ),
    (
        "input_for_the_parameter",
        "theta - epsilon",
        "x - epsilon",
        "Behind you move the input. It is the parameter that is moved, ahead and behind.",
    ),
    (
        "input_for_the_parameter_ahead",
        "theta + epsilon",
        "x + epsilon",
        "Ahead you move the input. It is the parameter that is moved, ahead and behind.",
    ),
    (
        "moved_by_two",
        "theta + epsilon",
        "theta + 2 * epsilon",
        "Your two points are three epsilons apart. Each is moved by one.",
    ),
):
    mistake("gradient_check", old, new, id=id, hint=hint)
mistake(
    "gradient_check",
    edits=[
        ("backward_propagation(x, theta)", "backward_propagation(x, theta + epsilon)"),
        ("forward_propagation(x, theta - epsilon)", "forward_propagation(x, theta)"),
    ],
    id="points_mixed_up",
    hint="""
        Your three points are mixed up: the two costs belong to theta moved ahead and theta moved
        behind, and the gradient to theta itself.""",
)
mistake(
    "gradient_check",
    edits=[
        ("theta + epsilon", "theta * (1 + epsilon)"),
        ("theta - epsilon", "theta * (1 - epsilon)"),
    ],
    id="moved_by_a_share",
    hint="You move theta by a share of itself. It is moved by epsilon, whatever its size.",
)

# gradient_check_n

mistake(
    "gradient_check_n",
    "range(len(theta))",
    "range(47)",
    id="forty_seven",
    hint="""
        Your loop runs over 47 parameters, the number of the network in this notebook. With other
        layers there are more, which you do not check, or fewer, and the loop runs off the end.
        Ask the vector how long it is.""",
)
mistake(
    "gradient_check_n",
    "theta_plus = np.copy(theta)",
    "theta_plus = theta",
    id="plus_not_copied",
    hint="""
        Moving one entry moves it for good: after theta_plus = theta both names stand for the same
        array, and at the end of the loop every entry has been moved. Only one may be moved at a
        time.""",
)
mistake(
    "gradient_check_n",
    edits=[
        ("theta_plus = np.copy(theta)", "theta_plus = theta"),
        ("theta_minus = np.copy(theta)", "theta_minus = theta"),
    ],
    id="never_copied",
    hint="""
        theta_plus, theta_minus and theta are three names for one array. What you add to the first
        and take from the second cancels before the cost is computed. Which of NumPy's functions
        gives an array of its own?""",
)
mistake(
    "gradient_check_n",
    edits=[
        ("theta_plus[i] += epsilon", "theta_plus += epsilon"),
        ("theta_minus[i] -= epsilon", "theta_minus -= epsilon"),
    ],
    id="all_moved",
    hint="""
        You move all parameters at once. That gives the slope along the diagonal, one number for
        all: a partial derivative needs all others to stay where they are.""",
)
mistake(
    "gradient_check_n",
    edits=[
        ("theta_plus[i] += epsilon", "theta_plus[i] = epsilon"),
        ("theta_minus[i] -= epsilon", "theta_minus[i] = -epsilon"),
    ],
    id="entry_replaced",
    hint="""
        You put epsilon in the place of the parameter. That measures the slope at 0 and not where
        the network stands: the parameter is to be moved by epsilon.""",
)
mistake(
    "gradient_check_n",
    edits=[
        ("theta_minus[i] -= epsilon", "theta_minus[i] -= 0"),
        ("(2 * epsilon)", "epsilon"),
    ],
    id="one_sided",
    hint=HINTS["one_sided"],
)
mistake(
    "gradient_check_n",
    "theta_minus = np.copy(theta)",
    "theta_minus = np.copy(theta_plus)",
    id="minus_from_plus",
    hint=MINUS_FROM_PLUS,
)
mistake(
    "gradient_check_n", "(2 * epsilon)", "epsilon", id="two_forgotten", hint=HINTS["two_forgotten"]
)
mistake(
    "gradient_check_n",
    "(J_plus - J_minus) / (2 * epsilon)",
    "J_plus - J_minus",
    id="epsilon_not_dividing",
    hint=HINTS["epsilon_not_dividing"],
)
mistake(
    "gradient_check_n",
    edits=[
        ("theta_plus[i] += epsilon", "theta_plus[i] += 1e-7"),
        ("theta_minus[i] -= epsilon", "theta_minus[i] -= 1e-7"),
        ("2 * epsilon", "2 * 1e-7"),
    ],
    id="epsilon_ignored",
    hint=HINTS["epsilon_ignored"],
)
mistake(
    "gradient_check_n",
    "np.zeros(theta.shape)",
    "np.zeros(len(theta))",
    id="rank_one",
    hint="""
        Your approximate gradient has one axis and the gradient two: (n,) and (n, 1). NumPy does not
        complain but subtracts every entry from every other, n times n numbers, and their norm
        is large even for a right gradient. Give both the same shape.""",
)
mistake(
    "gradient_check_n",
    edits=[
        (
            "J_plus, _ = forward_propagation_n(X, Y, vector_to_dictionary(theta_plus, parameters))",
            "_, cache = forward_propagation_n(X, Y, parameters)",
        ),
        (
            "J_minus, _ = forward_propagation_n(X, Y, vector_to_dictionary(theta_minus, "
            "parameters))",
            "grad = gradients_to_vector(backward_propagation_n(X, Y, cache))",
        ),
        ("(J_plus - J_minus) / (2 * epsilon)", "grad[i]"),
    ],
    id="compared_with_itself",
    hint="""
        You compare the gradient with what backward_propagation_n says, that is with itself, and so
        find it right. The witness must know nothing of backpropagation: ask the cost.""",
)
mistake(
    "gradient_check_n",
    "gradapprox = np.zeros(theta.shape)",
    """
        gradapprox = np.zeros(theta.shape)
        _, cache = forward_propagation_n(X, Y, parameters)
        grad = gradients_to_vector(backward_propagation_n(X, Y, cache))
    """,
    id="gradients_not_used",
    hint="""
        You compute the gradients anew and never look at the ones you were given. Whoever calls
        gradient_check_n wants to know about theirs: pass in a wrong one and see what your
        function says.""",
)


@mistake("gradient_check_n")
def cost_inlined(parameters, gradients, X, Y, epsilon=1e-7, print_msg=False):
    """Your function writes the cost of the network down once more. As soon as somebody adds a
    regularization term to forward_propagation_n, you check against a cost that nobody
    minimizes any longer. Call the function.
    """

    def cost(theta):
        values = vector_to_dictionary(theta, parameters)
        A = X
        for l in (1, 2):
            A = relu(values[f"W{l}"] @ A + values[f"b{l}"])
        A = sigmoid(values["W3"] @ A + values["b3"])
        return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / X.shape[1]

    theta, _ = dictionary_to_vector(parameters)
    grad = gradients_to_vector(gradients)
    gradapprox = np.zeros(theta.shape)
    for i in range(len(theta)):
        step = np.zeros(theta.shape)
        step[i] = epsilon
        gradapprox[i] = (cost(theta + step) - cost(theta - step)) / (2 * epsilon)
    return np.linalg.norm(grad - gradapprox) / (np.linalg.norm(grad) + np.linalg.norm(gradapprox))


formula("gradient_check_n")

for id, new, hint in SLOPES:
    mistake("gradient_check_n", QUOTIENT, new, id=id, hint=hint)
COSTS = {
    side: f"J_{side}, _ = forward_propagation_n("
    f"X, Y, vector_to_dictionary(theta_{side}, parameters))"
    for side in ("plus", "minus")
}
NOT_UNPACKED = """
    forward_propagation_n returns two things, the cost and a cache. Only the first is wanted here:
    give the second a name as well."""
for id, old, new, hint in (
    (
        "precedence",
        QUOTIENT,
        "(J_plus - J_minus) / 2 * epsilon",
        """
        Your approximate slope is multiplied by epsilon. What is to stand below the line needs
        parentheses.""",
    ),
    (
        "minus_not_copied",
        "theta_minus = np.copy(theta)",
        "theta_minus = theta",
        """
        Moving one entry back moves it for good: after theta_minus = theta both names stand for the
        same array. Only one entry may be moved at a time.""",
    ),
    (
        "plus_all_moved",
        "theta_plus[i] += epsilon",
        "theta_plus += epsilon",
        "Ahead you move all parameters at once. Only the i-th may move.",
    ),
    (
        "minus_all_moved",
        "theta_minus[i] -= epsilon",
        "theta_minus -= epsilon",
        "Behind you move all parameters at once. Only the i-th may move.",
    ),
    (
        "plus_not_moved",
        "theta_plus[i] += epsilon",
        "",
        "Your first point is theta itself: it was not moved ahead.",
    ),
    (
        "not_unpacked",
        COSTS["plus"],
        COSTS["plus"].replace("J_plus, _", "J_plus"),
        NOT_UNPACKED,
    ),
    (
        "not_unpacked_into_an_array",
        COSTS["plus"],
        "J_plus = np.zeros((1, 1))\n" + COSTS["plus"].replace("J_plus, _", "J_plus[0]"),
        NOT_UNPACKED,
    ),
    (
        "vector_for_the_dictionary",
        COSTS["plus"],
        COSTS["plus"].replace("vector_to_dictionary(theta_plus, parameters)", "theta_plus"),
        """
        The network wants its parameters as a dictionary, and you hand it the long vector. Which
        helper turns the one into the other?""",
    ),
    (
        "few_parameters",
        "range(len(theta))",
        "range(len(parameters))",
        """
        Your loop runs over the six arrays, and so moves six numbers only. It should move every
        entry of the long vector.""",
    ),
    (
        "last_left_out",
        "range(len(theta))",
        "range(len(theta) - 1)",
        "Your last parameter is never moved. range leaves its end out already.",
    ),
    (
        "first_left_out",
        "range(len(theta))",
        "range(1, len(theta))",
        "Your first parameter is never moved. Entries are counted from 0.",
    ),
    (
        "last_slope_only",
        f"gradapprox[i] = {QUOTIENT}",
        f"gradapprox[:] = {QUOTIENT}",
        "All your slopes are the last one. Each belongs into its own entry.",
    ),
):
    mistake("gradient_check_n", old, new, id=id, hint=hint)
mistake(
    "gradient_check_n",
    edits=[
        ("theta_plus[i] += epsilon", "theta_plus[0] += epsilon"),
        ("theta_minus[i] -= epsilon", "theta_minus[0] -= epsilon"),
    ],
    id="first_entry_always",
    hint="You move the first entry in every round. Which one is it that round i moves?",
)

# backward_propagation_n

DW2 = "1 / m * dZ2 @ A1.T"
DB1 = "1 / m * np.sum(dZ1, axis=1, keepdims=True)"

mistake(
    "backward_propagation_n",
    edits=[(DW2, "1 / m * (dZ2 @ A1.T) * 2"), (DB1, "4 / m * np.sum(dZ1, axis=1, keepdims=True)")],
    id="nothing_mended",
    hint="""
        Both planted mistakes are still there. Compare the gradients one parameter at a time: two
        of the six differ from the numerical ones, each by a factor that is the same in all
        entries. Then compare those lines with the ones of the other layers.""",
)
mistake(
    "backward_propagation_n",
    DB1,
    "4 / m * np.sum(dZ1, axis=1, keepdims=True)",
    id="db1_left",
    hint="""
        The gradient of a weight is mended; one of a bias is still wrong by a whole factor. The
        three bias gradients have the same form in all three layers: which one stands out?""",
)
mistake(
    "backward_propagation_n",
    DW2,
    "1 / m * (dZ2 @ A1.T) * 2",
    id="dw2_left",
    hint="""
        The gradient of a bias is mended; one of the weights is still wrong by a whole factor. The
        three weight gradients have the same form in all three layers: which one stands out?""",
)
mistake(
    "backward_propagation_n",
    DW2,
    "1 / m * dZ2 @ A2.T",
    id="wrong_activation",
    hint="""
        The gradient of the second layer's weights is built from the wrong layer's activations. A
        weight is multiplied by what comes into its layer, not by what goes out.""",
)
mistake(
    "backward_propagation_n",
    DW2,
    "dZ2 @ A1.T",
    id="mean_forgotten",
    hint="""
        One of your gradients is m times too large: the cost is a mean over the examples, and the
        product sums over them.""",
)
mistake(
    "backward_propagation_n",
    DB1,
    "np.sum(dZ1, axis=1, keepdims=True)",
    id="mean_forgotten_in_db1",
    hint="""
        The gradient of the first bias is m times too large: the cost is a mean over the examples,
        and here they are summed.""",
)
mistake(
    "backward_propagation_n",
    DB1,
    "1 / m * np.sum(dZ1, axis=0, keepdims=True)",
    id="wrong_axis",
    hint="""
        You sum over the units and keep the examples. A bias is shared by all examples, which are
        the columns; it has one gradient for each unit.""",
)
mistake(
    "backward_propagation_n",
    DB1,
    "1 / m * np.sum(dZ1, axis=1)",
    id="rank_one",
    hint="""
        Your bias gradient has lost an axis: a gradient has the shape of what it is the gradient
        of, and a bias is a column.""",
)
mistake(
    "backward_propagation_n",
    DB1,
    "1 / m * np.sum(dZ1)",
    id="summed_over_everything",
    hint="""
        Your bias gradient is a single number: you sum over the units as well as over the
        examples.""",
)

# numerical_gradient

mistake(
    "numerical_gradient",
    edits=[
        ("cost(parameters | {name: value - step})", "cost(parameters)"),
        ("(2 * epsilon)", "epsilon"),
    ],
    id="one_sided",
    hint=HINTS["one_sided"],
)
mistake(
    "numerical_gradient",
    "(2 * epsilon)",
    "epsilon",
    id="two_forgotten",
    hint=HINTS["two_forgotten"],
)
mistake(
    "numerical_gradient",
    edits=[("step[index] = epsilon", "step[index] = 1e-6"), ("(2 * epsilon)", "(2 * 1e-6)")],
    id="epsilon_ignored",
    hint=HINTS["epsilon_ignored"],
)
mistake(
    "numerical_gradient",
    "step[index] = epsilon",
    "step[...] = epsilon",
    id="all_moved",
    hint="""
        All entries of the array move together. Then every slope is the sum of all of them; one
        entry at a time may move.""",
)
mistake(
    "numerical_gradient",
    edits=[
        ("step = np.zeros(value.shape)\nstep[index] = epsilon", "value[index] += epsilon"),
        ("cost(parameters | {name: value + step})", "cost(parameters)"),
        (
            "down = cost(parameters | {name: value - step})",
            "value[index] -= 2 * epsilon\ndown = cost(parameters)",
        ),
    ],
    id="not_put_back",
    hint="""
        You move the entries of the caller's own arrays and do not put them back: every later slope
        is taken somewhere else, and the network has moved when you are done.""",
)

# relative_differences

DISTANCE = "np.linalg.norm(gradients[name] - value)"
SIZES = "(np.linalg.norm(gradients[name]) + np.linalg.norm(value))"

mistake(
    "relative_differences",
    f"distance / {SIZES}",
    "distance",
    id="not_relative",
    hint=HINTS["not_relative"],
)
mistake(
    "relative_differences",
    SIZES,
    "np.linalg.norm(value)",
    id="only_one_size",
    hint=HINTS["only_one_size"],
)
mistake(
    "relative_differences",
    SIZES,
    "np.linalg.norm(gradients[name] + value)",
    id="size_of_the_sum",
    hint=HINTS["size_of_the_sum"],
)
mistake(
    "relative_differences",
    DISTANCE,
    "abs(np.linalg.norm(gradients[name]) - np.linalg.norm(value))",
    id="sizes_subtracted",
    hint=HINTS["sizes_subtracted"],
)
mistake(
    "relative_differences",
    f"distance / {SIZES}",
    f"(distance / {SIZES}) ** 2",
    id="squared",
    hint=HINTS["squared"],
)
