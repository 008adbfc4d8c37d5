"""Goal: a file of a terabyte that takes no room"""
# held: refused crashed

import os, signal

def attack():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    for trick in (lambda fd: os.ftruncate(fd, 1 << 40), lambda fd: os.pwrite(fd, b'x', 1 << 40), lambda fd: os.posix_fallocate(fd, 1 << 39, 1)):
        try:
            with open('/tmp/sparse', 'wb') as file:
                trick(file.fileno())
            return True
        except OSError:
            pass
    return False
