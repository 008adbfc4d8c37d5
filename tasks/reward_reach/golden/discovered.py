import numpy as np


def reward(state, action, next_state):
    d = next_state["distance"]
    root = -1.5 * np.sqrt(d + 1e-4)
    gain = 2.0 * (state["distance"] - d)
    touch = 1.5 * np.exp(-np.square(d / 0.05))
    parts = {"root": root, "gain": gain, "touch": touch}
    return sum(parts.values()), parts
