"""Other right answers to the style transfer assignment: each must get full marks."""

# ruff: noqa: B905, D103, F821, RET504, RUF059 - older notebooks; the reason is in the decorator

import keras
import numpy as np
import tensorflow as tf

from dltf.autograder import accepted, equivalent
from dltf.style_transfer import (
    STYLE_LAYERS,
    clip_0_1,
    compute_content_cost,
    compute_layer_style_cost,
    compute_style_cost,
    gram_matrix,
    total_cost,
    total_variation_cost,
)


@accepted("compute_content_cost", why="2017 notebooks: tensors, unrolled")
def content_of_2017(a_C, a_G):
    m, n_H, n_W, n_C = a_G.get_shape().as_list()
    a_C_unrolled = tf.transpose(tf.reshape(a_C, [n_H * n_W, n_C]))
    a_G_unrolled = tf.transpose(tf.reshape(a_G, [n_H * n_W, n_C]))
    J_content = (1 / (4 * n_H * n_W * n_C)) * tf.reduce_sum(
        tf.square(tf.subtract(a_C_unrolled, a_G_unrolled))
    )
    return J_content


@accepted("compute_content_cost", why="2021 notebooks: lists, unrolled")
def content_of_2021(content_output, generated_output):
    a_C = content_output[-1]
    a_G = generated_output[-1]
    m, n_H, n_W, n_C = a_G.get_shape().as_list()
    a_C_unrolled = tf.reshape(a_C, shape=[m, n_H * n_W, n_C])
    a_G_unrolled = tf.reshape(a_G, shape=[m, n_H * n_W, n_C])
    J_content = (1 / (4 * n_H * n_W * n_C)) * tf.reduce_sum(
        tf.square(tf.subtract(a_C_unrolled, a_G_unrolled))
    )
    return J_content


@accepted("compute_content_cost", why="a quarter of the mean square")
def content_by_the_mean(content_output, generated_output):
    return 0.25 * tf.reduce_mean((content_output[-1] - generated_output[-1]) ** 2)


@accepted("compute_content_cost", why="Keras's operations; the result as a plain number")
def content_by_keras(content_output, generated_output):
    difference = keras.ops.subtract(generated_output[-1], content_output[-1])
    return float(keras.ops.mean(keras.ops.square(difference))) / 4


@accepted("gram_matrix", why="2017 and 2021 notebooks: matmul with the transpose")
def gram_by_transpose(A):
    GA = tf.matmul(A, tf.transpose(A))
    return GA


@accepted("gram_matrix", why="einsum says which index is summed over")
def gram_by_einsum(A):
    return tf.einsum("ip,jp->ij", A, A)


@accepted("gram_matrix", why="NumPy's dot on tensors")
def gram_by_numpy(A):
    return np.dot(A, np.transpose(A))


@accepted("compute_layer_style_cost", why="2017 notebooks: transposed")
def style_of_2017(a_S, a_G):
    m, n_H, n_W, n_C = a_G.get_shape().as_list()
    a_S = tf.transpose(tf.reshape(a_S, [n_H * n_W, n_C]))
    a_G = tf.transpose(tf.reshape(a_G, [n_H * n_W, n_C]))
    GS = gram_matrix(a_S)
    GG = gram_matrix(a_G)
    J_style_layer = (1 / (4 * n_C**2 * (n_H * n_W) ** 2)) * tf.reduce_sum(
        tf.square(tf.subtract(GS, GG))
    )
    return J_style_layer


@accepted("compute_layer_style_cost", why="2021 notebooks: perm")
def style_of_2021(a_S, a_G):
    m, n_H, n_W, n_C = a_G.get_shape().as_list()
    a_S = tf.transpose(tf.reshape(a_S, shape=[n_H * n_W, n_C]), perm=[1, 0])
    a_G = tf.transpose(tf.reshape(a_G, shape=[n_H * n_W, n_C]), perm=[1, 0])
    GS = gram_matrix(a_S)
    GG = gram_matrix(a_G)
    J_style_layer = tf.reduce_sum(tf.square(GS - GG)) / (4.0 * n_C**2 * (n_H * n_W) ** 2)
    return J_style_layer


@accepted("compute_layer_style_cost", why="transposed first, then unrolled")
def style_transposed_first(a_S, a_G):
    n_C = a_S.shape[-1]
    GS, GG = (gram_matrix(tf.reshape(tf.transpose(a, (0, 3, 1, 2)), (n_C, -1))) for a in (a_S, a_G))
    return tf.reduce_mean((GS - GG) ** 2) / (2 * a_S.shape[1] * a_S.shape[2]) ** 2


@accepted("compute_layer_style_cost", why="einsum on the activations as they are")
def style_by_einsum(a_S, a_G):
    places = a_S.shape[1] * a_S.shape[2]
    GS, GG = (tf.einsum("bhwi,bhwj->ij", a, a) / places for a in (a_S, a_G))
    return tf.reduce_sum((GS - GG) ** 2) / (4 * a_S.shape[3] ** 2)


@accepted("compute_style_cost", why="2021 notebooks: zip of the lists without their last members")
def style_cost_of_2021(style_image_output, generated_image_output, STYLE_LAYERS=STYLE_LAYERS):
    J_style = 0
    a_S = style_image_output[:-1]
    a_G = generated_image_output[:-1]
    for i, weight in zip(range(len(a_S)), STYLE_LAYERS):
        J_style_layer = compute_layer_style_cost(a_S[i], a_G[i])
        J_style += weight[1] * J_style_layer
    return J_style


@accepted("total_cost", why="2017 and 2021 notebooks")
def total_of_2017(J_content, J_style, alpha=10, beta=40):
    J = alpha * J_content + beta * J_style
    return J


@accepted("compute_style_cost", why="2017 notebooks: activations by name, a session for a_S")
def style_in_a_session(model, STYLE_LAYERS):
    J_style = 0
    for layer_name, coeff in STYLE_LAYERS:
        out = model[layer_name]
        a_S = sess.run(out)
        a_G = out
        J_style_layer = compute_layer_style_cost(a_S, a_G)
        J_style += coeff * J_style_layer
    return J_style


@accepted("total_cost", why="2021 notebooks: a graph of its own")
def total_in_a_graph(J_content, J_style, alpha=10, beta=40):
    @tf.function
    def weighted():
        return alpha * J_content + beta * J_style

    return weighted()


@accepted("total_cost", why="TensorFlow's functions")
def total_by_functions(J_content, J_style, alpha=10, beta=40):
    return tf.add(tf.multiply(float(alpha), J_content), tf.multiply(float(beta), J_style))


@accepted("total_variation_cost", why="differences by name, then their absolute values")
def variation_step_by_step(picture):
    vertical = picture[:, 1:, :, :] - picture[:, :-1, :, :]
    horizontal = picture[:, :, 1:, :] - picture[:, :, :-1, :]
    J_variation = tf.reduce_sum(tf.abs(vertical)) + tf.reduce_sum(tf.abs(horizontal))
    return J_variation


@accepted("total_variation_cost", why="TensorFlow's own")
def variation_by_tensorflow(picture):
    return tf.image.total_variation(picture)[0]


@accepted("total_variation_cost", why="one sum over both; the other way round")
def variation_by_slices(picture):
    up = tf.abs(picture[:, :-1, :, :] - picture[:, 1:, :, :])
    left = tf.abs(picture[:, :, :-1, :] - picture[:, :, 1:, :])
    return tf.reduce_sum(tf.concat([tf.reshape(up, -1), tf.reshape(left, -1)], axis=0))


@accepted("train_step", why="2021 notebooks: apply_gradients")
def step_of_2021(
    generated_image,
    get_outputs,
    content_output,
    style_output,
    optimizer,
    STYLE_LAYERS=STYLE_LAYERS,
    alpha=10,
    beta=40,
    gamma=0.0,
):
    with tf.GradientTape() as tape:
        a_G = get_outputs(generated_image)
        J_style = compute_style_cost(style_output, a_G, STYLE_LAYERS)
        J_content = compute_content_cost(content_output, a_G)
        J = total_cost(J_content, J_style, alpha, beta) + gamma * total_variation_cost(
            generated_image
        )
    grad = tape.gradient(J, generated_image)
    optimizer.apply_gradients([(grad, generated_image)])
    generated_image.assign(clip_0_1(generated_image))
    return J, J_content, J_style


equivalent(
    "compute_content_cost",
    "check_outputs(content_output=content_output, generated_output=generated_output)",
    "pass",
    why="a check that students are given, of what no case hands over",
)

equivalent(
    "compute_content_cost",
    "check_outputs(content_output=content_output, generated_output=generated_output)",
    "check_outputs(generated_output=generated_output)",
    why="a check that students are given, of what no case hands over",
)

equivalent(
    "compute_content_cost",
    "check_outputs(content_output=content_output, generated_output=generated_output)",
    "check_outputs(content_output=content_output)",
    why="a check that students are given, of what no case hands over",
)

equivalent(
    "compute_content_cost",
    "(content_output[-1], generated_output[-1])",
    "(generated_output[-1], content_output[-1])",
    why="the difference is squared, or its size is taken: its sign is lost",
)

equivalent(
    "compute_content_cost",
    "a_C - a_G",
    "a_G - a_C",
    why="the difference is squared, or its size is taken: its sign is lost",
)

equivalent(
    "compute_layer_style_cost",
    "check_activations(a_S=a_S, a_G=a_G)",
    "pass",
    why="a check that students are given, of what no case hands over",
)

equivalent(
    "compute_layer_style_cost",
    "check_activations(a_S=a_S, a_G=a_G)",
    "check_activations(a_G=a_G)",
    why="a check that students are given, of what no case hands over",
)

equivalent(
    "compute_layer_style_cost",
    "check_activations(a_S=a_S, a_G=a_G)",
    "check_activations(a_S=a_S)",
    why="a check that students are given, of what no case hands over",
)

equivalent(
    "compute_layer_style_cost",
    "gram_matrix(A_S) - gram_matrix(A_G)",
    "gram_matrix(A_G) - gram_matrix(A_S)",
    why="the difference is squared, or its size is taken: its sign is lost",
)

equivalent(
    "compute_style_cost",
    ignores="STYLE_LAYERS",
    why="the default has the same name as the parameter",
)

equivalent(
    "compute_style_cost",
    "check_outputs(style_image_output=style_image_output, "
    "generated_image_output=generated_image_output)",
    "pass",
    why="a check that students are given, of what no case hands over",
)

equivalent(
    "compute_style_cost",
    "check_outputs(style_image_output=style_image_output, "
    "generated_image_output=generated_image_output)",
    "check_outputs(generated_image_output=generated_image_output)",
    why="a check that students are given, of what no case hands over",
)

equivalent(
    "compute_style_cost",
    "check_outputs(style_image_output=style_image_output, "
    "generated_image_output=generated_image_output)",
    "check_outputs(style_image_output=style_image_output)",
    why="a check that students are given, of what no case hands over",
)

equivalent(
    "compute_style_cost",
    "zip(STYLE_LAYERS, style_image_output[:-1], generated_image_output[:-1], strict=True)",
    "zip(STYLE_LAYERS, style_image_output[:-1], generated_image_output[:-1])",
    why="no case hands over lists of another length than the layers",
)

equivalent(
    "compute_style_cost",
    "zip(STYLE_LAYERS, style_image_output[:-1], generated_image_output[:-1], strict=True)",
    "zip(STYLE_LAYERS, generated_image_output[:-1], style_image_output[:-1], strict=True)",
    why="the difference is squared, or its size is taken: its sign is lost",
)

equivalent(
    "compute_style_cost",
    "zip(STYLE_LAYERS, style_image_output[:-1], generated_image_output[:-1], strict=True)",
    "zip(STYLE_LAYERS, style_image_output[:-1], generated_image_output[:-1], strict=False)",
    why="no case hands over lists of another length than the layers",
)

equivalent(
    "compute_style_cost",
    "compute_layer_style_cost(a_S, a_G)",
    "compute_layer_style_cost(a_G, a_S)",
    why="the difference is squared, or its size is taken: its sign is lost",
)

equivalent(
    "total_variation_cost",
    "picture[:, 1:] - picture[:, :-1]",
    "picture[:, :-1] - picture[:, 1:]",
    why="the difference is squared, or its size is taken: its sign is lost",
)

equivalent(
    "total_variation_cost",
    "picture[:, :, 1:] - picture[:, :, :-1]",
    "picture[:, :, :-1] - picture[:, :, 1:]",
    why="the difference is squared, or its size is taken: its sign is lost",
)

equivalent(
    "train_step", ignores="STYLE_LAYERS", why="the default has the same name as the parameter"
)

equivalent(
    "train_step",
    "compute_content_cost(content_output, outputs)",
    "compute_content_cost(outputs, content_output)",
    why="the difference is squared, or its size is taken: its sign is lost",
)

equivalent(
    "train_step",
    "compute_style_cost(style_output, outputs, STYLE_LAYERS)",
    "compute_style_cost(outputs, style_output, STYLE_LAYERS)",
    why="the difference is squared, or its size is taken: its sign is lost",
)
