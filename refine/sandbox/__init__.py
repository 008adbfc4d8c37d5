"""Sandboxes: where candidates run. One Protocol, three implementations: docker, local, none.

A sandbox opens *slots*. A slot is one warm supervisor; it forks a *cell* for each candidate. The engine opens slots and
hands a slot's control socket to a judge process; the judge talks to cells by `refine.sandbox.cell` and never sees the
engine, its environment or the Docker socket.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from pydantic import Field

from refine.types import Frozen


class Limits(Frozen):
    """What one candidate may use, all its calls together."""

    seconds: float = Field(default=10.0, gt=0)
    """Wall-clock seconds that the judge waits for the candidate."""
    memory_mb: int = Field(default=1024, ge=64)
    """Address space of each of its processes, MiB."""
    disk_mb: int = Field(default=64, ge=1)
    """Its private tmpfs, MiB."""
    processes: int = Field(default=16, ge=1)
    """Processes and threads alive at once."""
    output_kb: int = Field(default=256, ge=1)
    """What it may print, KiB; a tail of 4 KiB is kept."""
    reply_mb: int = Field(default=64, ge=1)
    """One answer over the wall, MiB."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that a sandbox does (or does not) stop, for `refine sandbox status` and docs/security.md."""

    name: str
    kept: bool
    how: str


@runtime_checkable
class Slot(Protocol):
    """One warm supervisor. `control` is its SEQPACKET socket, to be inherited by one judge process."""

    @property
    def control(self) -> socket.socket: ...

    def close(self) -> None:
        """Kills the supervisor and everything in it; does not raise when it is already gone."""
        ...


@runtime_checkable
class Sandbox(Protocol):
    """Opens slots. Its `describe` text goes into the journal: kind, mechanism, image digest."""

    @property
    def name(self) -> str: ...

    def describe(self) -> str: ...

    def promises(self) -> tuple[Promise, ...]: ...

    def open(self, limits: Limits) -> Slot:
        """A new slot, warm when this returns. Blocks up to seconds; raises `Fault("sandbox", ...)`."""
        ...

    def close(self) -> None: ...
