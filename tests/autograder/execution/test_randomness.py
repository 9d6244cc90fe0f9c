"""Seeds: every program and case draws the same, whatever its process has run before."""

import random
import subprocess
import sys

import numpy as np
import pytest

from dltf.autograder.execution.randomness import seed_streams

# Each line is what a case may draw, in TensorFlow, Keras, NumPy and Python.
DRAWS = """
import random
import numpy as np
import tensorflow as tf
import keras

def draws():
    return [
        float(tf.random.normal([])),
        float(tf.random.uniform([], seed=3)),
        float(tf.random.stateless_uniform([], seed=[1, 2])),
        tf.random.shuffle(tf.range(20)).numpy().tolist(),
        float(keras.random.normal([])),
        float(keras.layers.Dense(1)(np.ones((1, 1)))[0, 0]),
        keras.layers.Dense(2).name,
    ]

from dltf.autograder.execution.randomness import fresh_frameworks, seed_frameworks
"""


def run(program):
    """Return what a program prints, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", DRAWS + program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1]


def test_seeds_reach_every_stream_of_python_and_numpy():
    seed_streams(2**40 + 3)
    first = random.random(), np.random.rand()  # noqa: NPY002
    seed_streams(2**40 + 3)
    assert first == (random.random(), np.random.rand())  # noqa: NPY002


@pytest.fixture(scope="module")
def fresh():
    """Return what the first program of a cold process draws with seed 7, in two cases."""
    return run(
        "fresh_frameworks(7, warm=False); print(draws())\n"
        "seed_frameworks(8, warm=False); print(draws())"
    )


def test_two_seeds_draw_differently(fresh):
    first, second = fresh
    assert first != second


def test_a_warm_process_draws_like_a_fresh_one(fresh):
    again = (
        "fresh_frameworks(7, warm=True); print(draws())\n"
        "seed_frameworks(8, warm=True); print(draws())\n"
    )
    assert run(f"{again}{again}draws(); draws()\n{again}") == 3 * fresh


def test_kernels_are_kept_unless_something_was_drawn():
    counted = """
from tensorflow.python import pywrap_tfe
real, cleared = pywrap_tfe.TFE_ContextClearCaches, []
def clear(context):
    cleared.append(1)
    real(context)
pywrap_tfe.TFE_ContextClearCaches = clear
tf.constant(1)
fresh_frameworks(1, warm=True); print(len(cleared))
tf.constant(1.0) + 1.0; keras.random.normal([2])
seed_frameworks(2, warm=True); print(len(cleared))
tf.random.normal([2])
seed_frameworks(3, warm=True); print(len(cleared))
seed_frameworks(4, warm=True); print(len(cleared))
seed_frameworks(5, warm=False); print(len(cleared))
"""
    assert run(counted) == ["0", "0", "1", "1", "2"]
