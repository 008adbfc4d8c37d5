"""The law of the wire: what is plain comes back equal, whatever else a candidate sends is Malformed, nothing else."""

import importlib.util
import json
import math
import struct
import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from refine.errors import TaskError
from refine.sandbox import files, wire


def _inside() -> ModuleType:
    """The wire module of the runner, as the cell has it."""
    spec = importlib.util.spec_from_file_location("refine_runner_wire", files.runner() / "wire.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


inside = _inside()
settings.register_profile("wire", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wire")

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**309, 10**400)  # beyond the largest float
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.binary(max_size=40)
)
dtypes = st.sampled_from(sorted(wire._DTYPES))
arrays = dtypes.flatmap(
    lambda name: hnp.arrays(
        np.dtype(name), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0), elements=_finite(np.dtype(name))
    )
)


def _finite(dtype: np.dtype[Any]) -> st.SearchStrategy[Any]:
    options = {"allow_nan": False, "allow_infinity": False} if dtype.kind in "fc" else {}
    return hnp.from_dtype(dtype, **options)  # type: ignore[arg-type]


keys = st.text() | st.just("$")
values = st.recursive(
    scalars | arrays | st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=32, max_size=40),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


def same(a: object, b: object) -> bool:
    """Equal, and of one type all the way down."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return repr(a) == repr(b)


def split(parts: list[Any]) -> tuple[bytes, bytearray]:
    whole = b"".join(bytes(part) for part in parts)
    length, size = wire.HEADER.unpack_from(whole)
    body = whole[wire.HEADER.size :]
    assert len(body) == length + size
    return body[:length], bytearray(body[length:])


def read(text: bytes, buffers: bytes = b"", *, nonfinite: bool = False) -> Any:
    return wire.decode(text, memoryview(bytearray(buffers)), nonfinite=nonfinite)


def repr_type(value: object) -> str:
    return type(value).__name__


@given(values)
def test_what_the_judge_sends_arrives_equal(value: Any) -> None:
    text, buffers = split(wire.encode(value))
    assert same(inside.decode(text, buffers), value)


@given(values)
@example([0.5, 10**400])
def test_what_a_candidate_answers_arrives_equal(value: Any) -> None:
    text, buffers = split(inside.encode(value))
    assert same(wire.decode(text, memoryview(buffers)), value)


@given(st.binary(), st.binary())
def test_random_bytes_are_malformed_or_plain(text: bytes, buffers: bytes) -> None:
    try:
        read(text, buffers)
    except wire.Malformed:
        return


tags = st.recursive(
    st.none() | st.integers() | st.sampled_from(["b", "a", "F", "f", "d", "$", "<f8", "|O", "nan"]) | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["$", "a"]), inner, max_size=2),
)


@given(tags, st.binary(max_size=64))
@example({"$": ["a", "<f8", [0, 2**62]]}, b"")
@example({"$": ["a", "<f8", [-1]]}, b"")
@example({"$": ["d", [[[], 1]]]}, b"")
@example({"$": ["d", [[{}, 1]]]}, b"")
def test_forged_tags_are_malformed_or_plain(value: Any, buffers: bytes) -> None:
    try:
        read(json.dumps(value).encode(), buffers)
    except wire.Malformed:
        return


@given(values, st.data())
def test_a_damaged_frame_is_malformed_or_plain(value: Any, data: st.DataObject) -> None:
    text, buffers = split(inside.encode(value))
    at = data.draw(st.integers(0, max(0, len(text) - 1)))
    damaged = text[:at] + data.draw(st.binary(min_size=1, max_size=3)) + text[at + 1 :]
    try:
        read(damaged, bytes(buffers))
    except wire.Malformed:
        return


@pytest.mark.parametrize(
    ("text", "buffers", "why"),
    [
        (b"NaN", b"", "NaN is no JSON"),
        (b"[-Infinity]", b"", "-Infinity is no JSON"),
        (b"[1e999]", b"", "nan or infinite"),
        (b"-1e999", b"", "nan or infinite"),
        (b'{"a":1,"a":1}', b"", "same key twice"),
        (b'{"$":["d",[["a",1],["a",2]]]}', b"", "same key twice"),
        (b'{"$":["f","nan"]}', b"", "a number is nan"),
        (b'{"$":["f","inf"],"b":1}', b"", "beside other keys"),
        (b'{"$":["b",true]}', bytes(16), "no count"),
        (b'{"$":["b",17]}', bytes(16), "longer than what was sent"),
        (b'{"$":["a","|O",[2]]}', bytes(16), "dtype"),
        (b'{"$":["a",">f8",[2]]}', bytes(16), "dtype"),
        (b'{"$":["a","|b1",[2]]}', b"\2" * 16, "array of bool"),
        (b'{"$":["a","<f8",[1,1,1]]}', struct.pack("<dd", float("nan"), 0), "array holds nan"),
        (b'{"$":["F",2]}', struct.pack("<dd", 1.0, float("inf")), "nan or infinite"),
        (b"1 ", b"", "something follows"),
        (b"1", bytes(16), "something follows the buffers"),
        (b'"\\ud800"', b"", "surrogates not allowed"),
        (b'{"\\ud800":1}', b"", "surrogates not allowed"),
        (b'"\xff"', b"", "decode"),
        (b"[" * 100 + b"]" * 100, b"", "deeper than 64"),
        (b"[" * 100000, b"", "deeper than 64"),
        (b"9" * 5000, b"", "4300"),
    ],
)
def test_is_refused(text: bytes, buffers: bytes, why: str) -> None:
    with pytest.raises(wire.Malformed, match=why):
        read(text, buffers)


def test_digits_are_limited_where_the_interpreter_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "get_int_max_str_digits", lambda: 0)
    assert read(b"123") == 123
    with pytest.raises(wire.Malformed, match="4300 digits"):
        read(b"9" * 5000)


@pytest.mark.parametrize("value", [float("inf"), [1.0, float("-inf")], {"a": [float("nan")] * 40}])
def test_nonfinite_numbers_pass_when_asked_for(value: Any) -> None:
    text, buffers = split(inside.encode(value))
    assert repr(read(text, bytes(buffers), nonfinite=True)) == repr(value)
    with pytest.raises(wire.Malformed):
        read(text, bytes(buffers))


def test_arrays_are_writable_and_do_not_overlap() -> None:
    one, two = np.arange(3.0), np.arange(3, dtype=np.uint8)
    text, buffers = split(inside.encode([one, two, b"abc"]))
    got_one, got_two, got_bytes = wire.decode(text, memoryview(buffers))
    got_one[:] = -1
    got_two[:] = 255
    assert (got_one.tolist(), got_two.tolist(), got_bytes) == ([-1.0] * 3, [255] * 3, b"abc")


@pytest.mark.parametrize(
    ("value", "plain"),
    [(np.float64(1.5), 1.5), (np.int8(-3), -3), (np.bool_(True), True), ((1, (2,)), [1, [2]]), (np.float32(0.5), 0.5)],
)
def test_scalars_and_tuples_become_plain(value: Any, plain: Any) -> None:
    for encode, decode in ((wire.encode, inside.decode), (inside.encode, wire.decode)):
        text, buffers = split(encode(value))
        assert same(decode(text, memoryview(buffers)), plain)


@pytest.mark.parametrize(
    "value",
    [{1, 2}, object(), {1: 2}, 1j, np.array([object()]), "\ud800", 10**5000],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_plain_data_is_the_tasks_fault_or_the_candidates(value: Any) -> None:
    with pytest.raises(TaskError):
        wire.encode(value)
    with pytest.raises(inside.NotPlain):
        inside.encode(value)


def test_big_endian_and_strided_arrays_arrive_equal() -> None:
    value = np.arange(12, dtype=">i4").reshape(3, 4)[::2, ::-1]
    text, buffers = split(inside.encode(value))
    got = wire.decode(text, memoryview(buffers))
    assert got.dtype == np.dtype("<i4")
    assert got.tolist() == value.tolist()


@given(st.one_of(st.integers(), st.floats(), st.booleans(), st.none(), st.text(max_size=3), st.lists(st.integers())))
@example(-0.0)
@example(10**18)
@example(1e300)
def test_one_number_says_what_decode_says(value: Any) -> None:
    text, buffers = split(inside.encode(["ok", value]))
    found = wire.one_number(text)
    if found is not None:
        assert same(wire.decode(text, memoryview(buffers)), ["ok", found])
        assert math.isfinite(found)


@pytest.mark.parametrize(
    "text", ["01", "1.", ".5", "+1", "0x10", "1_0", "NaN", "1e999", "1 ", "1,2", "\u0661", "--1", "1e5e5"]
)
def test_what_is_not_one_short_number_is_left_to_decode(text: str) -> None:
    assert wire.one_number(f'["ok",{text}]'.encode()) is None


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**70), 2**70) | st.booleans() | st.none())
def test_the_cells_short_frame_is_the_long_one(value: Any) -> None:
    assert b"".join(inside.encode_answer(value)) == b"".join(inside.encode(["ok", value]))


@given(
    st.lists(
        st.one_of(st.floats(), st.integers(), st.text(max_size=3), st.none(), st.lists(st.integers(), max_size=2)),
        max_size=4,
    )
)
@example([float("nan")])
def test_a_calls_short_frame_arrives_as_the_long_one(arguments: list[Any]) -> None:
    try:
        long = wire.encode(["call", "f", arguments])
    except TaskError:
        with pytest.raises(TaskError):
            wire.encode_call("f", arguments)
        return
    one, two = (inside.decode(*split(parts)) for parts in (long, wire.encode_call("f", arguments)))
    assert same(one, two)
