"""Names that courses share, and names of other courses: facts of the field, used as evidence."""

# Names of functions that many courses ask for.
SHARED_NAMES = frozenset([
    "accuracy", "Adam", "backward", "backward_propagation", "beam_search", "clip", "compute_cost",
    "compute_loss", "contrastive_loss", "cost", "cross_entropy", "forward", "forward_propagation",
    "initialize_parameters", "iou", "loss", "masked_softmax", "model", "numerical_gradient",
    "one_hot", "optimize", "pairwise_distances", "predict",
    "preprocess", "sample", "sigmoid", "softmax", "train", "update_parameters", "verify",
])  # fmt: skip

# Names of functions that other courses use, too, with other parameters.
COMMON_NAMES = frozenset([
    "conv_backward", "conv_forward", "convolutional_block", "gram_matrix", "identity_block", "iou",
    "linear_function", "lstm_backward", "lstm_forward", "pool_backward", "pool_forward", "ResNet50",
    "rnn_backward", "rnn_forward", "total_cost", "train_step", "triplet_loss",
])  # fmt: skip

# Names of parameters that tell nothing about an exercise.
SHARED_PARAMETERS = frozenset([
    "A", "a", "A2", "A3", "AL", "b", "box1", "box2", "cache", "caches", "data", "gradients",
    "grads",
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

# Frameworks that none of ours uses.
FOREIGN_FRAMEWORKS = frozenset([
    "chainer", "fastai", "fastbook", "flax", "gym", "gymnasium", "haiku", "jax", "lasagne",
    "lightning", "mxnet", "paddle", "pytorch_lightning", "theano", "tflearn", "torch",
    "torchtext", "torchvision", "transformers", "trax",
])  # fmt: skip

# Functions that other courses ask for, and ours do not.
FOREIGN_NAMES = frozenset([
    "affine_backward", "affine_forward", "basic_sigmoid", "batchnorm_forward", "build_freqs",
    "cofi_cost_func", "complete_analogy", "compute_centroids", "compute_entropy",
    "compute_gradient", "computeCost", "conv_backward_naive", "conv_forward_naive", "corr2d",
    "cosine_similarity", "costFunction", "create_look_ahead_mask", "create_padding_mask",
    "discriminator_loss", "djmodel", "Emojify_V2", "equalize", "estimate_gaussian",
    "evaluate_accuracy", "featureNormalize", "find_closest_centroids", "generator_loss",
    "get_angles", "get_best_split", "gradientDescent", "image2vector",
    "initialize_parameters_deep", "initialize_with_zeros", "kMeans_init_centroids", "L1", "L2",
    "L_layer_model", "L_model_backward", "L_model_forward", "layer_sizes", "layernorm_forward",
    "linear_activation_backward", "linear_activation_forward", "linear_backward",
    "linear_forward", "lrCostFunction", "lstm_step_forward", "make_discriminator_model",
    "make_generator_model", "mapFeature", "max_pool_forward_naive", "music_inference_model",
    "my_softmax", "neutralize", "nn_model", "nnCostFunction", "normalizeRows", "plotData",
    "positional_encoding", "predict_and_sample", "pretrained_embedding_layer", "process_tweet",
    "propagate", "scaled_dot_product_attention", "select_threshold", "sentence_to_avg",
    "sentences_to_indices", "sigmoid_derivative", "sigmoidGradient", "softmax_loss_naive",
    "softmax_loss_vectorized", "split_input_target", "squared_loss", "style_content_loss",
    "svm_loss_naive", "svm_loss_vectorized", "temporal_softmax_loss", "train_ch3", "try_gpu",
    "tv_loss", "two_layer_model", "unet_model", "vgg_layers", "word_embedding_forward",
    "zscore_normalize_features",
])  # fmt: skip
