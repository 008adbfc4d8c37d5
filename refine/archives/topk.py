"""The k best candidates that behave differently, drawn from by rank."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sortedcontainers import SortedDict

from refine.archives import Added
from refine.archives.rank import Key, Signature, drawn, key, sign, signature
from refine.types import Direction, Shown


class TopK:
    """At most `size` candidates; of those with the same score and the same scores per instance only the shortest.

    `sample` draws ranks r = 0, 1, ... without repetition with weight exp(-r / pressure): a small `pressure` is greedy.
    """

    def __init__(self, direction: Direction, *, size: int = 64, pressure: float = 16.0) -> None:
        self._sign = sign(direction)
        self._size = size
        self._pressure = pressure
        self._kept: SortedDict[Key, Shown] = SortedDict()
        self._by_signature: dict[Signature, Key] = {}

    def add(self, shown: Shown, ask: int = 0) -> Added:
        del ask
        place, does = key(self._sign, shown), signature(shown)
        same = self._by_signature.get(does)
        if same is not None and same <= place:
            return Added.REFUSED
        if same is None and len(self._kept) >= self._size and place > self._kept.keys()[-1]:
            return Added.REFUSED
        if same is not None:
            self._drop(same)
        self._kept[place] = shown
        self._by_signature[does] = place
        if len(self._kept) > self._size:
            self._drop(self._kept.keys()[-1])
        return Added.NEW if same is None else Added.REPLACED

    def wants(self, score: float, ask: int = 0) -> bool:
        """Whether the score is one that `add` may keep."""
        del ask
        return len(self._kept) < self._size or self._sign * score <= self._kept.keys()[-1][0]

    def sample(self, rng: np.random.Generator, n: int, ask: int = 0) -> list[Shown]:
        del ask
        return [self._kept.peekitem(rank)[1] for rank in drawn(rng, len(self._kept), n, self._pressure)]

    def __iter__(self) -> Iterator[Shown]:
        return iter(self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)

    def _drop(self, place: Key) -> None:
        del self._by_signature[signature(self._kept.pop(place))]
