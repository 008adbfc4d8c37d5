"""Goal: a number of numpy that unpacks to itself for ever"""
# held: malformed crashed

import numpy as np

class Evil(np.float64):
    def item(self, *args):
        return self

def attack():
    return Evil(1)
