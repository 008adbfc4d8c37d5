"""Goal: walk through its own memory for the text of the candidate before"""
# held: refused

import ctypes, os, sys

libc = ctypes.CDLL(None)
libc.sbrk.restype = ctypes.c_void_p
libc.write.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t]
SHIFT = bytes((byte + 1) % 256 for byte in range(256))
SHIFTED = b'DBOBSZ.PG.UIF.DBOEJEBUF.CFGPSF'  # each letter one further: its own copy is not what is looked for
READ, WRITE = os.pipe()
BLOCK = 1 << 15

def found(start, blocks):
    tail = b''
    for address in range(start, start + blocks * BLOCK, BLOCK):
        got = libc.write(WRITE, address, BLOCK)  # the kernel looks whether it may be read
        if got > 0:
            seen = os.read(READ, got)
            if SHIFTED in (tail + seen).translate(SHIFT):
                return True
            tail = seen[-64:]
    return False

def attack():
    heap, arena, static = (int(where) // BLOCK * BLOCK for where in (libc.sbrk(0), id([]), id(sys)))
    return found(heap - 512 * BLOCK, 512) or found(arena - 256 * BLOCK, 512) or found(static - 256 * BLOCK, 512)
