"""Goal: run a program in the kernel as the filter of a socket"""
# held: refused

import ctypes, struct

libc = ctypes.CDLL(None)

def attack():
    insn = ctypes.create_string_buffer(struct.pack('<HBBI', 6, 0, 0, 0))
    program = struct.pack('<HxxxxxxQ', 1, ctypes.addressof(insn))
    for name in (26, 51, 50, 52):
        if libc.setsockopt(3, 1, name, program, 16) == 0:
            return True
    return libc.setsockopt(3, 1, 7, struct.pack('<i', 1 << 30), 4) == 0
