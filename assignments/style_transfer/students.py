"""Answers as real students hand them in, for the sample class: one class, one student.

What a student leaves out is right. The classes are read as text and never imported.
"""

# ruff: noqa: D102, F821, RET504, RUF059 - this is how students write

import numpy as np
import tensorflow as tf


class einsum:
    """Right, written differently: indices instead of shapes."""

    def gram_matrix(A):
        return tf.einsum("ip,jp->ij", A, A)

    def compute_layer_style_cost(a_S, a_G):
        n_H, n_W, n_C = a_S.shape[1:]
        GS = tf.einsum("bhwi,bhwj->ij", a_S, a_S)
        GG = tf.einsum("bhwi,bhwj->ij", a_G, a_G)
        return tf.reduce_sum((GS - GG) ** 2) / (2 * n_C * n_H * n_W) ** 2


class one_liners:
    """Right, written differently: means, a helper of their own."""

    def unrolled(a):
        return tf.transpose(tf.reshape(a, (-1, a.shape[-1])))

    def compute_content_cost(content_output, generated_output):
        return tf.reduce_mean(tf.square(content_output[-1] - generated_output[-1])) / 4

    def compute_layer_style_cost(a_S, a_G):
        GS, GG = gram_matrix(unrolled(a_S)), gram_matrix(unrolled(a_G))
        return tf.reduce_mean((GS - GG) ** 2) / (2 * a_S.shape[1] * a_S.shape[2]) ** 2


class reshape_only:
    """The shape is right and the rows are no channels: the best-known trap of this notebook."""

    def compute_layer_style_cost(a_S, a_G):
        _, n_H, n_W, n_C = a_G.get_shape().as_list()
        a_S = tf.reshape(a_S, [n_C, n_H * n_W])
        a_G = tf.reshape(a_G, [n_C, n_H * n_W])
        GS = gram_matrix(a_S)
        GG = gram_matrix(a_G)
        J_style_layer = tf.reduce_sum(tf.square(GS - GG)) / (4 * n_C**2 * (n_H * n_W) ** 2)
        return J_style_layer


class forgot_the_list:
    """Takes the lists for tensors."""

    def compute_content_cost(content_output, generated_output):
        m, n_H, n_W, n_C = generated_output.shape
        difference = tf.subtract(content_output, generated_output)
        return tf.reduce_sum(tf.square(difference)) / (4 * n_H * n_W * n_C)


class wrong_gram:
    """The other transpose; everything built on it is wrong, too."""

    def gram_matrix(A):
        GA = tf.matmul(tf.transpose(A), A)
        return GA


class factors:
    """Right sums, wrong factors."""

    def compute_content_cost(content_output, generated_output):
        a_C = content_output[-1]
        a_G = generated_output[-1]
        return 0.5 * tf.reduce_sum(tf.square(a_C - a_G))

    def compute_layer_style_cost(a_S, a_G):
        m, n_H, n_W, n_C = a_G.shape
        a_S = tf.transpose(tf.reshape(a_S, [n_H * n_W, n_C]))
        a_G = tf.transpose(tf.reshape(a_G, [n_H * n_W, n_C]))
        GS, GG = gram_matrix(a_S), gram_matrix(a_G)
        return tf.reduce_sum(tf.square(GS - GG)) / (4 * n_C * n_H * n_W)

    def total_cost(J_content, J_style, alpha=10, beta=40):
        return (alpha * J_content + beta * J_style) / (alpha + beta)


class swapped:
    """alpha for beta."""

    def total_cost(J_content, J_style, alpha=10, beta=40):
        J = alpha * J_style + beta * J_content
        return J


class normalised:
    """A Gram matrix as in other libraries."""

    def gram_matrix(A):
        n_C, n = A.shape
        return tf.matmul(A, A, transpose_b=True) / (n_C * n)


class typo:
    """A name that TensorFlow does not have."""

    def compute_content_cost(content_output, generated_output):
        a_C = content_output[-1]
        a_G = generated_output[-1]
        _, n_H, n_W, n_C = a_G.shape
        return tf.reducesum(tf.square(a_C - a_G)) / (4 * n_H * n_W * n_C)


class hard_coded:
    """The numbers that the old notebook printed."""

    def compute_content_cost(content_output, generated_output):
        return tf.constant(7.056877)

    def total_cost(J_content, J_style, alpha=10, beta=40):
        return 34.0


class numpy_only:
    """NumPy on the values: right, and no gradient comes through it."""

    def compute_content_cost(content_output, generated_output):
        a_C, a_G = np.array(content_output[-1]), np.array(generated_output[-1])
        return np.sum((a_C - a_G) ** 2) / (4 * a_C.size)


class generation_2017:
    """The notebook of 2017: tensors instead of lists, get_shape, perm."""

    def compute_content_cost(a_C, a_G):
        ### START CODE HERE ###
        # Retrieve dimensions from a_G (≈1 line)
        m, n_H, n_W, n_C = a_G.get_shape().as_list()

        # Reshape a_C and a_G (≈2 lines)
        a_C_unrolled = tf.reshape(a_C, [n_H * n_W, n_C])
        a_G_unrolled = tf.reshape(a_G, [n_H * n_W, n_C])

        # compute the cost with tensorflow (≈1 line)
        J_content = (
            1
            / (4 * n_H * n_W * n_C)
            * tf.reduce_sum(tf.square(tf.subtract(a_C_unrolled, a_G_unrolled)))
        )
        ### END CODE HERE ###
        return J_content

    def gram_matrix(A):
        ### START CODE HERE ### (≈1 line)
        GA = tf.matmul(A, A, transpose_b=True)
        ### END CODE HERE ###
        return GA

    def compute_layer_style_cost(a_S, a_G):
        ### START CODE HERE ###
        m, n_H, n_W, n_C = a_G.get_shape().as_list()
        a_S = tf.transpose(tf.reshape(a_S, [n_H * n_W, n_C]), perm=[1, 0])
        a_G = tf.transpose(tf.reshape(a_G, [n_H * n_W, n_C]), perm=[1, 0])
        GS = gram_matrix(a_S)
        GG = gram_matrix(a_G)
        J_style_layer = (
            1.0 / (4 * n_C**2 * (n_H * n_W) ** 2) * tf.reduce_sum(tf.square(tf.subtract(GS, GG)))
        )
        ### END CODE HERE ###
        return J_style_layer

    def total_cost(J_content, J_style, alpha=10, beta=40):
        ### START CODE HERE ### (≈1 line)
        J = alpha * J_content + beta * J_style
        ### END CODE HERE ###
        return J
