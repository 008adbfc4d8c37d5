from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from refine.archives import Added
from refine.archives.pareto import Instances, Metrics
from refine.types import Shown
from tests.archives.shown import ENTRIES, shown, the_order_makes_no_difference


def test_whoever_is_best_at_something_stays() -> None:
    archive = Instances("maximize")
    assert archive.add(shown(1, "a", left=2, right=0)) is Added.NEW
    assert archive.add(shown(5, "b", left=1, right=9)) is Added.NEW
    assert archive.add(shown(3, "c", left=1, right=5)) is Added.REFUSED
    assert archive.add(shown(0.5, "d", left=3, right=-1)) is Added.NEW, "the best at left, whatever its score"
    assert [s.candidate.text for s in archive] == ["b", "d"]


def test_of_those_that_do_the_same_the_shortest_stays() -> None:
    archive = Instances("minimize")
    archive.add(shown(1, "longer", left=1))
    assert archive.add(shown(1, "short", left=1)) is Added.REPLACED
    assert archive.add(shown(1, "longest of all", left=1)) is Added.REFUSED
    assert [s.candidate.text for s in archive] == ["short"]


def test_who_wins_more_instances_is_drawn_more_often() -> None:
    archive = Instances("maximize")
    archive.add(shown(1, "a", one=2, two=2, three=2, four=0))
    archive.add(shown(1, "b", one=0, two=0, three=0, four=9))
    rng = np.random.default_rng(0)
    drawn = [archive.sample(rng, 1)[0].candidate.text for _ in range(400)]
    assert 260 < drawn.count("a") < 340


def test_without_instances_the_score_is_the_only_one() -> None:
    archive = Instances("maximize")
    for score in (1, 3, 2):
        archive.add(shown(score))
    assert [s.outcome.score for s in archive] == [3]


def best_at_something(entries: list[Shown]) -> set[tuple[float, ...]]:
    best = [max(s.outcome.instances[name] for s in entries) for name in ("a", "b")] if entries else []
    values = {(s.outcome.score or 0.0, *(s.outcome.instances[name] for name in ("a", "b"))) for s in entries}
    return {value for value in values if any(x == y for x, y in zip(value[1:], best, strict=True))}


@given(ENTRIES, st.randoms(use_true_random=False))
def test_instances_hold_just_the_best_at_something(entries: list[Shown], random: Random) -> None:
    archive = the_order_makes_no_difference(lambda: Instances("maximize"), entries, random)
    held = [(s.outcome.score or 0.0, *(s.outcome.instances[name] for name in ("a", "b"))) for s in archive]
    assert set(held) == best_at_something(entries)
    assert len(held) == len(set(held))


def dominates(one: Shown, other: Shown) -> bool:
    a, b = ((s.outcome.score or 0.0, -s.outcome.metrics["m"]) for s in (one, other))
    return a != b and all(x >= y for x, y in zip(a, b, strict=True))


@given(ENTRIES, st.randoms(use_true_random=False))
def test_a_front_holds_just_who_is_dominated_by_nobody(entries: list[Shown], random: Random) -> None:
    archive = the_order_makes_no_difference(lambda: Metrics("maximize", {"m": "minimize"}), entries, random)
    held = {(s.outcome.score, s.outcome.metrics["m"]) for s in archive}
    assert held == {
        (s.outcome.score, s.outcome.metrics["m"]) for s in entries if not any(dominates(o, s) for o in entries)
    }


def test_a_metric_that_is_not_said_is_the_worst() -> None:
    archive = Metrics("maximize", {"m": "minimize"})
    archive.add(shown(1, "a"))
    archive.add(shown(1, "b", {"m": 1e9}))
    assert [s.candidate.text for s in archive] == ["b"]
