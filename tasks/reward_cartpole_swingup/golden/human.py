import numpy as np


def reward(state, action, next_state):
    """Upright pole, cart in the middle, little effort, quiet pole: the factors of a classic swing-up reward."""
    upright = (1.0 + next_state["cos_angle"]) / 2.0
    centred = (1.0 + np.exp(-np.square(next_state["position"]))) / 2.0
    quiet = (1.0 + np.exp(-np.square(next_state["pole_velocity"] / 5.0))) / 2.0
    cheap = (4.0 + np.maximum(0.0, 1.0 - np.square(action[:, 0]))) / 5.0
    return upright * centred * quiet * cheap, {"upright": upright, "centred": centred, "quiet": quiet, "cheap": cheap}
