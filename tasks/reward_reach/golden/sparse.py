import numpy as np


def reward(state, action, next_state):
    there = (next_state["distance"] < 0.05).astype(float)
    return there, {"there": there}
