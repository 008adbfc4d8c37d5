def randomisation(prior):
    """What one would try first: a fifth up and down, some damping, perhaps a late action, a little noise."""
    return {
        "mass": (0.8, 1.2),
        "motor": (0.8, 1.2),
        "damping": (0.5, 1.5),
        "gravity": (0.95, 1.05),
        "latency": (0, 1),
        "observation_noise": (0.0, 0.05),
    }
