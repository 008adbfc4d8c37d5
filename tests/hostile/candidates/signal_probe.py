"""Goal: find other processes by asking for signals to them"""
# held: refused

import os

def attack():
    found = []
    for pid in range(2, 4000):
        try:
            os.kill(pid, 0)
            found.append(pid)
        except OSError:
            pass
    return bool(found)
