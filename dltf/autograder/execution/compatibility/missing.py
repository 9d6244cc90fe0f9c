"""Names that the star import of a missing helper file would have brought.

The course's helper files import what their notebooks use. A name that is defined nowhere is looked
up in the frameworks, and given if it can mean only one thing.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from typing import Any

from dltf import _syntax
from dltf.autograder.execution.compatibility.detection import parsed
from dltf.autograder.execution.compatibility.facade import MISSING, resolve

# What a name means on its own, then the places of others. Keras's layers come before its operations
# and TensorFlow's: a name that differs in case means another thing.
_MEANINGS = {
    "np": "numpy", "numpy": "numpy", "tf": "tensorflow", "tensorflow": "tensorflow",
    "keras": "keras", "layers": "keras.layers", "plt": "matplotlib.pyplot", "math": "math",
    "random": "random", "os": "os", "sys": "sys", "time": "time", "copy": "copy", "re": "re",
    "h5py": "h5py", "scipy": "scipy", "pd": "pandas", "json": "json", "itertools": "itertools",
    "K": "tensorflow.keras.backend",
}  # fmt: skip
_PLACES = (
    "keras", "keras.layers", "keras.models", "keras.optimizers", "keras.initializers",
    "keras.regularizers", "keras.callbacks", "keras.losses", "keras.metrics", "keras.utils",
)  # fmt: skip


def undefined(trees: Iterable[ast.Module]) -> set[str]:
    """Return the names that a program uses and defines nowhere."""
    used: set[str] = set()
    bound: set[str] = set()
    for tree in trees:
        for node in _syntax.walk(tree):
            if isinstance(node, ast.Name):
                (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
            else:
                bound.update(_bound(node))
    return used - bound - set(dir(builtins))


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node binds other than by assignment."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.partition(".")[0]
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name
    elif isinstance(node, (ast.Global, ast.Nonlocal)):
        yield from node.names
    elif isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
        yield node.name


def replaced(sources: Iterable[str]) -> set[str]:
    """Return the modules for which a program has something of its own, should they be missing.

    That is `try: from numba import njit` with `except ImportError: def njit(f): ...`.
    """
    found: set[str] = set()
    trees = parsed(one for one in sources if "except" in one and "import" in one)
    for node in (node for tree in trees for node in _syntax.walk(tree)):
        if not isinstance(node, ast.Try):
            continue
        spare = _names([part for handler in node.handlers for part in handler.body])
        for one in node.body:
            if isinstance(one, (ast.Import, ast.ImportFrom)) and _names([one]) & spare:
                module = getattr(one, "module", None)
                found |= {module} if module else {alias.name for alias in one.names}
    return found


def _names(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that some nodes bind."""
    every = [part for node in nodes for part in _syntax.walk(node)]
    stored = {n.id for n in every if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stored.union(*map(_bound, every))


def meaning(name: str) -> tuple[str, Any] | None:
    """Return the full name and the value of a name that can mean only one thing, else None."""
    if name in _MEANINGS:
        value = resolve(_MEANINGS[name])
        return None if value is MISSING else (_MEANINGS[name], value)
    found: dict[int, tuple[str, Any]] = {}
    for place in _PLACES:
        value = resolve(f"{place}.{name}")
        if value is not MISSING and callable(value):
            found.setdefault(id(value), (f"{place}.{name}", value))
    return next(iter(found.values())) if len(found) == 1 else None
