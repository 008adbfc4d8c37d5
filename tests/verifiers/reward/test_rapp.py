from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.errors import TaskError
from refine.verifiers.reward.physics import PLAIN, Physics
from refine.verifiers.reward.policies import Scale
from refine.verifiers.reward.ranges import nominal
from refine.verifiers.reward.rapp import GRIDS, Point, Table, feasible, islands, measured, prior, told
from refine.verifiers.reward.training import Trained
from tests.verifiers.reward.robots import WORLD

HOLDS = Trained(np.array([[-10.0, -1.0, 0.0]]), Scale.unseen(2), (), ())
"""Holds the pendulum upright by angle and velocity."""
FALLS = Trained(np.array([[0.0, 0.0, 1.0]]), Scale.unseen(2), (), ())


def points(*fitness: float) -> list[Point]:
    return [Point(value=float(value), fitness=each) for value, each in enumerate(fitness)]


def test_a_range_is_the_unbroken_one_around_the_models_own_value() -> None:
    row = points(0.9, 0.1, 0.6, 0.8, 0.7, 0.2, 0.9)
    assert feasible(row, 3.0, 0.5) == (2.0, 4.0)
    assert islands(row, 3.0, 0.5) == (0.0, 6.0), "the lowest and highest success would have taken in 1 and 5"


def test_there_is_no_range_where_the_own_value_fails() -> None:
    assert feasible(points(0.9, 0.1, 0.9), 1.0, 0.5) is None
    assert islands(points(0.9, 0.1, 0.9), 1.0, 0.5) == (0.0, 2.0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.data())
def test_every_value_within_a_range_succeeds_and_its_neighbours_do_not(
    fitness: list[float], data: st.DataObject
) -> None:
    row = points(*fitness)
    own = data.draw(st.integers(0, len(row) - 1))
    least = data.draw(st.floats(0, 1))
    kept = feasible(row, float(own), least)
    if kept is None:
        assert fitness[own] < least
        return
    low, high = int(kept[0]), int(kept[1])
    assert low <= own <= high
    assert all(each >= least for each in fitness[low : high + 1])
    assert low == 0 or fitness[low - 1] < least
    assert high == len(row) - 1 or fitness[high + 1] < least


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=8), st.floats(0, 1), st.floats(0, 1))
def test_a_stricter_test_gives_no_wider_prior(fitness: list[float], a: float, b: float) -> None:
    row = tuple(Point(value=1.0 + k, fitness=each) for k, each in enumerate(fitness))
    table = Table(own=fitness[0], points={"mass": row})
    wide, narrow = prior(table, min(a, b))["mass"], prior(table, max(a, b))["mass"]
    assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]


def test_a_policy_that_fails_in_its_own_world_has_no_prior() -> None:
    with pytest.raises(TaskError, match="fitness 0 in its own world"):
        prior(Table(own=0.0, points={}))


def test_a_grid_holds_the_models_own_value_and_what_can_be() -> None:
    for name, grid in GRIDS.items():
        assert nominal(name) in grid
        assert list(grid) == sorted(set(grid))
        for value in grid:
            Physics(**{name: int(value) if name == "latency" else value})  # type: ignore[arg-type]
    assert set(GRIDS) <= set(PLAIN.__slots__)


def test_a_policy_is_tried_with_one_parameter_changed() -> None:
    table = measured(WORLD, [HOLDS], {"motor": (0.01, 0.5, 2.0), "latency": (0.0, 8.0)}, starts=6)
    motor = {point.value: point.fitness for point in table.points["motor"]}
    assert list(motor) == [0.01, 0.5, 1.0, 2.0], "the model's own value is added"
    assert motor[1.0] == table.own > 0.6
    assert motor[0.01] < 0.3 * table.own
    assert table.points["latency"][0].fitness == table.own
    assert prior(table, 0.5)["motor"][0] == 0.5
    assert measured(WORLD, [HOLDS], {"mass": ()}, starts=6).own == table.own, "the same starts for all"


def test_several_policies_are_averaged() -> None:
    alone, both = (measured(WORLD, policies, {"mass": ()}, starts=6).own for policies in ([HOLDS], [HOLDS, FALLS]))
    assert 0.4 * alone <= both < 0.9 * alone


def test_a_table_is_data_and_tells_its_holes() -> None:
    table = Table(
        own=0.9, points={"mass": tuple(Point(value=v, fitness=f) for v, f in ((0.2, 0.9), (0.5, 0.0), (1.0, 0.9)))}
    )
    assert Table.model_validate_json(table.model_dump_json()) == table
    assert "| mass | 1 to 1; again at 0.2 |" in told(table)
