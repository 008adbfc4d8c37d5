"""A slot: one warm supervisor, from its start to its close. What docker, local and none have in common."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from refine.errors import Fault

Walls = Literal["namespaces", "strict", "none"]
FLAGS = ("-s", "-S", "-P", "-B")
"""The interpreter's: no user or site packages, no script folder, no bytecode; the environment is ours anyway."""
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/tmp",  # noqa: S108 - inside, where it is private
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
"""All that a candidate finds in its environment. One hash seed, so that sets have one order."""
PRELOAD = ("numpy",)
STARTING = 30.0
"""Seconds until a supervisor must have said hello."""


class NoWalls(Fault):
    """These walls cannot be raised on this machine; weaker ones may."""


@dataclass(frozen=True, slots=True)
class Hello:
    """What a supervisor says of itself."""

    walls: Walls
    python: str
    numpy: str | None
    landlock: int


@dataclass(frozen=True, slots=True)
class Warm:
    """A slot. `pid` is its outermost process here, `leash` keeps it alive, `stop` waits for it or kills it."""

    pid: int
    control: socket.socket
    leash: socket.socket
    hello: Hello
    stop: Callable[[], None]

    def close(self) -> None:
        """Kills the supervisor and everything in it; does not raise when it is already gone."""
        self.leash.close()
        self.control.close()
        self.stop()


def greeted(control: socket.socket, said: Callable[[], str]) -> Hello:
    """Waits for a supervisor's hello.

    Args:
        control: the host's end of its control socket.
        said: what it printed, for the message of a Fault.

    Raises:
        NoWalls: it could not raise its walls.
        Fault: it died, or said nothing in time.
    """
    control.settimeout(STARTING)
    try:
        data = control.recv(4096)
    except OSError as error:
        raise Fault("sandbox", f"the sandbox did not start: {error} {said()}".strip()) from error
    message = json.loads(data) if data else {"fault": said().strip()[-500:] or "it died at once", "died": True}
    if "fault" in message:
        kind = Fault if "died" in message else NoWalls
        raise kind("sandbox", f"the sandbox did not start: {message['fault']}")
    assert message["walls"] in get_args(Walls)
    return Hello(**message)
