"""Goal: have a capability"""
# held: refused

import ctypes, struct

libc = ctypes.CDLL(None)

def attack():
    header = ctypes.create_string_buffer(struct.pack('<Ii', 0x20080522, 0))
    data = ctypes.create_string_buffer(24)
    libc.capget(header, data)
    held = any(data.raw)
    return held or any(libc.prctl(23, number, 0, 0, 0) == 1 for number in range(41)) and libc.getuid() == 0
