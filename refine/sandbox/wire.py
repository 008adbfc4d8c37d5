"""Frames over the wall, as the judge speaks them: a strict parser of what a candidate sends.

A frame is `<u32 length of JSON> <u64 length of buffers> JSON buffers`, little endian. Each buffer is padded to 16 bytes
and is taken in the order in which the JSON names it, so none can overlap and none can be left over. What JSON cannot
say is a tag, an object with the one key "$":

    {"$": ["b", n]}            bytes, in a buffer of n bytes
    {"$": ["a", "<f8", [2]]}   a numpy array, in a buffer
    {"$": ["F", n]}            a list of n floats, in a buffer
    {"$": ["f", "nan"]}        nan, inf or -inf
    {"$": ["d", [[k, v]]]}     an object that has a key "$" itself

Only plain types are rebuilt (None, bool, int, float, str, bytes, list, dict, ndarray): no subclass, no code and no
reference to an object of the other side exists in this format.
"""

from __future__ import annotations

import array
import json
import math
import re
import struct
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

import numpy as np

from refine.errors import TaskError

HEADER = struct.Struct("<IQ")
DEPTH = 64
"""Levels of lists and objects."""
DIGITS = 4300
"""Digits of one integer: reading more takes quadratic time."""

NODES = 1 << 20
"""Lists and objects in one answer: each takes three bytes to send, and the judge a microsecond or two and 70 bytes."""

_MANY = 32  # from here on a list of floats is cheaper as a buffer than as digits
_ATOMS = frozenset({type(None), bool, int, float, str})
_DTYPES = {dtype.str: dtype for dtype in map(np.dtype, ("?", "i1", "u1", "<i2", "<i4", "<i8", "<u2", "<u4", "<u8"))} | {
    dtype.str: dtype for dtype in map(np.dtype, ("<f2", "<f4", "<f8", "<c8", "<c16"))
}
_NONFINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_AXES = 32
_LONGEST = 1 << 40


class Malformed(ValueError):  # noqa: N818 - it names the verdict
    """The frame is not what the format allows; the message says why."""


# ---- what the judge sends -------------------------------------------------------------------------------------------


class _Packer:
    """Turns a value into what JSON can say plus buffers."""

    def __init__(self) -> None:
        self.buffers: list[bytes | memoryview] = []

    def pack(self, value: object, depth: int = 0) -> object:
        kind = type(value)
        if kind is float and not math.isfinite(value):  # type: ignore[arg-type]
            return {"$": ["f", repr(value)]}
        if kind in _ATOMS:
            return value
        if depth >= DEPTH:
            raise TaskError(f"a value for the candidate is nested deeper than {DEPTH} levels")
        if isinstance(value, list | tuple):
            return self._list(value, depth)
        if isinstance(value, dict):
            return self._dict(value, depth)
        return self._other(value, depth)

    def _list(self, value: Sequence[Any], depth: int) -> object:
        kinds = set(map(type, value))
        if len(value) >= _MANY and kinds == {float}:
            self.buffers.append(array.array("d", value).tobytes())
            return {"$": ["F", len(value)]}
        if kinds <= _ATOMS and float not in kinds:
            return value
        return [self.pack(item, depth + 1) for item in value]

    def _dict(self, value: dict[Any, Any], depth: int) -> object:
        strange = [key for key in value if not isinstance(key, str)]
        if strange:
            raise TaskError(f"a dict for the candidate has the key {strange[0]!r}: only str keys cross the wall")
        packed = {str(key): self.pack(item, depth + 1) for key, item in value.items()}
        return {"$": ["d", [list(pair) for pair in packed.items()]]} if "$" in packed else packed

    def _other(self, value: object, depth: int) -> object:
        if isinstance(value, bytes | bytearray | memoryview):
            self.buffers.append(bytes(value))
            return {"$": ["b", len(self.buffers[-1])]}
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, np.generic):
            return self.pack(value.item(), depth + 1)
        for base in (int, float, str):
            if isinstance(value, base):
                return self.pack(base(value), depth + 1)
        raise TaskError(f"a {type(value).__name__} cannot cross to the candidate: pass plain data or numpy arrays")

    def _array(self, value: np.ndarray[Any, Any]) -> object:
        little = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
        if little.dtype.str not in _DTYPES:
            raise TaskError(f"an array of dtype {value.dtype} cannot cross to the candidate")
        self.buffers.append(little.data.cast("B") if little.size else b"")
        return {"$": ["a", little.dtype.str, list(value.shape)]}


_dump = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False).encode


def encode_call(function: str, arguments: Sequence[Any]) -> list[bytes | memoryview]:
    """The frame of `["call", function, arguments]`; raises as `encode`."""
    if set(map(type, arguments)) <= _ATOMS:
        try:
            data = _dump(["call", function, arguments]).encode()
            return [HEADER.pack(len(data), 0), data]
        except ValueError:  # nan or an infinity, or what `encode` can explain
            pass
    return encode(["call", function, arguments])


def encode(value: object) -> list[bytes | memoryview]:
    """The frame of a value, as parts to be sent one after the other.

    Raises:
        TaskError: the value holds something that is no plain data.
    """
    packer = _Packer()
    try:
        data = _dump(packer.pack(value)).encode()
    except ValueError as error:  # a lone surrogate, an int of too many digits
        raise TaskError(f"a value for the candidate cannot cross the wall: {error}") from error
    parts: list[bytes | memoryview] = [b"", data]
    size = 0
    for buffer in packer.buffers:
        padding = -len(buffer) % 16
        parts += [buffer, bytes(padding)] if padding else [buffer]
        size += len(buffer) + padding
    parts[0] = HEADER.pack(len(data), size)
    return parts


# ---- what a candidate sends -----------------------------------------------------------------------------------------


class _Reader:
    """Rebuilds the values of one frame; raises `Malformed`."""

    def __init__(self, buffers: memoryview, *, nonfinite: bool) -> None:
        self.buffers = buffers
        self.at = 0
        self.nonfinite = nonfinite

    def tagged_or_dict(self, pairs: list[tuple[str, Any]]) -> object:
        if len(pairs) == 1 and pairs[0][0] == "$":
            return self._tagged(pairs[0][1])
        made = dict(pairs)
        if len(made) != len(pairs):
            raise Malformed("an object has the same key twice")
        if "$" in made:
            raise Malformed("a tag stands beside other keys")
        return made

    def _tagged(self, tag: object) -> object:
        if not isinstance(tag, list) or not tag or not isinstance(tag[0], str):
            raise Malformed("a tag has the wrong form")
        reader: dict[str, Callable[..., object]] = {
            "b": self._bytes,
            "F": self._floats,
            "a": self._array,
            "f": self._nonfinite,
            "d": self._escaped,
        }
        if tag[0] not in reader or len(tag) != (3 if tag[0] == "a" else 2):
            raise Malformed("a tag has the wrong form")
        return reader[tag[0]](*tag[1:])

    def _take(self, length: int) -> memoryview:
        end = self.at + length
        padded = end + -length % 16
        if padded > len(self.buffers):
            raise Malformed("a buffer is longer than what was sent")
        taken, self.at = self.buffers[self.at : end], padded
        return taken

    def _bytes(self, length: object) -> bytes:
        return bytes(self._take(_count(length)))

    def _floats(self, length: object) -> list[float]:
        taken = self._take(8 * _count(length))
        values: list[float] = np.frombuffer(taken, dtype="<f8").tolist()
        self._require_finite(values)
        return values

    def _require_finite(self, values: Iterable[float]) -> None:
        if not self.nonfinite and not all(map(math.isfinite, values)):
            raise Malformed("a number is nan or infinite")

    def _array(self, name: object, shape: object) -> np.ndarray[Any, Any]:
        dtype = _DTYPES.get(name) if isinstance(name, str) else None
        if dtype is None:
            raise Malformed(f"an array has the dtype {str(name)[:40]!r}")
        if not isinstance(shape, list) or len(shape) > _AXES:
            raise Malformed("an array's shape has the wrong form")
        sides = [_count(side) for side in shape]
        if math.prod(side for side in sides if side) > _LONGEST:
            raise Malformed("an array's shape is too big")
        taken = self._take(math.prod(sides) * dtype.itemsize)
        made = np.frombuffer(taken, dtype=dtype).reshape(sides)
        self._require_sound(made)
        return made

    def _require_sound(self, made: np.ndarray[Any, Any]) -> None:
        if made.dtype.kind in "fc" and not self.nonfinite and not np.isfinite(made).all():
            raise Malformed("an array holds nan or infinity")
        if made.dtype.kind == "b" and made.size and made.view(np.uint8).max() > 1:
            raise Malformed("an array of bool holds something else")

    def _nonfinite(self, name: object) -> float:
        if not isinstance(name, str) or name not in _NONFINITE:
            raise Malformed("a tag has the wrong form")
        if not self.nonfinite:
            raise Malformed(f"a number is {name}")
        return _NONFINITE[name]

    def _escaped(self, pairs: object) -> dict[str, object]:
        if not isinstance(pairs, list) or not all(isinstance(p, list) and len(p) == 2 for p in pairs):
            raise Malformed("a tag has the wrong form")
        if not all(isinstance(key, str) for key, _ in pairs):
            raise Malformed("a tag has the wrong form")
        made = dict(pairs)
        if len(made) != len(pairs):
            raise Malformed("an object has the same key twice")
        return made

    def check(self, value: object, depth: int = 0) -> None:
        """Depth, finite literals (1e999 reads as infinity) and strings that UTF-8 can write."""
        if isinstance(value, float):
            self._require_finite((value,))
        elif isinstance(value, str):
            value.encode()
        elif isinstance(value, list | dict):
            if depth >= DEPTH:
                raise Malformed(f"nested deeper than {DEPTH} levels")
            self._check_all(list(value.values()) if isinstance(value, dict) else value, depth)
            if isinstance(value, dict):
                "".join(value).encode()

    def _check_all(self, values: list[Any], depth: int) -> None:
        kinds = set(map(type, values))
        if kinds <= {float, int, bool}:
            self._require_finite(value for value in values if type(value) is float)  # isfinite fails on huge integers
            return
        for value in values:
            self.check(value, depth + 1)


def _count(value: object) -> int:
    if type(value) is not int or not 0 <= value < _LONGEST:
        raise Malformed("a length is no count")
    return value


def _constant(name: str) -> NoReturn:
    raise Malformed(f"{name} is no JSON")


def _integer(digits: str) -> int:
    if len(digits) > DIGITS:
        raise Malformed(f"an integer has more than {DIGITS} digits")
    return int(digits)


_flat = json.JSONDecoder(parse_constant=_constant)


def _decoder(written: str, reader: _Reader) -> json.JSONDecoder:
    """One for all texts without objects; one that knows the reader for the others."""
    guarded = 0 < sys.get_int_max_str_digits() <= DIGITS
    if guarded and "{" not in written:
        return _flat
    return json.JSONDecoder(
        object_pairs_hook=reader.tagged_or_dict,
        parse_constant=_constant,
        parse_int=None if guarded else _integer,
    )


_ONE_NUMBER = re.compile(rb'\["ok",(-?(?:0|[1-9][0-9]{0,17}))(\.[0-9]{1,20})?(e[-+]?[0-9]{1,2})?\]').fullmatch


def one_number(text: bytes) -> int | float | None:
    """The number in the frame `["ok", number]`, where that is all and it is finite and short; else None.

    What `decode` would say, sooner: most answers are one number.
    """
    found = _ONE_NUMBER(text)
    if found is None:
        return None
    whole, fraction, power = found.groups()
    return int(whole) if fraction is None and power is None else float(text[6:-1])


def decode(text: bytes | memoryview, buffers: memoryview, *, nonfinite: bool = False) -> Any:  # noqa: ANN401 - plain data of any shape
    """The value of a frame. Arrays are views of `buffers`, writable where it is.

    Args:
        text: the JSON part, UTF-8.
        buffers: all buffers, one after the other.
        nonfinite: whether nan and infinity are let through, in values and in arrays.

    Raises:
        Malformed: anything that the format does not allow.
    """
    reader = _Reader(buffers, nonfinite=nonfinite)
    try:
        written = str(text, "utf-8")
        if written.count("[") + written.count("{") > NODES:
            raise Malformed(f"more than {NODES} brackets: hand over big tables as numpy arrays")  # noqa: TRY301 - one way out
        value, end = _decoder(written, reader).raw_decode(written)
        reader.check(value)
    except Malformed:
        raise
    except RecursionError:
        raise Malformed(f"nested deeper than {DEPTH} levels") from None
    except MemoryError:
        raise Malformed("takes more memory to read than the judge may use") from None
    except ValueError as error:
        raise Malformed(str(error)[:200]) from None
    if end != len(written):
        raise Malformed("something follows the value")
    if reader.at != len(buffers):
        raise Malformed("something follows the buffers")
    return value
