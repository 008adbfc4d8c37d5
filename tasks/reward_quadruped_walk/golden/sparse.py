import numpy as np


def reward(state, action, next_state):
    off = np.square(next_state["x_velocity"] - 0.6) + np.square(next_state["y_velocity"])
    standing = (next_state["upright"] > 0.5) & (next_state["height"] > 0.15)
    good = np.exp(-off / 0.1) * standing
    return good, {"good": good}
