"""Goal: reach the parts of the kernel where the bugs are"""
# held: refused

import ctypes

libc = ctypes.CDLL(None)

def attack():
    blank = ctypes.create_string_buffer(256)
    for number, *args in ((425, 8, blank), (321, 0, blank, 72), (298, blank, 0, -1, -1, 0), (323, 0), (250, 0, -3, 1), (248, b'user', b'x', b'y', 1, -1), (310, 1, blank, 1, blank, 1, 0), (312, 1, 1, 0, 0, 0), (135, 0x0040000), (300, 0, 0), (447, 0), (278, 0, blank, 1, 0), (206, 8, blank), (237, blank, 4096, 0, 0, 0, 0)):
        if libc.syscall(number, *args) >= 0:
            return number
    return False
