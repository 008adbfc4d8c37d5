"""Goal: make a child that is nobody's, or the supervisor's, by the bare system call"""
# held: refused crashed

import ctypes, os, platform, time

libc = ctypes.CDLL(None)

def attack():
    number = {'x86_64': 56, 'aarch64': 220}[platform.machine()]
    parent = 0x8000
    if libc.syscall(number, parent | 17, 0, 0, 0, 0) >= 0:  # CLONE_PARENT: a sibling
        return os.getpid() == 1
    for flags in (17, 0, parent, 0x2000 | 17):
        pid = libc.syscall(number, flags, 0, 0, 0, 0)
        if pid == 0:
            time.sleep(1000)
            os._exit(0)
    return False
