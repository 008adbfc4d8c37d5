"""How to randomise a pendulum's physics so that the policy works on pendulums that no training met."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from refine.task import Noise, Task
from refine.types import Limits, Outcome
from refine.verifiers.reward import Fleet, Setting, State, Training, World, randomised, randomising
from refine.verifiers.reward.worlds import Numbers

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"

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
  <actuator><motor joint="hinge" gear="1.6" ctrllimited="true" ctrlrange="-1 1"/></actuator>
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
VARIED = ("mass", "motor", "damping", "gravity", "latency", "observation_noise")
"""The parameters that this robot has: nothing touches it, so there is neither friction nor restitution."""
PRIOR = {name: (low, high) for name, (low, high) in json.loads((HERE / "prior.json").read_text()).items()}
FLEET = Fleet(
    factors={"mass": 0.16, "motor": 0.16, "damping": 1.0, "gravity": 0.03},
    added={
        "payload": (0.0, 0.05),
        "slope": (-0.05, 0.05),
        "latency": (1.0, 3.0),
        "observation_noise": (0.02, 0.15),
    },
)
"""What is deployed on: everything off at once, late and noisy, with a weight that nobody knew of, on a slope. It
enters no prompt and no sandbox; neither slope nor payload can be randomised.
"""
SETTING = Setting(WORLD, TRAINING, (HERE / "reward.py").read_text(), PRIOR, FLEET)

task = Task(
    instruction=randomised(
        """
        A pendulum hangs from a motor that is too weak to lift it at once: the policy must swing it up and hold it
        upright, on pendulums that no training met. The fitness is the share of the episode (150 steps of 0.04 s) that
        the pendulum spends close to upright.
        """,
        SETTING.reward,
        PRIOR,
    ),
    metric="share of the episode upright, over simulated robots from the prior",
    limits=Limits(seconds=20.0, memory_mb=512),
    judge_seconds=120.0,
    baselines={
        "no randomisation": (GOLDEN / "none.py").read_text(),
        "human-set ranges": (GOLDEN / "human.py").read_text(),
        "the prior's bounds": (GOLDEN / "bounds.py").read_text(),
    },
    noise=Noise(replicates=2, least=2, confirming=5),
)


@task.verifier
def verify(candidate: Handle) -> Outcome:
    return randomising.evaluate(candidate, SETTING)


@task.confirmation
def confirm(candidate: Handle) -> Outcome:
    """On the fleet: robots drawn, and a policy trained, from the run's secret."""
    return randomising.confirm(candidate, SETTING)
