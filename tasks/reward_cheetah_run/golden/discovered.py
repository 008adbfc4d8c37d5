import numpy as np


def reward(state, action, next_state):
    off = next_state["x_velocity"] - 2.0
    track = 1.0 - np.minimum(np.square(off), 6.0) / 2.0
    sharp = 1.0 * np.exp(-np.square(off / 0.45))
    over = -2.0 * np.minimum(np.maximum(np.abs(next_state["pitch"]) - 0.8, 0.0), 2.0)
    bounce = -0.2 * np.minimum(np.abs(next_state["z_velocity"]), 2.0)
    wobble = -0.05 * np.minimum(np.abs(next_state["pitch_rate"]), 8.0)
    cost = -0.1 * np.square(action).mean(axis=1)
    parts = {"track": track, "sharp": sharp, "over": over, "bounce": bounce, "wobble": wobble, "cost": cost}
    return sum(parts.values()), parts
