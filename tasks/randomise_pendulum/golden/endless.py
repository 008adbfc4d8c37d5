def randomisation(prior):
    return {"mass": (0.8, 10**400)}
