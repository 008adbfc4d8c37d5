"""The physics of one rollout: what domain randomisation varies, and what a robot's own parameters may differ in.

Every rollout of a batch may have its own. The model is compiled once; a variant is a copy of it with other numbers, so
that sizes stay the same and all variants step in one batch.
"""

from __future__ import annotations

import copy
import functools
import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

MAX_LATENCY: Final = 8
"""Control steps that an action may be late, at most."""


@dataclass(frozen=True, slots=True)
class Physics:
    """Factors are of the model's own values; the default changes nothing.

    Attributes:
        friction: factor of all sliding, torsional and rolling friction.
        mass: factor of all masses and inertias.
        motor: factor of the actuators' forces, of servos the stiffness too.
        damping: factor of the joints' damping.
        gravity: factor of gravity.
        stiffness: factor of the joints' springs.
        contact_damping: factor of the contacts' damping ratio; below 1 they bounce (restitution).
        payload: kg more on the first body, its inertia unchanged.
        slope: rad by which the ground rises in the direction of x (gravity is turned instead).
        latency: control steps that an action comes late, 0 to MAX_LATENCY.
        observation_noise: standard deviation of what is added to each normalised observation.
    """

    friction: float = 1.0
    mass: float = 1.0
    motor: float = 1.0
    damping: float = 1.0
    gravity: float = 1.0
    stiffness: float = 1.0
    contact_damping: float = 1.0
    payload: float = 0.0
    slope: float = 0.0
    latency: int = 0
    observation_noise: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.latency <= MAX_LATENCY:
            raise ValueError(f"latency is {self.latency} control steps: 0 to {MAX_LATENCY} are possible")
        if min(self.mass, self.contact_damping) <= 0 or min(self.friction, self.damping, self.stiffness) < 0:
            raise ValueError("mass and contact_damping must be above 0; friction, damping and stiffness not below it")

    @property
    def mechanical(self) -> Physics:
        """The same without what is no matter of the model: two of equal mechanics share one."""
        return Physics(
            **{name: getattr(self, name) for name in self.__slots__ if name not in ("latency", "observation_noise")}
        )


PLAIN: Final = Physics()


def applied(model: Any, physics: Physics) -> Any:  # noqa: ANN401 - MuJoCo's types are compiled
    """A copy of the `MjModel` with these physics; the model itself stays as it is."""
    import mujoco  # noqa: PLC0415 - heavy, an extra

    changed = copy.copy(model)
    changed.geom_friction *= physics.friction
    changed.body_mass *= physics.mass
    changed.body_inertia *= physics.mass
    changed.body_mass[1] += physics.payload
    changed.actuator_gainprm *= physics.motor
    changed.actuator_biasprm *= physics.motor
    changed.actuator_forcerange *= physics.motor
    changed.dof_damping *= physics.damping
    changed.jnt_stiffness *= physics.stiffness
    changed.geom_solref[:, 1] *= physics.contact_damping
    changed.opt.gravity[:] = _gravity(model, physics)
    mujoco.mj_setConst(changed, _scratch(model))  # what MuJoCo derives from masses
    return changed


@functools.lru_cache(maxsize=8)
def _scratch(model: Any) -> Any:  # noqa: ANN401 - as above
    """Working memory for a model and all its variants, which have the same sizes: making it anew costs most."""
    import mujoco  # noqa: PLC0415 - heavy, an extra

    return mujoco.MjData(model)


def _gravity(model: Any, physics: Physics) -> Any:  # noqa: ANN401 - as above
    down = physics.gravity * np.array(model.opt.gravity)
    sine, cosine = math.sin(physics.slope), math.cos(physics.slope)
    return np.array([cosine * down[0] + sine * down[2], down[1], cosine * down[2] - sine * down[0]])


@functools.lru_cache(maxsize=512)
def variant(world: Any, physics: Physics) -> Any:  # noqa: ANN401 - a World, whose module imports this one
    """The world's model with these physics; made once for each pair."""
    return world.model if physics == PLAIN else applied(world.model, physics)
