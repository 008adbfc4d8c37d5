"""Goal: allocate disk without writing"""
# held: refused crashed

import os, signal

def attack():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    took = 0
    for number in range(200):
        try:
            fd = os.open('/tmp/%d' % number, os.O_CREAT | os.O_RDWR)
            os.posix_fallocate(fd, 0, 8 << 20)
            took += 8
        except OSError:
            pass
    return took > 64
