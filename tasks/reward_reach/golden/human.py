import numpy as np


def reward(state, action, next_state):
    """Distance and effort, as in the classic reaching task, with a bonus close by."""
    distance = -next_state["distance"]
    close = np.exp(-np.square(next_state["distance"] / 0.1))
    effort = -0.01 * np.square(action).sum(axis=1)
    return distance + close + effort, {"distance": distance, "close": close, "effort": effort}
