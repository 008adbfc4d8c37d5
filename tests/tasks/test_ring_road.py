"""What a base of ring_road is taught: right solutions in different orders, with every word that it is asked in."""

from __future__ import annotations

from typing import Any

import pytest

from refine.improve.exercise import load
from refine.improve.tiny import beside
from refine.load import shipped

FOLDER = shipped() / "ring_road"
ring: Any = beside(str(FOLDER / "README.md"), "exercise")
base: Any = beside(str(FOLDER / "README.md"), "base")


@pytest.mark.parametrize("seed", range(3))
def test_every_lesson_leads_where_its_walk_does(seed: int) -> None:
    for question, solution in base.lessons(seed, walks=60, orders=3):
        start, *steps = question.removesuffix(" ?").split()
        *way, _, answer = solution.split()
        assert sorted(way[::2]) == sorted(steps)
        at = int(start)
        for step, field in zip(way[::2], way[1::2], strict=True):
            at = (at + int(step)) % ring.FIELDS
            assert at == int(field)
        assert at == int(answer)


@pytest.mark.parametrize("seed", range(5))
def test_a_base_knows_every_word_of_the_examination(seed: int) -> None:
    exercise = load(FOLDER)
    asked = {word for one in (*exercise.practice, *exercise.held_out, *exercise.unrelated) for word in one.text.split()}
    learnt = {word for question, _ in base.lessons(seed, orders=1) for word in question.split()}
    assert asked <= learnt


def test_a_solution_of_the_longest_walk_fits_what_an_answer_may_have() -> None:
    longest = max(len(solution.split()) for _, solution in base.lessons(0, orders=1))
    assert longest + 1 <= load(FOLDER).tokens


def test_an_order_is_drawn_for_each_solution() -> None:
    walk = ring.Walk(0, (1, 2, 3, 4, 5))
    ways = {solution for _, solution in base.solutions([walk], base.ORDERS, seed=0)}
    assert len(ways) > base.ORDERS / 2
