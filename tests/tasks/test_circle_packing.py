from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.errors import Wrong
from refine.load import load
from refine.types import Outcome

TASK = load("circle_packing")


class Given:
    def __init__(self, circles: Any) -> None:
        self.circles = circles

    def pack(self, n: int) -> Any:
        assert n == 26
        return self.circles


def verified(circles: Any) -> Outcome:
    candidate: Any = Given(circles)
    outcome = TASK.verify(candidate)
    assert isinstance(outcome, Outcome)
    return outcome


def row(radius: float, *, first: float = 0.01, step: float = 0.03125) -> list[list[float]]:
    """26 equal circles side by side at half height."""
    return [[first + i * step, 0.5, radius] for i in range(26)]


def test_the_score_is_the_sum_of_the_radii_as_given() -> None:
    outcome = verified(row(0.01))
    assert outcome.score == float(26 * Fraction(0.01))


def test_touching_is_allowed_and_one_unit_in_the_last_place_more_is_not() -> None:
    touching = row(0.015625, first=0.015625)  # dyadic, so that touching is exact
    assert verified(touching).score == 26 * 0.015625
    touching[7][2] = math.nextafter(0.015625, 1)
    with pytest.raises(Wrong, match=r"2 pair\(s\) of circles overlap.*circle 7.*by 3\.47e-18"):
        verified(touching)


def test_the_wall_is_exact_too() -> None:
    circles = row(0.0)
    circles[3] = [0.25, 0.25, 0.25]
    with pytest.raises(Wrong, match=r"circle 3 .* sticks out of the unit square by 5\.55e-17"):
        verified([*circles[:3], [0.25, 0.25, math.nextafter(0.25, 1)], *circles[4:]])


def test_the_worst_overlap_is_named() -> None:
    circles = row(0.01)
    circles[4][0] = circles[3][0] + 0.019
    circles[9][0] = circles[8][0] + 0.001
    with pytest.raises(Wrong, match=r"worst are circle 8 .* and circle 9 .*, by 0\.019"):
        verified(circles)


def test_feedback_says_which_circle_may_grow() -> None:
    circles = row(0.015625, first=0.015625)
    circles[25] = [0.9, 0.9, 0.05]
    assert "circle 25 (0.9, 0.9, r=0.05) by 0.05" in verified(circles).feedback


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 3), min_size=26, max_size=26))
def test_what_passes_is_a_packing_in_integers(circles: list[tuple[float, float, float]]) -> None:
    """A second check that shares no code: everything scaled to integers by one common denominator."""
    try:
        outcome = verified(circles)
    except Wrong:
        assert not packed(circles)
        return
    assert packed(circles)
    assert outcome.score == pytest.approx(math.fsum(r for _, _, r in circles))


def packed(circles: list[tuple[float, float, float]]) -> bool:
    unit = 2**1080
    whole = [tuple(int(Fraction(v) * unit) for v in circle) for circle in circles]
    inside = all(r <= x <= unit - r and r <= y <= unit - r for x, y, r in whole)
    return inside and all(
        (x - u) ** 2 + (y - v) ** 2 >= (r + s) ** 2 for i, (x, y, r) in enumerate(whole) for u, v, s in whole[:i]
    )


def test_an_array_is_a_table() -> None:
    assert verified(np.array(row(0.01))).score == verified(row(0.01)).score


@pytest.mark.parametrize("circles", [[], None, "x" * 26, row(0.01)[1:], row(-0.01), row(math.nan), [[0.5, 0.5]] * 26])
def test_anything_else_is_refused(circles: Any) -> None:
    with pytest.raises(Wrong):
        verified(circles)


def test_a_number_beyond_the_floats_of_messages_is_still_refused() -> None:
    circles = row(0.0)
    circles[0] = [1.7e308, 1.7e308, 1.7e308]
    with pytest.raises(Wrong, match="circle 0"):
        verified(circles)


def test_overlapping_specks_are_refused_even_where_floats_see_nothing() -> None:
    circles = row(0.0)
    circles[1] = [circles[0][0], 0.5, 5e-324]
    with pytest.raises(Wrong, match="overlap"):
        verified(circles)
