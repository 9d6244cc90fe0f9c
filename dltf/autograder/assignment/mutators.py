"""Mutation operators of `mutants`, modelled on typical slips of students.

A mutator takes a node and yields replacements; `None` means that the node is dropped. It never
modifies the given node. New nodes may share children with the old one.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from dltf.autograder.assignment.slips import SMALL

Mutator = Callable[[ast.AST], Iterator["ast.AST | None"]]

_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_TWINS = {
    name: twin
    for pair in (
        ("sum", "mean"),
        ("reduce_sum", "reduce_mean"),
        ("max", "min"),
        ("reduce_max", "reduce_min"),
        ("maximum", "minimum"),
        ("amax", "amin"),
        ("argmax", "argmin"),
        ("any", "all"),
        ("zeros", "ones"),
        ("zeros_like", "ones_like"),
        ("floor", "ceil"),
        ("std", "var"),
        ("randn", "rand"),
        ("standard_normal", "random"),
        ("normal", "uniform"),
        ("sin", "cos"),
        ("vstack", "hstack"),
        ("sigmoid", "tanh"),
        ("greater", "less"),
    )
    for name, twin in (pair, pair[::-1])
}
_REMOVABLE = (
    "sqrt exp log log1p expm1 abs absolute square tanh sigmoid relu softmax transpose squeeze "
    "ravel flatten copy sorted reversed round floor ceil"
)
_SYMMETRIC = (
    "maximum minimum add multiply max min logical_and logical_or equal not_equal hypot allclose "
    "isclose isinstance issubclass hasattr getattr"
)


def callee(node: ast.AST) -> str:
    """Return the last part of the name of what is called; '' if it has none."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _same(first: ast.AST, second: ast.AST) -> bool:
    return ast.dump(first) == ast.dump(second)


def _number(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    return isinstance(node, ast.Constant)


def _swapped(items: list[ast.expr]) -> Iterator[list[ast.expr]]:
    """Yield the list with each pair of neighbours swapped."""
    for i in range(len(items) - 1):
        starred = isinstance(items[i], ast.Starred) or isinstance(items[i + 1], ast.Starred)
        if not starred and not _same(items[i], items[i + 1]):
            yield [*items[:i], items[i + 1], items[i], *items[i + 2 :]]


def arithmetic(node: ast.AST) -> Iterator[ast.AST]:
    """`a + b` to `a - b`, `a`, `b`; `a - b` also to `b - a`; and so on."""
    if not isinstance(node, ast.BinOp):
        return
    if isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
        return  # Text: "W" + str(l), "%d" % l.
    for operator in _OPERATORS.get(type(node.op), ()):
        yield ast.BinOp(node.left, operator(), node.right)
    ordered = isinstance(node.op, (ast.Sub, ast.Div, ast.Pow, ast.MatMult))
    if ordered and not _same(node.left, node.right):
        yield ast.BinOp(node.right, node.op, node.left)
    yield node.left
    if isinstance(node.op, (ast.Add, ast.Mult, ast.MatMult)):
        yield node.right


def augmented(node: ast.AST) -> Iterator[ast.AST]:
    """`a += b` to `a -= b` and `a = b`."""
    if isinstance(node, ast.AugAssign):
        for operator in _OPERATORS.get(type(node.op), ()):
            yield ast.AugAssign(node.target, operator(), node.value)
        yield ast.Assign([node.target], node.value, lineno=node.lineno)


def comparison(node: ast.AST) -> Iterator[ast.AST]:
    """`a < b` to `a <= b` and `a >= b`; `==` to `!=`; `in` to `not in`."""
    if isinstance(node, ast.Compare):
        for i, operator in enumerate(node.ops):
            for other in _COMPARISONS[type(operator)]:
                ops = [*node.ops[:i], other(), *node.ops[i + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)


def boolean(node: ast.AST) -> Iterator[ast.AST]:
    """`a and b` to `a or b`, `a`, `b`; `not a` to `a`; `a if c else b` to `b if c else a`."""
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        for i in range(len(node.values)):
            kept = [*node.values[:i], *node.values[i + 1 :]]
            yield ast.BoolOp(node.op, kept) if len(kept) > 1 else kept[0]
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.If) and not isinstance(node.test, (ast.Compare, ast.BoolOp)):
        yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)


def sign(node: ast.AST) -> Iterator[ast.AST]:
    """`-a` to `a`."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Invert)):
        yield node.operand


def constant(node: ast.AST) -> Iterator[ast.AST]:
    """Numbers off by one, scaled, or without their epsilon; True to False. Never strings."""
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        others: list[complex] = [not value]
    elif isinstance(value, int):
        others = [value + 1, value - 1]
    elif isinstance(value, float) and 0 < abs(value) <= SMALL:
        others = [0.0, value * 1000]
    elif isinstance(value, float):
        others = [value * 2, value / 2] if value else [1.0]
    else:
        others = []
    for other in others:
        yield ast.Constant(other)


def slices(node: ast.AST) -> Iterator[ast.AST]:
    """`x[a:b:c]` without one of its bounds, or with a bound off by one."""
    if not isinstance(node, ast.Slice):
        return
    lower, upper, step = node.lower, node.upper, node.step
    one = ast.Constant(1)
    if lower:
        yield ast.Slice(None, upper, step)
    if upper:
        yield ast.Slice(lower, None, step)
    if step:
        yield ast.Slice(lower, upper, None)
    if lower and not _number(lower):
        yield ast.Slice(ast.BinOp(lower, ast.Add(), one), upper, step)
    if upper and not _number(upper):
        yield ast.Slice(lower, ast.BinOp(upper, ast.Sub(), one), step)


def call(node: ast.AST) -> Iterator[ast.AST]:
    """A keyword dropped, arguments swapped, a function removed or replaced by a similar one."""
    if not isinstance(node, ast.Call):
        return
    for i in range(len(node.keywords)):
        yield ast.Call(node.func, node.args, [*node.keywords[:i], *node.keywords[i + 1 :]])
    name = callee(node.func)
    if name not in _SYMMETRIC.split():
        for arguments in _swapped(node.args):
            yield ast.Call(node.func, arguments, node.keywords)
    if name in _REMOVABLE.split():
        if node.args and not isinstance(node.args[0], ast.Starred):
            yield node.args[0]
        elif isinstance(node.func, ast.Attribute) and not node.args:
            yield node.func.value
    if name in _TWINS:
        yield ast.Call(renamed(node.func, _TWINS[name]), node.args, node.keywords)


def renamed(node: ast.expr, name: str) -> ast.expr:
    """Return the function of a call with another name."""
    if isinstance(node, ast.Attribute):
        return ast.Attribute(node.value, name, node.ctx)
    return ast.Name(name, ast.Load())


def transposed(node: ast.AST) -> Iterator[ast.AST]:
    """`x.T` to `x`; a pair, such as a shape or a return value, swapped."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
        for items in _swapped(node.elts):
            yield ast.Tuple(items, node.ctx)


def dropped(node: ast.AST) -> Iterator[ast.AST | None]:
    """A statement that modifies existing values is dropped; `continue` to `break`."""
    if isinstance(node, ast.Continue):
        yield ast.Break()
    elif isinstance(node, (ast.AugAssign, ast.Expr)):
        yield None
    elif isinstance(node, ast.Assign):
        # Without the only binding of a plain name the rest could not run: not a realistic slip.
        if not all(isinstance(target, (ast.Name, ast.Tuple)) for target in node.targets):
            yield None
    elif (
        isinstance(node, ast.If)
        and not node.orelse
        and not all(isinstance(statement, ast.Raise) for statement in node.body)
    ):
        yield None


# In the order in which the changes at one position are listed.
_VALUES: tuple[Mutator, ...] = (arithmetic, augmented, comparison, boolean, sign, constant)
MUTATORS: tuple[Mutator, ...] = (*_VALUES, slices, call, transposed, dropped)
