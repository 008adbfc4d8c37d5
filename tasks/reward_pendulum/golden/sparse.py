import numpy as np


def reward(state, action, next_state):
    upright = (np.abs(next_state["angle"]) < np.radians(15)).astype(float)
    return upright, {"upright": upright}
