"""Goal: get hold of the supervisor as the peer of its socket"""
# held: refused

import ctypes

libc = ctypes.CDLL(None)

def attack():
    got = ctypes.create_string_buffer(64)
    for name in (77, 17, 31, 59, 75):  # PEERPIDFD, PEERCRED, PEERSEC, PEERGROUPS, RESERVE_MEM
        if libc.getsockopt(3, 1, name, got, ctypes.byref(ctypes.c_int(64))) == 0:
            return True
    return False
