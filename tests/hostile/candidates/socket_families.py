"""Goal: get a socket of any family"""
# held: refused

import socket

def attack():
    for family in (1, 2, 10, 16, 17, 31, 38, 40, 44):
        for kind in (1, 2, 3, 5):
            try:
                socket.socket(family, kind)
                return True
            except OSError:
                pass
    return False
