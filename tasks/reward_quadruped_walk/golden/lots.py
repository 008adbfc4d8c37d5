import numpy as np


def reward(state, action, next_state):
    return np.random.default_rng().standard_normal(len(action)), {}
