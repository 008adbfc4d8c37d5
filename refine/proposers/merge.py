"""Several streams of completions as one, each answer as soon as it is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

from refine.types import Completion


async def merge(streams: Iterable[AsyncIterator[Completion]]) -> AsyncIterator[Completion]:
    """Yields what any stream yields, in order of arrival.

    A stream that fails does not end the others: they may be paid for. The first failure is raised when all are done.
    Closing this generator cancels every stream.
    """
    arrived: asyncio.Queue[Completion | None] = asyncio.Queue()
    tasks = [asyncio.create_task(_drain(stream, arrived)) for stream in streams]
    running = len(tasks)
    try:
        while running:
            item = await arrived.get()
            running -= item is None
            if item is not None:
                yield item
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException):
            raise end


async def _drain(stream: AsyncIterator[Completion], arrived: asyncio.Queue[Completion | None]) -> None:
    try:
        async for completion in stream:
            arrived.put_nowait(completion)
    finally:
        arrived.put_nowait(None)
