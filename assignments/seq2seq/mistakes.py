"""What people get wrong in the seq2seq assignment, and what to think about then."""

from dltf.autograder import mistake

# one_step_attention

mistake(
    "one_step_attention",
    "concatenator([a, s_prev])",
    "concatenator([s_prev, a])",
    id="order_of_concatenation",
    hint="""
        You put the state before the annotations. For a network that you train from scratch it
        would not matter; here the first rows of the kernel belong to the annotations, as in the
        text and in the published weights. Look at the order in the formula's bracket.""",
)
mistake(
    "one_step_attention",
    "alphas = activator(energies)",
    "alphas = ops.softmax(energies, axis=-1)",
    id="softmax_over_the_last_axis",
    hint="""
        Your weights are all 1. The energies have shape (m, T_x, 1), and a softmax over an axis of
        length 1 has nothing to choose between. Which axis holds the places that compete for
        attention?""",
)
mistake(
    "one_step_attention",
    "alphas = activator(energies)",
    "alphas = energies",
    id="no_softmax",
    hint="""
        Your weights do not sum to 1: the energies themselves weigh the annotations. A weighted mean
        needs positive weights that add up to 1 over the places. One of the shared layers does
        that.""",
)
mistake(
    "one_step_attention",
    "densor2(densor1(concat))",
    "densor1(concat)",
    id="second_layer_left_out",
    hint="""
        There are as many energies at each place as the first dense layer has units. Attention needs
        one number for each place; a second dense layer with one unit makes it.""",
)
mistake(
    "one_step_attention",
    "densor2(densor1(concat))",
    "densor2(concat)",
    id="first_layer_left_out",
    hint="""
        Your energies come from one dense layer alone, and the other is never used. The small
        network that scores a place has a hidden layer: first a tanh layer on annotation and state,
        then the layer with one unit on its output.""",
)
mistake(
    "one_step_attention",
    "densor2(densor1(concat))",
    'Dense(1, activation="relu")(Dense(10, activation="tanh")(concat))',
    id="new_dense_layers",
    hint="""
        You make new dense layers in the function, so each of the Ty steps would get weights of its
        own, and learn attention anew. The notebook makes the layers once, above the function, and
        every step shares them: call those.""",
)
mistake(
    "one_step_attention",
    "dotor([alphas, a])",
    "dotor([a, alphas])",
    id="dot_the_wrong_way",
    hint="""
        Your context has its axes exchanged: (m, 2 n_a, 1). The decoder expects a sequence of one
        step with 2 n_a features. The order of the two inputs of the dot product decides which
        of the axes that are left comes first.""",
)
mistake(
    "one_step_attention",
    "dotor([alphas, a])",
    "alphas * a",
    id="weighted_but_not_summed",
    hint="""
        You weigh the annotations and return all of them, (m, T_x, 2 n_a). The context is their sum
        over the places; a dot product along the axis of time multiplies and sums in one go.""",
)

for id, old, new, hint in (
    (
        "state_not_repeated",
        "s_prev = repeator(s_prev)",
        "",
        """
        The state has one vector for each sentence and the annotations have one for each place: they
        cannot be joined yet. Which of the shared layers gives every place the state?""",
    ),
    (
        "annotations_alone",
        "concatenator([a, s_prev])",
        "a",
        """
        Your energies do not depend on the state: attention would look at the same places in
        every step.""",
    ),
    (
        "dense_layers_exchanged",
        "densor2(densor1(concat))",
        "densor1(densor2(concat))",
        "Your two dense layers have changed places: the one with a single unit comes last.",
    ),
    (
        "weights_returned",
        "return context",
        "return alphas",
        "You return the weights. The context is what they pick out of the annotations.",
    ),
    (
        "context_of_the_joined",
        "dotor([alphas, a])",
        "dotor([alphas, concat])",
        """
        Your context is made of annotations and state joined. It is the weighted mean of the
        annotations alone.""",
    ),
):
    mistake("one_step_attention", old, new, id=id, hint=hint)

# modelf

STEP = "post_activation_LSTM_cell(context, initial_state=[s, c])"

mistake(
    "modelf",
    STEP,
    "post_activation_LSTM_cell(context)",
    id="states_not_passed",
    hint="""
        Every step of your decoder starts from zeros: it does not know what it has written so far,
        and s0 and c0 change nothing. A Keras LSTM that is called begins with empty states unless it
        is told which ones to begin with.""",
)
mistake(
    "modelf",
    STEP,
    "post_activation_LSTM_cell(context, initial_state=[c, s])",
    id="states_exchanged",
    hint="""
        Your hidden state goes in as the cell state and the other way round. Keras's LSTM takes
        them in the order in which it returns them: hidden state first, then cell state.""",
)
mistake(
    "modelf",
    "s, _, c = $step",
    "s, c, _ = $step",
    id="cell_state_is_the_hidden_state",
    hint="""
        What you call c is the hidden state again. With return_state=True the layer returns three
        tensors: the output, the hidden state (for a single step the same), and the cell state.
        Count which place the last one has.""",
)
mistake(
    "modelf",
    "one_step_attention(a, s)",
    "one_step_attention(a, s0)",
    id="attention_from_the_first_state",
    hint="""
        Attention always asks with the state from before the first step, so it looks at the same
        places in every step. Where to look next depends on what has just been written.""",
)
mistake(
    "modelf",
    STEP,
    "post_activation_LSTM_cell(a, initial_state=[s, c])",
    id="context_not_used",
    hint="""
        Your decoder reads all annotations again in each step, and the context is computed for
        nothing. It should get one vector a step: what attention has picked out.""",
)
mistake(
    "modelf",
    STEP,
    "LSTM(n_s, return_state=True)(context, initial_state=[s, c])",
    id="new_decoder_at_every_step",
    hint="""
        Your model has too many parameters: there is a new LSTM in each round of the loop, so step 3
        learns nothing from step 2. A recurrent network uses the same weights at every step; the
        notebook has made the layer for you above the function.""",
)
mistake(
    "modelf",
    "output_layer(s)",
    "Dense(machine_vocab_size, activation=softmax)(s)",
    id="new_output_layer_at_every_step",
    hint="""
        Your model has too many parameters: each step has an output layer of its own. What a state
        means does not depend on the step; use the shared layer that the notebook has made.""",
)
mistake(
    "modelf",
    "Bidirectional(LSTM(n_a, return_sequences=True))(X)",
    "LSTM(2 * n_a, return_sequences=True)(X)",
    id="one_direction",
    hint="""
        Your encoder reads from left to right only. At the first character it has not seen the year
        at the end, so its annotations know only the past. Read in both directions, n_a units
        each.""",
)
mistake(
    "modelf",
    "outputs.append(output_layer(s))",
    "outputs = [output_layer(s)]",
    id="only_the_last_output",
    hint="""
        Your model has a single output: each round of the loop throws the list away and begins a new
        one. Keep all Ty of them.""",
)
mistake(
    "modelf",
    "outputs=outputs",
    "outputs=ops.stack(outputs, axis=1)",
    id="one_tensor_for_all_outputs",
    hint="""
        Your model returns one tensor for all steps. That is a fine design, but the labels of this
        notebook, and its loss, come as a list with one array a step: return the list of
        outputs.""",
)
mistake(
    "modelf",
    "inputs=[X, s0, c0]",
    "inputs=[s0, c0, X]",
    id="order_of_inputs",
    hint="""
        The inputs of your model are in another order than the data: the sentence comes first, then
        the hidden state, then the cell state.""",
)

for id, old, new, hint in (
    (
        "first_states_in_every_step",
        STEP,
        "post_activation_LSTM_cell(context, initial_state=[s0, c0])",
        """
        Every step of your decoder starts from s0 and c0, so it does not know what it has
        written. What goes into a step is what the step before has returned.""",
    ),
    (
        "attention_from_the_cell_state",
        "one_step_attention(a, s)",
        "one_step_attention(a, c)",
        "Attention asks with the cell state. What the decoder shows of itself is the hidden state.",
    ),
    (
        "attention_to_the_input",
        "one_step_attention(a, s)",
        "one_step_attention(X, s)",
        """
        Attention is given the raw input. It attends to the annotations, which have read the whole
        sentence.""",
    ),
    (
        "output_from_the_context",
        "output_layer(s)",
        "output_layer(context)",
        """
        Your outputs are made of the context. The decoder reads it; what is said follows from
        its state.""",
    ),
    (
        "output_from_the_cell_state",
        "output_layer(s)",
        "output_layer(c)",
        "Your outputs are made of the cell state. What is said follows from the hidden state.",
    ),
    (
        "last_annotation_only",
        "Bidirectional(LSTM($n, return_sequences=True))($x)",
        "Bidirectional(LSTM($n))($x)",
        """
        Your encoder returns its last state alone, and attention has nothing to choose from. It
        needs an annotation for every place.""",
    ),
    (
        "one_step_too_few",
        "range(Ty)",
        "range(Ty - 1)",
        "Your model has one output too few. range leaves its end out already.",
    ),
    (
        "steps_of_the_input",
        "range(Ty)",
        "range(Tx)",
        "Your model has as many outputs as the input has places.",
    ),
    (
        "nothing_returned",
        "return keras.Model(inputs=[X, s0, c0], outputs=outputs)",
        "keras.Model(inputs=[X, s0, c0], outputs=outputs)",
        "Your function makes a model and does not return it.",
    ),
    (
        "input_alone",
        "inputs=[X, s0, c0]",
        "inputs=X",
        "Your model has a single input. The first states of the decoder are inputs as well.",
    ),
):
    mistake("modelf", old, new, id=id, hint=hint)

# masked_softmax

mistake(
    "masked_softmax",
    "scores = np.where(mask[:, None, :] > 0, scores, -np.inf)",
    "scores = scores * mask[:, None, :]",
    id="scores_times_mask",
    hint="""
        You set the scores of padding to 0, and the exponential of 0 is 1: padding gets attention,
        sometimes more than a word with a negative score. Which score has the exponential 0?""",
)
mistake(
    "masked_softmax",
    edits=[
        ("np.where(mask[:, None, :] > 0, scores, -np.inf)", "np.asarray(scores)"),
        ("powers / powers.sum(axis=-1, keepdims=True)",
         "powers / powers.sum(axis=-1, keepdims=True) * mask[:, None, :]"),
    ],
    id="masked_after_the_softmax",
    hint="""
        Padding has weight 0, but the others no longer sum to 1: padding took part in the softmax
        and was removed afterwards. Remove it before you divide by the sum.""",
)  # fmt: skip
mistake(
    "masked_softmax",
    edits=[
        ("scores.max(axis=-1, keepdims=True)", "scores.max(axis=1, keepdims=True)"),
        ("powers.sum(axis=-1, keepdims=True)", "powers.sum(axis=1, keepdims=True)"),
    ],
    id="softmax_over_the_outputs",
    hint="""
        Your weights sum to 1 over the steps of the output. Each step distributes its attention over
        the places of the input: which axis is that?""",
)
mistake(
    "masked_softmax",
    "np.exp(scores - scores.max(axis=-1, keepdims=True))",
    "np.exp(scores)",
    id="overflow",
    hint="""
        Large scores overflow: the exponential of 1000 is infinite. A softmax does not change when
        the same number is taken off all scores, so take off the largest first.""",
)

# teacher_forcing

mistake(
    "teacher_forcing",
    "np.concatenate([first, Y[:, :-1]], axis=1)",
    "Y.copy()",
    id="not_shifted",
    hint="""
        The decoder is told at each place the very symbol that it has to predict there. It would
        learn to copy its input, and know nothing when it has to write alone.""",
)
mistake(
    "teacher_forcing",
    "np.concatenate([first, Y[:, :-1]], axis=1)",
    "np.concatenate([Y[:, 1:], first], axis=1)",
    id="shifted_to_the_left",
    hint="""
        You have moved the symbols one place earlier: the decoder sees the future, the symbol after
        the one it is to predict. Inputs come late, not early.""",
)
mistake(
    "teacher_forcing",
    "np.concatenate([first, Y[:, :-1]], axis=1)",
    "np.concatenate([first, Y], axis=1)",
    id="one_place_too_long",
    hint="""
        You return one place more than there are targets. The last symbol is never an input: when it
        is written, there is nothing left to predict.""",
)
mistake(
    "teacher_forcing",
    "np.concatenate([first, Y[:, :-1]], axis=1)",
    "np.roll(Y, 1, axis=1)",
    id="rolled",
    hint="""
        The last symbol of each sentence has come round to the front. At the first place nothing has
        been written yet; the start symbol says so.""",
)

# sequence_loss

mistake(
    "sequence_loss",
    "there = np.not_equal(Y, pad)",
    "there = np.ones_like(Y)",
    id="padding_counts",
    hint="""
        Padding counts like a symbol. The model would be rewarded for predicting "nothing" behind
        the end, which is easy and which nobody asks for; with short sentences beside a long one
        that is most of the loss.""",
)
mistake(
    "sequence_loss",
    "there.sum()",
    "there.size",
    id="mean_over_all_places",
    hint="""
        You leave padding out of the sum but not out of the number you divide by, so a batch of
        short sentences seems better than one of long ones. Divide by the number of symbols that
        are there.""",
)
mistake(
    "sequence_loss",
    "-float((right * there).sum() / there.sum())",
    "-float(((right * there).sum(axis=1) / there.sum(axis=1)).mean())",
    id="mean_of_means",
    hint="""
        You take the mean of each sentence and then the mean of those: a symbol of a short sentence
        weighs more than one of a long sentence. Here every symbol of the batch counts alike.""",
)
mistake(
    "sequence_loss",
    "$losses / there.sum()",
    "$losses",
    id="sum",
    hint="""
        That is the sum over all symbols. It grows with the size of the batch; what is asked for is
        the mean.""",
)
mistake(
    "sequence_loss",
    "-float($loss)",
    "float($loss)",
    id="sign",
    hint="""
        Your loss is negative. Probabilities are at most 1, so their logarithms are at most 0; the
        loss is small where the probability is large.""",
)

# beam_search

mistake(
    "beam_search",
    "symbols and symbols[-1] == end",
    "False",
    id="writes_on_behind_the_end",
    hint="""
        Your search goes on behind the end symbol. A candidate that has ended takes part in the next
        rounds as it is: it is not continued, and its log p stays.""",
)
mistake(
    "beam_search",
    "longer.append((symbols, log_p))",
    "",
    id="finished_ones_are_lost",
    hint="""
        Candidates that have ended drop out of your beam, so only those that never end are left.
        Keep them among the candidates; they compete with the others until the last round.""",
)
mistake(
    "beam_search",
    "sorted(longer, key=worth, reverse=True)",
    "sorted(longer, key=lambda candidate: candidate[1], reverse=True)",
    id="pruned_by_probability",
    hint="""
        You choose by the probability of the whole beginning when you prune. Then a finished short
        candidate beats every longer one before it has a chance. Use the same measure in each round
        as at the end.""",
)
mistake(
    "beam_search",
    "$best_first[:width]",
    "$best_first[:1]",
    id="keeps_one",
    hint="""
        Your beam has one candidate whatever its width: that is greedy search. Keep as many as
        the width says, over all that could follow.""",
)
mistake(
    "beam_search",
    "sorted(longer, key=worth, reverse=True)[:width]",
    "sorted(longer, key=worth)[:width]",
    id="keeps_the_worst",
    hint="""
        You keep the worst candidates. Logarithms of probabilities are negative: the best is the one
        closest to zero, the largest.""",
)
mistake(
    "beam_search",
    "log_p + float(more)",
    "float(more)",
    id="last_symbol_only",
    hint="""
        A candidate's log p is that of its last symbol alone. The probability of a sequence is the
        product over its symbols; what becomes of a product under the logarithm?""",
)

# modified_precision

mistake(
    "modified_precision",
    "min(mine.count(gram), max(reference.count(gram) for reference in theirs))",
    "mine.count(gram) * any(gram in reference for reference in theirs)",
    id="not_clipped",
    hint="""
        Every occurrence counts as long as the n-gram is in some reference, so "the the the the" is
        perfect. An n-gram may count at most as often as a reference has it.""",
)
mistake(
    "modified_precision",
    "max(reference.count(gram) for reference in theirs)",
    "sum(reference.count(gram) for reference in theirs)",
    id="references_added_up",
    hint="""
        You add up the counts of all references: with ten references "the the the" would be right
        again. Each is a whole translation on its own; the one that has the n-gram most often
        counts.""",
)
mistake(
    "modified_precision",
    "max(reference.count(gram) for reference in theirs)",
    "theirs[0].count(gram)",
    id="first_reference_only",
    hint="""
        Only the first reference counts. A sentence has many right translations; what any of them
        says is right.""",
)
mistake(
    "modified_precision",
    "set(mine)",
    "mine",
    id="counted_again_and_again",
    hint="""
        An n-gram that occurs three times is gone through three times, and each time all its
        occurrences are counted. Go through the different ones.""",
)
mistake(
    "modified_precision",
    "hits += min(mine.count(gram), max(reference.count(gram) for reference in theirs))",
    "hits += any(gram in reference for reference in theirs)",
    id="each_kind_once",
    hint="""
        You count each different n-gram once, however often it is in the translation and in the
        references. If both say "very very good", two of them are right.""",
)
