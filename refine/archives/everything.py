"""All that passed, drawn from uniformly: what a search without selection sees. A control, not a method."""

from __future__ import annotations

import bisect
from collections.abc import Iterator

import numpy as np

from refine.archives import Added
from refine.types import Direction, Shown


class Everything:
    """Keeps every candidate. `sample` draws uniformly, so a good score changes nothing."""

    def __init__(self, direction: Direction) -> None:
        self._sign = -1.0 if direction == "maximize" else 1.0
        self._ids: list[str] = []
        self._kept: dict[str, Shown] = {}

    def add(self, shown: Shown) -> Added:
        if shown.candidate.id in self._kept:
            return Added.REFUSED
        bisect.insort(self._ids, shown.candidate.id)
        self._kept[shown.candidate.id] = shown
        return Added.NEW

    def sample(self, rng: np.random.Generator, n: int) -> list[Shown]:
        if not self._ids:
            return []
        drawn = rng.choice(len(self._ids), size=min(n, len(self._ids)), replace=False)
        return [self._kept[self._ids[int(i)]] for i in drawn]

    def __iter__(self) -> Iterator[Shown]:
        return iter(sorted(self._kept.values(), key=lambda s: (self._sign * (s.outcome.score or 0.0), s.candidate.id)))

    def __len__(self) -> int:
        return len(self._ids)
