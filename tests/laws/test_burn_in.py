"""A burn-in is part of the run: it is verified once, journalled, shown in every prompt, and goes on after any cut."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.budget import Budget
from refine.events import Answered, Asked, Confirmed, Verified
from refine.journal import Journal
from refine.replay import replayed, strategy_of
from refine.report.history import read
from refine.search import Search
from refine.strategies import preset
from refine.types import Outcome, Verdict
from tests.fakes import Counts, Scores, toy
from tests.laws.test_fold import World, cut_journal, shape

BASELINES = {"two": "x = 2\n", "broken": "x = y\n", "the seed again": "x  =  1\n", "five": "x = 5\n"}
STRATEGY = preset("llm_squared")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(toy(tmp_path, baselines=BASELINES), tmp_path / "run.db", STRATEGY)


def prompts(path: Path) -> list[str]:
    """What was sent for every ask but the seeds'."""
    with Journal.read(path) as journal:
        events = [fact.event for fact in journal.facts()]
        asks = [event for event in events if isinstance(event, Asked) and event.ask]
        return [journal.messages(event.messages)[1].content for event in asks]


async def test_the_known_are_verified_first_and_stand_in_every_prompt(world: World) -> None:
    workers = Scores()
    search = await world.run(workers=workers)
    assert workers.asked[:4] == ["x = 1\n", "x = 2\n", "x = y\n", "x = 5\n"], "the same program is not paid for again"
    asks = prompts(world.path)
    assert len(asks) == 35
    for text in (asks[0], asks[-1]):
        known = text.partition("# Known before")[2].partition("\n# ")[0]
        said = ["## the seed: score 1", "## two: score 2", "## broken: crashed", "## five: score 5"]
        assert [known.index(line) for line in said] == sorted(known.index(line) for line in said)
        assert known.count("## ") == 4
    assert search.tally.replies == 35, "what was known cost no completion"
    assert search.tally.asked == search.tally.verified == 40


async def test_every_prompt_can_be_rebuilt_and_the_journal_says_that_there_was_a_burn_in(world: World) -> None:
    await world.run()
    with Journal.read(world.path) as journal:
        assert journal.started.strategy["burn_in"] is True
        assert strategy_of(journal.started).described() == STRATEGY.described()
        assert replayed(journal, world.task).difference is None


@settings(max_examples=10, deadline=None)
@given(cut=st.integers(1, 120))
def test_a_burn_in_cut_anywhere_goes_on_to_the_same_end(cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(cut_and_go_on(Path(folder), cut))


async def cut_and_go_on(folder: Path, cut: int) -> None:
    whole = World(toy(folder, baselines=BASELINES), folder / "whole.db", STRATEGY)
    await whole.run()
    part = World(whole.task, folder / "part.db", STRATEGY)
    cut_journal(whole.path, part.path, cut)
    workers = Scores()
    await part.run(workers=workers)
    kinds = (Asked, Answered, Verified)
    one, other = ([e for e in shape(w.facts()) if isinstance(e, kinds)] for w in (whole, part))
    assert sorted(map(str, one)) == sorted(map(str, other))
    done = [e.candidate for e in shape(whole.facts()[:cut]) if isinstance(e, Verified) and not e.repeat]
    searched = len({e.candidate for e in one if isinstance(e, Verified) and not e.repeat and e.candidate})
    confirmed = sum(isinstance(e, Confirmed) for e in shape(part.facts()))
    assert len(workers.asked) <= searched - len(set(done) - {None}) + confirmed, "nothing is verified twice"


async def test_a_known_one_that_fails_is_no_error_of_the_task_and_is_not_repaired(world: World) -> None:
    world.strategy = replace(STRATEGY, repair=True)
    search = await world.run()
    asks = [fact.event for fact in world.facts() if isinstance(fact.event, Asked)]
    assert search.tally.verdicts[Verdict.CRASHED] == 1
    assert not [ask for ask in asks if ask.repairs and ask.repairs[0] == 0]


async def test_what_was_known_is_no_improvement_of_the_search(world: World) -> None:
    class Worse(Counts):
        async def __call__(self, prompt):  # type: ignore[no-untyped-def]
            async for answer in super().__call__(prompt):
                yield answer.model_copy(update={"text": f"x = {-prompt.ask}"})

    search = await world.run(Worse(), budget=Budget(candidates=40, patience=8))
    assert search.best is not None
    assert search.best.outcome.score == 5
    assert search.tally.steps == []
    assert search.tally.verified == 13, "it converges on no improvement over what was known"


async def test_the_table_has_the_outcome_of_the_burn_in_and_the_seed_is_the_tasks(world: World) -> None:
    workers = Scores(delay=lambda candidate: 9 if candidate.text == "x = 1\n" else 0)
    await world.run(workers=workers)
    with Journal.read(world.path) as journal:
        confirmed = {f.event.name: f.event for f in journal.facts() if isinstance(f.event, Confirmed)}
        history = read(journal)
    assert workers.asked.count("x = 5\n") == 2, "in the burn-in and held out"
    assert confirmed["broken"].outcome.verdict is Verdict.CRASHED
    assert history.seed == world.task.seeds[0].id, "also where a baseline was done before it"


async def test_thought_and_name_of_earlier_proposals_stand_beside_their_scores(world: World) -> None:
    class Thinks(Counts):
        async def __call__(self, prompt):  # type: ignore[no-untyped-def]
            async for answer in super().__call__(prompt):
                said = f"More may be better.\nName: up {prompt.ask}\n```python\nx = {20 + prompt.ask}\n```\n"
                yield answer.model_copy(update={"text": said})

    await world.run(Thinks(), budget=Budget(candidates=8))
    last = prompts(world.path)[-1].partition("# What was proposed")[2]
    assert "Score 21\nIts author said: More may be better.\nName: up 1\n```python\nx = 21\n```" in last
    assert last.index("up 1") < last.index("up 2")
    assert "up 3" not in last


def test_a_loop_of_ones_own_is_given_the_known(tmp_path: Path) -> None:
    search = Search(toy(tmp_path, baselines=BASELINES), STRATEGY)
    first = search.ask()
    assert len(first.samples) == 5
    for sample, candidate in enumerate(search.seeds):
        search.tell(first, sample, candidate, Outcome(verdict=Verdict.PASSED, score=float(sample)))
    assert "## five: score 4" in search.ask().messages[1].content


async def test_other_strategies_know_of_no_burn_in(tmp_path: Path) -> None:
    world = World(toy(tmp_path, baselines=BASELINES), tmp_path / "run.db", preset("default"))
    workers = Scores()
    await world.run(workers=workers, budget=Budget(candidates=4))
    assert workers.asked[0] == "x = 1\n"
    assert "x = 5\n" not in workers.asked[1:4]
    assert "burn_in" not in preset("default").described()
    assert not [text for text in prompts(world.path) if "# Known" in text]
