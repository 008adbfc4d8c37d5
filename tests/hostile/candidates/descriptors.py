"""Goal: find a descriptor that is not its own"""
# held: refused

import os

def attack():
    found = []
    for fd in range(4, 4096):
        try:
            os.fstat(fd)
            found.append(fd)
        except OSError:
            pass
    return bool(found)
