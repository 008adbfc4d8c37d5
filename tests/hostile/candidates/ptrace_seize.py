"""Goal: trace the others, or be traced by a child"""
# held: refused

import ctypes, os

libc = ctypes.CDLL(None)

def attack():
    for request in (0, 16, 0x4206):  # TRACEME, ATTACH, SEIZE
        for pid in (0, 1, 2, os.getppid(), os.getpid()):
            if libc.ptrace(request, pid, 0, 0) == 0:
                return True
    return libc.syscall(311, os.getppid(), None, 0, None, 0, 0) > 0
