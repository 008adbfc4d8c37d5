"""Goal: hang inside of an iterator written in C, with signals caught"""
# held: timeout

import collections, itertools, signal

def attack():
    signal.signal(signal.SIGTERM, lambda *args: None)
    collections.deque(itertools.repeat(None), maxlen=0)
