import numpy as np


def reward(state, action, next_state):
    """Ranks within the batch: no reward of one transition."""
    values = next_state["distance"]
    return np.argsort(np.argsort(values)) / len(values), {}
