import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


def reward(
    state: dict[str, Numbers], action: Numbers, next_state: dict[str, Numbers]
) -> tuple[Numbers, dict[str, Numbers]]:
    """Upright, and at rest there; little torque: the last two are what a real robot asks for."""
    del state
    upright = (1.0 + next_state["cos_angle"]) / 2.0
    calm = np.square(upright) * np.exp(-np.square(next_state["velocity"] / 4.0))
    torque = -0.02 * np.square(action[:, 0])
    return upright + calm + torque, {"upright": upright, "calm": calm, "torque": torque}
