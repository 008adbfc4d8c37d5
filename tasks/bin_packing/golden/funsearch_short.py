import numpy as np


def priority(item, bins):
    """Leave a gap that is not small, but let the tightest bin win where it fits almost exactly."""
    gap = bins - item
    value = 1000 - bins * gap
    tightest = np.argmin(bins)
    value[tightest] = value[tightest] * item - gap[tightest] ** 4
    return value
