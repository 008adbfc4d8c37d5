"""What a judge model says is journalled before a verifier sees it, counts for the budget, and is never paid twice."""

from __future__ import annotations

import asyncio
import itertools
import random
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.budget import Budget
from refine.errors import Fault
from refine.events import Answered, Confirmed, Event, Fact, Faulted, Opined, Resumed, Verified, encode
from refine.journal import Journal
from refine.loop import Run
from refine.opinions import About, Opinions, Patience
from refine.order import AsItComes, AsRecorded, Order
from refine.proposers import Options, Proposer
from refine.proposers.replay import Replay
from refine.replay import replayed, reverified
from refine.report.history import read
from refine.search import Search, fold
from refine.session import identity, take_up
from refine.strategies import preset
from refine.types import Candidate, Completion, Message, Outcome, Prompt, Usage, Verdict
from refine.verifiers.judge import Stage
from refine.verifiers.wanted import AskEngine, Wanted
from tests.fakes import Counts, Scores, toy

BUDGET = Budget(candidates=24, unreadable=24)
DRAWS = 3


@dataclass
class Model:
    """Gives "x = n" n plus a draw's own bit, at no fixed pace; its k-th request fails where `fails` has k."""

    chance: random.Random = field(default_factory=lambda: random.Random(0))
    fails: frozenset[int] = frozenset()
    retry: bool = True
    name: str = "opines"
    asked: Counter[tuple[str, int]] = field(default_factory=Counter)
    requests: int = 0

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        self.requests += 1
        number = self.requests
        text = prompt.messages[-1].content
        for sample in self.chance.sample(prompt.samples, len(prompt.samples)):
            for _ in range(self.chance.randrange(4)):
                await asyncio.sleep(0)
            if number in self.fails and sample == prompt.samples[-1]:
                raise Fault("model", "not now", retry=self.retry)
            self.asked[text, sample] += 1
            said = f"{int(text.partition('=')[2]) + sample % 2}"
            yield Completion(sample=sample, text=said, model="opines", usage=Usage(prompt_tokens=5, usd=0.001))

    async def aclose(self) -> None: ...


class Judged(Scores):
    """Workers whose score is the mean of the model's draws."""

    async def verify(
        self,
        candidate: Candidate,
        *,
        stage: Stage = "search",
        seed: int = 0,
        against: float | None = None,
        replicates: int | None = None,
        ask: AskEngine | None = None,
    ) -> Outcome:
        plain = await super().verify(candidate, stage=stage, seed=seed, against=against, replicates=replicates)
        if not plain.passed:
            return plain
        assert ask is not None, "the loop gives no way to ask"
        said = await ask(Wanted(messages=(Message(role="user", content=candidate.text.strip()),), draws=DRAWS))
        return Outcome(verdict=Verdict.PASSED, score=sum(float(one.text) for one in said) / DRAWS)


async def searched(
    folder: Path,
    model: Model | None,
    *,
    proposer: Proposer | None = None,
    order: Order | None = None,
    name: str = "run.db",
    budget: Budget = BUDGET,
    recorded: tuple[Fact, ...] = (),
) -> Search:
    task = toy(folder)
    strategy = preset("default").sized(samples=3, in_flight=9)
    began = identity(task, strategy, 0, "counts", "none", secret="5" * 32)
    with take_up(folder / name, began.model_copy(update={"judge": "opines"})) as journal:
        search = fold(Search(task, strategy, texts=journal.text), journal.facts())
        known = tuple(journal.facts())
        opinions = Opinions(model, name="opines", known=known, recorded=recorded, patience=Patience(4, 0.0))
        asked, by = proposer or Counts(), order or AsItComes()
        await Run(search, journal, asked, Judged(), budget, order=by, opinions=opinions).go()
        again = fold(Search(task, strategy, texts=journal.text), journal.facts())
        assert again.snapshot() == search.snapshot()
        return search


def facts(folder: Path, name: str = "run.db") -> list[Fact]:
    with Journal.read(folder / name) as journal:
        return list(journal.facts())


def opined(folder: Path, name: str = "run.db") -> list[Opined]:
    return [fact.event for fact in facts(folder, name) if isinstance(fact.event, Opined)]


async def test_every_draw_is_journalled_before_the_verdict_and_is_in_the_bill(tmp_path: Path) -> None:
    model = Model()
    search = await searched(tmp_path, model)
    draws: Counter[tuple[int | None, int | None]] = Counter()
    for fact in facts(tmp_path):
        match fact.event:
            case Opined() as event:
                draws[event.ask, event.sample] += 1
            case Verified(repeat=False, outcome=Outcome(verdict=Verdict.PASSED)) as event:
                assert draws[event.ask, event.sample] == DRAWS
            case _:
                pass
    assert model.asked.total() == len(opined(tmp_path)) > 15
    assert max(model.asked.values()) == 1
    assert search.tally.usd == pytest.approx(0.001 * model.asked.total())
    assert search.tally.opinion_usd == pytest.approx(0.001 * DRAWS)
    with Journal.read(tmp_path / "run.db") as journal:
        assert ("opines", model.asked.total()) in journal._db.execute("SELECT model, answers FROM cost").fetchall()
        (row,) = [row for row in read(journal).spend if row.model == "opines"]
    assert (row.answers, row.prompt_tokens) == (model.asked.total(), 5 * model.asked.total())


async def test_a_budget_in_dollars_is_ended_by_opinions_too(tmp_path: Path) -> None:
    search = await searched(tmp_path, Model(), budget=Budget(candidates=400, usd=0.03, unreadable=40))
    spent = sum(event.usage.usd or 0.0 for event in opined(tmp_path) if event.usage and event.ask is not None)
    assert search.tally.asked < 400
    assert 0.01 < spent <= 0.03 + 1e-9


@settings(max_examples=6, deadline=None)
@given(cut=st.integers(1, 120), pace=st.integers(0, 99))
def test_a_journal_cut_anywhere_goes_on_and_pays_for_no_opinion_twice(cut: int, pace: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(cut_and_go_on(Path(folder), cut, pace))


async def cut_and_go_on(folder: Path, cut: int, pace: int) -> None:
    await searched(folder, Model(random.Random(pace)))
    whole = list(itertools.islice(facts(folder), cut))
    with Journal.read(folder / "run.db") as journal:
        texts = [journal.text(name) for (name,) in journal._db.execute("SELECT digest FROM blob")]
    with Journal.create(folder / "cut.db", whole[0].event) as journal:  # type: ignore[arg-type]
        for fact in whole[1:]:
            journal.append(fact.event, texts)
    await searched(folder, Model(), name="cut.db")
    keys = Counter(event.key for event in opined(folder, "cut.db"))
    assert max(keys.values()) == 1
    settled = [(f.event.ask, f.event.sample) for f in facts(folder, "cut.db") if isinstance(f.event, Verified)]
    assert len(settled) == len(set(settled)) == 24


def shape(folder: Path, name: str = "run.db") -> list[str]:
    """The facts as they are written, without what a session adds; confirmations come in any order."""
    events: list[Event] = [fact.event for fact in facts(folder, name)]
    kept = [
        e for e in events if not isinstance(e, Resumed | Confirmed) and not (isinstance(e, Opined) and e.ask is None)
    ]
    return [encode(event) for event in kept]


async def test_a_recorded_run_is_repeated_to_the_byte_without_the_judge_model(tmp_path: Path) -> None:
    hurry = random.Random(3)
    delays = Counts(delay=lambda _prompt, _sample: hurry.randrange(9))
    await searched(tmp_path, Model(random.Random(7)), proposer=delays)
    recorded = tuple(facts(tmp_path))
    with Journal.read(tmp_path / "run.db") as journal:
        answers = Replay("counts", journal.completions(), Options(), recorded=recorded)
    await searched(tmp_path, None, proposer=answers, order=AsRecorded(recorded), name="again.db", recorded=recorded)
    assert shape(tmp_path, "again.db") == shape(tmp_path)


async def test_a_recorded_run_is_recomputed_and_verified_again_without_the_judge_model(tmp_path: Path) -> None:
    await searched(tmp_path, Model())
    with Journal.read(tmp_path / "run.db") as journal:
        assert replayed(journal, toy(tmp_path)).difference is None
        found = [difference async for difference in reverified(journal, Judged(), 4)]
    assert len(found) > 5
    assert found == [None] * len(found)


async def test_a_model_that_recovers_is_asked_for_the_rest(tmp_path: Path) -> None:
    model = Model(fails=frozenset({3, 4, 6}))
    search = await searched(tmp_path, model)
    faults = [fact.event for fact in facts(tmp_path) if isinstance(fact.event, Faulted)]
    assert [fault.where for fault in faults] == ["model"] * 3
    assert not any(fault.dropped for fault in faults)
    assert max(model.asked.values()) == 1
    assert search.tally.dropped == 0
    assert search.tally.verified == 24


async def test_a_model_that_is_gone_ends_the_run_which_goes_on_later(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="not now"):
        await searched(tmp_path, Model(fails=frozenset(range(5, 99))))
    paid = sum(isinstance(fact.event, Answered) for fact in facts(tmp_path))
    assert paid > 3
    search = await searched(tmp_path, Model())
    assert (search.tally.verified, search.tally.dropped) == (24, 0)
    assert max(Counter(event.key for event in opined(tmp_path)).values()) == 1


async def test_a_model_that_cannot_be_asked_is_not_asked_again(tmp_path: Path) -> None:
    model = Model(fails=frozenset(range(99)), retry=False)
    with pytest.raises(Fault, match="not now"):
        await searched(tmp_path, model)
    assert model.requests == 1


async def test_who_wants_to_know_the_same_pays_once() -> None:
    model = Model()
    opinions, told = Opinions(model, name="opines"), []

    async def settle(event: Event) -> None:
        told.append(event)

    wanted = Wanted(messages=(Message(role="user", content="x = 4"),), draws=2)
    found = await asyncio.gather(*(opinions(wanted, About(1, n), settle) for n in range(5)))
    assert len({tuple(said.text for said in one) for one in found}) == 1
    assert [said.text for said in found[0]] == ["4", "5"]
    assert (model.requests, len(told)) == (1, 2)
