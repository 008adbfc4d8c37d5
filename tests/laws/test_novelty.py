"""What is too like an elite is never verified; that follows from the journal, and no embedding is paid twice."""

from __future__ import annotations

import asyncio
import itertools
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.budget import Budget
from refine.errors import Fault
from refine.events import Asked, Confirmed, Embedded, Event, Fact, Faulted, Resumed, Verified, encode
from refine.journal import Journal
from refine.likeness import packed
from refine.loop import Run
from refine.order import AsItComes, AsRecorded, Order
from refine.proposers import Options, Proposer
from refine.proposers.embedding import Embedder, Embedding, Recorded
from refine.proposers.replay import Replay
from refine.replay import replayed
from refine.report.history import read
from refine.search import Search, fold
from refine.session import identity, take_up
from refine.strategies import preset
from refine.types import Candidate, Usage, Verdict
from tests.fakes import Counts, Scores, toy

BUDGET = Budget(candidates=40, unreadable=40)
NEAR = 0.95


@dataclass
class Halves:
    """Numbers 2n and 2n + 1 mean the same, every other pair nothing in common. Answers at no fixed pace."""

    pace: Callable[[], int] = lambda: 0
    fault: Fault | None = None
    name: str = "halves"
    asked: list[str] = field(default_factory=list)

    async def __call__(self, candidate: Candidate) -> Embedding:
        self.asked.append(candidate.id)
        for _ in range(self.pace()):
            await asyncio.sleep(0)
        if self.fault is not None and len(self.asked) > 1:
            raise self.fault
        angle = int(candidate.text.partition("=")[2]) // 2
        return Embedding(packed([float(n == angle % 64) for n in range(64)]), Usage(prompt_tokens=5, usd=0.001))

    async def aclose(self) -> None: ...


async def searched(
    folder: Path,
    embedder: Embedder,
    *,
    proposer: Proposer | None = None,
    order: Order | None = None,
    name: str = "run.db",
    budget: Budget = BUDGET,
    workers: Scores | None = None,
) -> Search:
    task = toy(folder)
    strategy = preset("default").sized(samples=3, in_flight=9)
    began = identity(task, strategy, 0, "counts", "none", secret="5" * 32)
    with take_up(folder / name, began.model_copy(update={"embedder": embedder.name, "novelty": NEAR})) as journal:
        made = Search(task, strategy, texts=journal.text, novelty=NEAR)
        search = fold(made, journal.facts())
        asked, scores = proposer or Counts(), workers or Scores()
        await Run(search, journal, asked, scores, budget, order=order or AsItComes(), embedder=embedder).go()
        again = fold(Search(task, strategy, texts=journal.text, novelty=NEAR), journal.facts())
        assert again.snapshot() == search.snapshot()
        return search


def facts(folder: Path, name: str = "run.db") -> list[Fact]:
    with Journal.read(folder / name) as journal:
        return list(journal.facts())


def alike(folder: Path) -> list[Verified]:
    events = (fact.event for fact in facts(folder))
    return [event for event in events if isinstance(event, Verified) and event.alike is not None]


def shape(folder: Path, name: str = "run.db") -> list[str]:
    """The facts as they are written, without what a session adds; confirmations come in any order."""
    events: list[Event] = [fact.event for fact in facts(folder, name)]
    return [encode(event) for event in events if not isinstance(event, Resumed | Confirmed)]


async def test_what_is_too_like_an_elite_is_never_verified(tmp_path: Path) -> None:
    workers = Scores()
    search = await searched(tmp_path, Halves(), workers=workers)
    found = alike(tmp_path)
    assert found
    with Journal.read(tmp_path / "run.db") as journal:
        for event in found:
            assert event.candidate is not None
            assert event.alike is not None
            text, other = journal.text(event.candidate), journal.text(event.alike)
            assert text not in workers.asked, "it was paid for"
            assert int(text[4:]) // 2 == int(other[4:]) // 2
            assert event.similarity == 1.0
    kept = {shown.candidate.id for shown in search.archive}
    assert not kept & {event.candidate for event in found}
    assert search.tally.alike == len(found) <= search.tally.repeats


async def test_the_next_prompt_says_what_was_too_like_what(tmp_path: Path) -> None:
    await searched(tmp_path, Halves())
    first = alike(tmp_path)[0]
    assert first.alike is not None
    with Journal.read(tmp_path / "run.db") as journal:
        later = [f.event for f in journal.facts() if isinstance(f.event, Asked) and f.event.ask > first.ask + 3]
        sent = "".join(message.content for ask in later for message in journal.messages(ask.messages))
    assert f"not verified: too like {first.alike[:8]}" in sent


async def test_the_embeddings_are_in_the_bill(tmp_path: Path) -> None:
    embedder = Halves()
    search = await searched(tmp_path, embedder)
    assert search.tally.usd == pytest.approx(0.001 * len(embedder.asked))
    with Journal.read(tmp_path / "run.db") as journal:
        (row,) = [row for row in read(journal).spend if row.model == "halves"]
    assert (row.answers, row.prompt_tokens) == (len(embedder.asked), 5 * len(embedder.asked))


async def test_a_budget_in_dollars_is_ended_by_embeddings_too(tmp_path: Path) -> None:
    search = await searched(tmp_path, Halves(), budget=Budget(candidates=400, usd=0.01, unreadable=40))
    assert search.tally.asked < 400
    assert search.tally.usd <= 0.01 + 1e-9


@settings(max_examples=6, deadline=None)
@given(cut=st.integers(1, 150), pace=st.integers(0, 5))
def test_a_journal_cut_anywhere_goes_on_and_embeds_nothing_twice(cut: int, pace: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(cut_and_go_on(Path(folder), cut, pace))


async def cut_and_go_on(folder: Path, cut: int, pace: int) -> None:
    await searched(folder, Halves(random.Random(pace).choice((lambda: 0, lambda: pace, lambda: 3 * pace))))
    whole = list(itertools.islice(facts(folder), cut))
    with Journal.read(folder / "run.db") as journal:
        texts = [journal.text(name) for (name,) in journal._db.execute("SELECT digest FROM blob")]
    first = whole[0].event
    with Journal.create(folder / "cut.db", first) as journal:  # type: ignore[arg-type]
        for fact in whole[1:]:
            journal.append(fact.event, texts)
    embedder = Halves()
    await searched(folder, embedder, name="cut.db")
    had = {fact.event.candidate for fact in whole if isinstance(fact.event, Embedded)}
    assert not had & set(embedder.asked)
    settled = [(f.event.ask, f.event.sample) for f in facts(folder, "cut.db") if isinstance(f.event, Verified)]
    assert len(settled) == len(set(settled)) == 40


async def test_a_recorded_run_is_repeated_to_the_byte_without_the_model(tmp_path: Path) -> None:
    hurry = random.Random(3)
    delays = Counts(delay=lambda _prompt, _sample: hurry.randrange(9))
    await searched(tmp_path, Halves(lambda: hurry.randrange(9)), proposer=delays)
    recorded, dawdle = facts(tmp_path), random.Random(4)
    with Journal.read(tmp_path / "run.db") as journal:
        answers = list(journal.completions())
    proposer = Replay("counts", answers, Options(), recorded=tuple(recorded))
    workers = Scores(delay=lambda _: dawdle.randrange(9))
    embedder, order = Recorded("halves", recorded), AsRecorded(recorded)
    await searched(tmp_path, embedder, proposer=proposer, order=order, name="again.db", workers=workers)
    assert shape(tmp_path, "again.db") == shape(tmp_path)


async def test_replay_computes_every_rejection_again(tmp_path: Path) -> None:
    await searched(tmp_path, Halves())
    with Journal.read(tmp_path / "run.db") as journal:
        assert replayed(journal, toy(tmp_path)).difference is None


async def test_replay_finds_a_rejection_that_was_made_up(tmp_path: Path) -> None:
    await searched(tmp_path, Halves())
    whole, false = facts(tmp_path), alike(tmp_path)[0].model_copy(update={"similarity": 0.99})
    with Journal.read(tmp_path / "run.db") as old, Journal.create(tmp_path / "made.db", old.started) as made:
        texts = [old.text(name) for (name,) in old._db.execute("SELECT digest FROM blob")]
        for fact in whole[1:]:
            event = fact.event
            same = isinstance(event, Verified) and (event.ask, event.sample) == (false.ask, false.sample)
            made.append(false if same else event, texts)
    with Journal.read(tmp_path / "made.db") as journal:
        found = replayed(journal, toy(tmp_path)).difference
    assert found is not None
    assert found.what.endswith("what it is too like")


async def test_without_an_answer_of_the_embedder_candidates_are_verified(tmp_path: Path) -> None:
    search = await searched(tmp_path, Halves(fault=Fault("model", "down")), budget=Budget(candidates=9, unreadable=9))
    assert search.tally.verified == 9
    assert search.tally.verdicts[Verdict.PASSED] > 1
    assert any(isinstance(fact.event, Faulted) for fact in facts(tmp_path))


async def test_an_embedder_that_never_answers_ends_the_run(tmp_path: Path) -> None:
    class Dead(Halves):
        async def __call__(self, candidate: Candidate) -> Embedding:
            raise Fault("model", "no such model", retry=False)

    with pytest.raises(Fault, match="no such model"):
        await searched(tmp_path, Dead())
