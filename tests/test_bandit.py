from __future__ import annotations

import dataclasses
import itertools
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.bandit import WINDOW, Bandit, rewards
from refine.events import Answered, Asked
from refine.types import Direction, Usage, Wanted


def bandit(direction: Direction = "maximize") -> Bandit:
    return Bandit(("good", "bad"), direction)


def ask(found: Bandit, number: int, model: str, bar: float | None = 0.0, wants: Wanted = "candidates") -> None:
    found.asked(Asked(ask=number, samples=1, parents=(), messages="", model=model, wants=wants), bar)


def tell(found: Bandit, number: int, score: float | None, *, usd: float | None = None, s: float | None = None) -> None:
    answer = Answered(ask=number, sample=0, text="", model="", usage=Usage(usd=usd), seconds=s)
    found.answered(answer)
    found.verified((number, 0), score)


def shares(rates: dict[str, float], prices: dict[str, float], seed: int, asks: int = 200) -> float:
    """The share of "good" in the last quarter; four asks are under way at any time."""
    found, chance = bandit(), np.random.default_rng(seed)
    chosen: list[str] = []
    for number in range(1, asks + 1):
        chosen.append(found.choose(seed, number))
        ask(found, number, chosen[-1])
        if number > 4:
            model = chosen[number - 5]
            tell(found, number - 4, float(chance.random() < rates[model]), usd=prices[model])
    return chosen[-asks // 4 :].count("good") / (asks // 4)


def test_who_improves_more_often_is_asked_more_often() -> None:
    even = {"good": 1.0, "bad": 1.0}
    found = [shares({"good": 0.3, "bad": 0.05}, even, seed) for seed in range(8)]
    assert np.mean(found) > 0.8
    assert 0.25 < np.mean([shares({"good": 0.2, "bad": 0.2}, even, seed) for seed in range(16)]) < 0.75


def test_what_costs_ten_times_as_much_must_be_ten_times_as_good() -> None:
    dear = {"good": 10.0, "bad": 1.0}
    assert np.mean([shares({"good": 0.3, "bad": 0.15}, dear, seed) for seed in range(8)]) < 0.3


def test_each_model_is_asked_once_before_anything_is_known() -> None:
    found = Bandit(("a", "b", "c"), "maximize")
    for number, wanted in enumerate(("a", "b", "c"), 1):
        assert found.choose(0, number) == wanted
        ask(found, number, wanted)


def test_one_model_is_no_choice() -> None:
    assert Bandit((), "maximize").choose(0, 1) == Bandit(("a",), "maximize").choose(0, 1) == ""


def test_the_same_state_chooses_the_same() -> None:
    def told() -> Bandit:
        found = bandit()
        for number in range(1, 20):
            ask(found, number, "good" if number % 2 else "bad")
            tell(found, number, number / 10)
        return found

    draws = [[told().choose(3, number) for number in range(40, 80)] for _ in range(2)]
    assert draws[0] == draws[1]
    assert {*draws[0]} == {"good", "bad"}


@given(st.permutations(range(12)))
def test_the_order_of_arrival_does_not_matter(order: list[int]) -> None:
    def told(arrivals: list[int]) -> Bandit:
        found = bandit()
        for number in range(12):
            ask(found, number, "good" if number % 3 else "bad", bar=1.0)
        for number in arrivals:
            tell(found, number, None if number % 4 == 0 else number / 3, usd=0.1 * number, s=1.0)
        return found

    assert dataclasses.asdict(told(order)) == dataclasses.asdict(told(list(range(12))))


def test_only_what_is_better_than_the_best_program_shown_counts() -> None:
    found = bandit("minimize")
    scores = [(5.0, 4.0), (5.0, 6.0), (5.0, None), (None, 4.0)]
    for number, (bar, score) in enumerate(scores):
        ask(found, number, "good", bar)
        tell(found, number, score)
    assert [trial.gain for trial in found.trials] == [1.0, 0.0, 0.0, 0.0]


def test_lessons_and_what_is_dropped_are_no_trials() -> None:
    found = bandit()
    ask(found, 1, "good", wants="lessons")
    ask(found, 2, "good")
    found.dropped((2, 0))
    assert not found.pending
    assert not found.trials
    assert found.asks == {"good": 2}


def test_what_was_long_ago_is_forgotten() -> None:
    found = bandit()
    for number in range(WINDOW + 50):
        ask(found, number, "good")
        tell(found, number, 1.0)
    assert len(found.trials) == WINDOW
    assert found.trials[0].place == (50, 0)


@pytest.mark.parametrize(
    ("good", "bad", "costs"),
    [
        ({"usd": 0.2, "s": 1.0}, {"usd": 0.1, "s": 9.0}, (0.2, 0.1)),
        ({"usd": 0.2, "s": 1.0}, {"usd": None, "s": 9.0}, (1.0, 9.0)),
        ({"usd": 0.0, "s": 1.0}, {"usd": 0.1, "s": 9.0}, (1.0, 9.0)),
        ({"usd": 0.2, "s": 1.0}, {"usd": None, "s": None}, (1.0, 1.0)),
        ({"usd": 0.2, "s": 1.0}, None, (0.2, 0.2)),
    ],
)
def test_costs_are_dollars_else_seconds_else_answers(
    good: dict[str, float], bad: dict[str, float] | None, costs: tuple[float, float]
) -> None:
    found = bandit()
    for number, (model, cost) in enumerate((("good", good), ("bad", bad))):
        ask(found, number, model)
        if cost is not None:
            tell(found, number, None, usd=cost["usd"], s=cost["s"])
    assert tuple(found.costs().values()) == costs


@given(st.lists(st.floats(0, 1e308), max_size=30), st.floats(1e-3, 1e3))
def test_rewards_lie_between_0_and_1_and_know_no_scale(gains: list[float], scale: float) -> None:
    gains = [min(gain, 1e300) for gain in gains]
    found = rewards(gains)
    assert all(0 <= reward <= 1 for reward in found)
    assert all(
        (reward > 0) == (gain > 0) for reward, gain in zip(found, gains, strict=True) if gain == 0 or gain > 1e-3
    )
    usual = [gain for gain in gains if 1e-3 < gain < 1e100]
    assert rewards([scale * gain for gain in usual]) == pytest.approx(rewards(usual))


def test_a_usual_improvement_is_worth_a_half() -> None:
    assert rewards([0.0, 2.0, 1.0, 100.0]) == [0.0, 0.5, 1 / 3, 100 / 102]


def test_any_journals_scores_can_be_taken_in() -> None:
    found = bandit()
    for number, score in zip(range(40), itertools.cycle([1e308, -1e308, 0.0, None]), strict=False):
        ask(found, number, random.Random(number).choice(["good", "bad"]), bar=-1e308)
        tell(found, number, score)
    assert found.choose(0, 99) in {"good", "bad"}
