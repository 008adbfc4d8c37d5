import numpy as np


def reward(state, action, next_state):
    """Squared angle, velocity and torque, weighted as in the classic pendulum task."""
    angle = -np.square(next_state["angle"])
    velocity = -0.1 * np.square(next_state["velocity"])
    effort = -0.001 * np.square(action[:, 0])
    return angle + velocity + effort, {"angle": angle, "velocity": velocity, "effort": effort}
