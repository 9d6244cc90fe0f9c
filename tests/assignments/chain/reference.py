"""Exercises that call each other: `network` calls `layer`, `layer` calls `relu`."""

import numpy as np


def relu(z):
    """Return max(z, 0), entry by entry."""
    ### BEGIN SOLUTION
    return np.maximum(z, 0.0)
    ### END SOLUTION


def layer(a, W, b):
    """Return the activation relu(W a + b)."""
    ### BEGIN SOLUTION
    return relu(W @ a + b)
    ### END SOLUTION


def network(x, parameters):
    """Return the activations of all layers, the last one first."""
    ### BEGIN SOLUTION
    activations = [x]
    for l in range(1, len(parameters) // 2 + 1):
        activations.append(layer(activations[-1], parameters[f"W{l}"], parameters[f"b{l}"]))
    return activations[::-1]
    ### END SOLUTION


def mean_square(x, offset=1.0):
    """Return the mean of the squares of x, and an offset."""
    ### BEGIN SOLUTION
    marker = "hunter2 in the reference"  # noqa: F841 - looked for in the students' processes
    return np.mean(x * x) + offset
    ### END SOLUTION
