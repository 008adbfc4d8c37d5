"""The k best candidates that behave differently, drawn from by rank."""

from __future__ import annotations

import bisect
from collections.abc import Iterator

import numpy as np

from refine.archives import Added
from refine.types import Direction, Shown

_Key = tuple[float, int, str]
"""Less is better: score turned so that less is better, length of the text, id."""
_Signature = tuple[float, tuple[tuple[str, float], ...]]


class TopK:
    """At most `size` candidates; of those with the same score and the same scores per instance only the shortest.

    `sample` draws ranks r = 0, 1, ... without repetition with weight exp(-r / pressure): a small `pressure` is greedy.
    """

    def __init__(self, direction: Direction, *, size: int = 64, pressure: float = 16.0) -> None:
        self._sign = -1.0 if direction == "maximize" else 1.0
        self._size = size
        self._pressure = pressure
        self._keys: list[_Key] = []
        self._kept: dict[_Key, Shown] = {}
        self._by_signature: dict[_Signature, _Key] = {}

    def add(self, shown: Shown) -> Added:
        key, signature = self._key(shown), _signature(shown)
        same = self._by_signature.get(signature)
        if same is not None and same <= key:
            return Added.REFUSED
        if same is None and len(self._keys) >= self._size and key > self._keys[-1]:
            return Added.REFUSED
        if same is not None:
            self._drop(same)
        bisect.insort(self._keys, key)
        self._kept[key] = shown
        self._by_signature[signature] = key
        if len(self._keys) > self._size:
            self._drop(self._keys[-1])
        return Added.NEW if same is None else Added.REPLACED

    def sample(self, rng: np.random.Generator, n: int) -> list[Shown]:
        count = min(n, len(self._keys))
        if count == 0:
            return []
        weights = np.exp(-np.arange(len(self._keys)) / self._pressure)
        ranks = rng.choice(len(self._keys), size=count, replace=False, p=weights / weights.sum())
        return [self._kept[self._keys[rank]] for rank in sorted(int(r) for r in ranks)]

    def __iter__(self) -> Iterator[Shown]:
        return (self._kept[key] for key in self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def _key(self, shown: Shown) -> _Key:
        assert shown.outcome.score is not None
        return (self._sign * shown.outcome.score, len(shown.candidate.text), shown.candidate.id)

    def _drop(self, key: _Key) -> None:
        del self._keys[bisect.bisect_left(self._keys, key)]
        del self._by_signature[_signature(self._kept.pop(key))]


def _signature(shown: Shown) -> _Signature:
    assert shown.outcome.score is not None
    return (shown.outcome.score, tuple(sorted(shown.outcome.instances.items())))
