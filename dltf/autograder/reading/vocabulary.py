"""Names that courses share, and names of other courses: facts of the field, used as evidence."""

# Names of functions that many courses ask for.
SHARED_NAMES = frozenset([
    "accuracy", "Adam", "backward", "backward_propagation", "beam_search", "clip", "compute_cost",
    "compute_loss", "contrastive_loss", "cost", "cross_entropy", "forward", "forward_propagation",
    "initialize_parameters", "iou", "loss", "masked_softmax", "model", "numerical_gradient",
    "one_hot", "optimize", "pairwise_distances", "predict",
    "preprocess", "sample", "sigmoid", "softmax", "train", "update_parameters", "verify",
])  # fmt: skip

# Names of parameters that tell nothing about an exercise.
SHARED_PARAMETERS = frozenset([
    "A", "a", "A2", "A3", "AL", "b", "cache", "caches", "data", "gradients", "grads",
    "input_shape", "inputs", "label", "labels", "learning_rate", "lr", "num_iterations",
    "parameters", "params", "print_cost", "self", "theta0", "W", "w", "X", "x", "X_test",
    "X_train", "Y", "y", "y_pred", "Y_test", "Y_train", "y_true", "Z", "z", "Z3",
])  # fmt: skip

# Names of helper files that many courses have.
SHARED_MODULES = frozenset([
    "helper", "helpers", "outputs", "public_tests", "test_utils", "testCases", "utils",
])  # fmt: skip

# Helper files and packages of other courses.
FOREIGN_MODULES = frozenset([
    "cs231n", "d2l", "data_utils", "dnn_app_utils", "dnn_utils", "emo_utils", "inference_code",
    "lr_utils", "mitdeeplearning", "music_utils", "planar_utils", "preprocess", "qa",
    "td_utils", "utils_nlp", "w2v_utils",
])  # fmt: skip

# Functions that other courses ask for, and ours do not.
FOREIGN_NAMES = frozenset([
    "affine_backward", "affine_forward", "basic_sigmoid", "complete_analogy",
    "conv_forward_naive", "cosine_similarity", "create_look_ahead_mask", "create_padding_mask",
    "djmodel", "Emojify_V2", "equalize", "get_angles", "image2vector",
    "initialize_parameters_deep", "initialize_with_zeros", "L1", "L2", "L_layer_model",
    "L_model_backward", "L_model_forward", "layer_sizes", "linear_activation_backward",
    "linear_activation_forward", "linear_backward", "linear_forward", "music_inference_model",
    "neutralize", "nn_model", "normalizeRows", "positional_encoding", "predict_and_sample",
    "pretrained_embedding_layer", "propagate", "scaled_dot_product_attention",
    "sentence_to_avg", "sentences_to_indices", "sigmoid_derivative", "svm_loss_naive",
    "two_layer_model", "unet_model",
])  # fmt: skip
