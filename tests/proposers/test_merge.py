from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from refine.errors import Fault
from refine.proposers.merge import merge
from refine.types import Completion


def _completion(text: str) -> Completion:
    return Completion(sample=0, text=text, model="m")


async def _after(gate: asyncio.Event, text: str) -> AsyncIterator[Completion]:
    await gate.wait()
    yield _completion(text)


async def test_an_answer_does_not_wait_for_a_slower_one() -> None:
    slow, quick = asyncio.Event(), asyncio.Event()
    stream = merge([_after(slow, "slow"), _after(quick, "quick")])
    quick.set()
    assert (await anext(stream)).text == "quick"  # while "slow" cannot come
    slow.set()
    assert [c.text async for c in stream] == ["slow"]


async def test_a_failure_comes_after_all_that_was_answered() -> None:
    async def failing() -> AsyncIterator[Completion]:
        yield _completion("first")
        raise Fault("model", "then down")

    gate = asyncio.Event()
    stream = merge([failing(), _after(gate, "late")])
    assert (await anext(stream)).text == "first"
    gate.set()
    assert (await anext(stream)).text == "late"
    with pytest.raises(Fault, match="then down"):
        await anext(stream)


async def test_closing_it_cancels_every_stream() -> None:
    cancelled = asyncio.Event()

    async def endless() -> AsyncIterator[Completion]:
        try:
            yield _completion("one")
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    stream = merge([endless()])
    await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined] # a generator, typed as an iterator
    assert cancelled.is_set()


async def test_nothing_merges_to_nothing() -> None:
    assert [c async for c in merge([])] == []
