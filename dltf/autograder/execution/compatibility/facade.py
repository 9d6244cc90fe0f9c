"""Libraries as an older program sees them: modules in front of today's, and the import of them."""

from __future__ import annotations

import builtins
import importlib
import types
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

MISSING = object()


def resolve(path: str) -> Any:
    """Return what a full name stands for in today's libraries, MISSING if they have no such."""
    parts = path.split(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value: Any = importlib.import_module(parts[0])
        except ImportError:
            return MISSING
        for i, part in enumerate(parts[1:], 2):
            below = member(value, part)
            if below is MISSING and isinstance(value, types.ModuleType):
                try:
                    below = importlib.import_module(".".join(parts[:i]))
                except Exception:
                    return MISSING
            if below is MISSING:
                return MISSING
            value = below
    return value


def member(value: Any, name: str) -> Any:
    """Return an attribute, MISSING if there is none (NumPy warns of some, or raises)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return getattr(value, name)
        except Exception:
            return MISSING


class Facade(types.ModuleType):
    """A module in front of others: what it does not override, they have.

    Args:
        path: its full name.
        modules: the modules behind it, in the order in which a name is looked up.
        find: of a full name, what stands for it before or (`late`) after the modules behind.
    """

    def __init__(
        self,
        path: str,
        modules: Callable[[], Sequence[Any]],
        find: Callable[[str, bool], Any],
    ) -> None:
        super().__init__(path)
        self.__dict__["_modules"], self.__dict__["_find"] = modules, find
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return [name for name in dir(self) if not name.startswith("_")]
        modules, find = self.__dict__["_modules"], self.__dict__["_find"]
        path = f"{self.__name__}.{name}"
        value = find(path, False)
        if value is not MISSING:
            return value
        for module in modules():
            value = _below(module, name)
            if isinstance(value, types.ModuleType):
                return self._part(name)
            if value is not MISSING:
                return value
        value = find(path, True)
        if value is MISSING:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return value

    def _part(self, name: str) -> Facade:
        """Return the facade of a module within these, which are looked up in the same order."""
        modules = self.__dict__["_modules"]

        def parts() -> Sequence[Any]:
            found = (_below(module, name) for module in modules())
            return [part for part in found if isinstance(part, types.ModuleType)]

        part = Facade(f"{self.__name__}.{name}", parts, self.__dict__["_find"])
        self.__dict__[name] = part
        return part

    def __dir__(self) -> list[str]:
        names: set[str] = set()
        for module in self.__dict__["_modules"]():
            names.update(getattr(module, "__all__", None) or dir(module))
        return sorted(names)


def _below(module: Any, name: str) -> Any:
    """Return an attribute of a module, or a module in its folder."""
    value = member(module, name)
    if value is not MISSING or not hasattr(module, "__path__") or name.startswith("__"):
        return value
    try:
        return importlib.import_module(f"{module.__name__}.{name}")
    except Exception:
        return MISSING


def importer(tops: Mapping[str, Facade]) -> Callable[..., Any]:
    """Return an `__import__` that gives out facades for some libraries."""

    def import_(
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        first, *rest = name.split(".")
        if level or first not in tops:
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        value: Any = tops[first]
        for part in rest:
            value = member(value, part)
            if value is MISSING:  # today's own message is the best
                return builtins.__import__(name, globals, locals, fromlist or (), level)
        return value if fromlist else tops[first]

    return import_


def chain(*finders: Callable[[str, bool], Any]) -> Callable[[str, bool], Any]:
    """Return a finder that asks others in turn."""

    def find(path: str, late: bool) -> Any:
        for one in finders:
            value = one(path, late)
            if value is not MISSING:
                return value
        return MISSING

    return find


def first_of(paths: Iterable[str]) -> Any:
    """Return what the first of several full names stands for that exists, MISSING if none does."""
    for path in paths:
        value = resolve(path)
        if value is not MISSING:
            return value
    return MISSING
