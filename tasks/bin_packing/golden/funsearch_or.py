import numpy as np

GAPS = np.array([2, 3, 5, 7, 9, 12, 15, 21])
VALUES = np.array([4, 3, 2, 1, 0.9, 0.95, 0.97, 0.98, 0.99])


def priority(item, bins):
    """Steps of the gap that would stay: small ones first, then large ones, those in between last."""
    return VALUES[np.searchsorted(GAPS, bins - item)]
