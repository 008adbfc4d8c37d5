import numpy as np


def priority(item, bins):
    return np.where(bins == item, np.inf, -(bins - item))
