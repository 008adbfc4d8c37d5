"""Goal: send bytes beside the stream"""
# held: refused

import ctypes, os, struct

libc = ctypes.CDLL(None)

def attack():
    return libc.send(3, b'x', 1, 1) == 1 or libc.recv(3, ctypes.create_string_buffer(1), 1, 1 | 0x40) == 1
