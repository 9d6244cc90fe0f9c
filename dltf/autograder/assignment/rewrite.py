"""Code rewriting: replace the only match of a pattern in a source.

A pattern is Python code in which `$name` matches any expression. It matches syntax, not text:
layout, quotes and comments are ignored. The text around the match is kept, including its comments
and line numbers; that is why the changed tree is not simply unparsed.
"""

from __future__ import annotations

import ast
import copy
import difflib
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dltf import _syntax

_MARK = "__any_"  # `$x` is parsed as the name `__any_x`
_NOT_COMPARED = frozenset({"ctx", "kind", "type_comment"})
_CONTEXT = re.compile(r", ctx=(Load|Store|Del)\(\)")
_ITEMS = frozenset(
    {"elts", "args", "keywords", "values"}
)  # fields from which an item may be removed
_NEAREST = 3  # statements shown when nothing matches
_Node = ast.stmt | ast.expr | ast.keyword  # nodes that can be matched: they have a position


class PatternError(ValueError):
    """A pattern that is not code, or that does not match exactly once."""


@dataclass(frozen=True)
class Rewritten:
    """A source after a rewrite, the text that was removed, and the text that was inserted."""

    source: str
    old: str
    new: str


@dataclass(frozen=True)
class Pattern:
    """Parsed code: an expression, statements, or an argument (`axis=1`, also an assignment)."""

    text: str
    body: list[ast.stmt]
    names: frozenset[str]

    @property
    def expression(self) -> ast.expr | None:
        """The expression that the pattern is, if it is one."""
        only = self.body[0] if len(self.body) == 1 else None
        return only.value if isinstance(only, ast.Expr) else None

    @property
    def argument(self) -> ast.keyword | None:
        """The pattern as a keyword argument, if it can be one."""
        only = self.body[0] if len(self.body) == 1 else None
        if isinstance(only, ast.Assign) and isinstance(only.targets[0], ast.Name):
            return ast.keyword(only.targets[0].id, only.value) if len(only.targets) == 1 else None
        return None


@dataclass(frozen=True)
class _Match:
    """Matched nodes in a field of their parent, and the expressions that the names match."""

    parent: ast.AST
    field: str
    index: int | None
    nodes: Sequence[_Node]
    bound: dict[str, ast.expr]

    def put(self, nodes: Sequence[_Node]) -> None:
        """Replace the matched nodes."""
        if self.index is None:
            setattr(self.parent, self.field, nodes[0])
        else:
            getattr(self.parent, self.field)[self.index : self.index + len(self.nodes)] = nodes


@lru_cache(maxsize=2048)
def rewrite(
    source: str, old: str, new: str, first_line: int = 1, *, explained: bool = True
) -> Rewritten:
    """Return a definition's source with the code that `old` matches replaced by `new`.

    Args:
        source: the source of a function or class, not indented.
        old: an expression, an argument or default (`axis=1`), or consecutive statements.
        new: the new code; may use the names of `old`. If empty, statements or an item of a list
            or call are deleted.
        first_line: the number of the source's first line, for messages.
        explained: whether an error names the nearest statements, which takes most of its time.

    Raises:
        PatternError: see `check`; or `old` does not match exactly once.
    """
    before, after = check(old, new)
    tree = _syntax.parse(source)
    found = list(_matches(tree, before))
    if len(found) != 1 and not explained:
        raise PatternError(f"old: expected {old!r} exactly once, got it {len(found)} times")
    if len(found) != 1:
        lines = [match.nodes[0].lineno for match in found]
        raise PatternError(_not_once(tree, before, lines, first_line))
    return _replaced(source, tree, found[0], before, after)


def check(old: str, new: str) -> tuple[Pattern, Pattern]:
    """Return both sides of a rewrite, parsed.

    Raises:
        PatternError: a side is not code, or `new` has a name that `old` does not have.
    """
    before, after = _parsed("old", old), _parsed("new", new)
    if not before.body:
        raise PatternError(f"old: expected code, got {old!r}")
    for name in sorted(after.names - before.names):
        known = ", ".join(f"${name}" for name in sorted(before.names)) or "none"
        raise PatternError(f"new: expected no names but those of old ({known}), got ${name}")
    return before, after


def _parsed(side: str, code: str) -> Pattern:
    text = textwrap.dedent(code).strip()
    marked = re.sub(r"\$(?=[A-Za-z_])", _MARK, text)
    try:
        tree = _syntax.parse(marked)
    except SyntaxError as error:
        try:
            tree = _syntax.parse(f"({marked}\n)")  # an expression may go on in the next line
        except SyntaxError:
            raise PatternError(
                f"{side}: expected Python code, got {text!r} ({error.msg})"
            ) from None
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = node.value.replace(_MARK, "$")
        elif isinstance(node, ast.Name) and node.id.startswith(_MARK):
            names.add(node.id.removeprefix(_MARK))
    return Pattern(text, tree.body, frozenset(names))


# Matching ---------------------------------------------------------------------------------------


def _matches(tree: ast.Module, pattern: Pattern) -> Iterator[_Match]:
    """Yield every match of a pattern, outermost first."""
    size = len(pattern.body)
    for parent, field, value in _fields(tree):
        bound: dict[str, ast.expr] = {}
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            for index in range(len(value) - size + 1):
                nodes = value[index : index + size]
                bound = {}
                if _same(pattern.body, nodes, bound):
                    yield _Match(parent, field, index, nodes, bound)
        elif isinstance(value, ast.arguments):
            yield from _defaults(value, pattern)
        elif not isinstance(parent, ast.Expr):  # already matched as a statement
            for index, node in enumerate(value if isinstance(value, list) else [value]):
                wanted = pattern.argument if isinstance(node, ast.keyword) else pattern.expression
                bound = {}
                known = isinstance(node, (ast.expr, ast.keyword)) and wanted is not None
                if known and _same(wanted, node, bound):
                    at = index if isinstance(value, list) else None
                    yield _Match(parent, field, at, [node], bound)


def _fields(node: ast.AST) -> Iterator[tuple[ast.AST, str, object]]:
    """Yield (parent, field, value), outermost first, without docstrings and parts of f-strings."""
    for field, value in ast.iter_fields(node):
        yield node, field, value
        for child in value if isinstance(value, list) else [value]:
            # Parts of an f-string have no position before Python 3.12.
            skipped = isinstance(child, ast.JoinedStr) or _docstring(child)
            if isinstance(child, ast.AST) and not skipped:
                yield from _fields(child)


def _docstring(node: object) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _defaults(arguments: ast.arguments, pattern: Pattern) -> Iterator[_Match]:
    """Yield the parameter's default that `name=default` matches."""
    if pattern.argument is None:
        return
    positional = [*arguments.posonlyargs, *arguments.args]
    late = positional[len(positional) - len(arguments.defaults) :]
    for field, named in (("defaults", late), ("kw_defaults", arguments.kwonlyargs)):
        for index, argument in enumerate(named):
            default = getattr(arguments, field)[index]
            found = ast.keyword(argument.arg, default)
            bound: dict[str, ast.expr] = {}
            if default is not None and _same(pattern.argument, found, bound):
                yield _Match(arguments, field, index, [default], bound)


def _same(pattern: object, node: object, bound: dict[str, ast.expr]) -> bool:
    """Return whether code matches a pattern; add to `bound` the expressions its names match."""
    if isinstance(pattern, ast.Name) and pattern.id.startswith(_MARK):
        name = pattern.id.removeprefix(_MARK)
        if name in bound:
            return _same(bound[name], node, {})
        if isinstance(node, ast.expr):
            bound[name] = node
        return isinstance(node, ast.expr)
    if type(pattern) is not type(node):
        return False
    if isinstance(pattern, list) and isinstance(node, list):
        pairs = zip(pattern, node, strict=False)
        return len(pattern) == len(node) and all(_same(p, n, bound) for p, n in pairs)
    if isinstance(pattern, ast.AST):
        fields = [field for field in pattern._fields if field not in _NOT_COMPARED]
        return all(
            _same(getattr(pattern, field, None), getattr(node, field, None), bound)
            for field in fields
        )
    return pattern == node


# Replacing --------------------------------------------------------------------------------------


def _replaced(
    source: str, tree: ast.Module, match: _Match, old: Pattern, new: Pattern
) -> Rewritten:
    """Return the source with the matched text replaced, in parentheses where required."""
    text = source.encode()
    start, end = _span(text, match.nodes)
    column = start - (text.rfind(b"\n", 0, start) + 1)
    puts = list(_texts(text, column, match, new))
    wanted = _put(tree, match, old, new)
    for put in puts:
        if not put and not isinstance(match.nodes[0], ast.stmt):
            start, end = _with_comma(text, start, end)
        result = (text[:start] + put.encode() + text[end:]).decode()
        try:
            parsed = _syntax.parse(result)
        except SyntaxError:
            continue
        if _dump(parsed) == wanted:
            return Rewritten(result, text[start:end].decode(), put)
    raise PatternError(f"new: expected code that can stand for {old.text!r}, got {new.text!r}")


def _texts(text: bytes, column: int, match: _Match, new: Pattern) -> Iterator[str]:
    """Yield candidate texts for the new code, the simplest first."""
    if not new.body:
        yield from ("", "pass")
        return
    indented = textwrap.indent(new.text, " " * column)[column:]
    if isinstance(match.parent, ast.arguments):
        indented = indented.partition("=")[2].strip()
    for brackets in ("{}", "({})"):
        bound = {
            name: brackets.format(text[slice(*_span(text, [node]))].decode())
            for name, node in match.bound.items()
        }
        filled = _filled(indented, bound)
        yield from (filled, f"({filled})", f"el{filled}")


def _filled(text: str, bound: dict[str, str]) -> str:
    """Return a pattern's text with its names replaced by code."""
    return re.sub(r"\$(\w+)", lambda found: bound.get(found[1], found[0]), text)


def _put(tree: ast.Module, match: _Match, old: Pattern, new: Pattern) -> str:
    """Insert the new nodes into the tree and return its dump."""

    class Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return match.bound.get(node.id.removeprefix(_MARK), node)

    filled = Fill().visit(ast.Module(copy.deepcopy(new.body), []))
    nodes = _fitting(match, old, Pattern(new.text, filled.body, new.names))
    if nodes is None:
        return ""
    match.put(nodes)
    return _dump(tree)


def _fitting(match: _Match, old: Pattern, new: Pattern) -> Sequence[_Node] | None:
    """Return the nodes that can replace a match, or None if the new code cannot."""
    if isinstance(match.nodes[0], ast.stmt):
        alone = len(getattr(match.parent, match.field)) == len(match.nodes)
        return new.body or ([ast.Pass()] if alone else [])
    if not new.body:
        return [] if match.field in _ITEMS else None
    if isinstance(match.parent, ast.arguments):
        same = old.argument and new.argument and old.argument.arg == new.argument.arg
        return [new.argument.value] if same and new.argument else None
    if isinstance(match.nodes[0], ast.keyword):
        return [new.argument] if new.argument else None
    return [new.expression] if new.expression else None


def _dump(tree: ast.AST) -> str:
    return _CONTEXT.sub("", ast.dump(tree))


def _span(text: bytes, nodes: Sequence[_Node]) -> tuple[int, int]:
    """Return the start and end of nodes in a source, in bytes."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    first, last = nodes[0], nodes[-1]
    line = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))])
    begin = starts[line - 1] + first.col_offset
    return begin, starts[(last.end_lineno or line) - 1] + (last.end_col_offset or 0)


def _with_comma(text: bytes, start: int, end: int) -> tuple[int, int]:
    """Extend the span of an item by the comma that separates it."""
    after = re.compile(rb"\s*,[ \t]*(#[^\n]*)?\s*").match(text, end)
    if after:
        return start, after.end()
    before = re.compile(rb"\s*,\s*$").search(text, 0, start)
    return (before.start(), end) if before else (start, end)


# Messages ---------------------------------------------------------------------------------------


def _not_once(tree: ast.Module, pattern: Pattern, lines: list[int], first_line: int) -> str:
    """Return the message for a pattern that has no match, or several."""
    said: dict[int, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not _docstring(node):
            said.setdefault(node.lineno, " ".join(ast.unparse(node).split("\n")[0].split()))
    if lines:
        shown = [max(line for line in said if line <= found) for found in lines]
    else:
        shown = sorted(said, key=lambda line: -_likeness(pattern.text, said[line]))[:_NEAREST]
    nearest = "; ".join(f"line {first_line + line - 1}: {said[line]}" for line in shown)
    times = f"{len(lines)} times" if lines else "nowhere; nearest"
    return (
        f"old: expected {pattern.text!r} exactly once in the reference, got it {times}: {nearest}"
    )


def _likeness(pattern: str, statement: str) -> float:
    """Return how similar a statement is to a pattern: the length of common substrings."""
    blocks = difflib.SequenceMatcher(None, pattern, statement, False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size > 2) - len(statement) / 1000
