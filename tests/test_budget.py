from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.budget import Budget, Tally


@pytest.mark.parametrize(
    ("budget", "tally", "reason"),
    [
        (Budget(candidates=3), Tally(asked=3), "candidates"),
        (Budget(usd=1), Tally(usd=1.0, answered=1, asked=1), "usd"),
        (Budget(usd=1), Tally(usd=0.95, dearest_usd=0.1, answered=1, asked=1), "usd"),
        (Budget(tokens=10), Tally(prompt_tokens=6, completion_tokens=4), "tokens"),
        (Budget(seconds=2), Tally(seconds=2.5), "seconds"),
        (Budget(patience=5), Tally(since_best=5), "converged"),
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
