def priority(item, bins):
    return -(bins - item).reshape(-1, 1)
