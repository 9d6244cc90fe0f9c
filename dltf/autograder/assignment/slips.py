"""Slips: the kinds of small changes that mutants make, and a sentence on each for the student.

A sentence says what to think about, never which line it is or what belongs there.
"""

from __future__ import annotations

import ast

IGNORED = "argument-ignored"
SENTENCES = {
    IGNORED: "One of the arguments has no effect: its default is used, whatever the caller passes.",
    "argument-dropped": "An argument is not passed on to a function that you call.",
    "arguments-swapped": "Two arguments of a function that you call have changed places.",
    "boundary": "Something is compared with the wrong end of its range: what happens when both "
    "sides are equal?",
    "comparison": "A comparison is the wrong way round.",
    "condition": "A condition is not the right one: for which inputs should it be true?",
    "sum-mean": "A sum is taken where a mean is asked for, or a mean where a sum is.",
    "extremes": "The smallest is taken where the largest is asked for, or the largest where the "
    "smallest is.",
    "function": "A function is used that is similar to the right one, but not the same.",
    "function-missing": "A function is missing around one of the values (a root, a logarithm, an "
    "activation).",
    "sign": "Something is added that should be subtracted, or subtracted that should be added.",
    "multiplied": "Something is multiplied that should be divided, or divided that should be "
    "multiplied.",
    "elementwise": "A matrix product is taken where an elementwise one is asked for, or the other "
    "way round.",
    "order": "The operands of a subtraction, a division or a product are in the wrong order.",
    "term-missing": "A term is missing in a sum or a difference: compare with the formula, term by "
    "term.",
    "factor-missing": "A factor, a divisor or an exponent is missing.",
    "operator": "One of the operators is not the right one.",
    "accumulation": "A value is replaced where it should be added to, or added to where it should "
    "be replaced: what should happen the second time?",
    "off-by-one": "A number, an index or the end of a range is off by one: count the first and the "
    "last by hand.",
    "flag": "Something is switched on that should be off, or off that should be on.",
    "epsilon": "A very small constant is missing, or of another size than asked for.",
    "constant": "A constant does not have the value that it should have.",
    "bound-missing": "A slice goes on too far: one of its bounds is missing.",
    "slice-off-by-one": "A slice begins or ends one entry too early or too late.",
    "transposed": "Two axes have changed places: compare the shapes with those that are asked for.",
    "pair-swapped": "Two values that belong together (a shape, a pair of results) have changed "
    "places.",
    "statement-missing": "A step is missing.",
    "loop-left": "A loop ends too early: should it go on with the next round?",
}
# What a slip of these kinds is about could be many things: it explains, but it names no mistake.
GENERAL = frozenset(
    {"statement-missing", "constant", "operator", "function", "condition", "function-missing"}
)
SMALL = 1e-3  # the largest constant that only keeps a division or a logarithm finite
PREFIX = "mutant:"  # of the ids in results
_BOUNDARIES = {(ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.LtE, ast.Lt), (ast.GtE, ast.Gt)}
_MEANS = ("sum", "mean", "reduce_sum", "reduce_mean")
_EXTREMES = ("max", "min", "amax", "amin", "maximum", "minimum", "argmax", "argmin")


def slip(before: ast.AST, after: ast.AST | None) -> str:
    """Return the kind of a change, a key of `SENTENCES`, from the node before and after it."""
    if isinstance(before, ast.Continue):
        return "loop-left"
    if after is None:
        return "statement-missing"
    kind = _KINDS.get(type(before))
    return kind(before, after) if kind else "operator"


def _arithmetic(before: ast.AST, after: ast.AST) -> str:
    assert isinstance(before, ast.BinOp)
    additive = isinstance(before.op, (ast.Add, ast.Sub))
    swapped = isinstance(after, ast.BinOp) and after.left is before.right
    if additive and _one(before.right) and after is not before.right and not swapped:
        return "off-by-one"
    if after in (before.left, before.right):
        return "term-missing" if additive else "factor-missing"
    assert isinstance(after, ast.BinOp)
    if isinstance(after.op, type(before.op)):
        return "order"
    return _of_operators(before.op, after.op)


def _one(node: ast.expr) -> bool:
    """Return whether a node is the whole number 1, as in an index or a size."""
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value == 1


def _of_operators(before: ast.operator, after: ast.operator) -> str:
    pair = {type(before), type(after)}
    if pair == {ast.Add, ast.Sub}:
        return "sign"
    if pair == {ast.Mult, ast.Div}:
        return "multiplied"
    return "elementwise" if ast.MatMult in pair else "operator"


def _augmented(before: ast.AST, after: ast.AST) -> str:
    if isinstance(before, ast.AugAssign) and isinstance(after, ast.AugAssign):
        return _of_operators(before.op, after.op)
    return "accumulation"


def _comparison(before: ast.AST, after: ast.AST) -> str:
    assert isinstance(before, ast.Compare)
    assert isinstance(after, ast.Compare)
    pairs = {(type(a), type(b)) for a, b in zip(before.ops, after.ops, strict=True)}
    return "boundary" if pairs & _BOUNDARIES else "comparison"


def _unary(before: ast.AST, after: ast.AST) -> str:
    assert isinstance(before, ast.UnaryOp)
    return "condition" if isinstance(before.op, ast.Not) else "sign"


def _constant(before: ast.AST, after: ast.AST) -> str:
    assert isinstance(before, ast.Constant)
    value = before.value
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int):
        return "off-by-one"
    small = isinstance(value, float) and 0 < abs(value) <= SMALL
    return "epsilon" if small else "constant"


def _slice(before: ast.AST, after: ast.AST) -> str:
    assert isinstance(before, ast.Slice)
    assert isinstance(after, ast.Slice)
    pairs = ("lower", "upper", "step")
    missing = any(getattr(before, n) is not None and getattr(after, n) is None for n in pairs)
    return "bound-missing" if missing else "slice-off-by-one"


def _call(before: ast.AST, after: ast.AST) -> str:
    assert isinstance(before, ast.Call)
    inner = before.func.value if isinstance(before.func, ast.Attribute) else None
    if not isinstance(after, ast.Call) or after is inner or after in before.args:
        return "function-missing"
    if len(after.keywords) < len(before.keywords):
        return "argument-dropped"
    if after.func is before.func:
        return "arguments-swapped"
    name = before.func.attr if isinstance(before.func, ast.Attribute) else ""
    name = name or getattr(before.func, "id", "")
    return "sum-mean" if name in _MEANS else "extremes" if name in _EXTREMES else "function"


_KINDS = {
    ast.BinOp: _arithmetic,
    ast.AugAssign: _augmented,
    ast.Compare: _comparison,
    ast.BoolOp: lambda before, after: "condition",
    ast.UnaryOp: _unary,
    ast.IfExp: lambda before, after: "condition",
    ast.If: lambda before, after: "condition",
    ast.Constant: _constant,
    ast.Slice: _slice,
    ast.Call: _call,
    ast.Attribute: lambda before, after: "transposed",
    ast.Tuple: lambda before, after: "pair-swapped",
}
