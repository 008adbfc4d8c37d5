"""An archive made of archives: populations that evolve side by side and meet seldom."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator

import numpy as np

from refine.archives import SEEDS, Added, Archive, wants
from refine.archives.rank import key, sign
from refine.types import Direction, Shown


class Islands:
    """`count` archives. Each ask has its island: it draws from there, and what it is answered goes there.

    Args:
        direction: of the score.
        make: makes one island's archive.
        count: islands.
        migrate: every so many asks of an island, one of its parents comes from the next island of the ring; 0: never.
        block: asks in a row that one island gets. Above 1 the islands are restarts, one after the other.
        reset: every so many asks in all, the weaker half of the islands is emptied and founded anew by the best of the
            stronger half, one each in turn, as in FunSearch (Romera-Paredes et al. 2023); 0: never.

    With `reset` the archive depends on the order of the asks' outcomes, which is the journal's; without, on their set.
    """

    def __init__(
        self,
        direction: Direction,
        make: Callable[[Direction], Archive],
        *,
        count: int,
        migrate: int = 0,
        block: int = 1,
        reset: int = 0,
    ) -> None:
        self._direction = direction
        self._sign = sign(direction)
        self._make = make
        self._islands = [make(direction) for _ in range(count)]
        self._migrate = migrate
        self._block = block
        self._reset = reset
        self._epoch = 0

    def add(self, shown: Shown, ask: int = 0) -> Added:
        if ask == SEEDS:
            return max((island.add(shown, ask) for island in self._islands), key=list(Added)[::-1].index)
        if self._reset and ask // self._reset > self._epoch:
            self._epoch = ask // self._reset
            self._found_anew()
        return self._islands[self._home(ask)].add(shown, ask)

    def wants(self, score: float, ask: int = 0) -> bool:
        """Whether the score is one that `add` may keep; `add` is to be called when the islands are due to be reset."""
        due = bool(self._reset) and ask // self._reset > self._epoch
        return ask == SEEDS or due or wants(self._islands[self._home(ask)], score, ask)

    def _home(self, ask: int) -> int:
        return (ask - 1) // self._block % len(self._islands)

    def _found_anew(self) -> None:
        """Empties the weaker half; each is founded by the champion of one of the stronger half."""
        filled = [number for number, island in enumerate(self._islands) if len(island)]
        ranked = sorted(filled, key=lambda number: key(self._sign, next(iter(self._islands[number]))))
        weak = ranked[(len(ranked) + 1) // 2 :]
        strong = ranked[: len(ranked) - len(weak)]
        for turn, number in enumerate(weak):
            founder = next(iter(self._islands[strong[turn % len(strong)]]))
            self._islands[number] = self._make(self._direction)
            self._islands[number].add(founder)

    def sample(self, rng: np.random.Generator, n: int, ask: int = 0) -> list[Shown]:
        count = len(self._islands)
        home = self._home(ask)
        after = self._islands[(home + 1) % count]
        guests = 1 if self._migrate and (ask // count) % self._migrate == self._migrate - 1 else 0
        found = {shown.candidate.id: shown for shown in after.sample(rng, guests, ask)}
        for shown in self._islands[home].sample(rng, n, ask):
            if len(found) < n:
                found.setdefault(shown.candidate.id, shown)
        return sorted(found.values(), key=lambda shown: key(self._sign, shown))

    def __iter__(self) -> Iterator[Shown]:
        seen: set[str] = set()
        for shown in heapq.merge(*self._islands, key=lambda shown: key(self._sign, shown)):
            if shown.candidate.id not in seen:
                seen.add(shown.candidate.id)
                yield shown

    def __len__(self) -> int:
        return len({shown.candidate.id for island in self._islands for shown in island})
