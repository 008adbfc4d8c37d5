from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.convergence import Convergence
from refine.search import Search
from refine.task import Noise
from refine.types import Outcome, Verdict
from tests.fakes import toy


def passed(score: float, sd: float | None = None, replicates: int = 4) -> Outcome:
    metrics = {} if sd is None else {"sd": sd, "replicates": float(replicates)}
    return Outcome(verdict=Verdict.PASSED, score=score, metrics=metrics)


def fed(rule: Convergence, *outcomes: Outcome) -> list[bool]:
    found = []
    for ask, outcome in enumerate(outcomes):
        rule.count(ask)
        found.append(rule.improves(outcome, ask))
    return found


def test_without_noise_any_improvement_counts() -> None:
    rule = Convergence("maximize", noisy=False)
    assert fed(rule, passed(1), passed(1.0001, sd=9), passed(1.0001), passed(0.5)) == [True, True, False, False]
    assert rule.since == 2


def test_an_improvement_within_the_noise_does_not_count() -> None:
    # Two standard errors of 2 / sqrt(4) = 1: the difference has sqrt(2) = 1.41.
    rule = Convergence("maximize", noisy=True)
    assert fed(rule, passed(0, sd=2), passed(1.41, sd=2), passed(1.42, sd=2)) == [True, False, True]
    assert rule.since == 0


def test_small_steps_add_up() -> None:
    rule = Convergence("minimize", noisy=True)
    steps = [passed(-0.3 * i, sd=0.5) for i in range(8)]  # the difference's error is 0.35
    assert fed(rule, *steps) == [True, False, True, False, True, False, True, False]


def test_more_replicates_make_less_noise() -> None:
    rule = Convergence("maximize", noisy=True)
    assert fed(rule, passed(0, sd=2, replicates=100), passed(0.5, sd=2, replicates=100)) == [True, True]


@pytest.mark.parametrize("order", list(itertools.permutations([0, 1, 2])))
def test_the_best_of_one_asks_answers_stands_for_it(order: tuple[int, ...]) -> None:
    rule = Convergence("maximize", noisy=True)
    fed(rule, passed(0, sd=2))
    answers = [passed(2, sd=2), passed(2.5, sd=2), passed(0.1, sd=2)]
    for at in order:
        rule.count(7)
        rule.improves(answers[at], 7)
    assert rule.mark == answers[1]
    assert (rule.ask, rule.since) == (7, 0)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 5)), max_size=30))
def test_the_count_that_grows_is_the_count_that_is_summed(run: list[tuple[int, int]]) -> None:
    rule, since = Convergence("maximize", noisy=False), 0
    for ask, score in run:
        since += rule.count(ask)
        if rule.improves(passed(score), ask):
            since = rule.since
        assert since == rule.since


@pytest.mark.parametrize(("noise", "since"), [(Noise(), 2), (None, 0)])
def test_a_search_is_patient_beyond_the_noise_where_its_task_has_some(
    noise: Noise | None, since: int, tmp_path: Path
) -> None:
    task = toy(tmp_path)
    task.noise = noise
    search = Search(task)
    search.tell(search.ask(), 0, "x = 1\n", passed(1, sd=2))
    for number in (1, 2):
        search.tell(search.ask(samples=1), 0, f"x = 1 + {number}\n", passed(1 + 0.5 * number, sd=2))
    assert search.best is not None
    assert search.best.outcome.score == 2, "the champion is who is best, beyond the noise or not"
    assert search.tally.since_best == since
    assert len(search.tally.steps) == (0 if noise else 2), "and a seed is no improvement"
