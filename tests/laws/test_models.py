"""Several models and one that writes the lessons: the choice is a fold of the journal, for every preset."""

from __future__ import annotations

import asyncio
import itertools
import random
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.budget import Budget
from refine.events import Answered, Asked, Confirmed, Event, Fact, Resumed, Started, Stopped, encode
from refine.journal import Journal
from refine.loop import Run
from refine.order import AsItComes, AsRecorded
from refine.proposers import Options, Proposer
from refine.proposers.cassette import Cassette, recording
from refine.proposers.mixed import mixed
from refine.proposers.replay import Replay, replaying
from refine.proposers.roles import Roles
from refine.replay import replayed
from refine.search import Search, fold
from refine.session import identity, take_up
from refine.strategies import Strategy, names, preset
from refine.task import Task
from refine.types import Completion, Prompt, Usage
from tests.fakes import Scores, toy

MODELS = ("good", "bad")
BUDGET = Budget(candidates=36, unreadable=36)


@dataclass
class Model:
    """Moves the number shown by as much as its `step`, at its own price and at a pace that no seed decides."""

    name: str
    step: int
    usd: float
    pace: random.Random = field(default_factory=random.Random)
    asked: list[tuple[int, int]] = field(default_factory=list)

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        for sample in prompt.samples:
            self.asked.append((prompt.ask, sample))
            for _ in range(self.pace.randrange(9)):
                await asyncio.sleep(0)
            usage = Usage(prompt_tokens=9, completion_tokens=3, usd=self.usd)
            text, seconds = self.text(prompt, sample), self.pace.uniform(0.5, 2)
            yield Completion(sample=sample, text=text, model=self.name, usage=usage, seconds=seconds)

    def text(self, prompt: Prompt, sample: int) -> str:
        if prompt.wants == "lessons":
            return f"{self.name}'s lesson {prompt.ask}."
        rng = np.random.default_rng([prompt.seed, prompt.ask, sample])
        draw = rng.random()
        if draw < 0.15:
            return "I would rather not." if draw < 0.05 else "```python\nx = 'a word'\n```"
        shown = prompt.parents[0].outcome.score if prompt.parents else 0.0
        return f"```python\nx = {int(shown or 0) + int(rng.integers(-self.step, self.step + 1))}\n```"

    async def aclose(self) -> None: ...


@dataclass
class World:
    """A run with two models, a reflector, lessons and repairs."""

    task: Task
    path: Path
    strategy: Strategy
    seed: int = 3

    @property
    def first(self) -> Started:
        began = identity(self.task, self.strategy, self.seed, "good=1 bad=1", "none", secret="0" * 32)
        return began.model_copy(update={"models": MODELS, "reflector": "wise"})

    def search(self, journal: Journal, until: int | None = None) -> Search:
        who = {"models": journal.started.models, "reflector": journal.started.reflector}
        search = Search(self.task, self.strategy, seed=self.seed, texts=journal.text, **who)  # type: ignore[arg-type]
        return fold(search, itertools.islice(journal.facts(), until))

    async def run(
        self, proposer: Proposer | None = None, budget: Budget = BUDGET, recorded: list[Fact] | None = None
    ) -> Search:
        pace = random.Random()
        order = AsItComes() if recorded is None else AsRecorded(recorded)
        with take_up(self.path, self.first) as journal:
            search = self.search(journal)
            workers = Scores(delay=lambda _: pace.randrange(9))
            await Run(search, journal, proposer or team()[0], workers, budget, order=order).go()
            assert self.search(journal).snapshot() == search.snapshot()
            return search

    def facts(self) -> list[Fact]:
        with Journal.read(self.path) as journal:
            return list(journal.facts())


def team() -> tuple[Proposer, list[Model]]:
    models = [Model("good", 9, 0.02), Model("bad", 2, 0.01), Model("wise", 0, 0.05)]
    return Roles(mixed([(models[0], 1), (models[1], 1)]), {"lessons": models[2]}), models


def taught(name: str, samples: int = 2, in_flight: int = 6) -> Strategy:
    return replace(preset(name), models="bandit", reflect=7, repair=True).sized(samples=samples, in_flight=in_flight)


def lasting(facts: list[Fact]) -> list[Event]:
    """What a run is: no sessions, and no confirmations, which come in any order."""
    return [fact.event for fact in facts if not isinstance(fact.event, Resumed | Confirmed | Stopped)]


@pytest.mark.parametrize("name", names())
async def test_who_is_asked_is_a_fold_of_the_journal_and_replays_to_the_byte(name: str, tmp_path: Path) -> None:
    world = World(toy(tmp_path), tmp_path / "run.db", taught(name))
    await world.run()
    with Journal.read(world.path) as journal:
        assert replayed(journal, world.task).difference is None
    events = lasting(world.facts())
    asks = {event.ask: event for event in events if isinstance(event, Asked)}
    for event in events:
        if isinstance(event, Answered) and event.ask:
            assert event.model == asks[event.ask].model
    by = Counter((event.wants, event.model) for event in asks.values() if event.ask)
    assert set(by) == {("candidates", "good"), ("candidates", "bad"), ("lessons", "wise")}

    await recorded_answers_make_the_same_journal(world)


async def recorded_answers_make_the_same_journal(world: World) -> None:
    again = World(world.task, world.path.with_name("again.db"), world.strategy)
    with Journal.read(world.path) as journal:
        recorded = list(journal.facts())
        await again.run(Replay("replay", journal.completions(), Options()), recorded=recorded)
    assert [encode(event) for event in lasting(again.facts())] == [encode(event) for event in lasting(recorded)]


async def test_a_cassette_answers_for_all_models(tmp_path: Path) -> None:
    strategy = taught("default", samples=1, in_flight=1)
    world = World(toy(tmp_path), tmp_path / "run.db", strategy)
    with Cassette.open(tmp_path / "tape.db") as tape:
        await world.run(recording(team()[0], tape))
        again = World(world.task, tmp_path / "again.db", strategy)
        await again.run(replaying(tape))
    one, other = ([e for e in lasting(w.facts()) if isinstance(e, Asked)] for w in (world, again))
    assert one == other


@settings(max_examples=10, deadline=None)
@given(name=st.sampled_from(names()), cut=st.integers(2, 120), width=st.sampled_from([1, 4, 9]))
def test_a_run_cut_anywhere_goes_on_and_pays_nothing_twice(name: str, cut: int, width: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(cut_and_go_on(Path(folder), taught(name, samples=min(2, width), in_flight=width), cut))


async def cut_and_go_on(folder: Path, strategy: Strategy, cut: int) -> None:
    whole = World(toy(folder), folder / "whole.db", strategy)
    await whole.run()
    part = World(whole.task, folder / "part.db", strategy)
    facts = whole.facts()[:cut]
    with Journal.read(whole.path) as source, Journal.create(part.path, part.first) as copy:
        for fact in facts[1:]:
            copy.append(fact.event)
        copy._db.executemany("INSERT INTO blob VALUES (?, ?)", source._db.execute("SELECT * FROM blob"))
    proposer, models = team()
    search = await part.run(proposer)
    paid = {(e.ask, e.sample) for e in lasting(facts) if isinstance(e, Answered)}
    assert not paid & {place for model in models for place in model.asked}, "an answer was paid for twice"
    assert lasting(part.facts())[: len(lasting(facts))] == lasting(facts), "what was journalled has changed"
    assert search.tally.asked == 36
    with Journal.read(part.path) as journal:
        assert replayed(journal, part.task).difference is None


@pytest.mark.parametrize("name", ["default", "map_elites", "gepa"])
async def test_one_at_a_time_a_run_in_parts_is_the_whole_run(name: str, tmp_path: Path) -> None:
    strategy = taught(name, samples=1, in_flight=1)
    whole, parts = (World(toy(tmp_path), tmp_path / file, strategy) for file in ("whole.db", "parts.db"))
    await whole.run(priced_alone())
    for until in (11, 12, 13, 36):
        await parts.run(priced_alone(), BUDGET.model_copy(update={"candidates": until}))
    assert lasting(parts.facts()) == lasting(whole.facts())


def priced_alone() -> Proposer:
    """The team at a pace that is always the same."""
    proposer, models = team()
    for model in models:
        model.pace = Steady()
    return proposer


class Steady(random.Random):
    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


async def test_a_strategy_with_weights_names_nobody(tmp_path: Path) -> None:
    world = World(toy(tmp_path), tmp_path / "run.db", replace(taught("default"), models="weighted"))
    await world.run()
    asks = [e for e in lasting(world.facts()) if isinstance(e, Asked)]
    assert {e.model for e in asks if e.wants == "candidates"} == {""}
    answered = Counter(e.model for e in lasting(world.facts()) if isinstance(e, Answered))
    assert answered.keys() == {"seed", "good", "bad", "wise"}
