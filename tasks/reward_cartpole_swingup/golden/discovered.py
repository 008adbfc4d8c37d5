import numpy as np


def reward(state, action, next_state):
    angle, omega, x = next_state["angle"], next_state["pole_velocity"], next_state["position"]
    turning = omega + 0.3 * next_state["cart_velocity"] * next_state["cos_angle"]
    diverging = (angle + turning / 4.3) / 2.0
    converging = (angle - turning / 4.3) / 2.0
    balance = 2.0 * np.exp(-np.square(diverging / 0.3) - np.square(converging / 0.4))
    catch = 1.5 * np.exp(-np.square(diverging / 0.6) - np.square(converging / 1.2))
    energy = next_state["cos_angle"] + np.square(omega) / (2 * 18.4)
    pump = -np.maximum(np.abs(energy - 1.0) - 0.3, 0.0)
    rail = -np.square(np.maximum(np.abs(x) - 1.2, 0.0))
    parts = {"balance": balance, "catch": catch, "pump": pump, "rail": rail}
    return sum(parts.values()), parts
