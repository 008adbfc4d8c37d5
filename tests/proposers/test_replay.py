"""What was recorded comes back bit for bit, and what was not is a miss."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.errors import Fault, JournalError, UsageError
from refine.events import Answered, Started
from refine.journal import Journal
from refine.proposers import Options, content_key
from refine.proposers.cassette import Cassette, is_cassette, recording
from refine.proposers.litellm import LiteLLM
from refine.proposers.mixed import mixed
from refine.proposers.replay import Replay, connect, replaying
from refine.task import Task
from refine.types import Completion, Usage, digest
from tests.proposers.asking import answers, prompt
from tests.proposers.scripted import Scripted
from tests.stub_model import Stub


@pytest.fixture
def cassette(tmp_path: Path) -> Cassette:
    return Cassette.open(tmp_path / "cassette.db")


async def test_a_replay_is_bit_for_bit_and_asks_nobody(
    stub: Stub, model: Callable[..., LiteLLM], cassette: Cassette, task: Task
) -> None:
    asks = [prompt(range(3), ask=ask, params={"temperature": 0.5}) for ask in range(4)]  # the same question each time
    recorder = recording(model(top_p=0.9), cassette)
    first = [sorted(await answers(recorder, to), key=lambda c: c.sample) for to in asks]
    cassette.close()
    requests = len(stub.requests)
    again = connect(f"replay:{cassette.path}", Options(top_p=0.9), task)
    assert [await answers(again, to) for to in asks] == first
    assert len(stub.requests) == requests
    assert len({c.text for got in first for c in got}) > 3  # so the four asks were told apart


async def test_a_mix_is_replayed_too(cassette: Cassette) -> None:
    both = mixed([(Scripted("a"), 1), (Scripted("b"), 1)])
    asks = [prompt(range(4), ask=ask) for ask in range(5)]
    first = {(to.ask, c.sample): c for to in asks for c in await answers(recording(both, cassette), to)}
    again = {(to.ask, c.sample): c for to in asks for c in await answers(_replay(cassette), to)}
    assert again == first
    assert {c.model for c in first.values()} == {"a", "b"}


@pytest.mark.parametrize(
    "changed",
    [prompt(ask=1, text="another text"), prompt((9,), ask=1), prompt(ask=1, params={"temperature": 0.1})],
    ids=["messages", "sample", "params"],
)
async def test_what_differs_is_a_miss_that_names_the_ask(cassette: Cassette, changed: object) -> None:
    await answers(recording(Scripted("a"), cassette), prompt(ask=1))
    with pytest.raises(Fault, match="no answer to ask 1, sample") as caught:
        await answers(_replay(cassette), changed)  # type: ignore[arg-type]
    assert not caught.value.retry


async def test_the_answer_of_the_same_ask_is_preferred_then_the_first(cassette: Cassette) -> None:
    one = recording(Scripted("a"), cassette)
    for ask in (3, 4):
        await answers(one, prompt(ask=ask))
    replay = _replay(cassette)
    assert [(await answers(replay, prompt(ask=ask)))[0].text for ask in (4, 3, 8)] == ["a 4 0", "a 3 0", "a 3 0"]


async def test_a_journal_is_a_recording(tmp_path: Path, task: Task) -> None:
    to = prompt((0, 1), ask=5)
    said = [
        Completion(
            sample=sample,
            text=f"answer {sample}",
            model="openai/x",
            usage=Usage(prompt_tokens=3, usd=0.25),
            finish="stop",
            key=content_key("openai/x", to.messages, {"temperature": 0.5}, sample),
        )
        for sample in to.samples
    ]
    path = tmp_path / "run.db"
    with Journal.create(path, _started()) as journal:
        for c in said:
            fields = c.model_dump(exclude={"text"})
            journal.append(Answered(ask=5, text=digest(c.text)[:32], **fields), [c.text])
        facts = tuple(journal.facts())
    replay = connect(f"replay:{path}", Options(temperature=0.5), task)
    assert await answers(replay, to) == said
    assert replay.recorded == facts
    with pytest.raises(Fault):
        await answers(connect(f"replay:{path}", Options(), task), to)


async def test_seeds_which_have_no_key_are_no_answers() -> None:
    seed = Completion(sample=0, text="seed", model="seed")
    with pytest.raises(Fault):
        await answers(Replay("replay:x", [(0, seed)], Options()), prompt())


def test_other_files_are_refused(tmp_path: Path, task: Task) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a database")
    with pytest.raises(JournalError):
        connect(f"replay:{text}", Options(), task)
    with pytest.raises(UsageError):
        Cassette.open(text)
    Journal.create(tmp_path / "run.db", _started()).close()
    with pytest.raises(UsageError, match="not a cassette"):
        Cassette.open(tmp_path / "run.db")
    assert not is_cassette(tmp_path / "run.db")


@given(st.text(), st.text(), st.none() | st.floats(0, 10), st.integers(0, 10**9))
def test_a_cassette_gives_back_what_was_put(text: str, note: str, usd: float | None, ask: int) -> None:
    put = Completion(sample=2, text=text, model="m", usage=Usage(usd=usd), note=note, key="k")
    with Cassette.open(Path(":memory:")) as cassette:
        cassette.put(ask, put)
        cassette.put(ask, put.model_copy(update={"text": "another"}))  # the first one stays
        assert list(cassette.completions()) == [(ask, put)]
        assert len(cassette) == 1


def _replay(cassette: Cassette) -> Replay:
    return replaying(cassette)


def _started() -> Started:
    return Started(
        refine="0",
        task="line",
        task_digest="d",
        direction="maximize",
        metric="score",
        seed=0,
        strategy={},
        model="openai/x",
        sandbox="none",
        secret="s",
    )
