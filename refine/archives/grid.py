"""MAP-Elites: a grid over declared features, with the best candidate of each cell (Mouret and Clune 2015)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from sortedcontainers import SortedDict

from refine.archives import Added
from refine.archives.rank import Key, key, sign
from refine.task import Feature
from refine.types import Direction, Shown

Cell = tuple[int, ...]


class Grid:
    """One elite a cell. `sample` draws cells uniformly, so that what is rare is as likely a parent as what is good."""

    def __init__(self, direction: Direction, features: Sequence[Feature]) -> None:
        self._sign = sign(direction)
        self._features = tuple(features)
        self._cells: SortedDict[Cell, Key] = SortedDict()
        self._kept: SortedDict[Key, Shown] = SortedDict()

    def add(self, shown: Shown, ask: int = 0) -> Added:
        del ask
        cell, place = tuple(feature.bin(shown) for feature in self._features), key(self._sign, shown)
        elite = self._cells.get(cell)
        if elite is not None and elite <= place:
            return Added.REFUSED
        if elite is not None:
            del self._kept[elite]
        self._cells[cell], self._kept[place] = place, shown
        return Added.NEW if elite is None else Added.REPLACED

    def sample(self, rng: np.random.Generator, n: int, ask: int = 0) -> list[Shown]:
        del ask
        if not self._cells:
            return []
        places = rng.choice(len(self._cells), size=min(n, len(self._cells)), replace=False)
        return [self._kept[place] for place in sorted(self._cells.peekitem(int(i))[1] for i in places)]

    def __iter__(self) -> Iterator[Shown]:
        return iter(self._kept.values())

    def __len__(self) -> int:
        return len(self._cells)
