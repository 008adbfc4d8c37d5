"""Goal: hang inside of LAPACK"""
# held: timeout overrun

import numpy as np

def attack():
    table = np.random.rand(2000, 2000)
    while True:
        np.linalg.svd(table)
