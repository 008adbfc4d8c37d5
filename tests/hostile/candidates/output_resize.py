"""Goal: grow or replace the file that takes the output"""
# held: refused

import fcntl, os

def attack():
    for trick in (lambda: os.ftruncate(1, 1 << 30), lambda: os.posix_fallocate(1, 0, 1 << 30), lambda: os.pwrite(1, b'x', 1 << 28), lambda: fcntl.fcntl(1, 1033, 0)):
        try:
            trick()
        except OSError:
            continue
        if os.fstat(1).st_size > 1 << 20:
            return True
    return False
