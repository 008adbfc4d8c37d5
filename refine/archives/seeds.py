"""Nothing is learned: parents are the task's seeds and never anything else. Best of n, the honest baseline."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from refine.archives import SEEDS, Added
from refine.archives.topk import TopK
from refine.types import Direction, Shown


class SeedsOnly:
    """Draws from the seeds alone, whatever was found since; keeps the `size` best of all for whoever looks."""

    def __init__(self, direction: Direction, *, size: int = 64) -> None:
        self._seeds = TopK(direction, size=size, pressure=float(size))
        self._best = TopK(direction, size=size)

    def add(self, shown: Shown, ask: int = 0) -> Added:
        if ask == SEEDS:
            self._seeds.add(shown)
        return self._best.add(shown)

    def wants(self, score: float, ask: int = 0) -> bool:
        """Whether the score is one that `add` may keep."""
        return ask == SEEDS or self._best.wants(score)

    def sample(self, rng: np.random.Generator, n: int, ask: int = 0) -> list[Shown]:
        return self._seeds.sample(rng, n, ask)

    def __iter__(self) -> Iterator[Shown]:
        return iter(self._best)

    def __len__(self) -> int:
        return len(self._best)
