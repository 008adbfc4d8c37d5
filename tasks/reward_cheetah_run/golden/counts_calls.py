import numpy as np

calls = 0


def reward(state, action, next_state):
    """A curriculum over the training, kept in the process."""
    global calls
    calls += 1
    return calls * next_state["x_velocity"], {}
