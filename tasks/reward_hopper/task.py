"""A reward for a one-legged robot that hops forward at 1 m/s and does not fall."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from refine.task import Grammar, Noise, Task
from refine.types import Limits, Outcome
from refine.verifiers.reward import State, Training, World, evaluate, instructed, packaged
from refine.verifiers.reward.worlds import Mask, Numbers

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

GOLDEN = Path(__file__).parent / "golden"


def robot() -> str:
    """Gymnasium's model, read from the installed package."""
    return packaged("hopper")


def read(qpos: Numbers, qvel: Numbers) -> State:
    """The state's fields, from n positions and velocities."""
    return {
        "x_velocity": qvel[:, 0],  # m/s, of the torso, forward
        "z_velocity": qvel[:, 1],  # m/s, upward
        "height": qpos[:, 1],  # m, of the torso above the ground: 1.25 standing
        "pitch": qpos[:, 2],  # rad, 0 upright
        "pitch_rate": qvel[:, 2],  # rad/s
        "joint_angles": qpos[:, 3:],  # rad, (n, 3): thigh, leg, foot
        "joint_velocities": qvel[:, 3:],  # rad/s, (n, 3)
    }


def observe(state: State) -> Numbers:
    """What the policy sees: everything but the distance."""
    torso = [state[name][:, None] for name in ("x_velocity", "z_velocity", "height", "pitch", "pitch_rate")]
    return np.concatenate([*torso, state["joint_angles"], state["joint_velocities"]], axis=1)


def start(rng: np.random.Generator, n: int) -> tuple[Numbers, Numbers]:
    """Standing, every joint off by a little."""
    positions = rng.uniform(-0.01, 0.01, (n, 6))
    positions[:, 1] += 1.25
    return positions, rng.uniform(-0.05, 0.05, (n, 6))


def alive(state: State) -> Mask:
    """On its foot."""
    standing: Mask = (state["height"] > 0.7) & (np.abs(state["pitch"]) < 0.5)
    return standing


def merit(state: State, action: Numbers) -> Numbers:
    """Near 1 m/s, on its foot."""
    del action
    good: Numbers = np.exp(-np.square(state["x_velocity"] - 1.0) / 0.25) * alive(state)
    return good


WORLD = World(robot, read, observe, start, merit, alive, seconds=0.005, skip=3, horizon=200, clock=2.0)
TRAINING = Training(iterations=50, directions=16, top=8, step=0.05, noise=0.1)


task = Task(
    instruction=instructed(
        """
        A one-legged planar robot: make it hop forward steadily at 1 m/s without falling.
        The fitness is the share of the episode at that speed (a smooth measure: 0.5 m/s off is worth about a
        third); after a fall nothing more is counted.
        """,
        read,
        actions=3,
        about="""
        An episode has 200 steps of 0.015 s and begins standing; it ends when the torso is below 0.7 m or
        tilts by more than 0.5 rad. The actions are the torques of thigh, leg and foot. The policy also sees a
        clock of 2 Hz.
        """,
    ),
    metric="share of the episode hopping at 1 m/s",
    limits=Limits(seconds=20.0, memory_mb=512),
    judge_seconds=180.0,
    baselines={
        "human-written": (GOLDEN / "human.py").read_text(),
        "sparse (the fitness as a reward)": (GOLDEN / "sparse.py").read_text(),
    },
    grammar=Grammar(
        terminals=(
            "x_velocity",
            "x_velocity - 1.0",
            "np.abs(x_velocity - 1.0)",
            "pitch",
            "pitch_rate",
            "height",
            "z_velocity",
            "effort",
        ),
        functions=("np.exp", "np.square", "np.abs", "np.tanh"),
        constants=(0.1, 0.25, 0.5, 1.0, 2.0, 5.0),
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
