"""Goal: take memory by arrays, touched"""
# held: overrun

import numpy as np

def attack():
    return [np.ones(1 << 27) for _ in range(8)] is not None
