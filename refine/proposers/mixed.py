"""A proposer made of proposers: an ask goes to the one that it names, or each of its samples to one by chance."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import numpy as np

from refine.proposers import Checked, Priced, Proposer
from refine.proposers.merge import merge
from refine.types import Completion, Prompt

_STREAM = 0x6D6978
"""Keeps these draws apart from those of a part that draws from `default_rng([seed, ask, sample])` itself."""


def mixed(parts: Sequence[tuple[Proposer, float]]) -> Mixed:
    """Parts with their weights, which need not add up to one."""
    return Mixed(parts)


class Mixed:
    """A prompt that names a model goes to the part of that name. Of any other, sample `s` of ask `a` goes to the part
    that `default_rng([seed, a, s, ...])` picks by weight, always the same one for the same seed.
    """

    def __init__(self, parts: Sequence[tuple[Proposer, float]]) -> None:
        self._parts = [part for part, _ in parts]
        weights = np.array([weight for _, weight in parts], dtype=float)
        self._ends = np.cumsum(weights / weights.sum())
        self.name = " ".join(f"{part.name}={weight:g}" for part, weight in parts)

    def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        if prompt.model:
            return self._named(prompt.model)(prompt)
        wanted: dict[int, list[int]] = {}
        for sample in prompt.samples:
            wanted.setdefault(self._pick(prompt, sample), []).append(sample)
        return merge(self._parts[i](replace(prompt, samples=tuple(own))) for i, own in wanted.items())

    @property
    def models(self) -> tuple[str, ...]:
        """The names that a prompt may choose among, each once."""
        return tuple(dict.fromkeys(part.name for part in self._parts))

    def _named(self, name: str) -> Proposer:
        return next(part for part in self._parts if part.name == name)

    def price_known(self) -> bool:
        return all(part.price_known() for part in self._parts if isinstance(part, Priced))

    async def check(self) -> None:
        await asyncio.gather(*(part.check() for part in self._parts if isinstance(part, Checked)))

    async def aclose(self) -> None:
        for part in self._parts:
            await part.aclose()

    def _pick(self, prompt: Prompt, sample: int) -> int:
        draw = np.random.default_rng([prompt.seed, prompt.ask, sample, _STREAM]).random()
        return min(int(np.searchsorted(self._ends, draw, side="right")), len(self._parts) - 1)
