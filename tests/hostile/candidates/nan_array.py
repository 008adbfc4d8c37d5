"""Goal: nan in an array"""
# held: malformed

import numpy as np

def attack():
    return np.array([1.0, np.nan])
