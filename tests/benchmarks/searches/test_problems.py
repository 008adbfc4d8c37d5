import math

import pytest

from benchmarks.searches.problems import (
    PROBLEMS,
    Judged,
    Problem,
    blocks,
    bounds,
    checked,
    drawn,
    form,
    judged,
    limits,
    luck,
    program,
    valley,
)


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=lambda problem: problem.name)
def test_seeds_pass_and_score_above_what_a_failure_is_given(problem: Problem) -> None:
    found = judged(problem, problem.seed)
    assert found.score is not None
    assert found.score > 0


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=lambda problem: problem.name)
def test_no_corner_of_a_problem_scores_below_a_failure(problem: Problem) -> None:
    for corner in (problem.low, problem.high):
        score = problem.judge([corner] * len(problem.start)).score
        assert score is None or score >= 0


def test_what_a_program_may_not_be_is_refused_with_a_reason() -> None:
    problem = PROBLEMS["bounds"]
    assert checked(problem, [1, 2]) == "settings() must return a list of 10 numbers"
    assert checked(problem, [math.nan] * 10) == "settings() must return finite numbers"
    assert checked(problem, [True] * 10) == "settings() must return finite numbers"
    assert checked(problem, [*range(9), 1000]) == "k9 = 1000 is not between 0 and 999"
    assert judged(problem, "def settings(:").feedback.startswith("SyntaxError")
    assert judged(problem, "def settings():\n    return nothing").feedback.startswith("NameError")


def test_the_form_of_a_program_is_its_tree() -> None:
    assert form("x = 1  # one\n") == form("x=1")
    assert form("x = 1") != form("x = 2")
    assert form("no program (") == form(" no program (\n")


def test_bounds_tells_the_worst_and_to_which_side() -> None:
    problem = bounds("b", 4, 1, 99)
    target = list(range(4))
    exact = _solved(problem, 4, 99)
    assert problem.judge(exact) == Judged(100.0, "nothing is wrong", {f"item {i}": 100.0 for i in target})
    high = [min(99, exact[0] + 1), *exact[1:]]
    assert problem.judge(high).feedback == f"k0 = {high[0]} is too high"


def _solved(problem: Problem, size: int, high: int) -> list[int]:
    """By asking the feedback alone, one knob after the other."""
    knobs = [0] * size
    for i in range(size):
        knobs[i] = max(range(high + 1), key=lambda x: problem.judge([*knobs[:i], x, *knobs[i + 1 :]]).score or 0.0)
    return knobs


def test_blocks_have_a_wide_hill_and_a_higher_narrow_one_that_no_climb_leads_to() -> None:
    problem = blocks("b", 1, 13, 9)
    earns = {(x, y): problem.judge([x, y]).score or 0.0 for x in range(10) for y in range(10)}
    peaks = [at for at, score in earns.items() if score > max(_beside(earns, at))]
    assert sorted(earns[at] for at in peaks) == [8.0, 10.0]
    assert problem.judge([0, 0]).feedback == f"pair at k0 = 0, k1 = 0 earns {earns[0, 0]:g}"


def _beside(earns: dict[tuple[int, int], float], at: tuple[int, int]) -> list[float]:
    x, y = at
    return [earns[to] for to in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)) if to in earns]


def test_limits_have_no_score_beyond_and_name_what_is_too_high() -> None:
    problem = limits("l", 3, 15, 99)
    assert problem.judge([99, 0, 0]) == Judged(None, "k0 = 99 is too high: it is above its limit")
    assert (problem.judge([1, 0, 0]).score or 0) > (problem.judge([0, 0, 0]).score or 0)


def test_a_valley_is_lowest_where_nothing_is_off() -> None:
    problem = valley("v", 1, 11, 0.5)
    best = max((x / 1000 for x in range(-3000, 3001)), key=lambda x: problem.judge([x]).score or 0.0)
    assert (problem.judge([best]).score or 0) > 9


def test_noise_is_decided_by_the_seeds_and_averages_out() -> None:
    problem = luck("n", 3, 14, 1.0)
    exact = judged(problem, problem.seed).score
    assert drawn(problem, problem.seed, 1) == drawn(problem, problem.seed, 1)
    assert drawn(problem, problem.seed, 1) != drawn(problem, problem.seed, 2)
    averaged = drawn(problem, problem.seed, *range(10_000)).score
    assert averaged is not None
    assert exact is not None
    assert abs(averaged - exact) < 0.05


def test_a_program_has_its_range_beside_each_knob() -> None:
    assert program([1, 2.5], "0 .. 9").splitlines()[1:3] == ["k0 = 1  # 0 .. 9", "k1 = 2.5  # 0 .. 9"]
