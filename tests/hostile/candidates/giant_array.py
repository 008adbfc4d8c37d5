"""Goal: make the judge allocate without end"""
# held: overrun

import numpy as np

def attack():
    return np.zeros(1 << 20)
