"""What a real robot would mind: how abruptly and how hard a policy moves, measured on its rollouts.

DrEureka (Ma et al. 2024, arXiv 2406.01967) puts a safety instruction into the prompt of the reward; in its ablation a
reward written without it was as fast in simulation and did not work on the robot at all.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from refine.verifiers.reward.rollouts import Rollouts
from refine.verifiers.reward.worlds import Numbers, World, library

INSTRUCTION: Final = """
The policy will run on a real robot, whose masses, friction, motors and delays differ from the simulation's. So the
reward must also ask for safe motion: smooth actions that change little from step to step, torques well within the
limits, a steady posture, no trick that only this simulation allows. Make these terms small beside the goal, so that
standing still does not pay. Reported back after each training are `action_change`, `saturation` and `torque`.
"""
"""For `instructed(..., safety=INSTRUCTION)`."""

AT_LIMIT: Final = 0.99
"""An action beyond this, up or down, is at its limit."""
FELT: Final = 4
"""Rollouts whose torques are computed: each step of them costs a forward pass of the simulator."""


def measured(world: World, rollouts: Rollouts) -> dict[str, float]:
    """Means over all valid steps.

    action_change: |a(t) - a(t-1)|, 0 to 2, of actions in -1..1.
    saturation: share of the actions at their limit.
    torque: root mean square of the actuators' forces, as a share of the most that each can give.
    """
    pairs = rollouts.valid[1:] & rollouts.valid[:-1]
    change = np.abs(np.diff(rollouts.actions, axis=0))[pairs]
    acted = np.abs(rollouts.actions[rollouts.valid])
    return {
        "action_change": float(change.mean()) if change.size else 0.0,
        "saturation": float((acted > AT_LIMIT).mean()),
        "torque": float(np.sqrt(np.square(_loads(world, rollouts)).mean())),
    }


def sentence(found: dict[str, float]) -> str:
    return (
        f"Safety: actions change by {found['action_change']:.3f} a step, {found['saturation']:.0%} of them are at their"
        f" limit, torque is {found['torque']:.0%} of the most (root mean square)."
    )


def _loads(world: World, rollouts: Rollouts) -> Numbers:
    """Forces by what each actuator can give, (m, nu), at the valid steps of the first rollouts."""
    mujoco = library()
    model, data = world.model, mujoco.MjData(world.model)
    steps, which = np.nonzero(rollouts.valid[:, :FELT])
    forces = np.zeros((len(steps), model.nu))
    for row, (step, rollout) in enumerate(zip(steps, which, strict=True)):
        data.qpos[:] = rollouts.positions[step, rollout]
        data.qvel[:] = rollouts.velocities[step, rollout]
        data.ctrl[:] = rollouts.actions[step, rollout]
        mujoco.mj_forward(model, data)
        forces[row] = data.actuator_force
    loads: Numbers = forces / _most(model)
    return loads


def _most(model: Any) -> Numbers:  # noqa: ANN401 - MuJoCo's types are compiled
    """The largest force of each actuator: its force range where it has one, else its gain at the largest control."""
    limited = np.abs(np.array(model.actuator_forcerange)).max(axis=1)
    free = np.abs(np.array(model.actuator_gainprm)[:, 0])  # an action, and so a control, is at most 1
    most: Numbers = np.where(np.array(model.actuator_forcelimited, dtype=bool), limited, free)
    return np.where(most > 0, most, 1.0)
