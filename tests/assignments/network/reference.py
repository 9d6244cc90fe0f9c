"""A class as an exercise, and one whose judgement is random."""

import numpy as np


class Momentum:
    """Remembers a running mean."""

    def __init__(self, beta=0.9):
        self.beta, self.mean = beta, 0.0

    def update(self, x):
        """Take in x and return the running mean."""
        ### BEGIN SOLUTION
        self.mean = self.beta * self.mean + (1 - self.beta) * x
        return self.mean
        ### END SOLUTION


def he(layers_dims):
    """Return weights 'W1', ... of variance 2 / n[l-1]."""
    ### BEGIN SOLUTION
    return {
        f"W{l}": np.random.randn(layers_dims[l], layers_dims[l - 1])  # noqa: NPY002
        * np.sqrt(2 / layers_dims[l - 1])
        for l in range(1, len(layers_dims))
    }
    ### END SOLUTION


def tour(n):
    """Return the numbers below n, in any order."""
    ### BEGIN SOLUTION
    return list(range(n))
    ### END SOLUTION
