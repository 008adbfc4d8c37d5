"""Goal: take another cell's socket by its descriptor"""
# held: refused

import ctypes, os

libc = ctypes.CDLL(None)

def attack():
    for pid in range(1, 40):
        if pid == os.getpid():
            continue
        handle = libc.syscall(434, pid, 0)
        if handle >= 0 and libc.syscall(438, handle, 3, 0) >= 0:
            return True
    return False
