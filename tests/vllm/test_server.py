"""`hosted_vllm/NAME` against the real server: a survey and a whole search, gone on with and replayed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import refine
from refine.budget import Budget
from refine.events import Answered, Asked, Event, Resumed, Verified
from refine.journal import Journal
from refine.proposers import Options
from refine.proposers.litellm import LiteLLM
from refine.questions import Question, checked, voted
from refine.replay import replayed
from refine.session import Result
from refine.survey import Plan, Survey, take_up
from refine.types import Message, Prompt, Verdict
from tests.vllm.model import sums
from tests.vllm.quadratic import task

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(600), pytest.mark.filterwarnings("ignore")]  # third parties' own

QUESTIONS = tuple(Question(text=text, answer=answer) for text, answer in sums()[::5])
MODEL = "hosted_vllm/tiny"


@pytest.fixture
async def model(url: str) -> AsyncIterator[LiteLLM]:
    one = LiteLLM(MODEL, Options(api_base=url, max_tokens=32))
    yield one
    await one.aclose()


async def test_n_answers_come_by_one_request_with_their_bill(model: LiteLLM) -> None:
    prompt = Prompt(1, (Message(role="user", content="7 + 8?"),), samples=tuple(range(8)), params={"temperature": 0.2})
    got = [completion async for completion in model(prompt)]
    assert sorted(completion.sample for completion in got) == list(range(8))
    assert sum(completion.text == "15" for completion in got) >= 6
    assert {completion.finish for completion in got} == {"stop"}
    used = [completion.usage for completion in got if completion.usage is not None]
    assert sum(usage.prompt_tokens or 0 for usage in used) == len("?7 + 8?\n")  # <bos> is one token, as "?" is


async def test_a_survey_is_gone_on_with_and_right(model: LiteLLM, tmp_path: Path) -> None:
    plan = Plan(QUESTIONS, samples=8, params={"temperature": 0.3}, in_flight=4, budget=Budget(candidates=60))
    path = tmp_path / "survey.db"
    with take_up(path, plan, name="sums", model=MODEL, metric="right") as journal:
        stop = await Survey(plan, journal, model, checked).go()
        before = [fact.event for fact in journal.facts()]
    assert stop.reason == "candidates"
    whole = Plan(QUESTIONS, samples=8, params={"temperature": 0.3}, in_flight=4)
    with take_up(path, whole, name="sums", model=MODEL, metric="right") as journal:
        await Survey(whole, journal, model, checked).go()
        facts = [fact.event for fact in journal.facts()]
    assert facts[: len(before)] == before
    assert any(isinstance(event, Resumed) for event in facts)
    answered = [(event.ask, event.sample) for event in facts if isinstance(event, Answered)]
    assert len(answered) == len(set(answered)) == 8 * len(QUESTIONS)
    right = [event.outcome.passed for event in facts if isinstance(event, Verified) and event.outcome]
    assert sum(right) > 0.8 * len(right)


async def test_the_majority_is_sure_of_itself(model: LiteLLM, tmp_path: Path) -> None:
    plan = Plan(QUESTIONS[:4], samples=8, params={"temperature": 0.3})
    with take_up(tmp_path / "vote.db", plan, name="sums", model=MODEL, metric="agreement") as journal:
        await Survey(plan, journal, model, voted).go()
        found = [f.event.outcome for f in journal.facts() if isinstance(f.event, Verified) and f.event.outcome]
    scores = [outcome.score for outcome in found if outcome.score is not None]
    assert sum(scores) / len(scores) > 0.8


def test_a_whole_search(url: str, tmp_path: Path) -> None:
    """Runs, goes on to twice as many candidates, is recomputed from its journal, and replayed without the server."""
    path, options = tmp_path / "run.db", Options(api_base=url, temperature=1.0, max_tokens=40)
    half = searched(MODEL, path, options, 40)
    assert half.stop.reason == "candidates"
    with Journal.read(path) as journal:
        before = [fact.event for fact in journal.facts()]
    whole = searched(MODEL, path, options, 80)
    with Journal.read(path) as journal:
        facts = [fact.event for fact in journal.facts()]
        again = replayed(journal, task)
    assert facts[: len(before)] == before
    assert again.difference is None
    assert again.asks == sum(isinstance(event, Asked) for event in facts) > 10
    _is_a_good_search(facts, whole)
    unplugged = searched(f"replay:{path}", tmp_path / "again.db", Options(temperature=1.0, max_tokens=40), 80)
    assert unplugged.best is not None
    assert whole.best is not None
    assert unplugged.best.candidate == whole.best.candidate


def searched(model: str, path: Path, options: Options, candidates: int) -> Result:
    budget = Budget(candidates=candidates)
    return refine.run(task, model=model, path=path, options=options, budget=budget, seed=3, sandbox="none", workers=1)


def _is_a_good_search(facts: list[Event], result: Result) -> None:
    answered = [event for event in facts if isinstance(event, Answered) and event.model == MODEL]
    places = {(event.ask, event.sample) for event in answered}
    assert len(places) == len(answered) >= 70
    assert all(event.usage is not None and event.usage.completion_tokens for event in answered)
    outcomes = [event.outcome for event in facts if isinstance(event, Verified) and (event.ask, event.sample) in places]
    passed = [outcome for outcome in outcomes if outcome is not None and outcome.verdict is Verdict.PASSED]
    assert len(passed) > 20
    assert result.best is not None
    assert result.best.outcome.score is not None
    assert result.best.outcome.score < 63  # the seed's, n, at n = 6
