"""Whatever bytes a cell sends, the judge gets plain data or `Malformed` (or CandidateError): no other exception, and no
more memory than what was sent and what is allowed explain.
"""

import random
import socket
import tracemalloc
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.errors import CandidateError
from refine.sandbox import link, wire

TOKEN = b"question"
MOST = 1 << 16
MANY = settings(max_examples=300, deadline=None)
SOME = settings(max_examples=80, deadline=None)

atoms: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)
atoms |= st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.binary(max_size=20)
keys = st.text(st.characters(exclude_categories=["Cs"]), max_size=3) | st.just("$")
plain = st.recursive(atoms, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=4))
arrays = st.sampled_from(
    [np.arange(6.0).reshape(2, 3), np.array([True]), np.zeros((0, 4), np.int32), np.ones(2, "c16")]
)
values = st.lists(plain | arrays, max_size=4)
PIECES = (
    b"[",
    b"]",
    b"{",
    b"}",
    b'"',
    b"\\u",
    b"\\ud800",
    b",",
    b":",
    b'{"$":["',
    b'"b",',
    b'"a","<f8",[',
    b'"F",',
    b"-",
)
MORE = (b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b"\xff", b"\0", b"true", b"null", b"[" * 500, b'{"a":' * 500)
grammar = st.lists(st.sampled_from(PIECES + MORE) | st.binary(max_size=4), max_size=12).map(b"".join)


def is_plain(value: Any) -> bool:
    if type(value) is list:
        return all(map(is_plain, value))
    if type(value) is dict:
        return all(type(key) is str and is_plain(item) for key, item in value.items())
    return type(value) in (type(None), bool, int, float, str, bytes, np.ndarray)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.shape == other.shape and bool((one == other).all())
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return isinstance(other, dict) and one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    return type(one) is type(other) and bool(one == other)


def frame(value: Any) -> bytes:
    return b"".join(wire.encode(value))


def split(whole: bytes) -> tuple[bytes, bytes]:
    length, _ = wire.HEADER.unpack_from(whole)
    return whole[wire.HEADER.size : wire.HEADER.size + length], whole[wire.HEADER.size + length :]


def mutated(whole: bytes, seed: int) -> bytes:
    """`whole` with a few bytes changed, moved, doubled, dropped or replaced by a piece of the format."""
    chance = random.Random(seed)
    data = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        at, to = chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)
        change = chance.choice(("byte", "piece", "drop", "double"))
        if change == "byte" and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif change == "piece":
            data[at:at] = chance.choice(PIECES + MORE)
        elif change == "drop":
            del data[at : at + chance.randint(1, 4)]
        elif change == "double":
            data[at:at] = data[to : to + 16]
    return bytes(data)


def decoded(text: bytes, buffers: bytes, *, nonfinite: bool = False) -> None:
    """Decodes; what comes is plain, or it is Malformed."""
    try:
        value = wire.decode(text, memoryview(bytearray(buffers)), nonfinite=nonfinite)
    except wire.Malformed:
        return
    assert is_plain(value)


@MANY
@given(values)
def test_a_whole_frame_says_what_was_sent(value: Any) -> None:
    text, buffers = split(frame(value))
    assert same(value, wire.decode(text, memoryview(bytearray(buffers))))


@MANY
@given(text=st.binary(max_size=200), buffers=st.binary(max_size=64), nonfinite=st.booleans())
def test_random_bytes_are_plain_or_malformed(text: bytes, buffers: bytes, *, nonfinite: bool) -> None:
    decoded(text, buffers, nonfinite=nonfinite)


@MANY
@given(text=grammar, buffers=st.binary(max_size=64), nonfinite=st.booleans())
def test_random_pieces_of_the_format_are_plain_or_malformed(text: bytes, buffers: bytes, *, nonfinite: bool) -> None:
    decoded(text, buffers, nonfinite=nonfinite)
    decoded(b'["ok",' + text + b"]", buffers, nonfinite=nonfinite)


@MANY
@given(value=values, seed=st.integers(0, 2**32), nonfinite=st.booleans())
def test_mutated_frames_are_plain_or_malformed(value: Any, seed: int, *, nonfinite: bool) -> None:
    text, buffers = split(frame(["ok", value]))
    decoded(mutated(text, seed), buffers, nonfinite=nonfinite)
    decoded(text, mutated(buffers, seed), nonfinite=nonfinite)


@MANY
@given(st.from_regex(rb'\["ok",-?[0-9]{1,22}(\.[0-9]{1,22})?([eE][-+]?[0-9]{1,4})?\]', fullmatch=True))
def test_the_short_way_for_one_number_says_the_same(text: bytes) -> None:
    short = wire.one_number(text)
    if short is not None:
        assert same(wire.decode(text, memoryview(b"")), ["ok", short])


def exchanged(sent: bytes) -> object:
    """What the judge's end makes of `sent`, after which the cell hangs up."""
    ours, theirs = socket.socketpair()
    one = link.Link(ours, MOST)
    try:
        theirs.sendall(sent)
        theirs.shutdown(socket.SHUT_WR)
        with mock.patch("os.urandom", return_value=TOKEN):
            return one.exchange(wire.encode(["call", "f", []]), 5.0)
    except (CandidateError, OSError) as error:
        return error
    finally:
        one.close()
        theirs.close()


@SOME
@given(value=values, seed=st.integers(0, 2**32), known=st.booleans())
def test_mutated_answers_are_an_answer_an_error_or_a_dead_cell(value: Any, seed: int, *, known: bool) -> None:
    whole = b"R" + (TOKEN if known else bytes(8)) + frame(["ok", value])
    for sent in (whole, mutated(whole, seed), whole[: seed % len(whole)], whole + whole):
        got = exchanged(sent)
        assert isinstance(got, tuple | CandidateError | OSError)
        if isinstance(got, tuple):
            decoded(bytes(got[0]), bytes(got[1]))


@SOME
@given(st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1), st.binary(max_size=40))
def test_a_header_allocates_no_more_than_is_allowed(length: int, size: int, rest: bytes) -> None:
    sent = b"R" + TOKEN + wire.HEADER.pack(length, size) + rest
    exchanged(sent)  # what is imported and cached at a first time
    tracemalloc.start()
    try:
        got = exchanged(sent)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * MOST
    assert length + size <= MOST or isinstance(got, CandidateError)


@pytest.mark.parametrize(
    "unit", [b"[],", b"{},", b'{"":{}},', b"[[[]]],", b'"ab",', b"1.5,", b"999,", b'{"$":["f","inf"]},', b"null,"]
)
def test_reading_takes_memory_in_proportion_to_what_was_sent(unit: bytes) -> None:
    text = b"[" + unit * (300_000 // len(unit)) + b"1]"
    tracemalloc.start()
    try:
        wire.decode(text, memoryview(b""), nonfinite=True)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 80 * len(text)


def test_more_lists_than_a_judge_has_time_for_are_malformed() -> None:
    text = b"[" + b"[]," * wire.NODES + b"1]"
    with pytest.raises(wire.Malformed, match="brackets"):
        wire.decode(text, memoryview(b""))


def test_memory_that_the_judge_has_not_got_is_malformed() -> None:
    with (
        mock.patch.object(wire, "_decoder", side_effect=MemoryError),
        pytest.raises(wire.Malformed, match="more memory"),
    ):
        wire.decode(b"[1]", memoryview(b""))
