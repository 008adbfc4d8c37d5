def randomisation(prior):
    return {"mass": (0.8, 1.2), "slope": (-0.05, 0.05)}
