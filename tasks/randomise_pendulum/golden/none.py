def randomisation(prior):
    return {}
