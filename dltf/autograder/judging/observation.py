"""Observations as plain data, and their encoding, in which they leave a student's process.

`encode` runs in the process of the student's code and accepts any value; `decode` runs in the
grader and accepts untrusted bytes. The format is msgpack (never pickle) with one extension type per
kind of value; objects that are not data become an `Opaque` with the name of their type. An array
subclass is copied to a base array, so that the grader never calls a method of a student's class.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import msgpack
import numpy as np

MAX_BYTES = 64 * 2**20
MAX_DEPTH = 30
MAX_ITEMS = 200_000
LARGE = 10_000  # numbers in a list, from which it is an array that is spelled out
MAX_TEXT = 20_000
MAX_DIGITS = 1100  # of an integer in base 16
_ARRAY, _TUPLE, _DICT, _OPAQUE, _COMPLEX, _INTEGER = 1, 2, 3, 4, 5, 6
_KINDS = "biufc"
_DTYPE = re.compile(r"[<|=][biufc]\d{1,2}")


class TooLarge(ValueError):
    """An answer returned more than fits into an observation."""


@dataclass(frozen=True)
class Opaque:
    """An object that is not data: a generator, a layer, an array of objects."""

    kind: str
    text: str = ""

    def __str__(self) -> str:
        return self.text or f"a {self.kind}"


class Encoder:
    """Encoder of one value, with limits on bytes, items and depth."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self.max_bytes, self.bytes, self.items = max_bytes, 0, 0

    def encode(self, value: Any) -> bytes:
        """Return the value as bytes.

        Raises:
            TooLarge: more bytes, items or nesting than the limits allow.
        """
        packed: bytes = msgpack.packb(self.plain(value), use_bin_type=True, strict_types=True)
        return packed

    def _count(self, size: int) -> None:
        self.items += 1
        self.bytes += size
        if self.bytes > self.max_bytes:
            raise TooLarge(
                f"the result has {self.bytes / 2**20:,.0f} MiB or more; "
                f"at most {self.max_bytes / 2**20:,.0f} MiB are allowed"
            )
        if self.items > MAX_ITEMS:
            raise TooLarge(f"the result has more than {MAX_ITEMS:,} parts")

    def plain(self, value: Any, depth: int = 0) -> Any:
        """Return a value in a form that msgpack can pack."""
        if depth > MAX_DEPTH:
            raise TooLarge(f"the result is nested more than {MAX_DEPTH} deep")
        kind = type(value)
        if value is None or kind is bool:
            self._count(1)
            return value
        if kind is float:
            self._count(8)
            return value
        if kind is int:
            self._count(8)
            if -(2**63) <= value < 2**64:
                return value
            if value.bit_length() > 4096:
                return self._opaque("int", f"an integer of {value.bit_length():,} bits")
            return msgpack.ExtType(_INTEGER, hex(value).encode())
        if kind is str:
            self._count(len(value))
            value = value.encode(errors="replace").decode()  # lone surrogates
            return value if len(value) <= MAX_TEXT else value[:MAX_TEXT] + "…"
        if kind is bytes:
            self._count(len(value))
            return value
        if kind is complex:
            self._count(16)
            return msgpack.ExtType(_COMPLEX, msgpack.packb([value.real, value.imag]))
        if isinstance(value, (list, tuple)):
            array = _spelled_out(value, self.max_bytes // 8)
            if array is not None:
                return self._array(array)
            self._count(8)
            items = (
                [self.plain(item, depth + 1) for item in tuple.__iter__(value)]
                if isinstance(value, tuple)
                else [self.plain(item, depth + 1) for item in list.__iter__(value)]
            )
            return items if isinstance(value, list) else self._extension(_TUPLE, items)
        if isinstance(value, dict):
            self._count(8)
            pairs = [
                [self.plain(key, depth + 1), self.plain(item, depth + 1)]
                for key, item in dict.items(value)
            ]
            return self._extension(_DICT, pairs)
        if isinstance(value, (np.ndarray, np.generic)):
            return self._array(np.asarray(value))
        if isinstance(value, int):  # a member of an IntEnum
            return self.plain(int.__int__(value), depth)
        if isinstance(value, float):
            return self.plain(float.__float__(value), depth)
        if isinstance(value, str):
            return self.plain(str.__str__(value), depth)
        return self._other(value)

    def _other(self, value: Any) -> Any:
        name = f"{type(value).__module__}.{type(value).__qualname__}"
        if _is_symbolic(value):
            return self._opaque(name, f"a symbolic {type(value).__name__}, not a value")
        if hasattr(type(value), "__array__") or hasattr(type(value), "numpy"):
            size = _size(value)
            if size is not None and size > self.max_bytes:
                self._count(size)
            try:
                array = value.numpy() if hasattr(value, "numpy") else np.asarray(value)
            except Exception as error:
                return self._opaque(
                    name, f"a {type(value).__name__} without a value ({error})"[:300]
                )
            if isinstance(array, (np.ndarray, np.generic)):
                return self._array(np.asarray(array))
            if type(array) in (bytes, str):
                return self.plain(array)
        return self._opaque(name, "")

    def _array(self, array: np.ndarray) -> Any:
        if array.dtype.kind in "SU" and array.ndim <= 4:
            return self.plain(array.tolist(), 1)
        if array.dtype.kind not in _KINDS:
            if array.dtype.name == "bfloat16":
                array = array.astype(np.float32)
            else:
                shape = "x".join(map(str, array.shape))
                return self._opaque(
                    "ndarray", f"an array of dtype {array.dtype} and shape ({shape})"
                )
        self._count(array.nbytes + 32)
        header = [array.dtype.newbyteorder("<").str, list(array.shape)]
        data = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).tobytes()
        return msgpack.ExtType(_ARRAY, msgpack.packb([*header, data], use_bin_type=True))

    def _opaque(self, kind: str, text: str) -> Any:
        self._count(len(kind) + len(text))
        return self._extension(_OPAQUE, [kind[:200], text[:500]])

    @staticmethod
    def _extension(code: int, value: Any) -> Any:
        return msgpack.ExtType(code, msgpack.packb(value, use_bin_type=True))


def _spelled_out(value: Any, most: int) -> np.ndarray | None:
    """Return a long list of numbers, or of such lists of one length, as an array, else None.

    Args:
        value: a list or tuple.
        most: how many numbers it may have; one list may be in another a thousand times.
    """
    shape: list[int] = []
    first = value
    while type(first) is list and first and len(shape) < MAX_DEPTH:
        shape.append(len(first))
        first = first[0]
    if not LARGE <= math.prod(shape) <= most or type(first) not in (float, int):
        return None
    level = value
    for size in shape[1:]:
        if not all(type(item) is list and len(item) == size for item in level):
            return None
        level = [item for part in level for item in part]
    if not all(type(item) in (float, int) for item in level):
        return None
    array = np.array(value)
    return array if array.dtype.kind in "if" else None


def _is_symbolic(value: Any) -> bool:
    """Return whether a value is a Keras or graph tensor, which has a shape but no values."""
    names = {cls.__name__ for cls in type(value).__mro__}
    return "KerasTensor" in names or "SymbolicTensor" in names


def _size(value: Any) -> int | None:
    """Return the size of a tensor in bytes, or None if it is unknown."""
    try:
        return math.prod(int(n) for n in value.shape) * int(getattr(value.dtype, "size", 8))
    except Exception:
        return None


def encode(value: Any, max_bytes: int = MAX_BYTES) -> bytes:
    """Return a value as bytes. See `Encoder.encode`."""
    return Encoder(max_bytes).encode(value)


class _Decoder:
    """Decoder of one value from untrusted bytes, with limits on items and depth.

    Every nested extension takes about fifty kilobytes of the C stack, and one byte can declare an
    object: without the limits a message of a kilobyte could crash the grader.
    """

    def __init__(self) -> None:
        self.items = self.depth = 0

    def unpack(self, data: Any) -> Any:
        """Return the value that the bytes encode, one level deeper than the current one."""
        if self.depth > MAX_DEPTH + 1:
            raise ValueError(f"observation: expected at most {MAX_DEPTH} levels, got more")
        self.depth += 1
        try:
            return msgpack.unpackb(
                data,
                ext_hook=self.extension,
                list_hook=self.count,
                raw=False,
                strict_map_key=False,
                max_array_len=MAX_ITEMS,
                max_map_len=0,  # a dict is an extension
                max_ext_len=2 * MAX_BYTES,
                max_bin_len=2 * MAX_BYTES,
            )
        finally:
            self.depth -= 1

    def count(self, items: list[Any]) -> list[Any]:
        """Count the members of a list."""
        self.items += 1 + len(items)
        if self.items > 8 * MAX_ITEMS:
            raise ValueError(f"observation: expected at most {MAX_ITEMS:,} parts, got many more")
        return items

    def extension(self, code: int, data: bytes) -> Any:
        """Return the value of an extension type."""
        if code == _ARRAY:
            return self._array(*self.unpack(data))
        if code == _TUPLE:
            return tuple(_listed(self.unpack(data)))
        if code == _DICT:
            found = {}
            for pair in _listed(self.unpack(data)):
                key, item = _listed(pair)
                found[_key(key)] = item
            return found
        if code == _OPAQUE:
            kind, text = self.unpack(data)
            return Opaque(str(kind)[:200], str(text)[:500])
        if code == _COMPLEX:
            real, imag = self.unpack(data)
            return complex(real, imag)
        if code == _INTEGER:
            if len(data) > MAX_DIGITS:
                raise ValueError("observation: expected an integer, got too many digits")
            return int(data, 16)
        raise ValueError(f"observation: expected a known kind of value, got kind {code}")

    @staticmethod
    def _array(name: Any, shape: Any, raw: Any) -> np.ndarray:
        if not (isinstance(name, str) and _DTYPE.fullmatch(name)):
            raise ValueError(f"observation: expected a numeric array, got dtype {name!r:.40}")
        if not (isinstance(shape, list) and len(shape) <= MAX_DEPTH):
            raise ValueError("observation: expected an array's shape, got something else")
        if not all(type(n) is int and n >= 0 for n in shape) or not isinstance(raw, bytes):
            raise ValueError("observation: expected an array's shape and bytes, got something else")
        return np.frombuffer(raw, dtype=np.dtype(name)).reshape(shape)


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"observation: expected a list, got {type(value).__name__}")
    return value


def _key(key: Any) -> Any:
    """Return a decoded key, as text if it is not hashable (or would make lookups slow)."""
    if isinstance(key, (str, bytes, bool, float, Opaque)) or key is None:
        return key
    if isinstance(key, int) and abs(key) < 2**61 - 1:  # above, many numbers share one hash
        return key
    if isinstance(key, tuple):
        return tuple(map(_key, key))
    return repr(key)[:MAX_TEXT]


def decode(data: bytes) -> Any:
    """Return the value that `encode` encoded.

    Raises:
        ValueError: not an encoded observation.
    """
    try:
        return _check_depth(_Decoder().unpack(data))
    except (
        ValueError,
        TypeError,
        OverflowError,
        RecursionError,
        MemoryError,
        SyntaxError,
        msgpack.UnpackException,
    ) as error:
        raise ValueError(f"observation: expected encoded data, got {error}") from error


def _check_depth(value: Any) -> Any:
    """Return the value if it is nested at most as deeply as `encode` allows."""
    level = [value]
    for _ in range(MAX_DEPTH + 2):
        level = [
            item
            for part in level
            if isinstance(part, (list, tuple, dict))
            for item in (part.values() if isinstance(part, dict) else part)
        ]
        if not level:
            return value
    raise ValueError(f"more than {MAX_DEPTH} levels")
