"""Names of a top-level statement: which it binds, changes and reads, now or when it is called."""

from __future__ import annotations

import ast
import re
import symtable
from dataclasses import dataclass

from dltf import _syntax

Definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# Scopes that run with the statement that contains them, unlike functions and lambdas.
_IMMEDIATE = {"listcomp", "setcomp", "dictcomp", "genexpr"}
# Methods that show, train or store something, and leave what an answer needs as it was.
_IDLE = re.compile(
    r"(fit|train|evaluat|predict|summary|plot|show|imshow|save|dump|print|display|describe|info|"
    r"head$|tail$|hist|scatter|draw|download|retrieve|mount|run$|close|flush|write|render|test)"
)
# Functions of a library that change how it works from then on.
_SETTING = re.compile(
    r"(set_|seed$|seterr$|disable_|enable_|use_|run_functions_eagerly$|filterwarnings$|"
    r"simplefilter$|setrecursionlimit$|reset_default_graph$|clear_session$|append$|insert$|"
    r"update$|add$)"
)
# Functions of libraries that change their first argument.
_CHANGING = {"shuffle", "setattr", "delattr", "fill_diagonal", "put", "copyto", "place", "putmask"}
SETTINGS = "*"  # stands for the settings of libraries, among names


@dataclass(frozen=True)
class Names:
    """The global names of a statement.

    Attributes:
        binds: it binds, or changes an item or attribute of.
        reads: it reads, when it runs or (in the body of a function) later.
        now: it reads when it runs.
        changes: it changes without replacing them: `table[k] = v`, `x += 1`, `np.random.seed(1)`.
        effects: the functions that it defines change when they are called; `#0` stands for what
            is passed first.
    """

    binds: frozenset[str]
    reads: frozenset[str]
    now: frozenset[str]
    changes: frozenset[str]
    effects: frozenset[str]


def names_of(node: ast.stmt, source: str) -> Names:
    """Return the global names of a statement.

    Local names of functions are neither bound nor read: a local variable `parameters` of an answer
    must not include the cell that trains a model and assigns the result to the same name.
    """
    binds: set[str] = set()
    now: set[str] = set()
    later: set[str] = set()
    effects: set[str] = set()
    top = symtable.symtable(source, "<cell>", "exec")
    for symbol in top.get_symbols():
        if symbol.is_assigned() or symbol.is_imported():
            binds.add(symbol.get_name())
        if symbol.is_referenced():
            now.add(symbol.get_name())
    scopes = [(scope, True) for scope in top.get_children()]
    while scopes:
        scope, runs = scopes.pop()
        runs = runs and (scope.get_type() == "class" or scope.get_name() in _IMMEDIATE)
        scopes += [(child, runs) for child in scope.get_children()]
        found = {s.get_name() for s in scope.get_symbols() if s.is_global()}
        (now if runs else later).update(found)
        if not runs:
            effects |= {s.get_name() for s in scope.get_symbols() if _assigned_globally(s)}
    changes: set[str] = set()
    if isinstance(node, Definition) or named_lambda(node) is not None:
        changed = changed_in(node)
        effects |= changed & later
        arguments = getattr(node, "args", None)
        if isinstance(arguments, ast.arguments):
            passed = [*arguments.posonlyargs, *arguments.args]
            effects |= {f"#{i}" for i, one in enumerate(passed) if one.arg in changed}
    else:
        changes = changed_in(node)
        binds |= _stored(node)
        changes |= _replaced_by_itself(node, binds) | _sometimes_bound(node, binds)
    return Names(*map(frozenset, (binds, now | later, now, changes, effects)))


def _assigned_globally(symbol: symtable.Symbol) -> bool:
    return symbol.is_declared_global() and symbol.is_assigned()


def changed_in(node: ast.AST) -> set[str]:
    """Return the names of which the code changes an item or attribute, or calls a method to."""
    found = _stored(node)
    any_method = isinstance(node, (ast.Expr, ast.For, ast.While))
    calls = not isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign))
    for child in _syntax.walk(node):
        if isinstance(child, ast.AugAssign) and isinstance(child.target, ast.Name):
            found.add(child.target.id)
        elif isinstance(child, ast.Call) and calls:
            found |= _changed_by_call(child, any_method)
    return found


def _stored(node: ast.AST) -> set[str]:
    """Return the names of which an item or attribute is set or deleted."""
    return {
        root_of(child)
        for child in _syntax.walk(node)
        if isinstance(child, (ast.Subscript, ast.Attribute))
        and isinstance(child.ctx, (ast.Store, ast.Del))
    } - {""}


def named_lambda(node: ast.stmt) -> ast.Lambda | None:
    """Return the lambda of `name = lambda ...`, if the statement is that."""
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    else:
        return None
    value = node.value
    return value if isinstance(value, ast.Lambda) and isinstance(targets[0], ast.Name) else None


def root_of(node: ast.AST) -> str:
    """Return the name at the root of `name.a[0].b`, or ""."""
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _changed_by_call(call: ast.Call, any_method: bool) -> set[str]:
    """Return the names that a call changes, by what its function is called.

    Args:
        call: the call.
        any_method: whether any method may change its object: `layer.build(3)` as a statement.
    """
    function = call.func
    last = function.attr if isinstance(function, ast.Attribute) else root_of(function)
    first = root_of(call.args[0]) if call.args else ""
    if last in _CHANGING and first:
        return {first}
    if isinstance(function, ast.Attribute):
        root = root_of(function)
        if not root or _IDLE.match(last) or not (any_method or _SETTING.match(last)):
            return set()
        return {root}
    return {SETTINGS} if _SETTING.match(last) and any_method else set()


def setting(node: ast.stmt) -> bool:
    """Return whether a statement calls what changes a library's settings, by its name."""
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call):
        return False
    function = call.func
    last = function.attr if isinstance(function, ast.Attribute) else root_of(function)
    return bool(_SETTING.match(last)) or last in _CHANGING


def _replaced_by_itself(node: ast.stmt, binds: set[str]) -> set[str]:
    """Return the names that an assignment sets to something made of their own value.

    `f = jit(f)` and `x = x + 1` are; `model = model(64)` is not: it replaces the function by what
    it returned.
    """
    if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
        return set()
    called = {
        id(child.func)
        for child in _syntax.walk(node.value)
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Name)
    }
    return binds & {
        child.id
        for child in _syntax.walk(node.value)
        if isinstance(child, ast.Name) and id(child) not in called
    }


def _sometimes_bound(node: ast.stmt, binds: set[str]) -> set[str]:
    """Return the names that a loop, or an `if` without an alternative, may leave as they were."""
    if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
        return set(binds)
    if isinstance(node, ast.If):
        return binds - (assigned_in(node.body) & assigned_in(node.orelse))
    return set()


def assigned_in(nodes: list[ast.stmt]) -> set[str]:
    """Return the names that statements, outside of functions, bind by assignment or definition."""
    found: set[str] = set()
    for node in nodes:
        for child in _syntax.walk(node):
            if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
                found.add(child.id)
            elif isinstance(child, Definition):
                found.add(child.name)
            elif isinstance(child, (ast.Import, ast.ImportFrom)):
                found |= {(a.asname or a.name).partition(".")[0] for a in child.names}
    return found


def defined_in(node: ast.stmt) -> set[str]:
    """Return the names of the functions and classes that a block may define."""
    found: set[str] = set()
    waiting: list[ast.AST] = [node] if isinstance(node, (ast.If, ast.Try, ast.With)) else []
    while waiting:
        for child in ast.iter_child_nodes(waiting.pop()):
            if isinstance(child, Definition):
                found.add(child.name)
            elif isinstance(child, (ast.stmt, ast.ExceptHandler)):
                waiting.append(child)
    return found


class _Order(ast.NodeVisitor):
    """Reads names in the order in which they are evaluated."""

    def __init__(self) -> None:
        self.reads: set[str] = set()  # before they are bound
        self._bound: set[str] = set()

    def _visit_all(self, *nodes: ast.AST | None) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._bound.add(node.id)
        elif node.id not in self._bound:
            self.reads.add(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._visit_all(node.value, *node.targets)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.visit_Name(ast.Name(node.target.id, ast.Load()))
        self._visit_all(node.target, node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._visit_all(node.value, node.target)

    def visit_For(self, node: ast.For) -> None:
        self._visit_all(node.iter, node.target, *node.body, *node.orelse)

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        self._visit_all(*node.generators, node.elt)

    visit_SetComp = visit_GeneratorExp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._visit_all(*node.generators, node.key, node.value)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._visit_all(node.iter, node.target, *node.ifs)


def carried(node: ast.stmt) -> set[str]:
    """Return the names that a statement reads before it binds them, such as a loop's counter."""
    order = _Order()
    try:
        order.visit(node)
    except RecursionError:  # an expression a thousand operators deep
        return set()
    return order.reads
