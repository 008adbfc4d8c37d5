"""The instruction of a reward task: the environment as code, and what a reward must be."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable

_SHARED = """
Write a reward function with which this policy is trained:

    import numpy as np

    def reward(state: dict, action: np.ndarray, next_state: dict):
        ...
        return total, {{"component": values, ...}}

It is called with n transitions at once. `state` and `next_state` are dictionaries of float64 arrays, one row for each
transition, with the fields of the code below; `action` has shape (n, {actions}), each number in -1..1. Return
`total`, a finite array of shape (n,), at most 1e6 up or down, and a dictionary of at most 12 named components, each
of shape (n,) or one number. The policy maximises the sum of `total` over an episode; the components are reported back
to you over the training. Where an episode may end early, a reward that is mostly negative teaches to end it.

The reward must be a function of the transition alone: no state between calls, no chance, no look at other rows. numpy
is there, nothing of the simulator. The policy is linear in what it observes and is trained by random search on the
sums of rewards. The score is the fitness of the trained policy from initial states that the training never met.
"""


def instructed(goal: str, read: Callable[..., object], *, actions: int, about: str = "", safety: str = "") -> str:
    """The instruction: the goal in words, what a reward is, the environment as the code that the judge runs.

    Args:
        goal: the task, in words; what the fitness wants, without its formula.
        read: the world's function from positions and velocities to named quantities; its source is shown.
        actions: numbers in one action.
        about: what more is to be known: time steps, what an action does, when an episode ends.
        safety: what a real robot would mind: `refine.verifiers.reward.safety.INSTRUCTION`, or words of your own.
    """
    code = textwrap.indent(textwrap.dedent(inspect.getsource(read)).strip(), "    ")
    parts = [goal, about, safety, _SHARED.format(actions=actions), f"The environment, as code:\n\n{code}"]
    return "\n\n".join(inspect.cleandoc(part) for part in parts if part)
