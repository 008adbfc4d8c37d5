"""All that passed, drawn from uniformly: what a search without selection sees. A control, not a method."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sortedcontainers import SortedDict

from refine.archives import Added
from refine.archives.rank import Key, key, sign
from refine.types import Direction, Shown


class Everything:
    """Keeps every candidate. `sample` draws uniformly, so a good score changes nothing."""

    def __init__(self, direction: Direction) -> None:
        self._sign = sign(direction)
        self._by_id: SortedDict[str, Key] = SortedDict()
        self._kept: SortedDict[Key, Shown] = SortedDict()

    def add(self, shown: Shown, ask: int = 0) -> Added:
        del ask
        if shown.candidate.id in self._by_id:
            return Added.REFUSED
        self._by_id[shown.candidate.id] = place = key(self._sign, shown)
        self._kept[place] = shown
        return Added.NEW

    def sample(self, rng: np.random.Generator, n: int, ask: int = 0) -> list[Shown]:
        del ask
        if not self._kept:
            return []
        places = rng.choice(len(self._kept), size=min(n, len(self._kept)), replace=False)
        return [self._kept[self._by_id.peekitem(int(i))[1]] for i in places]

    def __iter__(self) -> Iterator[Shown]:
        return iter(self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)
