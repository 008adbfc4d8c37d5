"""Pareto archives: nobody is better in everything. By instance, as in GEPA (Agrawal et al. 2025), or by metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from sortedcontainers import SortedList

from refine.archives import Added
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
        self._holders: dict[str, SortedList[Key]] = {}
        self._kept: dict[Key, Shown] = {}
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
        names = sorted(self._holders)
        found: set[Key] = set()
        for _ in range(8 * n if names else 0):
            holders = self._holders[names[int(rng.integers(len(names)))]]
            found.add(holders[int(rng.integers(len(holders)))])
            if len(found) == min(n, len(self._kept)):
                break
        return [self._kept[place] for place in sorted(found)]

    def __iter__(self) -> Iterator[Shown]:
        return (self._kept[place] for place in sorted(self._kept))

    def __len__(self) -> int:
        return len(self._kept)


class Metrics:
    """The front over the score and `metrics`, each with its direction: whoever is dominated by nobody.

    A metric that an outcome does not say counts as the worst. `add` compares with the whole front (one numpy pass).
    """

    def __init__(self, direction: Direction, metrics: Mapping[str, Direction]) -> None:
        self._sign = sign(direction)
        self._metrics = {name: sign(toward) for name, toward in metrics.items()}
        self._front = np.empty((0, 1 + len(metrics)))
        self._kept: list[Shown] = []

    def add(self, shown: Shown, ask: int = 0) -> Added:
        del ask
        point = self._point(shown)
        alike = np.flatnonzero((self._front == point).all(axis=1))
        if alike.size:
            at = int(alike[0])
            if key(self._sign, self._kept[at]) <= key(self._sign, shown):
                return Added.REFUSED
            self._kept[at] = shown
            return Added.REPLACED
        if (self._front <= point).all(axis=1).any():
            return Added.REFUSED
        stays = np.flatnonzero(~(point <= self._front).all(axis=1))
        self._front = np.vstack([self._front[stays], point])
        self._kept = [*(self._kept[int(at)] for at in stays), shown]
        return Added.NEW

    def _point(self, shown: Shown) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Score and metrics, turned so that less is better."""
        have = shown.outcome.metrics
        rest = [turned * have[name] if name in have else np.inf for name, turned in self._metrics.items()]
        return np.array([self._sign * (shown.outcome.score or 0.0), *rest])

    def sample(self, rng: np.random.Generator, n: int, ask: int = 0) -> list[Shown]:
        del ask
        front = list(self)
        if not front:
            return []
        places = rng.choice(len(front), size=min(n, len(front)), replace=False)
        return [front[int(i)] for i in sorted(places)]

    def __iter__(self) -> Iterator[Shown]:
        return iter(sorted(self._kept, key=lambda shown: key(self._sign, shown)))

    def __len__(self) -> int:
        return len(self._kept)
