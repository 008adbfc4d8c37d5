import numpy as np


def reward(state, action, next_state):
    return np.zeros(len(action)), {}
