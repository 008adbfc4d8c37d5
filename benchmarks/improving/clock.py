"""A benchmark that has only so many minutes: it stops between two steps, and says what is left."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from refine.errors import RefineError
from refine.improve.serving import Connect
from refine.proposers import Proposer
from refine.types import Completion, Prompt


class TimeUpError(RefineError):
    """The minutes are over. Everything that was answered or trained is kept."""


@dataclass(slots=True)
class Clock:
    """Ends at `until`, a reading of `time.monotonic`. `left`: (seed, arm, round) that were wanted and have no line."""

    until: float = math.inf
    left: list[tuple[int, str, int]] = field(default_factory=list)

    def check(self) -> None:
        """Raises `TimeUpError`."""
        if time.monotonic() >= self.until:
            raise TimeUpError

    def watching(self, connect: Connect) -> Connect:
        """The same, but nobody is connected or asked when the time is up. A training under way is finished."""

        def connected(model: Path) -> Proposer:
            self.check()
            return _Watched(connect(model), self)

        return connected


class _Watched:
    """A proposer that refuses prompts when the time is up."""

    def __init__(self, proposer: Proposer, clock: Clock) -> None:
        self.name, self._proposer, self._clock = proposer.name, proposer, clock

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        self._clock.check()
        async for completion in self._proposer(prompt):
            yield completion

    async def aclose(self) -> None:
        await self._proposer.aclose()
