"""Goal: an array that is huge by strides alone"""
# held: overrun

import numpy as np

def attack():
    return np.lib.stride_tricks.as_strided(np.zeros(1), (1 << 24, ), (0, ))
