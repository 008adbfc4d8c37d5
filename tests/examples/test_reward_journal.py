"""The recorded search for a reward: what a capable model found is ahead of the reward that a person wrote."""

from __future__ import annotations

from pathlib import Path

from refine.events import Answered, Verified
from refine.journal import Journal
from refine.load import load

JOURNAL = Path(__file__).parents[2] / "examples" / "journals" / "reward_cartpole_swingup.db"


def test_forty_answers_and_the_best_is_ahead_of_the_humans_reward() -> None:
    with Journal.read(JOURNAL) as journal:
        task = load(journal.started.task)
        events = [fact.event for fact in journal.facts()]
    answers = [event for event in events if isinstance(event, Answered) and event.model.startswith("manual:")]
    scores = {event.candidate: event.outcome.score for event in events if isinstance(event, Verified) and event.outcome}
    human = next(case.score for case in task.golden if case.name == "human")
    assert len(answers) >= 40
    assert human is not None
    assert max(score for score in scores.values() if score is not None) > 2 * human


def test_the_reward_that_was_found_is_the_golden_one() -> None:
    with Journal.read(JOURNAL) as journal:
        outcomes = {
            fact.event.candidate: fact.event.outcome.score
            for fact in journal.facts()
            if isinstance(fact.event, Verified) and fact.event.outcome and fact.event.outcome.passed
        }
        best = max(outcomes, key=lambda one: outcomes[one] or 0.0)
        text = journal.text(best or "")
        case = next(case for case in load(journal.started.task).golden if case.name == "discovered")
    assert case.text.strip() == text.strip()
    assert case.score is not None
    assert abs(case.score - (outcomes[best] or 0.0)) <= case.tolerance
