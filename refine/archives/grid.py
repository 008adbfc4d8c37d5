"""MAP-Elites: a grid over declared features, with the best candidate of each cell (Mouret and Clune 2015)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from pydantic import Field
from sortedcontainers import SortedDict

from refine.archives import Added
from refine.archives.rank import key, sign
from refine.types import Direction, Frozen, Shown

Cell = tuple[int, ...]
UNKNOWN = -1
"""The bin of a candidate whose outcome does not say the feature."""


class Feature(Frozen):
    """One axis of a grid: `bins` equal steps from `low` to `high`, what lies outside in the outermost.

    `name` is "length" (characters), "cpu_s", or one of the outcome's features or metrics. With `log`, the steps are
    equal in the logarithm.
    """

    name: str
    low: float
    high: float
    bins: int = Field(default=10, ge=1)
    log: bool = False

    def bin(self, shown: Shown) -> int:
        """Its bin, 0 to bins - 1, or UNKNOWN."""
        value = self._value(shown)
        if value is None or not math.isfinite(value):
            return UNKNOWN
        low, high = self.low, self.high
        if self.log:
            low, high, value = (math.log(max(x, 1e-300)) for x in (low, high, value))
        return min(self.bins - 1, max(0, int(self.bins * (value - low) / (high - low))))

    def _value(self, shown: Shown) -> float | None:
        outcome = shown.outcome
        if self.name == "length":
            return float(len(shown.candidate.text))
        if self.name == "cpu_s":
            return outcome.resources.cpu_s
        return outcome.features.get(self.name, outcome.metrics.get(self.name))


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
