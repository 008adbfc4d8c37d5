"""The instruction of a reward task: the environment as code, and what a reward must be."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable

from refine.verifiers.reward.ranges import Ranges, told

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


_RANDOMISED = """
Write the domain randomisation with which this policy is trained, so that it works on robots whose physics differ from
the simulation's in many ways at once:

    def randomisation(prior: dict) -> dict:
        ...
        return {{"mass": (low, high), ...}}

`prior` holds, for each parameter, [low, own, high]: the model's own value, and the range around it in which a policy
that was trained without randomisation still succeeds when this parameter alone is changed. The policy is then trained
by random search on sums of the reward below; in each rollout each parameter is drawn anew, uniformly between the low
and the high that you return; those you leave out keep the model's own value. Latency, in control steps, is drawn like
the others and rounded at random to a whole step, its mean kept: of rollouts at 0.5, half are a step late. Ranges must
lie within the prior and not be inverted; low may equal high. Wide ranges make robust policies, or none at all: a
training that meets too much at once learns nothing, and one that meets nothing learns what works in one simulation
only. Say which parameters matter, how far, and whether to one side. The score is the trained policy's fitness over
simulated robots from the prior, at every distance from the model's own physics; the best is then confirmed on robots
that no search ever saw.

The prior:

{prior}

The reward:

{reward}
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


def randomised(goal: str, reward: str, prior: Ranges) -> str:
    """The instruction of a task whose candidates are domain-randomisation ranges.

    Args:
        goal: the task, in words; what the fitness wants.
        reward: the program that trains; it is shown.
        prior: what ranges must lie in.
    """
    texts = {"prior": told(prior), "reward": reward.strip()}
    shown = _RANDOMISED.format(**{name: textwrap.indent(text, "    ") for name, text in texts.items()})
    return f"{inspect.cleandoc(goal)}\n\n{shown.strip()}"
