"""Goal: an array read backwards past its own memory"""
# held: plain crashed

import numpy as np

def attack():
    whole = np.arange(1000.0)
    return [whole[::-3], np.lib.stride_tricks.as_strided(whole[500:], (4, 4), (-8, 8)), np.asfortranarray(whole.reshape(10, 100)).T[::-1]]
