"""The strategy `eureka` asks as Ma et al. 2023 do: batches from the best one, its reflection, errors, restarts."""

from __future__ import annotations

from pathlib import Path

import pytest

from refine.budget import Budget
from refine.events import Asked, Fact, Verified
from refine.journal import Journal
from refine.loop import Run
from refine.search import Search, fold
from refine.session import identity, take_up
from refine.strategies import Strategy, preset
from refine.types import Candidate, Outcome, Verdict
from tests.fakes import Counts, Scores, scored, toy


def curved(text: str) -> Outcome:
    """As `scored`, with what a training tells; an odd number crashes."""
    outcome = scored(text)
    if outcome.score is None:
        return outcome
    if outcome.score % 2 and outcome.score != 1:
        return Outcome(verdict=Verdict.CRASHED, feedback=f"ZeroDivisionError in candidate {outcome.score:g}")
    height, cost = [0.1 * k for k in range(10)], [-0.001] * 10
    curves = {"reward/height": height, "reward/cost": cost, "fitness": [outcome.score * k for k in range(10)]}
    told = "Correlation of each component with fitness: height +0.80, cost +0.00."
    return outcome.model_copy(update={"curves": curves, "feedback": told})


async def ran(
    folder: Path, strategy: Strategy, candidates: int, warm: tuple[Candidate, ...] = ()
) -> tuple[list[Fact], dict[str, str]]:
    """The facts of a run, and each ask's prompt by its digest."""
    task = toy(folder)
    with take_up(folder / "run.db", identity(task, strategy, 5, "counts", "none")) as journal:
        search = fold(Search(task, strategy, seed=5, warm=warm, texts=journal.text), journal.facts())
        await Run(search, journal, Counts(), Scores(curved), Budget(candidates=candidates, unreadable=500)).go()
        facts = list(journal.facts())
        return facts, {name: prompt(journal, name) for name in messages(facts)}


def messages(facts: list[Fact]) -> set[str]:
    return {event.messages for event in asks(facts)}


def prompt(journal: Journal, name: str) -> str:
    return journal.messages(name)[1].content


def asks(facts: list[Fact]) -> list[Asked]:
    """All but the seeds."""
    return [fact.event for fact in facts if isinstance(fact.event, Asked) and fact.event.ask]


def best_until(facts: list[Fact], ask: Asked, since: int) -> str:
    """The best of the seed and of what was verified before an ask, of asks from `since` on."""
    scores: dict[str, float] = {}
    for fact in facts:
        match fact.event:
            case Asked(ask=number) if number == ask.ask:
                break
            case Verified(ask=number, candidate=str() as name, outcome=Outcome(score=float() as score)):
                if number == 0 or number >= since:
                    scores[name] = score
            case _:
                pass
    return max(scores, key=lambda name: scores[name])


async def test_each_iteration_asks_for_sixteen_of_the_best_so_far_and_sees_all_of_the_last(tmp_path: Path) -> None:
    facts, _ = await ran(tmp_path, preset("eureka"), 1 + 16 * 4)
    found = asks(facts)
    assert [(ask.samples, ask.params) for ask in found] == [(16, {"temperature": 1.0})] * 4
    assert [ask.parents for ask in found] == [(best_until(facts, ask, 0),) for ask in found]
    order = [fact.event for fact in facts if isinstance(fact.event, Asked | Verified)]
    before = [sum(isinstance(event, Verified) for event in order[: order.index(ask)]) for ask in found]
    assert before == [1, 17, 33, 49], "a generation is verified before the next one is asked"


async def test_after_five_iterations_it_starts_again_from_the_seed(tmp_path: Path) -> None:
    facts, _ = await ran(tmp_path, preset("eureka").sized(samples=3, in_flight=3), 1 + 3 * 25)
    found, seed = asks(facts), Candidate("x = 1\n").id
    assert len(found) == 25
    for number, ask in enumerate(found):
        begins = 1 + 5 * (number // 5)
        assert ask.parents == (best_until(facts, ask, begins),)
        assert number % 5 or ask.parents == (seed,)


async def test_a_prompt_holds_the_reflection_beside_the_code_and_the_errors(tmp_path: Path) -> None:
    facts, prompts = await ran(tmp_path, preset("eureka").sized(samples=6, in_flight=6), 1 + 6 * 3)
    last = prompts[asks(facts)[-1].messages]
    for said in (
        "reward/height: 0, 0.1, 0.2",
        "fitness: ",
        "Hardly moves at all: reward/cost. Rescale it, write it anew or drop it.",
        "Dominates its group: reward/height.",
        "Correlation of each component with fitness: height +0.80",
        "crashed: ZeroDivisionError in candidate",
        "Analyse the feedback component by component",
    ):
        assert said in last, said
    assert last.index("reward/height") < last.index("```python\nx = ") < last.index("Analyse the feedback")


@pytest.mark.parametrize("human", ["x = 40\n", "x = -4\n"])
async def test_it_can_begin_from_a_humans_reward(tmp_path: Path, human: str) -> None:
    """Every restart begins with the better of the task's seed and the human's."""
    facts, _ = await ran(tmp_path, preset("eureka").sized(samples=2, in_flight=2), 2 + 2 * 6, (Candidate(human),))
    first, sixth = asks(facts)[0], asks(facts)[5]
    better = human if human == "x = 40\n" else "x = 1\n"
    assert first.parents == sixth.parents == (Candidate(better).id,)
