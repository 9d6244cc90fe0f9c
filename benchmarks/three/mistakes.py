from dltf.autograder import mistake

mistake(
    "initialize_parameters_he",
    "2 / layers_dims[l - 1]",
    "1 / layers_dims[l - 1]",
    id="xavier_variance",
    hint="""
        Your weights have the variance that suits tanh. ReLU sets half of its inputs to zero: what
        does that do to the variance of a layer's output, and what would make up for it?""",
)
mistake(
    "triplet_loss",
    "tf.reduce_sum(tf.maximum(positive_distance - negative_distance + alpha, 0.0))",
    "tf.maximum(tf.reduce_sum(positive_distance - negative_distance + alpha), 0.0)",
    id="max_outside_the_sum",
    hint="""
        An easy triplet must not pay for a hard one: at which point is a triplet's own loss cut
        off?""",
)
mistake(
    "iou_filter",
    "tf.maximum(right_bottom - left_top, 0.0)",
    "(right_bottom - left_top)",
    id="negative_overlap",
    hint="Two boxes that lie apart: which sign do your width and height have, and their product?",
)
