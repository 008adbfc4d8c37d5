from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.film import Film, Shape
from refine.report.scene import Camera, camera, ground, patches

BALL = Shape(body=0, kind="sphere", size=(0.1, 0.0, 0.0))
ROD = Shape(body=0, kind="capsule", size=(0.1, 0.5, 0.0))
DISC = Shape(body=0, kind="cylinder", size=(0.2, 0.05, 0.0))
EGG = Shape(body=0, kind="ellipsoid", size=(0.1, 0.2, 0.3))
BRICK = Shape(body=0, kind="box", size=(0.3, 0.2, 0.1))
GROUND = Shape(body=1, kind="plane", size=(0.0, 0.0, 0.0))
FRONT = Camera(np.zeros((1, 3)), 1.0, 90.0, 0.0)
"""Looks along y: x to the right, z up."""


def film(*shapes: Shape, places: Any = ((0.0, 0.0, 0.0),), turn: Any = (1.0, 0.0, 0.0, 0.0)) -> Film:
    """The first body goes from place to place, the second lies still."""
    poses = np.zeros((len(places), 2, 7))
    poses[:, 0, :3], poses[:, 0, 3:], poses[:, 1, 3] = places, turn, 1.0
    return Film("t", 0.05, shapes, poses)


def outline(shape: Shape, **keywords: Any) -> Any:
    """The corners of the one patch, seen from the front."""
    (patch,) = patches(film(shape, **keywords), 0, FRONT)
    return patch.corners


def extent(corners: Any) -> list[float]:
    return [float(x) for x in np.abs(corners).max(axis=0)]


@pytest.mark.parametrize(
    ("shape", "wide", "high"),
    [(BALL, 0.1, 0.1), (ROD, 0.1, 0.6), (DISC, 0.2, 0.05), (EGG, 0.1, 0.3), (BRICK, 0.3, 0.1)],
)
def test_an_outline_is_as_large_as_its_shape(shape: Shape, wide: float, high: float) -> None:
    assert extent(outline(shape)) == pytest.approx([wide, high], rel=0.01)


def test_turns_are_right_handed() -> None:
    quarter = (np.sqrt(0.5), 0.0, np.sqrt(0.5), 0.0)  # about y: z goes to x
    assert extent(outline(ROD, turn=quarter)) == pytest.approx([0.6, 0.1], rel=0.01)
    bent = ROD.model_copy(update={"at": (0.0, 0.0, 1.0)})
    assert outline(bent, turn=quarter)[:, 0].mean() == pytest.approx(1.0, abs=0.01)


@given(st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda q: sum(x * x for x in q) > 0.01))
def test_a_ball_looks_the_same_however_it_is_turned(turn: Any) -> None:
    assert extent(outline(BALL, turn=turn)) == pytest.approx([0.1, 0.1], rel=0.01)


def test_of_a_box_the_faces_to_the_camera_are_seen() -> None:
    assert len(list(patches(film(BRICK), 0, FRONT))) == 1
    above = replace(FRONT, azimuth=120.0, elevation=-30.0)
    seen = list(patches(film(BRICK), 0, above))
    assert len(seen) == 3
    brightest = max(seen, key=lambda patch: patch.light)
    assert brightest.corners[:, 1].mean() == max(patch.corners[:, 1].mean() for patch in seen), "the top"


def test_the_farthest_is_drawn_first() -> None:
    near, far = (BALL.model_copy(update={"at": (0.0, y, 0.0)}) for y in (-1.0, 1.0))
    assert [patch.shape for patch in patches(film(near, far), 0, FRONT)] == [far, near]


def test_what_stays_is_seen_from_one_place_and_what_goes_far_is_followed() -> None:
    near = film(BALL, places=[(0.1 * np.sin(k / 3), 0.0, 1.0) for k in range(40)])
    assert not np.ptp(camera(near).at, axis=0).any()
    way = [(0.1 * k, 0.0, 1.0) for k in range(40)]
    assert not np.ptp(camera(film(BALL, places=way)).at, axis=0).any(), "without a ground one would not see it go"
    seen = camera(film(BALL, GROUND, places=way))
    assert seen.at[20, 0] == pytest.approx(2.0, abs=0.05)
    assert not np.ptp(seen.at[:, 1:], axis=0).any()
    assert seen.half < 1.0


@given(st.lists(st.tuples(*[st.floats(-3, 3)] * 3), min_size=2, max_size=20), st.sampled_from([BALL, ROD, EGG, BRICK]))
def test_all_of_it_is_in_the_picture(places: Any, shape: Shape) -> None:
    shown = film(shape, places=places)
    seen = camera(shown, aspect=4 / 3)
    for frame in range(len(places)):
        for patch in patches(shown, frame, seen):
            assert np.abs(patch.corners[:, 1]).max() <= seen.half
            assert np.abs(patch.corners[:, 0]).max() <= seen.half * 4 / 3


def test_what_moves_in_a_plane_is_seen_from_the_side() -> None:
    flat = [(0.1 * k, 0.0, 0.0) for k in range(5)]
    assert camera(film(BALL, places=flat)).azimuth == 90.0
    assert camera(film(BALL, places=[*flat, (0.0, 0.3, 0.0)])).azimuth != 90.0


def test_the_ground_is_where_the_plane_is() -> None:
    shown = film(BALL, GROUND, places=[(0.0, 0.0, 0.7)])
    found = ground(shown, 0, replace(FRONT, at=np.array([[0.0, 0.0, 0.7]])))
    assert found is not None
    outline, lines = found
    assert outline[:, 1] == pytest.approx([-0.7] * 4), "seen from the side it is a line"
    assert {round(float(line[0, 0]), 6) for line in lines} >= {-0.5, 0.0, 0.5, 1.0}
    assert ground(film(BALL), 0, FRONT) is None
