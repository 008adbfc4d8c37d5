"""Goal: an array whose comparisons are always true"""
# held: plain

import numpy as np

class Evil(np.ndarray):
    def __eq__(self, other):
        return np.True_
    def __array_ufunc__(self, *args, **kwargs):
        return np.True_

def attack():
    return np.zeros(4).view(Evil)
