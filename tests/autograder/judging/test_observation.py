"""Observations: what an answer returns becomes data or says what it is; no bytes are trusted."""

import enum
import random
import re
import resource
import struct
import subprocess
import sys
from collections import OrderedDict, namedtuple

import ml_dtypes
import msgpack
import numpy as np
import pytest
from conftest import ROOT

from dltf.autograder.judging import observation
from dltf.autograder.judging.observation import MAX_DEPTH, Encoder, Opaque, TooLarge, decode, encode


def same(a, b):
    """Compare decoded data exactly, NaN equal to NaN."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and a.shape == b.shape and (
            a.tobytes() == b.tobytes()
        )  # fmt: skip
    if isinstance(a, float):
        return type(b) is float and struct.pack("d", a) == struct.pack("d", b)
    if isinstance(a, dict):
        return type(b) is dict and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


def anything(rng, depth=0):
    """Return a random value of plain data."""
    kind = rng.integers(0, 8 if depth > 3 else 11)
    if kind < 6:
        return [
            None, bool(rng.integers(2)), float(rng.normal() * 10.0 ** rng.integers(-300, 300)),
            int(rng.integers(-(2**63), 2**63 - 1)) * int(rng.integers(1, 2**62)) ** int(kind % 2),
            "".join(map(chr, rng.integers(0, 0xD000, size=rng.integers(0, 20)))),
            rng.bytes(int(rng.integers(0, 40))),
        ][kind]  # fmt: skip
    if kind == 6:
        return complex(rng.normal(), float("inf"))
    if kind == 7:
        dtypes = ["?", "b", "H", "i", "q", "Q", "e", "f", "d", "F", "D", ">f8", ">i4", "g"]
        dtype = np.dtype(dtypes[rng.integers(len(dtypes))]).newbyteorder("=")
        shape = rng.integers(0, 4, size=rng.integers(0, 5))
        raw = rng.integers(0, 2 if dtype.kind == "b" else 9, size=shape)
        return np.asarray(raw).astype(dtype)
    size = int(rng.integers(0, 5))
    if kind == 8:
        return [anything(rng, depth + 1) for _ in range(size)]
    if kind == 9:
        return tuple(anything(rng, depth + 1) for _ in range(size))
    keys = [f"k{i}" if i % 2 else (i, "l") for i in range(size)]
    return {key: anything(rng, depth + 1) for key in keys}


@pytest.mark.parametrize("seed", range(300))
def test_plain_data_comes_back_as_it_was(seed):
    value = anything(np.random.default_rng(seed))
    assert same(value, decode(encode(value))), value


class Always:
    """Claims to be equal to all, and to be everything."""

    def __eq__(self, other):
        return True

    __hash__ = None


class Sly(np.ndarray):
    """An array that lies wherever a method is asked."""

    def __eq__(self, other):
        return True

    __hash__ = None

    def __array_ufunc__(self, *arguments, **options):
        return True

    def __array_function__(self, *arguments, **options):
        return True

    def tolist(self):
        return ["sly"]

    def tobytes(self, order="C"):
        return b"sly"

    def astype(self, *arguments, **options):
        return self

    def __array__(self, *arguments, **options):
        return np.array([42.0])

    @property
    def nbytes(self):
        return 0


class Colour(enum.IntEnum):
    RED = 3


class Text(str):
    def encode(self, *arguments):
        return b"sly"


class Mine(dict):
    def items(self):
        return [("sly", 1)]


class MyList(list):
    def __iter__(self):
        return iter(["sly"])


class Scalar(np.float64):
    def __array__(self, *arguments, **options):
        return np.array(42.0)


Point = namedtuple("Point", "x y")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.arange(3.0).view(Sly), np.arange(3.0)),
        (np.ma.masked_array([1.0, 2.0], [True, False]), np.array([1.0, 2.0])),
        (np.arange(3.0).view(np.recarray), np.arange(3.0)),
        (Mine(a=1), {"a": 1}),
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (MyList([1, 2]), [1, 2]),
        (Point(1, 2.0), (1, 2.0)),
        (Colour.RED, 3),
        (Text("as it is"), "as it is"),
        (Scalar(3.0), np.array(3.0)),
        (np.float32(1.5), np.array(1.5, np.float32)),
        (np.array(7), np.array(7)),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.zeros((2, 0, 3), np.float16), np.zeros((2, 0, 3), np.float16)),
        (np.array([1.5, 2], ml_dtypes.bfloat16), np.array([1.5, 2], np.float32)),
        (np.array(["a", "bc"]), ["a", "bc"]),
        (np.array([1, 2], ">i8"), np.array([1, 2])),
        (np.arange(12.0).reshape(3, 4)[::-1, ::2], np.arange(12.0).reshape(3, 4)[::-1, ::2]),
        (np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.arange(6.0).reshape(2, 3)),
        (np.array([np.nan, np.inf, -np.inf, -0.0]), np.array([np.nan, np.inf, -np.inf, -0.0])),
        (float("nan"), float("nan")),
        (2**4000, 2**4000),
        ("\ud800", "?"),
        ({1: 2, None: 3, (1, 2): 4, 1.5: 5}, {1: 2, None: 3, (1, 2): 4, 1.5: 5}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_odd_data_becomes_plain_data(value, expected):
    assert same(expected, decode(encode(value)))


def test_arrays_come_back_as_base_arrays():
    assert type(decode(encode(np.arange(3.0).view(Sly)))) is np.ndarray


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ((n for n in "abc"), "generator"),
        (np.array([1, None], object), "ndarray"),
        (np.array(["2020-01-01"], "datetime64[D]"), "ndarray"),
        (np.zeros(2, [("a", int)]), "ndarray"),
        (Always(), "Always"),
        ({1, 2}, "set"),
        (range(3), "range"),
        (lambda: 1, "function"),
        (int, "type"),
        (2**5000, "int"),
        (NotImplemented, "NotImplementedType"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_data_says_what_it_is(value, kind):
    seen = decode(encode([value]))[0]
    assert isinstance(seen, Opaque)
    assert seen.kind.endswith(kind)
    assert str(seen)


def test_unhashable_keys_become_text():
    data = msgpack.packb(msgpack.ExtType(3, msgpack.packb([[[1], 2]])))
    assert decode(data) == {"[1]": 2}


def test_tensors_become_arrays_and_symbols_say_so():
    import keras
    import tensorflow as tf

    values = decode(
        encode(
            {
                "eager": tf.constant([1.5, 2.0]),
                "variable": tf.Variable([[3]]),
                "half": tf.constant([1.5], tf.bfloat16),
                "text": tf.constant("a"),
                "symbol": keras.Input((3,)),
                "ragged": tf.ragged.constant([[1], [2, 3]]),
                "layer": keras.layers.Dense(3),
            }
        )
    )
    assert same(values["eager"], np.array([1.5, 2.0], np.float32))
    assert same(values["variable"], np.array([[3]], np.int32))
    assert same(values["half"], np.array([1.5], np.float32))
    assert values["text"] in (b"a", "a", [b"a"]) or values["text"].kind
    assert "symbolic" in str(values["symbol"])
    assert isinstance(values["ragged"], Opaque)
    assert "Dense" in str(values["layer"])


def test_a_tensor_of_a_dead_graph_has_no_value():
    import tensorflow as tf

    with tf.Graph().as_default():
        dead = tf.constant([1.0]) + 1.0
    assert "symbolic" in str(decode(encode(dead)))


def test_too_large_is_refused_before_it_is_copied():
    # Broadcast, so that ten gigabytes are said and eight bytes are held.
    huge = np.broadcast_to(np.float64(1), (10 * 2**30 // 8,))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for value in (huge, [huge], {"a": huge}, huge.reshape(2, -1).T):
        with pytest.raises(TooLarge, match="10,240 MiB or more; at most 64 MiB"):
            encode(value)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 200 * 1024

    class Tensor:
        shape, dtype = (2**40,), np.dtype(float)

        def numpy(self):
            raise AssertionError("not to be asked")

    with pytest.raises(TooLarge, match="MiB or more"):
        encode(Tensor())


@pytest.mark.parametrize("dtype", [float, int])
def test_a_long_list_of_numbers_is_the_array_that_it_spells_out(dtype):
    array = np.arange(500_000).reshape(500, 20, 50).astype(dtype)
    found = decode(encode({"W": array.tolist()}))["W"]
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)


def test_other_lists_stay_lists():
    short, ragged = [1.0] * 9999, [[1.0] * 6000, [1.0] * 6001]
    mixed, flags = [1.0] * 10_000 + [None], [True] * 10_000
    large = [2**70] * 10_000
    for value in (short, ragged, mixed, flags, large):
        assert decode(encode(value)) == value
    with pytest.raises(TooLarge):
        encode([1.0] * 10**6, max_bytes=10**6)
    with pytest.raises(TooLarge):
        encode([[[1.0] * 1000] * 1000] * 1000)


def test_limits_on_parts_depth_and_text():
    with pytest.raises(TooLarge, match="more than 200,000 parts"):
        encode(["0"] * 300_000)
    cyclic = []
    cyclic.append(cyclic)
    with pytest.raises(TooLarge, match="nested more than 30 deep"):
        encode(cyclic)
    loop = {}
    loop["again"] = loop
    with pytest.raises(TooLarge, match="nested more than 30 deep"):
        encode(loop)
    assert len(decode(encode("a" * 10**6))) < 21_000
    with pytest.raises(TooLarge, match="MiB"):
        Encoder(max_bytes=1000).encode([np.zeros(100), np.zeros(100)])
    value = 1.0
    for level in range(MAX_DEPTH):  # as deep as may be, by every kind of nesting
        value = ([value], (value,), {"k": value})[level % 3]
    assert same(value, decode(encode(value)))
    value = np.zeros(3)
    for _ in range(MAX_DEPTH):
        value = {"k": value}
    assert same(value, decode(encode(value)))


# Bytes from nobody knows where ------------------------------------------------------------------


def refused(data):
    """Decode, and let nothing but a ValueError out."""
    try:
        return decode(data)
    except ValueError as error:
        return error


def seeds_of_bytes():
    rng = np.random.default_rng(5)
    return [encode(anything(rng)) for _ in range(40)] + [
        encode({"a": np.arange(6.0).reshape(2, 3), "b": (1, 2j, 2**70, "text", b"bytes", None)})
    ]


@pytest.mark.parametrize("chunk", range(10))
def test_random_and_mutated_bytes_are_a_value_or_a_value_error(chunk):
    rng = random.Random(chunk)
    good = seeds_of_bytes()
    for _ in range(1500):
        data = bytearray(rng.choice(good))
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(data) + 1)
            choice = rng.randrange(5)
            if choice == 0:
                data[at:at] = rng.randbytes(rng.randint(1, 8))
            elif choice == 1:
                del data[at : at + rng.randint(1, 4)]
            elif data and choice == 2:
                data[at % len(data)] = rng.randrange(256)
            elif data and choice == 3:
                data[at % len(data)] ^= 1 << rng.randrange(8)
            else:
                data += rng.choice(good)[: rng.randint(0, 20)]
        refused(bytes(data))
        refused(rng.randbytes(rng.randint(0, 60)))


def ext(code, value):
    return msgpack.packb(
        msgpack.ExtType(code, value if type(value) is bytes else msgpack.packb(value))
    )


def array(dtype, shape, raw):
    return ext(1, [dtype, shape, raw])


@pytest.mark.parametrize(
    "data",
    [
        array("O", [1], b"\0" * 8),
        array("|O8", [1], b"\0" * 8),
        array("<f8,<f8", [1], b"\0" * 16),
        array("(1000000000,)<f8", [1], b"\0" * 8),
        array("(1,,2)f4", [1], b"\0" * 8),
        array("<M8[D]", [1], b"\0" * 8),
        array("<V8", [1], b"\0" * 8),
        array("<f9", [1], b"\0" * 9),
        array("<f99", [1], b"\0" * 99),
        array("eval('1')", [1], b"\0" * 8),
        array(None, [1], b"\0" * 8),
        array("<f8", [2**40, 2**40], b"\0" * 8),
        array("<f8", [2**63], b""),
        array("<f8", [-1], b"\0" * 8),
        array("<f8", [True], b"\0" * 8),
        array("<f8", [1.0], b"\0" * 8),
        array("<f8", [1] * 70, b"\0" * 8),
        array("<f8", None, b"\0" * 8),
        array("<f8", "1", b"\0" * 8),
        array("<f8", [1], "\0" * 8),
        array("<f8", [1], [0] * 8),
        array("<f8", [1], b"\0" * 7),
        array("<f8", [2], b"\0" * 8),
        ext(1, [1, 2]),
        ext(1, b""),
        ext(2, 3),
        ext(2, b"\xc1"),
        ext(3, [1, 2]),
        ext(3, ["ab", "cd"]),
        ext(3, [[1, 2, 3]]),
        ext(4, 3),
        ext(5, ["a", "b"]),
        ext(6, b"os.system"),
        ext(6, b"f" * 10**6),
        ext(7, b""),
        b"\xd7\xff" + b"\xff" * 8,
        b"\xd5\xffab",
        msgpack.packb({"a": 1}),
        b"",
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\xc6\xff\xff\xff\xffabc",
        b"\xc9\xff\xff\xff\xff\x01abc",
        msgpack.packb(1) + b"more",
        b"\x91" * 2000 + b"\xc0",
        b"\x91" * 100 + b"\xc0",
    ],
)
def test_forged_bytes_are_refused(data):
    assert isinstance(refused(data), ValueError)


def test_not_even_bytes():
    for data in (None, 3, "text", [1], {}):
        assert isinstance(refused(data), ValueError)


BOMBS = {
    "nested extensions": "d = p(None)\nfor _ in range(3000): d = p(msgpack.ExtType(2, d))",
    "nested dicts": "d = p([])\nfor _ in range(3000): d = p(msgpack.ExtType(3, d))",
    "nested lists": "d = b'\\x91' * 900 + b'\\xc0'",
    "declared lists": "d = b'\\xdd\\x00\\x03\\x00\\x00' * 1000",
    "empty lists": "d = b'\\xdd\\x00\\x03\\x00\\x00'\n"
    "d += (b'\\xdc\\x80\\x00' + b'\\x90' * 32768) * 1600",
    "empty dicts": "d = b'\\xdd\\x00\\x03\\x00\\x00' + b'\\x80' * 196608",
    "lists in tuples": "d = p(msgpack.ExtType(2, b'\\xdc\\x03\\x20' + p(msgpack.ExtType(2, "
    "b'\\xdc\\xff\\xff' + b'\\xc0' * 65535)) * 800))",
    "colliding keys": "n = 2**61 - 1\nd = p(msgpack.ExtType(3, p([[msgpack.ExtType(6, "
    "hex(n * i).encode()), None] for i in range(20_000)])))",
    "empty and enormous": "d = p(msgpack.ExtType(1, p(['<f8', [0, 2**62], b''])))",
}


@pytest.mark.parametrize("name", BOMBS)
def test_small_messages_cannot_end_the_grader_or_fill_its_memory(name):
    program = f"""
import msgpack, resource
p = msgpack.packb
{BOMBS[name]}
from dltf.autograder import diagnosis
from dltf.autograder.judging.observation import decode
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
try:
    value = decode(d)
    diagnosis.show(value)
    print(value == value)
except ValueError:
    pass
print("alive", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.endswith("alive True\n"), (done.returncode, done.stdout, done.stderr[-500:])


def test_nothing_is_unpickled_anywhere():
    forbidden = re.compile(
        r"^\s*(import|from)\s+(pickle|cPickle|dill|cloudpickle|marshal|shelve|joblib)\b"
        r"|\b(pickle|dill|marshal)\.loads?\(|(?<![\w.])eval\(|allow_pickle\s*=\s*True"
        r"|safe_mode\s*=\s*False|enable_unsafe_deserialization",
        re.MULTILINE,
    )
    for path in (ROOT / "dltf").rglob("*.py"):
        found = forbidden.search(path.read_text())
        assert not found, f"{path}: {found[0]}"


def test_an_opaque_is_text_in_the_grader():
    assert str(Opaque("generator")) == "a generator"
    assert str(Opaque("x", "an array of dtype object")) == "an array of dtype object"
    assert observation.MAX_BYTES >= 2**20
