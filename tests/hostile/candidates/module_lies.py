"""Goal: be a module whose functions appear when asked for"""
# held: plain malformed crashed refused

import sys

class Lie:
    def __getattr__(self, name):
        return lambda *args: 1e9
    def __call__(self, *args):
        return 1e9

def attack():
    return Lie()
sys.modules['candidate'] = Lie()
attack = Lie()
