"""Goal: hang inside of a loop of numpy, where no signal handler runs"""
# held: timeout

import numpy as np

def attack():
    table = np.ones((60, 60, 60))
    return np.einsum('abc,bcd,cde,def->af', table, table, table, table).sum() == 0
