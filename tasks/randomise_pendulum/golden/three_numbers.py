def randomisation(prior):
    return prior
