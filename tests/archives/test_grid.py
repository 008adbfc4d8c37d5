from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.archives import Added
from refine.archives.grid import Grid
from refine.task import UNKNOWN, Feature
from refine.types import Shown
from tests.archives.shown import ENTRIES, shown, the_order_makes_no_difference

AXES = (Feature(name="m", low=0, high=4, bins=4), Feature(name="length", low=0, high=10, bins=2))


@pytest.mark.parametrize(("value", "expected"), [(-9, 0), (0, 0), (0.99, 0), (1, 1), (3.999, 3), (4, 3), (1e9, 3)])
def test_what_lies_outside_is_in_the_outermost_bin(value: float, expected: int) -> None:
    assert AXES[0].bin(shown(1, "x", {"m": value})) == expected


def test_a_feature_that_is_not_measured_has_a_bin_of_its_own() -> None:
    assert AXES[0].bin(shown(1)) == UNKNOWN


def test_logarithmic_steps() -> None:
    axis = Feature(name="m", low=1, high=1000, bins=3, log=True)
    assert [axis.bin(shown(1, "x", {"m": value})) for value in (0.0, 5, 50, 500, 5000)] == [0, 0, 1, 2, 2]


def test_one_elite_a_cell() -> None:
    grid = Grid("minimize", AXES)
    assert grid.add(shown(2, "a", {"m": 1})) is Added.NEW
    assert grid.add(shown(3, "b", {"m": 1})) is Added.REFUSED
    assert grid.add(shown(1, "c", {"m": 1})) is Added.REPLACED
    assert grid.add(shown(9, "d", {"m": 3})) is Added.NEW
    assert [s.candidate.text for s in grid] == ["c", "d"]


def test_a_poor_elite_of_a_rare_cell_is_drawn_as_often() -> None:
    grid = Grid("maximize", AXES)
    grid.add(shown(100, "a", {"m": 0}))
    grid.add(shown(1, "b", {"m": 3}))
    rng = np.random.default_rng(0)
    drawn = [grid.sample(rng, 1)[0].candidate.text for _ in range(200)]
    assert 70 < drawn.count("b") < 130


@given(ENTRIES, st.randoms(use_true_random=False))
def test_a_grid_is_a_function_of_the_set(entries: list[Shown], random: Random) -> None:
    grid = the_order_makes_no_difference(lambda: Grid("maximize", AXES), entries, random)
    assert max((s.outcome.score or 0 for s in entries), default=0) == max(
        (s.outcome.score or 0 for s in grid), default=0
    )
