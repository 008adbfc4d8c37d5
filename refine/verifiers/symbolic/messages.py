"""Messages between a verifier's process and its solver: a length and JSON, over a socket pair."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

MEMORY_MB = 1024  # address space of a worker, on top of what the nursery has mapped
FORK, KILL = b"F", b"K"  # what the nursery is told
_HEAD = struct.Struct("<I")
_LARGEST = 1 << 22  # bytes of one message


class Gone(Exception):  # noqa: N818 - what the other side is
    """The other side has closed its socket."""


def send(sock: socket.socket, message: object) -> None:
    """One message: its length and its JSON."""
    body = json.dumps(message).encode()
    sock.sendall(_HEAD.pack(len(body)) + body)


def receive(sock: socket.socket) -> Any:  # noqa: ANN401 - JSON
    """The next message.

    Raises:
        Gone: the other side has closed.
        ValueError: it is too long, or no JSON.
        TimeoutError: the socket's timeout has passed.
    """
    (length,) = _HEAD.unpack(_exactly(sock, _HEAD.size))
    if length > _LARGEST:
        raise ValueError("a message of the solver is too long")
    return json.loads(_exactly(sock, length))


def _exactly(sock: socket.socket, count: int) -> bytes:
    parts: list[bytes] = []
    while count:
        part = sock.recv(min(count, 1 << 16))
        if not part:
            raise Gone
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
