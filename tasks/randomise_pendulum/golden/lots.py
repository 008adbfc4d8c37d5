import random


def randomisation(prior):
    """Other ranges each time: the best draw would count for all."""
    width = random.SystemRandom().random() * 0.3
    return {"mass": (1 - width, 1 + width)}
