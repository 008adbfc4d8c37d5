"""Frames over the wall, as the cell speaks them. The strict side is refine/sandbox/wire.py; this one trusts the judge.

On the socket, eight random bytes of the judge's come before each frame: an answer begins with those of its question,
so that none can be given before it was asked. A frame is `<u32 length of JSON> <u64 length of buffers> JSON buffers`,
little endian. Each buffer is padded to 16 bytes
and is taken in the order in which the JSON names it. What JSON cannot say is a tag, an object with the one key "$":

    {"$": ["b", n]}            bytes, in a buffer of n bytes
    {"$": ["a", "<f8", [2]]}   a numpy array, in a buffer
    {"$": ["F", n]}            a list of n floats, in a buffer
    {"$": ["f", "nan"]}        nan, inf or -inf
    {"$": ["d", [[k, v]]]}     an object that has a key "$" itself
"""

import array
import json
import math
import struct
import sys

HEADER = struct.Struct("<IQ")
TOKEN = 8
FIRST = 8192  # bytes of a first read: most frames are whole in it
HEAD = TOKEN + HEADER.size
DEPTH = 64
SMALL = 1 << 63
MANY = 32  # from here on a list of floats is cheaper as a buffer than as digits
ATOMS = frozenset({type(None), bool, int, float, str})
KINDS = frozenset("biufc")
NONFINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class NotPlain(Exception):
    """The value holds something that is no plain data; the message says what and where."""


class Packer:
    """Turns a value into what JSON can say plus buffers. `tag` spells nan and inf as tags."""

    def __init__(self, *, tag=False):
        self.buffers = []
        self.tag = tag

    def pack(self, value, depth=0):
        kind = type(value)
        if kind is float and self.tag and not math.isfinite(value):
            return {"$": ["f", repr(value)]}
        if kind in ATOMS:
            return value
        if depth >= DEPTH:
            raise NotPlain(f"the value is nested deeper than {DEPTH} levels")
        if kind is list or kind is tuple:
            return self._list(value, depth)
        if kind is dict:
            return self._dict(value, depth)
        return self._other(value, depth)

    def _list(self, value, depth):
        kinds = set(map(type, value))
        if len(value) >= MANY and kinds == {float}:
            self.buffers.append(array.array("d", value).tobytes())
            return {"$": ["F", len(value)]}
        if kinds <= ATOMS and not (self.tag and float in kinds):
            return value
        return [self.pack(item, depth + 1) for item in value]

    def _dict(self, value, depth):
        for key in value:
            if not isinstance(key, str):
                raise NotPlain(f"a dict key is {type(key).__name__}, not str")
        pairs = [[str(key), self.pack(item, depth + 1)] for key, item in value.items()]
        return {"$": ["d", pairs]} if "$" in value else dict(pairs)

    def _other(self, value, depth):
        if isinstance(value, (bytes, bytearray, memoryview)):
            data = bytes(value)
            self.buffers.append(data)
            return {"$": ["b", len(data)]}
        numpy = sys.modules.get("numpy")
        if numpy is not None and isinstance(value, numpy.ndarray):
            return self._array(numpy, value)
        if numpy is not None and isinstance(value, numpy.generic):
            return self.pack(value.item(), depth + 1)
        for base in (int, float, str, list, tuple, dict):
            if isinstance(value, base):
                return self.pack(base(value), depth + 1)
        raise NotPlain(f"a {type(value).__name__} is no plain data")

    def _array(self, numpy, value):
        if value.dtype.kind not in KINDS or value.dtype.itemsize > 16 or value.dtype.char in "gG":
            raise NotPlain(f"an array of dtype {value.dtype} is no plain data")
        shape = list(value.shape)
        little = numpy.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
        self.buffers.append(memoryview(little).cast("B") if little.size else b"")
        return {"$": ["a", little.dtype.str, shape]}


_dump = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False).encode


def encode(value):
    """The frame of a value, as a list of byte strings."""
    packer = Packer()
    try:
        text = _dump(packer.pack(value))
    except ValueError:  # nan or inf outside of a buffer, or an int with too many digits
        packer = Packer(tag=True)
        try:
            text = _dump(packer.pack(value))
        except ValueError as error:
            raise NotPlain(str(error)) from None
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise NotPlain("a string holds a lone surrogate") from None
    return _frame(data, packer.buffers)


def encode_answer(value):
    """The frame of `["ok", value]`; most values are one number."""
    kind = type(value)
    if (kind is float and math.isfinite(value)) or (kind is int and -SMALL < value < SMALL):
        return _frame(b'["ok",%s]' % repr(value).encode(), ())
    return encode(["ok", value])


def _frame(data, buffers):
    size = 0
    parts = [b"", data]
    for buffer in buffers:
        length = buffer.nbytes if isinstance(buffer, memoryview) else len(buffer)
        pad = -length % 16
        parts.append(buffer)
        if pad:
            parts.append(bytes(pad))
        size += length + pad
    parts[0] = HEADER.pack(len(data), size)
    return parts


class Unpacker:
    """Builds the value of one frame from the judge."""

    def __init__(self, buffers):
        self.buffers = memoryview(buffers)
        self.at = 0

    def hook(self, pairs):
        if len(pairs) == 1 and pairs[0][0] == "$":
            return self._tag(*pairs[0][1])
        return dict(pairs)

    def _take(self, length):
        start = self.at
        self.at += length + -length % 16
        return self.buffers[start : start + length]

    def _tag(self, kind, what, shape=None):
        if kind == "b":
            return bytes(self._take(what))
        if kind == "F":
            return array.array("d", bytes(self._take(8 * what))).tolist()
        if kind == "f":
            return NONFINITE[what]
        if kind == "d":
            return dict(what)
        import numpy

        dtype = numpy.dtype(what)
        size = math.prod(shape) * dtype.itemsize
        return numpy.frombuffer(bytearray(self._take(size)), dtype=dtype).reshape(shape)


_flat = json.JSONDecoder().raw_decode


def decode(text, buffers):
    """The value of a frame of the judge."""
    if b"{" not in text:
        return _flat(text.decode())[0]
    return json.loads(text.decode(), object_pairs_hook=Unpacker(buffers).hook)


def send(sock, token, parts):
    """Sends a whole frame as the answer to the question that had `token`."""
    if len(parts) == 2 or len(parts) > 500 or sum(map(len, parts)) < 65536:
        sock.sendall(token + b"".join(parts))
        return
    rest = [memoryview(part) for part in (token, *parts) if len(part)]
    while rest:
        sent = sock.sendmsg(rest)
        while rest and sent >= len(rest[0]):
            sent -= len(rest.pop(0))
        if sent:
            rest[0] = rest[0][sent:]


def receive(sock):
    """One frame of the judge as (token, JSON, buffers), or None when it hung up."""
    first = sock.recv(FIRST)
    while first and len(first) < HEAD:
        more = sock.recv(FIRST)
        if not more:
            return None
        first += more
    if not first:
        return None
    length, size = HEADER.unpack_from(first, TOKEN)
    start, total = HEAD + length, HEAD + length + size
    whole = first if len(first) == total else _rest(sock, first, total)
    if whole is None:
        return None
    return first[:TOKEN], bytes(whole[HEAD:start]), memoryview(whole)[start:]


def _rest(sock, first, total):
    """`total` bytes that begin with `first`, or None."""
    whole = bytearray(total)
    whole[: len(first)] = first
    view = memoryview(whole)[len(first) :]
    while view:
        got = sock.recv_into(view)
        if not got:
            return None
        view = view[got:]
    return whole
