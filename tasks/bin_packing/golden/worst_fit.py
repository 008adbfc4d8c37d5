def priority(item, bins):
    """Any array-like of numbers will do; a new bin only where no opened one fits."""
    return [float(left) if left < bins.max() else -1.0 for left in bins]
