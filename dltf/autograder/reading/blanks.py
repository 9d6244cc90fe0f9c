"""Blanks: definitions that are unchanged from the handout, and lines that are still None."""

from __future__ import annotations

import ast


def is_blank(node: ast.stmt) -> bool:
    """Return whether a definition is an unchanged stub, without any work on the exercise."""
    if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return False
    if isinstance(node, ast.ClassDef):
        methods = [n for n in node.body if isinstance(n, ast.FunctionDef)]
        return any(_raises_stub(m) for m in methods) or (
            not methods and all(map(_empty, node.body))
        )
    body = [statement for statement in node.body if not _empty(statement)]
    return not body or _raises_stub(node)


def blanks(node: ast.stmt) -> list[int]:
    """Return the lines on which a definition still assigns or returns None as in the handout.

    A name that is set to None and assigned a value elsewhere is not a blank.
    """
    try:
        return _blanks(node)
    except RecursionError:  # a target a thousand attributes deep
        return []


def _blanks(node: ast.stmt) -> list[int]:
    found: dict[str, list[int]] = {}
    filled: set[str] = set()
    for child in ast.walk(node):
        if isinstance(child, ast.Return):
            if isinstance(child.value, ast.Constant) and child.value.value is None:
                found.setdefault("return", []).append(child.lineno)
            elif child.value is not None:
                filled.add("return")
        elif isinstance(child, (ast.Assign, ast.AnnAssign)):
            targets = child.targets if isinstance(child, ast.Assign) else [child.target]
            for target in targets:
                names = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
                value = child.value
                values = (
                    value.elts
                    if isinstance(value, (ast.Tuple, ast.List)) and len(names) == len(value.elts)
                    else [value] * len(names)
                )
                for name, item in zip(names, values, strict=True):
                    key = ast.dump(name)
                    if isinstance(item, ast.Constant) and item.value is None:
                        found.setdefault(key, []).append(child.lineno)
                    else:
                        filled.add(key)
        elif isinstance(child, ast.For):
            filled.add(ast.dump(child.target))
    return sorted(line for key, lines in found.items() if key not in filled for line in lines)


def _raises_stub(node: ast.stmt) -> bool:
    """Return whether a body always raises NotImplementedError (in a loop, but not an `if`)."""
    for child in getattr(node, "body", []):
        if isinstance(child, ast.Raise) and child.exc is not None:
            names = {n.id for n in ast.walk(child.exc) if isinstance(n, ast.Name)}
            if "NotImplementedError" in names:
                return True
        elif isinstance(child, (ast.For, ast.While, ast.With)) and _raises_stub(child):
            return True
    return False


def _empty(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Pass):
        return True
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return True
    return isinstance(statement, ast.Return) and (
        statement.value is None
        or (isinstance(statement.value, ast.Constant) and statement.value.value is None)
    )
