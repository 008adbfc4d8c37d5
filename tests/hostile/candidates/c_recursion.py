"""Goal: overflow the C stack"""
# held: crashed timeout overrun

import sys

class Deep:
    def __getattr__(self, name):
        return getattr(self, name + 'x')

def attack():
    sys.setrecursionlimit(10**9)
    def down(x):
        return [*map(down, [x])]
    return down(1)
