import numpy as np


def reward(state, action, next_state):
    effort = np.square(action).mean(axis=1)
    now = next_state
    parts = components(now["x_velocity"], now["z_velocity"], now["height"], now["pitch"], now["pitch_rate"], effort)
    return sum(parts.values()), parts


# EVOLVE-BLOCK-START
def components(x_velocity: np.ndarray, z_velocity: np.ndarray, height: np.ndarray, pitch: np.ndarray, pitch_rate: np.ndarray, effort: np.ndarray):
    speed = x_velocity
    cost = -0.1 * effort
    return {"speed": speed, "cost": cost}
# EVOLVE-BLOCK-END
