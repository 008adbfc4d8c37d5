"""A reward for a planar cheetah that runs steadily at 2 m/s."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from refine.task import Grammar, Noise, Task
from refine.types import Limits, Outcome
from refine.verifiers.reward import State, Training, World, evaluate, instructed, packaged
from refine.verifiers.reward.worlds import Numbers

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

GOLDEN = Path(__file__).parent / "golden"


def robot() -> str:
    """Gymnasium's model, read from the installed package."""
    return packaged("half_cheetah")


def read(qpos: Numbers, qvel: Numbers) -> State:
    """The state's fields, from n positions and velocities."""
    return {
        "x_velocity": qvel[:, 0],  # m/s, of the torso, forward
        "z_velocity": qvel[:, 1],  # m/s, upward
        "height": qpos[:, 1],  # m, of the torso above where it stands
        "pitch": qpos[:, 2],  # rad, 0 level, not wrapped: a somersault adds 2 pi
        "pitch_rate": qvel[:, 2],  # rad/s
        "joint_angles": qpos[:, 3:],  # rad, (n, 6): thigh, shin and foot of the back leg, then of the front leg
        "joint_velocities": qvel[:, 3:],  # rad/s, (n, 6)
    }


def observe(state: State) -> Numbers:
    """What the policy sees: everything but the distance run."""
    torso = [state[name][:, None] for name in ("x_velocity", "z_velocity", "height", "pitch", "pitch_rate")]
    return np.concatenate([*torso, state["joint_angles"], state["joint_velocities"]], axis=1)


def start(rng: np.random.Generator, n: int) -> tuple[Numbers, Numbers]:
    """Standing, every joint off by a little."""
    return rng.uniform(-0.1, 0.1, (n, 9)), 0.1 * rng.standard_normal((n, 9))


def merit(state: State, action: Numbers) -> Numbers:
    """Near 2 m/s and not overturned."""
    del action
    good: Numbers = np.exp(-np.square(state["x_velocity"] - 2.0) / 0.25) * (np.abs(state["pitch"]) < 1.0)
    return good


WORLD = World(robot, read, observe, start, merit, seconds=0.01, skip=5, horizon=100, clock=2.5)
TRAINING = Training(iterations=55, directions=16, top=8, step=0.05, noise=0.1)


task = Task(
    instruction=instructed(
        """
        A planar cheetah with two legs: make it run forward steadily at 2 m/s without overturning.
        The fitness is the share of the episode at that speed (a smooth measure: 0.5 m/s off is worth about a
        third) with the torso not overturned.
        """,
        read,
        actions=6,
        about="""
        An episode has 100 steps of 0.05 s and begins standing. The actions are the torques of the six joints
        (thigh, shin, foot of the back leg, then of the front leg). The policy also sees a clock of 2.5 Hz.
        Episodes do not end early.
        """,
    ),
    metric="share of the episode running at 2 m/s",
    limits=Limits(seconds=20.0, memory_mb=512),
    judge_seconds=180.0,
    baselines={
        "human-written": (GOLDEN / "human.py").read_text(),
        "sparse (the fitness as a reward)": (GOLDEN / "sparse.py").read_text(),
    },
    grammar=Grammar(
        terminals=(
            "x_velocity",
            "x_velocity - 2.0",
            "np.abs(x_velocity - 2.0)",
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
