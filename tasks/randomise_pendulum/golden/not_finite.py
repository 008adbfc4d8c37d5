def randomisation(prior):
    return {"mass": (0.8, float("nan"))}
