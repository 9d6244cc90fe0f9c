"""Functions of TensorFlow on the symbolic tensors of Keras, which Keras 2 allowed.

`tf.nn.relu(X)` was a layer of a functional model; Keras 3 raises. Calls of TensorFlow in a program
that uses Keras are rewritten: what is put in their place does the same first, and makes the call an
operation of the model only where that fails.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from dltf.autograder.execution.compatibility.detection import Asked, Rewriter, path_of

CALL = "_dltf_symbolic_"


def is_asked_for(asked: Asked) -> bool:
    """Return whether a program uses TensorFlow's functions next to Keras's layers."""
    families = {path.partition(".")[0] for path in asked.paths}
    return {"tensorflow", "keras"} <= families


class Calls(Rewriter):
    """Rewrites `tf.nn.relu(X)`.

    Args:
        known: local names of modules and their members: name -> full name.
    """

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = known

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Rewrite one call."""
        self.generic_visit(node)
        path = path_of(node.func, self.known)
        if path is None or not path.startswith("tensorflow.") or not node.args + node.keywords:
            return node
        function = ast.copy_location(ast.Name(CALL, ast.Load()), node.func)
        return ast.copy_location(ast.Call(function, [node.func, *node.args], node.keywords), node)


def symbolic_functions(note: Callable[[str], None]) -> dict[str, Any]:
    """Return what rewritten code calls: name -> function.

    Args:
        note: called when a function of TensorFlow became an operation of a model.
    """

    def call(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except (TypeError, ValueError) as error:
            if "KerasTensor" not in str(error):
                raise
            result = _operation(function)(*args, **kwargs)
        note("keras 2")
        return result

    return {CALL: call}


def _operation(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function as an operation that symbolic tensors can be passed to."""
    import keras

    class Function(keras.Operation):
        def call(self, *args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

    operation: Callable[..., Any] = Function()
    return operation
