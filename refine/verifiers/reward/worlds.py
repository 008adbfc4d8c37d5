"""A world to train a policy in: a robot, what is known of its state, how it starts, and what counts as success."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from refine.errors import MissingExtra

Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]
State = Mapping[str, Numbers]
"""Named quantities of n states: arrays of shape (n,) or (n, k)."""


@dataclass(frozen=True)
class World:
    """What a reward is tried in. All functions work on n states at once.

    Attributes:
        robot: gives the robot's text in MuJoCo's format (MJCF); called when it is first simulated.
        read: from positions (n, nq) and velocities (n, nv) to the named quantities that rewards see. Its source stands
            in the instruction, so it is the whole truth about them.
        observe: from these quantities to what the policy sees, (n, d).
        start: `start(rng, n)` draws positions and velocities to begin from.
        merit: how good a transition is, 0 to 1, from its next state and its action (n, nu). Its mean over a rollout is
            the fitness; steps after the end of a rollout count 0. Candidates never see it.
        alive: whether a rollout goes on from a state.
        seconds: of one step of physics.
        skip: steps of physics in one control step.
        horizon: control steps in one rollout.
        clock: Hz of the sine and cosine that the policy sees, for gaits; 0 for none.
    """

    robot: Callable[[], str]
    read: Callable[[Numbers, Numbers], State]
    observe: Callable[[State], Numbers]
    start: Callable[[np.random.Generator, int], tuple[Numbers, Numbers]]
    merit: Callable[[State, Numbers], Numbers]
    alive: Callable[[State], Mask] | None = None
    seconds: float = 0.01
    skip: int = 5
    horizon: int = 200
    clock: float = 0.0

    @functools.cached_property
    def model(self) -> Any:  # noqa: ANN401 - MuJoCo's types are compiled
        return _compiled(self.robot(), self.seconds)

    @property
    def control_seconds(self) -> float:
        return self.seconds * self.skip

    @property
    def actions(self) -> int:
        """How many numbers one action has."""
        return int(self.model.nu)

    @functools.cached_property
    def observations(self) -> int:
        """How many numbers the policy sees, the clock apart."""
        positions, velocities = self.start(np.random.default_rng(0), 1)
        return int(self.observe(self.read(positions, velocities)).shape[1])


@functools.lru_cache(maxsize=32)
def _compiled(xml: str, seconds: float) -> Any:  # noqa: ANN401 - as above
    mujoco = library()
    spec = mujoco.MjSpec.from_string(xml)
    spec.option.timestep = seconds
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    total, spec.compiler.settotalmass = spec.compiler.settotalmass, -1  # deprecated: it warns into a file
    model = spec.compile()
    if total > 0:
        mujoco.mj_setTotalmass(model, total)
        mujoco.mj_setConst(model, mujoco.MjData(model))
    return model


def library() -> Any:  # noqa: ANN401 - a module
    """MuJoCo. Raises MissingExtra."""
    try:
        import mujoco  # noqa: PLC0415 - heavy, an extra
        import mujoco.rollout  # noqa: PLC0415 - as above
    except ImportError as error:
        raise MissingExtra("mujoco", "mujoco") from error
    return mujoco


def packaged(name: str) -> str:
    """The text of one of gymnasium's robots, read from the installed package: "half_cheetah". Its code is not run.

    Raises MissingExtra.
    """
    found = importlib.util.find_spec("gymnasium")
    if found is None or found.origin is None:
        raise MissingExtra("gymnasium", "mujoco")
    return (Path(found.origin).parent / "envs" / "mujoco" / "assets" / f"{name}.xml").read_text()
