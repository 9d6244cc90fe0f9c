"""Slips: the kinds of small changes that mutants make, and a sentence on each for the student.

A sentence says what to think about, never which line it is or what belongs there.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

IGNORED = "argument-ignored"
SENTENCES = {
    IGNORED: "One of the arguments has no effect: its default is used, whatever the caller passes.",
    "argument-dropped": "An argument is not passed on to a function that you call.",
    "arguments-swapped": "Two arguments of a function that you call have changed places.",
    "argument-extra": "An argument is passed to a function that should be left at its default.",
    "option": "An option of a layer or a function is not the one that is asked for.",
    "keepdims": "An axis that a sum, a mean or a maximum runs over should stay, with size 1: which "
    "shapes does what follows need?",
    "axis": "Something is summed, joined or normalized along the wrong axis: what does each axis "
    "count?",
    "variable": "A variable is used, or filled, that is not the one that is meant here: say what "
    "each of them holds.",
    "key": "A key names another entry than the one that is meant: which entry is read or written "
    "here?",
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
    "activation-missing": "A value is passed on without its activation.",
    "activation-extra": "An activation is applied where there should be none.",
    "activation": "The activation is not the one that is asked for.",
    "power-missing": "A root, a power, a logarithm, an exponential or an absolute value is missing "
    "around one of the values.",
    "power-extra": "There is a root, a power, a logarithm, an exponential or an absolute value too "
    "many.",
    "function-extra": "There is a function too many around one of the values.",
    "copy-missing": "Something is changed that is still needed as it was: take a copy first.",
    "sign": "Something is added that should be subtracted, or subtracted that should be added.",
    "multiplied": "Something is multiplied that should be divided, or divided that should be "
    "multiplied.",
    "elementwise": "A matrix product is taken where an elementwise one is asked for, or the other "
    "way round.",
    "order": "The operands of a subtraction, a division or a product are in the wrong order.",
    "term-missing": "A term is missing in a sum or a difference: compare with the formula, term by "
    "term.",
    "factor-missing": "A factor, a divisor or an exponent is missing.",
    "term-extra": "There is a term too many in a sum or a difference.",
    "factor-extra": "There is a factor, a divisor or an exponent too many.",
    "brackets": "The brackets are not where they should be: what is computed first?",
    "exponent": "An exponent is not the one that is asked for.",
    "operator": "One of the operators is not the right one.",
    "accumulation": "A value is replaced where it should be added to, or added to where it should "
    "be replaced: what should happen the second time?",
    "off-by-one": "A number, an index or the end of a range is off by one: count the first and the "
    "last by hand.",
    "loop-range": "A loop runs over the wrong range: with which value should it begin, and with "
    "which should it end?",
    "index": "An index names another entry than the one that is meant: say which entry it should "
    "be, and count from 0.",
    "shape": "The length of an axis is taken, but of another one than is meant.",
    "shape-unpacked": "A shape is one argument: a tuple of lengths, in brackets of its own.",
    "index-order": "The indices of an entry are in the wrong order: what does each axis count?",
    "index-missing": "A whole array is taken where a part of it is meant: an index is missing.",
    "index-extra": "A part of an array is taken where all of it is meant: there is an index too "
    "many.",
    "flag": "Something is switched on that should be off, or off that should be on.",
    "epsilon": "A very small constant is missing, or of another size than asked for.",
    "constant": "A constant does not have the value that it should have.",
    "bound-missing": "A slice goes on too far: one of its bounds is missing.",
    "slice-short": "A slice stops short: it should go on to the end, or start at the beginning.",
    "slice-bounds": "A slice has the wrong bounds: what are its first entry, and the first that it "
    "leaves out?",
    "slice-index": "One entry is taken where a range of them is meant, or a range where one entry "
    "is: an index drops an axis, a slice keeps it.",
    "slice-off-by-one": "A slice begins or ends one entry too early or too late.",
    "transposed": "Two axes have changed places: compare the shapes with those that are asked for.",
    "pair-swapped": "Two values that belong together (a shape, a pair of results) have changed "
    "places.",
    "assigned": "A result is stored under another name than the one that is read later.",
    "indentation": "A line is indented too far or too little: does it belong into the loop, or "
    "behind it?",
    "result-missing": "A value is missing among the results.",
    "result-extra": "There is a value too many among the results.",
    "statement-order": "Two steps are in the wrong order.",
    "statement-missing": "A step is missing.",
    "statement-extra": "There is a step too many.",
    "loop-left": "A loop ends too early: should it go on with the next round?",
}
# What a slip of these kinds is about could be many things: it explains, but it names no mistake.
GENERAL = frozenset(
    {
        "statement-missing",
        "statement-extra",
        "constant",
        "operator",
        "function",
        "condition",
        "function-missing",
        "function-extra",
    }
)
SMALL = 1e-3  # the largest constant that only keeps a division or a logarithm finite
PREFIX = "mutant:"  # of the ids in results
_BOUNDARIES = {(ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.LtE, ast.Lt), (ast.GtE, ast.Gt)}
_MEANS = ("sum", "mean", "reduce_sum", "reduce_mean")
_EXTREMES = ("max", "min", "amax", "amin", "maximum", "minimum", "argmax", "argmin")
ACTIVATIONS = ("tanh", "sigmoid", "relu", "softmax", "leaky_relu")


def slip(before: ast.AST, after: ast.AST | None, parents: Sequence[ast.AST] = ()) -> str:
    """Return the kind of a change, a key of `SENTENCES`.

    Args:
        before: the node before the change.
        after: the node after it; None if it is dropped.
        parents: what the node is in, the innermost last.
    """
    if isinstance(before, ast.Continue):
        return "loop-left"
    if after is None:
        return "statement-missing"
    if isinstance(before, ast.Constant) and type(before.value) is int:
        return of_number(before, parents)
    kind = _KINDS.get(type(before))
    return kind(before, after) if kind else "operator"


def _arithmetic(before: ast.AST, after: ast.AST) -> str:
    assert isinstance(before, ast.BinOp)
    additive = isinstance(before.op, (ast.Add, ast.Sub))
    swapped = isinstance(after, ast.BinOp) and after.left is before.right
    if additive and is_one(before.right) and after is not before.right and not swapped:
        return "off-by-one"
    if after in (before.left, before.right):
        return "term-missing" if additive else "factor-missing"
    assert isinstance(after, ast.BinOp)
    if isinstance(after.op, type(before.op)):
        return "order"
    return of_operators(before.op, after.op)


def is_one(node: ast.expr) -> bool:
    """Return whether a node is the integer 1, as in an index or a size."""
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value == 1


def of_operators(before: ast.operator, after: ast.operator) -> str:
    """Return the kind of slip that one operator in the place of another is."""
    pair = {type(before), type(after)}
    if pair == {ast.Add, ast.Sub}:
        return "sign"
    if pair == {ast.Mult, ast.Div}:
        return "multiplied"
    return "elementwise" if ast.MatMult in pair else "operator"


def _augmented(before: ast.AST, after: ast.AST) -> str:
    if isinstance(before, ast.AugAssign) and isinstance(after, ast.AugAssign):
        return of_operators(before.op, after.op)
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
    other = after.func.attr if isinstance(after.func, ast.Attribute) else ""
    return of_functions(name, other or getattr(after.func, "id", ""))


def of_functions(before: str, after: str) -> str:
    """Return the kind of slip that one function in the place of another is."""
    for names, kind in (
        (_MEANS, "sum-mean"),
        (_EXTREMES, "extremes"),
        (ACTIVATIONS, "activation"),
    ):
        if before in names and after in names:
            return kind
    return "function"


def of_number(node: ast.AST, parents: Sequence[ast.AST]) -> str:
    """Return the kind of slip that another integer in the place of one is."""
    inner = node
    for parent in reversed(parents):
        if isinstance(parent, ast.keyword):
            return "axis" if parent.arg in ("axis", "axes") else "option"
        if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow):
            return "exponent" if parent.right is inner else "off-by-one"
        if isinstance(parent, ast.Call):
            name = parent.func.id if isinstance(parent.func, ast.Name) else ""
            return "loop-range" if name == "range" else "off-by-one"
        if isinstance(parent, ast.Slice):
            return "slice-bounds"
        if isinstance(parent, ast.Subscript):
            shape = isinstance(parent.value, ast.Attribute) and parent.value.attr == "shape"
            return "shape" if shape else "index"
        if not isinstance(parent, (ast.BinOp, ast.UnaryOp, ast.Tuple)):
            return "off-by-one"
        inner = parent
    return "off-by-one"


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
