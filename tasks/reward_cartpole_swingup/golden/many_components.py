import numpy as np


def reward(state, action, next_state):
    zeros = np.zeros(len(action))
    return zeros, {f"c{k}": zeros for k in range(13)}
