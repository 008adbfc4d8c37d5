"""The thread around an engine: whoever asks is answered or told why not, whatever ends first."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future

import pytest

from refine.errors import Fault
from refine.proposers.engine import Answered, Core, Engine, Request
from refine.types import Message
from tests.proposers.stepping import Steps, opened

WAIT_S = 10


def request(n: int = 1, seed: int = 0, **params: float) -> Request:
    return Request((Message(role="user", content="?"),), dict(params), n, seed)


def engine(steps: Core) -> Engine:
    one = Engine("vllm:x", lambda: steps)
    one.join()
    return one


def texts(future: Future[Answered]) -> list[str]:
    return [answer.text for answer in future.result(WAIT_S).answers]


def test_requests_are_computed_together() -> None:
    steps = Steps()
    one = engine(steps)
    first = one.submit(request(2, 10))
    assert steps.stepping.wait(WAIT_S)
    later = [one.submit(request(1, seed)) for seed in (20, 30)]  # arrive while a step is made
    steps.gate.set()
    assert [texts(first), *map(texts, later)] == [["10 -", "11 -"], ["20 -"], ["30 -"]]
    one.leave()
    assert steps.batches == [1, 3, 2]
    assert steps.closed == 1


def test_the_engine_serves_one_event_loop_after_another() -> None:
    steps = opened()
    one = engine(steps)

    async def ask(seed: int) -> Answered:
        return await asyncio.wrap_future(one.submit(request(1, seed)))

    assert [asyncio.run(ask(seed)).answers[0].text for seed in (1, 2)] == ["1 -", "2 -"]
    one.leave()


def test_what_is_refused_does_not_end_the_others() -> None:
    one = engine(opened())
    bad, good = one.submit(request(temperature=-1.0)), one.submit(request(seed=4))
    with pytest.raises(Fault, match="vllm:x: temperature must be non-negative") as caught:
        bad.result(WAIT_S)
    assert not caught.value.retry
    assert texts(good) == ["4 -"]
    one.leave()


def test_what_is_cancelled_is_not_computed() -> None:
    steps = Steps()
    one = engine(steps)
    dropped, kept = one.submit(request(seed=1)), one.submit(request(seed=2))
    assert steps.stepping.wait(WAIT_S)
    assert dropped.cancel()
    steps.gate.set()
    assert texts(kept) == ["2 -"]
    one.leave()
    assert steps.aborted == ["0"]


def test_a_broken_engine_tells_all_who_wait_and_all_who_come() -> None:
    steps = Steps(breaks=RuntimeError("out of memory"))
    one = engine(steps)
    waiting = [one.submit(request()) for _ in range(3)]
    steps.gate.set()
    for future in waiting:
        with pytest.raises(Fault, match="vllm:x: RuntimeError: out of memory") as caught:
            future.result(WAIT_S)
        assert not caught.value.retry
    one.leave()
    assert steps.closed == 1
    with pytest.raises(Fault, match="out of memory"):
        one.submit(request())


def test_an_engine_that_does_not_load_says_why() -> None:
    def load() -> Core:
        raise ValueError("No available memory for the cache blocks.")

    one = Engine("vllm:x", load)
    one.join()
    with pytest.raises(Fault, match="No available memory for the cache blocks"):
        one.submit(request()).result(WAIT_S)
    one.leave()


def test_closing_answers_whoever_still_waits() -> None:
    steps = Steps()
    one = engine(steps)
    waiting = one.submit(request())
    assert steps.stepping.wait(WAIT_S)
    closing = threading.Thread(target=one.leave)
    closing.start()
    while one._inbox.empty():
        assert closing.is_alive()
    steps.gate.set()
    closing.join(WAIT_S)
    with pytest.raises(Fault, match="it was closed"):
        waiting.result(WAIT_S)
    assert steps.batches == [1]


def test_the_last_user_ends_it() -> None:
    steps = opened()
    one = engine(steps)
    one.join()
    assert texts(one.submit(request(seed=1))) == ["1 -"]
    one.leave()
    assert steps.closed == 0
    assert texts(one.submit(request(seed=2))) == ["2 -"]
    one.leave()
    assert steps.closed == 1
    with pytest.raises(Fault, match="it was closed"):
        one.submit(request())


def test_nothing_is_loaded_before_the_first_request() -> None:
    def load() -> Core:
        raise AssertionError("nobody asked")

    one = Engine("vllm:x", load)
    one.join()
    one.leave()
