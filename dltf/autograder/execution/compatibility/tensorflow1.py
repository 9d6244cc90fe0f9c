"""TensorFlow 1: its names, and calls of functions that are written for its graphs.

A function that asks for a session, a placeholder or a variable of a graph is called inside one. At
the border tensors become constants of the graph (and variables its variables) on the way in, and on
the way out what the graph's tensors are worth in a session, so that cases need not know.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dltf.autograder.execution.compatibility.facade import MISSING, Facade, resolve

_RENAMED = {
    "mul": "multiply", "sub": "subtract", "neg": "negative", "pack": "stack", "unpack": "unstack",
    "select": "where", "batch_matmul": "matmul", "inv": "reciprocal", "mod": "math.floormod",
}  # fmt: skip
_SWITCHES = "v2_behavior eager_execution resource_variables v2_tensorshape control_flow_v2 "
_SWITCHES += "tensor_equality"
_NOTHING = {f"{verb}_{what}" for verb in ("enable", "disable") for what in _SWITCHES.split()}


def _nothing(*args: Any, **kwargs: Any) -> None:
    """Do nothing: where graphs are needed, they are entered."""


class Graphs:
    """The graphs and sessions of a program.

    Attributes:
        first: whether names of TensorFlow 1 come first where both versions have them.
    """

    def __init__(self, seed: int) -> None:
        self.first = False
        self._seed, self._calls = seed, 0
        self._top: Any = None  # the graph of what the program makes at top level
        self._current: Any = None
        self._entered = contextlib.ExitStack()
        self._opened = False
        self._interactive: dict[int, Any] = {}  # id of a graph -> its interactive session
        self._sessions: dict[int, Any] = {}  # id of a graph -> its session at the border
        self._values: dict[str, Any] = {}  # names of constants that came in -> their values

    # Names --------------------------------------------------------------------------------------

    def modules(self) -> Sequence[Any]:
        """Return the modules behind `tf`."""
        import tensorflow as tf

        v1 = tf.compat.v1
        return (v1, tf) if self.first else (tf, v1)

    def old_first(self) -> Sequence[Any]:
        """Return the modules behind `tf.compat.v1`."""
        import tensorflow as tf

        return (tf.compat.v1, tf)

    @contextlib.contextmanager
    def preferred(self) -> Iterator[None]:
        """Return the context in which names of TensorFlow 1 come first."""
        before, self.first = self.first, True
        try:
            yield
        finally:
            self.first = before

    def find(self, path: str, late: bool) -> Any:
        """Return what stands for a name of TensorFlow 1."""
        head, _, name = path.partition(".")
        if head != "tensorflow" or not name:
            return MISSING
        name = name.removeprefix("compat.v1.")
        last = name.rpartition(".")[2]
        if not late:
            if last == "reset_default_graph":
                return self.reset
            if name == "Session":
                return session_class(self)
            if name == "InteractiveSession":
                return self._interact
            return _nothing if name in _NOTHING else MISSING
        if name in _RENAMED:
            return resolve(f"tensorflow.{_RENAMED[name]}")
        return _contrib(name)

    def reset(self) -> None:
        """Begin a new graph, as `tf.reset_default_graph` does."""
        import tensorflow as tf

        if self._current is None:
            return
        if tf.compat.v1.get_default_graph() is not self._current:
            raise AssertionError("Do not use tf.reset_default_graph() to clear nested graphs.")
        top = self._current is self._top
        self._entered.close()
        self._enter(tf.Graph())
        if top:
            self._top = self._current

    def _interact(self, *args: Any, **kwargs: Any) -> Any:
        made = session_class(self)(*args, **kwargs)
        self._interactive[id(made.graph)] = made
        self._entered.enter_context(made.as_default())
        return made

    def session(self) -> Any:
        """Return the session of the current graph."""
        import tensorflow as tf

        graph = tf.compat.v1.get_default_graph()
        known = self._interactive.get(id(graph)) or self._sessions.get(id(graph))
        if known is None:
            known = self._sessions[id(graph)] = session_class(self)(graph=graph)
        return known

    def value_of(self, value: Any) -> Any:
        """Return what is fed to a placeholder: of a constant that came in, its value."""
        name = getattr(value, "name", None) if not isinstance(value, np.ndarray) else None
        if isinstance(name, str) and name in self._values:
            return self._values[name]
        return value.numpy() if hasattr(value, "numpy") and not hasattr(value, "graph") else value

    # Calls --------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def entered(self, *, top: bool) -> Iterator[None]:
        """Enter a new graph, or (`top`) the one of what was made at top level."""
        import tensorflow as tf

        outer, stack = self._current, self._entered
        if outer is not None and not tf.executing_eagerly():
            yield  # inside already
            return
        self._entered = contextlib.ExitStack()
        try:
            if top:
                self._top = self._top or tf.Graph()
            self._enter(self._top if top else tf.Graph())
            yield
        finally:
            self._entered.close()
            self._current, self._entered = outer, stack

    def _enter(self, graph: Any) -> None:
        """Make a graph the default one, with a seed of its own."""
        import tensorflow as tf

        self._current = graph
        self._entered.enter_context(graph.as_default())
        known = self._interactive.get(id(graph))
        if known is not None:
            self._entered.enter_context(known.as_default())
        elif graph.seed is None:
            self._calls += 1
            tf.compat.v1.set_random_seed((self._seed + self._calls) % 2**31)

    def call(self, function: Callable[..., Any], args: Any, kwargs: Any, *, top: bool) -> Any:
        """Call a function inside a graph and return what its results are worth.

        Inside the graph of a case (see `opened`) its results are returned as they are.
        """
        if self._opened:
            return function(*args, **kwargs)
        args, kwargs = _held(args), _held(kwargs)
        with self.entered(top=top):
            args, kwargs = self._inward(args), self._inward(kwargs)
            result = function(*args, **kwargs)
            found = self._evaluated(result)
        return _outward(result, found)

    @contextlib.contextmanager
    def opened(self, *, top: bool) -> Iterator[Any]:
        """Enter a graph, for a case that calls functions and runs their results itself.

        Yields:
            The graph's session.
        """
        with self.entered(top=top):
            self._opened = True
            try:
                yield self.session()
            finally:
                self._opened = False

    def _inward(self, value: Any) -> Any:
        """Return what came in as constants and variables of the graph."""
        import tensorflow as tf

        if not isinstance(value, _Held):
            return _mapped(value, self._inward)
        if value.is_variable:
            return tf.compat.v1.Variable(value.array)
        made = tf.constant(value.array)
        self._values[made.name] = value.array
        return made

    def _evaluated(self, result: Any) -> dict[int, Any]:
        """Return the values of a result's tensors and variables of a graph, by their ids."""
        import tensorflow as tf

        found: list[Any] = []

        def collect(one: Any) -> Any:
            if tf.is_tensor(one) or isinstance(one, tf.Variable):
                if not _is_eager(one):
                    found.append(one)
                return one
            return _mapped(one, collect)

        collect(result)
        if not found:
            return {}
        graph = found[0].graph
        with graph.as_default():
            session = self.session()
            _initialize(session)
            return dict(zip(map(id, found), session.run(found), strict=True))


def _outward(result: Any, values: dict[int, Any]) -> Any:
    """Return a result with values in place of tensors and variables of a graph."""
    import tensorflow as tf

    def put(one: Any) -> Any:
        if id(one) not in values:
            return _mapped(one, put)
        is_variable = isinstance(one, tf.Variable)
        return (tf.Variable if is_variable else tf.constant)(values[id(one)])

    return put(result)


@dataclass(frozen=True)
class _Held:
    """The value of a tensor, or of a variable, between two graphs."""

    array: Any
    is_variable: bool


def _held(value: Any) -> Any:
    """Return arguments with values in place of tensors and variables, of Keras too."""
    import keras
    import tensorflow as tf

    if isinstance(value, (tf.Variable, keras.Variable)) and _is_eager(value):
        return _Held(np.asarray(value), True)
    if tf.is_tensor(value) and _is_eager(value):
        return _Held(value.numpy(), False)
    return _mapped(value, _held)


def _is_eager(value: Any) -> bool:
    """Return whether a tensor or variable has its value."""
    return hasattr(getattr(value, "handle", value), "numpy")


def _mapped(value: Any, function: Callable[[Any], Any]) -> Any:
    """Return a dictionary, list or tuple with a function applied to its members."""
    if type(value) is dict:
        return {key: function(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(function(item) for item in value)
    return value


def _initialize(session: Any) -> None:
    """Give those variables of the default graph that have no value yet their initial one."""
    import tensorflow as tf

    v1 = tf.compat.v1
    variables = v1.global_variables() + v1.local_variables()
    if not variables:
        return
    ready = session.run([v1.is_variable_initialized(variable) for variable in variables])
    new = [variable for variable, done in zip(variables, ready, strict=True) if not done]
    if new:
        session.run(v1.variables_initializer(new))


def session_class(graphs: Graphs) -> Any:
    """Return the class of sessions: of one thread, and fed with what came in as well."""
    import tensorflow as tf

    v1 = tf.compat.v1

    class Session(v1.Session):  # type: ignore[name-defined]
        def __init__(self, target: str = "", graph: Any = None, config: Any = None) -> None:
            one = v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
            super().__init__("", graph, one)

        def run(self, fetches: Any, feed_dict: Any = None, *args: Any, **kwargs: Any) -> Any:
            if feed_dict is not None:
                feed_dict = {key: graphs.value_of(value) for key, value in feed_dict.items()}
            if fetches is None:
                return None
            return super().run(fetches, feed_dict, *args, **kwargs)

    return Session


# tf.contrib and tf.layers -------------------------------------------------------------------------


def _contrib(name: str) -> Any:
    """Return what stands for a member of `tf.contrib`, or of `tf.layers`."""
    if name in ("contrib", "contrib.layers", "contrib.rnn", "contrib.framework"):
        return Facade(f"tensorflow.{name}", tuple, lambda path, late: _contrib(path[11:]))
    if name.startswith("contrib.layers."):
        return _CONTRIB.get(name.rpartition(".")[2], MISSING)
    return _LAYERS.get(name, MISSING)


def xavier_initializer(uniform: bool = True, seed: int | None = None, dtype: Any = None) -> Any:
    """Return Glorot's initializer."""
    import tensorflow as tf

    v1 = tf.compat.v1
    kind = v1.glorot_uniform_initializer if uniform else v1.glorot_normal_initializer
    return kind(seed=seed, dtype=dtype or tf.float32)


def variance_scaling_initializer(
    factor: float = 2.0,
    mode: str = "FAN_IN",
    uniform: bool = False,
    seed: int | None = None,
    dtype: Any = None,
) -> Any:
    """Return the initializer with a given variance, times a fan."""
    import tensorflow as tf

    kind = "uniform" if uniform else "truncated_normal"
    return tf.compat.v1.variance_scaling_initializer(
        factor, mode.lower(), kind, seed=seed, dtype=dtype or tf.float32
    )


def flatten(inputs: Any, name: str | None = None, **options: Any) -> Any:
    """Return a tensor of two axes, the first one as it was."""
    import tensorflow as tf

    shape = inputs.shape.as_list()
    size = int(np.prod(shape[1:])) if None not in shape[1:] else -1
    return tf.reshape(inputs, [-1, size], name=name)


def dense(
    inputs: Any,
    units: int,
    activation: Any = None,
    use_bias: bool = True,
    kernel_initializer: Any = None,
    name: str | None = None,
    **options: Any,
) -> Any:
    """Return a fully connected layer's outputs."""
    import tensorflow as tf

    v1 = tf.compat.v1
    with v1.variable_scope(name, default_name="dense"):
        kernel = v1.get_variable(
            "kernel", [inputs.shape.as_list()[-1], units], initializer=kernel_initializer
        )
        outputs = tf.matmul(inputs, kernel)
        if use_bias:
            zeros = v1.zeros_initializer()
            outputs = outputs + v1.get_variable("bias", [units], initializer=zeros)
        return activation(outputs) if activation is not None else outputs


_RELU = object()


def fully_connected(
    inputs: Any,
    num_outputs: int,
    activation_fn: Any = _RELU,
    weights_initializer: Any = None,
    scope: str | None = None,
    **options: Any,
) -> Any:
    """Return a fully connected layer's outputs; by default of ReLUs, with Glorot's initializer."""
    import tensorflow as tf

    return dense(
        inputs,
        num_outputs,
        tf.nn.relu if activation_fn is _RELU else activation_fn,
        kernel_initializer=weights_initializer or xavier_initializer(),
        name=scope,
    )


def l2_regularizer(scale: float, scope: str | None = None) -> Callable[[Any], Any]:
    """Return the function of weights that adds up their squares, times half a scale."""
    import tensorflow as tf

    return lambda weights: scale * tf.nn.l2_loss(weights)


_CONTRIB = {
    "xavier_initializer": xavier_initializer,
    "xavier_initializer_conv2d": xavier_initializer,
    "variance_scaling_initializer": variance_scaling_initializer,
    "flatten": flatten,
    "fully_connected": fully_connected,
    "l2_regularizer": l2_regularizer,
}
_LAYERS = {"layers.flatten": flatten, "layers.dense": dense}
