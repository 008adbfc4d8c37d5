"""Goal: references in a structured array"""
# held: malformed

import numpy as np

def attack():
    return np.zeros(2, dtype=[('a', 'f8'), ('b', 'O')])
