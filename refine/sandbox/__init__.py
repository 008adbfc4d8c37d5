"""Sandboxes: where candidates run. One Protocol, three implementations: docker, local, none.

A sandbox opens *slots*. A slot is one warm supervisor; it forks a *cell* for each candidate. The engine opens slots and
hands a slot's control socket to a judge process; the judge talks to cells by `refine.sandbox.cell` and never sees the
engine, its environment or the Docker socket.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from refine.types import Limits


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
