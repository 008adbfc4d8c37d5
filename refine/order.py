"""The order in which answers and outcomes enter the journal.

The journal's order is the run's order: everything that is asked follows from it. A live run takes answers and outcomes
as they arrive. A re-run of a recorded one waits for each in the recorded order, and so asks the same, bit for bit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Protocol

from refine.events import Answered, Embedded, Event, Fact, Faulted, Learned, Opined, Verified

Step = tuple[str, int, int]
"""("answered", "embedded", "settled" or "opined" with the key of the opinion, ask, sample)."""


class Order(Protocol):
    async def turn(self, event: Event) -> None:
        """Returns when it is `event`'s turn."""
        ...

    def done(self, event: Event) -> None:
        """`event` is in the journal."""
        ...


class AsItComes:
    """A live run's order."""

    async def turn(self, event: Event) -> None: ...

    def done(self, event: Event) -> None: ...


class AsRecorded:
    """The order of an earlier journal; what that one does not hold may come at any time."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        steps = [step for fact in facts if (step := _step(fact.event)) is not None]
        self._place = {step: i for i, step in enumerate(steps)}
        self._gates = [asyncio.Event() for _ in steps]
        self._open(0)

    async def turn(self, event: Event) -> None:
        place = self._place.get(_step(event) or ("", 0, 0))
        if place is not None:
            await self._gates[place].wait()

    def done(self, event: Event) -> None:
        place = self._place.get(_step(event) or ("", 0, 0))
        if place is not None:
            self._open(place + 1)

    def _open(self, place: int) -> None:
        if place < len(self._gates):
            self._gates[place].set()


def _step(event: Event) -> Step | None:
    match event:
        case Answered(ask=ask, sample=sample):
            return ("answered", ask, sample)
        case Embedded(ask=ask, sample=sample):
            return ("embedded", ask, sample)
        case Opined(ask=int() as ask, sample=int() as sample, key=key):
            return (f"opined {key}", ask, sample)
        case Verified(ask=ask, sample=sample) | Learned(ask=ask, sample=sample):
            return ("settled", ask, sample)
        case Faulted(ask=int() as ask, sample=int() as sample, dropped=True):
            return ("settled", ask, sample)
        case _:
            return None
