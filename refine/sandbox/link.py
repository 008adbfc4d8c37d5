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
_TIMEVAL = struct.Struct("@ll")
_SLACK = 0.99  # the kernel's timeout is set anew when this share of it is left: exact to 1 %, for no call a question


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
        deadline = time.monotonic() + seconds
        token = os.urandom(_TOKEN)
        try:
            self._write([token, *parts], deadline)
            return self._read(token, deadline)
        except BlockingIOError as error:
            raise TimeoutError from error
        except MemoryError:
            raise CandidateError(Verdict.OVERRUN, "the answer does not fit into the judge's memory") from None

    def _write(self, parts: list[bytes | memoryview], deadline: float) -> None:
        rest: list[bytes | memoryview] = [b"".join(parts)] if len(parts) == 3 or len(parts) > 500 else parts
        while rest:
            self._patience(deadline)
            sent = self._sock.sendmsg(rest)
            while rest and sent >= len(rest[0]):
                sent -= len(rest.pop(0))
            if sent:
                rest[0] = memoryview(rest[0])[sent:]

    def _read(self, token: bytes, deadline: float) -> tuple[bytes, memoryview]:
        """One frame; the lengths are checked before anything is allocated."""
        if not self.confined:
            self.confined = self._some(1, deadline) == _CONFINED
        data = self._some(_FIRST, deadline)
        while len(data) < _HEAD:
            data += self._some(_FIRST, deadline)
        if data[:_TOKEN] != token:
            raise CandidateError(Verdict.MALFORMED, "sent something that answers no question")
        length, size = wire.HEADER.unpack_from(data, _TOKEN)
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

    def _some(self, most: int, deadline: float) -> bytes:
        self._patience(deadline)
        data = self._sock.recv(most)
        if not data:
            raise ConnectionResetError
        return data

    def _patience(self, deadline: float) -> None:
        """Sees to it that the next call on the socket ends at the deadline. Raises TimeoutError when it has passed."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if not _SLACK * self._timeout < left <= self._timeout / _SLACK:
            self._timeout = left
            value = _TIMEVAL.pack(int(left), int(left % 1 * 1e6) + 1)
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, value)
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, value)
