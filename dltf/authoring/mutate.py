"""Equivalent mutants: changes of the reference that no case detects, as assignments declare.

A surviving mutant is either a gap in the assignment, or it behaves like the reference; then the
assignment declares it with `equivalent(exercise, old, new, why=...)`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dltf import _syntax
from dltf.autograder.assignment.declarations import Equivalent
from dltf.autograder.assignment.mutants import Mutant, defaults, mutants
from dltf.autograder.assignment.rewrite import PatternError, rewrite


def match(
    source: str, equivalents: Iterable[Equivalent], first_line: int = 1, file: str = ""
) -> tuple[dict[str, Equivalent], list[tuple[Equivalent, str]]]:
    """Find the mutant that each declared equivalent of an exercise speaks of.

    Args:
        source: the exercise's reference.
        equivalents: what is declared about it.
        first_line: the line of its file on which the reference begins, for the reasons.
        file: the name of that file.

    Returns:
        The equivalents by their mutant's change; and those that match none, with the reason.
    """
    by_code = {_code(mutant.source): mutant for mutant in mutants(source)}
    by_parameter = {mutant.ignores: mutant for mutant in mutants(source) if mutant.ignores}
    matched, unmatched = {}, []
    for one in equivalents:
        reason = "expected a change that `dltf verify` makes of the reference, got another"
        mutant = by_parameter.get(one.ignores)
        if one.old:
            try:
                mutant = by_code.get(_code(rewrite(source, one.old, one.new, first_line).source))
            except PatternError as error:
                reason = f"{error} ({file})" if file else str(error)
        if mutant is None:
            unmatched.append((one, reason))
        else:
            matched[mutant.change] = one
    return matched, unmatched


def declaration(exercise: str, source: str, mutant: Mutant) -> str:
    """Return the `equivalent(...)` that speaks of a mutant, to be copied into `accepted.py`."""
    if mutant.ignores:
        return f"equivalent({exercise!r}, ignores={mutant.ignores!r}, why=...)"
    old, new = shortest_edit(source, mutant.source)
    return f"equivalent({exercise!r}, {old!r}, {new!r}, why=...)"


def shortest_edit(source: str, mutated: str) -> tuple[str, str]:
    """Return the least code, and what takes its place, that makes one source into the other."""
    wanted = _code(mutated)
    for old, new in reversed(list(_differing(_syntax.parse(source), _syntax.parse(mutated)))):
        try:
            if _code(rewrite(source, old, new).source) == wanted:
                return old, new
        except PatternError:
            continue
    return source, mutated


def _differing(before: ast.AST, after: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield what differs between two trees, outside in, down to the least that reads as code."""
    if isinstance(before, (ast.expr, ast.stmt)) and not isinstance(before, _TOO_SMALL):
        yield ast.unparse(before), ast.unparse(after)
    elif isinstance(before, ast.arguments) and isinstance(after, ast.arguments):
        pairs = zip(defaults(before), defaults(after), strict=True)
        for (name, default), (_, changed) in pairs:
            if ast.dump(default) != ast.dump(changed):
                yield f"{name}={ast.unparse(default)}", f"{name}={ast.unparse(changed)}"
        return
    if type(before) is not type(after):
        return
    found: list[tuple[list[ast.AST], list[ast.AST], int]] = []
    for field, value in ast.iter_fields(before):
        ours, theirs = _listed(value), _listed(getattr(after, field))
        if len(ours) != len(theirs):
            return
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            if ast.dump(one) != ast.dump(other):
                found.append((ours, theirs, index))
    if len(found) != 1:
        return
    ours, theirs, index = found[0]
    if isinstance(ours[index], ast.stmt):
        for before_it, after_it in ((2, 1), (1, 1), (0, 1), (1, 0)):  # neighbours tell twins apart
            around = slice(max(index - before_it, 0), index + after_it + 1)
            yield _joined(ours[around]), _joined(theirs[around])
    yield from _differing(ours[index], theirs[index])


# Named alone, these would hardly say where they are.
_TOO_SMALL = (ast.Name, ast.Attribute, ast.Constant, ast.Slice, ast.UnaryOp)


def _listed(value: object) -> list[ast.AST]:
    values = value if isinstance(value, list) else [value]
    return [node for node in values if isinstance(node, ast.AST)]


def _joined(statements: list[ast.AST]) -> str:
    return "\n".join(map(ast.unparse, statements))


def _code(source: str) -> str:
    return ast.dump(_syntax.parse(source))
