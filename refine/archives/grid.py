"""MAP-Elites: a grid over declared features, with the best candidate of each cell (Mouret and Clune 2015)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from sortedcontainers import SortedDict

from refine.archives import Added
from refine.archives.rank import key, sign
from refine.task import Feature
from refine.types import Direction, Shown

Cell = tuple[int, ...]


class Grid:
    """One elite a cell. `sample` draws cells uniformly, so that what is rare is as likely a parent as what is good."""

    def __init__(self, direction: Direction, features: Sequence[Feature]) -> None:
        self._sign = sign(direction)
        self._features = tuple(features)
        self._cells: SortedDict[Cell, Shown] = SortedDict()

    def add(self, shown: Shown, ask: int = 0) -> Added:
        del ask
        cell = tuple(feature.bin(shown) for feature in self._features)
        elite = self._cells.get(cell)
        if elite is not None and key(self._sign, elite) <= key(self._sign, shown):
            return Added.REFUSED
        self._cells[cell] = shown
        return Added.NEW if elite is None else Added.REPLACED

    def sample(self, rng: np.random.Generator, n: int, ask: int = 0) -> list[Shown]:
        del ask
        if not self._cells:
            return []
        places = rng.choice(len(self._cells), size=min(n, len(self._cells)), replace=False)
        found = [self._cells.peekitem(int(i))[1] for i in places]
        return sorted(found, key=lambda shown: key(self._sign, shown))

    def __iter__(self) -> Iterator[Shown]:
        return iter(sorted(self._cells.values(), key=lambda shown: key(self._sign, shown)))

    def __len__(self) -> int:
        return len(self._cells)
