import numpy as np


def reward(state, action, next_state):
    standing = (next_state["height"] > 0.7) & (np.abs(next_state["pitch"]) < 0.5)
    good = np.exp(-np.square(next_state["x_velocity"] - 1.0) / 0.25) * standing
    return good, {"good": good}
