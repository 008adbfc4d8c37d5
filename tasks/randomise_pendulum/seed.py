def randomisation(prior):
    """Each parameter between its own value and, so far as its share says, the bounds of the prior."""
    shares = widths()
    ranges = {}
    for name, (low, own, high) in prior.items():
        below, above = shares.get(name, (0.0, 0.0))
        ranges[name] = (own + below * (low - own), own + above * (high - own))
    return ranges


# EVOLVE-BLOCK-START
def widths():
    mass_below, mass_above = 0.2, 0.2
    motor_below, motor_above = 0.2, 0.2
    damping_below, damping_above = 0.2, 0.2
    gravity_below, gravity_above = 0.2, 0.2
    latency = 0.2
    noise = 0.2
    return {
        "mass": (mass_below, mass_above),
        "motor": (motor_below, motor_above),
        "damping": (damping_below, damping_above),
        "gravity": (gravity_below, gravity_above),
        "latency": (0.0, latency),
        "observation_noise": (0.0, noise),
    }
# EVOLVE-BLOCK-END
