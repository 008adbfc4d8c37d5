"""A reward for swinging a pole up from a cart and balancing it there."""

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
<mujoco model="cartpole">
  <option gravity="0 0 -9.81"/>
  <worldbody>
    <body name="cart" pos="0 0 1">
      <joint name="slide" type="slide" axis="1 0 0" damping="0.1" limited="true" range="-2 2"/>
      <geom type="box" size="0.15 0.1 0.08" mass="1" contype="0" conaffinity="0"/>
      <body name="pole">
        <joint name="hinge" type="hinge" axis="0 1 0" damping="0.005"/>
        <geom type="capsule" fromto="0 0 0 0 0 0.8" size="0.03" mass="0.2" contype="0" conaffinity="0"/>
      </body>
    </body>
  </worldbody>
  <actuator><motor joint="slide" gear="12" ctrllimited="true" ctrlrange="-1 1"/></actuator>
</mujoco>
"""


def robot() -> str:
    return XML


def read(qpos: Numbers, qvel: Numbers) -> State:
    """The state's fields, from n positions and velocities."""
    return {
        "position": qpos[:, 0],  # m, of the cart; the rail ends at -2 and 2
        "cart_velocity": qvel[:, 0],  # m/s
        "angle": np.arctan2(np.sin(qpos[:, 1]), np.cos(qpos[:, 1])),  # rad, of the pole: 0 upright, +-pi hanging
        "sin_angle": np.sin(qpos[:, 1]),
        "cos_angle": np.cos(qpos[:, 1]),  # 1 upright, -1 hanging
        "pole_velocity": qvel[:, 1],  # rad/s
    }


def observe(state: State) -> Numbers:
    """What the policy sees: cart, pole and the products by which it can pump and hold."""
    x, v, w = state["position"], state["cart_velocity"] / 3.0, state["pole_velocity"] / 8.0
    sine, cosine = state["sin_angle"], state["cos_angle"]
    products = (sine * cosine, sine * w, cosine * w, w * cosine * cosine, cosine * v, cosine * x)
    return np.stack([x, v, sine, cosine, w, *products], axis=1)


def start(rng: np.random.Generator, n: int) -> tuple[Numbers, Numbers]:
    """The pole hangs, the cart stands anywhere near the middle."""
    hanging = np.pi + rng.uniform(-0.2, 0.2, n)
    return np.stack([rng.uniform(-0.3, 0.3, n), hanging], axis=1), rng.uniform(-0.1, 0.1, (n, 2))


def merit(state: State, action: Numbers) -> Numbers:
    """Upright within 15 degrees, not at the rail's end."""
    del action
    upright = np.abs(state["angle"]) < np.radians(15)
    balanced: Numbers = (upright & (np.abs(state["position"]) < 1.8)).astype(np.float64)
    return balanced


WORLD = World(robot, read, observe, start, merit, seconds=0.02, skip=2, horizon=150)
TRAINING = Training(iterations=60, directions=16, top=8, step=0.3, noise=0.2)


task = Task(
    instruction=instructed(
        """
        A pole hangs from a cart on a rail: swing it up by moving the cart, and balance it upright.
        The fitness is the share of the episode that the pole is close to upright while the cart is not at the
        rail's end.
        """,
        read,
        actions=1,
        about="""
        An episode has 150 steps of 0.04 s; the pole begins hanging, the cart near the middle. The action is
        the force on the cart, 1 for 12 N; cart 1 kg, pole 0.2 kg and 0.8 m. The cart stops hard at -2 and 2
        m.
        """,
    ),
    metric="share of the episode balanced",
    limits=Limits(seconds=20.0, memory_mb=512),
    judge_seconds=180.0,
    baselines={
        "human-written": (GOLDEN / "human.py").read_text(),
        "sparse (the fitness as a reward)": (GOLDEN / "sparse.py").read_text(),
    },
    grammar=Grammar(
        terminals=("cos_angle", "angle", "pole_velocity", "position", "cart_velocity", "effort", "np.square(position)"),
        functions=("np.exp", "np.square", "np.abs", "np.tanh"),
        constants=(0.01, 0.1, 0.5, 1.0, 2.0, 5.0),
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
