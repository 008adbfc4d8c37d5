"""What is in flight never makes a run cost more than its budget, whatever takes how long, costs what and fails when."""

from __future__ import annotations

import asyncio
import itertools
import random
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from unittest import mock

from hypothesis import example, given, settings
from hypothesis import strategies as st

from refine import loop
from refine.budget import Budget, Tally
from refine.errors import Fault
from refine.journal import Journal
from refine.loop import Run
from refine.search import Search
from refine.session import identity
from refine.strategies import preset
from refine.types import Completion, Prompt, Usage
from tests.fakes import Scores, toy

DEAREST_USD, DEAREST_TOKENS = 0.5, 900


class Charges:
    """A model that answers when it likes, at its own price, or not at all."""

    name = "charges"

    def __init__(self, chance: random.Random, *, free: float) -> None:
        self.chance, self.free = chance, free
        self.bill_usd, self.bill_tokens, self.answers = 0.0, 0, 0

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        for sample in prompt.samples:
            for _ in range(self.chance.randrange(12)):
                await asyncio.sleep(0)
            if self.answers and self.chance.random() < 0.1:
                raise Fault("model", "busy")
            yield self.answer(sample)

    def answer(self, sample: int) -> Completion:
        cheap = self.chance.random() < self.free
        usd = 0.0 if cheap else self.chance.uniform(0, DEAREST_USD)
        sent, received = self.chance.randrange(DEAREST_TOKENS // 2), self.chance.randrange(DEAREST_TOKENS // 2)
        self.bill_usd, self.bill_tokens, self.answers = (
            self.bill_usd + usd,
            self.bill_tokens + sent + received,
            self.answers + 1,
        )
        usage = Usage(prompt_tokens=sent, completion_tokens=received, usd=usd)
        return Completion(
            sample=sample, text=f"```python\nx = {self.chance.randrange(99)}\n```", model="charges", usage=usage
        )

    async def aclose(self) -> None: ...


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    usd=st.floats(0.5, 6),
    tokens=st.integers(900, 20_000),
    candidates=st.integers(2, 60),
    samples=st.integers(1, 5),
    in_flight=st.integers(1, 24),
    free=st.floats(0, 1),
)
@example(seed=64081, usd=2.6875, tokens=9374, candidates=25, samples=2, in_flight=9, free=0.5)  # one is dropped
def test_no_sum_exceeds_its_limit(
    *, seed: int, usd: float, tokens: int, candidates: int, samples: int, in_flight: int, free: float
) -> None:
    """No answer costs more than `answer_usd` and `answer_tokens`: then not a cent more is spent than the budget has."""
    chance = random.Random(seed)
    limits = Budget(
        candidates=candidates,
        usd=usd,
        tokens=tokens,
        answer_usd=DEAREST_USD,
        answer_tokens=DEAREST_TOKENS,
        faults=1000,
        unreadable=1000,
    )
    model = Charges(chance, free=free)
    strategy = preset("default").sized(samples=samples, in_flight=in_flight)
    workers = Scores(delay=lambda _: chance.randrange(8))
    workers.faults = (Fault("sandbox", "gone") if i > 2 and chance.random() < 0.1 else None for i in itertools.count())
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(loop, "_PAUSE_S", 0.0):
        task = toy(Path(folder))
        with Journal.create(Path(folder) / "run.db", identity(task, strategy, seed, "charges", "none")) as journal:
            search = Search(task, strategy, seed=seed, texts=journal.text)
            stop = asyncio.run(Run(search, journal, model, workers, limits).go())
    assert search.tally.usd == model.bill_usd <= usd + 1e-9
    assert search.tally.tokens == model.bill_tokens <= tokens
    assert search.tally.asked <= candidates
    assert stop.reason in ("usd", "tokens", "candidates")
    assert search.tally.answered == model.answers + 1, "what was paid for is journalled"


@settings(deadline=None)
@given(latency=st.floats(0.5, 50), seconds=st.floats(1, 60), width=st.integers(1, 8), gaps=st.lists(st.floats(0, 3)))
def test_time_is_never_overrun_by_what_is_in_flight(
    latency: float, seconds: float, width: int, gaps: list[float]
) -> None:
    """Answers take the same time, and are asked for as soon as there is room, or a little later."""
    budget, tally, ends = Budget(seconds=seconds), Tally(), list[float]()
    pause = itertools.cycle([*gaps, 0.0])
    while True:
        while len(ends) < width and budget.stop(tally, None, "maximize") is None and budget.room(tally) != 0:
            tally.asked += 1
            ends.append(tally.seconds + latency)
            tally.seconds = min(tally.seconds + next(pause), *ends)
        if not ends:
            break
        tally.seconds = ends.pop(0)
        tally.answered, tally.verified, tally.slowest = tally.answered + 1, tally.verified + 1, latency
    stop = budget.stop(tally, None, "maximize")
    assert stop is not None
    assert stop.reason == "seconds"
    assert tally.seconds <= max(seconds, 2 * latency) + 1e-9, "but for what was asked before the first answer"
