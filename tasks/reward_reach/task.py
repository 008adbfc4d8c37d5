"""A reward for an arm of three joints that brings its fingertip to a target and keeps it there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from refine.task import Grammar, Noise, Task
from refine.types import Limits, Outcome
from refine.verifiers.reward import State, Training, World, evaluate, instructed
from refine.verifiers.reward.worlds import Numbers

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

GOLDEN = Path(__file__).parent / "golden"

XML = """
<mujoco model="arm">
  <option gravity="0 0 -9.81"/>
  <default>
    <geom contype="0" conaffinity="0"/>
    <joint type="hinge" damping="0.1" armature="0.02"/>
    <default class="servo">
      <general biastype="affine" gainprm="16" biasprm="0 0 -8" ctrllimited="true" ctrlrange="-1 1"
               forcelimited="true" forcerange="-16 16"/>
    </default>
  </default>
  <worldbody>
    <body name="base" pos="0 0 0.3">
      <joint name="yaw" axis="0 0 1"/>
      <geom type="cylinder" size="0.06 0.05" mass="1"/>
      <body name="upper">
        <joint name="shoulder" axis="0 -1 0" limited="true" range="-45 100"/>
        <geom type="capsule" fromto="0 0 0 0.4 0 0" size="0.03" mass="0.6"/>
        <body name="lower" pos="0.4 0 0">
          <joint name="elbow" axis="0 -1 0" limited="true" range="-140 0"/>
          <geom type="capsule" fromto="0 0 0 0.4 0 0" size="0.025" mass="0.4"/>
        </body>
      </body>
    </body>
    <body name="target" gravcomp="1">
      <joint type="slide" axis="1 0 0" damping="1"/>
      <joint type="slide" axis="0 1 0" damping="1"/>
      <joint type="slide" axis="0 0 1" damping="1"/>
      <geom type="sphere" size="0.03" mass="1"/>
    </body>
  </worldbody>
  <actuator>
    <general joint="yaw" class="servo"/>
    <general joint="shoulder" class="servo"/>
    <general joint="elbow" class="servo"/>
  </actuator>
</mujoco>
"""


def robot() -> str:
    return XML


def read(qpos: Numbers, qvel: Numbers) -> State:
    """The state's fields, from n positions and velocities."""
    yaw, shoulder, forearm = qpos[:, 0], qpos[:, 1], qpos[:, 1] + qpos[:, 2]
    out = 0.4 * np.cos(shoulder) + 0.4 * np.cos(forearm)
    up = 0.3 + 0.4 * np.sin(shoulder) + 0.4 * np.sin(forearm)
    fingertip = np.stack([out * np.cos(yaw), out * np.sin(yaw), up], axis=1)
    target = qpos[:, 3:6]
    return {
        "fingertip": fingertip,  # m, (n, 3): x, y, z
        "target": target,  # m, (n, 3)
        "distance": np.sqrt(np.square(fingertip - target).sum(axis=1)),  # m, fingertip to target
        "joint_angles": qpos[:, :3],  # rad, (n, 3): yaw, shoulder (0 level, up positive), elbow (0 straight)
        "joint_velocities": qvel[:, :3],  # rad/s, (n, 3)
        "joint_speed": np.sqrt(np.square(qvel[:, :3]).sum(axis=1)),  # rad/s, of all joints
    }


def observe(state: State) -> Numbers:
    """What the policy sees: where the target lies as the arm sees it, the arm's posture, and products of both."""
    angles, missing = state["joint_angles"], state["target"] - state["fingertip"]
    cosine, sine = np.cos(angles[:, 0]), np.sin(angles[:, 0])
    out = cosine * missing[:, 0] + sine * missing[:, 1]
    side = cosine * missing[:, 1] - sine * missing[:, 0]
    up = missing[:, 2]
    shoulder, forearm = angles[:, 1], angles[:, 1] + angles[:, 2]
    posture = [np.cos(shoulder), np.sin(shoulder), np.cos(forearm), np.sin(forearm)]
    products = [x * y for x in (out, up) for y in posture]
    return np.stack([out, side, up, *posture, *products], axis=1)


def start(rng: np.random.Generator, n: int) -> tuple[Numbers, Numbers]:
    """The arm at rest in any posture in front of it, the target anywhere within reach."""
    arm = rng.uniform([-1.0, 0.2, -2.0], [1.0, 1.0, -1.0], (n, 3))
    around, out, up = rng.uniform([-1.2, 0.35, 0.15], [1.2, 0.65, 0.65], (n, 3)).T
    return np.column_stack([arm, out * np.cos(around), out * np.sin(around), up]), np.zeros((n, 6))


def merit(state: State, action: Numbers) -> Numbers:
    """At the target, within 5 cm."""
    del action
    return (state["distance"] < 0.05).astype(np.float64)


WORLD = World(robot, read, observe, start, merit, seconds=0.01, skip=4, horizon=75)
TRAINING = Training(iterations=60, directions=16, top=8, step=0.1, noise=0.3)


task = Task(
    instruction=instructed(
        """
        An arm with three joints (yaw, shoulder, elbow) under gravity: bring the fingertip to a target that is
        elsewhere in each episode, and keep it there.
        The fitness is the share of the episode that the fingertip spends very close to the target (a few
        centimetres).
        """,
        read,
        actions=3,
        about="""
        An episode has 75 steps of 0.04 s and begins with the arm at rest. The actions are the joints' speeds:
        1 asks a servo (16 N m at most) for 2 rad/s. Two links of 0.4 m; the shoulder stands 0.3 m above the
        ground. Episodes do not end early.
        """,
    ),
    metric="share of the episode at the target",
    limits=Limits(seconds=20.0, memory_mb=512),
    judge_seconds=180.0,
    baselines={
        "human-written": (GOLDEN / "human.py").read_text(),
        "sparse (the fitness as a reward)": (GOLDEN / "sparse.py").read_text(),
    },
    grammar=Grammar(
        terminals=("distance", "closer", "joint_speed", "effort", "distance / 0.05", "np.square(distance)"),
        functions=("np.exp", "np.square", "np.abs", "np.tanh"),
        constants=(0.01, 0.05, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0),
    ),
    noise=Noise(replicates=2, least=2, confirming=4),
)


@task.verifier
def verify(candidate: Handle) -> Outcome:
    return evaluate(candidate, WORLD, TRAINING)


@task.confirmation
def confirm(candidate: Handle) -> Outcome:
    """Other training seeds and other initial states, from the run's secret."""
    return evaluate(candidate, WORLD, TRAINING)
