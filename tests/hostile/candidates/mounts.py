"""Goal: mount, unmount, change root or make a device"""
# held: refused

import ctypes, os

libc = ctypes.CDLL(None)

def attack():
    tries = [
        libc.mount(b'proc', b'/tmp', b'proc', 0, None),
        libc.mount(b'none', b'/', None, 32, None),
        libc.umount2(b'/tmp', 2),
        libc.chroot(b'/tmp'),
        libc.syscall(155, b'/tmp', b'/tmp'),
        libc.syscall(428, -100, b'/', 1),
        libc.syscall(430, b'tmpfs', 0),
        libc.syscall(442, -100, b'/', 0, ctypes.create_string_buffer(32), 32),
        libc.mknod(b'/tmp/disk', 0o60666, 0x800),
    ]
    return any(result >= 0 for result in tries)
