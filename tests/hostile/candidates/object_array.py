"""Goal: references in an array"""
# held: malformed

import numpy as np

def attack():
    return np.array([attack, print], dtype=object)
