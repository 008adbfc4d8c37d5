import numpy as np


def reward(state, action, next_state):
    angle, omega = next_state["angle"], next_state["velocity"]
    energy = next_state["cos_angle"] + np.square(omega) / 30.0
    pump = -0.2 * np.abs(energy - 1.0)
    height = 0.3 * next_state["cos_angle"]
    unstable = (omega / 3.9 + angle) / 2.0
    stable = (omega / 3.9 - angle) / 2.0
    hold = 3.0 * np.exp(-np.square(unstable / 0.2) - np.square(stable / 0.5))
    parts = {"pump": pump, "height": height, "hold": hold}
    return sum(parts.values()), parts
