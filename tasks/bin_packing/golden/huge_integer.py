def priority(item, bins):
    return [10**400 - int(left) for left in bins]
