"""A pendulum small enough that a test may train on it, and rewards for it."""

from __future__ import annotations

import numpy as np

from refine.verifiers.reward.worlds import Mask, Numbers, State, World

XML = """
<mujoco>
  <option gravity="0 0 -9.81"/>
  <worldbody>
    <body>
      <joint name="hinge" type="hinge" axis="0 1 0" damping="0.1"/>
      <geom type="sphere" pos="0 0 0.5" size="0.05" mass="0.5" contype="0" conaffinity="0"/>
    </body>
  </worldbody>
  <actuator><motor joint="hinge" gear="4" ctrllimited="true" ctrlrange="-1 1"/></actuator>
</mujoco>
"""


def robot() -> str:
    return XML


def read(qpos: Numbers, qvel: Numbers) -> State:
    return {"angle": qpos[:, 0], "velocity": qvel[:, 0]}


def observe(state: State) -> Numbers:
    return np.stack([state["angle"], state["velocity"]], axis=1)


def start(rng: np.random.Generator, n: int) -> tuple[Numbers, Numbers]:
    return rng.uniform(-0.5, 0.5, (n, 1)), np.zeros((n, 1))


def merit(state: State, action: Numbers) -> Numbers:
    del action
    upright: Numbers = (np.abs(state["angle"]) < 0.2).astype(np.float64)
    return upright


def alive(state: State) -> Mask:
    up: Mask = np.abs(state["angle"]) < 1.0
    return up


WORLD = World(robot, read, observe, start, merit, seconds=0.02, skip=2, horizon=30)
FALLING = World(robot, read, observe, start, merit, alive, seconds=0.02, skip=2, horizon=30)

HONEST = """
def reward(state, action, next_state):
    angle = -next_state["angle"] ** 2
    return angle, {"angle": angle, "bonus": 1.0}
"""
