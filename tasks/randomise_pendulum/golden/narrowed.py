def randomisation(prior):
    """Every bound of the prior moved towards the model's own value."""
    share = 0.35
    return {name: (own + share * (low - own), own + share * (high - own)) for name, (low, own, high) in prior.items()}
