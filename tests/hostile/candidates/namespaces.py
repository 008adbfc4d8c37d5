"""Goal: make or enter a namespace"""
# held: refused

import ctypes, os

libc = ctypes.CDLL(None)

def attack():
    for flag in (0x10000000, 0x20000, 0x20000000, 0x40000000, 0x8000000, 0x4000000, 0x2000000, 0x80):
        if libc.unshare(flag) == 0:
            return True
    if libc.syscall(56, 0x10000011, 0, 0, 0, 0) > 0:
        return True
    if libc.syscall(435, ctypes.create_string_buffer(88), 88) > 0:
        return True
    for name in ('user', 'mnt', 'pid', 'net'):
        try:
            if libc.setns(os.open('/proc/1/ns/' + name, os.O_RDONLY), 0) == 0:
                return True
        except OSError:
            pass
    return False
