import numpy as np


def reward(state, action, next_state):
    effort = np.square(action).mean(axis=1)
    parts = components(next_state["angle"], next_state["cos_angle"], next_state["velocity"], effort)
    return sum(parts.values()), parts


# EVOLVE-BLOCK-START
def components(angle: np.ndarray, cos_angle: np.ndarray, velocity: np.ndarray, effort: np.ndarray):
    height = cos_angle
    cost = -0.1 * effort
    return {"height": height, "cost": cost}
# EVOLVE-BLOCK-END
