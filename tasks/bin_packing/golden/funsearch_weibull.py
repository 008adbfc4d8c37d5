import numpy as np


def priority(item, bins):
    """A polynomial in the bin, its sign changed where the bin is larger than the item, less the one before it."""
    value = (bins - bins.max()) ** 2 / item + bins**2 / item**2 + bins**2 / item**3
    value = np.where(bins > item, -value, value)
    return np.diff(value, prepend=0.0)
