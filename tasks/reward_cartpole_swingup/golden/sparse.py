import numpy as np


def reward(state, action, next_state):
    upright = np.abs(next_state["angle"]) < np.radians(15)
    good = (upright & (np.abs(next_state["position"]) < 1.8)).astype(float)
    return good, {"good": good}
