"""The judge's end of a cell's socket: one question, one answer, within a deadline and a size."""

from __future__ import annotations

import os
import socket
import struct
import time

from refine.errors import CandidateError
from refine.sandbox import wire
from refine.types import Verdict

_CONFINED = b"R"  # what a cell says once, behind its walls, before the first byte of a candidate
_TOKEN = 8
_HEAD = _TOKEN + wire.HEADER.size
_FIRST = 8192  # bytes of a first read: most answers are whole in it
_NOTHING = memoryview(b"")
_TIMEVAL = struct.Struct("@ll")
_SLACK = 0.98  # the kernel's timeout is set anew when this share of it is left: within 2 %, and seldom


class Link:
    """Asks and reads over `sock`, which it closes; `most` is what one answer may have, in bytes.

    Attributes:
        confined: whether the cell has said that its walls stand.
    """

    def __init__(self, sock: socket.socket, most: int) -> None:
        self._sock = sock
        self._most = most
        self._timeout = 0.0
        self.confined = False

    def close(self) -> None:
        self._sock.close()

    def exchange(self, parts: list[bytes | memoryview], seconds: float) -> tuple[bytes, memoryview]:
        """The answer to the question `parts` (as `wire.encode` gives them), as (JSON, buffers).

        Question and answer carry eight random bytes, drawn now: what was sent before is the answer to nothing.

        Raises:
            TimeoutError: it took more than `seconds`.
            OSError: the cell's end is closed.
            CandidateError: the answer is too long, or it is not the answer to this question.
        """
        token = os.urandom(_TOKEN)
        deadline = time.monotonic() + seconds
        try:
            self._wait_at_most(seconds)
            self._write(token, parts, deadline)
            data = self._sock.recv(_FIRST)
            if not self.confined:
                self.confined = data[:1] == _CONFINED
                data = data[1:] or self._some(deadline)
            return self._read(token, data, deadline)
        except BlockingIOError as error:
            raise TimeoutError from error
        except MemoryError:
            raise CandidateError(Verdict.OVERRUN, "the answer does not fit into the judge's memory") from None

    def _write(self, token: bytes, parts: list[bytes | memoryview], deadline: float) -> None:
        rest: list[bytes | memoryview] = [token, *parts]
        if len(parts) == 2 or len(parts) > 500:
            whole = b"".join(rest)
            sent = self._sock.send(whole)
            if sent == len(whole):
                return
            rest = [memoryview(whole)[sent:]]
        while rest:
            self._patience(deadline)
            sent = self._sock.sendmsg(rest)
            while rest and sent >= len(rest[0]):
                sent -= len(rest.pop(0))
            if sent:
                rest[0] = memoryview(rest[0])[sent:]

    def _read(self, token: bytes, data: bytes, deadline: float) -> tuple[bytes, memoryview]:
        """One frame that begins with `data`; the lengths are checked before anything is allocated."""
        while len(data) < _HEAD:
            data += self._some(deadline)
        if data[:_TOKEN] != token:
            raise CandidateError(Verdict.MALFORMED, "sent something that answers no question")
        length, size = wire.HEADER.unpack_from(data, _TOKEN)
        if len(data) == _HEAD + length and not size:
            return data[_HEAD:], _NOTHING
        if length + size > self._most:
            said = f"the answer has {length + size} bytes; at most {self._most >> 20} MiB are allowed"
            raise CandidateError(Verdict.OVERRUN, said)
        if len(data) > _HEAD + length + size:
            raise CandidateError(Verdict.MALFORMED, "something follows the answer")
        text = self._whole(data[_HEAD : _HEAD + length], length, deadline)
        buffers = self._whole(data[_HEAD + length :], size, deadline)
        return bytes(text), memoryview(buffers)

    def _whole(self, data: bytes, length: int, deadline: float) -> bytes | bytearray:
        """`length` bytes that begin with `data`, writable if there are any; what comes goes straight to its place."""
        if not length:
            return data
        whole = bytearray(data)
        whole.extend(bytes(length - len(data)))
        view = memoryview(whole)[len(data) :]
        while view:
            self._patience(deadline)
            got = self._sock.recv_into(view)
            if not got:
                raise ConnectionResetError
            view = view[got:]
        return whole

    def _some(self, deadline: float) -> bytes:
        self._patience(deadline)
        data = self._sock.recv(_FIRST)
        if not data:
            raise ConnectionResetError
        return data

    def _patience(self, deadline: float) -> None:
        self._wait_at_most(deadline - time.monotonic())

    def _wait_at_most(self, seconds: float) -> None:
        """Sees to it that the next call on the socket ends in time. Raises TimeoutError where no time is left."""
        if _SLACK * self._timeout < seconds <= self._timeout:
            return
        if seconds <= 0:
            raise TimeoutError
        self._timeout = seconds / _SLACK
        value = _TIMEVAL.pack(int(self._timeout), int(self._timeout % 1 * 1e6) + 1)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, value)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, value)
