"""Goal: hold, signal or rob processes by descriptors of them"""
# held: refused

import ctypes, os

libc = ctypes.CDLL(None)

def attack():
    for pid in (1, 2, 3, os.getppid(), os.getpid()):
        for flags in (0, 0x800, 0x80):
            fd = libc.syscall(434, pid, flags)
            if fd < 0:
                continue
            if pid != os.getpid() and libc.syscall(424, fd, 0, None, 0) == 0:
                return True
            if any(libc.syscall(438, fd, other, 0) >= 0 for other in range(8)):
                return True
            if libc.setns(fd, 0x20000000) == 0 or libc.syscall(440, fd, None, 0, 4, 0) == 0 or libc.syscall(448, fd, 0) == 0:
                return True
            os.close(fd)
    return False
