from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.budget import Budget, Step, Tally
from refine.types import Usage


@pytest.mark.parametrize(
    ("budget", "tally", "reason"),
    [
        (Budget(candidates=3), Tally(asked=3), "candidates"),
        (Budget(usd=1), Tally(usd=1.0, answered=1, asked=1), "usd"),
        (Budget(usd=1), Tally(usd=0.95, dearest_usd=0.1, answered=1, asked=1), "usd"),
        (Budget(tokens=10), Tally(prompt_tokens=6, completion_tokens=4), "tokens"),
        (Budget(seconds=2), Tally(seconds=2.5), "seconds"),
        (Budget(seconds=2), Tally(seconds=1.5, slowest=0.6), "seconds"),
        (Budget(patience=5), Tally(since_best=5), "converged"),
        (Budget(chance=0.01), Tally(verified=50), "converged"),
        (Budget(chance_usd=2), Tally(verified=9, usd=0.3), "converged"),
        (Budget(), Tally(faults_in_a_row=10, last_fault="down"), "faults"),
        (Budget(), Tally(unreadable_in_a_row=10), "unreadable"),
    ],
)
def test_each_rule_names_itself(budget: Budget, tally: Tally, reason: str) -> None:
    stop = budget.stop(tally, None, "maximize")
    assert stop is not None
    assert stop.reason == reason


def test_a_target_is_reached_from_either_side() -> None:
    assert Budget(target=2).stop(Tally(), 2.0, "maximize") is not None
    assert Budget(target=2).stop(Tally(), 1.9, "maximize") is None
    assert Budget(target=2).stop(Tally(), 1.9, "minimize") is not None


def test_nothing_spent_ends_nothing() -> None:
    assert Budget(candidates=1, usd=1, tokens=1, seconds=1, patience=1).stop(Tally(), None, "maximize") is None


@given(st.floats(0.001, 1), st.floats(0.5, 50), st.lists(st.booleans(), max_size=300))
def test_dollars_are_never_overrun_by_what_is_in_flight(price: float, usd: float, steps: list[bool]) -> None:
    """Asks as long as there is room and answers in any order, at one price: the bill stays within the budget, but for
    the first ask, whose price nobody knows."""
    budget, tally = Budget(usd=usd), Tally(asked=1)
    for ask in [False, *steps, *[False] * 300]:
        if ask and (budget.room(tally) or 0) > 0 and tally.answered:
            tally.asked += 1
        elif tally.unanswered:
            tally.answered += 1
            tally.usd += price
            tally.dearest_usd = price
    assert tally.usd <= max(usd, price) + 1e-9


def test_the_chance_of_an_improvement_is_estimated_since_the_third_last_one() -> None:
    tally = Tally()
    for verified, usd in ((10, 0.1), (20, 0.2), (40, 0.5), (100, 1.0)):
        tally.verified, tally.usd = verified, usd
        tally.improved(of_the_search=True)
    tally.verified, tally.usd = 219, 2.2
    assert tally.steps == [Step(20, 0.2), Step(40, 0.5), Step(100, 1.0)]
    assert tally.chance == (2, 199, 2.0)
    assert tally.chance.each == 2.5 / 200
    assert tally.chance.per_usd == pytest.approx(2.5 / 200 * 199 / 2.0)


def test_before_three_improvements_the_whole_run_counts_but_no_seed_does() -> None:
    tally = Tally(verified=1)
    tally.improved(of_the_search=False)
    assert tally.chance == (0, 1, 0.0)
    assert tally.chance.per_usd is None
    tally.verified = 5
    tally.improved(of_the_search=True)
    tally.verified = 9
    assert tally.chance.each == 1.5 / 10


@given(st.floats(0.001, 0.4), st.integers(0, 5))
def test_a_run_without_an_improvement_ends_by_its_chance_sooner_or_later(least: float, improvements: int) -> None:
    budget, tally = Budget(chance=least), Tally()
    while (stop := budget.stop(tally, None, "maximize")) is None:
        tally.verified += 1
        if tally.verified <= improvements:
            tally.improved(of_the_search=True)
    assert stop.reason == "converged"
    k = min(improvements, 2)
    assert tally.verified <= improvements + (k + 0.5) / least + 1
    assert f"{k} improvement{'s' * (k != 1)} in the last" in stop.detail


def test_before_a_price_is_known_one_answer_is_asked_for_at_a_time() -> None:
    for budget in (Budget(usd=5), Budget(tokens=5000)):
        tally = Tally(asked=1, answered=1)
        assert budget.room(tally) == 1
        tally.asked = 2
        assert budget.room(tally) == 0
        assert budget.stop(tally, None, "maximize") is None
        tally.billed(Usage(prompt_tokens=600, completion_tokens=400, usd=1.0), of_a_model=True)
        assert budget.room(tally) == 4


def test_what_is_known_to_be_possible_is_reserved() -> None:
    tally = Tally(asked=2, answered=1, replies=1, usd=0.25, dearest_usd=0.25)
    assert Budget(usd=2).room(tally) == 6
    assert Budget(usd=2, answer_usd=0.5).room(tally) == 2


def test_answers_that_cost_nothing_are_not_limited_by_dollars() -> None:
    tally = Tally(asked=9, answered=2, replies=1)
    assert Budget(usd=2).room(tally) is None
