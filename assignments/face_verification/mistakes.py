"""What people get wrong in the face verification assignment, and what to think about then."""

from dltf.autograder import mistake, mistake_by_place

# triplet_loss

TO_POSITIVE = "keras.ops.sum(keras.ops.square(anchor - positive), axis=-1)"
TO_NEGATIVE = "keras.ops.sum(keras.ops.square(anchor - negative), axis=-1)"
TRIPLETS = "keras.ops.maximum(to_positive - to_negative + alpha, 0.0)"

mistake(
    "triplet_loss",
    edits=[(TO_POSITIVE, TO_POSITIVE.replace(", axis=-1", "")),
           (TO_NEGATIVE, TO_NEGATIVE.replace(", axis=-1", ""))],
    id="batch_before_max",
    hint="""
        You add up the whole batch before the maximum is taken, so triplets that are far on the
        right side pay for those on the wrong side. (If you took that from a notebook: an edition
        of the course published it, with an expected loss of 350.026 that follows from it. It is a
        mistake all the same.) The paper has one maximum for each triplet: over which axis may you
        sum before it?""",
)  # fmt: skip
mistake(
    "triplet_loss",
    f"keras.ops.sum({TRIPLETS})",
    "keras.ops.maximum(keras.ops.sum(to_positive - to_negative + alpha), 0.0)",
    id="max_of_the_sum",
    hint="""
        You take one maximum of the sum over all triplets. Then a triplet that is far on the right
        side counts below zero and hides another that is on the wrong side. Each triplet on its
        own costs nothing or something; add up after that.""",
)
mistake(
    "triplet_loss",
    f"keras.ops.sum({TRIPLETS})",
    "keras.ops.sum(to_positive - to_negative + alpha)",
    id="max_missing",
    hint="""
        Your loss can become negative, so training never ends: pushing a stranger from far to very
        far pays as much as putting a wrong triplet right. A triplet that is right by the margin
        should cost exactly nothing.""",
)
mistake(
    "triplet_loss",
    f"keras.ops.sum({TRIPLETS})",
    f"keras.ops.mean({TRIPLETS})",
    id="mean_of_triplets",
    hint="""
        You return the mean over the triplets. For training that is only another step size, and many
        libraries do it; the loss of this exercise, and of the paper, adds the triplets up.""",
)
mistake(
    "triplet_loss",
    f"keras.ops.sum({TRIPLETS})",
    TRIPLETS,
    id="one_loss_a_triplet",
    hint="""
        You return a loss for each triplet. That is nearly all; the loss of the batch is one
        number.""",
)
mistake(
    "triplet_loss",
    "$difference + alpha",
    "$difference - alpha",
    id="margin_subtracted",
    hint="""
        Your margin makes the task easier instead of harder: with it a triplet is free even if the
        negative is a little nearer than the positive. Write down, for a triplet whose two distances
        are equal, what it should cost.""",
)
mistake(
    "triplet_loss",
    "$difference + alpha",
    "$difference",
    id="margin_forgotten",
    hint="""
        Your loss has no margin. Then it is 0 when all encodings are equal, and a network finds that
        way out soon. Where does alpha go?""",
)
mistake(
    "triplet_loss",
    "$difference + alpha",
    "$difference + 0.2",
    id="margin_always_the_same",
    hint="""
        Your margin is 0.2 whatever is asked for. alpha is an argument; 0.2 is only its default.""",
)
mistake(
    "triplet_loss",
    "to_positive - to_negative + alpha",
    "to_negative - to_positive + alpha",
    id="exchanged",
    hint="""
        Your loss is small when the positive is far and the negative near: it teaches to put
        different people together. Which of the two distances should be the smaller one?""",
)
mistake(
    "triplet_loss",
    "keras.ops.square(anchor - negative)",
    "keras.ops.square(positive - negative)",
    id="from_the_positive",
    hint="""
        You measure how far the negative is from the positive. Both distances of the formula start
        at the same photo: which one?""",
)
mistake(
    "triplet_loss",
    "to_positive - to_negative",
    "keras.ops.sqrt(to_positive) - keras.ops.sqrt(to_negative)",
    id="distances_not_squared",
    hint="""
        You compare the distances themselves. The formula has their squares, the sums before any
        root is taken. (The door, later, uses the root.)""",
)  # fmt: skip


@mistake("triplet_loss")
def max_of_each_coordinate(y_true, y_pred, alpha=0.2):
    """You take the maximum in every coordinate of the encodings. A distance is the sum over the
    coordinates: that sum belongs inside the maximum, and only the sum over the triplets
    outside.
    """
    anchor, positive, negative = (keras.ops.convert_to_tensor(part) for part in y_pred)
    difference = keras.ops.square(anchor - positive) - keras.ops.square(anchor - negative)
    return keras.ops.sum(keras.ops.maximum(difference + alpha, 0.0))


mistake(
    "triplet_loss",
    edits=[(TO_POSITIVE, TO_POSITIVE.replace("-1", "0")),
           (TO_NEGATIVE, TO_NEGATIVE.replace("-1", "0"))],
    id="summed_over_the_triplets",
    hint="""
        Before the maximum you sum over the triplets, and end with one number for each coordinate.
        It should be the other way round: one number for each triplet. Which axis are the
        coordinates on?""",
)  # fmt: skip
mistake(
    "triplet_loss",
    edits=[("keras.ops.square(anchor - positive)", "keras.ops.abs(anchor - positive)"),
           ("keras.ops.square(anchor - negative)", "keras.ops.abs(anchor - negative)")],
    id="absolute_differences",
    hint="""
        You add up absolute differences. The Euclidean distance adds up squares.""",
)  # fmt: skip


@mistake("triplet_loss")
def no_gradient(y_true, y_pred, alpha=0.2):
    """Your numbers are right, but nothing can be learned from them: NumPy does not remember how a
    number came about, so there is no gradient. Use the functions of the framework, under nearly
    the same names.
    """
    anchor, positive, negative = (np.asarray(part) for part in y_pred)
    to_positive = np.sum(np.square(anchor - positive), axis=-1)
    to_negative = np.sum(np.square(anchor - negative), axis=-1)
    return np.sum(np.maximum(to_positive - to_negative + alpha, 0.0))


def in_distances(id, old, new, hint, everywhere=True):
    """Declare a mistake in both distances, or in one of them."""
    places = {
        f"the distance to the {side}": (distance, distance.replace(old, new))
        for side, distance in (("positive", TO_POSITIVE), ("negative", TO_NEGATIVE))
    }
    mistake_by_place("triplet_loss", places, id=id, hint=hint, everywhere=everywhere)


in_distances(
    "mean_of_the_coordinates",
    "keras.ops.sum",
    "keras.ops.mean",
    """
    You take the mean over the coordinates. A squared distance is the *sum* of the squared
    differences.""",
)
in_distances(
    "not_squared",
    "keras.ops.square",
    "",
    """
    You add up the differences themselves, and those of different sign cancel. What is done to each
    before it is added?""",
)
in_distances(
    "batch_before_max",
    ", axis=-1",
    "",
    "You add up the whole batch before the maximum is taken. Over which axis may you sum?",
    everywhere=False,
)
in_distances(
    "absolute_differences",
    "keras.ops.square",
    "keras.ops.abs",
    "You add up absolute differences. The Euclidean distance adds up squares.",
    everywhere=False,
)
for id, old, new, hint in (
    (
        "margin_outside",
        TRIPLETS,
        "(keras.ops.maximum(to_positive - to_negative, 0.0) + alpha)",
        """
        Your margin is added after the maximum, so that no triplet is ever free, and the margin
        moves nothing. It belongs to the difference that is compared with 0.""",
    ),
    (
        "minimum",
        TRIPLETS,
        "keras.ops.minimum(to_positive - to_negative + alpha, 0.0)",
        "You keep what is below zero. A triplet that is right by the margin costs nothing.",
    ),
    (
        "maximum_with_alpha",
        TRIPLETS,
        "keras.ops.maximum(to_positive - to_negative, alpha)",
        """
        You compare with alpha, so that no triplet costs less. Where does alpha go, and what is
        the bound?""",
    ),
    (
        "distances_added",
        "to_positive - to_negative + alpha",
        "to_positive + to_negative + alpha",
        """
        You add the two distances. One should be small and the other large: what does the
        formula do?""",
    ),
    (
        "positive_twice",
        "keras.ops.square(anchor - negative)",
        "keras.ops.square(anchor - positive)",
        """
        Both of your distances are those to the positive. One letter group was not changed in a
        copied line.""",
    ),
    (
        "anchor_in_the_wrong_place",
        "keras.ops.square(anchor - positive)",
        "keras.ops.square(positive - negative)",
        "One of your distances leaves out the anchor. Both of the formula start at it.",
    ),
    (
        "sign_inside",
        "keras.ops.square(anchor - positive)",
        "keras.ops.square(anchor + positive)",
        "You add two encodings. How far they are apart shows in their difference.",
    ),
    (
        "margin_as_a_factor",
        "to_positive - to_negative + alpha",
        "alpha * (to_positive - to_negative)",
        "Your margin multiplies the difference. It is added.",
    ),
):
    mistake("triplet_loss", old, new, id=id, hint=hint)

# verify

DIST = "float(np.linalg.norm(encoding - database[identity]))"

mistake(
    "verify",
    DIST,
    "float(np.sum(np.square(encoding - database[identity])))",
    id="distance_squared",
    hint="""
        Your distance is the squared one, as in the loss. Between 0 and 1 a square is smaller than
        its root, so your door opens for people who are too far away. The threshold is meant for the
        plain Euclidean distance.""",
)
mistake(
    "verify",
    DIST,
    "float(np.sum(np.abs(encoding - database[identity])))",
    id="sum_of_absolute_differences",
    hint="""
        You add up absolute differences: another distance than Euclid's, and with 128 coordinates a
        much larger one. np.linalg knows the one that is meant.""",
)
mistake(
    "verify",
    DIST,
    "np.linalg.norm(encoding - database[identity], axis=1)",
    id="a_distance_in_an_array",
    hint="""
        Your distance is an array with one entry: the encoding has shape (1, d), and the norm along
        axis 1 leaves the first axis. Here one number is wanted.""",
)
mistake(
    "verify",
    "dist < threshold",
    "dist > threshold",
    id="door_the_wrong_way_round",
    hint="""
        Your door opens for strangers. What does a small distance say about two photos?""",
)
mistake(
    "verify",
    "dist < threshold",
    "dist < 0.5",
    id="threshold_too_small",
    hint="""
        Your door stays closed for the right person where the light is bad: the threshold of the
        exercise is larger.""",
)
mistake(
    "verify",
    "dist < threshold",
    "dist < 1.0",
    id="threshold_too_large",
    hint="""
        Your door opens at distances that are above the exercise's threshold.""",
)
mistake(
    "verify",
    edits=[(DIST, "min(float(np.linalg.norm(encoding - known)) for known in database.values())")],
    id="claim_not_looked_at",
    hint="""
        You compare with everybody, so anyone who lives here can come in under any name.
        Verification asks whether this is the person it claims to be: with which one
        encoding do you compare?""",
)
mistake(
    "verify",
    "img_to_encoding(image_path, model)",
    "img_to_encoding(image_path, FRmodel)",
    id="global_model",
    hint="""
        Your network is not the one that the caller passes: you use a name of your notebook. It
        works there by chance; in a function, use its parameter.""",
)
mistake(
    "verify",
    "return dist, door_open",
    "return door_open, dist",
    id="returned_the_other_way_round",
    hint="""
        You return the two the other way round: the distance comes first.""",
)
mistake(
    "verify",
    "dist < threshold",
    "np.less(dist, threshold)",
    id="a_bool_of_numpy",
    hint="""
        Everything is right but the type: door_open is NumPy's bool, because a NumPy number was
        compared. It looks like True, but `door_open is True` is False, and json refuses it.
        Python's bool(...) makes one of the other, and so does an if that sets True or False.""",
)
mistake(
    "verify",
    "dist < threshold",
    'str(dist < threshold)',
    id="a_text",
    hint="""
        door_open is text. Every text that is not empty counts as true, "False" too: the door would
        be open for all.""",
)  # fmt: skip

OPEN = """
dist = {0}
if dist < threshold:
    print("It's " + str(identity))
    door_open = True
else:
    print("It's not " + str(identity))
    door_open = False
"""
for id, old, new, hint in (
    (
        "name_of_the_parameter_as_a_key",
        "database[identity]",
        'database["identity"]',
        """
        You look up the word "identity". The person is named by what the variable holds: what do the
        quotation marks make of it?""",
    ),
    (
        "distance_alone",
        "return dist, door_open",
        "return dist",
        """
        You return the distance alone. Two things are asked for: the distance, and whether the
        door opens.""",
    ),
    (
        "distance_alone_of_numpy",
        "return dist, door_open",
        "return np.float32(dist)",
        """
        You return the distance alone. Two things are asked for: the distance, and whether the
        door opens.""",
    ),
    (
        "door_alone",
        "return dist, door_open",
        "return door_open",
        """
        You return the door alone. Two things are asked for: the distance, and whether the door
        opens.""",
    ),
    (
        "no_distance_yet",
        f"dist = {DIST}\ndoor_open = dist < threshold",
        OPEN.format("encoding - database[identity]"),
        """
        Your distance is a whole vector, the difference of two encodings, and cannot be compared
        with a threshold. How long is that vector?""",
    ),
    (
        "lengths_subtracted",
        DIST,
        "float(np.linalg.norm(encoding) - np.linalg.norm(database[identity]))",
        """
        You subtract the lengths of the two encodings. Vectors of one length may point anywhere: it
        is the length of their *difference* that says how far they are apart.""",
    ),
    (
        "mean_of_the_differences",
        DIST,
        "float(np.mean(np.abs(encoding - database[identity])))",
        "You average the differences. The Euclidean distance is the root of a sum of squares.",
    ),
    (
        "mean_of_the_squares",
        DIST,
        "float(np.sqrt(np.mean(np.square(encoding - database[identity]))))",
        "You take the mean of the squares. The Euclidean distance is the root of their *sum*.",
    ),
    (
        "product_of_the_encodings",
        DIST,
        "float(np.sum(encoding * database[identity]))",
        """
        You multiply the encodings. That measures likeness: it is large where a distance is
        small.""",
    ),
    (
        "encodings_added",
        DIST,
        "float(np.linalg.norm(encoding + database[identity]))",
        "You add the encodings. How far they are apart shows in their difference.",
    ),
    ("always_open", "dist < threshold", "dist < 100", "Your door opens for everybody."),
    ("always_closed", "dist < threshold", "dist < 0", "Your door opens for nobody."),
):
    mistake("verify", old, new, id=id, hint=hint)

# who_is_it

KNOWN = "float(np.linalg.norm(encoding - known))"

mistake(
    "who_is_it",
    KNOWN,
    "float(np.sum(np.square(encoding - known)))",
    id="distance_squared",
    hint="""
        You find the right person, since the nearest is the nearest squared or not. But the distance
        that you return is squared, and would be compared with a threshold for plain ones.""",
)
mistake(
    "who_is_it",
    "dist < min_dist",
    "True",
    id="the_last_one",
    hint="""
        You return whoever comes last in the database. A new distance should take the place of the
        smallest so far only if it is smaller.""",
)
mistake(
    "who_is_it",
    "dist < min_dist",
    "dist < 0.7",
    id="the_last_below_the_threshold",
    hint="""
        You keep everybody who is below the threshold, so the last of them wins, and a stranger is
        nobody at all. Compare with the smallest distance so far.""",
)


@mistake("who_is_it")
def the_first_below_the_threshold(image_path, database, model):
    """You stop at the first one who is near enough. Somebody nearer may come after: look at
    everybody.
    """
    encoding = img_to_encoding(image_path, model)
    for identity, known in database.items():
        min_dist = float(np.linalg.norm(encoding - known))
        if min_dist < 0.7:
            break
    return min_dist, identity


mistake(
    "who_is_it",
    edits=[("dist < min_dist", "dist > min_dist"), ("np.inf", "0.0")],
    id="the_farthest",
    hint="""
        You return the person who looks least like the photo. Which way must the comparison
        point?""",
)
mistake(
    "who_is_it",
    "min_dist, identity = dist, name",
    "identity = name",
    id="smallest_not_kept",
    hint="""
        You never note the smallest distance, so everybody beats the one you began with, and the
        last one wins. When somebody nearer is found, two things change.""",
)
mistake(
    "who_is_it",
    "return min_dist, identity",
    "return dist, identity",
    id="last_distance",
    hint="""
        The person is right, but the distance is that of the last one in the database: the loop's
        variable, and not the smallest.""",
)
mistake(
    "who_is_it",
    "return min_dist, identity",
    "return min_dist, name",
    id="last_name",
    hint="""
        The distance is right, but the name is that of the last one in the database: the loop's
        variable, and not the one that was kept.""",
)
mistake(
    "who_is_it",
    "return min_dist, identity",
    "return identity, min_dist",
    id="returned_the_other_way_round",
    hint="""
        You return the two the other way round: the distance comes first.""",
)
mistake(
    "who_is_it",
    "return min_dist, identity",
    "return min_dist, (identity if min_dist < 0.7 else None)",
    id="strangers_have_no_name",
    hint="""
        For a stranger you return no name. That is a sensible thing to do next; here the function
        always says who is nearest, and the distance tells the caller what to think of it.""",
)

NOBODY = """
    Nobody ever becomes the nearest, so that the name is never set. With which smallest distance do
    you begin, and which way does your comparison point? The first person must beat it."""
START = 'min_dist, identity = np.inf, ""'
for id, edits, hint in (
    ("nobody_is_nearer", [(START, "min_dist = 0")], NOBODY),
    (
        "nobody_is_nearer_and_named",
        [
            (START, "min_dist = 0"),
            (
                "return min_dist, identity",
                'print("it\'s " + str(identity))\nreturn min_dist, identity',
            ),
        ],
        NOBODY,
    ),
    (
        "smallest_of_the_start_kept",
        [(START, "min_dist = 100"), ("min_dist, identity = dist, name", "identity = name")],
        """
        You never note the smallest distance: the number that you began with is returned, and the
        last one wins. When somebody nearer is found, two things change.""",
    ),
    (
        "nothing_noted",
        [("min_dist, identity = dist, name", "min_dist = dist"), (START, "min_dist = np.inf")],
        "Your name is never set. When somebody nearer is found, two things change.",
    ),
    (
        "lengths_subtracted",
        [(KNOWN, "float(np.linalg.norm(encoding) - np.linalg.norm(known))")],
        """
        You subtract the lengths of the two encodings. It is the length of their *difference* that
        says how far they are apart.""",
    ),
    (
        "sum_of_absolute_differences",
        [(KNOWN, "float(np.sum(np.abs(encoding - known)))")],
        "You add up absolute differences: another distance than Euclid's.",
    ),
    (
        "mean_of_the_squares",
        [(KNOWN, "float(np.sqrt(np.mean(np.square(encoding - known))))")],
        "You take the mean of the squares. The Euclidean distance is the root of their *sum*.",
    ),
    (
        "global_model",
        [("img_to_encoding(image_path, model)", "img_to_encoding(image_path, FRmodel)")],
        """
        Your network is not the one that the caller passes: you use a name of your notebook. In a
        function, use its parameter.""",
    ),
    (
        "name_alone",
        [("return min_dist, identity", "return identity")],
        "You return the name alone. Two things are asked for: the smallest distance, and the name.",
    ),
    (
        "distance_alone",
        [("return min_dist, identity", "return min_dist")],
        """
        You return the distance alone. Two things are asked for: the smallest distance, and the
        name.""",
    ),
    (
        "encoding_for_the_name",
        [("min_dist, identity = dist, name", "min_dist, identity = dist, known")],
        """
        You keep the encoding of the nearest person. Asked for is the name: which of the two is
        it in your loop?""",
    ),
    (
        "first_only",
        [("min_dist, identity = dist, name", "min_dist, identity = dist, name\nbreak")],
        "You stop at the first person of the database. Somebody nearer may come after.",
    ),
):
    mistake("who_is_it", edits=edits, id=id, hint=hint)

# pairwise_distances

mistake(
    "pairwise_distances",
    "np.sqrt(np.maximum(squared, 0))",
    "np.maximum(squared, 0)",
    id="squared",
    hint="""
        Your entries are squared distances. One step is missing at the end.""",
)
mistake(
    "pairwise_distances",
    "np.maximum(squared, 0)",
    "squared",
    id="root_of_a_negative_number",
    hint="""
        Some of your entries are NaN. Where two rows are equal, the square should be 0, but
        subtracting nearly equal numbers can leave a little less than 0, which has no root.""",
)
mistake(
    "pairwise_distances",
    "2 * A @ B.T",
    "A @ B.T",
    id="product_once",
    hint="""
        Multiply out the square of a difference again: how often does the product occur?""",
)
mistake(
    "pairwise_distances",
    "$squares - 2 * A @ B.T",
    "$squares + 2 * A @ B.T",
    id="square_of_the_sum",
    hint="""
        Your entries are the lengths of the sums of rows. Look at the sign of the product.""",
)
mistake(
    "pairwise_distances",
    "np.sqrt(np.maximum(squared, 0))",
    "np.sqrt(np.maximum(squared, 0)).T",
    id="transposed",
    hint="""
        Your matrix lies on its side: it should have a row for each row of A.""",
)

# semi_hard_triplets

mistake(
    "semi_hard_triplets",
    "negatives = np.where(farther.any(axis=1), nearest, farthest)",
    "negatives = np.nanargmin(candidates, axis=1)",
    id="hardest",
    hint="""
        You take the nearest negative of all. That is the hardest triplet, on which training easily
        collapses; a semi-hard negative is farther away than the positive.""",
)
mistake(
    "semi_hard_triplets",
    "np.where(farther.any(axis=1), nearest, farthest)",
    "farthest",
    id="easiest",
    hint="""
        You take the farthest negative of all, the easiest one. It is meant for the case that every
        negative is nearer than the positive; otherwise the nearest of those behind it.""",
)
mistake(
    "semi_hard_triplets",
    "np.where(farther.any(axis=1), nearest, farthest)",
    "nearest",
    id="nobody_farther",
    hint="""
        Where no negative is farther away than the positive, you take whichever comes first in the
        batch, which need not even be a negative. What does the text ask for then?""",
)
mistake(
    "semi_hard_triplets",
    "np.where(other[anchors], distances[anchors], np.nan)",
    "distances[anchors] + 0.0",
    id="anybody",
    hint="""
        Your negatives include photos of the same person. A negative shows somebody else.""",
)

# contrastive_loss

mistake(
    "contrastive_loss",
    "same * keras.ops.square(distances) + (1 - same) * keras.ops.square(apart)",
    "(1 - same) * keras.ops.square(distances) + same * keras.ops.square(apart)",
    id="labels_exchanged",
    hint="""
        Your loss draws strangers together and pushes photos of one person apart: here 1 means the
        same person. (In the paper it is the other way round.)""",
)
mistake(
    "contrastive_loss",
    "keras.ops.maximum(margin - distances, 0.0)",
    "margin - distances",
    id="max_missing",
    hint="""
        Pairs of two people that are farther apart than the margin cost something in your loss: it
        draws them back. Beyond the margin nothing should be left to pay.""",
)
mistake(
    "contrastive_loss",
    "keras.ops.mean(losses)",
    "keras.ops.sum(losses)",
    id="sum_of_pairs",
    hint="""
        You add the pairs up; this loss is their mean.""",
)
mistake(
    "contrastive_loss",
    "margin - distances",
    "margin - keras.ops.square(distances)",
    id="margin_of_the_square",
    hint="""
        You compare the squared distance with the margin. The margin is a distance: subtract first,
        square then.""",
)
mistake(
    "contrastive_loss",
    "keras.ops.square(apart)",
    "apart",
    id="second_not_squared",
    hint="""
        Photos of one person cost a square in your loss, those of two people do not. Both do.""",
)
mistake(
    "contrastive_loss",
    "margin - distances",
    "1.0 - distances",
    id="margin_always_one",
    hint="""
        Your margin is 1 whatever is asked for.""",
)

# best_threshold

mistake(
    "best_threshold",
    "share * true + (1 - share) * (1 - false)",
    "(true + 1 - false) / 2",
    id="kinds_weigh_the_same",
    hint="""
        You give both kinds of pairs the same weight. That is a sensible measure, the balanced
        accuracy, but not the share of pairs decided rightly: how many of each kind are there?""",
)
mistake(
    "best_threshold",
    "share * true + (1 - share) * (1 - false)",
    "share * true + (1 - share) * false",
    id="letting_everybody_in",
    hint="""
        You count a stranger who is let in as decided rightly, so the best threshold lets everybody
        in. false is a share of errors.""",
)
mistake(
    "best_threshold",
    "share * true + (1 - share) * (1 - false)",
    "share * true",
    id="strangers_forgotten",
    hint="""
        You count only those who come in rightly, so the best threshold lets everybody in. Keeping a
        stranger out is right, too.""",
)
mistake(
    "best_threshold",
    "np.argmax(accuracies)",
    "np.argmin(accuracies)",
    id="worst",
    hint="""
        You return the threshold that decides the fewest pairs rightly.""",
)
