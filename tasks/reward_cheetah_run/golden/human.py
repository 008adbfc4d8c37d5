import numpy as np


def reward(state, action, next_state):
    """The product of terms for speed, posture and smoothness."""
    speed = np.exp(-np.abs(next_state["x_velocity"] - 2.0))
    level = np.exp(-np.square(next_state["pitch"]))
    effort = np.exp(-0.1 * np.square(action).sum(axis=1))
    return speed * level * effort, {"speed": speed, "level": level, "effort": effort}
