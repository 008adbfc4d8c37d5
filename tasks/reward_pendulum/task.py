"""A reward for swinging a pendulum up and holding it there, with a motor too weak to lift it at once."""

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
<mujoco model="pendulum">
  <option gravity="0 0 -9.81"/>
  <worldbody>
    <body name="rod" pos="0 0 1">
      <joint name="hinge" type="hinge" axis="0 1 0" damping="0.05"/>
      <geom type="capsule" fromto="0 0 0 0 0 0.5" size="0.02" mass="0.05" contype="0" conaffinity="0"/>
      <geom type="sphere" pos="0 0 0.5" size="0.05" mass="0.5" contype="0" conaffinity="0"/>
    </body>
  </worldbody>
  <actuator><motor joint="hinge" gear="1.2" ctrllimited="true" ctrlrange="-1 1"/></actuator>
</mujoco>
"""


def robot() -> str:
    return XML


def read(qpos: Numbers, qvel: Numbers) -> State:
    """The state's fields, from n positions and velocities."""
    return {
        "angle": np.arctan2(np.sin(qpos[:, 0]), np.cos(qpos[:, 0])),  # rad, 0 upright, +-pi hanging
        "sin_angle": np.sin(qpos[:, 0]),
        "cos_angle": np.cos(qpos[:, 0]),  # 1 upright, -1 hanging
        "velocity": qvel[:, 0],  # rad/s
    }


def observe(state: State) -> Numbers:
    """What the policy sees: sine, cosine and velocity, and their products, so that it can pump and hold."""
    sine, cosine, velocity = state["sin_angle"], state["cos_angle"], state["velocity"] / 8.0
    return np.stack([sine, cosine, velocity, sine * cosine, sine * velocity, cosine * velocity], axis=1)


def start(rng: np.random.Generator, n: int) -> tuple[Numbers, Numbers]:
    """Hanging, about 20 degrees to either side, almost at rest."""
    return np.pi + rng.uniform(-0.35, 0.35, (n, 1)), rng.uniform(-0.2, 0.2, (n, 1))


def merit(state: State, action: Numbers) -> Numbers:
    """Upright within 15 degrees."""
    del action
    upright: Numbers = (np.abs(state["angle"]) < np.radians(15)).astype(np.float64)
    return upright


WORLD = World(robot, read, observe, start, merit, seconds=0.02, skip=2, horizon=150)
TRAINING = Training(iterations=40, directions=12, top=6, step=0.2, noise=0.3)

task = Task(
    instruction=instructed(
        """
        A pendulum hangs from a motor that is too weak to lift it at once: swing it up and hold it upright.
        The fitness is the share of the episode that the pendulum spends close to upright.
        """,
        read,
        actions=1,
        about="""
        An episode has 150 steps of 0.04 s and begins with the pendulum hanging almost still. The action is
        the motor's torque, 1 for 1.2 N m; gravity's largest torque is 2.6 N m.
        """,
    ),
    metric="share of the episode upright",
    limits=Limits(seconds=20.0, memory_mb=512),
    judge_seconds=120.0,
    baselines={
        "human-written": (GOLDEN / "human.py").read_text(),
        "sparse (the fitness as a reward)": (GOLDEN / "sparse.py").read_text(),
    },
    grammar=Grammar(
        terminals=("cos_angle", "angle", "velocity", "effort", "np.square(angle)", "np.square(velocity)"),
        functions=("np.exp", "np.square", "np.abs", "np.tanh"),
        constants=(0.01, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0),
    ),
    noise=Noise(replicates=3, least=2, confirming=5),
)


@task.verifier
def verify(candidate: Handle) -> Outcome:
    return evaluate(candidate, WORLD, TRAINING)


@task.confirmation
def confirm(candidate: Handle) -> Outcome:
    """Other training seeds and other initial states, from the run's secret."""
    return evaluate(candidate, WORLD, TRAINING)
