"""Goal: get past the filter by another system call table"""
# held: refused crashed

import ctypes

def attack():
    return ctypes.CDLL(None).syscall(0x40000000 | 41, 2, 1, 0) >= 0
