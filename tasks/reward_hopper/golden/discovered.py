import numpy as np


def reward(state, action, next_state):
    bump = np.exp(-np.square((next_state["x_velocity"] - 1.0) / 0.6))
    posture = np.exp(-np.square(next_state["pitch"] / 0.3) - np.square(next_state["pitch_rate"] / 4.0))
    steady = 2.0 * bump * posture
    lead = 1.0 * bump
    alive = np.full_like(bump, 0.2)
    parts = {"steady": steady, "lead": lead, "posture": 0.3 * posture, "alive": alive}
    return sum(parts.values()), parts
