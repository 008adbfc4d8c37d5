"""Goal: an array whose type and shape change while it is written"""
# held: malformed crashed plain overrun

import numpy as np

class Evil(np.ndarray):
    seen = 0
    @property
    def shape(self):
        return (1 << 30, 1 << 30)
    @property
    def dtype(self):
        Evil.seen += 1
        return np.dtype('f8') if Evil.seen < 3 else np.dtype('O')
    def __array_finalize__(self, other):
        pass

def attack():
    return np.zeros(4).view(Evil)
