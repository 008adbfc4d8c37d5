"""The judge's side of a slot: spawn a cell for a candidate, call into it, end it. (Interface; being built.)"""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from refine.types import Limits, Resources

Plain = Any
"""None, bool, int, float, str, bytes, list, tuple (arrives as list), dict with str keys, numpy array or scalar."""


@dataclass(frozen=True, slots=True)
class Completed:
    """What `exec` brings back."""

    returncode: int
    stdout: bytes
    stderr: bytes
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ended:
    """What the supervisor measured when a cell was over."""

    resources: Resources
    output: str
    """Tail of stdout and stderr, at most 4 KiB."""


class Cell:
    """One candidate's process. Every method but `end` raises `CandidateError` for what the candidate did and
    `Fault("sandbox", ...)` for what the sandbox did; after either only `end` may follow."""

    def load(self, text: str) -> None: ...
    def call(self, function: str, args: Sequence[Plain], kwargs: Mapping[str, Plain]) -> Plain: ...
    def map(self, function: str, items: Sequence[Sequence[Plain]]) -> list[Plain]: ...
    def run(self, source: str, kwargs: Mapping[str, Plain]) -> Plain: ...
    def exec(self, argv: Sequence[str], *, files: Mapping[str, bytes], stdin: bytes, collect: Sequence[str]) -> Completed: ...
    def end(self) -> Ended: ...


class Slots:
    """All that a judge process knows of a sandbox: the control socket that it inherited."""

    def __init__(self, control: socket.socket) -> None: ...
    def spawn(self, limits: Limits) -> Cell: ...
