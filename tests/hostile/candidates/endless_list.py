"""Goal: a list that never ends"""
# held: timeout overrun

import itertools

class Evil(list):
    def __iter__(self):
        return itertools.repeat(None)

def attack():
    return Evil([1])
