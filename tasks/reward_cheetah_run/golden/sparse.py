import numpy as np


def reward(state, action, next_state):
    good = np.exp(-np.square(next_state["x_velocity"] - 2.0) / 0.25) * (np.abs(next_state["pitch"]) < 1.0)
    return good, {"good": good}
