def randomisation(prior):
    return {"mass": ("low", "high")}
