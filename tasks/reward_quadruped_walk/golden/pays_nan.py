import numpy as np


def reward(state, action, next_state):
    return np.full(len(action), np.nan), {}
