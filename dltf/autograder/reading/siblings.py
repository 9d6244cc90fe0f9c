"""Files of the student's own that a submission imports and that were not handed in."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Collection

from dltf.autograder.reading.statements import Statement
from dltf.autograder.reading.submission import Submission

_VERSION = re.compile(r"_?v\d+\w*$")


def missing_files(work: Submission, helpers: Collection[str]) -> list[Statement]:
    """Return the imports of modules that are neither installed nor given with the course.

    Args:
        work: the submission.
        helpers: the modules of the course whose names the topic provides.
    """
    given = {_VERSION.sub("", name) for name in helpers}
    return [s for s in work.statements if any(_is_missing(m, given) for m in modules_of(s))]


def modules_of(statement: Statement) -> list[str]:
    """Return the names of the modules that an import imports from, without their packages' parts.

    `from .a import b` imports from `a`.
    """
    node = statement.node
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module] if node.module else [alias.name for alias in node.names]
    return []


def _is_missing(module: str, given: Collection[str]) -> bool:
    top, _, rest = module.partition(".")
    if top in ("dltf", "__future__") or any(
        _VERSION.sub("", part) in given for part in (top, rest.rpartition(".")[2])
    ):
        return False
    try:
        return importlib.util.find_spec(top) is None
    except (ImportError, ValueError):
        return False


def missing_source(work: Submission, name: str, imports: Collection[Statement]) -> str:
    """Return the file that was to define a name and was not handed in, or "".

    Args:
        work: the submission.
        name: an exercise that the submission does not define.
        imports: its imports of missing files.
    """
    for statement in imports:
        module = modules_of(statement)[0]
        if name in statement.binds:
            return f"{module.rpartition('.')[2]}.py"
        starred = statement.kind == "always" and not statement.binds
        if starred and any(name in s.reads for s in work.statements):
            return f"{module.rpartition('.')[2]}.py"
    return ""


def attributes_of(node: ast.AST, name: str) -> set[str]:
    """Return the attributes that code reads of a module: `name.attribute`."""
    return {
        child.attr
        for child in ast.walk(node)
        if isinstance(child, ast.Attribute)
        and isinstance(child.value, ast.Name)
        and child.value.id == name
    }
