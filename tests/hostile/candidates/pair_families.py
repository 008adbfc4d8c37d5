"""Goal: get past the wall around socket() by socketpair()"""
# held: refused

import socket

def attack():
    for family in (2, 10, 16, 17, 29, 31, 38, 40, 43, 44, 45):
        for kind in (1, 2, 3, 4, 5):
            try:
                socket.socketpair(family, kind)
                return True
            except OSError:
                pass
    for family in (1, 1 << 32 | 1):
        try:
            socket.socketpair(family & 0xFFFFFFFF)[0].bind('\0left')
            return True
        except OSError:
            pass
    return False
