"""The compatibility layer of one program: what is switched on for it, and what it did."""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib.util
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from dltf import _syntax
from dltf.autograder.execution.compatibility import keras2, missing, numpy1, symbolic
from dltf.autograder.execution.compatibility.detection import (
    FAMILIES,
    Asked,
    aliases,
    asked,
    normal,
    parsed,
)
from dltf.autograder.execution.compatibility.facade import (
    MISSING,
    Facade,
    chain,
    importer,
    member,
    resolve,
)
from dltf.autograder.execution.compatibility.tensorflow1 import Graphs

NAMES = {"tensorflow": "tensorflow 1", "keras": "keras 2", "numpy": "numpy 1", "scipy": "scipy 1"}


class Layer:
    """What one program gets.

    Args:
        sources: the program.
        seed: seed of the graphs of TensorFlow 1.
        enabled: whether anything is switched on at all.

    Attributes:
        used: short names of what was switched on.
    """

    def __init__(self, sources: Iterable[str] = (), seed: int = 0, enabled: bool = True) -> None:
        self.used: list[str] = []
        self._numbers = enabled and numpy1.is_strict()
        trees = parsed(sources) if enabled else []
        known = aliases(trees)
        self._stars = [name for name in _stars(trees) if _is_missing(name)]
        self._undefined = missing.undefined(trees) if _stars(trees) else set()
        known |= _through_stars(_stars(trees), self._undefined, known)
        self.asked, self._known = asked(trees, known), known
        self._symbolic = symbolic.is_asked_for(self.asked)
        self._graphs = Graphs(seed)
        on = _families(self.asked)
        self._tops = self._facades(on) if on else {}
        for family in sorted(on):
            self.note(NAMES[family])

    def note(self, name: str) -> None:
        """Report something that was switched on."""
        if name not in self.used:
            self.used.append(name)

    def _facades(self, on: set[str]) -> dict[str, Facade]:
        """Return the modules that are in front of others: name -> facade."""
        graphs = self._graphs
        find_keras = keras2.finder(self.asked.unsized, self.asked.keywords, graphs.session)
        tops: dict[str, Facade] = {}

        def keras_of_tensorflow(path: str, late: bool) -> Any:
            for prefix in ("keras", "python.keras", "contrib.keras", "compat.v1.keras"):
                if path == f"tensorflow.{prefix}":
                    return tops["keras"]
            return MISSING

        def versions(path: str, late: bool) -> Any:
            if path == "tensorflow.compat.v1":
                return tops["tensorflow.compat.v1"]
            return MISSING

        if on & {"tensorflow", "keras"}:
            find = chain(keras_of_tensorflow, versions, graphs.find)
            tops["keras"] = Facade("keras", lambda: [resolve("keras")], find_keras)
            tops["tensorflow"] = Facade("tensorflow", graphs.modules, find)
            tops["tensorflow.compat.v1"] = Facade("tensorflow.compat.v1", graphs.old_first, find)
        if "numpy" in on or self.asked.graph:
            tops["numpy"] = Facade("numpy", lambda: [resolve("numpy")], numpy1.find_numpy)
        if "scipy" in on:
            tops["scipy"] = Facade("scipy", lambda: [resolve("scipy")], numpy1.find_scipy)
        return tops

    # Building -----------------------------------------------------------------------------------

    def prepare(self, namespace: dict[str, Any]) -> None:
        """Give a new namespace its own `import`, if it needs one, and what rewritten code calls."""
        if self._tops:
            own = importer({name: top for name, top in self._tops.items() if "." not in name})
            namespace["__builtins__"] = vars(builtins) | {"__import__": own}
        if self._numbers:
            namespace |= numpy1.number_functions(self.note)
        if self._symbolic:
            namespace |= symbolic.symbolic_functions(self.note)

    def rewritten(self, tree: ast.Module) -> ast.Module:
        """Return a tree in which arrays of one element may be numbers, and methods' old names."""
        if self._numbers:
            tree = numpy1.Numbers().visit(tree)
        if self._symbolic:
            tree = symbolic.Calls(self._known).visit(tree)
        if any(path == "keras.Model.fit" for path in self.asked.keywords):
            tree = keras2.Methods().visit(tree)
        return tree

    def provide(self, namespace: dict[str, Any]) -> None:
        """Add the names that star imports of missing files would have brought.

        Those of the topic, which come in their place, bring today's libraries.
        """
        if self._tops:
            for name, value in list(namespace.items()):
                if isinstance(value, types.ModuleType) and not isinstance(value, Facade):
                    path = normal(self._known.get(name, value.__name__))
                    namespace[name] = self._seen(path, value)
        for name in sorted(self._undefined - set(namespace)) if self._stars else ():
            found = missing.meaning(name)
            if found is None:
                continue
            path, value = found
            value = self._seen(path, value)
            namespace[name] = value
            self.note(path)

    def _seen(self, path: str, value: Any) -> Any:
        """Return something as the program sees it: through its facade, if there is one."""
        first, *rest = path.split(".")
        if first not in self._tops:
            return value
        seen: Any = self._tops[first]
        for part in rest:
            seen = member(seen, part)
        return value if seen is MISSING else seen

    def context_of(self, tree: ast.Module) -> Callable[[], AbstractContextManager[None]]:
        """Return the context in which a part of the program is executed."""
        return self._at_top if self._needs_graph(tree) else contextlib.nullcontext

    @contextlib.contextmanager
    def _at_top(self) -> Iterator[None]:
        with self._graphs.entered(top=True), self._graphs.preferred():
            yield

    def _needs_graph(self, tree: ast.Module) -> bool:
        if not self.asked.graph:
            return False
        bound = {
            node.id
            for statement in tree.body
            if not isinstance(statement, (ast.FunctionDef, ast.ClassDef))
            for node in _syntax.walk(statement)
            if isinstance(node, ast.Name)
        }
        return bool(bound & self.asked.graph)

    # Calling ------------------------------------------------------------------------------------

    def call(
        self, name: str, function: Callable[..., Any], args: Any, kwargs: Mapping[str, Any]
    ) -> Any:
        """Call a function of the program: inside a graph, if it is written for one."""
        if "tensorflow" not in self._tops:
            return function(*args, **kwargs)
        with self._graphs.preferred() if name in self.asked.old else contextlib.nullcontext():
            if name in self.asked.graph:
                top = name in self.asked.global_graph
                return self._graphs.call(function, args, dict(kwargs), top=top)
            try:
                return function(*args, **kwargs)
            except (RuntimeError, AttributeError) as error:
                if "eager" not in str(error).lower():
                    raise
        with self._graphs.preferred():
            return self._graphs.call(function, args, dict(kwargs), top=False)

    def opened(self, name: str) -> AbstractContextManager[Any]:
        """Return the context of a graph of TensorFlow 1 in which a function can be called."""
        return self._graphs.opened(top=name in self.asked.global_graph)


def _stars(trees: Iterable[ast.Module]) -> list[str]:
    """Return the modules of which a program imports everything."""
    return [
        node.module
        for tree in trees
        for node in _syntax.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module
        and any(one.name == "*" for one in node.names)
    ]


def _is_missing(name: str) -> bool:
    """Return whether a module is not installed."""
    try:
        return importlib.util.find_spec(name.partition(".")[0]) is None
    except (ImportError, ValueError):
        return True


def _through_stars(
    stars: Iterable[str], names: Iterable[str], known: Mapping[str, str]
) -> dict[str, str]:
    """Return what names from star imports stand for: name -> full name."""
    found: dict[str, str] = {}
    for name in names:
        if name in known:
            continue
        for module in stars:
            path = f"{module}.{name}"
            if module.partition(".")[0] in FAMILIES and resolve(path) is not MISSING:
                found[name] = path
        if name not in found and any(map(_is_missing, stars)):
            meant = missing.meaning(name)
            if meant is not None and meant[0].partition(".")[0] in FAMILIES:
                found[name] = meant[0]
    return found


def _families(asked: Asked) -> set[str]:
    """Return the libraries of which a program asks for something that is gone."""
    on: set[str] = set()
    for path in asked.paths:
        family = path.partition(".")[0]
        if family not in on and _is_gone(path):
            on.add(family)
    for path in asked.keywords:
        on.add(path.partition(".")[0])
    if asked.unsized:
        on.add("keras")
    if asked.generators and "numpy.sum" in asked.paths:
        on.add("numpy")
    if asked.graph and "keras" not in on:
        on.add("tensorflow")
    return on


def _is_gone(path: str) -> bool:
    """Return whether a full name stands for nothing today."""
    if path.startswith("tensorflow.compat.v1"):
        return True
    if path.startswith("scipy.misc"):
        return resolve("scipy.misc.imread") is MISSING
    return resolve(path) is MISSING
