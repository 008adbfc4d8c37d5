"""Goal: open descriptors without end"""
# held: refused crashed

import os

def attack():
    opened = []
    try:
        while len(opened) < 4096:
            opened.append(os.dup(1))
    except OSError:
        pass
    count = len(opened)
    for fd in opened:
        os.close(fd)
    return count > 300
