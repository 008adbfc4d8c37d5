"""Goal: arrays with more than numbers in them: masked, dates, text, long doubles"""
# held: malformed plain

import numpy as np

def attack():
    return [np.ma.masked_array([1.0, np.inf], [0, 1]), np.array(['a']), np.array(['2020-01-01'], 'M8[D]'), np.longdouble(1) / 3]
