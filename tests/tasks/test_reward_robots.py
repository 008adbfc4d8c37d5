"""That the named quantities of the robots written here are what MuJoCo says of them."""

from __future__ import annotations

import sys
from typing import Any

import mujoco
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.load import load
from refine.verifiers.reward.physics import Physics
from refine.verifiers.reward.rollouts import roll
from tests.tasks.test_reward_tasks import world_of

Seeds = st.integers(0, 2**31)


def simulated(world: Any, positions: Any) -> Any:
    data = mujoco.MjData(world.model)
    data.qpos[:] = positions
    mujoco.mj_forward(world.model, data)
    return data


def module(name: str) -> Any:
    return sys.modules[load(name).verify.__module__]


@given(Seeds)
@settings(max_examples=20, deadline=None)
def test_the_arms_fingertip_is_where_the_simulator_has_it(seed: int) -> None:
    world = world_of("reward_reach")
    positions, velocities = world.start(np.random.default_rng(seed), 1)
    state = world.read(positions, velocities)
    data = simulated(world, positions[0])
    lower = data.body("lower")
    fingertip = lower.xpos + lower.xmat.reshape(3, 3) @ [0.4, 0, 0]
    assert state["fingertip"][0] == pytest.approx(fingertip)
    assert state["target"][0] == pytest.approx(data.body("target").xpos)
    assert state["distance"][0] == pytest.approx(np.linalg.norm(fingertip - data.body("target").xpos))


@given(Seeds)
@settings(max_examples=20, deadline=None)
def test_every_target_is_within_reach(seed: int) -> None:
    positions, _ = world_of("reward_reach").start(np.random.default_rng(seed), 200)
    assert (np.linalg.norm(positions[:, 3:6] - [0, 0, 0.3], axis=1) < 0.8).all()


def test_the_target_stays_where_it_is() -> None:
    from tests.tasks.test_reward_tasks import random_rollouts

    rollouts = random_rollouts(world_of("reward_reach"))
    assert rollouts.states["target"][-1] == pytest.approx(rollouts.states["target"][0], abs=1e-9)


@given(Seeds)
@settings(max_examples=20, deadline=None)
def test_the_quadrupeds_tilt_is_the_simulators(seed: int) -> None:
    world = world_of("reward_quadruped_walk")
    positions = world.start(np.random.default_rng(seed), 1)[0]
    positions[0, 3:7] = np.random.default_rng(seed).standard_normal(4)
    positions[0, 3:7] /= np.linalg.norm(positions[0, 3:7])
    state = world.read(positions, np.zeros((1, 14)))
    turned = simulated(world, positions[0]).body("torso").xmat.reshape(3, 3)
    assert state["upright"][0] == pytest.approx(turned[2, 2])
    assert np.tan(state["yaw"][0]) == pytest.approx(turned[1, 0] / turned[0, 0], rel=1e-6)
    assert np.sin(state["pitch"][0]) == pytest.approx(-turned[2, 0], abs=1e-9)
    assert np.tan(state["roll"][0]) == pytest.approx(turned[2, 1] / turned[2, 2], rel=1e-6)


def test_the_quadruped_stands_without_a_policy() -> None:
    from refine.verifiers.reward.policies import Policies, Scale, untrained

    world = world_of("reward_quadruped_walk")
    still = Policies(np.repeat(untrained(world)[None], 4, axis=0), Scale.unseen(world.observations), world.clock)
    rollouts = roll(world, still, world.start(np.random.default_rng(0), 4))
    assert (rollouts.lengths == world.horizon).all()
    weak = roll(world, still, world.start(np.random.default_rng(0), 4), [Physics(motor=0.02)] * 4)
    assert weak.lengths.mean() < 0.6 * world.horizon, "its servos hold it up"


@pytest.mark.parametrize(("name", "angle"), [("reward_pendulum", "hinge"), ("reward_cartpole_swingup", "hinge")])
def test_upright_is_up(name: str, angle: str) -> None:
    world = world_of(name)
    joint = mujoco.mj_name2id(world.model, mujoco.mjtObj.mjOBJ_JOINT, angle)
    positions = np.zeros((2, world.model.nq))
    positions[1, world.model.jnt_qposadr[joint]] = np.pi
    heights = [simulated(world, row).subtree_com[0][2] for row in positions]
    assert heights[0] > heights[1]
    state = world.read(positions, np.zeros((2, world.model.nv)))
    assert state["cos_angle"] == pytest.approx([1.0, -1.0])
    assert world.merit(state, np.zeros((2, 1))).tolist() == [1.0, 0.0]


@pytest.mark.parametrize(("name", "speed"), [("reward_cheetah_run", 2.0), ("reward_hopper", 1.0)])
def test_merit_is_best_at_the_speed_asked_for(name: str, speed: float) -> None:
    world = world_of(name)
    positions, velocities = world.start(np.random.default_rng(0), 3)
    velocities[:, 0] = [speed, speed + 0.5, 0.0]
    exact, off, still = world.merit(world.read(positions, velocities), np.zeros((3, world.actions)))
    assert exact == pytest.approx(1.0)
    assert off == pytest.approx(np.exp(-1))
    assert still < 0.02 + 1e-9


def test_the_cheetah_has_the_mass_that_its_file_asks_for() -> None:
    assert sum(world_of("reward_cheetah_run").model.body_mass) == pytest.approx(14.0)
