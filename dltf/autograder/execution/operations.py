"""TensorFlow operations: recorded while references run, replayed to prepare a warm server.

The first execution of an operation in a process costs about a hundred times its arithmetic:
TensorFlow selects and creates a kernel. Kernels survive a fork, so a server that has executed an
operation spares all of its children the cost.

What to execute is recorded, not listed by hand: `operations.jsonl` contains what the references of
all assignments execute, merged into one sorted list of names, types, ranks and attributes such as
strides. It contains no tensor, no order and no assignment's name. `python -m dltf.authoring.record`
writes it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dltf.autograder.execution.protocol import MAX_OPERATIONS, MAX_TEXT

RECORDED = Path(__file__).with_name("operations.jsonl")
# Random operations continue their stream when their kernel is reused, and variables belong to a
# process: neither is executed in advance.
_SKIPPED_TYPES = {"variant"}
_SKIPPED_ATTRIBUTES = {"seed", "shared_name", "f", "function"}

Attribute = bool | int | float | str | list[int]


@dataclass(frozen=True, order=True)
class Operation:
    """A TensorFlow operation without its values.

    Attributes:
        name: its name, such as 'MatMul'.
        inputs: type and rank of each input, such as 'float32/2'.
        attributes: its attributes as JSON, without those that TensorFlow infers.
        outputs: number of its results.
    """

    name: str
    inputs: tuple[str, ...]
    attributes: str
    outputs: int

    def to_json(self) -> str:
        """Return the operation as one line of text."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Operation:
        """Read an operation.

        Raises:
            ValueError: not an operation.
        """
        fields = json.loads(text[:MAX_TEXT])
        if not isinstance(fields, dict):
            raise ValueError(f"operation: expected an object, got {fields!r:.80}")
        name, inputs = fields.get("name"), fields.get("inputs")
        attributes, outputs = fields.get("attributes"), fields.get("outputs")
        if not (isinstance(name, str) and isinstance(attributes, str) and type(outputs) is int):
            raise ValueError(f"operation: expected a name, attributes and outputs, got {text:.80}")
        if not (isinstance(inputs, list) and all(isinstance(item, str) for item in inputs)):
            raise ValueError(f"operation: expected a list of inputs, got {inputs!r:.80}")
        return cls(name, tuple(inputs), attributes, outputs)


def recorded() -> tuple[str, ...]:
    """Return the operations of the course's references, in the form of `Operation.to_json`."""
    if not RECORDED.exists():
        return ()
    return tuple(RECORDED.read_text(encoding="utf-8").splitlines())


@contextlib.contextmanager
def record() -> Iterator[set[Operation]]:
    """Record the operations that run inside the context, eagerly."""
    from tensorflow.python.framework import op_callbacks

    found: set[Operation] = set()

    def callback(
        kind: str | bytes,
        inputs: Sequence[Any],
        attributes: Sequence[Any],
        outputs: Sequence[Any],
        op_name: str | None = None,
        graph: Any = None,
    ) -> None:
        operation = None if graph is not None else _operation(kind, inputs, attributes, outputs)
        if operation is not None and len(found) < MAX_OPERATIONS:
            found.add(operation)

    op_callbacks.add_op_callback(callback)
    try:
        yield found
    finally:
        op_callbacks.remove_op_callback(callback)


def _operation(
    kind: str | bytes, inputs: Sequence[Any], attributes: Sequence[Any], outputs: Sequence[Any]
) -> Operation | None:
    """Return a call as an operation; None if it cannot be executed in advance."""
    names = [_text(name) for name in attributes[::2]]
    if _SKIPPED_ATTRIBUTES.intersection(names):
        return None
    types = [f"{x.dtype.name}/{x.shape.rank or 0}" for x in inputs]
    if any(text.partition("/")[0] in _SKIPPED_TYPES for text in types):
        return None
    values = {}
    for name, value in zip(names, attributes[1::2], strict=True):
        plain = _plain(value)
        if plain is not None:
            values[name] = plain
    found = Operation(
        _text(kind), tuple(types), json.dumps(values, sort_keys=True), len(list(outputs))
    )
    return found if len(found.to_json()) <= MAX_TEXT else None


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _plain(value: Any) -> Attribute | None:
    """Return an attribute's value as plain data, or None if it has none."""
    if isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    number = getattr(value, "as_datatype_enum", None)
    if isinstance(number, int):
        return number
    if isinstance(value, (list, tuple)) and all(type(item) is int for item in value):
        return list(value)
    return None


def replay(operations: Iterable[str]) -> int:
    """Execute operations on zeros; return how many of them there were.

    An operation that rejects its zeros (a reshape to no elements) has its kernel all the same. One
    that this version of TensorFlow does not have is skipped.

    Args:
        operations: in the form of `Operation.to_json`.
    """
    import tensorflow as tf
    from tensorflow.python.eager import context, execute

    around, variables = context.context(), {}

    def zeros(text: str) -> Any:
        kind, _, rank = text.partition("/")
        shape = [1] * int(rank)
        if kind == "string":
            return tf.fill(shape, "")
        return tf.zeros(shape, kind)

    def handle(attributes: dict[str, Any]) -> Any:
        kind = tf.as_dtype(attributes.get("dtype", tf.float32))
        if kind not in variables:
            variables[kind] = tf.Variable(tf.zeros([1], kind))
        return variables[kind].handle

    done = 0
    for text in operations:
        with contextlib.suppress(Exception):
            one = Operation.from_json(text)
            attributes = json.loads(one.attributes)
            values = [
                handle(attributes) if item.startswith("resource") else zeros(item)
                for item in one.inputs
            ]
            flat = [part for pair in attributes.items() for part in pair]
            done += 1
            execute.quick_execute(one.name, one.outputs, values, tuple(flat), around)
    return done


# What a warm process must not do ------------------------------------------------------------------


def refuse_graphs(leave: Callable[[], Any]) -> None:
    """Call `leave` instead of running a graph, in this process and its forks.

    A graph runs on threads, which do not survive a fork, and it traces the code: the same code run
    eagerly could give another result.

    Args:
        leave: function that ends the process.
    """
    import tensorflow as tf

    def refuse(*args: Any, **kwargs: Any) -> Any:
        leave()

    type(tf.function(lambda: None, autograph=False)).__call__ = refuse
    tf.compat.v1.Session.__init__ = refuse
    tf.compat.v1.InteractiveSession.__init__ = refuse
    tf.compat.v1.disable_eager_execution = refuse
    tf.compat.v1.disable_v2_behavior = refuse
