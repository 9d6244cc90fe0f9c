"""Keras 1 and 2: modules and names that were removed or moved, old arguments, the old backend."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dltf.autograder.execution.compatibility.detection import Rewriter
from dltf.autograder.execution.compatibility.facade import MISSING, Facade, first_of, resolve

# Where a module of an older Keras has its members today.
_HOMES = {
    "engine": ("", "layers", "models"),
    "legacy": ("layers",),
    "preprocessing": ("preprocessing", "utils"),
    "utils": ("utils",),
    "layers": ("layers",),
    "objectives": ("losses",),
    "applications": ("applications",),
    "optimizers": ("optimizers",),
    "backend": ("backend",),
}
_NAMES = {
    "layers.CuDNNLSTM": "keras.layers.LSTM",
    "layers.CuDNNGRU": "keras.layers.GRU",
    "layers.Deconvolution2D": "keras.layers.Conv2DTranspose",
    "layers.AtrousConvolution2D": "keras.layers.Conv2D",
    "layers.core.InputSpec": "keras.InputSpec",
    "layers.InputLayer": "keras.layers.InputLayer",
    "initializers.normal": "keras.initializers.RandomNormal",
    "initializers.uniform": "keras.initializers.RandomUniform",
    "utils.np_utils": "keras.utils",
    "utils.vis_utils": "keras.utils",
    "utils.data_utils": "keras.utils",
    "utils.layer_utils": "keras.utils",
    "utils.generic_utils": "keras.utils",
    "utils.conv_utils": "keras.utils",
    "utils.plot_model.plot": "keras.utils.plot_model",
    "utils.vis_utils.plot": "keras.utils.plot_model",
}
_RENAMED = {
    "init": "kernel_initializer", "border_mode": "padding", "subsample": "strides",
    "nb_filter": "filters", "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer", "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint", "inner_activation": "recurrent_activation",
    "inner_init": "recurrent_initializer", "bias": "use_bias", "p": "rate", "lr": "learning_rate",
    "pool_length": "pool_size", "stride": "strides", "input": "inputs", "output": "outputs",
    "nb_epoch": "epochs", "samples_per_epoch": "steps_per_epoch", "concat_axis": "axis",
    "batch_input_shape": "batch_shape",
}  # fmt: skip
_DROPPED = {"dim_ordering", "consume_less", "forget_bias_init", "mode", "weights", "input_length"}
_DROPPED |= {"implementation", "nb_val_samples"}
_INITIALIZERS = {
    "normal": "random_normal", "uniform": "random_uniform", "zero": "zeros", "one": "ones",
}  # fmt: skip
# Functions of the old backend whose names differ from today's operations.
_OPERATIONS = {
    "concatenate": "concatenate", "batch_flatten": "reshape", "permute_dimensions": "transpose",
    "pow": "power", "clip": "clip", "dot": "matmul",
}  # fmt: skip


def finder(
    unsized: Iterable[str], keywords: Mapping[str, Iterable[str]], session: Callable[[], Any]
) -> Callable[[str, bool], Any]:
    """Return the finder of names of an older Keras.

    Args:
        unsized: full names of pooling layers that are made without a size.
        keywords: full name of what is called -> its keywords of older versions.
        session: returns the session of the current graph.
    """
    adapted = set(unsized) | set(keywords)
    backend = _backend(session)

    def find(path: str, late: bool) -> Any:
        path = path.removeprefix("tensorflow.") if path.startswith("tensorflow.keras") else path
        if not path.startswith("keras."):
            return MISSING
        name = path.removeprefix("keras.")
        if not late:
            return _with_old_arguments(path) if path in adapted else MISSING
        if name.startswith("backend."):
            return backend(name.removeprefix("backend."))
        if name in ("layers.merge", "layers.Merge", "layers.core.Merge"):
            return merge
        value = resolve(_NAMES[name]) if name in _NAMES else _moved(name, adapted)
        return value if value is not MISSING else _module(path, find)

    return find


def _moved(name: str, adapted: set[str]) -> Any:
    """Return a member of a module that is gone, from where it is today."""
    top, *rest = name.split(".")
    if not rest or top not in _HOMES:
        return MISSING
    last = rest[-1]
    homes = [".".join(filter(None, ("keras", home))) for home in _HOMES[top]]
    for home in homes:
        if f"{home}.{last}" in adapted or f"keras.{name}" in adapted:
            value = _with_old_arguments(f"{home}.{last}")
            if value is not MISSING:
                return value
    return first_of(f"{home}.{last}" for home in homes)


def _module(path: str, find: Callable[[str, bool], Any]) -> Any:
    """Return a facade for a module that is gone (`keras.layers.normalization`)."""
    top, *rest = path.split(".")[1:]
    is_name = rest and not rest[-1].islower()
    return Facade(path, tuple, find) if top in _HOMES and not is_name else MISSING


def _with_old_arguments(path: str) -> Any:
    """Return a class or function of Keras that takes the arguments of older versions, too."""
    value = resolve(_NAMES.get(path.removeprefix("keras."), path))
    if value is MISSING:
        return MISSING
    last = path.rpartition(".")[2]

    @functools.wraps(value, updated=())
    def make(*args: Any, **kwargs: Any) -> Any:
        return value(*_sized(last, args, kwargs), **_renamed(last, kwargs))

    return make


def _sized(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """Return positional arguments as they are today: one size for rows and columns."""
    if name.startswith("AveragePooling") and not args:
        kwargs.setdefault("pool_size", kwargs.pop("pool_length", 2))
    if name == "Convolution2D" and len(args) >= 3:
        return (args[0], (args[1], args[2]), *args[3:])
    if "nb_row" in kwargs:
        kwargs["kernel_size"] = (kwargs.pop("nb_row"), kwargs.pop("nb_col"))
    return args


def _renamed(name: str, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return keyword arguments as they are called today."""
    ordering = kwargs.get("dim_ordering")
    found = {_RENAMED.get(key, key): value for key, value in kwargs.items() if key not in _DROPPED}
    if ordering in ("th", "tf"):
        found["data_format"] = "channels_first" if ordering == "th" else "channels_last"
    if name in ("Dense", "LSTM", "GRU", "SimpleRNN", "Conv1D") and "output_dim" in found:
        found["units"] = found.pop("output_dim")
    for key in ("kernel_initializer", "recurrent_initializer"):
        if isinstance(found.get(key), str):
            found[key] = _INITIALIZERS.get(found[key], found[key])
    if "batch_shape" in found and name not in ("Input", "InputLayer"):
        found["input_shape"] = found.pop("batch_shape")[1:]
    if "decay" in found and "learning_rate" in found:
        found["learning_rate"] = _decayed(found["learning_rate"], found.pop("decay"))
    return found


def _decayed(rate: float, decay: float) -> Any:
    """Return a learning rate that decays as the argument `decay` once had it."""
    import keras

    if not decay:
        return rate
    return keras.optimizers.schedules.InverseTimeDecay(rate, 1, decay)


def merge(inputs: Any, mode: str = "sum", concat_axis: int = -1, name: str | None = None) -> Any:
    """Merge tensors as the function of Keras 1 did."""
    import keras

    kinds = {"sum": "add", "mul": "multiply", "ave": "average", "max": "maximum"}
    if mode == "concat":
        return keras.layers.concatenate(inputs, axis=concat_axis, name=name)
    return getattr(keras.layers, kinds.get(mode, mode))(inputs, name=name)


class Methods(Rewriter):
    """Rewrites calls of methods of a model: `fit(nb_epoch=...)`, `fit_generator`."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Rewrite one call."""
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("fit", "fit_generator"):
            node.func.attr = "fit"
            for one in node.keywords:
                if one.arg in ("nb_epoch", "samples_per_epoch"):
                    one.arg = _RENAMED[one.arg]
        return node


# The backend --------------------------------------------------------------------------------------


def _backend(session: Callable[[], Any]) -> Callable[[str], Any]:
    """Return the finder of functions of the old backend."""
    fixed = {
        "get_session": lambda: session(),
        "set_session": lambda session: None,
        "learning_phase": lambda: 0,
        "set_learning_phase": lambda value: None,
        "image_dim_ordering": lambda: "tf",
        "set_image_dim_ordering": lambda ordering: None,
        "is_keras_tensor": lambda tensor: _is_symbolic([tensor]),
        "manual_variable_initialization": lambda value: None,
    }

    def find(name: str) -> Any:
        if name in fixed:
            return fixed[name]
        function = resolve(f"tensorflow.keras.backend.{name}")
        if not callable(function):
            return function
        return _of_both(name, function)

    return find


def _of_both(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of the old backend that takes Keras's symbolic tensors, too."""
    operation = resolve(f"keras.ops.{_OPERATIONS.get(name, name)}")

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if callable(operation) and _is_symbolic(args):
            return operation(*args, **kwargs)
        return function(*args, **kwargs)

    return call


def _is_symbolic(values: Iterable[Any]) -> bool:
    import keras

    flat = [x for v in values for x in (v if isinstance(v, (list, tuple)) else [v])]
    return any(isinstance(value, keras.KerasTensor) for value in flat)
