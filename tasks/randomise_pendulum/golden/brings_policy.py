def randomisation(prior):
    """Weights that somebody trained elsewhere."""
    return {"weights": [[0.1, -2.0, -3.0, 1.0, 4.0, 0.5, 0.0]]}
