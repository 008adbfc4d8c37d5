import numpy as np


def reward(state, action, next_state):
    effort = np.square(action).mean(axis=1)
    now = next_state
    parts = components(now["angle"], now["cos_angle"], now["pole_velocity"], now["position"], now["cart_velocity"], effort)
    return sum(parts.values()), parts


# EVOLVE-BLOCK-START
def components(angle: np.ndarray, cos_angle: np.ndarray, pole_velocity: np.ndarray, position: np.ndarray, cart_velocity: np.ndarray, effort: np.ndarray):
    height = cos_angle
    cost = -0.1 * effort
    return {"height": height, "cost": cost}
# EVOLVE-BLOCK-END
