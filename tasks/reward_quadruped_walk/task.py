"""A reward for a quadruped of our own that walks straight ahead at 0.6 m/s."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from refine.task import Grammar, Noise, Task
from refine.types import Limits, Outcome
from refine.verifiers.reward import State, Training, World, evaluate, instructed
from refine.verifiers.reward.worlds import Mask, Numbers

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

GOLDEN = Path(__file__).parent / "golden"

LEGS = {"front_left": (0.2, 0.16), "front_right": (0.2, -0.16), "back_left": (-0.2, 0.16), "back_right": (-0.2, -0.16)}
"""Where they begin on the torso, m."""


def robot() -> str:
    """A quadruped of our own: a torso of 4 kg, four legs of two links with servos at hip and knee."""
    legs = "".join(
        f"""
      <body name="{name}" pos="{x} {y} 0">
        <joint name="{name}_hip" axis="0 1 0" range="-60 60"/>
        <geom type="capsule" fromto="0 0 0 0 0 -0.15" size="0.02" mass="0.3"/>
        <body pos="0 0 -0.15">
          <joint name="{name}_knee" axis="0 1 0" range="-60 60"/>
          <geom type="capsule" fromto="0 0 0 0 0 -0.15" size="0.015" mass="0.15"/>
          <geom type="sphere" pos="0 0 -0.15" size="0.03" mass="0.05" contype="1"/>
        </body>
      </body>"""
        for name, (x, y) in LEGS.items()
    )
    servos = "".join(f'<position joint="{name}_{joint}"/>' for name in LEGS for joint in ("hip", "knee"))
    return f"""
<mujoco model="quadruped">
  <option gravity="0 0 -9.81" iterations="10"/>
  <default>
    <geom contype="0" conaffinity="0" friction="1 0.01 0.001"/>
    <joint type="hinge" damping="0.2" armature="0.01" limited="true"/>
    <position gear="1.6" kp="20" kv="0.6" ctrllimited="true" ctrlrange="-1 1" forcelimited="true" forcerange="-12 12"/>
  </default>
  <worldbody>
    <geom type="plane" size="50 50 1" conaffinity="1"/>
    <body name="torso" pos="0 0 0.32">
      <freejoint/>
      <geom type="box" size="0.25 0.1 0.05" mass="4" contype="1"/>{legs}
    </body>
  </worldbody>
  <actuator>{servos}</actuator>
</mujoco>"""


def read(qpos: Numbers, qvel: Numbers) -> State:
    """The state's fields, from n positions and velocities."""
    w, x, y, z = qpos[:, 3:7].T  # quaternion of the torso
    return {
        "x_velocity": qvel[:, 0],  # m/s, of the torso, in the world: x is where it looks at the beginning
        "y_velocity": qvel[:, 1],  # m/s, to the left
        "z_velocity": qvel[:, 2],  # m/s, upward
        "height": qpos[:, 2],  # m, of the torso: 0.32 standing
        "upright": 1.0 - 2.0 * (x * x + y * y),  # cosine of the torso's tilt: 1 level, 0 on its side
        "roll": np.arctan2(2.0 * (w * x + y * z), 1.0 - 2.0 * (x * x + y * y)),  # rad
        "pitch": np.arcsin(np.clip(2.0 * (w * y - z * x), -1.0, 1.0)),  # rad
        "yaw": np.arctan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z)),  # rad
        "angular_velocity": qvel[:, 3:6],  # rad/s, (n, 3), about the torso's own x, y, z
        "joint_angles": qpos[:, 7:],  # rad, (n, 8): hip, knee of front left, front right, back left, back right
        "joint_velocities": qvel[:, 6:],  # rad/s, (n, 8)
    }


def observe(state: State) -> Numbers:
    """What the policy sees: the torso's motion and tilt. The servos hold the joints."""
    torso = [state[name][:, None] for name in ("x_velocity", "roll", "pitch", "yaw")]
    return np.concatenate([*torso, state["angular_velocity"]], axis=1)


def start(rng: np.random.Generator, n: int) -> tuple[Numbers, Numbers]:
    """Standing, turned and bent by a little."""
    positions = np.zeros((n, 15))
    positions[:, 2], positions[:, 3] = 0.33, 1.0
    positions[:, 4:7] = 0.02 * rng.standard_normal((n, 3))
    positions[:, 7:] = rng.uniform(-0.1, 0.1, (n, 8))
    return positions, np.concatenate([np.zeros((n, 6)), 0.1 * rng.standard_normal((n, 8))], axis=1)


def alive(state: State) -> Mask:
    """On its legs."""
    standing: Mask = (state["upright"] > 0.5) & (state["height"] > 0.15)
    return standing


def merit(state: State, action: Numbers) -> Numbers:
    """Near 0.6 m/s straight ahead, on its legs."""
    del action
    off = np.square(state["x_velocity"] - 0.6) + np.square(state["y_velocity"])
    good: Numbers = np.exp(-off / 0.1) * alive(state)
    return good


WORLD = World(robot, read, observe, start, merit, alive, seconds=0.01, skip=4, horizon=100, clock=2.0)
TRAINING = Training(iterations=50, directions=12, top=6, step=0.03, noise=0.05)


task = Task(
    instruction=instructed(
        """
        A quadruped with eight servos: make it walk straight ahead steadily at 0.6 m/s without falling.
        The fitness is the share of the episode at that velocity (a smooth measure: 0.3 m/s off, ahead or
        sideways, is worth about 0.4); after a fall nothing more is counted.
        """,
        read,
        actions=8,
        about="""
        An episode has 100 steps of 0.04 s and begins standing; it ends when the torso tilts by more than 60
        degrees or sinks below 0.15 m. The actions are target angles of the servos, 1 for 0.62 rad: hip and
        knee of front left, front right, back left, back right. The policy also sees a clock of 2 Hz.
        """,
    ),
    metric="share of the episode walking at 0.6 m/s",
    limits=Limits(seconds=20.0, memory_mb=512),
    judge_seconds=180.0,
    baselines={
        "human-written": (GOLDEN / "human.py").read_text(),
        "sparse (the fitness as a reward)": (GOLDEN / "sparse.py").read_text(),
    },
    grammar=Grammar(
        terminals=(
            "x_velocity",
            "x_velocity - 0.6",
            "np.abs(x_velocity - 0.6)",
            "y_velocity",
            "yaw",
            "roll",
            "pitch",
            "height",
            "effort",
        ),
        functions=("np.exp", "np.square", "np.abs", "np.tanh"),
        constants=(0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0),
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
