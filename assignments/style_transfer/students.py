"""Notebooks of the sample class that cannot be drawn from accepted answers and mistakes."""

from dltf.autograder import student

student("typo", "A name that TensorFlow does not have.")


def compute_content_cost(content_output, generated_output):
    a_C = content_output[-1]
    a_G = generated_output[-1]
    _, n_H, n_W, n_C = a_G.shape
    return tf.reducesum(tf.square(a_C - a_G)) / (4 * n_H * n_W * n_C)


student("hard_coded", "The numbers that the old notebook printed.")


def compute_content_cost(content_output, generated_output):
    return tf.constant(7.056877)


def total_cost(J_content, J_style, alpha=10, beta=40):
    return 34.0


student(
    "generation_2017",
    "The notebook of 2017: tensors instead of lists, get_shape, perm.",
    older=True,
)


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
