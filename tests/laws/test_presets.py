"""Every preset keeps the laws: its state is a fold, its prompts can be rebuilt, what it repairs it repairs once."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from refine.budget import Budget
from refine.events import Asked, Fact, Learned, Verified
from refine.facts import asked
from refine.journal import Journal
from refine.loop import Run
from refine.replay import replayed
from refine.search import Search, fold
from refine.session import identity, take_up
from refine.strategies import Move, Strategy, names, preset
from refine.task import Task
from refine.types import Completion, Prompt, Verdict
from tests.fakes import Scores, toy

BUDGET = Budget(candidates=60, unreadable=60)


class Writes:
    """A model that changes the number shown, by blocks where they are asked for; now and then it fails or rambles."""

    name = "writes"

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        for sample in prompt.samples:
            rng = np.random.default_rng([prompt.seed, prompt.ask, sample])
            yield Completion(sample=sample, text=self._text(prompt, rng), model=self.name)

    def _text(self, prompt: Prompt, rng: np.random.Generator) -> str:
        if prompt.wants == "lessons":
            return f"Lesson {prompt.ask}."
        kind = rng.random() if prompt.repairs is None else 1.0
        if kind < 0.1:
            return "I would rather not."
        value = "a word" if kind < 0.3 else str(int(rng.integers(1, 60)))
        if prompt.edit == "diff" and kind < 0.9:
            old = prompt.parents[0].candidate.text
            return f"<<<<<<< SEARCH\n{old}=======\nx = {value!r}\n>>>>>>> REPLACE"
        return f"```python\nx = {value}\n```" if value != "a word" else "```python\nx = 'a word'\n```"

    async def aclose(self) -> None: ...


async def run(task: Task, path: Path, strategy: Strategy, budget: Budget = BUDGET) -> list[Fact]:
    with take_up(path, identity(task, strategy, 3, "writes", "none")) as journal:
        search = fold(Search(task, strategy, seed=3, texts=journal.text), journal.facts())
        await Run(search, journal, Writes(), Scores(), budget).go()
        again = fold(Search(task, strategy, seed=3, texts=journal.text), journal.facts())
        assert again.snapshot() == search.snapshot()
        return list(journal.facts())


@pytest.mark.parametrize("name", names())
async def test_a_preset_asks_the_same_again(name: str, tmp_path: Path) -> None:
    task, strategy = toy(tmp_path), preset(name).sized(samples=2, in_flight=6)
    facts = await run(task, tmp_path / "run.db", strategy)
    search = Search(task, strategy, seed=3, texts=(journal := Journal.read(tmp_path / "run.db")).text)
    for fact in facts:
        if isinstance(fact.event, Asked):
            assert asked(search.draft(fact.event.samples)) == fact.event
        search.apply(fact)
    assert replayed(journal, task).difference is None
    journal.close()
    assert search.tally.verified == 60
    assert search.best is not None


@pytest.mark.parametrize("name", names())
async def test_a_preset_goes_on_where_it_was(name: str, tmp_path: Path) -> None:
    strategy = replace(preset(name), repair=True).sized(samples=1, in_flight=1)
    whole = await run(toy(tmp_path), tmp_path / "whole.db", strategy)
    for until in (15, 33):
        await run(toy(tmp_path), tmp_path / "parts.db", strategy, BUDGET.model_copy(update={"candidates": until}))
    parts = await run(toy(tmp_path), tmp_path / "parts.db", strategy)
    one, other = ([f.event for f in facts if isinstance(f.event, Asked | Verified)] for facts in (whole, parts))
    assert one == other


async def test_what_can_be_cured_is_repaired_once(tmp_path: Path) -> None:
    strategy = replace(preset("default"), repair=True).sized(samples=3, in_flight=9)
    long = Budget(candidates=200, unreadable=200)
    events = [fact.event for fact in await run(toy(tmp_path), tmp_path / "run.db", strategy, long)]
    asks = {event.ask: event for event in events if isinstance(event, Asked)}
    failed = [
        (event.ask, event.sample)
        for event in events
        if isinstance(event, Verified)
        and event.outcome
        and event.outcome.verdict in (Verdict.CRASHED, Verdict.MALFORMED)
        and not asks[event.ask].repairs
    ]
    repaired = [event.repairs for event in asks.values() if event.repairs]
    assert len(repaired) == len(set(repaired)) > 3
    assert set(repaired) <= set(failed)
    assert len(failed) - len(repaired) <= strategy.in_flight, "but for those that the budget's end cut off"
    assert {asks[ask].samples for ask in asks if asks[ask].repairs} == {1}


async def test_a_program_in_another_layout_is_not_paid_for_again(tmp_path: Path) -> None:
    strategy = preset("hill_climb")
    with take_up(tmp_path / "run.db", identity(toy(tmp_path), strategy, 0, "writes", "none")) as journal:
        search = Search(toy(tmp_path), strategy, texts=journal.text)
        workers = Scores()
        model = Recites(["x = 2", "x  =  2 # the same", "x = 3", "(x) = 2"])
        await Run(search, journal, model, workers, Budget(candidates=5)).go()
    assert search.tally.repeats == 2
    assert workers.asked[:3] == ["x = 1\n", "x = 2\n", "x = 3\n"]


class Recites:
    """A model that says these programs, one after the other."""

    name = "recites"

    def __init__(self, programs: list[str]) -> None:
        self._programs = itertools.cycle(programs)

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        for sample in prompt.samples:
            yield Completion(sample=sample, text=f"```python\n{next(self._programs)}\n```", model=self.name)

    async def aclose(self) -> None: ...


async def test_lessons_are_asked_for_shown_and_aged(tmp_path: Path) -> None:
    strategy = replace(preset("default"), reflect=6, lessons=2).sized(samples=2, in_flight=4)
    facts = await run(toy(tmp_path), tmp_path / "run.db", strategy)
    reflections = [f.event.ask for f in facts if isinstance(f.event, Asked) and f.event.wants == "lessons"]
    learned = [f.event.ask for f in facts if isinstance(f.event, Learned)]
    assert len(reflections) in (7, 8, 9)
    assert learned == reflections
    with Journal.read(tmp_path / "run.db") as journal:
        last = [f for f in facts if isinstance(f.event, Asked) and f.event.move == "improve"][-1]
        assert isinstance(last.event, Asked)
        shown = journal.messages(last.event.messages)[1].content
        known = [f.event.ask for f in facts if isinstance(f.event, Learned) and f.seq < last.seq]
        assert [ask for ask in reflections if f"Lesson {ask}." in shown] == known[-2:]
        assert replayed(journal, toy(tmp_path)).difference is None


async def test_a_search_with_lessons_goes_on_where_it_was(tmp_path: Path) -> None:
    strategy = replace(preset("default"), reflect=5, repair=True).sized(samples=1, in_flight=1)
    whole = await run(toy(tmp_path), tmp_path / "whole.db", strategy)
    for until in (11, 12, 13, 40):
        await run(toy(tmp_path), tmp_path / "parts.db", strategy, BUDGET.model_copy(update={"candidates": until}))
    parts = await run(toy(tmp_path), tmp_path / "parts.db", strategy)
    kinds = (Asked, Verified, Learned)
    one, other = ([f.event for f in facts if isinstance(f.event, kinds)] for facts in (whole, parts))
    assert one == other


def test_moves_are_drawn_by_weight() -> None:
    moves = (Move("often", 0.8), Move("seldom", 0.2))
    strategy = replace(preset("default"), moves=moves)
    drawn = [strategy.move(np.random.default_rng([7, ask])).name for ask in range(400)]
    assert 290 < drawn.count("often") < 350


def test_temperatures_take_turns() -> None:
    strategy = replace(preset("default"), temperatures=(0.2, 1.0))
    assert [strategy.sampling(ask) for ask in (1, 2, 3)] == [
        {"temperature": 1.0},
        {"temperature": 0.2},
        {"temperature": 1.0},
    ]
