from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.errors import Wrong
from refine.verifiers.reward.physics import PLAIN, Physics
from refine.verifiers.reward.ranges import believed, columns, drawn, draws, narrowed, nominal, spread, told

PRIOR = {"mass": (0.5, 2.0), "latency": (0.0, 3.0), "observation_noise": (0.0, 0.5)}


def parameters(robots: list[Physics]) -> Any:
    return columns(robots, list(PRIOR))


@given(st.integers(0, 2**32), st.floats(0, 1))
def test_what_is_drawn_lies_within_and_latency_is_counted(seed: int, share: float) -> None:
    ranges = narrowed(PRIOR, share)
    robots = drawn(ranges, np.random.default_rng(seed), 5)
    for name, (low, high) in ranges.items():
        least, most = (math.floor(low), math.ceil(high)) if name == "latency" else (low - 1e-9, high + 1e-9)
        assert all(least <= getattr(robot, name) <= most for robot in robots)
    assert all(type(robot.latency) is int for robot in robots)
    assert {robot.motor for robot in robots} == {1.0}, "what is not named stays"


def test_both_ends_of_a_latency_are_drawn() -> None:
    robots = drawn({"latency": (1.0, 3.0)}, np.random.default_rng(0), 100)
    assert {robot.latency for robot in robots} == {1, 2, 3}


@pytest.mark.parametrize("bounds", [(0.5, 0.5), (0.0, 0.4), (1.0, 1.0), (0.25, 2.75), (8.0, 8.0)])
def test_a_latency_keeps_its_mean_in_whole_steps(bounds: tuple[float, float]) -> None:
    found = parameters(drawn({"latency": bounds}, np.random.default_rng(0), 4000))[:, 1]
    assert found.mean() == pytest.approx(sum(bounds) / 2, abs=0.06), "five standard errors of the widest"
    assert set(found) <= set(range(math.floor(bounds[0]), math.ceil(bounds[1]) + 1))


def test_no_ranges_are_no_randomisation() -> None:
    assert draws({}) is None
    draw = draws({"mass": (1.2, 1.2)})
    assert draw is not None
    assert list(draw(np.random.default_rng(0), 2)) == [Physics(mass=1.2)] * 2


def test_narrowing_goes_from_the_prior_to_a_point() -> None:
    assert narrowed(PRIOR, 1.0) == PRIOR
    assert narrowed(PRIOR, 0.0) == {name: (nominal(name), nominal(name)) for name in PRIOR}
    assert narrowed(PRIOR, 0.5)["mass"] == (0.75, 1.5)


def test_robots_are_spread_from_the_model_to_the_priors_bounds() -> None:
    far = np.abs(parameters(spread(PRIOR, np.random.default_rng(0), 400))[:, 0] - 1.0)
    even = np.abs(parameters(drawn(PRIOR, np.random.default_rng(0), 400))[:, 0] - 1.0)
    assert (far < 0.1).mean() > 2 * (even < 0.1).mean()
    assert far.max() > 0.7


def test_a_good_answer_is_believed_in_the_priors_order() -> None:
    answer = {"observation_noise": [0, np.float64(0.1)], "mass": np.array([0.5, 1.0])}
    found = believed(answer, PRIOR)
    assert found == {"mass": (0.5, 1.0), "observation_noise": (0.0, 0.1)}
    assert list(found) == ["mass", "observation_noise"]
    assert believed({}, PRIOR) == {}


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ([("mass", 0.8, 1.2)], "must return"),
        ({"slope": [0.0, 0.1]}, "no such parameter"),
        ({"mass": [0.8]}, "two numbers"),
        ({"mass": 0.8}, "two numbers"),
        ({"mass": "ab"}, "holds str"),
        ({"mass": [True, 1.5]}, "holds bool"),
        ({"mass": [0.8, None]}, "holds NoneType"),
        ({"mass": [1.2, 0.8]}, "inverted"),
        ({"mass": [0.8, 10**400]}, "beyond all bounds"),
        ({"mass": [0.8, float("nan")]}, "not finite"),
        ({"mass": [float("-inf"), 1.0]}, "not finite"),
        ({"mass": [0.4, 1.0]}, "leaves the prior"),
        ({"mass": [1.0, 2.001]}, "leaves the prior"),
        ({"mass": np.array([[0.8, 1.2]])}, "two numbers"),
        ({"mass": np.array(0.8)}, "two numbers"),
    ],
)
def test_a_bad_answer_is_refused_with_its_reason(answer: Any, says: str) -> None:
    with pytest.raises(Wrong, match=says):
        believed(answer, PRIOR)


@given(st.floats(0, 1))
def test_what_is_computed_from_the_prior_stays_within(share: float) -> None:
    computed = {name: [nominal(name) * (1 - share) + share * end for end in ends] for name, ends in PRIOR.items()}
    found = believed(computed, PRIOR)
    for name, (low, high) in found.items():
        assert PRIOR[name][0] <= low <= high <= PRIOR[name][1]


def test_a_prompt_shows_ranges_beside_the_models_own_values() -> None:
    assert "mass: 0.5 to 2 (the model's own: 1)" in told(PRIOR)
    assert "latency: 0 to 3 (the model's own: 0)" in told(PRIOR)


def test_columns_are_of_numbers() -> None:
    assert columns([PLAIN, Physics(latency=2)], ["latency", "mass"]).tolist() == [[0.0, 1.0], [2.0, 1.0]]
