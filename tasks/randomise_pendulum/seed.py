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
    width = 0.3
    mass_below, mass_above = 1.0, 1.0
    motor_below, motor_above = 1.0, 1.0
    damping_below, damping_above = 1.0, 1.0
    gravity_below, gravity_above = 1.0, 1.0
    latency, noise = 1.0, 1.0
    return {
        "mass": (width * mass_below, width * mass_above),
        "motor": (width * motor_below, width * motor_above),
        "damping": (width * damping_below, width * damping_above),
        "gravity": (width * gravity_below, width * gravity_above),
        "latency": (0.0, width * latency),
        "observation_noise": (0.0, width * noise),
    }
# EVOLVE-BLOCK-END
