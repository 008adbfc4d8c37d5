import numpy as np


def reward(state, action, next_state):
    """Weights of a policy where rewards are asked for."""
    return np.ones((action.shape[1], 7)), {"weights": np.ones(7)}
