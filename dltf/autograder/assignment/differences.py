"""Differences: the kind of slip that leads from a right definition to a wrong one.

Mutants say what a wrong answer does; here both texts are known, and the smallest parts in which
they differ say what was done. Words that mean the same (`np.dot(a, b)`, `a @ b`) are no difference.
"""

from __future__ import annotations

import ast
import copy
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from dltf.autograder.assignment.mutators import callee
from dltf.autograder.assignment.slips import (
    ACTIVATIONS,
    SENTENCES,
    SMALL,
    is_one,
    of_functions,
    of_number,
    of_operators,
)

_Parents = tuple[ast.AST, ...]
_TOKEN = re.compile(r"\w+|[^\s\w(),]+")
_POWERS = frozenset(["sqrt", "square", "abs", "absolute", "exp", "log"])
_COPIES = frozenset(["copy", "deepcopy", "array"])
_NONE, _SEVERAL = "none", "several"
_OF_ONE_SHAPE = frozenset({"zeros", "ones", "empty", "full"})
_OPERATORS: dict[str, type[ast.operator]] = {
    "dot": ast.MatMult,
    "matmul": ast.MatMult,
    "multiply": ast.Mult,
    "add": ast.Add,
    "subtract": ast.Sub,
    "divide": ast.Div,
    "power": ast.Pow,
    "pow": ast.Pow,
}
_OTHER_NAMES = {"reduce_sum": "sum", "reduce_mean": "mean", "reduce_max": "max", "amax": "max"}
# Calls whose first argument can stand before the name: `x.sum(axis=0)`.
_METHODS = frozenset(
    ["sum", "mean", "max", "min", "argmax", "reshape", "dot", "transpose", "copy", "astype"]
)


def kind(right: ast.AST, wrong: ast.AST) -> str:
    """Return the kind of slip that makes one definition into another, a key of `slips.SENTENCES`.

    '' if they differ by several kinds, or by one that has no name.
    """
    found = set(_differences(_canonical(right), _canonical(wrong), ()))
    only = found.pop() if len(found) == 1 else ""
    return only if only in SENTENCES else ""


# One way of writing things ------------------------------------------------------------------------


class _Canonical(ast.NodeTransformer):
    """Rewrites what can be written in several ways."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = callee(node.func)
        if isinstance(node.func, ast.Attribute):
            owner = node.func.value
            module = isinstance(owner, ast.Name) and owner.id in _MODULES
            if not module and name in _METHODS:
                node.args.insert(0, owner)
            elif not module:
                return node
            node.func = ast.Name(_OTHER_NAMES.get(name, name), ast.Load())
        if name in _OPERATORS and len(node.args) == 2 and not node.keywords:
            return ast.BinOp(node.args[0], _OPERATORS[name](), node.args[1])
        if name == "square" and len(node.args) == 1 and not node.keywords:
            return ast.BinOp(node.args[0], ast.Pow(), ast.Constant(2))
        if name == "transpose" and len(node.args) == 1 and not node.keywords:
            return ast.Attribute(node.args[0], "T", ast.Load())
        if name in ("sum", "mean", "max", "min", "argmax") and len(node.args) == 2:
            node.keywords.insert(0, ast.keyword("axis", node.args.pop()))
        if name == "int" and len(node.args) == 1 and isinstance(node.args[0], ast.BinOp):
            inner = node.args[0]
            if isinstance(inner.op, ast.Div):  # of positive numbers
                return ast.BinOp(inner.left, ast.FloorDiv(), inner.right)
            if isinstance(inner.op, ast.FloorDiv):
                return inner
        node.keywords.sort(key=lambda keyword: keyword.arg or "")
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        left, right = node.left, node.right
        if isinstance(node.op, ast.Mult) and isinstance(right, ast.Constant) and right.value == 1:
            return left
        if isinstance(node.op, ast.Mult) and _one_over(left):
            assert isinstance(left, ast.BinOp)
            return ast.BinOp(right, ast.Div(), left.right)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        target = copy.deepcopy(node.target)
        for one in ast.walk(target):
            if hasattr(one, "ctx"):
                one.ctx = ast.Load()
        return ast.Assign([node.target], ast.BinOp(target, node.op, node.value), lineno=node.lineno)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, float) and node.value.is_integer():
            return ast.Constant(int(node.value))
        return ast.Constant(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        node.returns, node.decorator_list = None, []
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
        return self.generic_visit(node)


_MODULES = frozenset(
    ["np", "numpy", "tf", "K", "keras", "ops", "math", "layers", "nn", "random", "linalg"]
)


def _canonical(node: ast.AST) -> ast.AST:
    return _Canonical().visit(copy.deepcopy(node))


def _one_over(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div)
        and isinstance(node.left, ast.Constant)
        and node.left.value == 1
    )


def _same(one: object, other: object) -> bool:
    if isinstance(one, ast.AST) and isinstance(other, ast.AST):
        return ast.dump(one) == ast.dump(other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and one == other


# The smallest parts in which they differ ----------------------------------------------------------


def _differences(right: object, wrong: object, parents: _Parents) -> Iterator[str]:
    """Yield the kinds of the smallest differences of two trees; '' for one without a name."""
    if _same(right, wrong):
        return
    if not isinstance(right, ast.AST) or not isinstance(wrong, ast.AST):
        yield ""
        return
    found = next((one for rule in _RULES if (one := rule(right, wrong, parents))), "")
    if found == _NONE:
        return
    if found or type(right) is not type(wrong):
        yield found
        return
    parents = (*parents, right)
    for name in right._fields:
        ours, theirs = getattr(right, name, None), getattr(wrong, name, None)
        if isinstance(ours, list) and isinstance(theirs, list):
            if len(ours) != len(theirs):
                yield ""
                continue
            for one, other in zip(ours, theirs, strict=True):
                yield from _differences(one, other, parents)
        else:
            yield from _differences(ours, theirs, parents)


def _names(right: ast.AST, wrong: ast.AST, parents: _Parents) -> str:
    """One variable or function in the place of another."""
    called = bool(parents) and isinstance(parents[-1], ast.Call) and parents[-1].func is right
    if isinstance(right, ast.Name) and isinstance(wrong, ast.Name):
        return of_functions(right.id, wrong.id) if called else "variable"
    if (
        isinstance(right, ast.Attribute)
        and isinstance(wrong, ast.Attribute)
        and _same(right.value, wrong.value)
    ):
        return of_functions(right.attr, wrong.attr) if called else "variable"
    owners = _owner(right), _owner(wrong)
    return "variable" if all(owners) and owners[0] != owners[1] else ""


def _owner(node: ast.AST) -> str:
    """Return the variable of which a value is a part; '' if it is part of none."""
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _constants(right: ast.AST, wrong: ast.AST, parents: _Parents) -> str:
    """A number, a text or a flag in the place of another."""
    if not isinstance(right, ast.Constant) or not isinstance(wrong, ast.Constant):
        number = isinstance(right, (ast.Constant, ast.UnaryOp)) and isinstance(
            wrong, (ast.Constant, ast.UnaryOp)
        )
        return "axis" if number and _keyword(parents) in ("axis", "axes") else ""
    one, other = right.value, wrong.value
    if isinstance(one, bool) or isinstance(other, bool):
        return "flag"
    if isinstance(one, str) and isinstance(other, str):
        if parents and isinstance(parents[-1], ast.keyword):
            return "option"
        return "key"
    if isinstance(one, int) and isinstance(other, int):
        found = of_number(right, parents)
        return "constant" if found == "off-by-one" and abs(one - other) != 1 else found
    if isinstance(one, float) and 0 < abs(one) <= SMALL:
        return "epsilon"
    return "constant"


def _keyword(parents: _Parents) -> str:
    found = [p.arg for p in parents[-2:] if isinstance(p, ast.keyword) and p.arg]
    return found[-1] if found else ""


def _arithmetic(right: ast.AST, wrong: ast.AST, parents: _Parents) -> str:
    for one, other, end in ((right, wrong, "missing"), (wrong, right, "extra")):
        if isinstance(one, ast.BinOp) and (_same(other, one.left) or _same(other, one.right)):
            if not isinstance(one.op, (ast.Add, ast.Sub)):
                return f"factor-{end}"
            counted = is_one(one.right) or is_one(one.left)
            return "off-by-one" if counted else f"term-{end}"
    if not isinstance(right, ast.BinOp) or not isinstance(wrong, ast.BinOp):
        return ""
    if _same(right.left, wrong.left) and _same(right.right, wrong.right):
        return of_operators(right.op, wrong.op)
    if _same(right.left, wrong.right) and _same(right.right, wrong.left):
        return "order" if type(right.op) is type(wrong.op) else ""
    return _brackets(right, wrong, parents) or _chains(right, wrong, parents)


def _chains(right: ast.BinOp, wrong: ast.BinOp, parents: _Parents) -> str:
    """Two sums, or two products, whose operands may be in another order."""
    for parts, one in ((_terms, "term"), (_factors, "factor")):
        ours, theirs = parts(right), parts(wrong)
        lost, added = _without(ours, theirs), _without(theirs, ours)
        if len(lost) == len(ours):
            continue  # they have nothing in common
        if len(lost) + len(added) > 2:
            return _SEVERAL
        if not lost and not added:
            return _NONE
        if not lost or not added:
            single = len(lost) + len(added) == 1
            return (f"{one}-missing" if lost else f"{one}-extra") if single else ""
        (sign, mine), (other, yours) = lost[0], added[0]
        if _same(mine, yours):
            return "sign" if one == "term" else "multiplied"
        found = set(_differences(mine, yours, (*parents, right))) if sign == other else set()
        return found.pop() if len(found) == 1 else ""
    return ""


_Operand = tuple[bool, ast.expr]  # whether it is added (multiplied), and what


def _terms(node: ast.expr, added: bool = True) -> list[_Operand]:
    """Return what is added and subtracted in a sum."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        plus = isinstance(node.op, ast.Add)
        return [*_terms(node.left, added), *_terms(node.right, added is plus)]
    return [(added, node)]


def _factors(node: ast.expr, above: bool = True) -> list[_Operand]:
    """Return what is multiplied and divided by in a product."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
        times = isinstance(node.op, ast.Mult)
        return [*_factors(node.left, above), *_factors(node.right, above is times)]
    return [] if isinstance(node, ast.Constant) and node.value == 1 else [(above, node)]


def _without(some: Sequence[_Operand], others: Sequence[_Operand]) -> list[_Operand]:
    """Return the items of one list that are not in another, each as often as it is there."""
    known = [(added, ast.dump(node)) for added, node in others]
    left = []
    for added, node in some:
        if (added, ast.dump(node)) in known:
            known.remove((added, ast.dump(node)))
        else:
            left.append((added, node))
    return left


def _brackets(right: ast.AST, wrong: ast.AST, parents: _Parents) -> str:
    """The same words, put together in another way."""
    if not isinstance(right, ast.expr) or not isinstance(wrong, ast.expr):
        return ""
    if not {type(right), type(wrong)} <= {ast.BinOp, ast.Call, ast.UnaryOp}:
        return ""
    ours, theirs = (_TOKEN.findall(ast.unparse(node)) for node in (right, wrong))
    moved = type(right) is not type(wrong) and Counter(ours) == Counter(theirs)
    return "brackets" if ours == theirs or moved else ""


def _unary(right: ast.AST, wrong: ast.AST, parents: _Parents) -> str:
    for one, other in ((right, wrong), (wrong, right)):
        if isinstance(one, ast.UnaryOp) and _same(one.operand, other):
            return "condition" if isinstance(one.op, ast.Not) else "sign"
    return ""


def _calls(right: ast.AST, wrong: ast.AST, parents: _Parents) -> str:
    for one, other, end in ((right, wrong, "missing"), (wrong, right, "extra")):
        if isinstance(one, ast.Call) and one.args and _same(one.args[0], other):
            name = callee(one.func)
            if name in _COPIES:
                return f"copy-{end}" if end == "missing" else ""
            if name in ACTIVATIONS:
                return f"activation-{end}"
            return f"power-{end}" if name in _POWERS else f"function-{end}"
        if isinstance(one, ast.Attribute) and one.attr == "T" and _same(one.value, other):
            return "transposed"
    if not isinstance(right, ast.Call) or not isinstance(wrong, ast.Call):
        return ""
    if not _same(right.func, wrong.func):
        return ""
    if callee(right.func) == "range":
        return "loop-range"
    if len(right.args) == 1 < len(wrong.args) and callee(right.func) in _OF_ONE_SHAPE:
        return "shape-unpacked"
    given = {k.arg for k in right.keywords}, {k.arg for k in wrong.keywords}
    if _same(right.args, wrong.args) and given[0] != given[1]:
        if given[1] < given[0]:
            lost = given[0] - given[1]
            return "keepdims" if lost == {"keepdims"} else "argument-dropped"
        return "argument-extra" if given[0] < given[1] else ""
    if _permuted(right.args, wrong.args):
        return "arguments-swapped"
    return ""


def _permuted(one: Sequence[ast.AST], other: Sequence[ast.AST]) -> bool:
    """Return whether two lists have the same items in another order."""
    mine, theirs = [ast.dump(n) for n in one], [ast.dump(n) for n in other]
    return mine != theirs and sorted(mine) == sorted(theirs)


def _indices(right: ast.AST, wrong: ast.AST, parents: _Parents) -> str:
    if isinstance(right, ast.Subscript) and _same(right.value, wrong):
        return "index-missing"
    if isinstance(wrong, ast.Subscript) and _same(wrong.value, right):
        return "index-extra"
    if isinstance(right, ast.Slice) and isinstance(wrong, ast.Slice):
        pairs = [(getattr(right, n), getattr(wrong, n)) for n in ("lower", "upper", "step")]
        if any(one is not None and other is None for one, other in pairs):
            return "bound-missing"
        if any(one is None and other is not None for one, other in pairs):
            return "slice-short"
        return "slice-bounds"
    inside = bool(parents) and isinstance(parents[-1], ast.Subscript)
    if inside and isinstance(right, ast.Tuple) != isinstance(wrong, ast.Tuple):
        return "index-missing" if isinstance(right, ast.Tuple) else "index-extra"
    if isinstance(right, ast.Slice) != isinstance(wrong, ast.Slice):
        return "slice-index"
    if inside and isinstance(right, ast.Tuple) and isinstance(wrong, ast.Tuple):
        if len(right.elts) != len(wrong.elts):
            return "index-missing" if len(right.elts) > len(wrong.elts) else "index-extra"
        return "index-order" if _permuted(right.elts, wrong.elts) else ""
    shifted = isinstance(right, ast.BinOp) or isinstance(wrong, ast.BinOp)
    if inside and shifted and _base(right) == _base(wrong):
        return "index"
    return ""


def _base(node: ast.AST) -> str:
    """Return an index without the number that is added to it or subtracted."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, (ast.Add, ast.Sub)):
        return ast.dump(node)
    return ast.dump(node.left if isinstance(node.right, ast.Constant) else node)


def _comparisons(right: ast.AST, wrong: ast.AST, parents: _Parents) -> str:
    if not isinstance(right, ast.Compare) or not isinstance(wrong, ast.Compare):
        return ""
    if len(right.ops) != len(wrong.ops) or not _same(right.comparators, wrong.comparators):
        return ""
    if not _same(right.left, wrong.left):
        return ""
    strict = {ast.Lt: ast.LtE, ast.Gt: ast.GtE, ast.LtE: ast.Lt, ast.GtE: ast.Gt}
    pairs = [
        (type(a), type(b)) for a, b in zip(right.ops, wrong.ops, strict=True) if not _same(a, b)
    ]
    return "boundary" if all(strict.get(a) is b for a, b in pairs) else "comparison"


def _groups(right: ast.AST, wrong: ast.AST, parents: _Parents) -> str:
    """A pair whose values have changed places; one value too many or too few is returned."""
    returned = bool(parents) and isinstance(parents[-1], ast.Return)
    if isinstance(right, (ast.Tuple, ast.List)) and isinstance(wrong, (ast.Tuple, ast.List)):
        if returned and len(right.elts) != len(wrong.elts):
            return "result-missing" if len(right.elts) > len(wrong.elts) else "result-extra"
        same = type(right) is type(wrong) and _permuted(right.elts, wrong.elts)
        return "pair-swapped" if same else ""
    if returned and isinstance(right, ast.Tuple) and not isinstance(wrong, ast.Tuple):
        return "result-missing"
    if returned and isinstance(wrong, ast.Tuple):
        return "result-extra"
    return ""


def _assignments(right: ast.AST, wrong: ast.AST, parents: _Parents) -> str:
    """A value that is replaced, and should be added to; or the other way round."""
    if not isinstance(right, ast.Assign) or not isinstance(wrong, ast.Assign):
        return ""
    if not _same(right.targets, wrong.targets):
        return "assigned" if _same(right.value, wrong.value) else ""
    for one, other in ((right, wrong), (wrong, right)):
        added = one.value
        if isinstance(added, ast.BinOp) and isinstance(added.op, (ast.Add, ast.Sub)):
            target = ast.unparse(one.targets[0])
            if ast.unparse(added.left) == target and _same(added.right, other.value):
                return "accumulation"
    return ""


def _blocks(right: ast.AST, wrong: ast.AST, parents: _Parents) -> str:
    """Statements in another order or at another depth, one too many or too few."""
    if type(right) is not type(wrong) or not isinstance(getattr(right, "body", None), list):
        return ""
    if _flat(right) == _flat(wrong):
        return "indentation"
    ours, theirs = right.body, wrong.body  # type: ignore[attr-defined]
    if _permuted(ours, theirs):
        return "statement-order"
    if _lacks_one(theirs, ours):
        return "statement-missing"
    return "statement-extra" if _lacks_one(ours, theirs) else ""


def _flat(node: ast.AST) -> list[str]:
    """Return the statements in a block as text, of those with blocks only the first line."""
    every = ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).splitlines()
    return [line.strip() for line in every]


def _lacks_one(some: Sequence[ast.stmt], every: Sequence[ast.stmt]) -> bool:
    """Return whether one block is another without one of its statements."""
    texts = [ast.dump(one) for one in some]
    dumps = [ast.dump(one) for one in every]
    return any(texts == [*dumps[:i], *dumps[i + 1 :]] for i in range(len(dumps)))


_RULES = (
    _names,
    _constants,
    _indices,
    _arithmetic,
    _unary,
    _calls,
    _brackets,
    _comparisons,
    _groups,
    _assignments,
    _blocks,
)
