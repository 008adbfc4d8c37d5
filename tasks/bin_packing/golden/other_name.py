def score(item, bins):
    return -(bins - item)
