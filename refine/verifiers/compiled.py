"""What compilers made, kept in the judge's memory by the digest of what went in.

A compiler that reads a candidate's text is a program that the candidate may take over, so what comes back is believed
by nobody: it is only ever run again inside a cell. It cannot reach another candidate's entry either. An entry's key is
the digest of everything that went in, the text included, and it is made in a cell that held nothing before and ends
with it.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

from refine.sandbox import wire
from refine.sandbox.cell import Completed, Slots
from refine.types import Limits

MOST = 256 << 20
"""Bytes that are kept; what was not asked for longest goes first."""


def key(argv: Sequence[str], files: Mapping[str, bytes], collect: Sequence[str], limits: Limits) -> str:
    """SHA-256 of all that a compilation depends on but the image: a slot has one image for its whole life."""
    frame = wire.encode([list(argv), sorted(files.items()), list(collect), limits.model_dump()])
    return hashlib.sha256(b"".join(frame)).hexdigest()


class Compiled:
    """Completed programs by key, the least recently used ones dropped beyond `most` bytes."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held = 0
        self._entries: OrderedDict[str, Completed] = OrderedDict()

    def get(self, key: str) -> Completed | None:
        """A copy, which the verifier may change."""
        if key not in self._entries:
            return None
        self._entries.move_to_end(key)
        return replace(self._entries[key], files=dict(self._entries[key].files))

    def put(self, key: str, made: Completed) -> None:
        if _size(made) > self._most:
            return
        self._entries[key] = made
        self._held += _size(made)
        while self._held > self._most:
            _, dropped = self._entries.popitem(last=False)
            self._held -= _size(dropped)


def _size(made: Completed) -> int:
    return len(made.stdout) + len(made.stderr) + sum(map(len, made.files.values()))


_BY_SLOTS: WeakKeyDictionary[Slots, Compiled] = WeakKeyDictionary()


def of(slots: Slots) -> Compiled:
    """What was compiled on these slots; never what was compiled on others, which may have another image."""
    return _BY_SLOTS.setdefault(slots, Compiled())
