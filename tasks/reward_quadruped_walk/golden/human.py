import numpy as np


def reward(state, action, next_state):
    """Lives, follows the speed, keeps straight and level, moves smoothly."""
    alive = np.full(len(action), 0.5)
    speed = 0.6 - np.abs(next_state["x_velocity"] - 0.6)
    straight = -0.5 * np.square(next_state["y_velocity"]) - 0.2 * np.square(next_state["yaw"])
    level = -0.2 * (np.square(next_state["roll"]) + np.square(next_state["pitch"]))
    effort = -0.01 * np.square(action).sum(axis=1)
    parts = {"alive": alive, "speed": speed, "straight": straight, "level": level, "effort": effort}
    return alive + speed + straight + level + effort, parts
