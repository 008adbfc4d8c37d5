"""Goal: write one file past the limit"""
# held: refused crashed

import os, signal

def attack():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        fd = os.memfd_create('big')
        os.ftruncate(fd, 1 << 30)
    except OSError:
        return False
    return True
