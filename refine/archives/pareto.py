"""Pareto archives: nobody is better in everything. By instance, as in GEPA (Agrawal et al. 2025), or by metrics."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
from sortedcontainers import SortedDict, SortedList

from refine.archives import Added
from refine.archives.front import Front
from refine.archives.rank import Key, Signature, key, sign, signature
from refine.types import Direction, Shown


class Instances:
    """Whoever is best at some instance. Where an outcome has no instances, its score is the only one.

    `sample` draws with a weight of the number of instances that a candidate is best at, each of those shared among the
    equally good; of candidates with the same scores everywhere only the shortest is kept.
    """

    def __init__(self, direction: Direction) -> None:
        self._sign = sign(direction)
        self._best: dict[str, float] = {}
        self._holders: SortedDict[str, SortedList[Key]] = SortedDict()
        self._kept: SortedDict[Key, Shown] = SortedDict()
        self._wins: dict[Key, int] = {}
        self._by_signature: dict[Signature, Key] = {}

    def add(self, shown: Shown, ask: int = 0) -> Added:
        del ask
        place, does = key(self._sign, shown), signature(shown)
        same = self._by_signature.get(does)
        if same is not None and same <= place:
            return Added.REFUSED
        values = self._values(shown)
        if not any(value <= self._best.get(name, value) for name, value in values.items()):
            return Added.REFUSED
        replaced = same is not None
        if same is not None:
            self._withdraw(same)
        self._kept[place], self._by_signature[does], self._wins[place] = shown, place, 0
        for name, value in values.items():
            self._compete(name, value, place)
        return Added.REPLACED if replaced else Added.NEW

    def _values(self, shown: Shown) -> Mapping[str, float]:
        """By instance, turned so that less is better."""
        scores = shown.outcome.instances or {"": shown.outcome.score or 0.0}
        return {name: self._sign * value for name, value in scores.items()}

    def _compete(self, name: str, value: float, place: Key) -> None:
        best = self._best.get(name)
        if best is not None and value > best:
            return
        if best is None or value < best:
            for beaten in self._holders.get(name, ()):
                self._loses(beaten)
            self._best[name], self._holders[name] = value, SortedList()
        self._holders[name].add(place)
        self._wins[place] += 1

    def _loses(self, place: Key) -> None:
        self._wins[place] -= 1
        if self._wins[place] == 0:
            self._forget(place)

    def _withdraw(self, place: Key) -> None:
        for name, value in self._values(self._kept[place]).items():
            if value == self._best[name]:
                self._holders[name].discard(place)
        self._forget(place)

    def _forget(self, place: Key) -> None:
        del self._wins[place]
        del self._by_signature[signature(self._kept.pop(place))]

    def sample(self, rng: np.random.Generator, n: int, ask: int = 0) -> list[Shown]:
        """Draws an instance, then one of its best; again until `n` differ, at most 8 n times."""
        del ask
        names = self._holders.keys()
        found: set[Key] = set()
        for _ in range(8 * n if names else 0):
            holders = self._holders[names[int(rng.integers(len(names)))]]
            found.add(holders[int(rng.integers(len(holders)))])
            if len(found) == min(n, len(self._kept)):
                break
        return [self._kept[place] for place in sorted(found)]

    def __iter__(self) -> Iterator[Shown]:
        return iter(self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)


class Metrics:
    """The front over the score and `metrics`, each with its direction: whoever is dominated by nobody.

    A metric that an outcome does not say counts as the worst. Of candidates that are equal in all of them only the
    shortest is kept. `add` costs what `Front` costs.
    """

    def __init__(self, direction: Direction, metrics: Mapping[str, Direction]) -> None:
        self._sign = sign(direction)
        self._metrics = {name: sign(toward) for name, toward in metrics.items()}
        self._front = Front(1 + len(metrics))
        self._kept: SortedDict[Key, Shown] = SortedDict()

    def add(self, shown: Shown, ask: int = 0) -> Added:
        del ask
        place, point = key(self._sign, shown), self._point(shown)
        if (better := self._front.covering(point)) is not None:
            if better[0] != place[0] or better <= place or self._point(self._kept[better]) != point:
                return Added.REFUSED
            del self._kept[better]
            self._front.rename(point, better, place)
            self._kept[place] = shown
            return Added.REPLACED
        for beaten in self._front.put(point, place):
            del self._kept[beaten]
        self._kept[place] = shown
        return Added.NEW

    def _point(self, shown: Shown) -> tuple[float, ...]:
        """Score and metrics, turned so that less is better."""
        have = shown.outcome.metrics
        rest = (turned * have[name] if name in have else math.inf for name, turned in self._metrics.items())
        return (self._sign * (shown.outcome.score or 0.0), *rest)

    def sample(self, rng: np.random.Generator, n: int, ask: int = 0) -> list[Shown]:
        del ask
        if not self._kept:
            return []
        places = rng.choice(len(self._kept), size=min(n, len(self._kept)), replace=False)
        return [self._kept.peekitem(int(i))[1] for i in sorted(places)]

    def __iter__(self) -> Iterator[Shown]:
        return iter(self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)
