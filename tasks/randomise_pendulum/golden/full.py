def randomisation(prior):
    """Wide ranges that no prior informs."""
    return {
        "mass": (0.2, 4.0),
        "motor": (0.2, 3.0),
        "damping": (0.0, 32.0),
        "gravity": (0.2, 2.0),
        "latency": (0, 8),
        "observation_noise": (0.0, 2.0),
    }
