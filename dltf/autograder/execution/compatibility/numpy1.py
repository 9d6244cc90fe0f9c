"""NumPy 1, and scipy.misc: names that were removed, and arrays of one element as numbers."""

from __future__ import annotations

import ast
import builtins
import operator
import types
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from dltf.autograder.execution.compatibility.detection import Rewriter
from dltf.autograder.execution.compatibility.facade import MISSING, Facade, first_of, resolve

_ALIASES = {
    "float": float, "int": int, "bool": bool, "object": object, "str": str, "complex": complex,
    "long": int, "unicode": str, "bool8": np.bool_, "object0": np.object_, "str0": np.str_,
    "bytes0": np.bytes_, "void0": np.void, "int0": np.intp, "uint0": np.uintp,
    "float_": np.float64, "complex_": np.complex128, "cfloat": np.complex128,
    "singlecomplex": np.complex64, "longfloat": np.longdouble, "longcomplex": np.clongdouble,
    "clongfloat": np.clongdouble, "string_": np.bytes_, "unicode_": np.str_,
    "Inf": np.inf, "Infinity": np.inf, "infty": np.inf, "PINF": np.inf, "NINF": -np.inf,
    "NaN": np.nan, "NAN": np.nan, "PZERO": 0.0, "NZERO": -0.0,
    "product": np.prod, "cumproduct": np.cumprod, "alltrue": np.all, "sometrue": np.any,
    "row_stack": np.vstack, "round_": np.round, "mat": np.asmatrix, "rank": np.ndim,
    "find_common_type": lambda arrays, scalars: np.result_type(*arrays, *scalars),
    "issubclass_": lambda one, other: isinstance(one, type) and issubclass(one, other),
    "asscalar": lambda a: np.asarray(a).item(),
    "msort": lambda a: np.sort(a, axis=0),
    "asfarray": lambda a, dtype=np.float64: np.asarray(a, dtype=dtype),
    "in1d": lambda a, b, **options: np.isin(np.ravel(a), b, **options),
    "disp": lambda text, *_: print(text),
}  # fmt: skip


def find_numpy(path: str, late: bool) -> Any:
    """Return what stands for a removed name of NumPy."""
    head, _, name = path.partition(".")
    if head != "numpy":
        return MISSING
    if not late:
        return _sum if name == "sum" else _OF_TENSORS.get(name, MISSING)
    if name == "trapz":
        return first_of(["numpy.trapezoid", "scipy.integrate.trapezoid"])
    if name == "random.random_integers":
        return lambda low, high=None, size=None: (
            np.random.randint(1, low + 1, size)  # noqa: NPY002 - what it was
            if high is None
            else np.random.randint(low, high + 1, size)  # noqa: NPY002
        )
    return _ALIASES.get(name, MISSING)


class _OfTensors:
    """A function of NumPy that takes tensors of a graph, as it once did."""

    def __init__(self, name: str, operation: str) -> None:
        self._function, self._operation = getattr(np, name), operation

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if any(map(_is_symbolic, args)):
            return resolve(f"tensorflow.{self._operation}")(*args, **kwargs)
        return self._function(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._function, name)


def _is_symbolic(value: Any) -> bool:
    """Return whether a value is a tensor of a graph."""
    kind = type(value)
    return kind.__module__.startswith("tensorflow.") and not hasattr(value, "numpy")


_OF_TENSORS = {
    name: _OfTensors(name, operation)
    for name, operation in {
        **{name: name for name in ("multiply", "add", "subtract", "divide", "square", "maximum")},
        **{name: name for name in ("minimum", "exp", "sqrt", "transpose", "reshape", "matmul")},
        "log": "math.log", "power": "pow",
    }.items()
}  # fmt: skip


def _sum(a: Any, *args: Any, **kwargs: Any) -> Any:
    """Return `np.sum`, which once added up the values of a generator, too."""
    if isinstance(a, types.GeneratorType):
        return builtins.sum(a)
    return np.sum(a, *args, **kwargs)


# Arrays of one element where a number is asked for ------------------------------------------------


def is_strict() -> bool:
    """Return whether this NumPy refuses to take an array of one element as a number."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            float(np.ones((1, 1)))
        except TypeError:
            return True
    return False


CALL, STORE, CHANGE, FORMAT = "_dltf_call_", "_dltf_store_", "_dltf_change_", "_dltf_format_"
CONVERSIONS = ("float", "int", "complex", "round")
_CHANGES = {
    ast.Add: operator.iadd, ast.Sub: operator.isub, ast.Mult: operator.imul,
    ast.Div: operator.itruediv, ast.Pow: operator.ipow, ast.FloorDiv: operator.ifloordiv,
    ast.Mod: operator.imod, ast.MatMult: operator.imatmul,
}  # fmt: skip


class Numbers(Rewriter):
    """Rewrites the places where NumPy 1 took an array of one element for a number.

    These are `float(b)`, `math.exp(b)`, `Z[i, j] = b`, `Z[i, j] += b` and `"%f" % b`. What is put
    in their place does the same first, and another thing only where that fails.
    """

    def __init__(self) -> None:
        self.count = 0

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Rewrite `float(b)` and `math.exp(b)`."""
        self.generic_visit(node)
        function = node.func
        plain = isinstance(function, ast.Name) and function.id in CONVERSIONS
        maths = isinstance(function, ast.Attribute) and (
            function.attr in CONVERSIONS
            or (isinstance(function.value, ast.Name) and function.value.id == "math")
        )
        if not (plain or maths) or not node.args or node.keywords:
            return node
        return self._put(node, CALL, [function, *node.args])

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Rewrite `Z[i, j] = b`."""
        self.generic_visit(node)
        target = node.targets[0]
        if len(node.targets) > 1 or not isinstance(target, ast.Subscript):
            return node
        index = _as_value(target.slice)
        call = self._put(node, STORE, [node.value, target.value, index])
        return ast.copy_location(ast.Expr(call), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """Rewrite `Z[i, j] += b`."""
        self.generic_visit(node)
        target = node.target
        if not isinstance(target, ast.Subscript) or type(node.op) not in _CHANGES:
            return node
        kind = ast.copy_location(ast.Constant(type(node.op).__name__), node)
        arguments = [kind, target.value, _as_value(target.slice), node.value]
        return ast.copy_location(ast.Expr(self._put(node, CHANGE, arguments)), node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Rewrite `"%f" % b`."""
        self.generic_visit(node)
        text = node.left
        if not (
            isinstance(node.op, ast.Mod)
            and isinstance(text, ast.Constant)
            and isinstance(text.value, str)
        ):
            return node
        return self._put(node, FORMAT, [text, node.right])

    def _put(self, node: ast.AST, name: str, arguments: list[ast.expr]) -> ast.Call:
        self.count += 1
        call = ast.Call(ast.Name(name, ast.Load()), arguments, [])
        ast.copy_location(call, node)
        ast.copy_location(call.func, node)
        return ast.fix_missing_locations(call)


def _as_value(index: ast.expr) -> ast.expr:
    """Return an index as an expression: slices as calls of `slice`."""
    if isinstance(index, ast.Slice):
        none = ast.Constant(None)
        parts = [part or none for part in (index.lower, index.upper, index.step)]
        made = ast.Call(ast.Name("_dltf_slice_", ast.Load()), parts, [])
        return ast.fix_missing_locations(ast.copy_location(made, index))
    if isinstance(index, ast.Tuple):
        elements = [_as_value(part) for part in index.elts]
        return ast.copy_location(ast.Tuple(elements, ast.Load()), index)
    return index


def number_functions(note: Callable[[str], None]) -> dict[str, Any]:
    """Return what `Numbers` calls: name -> function.

    Args:
        note: called when an array was taken for a number.
    """

    def number(value: Any) -> Any:
        return value.item() if _is_one(value) else value

    def call(function: Any, *args: Any) -> Any:
        try:
            return function(*args)
        except TypeError:
            if not any(map(_is_one, args)):
                raise
            note("numpy 1")
            return function(*map(number, args))

    def store(value: Any, target: Any, index: Any) -> None:
        try:
            target[index] = value
        except (TypeError, ValueError):
            if not (_is_one(value) and isinstance(target, np.ndarray)):
                raise
            if np.ndim(target[index]) > 0:
                raise
            note("numpy 1")
            target[index] = value.item()

    def change(kind: str, target: Any, index: Any, value: Any) -> None:
        changed = _BY_NAME[kind](target[index], value)
        store(changed, target, index)

    def format_(text: str, values: Any) -> str:
        try:
            return text % values
        except TypeError:
            every = values if isinstance(values, tuple) else (values,)
            if not any(map(_is_one, every)):
                raise
            note("numpy 1")
            return text % tuple(map(number, every))

    return {CALL: call, STORE: store, CHANGE: change, FORMAT: format_, "_dltf_slice_": slice}


_BY_NAME = {kind.__name__: function for kind, function in _CHANGES.items()}


def _is_one(value: Any) -> bool:
    """Return whether a value is an array of one element, but no number."""
    return isinstance(value, np.ndarray) and value.size == 1 and value.ndim > 0


# scipy.misc ---------------------------------------------------------------------------------------


def find_scipy(path: str, late: bool) -> Any:
    """Return what stands for a removed name of SciPy."""
    if not late or not path.startswith("scipy."):
        return MISSING
    name = path.removeprefix("scipy.")
    if name == "misc":
        return Facade("scipy.misc", tuple, find_scipy)
    if name in ("ndimage.imread", "misc.imread"):
        return imread
    if name.startswith("misc."):
        functions = {"imresize": imresize, "imsave": imsave, "toimage": toimage}
        functions |= {"bytescale": bytescale, "fromimage": np.asarray}
        member = name.removeprefix("misc.")
        if member in functions:
            return functions[member]
        return first_of([f"scipy.special.{member}", f"scipy.datasets.{member}"])
    return MISSING


def imread(name: Any, flatten: bool = False, mode: str | None = None) -> Any:
    """Read an image file as an array."""
    from PIL import Image

    with Image.open(name) as image:
        if mode or image.mode in ("P", "1"):
            image = image.convert(mode or "RGB")
        return np.asarray(image.convert("F") if flatten else image)


def bytescale(
    data: Any, cmin: Any = None, cmax: Any = None, high: int = 255, low: int = 0
) -> np.ndarray:
    """Return an array as bytes, from its least value to its largest."""
    array = np.asarray(data)
    if array.dtype == np.uint8:
        return array
    cmin = array.min() if cmin is None else cmin
    cmax = array.max() if cmax is None else cmax
    scale = (high - low) / ((cmax - cmin) or 1)
    return (np.clip((array - cmin) * scale + low, low, high) + 0.5).astype(np.uint8)


def toimage(arr: Any, *args: Any, cmin: Any = None, cmax: Any = None, **options: Any) -> Any:
    """Return an array as an image."""
    from PIL import Image

    return Image.fromarray(bytescale(arr, cmin, cmax))


def imresize(arr: Any, size: Any, interp: str = "bilinear", mode: str | None = None) -> Any:
    """Return an array of pixels in another size: (rows, columns), a fraction, or percents."""
    from PIL import Image

    image = toimage(arr) if mode is None else toimage(arr).convert(mode)
    kinds = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "cubic": 3}
    if isinstance(size, (int, np.integer)):
        columns, rows = (int(n * size / 100) for n in image.size)
    elif isinstance(size, (float, np.floating)):
        columns, rows = (int(n * size) for n in image.size)
    else:
        rows, columns = (int(n) for n in size[:2])
    return np.asarray(image.resize((columns, rows), Image.Resampling(kinds[interp])))


def imsave(name: Any, arr: Any, format: str | None = None) -> None:
    """Write an array as an image file."""
    toimage(arr).save(name, format=format)
