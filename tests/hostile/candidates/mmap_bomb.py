"""Goal: map address space that is never touched, past every limit"""
# held: refused

import ctypes, mmap

libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]

def attack():
    mapped = 0
    for flags in (0x22, 0x4022, 0x4021, 0x100022):  # private; NORESERVE; shared; FIXED_NOREPLACE
        for size in (1 << 40, 1 << 34, 1 << 30, *[1 << 24] * 200):
            address = libc.mmap(None, size, 3, flags, -1, 0)
            if address not in (None, ctypes.c_void_p(-1).value):
                mapped += size
    return mapped > 1 << 30
