from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

from refine.film import Film, read
from refine.verifiers.reward.evaluation import FILM, report
from refine.verifiers.reward.filming import MOST_FRAMES, filmed
from refine.verifiers.reward.policies import Policies, Scale
from refine.verifiers.reward.rollouts import Rollouts, roll
from refine.verifiers.reward.training import Training, train
from refine.verifiers.reward.worlds import World
from tests.verifiers.reward.robots import FALLING, WORLD

SHORT = Training(iterations=3, directions=2, top=2, checkpoints=2, watched=1)
SHAPES = """
<mujoco>
  <asset><mesh name="wedge" vertex="0 0 0  2 0 0  0 1 0  0 0 1"/></asset>
  <worldbody>
    <geom type="plane" size="5 5 1"/>
    <body pos="0 0 1">
      <joint type="slide" axis="1 0 0"/>
      <geom type="box" size="0.1 0.2 0.3" rgba="1 0 0 1" contype="0" conaffinity="0"/>
      <geom type="sphere" size="0.1" group="3"/>
      <geom type="sphere" size="0.1" rgba="1 1 1 0"/>
      <body pos="0.5 0 0"><geom type="mesh" mesh="wedge" mass="1" contype="0" conaffinity="0"/></body>
    </body>
  </worldbody>
</mujoco>
"""


def rolled(world: World, pushes: tuple[float, ...]) -> Rollouts:
    """Rollouts of policies that push with constant forces."""
    weights = np.array([[[0.0, 0.0, push]] for push in pushes])
    start = (np.full((len(pushes), 1), 0.1), np.zeros((len(pushes), 1)))
    return roll(world, Policies(weights, Scale.unseen(2)), start)


def shown(world: World, rollouts: Rollouts) -> Film:
    """The film in the outcome of such rollouts."""
    trained = train(world, lambda _, action, __: (np.zeros(len(action)), {}), SHORT, np.random.default_rng(0))
    film = read(report(world, SHORT, trained, rollouts).artifacts[FILM])
    assert film is not None
    return film


def test_a_film_turns_as_the_joint_does() -> None:
    rollouts = rolled(WORLD, (0.0,))
    film = shown(WORLD, rollouts)
    assert (film.seconds, len(film.poses), [shape.kind for shape in film.shapes]) == (0.04, 31, ["sphere"])
    angle = rollouts.positions[:, 0, 0]
    assert film.poses[:, 0, 3] == pytest.approx(np.cos(angle / 2), abs=3e-4)
    assert film.poses[:, 0, 5] == pytest.approx(np.sin(angle / 2), abs=3e-4)


def test_a_film_shows_the_median_and_ends_with_its_rollout() -> None:
    rollouts = rolled(FALLING, (1.0, -0.28, 0.0))
    film = shown(FALLING, rollouts)
    assert film.title.endswith("the median of 3 starts")
    lengths = rollouts.lengths
    assert len(set(lengths)) == 3, "each falls at another time"
    assert len(film.poses) == sorted(lengths)[1] + 1


def test_long_rollouts_are_thinned() -> None:
    film = filmed(WORLD, np.zeros((500, 1)), "long")
    assert len(film.poses) <= MOST_FRAMES
    assert film.seconds == pytest.approx(4 * 0.04)


def test_what_flies_away_stays_within_what_a_film_may_hold() -> None:
    assert read_of(np.array([[0.0], [1e9]])).poses[1, 1, 0] == 1e4


def test_shapes_are_the_visible_ones_and_a_mesh_is_its_box() -> None:
    plane, box, mesh = read_of(np.array([[0.0], [0.5]])).shapes
    assert (plane.kind, plane.colour) == ("plane", None)
    assert (box.kind, box.size, box.colour) == ("box", (0.1, 0.2, 0.3), (1.0, 0.0, 0.0))
    assert mesh.kind == "box"
    assert sorted(mesh.size) == pytest.approx([0.5, 0.5, 1.0], abs=0.5)


def read_of(positions: Any) -> Film:
    return filmed(World(lambda: SHAPES, *[_none()] * 4), positions, "shapes")


@functools.cache
def _none() -> Any:
    return lambda *_: None
