"""Surveys: every question asked so often, all answers to one verified together, nothing paid twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

import pytest

from refine import survey
from refine.budget import Budget
from refine.errors import Fault, JournalError, TaskError
from refine.events import Answered, Asked, Event, Fact, Verified
from refine.journal import Journal
from refine.questions import Question, checked, voted
from refine.survey import Plan, Survey, take_up
from refine.types import Completion, Outcome, Prompt, Usage, Verdict

SUMS = tuple(Question(text=f"{n} + {n}?", answer=str(2 * n)) for n in range(6))


class Adds:
    """Right but for its last sample; fails where `fails` says so of the number of its call."""

    name = "adds"

    def __init__(self, fails: Callable[[int], bool] = lambda _: False) -> None:
        self.calls: list[tuple[int, tuple[int, ...]]] = []
        self.fails = fails

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        self.calls.append((prompt.ask, prompt.samples))
        number = int(prompt.messages[-1].content.split()[0])
        for sample in prompt.samples:
            if self.fails(len(self.calls)) and sample == prompt.samples[-1]:
                raise Fault("model", "no")
            value = 2 * number + (sample == 3)
            yield Completion(sample=sample, text=f"#### {value}", model="adds", usage=Usage(usd=0.25))

    async def aclose(self) -> None: ...


def begun(folder: Path, plan: Plan) -> Journal:
    return take_up(folder / "survey.db", plan, name="sums", model="adds", metric="agreement")


def outcomes(journal: Journal) -> dict[tuple[int, int], Outcome | None]:
    events = [fact.event for fact in journal.facts()]
    return {(e.ask, e.sample): e.outcome for e in events if isinstance(e, Verified)}


async def test_the_majority_passes_with_its_share(tmp_path: Path) -> None:
    plan = Plan(SUMS, samples=4, system="Add.")
    with begun(tmp_path, plan) as journal:
        stop = await Survey(plan, journal, Adds(), voted).go()
        found = outcomes(journal)
        first = next(fact.event for fact in journal.facts() if isinstance(fact.event, Asked))
        assert [m.content for m in journal.messages(first.messages)] == ["Add.", "0 + 0?"]
    assert stop.detail == "all 6 questions are asked"
    assert len(found) == 24
    for (_, sample), outcome in found.items():
        assert outcome is not None
        expected = (Verdict.WRONG, None) if sample == 3 else (Verdict.PASSED, 0.75)
        assert (outcome.verdict, outcome.score) == expected


async def test_labels_decide_where_they_are_asked_for(tmp_path: Path) -> None:
    plan = Plan((Question(text="1 + 1?", answer="2"),), samples=4)
    with begun(tmp_path, plan) as journal:
        await Survey(plan, journal, Adds(), checked).go()
        assert [o.score for o in outcomes(journal).values() if o] == [1.0, 1.0, 1.0, None]


async def test_a_question_without_an_answer_cannot_be_checked(tmp_path: Path) -> None:
    plan = Plan((Question(text="1 + 1?"),), samples=2)
    with begun(tmp_path, plan) as journal, pytest.raises(TaskError, match="no answer is known to '1 \\+ 1\\?'"):
        await Survey(plan, journal, Adds(), checked).go()


async def test_what_was_answered_is_never_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "_PAUSE_S", 0.0)
    plan = Plan(SUMS, samples=3, in_flight=1, budget=Budget(faults=1))
    with begun(tmp_path, plan) as journal, pytest.raises(Fault, match="no"):
        await Survey(plan, journal, Adds(lambda call: call == 3), voted).go()
    again = Adds()
    with begun(tmp_path, plan) as journal:
        await Survey(plan, journal, again, voted).go()
        answers = [f.event for f in journal.facts() if isinstance(f.event, Answered)]
        assert len(answers) == len({(e.ask, e.sample) for e in answers}) == 18
        assert len(outcomes(journal)) == 18
    assert again.calls[0] == (3, (2,))


async def test_a_model_that_recovers_is_asked_for_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "_PAUSE_S", 0.0)
    plan = Plan(SUMS[:1], samples=3)
    model = Adds(lambda call: call <= 2)
    with begun(tmp_path, plan) as journal:
        await Survey(plan, journal, model, voted).go()
    assert model.calls == [(1, (0, 1, 2)), (1, (2,)), (1, (2,))]


async def test_money_in_flight_is_reserved(tmp_path: Path) -> None:
    plan = Plan(SUMS, samples=2, in_flight=1, budget=Budget(usd=1.2))
    with begun(tmp_path, plan) as journal:
        one = Survey(plan, journal, Adds(), voted)
        stop = await one.go()
    assert stop.reason == "usd"
    assert one.tally.usd <= 1.2


def test_other_questions_are_another_survey(tmp_path: Path) -> None:
    begun(tmp_path, Plan(SUMS, samples=2)).close()
    with begun(tmp_path, Plan(SUMS[:3], samples=2)) as journal:
        assert journal.started.strategy["questions"] == 3  # nothing was verified yet: begun anew


async def test_a_journal_with_verdicts_is_not_begun_anew(tmp_path: Path) -> None:
    plan = Plan(SUMS[:1], samples=1)
    with begun(tmp_path, plan) as journal:
        await Survey(plan, journal, Adds(), voted).go()
    with pytest.raises(JournalError, match="another run"):
        begun(tmp_path, Plan(SUMS[:1], samples=2))


class Told:
    """Answers as it is told to, one at a time, at so much each."""

    name = "told"

    def __init__(self, usd: float | None) -> None:
        self.usd = usd
        self.more: asyncio.Queue[None] = asyncio.Queue()

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        for sample in prompt.samples:
            await self.more.get()
            yield Completion(sample=sample, text=f"#### {sample}", model="told", usage=Usage(usd=self.usd))

    async def aclose(self) -> None: ...


async def arrived(journal: Journal, model: Told, answers: int) -> int:
    """How many answers are journalled when so many have come and the survey waits for the next."""
    for _ in range(answers):
        model.more.put_nowait(None)
    for _ in range(50):
        await asyncio.sleep(0)
    return sum(isinstance(fact.event, Answered) for fact in journal.facts())


@pytest.mark.parametrize(("usd", "journalled"), [(0.5, 2), (None, 2), (0.0, 0)])
async def test_what_may_have_cost_money_is_journalled_when_it_comes(
    tmp_path: Path, usd: float | None, journalled: int
) -> None:
    with begun(tmp_path, Plan(SUMS[:1], samples=3)) as journal:
        model = Told(usd)
        going = asyncio.create_task(Survey(Plan(SUMS[:1], samples=3), journal, model, voted).go())
        assert await arrived(journal, model, 2) == journalled
        going.cancel()
        with pytest.raises(asyncio.CancelledError):
            await going
        assert await arrived(journal, model, 0) == 2, "an interrupted survey keeps what it was given"


async def test_free_answers_that_come_slowly_are_journalled_as_they_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "_TOGETHER_S", -1.0)
    with begun(tmp_path, Plan(SUMS[:1], samples=3)) as journal:
        model = Told(0.0)
        going = asyncio.create_task(Survey(Plan(SUMS[:1], samples=3), journal, model, voted).go())
        assert await arrived(journal, model, 2) == 2
        assert await arrived(journal, model, 1) == 3
        await going


async def test_what_is_known_at_once_is_one_transaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    extend = Journal.extend

    def counted(journal: Journal, events: Iterable[Event], texts: Iterable[str] = ()) -> list[Fact]:
        facts = extend(journal, events, texts)
        sizes.append(len(facts))
        return facts

    plan = Plan(SUMS[:2], samples=3, in_flight=1)
    with begun(tmp_path, plan) as journal:
        monkeypatch.setattr(Journal, "extend", counted)
        model = Told(0.0)
        for _ in range(6):
            model.more.put_nowait(None)
        await Survey(plan, journal, model, voted).go()
        kinds = [fact.event.kind for fact in journal.facts()][1:]
    assert sizes == [1, 3, 3, 1, 3, 3, 1], "an ask, its answers, their verdicts; twice, and the end"
    assert kinds == [*2 * ["asked", *3 * ["answered"], *3 * ["verified"]], "stopped"]
