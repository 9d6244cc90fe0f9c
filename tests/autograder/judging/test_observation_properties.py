"""Observations under searched inputs: data comes back as it was, and no bytes are trusted."""

import struct

import msgpack
import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from dltf.autograder.judging.observation import MAX_TEXT, Opaque, decode, encode

NUMBERS = (
    arrays.boolean_dtypes()
    | arrays.integer_dtypes(endianness="<")
    | arrays.unsigned_integer_dtypes(endianness="<")
    | arrays.floating_dtypes(endianness="<", sizes=(16, 32, 64))
    | arrays.complex_number_dtypes(endianness="<", sizes=(64, 128))
)
SHAPES = arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
SCALARS = (
    st.none() | st.booleans() | st.floats() | st.complex_numbers() | TEXT | st.binary(max_size=50)
)
INTEGERS = st.integers(-(2**4096) + 1, 2**4096 - 1)
KEYS = TEXT | st.integers(-(2**61) + 2, 2**61 - 2) | st.booleans() | st.tuples(TEXT, TEXT)
DATA = st.recursive(
    SCALARS | INTEGERS | arrays.arrays(NUMBERS, SHAPES),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.lists(inner, max_size=5).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=5)
    ),
    max_leaves=15,
)
# What a process without scruples would send: the extension types, nested, with anything in them.
CODES = st.integers(0, 9) | st.integers(-128, 127)
PACKABLE = st.none() | st.booleans() | st.floats() | TEXT | st.binary(max_size=20)
FORGED = st.recursive(
    PACKABLE
    | st.integers(-(2**63), 2**64 - 1)
    | st.sampled_from(["<f8", "<f4", "|b1", "<i8", "<c16", "|O", "=f16", "<f0"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(PACKABLE | st.integers(0, 9), inner, max_size=3)
        | st.tuples(st.sampled_from(range(1, 8)), inner).map(
            lambda pair: msgpack.ExtType(pair[0], msgpack.packb(pair[1]))
        )
        | st.tuples(
            st.sampled_from(["<f8", "|b1", "<c8", "<u2", "<f9"]),
            st.lists(st.integers(-1, 2**40), max_size=4) | inner,
            st.binary(max_size=64),
        ).map(lambda parts: msgpack.ExtType(1, msgpack.packb(list(parts))))
    ),
    max_leaves=12,
)


def exactly(value):
    """Return a value as what compares equal exactly if the value is the same, NaN and all."""
    if isinstance(value, np.ndarray):
        return "array", value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, (float, complex)):
        parts = (value,) if isinstance(value, float) else (value.real, value.imag)
        return type(value).__name__, struct.pack(f"{len(parts)}d", *parts)
    if isinstance(value, dict):
        return "dict", [(exactly(key), exactly(item)) for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [exactly(item) for item in value]
    return type(value).__name__, value


def decoded(data):
    """Return what bytes decode to, or None where they are refused as documented."""
    try:
        return decode(data)
    except ValueError as error:
        refused = str(error)
    assert refused.startswith("observation: expected ")
    return None


@given(DATA)
def test_data_comes_back_as_it_was(value):
    assert exactly(decode(encode(value))) == exactly(value)


@given(DATA)
def test_encoding_is_stable(value):
    once = encode(value)
    assert encode(decode(once)) == once


@given(st.text(max_size=40) | st.text("\ud800\udfffé", max_size=20))
def test_any_text_can_be_sent(text):
    found = decode(encode(text))
    assert found == text.encode(errors="replace").decode()
    assert len(found) <= MAX_TEXT


@given(st.binary(max_size=200))
@example(b"")
@example(b"\xc1")
@example(b"\xdd\xff\xff\xff\xff")
def test_bytes_are_decoded_or_refused(data):
    decoded(data)


@given(FORGED)
def test_forged_messages_are_decoded_or_refused(message):
    found = decoded(msgpack.packb(message))
    assert isinstance(found, (type(None), bool, int, float, complex, str, bytes, list, tuple, dict,
                              np.ndarray, Opaque))  # fmt: skip


@given(FORGED)
def test_what_was_decoded_can_be_encoded(message):
    found = decoded(msgpack.packb(message))
    assert isinstance(encode(found), bytes)


@given(DATA, st.data())
def test_a_damaged_message_is_decoded_or_refused(value, data):
    sent = bytearray(encode(value))
    place = data.draw(st.integers(0, len(sent) - 1))
    sent[place] = data.draw(st.integers(0, 255))
    decoded(bytes(sent))
    decoded(bytes(sent[:place]))
