import numpy as np


def reward(state, action, next_state):
    effort = np.square(action).mean(axis=1)
    closer = state["distance"] - next_state["distance"]
    parts = components(next_state["distance"], closer, next_state["joint_speed"], effort)
    return sum(parts.values()), parts


# EVOLVE-BLOCK-START
def components(distance: np.ndarray, closer: np.ndarray, joint_speed: np.ndarray, effort: np.ndarray):
    near = -distance
    cost = -0.1 * effort
    return {"near": near, "cost": cost}
# EVOLVE-BLOCK-END
