from __future__ import annotations

import asyncio

from refine.events import Answered, Event, Fact, Stopped, Verified
from refine.order import AsItComes, AsRecorded


def answered(ask: int, sample: int) -> Answered:
    return Answered(ask=ask, sample=sample, text="", model="m")


def verified(ask: int, sample: int) -> Verified:
    return Verified(ask=ask, sample=sample, candidate="c", repeat=True)


RECORDED: list[Event] = [answered(1, 1), answered(1, 0), verified(1, 0), verified(1, 1)]


async def taken(order: AsItComes | AsRecorded, arrivals: list[Event]) -> list[Event]:
    """The order in which events that arrive like this are let through."""
    through: list[Event] = []

    async def arrive(event: Event) -> None:
        await order.turn(event)
        through.append(event)
        order.done(event)

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        for event in arrivals:
            group.create_task(arrive(event))
    return through


async def test_events_wait_for_their_recorded_turn() -> None:
    facts = [Fact(i, 0.0, event) for i, event in enumerate(RECORDED)]
    assert await taken(AsRecorded(facts), list(reversed(RECORDED))) == RECORDED


async def test_live_events_come_as_they_come() -> None:
    arrivals = list(reversed(RECORDED))
    assert await taken(AsItComes(), arrivals) == arrivals


async def test_what_was_not_recorded_waits_for_nothing() -> None:
    facts = [Fact(1, 0.0, answered(1, 0)), Fact(2, 0.0, Stopped(reason="target", detail=""))]
    assert await taken(AsRecorded(facts), [answered(7, 0)]) == [answered(7, 0)]
