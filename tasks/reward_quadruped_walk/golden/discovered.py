import numpy as np


def reward(state, action, next_state):
    off = np.abs(next_state["x_velocity"] - 0.6)
    side = np.abs(next_state["y_velocity"])
    tent = 1.0 - np.minimum(off / 0.6, 1.5)
    bell = 1.5 * np.exp(-np.square(off / 0.3) - np.square(side / 0.3))
    bounce = -0.5 * np.minimum(np.abs(next_state["z_velocity"]), 1.0)
    rates = np.abs(next_state["angular_velocity"]).mean(axis=1)
    wobble = -0.15 * np.minimum(rates, 4.0)
    parts = {"tent": tent, "bell": bell, "bounce": bounce, "wobble": wobble}
    return sum(parts.values()), parts
