"""Archives keep the best of what differs. What `add` did is a value.

An archive is a function of the *set* of what was added, not of the order: candidates that were verified side by side
give the same archive whichever was done first, so that a run with a generation barrier is the same run every time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Protocol

import numpy as np

from refine.types import Shown

SEEDS = 0
"""The number of the ask that is answered by the task's seeds."""


class Added(StrEnum):
    """What `add` did."""

    NEW = "new"  # kept, beside the others
    REPLACED = "replaced"  # kept in the place of one that it is better than
    REFUSED = "refused"  # not kept: others are better or do the same


class Archive(Protocol):
    """An archive may have `wants(score, ask) -> bool` beside these, False only where `add` would refuse that score
    whatever else is true of the candidate: then neither its text is read from the journal nor `add` called.
    """

    def add(self, shown: Shown, ask: int = 0) -> Added:
        """Adds a candidate that passed; `ask` is the number of the ask that it answers, 0 for the task's seeds."""
        ...

    def sample(self, rng: np.random.Generator, n: int, ask: int = 0) -> list[Shown]:
        """At most `n` different elites for ask number `ask`, chosen by the archive's own rule."""
        ...

    def __iter__(self) -> Iterator[Shown]:
        """What is kept, best first; lazily, so that the first few of a million cost little."""
        ...

    def __len__(self) -> int: ...


def wants(archive: Archive, score: float, ask: int) -> bool:
    """Whether `archive` may keep a candidate with this score; what does not say so may keep any."""
    asked: Callable[[float, int], bool] | None = getattr(archive, "wants", None)
    return asked is None or asked(score, ask)
