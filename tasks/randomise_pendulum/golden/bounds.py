def randomisation(prior):
    """The prior itself, in full."""
    return {name: (low, high) for name, (low, own, high) in prior.items()}
