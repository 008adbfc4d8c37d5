"""Laws 1, 3 and 4: a run is its journal; a fault is not a failure; paid work is never lost or paid twice."""

from __future__ import annotations

import asyncio
import itertools
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.archives.topk import TopK
from refine.budget import Budget
from refine.errors import Fault, TaskError
from refine.events import Answered, Asked, Event, Fact, Faulted, Resumed, Verified
from refine.facts import asked
from refine.journal import Journal
from refine.loop import Run
from refine.order import AsItComes, AsRecorded, Order
from refine.proposers import Proposer
from refine.search import Search, fold
from refine.session import identity, take_up
from refine.strategies import Strategy, preset
from refine.task import Task
from refine.types import Outcome, Prompt, Verdict
from refine.workers import Workers
from tests.fakes import Counts, Scores, toy

BUDGET = Budget(candidates=40, unreadable=40)


@dataclass
class World:
    """One run's surroundings, to be entered as often as wanted."""

    task: Task
    path: Path
    strategy: Strategy
    seed: int = 0

    def open(self) -> Journal:
        return take_up(self.path, identity(self.task, self.strategy, self.seed, "counts", "none"))

    def folded(self, journal: Journal, until: int | None = None) -> Search:
        search = Search(self.task, self.strategy, seed=self.seed, texts=journal.text)
        return fold(search, itertools.islice(journal.facts(), until))

    async def run(
        self,
        proposer: Proposer | None = None,
        workers: Workers | None = None,
        budget: Budget = BUDGET,
        order: Order | None = None,
    ) -> Search:
        with self.open() as journal:
            search = self.folded(journal)
            await Run(
                search, journal, proposer or Counts(), workers or Scores(), budget, order=order or AsItComes()
            ).go()
            assert self.folded(journal).snapshot() == search.snapshot()
            return search

    def facts(self) -> list[Fact]:
        with Journal.read(self.path) as journal:
            return list(journal.facts())


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(toy(tmp_path), tmp_path / "run.db", preset("default").sized(samples=3, in_flight=9))


@pytest.fixture
def barrier(tmp_path: Path) -> World:
    return World(toy(tmp_path), tmp_path / "run.db", preset("default").sized(samples=4, in_flight=4))


def shape(facts: list[Fact]) -> list[Event]:
    """What a run is, without what a session adds (times are not in events)."""
    return [fact.event for fact in facts[1:] if not isinstance(fact.event, Resumed)]


async def test_asked_is_verified(world: World) -> None:
    search = await world.run()
    events = shape(world.facts())
    wanted = {(e.ask, s) for e in events if isinstance(e, Asked) for s in range(e.samples)}
    answered = [(e.ask, e.sample) for e in events if isinstance(e, Answered)]
    verified = [(e.ask, e.sample) for e in events if isinstance(e, Verified)]
    assert len(wanted) == 40
    assert sorted(wanted) == sorted(answered) == sorted(verified)
    assert search.best is not None
    assert (search.best.outcome.score or 0) > 1


async def test_no_candidate_is_verified_twice(world: World) -> None:
    workers = Scores(delay=lambda candidate: len(candidate.text))
    await world.run(workers=workers)
    searched = workers.asked[:-2]  # the last two are the confirmation of best and seed
    assert len(searched) == len(set(searched))


async def test_every_prompt_can_be_rebuilt(world: World) -> None:
    await world.run(Counts(delay=lambda prompt, sample: (prompt.ask * 7 + sample * 3) % 11))
    with Journal.read(world.path) as journal:
        search = Search(world.task, world.strategy, texts=journal.text)
        for fact in journal.facts():
            if isinstance(fact.event, Asked):
                assert asked(search.draft(fact.event.samples)) == fact.event
            search.apply(fact)


async def test_a_generation_barrier_makes_the_run_the_same_whatever_is_done_first(
    barrier: World, tmp_path: Path
) -> None:
    other = World(barrier.task, tmp_path / "other.db", barrier.strategy)
    hurry, dawdle = random.Random(1), random.Random(2)
    one = await barrier.run(workers=Scores(delay=lambda _: hurry.randrange(9)))
    two = await other.run(workers=Scores(delay=lambda _: dawdle.randrange(9)))
    assert [e for e in shape(barrier.facts()) if isinstance(e, Asked)] == [
        e for e in shape(other.facts()) if isinstance(e, Asked)
    ]
    assert one.best == two.best


async def test_a_concurrent_run_is_repeated_in_its_recorded_order(world: World, tmp_path: Path) -> None:
    hurry, dawdle = random.Random(1), random.Random(2)
    await world.run(
        Counts(delay=lambda prompt, sample: hurry.randrange(20)), Scores(delay=lambda _: hurry.randrange(20))
    )
    again = World(world.task, tmp_path / "again.db", world.strategy)
    proposer = Counts(delay=lambda prompt, sample: dawdle.randrange(20))
    await again.run(proposer, Scores(delay=lambda _: dawdle.randrange(20)), order=AsRecorded(world.facts()))
    assert shape(again.facts())[:-3] == shape(world.facts())[:-3]  # confirmations come in any order


@settings(max_examples=30, deadline=None)
@given(cut=st.integers(1, 200), seed=st.integers(0, 5), width=st.sampled_from([3, 6, 12]))
def test_a_journal_cut_anywhere_goes_on_to_the_end(cut: int, seed: int, width: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(cut_and_go_on(Path(folder), cut, seed, width))


async def cut_and_go_on(folder: Path, cut: int, seed: int, width: int) -> None:
    strategy = preset("default").sized(samples=3, in_flight=width)
    whole = World(toy(folder), folder / "whole.db", strategy, seed)
    await whole.run(Counts(delay=lambda prompt, sample: (prompt.ask + 5 * sample) % 7))
    facts = whole.facts()
    part = World(whole.task, folder / "part.db", strategy, seed)
    cut_journal(whole.path, part.path, cut)
    with Journal.read(part.path) as journal:
        unanswered = part.folded(journal).unanswered
    proposer = Counts()
    await part.run(proposer)
    paid_before = {(e.ask, e.sample) for e in shape(facts[:cut]) if isinstance(e, Answered)}
    assert not paid_before & set(proposer.asked), "an answer was paid for twice"
    assert {(ask, s) for ask, samples in unanswered.items() if ask for s in samples} <= set(proposer.asked)
    events = shape(part.facts())
    before = shape(facts)[: cut - 1]
    assert events[: len(before)] == before, "what was journalled has changed"
    assert sum(e.samples for e in events if isinstance(e, Asked)) == 40
    assert len({(e.ask, e.sample) for e in events if isinstance(e, Verified)}) == 40


def cut_journal(whole: Path, part: Path, cut: int) -> None:
    """`part` holds the first `cut` facts of `whole`, and all of its texts."""
    with Journal.read(whole) as source:
        first, *rest = itertools.islice(source.facts(), cut)
        with Journal.create(part, first.event) as copy:  # type: ignore[arg-type]
            for fact in rest:
                copy.append(fact.event)
            copy._db.executemany("INSERT INTO blob VALUES (?, ?)", source._db.execute("SELECT * FROM blob"))


async def test_a_fault_is_not_a_failure(world: World) -> None:
    workers = Scores()
    workers.faults = faults_at({4, 9}, Fault("sandbox", "the slot is gone"))
    search = await world.run(workers=workers)
    assert search.tally.faults == 2
    assert search.tally.dropped == 0
    assert search.tally.verified == 40
    assert "sandbox" not in str(search.tally.verdicts)


async def test_what_fails_twice_is_dropped_and_the_run_goes_on(world: World) -> None:
    workers = Scores()
    workers.faults = itertools.chain(
        [None], itertools.repeat(Fault("verifier", "it raised ValueError"), 2), itertools.repeat(None)
    )
    search = await world.run(workers=workers, budget=BUDGET)
    assert search.tally.dropped == 1
    assert search.tally.verified + search.tally.dropped == search.tally.asked == 40


async def test_faults_in_a_row_end_the_run(world: World) -> None:
    workers = Scores()
    workers.faults = itertools.chain([None], itertools.repeat(Fault("sandbox", "the engine is gone")))
    with world.open() as journal:
        stop = await Run(world.folded(journal), journal, Counts(), workers, BUDGET).go()
    assert stop.reason == "faults"
    assert "the engine is gone" in stop.detail


class Dead(Counts):
    """A model that never answers."""

    async def __call__(self, prompt: Prompt):  # type: ignore[no-untyped-def]
        self.asked.append((prompt.ask, -1))
        raise Fault("model", "connection refused")
        yield


async def test_a_model_that_never_answered_ends_the_run_at_once(world: World) -> None:
    dead = Dead()
    with pytest.raises(Fault, match="connection refused"):
        await world.run(dead)
    assert len(dead.asked) <= 3
    assert any(isinstance(fact.event, Faulted) for fact in world.facts())
    search = await world.run()
    assert search.tally.verified == 40


class Mute(Counts):
    async def __call__(self, prompt: Prompt):  # type: ignore[no-untyped-def]
        return
        yield


async def test_a_model_that_gives_fewer_answers_is_a_fault(world: World) -> None:
    with pytest.raises(Fault, match="fewer answers"):
        await world.run(Mute())


async def test_a_seed_that_fails_ends_the_run_with_its_reason(tmp_path: Path) -> None:
    world = World(toy(tmp_path, seeds=("x = 13\n",)), tmp_path / "run.db", preset("default"))
    with pytest.raises(TaskError, match="fails its own verifier: wrong: 13 is unlucky"):
        await world.run()


async def test_garbage_ends_the_run(world: World) -> None:
    class Garbage(Counts):
        async def __call__(self, prompt: Prompt):  # type: ignore[no-untyped-def]
            for sample in prompt.samples:
                yield (await anext(Counts()(prompt))).model_copy(update={"sample": sample, "text": "I am sorry."})

    with world.open() as journal:
        stop = await Run(world.folded(journal), journal, Garbage(), Scores(), Budget(candidates=99)).go()
        assert stop.reason == "unreadable"
        assert not stop.good


async def test_more_budget_goes_on_with_a_finished_run(world: World) -> None:
    await world.run(budget=Budget(candidates=10, unreadable=99))
    search = await world.run(budget=Budget(candidates=20, unreadable=99))
    assert search.tally.asked == 20


async def test_another_seed_is_another_run(world: World) -> None:
    await world.run()
    world.seed = 1
    with pytest.raises(Exception, match="its seed is 0, not 1"):
        world.open()


async def test_a_run_without_anything_verified_holds_nothing_to_lose(world: World) -> None:
    world.open().close()
    world.seed = 1
    world.open().close()
    assert world.facts()[0].event.seed == 1  # type: ignore[union-attr]


def faults_at(places: set[int], fault: Fault) -> Iterator[Fault | None]:
    return (fault if i in places else None for i in itertools.count())


def test_a_loop_of_your_own(tmp_path: Path) -> None:
    search = Search(toy(tmp_path))
    seeds = search.ask()
    search.tell(seeds, 0, "x = 1\n", Outcome(verdict=Verdict.PASSED, score=1.0))
    prompt = search.ask(samples=1)
    assert prompt.parents[0].candidate.text == "x = 1\n"
    search.tell(prompt, 0, "x = 5\n", Outcome(verdict=Verdict.PASSED, score=5.0))
    assert search.best is not None
    assert search.best.outcome.score == 5.0
    with pytest.raises(Exception, match="told already"):
        search.tell(prompt, 0, "x = 6\n", Outcome(verdict=Verdict.PASSED, score=6.0))


def test_a_text_that_can_change_nothing_is_not_read(world: World) -> None:
    asyncio.run(world.run())
    read: list[str] = []
    with Journal.read(world.path) as journal:
        small = replace(world.strategy, archive=lambda task: TopK(task.direction, size=1))

        def text(name: str) -> str:
            read.append(name)
            return journal.text(name)

        search = Search(world.task, small, texts=text)
        fold(search, journal.facts())
        passed = [
            f.event for f in journal.facts() if isinstance(f.event, Verified) and f.event.candidate in search.scores
        ]
    assert search.best is not None
    assert search.best.candidate.id in read
    assert len(set(read)) < len({event.candidate for event in passed})
