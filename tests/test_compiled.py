"""Compiled functions: TensorFlow traces them, and AutoGraph rewrites none of them."""

import ast
from pathlib import Path

import pytest

import dltf

PACKAGE = Path(dltf.__file__).parent


def rewritten(source):
    """Return the lines of a program that mention `tf.function` without `autograph=False`."""
    tree = ast.parse(source)
    without = {
        node.func
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and any(k.arg == "autograph" and ast.unparse(k.value) == "False" for k in node.keywords)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) == "tf.function"
        and node not in without
    ]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("@tf.function\ndef f(): pass", [1]),
        ("\nf = tf.function(g)", [2]),
        ("@tf.function(reduce_retracing=True)\ndef f(): pass", [1]),
        ("@tf.function(autograph=True)\ndef f(): pass", [1]),
        ("@tf.function(autograph=False)\ndef f(): pass", []),
        ("f = tf.function(g, reduce_retracing=True, autograph=False)", []),
    ],
)
def test_functions_that_autograph_would_rewrite_are_found(source, lines):
    assert rewritten(source) == lines


def test_nothing_relies_on_autograph():
    """AutoGraph writes programs anew by Python's syntax tree, which changes with every version.

    On 3.13 it gives up where warnings are errors (`Constant.__init__ got an unexpected keyword
    argument`), and what it leaves as it is cannot loop over a tensor. Loops and branches on tensors
    are `tf.while_loop`, `tf.map_fn` and `tf.where`.
    """
    found = {
        str(path.relative_to(PACKAGE)): lines
        for path in sorted(PACKAGE.rglob("*.py"))
        if (lines := rewritten(path.read_text("utf-8")))
    }
    assert not found
