"""An archive made of archives: populations that evolve side by side and meet seldom."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np

from refine.archives import SEEDS, Added, Archive, wants
from refine.archives.rank import key, sign
from refine.types import Direction, Shown

AHEAD = 32
"""A new island is asked so many asks after that whose answer founded it: what is in flight keeps its home."""

Route = Literal["ring", "random"]
Founder = Literal["seeds", "elite"]


class Islands:
    """`count` archives. Each ask has its island: it draws from there, and what it is answered goes there.

    Args:
        direction: of the score.
        make: makes one island's archive.
        count: islands to begin with.
        migrate: every so many asks of an island, one of its parents comes from another island; 0: never.
        route: which one that is: the next of the ring, or any other, drawn from the ask's generator.
        block: asks in a row that one island gets. Above 1 the islands are restarts, one after the other.
        reset: every so many asks in all, the weaker half of the islands is emptied and founded anew by the best of the
            stronger half, one each in turn, as in FunSearch (Romera-Paredes et al. 2023); 0: never.
        spawn: after so many asks in all without a new best, there is one island more (`AHEAD` asks later), as in
            ShinkaEvolve (Lange et al. 2025); 0: never.
        most: islands that there may be.
        founder: what a spawned island begins with: the seeds, or the best of all.

    With `reset` or `spawn` the archive depends on the order of the asks' outcomes, which is the journal's; without, on
    their set. Nothing but seeds and founders is in two islands at once.
    """

    def __init__(
        self,
        direction: Direction,
        make: Callable[[Direction], Archive],
        *,
        count: int,
        migrate: int = 0,
        route: Route = "ring",
        block: int = 1,
        reset: int = 0,
        spawn: int = 0,
        most: int = 8,
        founder: Founder = "seeds",
    ) -> None:
        self._direction = direction
        self._sign = sign(direction)
        self._make = make
        self._islands = [make(direction) for _ in range(count)]
        self._begins = [SEEDS] * count
        """The first ask at which there is each island."""
        self._migrate = migrate
        self._route = route
        self._block = block
        self._reset = reset
        self._epoch = 0
        self._spawn = spawn
        self._most = most
        self._founder = founder
        self._record = math.inf
        """The best score, turned so that less is better."""
        self._improved = SEEDS
        """The ask that was answered with it, or from which the last island was spawned."""
        self._seeds: list[Shown] = []
        self._shared: set[str] = set()
        """The ids of seeds and founders."""

    def add(self, shown: Shown, ask: int = 0) -> Added:
        self._notes(shown, ask)
        if ask == SEEDS:
            self._seeds.append(shown)
            self._shared.add(shown.candidate.id)
            return max((island.add(shown, ask) for island in self._islands), key=list(Added)[::-1].index)
        if self._is_due_to_be_reset(ask):
            self._epoch = ask // self._reset
            self._found_anew()
        added = self._islands[self._home(ask)].add(shown, ask)
        if self._stagnates(ask):
            self._spawn_one(ask)
        return added

    def wants(self, score: float, ask: int = 0) -> bool:
        """Whether the score is one that `add` may keep; `add` is to be called when the islands are due to change."""
        due = self._is_due_to_be_reset(ask) or self._stagnates(ask) or self._sign * score < self._record
        return ask == SEEDS or due or wants(self._islands[self._home(ask)], score, ask)

    def _notes(self, shown: Shown, ask: int) -> None:
        """Takes in whether it is a new best."""
        score, *_ = key(self._sign, shown)
        if score < self._record:
            self._record, self._improved = score, max(self._improved, ask)

    def _is_due_to_be_reset(self, ask: int) -> bool:
        return bool(self._reset) and ask // self._reset > self._epoch

    def _stagnates(self, ask: int) -> bool:
        return 0 < self._spawn <= ask - self._improved and len(self._islands) < self._most

    def _count(self, ask: int) -> int:
        """Islands that there are at that ask."""
        return sum(begins <= ask for begins in self._begins)

    def _home(self, ask: int) -> int:
        return (ask - 1) // self._block % self._count(ask)

    def _found_anew(self) -> None:
        """Empties the weaker half; each is founded by the champion of one of the stronger half."""
        filled = [number for number, island in enumerate(self._islands) if next(iter(island), None)]
        ranked = sorted(filled, key=lambda number: key(self._sign, next(iter(self._islands[number]))))
        weak = ranked[(len(ranked) + 1) // 2 :]
        strong = ranked[: len(ranked) - len(weak)]
        for turn, number in enumerate(weak):
            founder = next(iter(self._islands[strong[turn % len(strong)]]))
            self._islands[number] = self._founded([founder])

    def _spawn_one(self, ask: int) -> None:
        """One island more, from `AHEAD` asks later; the next one at the earliest so many asks after that."""
        self._improved = ask + AHEAD
        self._islands.append(self._founded(self._seeds if self._founder == "seeds" else [next(iter(self))]))
        self._begins.append(self._improved)

    def _founded(self, founders: list[Shown]) -> Archive:
        island = self._make(self._direction)
        for founder in founders:
            island.add(founder)
        self._shared |= {founder.candidate.id for founder in founders}
        return island

    def sample(self, rng: np.random.Generator, n: int, ask: int = 0) -> list[Shown]:
        home, count = self._home(ask), self._count(ask)
        migrates = self._migrate and (ask // count) % self._migrate == self._migrate - 1
        guests = self._islands[self._visited(rng, home, count)].sample(rng, 1, ask) if migrates else []
        found = {shown.candidate.id: shown for shown in guests}
        for shown in self._islands[home].sample(rng, n, ask):
            if len(found) < n:
                found.setdefault(shown.candidate.id, shown)
        return sorted(found.values(), key=lambda shown: key(self._sign, shown))

    def _visited(self, rng: np.random.Generator, home: int, count: int) -> int:
        """The island that a guest comes from."""
        step = int(rng.integers(1, count)) if self._route == "random" and count > 1 else 1
        return (home + step) % count

    def __iter__(self) -> Iterator[Shown]:
        seen: set[str] = set()
        for shown in heapq.merge(*self._islands, key=lambda shown: key(self._sign, shown)):
            if shown.candidate.id not in seen:
                yield shown
                seen |= {shown.candidate.id} & self._shared

    def __len__(self) -> int:
        """What is in two islands counts once. Looks at everything, and remembers only what may be in two."""
        return sum(1 for _ in self)
