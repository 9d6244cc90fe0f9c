"""What a program asks for that today's libraries dropped, read from its syntax tree.

Nothing is imported and nothing runs: the grader uses this to choose a process, the child to switch
on what is needed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from dltf import _syntax

FAMILIES = ("tensorflow", "keras", "numpy", "scipy")
# Names of TensorFlow 1 (and `K.get_session`) that make sense in a graph only.
GRAPH_NAMES = frozenset(
    [
        "Session",
        "InteractiveSession",
        "placeholder",
        "placeholder_with_default",
        "get_variable",
        "variable_scope",
        "global_variables_initializer",
        "local_variables_initializer",
        "variables_initializer",
        "initialize_all_variables",
        "initialize_variables",
        "get_session",
        "get_default_session",
        "xavier_initializer",
        "xavier_initializer_conv2d",
        "variance_scaling_initializer",
        "GradientDescentOptimizer",
        "AdamOptimizer",
        "MomentumOptimizer",
        "AdagradOptimizer",
        "RMSPropOptimizer",
    ]
)
# Calls that leave the graphs of TensorFlow 1 on, or everything that they contain.
_WORDS = re.compile(rf"\b(?:{'|'.join(sorted(GRAPH_NAMES))}|feed_dict|eval)\b")
# Prefixes of Keras, as it was part of TensorFlow.
KERAS = re.compile(r"^tensorflow\.(?:compat\.v1\.|python\.|contrib\.)?keras\b")
TENSORFLOW_1_KEYWORDS = frozenset(
    {"keep_dims", "reduction_indices", "dimension", "squeeze_dims", "keep_prob"}
)
KERAS_2_KEYWORDS = frozenset(
    [
        "init",
        "border_mode",
        "subsample",
        "nb_filter",
        "nb_row",
        "nb_col",
        "nb_epoch",
        "samples_per_epoch",
        "nb_val_samples",
        "dim_ordering",
        "W_regularizer",
        "b_regularizer",
        "W_constraint",
        "b_constraint",
        "inner_activation",
        "inner_init",
        "forget_bias_init",
        "consume_less",
        "bias",
        "p",
        "input_dim",
        "input_length",
        "batch_input_shape",
        "output_dim",
        "input",
        "output",
        "lr",
        "decay",
        "pool_length",
        "stride",
        "mode",
        "concat_axis",
        "dot_axes",
        "weights",
        "implementation",
    ]
)


@dataclass
class Asked:
    """What a program asks for.

    Attributes:
        paths: full names of what it uses of the libraries (`numpy.float`).
        keywords: full name of what is called -> keywords of older versions.
        unsized: full names of pooling layers that are made without a size.
        graph: names of its functions and other top-level names that need a graph of TensorFlow 1.
        old: those that use a name of `tensorflow.compat.v1`, or an old keyword.
        global_graph: those that use a session, placeholder or variable made at top level.
        generators: whether it has a generator.
    """

    paths: set[str] = field(default_factory=set)
    keywords: dict[str, set[str]] = field(default_factory=dict)
    unsized: set[str] = field(default_factory=set)
    graph: frozenset[str] = frozenset()
    global_graph: frozenset[str] = frozenset()
    old: frozenset[str] = frozenset()
    generators: bool = False


def parsed(sources: Iterable[str]) -> list[ast.Module]:
    """Return the syntax trees of those sources that parse."""
    trees = []
    for source in sources:
        try:
            trees.append(_syntax.parse(source))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return trees


class Rewriter(ast.NodeTransformer):
    """Base class of what rewrites a program: it does not search long tables of numbers."""

    def visit_List(self, node: ast.List) -> ast.AST:
        """Search a list."""
        return node if _syntax.is_table(node) else self.generic_visit(node)

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        """Search a tuple."""
        return node if _syntax.is_table(node) else self.generic_visit(node)


def asked(trees: Iterable[ast.Module], known: Mapping[str, str]) -> Asked:
    """Return what a program, in several trees, asks for.

    Args:
        trees: the program.
        known: local names of modules and their members: name -> full name.
    """
    trees, found = list(trees), Asked()
    for tree in trees:
        for node in _syntax.walk(tree):
            _read(node, known, found)
    _read_graphs(trees, known, found)
    return found


@lru_cache(maxsize=512)
def needs_graph(source: str) -> bool:
    """Return whether a part of a program uses the graphs of TensorFlow 1."""
    if not _WORDS.search(source):
        return "disable_eager_execution" in source or "disable_v2_behavior" in source
    try:
        return any(_marks(node, None) for tree in parsed([source]) for node in _syntax.walk(tree))
    except RecursionError:
        return True


def aliases(trees: Iterable[ast.Module]) -> dict[str, str]:
    """Return local names of imported modules and their members: name -> full name."""
    known: dict[str, str] = {}
    for tree in trees:
        for node in _syntax.walk(tree):
            if isinstance(node, ast.Import):
                for one in node.names:
                    top = one.name.partition(".")[0]
                    known[one.asname or top] = one.name if one.asname else top
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for one in node.names:
                    known[one.asname or one.name] = f"{node.module}.{one.name}"
    return known


def normal(path: str) -> str:
    """Return the full name of something in Keras without TensorFlow's prefix."""
    return KERAS.sub("keras", path)


def path_of(node: ast.AST, known: Mapping[str, str]) -> str | None:
    """Return the full name of `np.random.rand` and the like, None if it is of no known library."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in known:
        return None
    path = ".".join([known[node.id], *reversed(parts)])
    return normal(path) if path.partition(".")[0] in FAMILIES else None


def _read(node: ast.AST, known: Mapping[str, str], found: Asked) -> None:
    """Add what one node asks for."""
    if isinstance(node, (ast.Attribute, ast.Name)):
        path = path_of(node, known)
        if path is not None:
            found.paths.add(path)
    elif isinstance(node, ast.Call):
        _read_call(node, known, found)
    elif isinstance(node, ast.Import):
        names = [one.name for one in node.names]
        found.paths.update(normal(n) for n in names if n.partition(".")[0] in FAMILIES)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        if node.module.partition(".")[0] in FAMILIES:
            found.paths.add(normal(node.module))
            full = (f"{node.module}.{one.name}" for one in node.names if one.name != "*")
            found.paths.update(map(normal, full))
    elif isinstance(node, ast.GeneratorExp):
        found.generators = True


def _read_call(node: ast.Call, known: Mapping[str, str], found: Asked) -> None:
    path = path_of(node.func, known)
    keywords = {one.arg for one in node.keywords if one.arg}
    if path is None and isinstance(node.func, ast.Attribute):  # a method, of a model perhaps
        if keywords & {"nb_epoch", "samples_per_epoch"} or node.func.attr == "fit_generator":
            found.keywords.setdefault("keras.Model.fit", set()).update(keywords)
        return
    if path is None:
        return
    old = keywords & (TENSORFLOW_1_KEYWORDS if path.startswith("tensorflow") else KERAS_2_KEYWORDS)
    last = path.rpartition(".")[2]
    if last in ("Convolution2D", "Convolution1D") and len(node.args) > 2:
        old |= {"nb_row"}
    if old and path.startswith(("keras", "tensorflow")):
        found.keywords.setdefault(path, set()).update(old)
    if (
        re.fullmatch(r"AveragePooling[123]D", last)
        and not node.args
        and "pool_size" not in keywords
    ):
        found.unsized.add(path)


# Graphs -------------------------------------------------------------------------------------------


def _marks(node: ast.AST, known: Mapping[str, str] | None) -> bool:
    """Return whether a node needs a graph; without known names, whether it may."""
    if isinstance(node, ast.keyword):
        return node.arg == "feed_dict"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        named = {one.arg for one in node.keywords}
        return node.func.attr == "eval" and not node.args and named <= {"session", "feed_dict"}
    if isinstance(node, ast.Attribute):
        if node.attr not in GRAPH_NAMES:
            return False
        return known is None or path_of(node, known) is not None
    if isinstance(node, ast.Name):
        if node.id not in GRAPH_NAMES:
            return False
        return known is None or path_of(node, known) is not None
    return False


def _read_graphs(trees: Iterable[ast.Module], known: Mapping[str, str], found: Asked) -> None:
    """Add the top-level names that need a graph, or use what is of TensorFlow 1."""
    used: dict[str, set[str]] = {}
    marked: set[str] = set()
    old: set[str] = set()
    drawn: set[str] = set()  # with TensorFlow's operations
    made: set[str] = set()  # by statements at top level
    for statement in (statement for tree in trees for statement in tree.body):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            continue
        names, nodes = set(_bound(statement)), list(_syntax.walk(statement))
        refers = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        for name in names:
            used.setdefault(name, set()).update(refers)
        marked |= names if any(_marks(node, known) for node in nodes) else set()
        old |= names if any(_is_old(node, known) for node in nodes) else set()
        drawn |= names if any(_is_operation(node, known) for node in nodes) else set()
        made |= names if not isinstance(statement, (ast.FunctionDef, ast.ClassDef)) else set()
    closures = {name: _closure(name, used) for name in used}

    def reaching(some: set[str] | frozenset[str]) -> frozenset[str]:
        return frozenset(name for name, names in closures.items() if names & some)

    if marked & made:  # there is a session at top level, and so a graph
        marked |= drawn & made
    found.graph = reaching(marked)
    found.global_graph = reaching(found.graph & made)
    found.old = reaching(marked | old)


def _is_operation(node: ast.AST, known: Mapping[str, str]) -> bool:
    """Return whether a node is something of TensorFlow, and not of Keras."""
    path = path_of(node, known) if isinstance(node, ast.Attribute) else None
    return path is not None and path.startswith("tensorflow.")


def _is_old(node: ast.AST, known: Mapping[str, str]) -> bool:
    """Return whether a node uses `tensorflow.compat.v1`, or a keyword of TensorFlow 1."""
    if isinstance(node, ast.keyword):
        return node.arg in TENSORFLOW_1_KEYWORDS
    path = path_of(node, known) if isinstance(node, (ast.Attribute, ast.Name)) else None
    return path is not None and path.startswith("tensorflow.compat.v1")


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a top-level statement binds."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield statement.name
        return
    for node in _syntax.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name


def _closure(name: str, used: Mapping[str, set[str]]) -> set[str]:
    """Return a name and all that its definition refers to, directly or not."""
    found, rest = set(), [name]
    while rest:
        one = rest.pop()
        if one not in found:
            found.add(one)
            rest += used.get(one, ())
    return found
