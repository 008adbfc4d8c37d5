def randomisation(prior):
    return {"mass": (1.2, 0.8)}
